#include "base/limits.h"
#include "cmd/commands.h"

#define MAX_SHOWN 64

static void put_options(const struct command *c, struct buf *out)
{
	const struct option *list[MAX_SHOWN];
	size_t n = options_of(c, list, MAX_SHOWN);

	for (size_t i = 0; i < n; i++)
		if (list[i]->name[0])
			buf_addf(out, " --%s", list[i]->name);
}

/* The words that may follow `head`: second words of "head second", once each in table order. */
static void put_words(struct buf *out, const char *group)
{
	size_t n;
	const struct command *const *all = commands_all(&n);
	struct str last = STR_NULL;

	for (size_t i = 0; i < n; i++) {
		struct str head, rest;
		bool two = str_cut(str_of(all[i]->name), ' ', &head, &rest);
		struct str word = group ? rest : head;

		if ((group && (!two || !str_eqz(head, group))) || str_eq(word, last))
			continue;
		buf_addf(out, " %.*s", STR_ARG(word));
		last = word;
	}
}

static void put_groups(struct buf *out, const char *fmt_head, const char *fmt_tail)
{
	size_t n;
	const struct command *const *all = commands_all(&n);
	struct str last = STR_NULL;

	for (size_t i = 0; i < n; i++) {
		struct str head, rest;
		char group[64];

		if (!str_cut(str_of(all[i]->name), ' ', &head, &rest) || str_eq(head, last))
			continue;
		last = head;
		snprintf(group, sizeof(group), "%.*s", STR_ARG(head));
		buf_addf(out, "\t\t%s%s%s", group, fmt_head, "");
		put_words(out, group);
		buf_addz(out, fmt_tail);
	}
}

/*
 * "root ledger:--kind") words="…" ;; what may follow an option that takes a value;
 * nothing, then files are offered.
 */
static void put_values(const struct command *c, struct buf *out)
{
	const struct option *list[MAX_SHOWN];
	size_t n = options_of(c, list, MAX_SHOWN);
	bool two = str_chr(str_of(c->name), ' ') >= 0;

	for (size_t i = 0; i < n; i++) {
		const struct option *o = list[i];

		if (o->type == OPTION_FLAG)
			continue;
		buf_addf(out, "\t\"%s%s:", c->name, two ? "" : " \"*\"");
		if (o->name[0])
			buf_addf(out, "--%s\"", o->name);
		else
			buf_addf(out, "-%c\"", o->letter);
		if (o->name[0] && o->letter)
			buf_addf(out, "|\"%s%s:-%c\"", c->name, two ? "" : " \"*\"", o->letter);
		buf_addz(out, ") words=\"");
		for (const char *const *w = o->words; w && *w; w++)
			buf_addf(out, "%s%s", w == o->words ? "" : " ", *w);
		buf_addz(out, "\" ;;\n");
	}
}

/* Commands of two words first: "sandbox"* would take "sandbox run" as well. */
static void put_each(void (*put)(const struct command *, struct buf *), struct buf *out)
{
	size_t n;
	const struct command *const *all = commands_all(&n);

	for (int groups = 1; groups >= 0; groups--)
		for (size_t i = 0; i < n; i++)
			if ((str_chr(str_of(all[i]->name), ' ') >= 0) == (groups == 1))
				put(all[i], out);
}

static void put_command(const struct command *c, struct buf *out)
{
	buf_addf(out, "\t\t\"%s\"%s) words=\"", c->name,
		 str_chr(str_of(c->name), ' ') >= 0 ? "" : "*");
	put_options(c, out);
	buf_addz(out, "\" ;;\n");
}

