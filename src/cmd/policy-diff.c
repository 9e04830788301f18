/* `rootout policy diff A B`: who gains or loses which actions between two folders. */

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/map.h"
#include "cmd/commands.h"
#include "cmd/policy-common.h"
#include "org/access.h"
#include "text/show.h"

enum direction { GAINS, LOSES, CHANGES };

static const char *const direction_text[] = {"gains", "loses", "changes"};

/* What changed alike, for one group or user in one account through one permission set. */
struct change {
	const struct org_grant *grant;
	enum direction direction;
	struct org_answer before, after;
	struct str resource;
	struct str actions; /* "s3:get*, s3:list*" */
	struct val *list;
};

/* The same in several accounts, for people. */
struct row {
	const struct change *of;
	struct policy_cmd_accounts accounts;
};

struct side {
	struct org *o;
	struct org_access *access;
	struct map index; /* grants by grant_key */
};

struct diff {
	struct cmd *c;
	struct side a, b;
	int64_t now_ms; /* one time for both: what ends in between is no difference */
	struct policy_pair *pairs;
	size_t npairs;
	struct change *changes;
	size_t n, cap;
};

/* ---- what to ask ---- */

static int by_pair(const void *x, const void *y)
{
	const struct policy_pair *a = x, *b = y;
	int order = str_cmp(a->resource, b->resource);

	return order ? order : str_cmp(a->action, b->action);
}

static void gather_pairs(struct diff *d)
{
	size_t n = 0, cap = 0, kept = 0;
	struct policy_pair *v = NULL, all = {STR("*"), STR("*")};

	org_access_pairs(d->a.access, d->c->arena, &v, &n, &cap);
	org_access_pairs(d->b.access, d->c->arena, &v, &n, &cap);
	v = arena_grow(d->c->arena, v, n, &cap, sizeof(*v));
	v[n++] = all;
	qsort(v, n, sizeof(*v), by_pair);
	for (size_t i = 0; i < n; i++) {
		if (!kept || by_pair(&v[kept - 1], &v[i]) != 0)
			v[kept++] = v[i];
	}
	d->pairs = v;
	d->npairs = kept;
}

/*
 * One request that the pattern fits and that narrower patterns hardly do: "s3:get*" is asked as
 * an action of S3 that no policy names.
 */
static struct str witness(struct str pattern, const char *filler, struct arena *a)
{
	struct buf b = BUF_INIT(LIMIT_POLICY_BYTES);
	struct str s;

	for (size_t i = 0; i < pattern.n; i++) {
		char ch = pattern.p[i];

		if (ch == '*')
			buf_addz(&b, filler);
		else if (ch == '?')
			buf_addc(&b, 'z');
		else if (ch == '$' && i + 1 < pattern.n && pattern.p[i + 1] == '{') {
			while (i < pattern.n && pattern.p[i] != '}')
				i++;
			buf_addz(&b, filler);
		} else {
			buf_addc(&b, ch);
		}
	}
	s = arena_str(a, buf_str(&b));
	buf_release(&b);
	return s;
}

static struct org_ask ask_of(const struct policy_pair *p, struct arena *a)
{
	struct org_ask ask = {.action = witness(p->action, "zzother", a), .resource = p->resource};

	if (str_chr(ask.action, ':') < 0)
		ask.action = STR("zzother:zzother");
	if (!str_eqz(p->resource, "*"))
		ask.resource = witness(p->resource, "zzother", a);
	return ask;
}

/* ---- comparing ---- */

/* An account is the same by its id; one that is planned only has none, and is by its name. */
static struct str grant_key(const struct org_grant *g, bool by_id, struct arena *a)
{
	const struct org_account *acct = g->account;

	return arena_join(a, by_id ? STR("#") : STR("@"), by_id ? acct->id : acct->name, STR("\n"),
			  g->is_user ? STR("user ") : STR("group "), g->who, STR("\n"),
			  g->assignment->permission_set);
}

static void index_grants(struct side *s, struct arena *a)
{
	map_init(&s->index);
	for (size_t i = 0; i < s->access->ngrants; i++) {
		struct org_grant *g = &s->access->grants[i];

		for (int by_id = 0; by_id <= (g->account->id.n > 0); by_id++) {
			struct str key = grant_key(g, by_id, a);

			if (!map_get(&s->index, key))
				map_put(&s->index, key, g);
		}
	}
}

static const struct org_grant *same_grant(const struct side *s, const struct org_grant *g,
					  struct arena *scratch)
{
	const struct org_grant *x = NULL;

