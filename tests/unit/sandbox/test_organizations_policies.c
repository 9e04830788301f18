#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "fixture.h"
#include "organizations-calls.h"

static void test_read(void **state)
{
	(void)state;
	ok("ListPolicies", "{\"Filter\":\"SERVICE_CONTROL_POLICY\"}");
	const struct val *full = val_at(at("Policies"), 0);
	assert_true(is(val_get(full, "Id"), "p-FullAWSAccess"));
	assert_true(is(val_get(full, "Name"), "FullAWSAccess"));
	assert_true(is(val_get(full, "Arn"),
		       "arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess"));
	assert_true(val_true(val_get(full, "AwsManaged")));
	ok("DescribePolicy", "{\"PolicyId\":\"p-FullAWSAccess\"}");
	assert_true(str_find(val_str(at("Policy", "Content")), STR("\"Action\":\"*\"")) > 0);
	refused("DescribePolicy", "{\"PolicyId\":\"p-nothere1\"}", "PolicyNotFoundException", NULL);
	refused("DescribePolicy", "{\"PolicyId\":\"nonsense\"}", "InvalidInputException",
		"INVALID_PATTERN:POLICY_ID");
	refused("ListPolicies", "{\"Filter\":\"NONSENSE\"}", "InvalidInputException",
		"INVALID_ENUM:FILTER");
	refused("ListPolicies", "{}", "InvalidInputException", "INPUT_REQUIRED:FILTER");
	ok("ListTargetsForPolicy", "{\"PolicyId\":\"p-FullAWSAccess\",\"MaxResults\":5}");
	assert_int_equal(val_count(at("Targets")), 5); /* of root, 3 units, 4 accounts */
	const struct val *root = val_at(at("Targets"), 0);
	assert_true(is(val_get(root, "Type"), "ROOT"));
	assert_true(is(val_get(root, "Name"), "Root"));
	assert_non_null(at("NextToken"));
}

static void test_create(void **state)
{
	const char *id = new_scp("mine");

	(void)state;
	assert_true(is(at("Policy", "PolicySummary", "Name"), "mine"));
	assert_true(is(at("Policy", "PolicySummary", "Description"), "d"));
	assert_true(
		is(at("Policy", "PolicySummary", "Arn"),
		   J("arn:aws:organizations::111111111111:policy/%.*s/service_control_policy/%s",
		     STR_ARG(sandbox_world(f.s)->org->id), id)));
	assert_int_equal(strlen(id), 10);
	refused("CreatePolicy",
		"{\"Name\":\"mine\",\"Description\":\"\",\"Type\":\"SERVICE_CONTROL_POLICY\","
		"\"Content\":\"" ALLOW_ALL "\"}",
		"DuplicatePolicyException", NULL);
	refused("CreatePolicy",
		"{\"Name\":\"bad\",\"Description\":\"\",\"Type\":\"SERVICE_CONTROL_POLICY\","
		"\"Content\":\"{}\"}",
		"MalformedPolicyDocumentException", NULL);
	refused("CreatePolicy",
		"{\"Name\":\"bad\",\"Description\":\"\",\"Type\":\"SERVICE_CONTROL_POLICY\","
		"\"Content\":\"no json\"}",
		"MalformedPolicyDocumentException", NULL);
	refused("CreatePolicy",
		"{\"Name\":\"bad\",\"Type\":\"SERVICE_CONTROL_POLICY\",\"Content\":"
		"\"" ALLOW_ALL "\"}",
		"InvalidInputException", "INPUT_REQUIRED:DESCRIPTION");
	/* The same name is free in another type; that document is not IAM's. */
	ok("CreatePolicy", "{\"Name\":\"mine\",\"Description\":\"\",\"Type\":\"TAG_POLICY\","
			   "\"Content\":\"{\\\"tags\\\":{}}\"}");
	refused("CreatePolicy",
		"{\"Name\":\"t\",\"Description\":\"\",\"Type\":\"TAG_POLICY\","
		"\"Content\":\"{\\\"tags\\\":{\\\"@@what\\\":1}}\"}",
		"MalformedPolicyDocumentException", NULL);
}

