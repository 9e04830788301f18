#include <pthread.h>
#include <stdlib.h>

#include "base/log.h"
#include "root/inventory-private.h"
#include "root/read.h"
#include "root/restore.h"
#include "root/retire.h"

/* A session that ends sooner than this is opened anew: an account takes seconds. */
#define SESSION_SPARE_MS 120000
/* How long a proof is waited for: IAM is eventually consistent.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency */
#define PROOF_WAIT_MS 30000
#define PROOF_STEP_MS 200

struct running {
	struct root_run *run;
	const struct retire_options *opt;
	struct retire_plan *plan;
	pthread_mutex_t lock; /* of surprise */
	struct err surprise;
	_Atomic bool stop;
	_Atomic size_t done;
	size_t total;
};

struct job {
	struct running *r;
	struct retire_account *account;
};

/* What is at hand while one account is worked on. */
struct work {
	struct running *r;
	struct root_run *run;
	struct retire_account *account;
	struct root_facts *f;
	struct root_session *session; /* IAMDeleteRootUserCredentials */
	struct aws_worker *w;
	struct err *err;
};

static const struct {
	const char *what; /* for the ledger */
	const char *op;
	const char *member; /* the input's member with the target; NULL: none */
} kinds[] = {
	[ROOT_PASSWORD] = {"password", "DeleteLoginProfile", NULL},
	[ROOT_KEY] = {"access key", "DeleteAccessKey", "AccessKeyId"},
	[ROOT_CERT] = {"signing certificate", "DeleteSigningCertificate", "CertificateId"},
	[ROOT_MFA] = {"MFA device", "DeactivateMFADevice", "SerialNumber"},
};

static struct ledger_entry deletion_entry(struct work *w, const struct deletion *d, struct arena *a,
					  const char *answer, struct str request_id)
{
	struct val *detail = val_object(a);

	val_set_z(a, detail, "credential", kinds[d->kind].what);
	if (d->target.n)
		val_set_str(a, detail, "target", d->target);
	val_set_z(a, detail, "op", kinds[d->kind].op);
	val_set_z(a, detail, "answer", answer);
	val_set_str(a, detail, "requestId", request_id);
	return (struct ledger_entry){
		.kind = STR("deletion"),
		.account_id = w->f->account->id,
		.account_name = w->f->account->name,
		.detail = detail,
	};
}

/* ---- one deletion: journaled before and after ---- */

/* Had a run that was killed the same deletion under way? */
static bool was_begun(const struct work *w, const struct deletion *d)
{
	const struct retire_plan *plan = w->r->plan;

	for (size_t i = 0; i < plan->nopen; i++)
		if (str_eq(plan->open[i].account_id, w->f->account->id) &&
		    str_eqz(plan->open[i].op, kinds[d->kind].op) &&
		    str_eq(plan->open[i].target, d->target.p ? d->target : STR("")))
			return true;
	return false;
}

static bool call_delete(struct work *w, struct deletion *d, int64_t row)
{
	struct arena *a = arena_new();
	struct val *in = val_object(a), *out;
	struct aws_call_info info = {0};
	struct err err = {0}, store_err = {0};
	struct ledger_entry e;
	bool ok;

	if (kinds[d->kind].member)
		val_set_str(a, in, kinds[d->kind].member, d->target);
	ok = root_session_call(w->session, w->w, kinds[d->kind].op, in, d->target, a, &out, &info,
			       &err);
	d->state = ok ? DELETION_DONE : DELETION_FAILED;
	/* It is gone, and an attempt of ours had no answer: that attempt did it. A list may
	 * still have shown what a killed run's last call deleted. */
	if (!ok && err_is_aws(&err, "NoSuchEntity") && (info.answer_lost || was_begun(w, d)))
		d->state = DELETION_DONE_LOST;
	if (d->state == DELETION_FAILED) {
		d->code = arena_strz(w->f->arena, err.aws_code);
		d->message = arena_strz(w->f->arena, err.message);
		*w->err = err;
		/* Where the answer was lost for good the row stays open: it may be done, and the
		 * next run looks. */
		if (!err.maybe_done && !info.answer_lost &&
		    !journal_end(w->run, row, JOURNAL_FAILED, d->code, STR_NULL, NULL, &store_err))
			log_error("cannot complete the journal", LOG_S("cause", store_err.message));
	} else {
		e = deletion_entry(w, d, a, ok ? "OK" : "lost, then NoSuchEntity", info.request_id);
		ok = journal_end(w->run, row,
				 d->state == DELETION_DONE ? JOURNAL_DONE : JOURNAL_DONE_LOST,
				 STR_NULL, info.request_id, &e, w->err);
		arena_free(&a);
		return ok;
	}
	arena_free(&a);
	return false;
}

