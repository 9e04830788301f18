#ifndef ROOTOUT_BASE_MAP_H
#define ROOTOUT_BASE_MAP_H

/*
 * struct map: strings to pointers, remembered in the order they were put.
 *
 * Keys are views: the caller keeps the bytes alive as long as the map (an
 * arena does). Values are never owned. Iteration is by insertion order, so
 * that whatever is printed from a map is the same at every run.
 * Not for several threads at once. Removing while iterating is allowed, putting
 * is not.
 */

#include "base/str.h"

struct map_entry {
	struct str key;
	void *value; /* NULL: removed (a map never holds NULL values) */
	uint64_t hash;
};

struct map {
	struct map_entry *entries;
	uint32_t *slots;
	size_t used;  /* entries in use, removed ones included */
	size_t count; /* entries that are there */
	size_t cap;
	size_t nslots;
};

void map_init(struct map *m);
void map_release(struct map *m); /* idempotent; a zeroed map is valid */
void map_clear(struct map *m);

void *map_get(const struct map *m, struct str key); /* NULL: not there */
/* Returns the earlier value, NULL when the key is new. value must not be NULL. */
void *map_put(struct map *m, struct str key, void *value);
void *map_remove(struct map *m, struct str key); /* returns what was there */

static inline size_t map_count(const struct map *m)
{
	return m->count;
}
/*
 * for (size_t i = 0; (e = map_next(m, &i)); ) — e is valid until the next put.
 */
struct map_entry *map_next(const struct map *m, size_t *i);

#endif
