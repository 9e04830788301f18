/*
 * A request, prepared once for its decision: who asks, in which account, and
 * the condition keys that follow from that.
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
 */

#include "policy/policy-private.h"

#include <string.h>

static bool starts(struct str s, const char *prefix, struct str *rest)
{
	size_t n = strlen(prefix);
	if (s.n < n || memcmp(s.p, prefix, n) != 0)
		return false;
	*rest = (struct str){s.p + n, s.n - n};
	return true;
}

/* What is behind the last '/'. */
static struct str behind_path(struct str s)
{
	ptrdiff_t slash = str_rchr(s, '/');
	return slash < 0 ? s : str_from(s, (size_t)slash + 1);
}

static bool add(struct policy_ctx *ctx, size_t *at, struct str s)
{
	if (s.n > sizeof(ctx->role_arn) - *at)
		return false;
	memcpy(ctx->role_arn + *at, s.p, s.n);
	*at += s.n;
	return true;
}

/*
 * aws:PrincipalArn of a session is its role's ARN. The session's own ARN has
 * lost the role's path; a caller who knows it gives the key.
 */
static void session_role_arn(struct policy_ctx *ctx)
{
	size_t n = 0;
	ctx->has_principal_arn = add(ctx, &n, STR("arn:")) && add(ctx, &n, ctx->partition) &&
				 add(ctx, &n, STR(":iam::")) && add(ctx, &n, ctx->account) &&
				 add(ctx, &n, STR(":role/")) && add(ctx, &n, ctx->who_name);
	ctx->principal_arn = (struct str){ctx->role_arn, n};
}

static void classify_arn(struct policy_ctx *ctx, const struct arn *arn)
{
	struct str resource = arn->part[5], rest;
	ctx->partition = arn->part[1];
	ctx->account = arn->part[4];
	ctx->principal_arn = ctx->req->principal;
	ctx->has_principal_arn = true;
	if (str_eqz(resource, "root")) {
		ctx->type = PRINCIPAL_ROOT;
	} else if (starts(resource, "user/", &rest)) {
		ctx->type = PRINCIPAL_USER;
		ctx->who_name = rest;
		ctx->username = behind_path(rest);
	} else if (starts(resource, "role/", &rest)) {
		ctx->type = PRINCIPAL_ROLE;
		ctx->who_name = behind_path(rest);
		ctx->service_linked |= str_starts(rest, STR("aws-service-role/"));
	} else if (starts(resource, "assumed-role/", &rest)) {
		struct str session;
		ctx->type = PRINCIPAL_ASSUMED_ROLE;
		str_cut(rest, '/', &ctx->who_name, &session);
		session_role_arn(ctx);
	} else if (starts(resource, "federated-user/", &rest)) {
		ctx->type = PRINCIPAL_FEDERATED_USER;
		ctx->who_name = rest;
	} else {
		/* An identity provider: AssumeRoleWithSAML and the like. */
		ctx->type = PRINCIPAL_SERVICE;
		ctx->account = STR_NULL;
		ctx->has_principal_arn = false;
	}
}

static void classify(struct policy_ctx *ctx)
{
	const struct policy_request *req = ctx->req;
	struct arn arn;
	if (str_is_empty(req->principal) || str_eqz(req->principal, "*"))
		ctx->type = PRINCIPAL_ANONYMOUS;
	else if (str_starts(req->principal, STR("arn:")) && arn_split(req->principal, &arn))
		classify_arn(ctx, &arn);
	else
		ctx->type = PRINCIPAL_SERVICE;
}

static void lower_action(struct policy_ctx *ctx)
{
	struct str a = ctx->req->action;
	for (size_t i = 0; i < a.n; i++) {
		char c = a.p[i];
		ctx->action[i] = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
	}
	ctx->whole = (struct str){ctx->action, a.n};
	if (!str_cut(ctx->whole, ':', &ctx->service, &ctx->name))
		ctx->impossible = true;
}

void policy_ctx_init(struct policy_ctx *ctx, const struct policy_request *req)
{
	/* Not the buffers: they are large, and written before they are read. */
	memset(ctx, 0, offsetof(struct policy_ctx, role_arn));
	ctx->req = req;
	ctx->service_linked = req->service_linked_role;
	if (req->action.n > sizeof(ctx->action) || req->principal.n > POLICY_MAX_PRINCIPAL) {
		ctx->impossible = true;
		return;
	}
	lower_action(ctx);
	classify(ctx);

	struct arn arn;
	bool is_arn = arn_split(req->resource, &arn);
	if (!str_is_null(req->resource_account))
		ctx->resource_account = req->resource_account;
	else if (is_arn && str_all_digits(arn.part[4]))
		ctx->resource_account = arn.part[4];
	else
		ctx->resource_account = ctx->account;
	ctx->same_account =
		str_is_null(ctx->account) || str_eq(ctx->account, ctx->resource_account);
}

