#ifndef ROOTOUT_SANDBOX_SANDBOX_PRIVATE_H
#define ROOTOUT_SANDBOX_SANDBOX_PRIVATE_H

/*
 * The running sandbox, as the files of its road see it:
 *
 *	sandbox.c   open and close: seed, log, replay
 *	dispatch.c  HTTP in and out, faults on the way
 *	call.c	    one call under the world's lock: who, may they, handler, log, event
 *	replay.c    entries of the log, written and carried out again
 *	control.c   /_sandbox/…
 */

#include <pthread.h>
#include <stdatomic.h>

#include "aws/sign.h"
#include "base/buf.h"
#include "sandbox/faults.h"
#include "sandbox/log.h"
#include "sandbox/sandbox.h"
#include "sandbox/seed.h"
#include "sandbox/trail.h"

struct sandbox {
	/* Readers: calls that change nothing. */
	pthread_rwlock_t lock;
	struct world *world;
	int64_t last_ms; /* of the last change: time never goes back in the log */

	struct state_log *log; /* NULL: in memory only */
	struct trail *trail;
	struct faults *faults;
	bool open;
	bool continued;
	int64_t offset_ms;         /* options.now_ms: how far `now` is from the system's clock */
	_Atomic uint64_t sequence; /* of requests, for what is random but not state */
	_Atomic bool failed;       /* the log could not be written: nothing is true any more */

	/* How to make the first state again: reset. */
	struct seed *start; /* NULL: one account alone */
	char *account;
	uint64_t seed;
	int64_t start_ms;

	pthread_mutex_t counts_mutex;
	struct arena *counts_arena;
	struct map counts;             /* "sts GetCallerIdentity OK " -> struct call_count */
	struct server *_Atomic server; /* sandbox_set_server */
};

struct call_count {
	const char *service;
	struct str op, code;
	uint64_t n;
};

int64_t sandbox_now(const struct sandbox *s);

/* ---- call.c ---- */

struct call {
	const struct server_request *http; /* NULL: sandbox_call */
	const struct api_service *service;
	const struct api_op *op; /* NULL: parse_fault says why */
	const struct sign_claim *claim;
	const struct sign_refusal *no_claim;
	struct api_fault parse_fault;
	struct str access_key_id; /* sandbox_call: who, instead of a claim */

	struct caller who;
	struct sandbox_request r;
	uint64_t seen; /* what must be on disk before the answer leaves */
	bool ok;       /* r.out is the answer, else r.fault */
};

/*
 * Carries the call out. The answer may hold views of the world, so it is
 * encoded before the lock is let go: `encode` (may be NULL) is called for that.
 */
void sandbox_call_run(struct sandbox *s, struct call *c, void (*encode)(struct call *c, void *ctx),
		      void *ctx);
/* The seed of the next change. */
uint64_t call_next_seed(const struct world *w);
void sandbox_call_count(struct sandbox *s, const struct api_service *service, struct str op,
			struct str code);

/* ---- replay.c ---- */

/* A change as an entry. Under the write lock; the number to wait for. */
uint64_t replay_log_call(struct sandbox *s, const struct sandbox_request *r, uint64_t seed);
uint64_t replay_log_use(struct sandbox *s, const struct caller *who, int64_t now_ms,
			struct str service, struct str region);
uint64_t replay_log_clock(struct sandbox *s, int64_t now_ms);
uint64_t replay_log_reset(struct sandbox *s, int64_t now_ms);
/* Events up to this entry are in the trail's files. */
void replay_log_trail(struct sandbox *s, uint64_t upto);
/* Reads the whole log; afterwards s->world is NULL when there was none: then replay_begin. */
bool replay_all(struct sandbox *s, const struct sandbox_options *opt, struct err *err) MUST_CHECK;
/* The start's entry, with a copy of the files. */
bool replay_begin(struct sandbox *s, const struct sandbox_options *opt, struct err *err) MUST_CHECK;

/* A key or role was used: true when that is news worth an entry. */
bool use_is_news(const struct caller *who, struct str service, int64_t now_ms);
void use_mark(struct world *w, const struct caller *who, int64_t now_ms, struct str service,
	      struct str region);

/* ---- sandbox.c ---- */

/* A new world as it is at the start. */
struct world *sandbox_first_world(const struct sandbox *s, struct err *err) MUST_CHECK;
/* Back to the start. Under the write lock. */
bool sandbox_reset(struct sandbox *s, struct err *err) MUST_CHECK;
void sandbox_fail(struct sandbox *s, const struct err *err);

/* ---- control.c ---- */

bool control_is(struct str path);
void control_handle(struct sandbox *s, const struct server_request *req,
		    struct server_response *resp);

/* ---- typed.c ---- */

/* What json_read made of a logged input, as the tables type it (blobs, timestamps). In place. */
bool typed_from_json(struct arena *a, const struct api_shape *shape, struct val *v) MUST_CHECK;

#endif
