#include "cmd/commands.h"
#include "cmd/root-common.h"
#include "root/facts-json.h"
#include "root/guard.h"
#include "root/retire.h"
#include "root/waves.h"

#define USED_WITHIN_MS (INT64_C(30) * 86400000)

/* What one `root retire` is about. */
struct retiring {
	struct root_cmd *rc;
	struct org *files;           /* NULL: none */
	const struct org_wave *wave; /* NULL: a selection */
	struct wave_words words;
	struct inventory *last;
	struct guard guard;
	struct restore *restores; /* open ones */
	size_t nrestores;
	struct retire_plan *plan;
	size_t left; /* accounts that should have been retired and are not */
	size_t gone; /* overdue accounts that left the organization */
};

static const char *const kind_names[] = {
	[ROOT_PASSWORD] = "password",
	[ROOT_KEY] = "access keys",
	[ROOT_CERT] = "signing certificates",
	[ROOT_MFA] = "MFA devices",
};

static struct str skip(const struct org_account *acct, struct arena *a, void *ctx)
{
	struct retiring *r = ctx;
	struct str reason;

	guard_check(&r->guard, acct, a, &reason);
	return reason;
}

/* What will be deleted, or what is. */
static struct str deletions_text(struct arena *a, const struct retire_account *r, bool planned)
{
	struct str s = STR("");

	for (size_t i = 0; i < r->ndeletions; i++) {
		const struct deletion *d = &r->deletions[i];

		if (!planned && d->state != DELETION_DONE && d->state != DELETION_DONE_LOST)
			continue;
		s = d->target.n ? arena_printf(a, "%.*s%s%.*s", STR_ARG(s), s.n ? ", " : "",
					       STR_ARG(d->target))
				: arena_printf(a, "%.*s%s%s", STR_ARG(s), s.n ? ", " : "",
					       kind_names[d->kind]);
	}
	return s;
}

static bool print_table(struct retiring *r, bool planned)
{
	struct cmd *c = r->rc->c;
	struct table *t = table_new(c->arena);

	table_column(t, "ID", ALIGN_LEFT, false);
	table_column(t, "NAME", ALIGN_LEFT, false);
	table_column(t, "STATE", ALIGN_LEFT, false);
	table_column(t, planned ? "WILL BE DELETED" : "DELETED", ALIGN_LEFT, true);
	table_column(t, planned ? "NOTE" : "PROOF", ALIGN_LEFT, true);
	for (size_t i = 0; i < r->plan->naccounts; i++) {
		const struct retire_account *acct = r->plan->accounts[i];
		const struct root_facts *f = acct->facts;
		char time[TIME_ISO_SIZE];

		table_row(t);
		table_cell(t, f->account->id, COLOUR_NONE);
		table_cell(t, f->account->name, COLOUR_NONE);
		table_cellz(t, root_state_name(f->state), state_colour(f->state));
		table_cell(t,
			   !planned || f->state == ROOT_STATE_CREDENTIALS
				   ? deletions_text(c->arena, acct, planned)
				   : STR(""),
			   COLOUR_NONE);
		if (acct->proved_ms)
			table_cellf(t, COLOUR_NONE, "GetAccountSummary %s",
				    time_iso(acct->proved_ms, false, time));
		else if (f->reason.n)
			table_cell(t, f->reason, COLOUR_NONE);
		else
			table_cellz(t, acct->unfinished ? "an earlier run left it under way" : "",
				    COLOUR_NONE);
	}
	return cmd_print_table(c, t);
}

static struct val *deletions_val(struct arena *a, const struct retire_account *acct)
{
	static const char *const states[] = {
		[DELETION_PLANNED] = "planned",
		[DELETION_DONE] = "deleted",
		[DELETION_DONE_LOST] = "deleted",
		[DELETION_FAILED] = "failed",
	};
	/* As in the ledger. */
	static const char *const credentials[] = {
		[ROOT_PASSWORD] = "password",
		[ROOT_KEY] = "access key",
		[ROOT_CERT] = "signing certificate",
		[ROOT_MFA] = "MFA device",
	};
	struct val *list = val_list(a);

