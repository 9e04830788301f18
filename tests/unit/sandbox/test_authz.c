#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "fixture.h"

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

static struct world_policy *policy(const char *name)
{
	for (struct world_policy *p = sandbox_world(f.s)->org->policies; p; p = p->next)
		if (str_eqz(p->name, name))
			return p;
	fail_msg("no policy %s", name);
	return NULL;
}

static struct world_unit *unit(const char *name)
{
	for (struct world_unit *u = sandbox_world(f.s)->org->units; u; u = u->next)
		if (str_eqz(u->name, name))
			return u;
	fail_msg("no unit %s", name);
	return NULL;
}

static const char *denies_in(const char *kind, struct str arn)
{
	return arena_printf(f.a, "with an explicit deny in a %s: %.*s", kind, STR_ARG(arn)).p;
}

static const char *denies(const char *scp)
{
	return denies_in("service control policy", policy(scp)->arn);
}

static void expect_denied(struct str key, const char *service, const char *op, const char *end)
{
	if (fx_call(&f, key, service, op, "{}"))
		fail_msg("%s was allowed", op);
	if (!str_endsz(f.fault.message, end))
		fail_msg("%s: %s", op, fx_fault(&f));
}

static void test_words_of_a_denial(void **state)
{
	(void)state;
	assert_false(fx_call(&f, user_key("nobody"), "iam", "ListOrganizationsFeatures", "{}"));
	assert_string_equal(
		fx_fault(&f),
		"AccessDenied: User: arn:aws:iam::111111111111:user/nobody is not authorized to "
		"perform: iam:ListOrganizationsFeatures on resource: * because no identity-based "
		"policy allows the iam:ListOrganizationsFeatures action");
	assert_int_equal(f.fault.status, 403);
	assert_false(fx_call(&f, user_key("nobody"), "organizations", "ListRoots", "{}"));
	assert_true(str_eqz(f.fault.code, "AccessDeniedException"));
	assert_int_equal(f.fault.status, 400); /* "Organizations errors are HTTP 400" */
	expect_denied(user_key("fenced"), "organizations", "ListRoots",
		      "because no permissions boundary allows the organizations:ListRoots action");
	assert_true(fx_call(&f, user_key("fenced"), "iam", "ListAccountAliases", "{}"));
	assert_true(fx_call(&f, user_key("reader"), "iam", "ListAccountAliases", "{}"));
	expect_denied(user_key("reader"), "iam", "GetAccountSummary",
		      "because no identity-based policy allows the iam:GetAccountSummary action");
}

/* An SCP binds from any level above: the root, each unit, the account. */
static void test_scps_of_every_level(void **state)
{
	struct world *w = sandbox_world(f.s);
	struct world_account *acct = world_account(w, STR("333333333333"));
	struct world_attachment **levels[] = {
		&w->org->units->attached,
		&unit("Workloads")->attached,
		&unit("Production")->attached,
		&acct->attached,
	};
	struct str root_key = acct->iam.root.keys->id;

	(void)state;
	assert_true(fx_call(&f, root_key, "iam", "GetAccountSummary", "{}"));
	for (size_t i = 0; i < ARRAY_SIZE(levels); i++) {
		assert_true(world_attach(w, levels[i], policy("deny-root")));
		expect_denied(root_key, "iam", "GetAccountSummary", denies("deny-root"));
		assert_true(fx_call(&f, f.production, "iam", "GetAccountSummary", "{}"));
		assert_true(world_detach(levels[i], policy("deny-root")));
		assert_true(fx_call(&f, root_key, "iam", "GetAccountSummary", "{}"));
	}
	/* Not the unit beside. */
	assert_true(world_attach(w, &unit("Suspended")->attached, policy("deny-root")));
	assert_true(fx_call(&f, root_key, "iam", "GetAccountSummary", "{}"));
}

/* "SCPs bind member root incl. AssumeRoot sessions", and not the call that begins one. */
static void test_scps_bind_root_sessions(void **state)
{
	struct world *w = sandbox_world(f.s);

	(void)state;
	fx_enable(&f);
	assert_true(world_attach(w, &unit("Production")->attached, policy("deny-root")));
	assert_true(fx_assume_root(&f, f.admin, "333333333333", "IAMAuditRootUserCredentials"));
	struct fx_creds root = fx_session(&f);
	expect_denied(root.key, "iam", "GetAccountSummary", denies("deny-root"));
	assert_true(fx_call(&f, root.key, "sts", "GetCallerIdentity", "{}"));
}

