#include "org/org.h"

#include <string.h>

#include "org/org-private.h"

/* ---- the index: strings to things, in the organization's arena ---- */

struct slot {
	struct str key; /* STR_NULL: free */
	uint64_t hash;
	void *thing;
};

struct table {
	struct slot *slots;
	size_t n, cap; /* cap is a power of two */
};

struct org_index {
	struct table account_id, account_name, account_email;
	struct table unit_id, unit_name, unit_path;
	struct table policy_id, policy_name;
	struct table group, permission_set;
};

static struct slot *slot_of(const struct table *t, struct str key, uint64_t hash)
{
	size_t i = hash & (t->cap - 1);

	while (!str_is_null(t->slots[i].key) &&
	       (t->slots[i].hash != hash || !str_eq(t->slots[i].key, key)))
		i = (i + 1) & (t->cap - 1);
	return &t->slots[i];
}

static void *find(const struct table *t, struct str key)
{
	if (!t->n || str_is_null(key))
		return NULL;
	return slot_of(t, key, str_hash(key))->thing;
}

static void put(struct arena *a, struct table *t, struct str key, void *thing)
{
	if (str_is_null(key))
		return;
	if (t->n * 4 >= t->cap * 3) {
		struct table old = *t;

		t->cap = old.cap ? old.cap * 2 : 16;
		t->slots = arena_calloc(a, t->cap, sizeof(*t->slots));
		for (size_t i = 0; i < old.cap; i++) {
			if (!str_is_null(old.slots[i].key))
				*slot_of(t, old.slots[i].key, old.slots[i].hash) = old.slots[i];
		}
	}
	uint64_t hash = str_hash(key);
	struct slot *s = slot_of(t, key, hash);

	if (!str_is_null(s->key))
		return;
	*s = (struct slot){key, hash, thing};
	t->n++;
}

/* "Email addresses are compared without case": AWS keeps one account for A@x and a@x. */
static struct str lower(struct arena *a, struct str s)
{
	struct str copy = arena_str(a, s);
	char *p = (char *)copy.p;

	for (size_t i = 0; i < copy.n; i++) {
		if (p[i] >= 'A' && p[i] <= 'Z')
			p[i] = (char)(p[i] - 'A' + 'a');
	}
	return copy;
}

/* ---- building ---- */

#define BUILD(array, count, cap_of, type)                                            \
	do {                                                                         \
		type *thing_ = arena_new_of(b->a, type);                             \
		b->o->array = arena_grow(b->a, b->o->array, b->o->count, &b->cap_of, \
					 sizeof(*b->o->array));                      \
		b->o->array[b->o->count++] = thing_;                                 \
	} while (0)

void org_build_init(struct org_build *b, struct arena *a)
{
	struct org_unit *root;

	*b = (struct org_build){.a = a};
	b->o = arena_new_of(a, struct org);
	b->o->index = arena_new_of(a, struct org_index);
	BUILD(units, nunits, units_cap, struct org_unit);
	root = b->o->units[0];
	root->name = STR("Root");
	root->path = STR("");
	put(a, &b->o->index->unit_name, root->name, root);
}

struct org_unit *org_build_unit(struct org_build *b, struct org_unit *parent, struct str name)
{
	struct org_index *x = b->o->index;
	struct org_unit *u;

	BUILD(units, nunits, units_cap, struct org_unit);
	u = b->o->units[b->o->nunits - 1];
	u->name = name;
	u->parent = parent;
	u->path = parent->path.n
			  ? arena_printf(b->a, "%.*s/%.*s", STR_ARG(parent->path), STR_ARG(name))
			  : name;
	put(b->a, &x->unit_path, u->path, u);
	put(b->a, &x->unit_name, u->name, u);
	return u;
}

struct org_account *org_build_account(struct org_build *b)
{
	BUILD(accounts, naccounts, accounts_cap, struct org_account);
	return b->o->accounts[b->o->naccounts - 1];
}

struct org_policy *org_build_policy(struct org_build *b)
{
	BUILD(policies, npolicies, policies_cap, struct org_policy);
	return b->o->policies[b->o->npolicies - 1];
}

struct org_group *org_build_group(struct org_build *b)
{
	BUILD(groups, ngroups, groups_cap, struct org_group);
	return b->o->groups[b->o->ngroups - 1];
}

struct org_permission_set *org_build_permission_set(struct org_build *b)
{
	BUILD(permission_sets, npermission_sets, sets_cap, struct org_permission_set);
	return b->o->permission_sets[b->o->npermission_sets - 1];
}

struct org_assignment *org_build_assignment(struct org_build *b)
{
	BUILD(assignments, nassignments, assignments_cap, struct org_assignment);
	return b->o->assignments[b->o->nassignments - 1];
}

void org_build_index_unit_id(struct org_build *b, struct org_unit *u)
{
	put(b->a, &b->o->index->unit_id, u->id, u);
}

void org_build_index_account(struct org_build *b, struct org_account *acct)
{
	struct org_index *x = b->o->index;

	put(b->a, &x->account_id, acct->id, acct);
	put(b->a, &x->account_name, acct->name, acct);
	if (!str_is_null(acct->email))
		put(b->a, &x->account_email, lower(b->a, acct->email), acct);
}

