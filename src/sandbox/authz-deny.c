#include "base/digest.h"
#include "sandbox/authz.h"
#include "sandbox/world-private.h"

/*
 * The words of a denial: "User: … is not authorized to perform: … on resource: …",
 * which policy said so, and where more is to be read about it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */

/* ---- which policy ---- */

static struct str arn_among(const struct iam_attached *at, const struct policy *p)
{
	for (; at; at = at->next)
		if (at->policy->default_version->parsed == p)
			return at->policy->arn;
	return STR_NULL;
}

static struct str arn_of_users(const struct caller *who, const struct policy *p)
{
	struct str arn = arn_among(who->user->attached, p);

	for (const struct iam_group *g = who->account->iam.groups; g; g = g->next)
		for (const struct iam_member *m = g->members; m && str_is_null(arn); m = m->next)
			if (m->user == who->user)
				arn = arn_among(g->attached, p);
	return arn;
}

static struct str arn_of_identity(const struct caller *who, const struct policy *p)
{
	if (who->role)
		return arn_among(who->role->attached, p);
	return who->user ? arn_of_users(who, p) : STR_NULL;
}

static struct str arn_of_boundary(const struct caller *who)
{
	const struct iam_managed *boundary = who->role   ? who->role->boundary
					     : who->user ? who->user->boundary
							 : NULL;

	return boundary ? boundary->arn : STR_NULL;
}

/* A session policy that was passed as a document has no ARN. */
static struct str arn_of_session(const struct sandbox_request *r, const struct policy *p)
{
	const struct world_session *s = r->who->session;

	if (!s || p == s->policy)
		return STR_NULL;
	if (s->kind == SESSION_ROOT)
		return s->task_policy_arn;
	for (size_t i = 0; i < s->npolicy_arns; i++) {
		const struct iam_managed *m =
			world_managed_policy(r->world, s->account, s->policy_arns[i]);
		if (m && m->default_version->parsed == p)
			return m->arn;
	}
	return STR_NULL;
}

static struct str arn_of_guardrail(const struct sandbox_request *r, const struct policy *p)
{
	const struct world_org *o = r->world->org;

	for (const struct world_policy *i = o ? o->policies : NULL; i; i = i->next)
		if (i->parsed == p)
			return i->arn;
	return STR_NULL;
}

/*
 * "We added the policy ARN to access denied error messages … service control
 * policies (SCPs), resource control policies (RCPs), permissions boundaries
 * policies, session policies, and identity-based policies", "only provided in
 * same-account and same-organization scenarios", which all of the sandbox's
 * are. Inline policies have none, and an explicit deny in one is told without
 * (tests/data/aws/root_access.jsonl: denied_enable_…).
 * https://aws.amazon.com/blogs/security/enhanced-access-denied-error-messages-with-policy-arns
 */
static struct str arn_of(const struct sandbox_request *r, const struct policy_decision *d)
{
	if (!d->policy)
		return STR_NULL;
	switch (d->level) {
	case POLICY_IDENTITY:
		return arn_of_identity(r->who, d->policy);
	case POLICY_BOUNDARY:
		return arn_of_boundary(r->who);
	case POLICY_SESSION:
		return arn_of_session(r, d->policy);
	case POLICY_SCP:
	case POLICY_RCP:
		return arn_of_guardrail(r, d->policy);
	case POLICY_RESOURCE:
		return STR_NULL;
	}
	BUG("policy kind %d", (int)d->level);
}

/* ---- the words ---- */

/* A role's is not called a resource-based policy: "with an explicit deny in the role trust policy". */
static bool is_trust(const char *action, enum policy_kind k)
{
	return k == POLICY_RESOURCE && str_startsz(str_of(action), "sts:");
}

static struct str explicit_text(const struct sandbox_request *r, const char *action,
				const struct policy_decision *d)
{
	const char *kind = policy_kind_text(d->level);
	struct str arn = arn_of(r, d);

	if (is_trust(action, d->level))
		return STR(" with an explicit deny in the role trust policy");
	return arena_printf(r->arena, " with an explicit deny in %s %s%s%.*s",
			    kind[0] == 'i' ? "an" : "a", kind, str_is_null(arn) ? "" : ": ",
			    STR_ARG(arn));
}

static struct str reason_text(const struct sandbox_request *r, const char *action,
			      const struct policy_decision *d)
{
	if (d->reason == POLICY_EXPLICIT_DENY)
		return explicit_text(r, action, d);
	return arena_printf(r->arena, " because no %s allows the %s action",
			    policy_kind_text(d->level), action);
}

/*
 * An id that the caller could look the decision up by; the sandbox keeps none.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied-authorization-id.html
 */
static struct str details_text(struct sandbox_request *r)
{
	char id[SHA256_HEX_SIZE];

	sha256_hex(r->request_id, id);
	return arena_printf(
		r->arena,
		". Go to https://us-east-1.console.aws.amazon.com/iam/home?region=us-east-1"
		"#/authorization-details/%.25s for complete details, or call the "
		"GetRequestAuthorizationDetails API with the following authorization id: %.25s",
		id, id);
}

bool authz_deny(struct sandbox_request *r, const char *action, struct str resource,
		const struct policy_decision *d, enum denial_text text)
{
	bool json =
		r->op->service->protocol == API_JSON || r->op->service->protocol == API_REST_JSON;
	struct str why = STR(""), details = STR("");

	if (text != DENIAL_PLAIN && d)
		why = reason_text(r, action, d);
	if (text == DENIAL_DETAILS)
		details = details_text(r);
	return sandbox_fault(
		r, json ? 400 : 403, json ? "AccessDeniedException" : "AccessDenied",
		"User: %.*s is not authorized to perform: %s on resource: %.*s%.*s%.*s",
		STR_ARG(r->who->arn), action, STR_ARG(resource), STR_ARG(why), STR_ARG(details));
}
