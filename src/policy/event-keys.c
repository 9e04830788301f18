/*
 * The condition keys of services that a request's parameters hold, word for word.
 *
 * Each stands with its actions in the Service Authorization Reference, which
 * tests/unit/policy/test_event.c holds this table against. Only keys about the request;
 * those about the resource (its tags, its instance type …) are in no event.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */

#include "policy/event-private.h"

#include <string.h>

/* ---- the parameters, by service ---- */

#define ONE(param, word, key)                                                  \
	{                                                                      \
		EVENT_STR(param), EVENT_STR(""), (word), EVENT_STR(key), false \
	}
#define IN(param, inner, word, key)                                               \
	{                                                                         \
		EVENT_STR(param), EVENT_STR(inner), (word), EVENT_STR(key), false \
	}
#define SET(param, inner, word, key)                                             \
	{                                                                        \
		EVENT_STR(param), EVENT_STR(inner), (word), EVENT_STR(key), true \
	}

static const struct event_param_key account[] = {
	ONE("regionName", "Region", "account:TargetRegion"),
};

static const struct event_param_key cloudformation[] = {
	ONE("changeSetName", "ChangeSet", "cloudformation:ChangeSetName"),
	ONE("roleARN", "Stack", "cloudformation:RoleArn"),
	ONE("stackPolicyURL", "Stack", "cloudformation:StackPolicyUrl"),
	ONE("templateURL", "", "cloudformation:TemplateUrl"),
	SET("resourceTypes", "", "Stack", "cloudformation:ResourceTypes"),
};

static const struct event_param_key ec2[] = {
	ONE("availabilityZone", "CreateVolume", "ec2:AvailabilityZone"),
	ONE("ebsOptimized", "RunInstances", "ec2:EbsOptimized"),
	ONE("instanceType", "RunInstances", "ec2:InstanceType"),
	ONE("size", "CreateVolume", "ec2:VolumeSize"),
	ONE("volumeType", "CreateVolume", "ec2:VolumeType"),
	IN("metadataOptions", "httpEndpoint", "RunInstances", "ec2:MetadataHttpEndpoint"),
	IN("metadataOptions", "httpPutResponseHopLimit", "RunInstances",
	   "ec2:MetadataHttpPutResponseHopLimit"),
	IN("metadataOptions", "httpTokens", "RunInstances", "ec2:MetadataHttpTokens"),
};

static const struct event_param_key elasticfilesystem[] = {
	ONE("encrypted", "CreateFileSystem", "elasticfilesystem:Encrypted"),
};

static const struct event_param_key elasticloadbalancing[] = {
	ONE("scheme", "CreateLoadBalancer", "elasticloadbalancing:Scheme"),
};

static const struct event_param_key iam[] = {
	ONE("aWSServiceName", "CreateServiceLinkedRole", "iam:AWSServiceName"),
	ONE("permissionsBoundary", "CreateRole", "iam:PermissionsBoundary"),
	ONE("permissionsBoundary", "CreateUser", "iam:PermissionsBoundary"),
	ONE("permissionsBoundary", "PermissionsBoundary", "iam:PermissionsBoundary"),
	ONE("policyArn", "Attach", "iam:PolicyARN"),
	ONE("policyArn", "Detach", "iam:PolicyARN"),
};

static const struct event_param_key kms[] = {
	ONE("bypassPolicyLockoutSafetyCheck", "", "kms:BypassPolicyLockoutSafetyCheck"),
	ONE("encryptionAlgorithm", "crypt", "kms:EncryptionAlgorithm"),
	ONE("granteePrincipal", "CreateGrant", "kms:GranteePrincipal"),
	ONE("keySpec", "CreateKey", "kms:KeySpec"),
	ONE("keyUsage", "CreateKey", "kms:KeyUsage"),
	ONE("macAlgorithm", "Mac", "kms:MacAlgorithm"),
	ONE("messageType", "", "kms:MessageType"),
	ONE("multiRegion", "CreateKey", "kms:MultiRegion"),
	ONE("origin", "CreateKey", "kms:KeyOrigin"),
	ONE("pendingWindowInDays", "ScheduleKeyDeletion",
	    "kms:ScheduleKeyDeletionPendingWindowInDays"),
	ONE("replicaRegion", "ReplicateKey", "kms:ReplicaRegion"),
	ONE("retiringPrincipal", "CreateGrant", "kms:RetiringPrincipal"),
	ONE("signingAlgorithm", "", "kms:SigningAlgorithm"),
	SET("operations", "", "CreateGrant", "kms:GrantOperations"),
};

