/*
 * Does AWS accept the document? The checks and their order are AWS's, so that
 * a document with two faults is refused for the one that AWS names.
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html
 */

#include "policy/check-private.h"

#include <stdio.h>
#include <string.h>

#include "policy/catalogue-private.h"

#define SYNTAX "Syntax errors in policy."
#define LEGACY "The policy failed legacy parsing"
#define NO_ACTIONS "Policy statement must contain actions."
#define NO_RESOURCES "Policy statement must contain resources."
#define NO_VENDOR "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
#define ONE_COLON "Actions/Condition can contain only one colon."
#define WILD_VENDOR "Action vendors (e.g., aws, ec2, etc.) must not contain wildcards"
#define IAM_PATH                                                                               \
	"IAM resource path must either be \"*\" or start with user/, federated-user/, role/, " \
	"group/, instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, "            \
	"saml-provider/, oidc-provider/, report/, access-report/."
#define NO_PRINCIPAL "Policy document should not specify a principal."
#define SID_UNIQUE "Statement IDs (SID) in a single policy must be unique."
#define SID_CHARS                                                                                 \
	"Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular " \
	"expression [0-9A-Za-z]*"
#define RESOURCE_VENDOR "Resource vendor must be fully qualified and cannot contain regexes."
#define BAD_PRINCIPAL "Invalid principal in policy"
#define WRONG_TYPE                                                                             \
	"The provided policy document does not meet the requirements of the specified policy " \
	"type."

static bool of_organization(enum policy_kind k)
{
	return k == POLICY_SCP || k == POLICY_RCP;
}

static bool of_identity(enum policy_kind k)
{
	return k == POLICY_IDENTITY || k == POLICY_BOUNDARY || k == POLICY_SESSION;
}

bool check_fault(const struct check *c, uint32_t line, uint32_t col, const char *aws,
		 const char *why, struct str what)
{
	char path[sizeof(c->err->path)];
	snprintf(path, sizeof(path), "%.*s", STR_ARG(c->name));
	if (what.n > 200)
		what.n = 200;
	if (of_organization(c->kind))
		aws = WRONG_TYPE;
	const char *open = what.n ? " '" : "", *close = what.n ? "'" : "";
	err_at(c->err, path, line, col, "%s%s%.*s%s%s%s", why, open, STR_ARG(what), close,
	       POLICY_AWS_SAYS, aws);
	snprintf(c->err->aws_code, sizeof(c->err->aws_code), "MalformedPolicyDocument%s",
		 of_organization(c->kind) ? "Exception" : "");
	return false;
}

static bool at(const struct check *c, const struct val *v, const char *aws, const char *why,
	       struct str what)
{
	return check_fault(c, v->line, v->col, aws, why, what);
}

static bool at_name(const struct check *c, const struct val *v, const char *aws, const char *why)
{
	return check_fault(c, v->name_line, v->name_col, aws, why, v->name);
}

/* ---- syntax ---- */

static bool is_one_of(struct str s, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (str_eqz(s, names[i]))
			return true;
	}
	return false;
}

static bool strings(const struct check *c, const struct val *v)
{
	if (val_is(v, VAL_STRING))
		return true;
	if (!val_is(v, VAL_LIST))
		return at(c, v, SYNTAX, "a string or a list of strings is expected", v->name);
	VAL_EACH(item, v)
	{
		if (!val_is(item, VAL_STRING))
			return at(c, item, SYNTAX, "a string is expected in", v->name);
	}
	return true;
}

static bool scalars(const struct check *c, const struct val *v)
{
	if (!val_is(v, VAL_LIST)) {
		if (v->kind == VAL_NULL || v->kind == VAL_OBJECT)
			return at(c, v, SYNTAX, "a value or a list of values is expected for",
				  v->name);
		return true;
	}
	VAL_EACH(item, v)
	{
		if (item->kind == VAL_NULL || item->kind == VAL_OBJECT || item->kind == VAL_LIST)
			return at(c, item, SYNTAX, "a string, number or boolean is expected for",
				  v->name);
	}
	return true;
}

static bool syntax_condition(const struct check *c, const struct val *v)
{
	if (!val_is(v, VAL_OBJECT))
		return at(c, v, SYNTAX, "Condition must be an object", STR_NULL);
	VAL_EACH(block, v)
	{
		struct cond_op op;
		if (!val_is(block, VAL_OBJECT))
			return at(c, block, SYNTAX, "an object of condition keys is expected for",
				  block->name);
		/* An operator that does not exist is accepted as long as it has no keys. */
		if (val_count(block) > 0 && !cond_op_parse(block->name, &op))
			return at_name(c, block, SYNTAX, "unknown condition operator");
		VAL_EACH(key, block)
		{
			if (!scalars(c, key))
				return false;
		}
	}
	return true;
}

