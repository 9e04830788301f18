#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "sandbox/sandbox-private.h"
#include "text/json.h"

/*
 * What steers a sandbox rather than AWS. Only for callers on the same machine:
 * nothing here is signed.
 *
 *	GET  /_sandbox/health		{"status":"ok",…}
 *	POST /_sandbox/reset		back to the state at the start
 *	GET  /_sandbox/clock		{"now":…,"ahead_ms":…}
 *	POST /_sandbox/clock		{"advance":"2h"} or {"now":"2026-12-24T00:00:00Z"}
 *	GET  /_sandbox/events?since=N	CloudTrail events after number N, a line each;
 *					X-Sandbox-Last: the newest's number
 *	GET  /_sandbox/calls		how often each operation was answered how
 *	POST /_sandbox/calls/reset	count from zero
 *	GET  /_sandbox/connections	connections accepted so far
 *	GET  /_sandbox/state		the whole state, without secrets
 */

#define PREFIX "/_sandbox/"

bool control_is(struct str path)
{
	return str_startsz(path, PREFIX);
}

static bool loopback(struct str peer)
{
	return str_startsz(peer, "127.") || str_eqz(peer, "::1") ||
	       str_startsz(peer, "::ffff:127.");
}

static void json_answer(struct server_response *resp, int status, struct arena *a,
			const struct val *v)
{
	resp->status = status;
	server_add_header(resp, "Content-Type", STR("application/json"));
	resp->body = arena_printf(a, "%.*s\n", STR_ARG(json_text(a, v)));
}

static void refuse(struct server_response *resp, int status, struct arena *a, const char *why)
{
	struct val *v = val_object(a);

	val_set_z(a, v, "error", why);
	json_answer(resp, status, a, v);
}

/* ---- the paths ---- */

static void health(struct sandbox *s, const struct server_request *req,
		   struct server_response *resp)
{
	struct arena *a = req->arena;
	struct val *v = val_object(a);

	val_set_z(a, v, "status", s->failed ? "failed" : "ok");
	pthread_rwlock_rdlock(&s->lock);
	val_set_int(a, v, "accounts", (int64_t)map_count(&s->world->accounts));
	val_set_int(a, v, "changes", (int64_t)s->world->changes);
	val_set_str(a, v, "management", arena_str(a, s->world->first->id));
	pthread_rwlock_unlock(&s->lock);
	json_answer(resp, s->failed ? 503 : 200, a, v);
}

/* Answers when the entry is on disk. */
static bool durable(struct sandbox *s, uint64_t n, const struct server_request *req,
		    struct server_response *resp)
{
	struct err err = {0};

	if (!s->log || state_log_wait(s->log, n, &err))
		return true;
	sandbox_fail(s, &err);
	refuse(resp, 500, req->arena, arena_strz(req->arena, err.message).p);
	return false;
}

static void reset(struct sandbox *s, const struct server_request *req, struct server_response *resp)
{
	struct err err = {0};
	uint64_t n = 0;

	pthread_rwlock_wrlock(&s->lock);
	bool ok = sandbox_reset(s, &err);
	if (ok)
		n = replay_log_reset(s, sandbox_now(s));
	pthread_rwlock_unlock(&s->lock);
	if (!ok)
		refuse(resp, 500, req->arena, arena_strz(req->arena, err.message).p);
	else if (durable(s, n, req, resp))
		json_answer(resp, 200, req->arena, val_object(req->arena));
}

static void clock_answer(struct sandbox *s, const struct server_request *req,
			 struct server_response *resp)
{
	struct arena *a = req->arena;
	struct val *v = val_object(a);
	char iso[TIME_ISO_SIZE];

	pthread_rwlock_rdlock(&s->lock);
	int64_t now_ms = sandbox_now(s);
	val_set_int(a, v, "ahead_ms", s->world->clock_ms);
	pthread_rwlock_unlock(&s->lock);
	val_set_str(a, v, "now", arena_strz(a, time_iso(now_ms, true, iso)));
	json_answer(resp, 200, a, v);
}

/* How far to go; time only goes forward, as what has happened has its time already. */
static bool clock_step(const struct val *v, int64_t now_ms, int64_t *by_ms, struct err *err)
{
	struct str advance = val_get_str(v, "advance"), now = val_get_str(v, "now");
	int64_t to_ms;

	if (!str_is_null(advance)) {
		if (!duration_parse(advance, by_ms, err))
			return false;
	} else if (!str_is_null(now)) {
		if (!time_parse_iso(now, &to_ms))
			return err_set(err, ERR_INPUT, "'now' is not an ISO 8601 time");
		*by_ms = to_ms - now_ms;
	} else {
		return err_set(err, ERR_INPUT, "it takes {\"advance\": \"2h\"} or {\"now\": …}");
	}
	return *by_ms >= 0 || err_set(err, ERR_INPUT,
				      "the clock goes forward only; POST " PREFIX "reset sets it "
				      "back together with everything else");
}

static void clock_set(struct sandbox *s, const struct server_request *req,
		      struct server_response *resp)
{
	struct err err = {0};
	struct val *v;
	int64_t by_ms;
	uint64_t n = 0;

