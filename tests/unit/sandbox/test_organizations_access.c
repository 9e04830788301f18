#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "fixture.h"
#include "organizations-calls.h"

#define IAM "\"ServicePrincipal\":\"iam.amazonaws.com\""
#define SSO "\"ServicePrincipal\":\"sso.amazonaws.com\""

/* ---- trusted access and delegated administrators ---- */

static void test_trusted_access(void **state)
{
	(void)state;
	ok("EnableAWSServiceAccess", "{" SSO "}");
	ok("EnableAWSServiceAccess", "{" SSO "}"); /* twice is no error */
	ok("ListAWSServiceAccessForOrganization", "{}");
	size_t n = val_count(at("EnabledServicePrincipals"));
	const struct val *last = val_at(at("EnabledServicePrincipals"), n - 1);
	assert_true(is(val_get(last, "ServicePrincipal"), "sso.amazonaws.com"));
	assert_int_equal(val_i64(val_get(last, "DateEnabled"), 0) / 1000000, FX_NOW_MS / 1000000);
	ok("DisableAWSServiceAccess", "{" SSO "}");
	ok("DisableAWSServiceAccess", "{" SSO "}");
	ok("ListAWSServiceAccessForOrganization", "{}");
	assert_int_equal(val_count(at("EnabledServicePrincipals")), n - 1);
	refused("EnableAWSServiceAccess", "{\"ServicePrincipal\":\"moto.amazonaws.com\"}",
		"InvalidInputException", "UNRECOGNIZED_SERVICE_PRINCIPAL");
	assert_true(str_eqz(f.fault.message, "You specified an unrecognized service principal."));
	refused("EnableAWSServiceAccess", "{\"ServicePrincipal\":\"\"}", "InvalidInputException",
		"MIN_LENGTH_EXCEEDED:SERVICE_PRINCIPAL");
}

static void test_delegates(void **state)
{
	const char *json = "{\"AccountId\":\"333333333333\"," SSO "}";

	(void)state;
	refused("RegisterDelegatedAdministrator", json, "ConstraintViolationException",
		"SERVICE_ACCESS_NOT_ENABLED");
	ok("EnableAWSServiceAccess", "{" SSO "}");
	refused("DeregisterDelegatedAdministrator", json, "AccountNotRegisteredException", NULL);
	ok("RegisterDelegatedAdministrator", json);
	refused("RegisterDelegatedAdministrator", json, "AccountAlreadyRegisteredException", NULL);
	refused("RegisterDelegatedAdministrator", "{\"AccountId\":\"111111111111\"," SSO "}",
		"ConstraintViolationException",
		"CANNOT_REGISTER_MASTER_AS_DELEGATED_ADMINISTRATOR");
	assert_true(str_eqz(f.fault.message, "You cannot register master account/yourself as "
					     "delegated administrator for your organization."));
	refused("RegisterDelegatedAdministrator", "{\"AccountId\":\"444444444444\"," SSO "}",
		"ConstraintViolationException",
		"CANNOT_REGISTER_SUSPENDED_ACCOUNT_AS_DELEGATED_ADMINISTRATOR");
	refused("RegisterDelegatedAdministrator", "{\"AccountId\":\"999999999999\"," SSO "}",
		"AccountNotFoundException", NULL);

	ok("ListDelegatedAdministrators", "{" SSO "}");
	assert_int_equal(val_count(at("DelegatedAdministrators")), 1);
	const struct val *d = val_at(at("DelegatedAdministrators"), 0);
	assert_true(is(val_get(d, "Id"), "333333333333"));
	assert_true(is(val_get(d, "State"), "ACTIVE"));
	assert_non_null(val_get(d, "DelegationEnabledDate"));
	ok("ListDelegatedServicesForAccount", "{\"AccountId\":\"333333333333\"}");
	assert_int_equal(val_count(at("DelegatedServices")), 1);
	refused("ListDelegatedServicesForAccount", "{\"AccountId\":\"444444444444\"}",
		"AccountNotRegisteredException", NULL);

	/* While there is one, trust stays, and the account too. */
	refused("DisableAWSServiceAccess", "{" SSO "}", "ConstraintViolationException",
		"DELEGATED_ADMINISTRATOR_EXISTS_FOR_THIS_SERVICE");
	refused("RemoveAccountFromOrganization", "{\"AccountId\":\"333333333333\"}",
		"ConstraintViolationException", "CANNOT_REMOVE_DELEGATED_ADMINISTRATOR_FROM_ORG");
	refused("CloseAccount", "{\"AccountId\":\"333333333333\"}", "ConstraintViolationException",
		"CANNOT_REMOVE_DELEGATED_ADMINISTRATOR_FROM_ORG");
	refused_as(f.production, "LeaveOrganization", "{}", "ConstraintViolationException",
		   "CANNOT_REMOVE_DELEGATED_ADMINISTRATOR_FROM_ORG");
	ok("DeregisterDelegatedAdministrator", json);
	ok("DisableAWSServiceAccess", "{" SSO "}");
}