static bool syntax_principal(const struct check *c, const struct val *v)
{
	static const char *const kinds[] = {"AWS", "Service", "Federated", "CanonicalUser"};
	if (val_is(v, VAL_STRING)) {
		return str_eqz(val_str(v), "*") ||
		       at(c, v, SYNTAX, "only \"*\" may stand alone as a principal, not",
			  val_str(v));
	}
	if (!val_is(v, VAL_OBJECT))
		return at(c, v, SYNTAX, "\"*\" or an object is expected for", v->name);
	VAL_EACH(entry, v)
	{
		if (!is_one_of(entry->name, kinds, ARRAY_SIZE(kinds)))
			return at_name(c, entry, SYNTAX, "unknown kind of principal");
		if (!strings(c, entry))
			return false;
	}
	return true;
}

static bool syntax_pair(const struct check *c, const struct val *st, const char *a, const char *b)
{
	struct val *x = val_get(st, a), *y = val_get(st, b);
	if (x && y)
		return at_name(c, y, SYNTAX, "not together with its opposite:");
	struct val *v = x ? x : y;
	return !v || strings(c, v);
}

static bool syntax_statement(const struct check *c, const struct val *st)
{
	static const char *const known[] = {"Sid",       "Effect",       "Action",
					    "NotAction", "Resource",     "NotResource",
					    "Principal", "NotPrincipal", "Condition"};
	if (!val_is(st, VAL_OBJECT))
		return at(c, st, SYNTAX, "a statement must be an object", STR_NULL);
	VAL_EACH(m, st)
	{
		if (!is_one_of(m->name, known, ARRAY_SIZE(known)))
			return at_name(c, m, SYNTAX, "unknown element");
	}
	struct val *sid = val_get(st, "Sid"), *effect = val_get(st, "Effect");
	if (sid && !val_is(sid, VAL_STRING))
		return at(c, sid, SYNTAX, "Sid must be a string", STR_NULL);
	if (!effect)
		return at(c, st, SYNTAX, "the statement has no Effect", STR_NULL);
	if (!str_eq_nocase(val_str(effect), STR("Allow")) &&
	    !str_eq_nocase(val_str(effect), STR("Deny")))
		return at(c, effect, SYNTAX, "Effect must be Allow or Deny, not", val_str(effect));
	if (!syntax_pair(c, st, "Action", "NotAction") ||
	    !syntax_pair(c, st, "Resource", "NotResource"))
		return false;
	struct val *who = val_get(st, "Principal"), *not_who = val_get(st, "NotPrincipal");
	if (who && not_who)
		return at_name(c, not_who, SYNTAX, "not together with its opposite:");
	if ((who || not_who) && !syntax_principal(c, who ? who : not_who))
		return false;
	struct val *condition = val_get(st, "Condition");
	return !condition || syntax_condition(c, condition);
}

static bool syntax(const struct check *c, const struct val *doc)
{
	static const char *const known[] = {"Version", "Id", "Statement"};
	if (!val_is(doc, VAL_OBJECT))
		return at(c, doc, SYNTAX, "a policy must be an object", STR_NULL);
	VAL_EACH(m, doc)
	{
		if (!is_one_of(m->name, known, ARRAY_SIZE(known)))
			return at_name(c, m, SYNTAX, "unknown element");
	}
	struct val *version = val_get(doc, "Version"), *id = val_get(doc, "Id");
	if (version && !str_eqz(val_str(version), "2012-10-17") &&
	    !str_eqz(val_str(version), "2008-10-17"))
		return at(c, version, SYNTAX, "Version must be 2012-10-17 or 2008-10-17, not",
			  val_str(version));
	if (id && !val_is(id, VAL_STRING))
		return at(c, id, SYNTAX, "Id must be a string", STR_NULL);
	struct val *st = val_get(doc, "Statement");
	if (!st)
		return at(c, doc, SYNTAX, "the policy has no Statement", STR_NULL);
	if (!val_is(st, VAL_LIST))
		return syntax_statement(c, st);
	if (val_count(st) == 0)
		return at(c, st, SYNTAX, "the list of statements is empty", STR_NULL);
	VAL_EACH(s, st)
	{
		if (!syntax_statement(c, s))
			return false;
	}
	return true;
}

