/*
 * The canonical request: one text for all the ways a request can be written.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 * "Create a canonical request".
 */

#include "aws/sign-private.h"

#include <stdlib.h>
#include <string.h>

static const char upper_hex[] = "0123456789ABCDEF";

/* RFC 3986 unreserved: what SigV4 leaves as it is. */
static bool is_unreserved(unsigned char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '.' || c == '_' || c == '~';
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static char *put(char *w, struct str s)
{
	if (s.n > 0)
		memcpy(w, s.p, s.n);
	return w + s.n;
}

static char *put_encoded(char *w, unsigned char c)
{
	if (is_unreserved(c)) {
		*w++ = (char)c;
		return w;
	}
	*w++ = '%';
	*w++ = upper_hex[c >> 4];
	*w++ = upper_hex[c & 15];
	return w;
}

struct str sign_header(const struct http_header *headers, size_t n, struct str name)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq_nocase(headers[i].name, name))
			return headers[i].value;
	return STR_NULL;
}

static int by_text(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

struct str sign_signed_headers(const struct http_header *headers, size_t n, struct arena *a)
{
	struct str *names = arena_calloc(a, n + 1, sizeof(*names));
	size_t bytes = 0;

	for (size_t i = 0; i < n; i++) {
		char *p = arena_alloc(a, headers[i].name.n + 1);

		for (size_t k = 0; k < headers[i].name.n; k++)
			p[k] = lower(headers[i].name.p[k]);
		names[i] = str_ofn(p, headers[i].name.n);
		bytes += names[i].n + 1;
	}
	qsort(names, n, sizeof(*names), by_text);

	char *out = arena_alloc(a, bytes + 1);
	char *w = out;

	for (size_t i = 0; i < n; i++) {
		if (i > 0 && str_eq(names[i], names[i - 1]))
			continue;
		if (w > out)
			*w++ = ';';
		w = put(w, names[i]);
	}
	return str_ofn(out, (size_t)(w - out));
}

/*
 * "." and ".." are resolved, empty segments dropped; a slash at the end stays.
 * Writes at most path.n + 1 bytes.
 */
static struct str normalize_path(struct str path, struct arena *a)
{
	char *out = arena_alloc(a, path.n + 2);
	char *w = out;
	struct str rest = path, segment;
	bool trailing = false;

	*w++ = '/';
	while (str_next(&rest, '/', &segment)) {
		trailing = str_is_empty(segment);
		if (trailing)
			continue;
		if (str_eqz(segment, ".")) {
			trailing = true;
			continue;
		}
		if (str_eqz(segment, "..")) {
			trailing = true;
			if (w > out + 1)
				w--; /* the slash behind the last segment */
			while (w > out + 1 && w[-1] != '/')
				w--;
			continue;
		}
		w = put(w, segment);
		*w++ = '/';
	}
	if (!trailing && w > out + 1)
		w--;
	return str_ofn(out, (size_t)(w - out));
}

/*
 * "Services other than Amazon S3 encode the path twice": what was sent is
 * encoded already, so its '%' is encoded again here.
 */
struct str sign_canonical_path(struct str path, bool s3_paths, struct arena *a)
{
	if (str_is_empty(path) || str_eqz(path, "/"))
		return STR("/");
	if (s3_paths)
		return path;

	struct str clean = normalize_path(path, a);
	char *out = arena_alloc(a, clean.n * 3 + 1);
	char *w = out;

	for (size_t i = 0; i < clean.n; i++) {
		if (clean.p[i] == '/')
			*w++ = '/';
		else
			w = put_encoded(w, (unsigned char)clean.p[i]);
	}
	return str_ofn(out, (size_t)(w - out));
}

/* Decoded and encoded again, so that %7e and ~, %2f and %2F are the same. */
static struct str query_part(struct str raw, struct arena *a)
{
	char *out = arena_alloc(a, raw.n * 3 + 1);
	char *w = out;

	for (size_t i = 0; i < raw.n; i++) {
		int high, low;

		if (raw.p[i] == '%' && i + 2 < raw.n && (high = hex_value(raw.p[i + 1])) >= 0 &&
		    (low = hex_value(raw.p[i + 2])) >= 0) {
			w = put_encoded(w, (unsigned char)(high << 4 | low));
			i += 2;
		} else if (raw.p[i] == '+') {
			w = put_encoded(w, ' ');
		} else {
			w = put_encoded(w, (unsigned char)raw.p[i]);
		}
	}
	return str_ofn(out, (size_t)(w - out));
}

struct pair {
	struct str name, value;
};

static int by_pair(const void *pa, const void *pb)
{
	const struct pair *a = pa, *b = pb;
	int d = str_cmp(a->name, b->name);

	return d != 0 ? d : str_cmp(a->value, b->value);
}

struct str sign_canonical_query(struct str query, bool presigned, struct arena *a)
{
	struct pair *pairs = NULL;
	size_t n = 0, cap = 0, bytes = 0;
	struct str rest = query, field;

	if (str_is_empty(query))
		return STR("");
	while (str_next(&rest, '&', &field)) {
		struct pair pair;
		struct str name, value;

		if (str_is_empty(field))
			continue;
		if (!str_cut(field, '=', &name, &value))
			value = STR("");
		pair.name = query_part(name, a);
		pair.value = query_part(value, a);
		if (presigned && str_eqz(pair.name, "X-Amz-Signature"))
			continue;
		pairs = arena_grow(a, pairs, n, &cap, sizeof(*pairs));
		pairs[n++] = pair;
		bytes += pair.name.n + pair.value.n + 2;
	}
	if (n > 1)
		qsort(pairs, n, sizeof(*pairs), by_pair);

	char *out = arena_alloc(a, bytes + 1);
	char *w = out;

	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			*w++ = '&';
		w = put(w, pairs[i].name);
		*w++ = '=';
		w = put(w, pairs[i].value);
	}
	return str_ofn(out, (size_t)(w - out));
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Trimmed, and each run of white space one space. */
static char *put_header_value(char *w, struct str value)
{
	struct str s = str_trim(value);
	bool gap = false, any = false;

	/* A session token is half of a request, and has none. */
	if (s.n == 0 || (!memchr(s.p, ' ', s.n) && !memchr(s.p, '\t', s.n)))
		return put(w, s);
	for (size_t i = 0; i < s.n; i++) {
		if (is_space(s.p[i])) {
			gap = any;
			continue;
		}
		if (gap)
			*w++ = ' ';
		gap = false;
		any = true;
		*w++ = s.p[i];
	}
	return w;
}

/* "name:value,value\n" for one signed header; absent ones have an empty value. */
static char *put_header(char *w, const struct sign_parts *p, struct str name)
{
	bool first = true;

	for (size_t k = 0; k < name.n; k++)
		*w++ = lower(name.p[k]);
	*w++ = ':';
	for (size_t i = 0; i < p->nheaders; i++) {
		if (!str_eq_nocase(p->headers[i].name, name))
			continue;
		if (!first)
			*w++ = ',';
		first = false;
		w = put_header_value(w, p->headers[i].value);
	}
	*w++ = '\n';
	return w;
}

static size_t header_bytes(const struct sign_parts *p, struct str name)
{
	size_t bytes = name.n + 2;

	for (size_t i = 0; i < p->nheaders; i++)
		if (str_eq_nocase(p->headers[i].name, name))
			bytes += p->headers[i].value.n + 1;
	return bytes;
}

struct str sign_canonical_request(const struct sign_parts *p, struct arena *a)
{
	struct str path = sign_canonical_path(p->path, p->s3_paths, a);
	struct str query = sign_canonical_query(p->query, p->presigned, a);
	struct str rest = p->signed_headers, name;
	size_t bytes = p->method.n + path.n + query.n + p->signed_headers.n + p->payload_hash.n + 6;

	while (str_next(&rest, ';', &name))
		bytes += header_bytes(p, name);

	char *out = arena_alloc(a, bytes);
	char *w = put(out, p->method);

	*w++ = '\n';
	w = put(w, path);
	*w++ = '\n';
	w = put(w, query);
	*w++ = '\n';
	rest = p->signed_headers;
	while (str_next(&rest, ';', &name))
		w = put_header(w, p, name);
	*w++ = '\n';
	w = put(w, p->signed_headers);
	*w++ = '\n';
	w = put(w, p->payload_hash);
	return str_ofn(out, (size_t)(w - out));
}
