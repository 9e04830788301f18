#include "sandbox/organizations-private.h"

static struct val *show(struct sandbox_request *r, const struct world_handshake *h)
{
	struct val *v = val_object(r->arena);

	val_set_str(r->arena, v, "Id", h->id);
	val_set_str(r->arena, v, "Arn", h->arn);
	val_setz(v, "Parties", val_copy(r->arena, h->parties));
	val_set_str(r->arena, v, "State", h->state);
	val_set_time(r->arena, v, "RequestedTimestamp", h->requested_ms);
	val_set_time(r->arena, v, "ExpirationTimestamp", h->expires_ms);
	val_set_str(r->arena, v, "Action", h->action);
	val_setz(v, "Resources", val_copy(r->arena, h->resources));
	return v;
}

/* Asked of this account, by its number or its address. */
static bool is_party(const struct world_handshake *h, const struct world_account *acct)
{
	VAL_EACH(p, h->parties)
	{
		struct str id = val_get_str(p, "Id");
		if (str_eqz(val_get_str(p, "Type"), "EMAIL") ? str_eq_nocase(id, acct->email)
							     : str_eq(id, acct->id))
			return true;
	}
	return false;
}

static bool passes(const struct sandbox_request *r, const struct world_handshake *h)
{
	struct str action = val_get_str(val_get(r->in, "Filter"), "ActionType");

	return str_is_null(action) || str_eq(action, h->action);
}

static bool list(struct sandbox_request *r, const struct world_account *of)
{
	struct page page;
	size_t n = 0;

	if (!orgs_page(r, &page))
		return false;
	struct val *v = val_setz(r->out, "Handshakes", val_list(r->arena));
	if (r->world->org)
		for (const struct world_handshake *h = r->world->org->handshakes; h; h = h->next)
			if (passes(r, h) && (!of || is_party(h, of)) && page_has(&page, n++))
				val_append(v, show(r, h));
	page_end(r, &page, n);
	return true;
}

/* "Can be called from any account in the organization", and from one that was only invited. */
bool orgs_list_handshakes_of_account(struct sandbox_request *r)
{
	return list(r, r->who->account);
}

bool orgs_list_handshakes_of_organization(struct sandbox_request *r)
{
	return orgs_enter(r, ORGS_DELEGATE) && list(r, NULL);
}
