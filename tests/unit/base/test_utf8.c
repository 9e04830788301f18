#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/utf8.h"
#include "death.h"

/* What Python's decoder says of each: bytes, first invalid one, code points, UTF-16 units. */
static void test_vectors(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
		ptrdiff_t invalid_at;
		size_t length, length16;
	} cases[] = {
		/* clang-format off */
		{"", 0, -1, 0, 0},
		{"\x61\x62\x63", 3, -1, 3, 3},
		{"\xe6\x9d\xb1\xe4\xba\xac\xe3\x83\xaa\xe3\x83\xbc\xe3\x82\xb8\xe3\x83\xa7\xe3\x83\xb3", 21, -1, 7, 7},
		{"\xc3\xa9\xcc\x81", 4, -1, 2, 2},
		{"\xf0\x9f\x98\x80\x61\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7", 23, -1, 7, 11},
		{"\xed\x9f\xbf\xee\x80\x80", 6, -1, 2, 2},
		{"\xed\xa0\x80", 3, 0, 3, 3},
		{"\xed\xbf\xbf", 3, 0, 3, 3},
		{"\xc0\x80", 2, 0, 2, 2},
		{"\xe0\x9f\xbf", 3, 0, 3, 3},
		{"\xf0\x8f\xbf\xbf", 4, 0, 4, 4},
		{"\xf4\x8f\xbf\xbf", 4, -1, 1, 2},
		{"\xf4\x90\x80\x80", 4, 0, 4, 4},
		{"\xf5\x80\x80\x80", 4, 0, 4, 4},
		{"\x61\x80\x62", 3, 1, 3, 3},
		{"\xe6\x9d", 2, 0, 2, 2},
		{"\x31\x32\x33\x34\x35\x36\x37\x38\xe6\x9d\xb1\xe4\xba", 13, 11, 11, 11},
		{"\x31\x32\x33\x34\x35\x36\x37\x38\x39\x30\x31\x32\x33\x34\x35\x36\xff", 17, 16, 17, 17},
		{"\xef\xbf\xbe\xef\xbf\xbf", 6, -1, 2, 2},
		{"\xc2", 1, 0, 1, 1},
		{"\xf0\x9f\x98", 3, 0, 3, 3},
		{"\xf8\x88\x80\x80\x80", 5, 0, 5, 5},
		{"\x7f\xdf\xbf\x7a\xe0\xa0\x80\x0e\x7a", 9, -1, 6, 6},
		{"\x7f\x9d\xb1\xc3\xa9\xe0\xa0\x80\xf0\x90\x80\x80\xf0\x9f\x98\x80\xef\xbf\x34", 19, 1, 10, 12},
		{"\x7a\xf0\x9f\x98\x80\xef\xbf\xbf\xdf\xbf\xe6\x9d\xb1\xef\xbf\xbf", 16, -1, 6, 7},
		{"\xc3\xa9\xe6\x9d\xb1\x7a\x7a\xf0\x90\x80\x80\xe6\x9d\xb1", 14, -1, 6, 7},
		{"\x61\x61\xf0\x9f\x98\x80\xa0\x9f\x98\x80\xe6\x9d\xb1\xe6\x9d\xb1", 16, 6, 9, 10},
		{"\xf4\x8f\xbf\xbf\x7a\x7a\xf0\x9f\x98\x80\xe6\x9d\xb1\x7a", 14, -1, 6, 8},
		{"\xef\xbf\xbf\xdf\xbf\x61\xe0\xa0\x80\xef\xbf\xbf\xe6\x9d\xb1", 15, -1, 6, 6},
		{"\xdf\xbf\xc3\xa9\xe0\xa0\x80\xdf\xbf\x7a\x7a", 11, -1, 6, 6},
		{"\x7a\x7a\x7a\xe0\xa0\x80\xc3\x9c\xdf\xbf", 10, -1, 6, 6},
		{"\x7a\xe0\xa0\x80\xe6\x9d\xb1\xf0\x90\x80\x80\xf0\x90\x80\x80\x7a", 16, -1, 6, 8},
		{"\x61\xdf\xbf\x61\x7a\xe0\xa0\x80\xef\xbf\xbf", 11, -1, 6, 6},
		{"\xf4\x8f\xbf\xbf\xef\xbf\xbf\xe0\xa0\x80\xef\x17\xbf\x7a\x61", 15, 10, 8, 9},
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct str s = str_ofn(cases[i].bytes, cases[i].n);

		if (utf8_invalid_at(s) != cases[i].invalid_at ||
		    utf8_valid(s) != (cases[i].invalid_at < 0) ||
		    utf8_length(s) != cases[i].length || utf16_length(s) != cases[i].length16)
			fail_msg("case %zu: invalid at %td, length %zu, %zu", i, utf8_invalid_at(s),
				 utf8_length(s), utf16_length(s));
	}
}

/*
 * All strings of four bytes out of those where the rules change. The sum over
 * the answers is that of Python's decoder:
 *	h = (h ^ (start of the first error + 1)) * 0x100000001b3, from 0xcbf29ce484222325
 */
