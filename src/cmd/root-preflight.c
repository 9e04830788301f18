#include <string.h>

#include "base/limits.h"
#include "base/map.h"
#include "cmd/commands.h"
#include "cmd/root-common.h"
#include "root/mend.h"
#include "root/preflight.h"
#include "text/show.h"
#include "text/wrap.h"

#define USED_WITHIN_MS (INT64_C(30) * 86400000)

static const char *state_of(const struct preflight_account *pa)
{
	if (pa->out_of_reach)
		return "out-of-reach";
	return pa->worst == FINDING_BLOCKER   ? "blocked"
	       : pa->worst == FINDING_UNKNOWN ? "unknown"
					      : "ready";
}

static enum colour colour_of(const struct preflight_account *pa)
{
	if (pa->out_of_reach)
		return COLOUR_DIM;
	return pa->worst == FINDING_BLOCKER   ? COLOUR_RED
	       : pa->worst == FINDING_UNKNOWN ? COLOUR_YELLOW
					      : COLOUR_GREEN;
}

static void finding_row(struct table *t, struct str id, struct str name, const char *state,
			enum colour colour, const struct finding *f)
{
	table_row(t);
	table_cell(t, id, COLOUR_NONE);
	table_cell(t, name, COLOUR_NONE);
	table_cellz(t, state, colour);
	table_cellz(t, f ? f->rule : "", COLOUR_NONE);
	table_cell(t, f ? f->text : STR(""), COLOUR_NONE);
	table_cell(t, f ? f->mend : STR(""), COLOUR_NONE);
}

static const char *level_name(enum finding_level l)
{
	return l == FINDING_BLOCKER ? "blocker" : l == FINDING_UNKNOWN ? "unknown" : "info";
}

static bool print_csv(struct root_cmd *rc, const struct preflight *p)
{
	struct table *t = table_new(rc->c->arena);

	table_column(t, "ID", ALIGN_LEFT, false);
	table_column(t, "NAME", ALIGN_LEFT, false);
	table_column(t, "STATE", ALIGN_LEFT, false);
	table_column(t, "RULE", ALIGN_LEFT, false);
	table_column(t, "EVIDENCE", ALIGN_LEFT, true);
	table_column(t, "WHAT TO DO", ALIGN_LEFT, true);
	for (size_t i = 0; i < p->nfindings; i++)
		finding_row(t, STR("organization"), STR(""), level_name(p->findings[i].level),
			    COLOUR_NONE, &p->findings[i]);
	for (size_t i = 0; i < p->naccounts; i++) {
		const struct preflight_account *pa = &p->accounts[i];

		if (!pa->nfindings)
			finding_row(t, pa->account->id, pa->account->name, state_of(pa),
				    colour_of(pa), NULL);
		for (size_t k = 0; k < pa->nfindings; k++)
			finding_row(t, pa->account->id, pa->account->name, state_of(pa),
				    colour_of(pa), &pa->findings[k]);
	}
	return cmd_print_table(rc->c, t);
}

/* ---- for people: one finding once, with the accounts it is about ---- */

struct group {
	const struct finding *finding;
	struct buf names;
	size_t n;
};

static void group_names(struct arena *a, const struct preflight *p, enum finding_level level,
			struct map *groups)
{
	for (size_t i = 0; i < p->naccounts; i++) {
		const struct preflight_account *pa = &p->accounts[i];

		for (size_t k = 0; k < pa->nfindings; k++) {
			const struct finding *f = &pa->findings[k];
			struct group *g = map_get(groups, f->text);

			if (f->level != level)
				continue;
			if (!g) {
				g = arena_new_of(a, struct group);
				g->finding = f;
				buf_init(&g->names, MIB(1));
				map_put(groups, f->text, g);
			}
			buf_addf(&g->names, "%s%.*s", g->n++ ? ", " : "",
				 STR_ARG(show_short(a, pa->account->name)));
		}
	}
}

/* One paragraph, its lines behind `indent` blanks, with a label in front that may be "". */
static void put_text(struct root_cmd *rc, size_t indent, const char *label, struct str text,
		     struct buf *out)
{
	const struct term *t = &rc->c->out;
	struct arena *a = rc->c->arena;
	size_t used = indent;

	buf_addn(out, ' ', indent);
	if (*label) {
		buf_addf(out, "%s%s%s ", term_on(t, COLOUR_DIM), label, term_off(t));
		used += strlen(label) + 1;
	}
	wrap_add(show(a, text), used, indent + 2, (size_t)t->width, out);
	buf_addc(out, '\n');
}