static bool delete_one(struct work *w, enum root_credential kind, struct str target)
{
	struct retire_account *r = w->account;
	struct deletion *d = NULL;
	int64_t row;

	/* The plan's entry of this kind has no target until the first is known. */
	for (size_t i = 0; i < r->ndeletions; i++)
		if (r->deletions[i].kind == kind && r->deletions[i].state == DELETION_PLANNED &&
		    !r->deletions[i].target.n)
			d = &r->deletions[i];
	if (!d) {
		r->deletions = arena_grow(w->f->arena, r->deletions, r->ndeletions,
					  &r->deletions_cap, sizeof(*r->deletions));
		d = &r->deletions[r->ndeletions++];
		*d = (struct deletion){.kind = kind};
	}
	d->target = target;
	if (!journal_begin(w->run, w->f->account->id, kinds[kind].op, target, &row, w->err))
		return false;
	return call_delete(w, d, row);
}

/* ---- what a killed run left: intents without an outcome ---- */

static bool still_there(const struct root_facts *f, enum root_credential kind, struct str target)
{
	switch (kind) {
	case ROOT_PASSWORD:
		return f->password == TRI_YES;
	case ROOT_KEY:
		for (size_t i = 0; i < f->nkeys; i++)
			if (str_eq(f->keys[i].id, target))
				return true;
		return false;
	case ROOT_CERT:
		for (size_t i = 0; i < f->ncerts; i++)
			if (str_eq(f->cert_ids[i], target))
				return true;
		return false;
	case ROOT_MFA:
		for (size_t i = 0; i < f->nmfa; i++)
			if (str_eq(f->mfa_serials[i], target))
				return true;
		return false;
	}
	return true;
}

/* The account was read again (summary and lists): settle each intent by what is there now. */
static bool settle_intents(struct work *w)
{
	struct retire_plan *plan = w->r->plan;
	struct arena *a = arena_new();
	bool ok = true;

	for (size_t i = 0; ok && i < plan->nopen; i++) {
		struct journal_row *row = &plan->open[i];
		struct deletion d = {.target = row->target, .state = DELETION_DONE_LOST};
		struct ledger_entry e;
		size_t kind;

		if (!str_eq(row->account_id, w->f->account->id))
			continue;
		for (kind = 0; kind < ARRAY_SIZE(kinds); kind++)
			if (str_eqz(row->op, kinds[kind].op))
				break;
		if (kind == ARRAY_SIZE(kinds))
			continue; /* the row that spans the account is ended with it */
		d.kind = (enum root_credential)kind;
		if (still_there(w->f, d.kind, d.target)) {
			ok = journal_end(w->run, row->id, JOURNAL_NOT_DONE, STR_NULL, STR_NULL,
					 NULL, w->err);
			continue;
		}
		e = deletion_entry(w, &d, a, "lost: the run was killed; found gone", STR_NULL);
		ok = journal_end(w->run, row->id, JOURNAL_DONE_LOST, STR_NULL, STR_NULL, &e,
				 w->err);
	}
	arena_free(&a);
	return ok;
}

/* ---- the account ---- */

static bool read_lists(struct work *w)
{
	struct root_facts *f = w->f;

	return (f->keys_present != TRI_YES || root_read_keys(w->session, w->w, f, false, w->err)) &&
	       (f->certs_present != TRI_YES || root_read_certs(w->session, w->w, f, w->err)) &&
	       (f->mfa != TRI_YES || root_read_mfa(w->session, w->w, f, w->err));
}

/* Each list once more empty than the summary said is a surprise that the proof settles. */
static bool delete_all(struct work *w)
{
	struct root_facts *f = w->f;

	if (!read_lists(w) || !settle_intents(w))
		return false;
	if (f->password == TRI_YES && !delete_one(w, ROOT_PASSWORD, STR_NULL))
		return false;
	for (size_t i = 0; i < f->nkeys; i++)
		if (!delete_one(w, ROOT_KEY, f->keys[i].id))
			return false;
	for (size_t i = 0; i < f->ncerts; i++)
		if (!delete_one(w, ROOT_CERT, f->cert_ids[i]))
			return false;
	for (size_t i = 0; i < f->nmfa; i++)
		if (!delete_one(w, ROOT_MFA, f->mfa_serials[i]))
			return false;
	return true;
}

static bool audit_session(struct work *w)
{
	struct root_session **s = &w->account->audit;
	int64_t now_ms = aws_now_ms(w->run->aws);

	if (*s && root_session_expires_ms(*s) > now_ms + SESSION_SPARE_MS)
		return true;
	root_session_close(s);
	return root_session_open(w->run, w->w, w->f->account, ROOT_TASK_AUDIT, ROOT_SESSION_SHORT,
				 s, w->err);
}

