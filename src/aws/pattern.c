#include <string.h>

#include "aws/api-private.h"
#include "base/utf8.h"

#define NO_CHAR UINT32_MAX /* past the end */

/* A set of places in the program, in the order they were added. */
struct places {
	uint16_t dense[PATTERN_MAX_CODE];
	uint16_t n;
};

struct machine {
	const struct api_pattern *p;
	struct places now, next;
	/* seen[pc] == stamp: the place was visited for this character already. */
	uint32_t seen[PATTERN_MAX_CODE];
	uint32_t stamp;
	uint16_t stack[PATTERN_MAX_CODE + 1];
};

static bool in_class(const struct api_pattern *p, uint16_t index, uint32_t cp)
{
	const struct pattern_class *c = &p->classes[index];
	if (cp < 128)
		return c->ascii[cp / 32] >> (cp % 32) & 1;
	size_t low = 0, high = c->nranges;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (cp < c->ranges[mid].low)
			high = mid;
		else if (cp > c->ranges[mid].high)
			low = mid + 1;
		else
			return true;
	}
	return false;
}

/* Does the step that reads nothing hold here? */
static bool holds(const struct machine *m, const struct pattern_inst *i, bool begin, uint32_t next)
{
	switch (i->op) {
	case PATTERN_BEGIN:
		return begin;
	case PATTERN_END:
		return next == NO_CHAR;
	default:
		return next == NO_CHAR || !in_class(m->p, i->a, next);
	}
}

/* Follow every step from `pc` that reads no character; true: the end of the program is reached. */
static bool follow(struct machine *m, struct places *to, uint16_t pc, bool begin, uint32_t next)
{
	bool match = false;
	size_t depth = 0;

	m->stack[depth++] = pc;
	while (depth > 0) {
		pc = m->stack[--depth];
		if (m->seen[pc] == m->stamp)
			continue;
		m->seen[pc] = m->stamp;
		const struct pattern_inst *i = &m->p->code[pc];
		switch (i->op) {
		case PATTERN_CHAR:
			to->dense[to->n++] = pc;
			break;
		case PATTERN_MATCH:
			match = true;
			break;
		case PATTERN_SPLIT:
			/* Each place pushes once: the stack cannot outgrow the program by more
			 * than one. */
			if (m->seen[i->b] != m->stamp)
				m->stack[depth++] = i->b;
			m->stack[depth++] = i->a;
			break;
		case PATTERN_JUMP:
			m->stack[depth++] = i->a;
			break;
		default:
			if (holds(m, i, begin, next))
				m->stack[depth++] = (uint16_t)(pc + 1);
		}
	}
	return match;
}

bool api_pattern_match(const struct api_pattern *p, struct str s)
{
	struct machine m;
	size_t at = 0;

	if (p->n > PATTERN_MAX_CODE)
		BUG("a pattern of %u steps", p->n);
	m.p = p;
	m.now.n = m.next.n = 0;
	m.stamp = 1;
	memset(m.seen, 0, p->n * sizeof(m.seen[0]));
	uint32_t c = at < s.n ? utf8_next(s, &at) : NO_CHAR;
	bool match = follow(&m, &m.now, 0, true, c);
	while (c != NO_CHAR) {
		uint32_t next = at < s.n ? utf8_next(s, &at) : NO_CHAR;
		m.stamp++;
		m.next.n = 0;
		match = false;
		for (uint16_t k = 0; k < m.now.n; k++) {
			uint16_t pc = m.now.dense[k];
			if (in_class(p, p->code[pc].a, c))
				match |= follow(&m, &m.next, (uint16_t)(pc + 1), false, next);
		}
		if (m.next.n == 0 && !(match && next == NO_CHAR))
			return false;
		memcpy(m.now.dense, m.next.dense, m.next.n * sizeof(m.next.dense[0]));
		m.now.n = m.next.n;
		c = next;
	}
	return match;
}
