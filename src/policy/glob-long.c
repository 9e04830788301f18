/*
 * A long pattern piece with '?' in a long text, without a quadratic search.
 *
 * Patterns and texts both come from outside, and trying a piece of k units at
 * each of n places takes n*k steps. Here 64 units of the piece are compared at
 * once (the shift-and method), for 4,096 starting places at a time, so that
 * nothing is allocated and the work is n*k/64.
 *
 * A UTF-16 unit is found in two tables of 256, by its low and by its high byte;
 * a place fits when both say so.
 */

#include "policy/policy-private.h"

#include <string.h>

#include "base/utf8.h"

#define STARTS 4096

/* The unit at the cursor; an invalid byte b counts as 0xDC00 + b. */
static uint16_t unit_at(const struct glob *g, struct glob_cursor c, struct glob_cursor *next)
{
	*next = c;
	glob_step(g, next);
	unsigned char b = g->t[c.at];
	if (b < 0x80)
		return g->fold && b >= 'A' && b <= 'Z' ? b | 0x20 : b;
	if (next->at == c.at + 1)
		return (uint16_t)(0xDC00 + b);
	size_t at = c.at;
	uint32_t cp = utf8_next((struct str){(const char *)g->t, g->tn}, &at);
	if (cp < 0x10000)
		return (uint16_t)cp;
	cp -= 0x10000;
	return c.half ? (uint16_t)(0xDC00 | (cp & 0x3FF)) : (uint16_t)(0xD800 | (cp >> 10));
}

/* 64 units of the piece as bit masks: bit i says that unit i admits the byte. */
struct block {
	uint64_t low[256], high[256];
	unsigned n;
};

static void block_any(struct block *b)
{
	for (int i = 0; i < 256; i++) {
		b->low[i] |= UINT64_C(1) << b->n;
		b->high[i] |= UINT64_C(1) << b->n;
	}
	b->n++;
}

/* Fill from the pattern at *c; false when the piece has no more units. */
static bool block_fill(struct block *b, const struct glob *pat, struct glob_cursor *c, size_t to,
		       unsigned char any)
{
	memset(b, 0, sizeof(*b));
	while (b->n < 64 && c->at < to) {
		if (pat->t[c->at] == any) {
			block_any(b);
			c->at++;
			continue;
		}
		struct glob_cursor next;
		uint16_t u = unit_at(pat, *c, &next);
		b->low[u & 255] |= UINT64_C(1) << b->n;
		b->high[u >> 8] |= UINT64_C(1) << b->n;
		b->n++;
		*c = next;
	}
	return b->n > 0;
}

/* Clear the bits of the starts at which the block does not fit. */
static void block_apply(const struct block *b, const struct glob *g, struct glob_cursor c,
			struct glob_cursor end, size_t starts, uint64_t *fits)
{
	uint64_t state = 0, found[STARTS / 64] = {0};
	const uint64_t last = UINT64_C(1) << (b->n - 1);
	for (size_t i = 0; i < starts + b->n - 1; i++) {
		if (c.at > end.at || (c.at == end.at && c.half >= end.half))
			break;
		struct glob_cursor next;
		uint16_t u = unit_at(g, c, &next);
		state = (state << 1 | 1) & b->low[u & 255] & b->high[u >> 8];
		if ((state & last) && i + 1 >= b->n)
			found[(i + 1 - b->n) / 64] |= UINT64_C(1) << ((i + 1 - b->n) % 64);
		c = next;
	}
	for (size_t i = 0; i < STARTS / 64; i++)
		fits[i] &= found[i];
}

/* Move on by n units, not past the end. */
static void skip(const struct glob *g, struct glob_cursor *c, struct glob_cursor end, size_t n)
{
	while (n-- > 0 && (c->at < end.at || (c->at == end.at && c->half < end.half)))
		glob_step(g, c);
}

bool glob_search_long(const struct glob *g, size_t from, size_t to, struct glob_cursor *c,
		      struct glob_cursor end)
{
	/* The pattern is read with the same steps as a text. */
	struct glob pat = {.t = g->p, .tn = to, .fold = g->fold};
	while (c->at < end.at || (c->at == end.at && c->half < end.half)) {
		uint64_t fits[STARTS / 64];
		memset(fits, 0xFF, sizeof(fits));
		struct block b;
		struct glob_cursor in_pattern = {from, 0}, in_text = *c;
		while (block_fill(&b, &pat, &in_pattern, to, g->any)) {
			block_apply(&b, g, in_text, end, STARTS, fits);
			skip(g, &in_text, end, b.n);
		}
		struct glob_cursor at = *c;
		for (size_t i = 0; i < STARTS; i++) {
			struct glob_cursor behind = at;
			if (fits[i / 64] >> (i % 64) & 1 && glob_here(g, from, to, &behind, end)) {
				*c = behind;
				return true;
			}
			skip(g, &at, end, 1);
		}
		*c = at;
	}
	return false;
}
