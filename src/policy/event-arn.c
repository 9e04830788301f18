/*
 * The ARN of what a request's parameters name, where the parameters are enough.
 *
 * The forms are those of the Service Authorization Reference; where AWS decides on
 * another one, what it says in its denials ("… is not authorized to perform: … on
 * resource: …") counts.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */

#include "policy/event-private.h"

struct str event_arn(const struct event_reading *r, struct str service, enum event_place place,
		     const char *type, struct str name)
{
	bool region = place == PLACE_FULL || place == PLACE_REGION;
	bool account = place == PLACE_FULL || place == PLACE_ACCOUNT;

	if ((region && !r->facts.region.n) || (account && !r->out->account.n))
		return STR_NULL;
	return arena_join(r->arena, STR("arn:"), r->partition, STR(":"), service, STR(":"),
			  region ? r->facts.region : STR(""), STR(":"),
			  account ? r->out->account : STR(""), STR(":"), str_of(type), name);
}

struct str event_arn_extended(const struct event_reading *r, struct str arn, struct str mark,
			      struct str rest)
{
	return arn.n ? arena_join(r->arena, arn, mark, rest) : STR_NULL;
}

bool event_arn_fits(const struct event_reading *r, struct str arn)
{
	struct arn parts;

	if (!str_startsz(arn, "arn:") || !arn_split(arn, &parts))
		return false;
	return str_eq(parts.part[2], r->service) ||
	       (EVENT_IS(r->service, "sts") && EVENT_IS(parts.part[2], "iam"));
}

bool event_acts_on(const struct event_reading *r, const char *word)
{
	return str_find(r->action, str_of(word)) >= 0;
}

/* ---- services with forms of their own ---- */

/* https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoot.html: an account or its root */
static struct str sts_resource(struct event_reading *r)
{
	struct str role = event_param(r, "roleArn"), target = event_param(r, "targetPrincipal");

	if (str_all_digits(target))
		return arena_join(r->arena, STR("arn:"), r->partition, STR(":iam::"), target,
				  STR(":root"));
	if (!role.n)
		role = target;
	return event_arn_fits(r, role) ? role : STR_NULL;
}

/*
 * A function by name, "account:function:name" or ARN, each with ":qualifier" or the
 * qualifier apart.
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-api-permissions-ref.html
 */
static struct str lambda_resource(struct event_reading *r)
{
	struct str name = event_param(r, "functionName"), version = event_param(r, "qualifier");
	struct str account, rest, function;

	if (event_acts_on(r, "EventSourceMapping")) {
		name = event_param(r, "uUID");
		if (!name.n)
			name = event_param(r, "uuid");
		return name.n ? event_arn(r, STR("lambda"), PLACE_FULL,
					  "event-source-mapping:", name)
			      : STR_NULL;
	}
	if (!name.n || event_acts_on(r, "WebFunction"))
		return STR_NULL;
	if (str_startsz(name, "arn:")) {
		struct arn parts;

		if (!arn_split(name, &parts))
			return STR_NULL;
		rest = parts.part[5];
	} else if (str_cut(name, ':', &account, &rest) && str_all_digits(account)) {
		if (!r->facts.region.n)
			return STR_NULL;
		name = arena_join(r->arena, STR("arn:"), r->partition, STR(":lambda:"),
				  r->facts.region, STR(":"), account, STR(":"), rest);
	} else {
		rest = name;
		name = event_arn(r, STR("lambda"), PLACE_FULL, "function:", name);
	}
	if (str_startsz(rest, "function:"))
		rest = str_from(rest, sizeof("function:") - 1);
	if (version.n && !str_cut(rest, ':', &function, &rest))
		return event_arn_extended(r, name, STR(":"), version);
	return name;
}

static struct str dynamodb_resource(struct event_reading *r)
{
	struct str table = event_param(r, "tableName"), index = event_param(r, "indexName");
	const struct val *items = val_get(r->params, "requestItems");

