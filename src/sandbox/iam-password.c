#include "base/digest.h"
#include "base/secret.h"
#include "sandbox/authz.h"
#include "sandbox/iam-private.h"

/*
 * The account's password policy, and passwords under it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html
 */

/* "Minimum password length of 8 characters and … three of the following mix of character types" */
#define DEFAULT_LENGTH 8
#define DEFAULT_KINDS 3
/* UpdateAccountPasswordPolicy: "the default value is 6" */
#define POLICY_LENGTH 6

static bool no_policy(struct sandbox_request *r)
{
	return sandbox_fault(r, 404, "NoSuchEntity",
			     "The Password Policy with domain name %.*s cannot be found.",
			     STR_ARG(r->who->account->id));
}

bool iam_get_account_password_policy(struct sandbox_request *r)
{
	const struct val *policy = r->who->account->iam.password_policy;

	if (!policy)
		return no_policy(r);
	val_setz(r->out, "PasswordPolicy", val_copy(r->arena, policy));
	return true;
}

/* "This operation does not support partial updates. … parameters that are not specified revert to
 * their default value." */
bool iam_update_account_password_policy(struct sandbox_request *r)
{
	static const char *const flags[] = {
		"RequireSymbols", "RequireNumbers", "RequireUppercaseCharacters",
		"RequireLowercaseCharacters", "AllowUsersToChangePassword"};
	static const char *const optional[] = {"MaxPasswordAge", "PasswordReusePrevention",
					       "HardExpiry", NULL};
	struct arena *a = r->world->arena;
	struct val *policy = val_object(a);

	val_set_int(a, policy, "MinimumPasswordLength",
		    val_i64(val_get(r->in, "MinimumPasswordLength"), POLICY_LENGTH));
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		val_set_bool(a, policy, flags[i], val_true(val_get(r->in, flags[i])));
	val_set_bool(a, policy, "ExpirePasswords", val_get(r->in, "MaxPasswordAge") != NULL);
	for (size_t i = 0; optional[i]; i++)
		iam_set_val(r, policy, optional[i], val_get(r->in, optional[i]));
	r->who->account->iam.password_policy = policy;
	return true;
}

bool iam_delete_account_password_policy(struct sandbox_request *r)
{
	if (!r->who->account->iam.password_policy)
		return no_policy(r);
	r->who->account->iam.password_policy = NULL;
	return true;
}

/* ---- is a password good enough ---- */

struct makeup {
	int upper, lower, digit, symbol;
};

static struct makeup makeup_of(struct str password)
{
	struct makeup m = {0};

	for (size_t i = 0; i < password.n; i++) {
		char c = password.p[i];
		if (c >= 'A' && c <= 'Z')
			m.upper = 1;
		else if (c >= 'a' && c <= 'z')
			m.lower = 1;
		else if (c >= '0' && c <= '9')
			m.digit = 1;
		else
			m.symbol = 1;
	}
	return m;
}

static bool wants(const struct val *policy, const char *name, int has)
{
	return !has && val_true(val_get(policy, name));
}

bool iam_check_password(struct sandbox_request *r, struct str password)
{
	const struct val *policy = r->who->account->iam.password_policy;
	struct makeup m = makeup_of(password);
	bool weak;

	if (policy)
		weak = password.n < (size_t)val_i64(val_get(policy, "MinimumPasswordLength"), 0) ||
		       wants(policy, "RequireUppercaseCharacters", m.upper) ||
		       wants(policy, "RequireLowercaseCharacters", m.lower) ||
		       wants(policy, "RequireNumbers", m.digit) ||
		       wants(policy, "RequireSymbols", m.symbol);
	else
		weak = password.n < DEFAULT_LENGTH ||
		       m.upper + m.lower + m.digit + m.symbol < DEFAULT_KINDS;
	return !weak || sandbox_fault(r, 400, "PasswordPolicyViolation",
				      "Password does not conform to the account password policy.");
}

struct str iam_password_hash(struct sandbox_request *r, struct str password)
{
	char hex[SHA256_HEX_SIZE];

	sha256_hex(password, hex);
	return world_str(r->world, str_of(hex));
}

/* ---- a user's own password ---- */

/* "You can allow all IAM users in your account to change their own passwords": then no policy of
 * theirs has to allow it, though one may still deny it. */
static bool may_change(struct sandbox_request *r)
{
	const struct authz_question q = {.action = "iam:ChangePassword",
					 .resource = r->who->user->arn};
	const struct val *policy = r->who->account->iam.password_policy;
	struct policy_decision d = {0};

	if (r->replay)
		return true;
	authz_decide(r, &q, &d);
	if (d.allow || (d.reason == POLICY_IMPLICIT_DENY && d.level == POLICY_IDENTITY &&
			val_true(val_get(policy, "AllowUsersToChangePassword"))))
		return true;
	return authz_deny(r, q.action, q.resource, &d, DENIAL_REASON);
}

bool iam_change_password(struct sandbox_request *r)
{
	struct str new_one = val_get_str(r->in, "NewPassword");
	struct iam_user *u = r->who->user;
	char hex[SHA256_HEX_SIZE];

	if (!u)
		return sandbox_fault(r, 400, "InvalidUserType",
				     "Only an IAM user can change its password this way.");
	if (!may_change(r))
		return false;
	if (!u->login)
		return sandbox_fault(r, 404, "NoSuchEntity",
				     "Login Profile for User %.*s cannot be found.",
				     STR_ARG(u->name));
	sha256_hex(val_get_str(r->in, "OldPassword"), hex);
	if (!mem_eq_secret(str_of(hex), u->login->password_hash))
		return sandbox_fault(r, 403, "AccessDenied", "The old password was incorrect.");
	if (!iam_check_password(r, new_one))
		return false;
	u->login->password_hash = iam_password_hash(r, new_one);
	u->login->changed_ms = r->now_ms;
	u->login->reset_required = false;
	return true;
}