/* ---- the statements, one check after the other ---- */

typedef bool each_string(const struct check *c, const struct val *v, struct str s);

static bool for_strings(const struct check *c, const struct val *v, each_string *f)
{
	if (!v)
		return true;
	if (!val_is(v, VAL_LIST))
		return f(c, v, val_str(v));
	VAL_EACH(item, v)
	{
		if (!f(c, item, val_str(item)))
			return false;
	}
	return true;
}

static struct val *either(const struct val *st, const char *a, const char *b)
{
	struct val *v = val_get(st, a);
	return v ? v : val_get(st, b);
}

/* "arn:aws:s3::bucket" has a gap but too few parts. */
static bool legacy_resource(const struct check *c, const struct val *v, struct str s)
{
	size_t colons = 0;
	for (size_t i = 0; i < s.n; i++)
		colons += s.p[i] == ':';
	struct str rest = s, field = STR_NULL;
	bool third = str_next(&rest, ':', &field) && str_next(&rest, ':', &field) &&
		     str_next(&rest, ':', &field);
	if ((colons < 5 && str_find(s, STR("::")) >= 0) || (third && field.n == 0))
		return at(c, v, LEGACY, "the ARN has too few parts:", s);
	return true;
}

static bool condition_value(const struct check *c, const struct cond_op *op, const struct val *v)
{
	struct str s = val_str(v);
	struct operand o;
	if (str_is_null(s))
		return true; /* a boolean or an integer: a number for all that look at it */
	operand_parse(&o, s, op, PATTERN_VARIABLES, c->scratch);
	if (o.valid)
		return true;
	const char *why = op->type == COND_DATE      ? "not a date:"
			  : op->type == COND_NUMERIC ? "not a number:"
			  : op->type == COND_IP      ? "not an IP address or network:"
						     : "not an ARN:";
	return at(c, v, LEGACY, why, s);
}

static bool condition_values(const struct check *c, const struct val *st)
{
	VAL_EACH(block, val_get(st, "Condition"))
	{
		struct cond_op op;
		if (!cond_op_parse(block->name, &op))
			continue;
		VAL_EACH(key, block)
		{
			if (!val_is(key, VAL_LIST) && !condition_value(c, &op, key))
				return false;
			VAL_EACH(item, val_is(key, VAL_LIST) ? key : NULL)
			{
				if (!condition_value(c, &op, item))
					return false;
			}
		}
	}
	return true;
}

static each_string resource_format;

static bool check_legacy(const struct check *c, const struct val *st)
{
	struct err quiet = {0};
	struct check probe = *c;
	const struct val *resources = either(st, "Resource", "NotResource");
	struct val *effect = val_get(st, "Effect");
	probe.err = &quiet;
	if (!str_eqz(val_str(effect), "Allow") && !str_eqz(val_str(effect), "Deny"))
		return at(c, effect, LEGACY, "Effect is written Allow or Deny, not",
			  val_str(effect));
	/* A resource of a wrong form is refused for that, later: it is not parsed here. */
	if (of_identity(c->kind) && for_strings(&probe, resources, resource_format) &&
	    !for_strings(c, resources, legacy_resource))
		return false;
	/* A session policy is only read when the session uses it: STS accepts such values. */
	return c->kind == POLICY_SESSION || condition_values(c, st);
}

static bool check_sid(const struct check *c, const struct val *st)
{
	struct val *sid = val_get(st, "Sid");
	struct str s = val_str(sid);
	if (str_is_empty(s) || c->kind == POLICY_RESOURCE)
		return true;
	if (map_put(c->sids, s, sid))
		return at(c, sid, SID_UNIQUE, "the Sid is used twice:", s);
	for (size_t i = 0; i < s.n && of_identity(c->kind); i++) {
		char ch = s.p[i];
		bool letter = (ch | 0x20) >= 'a' && (ch | 0x20) <= 'z';
		if (!letter && !(ch >= '0' && ch <= '9'))
			return at(c, sid, SID_CHARS,
				  "the Sid has other than letters and digits:", s);
	}
	return true;
}

static bool check_principal(const struct check *c, const struct val *st)
{
	struct val *who = either(st, "Principal", "NotPrincipal");
	if (c->kind == POLICY_RCP || c->kind == POLICY_RESOURCE || !who)
		return true;
	return at_name(c, who, NO_PRINCIPAL, "this kind of policy has no");
}

static bool known_partition(struct str s)
{
	return str_eqz(s, "*") || str_eqz(s, "aws") || str_startsz(s, "aws-");
}

