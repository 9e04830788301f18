#include "policy/lint.h"

#include <stdarg.h>
#include <stdlib.h>

#include "base/limits.h"
#include "policy/lint-private.h"
#include "text/json.h"

/* Of comparing, in one document: about half a second. Most legal ones need some thousand. */
#define STEPS 20000000

const struct val *lint_first(const struct val *element)
{
	const struct val *v = val_is(element, VAL_LIST) ? val_first(element) : element;
	while (v && v != element && !val_is(v, VAL_STRING))
		v = v->next;
	return val_is(v, VAL_STRING) ? v : NULL;
}

const struct val *lint_next(const struct val *element, const struct val *item)
{
	if (!val_is(element, VAL_LIST))
		return NULL;
	do
		item = item->next;
	while (item && !val_is(item, VAL_STRING));
	return item;
}

size_t lint_count(const struct val *element)
{
	size_t n = 0;
	LINT_EACH(item, element)
	{
		n++;
	}
	return n;
}

/* ---- findings ---- */

static struct lint_finding *add(struct lint_findings *f, struct arena *a, const char *name,
				uint32_t line, uint32_t col, struct str message)
{
	const struct lint_rule *rule = lint_rule(str_of(name));
	if (!rule)
		BUG("no lint rule '%s'", name);
	if (f->n >= LINT_MAX) {
		f->more++;
		return NULL;
	}
	f->v = arena_grow(a, f->v, f->n, &f->cap, sizeof(*f->v));
	f->v[f->n] =
		(struct lint_finding){.rule = rule, .line = line, .col = col, .message = message};
	return &f->v[f->n++];
}

void lint_add(struct lint_findings *f, struct arena *a, const char *rule, uint32_t line,
	      uint32_t col, struct str message)
{
	add(f, a, rule, line, col, message);
}

static struct lint_finding *addv(struct lint *l, const char *rule, uint32_t line, uint32_t col,
				 const char *fmt, va_list ap)
{
	const struct lint_rule *r = lint_rule(str_of(rule));
	if (r && !lint_asks(l, r->severity))
		return NULL;
	if (l->out->n >= LINT_MAX) {
		l->out->more++;
		return NULL;
	}
	return add(l->out, l->a, rule, line, col, arena_vprintf(l->a, fmt, ap));
}

struct lint_finding *lint_at(struct lint *l, const char *rule, const struct val *v, const char *fmt,
			     ...)
{
	va_list ap;
	va_start(ap, fmt);
	struct lint_finding *f = addv(l, rule, v->line, v->col, fmt, ap);
	va_end(ap);
	return f;
}

struct lint_finding *lint_at_name(struct lint *l, const char *rule, const struct val *v,
				  const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	struct lint_finding *f = addv(l, rule, v->name_line, v->name_col, fmt, ap);
	va_end(ap);
	return f;
}

size_t lint_cost(struct str x, struct str y)
{
	return 8 + (x.n + y.n) / 8;
}

bool lint_may(struct lint *l, size_t steps)
{
	if (l->steps < steps) {
		l->steps = 0;
		l->out->cut = true;
		return false;
	}
	l->steps -= steps;
	return true;
}

static int by_place(const void *x, const void *y)
{
	const struct lint_finding *a = x, *b = y;
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	if (a->col != b->col)
		return a->col < b->col ? -1 : 1;
	int c = str_cmp(str_of(a->rule->name), str_of(b->rule->name));
	return c ? c : str_cmp(a->message, b->message);
}

void lint_sort(struct lint_findings *f)
{
	if (f->n)
		qsort(f->v, f->n, sizeof(*f->v), by_place);
}

/* ---- statements ---- */

static const struct val *either(const struct val *st, const char *x, const char *not_x, bool *isnot)
{
	const struct val *v = val_get(st, x);
	if (v)
		return v;
	v = val_get(st, not_x);
	*isnot = v != NULL;
	return v;
}

/* A Condition without a key is as good as none. */
static bool has_keys(const struct val *condition)
{
	VAL_EACH(block, val_is(condition, VAL_OBJECT) ? condition : NULL)
	{
		if (val_is(block, VAL_OBJECT) && val_count(block))
			return true;
	}
	return false;
}

