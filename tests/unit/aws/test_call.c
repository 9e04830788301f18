/* Calls against a scripted server: what is repeated, what is told, and in which words. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/call-private.h"
#include "aws/sign.h"
#include "aws/wire.h"
#include "base/limits.h"
#include "base/log.h"
#include "call-test.h"

static const struct aws_settings plain = {.max_attempts = 3};

static void start(struct fake *f, const struct step *steps, size_t n)
{
	fake_start(f, steps, n);
	fake_connect(f, plain);
}

#define START(f, steps) start(f, steps, ARRAY_SIZE(steps))

static void assert_error(const struct fake *f, enum err_kind kind, const char *begin)
{
	assert_int_equal(f->err.kind, kind);
	if (strncmp(f->err.message, begin, strlen(begin)) != 0)
		fail_msg("got  %s\nwant %s", f->err.message, begin);
}

static void test_success(void **state)
{
	static const struct step steps[] = {
		{.body = IDENTITY_BODY, .header = "x-amzn-RequestId", .value = "id-7"}};
	struct fake f;

	(void)state;
	START(&f, steps);
	assert_true(fake_call(&f, "sts", "GetCallerIdentity", NULL));
	assert_true(str_eqz(val_get_str(f.out, "Account"), "111122223333"));
	assert_int_equal(f.info.attempts, 1);
	assert_false(f.info.answer_lost);
	assert_true(str_eqz(f.info.request_id, "id-7"));
	assert_false(err_is_set(&f.err));
	assert_string_equal(f.seen[0].method, "POST");
	assert_string_equal(f.seen[0].path, "/");
	assert_string_equal(f.seen[0].body, "Action=GetCallerIdentity&Version=2011-06-15");
	assert_true(strncmp(f.seen[0].agent, "rootout/", 8) == 0);
	assert_non_null(strstr(f.seen[0].authorization, "Credential=" FAKE_KEY "/"));
	assert_non_null(strstr(f.seen[0].authorization, "/us-east-1/sts/aws4_request"));
	assert_string_equal(f.seen[0].host, f.url + strlen("http://"));
	assert_string_equal(f.seen[0].token, "");

	struct aws_totals t = aws_totals(f.aws);

	assert_int_equal(t.calls, 1);
	assert_int_equal(t.attempts, 1);
	assert_int_equal(t.connections, 1);
	fake_stop(&f);
}

/* Everything on one connection. */
static void test_connection_is_kept(void **state)
{
	static const struct step steps[] = {{.body = IDENTITY_BODY}};
	struct fake f;

	(void)state;
	START(&f, steps);
	for (int i = 0; i < 20; i++)
		assert_true(fake_call(&f, "sts", "GetCallerIdentity", NULL));
	assert_int_equal(aws_totals(f.aws).connections, 1);
	fake_stop(&f);
}

static void test_throttled_then_success(void **state)
{
	static const struct step steps[] = {
		{.status = 400, .body = ERROR_BODY("Throttling", "Rate exceeded")},
		{.body = IDENTITY_BODY},
	};
	struct fake f;

	(void)state;
	START(&f, steps);
	assert_true(fake_call(&f, "sts", "GetCallerIdentity", NULL));
	assert_int_equal(f.info.attempts, 2);
	assert_int_equal(f.info.throttled, 1);
	assert_false(f.info.answer_lost);
	assert_int_equal(aws_totals(f.aws).throttled, 1);
	assert_int_equal(aws_totals(f.aws).retried, 1);
	fake_stop(&f);
}

static void test_throttled_json(void **state)
{
	static const struct step steps[] = {
		{.status = 400,
		 .body = "{\"__type\":\"TooManyRequestsException\",\"Message\":\"slow down\"}"},
		{.body = "{\"Organization\":{\"Id\":\"o-1\"}}"},
	};
	struct fake f;

	(void)state;
	START(&f, steps);
	assert_true(fake_call(&f, "organizations", "DescribeOrganization", NULL));
	assert_int_equal(f.info.throttled, 1);
	assert_true(str_eqz(val_str(val_path(f.out, "Organization", "Id", NULL)), "o-1"));
	fake_stop(&f);
}

