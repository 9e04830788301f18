#include "sandbox/organizations-private.h"
#include "text/json.h"

/*
 * How management policies are inherited: value-setting operators (@@assign,
 * @@append, @@remove), and the control operator by which a policy says which of
 * them child policies may use from there on down.
 * https://docs.aws.amazon.com/organizations/latest/userguide/policy-operators.html
 */

#define CONTROL "@@operators_allowed_for_child_policies"

enum { MAY_ASSIGN = 1, MAY_APPEND = 2, MAY_REMOVE = 4, MAY_ALL = 7 };

struct node {
	struct node *next, *kids;
	struct str name;
	struct val *value; /* NULL: none has been set */
	unsigned allowed;  /* by the levels above */
	unsigned pending;  /* by this level, for those below */
};

struct orgs_merge {
	struct arena *a;
	struct node root;
};

static void init_node(struct node *n, struct str name)
{
	*n = (struct node){.name = name, .allowed = MAY_ALL, .pending = MAY_ALL};
}

struct orgs_merge *orgs_merge_new(struct arena *a)
{
	struct orgs_merge *m = arena_new_of(a, struct orgs_merge);

	m->a = a;
	init_node(&m->root, STR_NULL);
	return m;
}

static unsigned operators(const struct val *list)
{
	unsigned may = 0;

	VAL_EACH(v, list)
	{
		struct str name = val_str(v);
		if (str_eqz(name, "@@all"))
			may |= MAY_ALL;
		else if (str_eqz(name, "@@assign"))
			may |= MAY_ASSIGN;
		else if (str_eqz(name, "@@append"))
			may |= MAY_APPEND;
		else if (str_eqz(name, "@@remove"))
			may |= MAY_REMOVE;
	}
	return may;
}

/* ---- values ---- */

static bool contains(const struct val *list, const struct val *item)
{
	VAL_EACH(v, list)
	if (val_eq(v, item))
		return true;
	return false;
}

/* `v` as a list, itself where it is one. */
static struct val *listed(struct arena *a, const struct val *v)
{
	struct val *list;

	if (val_is(v, VAL_LIST))
		return val_copy(a, v);
	list = val_list(a);
	if (v)
		val_append(list, val_copy(a, v));
	return list;
}

static struct val *appended(struct arena *a, const struct val *old, const struct val *more)
{
	struct val *out = listed(a, old), *add = listed(a, more);

	VAL_EACH(v, add)
	if (!contains(out, v))
		val_append(out, val_copy(a, v));
	return out;
}

static struct val *removed(struct arena *a, const struct val *old, const struct val *less)
{
	struct val *all = listed(a, old), *gone = listed(a, less), *out = val_list(a);

	VAL_EACH(v, all)
	if (!contains(gone, v))
		val_append(out, val_copy(a, v));
	return out;
}

/* ---- merging ---- */

static struct node *child(struct orgs_merge *m, struct node *of, struct str name)
{
	struct node **at = &of->kids;

	for (; *at; at = &(*at)->next)
		if (str_eq((*at)->name, name))
			return *at;
	*at = arena_new_of(m->a, struct node);
	init_node(*at, arena_str(m->a, name));
	return *at;
}

/* Recursion is bounded by the reader of the document: LIMIT_DEPTH. */
static void add(struct orgs_merge *m, struct node *n, const struct val *v, unsigned may)
{
	may &= n->allowed;
	VAL_EACH(member, v)
	{
		struct str op = member->name;
		if (str_eqz(op, CONTROL))
			n->pending &= operators(member);
		else if (str_eqz(op, "@@assign") && (may & MAY_ASSIGN))
			n->value = val_copy(m->a, member);
		else if (str_eqz(op, "@@append") && (may & MAY_APPEND))
			n->value = appended(m->a, n->value, member);
		else if (str_eqz(op, "@@remove") && (may & MAY_REMOVE) && n->value)
			n->value = removed(m->a, n->value, member);
		else if (!str_startsz(op, "@@"))
			add(m, child(m, n, op), member, may);
	}
	/* A policy may also give a value without an operator: that assigns it. */
	if (v->kind != VAL_OBJECT && (may & MAY_ASSIGN))
		n->value = val_copy(m->a, v);
}

void orgs_merge_add(struct orgs_merge *m, const struct val *document)
{
	add(m, &m->root, document, MAY_ALL);
}

static void next_level(struct node *n)
{
	for (; n; n = n->next) {
		n->allowed &= n->pending;
		n->pending = MAY_ALL;
		next_level(n->kids);
	}
}

void orgs_merge_next_level(struct orgs_merge *m)
{
	next_level(&m->root);
}

/* NULL: nothing was set here or below. */
static struct val *result(struct orgs_merge *m, const struct node *n)
{
	struct val *out = NULL;

	if (n->value)
		return val_copy(m->a, n->value);
	for (const struct node *kid = n->kids; kid; kid = kid->next) {
		struct val *v = result(m, kid);
		if (!v)
			continue;
		if (!out)
			out = val_object(m->a);
		val_set(out, kid->name, v);
	}
	return out;
}

struct val *orgs_merge_result(struct orgs_merge *m)
{
	struct val *v = result(m, &m->root);

	return v ? v : val_object(m->a);
}

/* ---- checking ---- */

static bool control_valid(const struct val *v)
{
	static const char *const known[] = {"@@all", "@@none", "@@assign", "@@append", "@@remove"};

	if (v->kind != VAL_LIST)
		return false;
	VAL_EACH(op, v)
	{
		bool found = false;
		for (size_t i = 0; i < ARRAY_SIZE(known); i++)
			found = found || str_eqz(val_str(op), known[i]);
		if (!found)
			return false;
	}
	return true;
}

bool orgs_merge_valid(const struct val *document)
{
	VAL_EACH(v, document)
	{
		if (str_eqz(v->name, CONTROL)) {
			if (!control_valid(v))
				return false;
		} else if (str_startsz(v->name, "@@")) {
			if (!str_eqz(v->name, "@@assign") && !str_eqz(v->name, "@@append") &&
			    !str_eqz(v->name, "@@remove"))
				return false;
		} else if (v->kind == VAL_OBJECT && !orgs_merge_valid(v)) {
			return false;
		}
	}
	return true;
}
