/*
 * The decision, in AWS's order.
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
 *
 * An explicit Deny anywhere wins. Then, each with its own say: resource control
 * policies, service control policies, the resource's policy, and the identity's
 * policies within boundary and session policy.
 */

#include "policy/decide-private.h"

#include <stdlib.h>
#include <string.h>

#include "policy/catalogue-private.h"

static void denied_by(struct policy_decision *out, enum policy_kind kind, size_t level,
		      const struct policy *p, size_t i)
{
	*out = (struct policy_decision){
		.reason = POLICY_EXPLICIT_DENY,
		.level = kind,
		.level_index = level,
		.policy = p,
		.statement = i,
		.sid = p->statements[i].sid,
		.line = p->statements[i].line,
	};
}

static void not_allowed(struct policy_decision *out, enum policy_kind kind, size_t index)
{
	*out = (struct policy_decision){
		.reason = POLICY_IMPLICIT_DENY,
		.level = kind,
		.level_index = index,
	};
}

static void allowed_by(struct policy_decision *out, enum policy_kind kind, const struct found *f)
{
	*out = (struct policy_decision){.allow = true, .reason = POLICY_ALLOWED, .level = kind};
	if (!f->policy)
		return;
	const struct statement *s = &f->policy->statements[f->statement];
	out->policy = f->policy;
	out->statement = f->statement;
	out->sid = s->sid;
	out->line = s->line;
}

static int by_name(const void *key, const void *item)
{
	return str_cmp(*(const struct str *)key, str_of(*(const char *const *)item));
}

/*
 * "RCPs apply to actions for the following AWS services": the list is the
 * catalogue's. kms:RetireGrant "is not effective in an RCP", whatever it says.
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html#rcp-supported-services
 * https://docs.aws.amazon.com/kms/latest/developerguide/resource-control-policies.html
 */
static bool rcp_covers(const struct policy_ctx *ctx)
{
	return !str_eqz(ctx->whole, "kms:retiregrant") &&
	       bsearch(&ctx->service, catalogue_rcp, catalogue_rcp_n, sizeof(catalogue_rcp[0]),
		       by_name);
}

/*
 * The owner's root user may always mend the policy of its bucket or queue,
 * even one that denies everybody.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user.html#root-user-tasks
 */
static bool root_mends(const struct policy_ctx *ctx)
{
	static const char *const actions[] = {
		"s3:getbucketpolicy",     "s3:putbucketpolicy",     "s3:deletebucketpolicy",
		"sqs:getqueueattributes", "sqs:setqueueattributes",
	};
	if (ctx->type != PRINCIPAL_ROOT || !ctx->same_account)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(actions); i++) {
		if (str_eqz(ctx->whole, actions[i]))
			return true;
	}
	return false;
}

/*
 * A role and a key are used by nobody whom their own policy does not let in,
 * not even from the same account.
 */
static bool policy_compulsory(const struct policy_ctx *ctx)
{
	if (str_eqz(ctx->service, "kms"))
		return true;
	return str_eqz(ctx->service, "sts") &&
	       (str_startsz(ctx->name, "assumerole") || str_eqz(ctx->name, "tagsession") ||
		str_eqz(ctx->name, "setsourceidentity"));
}

/*
 * "No permissions are required to perform this operation. If an administrator
 * attaches a policy to your identity that explicitly denies access to the
 * sts:GetCallerIdentity action, you can still perform this operation."
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
static bool needs_no_permission(const struct policy_ctx *ctx)
{
	return !str_is_null(ctx->account) && str_eqz(ctx->whole, "sts:getcalleridentity");
}

bool policy_resource_decides(const struct policy_request *req)
{
	struct policy_ctx ctx;

	policy_ctx_init(&ctx, req);
	/* A root user has no policy: sts:AssumeRoot asks the caller's side alone. */
	if (ctx.impossible || needs_no_permission(&ctx) || str_eqz(ctx.whole, "sts:assumeroot"))
		return false;
	return !ctx.same_account || str_is_null(ctx.account) ||
	       (policy_compulsory(&ctx) && !str_eqz(req->resource, "*"));
}

