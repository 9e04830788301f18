#include "sandbox/authz.h"

#include "sandbox/world-private.h"

/* ---- what applies ---- */

/* A growing list of policies in the request's arena. */
struct policies {
	struct arena *a;
	const struct policy **v;
	size_t n, cap;
};

static void push(struct policies *l, const struct policy *p)
{
	if (!p)
		return;
	l->v = arena_grow(l->a, l->v, l->n, &l->cap, sizeof(*l->v));
	l->v[l->n++] = p;
}

static struct policy_list list_of(const struct policies *l)
{
	return (struct policy_list){l->v, l->n};
}

static void push_own(struct policies *l, const struct iam_inline *inlines,
		     const struct iam_attached *attached)
{
	for (; inlines; inlines = inlines->next)
		push(l, inlines->parsed);
	for (; attached; attached = attached->next)
		push(l, attached->policy->default_version->parsed);
}

static void push_user(struct policies *l, const struct world_account *acct,
		      const struct iam_user *user)
{
	push_own(l, user->inlines, user->attached);
	for (const struct iam_group *g = acct->iam.groups; g; g = g->next)
		for (const struct iam_member *m = g->members; m; m = m->next)
			if (m->user == user)
				push_own(l, g->inlines, g->attached);
}

/*
 * "The root user has full access": said as a policy that allows everything, so
 * that what limits a root user (SCPs, the task policy of its session) is
 * weighed as for anybody else.
 */
static const struct policy *full_access(const struct sandbox_request *r)
{
	const struct iam_managed *p =
		world_aws_policy(r->world, STR("arn:aws:iam::aws:policy/AdministratorAccess"));
	return p->default_version->parsed;
}

static void identity_policies(const struct sandbox_request *r, struct policies *l,
			      struct policy_set *set)
{
	const struct caller *who = r->who;
	const struct iam_managed *boundary = NULL;

	if (who->role) {
		push_own(l, who->role->inlines, who->role->attached);
		boundary = who->role->boundary;
	} else if (who->user) {
		push_user(l, who->account, who->user);
		boundary = who->user->boundary;
	} else {
		push(l, full_access(r));
	}
	set->has_identity = true;
	set->identity = list_of(l);
	if (boundary) {
		set->has_boundary = true;
		set->boundary = boundary->default_version->parsed;
	}
}

/*
 * Session policies given by ARN are read live: a new default version binds a
 * session that is already there. A task policy only denies, so it stands
 * beside one that allows: together they are the ceiling of a root session.
 */
static void session_policies(const struct sandbox_request *r, struct policies *l,
			     struct policy_set *set)
{
	const struct world_session *s = r->who->session;

	if (!s)
		return;
	push(l, s->policy);
	for (size_t i = 0; i < s->npolicy_arns; i++) {
		const struct iam_managed *p =
			world_managed_policy(r->world, s->account, s->policy_arns[i]);
		if (p)
			push(l, p->default_version->parsed);
	}
	if (s->kind == SESSION_ROOT) {
		push(l, world_aws_policy(r->world, s->task_policy_arn)->default_version->parsed);
		push(l, full_access(r));
	}
	/* "If you do not pass a policy, the resulting session has no permissions." */
	set->has_session = l->n > 0 || s->npolicy_arns > 0 || s->kind == SESSION_FEDERATED;
	set->session = list_of(l);
}

static size_t depth_of(const struct world_unit *u)
{
	size_t n = 0;

	for (; u; u = u->parent)
		n++;
	return n;
}

static struct policy_list attached_of(struct arena *a, const struct world_attachment *at,
				      const char *type)
{
	struct policies l = {.a = a};

	for (; at; at = at->next)
		if (str_eqz(at->policy->type, type))
			push(&l, at->policy->parsed);
	return list_of(&l);
}

/*
 * Levels from the root to the account. "SCPs don't affect users or roles in
 * the management account"; the same for RCPs and its resources.
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
 */
