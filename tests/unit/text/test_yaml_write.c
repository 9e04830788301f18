#include "text-test.h"

#include "base/rng.h"
#include "text/json.h"
#include "text/yaml.h"

static struct str written(const struct val *v)
{
	struct buf b = BUF_INIT(MIB(1));
	struct str s;

	assert_true(yaml_write(v, &b));
	s = arena_str(A, buf_str(&b));
	buf_release(&b);
	return s;
}

static struct val *read_back(struct str text)
{
	struct err err = {0};
	struct val *v = NULL;

	if (!yaml_read(text, "written", A, &v, &err))
		fail_msg("%u:%u: %s in\n%.*s", err.line, err.col, err.message, STR_ARG(text));
	return v;
}

static void round_trip(const struct val *v)
{
	struct str text = written(v);
	const struct val *again = read_back(text);

	if (!val_eq(v, again))
		fail_msg("%.*s was written as\n%.*s and reads as %.*s", STR_ARG(json_text(A, v)),
			 STR_ARG(text), STR_ARG(json_text(A, again)));
}

static struct val *json(const char *z)
{
	struct err err = {0};
	struct val *v = NULL;

	if (!json_read(str_of(z), 0, A, &v, &err))
		fail_msg("%s: %s", z, err.message);
	return v;
}

static void test_layout(void **state)
{
	(void)state;
	assert_str(
		written(json("{\"unit\":\"Production\",\"accounts\":[{\"name\":\"pos\","
			     "\"owners\":[\"a\",\"b\"]},{\"name\":\"x\",\"tags\":{\"env\":\"p\"}}],"
			     "\"empty\":[],\"none\":{},\"deep\":[[1,2],[[3]]],\"n\":null,"
			     "\"t\":true,\"i\":-5,\"text\":\"one\\ntwo\\n\"}")),
		"unit: Production\n"
		"accounts:\n"
		"  - name: pos\n"
		"    owners:\n"
		"      - a\n"
		"      - b\n"
		"  - name: x\n"
		"    tags:\n"
		"      env: p\n"
		"empty: []\n"
		"none: {}\n"
		"deep:\n"
		"  - - 1\n"
		"    - 2\n"
		"  - - - 3\n"
		"\"n\": null\n"
		"t: true\n"
		"i: -5\n"
		"text: |\n"
		"  one\n"
		"  two\n");
	assert_str(written(NULL), "null\n");
	assert_str(written(json("[]")), "[]\n");
	assert_str(written(json("\"a\\nb\"")), "\"a\\nb\"\n");
}

/* Which strings stand as they are, and which another reader might take for something else. */
static void test_quotes(void **state)
{
	static const struct {
		const char *s, *yaml;
	} cases[] = {
		{"plain", "plain"},
		{"two words", "two words"},
		{"2026-12-24", "2026-12-24"},
		{"aws+pos@example.jp", "aws+pos@example.jp"},
		{"arn:aws:iam::123456789012:root", "arn:aws:iam::123456789012:root"},
		{"日本 店舗", "日本 店舗"},
		{"a#b", "a#b"},
		{"o-abc123", "o-abc123"},
		{"", "\"\""},
		{"~", "\"~\""},
		{"null", "\"null\""},
		{"True", "\"True\""},
		{"yes", "\"yes\""},
		{"NO", "\"NO\""},
		{"on", "\"on\""},
		{"y", "\"y\""},
		{"123456789012", "\"123456789012\""},
		{"012345678901", "\"012345678901\""},
		{"-5", "\"-5\""},
		{"+5", "\"+5\""},
		{"1.5", "\"1.5\""},
		{".5", "\".5\""},
		{"1e3", "\"1e3\""},
		{"0x1F", "\"0x1F\""},
		{"0o17", "\"0o17\""},
		{"1_000", "\"1_000\""},
		{"12:30", "\"12:30\""},
		{".inf", "\".inf\""},
		{"<<", "\"<<\""},
		{"=", "\"=\""},
		{"- a", "\"- a\""},
		{"-", "\"-\""},
		{"? a", "\"? a\""},
		{"a: b", "\"a: b\""},
		{"a:", "\"a:\""},
		{"a #b", "\"a #b\""},
		{"#a", "\"#a\""},
		{"&a", "\"&a\""},
		{"*", "\"*\""},
		{"!a", "\"!a\""},
		{"|", "\"|\""},
		{"@a", "\"@a\""},
		{"%a", "\"%a\""},
		{"[a]", "\"[a]\""},
		{"{a}", "\"{a}\""},
		{"a,b", "a,b"},
		{"---", "\"---\""},
		{"...", "\"...\""},
		{" a", "\" a\""},
		{"a ", "\"a \""},
		{"it's", "\"it's\""},
		{"say \"hi\"", "'say \"hi\"'"},
		{"it's \"hi\"", "'it''s \"hi\"'"},
		{"C:\\x", "'C:\\x'"},
		{"a\tb", "\"a\\tb\""},
		{"\x1b[31m", "\"\\x1b[31m\""},
		{"\xc2\x85", "\"\\x85\""},
		{"\xe2\x80\xa8", "\"\\u2028\""},
		{"\xef\xbb\xbf", "\"\\ufeff\""},
		{"\n", "\"\\n\""},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct val *o = val_object(A);

		(void)val_set_z(A, o, "k", cases[i].s);
		assert_str(written(o), arena_printf(A, "k: %s\n", cases[i].yaml).p);
		(void)val_setz(o, cases[i].s, val_list(A));
		(void)val_append(val_get(o, cases[i].s), val_string(A, str_of(cases[i].s)));
		round_trip(o);
		round_trip(val_string(A, str_of(cases[i].s)));
	}
}

