/* What a server says: header lines as curl hands them over, then the body. */

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "net/http-private.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The lines up to the first empty one that no interim answer ends. */
static size_t read_head(struct http_answer *ans, char *p, size_t n)
{
	size_t at = 0;

	while (at < n && !ans->head_done) {
		char *end = memchr(p + at, '\n', n - at);
		size_t len = end ? (size_t)(end + 1 - (p + at)) : n - at;

		if (http_on_header(p + at, 1, len, ans) != len)
			return n;
		at += len;
	}
	return at;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf body = BUF_INIT(KIB(4));
	struct http_response resp = {0};
	struct err fault = {0};
	struct http_answer ans = {
		.arena = arena_new(),
		.resp = &resp,
		.max_body = KIB(4),
		.body = &body,
		.fault = &fault,
	};
	char *copy = xmalloc(size); /* exactly as long as the input: reading past it is seen */

	memcpy(copy, data, size);
	size_t at = read_head(&ans, copy, size);
	while (at < size) {
		size_t n = size - at < 100 ? size - at : 100;

		if (http_on_body(copy + at, 1, n, &ans) != n)
			break;
		at += n;
	}
	if (at < size && !err_is_set(&fault))
		BUG("stopped without a reason");
	if (resp.nheaders > LIMIT_HEADERS || body.n > KIB(4))
		BUG("past a ceiling");
	for (size_t i = 0; i < resp.nheaders; i++)
		if (memchr(resp.headers[i].value.p, '\n', resp.headers[i].value.n) ||
		    resp.headers[i].name.n == 0)
			BUG("a header that is none");
	free(copy);
	buf_release(&body);
	arena_free(&ans.arena);
	return 0;
}