/* "Customer Allow … malformed in RCP", whatever it is called. */
static void test_resource_control_policies_only_deny(void **state)
{
	refused("CreatePolicy",
		"{\"Name\":\"MyRCPFullAWSAccess\",\"Description\":\"\",\"Type\":"
		"\"RESOURCE_CONTROL_POLICY\",\"Content\":\"{\\\"Version\\\":\\\"2012-10-17"
		"\\\",\\\"Statement\\\":[{\\\"Effect\\\":\\\"Allow\\\",\\\"Principal\\\":"
		"\\\"*\\\",\\\"Action\\\":\\\"s3:*\\\",\\\"Resource\\\":\\\"*\\\"}]}\"}",
		"MalformedPolicyDocumentException", NULL);
	(void)state;
}

/* 10,240 characters since May 2026, white space included; 5,120 for resource control policies. */
static void test_sizes(void **state)
{
	static const struct {
		const char *type, *document;
		size_t max;
	} cases[] = {
		{"SERVICE_CONTROL_POLICY", ALLOW_ALL, 10240},
		{"RESOURCE_CONTROL_POLICY",
		 "{\\\"Version\\\":\\\"2012-10-17\\\",\\\"Statement\\\":[{\\\"Effect\\\":"
		 "\\\"Deny\\\",\\\"Principal\\\":\\\"*\\\",\\\"Action\\\":\\\"s3:*\\\","
		 "\\\"Resource\\\":\\\"*\\\"}]}",
		 5120},
		{"AISERVICES_OPT_OUT_POLICY", "{\\\"services\\\":{}}", 2500},
		{"TAG_POLICY", "{\\\"tags\\\":{}}", 10000},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct err err = {0};
		struct val *plain;
		struct str quoted = arena_printf(f.a, "\"%s\"", cases[i].document);
		assert_true(json_read(quoted, 0, f.a, &plain, &err));
		int pad = (int)(cases[i].max - val_str(plain).n);
		ok("CreatePolicy", J("{\"Name\":\"a%zu\",\"Description\":\"\",\"Type\":\"%s\","
				     "\"Content\":\"%s%*s\"}",
				     i, cases[i].type, cases[i].document, pad, ""));
		refused("CreatePolicy",
			J("{\"Name\":\"b%zu\",\"Description\":\"\",\"Type\":\"%s\",\"Content\":"
			  "\"%s%*s\"}",
			  i, cases[i].type, cases[i].document, pad + 1, ""),
			"ConstraintViolationException", "POLICY_CONTENT_LIMIT_EXCEEDED");
		assert_true(str_eqz(f.fault.message, "You have exceeded the maximum policy size."));
	}
}

static void test_update(void **state)
{
	const char *id = new_scp("mine");

	(void)state;
	/* The answer tells what was sent; the policy keeps what was not. */
	ok("UpdatePolicy", J("{\"PolicyId\":\"%s\"}", id));
	assert_null(at("Policy", "PolicySummary", "Name"));
	assert_null(at("Policy", "PolicySummary", "Description"));
	assert_non_null(at("Policy", "PolicySummary", "Arn"));
	assert_non_null(at("Policy", "Content"));
	ok("UpdatePolicy", J("{\"PolicyId\":\"%s\",\"Description\":\"\"}", id));
	assert_true(is(at("Policy", "PolicySummary", "Description"), ""));
	ok("DescribePolicy", J("{\"PolicyId\":\"%s\"}", id));
	assert_true(is(at("Policy", "PolicySummary", "Description"), "d"));
	ok("UpdatePolicy", J("{\"PolicyId\":\"%s\",\"Name\":\" \"}", id));
	ok("DescribePolicy", J("{\"PolicyId\":\"%s\"}", id));
	assert_true(is(at("Policy", "PolicySummary", "Name"), " "));

	new_scp("other");
	refused("UpdatePolicy", J("{\"PolicyId\":\"%s\",\"Name\":\"other\"}", id),
		"DuplicatePolicyException", NULL);
	refused("UpdatePolicy", J("{\"PolicyId\":\"%s\",\"Content\":\"{}\"}", id),
		"MalformedPolicyDocumentException", NULL);
	refused("UpdatePolicy", J("{\"PolicyId\":\"%s\",\"Content\":\"\"}", id),
		"InvalidInputException", "MIN_LENGTH_EXCEEDED:CONTENT");
	refused("UpdatePolicy", "{\"PolicyId\":\"p-FullAWSAccess\",\"Name\":\"x\"}",
		"InvalidInputException", "IMMUTABLE_POLICY");
	refused("UpdatePolicy", "{\"PolicyId\":\"p-nothere1\"}", "PolicyNotFoundException", NULL);
}

