#ifndef ROOTOUT_TESTS_NAIVE_H
#define ROOTOUT_TESTS_NAIVE_H

/*
 * A second evaluator, written from AWS's pages alone and as plainly as can be:
 * it walks the JSON of the documents for every question, matches wildcards by
 * recursion, and shares no code with policy/. Tests compare the two.
 *
 * It knows well-formed operands only (numbers that fit a double, dates with Z,
 * addresses that inet_pton reads); how AWS treats the others is in the cases.
 */

#include "policy/policy.h"
#include "text/val.h"

struct naive_set {
	/* Lists of documents; NULL: that kind takes no part. */
	const struct val *identity, *session, *resource;
	const struct val *boundary;  /* one document */
	const struct val *scp, *rcp; /* lists of lists */
};

enum naive_answer { NAIVE_ALLOW, NAIVE_EXPLICIT, NAIVE_IMPLICIT };

enum naive_answer naive_decide(const struct naive_set *set, const struct policy_request *req);
bool naive_match(const char *pattern, const char *text); /* ASCII */

#endif
