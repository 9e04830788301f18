/* `policy eval`: kinds of policy that have a say and are not known here. The decision is made
 * without them, so it is said which they are. */

#include "cmd/policy-eval.h"
#include "org/principal.h"

struct str eval_owner(const struct eval *e)
{
	struct str owner = e->req.resource_account;

	if (!owner.n)
		owner = policy_arn_account(e->req.resource);
	return owner.n ? owner : policy_arn_account(e->req.principal);
}

/* A statement that denies does so whatever else there is: then nothing hangs on the unknown. */
static void add(struct eval *e, enum policy_kind kind, struct str note)
{
	e->unknown[e->nunknown++] = kind;
	if (note.n && e->road.decision.reason != POLICY_EXPLICIT_DENY)
		cmd_note(e->c, "%.*s", STR_ARG(note));
}

static void add_foreign(struct eval *e, enum policy_kind kind, struct str account,
			const char *whose)
{
	add(e, kind,
	    arena_printf(e->arena,
			 "account %.*s, the %s's, is not one of the organization's: what %s binds "
			 "it is not known",
			 STR_ARG(account), whose, policy_kind_text(kind)));
}

/* What the principal was granted and how it is bounded. */
static void find_principals(struct eval *e)
{
	size_t given;

	if (!org_principal_is_readable(e->req.principal))
		return;
	cmd_list(e->c, "identity", &given);
	if (!e->set.has_identity)
		add(e, POLICY_IDENTITY,
		    e->org ? STR("no --identity: the answer says what the organization's policies "
				 "let through, not what the principal was granted")
			   : STR_NULL);
	else if (cmd_flag(e->c, "live") && given && !e->set.has_boundary)
		add(e, POLICY_BOUNDARY,
		    STR("--identity: the principal was not read, so its boundary and tags are not "
			"known; --boundary FILE and --context aws:PrincipalTag/KEY=VALUE give "
			"them"));
}

/*
 * Whoever began a session may have narrowed it with policies that no API tells later.
 * Identity Center begins its sessions without.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session
 */
static void find_sessions(struct eval *e)
{
	struct str who = e->req.principal;

	if (!e->org || e->set.has_session || str_find(who, STR(":sts:")) < 0 ||
	    !str_is_null(eval_permission_set(who)))
		return;
	add(e, POLICY_SESSION,
	    e->road.decision.allow
		    ? STR("session policies, if the session began with any, are not known: "
			  "--session FILE gives them")
		    : STR_NULL);
}

/* The organization's, of an account that is not one of its. */
static void find_organizations(struct eval *e)
{
	struct str who = policy_arn_account(e->req.principal), owner = eval_owner(e);

	if (!e->org)
		return;
	if (who.n && !e->principal_account && !e->set.nscp)
		add_foreign(e, POLICY_SCP, who, "principal");
	if (owner.n && !e->resource_account && !e->set.nrcp && !str_eq(owner, who))
		add_foreign(e, POLICY_RCP, owner, "resource");
}

void eval_find_unknown(struct eval *e)
{
	find_principals(e);
	find_sessions(e);
	find_organizations(e);
	if (!e->set.has_resource && policy_resource_decides(&e->req))
		add(e, POLICY_RESOURCE,
		    STR("the resource's own policy must allow this too, and is not known: give it "
			"with --resource-policy FILE"));
}
