/* Documents: where a refusal points, what AWS would say, and what is kept. */

#include "policy-test.h"

#include "base/buf.h"
#include "base/limits.h"
#include "policy/policy-private.h"

static void assert_str(struct str s, const char *want)
{
	if (!str_eqz(s, want))
		fail_msg("'%.*s' is not '%s'", STR_ARG(s), want);
}

static const struct {
	enum policy_kind kind;
	const char *text;
	uint32_t line, col;
	const char *aws;
	const char *ours; /* a part of our own words */
} refusals[] = {
	{POLICY_IDENTITY, "{\n \"Statement\": [}\n", 2, 16, "Syntax errors in policy.", ""},
	{POLICY_IDENTITY,
	 "{\"Statement\":{\"Effect\":\"Allow\",\n\"Acton\":\"*\",\"Resource\":\"*\"}}", 2, 1,
	 "Syntax errors in policy.", "unknown element 'Acton'"},
	{POLICY_IDENTITY,
	 "{\"Statement\":[\n{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"},\n"
	 "{\"Effect\":\"Allow\",\"Resource\":\"*\"}]}",
	 3, 1, "Policy statement must contain actions.", "no Action"},
	{POLICY_IDENTITY,
	 "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":[\"s3:*\",\n  "
	 "\"iam\"],\"Resource\":\"*\"}}",
	 2, 3, "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
	 "'iam'"},
	{POLICY_IDENTITY,
	 "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\",\n\"Principal\":"
	 "\"*\"}}",
	 2, 1, "Policy document should not specify a principal.", "Principal"},
	{POLICY_IDENTITY,
	 "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\n \"Resource\":\"b\"}}", 2, 13,
	 "Resource b must be in ARN format or \"*\".", "'b'"},
	{POLICY_IDENTITY,
	 "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\n "
	 "\"Resource\":\"a:b:c:d:e:f:g:h\"}}",
	 2, 13, "Partition \"b\" is not valid for resource \"arn:b:c:d:e:f:g:h\".", "partition"},
	{POLICY_IDENTITY,
	 "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\n \"Resource\":\"a:bsd\"}}", 2, 13,
	 "Partition \"bsd\" is not valid for resource \"arn:bsd:*:*:*:*\".", "partition"},
	{POLICY_IDENTITY,
	 "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\n \"Resource\":\"aws:s3:::b\"}}",
	 2, 13, "Partition \"s3\" is not valid for resource \"arn:s3:::b:*\".", "partition"},
	{POLICY_IDENTITY,
	 "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\n "
	 "\"Resource\":\"arn:aws:iam:us-east-1::b\"}}",
	 2, 13, "IAM resource arn:aws:iam:us-east-1::b cannot contain region information.",
	 "Region"},
	{POLICY_IDENTITY,
	 "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\n "
	 "\"Resource\":\"arn:aws:s3:us-east-1::b\"}}",
	 2, 13, "Resource arn:aws:s3:us-east-1::b can not contain region information.", "Region"},
	{POLICY_IDENTITY,
	 "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"a a:x\",\"Resource\":\"*\"}}", 1, 41,
	 "Vendor a a is not valid", "'a a'"},
	{POLICY_IDENTITY,
	 "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*:Untag*\",\"Resource\":\"*\"}}", 1, 41,
	 "Action vendors (e.g., aws, ec2, etc.) must not contain wildcards", "'*'"},
	{POLICY_IDENTITY,
	 "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":\n"
	 "{\"StringEqual\":{\"a\":\"b\"}}}}",
	 2, 2, "Syntax errors in policy.", "'StringEqual'"},
	{POLICY_IDENTITY,
	 "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":\n"
	 "{\"IpAddress\":{\"aws:SourceIp\":[\"192.0.2.0/24\",\"192.0.2.0/33\"]}}}}",
	 2, 46, "The policy failed legacy parsing", "192.0.2.0/33"},
	{POLICY_SCP,
	 "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\",\"Principal\":"
	 "\"*\"}}",
	 1, 60,
	 "The provided policy document does not meet the requirements of the specified policy "
	 "type.",
	 "Principal"},
	{POLICY_RCP,
	 "{\"Statement\":{\"Effect\":\"Deny\",\"Principal\":\"*\",\"Action\":\"*\",\"Resource\":\"*"
	 "\"}}",
	 1, 56,
	 "The provided policy document does not meet the requirements of the specified policy "
	 "type.",
	 "RCPFullAWSAccess"},
};