	/* A batch for one table is about that one; for several about each. */
	if (!table.n && val_is(items, VAL_OBJECT) && val_count(items) == 1)
		table = val_first(items)->name;
	if (!table.n || str_startsz(r->action, "List"))
		return STR_NULL;
	if (!str_startsz(table, "arn:"))
		table = event_arn(r, STR("dynamodb"), PLACE_FULL, "table/", table);
	if (index.n && (EVENT_IS(r->action, "Query") || EVENT_IS(r->action, "Scan")))
		return event_arn_extended(r, table, STR("/index/"), index);
	return table;
}

/* https://sqs.REGION.amazonaws.com/ACCOUNT/NAME, and older hosts: the last two parts. */
static struct str sqs_resource(struct event_reading *r)
{
	struct str url = event_param(r, "queueUrl"), name = event_param(r, "queueName");
	struct str account = event_param(r, "queueOwnerAWSAccountId");
	ptrdiff_t slash = str_rchr(url, '/'), before;

	if (slash > 0) {
		name = str_from(url, (size_t)slash + 1);
		url.n = (size_t)slash;
		before = str_rchr(url, '/');
		account = str_from(url, (size_t)(before + 1));
		if (before < 0 || !str_all_digits(account))
			return STR_NULL;
	}
	if (!name.n || !r->facts.region.n)
		return STR_NULL;
	return arena_join(r->arena, STR("arn:"), r->partition, STR(":sqs:"), r->facts.region,
			  STR(":"), account.n ? account : r->out->account, STR(":"), name);
}

/*
 * The key behind an alias is not in the parameters, and policies of IAM see the key.
 * https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
 */
static struct str kms_resource(struct event_reading *r)
{
	struct str key = event_param(r, "keyId");

	if (!key.n)
		key = event_param(r, "sourceKeyId");
	if (!key.n)
		key = event_param(r, "targetKeyId");
	if (!key.n || event_acts_on(r, "ListAliases") || str_startsz(key, "alias/") ||
	    str_find(key, STR(":alias/")) >= 0)
		return STR_NULL;
	return str_startsz(key, "arn:") ? key : event_arn(r, STR("kms"), PLACE_FULL, "key/", key);
}

/* Denials name a group with an empty stream: "log-group:/aws/x:log-stream:". */
static struct str logs_resource(struct event_reading *r)
{
	struct str group = event_param(r, "logGroupName"), stream = event_param(r, "logStreamName");

	if (!group.n)
		group = event_param(r, "logGroupIdentifier");
	if (!group.n || event_acts_on(r, "IndexPolicy") || event_acts_on(r, "DescribeQueries") ||
	    event_acts_on(r, "Syslog"))
		return STR_NULL;
	if (!str_startsz(group, "arn:"))
		group = event_arn(r, STR("logs"), PLACE_FULL, "log-group:", group);
	else if (str_endsz(group, ":*"))
		group.n -= 2;
	return event_arn_extended(r, group, STR(":log-stream:"), stream);
}

/* Denials name a stack by its name with any id: "stack/NAME/" and a star. */
static struct str cloudformation_resource(struct event_reading *r)
{
	struct str stack = event_param(r, "stackName");

	if (!stack.n || event_acts_on(r, "StackSet") || event_acts_on(r, "StackInstance") ||
	    event_acts_on(r, "GeneratedTemplate"))
		return STR_NULL;
	if (str_startsz(stack, "arn:"))
		return stack;
	return event_arn_extended(r,
				  event_arn(r, STR("cloudformation"), PLACE_FULL, "stack/", stack),
				  STR("/*"), STR(""));
}

/* A secret's ARN ends in six characters of its own: a name is not enough.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_iam-permissions.html */
static struct str secret_resource(struct event_reading *r)
{
	struct str id = event_param(r, "secretId");

	if (!str_startsz(id, "arn:") || str_rchr(id, '-') != (ptrdiff_t)id.n - 7)
		return STR_NULL;
	return id;
}

/* An ARN of SSM has one slash before a parameter's name, also one that begins with it;
 * AWS's own documents have no account.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html */
