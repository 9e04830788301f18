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

/* ---- the organization itself ---- */

/* The sandbox holds one organization; an account outside cannot have its own beside it. */
bool orgs_create_organization(struct sandbox_request *r)
{
	struct str features = val_get_str(r->in, "FeatureSet");
	bool all = !str_eqz(features, "CONSOLIDATED_BILLING");

	if (orgs_in_organization(r))
		return orgs_fault(r, "AlreadyInOrganizationException",
				  "The provided account is already a member of an organization.");
	if (r->world->org)
		return sandbox_fault(r, 501, "NotImplemented",
				     "The sandbox has one organization already: %.*s.",
				     STR_ARG(r->world->org->id));
	world_make_org(r->world, r->who->account, all, STR_NULL, STR_NULL, &r->rng, r->now_ms);
	val_setz(r->out, "Organization", orgs_show_organization(r));
	return true;
}

static bool has_others(const struct world *w)
{
	struct map_entry *e;

	for (size_t i = 0; (e = map_next(&w->accounts, &i));) {
		const struct world_account *acct = e->value;
		if (acct->joined && acct != w->org->management)
			return true;
	}
	for (const struct world_create *c = w->org->creates; c; c = c->next)
		if (str_eqz(c->state, "IN_PROGRESS"))
			return true;
	return false;
}

bool orgs_delete_organization(struct sandbox_request *r)
{
	struct world *w = r->world;

	if (!orgs_enter(r, ORGS_MANAGEMENT))
		return false;
	if (has_others(w))
		return orgs_fault(r, "OrganizationNotEmptyException",
				  "To delete an organization you must first remove all member "
				  "accounts (except the master).");
	for (struct world_unit *u = w->org->units; u; u = u->next)
		map_release(&u->policy_types);
	world_leave(w, w->org->management);
	w->org->management->tags = (struct world_tags){0};
	w->org = NULL;
	return true;
}
