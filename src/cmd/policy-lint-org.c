/* Findings that need the whole organization: who is locked out, what is given in vain. */

#include "base/map.h"
#include "cmd/policy-lint.h"
#include "org/levels.h"
#include "policy/context.h"
#include "text/json.h"

/* An account that is not made yet has no id; policies seldom name one. */
#define SOME_ACCOUNT STR("111122223333")

struct org_lint {
	struct lint_run *r;
	const struct org *o;
	const struct org_levels *levels;
	struct map told; /* policy and permission set, once each */
};

/*
 * What an administrator needs first to mend an account. Who is denied all of
 * these, of so many services, is locked out, not limited.
 */
static const char *const probes[] = {
	"iam:ListRoles",
	"iam:GetRole",
	"iam:UpdateRole",
	"s3:ListAllMyBuckets",
	"ec2:DescribeInstances",
	"cloudformation:DescribeStacks",
	"cloudwatch:DescribeAlarms",
	"kms:ListKeys",
};

static void add(struct org_lint *l, struct org_pos pos, const char *rule, struct str name,
		uint32_t line, uint32_t col, struct str message)
{
	struct str path = pos.path ? str_of(pos.path) : name;
	if (!lint_run_wants(l->r, lint_rule(str_of(rule))))
		return;
	lint_add(&lint_run_file(l->r, path)->found, l->r->a, rule, line, col, message);
}

/* False the second time. */
static bool once(struct org_lint *l, const char *what, struct str x, struct str y)
{
	struct str key = arena_printf(l->r->a, "%s %.*s %.*s", what, STR_ARG(x), STR_ARG(y));
	return !map_put(&l->told, key, l);
}

/* ---- attached policies ---- */

static void attached(struct org_lint *l, const struct str *names, size_t n, struct org_pos pos,
		     struct str target)
{
	static const struct {
		const char *type, *word;
		size_t max;
	} kinds[] = {
		/* https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html */
		{"SERVICE_CONTROL_POLICY", "service control policies", 10},
		{"RESOURCE_CONTROL_POLICY", "resource control policies", 5},
	};
	for (size_t k = 0; k < ARRAY_SIZE(kinds); k++) {
		/* AWS attaches FullAWSAccess; files do not speak of it. */
		size_t count = l->o->from_files;
		for (size_t i = 0; i < n; i++) {
			const struct org_policy *p = org_policy(l->o, names[i]);
			count += p && str_eqz(p->type, kinds[k].type);
		}
		if (count > kinds[k].max)
			add(l, pos, "too-many-policies", STR("organization"), pos.line, pos.col,
			    arena_printf(l->r->a, "%.*s has %zu %s with AWS's own; AWS takes %zu",
					 STR_ARG(target), count, kinds[k].word, kinds[k].max));
	}
}

static void quotas(struct org_lint *l)
{
	for (size_t i = 0; i < l->o->nunits; i++) {
		const struct org_unit *u = l->o->units[i];
		attached(l, u->policies, u->npolicies, u->pos,
			 arena_printf(l->r->a, "%s%.*s", u->parent ? "unit " : "",
				      STR_ARG(u->name)));
	}
	for (size_t i = 0; i < l->o->naccounts; i++) {
		const struct org_account *acct = l->o->accounts[i];
		attached(l, acct->policies, acct->npolicies, acct->pos,
			 arena_printf(l->r->a, "account %.*s", STR_ARG(acct->name)));
	}
}

/* ---- what a permission set's role may do ---- */

