#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fixture.h"
#include "organizations-calls.h"

/*
 * Everything random and timed comes from the request: what a restart replays
 * from the log is the same organization, byte for byte.
 */

static char *dir;

static void reopen(void)
{
	const struct sandbox_options opt = {
		.state_dir = dir, .seeded = true, .seed = 7, .now_ms = FX_NOW_MS};

	if (f.s)
		fx_close(&f);
	fx_open(&f, &opt);
}

static const char *handshake(void)
{
	return J("{\"HandshakeId\":\"%.*s\"}", STR_ARG(val_str(at("Handshake", "Id"))));
}

static void change_units_and_policies(void)
{
	ok("CreateOrganizationalUnit", J("{\"ParentId\":\"%s\",\"Name\":\"One\"}", root_id()));
	ok("CreateOrganizationalUnit", J("{\"ParentId\":\"%s\",\"Name\":\"Two\"}", unit_id("One")));
	ok("UpdateOrganizationalUnit",
	   J("{\"OrganizationalUnitId\":\"%s\",\"Name\":\"予約\"}", unit_id("Two")));
	ok("EnablePolicyType", J("{\"RootId\":\"%s\",\"PolicyType\":\"TAG_POLICY\"}", root_id()));
	const char *policy = new_scp("mine");
	ok("AttachPolicy", J("{\"PolicyId\":\"%s\",\"TargetId\":\"%s\"}", policy, unit_id("One")));
	ok("UpdatePolicy", J("{\"PolicyId\":\"%s\",\"Description\":\"new\"}", policy));
	ok("MoveAccount", J("{\"AccountId\":\"333333333333\",\"SourceParentId\":\"%s\","
			    "\"DestinationParentId\":\"%s\"}",
			    unit_id("Production"), unit_id("One")));
	ok("DeleteOrganizationalUnit",
	   J("{\"OrganizationalUnitId\":\"%s\"}", unit_id("Production")));
}

static void change_accounts(void)
{
	ok("EnableAWSServiceAccess", "{\"ServicePrincipal\":\"sso.amazonaws.com\"}");
	ok("RegisterDelegatedAdministrator",
	   "{\"AccountId\":\"222222222222\",\"ServicePrincipal\":\"sso.amazonaws.com\"}");
	ok("CreateAccount", "{\"AccountName\":\"born\",\"Email\":\"born@example.com\",\"Tags\":"
			    "[{\"Key\":\"k\",\"Value\":\"v\"}]}");
	ok("CreateAccount", "{\"AccountName\":\"twin\",\"Email\":\"main@example.com\"}");
	ok("PutResourcePolicy",
	   "{\"Content\":\"{\\\"Statement\\\":{\\\"Effect\\\":\\\"Allow\\\",\\\"Principal\\\":"
	   "{\\\"AWS\\\":\\\"333333333333\\\"},\\\"Action\\\":\\\"organizations:List*\\\","
	   "\\\"Resource\\\":\\\"*\\\"}}\"}");
	ok("CloseAccount", "{\"AccountId\":\"444444444444\"}");
	sandbox_advance(f.s, 600000);
	ok("TagResource",
	   "{\"ResourceId\":\"333333333333\",\"Tags\":[{\"Key\":\"k\",\"Value\":\"v\"}]}");
}

/* With the refused acceptance that changes something all the same. */
static void change_handshakes(void)
{
	ok("RemoveAccountFromOrganization", "{\"AccountId\":\"333333333333\"}");
	ok("InviteAccountToOrganization",
	   "{\"Target\":{\"Id\":\"333333333333\",\"Type\":\"ACCOUNT\"},\"Notes\":\"n\"}");
	const char *one = handshake();
	ok("InviteAccountToOrganization",
	   "{\"Target\":{\"Id\":\"production@example.com\",\"Type\":\"EMAIL\"}}");
	const char *two = handshake();
	ok("InviteAccountToOrganization",
	   "{\"Target\":{\"Id\":\"555555555555\",\"Type\":\"ACCOUNT\"}}");
	ok_as(f.production, "AcceptHandshake", one);
	refused_as(f.production, "AcceptHandshake", two, "HandshakeConstraintViolationException",
		   NULL);
}

static void test_a_restart_changes_nothing(void **state)
{
	(void)state;
	dir = fx_tempdir();
	reopen();
	change_units_and_policies();
	change_accounts();
	change_handshakes();
	char *before = xstrdup(fx_dump(&f).p);
	reopen();
	assert_true(sandbox_continued(f.s));
	struct str after = fx_dump(&f);
	assert_string_equal(before, after.p);
	assert_true(str_find(after, STR("ACCEPTED")) > 0);
	assert_true(str_find(after, STR("EMAIL_ALREADY_EXISTS")) > 0);
	ok("DescribeOrganization", "{}");
	free(before);
	fx_close(&f);
	f.s = NULL;
	fx_rmdir(dir);
}

static void test_a_new_organization(void **state)
{
	(void)state;
	dir = fx_tempdir();
	reopen();
	for (int i = 2; i <= 4; i++) {
		const char *id = J("%d%d%d%d%d%d%d%d%d%d%d%d", i, i, i, i, i, i, i, i, i, i, i, i);
		ok("RemoveAccountFromOrganization", J("{\"AccountId\":\"%s\"}", id));
	}
	ok("DeleteOrganization", "{}");
	ok_as(f.production, "CreateOrganization", "{}");
	ok_as(f.production, "CreateAccount", "{\"AccountName\":\"a\",\"Email\":\"a@example.com\"}");
	char *before = xstrdup(fx_dump(&f).p);
	reopen();
	assert_string_equal(before, fx_dump(&f).p);
	free(before);
	fx_close(&f);
	f.s = NULL;
	fx_rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_restart_changes_nothing),
		cmocka_unit_test(test_a_new_organization),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
