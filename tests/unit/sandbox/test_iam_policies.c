#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "iam-calls.h"

/* Managed policies with their versions, inline ones, and what they are attached to. */

#define ARN "arn:aws:iam::111111111111:policy/"

static void new_policy(const char *name, const char *document)
{
	ok("CreatePolicy", J("{\"PolicyName\":\"%s\",\"PolicyDocument\":\"%s\"}", name, document));
}

static void test_a_policy_is_as_it_was_made(void **state)
{
	(void)state;
	ok("CreatePolicy", "{\"PolicyName\":\"p\",\"Path\":\"/x/\",\"Description\":\"d\",\"Tags\":"
			   "[{\"Key\":\"k\",\"Value\":\"v\"}],\"PolicyDocument\":\"" DOCUMENT(
				   "Allow", "s3:*") "\"}");
	assert_true(str_startsz(val_str(at("Policy", "PolicyId")), "ANPA"));
	ok("GetPolicy", "{\"PolicyArn\":\"" ARN "x/p\"}");
	assert_true(is(at("Policy", "Description"), "d"));
	assert_true(is(at("Policy", "DefaultVersionId"), "v1"));
	assert_int_equal(val_i64(at("Policy", "AttachmentCount"), -1), 0);
	assert_int_equal(val_count(at("Policy", "Tags")), 1);
	refused("CreatePolicy",
		"{\"PolicyName\":\"P\",\"PolicyDocument\":\"" DOCUMENT("Allow", "s3:*") "\"}", 409,
		"EntityAlreadyExists",
		"A policy called P already exists. Duplicate names are not allowed.");
	refused("GetPolicy", "{\"PolicyArn\":\"" ARN "none\"}", 404, "NoSuchEntity",
		"Policy " ARN "none was not found.");
	refused("GetPolicy", "{\"PolicyArn\":\"arn:aws:iam::999999999999:policy/p\"}", 403,
		"AccessDenied", "Policy is outside your own account.");
}

static void test_documents_are_read(void **state)
{
	static const char *const bad[] = {
		"{", "{}", "[]",
		"{\\\"Version\\\":\\\"2012-10-17\\\",\\\"Statement\\\":[{\\\"Effect\\\":"
		"\\\"Allow\\\",\\\"Action\\\":\\\"s3:*\\\"}]}",
		"{\\\"Version\\\":\\\"2012-10-17\\\",\\\"Statement\\\":[{\\\"Effect\\\":"
		"\\\"allow\\\",\\\"Action\\\":\\\"s3:*\\\",\\\"Resource\\\":\\\"*\\\"}]}"};

	(void)state;
	ok("CreateUser", "{\"UserName\":\"u\"}");
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		refused("CreatePolicy",
			J("{\"PolicyName\":\"p\",\"PolicyDocument\":\"%s\"}", bad[i]), 400,
			"MalformedPolicyDocument", NULL);
		refused("PutUserPolicy",
			J("{\"UserName\":\"u\",\"PolicyName\":\"p\",\"PolicyDocument\":\"%s\"}",
			  bad[i]),
			400, "MalformedPolicyDocument", NULL);
	}
	/* What an inline policy may still be, a managed one may not. */
	const char *ancient = "{\\\"Statement\\\":[{\\\"Effect\\\":\\\"Allow\\\",\\\"Action\\\":"
			      "\\\"s3:*\\\",\\\"Resource\\\":\\\"*\\\"}]}";
	ok("PutUserPolicy",
	   J("{\"UserName\":\"u\",\"PolicyName\":\"p\",\"PolicyDocument\":\"%s\"}", ancient));
	refused("CreatePolicy", J("{\"PolicyName\":\"p\",\"PolicyDocument\":\"%s\"}", ancient), 400,
		"MalformedPolicyDocument",
		"Policy document must be version 2012-10-17 or greater.");
}