static void decide(struct org_lint *l, const struct org_account *acct,
		   const struct org_permission_set *s, const struct org_account_levels *at,
		   struct str action, struct policy_decision *d)
{
	struct arena *a = arena_new();
	struct str id = str_is_null(acct->id) ? SOME_ACCOUNT : acct->id;
	struct str role = arena_printf(a, "AWSReservedSSO_%.*s_0123456789abcdef", STR_ARG(s->name));
	struct str region = l->o->region.n ? l->o->region : STR("us-east-1");
	struct policy_facts f = {
		.principal = arena_printf(a, "arn:aws:sts::%.*s:assumed-role/%.*s/somebody",
					  STR_ARG(id), STR_ARG(role)),
		.role_arn = arena_printf(
			a, "arn:aws:iam::%.*s:role/aws-reserved/sso.amazonaws.com/%.*s/%.*s",
			STR_ARG(id), STR_ARG(region), STR_ARG(role)),
		.org_id = l->o->id,
		.region = region,
		.secure_transport = POLICY_FLAG_TRUE,
		.mfa = POLICY_FLAG_ABSENT,
	};
	struct policy_request req = {
		.principal = f.principal,
		.action = action,
		.resource = STR("*"),
		.resource_account = id,
	};
	struct policy_set set = {.scp = at->policies, .nscp = at->n};
	policy_context(&f, a, &req);
	policy_decide(&set, &req, d);
	arena_free(&a);
}

static bool is_administrator(const struct org_lint *l, const struct org_permission_set *s)
{
	struct lint_findings f = {0};
	struct lint_input in = {.text = s->inline_policy,
				.kind = POLICY_IDENTITY,
				.name = s->name,
				.least = LINT_SECURITY};
	for (size_t i = 0; i < s->nmanaged; i++) {
		if (str_endsz(s->managed_policies[i], "AdministratorAccess"))
			return true;
	}
	if (str_is_null(s->inline_policy))
		return false;
	policy_lint(&in, l->r->a, &f);
	for (size_t i = 0; i < f.n; i++) {
		if (f.v[i].rule == lint_rule(STR("administrator")))
			return true;
	}
	return false;
}

static void locked_out(struct org_lint *l, const struct org_account *acct,
		       const struct org_permission_set *s, const struct org_account_levels *at)
{
	struct policy_decision d, first = {0};
	for (size_t i = 0; i < ARRAY_SIZE(probes); i++) {
		decide(l, acct, s, at, str_of(probes[i]), &d);
		if (d.allow)
			return;
		if (!first.policy)
			first = d;
	}
	const struct org_policy *p =
		first.policy ? org_levels_policy(l->levels, first.policy) : NULL;
	if (!p || !once(l, "locks", p->name, s->name))
		return;
	add(l, p->pos, "locks-administrators",
	    arena_printf(l->r->a, "policy %.*s", STR_ARG(p->name)), first.line, 1,
	    arena_printf(l->r->a, "permission set %.*s is denied everything in account %.*s",
			 STR_ARG(s->name), STR_ARG(acct->name)));
}

/* For each account where the permission set is assigned. */
struct assigned {
	const struct org_account **v;
	size_t n;
};

static struct assigned accounts_of(const struct org_lint *l, const struct org_permission_set *s)
{
	struct assigned out = {arena_calloc(l->r->a, l->o->naccounts, sizeof(*out.v)), 0};
	for (size_t i = 0; i < l->o->naccounts; i++) {
		for (size_t k = 0; k < l->o->nassignments; k++) {
			const struct org_assignment *as = l->o->assignments[k];
			bool unknown = false;
			if (!str_eq(as->permission_set, s->name) ||
			    !org_selects(l->o, &as->in, l->o->accounts[i], &unknown))
				continue;
			out.v[out.n++] = l->o->accounts[i];
			break;
		}
	}
	return out;
}

/* Is every action that the pattern names denied, always, in every account? */
static bool in_vain(struct org_lint *l, const struct org_permission_set *s,
		    const struct assigned *in, const struct org_account_levels *at,
		    struct str pattern, struct policy_decision *d)
{
	struct str *actions;
	size_t n = lint_actions_of(l->r->catalogue, pattern, l->r->a, &actions);
	for (size_t i = 0; i < in->n; i++) {
		for (size_t k = 0; k < n; k++) {
			decide(l, in->v[i], s, &at[i], actions[k], d);
			if (d->allow || !d->policy || !lint_denies_always(d->policy, d->statement))
				return false;
		}
	}
	return n > 0 && in->n > 0;
}