	for (size_t i = 0; i < acct->ndeletions; i++) {
		const struct deletion *d = &acct->deletions[i];
		struct val *o = val_append(list, val_object(a));

		val_set_z(a, o, "credential", credentials[d->kind]);
		val_set_str(a, o, "target", d->target);
		val_set_z(a, o, "state", states[d->state]);
		if (d->state == DELETION_DONE_LOST)
			val_set_bool(a, o, "answerLost", true);
		val_set_str(a, o, "code", d->code.n ? d->code : STR_NULL);
	}
	return list;
}

static bool print_json(struct retiring *r, bool planned)
{
	struct arena *a = r->rc->c->arena;
	struct val *accounts, *o = root_cmd_json(r->rc, &accounts);

	for (size_t i = 0; i < r->plan->naccounts; i++) {
		const struct retire_account *acct = r->plan->accounts[i];
		const struct root_facts *f = acct->facts;
		struct val *row = val_append(accounts, val_object(a));

		val_set_str(a, row, "id", f->account->id);
		val_set_str(a, row, "name", f->account->name);
		val_set_z(a, row, "state", root_state_name(f->state));
		val_setz(row, "deletions", deletions_val(a, acct));
		if (acct->proved_ms)
			val_set_time(a, row, "provedAt", acct->proved_ms);
		val_set_str(a, row, "reason", f->reason);
		val_set_str(a, row, "code", f->code);
	}
	val_set_str(a, o, "organization", r->rc->run.org_id);
	val_set_str(a, o, "run", r->rc->run.id);
	val_set_bool(a, o, "planned", planned);
	if (r->wave)
		val_set_str(a, o, "wave", r->wave->name);
	return cmd_print_json(r->rc->c, o);
}

static bool print_rows(struct retiring *r, bool planned)
{
	return r->rc->c->output == OUTPUT_JSON ? print_json(r, planned) : print_table(r, planned);
}

/* ---- which accounts: a selection, a wave, or what is overdue ---- */

/* The store's rows are by organization: its id is needed before anything else is read. */
static bool read_org_id(struct root_cmd *rc)
{
	struct cmd *c = rc->c;
	struct val *out;

	if (!aws_call(rc->run.worker, rc->run.caller, "organizations", "DescribeOrganization", NULL,
		      c->arena, &out, &c->err))
		return false;
	rc->run.org_id = val_get_str(val_get(out, "Organization"), "Id");
	return true;
}

static bool choose_due(struct retiring *r)
{
	struct root_cmd *rc = r->rc;
	struct cmd *c = rc->c;
	int64_t now_ms = aws_now_ms(rc->aws);
	struct org_live_options live = {.parts = ORG_ACCOUNTS};
	struct org_selector *sel = &rc->choice.sel;
	struct restore *due;
	struct org *o;
	size_t n;

	if (!read_org_id(rc) ||
	    !restores_open(&rc->run, rc->run.org_id, true, now_ms, c->arena, &due, &n, &c->err))
		return false;
	if (n && !org_read_live(rc->run.worker, rc->run.caller, &live, c->arena, &o, &c->err))
		return false;
	sel->names = arena_calloc(c->arena, n + 1, sizeof(struct str));
	for (size_t i = 0; i < n; i++) {
		if (org_account(o, due[i].account_id)) {
			sel->names[sel->nnames++] = due[i].account_id;
			continue;
		}
		/* The others are taken back all the same. */
		r->gone++;
		cmd_warn(c,
			 "%.*s (%.*s) is overdue and no longer in the organization: its root user "
			 "is out of reach",
			 STR_ARG(due[i].account_name), STR_ARG(due[i].account_id));
	}
	return true;
}

static bool read_words(struct retiring *r)
{
	struct cmd *c = r->rc->c;
	const char *noticed = cmd_text(c, "noticed");

	r->words.skip_wait = cmd_flag(c, "skip-wait");
	r->words.approved_by = str_of(cmd_text(c, "approved-by"));
	if (noticed && !time_parse_iso(str_of(noticed), &r->words.noticed_ms))
		return err_set(&c->err, ERR_INPUT, "--noticed '%s' is no date (2026-11-23)",
			       noticed);
	return true;
}

