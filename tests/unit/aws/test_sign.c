/*
 * Signing by stage, over tests/data/sigv4 (expected values are botocore's; see
 * generate.py there), and verifying what was signed.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/sign-private.h"
#include "base/clock.h"
#include "base/limits.h"
#include "text/json.h"

#define MAX_HEADERS 16
#define NOW_MS 1440938160000LL /* 2015-08-30T12:36:00Z */
#define KEY_ID "AKIDEXAMPLE"

struct request {
	struct str method, path, query, body;
	struct http_header headers[MAX_HEADERS];
	size_t n;
};

static struct val *load(struct arena *a, const char *name)
{
	const char *tests = getenv("ROOTOUT_TESTS");
	char path[512];
	struct val *v;
	struct err err = {0};

	assert_non_null(tests);
	snprintf(path, sizeof(path), "%s/data/sigv4/%s", tests, name);
	if (!json_read_file(path, MIB(4), 0, a, &v, &err))
		fail_msg("%s", err.message);
	assert_true(val_count(v) > 0);
	return v;
}

static void request_of(const struct val *c, struct request *r)
{
	*r = (struct request){
		.method = val_get_str(c, "method"),
		.path = val_get_str(c, "path"),
		.query = val_get_str(c, "query"),
		.body = val_get_str(c, "body"),
	};
	VAL_EACH(h, val_get(c, "headers"))
	{
		assert_true(r->n < MAX_HEADERS - 4);
		r->headers[r->n++] =
			(struct http_header){val_str(val_at(h, 0)), val_str(val_at(h, 1))};
	}
}

static void assert_str(struct str got, struct str want, struct str name)
{
	if (!str_eq(got, want))
		fail_msg("%.*s\n--- got\n%.*s\n--- want\n%.*s", STR_ARG(name), STR_ARG(got),
			 STR_ARG(want));
}

static void sign_case(const struct val *c, struct arena *a, struct request *r)
{
	struct secret secret = {0}, token = {0};
	struct sign_creds creds = {STR(KEY_ID), &secret, &token};
	struct sign_request s;

	request_of(c, r);
	secret_set(&secret, val_get_str(c, "secret"));
	if (val_get_str(c, "token").n > 0)
		secret_set(&token, val_get_str(c, "token"));
	s = (struct sign_request){
		.method = r->method,
		.path = r->path,
		.query = r->query,
		.headers = r->headers,
		.nheaders = r->n,
		.body = r->body,
		.region = val_get_str(c, "region"),
		.service = val_get_str(c, "service"),
		.now_ms = NOW_MS,
	};

	struct http_header added[4];
	size_t n;

	sign_add(&s, &creds, a, added, &n);
	memcpy(r->headers + r->n, added, n * sizeof(*added));
	r->n += n;
	secret_release(&secret);
	secret_release(&token);
}

static void test_stages(void **state)
{
	struct arena *a = arena_new();
	struct val *cases = load(a, "vectors.json");

	(void)state;
	assert_true(val_count(cases) >= 40);
	VAL_EACH(c, cases)
	{
		struct str name = val_get_str(c, "name");
		struct str payload;
		struct request r;
		char hash[SHA256_HEX_SIZE], signature[SHA256_HEX_SIZE];
		unsigned char key[SHA256_SIZE];

		request_of(c, &r);
		r.headers[r.n++] = (struct http_header){STR("X-Amz-Date"), STR("20150830T123600Z")};
		if (val_get_str(c, "token").n > 0)
			r.headers[r.n++] = (struct http_header){STR("X-Amz-Security-Token"),
								val_get_str(c, "token")};
		sha256_hex(r.body, hash);
		payload = sign_header(r.headers, r.n, STR("x-amz-content-sha256"));

		struct sign_parts parts = {
			.method = r.method,
			.path = r.path,
			.query = r.query,
			.headers = r.headers,
			.nheaders = r.n,
			.signed_headers = sign_signed_headers(r.headers, r.n, a),
			.payload_hash = str_is_null(payload) ? str_of(hash) : payload,
		};
		struct str canonical = sign_canonical_request(&parts, a);

		assert_str(canonical, val_get_str(c, "canonical_request"), name);

		struct str scope = arena_printf(a, "20150830/%.*s/%.*s/aws4_request",
						STR_ARG(val_get_str(c, "region")),
						STR_ARG(val_get_str(c, "service")));
		struct str to_sign =
			sign_string_to_sign(STR("20150830T123600Z"), scope, canonical, a);

		assert_str(to_sign, val_get_str(c, "string_to_sign"), name);
		sign_key(val_get_str(c, "secret"), STR("20150830"), val_get_str(c, "region"),
			 val_get_str(c, "service"), key);
		sign_signature(key, to_sign, signature);
		assert_str(str_of(signature), val_get_str(c, "signature"), name);
	}
	arena_free(&a);
}