static void test_unavailable(void **state)
{
	static const struct step steps[] = {
		{.status = 503, .body = "<html>Service Unavailable</html>", .type = "text/html"},
		{.status = 503, .body = ERROR_BODY("ServiceUnavailable", "later")},
		{.body = IDENTITY_BODY},
	};
	struct fake f;

	(void)state;
	START(&f, steps);
	assert_true(fake_call(&f, "sts", "GetCallerIdentity", NULL));
	assert_int_equal(f.info.attempts, 3);
	/* A 503 says that nothing was done. */
	assert_false(f.info.answer_lost);
	fake_stop(&f);
}

static void test_unavailable_for_good(void **state)
{
	static const struct step steps[] = {
		{.status = 503, .body = ERROR_BODY("ServiceUnavailable", "later")}};
	struct fake f;

	(void)state;
	START(&f, steps);
	assert_false(fake_call(&f, "sts", "GetCallerIdentity", NULL));
	assert_int_equal(f.info.attempts, 3);
	assert_error(&f, ERR_AWS,
		     "sts:GetCallerIdentity: after 3 attempts: ServiceUnavailable: later");
	assert_string_equal(f.err.aws_code, "ServiceUnavailable");
	assert_int_equal(f.err.http_status, 503);
	assert_string_equal(f.err.request_id, "r-2");
	assert_true(f.err.retryable);
	fake_stop(&f);
}

static void test_reset_then_success(void **state)
{
	static const struct step steps[] = {{.reset = true}, {.body = IDENTITY_BODY}};
	struct fake f;

	(void)state;
	START(&f, steps);
	assert_true(fake_call(&f, "sts", "GetCallerIdentity", NULL));
	assert_int_equal(f.info.attempts, 2);
	assert_true(f.info.answer_lost);
	fake_stop(&f);
}

/* The deletion was carried out, its answer was lost, the second finds nothing. */
static void test_lost_answer_then_gone(void **state)
{
	static const struct step steps[] = {
		{.reset = true},
		{.status = 404,
		 .body = ERROR_BODY("NoSuchEntity", "Login Profile for User null "
						    "cannot be found.")},
	};
	struct fake f;

	(void)state;
	START(&f, steps);
	assert_false(fake_call(&f, "iam", "DeleteLoginProfile", NULL));
	assert_true(err_is_aws(&f.err, "NoSuchEntity"));
	assert_true(f.err.maybe_done);
	assert_true(f.info.answer_lost);
	assert_error(&f, ERR_AWS,
		     "iam:DeleteLoginProfile: after 2 attempts: NoSuchEntity: Login Profile for "
		     "User null cannot be found.");
	fake_stop(&f);
}

/* A second CreateAccount would make a second account. */
static void test_create_is_not_repeated(void **state)
{
	static const struct step lost[] = {{.reset = true}, {.body = "{}"}};
	static const struct step failed[] = {
		{.status = 500, .body = "{\"__type\":\"ServiceException\"}"}, {.body = "{}"}};
	static const struct step refused[] = {
		{.status = 400, .body = "{\"__type\":\"TooManyRequestsException\"}"},
		{.body = "{\"CreateAccountStatus\":{\"Id\":\"car-1\"}}"}};
	struct fake f;
	struct val *in;

	(void)state;
	START(&f, lost);
	in = val_object(f.a);
	val_set_z(f.a, in, "Email", "a@example.jp");
	val_set_z(f.a, in, "AccountName", "a");
	assert_false(fake_call(&f, "organizations", "CreateAccount", in));
	assert_int_equal(f.info.attempts, 1);
	assert_int_equal(f.count, 1);
	assert_true(f.err.maybe_done);
	assert_int_equal(f.err.kind, ERR_NET);
	fake_stop(&f);

	START(&f, failed);
	in = val_object(f.a);
	val_set_z(f.a, in, "Email", "a@example.jp");
	val_set_z(f.a, in, "AccountName", "a");
	assert_false(fake_call(&f, "organizations", "CreateAccount", in));
	assert_int_equal(f.count, 1);
	assert_true(f.err.maybe_done);
	fake_stop(&f);

	/* Throttling says that it was not carried out. */
	START(&f, refused);
	in = val_object(f.a);
	val_set_z(f.a, in, "Email", "a@example.jp");
	val_set_z(f.a, in, "AccountName", "a");
	assert_true(fake_call(&f, "organizations", "CreateAccount", in));
	assert_int_equal(f.count, 2);
	assert_false(f.info.answer_lost);
	fake_stop(&f);
}

