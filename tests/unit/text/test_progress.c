/* Progress and colour on a terminal: a pseudo-terminal plays it. */

#include "text-test.h"

#include <fcntl.h>
#include <pty.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/pool.h"
#include "text/table.h"

struct tty {
	int master;
	FILE *stream;
};

static void tty_open(struct tty *t, unsigned short columns)
{
	struct winsize size = {.ws_row = 24, .ws_col = columns};
	struct termios raw;
	int slave;

	assert_int_equal(openpty(&t->master, &slave, NULL, NULL, &size), 0);
	assert_int_equal(tcgetattr(slave, &raw), 0);
	cfmakeraw(&raw);
	assert_int_equal(tcsetattr(slave, TCSANOW, &raw), 0);
	assert_int_equal(fcntl(t->master, F_SETFL, O_NONBLOCK), 0);
	t->stream = fdopen(slave, "w");
	assert_non_null(t->stream);
}

static struct str tty_seen(struct tty *t)
{
	static char seen[65536];
	size_t n = 0;
	ssize_t got;

	while (n < sizeof(seen) && (got = read(t->master, seen + n, sizeof(seen) - n)) > 0)
		n += (size_t)got;
	return (struct str){seen, n};
}

static void tty_close(struct tty *t)
{
	fclose(t->stream);
	close(t->master);
}

/* What stands on the line when all that was written has been played. */
static const char *on_screen(struct str seen, size_t columns)
{
	static char line[256];
	size_t at = 0, end = 0;

	assert_true(columns < sizeof(line));
	memset(line, ' ', sizeof(line));
	for (size_t i = 0; i < seen.n; i++) {
		if (seen.p[i] == '\r') {
			at = 0;
			continue;
		}
		assert_true(at < columns); /* else it would wrap */
		line[at++] = seen.p[i];
	}
	for (size_t i = 0; i < columns; i++)
		end = line[i] != ' ' ? i + 1 : end;
	line[end] = '\0';
	return line;
}

static void test_line(void **state)
{
	struct tty t;
	struct term term;
	struct progress *p;
	struct str seen;

	(void)state;
	tty_open(&t, 80);
	term = term_of(t.stream, "never");
	assert_true(term.tty);
	assert_int_equal(term.width, 80);
	p = progress_new(t.stream, &term, "reading accounts");
	progress_total(p, 500);
	seen = tty_seen(&t);
	assert_string_equal(on_screen(seen, 80), "reading accounts  0 of 500");
	progress_free(&p);
	assert_null(p);
	seen = tty_seen(&t);
	assert_string_equal(on_screen(seen, 80), "");
	assert_true(str_endsz(seen, "\r"));
	progress_free(&p);
	tty_close(&t);
}

static void test_unknown_total(void **state)
{
	struct tty t;
	struct term term;
	struct progress *p;

	(void)state;
	tty_open(&t, 80);
	term = term_of(t.stream, NULL);
	p = progress_new(t.stream, &term, "evil\x1b[2J");
	progress_step(p, 3);
	assert_string_equal(on_screen(tty_seen(&t), 80), "evil\\x1b[2J  3");
	progress_free(&p);
	tty_close(&t);
}

/* A narrow terminal: the last column stays free, nothing wraps. */
static void test_narrow(void **state)
{
	struct tty t;
	struct term term;
	struct progress *p;
	struct str seen;

	(void)state;
	tty_open(&t, 10);
	term = term_of(t.stream, NULL);
	p = progress_new(t.stream, &term, "reading accounts");
	progress_total(p, 500);
	seen = tty_seen(&t);
	assert_true(str_eqz(seen, "\rreading …"));
	progress_free(&p);
	seen = tty_seen(&t);
	assert_string_equal(on_screen(seen, 10), "");
	tty_close(&t);
}

/* A shorter line takes away what a longer one left. */
static void test_shrinks(void **state)
{
	struct tty t;
	struct term term;
	struct progress *p;
	struct str first, rest;

	(void)state;
	tty_open(&t, 80);
	term = term_of(t.stream, NULL);
	p = progress_new(t.stream, &term, "x");
	progress_total(p, 1000000);
	first = arena_str(A, tty_seen(&t));
	assert_string_equal(on_screen(first, 80), "x  0 of 1000000");
	clock_sleep_ms(NULL, 120); /* until it may be drawn again */
	progress_total(p, 0);
	rest = tty_seen(&t);
	assert_string_equal(
		on_screen(arena_printf(A, "%.*s%.*s", STR_ARG(first), STR_ARG(rest)), 80), "x…");
	progress_free(&p);
	tty_close(&t);
}

static void step(void *item, void *worker)
{
	(void)worker;
	progress_step(*(struct progress **)item, 1);
}

/* Many threads, many steps, few lines. */
static void test_rate(void **state)
{
	struct tty t;
	struct term term;
	struct progress *p;
	struct progress *items[2000];
	struct pool *pool = pool_new(8, NULL, NULL, NULL);
	int64_t start = clock_mono_ms(), took;
	struct str seen;
	size_t lines = 0;

	(void)state;
	tty_open(&t, 80);
	term = term_of(t.stream, NULL);
	p = progress_new(t.stream, &term, "working");
	for (size_t i = 0; i < ARRAY_SIZE(items); i++)
		items[i] = p;
	pool_map(pool, step, items, ARRAY_SIZE(items), sizeof(items[0]));
	took = clock_mono_ms() - start;
	seen = tty_seen(&t);
	for (size_t i = 0; i < seen.n; i++)
		lines += seen.p[i] == '\r';
	assert_true(lines >= 1);
	assert_true(lines <= 2 + (size_t)took / 100);
	progress_free(&p);
	pool_free(&pool);
	tty_close(&t);
}

static void test_not_a_terminal(void **state)
{
	struct term term = {.colour = true};
	FILE *file = tmpfile();
	struct progress *p = progress_new(file, &term, "x");

	(void)state;
	progress_total(p, 3);
	progress_step(p, 3);
	progress_free(&p);
	assert_int_equal(ftell(file), 0);
	fclose(file);
	progress_total(NULL, 1);
	progress_step(NULL, 1);
}

static void test_colour(void **state)
{
	struct tty t;

	(void)state;
	tty_open(&t, 0);
	unsetenv("NO_COLOR");
	setenv("TERM", "xterm-256color", 1);
	assert_true(term_of(t.stream, NULL).colour);
	assert_true(term_of(t.stream, "auto").colour);
	assert_false(term_of(t.stream, "never").colour);
	assert_int_equal(term_of(t.stream, NULL).width, 80); /* a size of 0 is none */
	setenv("NO_COLOR", "", 1); /* empty counts as not set, says no-color.org */
	assert_true(term_of(t.stream, NULL).colour);
	setenv("NO_COLOR", "0", 1);
	assert_false(term_of(t.stream, NULL).colour);
	assert_true(term_of(t.stream, "always").colour);
	unsetenv("NO_COLOR");
	setenv("TERM", "dumb", 1);
	assert_false(term_of(t.stream, NULL).colour);
	unsetenv("TERM");
	assert_false(term_of(t.stream, NULL).colour);
	tty_close(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_line), TEST(test_unknown_total),  TEST(test_narrow), TEST(test_shrinks),
		TEST(test_rate), TEST(test_not_a_terminal), TEST(test_colour),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
