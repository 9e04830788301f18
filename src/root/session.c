#include "root/session.h"

#include <stdlib.h>

#include "root/ledger-private.h"

struct root_session {
	struct root_run *run;
	const struct org_account *account;
	enum root_task task;
	struct aws_identity *identity;
	struct arena *arena; /* of what the ledger will say */
	struct val *detail, *calls;
	int64_t row; /* of table session; 0: none */
};

const char *root_task_name(enum root_task t)
{
	static const char *const names[] = {
		[ROOT_TASK_AUDIT] = "IAMAuditRootUserCredentials",
		[ROOT_TASK_CREATE] = "IAMCreateRootUserPassword",
		[ROOT_TASK_DELETE] = "IAMDeleteRootUserCredentials",
		[ROOT_TASK_S3] = "S3UnlockBucketPolicy",
		[ROOT_TASK_SQS] = "SQSUnlockQueuePolicy",
	};

	return names[t];
}

struct str root_task_arn(enum root_task t, struct str partition, struct arena *a)
{
	return arena_printf(a, "arn:%.*s:iam::aws:policy/root-task/%s", STR_ARG(partition),
			    root_task_name(t));
}

/* ---- the open row: a killed run's sessions can be found by it ---- */

static bool take_id(const struct store_row *r, void *ctx)
{
	*(int64_t *)ctx = store_col_int(r, 0);
	return false;
}

static bool insert_row(struct store_tx *tx, void *ctx, struct err *err)
{
	struct root_session *s = ctx;
	struct store_value v[] = {
		STORE_S(s->run->org_id.p ? s->run->org_id : STR("")),
		STORE_S(s->run->id),
		STORE_I(aws_now_ms(s->run->aws)),
		STORE_S(s->account->id),
		STORE_S(s->account->name.p ? s->account->name : STR("")),
		STORE_Z(root_task_name(s->task)),
		STORE_S(s->run->who),
	};

	return store_tx_exec(
		       tx,
		       "INSERT INTO session (org, run, time_ms, account, account_name, task, who) "
		       "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
		       v, ARRAY_SIZE(v), err) &&
	       store_tx_query(tx, "SELECT last_insert_rowid()", NULL, 0, take_id, &s->row, err);
}

/* A session's end: its ledger entry and its row in one transaction. */
struct closing {
	struct ledger_pending *entry; /* NULL: AssumeRoot was not called */
	int64_t row;                  /* 0: none */
	int64_t now_ms;
};

static bool end_session(struct store_tx *tx, void *ctx, struct err *err)
{
	struct closing *c = ctx;
	struct store_value v[] = {STORE_I(c->now_ms), STORE_I(c->row)};

	if (c->entry && !ledger_append(tx, c->entry, err))
		return false;
	return !c->row || store_tx_exec(tx, "UPDATE session SET end_ms = ?1 WHERE id = ?2", v,
					ARRAY_SIZE(v), err);
}

static void closing_free(void *ctx)
{
	struct closing *c = ctx;

	if (c->entry)
		ledger_pending_free(c->entry);
	free(c);
}

static void end_later(struct root_run *run, struct ledger_pending *entry, int64_t row)
{
	struct closing *c = xcalloc(1, sizeof(*c));

	*c = (struct closing){entry, row, aws_now_ms(run->aws)};
	store_write_later(run->store, end_session, c, closing_free);
}

/* ---- opening, calling, closing ---- */

static struct root_session *session_new(struct root_run *run, const struct org_account *acct,
					enum root_task task)
{
	struct arena *a = arena_new();
	struct root_session *s = arena_new_of(a, struct root_session);

	s->run = run;
	s->account = acct;
	s->task = task;
	s->arena = a;
	s->detail = val_object(a);
	s->calls = val_list(a);
	val_set_z(a, s->detail, "task", root_task_name(task));
	return s;
}

static void note_answer(struct arena *a, struct val *to, bool ok, const struct aws_call_info *info,
			const struct err *err)
{
	val_set_str(a, to, "answer",
		    arena_strz(a, ok                 ? "OK"
				  : err->aws_code[0] ? err->aws_code
						     : err_kind_name(err->kind)));
	if (info->request_id.n)
		val_set_str(a, to, "requestId", arena_str(a, info->request_id));
	else if (!ok && err->request_id[0])
		val_set_str(a, to, "requestId", arena_strz(a, err->request_id));
	if (info->attempts > 1)
		val_set_int(a, to, "attempts", info->attempts);
	if (info->answer_lost)
		val_set_bool(a, to, "answerLost", true);
}

bool root_session_open(struct root_run *run, struct aws_worker *w, const struct org_account *acct,
		       enum root_task task, enum root_session_time time, struct root_session **out,
		       struct err *err)
{
	struct root_session *s = session_new(run, acct, task);
	struct arena *a = arena_new();
	struct val *in = val_object(a), *answer = NULL, *creds;
	struct aws_call_info info = {0};
	bool ok;

