#include "root/report.h"
#include "base/file.h"
#include "base/limits.h"
#include "cmd/commands.h"
#include "cmd/root-common.h"
#include "root/facts-json.h"

static bool write_page(struct cmd *c, const struct report *r, const char *path)
{
	struct buf page = BUF_INIT(LIMIT_OUTPUT);
	bool ok = report_html(r, &page);

	if (!ok)
		err_set(&c->err, ERR_LIMIT, "the report is larger than %zu MB", LIMIT_OUTPUT >> 20);
	else if (str_eqz(str_of(path), "-"))
		ok = cmd_print(c, buf_str(&page));
	else
		ok = file_replace(path, buf_str(&page), 0644, &c->err);
	buf_release(&page);
	return ok;
}

static bool print_summary(struct root_cmd *rc, const struct report *r)
{
	struct arena *a = rc->c->arena;
	struct val *accounts, *o;
	struct table *t;

	if (rc->c->output == OUTPUT_JSON) {
		o = root_cmd_json(rc, &accounts);
		for (size_t i = 0; i < r->naccounts; i++)
			val_append(accounts, root_facts_val(a, r->accounts[i].facts));
		val_set_str(a, o, "organization", r->org_id);
		val_set_time(a, o, "takenAt", r->taken_ms);
		val_set_int(a, o, "ledgerEntries", (int64_t)r->nledger);
		val_set_str(a, o, "ledgerDigest", r->digest);
		val_set_bool(a, o, "ledgerIntact", r->nfaults == 0);
		return cmd_print_json(rc->c, o);
	}
	t = table_new(a);
	table_column(t, "ID", ALIGN_LEFT, false);
	table_column(t, "NAME", ALIGN_LEFT, false);
	table_column(t, "STATE", ALIGN_LEFT, false);
	for (size_t i = 0; i < r->naccounts; i++) {
		const struct root_facts *f = r->accounts[i].facts;

		table_row(t);
		table_cell(t, f->account->id, COLOUR_NONE);
		table_cell(t, f->account->name, COLOUR_NONE);
		table_cellz(t, root_state_name(f->state), state_colour(f->state));
	}
	return cmd_print_table(rc->c, t);
}

static int report(struct root_cmd *rc)
{
	struct cmd *c = rc->c;
	const char *html = cmd_text(c, "html");
	struct report *r;
	struct org *files;
	int status = EXIT_DONE;

	if (!root_cmd_files(rc, &files) ||
	    !report_make(rc->store, str_of(cmd_text(c, "organization")), files, clock_now_ms(NULL),
			 c->arena, &r, &c->err))
		return cmd_fail(c, &c->err);
	if (html && !write_page(c, r, html))
		status = err_is_set(&c->err) ? cmd_fail(c, &c->err) : EXIT_ERROR;
	else if (!html && !print_summary(rc, r))
		status = EXIT_ERROR;
	else if (html)
		cmd_note(c, "%s: %zu of %zu member accounts have no root user", html, r->rootless,
			 r->rootless + r->with + r->unread);
	if (status == EXIT_DONE && (r->nfaults || r->with > r->kept || r->unread))
		status = EXIT_REMAINS;
	if (r->nfaults)
		cmd_warn(c, "the ledger is not intact: %.*s", STR_ARG(r->faults[0].what));
	report_free(&r);
	return status;
}

static int run_report(struct cmd *c)
{
	struct root_cmd rc;

	if (!root_cmd_open_store(&rc, c))
		return root_cmd_close(&rc, cmd_fail(c, &c->err));
	return root_cmd_close(&rc, report(&rc));
}

static const struct option options[] = {
	{"html", 0, OPTION_TEXT, "FILE", "write one self-contained page ('-': standard output)",
	 NULL},
	{"organization", 0, OPTION_TEXT, "ID", "which, where the store knows several", NULL},
	{0},
};

const struct command command_report = {
	.name = "report",
	.summary = "the state of every root user, for people who decide",
	.details = "From the store and the files alone: makes no call, wakes nobody. Exit status 1 "
		   "when an\n"
		   "account still has a root user that is not kept on purpose, or is unread.\n",
	.examples = "  rootout report --html report.html\n"
		    "  rootout report --output json\n",
	.options = options,
	.option_sets = OPTIONS_STORE,
	.run = run_report,
};
