/* What a server says to requests that are signed wrong: code, status and AWS's words. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "aws/sign-private.h"
#include "base/clock.h"
#include "base/limits.h"

#define NOW_MS 1440938160000LL /* 2015-08-30T12:36:00Z */
#define MINUTE_MS 60000
#define SECRET "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
#define SIG "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define CRED "Credential=AKIDEXAMPLE/20150830/us-east-1/sts/aws4_request"
#define REST ", SignedHeaders=host;x-amz-date, Signature=" SIG

static void check(struct sign_refusal no, int status, const char *code, const char *message)
{
	assert_string_equal(no.code, code);
	assert_int_equal(no.status, status);
	if (!str_eqz(no.message, message))
		fail_msg("got  %.*s\nwant %s", STR_ARG(no.message), message);
}

static bool parse(const char *authorization, const char *date_name, const char *date,
		  struct arena *a, struct sign_claim *claim, struct sign_refusal *no)
{
	struct http_header h[3] = {{STR("host"), STR("sts.us-east-1.amazonaws.com")}};
	size_t n = 1;

	if (authorization)
		h[n++] = (struct http_header){STR("authorization"), str_of(authorization)};
	if (date)
		h[n++] = (struct http_header){str_of(date_name), str_of(date)};
	*no = (struct sign_refusal){0};
	return sign_parse(STR("POST"), STR("/"), STR(""), h, n, a, claim, no);
}

static void test_headers(void **state)
{
	static const struct {
		const char *authorization, *date;
		int status;
		const char *code, *message;
	} cases[] = {
		{NULL, "20150830T123600Z", 403, "MissingAuthenticationToken",
		 "Request is missing Authentication Token"},
		{"Basic dXNlcjpwYXNz", "20150830T123600Z", 400, "IncompleteSignature",
		 "Authorization header requires 'Credential' parameter. Authorization header "
		 "requires 'Signature' parameter. Authorization header requires 'SignedHeaders' "
		 "parameter. (Hashed with SHA-256 and encoded with Base64) "
		 "Authorization=AK+rg3mIGeouojwZwNRMjBjZouASr4mu4FWMTXQQcD0="},
		{"AWS4-HMAC-SHA256 " CRED ", Signature=" SIG, NULL, 400, "IncompleteSignature",
		 "Authorization header requires 'SignedHeaders' parameter. Authorization header "
		 "requires existence of either a 'X-Amz-Date' or a 'Date' header. (Hashed with "
		 "SHA-256 and encoded with Base64) Authorization="},
		{"AWS4-HMAC-SHA256 Credential= AKIDEXAMPLE", "20150830T123600Z", 400,
		 "IncompleteSignature", NULL},
		{"AWS4-HMAC-SHA256 AKIDEXAMPLE", "20150830T123600Z", 400, "IncompleteSignature",
		 "Invalid key=value pair (missing equal-sign) in Authorization header (hashed with "
		 "SHA-256 and encoded with Base64): '"},
		{"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/aws4_request" REST,
		 "20150830T123600Z", 400, "IncompleteSignature",
		 "Credential must have exactly 5 slash-delimited elements, e.g. "
		 "keyid/date/region/service/term, got "
		 "'AKIDEXAMPLE/20150830/us-east-1/aws4_request'"},
		{"AWS4-HMAC-SHA256 "
		 "Credential=a/b/AKIDEXAMPLE/20150830/us-east-1/sts/aws4_request" REST,
		 "20150830T123600Z", 400, "IncompleteSignature",
		 "Credential must have exactly 5 slash-delimited elements, e.g. "
		 "keyid/date/region/service/term, got "
		 "'a/b/AKIDEXAMPLE/20150830/us-east-1/sts/aws4_request'"},
		{"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/sts/aws5_request" REST,
		 "20150830T123600Z", 403, "SignatureDoesNotMatch",
		 "Credential should be scoped with a valid terminator: 'aws4_request', not "
		 "'aws5_request'."},
		{"AWS4-HMAC-SHA256 " CRED REST, "2015-08-30", 400, "IncompleteSignature",
		 "Date must be in ISO-8601 'basic format'. Got '2015-08-30'. See "
		 "http://en.wikipedia.org/wiki/ISO_8601"},
		{"AWS4-HMAC-SHA256 " CRED ", SignedHeaders=x-amz-date, Signature=" SIG,
		 "20150830T123600Z", 403, "SignatureDoesNotMatch",
		 "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."},
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct sign_claim claim;
		struct sign_refusal no;

		assert_false(
			parse(cases[i].authorization, "x-amz-date", cases[i].date, a, &claim, &no));
		assert_string_equal(no.code, cases[i].code);
		assert_int_equal(no.status, cases[i].status);
		if (cases[i].message && !str_startsz(no.message, cases[i].message))
			fail_msg("got  %.*s\nwant %s", STR_ARG(no.message), cases[i].message);
		/* What was sent is never said back where it may be a secret. */
		assert_true(str_find(no.message, STR("dXNlcjpwYXNz")) < 0);
		assert_true(str_find(no.message, STR(SIG)) < 0);
	}
	arena_free(&a);
}

