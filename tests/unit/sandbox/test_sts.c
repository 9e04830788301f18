#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "fixture.h"
#include "sandbox/authn.h"
#include "sandbox/dispatch.h"
#include "sandbox/services.h"

#define AUDIT "IAMAuditRootUserCredentials"
#define DELETE "IAMDeleteRootUserCredentials"
#define CREATE "IAMCreateRootUserPassword"
#define S3 "S3UnlockBucketPolicy"
#define SQS "SQSUnlockQueuePolicy"

static struct fx f;

static int setup(void **state)
{
	(void)state;
	fx_open(&f, NULL);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fx_close(&f);
	return 0;
}

static struct str user_key(const char *name)
{
	const struct world_account *acct = world_account(sandbox_world(f.s), STR("111111111111"));
	const struct iam_user *user = iam_user(&acct->iam, str_of(name));

	assert_non_null(user);
	return user->keys->id;
}

static bool assume_role(struct str key, const char *role, const char *more)
{
	struct str json = arena_printf(
		f.a, "{\"RoleArn\":\"%s\",\"RoleSessionName\":\"test-session\"%s}", role, more);

	return fx_call(&f, key, "sts", "AssumeRole", json.p);
}

/* ---- AssumeRoot ---- */

static void test_root_needs_trust_and_feature(void **state)
{
	(void)state;
	assert_false(fx_assume_root(&f, f.admin, "333333333333", AUDIT));
	assert_string_equal(fx_fault(&f),
			    "AccessDenied: Service not enabled for AWS Organizations.");
	assert_true(fx_call(&f, f.admin, "organizations", "EnableAWSServiceAccess",
			    "{\"ServicePrincipal\":\"iam.amazonaws.com\"}"));
	assert_false(fx_assume_root(&f, f.admin, "333333333333", AUDIT));
	assert_true(
		str_startsz(f.fault.message, "Root credentials management feature is not enabled"));
	assert_false(fx_assume_root(&f, f.admin, "333333333333", S3));
	assert_true(str_startsz(f.fault.message, "Root sessions feature is not enabled"));
}

/* "RootSessions gates only S3/SQS tasks; RootCredentialsManagement gates the three IAM tasks." */
static void test_each_feature_gates_its_own_tasks(void **state)
{
	static const struct {
		const char *task;
		bool iam;
	} tasks[] = {{AUDIT, true}, {DELETE, true}, {CREATE, true}, {S3, false}, {SQS, false}};

	(void)state;
	assert_true(fx_call(&f, f.admin, "organizations", "EnableAWSServiceAccess",
			    "{\"ServicePrincipal\":\"iam.amazonaws.com\"}"));
	for (int sessions = 0; sessions < 2; sessions++) {
		fx_close(&f);
		fx_open(&f, NULL);
		assert_true(fx_call(&f, f.admin, "organizations", "EnableAWSServiceAccess",
				    "{\"ServicePrincipal\":\"iam.amazonaws.com\"}"));
		assert_true(fx_call(&f, f.admin, "iam",
				    sessions ? "EnableOrganizationsRootSessions"
					     : "EnableOrganizationsRootCredentialsManagement",
				    "{}"));
		for (size_t i = 0; i < ARRAY_SIZE(tasks); i++)
			assert_int_equal(fx_assume_root(&f, f.admin, "333333333333", tasks[i].task),
					 tasks[i].iam != sessions);
	}
}

static void test_root_session_is_root(void **state)
{
	int64_t expires;

	(void)state;
	fx_enable(&f);
	assert_true(fx_assume_root(&f, f.admin, "arn:aws:iam::333333333333:root", AUDIT));
	struct fx_creds root = fx_session(&f);
	assert_true(str_startsz(root.key, "ASIA"));
	expires = val_i64(val_get(val_get(f.out, "Credentials"), "Expiration"), 0);
	assert_in_range(expires - FX_NOW_MS, 890 * 1000, 910 * 1000);
	assert_true(fx_call(&f, root.key, "sts", "GetCallerIdentity", "{}"));
	assert_true(str_eqz(fx_get(&f, "Arn"), "arn:aws:iam::333333333333:root"));
	assert_true(str_eqz(fx_get(&f, "UserId"), "333333333333"));
}

