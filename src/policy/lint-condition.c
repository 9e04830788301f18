/* Condition: keys that do not exist, operators that do not fit, what cannot hold. */

#include "policy/lint-private.h"

/* The key in the catalogue, of whatever service; NULL: not there. *of: its service, or NULL. */
static const struct catalogue_key *find(struct lint *l, const struct lint_where *w,
					struct catalogue_service **of)
{
	struct catalogue *c = l->in->catalogue;
	struct str prefix, rest, name = w->key->name;
	const struct catalogue_key *k = catalogue_global_key(c, name);
	*of = NULL;
	if (k)
		return k;
	if (str_cut(name, ':', &prefix, &rest) && (*of = catalogue_service(c, prefix)) &&
	    (k = catalogue_key(*of, name)))
		return k;
	LINT_EACH(item, w->s->actions)
	{
		struct catalogue_service *s;
		if (lint_tired(l))
			break;
		if (lint_may(l, 100) && str_cut(val_str(item), ':', &prefix, &rest) &&
		    (s = catalogue_service(c, prefix)) && (k = catalogue_key(s, name))) {
			*of = s;
			return k;
		}
	}
	return NULL;
}

/* ---- does the key exist, and has the action it? ---- */

/* False: some call that the pattern names has the key, or nobody knows. */
static bool lacks_key(struct lint *l, struct str pattern, struct str name)
{
	struct lint_actions set = {0};
	lint_expand(l, pattern, &set);
	if (set.all || set.n == 0 || !lint_may(l, set.n))
		return false;
	for (size_t i = 0; i < set.n; i++) {
		const struct catalogue_key *k = catalogue_key(set.v[i].service, name);
		if (k && catalogue_has_key(set.v[i].service, set.v[i].action, k))
			return false;
	}
	return true;
}

/* Present in every request, or in those that it fits: every service has it. */
static bool of_every_request(struct lint *l, struct str name)
{
	return catalogue_global_key(l->in->catalogue, name) &&
	       !policy_match(STR("aws:RequestTag/*"), name, true) &&
	       !policy_match(STR("aws:ResourceTag/*"), name, true) &&
	       !str_eq_nocase(name, STR("aws:TagKeys"));
}

static void supported(struct lint *l, const struct lint_where *w)
{
	struct str name = w->key->name;
	const struct val *bad = NULL;
	size_t lacking = 0;
	if (w->s->not_action || of_every_request(l, name) || w->op.type == COND_NULL)
		return;
	LINT_EACH(item, w->s->actions)
	{
		if (lint_tired(l))
			return;
		if (!lacks_key(l, val_str(item), name))
			continue;
		lacking++;
		bad = bad ? bad : item;
	}
	/* Tags come to services one by one, and the catalogue later: only where no action fits. */
	bool tag = catalogue_global_key(l->in->catalogue, name) != NULL;
	if (!bad || (tag && lacking < lint_count(w->s->actions)))
		return;
	/* "If the key is present": the statement is meant for several actions. */
	if (w->op.if_exists && lacking < lint_count(w->s->actions))
		return;
	lint_at_name(l, "key-not-supported", w->key, "%.*s%s no '%.*s'", STR_ARG(val_str(bad)),
		     lacking > 1 ? " (and others) have" : " has", STR_ARG(name));
}

static void unknown(struct lint *l, const struct lint_where *w, const struct catalogue_service *of)
{
	struct str name = w->key->name, prefix, rest;
	struct catalogue *c = l->in->catalogue;
	if (!str_cut(name, ':', &prefix, &rest)) {
		lint_at_name(l, "unknown-key", w->key, "no condition key '%.*s': it has no prefix",
			     STR_ARG(name));
		return;
	}
	if (catalogue_is_federated(c, name))
		return;
	if (!lint_may(l, 5000))
		return;
	struct str near = catalogue_near_key(c, of, name, l->a);
	lint_at_name(l, "unknown-key", w->key,
		     "no condition key '%.*s'%s%.*s%s (catalogue of %.*s)", STR_ARG(name),
		     near.n ? ", did you mean '" : "", STR_ARG(near), near.n ? "'?" : "",
		     STR_ARG(catalogue_date(c)));
}

