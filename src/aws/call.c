/* One call: turns, attempts, what is repeated and what is not. */

#include "aws/call.h"

#include <stdio.h>
#include <string.h>

#include "aws/call-private.h"
#include "base/log.h"

/* Attempts that are throttled while a bucket learns its rate do not count; this many end it. */
#define ATTEMPTS_MAX 100

struct progress {
	struct bucket *bucket;
	unsigned counted; /* attempts that count */
	int held;         /* tokens that the last retry took */
};

static void log_attempt(const struct call *c, unsigned attempt, int64_t ms, bool ok,
			const struct err *err)
{
	char op[128];

	if (!log_enabled(LOG_DEBUG))
		return;
	snprintf(op, sizeof(op), "%.*s:%.*s", STR_ARG(c->op->service->id), STR_ARG(c->op->name));
	log_debug("call", LOG_S("op", op), LOG_S("account", c->id->account_id),
		  LOG_I("attempt", attempt), LOG_I("ms", ms), LOG_I("status", c->status),
		  LOG_S("error", ok                 ? ""
				 : err->aws_code[0] ? err->aws_code
						    : err_kind_name(err->kind)));
}

/*
 * May it be sent again although the first may have been carried out? Reads, and
 * writes that end in the same state when done twice. A second Create or Invite
 * makes a second thing (or fails on the first one): that is the caller's to look up.
 */
static bool is_repeatable(const struct api_op *op)
{
	return op->read_only ||
	       !(str_startsz(op->name, "Create") || str_startsz(op->name, "Invite") ||
		 str_startsz(op->name, "Upload"));
}

/* "Signature expired: … is now earlier than … (20150830T124600Z - 5 min.)": the server's time. */
static bool said_time(const struct err *err, int64_t *ms)
{
	struct str message = str_of(err->message);
	ptrdiff_t at;

	if (str_find(message, STR("Signature expired: ")) < 0 &&
	    str_find(message, STR("Signature not yet current: ")) < 0)
		return false;
	at = str_chr(message, '(');
	return at >= 0 && time_parse_amz(str_sub(message, (size_t)at + 1, 16), ms);
}

/* Refused for the time that it was signed with? Then the server's time is *ms. */
static bool is_about_time(const struct call *c, const struct err *err, int64_t *ms)
{
	static const char *const codes[] = {"RequestTimeTooSkewed", "RequestExpired",
					    "RequestInTheFuture"};

	/* A signature that does not match for other reasons says nothing of clocks. */
	if (said_time(err, ms))
		return true;
	*ms = c->date_ms;
	for (size_t i = 0; i < ARRAY_SIZE(codes); i++)
		if (err_is_aws(err, codes[i]))
			return c->date_ms != 0;
	return false;
}

/* The server's clock, when that is why it refuses. Done once a call, and said once a run. */
static bool correct_skew(struct call *c, const struct err *err)
{
	struct aws *aws = c->w->aws;
	int64_t signed_with = c->skew_ms;
	int64_t server_ms, wrong;

	if (c->skewed || !is_about_time(c, err, &server_ms))
		return false;
	wrong = server_ms - (clock_now_ms(aws->clock) + signed_with);
	if (wrong > -SKEW_MIN_MS && wrong < SKEW_MIN_MS)
		return false;
	c->skewed = true;
	/* Otherwise another thread has seen it, too. */
	if (atomic_compare_exchange_strong(&aws->skew_ms, &signed_with, signed_with + wrong))
		log_warn("this machine's clock differs from AWS's: signing with AWS's time",
			 LOG_I("seconds", (c->skew_ms + wrong) / 1000));
	return true;
}

static bool renew_expired(struct call *c, const struct err *err)
{
	if (c->renewed ||
	    !(err_is_aws(err, "ExpiredToken") || err_is_aws(err, "ExpiredTokenException")))
		return false;
	c->renewed = true;
	return identity_renew(c->id, c->key_id);
}

/* An answer that does not say whether the request was carried out. */
static bool is_lost(const struct err *err)
{
	if (err->kind == ERR_AWS)
		return err->http_status == 500 || err->http_status == 502 ||
		       err->http_status == 504;
	return err->maybe_done;
}

static void wait_before(struct call *c, struct progress *p, enum retry_class class)
{
	int64_t ms;

	if (class == RETRY_THROTTLED && bucket_is_pacing(p->bucket) && c->retry_after_ms == 0)
		return; /* the next turn is the wait */
	ms = retry_backoff_ms(p->counted + 1, class, &c->w->rng);
	if (c->retry_after_ms > ms)
		ms = c->retry_after_ms;
	clock_sleep_ms(NULL, ms);
	c->info->waited_ms += ms;
}

