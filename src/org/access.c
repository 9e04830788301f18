#include "org/access.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/map.h"
#include "policy/managed.h"
#include "text/show.h"

/* A permission set's role is AWSReservedSSO_NAME_ and 16 hex digits that AWS chooses. */
#define ROLE_SUFFIX "0123456789abcdef"
/* An account that is planned only has no id yet. */
#define NO_ACCOUNT "000000000000"

struct org_grant_policies {
	const struct org_permission_set *set;
	const struct policy **whole; /* those that are known, as they are written */
	size_t nwhole;
	struct policy_list most, least;
	struct str unknown; /* names of policies that are not known; empty: none */
	struct str cut;     /* names of those known in part */
	const char *cut_services;
};

struct org_access_cache {
	struct arena *arena;
	struct org_levels *levels;
	const struct policy_key *keys;
	size_t nkeys;
	struct org_grant_policies *sets;
	size_t nsets;
	struct policy_bounds *bounds; /* of SCPs and RCPs, beside `of` */
	const struct policy **of;
	size_t nbounds, bounds_cap, of_cap;
};

/* ---- permission sets ---- */

static const struct policy *parse_text(const char *text, struct arena *a)
{
	struct err err = {0};
	struct policy *p = policy_parse(str_of(text), POLICY_IDENTITY, STR("unknown"), a, &err);

	if (!p)
		BUG("a policy of our own: %s", err.message);
	return p;
}

static struct str add_name(struct str list, struct str name, struct arena *a)
{
	return arena_printf(a, "%.*s%s%.*s", STR_ARG(list), list.n ? ", " : "",
			    STR_ARG(show(a, name)));
}

/* "account iam s3": an Allow of everything but these, for what a cut policy may say. */
static const struct policy *beyond(const char *services, struct arena *a)
{
	struct str rest = str_of(services), service, list = STR("");

	while (str_next(&rest, ' ', &service))
		list = arena_printf(a, "%.*s%s\"%.*s:*\"", STR_ARG(list), list.n ? "," : "",
				    STR_ARG(service));
	return parse_text(arena_printf(a,
				       "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":"
				       "\"Allow\",\"NotAction\":[%.*s],\"Resource\":\"*\"}}",
				       STR_ARG(list))
				  .p,
			  a);
}

struct set_build {
	struct org_access_cache *c;
	struct org_grant_policies *out;
	const struct policy **most, **least;
	size_t nmost, nleast;
};

static bool add_text(struct set_build *b, struct str text, struct str name, struct err *err)
{
	const struct policy *p = policy_parse(text, POLICY_IDENTITY, name, b->c->arena, err);
	struct policy_bounds bounds;

	if (!p)
		return err_wrap(err, "permission set %.*s", STR_ARG(b->out->set->name));
	policy_bounds(p, b->c->keys, b->c->nkeys, b->c->arena, &bounds);
	b->out->whole[b->out->nwhole++] = p;
	b->most[b->nmost++] = bounds.most;
	b->least[b->nleast++] = bounds.least;
	return true;
}

static bool add_managed(struct set_build *b, struct str name, struct err *err)
{
	const struct policy_managed *m = policy_managed_find(name);
	struct arena *a = b->c->arena;

	if (!m) {
		/* It may allow anything, and it may deny anything. */
		b->out->unknown = add_name(b->out->unknown, name, a);
		b->most[b->nmost++] =
			parse_text("{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":"
				   "\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}}",
				   a);
		b->least[b->nleast++] =
			parse_text("{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":"
				   "\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"}}",
				   a);
		return true;
	}
	if (m->services) {
		b->out->cut = add_name(b->out->cut, str_of(m->name), a);
		b->out->cut_services = m->services;
		b->most[b->nmost++] = beyond(m->services, a);
	}
	return add_text(b, str_of(m->document), str_of(m->name), err);
}

static bool build_set(struct org_access_cache *c, const struct org_permission_set *s,
		      struct org_grant_policies *out, struct err *err)
{
	size_t most = 2 * s->nmanaged + 1;
	struct set_build b = {.c = c, .out = out};

	*out = (struct org_grant_policies){.set = s, .unknown = STR(""), .cut = STR("")};
	out->whole = arena_calloc(c->arena, most, sizeof(*out->whole));
	b.most = arena_calloc(c->arena, most, sizeof(*b.most));
	b.least = arena_calloc(c->arena, most, sizeof(*b.least));
	for (size_t i = 0; i < s->nmanaged; i++) {
		if (!add_managed(&b, s->managed_policies[i], err))
			return false;
	}
	if (!str_is_null(s->inline_policy) &&
	    !add_text(&b, s->inline_policy,
		      arena_printf(c->arena, "%.*s (inline)", STR_ARG(s->name)), err))
		return false;
	out->most = (struct policy_list){b.most, b.nmost};
	out->least = (struct policy_list){b.least, b.nleast};
	return true;
}

