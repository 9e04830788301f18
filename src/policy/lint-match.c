/* Patterns against patterns. */

#include <string.h>

#include "policy/lint-private.h"

/* Of a pattern that is compared with others; an ARN has at most 2,048 characters. */
#define LONGEST 4096

/*
 * The narrower pattern is taken as a text: its stars are characters that only a
 * star of the wider one matches, so whatever they stand for is inside that star.
 * A '?' of the wider one could match a star, so such patterns only cover themselves.
 */
bool lint_covers(struct str wide, struct str pattern, bool ignore_case)
{
	bool same = ignore_case ? str_eq_nocase(wide, pattern) : str_eq(wide, pattern);
	if (same || str_eqz(wide, "*"))
		return true;
	if (wide.n > LONGEST || pattern.n > LONGEST)
		return false;
	if (str_chr(wide, '?') >= 0 || str_find(wide, STR("${")) >= 0)
		return false;
	return policy_match(wide, pattern, ignore_case);
}

static unsigned char fold(unsigned char c, bool ignore_case)
{
	return ignore_case && c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

/* Without the text of policy variables, which may be anything: "${…}" is a star. */
static size_t plain(struct str s, bool ignore_case, unsigned char *out)
{
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		ptrdiff_t end = -1;
		if (s.p[i] == '$' && i + 1 < s.n && s.p[i + 1] == '{')
			end = str_chr(str_from(s, i), '}');
		unsigned char c = end >= 0 ? '*' : fold((unsigned char)s.p[i], ignore_case);
		if (c != '*' || n == 0 || out[n - 1] != '*')
			out[n++] = c;
		if (end >= 0)
			i += (size_t)end;
	}
	return n;
}

#define MEET_MAX 1024

/* Before its `colons`th colon x's stars stand for no colon, behind it for no `barred`. */
static bool meet(struct str x, struct str y, bool ignore_case, size_t colons, char barred)
{
	unsigned char a[MEET_MAX], b[MEET_MAX];
	bool now[MEET_MAX + 1], above[MEET_MAX + 1];
	if (x.n > MEET_MAX || y.n > MEET_MAX)
		return true;
	size_t an = plain(x, ignore_case, a), bn = plain(y, ignore_case, b);
	/* above[j]: a's first i-1 and b's first j bytes have a text in common. */
	above[0] = true;
	for (size_t j = 1; j <= bn; j++)
		above[j] = above[j - 1] && b[j - 1] == '*';
	for (size_t i = 1; i <= an; i++) {
		now[0] = above[0] && a[i - 1] == '*';
		colons -= colons && a[i - 1] == ':';
		char no = colons ? ':' : barred;
		for (size_t j = 1; j <= bn; j++) {
			unsigned char p = a[i - 1], q = b[j - 1];
			if (p == '*' || q == '*')
				now[j] = above[j] || (now[j - 1] && (p != '*' || !no || q != no));
			else
				now[j] = above[j - 1] && (p == q || p == '?' || q == '?');
		}
		memcpy(above, now, (bn + 1) * sizeof(*now));
	}
	return above[bn];
}

bool lint_meet(struct str x, struct str y, bool ignore_case)
{
	return meet(x, y, ignore_case, 0, '\0');
}

bool lint_meet_form(struct str form, struct str resource)
{
	/* A bucket's name has no slash; that of an object, and of most others, may have. */
	bool bucket = str_endsz(form, ":s3:::*");
	return meet(form, resource, false, 5, bucket ? '/' : '\0');
}

void lint_expand(struct lint *l, struct str pattern, struct lint_actions *out)
{
	struct str service, name;
	struct catalogue_service *s;
	if (!l->in->catalogue || !str_cut(pattern, ':', &service, &name) ||
	    str_chr(service, '*') >= 0 || str_chr(service, '?') >= 0 || !lint_may(l, 100) ||
	    !(s = catalogue_service(l->in->catalogue, service))) {
		out->all = true;
		return;
	}
	for (size_t i = 0; i < s->nactions && lint_may(l, lint_cost(name, STR_NULL) / 4); i++) {
		if (!policy_match(name, s->actions[i].name, true))
			continue;
		out->v = arena_grow(l->a, out->v, out->n, &out->cap, sizeof(*out->v));
		out->v[out->n++] = (struct lint_action){s, &s->actions[i]};
	}
}

bool lint_is_all(struct str action)
{
	return str_eqz(action, "*") || str_eqz(action, "*:*");
}

bool lint_is_service_star(struct str action)
{
	return action.n > 2 && str_endsz(action, ":*") && !str_startsz(action, "*");
}

bool lint_is_wild(struct str s)
{
	return str_chr(s, '*') >= 0 || str_chr(s, '?') >= 0;
}

bool lint_names_action(const struct lint_statement *s, struct str action)
{
	LINT_EACH(item, s->actions)
	{
		if (s->not_action ? lint_meet(val_str(item), action, true)
				  : lint_covers(val_str(item), action, true))
			return !s->not_action;
	}
	return s->not_action;
}

bool lint_names_resource(const struct lint_statement *s, struct str resource)
{
	LINT_EACH(item, s->resources)
	{
		if (s->not_resource ? lint_meet(val_str(item), resource, false)
				    : lint_covers(val_str(item), resource, false))
			return !s->not_resource;
	}
	return s->not_resource;
}

bool lint_any_resource(const struct lint_statement *s)
{
	LINT_EACH(item, s->not_resource ? NULL : s->resources)
	{
		struct str r = val_str(item);
		size_t stars = 0;
		for (size_t i = 0; i < r.n; i++)
			stars += r.p[i] == '*' || r.p[i] == ':';
		if ((r.n && stars == r.n) || str_eqz(r, "arn:*") || str_eqz(r, "arn:aws:*"))
			return true;
	}
	return false;
}

bool lint_wide_resource(const struct lint_statement *s)
{
	if (s->not_resource || lint_any_resource(s))
		return true;
	LINT_EACH(item, s->resources)
	{
		struct str r = val_str(item);
		if (str_find(r, STR("${")) < 0 && (str_endsz(r, "/*") || str_endsz(r, ":*")))
			return true;
	}
	return false;
}

bool lint_denies_always(const struct policy *p, size_t statement)
{
	const struct statement *s = &p->statements[statement];
	if (!s->deny || s->nconditions || s->not_resource || s->not_principal)
		return false;
	for (size_t i = 0; i < s->nresources; i++) {
		if (s->resources[i].kind == PATTERN_ALL)
			return true;
	}
	return false;
}

size_t lint_actions_of(struct catalogue *c, struct str pattern, struct arena *a, struct str **out)
{
	struct lint_findings none = {0};
	struct lint_input in = {.catalogue = c};
	struct lint l = {.in = &in, .a = a, .out = &none, .steps = 100000};
	struct lint_actions set = {0};
	lint_expand(&l, pattern, &set);
	*out = arena_calloc(a, set.n, sizeof(**out));
	for (size_t i = 0; i < set.n; i++)
		(*out)[i] = arena_printf(a, "%.*s:%.*s", STR_ARG(set.v[i].service->prefix),
					 STR_ARG(set.v[i].action->name));
	return set.n;
}
