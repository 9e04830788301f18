/* What AWS says about values that break a constraint. */

#include "wire-test.h"

static struct violation V[32];
static size_t N;

static struct str told(const char *service, const char *op, const char *input)
{
	N = api_validate(api_op_of(service, op), json(input), A, V, ARRAY_SIZE(V));
	return api_violations_text(V, N, A);
}

static void test_value(void **state)
{
	(void)state;
	/* From an answer of AWS. */
	assert_str(
		told("sts", "AssumeRoot",
		     "{\"TargetPrincipal\":\"123456789012\",\"DurationSeconds\":901,"
		     "\"TaskPolicyArn\":{\"arn\":\"arn:aws:iam::aws:policy/root-task/X\"}}"),
		"1 validation error detected: Value '901' at 'durationSeconds' failed to satisfy "
		"constraint: Member must have value less than or equal to 900");
	assert_int_equal(V[0].kind, VIOLATION_MAX_VALUE);
	assert_str(V[0].path, "DurationSeconds");
	told("sts", "AssumeRoot",
	     "{\"TargetPrincipal\":\"123456789012\",\"DurationSeconds\":0,"
	     "\"TaskPolicyArn\":{\"arn\":\"arn:aws:iam::aws:policy/root-task/X\"}}");
	assert_int_equal(N, 0);
	assert_str(told("sts", "GetSessionToken", "{\"DurationSeconds\":0}"),
		   "1 validation error detected: Value '0' at 'durationSeconds' failed to satisfy "
		   "constraint: Member must have value greater than or equal to 900");
}

static void test_null(void **state)
{
	(void)state;
	/* From an answer of AWS: an empty structure never travels in a query, so it is null. */
	assert_str(told("sts", "AssumeRoot", "{\"TargetPrincipal\":\"123456789012\"}"),
		   "1 validation error detected: Value null at 'taskPolicyArn' failed to satisfy "
		   "constraint: Member must not be null");
	assert_int_equal(V[0].kind, VIOLATION_REQUIRED);
	assert_null(V[0].value);
	told("organizations", "TagResource", "{\"ResourceId\":\"123456789012\",\"Tags\":[]}");
	assert_int_equal(N, 0);
	told("organizations", "TagResource", "{\"ResourceId\":\"123456789012\"}");
	assert_str(V[0].path, "Tags");
	told("organizations", "TagResource", "{\"ResourceId\":\"123456789012\",\"Tags\":null}");
	assert_str(V[0].path, "Tags");
	told("organizations", "TagResource",
	     "{\"ResourceId\":\"123456789012\",\"Tags\":[{\"Key\":\"rejected\",\"Value\":null}]}");
	assert_int_equal(N, 1);
	assert_int_equal(V[0].kind, VIOLATION_REQUIRED);
	assert_str(V[0].path, "Tags.1.Value");
	told("organizations", "TagResource", "{\"ResourceId\":\"123456789012\",\"Tags\":[null]}");
	assert_str(V[0].path, "Tags.1");
}

static struct str repeated(const char *character, size_t n)
{
	struct buf b = BUF_INIT(MIB(1));

	for (size_t i = 0; i < n; i++)
		(void)buf_addz(&b, character);
	struct str s = arena_str(A, buf_str(&b));
	buf_release(&b);
	return s;
}

static size_t violations_of_tag(struct str key, struct str value)
{
	struct val *in = val_object(A), *tag = val_object(A);

	(void)val_set_z(A, in, "ResourceId", "123456789012");
	(void)val_append(val_setz(in, "Tags", val_list(A)), tag);
	(void)val_set_str(A, tag, "Key", key);
	(void)val_set_str(A, tag, "Value", value);
	N = api_validate(api_op_of("organizations", "TagResource"), in, A, V, ARRAY_SIZE(V));
	return N;
}

