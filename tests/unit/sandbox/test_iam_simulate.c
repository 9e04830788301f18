#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "iam-calls.h"

/*
 * The policy simulator: who takes part, what is told, what is refused. That its
 * decisions are those of `rootout policy test` is tests/conformance's.
 */

#define ACCOUNT "111111111111"
#define USER "arn:aws:iam::" ACCOUNT ":user/u"
#define OBJECT "arn:aws:s3:::b/k"

/* Within a JSON string. */
#define ST(effect, action, more)                                        \
	"{\\\"Effect\\\":\\\"" effect "\\\",\\\"Action\\\":\\\"" action \
	"\\\",\\\"Resource\\\":\\\"*\\\"" more "}"
#define DOC(statements) "{\\\"Version\\\":\\\"2012-10-17\\\",\\\"Statement\\\":[" statements "]}"
#define IF(operator, key, value) \
	",\\\"Condition\\\":{\\\"" operator"\\\":{\\\"" key "\\\":\\\"" value "\\\"}}"
#define WHO(principal) ",\\\"Principal\\\":{\\\"AWS\\\":\\\"" principal "\\\"}"

#define CUSTOM(policy, more) \
	"{\"PolicyInputList\":[\"" policy "\"],\"ActionNames\":[\"s3:GetObject\"]" more "}"
#define PRINCIPAL(more) \
	"{\"PolicySourceArn\":\"" USER "\",\"ActionNames\":[\"s3:GetObject\"]" more "}"
#define GET DOC(ST("Allow", "s3:GetObject", ""))

/* The first (mostly the only) result. */
static const struct val *result(void)
{
	return val_first(val_get(f.out, "EvaluationResults"));
}

static bool decided(const char *decision)
{
	return is(val_get(result(), "EvalDecision"), decision);
}

static void custom(const char *json, const char *decision)
{
	ok("SimulateCustomPolicy", json);
	if (!decided(decision))
		fail_msg("%s", json);
}

static void principal(const char *json, const char *decision)
{
	ok("SimulatePrincipalPolicy", json);
	if (!decided(decision))
		fail_msg("%s", json);
}

/* "ID@LINE:COLUMN-LINE:COLUMN …" of the matched statements. */
static const char *matched(const struct val *of)
{
	struct str s = STR("");

	VAL_EACH(st, val_get(of, "MatchedStatements"))
	{
		const struct val *from = val_get(st, "StartPosition"),
				 *to = val_get(st, "EndPosition");
		s = arena_printf(f.a, "%.*s%s%.*s@%d:%d-%d:%d", STR_ARG(s), s.n ? " " : "",
				 STR_ARG(val_get_str(st, "SourcePolicyId")),
				 (int)val_i64(val_get(from, "Line"), -1),
				 (int)val_i64(val_get(from, "Column"), -1),
				 (int)val_i64(val_get(to, "Line"), -1),
				 (int)val_i64(val_get(to, "Column"), -1));
	}
	return s.n ? s.p : "";
}

/* A list of strings with commas between. */
static const char *joined(const struct val *list)
{
	struct str s = STR("");

	VAL_EACH(v, list)
	s = arena_printf(f.a, "%.*s%s%.*s", STR_ARG(s), s.n ? "," : "", STR_ARG(val_str(v)));
	return s.n ? s.p : "";
}

static const char *missing(void)
{
	return joined(val_get(result(), "MissingContextValues"));
}

static void invalid(const char *op, const char *json, const char *message)
{
	refused(op, json, 400, "InvalidInput", message);
}

static void new_source(void)
{
	ok("CreateUser", "{\"UserName\":\"u\"}");
	ok("PutUserPolicy",
	   "{\"UserName\":\"u\",\"PolicyName\":\"p\",\"PolicyDocument\":\"" GET "\"}");
}

/* ---- decisions and their statements ---- */

static void test_the_three_decisions(void **state)
{
	(void)state;
	custom(CUSTOM(GET, ""), "allowed");
	assert_string_equal(matched(result()), "PolicyInputList.1@1:38-1:95");
	assert_true(is(val_path(val_first(val_get(result(), "MatchedStatements")),
				"SourcePolicyType", NULL),
		       "IAM Policy"));
	assert_true(is(val_get(result(), "EvalActionName"), "s3:GetObject"));
	assert_true(is(val_get(result(), "EvalResourceName"), "*"));
	assert_null(val_get(result(), "ResourceSpecificResults"));
	assert_null(val_get(result(), "EvalDecisionDetails"));
	assert_null(val_get(result(), "OrganizationsDecisionDetail"));
	assert_null(val_get(result(), "PermissionsBoundaryDecisionDetail"));
	assert_false(val_true(at("IsTruncated")));

	custom(CUSTOM(DOC(ST("Allow", "sqs:*", "")), ""), "implicitDeny");
	assert_string_equal(matched(result()), "");

	/* "The deny statement is the only entry included in the result." */
	custom(CUSTOM(DOC(ST("Allow", "s3:*", "") "," ST("Deny", "s3:Get*", "")), ""),
	       "explicitDeny");
	assert_string_equal(matched(result()), "PolicyInputList.1@1:87-1:139");
}

