/*
 * AWS's wildcards.
 *
 * '*' stands for any run of characters, '?' for exactly one UTF-16 code unit:
 * "a?b" does not match "a𐐀b", "a??b" and "a?*b" do. There are no character
 * classes and no escapes (facts/aws-answers, Policy conditions 18).
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 *
 * The pattern is cut at its stars. The first piece must stand at the start, the
 * last at the end, and each of the others is taken where it first fits, which
 * leaves the most room for the rest; so nothing is ever tried twice. A piece
 * without '?' is found by memmem (linear); one with '?' by trying each place,
 * or, where that would take long, by glob-long.c.
 */

#include "policy/policy-private.h"

#include <string.h>

/* Above this many comparisons a piece with '?' is searched 64 units at a time. */
#define GLOB_LONG 65536

/* Bytes of the character at t[at]; anything invalid counts as one. */
static size_t char_len(const struct glob *g, size_t at)
{
	unsigned char c = g->t[at];
	if (c < 0xC2)
		return 1;
	size_t want = c < 0xE0 ? 2 : c < 0xF0 ? 3 : c < 0xF5 ? 4 : 1;
	if (want > g->tn - at)
		return 1;
	for (size_t i = 1; i < want; i++) {
		if ((g->t[at + i] & 0xC0) != 0x80)
			return 1;
	}
	return want;
}

void glob_step(const struct glob *g, struct glob_cursor *c)
{
	size_t len = char_len(g, c->at);
	if (len == 4 && !c->half) {
		c->half = 1;
		return;
	}
	c->at += len;
	c->half = 0;
}

static bool reached(struct glob_cursor c, struct glob_cursor end)
{
	return c.at > end.at || (c.at == end.at && c.half >= end.half);
}

static unsigned char lower(unsigned char c)
{
	return c >= 'A' && c <= 'Z' ? (unsigned char)(c | 0x20) : c;
}

bool glob_here(const struct glob *g, size_t from, size_t to, struct glob_cursor *c,
	       struct glob_cursor end)
{
	struct glob_cursor at = *c;
	for (size_t i = from; i < to; i++) {
		if (reached(at, end))
			return false;
		unsigned char want = g->p[i];
		if (want == g->any) {
			glob_step(g, &at);
			continue;
		}
		/* The second half of a character equals nothing that can be written. */
		if (at.half || at.at >= end.at)
			return false;
		unsigned char have = g->t[at.at];
		if (have != want && !(g->fold && lower(have) == lower(want)))
			return false;
		at.at++;
	}
	*c = at;
	return true;
}

static bool has_any(const struct glob *g, size_t from, size_t to)
{
	return memchr(g->p + from, g->any, to - from) != NULL;
}

/* The first place at or behind *c where the piece fits; *c moves behind it. */
static bool search(const struct glob *g, size_t from, size_t to, struct glob_cursor *c,
		   struct glob_cursor end)
{
	if (from == to)
		return true;
	size_t n = to - from;
	bool any = has_any(g, from, to);
	if (!any && !g->fold) {
		size_t start = c->half ? c->at + 4 : c->at;
		if (start > end.at || end.at - start < n)
			return false;
		const unsigned char *hit = memmem(g->t + start, end.at - start, g->p + from, n);
		if (!hit)
			return false;
		*c = (struct glob_cursor){(size_t)(hit - g->t) + n, 0};
		return true;
	}
	if (end.at > c->at && (end.at - c->at) > GLOB_LONG / n)
		return glob_search_long(g, from, to, c, end);
	while (!reached(*c, end)) {
		struct glob_cursor at = *c;
		if (glob_here(g, from, to, &at, end)) {
			*c = at;
			return true;
		}
		glob_step(g, c);
	}
	return false;
}

/* Where the last piece must begin so that it ends with the text. */
static bool from_the_end(const struct glob *g, size_t from, size_t to, struct glob_cursor start,
			 struct glob_cursor *out)
{
	struct glob_cursor c = {g->tn, 0};
	for (size_t i = to; i > from; i--) {
		if (reached(start, c))
			return false;
		if (c.half) {
			c.half = 0;
			if (g->p[i - 1] != g->any)
				return false;
			continue;
		}
		if (g->p[i - 1] != g->any) {
			c.at--;
			continue;
		}
		size_t back = 1;
		while (back < 4 && back < c.at && (g->t[c.at - back] & 0xC0) == 0x80)
			back++;
		if (char_len(g, c.at - back) != back)
			back = 1;
		c.at -= back;
		c.half = back == 4;
	}
	*out = c;
	return !reached(start, c) || (start.at == c.at && start.half == c.half);
}

bool glob_run(const struct glob *g)
{
	struct glob_cursor c = {0, 0}, end = {g->tn, 0};
	const unsigned char *first = memchr(g->p, g->star, g->pn);
	if (!first)
		return glob_here(g, 0, g->pn, &c, end) && c.at == g->tn && !c.half;
	size_t i = (size_t)(first - g->p);
	if (!glob_here(g, 0, i, &c, end))
		return false;
	const unsigned char *last = memrchr(g->p, g->star, g->pn);
	size_t tail = (size_t)(last - g->p) + 1;
	struct glob_cursor limit;
	if (!from_the_end(g, tail, g->pn, c, &limit))
		return false;
	struct glob_cursor t = limit;
	if (!glob_here(g, tail, g->pn, &t, end) || t.at != g->tn || t.half)
		return false;
	while (i + 1 < tail) {
		size_t from = i + 1;
		const unsigned char *next = memchr(g->p + from, g->star, tail - from);
		size_t to = (size_t)(next - g->p);
		if (!search(g, from, to, &c, limit))
			return false;
		i = to;
	}
	return true;
}

bool glob_match(struct str pattern, struct str text)
{
	struct glob g = {
		.p = (const unsigned char *)(pattern.p ? pattern.p : ""),
		.pn = pattern.n,
		.t = (const unsigned char *)(text.p ? text.p : ""),
		.tn = text.n,
		.star = GLOB_STAR,
		.any = GLOB_ANY,
	};
	return glob_run(&g);
}

bool policy_match(struct str pattern, struct str text, bool ignore_case)
{
	struct glob g = {
		.p = (const unsigned char *)(pattern.p ? pattern.p : ""),
		.pn = pattern.n,
		.t = (const unsigned char *)(text.p ? text.p : ""),
		.tn = text.n,
		.star = '*',
		.any = '?',
		.fold = ignore_case,
	};
	return glob_run(&g);
}
