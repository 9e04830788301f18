#ifndef ROOTOUT_STORE_MIGRATIONS_H
#define ROOTOUT_STORE_MIGRATIONS_H

/*
 * The schema, step by step. migrations[0] makes version 1 of an empty
 * database; a step that was released is never changed, a new one is added
 * behind it. The comments in migrations.c are the manual of the tables.
 */

#include <stddef.h>

extern const char *const migrations[];
extern const size_t migrations_count;

#endif
