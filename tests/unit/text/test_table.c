#include "text-test.h"

#include <stdio.h>

#include "../base/death.h"
#include "text/table.h"

static const struct term no_term = {0};

static struct table *accounts(void)
{
	struct table *t = table_new(A);

	table_column(t, "Account", ALIGN_LEFT, true);
	table_column(t, "Id", ALIGN_LEFT, false);
	table_column(t, "Root keys", ALIGN_RIGHT, false);
	table_column(t, "State", ALIGN_LEFT, false);
	table_row(t);
	table_cellz(t, "pos-production", COLOUR_NONE);
	table_cellz(t, "123456789012", COLOUR_NONE);
	table_cellf(t, COLOUR_RED, "%d", 2);
	table_cellz(t, "present", COLOUR_RED);
	table_row(t);
	table_cellz(t, "店舗管理", COLOUR_NONE);
	table_cellz(t, "012345678901", COLOUR_NONE);
	table_cellz(t, NULL, COLOUR_NONE);
	table_cellz(t, "retired", COLOUR_GREEN);
	table_row(t);
	table_cell(t, STR("evil\x1b[2J\nname"), COLOUR_NONE);
	return t;
}

static const char *as_text(const struct table *t, const struct term *term)
{
	struct buf b = BUF_INIT(KIB(64));
	const char *text;

	assert_true(table_write(t, term, &b));
	text = arena_dupz(A, buf_str(&b));
	buf_release(&b);
	return text;
}

static const char *as_csv(const struct table *t)
{
	struct buf b = BUF_INIT(KIB(64));
	const char *text;

	assert_true(table_write_csv(t, &b));
	text = arena_dupz(A, buf_str(&b));
	buf_release(&b);
	return text;
}

static void test_aligned(void **state)
{
	(void)state;
	assert_string_equal(as_text(accounts(), &no_term),
			    "Account            Id            Root keys  State\n"
			    "pos-production     123456789012          2  present\n"
			    "店舗管理           012345678901             retired\n"
			    "evil\\x1b[2J\\nname\n");
	assert_int_equal(table_rows(accounts()), 3);
}

static void test_colour(void **state)
{
	struct term term = {.colour = true};
	struct table *t = table_new(A);

	(void)state;
	table_column(t, "A", ALIGN_LEFT, false);
	table_column(t, "B", ALIGN_RIGHT, false);
	table_row(t);
	table_cellz(t, "x", COLOUR_GREEN);
	table_cellz(t, "1", COLOUR_NONE);
	table_row(t);
	table_cellz(t, "long", COLOUR_NONE);
	table_cellz(t, "22", COLOUR_RED);
	assert_string_equal(as_text(t, &term), "\033[1mA\033[0m      \033[1mB\033[0m\n"
					       "\033[32mx\033[0m      1\n"
					       "long  \033[31m22\033[0m\n");
}

/* The flexible column goes below its row; ids never do, and nothing is cut. */
static void test_narrow(void **state)
{
	struct term term = {.tty = true, .width = 48};
	struct table *t = accounts();

	(void)state;
	/* closer together is enough */
	assert_string_equal(as_text(t, &term), "Account           Id           Root keys State\n"
					       "pos-production    123456789012         2 present\n"
					       "店舗管理          012345678901           retired\n"
					       "evil\\x1b[2J\\nname\n");
	term.width = 42;
	assert_string_equal(as_text(t, &term), "Id            Root keys  State\n"
					       "123456789012          2  present\n"
					       "    account: pos-production\n"
					       "012345678901             retired\n"
					       "    account: 店舗管理\n"
					       "\n"
					       "    account: evil\\x1b[2J\\nname\n");
	/* the rest is as wide as it is, even if the terminal wraps it */
	term.width = 10;
	assert_true(strstr(as_text(t, &term), "\n123456789012         2 present\n"));
	term.width = 1000;
	assert_string_equal(as_text(t, &term), as_text(t, &no_term));
}

static void test_narrow_words(void **state)
{
	struct term term = {.tty = true, .width = 44};
	struct table *t = table_new(A);

	(void)state;
	table_column(t, "First", ALIGN_LEFT, true);
	table_column(t, "Second", ALIGN_LEFT, true);
	table_column(t, "Third", ALIGN_LEFT, true);
	table_column(t, "Fourth", ALIGN_LEFT, true);
	table_row(t);
	table_cellz(t, "0123456789 123456789 123456789 123456789", COLOUR_RED);
	table_cellz(t, "01234567", COLOUR_NONE);
	table_cellz(t, "012345678 01234567890", COLOUR_NONE);
	/* a column without a word has no place, and no word is broken */
	assert_string_equal(as_text(t, &term), "First                 Second    Third\n"
					       "0123456789 123456789  01234567  012345678\n"
					       "123456789 123456789             01234567890\n");
	/* two lines, closer together, come before three */
	term.width = 42;
	assert_string_equal(as_text(t, &term), "First                Second   Third\n"
					       "0123456789 123456789 01234567 012345678\n"
					       "123456789 123456789           01234567890\n");
	term.width = 40;
	assert_string_equal(as_text(t, &term), "First           Second    Third\n"
					       "0123456789      01234567  012345678\n"
					       "123456789                 01234567890\n"
					       "123456789\n"
					       "123456789\n");
	term.width = 32;
	assert_string_equal(as_text(t, &term), "Second    Third\n"
					       "01234567  012345678 01234567890\n"
					       "    first: 0123456789 123456789\n"
					       "      123456789 123456789\n");
	term.width = 22;
	assert_string_equal(as_text(t, &term), "Second    Third\n"
					       "01234567  012345678\n"
					       "          01234567890\n"
					       "    first: 0123456789 123456789\n"
					       "      123456789 123456789\n");
}

