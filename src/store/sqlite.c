#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/driver.h"
#include "store/migrations.h"

#define KEPT_STATEMENTS 32
#define BUSY_MS 10000

struct kept {
	const char *sql; /* by address: every SQL text is a constant */
	sqlite3_stmt *stmt;
};

struct driver {
	sqlite3 *db;
	char *path;
	struct kept kept[KEPT_STATEMENTS];
	size_t nkept;
};

struct store_row {
	sqlite3_stmt *stmt;
};

static bool fail(struct driver *d, const char *what, struct err *err)
{
	int code = d->db ? sqlite3_extended_errcode(d->db) : SQLITE_NOMEM;

	if ((code & 0xff) == SQLITE_NOTADB || (code & 0xff) == SQLITE_CORRUPT)
		return err_set(
			err, ERR_STORE,
			"the store '%s' is damaged or no SQLite file (%s): restore it from a copy, "
			"or name another with --store",
			d->path, sqlite3_errmsg(d->db));
	if ((code & 0xff) == SQLITE_FULL)
		return err_set(
			err, ERR_STORE,
			"cannot %s the store '%s': its disk is full: free some space, then run "
			"the same command again",
			what, d->path);
	return err_set(err, ERR_STORE, "cannot %s the store '%s': %s%s", what, d->path,
		       d->db ? sqlite3_errmsg(d->db) : "out of memory",
		       /* a limit, a quota, a failing disk: SQLite does not tell them apart */
		       (code & 0xff) == SQLITE_IOERR ? " (may the file grow, is its disk well?)"
						     : "");
}

static bool exec(struct driver *d, const char *sql, struct err *err)
{
	if (sqlite3_exec(d->db, sql, NULL, NULL, NULL) != SQLITE_OK)
		return fail(d, "use", err);
	return true;
}

bool driver_open(const char *path, struct driver **out, struct err *err)
{
	struct driver *d = xcalloc(1, sizeof(*d));

	*out = NULL;
	d->path = xstrdup(path);
	if (sqlite3_open_v2(path, &d->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) !=
	    SQLITE_OK) {
		fail(d, "open", err);
		goto fail;
	}
	sqlite3_busy_timeout(d->db, BUSY_MS);
	/* FULL: a commit is on disk before it returns, also in WAL mode. A small cache is
	 * enough: rows are written once and read by key. */
	if (!exec(d,
		  "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-512; "
		  "PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF",
		  err))
		goto fail;
	*out = d;
	return true;
fail:
	driver_close(&d);
	return false;
}

void driver_close(struct driver **dp)
{
	struct driver *d = *dp;

	if (!d)
		return;
	for (size_t i = 0; i < d->nkept; i++)
		sqlite3_finalize(d->kept[i].stmt);
	sqlite3_close_v2(d->db);
	free(d->path);
	free(d);
	*dp = NULL;
}

bool driver_begin(struct driver *d, struct err *err)
{
	return exec(d, "BEGIN IMMEDIATE", err);
}

bool driver_commit(struct driver *d, struct err *err)
{
	return exec(d, "COMMIT", err);
}

void driver_rollback(struct driver *d)
{
	struct err ignored = {0};

	if (!sqlite3_get_autocommit(d->db))
		(void)exec(d, "ROLLBACK", &ignored);
}

/* *mine: the caller finalizes it. */
static sqlite3_stmt *prepare(struct driver *d, const char *sql, bool *mine)
{
	sqlite3_stmt *stmt = NULL;

	*mine = false;
	for (size_t i = 0; i < d->nkept; i++)
		if (d->kept[i].sql == sql)
			return d->kept[i].stmt;
	if (sqlite3_prepare_v3(d->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL) != SQLITE_OK)
		return NULL;
	if (d->nkept < KEPT_STATEMENTS)
		d->kept[d->nkept++] = (struct kept){.sql = sql, .stmt = stmt};
	else
		*mine = true;
	return stmt;
}

static int bind(sqlite3_stmt *stmt, int i, const struct store_value *v)
{
	switch (v->type) {
	case STORE_NULL:
		return sqlite3_bind_null(stmt, i);
	case STORE_INT:
		return sqlite3_bind_int64(stmt, i, v->i);
	case STORE_TEXT:
		/* The bytes stay where they are until the statement is reset. */
		return sqlite3_bind_text64(stmt, i, v->s.p, v->s.n, SQLITE_STATIC, SQLITE_UTF8);
	}
	BUG("store value type %d", v->type);
}

bool driver_query(struct driver *d, const char *sql, const struct store_value *v, size_t n,
		  store_row_fn *fn, void *ctx, struct err *err)
{
	struct store_row row;
	bool ok = true, mine;
	int step;

	row.stmt = prepare(d, sql, &mine);
	if (!row.stmt)
		return fail(d, "use", err);
	if (sqlite3_bind_parameter_count(row.stmt) != (int)n)
		BUG("%zu values for: %s", n, sql);
	for (size_t i = 0; i < n; i++)
		if (bind(row.stmt, (int)i + 1, &v[i]) != SQLITE_OK)
			ok = fail(d, "use", err);
	while (ok && (step = sqlite3_step(row.stmt)) != SQLITE_DONE) {
		if (step != SQLITE_ROW)
			ok = fail(d, "use", err);
		else if (fn && !fn(&row, ctx))
			break;
	}
	if (mine) {
		sqlite3_finalize(row.stmt);
	} else {
		sqlite3_reset(row.stmt);
		sqlite3_clear_bindings(row.stmt);
	}
	return ok;
}

int64_t store_col_int(const struct store_row *r, int i)
{
	return sqlite3_column_int64(r->stmt, i);
}

struct str store_col_str(const struct store_row *r, int i)
{
	const unsigned char *p = sqlite3_column_text(r->stmt, i);

	if (!p)
		return STR_NULL;
	return str_ofn((const char *)p, (size_t)sqlite3_column_bytes(r->stmt, i));
}

static bool take_version(const struct store_row *r, void *ctx)
{
	*(int64_t *)ctx = store_col_int(r, 0);
	return false;
}

bool driver_migrate(struct driver *d, struct err *err)
{
	int64_t have = 0;

	/* Under the write lock, so that two programs that start at once do it once. */
	if (!driver_begin(d, err))
		return false;
	if (!driver_query(d, "PRAGMA user_version", NULL, 0, take_version, &have, err))
		goto fail;
	if (have > (int64_t)migrations_count) {
		err_set(err, ERR_STORE,
			"the store '%s' was written by a newer rootout (schema %lld, this one "
			"knows %zu)",
			d->path, (long long)have, migrations_count);
		goto fail;
	}
	for (size_t i = (size_t)have; i < migrations_count; i++)
		if (!exec(d, migrations[i], err))
			goto fail;
	if (have < (int64_t)migrations_count) {
		char sql[64];

		snprintf(sql, sizeof(sql), "PRAGMA user_version=%zu", migrations_count);
		if (!exec(d, sql, err))
			goto fail;
	}
	return driver_commit(d, err);
fail:
	driver_rollback(d);
	return false;
}