/* A credential that the summary did not show before the deletions. */
static const char *appeared(const struct root_facts *before, const struct root_facts *now)
{
	if (now->password == TRI_YES && before->password != TRI_YES)
		return "a password";
	if (now->keys_present == TRI_YES && before->keys_present != TRI_YES)
		return "an access key";
	if (now->certs_present == TRI_YES && before->certs_present != TRI_YES)
		return "a signing certificate";
	if (now->mfa == TRI_YES && before->mfa != TRI_YES)
		return "an MFA device";
	return NULL;
}

/* An interrupt does not wait for it. */
static void wait_for_iam(struct work *w, int64_t ms)
{
	for (; ms > 0 && !pool_cancelled(w->run->pool); ms -= PROOF_STEP_MS)
		clock_sleep_ms(aws_clock(w->run->aws), ms < PROOF_STEP_MS ? ms : PROOF_STEP_MS);
}

static bool prove(struct work *w)
{
	struct root_facts *now = root_facts_new(w->f->account);
	int64_t waited_ms = 0, pause_ms = 1000;
	const char *new_one;
	bool ok;

	for (;;) {
		ok = audit_session(w) && root_read_summary(w->account->audit, w->w, now, w->err);
		if (!ok || now->state == ROOT_STATE_ROOTLESS)
			break;
		if (now->state == ROOT_STATE_UNREAD) {
			ok = err_set(w->err, ERR_PROTOCOL, "no proof: %.*s", STR_ARG(now->reason));
			break;
		}
		new_one = appeared(w->f, now);
		if (new_one) {
			ok = err_set(w->err, ERR_REFUSED,
				     "%s appeared while the account was being retired: somebody "
				     "else is at "
				     "work in it",
				     new_one);
			break;
		}
		if (waited_ms >= PROOF_WAIT_MS || pool_cancelled(w->run->pool)) {
			ok = err_set(w->err, ERR_PROTOCOL,
				     "no proof: GetAccountSummary still shows credentials %d s "
				     "after the last "
				     "deletion",
				     (int)(waited_ms / 1000));
			break;
		}
		wait_for_iam(w, pause_ms);
		waited_ms += pause_ms;
		pause_ms *= 2;
	}
	if (ok)
		w->account->proved_ms = now->read_ms;
	root_facts_free(&now);
	return ok;
}

/* The span row ends and "retired" enters the ledger in one transaction. */
static bool finish(struct work *w)
{
	struct arena *a = arena_new();
	struct val *detail = val_object(a), *proof = val_setz(detail, "proof", val_object(a));
	struct ledger_entry e = {
		.kind = STR("retired"),
		.account_id = w->f->account->id,
		.account_name = w->f->account->name,
		.detail = detail,
	};
	bool ok;

	val_set_z(a, proof, "op", "GetAccountSummary");
	val_set_int(a, proof, "AccountPasswordPresent", 0);
	val_set_int(a, proof, "AccountAccessKeysPresent", 0);
	val_set_int(a, proof, "AccountSigningCertificatesPresent", 0);
	val_set_int(a, proof, "AccountMFAEnabled", 0);
	val_set_time(a, proof, "readAt", w->account->proved_ms);
	ok = journal_end(w->run, w->account->journal_row, JOURNAL_DONE, STR_NULL, STR_NULL, &e,
			 w->err) &&
	     restore_end(w->run, w->f->account->id, w->account->proved_ms, w->err);
	arena_free(&a);
	return ok;
}

/* The row that spans the account: an unfinished one is taken over. */
static bool begin(struct work *w)
{
	struct retire_plan *plan = w->r->plan;

	for (size_t i = 0; i < plan->nopen; i++)
		if (str_eq(plan->open[i].account_id, w->f->account->id) &&
		    str_eqz(plan->open[i].op, "retire")) {
			w->account->journal_row = plan->open[i].id;
			return true;
		}
	return journal_begin(w->run, w->f->account->id, "retire", STR_NULL,
			     &w->account->journal_row, w->err);
}

static bool retire_one(struct work *w)
{
	bool ok;

	if (!begin(w) || !root_session_open(w->run, w->w, w->f->account, ROOT_TASK_DELETE,
					    ROOT_SESSION_SHORT, &w->session, w->err))
		return false;
	ok = delete_all(w);
	root_session_close(&w->session);
	return ok && prove(w) && finish(w);
}

static void surprise(struct running *r, struct retire_account *account, const struct err *err)
{
	struct root_facts *f = account->facts;
	char text[sizeof(err->message) + 128];

	f->state = ROOT_STATE_FAILED;
	f->reason = arena_strz(f->arena, err_text(err, text, sizeof(text)));
	f->code = err->aws_code[0] ? arena_strz(f->arena, err->aws_code) : STR_NULL;
	pthread_mutex_lock(&r->lock);
	if (!err_is_set(&r->surprise)) {
		r->surprise = *err;
		err_wrap(&r->surprise, "%.*s",
			 STR_ARG(f->account->name.n ? f->account->name : f->account->id));
	}
	pthread_mutex_unlock(&r->lock);
	r->stop = true;
}

