#ifndef ROOTOUT_AWS_SIGN_PRIVATE_H
#define ROOTOUT_AWS_SIGN_PRIVATE_H

/*
 * The stages of a signature, for sign-*.c and for tests, which check each one
 * by itself: when a signature is wrong, the first stage that differs says why.
 *
 * 1. canonical request	   sign_canonical_request	(sign-canonical.c)
 * 2. string to sign	   sign_string_to_sign		(sign.c)
 * 3. signing key	   sign_key			(sign.c)
 * 4. signature		   sign_signature		(sign.c)
 *
 * A string to sign is not a secret, but it is never logged either: together
 * with a signature it is what an attacker would guess keys against.
 */

#include "aws/sign.h"
#include "base/digest.h"

#define SIGN_ALGORITHM "AWS4-HMAC-SHA256"
#define SIGN_TERMINATOR "aws4_request"
/* AWS accepts a request for five minutes before and after its time. */
#define SIGN_SKEW_MS (5 * 60 * 1000)
/* Longest credential scope that is looked at: date, region, service, terminator. */
#define SIGN_SCOPE_MAX 256

struct sign_parts {
	struct str method;
	struct str path;
	struct str query;
	const struct http_header *headers;
	size_t nheaders;
	struct str signed_headers; /* "host;x-amz-date" */
	struct str payload_hash;   /* hex, or "UNSIGNED-PAYLOAD" */
	bool s3_paths;
	bool presigned; /* X-Amz-Signature is left out of the query */
};

/* Names of all headers, lower case, sorted, each once: "host;x-amz-date". */
struct str sign_signed_headers(const struct http_header *headers, size_t n, struct arena *a);

struct str sign_canonical_path(struct str path, bool s3_paths, struct arena *a);
struct str sign_canonical_query(struct str query, bool presigned, struct arena *a);
struct str sign_canonical_request(const struct sign_parts *p, struct arena *a);

/* "20150830/us-east-1/iam/aws4_request" */
struct str sign_scope(struct str date, struct str region, struct str service, struct arena *a);
/* time_text "20150830T123600Z" */
struct str sign_string_to_sign(struct str time_text, struct str scope, struct str canonical,
			       struct arena *a);

/* The key for one day, region and service; to be wiped by the caller. */
void sign_key(struct str secret_key, struct str date, struct str region, struct str service,
	      unsigned char key[SHA256_SIZE]);
/* The same, remembered: for a server that verifies many requests of few keys. */
void sign_key_cached(struct str secret_key, struct str date, struct str region, struct str service,
		     unsigned char key[SHA256_SIZE]);

void sign_signature(const unsigned char key[SHA256_SIZE], struct str string_to_sign,
		    char out[SHA256_HEX_SIZE]);

/* The first header of that name (lower case); STR_NULL: none. */
struct str sign_header(const struct http_header *headers, size_t n, struct str name);

/* Fills *no with text in the arena and returns false. */
bool sign_refuse(struct sign_refusal *no, struct arena *a, int status, const char *code,
		 const char *fmt, ...) PRINTF_LIKE(5, 6);

#endif