static const struct policy_list *levels(const struct sandbox_request *r,
					const struct world_account *acct, const char *type,
					size_t *n)
{
	const struct world_org *o = r->world->org;

	*n = 0;
	if (!o || !acct->joined || acct == o->management || !o->all_features ||
	    !world_policy_type_enabled(o, type))
		return NULL;
	size_t depth = depth_of(acct->parent);
	struct policy_list *v = arena_calloc(r->arena, depth + 1, sizeof(*v));
	size_t at = depth;
	v[at] = attached_of(r->arena, acct->attached, type);
	for (const struct world_unit *u = acct->parent; u; u = u->parent)
		v[--at] = attached_of(r->arena, u->attached, type);
	*n = depth + 1;
	return v;
}

const struct policy_list *authz_scps(const struct sandbox_request *r,
				     const struct world_account *acct, size_t *n)
{
	return levels(r, acct, "SERVICE_CONTROL_POLICY", n);
}

void authz_decide(struct sandbox_request *r, const struct authz_question *q,
		  struct policy_decision *d)
{
	const struct caller *who = r->who;
	const struct world_account *owner =
		q->resource_account ? q->resource_account : who->account;
	struct policies identity = {.a = r->arena}, session = {.a = r->arena};
	struct policy_set set = {0};

	identity_policies(r, &identity, &set);
	session_policies(r, &session, &set);
	set.scp = authz_scps(r, who->account, &set.nscp);
	/* IAM and Organizations have no resources that RCPs govern; of these three only sts. */
	if (str_startsz(str_of(q->action), "sts:"))
		set.rcp = levels(r, owner, "RESOURCE_CONTROL_POLICY", &set.nrcp);
	if (q->resource_policy) {
		set.has_resource = true;
		set.resource = (struct policy_list){&q->resource_policy, 1};
	}
	struct policy_request req = {
		.principal = who->arn,
		.action = str_of(q->action),
		.resource = q->resource,
		.resource_account = owner->id,
		.management = who->management,
		.resource_in_management = r->world->org && r->world->org->management == owner,
		.service_linked_role = who->role && who->role->service_linked,
	};
	authz_keys(r, q, &req);
	policy_decide(&set, &req, d);
}

/* ---- the ways in ---- */

bool sandbox_authorize(struct sandbox_request *r, const char *action, struct str resource,
		       const struct policy_key *extra, size_t nextra)
{
	const struct authz_question q = {
		.action = action, .resource = resource, .extra = extra, .nextra = nextra};
	struct policy_decision d = {0};

	if (r->replay)
		return true;
	authz_decide(r, &q, &d);
	if (d.allow)
		return true;
	/* A handler that asks about something else on the way asks by its ARN. */
	if (r->serving && r->serving->shown && str_endsz(str_of(action), r->serving->name))
		resource = r->serving->shown(r);
	return authz_deny(r, action, resource, &d, r->serving ? r->serving->denial : DENIAL_REASON);
}

/*
 * The organization's resource policy, alone: a member's own policies have had
 * their say before. What it does not say is not a denial here.
 */
enum org_says sandbox_org_policy(struct sandbox_request *r, const char *action, struct str resource,
				 const struct policy_key *extra, size_t nextra)
{
	const struct world_org *o = r->world->org;
	struct policy_decision d = {0};

	if (!o || !o->resource_policy_parsed)
		return ORG_SAYS_NOTHING;
	const struct authz_question q = {
		.action = action,
		.resource = resource,
		.resource_account = o->management,
		.extra = extra,
		.nextra = nextra,
	};
	const struct policy *everything = full_access(r);
	const struct policy_set set = {
		.has_identity = true,
		.identity = {&everything, 1},
		.has_resource = true,
		.resource = {&o->resource_policy_parsed, 1},
	};
	struct policy_request req = {
		.principal = r->who->arn,
		.action = str_of(action),
		.resource = resource,
		.resource_account = o->management->id,
	};
	authz_keys(r, &q, &req);
	policy_decide(&set, &req, &d);
	if (d.allow)
		return ORG_SAYS_ALLOW;
	return d.reason == POLICY_EXPLICIT_DENY ? ORG_SAYS_DENY : ORG_SAYS_NOTHING;
}
