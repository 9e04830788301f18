#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "sandbox/services.h"

#include "iam-calls.h"

/*
 * Who may do what in IAM: the ARNs and condition keys that decisions are made
 * about, and how denials are worded.
 */

/* A user that only this statement binds. */
static struct str fenced(const char *statement)
{
	return new_user(
		"fenced-in",
		J("{\\\"Version\\\":\\\"2012-10-17\\\",\\\"Statement\\\":[%s]}", statement));
}

#define ALLOW(action, resource)                                    \
	"{\\\"Effect\\\":\\\"Allow\\\",\\\"Action\\\":\\\"" action \
	"\\\",\\\"Resource\\\":\\\"" resource "\\\"}"
#define ALLOW_IF(action, condition)                                \
	"{\\\"Effect\\\":\\\"Allow\\\",\\\"Action\\\":\\\"" action \
	"\\\",\\\"Resource\\\":\\\"*\\\",\\\"Condition\\\":{" condition "}}"
#define EQUALS(key, value) "\\\"StringEquals\\\":{\\\"" key "\\\":\\\"" value "\\\"}"

static void denied(struct str key, const char *op, const char *json)
{
	refused_as(key, op, json, 403, "AccessDenied", NULL);
}

static void test_paths_are_part_of_the_resource(void **state)
{
	struct str key;

	(void)state;
	key = fenced(ALLOW("iam:*", "arn:aws:iam::*:user/team/*"));
	ok_as(key, "CreateUser", "{\"UserName\":\"a\",\"Path\":\"/team/\"}");
	denied(key, "CreateUser", "{\"UserName\":\"b\"}");
	ok_as(key, "GetUser", "{\"UserName\":\"a\"}"); /* its path is known */
	ok("CreateUser", "{\"UserName\":\"b\"}");
	denied(key, "GetUser", "{\"UserName\":\"b\"}");
	denied(key, "GetUser", "{\"UserName\":\"none\"}");
	/* Listings are about a path. */
	ok_as(key, "ListUsers", "{\"PathPrefix\":\"/team/\"}");
	denied(key, "ListUsers", "{}");
	/* Where something goes is asked about too. */
	denied(key, "UpdateUser", "{\"UserName\":\"a\",\"NewPath\":\"/\"}");
	ok_as(key, "UpdateUser", "{\"UserName\":\"a\",\"NewUserName\":\"c\"}");
}

static void test_users_manage_themselves(void **state)
{
	struct str key;

	(void)state;
	key = fenced(ALLOW("iam:*AccessKey*", "arn:aws:iam::*:user/${aws:username}"));
	ok("CreateUser", "{\"UserName\":\"other\"}");
	ok_as(key, "ListAccessKeys", "{}");
	ok_as(key, "CreateAccessKey", "{\"UserName\":\"fenced-in\"}");
	denied(key, "CreateAccessKey", "{\"UserName\":\"other\"}");
	denied(key, "ListUsers", "{}");
}

static void test_which_policy_may_be_attached(void **state)
{
	struct str key;

	(void)state;
	key = fenced(ALLOW_IF("iam:AttachUserPolicy",
			      EQUALS("iam:PolicyARN", "arn:aws:iam::aws:policy/ReadOnlyAccess")));
	ok("CreateUser", "{\"UserName\":\"u\"}");
	ok_as(key, "AttachUserPolicy",
	      "{\"UserName\":\"u\",\"PolicyArn\":\"arn:aws:iam::aws:policy/ReadOnlyAccess\"}");
	denied(key, "AttachUserPolicy",
	       "{\"UserName\":\"u\",\"PolicyArn\":\"arn:aws:iam::aws:policy/"
	       "AdministratorAccess\"}");
}

#define BOUNDARY "arn:aws:iam::aws:policy/PowerUserAccess"

/* What is made has the boundary, and what has it not may not be touched. */
static void test_boundaries_can_be_required(void **state)
{
	struct str key;

	(void)state;
	key = fenced(ALLOW_IF("iam:*", EQUALS("iam:PermissionsBoundary", BOUNDARY)));
	denied(key, "CreateUser", "{\"UserName\":\"a\"}");
	ok_as(key, "CreateUser", "{\"UserName\":\"a\",\"PermissionsBoundary\":\"" BOUNDARY "\"}");
	ok("CreateUser", "{\"UserName\":\"b\"}");
	ok_as(key, "PutUserPolicy",
	      "{\"UserName\":\"a\",\"PolicyName\":\"p\",\"PolicyDocument\":\"" DOCUMENT(
		      "Allow", "s3:*") "\"}");
	denied(key, "PutUserPolicy",
	       "{\"UserName\":\"b\",\"PolicyName\":\"p\",\"PolicyDocument\":\"" DOCUMENT(
		       "Allow", "s3:*") "\"}");
	ok_as(key, "PutUserPermissionsBoundary",
	      "{\"UserName\":\"b\",\"PermissionsBoundary\":\"" BOUNDARY "\"}");
	denied(key, "PutUserPermissionsBoundary",
	       "{\"UserName\":\"b\",\"PermissionsBoundary\":"
	       "\"arn:aws:iam::aws:policy/AdministratorAccess\"}");
}

