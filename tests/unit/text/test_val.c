#include "text-test.h"

#include "../base/death.h"
#include "text/json.h"
#include "text/val.h"

static struct val *parse(const char *z)
{
	struct err err = {0};
	struct val *v = NULL;

	if (!json_read(str_of(z), 0, A, &v, &err))
		fail_msg("%s: %s", z, err.message);
	return v;
}

static void test_reading_never_fails(void **state)
{
	struct val *v = parse("{\"Account\":{\"Id\":\"123456789012\",\"n\":7},\"list\":[1,2,3]}");

	(void)state;
	assert_str(val_str(val_get(val_get(v, "Account"), "Id")), "123456789012");
	assert_str(val_str(val_path(v, "Account", "Id", NULL)), "123456789012");
	assert_str(val_get_str(val_get(v, "Account"), "Id"), "123456789012");
	assert_null(val_path(v, "Account", "Id", "deeper", NULL));
	assert_null(val_path(NULL, "Account", NULL));
	assert_ptr_equal(val_path(v, NULL), v);
	assert_null(val_get(v, "absent"));
	assert_null(val_get(NULL, "absent"));
	assert_null(val_get(val_get(v, "list"), "absent"));
	assert_null(val_at(v, 0));
	assert_null(val_at(val_get(v, "list"), 3));
	assert_int_equal(val_i64(val_at(val_get(v, "list"), 2), -1), 3);
	assert_int_equal(val_i64(val_get(v, "list"), -1), -1);
	assert_int_equal(val_i64(NULL, -1), -1);
	assert_true(str_is_null(val_str(NULL)));
	assert_true(str_is_null(val_str(val_path(v, "Account", "n", NULL))));
	assert_int_equal(val_count(v), 2);
	assert_int_equal(val_count(NULL), 0);
	assert_int_equal(val_count(val_path(v, "Account", "Id", NULL)), 0);
	assert_null(val_first(NULL));
	assert_false(val_is(NULL, VAL_NULL));
	assert_false(val_true(NULL));
}

static void test_set_and_remove(void **state)
{
	struct val *o = val_object(A), *old;

	(void)state;
	(void)val_set_z(A, o, "a", "1");
	(void)val_set_int(A, o, "b", 2);
	(void)val_set_bool(A, o, "c", true);
	(void)val_set_time(A, o, "d", 0);
	assert_null(val_set_str(A, o, "e", STR_NULL));
	assert_null(val_set_z(A, o, "e", NULL));
	assert_str(json_text(A, o),
		   "{\"a\":\"1\",\"b\":2,\"c\":true,\"d\":\"1970-01-01T00:00:00Z\"}");

	old = val_get(o, "b");
	(void)val_replace(o, STR("b"), val_int(A, 3));
	(void)val_replace(o, STR("d"), val_int(A, 4));
	(void)val_replace(o, STR("a"), val_int(A, 1));
	(void)val_replace(o, STR("z"), val_int(A, 26));
	assert_str(json_text(A, o), "{\"a\":1,\"b\":3,\"c\":true,\"d\":4,\"z\":26}");
	assert_int_equal(val_count(o), 5);
	/* what was replaced may go elsewhere, what is there may stay */
	(void)val_setz(o, "old", old);
	assert_ptr_equal(val_replace(o, STR("old"), old), old);

	assert_true(val_remove(o, STR("old")));
	assert_true(val_remove(o, STR("a")));
	assert_true(val_remove(o, STR("c")));
	assert_false(val_remove(o, STR("c")));
	assert_false(val_remove(NULL, STR("c")));
	(void)val_set_int(A, o, "end", 0);
	assert_str(json_text(A, o), "{\"b\":3,\"d\":4,\"z\":26,\"end\":0}");
	assert_int_equal(val_count(o), 4);
}

static void add_twice(void *arg)
{
	struct val *v = val_int(arg, 1);

	(void)val_append(val_list(arg), v);
	(void)val_append(val_list(arg), v);
}

static void append_to_object(void *arg)
{
	(void)val_append(val_object(arg), val_int(arg, 1));
}

static void test_bugs(void **state)
{
	(void)state;
	assert_true(dies(add_twice, A, "second parent"));
	assert_true(dies(append_to_object, A, "not a list"));
}

static void test_eq(void **state)
{
	static const struct {
		const char *a, *b;
		bool eq;
	} cases[] = {
		{"1", "1", true},
		{"1", "1.0", false},
		{"1", "\"1\"", false},
		{"null", "false", false},
		{"[1,2]", "[2,1]", false},
		{"[1,2]", "[1,2,3]", false},
		{"{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}", true},
		{"{\"a\":1,\"b\":2}", "{\"b\":1,\"a\":2}", false},
		{"{\"a\":1,\"b\":2}", "{\"a\":1,\"c\":2}", false},
		{"{\"a\":1}", "{\"a\":1,\"a\":1}", false},
		{"{\"a\":1,\"a\":2,\"b\":0}", "{\"b\":0,\"a\":1,\"a\":2}", true},
		{"{\"a\":1,\"a\":2,\"b\":0}", "{\"b\":0,\"a\":2,\"a\":1}", false},
		{"{}", "[]", false},
		{"{\"x\":{\"a\":[{}],\"b\":1}}", "{\"x\":{\"b\":1,\"a\":[{}]}}", true},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		if (val_eq(parse(cases[i].a), parse(cases[i].b)) != cases[i].eq)
			fail_msg("%s and %s", cases[i].a, cases[i].b);
	}
	assert_true(val_eq(NULL, NULL));
	assert_false(val_eq(NULL, val_null(A)));
	assert_false(val_eq(val_time(A, 1), val_int(A, 1)));
}

static void test_copy(void **state)
{
	const char *text = "{\"a\":[1,\"x\",{\"b\":null}],\"n\":1.5}";
	char *exact = exact_copy(str_of(text));
	struct arena *other = arena_new();
	struct err err = {0};
	struct val *v, *c, *member;

	(void)state;
	assert_true(json_read((struct str){exact, strlen(text)}, 0, other, &v, &err));
	c = val_copy(A, v);
	member = val_copy(A, val_get(v, "a"));
	assert_true(val_eq(v, c));
	free(exact);
	arena_free(&other);
	/* nothing of the original is left, ASan would tell */
	assert_str(json_text(A, c), text);
	/* a copied member is nobody's */
	assert_true(str_is_null(member->name));
	assert_null(member->next);
	(void)val_setz(c, "again", member);
	assert_int_equal(val_count(val_get(c, "again")), 3);
	assert_null(val_copy(A, NULL));
}

static void test_kind_names(void **state)
{
	(void)state;
	assert_string_equal(val_kind_name(VAL_STRING), "a string");
	assert_string_equal(val_kind_name(VAL_OBJECT), "an object");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_reading_never_fails),
		TEST(test_set_and_remove),
		TEST(test_bugs),
		TEST(test_eq),
		TEST(test_copy),
		TEST(test_kind_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