static const struct event_param_key lambda[] = {
	ONE("authType", "FunctionUrlConfig", "lambda:FunctionUrlAuthType"),
	ONE("codeSigningConfigArn", "", "lambda:CodeSigningConfigArn"),
	ONE("functionUrlAuthType", "AddPermission", "lambda:FunctionUrlAuthType"),
	ONE("principal", "AddPermission", "lambda:Principal"),
	SET("layers", "", "Function", "lambda:Layer"),
	SET("vpcConfig", "securityGroupIds", "Function", "lambda:SecurityGroupIds"),
	SET("vpcConfig", "subnetIds", "Function", "lambda:SubnetIds"),
};

static const struct event_param_key organizations[] = {
	ONE("filter", "ListPolicies", "organizations:PolicyType"),
	ONE("policyType", "", "organizations:PolicyType"),
	ONE("servicePrincipal", "", "organizations:ServicePrincipal"),
	ONE("type", "CreatePolicy", "organizations:PolicyType"),
};

static const struct event_param_key ram[] = {
	ONE("allowExternalPrincipals", "", "ram:RequestedAllowsExternalPrincipals"),
};

static const struct event_param_key rds[] = {
	ONE("dBInstanceClass", "CreateDB", "rds:DatabaseClass"),
	ONE("engine", "CreateDB", "rds:DatabaseEngine"),
	ONE("multiAZ", "CreateDB", "rds:MultiAz"),
	ONE("publiclyAccessible", "CreateDB", "rds:PubliclyAccessible"),
	ONE("storageEncrypted", "CreateDB", "rds:StorageEncrypted"),
};

static const struct event_param_key s3[] = {
	ONE("delimiter", "ListBucket", "s3:delimiter"),
	ONE("max-keys", "ListBucket", "s3:max-keys"),
	ONE("prefix", "ListBucket", "s3:prefix"),
	ONE("versionId", "Version", "s3:VersionId"),
	ONE("x-amz-acl", "", "s3:x-amz-acl"),
	ONE("x-amz-copy-source", "", "s3:x-amz-copy-source"),
	ONE("x-amz-grant-full-control", "", "s3:x-amz-grant-full-control"),
	ONE("x-amz-grant-read", "", "s3:x-amz-grant-read"),
	ONE("x-amz-grant-read-acp", "", "s3:x-amz-grant-read-acp"),
	ONE("x-amz-grant-write", "", "s3:x-amz-grant-write"),
	ONE("x-amz-grant-write-acp", "", "s3:x-amz-grant-write-acp"),
	ONE("x-amz-metadata-directive", "", "s3:x-amz-metadata-directive"),
	ONE("x-amz-object-lock-legal-hold", "", "s3:object-lock-legal-hold"),
	ONE("x-amz-object-lock-mode", "", "s3:object-lock-mode"),
	ONE("x-amz-object-ownership", "CreateBucket", "s3:x-amz-object-ownership"),
	ONE("x-amz-server-side-encryption", "", "s3:x-amz-server-side-encryption"),
	ONE("x-amz-server-side-encryption-aws-kms-key-id", "",
	    "s3:x-amz-server-side-encryption-aws-kms-key-id"),
	ONE("x-amz-storage-class", "", "s3:x-amz-storage-class"),
	IN("CreateBucketConfiguration", "LocationConstraint", "CreateBucket",
	   "s3:LocationConstraint"),
};