/* A document with a Sid of that many characters. */
static const char *long_document(size_t n)
{
	char *sid = arena_alloc(f.a, n + 1);

	memset(sid, 'x', n);
	return J("{\\\"Version\\\":\\\"2012-10-17\\\",\\\"Statement\\\":[{\\\"Sid\\\":\\\"%s\\\","
		 "\\\"Effect\\\":\\\"Allow\\\",\\\"Action\\\":\\\"s3:*\\\",\\\"Resource\\\":"
		 "\\\"*\\\"}]}",
		 sid);
}

static void test_sizes(void **state)
{
	(void)state;
	ok("CreateUser", "{\"UserName\":\"u\"}");
	refused("CreatePolicy",
		J("{\"PolicyName\":\"p\",\"PolicyDocument\":\"%s\"}", long_document(6100)), 409,
		"LimitExceeded", "Cannot exceed quota for PolicySize: 6144");
	new_policy("p", long_document(6000));
	/* Inline ones count together, and one that is replaced no longer. */
	for (int i = 0; i < 3; i++)
		ok("PutUserPolicy", J("{\"UserName\":\"u\",\"PolicyName\":\"one\","
				      "\"PolicyDocument\":\"%s\"}",
				      long_document(1000)));
	refused("PutUserPolicy",
		J("{\"UserName\":\"u\",\"PolicyName\":\"two\",\"PolicyDocument\":\"%s\"}",
		  long_document(1000)),
		409, "LimitExceeded", "Maximum policy size of 2048 bytes exceeded for user u");
}

static void test_versions(void **state)
{
	(void)state;
	new_policy("p", DOCUMENT("Allow", "s3:*"));
	int64_t made = val_i64(at("Policy", "CreateDate"), 0);
	sandbox_advance(f.s, 60000);
	for (int i = 2; i <= 5; i++) {
		ok("CreatePolicyVersion",
		   "{\"PolicyArn\":\"" ARN
		   "p\",\"PolicyDocument\":\"" DOCUMENT("Deny", "s3:*") "\"}");
		assert_true(is(at("PolicyVersion", "VersionId"), J("v%d", i)));
		assert_false(val_true(at("PolicyVersion", "IsDefaultVersion")));
	}
	refused("CreatePolicyVersion",
		"{\"PolicyArn\":\"" ARN "p\",\"PolicyDocument\":\"" DOCUMENT("Deny", "s3:*") "\"}",
		409, "LimitExceeded",
		"A managed policy can have up to 5 versions. Before you create a new version, you "
		"must delete an existing version.");
	ok("ListPolicyVersions", "{\"PolicyArn\":\"" ARN "p\"}");
	assert_true(is(val_get(val_at(at("Versions"), 0), "VersionId"), "v5"));
	assert_null(val_get(val_at(at("Versions"), 0), "Document"));
	ok("GetPolicy", "{\"PolicyArn\":\"" ARN "p\"}");
	assert_true(is(at("Policy", "DefaultVersionId"), "v1"));
	assert_true(val_i64(at("Policy", "UpdateDate"), 0) > made);
	ok("SetDefaultPolicyVersion", "{\"PolicyArn\":\"" ARN "p\",\"VersionId\":\"v3\"}");
	refused("DeletePolicyVersion", "{\"PolicyArn\":\"" ARN "p\",\"VersionId\":\"v3\"}", 409,
		"DeleteConflict", "Cannot delete the default version of a policy.");
	refused("DeletePolicy", "{\"PolicyArn\":\"" ARN "p\"}", 409, "DeleteConflict",
		"This policy has more than one version. Before you delete a policy, you must "
		"delete the policy's versions. The default version is deleted with the policy.");
	refused("GetPolicyVersion", "{\"PolicyArn\":\"" ARN "p\",\"VersionId\":\"v9\"}", 404,
		"NoSuchEntity", "Policy " ARN "p version v9 does not exist or is not attachable.");
	for (int i = 1; i <= 5; i++)
		if (i != 3)
			ok("DeletePolicyVersion",
			   J("{\"PolicyArn\":\"" ARN "p\",\"VersionId\":\"v%d\"}", i));
	/* A number is given once. */
	ok("CreatePolicyVersion",
	   "{\"PolicyArn\":\"" ARN
	   "p\",\"SetAsDefault\":true,\"PolicyDocument\":\"" DOCUMENT("Allow", "sqs:*") "\"}");
	assert_true(is(at("PolicyVersion", "VersionId"), "v6"));
	ok("DeletePolicyVersion", "{\"PolicyArn\":\"" ARN "p\",\"VersionId\":\"v3\"}");
	ok("DeletePolicy", "{\"PolicyArn\":\"" ARN "p\"}");
}

