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
	ctx->bounded = req->bounded;
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