/* --wave NAME, or the first wave that is not done. *none: all are. */
static bool choose_wave(struct retiring *r, bool *none)
{
	struct root_cmd *rc = r->rc;
	struct cmd *c = rc->c;
	const char *name = cmd_text(c, "wave");
	struct wave_state *waves;
	struct str names[256];
	size_t n, shown;

	*none = false;
	if (!r->files || !r->files->root.nwaves)
		return err_set(
			&c->err, ERR_INPUT,
			"say which accounts: --all, --account, --ou, --tag or --from; there are no "
			"waves (root.yaml) in this folder");
	if (!read_words(r) || !read_org_id(rc) ||
	    !waves_read(&rc->run, r->files, c->arena, &waves, &n, &c->err))
		return false;
	for (size_t i = 0; i < n && !r->wave; i++)
		if (name ? str_eqz(waves[i].wave->name, name) : !waves[i].done_ms)
			r->wave = waves[i].wave;
	if (!r->wave && !name) {
		*none = true;
		return true;
	}
	if (!r->wave) {
		shown = n < ARRAY_SIZE(names) ? n : ARRAY_SIZE(names);
		for (size_t i = 0; i < shown; i++)
			names[i] = waves[i].wave->name;
		struct str near = str_nearest(str_of(name), names, shown);

		return err_set(&c->err, ERR_INPUT, "root.yaml has no wave '%s'%s%.*s%s", name,
			       near.n ? ", did you mean '" : "", STR_ARG(near), near.n ? "'?" : "");
	}
	if (!wave_may_begin(waves, n, r->wave, &r->words, aws_now_ms(rc->aws), &c->err))
		return false;
	rc->choice.sel.names = wave_accounts(r->files, r->wave, c->arena, &rc->choice.sel.nnames);
	if (!rc->choice.sel.nnames)
		return err_set(&c->err, ERR_INPUT, "wave '%.*s' chooses no account of the files",
			       STR_ARG(r->wave->name));
	rc->run.reason = arena_printf(
		c->arena, "%s%swave %.*s%s%.*s", cmd_text(c, "reason") ? cmd_text(c, "reason") : "",
		cmd_text(c, "reason") ? "; " : "", STR_ARG(r->wave->name),
		r->words.approved_by.n ? ", approved by " : "", STR_ARG(r->words.approved_by));
	return true;
}

static bool choose(struct retiring *r, bool *nothing)
{
	struct root_cmd *rc = r->rc;
	struct cmd *c = rc->c;

	*nothing = false;
	if (!root_cmd_choice(rc) || !root_cmd_files(rc, &r->files))
		return false;
	if (cmd_flag(c, "due")) {
		if (rc->chosen || cmd_text(c, "wave"))
			return err_set(&c->err, ERR_INPUT, "--due chooses its accounts itself");
		if (!choose_due(r))
			return false;
		*nothing = rc->choice.sel.nnames == 0;
		return true;
	}
	if (rc->chosen && cmd_text(c, "wave"))
		return err_set(
			&c->err, ERR_INPUT,
			"--wave and a selection contradict each other: give one of them (--exclude "
			"goes with both)");
	if (!rc->chosen)
		return choose_wave(r, nothing);
	return true;
}

static bool set_guard(struct retiring *r)
{
	struct root_cmd *rc = r->rc;
	struct cmd *c = rc->c;

	if (!rc->run.org_id.n && !read_org_id(rc))
		return false;
	if (!inventory_last_read(&rc->run, rc->run.org_id, &r->last, &c->err) ||
	    !restores_open(&rc->run, rc->run.org_id, false, 0, c->arena, &r->restores,
			   &r->nrestores, &c->err))
		return false;
	r->guard = (struct guard){
		.files = r->files,
		.last = r->last,
		.restores = r->restores,
		.nrestores = cmd_flag(c, "early") ? 0 : r->nrestores,
		.now_ms = aws_now_ms(rc->aws),
		.used_within_ms = cmd_flag(c, "allow-used-keys") ? 0 : USED_WITHIN_MS,
	};
	return true;
}

/* ---- the run ---- */

static int status_of(struct retiring *r)
{
	r->left = r->gone;
	for (size_t i = 0; i < r->plan->naccounts; i++) {
		const struct root_facts *f = r->plan->accounts[i]->facts;
		struct str reason;

		if (f->state == ROOT_STATE_CREDENTIALS || f->state == ROOT_STATE_UNREAD ||
		    f->state == ROOT_STATE_FAILED ||
		    (f->state == ROOT_STATE_SKIPPED &&
		     guard_check(&r->guard, f->account, r->rc->c->arena, &reason) != GUARD_KEPT))
			r->left++;
	}
	return r->left ? EXIT_REMAINS : EXIT_DONE;
}

