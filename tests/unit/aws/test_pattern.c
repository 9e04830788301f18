/*
 * The pattern machine. tests/conformance/test_wire.py holds every pattern of the
 * models against Python's; here are the shapes of it that hurt.
 */

#include "wire-test.h"

#include "aws/api-private.h"
#include "base/clock.h"

static const struct api_shape *shape(const char *service, const char *op, const char *member)
{
	const struct api_member *m = api_member(api_op_of(service, op)->input, str_of(member));

	assert_non_null(m);
	assert_non_null(m->shape->program);
	return m->shape;
}

static bool matches(const struct api_shape *s, const char *text)
{
	return api_pattern_match(s->program, str_of(text));
}

static void test_whole_value(void **state)
{
	/* [\w+=,.@-]+ */
	const struct api_shape *user = shape("iam", "CreateUser", "UserName");

	(void)state;
	assert_true(matches(user, "hanako"));
	assert_true(matches(user, "a+=,.@-_9"));
	assert_false(matches(user, ""));
	assert_false(matches(user, "hanako "));
	assert_false(matches(user, " hanako"));
	assert_false(matches(user, "hanako\n"));
	/* \w is ASCII in Java unless told otherwise. */
	assert_false(matches(user, "花子"));
	assert_false(matches(user, "é"));
}

static void test_alternatives(void **state)
{
	/* ^(\d{12})|(ou-…)$-like: anchors stand in the branches, the whole must match anyway. */
	const struct api_shape *target = shape("organizations", "AttachPolicy", "TargetId");

	(void)state;
	assert_true(matches(target, "123456789012"));
	assert_true(matches(target, "r-ab12"));
	assert_true(matches(target, "ou-ab12-cd345678"));
	assert_false(matches(target, "12345678901"));
	assert_false(matches(target, "1234567890123"));
	assert_false(matches(target, "r-ab12x!"));
	assert_false(matches(target, "r-ab12ou-ab12-cd345678"));
}

static void test_unicode_classes(void **state)
{
	const struct api_shape *tags =
		api_member(api_op_of("iam", "TagUser")->input, STR("Tags"))->shape;
	const struct api_shape *key = api_member(tags->members[0].shape, STR("Key"))->shape;

	(void)state;
	assert_true(matches(key, "製品 名:/=+-@_."));
	assert_true(matches(key, "é\xc2\xa0x")); /* no-break space is a separator */
	assert_false(matches(key, "a\tb"));
	assert_false(matches(key, "💥"));
	assert_false(matches(key, "a\xff"));
}

static void test_look_ahead(void **state)
{
	/* ^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$ */
	const struct api_shape *alias = shape("iam", "CreateAccountAlias", "AccountAlias");

	(void)state;
	assert_true(matches(alias, "my-alias-1"));
	assert_true(matches(alias, "abc"));
	assert_false(matches(alias, "ab--c"));
	assert_false(matches(alias, "-abc"));
	assert_false(matches(alias, "abc-"));
	assert_false(matches(alias, "ab"));
}

static void test_every_character(void **state)
{
	/* [\s\S]* takes what is there, line breaks and all. */
	const struct api_shape *text = shape("organizations", "CreatePolicy", "Description");

	(void)state;
	assert_true(matches(text, ""));
	assert_true(matches(text, "a\n\r\t名💥"));
}

/* What makes a backtracking matcher run for years takes no time here. */
static void test_bounded(void **state)
{
	const struct api_shape *path = shape("iam", "ListUsers", "PathPrefix");
	const struct api_shape *alias = shape("iam", "CreateAccountAlias", "AccountAlias");
	size_t n = 200000;
	char *text = arena_alloc(A, n + 1);

	(void)state;
	memset(text, '-', n);
	assert_false(api_pattern_match(alias->program, str_ofn(text, n)));
	memset(text, 'a', n);
	assert_false(api_pattern_match(alias->program, str_ofn(text, n)));
	text[0] = '/';
	text[n - 1] = '\x01';
	assert_false(api_pattern_match(path->program, str_ofn(text, n)));
	text[n - 1] = '/';
	assert_true(api_pattern_match(path->program, str_ofn(text, n)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_whole_value), TEST(test_alternatives),    TEST(test_unicode_classes),
		TEST(test_look_ahead),  TEST(test_every_character), TEST(test_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
