#include "sandbox/organizations-private.h"

/* AWS Organizations. https://docs.aws.amazon.com/organizations/latest/APIReference/ */
#define OP(op, handler)                                                   \
	{                                                                 \
		.name = (op), .fn = (handler), .resource = orgs_resource, \
	}

static const struct sandbox_op ops[] = {
	OP("AttachPolicy", orgs_attach_policy),
	OP("CreatePolicy", orgs_create_policy),
	OP("DeletePolicy", orgs_delete_policy),
	OP("DeregisterDelegatedAdministrator", orgs_deregister),
	OP("DescribeAccount", orgs_describe_account),
	OP("DescribeOrganization", orgs_describe_organization),
	OP("DescribeOrganizationalUnit", orgs_describe_unit),
	OP("DescribePolicy", orgs_describe_policy),
	OP("DetachPolicy", orgs_detach_policy),
	OP("DisableAWSServiceAccess", orgs_disable_access),
	OP("DisablePolicyType", orgs_disable_policy_type),
	OP("EnableAWSServiceAccess", orgs_enable_access),
	OP("EnablePolicyType", orgs_enable_policy_type),
	OP("ListAWSServiceAccessForOrganization", orgs_list_access),
	OP("ListAccounts", orgs_list_accounts),
	OP("ListAccountsForParent", orgs_list_accounts_for_parent),
	OP("ListChildren", orgs_list_children),
	OP("ListDelegatedAdministrators", orgs_list_delegates),
	OP("ListDelegatedServicesForAccount", orgs_list_delegated_services),
	OP("ListHandshakesForAccount", orgs_list_handshakes_of_account),
	OP("ListHandshakesForOrganization", orgs_list_handshakes_of_organization),
	OP("ListOrganizationalUnitsForParent", orgs_list_units),
	OP("ListParents", orgs_list_parents),
	OP("ListPolicies", orgs_list_policies),
	OP("ListPoliciesForTarget", orgs_list_policies_for_target),
	OP("ListRoots", orgs_list_roots),
	OP("ListTagsForResource", orgs_list_tags),
	OP("ListTargetsForPolicy", orgs_list_targets),
	OP("RegisterDelegatedAdministrator", orgs_register),
	OP("TagResource", orgs_tag),
	OP("UntagResource", orgs_untag),
	OP("UpdatePolicy", orgs_update_policy),
};

const struct sandbox_service sandbox_organizations = {
	.id = "organizations",
	.ops = ops,
	.nops = ARRAY_SIZE(ops),
	.refuse_input = orgs_refuse_input,
};
