#include "text-test.h"

#include "text/check.h"
#include "text/json.h"
#include "text/yaml.h"

static struct err E;
static struct check C;

static const struct val *doc(const char *yaml)
{
	struct val *v = NULL;

	err_clear(&E);
	C = (struct check){.path = "accounts.yaml", .a = A, .err = &E};
	if (!yaml_read(str_of(yaml), "accounts.yaml", A, &v, &E))
		fail_msg("%u:%u: %s", E.line, E.col, E.message);
	return v;
}

/* The whole message as a person reads it. */
#define assert_says(ok, text)                                                                   \
	do {                                                                                    \
		char said_[1500];                                                               \
		assert_false(ok);                                                               \
		assert_int_equal(E.kind, ERR_INPUT);                                            \
		assert_string_equal(err_text(&E, said_, sizeof(said_)), "accounts.yaml:" text); \
	} while (0)

static const char *const known[] = {"name", "email", "owners", "tags"};

static void test_object(void **state)
{
	(void)state;
	assert_true(check_object(&C, doc("{name: a, email: b}"), "an account", known, 4));
	assert_says(check_object(&C, doc("name: a\nemial: b\n"), "an account", known, 4),
		    "2:1: unknown key 'emial', did you mean 'email'?");
	assert_says(check_object(&C, doc("name: a\n担当: b\n"), "an account", known, 4),
		    "2:1: unknown key '担当'");
	assert_says(check_object(&C, doc("\"x\\e[2J\": a\n"), "an account", known, 4),
		    "1:1: unknown key 'x\\x1b[2J'");
	assert_says(check_object(&C, doc("- a\n"), "an account", known, 4),
		    "1:1: an account must be a mapping of keys and values, not a list");
	assert_says(check_object(&C, doc("word"), "an account", known, 4),
		    "1:1: an account must be a mapping of keys and values, not 'word'");
	assert_says(check_object(&C, doc(""), "an account", known, 4),
		    "1:1: an account must be a mapping of keys and values, not null");
	assert_false(check_object(&C, NULL, "an account", known, 4));
}

static void test_str(void **state)
{
	struct str s = STR("default");

	(void)state;
	assert_true(check_str(&C, doc("name: pos"), "name", CHECK_REQUIRED, &s));
	assert_str(s, "pos");
	assert_true(check_str(&C, doc("name: pos"), "email", CHECK_OPTIONAL, &s));
	assert_str(s, "pos"); /* absent leaves it alone */
	assert_true(check_str(&C, doc("name: 2024"), "name", CHECK_REQUIRED, &s));
	assert_str(s, "2024");
	assert_says(check_str(&C, doc("- a: 1\n- b: 2\n")->u.kids.last, "name", CHECK_REQUIRED, &s),
		    "2:3: the key 'name' is missing");
	assert_says(check_str(&C, doc("name:\n"), "name", CHECK_OPTIONAL, &s),
		    "1:1: 'name' has no value: give one or remove the key");
	assert_says(check_str(&C, doc("name: ''\n"), "name", CHECK_OPTIONAL, &s),
		    "1:7: 'name' is empty");
	assert_says(check_str(&C, doc("name: [a]\n"), "name", CHECK_OPTIONAL, &s),
		    "1:7: 'name' must be a string, not a list");
	assert_says(check_str(&C, doc("name: true\n"), "name", CHECK_OPTIONAL, &s),
		    "1:7: 'name' must be a string: put 'true' in quotes if it is one");
	assert_true(check_text(&C, doc("name: ''\n"), "name", CHECK_OPTIONAL, &s));
	assert_str(s, "");
}

