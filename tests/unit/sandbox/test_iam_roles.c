#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "iam-calls.h"

/* Roles, whom they trust, and what becomes of their sessions. */

#define ROLE(name, who) \
	"{\"RoleName\":\"" name "\",\"AssumeRolePolicyDocument\":\"" TRUST(who) "\"}"

static struct str assume(const char *role)
{
	if (!fx_call(&f, f.admin, "sts", "AssumeRole",
		     J("{\"RoleArn\":\"arn:aws:iam::111111111111:role/%s\","
		       "\"RoleSessionName\":\"me\"}",
		       role)))
		fail_msg("AssumeRole: %s", fx_fault(&f));
	return fx_session(&f).key;
}

static void allow(const char *role, const char *action)
{
	ok("PutRolePolicy",
	   J("{\"RoleName\":\"%s\",\"PolicyName\":\"p\",\"PolicyDocument\":\"{\\\"Version\\\":"
	     "\\\"2012-10-17\\\",\\\"Statement\\\":[{\\\"Effect\\\":\\\"Allow\\\",\\\"Action\\\":"
	     "\\\"%s\\\",\\\"Resource\\\":\\\"*\\\"}]}\"}",
	     role, action));
}

static void test_a_role_is_as_it_was_made(void **state)
{
	(void)state;
	ok("CreateRole",
	   "{\"RoleName\":\"r\",\"Path\":\"/ci/\",\"Description\":\"d\","
	   "\"MaxSessionDuration\":7200,\"PermissionsBoundary\":"
	   "\"arn:aws:iam::aws:policy/PowerUserAccess\",\"Tags\":[{\"Key\":\"k\","
	   "\"Value\":\"v\"}],\"AssumeRolePolicyDocument\":\"" TRUST("111111111111") "\"}");
	assert_true(str_startsz(val_str(at("Role", "RoleId")), "AROA"));
	ok("GetRole", "{\"RoleName\":\"r\"}");
	assert_true(is(at("Role", "Arn"), "arn:aws:iam::111111111111:role/ci/r"));
	assert_true(is(at("Role", "Description"), "d"));
	assert_int_equal(val_i64(at("Role", "MaxSessionDuration"), 0), 7200);
	assert_true(is(at("Role", "PermissionsBoundary", "PermissionsBoundaryArn"),
		       "arn:aws:iam::aws:policy/PowerUserAccess"));
	assert_int_equal(val_count(at("Role", "RoleLastUsed")), 0);
	/* Documents come percent-encoded. */
	assert_true(str_startsz(val_str(at("Role", "AssumeRolePolicyDocument")),
				"%7B%22Version%22%3A%222012-10-17%22"));
	refused("CreateRole", ROLE("R", "111111111111"), 409, "EntityAlreadyExists",
		"Role with name R already exists.");
	refused("GetRole", "{\"RoleName\":\"x\"}", 404, "NoSuchEntity",
		"The role with name x cannot be found.");
	refused("CreateRole",
		"{\"RoleName\":\"x\",\"MaxSessionDuration\":3599,\"AssumeRolePolicyDocument\":"
		"\"" TRUST("111111111111") "\"}",
		400, "ValidationError", NULL);
	refused("CreateRole",
		"{\"RoleName\":\"x\",\"PermissionsBoundary\":\"arn:aws:iam::111111111111:policy/"
		"none\",\"AssumeRolePolicyDocument\":\"" TRUST("111111111111") "\"}",
		404, "NoSuchEntity",
		"Scope ARN: arn:aws:iam::111111111111:policy/none does not exist or is not "
		"attachable.");
}

static void refuse_trust(const char *document, const char *message)
{
	refused("CreateRole",
		J("{\"RoleName\":\"bad\",\"AssumeRolePolicyDocument\":\"%s\"}", document), 400,
		"MalformedPolicyDocument", message);
}