/* The default version is what counts, from the moment that it is one. */
static void test_the_default_version_decides(void **state)
{
	struct str key;

	(void)state;
	key = new_user("u", DOCUMENT("Allow", "s3:*"));
	new_policy("p", DOCUMENT("Allow", "iam:ListUsers"));
	ok("AttachUserPolicy", "{\"UserName\":\"u\",\"PolicyArn\":\"" ARN "p\"}");
	ok_as(key, "ListUsers", "{}");
	ok("CreatePolicyVersion", "{\"PolicyArn\":\"" ARN "p\",\"PolicyDocument\":\"" DOCUMENT(
					  "Deny", "iam:ListUsers") "\"}");
	ok_as(key, "ListUsers", "{}");
	ok("SetDefaultPolicyVersion", "{\"PolicyArn\":\"" ARN "p\",\"VersionId\":\"v2\"}");
	refused_as(key, "ListUsers", "{}", 403, "AccessDenied",
		   "User: arn:aws:iam::111111111111:user/u is not authorized to perform: "
		   "iam:ListUsers on resource: arn:aws:iam::111111111111:user/ with an explicit "
		   "deny in an identity-based policy: " ARN "p");
}

static void test_aws_policies_are_nobodys_to_change(void **state)
{
	(void)state;
	ok("GetPolicyVersion", "{\"PolicyArn\":\"arn:aws:iam::aws:policy/root-task/"
			       "IAMCreateRootUserPassword\",\"VersionId\":\"v1\"}");
	refused("DeletePolicy", "{\"PolicyArn\":\"arn:aws:iam::aws:policy/ReadOnlyAccess\"}", 403,
		"AccessDenied", NULL);
	refused("CreatePolicyVersion",
		"{\"PolicyArn\":\"arn:aws:iam::aws:policy/ReadOnlyAccess\",\"PolicyDocument\":"
		"\"" DOCUMENT("Allow", "*") "\"}",
		403, "AccessDenied", NULL);
	refused("TagPolicy",
		"{\"PolicyArn\":\"arn:aws:iam::aws:policy/ReadOnlyAccess\",\"Tags\":[]}", 403,
		"AccessDenied", NULL);
}

static void test_listing(void **state)
{
	(void)state;
	new_policy("used", DOCUMENT("Allow", "s3:*"));
	new_policy("unused", DOCUMENT("Allow", "s3:*"));
	ok("CreateUser", "{\"UserName\":\"u\",\"PermissionsBoundary\":\"" ARN "used\"}");
	ok("ListPolicies", "{\"Scope\":\"Local\"}");
	assert_int_equal(val_count(at("Policies")), 2);
	assert_null(val_get(val_at(at("Policies"), 0), "Description"));
	ok("ListPolicies", "{\"Scope\":\"Local\",\"OnlyAttached\":true}");
	assert_int_equal(val_count(at("Policies")), 1);
	ok("ListPolicies", "{\"Scope\":\"Local\",\"PolicyUsageFilter\":\"PermissionsPolicy\"}");
	assert_int_equal(val_count(at("Policies")), 0);
	ok("ListPolicies", "{\"Scope\":\"Local\",\"PolicyUsageFilter\":\"PermissionsBoundary\"}");
	assert_true(row("Policies", "PolicyName", "used") != NULL);
	ok("ListPolicies", "{\"Scope\":\"AWS\",\"PathPrefix\":\"/root-task/\"}");
	assert_int_equal(val_count(at("Policies")), 5);
	ok("ListPolicies", "{}");
	assert_true(row("Policies", "PolicyName", "unused") != NULL);
	assert_true(row("Policies", "PolicyName", "AdministratorAccess") != NULL);
}

