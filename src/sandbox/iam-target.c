#include "sandbox/iam-private.h"

static void of_user(struct iam_target *t, struct iam_user *u)
{
	*t = (struct iam_target){u, &u->login, &u->keys, &u->certs, u->name};
}

static void of_root(struct iam_target *t, struct iam_root *root)
{
	*t = (struct iam_target){NULL, &root->login, &root->keys, &root->certs, STR("null")};
}

bool iam_target(struct sandbox_request *r, struct iam_target *t)
{
	struct str name = val_get_str(r->in, "UserName");
	struct iam_user *u;

	if (!str_is_null(name)) {
		u = iam_user(&r->who->account->iam, name);
		if (!u)
			return sandbox_fault(r, 404, "NoSuchEntity",
					     "The user with name %.*s cannot be found.",
					     STR_ARG(name));
		of_user(t, u);
		return true;
	}
	if (r->who->type == PRINCIPAL_ROOT) {
		of_root(t, &r->who->account->iam.root);
		return true;
	}
	if (!r->who->user)
		return sandbox_fault(
			r, 400, "ValidationError",
			"Must specify userName when calling with non-User credentials");
	of_user(t, r->who->user);
	return true;
}

void iam_put_user_name(struct sandbox_request *r, const struct iam_target *t, struct val *o)
{
	if (t->user)
		val_set_str(r->arena, o, "UserName", t->user->name);
}

struct str iam_root_arn(struct sandbox_request *r, const struct world_account *acct)
{
	return arena_printf(r->arena, "arn:aws:iam::%.*s:root", STR_ARG(acct->id));
}

struct str iam_target_arn(struct sandbox_request *r)
{
	struct str name = val_get_str(r->in, "UserName");
	struct iam_user *u;

	if (str_is_null(name)) {
		if (r->who->type == PRINCIPAL_ROOT)
			return iam_root_arn(r, r->who->account);
		return r->who->arn;
	}
	u = iam_user(&r->who->account->iam, name);
	/* One that is not there is asked about by the name alone, as if it had no path. */
	return u ? u->arn
		 : arena_printf(r->arena, "arn:aws:iam::%.*s:user/%.*s",
				STR_ARG(r->who->account->id), STR_ARG(name));
}

/* The root user has no UserName and no Path. */
struct val *iam_show_root(struct sandbox_request *r)
{
	const struct world_account *acct = r->who->account;
	const struct iam_login *login = acct->iam.root.login;
	struct val *o = val_object(r->arena);

	val_set_str(r->arena, o, "UserId", acct->id);
	val_set_str(r->arena, o, "Arn", iam_root_arn(r, acct));
	iam_put_time(r, o, "CreateDate", acct->joined_ms);
	if (login && login->used_ms)
		iam_put_time(r, o, "PasswordLastUsed", login->used_ms);
	return o;
}
