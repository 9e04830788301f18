/*
 * Calls of the sandbox, one a line: who ('0' the administrator, '1' the last session that was
 * handed out, else nobody), the service ('s' sts, 'i' iam, 'o' organizations), then the body:
 * a form ("Action=…"), or an operation, a blank and JSON. Every call must be answered, with a
 * code where it is refused; and the state must stay one that can be shown.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "sandbox/sandbox-private.h"
#include "text/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CALLS_MAX 64
#define NOW_MS INT64_C(1795000000000)

static struct str between(struct str s, struct str open, char close)
{
	ptrdiff_t at = str_find(s, open), end;

	if (at < 0)
		return STR_NULL;
	s = str_from(s, (size_t)at + open.n);
	end = str_chr(s, close);
	return end < 0 ? STR_NULL : str_sub(s, 0, (size_t)end);
}

static void call(struct sandbox *s, struct str line, struct str *session, struct arena *a)
{
	struct http_header headers[4] = {{STR("host"), STR("127.0.0.1")}};
	struct server_request req = {.method = STR("POST"),
				     .path = STR("/"),
				     .query = STR(""),
				     .headers = headers,
				     .nheaders = 1,
				     .peer = STR("127.0.0.1"),
				     .arena = a};
	struct server_response resp = {0};
	char who = line.p[0], service = line.p[1];
	struct str key = who == '1' ? *session : STR("AKIAQAAAAAAAAAAAAAAA");

	line = str_from(line, 2);
	if (service == 'o') {
		struct str op, body;
		str_cut(line, ' ', &op, &body);
		headers[req.nheaders++] = (struct http_header){
			STR("x-amz-target"),
			arena_printf(a, "AWSOrganizationsV20161128.%.*s", STR_ARG(op))};
		req.body = str_is_null(body) ? STR("{}") : body;
	} else {
		const char *version = service == 's' ? "2011-06-15" : "2010-05-08";
		req.body = arena_printf(a, "%.*s&Version=%s", STR_ARG(line), version);
	}
	if (who != '0')
		headers[req.nheaders++] = (struct http_header){
			STR("authorization"),
			arena_printf(a,
				     "AWS4-HMAC-SHA256 Credential=%.*s/20261118/us-east-1/%s/"
				     "aws4_request, SignedHeaders=host, Signature=%064d",
				     STR_ARG(key),
				     service == 'o'   ? "organizations"
				     : service == 's' ? "sts"
						      : "iam",
				     0)};
	headers[req.nheaders++] = (struct http_header){STR("x-amz-date"), STR("20261118T110640Z")};
	sandbox_handle(&req, &resp, s);
	if (resp.status < 200 || (resp.status == 500 && !s->failed))
		BUG("answered with %d", resp.status);
	if (resp.status != 200 && str_is_null(between(resp.body, STR("<Code>"), '<')) &&
	    str_is_null(between(resp.body, STR("\"__type\":\""), '"')))
		BUG("refused without a code: %.*s", STR_ARG(resp.body));
	struct str handed_out = between(resp.body, STR("<AccessKeyId>"), '<');
	if (str_startsz(handed_out, "ASIA"))
		*session = handed_out;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct sandbox_options opt = {
		.open = true, .seeded = true, .seed = 1, .now_ms = NOW_MS};
	struct str rest = str_ofn((const char *)data, size), line, session = STR("none");
	struct err err = {0};
	struct sandbox *s = sandbox_open(&opt, &err);
	struct arena *a = arena_new();
	struct buf dump = BUF_INIT(LIMIT_OUTPUT);
	struct val *v;

	if (!s)
		BUG("%s", err.message);
	for (int n = 0; n < CALLS_MAX && str_next(&rest, '\n', &line); n++)
		if (line.n >= 2)
			call(s, line, &session, a);
	sandbox_advance(s, 100 * 86400 * INT64_C(1000));
	world_settle(sandbox_world(s), sandbox_now(s));
	world_dump(sandbox_world(s), true, &dump);
	if (!json_read(buf_str(&dump), 0, a, &v, &err))
		BUG("the state is not JSON: %s", err.message);
	buf_release(&dump);
	sandbox_close(&s);
	arena_free(&a);
	return 0;
}