	if (!json_read(req->body, 0, req->arena, &v, &err)) {
		refuse(resp, 400, req->arena, arena_strz(req->arena, err.message).p);
		return;
	}
	pthread_rwlock_wrlock(&s->lock);
	int64_t now_ms = sandbox_now(s);
	bool ok = clock_step(v, now_ms, &by_ms, &err);
	if (ok) {
		s->world->clock_ms += by_ms;
		n = replay_log_clock(s, now_ms);
	}
	pthread_rwlock_unlock(&s->lock);
	if (!ok)
		refuse(resp, 400, req->arena, arena_strz(req->arena, err.message).p);
	else if (durable(s, n, req, resp))
		clock_answer(s, req, resp);
}

/* What was put into a buffer, as the answer's body. */
static void buffer_answer(struct server_response *resp, struct arena *a, struct buf *b,
			  const char *type)
{
	if (buf_overflowed(b)) {
		refuse(resp, 500, a, "the answer would be too large");
	} else {
		resp->status = 200;
		server_add_header(resp, "Content-Type", str_of(type));
		resp->body = arena_str(a, buf_str(b));
	}
	buf_release(b);
}

static void events(struct sandbox *s, const struct server_request *req,
		   struct server_response *resp)
{
	struct buf b = BUF_INIT(LIMIT_OUTPUT);
	struct str name, value;
	uint64_t since = 0, last;

	str_cut(req->query, '=', &name, &value);
	if (!str_is_empty(req->query) && (!str_eqz(name, "since") || !str_to_u64(value, &since))) {
		refuse(resp, 400, req->arena, "it takes ?since=NUMBER");
		return;
	}
	trail_read(s->trail, since, &b, &last);
	server_add_header(resp, "X-Sandbox-Last",
			  arena_printf(req->arena, "%llu", (unsigned long long)last));
	buffer_answer(resp, req->arena, &b, "application/x-ndjson");
}

static void calls(struct sandbox *s, const struct server_request *req, struct server_response *resp)
{
	struct arena *a = req->arena;
	struct val *v = val_object(a), *list = val_list(a);
	struct map_entry *e;
	uint64_t total = 0;

	pthread_mutex_lock(&s->counts_mutex);
	for (size_t i = 0; (e = map_next(&s->counts, &i));) {
		const struct call_count *count = e->value;
		struct val *row = val_append(list, val_object(a));
		val_set_z(a, row, "service", count->service);
		val_set_str(a, row, "operation", arena_str(a, count->op));
		val_set_str(a, row, "code", arena_str(a, count->code));
		val_set_int(a, row, "count", (int64_t)count->n);
		total += count->n;
	}
	pthread_mutex_unlock(&s->counts_mutex);
	val_set_int(a, v, "total", (int64_t)total);
	val_setz(v, "calls", list);
	json_answer(resp, 200, a, v);
}

static void calls_reset(struct sandbox *s, const struct server_request *req,
			struct server_response *resp)
{
	pthread_mutex_lock(&s->counts_mutex);
	map_clear(&s->counts);
	arena_reset(s->counts_arena);
	pthread_mutex_unlock(&s->counts_mutex);
	json_answer(resp, 200, req->arena, val_object(req->arena));
}

static void connections(struct sandbox *s, const struct server_request *req,
			struct server_response *resp)
{
	struct val *v = val_object(req->arena);
	const struct server *server = s->server;

	if (!server) {
		refuse(resp, 404, req->arena, "nobody counts connections here");
		return;
	}
	val_set_int(req->arena, v, "accepted", (int64_t)server_connections(server));
	json_answer(resp, 200, req->arena, v);
}

static void state(struct sandbox *s, const struct server_request *req, struct server_response *resp)
{
	struct buf b = BUF_INIT(LIMIT_OUTPUT);

	pthread_rwlock_wrlock(&s->lock);
	world_settle(s->world, sandbox_now(s));
	world_dump(s->world, false, &b);
	pthread_rwlock_unlock(&s->lock);
	buffer_answer(resp, req->arena, &b, "application/json");
}

static const struct control {
	const char *method, *path;
	void (*fn)(struct sandbox *s, const struct server_request *req,
		   struct server_response *resp);
} controls[] = {
	{"GET", PREFIX "health", health},
	{"POST", PREFIX "reset", reset},
	{"GET", PREFIX "clock", clock_answer},
	{"POST", PREFIX "clock", clock_set},
	{"GET", PREFIX "events", events},
	{"GET", PREFIX "calls", calls},
	{"POST", PREFIX "calls/reset", calls_reset},
	{"GET", PREFIX "connections", connections},
	{"GET", PREFIX "state", state},
};

void control_handle(struct sandbox *s, const struct server_request *req,
		    struct server_response *resp)
{
	bool known = false;

	if (!loopback(req->peer)) {
		refuse(resp, 403, req->arena, "only for callers on the same machine");
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(controls); i++) {
		if (!str_eqz(req->path, controls[i].path))
			continue;
		known = true;
		if (str_eqz(req->method, controls[i].method)) {
			controls[i].fn(s, req, resp);
			return;
		}
	}
	refuse(resp, known ? 405 : 404, req->arena,
	       known ? "not with this method" : "there is no such path");
}