static void test_half_an_answer(void **state)
{
	static const struct step steps[] = {{.body = IDENTITY_BODY, .truncate_at = 100},
					    {.body = IDENTITY_BODY}};
	struct fake f;

	(void)state;
	START(&f, steps);
	assert_true(fake_call(&f, "sts", "GetCallerIdentity", NULL));
	assert_int_equal(f.info.attempts, 2);
	assert_true(f.info.answer_lost);
	fake_stop(&f);
}

static void test_half_a_document(void **state)
{
	static const struct step steps[] = {
		{.body = "<GetCallerIdentityResponse><GetCallerIdentityResult><Acc"}};
	struct fake f;

	(void)state;
	START(&f, steps);
	assert_false(fake_call(&f, "sts", "GetCallerIdentity", NULL));
	assert_int_equal(f.err.kind, ERR_PROTOCOL);
	assert_error(&f, ERR_PROTOCOL, "sts:GetCallerIdentity: ");
	assert_true(f.err.maybe_done);
	assert_int_equal(f.count, 1);
	fake_stop(&f);
}

static void test_html(void **state)
{
	static const struct step ok[] = {
		{.status = 200,
		 .body = "<html><body>Sign in to the network</body></html>",
		 .type = "text/html"}};
	static const struct step bad_gateway[] = {{.status = 502,
						   .body = "<html><body>Bad Gateway</body></html>",
						   .type = "text/html"}};
	struct fake f;

	(void)state;
	START(&f, ok);
	assert_false(fake_call(&f, "sts", "GetCallerIdentity", NULL));
	assert_int_equal(f.err.kind, ERR_PROTOCOL);
	assert_non_null(strstr(f.err.message, "HTML"));
	assert_non_null(strstr(f.err.message, "proxy"));
	assert_int_equal(f.count, 1);
	fake_stop(&f);

	START(&f, bad_gateway);
	assert_false(fake_call(&f, "sts", "GetCallerIdentity", NULL));
	assert_int_equal(f.err.kind, ERR_AWS);
	assert_string_equal(f.err.aws_code, "HTTP502");
	assert_int_equal(f.count, 3);
	assert_true(f.info.answer_lost);
	fake_stop(&f);
}

static void test_large_answers(void **state)
{
	static const struct step ten[] = {
		{.status = 200, .repeat_body = 10 << 20, .type = "application/json"}};
	static const struct step past[] = {
		{.status = 200, .repeat_body = 33 << 20, .type = "application/json"}};
	struct fake f;

	(void)state;
	START(&f, ten);
	assert_false(fake_call(&f, "organizations", "DescribeOrganization", NULL));
	assert_int_equal(f.err.kind, ERR_PROTOCOL);
	assert_int_equal(f.count, 1);
	fake_stop(&f);

	START(&f, past);
	assert_false(fake_call(&f, "organizations", "DescribeOrganization", NULL));
	assert_int_equal(f.err.kind, ERR_LIMIT);
	assert_int_equal(f.count, 1);
	fake_stop(&f);
}

