#include "policy/assume.h"

#include <string.h>

#include "policy/eval-private.h"

struct known {
	const struct policy_key *keys;
	size_t n;
};

static bool is_known(const struct known *k, struct str name, uint8_t derived)
{
	if (derived_always((enum derived_key)derived))
		return true;
	for (size_t i = 0; i < k->n; i++) {
		if (str_eq_nocase(k->keys[i].name, name))
			return true;
	}
	return false;
}

static bool pattern_known(const struct known *k, const struct pattern *p)
{
	for (size_t i = 0; p->kind == PATTERN_VARIABLE && i < p->nparts; i++) {
		const struct pattern_part *part = &p->parts[i];

		if (str_is_null(part->text) && !is_known(k, part->key, part->derived))
			return false;
	}
	return true;
}

static bool condition_known(const struct known *k, const struct condition *c)
{
	if (!is_known(k, c->key, c->derived))
		return false;
	for (size_t i = 0; i < c->n; i++) {
		if (!pattern_known(k, &c->values[i].pattern))
			return false;
	}
	return true;
}

static bool resources_known(const struct known *k, const struct statement *s)
{
	for (size_t i = 0; i < s->nresources; i++) {
		if (!pattern_known(k, &s->resources[i]))
			return false;
	}
	return true;
}

/* The statement with what is known of it alone; true: something was left out. */
static bool known_part(const struct known *k, const struct statement *s, struct arena *a,
		       struct statement *out)
{
	bool less = false;

	*out = *s;
	if (!resources_known(k, s)) {
		out->has_resource = out->not_resource = false;
		out->nresources = 0;
		less = true;
	}
	out->nconditions = 0;
	out->conditions = arena_calloc(a, s->nconditions, sizeof(*out->conditions));
	for (size_t i = 0; i < s->nconditions; i++) {
		if (condition_known(k, &s->conditions[i]))
			out->conditions[out->nconditions++] = s->conditions[i];
	}
	return less || out->nconditions < s->nconditions;
}

/* Where something is unknown an Allow counts for `most`, a Deny for `least`. */
static const struct policy *bound(const struct known *k, const struct policy *p, bool most,
				  struct arena *a)
{
	struct policy *out = arena_new_of(a, struct policy);

	*out = *p;
	out->n = 0;
	out->statements = arena_calloc(a, p->n, sizeof(*out->statements));
	for (size_t i = 0; i < p->n; i++) {
		struct statement s;

		if (!known_part(k, &p->statements[i], a, &s) || s.deny != most)
			out->statements[out->n++] = s;
	}
	return out;
}

void policy_bounds(const struct policy *p, const struct policy_key *known, size_t nknown,
		   struct arena *a, struct policy_bounds *out)
{
	const struct known k = {known, nknown};

	out->most = bound(&k, p, true, a);
	out->least = bound(&k, p, false, a);
}

static struct str open_text(const struct known *k, const struct statement *s, struct arena *a)
{
	struct str text = s->deny ? STR("denies") : STR("allows");
	const char *join = " if";

	if (!resources_known(k, s)) {
		text = arena_printf(a, "%.*s if %.*s fits", STR_ARG(text),
				    STR_ARG(resources_text(s, a)));
		join = " and";
	}
	for (size_t i = 0; i < s->nconditions; i++) {
		if (condition_known(k, &s->conditions[i]))
			continue;
		text = arena_printf(a, "%.*s%s %.*s", STR_ARG(text), join,
				    STR_ARG(condition_wants(&s->conditions[i], a)));
		join = " and";
	}
	return text;
}

void policy_open_conditions(const struct policy *p, const struct policy_request *req,
			    struct arena *a, struct policy_open **out, size_t *n, size_t *cap)
{
	const struct known k = {req->keys, req->nkeys};
	struct policy_ctx ctx;

	policy_ctx_init(&ctx, req);
	for (size_t i = 0; i < p->n && !ctx.impossible; i++) {
		const struct statement *s = &p->statements[i];
		struct statement part;
		struct str text;

		if (!known_part(&k, s, a, &part) || statement_who(&part, &ctx) == WHO_NONE ||
		    statement_applies(&part, &ctx, false) == VERDICT_NO)
			continue;
		text = open_text(&k, s, a);
		*out = arena_grow(a, *out, *n, cap, sizeof(**out));
		(*out)[(*n)++] = (struct policy_open){p, s->line, s->deny, text};
	}
}

static void add_pair(struct arena *a, struct policy_pair x, struct policy_pair **out, size_t *n,
		     size_t *cap)
{
	*out = arena_grow(a, *out, *n, cap, sizeof(**out));
	(*out)[(*n)++] = x;
}

void policy_pairs(const struct policy *p, struct arena *a, struct policy_pair **out, size_t *n,
		  size_t *cap)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct statement *s = &p->statements[i];

		for (size_t k = 0; k < s->nactions; k++) {
			struct policy_pair x = {pattern_text_plain(s->actions[k].whole, a),
						STR("*")};

			add_pair(a, x, out, n, cap);
			for (size_t r = 0; r < s->nresources; r++) {
				x.resource = pattern_text(&s->resources[r], a);
				if (!str_eqz(x.resource, "*"))
					add_pair(a, x, out, n, cap);
			}
		}
	}
}
