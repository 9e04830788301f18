/*
 * What a signed request says of itself, and AWS's words where it says it wrong.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-authentication-methods.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
 */

#include <stdarg.h>
#include <string.h>

#include "aws/sign-private.h"
#include "base/clock.h"
#include "base/limits.h"

/* How much of a bad value is said back. */
#define SIGN_ECHO 256

bool sign_refuse(struct sign_refusal *no, struct arena *a, int status, const char *code,
		 const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	no->message = arena_vprintf(a, fmt, ap);
	va_end(ap);
	no->status = status;
	no->code = code;
	return false;
}

#define incomplete(no, a, ...) sign_refuse(no, a, 400, "IncompleteSignature", __VA_ARGS__)

/* AWS says a header back hashed only: it may hold somebody's password. */
static struct str hashed(struct str s, struct arena *a)
{
	unsigned char digest[SHA256_SIZE];

	sha256(s, digest);
	return base64_put(a, str_ofn((char *)digest, sizeof(digest)));
}

struct raw_claim {
	struct str credential, signed_headers, signature;
};

/* "keyid/date/region/service/aws4_request" */
static bool parse_credential(struct str credential, struct arena *a, struct sign_claim *out,
			     struct sign_refusal *no)
{
	struct str part[5], rest = credential, field;
	size_t n = 0;

	while (str_next(&rest, '/', &field)) {
		if (n < 5)
			part[n] = field;
		n++;
	}
	if (n != 5) {
		struct str echo = str_sub(credential, 0, SIGN_ECHO);

		return incomplete(no, a,
				  "Credential must have exactly 5 slash-delimited elements, e.g. "
				  "keyid/date/region/service/term, got '%.*s'",
				  STR_ARG(echo));
	}
	if (!str_eqz(part[4], SIGN_TERMINATOR)) {
		struct str echo = str_sub(part[4], 0, SIGN_ECHO);

		return sign_refuse(no, a, 403, "SignatureDoesNotMatch",
				   "Credential should be scoped with a valid terminator: '%s', "
				   "not '%.*s'.",
				   SIGN_TERMINATOR, STR_ARG(echo));
	}
	out->access_key_id = part[0];
	out->date = part[1];
	out->region = part[2];
	out->service = part[3];
	return true;
}

/* Everything between name and value of the Authorization header's pairs. */
static bool parse_pairs(struct str text, struct str header, struct arena *a, struct raw_claim *raw,
			struct sign_refusal *no)
{
	struct str rest = text, field;

	while (str_next(&rest, ',', &field)) {
		struct str name, value;

		field = str_trim(field);
		if (str_is_empty(field))
			continue;
		if (!str_cut(field, '=', &name, &value)) {
			struct str hash = hashed(header, a);

			return incomplete(no, a,
					  "Invalid key=value pair (missing equal-sign) in "
					  "Authorization header (hashed with SHA-256 and encoded "
					  "with Base64): '%.*s'.",
					  STR_ARG(hash));
		}
		if (str_eqz(name, "Credential"))
			raw->credential = value;
		else if (str_eqz(name, "SignedHeaders"))
			raw->signed_headers = value;
		else if (str_eqz(name, "Signature"))
			raw->signature = value;
	}
	return true;
}

static bool parse_header(struct str header, bool dated, struct arena *a, struct raw_claim *raw,
			 struct sign_refusal *no)
{
	static const char *const wants[] = {"Credential", "Signature", "SignedHeaders"};
	struct str algorithm, rest;

	str_cut(header, ' ', &algorithm, &rest);
	if (str_eqz(algorithm, SIGN_ALGORITHM) && !parse_pairs(rest, header, a, raw, no))
		return false;

	const struct str got[] = {raw->credential, raw->signature, raw->signed_headers};
	struct buf b = BUF_INIT(KIB(1));

	for (size_t i = 0; i < ARRAY_SIZE(got); i++)
		if (str_is_empty(got[i]))
			buf_addf(&b, "Authorization header requires '%s' parameter. ", wants[i]);
	if (!dated)
		buf_addz(&b, "Authorization header requires existence of either a 'X-Amz-Date' or "
			     "a 'Date' header. ");

	struct str missing = arena_str(a, buf_str(&b));

	buf_release(&b);
	if (str_is_empty(missing))
		return true;
	struct str hash = hashed(header, a);
	return incomplete(no, a,
			  "%.*s(Hashed with SHA-256 and encoded with Base64) Authorization=%.*s",
			  STR_ARG(missing), STR_ARG(hash));
}

/* Names and values of the query form are percent-encoded. */
static struct str query_value(struct str query, const char *name, struct arena *a)
{
	struct str rest = query, field, key, value;

	while (str_next(&rest, '&', &field)) {
		if (!str_cut(field, '=', &key, &value) || !str_eqz(key, name))
			continue;

		char *out = arena_alloc(a, value.n + 1);
		size_t n = 0;

		for (size_t i = 0; i < value.n; i++) {
			unsigned char byte;

			if (value.p[i] == '%' && hex_get(str_sub(value, i + 1, 2), &byte, 1)) {
				out[n++] = (char)byte;
				i += 2;
			} else {
				out[n++] = value.p[i];
			}
		}
		return str_ofn(out, n);
	}
	return STR_NULL;
}

