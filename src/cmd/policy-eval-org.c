/* `policy eval` with an organization: its SCPs and RCPs, and what it granted the principal. */

#include "cmd/policy-common.h"
#include "cmd/policy-eval.h"
#include "org/live.h"
#include "org/principal.h"
#include "policy/managed.h"
#include "text/show.h"

/* ---- what binds both accounts ---- */

static bool bind_organization(struct eval *e)
{
	struct cmd *c = e->c;
	struct str who = policy_arn_account(e->req.principal), owner = eval_owner(e);

	e->levels = org_levels_new(e->org, e->arena, &c->err);
	if (!e->levels)
		return false;
	e->principal_account = str_is_null(who) ? NULL : org_account(e->org, who);
	e->resource_account = str_is_null(owner) ? NULL : org_account(e->org, owner);
	if (!e->principal_account && !e->resource_account)
		return err_set(&c->err, ERR_INPUT,
			       "neither the account of '%.*s' nor that of the resource is one of "
			       "the organization's: none of its policies has a say",
			       STR_ARG(show_short(c->arena, e->req.principal)));
	if (e->principal_account) {
		e->req.management |= e->principal_account->management;
		eval_add_key(e, "aws:PrincipalOrgID", e->org->id);
		if (!org_levels_of(e->levels, e->principal_account, ORG_LEVELS_SCP, e->arena,
				   &e->scp, &c->err))
			return false;
	}
	if (e->resource_account) {
		e->req.resource_in_management = e->resource_account->management;
		eval_add_key(e, "aws:ResourceOrgID", e->org->id);
		if (!org_levels_of(e->levels, e->resource_account, ORG_LEVELS_RCP, e->arena,
				   &e->rcp, &c->err))
			return false;
	}
	e->set.scp = e->scp.policies;
	e->set.nscp = e->scp.n;
	e->set.rcp = e->rcp.policies;
	e->set.nrcp = e->rcp.n;
	return true;
}

/* ---- what a folder grants: permission sets ---- */

static bool add_identity(struct eval *e, struct str text, struct str name)
{
	const struct policy *p = policy_parse(text, POLICY_IDENTITY, name, e->arena, &e->c->err);
	const struct policy **v = arena_calloc(e->arena, e->set.identity.n + 1, sizeof(*v));

	if (!p)
		return false;
	for (size_t i = 0; i < e->set.identity.n; i++)
		v[i] = e->set.identity.policies[i];
	v[e->set.identity.n++] = p;
	e->set.identity.policies = v;
	return true;
}

static bool grant_permission_set(struct eval *e, const struct org_permission_set *s)
{
	struct cmd *c = e->c;

	for (size_t i = 0; i < s->nmanaged; i++) {
		const struct policy_managed *m = policy_managed_find(s->managed_policies[i]);
		struct str name = show_short(c->arena, s->managed_policies[i]);

		if (!m || m->services)
			return err_set(&c->err, ERR_INPUT,
				       "permission set '%.*s' has policy '%.*s', of which %s here: "
				       "give its documents with --identity",
				       STR_ARG(show_short(c->arena, s->name)), STR_ARG(name),
				       m ? "only a part is known" : "only the name is known");
		if (!add_identity(e, str_of(m->document), str_of(m->name)))
			return false;
	}
	if (!str_is_null(s->inline_policy) &&
	    !add_identity(e, s->inline_policy, arena_join(e->arena, s->name, STR(" (inline)"))))
		return err_wrap(&c->err, "permission set %.*s", STR_ARG(s->name));
	e->set.has_identity = true;
	cmd_note(c, "identity policies: those of permission set '%.*s'",
		 STR_ARG(show_short(c->arena, s->name)));
	return true;
}

/* The role is there only where somebody is assigned the permission set. */
static void note_assignment(struct eval *e, struct str name, const struct org_permission_set *s)
{
	struct str shown = show_short(e->c->arena, name);
	bool unknown = false, assigned = false;

	if (!s) {
		cmd_note(e->c, "the folder has no permission set '%.*s'", STR_ARG(shown));
		return;
	}
	for (size_t i = 0; i < e->org->nassignments && !assigned; i++) {
		const struct org_assignment *as = e->org->assignments[i];

		assigned =
			str_eq(as->permission_set, s->name) &&
			(org_selects(e->org, &as->in, e->principal_account, &unknown) || unknown);
	}
	if (!assigned)
		cmd_note(e->c,
			 "nobody is assigned permission set '%.*s' in account %.*s: there is no "
			 "such role by the folder",
			 STR_ARG(shown), STR_ARG(e->principal_account->id));
}