	if (g->account->id.n)
		x = map_get(&s->index, grant_key(g, true, scratch));
	if (!x) {
		x = map_get(&s->index, grant_key(g, false, scratch));
		/* The name of another account. */
		if (x && x->account->id.n && g->account->id.n)
			x = NULL;
	}
	return x;
}

static bool answer(struct diff *d, const struct side *s, const struct org_grant *g,
		   const struct org_ask *ask, struct arena *a, struct org_answer *out)
{
	*out = (struct org_answer){.can = ORG_CAN_NO, .why = STR("no assignment"), .on = STR("")};
	return !g || org_access_can(s->access, g, ask, a, out, &d->c->err);
}

static int rank(enum org_can can)
{
	return can == ORG_CAN_NO ? 0 : can == ORG_CAN_YES ? 2 : 1;
}

static bool same_answer(const struct org_answer *a, const struct org_answer *b)
{
	return a->can == b->can && str_eq(a->on, b->on);
}

static struct org_answer kept_answer(const struct org_answer *x, struct arena *a)
{
	return (struct org_answer){x->can, arena_str(a, x->why), arena_str(a, x->on)};
}

static void add_change(struct diff *d, const struct org_grant *g, const struct policy_pair *p,
		       const struct org_answer *before, const struct org_answer *after,
		       size_t first)
{
	struct arena *a = d->c->arena;
	int more = rank(after->can) - rank(before->can);
	struct change *x = NULL;

	for (size_t i = first; i < d->n && !x; i++) {
		struct change *c = &d->changes[i];

		if (str_eq(c->resource, p->resource) && same_answer(&c->before, before) &&
		    same_answer(&c->after, after))
			x = c;
	}
	if (!x) {
		d->changes = arena_grow(a, d->changes, d->n, &d->cap, sizeof(*d->changes));
		x = &d->changes[d->n++];
		*x = (struct change){
			.grant = g,
			.direction = more > 0   ? GAINS
				     : more < 0 ? LOSES
						: CHANGES,
			.before = kept_answer(before, a),
			.after = kept_answer(after, a),
			.resource = p->resource,
			.actions = STR(""),
			.list = val_list(a),
		};
	}
	x->actions = arena_printf(a, "%.*s%s%.*s", STR_ARG(x->actions), x->actions.n ? ", " : "",
				  STR_ARG(p->action));
	val_append(x->list, val_string(a, p->action));
}

static bool compare_grant(struct diff *d, const struct org_grant *ga, const struct org_grant *gb)
{
	size_t first = d->n;

	for (size_t i = 0; i < d->npairs; i++) {
		struct arena *scratch = arena_new();
		struct org_ask ask = ask_of(&d->pairs[i], scratch);
		struct org_answer before, after;
		bool ok = answer(d, &d->a, ga, &ask, scratch, &before) &&
			  answer(d, &d->b, gb, &ask, scratch, &after);

		if (ok && !same_answer(&before, &after))
			add_change(d, gb ? gb : ga, &d->pairs[i], &before, &after, first);
		arena_free(&scratch);
		if (!ok)
			return false;
	}
	return true;
}

static bool compare(struct diff *d)
{
	struct arena *scratch = arena_new();
	bool ok = true;

	for (size_t i = 0; ok && i < d->a.access->ngrants; i++) {
		const struct org_grant *g = &d->a.access->grants[i];

		ok = compare_grant(d, g, same_grant(&d->b, g, scratch));
		arena_reset(scratch);
	}
	for (size_t i = 0; ok && i < d->b.access->ngrants; i++) {
		const struct org_grant *g = &d->b.access->grants[i];

		ok = same_grant(&d->a, g, scratch) || compare_grant(d, NULL, g);
		arena_reset(scratch);
	}
	arena_free(&scratch);
	return ok;
}

/* ---- printing ---- */

static struct str hangs_on(const struct change *x)
{
	return x->after.on.n ? x->after.on : x->before.on;
}

/* "no -> depends: denies if …" */
static struct str from_to(const struct change *x, struct arena *a)
{
	struct str on = hangs_on(x);

	return arena_printf(a, "%s -> %s%s%.*s", org_can_text(x->before.can),
			    org_can_text(x->after.can), on.n ? ": " : "", STR_ARG(show(a, on)));
}

static struct str who_text(const struct change *x, struct arena *a)
{
	return arena_join(a, x->grant->is_user ? STR("") : STR("group "), x->grant->who);
}

/* The changes that are alike in all but their account are one row. */
static struct row *rows_of(struct diff *d, size_t *n)
{
	struct arena *a = d->c->arena;
	struct row *rows = arena_calloc(a, d->n + 1, sizeof(*rows));
	bool each = d->c->output == OUTPUT_CSV; /* for programs, as JSON */
	struct map seen;

