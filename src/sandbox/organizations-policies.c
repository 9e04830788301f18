#include "base/utf8.h"
#include "sandbox/organizations-private.h"
#include "text/json.h"

/*
 * The quotas, which count FullAWSAccess. Those of service control policies are
 * the ones of 15 May 2026: ten attached instead of five, 10,240 characters
 * instead of 5,120, "no Service Quotas request needed".
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
 */
#define MAX_ATTACHED 10
#define MAX_ATTACHED_RCPS 5
#define MAX_POLICIES_OF_A_TYPE 1000
#define MAX_SCPS 10000

/* ---- reading ---- */

bool orgs_list_policies(struct sandbox_request *r)
{
	struct str type = val_get_str(r->in, "Filter");
	struct page page;
	size_t n = 0;

	if (!orgs_enter(r, ORGS_DELEGATE) || !orgs_page(r, &page))
		return false;
	struct val *list = val_setz(r->out, "Policies", val_list(r->arena));
	for (const struct world_policy *p = r->world->org->policies; p; p = p->next)
		if (!p->deleted && str_eq(p->type, type) && page_has(&page, n++))
			val_append(list, orgs_show_summary(r, p));
	page_end(r, &page, n);
	return true;
}

static struct val *show_policy(struct sandbox_request *r, const struct world_policy *p)
{
	struct val *v = val_object(r->arena);

	val_setz(v, "PolicySummary", orgs_show_summary(r, p));
	val_set_str(r->arena, v, "Content", p->content);
	return v;
}

bool orgs_describe_policy(struct sandbox_request *r)
{
	const struct world_policy *p;

	if (!orgs_enter(r, ORGS_DELEGATE) || !(p = orgs_need_policy(r)))
		return false;
	val_setz(r->out, "Policy", show_policy(r, p));
	return true;
}

bool orgs_list_policies_for_target(struct sandbox_request *r)
{
	struct str type = val_get_str(r->in, "Filter");
	struct orgs_target target;
	struct page page;
	size_t n = 0;

	if (!orgs_enter(r, ORGS_DELEGATE) || !orgs_need_target(r, &target) || !orgs_page(r, &page))
		return false;
	struct val *list = val_setz(r->out, "Policies", val_list(r->arena));
	for (const struct world_attachment *at = *target.attached; at; at = at->next)
		if (str_eq(at->policy->type, type) && page_has(&page, n++))
			val_append(list, orgs_show_summary(r, at->policy));
	page_end(r, &page, n);
	return true;
}

static bool is_attached(const struct world_attachment *at, const struct world_policy *p)
{
	for (; at; at = at->next)
		if (at->policy == p)
			return true;
	return false;
}

static void add_target(struct sandbox_request *r, struct val *list, struct str id)
{
	struct orgs_target t;

	if (!orgs_target(r, id, &t))
		BUG("target %.*s", STR_ARG(id));
	struct val *v = val_append(list, val_object(r->arena));
	val_set_str(r->arena, v, "TargetId", t.id);
	val_set_str(r->arena, v, "Arn", t.arn);
	val_set_str(r->arena, v, "Name", t.name);
	val_set_z(r->arena, v, "Type", t.type);
}

bool orgs_list_targets(struct sandbox_request *r)
{
	const struct world_policy *p;
	struct page page;
	struct map_entry *e;
	size_t n = 0;

	if (!orgs_enter(r, ORGS_DELEGATE) || !(p = orgs_need_policy(r)) || !orgs_page(r, &page))
		return false;
	struct val *list = val_setz(r->out, "Targets", val_list(r->arena));
	for (const struct world_unit *u = r->world->org->units; u; u = u->next)
		if (!u->deleted && is_attached(u->attached, p) && page_has(&page, n++))
			add_target(r, list, u->id);
	for (size_t i = 0; (e = map_next(&r->world->accounts, &i));) {
		const struct world_account *acct = e->value;
		if (acct->joined && is_attached(acct->attached, p) && page_has(&page, n++))
			add_target(r, list, acct->id);
	}
	page_end(r, &page, n);
	return true;
}

/* ---- documents ---- */

static bool is_scp(struct str type)
{
	return str_eqz(type, "SERVICE_CONTROL_POLICY");
}

static bool is_rcp(struct str type)
{
	return str_eqz(type, "RESOURCE_CONTROL_POLICY");
}

/* Largest documents, in characters, white space included. The same page of quotas. */
static size_t content_max(struct str type)
{
	if (is_scp(type))
		return 10240;
	if (is_rcp(type))
		return 5120;
	if (str_eqz(type, "AISERVICES_OPT_OUT_POLICY"))
		return 2500;
	return 10000;
}

/* *parsed is for keeping: in the world's arena, and so last of all checks. */
static bool read_content(struct sandbox_request *r, struct str type, struct str content,
			 struct str name, struct arena *a, const struct policy **parsed)
{
	struct err err = {0};
	struct val *v;