	*out = NULL;
	/* Only what can change something must be known before it begins. */
	if (task != ROOT_TASK_AUDIT && !store_write(run->store, insert_row, s, err)) {
		arena_free(&a);
		root_session_close(&s);
		return false;
	}
	val_set_str(a, in, "TargetPrincipal", acct->id);
	val_set_str(a, val_setz(in, "TaskPolicyArn", val_object(a)), "arn",
		    root_task_arn(task, aws_partition(run->aws), a));
	val_set_int(a, in, "DurationSeconds", time);
	ok = aws_call_ex(w, run->caller, api_op_of("sts", "AssumeRoot"), in, a, &answer, &info,
			 err);
	note_answer(s->arena, val_setz(s->detail, "assumeRoot", val_object(s->arena)), ok, &info,
		    err);
	creds = val_get(answer, "Credentials");
	if (ok) {
		val_set_str(s->arena, s->detail, "accessKeyId",
			    arena_str(s->arena, val_get_str(creds, "AccessKeyId")));
		s->identity = aws_identity_from(run->aws, acct->id, creds, err);
		ok = s->identity != NULL;
	}
	arena_wipe(a); /* the answer has the session's keys */
	arena_free(&a);
	if (!ok)
		root_session_close(&s);
	*out = s;
	return ok;
}

int64_t root_session_expires_ms(const struct root_session *s)
{
	return aws_identity_expires_ms(s->identity);
}

int64_t root_session_now_ms(const struct root_session *s)
{
	return aws_now_ms(s->run->aws);
}

bool root_session_call(struct root_session *s, struct aws_worker *w, const char *op,
		       const struct val *in, struct str about, struct arena *a, struct val **out,
		       struct aws_call_info *info, struct err *err)
{
	struct aws_call_info own = {0};
	struct val *call = val_append(s->calls, val_object(s->arena));
	bool ok;

	if (!info)
		info = &own;
	val_set_z(s->arena, call, "op", op);
	if (about.n)
		val_set_str(s->arena, call, "about", arena_str(s->arena, about));
	ok = aws_call_ex(w, s->identity, api_op_of("iam", op), in, a, out, info, err);
	note_answer(s->arena, call, ok, info, err);
	return ok;
}

void root_session_close(struct root_session **sp)
{
	struct root_session *s = *sp;
	struct ledger_pending *entry = NULL;
	struct arena *a;

	*sp = NULL;
	if (!s)
		return;
	if (val_get(s->detail, "assumeRoot")) {
		struct ledger_entry e = {
			.kind = STR("session"),
			.account_id = s->account->id,
			.account_name = s->account->name,
			.detail = s->detail,
		};

		val_setz(s->detail, "calls", s->calls);
		entry = ledger_prepare(s->run, &e);
	}
	/* A write that is put off is reported by store_flush. */
	if (entry || s->row)
		end_later(s->run, entry, s->row);
	aws_identity_free(&s->identity);
	a = s->arena; /* s lives in it */
	arena_free(&a);
}

/* ---- sessions of runs that were killed ---- */

struct orphan {
	int64_t row, time_ms;
	struct str run, account, account_name, task, who;
};

struct orphans {
	struct arena *arena;
	struct orphan *v;
	size_t n, cap;
};

static bool take_orphan(const struct store_row *r, void *ctx)
{
	struct orphans *o = ctx;

	o->v = arena_grow(o->arena, o->v, o->n, &o->cap, sizeof(*o->v));
	o->v[o->n++] = (struct orphan){
		.row = store_col_int(r, 0),
		.time_ms = store_col_int(r, 1),
		.run = arena_str(o->arena, store_col_str(r, 2)),
		.account = arena_str(o->arena, store_col_str(r, 3)),
		.account_name = arena_str(o->arena, store_col_str(r, 4)),
		.task = arena_str(o->arena, store_col_str(r, 5)),
		.who = arena_str(o->arena, store_col_str(r, 6)),
	};
	return true;
}

bool root_sessions_adopt(struct root_run *run, struct err *err)
{
	struct orphans o = {.arena = arena_new()};
	struct store_value v[] = {STORE_S(run->org_id.p ? run->org_id : STR("")), STORE_S(run->id)};
	bool ok = store_query(
		run->store,
		"SELECT id, time_ms, run, account, account_name, task, who FROM session "
		"WHERE org = ?1 AND run <> ?2 AND end_ms IS NULL ORDER BY id",
		v, ARRAY_SIZE(v), take_orphan, &o, err);

	for (size_t i = 0; ok && i < o.n; i++) {
		struct val *detail = val_object(o.arena);
		struct ledger_entry e = {
			.kind = STR("session"),
			.account_id = o.v[i].account,
			.account_name = o.v[i].account_name,
			.detail = detail,
		};

		val_set_str(o.arena, detail, "task", o.v[i].task);
		val_set_str(o.arena, detail, "ofRun", o.v[i].run);
		val_set_time(o.arena, detail, "openedAt", o.v[i].time_ms);
		val_set_str(o.arena, detail, "openedBy", o.v[i].who);
		val_set_z(o.arena, detail, "ended",
			  "unknown: its run was killed; CloudTrail has what it did");
		end_later(run, ledger_prepare(run, &e), o.v[i].row);
	}
	if (ok && o.n)
		ok = store_flush(run->store, err); /* who asks again finds none */
	arena_free(&o.arena);
	return ok;
}