static void test_one_result_for_each_action(void **state)
{
	(void)state;
	custom("{\"PolicyInputList\":[\"" DOC("{\\\"Effect\\\":\\\"Allow\\\",\\\"Action\\\":\\\"*"
					      "\\\",\\\"Resource\\\":"
					      "\\\"arn:aws:s3:::b/"
					      "*\\\"},{\\\"Effect\\\":\\\"Deny\\\",\\\"Action\\\":"
					      "\\\"*\\\",\\\"Resource\\\":\\\"arn:aws:s3:::c/"
					      "*\\\"}") "\"],\"ActionNames\":"
							"[\"s3:GetObject\",\"zz:Unknown\"],"
							"\"ResourceArns\":[\"arn:aws:s3:::b/k\","
							"\"arn:aws:s3:::d/k\",\"arn:aws:s3:::c/"
							"k\",\"arn:aws:s3:::c/k\"]}",
	       "explicitDeny");
	const struct val *first = result(), *each = val_get(first, "ResourceSpecificResults");
	assert_int_equal(val_count(at("EvaluationResults")), 2);
	assert_int_equal(val_count(each), 4);
	assert_true(is(val_get(val_at(each, 0), "EvalResourceName"), "arn:aws:s3:::b/k"));
	assert_true(is(val_get(val_at(each, 0), "EvalResourceDecision"), "allowed"));
	assert_true(is(val_get(val_at(each, 1), "EvalResourceDecision"), "implicitDeny"));
	assert_true(is(val_get(val_at(each, 2), "EvalResourceDecision"), "explicitDeny"));
	assert_string_equal(matched(val_at(each, 0)), "PolicyInputList.1@1:38-1:99");
	assert_string_equal(matched(val_at(each, 1)), "");
	assert_string_equal(matched(val_at(each, 2)), "PolicyInputList.1@1:99-1:160");
	/* The union, each once, of those that made the decision. */
	assert_string_equal(matched(first), "PolicyInputList.1@1:99-1:160");
	/* In one account, with ARNs: present and empty. */
	assert_true(val_is(val_get(first, "EvalDecisionDetails"), VAL_OBJECT));
	assert_int_equal(val_count(val_get(first, "EvalDecisionDetails")), 0);
	assert_null(val_get(val_at(each, 0), "EvalDecisionDetails"));
	/* No ARN format is known of what does not exist. */
	assert_true(is(val_get(first->next, "EvalResourceName"), "*"));
}

/* The form of ARN is that of the resource where an action has several. */
static void test_the_template_is_of_the_resource(void **state)
{
	(void)state;
	ok("SimulateCustomPolicy",
	   "{\"PolicyInputList\":[\"" GET "\"],\"ActionNames\":[\"iam:ListPolicyTags\","
	   "\"ec2:RunInstances\"],\"ResourceArns\":[\"arn:aws:ec2:us-east-1:" ACCOUNT
	   ":subnet/subnet-1\"]}");
	assert_true(is(val_get(result(), "EvalResourceName"),
		       "arn:${Partition}:iam::${Account}:policy/${PolicyNameWithPath}"));
	assert_true(is(val_get(result()->next, "EvalResourceName"),
		       "arn:${Partition}:ec2:${Region}:${Account}:subnet/${SubnetId}"));
	custom(CUSTOM(GET, ",\"ResourceArns\":[\"" OBJECT "\"]"), "allowed");
	assert_true(is(val_get(result(), "EvalResourceName"),
		       "arn:${Partition}:s3:::${BucketName}/${ObjectName}"));
}

/* ---- who takes part ---- */

static void test_all_that_is_attached_takes_part(void **state)
{
	(void)state;
	new_source();
	ok("CreateGroup", "{\"GroupName\":\"g\"}");
	ok("AddUserToGroup", "{\"GroupName\":\"g\",\"UserName\":\"u\"}");
	ok("PutGroupPolicy",
	   "{\"GroupName\":\"g\",\"PolicyName\":\"q\",\"PolicyDocument\":\"" GET "\"}");
	ok("CreatePolicy", "{\"PolicyName\":\"m\",\"PolicyDocument\":\"" GET "\"}");
	ok("AttachUserPolicy",
	   "{\"UserName\":\"u\",\"PolicyArn\":\"arn:aws:iam::" ACCOUNT ":policy/m\"}");
	ok("AttachGroupPolicy",
	   "{\"GroupName\":\"g\",\"PolicyArn\":\"arn:aws:iam::aws:policy/AdministratorAccess\"}");
	principal(PRINCIPAL(",\"PolicyInputList\":[\"" GET "\"]"), "allowed");
	assert_string_equal(matched(result()),
			    "user_u_p@1:38-1:95 m@1:38-1:95 group_g_q@1:38-1:95 "
			    "AdministratorAccess@1:38-1:84 PolicyInputList.1@1:38-1:95");
	principal("{\"PolicySourceArn\":\"arn:aws:iam::" ACCOUNT ":group/g\",\"ActionNames\":["
		  "\"s3:GetObject\"]}",
		  "allowed");
	assert_string_equal(matched(result()), "group_g_q@1:38-1:95 AdministratorAccess@1:38-1:84");

	ok("CreateRole",
	   "{\"RoleName\":\"r\",\"Path\":\"/a/\",\"AssumeRolePolicyDocument\":\"" TRUST(
		   "arn:aws:iam::" ACCOUNT ":root") "\"}");
	ok("PutRolePolicy",
	   "{\"RoleName\":\"r\",\"PolicyName\":\"p\",\"PolicyDocument\":\"" GET "\"}");
	principal("{\"PolicySourceArn\":\"arn:aws:iam::" ACCOUNT ":role/a/r\",\"ActionNames\":["
		  "\"s3:GetObject\",\"s3:PutObject\"]}",
		  "allowed");
	assert_string_equal(matched(result()), "role_r_p@1:38-1:95");
	assert_true(is(val_get(result()->next, "EvalDecision"), "implicitDeny"));
}

