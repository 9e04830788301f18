/* Wildcards: against a table of answers, against dynamic programming, and against time. */

#include "policy-test.h"

#include "base/rng.h"
#include "base/utf8.h"
#include "policy/policy-private.h"

static struct rng R;

/* The text as UTF-16 units; an invalid byte as something that no unit is. */
static size_t units_of(struct str s, uint32_t *out)
{
	size_t at = 0, n = 0;
	while (at < s.n) {
		size_t from = at;
		uint32_t cp = utf8_next(s, &at);
		if (cp == 0xFFFD && at == from + 1)
			out[n++] = 0x1000000u + (unsigned char)s.p[from];
		else if (cp < 0x10000)
			out[n++] = cp;
		else {
			out[n++] = 0xD800 + ((cp - 0x10000) >> 10);
			out[n++] = 0xDC00 + ((cp - 0x10000) & 0x3FF);
		}
	}
	return n;
}

/* The textbook's table: row i says which prefixes of the text i units of the pattern match. */
static bool by_table(struct str pattern, struct str text)
{
	uint32_t *p = xcalloc(pattern.n + 1, sizeof(*p)), *t = xcalloc(text.n + 1, sizeof(*t));
	size_t np = units_of(pattern, p), nt = units_of(text, t);
	bool *row = xcalloc(nt + 1, sizeof(*row));
	row[0] = true;
	for (size_t i = 0; i < np; i++) {
		if (p[i] == '*') {
			for (size_t k = 1; k <= nt; k++)
				row[k] = row[k] || row[k - 1];
			continue;
		}
		for (size_t k = nt; k > 0; k--)
			row[k] = row[k - 1] && (p[i] == '?' || p[i] == t[k - 1]);
		row[0] = false;
	}
	bool yes = row[nt];
	free(p);
	free(t);
	free(row);
	return yes;
}

static struct str random_text(const char *const *of, size_t nof, size_t most)
{
	static char out[65536];
	size_t n = 0, count = rng_below(&R, most + 1);
	for (size_t i = 0; i < count; i++) {
		const char *z = of[rng_below(&R, nof)];
		memcpy(out + n, z, strlen(z));
		n += strlen(z);
	}
	return arena_str(A, (struct str){out, n});
}

static void compare(struct str pattern, struct str text)
{
	bool want = by_table(pattern, text);
	if (policy_match(pattern, text, false) != want)
		fail_msg("'%.*s' %s match '%.*s'", STR_ARG(pattern), want ? "must" : "must not",
			 STR_ARG(text));
}

static void test_random(void **state)
{
	static const char *const in_pattern[] = {"a", "b", "*",        "?",
						 "*", "?", "\xC3\xA9", "\xF0\x90\x90\x80"};
	static const char *const in_text[] = {
		"a", "b", "a", "\xC3\xA9", "\xF0\x90\x90\x80", "\xF0\x90\x90\xA8", "\xE3\x81\x82"};
	size_t hits = 0;
	(void)state;
	rng_seed(&R, 1);
	for (int i = 0; i < 60000; i++) {
		struct str p = random_text(in_pattern, ARRAY_SIZE(in_pattern), 9);
		struct str t = random_text(in_text, ARRAY_SIZE(in_text), 9);
		compare(p, t);
		hits += by_table(p, t);
		arena_reset(A);
	}
	assert_true(hits > 3000);
}

/* Texts come from outside; patterns are UTF-8 as documents are. */
static void test_invalid_bytes(void **state)
{
	static const char *const in_pattern[] = {"a", "*", "?", "\xC3\xA9", "\xF0\x90\x90\x80"};
	static const char *const in_text[] = {"a",    "\x80", "\xF0\x90\x90",
					      "\xFF", "\xC3", "\xF0\x90\x90\x80"};
	(void)state;
	rng_seed(&R, 2);
	for (int i = 0; i < 30000; i++) {
		compare(random_text(in_pattern, ARRAY_SIZE(in_pattern), 6),
			random_text(in_text, ARRAY_SIZE(in_text), 5));
		arena_reset(A);
	}
}

