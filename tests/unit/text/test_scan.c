/* Every form of the scanners that this processor can run, against the plainest. */

#include "text-test.h"

#include "base/rng.h"
#include "base/utf8.h"
#include "text/scan-private.h"

/* Mostly plain bytes, so that runs get long. */
static void fill(struct rng *r, char *p, size_t n)
{
	static const char special[] = "\"\\\x1f\x20\x00\x7f\x80\xff\n";
	uint64_t rare = 1 + rng_below(r, 200);

	for (size_t i = 0; i < n; i++) {
		if (rng_below(r, rare) == 0)
			p[i] = special[rng_below(r, sizeof(special) - 1)];
		else
			p[i] = (char)('a' + rng_below(r, 26));
	}
}

static void test_forms_agree(void **state)
{
	const struct scan_form *forms;
	size_t n = scan_forms(&forms);
	struct rng r;

	(void)state;
	assert_true(n >= 1);
	assert_string_equal(forms[0].name, "scalar");
	rng_seed(&r, 1);
	for (int round = 0; round < 20000; round++) {
		size_t len = rng_below(&r, 300);
		char *text = xmalloc(len ? len : 1); /* ASan watches both ends */
		size_t from = rng_below(&r, len + 1);
		size_t string, ascii;

		fill(&r, text, len);
		string = forms[0].string(text + from, len - from);
		ascii = forms[0].ascii(text + from, len - from);
		for (size_t i = 1; i < n; i++) {
			assert_int_equal(forms[i].string(text + from, len - from), string);
			assert_int_equal(forms[i].ascii(text + from, len - from), ascii);
		}
		assert_int_equal(scan_string(text + from, len - from), string);
		assert_int_equal(scan_ascii(text + from, len - from), ascii);
		free(text);
	}
}

/* Each byte value at each place of the widest block. */
static void test_every_byte(void **state)
{
	const struct scan_form *forms;
	size_t n = scan_forms(&forms);
	char text[96];

	(void)state;
	for (size_t at = 0; at < sizeof(text); at++) {
		for (unsigned byte = 0; byte < 256; byte++) {
			bool ends = byte == '"' || byte == '\\' || byte < 0x20;

			memset(text, 'x', sizeof(text));
			text[at] = (char)byte;
			for (size_t i = 0; i < n; i++) {
				assert_int_equal(forms[i].string(text, sizeof(text)),
						 ends ? at : sizeof(text));
				assert_int_equal(forms[i].ascii(text, sizeof(text)),
						 byte >= 0x80 ? at : sizeof(text));
			}
		}
	}
}

static void test_utf8(void **state)
{
	struct rng r;

	(void)state;
	assert_int_equal(scan_utf8(STR("")), -1);
	assert_int_equal(scan_utf8(STR("日本\xef\xbf\xbd語")), -1);
	assert_int_equal(scan_utf8(STR("日本\xff")), 6);
	rng_seed(&r, 2);
	for (int round = 0; round < 20000; round++) {
		char text[64];
		size_t n = rng_below(&r, sizeof(text) + 1);

		for (size_t i = 0; i < n; i++)
			text[i] = rng_below(&r, 3) ? (char)(rng_u64(&r) | 0x80) : 'x';
		assert_int_equal(scan_utf8((struct str){text, n}),
				 utf8_invalid_at((struct str){text, n}));
	}
}

static void test_position(void **state)
{
	static const char text[] = "ab\n日本x\n\ny";
	static const struct {
		size_t off;
		uint32_t line, col;
	} cases[] = {{0, 1, 1}, {2, 1, 3},  {3, 2, 1},  {6, 2, 2},
		     {9, 2, 3}, {10, 2, 4}, {11, 3, 1}, {12, 4, 1}};
	struct scan_cursor c;

	(void)state;
	scan_cursor_init(&c, STR(text));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint32_t line, col;

		scan_position(STR(text), cases[i].off, &line, &col);
		assert_int_equal(line, cases[i].line);
		assert_int_equal(col, cases[i].col);
		scan_cursor_to(&c, cases[i].off);
		assert_int_equal(c.line, cases[i].line);
		assert_int_equal(c.col, cases[i].col);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_forms_agree),
		TEST(test_every_byte),
		TEST(test_utf8),
		TEST(test_position),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