/* An account that administers two services is one row. */
static void test_one_row_an_account(void **state)
{
	(void)state;
	ok("EnableAWSServiceAccess", "{" SSO "}");
	ok("EnableAWSServiceAccess", "{" IAM "}");
	ok("RegisterDelegatedAdministrator", "{\"AccountId\":\"333333333333\"," SSO "}");
	ok("RegisterDelegatedAdministrator", "{\"AccountId\":\"333333333333\"," IAM "}");
	ok("ListDelegatedServicesForAccount", "{\"AccountId\":\"333333333333\"}");
	assert_int_equal(val_count(at("DelegatedServices")), 2);
	ok("ListDelegatedAdministrators", "{}");
	size_t mine = 0;
	VAL_EACH(d, at("DelegatedAdministrators"))
	mine += str_eqz(val_get_str(d, "Id"), "333333333333");
	assert_int_equal(mine, 1);
}

/* ---- who may call ---- */

static void test_members_see_little(void **state)
{
	static const char *const denied[] = {
		"ListAccounts",
		"ListRoots",
		"ListAWSServiceAccessForOrganization",
		"ListDelegatedAdministrators",
		"ListHandshakesForOrganization",
		"EnableAllFeatures",
		"DeleteOrganization",
		"DescribeResourcePolicy",
		"ListCreateAccountStatus",
	};

	(void)state;
	ok_as(f.production, "DescribeOrganization", "{}");
	ok_as(f.production, "ListHandshakesForAccount", "{}");
	for (size_t i = 0; i < ARRAY_SIZE(denied); i++) {
		refused_as(f.production, denied[i], "{}", "AccessDeniedException", NULL);
		assert_true(str_eqz(f.fault.message,
				    "You don't have permissions to access this resource."));
	}
	refused_as(f.production, "CreateAccount",
		   "{\"AccountName\":\"a\",\"Email\":\"a@example.com\"}", "AccessDeniedException",
		   NULL);
}

static void test_delegates_read(void **state)
{
	(void)state;
	ok("EnableAWSServiceAccess", "{" SSO "}");
	ok("RegisterDelegatedAdministrator", "{\"AccountId\":\"333333333333\"," SSO "}");
	ok_as(f.production, "ListAccounts", "{}");
	ok_as(f.production, "ListRoots", "{}");
	ok_as(f.production, "ListPolicies", "{\"Filter\":\"SERVICE_CONTROL_POLICY\"}");
	ok_as(f.production, "ListDelegatedAdministrators", "{}");
	refused_as(f.production, "CreateOrganizationalUnit",
		   J("{\"ParentId\":\"%s\",\"Name\":\"n\"}", root_id()), "AccessDeniedException",
		   NULL);
	refused_as(f.production, "EnableAWSServiceAccess", "{" SSO "}", "AccessDeniedException",
		   NULL);
	ok("DeregisterDelegatedAdministrator", "{\"AccountId\":\"333333333333\"," SSO "}");
	refused_as(f.production, "ListAccounts", "{}", "AccessDeniedException", NULL);
}

/* The caller's own policies are asked first, about the right resource. */
static void test_own_policies(void **state)
{
	struct str key = STR_NULL;

	(void)state;
	assert_true(fx_call(&f, f.admin, "iam", "CreateUser", "{\"UserName\":\"limited\"}"));
	assert_true(fx_call(
		&f, f.admin, "iam", "PutUserPolicy",
		J("{\"UserName\":\"limited\",\"PolicyName\":\"p\",\"PolicyDocument\":"
		  "\"{\\\"Version\\\":\\\"2012-10-17\\\",\\\"Statement\\\":[{\\\"Effect\\\":"
		  "\\\"Allow\\\",\\\"Action\\\":\\\"organizations:DescribeAccount\\\","
		  "\\\"Resource\\\":\\\"arn:aws:organizations::111111111111:account/*/"
		  "333333333333\\\"},{\\\"Effect\\\":\\\"Allow\\\",\\\"Action\\\":"
		  "\\\"organizations:EnableAWSServiceAccess\\\",\\\"Resource\\\":\\\"*\\\","
		  "\\\"Condition\\\":{\\\"StringEquals\\\":{\\\"organizations:ServicePrincipal"
		  "\\\":\\\"sso.amazonaws.com\\\"}}}]}\"}")));
	assert_true(fx_call(&f, f.admin, "iam", "CreateAccessKey", "{\"UserName\":\"limited\"}"));
	key = val_str(val_path(f.out, "AccessKey", "AccessKeyId", NULL));
	ok_as(key, "DescribeAccount", "{\"AccountId\":\"333333333333\"}");
	refused_as(key, "DescribeAccount", "{\"AccountId\":\"222222222222\"}",
		   "AccessDeniedException", NULL);
	assert_true(str_startsz(f.fault.message,
				"User: arn:aws:iam::111111111111:user/limited is not authorized to "
				"perform: organizations:DescribeAccount on resource: arn:aws:"));
	refused_as(key, "ListAccounts", "{}", "AccessDeniedException", NULL);
	ok_as(key, "EnableAWSServiceAccess", "{" SSO "}");
	refused_as(key, "EnableAWSServiceAccess", "{" IAM "}", "AccessDeniedException", NULL);
}

