#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/str.h"

static void test_views(void **state)
{
	(void)state;
	assert_true(str_is_null(str_of(NULL)));
	assert_false(str_is_null(str_of("")));
	assert_true(str_is_empty(str_of("")));
	assert_true(str_is_empty(STR_NULL));
	assert_int_equal(str_of("abc").n, 3);
	assert_int_equal(STR("a\0b").n, 3);
	assert_int_equal(str_ofn("abcdef", 2).n, 2);
	assert_true(str_eq(STR_NULL, STR("")));
}

static void test_compare(void **state)
{
	(void)state;
	assert_true(str_eq(STR("a\0b"), STR("a\0b")));
	assert_false(str_eq(STR("a\0b"), STR("a\0c")));
	assert_false(str_eq(STR("a"), STR("ab")));
	assert_true(str_eqz(STR("ab"), "ab"));
	assert_false(str_eqz(STR("ab\0"), "ab"));
	assert_true(str_eqz(STR_NULL, NULL));
	assert_true(str_eq_nocase(STR("X-Amz-Date"), STR("x-aMZ-dATE")));
	assert_false(str_eq_nocase(STR("a@"), STR("a`"))); /* 0x40 and 0x60: no letters */
	assert_false(str_eq_nocase(STR("[{"), STR("{[")));
	assert_false(str_eq_nocase(STR("\xc4"), STR("\xe4"))); /* Latin-1 letters: bytes here */
	assert_false(str_eq_nocase(STR("a"), STR("ab")));

	assert_int_equal(str_cmp(STR("a"), STR("a")), 0);
	assert_int_equal(str_cmp(STR("a"), STR("b")), -1);
	assert_int_equal(str_cmp(STR("b"), STR("a")), 1);
	assert_int_equal(str_cmp(STR("a"), STR("ab")), -1);
	assert_int_equal(str_cmp(STR("ab"), STR("a")), 1);
	assert_int_equal(str_cmp(STR("\xff"), STR("a")), 1); /* bytes are unsigned */
	assert_int_equal(str_cmp(STR_NULL, STR("")), 0);
	assert_int_equal(str_cmp(STR_NULL, STR("a")), -1);
}

static void test_prefix_suffix(void **state)
{
	(void)state;
	assert_true(str_starts(STR("arn:aws"), STR("arn:")));
	assert_true(str_startsz(STR("arn:aws"), "arn:aws"));
	assert_false(str_startsz(STR("arn"), "arn:"));
	assert_true(str_startsz(STR("arn"), ""));
	assert_true(str_starts(STR_NULL, STR_NULL));
	assert_true(str_ends(STR("a.yaml"), STR(".yaml")));
	assert_false(str_endsz(STR("yaml"), ".yaml"));
	assert_true(str_endsz(STR("x"), ""));
	assert_true(str_ends(STR_NULL, STR("")));
}

static void test_search(void **state)
{
	(void)state;
	assert_int_equal(str_chr(STR("a:b:c"), ':'), 1);
	assert_int_equal(str_rchr(STR("a:b:c"), ':'), 3);
	assert_int_equal(str_chr(STR("abc"), ':'), -1);
	assert_int_equal(str_rchr(STR("abc"), ':'), -1);
	assert_int_equal(str_chr(STR_NULL, 'a'), -1);
	assert_int_equal(str_rchr(STR_NULL, 'a'), -1);
	assert_int_equal(str_chr(STR("ab\0c"), '\0'), 2);
	assert_int_equal(str_find(STR("abcabc"), STR("ca")), 2);
	assert_int_equal(str_find(STR("abc"), STR("abcd")), -1);
	assert_int_equal(str_find(STR("abc"), STR("x")), -1);
	assert_int_equal(str_find(STR("abc"), STR("")), 0);
	assert_int_equal(str_find(STR_NULL, STR("a")), -1);
}