/*
 * AssumeRoot: "You cannot use root user credentials to make this call." AssumeRole
 * answers a root user "Roles may not be assumed by root accounts."
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoot.html
 */
bool decider_bars(const struct policy_ctx *ctx)
{
	return ctx->type == PRINCIPAL_ROOT &&
	       (str_eqz(ctx->whole, "sts:assumerole") || str_eqz(ctx->whole, "sts:assumeroot"));
}

/* ---- gathering: one look at each statement that may matter ---- */

void decider_init(struct decider *d, const struct policy_set *set, struct policy_ctx *ctx,
		  struct policy_decision *out)
{
	memset(d, 0, sizeof(*d));
	d->set = set;
	d->ctx = ctx;
	d->out = out;
	/*
	 * RCPs follow the resource's owner; its management account and service-linked
	 * roles are exempt. SCPs follow the principal's account: member roots and
	 * their sessions too, never the management account nor service-linked roles.
	 */
	d->on[POLICY_RCP] = !ctx->req->resource_in_management && !ctx->service_linked &&
			    set->nrcp > 0 && rcp_covers(ctx);
	d->on[POLICY_SCP] =
		!ctx->req->management && !ctx->service_linked && !str_is_null(ctx->account);
	d->on[POLICY_RESOURCE] = set->has_resource;
	d->on[POLICY_IDENTITY] = set->has_identity;
	d->on[POLICY_BOUNDARY] = set->has_boundary;
	d->on[POLICY_SESSION] = set->has_session;
	d->mends = root_mends(ctx);
	ctx->bounded |= set->has_boundary && ctx->type != PRINCIPAL_ROOT;
	d->unconditional = needs_no_permission(ctx);
	if (d->unconditional)
		memset(d->on, 0, sizeof(d->on));
	d->barred = decider_bars(ctx);
	/* What was granted to it does not count; what denies it is still named. */
	if (d->barred)
		d->on[POLICY_IDENTITY] = d->on[POLICY_RESOURCE] = false;
}

/* Would an Allow of this kind and level still tell something? */
static bool allow_matters(const struct decider *d, enum policy_kind kind, size_t level)
{
	if (kind == POLICY_RCP)
		/* RCPFullAWSAccess is attached at every level and cannot be taken away. */
		return false;
	if (kind == POLICY_SCP)
		return level == d->scp_allowed;
	return d->allow[kind].who != WHO_DIRECT;
}

bool decider_wants(const struct decider *d, enum policy_kind kind, size_t level, bool deny)
{
	if (!d->on[kind])
		return false;
	return deny ? !(kind == POLICY_RESOURCE && d->mends) : allow_matters(d, kind, level);
}

bool decider_look(struct decider *d, enum policy_kind kind, size_t level, const struct policy *p,
		  size_t i, bool action_known)
{
	const struct statement *s = &p->statements[i];
	enum who_match who = statement_who(s, d->ctx);
	if (who == WHO_NONE || (!s->deny && kind == POLICY_RESOURCE && who <= d->allow[kind].who))
		return false;
	enum verdict v = statement_applies(s, d->ctx, action_known);
	/* A malformed ARN: an Allow is not granted, a Deny denies (facts, conditions 9). */
	if (v == VERDICT_NO || (v == VERDICT_ERROR && !s->deny))
		return false;
	if (s->deny) {
		denied_by(d->out, kind, level, p, i);
		return true;
	}
	if (kind == POLICY_SCP)
		d->scp_allowed++;
	else
		d->allow[kind] = (struct found){p, i, who};
	return false;
}

static bool look_at_list(struct decider *d, enum policy_kind kind, size_t level,
			 struct policy_list list)
{
	if (!d->on[kind])
		return false;
	for (size_t p = 0; p < list.n; p++) {
		const struct policy *policy = list.policies[p];
		for (size_t i = 0; i < policy->n; i++) {
			if (decider_wants(d, kind, level, policy->statements[i].deny) &&
			    decider_look(d, kind, level, policy, i, false))
				return true;
		}
	}
	return false;
}

