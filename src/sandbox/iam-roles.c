#include "sandbox/iam-private.h"

/* https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html */
#define ROLES_MAX 1000
#define DEFAULT_SESSION_S 3600

bool iam_get_role(struct sandbox_request *r)
{
	struct iam_role *role = iam_need_role(r, val_get_str(r->in, "RoleName"));

	if (!role)
		return false;
	val_setz(r->out, "Role", iam_show_role(r, role, true));
	return true;
}

static struct val *show_row(struct sandbox_request *r, const void *item)
{
	return iam_show_role(r, item, false);
}

bool iam_list_roles(struct sandbox_request *r)
{
	struct iam_rows rows = {0};

	for (struct iam_role *role = r->who->account->iam.roles; role; role = role->next)
		if (iam_starts_with_path(r, role->path))
			iam_add_row(r, &rows, role->name, role);
	iam_sort_rows(&rows);
	return iam_put_rows(r, &rows, "Roles", show_row);
}

bool iam_create_role(struct sandbox_request *r)
{
	struct str name = val_get_str(r->in, "RoleName");
	struct str trust = val_get_str(r->in, "AssumeRolePolicyDocument");
	struct str description = val_get_str(r->in, "Description");
	struct world_account *acct = r->who->account;
	struct iam_managed *boundary;

	if (iam_role(&acct->iam, name))
		return sandbox_fault(r, 409, "EntityAlreadyExists",
				     "Role with name %.*s already exists.", STR_ARG(name));
	if (!iam_check_trust(r, trust) ||
	    !iam_has_room(r, IAM_COUNT(acct->iam.roles), ROLES_MAX, "RolesPerAccount") ||
	    !iam_read_boundary(r, &boundary) || !iam_check_tags(r))
		return false;
	struct iam_role *role =
		world_make_role(r->world, acct, iam_path(r), name, trust, &r->rng, r->now_ms);
	if (description.n)
		role->description = world_str(r->world, description);
	role->max_session_s = val_i64(val_get(r->in, "MaxSessionDuration"), DEFAULT_SESSION_S);
	role->boundary = boundary;
	iam_keep_tags(r, &role->tags);
	struct val *o = iam_show_role(r, role, true);
	val_remove(o, STR("RoleLastUsed"));
	val_setz(r->out, "Role", o);
	return true;
}

/* A service-linked role may be described by its account; all else of it is the service's. */
static bool set_description(struct sandbox_request *r, struct iam_role *role)
{
	struct str description = val_get_str(r->in, "Description");

	if (!str_is_null(description))
		role->description = world_str(r->world, description);
	return true;
}

/* MaxSessionDuration: "If you do not specify a value for this setting, the default value of one
 * hour is applied." https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateRole.html */
bool iam_update_role(struct sandbox_request *r)
{
	struct iam_role *role = iam_need_role(r, val_get_str(r->in, "RoleName"));
	const struct val *duration = val_get(r->in, "MaxSessionDuration");

	if (!role || (duration && !iam_is_own_role(r, role)))
		return false;
	if (!role->service_linked)
		role->max_session_s = val_i64(duration, DEFAULT_SESSION_S);
	return set_description(r, role);
}

bool iam_update_role_description(struct sandbox_request *r)
{
	struct iam_role *role = iam_need_role(r, val_get_str(r->in, "RoleName"));

	if (!role || !set_description(r, role))
		return false;
	val_setz(r->out, "Role", iam_show_role(r, role, true));
	return true;
}

bool iam_update_assume_role_policy(struct sandbox_request *r)
{
	struct iam_role *role = iam_need_role(r, val_get_str(r->in, "RoleName"));
	struct str trust = val_get_str(r->in, "PolicyDocument");

	if (!role || !iam_is_own_role(r, role) || !iam_check_trust(r, trust))
		return false;
	role->trust_text = world_str(r->world, trust);
	role->trust = iam_keep_document(r, role->trust_text, POLICY_RESOURCE, role->name);
	return true;
}

/* Sessions of a deleted role end with it; a new role of the same name is another one. */
bool iam_delete_role(struct sandbox_request *r)
{
	struct iam_role *role = iam_need_role(r, val_get_str(r->in, "RoleName"));
	const char *why = NULL;

	if (!role || !iam_is_own_role(r, role))
		return false;
	if (iam_profile_of_role(&r->who->account->iam, role))
		why = "must remove roles from instance profile first";
	else if (role->attached)
		why = "must detach all policies first";
	else if (role->inlines)
		why = "must delete policies first";
	if (why)
		return sandbox_fault(r, 409, "DeleteConflict", "Cannot delete entity, %s.", why);
	iam_remove_role(r, role);
	return true;
}

void iam_remove_role(struct sandbox_request *r, struct iam_role *role)
{
	WORLD_REMOVE(r->who->account->iam.roles, role);
	role->deleted = true;
	iam_rename_principal(r, role->arn, role->id);
}
