#include "sandbox/iam-private.h"

/*
 * Instance profiles: names for EC2 that hold a role.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateInstanceProfile.html
 */
#define KIND "InstanceProfile"
#define PROFILES_MAX 1000

static struct iam_role *role_of(const struct iam_account *iam, const struct val *profile)
{
	struct str id = val_get_str(profile, "RoleId");

	for (struct iam_role *role = iam->roles; role; role = role->next)
		if (str_eq(role->id, id))
			return role;
	return NULL;
}

struct val *iam_profile_of_role(const struct iam_account *iam, const struct iam_role *role)
{
	VAL_EACH(v, iam_others(iam, KIND))
	if (str_eq(val_get_str(v, "RoleId"), role->id))
		return v;
	return NULL;
}

static struct val *show(struct sandbox_request *r, const struct val *profile)
{
	static const char *const members[] = {"Path", "InstanceProfileName", "InstanceProfileId",
					      "Arn",  "CreateDate",          NULL};
	struct val *o = val_object(r->arena), *roles = val_list(r->arena);
	const struct iam_role *role = role_of(&r->who->account->iam, profile);

	iam_copy_members(r, o, profile, members);
	val_setz(o, "Roles", roles);
	if (role)
		val_append(roles, iam_show_role(r, role, false));
	return o;
}

static struct val *show_row(struct sandbox_request *r, const void *item)
{
	return show(r, item);
}

struct val *iam_show_profiles_of_role(struct sandbox_request *r, const struct iam_role *role)
{
	struct val *list = val_list(r->arena);

	VAL_EACH(v, iam_others(&r->who->account->iam, KIND))
	if (role_of(&r->who->account->iam, v) == role)
		val_append(list, show(r, v));
	return list;
}

static struct val *need_profile(struct sandbox_request *r)
{
	struct str name = val_get_str(r->in, "InstanceProfileName");
	struct val *profile = iam_other(&r->who->account->iam, KIND, name);

	if (!profile)
		sandbox_fault(r, 404, "NoSuchEntity", "Instance Profile %.*s cannot be found.",
			      STR_ARG(name));
	return profile;
}

struct str iam_profile_arn(struct sandbox_request *r)
{
	struct str name = val_get_str(r->in, "InstanceProfileName");
	const struct val *profile = iam_other(&r->who->account->iam, KIND, name);

	if (profile)
		return val_get_str(profile, "Arn");
	return iam_make_arn(r, "instance-profile", iam_path(r), name);
}

/* ---- operations ---- */

bool iam_create_instance_profile(struct sandbox_request *r)
{
	struct str name = val_get_str(r->in, "InstanceProfileName"), path = iam_path(r);
	const struct iam_account *iam = &r->who->account->iam;
	struct world_tags tags = {0};

	if (iam_other(iam, KIND, name))
		return sandbox_fault(r, 409, "EntityAlreadyExists",
				     "Instance Profile %.*s already exists.", STR_ARG(name));
	if (!iam_has_room(r, val_count(iam_others(iam, KIND)), PROFILES_MAX,
			  "InstanceProfilesPerAccount") ||
	    !iam_check_tags(r))
		return false;
	struct val *profile = iam_new_other(r, KIND, world_str(r->world, name));
	iam_set_str(r, profile, "Path", path);
	iam_set_str(r, profile, "InstanceProfileName", name);
	iam_set_str(r, profile, "InstanceProfileId",
		    world_id(r->world, &r->rng, "AIPA", ALPHABET_IAM, 17));
	iam_set_str(r, profile, "Arn", iam_make_arn(r, "instance-profile", path, name));
	iam_set_time(r, profile, "CreateDate", r->now_ms);
	iam_keep_tags(r, &tags);
	if (tags.n)
		iam_set_val(r, profile, "Tags", iam_show_tags(r, &tags));
	struct val *o = val_setz(r->out, "InstanceProfile", show(r, profile));
	iam_put_tags(r, o, &tags);
	return true;
}

bool iam_get_instance_profile(struct sandbox_request *r)
{
	static const char *const tags[] = {"Tags", NULL};
	const struct val *profile = need_profile(r);

	if (!profile)
		return false;
	struct val *o = val_setz(r->out, "InstanceProfile", show(r, profile));
	iam_copy_members(r, o, profile, tags);
	return true;
}

bool iam_list_instance_profiles(struct sandbox_request *r)
{
	struct iam_rows rows = {0};

	VAL_EACH(v, iam_others(&r->who->account->iam, KIND))
	if (iam_starts_with_path(r, val_get_str(v, "Path")))
		iam_add_row(r, &rows, v->name, v);
	iam_sort_rows(&rows);
	return iam_put_rows(r, &rows, "InstanceProfiles", show_row);
}

bool iam_list_instance_profiles_for_role(struct sandbox_request *r)
{
	struct iam_role *role = iam_need_role(r, val_get_str(r->in, "RoleName"));
	struct iam_rows rows = {0};

	if (!role)
		return false;
	VAL_EACH(v, iam_others(&r->who->account->iam, KIND))
	if (role_of(&r->who->account->iam, v) == role)
		iam_add_row(r, &rows, v->name, v);
	iam_sort_rows(&rows);
	return iam_put_rows(r, &rows, "InstanceProfiles", show_row);
}

bool iam_delete_instance_profile(struct sandbox_request *r)
{
	const struct val *profile = need_profile(r);

	if (!profile)
		return false;
	if (role_of(&r->who->account->iam, profile))
		return sandbox_fault(r, 409, "DeleteConflict",
				     "Cannot delete entity, must remove roles from instance "
				     "profile first.");
	iam_remove_other(r, KIND, profile->name);
	return true;
}

/* "You must be granted the PassRole permission": the role is handed to EC2. */
static bool may_pass(struct sandbox_request *r, const struct iam_role *role)
{
	const struct policy_key to =
		sandbox_key(r, "iam:PassedToService", STR("ec2.amazonaws.com"));

	return sandbox_authorize(r, "iam:PassRole", role->arn, &to, 1);
}

/* "An instance profile can contain only one role, and this quota cannot be increased." */
bool iam_add_role_to_instance_profile(struct sandbox_request *r)
{
	struct val *profile = need_profile(r);
	struct iam_role *role;

	if (!profile || !(role = iam_need_role(r, val_get_str(r->in, "RoleName"))) ||
	    !iam_is_own_role(r, role) || !may_pass(r, role))
		return false;
	if (role_of(&r->who->account->iam, profile))
		return sandbox_fault(r, 409, "LimitExceeded",
				     "Cannot exceed quota for InstanceSessionsPerInstanceProfile: "
				     "1");
	iam_set_str(r, profile, "RoleId", role->id);
	return true;
}

bool iam_remove_role_from_instance_profile(struct sandbox_request *r)
{
	struct val *profile = need_profile(r);
	struct iam_role *role;

	if (!profile || !(role = iam_need_role(r, val_get_str(r->in, "RoleName"))))
		return false;
	if (role_of(&r->who->account->iam, profile) != role)
		return sandbox_fault(r, 404, "NoSuchEntity",
				     "Role %.*s is not associated with instance profile %.*s.",
				     STR_ARG(role->name), STR_ARG(profile->name));
	iam_set_str(r, profile, "RoleId", STR_NULL);
	return true;
}
