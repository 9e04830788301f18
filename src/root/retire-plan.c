#include "root/retire.h"

#include <stdlib.h>

#include "root/choose.h"
#include "root/guard.h"
#include "root/read.h"

struct planning {
	struct root_run *run;
	const struct retire_options *opt;
	struct retire_plan *plan;
	_Atomic size_t known, done;
};

struct job {
	struct planning *p;
	struct retire_account *account;
};

static void add_planned(struct retire_account *r, enum root_credential kind)
{
	r->deletions = arena_grow(r->facts->arena, r->deletions, r->ndeletions, &r->deletions_cap,
				  sizeof(*r->deletions));
	r->deletions[r->ndeletions++] = (struct deletion){.kind = kind};
}

static void plan_deletions(struct retire_account *r)
{
	const struct root_facts *f = r->facts;

	if (f->password == TRI_YES)
		add_planned(r, ROOT_PASSWORD);
	if (f->keys_present == TRI_YES)
		add_planned(r, ROOT_KEY);
	if (f->certs_present == TRI_YES)
		add_planned(r, ROOT_CERT);
	if (f->mfa == TRI_YES)
		add_planned(r, ROOT_MFA);
}

/* Did the last inventory read the last use of its keys, not long ago? Then `skip` knew. (How many
 * there are now the summary does not tell: AccountAccessKeysPresent is 0 or 1.) */
static bool use_is_known(const struct planning *p, const struct root_facts *f)
{
	const struct inventory *last = p->opt->last;

	for (size_t i = 0; last && i < last->nrows; i++) {
		const struct root_facts *was = last->rows[i];
		bool known = was->have_keys && was->nkeys > 0 &&
			     f->read_ms - was->read_ms < RETIRE_TRUST_MS;

		if (!str_eq(was->account->id, f->account->id))
			continue;
		for (size_t k = 0; known && k < was->nkeys; k++)
			known = was->keys[k].used != TRI_UNKNOWN;
		return known;
	}
	return false;
}

/* A key that is deleted does not come back: false where it is in use, or that cannot be told. */
static bool check_key_use(const struct planning *p, struct root_facts *f, struct root_session *s,
			  struct aws_worker *w)
{
	struct err err = {0};
	struct str reason;

	if (f->keys_present != TRI_YES || !p->opt->used_within_ms || use_is_known(p, f))
		return true;
	if (!root_read_keys(s, w, f, true, &err)) {
		root_facts_fail(f, root_session_failure(&err, true), &err);
		return false;
	}
	if (!guard_key_used(f, p->opt->used_within_ms, f->read_ms, f->arena, &reason))
		return true;
	f->state = ROOT_STATE_SKIPPED;
	f->reason = reason;
	return false;
}

static void read_job(void *item, void *worker)
{
	struct job *j = item;
	struct planning *p = j->p;
	struct root_facts *f = j->account->facts;
	struct err err = {0};
	size_t done;

	if (pool_cancelled(p->run->pool)) {
		f->state = ROOT_STATE_SKIPPED;
		f->reason = STR("interrupted before it was read");
	} else if (!root_session_open(p->run, worker, f->account, ROOT_TASK_AUDIT,
				      ROOT_SESSION_LONG, &j->account->audit, &err)) {
		root_facts_fail(f, root_session_failure(&err, false), &err);
	} else if (!root_read_summary(j->account->audit, worker, f, &err)) {
		root_facts_fail(f, root_session_failure(&err, true), &err);
		root_session_close(&j->account->audit);
	} else if (check_key_use(p, f, j->account->audit, worker)) {
		plan_deletions(j->account);
	} else {
		root_session_close(&j->account->audit);
	}
	done = ++p->done;
	if (p->opt->step)
		p->opt->step(done, p->known, p->opt->ctx);
}