static void test_every_boundary(void **state)
{
	static const unsigned char edge[] = {0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf,
					     0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee,
					     0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff};
	enum { E = sizeof(edge) };
	uint64_t h = 0xcbf29ce484222325U;
	size_t valid = 0;

	(void)state;
	for (size_t i = 0; i < (size_t)E * E * E * E; i++) {
		char s[4] = {(char)edge[i / (E * E * E)], (char)edge[i / (E * E) % E],
			     (char)edge[i / E % E], (char)edge[i % E]};
		ptrdiff_t at = utf8_invalid_at(str_ofn(s, 4));

		valid += at < 0;
		h = (h ^ (uint64_t)(at + 1)) * 0x100000001b3U;
	}
	assert_int_equal(valid, 2277);
	assert_true(h == 0xedf6857155579ffbU);
}

static void test_round_trip_of_all(void **state)
{
	(void)state;
	for (uint32_t cp = 0; cp <= 0x110100; cp++) {
		bool scalar = cp <= 0x10ffff && !(cp >= 0xd800 && cp <= 0xdfff);
		char out[4];
		size_t n = utf8_put(out, cp), at = 0;

		if (!scalar) {
			assert_int_equal(n, 0);
			continue;
		}
		assert_int_equal(n, cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4);
		assert_int_equal(utf8_next(str_ofn(out, n), &at), cp);
		assert_int_equal(at, n);
		assert_true(utf8_valid(str_ofn(out, n)));
		assert_int_equal(utf8_length(str_ofn(out, n)), 1);
		assert_int_equal(utf16_length(str_ofn(out, n)), cp < 0x10000 ? 1 : 2);
	}
	assert_int_equal(utf8_put((char[4]){0}, UINT32_MAX), 0);
}

static void test_next_moves_one_byte_over_rubbish(void **state)
{
	static const uint32_t want[] = {'a', 0xfffd, 0xfffd, 'b', 0x6771, 0xfffd};
	struct str s = STR("a\xe6\x9d"
			   "b\xe6\x9d\xb1\xff");
	size_t at = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(want); i++)
		assert_int_equal(utf8_next(s, &at), want[i]);
	assert_int_equal(at, s.n);
}

/* A rubbish byte behind a run of ASCII, at every distance from the eight-byte steps. */
static void test_offsets(void **state)
{
	char text[100];

	(void)state;
	for (size_t n = 1; n <= 40; n++)
		for (size_t bad = 0; bad < n; bad++) {
			memset(text, 'a', n);
			assert_int_equal(utf8_invalid_at(str_ofn(text, n)), -1);
			text[bad] = (char)0x80;
			assert_int_equal(utf8_invalid_at(str_ofn(text, n)), bad);
		}
}

static void test_widths(void **state)
{
	static const struct {
		uint32_t cp;
		int width;
	} cases[] = {
		{0, 0},        {'\n', 0},    {0x1b, 0},    {' ', 1},     {'~', 1},
		{0x7f, 0},     {0x9f, 0},    {0xa0, 1},    {0xad, 1},    {0xe9, 1},
		{0x301, 0},    {0x20dd, 0},  {0x200b, 0},  {0x200d, 0},  {0x2028, 0},
		{0x202e, 0},   {0xfe0f, 0},  {0x1100, 2},  {0x1160, 0},  {0x11ff, 0},
		{0x231a, 2},   {0x2500, 1},  {0x2026, 1},  {0x2705, 2},  {0x3000, 2},
		{0x3042, 2},   {0x30fc, 2},  {0x3099, 0},  {0x3400, 2},  {0x4e00, 2},
		{0x6771, 2},   {0x9fff, 2},  {0xac00, 2},  {0xd7a3, 2},  {0xd7b0, 0},
		{0xff21, 2},   {0xff71, 1},  {0xffe5, 2},  {0xfffd, 1},  {0x1f1ef, 1},
		{0x1f600, 2},  {0x1f468, 2}, {0x1f3fb, 2}, {0x20000, 2}, {0x2fffd, 2},
		{0x30000, 2},  {0x3fffd, 2}, {0xe0001, 0}, {0xe0100, 0}, {0x10ffff, 1},
		{0x110000, 1}, {0x378, 1},   {0x40000, 1}, {0xfffff, 1}, {0x1faff, 2},
		{0x903, 1},    {0x93f, 1},   {0x941, 0},   {0xe31, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (utf8_cp_width(cases[i].cp) != cases[i].width)
			fail_msg("U+%04X: %d", (unsigned)cases[i].cp, utf8_cp_width(cases[i].cp));
	assert_int_equal(utf8_width(STR("account")), 7);
	assert_int_equal(utf8_width(STR("東京リージョン")), 14);
	assert_int_equal(utf8_width(STR("cafe\xcc\x81")), 4);
	assert_int_equal(utf8_width(STR("🇯🇵")), 2);
	assert_int_equal(utf8_width(STR("a\xff")), 2);
	assert_int_equal(utf8_width(STR("")), 0);
	assert_int_equal(utf8_width(STR_NULL), 0);
}

static void next_at_end(void *arg)
{
	size_t at = 1;

	(void)arg;
	utf8_next(STR("a"), &at);
}

static void test_end_is_a_mistake(void **state)
{
	(void)state;
	assert_true(dies(next_at_end, NULL, "BUG"));
	assert_int_equal(utf8_invalid_at(STR_NULL), -1);
	assert_int_equal(utf8_length(STR_NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_every_boundary),
		cmocka_unit_test(test_round_trip_of_all),
		cmocka_unit_test(test_next_moves_one_byte_over_rubbish),
		cmocka_unit_test(test_offsets),
		cmocka_unit_test(test_widths),
		cmocka_unit_test(test_end_is_a_mistake),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
