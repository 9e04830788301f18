#include <string.h>

#include "base/limits.h"
#include "cmd/commands.h"
#include "text/wrap.h"

#define MAX_SHOWN 64
#define MOST_COLUMNS 100 /* longer lines are hard to read, however wide the terminal is */
#define HELP_COLUMN 30   /* where the text of options begins */

static void option_head(const struct option *o, struct buf *out)
{
	if (o->letter && o->name[0])
		buf_addf(out, "-%c, --%s", o->letter, o->name);
	else if (o->letter)
		buf_addf(out, "-%c", o->letter);
	else
		buf_addf(out, "--%s", o->name);
	if (o->value)
		buf_addf(out, " %s", o->value);
}

static size_t width_of(const struct term *t)
{
	return t->width > 0 && t->width < MOST_COLUMNS ? (size_t)t->width : MOST_COLUMNS;
}

/* One option a line, its text beside it, or under it where the option itself is long. */
static void put_option(const struct option *o, size_t width, struct buf *out)
{
	struct buf head = BUF_INIT(KIB(1));

	option_head(o, &head);
	buf_addf(out, "  %-*s", HELP_COLUMN - 4, buf_z(&head));
	buf_addz(out, head.n > HELP_COLUMN - 4 ? "\n" : "  ");
	buf_addn(out, ' ', head.n > HELP_COLUMN - 4 ? HELP_COLUMN : 0);
	wrap_add(str_of(o->help), HELP_COLUMN, HELP_COLUMN, width, out);
	buf_addc(out, '\n');
	buf_release(&head);
}

static void put_title(const char *title, const struct term *t, struct buf *out)
{
	buf_addf(out, "\n%s%s%s\n", term_on(t, COLOUR_BOLD), title, term_off(t));
}

/* What is the command's own first, then what it shares with others. */
static void options_text(const struct command *c, const struct term *t, struct buf *out)
{
	const struct option *list[MAX_SHOWN];
	size_t n = options_of(c, list, MAX_SHOWN);
	const char *last = "";

	for (size_t i = 0; i < n; i++) {
		const char *title = options_title(c, list[i]);

		if (strcmp(title, last) != 0)
			put_title(title, t, out);
		last = title;
		put_option(list[i], width_of(t), out);
	}
}

/* Paragraphs are filled; a line that begins with a blank stays as it is. */
static void put_details(const char *details, const struct term *t, struct buf *out)
{
	struct str rest = str_of(details), line;
	struct buf paragraph = BUF_INIT(KIB(64));

	buf_addc(out, '\n');
	while (str_next(&rest, '\n', &line)) {
		bool filled = line.n && line.p[0] != ' ';

		if (filled) {
			buf_addf(&paragraph, "%s%.*s", paragraph.n ? " " : "", STR_ARG(line));
			continue;
		}
		wrap_add(buf_str(&paragraph), 0, 0, width_of(t), out);
		buf_addz(out, paragraph.n ? "\n" : "");
		buf_reset(&paragraph);
		if (line.n || rest.n)
			buf_addf(out, "%.*s\n", STR_ARG(line));
	}
	wrap_add(buf_str(&paragraph), 0, 0, width_of(t), out);
	buf_addz(out, paragraph.n ? "\n" : "");
	buf_release(&paragraph);
}

static void put_command(const struct command *c, const struct term *t, struct buf *out)
{
	buf_addf(out, "  %-18s ", c->name);
	wrap_add(str_of(c->summary), 21, 21, width_of(t), out);
	buf_addc(out, '\n');
}

/* Of a command that is also the first word of others: "sandbox". */
static void put_commands(const char *name, const struct term *t, struct buf *out)
{
	size_t n, shown = 0;
	const struct command *const *all = commands_all(&n);

	for (size_t i = 0; i < n; i++) {
		struct str head, rest;

		if (!str_cut(str_of(all[i]->name), ' ', &head, &rest) || !str_eqz(head, name))
			continue;
		if (!shown++)
			put_title("Commands", t, out);
		put_command(all[i], t, out);
	}
}