static bool build_sets(struct org_access_cache *c, const struct org *o, struct err *err)
{
	c->sets = arena_calloc(c->arena, o->npermission_sets + 1, sizeof(*c->sets));
	for (; c->nsets < o->npermission_sets; c->nsets++) {
		if (!build_set(c, o->permission_sets[c->nsets], &c->sets[c->nsets], err))
			return false;
	}
	return true;
}

/* ---- grants ---- */

static int by_place(const void *x, const void *y)
{
	const struct org_grant *a = x, *b = y;
	int order = str_cmp(a->account->name, b->account->name);

	if (!order)
		order = str_cmp(a->account->id, b->account->id);
	if (!order)
		order = str_cmp(a->who, b->who);
	if (!order)
		order = a->is_user - b->is_user;
	return order ? order
		     : str_cmp(a->assignment->permission_set, b->assignment->permission_set);
}

/* Of assignments that say the same twice the one that lasts longest stands first. */
static int by_place_and_end(const void *x, const void *y)
{
	const struct org_grant *a = x, *b = y;
	int64_t ends = a->assignment->until_ms, other = b->assignment->until_ms;
	int order = by_place(x, y);

	if (order || ends == other)
		return order;
	return !ends ? -1 : !other ? 1 : ends > other ? -1 : 1;
}

static bool same_grant(const struct org_grant *a, const struct org_grant *b)
{
	return by_place(a, b) == 0;
}

static const struct org_grant_policies *policies_of(const struct org_access_cache *c,
						    const struct org_permission_set *s)
{
	for (size_t i = 0; i < c->nsets; i++) {
		if (c->sets[i].set == s)
			return &c->sets[i];
	}
	return NULL;
}

static bool add_grants(struct org_access *acc, const struct org_assignment *as, size_t *cap,
		       struct err *err)
{
	const struct org *o = acc->o;
	struct arena *a = acc->cache->arena;

	for (size_t i = 0; i < o->naccounts; i++) {
		bool unknown = false;
		struct org_grant g = {
			.assignment = as,
			.account = o->accounts[i],
			.set = org_permission_set(o, as->permission_set),
			.is_user = str_is_null(as->group),
		};

		if (!org_selects(o, &as->in, o->accounts[i], &unknown)) {
			if (unknown)
				return err_set(err, ERR_INPUT,
					       "it is not known whether an assignment of %.*s is "
					       "about account %.*s",
					       STR_ARG(as->permission_set),
					       STR_ARG(o->accounts[i]->name));
			continue;
		}
		g.who = g.is_user ? as->user : as->group;
		g.policies = policies_of(acc->cache, g.set);
		acc->grants = arena_grow(a, acc->grants, acc->ngrants, cap, sizeof(g));
		acc->grants[acc->ngrants++] = g;
	}
	return true;
}

static bool build_grants(struct org_access *acc, struct err *err)
{
	size_t cap = 0, n = 0;

	for (size_t i = 0; i < acc->o->nassignments; i++) {
		if (!add_grants(acc, acc->o->assignments[i], &cap, err))
			return false;
	}
	if (acc->ngrants)
		qsort(acc->grants, acc->ngrants, sizeof(*acc->grants), by_place_and_end);
	for (size_t i = 0; i < acc->ngrants; i++) {
		if (!n || !same_grant(&acc->grants[n - 1], &acc->grants[i]))
			acc->grants[n++] = acc->grants[i];
	}
	acc->ngrants = n;
	return true;
}

struct org_access *org_access_new(const struct org *o, const struct policy_key *keys, size_t nkeys,
				  struct arena *a, struct err *err)
{
	struct org_access *acc = arena_new_of(a, struct org_access);

	acc->o = o;
	acc->cache = arena_new_of(a, struct org_access_cache);
	acc->cache->arena = a;
	acc->cache->keys = keys;
	acc->cache->nkeys = nkeys;
	acc->cache->levels = org_levels_new(o, a, err);
	if (!acc->cache->levels || !build_sets(acc->cache, o, err) || !build_grants(acc, err))
		return NULL;
	return acc;
}

/* ---- a question ---- */

static const struct policy_bounds *bounds_of(struct org_access_cache *c, const struct policy *p)
{
	for (size_t i = 0; i < c->nbounds; i++) {
		if (c->of[i] == p)
			return &c->bounds[i];
	}
	c->of = arena_grow(c->arena, c->of, c->nbounds, &c->of_cap, sizeof(*c->of));
	c->bounds = arena_grow(c->arena, c->bounds, c->nbounds, &c->bounds_cap, sizeof(*c->bounds));
	c->of[c->nbounds] = p;
	policy_bounds(p, c->keys, c->nkeys, c->arena, &c->bounds[c->nbounds]);
	return &c->bounds[c->nbounds++];
}

