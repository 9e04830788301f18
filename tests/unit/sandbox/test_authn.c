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

static struct fx_http identity(struct fx_creds creds)
{
	return (struct fx_http){
		.creds = creds, .service = "sts", .op = "GetCallerIdentity", .json = "{}"};
}

static struct fx_http list_roots(struct fx_creds creds)
{
	return (struct fx_http){
		.creds = creds, .service = "organizations", .op = "ListRoots", .json = "{}"};
}

static void expect(const struct fx_http *r, int status, const char *code)
{
	struct server_response resp = fx_send(&f, r);

	if (resp.status != status || !str_eqz(fx_error_code(&resp), code))
		fail_msg("%s %s: expected %d %s, got %d %.*s", r->service, r->op, status, code,
			 resp.status, STR_ARG(resp.body));
}

static void test_a_signed_call_passes(void **state)
{
	struct fx_http r = identity(fx_creds_of(&f, f.admin));
	struct server_response resp = fx_send(&f, &r);

	(void)state;
	assert_int_equal(resp.status, 200);
	assert_true(str_find(resp.body, STR("<Account>111111111111</Account>")) >= 0);
	assert_true(
		str_find(resp.body,
			 STR("<Arn>arn:aws:iam::111111111111:user/sandbox/administrator</Arn>")) >=
		0);
}

/* Each refusal in both dialects. */
static void test_refusals(void **state)
{
	struct fx_creds good = fx_creds_of(&f, f.admin), unknown = good, wrong = good, token = good;
	static const struct {
		const char *query, *json;
		int status;
	} codes[] = {
		{"InvalidClientTokenId", "UnrecognizedClientException", 403},
		{"SignatureDoesNotMatch", "InvalidSignatureException", 403},
		{"InvalidClientTokenId", "UnrecognizedClientException", 403},
	};
	const struct fx_creds *creds[] = {&unknown, &wrong, &token};

	(void)state;
	unknown.key = STR("AKIAQAAAAAAAAAAAAAAA");
	wrong.secret = STR("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
	token.token = STR("a token that no long-lived key has");
	for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
		struct fx_http q = identity(*creds[i]), j = list_roots(*creds[i]);
		expect(&q, codes[i].status, codes[i].query);
		expect(&j, 400, codes[i].json);
	}
}

static void test_no_signature(void **state)
{
	struct fx_http q = identity(fx_creds_of(&f, f.admin));
	struct fx_http j = list_roots(fx_creds_of(&f, f.admin));

	(void)state;
	q.unsigned_ = j.unsigned_ = true;
	expect(&q, 403, "MissingAuthenticationToken");
	expect(&j, 400, "MissingAuthenticationTokenException");
}

static void test_skewed_clock(void **state)
{
	struct fx_http q = identity(fx_creds_of(&f, f.admin));

	(void)state;
	q.skew_ms = -6 * 60000;
	expect(&q, 403, "SignatureDoesNotMatch");
	struct server_response resp = fx_send(&f, &q);
	assert_true(str_find(resp.body, STR("Signature expired: ")) >= 0);
	q.skew_ms = 6 * 60000;
	resp = fx_send(&f, &q);
	assert_true(str_find(resp.body, STR("Signature not yet current: ")) >= 0);
	q.skew_ms = 4 * 60000;
	assert_int_equal(fx_send(&f, &q).status, 200);
}

static void test_changed_body(void **state)
{
	struct fx_http q = identity(fx_creds_of(&f, f.admin));

	(void)state;
	q.tamper = true;
	expect(&q, 403, "SignatureDoesNotMatch");
}

/* The sandbox's clock, moved, does not make signatures late; it does make sessions end. */
static void test_sessions_expire(void **state)
{
	(void)state;
	assert_true(fx_call(&f, f.admin, "sts", "GetSessionToken", "{\"DurationSeconds\":900}"));
	struct fx_http q = identity(fx_session(&f)), j = list_roots(fx_session(&f));

	assert_int_equal(fx_send(&f, &q).status, 200);
	sandbox_advance(f.s, 899 * 1000);
	assert_int_equal(fx_send(&f, &q).status, 200);
	sandbox_advance(f.s, 2 * 1000);
	expect(&q, 403, "ExpiredToken");
	expect(&j, 400, "ExpiredTokenException");
	q = identity(fx_creds_of(&f, f.admin));
	assert_int_equal(fx_send(&f, &q).status, 200);
}

