#include <string.h>

#include "base/limits.h"
#include "cmd/commands.h"
#include "cmd/root-common.h"
#include "root/restore.h"
#include "text/show.h"
#include "text/wrap.h"

#define DEFAULT_FOR_MS (INT64_C(2) * 3600000)
#define LONGEST_MS (INT64_C(30) * 86400000)

static struct org_account *find(struct root_cmd *rc, struct str who)
{
	struct org_live_options live = {.parts = ORG_ACCOUNTS};
	struct cmd *c = rc->c;
	struct org_account *acct;
	struct org *o;

	if (!org_read_live(rc->run.worker, rc->run.caller, &live, c->arena, &o, &c->err))
		return NULL;
	rc->run.org_id = o->id;
	acct = root_cmd_account(rc, o, who);
	if (!acct)
		return NULL;
	if (acct->management) {
		err_set(&c->err, ERR_REFUSED,
			"%.*s is the management account: sts:AssumeRoot reaches member accounts "
			"only",
			STR_ARG(acct->name));
		return NULL;
	}
	if (acct->state != ORG_STATE_ACTIVE && acct->state != ORG_STATE_UNKNOWN) {
		err_set(&c->err, ERR_REFUSED, "%.*s is %.*s: no root session is possible",
			STR_ARG(acct->name), STR_ARG(org_state_name(acct->state)));
		return NULL;
	}
	return acct;
}

/* A paragraph behind a label, fit for the terminal. */
static bool put_text(struct cmd *c, size_t indent, const char *label, struct str text)
{
	struct buf b = BUF_INIT(LIMIT_MESSAGE);
	size_t used = indent + strlen(label);
	bool ok;

	buf_addn(&b, ' ', indent);
	buf_addz(&b, label);
	wrap_add(show(c->arena, text), used, used, (size_t)c->out.width, &b);
	buf_addc(&b, '\n');
	ok = cmd_print(c, buf_str(&b));
	buf_release(&b);
	return ok;
}

static bool print_result(struct root_cmd *rc, const struct restore_result *res)
{
	struct cmd *c = rc->c;
	struct arena *a = c->arena;
	char until[TIME_ISO_SIZE];
	bool ok;

	if (c->output == OUTPUT_JSON) {
		struct val *accounts, *o = root_cmd_json(rc, &accounts);
		struct val *row = val_append(accounts, val_object(c->arena));

		val_set_str(c->arena, row, "id", res->r.account_id);
		val_set_str(c->arena, row, "name", res->r.account_name);
		val_set_z(c->arena, row, "state", "restored");
		val_set_str(c->arena, row, "email", res->r.email);
		val_set_time(c->arena, row, "until", res->r.until_ms);
		val_set_bool(c->arena, row, "already", res->already);
		val_set_str(c->arena, o, "run", rc->run.id);
		return cmd_print_json(c, o);
	}
	ok = put_text(c, 0, "",
		      arena_printf(a, "%.*s (%.*s): password recovery is %s until %s",
				   STR_ARG(res->r.account_name), STR_ARG(res->r.account_id),
				   res->already ? "allowed already, now" : "allowed",
				   time_iso(res->r.until_ms, false, until))) &&
	     cmd_printf(c, "\nWhat the holder of the mailbox does next:\n") &&
	     put_text(c, 2, "1. ",
		      arena_printf(a,
				   "open the AWS sign-in page, choose 'Root user', enter "
				   "%.*s",
				   STR_ARG(res->r.email))) &&
	     put_text(c, 2, "2. ",
		      STR("choose 'Forgot password?', open the mail that comes, set a "
			  "password")) &&
	     put_text(c, 2, "3. ",
		      arena_printf(a, "sign in and do the work: %.*s", STR_ARG(res->r.reason))) &&
	     put_text(c, 2, "4. ",
		      arena_printf(a,
				   "say when it is done; 'rootout root retire --due' takes the "
				   "root user back after the deadline, with --early before it "
				   "('rootout root retire --account %.*s --early')",
				   STR_ARG(res->r.account_id)));
	return ok && put_text(c, 0, "",
			      STR("Access keys, signing certificates and MFA devices do not come "
				  "back."));
}