static struct str ssm_resource(struct event_reading *r)
{
	struct str name = event_param(r, "name");

	if (!name.n && EVENT_IS(r->action, "GetParametersByPath"))
		name = event_param(r, "path");
	if (!name.n || str_startsz(name, "arn:"))
		return name;
	if (event_acts_on(r, "Parameter"))
		return event_arn(r, STR("ssm"), PLACE_FULL, "parameter/",
				 str_startsz(name, "/") ? str_from(name, 1) : name);
	if (event_acts_on(r, "Document"))
		return event_arn(r, STR("ssm"),
				 str_startsz(name, "AWS-") ? PLACE_REGION : PLACE_FULL, "document/",
				 name);
	return STR_NULL;
}

static struct str events_resource(struct event_reading *r)
{
	struct str rule = event_param(r, event_acts_on(r, "Target") ? "rule" : "name");
	struct str bus = event_param(r, "eventBusName");

	if (!rule.n || (!event_acts_on(r, "Rule") && !event_acts_on(r, "Target")) ||
	    str_startsz(bus, "arn:"))
		return STR_NULL;
	if (bus.n && !EVENT_IS(bus, "default"))
		rule = arena_join(r->arena, bus, STR("/"), rule);
	return event_arn(r, STR("events"), PLACE_FULL, "rule/", rule);
}

/* ---- services whose parameter is the last part of the ARN ---- */

/*
 * word: what the action must be about, as other actions have parameters of the same
 * name; the first row that fits counts. Without a parameter: the catalogue knows no such
 * resource of those. tests/tools/test_event_names.py holds all of it against the catalogue.
 */
static const struct {
	struct str service;
	const char *word, *param, *type;
	enum event_place place;
} named[] = {
	{EVENT_STR("access-analyzer"), "Analyzer", "analyzerName", "analyzer/", PLACE_FULL},
	{EVENT_STR("athena"), "Query", "workGroup", "workgroup/", PLACE_FULL},
	{EVENT_STR("athena"), "Statement", "workGroup", "workgroup/", PLACE_FULL},
	{EVENT_STR("athena"), "WorkGroup", "workGroup", "workgroup/", PLACE_FULL},
	{EVENT_STR("backup"), "BackupVault", "backupVaultName", "backup-vault:", PLACE_FULL},
	{EVENT_STR("cloudfront"), "Tenant", NULL, "", PLACE_NONE},
	{EVENT_STR("cloudfront"), "StreamingDistribution", "id", "streaming-distribution/",
	 PLACE_ACCOUNT},
	{EVENT_STR("cloudfront"), "Distribution", "id", "distribution/", PLACE_ACCOUNT},
	{EVENT_STR("cloudfront"), "Invalidation", "distributionId", "distribution/", PLACE_ACCOUNT},
	{EVENT_STR("cloudtrail"), "Logging", "name", "trail/", PLACE_FULL},
	{EVENT_STR("cloudtrail"), "Trail", "name", "trail/", PLACE_FULL},
	{EVENT_STR("cloudtrail"), "Selectors", "trailName", "trail/", PLACE_FULL},
	{EVENT_STR("cloudwatch"), "MetricAlarm", "alarmName", "alarm:", PLACE_FULL},
	{EVENT_STR("codecommit"), NULL, "repositoryName", "", PLACE_FULL},
	{EVENT_STR("cognito-idp"), NULL, "userPoolId", "userpool/", PLACE_FULL},
	{EVENT_STR("ecr"), NULL, "repositoryName", "repository/", PLACE_FULL},
	{EVENT_STR("ecr-public"), NULL, "repositoryName", "repository/", PLACE_ACCOUNT},
	{EVENT_STR("eks"), "CreateCluster", NULL, "", PLACE_NONE},
	{EVENT_STR("eks"), "RegisterCluster", NULL, "", PLACE_NONE},
	{EVENT_STR("eks"), "Cluster", "name", "cluster/", PLACE_FULL},
	{EVENT_STR("firehose"), NULL, "deliveryStreamName", "deliverystream/", PLACE_FULL},
	{EVENT_STR("guardduty"), "MemberDetectors", NULL, "", PLACE_NONE},
	{EVENT_STR("guardduty"), "Detector", "detectorId", "detector/", PLACE_FULL},
	{EVENT_STR("kinesis"), "EnhancedMonitoring", NULL, "", PLACE_NONE},
	{EVENT_STR("kinesis"), "UpdateShardCount", NULL, "", PLACE_NONE},
	{EVENT_STR("kinesis"), NULL, "streamName", "stream/", PLACE_FULL},
	{EVENT_STR("rds"), "DBInstance", "dBInstanceIdentifier", "db:", PLACE_FULL},
	{EVENT_STR("rds"), "DBCluster", "dBClusterIdentifier", "cluster:", PLACE_FULL},
	{EVENT_STR("route53"), "ResourceRecordSets", "hostedZoneId", "hostedzone/", PLACE_NONE},
	{EVENT_STR("route53"), "HostedZone", "id", "hostedzone/", PLACE_NONE},
	{EVENT_STR("sns"), "CreateTopic", "name", "", PLACE_FULL},
};