/* The task policy is a ceiling: what it does not leave open is denied explicitly. */
static void test_task_policy_bounds_the_session(void **state)
{
	(void)state;
	fx_enable(&f);
	assert_true(fx_assume_root(&f, f.admin, "333333333333", AUDIT));
	struct fx_creds root = fx_session(&f);
	assert_true(fx_call(&f, root.key, "iam", "GetAccountSummary", "{}"));
	assert_true(fx_call(&f, root.key, "iam", "GetLoginProfile", "{}"));
	assert_false(fx_call(&f, root.key, "iam", "DeleteLoginProfile", "{}"));
	assert_string_equal(fx_fault(&f),
			    "AccessDenied: User: arn:aws:iam::333333333333:root is not authorized "
			    "to perform: iam:DeleteLoginProfile on resource: "
			    "arn:aws:iam::333333333333:root with an explicit deny in a session "
			    "policy: arn:aws:iam::aws:policy/root-task/" AUDIT);
	assert_true(fx_assume_root(&f, f.admin, "333333333333", DELETE));
	root = fx_session(&f);
	assert_false(fx_call(&f, root.key, "iam", "GetAccountSummary", "{}"));
	assert_true(fx_call(&f, root.key, "iam", "DeleteLoginProfile", "{}"));
	assert_false(fx_call(&f, root.key, "iam", "GetLoginProfile", "{}"));
	assert_string_equal(fx_fault(&f),
			    "NoSuchEntity: Login Profile for User null cannot be found.");
}

static void test_root_targets(void **state)
{
	static const struct {
		const char *target, *begins;
	} cases[] = {
		{"111111111111", "AccessDenied: User: "}, /* the management account */
		{"555555555555", "AccessDenied: User: "}, /* no member */
		{"444444444444", "AccessDenied: User: "}, /* suspended */
		{"arn:aws:iam::333333333333:user/x",
		 "ValidationError: Request must contain a valid target principal"},
		{"arn:aws:iam::33333333333:root",
		 "ValidationError: Request must contain a valid target principal"},
	};

	(void)state;
	fx_enable(&f);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_false(fx_assume_root(&f, f.admin, cases[i].target, AUDIT));
		assert_true(str_startsz(str_of(fx_fault(&f)), cases[i].begins));
		assert_true(str_find(f.fault.message, STR("because")) < 0);
	}
	assert_false(fx_assume_root(&f, f.admin, "333333333333", "Nonsense"));
	assert_string_equal(
		fx_fault(&f),
		"ValidationError: Request must contain valid AWS managed task policy ARN");
}

/* Members cannot, a delegated administrator can, root never. */
static void test_who_may_assume_root(void **state)
{
	(void)state;
	fx_enable(&f);
	assert_false(fx_assume_root(&f, f.security, "333333333333", AUDIT));
	assert_true(fx_call(&f, f.admin, "organizations", "RegisterDelegatedAdministrator",
			    "{\"AccountId\":\"222222222222\",\"ServicePrincipal\":"
			    "\"iam.amazonaws.com\"}"));
	assert_true(fx_assume_root(&f, f.security, "333333333333", AUDIT));
	assert_false(fx_assume_root(&f, f.security, "111111111111", AUDIT));
	assert_false(fx_assume_root(&f, f.production, "222222222222", AUDIT));
	assert_false(fx_assume_root(&f, user_key("nobody"), "333333333333", AUDIT));
	assert_false(fx_assume_root(&f, user_key("denied"), "333333333333", AUDIT));
	assert_true(str_endsz(f.fault.message, ":root")); /* no reason, also for an explicit deny */

	assert_true(fx_assume_root(&f, f.admin, "222222222222", AUDIT));
	struct fx_creds root = fx_session(&f);
	assert_false(fx_assume_root(&f, root.key, "333333333333", AUDIT));
}

