#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "fixture.h"
#include "organizations-calls.h"

#define DAY_MS (86400 * INT64_C(1000))

static void test_read(void **state)
{
	const char *org = arena_dupz(f.a, sandbox_world(f.s)->org->id);

	(void)state;
	ok("ListAccounts", "{}");
	assert_int_equal(val_count(at("Accounts")), 4);
	const struct val *first = val_at(at("Accounts"), 0);
	assert_true(is(val_get(first, "Id"), "111111111111"));
	assert_true(is(val_get(first, "JoinedMethod"), "INVITED"));

	ok("DescribeAccount", "{\"AccountId\":\"333333333333\"}");
	assert_true(is(at("Account", "Name"), "production"));
	assert_true(is(at("Account", "Email"), "production@example.com"));
	assert_true(is(at("Account", "State"), "ACTIVE"));
	assert_true(is(at("Account", "Status"), "ACTIVE"));
	assert_true(is(at("Account", "JoinedMethod"), "CREATED"));
	assert_true(is(at("Account", "Arn"),
		       J("arn:aws:organizations::111111111111:account/%s/333333333333", org)));
	assert_int_equal(val_count(at("Account", "Paths")), 1);
	assert_true(is(val_at(at("Account", "Paths"), 0),
		       J("%s/%s/%s/%s/333333333333/", org, root_id(), unit_id("Workloads"),
			 unit_id("Production"))));
	ok("DescribeAccount", "{\"AccountId\":\"444444444444\"}");
	assert_true(is(at("Account", "State"), "SUSPENDED"));
	refused("DescribeAccount", "{\"AccountId\":\"999999999999\"}", "AccountNotFoundException",
		NULL);
	assert_true(str_eqz(f.fault.message, "You specified an account that doesn't exist."));
	ok("ListAccountsForParent", J("{\"ParentId\":\"%s\"}", unit_id("Production")));
	assert_int_equal(val_count(at("Accounts")), 1);
	ok("ListAccounts", "{\"MaxResults\":3}");
	assert_int_equal(val_count(at("Accounts")), 3);
	assert_non_null(at("NextToken"));
}

static const char *create(const char *name, const char *email)
{
	ok("CreateAccount", J("{\"AccountName\":\"%s\",\"Email\":\"%s\",\"RoleName\":\"Keys\","
			      "\"Tags\":[{\"Key\":\"team\",\"Value\":\"pos\"}]}",
			      name, email));
	assert_true(is(at("CreateAccountStatus", "State"), "IN_PROGRESS"));
	assert_true(is(at("CreateAccountStatus", "AccountName"), name));
	assert_null(at("CreateAccountStatus", "AccountId"));
	assert_null(at("CreateAccountStatus", "CompletedTimestamp"));
	const char *id = arena_dupz(f.a, val_str(at("CreateAccountStatus", "Id")));
	assert_true(str_startsz(str_of(id), "car-"));
	return id;
}

static void describe(const char *id)
{
	ok("DescribeCreateAccountStatus", J("{\"CreateAccountRequestId\":\"%s\"}", id));
}

static void test_birth(void **state)
{
	(void)state;
	const char *id = create("new", "new@example.com");
	describe(id);
	assert_true(is(at("CreateAccountStatus", "State"), "IN_PROGRESS"));
	ok("ListAccounts", "{}");
	assert_int_equal(val_count(at("Accounts")), 4);

	sandbox_advance(f.s, 60000);
	describe(id);
	assert_true(is(at("CreateAccountStatus", "State"), "SUCCEEDED"));
	assert_non_null(at("CreateAccountStatus", "CompletedTimestamp"));
	assert_null(at("CreateAccountStatus", "FailureReason"));
	const char *account = arena_dupz(f.a, val_str(at("CreateAccountStatus", "AccountId")));
	ok("DescribeAccount", J("{\"AccountId\":\"%s\"}", account));
	assert_true(is(at("Account", "State"), "ACTIVE"));
	assert_true(is(at("Account", "JoinedMethod"), "CREATED"));
	ok("ListParents", J("{\"ChildId\":\"%s\"}", account));
	assert_true(is(val_get(val_at(at("Parents"), 0), "Id"), root_id()));
	ok("ListTagsForResource", J("{\"ResourceId\":\"%s\"}", account));
	assert_int_equal(val_count(at("Tags")), 1);
	ok("ListPoliciesForTarget",
	   J("{\"TargetId\":\"%s\",\"Filter\":\"SERVICE_CONTROL_POLICY\"}", account));
	assert_int_equal(val_count(at("Policies")), 1);

	/* "New accounts made through Organizations have no root password", but a role. */
	const struct world_account *a = world_account(sandbox_world(f.s), str_of(account));
	assert_null(a->iam.root.login);
	assert_null(a->iam.root.keys);
	assert_true(fx_call(&f, f.admin, "sts", "AssumeRole",
			    J("{\"RoleArn\":\"arn:aws:iam::%s:role/Keys\",\"RoleSessionName\":"
			      "\"me\"}",
			      account)));
}