/* Accounts that are rows without a call: those no session can reach, and those left alone. */
static bool left_alone(struct planning *p, struct root_facts *f)
{
	const struct org_account *acct = f->account;
	struct str reason = STR_NULL;

	if (acct->management) {
		f->state = ROOT_STATE_MANAGEMENT;
		f->reason =
			STR("the management account: sts:AssumeRoot reaches member accounts only");
		return true;
	}
	if (acct->state != ORG_STATE_ACTIVE && acct->state != ORG_STATE_UNKNOWN) {
		f->state = ROOT_STATE_SUSPENDED;
		f->reason = arena_printf(f->arena, "the account is %.*s",
					 STR_ARG(org_state_name(acct->state)));
		return true;
	}
	if (p->opt->skip)
		reason = p->opt->skip(acct, f->arena, p->opt->skip_ctx);
	if (reason.n) {
		f->state = ROOT_STATE_SKIPPED;
		f->reason = reason;
		return true;
	}
	return false;
}

static void begin_account(struct planning *p, struct org_account *acct)
{
	struct retire_plan *plan = p->plan;
	struct retire_account *r = arena_new_of(plan->arena, struct retire_account);
	struct job *j;

	r->facts = root_facts_new(acct);
	plan->accounts = arena_grow(plan->arena, plan->accounts, plan->naccounts,
				    &plan->accounts_cap, sizeof(struct retire_account *));
	plan->accounts[plan->naccounts++] = r;
	p->known++;
	if (left_alone(p, r->facts)) {
		p->done++;
		return;
	}
	j = arena_new_of(plan->arena, struct job);
	*j = (struct job){p, r};
	pool_submit(p->run->pool, read_job, j);
}

static void chosen(struct org_account *acct, void *ctx)
{
	begin_account(ctx, acct);
}

/* What is to be deleted must be known. */
static bool unknown(struct org_account *acct, void *ctx)
{
	(void)acct;
	(void)ctx;
	return false;
}

static bool read_organization(struct planning *p, struct err *err)
{
	struct root_chooser ch = {
		.run = p->run,
		.choice = p->opt->choice,
		.chosen = chosen,
		.unknown = unknown,
		.ctx = p,
	};
	bool ok = root_choose(&ch, p->plan->arena, &p->plan->org, err);

	p->plan->excluded = ch.excluded;
	return ok;
}

/* Open rows say which accounts an earlier, killed run left under way. (A restore's row is no
 * retirement: settled from what the plan read.) */
static void find_unfinished(struct retire_plan *plan)
{
	for (size_t i = 0; i < plan->naccounts; i++)
		for (size_t k = 0; k < plan->nopen; k++)
			if (!str_eqz(plan->open[k].op, RESTORE_OP) &&
			    str_eq(plan->open[k].account_id, plan->accounts[i]->facts->account->id))
				plan->accounts[i]->unfinished = true;
}

static void count(struct retire_plan *plan)
{
	for (size_t i = 0; i < plan->naccounts; i++) {
		const struct retire_account *r = plan->accounts[i];

		switch (r->facts->state) {
		case ROOT_STATE_CREDENTIALS:
			plan->to_delete++;
			break;
		case ROOT_STATE_ROOTLESS:
			plan->rootless++;
			break;
		case ROOT_STATE_UNREAD:
			plan->blocked++;
			break;
		default:
			plan->skipped++;
		}
		plan->unfinished += r->unfinished && r->audit;
	}
}

bool retire_plan(struct root_run *run, const struct retire_options *opt, struct retire_plan **out,
		 struct err *err)
{
	struct arena *a = arena_new();
	struct planning p = {.run = run, .opt = opt, .plan = arena_new_of(a, struct retire_plan)};
	bool ok;

	*out = NULL;
	p.plan->arena = a;
	ok = read_organization(&p, err);
	if (!ok)
		pool_cancel(run->pool);
	pool_wait(run->pool);
	if (ok && pool_cancelled(run->pool))
		ok = err_set(err, ERR_CANCELLED, "interrupted, nothing was changed");
	if (ok)
		ok = journal_open_rows(run, a, &p.plan->open, &p.plan->nopen, err);
	if (!ok) {
		retire_plan_free(&p.plan);
		return false;
	}
	find_unfinished(p.plan);
	count(p.plan);
	*out = p.plan;
	return true;
}

void retire_plan_free(struct retire_plan **planp)
{
	struct retire_plan *plan = *planp;
	struct arena *a;

	*planp = NULL;
	if (!plan)
		return;
	for (size_t i = 0; i < plan->naccounts; i++) {
		root_session_close(&plan->accounts[i]->audit);
		root_facts_free(&plan->accounts[i]->facts);
	}
	a = plan->arena;
	arena_free(&a);
}