static void test_attaching(void **state)
{
	(void)state;
	ok("CreateUser", "{\"UserName\":\"u\"}");
	new_policy("p", DOCUMENT("Allow", "s3:*"));
	ok("AttachUserPolicy", "{\"UserName\":\"u\",\"PolicyArn\":\"" ARN "p\"}");
	ok("AttachUserPolicy", "{\"UserName\":\"u\",\"PolicyArn\":\"" ARN "p\"}");
	ok("ListAttachedUserPolicies", "{\"UserName\":\"u\"}");
	assert_int_equal(val_count(at("AttachedPolicies")), 1);
	ok("ListAttachedUserPolicies", "{\"UserName\":\"u\",\"PathPrefix\":\"/none/\"}");
	assert_int_equal(val_count(at("AttachedPolicies")), 0);
	refused("AttachUserPolicy", "{\"UserName\":\"u\",\"PolicyArn\":\"" ARN "none\"}", 404,
		"NoSuchEntity", "Policy " ARN "none does not exist or is not attachable.");
	refused("AttachUserPolicy",
		"{\"UserName\":\"u\",\"PolicyArn\":\"twenty characters and "
		"more\"}",
		400, "ValidationError", "ARN twenty characters and more is not valid.");
	refused("DeletePolicy", "{\"PolicyArn\":\"" ARN "p\"}", 409, "DeleteConflict",
		"Cannot delete a policy attached to entities.");
	for (int i = 0; i < 10; i++)
		new_policy(J("q%d", i), DOCUMENT("Allow", "s3:*"));
	for (int i = 0; i < 9; i++)
		ok("AttachUserPolicy", J("{\"UserName\":\"u\",\"PolicyArn\":\"" ARN "q%d\"}", i));
	refused("AttachUserPolicy", "{\"UserName\":\"u\",\"PolicyArn\":\"" ARN "q9\"}", 409,
		"LimitExceeded", "Cannot exceed quota for PoliciesPerUser: 10");
	ok("DetachUserPolicy", "{\"UserName\":\"u\",\"PolicyArn\":\"" ARN "p\"}");
	refused("DetachUserPolicy", "{\"UserName\":\"u\",\"PolicyArn\":\"" ARN "p\"}", 404,
		"NoSuchEntity", "Policy " ARN "p was not found.");
	ok("DeletePolicy", "{\"PolicyArn\":\"" ARN "p\"}");
}