/* The key that AWS's documentation derives. */
static void test_key(void **state)
{
	unsigned char key[SHA256_SIZE];
	char hex[SHA256_HEX_SIZE];

	(void)state;
	sign_key(STR("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"), STR("20120215"), STR("us-east-1"),
		 STR("iam"), key);
	hex_put(key, sizeof(key), hex);
	assert_string_equal(hex,
			    "f4780e2d9f65fa895f9c67b32ce1baf0b0d8a43505a000a1a9e090d414db404d");
	for (int i = 0; i < 3; i++) {
		memset(key, 0, sizeof(key));
		sign_key_cached(STR("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"), STR("20120215"),
				STR("us-east-1"), STR("iam"), key);
		hex_put(key, sizeof(key), hex);
		assert_string_equal(
			hex, "f4780e2d9f65fa895f9c67b32ce1baf0b0d8a43505a000a1a9e090d414db404d");
		if (i == 1)
			sign_cache_wipe();
	}
}

/* A remembered key is not taken for another secret, day, region or service. */
static void test_cache_keeps_apart(void **state)
{
	static const char *const secrets[] = {"wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
					      "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEZ"};
	static const char *const dates[] = {"20120215", "20120216"};
	static const char *const regions[] = {"us-east-1", "us-east-2"};
	static const char *const services[] = {"iam", "sts"};

	(void)state;
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 16; i++) {
			struct str s = str_of(secrets[i & 1]), d = str_of(dates[i >> 1 & 1]);
			struct str r = str_of(regions[i >> 2 & 1]), v = str_of(services[i >> 3]);
			unsigned char want[SHA256_SIZE], got[SHA256_SIZE];

			sign_key(s, d, r, v, want);
			sign_key_cached(s, d, r, v, got);
			assert_memory_equal(want, got, sizeof(want));
		}
	}
}

static void test_sign_add(void **state)
{
	struct arena *a = arena_new();
	struct request r;

	(void)state;
	VAL_EACH(c, load(a, "vectors.json"))
	{
		struct str token = val_get_str(c, "token");

		sign_case(c, a, &r);
		assert_str(sign_header(r.headers, r.n, STR("authorization")),
			   val_get_str(c, "authorization"), val_get_str(c, "name"));
		assert_str(sign_header(r.headers, r.n, STR("x-amz-date")), STR("20150830T123600Z"),
			   val_get_str(c, "name"));
		assert_true(
			str_eq(sign_header(r.headers, r.n, STR("x-amz-security-token")), token));
	}
	arena_free(&a);
}

static bool verify(const struct request *r, struct str secret, int64_t now_ms, struct arena *a,
		   struct sign_refusal *no)
{
	struct sign_claim claim;

	*no = (struct sign_refusal){0};
	return sign_parse(r->method, r->path, r->query, r->headers, r->n, a, &claim, no) &&
	       sign_verify(&claim, secret, r->method, r->path, r->query, r->headers, r->n, r->body,
			   now_ms, a, no);
}

static void assert_mismatch(const struct request *r, struct str secret, struct arena *a,
			    const char *what, struct str name)
{
	struct sign_refusal no;

	if (verify(r, secret, NOW_MS, a, &no))
		fail_msg("%.*s: accepted with another %s", STR_ARG(name), what);
	assert_string_equal(no.code, "SignatureDoesNotMatch");
	assert_int_equal(no.status, 403);
	assert_str(no.message, STR(SIGN_MISMATCH), name);
}

static void test_verify(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	VAL_EACH(c, load(a, "vectors.json"))
	{
		struct str name = val_get_str(c, "name"), secret = val_get_str(c, "secret");
		struct request r, changed;
		struct sign_refusal no;

		sign_case(c, a, &r);
		if (!verify(&r, secret, NOW_MS, a, &no))
			fail_msg("%.*s: %s: %.*s", STR_ARG(name), no.code, STR_ARG(no.message));
		changed = r;
		changed.method = STR("PUT");
		assert_mismatch(&changed, secret, a, "method", name);
		changed = r;
		changed.path = STR("/other");
		assert_mismatch(&changed, secret, a, "path", name);
		changed = r;
		changed.query = STR("other=1");
		assert_mismatch(&changed, secret, a, "query", name);
		changed = r;
		changed.body = STR("other");
		assert_mismatch(&changed, secret, a, "body", name);
		changed = r;
		changed.headers[0].value = STR("other.amazonaws.com");
		assert_mismatch(&changed, secret, a, "host", name);
		assert_mismatch(&r, STR("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEZ"), a, "secret",
				name);
	}
	arena_free(&a);
}

