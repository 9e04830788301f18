#ifndef ROOTOUT_POLICY_EVAL_H
#define ROOTOUT_POLICY_EVAL_H

/*
 * A decision with the road that led to it.
 *
 *	struct policy_road road;
 *	policy_explain(&set, &req, arena, &road);
 *	road.decision			what policy_decide says, always
 *	road.steps[i]			each kind and level that had a say
 *	policy_explain_words(&set, &req, arena, &road);
 *	road.notes[i]			why, and what would have had to be different
 *
 * The road costs a few decisions (bench/policy.sh); its words are for people and
 * cost more, so who explains thousands asks for those that are shown.
 *
 * Steps stand in the order of the decision: RCPs and SCPs from the root down to
 * the account, resource, identity, boundary, session. A kind that has no part
 * in this request (SCPs for the management account, …) has no step.
 *
 * The steps are found by a second look at the policies that keeps going where
 * the decision stops. The two agree, which the tests hold them to:
 *	explicit deny	the first step that denies names the same statement
 *	implicit deny	no step denies, and the step of that kind and level is silent
 *	allowed		no step denies; the statement named allows in its step
 *
 * Texts live in the arena; steps point into the set's policies.
 */

#include "policy/policy.h"

enum policy_say {
	POLICY_SAYS_NOTHING, /* nothing here allows */
	POLICY_SAYS_ALLOW,
	POLICY_SAYS_DENY,
};

struct policy_step {
	enum policy_kind kind;
	size_t index; /* SCP, RCP: level */
	enum policy_say say;
	/*
	 * The statement that allows or denies. NULL with ALLOW: it needs none (the
	 * root user, RCPFullAWSAccess). With NOTHING: the Allow that came nearest;
	 * NULL: no statement allows anything like it.
	 */
	const struct policy *policy;
	size_t statement;
	uint32_t line;
	struct str sid;
	size_t denials; /* statements here that deny */
};

struct policy_road {
	struct policy_decision decision;
	struct policy_step *steps;
	size_t nsteps;
	size_t decided; /* the step of the decision; nsteps: none (an impossible request) */
	/*
	 * Sentences, none before policy_explain_words. For a denial: why, then what would have had to be different, the
	 * nearest first. For an allowance: one, which says by what.
	 */
	struct str *notes;
	size_t nnotes;
};

void policy_explain(const struct policy_set *set, const struct policy_request *req, struct arena *a,
		    struct policy_road *out);
/* Fills the notes of a road of just this set and request. */
void policy_explain_words(const struct policy_set *set, const struct policy_request *req,
			  struct arena *a, struct policy_road *road);

/*
 * Which element of the statement does not fit the request, in words: "its
 * Action is s3:put*", "condition StringEquals aws:RequestedRegion (line 7): the
 * request's is 'us-east-1', not 'eu-west-1'". STR_NULL: all of them fit.
 */
struct str policy_mismatch(const struct policy *p, size_t statement,
			   const struct policy_request *req, struct arena *a);

#endif
