/* `rootout check`: reads the organization's files and tells everything that is wrong. */

#include "base/clock.h"
#include "cmd/commands.h"
#include "org/files.h"
#include "org/reality.h"

static bool print_json(struct cmd *c, const char *dir, const struct org *o,
		       const struct org_problems *p)
{
	struct val *out = val_object(c->arena), *list = val_list(c->arena), *counts;

	val_set_z(c->arena, out, "folder", dir);
	val_set_bool(c->arena, out, "ok", p->n == 0);
	for (size_t i = 0; i < p->n; i++) {
		const struct err *e = &p->v[i];
		struct val *v = val_object(c->arena);

		val_set_z(c->arena, v, "path", e->path);
		if (e->line)
			val_set_int(c->arena, v, "line", e->line);
		if (e->col)
			val_set_int(c->arena, v, "column", e->col);
		val_set_z(c->arena, v, "kind", err_kind_name(e->kind));
		val_set_z(c->arena, v, "message", e->message);
		val_append(list, v);
	}
	val_setz(out, "problems", list);
	val_set_int(c->arena, out, "more", (int64_t)p->more);
	if (o) {
		counts = val_setz(out, "organization", val_object(c->arena));
		val_set_str(c->arena, counts, "name", o->name);
		val_set_int(c->arena, counts, "accounts", (int64_t)o->naccounts);
		val_set_int(c->arena, counts, "units", (int64_t)o->nunits - 1);
		val_set_int(c->arena, counts, "policies", (int64_t)o->npolicies);
		val_set_int(c->arena, counts, "groups", (int64_t)o->ngroups);
		val_set_int(c->arena, counts, "permission_sets", (int64_t)o->npermission_sets);
		val_set_int(c->arena, counts, "assignments", (int64_t)o->nassignments);
		val_set_int(c->arena, counts, "waves", (int64_t)o->root.nwaves);
	}
	return cmd_print_json(c, out);
}

static bool print_csv(struct cmd *c, const struct org_problems *p)
{
	struct table *t = table_new(c->arena);

	table_column(t, "Path", ALIGN_LEFT, false);
	table_column(t, "Line", ALIGN_RIGHT, false);
	table_column(t, "Column", ALIGN_RIGHT, false);
	table_column(t, "Message", ALIGN_LEFT, false);
	for (size_t i = 0; i < p->n; i++) {
		const struct err *e = &p->v[i];

		table_row(t);
		table_cellz(t, e->path, COLOUR_NONE);
		table_cellf(t, COLOUR_NONE, "%u", e->line);
		table_cellf(t, COLOUR_NONE, "%u", e->col);
		table_cellz(t, e->message, COLOUR_NONE);
	}
	return cmd_print_table(c, t);
}

/* One problem a line, as compilers say it: editors jump to path:line:col. */
static bool print_lines(struct cmd *c, const struct org_problems *p)
{
	char text[2048];

	for (size_t i = 0; i < p->n; i++) {
		if (!cmd_printf(c, "%s\n", err_text(&p->v[i], text, sizeof(text))))
			return false;
	}
	if (p->more && !cmd_printf(c, "and %zu more\n", p->more))
		return false;
	return true;
}

static const char *s(size_t n)
{
	return n == 1 ? "" : "s";
}

static void summary(struct cmd *c, const char *dir, const struct org *o,
		    const struct org_problems *p)
{
	size_t n = p->n + p->more;

	if (n) {
		cmd_note(c, "%s: %zu problem%s", dir, n, s(n));
		return;
	}
	cmd_note(c,
		 "%s: no problem: %zu account%s in %zu unit%s, %zu polic%s, %zu group%s, "
		 "%zu permission set%s, %zu assignment%s, %zu wave%s",
		 dir, o->naccounts, s(o->naccounts), o->nunits - 1, s(o->nunits - 1), o->npolicies,
		 o->npolicies == 1 ? "y" : "ies", o->ngroups, s(o->ngroups), o->npermission_sets,
		 s(o->npermission_sets), o->nassignments, s(o->nassignments), o->root.nwaves,
		 s(o->root.nwaves));
}

/* Reads everything. false with no problem noted: the folder itself can't be read. */
static bool read_folder(struct cmd *c, const char *dir, struct org **o, struct org_problems *p)
{
	struct org_reality *real;

	return org_read_files(dir, c->arena, o, p, &c->err) &&
	       org_read_reality(dir, *o, clock_now_ms(NULL), c->arena, &real, p, &c->err);
}

static int run_check(struct cmd *c)
{
	const char *dir = c->noperands ? c->operands[0] : ".";
	struct org_problems p = {0};
	struct org *o = NULL;
	bool good, printed;

	if (c->noperands > 1) {
		err_set(&c->err, ERR_INPUT, "check takes one folder, not %d", c->noperands);
		return cmd_fail(c, &c->err);
	}
	good = read_folder(c, dir, &o, &p);
	if (!good && !p.n)
		return cmd_fail(c, &c->err);
	if (c->output == OUTPUT_JSON)
		printed = print_json(c, dir, good ? o : NULL, &p);
	else if (c->output == OUTPUT_CSV)
		printed = print_csv(c, &p);
	else
		printed = print_lines(c, &p);
	summary(c, dir, o, &p);
	org_problems_release(&p);
	if (!printed)
		return EXIT_ERROR;
	return good ? EXIT_DONE : EXIT_REMAINS;
}

const struct command command_check = {
	.name = "check",
	.summary = "check the organization's files",
	.operands = "[DIR]",
	.details = "Reads the folder DIR (here, unless given) as every other command does, and "
		   "prints everything that is wrong: path, line, column and what to do about it. "
		   "sandbox.yaml is checked once the other files are right. AWS is not asked.\n\n"
		   "The exit status is 0 when nothing is wrong, 1 when something is, and 2 when "
		   "there is no folder of an organization to read.",
	.examples = "  rootout check examples/stores\n      every problem, one a line\n"
		    "  rootout check --output json\n      for an editor or a pipeline\n",
	.run = run_check,
};