/* Three lists, one listing: its pages together name everybody once. */
static void test_who_uses_a_policy(void **state)
{
	struct str marker = STR_NULL;
	size_t groups = 0, users = 0, roles = 0, pages = 0;

	(void)state;
	new_policy("p", DOCUMENT("Allow", "s3:*"));
	for (int i = 0; i < 3; i++) {
		ok("CreateUser", J("{\"UserName\":\"u%d\"}", i));
		ok("AttachUserPolicy", J("{\"UserName\":\"u%d\",\"PolicyArn\":\"" ARN "p\"}", i));
	}
	ok("CreateGroup", "{\"GroupName\":\"g\"}");
	ok("AttachGroupPolicy", "{\"GroupName\":\"g\",\"PolicyArn\":\"" ARN "p\"}");
	ok("CreateRole", "{\"RoleName\":\"r\",\"PermissionsBoundary\":\"" ARN
			 "p\",\"AssumeRolePolicyDocument\":\"" TRUST("111111111111") "\"}");
	do {
		ok("ListEntitiesForPolicy",
		   str_is_null(marker)
			   ? "{\"PolicyArn\":\"" ARN "p\",\"MaxItems\":2}"
			   : J("{\"PolicyArn\":\"" ARN "p\",\"MaxItems\":2,\"Marker\":\"%.*s\"}",
			       STR_ARG(marker)));
		groups += val_count(at("PolicyGroups"));
		users += val_count(at("PolicyUsers"));
		roles += val_count(at("PolicyRoles"));
		pages++;
		marker = val_str(at("Marker"));
	} while (val_true(at("IsTruncated")));
	assert_int_equal(pages, 3);
	assert_int_equal(groups, 1);
	assert_int_equal(users, 3);
	assert_int_equal(roles, 1);
	ok("ListEntitiesForPolicy", "{\"PolicyArn\":\"" ARN "p\",\"EntityFilter\":\"Group\"}");
	assert_int_equal(val_count(at("PolicyGroups")), 1);
	assert_int_equal(val_count(at("PolicyUsers")), 0);
	ok("ListEntitiesForPolicy",
	   "{\"PolicyArn\":\"" ARN "p\",\"PolicyUsageFilter\":\"PermissionsPolicy\"}");
	assert_int_equal(val_count(at("PolicyRoles")), 0);
}

static void test_inline_policies(void **state)
{
	(void)state;
	ok("CreateGroup", "{\"GroupName\":\"g\"}");
	ok("PutGroupPolicy",
	   "{\"GroupName\":\"g\",\"PolicyName\":\"b\",\"PolicyDocument\":\"" DOCUMENT(
		   "Allow", "s3:*") "\"}");
	ok("PutGroupPolicy",
	   "{\"GroupName\":\"g\",\"PolicyName\":\"a\",\"PolicyDocument\":\"" DOCUMENT(
		   "Allow", "s3:*") "\"}");
	ok("PutGroupPolicy",
	   "{\"GroupName\":\"g\",\"PolicyName\":\"b\",\"PolicyDocument\":\"" DOCUMENT(
		   "Deny", "sqs:*") "\"}");
	ok("ListGroupPolicies", "{\"GroupName\":\"g\"}");
	assert_int_equal(val_count(at("PolicyNames")), 2);
	assert_true(is(val_at(at("PolicyNames"), 0), "a"));
	ok("GetGroupPolicy", "{\"GroupName\":\"g\",\"PolicyName\":\"b\"}");
	assert_true(is(at("GroupName"), "g"));
	assert_true(str_find(val_str(at("PolicyDocument")), STR("sqs%3A%2A")) > 0);
	ok("DeleteGroupPolicy", "{\"GroupName\":\"g\",\"PolicyName\":\"b\"}");
	refused("GetGroupPolicy", "{\"GroupName\":\"g\",\"PolicyName\":\"b\"}", 404, "NoSuchEntity",
		"The group policy with name b cannot be found.");
	refused("DeleteGroup", "{\"GroupName\":\"g\"}", 409, "DeleteConflict",
		"Cannot delete entity, must delete policies first.");
}

/* ---- what documents ask for and give ---- */

static bool has_key(const char *name)
{
	VAL_EACH(v, at("ContextKeyNames"))
	if (str_eqz(val_str(v), name))
		return true;
	return false;
}

