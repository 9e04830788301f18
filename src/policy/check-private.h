#ifndef ROOTOUT_POLICY_CHECK_PRIVATE_H
#define ROOTOUT_POLICY_CHECK_PRIVATE_H

/*
 * The refusal of a document that AWS would refuse, between parse.c and check.c.
 */

#include "base/map.h"
#include "policy/policy-private.h"
#include "text/val.h"

struct check {
	enum policy_kind kind;
	bool managed; /* AWS's own RCPFullAWSAccess, which may do what others may not */
	bool kept;    /* AWS has it: what it knows of services is not asked */
	struct str name;
	struct arena *scratch;
	struct map *sids; /* seen so far */
	struct err *err;
};

/* Fills c->err: our reason with the position, then AWS's sentence. Returns false. */
bool check_fault(const struct check *c, uint32_t line, uint32_t col, const char *aws,
		 const char *why, struct str what);
bool policy_check(const struct check *c, const struct val *doc) MUST_CHECK;

#endif
