/* The store: group commit, order, refusal after a failure, what a kill leaves. */

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/pool.h"
#include "store/store.h"

static char dir[] = "/tmp/test-store-XXXXXX";
static char path[64];

static int setup(void **state)
{
	(void)state;
	memcpy(dir, "/tmp/test-store-XXXXXX", sizeof(dir));
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/store.db", dir);
	return 0;
}

static int teardown(void **state)
{
	static const char *const ends[] = {"", "-wal", "-shm", ".lock"};
	char name[96];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		snprintf(name, sizeof(name), "%s%s", path, ends[i]);
		unlink(name);
	}
	rmdir(dir);
	return 0;
}

static struct store *open_store(void)
{
	struct err err = {0};
	struct store *st;

	if (!store_open(path, &st, &err))
		fail_msg("%s", err.message);
	return st;
}

struct row {
	struct store *st;
	int64_t n;
	bool ok;
};

static bool insert(struct store_tx *tx, void *ctx, struct err *err)
{
	struct row *r = ctx;
	struct store_value v[] = {STORE_Z("o-1"), STORE_I(r->n), STORE_Z("")};

	return store_tx_exec(tx,
			     "INSERT INTO journal (org, run, time_ms, account, op, target) "
			     "VALUES (?1, 'run', ?2, '1', 'op', ?3)",
			     v, ARRAY_SIZE(v), err);
}

static bool broken(struct store_tx *tx, void *ctx, struct err *err)
{
	(void)ctx;
	return store_tx_exec(tx, "INSERT INTO journal (org) VALUES (NULL)", NULL, 0, err);
}

static bool count_row(const struct store_row *r, void *ctx)
{
	*(int64_t *)ctx = store_col_int(r, 0);
	return false;
}

static int64_t count(struct store *st)
{
	struct err err = {0};
	int64_t n = -1;

	if (!store_query(st, "SELECT COUNT(*) FROM journal", NULL, 0, count_row, &n, &err))
		fail_msg("%s", err.message);
	return n;
}

static void makes_a_private_file(void **state)
{
	struct store *st = open_store();
	struct stat s;

	(void)state;
	assert_int_equal(stat(path, &s), 0);
	assert_int_equal(s.st_mode & 0777, 0600);
	assert_string_equal(store_path(st), path);
	store_close(&st);
	assert_null(st);
	store_close(&st);
}

static void a_write_is_there_when_it_returns(void **state)
{
	struct store *st = open_store();
	struct row r = {.n = 7};
	struct err err = {0};

	(void)state;
	assert_true(store_write(st, insert, &r, &err));
	assert_int_equal(count(st), 1);
	store_close(&st);
	st = open_store();
	assert_int_equal(count(st), 1);
	store_close(&st);
}

static void write_one(void *item, void *worker)
{
	struct row *r = item;
	struct err err = {0};

	(void)worker;
	r->ok = store_write(r->st, insert, r, &err);
}

static void many_threads_write_at_once(void **state)
{
	enum { N = 500 };
	struct store *st = open_store();
	struct pool *p = pool_new(32, NULL, NULL, NULL);
	struct row *rows = calloc(N, sizeof(*rows));

	(void)state;
	for (int i = 0; i < N; i++)
		rows[i] = (struct row){.st = st, .n = i};
	pool_map(p, write_one, rows, N, sizeof(*rows));
	for (int i = 0; i < N; i++)
		assert_true(rows[i].ok);
	assert_int_equal(count(st), N);
	pool_free(&p);
	free(rows);
	store_close(&st);
}

static int freed;

static void free_row(void *ctx)
{
	freed++;
	free(ctx);
}

static bool collect(const struct store_row *r, void *ctx)
{
	int64_t *last = ctx;

	assert_int_equal(store_col_int(r, 0), *last + 1);
	(*last)++;
	return true;
}

static void later_writes_keep_their_order(void **state)
{
	struct store *st = open_store();
	struct err err = {0};
	int64_t last = 0;

	(void)state;
	freed = 0;
	for (int i = 1; i <= 100; i++) {
		struct row *r = calloc(1, sizeof(*r));

		r->n = i;
		store_write_later(st, insert, r, free_row);
	}
	assert_true(store_flush(st, &err));
	assert_int_equal(freed, 100);
	assert_true(store_query(st, "SELECT time_ms FROM journal ORDER BY id", NULL, 0, collect,
				&last, &err));
	assert_int_equal(last, 100);
	store_close(&st);
}

