/*
 * Signed requests, as a server reads them: method, path, query, headers, an empty
 * line, the body, each on a line. Nothing but a right signature may be accepted; and
 * the same request signed by our client must be.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "aws/sign-private.h"
#include "base/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NOW_MS 1440938160000LL /* 2015-08-30T12:36:00Z */
#define SECRET "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
#define HEADERS 24

struct request {
	struct str method, path, query, body;
	struct http_header headers[HEADERS + 4];
	size_t n;
};

static void read_request(struct str text, struct request *r)
{
	struct str rest = text, line, name, value;

	(void)str_next(&rest, '\n', &r->method);
	(void)str_next(&rest, '\n', &r->path);
	(void)str_next(&rest, '\n', &r->query);
	while (str_next(&rest, '\n', &line) && !str_is_empty(line)) {
		if (!str_cut(line, ':', &name, &value) || r->n == HEADERS)
			continue;
		r->headers[r->n++] = (struct http_header){name, value};
	}
	r->body = str_is_null(rest) ? STR("") : rest;
}

static bool verify(const struct request *r, struct str secret, struct arena *a)
{
	struct sign_claim claim;
	struct sign_refusal no = {0};

	if (sign_parse(r->method, r->path, r->query, r->headers, r->n, a, &claim, &no) &&
	    sign_verify(&claim, secret, r->method, r->path, r->query, r->headers, r->n, r->body,
			NOW_MS, a, &no))
		return true;
	if (!no.code || no.status < 400 || str_is_empty(no.message))
		BUG("refused without a reason");
	if (no.message.n > KIB(4))
		BUG("a refusal of %zu bytes", no.message.n);
	sign_refusal_json(&no);
	return false;
}

/* Headers that our client would send and sign: names as HTTP allows them, none of the signature's. */
static void keep_plain(struct request *r)
{
	static const char *const ours[] = {"authorization",        "date",
					   "x-amz-date",           "x-amz-security-token",
					   "x-amz-content-sha256", "host"};
	size_t n = 1;
	struct http_header kept[HEADERS + 4] = {{STR("Host"), STR("sts.amazonaws.com")}};

	for (size_t i = 0; i < r->n && n < HEADERS; i++) {
		struct str name = r->headers[i].name;
		bool plain = name.n > 0;

		for (size_t k = 0; k < name.n; k++)
			plain &= (name.p[k] >= 'a' && name.p[k] <= 'z') ||
				 (name.p[k] >= 'A' && name.p[k] <= 'Z') || name.p[k] == '-';
		for (size_t k = 0; k < ARRAY_SIZE(ours); k++)
			plain &= !str_eq_nocase(name, str_of(ours[k]));
		if (plain)
			kept[n++] = r->headers[i];
	}
	memcpy(r->headers, kept, sizeof(kept));
	r->n = n;
}

static void check_signed(struct request *r, const struct secret *secret, struct arena *a)
{
	struct sign_creds creds = {STR("AKIDEXAMPLE"), secret, NULL};
	struct sign_request s;
	struct http_header added[4];
	size_t n;

	keep_plain(r);
	s = (struct sign_request){
		.method = r->method,
		.path = r->path,
		.query = r->query,
		.headers = r->headers,
		.nheaders = r->n,
		.body = r->body,
		.region = STR("us-east-1"),
		.service = STR("sts"),
		.now_ms = NOW_MS,
	};
	sign_add(&s, &creds, a, added, &n);
	memcpy(r->headers + r->n, added, n * sizeof(*added));
	r->n += n;
	if (!verify(r, STR(SECRET), a))
		BUG("what we signed is refused");
	if (verify(r, STR("another"), a))
		BUG("a wrong secret is accepted");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct secret secret = {0};
	struct request r = {0};

	secret_set(&secret, STR(SECRET));
	read_request(str_ofn((const char *)data, size), &r);
	if (verify(&r, STR("not the secret of any of them"), a))
		BUG("a signature of nobody is accepted");
	check_signed(&r, &secret, a);
	secret_release(&secret);
	arena_free(&a);
	return 0;
}