/* A wave of which accounts were excluded is not done. */
static bool end_wave(struct retiring *r)
{
	struct root_cmd *rc = r->rc;
	struct cmd *c = rc->c;
	size_t excluded = rc->choice.sel.nnames - r->plan->naccounts;

	if (!r->wave || r->left)
		return true;
	if (excluded) {
		cmd_note(c, "wave '%.*s' is not done: %zu of its accounts were excluded",
			 STR_ARG(r->wave->name), excluded);
		return true;
	}
	if (!wave_done(&rc->run, r->wave, r->plan->naccounts, r->words.approved_by, &c->err))
		return false;
	cmd_note(c, "wave '%.*s' is done", STR_ARG(r->wave->name));
	return true;
}

/* Restores whose account was read and has no root user any more: somebody took it back. */
static bool end_restores(struct retiring *r)
{
	struct root_cmd *rc = r->rc;
	bool early = cmd_flag(rc->c, "early");

	for (size_t i = 0; i < r->nrestores; i++) {
		for (size_t k = 0; k < r->plan->naccounts; k++) {
			const struct root_facts *f = r->plan->accounts[k]->facts;

			if (f->state == ROOT_STATE_ROOTLESS &&
			    str_eq(f->account->id, r->restores[i].account_id) &&
			    (early || r->restores[i].until_ms <= r->guard.now_ms) &&
			    !restore_end(&rc->run, f->account->id, f->read_ms, &rc->c->err))
				return false;
		}
	}
	return true;
}

static int carry_out(struct retiring *r, const struct retire_options *opt)
{
	struct root_cmd *rc = r->rc;
	struct cmd *c = rc->c;
	size_t retired = 0, had_nothing = 0;
	int status;
	bool ok;

	root_cmd_progress(rc, "retiring root users");
	ok = retire_run(&rc->run, r->plan, opt, &c->err);
	root_cmd_progress_end(rc);
	/* The plan stands above, on the same stream. */
	if ((c->output == OUTPUT_TABLE && !cmd_printf(c, "\n")) || !print_rows(r, false))
		return EXIT_ERROR;
	for (size_t i = 0; i < r->plan->naccounts; i++) {
		retired += r->plan->accounts[i]->facts->state == ROOT_STATE_RETIRED;
		had_nothing += r->plan->accounts[i]->facts->state == ROOT_STATE_ROOTLESS;
	}
	status = status_of(r);
	cmd_note(c, "%zu retired and proved, %zu had nothing, %zu left", retired, had_nothing,
		 r->left);
	if (!ok) {
		cmd_fail(c, &c->err);
		cmd_note(c,
			 "nothing is lost: run the same command again to go on where it stopped");
		return c->err.kind == ERR_STORE || c->err.kind == ERR_CANCELLED ? EXIT_ERROR
										: EXIT_REMAINS;
	}
	return end_wave(r) ? status : cmd_fail(c, &c->err);
}

/* Nothing to delete, or only asked. */
static int show_plan(struct retiring *r, bool dry)
{
	struct cmd *c = r->rc->c;
	int status = status_of(r);

	if (!print_rows(r, true))
		return EXIT_ERROR;
	cmd_note(c, "%zu to retire, %zu without a root user, %zu unread, %zu left alone%s",
		 r->plan->to_delete, r->plan->rootless, r->plan->blocked, r->plan->skipped,
		 r->plan->blocked ? "; 'rootout root preflight' says what stands in the way" : "");
	return dry || end_wave(r) ? status : cmd_fail(c, &c->err);
}

