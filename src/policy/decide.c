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

#include <string.h>

static void found_set(struct found *f, const struct policy *p, size_t statement, enum who_match who)
{
	*f = (struct found){p, statement, who};
}

/* One look at a statement; true when it denies. */
bool layer_statement(const struct layer *l, const struct policy *p, size_t i,
		     struct policy_ctx *ctx, struct layer_result *r)
{
	const struct statement *s = &p->statements[i];
	if (s->deny ? l->no_deny : r->allow.who == WHO_DIRECT)
		return false;
	enum who_match who = statement_who(s, ctx);
	if (who <= r->allow.who && !s->deny)
		return false;
	if (who == WHO_NONE)
		return false;
	enum verdict v = statement_applies(s, ctx);
	/* A malformed ARN: an Allow is not granted, a Deny denies (facts, conditions 9). */
	if (v == VERDICT_NO || (v == VERDICT_ERROR && !s->deny))
		return false;
	found_set(s->deny ? &r->deny : &r->allow, p, i, who);
	return s->deny;
}

/* Every statement in order, until one denies. */
static bool scan(const struct layer *l, struct policy_ctx *ctx, struct layer_result *r)
{
	for (size_t p = 0; p < l->list.n; p++) {
		const struct policy *policy = l->list.policies[p];
		for (size_t i = 0; i < policy->n; i++) {
			if (layer_statement(l, policy, i, ctx, r))
				return true;
		}
	}
	return false;
}

