/* One attempt: sign, send, read the answer. */

#include <string.h>

#include "aws/call-private.h"
#include "aws/sign.h"
#include "base/log.h"

/* A server that asks for longer is not waited for. */
#define RETRY_AFTER_MAX_S 60

/* Under the identity's lock: a refresh must not pull the key away. */
static void sign(struct call *c, const struct http_header *headers, size_t n, struct str path,
		 struct http_header added[4], size_t *nadded)
{
	struct aws *aws = c->w->aws;

	c->skew_ms = atomic_load(&aws->skew_ms);

	struct sign_request r = {
		.method = c->wire.method,
		.path = path,
		.query = c->wire.query,
		.headers = headers,
		.nheaders = n,
		.body = c->wire.body,
		.region = c->at->signing_region,
		.service = c->op->service->signing_name,
		.now_ms = clock_now_ms(aws->clock) + c->skew_ms,
		.s3_paths = str_eqz(c->op->service->id, "s3"),
	};

	pthread_mutex_lock(&c->id->lock);

	struct sign_creds creds = {
		.access_key_id = str_of(c->id->creds.access_key_id),
		.secret_key = &c->id->creds.secret_key,
		.session_token = &c->id->creds.session_token,
	};

	sign_add(&r, &creds, c->w->scratch, added, nadded);
	memcpy(c->key_id, c->id->creds.access_key_id, sizeof(c->key_id));
	pthread_mutex_unlock(&c->id->lock);
}

/* A Date has whole seconds and was written a while ago: less than this is no difference. */
#define TIME_TOLERANCE_MS 10000

/* What aws_now_ms tells; signing goes by our own clock until it is refused. */
static void learn_time(struct aws *aws, int64_t date_ms)
{
	/* A Date is cut to the second. */
	int64_t ahead_ms = date_ms + 500 - clock_now_ms(aws->clock);
	bool same = ahead_ms < TIME_TOLERANCE_MS && ahead_ms > -TIME_TOLERANCE_MS;

	atomic_store(&aws->ahead_ms, same ? 0 : ahead_ms);
}

/* What the loop wants to know of an answer, besides what the wire makes of it. */
static void read_head(struct call *c, const struct http_response *resp)
{
	struct str date = http_response_header(resp, "date");
	struct str after = http_response_header(resp, "retry-after");
	struct str id = http_response_header(resp, "x-amzn-requestid");
	int64_t seconds;

	c->status = resp->status;
	c->info->request_id = id;
	if (!str_is_null(date) && !time_parse_http(date, &c->date_ms))
		c->date_ms = 0;
	if (c->date_ms)
		learn_time(c->w->aws, c->date_ms);
	if (str_to_i64(after, &seconds) && seconds > 0)
		c->retry_after_ms =
			(seconds < RETRY_AFTER_MAX_S ? seconds : RETRY_AFTER_MAX_S) * 1000;
}

/*
 * AWS repeats the canonical request in some errors (SignatureDoesNotMatch), and
 * proxies repeat headers: the message ends where the session token begins.
 */
static void hide_token(struct call *c, struct err *err)
{
	static const char ellipsis[] = "…";
	struct str token;
	ptrdiff_t at = -1;

	pthread_mutex_lock(&c->id->lock);
	token = secret_reveal(&c->id->creds.session_token);
	if (token.n >= 16)
		at = str_find(str_of(err->message), str_sub(token, 0, 16));
	pthread_mutex_unlock(&c->id->lock);
	if (at < 0)
		return;
	mem_wipe(err->message + at, sizeof(err->message) - (size_t)at);
	if ((size_t)at + sizeof(ellipsis) <= sizeof(err->message))
		memcpy(err->message + at, ellipsis, sizeof(ellipsis));
}

bool call_attempt(struct call *c, struct val **out, struct err *err)
{
	struct http_header headers[ARRAY_SIZE(c->wire.headers) + 5];
	struct http_header added[4];
	size_t n = c->wire.nheaders, nadded = 0;
	struct http_response resp = {0};
	struct arena *scratch = c->w->scratch;
	struct str path = c->wire.path;
	bool ok;

	c->status = 0;
	c->date_ms = c->retry_after_ms = 0;
	if (c->at->path.n > 0)
		path = arena_printf(scratch, "%.*s%.*s", STR_ARG(c->at->path), STR_ARG(path));
	memcpy(headers, c->wire.headers, n * sizeof(*headers));
	headers[n] = (struct http_header){STR("Host"), c->at->host};
	sign(c, headers, n + 1, path, added, &nadded);
	/* Host is signed as curl will send it; it is not ours to send. */
	memcpy(headers + n, added, nadded * sizeof(*headers));

	struct http_request req = {
		.method = c->wire.method,
		.url = arena_printf(scratch, "%.*s%.*s%s%.*s", STR_ARG(c->at->url),
				    STR_ARG(c->wire.path), c->wire.query.n > 0 ? "?" : "",
				    STR_ARG(c->wire.query)),
		.headers = headers,
		.nheaders = n + nadded,
		.body = c->wire.body,
	};

	ok = http_send(c->w->conn, &req, c->a, &resp, err);
	if (!ok)
		return false;
	read_head(c, &resp);
	if (wire_get_response(c->op, &resp, c->a, out, err))
		return true;
	hide_token(c, err);
	return false;
}
