#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "cmd/cmd.h"

static const char *const output_words[] = {"table", "json", "csv", NULL};
static const char *const color_words[] = {"auto", "always", "never", NULL};
static const char *const log_words[] = {"text", "json", NULL};
static const char *const retry_words[] = {"standard", "adaptive", NULL};

static const struct option common_options[] = {
	{"output", 'o', OPTION_TEXT, "FORMAT", "table (default), json or csv", output_words},
	{"color", 0, OPTION_TEXT, "WHEN", "auto (default), always or never; NO_COLOR is honoured",
	 color_words},
	{"quiet", 'q', OPTION_FLAG, NULL, "no notes and no progress, only results and errors",
	 NULL},
	{"verbose", 'v', OPTION_FLAG, NULL, "say each call on standard error", NULL},
	{"log-format", 0, OPTION_TEXT, "FORMAT", "of the log on standard error: text or json",
	 log_words},
	{"help", 'h', OPTION_FLAG, NULL, "this text", NULL},
	{"", 'C', OPTION_TEXT, "DIR", "work in this folder, as git does", NULL},
	{0},
};

static const struct option aws_options[] = {
	{"profile", 0, OPTION_TEXT, "NAME", "profile of the shared AWS config (AWS_PROFILE)", NULL},
	{"region", 0, OPTION_TEXT, "REGION", "AWS Region (AWS_REGION)", NULL},
	{"endpoint-url", 0, OPTION_TEXT, "URL", "send every call there (AWS_ENDPOINT_URL)", NULL},
	{"ca-bundle", 0, OPTION_TEXT, "FILE",
	 "certificates to trust instead of the system's "
	 "(AWS_CA_BUNDLE)",
	 NULL},
	{"no-verify-ssl", 0, OPTION_FLAG, NULL, "trust any TLS certificate", NULL},
	{"retry-mode", 0, OPTION_TEXT, "MODE", "standard or adaptive (default; AWS_RETRY_MODE)",
	 retry_words},
	{"max-attempts", 0, OPTION_INT, "N", "attempts for each call (AWS_MAX_ATTEMPTS)", NULL},
	{"connections", 0, OPTION_INT, "N", "connections at once, 1 to 64 (default 64)", NULL},
	{0},
};

static const struct option select_options[] = {
	{"all", 0, OPTION_FLAG, NULL, "every member account", NULL},
	{"account", 'a', OPTION_LIST, "ACCOUNT", "account id, name or pattern (pos-*)", NULL},
	{"ou", 0, OPTION_LIST, "UNIT", "organizational unit (id, name or path) and all below",
	 NULL},
	{"tag", 0, OPTION_LIST, "KEY[=VALUE]", "accounts with this tag", NULL},
	{"exclude", 0, OPTION_LIST, "ACCOUNT", "never these, whatever else is said", NULL},
	{"from", 0, OPTION_TEXT, "FILE",
	 "accounts listed in a file, one a line ('-': standard "
	 "input)",
	 NULL},
	{0},
};

static const struct option store_options[] = {
	{"store", 0, OPTION_TEXT, "FILE",
	 "journal and ledger (ROOTOUT_STORE; default: store.db in "
	 "$XDG_STATE_HOME/rootout or ~/.local/state/rootout, sandbox.db for a sandbox)",
	 NULL},
	{0},
};

static const struct option confirm_options[] = {
	{"yes", 'y', OPTION_FLAG, NULL, "do not ask", NULL},
	{"dry-run", 'n', OPTION_FLAG, NULL, "show what would be done, change nothing", NULL},
	{0},
};

struct parsed {
	const struct option *option;
	const char *text;  /* TEXT */
	struct str *items; /* LIST */
	size_t nitems, cap;
	int64_t number; /* INT, DURATION (ms) */
	bool given;
};

#define MAX_OPTIONS 64

struct parsed_options {
	struct parsed v[MAX_OPTIONS];
	size_t n;
};

static size_t add_set(const struct option *set, const struct option **out, size_t n, size_t max)
{
	for (; set && (set->name); set++) {
		if (n >= max)
			BUG("more than %zu options in one command", max);
		out[n++] = set;
	}
	return n;
}