static void test_lines(void **state)
{
	static const char *const cases[] = {
		"a\nb",     "a\nb\n",        "a\nb\n\n",   "\na",
		"a\n\nb",   "a\n  b\n",      " a\nb",      "a\n b \n",
		"a \nb",    "a\n \n",        "a\n \nb",    "a\r\nb",
		"a\n\tb",   "\ta\nb",        "a\n# b\n",   "a\n---\nb",
		"a\n...\n", "- a\n- b\n",    "a: b\nc:\n", "\n",
		"\n\n",     "a\n\xc2\x85\n", "日\n本\n",   "a\n\xef\xbb\xbf",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct val *o = val_object(A), *list = val_list(A);

		(void)val_set_z(A, o, "text", cases[i]);
		(void)val_setz(o, "list", list);
		(void)val_append(list, val_string(A, str_of(cases[i])));
		(void)val_append(list, val_string(A, str_of(cases[i])));
		(void)val_set_z(A, o, "behind", "x");
		(void)val_set_z(A, o, cases[i], cases[i]);
		round_trip(o);
	}
}

/* A key of more than 1,024 characters must be introduced by '?'. */
static void test_long_keys(void **state)
{
	(void)state;
	for (size_t n = 900; n < 1400; n += 7) {
		struct buf b = BUF_INIT(KIB(8));
		struct val *o = val_object(A), *list = val_list(A);

		(void)buf_addn(&b, n % 2 ? 'k' : '\n', n);
		(void)val_append(list, o);
		(void)val_set(o, arena_str(A, buf_str(&b)), json("{\"a\":[1,{}]}"));
		(void)buf_addc(&b, '"');
		(void)val_set(o, arena_str(A, buf_str(&b)), json("\"x\\ny\""));
		round_trip(list);
		buf_release(&b);
	}
}

/* What YAML has no kind for reads back as a string. */
static void test_other_kinds(void **state)
{
	struct val *list = val_list(A);

	(void)state;
	(void)val_append(list, val_number(A, STR("1.50")));
	(void)val_append(list, val_number(A, STR("not: a number")));
	(void)val_append(list, val_time(A, 1795446012345));
	(void)val_append(list, val_blob(A, STR("\x00\x01\xff")));
	(void)val_append(list, val_string(A, STR("a\xff")));
	assert_str(written(list), "- 1.50\n- \"not: a number\"\n- 2026-11-23T15:00:12.345Z\n"
				  "- AAH/\n- \"a\xef\xbf\xbd\"\n");
	assert_str(json_text(A, read_back(written(list))),
		   "[\"1.50\",\"not: a number\",\"2026-11-23T15:00:12.345Z\",\"AAH/\","
		   "\"a\xef\xbf\xbd\"]");
}

static struct str random_string(struct rng *r)
{
	static const char *const pieces[] = {"a",
					     "b",
					     "no",
					     "1",
					     "0",
					     ".",
					     " ",
					     ":",
					     "#",
					     "-",
					     "?",
					     "'",
					     "\"",
					     "\\",
					     "\n",
					     "\t",
					     "\r",
					     "[",
					     "]",
					     "{",
					     "}",
					     ",",
					     "&",
					     "*",
					     "!",
					     "|",
					     ">",
					     "%",
					     "@",
					     "`",
					     "日",
					     "😀",
					     "é",
					     "=",
					     "~",
					     "\x7f",
					     "<<",
					     "\xc2\x85",
					     "null",
					     "\x01",
					     "\xe2\x80\xa9",
					     "\xef\xbb\xbf",
					     "\xef\xbf\xbf",
					     "\xc2\xa0"};
	struct buf b = BUF_INIT(KIB(1));
	struct str s;

	for (uint64_t n = rng_below(r, 8); n; n--)
		(void)buf_addz(&b, pieces[rng_below(r, ARRAY_SIZE(pieces))]);
	if (rng_below(r, 50) == 0)
		(void)buf_addc(&b, '\0');
	s = arena_str(A, buf_str(&b));
	buf_release(&b);
	return s;
}

static struct val *random_tree(struct rng *r, unsigned depth)
{
	struct val *v;

	switch (rng_below(r, depth ? 8 : 5)) {
	case 0:
		return val_null(A);
	case 1:
		return val_bool(A, rng_below(r, 2));
	case 2:
		return val_int(A, (int64_t)rng_u64(r) >> rng_below(r, 64));
	case 3:
	case 4:
		return val_string(A, random_string(r));
	case 5:
		v = val_list(A);
		for (uint64_t n = rng_below(r, 5); n; n--)
			(void)val_append(v, random_tree(r, depth - 1));
		return v;
	default:
		v = val_object(A);
		for (uint64_t n = rng_below(r, 5); n; n--) {
			struct str name = random_string(r);

			if (!val_gets(v, name))
				(void)val_set(v, name, random_tree(r, depth - 1));
		}
		return v;
	}
}

static void test_random(void **state)
{
	struct rng r;

	(void)state;
	rng_seed(&r, 20261123);
	for (int i = 0; i < 6000; i++) {
		round_trip(random_tree(&r, 5));
		arena_reset(A);
	}
}

static void test_ceiling(void **state)
{
	struct buf b = BUF_INIT(10);

	(void)state;
	assert_false(yaml_write(json("{\"a\":[1,2,3,\"0123456789\"]}"), &b));
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_layout),      TEST(test_quotes), TEST(test_lines),   TEST(test_long_keys),
		TEST(test_other_kinds), TEST(test_random), TEST(test_ceiling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
