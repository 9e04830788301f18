#include "sandbox/organizations-private.h"

#define PARENT_MISSING "ParentNotFoundException", "You specified parent that doesn't exist."
#define UNIT_MISSING                           \
	"OrganizationalUnitNotFoundException", \
		"You specified an organizational unit that doesn't exist."

static struct world_unit *need_parent(struct sandbox_request *r)
{
	return orgs_need_unit(r, val_get_str(r->in, "ParentId"), PARENT_MISSING);
}

/* A root's id has the wrong form here, so it was refused before. */
static struct world_unit *need_unit(struct sandbox_request *r)
{
	return orgs_need_unit(r, val_get_str(r->in, "OrganizationalUnitId"), UNIT_MISSING);
}

bool orgs_list_units(struct sandbox_request *r)
{
	const struct world_unit *parent;
	struct page page;
	size_t n = 0;

	if (!orgs_enter(r, ORGS_DELEGATE) || !(parent = need_parent(r)) || !orgs_page(r, &page))
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

	if (!orgs_enter(r, ORGS_DELEGATE) || !(parent = need_parent(r)) || !orgs_page(r, &page))
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
