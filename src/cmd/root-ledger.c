#include "base/clock.h"
#include "base/limits.h"
#include "cmd/commands.h"
#include "cmd/root-common.h"
#include "root/ledger.h"
#include "text/json.h"

/* The detail of an entry in a few words. */
static struct str what_of(struct arena *a, const struct ledger_entry *e)
{
	struct str credential = val_get_str(e->detail, "credential");
	struct str target = val_get_str(e->detail, "target");
	struct str task = val_get_str(e->detail, "task");
	struct buf b = BUF_INIT(KIB(4));
	struct str out;

	if (task.n) {
		buf_adds(&b, task);
		VAL_EACH(call, val_get(e->detail, "calls"))
		buf_addf(&b, "%s %.*s %.*s",
			 call == val_first(val_get(e->detail, "calls")) ? ":" : ",",
			 STR_ARG(val_get_str(call, "op")), STR_ARG(val_get_str(call, "answer")));
	} else if (credential.n) {
		buf_addf(&b, "%.*s%s%.*s deleted", STR_ARG(credential), target.n ? " " : "",
			 STR_ARG(target));
	} else if (str_eqz(e->kind, "retired")) {
		buf_addz(&b, "proved by GetAccountSummary: no root credentials");
	} else if (val_get_str(e->detail, "until").n) {
		buf_addf(&b, "password recovery allowed until %.*s",
			 STR_ARG(val_get_str(e->detail, "until")));
	} else {
		buf_adds(&b, val_get_str(e->detail, "what"));
	}
	out = arena_str(a, buf_str(&b));
	buf_release(&b);
	return out;
}

static bool print_table(struct cmd *c, const struct ledger_entry *v, size_t n)
{
	struct table *t = table_new(c->arena);

	table_column(t, "N", ALIGN_RIGHT, false);
	table_column(t, "TIME", ALIGN_LEFT, false);
	table_column(t, "KIND", ALIGN_LEFT, false);
	table_column(t, "ACCOUNT", ALIGN_LEFT, false);
	table_column(t, "WHAT", ALIGN_LEFT, true);
	table_column(t, "WHO", ALIGN_LEFT, true);
	table_column(t, "WHY", ALIGN_LEFT, true);
	for (size_t i = 0; i < n; i++) {
		char iso[TIME_ISO_SIZE];

		table_row(t);
		table_cellf(t, COLOUR_DIM, "%lld", (long long)v[i].n);
		table_cellz(t, time_iso(v[i].time_ms, false, iso), COLOUR_NONE);
		table_cell(t, v[i].kind, COLOUR_NONE);
		table_cell(t, v[i].account_name.n ? v[i].account_name : v[i].account_id,
			   COLOUR_NONE);
		table_cell(t, what_of(c->arena, &v[i]), COLOUR_NONE);
		table_cell(t, v[i].who, COLOUR_NONE);
		table_cell(t, v[i].reason, COLOUR_NONE);
	}
	return cmd_print_table(c, t);
}

static bool print_json(struct cmd *c, const struct ledger_entry *v, size_t n)
{
	struct arena *a = c->arena;
	struct val *o = val_object(a), *entries = val_setz(o, "entries", val_list(a));

	for (size_t i = 0; i < n; i++) {
		struct val *e = val_append(entries, val_object(a));

		val_set_int(a, e, "n", v[i].n);
		val_set_time(a, e, "time", v[i].time_ms);
		val_set_str(a, e, "run", v[i].run);
		val_set_str(a, e, "kind", v[i].kind);
		val_set_str(a, e, "who", v[i].who);
		val_set_str(a, e, "reason", v[i].reason);
		val_set_str(a, e, "accountId", v[i].account_id);
		val_set_str(a, e, "accountName", v[i].account_name);
		if (v[i].detail)
			val_setz(e, "detail", val_copy(a, v[i].detail));
		val_set_str(a, e, "previous", v[i].previous);
		val_set_str(a, e, "hash", v[i].hash);
	}
	return cmd_print_json(c, o);
}

