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
	const struct org_policy *policy; /* NULL: no single one (nothing allows) */
	struct str attached_to; /* "Workloads/Production (ou-…)", "account pos-production" */
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
 * What denies the calls that rootout makes under `task` in this account: every SCP that does, each
 * once for each place where it is attached, and at last a level where nothing allows. n 0:
 * nothing. false: cannot be told (the account's unit is not known).
 */
bool causes_of_block(struct causes *c, const struct org_account *acct, enum root_task task,
		     struct arena *a, struct cause **out, size_t *n, struct err *err) MUST_CHECK;
/* The first of them; false: none, or it cannot be told. */
bool cause_of_block(struct causes *c, const struct org_account *acct, enum root_task task,
		    struct arena *a, struct cause *out);

/* Does this SCP text on its own deny a call of the task to a root session? (root/mend.h) */
bool cause_text_blocks(struct str content, struct str account_id, enum root_task task,
		       struct policy_decision *d, struct arena *a, struct err *err);
/* The same of one call: to a root session, or (session false) to the root user itself. */
bool cause_text_denies(struct str content, struct str account_id, const char *action, bool session,
		       bool *denies, struct arena *a, struct err *err) MUST_CHECK;

#endif