static void test_refusals(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
		struct err err = parse_refused(refusals[i].text, refusals[i].kind);
		const char *aws = policy_aws_message(&err);
		bool organizations = refusals[i].kind >= POLICY_SCP;
		if (err.line != refusals[i].line || err.col != refusals[i].col)
			fail_msg("%zu: %u:%u: %s", i, err.line, err.col, err.message);
		assert_int_equal(err.kind, ERR_INPUT);
		assert_string_equal(err.path, "test");
		assert_string_equal(aws, refusals[i].aws);
		if (!strstr(err.message, refusals[i].ours))
			fail_msg("%zu: %s", i, err.message);
		assert_string_equal(err.aws_code, organizations ? "MalformedPolicyDocumentException"
								: "MalformedPolicyDocument");
	}
}

/* With two faults AWS names one of them, always the same. */
static void test_order_of_checks(void **state)
{
	static const struct {
		const char *statement, *aws;
	} cases[] = {
		{"{\"Effect\":\"denY\",\"Resource\":\"x\"}", "The policy failed legacy parsing"},
		{"{\"Effect\":\"Allow\",\"Action\":\"s:3:x\",\"Resource\":\"x\"}",
		 "Resource x must be in ARN format or \"*\"."},
		{"{\"Effect\":\"Allow\",\"Action\":\"x\"}",
		 "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."},
		{"{\"Effect\":\"Allow\"}", "Policy statement must contain actions."},
		{"{\"Sid\":\"a\",\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"},{"
		 "\"Sid\":\"a\","
		 "\"Effect\":\"Allow\"}",
		 "Statement IDs (SID) in a single policy must be unique."},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct str doc = arena_printf(A, "{\"Statement\":[%s]}", cases[i].statement);
		struct err err = parse_refused(doc.p, POLICY_IDENTITY);
		assert_string_equal(policy_aws_message(&err), cases[i].aws);
	}
}

static void test_kept(void **state)
{
	const char *text = "{\"Version\":\"2012-10-17\",\"Id\":\"i\",\"Statement\":[\n"
			   "{\"Sid\":\"One\",\"Effect\":\"Allow\",\"Action\":[\"IAM:List*\",\"*\"],"
			   "\"Resource\":\"*\"},\n\n"
			   "  {\"Effect\":\"Deny\",\"NotAction\":\"s3:GetObject\","
			   "\"NotResource\":\"arn:aws:s3:::${aws:username}/?\"}]}";
	struct policy *p = parse_ok(text, POLICY_IDENTITY);
	(void)state;
	assert_str(policy_name(p), "test");
	assert_int_equal(policy_kind_of(p), POLICY_IDENTITY);
	assert_string_equal(policy_version(p), "2012-10-17");
	assert_int_equal(p->n, 2);
	assert_str(p->statements[0].sid, "One");
	assert_int_equal(p->statements[0].line, 2);
	assert_int_equal(p->statements[0].col, 1);
	assert_int_equal(p->statements[0].nactions, 2);
	assert_str(action_service(&p->statements[0].actions[0]), "iam");
	assert_str(action_name(&p->statements[0].actions[0]), "list");
	assert_int_equal(p->statements[0].actions[1].kind, ACTION_ALL);
	assert_int_equal(p->statements[1].line, 4);
	assert_int_equal(p->statements[1].col, 3);
	assert_true(p->statements[1].deny && p->statements[1].not_action);
	assert_int_equal(p->statements[1].resources[0].kind, PATTERN_VARIABLE);
	assert_int_equal(p->statements[1].resources[0].nparts, 3);
	p = parse_ok("{\"Statement\":{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"}}",
		     POLICY_SCP);
	assert_string_equal(policy_version(p), "2008-10-17");
	assert_true(str_is_null(p->statements[0].sid));
}

/* The arena holds all; the text may go. */
static void test_copies(void **state)
{
	char text[] =
		"{\"Version\":\"2012-10-17\",\"Statement\":{\"Sid\":\"S\",\"Effect\":\"Allow\","
		"\"Action\":\"s3:Get*\",\"Resource\":\"arn:aws:s3:::b\",\"Condition\":{"
		"\"StringEquals\":{\"x:a\":\"v\"},\"NumericEquals\":{\"x:n\":\"5\"},"
		"\"ArnLike\":{\"x:r\":\"arn:aws:s3:::*\"}}}}";
	char name[] = "name";
	struct err err = {0};
	(void)state;
	struct policy *p = policy_parse(str_of(text), POLICY_IDENTITY, str_of(name), A, &err);
	assert_non_null(p);
	memset(text, 'x', sizeof(text));
	memset(name, 'x', sizeof(name));
	const struct statement *s = &p->statements[0];
	assert_str(p->name, "name");
	assert_str(s->sid, "S");
	assert_str(s->resources[0].text, "arn:aws:s3:::b");
	assert_str(s->conditions[0].key, "x:a");
	assert_str(s->conditions[0].values[0].pattern.text, "v");
	assert_str(s->conditions[1].values[0].u.number.digits, "5");
	assert_str(s->conditions[2].values[0].u.arn[2].text, "s3");
}