static void test_addresses_are_taken_once(void **state)
{
	(void)state;
	const char *id = create("again", "Production@Example.com");
	sandbox_advance(f.s, 60000);
	describe(id);
	assert_true(is(at("CreateAccountStatus", "State"), "FAILED"));
	assert_true(is(at("CreateAccountStatus", "FailureReason"), "EMAIL_ALREADY_EXISTS"));
	assert_null(at("CreateAccountStatus", "AccountId"));
	create("one", "one@example.com");
	id = create("two", "one@example.com"); /* while the first is being made */
	sandbox_advance(f.s, 60000);
	describe(id);
	assert_true(is(at("CreateAccountStatus", "FailureReason"), "EMAIL_ALREADY_EXISTS"));
	ok("ListCreateAccountStatus", "{}");
	assert_int_equal(val_count(at("CreateAccountStatuses")), 3);
	ok("ListCreateAccountStatus", "{\"States\":[\"FAILED\"]}");
	assert_int_equal(val_count(at("CreateAccountStatuses")), 2);
	refused("DescribeCreateAccountStatus",
		"{\"CreateAccountRequestId\":\"car-exampleaccountcreationrequestid1\"}",
		"CreateAccountStatusNotFoundException", NULL);
}

static void test_five_at_once(void **state)
{
	(void)state;
	for (int i = 0; i < 5; i++)
		create(J("n%d", i), J("n%d@example.com", i));
	refused("CreateAccount", "{\"AccountName\":\"n6\",\"Email\":\"n6@example.com\"}",
		"TooManyRequestsException", NULL);
	sandbox_advance(f.s, 60000);
	create("n6", "n6@example.com");
}

static void test_gov_cloud(void **state)
{
	(void)state;
	ok("CreateGovCloudAccount", "{\"AccountName\":\"gov\",\"Email\":\"gov@example.com\"}");
	const char *id = arena_dupz(f.a, val_str(at("CreateAccountStatus", "Id")));
	sandbox_advance(f.s, 60000);
	describe(id);
	assert_int_equal(val_str(at("CreateAccountStatus", "GovCloudAccountId")).n, 12);
	assert_int_equal(val_str(at("CreateAccountStatus", "AccountId")).n, 12);
}

static void test_move(void **state)
{
	const char *production = unit_id("Production"), *suspended = unit_id("Suspended");

	(void)state;
	refused("MoveAccount",
		J("{\"AccountId\":\"333333333333\",\"SourceParentId\":\"%s\","
		  "\"DestinationParentId\":\"%s\"}",
		  root_id(), suspended),
		"SourceParentNotFoundException", NULL);
	refused("MoveAccount",
		J("{\"AccountId\":\"333333333333\",\"SourceParentId\":\"%s\","
		  "\"DestinationParentId\":\"ou-none-12345678\"}",
		  production),
		"DestinationParentNotFoundException", NULL);
	ok("MoveAccount", J("{\"AccountId\":\"333333333333\",\"SourceParentId\":\"%s\","
			    "\"DestinationParentId\":\"%s\"}",
			    production, suspended));
	refused("MoveAccount",
		J("{\"AccountId\":\"333333333333\",\"SourceParentId\":\"%s\","
		  "\"DestinationParentId\":\"%s\"}",
		  production, suspended),
		"DuplicateAccountException", NULL);
	ok("ListAccountsForParent", J("{\"ParentId\":\"%s\"}", suspended));
	assert_int_equal(val_count(at("Accounts")), 2);
	refused("MoveAccount",
		J("{\"AccountId\":\"999999999999\",\"SourceParentId\":\"%s\","
		  "\"DestinationParentId\":\"%s\"}",
		  production, suspended),
		"AccountNotFoundException", NULL);
}

static void test_close(void **state)
{
	(void)state;
	refused("CloseAccount", "{\"AccountId\":\"111111111111\"}", "ConstraintViolationException",
		"CANNOT_CLOSE_MANAGEMENT_ACCOUNT");
	ok("CloseAccount", "{\"AccountId\":\"333333333333\"}");
	ok("DescribeAccount", "{\"AccountId\":\"333333333333\"}");
	assert_true(is(at("Account", "State"), "PENDING_CLOSURE"));
	assert_true(is(at("Account", "Status"), "PENDING_CLOSURE"));
	refused("CloseAccount", "{\"AccountId\":\"333333333333\"}", "ConflictException", NULL);
	sandbox_advance(f.s, 10 * 60000);
	ok("DescribeAccount", "{\"AccountId\":\"333333333333\"}");
	assert_true(is(at("Account", "State"), "CLOSED"));
	assert_true(is(at("Account", "Status"), "SUSPENDED"));
	refused("CloseAccount", "{\"AccountId\":\"333333333333\"}", "AccountAlreadyClosedException",
		NULL);
	sandbox_advance(f.s, 91 * DAY_MS);
	refused("DescribeAccount", "{\"AccountId\":\"333333333333\"}", "AccountNotFoundException",
		NULL);
}

