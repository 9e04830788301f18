#include "root/inventory.h"

#include <stdlib.h>
#include <string.h>

#include "root/cause.h"
#include "root/choose.h"
#include "root/inventory-private.h"
#include "root/read.h"

/* What one taking has under way. Rows are added by the main thread alone. */
struct taking {
	struct root_run *run;
	const struct inventory_options *opt;
	struct inventory *inv;
	struct err features_err;
	_Atomic size_t known, done;
};

struct job {
	struct taking *t;
	struct root_facts *f;
};

struct inventory *inventory_new(int64_t now_ms)
{
	struct arena *a = arena_new();
	struct inventory *inv = arena_new_of(a, struct inventory);

	inv->arena = a;
	inv->taken_ms = now_ms;
	return inv;
}

void inventory_add(struct inventory *inv, struct root_facts *f)
{
	inv->rows = arena_grow(inv->arena, inv->rows, inv->nrows, &inv->rows_cap,
			       sizeof(struct root_facts *));
	inv->rows[inv->nrows++] = f;
}

void inventory_free(struct inventory **invp)
{
	struct inventory *inv = *invp;
	struct arena *a;

	*invp = NULL;
	if (!inv)
		return;
	for (size_t i = 0; i < inv->nrows; i++)
		root_facts_free(&inv->rows[i]);
	a = inv->arena;
	arena_free(&a);
}

/* A list that cannot be read leaves its facts unknown; what the summary told stays. */
static void note_unread_list(struct root_facts *f, const struct err *err)
{
	char text[sizeof(err->message) + 128];

	f->reason = arena_strz(f->arena, err_text(err, text, sizeof(text)));
	if (err->aws_code[0])
		f->code = arena_strz(f->arena, err->aws_code);
}

void inventory_read_account(struct root_run *run, struct aws_worker *w, struct root_facts *f,
			    enum inventory_mode mode)
{
	struct root_session *s = NULL;
	struct err err = {0};

	if (!root_session_open(run, w, f->account, ROOT_TASK_AUDIT, ROOT_SESSION_SHORT, &s, &err)) {
		root_facts_fail(f, root_session_failure(&err, false), &err);
		return;
	}
	if (!root_read_summary(s, w, f, &err)) {
		root_facts_fail(f, root_session_failure(&err, true), &err);
	} else if (mode == INVENTORY_AUTO) {
		if (f->keys_present == TRI_YES && !root_read_keys(s, w, f, true, &err))
			note_unread_list(f, &err);
		if (f->certs_present == TRI_YES && !root_read_certs(s, w, f, &err))
			note_unread_list(f, &err);
		if (f->mfa == TRI_YES && !root_read_mfa(s, w, f, &err))
			note_unread_list(f, &err);
	}
	root_session_close(&s);
}

static void progress(struct taking *t)
{
	size_t done = ++t->done;

	if (t->opt->step)
		t->opt->step(done, t->known, t->opt->ctx);
}

static void read_job(void *item, void *worker)
{
	struct job *j = item;
	struct taking *t = j->t;

	if (pool_cancelled(t->run->pool)) {
		j->f->state = ROOT_STATE_UNREAD;
		j->f->reason = STR("interrupted before it was read");
	} else if (t->opt->via_role.n) {
		inventory_read_by_role(t->run, worker, j->f, t->opt->via_role);
	} else {
		inventory_read_account(t->run, worker, j->f, t->opt->mode);
	}
	progress(t);
}

/* Accounts that no session can reach are rows without a call. */
static bool unreachable(struct root_facts *f)
{
	const struct org_account *acct = f->account;

	if (acct->management) {
		f->state = ROOT_STATE_MANAGEMENT;
		f->reason =
			STR("the management account: sts:AssumeRoot reaches member accounts only");
		return true;
	}
	/* A state that is not known is tried: AWS decides. */
	if (acct->state != ORG_STATE_ACTIVE && acct->state != ORG_STATE_UNKNOWN) {
		f->state = ROOT_STATE_SUSPENDED;
		f->reason = arena_printf(f->arena, "the account is %.*s",
					 STR_ARG(org_state_name(acct->state)));
		return true;
	}
	return false;
}

static void begin_account(struct taking *t, struct org_account *acct)
{
	struct root_facts *f = root_facts_new(acct);

	inventory_add(t->inv, f);
	t->known++;
	if (unreachable(f) && !(t->opt->via_role.n && acct->management)) {
		progress(t);
		return;
	}
	struct job *j = arena_new_of(t->inv->arena, struct job);

	*j = (struct job){t, f};
	pool_submit(t->run->pool, read_job, j);
}

static enum tri has_feature(const struct val *list, const char *name)
{
	VAL_EACH(f, list)
	if (str_eqz(val_str(f), name))
		return TRI_YES;
	return TRI_NO;
}