static const struct event_param_key secretsmanager[] = {
	ONE("blockPublicPolicy", "", "secretsmanager:BlockPublicPolicy"),
	ONE("forceDeleteWithoutRecovery", "", "secretsmanager:ForceDeleteWithoutRecovery"),
	ONE("name", "CreateSecret", "secretsmanager:Name"),
	ONE("recoveryWindowInDays", "", "secretsmanager:RecoveryWindowInDays"),
	ONE("versionStage", "GetSecretValue", "secretsmanager:VersionStage"),
};

static const struct event_param_key sns[] = {
	ONE("endpoint", "Subscribe", "sns:Endpoint"),
	ONE("protocol", "Subscribe", "sns:Protocol"),
};

static const struct event_param_key ssm[] = {
	ONE("overwrite", "PutParameter", "ssm:Overwrite"),
	ONE("recursive", "GetParametersByPath", "ssm:Recursive"),
};

static const struct event_param_key sts[] = {
	ONE("externalId", "AssumeRole", "sts:ExternalId"),
	ONE("roleSessionName", "AssumeRole", "sts:RoleSessionName"),
	ONE("sourceIdentity", "AssumeRole", "sts:SourceIdentity"),
	IN("taskPolicyArn", "arn", "AssumeRoot", "sts:TaskPolicyArn"),
	SET("transitiveTagKeys", "", "AssumeRole", "sts:TransitiveTagKeys"),
};