/* Each bit of the signature counts, and its text must be exactly that. */
static void test_signature_text(void **state)
{
	struct arena *a = arena_new();
	struct val *c = val_at(load(a, "vectors.json"), 0);
	struct str secret = val_get_str(c, "secret");
	struct request r;
	struct sign_refusal no;

	(void)state;
	sign_case(c, a, &r);

	struct http_header *last = &r.headers[r.n - 1];
	char *text = arena_dupz(a, last->value);
	size_t n = last->value.n;

	last->value = str_ofn(text, n);
	assert_true(verify(&r, secret, NOW_MS, a, &no));
	for (size_t i = n - 64; i < n; i++) {
		char was = text[i];

		text[i] = was == '0' ? '1' : '0';
		assert_mismatch(&r, secret, a, "signature digit", STR("get-vanilla"));
		text[i] = was;
	}
	last->value.n--;
	assert_mismatch(&r, secret, a, "signature length", STR("get-vanilla"));
	for (size_t i = n - 64; i < n; i++)
		if (text[i] >= 'a' && text[i] <= 'f')
			text[i] = (char)(text[i] - 'a' + 'A');
	last->value.n++;
	assert_mismatch(&r, secret, a, "signature case", STR("get-vanilla"));
	arena_free(&a);
}

static void test_presigned(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	VAL_EACH(c, load(a, "presigned.json"))
	{
		struct str name = val_get_str(c, "name"), secret = val_get_str(c, "secret");
		int64_t expires_ms = val_i64(val_get(c, "expires"), 0) * 1000;
		struct sign_claim claim;
		struct sign_refusal no;
		struct request r;

		request_of(c, &r);
		assert_true(sign_parse(r.method, r.path, r.query, r.headers, r.n, a, &claim, &no));
		assert_true(claim.presigned);
		assert_str(claim.access_key_id, STR(KEY_ID), name);
		assert_str(claim.session_token, val_get_str(c, "token"), name);
		assert_int_equal(claim.expires_s * 1000, expires_ms);
		assert_true(verify(&r, secret, NOW_MS, a, &no));
		assert_true(verify(&r, secret, NOW_MS + expires_ms, a, &no));
		assert_false(verify(&r, secret, NOW_MS + expires_ms + 1000, a, &no));
		assert_true(str_startsz(no.message, "Signature expired: 20150830T123600Z is now "));
		r.query = arena_printf(a, "%.*s&Extra=1", STR_ARG(r.query));
		assert_mismatch(&r, secret, a, "query", name);
	}
	arena_free(&a);
}

/* Ways of writing the same query that clients have. */
static void test_query_forms(void **state)
{
	static const char *const forms[][2] = {
		{"a=1&b=2", "a=1&b=2"},
		{"b=2&a=1", "a=1&b=2"},
		{"a", "a="},
		{"a&a=", "a=&a="},
		{"a=b=c", "a=b%3Dc"},
		{"a=%2f%7e%7E", "a=%2F~~"},
		{"a=b/c:d", "a=b%2Fc%3Ad"},
		{"a=x+y", "a=x%20y"},
		{"a=%zz%4", "a=%25zz%254"},
		{"&&a=1&", "a=1"},
		{"", ""},
		{"%61=1", "a=1"},
		{"A=1&a=1&%41=0", "A=0&A=1&a=1"},
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++)
		assert_str(sign_canonical_query(str_of(forms[i][0]), false, a), str_of(forms[i][1]),
			   str_of(forms[i][0]));
	assert_str(sign_canonical_query(STR("b=1&X-Amz-Signature=abc&a=2"), true, a),
		   STR("a=2&b=1"), STR("presigned"));
	arena_free(&a);
}

static void test_path_forms(void **state)
{
	static const char *const forms[][3] = {
		/* sent, signed, signed by S3 */
		{"", "/", "/"},
		{"/", "/", "/"},
		{"/a/../b", "/b", "/a/../b"},
		{"/../../a", "/a", "/../../a"},
		{"/a//b", "/a/b", "/a//b"},
		{"/a/.", "/a/", "/a/."},
		{"/a/..", "/", "/a/.."},
		{"/a%20b", "/a%2520b", "/a%20b"},
		{"/a/b/../", "/a/", "/a/b/../"},
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		assert_str(sign_canonical_path(str_of(forms[i][0]), false, a), str_of(forms[i][1]),
			   str_of(forms[i][0]));
		assert_str(sign_canonical_path(str_of(forms[i][0]), true, a), str_of(forms[i][2]),
			   str_of(forms[i][0]));
	}
	arena_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stages),
		cmocka_unit_test(test_key),
		cmocka_unit_test(test_cache_keeps_apart),
		cmocka_unit_test(test_sign_add),
		cmocka_unit_test(test_verify),
		cmocka_unit_test(test_signature_text),
		cmocka_unit_test(test_presigned),
		cmocka_unit_test(test_query_forms),
		cmocka_unit_test(test_path_forms),
	};

	return cmocka_run_group_tests_name("sign", tests, NULL, NULL);
}
