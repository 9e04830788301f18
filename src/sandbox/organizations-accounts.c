#include "sandbox/organizations-private.h"

static bool parent_missing(struct sandbox_request *r, struct world_unit **u)
{
	*u = orgs_need_unit(r, val_get_str(r->in, "ParentId"), "ParentNotFoundException",
			    "You specified parent that doesn't exist.");
	return *u == NULL;
}

/* Accounts of the organization, below `parent` where it is given, page by page. */
static bool list_accounts(struct sandbox_request *r, const struct world_unit *parent)
{
	struct page page;
	struct map_entry *e;
	size_t n = 0;

	if (!orgs_page(r, &page))
		return false;
	struct val *list = val_setz(r->out, "Accounts", val_list(r->arena));
	for (size_t i = 0; (e = map_next(&r->world->accounts, &i));) {
		const struct world_account *acct = e->value;
		if (!acct->joined || (parent && acct->parent != parent))
			continue;
		if (page_has(&page, n++))
			val_append(list, orgs_show_account(r, acct));
	}
	page_end(r, &page, n);
	return true;
}

bool orgs_list_accounts(struct sandbox_request *r)
{
	return orgs_enter(r, ORGS_DELEGATE) && list_accounts(r, NULL);
}

bool orgs_list_accounts_for_parent(struct sandbox_request *r)
{
	struct world_unit *parent;

	if (!orgs_enter(r, ORGS_DELEGATE) || parent_missing(r, &parent))
		return false;
	return list_accounts(r, parent);
}

bool orgs_describe_account(struct sandbox_request *r)
{
	const struct world_account *acct;

	if (!orgs_enter(r, ORGS_DELEGATE) || !(acct = orgs_need_account(r, "AccountId")))
		return false;
	val_setz(r->out, "Account", orgs_show_account(r, acct));
	return true;
}