static void test_boundaries(void **state)
{
	(void)state;
	custom(CUSTOM(GET, ",\"PermissionsBoundaryPolicyInputList\":[\"" DOC(
				   ST("Allow", "iam:*", "")) "\"]"),
	       "implicitDeny");
	assert_false(val_true(val_path(result(), "PermissionsBoundaryDecisionDetail",
				       "AllowedByPermissionsBoundary", NULL)));
	custom(CUSTOM(GET,
		      ",\"PermissionsBoundaryPolicyInputList\":[\"" DOC(ST("Deny", "*", "")) "\"]"),
	       "explicitDeny");
	/* "Only statements from identity-based and resource-based policies appear here." */
	assert_string_equal(matched(result()), "");

	new_source();
	ok("CreatePolicy",
	   "{\"PolicyName\":\"b\",\"PolicyDocument\":\"" DOC(ST("Allow", "sqs:*", "")) "\"}");
	ok("PutUserPermissionsBoundary",
	   "{\"UserName\":\"u\",\"PermissionsBoundary\":\"arn:aws:iam::" ACCOUNT ":policy/b\"}");
	principal(PRINCIPAL(",\"ResourceArns\":[\"" OBJECT "\"]"), "implicitDeny");
	assert_non_null(val_path(val_first(val_get(result(), "ResourceSpecificResults")),
				 "PermissionsBoundaryDecisionDetail", NULL));
	/* "The new permissions boundary policy is used for the simulation." */
	principal(PRINCIPAL(",\"PermissionsBoundaryPolicyInputList\":[\"" GET "\"]"), "allowed");
	assert_true(val_true(val_path(result(), "PermissionsBoundaryDecisionDetail",
				      "AllowedByPermissionsBoundary", NULL)));
}

/* ---- the organization ---- */

static void in_production(const char *action, const char *more, const char *decision)
{
	ok_as(f.production, "SimulatePrincipalPolicy",
	      J("{\"PolicySourceArn\":\"arn:aws:iam::333333333333:user/sandbox/administrator\","
		"\"ActionNames\":[\"%s\"]%s}",
		action, more));
	if (!decided(decision))
		fail_msg("%s %s", action, more);
}

static bool allowed_by_organizations(void)
{
	const struct val *v =
		val_path(result(), "OrganizationsDecisionDetail", "AllowedByOrganizations", NULL);

	assert_true(val_is(v, VAL_BOOL));
	return val_true(v);
}

static void attach_scp(const char *target, const char *document)
{
	if (!fx_call(&f, f.admin, "organizations", "CreatePolicy",
		     J("{\"Name\":\"s\",\"Description\":\"\",\"Type\":\"SERVICE_CONTROL_POLICY\","
		       "\"Content\":\"%s\"}",
		       document)))
		fail_msg("%s", fx_fault(&f));
	struct str id = val_str(at("Policy", "PolicySummary", "Id"));
	if (!fx_call(&f, f.admin, "organizations", "AttachPolicy",
		     J("{\"PolicyId\":\"%.*s\",\"TargetId\":\"%s\"}", STR_ARG(id), target)))
		fail_msg("%s", fx_fault(&f));
}

static void test_service_control_policies_bind_members(void **state)
{
	(void)state;
	in_production("s3:GetObject", "", "allowed");
	assert_true(allowed_by_organizations());
	attach_scp("333333333333", DOC(ST("Deny", "s3:*", "")));
	in_production("s3:GetObject", "", "explicitDeny");
	assert_false(allowed_by_organizations());
	/* "This field doesn't include statements from service control policies." */
	assert_string_equal(matched(result()), "");
	in_production("sqs:SendMessage", "", "allowed");
	assert_true(allowed_by_organizations());
	in_production("s3:GetObject", ",\"PolicyExclusionList\":[{\"PolicyType\":\"scp\"}]",
		      "allowed");
	assert_null(val_get(result(), "OrganizationsDecisionDetail"));
	/* "If an Organizations SCP … denies access, … this parameter is not returned." */
	in_production("s3:GetObject", ",\"ResourceArns\":[\"" OBJECT "\"]", "explicitDeny");
	assert_null(val_get(result(), "EvalDecisionDetails"));
}

static void test_the_management_account_is_bound_by_none(void **state)
{
	(void)state;
	new_source();
	attach_scp(ACCOUNT, DOC(ST("Deny", "s3:*", "")));
	principal(PRINCIPAL(""), "allowed");
	assert_null(val_get(result(), "OrganizationsDecisionDetail"));
}