static void test_root_durations(void **state)
{
	static const char task[] = "\"TaskPolicyArn\":{\"arn\":\"arn:aws:iam::aws:policy/root-task/"
				   "IAMAuditRootUserCredentials\"}";
	struct str json;

	(void)state;
	fx_enable(&f);
	json = arena_printf(
		f.a, "{\"TargetPrincipal\":\"333333333333\",%s,\"DurationSeconds\":901}", task);
	assert_false(fx_call(&f, f.admin, "sts", "AssumeRoot", json.p));
	assert_string_equal(fx_fault(&f),
			    "ValidationError: 1 validation error detected: Value '901' at "
			    "'durationSeconds' failed to satisfy constraint: Member must have "
			    "value less than or equal to 900");
	json = arena_printf(f.a, "{\"TargetPrincipal\":\"333333333333\",%s,\"DurationSeconds\":0}",
			    task);
	assert_true(fx_call(&f, f.admin, "sts", "AssumeRoot", json.p));
	assert_false(fx_call(&f, f.admin, "sts", "AssumeRoot",
			     "{\"TargetPrincipal\":\"333333333333\"}"));
	assert_string_equal(
		fx_fault(&f),
		"ValidationError: 1 validation error detected: Value null at "
		"'taskPolicyArn' failed to satisfy constraint: Member must not be null");
}

static void test_global_endpoint(void **state)
{
	static const char valid[] =
		"{\"TargetPrincipal\":\"333333333333\",\"TaskPolicyArn\":{\"arn\":"
		"\"arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials\"}}";
	struct fx_http r = {
		.creds = fx_creds_of(&f, f.admin),
		.service = "sts",
		.op = "AssumeRoot",
		.json = valid,
		.host = "sts.amazonaws.com",
	};

	(void)state;
	fx_enable(&f);
	struct server_response resp = fx_send(&f, &r);
	assert_int_equal(resp.status, 400);
	assert_true(str_eqz(fx_error_code(&resp), "InvalidAction"));
	assert_true(str_find(resp.body, STR("<Message>Unknown Operation</Message>")) >= 0);
	/* What is not known is not validated either. */
	r.json = "{\"TargetPrincipal\":\"x\",\"DurationSeconds\":901}";
	resp = fx_send(&f, &r);
	assert_true(str_eqz(fx_error_code(&resp), "InvalidAction"));
	r.host = "sts.us-east-1.amazonaws.com";
	resp = fx_send(&f, &r);
	assert_true(str_eqz(fx_error_code(&resp), "ValidationError"));
	r.json = valid;
	r.host = "sts.us-east-1.amazonaws.com";
	assert_int_equal(fx_send(&f, &r).status, 200);
}

/*
 * "Issued root sessions survive disable, deregistration and trust removal; new
 * AssumeRoot still worked 60 s after trust removal; at 180 s 'Service not
 * enabled for AWS Organizations.'"
 */
static void test_switching_off_takes_a_while(void **state)
{
	(void)state;
	fx_enable(&f);
	assert_true(fx_assume_root(&f, f.admin, "333333333333", AUDIT));
	struct fx_creds root = fx_session(&f);
	assert_true(fx_call(&f, f.admin, "organizations", "DisableAWSServiceAccess",
			    "{\"ServicePrincipal\":\"iam.amazonaws.com\"}"));
	sandbox_advance(f.s, 60 * 1000);
	assert_true(fx_assume_root(&f, f.admin, "333333333333", AUDIT));
	sandbox_advance(f.s, 120 * 1000);
	assert_false(fx_assume_root(&f, f.admin, "333333333333", AUDIT));
	assert_string_equal(fx_fault(&f),
			    "AccessDenied: Service not enabled for AWS Organizations.");
	assert_true(fx_call(&f, root.key, "iam", "GetAccountSummary", "{}"));
}

