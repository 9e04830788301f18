#include "text-test.h"

#include "base/rng.h"
#include "text/json.h"

static struct val *read_flags(const char *z, unsigned flags)
{
	struct err err = {0};
	struct val *v = NULL;

	if (!json_read(str_of(z), flags, A, &v, &err))
		fail_msg("%s: %u:%u: %s", z, err.line, err.col, err.message);
	return v;
}

static struct err refuse(const char *z, unsigned flags)
{
	struct err err = {0};
	struct val *v = NULL;

	if (json_read(str_of(z), flags, A, &v, &err))
		fail_msg("%s: is read", z);
	return err;
}

static void test_kinds(void **state)
{
	struct val *v = read_flags("[null,true,false,-7,1.5,\"x\",[],{}]", 0);
	static const enum val_kind kinds[] = {VAL_NULL,   VAL_BOOL,   VAL_BOOL, VAL_INT,
					      VAL_NUMBER, VAL_STRING, VAL_LIST, VAL_OBJECT};

	(void)state;
	assert_int_equal(val_count(v), ARRAY_SIZE(kinds));
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		assert_int_equal(val_at(v, i)->kind, kinds[i]);
	assert_true(val_true(val_at(v, 1)));
	assert_false(val_true(val_at(v, 2)));
	assert_int_equal(val_i64(val_at(v, 3), 0), -7);
	assert_str(val_str(val_at(v, 4)), "1.5");
}

