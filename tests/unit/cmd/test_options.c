/* Parsing options: what a command gets, and every message for a mistake. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cmd/cmd.h"
#include "cmd/commands.h"

static const char *const sizes[] = {"small", "large", NULL};
static const struct option options[] = {
	{"force", 'f', OPTION_FLAG, NULL, "do it", NULL},
	{"name", 0, OPTION_TEXT, "NAME", "who", NULL},
	{"size", 's', OPTION_TEXT, "SIZE", "how large", sizes},
	{"item", 'i', OPTION_LIST, "ITEM", "which", NULL},
	{"count", 'c', OPTION_INT, "N", "how many", NULL},
	{"wait", 'w', OPTION_DURATION, "TIME", "how long", NULL},
	{0},
};
static const struct command command = {
	.name = "test",
	.summary = "a test",
	.operands = "FILE…",
	.options = options,
	.option_sets = OPTIONS_CONFIRM,
};
static const struct command without_operands = {.name = "bare", .summary = "a test"};
static const struct command rest = {
	.name = "rest",
	.summary = "a test",
	.operands = "COMMAND…",
	.options = options,
	.option_sets = OPTIONS_REST,
};

static struct cmd C;

static int setup(void **state)
{
	(void)state;
	C = (struct cmd){.arena = arena_new(), .dir = "."};
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(&C.arena);
	return 0;
}

static bool parse(const struct command *which, const char *line)
{
	static char words[32][128];
	static char *argv[33];
	struct str text = str_of(line), word;
	int argc = 0;

	C.err = (struct err){0};
	C.operands = NULL;
	C.noperands = 0;
	while (line[0] && str_next(&text, ' ', &word)) {
		snprintf(words[argc], sizeof(words[0]), "%.*s", STR_ARG(word));
		argv[argc] = words[argc];
		argc++;
	}
	argv[argc] = NULL;
	C.command = which;
	return options_parse(which, argc, argv, &C, &C.err);
}

static void parsed(const char *line)
{
	if (!parse(&command, line))
		fail_msg("%s: %s", line, C.err.message);
}

static void values_in_every_spelling(void **state)
{
	size_t n;
	struct str *items;

	(void)state;
	parsed("-f --name taro --size=large -c 7 -w 2h one two");
	assert_true(cmd_flag(&C, "force"));
	assert_string_equal(cmd_text(&C, "name"), "taro");
	assert_string_equal(cmd_text(&C, "size"), "large");
	assert_int_equal(cmd_int(&C, "count", 0), 7);
	assert_int_equal(cmd_duration_ms(&C, "wait", 0), 7200000);
	assert_int_equal(C.noperands, 2);
	assert_string_equal(C.operands[0], "one");
	assert_string_equal(C.operands[1], "two");
	assert_null(C.operands[2]);

	parsed("-ssmall -c9 --wait=3d --force");
	assert_string_equal(cmd_text(&C, "size"), "small");
	assert_int_equal(cmd_int(&C, "count", 0), 9);
	assert_int_equal(cmd_duration_ms(&C, "wait", 0), 3 * INT64_C(86400000));
	assert_true(cmd_flag(&C, "force"));

	parsed("-i a --item=b,c --item ,d,, -ie");
	items = cmd_list(&C, "item", &n);
	assert_int_equal(n, 5);
	assert_true(str_eqz(items[0], "a"));
	assert_true(str_eqz(items[2], "c"));
	assert_true(str_eqz(items[3], "d"));
}

static void what_was_not_given(void **state)
{
	size_t n = 7;

	(void)state;
	parsed("");
	assert_false(cmd_flag(&C, "force"));
	assert_null(cmd_text(&C, "name"));
	assert_int_equal(cmd_int(&C, "count", 42), 42);
	assert_int_equal(cmd_duration_ms(&C, "wait", 43), 43);
	(void)cmd_list(&C, "item", &n);
	assert_int_equal(n, 0);
	assert_int_equal(C.noperands, 0);
	assert_int_equal(C.output, OUTPUT_TABLE);
	assert_false(C.quiet || C.verbose);
	assert_string_equal(C.dir, ".");
}

static void the_last_one_counts(void **state)
{
	(void)state;
	parsed("--name a --name b --output json --output csv");
	assert_string_equal(cmd_text(&C, "name"), "b");
	assert_int_equal(C.output, OUTPUT_CSV);
}

static void an_empty_value_is_a_value(void **state)
{
	(void)state;
	parsed("--name=");
	assert_string_equal(cmd_text(&C, "name"), "");
}

static void what_every_command_has(void **state)
{
	(void)state;
	parsed("-o json -q -v -C /tmp -y -n --color never --log-format json");
	assert_int_equal(C.output, OUTPUT_JSON);
	assert_true(C.quiet && C.verbose);
	assert_string_equal(C.dir, "/tmp");
	assert_true(cmd_flag(&C, "yes") && cmd_flag(&C, "dry-run"));
}

static void two_dashes_end_the_options(void **state)
{
	(void)state;
	parsed("-f -- --name -x -- -");
	assert_int_equal(C.noperands, 4);
	assert_string_equal(C.operands[0], "--name");
	assert_string_equal(C.operands[2], "--");
	/* a lone dash is an operand (standard input) anywhere */
	parsed("- -f");
	assert_int_equal(C.noperands, 1);
	assert_true(cmd_flag(&C, "force"));
}

