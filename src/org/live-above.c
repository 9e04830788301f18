/* What binds a few accounts: the road from each of them up to the root, and what is attached there. */

#include "org/live-private.h"

/* AWS's units nest five deep below the root; a road that does not end is a fault. */
#define MOST_LEVELS 32

static bool call(struct live *l, const char *op, const char *key, struct str value,
		 struct arena *scratch, struct val **out)
{
	struct val *in = val_object(scratch);

	val_set_str(scratch, in, key, value);
	return aws_call(l->w, l->id, "organizations", op, in, scratch, out, l->err);
}

/* ---- the road ---- */

/* The ids above the account: its parent first, the root last. */
static bool read_road(struct live *l, struct str child, struct arena *scratch,
		      struct str road[MOST_LEVELS], size_t *n)
{
	struct val *out;

	for (*n = 0; *n < MOST_LEVELS;) {
		const struct val *parent;

		if (!call(l, "ListParents", "ChildId", child, scratch, &out))
			return false;
		parent = val_first(val_get(out, "Parents"));
		child = val_get_str(parent, "Id");
		if (!child.n)
			return err_set(l->err, ERR_PROTOCOL,
				       "organizations:ListParents: an answer without a parent");
		road[(*n)++] = child;
		if (str_eqz(val_get_str(parent, "Type"), "ROOT"))
			return true;
	}
	return err_set(l->err, ERR_LIMIT, "more than %d units above an account", MOST_LEVELS);
}

static bool read_unit(struct live *l, struct org_unit *parent, struct str id, struct arena *scratch,
		      struct org_unit **out)
{
	struct val *answer;
	struct str name;

	if (!call(l, "DescribeOrganizationalUnit", "OrganizationalUnitId", id, scratch, &answer))
		return false;
	name = val_get_str(val_get(answer, "OrganizationalUnit"), "Name");
	if (!name.n)
		return err_set(
			l->err, ERR_PROTOCOL,
			"organizations:DescribeOrganizationalUnit: an answer without a name");
	*out = org_build_unit(&l->b, parent, arena_str(l->a, name));
	(*out)->id = arena_str(l->a, id);
	org_build_index_unit_id(&l->b, *out);
	return true;
}

static bool place(struct live *l, struct org_account *acct, struct arena *scratch)
{
	struct str road[MOST_LEVELS];
	struct org_unit *at = l->o->units[0], *known;
	size_t n;

	if (!read_road(l, acct->id, scratch, road, &n))
		return false;
	/* From below the root down. */
	for (size_t i = n - 1; i > 0; i--) {
		known = org_unit(l->o, road[i - 1]);
		if (known && str_eq(known->id, road[i - 1]))
			at = known;
		else if (!read_unit(l, at, road[i - 1], scratch, &at))
			return false;
	}
	acct->unit = at;
	return true;
}

static bool read_account(struct live *l, struct str id)
{
	struct arena *scratch = arena_new();
	struct val *out;
	bool ok = call(l, "DescribeAccount", "AccountId", id, scratch, &out);

	if (!ok && str_eqz(str_of(l->err->aws_code), "AccountNotFoundException")) {
		err_clear(l->err);
		arena_free(&scratch);
		return true;
	}
	ok = ok && live_take_account(l, "DescribeAccount", val_get(out, "Account")) &&
	     place(l, org_account(l->o, id), scratch);
	arena_free(&scratch);
	return ok;
}

/* ---- what is attached ---- */

struct target {
	struct live *l;
	struct str **policies;
	size_t *n;
	struct str type;
	bool broken;
};

static bool on_attached(const struct val *row, void *ctx)
{
	struct target *t = ctx;
	const struct org_policy *p = live_take_policy(t->l, row, t->type);

	t->broken = !p;
	if (p)
		live_attach(t->l->a, t->policies, t->n, p->id);
	return p != NULL;
}

static bool read_attached(struct live *l, struct str id, struct str **policies, size_t *n)
{
	const struct {
		bool enabled;
		struct str type;
	} types[] = {
		{l->o->scp_enabled, STR("SERVICE_CONTROL_POLICY")},
		{l->o->rcp_enabled, STR("RESOURCE_CONTROL_POLICY")},
	};
	struct arena *scratch = arena_new();
	bool ok = true;

	for (size_t i = 0; ok && i < ARRAY_SIZE(types); i++) {
		struct target t = {l, policies, n, types[i].type, false};
		struct val *in = val_object(scratch);

		if (!types[i].enabled)
			continue;
		val_set_str(scratch, in, "TargetId", id);
		val_set_str(scratch, in, "Filter", types[i].type);
		ok = aws_pages(l->w, l->id, "organizations", "ListPoliciesForTarget", in,
			       on_attached, &t, l->err) &&
		     (!t.broken ||
		      err_set(l->err, ERR_PROTOCOL,
			      "organizations:ListPoliciesForTarget: a policy without an id"));
	}
	arena_free(&scratch);
	return ok;
}

static bool read_contents(struct live *l)
{
	for (size_t i = 0; i < l->o->npolicies; i++) {
		struct org_policy *p = l->o->policies[i];
		struct val *out;

		if (!str_is_null(p->content))
			continue;
		if (!call(l, "DescribePolicy", "PolicyId", p->id, l->a, &out))
			return false;
		p->content = val_str(val_path(out, "Policy", "Content", NULL));
		if (str_is_null(p->content))
			return err_set(l->err, ERR_PROTOCOL,
				       "organizations:DescribePolicy: policy %.*s without its "
				       "content",
				       STR_ARG(p->id));
	}
	return true;
}

static bool read_policies(struct live *l)
{
	for (size_t i = 0; i < l->o->nunits; i++) {
		struct org_unit *u = l->o->units[i];

		if (!read_attached(l, u->id, &u->policies, &u->npolicies))
			return false;
	}
	for (size_t i = 0; i < l->o->naccounts; i++) {
		struct org_account *acct = l->o->accounts[i];

		if (!read_attached(l, acct->id, &acct->policies, &acct->npolicies))
			return false;
	}
	return read_contents(l);
}

bool org_read_live_above(struct aws_worker *w, struct aws_identity *id, const struct str *accounts,
			 size_t naccounts, struct arena *a, struct org **out, struct err *err)
{
	const struct org_live_options none = {0};
	struct err why = {0};
	struct live l = {.w = w, .id = id, .opt = &none, .a = a, .err = &why};
	bool ok;

	org_build_init(&l.b, a);
	l.o = l.b.o;
	ok = live_describe(&l) && live_root(&l);
	for (size_t i = 0; ok && i < naccounts; i++) {
		const struct org_account *known = org_account(l.o, accounts[i]);

		ok = (known && str_eq(known->id, accounts[i])) || read_account(&l, accounts[i]);
	}
	ok = ok && read_policies(&l);
	l.o->have_units = l.o->have_policies = ok;
	*out = ok ? l.o : NULL;
	if (!ok)
		*err = why;
	return ok;
}