static void test_features_and_delegates_lag_too(void **state)
{
	(void)state;
	fx_enable(&f);
	assert_true(fx_call(&f, f.admin, "organizations", "RegisterDelegatedAdministrator",
			    "{\"AccountId\":\"222222222222\",\"ServicePrincipal\":"
			    "\"iam.amazonaws.com\"}"));
	assert_true(fx_call(&f, f.admin, "iam", "DisableOrganizationsRootSessions", "{}"));
	sandbox_advance(f.s, 15 * 1000);
	assert_true(fx_assume_root(&f, f.admin, "333333333333", S3));
	assert_true(fx_call(&f, f.admin, "organizations", "DeregisterDelegatedAdministrator",
			    "{\"AccountId\":\"222222222222\",\"ServicePrincipal\":"
			    "\"iam.amazonaws.com\"}"));
	sandbox_advance(f.s, 15 * 1000);
	assert_true(fx_assume_root(&f, f.security, "333333333333", AUDIT));
	sandbox_advance(f.s, 180 * 1000);
	assert_false(fx_assume_root(&f, f.admin, "333333333333", S3));
	assert_false(fx_assume_root(&f, f.security, "333333333333", AUDIT));
	assert_true(fx_assume_root(&f, f.admin, "333333333333", AUDIT));
}

/* ---- AssumeRole ---- */

static void test_access_role(void **state)
{
	static const char role[] = "arn:aws:iam::333333333333:role/OrganizationAccountAccessRole";

	(void)state;
	assert_true(assume_role(f.admin, role, ""));
	struct fx_creds session = fx_session(&f);
	assert_true(str_eqz(val_get_str(val_get(f.out, "AssumedRoleUser"), "Arn"),
			    "arn:aws:sts::333333333333:assumed-role/OrganizationAccountAccessRole/"
			    "test-session"));
	assert_true(fx_call(&f, session.key, "iam", "GetAccountSummary", "{}"));
	assert_true(fx_call(&f, session.key, "sts", "GetCallerIdentity", "{}"));
	assert_true(str_eqz(fx_get(&f, "Account"), "333333333333"));
	assert_false(assume_role(user_key("nobody"), role, ""));
	assert_string_equal(fx_fault(&f),
			    "AccessDenied: User: arn:aws:iam::111111111111:user/nobody is not "
			    "authorized to perform: sts:AssumeRole on resource: "
			    "arn:aws:iam::333333333333:role/OrganizationAccountAccessRole");
	/* It trusts the management account alone. */
	assert_false(assume_role(f.security, role, ""));
	assert_false(assume_role(f.admin, "arn:aws:iam::333333333333:role/Nothing", ""));
	assert_false(assume_role(f.admin, "arn:aws:iam::333333333333", ""));
	assert_true(str_eqz(f.fault.code, "ValidationError"));
}

static void test_external_id(void **state)
{
	static const char role[] = "arn:aws:iam::333333333333:role/Partner";

	(void)state;
	assert_false(assume_role(f.admin, role, ""));
	assert_false(assume_role(f.admin, role, ",\"ExternalId\":\"another-word\""));
	if (!assume_role(f.admin, role, ",\"ExternalId\":\"secret-word\""))
		fail_msg("%s", fx_fault(&f));
}

static void test_role_durations(void **state)
{
	static const char role[] = "arn:aws:iam::111111111111:role/Auditor";

	(void)state;
	assert_true(assume_role(f.admin, role, ",\"DurationSeconds\":7200"));
	assert_false(assume_role(f.admin, role, ",\"DurationSeconds\":7201"));
	assert_string_equal(fx_fault(&f),
			    "ValidationError: The requested DurationSeconds exceeds the "
			    "MaxSessionDuration set for this role.");
	assert_false(assume_role(f.admin, role, ",\"DurationSeconds\":899"));
	assert_true(str_startsz(f.fault.message, "1 validation error detected"));
}