static void put_groups(struct root_cmd *rc, const struct preflight *p, enum finding_level level,
		       const char *title, enum colour colour, struct buf *out)
{
	const struct term *t = &rc->c->out;
	struct map groups;
	struct map_entry *e;

	map_init(&groups);
	group_names(rc->c->arena, p, level, &groups);
	if (map_count(&groups))
		buf_addf(out, "%s%s%s\n", term_on(t, colour), title, term_off(t));
	for (size_t i = 0; (e = map_next(&groups, &i));) {
		struct group *g = e->value;

		put_text(rc, 2, "", g->finding->text, out);
		put_text(rc, 4, g->n == 1 ? "account:" : "accounts:", buf_str(&g->names), out);
		if (g->finding->mend.n)
			put_text(rc, 4, "what to do:", g->finding->mend, out);
		buf_release(&g->names);
	}
	if (map_count(&groups))
		buf_addc(out, '\n');
	map_release(&groups);
}

static void put_ready(struct root_cmd *rc, const struct preflight *p, struct buf *out)
{
	const struct term *t = &rc->c->out;
	struct buf names = BUF_INIT(MIB(1));

	for (size_t i = 0; i < p->naccounts; i++) {
		const struct preflight_account *pa = &p->accounts[i];

		if (pa->out_of_reach || pa->worst != FINDING_INFO)
			continue;
		buf_addf(&names, "%s%.*s", names.n ? ", " : "",
			 STR_ARG(show_short(rc->c->arena, pa->account->name)));
	}
	if (names.n) {
		buf_addf(out, "%sReady%s\n", term_on(t, COLOUR_GREEN), term_off(t));
		put_text(rc, 2, "", buf_str(&names), out);
		buf_addc(out, '\n');
	}
	buf_release(&names);
}

static bool print_text(struct root_cmd *rc, const struct preflight *p)
{
	struct buf out = BUF_INIT(LIMIT_OUTPUT);
	bool ok;

	for (size_t i = 0; i < p->nfindings; i++) {
		const struct finding *f = &p->findings[i];

		put_text(rc, 0, "organization:",
			 f->mend.n ? arena_printf(rc->c->arena, "%.*s: %.*s", STR_ARG(f->text),
						  STR_ARG(f->mend))
				   : f->text,
			 &out);
	}
	buf_addz(&out, p->nfindings ? "\n" : "");
	put_groups(rc, p, FINDING_BLOCKER, "Blocked", COLOUR_RED, &out);
	put_groups(rc, p, FINDING_UNKNOWN, "Not known", COLOUR_YELLOW, &out);
	put_ready(rc, p, &out);
	put_groups(rc, p, FINDING_INFO, "Good to know", COLOUR_NONE, &out);
	ok = !buf_overflowed(&out) && cmd_print(rc->c, buf_str(&out));
	buf_release(&out);
	return ok;
}

static const char *s(size_t n)
{
	return n == 1 ? "" : "s";
}

/* What people on call will see, before they see it. */
static bool print_forecast(struct root_cmd *rc, const struct preflight *p)
{
	const struct forecast *f = &p->forecast;
	size_t root_events = f->summaries + f->lists + f->deletions;
	const char *least = f->at_least ? "at least " : "";
	struct arena *a = rc->c->arena;
	struct buf out = BUF_INIT(KIB(16));
	bool ok;

	put_text(rc, 0, "",
		 STR("What retiring these accounts will set off (tell the people on call first):"),
		 &out);
	put_text(rc, 2, "",
		 arena_printf(a, "account %.*s, %.*s: %zu sts:AssumeRoot event%s",
			      STR_ARG(rc->run.who_account), STR_ARG(p->caller_region),
			      f->assume_root, s(f->assume_root)),
		 &out);
	put_text(rc, 2, "",
		 arena_printf(a,
			      "%zu member account%s, us-east-1 (IAM): %s%zu events of "
			      "userIdentity.type Root: %zu GetAccountSummary, %zu List…, %s%zu "
			      "Delete…/DeactivateMFADevice",
			      f->accounts, s(f->accounts), least, root_events, f->summaries,
			      f->lists, least, f->deletions),
		 &out);
	put_text(rc, 2, "",
		 STR("GuardDuty: Policy:IAMUser/ShortTermRootCredentialUsage and "
		     "Policy:IAMUser/RootCredentialUsage (Low), in each of these accounts"),
		 &out);
	put_text(rc, 2, "",
		 STR("CIS / CloudWatch.1 alarm on root use (type Root, no invokedBy): rings once "
		     "for each account at least; it does not look at assumedRoot"),
		 &out);
	ok = !buf_overflowed(&out) && cmd_print(rc->c, buf_str(&out));
	buf_release(&out);
	return ok;
}

