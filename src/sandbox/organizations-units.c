#include "sandbox/organizations-private.h"

/*
 * "OU maximum nesting in a root: five levels of OUs under a root", and
 * "Number of OUs in an organization: 2000".
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
 */
#define MAX_DEPTH 5
#define MAX_UNITS 2000

/* A root's id has the wrong form here, so it was refused before. */
static struct world_unit *need_unit(struct sandbox_request *r)
{
	return orgs_need_unit(r, val_get_str(r->in, "OrganizationalUnitId"),
			      "OrganizationalUnitNotFoundException",
			      "You specified an organizational unit that doesn't exist.");
}

bool orgs_list_units(struct sandbox_request *r)
{
	const struct world_unit *parent;
	struct page page;
	size_t n = 0;

	if (!orgs_enter(r, ORGS_DELEGATE) || !(parent = orgs_need_parent(r)) ||
	    !orgs_page(r, &page))
		return false;
	struct val *list = val_setz(r->out, "OrganizationalUnits", val_list(r->arena));
	for (const struct world_unit *u = r->world->org->units; u; u = u->next)
		if (!u->deleted && u->parent == parent && page_has(&page, n++))
			val_append(list, orgs_show_unit(r, u));
	page_end(r, &page, n);
	return true;
}

bool orgs_describe_unit(struct sandbox_request *r)
{
	const struct world_unit *u;

	if (!orgs_enter(r, ORGS_DELEGATE) || !(u = need_unit(r)))
		return false;
	val_setz(r->out, "OrganizationalUnit", orgs_show_unit(r, u));
	return true;
}

/* ---- parents and children ---- */

bool orgs_list_parents(struct sandbox_request *r)
{
	struct str id = val_get_str(r->in, "ChildId");
	struct page page;

	if (!orgs_enter(r, ORGS_DELEGATE) || !orgs_page(r, &page))
		return false;
	const struct world_unit *u = world_unit(r->world->org, id);
	const struct world_account *acct = u ? NULL : orgs_account(r, id);
	const struct world_unit *parent = u ? u->parent : acct ? acct->parent : NULL;
	if (!parent)
		return orgs_fault(r, "ChildNotFoundException",
				  "You specified a child that doesn't exist.");
	struct val *list = val_setz(r->out, "Parents", val_list(r->arena));
	if (page_has(&page, 0)) {
		struct val *v = val_append(list, val_object(r->arena));
		val_set_str(r->arena, v, "Id", parent->id);
		val_set_z(r->arena, v, "Type", parent->parent ? "ORGANIZATIONAL_UNIT" : "ROOT");
	}
	page_end(r, &page, 1);
	return true;
}

static void add_child(struct sandbox_request *r, struct val *list, struct str id, const char *type)
{
	struct val *v = val_append(list, val_object(r->arena));

	val_set_str(r->arena, v, "Id", id);
	val_set_z(r->arena, v, "Type", type);
}

bool orgs_list_children(struct sandbox_request *r)
{
	struct str type = val_get_str(r->in, "ChildType");
	const struct world_unit *parent;
	struct page page;
	struct map_entry *e;
	size_t n = 0;

	if (!orgs_enter(r, ORGS_DELEGATE) || !(parent = orgs_need_parent(r)) ||
	    !orgs_page(r, &page))
		return false;
	struct val *list = val_setz(r->out, "Children", val_list(r->arena));
	if (str_eqz(type, "ACCOUNT")) {
		for (size_t i = 0; (e = map_next(&r->world->accounts, &i));) {
			const struct world_account *acct = e->value;
			if (acct->joined && acct->parent == parent && page_has(&page, n++))
				add_child(r, list, acct->id, "ACCOUNT");
		}
	} else {
		for (const struct world_unit *u = r->world->org->units; u; u = u->next)
			if (!u->deleted && u->parent == parent && page_has(&page, n++))
				add_child(r, list, u->id, "ORGANIZATIONAL_UNIT");
	}
	page_end(r, &page, n);
	return true;
}

/* ---- changing ---- */

static size_t depth_of(const struct world_unit *u)
{
	size_t n = 0;

	for (; u->parent; u = u->parent)
		n++;
	return n;
}

static bool name_taken(const struct world_org *o, const struct world_unit *parent, struct str name,
		       const struct world_unit *except)
{
	for (const struct world_unit *u = o->units; u; u = u->next)
		if (!u->deleted && u != except && u->parent == parent && str_eq(u->name, name))
			return true;
	return false;
}

static bool duplicate(struct sandbox_request *r)
{
	return orgs_fault(r, "DuplicateOrganizationalUnitException",
			  "An OU with the same name already exists.");
}

static size_t count_units(const struct world_org *o)
{
	size_t n = 0;

	for (const struct world_unit *u = o->units->next; u; u = u->next)
		if (!u->deleted)
			n++;
	return n;
}

bool orgs_create_unit(struct sandbox_request *r)
{
	struct str name = val_get_str(r->in, "Name");
	struct world_org *o = r->world->org;
	struct world_unit *parent;

	if (!orgs_enter(r, ORGS_MANAGEMENT) || !(parent = orgs_need_parent(r)) ||
	    !orgs_check_tags(r))
		return false;
	if (name_taken(o, parent, name, NULL))
		return duplicate(r);
	if (depth_of(parent) >= MAX_DEPTH)
		return orgs_constraint(r, "OU_DEPTH_LIMIT_EXCEEDED",
				       "You cannot add an organizational unit to the specified "
				       "parent because it would exceed the max depth allowed.");
	if (count_units(o) >= MAX_UNITS)
		return orgs_constraint(r, "OU_NUMBER_LIMIT_EXCEEDED",
				       "You have exceeded the allowed number of organizational "
				       "units.");
	struct world_unit *u = world_add_unit(r->world, parent, name, STR_NULL, &r->rng);
	orgs_put_tags(r, &u->tags);
	val_setz(r->out, "OrganizationalUnit", orgs_show_unit(r, u));
	return true;
}

/* "OU Name " " is ignored", as one that is not sent. */
bool orgs_update_unit(struct sandbox_request *r)
{
	struct str name = val_get_str(r->in, "Name");
	struct world_unit *u;

	if (!orgs_enter(r, ORGS_MANAGEMENT) || !(u = need_unit(r)))
		return false;
	if (!str_is_null(name) && !orgs_is_blank(name)) {
		if (name_taken(r->world->org, u->parent, name, u))
			return duplicate(r);
		u->name = world_str(r->world, name);
	}
	val_setz(r->out, "OrganizationalUnit", orgs_show_unit(r, u));
	return true;
}

static bool is_empty(const struct world *w, const struct world_unit *unit)
{
	struct map_entry *e;

	for (const struct world_unit *u = w->org->units; u; u = u->next)
		if (!u->deleted && u->parent == unit)
			return false;
	for (size_t i = 0; (e = map_next(&w->accounts, &i));) {
		const struct world_account *acct = e->value;
		if (acct->joined && acct->parent == unit)
			return false;
	}
	return true;
}

bool orgs_delete_unit(struct sandbox_request *r)
{
	struct world_unit *u;

	if (!orgs_enter(r, ORGS_MANAGEMENT) || !(u = need_unit(r)))
		return false;
	if (!is_empty(r->world, u))
		return orgs_fault(
			r, "OrganizationalUnitNotEmptyException",
			"The specified OU is not empty. Move all accounts to another root "
			"or to other OUs, remove all child OUs, and try the operation "
			"again.");
	u->deleted = true;
	u->parent = NULL;
	u->attached = NULL;
	return true;
}
