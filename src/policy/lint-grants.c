/* What a statement gives away: wildcards, NotAction, iam:PassRole. */

#include "policy/lint-private.h"

static bool is_service_star(struct str s)
{
	return s.n > 2 && str_endsz(s, ":*") && !str_startsz(s, "*");
}

static bool is_all(struct str s)
{
	return str_eqz(s, "*") || str_eqz(s, "*:*");
}

static void opposites(struct lint *l, const struct lint_statement *s)
{
	if (s->not_action)
		lint_at_name(l, "allow-not-action", s->actions,
			     "every action but these is allowed, also those that AWS will add");
	if (s->not_resource)
		lint_at_name(l, "allow-not-resource", s->resources,
			     "every resource but these is allowed");
}

/* AWS's pages count some that only read permissions among those that manage them. */
static bool only_reads(struct str name)
{
	return str_startsz(name, "Get") || str_startsz(name, "List") ||
	       str_startsz(name, "Describe") || str_startsz(name, "Test");
}

static void permissions_on_any(struct lint *l, const struct val *item)
{
	struct lint_actions set = {0};
	if (is_service_star(val_str(item)))
		return;
	lint_expand(l, val_str(item), &set);
	for (size_t i = 0; i < set.n; i++) {
		const struct catalogue_action *a = set.v[i].action;
		if (a->level != ACCESS_PERMISSIONS || !a->nresources || only_reads(a->name))
			continue;
		lint_at(l, "permissions-on-any", item, "%.*s:%.*s of every resource is allowed",
			STR_ARG(set.v[i].service->prefix), STR_ARG(a->name));
		return;
	}
}

static bool has_key(const struct lint_statement *s, struct str name)
{
	VAL_EACH(block, s->conditions)
	{
		VAL_EACH(key, val_is(block, VAL_OBJECT) ? block : NULL)
		{
			if (str_eq_nocase(key->name, name))
				return true;
		}
	}
	return false;
}

static void pass_role(struct lint *l, const struct lint_statement *s, const struct val *item)
{
	struct str text = val_str(item);
	if (is_all(text) || !policy_match(text, STR("iam:PassRole"), true))
		return;
	if (lint_wide_resource(s) && !has_key(s, STR("iam:PassedToService")))
		lint_at(l, "pass-role-any", item,
			"every role may be passed to every service ('%.*s')", STR_ARG(text));
}

void lint_rules_of_grants(struct lint *l, const struct lint_statement *s)
{
	enum policy_kind kind = l->in->kind;
	/* SCPs, boundaries and session policies only limit what others give. */
	if (!s->allow || (kind != POLICY_IDENTITY && kind != POLICY_RESOURCE))
		return;
	opposites(l, s);
	if (kind != POLICY_IDENTITY || s->not_action)
		return;
	LINT_EACH(item, s->actions)
	{
		struct str text = val_str(item);
		pass_role(l, s, item);
		if (s->conditions || !lint_any_resource(s))
			continue;
		if (is_all(text))
			lint_at(l, "administrator", item, "everything is allowed on everything");
		else if (is_service_star(text))
			lint_at(l, "wildcard-service", item,
				"everything of %.*s is allowed on everything",
				STR_ARG(str_sub(text, 0, text.n - 2)));
		else
			permissions_on_any(l, item);
	}
}