static void test_trust_policies_are_read(void **state)
{
	(void)state;
	refuse_trust("{", NULL);
	refuse_trust("{}", NULL);
	refuse_trust(DOCUMENT("Allow", "sts:AssumeRole"), NULL); /* a resource and nobody */
	refuse_trust("{\\\"Version\\\":\\\"2012-10-17\\\",\\\"Statement\\\":[{\\\"Effect\\\":"
		     "\\\"Allow\\\",\\\"Action\\\":\\\"sts:AssumeRole\\\",\\\"Principal\\\":"
		     "\\\"*\\\",\\\"Resource\\\":\\\"*\\\"}]}",
		     "Has prohibited field Resource");
	refuse_trust("{\\\"Version\\\":\\\"2012-10-17\\\",\\\"Statement\\\":[{\\\"Effect\\\":"
		     "\\\"Allow\\\",\\\"Action\\\":[\\\"sts:AssumeRole\\\",\\\"s3:GetObject\\\"],"
		     "\\\"Principal\\\":\\\"*\\\"}]}",
		     "AssumeRole policy may only specify STS AssumeRole actions.");
	/* Principals of the sandbox's own accounts must be there; nobody knows of others. */
	refuse_trust(TRUST("arn:aws:iam::333333333333:user/nobody"),
		     "Invalid principal in policy: \"AWS\":\"arn:aws:iam::333333333333:user/"
		     "nobody\"");
	ok("CreateRole", ROLE("a", "arn:aws:iam::999999999999:role/theirs"));
	ok("CreateRole", ROLE("b", "arn:aws:iam::111111111111:role/a"));
	ok("CreateRole", ROLE("c", "*"));
	ok("UpdateAssumeRolePolicy",
	   "{\"RoleName\":\"a\",\"PolicyDocument\":\"" TRUST("333333333333") "\"}");
	refused("UpdateAssumeRolePolicy", "{\"RoleName\":\"a\",\"PolicyDocument\":\"[]\"}", 400,
		"MalformedPolicyDocument", NULL);
}

static void test_a_trust_policy_has_2048_characters(void **state)
{
	char spaces[2100], text[4500];

	(void)state;
	memset(spaces, ' ', sizeof(spaces));
	snprintf(text, sizeof(text), "%.2090s%s", spaces, TRUST("111111111111"));
	/* White space does not count … */
	ok("CreateRole", J("{\"RoleName\":\"r\",\"AssumeRolePolicyDocument\":\"%s\"}", text));
	/* … what is said does. */
	memset(spaces, 'x', sizeof(spaces));
	snprintf(text, sizeof(text),
		 "{\\\"Version\\\":\\\"2012-10-17\\\",\\\"Statement\\\":[{\\\"Sid\\\":\\\"%.2048s"
		 "\\\",\\\"Effect\\\":\\\"Allow\\\",\\\"Action\\\":\\\"sts:AssumeRole\\\","
		 "\\\"Principal\\\":\\\"*\\\"}]}",
		 spaces);
	refused("CreateRole", J("{\"RoleName\":\"s\",\"AssumeRolePolicyDocument\":\"%s\"}", text),
		409, "LimitExceeded", "Cannot exceed quota for ACLSizePerRole: 2048");
}

static void test_sessions_end_with_their_role(void **state)
{
	struct str old, young;

	(void)state;
	ok("CreateRole", ROLE("r", "111111111111"));
	allow("r", "iam:ListUsers");
	old = assume("r");
	ok_as(old, "ListUsers", "{}");
	refused("DeleteRole", "{\"RoleName\":\"r\"}", 409, "DeleteConflict",
		"Cannot delete entity, must delete policies first.");
	ok("DeleteRolePolicy", "{\"RoleName\":\"r\",\"PolicyName\":\"p\"}");
	/* What the role may, its sessions may: at once. */
	refused_as(old, "ListUsers", "{}", 403, "AccessDenied", NULL);
	ok("DeleteRole", "{\"RoleName\":\"r\"}");
	/* Another role of the same name is another one. */
	ok("CreateRole", ROLE("r", "111111111111"));
	allow("r", "iam:ListUsers");
	young = assume("r");
	ok_as(young, "ListUsers", "{}");
	const struct fx_http call = {
		.creds = fx_creds_of(&f, old), .service = "iam", .op = "ListUsers", .json = "{}"};
	struct server_response resp = fx_send(&f, &call);
	assert_int_equal(resp.status, 403);
	assert_true(str_eqz(fx_error_code(&resp), "InvalidClientTokenId"));
}

