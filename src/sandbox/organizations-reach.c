#include "sandbox/organizations-private.h"

/*
 * Three things are asked of a caller, in this order: its own policies
 * (dispatcher), whether its account is in an organization, and whether the
 * operation is for that account.
 */

bool orgs_fault(struct sandbox_request *r, const char *code, const char *message)
{
	return sandbox_fault(r, 400, code, "%s", message);
}

bool orgs_reason(struct sandbox_request *r, const char *code, const char *reason,
		 const char *message)
{
	sandbox_fault(r, 400, code, "%s", message);
	r->fault.members = val_object(r->arena);
	val_set_z(r->arena, r->fault.members, "Reason", reason);
	return false;
}

bool orgs_constraint(struct sandbox_request *r, const char *reason, const char *message)
{
	return orgs_reason(r, "ConstraintViolationException", reason, message);
}

bool orgs_no_permission(struct sandbox_request *r)
{
	return orgs_fault(r, "AccessDeniedException",
			  "You don't have permissions to access this resource.");
}

/*
 * The caller is told no more than that; the event in its account says what an
 * answer across accounts does not: "User: … is not authorized to perform:
 * organizations:ListAccounts on resource: * because no resource-based policy
 * allows the organizations:ListAccounts action" (a real event).
 */
static bool not_let_in(struct sandbox_request *r, struct str resource, bool denied)
{
	struct str op = r->op->name;
	struct str why = denied ? STR("with an explicit deny in a resource-based policy")
				: arena_printf(r->arena,
					       "because no resource-based policy allows the "
					       "organizations:%.*s action",
					       STR_ARG(op));

	r->event_error = arena_printf(
		r->arena,
		"User: %.*s is not authorized to perform: organizations:%.*s on resource: "
		"%.*s %.*s",
		STR_ARG(r->who->arn), STR_ARG(op),
		STR_ARG(str_is_null(resource) ? STR("*") : resource), STR_ARG(why));
	return orgs_no_permission(r);
}

bool orgs_not_in_use(struct sandbox_request *r)
{
	return orgs_fault(r, "AWSOrganizationsNotInUseException",
			  "Your account is not a member of an organization.");
}

bool orgs_in_organization(const struct sandbox_request *r)
{
	return r->world->org && r->who->account->joined;
}

static enum org_says org_policy(struct sandbox_request *r, struct str resource)
{
	struct policy_key keys[SANDBOX_KEYS];
	size_t n = 0;

	struct str action = arena_printf(r->arena, "organizations:%.*s", STR_ARG(r->op->name));
	orgs_keys(r, keys, &n);
	return sandbox_org_policy(r, action.p, str_is_null(resource) ? STR("*") : resource, keys,
				  n);
}

/*
 * "A resource-policy Deny also blocks a member's DescribeOrganization, never
 * management"; what it allows opens an operation to a member that is no
 * delegated administrator of a service.
 */
bool orgs_enter(struct sandbox_request *r, enum orgs_reach reach)
{
	const struct world_org *o = r->world->org;

	if (!orgs_in_organization(r))
		return orgs_not_in_use(r);
	if (r->who->account == o->management || r->replay)
		return true;
	switch (org_policy(r, orgs_resource(r))) {
	case ORG_SAYS_DENY:
		return not_let_in(r, orgs_resource(r), true);
	case ORG_SAYS_ALLOW:
		return true;
	case ORG_SAYS_NOTHING:
		break;
	}
	if (reach == ORGS_MEMBER ||
	    (reach == ORGS_DELEGATE && world_delegate(o, r->who->account, NULL)))
		return true;
	return not_let_in(r, orgs_resource(r), false);
}

bool orgs_authorize(struct sandbox_request *r, struct str resource)
{
	struct policy_key keys[SANDBOX_KEYS];
	size_t n = 0;

	struct str action = arena_printf(r->arena, "organizations:%.*s", STR_ARG(r->op->name));
	orgs_keys(r, keys, &n);
	if (!sandbox_authorize(r, action.p, resource, keys, n))
		return false;
	return r->replay || r->who->account == r->world->org->management ||
	       org_policy(r, resource) == ORG_SAYS_ALLOW || not_let_in(r, resource, false);
}

/* ---- which resource ---- */

static struct str handshake_arn(const struct world_org *o, struct str id)
{
	for (const struct world_handshake *h = o->handshakes; h; h = h->next)
		if (str_eq(h->id, id))
			return h->arn;
	return STR_NULL;
}

struct str orgs_arn_of(struct sandbox_request *r, struct str id)
{
	const struct world_org *o = r->world->org;

	if (!o || str_is_null(id))
		return STR_NULL;
	const struct world_account *acct = orgs_account(r, id);
	if (acct)
		return orgs_account_arn(r, acct);
	const struct world_unit *u = world_unit(o, id);
	if (u)
		return u->arn;
	const struct world_policy *p = world_policy(o, id);
	if (p)
		return p->arn;
	return handshake_arn(o, id);
}

/* In this order the one member that names what a call is about. */
struct str orgs_subject(const struct sandbox_request *r)
{
	static const char *const members[] = {
		"AccountId",  "OrganizationalUnitId",
		"PolicyId",   "HandshakeId",
		"ParentId",   "ChildId",
		"RootId",     "TargetId",
		"ResourceId",
	};

	for (size_t i = 0; i < ARRAY_SIZE(members); i++) {
		struct str id = val_get_str(r->in, members[i]);
		if (!str_is_null(id))
			return id;
	}
	return STR_NULL;
}

struct str orgs_resource(struct sandbox_request *r)
{
	return orgs_arn_of(r, orgs_subject(r));
}
