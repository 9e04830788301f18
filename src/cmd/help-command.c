#include "base/limits.h"
#include "cmd/commands.h"

/* "root" alone is no command, but its commands can be listed. */
static bool is_group(const struct cmd *c)
{
	size_t n;
	const struct command *const *all = commands_all(&n);

	for (size_t i = 0; c->noperands == 1 && i < n; i++) {
		struct str head, rest;

		if (str_cut(str_of(all[i]->name), ' ', &head, &rest) &&
		    str_eqz(head, c->operands[0]))
			return true;
	}
	return false;
}

static int run_help(struct cmd *c)
{
	struct buf b = BUF_INIT(MIB(4)), name = BUF_INIT(KIB(1));
	size_t n, printed = 0;
	const struct command *const *all = commands_all(&n);
	bool ok = true;

	for (int i = 0; i < c->noperands; i++)
		buf_addf(&name, "%s%s", i ? " " : "", c->operands[i]);
	for (size_t i = 0; i < n; i++) {
		if (!str_eqz(buf_str(&name), all[i]->name))
			continue;
		printed++;
		ok = cmd_flag(c, "man") ? help_man(all[i], &b) : help_text(all[i], &b, &c->out);
	}
	if (!printed && cmd_flag(c, "list")) {
		for (size_t i = 0; i < n; i++)
			buf_addf(&b, "%s\n", all[i]->name);
	} else if (!printed && c->noperands && !is_group(c)) {
		buf_release(&b);
		buf_release(&name);
		return commands_unknown(c->noperands, c->operands);
	} else if (!printed) {
		ok = help_overview(c->noperands ? c->operands[0] : NULL, &b, &c->out);
	}
	ok = ok && cmd_print(c, buf_str(&b));
	buf_release(&b);
	buf_release(&name);
	return ok ? EXIT_DONE : EXIT_ERROR;
}

static const struct option help_options[] = {
	{"man", 0, OPTION_FLAG, NULL, "as a man page (roff)", NULL},
	{"list", 0, OPTION_FLAG, NULL, "names only, one a line", NULL},
	{0},
};

const struct command command_help = {
	.name = "help",
	.summary = "what the commands are and do",
	.operands = "[COMMAND]",
	.options = help_options,
	.run = run_help,
};
