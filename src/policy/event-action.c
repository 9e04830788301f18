/*
 * Names of events that are not names of actions.
 *
 * CloudTrail records the operation of the API; policies name the permission.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */

#include "policy/event.h"

struct pair {
	const char *from, *to;
};

/* Sources whose first label is not the prefix of their actions. */
static const struct pair services[] = {
	{"amazonmq", "mq"},
	{"cloudcontrolapi", "cloudformation"},
	{"email", "ses"},
	{"entitlement.marketplace", "aws-marketplace"},
	{"iotdata", "iot"},
	{"metering-marketplace", "aws-marketplace"},
	{"metering.marketplace", "aws-marketplace"},
	{"models.lex", "lex"},
	{"monitoring", "cloudwatch"},
	{"runtime.lex", "lex"},
	{"runtime.sagemaker", "sagemaker"},
	{"tagging", "tag"},
};

static const struct pair actions[] = {
	{"bedrock:Converse", "InvokeModel"},
	{"bedrock:ConverseStream", "InvokeModelWithResponseStream"},
	{"lambda:Invoke", "InvokeFunction"},
	{"lambda:InvokeWithResponseStream", "InvokeFunction"},
	{"s3:CompleteMultipartUpload", "PutObject"},
	{"s3:CopyObject", "PutObject"},
	{"s3:CreateMultipartUpload", "PutObject"},
	{"s3:DeleteAccountPublicAccessBlock", "PutAccountPublicAccessBlock"},
	{"s3:DeleteBucketAnalyticsConfiguration", "PutAnalyticsConfiguration"},
	{"s3:DeleteBucketCors", "PutBucketCORS"},
	{"s3:DeleteBucketEncryption", "PutEncryptionConfiguration"},
	{"s3:DeleteBucketIntelligentTieringConfiguration", "PutIntelligentTieringConfiguration"},
	{"s3:DeleteBucketInventoryConfiguration", "PutInventoryConfiguration"},
	{"s3:DeleteBucketLifecycle", "PutLifecycleConfiguration"},
	{"s3:DeleteBucketMetricsConfiguration", "PutMetricsConfiguration"},
	{"s3:DeleteBucketOwnershipControls", "PutBucketOwnershipControls"},
	{"s3:DeleteBucketPublicAccessBlock", "PutBucketPublicAccessBlock"},
	{"s3:DeleteBucketReplication", "PutReplicationConfiguration"},
	{"s3:DeleteBucketTagging", "PutBucketTagging"},
	{"s3:DeleteObjects", "DeleteObject"},
	{"s3:DeletePublicAccessBlock", "PutBucketPublicAccessBlock"},
	{"s3:GetBucketAccelerateConfiguration", "GetAccelerateConfiguration"},
	{"s3:GetBucketAnalyticsConfiguration", "GetAnalyticsConfiguration"},
	{"s3:GetBucketCors", "GetBucketCORS"},
	{"s3:GetBucketEncryption", "GetEncryptionConfiguration"},
	{"s3:GetBucketIntelligentTieringConfiguration", "GetIntelligentTieringConfiguration"},
	{"s3:GetBucketInventoryConfiguration", "GetInventoryConfiguration"},
	{"s3:GetBucketLifecycle", "GetLifecycleConfiguration"},
	{"s3:GetBucketLifecycleConfiguration", "GetLifecycleConfiguration"},
	{"s3:GetBucketMetricsConfiguration", "GetMetricsConfiguration"},
	{"s3:GetBucketNotificationConfiguration", "GetBucketNotification"},
	{"s3:GetBucketReplication", "GetReplicationConfiguration"},
	{"s3:GetObjectLockConfiguration", "GetBucketObjectLockConfiguration"},
	{"s3:GetPublicAccessBlock", "GetBucketPublicAccessBlock"},
	{"s3:HeadBucket", "ListBucket"},
	{"s3:HeadObject", "GetObject"},
	{"s3:ListBuckets", "ListAllMyBuckets"},
	{"s3:ListBucketAnalyticsConfigurations", "GetAnalyticsConfiguration"},
	{"s3:ListBucketInventoryConfigurations", "GetInventoryConfiguration"},
	{"s3:ListBucketMetricsConfigurations", "GetMetricsConfiguration"},
	{"s3:ListMultipartUploads", "ListBucketMultipartUploads"},
	{"s3:ListObjectVersions", "ListBucketVersions"},
	{"s3:ListObjects", "ListBucket"},
	{"s3:ListObjectsV2", "ListBucket"},
	{"s3:ListParts", "ListMultipartUploadParts"},
	{"s3:PostObject", "PutObject"},
	{"s3:PutBucketAccelerateConfiguration", "PutAccelerateConfiguration"},
	{"s3:PutBucketAnalyticsConfiguration", "PutAnalyticsConfiguration"},
	{"s3:PutBucketCors", "PutBucketCORS"},
	{"s3:PutBucketEncryption", "PutEncryptionConfiguration"},
	{"s3:PutBucketIntelligentTieringConfiguration", "PutIntelligentTieringConfiguration"},
	{"s3:PutBucketInventoryConfiguration", "PutInventoryConfiguration"},
	{"s3:PutBucketLifecycle", "PutLifecycleConfiguration"},
	{"s3:PutBucketLifecycleConfiguration", "PutLifecycleConfiguration"},
	{"s3:PutBucketMetricsConfiguration", "PutMetricsConfiguration"},
	{"s3:PutBucketNotificationConfiguration", "PutBucketNotification"},
	{"s3:PutBucketReplication", "PutReplicationConfiguration"},
	{"s3:PutObjectLockConfiguration", "PutBucketObjectLockConfiguration"},
	{"s3:PutPublicAccessBlock", "PutBucketPublicAccessBlock"},
	{"s3:SelectObjectContent", "GetObject"},
	{"s3:UploadPart", "PutObject"},
	{"s3:UploadPartCopy", "PutObject"},
	{"sns:PublishBatch", "Publish"},
	{"sqs:ChangeMessageVisibilityBatch", "ChangeMessageVisibility"},
	{"sqs:DeleteMessageBatch", "DeleteMessage"},
	{"sqs:SendMessageBatch", "SendMessage"},
};

