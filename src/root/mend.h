#ifndef ROOTOUT_ROOT_MEND_H
#define ROOTOUT_ROOT_MEND_H

/*
 * Making an exception for root sessions in a service control policy that denies
 * root: "Null": {"aws:AssumedRoot": "true"} in the statement's Condition, so
 * that it denies only where the key is absent, which is: the root user itself.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-assumedroot
 *
 * Only statements that single out root users (a condition on aws:PrincipalArn
 * ending in ":root") are mended; any other deny is somebody's decision that
 * is not ours to change. The text is spliced, not written anew: layout and order stay.
 */

#include "root/cause.h"

/*
 * The mended text in the arena. false with ERR_REFUSED and the reason where
 * there is no certain mend. The result parses, denies none of our calls to root sessions any more,
 * and denies the root user itself all that it denied before: all three are checked before it is
 * given out.
 */
bool mend_text(struct str content, struct str account_id, struct arena *a, struct str *out,
	       struct err *err) MUST_CHECK;

/*
 * UpdatePolicy, if the policy still reads as `expected`; reads back. Enters the
 * ledger as kind "mend".
 */
bool mend_apply(struct root_run *run, const struct org_policy *policy, struct str mended,
		struct arena *a, struct err *err) MUST_CHECK;

#endif
