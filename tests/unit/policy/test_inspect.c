/* What stands in a policy: places of statements as AWS counts them, keys, typed values. */

#include "policy-test.h"

#include "policy/inspect.h"

/* ---- places ---- */

/* "LINE:COLUMN-LINE:COLUMN …" of the statements. */
static const char *places(const char *text)
{
	size_t n;
	struct policy_span *v = policy_spans(str_of(text), A, &n);
	struct str s = STR("");

	for (size_t i = 0; i < n; i++)
		s = arena_printf(A, "%.*s%s%u:%u-%u:%u", STR_ARG(s), i ? " " : "", v[i].start.line,
				 v[i].start.column, v[i].end.line, v[i].end.column);
	return s.n ? s.p : "";
}

/* The positions of AWS's own examples, on the documents that they are of. */
static void test_places_are_those_of_aws(void **state)
{
	(void)state;
	/* aws iam simulate-custom-policy, example 1 */
	assert_string_equal(
		places("{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":"
		       "\"dynamodb:*\",\"Resource\":\"*\",\"Condition\":{\"DateGreaterThan\":"
		       "{\"aws:CurrentTime\":\"2018-08-16T12:00:00Z\"}}}}"),
		"1:38-1:167");
	/* SimulatePrincipalPolicy, example 1 */
	assert_string_equal(places("{\n"
				   "  \"Version\":\"2012-10-17\",\n"
				   "  \"Statement\":{\n"
				   "    \"Effect\":\"Allow\",\n"
				   "    \"Action\":\"s3:PutObject\",\n"
				   "    \"Resource\":\"arn:aws:s3:::my-test-bucket\"\n"
				   "  }\n"
				   "}"),
			    "3:16-7:4");
	/* AdministratorAccess in many answers */
	assert_string_equal(places("{\n"
				   "  \"Version\": \"2012-10-17\",\n"
				   "  \"Statement\": [\n"
				   "    {\n"
				   "      \"Effect\": \"Allow\",\n"
				   "      \"Action\": \"*\",\n"
				   "      \"Resource\": \"*\"\n"
				   "    }\n"
				   "  ]\n"
				   "}"),
			    "3:17-8:6");
}

/* The next statement begins where the one before ended: seen as 38-248, 248-470. */
static void test_statements_follow_each_other(void **state)
{
	(void)state;
	assert_string_equal(places("{\"Statement\":[{\"a\":1},{\"b\":[{}]} , {}]}"),
			    "1:15-1:22 1:22-1:33 1:33-1:38");
	assert_string_equal(places("{\"Statement\": [ {\n} , {\n\n} ] }"), "1:16-2:2 2:2-4:2");
}

static void test_places_pass_over_texts(void **state)
{
	(void)state;
	/* braces, quotes and other names in strings */
	assert_string_equal(
		places("{\"Id\":\"Statement\",\"Statement\":[{\"a}\":\"{\\\"}\\\\\"}]}"),
		"1:32-1:47");
	assert_string_equal(places("{\"St\\u0061tement\":[{}]}"), "1:20-1:22");
	/* Columns are UTF-16 units: é is one, an emoji two. */
	assert_string_equal(places("{\"Id\":\"\u00e9\",\"Statement\":[{}]}"), "1:24-1:26");
	assert_string_equal(places("{\"Id\":\"\U0001F600\",\"Statement\":[{}]}"), "1:25-1:27");
	/* Lines end in each of the three ways. */
	assert_string_equal(places("{\r\n\"Statement\":[\r\n{\r\n}]}"), "2:14-4:2");
	assert_string_equal(places("{\r\"Statement\":[\r{\r}]}"), "2:14-4:2");
}

static void test_what_is_no_policy_has_no_places(void **state)
{
	(void)state;
	assert_string_equal(places(""), "");
	assert_string_equal(places("{"), "");
	assert_string_equal(places("[]"), "");
	assert_string_equal(places("{\"Statement\":\"{}\"}"), "");
	assert_string_equal(places("{\"Statement\":[]}"), "");
}

/* ---- statements that apply ---- */

#define ALLOW(action) "{\"Effect\":\"Allow\",\"Action\":\"" action "\",\"Resource\":\"*\"}"
#define DENY(action) "{\"Effect\":\"Deny\",\"Action\":\"" action "\",\"Resource\":\"*\"}"
#define POLICY(statements) "{\"Version\":\"2012-10-17\",\"Statement\":[" statements "]}"

static const char *matching(const char *text, enum policy_kind kind, bool deny,
			    const struct policy_request *req)
{
	const struct policy *p = parse_ok(text, kind);
	size_t *v = arena_calloc(A, policy_statements(p), sizeof(*v));
	size_t n = policy_matching(p, deny, req, v);
	struct str s = STR("");

	for (size_t i = 0; i < n; i++)
		s = arena_printf(A, "%.*s%zu", STR_ARG(s), v[i]);
	return s.n ? s.p : "";
}

