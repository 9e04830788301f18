/* The ledger: what is chained, what a changed, missing, moved or cut entry looks like. */

#include "root-test.h"

#include <pthread.h>

#include "root/ledger.h"
#include "text/json.h"

static void add(const char *kind, const char *account, const char *name)
{
	struct val *detail = val_object(A);
	struct ledger_entry e = {
		.kind = str_of(kind),
		.account_id = str_of(account),
		.account_name = str_of(name),
		.detail = detail,
	};

	val_set_z(A, detail, "credential", "password");
	OK(ledger_add(&RUN, &e, true, err));
}

static void fill(void)
{
	add("enable", NULL, NULL);
	add("deletion", "100000000001", "one");
	add("retired", "100000000001", "one");
	add("deletion", "100000000002", "予約");
	add("retired", "100000000002", "予約");
	add("restored", "100000000001", "one");
}

struct verdict {
	struct ledger_fault *faults;
	size_t nfaults, entries;
	struct str head;
};

static struct verdict verify(const char *expect)
{
	struct verdict v;

	OK(ledger_verify(RUN.store, str_of(expect), A, &v.faults, &v.nfaults, &v.entries, &v.head,
			 err));
	return v;
}

static void one_fault(int64_t n, const char *what)
{
	struct verdict v = verify(NULL);

	if (v.nfaults != 1)
		fail_msg("%zu faults, the first: %s", v.nfaults,
			 v.nfaults ? v.faults[0].what.p : "none");
	assert_int_equal(v.faults[0].n, n);
	assert_string_equal(v.faults[0].what.p, what);
}

static size_t count(const struct ledger_filter *f, struct ledger_entry **out)
{
	struct ledger_entry *v;
	size_t n;

	OK(ledger_read(RUN.store, f, A, &v, &n, err));
	if (out)
		*out = v;
	return n;
}

static void an_empty_one_is_intact(void **state)
{
	struct verdict v = verify(NULL);

	(void)state;
	assert_int_equal(v.nfaults, 0);
	assert_int_equal(v.entries, 0);
	assert_int_equal(v.head.n, 0);
	/* … but not where a digest says that there was something */
	assert_int_equal(verify("00ff").nfaults, 1);
}

static void entries_carry_who_what_when_and_why(void **state)
{
	struct ledger_filter all = {0};
	struct ledger_entry *v;

	(void)state;
	fill();
	reopen();
	assert_int_equal(count(&all, &v), 6);
	for (int i = 0; i < 6; i++) {
		assert_int_equal(v[i].n, i + 1);
		assert_int_equal(v[i].time_ms, NOW_MS);
		assert_true(str_eq(v[i].who, RUN.who));
		assert_true(str_eq(v[i].run, RUN.id));
		assert_true(str_eqz(v[i].reason, "campaign"));
		assert_int_equal(v[i].hash.n, 64);
		assert_true(str_eq(v[i].previous, i ? v[i - 1].hash : STR("")));
	}
	assert_true(str_eqz(v[3].account_name, "予約"));
	assert_true(str_eqz(val_get_str(v[3].detail, "credential"), "password"));
	assert_true(str_is_null(v[0].account_id));
	assert_int_equal(verify(NULL).nfaults, 0);
	assert_true(str_eq(verify(NULL).head, v[5].hash));
	assert_int_equal(verify(v[5].hash.p).nfaults, 0);
}

/* What was written once must stay provable: the form of the hashed text does not change. */
static void the_hash_is_of_the_previous_hash_and_the_text(void **state)
{
	struct ledger_filter all = {0};
	struct ledger_entry *v;

	(void)state;
	add("deletion", "100000000001", "one");
	assert_int_equal(count(&all, &v), 1);
	/* Made with another program: sha256 of a line feed and the entry as JSON. */
	assert_string_equal(v[0].hash.p,
			    "c961bb2c08b8011f619d5cbf80a04e5220c281f482817ab74fea588a7741d8be");
}

