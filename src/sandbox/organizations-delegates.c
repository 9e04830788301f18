#include "sandbox/organizations-private.h"

/* Trusted access of AWS's services, and member accounts that administer them. */

#define IAM_PRINCIPAL "iam.amazonaws.com"

static bool unrecognized(struct sandbox_request *r)
{
	return orgs_invalid(r, "UNRECOGNIZED_SERVICE_PRINCIPAL");
}

static bool needs_all_features(struct sandbox_request *r)
{
	return r->world->org->all_features ||
	       orgs_constraint(r, "ORGANIZATION_NOT_IN_ALL_FEATURES_MODE",
			       "This operation requires the organization to have all features "
			       "enabled.");
}

/* ---- trusted access ---- */

/* Enabling what is enabled succeeds, and keeps its date. */
bool orgs_enable_access(struct sandbox_request *r)
{
	struct str service = val_get_str(r->in, "ServicePrincipal");
	struct world_org *o = r->world->org;

	if (!orgs_enter(r, ORGS_MANAGEMENT) || !needs_all_features(r))
		return false;
	if (!orgs_knows_service(service))
		return unrecognized(r);
	if (world_trusts(o, arena_dupz(r->arena, service)))
		return true;
	struct world_trust *t = arena_new_of(r->world->arena, struct world_trust);
	t->service = world_str(r->world, service);
	t->enabled_ms = r->now_ms;
	WORLD_PUSH(o->trusted, t);
	return true;
}

static bool has_delegate(const struct world_org *o, struct str service)
{
	for (const struct world_delegate *d = o->delegates; d; d = d->next)
		if (str_eq(d->service, service))
			return true;
	return false;
}

/* "Trusted access can't be removed while a delegate is registered." */
bool orgs_disable_access(struct sandbox_request *r)
{
	struct str service = val_get_str(r->in, "ServicePrincipal");
	struct world_org *o = r->world->org;

	if (!orgs_enter(r, ORGS_MANAGEMENT) || !needs_all_features(r))
		return false;
	if (!orgs_knows_service(service))
		return unrecognized(r);
	if (has_delegate(o, service))
		return orgs_constraint(r, "DELEGATED_ADMINISTRATOR_EXISTS_FOR_THIS_SERVICE",
				       "You attempted to disable service access before you "
				       "deregistered the delegated administrator.");
	for (struct world_trust *t = o->trusted; t; t = t->next)
		if (str_eq(t->service, service)) {
			WORLD_REMOVE(o->trusted, t);
			if (str_eqz(service, IAM_PRINCIPAL))
				o->iam_trust_off_ms = r->now_ms;
			break;
		}
	return true;
}

bool orgs_list_access(struct sandbox_request *r)
{
	struct page page;
	size_t n = 0;

	if (!orgs_enter(r, ORGS_DELEGATE) || !orgs_page(r, &page))
		return false;
	struct val *list = val_setz(r->out, "EnabledServicePrincipals", val_list(r->arena));
	for (const struct world_trust *t = r->world->org->trusted; t; t = t->next) {
		if (!page_has(&page, n++))
			continue;
		struct val *v = val_append(list, val_object(r->arena));
		val_set_str(r->arena, v, "ServicePrincipal", t->service);
		val_set_time(r->arena, v, "DateEnabled", t->enabled_ms);
	}
	page_end(r, &page, n);
	return true;
}

/* ---- delegated administrators ---- */

