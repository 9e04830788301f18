#include "root/restore.h"

#include "root/ledger.h"
#include "root/session.h"

struct insert {
	struct root_run *run;
	const struct restore *r;
	int64_t row;
};

static bool take_id(const struct store_row *r, void *ctx)
{
	*(int64_t *)ctx = store_col_int(r, 0);
	return false;
}

static bool insert(struct store_tx *tx, void *ctx, struct err *err)
{
	struct insert *in = ctx;
	struct str org = in->run->org_id.p ? in->run->org_id : STR("");
	struct store_value v[] = {
		STORE_S(org),
		STORE_S(in->r->account_id),
		STORE_S(in->r->account_name.p ? in->r->account_name : STR("")),
		STORE_S(in->r->email),
		STORE_S(in->r->reason),
		STORE_S(in->r->who),
		STORE_I(in->r->since_ms),
		STORE_I(in->r->until_ms),
	};

	return store_tx_exec(tx,
			     "INSERT INTO restore (org, account, account_name, email, reason, who, "
			     "since_ms, until_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
			     v, ARRAY_SIZE(v), err) &&
	       store_tx_query(tx, "SELECT last_insert_rowid()", NULL, 0, take_id, &in->row, err);
}

/* It did not happen: what was open before stays so, with its own deadline. */
static bool withdraw(struct store_tx *tx, void *ctx, struct err *err)
{
	struct insert *in = ctx;
	struct store_value v[] = {STORE_I(in->row)};

	return store_tx_exec(tx, "DELETE FROM restore WHERE id = ?1", v, ARRAY_SIZE(v), err);
}

/* It did: an open one before it was prolonged. */
static bool replace(struct store_tx *tx, void *ctx, struct err *err)
{
	struct insert *in = ctx;
	struct store_value v[] = {
		STORE_I(in->r->since_ms),
		STORE_S(in->run->org_id.p ? in->run->org_id : STR("")),
		STORE_S(in->r->account_id),
		STORE_I(in->row),
	};

	return store_tx_exec(tx,
			     "UPDATE restore SET ended_ms = ?1 WHERE org = ?2 AND account = ?3 AND "
			     "id < ?4 AND ended_ms IS NULL",
			     v, ARRAY_SIZE(v), err);
}

/* Rows that killed restores of the account left: this one's answer tells what came of them. */
static bool settle_older(struct root_run *run, const struct restore_result *res, int64_t row,
			 struct arena *a, struct err *err)
{
	struct journal_row *open;
	size_t n;

	if (!journal_open_rows(run, a, &open, &n, err))
		return false;
	for (size_t i = 0; i < n; i++)
		if (open[i].id != row && str_eqz(open[i].op, RESTORE_OP) &&
		    str_eq(open[i].account_id, res->r.account_id) &&
		    !journal_end(run, open[i].id,
				 res->already ? JOURNAL_DONE_LOST : JOURNAL_NOT_DONE, STR_NULL,
				 STR_NULL, NULL, err))
			return false;
	return true;
}

static bool create_login_profile(struct root_run *run, struct org_account *acct,
				 struct restore_result *out, struct arena *a,
				 struct aws_call_info *info, struct err *err)
{
	struct root_session *s = NULL;
	struct val *answer;
	bool ok = root_session_open(run, run->worker, acct, ROOT_TASK_CREATE, ROOT_SESSION_SHORT,
				    &s, err);

	if (ok)
		ok = root_session_call(s, run->worker, RESTORE_OP, NULL, STR_NULL, a, &answer, info,
				       err);
	if (!ok && err_is_aws(err, "EntityAlreadyExists")) {
		out->already = !info->answer_lost; /* a lost answer of our own made it */
		err_clear(err);
		ok = true;
	}
	root_session_close(&s);
	return ok;
}

bool restore_run(struct root_run *run, struct org_account *acct, int64_t for_ms, struct str reason,
		 struct arena *a, struct restore_result *out, struct err *err)
{
	int64_t now_ms = aws_now_ms(run->aws), row;
	struct aws_call_info info = {0};
	struct err ignored = {0};
	struct val *detail = val_object(a);
	struct ledger_entry e = {
		.kind = STR("restored"),
		.account_id = acct->id,
		.account_name = acct->name,
		.reason = reason,
		.detail = detail,
	};
	struct insert in = {.run = run, .r = &out->r};

