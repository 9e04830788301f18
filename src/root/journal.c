#include "root/journal.h"

#include <signal.h>
#include <stdlib.h>

#include "root/ledger-private.h"

/*
 * Kill tests: a debug build ends itself with SIGKILL at the n-th journal point
 * (ROOTOUT_KILL_AT=n), just before or just after a write.
 */
static void point(void)
{
#ifdef ROOTOUT_FAULTS
	static _Atomic long long count;
	const char *at = getenv("ROOTOUT_KILL_AT");
	int64_t n;

	if (at && str_to_i64(str_of(at), &n) && ++count == n)
		raise(SIGKILL);
#endif
}

static bool take_id(const struct store_row *r, void *ctx)
{
	*(int64_t *)ctx = store_col_int(r, 0);
	return false;
}

struct beginning {
	struct root_run *run;
	struct str account_id, op, target;
	int64_t now_ms, row;
};

static bool begin(struct store_tx *tx, void *ctx, struct err *err)
{
	struct beginning *b = ctx;
	struct store_value v[] = {
		STORE_S(b->run->org_id.p ? b->run->org_id : STR("")),
		STORE_S(b->run->id),
		STORE_I(b->now_ms),
		STORE_S(b->account_id),
		STORE_S(b->op),
		STORE_S(b->target.p ? b->target : STR("")),
	};

	return store_tx_exec(tx,
			     "INSERT INTO journal (org, run, time_ms, account, op, target) "
			     "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
			     v, ARRAY_SIZE(v), err) &&
	       store_tx_query(tx, "SELECT last_insert_rowid()", NULL, 0, take_id, &b->row, err);
}

bool journal_begin(struct root_run *run, struct str account_id, const char *op, struct str target,
		   int64_t *row, struct err *err)
{
	struct beginning b = {
		.run = run,
		.account_id = account_id,
		.op = str_of(op),
		.target = target,
		.now_ms = aws_now_ms(run->aws),
	};

	point();
	if (!store_write(run->store, begin, &b, err))
		return false;
	*row = b.row;
	point();
	return true;
}

struct ending {
	int64_t row, now_ms;
	enum journal_outcome outcome;
	struct str code, request_id;
	struct ledger_pending *entry;
};

static bool end(struct store_tx *tx, void *ctx, struct err *err)
{
	static const char *const outcomes[] = {
		[JOURNAL_DONE] = "done",
		[JOURNAL_DONE_LOST] = "done-lost",
		[JOURNAL_FAILED] = "failed",
		[JOURNAL_NOT_DONE] = "not-done",
	};
	struct ending *e = ctx;
	struct store_value v[] = {STORE_Z(outcomes[e->outcome]), STORE_S(e->code),
				  STORE_S(e->request_id), STORE_I(e->now_ms), STORE_I(e->row)};

	if (!store_tx_exec(
		    tx,
		    "UPDATE journal SET outcome = ?1, code = ?2, request_id = ?3, end_ms = ?4 "
		    "WHERE id = ?5",
		    v, ARRAY_SIZE(v), err))
		return false;
	return !e->entry || ledger_append(tx, e->entry, err);
}

bool journal_end(struct root_run *run, int64_t row, enum journal_outcome outcome, struct str code,
		 struct str request_id, const struct ledger_entry *entry, struct err *err)
{
	struct ending e = {
		.row = row,
		.now_ms = aws_now_ms(run->aws),
		.outcome = outcome,
		.code = code,
		.request_id = request_id,
		.entry = entry ? ledger_prepare(run, entry) : NULL,
	};
	bool ok;

	point();
	ok = store_write(run->store, end, &e, err);
	if (e.entry)
		ledger_pending_free(e.entry);
	point();
	return ok;
}

struct rows {
	struct arena *arena;
	struct journal_row *v;
	size_t n, cap;
};

static bool take_row(const struct store_row *r, void *ctx)
{
	struct rows *rows = ctx;

	rows->v = arena_grow(rows->arena, rows->v, rows->n, &rows->cap, sizeof(*rows->v));
	rows->v[rows->n++] = (struct journal_row){
		.id = store_col_int(r, 0),
		.time_ms = store_col_int(r, 1),
		.run = arena_str(rows->arena, store_col_str(r, 2)),
		.account_id = arena_str(rows->arena, store_col_str(r, 3)),
		.op = arena_str(rows->arena, store_col_str(r, 4)),
		.target = arena_str(rows->arena, store_col_str(r, 5)),
	};
	return true;
}

bool journal_open_rows(struct root_run *run, struct arena *a, struct journal_row **out, size_t *n,
		       struct err *err)
{
	struct rows rows = {.arena = a};
	struct store_value v[] = {STORE_S(run->org_id.p ? run->org_id : STR(""))};

	if (!store_query(run->store,
			 "SELECT id, time_ms, run, account, op, target FROM journal "
			 "WHERE org = ?1 AND outcome IS NULL ORDER BY id",
			 v, ARRAY_SIZE(v), take_row, &rows, err))
		return false;
	*out = rows.v;
	*n = rows.n;
	return true;
}