/* Who is deleted and made again under the same name is somebody else. */
static void test_trust_ends_with_who_is_trusted(void **state)
{
	struct str key;

	(void)state;
	key = new_user("temp", DOCUMENT("Allow", "sts:AssumeRole"));
	ok("GetUser", "{\"UserName\":\"temp\"}");
	struct str id = val_str(at("User", "UserId"));
	ok("CreateRole", ROLE("r", "arn:aws:iam::111111111111:user/temp"));
	const char *call = "{\"RoleArn\":\"arn:aws:iam::111111111111:role/r\",\"RoleSessionName\":"
			   "\"me\"}";
	assert_true(fx_call(&f, key, "sts", "AssumeRole", call));
	/* Another name changes nothing. */
	ok("UpdateUser", "{\"UserName\":\"temp\",\"NewUserName\":\"tmp\"}");
	assert_true(fx_call(&f, key, "sts", "AssumeRole", call));
	ok("UpdateUser", "{\"UserName\":\"tmp\",\"NewUserName\":\"temp\"}");
	ok("DeleteUserPolicy", "{\"UserName\":\"temp\",\"PolicyName\":\"p\"}");
	ok("DeleteAccessKey", J("{\"UserName\":\"temp\",\"AccessKeyId\":\"%.*s\"}", STR_ARG(key)));
	ok("DeleteUser", "{\"UserName\":\"temp\"}");
	ok("GetRole", "{\"RoleName\":\"r\"}");
	assert_true(str_find(val_str(at("Role", "AssumeRolePolicyDocument")), id) > 0);
	/* Not even what its own policy allows helps within the account. */
	key = new_user("temp", DOCUMENT("Allow", "sts:AssumeRole"));
	assert_false(fx_call(&f, key, "sts", "AssumeRole", call));
	assert_true(str_eqz(f.fault.code, "AccessDenied"));
}

static void test_a_role_tells_its_last_use(void **state)
{
	(void)state;
	ok("CreateRole", ROLE("r", "111111111111"));
	allow("r", "iam:*");
	ok_as(assume("r"), "ListUsers", "{}");
	ok("GetRole", "{\"RoleName\":\"r\"}");
	assert_int_equal(val_i64(at("Role", "RoleLastUsed", "LastUsedDate"), 0) % 60000, 0);
	assert_true(is(at("Role", "RoleLastUsed", "Region"), "us-east-1"));
}

static void test_updating(void **state)
{
	(void)state;
	ok("CreateRole", "{\"RoleName\":\"r\",\"Description\":\"old\",\"MaxSessionDuration\":7200,"
			 "\"AssumeRolePolicyDocument\":\"" TRUST("111111111111") "\"}");
	ok("UpdateRole", "{\"RoleName\":\"r\",\"MaxSessionDuration\":10800}");
	ok("GetRole", "{\"RoleName\":\"r\"}");
	assert_true(is(at("Role", "Description"), "old"));
	assert_int_equal(val_i64(at("Role", "MaxSessionDuration"), 0), 10800);
	ok("UpdateRole", "{\"RoleName\":\"r\",\"Description\":\"new\"}");
	ok("GetRole", "{\"RoleName\":\"r\"}");
	assert_int_equal(val_i64(at("Role", "MaxSessionDuration"), 0), 3600);
	ok("UpdateRoleDescription", "{\"RoleName\":\"r\",\"Description\":\"newest\"}");
	assert_true(is(at("Role", "Description"), "newest"));
}

/* ---- boundaries ---- */

static void test_a_boundary_bounds(void **state)
{
	struct str key;

	(void)state;
	ok("CreateRole", ROLE("r", "111111111111"));
	allow("r", "iam:*");
	key = assume("r");
	ok_as(key, "ListUsers", "{}");
	ok("PutRolePermissionsBoundary",
	   "{\"RoleName\":\"r\",\"PermissionsBoundary\":"
	   "\"arn:aws:iam::aws:policy/AWSOrganizationsReadOnlyAccess\"}");
	refused_as(
		key, "ListUsers", "{}", 403, "AccessDenied",
		"User: arn:aws:sts::111111111111:assumed-role/r/me is not authorized to perform: "
		"iam:ListUsers on resource: arn:aws:iam::111111111111:user/ because no "
		"permissions boundary allows the iam:ListUsers action");
	ok("DeleteRolePermissionsBoundary", "{\"RoleName\":\"r\"}");
	ok_as(key, "ListUsers", "{}");
}

/* ---- service-linked roles ---- */