static bool literal(struct str s)
{
	return str_chr(s, '*') < 0 && str_chr(s, '?') < 0 && str_chr(s, '$') < 0;
}

/* S3 has these in Regions; its buckets and objects are named without one. */
static bool s3_regional(struct str resource)
{
	static const char *const types[] = {"accesspoint", "access-grants", "async-request", "job",
					    "storage-lens"};
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		if (str_startsz(resource, types[i]))
			return true;
	}
	return false;
}

/*
 * What IAM knows of its own ARNs and of S3's. New types of resources come with
 * new names: of IAM's only what has no path at all is refused, which none has but
 * the root user.
 */
static bool resource_known(const struct check *c, const struct val *v, struct str s)
{
	struct arn arn;
	if (c->kept || !arn_split(s, &arn))
		return true;
	struct str region = arn.part[3], resource = arn.part[5];
	if (str_eqz(arn.part[2], "iam")) {
		if (region.n > 0)
			return at(c, v,
				  arena_printf(c->scratch,
					       "IAM resource %.*s cannot contain region "
					       "information.",
					       STR_ARG(s))
					  .p,
				  "IAM's ARNs have no Region:", s);
		if (literal(resource) && str_chr(resource, '/') < 0 && !str_eqz(resource, "root"))
			return at(c, v, IAM_PATH, "IAM has no such type of resource:", s);
	}
	if (str_eqz(arn.part[2], "s3") && region.n > 0 && literal(region) && literal(resource) &&
	    !s3_regional(resource))
		return at(c, v,
			  arena_printf(c->scratch,
				       "Resource %.*s can not contain region information.",
				       STR_ARG(s))
				  .p,
			  "a bucket's ARN has no Region:", s);
	return true;
}

/* AWS shows the ARN in six parts, with "*" for those that are missing. */
static const char *partition_sentence(const struct check *c, struct str partition, struct str rest)
{
	struct str shown = arena_printf(c->scratch, "arn:%.*s", STR_ARG(partition));
	for (int i = 0; i < 4; i++) {
		struct str part = rest, none = STR("");
		if (i < 3)
			str_cut(rest, ':', &part, &none);
		shown = arena_printf(c->scratch, "%.*s:%.*s", STR_ARG(shown),
				     STR_ARG(str_is_null(rest) ? STR("*") : part));
		rest = i < 3 && part.n < rest.n ? none : STR_NULL;
	}
	return arena_printf(c->scratch, "Partition \"%.*s\" is not valid for resource \"%.*s\".",
			    STR_ARG(partition), STR_ARG(shown))
		.p;
}

static bool resource_format(const struct check *c, const struct val *v, struct str s)
{
	struct str vendor, partition, rest;
	if (str_eqz(s, "*"))
		return true;
	if (!str_cut(s, ':', &vendor, &rest))
		return at(c, v,
			  arena_printf(c->scratch, "Resource %.*s must be in ARN format or \"*\".",
				       STR_ARG(s))
				  .p,
			  "not an ARN:", s);
	bool more = str_cut(rest, ':', &partition, &rest);
	if (!known_partition(partition))
		return at(c, v, partition_sentence(c, partition, more ? rest : STR_NULL),
			  "the ARN is of no AWS partition:", s);
	if (!more)
		return at(c, v, RESOURCE_VENDOR, "the ARN names no service:", s);
	return resource_known(c, v, s);
}

static bool check_resource_format(const struct check *c, const struct val *st)
{
	if (!of_identity(c->kind))
		return true;
	return for_strings(c, either(st, "Resource", "NotResource"), resource_format);
}

static bool vendor_char(char ch)
{
	return (ch >= '0' && ch <= '9') || ((ch | 0x20) >= 'a' && (ch | 0x20) <= 'z') ||
	       ch == '-' || ch == '.' || ch == '_';
}

static bool action_format(const struct check *c, const struct val *v, struct str s)
{
	struct str vendor, name;
	if (str_eqz(s, "*") || str_eqz(s, "*:*"))
		return true;
	if (!str_cut(s, ':', &vendor, &name))
		return at(c, v, NO_VENDOR, "the action has no service prefix:", s);
	if (str_chr(name, ':') >= 0)
		return at(c, v, ONE_COLON, "the action has more than one colon:", s);
	if (str_chr(vendor, '*') >= 0 || str_chr(vendor, '?') >= 0)
		return c->kept || at(c, v, WILD_VENDOR, "the service is named whole, not", vendor);
	for (size_t i = 0; i < vendor.n; i++) {
		if (!vendor_char(vendor.p[i]))
			return at(c, v,
				  arena_printf(c->scratch, "Vendor %.*s is not valid",
					       STR_ARG(vendor))
					  .p,
				  "no such service:", vendor);
	}
	/* "s3:" is accepted, and is no action's name. */
	return vendor.n > 0 || at(c, v, NO_VENDOR, "the action lacks its service:", s);
}

