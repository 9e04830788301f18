#include "sandbox/aws-policies.h"

/*
 * The task policies of sts:AssumeRoot, version v1 of each, word for word as
 * iam:GetPolicyVersion answers. They only deny: a root session can do what none
 * of their statements denies. The IAM User Guide leaves iam:DeleteVirtualMFADevice
 * out of IAMDeleteRootUserCredentials since 2025-01-07; the policy itself still has it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/security-iam-awsmanpol.html
 */

const struct aws_policy task_policies[] = {
	{
		.name = "IAMAuditRootUserCredentials",
		.path = "/root-task/",
		.id = "ANPAZKAPJZG4BDSCREYVS",
		.created = "2024-11-06T22:27:58Z",
		.description = "Provides access required to check the presence of root user creden"
			       "tials such as root user password and root user access keys using t"
			       "he Security Token Service (STS) AssumeRoot API. Use this managed p"
			       "olicy only with the STS AssumeRoot action.",
		.document = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Sid\":\"DenyAllOther"
			    "ActionsOnAnyResource\",\"Effect\":\"Deny\",\"NotAction\":[\"iam:Li"
			    "stAccessKeys\",\"iam:ListSigningCertificates\",\"iam:GetLoginProfi"
			    "le\",\"iam:ListMFADevices\",\"iam:GetAccountSummary\",\"iam:GetUse"
			    "r\",\"iam:GetAccessKeyLastUsed\"],\"Resource\":\"*\"},{\"Sid\":\"D"
			    "enyAuditingCredentialsOnNonRootUserResource\",\"Effect\":\"Deny\","
			    "\"Action\":[\"iam:ListAccessKeys\",\"iam:ListSigningCertificates\""
			    ",\"iam:GetLoginProfile\",\"iam:ListMFADevices\",\"iam:GetUser\",\""
			    "iam:GetAccessKeyLastUsed\"],\"NotResource\":\"arn:aws:iam::*:root\""
			    "}]}",
	},
	{
		.name = "IAMCreateRootUserPassword",
		.path = "/root-task/",
		.id = "ANPAZKAPJZG4OEGTN7YT5",
		.created = "2024-11-06T22:32:59Z",
		.description = "Provides access required to create a root user password using the "
			       "Security Token Service (STS) AssumeRoot API.  Use this managed pol"
			       "icy only with the STS AssumeRoot action. ",
		.document = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Sid\":\"DenyAllOther"
			    "ActionsOnAnyResource\",\"Effect\":\"Deny\",\"NotAction\":[\"iam:Cr"
			    "eateLoginProfile\",\"iam:GetLoginProfile\"],\"Resource\":\"*\"},{\""
			    "Sid\":\"DenyCreatingPasswordOnNonRootUserResource\",\"Effect\":\"D"
			    "eny\",\"Action\":[\"iam:CreateLoginProfile\",\"iam:GetLoginProfile"
			    "\"],\"NotResource\":\"arn:aws:iam::*:root\"}]}",
	},
	{
		.name = "IAMDeleteRootUserCredentials",
		.path = "/root-task/",
		.id = "ANPAZKAPJZG4CX73XKORQ",
		.created = "2024-11-06T22:47:58Z",
		.description = "Provides access required to delete all root user credentials such "
			       "as root password and root access keys using the Security Token Ser"
			       "vice (STS) AssumeRoot API.  Use this managed policy only with the "
			       "STS AssumeRoot action.",
		.document = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Sid\":\"DenyAllOther"
			    "ActionsOnAnyResource\",\"Effect\":\"Deny\",\"NotAction\":[\"iam:De"
			    "leteAccessKey\",\"iam:DeleteSigningCertificate\",\"iam:DeleteLogin"
			    "Profile\",\"iam:DeactivateMFADevice\",\"iam:DeleteVirtualMFADevice"
			    "\",\"iam:ListAccessKeys\",\"iam:ListSigningCertificates\",\"iam:Ge"
			    "tLoginProfile\",\"iam:ListMFADevices\",\"iam:GetUser\",\"iam:GetAc"
			    "cessKeyLastUsed\"],\"Resource\":\"*\"},{\"Sid\":\"DenyDeletingRoot"
			    "UserCredentialsOnNonRootUserResource\",\"Effect\":\"Deny\",\"Actio"
			    "n\":[\"iam:DeleteAccessKey\",\"iam:DeleteSigningCertificate\",\"ia"
			    "m:DeleteLoginProfile\",\"iam:DeactivateMFADevice\",\"iam:DeleteVir"
			    "tualMFADevice\",\"iam:ListAccessKeys\",\"iam:ListSigningCertificat"
			    "es\",\"iam:GetLoginProfile\",\"iam:ListMFADevices\",\"iam:GetUser\""
			    ",\"iam:GetAccessKeyLastUsed\"],\"NotResource\":\"arn:aws:iam::*:ro"
			    "ot\"}]}",
	},
	{
		.name = "S3UnlockBucketPolicy",
		.path = "/root-task/",
		.id = "ANPAZKAPJZG4OALTIPZOF",
		.created = "2024-11-06T21:55:56Z",
		.description = "Provides access required to unlock a S3 bucket policy using the Se"
			       "curity Token Service (STS) AssumeRoot API. Use this managed policy"
			       " only with the STS AssumeRoot action.",
		.document = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Sid\":\"DenyAllOther"
			    "ActionsOnAnyResource\",\"Effect\":\"Deny\",\"NotAction\":[\"s3:Del"
			    "eteBucketPolicy\",\"s3:PutBucketPolicy\",\"s3:GetBucketPolicy\",\""
			    "s3:ListAllMyBuckets\"],\"Resource\":\"*\"},{\"Sid\":\"DenyManaging"
			    "BucketPolicyForNonRootCallers\",\"Effect\":\"Deny\",\"Action\":[\""
			    "s3:DeleteBucketPolicy\",\"s3:PutBucketPolicy\",\"s3:GetBucketPolic"
			    "y\",\"s3:ListAllMyBuckets\"],\"Resource\":\"*\",\"Condition\":{\"S"
			    "tringNotLike\":{\"aws:PrincipalArn\":\"arn:aws:iam::*:root\"}}}]}",
	},
	{
		.name = "SQSUnlockQueuePolicy",
		.path = "/root-task/",
		.id = "ANPAZKAPJZG4HPZI4FDUV",
		.created = "2024-11-06T21:51:02Z",
		.description = "Provides access required to unlock a SQS queue policy using the Se"
			       "curity Token Service (STS) AssumeRoot API. Use this managed policy"
			       " only with the STS AssumeRoot action.",
		.document = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Sid\":\"DenyAllOther"
			    "ActionsOnAnyResource\",\"Effect\":\"Deny\",\"NotAction\":[\"sqs:Se"
			    "tQueueAttributes\",\"sqs:GetQueueAttributes\",\"sqs:ListQueues\",\""
			    "sqs:GetQueueUrl\"],\"Resource\":\"*\"},{\"Sid\":\"DenyGettingQueue"
			    "AttributesOnNonOwnQueue\",\"Effect\":\"Deny\",\"Action\":[\"sqs:Ge"
			    "tQueueAttributes\"],\"Resource\":\"arn:aws:sqs:*:*:*\",\"Condition"
			    "\":{\"StringNotEqualsIfExists\":{\"aws:ResourceAccount\":[\"${aws:"
			    "PrincipalAccount}\"]}}},{\"Sid\":\"DenyActionsForNonRootUser\",\"E"
			    "ffect\":\"Deny\",\"Action\":[\"sqs:SetQueueAttributes\",\"sqs:GetQ"
			    "ueueAttributes\",\"sqs:ListQueues\",\"sqs:GetQueueUrl\"],\"Resourc"
			    "e\":\"*\",\"Condition\":{\"StringNotLike\":{\"aws:PrincipalArn\":\""
			    "arn:aws:iam::*:root\"}}}]}",
	},
};
const size_t task_policies_count = ARRAY_SIZE(task_policies);

enum root_task task_policy_kind(struct str arn)
{
	const struct str prefix = STR("arn:aws:iam::aws:policy/root-task/");

	if (!str_starts(arn, prefix))
		return ROOT_TASK_NONE;
	struct str name = str_from(arn, prefix.n);
	for (size_t i = 0; i < task_policies_count; i++)
		if (str_eqz(name, task_policies[i].name))
			return str_startsz(name, "IAM") ? ROOT_TASK_IAM : ROOT_TASK_RESOURCE;
	return ROOT_TASK_NONE;
}
