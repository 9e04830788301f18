#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "fixture.h"

static struct fx f;

static int setup(void **state)
{
	(void)state;
	fx_open(&f, NULL);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fx_close(&f);
	return 0;
}

/* A listing of `total` rows; how many this page has, and the token of the next. */
static bool list(const char *op, const char *input, size_t total, size_t *rows, struct str *token)
{
	struct caller who = {.account = world_account(sandbox_world(f.s), STR("111111111111"))};
	struct err err = {0};
	struct sandbox_request r = {
		.world = sandbox_world(f.s),
		.op = api_op_of("organizations", op),
		.who = &who,
		.arena = f.a,
		.out = val_object(f.a),
	};
	struct page p;

	assert_true(json_read(str_of(input), 0, f.a, &r.in, &err));
	if (!page_begin(&r, 7, &p))
		return false;
	*rows = 0;
	for (size_t i = 0; i < total; i++)
		*rows += page_has(&p, i);
	page_end(&r, &p, total);
	*token = val_get_str(r.out, "NextToken");
	return true;
}

static struct str with_token(const char *before, struct str token)
{
	return arena_printf(f.a, "{%s\"NextToken\":\"%.*s\"}", before, STR_ARG(token));
}

static void test_all_rows_once(void **state)
{
	static const size_t totals[] = {0, 1, 6, 7, 8, 14, 15, 100};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(totals); i++) {
		struct str token = STR_NULL;
		size_t seen = 0, rows, pages = 0;
		do {
			const char *in = str_is_null(token) ? "{}" : with_token("", token).p;
			assert_true(list("ListAccounts", in, totals[i], &rows, &token));
			seen += rows;
			assert_true(++pages <= 20);
		} while (!str_is_null(token));
		assert_int_equal(seen, totals[i]);
		assert_int_equal(pages, totals[i] ? (totals[i] + 6) / 7 : 1);
	}
}

static void test_the_limit_may_change(void **state)
{
	struct str token;
	size_t rows;

	(void)state;
	assert_true(list("ListAccounts", "{\"MaxResults\":3}", 10, &rows, &token));
	assert_int_equal(rows, 3);
	assert_true(
		list("ListAccounts", with_token("\"MaxResults\":5,", token).p, 10, &rows, &token));
	assert_int_equal(rows, 5);
	assert_true(list("ListAccounts", with_token("", token).p, 10, &rows, &token));
	assert_int_equal(rows, 2);
	assert_true(str_is_null(token));
}

/* A token is of one listing: of no other operation, of no other input, and nobody's invention. */
static void test_tokens_of_others(void **state)
{
	struct str token, ignored;
	size_t rows;

	(void)state;
	assert_true(list("ListAccounts", "{}", 10, &rows, &token));
	assert_false(list("ListRoots", with_token("", token).p, 10, &rows, &ignored));
	assert_true(list("ListChildren", "{\"ParentId\":\"r-1\",\"ChildType\":\"ACCOUNT\"}", 10,
			 &rows, &token));
	assert_false(list("ListChildren",
			  with_token("\"ParentId\":\"r-2\",\"ChildType\":\"ACCOUNT\",", token).p,
			  10, &rows, &ignored));
	static const char *const bad[] = {"", "x", "MTo3OmFiYw==", "////", "\\u00e9"};
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_false(list("ListAccounts", with_token("", str_of(bad[i])).p, 10, &rows,
				  &ignored));
	/* A byte changed anywhere. */
	assert_true(list("ListAccounts", "{}", 10, &rows, &token));
	for (size_t i = 0; i < token.n; i++) {
		char *copy = arena_dupz(f.a, token);
		copy[i] = copy[i] == 'A' ? 'B' : 'A';
		if (list("ListAccounts", with_token("", str_of(copy)).p, 10, &rows, &ignored))
			fail_msg("'%s' was taken", copy);
	}
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_all_rows_once),
		T(test_the_limit_may_change),
		T(test_tokens_of_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
