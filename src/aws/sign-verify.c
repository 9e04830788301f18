/*
 * Verifying: what a server does with a claim and the secret key it knows.
 *
 * This is the sandbox's hot path (every request passes here), so there is one
 * pass over the body, one canonical request in the arena, and the signing key
 * is remembered (sign-cache.c).
 */

#include "aws/sign-private.h"
#include "base/clock.h"

#define mismatch(no, a, ...) sign_refuse(no, a, 403, "SignatureDoesNotMatch", __VA_ARGS__)

static bool check_time(const struct sign_claim *claim, int64_t now_ms, struct arena *a,
		       struct sign_refusal *no)
{
	int64_t lives_ms = claim->presigned ? claim->expires_s * 1000 : SIGN_SKEW_MS;
	char bound[TIME_ISO_SIZE], now[TIME_ISO_SIZE];

	/* To the second, as the texts of both are. */
	now_ms -= now_ms % 1000;
	if (claim->time_ms < now_ms - lives_ms)
		return mismatch(no, a,
				"Signature expired: %.*s is now earlier than %s (%s - %d min.)",
				STR_ARG(claim->time_text), time_amz(now_ms - lives_ms, bound),
				time_amz(now_ms, now), (int)(lives_ms / 60000));
	if (claim->time_ms > now_ms + SIGN_SKEW_MS)
		return mismatch(no, a,
				"Signature not yet current: %.*s is still later than %s "
				"(%s + %d min.)",
				STR_ARG(claim->time_text), time_amz(now_ms + SIGN_SKEW_MS, bound),
				time_amz(now_ms, now), SIGN_SKEW_MS / 60000);
	return true;
}

static bool check_scope(const struct sign_claim *claim, struct arena *a, struct sign_refusal *no)
{
	struct str day = str_sub(claim->time_text, 0, 8);
	struct str said = str_sub(claim->date, 0, 64);

	if (str_eq(claim->date, day))
		return true;
	return mismatch(no, a,
			"Date in Credential scope does not match YYYYMMDD from ISO-8601 version "
			"of date from HTTP: '%.*s' != '%.*s', from '%.*s'.",
			STR_ARG(said), STR_ARG(day), STR_ARG(claim->time_text));
}

bool sign_check_service(const struct sign_claim *claim, struct str service, struct arena *a,
			struct sign_refusal *no)
{
	if (str_eq(claim->service, service))
		return true;
	return mismatch(no, a, "Credential should be scoped to correct service: '%.*s'. ",
			STR_ARG(service));
}

/* The hash as the canonical request has it. */
static bool payload_hash(const struct sign_claim *claim, struct str declared, struct str body,
			 struct arena *a, char computed[SHA256_HEX_SIZE], struct str *out,
			 struct sign_refusal *no)
{
	bool s3 = str_eqz(claim->service, "s3");

	if (s3 && (claim->presigned || str_eqz(declared, "UNSIGNED-PAYLOAD"))) {
		*out = STR("UNSIGNED-PAYLOAD");
		return true;
	}
	sha256_hex(body, computed);
	*out = str_ofn(computed, SHA256_HEX_SIZE - 1);
	if (str_is_null(declared) || str_eq(declared, *out))
		return true;
	if (s3)
		return sign_refuse(no, a, 400, "XAmzContentSHA256Mismatch",
				   "The provided 'x-amz-content-sha256' header does not match "
				   "what was computed.");
	return mismatch(no, a, "%s", SIGN_MISMATCH);
}

bool sign_verify(const struct sign_claim *claim, struct str secret_key, struct str method,
		 struct str path, struct str query, const struct http_header *headers,
		 size_t nheaders, struct str body, int64_t now_ms, struct arena *a,
		 struct sign_refusal *no)
{
	char computed[SHA256_HEX_SIZE];
	struct str declared = sign_header(headers, nheaders, STR("x-amz-content-sha256"));
	struct sign_parts parts = {
		.method = method,
		.path = path,
		.query = query,
		.headers = headers,
		.nheaders = nheaders,
		.signed_headers = claim->signed_headers,
		.s3_paths = str_eqz(claim->service, "s3"),
		.presigned = claim->presigned,
	};
	size_t scope_n = claim->date.n + claim->region.n + claim->service.n;

	if (!check_time(claim, now_ms, a, no) || !check_scope(claim, a, no) ||
	    !payload_hash(claim, declared, body, a, computed, &parts.payload_hash, no))
		return false;
	if (scope_n > SIGN_SCOPE_MAX)
		return mismatch(no, a, "%s", SIGN_MISMATCH);

	struct str scope = sign_scope(claim->date, claim->region, claim->service, a);
	struct str canonical = sign_canonical_request(&parts, a);
	struct str to_sign = sign_string_to_sign(claim->time_text, scope, canonical, a);
	unsigned char key[SHA256_SIZE];
	char signature[SHA256_HEX_SIZE];

	sign_key_cached(secret_key, claim->date, claim->region, claim->service, key);
	sign_signature(key, to_sign, signature);
	mem_wipe(key, sizeof(key));

	bool same = mem_eq_secret(str_ofn(signature, SHA256_HEX_SIZE - 1), claim->signature);

	/* What it should have been is nobody's to see. */
	mem_wipe(signature, sizeof(signature));
	if (!same)
		return mismatch(no, a, "%s", SIGN_MISMATCH);
	return true;
}