static void test_levels_may_be_given(void **state)
{
	(void)state;
	custom(CUSTOM(GET,
		      ",\"OrderedOrganizationPolicyInputList\":[{\"ServiceControlPolicyInputList\":"
		      "[\"" DOC(ST("Allow", "*", "")) "\"]},{\"ServiceControlPolicyInputList\":["
						      "\"" DOC(ST("Allow", "s3:*", "")) "\"]}]"),
	       "allowed");
	assert_true(allowed_by_organizations());
	custom(CUSTOM(GET,
		      ",\"OrderedOrganizationPolicyInputList\":[{\"ServiceControlPolicyInputList\":"
		      "[\"" DOC(ST("Allow", "*",
				   "")) "\"]},{\"ServiceControlPolicyInputList\":["
					"\"" DOC(ST("Allow", "sqs:*",
						    IF("Bool", "aws:X", "true"))) "\"]}]"),
	       "implicitDeny");
	assert_false(allowed_by_organizations());
	/* "This field doesn't include context keys referenced by service control policies." */
	assert_string_equal(missing(), "");
	custom(CUSTOM(GET, ",\"OrderedOrganizationPolicyInputList\":[{}]"), "implicitDeny");
}

/* ---- resource policies ---- */

#define BUCKET(principal)              \
	",\"ResourceArns\":[\"" OBJECT \
	"\"],\"ResourcePolicy\":\"" DOC(ST("Allow", "s3:*", WHO(principal))) "\""

static void test_resource_policies(void **state)
{
	(void)state;
	custom(CUSTOM(DOC(ST("Allow", "iam:*", "")), BUCKET(USER) ",\"CallerArn\":\"" USER "\""),
	       "allowed");
	assert_string_equal(matched(result()), "ResourcePolicy@1:38-1:142");
	assert_true(is(val_path(val_first(val_get(result(), "MatchedStatements")),
				"SourcePolicyType", NULL),
		       "Resource Policy"));
	custom(CUSTOM(DOC(ST("Allow", "iam:*", "")),
		      BUCKET("arn:aws:iam::" ACCOUNT ":user/v") ",\"CallerArn\":\"" USER "\""),
	       "implicitDeny");
	new_source();
	/* "If you do not specify a CallerArn, it defaults to the ARN … in PolicySourceArn." */
	principal(PRINCIPAL(BUCKET(USER)), "allowed");
	assert_string_equal(matched(result()), "user_u_p@1:38-1:95 ResourcePolicy@1:38-1:142");
	/* "You simulate calling the API operations as Bob, as if Bob had David's policies." */
	principal("{\"PolicySourceArn\":\"" USER
		  "\",\"ActionNames\":[\"s3:PutObject\"],\"CallerArn\":"
		  "\"arn:aws:iam::" ACCOUNT
		  ":user/v\"" BUCKET("arn:aws:iam::" ACCOUNT ":user/v") "}",
		  "allowed");
}

#define OTHER ",\"ResourceOwner\":\"arn:aws:iam::999999999999:root\""

static const char *details(const struct val *of, const char *kind)
{
	struct str s = val_get_str(val_get(of, "EvalDecisionDetails"), kind);

	return str_is_null(s) ? "" : arena_dupz(f.a, s);
}

static void test_across_accounts(void **state)
{
	(void)state;
	new_source();
	principal(PRINCIPAL(BUCKET(USER) OTHER), "allowed");
	assert_string_equal(details(result(), "IAM Policy"), "allowed");
	assert_string_equal(details(result(), "Resource Policy"), "allowed");
	assert_string_equal(details(result(), "Permissions Boundary Policy"), "");

	/* AWS's example: the resource's account allows, the other one does not. */
	custom(CUSTOM(DOC(ST("Allow", "iam:*", "")), BUCKET(USER) OTHER
		      ",\"CallerArn\":\"" USER "\",\"PermissionsBoundaryPolicyInputList\":[\"" DOC(
			      ST("Allow", "iam:*", "")) "\"]"),
	       "implicitDeny");
	const struct val *one = val_first(val_get(result(), "ResourceSpecificResults"));
	assert_string_equal(details(result(), "IAM Policy"), "implicitDeny");
	assert_string_equal(details(one, "Resource Policy"), "allowed");
	assert_string_equal(details(one, "Permissions Boundary Policy"), "implicitDeny");
	assert_string_equal(matched(result()), "");
	assert_string_equal(matched(one), "ResourcePolicy@1:38-1:142");

	/* Without a policy of the resource's nothing is allowed there. */
	principal(PRINCIPAL(",\"ResourceArns\":[\"arn:aws:s3:us-east-1:999999999999:x\"]"),
		  "implicitDeny");
	assert_string_equal(details(result(), "Resource Policy"), "implicitDeny");
	/* An owner in the ARN wins over ResourceOwner. */
	principal(PRINCIPAL(",\"ResourceArns\":[\"arn:aws:s3:us-east-1:" ACCOUNT ":x\"]" OTHER),
		  "allowed");
}

/* ---- condition keys ---- */

#define KEY(name, type, values)                                                            \
	",\"ContextEntries\":[{\"ContextKeyName\":\"" name "\",\"ContextKeyType\":\"" type \
	"\",\"ContextKeyValues\":[" values "]}]"
#define WHEN(operator, key, value) DOC(ST("Allow", "*", IF(operator, key, value)))

