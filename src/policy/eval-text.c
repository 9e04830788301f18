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

/*
 * Words are gathered as views and joined once at the end.
 */
#define WORDS_OF_ELEMENT 24 /* around a list */

struct words {
	struct arena *a;
	struct str *v;
	size_t n;
};

/* Room for a list of so many. */
static struct words words_for(size_t values, struct arena *a)
{
	size_t room = WORDS_OF_ELEMENT + 2 * values;

	return (struct words){a, arena_calloc(a, room, sizeof(struct str)), 0};
}

static void put(struct words *w, struct str s)
{
	w->v[w->n++] = s;
}

static struct str joined(const struct words *w)
{
	return arena_join_n(w->a, w->v, w->n);
}

/* ---- lists: "'a', 'b' and 3 more" ---- */

/* The line number leads to those that are not shown. */
static size_t shown(size_t total)
{
	return total < SHOWN_VALUES ? total : SHOWN_VALUES;
}

static void put_item(struct words *w, size_t i, struct str s)
{
	put(w, i ? STR("', '") : STR("'"));
	put(w, s);
}

static void end_list(struct words *w, size_t n, size_t total)
{
	if (n)
		put(w, STR("'"));
	if (total > n)
		put(w, arena_printf(w->a, " and %zu more", total - n));
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

/* "ForAnyValue:StringEqualsIfExists aws:TagKeys" */
static void put_operator(struct words *w, const struct condition *c)
{
	static const char *const sets[] = {"", "ForAllValues:", "ForAnyValue:"};

	put(w, str_of(sets[c->op.set]));
	put(w, str_of(cond_op_name(&c->op)));
	put(w, c->op.if_exists ? STR("IfExists ") : STR(" "));
	put(w, show_short(w->a, c->key));
}

static void put_operands(struct words *w, const struct condition *c)
{
	for (size_t i = 0; i < shown(c->n); i++)
		put_item(w, i, show_short(w->a, operand_text(c, &c->values[i], w->a)));
	end_list(w, shown(c->n), c->n);
}

static void put_values(struct words *w, const struct policy_value *v)
{
	if (v->multi)
		put(w, STR("["));
	for (size_t i = 0; i < shown(v->n); i++)
		put_item(w, i, show_short(w->a, v->values[i]));
	end_list(w, shown(v->n), v->n);
	if (v->multi)
		put(w, STR("]"));
}

/* All of the operands, and each whole: two conditions are told apart by it. */
struct str condition_wants(const struct condition *c, struct arena *a)
{
	struct words w = words_for(c->n, a);

	put_operator(&w, c);
	put(&w, STR(" "));
	for (size_t i = 0; i < c->n; i++)
		put_item(&w, i, show(a, operand_text(c, &c->values[i], a)));
	end_list(&w, c->n, c->n);
	return joined(&w);
}

/* "condition StringEquals aws:RequestedRegion (line 7) 'a', 'b': the request's is 'c'" */
struct str condition_text(struct str before, const struct condition *c, struct policy_ctx *ctx,
			  struct arena *a)
{
	const struct policy_value *v =
		policy_ctx_key(ctx, c->key, c->key_hash, (enum derived_key)c->derived);
	struct str room[WORDS_OF_ELEMENT + 4 * SHOWN_VALUES];
	struct words w = {a, room, 0};
	bool many = v && v->multi && c->op.set == COND_SCALAR && c->op.type != COND_NULL;

	put(&w, before);
	put(&w, STR("condition "));
	put_operator(&w, c);
	put(&w, STR(" (line "));
	put(&w, arena_u64(a, c->line));
	put(&w, many ? STR(")") : STR(") "));
	if (!many)
		put_operands(&w, c);
	if (!v) {
		put(&w, STR(": the request has no such key"));
		return joined(&w);
	}
	put(&w, c->op.type == COND_NULL ? STR(": the request has the key, with ")
		: many                  ? STR(": the request's is the multi-valued ")
					: STR(": the request's is "));
	put_values(&w, v);
	if (many)
		put(&w, STR(", which an operator without ForAnyValue: or ForAllValues: never "
			    "matches"));
	return joined(&w);
}

/* ---- the other elements ---- */

static struct words element(const char *name, size_t total, struct arena *a)
{
	struct words w = words_for(shown(total), a);

	put(&w, STR("its "));
	put(&w, str_of(name));
	put(&w, STR(" is "));
	return w;
}

struct str actions_text(const struct statement *s, struct arena *a)
{
	struct words w = element(s->not_action ? "NotAction" : "Action", s->nactions, a);

	for (size_t i = 0; i < shown(s->nactions); i++)
		put_item(&w, i, show_short(a, pattern_text_plain(s->actions[i].whole, a)));
	end_list(&w, shown(s->nactions), s->nactions);
	return joined(&w);
}

struct str resources_text(const struct statement *s, struct arena *a)
{
	struct words w = element(s->not_resource ? "NotResource" : "Resource", s->nresources, a);

	for (size_t i = 0; i < shown(s->nresources); i++)
		put_item(&w, i, show_short(a, pattern_text(&s->resources[i], a)));
	end_list(&w, shown(s->nresources), s->nresources);
	return joined(&w);
}

struct str who_text(const struct statement *s, struct arena *a)
{
	struct words w = element(s->not_principal ? "NotPrincipal" : "Principal", s->nwho, a);

	for (size_t i = 0; i < shown(s->nwho); i++) {
		const struct who *of = &s->who[i];

		put_item(&w, i,
			 show_short(a, of->kind == WHO_ANYONE ? STR("*")
				       : of->text.n           ? of->text
							      : of->account));
	}
	end_list(&w, shown(s->nwho), s->nwho);
	return joined(&w);
}