	map_init(&seen);
	*n = 0;
	for (size_t i = 0; i < d->n; i++) {
		const struct change *x = &d->changes[i];
		struct str key = arena_join(
			a, who_text(x, a), STR("\n"), x->grant->assignment->permission_set,
			STR("\n"), x->actions, STR("\n"), x->resource, STR("\n"), from_to(x, a));
		struct row *r = each ? NULL : map_get(&seen, key);

		if (!r) {
			r = &rows[(*n)++];
			r->of = x;
			map_put(&seen, key, r);
		}
		policy_cmd_add_account(&r->accounts, x->grant->account, a);
	}
	map_release(&seen);
	return rows;
}

static bool print_table(struct diff *d)
{
	struct cmd *c = d->c;
	size_t n;
	const struct row *rows = rows_of(d, &n);
	struct table *t = table_new(c->arena);
	static const enum colour colours[] = {COLOUR_GREEN, COLOUR_RED, COLOUR_YELLOW};
	bool csv = c->output == OUTPUT_CSV;

	table_column(t, csv ? "ACCOUNT" : "ACCOUNTS", ALIGN_LEFT, true);
	if (csv)
		table_column(t, "ACCOUNT ID", ALIGN_LEFT, false);
	table_column(t, "WHO", ALIGN_LEFT, false);
	table_column(t, "THROUGH", ALIGN_LEFT, false);
	table_column(t, "CHANGE", ALIGN_LEFT, false);
	table_column(t, "ACTIONS", ALIGN_LEFT, true);
	table_column(t, "RESOURCE", ALIGN_LEFT, true);
	if (csv) {
		table_column(t, "FROM", ALIGN_LEFT, false);
		table_column(t, "TO", ALIGN_LEFT, false);
		table_column(t, "ON", ALIGN_LEFT, false);
	} else {
		table_column(t, "FROM -> TO", ALIGN_LEFT, true);
	}
	for (size_t i = 0; i < n; i++) {
		const struct change *x = rows[i].of;

		table_row(t);
		table_cell(t, policy_cmd_accounts_text(&rows[i].accounts, c->arena), COLOUR_NONE);
		if (csv)
			table_cell(t, x->grant->account->id, COLOUR_NONE);
		table_cell(t, who_text(x, c->arena), COLOUR_NONE);
		table_cell(t, x->grant->assignment->permission_set, COLOUR_NONE);
		table_cellz(t, direction_text[x->direction], colours[x->direction]);
		table_cell(t, x->actions, COLOUR_NONE);
		table_cell(t, x->resource, COLOUR_NONE);
		if (csv) {
			table_cellz(t, org_can_text(x->before.can), COLOUR_NONE);
			table_cellz(t, org_can_text(x->after.can), COLOUR_NONE);
			table_cell(t, hangs_on(x), COLOUR_NONE);
		} else {
			table_cell(t, from_to(x, c->arena), COLOUR_NONE);
		}
	}
	return (!table_rows(t) && !csv) || cmd_print_table(c, t);
}

/* In a table of Markdown a bar ends the cell, also inside of code. */
static struct str cell(struct str s, struct arena *a)
{
	struct buf b = BUF_INIT(LIMIT_OUTPUT);
	struct str out;

	s = show(a, s);
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '|' || s.p[i] == '*' || s.p[i] == '_' || s.p[i] == '<' ||
		    s.p[i] == '`' || s.p[i] == '[' || s.p[i] == '\\')
			buf_addc(&b, '\\');
		buf_addc(&b, s.p[i]);
	}
	out = arena_str(a, buf_str(&b));
	buf_release(&b);
	return out;
}

static bool print_markdown(struct diff *d)
{
	struct cmd *c = d->c;
	struct arena *a = c->arena;
	size_t n;
	const struct row *rows = rows_of(d, &n);

	if (!d->n)
		return cmd_printf(c, "Nobody gains or loses an action.\n");
	if (!cmd_printf(c, "| accounts | who | through | change | actions | resource | from, to |\n"
			   "| --- | --- | --- | --- | --- | --- | --- |\n"))
		return false;
	for (size_t i = 0; i < n; i++) {
		const struct change *x = rows[i].of;

		if (!cmd_printf(c, "| %.*s | %.*s | %.*s | **%s** | %.*s | %.*s | %.*s |\n",
				STR_ARG(cell(policy_cmd_accounts_text(&rows[i].accounts, a), a)),
				STR_ARG(cell(who_text(x, a), a)),
				STR_ARG(cell(x->grant->assignment->permission_set, a)),
				direction_text[x->direction], STR_ARG(cell(x->actions, a)),
				STR_ARG(cell(x->resource, a)), STR_ARG(cell(from_to(x, a), a))))
			return false;
	}
	return true;
}