/* After a failed attempt: is there another one? Waits for it. */
static bool again(struct call *c, struct progress *p, struct err *err)
{
	struct aws *aws = c->w->aws;
	enum retry_class class = retry_classify(err);
	int cost = err->kind == ERR_NET ? RETRY_COST_TIMEOUT : RETRY_COST;

	if (correct_skew(c, err) || renew_expired(c, err))
		return true;
	err->retryable = class != RETRY_REFUSED;
	if (class == RETRY_REFUSED || c->info->attempts >= ATTEMPTS_MAX)
		return false;
	if (is_lost(err) && !is_repeatable(c->op))
		return false;
	if (class != RETRY_THROTTLED || !bucket_is_learning(p->bucket))
		p->counted++;
	if (p->counted >= aws->max_attempts)
		return false;
	/* A bucket that paces needs no second brake. */
	if (class != RETRY_THROTTLED || !bucket_is_pacing(p->bucket)) {
		if (!retry_tokens_take(&aws->tokens, cost))
			return false;
		p->held = cost;
	}
	wait_before(c, p, class);
	return true;
}

/* Tell bucket and totals what came of it. */
static void account_for(struct call *c, struct progress *p, const struct turn *turn, bool ok,
			const struct err *err)
{
	if (!ok && retry_classify(err) == RETRY_THROTTLED) {
		c->info->throttled++;
		atomic_fetch_add(&c->w->aws->throttled, 1);
		bucket_throttled(p->bucket, turn);
	} else if (ok || err->kind == ERR_AWS) {
		bucket_success(p->bucket, turn);
	}
}

static bool attempts(struct call *c, struct val **out, struct err *err)
{
	struct aws *aws = c->w->aws;
	struct progress p = {
		.bucket = buckets_get(aws->buckets, str_of(c->id->account_id), c->op->service->id,
				      c->op->name),
	};
	struct turn turn;

	for (;;) {
		err_clear(err);
		if (!identity_ready(c->id, err))
			return false;
		c->info->waited_ms += bucket_take(p.bucket, &turn);
		c->info->attempts++;
		atomic_fetch_add(&aws->attempts, 1);

		int64_t start_ms = clock_mono_ms();
		bool ok = call_attempt(c, out, err);

		log_attempt(c, c->info->attempts, clock_mono_ms() - start_ms, ok, err);
		account_for(c, &p, &turn, ok, err);
		if (ok) {
			retry_tokens_give(&aws->tokens, p.held ? p.held : 1);
			return true;
		}
		c->info->answer_lost |= is_lost(err);
		if (!again(c, &p, err))
			return false;
		atomic_fetch_add(&aws->retried, 1);
	}
}

static void explain(const struct call *c, struct err *err)
{
	err->maybe_done |= c->info->answer_lost;
	call_hint(c, err);
	if (c->info->attempts > 1)
		err_wrap(err, "after %u attempts", c->info->attempts);
	err_wrap(err, "%.*s:%.*s", STR_ARG(c->op->service->id), STR_ARG(c->op->name));
}

bool call_run(struct call *c, const struct val *in, struct val **out, struct err *err)
{
	struct aws *aws = c->w->aws;
	struct err why = {0}; /* *err stays as it is when the call succeeds at last */
	bool ok;

	atomic_fetch_add(&aws->calls, 1);
	*out = NULL;
	c->at = aws_endpoint_of(aws, c->op->service, &why);
	ok = c->at && wire_put_request(c->op, in, c->w->scratch, &c->wire, &why) &&
	     attempts(c, out, &why);
	/* Signatures, session tokens, perhaps a new password: none of it is needed any more. */
	arena_wipe(c->w->scratch);
	if (ok)
		return true;
	if (str_is_null(c->info->request_id) && why.request_id[0])
		c->info->request_id = arena_strz(c->a, why.request_id);
	explain(c, &why);
	*err = why;
	return false;
}

bool aws_call_ex(struct aws_worker *w, struct aws_identity *id, const struct api_op *op,
		 const struct val *in, struct arena *a, struct val **out,
		 struct aws_call_info *info, struct err *err)
{
	struct aws_call_info own = {0};
	struct call c = {.w = w, .id = id, .op = op, .a = a, .info = info ? info : &own};

	return call_run(&c, in, out, err);
}

bool aws_call(struct aws_worker *w, struct aws_identity *id, const char *service, const char *op,
	      const struct val *in, struct arena *a, struct val **out, struct err *err)
{
	return aws_call_ex(w, id, api_op_of(service, op), in, a, out, NULL, err);
}
