#include "sandbox/organizations-private.h"
#include "text/json.h"

/*
 * What the management policies above an account come to. Service and resource
 * control policies have no such thing: they are weighed level by level.
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_effective.html
 */

struct chain {
	struct orgs_merge *merge;
	struct str type;
	size_t policies;
	int64_t updated_ms;
};

static bool add_level(struct sandbox_request *r, struct chain *c, const struct world_attachment *at)
{
	struct err err = {0};

	for (; at; at = at->next) {
		const struct world_policy *p = at->policy;
		struct val *document;
		if (!str_eq(p->type, c->type))
			continue;
		if (!json_read(p->content, JSON_UNIQUE, r->arena, &document, &err))
			BUG("policy %.*s: %s", STR_ARG(p->id), err.message);
		orgs_merge_add(c->merge, document);
		c->policies++;
		if (p->updated_ms > c->updated_ms)
			c->updated_ms = p->updated_ms;
	}
	orgs_merge_next_level(c->merge);
	return true;
}

/* From the root down: the parents first. */
static void add_units(struct sandbox_request *r, struct chain *c, const struct world_unit *u)
{
	if (!u)
		return;
	add_units(r, c, u->parent);
	add_level(r, c, u->attached);
}

/* false: no policy of that type reaches the account. */
static bool effective(struct sandbox_request *r, const struct world_account *acct, struct chain *c)
{
	c->merge = orgs_merge_new(r->arena);
	c->type = val_get_str(r->in, "PolicyType");
	c->updated_ms = acct->joined_ms;
	if (!world_policy_type_enabled(r->world->org, arena_dupz(r->arena, c->type)))
		return false;
	add_units(r, c, acct->parent);
	add_level(r, c, acct->attached);
	return c->policies > 0;
}

static bool not_found(struct sandbox_request *r)
{
	return orgs_fault(r, "EffectivePolicyNotFoundException",
			  "We can't find an effective policy of the specified type for the "
			  "specified target.");
}

/* A member asks for itself; of others, the management account and delegated administrators do. */
static bool may_look(struct sandbox_request *r, const struct world_account *acct)
{
	return acct == r->who->account || r->who->management ||
	       world_delegate(r->world->org, r->who->account, NULL) || orgs_no_permission(r);
}

bool orgs_describe_effective(struct sandbox_request *r)
{
	struct str id = val_get_str(r->in, "TargetId");
	const struct world_account *acct = r->who->account;
	struct chain c = {0};

	if (!orgs_enter(r, ORGS_MEMBER))
		return false;
	if (!str_is_null(id)) {
		/* "Specifying an organization root or OU as the target is not supported." */
		if (!str_all_digits(id))
			return orgs_invalid(r, "TARGET_NOT_SUPPORTED");
		acct = orgs_account(r, id);
		if (!acct)
			return orgs_fault(r, "TargetNotFoundException",
					  "You specified a target that doesn't exist.");
	}
	if (!may_look(r, acct))
		return false;
	if (!effective(r, acct, &c))
		return not_found(r);
	struct val *v = val_setz(r->out, "EffectivePolicy", val_object(r->arena));
	val_set_str(r->arena, v, "PolicyContent", json_text(r->arena, orgs_merge_result(c.merge)));
	val_set_time(r->arena, v, "LastUpdatedTimestamp", c.updated_ms);
	val_set_str(r->arena, v, "TargetId", acct->id);
	val_set_str(r->arena, v, "PolicyType", c.type);
	return true;
}

/* ---- validity ---- */

/*
 * Documents are checked when they are written (orgs_merge_valid), and merging
 * such documents never gives one that the sandbox could not use: no effective
 * policy is invalid here. AWS also checks each kind's own rules, which the
 * sandbox does not know.
 */
bool orgs_list_invalid_accounts(struct sandbox_request *r)
{
	struct page page;

	if (!orgs_enter(r, ORGS_DELEGATE) || !orgs_page(r, &page))
		return false;
	val_setz(r->out, "Accounts", val_list(r->arena));
	val_set_str(r->arena, r->out, "PolicyType", val_get_str(r->in, "PolicyType"));
	page_end(r, &page, 0);
	return true;
}

bool orgs_list_validation_errors(struct sandbox_request *r)
{
	const struct world_account *acct;
	struct chain c = {0};
	struct page page;

	if (!orgs_enter(r, ORGS_DELEGATE) || !(acct = orgs_need_account(r, "AccountId")) ||
	    !orgs_page(r, &page))
		return false;
	if (!effective(r, acct, &c))
		return not_found(r);
	val_set_str(r->arena, r->out, "AccountId", acct->id);
	val_set_str(r->arena, r->out, "PolicyType", c.type);
	struct str path = world_org_path(r->world->org, acct->parent, r->arena);
	val_set_str(r->arena, r->out, "Path",
		    arena_printf(r->arena, "%.*s%.*s/", STR_ARG(path), STR_ARG(acct->id)));
	val_set_time(r->arena, r->out, "EvaluationTimestamp", c.updated_ms);
	val_setz(r->out, "EffectivePolicyValidationErrors", val_list(r->arena));
	page_end(r, &page, 0);
	return true;
}
