#ifndef ROOTOUT_ROOT_CAUSE_H
#define ROOTOUT_ROOT_CAUSE_H

/*
 * Why a root session is, or would be, refused or blocked: which service
 * control policy, attached where, by which statement. Decided from the
 * organization's policies alone, by the policy engine; no root event happens.
 *
 * An organization whose policies or units could not be read gives no causes
 * but "not known": cause_unknown says why.
 */

#include "policy/policy.h"
#include "root/session.h"

struct causes;

struct cause {
	struct org_policy *policy; /* NULL: no single one (nothing allows) */
	struct str attached_to;    /* "Workloads/Production (ou-…)", "account pos-production" */
	struct str target_id;
	struct str sid;
	size_t statement;
	uint32_t line;
	struct str action; /* the first of the task's calls that is denied */
	struct str text;   /* one sentence for people */
};

/* `o` must have units and policies. All memory is the arena's; parsed once for all accounts. */
struct causes *causes_new(const struct org *o, struct arena *a, struct err *err) MUST_CHECK;

/*
 * Would the organization's SCPs deny the calls that `task` makes in this
 * account? true: *out says which. Every call that rootout makes under the task is asked.
 */
bool cause_of_block(struct causes *c, const struct org_account *acct, enum root_task task,
		    struct arena *a, struct cause *out) MUST_CHECK;
/* All SCP statements that block, one cause each: removing one alone may not be enough. */
size_t causes_of_block(struct causes *c, const struct org_account *acct, enum root_task task,
		       struct arena *a, struct cause **out);

#endif