static void test_typed_keys(void **state)
{
	(void)state;
	custom(CUSTOM(WHEN("StringEquals", "x:key", "v"), KEY("X:KEY", "string", "\"v\"")),
	       "allowed");
	custom(CUSTOM(WHEN("NumericLessThan", "x:key", "5"), KEY("x:key", "numeric", "\"4.5\"")),
	       "allowed");
	custom(CUSTOM(WHEN("Bool", "x:key", "true"), KEY("x:key", "boolean", "\"true\"")),
	       "allowed");
	custom(CUSTOM(WHEN("IpAddress", "x:key", "192.0.2.0/24"),
		      KEY("x:key", "ip", "\"192.0.2.9\"")),
	       "allowed");
	custom(CUSTOM(WHEN("BinaryEquals", "x:key", "aGk="), KEY("x:key", "binary", "\"aGk=\"")),
	       "allowed");
	custom(CUSTOM(WHEN("DateLessThan", "x:key", "2026-01-01T00:00:00Z"),
		      KEY("x:key", "date", "\"2025-01-01T00:00:00Z\"")),
	       "allowed");
	/* Lists are multi-valued keys: these need a set operator, also with one value. */
	custom(CUSTOM(WHEN("ForAnyValue:StringEquals", "x:key", "v"),
		      KEY("x:key", "stringList", "\"u\",\"v\"")),
	       "allowed");
	custom(CUSTOM(WHEN("StringEquals", "x:key", "v"), KEY("x:key", "stringList", "\"v\"")),
	       "implicitDeny");
	custom(CUSTOM(WHEN("ForAllValues:NumericEquals", "x:key", "1"),
		      KEY("x:key", "numericList", "\"1\",\"2\"")),
	       "implicitDeny");
	/* Without a type it is as many as are given; without a value it is absent. */
	custom(CUSTOM(WHEN("ForAnyValue:StringEquals", "x:key", "v"),
		      ",\"ContextEntries\":[{\"ContextKeyName\":\"x:key\",\"ContextKeyValues\":["
		      "\"u\",\"v\"]}]"),
	       "allowed");
	custom(CUSTOM(WHEN("Null", "x:key", "true"), KEY("x:key", "string", "")), "allowed");
	assert_string_equal(missing(), "x:key");
}

static void test_missing_keys(void **state)
{
	(void)state;
	/* Those of all policies, also of statements that are about something else. */
	custom(CUSTOM(DOC(ST("Allow", "*",
			     IF("StringEquals", "aws:SourceIp",
				"${aws:username}")) "," ST("Allow", "sqs:*",
							   IF("Bool", "aws:SecureTransport",
							      "true"))),
		      ""),
	       "implicitDeny");
	assert_string_equal(missing(), "aws:SourceIp,aws:username,aws:SecureTransport");
	/* The caller's are known once there is one; a boundary's and an SCP's are not told. */
	custom(CUSTOM(DOC(ST("Allow", "*", IF("StringEquals", "aws:username", "u"))),
		      ",\"CallerArn\":\"" USER "\",\"PermissionsBoundaryPolicyInputList\":[\"" DOC(
			      ST("Allow", "*", IF("Null", "x:none", "true"))) "\"]"),
	       "allowed");
	assert_string_equal(missing(), "");
	custom(CUSTOM(WHEN("ArnLike", "aws:PrincipalArn", "*"), ""), "implicitDeny");
	assert_string_equal(missing(), "aws:PrincipalArn");
	custom(CUSTOM(WHEN("StringEquals", "x:key", "v"), ",\"ResourceArns\":[\"" OBJECT "\"]"),
	       "implicitDeny");
	assert_string_equal(missing(), "x:key");
	assert_string_equal(joined(val_get(val_first(val_get(result(), "ResourceSpecificResults")),
					   "MissingContextValues")),
			    "x:key");
}

/* "The simulator populates the following principal and organization context keys." */
static void test_keys_that_are_known(void **state)
{
	struct str id;

	(void)state;
	new_source();
	ok("GetUser", "{\"UserName\":\"u\"}");
	id = val_str(at("User", "UserId"));
	principal(J("{\"PolicySourceArn\":\"" USER "\",\"ActionNames\":[\"sqs:SendMessage\"],"
		    "\"PolicyInputList\":[\"" DOC(
			    ST("Allow", "*",
			       ",\\\"Condition\\\":{"
			       "\\\"StringEquals\\\":{\\\"aws:userid\\\":\\\"%.*s\\\",\\\"aws:"
			       "username\\\":\\\"u\\\","
			       "\\\"aws:PrincipalAccount\\\":\\\"" ACCOUNT
			       "\\\",\\\"aws:PrincipalType\\\":\\\"User\\\","
			       "\\\"aws:PrincipalOrgMasterAccountId\\\":\\\"" ACCOUNT "\\\"},"
			       "\\\"StringLike\\\":{\\\"aws:PrincipalOrgID\\\":\\\"o-*\\\"},"
			       "\\\"ForAnyValue:StringLike\\\":{\\\"aws:PrincipalOrgPaths\\\":"
			       "\\\"o-*\\\"}}")) "\"]}",
		    STR_ARG(id)),
		  "allowed");
	assert_string_equal(missing(), "");
	/* What is given wins, and nothing of the call itself is taken for the simulated one's. */
	principal(
		PRINCIPAL(",\"PolicyInputList\":[\"" WHEN(
			"StringEquals", "aws:username",
			"v") "\"],\"PolicyExclusionList\":[{"
			     "\"PolicyType\":\"inline\"}]" KEY("aws:username", "string", "\"v\"")),
		"allowed");
	principal(PRINCIPAL(",\"PolicyInputList\":[\"" WHEN(
			  "Null", "aws:CurrentTime", "false") "\"],\"PolicyExclusionList\":[{"
							      "\"PolicyType\":\"inline\"}]"),
		  "implicitDeny");
}

