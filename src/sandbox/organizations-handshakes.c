#include "sandbox/organizations-private.h"

/*
 * Invitations, and what can become of every handshake.
 * https://docs.aws.amazon.com/organizations/latest/APIReference/API_Handshake.html
 */

#define INVITATION_S 1296000 /* 15 days */

/* ---- making ---- */

static struct val *typed(struct world *w, const char *member, struct str value, const char *type)
{
	struct val *v = val_object(w->arena);

	val_set_str(w->arena, v, member, world_str(w, value));
	val_set_z(w->arena, v, "Type", type);
	return v;
}

void orgs_add_party(struct sandbox_request *r, struct world_handshake *h, struct str id,
		    const char *type)
{
	val_append(h->parties, typed(r->world, "Id", id, type));
}

void orgs_add_resource(struct sandbox_request *r, struct world_handshake *h, struct str value,
		       const char *type)
{
	val_append(h->resources, typed(r->world, "Value", value, type));
}

/* "Organization party Id lacks "o-"", the resource's has it. */
struct world_handshake *orgs_new_handshake(struct sandbox_request *r, const char *action,
					   int64_t seconds)
{
	struct world *w = r->world;
	const struct world_org *o = w->org;
	struct world_handshake *h = arena_new_of(w->arena, struct world_handshake);
	char *kind = arena_dupz(r->arena, str_of(action));

	for (char *c = kind; *c; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c | 0x20);
	h->id = world_id(w, &r->rng, "h-", ALPHABET_ID, 10);
	h->arn = world_printf(w, "arn:aws:organizations::%.*s:handshake/%.*s/%s/%.*s",
			      STR_ARG(o->management->id), STR_ARG(o->id), kind, STR_ARG(h->id));
	h->action = str_of(action);
	h->state = STR("OPEN");
	h->requested_ms = r->now_ms;
	h->expires_ms = r->now_ms + seconds * 1000;
	h->parties = val_list(w->arena);
	h->resources = val_list(w->arena);
	orgs_add_party(r, h, str_from(o->id, 2), "ORGANIZATION");
	orgs_add_resource(r, h, o->id, "ORGANIZATION");
	WORLD_PUSH(w->org->handshakes, h);
	world_schedule(w, h->expires_ms);
	return h;
}

/* ---- reading ---- */

struct val *orgs_show_handshake(struct sandbox_request *r, const struct world_handshake *h)
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

struct str orgs_handshake_resource(const struct world_handshake *h, const char *type)
{
	VAL_EACH(v, h->resources)
	if (str_eqz(val_get_str(v, "Type"), type))
		return val_get_str(v, "Value");
	return STR_NULL;
}

/* Asked of this account, by its number or its address. */
static bool is_asked(const struct world_handshake *h, const struct world_account *acct)
{
	VAL_EACH(p, h->parties)
	{
		struct str id = val_get_str(p, "Id"), type = val_get_str(p, "Type");
		if (str_eqz(type, "EMAIL") ? str_eq_nocase(id, acct->email)
					   : str_eqz(type, "ACCOUNT") && str_eq(id, acct->id))
			return true;
	}
	return false;
}

static bool passes(const struct sandbox_request *r, const struct world_handshake *h)
{
	const struct val *filter = val_get(r->in, "Filter");
	struct str action = val_get_str(filter, "ActionType");
	struct str parent = val_get_str(filter, "ParentHandshakeId");

	if (!str_is_null(action) && !str_eq(action, h->action))
		return false;
	return str_is_null(parent) ||
	       str_eq(parent, orgs_handshake_resource(h, "PARENT_HANDSHAKE"));
}

static bool list(struct sandbox_request *r, const struct world_account *of)
{
	struct page page;
	size_t n = 0;

	if (val_count(val_get(r->in, "Filter")) > 1)
		return orgs_invalid(r, "MAX_LIMIT_EXCEEDED_FILTER");
	if (!orgs_page(r, &page))
		return false;
	struct val *v = val_setz(r->out, "Handshakes", val_list(r->arena));
	if (r->world->org)
		for (const struct world_handshake *h = r->world->org->handshakes; h; h = h->next)
			if (passes(r, h) && (!of || is_asked(h, of)) && page_has(&page, n++))
				val_append(v, orgs_show_handshake(r, h));
	page_end(r, &page, n);
	return true;
}

