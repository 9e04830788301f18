/* Signing: string to sign, key, signature, and the headers that carry them. */

#include "aws/sign.h"

#include <string.h>

#include "aws/sign-private.h"
#include "base/clock.h"

struct str sign_scope(struct str date, struct str region, struct str service, struct arena *a)
{
	const struct str parts[] = {date, region, service};
	char *out = arena_alloc(a, date.n + region.n + service.n + sizeof(SIGN_TERMINATOR) + 3);
	char *w = out;

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		if (parts[i].n > 0)
			memcpy(w, parts[i].p, parts[i].n);
		w += parts[i].n;
		*w++ = '/';
	}
	memcpy(w, SIGN_TERMINATOR, sizeof(SIGN_TERMINATOR) - 1);
	w += sizeof(SIGN_TERMINATOR) - 1;
	return str_ofn(out, (size_t)(w - out));
}

struct str sign_string_to_sign(struct str time_text, struct str scope, struct str canonical,
			       struct arena *a)
{
	static const char head[] = SIGN_ALGORITHM "\n";
	char *out = arena_alloc(a, sizeof(head) + time_text.n + scope.n + SHA256_HEX_SIZE + 2);
	char *w = out;

	memcpy(w, head, sizeof(head) - 1);
	w += sizeof(head) - 1;
	memcpy(w, time_text.p, time_text.n);
	w += time_text.n;
	*w++ = '\n';
	memcpy(w, scope.p, scope.n);
	w += scope.n;
	*w++ = '\n';
	sha256_hex(canonical, w);
	w += SHA256_HEX_SIZE - 1;
	return str_ofn(out, (size_t)(w - out));
}

void sign_key(struct str secret_key, struct str date, struct str region, struct str service,
	      unsigned char key[SHA256_SIZE])
{
	unsigned char step[SHA256_SIZE];
	char first[4 + 256];
	size_t n = secret_key.n < sizeof(first) - 4 ? secret_key.n : sizeof(first) - 4;

	memcpy(first, "AWS4", 4);
	memcpy(first + 4, secret_key.p, n);
	hmac_sha256(str_ofn(first, n + 4), date, step);
	hmac_sha256(str_ofn((char *)step, sizeof(step)), region, key);
	hmac_sha256(str_ofn((char *)key, SHA256_SIZE), service, step);
	hmac_sha256(str_ofn((char *)step, sizeof(step)), STR(SIGN_TERMINATOR), key);
	mem_wipe(first, sizeof(first));
	mem_wipe(step, sizeof(step));
}

void sign_signature(const unsigned char key[SHA256_SIZE], struct str string_to_sign,
		    char out[SHA256_HEX_SIZE])
{
	unsigned char mac[SHA256_SIZE];

	hmac_sha256(str_ofn((const char *)key, SHA256_SIZE), string_to_sign, mac);
	hex_put(mac, sizeof(mac), out);
}

void sign_add(const struct sign_request *r, const struct sign_creds *c, struct arena *a,
	      struct http_header out[4], size_t *nout)
{
	size_t n = 0;
	char stamp[TIME_ISO_SIZE];
	struct str time_text = arena_strz(a, time_amz(r->now_ms, stamp));
	struct str date = str_sub(time_text, 0, 8);

	out[n++] = (struct http_header){STR("X-Amz-Date"), time_text};
	if (c->session_token && secret_is_set(c->session_token))
		out[n++] = (struct http_header){STR("X-Amz-Security-Token"),
						arena_str(a, secret_reveal(c->session_token))};

	struct http_header *all = arena_calloc(a, r->nheaders + n, sizeof(*all));

	if (r->nheaders > 0)
		memcpy(all, r->headers, r->nheaders * sizeof(*all));
	memcpy(all + r->nheaders, out, n * sizeof(*all));

	struct str payload = sign_header(r->headers, r->nheaders, STR("x-amz-content-sha256"));
	char *hash = arena_alloc(a, SHA256_HEX_SIZE);

	if (str_is_null(payload)) {
		sha256_hex(r->body, hash);
		payload = str_ofn(hash, SHA256_HEX_SIZE - 1);
	}

	struct sign_parts parts = {
		.method = r->method,
		.path = r->path,
		.query = r->query,
		.headers = all,
		.nheaders = r->nheaders + n,
		.signed_headers = sign_signed_headers(all, r->nheaders + n, a),
		.payload_hash = payload,
		.s3_paths = r->s3_paths,
	};
	struct str canonical = sign_canonical_request(&parts, a);
	struct str scope = sign_scope(date, r->region, r->service, a);
	struct str to_sign = sign_string_to_sign(time_text, scope, canonical, a);
	unsigned char key[SHA256_SIZE];
	char signature[SHA256_HEX_SIZE];

	sign_key(secret_reveal(c->secret_key), date, r->region, r->service, key);
	sign_signature(key, to_sign, signature);
	mem_wipe(key, sizeof(key));

	/* The canonical request holds the session token: nobody needs it any more. */
	mem_wipe((void *)(uintptr_t)canonical.p, canonical.n);

	out[n++] = (struct http_header){
		STR("Authorization"),
		arena_printf(
			a, SIGN_ALGORITHM " Credential=%.*s/%.*s, SignedHeaders=%.*s, Signature=%s",
			STR_ARG(c->access_key_id), STR_ARG(scope), STR_ARG(parts.signed_headers),
			signature),
	};
	*nout = n;
}
