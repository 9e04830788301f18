#include "root/cause.h"

#include "org/levels.h"
#include "policy/context.h"

/* IAM is called at its one endpoint, which is us-east-1 to aws:RequestedRegion.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-requestedregion */
#define IAM_REGION "us-east-1"

struct causes {
	const struct org *org;
	const struct org_levels *levels;
	const struct policy *allow_all; /* stands beside each policy that is asked alone */
};

/* What rootout calls under each task policy. */
static const char *const audit_actions[] = {
	"iam:GetAccountSummary",       "iam:ListAccessKeys", "iam:GetAccessKeyLastUsed",
	"iam:ListSigningCertificates", "iam:ListMFADevices", NULL};
static const char *const delete_actions[] = {
	"iam:DeleteLoginProfile",       "iam:ListAccessKeys",
	"iam:DeleteAccessKey",          "iam:ListSigningCertificates",
	"iam:DeleteSigningCertificate", "iam:ListMFADevices",
	"iam:DeactivateMFADevice",      NULL};
static const char *const create_actions[] = {"iam:CreateLoginProfile", NULL};
static const char *const s3_actions[] = {"s3:GetBucketPolicy", "s3:DeleteBucketPolicy", NULL};
static const char *const sqs_actions[] = {"sqs:GetQueueAttributes", "sqs:SetQueueAttributes", NULL};

static const char *const *actions_of(enum root_task task)
{
	switch (task) {
	case ROOT_TASK_AUDIT:
		return audit_actions;
	case ROOT_TASK_DELETE:
		return delete_actions;
	case ROOT_TASK_CREATE:
		return create_actions;
	case ROOT_TASK_S3:
		return s3_actions;
	case ROOT_TASK_SQS:
		return sqs_actions;
	}
	BUG("root task %d", task);
}

static const struct policy *parse_allow_all(struct arena *a, struct err *err)
{
	return policy_parse(STR("{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\","
				"\"Action\":\"*\",\"Resource\":\"*\"}]}"),
			    POLICY_SCP, STR("FullAWSAccess"), a, err);
}

struct causes *causes_new(const struct org *o, struct arena *a, struct err *err)
{
	struct causes *c = arena_new_of(a, struct causes);

	c->org = o;
	c->levels = org_levels_new(o, a, err);
	c->allow_all = parse_allow_all(a, err);
	return c->levels && c->allow_all ? c : NULL;
}

static void request_of(struct str org_id, struct str account_id, const char *action, bool session,
		       struct arena *a, struct policy_request *req)
{
	struct policy_facts f = {
		.principal = arena_printf(a, "arn:aws:iam::%.*s:root", STR_ARG(account_id)),
		.assumed_root = session,
		.org_id = org_id,
		.region = STR(IAM_REGION),
		.secure_transport = POLICY_FLAG_TRUE,
		.mfa = POLICY_FLAG_FALSE,
	};

	*req = (struct policy_request){
		.principal = f.principal,
		.action = str_of(action),
		.resource = f.principal,
		.resource_account = account_id,
	};
	policy_context(&f, a, req);
}

static void decide_alone(const struct policy *p, const struct policy *allow_all,
			 const struct policy_request *req, struct policy_decision *d)
{
	const struct policy *pair[] = {allow_all, p};
	struct policy_list level = {.policies = pair, .n = ARRAY_SIZE(pair)};
	struct policy_set set = {.scp = &level, .nscp = 1};

	policy_decide(&set, req, d);
}

/* Is there a statement of this policy that denies any call of the task? */
static const char *denied_action(const struct causes *c, const struct policy *p,
				 const struct org_account *acct, enum root_task task,
				 struct arena *a, struct policy_decision *d)
{
	for (const char *const *action = actions_of(task); *action; action++) {
		struct policy_request req;

		request_of(c->org->id, acct->id, *action, true, a, &req);
		decide_alone(p, c->allow_all, &req, d);
		if (!d->allow && d->reason == POLICY_EXPLICIT_DENY)
			return *action;
	}
	return NULL;
}

struct found {
	struct cause *v;
	size_t n, cap;
	struct arena *arena;
};