size_t options_of(const struct command *command, const struct option **out, size_t max)
{
	size_t n = add_set(command->options, out, 0, max);

	if (command->option_sets & OPTIONS_CONFIRM)
		n = add_set(confirm_options, out, n, max);
	if (command->option_sets & OPTIONS_SELECT)
		n = add_set(select_options, out, n, max);
	if (command->option_sets & OPTIONS_STORE)
		n = add_set(store_options, out, n, max);
	if (command->option_sets & OPTIONS_AWS)
		n = add_set(aws_options, out, n, max);
	return add_set(common_options, out, n, max);
}

static bool in_set(const struct option *set, const struct option *o)
{
	for (; set && set->name; set++)
		if (set == o)
			return true;
	return false;
}

const char *options_title(const struct command *command, const struct option *o)
{
	if (in_set(command->options, o) || in_set(confirm_options, o))
		return "Options";
	if (in_set(select_options, o))
		return "Which accounts";
	if (in_set(aws_options, o) || in_set(store_options, o))
		return "AWS and the store";
	return command->options || command->option_sets ? "As everywhere" : "Options";
}

static struct parsed *by_name(struct parsed_options *p, struct str name)
{
	for (size_t i = 0; i < p->n; i++)
		if (name.n && str_eqz(name, p->v[i].option->name))
			return &p->v[i];
	return NULL;
}

static struct parsed *by_letter(struct parsed_options *p, char letter)
{
	for (size_t i = 0; i < p->n; i++)
		if (letter && p->v[i].option->letter == letter)
			return &p->v[i];
	return NULL;
}

static bool unknown_option(struct parsed_options *p, struct str name, struct err *err)
{
	struct str names[MAX_OPTIONS], near;

	for (size_t i = 0; i < p->n; i++)
		names[i] = str_of(p->v[i].option->name);
	near = str_nearest(name, names, p->n);
	if (str_is_null(near))
		return err_set(err, ERR_INPUT, "unknown option '--%.*s'", STR_ARG(name));
	return err_set(err, ERR_INPUT, "unknown option '--%.*s', did you mean '--%.*s'?",
		       STR_ARG(name), STR_ARG(near));
}

static bool one_of(const struct option *o, const char *value, struct err *err)
{
	struct buf b = BUF_INIT(KIB(1));

	for (const char *const *w = o->words; *w; w++) {
		if (!strcmp(*w, value)) {
			buf_release(&b);
			return true;
		}
		buf_addf(&b, "%s%s", b.n ? ", " : "", *w);
	}
	err_set(err, ERR_INPUT, "--%s '%s': must be one of %s", o->name, value, buf_z(&b));
	buf_release(&b);
	return false;
}

/*
 * An option that was given and names nothing is a variable that was not set, in all likelihood:
 * --exclude "$KEEP", --scp "$LEVEL". Passing over it would do more, and say less, than was meant.
 */
static bool take_list(struct parsed *p, struct str rest, struct arena *a, struct err *err)
{
	size_t before = p->nitems;
	struct str item;

	while (str_next(&rest, ',', &item)) {
		item = str_trim(item);
		if (str_is_empty(item))
			continue;
		p->items = arena_grow(a, p->items, p->nitems, &p->cap, sizeof(*p->items));
		p->items[p->nitems++] = item;
	}
	return p->nitems > before ||
	       err_set(err, ERR_INPUT, "--%s is given and names nothing", p->option->name);
}

static bool take_value(struct parsed *p, const char *value, struct arena *a, struct err *err)
{
	const struct option *o = p->option;
	struct str rest = str_of(value);

	if (o->words && !one_of(o, value, err))
		return false;
	p->given = true;
	switch (o->type) {
	case OPTION_FLAG:
		BUG("a flag has no value");
	case OPTION_TEXT:
		p->text = value;
		return true;
	case OPTION_LIST:
		return take_list(p, rest, a, err);
	case OPTION_INT:
		if (!str_to_i64(rest, &p->number) || p->number < 0)
			return err_set(err, ERR_INPUT, "--%s '%s': must be a whole number", o->name,
				       value);
		return true;
	case OPTION_DURATION:
		if (!duration_parse(rest, &p->number, err))
			return err_wrap(err, "--%s", o->name);
		return true;
	}
	BUG("option type %d", o->type);
}

/* One argument that begins with '-'; *i moves past a value that stands in the next one. */
static bool parse_option(struct parsed_options *ps, int argc, char **argv, int *i, struct arena *a,
			 struct err *err)
{
	const char *arg = argv[*i];
	struct parsed *p;

