#include "text-test.h"

#include "base/rng.h"
#include "base/utf8.h"
#include "text/show.h"

static void test_show(void **state)
{
	static const struct {
		const char *text, *shown;
	} cases[] = {
		{"plain 日本 😀", "plain 日本 😀"},
		{"", ""},
		{"a\nb\r\tc", "a\\nb\\r\\tc"},
		{"\x1b[2J\x07\x7f", "\\x1b[2J\\x07\\x7f"},
		{"\xc2\x9b"
		 "31m",
		 "\\u009b31m"},
		{"pos\xe2\x80\xae"
		 "ved",
		 "pos\\u202eved"},
		{"a\xe2\x80\xa8"
		 "b",
		 "a\\u2028b"},
		{"a\xef\xbb\xbf", "a\\ufeff"},
		{"\xff\xe6\x97z", "\\xff\\xe6\\x97z"},
		{"\xef\xbf\xbd", "\xef\xbf\xbd"},
		{"e\xcc\x81", "e\xcc\x81"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_str(show(A, str_of(cases[i].text)), cases[i].shown);
	assert_str(show(A, STR("a\0b")), "a\\x00b");
	assert_true(str_is_null(show(A, STR_NULL)));
	/* what needs nothing is not copied */
	assert_ptr_equal(show(A, str_of(cases[0].text)).p, cases[0].text);
}

static void test_cut(void **state)
{
	static const struct {
		const char *text;
		size_t width;
		const char *cut;
	} cases[] = {
		{"abc", 3, "abc"},
		{"abcd", 3, "ab…"},
		{"abc", 1, "…"},
		{"abc", 0, ""},
		{"", 5, ""},
		{"日本", 4, "日本"},
		{"日本語", 5, "日本…"},
		{"日本語", 4, "日…"},
		{"日本", 3, "日…"},
		{"日", 1, "…"},
		{"e\xcc\x81x", 2, "e\xcc\x81x"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_str(show_cut(A, str_of(cases[i].text), cases[i].width), cases[i].cut);
}

/* Never wider than asked, never half a character, nothing that drives a terminal. */
static void test_random(void **state)
{
	struct rng r;

	(void)state;
	rng_seed(&r, 8);
	for (int i = 0; i < 20000; i++) {
		char text[40];
		size_t n = rng_below(&r, sizeof(text));
		struct str shown, cut;

		for (size_t k = 0; k < n; k++)
			text[k] = (char)rng_u64(&r);
		shown = show(A, (struct str){text, n});
		assert_true(utf8_valid(shown));
		for (size_t k = 0; k < shown.n; k++)
			assert_true((unsigned char)shown.p[k] >= 0x20 && shown.p[k] != 0x7f);
		cut = show_cut(A, shown, 10);
		assert_true(utf8_valid(cut));
		assert_true(utf8_width(cut) <= 10);
		arena_reset(A);
	}
}

static void test_short(void **state)
{
	char text[4096];
	struct str s;

	(void)state;
	memset(text, 'x', sizeof(text));
	s = show_short(A, (struct str){text, sizeof(text)});
	assert_int_equal(utf8_width(s), 60);
	assert_true(str_endsz(s, "x…"));
	memset(text, '\n', sizeof(text));
	assert_int_equal(utf8_width(show_short(A, (struct str){text, sizeof(text)})), 60);
	assert_str(show_short(A, STR("a")), "a");
	assert_false(str_is_null(show_short(A, STR_NULL)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_show),
		TEST(test_cut),
		TEST(test_random),
		TEST(test_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