/* ---- condition keys ---- */

static const struct {
	const char *name;
	enum derived_key key;
} derived_keys[] = {
	{"aws:principalarn", DERIVED_PRINCIPAL_ARN},
	{"aws:principalaccount", DERIVED_PRINCIPAL_ACCOUNT},
	{"aws:principaltype", DERIVED_PRINCIPAL_TYPE},
	{"aws:principalisawsservice", DERIVED_PRINCIPAL_IS_SERVICE},
	{"aws:principalservicename", DERIVED_PRINCIPAL_SERVICE_NAME},
	{"aws:username", DERIVED_USERNAME},
	{"aws:resourceaccount", DERIVED_RESOURCE_ACCOUNT},
	{"aws:viaawsservice", DERIVED_VIA_SERVICE},
};

enum derived_key derived_key_of(struct str name)
{
	for (size_t i = 0; i < ARRAY_SIZE(derived_keys); i++) {
		if (str_eq_nocase(name, str_of(derived_keys[i].name)))
			return derived_keys[i].key;
	}
	return DERIVED_NONE;
}

static const char *type_text(enum principal_type type)
{
	switch (type) {
	case PRINCIPAL_ROOT:
		return "Account";
	case PRINCIPAL_USER:
		return "User";
	case PRINCIPAL_ROLE:
	case PRINCIPAL_ASSUMED_ROLE:
		return "AssumedRole";
	case PRINCIPAL_FEDERATED_USER:
		return "FederatedUser";
	case PRINCIPAL_SERVICE:
		return "AWSService";
	case PRINCIPAL_ANONYMOUS:
		return "Anonymous";
	}
	return "";
}

/* STR_NULL: the request has no such key. */
static struct str derive(const struct policy_ctx *ctx, enum derived_key key)
{
	bool service = ctx->type == PRINCIPAL_SERVICE;
	bool is_signed = ctx->type != PRINCIPAL_ANONYMOUS;
	switch (key) {
	case DERIVED_PRINCIPAL_ARN:
		return ctx->has_principal_arn ? ctx->principal_arn : STR_NULL;
	case DERIVED_PRINCIPAL_ACCOUNT:
		return ctx->account;
	case DERIVED_PRINCIPAL_TYPE:
		return str_of(type_text(ctx->type));
	case DERIVED_PRINCIPAL_IS_SERVICE:
		return is_signed ? str_of(service ? "true" : "false") : STR_NULL;
	case DERIVED_PRINCIPAL_SERVICE_NAME:
		return service ? ctx->req->principal : STR_NULL;
	case DERIVED_USERNAME:
		return ctx->username;
	case DERIVED_RESOURCE_ACCOUNT:
		return ctx->resource_account;
	case DERIVED_VIA_SERVICE:
		return STR("false");
	case DERIVED_NONE:
		break;
	}
	return STR_NULL;
}

static bool same_name(struct str a, struct str b)
{
	/* Keys of one length mostly differ at their ends; equal ones mostly in no letter's case. */
	return a.n == b.n && a.n > 0 && ((a.p[a.n - 1] ^ b.p[a.n - 1]) & ~0x20) == 0 &&
	       (memcmp(a.p, b.p, a.n) == 0 || str_eq_nocase(a, b));
}

uint32_t key_hash_of(struct str name)
{
	uint32_t h = 2166136261u;
	for (size_t i = 0; i < name.n; i++)
		h = (h ^ (unsigned char)(name.p[i] | 0x20)) * 16777619u;
	return h;
}

static bool find_key(const struct policy_request *req, struct str key, struct policy_value *out)
{
	for (size_t i = 0; i < req->nkeys; i++) {
		if (same_name(req->keys[i].name, key)) {
			*out = req->keys[i].value;
			return true;
		}
	}
	return false;
}

const struct policy_value *policy_ctx_key(struct policy_ctx *ctx, struct str key, uint32_t hash,
					  enum derived_key derived)
{
	struct key_memo *m = &ctx->memo[(hash ^ hash >> 16) % KEY_MEMOS];
	if (str_is_null(m->key) || !same_name(m->key, key)) {
		m->key = key;
		if (find_key(ctx->req, key, &m->value)) {
			/* A set without elements is an absent key. */
			m->present = m->value.n > 0;
		} else {
			m->derived = derive(ctx, derived);
			m->present = !str_is_null(m->derived);
			m->value = (struct policy_value){&m->derived, 1, false};
		}
	}
	return m->present ? &m->value : NULL;
}

bool policy_ctx_arn(struct policy_ctx *ctx, struct str text, struct arn *out)
{
	if (ctx->arn_text.p != text.p || ctx->arn_text.n != text.n) {
		ctx->arn_text = text;
		ctx->arn_valid =
			arn_split(text, &ctx->arn_parts) && str_eqz(ctx->arn_parts.part[0], "arn");
	}
	*out = ctx->arn_parts;
	return ctx->arn_valid;
}