	if (arg[1] == '-') {
		struct str name, value;
		bool has_value = str_cut(str_of(arg + 2), '=', &name, &value);

		p = by_name(ps, name);
		if (!p)
			return unknown_option(ps, name, err);
		if (p->option->type == OPTION_FLAG) {
			if (has_value)
				return err_set(err, ERR_INPUT, "--%s takes no value",
					       p->option->name);
			p->given = true;
			return true;
		}
		if (has_value)
			return take_value(p, value.p, a, err);
	} else {
		p = by_letter(ps, arg[1]);
		if (!p)
			return err_set(err, ERR_INPUT, "unknown option '-%c'", arg[1]);
		if (p->option->type == OPTION_FLAG) {
			p->given = true;
			if (arg[2] != '\0')
				return err_set(err, ERR_INPUT,
					       "'%s': give short options one by one", arg);
			return true;
		}
		if (arg[2] != '\0')
			return take_value(p, arg + 2, a, err);
	}
	if (*i + 1 >= argc)
		return err_set(err, ERR_INPUT, "%s needs a value (%s)", arg, p->option->value);
	return take_value(p, argv[++*i], a, err);
}

bool options_parse(const struct command *command, int argc, char **argv, struct cmd *c,
		   struct err *err)
{
	const struct option *list[MAX_OPTIONS];
	struct parsed_options *ps = arena_new_of(c->arena, struct parsed_options);
	bool only_operands = false;

	ps->n = options_of(command, list, MAX_OPTIONS);
	for (size_t i = 0; i < ps->n; i++)
		ps->v[i].option = list[i];
	c->parsed = ps;
	c->operands = arena_calloc(c->arena, (size_t)argc + 1, sizeof(*c->operands));
	for (int i = 0; i < argc; i++) {
		if (only_operands || argv[i][0] != '-' || argv[i][1] == '\0') {
			c->operands[c->noperands++] = argv[i];
			only_operands |= (command->option_sets & OPTIONS_REST) != 0;
		} else if (!strcmp(argv[i], "--")) {
			only_operands = true;
		} else if (!parse_option(ps, argc, argv, &i, c->arena, err)) {
			return false;
		}
	}
	c->quiet = cmd_flag(c, "quiet");
	c->verbose = cmd_flag(c, "verbose");
	c->out = term_of(stdout, cmd_text(c, "color"));
	c->errs = term_of(stderr, cmd_text(c, "color"));
	const char *output = cmd_text(c, "output");

	if (output)
		c->output = !strcmp(output, "json")  ? OUTPUT_JSON
			    : !strcmp(output, "csv") ? OUTPUT_CSV
						     : OUTPUT_TABLE;
	struct parsed *dir = by_letter(ps, 'C');

	if (dir->text)
		c->dir = dir->text;
	if (c->noperands && !command->operands && !cmd_flag(c, "help"))
		return err_set(err, ERR_INPUT, "unexpected argument '%s'", c->operands[0]);
	return true;
}

static struct parsed *declared(const struct cmd *c, const char *name)
{
	struct parsed *p = by_name(c->parsed, str_of(name));

	if (!p)
		BUG("command '%s' does not declare --%s", c->command->name, name);
	return p;
}

bool cmd_flag(const struct cmd *c, const char *option)
{
	return declared(c, option)->given;
}

const char *cmd_text(const struct cmd *c, const char *option)
{
	return declared(c, option)->text;
}

struct str *cmd_list(const struct cmd *c, const char *option, size_t *n)
{
	struct parsed *p = declared(c, option);

	*n = p->nitems;
	return p->items;
}

int64_t cmd_int(const struct cmd *c, const char *option, int64_t otherwise)
{
	struct parsed *p = declared(c, option);

	return p->given ? p->number : otherwise;
}

int64_t cmd_duration_ms(const struct cmd *c, const char *option, int64_t otherwise)
{
	return cmd_int(c, option, otherwise);
}

bool cmd_via_role(struct cmd *c, struct str *role)
{
	const char *via = cmd_text(c, "via");
	struct str kind;

	*role = STR_NULL;
	if (via && !str_cut(str_of(via), '=', &kind, role)) {
		*role = c->noperands == 1 ? str_of(c->operands[0]) : STR_NULL;
		c->noperands = 0;
	}
	if (via && (!str_eqz(kind, "role") || !role->n))
		return err_set(&c->err, ERR_INPUT,
			       "--via takes 'role NAME', e.g. --via role Audit");
	return !c->noperands ||
	       err_set(&c->err, ERR_INPUT, "unexpected argument '%s'", c->operands[0]);
}
