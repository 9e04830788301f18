#include "text-test.h"

#include "text/wrap.h"

static const char *wrapped(const char *text, size_t used, size_t hang, size_t width)
{
	struct buf b = BUF_INIT(KIB(64));
	const char *s;

	assert_true(wrap_add(str_of(text), used, hang, width, &b));
	s = arena_dupz(A, buf_str(&b));
	buf_release(&b);
	return s;
}

static void test_lines(void **state)
{
	(void)state;
	assert_string_equal(wrapped("", 0, 2, 30), "");
	assert_string_equal(wrapped("short", 0, 2, 30), "short");
	assert_string_equal(wrapped("one two three four five six seven", 0, 2, 24),
			    "one two three four five\n  six seven");
	/* exactly as wide, and one more */
	assert_string_equal(wrapped("0123456789 123456789 123", 0, 0, 24),
			    "0123456789 123456789 123");
	assert_string_equal(wrapped("0123456789 123456789 1234", 0, 0, 24),
			    "0123456789 123456789\n1234");
	/* what stands before it counts */
	assert_string_equal(wrapped("one two three four", 30, 4, 50), "one two three four");
	assert_string_equal(wrapped("one two three four", 33, 4, 50), "one two three four");
	assert_string_equal(wrapped("one two three four five", 28, 4, 50),
			    "one two three four\n    five");
	/* not a terminal */
	assert_string_equal(wrapped("one  two ", 0, 2, 0), "one  two ");
}

static void test_kept(void **state)
{
	const char *arn = "arn:aws:iam::123456789012:user/somebody";

	(void)state;
	/* line feeds and what lines are indented by */
	assert_string_equal(wrapped("a:\n  indented line that is long\n\nend", 0, 0, 24),
			    "a:\n  indented line that is\nlong\n\nend");
	/* a word that does not fit stands alone, whole */
	assert_string_equal(wrapped(arn, 0, 2, 24), arn);
	assert_string_equal(wrapped(arena_printf(A, "see %s now", arn).p, 0, 2, 24),
			    arena_printf(A, "see\n  %s\n  now", arn).p);
	/* two columns a character */
	assert_string_equal(wrapped("予約 店舗 予約 店舗 予約x", 0, 0, 24),
			    "予約 店舗 予約 店舗\n予約x");
}

static void test_one_by_one(void **state)
{
	struct str rest = STR("a long-word  b"), line;

	(void)state;
	assert_true(wrap_next(&rest, 3, &line));
	assert_str(line, "a");
	assert_true(wrap_next(&rest, 3, &line));
	assert_str(line, "long-word");
	assert_true(wrap_next(&rest, 3, &line));
	assert_str(line, "b");
	assert_false(wrap_next(&rest, 3, &line));
	/* no width at all: still it ends */
	rest = STR("店 舗");
	assert_true(wrap_next(&rest, 0, &line));
	assert_str(line, "店");
	assert_true(wrap_next(&rest, 0, &line));
	assert_false(wrap_next(&rest, 0, &line));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_lines),
		TEST(test_kept),
		TEST(test_one_by_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
