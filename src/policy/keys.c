/*
 * The condition keys of a request: those that the caller gave, else those that
 * follow from the rest of it.
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 *
 * A key that does not follow for certain (an address, a session's MFA) stays
 * absent: absent is an answer to a condition, too.
 */

#include "policy/policy-private.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"

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
	{"aws:userid", DERIVED_USERID},
	{"aws:calledviafirst", DERIVED_CALLED_VIA_FIRST},
	{"aws:calledvialast", DERIVED_CALLED_VIA_LAST},
	{"aws:requestedregion", DERIVED_REQUESTED_REGION},
	{"aws:tagkeys", DERIVED_TAG_KEYS},
	{"aws:currenttime", DERIVED_CURRENT_TIME},
	{"aws:epochtime", DERIVED_EPOCH_TIME},
};

enum derived_key derived_key_of(struct str name)
{
	for (size_t i = 0; i < ARRAY_SIZE(derived_keys); i++) {
		if (str_eq_nocase(name, str_of(derived_keys[i].name)))
			return derived_keys[i].key;
	}
	return DERIVED_NONE;
}

bool derived_always(enum derived_key key)
{
	return key != DERIVED_NONE && key < DERIVED_SOMETIMES;
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

static const struct policy_value *given(const struct policy_request *req, struct str key)
{
	for (size_t i = 0; i < req->nkeys; i++) {
		if (same_name(req->keys[i].name, key))
			return &req->keys[i].value;
	}
	return NULL;
}

/* ---- what follows from the principal ---- */

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

/*
 * Of those whose unique id is not one that IAM made up.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable
 */
static struct str userid(struct policy_ctx *ctx)
{
	if (ctx->type == PRINCIPAL_ROOT)
		return ctx->account;
	if (ctx->type == PRINCIPAL_ANONYMOUS)
		return STR("anonymous");
	if (ctx->type != PRINCIPAL_FEDERATED_USER)
		return STR_NULL;
	int n = snprintf(ctx->userid, sizeof(ctx->userid), "%.*s:%.*s", STR_ARG(ctx->account),
			 STR_ARG(ctx->who_name));
	return n < (int)sizeof(ctx->userid) ? (struct str){ctx->userid, (size_t)n} : STR_NULL;
}

/* ---- what follows from the call and its resource ---- */

static bool has_wildcard(struct str s)
{
	return str_chr(s, '*') >= 0 || str_chr(s, '?') >= 0;
}

/*
 * "Some global services, such as IAM, have a single endpoint … in the US East (N. Virginia)
 * Region"; which, says the example of a policy that denies by Region.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-requestedregion
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws_deny-requested-region.html
 */
static struct str requested_region(const struct policy_ctx *ctx)
{
	static const char *const global[] = {"cloudfront", "iam", "organizations", "route53",
					     "support"};
	struct arn arn;
	bool is_arn = arn_split(ctx->req->resource, &arn);
	if (is_arn && arn.part[3].n > 0)
		return has_wildcard(arn.part[3]) ? STR_NULL : arn.part[3];
	/* The other partitions have theirs elsewhere. */
	if (ctx->partition.n > 0 && !str_eqz(ctx->partition, "aws"))
		return STR_NULL;
	for (size_t i = 0; i < ARRAY_SIZE(global); i++) {
		if (str_eqz(ctx->service, global[i]))
			return STR("us-east-1");
	}
	return STR_NULL;
}

static struct str called_via(const struct policy_ctx *ctx, bool last)
{
	const struct policy_value *v = given(ctx->req, STR("aws:CalledVia"));
	if (!v || v->n == 0)
		return STR_NULL;
	return v->values[last ? v->n - 1 : 0];
}

/* CurrentTime and EpochTime are one time in two forms. */
static struct str other_time(struct policy_ctx *ctx, struct str name, bool as_seconds)
{
	const struct policy_value *v = given(ctx->req, name);
	int64_t ms;
	if (!v || v->n != 1 || !date_parse(v->values[0], &ms))
		return STR_NULL;
	if (!as_seconds)
		return str_of(time_iso(ms, false, ctx->time));
	int n = snprintf(ctx->time, sizeof(ctx->time), "%lld", (long long)(ms / 1000));
	return (struct str){ctx->time, (size_t)n};
}

/* The keys of the tags that the request sets: each aws:RequestTag/KEY. */
static void tag_keys(struct policy_ctx *ctx, struct policy_value *out)
{
	const struct str prefix = STR("aws:RequestTag/");
	size_t n = 0;
	for (size_t i = 0; i < ctx->req->nkeys && n < POLICY_MAX_TAGS; i++) {
		const struct policy_key *k = &ctx->req->keys[i];
		if (k->name.n > prefix.n && k->value.n > 0 &&
		    str_eq_nocase(str_sub(k->name, 0, prefix.n), prefix))
			ctx->tag_keys[n++] = str_from(k->name, prefix.n);
	}
	*out = (struct policy_value){ctx->tag_keys, n, true};
}

/*
 * AssumeRoleWithSAML and AssumeRoleWithWebIdentity are not signed: who calls them
 * is known by an identity provider, not by AWS.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-federated-web-identity
 */
static bool by_provider(const struct policy_ctx *ctx)
{
	static const char *const known[] = {"cognito-identity.amazonaws.com", "www.amazon.com",
					    "graph.facebook.com", "accounts.google.com"};
	if (ctx->type != PRINCIPAL_SERVICE)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (str_eqz(ctx->req->principal, known[i]))
			return true;
	}
	return str_startsz(ctx->req->principal, "arn:");
}