static void nothing_is_written_after_a_failure(void **state)
{
	struct store *st = open_store();
	struct row r = {.n = 1};
	struct err err = {0};

	(void)state;
	assert_false(store_write(st, broken, NULL, &err));
	assert_int_equal(err.kind, ERR_STORE);
	err_clear(&err);
	assert_false(store_write(st, insert, &r, &err));
	assert_non_null(strstr(err.message, "takes no more writes"));
	err_clear(&err);
	assert_false(store_flush(st, &err));
	assert_int_equal(count(st), 0);
	store_close(&st);
	/* A new program may try again. */
	st = open_store();
	err_clear(&err);
	assert_true(store_write(st, insert, &r, &err));
	store_close(&st);
}

static void what_is_no_database_is_said_so(void **state)
{
	struct err err = {0};
	struct store *st;

	(void)state;
	assert_true(
		file_replace(path,
			     STR("this is a letter to my mother, not a database, and so it is long "
				 "enough to be looked at\n"),
			     0600, &err));
	assert_false(store_open(path, &st, &err));
	assert_int_equal(err.kind, ERR_STORE);
	assert_non_null(strstr(err.message, "no SQLite file"));
	assert_null(st);
}

static void a_newer_schema_is_refused(void **state)
{
	struct err err = {0};
	struct store *st = open_store();

	(void)state;
	assert_true(store_query(st, "PRAGMA user_version=99", NULL, 0, NULL, NULL, &err));
	store_close(&st);
	assert_false(store_open(path, &st, &err));
	assert_non_null(strstr(err.message, "newer rootout"));
}

static void two_programs_do_not_change_root_users_at_once(void **state)
{
	struct store *a = open_store(), *b = open_store();
	struct err err = {0};

	(void)state;
	assert_true(store_lock(a, &err));
	assert_false(store_lock(b, &err));
	assert_int_equal(err.kind, ERR_REFUSED);
	store_close(&a);
	store_close(&b);
	b = open_store();
	err_clear(&err);
	assert_true(store_lock(b, &err));
	store_close(&b);
}

/* Each acknowledged write must be there after kill -9, whenever it comes. */
static void a_kill_loses_nothing_that_was_told(void **state)
{
	(void)state;
	for (int round = 0; round < 5; round++) {
		int told[2];
		int64_t n = 0, seen;
		pid_t pid;
		struct store *st;

		assert_int_equal(pipe(told), 0);
		pid = fork();
		if (pid == 0) {
			struct row r = {0};
			struct err err = {0};

			close(told[0]);
			if (!store_open(path, &st, &err))
				_exit(1);
			for (r.n = 1;; r.n++)
				if (!store_write(st, insert, &r, &err) ||
				    write(told[1], "x", 1) != 1)
					_exit(1);
		}
		close(told[1]);
		for (int i = 0; i < 20 + round * 7; i++) {
			char c;

			if (read(told[0], &c, 1) != 1)
				break;
			n++;
		}
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		/* What was still in the pipe was told, too. */
		char rest[4096];
		ssize_t more = read(told[0], rest, sizeof(rest));

		n += more > 0 ? more : 0;
		close(told[0]);
		st = open_store();
		seen = count(st);
		assert_true(seen >= n && seen <= n + 1);
		struct err err = {0};

		assert_true(store_query(st, "DELETE FROM journal", NULL, 0, NULL, NULL, &err));
		store_close(&st);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(makes_a_private_file, setup, teardown),
		cmocka_unit_test_setup_teardown(a_write_is_there_when_it_returns, setup, teardown),
		cmocka_unit_test_setup_teardown(many_threads_write_at_once, setup, teardown),
		cmocka_unit_test_setup_teardown(later_writes_keep_their_order, setup, teardown),
		cmocka_unit_test_setup_teardown(nothing_is_written_after_a_failure, setup,
						teardown),
		cmocka_unit_test_setup_teardown(what_is_no_database_is_said_so, setup, teardown),
		cmocka_unit_test_setup_teardown(a_newer_schema_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(two_programs_do_not_change_root_users_at_once,
						setup, teardown),
		cmocka_unit_test_setup_teardown(a_kill_loses_nothing_that_was_told, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
