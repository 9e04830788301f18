#include "sandbox/iam-access.h"

/*
 * Which condition keys policies ask for: in their conditions, and as variables
 * in resources and in the values of conditions.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetContextKeysForCustomPolicy.html
 */

struct keys {
	struct arena *a;
	struct str *v;
	size_t n, cap;
};

/* Keys are not distinguished by case; the first way to write one is told. */
static void add_key(struct keys *k, struct str key)
{
	for (size_t i = 0; i < k->n; i++)
		if (str_eq_nocase(k->v[i], key))
			return;
	k->v = arena_grow(k->a, k->v, k->n, &k->cap, sizeof(*k->v));
	k->v[k->n++] = key;
}

/* "${aws:username}", "${aws:PrincipalTag/team, 'none'}"; "${*}", "${?}" and "${$}" are no keys. */
static void add_variables(struct keys *k, struct str text)
{
	ptrdiff_t at, end, comma;
	struct str key;

	while ((at = str_find(text, STR("${"))) >= 0) {
		text = str_from(text, (size_t)at + 2);
		end = str_chr(text, '}');
		if (end < 0)
			return;
		key = str_sub(text, 0, (size_t)end);
		comma = str_chr(key, ',');
		if (comma >= 0)
			key = str_trim(str_sub(key, 0, (size_t)comma));
		if (key.n > 1)
			add_key(k, key);
		text = str_from(text, (size_t)end + 1);
	}
}

static void add_variables_of(struct keys *k, const struct val *element)
{
	if (val_is(element, VAL_STRING))
		add_variables(k, val_str(element));
	VAL_EACH(v, element)
	add_variables(k, val_str(v));
}

static void add_statement(struct keys *k, const struct val *s)
{
	add_variables_of(k, val_get(s, "Resource"));
	add_variables_of(k, val_get(s, "NotResource"));
	VAL_EACH(operator, val_get(s, "Condition"))
	VAL_EACH(condition, operator)
	{
		add_key(k, condition->name);
		add_variables_of(k, condition);
	}
}

static void add_document(struct keys *k, const struct val *document)
{
	const struct val *s = val_get(document, "Statement");

	if (val_is(s, VAL_OBJECT))
		add_statement(k, s);
	if (!val_is(s, VAL_LIST))
		return;
	VAL_EACH(v, s)
	add_statement(k, v);
}

struct val *iam_asked_keys(struct sandbox_request *r, const struct iam_documents *d)
{
	struct val *list = val_list(r->arena);
	struct keys k = {.a = r->arena};

	for (size_t i = 0; i < d->n; i++)
		add_document(&k, d->v[i]);
	for (size_t i = 0; i < k.n; i++)
		val_append(list, val_string(r->arena, k.v[i]));
	return list;
}

static bool answer(struct sandbox_request *r, const struct iam_documents *d)
{
	val_setz(r->out, "ContextKeyNames", iam_asked_keys(r, d));
	return true;
}

static bool add_input(struct sandbox_request *r, struct iam_documents *d)
{
	const struct policy *parsed;

	VAL_EACH(v, val_get(r->in, "PolicyInputList"))
	{
		if (!iam_check_document(r, val_str(v), POLICY_IDENTITY, STR("policy"), &parsed))
			return sandbox_fault(r, 400, "InvalidInput", "%.*s",
					     STR_ARG(r->fault.message));
		iam_add_document(r, d, val_str(v));
	}
	return true;
}

bool iam_get_context_keys_for_custom_policy(struct sandbox_request *r)
{
	struct iam_documents d = {0};

	return add_input(r, &d) && answer(r, &d);
}

struct str iam_source_arn(struct sandbox_request *r)
{
	return val_get_str(r->in, "PolicySourceArn");
}

bool iam_get_context_keys_for_principal_policy(struct sandbox_request *r)
{
	struct iam_owners owners = {0};
	struct iam_documents d = {0};

	if (!iam_policy_owners(r, val_get_str(r->in, "PolicySourceArn"), &owners) ||
	    !add_input(r, &d))
		return false;
	for (size_t i = 0; i < owners.n; i++)
		iam_add_documents_of(r, &d, &owners.v[i]);
	return answer(r, &d);
}
