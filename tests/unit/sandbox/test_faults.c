#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "fixture.h"
#include "sandbox/faults.h"

static struct faults *make(const char *spec, uint64_t seed)
{
	struct err err = {0};
	struct faults *fs = faults_new(&spec, 1, seed, &err);

	if (!fs)
		fail_msg("%s", err.message);
	return fs;
}

static struct fault_effect draw(struct faults *fs, uint64_t n, const char *service, const char *op)
{
	struct fault_effect e = {0};

	faults_draw(fs, n, api_service(str_of(service)), str_of(op), &e);
	return e;
}

static void test_what_is_not_a_fault(void **state)
{
	static const char *const bad[] = {
		"",           "latency",        "latency=",     "latency=soon",
		"throttle=5", "throttle=105%",  "throttle=-1%", "rate=20",
		"rate=0/s",   "rate=20/h",      "error=Code",   "error=:1%",
		"deny=12345", "reset=1%:a:b:c", "nonsense=1%",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct err err = {0};
		if (faults_new(&bad[i], 1, 1, &err))
			fail_msg("'%s' was taken", bad[i]);
		assert_int_equal(err.kind, ERR_INPUT);
	}
	struct err err = {0};
	const char *near = "throtle=5%";
	assert_null(faults_new(&near, 1, 1, &err));
	assert_non_null(strstr(err.message, "did you mean 'throttle'?"));
}

static void test_only_where_it_is_meant(void **state)
{
	struct faults *fs = make("throttle=100%:sts:AssumeRoot", 1);

	(void)state;
	assert_true(draw(fs, 1, "sts", "AssumeRoot").refused);
	assert_false(draw(fs, 1, "sts", "AssumeRole").refused);
	assert_false(draw(fs, 1, "iam", "AssumeRoot").refused);
	faults_free(&fs);
	fs = make("throttle=100%:*:List*", 1);
	assert_true(draw(fs, 1, "iam", "ListUsers").refused);
	assert_true(draw(fs, 1, "organizations", "ListAccounts").refused);
	assert_false(draw(fs, 1, "iam", "GetUser").refused);
	faults_free(&fs);
}

static void test_codes_of_throttling(void **state)
{
	struct faults *fs = make("throttle=100%", 1);
	struct fault_effect e = draw(fs, 1, "iam", "GetUser");

	(void)state;
	assert_int_equal(e.fault.status, 400);
	assert_true(str_eqz(e.fault.code, "Throttling"));
	assert_true(str_eqz(e.fault.message, "Rate exceeded"));
	e = draw(fs, 1, "organizations", "ListAccounts");
	assert_int_equal(e.fault.status, 400);
	assert_true(str_eqz(e.fault.code, "TooManyRequestsException"));
	faults_free(&fs);
}

/* The share is met, and the same seed draws the same lots. */
static void test_shares_and_seeds(void **state)
{
	struct faults *fs = make("reset=5%", 3), *same = make("reset=5%", 3),
		      *other = make("reset=5%", 4);
	unsigned hits = 0, differ = 0;

	(void)state;
	for (uint64_t i = 0; i < 20000; i++) {
		bool hit = draw(fs, i, "sts", "AssumeRoot").reset;
		hits += hit;
		assert_int_equal(hit, draw(same, i, "sts", "AssumeRoot").reset);
		differ += hit != draw(other, i, "sts", "AssumeRoot").reset;
	}
	assert_in_range(hits, 850, 1150);
	assert_true(differ > 500);
	faults_free(&fs);
	faults_free(&same);
	faults_free(&other);
}

static void test_buckets(void **state)
{
	struct faults *fs = make("rate=1/m+5:sts:AssumeRoot", 1);
	unsigned passed = 0;

	(void)state;
	for (uint64_t i = 0; i < 100; i++)
		passed += !draw(fs, i, "sts", "AssumeRoot").refused;
	assert_int_equal(passed, 5);
	faults_free(&fs);
	fs = make("rate=20/s", 1);
	passed = 0;
	for (uint64_t i = 0; i < 100; i++)
		passed += !draw(fs, i, "sts", "AssumeRoot").refused;
	assert_true(passed >= 20 && passed < 100);
	faults_free(&fs);
}