static bool print_plan(struct root_cmd *rc, const struct org_account *acct, int64_t for_ms)
{
	struct cmd *c = rc->c;
	char text[TIME_ISO_SIZE];

	if (c->output == OUTPUT_JSON) {
		struct val *accounts, *o = root_cmd_json(rc, &accounts);
		struct val *row = val_append(accounts, val_object(c->arena));

		val_set_str(c->arena, row, "id", acct->id);
		val_set_str(c->arena, row, "name", acct->name);
		val_set_z(c->arena, row, "state", "planned");
		val_set_str(c->arena, row, "email", acct->email);
		return cmd_print_json(c, o);
	}
	return put_text(c, 0, "",
			arena_printf(c->arena,
				     "%.*s (%.*s): would allow password recovery for %s through "
				     "the mailbox %.*s: one root session with "
				     "IAMCreateRootUserPassword, one CreateLoginProfile",
				     STR_ARG(acct->name), STR_ARG(acct->id),
				     duration_text(for_ms, text), STR_ARG(acct->email)));
}

static int restore(struct root_cmd *rc)
{
	struct cmd *c = rc->c;
	int64_t for_ms = cmd_duration_ms(c, "for", DEFAULT_FOR_MS);
	struct org_account *acct;
	struct restore_result res;

	acct = find(rc, str_of(c->operands[0]));
	if (!acct)
		return cmd_fail(c, &c->err);
	if (cmd_flag(c, "dry-run")) {
		return print_plan(rc, acct, for_ms) ? EXIT_REMAINS : EXIT_ERROR;
	}
	if (!cmd_confirm(c, "This lets whoever reads the mailbox %.*s become root of %.*s (%.*s).",
			 STR_ARG(acct->email), STR_ARG(acct->name), STR_ARG(acct->id)))
		return cmd_fail(c, &c->err);
	if (!store_lock(rc->store, &c->err))
		return cmd_fail(c, &c->err);
	if (!restore_run(&rc->run, acct, for_ms, str_of(cmd_text(c, "reason")), c->arena, &res,
			 &c->err)) {
		err_wrap(&c->err, "%.*s", STR_ARG(acct->name));
		return cmd_fail(c, &c->err);
	}
	return print_result(rc, &res) ? EXIT_DONE : EXIT_ERROR;
}

static int run_restore(struct cmd *c)
{
	struct root_cmd rc;
	int64_t for_ms = cmd_duration_ms(c, "for", DEFAULT_FOR_MS);
	const char *reason = cmd_text(c, "reason");

	if (c->noperands != 1)
		err_set(&c->err, ERR_INPUT,
			"name one account: rootout root restore ACCOUNT --reason TEXT");
	else if (!reason || !str_trim(str_of(reason)).n)
		err_set(&c->err, ERR_INPUT, "say why with --reason: it goes into the ledger");
	else if (for_ms <= 0 || for_ms > LONGEST_MS)
		err_set(&c->err, ERR_INPUT, "--for must be more than nothing and at most 30 days");
	if (err_is_set(&c->err))
		return cmd_fail(c, &c->err);
	if (!root_cmd_open(&rc, c, reason))
		return root_cmd_close(&rc, cmd_fail(c, &c->err));
	return root_cmd_close(&rc, restore(&rc));
}

static const struct option options[] = {
	{"for", 0, OPTION_DURATION, "TIME", "how long (2h, 3 days; default 2h)", NULL},
	{"reason", 0, OPTION_TEXT, "TEXT", "why; needed", NULL},
	{0},
};

const struct command command_root_restore = {
	.name = "root restore",
	.summary = "give one account its root user back for a while",
	.operands = "ACCOUNT",
	.details =
		"Allows password recovery (CreateLoginProfile in a root session), remembers the\n"
		"deadline, and says what the holder of the account's mailbox does next.\n"
		"'rootout root retire --due' takes back what is overdue.\n",
	.examples =
		"  rootout root restore settlement-production --for 2h --reason 'S3 MFA delete'\n",
	.options = options,
	.option_sets = OPTIONS_AWS | OPTIONS_STORE | OPTIONS_CONFIRM,
	.run = run_restore,
};