bool help_text(const struct command *c, struct buf *out, const struct term *t)
{
	buf_addf(out, "%srootout %s%s: %s\n\n", term_on(t, COLOUR_BOLD), c->name, term_off(t),
		 c->summary);
	buf_addf(out, "usage: rootout %s [options]%s%s\n", c->name,
		 c->operands && *c->operands ? " " : "", c->operands ? c->operands : "");
	if (c->details)
		put_details(c->details, t, out);
	put_commands(c->name, t, out);
	options_text(c, t, out);
	put_title("Exit status", t, out);
	buf_addz(out, "  ");
	wrap_add(STR("0 done, or nothing to do; 1 work or findings remain; 2 error; 3 refused by a "
		     "person or a safeguard"),
		 2, 2, width_of(t), out);
	buf_addc(out, '\n');
	if (c->examples) {
		put_title("Examples", t, out);
		buf_addz(out, c->examples);
	}
	return !buf_overflowed(out);
}

bool help_overview(const char *group, struct buf *out, const struct term *t)
{
	size_t n;
	const struct command *const *all = commands_all(&n);

	buf_addf(out,
		 "%srootout%s: run an AWS organization that has no root users\n\n"
		 "usage: rootout [-C DIR] COMMAND [options]\n\n",
		 term_on(t, COLOUR_BOLD), term_off(t));
	for (size_t i = 0; i < n; i++) {
		struct str head, rest;

		str_cut(str_of(all[i]->name), ' ', &head, &rest);
		if (!group || str_eqz(head, group))
			put_command(all[i], t, out);
	}
	buf_addf(out, "\n'rootout COMMAND --help' says more of one; 'rootout --version' says %s.\n",
		 ROOTOUT_VERSION);
	return !buf_overflowed(out);
}

/* roff: a line that begins with '.' or ''' would be a request; '-' and '\' are escaped. */
static void roff(struct str text, struct buf *out)
{
	bool start = true;

	for (const char *p = text.p; p < text.p + text.n; p++) {
		if (start && (*p == '.' || *p == '\''))
			buf_addz(out, "\\&");
		if (*p == '\\')
			buf_addz(out, "\\e");
		else if (*p == '-')
			buf_addz(out, "\\-");
		else
			buf_addc(out, *p);
		start = *p == '\n';
	}
}

/* Paragraphs are filled; lines that begin with a blank stay as they are. */
static void roff_details(const char *details, struct buf *out)
{
	struct str rest = str_of(details), line;
	bool as_is = false;

	while (str_next(&rest, '\n', &line)) {
		bool keep = line.n && line.p[0] == ' ';

		if (keep != as_is)
			buf_addz(out, keep ? ".nf\n" : ".fi\n");
		as_is = keep;
		if (!line.n) {
			buf_addz(out, rest.n ? ".PP\n" : "");
			continue;
		}
		roff(line, out);
		buf_addc(out, '\n');
	}
	buf_addz(out, as_is ? ".fi\n" : "");
}

bool help_man(const struct command *c, struct buf *out)
{
	const struct option *list[MAX_SHOWN];
	size_t n = options_of(c, list, MAX_SHOWN);

	buf_addz(out, ".TH \"ROOTOUT-");
	for (const char *p = c->name; *p; p++)
		buf_addc(out, *p == ' ' ? '-' : *p >= 'a' && *p <= 'z' ? (char)(*p - 32) : *p);
	buf_addf(out, "\" 1 \"\" \"rootout %s\"\n.SH NAME\nrootout ", ROOTOUT_VERSION);
	roff(str_of(c->name), out);
	buf_addz(out, " \\- ");
	roff(str_of(c->summary), out);
	buf_addz(out, "\n.SH SYNOPSIS\n.B rootout ");
	roff(str_of(c->name), out);
	buf_addf(out, "\n[options] %s\n", c->operands ? c->operands : "");
	if (c->details) {
		buf_addz(out, ".SH DESCRIPTION\n");
		roff_details(c->details, out);
	}
	buf_addz(out, ".SH OPTIONS\n");
	for (size_t i = 0; i < n; i++) {
		struct buf head = BUF_INIT(KIB(1));

		option_head(list[i], &head);
		buf_addz(out, ".TP\n.B ");
		roff(buf_str(&head), out);
		buf_addc(out, '\n');
		roff(str_of(list[i]->help), out);
		buf_addc(out, '\n');
		buf_release(&head);
	}
	buf_addz(out, ".SH EXIT STATUS\n0 done, or nothing to do; 1 work or findings remain; "
		      "2 error; 3 refused by a person or a safeguard\n");
	if (c->examples) {
		buf_addz(out, ".SH EXAMPLES\n.nf\n");
		roff(str_of(c->examples), out);
		buf_addz(out, ".fi\n");
	}
	return !buf_overflowed(out);
}