static void filters(void **state)
{
	static const struct {
		struct ledger_filter f;
		size_t n;
	} cases[] = {
		{{.kind = STR("deletion")}, 2},
		{{.account_id = STR("100000000001")}, 3},
		{{.account_id = STR("予約")}, 2},
		{{.account_id = STR("100000000001"), .kind = STR("restored")}, 1},
		{{.run = STR("another")}, 0},
		{{.run = STR("20261123T150000Z-test")}, 6},
		{{.since_ms = NOW_MS + 1}, 0},
		{{.since_ms = NOW_MS}, 6},
		{{.until_ms = NOW_MS - 1}, 0},
		{{.kind = STR("nothing")}, 0},
	};

	(void)state;
	fill();
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(count(&cases[i].f, NULL), cases[i].n);
}

/* ---- tampering ---- */

static void a_changed_entry_is_found(void **state)
{
	(void)state;
	fill();
	tamper("UPDATE ledger SET content = replace(content, 'one', 'two') WHERE n = 3");
	one_fault(3, "entry 3 was changed: its content does not fit its hash");
}

static void a_changed_hash_is_found(void **state)
{
	(void)state;
	fill();
	tamper("UPDATE ledger SET hash = replace(hash, substr(hash, 1, 1), 'g') WHERE n = 6");
	one_fault(6, "entry 6 was changed: its content does not fit its hash");
}

static void a_content_that_is_no_json_is_found(void **state)
{
	struct ledger_filter all = {0};
	struct ledger_entry *v;
	struct err err = {0};
	size_t n;

	(void)state;
	fill();
	tamper("UPDATE ledger SET content = '{' WHERE n = 2");
	one_fault(2, "entry 2 was changed: its content does not fit its hash");
	assert_false(ledger_read(RUN.store, &all, A, &v, &n, &err));
	assert_non_null(strstr(err.message, "entry 2 of the ledger cannot be read"));
}

static void columns_beside_the_text_do_not_lie(void **state)
{
	struct ledger_filter of_one = {.account_id = STR("100000000001")}, all = {0};
	struct ledger_entry *v;

	(void)state;
	fill();
	tamper("UPDATE ledger SET time_ms = 0, kind = 'enable', account = '9', org = 'o-x'");
	assert_int_equal(count(&of_one, NULL), 3);
	assert_int_equal(count(&all, &v), 6);
	assert_true(str_eqz(v[1].kind, "deletion"));
	assert_int_equal(v[1].time_ms, NOW_MS);
}

static void a_missing_entry_is_found(void **state)
{
	(void)state;
	fill();
	tamper("DELETE FROM ledger WHERE n = 1");
	one_fault(1, "entry 1 is missing");
	tamper("DELETE FROM ledger WHERE n = 4");
	assert_int_equal(verify(NULL).nfaults, 2);
}

static void many_missing_entries_are_one_line(void **state)
{
	struct verdict v;

	(void)state;
	fill();
	tamper("UPDATE ledger SET n = 1000000 WHERE n = 6");
	v = verify(NULL);
	assert_true(v.nfaults < 10);
	assert_non_null(strstr(v.faults[v.nfaults - 1].what.p, "was moved"));
}

static void moved_entries_are_found(void **state)
{
	struct verdict v;

	(void)state;
	fill();
	tamper("UPDATE ledger SET n = 100 WHERE n = 2; UPDATE ledger SET n = 2 WHERE n = 3;"
	       "UPDATE ledger SET n = 3 WHERE n = 100");
	v = verify(NULL);
	assert_int_equal(v.nfaults, 3);
	assert_string_equal(v.faults[0].what.p, "entry 2 was moved: it was written as entry 3");
	assert_string_equal(v.faults[1].what.p, "entry 3 was moved: it was written as entry 2");
	assert_non_null(strstr(v.faults[2].what.p, "entry 4 does not follow entry 3"));
}

