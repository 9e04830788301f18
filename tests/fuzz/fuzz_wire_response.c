/*
 * What a server, or what stands between, may answer. The first two bytes pick
 * the operation, the third the status; the rest is the body. What is understood
 * must go out again, and a message must never hold a control character.
 */

#include <string.h>

#include "aws/wire.h"
#include "base/limits.h"

extern const struct api_service *const test_tables[];
extern const size_t test_tables_count;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct api_op *pick(uint8_t service, uint8_t op)
{
	size_t n = 0;

	while (api_service_at(n))
		n++;
	size_t i = service % (n + test_tables_count);
	const struct api_service *s = i < n ? api_service_at(i) : test_tables[i - n];
	return &s->ops[op % s->nops];
}

static void check_text(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			BUG("a control character in a message");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int statuses[] = {200, 200, 200, 400, 403, 429, 500, 302};
	struct http_header h[] = {{STR("content-type"), STR("text/xml")},
				  {STR("x-printed"), STR("Tue, 14 Nov 2023 22:13:20 GMT")},
				  {STR("x-meta-a"), STR("b")}};
	struct err err = {0};
	struct val *out;

	if (size < 3)
		return 0;
	struct arena *a = arena_new();
	const struct api_op *op = pick(data[0], data[1]);
	struct http_response resp = {
		.status = statuses[data[2] % ARRAY_SIZE(statuses)],
		.headers = h,
		.nheaders = ARRAY_SIZE(h),
		.body = str_ofn((const char *)data + 3, size - 3),
	};
	if (wire_get_response(op, &resp, a, &out, &err)) {
		struct wire_response r;
		wire_put_response(op, out, STR("id"), a, &r);
	} else {
		check_text(err.message);
		check_text(err.aws_code);
		check_text(err.request_id);
	}
	arena_free(&a);
	return 0;
}
