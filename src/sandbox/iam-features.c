#include "sandbox/iam-private.h"

/*
 * Centralized root access.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListOrganizationsFeatures.html
 * A delegate may list and disable, not enable (facts/aws-answers 7).
 */

static bool ready(struct sandbox_request *r, bool delegate_may)
{
	struct world_org *o = r->world->org;

	if (!o || !r->who->account->joined)
		return sandbox_fault(
			r, 400, "OrganizationNotFoundException",
			"The request was rejected because no organization is associated "
			"with your account.");
	if (!o->all_features)
		return sandbox_fault(
			r, 400, "OrganizationNotInAllFeaturesModeException",
			"The request was rejected because your organization does not have "
			"All features enabled.");
	if (!r->who->management && !world_delegate(o, r->who->account, IAM_PRINCIPAL))
		return sandbox_fault(
			r, 400, "AccountNotManagementOrDelegatedAdministratorException",
			"The request was rejected because the account making the request is "
			"not the management account or delegated administrator account for "
			"centralized root access.");
	if (!world_trusts(o, IAM_PRINCIPAL))
		return sandbox_fault(
			r, 400, "ServiceAccessNotEnabledException",
			"Trusted Access for IAM not enabled by organization of input account "
			"%.*s.",
			STR_ARG(r->who->account->id));
	if (!r->who->management && !delegate_may)
		return sandbox_fault(
			r, 400, "CallerIsNotManagementAccountException",
			"The request was rejected because the account making the request is "
			"not the management account for the organization.");
	return true;
}

static bool answer(struct sandbox_request *r)
{
	const struct world_org *o = r->world->org;
	struct val *list = val_list(r->arena);

	val_set_str(r->arena, r->out, "OrganizationId", o->id);
	val_setz(r->out, "EnabledFeatures", list);
	/* RootSessions first (facts/aws-answers 8). */
	if (o->root_sessions)
		val_append(list, val_string(r->arena, STR("RootSessions")));
	if (o->root_credentials_management)
		val_append(list, val_string(r->arena, STR("RootCredentialsManagement")));
	return true;
}

static bool set(struct sandbox_request *r, bool *feature, int64_t *off_ms, bool on)
{
	if (*feature && !on)
		*off_ms = r->now_ms;
	*feature = on;
	return answer(r);
}

bool iam_list_organizations_features(struct sandbox_request *r)
{
	return ready(r, true) && answer(r);
}

bool iam_enable_root_credentials_management(struct sandbox_request *r)
{
	struct world_org *o = r->world->org;

	return ready(r, false) &&
	       set(r, &o->root_credentials_management, &o->root_credentials_off_ms, true);
}

bool iam_disable_root_credentials_management(struct sandbox_request *r)
{
	struct world_org *o = r->world->org;

	return ready(r, true) &&
	       set(r, &o->root_credentials_management, &o->root_credentials_off_ms, false);
}

bool iam_enable_root_sessions(struct sandbox_request *r)
{
	struct world_org *o = r->world->org;

	return ready(r, false) && set(r, &o->root_sessions, &o->root_sessions_off_ms, true);
}

bool iam_disable_root_sessions(struct sandbox_request *r)
{
	struct world_org *o = r->world->org;

	return ready(r, true) && set(r, &o->root_sessions, &o->root_sessions_off_ms, false);
}
