#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "fixture.h"
#include "sandbox/log.h"

static char *dir;
static struct arena *a;

static int setup(void **state)
{
	(void)state;
	dir = fx_tempdir();
	a = arena_new();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fx_rmdir(dir);
	arena_free(&a);
	return 0;
}

static struct state_log *open_log(void)
{
	struct err err = {0};
	struct state_log *log = state_log_open(dir, &err);

	if (!log)
		fail_msg("%s", err.message);
	return log;
}

/* How many entries there are; each must hold its number as "value". */
static uint64_t read_through(struct state_log *log)
{
	struct err err = {0};
	struct val *e;
	uint64_t n = 0;

	for (;;) {
		if (!state_log_next(log, a, &e, &err))
			fail_msg("line %u: %s", err.line, err.message);
		if (!e)
			return n;
		n++;
		assert_int_equal(val_i64(val_get(e, "value"), 0), n);
	}
}

static void append(struct state_log *log, int64_t value)
{
	struct val *e = val_object(a);
	struct err err = {0};

	val_set_int(a, e, "value", value);
	val_set_z(a, e, "text", "line\nbreak and \"quotes\"");
	assert_int_equal(state_log_append(log, e), value);
	assert_true(state_log_wait(log, (uint64_t)value, &err));
}

static void write_three(void)
{
	struct state_log *log = open_log();

	assert_int_equal(read_through(log), 0);
	for (int i = 1; i <= 3; i++)
		append(log, i);
	state_log_close(&log);
}

static char *log_path(void)
{
	return arena_dupz(a, arena_printf(a, "%s/log.jsonl", dir));
}

static struct str content(void)
{
	FILE *in = fopen(log_path(), "r");
	char *p = arena_alloc(a, 65536);

	assert_non_null(in);
	size_t n = fread(p, 1, 65536, in);
	fclose(in);
	return str_ofn(p, n);
}

static void put(struct str s)
{
	FILE *out = fopen(log_path(), "w");

	assert_non_null(out);
	assert_int_equal(fwrite(s.p, 1, s.n, out), s.n);
	fclose(out);
}

