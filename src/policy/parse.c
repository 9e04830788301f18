/*
 * A document's text to its parsed form. check.c has accepted the tree before
 * anything is built from it.
 */

#include "policy/check-private.h"

#include <string.h>

#include "base/limits.h"
#include "text/json.h"

static struct str lower_copy(struct str s, struct arena *a)
{
	char *out = arena_dupz(a, s);
	for (size_t i = 0; i < s.n; i++) {
		if (out[i] >= 'A' && out[i] <= 'Z')
			out[i] = (char)(out[i] | 0x20);
	}
	return (struct str){out, s.n};
}

/* Wildcards to their parsed form, in place. */
static void mark_wildcards(struct str s)
{
	char *p = (char *)(uintptr_t)s.p;
	for (size_t i = 0; i < s.n; i++) {
		if (p[i] == '*')
			p[i] = (char)GLOB_STAR;
		else if (p[i] == '?')
			p[i] = (char)GLOB_ANY;
	}
}

static void action_parse(struct action *out, struct str text, struct arena *a)
{
	static const enum action_kind kinds[] = {
		[PATTERN_ALL] = ACTION_SERVICE,
		[PATTERN_LITERAL] = ACTION_EXACT,
		[PATTERN_PREFIX] = ACTION_PREFIX,
		[PATTERN_GLOB] = ACTION_NAME,
	};
	bool all = str_eqz(text, "*") || str_eqz(text, "*:*");
	struct pattern p;
	struct str service, name;
	*out = (struct action){.whole = lower_copy(text, a)};
	mark_wildcards(out->whole);
	str_cut(out->whole, ':', &service, &name);
	out->service_n = (uint32_t)service.n;
	pattern_set(&p, service);
	if (all) {
		out->kind = ACTION_ALL;
	} else if (p.kind != PATTERN_LITERAL) {
		out->kind = ACTION_GLOB;
	} else {
		pattern_set(&p, name);
		out->kind = kinds[p.kind];
	}
}

/* The strings of an element that is one string or a list of them. */
static size_t element_count(const struct val *v)
{
	return !v ? 0 : val_is(v, VAL_LIST) ? val_count(v) : 1;
}

static const struct val *element_first(const struct val *v)
{
	return val_is(v, VAL_LIST) ? val_first(v) : v;
}

static const struct val *element_next(const struct val *element, const struct val *item)
{
	return val_is(element, VAL_LIST) ? item->next : NULL;
}

#define ELEMENT_EACH(item, element)                                 \
	for (const struct val *item = element_first(element); item; \
	     item = element_next(element, item))

static void actions_build(struct statement *s, const struct val *st, struct arena *a)
{
	const struct val *v = val_get(st, "Action");
	if (!v) {
		v = val_get(st, "NotAction");
		s->not_action = true;
	}
	s->actions = arena_calloc(a, element_count(v), sizeof(*s->actions));
	ELEMENT_EACH(item, v)
	{
		action_parse(&s->actions[s->nactions++], val_str(item), a);
	}
}

static void resources_build(struct statement *s, const struct val *st, unsigned flags,
			    struct arena *a)
{
	const struct val *v = val_get(st, "Resource");
	if (!v) {
		v = val_get(st, "NotResource");
		s->not_resource = v != NULL;
	}
	s->has_resource = v != NULL;
	s->resources = arena_calloc(a, element_count(v), sizeof(*s->resources));
	ELEMENT_EACH(item, v)
	{
		pattern_parse(&s->resources[s->nresources++], val_str(item),
			      flags | PATTERN_WILDCARDS, a);
	}
}

static struct str behind(struct str s, size_t n)
{
	return str_from(s, n);
}

/* https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html */
static void who_parse(struct who *w, struct str kind, struct str text, struct arena *a)
{
	struct arn arn;
	*w = (struct who){.kind = WHO_TEXT, .text = arena_str(a, text)};
	if (!str_eqz(kind, "AWS"))
		return;
	if (str_eqz(text, "*")) {
		w->kind = WHO_ANYONE;
		return;
	}
	if (text.n == 12 && str_all_digits(text)) {
		w->kind = WHO_ACCOUNT;
		w->account = w->text;
		return;
	}
	if (!arn_split(w->text, &arn))
		return;
	struct str r = arn.part[5];
	w->account = arn.part[4];
	if (str_eqz(r, "root")) {
		w->kind = WHO_ACCOUNT;
	} else if (str_startsz(r, "user/")) {
		w->kind = WHO_USER;
	} else if (str_startsz(r, "role/")) {
		ptrdiff_t slash = str_rchr(r, '/');
		w->kind = WHO_ROLE;
		w->name = behind(r, (size_t)slash + 1);
	} else if (str_startsz(r, "assumed-role/")) {
		w->kind = WHO_SESSION;
	} else if (str_startsz(r, "federated-user/")) {
		w->kind = WHO_FEDERATED;
	}
}

static void who_build(struct statement *s, const struct val *st, struct arena *a)
{
	const struct val *v = val_get(st, "Principal");
	if (!v) {
		v = val_get(st, "NotPrincipal");
		s->not_principal = v != NULL;
	}
	s->has_principal = v != NULL;
	if (val_is(v, VAL_STRING)) {
		s->who = arena_new_of(a, struct who);
		who_parse(&s->who[s->nwho++], STR("AWS"), val_str(v), a);
		return;
	}
	size_t n = 0;
	VAL_EACH(entry, v)
	{
		n += element_count(entry);
	}
	s->who = arena_calloc(a, n, sizeof(*s->who));
	VAL_EACH(entry, v)
	{
		ELEMENT_EACH(item, entry)
		{
			who_parse(&s->who[s->nwho++], entry->name, val_str(item), a);
		}
	}
}