static void test_latency_adds_up(void **state)
{
	const char *specs[] = {"latency=50ms", "latency=10ms+5ms:sts"};
	struct err err = {0};
	struct faults *fs = faults_new(specs, 2, 1, &err);

	(void)state;
	assert_non_null(fs);
	assert_int_equal(draw(fs, 1, "iam", "GetUser").delay_ms, 50);
	for (uint64_t i = 0; i < 100; i++)
		assert_in_range(draw(fs, i, "sts", "AssumeRoot").delay_ms, 60, 65);
	faults_free(&fs);
}

/* ---- through the sandbox ---- */

static struct fx f;

static void open_with(const char *spec)
{
	const struct sandbox_options opt = {
		.seeded = true, .seed = 1, .now_ms = FX_NOW_MS, .faults = &spec, .nfaults = 1};
	fx_open(&f, &opt);
}

static struct server_response ask(const char *service, const char *op, const char *json)
{
	const struct fx_http r = {
		.creds = fx_creds_of(&f, f.admin), .service = service, .op = op, .json = json};
	return fx_send(&f, &r);
}

static void test_errors_come_with_their_status(void **state)
{
	(void)state;
	open_with("error=ServiceUnavailable:100%:sts");
	struct server_response resp = ask("sts", "GetCallerIdentity", "{}");
	assert_int_equal(resp.status, 503);
	assert_true(str_eqz(fx_error_code(&resp), "ServiceUnavailable"));
	assert_int_equal(ask("organizations", "ListRoots", "{}").status, 200);
	fx_close(&f);
	open_with("html=100%");
	resp = ask("sts", "GetCallerIdentity", "{}");
	assert_int_equal(resp.status, 502);
	assert_true(str_startsz(resp.body, "<html>"));
	fx_close(&f);
}

/* What tells a careful client from the others: the answer is lost, the work is done. */
static void test_a_lost_answer_was_carried_out(void **state)
{
	static const char trust[] = "{\"ServicePrincipal\":\"iam.amazonaws.com\"}";

	(void)state;
	open_with("reset-after=100%:organizations:EnableAWSServiceAccess");
	assert_true(ask("organizations", "EnableAWSServiceAccess", trust).reset);
	assert_true(world_trusts(sandbox_world(f.s)->org, "iam.amazonaws.com"));
	fx_close(&f);
	open_with("reset=100%:organizations:EnableAWSServiceAccess");
	assert_true(ask("organizations", "EnableAWSServiceAccess", trust).reset);
	assert_false(world_trusts(sandbox_world(f.s)->org, "iam.amazonaws.com"));
	fx_close(&f);
	open_with("truncate=100%:sts");
	struct server_response resp = ask("sts", "GetCallerIdentity", "{}");
	assert_int_equal(resp.status, 200);
	assert_int_equal(resp.truncate_at, resp.body.n / 2);
	fx_close(&f);
}

static void test_one_account_denied(void **state)
{
	(void)state;
	open_with("deny=333333333333");
	fx_enable(&f);
	assert_false(fx_assume_root(&f, f.admin, "333333333333", "IAMAuditRootUserCredentials"));
	assert_true(str_eqz(f.fault.code, "AccessDenied"));
	assert_true(fx_assume_root(&f, f.admin, "222222222222", "IAMAuditRootUserCredentials"));
	assert_false(fx_call(&f, f.production, "sts", "GetCallerIdentity", "{}"));
	fx_close(&f);
	open_with("deny=333333333333:iam:DeleteLoginProfile");
	fx_enable(&f);
	assert_true(fx_assume_root(&f, f.admin, "333333333333", "IAMDeleteRootUserCredentials"));
	struct fx_creds root = fx_session(&f);
	assert_true(fx_call(&f, root.key, "iam", "GetLoginProfile", "{}"));
	assert_false(fx_call(&f, root.key, "iam", "DeleteLoginProfile", "{}"));
	assert_true(fx_call(&f, root.key, "iam", "GetLoginProfile", "{}"));
	fx_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_not_a_fault),
		cmocka_unit_test(test_only_where_it_is_meant),
		cmocka_unit_test(test_codes_of_throttling),
		cmocka_unit_test(test_shares_and_seeds),
		cmocka_unit_test(test_buckets),
		cmocka_unit_test(test_latency_adds_up),
		cmocka_unit_test(test_errors_come_with_their_status),
		cmocka_unit_test(test_a_lost_answer_was_carried_out),
		cmocka_unit_test(test_one_account_denied),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