static void test_limits_count_characters(void **state)
{
	(void)state;
	assert_int_equal(violations_of_tag(repeated("é", 128), repeated("é", 256)), 0);
	assert_int_equal(violations_of_tag(repeated("é", 129), repeated("é", 256)), 1);
	assert_str(V[0].path, "Tags.1.Key");
	assert_int_equal(V[0].kind, VIOLATION_MAX_LENGTH);
	assert_int_equal(violations_of_tag(repeated("é", 1), repeated("é", 257)), 1);
	assert_str(V[0].path, "Tags.1.Value");
	assert_int_equal(violations_of_tag(STR(""), STR("")), 1);
	assert_int_equal(V[0].kind, VIOLATION_MIN_LENGTH);
}

static void test_structures_in_lists(void **state)
{
	(void)state;
	assert_str(
		told("iam", "TagUser",
		     "{\"UserName\":\"u\",\"Tags\":[{\"Key\":\"ok\",\"Value\":\"ok\"},"
		     "{\"Key\":\"#￥%\",\"Value\":\"@#$\"}]}"),
		"2 validation errors detected: Value '#￥%' at 'tags.2.member.key' failed to "
		"satisfy constraint: Member must satisfy regular expression pattern: "
		"[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+; Value '@#$' at 'tags.2.member.value' failed to "
		"satisfy constraint: Member must satisfy regular expression pattern: "
		"[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*");
}

static void test_plain_elements(void **state)
{
	(void)state;
	assert_str(told("iam", "UntagUser", "{\"UserName\":\"u\",\"TagKeys\":[\"ok\",\"#\",\"\"]}"),
		   "1 validation error detected: Value '[ok, #, ]' at 'tagKeys' failed to satisfy "
		   "constraint: Member must satisfy constraint: [Member must have length less than "
		   "or equal to 128, Member must have length greater than or equal to 1, Member "
		   "must satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+]");
	/* Each keeps its own path all the same. */
	assert_int_equal(N, 3);
	assert_str(V[0].path, "TagKeys.2");
	assert_str(V[1].path, "TagKeys.3");
}

static void test_enum(void **state)
{
	(void)state;
	assert_str(told("iam", "UpdateAccessKey",
			"{\"AccessKeyId\":\"AKIAIOSFODNN7EXAMPLE\",\"Status\":\"Sleeping\"}"),
		   "1 validation error detected: Value 'Sleeping' at 'status' failed to satisfy "
		   "constraint: Member must satisfy enum value set: [Active, Inactive, Expired]");
}

static void test_several(void **state)
{
	(void)state;
	assert_str(
		told("iam", "CreateUser", "{\"UserName\":\"\"}"),
		"2 validation errors detected: Value '' at 'userName' failed to satisfy "
		"constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]+; Value "
		"'' at 'userName' failed to satisfy constraint: Member must have length greater "
		"than or equal to 1");
}

static void test_sensitive(void **state)
{
	struct str text;

	(void)state;
	text = told("iam", "CreateLoginProfile",
		    "{\"UserName\":\"u\",\"Password\":\"geheim\\u0001\"}");
	assert_str(text, "1 validation error detected: Value at 'password' failed to satisfy "
			 "constraint: Member must satisfy regular expression pattern: "
			 "[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+");
	assert_int_equal(str_find(text, STR("geheim")), -1);
}

static void test_at_most(void **state)
{
	struct violation one[1];

	(void)state;
	assert_int_equal(api_validate(api_op_of("iam", "CreateRole"), json("{}"), A, one, 1), 1);
	assert_str(one[0].path, "RoleName");
	assert_int_equal(api_validate(api_op_of("iam", "GetAccountSummary"), json("{}"), A, one, 1),
			 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_value),
		TEST(test_null),
		TEST(test_limits_count_characters),
		TEST(test_structures_in_lists),
		TEST(test_plain_elements),
		TEST(test_enum),
		TEST(test_several),
		TEST(test_sensitive),
		TEST(test_at_most),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
