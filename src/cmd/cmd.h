#ifndef ROOTOUT_CMD_CMD_H
#define ROOTOUT_CMD_CMD_H

/*
 * Commands: one file each, exporting one constant `struct command`.
 *
 * A command parses nothing itself: it names its options in a table, from which
 * parsing, --help, `rootout completion` and the man pages are made. Its run
 * function asks for them by name, calls the floors below, and prints. Only this
 * floor and main.c print or exit.
 *
 * Results go to standard output, all else to standard error. Exit statuses are
 * the same everywhere: EXIT_DONE … EXIT_REFUSED below.
 *
 * To add one: write cmd/NAME.c, declare it in cmd/commands.h, list it in
 * commands.c and meson.build.
 */

#include "aws/call.h"
#include "base/arena.h"
#include "base/err.h"
#include "text/table.h"
#include "text/val.h"

enum {
	EXIT_DONE = 0,    /* done, or nothing to do */
	EXIT_REMAINS = 1, /* work or findings remain */
	EXIT_ERROR = 2,
	EXIT_REFUSED = 3, /* by a person or a safeguard */
};

enum option_type {
	OPTION_FLAG, /* --yes */
	OPTION_TEXT, /* --region REGION; the last one given counts */
	OPTION_LIST, /* --account X --account Y, --account X,Y */
	OPTION_INT,
	OPTION_DURATION, /* 2h, 3 days */
};

struct option {
	const char *name; /* without the dashes */
	char letter;      /* 0: none */
	enum option_type type;
	const char *value; /* what --help calls the value: "REGION" */
	const char *help;
	const char *const *words; /* allowed values, NULL-ended; NULL: any. Also for completion */
};

/* Options that every command has: --output, --color, --quiet, --verbose, --help, -C … */
#define OPTIONS_AWS 1     /* --profile --region --endpoint-url --ca-bundle --no-verify-ssl … */
#define OPTIONS_SELECT 2  /* --all --account --ou --tag --exclude --from */
#define OPTIONS_STORE 4   /* --store */
#define OPTIONS_CONFIRM 8 /* --yes --dry-run */
#define OPTIONS_REST 16   /* everything after "--" or the first operand is the command's own */

struct cmd;

struct command {
	const char *name;     /* "root inventory"; a group's name alone is a prefix ("root") */
	const char *summary;  /* one line, no full stop */
	const char *operands; /* "ACCOUNT", "FILE…"; NULL: none are taken */
	const char *details;  /* paragraphs for --help and the man page; may be NULL */
	const char *examples; /* lines "command\n    what it does\n" */
	const struct option *options; /* ends with a NULL name */
	unsigned option_sets;         /* OPTIONS_… */
	bool only_looks; /* nothing is half done when a signal ends it: the first one does */
	int (*run)(struct cmd *c);
};

/* What a running command has at hand. */
struct cmd {
	const struct command *command;
	struct arena *arena; /* as long as the command */
	char **operands;     /* NULL-ended */
	int noperands;
	struct term out, errs; /* of standard output and standard error */
	bool quiet, verbose;
	enum { OUTPUT_TABLE, OUTPUT_JSON, OUTPUT_CSV } output;
	const char *dir; /* -C; "." */
	struct parsed_options *parsed;
	struct err err; /* for the run function's use */
};

/* Asking for an option that the command did not declare is a BUG. */
bool cmd_flag(const struct cmd *c, const char *option);
const char *cmd_text(const struct cmd *c, const char *option); /* NULL: not given */
struct str *cmd_list(const struct cmd *c, const char *option, size_t *n);
int64_t cmd_int(const struct cmd *c, const char *option, int64_t otherwise);
int64_t cmd_duration_ms(const struct cmd *c, const char *option, int64_t otherwise);

/*
 * --via role NAME (or role=NAME), of a command with `operands` "": the NAME behind it, STR_NULL
 * where it was not given. Any other operand is an error, in c->err.
 */
bool cmd_via_role(struct cmd *c, struct str *role) MUST_CHECK;

/* "rootout: …" on standard error; returns the exit status that fits the kind. */
int cmd_fail(struct cmd *c, const struct err *err);
/* A note for the person, on standard error, not with --quiet. */
void cmd_note(struct cmd *c, const char *fmt, ...) PRINTF_LIKE(2, 3);
void cmd_warn(struct cmd *c, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Results. Standard output that can't be written is an error: check the return and give
 * EXIT_ERROR; commands_main says the cause, once. */
bool cmd_print(struct cmd *c, struct str text);
bool cmd_printf(struct cmd *c, const char *fmt, ...) PRINTF_LIKE(2, 3);
bool cmd_print_json(struct cmd *c, const struct val *v);    /* pretty, newline at the end */
bool cmd_print_table(struct cmd *c, const struct table *t); /* table or csv, as c->output says */
/* Flushes standard output. The errno of the first write that failed since the start, 0: none. */
int cmd_write_error(void);

/*
 * Ask "… Type 'yes' to go on: ". true with --yes or a "yes". false with
 * ERR_REFUSED in c->err: another answer, or nobody can be asked (then the
 * message says that --yes is needed).
 */
bool cmd_confirm(struct cmd *c, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* struct aws from the options of OPTIONS_AWS; `clock` may be NULL. */
bool cmd_aws(struct cmd *c, struct aws **out, struct err *err) MUST_CHECK;

/* Set by SIGINT and SIGTERM, but of a command that only looks: end at the next safe point. A
 * second one kills. */
bool cmd_interrupted(void);
/* The first of them cancels this pool, at once. NULL: none any more (before it is freed). */
struct pool;
void cmd_interrupt_pool(struct pool *p);

/* commands.c */
const struct command *const *commands_all(size_t *n);
/* Finds the command that argv names ("root inventory"), runs it, returns the exit status. */
int commands_main(int argc, char **argv);

/* help.c */
bool help_text(const struct command *c, struct buf *out, const struct term *t);
bool help_overview(const char *group, struct buf *out, const struct term *t);
bool help_man(const struct command *c, struct buf *out); /* roff */

/* options.c */
struct parsed_options;
bool options_parse(const struct command *command, int argc, char **argv, struct cmd *c,
		   struct err *err) MUST_CHECK;
/* Every option of a command with the shared sets; for help and completion. */
size_t options_of(const struct command *command, const struct option **out, size_t max);
/* What help calls the set that an option of the command is from: "Options", "AWS", … */
const char *options_title(const struct command *command, const struct option *o);

#endif