static void test_context_keys(void **state)
{
	const char *text =
		"{\\\"Version\\\":\\\"2012-10-17\\\",\\\"Statement\\\":[{\\\"Effect\\\":"
		"\\\"Allow\\\",\\\"Action\\\":\\\"s3:*\\\",\\\"Resource\\\":"
		"\\\"arn:aws:s3:::b/${aws:username}/${*}\\\",\\\"Condition\\\":{\\\"StringLike"
		"\\\":{\\\"aws:PrincipalTag/team\\\":[\\\"${aws:UserName, 'x'}\\\",\\\"y\\\"]},"
		"\\\"Bool\\\":{\\\"aws:SecureTransport\\\":\\\"true\\\"}}}]}";

	(void)state;
	ok("GetContextKeysForCustomPolicy", J("{\"PolicyInputList\":[\"%s\"]}", text));
	assert_int_equal(val_count(at("ContextKeyNames")), 3);
	assert_true(has_key("aws:username"));
	assert_true(has_key("aws:PrincipalTag/team"));
	assert_true(has_key("aws:SecureTransport"));
	refused("GetContextKeysForCustomPolicy", "{\"PolicyInputList\":[\"{\"]}", 400,
		"InvalidInput", NULL);
	ok("CreateUser", "{\"UserName\":\"u\"}");
	ok("CreateGroup", "{\"GroupName\":\"g\"}");
	ok("AddUserToGroup", "{\"GroupName\":\"g\",\"UserName\":\"u\"}");
	ok("PutGroupPolicy",
	   J("{\"GroupName\":\"g\",\"PolicyName\":\"p\",\"PolicyDocument\":\"%s\"}", text));
	ok("GetContextKeysForPrincipalPolicy",
	   "{\"PolicySourceArn\":\"arn:aws:iam::111111111111:user/u\"}");
	assert_int_equal(val_count(at("ContextKeyNames")), 3);
	refused("GetContextKeysForPrincipalPolicy",
		"{\"PolicySourceArn\":\"arn:aws:iam::111111111111:user/none\"}", 404,
		"NoSuchEntity", NULL);
}

static void test_policies_granting_access(void **state)
{
	(void)state;
	ok("CreateUser", "{\"UserName\":\"u\"}");
	ok("CreateGroup", "{\"GroupName\":\"g\"}");
	ok("AddUserToGroup", "{\"GroupName\":\"g\",\"UserName\":\"u\"}");
	ok("PutGroupPolicy",
	   "{\"GroupName\":\"g\",\"PolicyName\":\"s\",\"PolicyDocument\":\"" DOCUMENT(
		   "Allow", "s3:Get*") "\"}");
	ok("PutUserPolicy",
	   "{\"UserName\":\"u\",\"PolicyName\":\"d\",\"PolicyDocument\":\"" DOCUMENT("Deny",
										     "s3:*") "\"}");
	ok("AttachUserPolicy", "{\"UserName\":\"u\",\"PolicyArn\":"
			       "\"arn:aws:iam::aws:policy/PowerUserAccess\"}");
	ok("ListPoliciesGrantingServiceAccess",
	   "{\"Arn\":\"arn:aws:iam::111111111111:user/u\",\"ServiceNamespaces\":[\"s3\",\"iam\","
	   "\"kms\"]}");
	assert_int_equal(val_count(at("PoliciesGrantingServiceAccess")), 3);
	const struct val *s3 = val_at(at("PoliciesGrantingServiceAccess"), 0);
	assert_int_equal(val_count(val_get(s3, "Policies")), 2);
	const struct val *inlined = val_at(val_get(s3, "Policies"), 1);
	assert_true(is(val_get(inlined, "EntityType"), "GROUP"));
	assert_true(is(val_get(inlined, "EntityName"), "g"));
	/* NotAction leaves all of kms, and iam but for what another statement names. */
	const struct val *kms = val_at(at("PoliciesGrantingServiceAccess"), 2);
	assert_true(
		is(val_get(val_at(val_get(kms, "Policies"), 0), "PolicyName"), "PowerUserAccess"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SMALL(test_a_policy_is_as_it_was_made),
		WITH_SMALL(test_documents_are_read),
		WITH_SMALL(test_sizes),
		WITH_SMALL(test_versions),
		WITH_SMALL(test_the_default_version_decides),
		WITH_SMALL(test_aws_policies_are_nobodys_to_change),
		WITH_SMALL(test_listing),
		WITH_SMALL(test_attaching),
		WITH_SMALL(test_who_uses_a_policy),
		WITH_SMALL(test_inline_policies),
		WITH_SMALL(test_context_keys),
		WITH_SMALL(test_policies_granting_access),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
