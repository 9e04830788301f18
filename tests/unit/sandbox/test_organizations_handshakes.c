#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "fixture.h"
#include "organizations-calls.h"

#define FIFTEEN_DAYS_MS (1296000 * INT64_C(1000))

/* An account with a key and no organization, which can be invited. */
static struct str outsider(void)
{
	ok("RemoveAccountFromOrganization", "{\"AccountId\":\"333333333333\"}");
	return f.production;
}

static const char *invite(const char *id, const char *type)
{
	ok("InviteAccountToOrganization",
	   J("{\"Target\":{\"Id\":\"%s\",\"Type\":\"%s\"},\"Notes\":\"welcome\",\"Tags\":[{\"Key\":"
	     "\"k\",\"Value\":\"v\"}]}",
	     id, type));
	return J("{\"HandshakeId\":\"%.*s\"}", STR_ARG(val_str(at("Handshake", "Id"))));
}

static void test_an_invitation(void **state)
{
	struct str key = outsider();
	const char *org = arena_dupz(f.a, sandbox_world(f.s)->org->id);

	(void)state;
	const char *h = invite("333333333333", "ACCOUNT");
	assert_true(is(at("Handshake", "Action"), "INVITE"));
	assert_true(is(at("Handshake", "State"), "OPEN"));
	assert_int_equal(val_i64(at("Handshake", "ExpirationTimestamp"), 0) -
				 val_i64(at("Handshake", "RequestedTimestamp"), 0),
			 FIFTEEN_DAYS_MS);
	const struct val *parties = at("Handshake", "Parties");
	assert_true(is(val_get(val_at(parties, 0), "Id"), org + 2)); /* without "o-" */
	assert_true(is(val_get(val_at(parties, 0), "Type"), "ORGANIZATION"));
	assert_true(is(val_get(val_at(parties, 1), "Id"), "333333333333"));
	const struct val *resources = at("Handshake", "Resources");
	assert_true(is(val_get(val_at(resources, 0), "Value"), org));
	assert_int_equal(val_count(val_get(val_at(resources, 0), "Resources")), 3);
	assert_true(is(val_get(val_at(resources, 2), "Value"), "welcome"));

	refused("InviteAccountToOrganization",
		"{\"Target\":{\"Id\":\"333333333333\",\"Type\":\"ACCOUNT\"}}",
		"DuplicateHandshakeException", NULL);
	ok_as(key, "ListHandshakesForAccount", "{}");
	assert_int_equal(val_count(at("Handshakes")), 1);
	ok_as(key, "DescribeHandshake", h);
	refused_as(f.security, "DescribeHandshake", h, "AccessDeniedException", NULL);
	refused_as(f.security, "AcceptHandshake", h, "AccessDeniedException", NULL);
	refused("AcceptHandshake", h, "AccessDeniedException", NULL);
	refused_as(key, "CancelHandshake", h, "AccessDeniedException", NULL);

	ok_as(key, "AcceptHandshake", h);
	assert_true(is(at("Handshake", "State"), "ACCEPTED"));
	ok("DescribeAccount", "{\"AccountId\":\"333333333333\"}");
	assert_true(is(at("Account", "JoinedMethod"), "INVITED"));
	ok("ListTagsForResource", "{\"ResourceId\":\"333333333333\"}");
	assert_int_equal(val_count(at("Tags")), 1);
	refused_as(key, "AcceptHandshake", h, "HandshakeAlreadyInStateException", NULL);
	refused_as(key, "DeclineHandshake", h, "InvalidHandshakeTransitionException", NULL);
	refused("CancelHandshake", h, "InvalidHandshakeTransitionException", NULL);
	/* Who came by invitation may go at once. */
	ok_as(key, "LeaveOrganization", "{}");
}