/* A role that assumes a role: an hour at most. */
static void test_chaining(void **state)
{
	(void)state;
	assert_true(assume_role(f.production,
				"arn:aws:iam::333333333333:role/OrganizationAccountAccessRole",
				"") == false); /* trusts the management account */
	assert_true(assume_role(f.admin, "arn:aws:iam::111111111111:role/Auditor", ""));
	struct fx_creds auditor = fx_session(&f);
	/* IAMReadOnlyAccess has no sts:AssumeRole. */
	assert_false(assume_role(auditor.key, "arn:aws:iam::111111111111:role/Auditor", ""));
	assert_true(fx_call(&f, f.admin, "sts", "GetCallerIdentity", "{}"));
	struct world_account *acct = world_account(sandbox_world(f.s), STR("111111111111"));
	struct iam_role *role = iam_role(&acct->iam, STR("Auditor"));
	world_make_attached(sandbox_world(f.s), &role->attached,
			    world_aws_policy(sandbox_world(f.s), STR(ADMINISTRATOR_ACCESS_ARN)));
	assert_true(assume_role(auditor.key, "arn:aws:iam::111111111111:role/Auditor", ""));
	assert_false(assume_role(auditor.key, "arn:aws:iam::111111111111:role/Auditor",
				 ",\"DurationSeconds\":3601"));
	assert_string_equal(fx_fault(&f),
			    "ValidationError: The requested DurationSeconds exceeds the 1 hour "
			    "session limit for roles assumed by role chaining.");
}

static void test_session_policy_narrows(void **state)
{
	static const char role[] = "arn:aws:iam::333333333333:role/OrganizationAccountAccessRole";

	(void)state;
	assert_true(assume_role(f.admin, role,
				",\"Policy\":\"{\\\"Version\\\":\\\"2012-10-17\\\","
				"\\\"Statement\\\":[{\\\"Effect\\\":"
				"\\\"Allow\\\",\\\"Action\\\":\\\"iam:GetAccountSummary\\\","
				"\\\"Resource\\\":\\\"*\\\"}]}\""));
	assert_true(val_i64(val_get(f.out, "PackedPolicySize"), 0) > 0);
	struct fx_creds s = fx_session(&f);
	assert_true(fx_call(&f, s.key, "iam", "GetAccountSummary", "{}"));
	assert_false(fx_call(&f, s.key, "iam", "ListAccountAliases", "{}"));
	assert_true(
		str_endsz(f.fault.message,
			  "because no session policy allows the iam:ListAccountAliases action"));
	assert_false(assume_role(f.admin, role, ",\"Policy\":\"{\\\"nonsense\\\":1}\""));
	assert_string_equal(fx_fault(&f), "MalformedPolicyDocument: Syntax errors in policy.");
}

static void test_root_assumes_no_role(void **state)
{
	const struct world_account *acct = world_account(sandbox_world(f.s), STR("333333333333"));

	(void)state;
	assert_false(assume_role(acct->iam.root.keys->id,
				 "arn:aws:iam::333333333333:role/OrganizationAccountAccessRole",
				 ""));
	assert_string_equal(fx_fault(&f),
			    "AccessDenied: Roles may not be assumed by root accounts.");
}

static void test_tags_and_source_identity(void **state)
{
	static const char role[] = "arn:aws:iam::333333333333:role/OrganizationAccountAccessRole";

	(void)state;
	/* The trust policy allows sts:AssumeRole alone. */
	assert_false(assume_role(f.admin, role, ",\"SourceIdentity\":\"hanako\""));
	assert_true(str_find(f.fault.message, STR("sts:SetSourceIdentity")) >= 0);
	assert_false(assume_role(f.admin, role, ",\"Tags\":[{\"Key\":\"a\",\"Value\":\"b\"}]"));
	assert_true(str_find(f.fault.message, STR("sts:TagSession")) >= 0);
}

