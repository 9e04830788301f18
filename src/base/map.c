#include "base/map.h"

#include <stdlib.h>
#include <string.h>

/*
 * entries[] holds what was put, in that order; slots[] is an open-addressed
 * index into it (entry number + 1, 0: free) with linear probing. Removing only
 * clears the entry's value: its slot stays, as a stepping stone for the keys
 * that were put behind it. When the entries run out, or most of them are
 * removed ones, both arrays are made again without the removed.
 */

#define FIRST_CAP 8

void map_init(struct map *m)
{
	*m = (struct map){0};
}

void map_release(struct map *m)
{
	free(m->entries);
	free(m->slots);
	map_init(m);
}

void map_clear(struct map *m)
{
	if (m->slots)
		memset(m->slots, 0, m->nslots * sizeof(*m->slots));
	m->used = 0;
	m->count = 0;
}

static void add_slot(struct map *m, uint64_t hash, size_t entry)
{
	size_t mask = m->nslots - 1;
	size_t i = hash & mask;

	while (m->slots[i] != 0)
		i = (i + 1) & mask;
	m->slots[i] = (uint32_t)entry + 1;
}

/* Make both arrays again with room for cap entries, without the removed ones. */
static void rebuild(struct map *m, size_t cap)
{
	struct map_entry *entries;
	size_t n = 0;

	if (cap >= UINT32_MAX / 2)
		BUG("map of %zu entries", cap);
	entries = xcalloc(cap, sizeof(*entries));
	for (size_t i = 0; i < m->used; i++)
		if (m->entries[i].value)
			entries[n++] = m->entries[i];
	free(m->entries);
	free(m->slots);
	m->entries = entries;
	m->used = n;
	m->cap = cap;
	m->nslots = cap * 2; /* a power of two, never more than half full */
	m->slots = xcalloc(m->nslots, sizeof(*m->slots));
	for (size_t i = 0; i < n; i++)
		add_slot(m, entries[i].hash, i);
}

static struct map_entry *find(const struct map *m, struct str key, uint64_t hash)
{
	size_t mask = m->nslots - 1;

	if (m->count == 0)
		return NULL;
	for (size_t i = hash & mask; m->slots[i] != 0; i = (i + 1) & mask) {
		struct map_entry *e = &m->entries[m->slots[i] - 1];

		if (e->hash == hash && e->value && str_eq(e->key, key))
			return e;
	}
	return NULL;
}

void *map_get(const struct map *m, struct str key)
{
	struct map_entry *e;

	if (m->count == 0)
		return NULL;
	e = find(m, key, str_hash(key));
	return e ? e->value : NULL;
}

void *map_put(struct map *m, struct str key, void *value)
{
	uint64_t hash = str_hash(key);
	struct map_entry *e;
	void *earlier;

	if (!value)
		BUG("map_put of NULL for '%.*s'", STR_ARG(key));
	e = find(m, key, hash);
	if (e) {
		earlier = e->value;
		e->value = value;
		return earlier;
	}
	if (m->used == m->cap) {
		/* Many removed ones: making it again at the same size frees enough. */
		if (m->cap && m->count <= m->cap / 2)
			rebuild(m, m->cap);
		else
			rebuild(m, m->cap ? m->cap * 2 : FIRST_CAP);
	}
	m->entries[m->used] = (struct map_entry){key, value, hash};
	add_slot(m, hash, m->used);
	m->used++;
	m->count++;
	return NULL;
}

void *map_remove(struct map *m, struct str key)
{
	struct map_entry *e;
	void *value;

	if (m->count == 0)
		return NULL;
	e = find(m, key, str_hash(key));
	if (!e)
		return NULL;
	value = e->value;
	e->value = NULL;
	m->count--;
	return value;
}

struct map_entry *map_next(const struct map *m, size_t *i)
{
	while (*i < m->used) {
		struct map_entry *e = &m->entries[(*i)++];

		if (e->value)
			return e;
	}
	return NULL;
}