static bool check_action_format(const struct check *c, const struct val *st)
{
	return for_strings(c, either(st, "Action", "NotAction"), action_format);
}

static bool lacks(const struct val *v)
{
	return !v || (val_is(v, VAL_LIST) && val_count(v) == 0);
}

static bool check_actions_exist(const struct check *c, const struct val *st)
{
	return !lacks(either(st, "Action", "NotAction")) ||
	       at(c, st, NO_ACTIONS, "the statement has no Action", STR_NULL);
}

static bool check_resources_exist(const struct check *c, const struct val *st)
{
	/* A role's trust policy has no Resource. */
	if (c->kind == POLICY_RESOURCE && !either(st, "Resource", "NotResource"))
		return true;
	return !lacks(either(st, "Resource", "NotResource")) ||
	       at(c, st, NO_RESOURCES, "the statement has no Resource", STR_NULL);
}

static bool aws_principal(const struct check *c, const struct val *v, struct str s)
{
	bool wild = str_chr(s, '*') >= 0 || str_chr(s, '?') >= 0;
	if (s.n == 0 || (wild && !str_eqz(s, "*")))
		return at(c, v, BAD_PRINCIPAL, "a principal is named whole or \"*\", not", s);
	return true;
}

static bool check_resource_policy(const struct check *c, const struct val *st)
{
	if (c->kind != POLICY_RESOURCE)
		return true;
	struct val *who = either(st, "Principal", "NotPrincipal");
	if (!who)
		return at(c, st, "Missing required field Principal",
			  "the statement has no Principal", STR_NULL);
	if (val_is(who, VAL_OBJECT) && val_count(who) == 0)
		return at(c, who, BAD_PRINCIPAL, "the Principal is empty", STR_NULL);
	return for_strings(c, val_get(who, "AWS"), aws_principal);
}

static bool rcp_service(struct str service)
{
	for (size_t i = 0; i < catalogue_rcp_n; i++) {
		if (str_eq_nocase(service, str_of(catalogue_rcp[i])))
			return true;
	}
	return false;
}

static bool rcp_action(const struct check *c, const struct val *v, struct str s)
{
	struct str service, name;
	bool all = str_eqz(s, "*") || str_eqz(s, "*:*");
	if (all)
		return at(c, v, WRONG_TYPE,
			  "an RCP names the service of its actions; only RCPFullAWSAccess has", s);
	return c->kept || !str_cut(s, ':', &service, &name) || rcp_service(service) ||
	       at(c, v, WRONG_TYPE, "RCPs do not bind this service:", service);
}

/* https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html */
static bool check_rcp(const struct check *c, const struct val *st)
{
	if (c->kind != POLICY_RCP || c->managed)
		return true;
	struct val *effect = val_get(st, "Effect"), *who = val_get(st, "Principal");
	if (!str_eqz(val_str(effect), "Deny"))
		return at(c, effect, WRONG_TYPE, "an RCP of yours can only deny, not",
			  val_str(effect));
	if (!who || !val_is(who, VAL_STRING))
		return at(c, who ? who : st, WRONG_TYPE, "the Principal of an RCP must be \"*\"",
			  STR_NULL);
	struct val *not_action = val_get(st, "NotAction");
	if (not_action)
		return at_name(c, not_action, WRONG_TYPE, "an RCP has no");
	return for_strings(c, val_get(st, "Action"), rcp_action);
}

typedef bool statement_check(const struct check *c, const struct val *st);

static statement_check *const checks[] = {
	check_legacy,        check_sid,           check_principal,       check_resource_format,
	check_action_format, check_actions_exist, check_resources_exist, check_resource_policy,
	check_rcp,
};

bool policy_check(const struct check *c, const struct val *doc)
{
	if (!syntax(c, doc))
		return false;
	struct val *st = val_get(doc, "Statement");
	for (size_t i = 0; i < ARRAY_SIZE(checks); i++) {
		if (!val_is(st, VAL_LIST)) {
			if (!checks[i](c, st))
				return false;
			continue;
		}
		VAL_EACH(s, st)
		{
			if (!checks[i](c, s))
				return false;
		}
	}
	return true;
}