static void test_other_ends(void **state)
{
	struct str key = outsider();

	(void)state;
	const char *h = invite("production@example.com", "EMAIL");
	ok_as(key, "ListHandshakesForAccount", "{\"Filter\":{\"ActionType\":\"INVITE\"}}");
	assert_int_equal(val_count(at("Handshakes")), 1);
	ok_as(key, "ListHandshakesForAccount",
	      "{\"Filter\":{\"ActionType\":\"ENABLE_ALL_FEATURES\"}}");
	assert_int_equal(val_count(at("Handshakes")), 0);
	refused_as(key, "ListHandshakesForAccount",
		   "{\"Filter\":{\"ActionType\":\"INVITE\",\"ParentHandshakeId\":\"h-12345678\"}}",
		   "InvalidInputException", "MAX_LIMIT_EXCEEDED_FILTER");
	ok_as(key, "DeclineHandshake", h);
	assert_true(is(at("Handshake", "State"), "DECLINED"));
	refused_as(key, "DeclineHandshake", h, "HandshakeAlreadyInStateException", NULL);
	refused_as(key, "AcceptHandshake", h, "InvalidHandshakeTransitionException", NULL);

	h = invite("333333333333", "ACCOUNT");
	ok("CancelHandshake", h);
	assert_true(is(at("Handshake", "State"), "CANCELED"));
	refused("CancelHandshake", h, "HandshakeAlreadyInStateException", NULL);

	h = invite("333333333333", "ACCOUNT");
	sandbox_advance(f.s, FIFTEEN_DAYS_MS + 1000);
	ok("DescribeHandshake", h);
	assert_true(is(at("Handshake", "State"), "EXPIRED"));
	refused_as(key, "AcceptHandshake", h, "InvalidHandshakeTransitionException", NULL);
	ok("ListHandshakesForOrganization", "{}");
	assert_int_equal(val_count(at("Handshakes")), 3);
	refused("DescribeHandshake", "{\"HandshakeId\":\"h-nothere1\"}",
		"HandshakeNotFoundException", NULL);
	refused("DescribeHandshake", "{\"HandshakeId\":\"nonsense\"}", "InvalidInputException",
		"INVALID_PATTERN:HANDSHAKE_ID");
}

/* "A failed Accept (ALREADY_IN_AN_ORGANIZATION) still leaves the handshake ACCEPTED." */
static void test_a_refused_acceptance_sticks(void **state)
{
	struct str key = outsider();

	(void)state;
	const char *one = invite("333333333333", "ACCOUNT");
	const char *two = invite("production@example.com", "EMAIL");
	ok_as(key, "AcceptHandshake", one);
	refused_as(key, "AcceptHandshake", two, "HandshakeConstraintViolationException",
		   "ALREADY_IN_AN_ORGANIZATION");
	ok("DescribeHandshake", two);
	assert_true(is(at("Handshake", "State"), "ACCEPTED"));
	refused_as(key, "AcceptHandshake", two, "HandshakeAlreadyInStateException", NULL);
}

static void test_who_cannot_be_invited(void **state)
{
	(void)state;
	refused("InviteAccountToOrganization",
		"{\"Target\":{\"Id\":\"333333333333\",\"Type\":\"ACCOUNT\"}}",
		"HandshakeConstraintViolationException", "ALREADY_IN_AN_ORGANIZATION");
	refused("InviteAccountToOrganization", "{\"Target\":{\"Id\":\"3\",\"Type\":\"ACCOUNT\"}}",
		"InvalidInputException", "INVALID_PATTERN_TARGET_ID");
	refused("InviteAccountToOrganization",
		"{\"Target\":{\"Id\":\"nobody\",\"Type\":\"EMAIL\"}}", "InvalidInputException",
		"INVALID_EMAIL_ADDRESS_TARGET");
	refused("InviteAccountToOrganization",
		"{\"Target\":{\"Id\":\"o-example\",\"Type\":\"ORGANIZATION\"}}",
		"InvalidInputException", "INVALID_PARTY_TYPE_TARGET");
	refused("InviteAccountToOrganization", "{\"Target\":{\"Id\":\"333333333333\"}}",
		"InvalidInputException", "INPUT_REQUIRED:TARGET_TYPE");
	refused("InviteAccountToOrganization", "{}", "InvalidInputException",
		"INPUT_REQUIRED:TARGET");
	/* 1,024 characters of notes, not bytes. */
	struct buf notes = BUF_INIT(10000);
	for (int i = 0; i < 1025; i++)
		buf_addz(&notes, "é");
	refused("InviteAccountToOrganization",
		J("{\"Target\":{\"Id\":\"555555555555\",\"Type\":\"ACCOUNT\"},\"Notes\":\"%s\"}",
		  buf_z(&notes)),
		"InvalidInputException", "MAX_LENGTH_EXCEEDED:NOTES");
	buf_truncate(&notes, 2048);
	ok("InviteAccountToOrganization",
	   J("{\"Target\":{\"Id\":\"555555555555\",\"Type\":\"ACCOUNT\"},\"Notes\":\"%s\"}",
	     buf_z(&notes)));
	buf_release(&notes);
}

