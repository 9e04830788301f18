#ifndef ROOTOUT_POLICY_ASSUME_H
#define ROOTOUT_POLICY_ASSUME_H

/*
 * Deciding about requests of which not all is known: who could do this, whatever
 * the Region, the address, the tags.
 *
 * A policy is turned into two that ask for known keys only: `most` allows where
 * the unknown could be so that it allows, `least` only where it cannot be
 * otherwise. Decide with both kinds:
 *
 *	denied with `most`	no, whatever the unknown is
 *	allowed with `least`	yes, whatever it is
 *	else			it depends: policy_open_conditions says on what
 *
 * Known are the keys given, and those that policy_decide derives from the
 * request itself. A statement whose resources hold an unknown variable counts
 * as one that may or may not apply.
 */

#include "policy/policy.h"

struct policy_bounds {
	const struct policy *most, *least;
};

/* The two share what they can with `p`, which must live as long. */
void policy_bounds(const struct policy *p, const struct policy_key *known, size_t nknown,
		   struct arena *a, struct policy_bounds *out);

/* A statement that fits the request as far as it is known and hangs on what is not. */
struct policy_open {
	const struct policy *policy;
	uint32_t line;
	bool deny;
	struct str text; /* "denies if StringNotEquals aws:RequestedRegion 'eu-west-1'" */
};

/* Those of `p`, appended to *out. */
void policy_open_conditions(const struct policy *p, const struct policy_request *req,
			    struct arena *a, struct policy_open **out, size_t *n, size_t *cap);

/* The patterns that the policy's statements have in Action and Resource, as written but for the
 * case of actions, and which stand together. */
struct policy_pair {
	struct str action, resource; /* resource "*" where the statement has none, or NotResource */
};
void policy_pairs(const struct policy *p, struct arena *a, struct policy_pair **out, size_t *n,
		  size_t *cap);

#endif