	*out = (struct restore_result){0};
	out->r = (struct restore){
		.account_id = acct->id,
		.account_name = acct->name,
		.email = acct->email,
		.reason = reason,
		.who = run->who,
		.since_ms = now_ms,
		.until_ms = now_ms + for_ms,
	};
	/* The deadline is known before the door is opened: a kill between the two leaves a
	 * deadline without a password, which --due finds to be nothing to do. */
	if (!store_write(run->store, insert, &in, err) ||
	    !journal_begin(run, acct->id, RESTORE_OP, STR_NULL, &row, err))
		return false;
	if (!create_login_profile(run, acct, out, a, &info, err)) {
		struct str code = err->aws_code[0] ? arena_strz(a, err->aws_code) : STR_NULL;

		/* Where the answer was lost both stay open: the deadline is kept, retire looks. */
		if (!err->maybe_done && store_write(run->store, withdraw, &in, &ignored))
			(void)!journal_end(run, row, JOURNAL_FAILED, code, STR_NULL, NULL,
					   &ignored);
		return false;
	}
	val_set_z(a, detail, "op", RESTORE_OP);
	val_set_z(a, detail, "answer", out->already ? "EntityAlreadyExists" : "OK");
	val_set_str(a, detail, "requestId", info.request_id);
	val_set_time(a, detail, "until", out->r.until_ms);
	return journal_end(run, row, JOURNAL_DONE, STR_NULL, info.request_id, &e, err) &&
	       store_write(run->store, replace, &in, err) && settle_older(run, out, row, a, err);
}

bool restore_settle(struct root_run *run, const struct journal_row *row,
		    const struct org_account *acct, bool done, struct err *err)
{
	struct arena *a = arena_new();
	struct val *detail = val_object(a);
	struct ledger_entry e = {
		.kind = STR("restored"),
		.account_id = acct->id,
		.account_name = acct->name,
		.detail = detail,
	};
	bool ok;

	val_set_z(a, detail, "op", RESTORE_OP);
	val_set_z(a, detail, "answer", "lost: the run was killed; found done");
	val_set_str(a, detail, "ofRun", row->run);
	ok = journal_end(run, row->id, done ? JOURNAL_DONE_LOST : JOURNAL_NOT_DONE, STR_NULL,
			 STR_NULL, done ? &e : NULL, err);
	arena_free(&a);
	return ok;
}

/* ---- open ones ---- */

struct reading {
	struct arena *arena;
	struct restore *v;
	size_t n, cap;
	bool due_only;
	int64_t now_ms;
};

static bool take(const struct store_row *r, void *ctx)
{
	struct reading *rd = ctx;
	struct restore one = {
		.account_id = arena_str(rd->arena, store_col_str(r, 0)),
		.account_name = arena_str(rd->arena, store_col_str(r, 1)),
		.email = arena_str(rd->arena, store_col_str(r, 2)),
		.reason = arena_str(rd->arena, store_col_str(r, 3)),
		.who = arena_str(rd->arena, store_col_str(r, 4)),
		.since_ms = store_col_int(r, 5),
		.until_ms = store_col_int(r, 6),
	};

	if (rd->due_only && one.until_ms > rd->now_ms)
		return true;
	rd->v = arena_grow(rd->arena, rd->v, rd->n, &rd->cap, sizeof(*rd->v));
	rd->v[rd->n++] = one;
	return true;
}

bool restores_open(struct root_run *run, struct str org_id, bool due_only, int64_t now_ms,
		   struct arena *a, struct restore **out, size_t *n, struct err *err)
{
	struct reading rd = {.arena = a, .due_only = due_only, .now_ms = now_ms};
	struct store_value v[] = {STORE_S(org_id.p ? org_id : STR(""))};

	if (!store_query(run->store,
			 "SELECT account, account_name, email, reason, who, since_ms, until_ms "
			 "FROM restore WHERE org = ?1 AND ended_ms IS NULL ORDER BY until_ms",
			 v, ARRAY_SIZE(v), take, &rd, err))
		return false;
	*out = rd.v;
	*n = rd.n;
	return true;
}

struct ending {
	struct root_run *run;
	struct str account_id;
	int64_t now_ms;
};

static bool end(struct store_tx *tx, void *ctx, struct err *err)
{
	struct ending *e = ctx;
	struct store_value v[] = {STORE_I(e->now_ms),
				  STORE_S(e->run->org_id.p ? e->run->org_id : STR("")),
				  STORE_S(e->account_id)};

	return store_tx_exec(tx,
			     "UPDATE restore SET ended_ms = ?1 WHERE org = ?2 AND account = ?3 AND "
			     "ended_ms IS NULL",
			     v, ARRAY_SIZE(v), err);
}

bool restore_end(struct root_run *run, struct str account_id, int64_t now_ms, struct err *err)
{
	struct ending e = {run, account_id, now_ms};

	return store_write(run->store, end, &e, err);
}
