#include "sandbox/organizations-private.h"

/*
 * AWS Organizations. All operations but InviteOrganizationToTransferResponsibility
 * (organizations-transfers.c says why).
 * https://docs.aws.amazon.com/organizations/latest/APIReference/
 */
#define OP(op, handler)                                                                      \
	{                                                                                    \
		.name = (op), .fn = (handler), .resource = orgs_resource, .keys = orgs_keys, \
	}

static const struct sandbox_op ops[] = {
	OP("AcceptHandshake", orgs_accept),
	OP("AttachPolicy", orgs_attach_policy),
	OP("CancelHandshake", orgs_cancel),
	OP("CloseAccount", orgs_close_account),
	OP("CreateAccount", orgs_create_account),
	OP("CreateGovCloudAccount", orgs_create_gov_cloud_account),
	OP("CreateOrganization", orgs_create_organization),
	OP("CreateOrganizationalUnit", orgs_create_unit),
	OP("CreatePolicy", orgs_create_policy),
	OP("DeclineHandshake", orgs_decline),
	OP("DeleteOrganization", orgs_delete_organization),
	OP("DeleteOrganizationalUnit", orgs_delete_unit),
	OP("DeletePolicy", orgs_delete_policy),
	OP("DeleteResourcePolicy", orgs_delete_resource_policy),
	OP("DeregisterDelegatedAdministrator", orgs_deregister),
	OP("DescribeAccount", orgs_describe_account),
	OP("DescribeCreateAccountStatus", orgs_describe_create),
	OP("DescribeEffectivePolicy", orgs_describe_effective),
	OP("DescribeHandshake", orgs_describe_handshake),
	OP("DescribeOrganization", orgs_describe_organization),
	OP("DescribeOrganizationalUnit", orgs_describe_unit),
	OP("DescribePolicy", orgs_describe_policy),
	OP("DescribeResourcePolicy", orgs_describe_resource_policy),
	OP("DescribeResponsibilityTransfer", orgs_describe_transfer),
	OP("DetachPolicy", orgs_detach_policy),
	OP("DisableAWSServiceAccess", orgs_disable_access),
	OP("DisablePolicyType", orgs_disable_policy_type),
	OP("EnableAWSServiceAccess", orgs_enable_access),
	OP("EnableAllFeatures", orgs_enable_all_features),
	OP("EnablePolicyType", orgs_enable_policy_type),
	OP("InviteAccountToOrganization", orgs_invite),
	OP("LeaveOrganization", orgs_leave),
	OP("ListAWSServiceAccessForOrganization", orgs_list_access),
	OP("ListAccounts", orgs_list_accounts),
	OP("ListAccountsForParent", orgs_list_accounts_for_parent),
	OP("ListAccountsWithInvalidEffectivePolicy", orgs_list_invalid_accounts),
	OP("ListChildren", orgs_list_children),
	OP("ListCreateAccountStatus", orgs_list_creates),
	OP("ListDelegatedAdministrators", orgs_list_delegates),
	OP("ListDelegatedServicesForAccount", orgs_list_delegated_services),
	OP("ListEffectivePolicyValidationErrors", orgs_list_validation_errors),
	OP("ListHandshakesForAccount", orgs_list_handshakes_of_account),
	OP("ListHandshakesForOrganization", orgs_list_handshakes_of_organization),
	OP("ListInboundResponsibilityTransfers", orgs_list_transfers),
	OP("ListOrganizationalUnitsForParent", orgs_list_units),
	OP("ListOutboundResponsibilityTransfers", orgs_list_transfers),
	OP("ListParents", orgs_list_parents),
	OP("ListPolicies", orgs_list_policies),
	OP("ListPoliciesForTarget", orgs_list_policies_for_target),
	OP("ListRoots", orgs_list_roots),
	OP("ListTagsForResource", orgs_list_tags),
	OP("ListTargetsForPolicy", orgs_list_targets),
	OP("MoveAccount", orgs_move_account),
	OP("PutResourcePolicy", orgs_put_resource_policy),
	OP("RegisterDelegatedAdministrator", orgs_register),
	OP("RemoveAccountFromOrganization", orgs_remove_account),
	OP("TagResource", orgs_tag),
	OP("TerminateResponsibilityTransfer", orgs_change_transfer),
	OP("UntagResource", orgs_untag),
	OP("UpdateOrganizationalUnit", orgs_update_unit),
	OP("UpdatePolicy", orgs_update_policy),
	OP("UpdateResponsibilityTransfer", orgs_change_transfer),
};

const struct sandbox_service sandbox_organizations = {
	.id = "organizations",
	.ops = ops,
	.nops = ARRAY_SIZE(ops),
	.refuse_input = orgs_refuse_input,
};
