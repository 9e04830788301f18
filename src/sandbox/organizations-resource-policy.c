#include "sandbox/organizations-private.h"
#include "text/json.h"

/*
 * The organization's resource-based policy: which member accounts may read the
 * organization or manage its policies.
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs-policy-delegate-update.html
 */

/* What may be delegated besides Describe… and List…. */
static const char *const delegable[] = {
	"AttachPolicy",     "CreatePolicy", "DeletePolicy",  "DetachPolicy", "DisablePolicyType",
	"EnablePolicyType", "TagResource",  "UntagResource", "UpdatePolicy",
};

static bool invalid_json(struct sandbox_request *r)
{
	return orgs_invalid(r, "INVALID_RESOURCE_POLICY_JSON");
}

static bool may_delegate(struct str op)
{
	if (str_startsz(op, "Describe") || str_startsz(op, "List"))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(delegable); i++)
		if (str_eqz(op, delegable[i]))
			return true;
	return false;
}

/* Every operation that the pattern lets in must be one that may be delegated. */
static bool action_supported(struct sandbox_request *r, struct str pattern)
{
	const struct api_service *s = r->op->service;
	size_t matched = 0;

	for (size_t i = 0; i < s->nops; i++) {
		struct str action =
			arena_printf(r->arena, "organizations:%.*s", STR_ARG(s->ops[i].name));
		if (!policy_match(pattern, action, true))
			continue;
		if (!may_delegate(s->ops[i].name))
			return false;
		matched++;
	}
	return matched > 0;
}

static bool actions_supported(struct sandbox_request *r, const struct val *action)
{
	if (val_is(action, VAL_STRING))
		return action_supported(r, action->u.s);
	VAL_EACH(v, action)
	if (!action_supported(r, val_str(v)))
		return false;
	return val_count(action) > 0;
}

/*
 * "Turns an account id into its root ARN"; "role principals, outside accounts
 * and Not* -> This resource-based policy contains invalid JSON."
 */
static bool fix_principal(struct sandbox_request *r, struct val *v)
{
	const struct str prefix = STR("arn:aws:iam::"), suffix = STR(":root");
	struct str id = val_str(v);

	if (str_eqz(id, "*"))
		return true;
	if (str_starts(id, prefix) && str_ends(id, suffix))
		id = str_sub(id, prefix.n, id.n - prefix.n - suffix.n);
	if (v->kind != VAL_STRING || id.n != 12 || !str_all_digits(id) || !orgs_account(r, id))
		return false;
	v->u.s = arena_printf(r->arena, "arn:aws:iam::%.*s:root", STR_ARG(id));
	return true;
}

static bool fix_principals(struct sandbox_request *r, const struct val *statement)
{
	struct val *principal = val_get(statement, "Principal");
	struct val *aws = val_get(principal, "AWS");

	if (str_eqz(val_str(principal), "*"))
		return true;
	if (!aws || val_count(principal) != 1)
		return false;
	if (aws->kind != VAL_LIST)
		return fix_principal(r, aws);
	VAL_EACH(v, aws)
	if (!fix_principal(r, v))
		return false;
	return val_count(aws) > 0;
}

/* "*", or what Organizations has: its ARNs name no region. */
static bool resource_supported(struct str pattern)
{
	struct str rest = pattern, part[3];
	size_t n = 0;

	if (str_eqz(pattern, "*"))
		return true;
	while (n < ARRAY_SIZE(part) && str_next(&rest, ':', &part[n]))
		n++;
	return n == ARRAY_SIZE(part) && policy_match(part[2], STR("organizations"), false);
}

static bool resources_supported(const struct val *resource)
{
	if (val_is(resource, VAL_STRING))
		return resource_supported(resource->u.s);
	VAL_EACH(v, resource)
	if (!resource_supported(val_str(v)))
		return false;
	return true;
}

/* "NotAction" and "NotResource" are refused since 30 June 2026 (the page above, "Important"). */
static bool check_statement(struct sandbox_request *r, const struct val *statement)
{
	if (val_get(statement, "NotPrincipal") || val_get(statement, "NotAction") ||
	    val_get(statement, "NotResource") || !fix_principals(r, statement))
		return invalid_json(r);
	if (!val_get(statement, "Resource") && !r->replay) /* a log of before may lack it */
		return invalid_json(r);
	if (!actions_supported(r, val_get(statement, "Action")))
		return orgs_invalid(r, "UNSUPPORTED_ACTION_IN_RESOURCE_POLICY");
	return r->replay || resources_supported(val_get(statement, "Resource")) ||
	       orgs_invalid(r, "UNSUPPORTED_RESOURCE_IN_RESOURCE_POLICY");
}

