#include "sandbox/organizations-private.h"

/*
 * Service principals that Organizations knows, sorted. A principal of AWS that
 * does not work with Organizations is refused like one that does not exist.
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_integrate_services_list.html
 */
static const char *const services[] = {
	"access-analyzer.amazonaws.com",
	"account.amazonaws.com",
	"agentless.inspector2.amazonaws.com",
	"auditmanager.amazonaws.com",
	"aws-artifact-account-sync.amazonaws.com",
	"backup.amazonaws.com",
	"bedrock.amazonaws.com",
	"billing-cost-management.amazonaws.com",
	"chatbot.amazonaws.com",
	"cloudtrail.amazonaws.com",
	"compute-optimizer.amazonaws.com",
	"config-multiaccountsetup.amazonaws.com",
	"config.amazonaws.com",
	"controltower.amazonaws.com",
	"cost-optimization-hub.bcm.amazonaws.com",
	"detective.amazonaws.com",
	"devops-guru.amazonaws.com",
	"ds.amazonaws.com",
	"ec2.amazonaws.com",
	"fms.amazonaws.com",
	"guardduty.amazonaws.com",
	"health.amazonaws.com",
	"iam.amazonaws.com",
	"inspector2.amazonaws.com",
	"ipam.amazonaws.com",
	"license-management.marketplace.amazonaws.com",
	"license-manager-linux-subscriptions.amazonaws.com",
	"license-manager.amazonaws.com",
	"license-manager.member-account.amazonaws.com",
	"macie.amazonaws.com",
	"malware-protection.guardduty.amazonaws.com",
	"member.org.stacksets.cloudformation.amazonaws.com",
	"mgn.amazonaws.com",
	"network-security-director.amazonaws.com",
	"networkmanager.amazonaws.com",
	"notifications.amazonaws.com",
	"observabilityadmin.amazonaws.com",
	"opsdatasync.ssm.amazonaws.com",
	"private-marketplace.marketplace.amazonaws.com",
	"procurement-insights.marketplace.amazonaws.com",
	"ram.amazonaws.com",
	"reachabilityanalyzer.networkinsights.amazonaws.com",
	"reporting.trustedadvisor.amazonaws.com",
	"resource-explorer-2.amazonaws.com",
	"security-ir.amazonaws.com",
	"securityhub.amazonaws.com",
	"securitylake.amazonaws.com",
	"selfservicereporting.managedservices.amazonaws.com",
	"servicecatalog.amazonaws.com",
	"servicequotas.amazonaws.com",
	"ssm-quicksetup.amazonaws.com",
	"ssm.amazonaws.com",
	"sso.amazonaws.com",
	"stacksets.cloudformation.amazonaws.com",
	"storage-lens.s3.amazonaws.com",
	"tagpolicies.tag.amazonaws.com",
	"user-subscriptions.amazonaws.com",
	"wellarchitected.amazonaws.com",
};

bool orgs_knows_service(struct str principal)
{
	for (size_t i = 0; i < ARRAY_SIZE(services); i++)
		if (str_eqz(principal, services[i]))
			return true;
	return false;
}