static struct str table_resource(struct event_reading *r)
{
	struct str registry = event_param(r, "registryId"), name;

	if (registry.n && !str_eq(registry, r->out->account))
		return STR_NULL;
	for (size_t i = 0; i < ARRAY_SIZE(named); i++) {
		if (!str_eq(r->service, named[i].service) ||
		    (named[i].word && !event_acts_on(r, named[i].word)))
			continue;
		if (!named[i].param)
			return STR_NULL;
		name = event_param(r, named[i].param);
		if (str_startsz(name, "arn:"))
			return name;
		if (str_startsz(name, "/hostedzone/"))
			name = str_from(name, sizeof("/hostedzone/") - 1);
		if (name.n)
			return event_arn(r, r->service, named[i].place, named[i].type, name);
	}
	return STR_NULL;
}

/* Parameters that are ARNs, and not named like what the action is about. */
static struct str arn_resource(struct event_reading *r)
{
	static const struct {
		struct str service;
		const char *param;
	} arns[] = {
		{EVENT_STR("sns"), "topicArn"},
		{EVENT_STR("sns"), "targetArn"},
		{EVENT_STR("states"), "stateMachineArn"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(arns); i++) {
		struct str arn;

		if (!str_eq(r->service, arns[i].service))
			continue;
		arn = event_param(r, arns[i].param);
		if (arn.n)
			return arn;
	}
	return STR_NULL;
}

static struct str find(struct event_reading *r)
{
	struct str found;
	static const struct {
		struct str service;
		struct str (*find)(struct event_reading *r);
	} services[] = {
		{EVENT_STR("cloudformation"), cloudformation_resource},
		{EVENT_STR("dynamodb"), dynamodb_resource},
		{EVENT_STR("ec2"), event_ec2_resource},
		{EVENT_STR("events"), events_resource},
		{EVENT_STR("iam"), event_iam_resource},
		{EVENT_STR("kms"), kms_resource},
		{EVENT_STR("lambda"), lambda_resource},
		{EVENT_STR("logs"), logs_resource},
		{EVENT_STR("secretsmanager"), secret_resource},
		{EVENT_STR("sqs"), sqs_resource},
		{EVENT_STR("ssm"), ssm_resource},
		{EVENT_STR("sts"), sts_resource},
	};

	for (size_t i = 0; i < ARRAY_SIZE(services); i++) {
		if (str_eq(r->service, services[i].service))
			return services[i].find(r);
	}
	found = arn_resource(r);
	return found.n ? found : table_resource(r);
}

struct str event_named_resource(struct event_reading *r)
{
	struct str found = find(r);

	/* An ARN of another service in such a parameter is somebody's mistake. */
	return event_arn_fits(r, found) ? found : STR_NULL;
}