/* A condition's value as text: numbers and booleans as they are written. */
static struct str value_text(const struct val *v, struct arena *a)
{
	if (val_is(v, VAL_BOOL))
		return val_true(v) ? STR("true") : STR("false");
	if (val_is(v, VAL_INT))
		return arena_printf(a, "%lld", (long long)val_i64(v, 0));
	return val_str(v);
}

static void condition_build(struct condition *c, const struct cond_op *op, const struct val *key,
			    unsigned flags, struct arena *a)
{
	c->op = *op;
	c->key = arena_str(a, key->name);
	c->key_hash = key_hash_of(c->key);
	c->derived = (uint8_t)derived_key_of(c->key);
	c->line = key->name_line;
	c->col = key->name_col;
	c->values = arena_calloc(a, element_count(key), sizeof(*c->values));
	ELEMENT_EACH(item, key)
	{
		operand_parse(&c->values[c->n++], value_text(item, a), op, flags, a);
	}
}

static void conditions_build(struct statement *s, const struct val *st, unsigned flags,
			     struct arena *a)
{
	const struct val *v = val_get(st, "Condition");
	size_t n = 0;
	VAL_EACH(block, v)
	{
		n += val_count(block);
	}
	s->conditions = arena_calloc(a, n, sizeof(*s->conditions));
	VAL_EACH(block, v)
	{
		struct cond_op op;
		if (val_count(block) == 0)
			continue;
		if (!cond_op_parse(block->name, &op))
			BUG("an operator that was accepted is unknown");
		VAL_EACH(key, block)
		{
			condition_build(&s->conditions[s->nconditions++], &op, key, flags, a);
		}
	}
}

static void statement_build(struct statement *s, const struct val *st, unsigned flags,
			    struct arena *a)
{
	s->deny = str_eqz(val_get_str(st, "Effect"), "Deny");
	s->sid = arena_str(a, val_get_str(st, "Sid"));
	s->line = st->line;
	s->col = st->col;
	actions_build(s, st, a);
	resources_build(s, st, flags, a);
	who_build(s, st, a);
	conditions_build(s, st, flags, a);
}

static struct policy *policy_build(const struct val *doc, enum policy_kind kind, struct str name,
				   struct arena *a)
{
	struct policy *p = arena_new_of(a, struct policy);
	p->name = arena_str(a, name);
	p->kind = kind;
	p->id = arena_str(a, val_get_str(doc, "Id"));
	/* Variables came with 2012-10-17; without a Version it is 2008-10-17. */
	p->variables = str_eqz(val_get_str(doc, "Version"), "2012-10-17");
	unsigned flags = p->variables ? PATTERN_VARIABLES : 0;
	const struct val *st = val_get(doc, "Statement");
	p->statements = arena_calloc(a, element_count(st), sizeof(*p->statements));
	ELEMENT_EACH(item, st)
	{
		statement_build(&p->statements[p->n++], item, flags, a);
	}
	return p;
}

/* The RCP that AWS attaches everywhere, whatever it may look like one day. */
static bool is_managed(enum policy_kind kind, struct str name)
{
	return kind == POLICY_RCP && str_ends(name, STR("RCPFullAWSAccess"));
}

/*
 * "Individual elements must not contain multiple instances of the same key."
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 * An escaped half of a character stands in some live documents; it matches nothing.
 */
#define PARSE_FLAGS (JSON_UNIQUE | JSON_POSITIONS | JSON_LONE_SURROGATES)

static struct policy *parse(struct str text, enum policy_kind kind, struct str name, bool kept,
			    struct arena *a, struct err *err)
{
	struct policy *p = NULL;
	struct val *doc;
	struct arena *scratch = arena_new();
	struct map sids;
	struct check c = {kind, is_managed(kind, name), kept, name, scratch, &sids, err};
	map_init(&sids);
	if (text.n > LIMIT_POLICY_BYTES) {
		err_set(err, ERR_LIMIT, "the policy '%.*s' has %zu bytes; at most %zu are read",
			STR_ARG(name), text.n, LIMIT_POLICY_BYTES);
	} else if (!json_read(text, PARSE_FLAGS, scratch, &doc, err)) {
		if (err->kind == ERR_INPUT) {
			struct str why = arena_strz(scratch, err->message);
			check_fault(&c, err->line, err->col, "Syntax errors in policy.", why.p,
				    STR_NULL);
		}
	} else if (policy_check(&c, doc)) {
		p = policy_build(doc, kind, name, a);
	}
	map_release(&sids);
	arena_free(&scratch);
	return p;
}

struct policy *policy_parse(struct str text, enum policy_kind kind, struct str name,
			    struct arena *a, struct err *err)
{
	return parse(text, kind, name, false, a, err);
}

struct policy *policy_parse_kept(struct str text, enum policy_kind kind, struct str name,
				 struct arena *a, struct err *err)
{
	return parse(text, kind, name, true, a, err);
}

struct str policy_name(const struct policy *p)
{
	return p->name;
}

enum policy_kind policy_kind_of(const struct policy *p)
{
	return p->kind;
}

const char *policy_version(const struct policy *p)
{
	return p->variables ? "2012-10-17" : "2008-10-17";
}
