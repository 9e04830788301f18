#include "sandbox/organizations-private.h"

/*
 * Responsibility transfers are agreements between the management accounts of
 * two organizations. The sandbox has one organization, so there are none:
 * lists are empty and no id is found. Inviting another organization is not
 * served (it has no handler), because none could ever answer.
 */
bool orgs_list_transfers(struct sandbox_request *r)
{
	if (!orgs_enter(r, ORGS_MANAGEMENT))
		return false;
	if (val_get(r->in, "NextToken")) /* of no page that was ever answered */
		return orgs_invalid(r, "INVALID_NEXT_TOKEN");
	val_setz(r->out, "ResponsibilityTransfers", val_list(r->arena));
	return true;
}

static bool not_found(struct sandbox_request *r)
{
	return orgs_fault(r, "ResponsibilityTransferNotFoundException",
			  "You specified a responsibility transfer that doesn't exist.");
}

bool orgs_describe_transfer(struct sandbox_request *r)
{
	return orgs_enter(r, ORGS_MANAGEMENT) && not_found(r);
}

bool orgs_change_transfer(struct sandbox_request *r)
{
	return orgs_enter(r, ORGS_MANAGEMENT) && not_found(r);
}