static void test_what_was_written_is_read(void **state)
{
	struct stat st;

	(void)state;
	write_three();
	assert_int_equal(stat(log_path(), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	struct state_log *log = open_log();
	assert_int_equal(read_through(log), 3);
	assert_int_equal(state_log_torn(log), 0);
	append(log, 4);
	state_log_close(&log);
	log = open_log();
	assert_int_equal(read_through(log), 4);
	state_log_close(&log);
}

/* Every length that a kill can leave of the last line. */
static void test_a_torn_last_line_is_dropped(void **state)
{
	(void)state;
	write_three();
	struct str whole = content();
	size_t second = 0, lines = 0;
	for (size_t i = 0; i < whole.n && lines < 2; i++)
		if (whole.p[i] == '\n') {
			lines++;
			second = i + 1;
		}
	for (size_t n = second; n < whole.n; n++) {
		put(str_sub(whole, 0, n));
		struct state_log *log = open_log();
		assert_int_equal(read_through(log), 2);
		assert_int_equal(state_log_torn(log), n - second);
		append(log, 3);
		state_log_close(&log);
		assert_true(str_eq(content(), whole)); /* the same bytes as if nothing had been */
	}
}

static void expect_damage(struct str text, uint32_t line)
{
	struct err err = {0};
	struct val *e = NULL;
	bool ok;

	put(text);
	struct state_log *log = open_log();
	while ((ok = state_log_next(log, a, &e, &err)) && e)
		;
	assert_false(ok);
	assert_int_equal(err.kind, ERR_INPUT);
	assert_int_equal(err.line, line);
	assert_true(str_endsz(str_of(err.path), "log.jsonl"));
	state_log_close(&log);
}

/* A byte changed anywhere but in the line breaks. */
static void test_a_changed_byte_is_found(void **state)
{
	(void)state;
	write_three();
	struct str whole = content();
	uint32_t line = 1;
	for (size_t i = 0; i < whole.n; i++) {
		char *copy = arena_dupz(a, whole);
		if (copy[i] == '\n') {
			line++;
			continue;
		}
		copy[i] = copy[i] == 'x' ? 'y' : 'x';
		expect_damage(str_ofn(copy, whole.n), line);
	}
}

static void test_a_missing_or_moved_line_is_found(void **state)
{
	(void)state;
	write_three();
	struct str whole = content(), rest = whole, l1, l2, l3;
	assert_true(str_next(&rest, '\n', &l1) && str_next(&rest, '\n', &l2) &&
		    str_next(&rest, '\n', &l3));
	expect_damage(arena_printf(a, "%.*s\n%.*s\n", STR_ARG(l1), STR_ARG(l3)), 2);
	expect_damage(arena_printf(a, "%.*s\n%.*s\n", STR_ARG(l2), STR_ARG(l3)), 1);
	expect_damage(arena_printf(a, "%.*s\n%.*s\n%.*s\n", STR_ARG(l1), STR_ARG(l3), STR_ARG(l2)),
		      2);
	expect_damage(arena_printf(a, "%.*s\n\n%.*s\n", STR_ARG(l1), STR_ARG(l2)), 2);
}

static void test_two_at_once_are_refused(void **state)
{
	struct err err = {0};
	struct state_log *log = open_log();

	(void)state;
	assert_null(state_log_open(dir, &err));
	assert_int_equal(err.kind, ERR_REFUSED);
	state_log_close(&log);
	log = open_log();
	state_log_close(&log);
}

struct writer {
	struct state_log *log;
	pthread_mutex_t *order;
	int64_t *next;
};

static void *write_many(void *arg)
{
	struct writer *w = arg;
	struct arena *own = arena_new();
	struct err err = {0};

	for (int i = 0; i < 50; i++) {
		struct val *e = val_object(own);
		pthread_mutex_lock(w->order); /* the world's lock, in the sandbox */
		val_set_int(own, e, "value", ++*w->next);
		uint64_t n = state_log_append(w->log, e);
		pthread_mutex_unlock(w->order);
		if (!state_log_wait(w->log, n, &err))
			abort();
	}
	arena_free(&own);
	return NULL;
}

static void test_several_writers(void **state)
{
	struct state_log *log = open_log();
	pthread_mutex_t order = PTHREAD_MUTEX_INITIALIZER;
	pthread_t threads[8];
	int64_t next = 0;
	struct writer w = {log, &order, &next};

	(void)state;
	assert_int_equal(read_through(log), 0);
	for (size_t i = 0; i < ARRAY_SIZE(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, write_many, &w), 0);
	for (size_t i = 0; i < ARRAY_SIZE(threads); i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(state_log_last(log), 400);
	state_log_close(&log);
	log = open_log();
	assert_int_equal(read_through(log), 400);
	state_log_close(&log);
}

/* What could not be written is said to everybody from then on. */
static void test_a_full_disk(void **state)
{
	struct state_log *log = open_log();
	struct err err = {0};
	struct val *e = val_object(a);

	(void)state;
	assert_int_equal(read_through(log), 0);
	append(log, 1);
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	assert_true(full >= 0);
	state_log_write_to(log, full);
	val_set_int(a, e, "value", 2);
	uint64_t n = state_log_append(log, e);
	assert_false(state_log_wait(log, n, &err));
	assert_int_equal(err.kind, ERR_IO);
	assert_non_null(strstr(err.message, strerror(ENOSPC)));
	assert_false(state_log_wait(log, n, &err));
	assert_true(state_log_wait(log, 1, &err)); /* this one is safe */
	state_log_close(&log);
	log = open_log();
	assert_int_equal(read_through(log), 1);
	state_log_close(&log);
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_what_was_written_is_read),
		T(test_a_torn_last_line_is_dropped),
		T(test_a_changed_byte_is_found),
		T(test_a_missing_or_moved_line_is_found),
		T(test_two_at_once_are_refused),
		T(test_several_writers),
		T(test_a_full_disk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