static const struct policy_list *bound_levels(struct org_access_cache *c,
					      const struct org_account_levels *at, bool most,
					      struct arena *a)
{
	struct policy_list *out = arena_calloc(a, at->n, sizeof(*out));

	for (size_t l = 0; l < at->n; l++) {
		const struct policy **v = arena_calloc(a, at->policies[l].n, sizeof(*v));

		for (size_t i = 0; i < at->policies[l].n; i++) {
			const struct policy_bounds *b = bounds_of(c, at->policies[l].policies[i]);

			v[i] = most ? b->most : b->least;
		}
		out[l] = (struct policy_list){v, at->policies[l].n};
	}
	return out;
}

struct question {
	struct org_access *acc;
	const struct org_grant *g;
	struct policy_request req;
	struct org_account_levels scp, rcp;
	struct policy_decision most, least;
	struct arena *arena;
};

static void set_request(struct question *q, const struct org_ask *ask)
{
	struct str id = q->g->account->id.n ? q->g->account->id : STR(NO_ACCOUNT);
	struct str set = q->g->assignment->permission_set;
	struct arena *a = q->arena;
	struct policy_key *keys = arena_calloc(a, ask->nkeys + 1, sizeof(*keys));
	struct str *arn = arena_new_of(a, struct str);

	*arn = arena_printf(a,
			    "arn:aws:iam::%.*s:role/aws-reserved/sso.amazonaws.com/%.*s%s"
			    "AWSReservedSSO_%.*s_" ROLE_SUFFIX,
			    STR_ARG(id), STR_ARG(q->acc->o->region), q->acc->o->region.n ? "/" : "",
			    STR_ARG(set));
	if (ask->nkeys)
		memcpy(keys, ask->keys, ask->nkeys * sizeof(*keys));
	keys[ask->nkeys] = (struct policy_key){STR("aws:PrincipalArn"), {arn, 1, false}};
	q->req = (struct policy_request){
		.principal = arena_printf(
			a,
			"arn:aws:sts::%.*s:assumed-role/AWSReservedSSO_%.*s_" ROLE_SUFFIX "/%.*s",
			STR_ARG(id), STR_ARG(set), STR_ARG(q->g->who)),
		.action = ask->action,
		.resource = ask->resource.n ? ask->resource : STR("*"),
		.management = q->g->account->management,
		.keys = keys,
		.nkeys = ask->nkeys + 1,
	};
}

static bool set_levels(struct question *q, struct err *err)
{
	const struct org_account *owner = q->g->account;
	struct str id = policy_arn_account(q->req.resource);

	if (id.n)
		owner = org_account(q->acc->o, id);
	q->req.resource_in_management = owner && owner->management;
	return org_levels_of(q->acc->cache->levels, q->g->account, ORG_LEVELS_SCP, q->arena,
			     &q->scp, err) &&
	       (!owner || org_levels_of(q->acc->cache->levels, owner, ORG_LEVELS_RCP, q->arena,
					&q->rcp, err));
}

static void decide(struct question *q, bool most, struct policy_decision *out, struct str *why)
{
	struct org_access_cache *c = q->acc->cache;
	const struct policy_set set = {
		.has_identity = true,
		.identity = most ? q->g->policies->most : q->g->policies->least,
		.scp = bound_levels(c, &q->scp, most, q->arena),
		.nscp = q->scp.n,
		.rcp = bound_levels(c, &q->rcp, most, q->arena),
		.nrcp = q->rcp.n,
	};

	policy_decide(&set, &q->req, out);
	*why = policy_decision_text(out, q->arena);
}

static int by_text(const void *x, const void *y)
{
	return str_cmp(((const struct policy_open *)x)->text,
		       ((const struct policy_open *)y)->text);
}

static void gather_open(struct question *q, struct policy_open **v, size_t *n)
{
	const struct org_grant_policies *p = q->g->policies;
	size_t cap = 0;

	for (size_t i = 0; i < p->nwhole; i++)
		policy_open_conditions(p->whole[i], &q->req, q->arena, v, n, &cap);
	for (int kind = 0; kind < 2; kind++) {
		const struct org_account_levels *at = kind ? &q->rcp : &q->scp;

		for (size_t l = 0; l < at->n; l++) {
			for (size_t i = 0; i < at->policies[l].n; i++)
				policy_open_conditions(at->policies[l].policies[i], &q->req,
						       q->arena, v, n, &cap);
		}
	}
}