static void test_claim(void **state)
{
	struct arena *a = arena_new();
	struct sign_claim claim;
	struct sign_refusal no;

	(void)state;
	assert_true(parse("AWS4-HMAC-SHA256   " CRED REST, "x-amz-date", "20150830T123600Z", a,
			  &claim, &no));
	assert_true(str_eqz(claim.access_key_id, "AKIDEXAMPLE"));
	assert_true(str_eqz(claim.date, "20150830"));
	assert_true(str_eqz(claim.region, "us-east-1"));
	assert_true(str_eqz(claim.service, "sts"));
	assert_true(str_eqz(claim.signed_headers, "host;x-amz-date"));
	assert_true(str_eqz(claim.signature, SIG));
	assert_true(str_is_null(claim.session_token));
	assert_int_equal(claim.time_ms, NOW_MS);
	assert_false(claim.presigned);

	/* No white space after the commas, and another order. */
	assert_true(parse("AWS4-HMAC-SHA256 Signature=" SIG ",SignedHeaders=host," CRED,
			  "x-amz-date", "20150830T123600Z", a, &claim, &no));
	assert_true(str_eqz(claim.signature, SIG));

	/* HTTP's own Date stands in, and is signed in the basic format. */
	assert_true(parse("AWS4-HMAC-SHA256 " CRED REST, "date", "Sun, 30 Aug 2015 12:36:00 GMT", a,
			  &claim, &no));
	assert_int_equal(claim.time_ms, NOW_MS);
	assert_true(str_eqz(claim.time_text, "20150830T123600Z"));
	arena_free(&a);
}

/* A request that says when and for whom it was signed, signed right. */
static bool verify_at(int64_t signed_ms, int64_t now_ms, const char *service, struct arena *a,
		      struct sign_claim *claim, struct sign_refusal *no)
{
	struct secret secret = {0};
	struct sign_creds creds = {STR("AKIDEXAMPLE"), &secret, NULL};
	struct http_header h[5] = {{STR("host"), STR("sts.us-east-1.amazonaws.com")}};
	struct sign_request r = {
		.method = STR("POST"),
		.path = STR("/"),
		.query = STR(""),
		.headers = h,
		.nheaders = 1,
		.body = STR("Action=GetCallerIdentity"),
		.region = STR("us-east-1"),
		.service = str_of(service),
		.now_ms = signed_ms,
	};
	size_t n;
	bool ok;

	secret_set(&secret, STR(SECRET));
	sign_add(&r, &creds, a, h + 1, &n);
	secret_release(&secret);
	ok = sign_parse(r.method, r.path, r.query, h, n + 1, a, claim, no) &&
	     sign_verify(claim, STR(SECRET), r.method, r.path, r.query, h, n + 1, r.body, now_ms, a,
			 no);
	return ok;
}

