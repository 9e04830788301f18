/*
 * Comparing without case, as StringEqualsIgnoreCase does.
 *
 * Both sides are lower-cased, which is not the same as folding: the Kelvin sign
 * equals k and capital sharp s equals ß, but ſ is not s and ß is not SS. A
 * capital sigma at the end of a word becomes ς, elsewhere σ. Letters past the
 * basic plane are left as they are, though they count as letters around a sigma
 * (facts/aws-answers, Policy conditions 16 and 17).
 */

#include "policy/policy-private.h"

#include "base/utf8.h"

struct lower_range {
	uint16_t first, last;
	int32_t delta;
	uint16_t step;
};

struct span {
	uint32_t first, last;
};

#include "policy/lowercase-data.h"

#define CAPITAL_SIGMA 0x03A3
#define SMALL_SIGMA 0x03C3
#define FINAL_SIGMA 0x03C2
#define CAPITAL_I_DOT 0x0130
#define DOT_ABOVE 0x0307

static uint32_t lower_simple(uint32_t cp)
{
	size_t lo = 0, hi = ARRAY_SIZE(lower_ranges);
	if (cp < 0x80)
		return cp >= 'A' && cp <= 'Z' ? cp + 0x20 : cp;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		const struct lower_range *r = &lower_ranges[mid];
		if (cp > r->last)
			lo = mid + 1;
		else if (cp < r->first)
			hi = mid;
		else if ((cp - r->first) % r->step)
			return cp;
		else
			return (uint32_t)((int32_t)cp + r->delta);
	}
	return cp;
}

static bool in_spans(const struct span *spans, size_t n, uint32_t cp)
{
	size_t lo = 0, hi = n;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		if (cp > spans[mid].last)
			lo = mid + 1;
		else if (cp < spans[mid].first)
			hi = mid;
		else
			return true;
	}
	return false;
}

static bool is_cased(uint32_t cp)
{
	return in_spans(cased_spans, ARRAY_SIZE(cased_spans), cp);
}

static bool is_ignorable(uint32_t cp)
{
	return in_spans(ignorable_spans, ARRAY_SIZE(ignorable_spans), cp);
}

/* The character before `at`, which moves to its start. */
static uint32_t before(struct str s, size_t *at)
{
	size_t start = *at - 1;
	while (start > 0 && *at - start < 4 && ((unsigned char)s.p[start] & 0xC0) == 0x80)
		start--;
	*at = start;
	return utf8_next(s, &start);
}

/* A letter before it and none behind it, whatever is ignorable between. */
static bool sigma_is_final(struct str s, size_t start, size_t behind)
{
	bool letter = false;
	while (start > 0 && !letter) {
		uint32_t cp = before(s, &start);
		if (is_ignorable(cp))
			continue;
		if (!is_cased(cp))
			return false;
		letter = true;
	}
	if (!letter)
		return false;
	while (behind < s.n) {
		uint32_t cp = utf8_next(s, &behind);
		if (!is_ignorable(cp))
			return !is_cased(cp);
	}
	return true;
}

struct lowered {
	struct str s;
	size_t at;
	uint32_t pending;
};

/* The next small character; false at the end. */
static bool lowered_next(struct lowered *l, uint32_t *cp)
{
	if (l->pending) {
		*cp = l->pending;
		l->pending = 0;
		return true;
	}
	if (l->at >= l->s.n)
		return false;
	size_t start = l->at;
	*cp = utf8_next(l->s, &l->at);
	if (*cp == CAPITAL_SIGMA) {
		*cp = sigma_is_final(l->s, start, l->at) ? FINAL_SIGMA : SMALL_SIGMA;
	} else if (*cp == CAPITAL_I_DOT) {
		*cp = 'i';
		l->pending = DOT_ABOVE;
	} else if (*cp == 0xFFFD && l->at == start + 1) {
		/* Not UTF-8: equal only to the same byte. */
		*cp = 0x110000 + (unsigned char)l->s.p[start];
	} else {
		*cp = lower_simple(*cp);
	}
	return true;
}

bool policy_eq_nocase(struct str a, struct str b)
{
	struct lowered x = {a, 0, 0}, y = {b, 0, 0};
	for (;;) {
		uint32_t cx, cy;
		bool more_x = lowered_next(&x, &cx), more_y = lowered_next(&y, &cy);
		if (!more_x || !more_y)
			return more_x == more_y;
		if (cx != cy)
			return false;
	}
}
