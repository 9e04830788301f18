/* The journal: on disk before it returns, open rows, and the entry that comes with an outcome. */

#include "root-test.h"

#include "root/journal.h"

static int64_t begin(const char *account, const char *op, const char *target)
{
	int64_t row = 0;

	OK(journal_begin(&RUN, str_of(account), op, str_of(target), &row, err));
	assert_true(row > 0);
	return row;
}

static size_t open_rows(struct journal_row **out)
{
	struct journal_row *v;
	size_t n;

	OK(journal_open_rows(&RUN, A, &v, &n, err));
	if (out)
		*out = v;
	return n;
}

static void an_intent_is_open_until_its_outcome(void **state)
{
	struct journal_row *v;
	int64_t one, two;

	(void)state;
	assert_int_equal(open_rows(NULL), 0);
	one = begin("100000000001", "retire", NULL);
	clock_advance_ms(&CLOCK, 5);
	two = begin("100000000001", "DeleteAccessKey", "AKIAX");
	reopen();
	assert_int_equal(open_rows(&v), 2);
	assert_int_equal(v[0].id, one);
	assert_true(str_eqz(v[0].op, "retire"));
	assert_true(str_eqz(v[0].target, ""));
	assert_int_equal(v[0].time_ms, NOW_MS);
	assert_int_equal(v[1].id, two);
	assert_true(str_eqz(v[1].account_id, "100000000001"));
	assert_true(str_eqz(v[1].target, "AKIAX"));
	assert_true(str_eq(v[1].run, RUN.id));
	assert_int_equal(v[1].time_ms, NOW_MS + 5);
	OK(journal_end(&RUN, two, JOURNAL_DONE, STR_NULL, STR("r-1"), NULL, err));
	assert_int_equal(open_rows(&v), 1);
	assert_int_equal(v[0].id, one);
}

static void outcomes_have_names(void **state)
{
	static const struct {
		enum journal_outcome outcome;
		const char *sql;
	} cases[] = {
		{JOURNAL_DONE, "SELECT COUNT(*) FROM journal WHERE outcome = 'done'"},
		{JOURNAL_DONE_LOST, "SELECT COUNT(*) FROM journal WHERE outcome = 'done-lost'"},
		{JOURNAL_FAILED, "SELECT COUNT(*) FROM journal WHERE outcome = 'failed' AND "
				 "code = 'AccessDenied' AND request_id = 'r-9'"},
		{JOURNAL_NOT_DONE, "SELECT COUNT(*) FROM journal WHERE outcome = 'not-done'"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int64_t row = begin("100000000001", "DeleteLoginProfile", NULL);

		OK(journal_end(&RUN, row, cases[i].outcome, STR("AccessDenied"), STR("r-9"), NULL,
			       err));
		assert_int_equal(number(cases[i].sql), 1);
	}
	assert_int_equal(open_rows(NULL), 0);
}

static void another_organization_s_rows_are_its_own(void **state)
{
	(void)state;
	begin("100000000001", "retire", NULL);
	RUN.org_id = STR("o-other");
	assert_int_equal(open_rows(NULL), 0);
	begin("100000000002", "retire", NULL);
	assert_int_equal(open_rows(NULL), 1);
	RUN.org_id = STR("o-test");
	assert_int_equal(open_rows(NULL), 1);
}

/* One is there if and only if the other is. */
static void outcome_and_ledger_entry_are_one_transaction(void **state)
{
	struct ledger_entry e = {.kind = STR("deletion"), .account_id = STR("100000000001")};
	struct err why = {0};
	int64_t row = begin("100000000001", "DeleteAccessKey", "AKIAX");

	(void)state;
	OK(journal_end(&RUN, row, JOURNAL_DONE, STR_NULL, STR_NULL, &e, err));
	assert_int_equal(number("SELECT COUNT(*) FROM ledger WHERE kind = 'deletion'"), 1);

	row = begin("100000000001", "DeleteAccessKey", "AKIAY");
	tamper("ALTER TABLE ledger RENAME TO elsewhere; UPDATE journal SET op = op");
	assert_false(journal_end(&RUN, row, JOURNAL_DONE, STR_NULL, STR_NULL, &e, &why));
	assert_int_equal(why.kind, ERR_STORE);
	reopen();
	assert_int_equal(open_rows(NULL), 1);
}

static void a_store_that_failed_takes_no_more_intents(void **state)
{
	struct err err = {0};
	int64_t row;

	(void)state;
	tamper("ALTER TABLE journal RENAME TO elsewhere; "
	       "CREATE TABLE journal (id INTEGER PRIMARY KEY); INSERT INTO journal VALUES (1)");
	assert_false(journal_begin(&RUN, STR("100000000001"), "retire", STR_NULL, &row, &err));
	assert_int_equal(err.kind, ERR_STORE);
	err_clear(&err);
	assert_false(journal_begin(&RUN, STR("100000000002"), "retire", STR_NULL, &row, &err));
	assert_non_null(strstr(err.message, "takes no more writes after a failure"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_intent_is_open_until_its_outcome),
		TEST(outcomes_have_names),
		TEST(another_organization_s_rows_are_its_own),
		TEST(outcome_and_ledger_entry_are_one_transaction),
		TEST(a_store_that_failed_takes_no_more_intents),
	};

	return cmocka_run_group_tests_name("journal", tests, NULL, NULL);
}
