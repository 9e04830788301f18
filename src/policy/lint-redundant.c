/* Statements against statements: one that does nothing beside another. */

#include "policy/lint-private.h"

/* Does `wide` apply wherever `s` does? Sound: conditions must be none or the same. */
static bool same_conditions(const struct lint_statement *wide, const struct lint_statement *s)
{
	return !wide->conditions || val_count(wide->conditions) == 0 ||
	       (s->conditions && val_eq(wide->conditions, s->conditions));
}

static bool same_principals(const struct lint_statement *wide, const struct lint_statement *s)
{
	if (!wide->who && !s->who)
		return true;
	return wide->who && s->who && wide->not_principal == s->not_principal &&
	       val_eq(wide->who, s->who);
}

static bool takes_in_actions(struct lint *l, const struct lint_statement *wide,
			     const struct lint_statement *s)
{
	if (s->not_action)
		return wide->not_action && val_eq(wide->actions, s->actions);
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
		       (wide->not_resource && val_eq(wide->resources, s->resources));
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
	return same_conditions(wide, s) && same_principals(wide, s) &&
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