void org_build_index_policy(struct org_build *b, struct org_policy *p)
{
	put(b->a, &b->o->index->policy_id, p->id, p);
	put(b->a, &b->o->index->policy_name, p->name, p);
}

void org_build_index_group(struct org_build *b, struct org_group *g)
{
	put(b->a, &b->o->index->group, g->name, g);
}

void org_build_index_permission_set(struct org_build *b, struct org_permission_set *s)
{
	put(b->a, &b->o->index->permission_set, s->name, s);
}

void org_add_str(struct arena *a, struct str **v, size_t *n, size_t *cap, struct str s)
{
	*v = arena_grow(a, *v, *n, cap, sizeof(**v));
	(*v)[(*n)++] = s;
}

/* ---- looking up ---- */

/*
 * The first of `n` things whose `struct str` at `member` is the key; things is
 * an array of pointers to structs of any kind.
 */
static void *search(const void *things, size_t n, size_t member, struct str key)
{
	for (size_t i = 0; !str_is_null(key) && i < n; i++) {
		char *thing;
		struct str s;

		memcpy(&thing, (const char *)things + i * sizeof(thing), sizeof(thing));
		memcpy(&s, thing + member, sizeof(s));
		if (!str_is_null(s) && str_eq(s, key))
			return thing;
	}
	return NULL;
}

struct org_account *org_account(const struct org *o, struct str id_or_name)
{
	struct org_account *found;

	if (o->index) {
		found = find(&o->index->account_id, id_or_name);
		return found ? found : find(&o->index->account_name, id_or_name);
	}
	found = search(o->accounts, o->naccounts, offsetof(struct org_account, id), id_or_name);
	return found ? found
		     : search(o->accounts, o->naccounts, offsetof(struct org_account, name),
			      id_or_name);
}

struct org_account *org_account_by_email(const struct org *o, struct str email)
{
	for (size_t i = 0; !o->index && i < o->naccounts; i++) {
		if (o->accounts[i]->email.n && str_eq_nocase(o->accounts[i]->email, email))
			return o->accounts[i];
	}
	if (!o->index || email.n > 320)
		return NULL;
	char text[320];

	for (size_t i = 0; i < email.n; i++) {
		char c = email.p[i];

		text[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
	}
	return find(&o->index->account_email, str_ofn(text, email.n));
}

struct org_unit *org_unit(const struct org *o, struct str key)
{
	struct org_unit *found;

	if (o->index) {
		found = find(&o->index->unit_id, key);
		if (!found)
			found = find(&o->index->unit_path, key);
		return found ? found : find(&o->index->unit_name, key);
	}
	found = search(o->units, o->nunits, offsetof(struct org_unit, id), key);
	if (!found)
		found = search(o->units, o->nunits, offsetof(struct org_unit, path), key);
	return found ? found : search(o->units, o->nunits, offsetof(struct org_unit, name), key);
}

struct org_policy *org_policy(const struct org *o, struct str id_or_name)
{
	struct org_policy *found;

	if (o->index) {
		found = find(&o->index->policy_id, id_or_name);
		return found ? found : find(&o->index->policy_name, id_or_name);
	}
	found = search(o->policies, o->npolicies, offsetof(struct org_policy, id), id_or_name);
	return found ? found
		     : search(o->policies, o->npolicies, offsetof(struct org_policy, name),
			      id_or_name);
}

struct org_group *org_group(const struct org *o, struct str name)
{
	if (o->index)
		return find(&o->index->group, name);
	return search(o->groups, o->ngroups, offsetof(struct org_group, name), name);
}

struct org_permission_set *org_permission_set(const struct org *o, struct str name)
{
	if (o->index)
		return find(&o->index->permission_set, name);
	return search(o->permission_sets, o->npermission_sets,
		      offsetof(struct org_permission_set, name), name);
}

bool org_unit_is_below(const struct org_unit *u, const struct org_unit *ancestor)
{
	for (; u; u = u->parent) {
		if (u == ancestor)
			return true;
	}
	return false;
}

/* ---- states ---- */

static const char *const state_names[] = {
	[ORG_STATE_UNKNOWN] = "UNKNOWN",
	[ORG_STATE_PENDING_ACTIVATION] = "PENDING_ACTIVATION",
	[ORG_STATE_ACTIVE] = "ACTIVE",
	[ORG_STATE_SUSPENDED] = "SUSPENDED",
	[ORG_STATE_PENDING_CLOSURE] = "PENDING_CLOSURE",
	[ORG_STATE_CLOSED] = "CLOSED",
};

struct str org_state_name(enum org_state s)
{
	return str_of(state_names[s]);
}

/*
 * "The Status parameter in the Account object will be retired on September 9,
 * 2026 … use the State field instead" (Organizations API reference, Account).
 * A State that we do not know is unknown: Status must not speak over it.
 */
enum org_state org_state_of(const struct val *account)
{
	struct str s = val_get_str(account, "State");

	if (str_is_null(s))
		s = val_get_str(account, "Status");
	for (size_t i = 0; i < ARRAY_SIZE(state_names); i++) {
		if (str_eqz(s, state_names[i]))
			return (enum org_state)i;
	}
	return ORG_STATE_UNKNOWN;
}