	*parsed = NULL;
	if (utf8_length(content) > content_max(type))
		return orgs_constraint(r, "POLICY_CONTENT_LIMIT_EXCEEDED",
				       "You have exceeded the maximum policy size.");
	if (str_endsz(name, "RCPFullAWSAccess"))
		name = STR("policy"); /* only AWS's own of that name may allow */
	if (is_scp(type) || is_rcp(type)) {
		enum policy_kind kind = is_rcp(type) ? POLICY_RCP : POLICY_SCP;

		*parsed = r->replay ? policy_parse_kept(content, kind, name, a, &err)
				    : policy_parse(content, kind, name, a, &err);
		return *parsed || orgs_fault(r, "MalformedPolicyDocumentException",
					     arena_strz(r->arena, policy_aws_message(&err)).p);
	}
	if (json_read(content, JSON_UNIQUE, r->arena, &v, &err) && v->kind == VAL_OBJECT &&
	    orgs_merge_valid(v))
		return true;
	return orgs_fault(r, "MalformedPolicyDocumentException",
			  "The provided policy document does not meet the requirements of the "
			  "specified policy type.");
}

static struct world_policy *policy_named(const struct world_org *o, struct str type,
					 struct str name)
{
	for (struct world_policy *p = o->policies; p; p = p->next)
		if (!p->deleted && str_eq(p->type, type) && str_eq(p->name, name))
			return p;
	return NULL;
}

static bool duplicate(struct sandbox_request *r)
{
	return orgs_fault(r, "DuplicatePolicyException",
			  "A policy with the specified name and type already exists.");
}

static size_t policies_of(const struct world_org *o, struct str type)
{
	size_t n = 0;

	for (const struct world_policy *p = o->policies; p; p = p->next)
		if (!p->deleted && !p->aws_managed && str_eq(p->type, type))
			n++;
	return n;
}

/* "arn:…:policy/o-…/service_control_policy/p-…" */
static struct str policy_arn(struct sandbox_request *r, struct str type, struct str id)
{
	const struct world_org *o = r->world->org;
	char *kind = arena_dupz(r->arena, type);

	for (char *c = kind; *c; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c | 0x20);
	return world_printf(r->world, "arn:aws:organizations::%.*s:policy/%.*s/%s/%.*s",
			    STR_ARG(o->management->id), STR_ARG(o->id), kind, STR_ARG(id));
}

bool orgs_create_policy(struct sandbox_request *r)
{
	struct str type = val_get_str(r->in, "Type"), name = val_get_str(r->in, "Name");
	struct str content = val_get_str(r->in, "Content");
	struct world *w = r->world;
	const struct policy *parsed;

	if (!orgs_enter(r, ORGS_MANAGEMENT))
		return false;
	if (!w->org->all_features)
		return orgs_fault(r, "PolicyTypeNotAvailableForOrganizationException",
				  "This operation requires the organization to have all features "
				  "enabled.");
	if (!orgs_check_tags(r) || !read_content(r, type, content, name, r->arena, &parsed))
		return false;
	if (policy_named(w->org, type, name))
		return duplicate(r);
	if (policies_of(w->org, type) >= (is_scp(type) ? MAX_SCPS : MAX_POLICIES_OF_A_TYPE))
		return orgs_constraint(r, "POLICY_NUMBER_LIMIT_EXCEEDED",
				       "You have exceeded the number of policies allowed in an "
				       "organization.");

	struct world_policy *p = arena_new_of(w->arena, struct world_policy);
	p->id = world_id(w, &r->rng, "p-", ALPHABET_ID, 8);
	p->arn = policy_arn(r, type, p->id);
	p->name = world_str(w, name);
	p->description = world_str(w, val_get_str(r->in, "Description"));
	p->type = world_str(w, type);
	p->content = world_str(w, content);
	if (!read_content(r, p->type, p->content, p->name, w->arena, &p->parsed))
		BUG("policy %.*s", STR_ARG(p->id));
	p->updated_ms = r->now_ms;
	orgs_put_tags(r, &p->tags);
	WORLD_PUSH(w->org->policies, p);
	val_setz(r->out, "Policy", show_policy(r, p));
	return true;
}

/*
 * "UpdatePolicy's PolicySummary omits Name/Description not sent", and
 * "Description "" echoes "" but keeps the old one; policy Name " " sticks".
 */