static void test_session_tokens(void **state)
{
	(void)state;
	assert_true(fx_call(&f, f.admin, "sts", "GetSessionToken", "{}"));
	struct fx_creds session = fx_session(&f), without = session, other = session;

	without.token = STR_NULL;
	other.token = STR("IQoJb3JpZ2luX2VjAnotherTokenAltogether");
	struct fx_http q = identity(without);
	expect(&q, 403, "InvalidClientTokenId");
	q = identity(other);
	expect(&q, 403, "InvalidClientTokenId");
}

static void test_inactive_key(void **state)
{
	const struct world_account *acct = world_account(sandbox_world(f.s), STR("333333333333"));
	struct iam_key *key = acct->iam.root.keys;

	(void)state;
	struct fx_http q = identity(fx_creds_of(&f, key->id));
	struct server_response resp = fx_send(&f, &q);
	assert_int_equal(resp.status, 200);
	assert_true(str_find(resp.body, STR("<Arn>arn:aws:iam::333333333333:root</Arn>")) >= 0);
	assert_false(key->next->active);
	q = identity(fx_creds_of(&f, key->next->id));
	expect(&q, 403, "InvalidClientTokenId");
}

static void test_suspended_account(void **state)
{
	struct fx_http q = identity(fx_creds_of(&f, f.closed));

	(void)state;
	expect(&q, 403, "InvalidClientTokenId");
}

static void test_wrong_service_in_scope(void **state)
{
	struct fx_http q = identity(fx_creds_of(&f, f.admin));

	(void)state;
	/* The scope says which service is meant: s3 is not served here. */
	q.sign_service = "s3";
	expect(&q, 501, "NotImplemented");
	q.sign_service = "iam"; /* IAM has no GetCallerIdentity */
	expect(&q, 400, "InvalidAction");
}

static void test_unsigned_operations_are_not_served(void **state)
{
	struct fx_http q = {
		.service = "sts",
		.op = "AssumeRoleWithWebIdentity",
		.json = "{\"RoleArn\":\"arn:aws:iam::111111111111:role/"
			"x\",\"RoleSessionName\":\"abc\","
			"\"WebIdentityToken\":\"tok\"}",
		.unsigned_ = true,
	};

	(void)state;
	expect(&q, 501, "NotImplemented");
}

static void test_open(void **state)
{
	const struct sandbox_options opt = {
		.open = true, .seeded = true, .seed = 1, .now_ms = FX_NOW_MS};
	struct fx o;

	(void)state;
	fx_open(&o, &opt);
	struct fx_http q =
		identity((struct fx_creds){STR("testing"), STR("testing"), STR("testing")});
	struct server_response resp = fx_send(&o, &q);
	assert_int_equal(resp.status, 200);
	assert_true(str_find(resp.body, STR("<Account>111111111111</Account>")) >= 0);
	q.unsigned_ = true;
	assert_int_equal(fx_send(&o, &q).status, 200);
	/* A key that is somebody's stays theirs. */
	q = identity((struct fx_creds){o.production, STR("whatever"), STR_NULL});
	resp = fx_send(&o, &q);
	assert_true(str_find(resp.body, STR("<Account>333333333333</Account>")) >= 0);
	fx_close(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_a_signed_call_passes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refusals, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_signature, setup, teardown),
		cmocka_unit_test_setup_teardown(test_skewed_clock, setup, teardown),
		cmocka_unit_test_setup_teardown(test_changed_body, setup, teardown),
		cmocka_unit_test_setup_teardown(test_sessions_expire, setup, teardown),
		cmocka_unit_test_setup_teardown(test_session_tokens, setup, teardown),
		cmocka_unit_test_setup_teardown(test_inactive_key, setup, teardown),
		cmocka_unit_test_setup_teardown(test_suspended_account, setup, teardown),
		cmocka_unit_test_setup_teardown(test_wrong_service_in_scope, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unsigned_operations_are_not_served, setup,
						teardown),
		cmocka_unit_test(test_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