bool orgs_register(struct sandbox_request *r)
{
	struct str service = val_get_str(r->in, "ServicePrincipal");
	struct world_org *o = r->world->org;
	struct world_account *acct;

	if (!orgs_enter(r, ORGS_MANAGEMENT) || !needs_all_features(r))
		return false;
	if (!orgs_knows_service(service))
		return unrecognized(r);
	if (!(acct = orgs_need_account(r, "AccountId")))
		return false;
	if (acct == o->management)
		return orgs_constraint(r, "CANNOT_REGISTER_MASTER_AS_DELEGATED_ADMINISTRATOR",
				       "You cannot register master account/yourself as delegated "
				       "administrator for your organization.");
	if (acct->state != ACCOUNT_ACTIVE)
		return orgs_constraint(r,
				       "CANNOT_REGISTER_SUSPENDED_ACCOUNT_AS_DELEGATED_"
				       "ADMINISTRATOR",
				       "You cannot register a suspended account as delegated "
				       "administrator for your organization.");
	const char *name = arena_dupz(r->arena, service);
	if (world_delegate(o, acct, name))
		return orgs_fault(r, "AccountAlreadyRegisteredException",
				  "The provided account is already a delegated administrator for "
				  "your organization.");
	if (!world_trusts(o, name))
		return orgs_constraint(r, "SERVICE_ACCESS_NOT_ENABLED",
				       "You must enable service access before you delegate an "
				       "administrator for this service. Call the AWS API "
				       "EnableAWSServiceAccess first.");
	struct world_delegate *d = arena_new_of(r->world->arena, struct world_delegate);
	d->account = acct;
	d->service = world_str(r->world, service);
	d->enabled_ms = r->now_ms;
	WORLD_PUSH(o->delegates, d);
	return true;
}

static bool not_registered(struct sandbox_request *r)
{
	return orgs_fault(r, "AccountNotRegisteredException",
			  "The provided account is not a registered delegated administrator for "
			  "your organization.");
}

bool orgs_deregister(struct sandbox_request *r)
{
	struct str service = val_get_str(r->in, "ServicePrincipal");
	struct world_org *o = r->world->org;
	struct world_account *acct;

	if (!orgs_enter(r, ORGS_MANAGEMENT) || !needs_all_features(r))
		return false;
	if (!orgs_knows_service(service))
		return unrecognized(r);
	if (!(acct = orgs_need_account(r, "AccountId")))
		return false;
	struct world_delegate *d = world_delegate(o, acct, arena_dupz(r->arena, service));
	if (!d)
		return not_registered(r);
	WORLD_REMOVE(o->delegates, d);
	d->next = NULL;
	d->removed_ms = r->now_ms;
	WORLD_PUSH(o->former, d);
	return true;
}

/* The account's first registration, for `service` where it is given; NULL unless `d` is that. */
static bool first_of_account(const struct world_org *o, const struct world_delegate *d,
			     struct str service)
{
	for (const struct world_delegate *i = o->delegates; i; i = i->next) {
		if (i->account != d->account ||
		    (!str_is_null(service) && !str_eq(i->service, service)))
			continue;
		return i == d;
	}
	return false;
}

bool orgs_list_delegates(struct sandbox_request *r)
{
	struct str service = val_get_str(r->in, "ServicePrincipal");
	const struct world_org *o = r->world->org;
	struct page page;
	size_t n = 0;

	if (!orgs_enter(r, ORGS_DELEGATE) || !orgs_page(r, &page))
		return false;
	if (!str_is_null(service) && !orgs_knows_service(service))
		return unrecognized(r);
	struct val *list = val_setz(r->out, "DelegatedAdministrators", val_list(r->arena));
	for (const struct world_delegate *d = o->delegates; d; d = d->next) {
		if (!first_of_account(o, d, service) || !page_has(&page, n++))
			continue;
		struct val *v = val_append(list, orgs_show_account(r, d->account));
		val_remove(v, STR("Paths"));
		val_set_time(r->arena, v, "DelegationEnabledDate", d->enabled_ms);
	}
	page_end(r, &page, n);
	return true;
}

bool orgs_list_delegated_services(struct sandbox_request *r)
{
	const struct world_org *o = r->world->org;
	const struct world_account *acct;
	struct page page;
	size_t n = 0;

	if (!orgs_enter(r, ORGS_DELEGATE) || !(acct = orgs_need_account(r, "AccountId")))
		return false;
	if (!world_delegate(o, acct, NULL))
		return not_registered(r);
	if (!orgs_page(r, &page))
		return false;
	struct val *list = val_setz(r->out, "DelegatedServices", val_list(r->arena));
	for (const struct world_delegate *d = o->delegates; d; d = d->next) {
		if (d->account != acct || !page_has(&page, n++))
			continue;
		struct val *v = val_append(list, val_object(r->arena));
		val_set_str(r->arena, v, "ServicePrincipal", d->service);
		val_set_time(r->arena, v, "DelegationEnabledDate", d->enabled_ms);
	}
	page_end(r, &page, n);
	return true;
}