/* ---- exclusions ---- */

static void excluding(const char *list, const char *left)
{
	ok("SimulatePrincipalPolicy", J(PRINCIPAL(",\"PolicyExclusionList\":[%s]"), list));
	if (strcmp(matched(result()), left) != 0)
		fail_msg("%s: %s", list, matched(result()));
}

static void test_policies_may_be_excluded(void **state)
{
	static const char *const places = "@1:38-1:95";

	(void)state;
	new_source();
	ok("CreatePolicy", "{\"PolicyName\":\"m\",\"PolicyDocument\":\"" GET "\"}");
	ok("AttachUserPolicy",
	   "{\"UserName\":\"u\",\"PolicyArn\":\"arn:aws:iam::" ACCOUNT ":policy/m\"}");
	const char *both = J("user_u_p%s m%s", places, places);
	const char *managed = J("m%s", places), *own = J("user_u_p%s", places);
	excluding("", both);
	excluding("{\"PolicyType\":\"inline\"}", managed);
	excluding("{\"PolicyType\":\"user-managed\"}", own);
	excluding("{\"PolicyType\":\"aws-managed\"},{\"PolicyType\":\"rcp\"}", both);
	excluding("{\"PolicyArn\":\"arn:aws:iam::" ACCOUNT ":policy/m\"}", own);
	excluding("{\"PolicyArn\":\"arn:aws:iam::" ACCOUNT ":policy/*\"}", own);
	excluding("{\"PolicyArn\":\"arn:aws:iam::" ACCOUNT ":policy/?\"}", own);
	excluding("{\"PolicyArn\":\"arn:aws:iam::" ACCOUNT ":policy/x\"}", both);
	excluding("{\"InlinePolicyIdentifier\":{\"PolicyName\":\"p\",\"AttachmentType\":\"user\","
		  "\"AttachmentName\":\"u\"}}",
		  managed);
	excluding("{\"InlinePolicyIdentifier\":{\"PolicyName\":\"p\",\"AttachmentType\":\"group\","
		  "\"AttachmentName\":\"u\"}}",
		  both);
	ok("CreatePolicy",
	   "{\"PolicyName\":\"b\",\"PolicyDocument\":\"" DOC(ST("Allow", "sqs:*", "")) "\"}");
	ok("PutUserPermissionsBoundary",
	   "{\"UserName\":\"u\",\"PermissionsBoundary\":\"arn:aws:iam::" ACCOUNT ":policy/b\"}");
	excluding("", "");
	excluding("{\"PolicyType\":\"user-managed\"}", "");
	excluding("{\"PolicyType\":\"permission-boundary\"}", both);
#define EXCLUDED(list) PRINCIPAL(",\"PolicyExclusionList\":[" list "]")
	invalid("SimulatePrincipalPolicy", EXCLUDED("{}"), NULL);
	invalid("SimulatePrincipalPolicy",
		EXCLUDED("{\"PolicyType\":\"inline\",\"PolicyArn\":\"arn:aws:iam::aws:policy/x\"}"),
		NULL);
	invalid("SimulatePrincipalPolicy",
		EXCLUDED("{\"PolicyArn\":\"arn:aws:iam::*:policy/xxxxxx\"}"), NULL);
	invalid("SimulatePrincipalPolicy",
		EXCLUDED("{\"PolicyArn\":\"arn:aws:iam::aws:policy/*x*\"}"), NULL);
}

/* ---- refusals ---- */

static void test_sources_that_cannot_be(void **state)
{
	(void)state;
#define FROM(arn) "{\"PolicySourceArn\":\"" arn "\",\"ActionNames\":[\"s3:GetObject\"]}"
	refused("SimulatePrincipalPolicy", FROM(USER), 404, "NoSuchEntity",
		"The user with name u cannot be found.");
	refused("SimulatePrincipalPolicy", FROM("arn:aws:iam::" ACCOUNT ":role/a/r"), 404,
		"NoSuchEntity", "The role with name r cannot be found.");
	invalid("SimulatePrincipalPolicy", FROM("arn:aws:sts::" ACCOUNT ":assumed-role/r/s"),
		"Invalid Entity Arn: arn:aws:sts::" ACCOUNT
		":assumed-role/r/s does not clearly define "
		"entity type and name.");
	invalid("SimulatePrincipalPolicy", FROM("arn:aws:iam::" ACCOUNT ":root"), NULL);
	invalid("SimulatePrincipalPolicy", FROM("arn:aws:iam::222222222222:user/administrator"),
		"Invalid Policy Source Arn: caller's account " ACCOUNT " does not have access to "
		"policies in account 222222222222");
}