/* "Can be called from any account in the organization", and from one that is only invited. */
bool orgs_list_handshakes_of_account(struct sandbox_request *r)
{
	return list(r, r->who->account);
}

bool orgs_list_handshakes_of_organization(struct sandbox_request *r)
{
	return orgs_enter(r, ORGS_DELEGATE) && list(r, NULL);
}

static struct world_handshake *need_handshake(struct sandbox_request *r)
{
	struct str id = val_get_str(r->in, "HandshakeId");
	struct world_handshake *h = r->world->org ? r->world->org->handshakes : NULL;

	while (h && !str_eq(h->id, id))
		h = h->next;
	if (!h)
		orgs_fault(r, "HandshakeNotFoundException",
			   "You specified a handshake that doesn't exist.");
	return h;
}

static bool is_originator(const struct sandbox_request *r)
{
	return r->world->org && r->who->account == r->world->org->management;
}

bool orgs_describe_handshake(struct sandbox_request *r)
{
	const struct world_handshake *h = need_handshake(r);

	if (!h)
		return false;
	if (!is_originator(r) && !is_asked(h, r->who->account))
		return orgs_no_permission(r);
	val_setz(r->out, "Handshake", orgs_show_handshake(r, h));
	return true;
}

/* ---- inviting ---- */

static bool refuse(struct sandbox_request *r, const char *reason, const char *message)
{
	return orgs_reason(r, "HandshakeConstraintViolationException", reason, message);
}

static bool target_valid(struct sandbox_request *r, struct str id, struct str type)
{
	ptrdiff_t at = str_chr(id, '@');

	if (str_eqz(type, "ORGANIZATION"))
		return orgs_invalid(r, "INVALID_PARTY_TYPE_TARGET");
	if (str_eqz(type, "ACCOUNT") && !(id.n == 12 && str_all_digits(id)))
		return orgs_invalid(r, "INVALID_PATTERN_TARGET_ID");
	if (str_eqz(type, "EMAIL") && (at <= 0 || str_chr(str_from(id, (size_t)at), '.') < 0))
		return orgs_invalid(r, "INVALID_EMAIL_ADDRESS_TARGET");
	return true;
}

static bool invited_already(const struct world_org *o, struct str id)
{
	for (const struct world_handshake *h = o->handshakes; h; h = h->next)
		if (str_eqz(h->action, "INVITE") && str_eqz(h->state, "OPEN") &&
		    (str_eq_nocase(orgs_handshake_resource(h, "ACCOUNT"), id) ||
		     str_eq_nocase(orgs_handshake_resource(h, "EMAIL"), id)))
			return true;
	return false;
}

static struct world_account *invited_account(const struct world *w, struct str id, struct str type)
{
	return str_eqz(type, "EMAIL") ? world_account_by_email(w, id) : world_account(w, id);
}

static bool may_invite(struct sandbox_request *r, struct str id, struct str type)
{
	const struct world_account *acct = invited_account(r->world, id, type);

	if (orgs_features_pending(r->world->org))
		return refuse(r, "INVITE_DISABLED_DURING_ENABLE_ALL_FEATURES",
			      "You can't issue new invitations to join an organization while it's "
			      "in the process of enabling all features.");
	if (acct && acct->joined)
		return refuse(r, "ALREADY_IN_AN_ORGANIZATION",
			      "The handshake request is invalid because the invited account is "
			      "already a member of an organization.");
	if (invited_already(r->world->org, id))
		return orgs_fault(r, "DuplicateHandshakeException",
				  "A handshake with the same action and target already exists.");
	return true;
}

/* The organization as the invited account sees it: who asks, and for which features. */
static void describe_inviter(struct sandbox_request *r, struct world_handshake *h)
{
	struct world *w = r->world;
	const struct world_org *o = w->org;
	struct val *inner = val_setz(val_first(h->resources), "Resources", val_list(w->arena));

	val_append(inner, typed(w, "Value", o->management->email, "MASTER_EMAIL"));
	val_append(inner, typed(w, "Value", o->management->name, "MASTER_NAME"));
	val_append(inner,
		   typed(w, "Value", o->all_features ? STR("ALL") : STR("CONSOLIDATED_BILLING"),
			 "ORGANIZATION_FEATURE_SET"));
}