/* zsh runs the same function through bashcompinit. */
static void bash(struct buf *out)
{
	buf_addz(out, "# rootout completion: source this file\n_rootout() {\n"
		      "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
		      "\tlocal one=${COMP_WORDS[1]} two=${COMP_WORDS[2]} words=\n"
		      "\tcase \"$one $two:$prev\" in\n");
	put_each(put_values, out);
	buf_addz(out, "\t*)\n"
		      "\tif [ \"$COMP_CWORD\" -eq 1 ]; then words=\"");
	put_words(out, NULL);
	buf_addz(out, "\"\n\telif [ \"$COMP_CWORD\" -eq 2 ] && [ \"${cur#-}\" = \"$cur\" ]; then\n"
		      "\t\tcase $one in\n");
	put_groups(out, ") words=\"", "\" ;;\n");
	buf_addz(out, "\t\tcompletion) words=\"bash zsh fish\" ;;\n\t\thelp) words=\"");
	put_words(out, NULL);
	buf_addz(out, "\" ;;\n\t\tesac\n\telse\n\t\tcase \"$one $two\" in\n");
	put_each(put_command, out);
	buf_addz(out, "\t\tesac\n\tfi ;;\n\tesac\n"
		      "\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
		      "\t[ ${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- \"$cur\"))\n}\n"
		      "complete -F _rootout rootout\n");
}

static void put_quoted(const char *text, struct buf *out)
{
	buf_addc(out, '\'');
	for (; *text; text++) {
		if (*text == '\'' || *text == '\\')
			buf_addc(out, '\\');
		buf_addc(out, *text);
	}
	buf_addc(out, '\'');
}

static void fish(struct buf *out)
{
	size_t n;
	const struct command *const *all = commands_all(&n);

	buf_addz(out, "# rootout completion: save as ~/.config/fish/completions/rootout.fish\n");
	for (size_t i = 0; i < n; i++) {
		const struct option *list[MAX_SHOWN];
		size_t count = options_of(all[i], list, MAX_SHOWN);
		struct str head, rest;
		bool two = str_cut(str_of(all[i]->name), ' ', &head, &rest);

		if (two)
			buf_addf(out,
				 "complete -c rootout -n '__fish_use_subcommand' -a %.*s\n"
				 "complete -c rootout -n '__fish_seen_subcommand_from %.*s' -a "
				 "%.*s -d ",
				 STR_ARG(head), STR_ARG(head), STR_ARG(rest));
		else
			buf_addf(out, "complete -c rootout -n '__fish_use_subcommand' -a %.*s -d ",
				 STR_ARG(head));
		put_quoted(all[i]->summary, out);
		buf_addc(out, '\n');
		for (size_t k = 0; k < count; k++) {
			if (!list[k]->name[0])
				continue;
			buf_addf(out,
				 "complete -c rootout -n '__fish_seen_subcommand_from %.*s' -l "
				 "%s%s -d ",
				 STR_ARG(two ? rest : head), list[k]->name,
				 list[k]->type == OPTION_FLAG ? "" : " -r");
			put_quoted(list[k]->help, out);
			if (list[k]->words)
				buf_addz(out, " -x -a '");
			for (const char *const *w = list[k]->words; w && *w; w++)
				buf_addf(out, "%s%s", w == list[k]->words ? "" : " ", *w);
			buf_addz(out, list[k]->words ? "'\n" : "\n");
		}
	}
}

static int run_completion(struct cmd *c)
{
	struct buf b = BUF_INIT(MIB(4));
	struct str shell = str_of(c->operands[0]);
	bool ok = true;

	if (c->noperands != 1 ||
	    (!str_eqz(shell, "bash") && !str_eqz(shell, "zsh") && !str_eqz(shell, "fish"))) {
		err_set(&c->err, ERR_INPUT, "name the shell: bash, zsh or fish");
		return cmd_fail(c, &c->err);
	}
	if (str_eqz(shell, "zsh"))
		buf_addz(&b, "autoload -U +X bashcompinit && bashcompinit\n");
	if (str_eqz(shell, "fish"))
		fish(&b);
	else
		bash(&b);
	ok = !buf_overflowed(&b) && cmd_print(c, buf_str(&b));
	buf_release(&b);
	return ok ? EXIT_DONE : EXIT_ERROR;
}

const struct command command_completion = {
	.name = "completion",
	.summary = "print completion for bash, zsh or fish",
	.operands = "SHELL",
	.examples = "  rootout completion bash > /etc/bash_completion.d/rootout\n"
		    "  rootout completion zsh > \"${fpath[1]}/_rootout\"\n"
		    "  rootout completion fish > ~/.config/fish/completions/rootout.fish\n",
	.run = run_completion,
};
