#include "cmd/commands.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/pool.h"

/* One a line, so that two who add one do not collide. */
/* clang-format off */
static const struct command *const all[] = {
	&command_check,
	&command_root_enable,
	&command_root_inventory,
	&command_root_preflight,
	&command_root_retire,
	&command_root_restore,
	&command_root_ledger,
	&command_report,
	&command_policy_eval,
	&command_policy_who_can,
	&command_policy_diff,
	&command_policy_lint,
	&command_policy_test,
	&command_sandbox,
	&command_sandbox_run,
	&command_sandbox_events,
	&command_sandbox_tail,
	&command_sandbox_clock,
	&command_sandbox_reset,
	&command_sandbox_export,
	&command_completion,
	&command_help,
};
/* clang-format on */

const struct command *const *commands_all(size_t *n)
{
	*n = ARRAY_SIZE(all);
	return all;
}

static volatile sig_atomic_t interrupted;
static struct pool *_Atomic interrupt_pool;

static const char stopping[] = "\nrootout: stopping at the next safe point (again: at once)\n";

static void on_signal(int sig)
{
	struct pool *p = interrupt_pool;

	if (interrupted) {
		signal(sig, SIG_DFL);
		raise(sig);
	}
	interrupted = 1;
	if (!p)
		return;
	pool_cancel(p); /* one atomic store */
	if (write(STDERR_FILENO, stopping, sizeof(stopping) - 1) < 0)
		return; /* nobody looks */
}

void cmd_interrupt_pool(struct pool *p)
{
	interrupt_pool = p;
	if (p && interrupted)
		pool_cancel(p);
}

bool cmd_interrupted(void)
{
	return interrupted != 0;
}

static struct sigaction inherited_int, inherited_term;

static void catch_signals(void)
{
	struct sigaction sa = {.sa_handler = on_signal};

	sigaction(SIGINT, &sa, &inherited_int);
	sigaction(SIGTERM, &sa, &inherited_term);
	/* A reader that went away is an error of write(2), not a death without a word. */
	signal(SIGPIPE, SIG_IGN);
}

/* As a program that catches none: what is ignored (nohup, a job in the background) stays so. */
static void leave_signals(void)
{
	sigaction(SIGINT, &inherited_int, NULL);
	sigaction(SIGTERM, &inherited_term, NULL);
}

/*
 * The longest command name that the first words spell; *used is how many words
 * it took. NULL with *used > 0: the words are a group's name ("root").
 */
static const struct command *find(int argc, char **argv, int *used)
{
	const struct command *best = NULL;
	size_t best_words = 0;
	bool group = false;

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		struct str rest = str_of(all[i]->name), word;
		size_t words = 0;
		bool fits = true;

		while (str_next(&rest, ' ', &word)) {
			if ((int)words >= argc || !str_eqz(word, argv[words])) {
				fits = false;
				break;
			}
			words++;
		}
		if (!fits)
			group |= words > 0;
		else if (words > best_words) {
			best = all[i];
			best_words = words;
		}
	}
	*used = best ? (int)best_words : group;
	return best;
}

/* A result that did not arrive is an error, whatever the command thinks of its work. */
static int end_output(int status)
{
	int error = cmd_write_error();

	if (!error)
		return status;
	/* `| head` has seen enough: nothing to complain about. */
	if (error != EPIPE)
		fprintf(stderr, "rootout: cannot write to standard output: %s\n", strerror(error));
	return EXIT_ERROR;
}

static int print_overview(const char *group, FILE *to)
{
	struct buf b = BUF_INIT(MIB(1));
	struct term t = term_of(to, NULL);
	bool ok = help_overview(group, &b, &t) && fwrite(b.p, 1, b.n, to) == b.n;

	buf_release(&b);
	return end_output(ok ? EXIT_DONE : EXIT_ERROR);
}

static bool is_group(const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		struct str head, rest;

		if (str_cut(str_of(all[i]->name), ' ', &head, &rest) && str_eqz(head, word))
			return true;
	}
	return false;
}