static void in_vain_item(struct org_lint *l, const struct org_permission_set *s,
			 const struct assigned *in, const struct org_account_levels *at,
			 struct str action)
{
	struct policy_decision d;
	if (!in_vain(l, s, in, at, action, &d))
		return;
	add(l, s->pos, "permission-set-beyond-scp", s->name, s->pos.line, s->pos.col,
	    arena_printf(
		    l->r->a,
		    "permission set %.*s gives %.*s, which %.*s denies wherever it is assigned",
		    STR_ARG(s->name), STR_ARG(action), STR_ARG(policy_name(d.policy))));
}

static void beyond(struct org_lint *l, const struct org_permission_set *s,
		   const struct assigned *in, const struct org_account_levels *at)
{
	struct err err = {0};
	struct val *doc;
	if (str_is_null(s->inline_policy) || !json_read(s->inline_policy, 0, l->r->a, &doc, &err))
		return;
	struct val *list = val_get(doc, "Statement");
	struct val *st = val_is(list, VAL_LIST) ? val_first(list) : list;
	for (; st; st = val_is(list, VAL_LIST) ? st->next : NULL) {
		const struct val *actions = val_get(st, "Action");
		if (!str_eqz(val_get_str(st, "Effect"), "Allow"))
			continue;
		if (val_is(actions, VAL_STRING))
			in_vain_item(l, s, in, at, val_str(actions));
		VAL_EACH(item, val_is(actions, VAL_LIST) ? actions : NULL)
		{
			in_vain_item(l, s, in, at, val_str(item));
		}
	}
}

static bool permission_sets(struct org_lint *l, struct err *err)
{
	for (size_t i = 0; i < l->o->npermission_sets; i++) {
		const struct org_permission_set *s = l->o->permission_sets[i];
		struct assigned in = accounts_of(l, s);
		struct org_account_levels *at = arena_calloc(l->r->a, in.n, sizeof(*at));
		bool administrator = is_administrator(l, s);
		for (size_t k = 0; k < in.n; k++) {
			if (!org_levels_of(l->levels, in.v[k], ORG_LEVELS_SCP, l->r->a, &at[k],
					   err))
				return false;
			if (administrator && at[k].n)
				locked_out(l, in.v[k], s, &at[k]);
		}
		beyond(l, s, &in, at);
	}
	return true;
}

/* The documents inside permission-sets.yaml; their findings stand where the set does. */
static void inline_policies(struct org_lint *l)
{
	for (size_t i = 0; i < l->o->npermission_sets; i++) {
		const struct org_permission_set *s = l->o->permission_sets[i];
		struct lint_findings f = {0};
		struct lint_input in = {.text = s->inline_policy,
					.kind = POLICY_IDENTITY,
					.name = s->name,
					.least = l->r->least,
					.sensitive = l->r->sensitive,
					.nsensitive = l->r->nsensitive,
					.catalogue = l->r->catalogue};
		if (str_is_null(s->inline_policy))
			continue;
		policy_lint(&in, l->r->a, &f);
		for (size_t k = 0; k < f.n; k++)
			add(l, s->pos, f.v[k].rule->name, s->name, s->pos.line, s->pos.col,
			    arena_printf(l->r->a, "inline policy of permission set %.*s: %.*s",
					 STR_ARG(s->name), STR_ARG(f.v[k].message)));
	}
}

bool lint_run_org(struct lint_run *r, const struct org *o, struct err *err)
{
	struct org_lint l = {.r = r, .o = o};
	bool ok;
	map_init(&l.told);
	l.levels = org_levels_new(o, r->a, err);
	ok = l.levels != NULL;
	if (ok) {
		quotas(&l);
		inline_policies(&l);
		ok = permission_sets(&l, err);
	}
	map_release(&l.told);
	return ok;
}