static int verify(struct root_cmd *rc)
{
	struct cmd *c = rc->c;
	struct ledger_fault *faults;
	size_t nfaults, entries;
	struct str head;
	bool ok = true;

	if (!ledger_verify(rc->store, str_of(cmd_text(c, "expect")), c->arena, &faults, &nfaults,
			   &entries, &head, &c->err))
		return cmd_fail(c, &c->err);
	if (c->output == OUTPUT_JSON) {
		struct val *o = val_object(c->arena), *list;

		val_set_int(c->arena, o, "entries", (int64_t)entries);
		val_set_str(c->arena, o, "digest", head);
		val_set_bool(c->arena, o, "intact", nfaults == 0);
		list = val_setz(o, "faults", val_list(c->arena));
		for (size_t i = 0; i < nfaults; i++) {
			struct val *f = val_append(list, val_object(c->arena));

			val_set_int(c->arena, f, "n", faults[i].n);
			val_set_str(c->arena, f, "what", faults[i].what);
		}
		ok = cmd_print_json(c, o);
	} else {
		for (size_t i = 0; ok && i < nfaults; i++)
			ok = cmd_printf(c, "%.*s\n", STR_ARG(faults[i].what));
		if (ok)
			ok = cmd_printf(c, "%zu entries, %s, digest %.*s\n", entries,
					nfaults ? "NOT intact" : "chain intact",
					STR_ARG(entries ? head : STR("of an empty ledger")));
	}
	if (!ok)
		return EXIT_ERROR;
	return nfaults ? EXIT_REMAINS : EXIT_DONE;
}

static int show(struct root_cmd *rc)
{
	struct cmd *c = rc->c;
	struct ledger_filter f = {
		.account_id = str_of(cmd_text(c, "account")),
		.kind = str_of(cmd_text(c, "kind")),
		.run = str_of(cmd_text(c, "run")),
	};
	const char *since = cmd_text(c, "since");
	struct ledger_entry *v;
	size_t n;

	if (since && !time_parse_iso(str_of(since), &f.since_ms)) {
		int64_t back_ms;

		if (!duration_parse(str_of(since), &back_ms, &c->err)) {
			err_wrap(&c->err,
				 "--since takes a date (2026-11-23) or a time back (3 days)");
			return cmd_fail(c, &c->err);
		}
		f.since_ms = clock_now_ms(NULL) - back_ms;
	}
	if (!ledger_read(rc->store, &f, c->arena, &v, &n, &c->err))
		return cmd_fail(c, &c->err);
	if (n || c->output != OUTPUT_TABLE) {
		if (!(c->output == OUTPUT_JSON ? print_json(c, v, n) : print_table(c, v, n)))
			return EXIT_ERROR;
	}
	if (!n)
		cmd_note(c, "no entries%s in '%s'",
			 f.account_id.n || f.kind.n || f.run.n || since ? " like that" : "",
			 store_path(rc->store));
	return EXIT_DONE;
}

static int run_ledger(struct cmd *c)
{
	struct root_cmd rc;

	if (cmd_text(c, "expect") && !cmd_flag(c, "verify")) {
		err_set(&c->err, ERR_INPUT, "--expect goes with --verify");
		return cmd_fail(c, &c->err);
	}
	if (!root_cmd_open_store(&rc, c))
		return root_cmd_close(&rc, cmd_fail(c, &c->err));
	return root_cmd_close(&rc, cmd_flag(c, "verify") ? verify(&rc) : show(&rc));
}

static const char *const kinds[] = {"enable",  "mend",     "session", "deletion",
				    "retired", "restored", NULL};

static const struct option options[] = {
	{"verify", 0, OPTION_FLAG, NULL, "prove that no entry was changed, removed or moved", NULL},
	{"expect", 0, OPTION_TEXT, "DIGEST", "with --verify: the digest that was kept elsewhere",
	 NULL},
	{"account", 'a', OPTION_TEXT, "ACCOUNT", "entries of this account (id or name)", NULL},
	{"kind", 0, OPTION_TEXT, "KIND", "enable, mend, session, deletion, retired, restored",
	 kinds},
	{"run", 0, OPTION_TEXT, "RUN", "entries of one run", NULL},
	{"since", 0, OPTION_TEXT, "TIME", "a date (2026-11-23) or a time back (3 days)", NULL},
	{0},
};

const struct command command_root_ledger = {
	.name = "root ledger",
	.summary = "who did what to which root user, when and why",
	.details = "Every root session, deletion, proof and restore, chained by SHA-256. --verify "
		   "finds a\n"
		   "changed, missing or reordered entry; with --expect also a ledger whose end was "
		   "cut.\n"
		   "Makes no call to AWS.\n",
	.examples = "  rootout root ledger --account pos-production\n"
		    "  rootout root ledger --verify --expect 9f3c…\n"
		    "  rootout root ledger --output json --since 2026-11-01\n",
	.options = options,
	.option_sets = OPTIONS_STORE,
	.run = run_ledger,
};