int commands_unknown(int argc, char **argv)
{
	bool in_group = argc > 1 && is_group(argv[0]);
	struct arena *a = arena_new();
	struct str near, names[2 * ARRAY_SIZE(all)];
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		struct str name = str_of(all[i]->name), head, rest;
		bool two = str_cut(name, ' ', &head, &rest);

		if (!in_group)
			names[n++] = head;
		else if (two && str_eqz(head, argv[0]))
			names[n++] = rest;
	}
	const char *group = in_group ? argv[0] : "", *blank = in_group ? " " : "";
	const char *word = in_group ? argv[1] : argv[0];

	near = str_nearest(str_of(word), names, n);
	if (str_is_null(near))
		fprintf(stderr,
			"rootout: unknown command '%s%s%.60s'; 'rootout help%s%s' lists them\n",
			group, blank, word, blank, group);
	else
		fprintf(stderr, "rootout: unknown command '%s%s%.60s', did you mean '%s%s%.*s'?\n",
			group, blank, word, group, blank, STR_ARG(near));
	arena_free(&a);
	return EXIT_ERROR;
}

static int run(const struct command *command, int argc, char **argv)
{
	struct cmd c = {.command = command, .dir = "."};
	int status;

	c.arena = arena_new();
	if (!options_parse(command, argc, argv, &c, &c.err)) {
		c.errs = term_of(stderr, NULL);
		status = cmd_fail(&c, &c.err);
		fprintf(stderr, "'rootout %s --help' says more\n", command->name);
	} else if (cmd_flag(&c, "help")) {
		struct buf b = BUF_INIT(MIB(1));

		status = help_text(command, &b, &c.out) && cmd_print(&c, buf_str(&b)) ? EXIT_DONE
										      : EXIT_ERROR;
		buf_release(&b);
	} else {
		log_init(c.verbose ? LOG_DEBUG
			 : c.quiet ? LOG_ERROR
				   : LOG_WARN,
			 cmd_text(&c, "log-format") && !strcmp(cmd_text(&c, "log-format"), "json")
				 ? LOG_JSON
				 : LOG_TEXT);
		if (chdir(c.dir) != 0) {
			err_errno(&c.err, errno, "cannot change to folder '%s'", c.dir);
			status = cmd_fail(&c, &c.err);
		} else {
			if (command->only_looks)
				leave_signals();
			status = command->run(&c);
		}
	}
	arena_free(&c.arena);
	return end_output(status);
}

int commands_main(int argc, char **argv)
{
	const struct command *command;
	int used;

	catch_signals();
	argc--;
	argv++;
	/* As git: -C DIR may stand before the command. */
	const char *dir = NULL;

	while (argc && !strncmp(argv[0], "-C", 2)) {
		int words = argv[0][2] ? 1 : 2;

		if (argc < words) {
			fprintf(stderr, "rootout: -C needs a value (DIR)\n");
			return EXIT_ERROR;
		}
		dir = words == 1 ? argv[0] + 2 : argv[1];
		if (chdir(dir) != 0) {
			fprintf(stderr, "rootout: cannot change to folder '%s': %s\n", dir,
				strerror(errno));
			return EXIT_ERROR;
		}
		argc -= words;
		argv += words;
	}
	if (argc == 0) {
		print_overview(NULL, stderr);
		return EXIT_ERROR;
	}
	if (!strcmp(argv[0], "--version") || !strcmp(argv[0], "-V")) {
		printf("rootout %s\n", ROOTOUT_VERSION);
		return end_output(EXIT_DONE);
	}
	if (!strcmp(argv[0], "--help") || !strcmp(argv[0], "-h"))
		return print_overview(NULL, stdout);
	if (argv[0][0] == '-') {
		fprintf(stderr,
			"rootout: '%.60s' stands before the command: options follow it, as in "
			"'rootout check %.60s'; only -C DIR comes first\n",
			argv[0], argv[0]);
		return EXIT_ERROR;
	}
	command = find(argc, argv, &used);
	/* "sandbox tial" is a mistake in the second word, not an argument of "sandbox". */
	if (command && used == 1 && argc > 1 && argv[1][0] != '-' && !command->operands &&
	    is_group(argv[0]))
		return commands_unknown(argc, argv);
	if (command)
		return run(command, argc - used, argv + used);
	if (used && argc == 1) {
		print_overview(argv[0], stderr);
		return EXIT_ERROR;
	}
	if (used && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")))
		return print_overview(argv[0], stdout);
	return commands_unknown(argc, argv);
}
