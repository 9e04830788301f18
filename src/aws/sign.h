#ifndef ROOTOUT_AWS_SIGN_H
#define ROOTOUT_AWS_SIGN_H

/*
 * Signature Version 4, signing and verifying from one file.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 *
 * Client: fill a sign_request (every header that shall be signed, among them
 * host), call sign_add; it appends X-Amz-Date, X-Amz-Security-Token and
 * Authorization. Server: sign_parse reads what a request claims, the caller
 * looks the access key up, sign_verify says whether it is so. The stages are
 * public to tests in sign-private.h (canonical request, string to sign, key,
 * signature).
 */

#include "base/arena.h"
#include "base/err.h"
#include "base/secret.h"
#include "net/http.h"

struct sign_creds {
	struct str access_key_id;
	const struct secret *secret_key;
	const struct secret *session_token; /* NULL or absent: none */
};

struct sign_request {
	struct str method;
	struct str path;  /* as sent (encoded) */
	struct str query; /* as sent, without '?' */
	const struct http_header *headers;
	size_t nheaders;
	struct str body;
	struct str region, service;
	int64_t now_ms;
	bool s3_paths; /* S3: the path is encoded once and not normalised */
};

/* At most 4 headers are added to out; their values live in the arena. */
void sign_add(const struct sign_request *r, const struct sign_creds *c, struct arena *a,
	      struct http_header out[4], size_t *nout);

/* What a signed request says of itself (header or presigned query form). */
struct sign_claim {
	struct str access_key_id;
	struct str date; /* "20261123" */
	struct str region, service;
	struct str signed_headers; /* "host;x-amz-date" */
	struct str signature;      /* 64 hex digits */
	struct str session_token;  /* STR_NULL: none */
	int64_t time_ms;           /* X-Amz-Date or Date */
	struct str time_text;      /* as it came, for the string to sign */
	bool presigned;
	int64_t expires_s; /* presigned */
};

/*
 * Codes are AWS's own (of query and rest-xml services; see sign_refusal_json): MissingAuthenticationToken (403, no signature at all),
 * IncompleteSignature (400), InvalidClientTokenId and SignatureDoesNotMatch
 * and ExpiredToken are the caller's or sign_verify's.
 */
struct sign_refusal {
	int status;
	const char *code;
	struct str message; /* in the arena; AWS's wording */
};

bool sign_parse(struct str method, struct str path, struct str query,
		const struct http_header *headers, size_t nheaders, struct arena *a,
		struct sign_claim *out, struct sign_refusal *no) MUST_CHECK;

/* What sign_verify says when the signatures differ. */
#define SIGN_MISMATCH                                                                           \
	"The request signature we calculated does not match the signature you provided. Check " \
	"your AWS Secret Access Key and signing method. Consult the service documentation for " \
	"details."

/*
 * Clock skew (±5 minutes: "Signature expired: … is now earlier than …" /
 * "Signature not yet current: …"), scope (date, region may be any, service must be
 * `service`, terminator), signature. `body` is hashed and compared with
 * x-amz-content-sha256 where that is sent (UNSIGNED-PAYLOAD is accepted for S3).
 * Keys that were derived are remembered (bounded, sign_cache_wipe). The claim's service is
 * sign_check_service's to judge, where the caller knows better than the claim.
 */
bool sign_verify(const struct sign_claim *claim, struct str secret_key, struct str method,
		 struct str path, struct str query, const struct http_header *headers,
		 size_t nheaders, struct str body, int64_t now_ms, struct arena *a,
		 struct sign_refusal *no) MUST_CHECK;

/* "Credential should be scoped to correct service: 'sts'. " */
bool sign_check_service(const struct sign_claim *claim, struct str service, struct arena *a,
			struct sign_refusal *no) MUST_CHECK;

/* JSON services say the same with other names, as 400: InvalidSignatureException, … */
void sign_refusal_json(struct sign_refusal *no);

/* Forget the remembered keys: when a server ends, or a secret was revoked for good. */
void sign_cache_wipe(void);

#endif
