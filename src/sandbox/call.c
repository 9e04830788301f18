#include <stdarg.h>

#include "base/clock.h"
#include "sandbox/authn.h"
#include "sandbox/sandbox-private.h"
#include "sandbox/services.h"

/* More violations than this are not told; AWS's own answers name all of a request's few. */
#define VIOLATIONS_TOLD 16

bool sandbox_fault(struct sandbox_request *r, int status, const char *code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	r->fault = (struct api_fault){.status = status,
				      .code = str_of(code),
				      .message = arena_vprintf(r->arena, fmt, ap)};
	va_end(ap);
	return false;
}

uint64_t call_next_seed(const struct world *w)
{
	struct rng rng;

	rng_seed(&rng, w->seed + (w->changes + 1) * UINT64_C(0x9E3779B97F4A7C15));
	return rng_u64(&rng);
}

/* ---- the lock ---- */

static bool writes(const struct api_op *op, const struct sandbox_op *serving)
{
	return serving && (!op->read_only || serving->write);
}

static void lock(struct sandbox *s, bool exclusive)
{
	if (exclusive)
		pthread_rwlock_wrlock(&s->lock);
	else
		pthread_rwlock_rdlock(&s->lock);
}

static bool identify(struct sandbox *s, struct call *c, int64_t now_ms)
{
	if (!c->http) {
		return caller_of(s->world, c->access_key_id, c->r.arena, &c->who) ||
		       authn_unknown_key(c->service, &c->r.fault);
	}
	const struct authn_request req = {
		.http = c->http,
		.service = c->service,
		.claim = c->claim,
		.no_claim = c->no_claim,
		.now_ms = now_ms,
		.real_ms = clock_now_ms(NULL),
		.open = s->open,
	};
	return authn(s->world, &req, &c->who, &c->r.fault);
}

/*
 * Takes the lock and finds out who calls. Most calls do with the read lock;
 * one that finds something due, or a key that has not been used for a minute,
 * begins again with the write lock.
 */
static bool enter(struct sandbox *s, struct call *c, bool exclusive)
{
	struct sandbox_request *r = &c->r;

	for (;; exclusive = true) {
		lock(s, exclusive);
		r->world = s->world;
		r->now_ms = sandbox_now(s);
		if (exclusive && r->now_ms < s->last_ms)
			r->now_ms = s->last_ms;
		if (world_due(s->world, r->now_ms)) {
			if (!exclusive) {
				pthread_rwlock_unlock(&s->lock);
				continue;
			}
			world_settle(s->world, r->now_ms);
		}
		if (!identify(s, c, r->now_ms))
			return false;
		if (!use_is_news(&c->who, c->service->id, r->now_ms))
			return true;
		if (exclusive) {
			use_mark(s->world, &c->who, r->now_ms, c->service->id, r->region);
			c->seen = replay_log_use(s, &c->who, r->now_ms, c->service->id, r->region);
			s->last_ms = r->now_ms;
			return true;
		}
		pthread_rwlock_unlock(&s->lock);
	}
}

/* ---- what, and may they ---- */

static bool not_served(struct sandbox_request *r)
{
	return sandbox_fault(r, 501, "NotImplemented", "The sandbox does not serve %.*s:%.*s.",
			     STR_ARG(r->op->service->id), STR_ARG(r->op->name));
}

static bool valid(struct sandbox_request *r)
{
	const struct sandbox_service *service = sandbox_service(r->op->service->id);
	struct violation v[VIOLATIONS_TOLD];
	size_t n;

	if (r->serving->validates)
		return true;
	n = api_validate(r->op, r->in, r->arena, v, ARRAY_SIZE(v));
	if (n == 0)
		return true;
	if (n > ARRAY_SIZE(v))
		n = ARRAY_SIZE(v);
	if (service->refuse_input)
		return service->refuse_input(r, v, n);
	struct str text = api_violations_text(v, n, r->arena);
	return sandbox_fault(r, 400, "ValidationError", "%.*s", STR_ARG(text));
}

static bool allowed(struct sandbox_request *r)
{
	const struct sandbox_op *op = r->serving;
	struct policy_key keys[SANDBOX_KEYS];
	size_t n = 0;
	struct str resource = STR_NULL;

	if (op->open || op->own_authorization)
		return true;
	if (op->resource)
		resource = op->resource(r);
	if (str_is_null(resource))
		resource = STR("*");
	if (op->keys)
		op->keys(r, keys, &n);
	struct str action =
		arena_printf(r->arena, "%.*s:%s", STR_ARG(r->op->service->id), op->name);
	return sandbox_authorize(r, action.p, resource, keys, n);
}

static bool carry_out(struct sandbox *s, struct call *c)
{
	struct sandbox_request *r = &c->r;

	if (!authn_session_reaches(&c->who, c->service, r->op->name)) {
		if (str_eqz(c->service->id, "iam"))
			return authn_unknown_key(c->service, &r->fault);
		return sandbox_fault(r, 403, "AccessDenied",
				     "Cannot call %.*s with session credentials",
				     STR_ARG(r->op->name));
	}
	if (!r->serving)
		return not_served(r);
	if (!valid(r))
		return false;
	if (faults_denies(s->faults, r))
		return sandbox_fault(r, c->service->protocol == API_JSON ? 400 : 403,
				     c->service->protocol == API_JSON ? "AccessDeniedException"
								      : "AccessDenied",
				     "Access denied (injected by --fault deny)");
	return allowed(r) && r->serving->fn(r);
}

/*
 * A change is logged before the lock is let go, so the log has the order in
 * which changes were seen; a reader waits for the last change that it may have seen.
 */
static void change(struct sandbox *s, struct call *c)
{
	struct sandbox_request *r = &c->r;
	uint64_t seed = call_next_seed(s->world);
	uint64_t log_n = 0;

	rng_seed(&r->rng, seed);
	c->ok = carry_out(s, c);
	if (c->ok || r->changed) {
		s->world->changes++;
		s->last_ms = r->now_ms;
		log_n = replay_log_call(s, r, seed);
		c->seen = log_n;
	}
	trail_add(s->trail, r, c->ok, log_n);
}

static void look(struct sandbox *s, struct call *c)
{
	struct sandbox_request *r = &c->r;

	rng_seed(&r->rng, s->seed ^ atomic_fetch_add(&s->sequence, 1));
	c->ok = carry_out(s, c);
	trail_add(s->trail, r, c->ok, 0);
}

static void run_locked(struct sandbox *s, struct call *c, bool exclusive)
{
	struct sandbox_request *r = &c->r;

	if (!c->op) {
		r->fault = c->parse_fault;
		return;
	}
	r->op = c->op;
	r->who = &c->who;
	r->out = val_object(r->arena);
	if (exclusive)
		change(s, c);
	else
		look(s, c);
}

void sandbox_call_run(struct sandbox *s, struct call *c, void (*encode)(struct call *c, void *ctx),
		      void *ctx)
{
	const struct sandbox_service *service = sandbox_service(c->service->id);
	struct err err = {0};

	if (service && c->op)
		c->r.serving = sandbox_service_op(service, c->op->name);
	bool exclusive = c->op && writes(c->op, c->r.serving);
	c->ok = false;
	if (enter(s, c, exclusive))
		run_locked(s, c, exclusive);
	if (s->log && c->seen == 0)
		c->seen = state_log_last(s->log);
	if (encode)
		encode(c, ctx);
	pthread_rwlock_unlock(&s->lock);
	if (s->log && !state_log_wait(s->log, c->seen, &err)) {
		sandbox_fail(s, &err);
		c->ok = false;
	}
}
