#include "policy/inspect.h"

#include "base/digest.h"
#include "policy/policy-private.h"

size_t policy_statements(const struct policy *p)
{
	return p->n;
}

size_t policy_matching(const struct policy *p, bool deny, const struct policy_request *req,
		       size_t *out)
{
	struct policy_ctx ctx;
	size_t n = 0;

	policy_ctx_init(&ctx, req);
	if (ctx.impossible)
		return 0;
	for (size_t i = 0; i < p->n; i++) {
		const struct statement *s = &p->statements[i];
		if (s->deny != deny || statement_who(s, &ctx) == WHO_NONE)
			continue;
		enum verdict v = statement_applies(s, &ctx, false);
		/* A malformed ARN: an Allow is not granted, a Deny denies. */
		if (v == VERDICT_YES || (v == VERDICT_ERROR && deny))
			out[n++] = i;
	}
	return n;
}

bool policy_request_has(const struct policy_request *req, struct str key)
{
	struct policy_ctx ctx;

	policy_ctx_init(&ctx, req);
	return policy_ctx_key(&ctx, key, key_hash_of(key), derived_key_of(key)) != NULL;
}

static bool is_base64(struct str text)
{
	struct arena *a = arena_new_small();
	struct str bytes;
	bool yes = base64_get(a, text, &bytes);

	arena_free(&a);
	return yes;
}

bool policy_value_fits(struct str text, enum policy_value_type type)
{
	struct decimal number;
	struct ip ip;
	int64_t ms;

	switch (type) {
	case POLICY_VALUE_STRING:
		return true;
	case POLICY_VALUE_NUMERIC:
		return decimal_parse(text, &number);
	case POLICY_VALUE_BOOLEAN:
		return str_eq_nocase(text, STR("true")) || str_eq_nocase(text, STR("false"));
	case POLICY_VALUE_IP:
		return ip_parse_request(text, &ip);
	case POLICY_VALUE_DATE:
		return date_parse(text, &ms);
	case POLICY_VALUE_BINARY:
		return is_base64(text);
	}
	BUG("type of value %d", (int)type);
}