static void test_skew(void **state)
{
	struct arena *a = arena_new();
	struct sign_claim claim;
	struct sign_refusal no;

	(void)state;
	assert_true(verify_at(NOW_MS, NOW_MS, "sts", a, &claim, &no));
	assert_true(verify_at(NOW_MS, NOW_MS + 5 * MINUTE_MS, "sts", a, &claim, &no));
	assert_true(verify_at(NOW_MS, NOW_MS + 5 * MINUTE_MS + 999, "sts", a, &claim, &no));
	assert_true(verify_at(NOW_MS, NOW_MS - 5 * MINUTE_MS, "sts", a, &claim, &no));

	assert_false(verify_at(NOW_MS, NOW_MS + 10 * MINUTE_MS, "sts", a, &claim, &no));
	check(no, 403, "SignatureDoesNotMatch",
	      "Signature expired: 20150830T123600Z is now earlier than 20150830T124100Z "
	      "(20150830T124600Z - 5 min.)");
	assert_false(verify_at(NOW_MS, NOW_MS + 5 * MINUTE_MS + 1000, "sts", a, &claim, &no));
	assert_false(verify_at(NOW_MS, NOW_MS - 5 * MINUTE_MS - 1000, "sts", a, &claim, &no));
	assert_false(verify_at(NOW_MS, NOW_MS - 10 * MINUTE_MS, "sts", a, &claim, &no));
	check(no, 403, "SignatureDoesNotMatch",
	      "Signature not yet current: 20150830T123600Z is still later than 20150830T123100Z "
	      "(20150830T122600Z + 5 min.)");
	arena_free(&a);
}

static void test_scope(void **state)
{
	struct arena *a = arena_new();
	struct sign_claim claim;
	struct sign_refusal no;

	(void)state;
	assert_true(verify_at(NOW_MS, NOW_MS, "ec2", a, &claim, &no));
	assert_false(sign_check_service(&claim, STR("sts"), a, &no));
	check(no, 403, "SignatureDoesNotMatch",
	      "Credential should be scoped to correct service: 'sts'. ");
	assert_true(sign_check_service(&claim, STR("ec2"), a, &no));

	struct http_header h[] = {{STR("host"), STR("h")}};
	struct sign_claim other = claim;

	other.date = STR("20150829");
	assert_false(sign_verify(&other, STR(SECRET), STR("GET"), STR("/"), STR(""), h, 1, STR(""),
				 NOW_MS, a, &no));
	check(no, 403, "SignatureDoesNotMatch",
	      "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from "
	      "HTTP: '20150829' != '20150830', from '20150830T123600Z'.");
	arena_free(&a);
}