static void say_open(struct question *q, struct org_answer *out)
{
	struct policy_open *v = NULL;
	struct arena *a = q->arena;
	size_t n = 0;

	gather_open(q, &v, &n);
	if (n)
		qsort(v, n, sizeof(*v), by_text);
	for (size_t i = 0; i < n; i++) {
		if (i && str_eq(v[i].text, v[i - 1].text))
			continue;
		out->why = arena_printf(
			a, "%.*s%s'%.*s' line %u %.*s", STR_ARG(out->why), out->why.n ? "; " : "",
			STR_ARG(show(a, policy_name(v[i].policy))), v[i].line, STR_ARG(v[i].text));
		out->on = arena_printf(a, "%.*s%s%.*s", STR_ARG(out->on), out->on.n ? "; " : "",
				       STR_ARG(v[i].text));
	}
}

/* Is the action of a service that a cut policy is not known for? */
static bool beyond_cut(const struct org_grant_policies *p, struct str action)
{
	struct str rest = str_of(p->cut_services), service, mine, name;

	if (!p->cut.n)
		return false;
	str_cut(action, ':', &mine, &name);
	while (str_next(&rest, ' ', &service)) {
		if (str_eq_nocase(service, mine))
			return false;
	}
	return true;
}

static void answer_between(struct question *q, struct org_answer *out)
{
	const struct org_grant_policies *p = q->g->policies;
	struct arena *a = q->arena;

	out->can = ORG_CAN_DEPENDS;
	out->on = out->why = STR("");
	if (p->unknown.n || (beyond_cut(p, q->req.action) && q->least.level == POLICY_IDENTITY)) {
		out->can = ORG_CAN_UNKNOWN;
		out->on = p->unknown.n ? p->unknown : p->cut;
		out->why = p->unknown.n ? arena_printf(a, "what %.*s allows is not known here",
						       STR_ARG(p->unknown))
					: arena_printf(a, "%.*s is known here for %s only",
						       STR_ARG(p->cut), p->cut_services);
	}
	say_open(q, out);
}

/* What a permission set allows is half of the answer here; a denial is all of it. */
static void add_resource_policy(struct question *q, struct org_answer *out)
{
	static const char what[] = "the resource's own policy must allow it too, and is not known";

	out->can = ORG_CAN_UNKNOWN;
	out->why = arena_printf(q->arena, "%.*s; %s", STR_ARG(out->why), what);
	out->on = arena_join(q->arena, out->on, out->on.n ? STR("; ") : STR(""),
			     STR("the resource's own policy"));
}

bool org_access_can(struct org_access *acc, const struct org_grant *g, const struct org_ask *ask,
		    struct arena *a, struct org_answer *out, struct err *err)
{
	struct question *q = arena_new_of(a, struct question);
	struct str most, least;

	*out = (struct org_answer){.can = ORG_CAN_UNKNOWN, .why = STR(""), .on = STR("")};
	if (acc->now_ms && g->assignment->until_ms && g->assignment->until_ms <= acc->now_ms) {
		char end[TIME_ISO_SIZE];

		out->can = ORG_CAN_NO;
		out->why = arena_printf(a, "the assignment ended at %s",
					time_iso(g->assignment->until_ms, false, end));
		return true;
	}
	if (!g->policies) {
		out->why = STR("the permission set is not one of the organization's");
		return true;
	}
	q->acc = acc;
	q->g = g;
	q->arena = a;
	set_request(q, ask);
	if (!set_levels(q, err))
		return false;
	decide(q, true, &q->most, &most);
	decide(q, false, &q->least, &least);
	if (!q->most.allow) {
		out->can = ORG_CAN_NO;
		out->why = most;
	} else if (q->least.allow) {
		out->can = ORG_CAN_YES;
		out->why = least;
	} else {
		answer_between(q, out);
	}
	if (out->can != ORG_CAN_NO && policy_resource_decides(&q->req))
		add_resource_policy(q, out);
	return true;
}

const char *org_can_text(enum org_can can)
{
	static const char *const texts[] = {"no", "yes", "depends", "unknown"};

	return texts[can];
}

void org_access_pairs(const struct org_access *acc, struct arena *a, struct policy_pair **out,
		      size_t *n, size_t *cap)
{
	struct err ignored = {0};

	for (size_t i = 0; i < acc->cache->nsets; i++) {
		for (size_t k = 0; k < acc->cache->sets[i].nwhole; k++)
			policy_pairs(acc->cache->sets[i].whole[k], a, out, n, cap);
	}
	for (size_t i = 0; i < acc->o->npolicies; i++) {
		const struct org_policy *p = acc->o->policies[i];
		bool rcp = str_eqz(p->type, "RESOURCE_CONTROL_POLICY");
		const struct policy *parsed = policy_parse(
			p->content, rcp ? POLICY_RCP : POLICY_SCP, p->name, a, &ignored);

		if (parsed)
			policy_pairs(parsed, a, out, n, cap);
	}
}