/* STR_NULL: the request has no such key. */
static struct str derive(struct policy_ctx *ctx, enum derived_key key)
{
	bool provider = by_provider(ctx);
	bool service = ctx->type == PRINCIPAL_SERVICE && !provider;
	bool is_signed = ctx->type != PRINCIPAL_ANONYMOUS && !provider;
	switch (key) {
	case DERIVED_PRINCIPAL_ARN:
		return ctx->has_principal_arn ? ctx->principal_arn : STR_NULL;
	case DERIVED_PRINCIPAL_ACCOUNT:
		/* "Anonymous requests return anonymous." */
		return ctx->type == PRINCIPAL_ANONYMOUS ? STR("anonymous") : ctx->account;
	case DERIVED_PRINCIPAL_TYPE:
		return provider ? STR_NULL : str_of(type_text(ctx->type));
	case DERIVED_PRINCIPAL_IS_SERVICE:
		return is_signed ? str_of(service ? "true" : "false") : STR_NULL;
	case DERIVED_PRINCIPAL_SERVICE_NAME:
		return service ? ctx->req->principal : STR_NULL;
	case DERIVED_USERNAME:
		return ctx->username;
	case DERIVED_RESOURCE_ACCOUNT:
		return ctx->resource_account;
	case DERIVED_VIA_SERVICE:
		return str_of(str_is_null(called_via(ctx, false)) ? "false" : "true");
	case DERIVED_USERID:
		return userid(ctx);
	case DERIVED_CALLED_VIA_FIRST:
		return called_via(ctx, false);
	case DERIVED_CALLED_VIA_LAST:
		return called_via(ctx, true);
	case DERIVED_REQUESTED_REGION:
		return requested_region(ctx);
	case DERIVED_CURRENT_TIME:
		return other_time(ctx, STR("aws:EpochTime"), false);
	case DERIVED_EPOCH_TIME:
		return other_time(ctx, STR("aws:CurrentTime"), true);
	case DERIVED_TAG_KEYS:
	case DERIVED_NONE:
		break;
	}
	return STR_NULL;
}

/* ---- asked by conditions and variables ---- */

const struct policy_value *policy_ctx_key(struct policy_ctx *ctx, struct str key, uint32_t hash,
					  enum derived_key derived)
{
	struct key_memo *m = &ctx->memo[(hash ^ hash >> 16) % KEY_MEMOS];
	if (str_is_null(m->key) || !same_name(m->key, key)) {
		const struct policy_value *v = given(ctx->req, key);
		m->key = key;
		if (v) {
			m->value = *v;
		} else if (derived == DERIVED_TAG_KEYS) {
			tag_keys(ctx, &m->value);
		} else {
			m->derived = derive(ctx, derived);
			m->value =
				(struct policy_value){&m->derived, !str_is_null(m->derived), false};
		}
	}
	/* A set without elements is an absent key. */
	return m->value.n > 0 ? &m->value : NULL;
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