/* API Gateway's permissions are the methods of HTTP, by what the event's name begins with.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigatewaymanagement.html */
static const struct pair methods[] = {
	{"Create", "POST"}, {"Delete", "DELETE"}, {"Get", "GET"},      {"Put", "PUT"},
	{"Tag", "PUT"},     {"Untag", "DELETE"},  {"Update", "PATCH"},
};

/* With the id of a version these ask for a permission of their own. */
static const struct pair versions[] = {
	{"DeleteObject", "DeleteObjectVersion"},
	{"DeleteObjectTagging", "DeleteObjectVersionTagging"},
	{"GetObject", "GetObjectVersion"},
	{"GetObjectAcl", "GetObjectVersionAcl"},
	{"GetObjectTagging", "GetObjectVersionTagging"},
	{"PutObjectAcl", "PutObjectVersionAcl"},
	{"PutObjectTagging", "PutObjectVersionTagging"},
};

static const char *find(const struct pair *v, size_t n, struct str from)
{
	for (size_t i = 0; i < n; i++) {
		if (str_eqz(from, v[i].from))
			return v[i].to;
	}
	return NULL;
}

static bool digits(struct str s, size_t from, size_t n)
{
	return from + n <= s.n && str_all_digits(str_sub(s, from, n));
}

/*
 * Lambda's and CloudFront's names carry the version of the API:
 * ListFunctions20150331, GetFunction20150331v2, CreateDistribution2020_05_31.
 */
static struct str without_date(struct str s)
{
	struct str bare = s;

	if (s.n > 2 && s.p[s.n - 2] == 'v' && digits(s, s.n - 1, 1))
		bare.n -= 2;
	if (bare.n > 8 && digits(bare, bare.n - 8, 8))
		return str_sub(bare, 0, bare.n - 8);
	if (s.n > 10 && digits(s, s.n - 10, 4) && s.p[s.n - 6] == '_' && digits(s, s.n - 5, 2) &&
	    s.p[s.n - 3] == '_' && digits(s, s.n - 2, 2))
		return str_sub(s, 0, s.n - 10);
	return s;
}

static struct str service_of(struct str source)
{
	static const char suffix[] = ".amazonaws.com";
	const char *other;

	if (str_endsz(source, suffix))
		source.n -= sizeof(suffix) - 1;
	other = find(services, ARRAY_SIZE(services), source);
	return other ? str_of(other) : source;
}

struct str policy_event_action(struct str source, struct str name, bool versioned, struct arena *a)
{
	struct str service = service_of(source), whole;
	const char *other;

	if (!service.n || !name.n)
		return STR_NULL;
	if (str_eqz(service, "lambda") || str_eqz(service, "cloudfront"))
		name = without_date(name);
	whole = arena_printf(a, "%.*s:%.*s", STR_ARG(service), STR_ARG(name));
	for (size_t i = 0; str_eqz(service, "apigateway") && i < ARRAY_SIZE(methods); i++) {
		if (str_startsz(name, methods[i].from))
			return arena_printf(a, "apigateway:%s", methods[i].to);
	}
	other = find(actions, ARRAY_SIZE(actions), whole);
	if (other)
		name = str_of(other);
	if (versioned && str_eqz(service, "s3")) {
		other = find(versions, ARRAY_SIZE(versions), name);
		if (other)
			name = str_of(other);
	}
	return arena_printf(a, "%.*s:%.*s", STR_ARG(service), STR_ARG(name));
}
