#ifndef ROOTOUT_SANDBOX_AUTHZ_H
#define ROOTOUT_SANDBOX_AUTHZ_H

/*
 * May they: the policies that apply to a caller, and the condition keys of a
 * request, given to policy/ for the decision. sandbox_authorize
 * (sandbox/dispatch.h) is the ordinary way in; sts asks authz_decide itself
 * where a trust policy takes part.
 */

#include "sandbox/dispatch.h"

struct authz_question {
	const char *action; /* "sts:AssumeRole" */
	struct str resource;
	const struct world_account *resource_account; /* NULL: the caller's */
	const struct policy *resource_policy;         /* NULL: none takes part */
	const struct policy_key *extra;
	size_t nextra;
};

void authz_decide(struct sandbox_request *r, const struct authz_question *q,
		  struct policy_decision *d);

/* The service control policies that bind the account's principals, root first; *n 0: none do. */
const struct policy_list *authz_scps(const struct sandbox_request *r,
				     const struct world_account *acct, size_t *n);

/*
 * Fills r->fault with "User: … is not authorized to perform: …" and the reason
 * as `text` says, with the code of the service's protocol. Always false.
 */
bool authz_deny(struct sandbox_request *r, const char *action, struct str resource,
		const struct policy_decision *d, enum denial_text text);

/* Fills the request's condition keys: those of the caller and of the call. */
void authz_keys(struct sandbox_request *r, const struct authz_question *q,
		struct policy_request *req);

#endif
