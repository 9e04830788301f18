/* Values of conditions: what the key can never have, and what MFA's own key means. */

#include "policy/lint-private.h"

static bool is_text(enum cond_type op)
{
	return op == COND_STRING || op == COND_STRING_NOCASE || op == COND_STRING_LIKE;
}

/* A text that the key may have. Variables, and wildcards where they are read, may be any. */
static bool possible(const struct lint_where *w, char type, struct str s)
{
	struct ip ip;
	if (str_find(s, STR("${")) >= 0 || (w->op.type == COND_STRING_LIKE && lint_is_wild(s)))
		return true;
	switch (type) {
	case KEY_ARN:
	case KEY_ARNS:
		return str_startsz(s, "arn:") || lint_is_wild(s);
	case KEY_BOOL:
	case KEY_BOOLS:
		return str_eq_nocase(s, STR("true")) || str_eq_nocase(s, STR("false"));
	case KEY_IP:
		return ip_parse(s, &ip);
	default:
		return true;
	}
}

static const char *kind_of(char type)
{
	return type == KEY_ARN || type == KEY_ARNS ? "ARN" : type == KEY_IP ? "IP address" : "bool";
}

void lint_rules_of_values(struct lint *l, const struct lint_where *w, const struct catalogue_key *k)
{
	if (w->op.type == COND_BOOL) {
		LINT_EACH(item, w->key)
		{
			struct str s = val_str(item);
			if (!str_eq_nocase(s, STR("true")) && !str_eq_nocase(s, STR("false")) &&
			    str_find(s, STR("${")) < 0)
				lint_at(l, "condition-value", item,
					"'%.*s' is neither true nor false", STR_ARG(s));
		}
	}
	if (!k || !is_text(w->op.type))
		return;
	LINT_EACH(item, w->key)
	{
		if (!possible(w, k->type, val_str(item)))
			lint_at(l, "condition-value", item, "'%.*s' is never '%.*s': it is %s %s",
				STR_ARG(w->key->name), STR_ARG(val_str(item)),
				k->type == KEY_BOOL || k->type == KEY_BOOLS ? "a" : "an",
				kind_of(k->type));
	}
	if (k->type == KEY_ARN || k->type == KEY_ARNS)
		lint_at_name(l, "arn-as-text", w->block, "%.*s compares the ARN '%.*s' as text",
			     STR_ARG(w->block->name), STR_ARG(w->key->name));
}

static bool has_value(const struct val *key, struct str word)
{
	LINT_EACH(item, key)
	{
		if (str_eq_nocase(val_str(item), word))
			return true;
	}
	VAL_EACH(item, val_is(key, VAL_LIST) ? key : NULL)
	{
		if (val_is(item, VAL_BOOL) && val_true(item) == str_eqz(word, "true"))
			return true;
	}
	return val_is(key, VAL_BOOL) && val_true(key) == str_eqz(word, "true");
}

/*
 * Requests with long-term credentials do not have the key.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-multifactorauthpresent
 */
void lint_rules_of_mfa(struct lint *l, const struct lint_where *w)
{
	if (w->op.type != COND_BOOL ||
	    !str_eq_nocase(w->key->name, STR("aws:MultiFactorAuthPresent")))
		return;
	if (w->s->deny && !w->op.if_exists && has_value(w->key, STR("false")))
		lint_at_name(l, "mfa-absent-passes", w->block,
			     "requests with long-term access keys pass by this Deny");
	if (w->s->allow && w->op.if_exists && has_value(w->key, STR("true")))
		lint_at_name(l, "mfa-absent-passes", w->block,
			     "requests with long-term access keys are allowed without MFA");
	if (w->s->allow && has_value(w->key, STR("false")))
		lint_at_name(l, "mfa-reversed", w->block, "it is allowed to who has no MFA");
}
