/* What resources an allowed action needs, and which it could be limited to. */

#include "policy/lint-private.h"

/* An action that is written out, and in the catalogue. */
static bool find(struct lint *l, struct str text, struct lint_action *out)
{
	struct str service, name;
	if (lint_is_wild(text) || !l->in->catalogue || !str_cut(text, ':', &service, &name) ||
	    !lint_may(l, 100 + 1000 / 4))
		return false;
	out->service = catalogue_service(l->in->catalogue, service);
	out->action = out->service ? catalogue_action(out->service, name) : NULL;
	return out->action != NULL;
}

/* Does an Allow of the document give the action on something of that form? */
static bool given(struct lint *l, const struct lint_action *x, struct str text, size_t form)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct lint_statement *s = &l->st[i];
		if (!s->allow || !s->resources)
			continue;
		if (!lint_may(l, 2 + lint_count(s->actions) * lint_cost(text, STR_NULL)))
			return true;
		if (!lint_names_action(s, text))
			continue;
		if (s->not_resource || !lint_comparable(s))
			return true;
		LINT_EACH(r, s->resources)
		{
			if (str_eqz(val_str(r), "*") || lint_about_one(l, x, form, val_str(r)))
				return true;
		}
	}
	return false;
}

/* AWS's examples spread ec2:RunInstances over statements: it is told at the first. */
static bool is_first(struct lint *l, const struct lint_statement *s, struct str text)
{
	for (const struct lint_statement *x = l->st; x < s; x++) {
		if (!lint_may(l, 2 + lint_count(x->actions) * lint_cost(text, STR_NULL)))
			return false;
		if (x->allow && lint_names_action(x, text))
			return false;
	}
	return true;
}

static bool some(struct lint *l, const struct lint_action *x, size_t form, const struct val *list)
{
	LINT_EACH(r, list)
	{
		if (lint_about_one(l, x, form, val_str(r)))
			return true;
	}
	return false;
}

static void missing(struct lint *l, const struct lint_statement *s, const struct val *item)
{
	struct str text = val_str(item);
	struct lint_action x;
	bool fits = false;
	if (!find(l, text, &x))
		return;
	/* Where none fits, resource-mismatch tells. */
	for (size_t i = 0; !fits && i < x.action->nresources; i++)
		fits = some(l, &x, i, s->resources);
	for (size_t i = 0; fits && i < x.action->nresources; i++) {
		const struct catalogue_resource *form =
			&x.service->resources[x.action->resources[i]];
		if (!x.action->required[i] || some(l, &x, i, s->resources) || given(l, &x, text, i))
			continue;
		if (is_first(l, s, text))
			lint_at(l, "resource-missing", item,
				"%.*s is also about %.*s, which is not named", STR_ARG(text),
				STR_ARG(form->arn));
		return;
	}
}

/* "arn:*:s3:::*" and a star with the partition that the resource has. */
static struct str in_partition(struct lint *l, struct str form, struct str resource)
{
	struct arn arn;
	if (!str_startsz(form, "arn:*:") || !arn_split(resource, &arn))
		return form;
	return arena_printf(l->a, "arn:%.*s:%.*s", STR_ARG(arn.part[1]),
			    STR_ARG(str_from(form, 6)));
}

static bool takes_in(struct lint *l, const struct lint_statement *s, struct str form)
{
	LINT_EACH(r, s->resources)
	{
		struct str text = val_str(r);
		if (!lint_may(l, 16 + lint_cost(text, form)))
			return false;
		if (str_endsz(text, "*") && lint_covers(text, in_partition(l, form, text), false))
			return true;
	}
	return false;
}

/* Could the action be limited to fewer resources than the statement names? */
static bool unlimited(struct lint *l, const struct lint_statement *s, const struct lint_action *x,
		      bool any)
{
	bool required = false, all = any;
	for (size_t i = 0; i < x->action->nresources; i++)
		required |= x->action->required[i];
	for (size_t i = 0; !any && i < x->action->nresources; i++) {
		const struct catalogue_resource *form =
			&x->service->resources[x->action->resources[i]];
		if (required && !x->action->required[i])
			continue;
		/* S3's access points are a second way to the same objects. */
		if (str_find(form->name, STR("accesspoint")) >= 0)
			continue;
		all = takes_in(l, s, form->pattern);
		if (!all)
			break;
	}
	return all && x->action->nresources > 0;
}

static void on_any(struct lint *l, const struct lint_statement *s)
{
	bool any = lint_any_resource(s);
	struct lint_action first = {0};
	size_t n = 0;
	LINT_EACH(item, s->actions)
	{
		struct lint_actions set = {0};
		/* Of those wildcard-service tells. */
		if (lint_is_service_star(val_str(item)) && any && !s->conditions)
			continue;
		lint_expand(l, val_str(item), &set);
		for (size_t i = 0; i < set.n && !lint_tired(l); i++) {
			if (!unlimited(l, s, &set.v[i], any))
				continue;
			if (n++ == 0)
				first = set.v[i];
		}
	}
	if (n == 0)
		return;
	const struct catalogue_action *a = first.action;
	struct str form = first.service->resources[a->resources[0]].arn;
	lint_at(l, "resource-any", lint_first(s->resources),
		"%.*s:%.*s%s could be limited to resources: %.*s", STR_ARG(first.service->prefix),
		STR_ARG(a->name), n > 1 ? ", among others," : "", STR_ARG(form));
}

void lint_rules_of_needs(struct lint *l)
{
	if (l->in->kind != POLICY_IDENTITY || !lint_asks(l, LINT_NOTE))
		return;
	for (size_t i = 0; i < l->n; i++) {
		const struct lint_statement *s = &l->st[i];
		if (!s->allow || s->not_resource || !lint_comparable(s) || lint_tired(l))
			continue;
		LINT_EACH(item, lint_any_resource(s) ? NULL : s->actions)
		{
			missing(l, s, item);
		}
		if (lint_count(s->resources))
			on_any(l, s);
	}
}