bool orgs_invite(struct sandbox_request *r)
{
	const struct val *target = val_get(r->in, "Target");
	struct str id = val_get_str(target, "Id"), type = val_get_str(target, "Type");
	struct str notes = val_get_str(r->in, "Notes");

	if (!orgs_enter(r, ORGS_MANAGEMENT) || !target_valid(r, id, type) || !orgs_check_tags(r) ||
	    !may_invite(r, id, type))
		return false;
	const char *kind = str_eqz(type, "EMAIL") ? "EMAIL" : "ACCOUNT";
	struct world_handshake *h = orgs_new_handshake(r, "INVITE", INVITATION_S);
	describe_inviter(r, h);
	orgs_add_party(r, h, id, kind);
	orgs_add_resource(r, h, id, kind);
	h->account_id = str_eqz(type, "EMAIL") ? STR_NULL : world_str(r->world, id);
	h->notes = world_str(r->world, notes);
	if (!str_is_empty(notes))
		orgs_add_resource(r, h, notes, "NOTES");
	orgs_put_tags(r, &h->tags);
	val_setz(r->out, "Handshake", orgs_show_handshake(r, h));
	return true;
}

/* ---- answering ---- */

/*
 * "Same state -> HandshakeAlreadyInStateException; other terminal ->
 * InvalidHandshakeTransitionException". A request to several parties, all of
 * which have not yet answered, cannot be accepted.
 */
static bool may_become(struct sandbox_request *r, const struct world_handshake *h,
		       const char *state)
{
	if (str_eqz(h->state, state))
		return orgs_fault(r, "HandshakeAlreadyInStateException",
				  "The specified handshake is already in the requested state.");
	if (str_eqz(h->state, "OPEN") ||
	    (str_eqz(h->state, "REQUESTED") && str_eqz(STR("CANCELED"), state)))
		return true;
	return orgs_fault(r, "InvalidHandshakeTransitionException",
			  "You can't perform the operation on the handshake in its current state.");
}

static bool answer(struct sandbox_request *r, struct world_handshake *h, const char *state)
{
	h->state = str_of(state);
	val_setz(r->out, "Handshake", orgs_show_handshake(r, h));
	return true;
}

/* Who may accept or decline: the account that was asked; of all features, the organization. */
static bool may_answer(struct sandbox_request *r, const struct world_handshake *h)
{
	bool own = str_eqz(h->action, "ENABLE_ALL_FEATURES");

	if (own ? is_originator(r) : is_asked(h, r->who->account))
		return true;
	return orgs_no_permission(r);
}

static void join(struct sandbox_request *r, struct world_account *acct,
		 const struct world_handshake *h)
{
	struct world *w = r->world;

	world_join(w, acct, w->org->units, true, r->now_ms);
	acct->tags = (struct world_tags){0};
	for (size_t i = 0; i < h->tags.n; i++) {
		struct world_tags *t = &acct->tags;
		t->v = arena_grow(w->arena, t->v, t->n, &t->cap, sizeof(*t->v));
		t->v[t->n++] = h->tags.v[i];
	}
}

/*
 * "A failed Accept (ALREADY_IN_AN_ORGANIZATION) still leaves the handshake
 * ACCEPTED": the one call that is refused and changes something.
 */
bool orgs_accept(struct sandbox_request *r)
{
	struct world_handshake *h = need_handshake(r);

	if (!h || !may_answer(r, h) || !may_become(r, h, "ACCEPTED"))
		return false;
	if (str_eqz(h->action, "INVITE")) {
		if (r->who->account->joined) {
			h->state = STR("ACCEPTED");
			r->changed = true;
			return refuse(r, "ALREADY_IN_AN_ORGANIZATION",
				      "The handshake request is invalid because the invited "
				      "account is already a member of an organization.");
		}
		join(r, r->who->account, h);
	} else {
		orgs_features_accepted(r, h);
	}
	return answer(r, h, "ACCEPTED");
}

bool orgs_decline(struct sandbox_request *r)
{
	struct world_handshake *h = need_handshake(r);

	if (!h || !may_answer(r, h) || !may_become(r, h, "DECLINED"))
		return false;
	return answer(r, h, "DECLINED");
}

/* "This operation can be called only from the account that originated the handshake." */
bool orgs_cancel(struct sandbox_request *r)
{
	struct world_handshake *h = need_handshake(r);

	if (!h)
		return false;
	if (!is_originator(r))
		return orgs_no_permission(r);
	if (!may_become(r, h, "CANCELED"))
		return false;
	return answer(r, h, "CANCELED");
}