static void attach(const char *op, const char *policy, const char *target)
{
	ok(op, J("{\"PolicyId\":\"%s\",\"TargetId\":\"%s\"}", policy, target));
}

static void test_attach(void **state)
{
	const char *id = new_scp("mine"), *json = J("{\"PolicyId\":\"%s\",\"TargetId\":"
						    "\"333333333333\"}",
						    id);

	(void)state;
	refused("DetachPolicy", json, "PolicyNotAttachedException", NULL);
	attach("AttachPolicy", id, "333333333333");
	refused("AttachPolicy", json, "DuplicatePolicyAttachmentException", NULL);
	ok("ListTargetsForPolicy", J("{\"PolicyId\":\"%s\"}", id));
	assert_int_equal(val_count(at("Targets")), 1);
	assert_true(is(val_get(val_at(at("Targets"), 0), "TargetId"), "333333333333"));
	assert_true(is(val_get(val_at(at("Targets"), 0), "Type"), "ACCOUNT"));
	refused("DeletePolicy", J("{\"PolicyId\":\"%s\"}", id), "PolicyInUseException", NULL);

	attach("DetachPolicy", "p-FullAWSAccess", "333333333333");
	refused("DetachPolicy", json, "ConstraintViolationException",
		"MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED");
	attach("AttachPolicy", "p-FullAWSAccess", "333333333333");
	attach("DetachPolicy", id, "333333333333");
	ok("DeletePolicy", J("{\"PolicyId\":\"%s\"}", id));
	refused("DescribePolicy", J("{\"PolicyId\":\"%s\"}", id), "PolicyNotFoundException", NULL);

	refused("AttachPolicy", "{\"PolicyId\":\"p-FullAWSAccess\",\"TargetId\":\"999999999999\"}",
		"TargetNotFoundException", NULL);
	refused("AttachPolicy", "{\"PolicyId\":\"p-FullAWSAccess\",\"TargetId\":\"invalid\"}",
		"InvalidInputException", "INVALID_PATTERN:TARGET_ID");
	refused("DeletePolicy", "{\"PolicyId\":\"p-FullAWSAccess\"}", "InvalidInputException",
		"IMMUTABLE_POLICY");
}

static void test_ten_at_most(void **state)
{
	(void)state;
	for (int i = 0; i < 9; i++)
		attach("AttachPolicy", new_scp(J("p%d", i)), "333333333333");
	refused("AttachPolicy",
		J("{\"PolicyId\":\"%s\",\"TargetId\":\"333333333333\"}", new_scp("p9")),
		"ConstraintViolationException", "MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED");
}

/* What is attached takes effect at the next call, also on a member's administrator. */
static void test_attached_policies_bind(void **state)
{
	(void)state;
	assert_true(fx_call(&f, f.production, "iam", "ListUsers", "{}"));
	ok("CreatePolicy",
	   "{\"Name\":\"no-iam\",\"Description\":\"\",\"Type\":\"SERVICE_CONTROL_POLICY\","
	   "\"Content\":\"{\\\"Version\\\":\\\"2012-10-17\\\",\\\"Statement\\\":{\\\"Effect\\\":"
	   "\\\"Deny\\\",\\\"Action\\\":\\\"iam:*\\\",\\\"Resource\\\":\\\"*\\\"}}\"}");
	const char *id = arena_dupz(f.a, val_str(at("Policy", "PolicySummary", "Id")));
	attach("AttachPolicy", id, unit_id("Workloads"));
	assert_false(fx_call(&f, f.production, "iam", "ListUsers", "{}"));
	assert_true(fx_call(&f, f.admin, "iam", "ListUsers", "{}"));
	attach("DetachPolicy", id, unit_id("Workloads"));
	assert_true(fx_call(&f, f.production, "iam", "ListUsers", "{}"));
}