/* Who closes the gap by numbering anew must change the hashed text. */
static void a_closed_gap_is_found(void **state)
{
	(void)state;
	fill();
	tamper("DELETE FROM ledger WHERE n = 4; UPDATE ledger SET n = 4 WHERE n = 5;"
	       "UPDATE ledger SET n = 5 WHERE n = 6");
	assert_int_equal(verify(NULL).nfaults, 2);
}

/* An entry replaced together with its own hash: the next one does not follow it. */
static void a_replaced_entry_is_found(void **state)
{
	(void)state;
	fill();
	tamper("CREATE TABLE copy AS SELECT * FROM ledger; DELETE FROM ledger WHERE n > 3");
	clock_advance_ms(&CLOCK, 60000);
	add("deletion", "100000000009", "other");
	tamper("INSERT INTO ledger SELECT * FROM copy WHERE n > 4; DROP TABLE copy");
	one_fault(5, "entry 5 does not follow entry 4 as it stands: one of them was replaced");
}

/* Only a digest that is kept elsewhere shows a ledger that was cut at its end. */
static void a_cut_end_is_found_by_the_digest(void **state)
{
	struct str head;
	struct verdict v;

	(void)state;
	fill();
	head = verify(NULL).head;
	tamper("DELETE FROM ledger WHERE n = 6");
	assert_int_equal(verify(NULL).nfaults, 0);
	v = verify(head.p);
	assert_int_equal(v.nfaults, 1);
	assert_non_null(strstr(v.faults[0].what.p, "not in the digest that was expected"));
	/* … and one that went on from there */
	clock_advance_ms(&CLOCK, 1000);
	add("restored", "100000000001", "one");
	assert_int_equal(verify(NULL).nfaults, 0);
	assert_int_equal(verify(head.p).nfaults, 1);
}

static void the_whole_table_gone_is_found_by_the_digest(void **state)
{
	struct str head;

	(void)state;
	fill();
	head = verify(NULL).head;
	tamper("DELETE FROM ledger");
	assert_int_equal(verify(NULL).nfaults, 0);
	assert_int_equal(verify(head.p).nfaults, 1);
}

/* ---- many writers, one chain ---- */

static void *writer(void *arg)
{
	struct ledger_entry e = {.kind = STR("session"), .account_id = STR("100000000001")};
	struct err err = {0};

	for (int i = 0; i < 100; i++)
		if (!ledger_add(&RUN, &e, i % 10 == 9, &err))
			*(bool *)arg = false;
	return NULL;
}

static void threads_make_one_chain(void **state)
{
	pthread_t t[4];
	bool ok[4] = {true, true, true, true};

	(void)state;
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&t[i], NULL, writer, &ok[i]), 0);
	for (int i = 0; i < 4; i++) {
		pthread_join(t[i], NULL);
		assert_true(ok[i]);
	}
	OK(store_flush(RUN.store, err));
	assert_int_equal(verify(NULL).entries, 400);
	assert_int_equal(verify(NULL).nfaults, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_empty_one_is_intact),
		TEST(entries_carry_who_what_when_and_why),
		TEST(the_hash_is_of_the_previous_hash_and_the_text),
		TEST(filters),
		TEST(a_changed_entry_is_found),
		TEST(a_changed_hash_is_found),
		TEST(a_content_that_is_no_json_is_found),
		TEST(columns_beside_the_text_do_not_lie),
		TEST(a_missing_entry_is_found),
		TEST(many_missing_entries_are_one_line),
		TEST(moved_entries_are_found),
		TEST(a_closed_gap_is_found),
		TEST(a_replaced_entry_is_found),
		TEST(a_cut_end_is_found_by_the_digest),
		TEST(the_whole_table_gone_is_found_by_the_digest),
		TEST(threads_make_one_chain),
	};

	return cmocka_run_group_tests_name("ledger", tests, NULL, NULL);
}