static void test_refused(void **state)
{
	static const struct step steps[] = {
		{.status = 403, .body = ERROR_BODY("AccessDenied", "User: x is not authorized")}};
	struct fake f;

	(void)state;
	START(&f, steps);
	assert_false(fake_call(&f, "sts", "GetCallerIdentity", NULL));
	assert_int_equal(f.count, 1);
	assert_error(&f, ERR_AWS, "sts:GetCallerIdentity: AccessDenied: User: x is not authorized");
	assert_false(f.err.retryable);
	assert_false(f.err.maybe_done);
	fake_stop(&f);
}

static void test_hints(void **state)
{
	static const struct step steps[] = {
		{.status = 403,
		 .body = ERROR_BODY("InvalidClientTokenId",
				    "The security token included in the request is "
				    "invalid.")}};
	struct fake f;

	(void)state;
	START(&f, steps);
	assert_false(fake_call(&f, "sts", "GetCallerIdentity", NULL));
	assert_non_null(strstr(f.err.message, "[credentials: environment; is the key deleted"));
	assert_string_equal(f.err.aws_code, "InvalidClientTokenId");
	assert_string_equal(f.err.request_id, "r-2");
	fake_stop(&f);
}

/* Expired keys of the environment cannot be fetched anew: said once, not repeated. */
static void test_expired(void **state)
{
	static const struct step steps[] = {
		{.status = 403,
		 .body = ERROR_BODY("ExpiredToken", "The security token included in "
						    "the request is expired")}};
	struct fake f;

	(void)state;
	START(&f, steps);
	assert_false(fake_call(&f, "sts", "GetCallerIdentity", NULL));
	assert_int_equal(f.count, 1);
	assert_non_null(strstr(f.err.message, "sign in again"));
	fake_stop(&f);
}

static void test_nobody_listens(void **state)
{
	static const struct step steps[] = {{.body = IDENTITY_BODY}};
	struct fake f;

	(void)state;
	START(&f, steps);
	server_stop(&f.server);
	assert_false(fake_call(&f, "sts", "GetCallerIdentity", NULL));
	assert_int_equal(f.err.kind, ERR_NET);
	assert_int_equal(f.info.attempts, 3);
	/* It never got through: nothing can have been done. */
	assert_false(f.info.answer_lost);
	assert_error(&f, ERR_NET, "sts:GetCallerIdentity: after 3 attempts: ");
	fake_stop(&f);
}

static void test_no_credentials(void **state)
{
	static const struct step steps[] = {{.body = IDENTITY_BODY}};
	struct fake f;

	(void)state;
	fake_start(&f, steps, 1);
	unsetenv("AWS_ACCESS_KEY_ID");
	fake_connect(&f, plain);
	assert_false(fake_call(&f, "sts", "GetCallerIdentity", NULL));
	assert_int_equal(f.count, 0);
	assert_error(&f, ERR_CREDENTIALS, "sts:GetCallerIdentity: no credentials: ");
	assert_non_null(strstr(f.err.message, "/nonexistent/credentials"));
	assert_non_null(strstr(f.err.message, "--profile"));
	fake_stop(&f);
}

/* A server that checks signatures against its own clock. */
struct checking {
	int64_t now_ms;
	int64_t date_ms; /* what Date says; 0: now_ms */
	int refused;
};

static void check_signature(const struct server_request *req, struct server_response *resp,
			    void *ctx)
{
	struct checking *c = ctx;
	struct sign_claim claim;
	struct sign_refusal no = {0};
	char date[TIME_ISO_SIZE];

	server_add_header(
		resp, "Date",
		arena_strz(req->arena, time_http(c->date_ms ? c->date_ms : c->now_ms, date)));
	resp->status = 200;
	resp->body = STR(IDENTITY_BODY);
	if (sign_parse(req->method, req->path, req->query, req->headers, req->nheaders, req->arena,
		       &claim, &no) &&
	    sign_verify(&claim, STR(FAKE_SECRET), req->method, req->path, req->query, req->headers,
			req->nheaders, req->body, c->now_ms, req->arena, &no))
		return;
	c->refused++;
	resp->status = no.status;
	resp->body = arena_printf(req->arena,
				  "<ErrorResponse><Error><Code>%s</Code><Message>%.*s</Message>"
				  "</Error></ErrorResponse>",
				  no.code, STR_ARG(no.message));
}