static void test_input_that_cannot_be(void **state)
{
	static const char *const bad_actions[] = {"s3:*", "s3:Get?", "GetObject", ":GetObject",
						  "s3:"};
	static const char *const bad_callers[] = {"arn:aws:iam::" ACCOUNT ":root",
						  "arn:aws:sts::" ACCOUNT ":assumed-role/r/s",
						  "u",
						  "arn:aws:iam::" ACCOUNT ":user/",
						  "arn:aws:iam::1:user/u",
						  "s3.amazonaws.com"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad_actions) / sizeof(bad_actions[0]); i++)
		invalid("SimulateCustomPolicy",
			J("{\"PolicyInputList\":[\"" GET "\"],\"ActionNames\":[\"%s\"]}",
			  bad_actions[i]),
			NULL);
	for (size_t i = 0; i < sizeof(bad_callers) / sizeof(bad_callers[0]); i++)
		invalid("SimulateCustomPolicy",
			J(CUSTOM(GET, ",\"CallerArn\":\"%s\""), bad_callers[i]), NULL);
	invalid("SimulateCustomPolicy", CUSTOM(GET, ",\"ResourceArns\":[\"b\"]"),
		"ResourceNames are not in a valid ARN format: b.");
	invalid("SimulateCustomPolicy", CUSTOM(GET, ",\"ResourceOwner\":\"123456789012\""),
		"'123456789012' is not a valid as a Resource Owner.");
	invalid("SimulateCustomPolicy", CUSTOM("{", ""), "Syntax errors in policy.");
	invalid("SimulateCustomPolicy",
		CUSTOM(GET, ",\"PermissionsBoundaryPolicyInputList\":[\"" GET "\",\"" GET "\"]"),
		NULL);
	invalid("SimulateCustomPolicy", CUSTOM(GET, BUCKET(USER)), NULL);
	invalid("SimulateCustomPolicy",
		CUSTOM(GET, BUCKET(USER) ",\"CallerArn\":\"arn:aws:iam::" ACCOUNT ":role/r\""),
		"Invalid caller - Caller must be an IAM user in this context.");
	invalid("SimulateCustomPolicy",
		CUSTOM(GET, ",\"ResourcePolicy\":\"" GET "\",\"CallerArn\":\"" USER "\""), NULL);
	invalid("SimulateCustomPolicy", CUSTOM(GET, KEY("x:key", "numeric", "\"many\"")), NULL);
	invalid("SimulateCustomPolicy", CUSTOM(GET, KEY("x:key", "string", "\"a\",\"b\"")), NULL);
	invalid("SimulateCustomPolicy",
		CUSTOM(GET, ",\"ContextEntries\":[{\"ContextKeyValues\":[\"a\"]}]"), NULL);
	refused("SimulateCustomPolicy", CUSTOM(GET, ",\"Marker\":\"x\""), 400, "ValidationError",
		"Invalid Marker.");
	refused("SimulateCustomPolicy", CUSTOM(GET, KEY("x:key", "text", "\"a\"")), 400,
		"ValidationError", NULL);
	refused("SimulateCustomPolicy", "{\"PolicyInputList\":[\"" GET "\"]}", 400,
		"ValidationError", NULL);
}

static void test_scenarios_need_their_resources(void **state)
{
#define EC2(type) "\"arn:aws:ec2:us-east-1:" ACCOUNT ":" type "/x\""
#define FOUR EC2("instance") "," EC2("image") "," EC2("security-group") "," EC2("network-interface")
#define HANDLE(option, arns) \
	CUSTOM(GET, ",\"ResourceHandlingOption\":\"" option "\",\"ResourceArns\":[" arns "]")
	(void)state;
	custom(HANDLE("EC2-VPC-InstanceStore", FOUR), "allowed");
	custom(HANDLE("EC2-VPC-EBS-Subnet", FOUR "," EC2("volume") "," EC2("subnet")), "allowed");
	invalid("SimulateCustomPolicy", HANDLE("EC2-VPC-EBS", FOUR),
		"EC2-VPC-EBS requires a resource of type volume.");
	invalid("SimulateCustomPolicy", HANDLE("EC2-VPC-InstanceStore-Subnet", FOUR), NULL);
	invalid("SimulateCustomPolicy", HANDLE("EC2-VPC-InstanceStore", EC2("instance")), NULL);
	invalid("SimulateCustomPolicy", HANDLE("EC2-Classic-EBS", FOUR),
		"Invalid ResourceHandlingOption: EC2-Classic-EBS");
}

/* ---- pages ---- */

static void test_pages(void **state)
{
	static const char *const actions =
		"\"PolicyInputList\":[\"" GET "\"],\"ActionNames\":[\"s3:GetObject\","
		"\"s3:PutObject\",\"sqs:SendMessage\"]";

	(void)state;
	ok("SimulateCustomPolicy", J("{%s,\"MaxItems\":2}", actions));
	assert_int_equal(val_count(at("EvaluationResults")), 2);
	assert_true(val_true(at("IsTruncated")));
	struct str marker = val_str(at("Marker"));
	ok("SimulateCustomPolicy",
	   J("{%s,\"MaxItems\":2,\"Marker\":\"%.*s\"}", actions, STR_ARG(marker)));
	assert_int_equal(val_count(at("EvaluationResults")), 1);
	assert_true(is(val_get(result(), "EvalActionName"), "sqs:SendMessage"));
	assert_false(val_true(at("IsTruncated")));
	/* A marker of another simulation is not this one's. */
	refused("SimulateCustomPolicy",
		J("{%s,\"CallerArn\":\"" USER "\",\"Marker\":\"%.*s\"}", actions, STR_ARG(marker)),
		400, "ValidationError", "Invalid Marker.");
}