static bool grants_of_folder(struct eval *e)
{
	struct str name = eval_permission_set(e->req.principal);
	const struct org_permission_set *s =
		str_is_null(name) ? NULL : org_permission_set(e->org, name);

	if (!str_is_null(name) && e->principal_account)
		note_assignment(e, name, s);
	return !s || grant_permission_set(e, s);
}

/* ---- what AWS grants ---- */

struct live {
	struct aws *aws;
	struct aws_worker *w;
	struct aws_identity *me;
	struct aws_identity *other; /* in the principal's account; NULL: the caller is */
};

static bool is_own_account(struct eval *e, struct live *l, struct str account, bool *own)
{
	struct val *who;

	if (!aws_call(l->w, l->me, "sts", "GetCallerIdentity", NULL, e->arena, &who, &e->c->err))
		return false;
	*own = str_eq(val_get_str(who, "Account"), account);
	return true;
}

static void put_principal(struct eval *e, const struct org_principal *p)
{
	e->set.identity = p->identity;
	e->set.has_identity = true;
	e->set.boundary = p->boundary;
	e->set.has_boundary = p->boundary != NULL;
	eval_add_key(e, "aws:PrincipalArn", p->arn);
	eval_add_key(e, "aws:userid", p->userid);
	for (size_t i = 0; i < p->tags.n; i++)
		eval_add_key(e,
			     arena_join(e->arena, STR("aws:PrincipalTag/"), p->tags.tags[i].key).p,
			     p->tags.tags[i].value);
}

/* The principal's own policies, read in its account: as the caller, or through a role. */
static bool grants_of_account(struct eval *e, struct live *l, struct str role)
{
	struct cmd *c = e->c;
	struct str account = policy_arn_account(e->req.principal);
	struct org_principal p;
	bool own;

	/* IAM finds by name: the unique id that an event has instead is none. */
	if (!org_principal_is_readable(e->req.principal) || !e->principal_account ||
	    e->event.nameless)
		return true;
	if (!is_own_account(e, l, account, &own))
		return false;
	if (!own && !role.n) {
		cmd_note(c,
			 "the principal's own policies are in account %.*s: --via role NAME "
			 "reads them there",
			 STR_ARG(account));
		return true;
	}
	if (!own && !aws_role_session(l->w, l->me, account, role, "rootout-policy-eval", &l->other,
				      &c->err))
		return false;
	if (!org_read_principal(l->w, own ? l->me : l->other, e->req.principal, e->arena, &p,
				&c->err))
		return false;
	put_principal(e, &p);
	return true;
}

static bool read_live(struct eval *e, struct str role)
{
	struct str accounts[] = {policy_arn_account(e->req.principal), eval_owner(e)}, both[2];
	struct cmd *c = e->c;
	struct live l = {0};
	size_t given, n = 0;
	bool ok = cmd_aws(c, &l.aws, &c->err);

	cmd_list(c, "identity", &given);
	for (size_t i = 0; i < ARRAY_SIZE(accounts); i++) {
		if (!str_is_null(accounts[i]))
			both[n++] = accounts[i];
	}
	if (ok) {
		l.w = aws_worker_new(l.aws);
		l.me = aws_default_identity(l.aws);
		ok = org_read_live_above(l.w, l.me, both, n, e->arena, &e->org, &c->err) &&
		     bind_organization(e) && (given || grants_of_account(e, &l, role));
	}
	aws_identity_free(&l.other);
	aws_worker_free(&l.w);
	aws_free(&l.aws);
	return ok;
}

bool eval_read_organization(struct eval *e)
{
	struct cmd *c = e->c;
	const char *dir = cmd_text(c, "org");
	bool live = cmd_flag(c, "live");
	struct str role;
	size_t given;

	if (!cmd_via_role(c, &role))
		return false;
	if (dir && live)
		return err_set(&c->err, ERR_INPUT,
			       "--org and --live contradict each other: give one of them");
	if (role.n && !live)
		return err_set(&c->err, ERR_INPUT, "--via goes with --live");
	if (live)
		return read_live(e, role);
	if (!dir)
		return true;
	cmd_list(c, "identity", &given);
	return policy_cmd_folder(c, dir, &e->org) && bind_organization(e) &&
	       (given || grants_of_folder(e));
}