/* ---- the resource policy ---- */

static const char *put(const char *content)
{
	struct buf b = BUF_INIT(100000);

	json_write_string(str_of(content), &b);
	const char *json = J("{\"Content\":%s}", buf_z(&b));
	buf_release(&b);
	return json;
}

#define MINE "\"Principal\":{\"AWS\":\"333333333333\"}"

static void test_resource_policy(void **state)
{
	(void)state;
	refused("DescribeResourcePolicy", "{}", "ResourcePolicyNotFoundException", NULL);
	refused("DeleteResourcePolicy", "{}", "ResourcePolicyNotFoundException", NULL);
	/* Compact, with the account's root, and the version that is meant without one. */
	ok("PutResourcePolicy",
	   put("{ \"Statement\": [ { \"Effect\": \"Allow\", " MINE ",\n"
	       "\"Action\": \"organizations:List*\", \"Resource\": \"*\" } ] }"));
	const char *expected = "{\"Version\":\"2008-10-17\",\"Statement\":[{\"Effect\":\"Allow\","
			       "\"Principal\":{\"AWS\":\"arn:aws:iam::333333333333:root\"},"
			       "\"Action\":\"organizations:List*\",\"Resource\":\"*\"}]}";
	assert_true(is(at("ResourcePolicy", "Content"), expected));
	struct str id = val_str(at("ResourcePolicy", "ResourcePolicySummary", "Id"));
	assert_true(str_startsz(id, "rp-"));
	assert_true(is(at("ResourcePolicy", "ResourcePolicySummary", "Arn"),
		       J("arn:aws:organizations::111111111111:resourcepolicy/%.*s/%.*s",
			 STR_ARG(sandbox_world(f.s)->org->id), STR_ARG(id))));
	ok("TagResource", J("{\"ResourceId\":\"%.*s\",\"Tags\":[]}", STR_ARG(id)));

	ok_as(f.production, "ListAccounts", "{}");
	refused_as(f.production, "DescribeAccount", "{\"AccountId\":\"333333333333\"}",
		   "AccessDeniedException", NULL);
	ok("DeleteResourcePolicy", "{}");
	refused_as(f.production, "ListAccounts", "{}", "AccessDeniedException", NULL);
	refused_as(f.production, "DescribeResourcePolicy", "{}", "AccessDeniedException", NULL);
}

/* "A resource-policy Deny also blocks a member's DescribeOrganization, never management." */
static void test_resource_policy_denies(void **state)
{
	(void)state;
	ok("PutResourcePolicy",
	   put("{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Deny\",\"Principal\":\"*\","
	       "\"Action\":\"organizations:DescribeOrganization\",\"Resource\":\"*\"}}"));
	refused_as(f.production, "DescribeOrganization", "{}", "AccessDeniedException", NULL);
	ok("DescribeOrganization", "{}");
	ok("DeleteResourcePolicy", "{}");
	ok_as(f.production, "DescribeOrganization", "{}");
}

static void test_resource_policy_delegates_changes(void **state)
{
	const char *tag = "{\"Name\":\"t\",\"Description\":\"\",\"Type\":\"TAG_POLICY\","
			  "\"Content\":\"{\\\"tags\\\":{}}\"}";

	(void)state;
	ok("PutResourcePolicy",
	   put("{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\"," MINE ","
	       "\"Action\":[\"organizations:CreatePolicy\",\"organizations:AttachPolicy\"],"
	       "\"Resource\":\"*\",\"Condition\":{\"StringEquals\":"
	       "{\"organizations:PolicyType\":\"TAG_POLICY\"}}}}"));
	ok("EnablePolicyType", J("{\"RootId\":\"%s\",\"PolicyType\":\"TAG_POLICY\"}", root_id()));
	ok_as(f.production, "CreatePolicy", tag);
	struct str id = val_str(at("Policy", "PolicySummary", "Id"));
	ok_as(f.production, "AttachPolicy",
	      J("{\"PolicyId\":\"%.*s\",\"TargetId\":\"%s\"}", STR_ARG(id), root_id()));
	refused_as(f.production, "AttachPolicy",
		   J("{\"PolicyId\":\"p-FullAWSAccess\",\"TargetId\":\"%s\"}", root_id()),
		   "AccessDeniedException", NULL);
	refused_as(f.production, "DeletePolicy", J("{\"PolicyId\":\"%.*s\"}", STR_ARG(id)),
		   "AccessDeniedException", NULL);
}

