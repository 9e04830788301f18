#include "org/levels.h"

#include <stdlib.h>

#include "org/org-private.h"
#include "text/show.h"

#define KINDS 2 /* enum org_levels_kind */

static const char *const type_of[KINDS] = {"SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"};
static const enum policy_kind kind_of[KINDS] = {POLICY_SCP, POLICY_RCP};

/* Of files: what AWS attaches by itself. */
static const char *const full_access[KINDS] = {
	"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\","
	"\"Resource\":\"*\"}]}",
	"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\","
	"\"Action\":\"*\",\"Resource\":\"*\"}]}",
};
static const char *const full_access_name[KINDS] = {"FullAWSAccess", "RCPFullAWSAccess"};

struct parsed {
	const struct org_policy *policy;
	const struct policy *parsed;
	int kind; /* enum org_levels_kind */
};

/* One of the organization's units with what is attached to it. */
struct unit_level {
	const struct org_unit *unit;
	struct policy_list list[KINDS];
};

struct org_levels {
	const struct org *o;
	struct parsed *policies; /* sorted by the policy's address */
	size_t npolicies;
	struct unit_level *units; /* sorted by the unit's address */
	size_t nunits;
	const struct policy *full[KINDS]; /* of files; else NULL */
};

/* ---- policies ---- */

static int by_policy(const void *x, const void *y)
{
	uintptr_t a = (uintptr_t)((const struct parsed *)x)->policy;
	uintptr_t b = (uintptr_t)((const struct parsed *)y)->policy;

	return (a > b) - (a < b);
}

static int by_unit(const void *x, const void *y)
{
	uintptr_t a = (uintptr_t)((const struct unit_level *)x)->unit;
	uintptr_t b = (uintptr_t)((const struct unit_level *)y)->unit;

	return (a > b) - (a < b);
}

/* "name (p-…)" */
static struct str policy_label(const struct org_policy *p, struct arena *a)
{
	if (str_is_null(p->id))
		return p->name;
	return arena_printf(a, "%.*s (%.*s)", STR_ARG(p->name), STR_ARG(p->id));
}

static bool parse_one(struct org_levels *l, const struct org_policy *p, struct arena *a,
		      struct err *err)
{
	struct str label = policy_label(p, a);
	struct parsed *out = &l->policies[l->npolicies];
	int kind = -1;

	for (int k = 0; k < KINDS; k++) {
		if (str_eqz(p->type, type_of[k]))
			kind = k;
	}
	if (kind < 0)
		return true;
	if (str_is_null(p->content))
		return err_set(err, ERR_INPUT, "policy %.*s: its content was not read",
			       STR_ARG(show_short(a, label)));
	/* The label is how decisions call it; AWS's own RCP is known by its name. */
	out->parsed = l->o->from_files
			      ? policy_parse(p->content, kind_of[kind], p->name, a, err)
			      : policy_parse_kept(p->content, kind_of[kind], p->name, a, err);
	if (!out->parsed)
		return err_wrap(err, "policy %.*s", STR_ARG(show_short(a, label)));
	out->policy = p;
	out->kind = kind;
	l->npolicies++;
	return true;
}

static bool parse_all(struct org_levels *l, struct arena *a, struct err *err)
{
	const struct org *o = l->o;

	l->policies = arena_calloc(a, o->npolicies + 1, sizeof(*l->policies));
	for (size_t i = 0; i < o->npolicies; i++) {
		if (!parse_one(l, o->policies[i], a, err))
			return false;
	}
	qsort(l->policies, l->npolicies, sizeof(*l->policies), by_policy);
	for (int k = 0; o->from_files && k < KINDS; k++) {
		l->full[k] = policy_parse(str_of(full_access[k]), kind_of[k],
					  str_of(full_access_name[k]), a, err);
		if (!l->full[k])
			return false;
	}
	return true;
}

static const struct parsed *parsed_of(const struct org_levels *l, const struct org_policy *p)
{
	struct parsed key = {.policy = p};

	return bsearch(&key, l->policies, l->npolicies, sizeof(*l->policies), by_policy);
}

/* ---- what is attached ---- */