/* "IAM might return fewer results, even when there are more results available." */
static void test_a_page_does_not_grow_without_end(void **state)
{
	struct str arns = STR(""), actions = STR("");
	size_t seen = 0;

	(void)state;
	for (int i = 0; i < 3000; i++)
		arns = arena_printf(f.a, "%.*s%s\"*\"", STR_ARG(arns), i ? "," : "");
	for (int i = 0; i < 9; i++)
		actions = arena_printf(f.a, "%.*s%s\"s3:A%d\"", STR_ARG(actions), i ? "," : "", i);
	struct str marker = STR_NULL;
	do {
		const char *more =
			str_is_null(marker) ? "" : J(",\"Marker\":\"%.*s\"", STR_ARG(marker));
		ok("SimulateCustomPolicy",
		   J("{\"PolicyInputList\":[\"" GET
		     "\"],\"ActionNames\":[%.*s],\"ResourceArns\":[%.*s]%s}",
		     STR_ARG(actions), STR_ARG(arns), more));
		assert_in_range(val_count(at("EvaluationResults")), 1, 4);
		seen += val_count(at("EvaluationResults"));
		marker = val_str(at("Marker"));
	} while (!str_is_null(marker));
	assert_int_equal(seen, 9);
	for (int i = 0; i < 7500; i++)
		arns = arena_printf(f.a, "%.*s,\"*\"", STR_ARG(arns));
	invalid("SimulateCustomPolicy", J(CUSTOM(GET, ",\"ResourceArns\":[%.*s]"), STR_ARG(arns)),
		NULL);
}

/* ---- who may ask ---- */

static void test_who_may_simulate(void **state)
{
	(void)state;
	new_source();
	struct str none = new_user("none", DOC(ST("Allow", "s3:*", "")));
	struct str one = new_user(
		"one",
		"{\\\"Version\\\":\\\"2012-10-17\\\",\\\"Statement\\\":[{\\\"Effect\\\":"
		"\\\"Allow\\\",\\\"Action\\\":\\\"iam:Simulate*\\\",\\\"Resource\\\":\\\"" USER
		"\\\"}]}");
	refused_as(none, "SimulateCustomPolicy", CUSTOM(GET, ""), 403, "AccessDenied",
		   "User: arn:aws:iam::" ACCOUNT ":user/none is not authorized to perform: "
		   "iam:SimulateCustomPolicy on resource: * because no identity-based policy "
		   "allows the "
		   "iam:SimulateCustomPolicy action");
	refused_as(none, "SimulatePrincipalPolicy", PRINCIPAL(""), 403, "AccessDenied",
		   "User: arn:aws:iam::" ACCOUNT ":user/none is not authorized to perform: "
		   "iam:SimulatePrincipalPolicy on resource: " USER
		   " because no identity-based policy "
		   "allows the iam:SimulatePrincipalPolicy action");
	ok_as(one, "SimulatePrincipalPolicy", PRINCIPAL(""));
	refused_as(one, "SimulatePrincipalPolicy",
		   "{\"PolicySourceArn\":\"arn:aws:iam::" ACCOUNT
		   ":user/one\",\"ActionNames\":[\"s3:GetObject\"]}",
		   403, "AccessDenied", NULL);
	refused_as(one, "SimulateCustomPolicy", CUSTOM(GET, ""), 403, "AccessDenied", NULL);
}

/* A simulation changes nothing. */
static void test_it_is_read_only(void **state)
{
	(void)state;
	new_source();
	principal(PRINCIPAL(""), "allowed");
	struct str before = fx_dump(&f);
	principal(PRINCIPAL(",\"ResourceArns\":[\"" OBJECT "\"]"), "allowed");
	assert_true(str_eq(before, fx_dump(&f)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SMALL(test_the_three_decisions),
		WITH_SMALL(test_one_result_for_each_action),
		WITH_SMALL(test_the_template_is_of_the_resource),
		WITH_SMALL(test_all_that_is_attached_takes_part),
		WITH_SMALL(test_boundaries),
		WITH_SMALL(test_service_control_policies_bind_members),
		WITH_SMALL(test_the_management_account_is_bound_by_none),
		WITH_SMALL(test_levels_may_be_given),
		WITH_SMALL(test_resource_policies),
		WITH_SMALL(test_across_accounts),
		WITH_SMALL(test_typed_keys),
		WITH_SMALL(test_missing_keys),
		WITH_SMALL(test_keys_that_are_known),
		WITH_SMALL(test_policies_may_be_excluded),
		WITH_SMALL(test_sources_that_cannot_be),
		WITH_SMALL(test_input_that_cannot_be),
		WITH_SMALL(test_scenarios_need_their_resources),
		WITH_SMALL(test_pages),
		WITH_SMALL(test_a_page_does_not_grow_without_end),
		WITH_SMALL(test_who_may_simulate),
		WITH_SMALL(test_it_is_read_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
