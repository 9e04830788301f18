#include <string.h>

#include "base/limits.h"
#include "cmd/commands.h"

#define MAX_SHOWN 64

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

static void options_text(const struct command *c, struct buf *out)
{
	const struct option *list[MAX_SHOWN];
	size_t n = options_of(c, list, MAX_SHOWN);

	for (size_t i = 0; i < n; i++) {
		struct buf head = BUF_INIT(KIB(1));

		option_head(list[i], &head);
		buf_addf(out, "  %-26s %s\n", buf_z(&head), list[i]->help);
		buf_release(&head);
	}
}

bool help_text(const struct command *c, struct buf *out, const struct term *t)
{
	buf_addf(out, "%srootout %s%s: %s\n\n", term_on(t, COLOUR_BOLD), c->name, term_off(t),
		 c->summary);
	buf_addf(out, "usage: rootout %s [options]%s%s\n", c->name,
		 c->operands && *c->operands ? " " : "", c->operands ? c->operands : "");
	if (c->details)
		buf_addf(out, "\n%s", c->details);
	buf_addf(out, "\n%sOptions%s\n", term_on(t, COLOUR_BOLD), term_off(t));
	options_text(c, out);
	buf_addf(out,
		 "\n%sExit status%s\n"
		 "  0 done, or nothing to do; 1 work or findings remain; 2 error; 3 refused by a "
		 "person or a safeguard\n",
		 term_on(t, COLOUR_BOLD), term_off(t));
	if (c->examples)
		buf_addf(out, "\n%sExamples%s\n%s", term_on(t, COLOUR_BOLD), term_off(t),
			 c->examples);
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
			buf_addf(out, "  %-18s %s\n", all[i]->name, all[i]->summary);
	}
	buf_addf(out, "\n'rootout COMMAND --help' says more of one; 'rootout --version' says %s.\n",
		 ROOTOUT_VERSION);
	return !buf_overflowed(out);
}

/* roff: a line that begins with '.' or ''' would be a request; '-' and '\' are escaped. */
static void roff(const char *text, struct buf *out)
{
	bool start = true;

	for (const char *p = text; *p; p++) {
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

bool help_man(const struct command *c, struct buf *out)
{
	const struct option *list[MAX_SHOWN];
	size_t n = options_of(c, list, MAX_SHOWN);

	buf_addz(out, ".TH \"ROOTOUT-");
	for (const char *p = c->name; *p; p++)
		buf_addc(out, *p == ' ' ? '-' : *p >= 'a' && *p <= 'z' ? (char)(*p - 32) : *p);
	buf_addf(out, "\" 1 \"\" \"rootout %s\"\n.SH NAME\nrootout ", ROOTOUT_VERSION);
	roff(c->name, out);
	buf_addz(out, " \\- ");
	roff(c->summary, out);
	buf_addz(out, "\n.SH SYNOPSIS\n.B rootout ");
	roff(c->name, out);
	buf_addf(out, "\n[options] %s\n", c->operands ? c->operands : "");
	if (c->details) {
		buf_addz(out, ".SH DESCRIPTION\n.nf\n");
		roff(c->details, out);
		buf_addz(out, ".fi\n");
	}
	buf_addz(out, ".SH OPTIONS\n");
	for (size_t i = 0; i < n; i++) {
		struct buf head = BUF_INIT(KIB(1));

		option_head(list[i], &head);
		buf_addz(out, ".TP\n.B ");
		roff(buf_z(&head), out);
		buf_addc(out, '\n');
		roff(list[i]->help, out);
		buf_addc(out, '\n');
		buf_release(&head);
	}
	buf_addz(out, ".SH EXIT STATUS\n0 done, or nothing to do; 1 work or findings remain; "
		      "2 error; 3 refused by a person or a safeguard\n");
	if (c->examples) {
		buf_addz(out, ".SH EXAMPLES\n.nf\n");
		roff(c->examples, out);
		buf_addz(out, ".fi\n");
	}
	return !buf_overflowed(out);
}