static void test_numbers(void **state)
{
	static const struct {
		const char *text;
		enum val_kind kind;
		int64_t i;
	} cases[] = {
		{"0", VAL_INT, 0},
		{"-0", VAL_INT, 0},
		{"9223372036854775807", VAL_INT, INT64_MAX},
		{"-9223372036854775808", VAL_INT, INT64_MIN},
		{"9223372036854775808", VAL_NUMBER, 0},
		{"-9223372036854775809", VAL_NUMBER, 0},
		{"18446744073709551616", VAL_NUMBER, 0},
		{"18446744073709551617", VAL_NUMBER, 0}, /* 1 when it wraps */
		{"1.0", VAL_NUMBER, 0},
		{"1e3", VAL_NUMBER, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct val *v = read_flags(cases[i].text, 0);

		assert_int_equal(v->kind, cases[i].kind);
		if (v->kind == VAL_INT)
			assert_true(v->u.i == cases[i].i);
		else
			assert_str(v->u.s, cases[i].text);
	}
}

static void test_strings(void **state)
{
	struct str s;

	(void)state;
	s = val_str(read_flags("\"plain\"", 0));
	assert_str(s, "plain");
	s = val_str(read_flags("\"\\u65e5\\ud83d\\ude00\\n\\/\"", 0));
	assert_str(s, "日😀\n/");
	s = val_str(read_flags("\"a\\u0000b\"", 0));
	assert_int_equal(s.n, 3);
	assert_memory_equal(s.p, "a\0b", 3);
	s = val_str(read_flags("\"\"", 0));
	assert_false(str_is_null(s));
	assert_int_equal(s.n, 0);
	s = val_str(read_flags("\"\\ud800x\\udc00\"", JSON_LONE_SURROGATES));
	assert_str(s, "\xef\xbf\xbdx\xef\xbf\xbd");
}

/* Strings without escapes are views into the text. */
static void test_views(void **state)
{
	const char *text = "[\"plain\",\"esc\\n\"]";
	struct val *v = read_flags(text, 0);
	struct str s = val_str(val_at(v, 0));

	(void)state;
	assert_ptr_equal(s.p, text + 2);
	s = val_str(val_at(v, 1));
	assert_true(s.p < text || s.p > text + strlen(text));
}

static void test_error_places(void **state)
{
	struct err err;

	(void)state;
	err = refuse("", 0);
	assert_err(&err, ERR_INPUT, 1, 1, "the text ends too early");
	err = refuse("[1,\n  2,]", 0);
	assert_err(&err, ERR_INPUT, 2, 5,
		   "expected a value: true, false, null, a number, a string, a list or an object");
	err = refuse("{\"名前\": tru}", 0);
	assert_err(&err, ERR_INPUT, 1, 11,
		   "expected a value: true, false, null, a number, a string, a list or an object");
	err = refuse("{\"a\":1 \"b\":2}", 0);
	assert_err(&err, ERR_INPUT, 1, 8, "expected ',' or '}'");
	err = refuse("[1 2]", 0);
	assert_err(&err, ERR_INPUT, 1, 4, "expected ',' or ']'");
	err = refuse("{a:1}", 0);
	assert_err(&err, ERR_INPUT, 1, 2, "expected a name in double quotes");
	err = refuse("{\"a\" 1}", 0);
	assert_err(&err, ERR_INPUT, 1, 6, "expected ':' after the name");
	err = refuse("\"a\tb\"", 0);
	assert_err(&err, ERR_INPUT, 1, 3, "a control character in a string must be escaped");
	err = refuse("\"a\\qb\"", 0);
	assert_err(&err, ERR_INPUT, 1, 3, "an unknown escape");
	err = refuse("\"\\u12\"", 0);
	assert_err(&err, ERR_INPUT, 1, 2, "\\u needs four hexadecimal digits");
	err = refuse("\"é\\ud800\"", 0);
	assert_err(&err, ERR_INPUT, 1, 3, "a \\u escape is half of a surrogate pair");
	err = refuse("\"é\xff\"", 0);
	assert_err(&err, ERR_INPUT, 1, 3, "invalid UTF-8");
	err = refuse("\xef\xbb\xbf{}", 0);
	assert_err(&err, ERR_INPUT, 1, 1, "a byte order mark is not allowed in JSON");
	err = refuse("{}\nx", 0);
	assert_err(&err, ERR_INPUT, 2, 1, "unexpected text after the value");
	err = refuse("-x", 0);
	assert_err(&err, ERR_INPUT, 1, 2, "a digit must follow '-'");
	err = refuse("01", 0);
	assert_err(&err, ERR_INPUT, 1, 1, "a number cannot start with 0");
	err = refuse("[1.]", 0);
	assert_err(&err, ERR_INPUT, 1, 4, "a digit must follow '.'");
	err = refuse("[1e+]", 0);
	assert_err(&err, ERR_INPUT, 1, 5, "a digit must follow the exponent's 'e'");
}

static void assert_place(const struct val *v, unsigned line, unsigned col, unsigned name_line,
			 unsigned name_col)
{
	if (v->line != line || v->col != col || v->name_line != name_line ||
	    v->name_col != name_col)
		fail_msg("at %u:%u, name at %u:%u", v->line, v->col, v->name_line, v->name_col);
}

static void test_positions(void **state)
{
	const char *text = "{\n  \"名\": [1, \"日本\", {}],\n  \"b\\n\":\n\ttrue\n}";
	struct val *v = read_flags(text, JSON_POSITIONS);
	struct val *list = val_get(v, "名");

	(void)state;
	assert_place(v, 1, 1, 0, 0);
	assert_place(list, 2, 8, 2, 3);
	assert_place(val_at(list, 0), 2, 9, 0, 0);
	assert_place(val_at(list, 1), 2, 12, 0, 0);
	assert_place(val_at(list, 2), 2, 18, 0, 0);
	assert_place(val_get(v, "b\n"), 4, 2, 3, 3);

	/* not asked for, none given: also when offsets were needed on the way */
	v = read_flags(text, JSON_UNIQUE);
	assert_place(v, 0, 0, 0, 0);
	assert_place(val_get(v, "b\n"), 0, 0, 0, 0);
	v = read_flags(text, 0);
	assert_place(val_get(v, "b\n"), 0, 0, 0, 0);
}

static void test_unique(void **state)
{
	struct err err;

	(void)state;
	assert_int_equal(val_count(read_flags("{\"a\":1,\"a\":2}", 0)), 2);
	assert_int_equal(val_i64(val_get(read_flags("{\"a\":1,\"a\":2}", 0), "a"), 0), 1);
	err = refuse("{\"b\":{\"a\":1,\n\n\"\\u0061\":2}}", JSON_UNIQUE);
	assert_err(&err, ERR_INPUT, 3, 1, "duplicate name 'a' (first on line 1)");
	err = refuse("{\"x\\u001b[31m\":1,\"x\\u001b[31m\":1}", JSON_UNIQUE);
	assert_err(&err, ERR_INPUT, 1, 18, "duplicate name 'x\\x1b[31m' (first on line 1)");
	(void)read_flags("{\"a\":{\"a\":[{\"a\":1},{\"a\":1}]}}", JSON_UNIQUE);
}

/* Large objects take the other way: a hash set. */
static void test_unique_large(void **state)
{
	(void)state;
	for (size_t n = 15; n < 20; n++) {
		struct buf b = BUF_INIT(MIB(1));
		struct err err = {0};
		struct val *v;

		(void)buf_addc(&b, '{');
		for (size_t i = 0; i < n; i++)
			(void)buf_addf(&b, "\"n%zu\":%zu,\n", i, i);
		(void)buf_addz(&b, "\"last\":{}}");
		assert_true(json_read(buf_str(&b), JSON_UNIQUE, A, &v, &err));
		buf_truncate(&b, b.n - strlen("\"last\":{}}"));
		(void)buf_addz(&b, "\"n3\":0}");
		assert_false(json_read(buf_str(&b), JSON_UNIQUE, A, &v, &err));
		assert_err(&err, ERR_INPUT, (unsigned)n + 1, 1,
			   "duplicate name 'n3' (first on line 4)");
		buf_release(&b);
	}
}

/* 200,000 names in one object: hours if each were compared with each. */
static void test_unique_huge(void **state)
{
	struct buf b = BUF_INIT(MIB(16));
	struct err err = {0};
	struct val *v = NULL;

	(void)state;
	(void)buf_addc(&b, '{');
	for (size_t i = 0; i < 200000; i++)
		(void)buf_addf(&b, "%s\"name-%zu\":0", i ? "," : "", i);
	(void)buf_addc(&b, '}');
	assert_true(json_read(buf_str(&b), JSON_UNIQUE, A, &v, &err));
	assert_int_equal(val_count(v), 200000);
	buf_release(&b);
}

static void test_depth(void **state)
{
	static const char *const openers[] = {"[", "{\"a\":", "[{\"a\":", " [ "};
	struct err err = {0};
	struct val *v;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(openers); i++) {
		struct buf b = BUF_INIT(MIB(2));
		size_t before = arena_bytes(A);

		for (size_t n = 0; n < 100000; n++)
			(void)buf_addz(&b, openers[i]);
		assert_false(buf_overflowed(&b));
		assert_false(json_read(buf_str(&b), 0, A, &v, &err));
		assert_int_equal(err.kind, ERR_LIMIT);
		assert_string_equal(err.message, "lists and objects are nested too deeply");
		assert_true(arena_bytes(A) - before < KIB(64));
		buf_release(&b);
	}
}