static void set_answer(struct arena *a, struct val *v, const char *name, const struct org_answer *x)
{
	struct val *o = val_setz(v, name, val_object(a));

	val_set_z(a, o, "can", org_can_text(x->can));
	val_set_str(a, o, "why", x->why);
}

static bool print_json(struct diff *d)
{
	struct arena *a = d->c->arena;
	struct val *o = val_object(a), *list = val_list(a);

	val_setz(o, "changes", list);
	for (size_t i = 0; i < d->n; i++) {
		const struct change *x = &d->changes[i];
		struct val *v = val_append(list, val_object(a));

		val_set_str(a, v, "account", x->grant->account->name);
		val_set_str(a, v, "accountId", x->grant->account->id);
		val_set_str(a, v, x->grant->is_user ? "user" : "group", x->grant->who);
		val_set_str(a, v, "permissionSet", x->grant->assignment->permission_set);
		val_set_z(a, v, "change", direction_text[x->direction]);
		val_setz(v, "actions", x->list);
		val_set_str(a, v, "resource", x->resource);
		set_answer(a, v, "before", &x->before);
		set_answer(a, v, "after", &x->after);
	}
	return cmd_print_json(d->c, o);
}

static bool open_side(struct diff *d, const char *dir, struct side *s)
{
	struct cmd *c = d->c;

	if (!policy_cmd_folder(c, dir, &s->o))
		return false;
	s->access = org_access_new(s->o, NULL, 0, c->arena, &c->err);
	if (!s->access)
		return false;
	s->access->now_ms = d->now_ms;
	index_grants(s, c->arena);
	return true;
}

static int diff_sides(struct diff *d)
{
	struct cmd *c = d->c;
	bool ok;

	if (!open_side(d, c->operands[0], &d->a) || !open_side(d, c->operands[1], &d->b))
		return cmd_fail(c, &c->err);
	if (!str_eq(d->a.o->management_id, d->b.o->management_id))
		cmd_warn(c,
			 "the folders are of two organizations, whose management accounts are "
			 "%.*s and %.*s: whoever has anything in one gains or loses all of it",
			 STR_ARG(d->a.o->management_id), STR_ARG(d->b.o->management_id));
	gather_pairs(d);
	if (!compare(d))
		return cmd_fail(c, &c->err);
	if (c->output == OUTPUT_JSON)
		ok = print_json(d);
	else
		ok = cmd_flag(c, "markdown") ? print_markdown(d) : print_table(d);
	if (!ok)
		return EXIT_ERROR;
	if (!d->n)
		cmd_note(c, "nobody gains or loses an action (%zu actions and resources asked for)",
			 d->npairs);
	return d->n ? EXIT_REMAINS : EXIT_DONE;
}

static int run_diff(struct cmd *c)
{
	struct diff d = {.c = c, .now_ms = clock_now_ms(NULL)};
	int status;

	if (c->noperands != 2) {
		err_set(&c->err, ERR_INPUT, "which two? give the folder before and the one after");
		return cmd_fail(c, &c->err);
	}
	status = diff_sides(&d);
	map_release(&d.a.index);
	map_release(&d.b.index);
	return status;
}

static const struct option diff_options[] = {
	{"markdown", 0, OPTION_FLAG, NULL, "a table of Markdown, for a pull request", NULL},
	{0},
};

const struct command command_policy_diff = {
	.name = "policy diff",
	.summary = "who gains or loses which actions between two folders",
	.operands = "BEFORE AFTER",
	.details =
		"Compares what every group and user can do, in each account and through each\n"
		"permission set, in two versions of an organization's folder: assignments,\n"
		"permission sets, service and resource control policies together.\n"
		"\n"
		"It asks for every action and resource that a policy of either folder names. A\n"
		"pattern is asked for as a whole: s3:get* stands for the actions that it fits and\n"
		"no policy names. Two revisions of a git repository: check one out beside the "
		"other\n"
		"(git worktree add).\n"
		"\n"
		"Exit status 0: no difference, 1: there are, 2: error.\n",
	.examples = "  git worktree add ../before main\n"
		    "  rootout policy diff --markdown ../before .\n",
	.options = diff_options,
	.only_looks = true,
	.run = run_diff,
};
