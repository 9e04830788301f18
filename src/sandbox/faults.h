#ifndef ROOTOUT_SANDBOX_FAULTS_H
#define ROOTOUT_SANDBOX_FAULTS_H

/*
 * Faults on purpose: what a network and a busy AWS do to a client.
 *
 * A fault is said as KIND=VALUE[:SERVICE[:OPERATION]]; service and operation may
 * have * and ? and are every one when left out.
 *
 *	latency=50ms		every answer waits (also 50ms+20ms: and up to 20 ms more)
 *	throttle=5%:sts		5 % of calls are throttled
 *	rate=20/s:sts:AssumeRoot	a token bucket: 20 a second, 20 at once; what comes
 *				faster is throttled. rate=20/s+5 holds only 5 at once; /m is a minute
 *	error=ServiceUnavailable:1%:iam	1 % fail with this code (5xx codes with their status,
 *				others with 400), before anything is done
 *	reset=1%		the connection is reset before anything is done
 *	reset-after=1%		the call is carried out, then the connection is reset
 *	truncate=1%		carried out; half of the answer is sent
 *	html=1%			carried out by nobody: a proxy's page comes instead (502)
 *	deny=ACCOUNT[:S[:OP]]	AccessDenied to that account's principals, and to
 *				sts:AssumeRoot and sts:AssumeRole into it
 *
 * Throttling is answered in the service's way: Throttling "Rate exceeded" (400)
 * by the query services, TooManyRequestsException by Organizations.
 *
 * What is drawn hangs only on the seed, the fault's place in the list and the
 * number of the request, so a client that makes the same calls one after the
 * other meets the same faults at every run. Buckets go by real time.
 */

#include "base/err.h"
#include "sandbox/dispatch.h"

struct faults;

struct faults *faults_new(const char *const *specs, size_t n, uint64_t seed,
			  struct err *err) MUST_CHECK;
void faults_free(struct faults **f);
bool faults_any(const struct faults *f);

struct fault_effect {
	int64_t delay_ms;
	bool refused; /* `fault` is the answer, nothing is done */
	struct api_fault fault;
	bool reset, html;           /* instead of doing anything */
	bool reset_after, truncate; /* after it was done */
};

/* What happens to request number `sequence`. Thread-safe. */
void faults_draw(struct faults *f, uint64_t sequence, const struct api_service *service,
		 struct str op, struct fault_effect *out);
/* A denied account: the caller's, or the target of sts:AssumeRoot and AssumeRole. */
bool faults_denies(const struct faults *f, const struct sandbox_request *r);

#endif