static void test_resource_policies_that_are_refused(void **state)
{
	static const struct {
		const char *content, *reason;
	} cases[] = {
		{"not json", "INVALID_RESOURCE_POLICY_JSON"},
		{"[]", "INVALID_RESOURCE_POLICY_JSON"},
		{"{\"Statement\":[]}", "INVALID_RESOURCE_POLICY_JSON"},
		{"{\"Statement\":{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":"
		 "\"arn:aws:iam::333333333333:role/R\"},\"Action\":\"organizations:List*\","
		 "\"Resource\":\"*\"}}",
		 "INVALID_RESOURCE_POLICY_JSON"},
		{"{\"Statement\":{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"999999999999\"},"
		 "\"Action\":\"organizations:List*\",\"Resource\":\"*\"}}",
		 "INVALID_RESOURCE_POLICY_JSON"},
		{"{\"Statement\":{\"Effect\":\"Allow\",\"NotPrincipal\":{\"AWS\":\"333333333333\"},"
		 "\"Action\":\"organizations:List*\",\"Resource\":\"*\"}}",
		 "INVALID_RESOURCE_POLICY_JSON"},
		{"{\"Statement\":{\"Effect\":\"Allow\"," MINE ",\"NotAction\":"
		 "\"organizations:List*\",\"Resource\":\"*\"}}",
		 "INVALID_RESOURCE_POLICY_JSON"},
		{"{\"Statement\":{\"Effect\":\"Allow\"," MINE ",\"Action\":\"organizations:List*\","
		 "\"NotResource\":\"*\"}}",
		 "INVALID_RESOURCE_POLICY_JSON"},
		{"{\"Statement\":{\"Effect\":\"Allow\"," MINE ",\"Action\":\"organizations:*\","
		 "\"Resource\":\"*\"}}",
		 "UNSUPPORTED_ACTION_IN_RESOURCE_POLICY"},
		{"{\"Statement\":{\"Effect\":\"Allow\"," MINE ",\"Action\":"
		 "\"organizations:CreateAccount\",\"Resource\":\"*\"}}",
		 "UNSUPPORTED_ACTION_IN_RESOURCE_POLICY"},
		{"{\"Statement\":{\"Effect\":\"Allow\"," MINE ",\"Action\":\"iam:ListUsers\","
		 "\"Resource\":\"*\"}}",
		 "UNSUPPORTED_ACTION_IN_RESOURCE_POLICY"},
		{"{\"Statement\":{\"Effect\":\"Allow\"," MINE
		 ",\"Action\":\"organizations:List*\"}}",
		 "INVALID_RESOURCE_POLICY_JSON"},
		{"{\"Statement\":{\"Effect\":\"Allow\"," MINE ",\"Action\":\"organizations:List*\","
		 "\"Resource\":[\"*\",\"arn:aws:s3:::bucket\"]}}",
		 "UNSUPPORTED_RESOURCE_IN_RESOURCE_POLICY"},
		{"", "MIN_LENGTH_EXCEEDED:CONTENT"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		refused("PutResourcePolicy", put(cases[i].content), "InvalidInputException",
			cases[i].reason);
	refused("PutResourcePolicy", put(cases[0].content), "InvalidInputException", NULL);
	assert_true(str_eqz(f.fault.message, "This resource-based policy contains invalid JSON."));
	ok("PutResourcePolicy", put("{\"Statement\":{\"Effect\":\"Allow\"," MINE ",\"Action\":"
				    "\"organizations:Describe*\",\"Resource\":\"*\"}}"));
	ok("PutResourcePolicy",
	   put("{\"Statement\":{\"Effect\":\"Allow\"," MINE
	       ",\"Action\":\"organizations:Describe*\","
	       "\"Resource\":\"arn:aws:organizations::111111111111:account/o-*/*\"}}"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SMALL(test_trusted_access),
		WITH_SMALL(test_delegates),
		WITH_SMALL(test_one_row_an_account),
		WITH_SMALL(test_members_see_little),
		WITH_SMALL(test_delegates_read),
		WITH_SMALL(test_own_policies),
		WITH_SMALL(test_resource_policy),
		WITH_SMALL(test_resource_policy_denies),
		WITH_SMALL(test_resource_policy_delegates_changes),
		WITH_SMALL(test_resource_policies_that_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