/* The exception that root sessions need: Null aws:AssumedRoot. */
static void test_assumed_root_key(void **state)
{
	static const char content[] =
		"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"*\","
		"\"Resource\":\"*\",\"Condition\":{\"ArnLike\":{\"aws:PrincipalArn\":"
		"\"arn:aws:iam::*:root\"},\"Null\":{\"aws:AssumedRoot\":\"true\"}}}]}";
	struct world *w = sandbox_world(f.s);
	struct world_account *acct = world_account(w, STR("333333333333"));
	struct world_policy *p = arena_new_of(w->arena, struct world_policy);
	struct err err = {0};

	(void)state;
	fx_enable(&f);
	p->id = STR("p-exception");
	p->name = p->id;
	p->arn = STR("arn:aws:organizations::111111111111:policy/o/p-exception");
	p->type = STR("SERVICE_CONTROL_POLICY");
	p->content = str_of(content);
	p->parsed = policy_parse(p->content, POLICY_SCP, p->name, w->arena, &err);
	assert_non_null(p->parsed);
	WORLD_PUSH(w->org->policies, p);
	world_attach(w, &acct->attached, p);
	assert_true(fx_assume_root(&f, f.admin, "333333333333", "IAMAuditRootUserCredentials"));
	struct fx_creds root = fx_session(&f);
	assert_true(fx_call(&f, root.key, "iam", "GetAccountSummary", "{}"));
	expect_denied(acct->iam.root.keys->id, "iam", "GetAccountSummary", denies("p-exception"));
}

/* Without the policy that allows everything a level allows nothing. */
static void test_a_level_without_allow(void **state)
{
	struct world *w = sandbox_world(f.s);

	(void)state;
	assert_true(world_detach(&unit("Production")->attached, policy("FullAWSAccess")));
	expect_denied(f.production, "iam", "GetAccountSummary",
		      "because no service control policy allows the iam:GetAccountSummary action");
	assert_true(world_attach(w, &unit("Production")->attached, policy("FullAWSAccess")));
	assert_true(fx_call(&f, f.production, "iam", "GetAccountSummary", "{}"));
}

static void test_the_management_account_is_free(void **state)
{
	struct world *w = sandbox_world(f.s);

	(void)state;
	world_detach(&w->org->units->attached, policy("FullAWSAccess"));
	assert_true(fx_call(&f, f.admin, "iam", "GetAccountSummary", "{}"));
	expect_denied(f.security, "iam", "GetAccountSummary",
		      "because no service control policy allows the iam:GetAccountSummary action");
}

static void test_scps_only_while_their_type_is_enabled(void **state)
{
	struct world *w = sandbox_world(f.s);

	(void)state;
	world_detach(&w->org->units->attached, policy("FullAWSAccess"));
	expect_denied(f.security, "iam", "GetAccountSummary",
		      "because no service control policy allows the iam:GetAccountSummary action");
	map_remove(&w->org->units->policy_types, STR("SERVICE_CONTROL_POLICY"));
	assert_true(fx_call(&f, f.security, "iam", "GetAccountSummary", "{}"));
}

/* Session policies by ARN are read live: a new default version binds at once. */
static void test_managed_session_policies_are_live(void **state)
{
	struct world *w = sandbox_world(f.s);
	struct world_account *acct = world_account(w, STR("333333333333"));
	struct iam_managed *p = arena_new_of(w->arena, struct iam_managed);
	struct iam_version *allow = arena_new_of(w->arena, struct iam_version);
	struct iam_version *deny = arena_new_of(w->arena, struct iam_version);
	struct err err = {0};

	(void)state;
	p->name = STR("live");
	p->arn = STR("arn:aws:iam::333333333333:policy/live");
	allow->parsed =
		policy_parse(STR(FULL_ACCESS_DOCUMENT), POLICY_IDENTITY, p->name, w->arena, &err);
	deny->parsed = policy_parse(STR("{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":"
					"\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"}]}"),
				    POLICY_IDENTITY, p->name, w->arena, &err);
	p->versions = p->default_version = allow;
	WORLD_PUSH(acct->iam.policies, p);
	assert_true(fx_call(
		&f, f.admin, "sts", "AssumeRole",
		"{\"RoleArn\":\"arn:aws:iam::333333333333:role/OrganizationAccountAccessRole\","
		"\"RoleSessionName\":\"abc\",\"PolicyArns\":[{\"arn\":"
		"\"arn:aws:iam::333333333333:policy/live\"}]}"));
	struct fx_creds s = fx_session(&f);
	assert_true(fx_call(&f, s.key, "iam", "GetAccountSummary", "{}"));
	p->default_version = deny;
	expect_denied(s.key, "iam", "GetAccountSummary", denies_in("session policy", p->arn));
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_words_of_a_denial),
		T(test_scps_of_every_level),
		T(test_scps_bind_root_sessions),
		T(test_assumed_root_key),
		T(test_a_level_without_allow),
		T(test_the_management_account_is_free),
		T(test_scps_only_while_their_type_is_enabled),
		T(test_managed_session_policies_are_live),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