/* Each line of a cell is coloured by itself, so that no colour runs through the gap. */
static void test_colour_of_lines(void **state)
{
	struct term term = {.colour = true, .width = 12};
	struct table *t = table_new(A);

	(void)state;
	table_column(t, "A", ALIGN_LEFT, true);
	table_column(t, "B", ALIGN_LEFT, false);
	table_row(t);
	table_cellz(t, "one two three", COLOUR_GREEN);
	table_cellz(t, "x", COLOUR_NONE);
	assert_string_equal(as_text(t, &term), "\033[1mA\033[0m          \033[1mB\033[0m\n"
					       "\033[32mone two\033[0m    x\n"
					       "\033[32mthree\033[0m\n");
}

static void test_csv(void **state)
{
	struct table *t = table_new(A);

	(void)state;
	table_column(t, "Account name", ALIGN_LEFT, true);
	table_column(t, "Last-used", ALIGN_LEFT, false);
	table_row(t);
	table_cellz(t, "a,b", COLOUR_RED);
	table_cellz(t, "say \"hi\"", COLOUR_NONE);
	table_row(t);
	table_cellz(t, "=1+1", COLOUR_NONE);
	table_cellz(t, "-5", COLOUR_NONE);
	table_row(t);
	table_cellz(t, "@SUM(A1)", COLOUR_NONE);
	table_cellz(t, "+cmd|' /C calc'!A0", COLOUR_NONE);
	table_row(t);
	table_cellz(t, "-1+2", COLOUR_NONE);
	table_cellz(t, "-", COLOUR_NONE);
	table_row(t);
	table_cellz(t, "two\nlines", COLOUR_NONE);
	table_cellz(t, "=a,\"b\"", COLOUR_NONE);
	table_row(t);
	table_cellz(t, "esc\x1b[2J", COLOUR_NONE);
	table_row(t);
	table_cellz(t, "\t=1", COLOUR_NONE);
	table_cellz(t, "店舗", COLOUR_NONE);
	assert_string_equal(as_csv(t), "account_name,last_used\n"
				       "\"a,b\",\"say \"\"hi\"\"\"\n"
				       "'=1+1,-5\n"
				       "'@SUM(A1),'+cmd|' /C calc'!A0\n"
				       "'-1+2,-\n"
				       "\"two\nlines\",\"'=a,\"\"b\"\"\"\n"
				       "esc\\x1b[2J,\n"
				       "'\\t=1,店舗\n");
}

static void test_empty(void **state)
{
	struct table *t = table_new(A);

	(void)state;
	table_column(t, "A", ALIGN_LEFT, false);
	table_column(t, "B", ALIGN_RIGHT, false);
	assert_string_equal(as_text(t, &no_term), "A  B\n");
	assert_string_equal(as_csv(t), "a,b\n");
}

static void cell_too_many(void *arg)
{
	struct table *t = table_new(arg);

	table_column(t, "A", ALIGN_LEFT, false);
	table_row(t);
	table_cellz(t, "1", COLOUR_NONE);
	table_cellz(t, "2", COLOUR_NONE);
}

static void late_column(void *arg)
{
	struct table *t = table_new(arg);

	table_row(t);
	table_column(t, "Late", ALIGN_LEFT, false);
}

static void test_bugs(void **state)
{
	(void)state;
	assert_true(dies(cell_too_many, A, "without a row or a column"));
	assert_true(dies(late_column, A, "'Late'"));
}

static void test_ceiling(void **state)
{
	struct buf b = BUF_INIT(20);

	(void)state;
	assert_false(table_write(accounts(), &no_term, &b));
	buf_release(&b);
	buf_init(&b, 20);
	assert_false(table_write_csv(accounts(), &b));
	buf_release(&b);
}

static void test_term(void **state)
{
	FILE *file = tmpfile();
	struct term t;

	(void)state;
	assert_non_null(file);
	t = term_of(file, NULL);
	assert_false(t.tty || t.colour || t.width);
	assert_string_equal(term_on(&t, COLOUR_RED), "");
	assert_string_equal(term_off(&t), "");
	t = term_of(file, "always");
	assert_true(t.colour && !t.tty);
	assert_string_equal(term_on(&t, COLOUR_RED), "\033[31m");
	assert_string_equal(term_on(&t, COLOUR_NONE), "");
	assert_string_equal(term_off(&t), "\033[0m");
	assert_false(term_of(file, "never").colour);
	fclose(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_aligned),         TEST(test_colour),
		TEST(test_narrow),          TEST(test_narrow_words),
		TEST(test_colour_of_lines), TEST(test_csv),
		TEST(test_empty),           TEST(test_bugs),
		TEST(test_ceiling),         TEST(test_term),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