static void test_parts(void **state)
{
	(void)state;
	assert_true(str_eqz(str_sub(STR("abcdef"), 2, 3), "cde"));
	assert_true(str_eqz(str_sub(STR("abcdef"), 4, 100), "ef"));
	assert_true(str_eqz(str_sub(STR("abcdef"), 4, SIZE_MAX), "ef"));
	assert_true(str_eqz(str_sub(STR("abc"), 100, 1), ""));
	assert_false(str_is_null(str_sub(STR("abc"), 100, 1)));
	assert_true(str_is_null(str_sub(STR_NULL, 0, 1)));
	assert_true(str_is_null(str_from(STR_NULL, 3)));
	assert_true(str_eqz(str_from(STR("abc"), 1), "bc"));
	assert_true(str_eqz(str_trim(STR(" \t\r\n\v\fa b \n")), "a b"));
	assert_true(str_eqz(str_trim(STR(" \n ")), ""));
	assert_false(str_is_null(str_trim(STR(" "))));
	assert_true(str_is_null(str_trim(STR_NULL)));
}

static void test_cut(void **state)
{
	struct str head, rest;

	(void)state;
	assert_true(str_cut(STR("key=value=x"), '=', &head, &rest));
	assert_true(str_eqz(head, "key"));
	assert_true(str_eqz(rest, "value=x"));
	assert_true(str_cut(STR("key="), '=', &head, &rest));
	assert_false(str_is_null(rest));
	assert_true(str_is_empty(rest));
	assert_false(str_cut(STR("key"), '=', &head, &rest));
	assert_true(str_eqz(head, "key"));
	assert_true(str_is_null(rest));
	/* The origin may be overwritten. */
	head = STR("a:b:c");
	assert_true(str_cut(head, ':', &head, &rest));
	assert_true(str_eqz(head, "a"));
	assert_true(str_cut(rest, ':', &head, &rest));
	assert_true(str_eqz(head, "b"));
	assert_true(str_eqz(rest, "c"));
}

static void test_next(void **state)
{
	static const char *const want[] = {"a", "", "b", ""};
	struct str rest = STR("a,,b,"), field;
	size_t n = 0;

	(void)state;
	while (str_next(&rest, ',', &field)) {
		assert_true(n < 4);
		assert_true(str_eqz(field, want[n++]));
		assert_false(str_is_null(field));
	}
	assert_int_equal(n, 4);
	rest = STR("");
	assert_true(str_next(&rest, ',', &field));
	assert_true(str_is_empty(field));
	assert_false(str_next(&rest, ',', &field));
	rest = STR_NULL;
	assert_false(str_next(&rest, ',', &field));
}

static void test_numbers(void **state)
{
	static const struct {
		const char *text;
		bool ok;
		int64_t value;
	} cases[] = {
		{"0", true, 0},
		{"-0", true, 0},
		{"007", true, 7},
		{"42", true, 42},
		{"-42", true, -42},
		{"9223372036854775807", true, INT64_MAX},
		{"-9223372036854775808", true, INT64_MIN},
		{"9223372036854775808", false, 0},
		{"-9223372036854775809", false, 0},
		{"18446744073709551615", false, 0},
		{"99999999999999999999", false, 0},
		{"", false, 0},
		{"-", false, 0},
		{"+1", false, 0},
		{"--1", false, 0},
		{" 1", false, 0},
		{"1 ", false, 0},
		{"1.0", false, 0},
		{"0x10", false, 0},
		{"1e3", false, 0},
	};
	uint64_t u;
	int64_t v;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		v = -77;
		if (str_to_i64(str_of(cases[i].text), &v) != cases[i].ok)
			fail_msg("'%s'", cases[i].text);
		assert_int_equal(v, cases[i].ok ? cases[i].value : -77);
	}
	assert_false(str_to_i64(STR("1\0"), &v));
	assert_false(str_to_i64(STR_NULL, &v));
	assert_true(str_to_u64(STR("18446744073709551615"), &u));
	assert_true(u == UINT64_MAX);
	assert_true(str_to_u64(STR("0"), &u));
	assert_true(u == 0);
	assert_false(str_to_u64(STR("18446744073709551616"), &u));
	assert_false(str_to_u64(STR("18446744073709551620"), &u));
	assert_false(str_to_u64(STR("-1"), &u));
	assert_false(str_to_u64(STR("-0"), &u));
	assert_true(str_all_digits(STR("0123456789")));
	assert_false(str_all_digits(STR("")));
	assert_false(str_all_digits(STR("1a")));
	assert_false(str_all_digits(STR("/")));
	assert_false(str_all_digits(STR(":")));
}