/* ---- all features ---- */

static void test_all_features(void **state)
{
	struct world_org *o = sandbox_world(f.s)->org;

	(void)state;
	refused("EnableAllFeatures", "{}", "HandshakeConstraintViolationException",
		"ORGANIZATION_ALREADY_HAS_ALL_FEATURES");
	o->all_features = false;
	world_account(sandbox_world(f.s), STR("333333333333"))->invited = true;
	refused("CreatePolicy",
		"{\"Name\":\"x\",\"Description\":\"\",\"Type\":\"SERVICE_CONTROL_POLICY\","
		"\"Content\":\"" ALLOW_ALL "\"}",
		"PolicyTypeNotAvailableForOrganizationException", NULL);
	refused("EnableAWSServiceAccess", "{\"ServicePrincipal\":\"iam.amazonaws.com\"}",
		"ConstraintViolationException", "ORGANIZATION_NOT_IN_ALL_FEATURES_MODE");

	ok("EnableAllFeatures", "{}");
	assert_true(is(at("Handshake", "Action"), "ENABLE_ALL_FEATURES"));
	assert_true(is(at("Handshake", "State"), "REQUESTED"));
	struct str id = val_str(at("Handshake", "Id"));
	const char *parent = J("{\"HandshakeId\":\"%.*s\"}", STR_ARG(id));
	refused("EnableAllFeatures", "{}", "HandshakeConstraintViolationException",
		"ORGANIZATION_IS_ALREADY_PENDING_ALL_FEATURES_MIGRATION");
	refused("InviteAccountToOrganization",
		"{\"Target\":{\"Id\":\"555555555555\",\"Type\":\"ACCOUNT\"}}",
		"HandshakeConstraintViolationException",
		"INVITE_DISABLED_DURING_ENABLE_ALL_FEATURES");
	refused("AcceptHandshake", parent, "InvalidHandshakeTransitionException", NULL);

	ok("ListHandshakesForOrganization",
	   J("{\"Filter\":{\"ParentHandshakeId\":\"%.*s\"}}", STR_ARG(id)));
	assert_int_equal(val_count(at("Handshakes")), 1); /* who was created need not approve */
	ok_as(f.production, "ListHandshakesForAccount", "{}");
	const struct val *mine = val_at(at("Handshakes"), 0);
	assert_true(is(val_get(mine, "Action"), "APPROVE_ALL_FEATURES"));
	ok_as(f.production, "AcceptHandshake",
	      J("{\"HandshakeId\":\"%.*s\"}", STR_ARG(val_get_str(mine, "Id"))));
	ok("DescribeHandshake", parent);
	assert_true(is(at("Handshake", "State"), "OPEN"));
	ok("AcceptHandshake", parent);
	assert_true(is(at("Handshake", "State"), "ACCEPTED"));
	ok("DescribeOrganization", "{}");
	assert_true(is(at("Organization", "FeatureSet"), "ALL"));
}

static void test_no_transfers(void **state)
{
	(void)state;
	ok("ListInboundResponsibilityTransfers", "{\"Type\":\"BILLING\"}");
	assert_int_equal(val_count(at("ResponsibilityTransfers")), 0);
	ok("ListOutboundResponsibilityTransfers", "{\"Type\":\"BILLING\"}");
	refused("DescribeResponsibilityTransfer", "{\"Id\":\"rt-12345678\"}",
		"ResponsibilityTransferNotFoundException", NULL);
	refused("TerminateResponsibilityTransfer", "{\"Id\":\"rt-12345678\"}",
		"ResponsibilityTransferNotFoundException", NULL);
	refused("UpdateResponsibilityTransfer", "{\"Id\":\"rt-12345678\",\"Name\":\"n\"}",
		"ResponsibilityTransferNotFoundException", NULL);
	/* Not served, and said so. */
	assert_false(fx_call(&f, f.admin, "organizations",
			     "InviteOrganizationToTransferResponsibility", "{}"));
	assert_true(str_eqz(f.fault.code, "NotImplemented"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SMALL(test_an_invitation),
		WITH_SMALL(test_other_ends),
		WITH_SMALL(test_a_refused_acceptance_sticks),
		WITH_SMALL(test_who_cannot_be_invited),
		WITH_SMALL(test_all_features),
		WITH_SMALL(test_no_transfers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
