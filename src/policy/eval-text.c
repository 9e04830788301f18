/*
 * Statements and conditions of the parsed form in words.
 *
 * Actions were made lower case when they were parsed, and are shown so.
 */

#include "policy/eval-private.h"

#include "text/show.h"

#define SHOWN_VALUES 4 /* of a list; the line number leads to the rest */

/* Wildcards in the parsed form are bytes that no text has. */
struct str pattern_text_plain(struct str parsed, struct arena *a)
{
	char *text = arena_dupz(a, parsed);

	for (size_t i = 0; i < parsed.n; i++) {
		unsigned char c = (unsigned char)text[i];

		text[i] = c == GLOB_STAR ? '*' : c == GLOB_ANY ? '?' : (char)c;
	}
	return (struct str){text, parsed.n};
}

struct str pattern_text(const struct pattern *p, struct arena *a)
{
	struct str *parts;

	if (p->kind != PATTERN_VARIABLE)
		return pattern_text_plain(pattern_whole(p), a);
	parts = arena_calloc(a, p->nparts, sizeof(*parts));
	for (size_t i = 0; i < p->nparts; i++) {
		const struct pattern_part *part = &p->parts[i];

		parts[i] = str_is_null(part->text) ? arena_join(a, STR("${"), part->key, STR("}"))
						   : pattern_text_plain(part->text, a);
	}
	return arena_join_n(a, parts, p->nparts);
}

/* ---- lists: "'a', 'b' and 3 more" ---- */

struct list {
	struct arena *a;
	struct str *items; /* in quotes */
	size_t n, most, total;
};

/* `most` of `total` are shown; the line number leads to the rest. */
static struct list list_of(size_t total, size_t most, struct arena *a)
{
	most = total < most ? total : most;
	return (struct list){a, arena_calloc(a, most, sizeof(struct str)), 0, most, total};
}

static void list_add(struct list *l, struct str item)
{
	l->items[l->n++] = arena_join(l->a, STR("'"), item, STR("'"));
}

static struct str list_text(const struct list *l)
{
	struct str *parts = arena_calloc(l->a, 2 * l->n + 1, sizeof(*parts));
	size_t n = 0;

	if (l->n == 1 && l->total == 1)
		return l->items[0];
	for (size_t i = 0; i < l->n; i++) {
		parts[n++] = i ? STR(", ") : STR("");
		parts[n++] = l->items[i];
	}
	if (l->total > l->n)
		parts[n++] = arena_printf(l->a, " and %zu more", l->total - l->n);
	return arena_join_n(l->a, parts, n);
}

/* ---- conditions ---- */

static struct str operand_text(const struct condition *c, const struct operand *o, struct arena *a)
{
	if (c->op.type == COND_NULL)
		return o->u.truth ? STR("true") : STR("false");
	if (!str_is_null(o->text))
		return o->text;
	return o->pattern.kind == PATTERN_LITERAL ? o->pattern.text : pattern_text(&o->pattern, a);
}

/* All of them, and each whole, where two lists are told apart by it. */
static struct str operands_text(const struct condition *c, bool whole, struct arena *a)
{
	struct list l = list_of(c->n, whole ? c->n : SHOWN_VALUES, a);

	for (size_t i = 0; i < l.most; i++) {
		struct str s = operand_text(c, &c->values[i], a);

		list_add(&l, whole ? show(a, s) : show_short(a, s));
	}
	return list_text(&l);
}

static struct str request_text(const struct policy_value *v, struct arena *a)
{
	struct list l = list_of(v->n, SHOWN_VALUES, a);

	for (size_t i = 0; i < l.most; i++)
		list_add(&l, show_short(a, v->values[i]));
	return v->multi ? arena_join(a, STR("["), list_text(&l), STR("]")) : list_text(&l);
}

/* "ForAnyValue:StringEqualsIfExists aws:TagKeys" */
static struct str operator_text(const struct condition *c, struct arena *a)
{
	static const char *const sets[] = {"", "ForAllValues:", "ForAnyValue:"};

	return arena_join(a, str_of(sets[c->op.set]), str_of(cond_op_name(&c->op)),
			  str_of(c->op.if_exists ? "IfExists " : " "), show_short(a, c->key));
}

struct str condition_wants(const struct condition *c, struct arena *a)
{
	return arena_join(a, operator_text(c, a), STR(" "), operands_text(c, true, a));
}

/* "condition StringEquals aws:RequestedRegion (line 7)" */
static struct str condition_name(const struct condition *c, struct arena *a)
{
	return arena_join(a, STR("condition "), operator_text(c, a), STR(" (line "),
			  arena_u64(a, c->line), STR(")"));
}

struct str condition_text(const struct condition *c, struct policy_ctx *ctx, struct arena *a)
{
	const struct policy_value *v =
		policy_ctx_key(ctx, c->key, c->key_hash, (enum derived_key)c->derived);
	struct str name = condition_name(c, a), has, wants = operands_text(c, false, a);

	if (!v)
		return arena_join(a, name, STR(" "), wants, STR(": the request has no such key"));
	has = request_text(v, a);
	if (c->op.type == COND_NULL)
		return arena_join(a, name, STR(" "), wants, STR(": the request has the key, with "),
				  has);
	if (v->multi && c->op.set == COND_SCALAR)
		return arena_join(a, name, STR(": the request's is the multi-valued "), has,
				  STR(", which an operator without ForAnyValue: or "
				      "ForAllValues: never matches"));
	return arena_join(a, name, STR(" "), wants, STR(": the request's is "), has);
}

/* ---- the other elements ---- */

static struct str element_text(const char *name, const struct list *l)
{
	return arena_join(l->a, STR("its "), str_of(name), STR(" is "), list_text(l));
}

struct str actions_text(const struct statement *s, struct arena *a)
{
	struct list l = list_of(s->nactions, SHOWN_VALUES, a);

	for (size_t i = 0; i < l.most; i++)
		list_add(&l, show_short(a, pattern_text_plain(s->actions[i].whole, a)));
	return element_text(s->not_action ? "NotAction" : "Action", &l);
}

struct str resources_text(const struct statement *s, struct arena *a)
{
	struct list l = list_of(s->nresources, SHOWN_VALUES, a);

	for (size_t i = 0; i < l.most; i++)
		list_add(&l, show_short(a, pattern_text(&s->resources[i], a)));
	return element_text(s->not_resource ? "NotResource" : "Resource", &l);
}

struct str who_text(const struct statement *s, struct arena *a)
{
	struct list l = list_of(s->nwho, SHOWN_VALUES, a);

	for (size_t i = 0; i < l.most; i++) {
		const struct who *w = &s->who[i];

		list_add(&l, show_short(a, w->kind == WHO_ANYONE ? STR("*")
					   : w->text.n           ? w->text
								 : w->account));
	}
	return element_text(s->not_principal ? "NotPrincipal" : "Principal", &l);
}
