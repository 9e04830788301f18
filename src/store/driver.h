#ifndef ROOTOUT_STORE_DRIVER_H
#define ROOTOUT_STORE_DRIVER_H

/*
 * One connection to a database: what a driver must be able to do. For store.c
 * alone. SQL is written once, in the part of it that SQLite and PostgreSQL
 * share, with parameters ?1, ?2, …; a driver that needs $1 translates.
 *
 * A connection is used by one thread at a time. driver_query prepares each SQL
 * text once and keeps the statement; `fn` may be NULL (no rows are expected).
 * Migrations are src/store/migrations.h: numbered, each in a transaction of its own.
 */

#include "store/store.h"

struct driver;

bool driver_open(const char *path, struct driver **out, struct err *err) MUST_CHECK;
void driver_close(struct driver **d);
bool driver_begin(struct driver *d, struct err *err) MUST_CHECK; /* a write transaction */
bool driver_commit(struct driver *d, struct err *err) MUST_CHECK;
void driver_rollback(struct driver *d);
bool driver_query(struct driver *d, const char *sql, const struct store_value *v, size_t n,
		  store_row_fn *fn, void *ctx, struct err *err) MUST_CHECK;
/* Brings the schema to the newest number; a newer schema than ours is refused. */
bool driver_migrate(struct driver *d, struct err *err) MUST_CHECK;

#endif