/* Long enough for glob-long.c: pieces with '?' in long texts. */
static void test_long(void **state)
{
	static const char *const in_piece[] = {"a", "?", "a", "\xC3\xA9", "\xF0\x90\x90\x80"};
	static const char *const in_text[] = {"a", "a", "\xC3\xA9", "\xF0\x90\x90\x80"};
	size_t hits = 0;
	(void)state;
	rng_seed(&R, 3);
	for (int i = 0; i < 150; i++) {
		struct str text = random_text(in_text, ARRAY_SIZE(in_text), 9000);
		/* A part of the text with some '?', so that it is found, or nearly. */
		struct str piece = random_text(in_piece, ARRAY_SIZE(in_piece), 3);
		char *p = xcalloc(text.n + 16, 1);
		size_t from = rng_below(&R, text.n + 1), n = 0;
		while (from < text.n && ((unsigned char)text.p[from] & 0xC0) == 0x80)
			from++;
		p[n++] = '*';
		for (size_t at = from; at < text.n && n < 500;) {
			size_t next = at;
			uint32_t cp = utf8_next(text, &next);
			if (cp < 0x10000 && rng_below(&R, 3) == 0) {
				p[n++] = '?';
			} else {
				memcpy(p + n, text.p + at, next - at);
				n += next - at;
			}
			at = next;
		}
		memcpy(p + n, piece.p, piece.n);
		n += piece.n;
		p[n++] = '*';
		compare((struct str){p, n}, text);
		hits += by_table((struct str){p, n}, text);
		free(p);
		arena_reset(A);
	}
	assert_true(hits > 20 && hits < 150);
}

static char *repeat(const char *z, size_t times)
{
	size_t n = strlen(z);
	char *out = xcalloc(n * times + 64, 1);
	for (size_t i = 0; i < times; i++)
		memcpy(out + i * n, z, n);
	return out;
}

/* These take years when every combination is tried, and minutes when n*k places are. */
static void test_hostile(void **state)
{
	char *stars = repeat("*a", 20000), *pieces = repeat("a?", 5000),
	     *text = repeat("a", 200000);
	(void)state;
	memcpy(stars + 40000, "*b", 3);
	assert_false(policy_match(str_of(stars), str_of(text), false));
	stars[40000] = '\0';
	assert_true(policy_match(str_of(stars), str_of(text), false));
	pieces[9999] = 'b';
	pieces[10000] = '*';
	memmove(pieces + 1, pieces, 10001);
	pieces[0] = '*';
	assert_false(policy_match(str_of(pieces), str_of(text), false));
	pieces[10000] = '?';
	assert_true(policy_match(str_of(pieces), str_of(text), false));
	/* A literal piece that nearly fits everywhere. */
	char *literal = repeat("a", 50000);
	memmove(literal + 1, literal, 50000);
	literal[0] = '*';
	memcpy(literal + 50001, "b*", 3);
	assert_false(policy_match(str_of(literal), str_of(text), false));
	free(stars);
	free(pieces);
	free(text);
	free(literal);
}

static void test_case(void **state)
{
	(void)state;
	assert_true(policy_match(STR("IAM:list*"), STR("iam:ListUsers"), true));
	assert_false(policy_match(STR("IAM:list*"), STR("iam:ListUsers"), false));
	assert_true(policy_match(STR("a*C"), STR("AxxC"), true));
	/* Only ASCII letters: an action has no others. */
	assert_false(policy_match(STR("\xC3\x89"), STR("\xC3\xA9"), true));
	assert_true(policy_match(STR_NULL, STR(""), false));
	assert_true(policy_match(STR("*"), STR_NULL, false));
	assert_false(policy_match(STR("?"), STR_NULL, false));
}

/* In the parsed form '*' and '?' are themselves. */
static void test_parsed_form(void **state)
{
	(void)state;
	assert_true(glob_match(STR("a\xFE"), STR("abc")));
	assert_true(glob_match(STR("a\xFFz"), STR("abz")));
	assert_true(glob_match(STR("a*"), STR("a*")));
	assert_false(glob_match(STR("a*"), STR("abc")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_random),  TEST(test_invalid_bytes), TEST(test_long),
		TEST(test_hostile), TEST(test_case),          TEST(test_parsed_form),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
