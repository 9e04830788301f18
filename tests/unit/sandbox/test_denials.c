#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "iam-calls.h"

/*
 * Which policy a denial names. AWS tells the ARN of the one that denies explicitly
 * https://aws.amazon.com/blogs/security/enhanced-access-denied-error-messages-with-policy-arns
 * and an authorization id in some of IAM's answers
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied-authorization-id.html
 */

#define POLICY "arn:aws:iam::111111111111:policy/"
#define DENY_LISTS DOCUMENT("Deny", "iam:List*")

static void new_policy(const char *name, const char *document)
{
	ok("CreatePolicy", J("{\"PolicyName\":\"%s\",\"PolicyDocument\":\"%s\"}", name, document));
}

/* The denial of iam:ListAccountAliases ends so. */
static void denied_with(struct str key, const char *end)
{
	if (fx_call(&f, key, "iam", "ListAccountAliases", "{}"))
		fail_msg("ListAccountAliases was allowed");
	if (!str_endsz(f.fault.message, end))
		fail_msg("not '…%s' but '%s'", end, fx_fault(&f));
}

/* tests/data/aws/root_access.jsonl, denied_enable_…: the user's own document has no ARN. */
static void test_inline_policies_have_no_arn(void **state)
{
	(void)state;
	denied_with(new_user("u", DENY_LISTS),
		    "on resource: * with an explicit deny in an identity-based policy");
}

static void test_managed_policies_are_named(void **state)
{
	struct str key;

	(void)state;
	key = new_user("u", DOCUMENT("Allow", "*"));
	new_policy("no", DENY_LISTS);
	ok("AttachUserPolicy", "{\"UserName\":\"u\",\"PolicyArn\":\"" POLICY "no\"}");
	denied_with(key, "with an explicit deny in an identity-based policy: " POLICY "no");
	ok("DetachUserPolicy", "{\"UserName\":\"u\",\"PolicyArn\":\"" POLICY "no\"}");
	/* a group's too */
	ok("CreateGroup", "{\"GroupName\":\"g\"}");
	ok("AddUserToGroup", "{\"GroupName\":\"g\",\"UserName\":\"u\"}");
	ok_as(key, "ListAccountAliases", "{}");
	ok("AttachGroupPolicy", "{\"GroupName\":\"g\",\"PolicyArn\":\"" POLICY "no\"}");
	denied_with(key, "with an explicit deny in an identity-based policy: " POLICY "no");
}

static void test_boundaries_are_named(void **state)
{
	struct str key;

	(void)state;
	key = new_user("u", DOCUMENT("Allow", "*"));
	new_policy("edge", DENY_LISTS);
	ok("PutUserPermissionsBoundary",
	   "{\"UserName\":\"u\",\"PermissionsBoundary\":\"" POLICY "edge\"}");
	denied_with(key, "with an explicit deny in a permissions boundary: " POLICY "edge");
	/* What nothing allows has no policy to name. */
	assert_false(fx_call(&f, key, "iam", "GetAccountSummary", "{}"));
	assert_true(str_endsz(
		f.fault.message,
		"because no permissions boundary allows the iam:GetAccountSummary action"));
}

static struct str session_with(const char *policies)
{
	if (!fx_call(&f, f.admin, "sts", "AssumeRole",
		     J("{\"RoleArn\":\"arn:aws:iam::111111111111:role/r\",\"RoleSessionName\":"
		       "\"abc\",%s}",
		       policies)))
		fail_msg("%s", fx_fault(&f));
	return fx_session(&f).key;
}

static void test_roles_and_sessions(void **state)
{
	struct str key;

	(void)state;
	ok("CreateRole", "{\"RoleName\":\"r\",\"AssumeRolePolicyDocument\":\"" TRUST(
				 "arn:aws:iam::111111111111:root") "\"}");
	new_policy("no", DENY_LISTS);
	key = session_with("\"PolicyArns\":[{\"arn\":\"" POLICY "no\"}]");
	denied_with(key, "with an explicit deny in a session policy: " POLICY "no");
	key = session_with("\"Policy\":\"" DENY_LISTS "\"");
	denied_with(key, "with an explicit deny in a session policy");
	ok("AttachRolePolicy", "{\"RoleName\":\"r\",\"PolicyArn\":\"" POLICY "no\"}");
	key = session_with("\"DurationSeconds\":900");
	denied_with(key, "with an explicit deny in an identity-based policy: " POLICY "no");
}