static void test_service_linked_roles_are_the_services(void **state)
{
	(void)state;
	ok("CreateServiceLinkedRole", "{\"AWSServiceName\":\"sso.amazonaws.com\"}");
	assert_true(is(at("Role", "Arn"), "arn:aws:iam::111111111111:role/aws-service-role/"
					  "sso.amazonaws.com/AWSServiceRoleForSSO"));
	refused("CreateServiceLinkedRole", "{\"AWSServiceName\":\"sso.amazonaws.com\"}", 400,
		"InvalidInput",
		"Service role name AWSServiceRoleForSSO has been taken in this account, please try "
		"a different suffix.");
	refused("CreateServiceLinkedRole",
		"{\"AWSServiceName\":\"sso.amazonaws.com\",\"CustomSuffix\":\"x\"}", 400,
		"InvalidInput", "Custom suffix is not allowed for sso.amazonaws.com");
	refused("CreateServiceLinkedRole", "{\"AWSServiceName\":\"unheard.amazonaws.com\"}", 400,
		"InvalidInput", NULL);
	refused("AttachRolePolicy",
		"{\"RoleName\":\"AWSServiceRoleForSSO\",\"PolicyArn\":"
		"\"arn:aws:iam::aws:policy/ReadOnlyAccess\"}",
		400, "UnmodifiableEntity",
		"Cannot perform the operation on the protected role 'AWSServiceRoleForSSO' - this "
		"role is only modifiable by AWS");
	refused("DeleteRole", "{\"RoleName\":\"AWSServiceRoleForSSO\"}", 400, "UnmodifiableEntity",
		NULL);
	ok("UpdateRoleDescription",
	   "{\"RoleName\":\"AWSServiceRoleForSSO\",\"Description\":\"ours\"}");
	ok("DeleteServiceLinkedRole", "{\"RoleName\":\"AWSServiceRoleForSSO\"}");
	struct str task = val_str(at("DeletionTaskId"));
	assert_true(
		str_startsz(task, "task/aws-service-role/sso.amazonaws.com/AWSServiceRoleForSSO/"));
	ok("GetServiceLinkedRoleDeletionStatus", J("{\"DeletionTaskId\":\"%.*s\"}", STR_ARG(task)));
	assert_true(is(at("Status"), "SUCCEEDED"));
	refused("GetRole", "{\"RoleName\":\"AWSServiceRoleForSSO\"}", 404, "NoSuchEntity", NULL);
	ok("CreateServiceLinkedRole",
	   "{\"AWSServiceName\":\"autoscaling.amazonaws.com\",\"CustomSuffix\":\"blue\"}");
	assert_true(is(at("Role", "RoleName"), "AWSServiceRoleForAutoScaling_blue"));
}

/* ---- instance profiles ---- */

static void test_an_instance_profile_holds_one_role(void **state)
{
	(void)state;
	ok("CreateRole", ROLE("r", "111111111111"));
	ok("CreateRole", ROLE("s", "111111111111"));
	ok("CreateInstanceProfile", "{\"InstanceProfileName\":\"ip\",\"Path\":\"/web/\"}");
	assert_true(is(at("InstanceProfile", "Arn"),
		       "arn:aws:iam::111111111111:instance-profile/web/ip"));
	assert_int_equal(val_count(at("InstanceProfile", "Roles")), 0);
	ok("AddRoleToInstanceProfile", "{\"InstanceProfileName\":\"ip\",\"RoleName\":\"r\"}");
	refused("AddRoleToInstanceProfile", "{\"InstanceProfileName\":\"ip\",\"RoleName\":\"s\"}",
		409, "LimitExceeded",
		"Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1");
	refused("DeleteRole", "{\"RoleName\":\"r\"}", 409, "DeleteConflict",
		"Cannot delete entity, must remove roles from instance profile first.");
	refused("DeleteInstanceProfile", "{\"InstanceProfileName\":\"ip\"}", 409, "DeleteConflict",
		"Cannot delete entity, must remove roles from instance profile first.");
	ok("ListInstanceProfilesForRole", "{\"RoleName\":\"r\"}");
	assert_int_equal(val_count(at("InstanceProfiles")), 1);
	ok("GetInstanceProfile", "{\"InstanceProfileName\":\"ip\"}");
	assert_true(is(val_get(val_at(at("InstanceProfile", "Roles"), 0), "RoleName"), "r"));
	ok("RemoveRoleFromInstanceProfile", "{\"InstanceProfileName\":\"ip\",\"RoleName\":\"r\"}");
	ok("DeleteInstanceProfile", "{\"InstanceProfileName\":\"ip\"}");
	refused("GetInstanceProfile", "{\"InstanceProfileName\":\"ip\"}", 404, "NoSuchEntity",
		"Instance Profile ip cannot be found.");
	ok("DeleteRole", "{\"RoleName\":\"r\"}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SMALL(test_a_role_is_as_it_was_made),
		WITH_SMALL(test_trust_policies_are_read),
		WITH_SMALL(test_a_trust_policy_has_2048_characters),
		WITH_SMALL(test_sessions_end_with_their_role),
		WITH_SMALL(test_trust_ends_with_who_is_trusted),
		WITH_SMALL(test_a_role_tells_its_last_use),
		WITH_SMALL(test_updating),
		WITH_SMALL(test_a_boundary_bounds),
		WITH_SMALL(test_service_linked_roles_are_the_services),
		WITH_SMALL(test_an_instance_profile_holds_one_role),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
