/* Resource: can the statement's actions be about these ARNs at all? */

#include "policy/lint-private.h"

static bool wild(struct str s)
{
	return str_chr(s, '*') >= 0 || str_chr(s, '?') >= 0 || str_find(s, STR("${")) >= 0;
}

/* https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
static void arn_form(struct lint *l, const struct val *item)
{
	struct arn arn;
	struct str s = val_str(item);
	if (!str_startsz(s, "arn:") || !arn_split(s, &arn))
		return;
	struct str partition = arn.part[1], region = arn.part[3], account = arn.part[4];
	const char *why = NULL;
	if (!wild(partition) && !str_eqz(partition, "aws") && !str_startsz(partition, "aws-"))
		why = "no such partition";
	else if (account.n && !wild(account) && !str_eqz(account, "aws") &&
		 !str_eqz(account, "cloudfront") && !str_startsz(account, "aws-") &&
		 !(account.n == 12 && str_all_digits(account)))
		why = "an account id has 12 digits";
	else if (region.n && !wild(region) && str_chr(region, '-') < 0 &&
		 !str_eqz(region, "global"))
		why = "no such region";
	else if (str_eqz(arn.part[2], "iam") && region.n && !str_eqz(region, "*"))
		why = "IAM's ARNs have no region";
	else if (str_eqz(arn.part[2], "s3") && account.n && !wild(account) &&
		 str_chr(arn.part[5], ':') < 0 && str_chr(arn.part[5], '/') < 0)
		why = "a bucket's ARN has no account";
	if (why)
		lint_at(l, "invalid-arn", item, "%s: '%.*s'", why, STR_ARG(s));
}

/* Of an identity policy AWS refuses it (malformed); an organization's would match nothing. */
static void no_arn(struct lint *l, const struct val *item)
{
	struct str s = val_str(item);
	if ((l->in->kind == POLICY_SCP || l->in->kind == POLICY_RCP) && !str_startsz(s, "arn:") &&
	    !wild(s))
		lint_at(l, "invalid-arn", item, "'%.*s' is no ARN", STR_ARG(s));
}

/*
 * Connections have ARNs of the old or of the new name of their service, and AWS's own policies
 * name both beside either action.
 * https://docs.aws.amazon.com/dtconsole/latest/userguide/security-iam.html
 */
static bool renamed(const struct catalogue_service *s, struct str resource)
{
	return (str_eqz(s->prefix, "codestar-connections") ||
		str_eqz(s->prefix, "codeconnections")) &&
	       (str_find(resource, STR(":codestar-connections:")) >= 0 ||
		str_find(resource, STR(":codeconnections:")) >= 0);
}

bool lint_about_one(struct lint *l, const struct lint_action *x, size_t i, struct str resource)
{
	struct str form = x->service->resources[x->action->resources[i]].pattern;
	return !lint_may(l, 4 + form.n * (resource.n < 1024 ? resource.n : 1) / 32) ||
	       lint_meet_form(form, resource);
}

bool lint_about(struct lint *l, const struct lint_action *x, struct str resource)
{
	if (str_eqz(resource, "*") || (x->action->nresources && renamed(x->service, resource)))
		return true;
	for (size_t i = 0; i < x->action->nresources; i++) {
		if (lint_about_one(l, x, i, resource))
			return true;
	}
	return false;
}

/* S3 and a few others take part of an ARN in their own policies; those are not looked at. */
bool lint_comparable(const struct lint_statement *s)
{
	LINT_EACH(item, s->resources)
	{
		struct str r = val_str(item);
		if (!str_startsz(r, "arn:") && !str_eqz(r, "*"))
			return false;
	}
	return s->resources && !s->not_action && lint_count(s->actions) &&
	       (s->deny || !s->not_resource);
}

static bool pattern_is_about(struct lint *l, const struct lint_actions *set, const struct val *list)
{
	for (size_t i = 0; i < set->n; i++) {
		LINT_EACH(r, list)
		{
			if (lint_about(l, &set->v[i], val_str(r)))
				return true;
		}
	}
	return false;
}

/* Of a pattern, an action that is about none of them, although others are. */
static void beyond(struct lint *l, const struct lint_actions *set, const struct lint_statement *s,
		   const struct val *item)
{
	const struct lint_action *first = NULL;
	size_t n = 0;
	if (!lint_asks(l, LINT_NOTE) || !lint_is_wild(val_str(item)))
		return;
	for (size_t i = 0; i < set->n && !lint_tired(l); i++) {
		struct lint_actions one = {.v = &set->v[i], .n = 1};
		if (pattern_is_about(l, &one, s->resources))
			continue;
		first = first ? first : &set->v[i];
		n++;
	}
	if (first && !lint_tired(l))
		lint_at(l, "wildcard-beyond", item, "%.*s:%.*s%s is never about these resources",
			STR_ARG(first->service->prefix), STR_ARG(first->action->name),
			n > 1 ? ", among others," : "");
}

#define SHOWN_FORMS 3

/* The forms of resource that the pattern's first action with any has, for the message. */
static struct str forms_of(const struct lint_actions *set, struct arena *a)
{
	for (size_t i = 0; i < set->n; i++) {
		const struct catalogue_action *action = set->v[i].action;
		const struct catalogue_resource *all = set->v[i].service->resources;
		struct str text = STR("");
		for (size_t k = 0; k < action->nresources && k < SHOWN_FORMS; k++)
			text = arena_join(a, text, k ? STR(" or ") : STR(""),
					  all[action->resources[k]].arn);
		if (text.n)
			return action->nresources > SHOWN_FORMS ? arena_join(a, text, STR(" …"))
								: text;
	}
	return STR("*");
}

static void mismatch(struct lint *l, const struct lint_statement *s)
{
	struct lint_actions *sets = arena_calloc(l->a, lint_count(s->actions), sizeof(*sets));
	size_t n = 0;
	bool any = false, unknown = false;
	LINT_EACH(item, s->actions)
	{
		if (lint_tired(l))
			return;
		struct lint_actions *set = &sets[n++];
		lint_expand(l, val_str(item), set);
		unknown |= set->all || set->n == 0;
		if (set->all || set->n == 0)
			continue;
		if (pattern_is_about(l, set, s->resources)) {
			any = true;
			beyond(l, set, s, item);
			continue;
		}
		struct str form = forms_of(set, l->a);
		lint_at(l, "resource-mismatch", item,
			"'%.*s' is never about these resources%s; it is about %.*s",
			STR_ARG(val_str(item)),
			s->not_resource ? ", so NotResource excepts nothing of it" : "",
			STR_ARG(form));
	}
	/* Where nothing fits, the actions have been told already. */
	LINT_EACH(r, any && !unknown ? s->resources : NULL)
	{
		if (lint_tired(l))
			return;
		bool used = false;
		for (size_t i = 0; i < n && !used; i++) {
			for (size_t k = 0; k < sets[i].n && !used; k++)
				used = lint_about(l, &sets[i].v[k], val_str(r));
		}
		if (!used)
			lint_at(l, "resource-unused", r, "none of the actions is about '%.*s'",
				STR_ARG(val_str(r)));
	}
}

void lint_rules_of_resources(struct lint *l, const struct lint_statement *s)
{
	LINT_EACH(item, s->resources)
	{
		arn_form(l, item);
		no_arn(l, item);
	}
	if (l->in->catalogue && lint_comparable(s))
		mismatch(l, s);
}
