/*
 * Statements and conditions of the parsed form in words.
 *
 * Actions were made lower case when they were parsed, and are shown so.
 */

#include "policy/eval-private.h"

#include "base/limits.h"
#include "text/show.h"

#define SHOWN_VALUES 4 /* of a list; the line number leads to the rest */

/* Wildcards in the parsed form are bytes that no text has. */
static void add_parsed(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		buf_addc(b, c == GLOB_STAR ? '*' : c == GLOB_ANY ? '?' : (char)c);
	}
}

static void add_pattern(struct buf *b, const struct pattern *p)
{
	if (p->kind != PATTERN_VARIABLE) {
		add_parsed(b, pattern_whole(p));
		return;
	}
	for (size_t i = 0; i < p->nparts; i++) {
		if (str_is_null(p->parts[i].text))
			buf_addf(b, "${%.*s}", STR_ARG(p->parts[i].key));
		else
			add_parsed(b, p->parts[i].text);
	}
}

struct str pattern_text(const struct pattern *p, struct arena *a)
{
	struct buf b = BUF_INIT(LIMIT_POLICY_BYTES);
	struct str s;

	add_pattern(&b, p);
	s = arena_str(a, buf_str(&b));
	buf_release(&b);
	return s;
}

struct str pattern_text_plain(struct str parsed, struct arena *a)
{
	struct buf b = BUF_INIT(LIMIT_POLICY_BYTES);
	struct str s;

	add_parsed(&b, parsed);
	s = arena_str(a, buf_str(&b));
	buf_release(&b);
	return s;
}

static void add_operand(struct buf *b, const struct condition *c, const struct operand *o)
{
	if (c->op.type == COND_NULL)
		buf_addz(b, o->u.truth ? "true" : "false");
	else if (!str_is_null(o->text))
		buf_adds(b, o->text);
	else
		add_pattern(b, &o->pattern);
}

static struct str quoted(struct buf *b, struct arena *a)
{
	struct str s = arena_printf(a, "'%.*s'", STR_ARG(show_short(a, buf_str(b))));

	buf_reset(b);
	return s;
}

/* Not cut: two lists are told apart by it. */
static struct str all_quoted(struct buf *b, struct arena *a)
{
	struct str s = arena_printf(a, "'%.*s'", STR_ARG(show(a, buf_str(b))));

	buf_reset(b);
	return s;
}

/* "'a', 'b' and 3 more" */
static void add_list(struct buf *out, struct str item, size_t i, size_t n, size_t most)
{
	if (i < most)
		buf_addf(out, "%s%.*s", i ? ", " : "", STR_ARG(item));
	else if (i == most)
		buf_addf(out, " and %zu more", n - most);
}

static struct str operands_text(const struct condition *c, size_t most, struct arena *a)
{
	struct buf one = BUF_INIT(LIMIT_POLICY_BYTES), all = BUF_INIT(LIMIT_POLICY_BYTES);
	struct str s;

	for (size_t i = 0; i < c->n && i <= most; i++) {
		add_operand(&one, c, &c->values[i]);
		add_list(&all, most > SHOWN_VALUES ? all_quoted(&one, a) : quoted(&one, a), i, c->n,
			 most);
	}
	s = arena_str(a, buf_str(&all));
	buf_release(&one);
	buf_release(&all);
	return s;
}

static struct str request_text(const struct policy_value *v, struct arena *a)
{
	struct buf all = BUF_INIT(LIMIT_MESSAGE);
	struct str s;

	for (size_t i = 0; i < v->n && i <= SHOWN_VALUES; i++)
		add_list(&all, arena_printf(a, "'%.*s'", STR_ARG(show_short(a, v->values[i]))), i,
			 v->n, SHOWN_VALUES);
	s = v->multi ? arena_printf(a, "[%s]", buf_z(&all)) : arena_str(a, buf_str(&all));
	buf_release(&all);
	return s;
}

/* "ForAnyValue:StringEqualsIfExists aws:TagKeys" */
static struct str operator_text(const struct condition *c, struct arena *a)
{
	static const char *const sets[] = {"", "ForAllValues:", "ForAnyValue:"};