static bool check_statements(struct sandbox_request *r, const struct val *document)
{
	const struct val *statement = val_get(document, "Statement");

	if (val_is(statement, VAL_OBJECT))
		return check_statement(r, statement);
	VAL_EACH(v, statement)
	if (!check_statement(r, v))
		return false;
	return val_is(statement, VAL_LIST) || invalid_json(r);
}

/* "Adds Version 2008-10-17 if missing". */
static struct val *with_version(struct sandbox_request *r, struct val *document)
{
	if (val_get(document, "Version"))
		return document;
	struct val *out = val_object(r->arena);
	val_set_z(r->arena, out, "Version", "2008-10-17");
	VAL_EACH(v, document)
	val_set(out, v->name, val_copy(r->arena, v));
	return out;
}

/* The content as it is kept: compact. */
static bool read_content(struct sandbox_request *r, struct str *content)
{
	struct err err = {0};
	struct val *document;

	if (!json_read(val_get_str(r->in, "Content"), JSON_UNIQUE, r->arena, &document, &err) ||
	    document->kind != VAL_OBJECT ||
	    !policy_parse(val_get_str(r->in, "Content"), POLICY_RESOURCE, STR("resource policy"),
			  r->arena, &err))
		return invalid_json(r);
	if (!check_statements(r, document))
		return false;
	*content = json_text(r->arena, with_version(r, document));
	return true;
}

static void show(struct sandbox_request *r)
{
	const struct world_org *o = r->world->org;
	struct val *policy = val_setz(r->out, "ResourcePolicy", val_object(r->arena));
	struct val *summary = val_setz(policy, "ResourcePolicySummary", val_object(r->arena));

	val_set_str(r->arena, summary, "Id", o->resource_policy_id);
	val_set_str(r->arena, summary, "Arn",
		    arena_printf(r->arena, "arn:aws:organizations::%.*s:resourcepolicy/%.*s/%.*s",
				 STR_ARG(o->management->id), STR_ARG(o->id),
				 STR_ARG(o->resource_policy_id)));
	val_set_str(r->arena, policy, "Content", o->resource_policy);
}

/* "If you include tags in the request when updating, it fails": they are for a new one. */
bool orgs_put_resource_policy(struct sandbox_request *r)
{
	struct world *w = r->world;
	struct err err = {0};
	struct str content;

	if (!orgs_enter(r, ORGS_MANAGEMENT) || !orgs_check_tags(r) || !read_content(r, &content))
		return false;
	if (!str_is_null(w->org->resource_policy) && val_count(val_get(r->in, "Tags")) > 0)
		return orgs_invalid(r, "UPDATE_EXISTING_RESOURCE_POLICY_WITH_TAGS_NOT_SUPPORTED");
	if (str_is_null(w->org->resource_policy)) {
		w->org->resource_policy_id = world_id(w, &r->rng, "rp-", ALPHABET_ID, 8);
		w->org->resource_policy_tags = (struct world_tags){0};
		orgs_put_tags(r, &w->org->resource_policy_tags);
	}
	w->org->resource_policy = world_str(w, content);
	w->org->resource_policy_parsed = policy_parse(w->org->resource_policy, POLICY_RESOURCE,
						      w->org->resource_policy_id, w->arena, &err);
	if (!w->org->resource_policy_parsed)
		BUG("resource policy: %s", err.message);
	show(r);
	return true;
}

static bool missing(struct sandbox_request *r)
{
	return orgs_fault(r, "ResourcePolicyNotFoundException",
			  "You specified a resource policy that doesn't exist.");
}

/* "A deleted policy reads AccessDenied to a delegate." */
bool orgs_describe_resource_policy(struct sandbox_request *r)
{
	if (!orgs_enter(r, ORGS_DELEGATE))
		return false;
	if (str_is_null(r->world->org->resource_policy))
		return r->who->management ? missing(r) : orgs_no_permission(r);
	show(r);
	return true;
}

bool orgs_delete_resource_policy(struct sandbox_request *r)
{
	struct world_org *o = r->world->org;

	if (!orgs_enter(r, ORGS_MANAGEMENT))
		return false;
	if (str_is_null(o->resource_policy))
		return missing(r);
	o->resource_policy = STR_NULL;
	o->resource_policy_id = STR_NULL;
	o->resource_policy_parsed = NULL;
	o->resource_policy_tags = (struct world_tags){0};
	return true;
}
