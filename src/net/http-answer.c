/*
 * What comes back: header lines into the caller's arena, the body into the
 * connection's buffer. The other side is not trusted: lines, bytes and body
 * have ceilings, and a 1xx answer that never ends runs into them too.
 */

#include <string.h>

#include "base/limits.h"
#include "net/http-private.h"

/* Returning less than was given makes curl stop with CURLE_WRITE_ERROR. */
static size_t stop(struct http_answer *ans, enum err_kind kind, const char *why)
{
	err_set(ans->fault, kind, "%s", why);
	return 0;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool add_header(struct http_answer *ans, struct str name, struct str value)
{
	struct http_response *r = ans->resp;
	char *n = arena_dupz(ans->arena, name);

	for (size_t i = 0; i < name.n; i++)
		n[i] = lower(n[i]);
	r->headers =
		arena_grow(ans->arena, r->headers, r->nheaders, &ans->cap, sizeof(*r->headers));
	r->headers[r->nheaders++] = (struct http_header){
		.name = str_ofn(n, name.n),
		.value = arena_str(ans->arena, value),
	};
	return true;
}

/* "HTTP/1.1 200 OK": a new answer begins (after a 1xx), what was read before is forgotten. */
static bool status_line(struct http_answer *ans, struct str line)
{
	ptrdiff_t sp = str_chr(line, ' ');
	uint64_t status;

	if (sp < 0 || !str_to_u64(str_sub(line, (size_t)sp + 1, 3), &status) || status < 100)
		return false;
	ans->resp->status = (int)status;
	ans->resp->nheaders = 0;
	return true;
}

size_t http_on_header(char *p, size_t size, size_t count, void *ctx)
{
	struct http_answer *ans = ctx;
	size_t n = size * count;
	struct str line = str_trim(str_ofn(p, n));
	struct str name, value;

	if (ans->in_body) /* a trailer: AWS sends none, and nobody asks for one */
		return n;
	ans->line_bytes += n;
	if (++ans->lines > 2 * LIMIT_HEADERS || ans->line_bytes > HTTP_HEAD_MAX)
		return stop(ans, ERR_LIMIT, "the head of the answer is too long");
	if (line.n == 0) {
		ans->head_done = ans->resp->status >= 200;
		return n;
	}
	if (str_startsz(line, "HTTP/"))
		return status_line(ans, line) ? n : stop(ans, ERR_PROTOCOL, "bad status line");
	if (*p == ' ' || *p == '\t')
		return stop(ans, ERR_PROTOCOL, "a folded header line (obsolete since RFC 7230)");
	if (memchr(line.p, '\0', line.n))
		return stop(ans, ERR_PROTOCOL, "a header line holds a NUL byte");
	if (!str_cut(line, ':', &name, &value) || name.n == 0)
		return stop(ans, ERR_PROTOCOL, "a header line without a name");
	if (ans->resp->nheaders == LIMIT_HEADERS)
		return stop(ans, ERR_LIMIT, "too many header lines in the answer");
	add_header(ans, name, str_trim(value));
	return n;
}

size_t http_on_body(char *bytes, size_t size, size_t count, void *ctx)
{
	struct http_answer *ans = ctx;
	size_t n = size * count;

	ans->in_body = true;
	if (n > ans->max_body - ans->body->n) {
		err_set(ans->fault, ERR_LIMIT, "the answer is larger than %zu bytes",
			ans->max_body);
		return 0;
	}
	return buf_add(ans->body, bytes, n) ? n : 0;
}