	return arena_printf(a, "%s%s%s %.*s", sets[c->op.set], cond_op_name(&c->op),
			    c->op.if_exists ? "IfExists" : "", STR_ARG(show_short(a, c->key)));
}

struct str condition_wants(const struct condition *c, struct arena *a)
{
	return arena_printf(a, "%.*s %.*s", STR_ARG(operator_text(c, a)),
			    STR_ARG(operands_text(c, c->n, a)));
}

/* "condition StringEquals aws:RequestedRegion (line 7)" */
static struct str condition_name(const struct condition *c, struct arena *a)
{
	return arena_printf(a, "condition %.*s (line %u)", STR_ARG(operator_text(c, a)), c->line);
}

struct str condition_text(const struct condition *c, struct policy_ctx *ctx, struct arena *a)
{
	const struct policy_value *v =
		policy_ctx_key(ctx, c->key, c->key_hash, (enum derived_key)c->derived);
	struct str name = condition_name(c, a), has, wants = operands_text(c, SHOWN_VALUES, a);

	if (!v)
		return arena_printf(a, "%.*s %.*s: the request has no such key", STR_ARG(name),
				    STR_ARG(wants));
	has = request_text(v, a);
	if (c->op.type == COND_NULL)
		return arena_printf(a, "%.*s %.*s: the request has the key, with %.*s",
				    STR_ARG(name), STR_ARG(wants), STR_ARG(has));
	if (v->multi && c->op.set == COND_SCALAR)
		return arena_printf(a,
				    "%.*s: the request's is the multi-valued %.*s, which an "
				    "operator without ForAnyValue: or ForAllValues: never matches",
				    STR_ARG(name), STR_ARG(has));
	return arena_printf(a, "%.*s %.*s: the request's is %.*s", STR_ARG(name), STR_ARG(wants),
			    STR_ARG(has));
}

struct str actions_text(const struct statement *s, struct arena *a)
{
	struct buf one = BUF_INIT(LIMIT_POLICY_BYTES), all = BUF_INIT(LIMIT_MESSAGE);
	struct str out;

	for (size_t i = 0; i < s->nactions && i <= SHOWN_VALUES; i++) {
		add_parsed(&one, s->actions[i].whole);
		add_list(&all, quoted(&one, a), i, s->nactions, SHOWN_VALUES);
	}
	out = arena_printf(a, "its %s is %s", s->not_action ? "NotAction" : "Action", buf_z(&all));
	buf_release(&one);
	buf_release(&all);
	return out;
}

struct str resources_text(const struct statement *s, struct arena *a)
{
	struct buf one = BUF_INIT(LIMIT_POLICY_BYTES), all = BUF_INIT(LIMIT_MESSAGE);
	struct str out;

	for (size_t i = 0; i < s->nresources && i <= SHOWN_VALUES; i++) {
		add_pattern(&one, &s->resources[i]);
		add_list(&all, quoted(&one, a), i, s->nresources, SHOWN_VALUES);
	}
	out = arena_printf(a, "its %s is %s", s->not_resource ? "NotResource" : "Resource",
			   buf_z(&all));
	buf_release(&one);
	buf_release(&all);
	return out;
}

struct str who_text(const struct statement *s, struct arena *a)
{
	struct buf all = BUF_INIT(LIMIT_MESSAGE);
	struct str out;

	for (size_t i = 0; i < s->nwho && i <= SHOWN_VALUES; i++) {
		const struct who *w = &s->who[i];
		struct str t = w->kind == WHO_ANYONE ? STR("*") : w->text.n ? w->text : w->account;

		add_list(&all, arena_printf(a, "'%.*s'", STR_ARG(show_short(a, t))), i, s->nwho,
			 SHOWN_VALUES);
	}
	out = arena_printf(a, "its %s is %s", s->not_principal ? "NotPrincipal" : "Principal",
			   buf_z(&all));
	buf_release(&all);
	return out;
}