static void test_three_closures_at_once(void **state)
{
	const char *ids[3];

	(void)state;
	for (int i = 0; i < 3; i++)
		ids[i] = create(J("n%d", i), J("n%d@example.com", i));
	sandbox_advance(f.s, 60000);
	for (int i = 0; i < 3; i++) {
		describe(ids[i]);
		ok("CloseAccount", J("{\"AccountId\":\"%.*s\"}",
				     STR_ARG(val_str(at("CreateAccountStatus", "AccountId")))));
	}
	refused("CloseAccount", "{\"AccountId\":\"333333333333\"}", "ConstraintViolationException",
		"CLOSE_ACCOUNT_REQUESTS_LIMIT_EXCEEDED");
	sandbox_advance(f.s, 10 * 60000);
	ok("CloseAccount", "{\"AccountId\":\"333333333333\"}");
}

static void test_remove_and_leave(void **state)
{
	(void)state;
	refused("RemoveAccountFromOrganization", "{\"AccountId\":\"111111111111\"}",
		"MasterCannotLeaveOrganizationException", NULL);
	refused("LeaveOrganization", "{}", "MasterCannotLeaveOrganizationException", NULL);
	const char *id = create("new", "new@example.com");
	sandbox_advance(f.s, 60000);
	describe(id);
	const char *account = arena_dupz(f.a, val_str(at("CreateAccountStatus", "AccountId")));
	refused("RemoveAccountFromOrganization", J("{\"AccountId\":\"%s\"}", account),
		"ConstraintViolationException", "WAIT_PERIOD_ACTIVE");
	sandbox_advance(f.s, 8 * DAY_MS);
	ok("RemoveAccountFromOrganization", J("{\"AccountId\":\"%s\"}", account));
	refused("RemoveAccountFromOrganization", J("{\"AccountId\":\"%s\"}", account),
		"AccountNotFoundException", NULL);

	ok_as(f.production, "LeaveOrganization", "{}");
	refused_as(f.production, "DescribeOrganization", "{}", "AWSOrganizationsNotInUseException",
		   NULL);
	assert_true(str_eqz(f.fault.message, "Your account is not a member of an organization."));
	ok("ListAccounts", "{}");
	assert_int_equal(val_count(at("Accounts")), 3);
}

static void test_the_organization_itself(void **state)
{
	(void)state;
	ok("DescribeOrganization", "{}");
	assert_true(is(at("Organization", "FeatureSet"), "ALL"));
	assert_true(is(at("Organization", "MasterAccountId"), "111111111111"));
	assert_true(is(at("Organization", "MasterAccountEmail"), "main@example.com"));
	refused("CreateOrganization", "{}", "AlreadyInOrganizationException", NULL);
	refused("DeleteOrganization", "{}", "OrganizationNotEmptyException", NULL);
	for (int i = 2; i <= 4; i++) {
		const char *id = J("%d%d%d%d%d%d%d%d%d%d%d%d", i, i, i, i, i, i, i, i, i, i, i, i);
		if (world_delegate(sandbox_world(f.s)->org,
				   world_account(sandbox_world(f.s), str_of(id)), NULL))
			ok("DeregisterDelegatedAdministrator",
			   J("{\"AccountId\":\"%s\",\"ServicePrincipal\":\"iam.amazonaws.com\"}",
			     id));
		ok("RemoveAccountFromOrganization", J("{\"AccountId\":\"%s\"}", id));
	}
	ok("DeleteOrganization", "{}");
	refused("DescribeOrganization", "{}", "AWSOrganizationsNotInUseException", NULL);
	ok_as(f.security, "CreateOrganization", "{\"FeatureSet\":\"CONSOLIDATED_BILLING\"}");
	assert_true(is(at("Organization", "MasterAccountId"), "222222222222"));
	assert_true(is(at("Organization", "FeatureSet"), "CONSOLIDATED_BILLING"));
	assert_int_equal(val_count(at("Organization", "AvailablePolicyTypes")), 0);
	/* The sandbox has one organization, and says so. */
	assert_false(fx_call(&f, f.admin, "organizations", "CreateOrganization", "{}"));
	assert_true(str_eqz(f.fault.code, "NotImplemented"));
	assert_int_equal(f.fault.status, 501);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SMALL(test_read),
		WITH_SMALL(test_birth),
		WITH_SMALL(test_addresses_are_taken_once),
		WITH_SMALL(test_five_at_once),
		WITH_SMALL(test_gov_cloud),
		WITH_SMALL(test_move),
		WITH_SMALL(test_close),
		WITH_SMALL(test_three_closures_at_once),
		WITH_SMALL(test_remove_and_leave),
		WITH_SMALL(test_the_organization_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