/* Roles of the management account that trust it, with everything that a session may carry. */
static void open_roles(void)
{
	static const char *const names[] = {"One", "Two"};
	static const char trust[] =
		"{\\\"Version\\\":\\\"2012-10-17\\\",\\\"Statement\\\":[{\\\"Effect\\\":"
		"\\\"Allow\\\",\\\"Principal\\\":{\\\"AWS\\\":\\\"111111111111\\\"},"
		"\\\"Action\\\":[%s]}]}";
	static const char *const actions[] = {
		"\\\"sts:AssumeRole\\\",\\\"sts:TagSession\\\",\\\"sts:SetSourceIdentity\\\"",
		"\\\"sts:AssumeRole\\\"",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct str document = arena_printf(f.a, trust, actions[i]);
		struct str json = arena_printf(
			f.a, "{\"RoleName\":\"%s\",\"AssumeRolePolicyDocument\":\"%.*s\"}",
			names[i], STR_ARG(document));
		if (!fx_call(&f, f.admin, "iam", "CreateRole", json.p))
			fail_msg("%s", fx_fault(&f));
		json = arena_printf(f.a, "{\"RoleName\":\"%s\",\"PolicyArn\":\"%s\"}", names[i],
				    ADMINISTRATOR_ACCESS_ARN);
		assert_true(fx_call(&f, f.admin, "iam", "AttachRolePolicy", json.p));
	}
}

#define ONE "arn:aws:iam::111111111111:role/One"
#define TWO "arn:aws:iam::111111111111:role/Two"

static void refused_tags(struct str key, const char *more, const char *message)
{
	assert_false(assume_role(key, ONE, more));
	assert_true(str_eqz(f.fault.code, "InvalidParameterValue"));
	if (!str_eqz(f.fault.message, message))
		fail_msg("%s", fx_fault(&f));
}

/* https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html, "regardless of case" */
static void test_session_tags(void **state)
{
	(void)state;
	open_roles();
	refused_tags(f.admin,
		     ",\"Tags\":[{\"Key\":\"a\",\"Value\":\"1\"},"
		     "{\"Key\":\"A\",\"Value\":\"2\"}]",
		     "Duplicate tag keys found. Please note that Tag keys are case insensitive.");
	refused_tags(f.admin, ",\"TransitiveTagKeys\":[\"a\"]",
		     "The specified transitive tag key must be included in the requested tags.");
	assert_true(assume_role(f.admin, ONE,
				",\"Tags\":[{\"Key\":\"Team\",\"Value\":\"1\"}],"
				"\"TransitiveTagKeys\":[\"team\"]"));
	struct fx_creds one = fx_session(&f);
	refused_tags(one.key, ",\"Tags\":[{\"Key\":\"TEAM\",\"Value\":\"2\"}]",
		     "One of the specified transitive tag keys can't be set because it conflicts "
		     "with a transitive tag key from the calling session.");
	assert_true(assume_role(one.key, ONE, ",\"Tags\":[{\"Key\":\"b\",\"Value\":\"2\"}]"));
}

/* "The source identity value can't be changed after it is set", and every role must allow it. */
static void test_source_identity_is_kept(void **state)
{
	(void)state;
	open_roles();
	assert_true(assume_role(f.admin, ONE, ",\"SourceIdentity\":\"hanako\""));
	struct fx_creds one = fx_session(&f);
	assert_true(assume_role(one.key, ONE, ""));
	assert_true(str_eqz(fx_get(&f, "SourceIdentity"), "hanako"));
	assert_true(assume_role(one.key, ONE, ",\"SourceIdentity\":\"hanako\""));
	assert_false(assume_role(one.key, ONE, ",\"SourceIdentity\":\"taro\""));
	assert_true(str_endsz(f.fault.message, "sts:SetSourceIdentity on resource: " ONE));
	assert_false(assume_role(one.key, TWO, ""));
	assert_true(str_endsz(f.fault.message, "sts:SetSourceIdentity on resource: " TWO));
	assert_true(assume_role(f.admin, TWO, ""));
}

