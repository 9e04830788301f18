/*
 * One request: read, handled, answered.
 *
 * MHD calls exchange_on_uri with the request line as it came, then
 * exchange_on_access once when the header lines are there, once for each piece
 * of the body and once at the end; a connection that slept gets one more call.
 * exchange_on_completed ends every exchange that exchange_on_uri began.
 */

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "net/server-private.h"

/* Exchanges kept for reuse; each holds a 4 KiB arena block and at most BODY_KEPT of body. */
#define FREE_MAX 256
#define BODY_KEPT KIB(16)
/* Bytes of arena that an exchange may keep from one request to the next. */
#define ARENA_KEPT KIB(64)
/* A refused body is read to its end, so that the client sees the answer and not a reset, but only
 * this far. */
#define DRAIN_MAX MIB(8)
/* Bodies of all requests together: thousands of connections times max_body must not fill memory. */
#define BODIES_MAX MIB(64)

static struct exchange *take(struct server *s)
{
	struct exchange *x;

	pthread_mutex_lock(&s->lock);
	x = s->free;
	if (x) {
		s->free = x->next;
		s->nfree--;
	}
	pthread_mutex_unlock(&s->lock);
	if (!x) {
		x = xcalloc(1, sizeof(*x));
		x->arena = arena_new();
		x->server = s;
		buf_init(&x->body, s->opt.max_body);
	}
	return x;
}

static void destroy(struct exchange *x)
{
	arena_free(&x->arena);
	buf_release(&x->body);
	free(x);
}

static void drop_body(struct exchange *x)
{
	atomic_fetch_sub(&x->server->body_bytes, x->body_charged);
	x->body_charged = 0;
	buf_reset(&x->body);
	if (x->body.cap > BODY_KEPT) {
		buf_release(&x->body);
		buf_init(&x->body, x->server->opt.max_body);
	}
}

static void give_back(struct exchange *x)
{
	struct server *s = x->server;

	if (x->body_seen > 0)
		drop_body(x);
	if (arena_bytes(x->arena) > ARENA_KEPT) {
		arena_free(&x->arena);
		x->arena = arena_new();
	} else {
		arena_reset(x->arena);
	}
	pthread_mutex_lock(&s->lock);
	if (x->counted && --s->under_way == 0)
		pthread_cond_broadcast(&s->idle);
	bool keep = s->nfree < FREE_MAX;
	if (keep) {
		x->next = s->free;
		s->free = x;
		s->nfree++;
	}
	pthread_mutex_unlock(&s->lock);
	if (!keep)
		destroy(x);
}

void exchange_free_all(struct server *s)
{
	while (s->free) {
		struct exchange *x = s->free;

		s->free = x->next;
		destroy(x);
	}
	s->nfree = 0;
}

void *exchange_on_uri(void *cls, const char *uri, struct MHD_Connection *connection)
{
	struct exchange *x = take(cls);
	struct str path, query;

	x->connection = connection;
	x->state = EXCHANGE_NEW;
	x->refused = 0;
	x->counted = false;
	x->body_seen = 0;
	x->req = (struct server_request){.arena = x->arena};
	str_cut(arena_strz(x->arena, uri), '?', &path, &query);
	x->req.path = path;
	x->req.query = query;
	return x;
}

void exchange_on_completed(void *cls, struct MHD_Connection *connection, void **req_cls,
			   enum MHD_RequestTerminationCode why)
{
	(void)cls;
	(void)connection;
	(void)why;
	if (*req_cls)
		give_back(*req_cls);
	*req_cls = NULL;
}

static struct str lower(struct arena *a, const char *p, size_t n)
{
	char *out = arena_alloc(a, n + 1);

	for (size_t i = 0; i < n; i++)
		out[i] = p[i] >= 'A' && p[i] <= 'Z' ? (char)(p[i] - 'A' + 'a') : p[i];
	return str_ofn(out, n);
}

static enum MHD_Result on_header(void *cls, enum MHD_ValueKind kind, const char *key,
				 size_t key_size, const char *value, size_t value_size)
{
	struct exchange *x = cls;

	(void)kind;
	if (x->req.nheaders == LIMIT_HEADERS) {
		x->refused = MHD_HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE;
		return MHD_NO;
	}
	/* The value stays MHD's: its memory lives as long as the request. */
	x->req.headers[x->req.nheaders++] = (struct http_header){
		.name = lower(x->arena, key, key_size),
		.value = str_trim(value ? str_ofn(value, value_size) : STR("")),
	};
	return MHD_YES;
}