static void skewed_by(int64_t skew_ms, bool corrected)
{
	static const struct step steps[] = {{.handle = check_signature}};
	struct clock clock = {0};
	struct checking c = {.now_ms = 1792000000000};
	struct aws_settings s = plain;
	struct fake f;

	clock_set_ms(&clock, c.now_ms + skew_ms);
	s.clock = &clock;
	fake_start(&f, steps, 1);
	f.ctx = &c;
	fake_connect(&f, s);
	assert_true(fake_call(&f, "sts", "GetCallerIdentity", NULL));
	assert_int_equal(c.refused, corrected ? 1 : 0);
	assert_int_equal(f.info.attempts, corrected ? 2 : 1);
	/* Remembered: the next call is right at once. */
	assert_true(fake_call(&f, "sts", "GetCallerIdentity", NULL));
	assert_int_equal(c.refused, corrected ? 1 : 0);
	fake_stop(&f);
}

static void test_skewed_clock(void **state)
{
	(void)state;
	log_init(LOG_ERROR, LOG_TEXT);
	skewed_by(0, false);
	skewed_by(4 * 60000, false);
	skewed_by(-4 * 60000, false);
	skewed_by(6 * 60000, true);
	skewed_by(-6 * 60000, true);
	skewed_by(-5LL * 365 * 86400000, true);
	log_init(LOG_WARN, LOG_TEXT);
}

/* A wrong secret is not a wrong clock: refused once, with a hint. */
static void test_wrong_secret(void **state)
{
	static const struct step steps[] = {{.handle = check_signature}};
	struct checking c = {.now_ms = clock_now_ms(NULL)};
	struct fake f;

	(void)state;
	fake_start(&f, steps, 1);
	setenv("AWS_SECRET_ACCESS_KEY", "not-the-secret", 1);
	f.ctx = &c;
	fake_connect(&f, plain);
	assert_false(fake_call(&f, "sts", "GetCallerIdentity", NULL));
	assert_int_equal(c.refused, 1);
	assert_true(err_is_aws(&f.err, "SignatureDoesNotMatch"));
	assert_non_null(strstr(f.err.message, "does the secret access key belong to this key id?"));
	fake_stop(&f);
}

/*
 * A Date that is off beside a wrong secret (a sandbox whose clock was moved) is
 * no reason to sign with it: the next call, with the right key, must pass.
 */
static void test_moved_date(void **state)
{
	static const struct step steps[] = {{.handle = check_signature}};
	struct checking c = {.now_ms = clock_now_ms(NULL)};
	struct clock clock = {0};
	struct aws_settings s = plain;
	struct fake f;

	(void)state;
	log_init(LOG_ERROR, LOG_TEXT);
	c.date_ms = c.now_ms + 30LL * 86400000;
	fake_start(&f, steps, 1);
	setenv("AWS_SECRET_ACCESS_KEY", "not-the-secret", 1);
	f.ctx = &c;
	fake_connect(&f, plain);
	assert_false(fake_call(&f, "sts", "GetCallerIdentity", NULL));
	assert_int_equal(f.count, 1);
	assert_int_equal(f.aws->skew_ms, 0);
	fake_stop(&f);

	/* And where our clock is wrong, too, the time is the one that the refusal names. */
	clock_set_ms(&clock, c.now_ms - 3600000);
	s.clock = &clock;
	fake_start(&f, steps, 1);
	f.ctx = &c;
	fake_connect(&f, s);
	assert_true(fake_call(&f, "sts", "GetCallerIdentity", NULL));
	assert_int_equal(f.count, 2);
	fake_stop(&f);
	log_init(LOG_WARN, LOG_TEXT);
}

