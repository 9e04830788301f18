/* `rootout policy who-can`: which groups and users of an organization's folder can do it, where. */

#include "base/clock.h"
#include "base/map.h"
#include "cmd/commands.h"
#include "cmd/policy-common.h"
#include "org/access.h"
#include "text/show.h"

struct row {
	const struct org_grant *grant;
	struct org_answer answer;
};

struct who_can {
	struct cmd *c;
	struct org_access *access;
	struct org_ask ask;
	struct row *rows;
	size_t n;
	size_t counts[ORG_CAN_UNKNOWN + 1];
};

static bool ask_all(struct who_can *w)
{
	struct cmd *c = w->c;

	w->rows = arena_calloc(c->arena, w->access->ngrants + 1, sizeof(*w->rows));
	for (; w->n < w->access->ngrants; w->n++) {
		struct row *r = &w->rows[w->n];

		r->grant = &w->access->grants[w->n];
		if (!org_access_can(w->access, r->grant, &w->ask, c->arena, &r->answer, &c->err))
			return false;
		w->counts[r->answer.can]++;
	}
	return true;
}

static bool is_shown(const struct who_can *w, const struct row *r)
{
	return r->answer.can != ORG_CAN_NO || cmd_flag(w->c, "everybody");
}

static enum colour colour_of(enum org_can can)
{
	return can == ORG_CAN_YES ? COLOUR_GREEN : can == ORG_CAN_NO ? COLOUR_NONE : COLOUR_YELLOW;
}

/* Answers that are alike in all but their account are one row. */
struct shown {
	const struct row *of;
	struct policy_cmd_accounts accounts;
};

static struct str who_text(const struct row *r, struct arena *a)
{
	return arena_join(a, r->grant->is_user ? STR("") : STR("group "), r->grant->who);
}

static struct shown *shown_rows(const struct who_can *w, size_t *n)
{
	struct arena *a = w->c->arena;
	struct shown *rows = arena_calloc(a, w->n + 1, sizeof(*rows));
	bool each = w->c->output == OUTPUT_CSV; /* for programs, as JSON */
	struct map seen;

	map_init(&seen);
	*n = 0;
	for (size_t i = 0; i < w->n; i++) {
		const struct row *r = &w->rows[i];
		struct str key = arena_join(a, who_text(r, a), STR("\n"),
					    r->grant->assignment->permission_set, STR("\n"),
					    str_of(org_can_text(r->answer.can)), r->answer.why);
		struct shown *s;

		if (!is_shown(w, r))
			continue;
		s = each ? NULL : map_get(&seen, key);
		if (!s) {
			s = &rows[(*n)++];
			s->of = r;
			map_put(&seen, key, s);
		}
		policy_cmd_add_account(&s->accounts, r->grant->account, a);
	}
	map_release(&seen);
	return rows;
}

static bool print_table(struct who_can *w)
{
	struct cmd *c = w->c;
	size_t n;
	const struct shown *rows = shown_rows(w, &n);
	struct table *t = table_new(c->arena);
	bool csv = c->output == OUTPUT_CSV;

	table_column(t, csv ? "ACCOUNT" : "ACCOUNTS", ALIGN_LEFT, true);
	if (csv)
		table_column(t, "ACCOUNT ID", ALIGN_LEFT, false); /* names are not unique */
	table_column(t, "WHO", ALIGN_LEFT, false);
	table_column(t, "THROUGH", ALIGN_LEFT, false);
	table_column(t, "CAN", ALIGN_LEFT, false);
	table_column(t, "WHY", ALIGN_LEFT, true);
	for (size_t i = 0; i < n; i++) {
		const struct row *r = rows[i].of;

		table_row(t);
		table_cell(t, policy_cmd_accounts_text(&rows[i].accounts, c->arena), COLOUR_NONE);
		if (csv)
			table_cell(t, r->grant->account->id, COLOUR_NONE);
		table_cell(t, who_text(r, c->arena), COLOUR_NONE);
		table_cell(t, r->grant->assignment->permission_set, COLOUR_NONE);
		table_cellz(t, org_can_text(r->answer.can), colour_of(r->answer.can));
		table_cell(t, r->answer.why, COLOUR_NONE);
	}
	if ((table_rows(t) || csv) && !cmd_print_table(c, t))
		return false;
	cmd_note(c,
		 "%.*s on %.*s: %zu can, %zu depend on conditions, %zu are not known, %zu cannot; "
		 "IAM users and roles and resource-based policies are not in the folder",
		 STR_ARG(show(c->arena, w->ask.action)), STR_ARG(show(c->arena, w->ask.resource)),
		 w->counts[ORG_CAN_YES], w->counts[ORG_CAN_DEPENDS], w->counts[ORG_CAN_UNKNOWN],
		 w->counts[ORG_CAN_NO]);
	return true;
}

