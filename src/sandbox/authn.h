#ifndef ROOTOUT_SANDBOX_AUTHN_H
#define ROOTOUT_SANDBOX_AUTHN_H

/*
 * Who calls: access key, signature, session token, expiry.
 *
 * The order is AWS's: no signature, a key nobody has, a signature that does not
 * fit (skewed clock among them), an expired session. Codes differ by protocol
 * (query: InvalidClientTokenId; json: UnrecognizedClientException), see authn.c.
 *
 * A signature's time may be near the system's clock or near the sandbox's, which
 * may have been moved: clients sign with the time they have, or correct it by
 * the Date of our answers. Everything else, such as when a session expires, goes
 * by the sandbox's.
 */

#include "aws/sign.h"
#include "net/server.h"
#include "sandbox/dispatch.h"

struct authn_request {
	const struct server_request *http;
	const struct api_service *service; /* the codes follow its protocol */
	const struct sign_claim *claim; /* NULL: there is none, or not one that can be read … */
	const struct sign_refusal *no_claim; /* … and this is why */
	int64_t now_ms;                      /* the sandbox's */
	int64_t real_ms;                     /* the system's */
	bool open; /* any key: an unknown one is the first account's administrator */
};

/* Under the world's lock. false: *fault says what AWS would. */
bool authn(const struct world *w, const struct authn_request *r, struct caller *who,
	   struct api_fault *fault) MUST_CHECK;

/* Whose the key is, whether or not it may be used. false: nobody's. */
bool caller_of(const struct world *w, struct str access_key_id, struct arena *a,
	       struct caller *who) MUST_CHECK;

/* Temporary credentials of GetSessionToken and GetFederationToken reach only part of the APIs. */
bool authn_session_reaches(const struct caller *who, const struct api_service *service,
			   struct str op);

/* How this service's protocol says that a key is not one. Always false. */
bool authn_unknown_key(const struct api_service *service, struct api_fault *fault);

#endif
