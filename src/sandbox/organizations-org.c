#include "sandbox/organizations-private.h"

bool orgs_describe_organization(struct sandbox_request *r)
{
	if (!orgs_enter(r, ORGS_MEMBER))
		return false;
	val_setz(r->out, "Organization", orgs_show_organization(r));
	return true;
}

/* ---- roots and policy types ---- */

bool orgs_list_roots(struct sandbox_request *r)
{
	struct page page;

	if (!orgs_enter(r, ORGS_DELEGATE) || !orgs_page(r, &page))
		return false;
	struct val *list = val_setz(r->out, "Roots", val_list(r->arena));
	if (page_has(&page, 0))
		val_append(list, orgs_show_root(r));
	page_end(r, &page, 1);
	return true;
}

static bool root_and_type(struct sandbox_request *r, const char **type)
{
	struct world_org *o = r->world->org;

	*type = arena_dupz(r->arena, val_get_str(r->in, "PolicyType"));
	if (!orgs_enter(r, ORGS_MANAGEMENT))
		return false;
	if (!str_eq(o->units->id, val_get_str(r->in, "RootId")))
		return orgs_fault(r, "RootNotFoundException",
				  "You specified a root that doesn't exist.");
	if (!o->all_features)
		return orgs_fault(r, "PolicyTypeNotAvailableForOrganizationException",
				  "This operation requires the organization to have all features "
				  "enabled.");
	return true;
}

/* "PENDING_ENABLE" passes too soon to be seen here. */
bool orgs_enable_policy_type(struct sandbox_request *r)
{
	const char *type;

	if (!root_and_type(r, &type))
		return false;
	if (world_policy_type_enabled(r->world->org, type))
		return orgs_fault(r, "PolicyTypeAlreadyEnabledException",
				  "The specified policy type is already enabled.");
	world_enable_policy_type(r->world, type);
	val_setz(r->out, "Root", orgs_show_root(r));
	return true;
}

static void detach_type(struct world_attachment **at, const char *type)
{
	while (*at)
		if (str_eqz((*at)->policy->type, type))
			*at = (*at)->next;
		else
			at = &(*at)->next;
}

/* "… all policies of that type are automatically detached from all entities." */
bool orgs_disable_policy_type(struct sandbox_request *r)
{
	struct world *w = r->world;
	struct map_entry *e;
	const char *type;

	if (!root_and_type(r, &type))
		return false;
	if (!world_policy_type_enabled(w->org, type))
		return orgs_fault(r, "PolicyTypeNotEnabledException",
				  "This operation can be performed only for enabled policy types.");
	map_remove(&w->org->units->policy_types, str_of(type));
	for (struct world_unit *u = w->org->units; u; u = u->next)
		detach_type(&u->attached, type);
	for (size_t i = 0; (e = map_next(&w->accounts, &i));) {
		struct world_account *acct = e->value;
		detach_type(&acct->attached, type);
	}
	val_setz(r->out, "Root", orgs_show_root(r));
	return true;
}