static void add_statement(struct lint *l, const struct val *v)
{
	struct lint_statement *s = &l->st[l->n];
	if (!val_is(v, VAL_OBJECT))
		return;
	s->v = v;
	s->allow = str_eq_nocase(val_get_str(v, "Effect"), STR("Allow"));
	s->deny = str_eq_nocase(val_get_str(v, "Effect"), STR("Deny"));
	s->actions = either(v, "Action", "NotAction", &s->not_action);
	s->resources = either(v, "Resource", "NotResource", &s->not_resource);
	s->who = either(v, "Principal", "NotPrincipal", &s->not_principal);
	s->condition = val_get(v, "Condition");
	if (!val_is(s->condition, VAL_OBJECT))
		s->condition = NULL;
	s->conditions = has_keys(s->condition) ? s->condition : NULL;
	l->n++;
}

static void add_statements(struct lint *l, const struct val *doc)
{
	const struct val *st = val_get(doc, "Statement");
	size_t n = val_is(st, VAL_LIST) ? val_count(st) : 1;
	l->st = arena_calloc(l->a, n, sizeof(*l->st));
	if (!val_is(st, VAL_LIST)) {
		add_statement(l, st);
		return;
	}
	VAL_EACH(s, st)
	{
		add_statement(l, s);
	}
}

/* A role's trust policy: about assuming it, and about no resource. */
static bool is_trust(const struct lint *l)
{
	for (size_t i = 0; i < l->n; i++) {
		if (l->st[i].resources || !l->st[i].actions)
			return false;
		LINT_EACH(item, l->st[i].actions)
		{
			struct str s = val_str(item);
			if (!str_eq_nocase(str_sub(s, 0, 4), STR("sts:")))
				return false;
		}
	}
	return l->in->kind == POLICY_RESOURCE && l->n > 0;
}

/* ---- what AWS would refuse ---- */

static bool reported_at(const struct lint *l, uint32_t line, uint32_t col)
{
	for (size_t i = 0; i < l->out->n; i++) {
		const struct lint_finding *f = &l->out->v[i];
		if (f->line == line && f->col == col && f->rule->severity == LINT_ERROR)
			return true;
	}
	return false;
}

/* The first fault that AWS would name, unless a rule of our own has said it. */
static void refusal(struct lint *l, bool json)
{
	struct err err = {0};
	if (policy_parse(l->in->text, l->in->kind, l->in->name, l->a, &err))
		return;
	if (json && reported_at(l, err.line, err.col))
		return;
	add(l->out, l->a, json ? "malformed" : "invalid-json", err.line, err.col,
	    arena_strz(l->a, err.message));
}

#define READ_FLAGS (JSON_UNIQUE | JSON_POSITIONS | JSON_LONE_SURROGATES)

void policy_lint(const struct lint_input *in, struct arena *a, struct lint_findings *out)
{
	struct lint l = {.in = in, .a = a, .out = out, .steps = STEPS};
	struct err err = {0};
	struct val *doc;
	bool json =
		in->text.n <= LIMIT_POLICY_BYTES && json_read(in->text, READ_FLAGS, a, &doc, &err);
	if (json) {
		add_statements(&l, doc);
		l.trust = is_trust(&l);
		lint_document(&l, doc);
		lint_rcp_services(&l);
	}
	refusal(&l, json);
	for (size_t i = 0; i < l.n; i++) {
		lint_rules_of_actions(&l, &l.st[i]);
		lint_rules_of_resources(&l, &l.st[i]);
		lint_rules_of_conditions(&l, &l.st[i]);
		lint_rules_of_principals(&l, &l.st[i]);
		lint_rules_of_names(&l, &l.st[i]);
		lint_rules_of_grants(&l, &l.st[i]);
		lint_rules_of_credentials(&l, &l.st[i]);
		lint_rules_of_sensitive(&l, &l.st[i]);
	}
	if (json) {
		lint_rules_of_needs(&l);
		lint_rules_of_buckets(&l);
		if (lint_asks(&l, LINT_NOTE))
			lint_notes(&l, doc);
		lint_rules_of_escalation(&l);
		lint_rules_of_redundancy(&l);
	}
	lint_sort(out);
}

enum policy_kind lint_guess_kind(struct str text)
{
	struct arena *a = arena_new();
	struct err err = {0};
	struct val *doc;
	struct lint l = {.a = a};
	enum policy_kind kind = POLICY_IDENTITY;
	if (text.n <= LIMIT_POLICY_BYTES && json_read(text, READ_FLAGS, a, &doc, &err)) {
		add_statements(&l, doc);
		for (size_t i = 0; i < l.n; i++) {
			if (l.st[i].who)
				kind = POLICY_RESOURCE;
		}
	}
	arena_free(&a);
	return kind;
}