static void add_deny(struct found *f, const struct causes *c, const struct policy *p,
		     const struct org_level *level, const struct org_account *acct,
		     const struct policy_decision *d, const char *action)
{
	struct cause one = {
		.policy = org_levels_policy(c->levels, p),
		.attached_to = org_level_text(level, acct, f->arena),
		.target_id = level->unit ? level->unit->id : acct->id,
		.sid = d->sid,
		.statement = d->statement,
		.line = d->line,
		.action = str_of(action),
	};

	one.text = arena_printf(f->arena,
				"service control policy '%.*s' (%.*s) on %.*s denies %s to root "
				"sessions: statement "
				"%s%.*s%s(line %u)",
				STR_ARG(one.policy ? one.policy->name : policy_name(p)),
				STR_ARG(one.policy ? one.policy->id : STR("?")),
				STR_ARG(one.attached_to), action, d->sid.n ? "'" : "",
				STR_ARG(d->sid), d->sid.n ? "' " : "", d->line);
	f->v = arena_grow(f->arena, f->v, f->n, &f->cap, sizeof(*f->v));
	f->v[f->n++] = one;
}

/* No single policy denies, and yet it is denied: a level where nothing allows. */
static void add_implicit(struct found *f, const struct causes *c,
			 const struct org_account_levels *at, const struct org_account *acct,
			 enum root_task task)
{
	struct policy_set set = {.scp = at->policies, .nscp = at->n};

	for (const char *const *action = actions_of(task); *action; action++) {
		struct policy_request req;
		struct policy_decision d;
		const struct org_level *level;

		request_of(c->org->id, acct->id, *action, true, f->arena, &req);
		policy_decide(&set, &req, &d);
		if (d.allow || d.reason != POLICY_IMPLICIT_DENY || d.level != POLICY_SCP)
			continue;
		level = &at->level[d.level_index];
		struct cause one = {
			.attached_to = org_level_text(level, acct, f->arena),
			.target_id = level->unit ? level->unit->id : acct->id,
			.action = str_of(*action),
		};

		one.text = arena_printf(f->arena, "no service control policy on %.*s allows %s",
					STR_ARG(one.attached_to), *action);
		f->v = arena_grow(f->arena, f->v, f->n, &f->cap, sizeof(*f->v));
		f->v[f->n++] = one;
		return;
	}
}

bool causes_of_block(struct causes *c, const struct org_account *acct, enum root_task task,
		     struct arena *a, struct cause **out, size_t *n, struct err *err)
{
	struct org_account_levels at;
	struct found f = {.arena = a};

	*n = 0;
	if (!org_levels_of(c->levels, acct, ORG_LEVELS_SCP, a, &at, err))
		return false;
	for (size_t l = 0; l < at.n; l++) {
		for (size_t i = 0; i < at.policies[l].n; i++) {
			const struct policy *p = at.policies[l].policies[i];
			struct policy_decision d;
			const char *action = denied_action(c, p, acct, task, a, &d);

			if (action)
				add_deny(&f, c, p, &at.level[l], acct, &d, action);
		}
	}
	if (!f.n)
		add_implicit(&f, c, &at, acct, task);
	*out = f.v;
	*n = f.n;
	return true;
}

bool cause_of_block(struct causes *c, const struct org_account *acct, enum root_task task,
		    struct arena *a, struct cause *out)
{
	struct err ignored = {0};
	struct cause *v;
	size_t n;

	if (!causes_of_block(c, acct, task, a, &v, &n, &ignored) || !n)
		return false;
	*out = v[0];
	return true;
}

bool cause_text_blocks(struct str content, struct str account_id, enum root_task task,
		       struct policy_decision *d, struct arena *a, struct err *err)
{
	struct policy *p = policy_parse_kept(content, POLICY_SCP, STR("policy"), a, err);
	const struct policy *allow_all = parse_allow_all(a, err);

	if (!p || !allow_all)
		return false;
	for (const char *const *action = actions_of(task); *action; action++) {
		struct policy_request req;

		request_of(STR_NULL, account_id, *action, true, a, &req);
		decide_alone(p, allow_all, &req, d);
		if (!d->allow && d->reason == POLICY_EXPLICIT_DENY)
			return true;
	}
	return false;
}

bool cause_text_denies(struct str content, struct str account_id, const char *action, bool session,
		       bool *denies, struct arena *a, struct err *err)
{
	struct policy *p = policy_parse_kept(content, POLICY_SCP, STR("policy"), a, err);
	const struct policy *allow_all = parse_allow_all(a, err);
	struct policy_request req;
	struct policy_decision d;

	if (!p || !allow_all)
		return false;
	request_of(STR_NULL, account_id, action, session, a, &req);
	decide_alone(p, allow_all, &req, &d);
	*denies = !d.allow && d.reason == POLICY_EXPLICIT_DENY;
	return true;
}
