#include "text-test.h"

#include "base/rng.h"
#include "text/json.h"
#include "text/yaml.h"

static struct val *read_str(struct str text)
{
	struct err err = {0};
	struct val *v = NULL;

	if (!yaml_read(text, "t.yaml", A, &v, &err))
		fail_msg("%.*s: %u:%u: %s", STR_ARG(text), err.line, err.col, err.message);
	return v;
}

static struct val *read_z(const char *z)
{
	return read_str(str_of(z));
}

/* What a text reads as, in JSON. */
#define assert_reads(yaml, json) assert_str(json_text(A, read_z(yaml)), json)

static struct err refuse_str(struct str text)
{
	struct err err = {0};
	struct val *v = NULL;

	if (yaml_read(text, "t.yaml", A, &v, &err))
		fail_msg("%.*s: is read as %.*s", STR_ARG(text), STR_ARG(json_text(A, v)));
	assert_string_equal(err.path, "t.yaml");
	assert_null(v);
	return err;
}

static struct err refuse(const char *z)
{
	return refuse_str(str_of(z));
}

#define assert_refused(yaml, k, l, c, text)       \
	do {                                      \
		struct err err_ = refuse(yaml);   \
		assert_err(&err_, k, l, c, text); \
	} while (0)

static void test_scalars(void **state)
{
	static const struct {
		const char *yaml;
		enum val_kind kind;
		bool plain;
		const char *text;
	} cases[] = {
		{"~", VAL_NULL, true, "~"},
		{"null", VAL_NULL, true, "null"},
		{"Null", VAL_NULL, true, "Null"},
		{"NULL", VAL_NULL, true, "NULL"},
		{"nULL", VAL_STRING, true, "nULL"},
		{"'null'", VAL_STRING, false, "null"},
		{"true", VAL_BOOL, true, "true"},
		{"True", VAL_BOOL, true, "True"},
		{"TRUE", VAL_BOOL, true, "TRUE"},
		{"False", VAL_BOOL, true, "False"},
		{"\"true\"", VAL_STRING, false, "true"},
		{"yes", VAL_STRING, true, "yes"},
		{"no", VAL_STRING, true, "no"},
		{"on", VAL_STRING, true, "on"},
		{"Off", VAL_STRING, true, "Off"},
		{"y", VAL_STRING, true, "y"},
		{"0", VAL_INT, true, "0"},
		{"-7", VAL_INT, true, "-7"},
		{"123456789012", VAL_INT, true, "123456789012"},
		{"9223372036854775807", VAL_INT, true, "9223372036854775807"},
		{"9223372036854775808", VAL_STRING, true, "9223372036854775808"},
		{"012345678901", VAL_STRING, true, "012345678901"},
		{"010", VAL_STRING, true, "010"},
		{"-0", VAL_STRING, true, "-0"},
		{"+7", VAL_STRING, true, "+7"},
		{"0x1f", VAL_STRING, true, "0x1f"},
		{"0o17", VAL_STRING, true, "0o17"},
		{"1_000", VAL_STRING, true, "1_000"},
		{"1.5", VAL_STRING, true, "1.5"},
		{"1e3", VAL_STRING, true, "1e3"},
		{".inf", VAL_STRING, true, ".inf"},
		{"12:30", VAL_STRING, true, "12:30"},
		{"2026-12-24", VAL_STRING, true, "2026-12-24"},
		{"'123456789012'", VAL_STRING, false, "123456789012"},
		{"!!str 123", VAL_STRING, false, "123"},
		{"!!int '123'", VAL_INT, false, "123"},
		{"!!bool 'true'", VAL_BOOL, false, "true"},
		{"!!null ''", VAL_NULL, false, ""},
		{"''", VAL_STRING, false, ""},
		{"日本", VAL_STRING, true, "日本"},
		{"\"\\u65e5\\x41\\n\"", VAL_STRING, false, "日A\n"},
		{"|\n a\n b\n", VAL_STRING, false, "a\nb\n"},
		{">-\n a\n b\n", VAL_STRING, false, "a b"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct val *v = read_z(cases[i].yaml);

		if (v->kind != cases[i].kind || !!(v->flags & VAL_PLAIN) != cases[i].plain)
			fail_msg("%s is %s, flags %x", cases[i].yaml,
				 val_kind_name((enum val_kind)v->kind), v->flags);
		assert_str(yaml_text(A, v), cases[i].text);
		/* the spelling is kept by copies too */
		assert_str(yaml_text(A, val_copy(A, v)), cases[i].text);
	}
	assert_str(yaml_text(A, read_z("a: \n")->u.kids.first), "");
	assert_true(str_is_null(yaml_text(A, read_z("[]"))));
	assert_true(str_is_null(yaml_text(A, NULL)));
}

static void test_shapes(void **state)
{
	(void)state;
	assert_reads("", "null");
	assert_reads("# only a comment\n", "null");
	assert_reads("---\n", "null");
	assert_reads("--- 1\n...\n", "1");
	assert_reads("a: 1\nb: [x, 'y', {z: 2}]\n", "{\"a\":1,\"b\":[\"x\",\"y\",{\"z\":2}]}");
	assert_reads("- a\n- - b\n  - c\n-\n  d: e\n", "[\"a\",[\"b\",\"c\"],{\"d\":\"e\"}]");
	assert_reads("1: a\ntrue: b\n~: c\n", "{\"1\":\"a\",\"true\":\"b\",\"~\":\"c\"}");
	assert_reads("\"\": a\n", "{\"\":\"a\"}");
	assert_reads("? a\n: b\n", "{\"a\":\"b\"}");
	assert_reads("a: !!map {}\nb: !!seq []\n", "{\"a\":{},\"b\":[]}");
	assert_reads("\xef\xbb\xbf"
		     "a: 1\n",
		     "{\"a\":1}");
	assert_reads("a: 1\r\nb: 2\r\n", "{\"a\":1,\"b\":2}");
	assert_reads("%YAML 1.1\n---\na: 1\n", "{\"a\":1}");
}

static void assert_place(const struct val *v, unsigned line, unsigned col, unsigned name_line,
			 unsigned name_col)
{
	assert_non_null(v);
	if (v->line != line || v->col != col || v->name_line != name_line ||
	    v->name_col != name_col)
		fail_msg("at %u:%u, name at %u:%u", v->line, v->col, v->name_line, v->name_col);
}

static void test_positions(void **state)
{
	struct val *v = read_z("# c\n名前: 店舗\nlist:\n  - a\n  - {日: b, c: 1}\nempty:\n");

	(void)state;
	assert_place(v, 2, 1, 0, 0);
	assert_place(val_get(v, "名前"), 2, 5, 2, 1);
	assert_place(val_get(v, "list"), 4, 3, 3, 1);
	assert_place(val_at(val_get(v, "list"), 0), 4, 5, 0, 0);
	assert_place(val_get(val_at(val_get(v, "list"), 1), "c"), 5, 15, 5, 12);
	assert_place(val_get(v, "empty"), 6, 7, 6, 1);
	assert_place(read_z(""), 1, 1, 0, 0);
}

static void test_duplicates(void **state)
{
	struct buf b = BUF_INIT(MIB(4));
	struct err err;

	(void)state;
	assert_refused("- name: a\n  email: x\n  owners: []\n  email: y\n", ERR_INPUT, 4, 3,
		       "duplicate key 'email' (first on line 2)");
	assert_refused("{a: 1, \"a\": 2}", ERR_INPUT, 1, 8, "duplicate key 'a' (first on line 1)");
	assert_refused("<<: {a: 1}\n<<: {b: 1}\n", ERR_INPUT, 2, 1,
		       "duplicate key '<<' (first on line 1)");
	for (int i = 0; i < 100000; i++)
		(void)buf_addf(&b, "key-%d: 1\n", i);
	(void)buf_addz(&b, "key-77: 2\n");
	err = refuse_str(buf_str(&b));
	assert_err(&err, ERR_INPUT, 100001, 1, "duplicate key 'key-77' (first on line 78)");
	buf_release(&b);
}

static void test_aliases(void **state)
{
	struct val *v;

	(void)state;
	assert_reads("a: &x {k: [1, 2]}\nb: *x\nc: *x\n",
		     "{\"a\":{\"k\":[1,2]},\"b\":{\"k\":[1,2]},\"c\":{\"k\":[1,2]}}");
	assert_reads("- &x 1\n- *x\n- &x 2\n- *x\n", "[1,1,2,2]");
	v = read_z("a: &x\n  k: v\nb: *x\n");
	assert_place(val_get(v, "b"), 3, 4, 3, 1);
	assert_place(val_path(v, "b", "k", NULL), 2, 6, 2, 3);
	assert_refused("a: *x\n", ERR_INPUT, 1, 4, "no anchor '&x' stands before this");
	assert_refused("a: *x\nb: &x 1\n", ERR_INPUT, 1, 4, "no anchor '&x' stands before this");
	assert_refused("a: &x [1, *x]\n", ERR_INPUT, 1, 11, "'*x' stands inside its own anchor");
	assert_refused("&x a: &y {b: {c: *y}}\n", ERR_INPUT, 1, 1,
		       "an anchor on a key is not read");
	assert_refused("a: &y {b: {c: *y}}\n", ERR_INPUT, 1, 15,
		       "'*y' stands inside its own anchor");
	assert_refused("a: &x b\n*x : c\n", ERR_INPUT, 2, 1, "an alias cannot be a key");
}

static void test_merges(void **state)
{
	(void)state;
	assert_reads("base: &b {x: 1, y: 2}\nd:\n  <<: *b\n  y: 3\n  z: 4\n",
		     "{\"base\":{\"x\":1,\"y\":2},\"d\":{\"y\":3,\"z\":4,\"x\":1}}");
	assert_reads("- &a {x: 1}\n- &b {x: 2, y: 2}\n- {<<: [*a, *b], z: 0}\n",
		     "[{\"x\":1},{\"x\":2,\"y\":2},{\"z\":0,\"x\":1,\"y\":2}]");
	assert_reads("<<: {a: 1}\n", "{\"a\":1}");
	assert_reads("\"<<\": {a: 1}\n", "{\"<<\":{\"a\":1}}");
	assert_reads("- &a {x: 1}\n- &b {<<: *a, y: 2}\n- {<<: *b}\n",
		     "[{\"x\":1},{\"y\":2,\"x\":1},{\"y\":2,\"x\":1}]");
	assert_refused("<<: 1\n", ERR_INPUT, 1, 5,
		       "'<<' takes a mapping or a list of mappings, not a number");
	assert_refused("<<: [{a: 1}, x]\n", ERR_INPUT, 1, 14,
		       "'<<' takes a mapping or a list of mappings, not a string");
}

/* Nine levels of nine: a billion strings if they were all made. */
static void test_anchor_bomb(void **state)
{
	struct buf b = BUF_INIT(KIB(64));
	size_t before = arena_bytes(A);
	struct err err;

	(void)state;
	(void)buf_addz(&b, "a0: &a0 [lol,lol,lol,lol,lol,lol,lol,lol,lol]\n");
	for (int i = 1; i < 9; i++)
		(void)buf_addf(&b, "a%d: &a%d [*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d]\n", i,
			       i, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
	err = refuse_str(buf_str(&b));
	assert_int_equal(err.kind, ERR_LIMIT);
	assert_int_equal(err.line, 6);
	assert_string_equal(err.message, "aliases in this file expand to too much");
	assert_true(arena_bytes(A) - before < MIB(16));
	buf_release(&b);
}

static void test_depth(void **state)
{
	static const struct {
		const char *opener;
		size_t n;
	} cases[] = {{"[", 100000},
		     {"{a: ", 100000},
		     {"- ", 100000},
		     {"[\n", 100000},
		     {"[{a: ", 100000}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct buf b = BUF_INIT(MIB(1));
		struct err err;

		for (size_t n = 0; n < cases[i].n; n++)
			(void)buf_addz(&b, cases[i].opener);
		assert_false(buf_overflowed(&b));
		err = refuse_str(buf_str(&b));
		if (err.kind != ERR_LIMIT)
			fail_msg("'%s': %s", cases[i].opener, err.message);
		assert_string_equal(err.message, "lists and mappings are nested too deeply");
		buf_release(&b);
	}
}

static struct str brackets(const char *before, size_t n, const char *inside)
{
	struct buf b = BUF_INIT(KIB(4));
	struct str s;

	(void)buf_addz(&b, before);
	(void)buf_addn(&b, '[', n);
	(void)buf_addz(&b, inside);
	(void)buf_addn(&b, ']', n);
	(void)buf_addc(&b, '\n');
	s = arena_str(A, buf_str(&b));
	buf_release(&b);
	return s;
}

static void test_depth_limit(void **state)
{
	struct str half = brackets("a: &x ", 32, "1"), text;
	struct err err;

	(void)state;
	(void)read_str(brackets("", LIMIT_DEPTH, ""));
	err = refuse_str(brackets("", LIMIT_DEPTH + 1, ""));
	assert_err(&err, ERR_LIMIT, 1, LIMIT_DEPTH + 1, "lists and mappings are nested too deeply");

	/* what an alias stands for counts as if it stood there: 1 + 31 + 32 */
	text = brackets("b: ", 31, "*x");
	(void)read_str(arena_printf(A, "%.*s%.*s", STR_ARG(half), STR_ARG(text)));
	text = brackets("b: ", 32, "*x");
	err = refuse_str(arena_printf(A, "%.*s%.*s", STR_ARG(half), STR_ARG(text)));
	assert_err(&err, ERR_LIMIT, 2, 36, "aliases in this file expand to too much");
}

static void test_encodings(void **state)
{
	struct err err;

	(void)state;
	err = refuse_str(STR("a: 1\nb: \0\n"));
	assert_err(&err, ERR_INPUT, 2, 4, "a NUL byte; is the file UTF-16?");
	err = refuse_str(STR("\xff\xfe"
			     "a\0:\0 \0"
			     "1\0"));
	assert_err(&err, ERR_INPUT, 1, 1, "the file is UTF-16; save it as UTF-8");
	err = refuse_str(STR("\xfe\xff\0a"));
	assert_err(&err, ERR_INPUT, 1, 1, "the file is UTF-16; save it as UTF-8");
	assert_refused("a: é\nb: é\xe9\n", ERR_INPUT, 2, 5, "invalid UTF-8");
	assert_refused("a: \x01\n", ERR_INPUT, 1, 4, "control characters are not allowed");
}

static void test_one_document(void **state)
{
	(void)state;
	assert_refused("a: 1\n---\nb: 2\n", ERR_INPUT, 2, 1,
		       "a second document starts here; one file holds one");
	assert_refused("a: 1\n...\nb: 2\n", ERR_INPUT, 3, 1,
		       "a second document starts here; one file holds one");
	assert_reads("---\na: 1\n...\n", "{\"a\":1}");
}

static void test_tags(void **state)
{
	(void)state;
	assert_refused("a: !custom 1\n", ERR_INPUT, 1, 4, "the tag '!custom' is not read here");
	assert_refused("a: !!python/object:os.system x\n", ERR_INPUT, 1, 4,
		       "the tag 'tag:yaml.org,2002:python/object:os.system' is not read here");
	assert_refused("a: !!set {x}\n", ERR_INPUT, 1, 4,
		       "the tag 'tag:yaml.org,2002:set' is not read here");
	assert_refused("a: !!map [x]\n", ERR_INPUT, 1, 4,
		       "the tag 'tag:yaml.org,2002:map' is not read here");
	assert_refused("a: ! x\n", ERR_INPUT, 1, 4, "the tag '!' is not read here");
	assert_refused("a: !!int x\n", ERR_INPUT, 1, 4, "'x' is not a value of !!int");
	assert_refused("a: !!bool yes\n", ERR_INPUT, 1, 4, "'yes' is not a value of !!bool");
	assert_refused("# c\n%TAG ! tag:x,2026:\n---\na: 1\n", ERR_INPUT, 2, 1,
		       "%TAG directives are not read");
	assert_reads("a: 50%TAG\n", "{\"a\":\"50%TAG\"}");
	assert_reads("a: 日%TAG\n", "{\"a\":\"日%TAG\"}");
}

/* libyaml compares each with all before it; 10 MB of them would take hours. */
static void test_tag_directives(void **state)
{
	static const char *const line_ends[] = {"\n", "\r", "\xc2\x85", "\xe2\x80\xa8",
						"\xe2\x80\xa9"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(line_ends); i++) {
		struct buf b = BUF_INIT(MIB(10));
		struct err err;

		(void)buf_addf(&b, "a: 1%s...%s", line_ends[i], line_ends[i]);
		for (int n = 0; b.n < MIB(9); n++)
			(void)buf_addf(&b, "%%TAG !%d! tag:x:%s", n, line_ends[i]);
		err = refuse_str(buf_str(&b));
		assert_string_equal(err.message, "%TAG directives are not read");
		buf_release(&b);
	}
}

static void test_hints(void **state)
{
	(void)state;
	assert_refused("a:\n\tb: 1\n", ERR_INPUT, 2, 1,
		       "a tab indents this line; YAML wants blanks");
	assert_refused("a:\n  b: 1\n  \tc: 2\n", ERR_INPUT, 3, 3,
		       "a tab indents this line; YAML wants blanks");
	assert_refused("a: b: c\n", ERR_INPUT, 1, 5,
		       "a key is not allowed here; check the indentation, and quote text that "
		       "holds ': '");
	assert_refused("a: 1\n  b: 2\n", ERR_INPUT, 2, 4,
		       "a key is not allowed here; check the indentation, and quote text that "
		       "holds ': '");
	assert_refused("- a\nb: 1\n", ERR_INPUT, 2, 1,
		       "expected '- '; check the indentation of the list");
	assert_refused("a: [1, 2\nb: 3\n", ERR_INPUT, 2, 2, "expected ',' or ']'");
	assert_refused("a: 'x\n", ERR_INPUT, 2, 1, "the file ends inside quotes");
	assert_refused("a: @x\n", ERR_INPUT, 1, 4,
		       "this character cannot start a value; put the value in quotes");
	assert_refused("a:\n  - b\n c: 1\n", ERR_INPUT, 3, 2,
		       "expected a key; check the indentation and the quotes of the lines before");
	assert_refused("? ? ? a\n", ERR_INPUT, 1, 3,
		       "a key must be a word, not a list or a mapping");
	assert_refused("?\n: a\n", ERR_INPUT, 1, 2, "a key is missing before ':'");
	assert_refused("[a]: b\n", ERR_INPUT, 1, 1,
		       "a key must be a word, not a list or a mapping");
	assert_refused("? {a: b}\n: c\n", ERR_INPUT, 1, 3,
		       "a key must be a word, not a list or a mapping");
	assert_refused("\"x\\u001b[31m\": 1\n\"x\\e[31m\": 1\n", ERR_INPUT, 2, 1,
		       "duplicate key 'x\\x1b[31m' (first on line 1)");
}

static void test_size(void **state)
{
	size_t n = LIMIT_YAML_BYTES + 1;
	char *text = xmalloc(n);
	struct err err;

	(void)state;
	memset(text, 'a', n);
	err = refuse_str((struct str){text, n});
	assert_int_equal(err.kind, ERR_LIMIT);
	assert_string_equal(err.message, "a YAML file of more than 10 MiB");
	free(text);
}

static void test_file(void **state)
{
	struct err err = {0};
	struct val *v;
	char text[512];

	(void)state;
	assert_true(yaml_read_file(test_path("data/yaml/accounts.yaml"), A, &v, &err));
	assert_str(val_get_str(val_at(val_get(val_at(v, 0), "accounts"), 1), "name"),
		   "pos-staging");
	assert_false(yaml_read_file(test_path("data/yaml/duplicate.yaml"), A, &v, &err));
	assert_true(str_endsz(str_of(err_text(&err, text, sizeof(text))),
			      "duplicate.yaml:5:5: duplicate key 'email' (first on line 3)"));
	assert_false(yaml_read_file(test_path("data/yaml/absent.yaml"), A, &v, &err));
	assert_int_equal(err.kind, ERR_IO);
}

/* A file of ours cut at each byte: any answer, but never a crash. */
static void test_truncated(void **state)
{
	struct err err = {0};
	struct str text;
	size_t read = 0;

	(void)state;
	assert_true(file_read(test_path("data/yaml/accounts.yaml"), MIB(1), A, &text, &err));
	for (size_t cut = 0; cut <= text.n; cut++) {
		char *part = exact_copy(str_sub(text, 0, cut));
		struct arena *a = arena_new();
		struct val *v;

		err_clear(&err);
		if (yaml_read((struct str){part, cut}, "t.yaml", a, &v, &err))
			read++;
		else
			assert_true(err.line > 0 && err.col > 0 && err.message[0]);
		arena_free(&a);
		free(part);
	}
	assert_true(read > 0 && read < text.n);
}

static void test_mutated(void **state)
{
	struct err err = {0};
	struct rng r;
	struct str text;

	(void)state;
	assert_true(file_read(test_path("data/yaml/accounts.yaml"), MIB(1), A, &text, &err));
	rng_seed(&r, 3);
	for (int i = 0; i < 4000; i++) {
		static const char special[] = "\t\n :-?[]{}&*!|>'\"%@`#,\\\xff\x80";
		char *copy = exact_copy(text);
		struct arena *a = arena_new();
		struct val *v;

		for (uint64_t k = 1 + rng_below(&r, 3); k; k--)
			copy[rng_below(&r, text.n)] = special[rng_below(&r, sizeof(special) - 1)];
		err_clear(&err);
		if (!yaml_read((struct str){copy, text.n}, "t.yaml", a, &v, &err))
			assert_true(err.line > 0 && err.col > 0 && err.message[0]);
		arena_free(&a);
		free(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_scalars),        TEST(test_shapes),       TEST(test_positions),
		TEST(test_duplicates),     TEST(test_aliases),      TEST(test_merges),
		TEST(test_anchor_bomb),    TEST(test_depth),        TEST(test_depth_limit),
		TEST(test_encodings),      TEST(test_one_document), TEST(test_tags),
		TEST(test_tag_directives), TEST(test_hints),        TEST(test_size),
		TEST(test_file),           TEST(test_truncated),    TEST(test_mutated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
