/* Action and NotAction: what does not exist, stands twice, or is written strangely. */

#include "policy/lint-private.h"

static void wrong_case(struct lint *l, const struct val *item, const struct catalogue_service *s,
		       struct str service, struct str name)
{
	const struct catalogue_action *a = catalogue_action(s, name);
	struct str right = a ? a->name : name;
	if (str_eq(s->prefix, service) && str_eq(right, name))
		return;
	struct str whole = arena_printf(l->a, "%.*s:%.*s", STR_ARG(s->prefix), STR_ARG(right));
	lint_fix_string(l,
			lint_at(l, "wrong-case", item, "'%.*s' is written '%.*s'",
				STR_ARG(val_str(item)), STR_ARG(whole)),
			item, whole);
}

static void exists(struct lint *l, const struct val *item)
{
	struct catalogue *c = l->in->catalogue;
	struct str service, name, text = val_str(item);
	if (!c || !str_cut(text, ':', &service, &name) || str_chr(service, '*') >= 0 ||
	    str_chr(service, '?') >= 0)
		return;
	struct catalogue_service *s = catalogue_service(c, service);
	if (!s) {
		if (!lint_may(l, 5000))
			return;
		struct str near = catalogue_near_service(c, service, l->a);
		lint_at(l, "unknown-service", item, "no service '%.*s'%s%.*s%s (catalogue of %.*s)",
			STR_ARG(service), near.n ? ", did you mean '" : "", STR_ARG(near),
			near.n ? "'?" : "", STR_ARG(catalogue_date(c)));
		return;
	}
	for (size_t i = 0; i < s->nactions && lint_may(l, lint_cost(name, STR_NULL) / 4); i++) {
		if (policy_match(name, s->actions[i].name, true)) {
			wrong_case(l, item, s, service, name);
			return;
		}
	}
	if (l->out->cut)
		return;
	if (!lint_may(l, 20 * s->nactions))
		return;
	struct str near = catalogue_near_action(s, name, l->a);
	bool wild = str_chr(name, '*') >= 0 || str_chr(name, '?') >= 0;
	lint_at(l, "unknown-action", item, "%s '%.*s'%s%.*s:%.*s%s (catalogue of %.*s)",
		wild ? "no action matches" : "no action", STR_ARG(text),
		near.n ? ", did you mean '" : "; see ", STR_ARG(s->prefix), STR_ARG(near),
		near.n ? "'?" : "*", STR_ARG(catalogue_date(c)));
}

static bool is_before(const struct val *x, const struct val *y)
{
	return x->line < y->line || (x->line == y->line && x->col < y->col);
}

/* Does x of the same list make y needless? Of two that take in each other, the later is. */
static bool makes_needless(struct lint *l, const struct val *x, const struct val *y,
			   bool ignore_case)
{
	struct str sx = val_str(x), sy = val_str(y);
	if (x == y || !lint_may(l, 1))
		return false;
	/* Without a wildcard it takes in itself alone. */
	if (str_chr(sx, '*') < 0 && sx.n != sy.n)
		return false;
	if (!lint_may(l, lint_cost(sx, sy)) || !lint_covers(sx, sy, ignore_case))
		return false;
	return !lint_covers(sy, sx, ignore_case) || is_before(x, y);
}

/* The same twice, or one that another of the list takes in. */
static void twice(struct lint *l, const struct val *list, bool ignore_case, const char *what)
{
	LINT_EACH(y, list)
	{
		LINT_EACH(x, list)
		{
			if (lint_tired(l))
				return;
			struct str sx = val_str(x), sy = val_str(y);
			if (!makes_needless(l, x, y, ignore_case))
				continue;
			bool same = ignore_case ? str_eq_nocase(sx, sy) : str_eq(sx, sy);
			struct lint_finding *f =
				same ? lint_at(l, "duplicate", y, "the %s '%.*s' is there twice",
					       what, STR_ARG(sy))
				     : lint_at(l, "redundant", y, "'%.*s' takes in '%.*s'",
					       STR_ARG(sx), STR_ARG(sy));
			lint_fix_remove(l, f, list, y);
			break;
		}
	}
}

static void rcp_services(struct lint *l, const struct lint_statement *s)
{
	struct catalogue *c = l->in->catalogue;
	LINT_EACH(item, s->deny ? s->actions : NULL)
	{
		struct str service, name;
		if (str_cut(val_str(item), ':', &service, &name) && catalogue_service(c, service) &&
		    !catalogue_rcp_binds(c, service))
			lint_at(l, "rcp-unbound-service", item,
				"RCPs do not bind '%.*s' (catalogue of %.*s)", STR_ARG(service),
				STR_ARG(catalogue_date(c)));
	}
}

void lint_rcp_services(struct lint *l)
{
	for (size_t i = 0; l->in->kind == POLICY_RCP && l->in->catalogue && i < l->n; i++)
		rcp_services(l, &l->st[i]);
}

void lint_rules_of_actions(struct lint *l, const struct lint_statement *s)
{
	LINT_EACH(item, s->actions)
	{
		if (lint_tired(l))
			return;
		exists(l, item);
	}
	twice(l, s->actions, true, "action");
	twice(l, s->resources, false, "resource");
}