static void test_wrong_input(void **state)
{
	static const struct step steps[] = {{.body = IDENTITY_BODY}};
	struct fake f;
	struct val *in;

	(void)state;
	START(&f, steps);
	in = val_object(f.a);
	val_set_z(f.a, in, "NoSuchMember", "x");
	assert_false(fake_call(&f, "sts", "GetCallerIdentity", in));
	assert_error(&f, ERR_INPUT, "sts:GetCallerIdentity: ");
	assert_int_equal(f.count, 0);
	fake_stop(&f);
}

static void test_settings(void **state)
{
	static const struct {
		const char *name, *value;
		struct aws_settings settings;
		const char *message;
	} bad[] = {
		{"AWS_RETRY_MODE", "eager", {0}, "retry mode is 'eager'"},
		{"AWS_MAX_ATTEMPTS", "0", {0}, "max_attempts (AWS_MAX_ATTEMPTS) is '0'"},
		{"AWS_MAX_ATTEMPTS", "many", {0}, "max_attempts (AWS_MAX_ATTEMPTS) is 'many'"},
		{"AWS_USE_FIPS_ENDPOINT", "true", {0}, "use_fips_endpoint"},
		{"AWS_PROFILE", "nobody", {0}, "no profile 'nobody' in /nonexistent/config"},
		{"X", "y", {.retry_mode = "never"}, "retry mode is 'never'"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct err err = {0};

		fake_environment();
		setenv(bad[i].name, bad[i].value, 1);
		assert_null(aws_new(&bad[i].settings, &err));
		assert_int_equal(err.kind, ERR_INPUT);
		if (strncmp(err.message, bad[i].message, strlen(bad[i].message)) != 0)
			fail_msg("got  %s\nwant %s", err.message, bad[i].message);
	}
	fake_environment();

	struct aws_settings s = {.region = "cn-north-1"};
	struct err err = {0};
	struct aws *aws = aws_new(&s, &err);

	assert_non_null(aws);
	assert_true(str_eqz(aws_region(aws), "cn-north-1"));
	assert_true(str_eqz(aws_partition(aws), "aws-cn"));
	assert_true(
		str_eqz(aws_endpoint(aws, STR("sts")), "https://sts.cn-north-1.amazonaws.com.cn"));
	assert_int_equal(aws_connections(aws), LIMIT_CONNECTIONS);
	aws_free(&aws);
	s = (struct aws_settings){0};
	aws = aws_new(&s, &err);
	assert_true(str_eqz(aws_region(aws), "us-east-1"));
	aws_free(&aws);
	s = (struct aws_settings){.region = "us east"};
	aws = aws_new(&s, &err);
	assert_true(str_is_null(aws_endpoint(aws, STR("sts"))));
	aws_free(&aws);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_success),
		cmocka_unit_test(test_connection_is_kept),
		cmocka_unit_test(test_throttled_then_success),
		cmocka_unit_test(test_throttled_json),
		cmocka_unit_test(test_unavailable),
		cmocka_unit_test(test_unavailable_for_good),
		cmocka_unit_test(test_reset_then_success),
		cmocka_unit_test(test_lost_answer_then_gone),
		cmocka_unit_test(test_create_is_not_repeated),
		cmocka_unit_test(test_half_an_answer),
		cmocka_unit_test(test_half_a_document),
		cmocka_unit_test(test_html),
		cmocka_unit_test(test_large_answers),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_hints),
		cmocka_unit_test(test_expired),
		cmocka_unit_test(test_nobody_listens),
		cmocka_unit_test(test_no_credentials),
		cmocka_unit_test(test_skewed_clock),
		cmocka_unit_test(test_wrong_secret),
		cmocka_unit_test(test_moved_date),
		cmocka_unit_test(test_wrong_input),
		cmocka_unit_test(test_settings),
	};

	return cmocka_run_group_tests_name("call", tests, NULL, NULL);
}