/* Documents that AWS has are read although it would not take them any more, or not yet. */
static void test_that_aws_has(void **state)
{
	static const struct {
		enum policy_kind kind;
		const char *text;
	} refused[] = {
		{POLICY_RCP, "{\"Statement\":{\"Effect\":\"Deny\",\"Principal\":\"*\",\"Action\":"
			     "\"nextyear:*\",\"Resource\":\"*\"}}"},
		{POLICY_IDENTITY, "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"iam:Get*\","
				  "\"Resource\":\"arn:aws:iam::111122223333:newthing\"}}"},
		{POLICY_IDENTITY, "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"s3:Get*\","
				  "\"Resource\":\"arn:aws:s3:us-east-1:111122223333:newthing\"}}"},
		{POLICY_SCP, "{\"Statement\":{\"Effect\":\"Deny\",\"Action\":\"*:Untag*\","
			     "\"Resource\":\"*\"}}"},
	};
	struct err err = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		struct str text = str_of(refused[i].text);

		assert_null(policy_parse(text, refused[i].kind, STR("new"), A, &err));
		assert_non_null(policy_parse_kept(text, refused[i].kind, STR("kept"), A, &err));
	}
	/* Not what is no policy. */
	assert_null(policy_parse_kept(STR("{\"Statement\":{\"Effect\":\"Maybe\"}}"), POLICY_SCP,
				      STR("kept"), A, &err));
}

static void test_full_access_rcp(void **state)
{
	const char *text = "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\","
			   "\"Principal\":\"*\",\"Action\":\"*\",\"Resource\":\"*\"}}";
	struct err err = {0};
	(void)state;
	assert_non_null(policy_parse(str_of(text), POLICY_RCP, STR("RCPFullAWSAccess"), A, &err));
	assert_non_null(policy_parse(str_of(text), POLICY_RCP, STR("p-RCPFullAWSAccess"), A, &err));
	parse_refused(text, POLICY_RCP);
}

static void test_too_big(void **state)
{
	struct err err = {0};
	struct buf b = BUF_INIT(LIMIT_POLICY_BYTES + 1000);
	(void)state;
	buf_addn(&b, ' ', LIMIT_POLICY_BYTES + 1);
	assert_null(policy_parse(buf_str(&b), POLICY_IDENTITY, STR("big"), A, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	buf_release(&b);
}

/* Ten megabytes of statements, of values, of one string: bounded memory and time. */
static void test_big(void **state)
{
	static const char st[] = "{\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\"*\"}";
	struct buf b = BUF_INIT(LIMIT_POLICY_BYTES);
	struct err err = {0};
	(void)state;
	buf_addz(&b, "{\"Statement\":[");
	while (b.n + sizeof(st) + 3 < (1u << 20)) {
		buf_addz(&b, st);
		buf_addc(&b, ',');
	}
	buf_addz(&b, st);
	buf_addz(&b, "]}");
	struct policy *p = policy_parse(buf_str(&b), POLICY_IDENTITY, STR("big"), A, &err);
	assert_non_null(p);
	assert_true(p->n > 15000);
	buf_reset(&b);
	buf_addz(&b, "{\"Statement\":[");
	for (int i = 0; i < 50000; i++)
		buf_addf(&b, "%s{\"Sid\":\"s%d\",%s", i ? "," : "", i, st + 1);
	buf_addz(&b, "]}");
	assert_non_null(policy_parse(buf_str(&b), POLICY_IDENTITY, STR("sids"), A, &err));
	buf_reset(&b);
	buf_addz(&b, "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"s3:");
	buf_addn(&b, '*', 9000000);
	buf_addz(&b, "\",\"Resource\":\"*\"}}");
	assert_non_null(policy_parse(buf_str(&b), POLICY_IDENTITY, STR("big"), A, &err));
	buf_reset(&b);
	buf_addn(&b, '[', 9000000);
	assert_null(policy_parse(buf_str(&b), POLICY_IDENTITY, STR("deep"), A, &err));
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_refusals),
		TEST(test_order_of_checks),
		TEST(test_kept),
		TEST(test_copies),
		TEST(test_full_access_rcp),
		TEST(test_that_aws_has),
		TEST(test_too_big),
		TEST(test_big),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
