#include "sandbox/organizations-private.h"

/*
 * Member accounts: read, moved, removed, closed. Their creation is in
 * organizations-create.c, their invitation in organizations-handshakes.c.
 */

#define DAY_MS (86400 * INT64_C(1000))
/* "Minimum age for removal of created accounts: 7" days. */
#define REMOVAL_WAIT_MS (7 * DAY_MS)
/*
 * "Closing member accounts: within a rolling 30 days 250 accounts or 20 percent
 * of the active ones, whichever is larger, at most 1,000", three at once.
 */
#define CLOSE_WINDOW_MS (30 * DAY_MS)
#define CLOSE_LEAST 250
#define CLOSE_SHARE 5
#define CLOSE_MOST 1000
#define CLOSE_AT_ONCE 3

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
	const struct world_unit *parent;

	if (!orgs_enter(r, ORGS_DELEGATE) || !(parent = orgs_need_parent(r)))
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

bool orgs_move_account(struct sandbox_request *r)
{
	struct world_account *acct;
	struct world_unit *from, *to;

	if (!orgs_enter(r, ORGS_MANAGEMENT) || !(acct = orgs_need_account(r, "AccountId")))
		return false;
	from = orgs_need_unit(r, val_get_str(r->in, "SourceParentId"),
			      "SourceParentNotFoundException",
			      "You specified a source parent that doesn't exist.");
	if (!from)
		return false;
	to = orgs_need_unit(r, val_get_str(r->in, "DestinationParentId"),
			    "DestinationParentNotFoundException",
			    "You specified a destination parent that doesn't exist.");
	if (!to || !orgs_authorize(r, from->arn) || !orgs_authorize(r, to->arn))
		return false;
	if (acct->parent == to)
		return orgs_fault(r, "DuplicateAccountException",
				  "That account is already present in the specified destination.");
	if (acct->parent != from)
		return orgs_fault(r, "SourceParentNotFoundException",
				  "You specified a source parent that doesn't exist.");
	acct->parent = to;
	return true;
}

/* ---- leaving ---- */

static bool may_go(struct sandbox_request *r, const struct world_account *acct)
{
	if (acct == r->world->org->management)
		return orgs_fault(r, "MasterCannotLeaveOrganizationException",
				  "You can't remove a management account from an organization.");
	if (world_delegate(r->world->org, acct, NULL))
		return orgs_constraint(r, "CANNOT_REMOVE_DELEGATED_ADMINISTRATOR_FROM_ORG",
				       "You attempted to remove an account that is registered as a "
				       "delegated administrator for a service integrated with your "
				       "organization.");
	if (!acct->invited && r->now_ms - acct->joined_ms < REMOVAL_WAIT_MS)
		return orgs_constraint(r, "WAIT_PERIOD_ACTIVE",
				       "This operation requires a wait period. Try again later.");
	return true;
}

/* Its tags were those of the organization's account. */
static void part(struct sandbox_request *r, struct world_account *acct)
{
	world_leave(r->world, acct);
	acct->tags = (struct world_tags){0};
}

bool orgs_remove_account(struct sandbox_request *r)
{
	struct world_account *acct;

	if (!orgs_enter(r, ORGS_MANAGEMENT) || !(acct = orgs_need_account(r, "AccountId")) ||
	    !may_go(r, acct))
		return false;
	part(r, acct);
	return true;
}

bool orgs_leave(struct sandbox_request *r)
{
	if (!orgs_enter(r, ORGS_MEMBER) || !may_go(r, r->who->account))
		return false;
	part(r, r->who->account);
	return true;
}

/* ---- closing ---- */

struct closures {
	size_t active, lately, now;
};

static struct closures count_closures(const struct world *w, int64_t now_ms)
{
	struct closures c = {0};
	struct map_entry *e;

	for (size_t i = 0; (e = map_next(&w->accounts, &i));) {
		const struct world_account *acct = e->value;
		if (!acct->joined)
			continue;
		if (acct->state == ACCOUNT_ACTIVE)
			c.active++;
		if (acct->state == ACCOUNT_PENDING_CLOSURE)
			c.now++;
		if (acct->closed_ms && now_ms - acct->closed_ms < CLOSE_WINDOW_MS)
			c.lately++;
	}
	return c;
}

static bool may_close_one_more(struct sandbox_request *r)
{
	struct closures c = count_closures(r->world, r->now_ms);
	size_t quota = c.active / CLOSE_SHARE;

	if (quota < CLOSE_LEAST)
		quota = CLOSE_LEAST;
	if (quota > CLOSE_MOST)
		quota = CLOSE_MOST;
	if (c.lately >= quota)
		return orgs_constraint(r, "CLOSE_ACCOUNT_QUOTA_EXCEEDED",
				       "You have exceeded close account quota for the past 30 "
				       "days.");
	if (c.now >= CLOSE_AT_ONCE)
		return orgs_constraint(r, "CLOSE_ACCOUNT_REQUESTS_LIMIT_EXCEEDED",
				       "You attempted to exceed the number of accounts that you "
				       "can close at a time.");
	return true;
}

bool orgs_close_account(struct sandbox_request *r)
{
	struct world_account *acct;

	if (!orgs_enter(r, ORGS_MANAGEMENT) || !(acct = orgs_need_account(r, "AccountId")))
		return false;
	if (acct == r->world->org->management)
		return orgs_constraint(r, "CANNOT_CLOSE_MANAGEMENT_ACCOUNT",
				       "You attempted to close the management account.");
	if (acct->state == ACCOUNT_PENDING_CLOSURE)
		return orgs_fault(r, "ConflictException",
				  "The request failed because it conflicts with the current state "
				  "of the specified resource.");
	if (acct->state == ACCOUNT_CLOSED)
		return orgs_fault(r, "AccountAlreadyClosedException",
				  "The provided account is already closed.");
	if (world_delegate(r->world->org, acct, NULL))
		return orgs_constraint(r, "CANNOT_REMOVE_DELEGATED_ADMINISTRATOR_FROM_ORG",
				       "You attempted to remove an account that is registered as a "
				       "delegated administrator for a service integrated with your "
				       "organization.");
	if (!may_close_one_more(r))
		return false;
	acct->state = ACCOUNT_PENDING_CLOSURE;
	acct->closed_ms = r->now_ms;
	world_schedule(r->world, r->now_ms); /* world_settle knows how long it takes */
	return true;
}