static void test_hash(void **state)
{
	enum { KEYS = 4096 };
	unsigned low[256] = {0};
	char key[32];

	(void)state;
	assert_true(str_hash(STR("abc")) == str_hash(str_ofn("abcdef", 3)));
	assert_true(str_hash(STR("")) == str_hash(STR_NULL));
	assert_true(str_hash(STR("abc")) != str_hash(STR("abd")));
	assert_true(str_hash(STR("a\0")) != str_hash(STR("a")));
	/* Account ids differ in their last digits only; the low bits must differ all the same. */
	for (unsigned i = 0; i < KEYS; i++) {
		snprintf(key, sizeof(key), "%012u", i);
		low[str_hash(str_of(key)) & 255]++;
	}
	for (unsigned i = 0; i < 256; i++) /* 16 are expected, with a deviation of 4 */
		assert_in_range(low[i], 0, 48);
}

static void test_nearest(void **state)
{
	static const struct str keys[] = {
		{"email", 5}, {"owners", 6},   {"policies", 8},
		{"name", 4},  {"accounts", 8}, {"id", 2},
	};
	static const struct {
		const char *word, *want;
	} cases[] = {
		{"emial", "email"},  /* two swapped: one step */
		{"emal", "email"},   /* one missing */
		{"emaill", "email"}, /* one too many */
		{"emaik", "email"},  /* one wrong */
		{"Email", "email"},  /* case costs nothing */
		{"ID", "id"},
		{"polcies", "policies"},
		{"polices", "policies"},
		{"acounst", "accounts"}, /* two steps of seven letters */
		{"owner", "owners"},
		{"nmae", "name"},
		{"ix", NULL},  /* a third of two letters is none */
		{"ema", NULL}, /* two missing */
		{"e", NULL},
		{"", NULL},
		{"zzzzzzzz", NULL},
		{"email", "email"},
	};
	char longest[200];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct str got = str_nearest(str_of(cases[i].word), keys, ARRAY_SIZE(keys));

		if (!str_eq(got, str_of(cases[i].want)) || str_is_null(got) != !cases[i].want)
			fail_msg("'%s': '%.*s'", cases[i].word, STR_ARG(got));
	}
	memset(longest, 'x', sizeof(longest));
	assert_true(str_is_null(str_nearest(str_ofn(longest, sizeof(longest)), keys, 6)));
	assert_true(str_eq(str_nearest(str_ofn(longest, 64), &(struct str){longest, 64}, 1),
			   str_ofn(longest, 64)));
	assert_true(str_is_null(str_nearest(STR("xxx"), &(struct str){longest, 200}, 1)));
	assert_true(str_is_null(str_nearest(STR("email"), keys, 0)));
	/* The first of equals. */
	assert_true(str_nearest(STR("cat"), (struct str[]){{"car", 3}, {"cap", 3}}, 2).p[2] == 'r');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_views),         cmocka_unit_test(test_compare),
		cmocka_unit_test(test_prefix_suffix), cmocka_unit_test(test_search),
		cmocka_unit_test(test_parts),         cmocka_unit_test(test_cut),
		cmocka_unit_test(test_next),          cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_hash),          cmocka_unit_test(test_nearest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