#define ROWS(service)                                               \
	{                                                           \
		EVENT_STR(#service), (service), ARRAY_SIZE(service) \
	}

const struct event_keys event_keys[] = {
	ROWS(account),
	ROWS(cloudformation),
	ROWS(ec2),
	ROWS(elasticfilesystem),
	ROWS(elasticloadbalancing),
	ROWS(iam),
	ROWS(kms),
	ROWS(lambda),
	ROWS(organizations),
	ROWS(ram),
	ROWS(rds),
	ROWS(s3),
	ROWS(secretsmanager),
	ROWS(sns),
	ROWS(ssm),
	ROWS(sts),
};
const size_t event_nkeys = ARRAY_SIZE(event_keys);

/* ---- values ---- */

/* As conditions have it: texts, "true" and "false", numbers; of a list its one element. */
static struct str text_of(const struct event_reading *r, const struct val *v)
{
	if (val_is(v, VAL_LIST) && val_count(v) == 1)
		v = val_at(v, 0);
	if (val_is(v, VAL_BOOL))
		return val_true(v) ? STR("true") : STR("false");
	if (val_is(v, VAL_INT))
		return arena_printf(r->arena, "%lld", (long long)v->u.i);
	return val_is(v, VAL_NUMBER) ? val_str(v) : event_text(v);
}

static void put_set(struct event_reading *r, struct str name, const struct val *list)
{
	struct str *values;
	size_t n = 0;

	if (val_is(val_get(list, "items"), VAL_LIST))
		list = val_get(list, "items");
	if (!val_is(list, VAL_LIST) || !val_count(list))
		return;
	values = arena_calloc(r->arena, val_count(list), sizeof(*values));
	VAL_EACH(item, list)
	{
		values[n] = event_text(item);
		n += values[n].n > 0;
	}
	event_key_set(r, name, values, n);
}

static void put(struct event_reading *r, const struct event_param_key *k, const struct val *param)
{
	if (k->word[0] && str_find(r->action, str_of(k->word)) < 0)
		return;
	if (k->inner.n)
		param = val_gets(param, k->inner);
	if (k->set)
		put_set(r, k->key, param);
	else
		event_key(r, k->key, text_of(r, param));
}

static void put_params(struct event_reading *r, const struct event_keys *s)
{
	VAL_EACH(param, r->params)
	{
		for (size_t i = 0; i < s->n; i++) {
			const struct event_param_key *k = &s->rows[i];

			if (k->param.n == param->name.n &&
			    memcmp(k->param.p, param->name.p, param->name.n) == 0)
				put(r, k, param);
		}
	}
}

/* ---- what is not word for word ---- */

/*
 * https://docs.aws.amazon.com/AmazonS3/latest/API/bucket-policy-s3-sigv4-conditions.html
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html
 */
static void s3_call(struct event_reading *r)
{
	const struct val *more = r->event.additional;
	struct str version = val_get_str(more, "SignatureVersion");
	struct str method = val_get_str(more, "AuthenticationMethod");
	struct str tls = val_get_str(r->event.tls, "tlsVersion");

	if (EVENT_IS(version, "SigV4"))
		event_key(r, STR("s3:signatureversion"), STR("AWS4-HMAC-SHA256"));
	else if (EVENT_IS(version, "SigV2"))
		event_key(r, STR("s3:signatureversion"), STR("AWS"));
	if (EVENT_IS(method, "AuthHeader"))
		event_key(r, STR("s3:authType"), STR("REST-HEADER"));
	else if (EVENT_IS(method, "QueryString"))
		event_key(r, STR("s3:authType"), STR("REST-QUERY-STRING"));
	if (str_startsz(tls, "TLSv"))
		event_key(r, STR("s3:TlsVersion"), str_from(tls, 4));
}

/*
 * https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
 * "kms:EncryptionContext:KEY" for each pair, and the keys as a set.
 */
static void kms_call(struct event_reading *r)
{
	const struct val *context = val_get(r->params, "encryptionContext");
	struct str alias = event_param(r, "keyId"), *names;
	ptrdiff_t at = str_find(alias, STR(":alias/"));
	size_t n = 0;

	event_key(r, STR("kms:CallerAccount"), val_str(r->identity.account));
	if (str_startsz(alias, "alias/") || at >= 0)
		event_key(r, STR("kms:RequestAlias"),
			  at < 0 ? alias : str_from(alias, (size_t)at + 1));
	if (!val_is(context, VAL_OBJECT) || val_count(context) > EVENT_MAX_KEYS / 2)
		return;
	names = arena_calloc(r->arena, val_count(context) + 1, sizeof(*names));
	VAL_EACH(pair, context)
	{
		names[n++] = pair->name;
		event_key(r, arena_join(r->arena, STR("kms:EncryptionContext:"), pair->name),
			  event_text(pair));
	}
	event_key_set(r, STR("kms:EncryptionContextKeys"), names, n);
}

/*
 * Encrypted: only that it was asked for; what is made without may be encrypted by the
 * account's default. Who a snapshot or an image is shared with, when it is with one.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/iam-policy-structure.html#amazon-ec2-keys
 */
static void ec2_call(struct event_reading *r)
{
	static const char *const permissions[] = {"createVolumePermission", "launchPermission"};

	event_key(r, STR("ec2:Region"), r->facts.region);
	if (EVENT_IS(r->action, "CreateVolume") && event_is_true(val_get(r->params, "encrypted")))
		event_key(r, STR("ec2:Encrypted"), STR("true"));
	for (size_t i = 0; i < ARRAY_SIZE(permissions); i++) {
		const struct val *added = val_path(r->params, permissions[i], "add", "items", NULL);

		if (val_count(added) != 1)
			continue;
		event_key(r, STR("ec2:Add/userId"), val_get_str(val_at(added, 0), "userId"));
		event_key(r, STR("ec2:Add/group"), val_get_str(val_at(added, 0), "group"));
	}
}

void event_read_service_keys(struct event_reading *r)
{
	const struct event_keys *found = NULL;

	for (size_t i = 0; !found && i < event_nkeys; i++) {
		if (str_eq(r->service, event_keys[i].service))
			found = &event_keys[i];
	}
	if (!found)
		return;
	put_params(r, found);
	if (EVENT_IS(r->service, "s3"))
		s3_call(r);
	else if (EVENT_IS(r->service, "kms"))
		kms_call(r);
	else if (EVENT_IS(r->service, "ec2"))
		ec2_call(r);
}
