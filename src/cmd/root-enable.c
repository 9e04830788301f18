#include "cmd/commands.h"
#include "cmd/root-common.h"
#include "root/enable.h"

/* --delegate takes an id or a name. */
static bool find_delegate(struct root_cmd *rc, struct str who, struct enable_wish *wish)
{
	struct cmd *c = rc->c;
	struct org_live_options live = {.parts = ORG_ACCOUNTS};
	struct org_account *acct;
	struct org *o;

	if (!org_read_live(rc->run.worker, rc->run.caller, &live, c->arena, &o, &c->err))
		return false;
	acct = root_cmd_account(rc, o, who);
	if (!acct)
		return false;
	if (acct->management)
		return err_set(&c->err, ERR_INPUT,
			       "'%.*s' is the management account: a delegated administrator is a "
			       "member account",
			       STR_ARG(acct->name));
	wish->delegate_id = acct->id;
	wish->delegate_name = acct->name;
	return true;
}

/* Options first, then root.yaml in the working folder, then both features. */
static bool make_wish(struct root_cmd *rc, struct enable_wish *wish)
{
	struct cmd *c = rc->c;
	bool credentials = cmd_flag(c, "credentials"), sessions = cmd_flag(c, "sessions");
	struct str delegate = str_of(cmd_text(c, "delegate"));
	struct org *files;

	if (!root_cmd_files(rc, &files))
		return false;
	*wish = (struct enable_wish){.credentials = true, .sessions = true};
	if (credentials || sessions) {
		wish->credentials = credentials;
		wish->sessions = sessions;
	} else if (files && files->root.present) {
		wish->credentials = files->root.credentials;
		wish->sessions = files->root.sessions;
	}
	if (!delegate.n && files)
		delegate = files->root.delegate;
	return !delegate.n || find_delegate(rc, delegate, wish);
}

static bool print_steps(struct root_cmd *rc, const struct enable_plan *plan)
{
	struct cmd *c = rc->c;
	struct table *t = table_new(c->arena);

	table_column(t, "WHAT", ALIGN_LEFT, true);
	table_column(t, "STATE", ALIGN_LEFT, false);
	for (size_t i = 0; i < plan->nsteps; i++) {
		const struct enable_step *s = &plan->steps[i];

		table_row(t);
		table_cell(t, s->text, COLOUR_NONE);
		table_cellz(t,
			    s->done     ? "turned on"
			    : s->needed ? "to be turned on"
					: "on already",
			    s->done     ? COLOUR_GREEN
			    : s->needed ? COLOUR_YELLOW
					: COLOUR_DIM);
	}
	return cmd_print_table(c, t);
}

static bool print_json(struct root_cmd *rc, const struct enable_plan *plan)
{
	static const char *const kinds[] = {
		[ENABLE_TRUST] = "trustedAccess",
		[ENABLE_CREDENTIALS] = "RootCredentialsManagement",
		[ENABLE_SESSIONS] = "RootSessions",
		[ENABLE_DELEGATE] = "delegatedAdministrator",
	};
	struct arena *a = rc->c->arena;
	struct val *accounts, *o = root_cmd_json(rc, &accounts), *steps = val_list(a);
	struct val *mgmt = val_append(accounts, val_object(a));
	bool complete = true;

	val_set_str(a, mgmt, "id", plan->management_id);
	val_set_z(a, mgmt, "name", "management");
	for (size_t i = 0; i < plan->nsteps; i++)
		complete &= !plan->steps[i].needed || plan->steps[i].done;
	val_set_z(a, mgmt, "state", complete ? "enabled" : "incomplete");
	val_setz(o, "steps", steps);
	for (size_t i = 0; i < plan->nsteps; i++) {
		struct val *s = val_append(steps, val_object(a));

		val_set_z(a, s, "what", kinds[plan->steps[i].kind]);
		val_set_bool(a, s, "on", !plan->steps[i].needed || plan->steps[i].done);
		val_set_bool(a, s, "changed", plan->steps[i].done);
	}
	return cmd_print_json(rc->c, o);
}

static bool print_plan(struct root_cmd *rc, const struct enable_plan *plan)
{
	return rc->c->output == OUTPUT_JSON ? print_json(rc, plan) : print_steps(rc, plan);
}

static int enable(struct root_cmd *rc)
{
	struct cmd *c = rc->c;
	struct enable_wish wish;
	struct enable_plan plan;

	if (!make_wish(rc, &wish) || !enable_plan(&rc->run, &wish, c->arena, &plan, &c->err))
		return cmd_fail(c, &c->err);
	if (plan.other_delegates.n)
		cmd_note(c, "also registered as delegated administrator: %.*s",
			 STR_ARG(plan.other_delegates));
	if (!plan.needed || cmd_flag(c, "dry-run")) {
		if (!print_plan(rc, &plan))
			return EXIT_ERROR;
		if (!plan.needed)
			cmd_note(c, "centralized root access is on already, nothing to do");
		return plan.needed ? EXIT_REMAINS : EXIT_DONE;
	}
	/* What it will change is shown before anybody is asked. */
	if (c->output == OUTPUT_TABLE && !print_steps(rc, &plan))
		return EXIT_ERROR;
	if (cmd_write_error())
		return EXIT_ERROR;
	if (!cmd_confirm(c, "This turns on centralized root access in organization %.*s.",
			 STR_ARG(rc->run.org_id)))
		return cmd_fail(c, &c->err);
	if (!enable_run(&rc->run, &wish, &plan, c->arena, &c->err))
		return cmd_fail(c, &c->err);
	if (c->output != OUTPUT_TABLE)
		return print_plan(rc, &plan) ? EXIT_DONE : EXIT_ERROR;
	cmd_note(c, "done, and read back");
	return EXIT_DONE;
}

static int run_enable(struct cmd *c)
{
	struct root_cmd rc;

	if (!root_cmd_open(&rc, c, cmd_text(c, "reason")))
		return root_cmd_close(&rc, cmd_fail(c, &c->err));
	return root_cmd_close(&rc, enable(&rc));
}

static const struct option options[] = {
	{"credentials", 0, OPTION_FLAG, NULL, "only RootCredentialsManagement", NULL},
	{"sessions", 0, OPTION_FLAG, NULL, "only RootSessions", NULL},
	{"delegate", 0, OPTION_TEXT, "ACCOUNT",
	 "register this account as delegated administrator for IAM", NULL},
	{"reason", 0, OPTION_TEXT, "TEXT", "why, for the ledger", NULL},
	{0},
};

const struct command command_root_enable = {
	.name = "root enable",
	.summary = "turn on centralized root access",
	.details = "Trusted access for IAM, the features RootCredentialsManagement and "
		   "RootSessions, and\n"
		   "the delegated administrator: from the options, else from root.yaml in the "
		   "working\n"
		   "folder, else both features. Shows what it will change, asks, and reads back.\n"
		   "Enabling deletes nothing.\n",
	.examples = "  rootout root enable --dry-run\n"
		    "  rootout root enable --delegate security --yes\n",
	.options = options,
	.option_sets = OPTIONS_AWS | OPTIONS_STORE | OPTIONS_CONFIRM,
	.run = run_enable,
};
