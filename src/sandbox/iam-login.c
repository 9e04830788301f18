#include "sandbox/iam-private.h"

/* https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateLoginProfile.html */

static bool no_profile(struct sandbox_request *r, const struct iam_target *t)
{
	return sandbox_fault(r, 404, "NoSuchEntity", "Login Profile for User %.*s cannot be found.",
			     STR_ARG(t->shown));
}

static void put_profile(struct sandbox_request *r, const struct iam_target *t)
{
	struct val *o = val_setz(r->out, "LoginProfile", val_object(r->arena));

	iam_put_user_name(r, t, o);
	iam_put_time(r, o, "CreateDate", (*t->login)->created_ms);
	val_set_bool(r->arena, o, "PasswordResetRequired", (*t->login)->reset_required);
}

bool iam_get_login_profile(struct sandbox_request *r)
{
	struct iam_target t;

	if (!iam_target(r, &t))
		return false;
	if (!*t.login)
		return no_profile(r, &t);
	put_profile(r, &t);
	return true;
}

static bool check_new(struct sandbox_request *r, const struct iam_target *t, struct str password)
{
	if (!t->user)
		return true;
	if (str_is_null(password))
		return sandbox_fault(
			r, 400, "ValidationError",
			"1 validation error detected: Value null at 'password' failed to satisfy "
			"constraint: Member must not be null");
	return iam_check_password(r, password);
}

/*
 * Root's has no password: it allows the mailbox holder to recover one.
 * "CreateLoginProfile (no args) -> 1 before anybody sets a password".
 */
bool iam_create_login_profile(struct sandbox_request *r)
{
	struct str password = val_get_str(r->in, "Password");
	struct iam_target t;

	if (!iam_target(r, &t))
		return false;
	if (*t.login)
		return sandbox_fault(r, 409, "EntityAlreadyExists",
				     "Login Profile for user %.*s already exists.",
				     STR_ARG(t.shown));
	if (!check_new(r, &t, password))
		return false;
	struct iam_login *login = arena_new_of(r->world->arena, struct iam_login);
	login->created_ms = r->now_ms;
	if (t.user)
		login->password_hash = iam_password_hash(r, password);
	login->reset_required = val_true(val_get(r->in, "PasswordResetRequired"));
	*t.login = login;
	put_profile(r, &t);
	return true;
}

bool iam_update_login_profile(struct sandbox_request *r)
{
	struct str password = val_get_str(r->in, "Password");
	const struct val *reset = val_get(r->in, "PasswordResetRequired");
	struct iam_target t;

	if (!iam_target(r, &t))
		return false;
	if (!*t.login)
		return no_profile(r, &t);
	if (!str_is_null(password)) {
		if (!iam_check_password(r, password))
			return false;
		(*t.login)->password_hash = iam_password_hash(r, password);
		(*t.login)->changed_ms = r->now_ms;
	}
	if (reset)
		(*t.login)->reset_required = val_true(reset);
	return true;
}

bool iam_delete_login_profile(struct sandbox_request *r)
{
	struct iam_target t;

	if (!iam_target(r, &t))
		return false;
	if (!*t.login)
		return no_profile(r, &t);
	*t.login = NULL;
	return true;
}
