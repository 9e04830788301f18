/* What the store remembers of root users: the newest, and the newest that was read. */

#include "root-test.h"

#include "root/inventory-private.h"
#include "root/read.h"
#include "root/report.h"

static struct org_account accounts[3];

static struct root_facts *facts(const char *id, int64_t joined_ms, enum tri password)
{
	struct org_account *acct = &accounts[id[11] - '1'];
	struct root_facts *f;

	*acct = (struct org_account){
		.id = str_of(id),
		.name = str_of(id),
		.state = ORG_STATE_ACTIVE,
		.joined_ms = joined_ms,
	};
	f = root_facts_new(acct);
	f->password = f->mfa = f->keys_present = f->certs_present = TRI_NO;
	f->password = password;
	f->state = password == TRI_YES ? ROOT_STATE_CREDENTIALS : ROOT_STATE_ROOTLESS;
	f->read_ms = NOW_MS;
	if (password == TRI_UNKNOWN) {
		f->state = ROOT_STATE_UNREAD;
		f->read_ms = 0;
		f->reason = STR("access denied");
	}
	return f;
}

static struct inventory *one(int64_t time_ms, struct root_facts *f)
{
	struct inventory *inv = inventory_new(time_ms);

	inventory_add(inv, f);
	return inv;
}

static void save(struct inventory *inv)
{
	inventory_save(&RUN, inv);
	OK(store_flush(RUN.store, err));
	inventory_free(&inv);
}

static struct inventory *last(bool read)
{
	struct inventory *inv;

	if (read)
		OK(inventory_last_read(&RUN, RUN.org_id, &inv, err));
	else
		OK(inventory_last(&RUN, RUN.org_id, &inv, err));
	return inv;
}

static void nothing_yet(void **state)
{
	(void)state;
	assert_null(last(false));
	assert_null(last(true));
}

static void a_failed_attempt_hides_nothing(void **state)
{
	struct inventory *inv;

	(void)state;
	save(one(NOW_MS, facts("100000000001", 0, TRI_YES)));
	save(one(NOW_MS + DAY_MS, facts("100000000001", 0, TRI_UNKNOWN)));
	inv = last(false);
	assert_int_equal(inv->nrows, 1);
	assert_int_equal(inv->rows[0]->state, ROOT_STATE_UNREAD);
	inventory_free(&inv);
	inv = last(true);
	assert_int_equal(inv->nrows, 1);
	assert_int_equal(inv->rows[0]->state, ROOT_STATE_CREDENTIALS);
	assert_int_equal(inv->rows[0]->read_ms, NOW_MS);
	inventory_free(&inv);
}

static void each_account_by_its_own_newest(void **state)
{
	struct inventory *inv;

	(void)state;
	save(one(NOW_MS, facts("100000000001", 0, TRI_YES)));
	save(one(NOW_MS + 1, facts("100000000002", 0, TRI_NO)));
	inv = last(false);
	assert_int_equal(inv->nrows, 2);
	assert_int_equal(inv->taken_ms, NOW_MS + 1);
	inventory_free(&inv);
}

static void new_is_who_joined_since(void **state)
{
	struct inventory *before, *now;

	(void)state;
	save(one(NOW_MS, facts("100000000001", 0, TRI_YES)));
	before = last(true);
	now = one(NOW_MS + DAY_MS, facts("100000000002", NOW_MS - DAY_MS, TRI_NO));
	inventory_add(now, facts("100000000003", NOW_MS + 1, TRI_NO));
	inventory_add(now, facts("100000000001", 0, TRI_NO));
	inventory_compare(now, before);
	assert_true(str_is_null(now->rows[0]->changes));
	assert_true(str_eqz(now->rows[1]->changes, "new account"));
	assert_true(str_eqz(now->rows[2]->changes, "password removed"));
	inventory_free(&now);
	inventory_free(&before);
}

/* Accounts that only the files know are unread in the report, not absent. */
static void the_report_counts_who_was_never_read(void **state)
{
	struct org_account said[2] = {
		{.id = STR("100000000001"), .name = STR("one"), .state = ORG_STATE_UNKNOWN},
		{.id = STR("100000000009"), .name = STR("nine"), .state = ORG_STATE_UNKNOWN},
	};
	struct org_account *list[] = {&said[0], &said[1]};
	struct org files = {.accounts = list, .naccounts = 2};
	struct report *r;

	(void)state;
	save(one(NOW_MS, facts("100000000001", 0, TRI_NO)));
	OK(report_make(RUN.store, RUN.org_id, &files, NOW_MS, A, &r, err));
	assert_int_equal(r->naccounts, 2);
	assert_int_equal(r->rootless, 1);
	assert_int_equal(r->unread, 1);
	assert_true(r->accounts[1].remains);
	report_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_yet),
		TEST(a_failed_attempt_hides_nothing),
		TEST(each_account_by_its_own_newest),
		TEST(new_is_who_joined_since),
		TEST(the_report_counts_who_was_never_read),
	};

	return cmocka_run_group_tests_name("inventory in the store", tests, NULL, NULL);
}