static void denied_by(struct policy_decision *out, const struct layer *l, const struct found *f)
{
	const struct statement *s = &f->policy->statements[f->statement];
	*out = (struct policy_decision){
		.reason = POLICY_EXPLICIT_DENY,
		.level = l->kind,
		.level_index = l->level,
		.policy = f->policy,
		.statement = f->statement,
		.sid = s->sid,
		.line = s->line,
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

/*
 * Services whose resources RCPs protect.
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
 */
static bool rcp_covers(const struct policy_ctx *ctx)
{
	static const char *const services[] = {
		"s3",   "sts",  "sqs",      "kms",         "secretsmanager",   "ecr",
		"aoss", "logs", "dynamodb", "cognito-idp", "cognito-identity",
	};
	if (str_eqz(ctx->whole, "kms:retiregrant"))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(services); i++) {
		if (str_eqz(ctx->service, services[i]))
			return true;
	}
	return false;
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

/* Everything the flow needs to know, layer by layer. */
struct findings {
	struct layer_result resource, identity, boundary, session;
	bool scp_missing, rcp_missing;
	size_t scp_index, rcp_index;
};

/* The identity's side: its policies, within boundary and session policy. */
static bool identity_side(const struct decider *d, const struct findings *f,
			  struct policy_decision *out)
{
	const struct policy_set *set = d->set;
	const struct policy_ctx *ctx = d->ctx;
	bool root = ctx->type == PRINCIPAL_ROOT;
	if (set->has_identity && !root && !f->identity.allow.policy) {
		not_allowed(out, POLICY_IDENTITY, 0);
		return false;
	}
	if (set->has_boundary && !root && !f->boundary.allow.policy) {
		not_allowed(out, POLICY_BOUNDARY, 0);
		return false;
	}
	if (set->has_session && !f->session.allow.policy) {
		not_allowed(out, POLICY_SESSION, 0);
		return false;
	}
	allowed_by(out, POLICY_IDENTITY, &f->identity.allow);
	return true;
}

/* Boundary and session policy limit what the role was given by its ARN. */
static bool within_limits(const struct decider *d, const struct findings *f,
			  struct policy_decision *out)
{
	if (d->set->has_boundary && !f->boundary.allow.policy) {
		not_allowed(out, POLICY_BOUNDARY, 0);
		return false;
	}
	if (d->set->has_session && !f->session.allow.policy) {
		not_allowed(out, POLICY_SESSION, 0);
		return false;
	}
	return true;
}

static void same_account(const struct decider *d, const struct findings *f,
			 struct policy_decision *out)
{
	const struct found *r = &f->resource.allow;
	if (d->set->has_resource && r->who == WHO_DIRECT) {
		allowed_by(out, POLICY_RESOURCE, r);
		return;
	}
	if (d->set->has_resource && r->who == WHO_BY_ROLE) {
		if (within_limits(d, f, out))
			allowed_by(out, POLICY_RESOURCE, r);
		return;
	}
	bool asked =
		d->set->has_resource && (policy_compulsory(d->ctx) ||
					 (!d->set->has_identity && d->ctx->type != PRINCIPAL_ROOT));
	if (asked && r->who == WHO_NONE) {
		not_allowed(out, POLICY_RESOURCE, 0);
		return;
	}
	identity_side(d, f, out);
}

static void decide_flow(const struct decider *d, const struct findings *f,
			struct policy_decision *out)
{
	const struct policy_ctx *ctx = d->ctx;
	if (f->rcp_missing) {
		not_allowed(out, POLICY_RCP, f->rcp_index);
		return;
	}
	if (f->scp_missing) {
		not_allowed(out, POLICY_SCP, f->scp_index);
		return;
	}
	if (str_is_null(ctx->account)) {
		/* A service, an identity provider, nobody: only the resource can let them in. */
		if (d->set->has_resource && f->resource.allow.who == WHO_NONE)
			not_allowed(out, POLICY_RESOURCE, 0);
		else
			allowed_by(out, POLICY_RESOURCE, &f->resource.allow);
		return;
	}
	if (ctx->same_account) {
		same_account(d, f, out);
		return;
	}
	if (d->set->has_resource && f->resource.allow.who == WHO_NONE) {
		not_allowed(out, POLICY_RESOURCE, 0);
		return;
	}
	identity_side(d, f, out);
}

/* True: the layer denies, and *out says so. */
static bool look(const struct decider *d, const struct layer *l, struct layer_result *r,
		 struct policy_decision *out)
{
	*r = (struct layer_result){0};
	bool deny = scan(l, d->ctx, r);
	if (deny)
		denied_by(out, l, &r->deny);
	return deny;
}

static bool guardrails(const struct decider *d, struct findings *f, struct policy_decision *out)
{
	const struct policy_set *set = d->set;
	const struct policy_ctx *ctx = d->ctx;
	struct layer_result r;
	/*
	 * RCPs follow the resource's owner; its management account and service-linked
	 * roles are exempt. RCPFullAWSAccess is attached at every level and cannot be
	 * taken away, so what no RCP denies is let through.
	 */
	bool rcp = !ctx->req->resource_in_management && !ctx->service_linked && rcp_covers(ctx);
	for (size_t i = 0; rcp && i < set->nrcp; i++) {
		struct layer l = {POLICY_RCP, i, set->rcp[i], false, NULL};
		if (look(d, &l, &r, out))
			return false;
	}
	/*
	 * SCPs follow the principal's account: member roots and their sessions too,
	 * never the management account nor service-linked roles.
	 */
	bool scp = !ctx->req->management && !ctx->service_linked && !str_is_null(ctx->account);
	for (size_t i = 0; scp && i < set->nscp; i++) {
		struct layer l = {POLICY_SCP, i, set->scp[i], false, NULL};
		if (look(d, &l, &r, out))
			return false;
		if (!r.allow.policy && !f->scp_missing) {
			f->scp_missing = true;
			f->scp_index = i;
		}
	}
	return true;
}

void policy_decide_with(const struct decider *d, struct policy_decision *out)
{
	const struct policy_set *set = d->set;
	struct findings f = {0};
	if (d->ctx->impossible) {
		not_allowed(out, POLICY_IDENTITY, 0);
		return;
	}
	if (!guardrails(d, &f, out))
		return;
	const struct layer resource = {POLICY_RESOURCE, 0, set->resource, root_mends(d->ctx), NULL};
	const struct layer identity = {POLICY_IDENTITY, 0, set->identity, false, NULL};
	const struct layer boundary = {
		POLICY_BOUNDARY, 0, {&set->boundary, set->boundary ? 1 : 0}, false, NULL};
	const struct layer session = {POLICY_SESSION, 0, set->session, false, NULL};
	if (set->has_resource && look(d, &resource, &f.resource, out))
		return;
	if (set->has_identity && look(d, &identity, &f.identity, out))
		return;
	if (set->has_boundary && look(d, &boundary, &f.boundary, out))
		return;
	if (set->has_session && look(d, &session, &f.session, out))
		return;
	decide_flow(d, &f, out);
}

void policy_decide(const struct policy_set *set, const struct policy_request *req,
		   struct policy_decision *out)
{
	struct policy_ctx ctx;
	policy_ctx_init(&ctx, req);
	const struct decider d = {.set = set, .ctx = &ctx};
	policy_decide_with(&d, out);
}