static void test_lists(void **state)
{
	const struct val *v = NULL;
	struct str *items = NULL;
	size_t n = 99;

	(void)state;
	assert_true(
		check_list_of_str(&C, doc("in: [a, 7, 'c']"), "in", CHECK_REQUIRED, &items, &n));
	assert_int_equal(n, 3);
	assert_str(items[1], "7");
	assert_true(check_list_of_str(&C, doc("in: pos"), "in", CHECK_REQUIRED, &items, &n));
	assert_int_equal(n, 1);
	assert_str(items[0], "pos");
	assert_true(check_list_of_str(&C, doc("{}"), "in", CHECK_OPTIONAL, &items, &n));
	assert_int_equal(n, 1);
	assert_true(check_list_of_str(&C, doc("in: []"), "in", CHECK_REQUIRED, &items, &n));
	assert_int_equal(n, 0);
	assert_says(check_list_of_str(&C, doc("in:\n"), "in", CHECK_OPTIONAL, &items, &n),
		    "1:1: 'in' has no value: give one or remove the key");
	assert_says(
		check_list_of_str(&C, doc("in:\n- a\n- [b]\n"), "in", CHECK_OPTIONAL, &items, &n),
		"3:3: each item of 'in' must be a string, not a list");
	assert_says(check_list_of_str(&C, doc("in:\n- a\n-\n"), "in", CHECK_OPTIONAL, &items, &n),
		    "3:2: each item of 'in' must be a string, not null");
	assert_says(check_list_of_str(&C, doc("in: {unit: a}\n"), "in", CHECK_OPTIONAL, &items, &n),
		    "1:5: 'in' must be a list of strings, not an object");
	assert_says(check_list_of_str(&C, doc("in: false\n"), "in", CHECK_OPTIONAL, &items, &n),
		    "1:5: 'in' must be a string: put 'false' in quotes if it is one");

	assert_true(check_list(&C, doc("a: [1]"), "a", CHECK_REQUIRED, &v));
	assert_int_equal(val_count(v), 1);
	assert_says(check_list(&C, doc("a: {}"), "a", CHECK_REQUIRED, &v),
		    "1:4: 'a' must be a list, not an object");
	assert_true(check_map(&C, doc("a: {b: c}"), "a", CHECK_REQUIRED, &v));
	assert_str(val_get_str(v, "b"), "c");
	assert_says(check_map(&C, doc("a: 5"), "a", CHECK_REQUIRED, &v),
		    "1:4: 'a' must be a mapping of keys and values, not 5");
	assert_true(check_is_list(&C, doc("[]"), "accounts"));
	assert_false(check_is_list(&C, NULL, "accounts"));
}

static void test_bool(void **state)
{
	static const struct {
		const char *text;
		bool is;
	} cases[] = {{"true", true}, {"False", false}, {"yes", true}, {"no", false},
		     {"on", true},   {"OFF", false},   {"No", false}};
	bool b;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		b = !cases[i].is;
		assert_true(check_bool(&C, doc(arena_printf(A, "a: %s", cases[i].text).p), "a",
				       CHECK_REQUIRED, &b));
		assert_int_equal(b, cases[i].is);
	}
	assert_says(check_bool(&C, doc("a: 'yes'"), "a", CHECK_REQUIRED, &b),
		    "1:4: 'a' must be true or false, not 'yes'");
	assert_says(check_bool(&C, doc("a: 1"), "a", CHECK_REQUIRED, &b),
		    "1:4: 'a' must be true or false, not 1");
}

static void test_numbers(void **state)
{
	int64_t i = 0;
	int percent = 0;

	(void)state;
	assert_true(check_int(&C, doc("a: 5"), "a", CHECK_REQUIRED, 1, 10, &i));
	assert_int_equal(i, 5);
	assert_says(check_int(&C, doc("a: 11"), "a", CHECK_REQUIRED, 1, 10, &i),
		    "1:4: 'a' must be a whole number from 1 to 10, not 11");
	assert_says(check_int(&C, doc("a: '5'"), "a", CHECK_REQUIRED, 1, 10, &i),
		    "1:4: 'a' must be a whole number from 1 to 10, not '5'");
	assert_true(check_percent(&C, doc("a: 10%"), "a", CHECK_REQUIRED, &percent));
	assert_int_equal(percent, 10);
	assert_true(check_percent(&C, doc("a: 100 %"), "a", CHECK_REQUIRED, &percent));
	assert_int_equal(percent, 100);
	assert_says(check_percent(&C, doc("a: 101%"), "a", CHECK_REQUIRED, &percent),
		    "1:4: 'a' must be a share like 10%, not '101%'");
	assert_says(check_percent(&C, doc("a: 10"), "a", CHECK_REQUIRED, &percent),
		    "1:4: 'a' must be a share like 10%, not 10");
	assert_says(check_percent(&C, doc("a: '%'"), "a", CHECK_REQUIRED, &percent),
		    "1:4: 'a' must be a share like 10%, not '%'");
	assert_says(check_percent(&C, doc("a: -1%"), "a", CHECK_REQUIRED, &percent),
		    "1:4: 'a' must be a share like 10%, not '-1%'");
}

static void test_enum(void **state)
{
	static const char *const values[] = {"attach", "detach", "leave"};
	int i = -1;

	(void)state;
	assert_true(check_enum(&C, doc("a: leave"), "a", CHECK_REQUIRED, values, 3, &i));
	assert_int_equal(i, 2);
	assert_says(
		check_enum(&C, doc("a: atach"), "a", CHECK_REQUIRED, values, 3, &i),
		"1:4: 'a' must be attach, detach or leave, not 'atach', did you mean 'attach'?");
	assert_says(check_enum(&C, doc("a: zzzzzz"), "a", CHECK_REQUIRED, values, 3, &i),
		    "1:4: 'a' must be attach, detach or leave, not 'zzzzzz'");
	assert_says(check_enum(&C, doc("a: [attach]"), "a", CHECK_REQUIRED, values, 3, &i),
		    "1:4: 'a' must be attach, detach or leave, not a list");
	assert_int_equal(i, 2);
}