static struct val *finding_val(struct arena *a, const struct finding *f)
{
	struct val *o = val_object(a);

	val_set_z(a, o, "level", level_name(f->level));
	val_set_z(a, o, "rule", f->rule);
	val_set_str(a, o, "text", f->text);
	val_set_str(a, o, "mend", f->mend);
	if (f->policy) {
		val_set_str(a, o, "policyId", f->policy->id);
		val_set_str(a, o, "policyName", f->policy->name);
	}
	val_set_str(a, o, "targetId", f->target_id);
	return o;
}

static struct val *forecast_val(struct arena *a, const struct forecast *f)
{
	struct val *o = val_object(a), *types = val_list(a);

	val_set_int(a, o, "accounts", (int64_t)f->accounts);
	val_set_int(a, o, "assumeRoot", (int64_t)f->assume_root);
	val_set_int(a, o, "getAccountSummary", (int64_t)f->summaries);
	val_set_int(a, o, "lists", (int64_t)f->lists);
	val_set_int(a, o, "deletions", (int64_t)f->deletions);
	val_set_int(a, o, "rootEvents", (int64_t)(f->summaries + f->lists + f->deletions));
	val_set_bool(a, o, "atLeast", f->at_least);
	val_append(types, val_string(a, STR("Policy:IAMUser/ShortTermRootCredentialUsage")));
	val_append(types, val_string(a, STR("Policy:IAMUser/RootCredentialUsage")));
	val_setz(o, "guardDutyFindingTypes", types);
	val_set_z(a, o, "memberEventRegion", "us-east-1");
	return o;
}

static bool print_json(struct root_cmd *rc, const struct preflight *p)
{
	struct arena *a = rc->c->arena;
	struct val *accounts, *o = root_cmd_json(rc, &accounts), *list;

	for (size_t i = 0; i < p->naccounts; i++) {
		const struct preflight_account *pa = &p->accounts[i];
		struct val *row = val_append(accounts, val_object(a));

		val_set_str(a, row, "id", pa->account->id);
		val_set_str(a, row, "name", pa->account->name);
		val_set_z(a, row, "state", state_of(pa));
		list = val_setz(row, "findings", val_list(a));
		for (size_t k = 0; k < pa->nfindings; k++)
			val_append(list, finding_val(a, &pa->findings[k]));
		if (pa->forecast.accounts)
			val_setz(row, "forecast", forecast_val(a, &pa->forecast));
	}
	val_set_str(a, o, "organization", p->org->id);
	list = val_setz(o, "findings", val_list(a));
	for (size_t i = 0; i < p->nfindings; i++)
		val_append(list, finding_val(a, &p->findings[i]));
	val_setz(o, "forecast", forecast_val(a, &p->forecast));
	return cmd_print_json(rc->c, o);
}

/* ---- --mend ---- */

struct mending {
	const struct org_policy *policy;
	struct str mended;
};

static bool plan_mends(struct root_cmd *rc, const struct preflight *p, struct mending *v, size_t *n)
{
	struct cmd *c = rc->c;
	bool certain = true;

	*n = 0;
	for (size_t i = 0; i < p->naccounts; i++) {
		for (size_t k = 0; k < p->accounts[i].nfindings; k++) {
			const struct finding *f = &p->accounts[i].findings[k];
			struct err err = {0};
			size_t known = 0;

			if (!f->policy)
				continue;
			while (known < *n && v[known].policy != f->policy)
				known++;
			if (known < *n)
				continue;
			v[*n].policy = f->policy;
			if (mend_text(f->policy->content, p->accounts[i].account->id, c->arena,
				      &v[*n].mended, &err)) {
				(*n)++;
			} else {
				cmd_warn(c, "%.*s is not mended: %s", STR_ARG(f->policy->name),
					 err.message);
				certain = false;
			}
		}
	}
	return certain;
}

