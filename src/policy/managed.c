#include "policy/managed.h"

/* ReadOnlyAccess and SecurityAudit name hundreds of services; these are what rootout keeps of it. */
#define CUT "account iam organizations s3 sqs sts"

static const struct policy_managed policies[] = {
	{
		.name = "AdministratorAccess",
		.path = "/",
		.id = "ANPAIWMBCKSKIEE64ZLYK",
		.created = "2015-02-06T18:39:46Z",
		.description = "Provides full access to AWS services and resources.",
		.document = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\""
			    "Action\":\"*\",\"Resource\":\"*\"}]}",
	},
	{
		.name = "PowerUserAccess",
		.path = "/",
		.id = "ANPAJYRXTHIB4FOVS3ZXS",
		.created = "2015-02-06T18:39:47Z",
		.description = "Provides full access to AWS services and resources, but does not a"
			       "llow management of Users and groups.",
		.document = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\""
			    "NotAction\":[\"iam:*\",\"organizations:*\",\"account:*\"],\"Resour"
			    "ce\":\"*\"},{\"Effect\":\"Allow\",\"Action\":[\"account:GetAccount"
			    "Information\",\"account:GetPrimaryEmail\",\"account:ListRegions\","
			    "\"iam:CreateServiceLinkedRole\",\"iam:DeleteServiceLinkedRole\",\""
			    "iam:ListRoles\",\"organizations:DescribeOrganization\"],\"Resource"
			    "\":\"*\"}]}",
	},
	{
		.name = "ReadOnlyAccess",
		.services = CUT,
		.path = "/",
		.id = "ANPAILL3HVNFSB6DCOWYQ",
		.created = "2015-02-06T18:39:48Z",
		.description = "Provides read-only access to AWS services and resources.",
		.document = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\""
			    "Action\":[\"account:Get*\",\"account:ListRegions\",\"iam:Generate*"
			    "\",\"iam:Get*\",\"iam:List*\",\"iam:Simulate*\",\"organizations:De"
			    "scribe*\",\"organizations:List*\",\"s3:DescribeJob\",\"s3:Get*\",\""
			    "s3:List*\",\"sqs:Get*\",\"sqs:List*\",\"sts:GetAccessKeyInfo\",\"s"
			    "ts:GetCallerIdentity\",\"sts:GetSessionToken\"],\"Resource\":\"*\""
			    "}]}",
	},
	{
		.name = "SecurityAudit",
		.services = CUT,
		.path = "/",
		.id = "ANPAIX2T3QCXHR2OGGCTO",
		.created = "2015-02-06T18:41:01Z",
		.description = "The security audit template grants access to read security configu"
			       "ration metadata. It is useful for software that audits the configu"
			       "ration of an AWS account.",
		.document = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\""
			    "Action\":[\"account:GetAlternateContact\",\"account:GetRegionOptSt"
			    "atus\",\"iam:GenerateCredentialReport\",\"iam:GenerateServiceLastA"
			    "ccessedDetails\",\"iam:Get*\",\"iam:List*\",\"iam:SimulateCustomPo"
			    "licy\",\"iam:SimulatePrincipalPolicy\",\"organizations:Describe*\""
			    ",\"organizations:List*\",\"s3:GetBucket*\",\"s3:ListAllMyBuckets\""
			    ",\"sqs:GetQueueAttributes\",\"sqs:ListQueues\"],\"Resource\":\"*\""
			    "}]}",
	},
	{
		.name = "IAMFullAccess",
		.path = "/",
		.id = "ANPAI7XKCFMBPM3QQRRVQ",
		.created = "2015-02-06T18:40:38Z",
		.description = "Provides full access to IAM via the AWS Management Console.",
		.document = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\""
			    "Action\":[\"iam:*\",\"organizations:DescribeAccount\",\"organizati"
			    "ons:DescribeOrganization\",\"organizations:DescribeOrganizationalU"
			    "nit\",\"organizations:DescribePolicy\",\"organizations:ListChildre"
			    "n\",\"organizations:ListParents\",\"organizations:ListPoliciesForT"
			    "arget\",\"organizations:ListRoots\",\"organizations:ListPolicies\""
			    ",\"organizations:ListTargetsForPolicy\"],\"Resource\":\"*\"}]}",
	},
	{
		.name = "IAMReadOnlyAccess",
		.path = "/",
		.id = "ANPAJKSO7NDY4T57MWDSQ",
		.created = "2015-02-06T18:40:39Z",
		.description = "Provides read only access to IAM via the AWS Management Console.",
		.document = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\""
			    "Action\":[\"iam:GenerateCredentialReport\",\"iam:GenerateServiceLa"
			    "stAccessedDetails\",\"iam:Get*\",\"iam:List*\",\"iam:SimulateCusto"
			    "mPolicy\",\"iam:SimulatePrincipalPolicy\"],\"Resource\":\"*\"}]}",
	},
	{
		.name = "IAMUserChangePassword",
		.path = "/",
		.id = "ANPAJ4L4MM2A7QIEB56MS",
		.created = "2016-11-15T00:25:16Z",
		.description = "Provides the ability for an IAM user to change their own password.",
		.document = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\""
			    "Action\":[\"iam:ChangePassword\"],\"Resource\":[\"arn:aws:iam::*:u"
			    "ser/${aws:username}\"]},{\"Effect\":\"Allow\",\"Action\":[\"iam:Ge"
			    "tAccountPasswordPolicy\"],\"Resource\":\"*\"}]}",
	},
	{
		.name = "AWSOrganizationsFullAccess",
		.path = "/",
		.id = "ANPAJZXBNRCJKNLQHSB5M",
		.created = "2018-11-06T20:31:57Z",
		.description = "Provides full access to AWS Organizations.",
		.document = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\""
			    "Action\":\"organizations:*\",\"Resource\":\"*\"}]}",
	},
	{
		.name = "AWSOrganizationsReadOnlyAccess",
		.path = "/",
		.id = "ANPAJY5RQATUV77PEPVOM",
		.created = "2018-11-06T20:32:38Z",
		.description = "Provides read-only access to AWS Organizations.",
		.document = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\""
			    "Action\":[\"organizations:Describe*\",\"organizations:List*\"],\"R"
			    "esource\":\"*\"}]}",
	},
};

const struct policy_managed *policy_managed_all(size_t *n)
{
	*n = ARRAY_SIZE(policies);
	return policies;
}

const struct policy_managed *policy_managed_find(struct str name_or_arn)
{
	static const char prefix[] = "arn:aws:iam::aws:policy/";
	struct str name = name_or_arn;

	if (str_startsz(name, prefix))
		name = str_from(name, sizeof(prefix) - 1);
	for (size_t i = 0; i < ARRAY_SIZE(policies); i++) {
		if (str_eqz(name, policies[i].name))
			return &policies[i];
	}
	return NULL;
}