static void note_peer(struct exchange *x)
{
	const union MHD_ConnectionInfo *info =
		mhd.get_connection_info(x->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const struct sockaddr *sa = info ? info->client_addr : NULL;
	const char *text = NULL;

	if (sa && sa->sa_family == AF_INET)
		text = inet_ntop(AF_INET, &((const struct sockaddr_in *)sa)->sin_addr, x->peer,
				 sizeof(x->peer));
	else if (sa && sa->sa_family == AF_INET6)
		text = inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)sa)->sin6_addr, x->peer,
				 sizeof(x->peer));
	x->req.peer = str_of(text ? text : "?");
}

static enum MHD_Result queue(struct exchange *x, unsigned status, struct MHD_Response *r)
{
	if (atomic_load_explicit(&x->server->stopping, memory_order_relaxed))
		(void)mhd.add_response_header(r, "Connection", "close");
	enum MHD_Result rc = mhd.queue_response(x->connection, status, r);
	mhd.destroy_response(r);
	return rc;
}

/* An answer of the server's own, without the handler. */
static enum MHD_Result refuse(struct exchange *x, unsigned status)
{
	static const struct {
		unsigned status;
		struct str text;
	} texts[] = {
		{MHD_HTTP_CONTENT_TOO_LARGE, STR("the body of the request is too large\n")},
		{MHD_HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE, STR("too many header lines\n")},
		{MHD_HTTP_SERVICE_UNAVAILABLE, STR("too many requests at once\n")},
		{MHD_HTTP_INTERNAL_SERVER_ERROR, STR("internal error\n")},
	};
	struct str text = STR("\n");

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (texts[i].status == status)
			text = texts[i].text;
	struct MHD_Response *r = mhd.create_response_from_buffer(text.n, (void *)(uintptr_t)text.p,
								 MHD_RESPMEM_PERSISTENT);
	if (!r)
		return MHD_NO;
	(void)mhd.add_response_header(r, "Content-Type", "text/plain; charset=utf-8");
	if (x->state == EXCHANGE_NEW) /* the body was not read: nothing can follow it */
		(void)mhd.add_response_header(r, "Connection", "close");
	return queue(x, status, r);
}

/* Sends the first truncate_at bytes, then breaks the connection. */
static ssize_t read_truncated(void *cls, uint64_t pos, char *out, size_t max)
{
	const struct exchange *x = cls;
	size_t left = x->resp.truncate_at - (size_t)pos;

	if (left == 0)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	if (left > max)
		left = max;
	memcpy(out, x->resp.body.p + pos, left);
	return (ssize_t)left;
}

static struct MHD_Response *build(struct exchange *x)
{
	struct server_response *resp = &x->resp;

	if (resp->truncate_at > 0 && resp->truncate_at < resp->body.n)
		return mhd.create_response_from_callback(resp->body.n, KIB(16), read_truncated, x,
							 NULL);
	return mhd.create_response_from_buffer(resp->body.n, (void *)(uintptr_t)resp->body.p,
					       MHD_RESPMEM_PERSISTENT);
}

/*
 * The client gets a TCP reset, not an orderly end: what a proxy or a load
 * balancer that dies looks like. MHD shuts a connection down before it closes
 * it, which would send FIN first; disconnecting the socket sends RST at once.
 */
static enum MHD_Result reset(struct exchange *x)
{
	const union MHD_ConnectionInfo *info =
		mhd.get_connection_info(x->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	struct sockaddr none = {.sa_family = AF_UNSPEC};

	if (info)
		(void)connect(info->connect_fd, &none, sizeof(none));
	return MHD_NO;
}

/* A handler whose clock is not the system's gives a Date of its own. */
static void put_date(struct MHD_Response *r, const struct server_response *resp)
{
	char text[TIME_ISO_SIZE];

	for (size_t i = 0; i < resp->nheaders; i++)
		if (str_eq_nocase(resp->headers[i].name, STR("Date")))
			return;
	(void)mhd.add_response_header(r, "Date", time_http(clock_now_ms(NULL), text));
}

static enum MHD_Result answer(struct exchange *x)
{
	struct server_response *resp = &x->resp;