/* As replay.c does it with the entry of a log. */
static bool replayed(struct str key, const char *json)
{
	struct world *w = sandbox_world(f.s);
	struct caller who;
	struct err err = {0};
	struct sandbox_request r = {
		.world = w,
		.arena = f.a,
		.now_ms = FX_NOW_MS,
		.op = api_op(api_service(STR("sts")), STR("AssumeRole")),
		.who = &who,
		.out = val_object(f.a),
		.replay = true,
	};

	assert_true(json_read(str_of(json), JSON_UNIQUE, f.a, &r.in, &err));
	assert_true(caller_of(w, key, f.a, &who));
	rng_seed(&r.rng, 1);
	r.serving = sandbox_service_op(&sandbox_sts, r.op->name);
	if (!r.serving->fn(&r))
		return false;
	f.out = r.out;
	return true;
}

/* What is refused today was taken once, and a state folder must open. */
static void test_logs_of_before(void **state)
{
	static const char begins[] = "{\"RoleArn\":\"" ONE "\",\"RoleSessionName\":\"abc\",";

	(void)state;
	open_roles();
	assert_true(replayed(f.admin, arena_printf(f.a,
						   "%s\"Tags\":[{\"Key\":\"a\",\"Value\":\"1\"},"
						   "{\"Key\":\"A\",\"Value\":\"2\"}],"
						   "\"TransitiveTagKeys\":[\"a\",\"zz\"],"
						   "\"SourceIdentity\":\"hanako\"}",
						   begins)
					      .p));
	struct str key = fx_session(&f).key;
	assert_true(replayed(key, arena_printf(f.a,
					       "%s\"Tags\":[{\"Key\":\"A\",\"Value\":\"3\"}],"
					       "\"SourceIdentity\":\"taro\"}",
					       begins)
					  .p));
	assert_true(str_eqz(fx_get(&f, "SourceIdentity"), "hanako"));
	key = fx_session(&f).key;
	assert_true(fx_call(&f, key, "iam", "GetAccountSummary", "{}"));
}

/* ---- the rest ---- */

static void test_session_credentials_cannot_make_sessions(void **state)
{
	(void)state;
	assert_true(fx_call(&f, f.admin, "sts", "GetSessionToken", "{}"));
	struct fx_creds s = fx_session(&f);
	assert_false(fx_call(&f, s.key, "sts", "GetSessionToken", "{}"));
	assert_string_equal(fx_fault(&f),
			    "AccessDenied: Cannot call GetSessionToken with session credentials");
	/* No MFA, no IAM. */
	assert_false(fx_call(&f, s.key, "iam", "GetAccountSummary", "{}"));
	assert_true(str_eqz(f.fault.code, "InvalidClientTokenId"));
	assert_true(fx_call(&f, s.key, "organizations", "DescribeOrganization", "{}"));
}

/* "In addition to the action that matches the API operation … sts:TagSession" */
static void test_tags_of_a_federation_token(void **state)
{
	static const char tagged[] = "{\"Name\":\"hanako\",\"Tags\":"
				     "[{\"Key\":\"a\",\"Value\":\"b\"}]}";
	struct str key = user_key("nobody");

	(void)state;
	assert_true(fx_call(&f, f.admin, "iam", "PutUserPolicy",
			    "{\"UserName\":\"nobody\",\"PolicyName\":\"p\",\"PolicyDocument\":"
			    "\"{\\\"Version\\\":\\\"2012-10-17\\\",\\\"Statement\\\":"
			    "[{\\\"Effect\\\":\\\"Allow\\\",\\\"Action\\\":"
			    "\\\"sts:GetFederationToken\\\",\\\"Resource\\\":\\\"*\\\"}]}\"}"));
	assert_true(fx_call(&f, key, "sts", "GetFederationToken", "{\"Name\":\"hanako\"}"));
	assert_false(fx_call(&f, key, "sts", "GetFederationToken", tagged));
	assert_true(str_find(f.fault.message, STR("perform: sts:TagSession on resource: "
						  "arn:aws:sts::111111111111:federated-user/"
						  "hanako because no identity-based")) >= 0);
	assert_true(fx_call(&f, f.admin, "sts", "GetFederationToken", tagged));
}

