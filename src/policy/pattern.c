/*
 * Texts of a policy that may hold wildcards and variables.
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 * ${key} is the key's value, ${key, 'text'} has a default, and ${*} ${?} ${$}
 * are these characters themselves. A variable whose key is absent, or has
 * several values, has no text: then the value it stands in equals nothing.
 * Several values do not fall back to the default either
 * (facts/aws-answers, Policy conditions 6).
 */

#include "policy/policy-private.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"

void pattern_set(struct pattern *p, struct str text)
{
	size_t stars = 0, anys = 0;
	for (size_t i = 0; i < text.n; i++) {
		stars += (unsigned char)text.p[i] == GLOB_STAR;
		anys += (unsigned char)text.p[i] == GLOB_ANY;
	}
	p->text = text;
	p->parts = NULL;
	p->nparts = 0;
	if (stars == 0 && anys == 0) {
		p->kind = PATTERN_LITERAL;
	} else if (stars == 1 && anys == 0 && (unsigned char)text.p[text.n - 1] == GLOB_STAR) {
		p->kind = text.n == 1 ? PATTERN_ALL : PATTERN_PREFIX;
		p->text.n--;
	} else {
		p->kind = PATTERN_GLOB;
	}
}

struct str pattern_whole(const struct pattern *p)
{
	bool cut = p->kind == PATTERN_PREFIX || p->kind == PATTERN_ALL;
	return (struct str){p->text.p, p->text.n + cut};
}

bool pattern_match(const struct pattern *p, struct str text)
{
	switch (p->kind) {
	case PATTERN_ALL:
		return true;
	case PATTERN_LITERAL:
		return str_eq(text, p->text);
	case PATTERN_PREFIX:
		return text.n >= p->text.n && memcmp(text.p, p->text.p, p->text.n) == 0;
	case PATTERN_GLOB:
		return glob_match(p->text, text);
	case PATTERN_VARIABLE:
		break;
	}
	BUG("a pattern with variables was matched before they were put in");
}

struct splitter {
	struct arena *arena;
	struct buf text; /* the part that is being read */
	struct pattern_part *parts;
	size_t n;
};

static void add_part(struct splitter *s, struct pattern_part part)
{
	s->parts[s->n++] = part;
}

static void end_text(struct splitter *s)
{
	if (s->text.n == 0)
		return;
	add_part(s, (struct pattern_part){.text = arena_str(s->arena, buf_str(&s->text))});
	buf_reset(&s->text);
}

/* Parts there can be at most: each variable, and the texts around them. */
static size_t most_parts(struct str text, unsigned flags)
{
	size_t n = 0;
	for (size_t i = 0; i + 1 < text.n && (flags & PATTERN_VARIABLES); i++)
		n += text.p[i] == '$' && text.p[i + 1] == '{';
	return n ? 2 * n + 1 : 0;
}

/* What stands between "${" and "}": false when it is no variable. */
static bool add_variable(struct splitter *s, struct str inside)
{
	if (inside.n == 1 && strchr("*?$", inside.p[0])) {
		buf_addc(&s->text, inside.p[0]);
		return true;
	}
	struct str key, rest, otherwise = STR_NULL;
	if (str_cut(inside, ',', &key, &rest)) {
		rest = str_trim(rest);
		if (rest.n < 2 || rest.p[0] != '\'' || rest.p[rest.n - 1] != '\'')
			return false;
		otherwise = arena_str(s->arena, str_sub(rest, 1, rest.n - 2));
	}
	key = str_trim(key);
	if (key.n == 0)
		return false;
	end_text(s);
	add_part(s, (struct pattern_part){
			    .key = arena_str(s->arena, key),
			    .key_hash = key_hash_of(key),
			    .derived = (uint8_t)derived_key_of(key),
			    .otherwise = otherwise,
		    });
	return true;
}

/* The '}' that ends a variable: one inside a quoted default does not. -1: none. */
static ptrdiff_t variable_end(struct str text, size_t from)
{
	bool quoted = false;
	for (size_t i = from; i < text.n; i++) {
		if (text.p[i] == '\'')
			quoted = !quoted;
		else if (text.p[i] == '}' && !quoted)
			return (ptrdiff_t)i;
	}
	return -1;
}

void pattern_parse(struct pattern *p, struct str text, unsigned flags, struct arena *a)
{
	struct splitter s = {.arena = a};
	size_t most = most_parts(text, flags);
	buf_init(&s.text, LIMIT_POLICY_BYTES + 1);
	if (most)
		s.parts = arena_calloc(a, most, sizeof(*s.parts));
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		if (c == '$' && (flags & PATTERN_VARIABLES) && i + 1 < text.n &&
		    text.p[i + 1] == '{') {
			ptrdiff_t end = variable_end(text, i + 2);
			if (end >= 0 &&
			    add_variable(&s, str_sub(text, i + 2, (size_t)end - i - 2))) {
				i = (size_t)end;
				continue;
			}
		}
		if (c == '*' && (flags & PATTERN_WILDCARDS))
			c = (char)GLOB_STAR;
		else if (c == '?' && (flags & PATTERN_WILDCARDS))
			c = (char)GLOB_ANY;
		buf_addc(&s.text, c);
	}
	if (s.n > 0) {
		end_text(&s);
		*p = (struct pattern){.kind = PATTERN_VARIABLE, .parts = s.parts, .nparts = s.n};
	} else {
		pattern_set(p, arena_str(a, buf_str(&s.text)));
	}
	buf_release(&s.text);
}

static bool part_text(const struct pattern_part *part, struct policy_ctx *ctx, struct str *out)
{
	if (!str_is_null(part->text)) {
		*out = part->text;
		return true;
	}
	const struct policy_value *v =
		policy_ctx_key(ctx, part->key, part->key_hash, (enum derived_key)part->derived);
	if (!v) {
		*out = part->otherwise;
		return !str_is_null(part->otherwise);
	}
	if (v->multi || v->n != 1)
		return false;
	*out = v->values[0];
	return true;
}

bool expansion_init(struct expansion *e, const struct pattern *p, struct policy_ctx *ctx)
{
	size_t n = 0;
	e->heap = NULL;
	e->text = STR_NULL;
	for (size_t i = 0; i < p->nparts; i++) {
		struct str t;
		if (!part_text(&p->parts[i], ctx, &t))
			return false;
		n += t.n;
	}
	char *out = e->stack;
	if (n > sizeof(e->stack))
		out = e->heap = xmalloc(n);
	size_t at = 0;
	for (size_t i = 0; i < p->nparts; i++) {
		struct str t;
		if (!part_text(&p->parts[i], ctx, &t))
			return false;
		bool variable = str_is_null(p->parts[i].text);
		for (size_t k = 0; k < t.n; k++) {
			/* Bytes that are no UTF-8 must not turn into wildcards. */
			bool special = variable && (unsigned char)t.p[k] >= GLOB_STAR;
			out[at++] = special ? (char)0xC0 : t.p[k];
		}
	}
	e->text = (struct str){out, at};
	return true;
}

void expansion_release(struct expansion *e)
{
	free(e->heap);
	e->heap = NULL;
}
