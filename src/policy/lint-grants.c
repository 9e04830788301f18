/* What a statement gives away: wildcards, NotAction, iam:PassRole. */

#include "policy/lint-private.h"

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

/*
 * What these services write is who may do what, also where AWS's reference counts it as Write:
 * a user in a group, a role passed, a share accepted.
 */
static bool of_identities(const struct catalogue_service *s)
{
	static const char *const names[] = {"iam", "identitystore", "ram", "sso", "sso-directory"};
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (str_eqz(s->prefix, names[i]))
			return true;
	}
	return false;
}

/* On every resource it is a danger; on those that are named, or on none that can be, a note. */
static void permissions(struct lint *l, const struct val *item, bool any)
{
	const struct lint_action *first = NULL;
	struct lint_actions set = {0};
	size_t n = 0;
	if (!any && !lint_asks(l, LINT_NOTE))
		return;
	if (lint_is_all(val_str(item))) {
		lint_at(l, "permissions-management", item,
			"every action, also those that change who may do what");
		return;
	}
	lint_expand(l, val_str(item), &set);
	for (size_t i = 0; i < set.n; i++) {
		const struct catalogue_action *a = set.v[i].action;
		bool permissions = a->level == ACCESS_PERMISSIONS && !only_reads(a->name);
		if (any && permissions && a->nresources) {
			lint_at(l, "permissions-on-any", item,
				"%.*s:%.*s of every resource is allowed",
				STR_ARG(set.v[i].service->prefix), STR_ARG(a->name));
			return;
		}
		if (!permissions && !(a->level == ACCESS_WRITE && of_identities(set.v[i].service)))
			continue;
		first = first ? first : &set.v[i];
		n++;
	}
	if (first)
		lint_at(l, "permissions-management", item, "%.*s:%.*s%s changes who may do what",
			STR_ARG(first->service->prefix), STR_ARG(first->action->name),
			n > 1 ? ", among others," : "");
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
	if (lint_is_all(text) || !policy_match(text, STR("iam:PassRole"), true))
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
			permissions(l, item, false);
		else if (lint_is_all(text))
			lint_at(l, "administrator", item, "everything is allowed on everything");
		else if (lint_is_service_star(text))
			lint_at(l, "wildcard-service", item,
				"everything of %.*s is allowed on everything",
				STR_ARG(str_sub(text, 0, text.n - 2)));
		else
			permissions(l, item, true);
	}
}