static int mend(struct root_cmd *rc, const struct preflight *p)
{
	struct cmd *c = rc->c;
	struct mending *v = arena_calloc(c->arena, p->org->npolicies + 1, sizeof(*v));
	size_t n;
	bool certain = plan_mends(rc, p, v, &n);

	for (size_t i = 0; i < n; i++)
		if (!cmd_printf(c, "policy '%.*s' (%.*s) would read:\n%.*s\n\n",
				STR_ARG(v[i].policy->name), STR_ARG(v[i].policy->id),
				STR_ARG(v[i].mended)))
			return EXIT_ERROR;
	if (!n)
		cmd_note(c, "no policy to mend");
	if (!n || cmd_flag(c, "dry-run"))
		return n || !certain ? EXIT_REMAINS : EXIT_DONE;
	if (cmd_write_error())
		return EXIT_ERROR;
	if (!cmd_confirm(
		    c,
		    "This changes %zu service control polic%s: root sessions pass, root users stay "
		    "denied.",
		    n, n == 1 ? "y" : "ies"))
		return cmd_fail(c, &c->err);
	for (size_t i = 0; i < n; i++) {
		if (!mend_apply(&rc->run, v[i].policy, v[i].mended, c->arena, &c->err))
			return cmd_fail(c, &c->err);
		cmd_note(c, "'%.*s' mended, and read back", STR_ARG(v[i].policy->name));
	}
	return certain ? EXIT_DONE : EXIT_REMAINS;
}

static int preflight(struct root_cmd *rc)
{
	struct cmd *c = rc->c;
	struct preflight *p;
	struct org *files;
	size_t blocked = 0, unknown = 0, ready = 0;
	enum finding_level org_worst = FINDING_INFO;
	bool ok;

	if (!root_cmd_choice(rc) || !root_cmd_files(rc, &files))
		return cmd_fail(c, &c->err);
	if (!rc->chosen)
		rc->choice.all = true;
	if (!preflight_take(&rc->run, &rc->choice, files,
			    cmd_duration_ms(c, "used-within", USED_WITHIN_MS), c->arena, &p,
			    &c->err))
		return cmd_fail(c, &c->err);
	if (cmd_flag(c, "mend"))
		return mend(rc, p);
	if (c->output == OUTPUT_TABLE)
		ok = print_text(rc, p) && print_forecast(rc, p);
	else
		ok = c->output == OUTPUT_JSON ? print_json(rc, p) : print_csv(rc, p);
	if (!ok)
		return EXIT_ERROR;
	for (size_t i = 0; i < p->naccounts; i++) {
		if (p->accounts[i].out_of_reach)
			continue;
		blocked += p->accounts[i].worst == FINDING_BLOCKER;
		unknown += p->accounts[i].worst == FINDING_UNKNOWN;
		ready += p->accounts[i].worst == FINDING_INFO;
	}
	for (size_t i = 0; i < p->nfindings; i++)
		if (p->findings[i].level > org_worst)
			org_worst = p->findings[i].level;
	cmd_note(c, "%zu ready, %zu blocked, %zu with something unknown%s", ready, blocked, unknown,
		 org_worst == FINDING_BLOCKER   ? "; the organization itself is not ready"
		 : org_worst == FINDING_UNKNOWN ? "; something about the organization is unknown"
						: "");
	return blocked || unknown || org_worst != FINDING_INFO ? EXIT_REMAINS : EXIT_DONE;
}

static int run_preflight(struct cmd *c)
{
	struct root_cmd rc;

	if (!root_cmd_open(&rc, c, cmd_text(c, "reason")))
		return root_cmd_close(&rc, cmd_fail(c, &c->err));
	return root_cmd_close(&rc, preflight(&rc));
}

static const struct option options[] = {
	{"used-within", 0, OPTION_DURATION, "TIME",
	 "a key used within this time blocks (default 30 days)", NULL},
	{"mend", 0, OPTION_FLAG, NULL, "except root sessions in the policies that block them",
	 NULL},
	{"reason", 0, OPTION_TEXT, "TEXT", "why, for the ledger", NULL},
	{0},
};

const struct command command_root_preflight = {
	.name = "root preflight",
	.summary = "what stands in the way, and what the campaign will set off",
	.details = "Opens no root session. For each account: a service control policy that would "
		   "block the\n"
		   "session (which, attached where, which statement), keys in use, root-only work "
		   "declared\n"
		   "open in root.yaml, and what is not known. For the organization: features, "
		   "pending\n"
		   "handshakes, quota. Then the root events that the campaign makes, and the "
		   "GuardDuty\n"
		   "findings and CIS alarms that they raise. --mend adds the exception that root "
		   "sessions\n"
		   "need to policies that deny root users; it shows the new text and asks.\n",
	.examples = "  rootout root preflight\n"
		    "  rootout root preflight --ou Production --mend --dry-run\n",
	.options = options,
	.option_sets = OPTIONS_AWS | OPTIONS_SELECT | OPTIONS_STORE | OPTIONS_CONFIRM,
	.run = run_preflight,
};