/* What the proof read is what is known now. */
static void take_proof(struct retire_account *account)
{
	struct root_facts *f = account->facts;

	f->state = ROOT_STATE_RETIRED;
	f->password = f->keys_present = f->certs_present = f->mfa = TRI_NO;
	f->keys_count = 0;
	f->nkeys = f->ncerts = f->nmfa = 0;
	f->have_keys = f->have_certs = f->have_mfa = false;
	f->read_ms = account->proved_ms;
}

static void retire_job(void *item, void *worker)
{
	struct job *j = item;
	struct running *r = j->r;
	struct root_facts *f = j->account->facts;
	struct err err = {0};
	struct work w = {
		.r = r,
		.run = r->run,
		.account = j->account,
		.f = f,
		.w = worker,
		.err = &err,
	};
	size_t done;

	if (r->stop || pool_cancelled(r->run->pool)) {
		f->state = ROOT_STATE_SKIPPED;
		f->reason = r->stop ? STR("not begun: the run stopped at its first surprise")
				    : STR("not begun: interrupted");
	} else if (retire_one(&w)) {
		take_proof(j->account);
	} else {
		surprise(r, j->account, &err);
	}
	/* Its proof is read: nothing is left that the session is good for. */
	root_session_close(&j->account->audit);
	done = ++r->done;
	if (r->opt->step)
		r->opt->step(done, r->total, r->opt->ctx);
}

/* So that the next inventory, preflight and report know what was read here. */
static void remember(struct running *r)
{
	struct inventory *inv = inventory_new(aws_now_ms(r->run->aws));

	for (size_t i = 0; i < r->plan->naccounts; i++) {
		struct root_facts *f = r->plan->accounts[i]->facts;

		if (f->state == ROOT_STATE_RETIRED || f->state == ROOT_STATE_ROOTLESS)
			inventory_add(inv, f);
	}
	if (inv->nrows)
		inventory_save(r->run, inv);
	inv->nrows = 0; /* the rows are the plan's */
	inventory_free(&inv);
}

static bool has_work(const struct retire_account *a)
{
	return a->facts->state == ROOT_STATE_CREDENTIALS ||
	       (a->facts->state == ROOT_STATE_ROOTLESS && a->unfinished);
}

/* A restore that was killed: did its CreateLoginProfile come through? The plan has read it. */
static bool settle_restore(struct root_run *run, const struct retire_plan *plan,
			   struct journal_row *row, struct err *err)
{
	for (size_t i = 0; i < plan->naccounts; i++) {
		const struct root_facts *f = plan->accounts[i]->facts;

		if (!str_eq(row->account_id, f->account->id) || f->password == TRI_UNKNOWN)
			continue;
		if (!restore_settle(run, row, f->account, f->password == TRI_YES, err))
			return false;
		row->op = STR(""); /* done with */
		return true;
	}
	return true;
}

bool retire_settle(struct root_run *run, struct retire_plan *plan, struct err *err)
{
	if (!root_sessions_adopt(run, err))
		return false;
	for (size_t i = 0; i < plan->nopen; i++)
		if (str_eqz(plan->open[i].op, RESTORE_OP) &&
		    !settle_restore(run, plan, &plan->open[i], err))
			return false;
	return true;
}

bool retire_run(struct root_run *run, struct retire_plan *plan, const struct retire_options *opt,
		struct err *err)
{
	struct running r = {.run = run, .opt = opt, .plan = plan};
	struct job *jobs = arena_calloc(plan->arena, plan->naccounts + 1, sizeof(*jobs));

	if (!retire_settle(run, plan, err))
		return false;
	pthread_mutex_init(&r.lock, NULL);
	for (size_t i = 0; i < plan->naccounts; i++)
		r.total += has_work(plan->accounts[i]);
	for (size_t i = 0; i < plan->naccounts; i++) {
		if (!has_work(plan->accounts[i]))
			continue;
		jobs[i] = (struct job){&r, plan->accounts[i]};
		pool_submit(run->pool, retire_job, &jobs[i]);
	}
	pool_wait(run->pool);
	remember(&r);
	pthread_mutex_destroy(&r.lock);
	if (err_is_set(&r.surprise)) {
		*err = r.surprise;
		return false;
	}
	if (pool_cancelled(run->pool))
		return err_set(err, ERR_CANCELLED,
			       "interrupted: accounts that were under way are done, "
			       "the rest was not begun");
	return store_flush(run->store, err);
}
