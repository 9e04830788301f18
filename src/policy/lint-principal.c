/* Principal: who gets in. */

#include "policy/lint-private.h"

/* Keys that say who asks, or from where. */
static const char *const limiting[] = {
	"aws:PrincipalOrgID",
	"aws:PrincipalOrgPaths",
	"aws:PrincipalArn",
	"aws:PrincipalAccount",
	"aws:SourceArn",
	"aws:SourceAccount",
	"aws:SourceOrgID",
	"aws:SourceOrgPaths",
	"aws:SourceOwner",
	"aws:SourceVpc",
	"aws:SourceVpce",
	"aws:SourceIp",
	"aws:userid",
	"aws:username",
	"aws:VpcSourceIp",
	"aws:PrincipalTag/*",
	"kms:CallerAccount",
	"aws:SourceVpcArn",
	"aws:VpceAccount",
	"aws:VpceOrgID",
	"aws:VpceOrgPaths",
	"aws:PrincipalServiceName",
	"lambda:FunctionUrlAuthType",
	"s3:DataAccessPointAccount",
	"elasticfilesystem:AccessedViaMountTarget",
};

static const char *const deputy[] = {
	"aws:SourceArn",          "aws:SourceAccount",       "aws:SourceOrgID",
	"aws:SourceOrgPaths",     "aws:SourceOwner",         "sts:ExternalId",
	"aws:PrincipalOrgID",     "lambda:EventSourceToken", "kms:ViaService",
	"kms:EncryptionContext*", "kms:CallerAccount",
};

/*
 * Services that assume a role for a resource of their customer's, and say which
 * (aws:SourceArn). Others, such as ec2 and lambda, have no such key.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
 */
static const char *const says_source[] = {
	"apigateway",
	"appsync",
	"athena",
	"backup",
	"bedrock",
	"bedrock-agentcore",
	"cloudformation",
	"cloudtrail",
	"codebuild",
	"codepipeline",
	"config",
	"datasync",
	"delivery.logs",
	"dms",
	"events",
	"firehose",
	"glue",
	"guardduty",
	"imagebuilder",
	"iot",
	"kinesisanalytics",
	"logs",
	"mediaconvert",
	"pipes",
	"quicksight",
	"rds",
	"s3",
	"sagemaker",
	"scheduler",
	"ses",
	"sns",
	"ssm",
	"states",
	"transfer",
	"vpc-flow-logs",
};

static bool one_of(struct str s, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (policy_match(str_of(names[i]), s, true))
			return true;
	}
	return false;
}

static bool wide_values(const struct val *key)
{
	LINT_EACH(item, key)
	{
		struct str s = val_str(item);
		if (str_eqz(s, "*") || str_eqz(s, "0.0.0.0/0") || str_eqz(s, "::/0"))
			return true;
	}
	return lint_count(key) == 0;
}

/* A positive condition on one of the keys. */
static bool limited(const struct lint_statement *s, const char *const *keys, size_t n)
{
	VAL_EACH(block, s->conditions)
	{
		struct cond_op op;
		if (!cond_op_parse(block->name, &op) || op.negated || op.type == COND_NULL ||
		    op.if_exists || op.set == COND_FOR_ALL)
			continue;
		VAL_EACH(key, val_is(block, VAL_OBJECT) ? block : NULL)
		{
			if (one_of(key->name, keys, n) && !wide_values(key))
				return true;
		}
	}
	return false;
}

static const struct val *everybody(const struct val *who)
{
	const struct val *aws = val_is(who, VAL_OBJECT) ? val_get(who, "AWS") : who;
	LINT_EACH(item, aws)
	{
		if (str_eqz(val_str(item), "*"))
			return item;
	}
	return NULL;
}

static void open_to_world(struct lint *l, const struct lint_statement *s)
{
	const struct val *v = everybody(s->who);
	if (!v || limited(s, limiting, ARRAY_SIZE(limiting)))
		return;
	if (l->trust)
		lint_at(l, "trust-open-to-world", v, "anybody in AWS may assume this role");
	else
		lint_at(l, "resource-open-to-world", v, "anybody may do this");
}

static void services(struct lint *l, const struct lint_statement *s)
{
	if (limited(s, deputy, ARRAY_SIZE(deputy)))
		return;
	LINT_EACH(item, val_get(s->who, "Service"))
	{
		struct str name = val_str(item);
		ptrdiff_t end = str_find(name, STR(".amazonaws.com"));
		struct str service = end < 0 ? name : str_sub(name, 0, (size_t)end);
		if (!l->trust || one_of(service, says_source, ARRAY_SIZE(says_source)))
			lint_at(l, "confused-deputy", item,
				"%.*s acts here for any of its customers", STR_ARG(name));
	}
}

/*
 * "repo:*" and "project_path:*" with a branch behind it name the kind of subject and not whose:
 * what every customer of the provider can have.
 */
static bool anybodys(const struct val *key)
{
	LINT_EACH(item, key)
	{
		struct str s = val_str(item);
		ptrdiff_t star = str_chr(s, '*'), any = str_chr(s, '?');
		ptrdiff_t wild = star < 0 || (any >= 0 && any < star) ? any : star;
		if (wild == 0 || (wild > 0 && str_chr(s, ':') == wild - 1))
			return true;
	}
	return false;
}

/* The subject of a token, or to whom an assertion was given. */
static bool subject_limited(const struct lint_statement *s)
{
	VAL_EACH(block, s->conditions)
	{
		struct cond_op op;
		if (!cond_op_parse(block->name, &op) || op.negated || op.type == COND_NULL)
			continue;
		VAL_EACH(key, val_is(block, VAL_OBJECT) ? block : NULL)
		{
			struct str k = key->name;
			bool shared = str_find(k, STR("githubusercontent")) >= 0 ||
				      str_find(k, STR("gitlab.com")) >= 0;
			bool subject = str_endsz(k, ":sub") || str_endsz(k, ":amr") ||
				       str_endsz(k, ":job_workflow_ref") ||
				       str_endsz(k, ":repository") ||
				       str_endsz(k, ":repository_id") ||
				       str_endsz(k, ":enterprise_id") || str_endsz(k, ":email");
			if (wide_values(key) || (shared && !subject))
				continue;
			if (!shared || op.type != COND_STRING_LIKE || !anybodys(key))
				return true;
		}
	}
	return false;
}

static void federation(struct lint *l, const struct lint_statement *s)
{
	const struct val *provider = val_get(s->who, "Federated");
	if (!lint_count(provider) || subject_limited(s))
		return;
	lint_at(l, "federation-open", lint_first(provider),
		"every identity of '%.*s' may assume this role",
		STR_ARG(val_str(lint_first(provider))));
}

void lint_rules_of_principals(struct lint *l, const struct lint_statement *s)
{
	if (!s->who || !s->allow || l->in->kind != POLICY_RESOURCE)
		return;
	if (s->not_principal) {
		lint_at_name(l, "allow-not-principal", s->who,
			     "everybody but those who are named is allowed");
		return;
	}
	open_to_world(l, s);
	if (val_is(s->who, VAL_OBJECT)) {
		services(l, s);
		federation(l, s);
	}
}
