#include "sandbox/organizations-private.h"

/*
 * From consolidated billing to all features: every account that was invited
 * must approve, and then the management account finalizes.
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_org_support-all-features.html
 */

#define MIGRATION_S (90 * 86400)

static bool is_open(const struct world_handshake *h)
{
	return str_eqz(h->state, "OPEN") || str_eqz(h->state, "REQUESTED");
}

static struct world_handshake *migration(const struct world_org *o)
{
	for (struct world_handshake *h = o->handshakes; h; h = h->next)
		if (str_eqz(h->action, "ENABLE_ALL_FEATURES") && is_open(h))
			return h;
	return NULL;
}

bool orgs_features_pending(const struct world_org *o)
{
	return migration(o) != NULL;
}

static void ask_member(struct sandbox_request *r, const struct world_account *acct,
		       struct str parent_id)
{
	struct world_handshake *h = orgs_new_handshake(r, "APPROVE_ALL_FEATURES", MIGRATION_S);

	orgs_add_party(r, h, acct->id, "ACCOUNT");
	orgs_add_resource(r, h, acct->id, "ACCOUNT");
	orgs_add_resource(r, h, parent_id, "PARENT_HANDSHAKE");
	h->account_id = acct->id;
}

/* "Accounts that you created … need not approve." */
static size_t ask_members(struct sandbox_request *r, struct str parent_id)
{
	struct map_entry *e;
	size_t n = 0;

	for (size_t i = 0; (e = map_next(&r->world->accounts, &i));) {
		const struct world_account *acct = e->value;
		if (!acct->joined || !acct->invited || acct == r->world->org->management)
			continue;
		ask_member(r, acct, parent_id);
		n++;
	}
	return n;
}

bool orgs_enable_all_features(struct sandbox_request *r)
{
	if (!orgs_enter(r, ORGS_MANAGEMENT))
		return false;
	if (r->world->org->all_features)
		return orgs_reason(r, "HandshakeConstraintViolationException",
				   "ORGANIZATION_ALREADY_HAS_ALL_FEATURES",
				   "The handshake request is invalid because the organization has "
				   "already enabled all features.");
	if (migration(r->world->org))
		return orgs_reason(r, "HandshakeConstraintViolationException",
				   "ORGANIZATION_IS_ALREADY_PENDING_ALL_FEATURES_MIGRATION",
				   "The handshake request is invalid because the organization has "
				   "already started the process to enable all features.");
	struct world_handshake *h = orgs_new_handshake(r, "ENABLE_ALL_FEATURES", MIGRATION_S);
	if (ask_members(r, h->id) > 0)
		h->state = STR("REQUESTED");
	val_setz(r->out, "Handshake", orgs_show_handshake(r, h));
	return true;
}

/* Whether anybody besides `but` has yet to answer. */
static bool awaited(const struct world_org *o, struct str parent_id,
		    const struct world_handshake *but)
{
	for (const struct world_handshake *h = o->handshakes; h; h = h->next)
		if (h != but && !str_eqz(h->state, "ACCEPTED") &&
		    str_eq(orgs_handshake_resource(h, "PARENT_HANDSHAKE"), parent_id))
			return true;
	return false;
}

/* Called while `h` is not yet marked: the last approval opens the parent for its finalization. */
void orgs_features_accepted(struct sandbox_request *r, struct world_handshake *h)
{
	struct world_org *o = r->world->org;
	struct world_handshake *parent = migration(o);

	if (str_eqz(h->action, "ENABLE_ALL_FEATURES"))
		o->all_features = true;
	else if (parent && !awaited(o, parent->id, h))
		parent->state = STR("OPEN");
}