/* 10 MB of the densest JSON there is ends at the ceiling of values, not of memory. */
static void test_dense(void **state)
{
	size_t n = MIB(10);
	char *text = xmalloc(n);
	struct err err = {0};
	struct val *v;

	(void)state;
	text[0] = '[';
	for (size_t i = 1; i < n; i++)
		text[i] = i % 2 ? '1' : ',';
	text[n - 1] = ']';
	assert_false(json_read((struct str){text, n}, 0, A, &v, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	assert_string_equal(err.message, "too many values in one document");
	assert_true(arena_bytes(A) < LIMIT_NODES * sizeof(struct val) + MIB(4));
	free(text);
}

static void test_ten_megabytes(void **state)
{
	struct buf b = BUF_INIT(MIB(12));
	struct err err = {0};
	struct val *v = NULL;
	size_t records = 0;

	(void)state;
	(void)buf_addz(&b, "{\"Records\":[");
	for (; b.n < MIB(10); records++)
		(void)buf_addf(&b, "%s{\"eventName\":\"AssumeRoot\",\"n\":%zu,\"text\":\"%0200d\"}",
			       records ? ",\n" : "", records, 0);
	(void)buf_addz(&b, "]}");
	assert_true(json_read(buf_str(&b), JSON_UNIQUE | JSON_POSITIONS, A, &v, &err));
	assert_int_equal(val_count(val_get(v, "Records")), records);
	assert_int_equal(val_get(v, "Records")->u.kids.last->line, records);
	assert_true(arena_bytes(A) < MIB(32));
	buf_release(&b);
}

static void assert_written(const struct val *v, enum json_style style, const char *expected)
{
	struct buf b = BUF_INIT(KIB(64));

	assert_true(json_write(v, style, &b));
	assert_string_equal(buf_z(&b), expected);
	buf_release(&b);
}

static void test_write(void **state)
{
	struct val *o = val_object(A), *list = val_list(A);

	(void)state;
	(void)val_set_z(A, o, "s", "a\"\\\b\f\n\r\t\x01\x7f/é");
	(void)val_setz(o, "list", list);
	(void)val_append(list, val_int(A, INT64_MIN));
	(void)val_append(list, val_null(A));
	(void)val_append(list, val_bool(A, true));
	(void)val_append(list, val_object(A));
	(void)val_append(list, val_list(A));
	(void)val_append(list, val_blob(A, STR("\x00\x01\xff")));
	(void)val_append(list, val_time(A, 1795446012000));
	(void)val_append(list, val_time(A, 1795446012345));
	(void)val_append(list, val_number(A, STR("1.50")));
	assert_written(o, JSON_COMPACT,
		       "{\"s\":\"a\\\"\\\\\\b\\f\\n\\r\\t\\u0001\x7f/é\","
		       "\"list\":[-9223372036854775808,null,true,{},[],\"AAH/\","
		       "\"2026-11-23T15:00:12Z\",\"2026-11-23T15:00:12.345Z\",1.50]}");
	(void)val_remove(o, STR("s"));
	assert_written(
		o, JSON_PRETTY,
		"{\n  \"list\": [\n    -9223372036854775808,\n    null,\n    true,\n    {},\n"
		"    [],\n    \"AAH/\",\n    \"2026-11-23T15:00:12Z\",\n"
		"    \"2026-11-23T15:00:12.345Z\",\n    1.50\n  ]\n}");
	assert_written(NULL, JSON_COMPACT, "null");
}

/* Whatever the tree holds, what is written is JSON. */
static void test_write_always_valid(void **state)
{
	static const char *const numbers[] = {"", "-", "01", "1.", ".5", "1e", "NaN", "0x1", "1 2"};

	(void)state;
	assert_written(val_string(A, STR("a\xff\xe6\x97z")), JSON_COMPACT,
		       "\"a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdz\"");
	assert_written(val_string(A, STR("\0")), JSON_COMPACT, "\"\\u0000\"");
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		assert_written(val_number(A, str_of(numbers[i])), JSON_COMPACT,
			       arena_printf(A, "\"%s\"", numbers[i]).p);
	assert_written(val_number(A, STR("-1.5e+7")), JSON_COMPACT, "-1.5e+7");
}

static void test_write_ceiling(void **state)
{
	struct buf b = BUF_INIT(20);

	(void)state;
	assert_false(json_write(read_flags("[1,2,3,{\"a\":\"0123456789\"}]", 0), JSON_PRETTY, &b));
	assert_true(buf_overflowed(&b));
	buf_release(&b);
}

static struct str random_string(struct rng *r)
{
	static const char *const pieces[] = {"a",  "bc", "\"", "\\", "\n",    "\x01", "é",
					     "日", "😀",  "/",  " ",  "x\x7f", "'"};
	struct buf b = BUF_INIT(KIB(4));
	struct str s;

	for (uint64_t n = rng_below(r, 40); n; n--)
		(void)buf_addz(&b, pieces[rng_below(r, ARRAY_SIZE(pieces))]);
	if (rng_below(r, 8) == 0)
		(void)buf_addc(&b, '\0');
	s = arena_str(A, buf_str(&b));
	buf_release(&b);
	return s;
}

static struct val *random_tree(struct rng *r, unsigned depth)
{
	struct val *v;

	switch (rng_below(r, depth ? 8 : 6)) {
	case 0:
		return val_null(A);
	case 1:
		return val_bool(A, rng_below(r, 2));
	case 2:
		return val_int(A, (int64_t)rng_u64(r) >> rng_below(r, 64));
	case 3:
		return val_number(A, STR("-12.5e3"));
	case 4:
	case 5:
		return val_string(A, random_string(r));
	case 6:
		v = val_list(A);
		for (uint64_t n = rng_below(r, 6); n; n--)
			(void)val_append(v, random_tree(r, depth - 1));
		return v;
	default:
		v = val_object(A);
		for (uint64_t n = rng_below(r, 6); n; n--)
			(void)val_set(v, random_string(r), random_tree(r, depth - 1));
		return v;
	}
}

static void test_random_round_trip(void **state)
{
	struct rng r;

	(void)state;
	rng_seed(&r, 20261123);
	for (int i = 0; i < 3000; i++) {
		struct val *v = random_tree(&r, 5), *again = NULL;
		struct buf b = BUF_INIT(MIB(1));
		struct err err = {0};

		assert_true(json_write(v, i % 2 ? JSON_PRETTY : JSON_COMPACT, &b));
		if (!json_read(buf_str(&b), JSON_POSITIONS, A, &again, &err))
			fail_msg("%s: %s", buf_z(&b), err.message);
		if (!val_eq(v, again))
			fail_msg("%s: reads back as something else", buf_z(&b));
		buf_release(&b);
		arena_reset(A);
	}
}

/* Bytes changed at random: any answer, but never a crash (ASan, UBSan). */
static void test_mutated(void **state)
{
	static const char sample[] =
		"{\"Records\":[{\"eventVersion\":\"1.08\",\"userIdentity\":{\"type\":\"Root\","
		"\"arn\":\"arn:aws:iam::123456789012:root\"},\"n\":-1.5e10,\"s\":\"\\u00e9\\n日\","
		"\"empty\":{},\"list\":[null,true,false,0]}]}";
	struct rng r;
	size_t read = 0;

	(void)state;
	rng_seed(&r, 7);
	for (int i = 0; i < 20000; i++) {
		char *text = exact_copy(STR(sample));
		size_t n = sizeof(sample) - 1;
		struct err err = {0};
		struct val *v;

		for (uint64_t k = 1 + rng_below(&r, 3); k; k--)
			text[rng_below(&r, n)] = (char)rng_u64(&r);
		read += json_read((struct str){text, n}, (unsigned)i & 7, A, &v, &err);
		free(text);
		arena_reset(A);
	}
	assert_true(read > 100 && read < 19900);
}

static void test_file(void **state)
{
	struct err err = {0};
	struct val *v;
	char text[512];

	(void)state;
	assert_true(json_read_file(test_path("data/json/y_object_two.json"), 100, 0, A, &v, &err));
	assert_str(val_get_str(v, "b"), "c");
	assert_false(json_read_file(test_path("data/json/y_object_two.json"), 5, 0, A, &v, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	assert_false(
		json_read_file(test_path("data/json/n_object_no_colon.json"), 100, 0, A, &v, &err));
	assert_true(str_endsz(str_of(err_text(&err, text, sizeof(text))),
			      "n_object_no_colon.json:1:6: expected ':' after the name"));
	assert_false(json_read_file(test_path("data/json/absent"), 100, 0, A, &v, &err));
	assert_int_equal(err.kind, ERR_IO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_kinds),         TEST(test_numbers),
		TEST(test_strings),       TEST(test_views),
		TEST(test_error_places),  TEST(test_positions),
		TEST(test_unique),        TEST(test_unique_large),
		TEST(test_unique_huge),   TEST(test_depth),
		TEST(test_dense),         TEST(test_ten_megabytes),
		TEST(test_write),         TEST(test_write_always_valid),
		TEST(test_write_ceiling), TEST(test_random_round_trip),
		TEST(test_mutated),       TEST(test_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
