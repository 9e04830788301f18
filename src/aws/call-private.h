#ifndef ROOTOUT_AWS_CALL_PRIVATE_H
#define ROOTOUT_AWS_CALL_PRIVATE_H

/*
 * What the files of aws/call.h share.
 *
 *	call-setup.c	struct aws: settings, endpoints, totals
 *	call-identity.c	who a call is made as; finding and refreshing credentials
 *	call.c		one call: attempts, retries, clock skew
 *	call-request.c	one attempt: sign, send, read the answer
 *	call-hints.c	what to do about an error
 *	call-pages.c	listings
 *	call-session.c	calls that yield a session
 */

#include <pthread.h>
#include <stdatomic.h>

#include "aws/call.h"
#include "aws/config.h"
#include "aws/creds.h"
#include "aws/endpoint.h"
#include "aws/retry.h"
#include "aws/wire.h"
#include "net/http.h"

/* Credentials that end sooner than this are fetched anew before they are used. */
#define REFRESH_BEFORE_MS (5 * 60 * 1000)
/* How often that is tried, while the old ones still work. */
#define REFRESH_AGAIN_MS (30 * 1000)
/* A server's clock is believed when it differs by more than this from ours... */
#define SKEW_MIN_MS (4 * 60 * 1000)

struct aws_identity {
	struct aws *aws;
	pthread_mutex_t lock; /* around creds: a refresh replaces them */
	struct aws_creds creds;
	char account_id[16]; /* empty: the caller's own, not known */
	bool own;            /* the default identity */
	bool found;          /* creds are there */
	int64_t refresh_ms;  /* not again before */
};

struct service_endpoint {
	const struct api_service *service;
	struct endpoint at;
	struct service_endpoint *next;
};

struct aws {
	struct arena *arena; /* settings; under lock once threads run */
	struct aws_config *config;
	struct http_client *http;
	struct buckets *buckets;
	struct retry_tokens tokens;
	struct clock *clock;
	struct str region;
	const char *endpoint_url; /* --endpoint-url */
	bool adaptive;
	unsigned max_attempts;
	unsigned connections;
	_Atomic int64_t skew_ms;  /* added to our clock when signing */
	_Atomic int64_t ahead_ms; /* of our clock, by the Date of the last answer */
	struct aws_identity own;
	pthread_mutex_t lock;
	struct service_endpoint *endpoints;
	atomic_uint_least64_t calls, attempts, throttled, retried;
};

struct aws_worker {
	struct aws *aws;
	struct http_conn *conn;
	struct arena *scratch; /* one attempt's request; wiped and reset */
	struct rng rng;
};

/* NULL and err where the endpoint cannot be known. */
const struct endpoint *aws_endpoint_of(struct aws *aws, const struct api_service *s,
				       struct err *err) MUST_CHECK;

void identity_init(struct aws_identity *id, struct aws *aws);
void identity_release(struct aws_identity *id);
/* Credentials are there and not about to end; finds or refreshes the caller's own. */
bool identity_ready(struct aws_identity *id, struct err *err) MUST_CHECK;
/* AWS said that they are expired: fetch others. false: these cannot be fetched anew. */
bool identity_renew(struct aws_identity *id, const char *used_key_id);
/* "environment", "profile 'x' in …", "session of 123456789012" */
void identity_describe(struct aws_identity *id, char *out, size_t n);

/* One call's fixed part. */
struct call {
	struct aws_worker *w;
	struct aws_identity *id;
	const struct api_op *op;
	const struct endpoint *at;
	struct wire_request wire; /* in the worker's scratch */
	struct arena *a;          /* the answer's */
	struct aws_call_info *info;
	bool renewed, skewed; /* each is done once a call */
	/* Of the last attempt. */
	char key_id[129]; /* it was signed with */
	int64_t skew_ms;  /* that was added to our clock */
	int status;       /* 0: no answer */
	int64_t date_ms;  /* the answer's Date; 0: none */
	int64_t retry_after_ms;
};

/*
 * Sign and send once, from the worker's scratch. When false: no usable answer, or the
 * answer is an error.
 */
bool call_attempt(struct call *c, struct val **out, struct err *err) MUST_CHECK;

/* The whole call; aws_call_ex with what it left behind. */
bool call_run(struct call *c, const struct val *in, struct val **out, struct err *err) MUST_CHECK;

/* Adds what to do, where AWS's message does not say it. */
void call_hint(const struct call *c, struct err *err);

#endif