static void test_tags_of_request_and_resource(void **state)
{
	struct str key;

	(void)state;
	key = fenced(ALLOW_IF("iam:CreateUser", EQUALS("aws:RequestTag/team", "pos")) "," ALLOW_IF(
		"iam:DeleteUser",
		EQUALS("iam:ResourceTag/team",
		       "pos")) "," ALLOW_IF("iam:GetUser",
					    EQUALS("aws:ResourceTag/team",
						   "pos")) "," ALLOW_IF("iam:TagUser",
									"\\\"ForAllValues:"
									"StringEquals\\\":{\\\"aws:"
									"TagKeys\\\":[\\\"team\\\","
									"\\\"env\\\"]}"));
	denied(key, "CreateUser", "{\"UserName\":\"a\"}");
	denied(key, "CreateUser",
	       "{\"UserName\":\"a\",\"Tags\":[{\"Key\":\"team\",\"Value\":\"hr\"}]}");
	ok_as(key, "CreateUser",
	      "{\"UserName\":\"a\",\"Tags\":[{\"Key\":\"team\",\"Value\":\"pos\"}]}");
	ok("CreateUser", "{\"UserName\":\"b\",\"Tags\":[{\"Key\":\"team\",\"Value\":\"hr\"}]}");
	ok_as(key, "GetUser", "{\"UserName\":\"a\"}");
	denied(key, "GetUser", "{\"UserName\":\"b\"}");
	ok_as(key, "TagUser",
	      "{\"UserName\":\"b\",\"Tags\":[{\"Key\":\"env\",\"Value\":\"test\"}]}");
	denied(key, "TagUser",
	       "{\"UserName\":\"b\",\"Tags\":[{\"Key\":\"env\",\"Value\":\"test\"},{\"Key\":\"x\","
	       "\"Value\":\"y\"}]}");
	denied(key, "DeleteUser", "{\"UserName\":\"b\"}");
	ok_as(key, "DeleteUser", "{\"UserName\":\"a\"}");
}

static void test_roles_are_passed(void **state)
{
	struct str key;

	(void)state;
	key = fenced(ALLOW("iam:AddRoleToInstanceProfile", "*"));
	ok("CreateRole",
	   "{\"RoleName\":\"r\",\"AssumeRolePolicyDocument\":\"" TRUST("111111111111") "\"}");
	ok("CreateInstanceProfile", "{\"InstanceProfileName\":\"i\"}");
	const char *add = "{\"InstanceProfileName\":\"i\",\"RoleName\":\"r\"}";
	refused_as(key, "AddRoleToInstanceProfile", add, 403, "AccessDenied",
		   "User: arn:aws:iam::111111111111:user/fenced-in is not authorized to perform: "
		   "iam:PassRole on resource: arn:aws:iam::111111111111:role/r because no "
		   "identity-based policy allows the iam:PassRole action");
	ok("PutUserPolicy",
	   "{\"UserName\":\"fenced-in\",\"PolicyName\":\"q\",\"PolicyDocument\":"
	   "\"{\\\"Version\\\":\\\"2012-10-17\\\",\\\"Statement\\\":[" ALLOW_IF(
		   "iam:PassRole", EQUALS("iam:PassedToService", "ec2.amazonaws.com")) "]}\"}");
	ok_as(key, "AddRoleToInstanceProfile", add);
}

static void test_which_service_a_linked_role_is_for(void **state)
{
	struct str key;

	(void)state;
	key = fenced(ALLOW_IF("iam:CreateServiceLinkedRole",
			      EQUALS("iam:AWSServiceName", "sso.amazonaws.com")));
	ok_as(key, "CreateServiceLinkedRole", "{\"AWSServiceName\":\"sso.amazonaws.com\"}");
	denied(key, "CreateServiceLinkedRole", "{\"AWSServiceName\":\"rds.amazonaws.com\"}");
}

/* ---- words ---- */