static bool print_json(struct who_can *w)
{
	struct arena *a = w->c->arena;
	struct val *o = val_object(a), *list = val_list(a);

	val_set_str(a, o, "action", w->ask.action);
	val_set_str(a, o, "resource", w->ask.resource);
	val_setz(o, "grants", list);
	for (size_t i = 0; i < w->n; i++) {
		const struct row *r = &w->rows[i];
		struct val *v = val_append(list, val_object(a));

		val_set_str(a, v, "account", r->grant->account->name);
		val_set_str(a, v, "accountId", r->grant->account->id);
		val_set_str(a, v, r->grant->is_user ? "user" : "group", r->grant->who);
		val_set_str(a, v, "permissionSet", r->grant->assignment->permission_set);
		val_set_z(a, v, "can", org_can_text(r->answer.can));
		val_set_str(a, v, "why", r->answer.why);
	}
	return cmd_print_json(w->c, o);
}

static bool read_question(struct who_can *w, struct org **o)
{
	struct cmd *c = w->c;
	const char *dir = cmd_text(c, "org");
	struct policy_key *keys;
	size_t nkeys;

	if (c->noperands < 1 || c->noperands > 2)
		return err_set(&c->err, ERR_INPUT,
			       "what can they do? give ACTION, and RESOURCE if not everything");
	w->ask.action = str_of(c->operands[0]);
	w->ask.resource = c->noperands > 1 ? str_of(c->operands[1]) : STR("*");
	if (!policy_cmd_action(c, w->ask.action) || !policy_cmd_resource(c, w->ask.resource) ||
	    !policy_cmd_keys(c, &keys, &nkeys))
		return false;
	w->ask.keys = keys;
	w->ask.nkeys = nkeys;
	return policy_cmd_folder(c, dir ? dir : ".", o);
}

static int run_who_can(struct cmd *c)
{
	struct who_can w = {.c = c};
	struct org *o;

	if (!read_question(&w, &o))
		return cmd_fail(c, &c->err);
	w.access = org_access_new(o, w.ask.keys, w.ask.nkeys, c->arena, &c->err);
	if (!w.access)
		return cmd_fail(c, &c->err);
	w.access->now_ms = clock_now_ms(NULL);
	if (!ask_all(&w))
		return cmd_fail(c, &c->err);
	if (c->output == OUTPUT_JSON ? !print_json(&w) : !print_table(&w))
		return EXIT_ERROR;
	return EXIT_DONE;
}

static const struct option who_can_options[] = {
	{"org", 0, OPTION_TEXT, "DIR", "the organization's folder (default: this one)", NULL},
	POLICY_CMD_CONTEXT,
	{"everybody", 0, OPTION_FLAG, NULL, "also those who cannot, and why (JSON always has them)",
	 NULL},
	{0},
};

const struct command command_policy_who_can = {
	.name = "policy who-can",
	.summary = "which groups and users can do it, in which account, through what",
	.operands = "ACTION [RESOURCE]",
	.details =
		"Asks for every assignment of access/ whether its permission set, within the\n"
		"service and resource control policies above the account, lets it through.\n"
		"\n"
		"  yes      whatever else is true of the request\n"
		"  depends  on condition keys that --context does not give: a Region, an address\n"
		"  unknown  the permission set has a policy that only its name is known of; or "
		"the\n"
		"           resource, another account's, must allow it by a policy of its own\n"
		"  no       whatever else is true, or the assignment has ended (until); shown "
		"with\n"
		"           --everybody\n"
		"\n"
		"Not in a folder, and so not asked: IAM users and roles, resource-based policies\n"
		"(one can let somebody in whom no permission set does, and keep somebody out).\n",
	.examples = "  rootout policy who-can s3:DeleteBucket\n"
		    "  rootout policy who-can ec2:RunInstances --context "
		    "aws:RequestedRegion=us-east-1\n",
	.options = who_can_options,
	.only_looks = true,
	.run = run_who_can,
};