bool orgs_update_policy(struct sandbox_request *r)
{
	struct str name = val_get_str(r->in, "Name"), content = val_get_str(r->in, "Content");
	struct str description = val_get_str(r->in, "Description");
	struct world *w = r->world;
	struct world_policy *p;
	const struct policy *parsed;

	if (!orgs_enter(r, ORGS_MANAGEMENT) || !(p = orgs_need_policy(r)))
		return false;
	if (p->aws_managed)
		return orgs_invalid(r, "IMMUTABLE_POLICY");
	struct world_policy *other = str_is_null(name) ? NULL : policy_named(w->org, p->type, name);
	if (other && other != p)
		return duplicate(r);
	if (!str_is_null(content) && !read_content(r, p->type, content, p->name, r->arena, &parsed))
		return false;

	if (!str_is_null(name))
		p->name = world_str(w, name);
	if (!str_is_empty(description))
		p->description = world_str(w, description);
	if (!str_is_null(content)) {
		p->content = world_str(w, content);
		if (!read_content(r, p->type, p->content, p->name, w->arena, &p->parsed))
			BUG("policy %.*s", STR_ARG(p->id));
	}
	p->updated_ms = r->now_ms;
	struct val *policy = val_setz(r->out, "Policy", val_object(r->arena));
	struct val *summary = val_setz(policy, "PolicySummary", val_object(r->arena));
	val_set_str(r->arena, summary, "Id", p->id);
	val_set_str(r->arena, summary, "Arn", p->arn);
	val_set_str(r->arena, summary, "Name", name);
	val_set_str(r->arena, summary, "Description", description);
	val_set_str(r->arena, summary, "Type", p->type);
	val_set_bool(r->arena, summary, "AwsManaged", p->aws_managed);
	val_set_str(r->arena, policy, "Content", p->content);
	return true;
}

static bool in_use(const struct world *w, const struct world_policy *p)
{
	struct map_entry *e;

	for (const struct world_unit *u = w->org->units; u; u = u->next)
		if (!u->deleted && is_attached(u->attached, p))
			return true;
	for (size_t i = 0; (e = map_next(&w->accounts, &i));) {
		const struct world_account *acct = e->value;
		if (acct->joined && is_attached(acct->attached, p))
			return true;
	}
	return false;
}

bool orgs_delete_policy(struct sandbox_request *r)
{
	struct world_policy *p;

	if (!orgs_enter(r, ORGS_MANAGEMENT) || !(p = orgs_need_policy(r)))
		return false;
	if (p->aws_managed)
		return orgs_invalid(r, "IMMUTABLE_POLICY");
	if (in_use(r->world, p))
		return orgs_fault(r, "PolicyInUseException",
				  "The policy is attached to one or more entities. You must detach "
				  "it from all roots, OUs, and accounts before performing this "
				  "operation.");
	p->deleted = true;
	return true;
}

/* ---- attachments ---- */

/* Both ends, and the caller's permission for the target too: it was asked for the policy alone. */
static bool both_ends(struct sandbox_request *r, struct world_policy **p, struct orgs_target *t)
{
	if (!orgs_enter(r, ORGS_MANAGEMENT) || !(*p = orgs_need_policy(r)) ||
	    !orgs_need_target(r, t) || !orgs_authorize(r, t->arn))
		return false;
	if (!world_policy_type_enabled(r->world->org, arena_dupz(r->arena, (*p)->type)))
		return orgs_fault(r, "PolicyTypeNotEnabledException",
				  "This operation can be performed only for enabled policy types.");
	return true;
}

static size_t attached_of_type(const struct orgs_target *t, struct str type)
{
	size_t n = 0;

	for (const struct world_attachment *at = *t->attached; at; at = at->next)
		if (str_eq(at->policy->type, type))
			n++;
	return n;
}

bool orgs_attach_policy(struct sandbox_request *r)
{
	struct world_policy *p;
	struct orgs_target t;

	if (!both_ends(r, &p, &t))
		return false;
	size_t max = is_rcp(p->type) ? MAX_ATTACHED_RCPS : MAX_ATTACHED;
	if (is_attached(*t.attached, p))
		return orgs_fault(r, "DuplicatePolicyAttachmentException",
				  "A policy with the specified name and type already exists.");
	if (attached_of_type(&t, p->type) >= max)
		return orgs_constraint(r, "MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED",
				       "You have attached the maximum number of policies to the "
				       "specified target.");
	world_attach(r->world, t.attached, p);
	p->updated_ms = r->now_ms;
	return true;
}

bool orgs_detach_policy(struct sandbox_request *r)
{
	struct world_policy *p;
	struct orgs_target t;

	if (!both_ends(r, &p, &t))
		return false;
	if (is_rcp(p->type) && p->aws_managed)
		return orgs_invalid(r, "NON_DETACHABLE_POLICY");
	if (!is_attached(*t.attached, p))
		return orgs_fault(r, "PolicyNotAttachedException",
				  "The policy isn't attached to the specified target.");
	if (is_scp(p->type) && attached_of_type(&t, p->type) == 1)
		return orgs_constraint(r, "MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED",
				       "You cannot remove the last policy attached to the "
				       "specified target. You must have at least one attached at "
				       "all times.");
	world_detach(t.attached, p);
	return true;
}