/* ---- operator and key ---- */

static bool is_list(char type)
{
	return type == KEY_STRINGS || type == KEY_ARNS || type == KEY_BOOLS;
}

/* Can a value of that type be read as the operator wants it? Text is always text. */
static bool fits(enum cond_type op, char type)
{
	bool numeric = type == KEY_NUMBER || type == KEY_DATE;
	switch (op) {
	case COND_NUMERIC:
		return numeric || type == KEY_STRING || type == KEY_STRINGS;
	case COND_DATE:
		return numeric;
	case COND_BOOL:
		return type == KEY_BOOL || type == KEY_BOOLS || type == KEY_STRING;
	case COND_IP:
		return type == KEY_IP;
	case COND_ARN:
		return type == KEY_ARN || type == KEY_ARNS || type == KEY_STRING ||
		       type == KEY_STRINGS;
	default:
		return true;
	}
}

static void types(struct lint *l, const struct lint_where *w, const struct catalogue_key *k)
{
	if (w->op.type == COND_NULL)
		return;
	if (!fits(w->op.type, k->type))
		lint_at_name(l, "condition-type", w->block, "%.*s cannot read '%.*s'",
			     STR_ARG(w->block->name), STR_ARG(w->key->name));
	if (is_list(k->type) && w->op.set == COND_SCALAR)
		lint_at_name(l, "set-operator-missing", w->key,
			     "'%.*s' has many values; %.*s never matches it", STR_ARG(w->key->name),
			     STR_ARG(w->block->name));
	if (!is_list(k->type) && w->op.set != COND_SCALAR)
		lint_at_name(l, "set-operator-single", w->key, "'%.*s' has one value",
			     STR_ARG(w->key->name));
}

/* ---- rules that need no catalogue ---- */

static bool null_checked(const struct lint_statement *s, struct str name)
{
	VAL_EACH(block, s->conditions)
	{
		struct cond_op op;
		if (!cond_op_parse(block->name, &op) || op.type != COND_NULL)
			continue;
		VAL_EACH(key, val_is(block, VAL_OBJECT) ? block : NULL)
		{
			if (str_eq_nocase(key->name, name))
				return true;
		}
	}
	return false;
}

static void values(struct lint *l, const struct lint_where *w)
{
	bool exact = w->op.type == COND_STRING || w->op.type == COND_STRING_NOCASE;
	if (val_is(w->key, VAL_LIST) && val_count(w->key) == 0)
		lint_at_name(l, "empty-values", w->key, "'%.*s' has no values",
			     STR_ARG(w->key->name));
	LINT_EACH(item, w->key)
	{
		struct str s = val_str(item);
		if (exact && lint_is_wild(s) && str_find(s, STR("${*}")) < 0 &&
		    str_find(s, STR("${?}")) < 0)
			lint_at(l, "wildcard-not-read", item, "%.*s reads no wildcard: '%.*s'",
				STR_ARG(w->block->name), STR_ARG(s));
		if (w->op.type == COND_NULL && !str_eq_nocase(s, STR("true")) &&
		    !str_eq_nocase(s, STR("false")))
			lint_at(l, "null-value", item, "'%.*s' is neither true nor false",
				STR_ARG(s));
	}
	LINT_EACH(x, w->key)
	{
		LINT_EACH(y, w->key)
		{
			if (lint_tired(l))
				return;
			bool later = y->line > x->line || (y->line == x->line && y->col > x->col);
			if (!later || !lint_may(l, 1) || !str_eq(val_str(x), val_str(y)))
				continue;
			lint_fix_remove(l,
					lint_at(l, "duplicate", y,
						"the value '%.*s' is there twice",
						STR_ARG(val_str(y))),
					w->key, y);
		}
	}
}

static void security(struct lint *l, const struct lint_where *w)
{
	if (w->op.set == COND_FOR_ALL && w->s->allow && !null_checked(w->s, w->key->name))
		lint_at_name(l, "for-all-values-allow", w->key, "a request without '%.*s' passes",
			     STR_ARG(w->key->name));
	lint_rules_of_mfa(l, w);
}

/* ---- conditions that exclude each other ---- */

