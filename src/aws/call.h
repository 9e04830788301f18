#ifndef ROOTOUT_AWS_CALL_H
#define ROOTOUT_AWS_CALL_H

/*
 * Calls to AWS.
 *
 *	struct aws *aws = aws_new(&settings, &err);	// one for the program
 *	struct aws_worker *w = aws_worker_new(aws);	// one for each thread
 *	struct aws_identity *me = aws_default_identity(aws);
 *	struct val *in = val_object(arena);
 *	if (!aws_call(w, me, "sts", "GetCallerIdentity", in, arena, &out, &err)) …
 *
 * `struct aws` holds what all threads share: settings (profile, region,
 * endpoints, retry mode), the HTTP client, one token bucket for each service
 * and account, and the default identity. It is safe from any thread.
 *
 * An identity is who a call is made as: the caller's own credentials (from the
 * provider chain, refreshed before they expire), or a session that one call
 * yielded (AssumeRoot, AssumeRole). Its account id names the buckets. Identities are
 * reference-free: who made one frees it, after the last call with it.
 *
 * aws_call blocks: waits for the bucket, signs, sends, retries by the mode.
 * On failure err says which: "sts:AssumeRoot: AccessDenied: User: … is not
 * authorized …" with code, status and request id; err.maybe_done is true where
 * an attempt's answer was lost, also when a later attempt was answered with an
 * error (so "NoSuchEntity after a lost answer" can be told: see aws_call_info).
 */

#include "aws/api.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/secret.h"
#include "text/val.h"

/* What the command line says; NULL or 0 means: environment, then files, then default. */
struct aws_settings {
	const char *profile;
	const char *region;
	const char *endpoint_url;
	const char *ca_bundle;
	const char *retry_mode; /* "standard" or "adaptive"; default adaptive */
	int max_attempts;       /* default 3 in standard (AWS_MAX_ATTEMPTS), 8 in adaptive */
	int64_t timeout_ms;     /* of one attempt; 0: 60 s */
	bool no_verify_ssl;
	unsigned connections; /* 0: LIMIT_CONNECTIONS */
	struct clock *clock;  /* NULL: the system's */
};

struct aws;
struct aws_worker;
struct aws_identity;

struct aws *aws_new(const struct aws_settings *s, struct err *err) MUST_CHECK;
void aws_free(struct aws **aws);
unsigned aws_connections(const struct aws *aws); /* size for pools */
struct str aws_region(const struct aws *aws);    /* "us-east-1" style; never empty (falls back) */
struct str aws_partition(const struct aws *aws); /* "aws", "aws-cn", "aws-us-gov" */
struct clock *aws_clock(const struct aws *aws);
/*
 * The time as AWS has it: our clock, corrected by the Date of the last answer
 * where that differs by more than seconds. What is compared with AWS's times, or
 * kept as a deadline, uses this one; in a sandbox it follows the sandbox's clock.
 */
int64_t aws_now_ms(const struct aws *aws);
/* The endpoint that calls to `service` go to, e.g. for messages. Lives as long as aws. */
struct str aws_endpoint(struct aws *aws, struct str service);

struct aws_worker *aws_worker_new(struct aws *aws);
void aws_worker_free(struct aws_worker **w);
/* In the shape that base/pool.h wants; ctx is the struct aws. */
void *aws_pool_worker_init(void *ctx);
void aws_pool_worker_done(void *worker, void *ctx);

/* The caller's own. Credentials are found at the first call. Not to be freed. */
struct aws_identity *aws_default_identity(struct aws *aws);
/* From a Credentials member of an STS answer; copies, wipes nothing of the answer. */
struct aws_identity *aws_identity_from(struct aws *aws, struct str account_id,
				       const struct val *credentials, struct err *err) MUST_CHECK;
void aws_identity_free(struct aws_identity **id); /* wipes */
struct str aws_identity_access_key_id(
	const struct aws_identity *id); /* not a secret: CloudTrail has it */
int64_t aws_identity_expires_ms(const struct aws_identity *id); /* 0: never */

/*
 * What happened on the way to an answer. Zero it before the call.
 *
 * What is repeated: throttling; connection faults, time-outs and 5xx, save where the first
 * request may have been carried out and a second one would make a second thing
 * (Create…, Invite…, Upload…): then err.maybe_done says so and looking is the caller's.
 */
struct aws_call_info {
	unsigned attempts;
	unsigned throttled;    /* attempts that were answered with throttling */
	bool answer_lost;      /* an attempt may have been carried out, its answer never came or
			      * was a 500, 502 or 504 */
	struct str request_id; /* of the last answer, in the arena; STR_NULL: none */
	int64_t waited_ms;     /* in buckets and back-off */
};

bool aws_call(struct aws_worker *w, struct aws_identity *id, const char *service, const char *op,
	      const struct val *in, struct arena *a, struct val **out, struct err *err) MUST_CHECK;
/* The same, telling more; info may be NULL. */
bool aws_call_ex(struct aws_worker *w, struct aws_identity *id, const struct api_op *op,
		 const struct val *in, struct arena *a, struct val **out,
		 struct aws_call_info *info, struct err *err) MUST_CHECK;

/*
 * A call whose answer is a session (AssumeRole, AssumeRoot, GetSessionToken): the identity of
 * its Credentials member, without leaving them in anybody's arena: the answer is wiped as soon as
 * the identity has copied them. `account_id` is the account that the session is in.
 */
bool aws_call_session(struct aws_worker *w, struct aws_identity *id, const struct api_op *op,
		      const struct val *in, struct str account_id, struct aws_identity **out,
		      struct aws_call_info *info, struct err *err) MUST_CHECK;

/*
 * sts:AssumeRole of arn:PARTITION:iam::ACCOUNT:role/ROLE for a quarter of an hour, the
 * shortest that AWS gives. ROLE may have a path before its name.
 */
bool aws_role_session(struct aws_worker *w, struct aws_identity *id, struct str account,
		      struct str role, const char *session_name, struct aws_identity **out,
		      struct err *err) MUST_CHECK;

/*
 * Every page of a listing: `row` is called for each element of the result
 * member, in order; it returns false to stop (then aws_pages returns true).
 * Empty pages that carry a token are followed; a token that comes twice in a
 * row, or more than LIMIT_PAGES pages, is ERR_PROTOCOL. `page_arena` memory is
 * reused from page to page: the row callback copies what it keeps.
 */
bool aws_pages(struct aws_worker *w, struct aws_identity *id, const char *service, const char *op,
	       const struct val *in, bool (*row)(const struct val *row, void *ctx), void *ctx,
	       struct err *err) MUST_CHECK;

/* Totals since aws_new, for --verbose, reports and benches. */
struct aws_totals {
	uint64_t calls;     /* calls of aws_call */
	uint64_t attempts;  /* requests sent */
	uint64_t throttled; /* attempts answered with throttling */
	uint64_t retried;
	uint64_t connections; /* opened */
};
struct aws_totals aws_totals(const struct aws *aws);

#endif