static void test_policy_types(void **state)
{
	const char *json =
		J("{\"RootId\":\"%s\",\"PolicyType\":\"RESOURCE_CONTROL_POLICY\"}", root_id());

	(void)state;
	refused("AttachPolicy",
		"{\"PolicyId\":\"p-RCPFullAWSAccess\",\"TargetId\":\"333333333333\"}",
		"PolicyTypeNotEnabledException", NULL);
	refused("DisablePolicyType", json, "PolicyTypeNotEnabledException", NULL);
	ok("EnablePolicyType", json);
	assert_int_equal(val_count(at("Root", "PolicyTypes")), 2);
	refused("EnablePolicyType", json, "PolicyTypeAlreadyEnabledException", NULL);
	ok("ListPoliciesForTarget",
	   "{\"TargetId\":\"333333333333\",\"Filter\":\"RESOURCE_CONTROL_POLICY\"}");
	assert_true(is(val_get(val_at(at("Policies"), 0), "Id"), "p-RCPFullAWSAccess"));
	refused("DetachPolicy",
		"{\"PolicyId\":\"p-RCPFullAWSAccess\",\"TargetId\":\"333333333333\"}",
		"InvalidInputException", "NON_DETACHABLE_POLICY");
	ok("DisablePolicyType", json);
	assert_int_equal(val_count(at("Root", "PolicyTypes")), 1);
	ok("ListPoliciesForTarget",
	   "{\"TargetId\":\"333333333333\",\"Filter\":\"RESOURCE_CONTROL_POLICY\"}");
	assert_int_equal(val_count(at("Policies")), 0);
	refused("EnablePolicyType", "{\"RootId\":\"r-none\",\"PolicyType\":\"TAG_POLICY\"}",
		"RootNotFoundException", NULL);
	refused("EnablePolicyType", J("{\"RootId\":\"%s\",\"PolicyType\":\"MOTO\"}", root_id()),
		"InvalidInputException", "INVALID_ENUM:POLICY_TYPE");
}

/* ---- effective policies ---- */

static const char *management_policy(const char *type, const char *name, const char *content)
{
	struct buf b = BUF_INIT(KIB(64));

	json_write_string(str_of(content), &b);
	ok("CreatePolicy",
	   J("{\"Name\":\"%s\",\"Description\":\"\",\"Type\":\"%s\",\"Content\":%s}", name, type,
	     buf_z(&b)));
	buf_release(&b);
	return arena_dupz(f.a, val_str(at("Policy", "PolicySummary", "Id")));
}

static void effective(const char *expected)
{
	ok("DescribeEffectivePolicy",
	   "{\"PolicyType\":\"TAG_POLICY\",\"TargetId\":\"333333333333\"}");
	assert_true(is(at("EffectivePolicy", "PolicyContent"), expected));
	assert_true(is(at("EffectivePolicy", "TargetId"), "333333333333"));
	assert_true(is(at("EffectivePolicy", "PolicyType"), "TAG_POLICY"));
	assert_non_null(at("EffectivePolicy", "LastUpdatedTimestamp"));
}

