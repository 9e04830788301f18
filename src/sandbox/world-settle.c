#include "sandbox/world-private.h"

/*
 * What happens by itself. Done in the order in which it becomes due, and with
 * the time at which it was due, so that it does not matter when anybody looks.
 */

/* CloseAccount answers at once; the account is closed a little later … */
#define CLOSING_MS (60 * INT64_C(1000))
/* … and leaves the organization after the post-closure period.
 * https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-closing.html */
#define POST_CLOSURE_MS (90 * 86400 * INT64_C(1000))

struct due {
	int64_t ms;
	struct world_create *create;
	struct world_handshake *handshake;
	struct world_account *account;
};

static int64_t closure_due(const struct world_account *acct)
{
	if (acct->state == ACCOUNT_PENDING_CLOSURE)
		return acct->closed_ms + CLOSING_MS;
	if (acct->state == ACCOUNT_CLOSED && acct->joined && acct->closed_ms)
		return acct->closed_ms + POST_CLOSURE_MS;
	return INT64_MAX;
}

static bool handshake_open(const struct world_handshake *h)
{
	return str_eqz(h->state, "OPEN") || str_eqz(h->state, "REQUESTED");
}

/* The earliest thing that is still to come; of several at the same time, the first listed. */
static struct due next_due(const struct world *w)
{
	struct due d = {.ms = INT64_MAX};
	struct map_entry *e;

	if (!w->org)
		return d;
	for (struct world_create *c = w->org->creates; c; c = c->next)
		if (str_eqz(c->state, "IN_PROGRESS") && c->done_ms < d.ms)
			d = (struct due){.ms = c->done_ms, .create = c};
	for (struct world_handshake *h = w->org->handshakes; h; h = h->next)
		if (handshake_open(h) && h->expires_ms < d.ms)
			d = (struct due){.ms = h->expires_ms, .handshake = h};
	for (size_t i = 0; (e = map_next(&w->accounts, &i));) {
		int64_t ms = closure_due(e->value);
		if (ms < d.ms)
			d = (struct due){.ms = ms, .account = e->value};
	}
	return d;
}

/*
 * A new account has no root password ("New accounts made through Organizations
 * have no root password", since November 2024) and one role for the management account.
 */
static void create_done(struct world *w, struct world_create *c)
{
	struct world_account *acct = c->account;
	struct rng rng;

	if (!str_is_null(c->failure) || !acct) {
		c->state = STR("FAILED");
		return;
	}
	world_rng(w, "create", c->id, &rng);
	acct->state = ACCOUNT_ACTIVE;
	world_join(w, acct, w->org->units, false, c->done_ms);
	world_add_access_role(w, acct,
			      str_is_empty(c->role_name) ? STR("OrganizationAccountAccessRole")
							 : c->role_name,
			      &rng, c->done_ms);
	c->state = STR("SUCCEEDED");
}

static void closure_step(struct world *w, struct world_account *acct)
{
	if (acct->state == ACCOUNT_PENDING_CLOSURE)
		acct->state = ACCOUNT_CLOSED;
	else
		world_leave(w, acct);
}

void world_settle(struct world *w, int64_t now_ms)
{
	struct due d;

	while ((d = next_due(w)).ms <= now_ms) {
		if (d.create)
			create_done(w, d.create);
		else if (d.handshake)
			d.handshake->state = STR("EXPIRED");
		else
			closure_step(w, d.account);
	}
	w->next_due_ms = d.ms;
}

void world_schedule(struct world *w, int64_t due_ms)
{
	if (due_ms < w->next_due_ms)
		w->next_due_ms = due_ms;
}

bool world_due(const struct world *w, int64_t now_ms)
{
	return now_ms >= w->next_due_ms;
}
