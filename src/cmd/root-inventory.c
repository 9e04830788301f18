#include "cmd/commands.h"
#include "cmd/root-common.h"
#include "root/facts-json.h"
#include "root/inventory.h"

static struct str lists_text(struct arena *a, enum tri present, bool have, size_t n)
{
	if (present == TRI_YES && have)
		return arena_printf(a, "%zu", n);
	return str_of(tri_text(present));
}

static struct str note_of(struct arena *a, const struct root_facts *f)
{
	if (f->blocked_by.n)
		return f->blocked_by;
	if (f->reason.n)
		return f->reason;
	if (f->changes.n)
		return arena_printf(a, "since last time: %.*s", STR_ARG(f->changes));
	return STR("");
}

static bool print_table(struct root_cmd *rc, const struct inventory *inv)
{
	struct cmd *c = rc->c;
	struct table *t = table_new(c->arena);
	const char *titles[] = {"ID", "NAME", "STATE", "PASSWORD", "KEYS", "MFA", "CERTS"};

	for (size_t i = 0; i < ARRAY_SIZE(titles); i++)
		table_column(t, titles[i], ALIGN_LEFT, i == 4); /* KEYS has several words */
	table_column(t, "NOTE", ALIGN_LEFT, true);
	for (size_t i = 0; i < inv->nrows; i++) {
		const struct root_facts *f = inv->rows[i];
		/* Unknown is said; a cell is empty only where nobody asked. */
		bool said = f->read_ms || f->state == ROOT_STATE_UNREAD || c->output == OUTPUT_CSV;

		table_row(t);
		table_cell(t, f->account->id, COLOUR_NONE);
		table_cell(t, f->account->name, COLOUR_NONE);
		table_cellz(t, root_state_name(f->state), state_colour(f->state));
		table_cellz(t, said ? tri_text(f->password) : "", COLOUR_NONE);
		table_cell(t, said ? keys_text(c->arena, f, inv->taken_ms) : STR(""), COLOUR_NONE);
		table_cell(t, said ? lists_text(c->arena, f->mfa, f->have_mfa, f->nmfa) : STR(""),
			   COLOUR_NONE);
		table_cell(t,
			   said ? lists_text(c->arena, f->certs_present, f->have_certs, f->ncerts)
				: STR(""),
			   COLOUR_NONE);
		table_cell(t, note_of(c->arena, f), COLOUR_NONE);
	}
	return cmd_print_table(c, t);
}

static struct val *feature_val(struct arena *a, enum tri t)
{
	return t == TRI_UNKNOWN ? val_null(a) : val_bool(a, t == TRI_YES);
}

static bool print_json(struct root_cmd *rc, const struct inventory *inv)
{
	struct arena *a = rc->c->arena;
	struct val *accounts, *o = root_cmd_json(rc, &accounts);

	for (size_t i = 0; i < inv->nrows; i++)
		val_append(accounts, root_facts_val(a, inv->rows[i]));
	val_set_str(a, o, "organization", rc->run.org_id);
	val_set_time(a, o, "takenAt", inv->taken_ms);
	if (inv->previous_ms)
		val_set_time(a, o, "comparedWith", inv->previous_ms);
	val_setz(o, "rootCredentialsManagement", feature_val(a, inv->credentials_feature));
	val_setz(o, "rootSessions", feature_val(a, inv->sessions_feature));
	val_set_int(a, o, "excluded", (int64_t)inv->excluded);
	return cmd_print_json(rc->c, o);
}

static int summarize(struct root_cmd *rc, const struct inventory *inv)
{
	size_t with = 0, without = 0, unread = 0, other = 0;
	size_t root_events = 0;

	for (size_t i = 0; i < inv->nrows; i++) {
		switch (inv->rows[i]->state) {
		case ROOT_STATE_CREDENTIALS:
			with++;
			break;
		case ROOT_STATE_ROOTLESS:
			without++;
			break;
		case ROOT_STATE_UNREAD:
			unread++;
			break;
		default:
			other++;
		}
		/* a call that a policy denied is an event, too */
		root_events += inv->rows[i]->session == ROOT_SESSION_OK ||
			       inv->rows[i]->session == ROOT_SESSION_BLOCKED;
	}
	cmd_note(rc->c,
		 "%zu account%s: %zu with root credentials, %zu without, %zu unread, %zu out of "
		 "reach (management or not active)",
		 inv->nrows, inv->nrows == 1 ? "" : "s", with, without, unread, other);
	if (root_events)
		cmd_note(rc->c, "%zu root session%s opened: people on call may see root use in %s",
			 root_events, root_events == 1 ? " was" : "s were",
			 root_events == 1 ? "this account" : "these accounts");
	if (inv->credentials_feature == TRI_NO)
		cmd_warn(rc->c, "RootCredentialsManagement is off: run 'rootout root enable'");
	return with || unread ? EXIT_REMAINS : EXIT_DONE;
}

static int run_inventory(struct cmd *c)
{
	struct root_cmd rc;
	struct inventory *inv = NULL;
	struct inventory_options opt = {
		.choice = &rc.choice,
		.mode = cmd_flag(c, "summary") ? INVENTORY_SUMMARY : INVENTORY_AUTO,
		.no_save = cmd_flag(c, "no-save"),
		.step = root_cmd_step,
		.ctx = &rc,
	};
	int status;
	bool ok;

	if (!cmd_via_role(c, &opt.via_role))
		return cmd_fail(c, &c->err);
	if (!root_cmd_open(&rc, c, cmd_text(c, "reason")) || !root_cmd_choice(&rc))
		return root_cmd_close(&rc, cmd_fail(c, &c->err));
	if (!rc.chosen)
		rc.choice.all = true; /* looking is the same for all */
	root_cmd_progress(&rc, "reading root users");
	ok = inventory_take(&rc.run, &opt, &inv, &c->err);
	root_cmd_progress_end(&rc);
	if (!ok)
		return root_cmd_close(&rc, cmd_fail(c, &c->err));
	ok = c->output == OUTPUT_JSON ? print_json(&rc, inv) : print_table(&rc, inv);
	status = summarize(&rc, inv);
	inventory_free(&inv);
	return root_cmd_close(&rc, ok ? status : EXIT_ERROR);
}

static const struct option options[] = {
	{"via", 0, OPTION_TEXT, "role NAME",
	 "read through this ordinary role in each account: no root "
	 "event at all",
	 NULL},
	{"summary", 0, OPTION_FLAG, NULL, "only GetAccountSummary: one root event for each account",
	 NULL},
	{"no-save", 0, OPTION_FLAG, NULL, "do not remember it in the store", NULL},
	{"reason", 0, OPTION_TEXT, "TEXT", "why, for the ledger", NULL},
	{0},
};

const struct command command_root_inventory = {
	.name = "root inventory",
	.summary = "what every account's root user has",
	.operands = "", /* the NAME of --via role NAME */
	.details =
		"For each chosen account (default: all) one root session and one "
		"GetAccountSummary;\n"
		"key ids and their last use, MFA devices and certificates are read only where the\n"
		"summary says that something is there. What could not be read is shown as unread "
		"or\n"
		"unknown, never as absent; where a session was refused or blocked the cause is\n"
		"looked up. Exit status 1 when an account has root credentials or is unread.\n",
	.examples = "  rootout root inventory\n"
		    "  rootout root inventory --ou Production --output json\n"
		    "  rootout root inventory --via role OrganizationAccountAccessRole\n"
		    "      no root event in any account\n",
	.options = options,
	.option_sets = OPTIONS_AWS | OPTIONS_SELECT | OPTIONS_STORE,
	.run = run_inventory,
};
