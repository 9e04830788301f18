#include "sandbox/organizations-private.h"

struct world_account *orgs_account(const struct sandbox_request *r, struct str id)
{
	struct world_account *acct = world_account(r->world, id);

	return acct && acct->joined ? acct : NULL;
}

struct world_account *orgs_need_account(struct sandbox_request *r, const char *member)
{
	struct world_account *acct = orgs_account(r, val_get_str(r->in, member));

	if (!acct)
		orgs_fault(r, "AccountNotFoundException",
			   "You specified an account that doesn't exist.");
	return acct;
}

struct world_unit *orgs_need_unit(struct sandbox_request *r, struct str id, const char *code,
				  const char *message)
{
	struct world_unit *u = world_unit(r->world->org, id);

	if (!u)
		orgs_fault(r, code, message);
	return u;
}

struct world_unit *orgs_need_parent(struct sandbox_request *r)
{
	return orgs_need_unit(r, val_get_str(r->in, "ParentId"), "ParentNotFoundException",
			      "You specified parent that doesn't exist.");
}

struct world_policy *orgs_need_policy(struct sandbox_request *r)
{
	struct world_policy *p = world_policy(r->world->org, val_get_str(r->in, "PolicyId"));

	if (!p)
		orgs_fault(r, "PolicyNotFoundException",
			   "We can't find a policy with the PolicyId that you specified.");
	return p;
}

bool orgs_target(struct sandbox_request *r, struct str id, struct orgs_target *t)
{
	*t = (struct orgs_target){0};
	t->unit = world_unit(r->world->org, id);
	t->account = t->unit ? NULL : orgs_account(r, id);
	if (t->unit) {
		t->id = t->unit->id;
		t->arn = t->unit->arn;
		t->name = t->unit->name;
		t->type = t->unit->parent ? "ORGANIZATIONAL_UNIT" : "ROOT";
		t->attached = &t->unit->attached;
	} else if (t->account) {
		t->id = t->account->id;
		t->arn = orgs_account_arn(r, t->account);
		t->name = t->account->name;
		t->type = "ACCOUNT";
		t->attached = &t->account->attached;
	}
	return t->type != NULL;
}

bool orgs_need_target(struct sandbox_request *r, struct orgs_target *t)
{
	return orgs_target(r, val_get_str(r->in, "TargetId"), t) ||
	       orgs_fault(r, "TargetNotFoundException",
			  "You specified a target that doesn't exist.");
}

/* ---- answers ---- */

struct str orgs_account_arn(struct sandbox_request *r, const struct world_account *acct)
{
	const struct world_org *o = r->world->org;

	return arena_printf(r->arena, "arn:aws:organizations::%.*s:account/%.*s/%.*s",
			    STR_ARG(o->management->id), STR_ARG(o->id), STR_ARG(acct->id));
}

const char *orgs_state_name(enum account_state s)
{
	switch (s) {
	case ACCOUNT_PENDING_ACTIVATION:
		return "PENDING_ACTIVATION";
	case ACCOUNT_ACTIVE:
		return "ACTIVE";
	case ACCOUNT_SUSPENDED:
		return "SUSPENDED";
	case ACCOUNT_PENDING_CLOSURE:
		return "PENDING_CLOSURE";
	case ACCOUNT_CLOSED:
		return "CLOSED";
	}
	BUG("account state %d", (int)s);
}

/* Status knows three states; a closed account is SUSPENDED there. */
const char *orgs_status_name(enum account_state s)
{
	return s == ACCOUNT_CLOSED ? "SUSPENDED" : orgs_state_name(s);
}

struct val *orgs_show_account(struct sandbox_request *r, const struct world_account *acct)
{
	struct val *v = val_object(r->arena);
	struct str path = world_org_path(r->world->org, acct->parent, r->arena);

	val_set_str(r->arena, v, "Id", acct->id);
	val_set_str(r->arena, v, "Arn", orgs_account_arn(r, acct));
	val_set_str(r->arena, v, "Email", acct->email);
	val_set_str(r->arena, v, "Name", acct->name);
	val_set_z(r->arena, v, "Status", orgs_status_name(acct->state));
	val_set_z(r->arena, v, "State", orgs_state_name(acct->state));
	struct val *paths = val_setz(v, "Paths", val_list(r->arena));
	path = arena_printf(r->arena, "%.*s%.*s/", STR_ARG(path), STR_ARG(acct->id));
	val_append(paths, val_string(r->arena, path));
	val_set_z(r->arena, v, "JoinedMethod", acct->invited ? "INVITED" : "CREATED");
	val_set_time(r->arena, v, "JoinedTimestamp", acct->joined_ms);
	return v;
}

struct val *orgs_show_unit(struct sandbox_request *r, const struct world_unit *u)
{
	struct val *v = val_object(r->arena);

	val_set_str(r->arena, v, "Id", u->id);
	val_set_str(r->arena, v, "Arn", u->arn);
	val_set_str(r->arena, v, "Name", u->name);
	val_set_str(r->arena, v, "Path", world_org_path(r->world->org, u, r->arena));
	return v;
}

struct val *orgs_show_root(struct sandbox_request *r)
{
	const struct world_unit *root = r->world->org->units;
	struct val *v = val_object(r->arena);
	struct map_entry *e;

	val_set_str(r->arena, v, "Id", root->id);
	val_set_str(r->arena, v, "Arn", root->arn);
	val_set_str(r->arena, v, "Name", root->name);
	struct val *types = val_setz(v, "PolicyTypes", val_list(r->arena));
	for (size_t i = 0; (e = map_next(&root->policy_types, &i));) {
		struct val *t = val_append(types, val_object(r->arena));
		val_set_str(r->arena, t, "Type", e->key);
		val_set_z(r->arena, t, "Status", "ENABLED");
	}
	return v;
}

/*
 * "AvailablePolicyTypes: Do not use. This field is deprecated …": with all
 * features it always names service control policies, and nothing else.
 */
struct val *orgs_show_organization(struct sandbox_request *r)
{
	const struct world_org *o = r->world->org;
	struct val *v = val_object(r->arena);

	val_set_str(r->arena, v, "Id", o->id);
	val_set_str(r->arena, v, "Arn", o->arn);
	val_set_z(r->arena, v, "FeatureSet", o->all_features ? "ALL" : "CONSOLIDATED_BILLING");
	val_set_str(r->arena, v, "MasterAccountArn", orgs_account_arn(r, o->management));
	val_set_str(r->arena, v, "MasterAccountId", o->management->id);
	val_set_str(r->arena, v, "MasterAccountEmail", o->management->email);
	struct val *types = val_setz(v, "AvailablePolicyTypes", val_list(r->arena));
	if (o->all_features) {
		struct val *t = val_append(types, val_object(r->arena));
		val_set_z(r->arena, t, "Type", "SERVICE_CONTROL_POLICY");
		val_set_z(r->arena, t, "Status", "ENABLED");
	}
	return v;
}

struct val *orgs_show_summary(struct sandbox_request *r, const struct world_policy *p)
{
	struct val *v = val_object(r->arena);

	val_set_str(r->arena, v, "Id", p->id);
	val_set_str(r->arena, v, "Arn", p->arn);
	val_set_str(r->arena, v, "Name", p->name);
	val_set_str(r->arena, v, "Description", p->description);
	val_set_str(r->arena, v, "Type", p->type);
	val_set_bool(r->arena, v, "AwsManaged", p->aws_managed);
	return v;
}