/* Every statement of every kind, in the order of the decision; true: denied. */
static bool look_at_all(struct decider *d)
{
	const struct policy_set *set = d->set;
	for (size_t i = 0; i < set->nrcp; i++) {
		if (look_at_list(d, POLICY_RCP, i, set->rcp[i]))
			return true;
	}
	for (size_t i = 0; i < set->nscp; i++) {
		if (look_at_list(d, POLICY_SCP, i, set->scp[i]))
			return true;
	}
	const struct policy_list boundary = {&set->boundary, set->boundary ? 1 : 0};
	return look_at_list(d, POLICY_RESOURCE, 0, set->resource) ||
	       look_at_list(d, POLICY_IDENTITY, 0, set->identity) ||
	       look_at_list(d, POLICY_BOUNDARY, 0, boundary) ||
	       look_at_list(d, POLICY_SESSION, 0, set->session);
}

/* ---- the order, once nothing denies ---- */

/*
 * Boundary and session policy limit what others grant. Root has no boundary, and
 * the task policy of a root session only denies: what it spares is root's.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/security-iam-awsmanpol.html
 */
static bool within_limits(const struct decider *d)
{
	if (d->ctx->type == PRINCIPAL_ROOT)
		return true;
	if (d->set->has_boundary && !d->allow[POLICY_BOUNDARY].policy) {
		not_allowed(d->out, POLICY_BOUNDARY, 0);
		return false;
	}
	if (d->set->has_session && !d->allow[POLICY_SESSION].policy) {
		not_allowed(d->out, POLICY_SESSION, 0);
		return false;
	}
	return true;
}

/* The identity's side: its policies, within boundary and session policy. */
static void identity_side(const struct decider *d)
{
	const struct found *f = &d->allow[POLICY_IDENTITY];
	bool root = d->ctx->type == PRINCIPAL_ROOT;
	if (d->set->has_identity && !root && !f->policy)
		not_allowed(d->out, POLICY_IDENTITY, 0);
	else if (within_limits(d))
		allowed_by(d->out, POLICY_IDENTITY, f);
}

static void same_account(const struct decider *d)
{
	const struct found *r = &d->allow[POLICY_RESOURCE];
	bool identity_grants = d->set->has_identity || d->ctx->type == PRINCIPAL_ROOT;
	bool asked = d->set->has_resource && (policy_compulsory(d->ctx) || !identity_grants);
	if (r->who == WHO_DIRECT)
		allowed_by(d->out, POLICY_RESOURCE, r);
	else if (r->who == WHO_NONE && asked)
		not_allowed(d->out, POLICY_RESOURCE, 0);
	else if (r->who != WHO_BY_ROLE)
		identity_side(d);
	else if (within_limits(d))
		allowed_by(d->out, POLICY_RESOURCE, r);
}

void decider_finish(const struct decider *d)
{
	const struct found *r = &d->allow[POLICY_RESOURCE];
	bool let_in = !d->set->has_resource || r->who != WHO_NONE;
	if (d->unconditional)
		allowed_by(d->out, POLICY_IDENTITY, &d->allow[POLICY_IDENTITY]);
	else if (d->on[POLICY_SCP] && d->scp_allowed < d->set->nscp)
		not_allowed(d->out, POLICY_SCP, d->scp_allowed);
	else if (d->barred)
		not_allowed(d->out, POLICY_IDENTITY, 0);
	else if (!str_is_null(d->ctx->account) && d->ctx->same_account)
		same_account(d);
	else if (!let_in)
		not_allowed(d->out, POLICY_RESOURCE, 0);
	else if (str_is_null(d->ctx->account))
		/* A service, an identity provider, nobody: only the resource lets them in. */
		allowed_by(d->out, POLICY_RESOURCE, r);
	else
		identity_side(d);
}

void decider_decide(struct decider *d, const struct policy_set *set, struct policy_ctx *ctx,
		    struct policy_decision *out)
{
	if (ctx->impossible) {
		not_allowed(out, POLICY_IDENTITY, 0);
		return;
	}
	decider_init(d, set, ctx, out);
	if (!look_at_all(d))
		decider_finish(d);
}

void policy_decide(const struct policy_set *set, const struct policy_request *req,
		   struct policy_decision *out)
{
	struct policy_ctx ctx;
	struct decider d;
	policy_ctx_init(&ctx, req);
	decider_decide(&d, set, &ctx, out);
}
