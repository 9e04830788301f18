#ifndef ROOTOUT_AWS_RETRY_H
#define ROOTOUT_AWS_RETRY_H

/*
 * When to try again, and how fast to go.
 *
 * Classes: throttling, transient (5xx, connection faults, time-outs), refusal
 * (everything else: never repeated). Back-off with full jitter, 20 s at most;
 * Retry-After is honoured.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
 *
 * One token bucket for each service (and operation, where AWS publishes a quota of its own) and
 * account. In adaptive mode a bucket is unlimited until the first throttling
 * answers come in numbers, then learns the rate from what succeeds, so that few
 * calls are throttled once it is learned (retry-private.h says how); published
 * quotas are there from the start. Calls wait their turn in the order they
 * came. In standard mode buckets only enforce published quotas.
 */

#include <stdatomic.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/rng.h"
#include "base/str.h"

enum retry_class { RETRY_REFUSED, RETRY_TRANSIENT, RETRY_THROTTLED };

/* From code and status of an ERR_AWS, or the kind of another error. */
enum retry_class retry_classify(const struct err *err);

struct bucket;
struct buckets; /* all of them; thread-safe */

/* One call's turn; filled by bucket_take, given back with what came of it. */
struct turn {
	int64_t sent_us;
	double rate;    /* that the bucket had then */
	bool bound;     /* it was the bucket that held the call back */
	unsigned doubt; /* of two calls that tell chance from limit; 0: none */
};

struct buckets *buckets_new(bool adaptive);
void buckets_free(struct buckets **b);
/* Lives as long as the buckets. */
struct bucket *buckets_get(struct buckets *b, struct str account_id, struct str service,
			   struct str op);
/* Wait for the turn; returns how many ms were waited. */
int64_t bucket_take(struct bucket *b, struct turn *turn);
/* Tell what came of it (an answer that never came: neither). */
void bucket_success(struct bucket *b, const struct turn *turn);
void bucket_throttled(struct bucket *b, const struct turn *turn);
/* The bucket spaces its calls: who was throttled takes another turn instead of sleeping. */
bool bucket_is_pacing(struct bucket *b);
/* It is finding out the rate: that a call is throttled meanwhile says nothing of the call. */
bool bucket_is_learning(struct bucket *b);

/*
 * The retry quota that the SDKs have: 500 tokens for all calls together, 5 for
 * a retry and 10 for one after a time-out or another fault of the connection; a call that succeeds gives back what its last
 * retry took, or 1. With none left, failing calls fail at once: a service that is down is not
 * stormed.
 */
struct retry_tokens {
	_Atomic int left;
};
#define RETRY_TOKENS 500
#define RETRY_COST 5
#define RETRY_COST_TIMEOUT 10
void retry_tokens_init(struct retry_tokens *t);
bool retry_tokens_take(struct retry_tokens *t, int cost);
void retry_tokens_give(struct retry_tokens *t, int cost);

/* ms before attempt `attempt` (2 = the first retry). */
int64_t retry_backoff_ms(unsigned attempt, enum retry_class class, struct rng *rng);

#endif