/* What stands behind the first operand belongs to it: sandbox run aws --profile x */
static void the_rest_belongs_to_the_operand(void **state)
{
	(void)state;
	assert_true(parse(&rest, "-f aws --profile x -f"));
	assert_true(cmd_flag(&C, "force"));
	assert_int_equal(C.noperands, 4);
	assert_string_equal(C.operands[1], "--profile");
}

static void mistakes(void **state)
{
	static const struct {
		const char *line, *message;
	} cases[] = {
		{"--nmae x", "unknown option '--nmae', did you mean '--name'?"},
		{"--dry-rnu", "unknown option '--dry-rnu', did you mean '--dry-run'?"},
		{"--zzzzzzzz", "unknown option '--zzzzzzzz'"},
		{"--=x", "unknown option '--'"},
		{"-x", "unknown option '-x'"},
		{"-X=1", "unknown option '-X'"},
		{"--name", "--name needs a value (NAME)"},
		{"-c", "-c needs a value (N)"},
		{"--force=yes", "--force takes no value"},
		{"--yes=no", "--yes takes no value"},
		{"-fy", "'-fy': give short options one by one"},
		{"--size huge", "--size 'huge': must be one of small, large"},
		{"-shuge", "--size 'huge': must be one of small, large"},
		{"--output xml", "--output 'xml': must be one of table, json, csv"},
		{"--color blue", "--color 'blue': must be one of auto, always, never"},
		{"--log-format yaml", "--log-format 'yaml': must be one of text, json"},
		{"--count many", "--count 'many': must be a whole number"},
		{"--count -1", "--count '-1': must be a whole number"},
		{"--count 1.5", "--count '1.5': must be a whole number"},
		{"--count=", "--count '': must be a whole number"},
		{"--count 99999999999999999999", "must be a whole number"},
		{"--item=", "--item is given and names nothing"},
		{"--item=,", "--item is given and names nothing"},
		{"--item a --item=", "--item is given and names nothing"},
		{"--wait soon", "--wait: "},
		{"--wait=", "--wait: "},
		{"--wait 5", "--wait: "},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		if (parse(&command, cases[i].line))
			fail_msg("%s: was taken", cases[i].line);
		assert_int_equal(C.err.kind, ERR_INPUT);
		if (!strstr(C.err.message, cases[i].message))
			fail_msg("%s:\n%s\n%s", cases[i].line, C.err.message, cases[i].message);
	}
	assert_false(parse(&without_operands, "x"));
	assert_string_equal(C.err.message, "unexpected argument 'x'");
	assert_false(parse(&without_operands, "--yes"));
}

/* --help is answered though an operand is wrong. */
static void help_goes_before(void **state)
{
	(void)state;
	assert_true(parse(&without_operands, "x --help"));
	assert_true(cmd_flag(&C, "help"));
}

/* ---- the commands themselves ---- */

static bool is_a_line(const char *text)
{
	return text && text[0] && !strchr(text, '\n') && text[strlen(text) - 1] != '.';
}

static void every_command_is_described(void **state)
{
	size_t n;
	const struct command *const *all = commands_all(&n);

	(void)state;
	assert_true(n > 10);
	for (size_t i = 0; i < n; i++) {
		const struct option *list[64];
		size_t count = options_of(all[i], list, ARRAY_SIZE(list));
		struct buf b = BUF_INIT(1 << 20);
		struct term plain = term_of(stdout, "never");

		if (!is_a_line(all[i]->summary))
			fail_msg("%s: summary '%s'", all[i]->name, all[i]->summary);
		assert_non_null(all[i]->run);
		for (size_t k = 0; k < count; k++) {
			if (!is_a_line(list[k]->help))
				fail_msg("%s --%s: '%s'", all[i]->name, list[k]->name,
					 list[k]->help);
			/* a value has a name, a flag has none */
			assert_int_equal(list[k]->type == OPTION_FLAG, list[k]->value == NULL);
			for (size_t m = 0; m < k; m++) {
				if (list[k]->name[0] && !strcmp(list[k]->name, list[m]->name))
					fail_msg("%s: --%s twice", all[i]->name, list[k]->name);
				if (list[k]->letter && list[k]->letter == list[m]->letter)
					fail_msg("%s: -%c twice", all[i]->name, list[k]->letter);
			}
		}
		assert_true(help_text(all[i], &b, &plain));
		assert_non_null(strstr(buf_z(&b), all[i]->summary));
		for (size_t k = 0; k < count; k++)
			if (list[k]->name[0] && !strstr(buf_z(&b), list[k]->name))
				fail_msg("%s --help does not tell --%s", all[i]->name,
					 list[k]->name);
		buf_release(&b);
		for (size_t m = 0; m < i; m++)
			assert_string_not_equal(all[i]->name, all[m]->name);
	}
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(values_in_every_spelling),
		TEST(what_was_not_given),
		TEST(the_last_one_counts),
		TEST(an_empty_value_is_a_value),
		TEST(what_every_command_has),
		TEST(two_dashes_end_the_options),
		TEST(the_rest_belongs_to_the_operand),
		TEST(mistakes),
		TEST(help_goes_before),
		TEST(every_command_is_described),
	};

	return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