static void test_json_names(void **state)
{
	static const char *const names[][2] = {
		{"SignatureDoesNotMatch", "InvalidSignatureException"},
		{"InvalidClientTokenId", "UnrecognizedClientException"},
		{"MissingAuthenticationToken", "MissingAuthenticationTokenException"},
		{"IncompleteSignature", "IncompleteSignatureException"},
		{"ExpiredToken", "ExpiredTokenException"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct sign_refusal no = {403, names[i][0], STR("m")};

		sign_refusal_json(&no);
		check(no, 400, names[i][1], "m");
	}

	struct sign_refusal other = {409, "Other", STR("m")};

	sign_refusal_json(&other);
	check(other, 409, "Other", "m");
}

static bool verify_s3(const char *declared, const char *body, const char *service, struct arena *a,
		      struct sign_refusal *no)
{
	struct secret secret = {0};
	struct sign_creds creds = {STR("AKIDEXAMPLE"), &secret, NULL};
	struct http_header h[6] = {{STR("host"), STR("b.s3.amazonaws.com")},
				   {STR("x-amz-content-sha256"), str_of(declared)}};
	struct sign_request r = {
		.method = STR("PUT"),
		.path = STR("/a//b"),
		.query = STR(""),
		.headers = h,
		.nheaders = 2,
		.body = STR("hello"),
		.region = STR("us-east-1"),
		.service = str_of(service),
		.now_ms = NOW_MS,
		.s3_paths = strcmp(service, "s3") == 0,
	};
	struct sign_claim claim;
	size_t n;

	secret_set(&secret, STR(SECRET));
	sign_add(&r, &creds, a, h + 2, &n);
	secret_release(&secret);
	return sign_parse(r.method, r.path, r.query, h, n + 2, a, &claim, no) &&
	       sign_verify(&claim, STR(SECRET), r.method, r.path, r.query, h, n + 2, str_of(body),
			   NOW_MS, a, no);
}

static void test_declared_hash(void **state)
{
	static const char hash[] =
		"2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
	struct arena *a = arena_new();
	struct sign_refusal no = {0};

	(void)state;
	assert_true(verify_s3(hash, "hello", "s3", a, &no));
	assert_false(verify_s3(hash, "hellO", "s3", a, &no));
	check(no, 400, "XAmzContentSHA256Mismatch",
	      "The provided 'x-amz-content-sha256' header does not match what was computed.");
	assert_true(verify_s3("UNSIGNED-PAYLOAD", "anything", "s3", a, &no));
	/* Nobody else takes a body that was not signed. */
	assert_false(verify_s3("UNSIGNED-PAYLOAD", "hello", "sts", a, &no));
	check(no, 403, "SignatureDoesNotMatch", SIGN_MISMATCH);
	assert_true(verify_s3(hash, "hello", "sts", a, &no));
	assert_false(verify_s3(hash, "hellO", "sts", a, &no));
	arena_free(&a);
}

static void test_query_form(void **state)
{
	static const char *const queries[][3] = {
		{"X-Amz-Credential=a", "IncompleteSignature",
		 "AWS query-string parameters must include 'X-Amz-Algorithm'. AWS query-string "
		 "parameters must include 'X-Amz-Signature'. AWS query-string parameters must "
		 "include "
		 "'X-Amz-SignedHeaders'. AWS query-string parameters must include 'X-Amz-Date'. "
		 "Re-examine the query-string parameters."},
		{"X-Amz-Algorithm=AWS3&X-Amz-Credential=a%2F20150830%2Fr%2Fs%2Faws4_request&"
		 "X-Amz-Signature=s&X-Amz-SignedHeaders=host&X-Amz-Date=20150830T123600Z",
		 "IncompleteSignature", "X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256\""},
		{"X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=a%2F20150830%2Fr%2Fs%2Faws4_"
		 "request&X-Amz-Signature=s&X-Amz-SignedHeaders=host&X-Amz-Date=20150830T123600Z&"
		 "X-Amz-Expires=604801",
		 "IncompleteSignature",
		 "X-Amz-Expires must be a number of seconds, less than a week (in seconds) that is "
		 "604800"},
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(queries); i++) {
		struct sign_claim claim;
		struct sign_refusal no;

		assert_false(sign_parse(STR("GET"), STR("/"), str_of(queries[i][0]), NULL, 0, a,
					&claim, &no));
		check(no, 400, queries[i][1], queries[i][2]);
	}
	arena_free(&a);
}

/* A list of signed headers that repeats a long one is not worked through. */
static void test_many_signed_headers(void **state)
{
	struct arena *a = arena_new();
	struct buf b = BUF_INIT(MIB(1));
	struct sign_claim claim;
	struct sign_refusal no;

	(void)state;
	buf_addz(&b, "AWS4-HMAC-SHA256 " CRED ", Signature=" SIG ", SignedHeaders=host");
	for (int i = 0; i < LIMIT_HEADERS; i++)
		buf_addz(&b, ";x-long");
	assert_false(parse(buf_z(&b), "x-amz-date", "20150830T123600Z", a, &claim, &no));
	assert_string_equal(no.code, "IncompleteSignature");
	buf_release(&b);
	arena_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_headers),    cmocka_unit_test(test_claim),
		cmocka_unit_test(test_skew),       cmocka_unit_test(test_scope),
		cmocka_unit_test(test_json_names), cmocka_unit_test(test_declared_hash),
		cmocka_unit_test(test_query_form), cmocka_unit_test(test_many_signed_headers),
	};

	return cmocka_run_group_tests_name("sign_refusals", tests, NULL, NULL);
}