static void says(struct str key, const char *op, const char *json, const char *resource)
{
	const char *begins = J(
		"User: arn:aws:iam::111111111111:user/fenced-in is not authorized to perform: "
		"iam:%s on resource: %s because no identity-based policy allows the iam:%s action",
		op, resource, op);

	refused_as(key, op, json, 403, "AccessDenied", NULL);
	if (!str_startsz(f.fault.message, begins))
		fail_msg("%s: %s", op, fx_fault(&f));
}

static void test_what_a_denial_names(void **state)
{
	struct str key;

	(void)state;
	key = fenced(ALLOW("s3:*", "*"));
	says(key, "GetUser", "{}", "arn:aws:iam::111111111111:user/fenced-in");
	says(key, "GetUser", "{\"UserName\":\"u\"}", "user u");
	says(key, "CreateUser", "{\"UserName\":\"u\",\"Path\":\"/a/\"}",
	     "arn:aws:iam::111111111111:user/a/u");
	says(key, "GetRole", "{\"RoleName\":\"r\"}", "role r");
	says(key, "PutRolePolicy",
	     "{\"RoleName\":\"r\",\"PolicyName\":\"p\",\"PolicyDocument\":\"{}\"}", "role r");
	says(key, "GetGroup", "{\"GroupName\":\"g\"}", "group g");
	says(key, "AddUserToGroup", "{\"GroupName\":\"g\",\"UserName\":\"u\"}", "group g");
	says(key, "GetPolicy", "{\"PolicyArn\":\"arn:aws:iam::aws:policy/ReadOnlyAccess\"}",
	     "policy arn:aws:iam::aws:policy/ReadOnlyAccess");
	says(key, "ListPolicies", "{}", "policy path /");
	says(key, "ListUsers", "{}", "arn:aws:iam::111111111111:user/");
	says(key, "ListRoles", "{}", "arn:aws:iam::111111111111:role/");
	says(key, "GetInstanceProfile", "{\"InstanceProfileName\":\"i\"}", "instance profile i");
	says(key, "GetAccountSummary", "{}", "*");
	says(key, "ListAccountAliases", "{}", "*");
	says(key, "CreateVirtualMFADevice", "{\"VirtualMFADeviceName\":\"m\"}",
	     "arn:aws:iam::111111111111:mfa/m");
}

/* A value that the tables accept for each member that anything requires. */
static struct val *least_value(const struct api_shape *shape, struct str name)
{
	static const struct {
		const char *name, *value;
	} texts[] = {
		{"SerialNumber", "GAHT12345678"},
		{"AuthenticationCode1", "123456"},
		{"AuthenticationCode2", "234567"},
		{"VersionId", "v1"},
		{"AccountAlias", "alias"},
		{"Path", "/"},
		{"EntityPath", "o-abcdefghij/r-abcd"},
		{"JobId", "12345678-1234-4123-a123-123456789012"},
		{"PolicyArn", "arn:aws:iam::111111111111:policy/p"},
	};
	char *text;

	if (shape->type == API_LIST) {
		struct val *list = val_list(f.a);
		if (shape->has_min && shape->min > 0)
			val_append(list, least_value(shape->members[0].shape, name));
		return list;
	}
	if (shape->nvalues)
		return val_string(f.a, shape->values[0]);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (str_eqz(name, texts[i].name))
			return val_string(f.a, str_of(texts[i].value));
	size_t n = shape->has_min && shape->min > 20 ? (size_t)shape->min : 20;
	text = arena_alloc(f.a, n + 1);
	memset(text, 'a', n);
	return val_string(f.a, str_ofn(text, n));
}

/* Whoever may nothing may nothing: no operation is open by mistake. */
static void test_nothing_is_open(void **state)
{
	struct str key;

	(void)state;
	key = fenced(ALLOW("s3:*", "*"));
	for (size_t i = 0; i < sandbox_iam.nops; i++) {
		const struct api_op *op = api_op_of("iam", sandbox_iam.ops[i].name);
		struct val *in = val_object(f.a);
		for (size_t m = 0; op->input && m < op->input->nmembers; m++) {
			const struct api_member *member = &op->input->members[m];
			if (member->required)
				val_set(in, member->name, least_value(member->shape, member->name));
		}
		denied(key, sandbox_iam.ops[i].name, json_text(f.a, in).p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SMALL(test_paths_are_part_of_the_resource),
		WITH_SMALL(test_users_manage_themselves),
		WITH_SMALL(test_which_policy_may_be_attached),
		WITH_SMALL(test_boundaries_can_be_required),
		WITH_SMALL(test_tags_of_request_and_resource),
		WITH_SMALL(test_roles_are_passed),
		WITH_SMALL(test_which_service_a_linked_role_is_for),
		WITH_SMALL(test_what_a_denial_names),
		WITH_SMALL(test_nothing_is_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