/* Organizations and STS say it, too; "with an explicit deny in the role trust policy". */
static void test_other_services(void **state)
{
	struct str key;

	(void)state;
	key = new_user("u", DOCUMENT("Allow", "*"));
	new_policy("no", DOCUMENT("Deny", "organizations:*"));
	ok("AttachUserPolicy", "{\"UserName\":\"u\",\"PolicyArn\":\"" POLICY "no\"}");
	assert_false(fx_call(&f, key, "organizations", "ListRoots", "{}"));
	assert_string_equal(fx_fault(&f),
			    "AccessDeniedException: User: arn:aws:iam::111111111111:user/u is not "
			    "authorized to perform: organizations:ListRoots on resource: * with an "
			    "explicit deny in an identity-based policy: " POLICY "no");
	ok("CreateRole",
	   "{\"RoleName\":\"r\",\"AssumeRolePolicyDocument\":\"{\\\"Version\\\":\\\"2012-10-17\\\","
	   "\\\"Statement\\\":[{\\\"Effect\\\":\\\"Deny\\\",\\\"Action\\\":\\\"sts:AssumeRole\\\","
	   "\\\"Principal\\\":\\\"*\\\"}]}\"}");
	assert_false(fx_call(&f, key, "sts", "AssumeRole",
			     "{\"RoleArn\":\"arn:aws:iam::111111111111:role/r\",\"RoleSessionName\""
			     ":\"abc\"}"));
	assert_string_equal(fx_fault(&f),
			    "AccessDenied: User: arn:aws:iam::111111111111:user/u is not "
			    "authorized to perform: sts:AssumeRole on resource: "
			    "arn:aws:iam::111111111111:role/r with an explicit deny in the role "
			    "trust policy");
}

/* Between strangers nothing is said of policies. */
static void test_strangers_are_told_nothing(void **state)
{
	struct str key;

	(void)state;
	key = new_user("u", DOCUMENT("Allow", "*"));
	new_policy("no", DOCUMENT("Deny", "sts:*"));
	ok("AttachUserPolicy", "{\"UserName\":\"u\",\"PolicyArn\":\"" POLICY "no\"}");
	assert_false(fx_call(&f, key, "sts", "AssumeRole",
			     "{\"RoleArn\":\"arn:aws:iam::333333333333:role/Partner\","
			     "\"RoleSessionName\":\"abc\"}"));
	assert_true(str_endsz(f.fault.message, "identity-based policy: " POLICY "no"));
	assert_true(fx_call(&f, f.admin, "organizations", "RemoveAccountFromOrganization",
			    "{\"AccountId\":\"333333333333\"}"));
	assert_false(fx_call(&f, key, "sts", "AssumeRole",
			     "{\"RoleArn\":\"arn:aws:iam::333333333333:role/Partner\","
			     "\"RoleSessionName\":\"abc\"}"));
	assert_true(str_endsz(f.fault.message, ":role/Partner"));
}

/* The denial of the call carries an authorization id. */
static bool has_details(struct str key, const char *op, const char *json)
{
	ptrdiff_t at;

	if (fx_call(&f, key, "iam", op, json))
		fail_msg("%s was allowed", op);
	at = str_find(f.fault.message, STR("#/authorization-details/"));
	if (at < 0)
		return false;
	struct str id = str_sub(f.fault.message, (size_t)at + 24, 25);
	assert_true(str_startsz(str_from(f.fault.message, (size_t)at + 49),
				" for complete details, or call the "));
	assert_true(str_ends(f.fault.message, id));
	for (size_t i = 0; i < id.n; i++) /* "Pattern: [0123456789abcdefghijklmnopqrstuvwxyz]+" */
		assert_true((id.p[i] >= '0' && id.p[i] <= '9') ||
			    (id.p[i] >= 'a' && id.p[i] <= 'z'));
	return true;
}

/* With it: the captures' GetAccountProperties, the page's CreateInstanceProfile, public reports. */
static void test_authorization_ids(void **state)
{
	struct str key;

	(void)state;
	key = new_user("u", DOCUMENT("Deny", "sts:AssumeRoot"));
	assert_true(has_details(key, "GetAccountProperties", "{}"));
	assert_true(has_details(key, "GetRole", "{\"RoleName\":\"r\"}"));
	assert_true(has_details(key, "GetInstanceProfile", "{\"InstanceProfileName\":\"i\"}"));
	assert_true(has_details(key, "CreateInstanceProfile", "{\"InstanceProfileName\":\"i\"}"));
	assert_true(has_details(key, "ListInstanceProfilesForRole", "{\"RoleName\":\"r\"}"));
	assert_true(has_details(key, "ListAttachedRolePolicies", "{\"RoleName\":\"r\"}"));
	assert_true(has_details(key, "ListAttachedUserPolicies", "{\"UserName\":\"u\"}"));
	assert_true(has_details(key, "ListMFADevices", "{}"));
	assert_false(has_details(key, "ListOrganizationsFeatures", "{}"));
	assert_false(has_details(key, "ListInstanceProfiles", "{}"));
	assert_false(has_details(key, "CreateRole",
				 "{\"RoleName\":\"r\",\"AssumeRolePolicyDocument\":\"{}\"}"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SMALL(test_inline_policies_have_no_arn),
		WITH_SMALL(test_managed_policies_are_named),
		WITH_SMALL(test_boundaries_are_named),
		WITH_SMALL(test_roles_and_sessions),
		WITH_SMALL(test_other_services),
		WITH_SMALL(test_strangers_are_told_nothing),
		WITH_SMALL(test_authorization_ids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
