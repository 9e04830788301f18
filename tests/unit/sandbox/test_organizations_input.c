#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "fixture.h"
#include "organizations-calls.h"

/* n times "é": AWS counts characters, not bytes. */
static const char *accents(size_t n)
{
	char *p = arena_alloc(f.a, n * 2 + 1);

	for (size_t i = 0; i < n; i++) {
		p[i * 2] = (char)0xC3;
		p[i * 2 + 1] = (char)0xA9;
	}
	return p;
}

static void test_reasons(void **state)
{
	static const struct {
		const char *op, *json, *reason;
	} cases[] = {
		{"DescribeAccount", "{}", "INPUT_REQUIRED:ACCOUNT_ID"},
		{"DescribeAccount", "{\"AccountId\":null}", "INPUT_REQUIRED:ACCOUNT_ID"},
		{"DescribeAccount", "{\"AccountId\":\"1\"}", "INVALID_PATTERN:ACCOUNT_ID"},
		{"DescribeAccount", "{\"AccountId\":\"\"}", "INVALID_PATTERN:ACCOUNT_ID"},
		{"DescribeAccount", "{\"AccountId\":\"1111111111111\"}",
		 "MAX_LENGTH_EXCEEDED:ACCOUNT_ID"},
		{"DescribeOrganizationalUnit", "{\"OrganizationalUnitId\":\"invalid\"}",
		 "INVALID_PATTERN:ORGANIZATIONAL_UNIT_ID"},
		{"ListAccounts", "{\"MaxResults\":0}", "MIN_VALUE_EXCEEDED:MAX_RESULTS"},
		{"ListAccounts", "{\"MaxResults\":21}", "MAX_VALUE_EXCEEDED:MAX_RESULTS"},
		{"ListAccounts", "{\"MaxResults\":-1}", "MIN_VALUE_EXCEEDED:MAX_RESULTS"},
		{"ListAccounts", "{\"NextToken\":\"\"}", "INVALID_NEXT_TOKEN"},
		{"ListAccounts", "{\"NextToken\":\"bm9uc2Vuc2U=\"}", "INVALID_NEXT_TOKEN"},
		{"ListChildren", "{\"ParentId\":\"x\",\"ChildType\":\"ACCOUNT\"}",
		 "INVALID_PATTERN:PARENT_ID"},
		{"CreateAccount", "{\"AccountName\":\"a\",\"Email\":\"a@b\"}",
		 "MIN_LENGTH_EXCEEDED:EMAIL"},
		{"CreateAccount", "{\"AccountName\":\"a\",\"Email\":\"no-address\"}",
		 "INVALID_PATTERN:EMAIL"},
		{"CreateAccount", "{\"AccountName\":\"予約\",\"Email\":\"a@example.com\"}",
		 "INVALID_PATTERN:ACCOUNT_NAME"},
		{"CreateAccount",
		 "{\"AccountName\":\"a\",\"Email\":\"a@example.com\",\"IamUserAccessToBilling\":"
		 "\"MAYBE\"}",
		 "INVALID_ENUM:IAM_USER_ACCESS_TO_BILLING"},
		{"CreateOrganization", "{\"FeatureSet\":\"SOME\"}", "INVALID_ENUM:FEATURE_SET"},
		{"ListCreateAccountStatus", "{\"States\":[\"DONE\"]}",
		 "INVALID_ENUM:STATES_1_MEMBER"},
		{"ListHandshakesForAccount", "{\"Filter\":{\"ActionType\":\"X\"}}",
		 "INVALID_ENUM:FILTER_ACTION_TYPE"},
		{"UntagResource", "{\"ResourceId\":\"333333333333\"}", "INPUT_REQUIRED:TAG_KEYS"},
		{"UntagResource", "{\"ResourceId\":\"333333333333\",\"TagKeys\":[\"a\",\"\"]}",
		 "MIN_LENGTH_EXCEEDED:TAG_KEYS_2_MEMBER"},
		{"TagResource", "{\"ResourceId\":\"333333333333\",\"Tags\":[{\"Value\":\"v\"}]}",
		 "INPUT_REQUIRED:TAGS_1_MEMBER_KEY"},
		{"TagResource",
		 "{\"ResourceId\":\"333333333333\",\"Tags\":[{\"Key\":\"a\",\"Value\":\"\"},"
		 "{\"Key\":\"b\"}]}",
		 "INPUT_REQUIRED:TAGS_2_MEMBER_VALUE"},
		{"TagResource", "{\"ResourceId\":\"x\",\"Tags\":[]}",
		 "INVALID_PATTERN:RESOURCE_ID"},
		{"TagResource",
		 "{\"ResourceId\":\"333333333333\",\"Tags\":[{\"Key\":\"a!\",\"Value\":\"\"}]}",
		 "INVALID_PATTERN:TAGS_1_MEMBER_KEY"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		refused(cases[i].op, cases[i].json, "InvalidInputException", cases[i].reason);
}

static void test_sentences(void **state)
{
	(void)state;
	refused("DescribeAccount", "{\"AccountId\":\"1\"}", "InvalidInputException", NULL);
	assert_true(str_eqz(f.fault.message,
			    "You provided a value that does not match the required pattern."));
	refused("ListPolicies", "{\"Filter\":\"X\"}", "InvalidInputException", NULL);
	assert_true(str_eqz(f.fault.message, "You specified an invalid value."));
}

static void test_limits_count_characters(void **state)
{
	const char *id = unit_id("Workloads"), *policy = new_scp("mine");

	(void)state;
	ok("UpdateOrganizationalUnit",
	   J("{\"OrganizationalUnitId\":\"%s\",\"Name\":\"%s\"}", id, accents(128)));
	refused("UpdateOrganizationalUnit",
		J("{\"OrganizationalUnitId\":\"%s\",\"Name\":\"%s\"}", id, accents(129)),
		"InvalidInputException", "MAX_LENGTH_EXCEEDED:NAME");
	refused("UpdateOrganizationalUnit",
		J("{\"OrganizationalUnitId\":\"%s\",\"Name\":\"\"}", id), "InvalidInputException",
		"MIN_LENGTH_EXCEEDED:NAME");
	ok("UpdatePolicy", J("{\"PolicyId\":\"%s\",\"Description\":\"%s\"}", policy, accents(512)));
	refused("UpdatePolicy",
		J("{\"PolicyId\":\"%s\",\"Description\":\"%s\"}", policy, accents(513)),
		"InvalidInputException", "MAX_LENGTH_EXCEEDED:DESCRIPTION");
	ok("TagResource", J("{\"ResourceId\":\"%s\",\"Tags\":[{\"Key\":\"%s\",\"Value\":\"%s\"}]}",
			    policy, accents(128), accents(256)));
	refused("TagResource",
		J("{\"ResourceId\":\"%s\",\"Tags\":[{\"Key\":\"k\",\"Value\":\"%s\"}]}", policy,
		  accents(257)),
		"InvalidInputException", "MAX_LENGTH_EXCEEDED:TAGS_1_MEMBER_VALUE");
}

/* ---- tags ---- */

static void tags_are(const char *id, const char *expected)
{
	ok("ListTagsForResource", J("{\"ResourceId\":\"%s\"}", id));
	struct str text = json_text(f.a, at("Tags"));
	if (!str_eqz(text, expected))
		fail_msg("expected %s, got %.*s", expected, STR_ARG(text));
}

static void test_tags(void **state)
{
	const char *id = unit_id("Workloads");

	(void)state;
	tags_are(id, "[]");
	ok("TagResource", J("{\"ResourceId\":\"%s\",\"Tags\":[{\"Key\":\"a\",\"Value\":\"1\"},"
			    "{\"Key\":\"b\",\"Value\":\"2\"}]}",
			    id));
	ok("TagResource", J("{\"ResourceId\":\"%s\",\"Tags\":[]}", id));
	ok("TagResource",
	   J("{\"ResourceId\":\"%s\",\"Tags\":[{\"Key\":\"a\",\"Value\":\"\"}]}", id));
	tags_are(id, "[{\"Key\":\"a\",\"Value\":\"\"},{\"Key\":\"b\",\"Value\":\"2\"}]");
	ok("UntagResource", J("{\"ResourceId\":\"%s\",\"TagKeys\":[]}", id));
	ok("UntagResource", J("{\"ResourceId\":\"%s\",\"TagKeys\":[\"missing\",\"a\"]}", id));
	tags_are(id, "[{\"Key\":\"b\",\"Value\":\"2\"}]");

	refused("TagResource",
		J("{\"ResourceId\":\"%s\",\"Tags\":[{\"Key\":\"same\",\"Value\":\"a\"},{\"Key\":"
		  "\"same\",\"Value\":\"b\"}]}",
		  id),
		"InvalidInputException", "DUPLICATE_TAG_KEY");
	refused("TagResource",
		J("{\"ResourceId\":\"%s\",\"Tags\":[{\"Key\":\"aws:x\",\"Value\":\"a\"}]}", id),
		"InvalidInputException", "INVALID_SYSTEM_TAGS_PARAMETER");
	tags_are(id, "[{\"Key\":\"b\",\"Value\":\"2\"}]");
	/* Everything that can have tags. */
	const char *all[] = {root_id(), "333333333333", new_scp("tagged")};
	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		ok("TagResource", J("{\"ResourceId\":\"%s\",\"Tags\":[{\"Key\":\"k\",\"Value\":"
				    "\"v\"}]}",
				    all[i]));
	refused("TagResource", "{\"ResourceId\":\"999999999999\",\"Tags\":[]}",
		"TargetNotFoundException", NULL);
}

static void test_fifty_tags(void **state)
{
	(void)state;
	for (int i = 0; i < 50; i++)
		ok("TagResource", J("{\"ResourceId\":\"444444444444\",\"Tags\":[{\"Key\":\"k%d\","
				    "\"Value\":\"v\"}]}",
				    i));
	ok("TagResource",
	   "{\"ResourceId\":\"444444444444\",\"Tags\":[{\"Key\":\"k7\",\"Value\":\"w\"}]}");
	refused("TagResource",
		"{\"ResourceId\":\"444444444444\",\"Tags\":[{\"Key\":\"k50\",\"Value\":\"v\"}]}",
		"ConstraintViolationException", "MAX_TAG_LIMIT_EXCEEDED");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SMALL(test_reasons),
		WITH_SMALL(test_sentences),
		WITH_SMALL(test_limits_count_characters),
		WITH_SMALL(test_tags),
		WITH_SMALL(test_fifty_tags),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