static struct str only_value(const struct val *key)
{
	return lint_count(key) == 1 ? val_str(lint_first(key)) : STR_NULL;
}

/* Null "true" (absent) beside an operator that needs the key. */
static bool excludes(const struct lint_where *x, const struct lint_where *y)
{
	if (!str_eq_nocase(x->key->name, y->key->name))
		return false;
	struct str a = only_value(x->key), b = only_value(y->key);
	if (x->op.type == COND_NULL && str_eq_nocase(a, STR("true"))) {
		if (y->op.type == COND_NULL)
			return str_eq_nocase(b, STR("false"));
		return !y->op.negated && !y->op.if_exists && y->op.set != COND_FOR_ALL;
	}
	/* One value must be equal, and must not be. */
	return x->op.type == COND_STRING && y->op.type == COND_STRING && !x->op.negated &&
	       y->op.negated && x->op.set == COND_SCALAR && y->op.set == COND_SCALAR &&
	       !str_is_null(a) && str_eq(a, b) && str_find(a, STR("${")) < 0;
}

static void contradictions(struct lint *l, const struct lint_where *x)
{
	VAL_EACH(block, x->s->conditions)
	{
		struct lint_where y = {.s = x->s, .block = block};
		if (!cond_op_parse(block->name, &y.op))
			continue;
		VAL_EACH(key, val_is(block, VAL_OBJECT) ? block : NULL)
		{
			if (lint_tired(l))
				return;
			y.key = key;
			if (!lint_may(l, 1) || key == x->key || !excludes(x, &y))
				continue;
			lint_at_name(l, "contradiction", key,
				     "%.*s and %.*s of '%.*s' never hold together",
				     STR_ARG(x->block->name), STR_ARG(block->name),
				     STR_ARG(key->name));
		}
	}
}

static void unknown_operator(struct lint *l, const struct val *block)
{
#define S(z)                     \
	{                        \
		z, sizeof(z) - 1 \
	}
	static const struct str names[] = {
		S("StringEquals"),  S("StringNotEquals"), S("StringEqualsIgnoreCase"),
		S("StringLike"),    S("StringNotLike"),   S("StringNotEqualsIgnoreCase"),
		S("NumericEquals"), S("NumericLessThan"), S("NumericGreaterThan"),
		S("DateEquals"),    S("DateLessThan"),    S("DateGreaterThan"),
		S("Bool"),          S("BinaryEquals"),    S("IpAddress"),
		S("NotIpAddress"),  S("ArnEquals"),       S("ArnLike"),
		S("ArnNotEquals"),  S("ArnNotLike"),      S("Null"),
	};
	struct str near = str_nearest(block->name, names, ARRAY_SIZE(names));
	lint_at_name(l, "unknown-operator", block, "no condition operator '%.*s'%s%.*s%s",
		     STR_ARG(block->name), near.n ? ", did you mean '" : "", STR_ARG(near),
		     near.n ? "'?" : "");
}

void lint_rules_of_conditions(struct lint *l, const struct lint_statement *s)
{
	if (s->condition && val_count(s->condition) == 0)
		lint_at_name(l, "empty-condition", s->condition, "Condition has no operator");
	VAL_EACH(block, s->condition)
	{
		struct lint_where w = {.s = s, .block = block};
		if (val_is(block, VAL_OBJECT) && val_count(block) == 0)
			lint_at_name(l, "empty-condition", block, "%.*s has no key",
				     STR_ARG(block->name));
		if (!cond_op_parse(block->name, &w.op)) {
			unknown_operator(l, block);
			continue;
		}
		VAL_EACH(key, val_is(block, VAL_OBJECT) ? block : NULL)
		{
			struct catalogue_service *of;
			if (lint_tired(l))
				return;
			w.key = key;
			values(l, &w);
			security(l, &w);
			contradictions(l, &w);
			if (!l->in->catalogue)
				continue;
			const struct catalogue_key *k = find(l, &w, &of);
			if (!k) {
				unknown(l, &w, of);
				continue;
			}
			types(l, &w, k);
			lint_rules_of_values(l, &w, k);
			supported(l, &w);
		}
	}
}