static void test_inheritance(void **state)
{
	const char *ask = "{\"PolicyType\":\"TAG_POLICY\",\"TargetId\":\"333333333333\"}";

	(void)state;
	refused("DescribeEffectivePolicy", ask, "EffectivePolicyNotFoundException", NULL);
	ok("EnablePolicyType", J("{\"RootId\":\"%s\",\"PolicyType\":\"TAG_POLICY\"}", root_id()));
	refused("DescribeEffectivePolicy", ask, "EffectivePolicyNotFoundException", NULL);
	attach("AttachPolicy",
	       management_policy(
		       "TAG_POLICY", "root",
		       "{\"tags\":{\"costcenter\":{\"tag_key\":{\"@@assign\":\"CostCenter\","
		       "\"@@operators_allowed_for_child_policies\":[\"@@none\"]},"
		       "\"tag_value\":{\"@@assign\":[\"100\",\"200\"]}}}}"),
	       root_id());
	effective("{\"tags\":{\"costcenter\":{\"tag_key\":\"CostCenter\","
		  "\"tag_value\":[\"100\",\"200\"]}}}");
	/* A unit may add and remove values, but not touch the key. */
	attach("AttachPolicy",
	       management_policy("TAG_POLICY", "unit",
				 "{\"tags\":{\"costcenter\":{\"tag_key\":{\"@@assign\":\"Cost\"},"
				 "\"tag_value\":{\"@@append\":[\"300\",\"100\"]}},"
				 "\"team\":{\"tag_key\":{\"@@assign\":\"Team\"}}}}"),
	       unit_id("Workloads"));
	attach("AttachPolicy",
	       management_policy(
		       "TAG_POLICY", "account",
		       "{\"tags\":{\"costcenter\":{\"tag_value\":{\"@@remove\":[\"200\"]}}"
		       "}}"),
	       "333333333333");
	effective("{\"tags\":{\"costcenter\":{\"tag_key\":\"CostCenter\",\"tag_value\":[\"100\","
		  "\"300\"]},\"team\":{\"tag_key\":\"Team\"}}}");

	/* A member may ask for itself only; units and roots have none. */
	ok_as(f.production, "DescribeEffectivePolicy", "{\"PolicyType\":\"TAG_POLICY\"}");
	refused_as(f.production, "DescribeEffectivePolicy",
		   "{\"PolicyType\":\"TAG_POLICY\",\"TargetId\":\"222222222222\"}",
		   "AccessDeniedException", NULL);
	refused("DescribeEffectivePolicy",
		J("{\"PolicyType\":\"TAG_POLICY\",\"TargetId\":\"%s\"}", root_id()),
		"InvalidInputException", "TARGET_NOT_SUPPORTED");
	refused("DescribeEffectivePolicy", "{\"PolicyType\":\"SERVICE_CONTROL_POLICY\"}",
		"InvalidInputException", "INVALID_ENUM:POLICY_TYPE");
	ok("ListAccountsWithInvalidEffectivePolicy", "{\"PolicyType\":\"TAG_POLICY\"}");
	assert_int_equal(val_count(at("Accounts")), 0);
	ok("ListEffectivePolicyValidationErrors",
	   "{\"PolicyType\":\"TAG_POLICY\",\"AccountId\":\"333333333333\"}");
	assert_int_equal(val_count(at("EffectivePolicyValidationErrors")), 0);
}

static void test_control_operators_reach_down(void **state)
{
	(void)state;
	ok("EnablePolicyType", J("{\"RootId\":\"%s\",\"PolicyType\":\"TAG_POLICY\"}", root_id()));
	/* Only appending is left to children, everywhere below "tags"; two of one level are free. */
	attach("AttachPolicy",
	       management_policy("TAG_POLICY", "a",
				 "{\"tags\":{\"@@operators_allowed_for_child_policies\":"
				 "[\"@@append\"],\"x\":{\"tag_value\":{\"@@assign\":[\"1\"]}}}}"),
	       root_id());
	attach("AttachPolicy",
	       management_policy("TAG_POLICY", "b",
				 "{\"tags\":{\"x\":{\"tag_value\":{\"@@assign\":[\"2\"]}}}}"),
	       root_id());
	attach("AttachPolicy",
	       management_policy("TAG_POLICY", "c",
				 "{\"tags\":{\"x\":{\"tag_value\":{\"@@append\":[\"3\"]}},"
				 "\"y\":{\"tag_value\":{\"@@assign\":[\"4\"]}}}}"),
	       unit_id("Production"));
	effective("{\"tags\":{\"x\":{\"tag_value\":[\"2\",\"3\"]}}}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SMALL(test_read),
		WITH_SMALL(test_create),
		WITH_SMALL(test_resource_control_policies_only_deny),
		WITH_SMALL(test_sizes),
		WITH_SMALL(test_update),
		WITH_SMALL(test_attach),
		WITH_SMALL(test_ten_at_most),
		WITH_SMALL(test_attached_policies_bind),
		WITH_SMALL(test_policy_types),
		WITH_SMALL(test_inheritance),
		WITH_SMALL(test_control_operators_reach_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
