#include "sandbox/organizations-private.h"

/*
 * Creating accounts, which takes a while: the request is answered at once with
 * IN_PROGRESS, and world_settle finishes it.
 * https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateAccount.html
 */

/* AWS takes about a minute; nobody learns more from waiting that long here. */
#define CREATE_MS 1000
/* "Number of accounts you can create concurrently: 5" */
#define MAX_CONCURRENT 5
/* The quota begins at 10 and is raised on request, "up to 10,000". */
#define MAX_ACCOUNTS 10000

static struct val *show(struct sandbox_request *r, const struct world_create *c)
{
	struct val *v = val_object(r->arena);
	bool done = str_eqz(c->state, "SUCCEEDED"), failed = str_eqz(c->state, "FAILED");

	val_set_str(r->arena, v, "Id", c->id);
	val_set_str(r->arena, v, "AccountName", c->account_name);
	val_set_str(r->arena, v, "State", c->state);
	val_set_time(r->arena, v, "RequestedTimestamp", c->requested_ms);
	if (done || failed)
		val_set_time(r->arena, v, "CompletedTimestamp", c->done_ms);
	if (done && c->account)
		val_set_str(r->arena, v, "AccountId", c->account->id);
	if (done && c->gov_cloud) {
		/* That account is in another partition, which the sandbox does not have. */
		char digits[12];
		struct rng rng;
		world_rng(r->world, "govcloud", c->id, &rng);
		rng_text(&rng, ALPHABET_DIGITS, digits, 11);
		val_set_str(r->arena, v, "GovCloudAccountId",
			    arena_printf(r->arena, "9%s", digits));
	}
	if (failed)
		val_set_str(r->arena, v, "FailureReason", c->failure);
	return v;
}

static size_t in_progress(const struct world_org *o)
{
	size_t n = 0;

	for (const struct world_create *c = o->creates; c; c = c->next)
		if (str_eqz(c->state, "IN_PROGRESS"))
			n++;
	return n;
}

static size_t members(const struct world *w)
{
	struct map_entry *e;
	size_t n = 0;

	for (size_t i = 0; (e = map_next(&w->accounts, &i));)
		if (((const struct world_account *)e->value)->joined)
			n++;
	return n;
}

/* The account is there from now on, so that its number and address are taken. */
static void begin(struct sandbox_request *r, struct world_create *c)
{
	struct world *w = r->world;

	if (world_account_by_email(w, c->email)) {
		c->failure = STR("EMAIL_ALREADY_EXISTS");
		return;
	}
	c->account = world_add_account(w, world_new_account_id(w, &r->rng), c->account_name,
				       c->email, r->now_ms);
	c->account->state = ACCOUNT_PENDING_ACTIVATION;
	orgs_put_tags(r, &c->account->tags);
}

static bool create(struct sandbox_request *r, bool gov_cloud)
{
	struct world *w = r->world;

	if (!orgs_enter(r, ORGS_MANAGEMENT) || !orgs_check_tags(r))
		return false;
	if (in_progress(w->org) >= MAX_CONCURRENT)
		return orgs_fault(r, "TooManyRequestsException",
				  "AWS Organizations can't complete your request because another "
				  "request is already in progress. Try again later.");
	if (members(w) + in_progress(w->org) >= MAX_ACCOUNTS)
		return orgs_constraint(r, "ACCOUNT_NUMBER_LIMIT_EXCEEDED",
				       "You have exceeded the allowed number of AWS accounts.");

	struct world_create *c = arena_new_of(w->arena, struct world_create);
	c->id = world_id(w, &r->rng, "car-", ALPHABET_ID, 32);
	c->account_name = world_str(w, val_get_str(r->in, "AccountName"));
	c->email = world_str(w, val_get_str(r->in, "Email"));
	c->role_name = world_str(w, val_get_str(r->in, "RoleName"));
	c->state = STR("IN_PROGRESS");
	c->gov_cloud = gov_cloud;
	c->requested_ms = r->now_ms;
	c->done_ms = r->now_ms + CREATE_MS;
	begin(r, c);
	WORLD_PUSH(w->org->creates, c);
	world_schedule(w, c->done_ms);
	val_setz(r->out, "CreateAccountStatus", show(r, c));
	return true;
}

bool orgs_create_account(struct sandbox_request *r)
{
	return create(r, false);
}

bool orgs_create_gov_cloud_account(struct sandbox_request *r)
{
	return create(r, true);
}

bool orgs_describe_create(struct sandbox_request *r)
{
	struct str id = val_get_str(r->in, "CreateAccountRequestId");

	if (!orgs_enter(r, ORGS_DELEGATE))
		return false;
	for (const struct world_create *c = r->world->org->creates; c; c = c->next)
		if (str_eq(c->id, id)) {
			val_setz(r->out, "CreateAccountStatus", show(r, c));
			return true;
		}
	return orgs_fault(r, "CreateAccountStatusNotFoundException",
			  "You specified a create account request that doesn't exist.");
}

static bool wanted(const struct val *states, struct str state)
{
	VAL_EACH(s, states)
	if (str_eq(val_str(s), state))
		return true;
	return val_count(states) == 0;
}

bool orgs_list_creates(struct sandbox_request *r)
{
	const struct val *states = val_get(r->in, "States");
	struct page page;
	size_t n = 0;

	if (!orgs_enter(r, ORGS_DELEGATE) || !orgs_page(r, &page))
		return false;
	struct val *list = val_setz(r->out, "CreateAccountStatuses", val_list(r->arena));
	for (const struct world_create *c = r->world->org->creates; c; c = c->next)
		if (wanted(states, c->state) && page_has(&page, n++))
			val_append(list, show(r, c));
	page_end(r, &page, n);
	return true;
}
