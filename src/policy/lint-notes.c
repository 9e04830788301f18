/* What is no fault, but what a careful reviewer may want to know. */

#include "policy/lint-private.h"

/* Of a document that one person can hold in mind. */
#define MANY 20

static void statements(struct lint *l, const struct val *doc)
{
	if (l->n > MANY)
		lint_at_name(l, "many-statements", val_get(doc, "Statement"), "%zu statements",
			     l->n);
	for (size_t i = 0; i < l->n; i++) {
		if (val_get_str(l->st[i].v, "Sid").n == 0)
			lint_at(l, "no-sid", l->st[i].v, "the statement has no Sid");
	}
}

/* An Allow that gives something has rules of its own for these. */
static void opposites(struct lint *l, const struct lint_statement *s)
{
	enum policy_kind kind = l->in->kind;
	if (s->allow && (kind == POLICY_IDENTITY || kind == POLICY_RESOURCE))
		return;
	if (s->not_action)
		lint_at_name(l, "not-action", s->actions,
			     "every action but these, also those that AWS will add");
	if (s->not_resource)
		lint_at_name(l, "not-resource", s->resources, "every resource but these");
}

static void wide_deny(struct lint *l, const struct lint_statement *s)
{
	if (!s->deny || s->conditions || s->not_action || !lint_any_resource(s))
		return;
	LINT_EACH(item, s->actions)
	{
		struct str text = val_str(item);
		if (lint_is_all(text))
			lint_at(l, "deny-all", item, "everything is denied, to everybody");
		else if (lint_is_service_star(text))
			lint_at(l, "deny-service", item, "everything of %.*s is denied",
				STR_ARG(str_sub(text, 0, text.n - 2)));
	}
}

static bool allows_all(const struct lint_statement *s)
{
	if (!s->allow || s->conditions || s->not_action || !lint_any_resource(s))
		return false;
	LINT_EACH(item, s->actions)
	{
		if (lint_is_all(val_str(item)))
			return true;
	}
	return false;
}

/* "SCPs do not grant permissions": an Allow of all, alone, is AWS's own FullAWSAccess. */
static void limits_nothing(struct lint *l)
{
	const struct lint_statement *all = NULL;
	for (size_t i = 0; i < l->n; i++) {
		if (l->st[i].deny)
			return;
		if (allows_all(&l->st[i]))
			all = &l->st[i];
	}
	if (all && l->in->kind == POLICY_SCP)
		lint_at(l, "limits-nothing", all->v, "it allows everything and denies nothing");
}

void lint_notes(struct lint *l, const struct val *doc)
{
	statements(l, doc);
	for (size_t i = 0; i < l->n; i++) {
		opposites(l, &l->st[i]);
		wide_deny(l, &l->st[i]);
	}
	limits_nothing(l);
}