static void features_job(void *item, void *worker)
{
	struct taking *t = item;
	struct arena *a = arena_new();
	struct val *out;

	if (aws_call(worker, t->run->caller, "iam", "ListOrganizationsFeatures", NULL, a, &out,
		     &t->features_err)) {
		const struct val *list = val_get(out, "EnabledFeatures");

		t->inv->credentials_feature = has_feature(list, "RootCredentialsManagement");
		t->inv->sessions_feature = has_feature(list, "RootSessions");
	} else if (err_is_aws(&t->features_err, "ServiceAccessNotEnabledException")) {
		/* Without trusted access there are no features. */
		t->inv->credentials_feature = t->inv->sessions_feature = TRI_NO;
	}
	arena_free(&a);
}

/* ---- why a session was refused: looked up once, and only then ---- */

static bool needs_cause(const struct root_facts *f)
{
	return f->session == ROOT_SESSION_REFUSED || f->session == ROOT_SESSION_BLOCKED;
}

static void no_cause(struct inventory *inv, const struct err *err)
{
	for (size_t i = 0; i < inv->nrows; i++)
		if (needs_cause(inv->rows[i]))
			inv->rows[i]->blocked_by =
				arena_printf(inv->rows[i]->arena, "not known: %s", err->message);
}

static void explain_row(struct taking *t, struct causes *c, const struct org *full,
			struct root_facts *f)
{
	const struct org_account *acct = org_account(full, f->account->id);
	struct cause cause;

	if (t->inv->credentials_feature == TRI_NO && f->session == ROOT_SESSION_REFUSED)
		f->blocked_by =
			STR("centralized root access is off (RootCredentialsManagement): run "
			    "'rootout root enable'");
	else if (acct && cause_of_block(c, acct, ROOT_TASK_AUDIT, f->arena, &cause))
		f->blocked_by = cause.text;
	else if (f->session == ROOT_SESSION_REFUSED)
		f->blocked_by = arena_printf(f->arena,
					     "no service control policy: see whether %.*s may call "
					     "sts:AssumeRoot on this account",
					     STR_ARG(t->run->who));
	else
		f->blocked_by = STR("no service control policy that rootout can see");
}

static void explain(struct taking *t)
{
	struct org_live_options live = {.parts = ORG_ACCOUNTS | ORG_UNITS | ORG_POLICIES,
					.pool = t->run->pool};
	struct inventory *inv = t->inv;
	struct err err = {0};
	struct causes *c = NULL;
	struct org *full;
	bool any = false;

	for (size_t i = 0; i < inv->nrows; i++)
		any |= needs_cause(inv->rows[i]);
	if (!any)
		return;
	if (org_read_live(t->run->worker, t->run->caller, &live, inv->arena, &full, &err))
		c = causes_new(full, inv->arena, &err);
	if (!c) {
		no_cause(inv, &err);
		return;
	}
	for (size_t i = 0; i < inv->nrows; i++)
		if (needs_cause(inv->rows[i]))
			explain_row(t, c, full, inv->rows[i]);
}

/* ---- the whole ---- */

static void chosen(struct org_account *acct, void *ctx)
{
	begin_account(ctx, acct);
}

/* Neither in nor out: it must not vanish from the list. */
static bool unknown(struct org_account *acct, void *ctx)
{
	struct taking *t = ctx;
	struct root_facts *f = root_facts_new(acct);

	f->state = ROOT_STATE_UNREAD;
	f->reason = STR("its tags or unit could not be read: not known whether it is chosen");
	inventory_add(t->inv, f);
	return true;
}

static bool read_organization(struct taking *t, struct err *err)
{
	struct root_chooser ch = {
		.run = t->run,
		.choice = t->opt->choice,
		.chosen = chosen,
		.unknown = unknown,
		.ctx = t,
	};
	bool ok = root_choose(&ch, t->inv->arena, &t->inv->org, err);

	t->inv->excluded = ch.excluded;
	return ok;
}

bool inventory_take(struct root_run *run, const struct inventory_options *opt,
		    struct inventory **out, struct err *err)
{
	struct inventory *before = NULL;
	struct taking t = {
		.run = run,
		.opt = opt,
		.inv = inventory_new(aws_now_ms(run->aws)),
	};
	bool ok;

	*out = NULL;
	/* In the pool: its answer is needed only at the end. */
	pool_submit(run->pool, features_job, &t);
	ok = read_organization(&t, err);
	if (!ok)
		pool_cancel(run->pool);
	pool_wait(run->pool);
	if (!ok) {
		inventory_free(&t.inv);
		return false;
	}
	explain(&t);
	if (!inventory_last_read(run, run->org_id, &before, err)) {
		inventory_free(&t.inv);
		return false;
	}
	if (before)
		inventory_compare(t.inv, before);
	inventory_free(&before);
	if (!opt->no_save && !pool_cancelled(run->pool))
		inventory_save(run, t.inv);
	*out = t.inv;
	return true;
}