static bool parse_presigned(struct str query, struct arena *a, struct raw_claim *raw,
			    struct sign_claim *out, struct sign_refusal *no)
{
	static const char *const names[] = {
		"X-Amz-Algorithm",     "X-Amz-Credential", "X-Amz-Signature",
		"X-Amz-SignedHeaders", "X-Amz-Date",
	};
	struct str got[ARRAY_SIZE(names)];
	struct buf b = BUF_INIT(KIB(1));

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		got[i] = query_value(query, names[i], a);
		if (str_is_empty(got[i]))
			buf_addf(&b, "AWS query-string parameters must include '%s'. ", names[i]);
	}

	struct str missing = arena_str(a, buf_str(&b));

	buf_release(&b);
	if (!str_is_empty(missing))
		return incomplete(no, a, "%.*sRe-examine the query-string parameters.",
				  STR_ARG(missing));
	if (!str_eqz(got[0], SIGN_ALGORITHM))
		return incomplete(no, a, "X-Amz-Algorithm only supports \"%s\"", SIGN_ALGORITHM);

	struct str expires = query_value(query, "X-Amz-Expires", a);

	raw->credential = got[1];
	raw->signature = got[2];
	raw->signed_headers = got[3];
	out->time_text = got[4];
	out->session_token = query_value(query, "X-Amz-Security-Token", a);
	out->presigned = true;
	out->expires_s = 15 * 60; /* what AWS takes where nothing is said (sts) */
	if (!str_is_null(expires) && (!str_to_i64(expires, &out->expires_s) || out->expires_s < 0 ||
				      out->expires_s > 7 * 24 * 3600))
		return incomplete(no, a,
				  "X-Amz-Expires must be a number of seconds, less than a week "
				  "(in seconds) that is 604800");
	return true;
}

static bool parse_time(struct sign_claim *out, struct arena *a, struct sign_refusal *no)
{
	char stamp[TIME_ISO_SIZE];

	if (time_parse_amz(out->time_text, &out->time_ms))
		return true;
	/* A Date header may be the one of HTTP; what is signed is the basic format. */
	if (!out->presigned && time_parse_http(out->time_text, &out->time_ms)) {
		out->time_text = arena_strz(a, time_amz(out->time_ms, stamp));
		return true;
	}

	struct str echo = str_sub(out->time_text, 0, SIGN_ECHO);

	return incomplete(no, a,
			  "Date must be in ISO-8601 'basic format'. Got '%.*s'. "
			  "See http://en.wikipedia.org/wiki/ISO_8601",
			  STR_ARG(echo));
}

static bool signs_host(struct str signed_headers, size_t *count)
{
	struct str rest = signed_headers, name;
	bool host = false;

	*count = 0;
	while (str_next(&rest, ';', &name)) {
		(*count)++;
		host |= str_eq_nocase(name, STR("host")) || str_eqz(name, ":authority");
	}
	return host;
}

bool sign_parse(struct str method, struct str path, struct str query,
		const struct http_header *headers, size_t nheaders, struct arena *a,
		struct sign_claim *out, struct sign_refusal *no)
{
	struct raw_claim raw = {0};
	struct str header = sign_header(headers, nheaders, STR("authorization"));
	size_t count;

	(void)method;
	(void)path;
	*out = (struct sign_claim){0};
	if (!str_is_null(header)) {
		out->time_text = sign_header(headers, nheaders, STR("x-amz-date"));
		if (str_is_null(out->time_text))
			out->time_text = sign_header(headers, nheaders, STR("date"));
		out->session_token = sign_header(headers, nheaders, STR("x-amz-security-token"));
		if (!parse_header(header, !str_is_null(out->time_text), a, &raw, no))
			return false;
	} else if (str_find(query, STR("X-Amz-Signature=")) >= 0 ||
		   str_find(query, STR("X-Amz-Credential=")) >= 0) {
		if (!parse_presigned(query, a, &raw, out, no))
			return false;
	} else {
		return sign_refuse(no, a, 403, "MissingAuthenticationToken",
				   "Request is missing Authentication Token");
	}
	if (!parse_credential(raw.credential, a, out, no) || !parse_time(out, a, no))
		return false;
	if (!signs_host(raw.signed_headers, &count))
		return sign_refuse(no, a, 403, "SignatureDoesNotMatch",
				   "'Host' or ':authority' must be a 'SignedHeader' in the AWS "
				   "Authorization.");
	if (count > LIMIT_HEADERS)
		return incomplete(no, a, "SignedHeaders names more than %d headers", LIMIT_HEADERS);
	out->signed_headers = raw.signed_headers;
	out->signature = raw.signature;
	return true;
}

void sign_refusal_json(struct sign_refusal *no)
{
	static const char *const names[][2] = {
		{"SignatureDoesNotMatch", "InvalidSignatureException"},
		{"InvalidClientTokenId", "UnrecognizedClientException"},
		{"MissingAuthenticationToken", "MissingAuthenticationTokenException"},
		{"IncompleteSignature", "IncompleteSignatureException"},
		{"ExpiredToken", "ExpiredTokenException"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (strcmp(no->code, names[i][0]) != 0)
			continue;
		no->code = names[i][1];
		no->status = 400;
		return;
	}
}
