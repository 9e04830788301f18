#include "sandbox/aws-policies.h"
#include "sandbox/sts-private.h"

/*
 * AssumeRoot: short sessions as a member account's root user.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoot.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-enable-root-access.html
 */

#define DEFAULT_DURATION_S 900
#define IAM_PRINCIPAL "iam.amazonaws.com"

/*
 * "arn:aws:iam::ID:root" or the id alone. What is no account at all is said to
 * be no valid principal; one that the caller may not reach is a denial.
 */
static bool read_target(struct sandbox_request *r, struct str *id)
{
	const struct str prefix = STR("arn:aws:iam::"), suffix = STR(":root");
	struct str target = val_get_str(r->in, "TargetPrincipal");

	if (str_starts(target, prefix) && str_ends(target, suffix) &&
	    target.n == prefix.n + 12 + suffix.n)
		target = str_sub(target, prefix.n, 12);
	*id = target;
	if (target.n == 12 && str_all_digits(target))
		return true;
	return sandbox_fault(r, 400, "ValidationError",
			     "Request must contain a valid target principal");
}

static bool deny(struct sandbox_request *r, struct str resource)
{
	return authz_deny(r, "sts:AssumeRoot", resource, NULL, DENIAL_PLAIN);
}

static bool was_delegate(const struct sandbox_request *r)
{
	for (const struct world_delegate *d = r->world->org->former; d; d = d->next)
		if (d->account == r->who->account && str_eqz(d->service, IAM_PRINCIPAL) &&
		    world_lags(d->removed_ms, r->now_ms))
			return true;
	return false;
}

/*
 * "You can only use AssumeRoot from the management account or from the
 * delegated administrator for IAM", on member accounts, and never as root.
 */
static bool may_reach(const struct sandbox_request *r, const struct world_account *target)
{
	const struct world_org *o = r->world->org;

	if (!o || !target || !target->joined || target == o->management ||
	    target->state != ACCOUNT_ACTIVE || r->who->type == PRINCIPAL_ROOT)
		return false;
	return r->who->management || world_delegate(o, r->who->account, IAM_PRINCIPAL) ||
	       was_delegate(r);
}

/*
 * The features are independent: credentials management gates the IAM tasks,
 * root sessions those of S3 and SQS. What is switched off still lasts a while.
 */
static bool enabled(struct sandbox_request *r, enum root_task task)
{
	const struct world_org *o = r->world->org;
	bool on, lags;

	if (!world_trusts(o, IAM_PRINCIPAL) && !world_lags(o->iam_trust_off_ms, r->now_ms))
		return sandbox_fault(r, 403, "AccessDenied",
				     "Service not enabled for AWS Organizations.");
	if (task == ROOT_TASK_IAM) {
		on = o->root_credentials_management;
		lags = world_lags(o->root_credentials_off_ms, r->now_ms);
	} else {
		on = o->root_sessions;
		lags = world_lags(o->root_sessions_off_ms, r->now_ms);
	}
	if (on || lags)
		return true;
	return sandbox_fault(
		r, 403, "AccessDenied", "%s feature is not enabled for the organization.",
		task == ROOT_TASK_IAM ? "Root credentials management" : "Root sessions");
}

static bool authorized(struct sandbox_request *r, const struct world_account *target,
		       struct str resource, struct str task_arn)
{
	struct policy_key keys[2] = {
		sandbox_key(r, "sts:TaskPolicyArn", task_arn),
	};
	size_t n = 1;

	if (target)
		keys[n++] = sandbox_key(r, "aws:ResourceAccount", target->id);
	return sandbox_authorize(r, "sts:AssumeRoot", resource, keys, n);
}

/* "The STS global endpoint is not supported for AssumeRoot." It does not know the operation. */
bool sts_root_is_unknown(struct sandbox_request *r)
{
	if (!str_eqz(r->op->name, "AssumeRoot") || !str_startsz(r->host, "sts.amazonaws.com"))
		return false;
	sandbox_fault(r, 400, "InvalidAction", "Unknown Operation");
	return true;
}

bool sts_assume_root(struct sandbox_request *r)
{
	struct str task_arn = val_get_str(val_get(r->in, "TaskPolicyArn"), "arn");
	enum root_task task = task_policy_kind(task_arn);
	struct str id;

	if (sts_root_is_unknown(r) || !read_target(r, &id))
		return false;
	if (task == ROOT_TASK_NONE)
		return sandbox_fault(r, 400, "ValidationError",
				     "Request must contain valid AWS managed task policy ARN");

	struct world_account *target = world_account(r->world, id);
	struct str resource = arena_printf(r->arena, "arn:aws:iam::%.*s:root", STR_ARG(id));
	if (!authorized(r, target, resource, task_arn))
		return false;
	if (!may_reach(r, target))
		return deny(r, resource);
	if (!enabled(r, task))
		return false;

	int64_t duration_s = val_i64(val_get(r->in, "DurationSeconds"), DEFAULT_DURATION_S);
	struct world_session *s = sts_session(r, SESSION_ROOT, target, duration_s);
	s->task_policy_arn = world_str(r->world, task_arn);
	s->source_identity = r->who->session ? r->who->session->source_identity : STR_NULL;
	sts_put_credentials(r, s);
	val_set_str(r->arena, r->out, "SourceIdentity", s->source_identity);
	return true;
}
