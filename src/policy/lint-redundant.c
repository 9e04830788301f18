/* Statements against statements: one that does nothing beside another. */

#include "policy/lint-private.h"

/* Of comparing it, in steps. The depth is the JSON reader's limit. */
static size_t weight_of(const struct val *v)
{
	size_t n = 1 + (val_is(v, VAL_STRING) ? val_str(v).n / 16 : 0);
	VAL_EACH(kid, val_is(v, VAL_OBJECT) || val_is(v, VAL_LIST) ? v : NULL)
	{
		n += weight_of(kid);
	}
	return n;
}

static bool same(struct lint *l, const struct val *x, const struct val *y)
{
	return lint_may(l, weight_of(x)) && val_eq(x, y);
}

/* The same strings, in whatever order: AWS reads a list of values as a set. */
static bool same_values(struct lint *l, const struct val *x, const struct val *y)
{
	size_t n = lint_count(x), k = lint_count(y);
	if (n != k || (val_is(x, VAL_LIST) && val_count(x) != n) ||
	    (val_is(y, VAL_LIST) && val_count(y) != k) || !lint_may(l, 1 + n * k))
		return false;
	LINT_EACH(a, x)
	{
		bool found = false;
		LINT_EACH(b, y)
		{
			found |= str_eq(val_str(a), val_str(b));
		}
		if (!found)
			return false;
	}
	/* Both ways, for lists that have a value twice. */
	LINT_EACH(b, y)
	{
		bool found = false;
		LINT_EACH(a, x)
		{
			found |= str_eq(val_str(a), val_str(b));
		}
		if (!found)
			return false;
	}
	return n > 0;
}

/* Two levels of names, then values. */
static bool conditions_eq(struct lint *l, const struct val *x, const struct val *y, int levels)
{
	if (val_eq(x, y))
		return true;
	if (levels == 0 || !val_is(x, VAL_OBJECT) || !val_is(y, VAL_OBJECT))
		return same_values(l, x, y);
	if (val_count(x) != val_count(y) || !lint_may(l, 1 + val_count(x) * val_count(y)))
		return false;
	VAL_EACH(m, x)
	{
		const struct val *other = NULL;
		VAL_EACH(o, y)
		{
			if (str_eq(o->name, m->name))
				other = o;
		}
		if (!other || !conditions_eq(l, m, other, levels - 1))
			return false;
	}
	return true;
}

/* Does `wide` apply wherever `s` does? Sound: conditions must be none or the same. */
static bool same_conditions(struct lint *l, const struct lint_statement *wide,
			    const struct lint_statement *s)
{
	if (!wide->conditions || !s->conditions)
		return !wide->conditions;
	return lint_may(l, 2 * weight_of(s->conditions)) &&
	       conditions_eq(l, wide->conditions, s->conditions, 2);
}

static bool same_principals(struct lint *l, const struct lint_statement *wide,
			    const struct lint_statement *s)
{
	if (!wide->who && !s->who)
		return true;
	return wide->who && s->who && wide->not_principal == s->not_principal &&
	       same(l, wide->who, s->who);
}

static bool takes_in_actions(struct lint *l, const struct lint_statement *wide,
			     const struct lint_statement *s)
{
	if (s->not_action)
		return wide->not_action && same(l, wide->actions, s->actions);
	LINT_EACH(item, s->actions)
	{
		if (!lint_may(l, lint_count(wide->actions) * lint_cost(val_str(item), STR_NULL)) ||
		    !lint_names_action(wide, val_str(item)))
			return false;
	}
	return lint_count(s->actions) > 0;
}

static bool takes_in_resources(struct lint *l, const struct lint_statement *wide,
			       const struct lint_statement *s)
{
	if (!wide->resources || !s->resources)
		return !wide->resources && !s->resources;
	if (s->not_resource)
		return lint_any_resource(wide) ||
		       (wide->not_resource && same(l, wide->resources, s->resources));
	LINT_EACH(item, s->resources)
	{
		if (!lint_may(l,
			      lint_count(wide->resources) * lint_cost(val_str(item), STR_NULL)) ||
		    !lint_names_resource(wide, val_str(item)))
			return false;
	}
	return lint_count(s->resources) > 0;
}

static bool takes_in(struct lint *l, const struct lint_statement *wide,
		     const struct lint_statement *s)
{
	return same_conditions(l, wide, s) && same_principals(l, wide, s) &&
	       takes_in_actions(l, wide, s) && takes_in_resources(l, wide, s);
}

void lint_rules_of_redundancy(struct lint *l)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct lint_statement *s = &l->st[i];
		for (size_t k = 0; k < l->n; k++) {
			const struct lint_statement *wide = &l->st[k];
			if (lint_tired(l))
				return;
			if (i == k || !lint_may(l, 1) || !takes_in(l, wide, s))
				continue;
			if (wide->deny && s->allow) {
				lint_at(l, "never-applies", s->v,
					"the Deny of line %u takes in all that is allowed here",
					wide->v->line);
				break;
			}
			/* Of two that are the same, the second is one too many. */
			if (wide->allow != s->allow || wide->deny != s->deny ||
			    (k > i && takes_in(l, s, wide)))
				continue;
			lint_at(l, "redundant-statement", s->v,
				"the statement of line %u takes in all of this one", wide->v->line);
			break;
		}
	}
}