static void test_federation_token(void **state)
{
	(void)state;
	assert_true(fx_call(&f, f.admin, "sts", "GetFederationToken",
			    "{\"Name\":\"hanako\",\"Policy\":\"{\\\"Version\\\":\\\"2012-10-17\\\","
			    "\\\"Statement\\\":[{\\\"Effect\\\":\\\"Allow\\\",\\\"Action\\\":"
			    "\\\"organizations:List*\\\",\\\"Resource\\\":\\\"*\\\"}]}\"}"));
	struct fx_creds s = fx_session(&f);
	assert_true(str_eqz(val_get_str(val_get(f.out, "FederatedUser"), "Arn"),
			    "arn:aws:sts::111111111111:federated-user/hanako"));
	assert_true(fx_call(&f, s.key, "organizations", "ListRoots", "{}"));
	assert_false(fx_call(&f, s.key, "organizations", "DescribeOrganization", "{}"));
	assert_true(str_eqz(f.fault.code, "AccessDeniedException"));
	assert_false(fx_call(&f, s.key, "iam", "GetAccountSummary", "{}"));
	/* Who may not is told that first. */
	assert_false(fx_call(&f, user_key("nobody"), "sts", "GetFederationToken",
			     "{\"Name\":\"hanako\"}"));
	assert_true(str_find(f.fault.message, STR("perform: sts:GetFederationToken on resource: "
						  "arn:aws:sts::111111111111:federated-user/"
						  "hanako because no identity-based policy")) >= 0);
	assert_true(assume_role(f.admin, "arn:aws:iam::111111111111:role/Auditor", ""));
	assert_false(fx_call(&f, fx_session(&f).key, "sts", "GetFederationToken",
			     "{\"Name\":\"hanako\"}"));
	assert_true(str_find(f.fault.message, STR("perform: sts:GetFederationToken")) >= 0);
	assert_true(fx_call(&f, f.admin, "sts", "GetFederationToken", "{\"Name\":\"nothing\"}"));
	s = fx_session(&f);
	assert_false(fx_call(&f, s.key, "organizations", "ListRoots", "{}"));
}

static void test_access_key_info(void **state)
{
	(void)state;
	struct str json = arena_printf(f.a, "{\"AccessKeyId\":\"%.*s\"}", STR_ARG(f.production));
	assert_true(fx_call(&f, f.admin, "sts", "GetAccessKeyInfo", json.p));
	assert_true(str_eqz(fx_get(&f, "Account"), "333333333333"));
	assert_false(fx_call(&f, f.admin, "sts", "GetAccessKeyInfo",
			     "{\"AccessKeyId\":\"AKIA1111111111111111\"}"));
	assert_false(fx_call(&f, f.admin, "sts", "DecodeAuthorizationMessage",
			     "{\"EncodedMessage\":\"abc\"}"));
	assert_true(str_eqz(f.fault.code, "InvalidAuthorizationMessageException"));
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_root_needs_trust_and_feature),
		T(test_each_feature_gates_its_own_tasks),
		T(test_root_session_is_root),
		T(test_task_policy_bounds_the_session),
		T(test_root_targets),
		T(test_who_may_assume_root),
		T(test_root_durations),
		T(test_global_endpoint),
		T(test_switching_off_takes_a_while),
		T(test_features_and_delegates_lag_too),
		T(test_access_role),
		T(test_external_id),
		T(test_role_durations),
		T(test_chaining),
		T(test_session_policy_narrows),
		T(test_root_assumes_no_role),
		T(test_tags_and_source_identity),
		T(test_session_tags),
		T(test_source_identity_is_kept),
		T(test_logs_of_before),
		T(test_session_credentials_cannot_make_sessions),
		T(test_federation_token),
		T(test_tags_of_a_federation_token),
		T(test_access_key_info),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
