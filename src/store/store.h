#ifndef ROOTOUT_STORE_STORE_H
#define ROOTOUT_STORE_STORE_H

/*
 * What happened: journal, ledger, inventories, restores. AWS and the files are
 * the truth about how things are and should be; the store only remembers.
 *
 * One interface, one file of SQL for each driver where dialects differ (SQLite
 * now; src/store/README.md says how to add one). Bound parameters only.
 * Migrations are numbered and run by store_open.
 *
 *	struct store *st;
 *	if (!store_open(path, &st, &err)) …		// makes the file, mode 0600
 *	store_write(st, fn, ctx, &err);			// any thread
 *	store_close(&st);
 *
 * Writing: many threads hand in small writes; one writer thread commits what
 * has gathered as one transaction (group commit) and wakes them. store_write
 * returns only after its transaction is on disk (synchronous=FULL), so "the
 * journal knew it before the call was made" holds also for a power cut.
 * store_write_later returns at once; the write is committed in order with the
 * others, at the latest by store_flush or store_close.
 * A write that fails fails for all that share its transaction; the store then
 * refuses every further write (a journal with holes is worse than none), and says why.
 *
 * Reading: store_query on the caller's thread, a snapshot of what is committed.
 */

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct store;
struct store_tx;

/* A bound value. */
struct store_value {
	enum { STORE_NULL, STORE_INT, STORE_TEXT } type;
	int64_t i;
	struct str s;
};
#define STORE_I(v) ((struct store_value){STORE_INT, (int64_t)(v), STR_NULL})
#define STORE_S(v) ((struct store_value){(v).p ? STORE_TEXT : STORE_NULL, 0, (v)})
#define STORE_Z(v) STORE_S(str_of(v))

bool store_open(const char *path, struct store **out, struct err *err) MUST_CHECK;
void store_close(struct store **st); /* flushes */
const char *store_path(const struct store *st);
/*
 * One program at a time changes root users: an advisory lock beside the file,
 * held until store_close (or the program's end, however it ends). ERR_REFUSED when another
 * program has it.
 */
bool store_lock(struct store *st, struct err *err) MUST_CHECK;

/* Runs inside the transaction, on the writer's thread; may run queries in it (store_tx_*). */
typedef bool store_fn(struct store_tx *tx, void *ctx, struct err *err);
bool store_write(struct store *st, store_fn *fn, void *ctx, struct err *err) MUST_CHECK;
/* ctx is freed by `done` (may be NULL) after the commit. */
void store_write_later(struct store *st, store_fn *fn, void *ctx, void (*done)(void *ctx));
bool store_flush(struct store *st,
		 struct err *err) MUST_CHECK; /* also tells of later-writes that failed */

bool store_tx_exec(struct store_tx *tx, const char *sql, const struct store_value *v, size_t n,
		   struct err *err) MUST_CHECK;

/* One row; columns are valid during the callback. Return false to stop. */
struct store_row;
int64_t store_col_int(const struct store_row *r, int i);
struct str store_col_str(const struct store_row *r, int i); /* STR_NULL for NULL */
typedef bool store_row_fn(const struct store_row *r, void *ctx);
bool store_tx_query(struct store_tx *tx, const char *sql, const struct store_value *v, size_t n,
		    store_row_fn *fn, void *ctx, struct err *err) MUST_CHECK;
bool store_query(struct store *st, const char *sql, const struct store_value *v, size_t n,
		 store_row_fn *fn, void *ctx, struct err *err) MUST_CHECK;

#endif