static int retire(struct retiring *r)
{
	struct root_cmd *rc = r->rc;
	struct cmd *c = rc->c;
	struct retire_options opt = {
		.choice = &rc->choice,
		.skip = skip,
		.skip_ctx = r,
		.step = root_cmd_step,
		.ctx = rc,
	};
	bool nothing, work, dry = cmd_flag(c, "dry-run");

	if (!choose(r, &nothing))
		return cmd_fail(c, &c->err);
	if (nothing) {
		cmd_note(c, "nothing is due");
		if (c->output == OUTPUT_JSON) {
			struct val *accounts, *o = root_cmd_json(rc, &accounts);

			if (!cmd_print_json(c, o))
				return EXIT_ERROR;
		}
		return r->gone ? EXIT_REMAINS : EXIT_DONE;
	}
	/* Before the journal is read: what another run has under way is not ours to settle. */
	if (!set_guard(r) || (!dry && !store_lock(rc->store, &c->err)))
		return cmd_fail(c, &c->err);
	opt.used_within_ms = r->guard.used_within_ms;
	opt.last = r->last;
	root_cmd_progress(rc, "reading root users");
	if (!retire_plan(&rc->run, &opt, &r->plan, &c->err)) {
		root_cmd_progress_end(rc);
		return cmd_fail(c, &c->err);
	}
	root_cmd_progress_end(rc);
	work = r->plan->to_delete || r->plan->unfinished;
	if (!dry && (!retire_settle(&rc->run, r->plan, &c->err) || !end_restores(r)))
		return cmd_fail(c, &c->err);
	if (!work || dry)
		return show_plan(r, dry);
	if (c->output == OUTPUT_TABLE && !print_table(r, true))
		return EXIT_ERROR;
	if (cmd_write_error())
		return EXIT_ERROR;
	if (!cmd_confirm(c,
			 "This deletes the root credentials of %zu account%s (%zu unread, %zu left "
			 "alone). "
			 "Passwords can be restored through the mailbox; keys, certificates and "
			 "MFA devices "
			 "cannot.",
			 r->plan->to_delete, r->plan->to_delete == 1 ? "" : "s", r->plan->blocked,
			 r->plan->skipped))
		return cmd_fail(c, &c->err);
	return carry_out(r, &opt);
}

static int run_retire(struct cmd *c)
{
	struct root_cmd rc;
	struct retiring r = {.rc = &rc};
	int status;

	if (!root_cmd_open(&rc, c, cmd_text(c, "reason")))
		return root_cmd_close(&rc, cmd_fail(c, &c->err));
	status = retire(&r);
	retire_plan_free(&r.plan);
	inventory_free(&r.last);
	return root_cmd_close(&rc, status);
}

static const struct option options[] = {
	{"wave", 0, OPTION_TEXT, "NAME",
	 "a wave of root.yaml (default: the first that is not done)", NULL},
	{"due", 0, OPTION_FLAG, NULL, "take back the restored root users whose time is over", NULL},
	{"allow-used-keys", 0, OPTION_FLAG, NULL,
	 "also accounts whose key was used in the last 30 days", NULL},
	{"early", 0, OPTION_FLAG, NULL, "also restored root users whose time is not over", NULL},
	{"skip-wait", 0, OPTION_FLAG, NULL,
	 "do not wait as long after the wave before as root.yaml says", NULL},
	{"approved-by", 0, OPTION_TEXT, "NAME", "who approved the wave, for the ledger", NULL},
	{"noticed", 0, OPTION_TEXT, "DATE", "when the owners were told", NULL},
	{"reason", 0, OPTION_TEXT, "TEXT", "why, for the ledger", NULL},
	{0},
};

const struct command command_root_retire = {
	.name = "root retire",
	.summary = "delete the credentials of root users, with proof",
	.details =
		"Reads, shows what would be deleted, asks, deletes (password, access keys, "
		"signing\n"
		"certificates, MFA devices) and reads again: 'retired' is said only of an account\n"
		"whose proof was read after its last deletion. Every call is in the journal before "
		"it\n"
		"is made and after it was answered, so a run that was killed goes on where it "
		"stopped.\n"
		"Stops at the first surprise. Left alone: what root.yaml keeps, accounts with "
		"open\n"
		"root-only work, keys used in the last 30 days, restores that have not run out.\n",
	.examples = "  rootout root retire --dry-run\n"
		    "      the next wave of root.yaml\n"
		    "  rootout root retire --account pos-development --yes\n"
		    "  rootout root retire --wave production --noticed 2026-11-01\n"
		    "  rootout root retire --due --yes\n"
		    "      from a timer: takes back what was restored and is overdue\n",
	.options = options,
	.option_sets = OPTIONS_AWS | OPTIONS_SELECT | OPTIONS_STORE | OPTIONS_CONFIRM,
	.run = run_retire,
};
