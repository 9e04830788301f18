/*
 * What a stranger may send to the sandbox. The first byte picks the service, the
 * first line after it is method, path and query, the rest is the body; a json
 * service's target is "PREFIX.OPERATION" of the path. What is understood must
 * survive validation, and go out and come in again as the same values.
 */

#include <string.h>

#include "aws/wire.h"
#include "base/limits.h"
#include "text/json.h"

extern const struct api_service *const test_tables[];
extern const size_t test_tables_count;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct api_service *pick(uint8_t byte)
{
	size_t n = 0;

	while (api_service_at(n))
		n++;
	size_t i = byte % (n + test_tables_count);
	return i < n ? api_service_at(i) : test_tables[i - n];
}

static void again(const struct api_op *op, const struct val *in, struct arena *a)
{
	struct wire_request r;
	struct err err = {0};
	const struct api_op *op2;
	struct val *in2;
	struct api_fault fault;

	/* Some of what can be read cannot be sent: an empty part of a URL, a line break in a
	 * header. */
	if (!wire_put_request(op, in, a, &r, &err))
		return;
	if (!wire_get_request(op->service, r.method, r.path, r.query, r.headers, r.nheaders, r.body,
			      a, &op2, &in2, &fault))
		BUG("%.*s: what was read cannot be read again", STR_ARG(op->name));
	/* Headers are trimmed on the way, and an absent payload is an empty one. */
	if ((op->service->protocol == API_QUERY || op->service->protocol == API_JSON) &&
	    (op2 != op || !val_eq(in, in2)))
		BUG("%.*s: what was read is read again as something else", STR_ARG(op->name));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = str_ofn((const char *)data, size), line, method, url, path, query;
	const struct api_op *op;
	struct val *in;
	struct api_fault fault;
	struct violation v[16];

	if (size < 1 || size > LIMIT_REQUEST_BYTES)
		return 0;
	struct arena *a = arena_new();
	const struct api_service *s = pick(data[0]);
	(void)str_cut(str_from(rest, 1), '\n', &line, &rest);
	(void)str_cut(line, ' ', &method, &url);
	(void)str_cut(url, '?', &path, &query);
	struct http_header h[] = {
		{STR("x-amz-target"), arena_printf(a, "%.*s.%.*s", STR_ARG(s->target_prefix),
						   STR_ARG(str_from(path, 1)))},
		{STR("x-meta-a"), query},
		{STR("if-modified-since"), query},
	};
	if (wire_get_request(s, method, path, query, h, ARRAY_SIZE(h), rest, a, &op, &in, &fault)) {
		size_t n = api_validate(op, in, a, v, ARRAY_SIZE(v));
		(void)api_violations_text(v, n, a);
		again(op, in, a);
	} else {
		struct wire_response r;
		wire_put_fault(s, op, &fault, STR("id"), a, &r);
	}
	arena_free(&a);
	return 0;
}