static bool attached(const struct org_levels *l, const struct str *names, size_t n, int kind,
		     struct arena *a, struct policy_list *out, struct err *err)
{
	const struct policy **v = arena_calloc(a, n + 1, sizeof(const struct policy *));
	size_t count = 0;

	if (l->full[kind])
		v[count++] = l->full[kind];
	for (size_t i = 0; i < n; i++) {
		const struct org_policy *p = org_policy(l->o, names[i]);
		const struct parsed *parsed;

		if (!p)
			return err_set(err, ERR_INPUT,
				       "policy '%.*s' is attached, but it is not among the "
				       "organization's policies",
				       STR_ARG(show_short(a, names[i])));
		parsed = parsed_of(l, p);
		if (parsed && parsed->kind == kind)
			v[count++] = parsed->parsed;
	}
	*out = (struct policy_list){v, count};
	return true;
}

struct org_levels *org_levels_new(const struct org *o, struct arena *a, struct err *err)
{
	struct org_levels *l = arena_new_of(a, struct org_levels);

	if (!o->have_units || !o->have_policies) {
		err_set(err, ERR_INPUT,
			"the organization's units and policies were not read: what binds an "
			"account is not known");
		return NULL;
	}
	l->o = o;
	if (!parse_all(l, a, err))
		return NULL;
	l->nunits = o->nunits;
	l->units = arena_calloc(a, o->nunits + 1, sizeof(*l->units));
	for (size_t i = 0; i < o->nunits; i++) {
		const struct org_unit *u = o->units[i];

		l->units[i].unit = u;
		for (int k = 0; k < KINDS; k++) {
			if (!attached(l, u->policies, u->npolicies, k, a, &l->units[i].list[k],
				      err))
				return NULL;
		}
	}
	qsort(l->units, l->nunits, sizeof(*l->units), by_unit);
	return l;
}

bool org_levels_of(const struct org_levels *l, const struct org_account *acct,
		   enum org_levels_kind kind, struct arena *a, struct org_account_levels *out,
		   struct err *err)
{
	struct policy_list *lists;
	struct org_level *levels;
	size_t n = 1;

	*out = (struct org_account_levels){0};
	/* "SCPs don't affect users or roles in the management account" (User Guide, SCPs). */
	if (acct->management || !(kind == ORG_LEVELS_SCP ? l->o->scp_enabled : l->o->rcp_enabled))
		return true;
	if (!acct->unit)
		return err_set(err, ERR_INPUT,
			       "it is not known which unit account '%.*s' is in: what binds it "
			       "cannot be told",
			       STR_ARG(show_short(a, acct->name)));
	for (const struct org_unit *u = acct->unit; u; u = u->parent)
		n++;
	lists = arena_calloc(a, n, sizeof(*lists));
	levels = arena_calloc(a, n, sizeof(*levels));
	if (!attached(l, acct->policies, acct->npolicies, kind, a, &lists[n - 1], err))
		return false;
	size_t at = n - 1;

	for (const struct org_unit *u = acct->unit; u; u = u->parent) {
		struct unit_level key = {.unit = u};
		const struct unit_level *found =
			bsearch(&key, l->units, l->nunits, sizeof(*l->units), by_unit);

		if (!found)
			BUG("a unit of another organization");
		levels[--at].unit = u;
		lists[at] = found->list[kind];
	}
	*out = (struct org_account_levels){lists, levels, n};
	return true;
}

const struct org_policy *org_levels_policy(const struct org_levels *l, const struct policy *parsed)
{
	for (size_t i = 0; i < l->npolicies; i++) {
		if (l->policies[i].parsed == parsed)
			return l->policies[i].policy;
	}
	return NULL;
}

struct str org_level_text(const struct org_level *level, const struct org_account *acct,
			  struct arena *a)
{
	const struct org_unit *u = level->unit;
	const char *what = !u ? "account " : u->parent ? "unit " : "the organization's root";
	struct str name = !u ? show(a, acct->name) : u->parent ? show(a, u->path) : STR("");
	struct str id = u ? u->id : acct->id;

	if (!id.n)
		return arena_printf(a, "%s%.*s", what, STR_ARG(name));
	return arena_printf(a, "%s%.*s (%.*s)", what, STR_ARG(name), STR_ARG(id));
}