static void test_times(void **state)
{
	int64_t ms = 0;

	(void)state;
	assert_true(check_duration(&C, doc("wait: 3 days"), "wait", CHECK_REQUIRED, &ms));
	assert_int_equal(ms, 3 * 86400000LL);
	assert_says(check_duration(&C, doc("wait: 3"), "wait", CHECK_REQUIRED, &ms),
		    "1:7: 'wait' needs a unit: '3 days', '3h' or '3m'");
	assert_says(check_duration(&C, doc("wait: [1d]"), "wait", CHECK_REQUIRED, &ms),
		    "1:7: 'wait' must be a duration like '3 days', not a list");
	assert_false(check_duration(&C, doc("wait: 3 dayz"), "wait", CHECK_REQUIRED, &ms));
	assert_int_equal(E.col, 7);
	assert_true(strncmp(E.message, "'wait': ", 8) == 0);

	assert_true(check_date(&C, doc("until: 2026-12-24"), "until", CHECK_REQUIRED, &ms));
	assert_int_equal(ms, 1798070400000);
	assert_says(
		check_date(&C, doc("until: 2026-12-24T10:00:00Z"), "until", CHECK_REQUIRED, &ms),
		"1:8: 'until' must be a day like 2026-12-24, not '2026-12-24T10:00:00Z'");
	assert_says(check_date(&C, doc("until: 2026-13-24"), "until", CHECK_REQUIRED, &ms),
		    "1:8: 'until' must be a day like 2026-12-24, not '2026-13-24'");
	assert_true(check_time(&C, doc("until: 2026-12-24T09:00:00+09:00"), "until", CHECK_REQUIRED,
			       &ms));
	assert_int_equal(ms, 1798070400000);
	assert_true(check_time(&C, doc("until: 2026-12-24"), "until", CHECK_REQUIRED, &ms));
	assert_int_equal(ms, 1798070400000);
	assert_says(check_time(&C, doc("until: tomorrow"), "until", CHECK_REQUIRED, &ms),
		    "1:8: 'until' must be a day like 2026-12-24 or a time like "
		    "2026-12-24T18:00:00+09:00, not 'tomorrow'");
}

static void test_account_id(void **state)
{
	struct str id = STR_NULL;

	(void)state;
	assert_true(check_account_id(&C, doc("id: 123456789012"), "id", CHECK_REQUIRED, &id));
	assert_str(id, "123456789012");
	assert_true(check_account_id(&C, doc("id: 012345678901"), "id", CHECK_REQUIRED, &id));
	assert_str(id, "012345678901");
	assert_true(check_account_id(&C, doc("id: '000000000001'"), "id", CHECK_REQUIRED, &id));
	assert_str(id, "000000000001");
	assert_says(check_account_id(&C, doc("id: 12345678901"), "id", CHECK_REQUIRED, &id),
		    "1:5: account id '12345678901' has 11 digits, it must have 12");
	assert_says(check_account_id(&C, doc("id: '1234567890123'"), "id", CHECK_REQUIRED, &id),
		    "1:5: account id '1234567890123' has 13 digits, it must have 12");
	assert_says(check_account_id(&C, doc("id: 1234-5678-9012"), "id", CHECK_REQUIRED, &id),
		    "1:5: 'id' must be an account id of 12 digits, not '1234-5678-9012'");
	assert_says(check_account_id(&C, doc("id: -12345678901"), "id", CHECK_REQUIRED, &id),
		    "1:5: 'id' must be an account id of 12 digits, not '-12345678901'");
	assert_true(check_account_id(&C, doc("{}"), "id", CHECK_OPTIONAL, &id));
	assert_str(id, "000000000001");
}

static void test_json(void **state)
{
	struct val *v = NULL;
	struct str s;
	bool b;

	(void)state;
	(void)doc("{}");
	assert_true(
		json_read(STR("{\"name\":\n \"x\", \"on\": \"yes\"}"), JSON_POSITIONS, A, &v, &E));
	assert_true(check_str(&C, v, "name", CHECK_REQUIRED, &s));
	assert_says(check_bool(&C, v, "on", CHECK_REQUIRED, &b),
		    "2:13: 'on' must be true or false, not 'yes'");
	assert_says(check_fail(&C, v, "it is %s", "wrong"), "1:1: it is wrong");
	assert_says(check_fail_name(&C, val_get(v, "on"), "it is %d", 7), "2:7: it is 7");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_object), TEST(test_str),        TEST(test_lists),
		TEST(test_bool),   TEST(test_numbers),    TEST(test_enum),
		TEST(test_times),  TEST(test_account_id), TEST(test_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
