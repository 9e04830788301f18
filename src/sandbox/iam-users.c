#include "sandbox/iam-private.h"

/* https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateUser.html */
#define USERS_MAX 5000

bool iam_get_user(struct sandbox_request *r)
{
	struct iam_target t;

	if (!iam_target(r, &t))
		return false;
	val_setz(r->out, "User", t.user ? iam_show_user(r, t.user, true) : iam_show_root(r));
	return true;
}

static struct val *show_row(struct sandbox_request *r, const void *item)
{
	return iam_show_user(r, item, false);
}

bool iam_list_users(struct sandbox_request *r)
{
	struct iam_rows rows = {0};

	for (struct iam_user *u = r->who->account->iam.users; u; u = u->next)
		if (iam_starts_with_path(r, u->path))
			iam_add_row(r, &rows, u->name, u);
	iam_sort_rows(&rows);
	return iam_put_rows(r, &rows, "Users", show_row);
}

/* "Names are not distinguished by case." except: the user who takes the name of its own. */
static bool name_is_free(struct sandbox_request *r, struct str name, const struct iam_user *except)
{
	const struct iam_user *u = iam_user(&r->who->account->iam, name);

	if (!u || u == except)
		return true;
	return sandbox_fault(r, 409, "EntityAlreadyExists", "User with name %.*s already exists.",
			     STR_ARG(name));
}

bool iam_create_user(struct sandbox_request *r)
{
	struct str name = val_get_str(r->in, "UserName");
	struct world_account *acct = r->who->account;
	struct iam_managed *boundary;

	if (!name_is_free(r, name, NULL) ||
	    !iam_has_room(r, IAM_COUNT(acct->iam.users), USERS_MAX, "UsersPerAccount") ||
	    !iam_read_boundary(r, &boundary) || !iam_check_tags(r))
		return false;
	struct iam_user *u = world_make_user(r->world, acct, iam_path(r), name, &r->rng, r->now_ms);
	u->boundary = boundary;
	iam_keep_tags(r, &u->tags);
	val_setz(r->out, "User", iam_show_user(r, u, true));
	return true;
}

bool iam_update_user(struct sandbox_request *r)
{
	struct iam_user *u = iam_need_user(r, val_get_str(r->in, "UserName"));
	struct str name = val_get_str(r->in, "NewUserName");
	struct str path = val_get_str(r->in, "NewPath");

	if (!u)
		return false;
	if (str_is_null(name))
		name = u->name;
	if (str_is_null(path))
		path = u->path;
	struct str arn = iam_make_arn(r, "user", path, name);
	/* "you must have permission on both the original … and the changed object" */
	if (!name_is_free(r, name, u) || !sandbox_authorize(r, "iam:UpdateUser", arn, NULL, 0))
		return false;
	iam_rename_principal(r, u->arn, arn);
	u->name = world_str(r->world, name);
	u->path = world_str(r->world, path);
	u->arn = world_str(r->world, arn);
	return true;
}

/* ---- deleting ---- */

static bool in_a_group(const struct iam_account *iam, const struct iam_user *u)
{
	for (const struct iam_group *g = iam->groups; g; g = g->next)
		for (const struct iam_member *m = g->members; m; m = m->next)
			if (m->user == u)
				return true;
	return false;
}

static bool has_mfa(const struct iam_account *iam, const struct iam_user *u)
{
	for (const struct iam_mfa *m = iam->mfa; m; m = m->next)
		if (m->assigned && m->user == u)
			return true;
	return false;
}

/* "you must delete the items attached to the user manually, or the deletion fails" */
static const char *in_the_way(const struct iam_account *iam, const struct iam_user *u)
{
	if (in_a_group(iam, u))
		return "must remove users from group first";
	if (u->attached)
		return "must detach all policies first";
	if (u->inlines)
		return "must delete policies first";
	if (u->login)
		return "must delete login profile first";
	if (u->keys)
		return "must delete access keys first";
	if (u->certs)
		return "must delete signing certificates first";
	if (has_mfa(iam, u))
		return "must delete MFA device first";
	if (iam_has_others_of(iam, "SSHPublicKey", u))
		return "must delete SSH public keys first";
	if (iam_has_others_of(iam, "ServiceSpecificCredential", u))
		return "must delete service specific credentials first";
	return NULL;
}

bool iam_delete_user(struct sandbox_request *r)
{
	struct iam_user *u = iam_need_user(r, val_get_str(r->in, "UserName"));
	struct iam_account *iam = &r->who->account->iam;
	const char *why = u ? in_the_way(iam, u) : NULL;

	if (!u)
		return false;
	if (why)
		return sandbox_fault(r, 409, "DeleteConflict", "Cannot delete entity, %s.", why);
	WORLD_REMOVE(iam->users, u);
	u->deleted = true;
	iam_rename_principal(r, u->arn, u->id);
	return true;
}