static const struct policy_request get = {.principal = {"arn:aws:iam::111122223333:user/ann", 34},
					  .action = {"s3:GetObject", 12},
					  .resource = {"arn:aws:s3:::b/k", 16}};

static void test_all_that_apply_are_found(void **state)
{
	const char *text = POLICY(
		ALLOW("s3:*") "," DENY("s3:Get*") "," ALLOW("sqs:*") "," ALLOW("*") "," DENY("*"));
	struct policy_request impossible = get;

	(void)state;
	assert_int_equal(policy_statements(parse_ok(text, POLICY_IDENTITY)), 5);
	assert_string_equal(matching(text, POLICY_IDENTITY, false, &get), "03");
	assert_string_equal(matching(text, POLICY_IDENTITY, true, &get), "14");
	impossible.action = STR("GetObject");
	assert_string_equal(matching(text, POLICY_IDENTITY, false, &impossible), "");
}

static void test_principals_and_conditions_count(void **state)
{
	const char *resource = POLICY(
		"{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\",\"Principal\":{\"AWS\":"
		"\"arn:aws:iam::111122223333:user/bob\"}},{\"Effect\":\"Allow\",\"Action\":\"*\","
		"\"Resource\":\"*\",\"Principal\":{\"AWS\":\"111122223333\"}}");
	const char *conditional = POLICY(
		"{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{"
		"\"StringEquals\":{\"aws:username\":\"bob\"}}},{\"Effect\":\"Allow\",\"Action\":"
		"\"*\",\"Resource\":\"*\",\"Condition\":{\"StringEquals\":{\"aws:username\":"
		"\"ann\"}}}");

	(void)state;
	assert_string_equal(matching(resource, POLICY_RESOURCE, false, &get), "1");
	assert_string_equal(matching(conditional, POLICY_IDENTITY, false, &get), "1");
}

/* ---- keys and values ---- */

static void test_keys_that_a_request_has(void **state)
{
	const struct str value = STR("v");
	const struct policy_key keys[] = {
		{STR("aws:SourceIp"), {&value, 1, false}},
		{STR("aws:TagKeys"), {&value, 1, true}},
		{STR("aws:username"), {NULL, 0, true}}, /* taken away */
	};
	struct policy_request req = get;

	(void)state;
	assert_true(policy_request_has(&req, STR("aws:username")));
	assert_true(policy_request_has(&req, STR("AWS:PRINCIPALARN")));
	assert_false(policy_request_has(&req, STR("aws:SourceIp")));
	req.keys = keys;
	req.nkeys = 3;
	assert_true(policy_request_has(&req, STR("aws:sourceip")));
	assert_true(policy_request_has(&req, STR("aws:TagKeys")));
	assert_false(policy_request_has(&req, STR("aws:username")));
	req.action = STR_NULL;
	assert_true(policy_request_has(&req, STR("aws:SourceIp")));
}

static void test_values_fit_their_types(void **state)
{
	static const struct {
		const char *text;
		enum policy_value_type type;
		bool fits;
	} cases[] = {
		{"", POLICY_VALUE_STRING, true},
		{"1.5", POLICY_VALUE_NUMERIC, true},
		{"1e3x", POLICY_VALUE_NUMERIC, false},
		{"", POLICY_VALUE_NUMERIC, false},
		{"True", POLICY_VALUE_BOOLEAN, true},
		{"yes", POLICY_VALUE_BOOLEAN, false},
		{"192.0.2.1", POLICY_VALUE_IP, true},
		{"2001:db8::1", POLICY_VALUE_IP, true},
		{"192.0.2.0/24", POLICY_VALUE_IP, false},
		{"2026-11-30T00:00:00Z", POLICY_VALUE_DATE, true},
		{"1795000000", POLICY_VALUE_DATE, true},
		{"tomorrow", POLICY_VALUE_DATE, false},
		{"aGk=", POLICY_VALUE_BINARY, true},
		{"aGk", POLICY_VALUE_BINARY, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (policy_value_fits(str_of(cases[i].text), cases[i].type) != cases[i].fits)
			fail_msg("'%s' as type %d", cases[i].text, (int)cases[i].type);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_places_are_those_of_aws),  TEST(test_statements_follow_each_other),
		TEST(test_places_pass_over_texts),   TEST(test_what_is_no_policy_has_no_places),
		TEST(test_all_that_apply_are_found), TEST(test_principals_and_conditions_count),
		TEST(test_keys_that_a_request_has),  TEST(test_values_fit_their_types),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