	if (resp->reset)
		return reset(x);
	struct MHD_Response *r = build(x);
	if (!r)
		return MHD_NO;
	for (size_t i = 0; i < resp->nheaders; i++) {
		const char *name = arena_dupz(x->arena, resp->headers[i].name);
		const char *value = arena_dupz(x->arena, resp->headers[i].value);

		if (mhd.add_response_header(r, name, value) == MHD_YES)
			continue;
		log_error("header of an answer cannot be sent", LOG_S("header", name));
		mhd.destroy_response(r);
		return refuse(x, MHD_HTTP_INTERNAL_SERVER_ERROR);
	}
	put_date(r, resp);
	return queue(x, (unsigned)resp->status, r);
}

static void count(struct exchange *x)
{
	struct server *s = x->server;

	pthread_mutex_lock(&s->lock);
	s->under_way++;
	pthread_mutex_unlock(&s->lock);
	x->counted = true;
}

/* The request is whole. */
static enum MHD_Result handle(struct exchange *x)
{
	struct server *s = x->server;

	count(x);
	if (x->refused)
		return refuse(x, x->refused);
	x->req.body = buf_str(&x->body);
	x->resp = (struct server_response){0};
	s->opt.handle(&x->req, &x->resp, s->opt.ctx);
	if (x->resp.status == 0 && !x->resp.reset)
		BUG("a request handler answered nothing");
	if (x->resp.delay_ms <= 0 || atomic_load(&s->stopping))
		return answer(x);
	x->state = EXCHANGE_WAITING;
	mhd.suspend_connection(x->connection);
	delays_add(s->delays, x->connection, x->resp.delay_ms);
	return MHD_YES;
}

static void keep_body(struct exchange *x, const char *data, size_t n)
{
	struct server *s = x->server;

	x->body_seen += n;
	if (x->refused)
		return;
	x->body_charged += n;
	if (atomic_fetch_add(&s->body_bytes, n) + n > BODIES_MAX)
		x->refused = MHD_HTTP_SERVICE_UNAVAILABLE;
	else if (!buf_add(&x->body, data, n))
		x->refused = MHD_HTTP_CONTENT_TOO_LARGE;
	if (x->refused)
		drop_body(x);
}

/* The header lines are there. */
static enum MHD_Result begin(struct exchange *x, const char *method)
{
	uint64_t declared = 0;

	x->req.method = arena_strz(x->arena, method);
	x->req.headers = x->headers;
	mhd.get_connection_values_n(x->connection, MHD_HEADER_KIND, on_header, x);
	note_peer(x);
	struct str length = server_header(&x->req, "content-length");
	if (str_to_u64(length, &declared) && declared > x->server->opt.max_body) {
		x->refused = MHD_HTTP_CONTENT_TOO_LARGE;
		if (declared > x->server->opt.max_body + DRAIN_MAX ||
		    !str_is_null(server_header(&x->req, "expect")))
			return refuse(x, x->refused);
	}
	x->state = EXCHANGE_READING;
	return MHD_YES;
}

enum MHD_Result exchange_on_access(void *cls, struct MHD_Connection *connection, const char *url,
				   const char *method, const char *version, const char *upload_data,
				   size_t *upload_data_size, void **req_cls)
{
	struct exchange *x = *req_cls;

	(void)cls;
	(void)connection;
	(void)url;
	(void)version;
	switch (x->state) {
	case EXCHANGE_NEW:
		return begin(x, method);
	case EXCHANGE_WAITING:
		return answer(x);
	case EXCHANGE_READING:
		break;
	}
	if (*upload_data_size == 0)
		return handle(x);
	keep_body(x, upload_data, *upload_data_size);
	*upload_data_size = 0;
	return x->body_seen > x->server->opt.max_body + DRAIN_MAX ? MHD_NO : MHD_YES;
}

struct str server_header(const struct server_request *req, const char *name)
{
	for (size_t i = 0; i < req->nheaders; i++)
		if (str_eqz(req->headers[i].name, name))
			return req->headers[i].value;
	return STR_NULL;
}

void server_add_header(struct server_response *resp, const char *name, struct str value)
{
	if (resp->nheaders == ARRAY_SIZE(resp->headers))
		BUG("more than %zu headers in an answer", ARRAY_SIZE(resp->headers));
	resp->headers[resp->nheaders++] =
		(struct http_header){.name = str_of(name), .value = value};
}
