#ifndef ROOTOUT_ORG_LEVELS_H
#define ROOTOUT_ORG_LEVELS_H

/*
 * The organization's policies as they bind an account, level by level: the
 * root, each organizational unit on the way down, the account itself. For
 * policy_decide (policy/policy.h), which wants them in that order.
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html
 *
 *	struct org_levels *l = org_levels_new(o, arena, &err);	// each policy is parsed once
 *	struct org_account_levels at;
 *	if (org_levels_of(l, acct, ORG_LEVELS_SCP, arena, &at, &err)) {
 *		set.scp = at.policies;
 *		set.nscp = at.n;
 *		policy_decide(&set, &request, &d);
 *		if (d.policy) org_levels_policy(l, d.policy);	// whose struct org_policy that is
 *		at.level[d.level_index].unit …			// where it is attached
 *	}
 *
 * Once made it does not change and may be shared by threads. It borrows `o`.
 *
 * In an organization from files FullAWSAccess (RCPFullAWSAccess) is part of
 * every level, because AWS attaches it to every root, unit and account and the
 * files do not speak of it.
 */

#include "base/err.h"
#include "org/org.h"
#include "policy/policy.h"

enum org_levels_kind { ORG_LEVELS_SCP, ORG_LEVELS_RCP };

struct org_level {
	const struct org_unit *unit; /* NULL: the account's own level */
};

struct org_account_levels {
	const struct policy_list *policies; /* n of them; a level without policies has n 0 */
	const struct org_level *level;
	size_t n; /* 0: policies of that kind have no part (see below) */
};

struct org_levels;

/*
 * The organization must have units and policies (have_units, have_policies). A
 * policy whose content is missing or cannot be parsed is an error that names
 * it: a decision without it would be a guess.
 */
struct org_levels *org_levels_new(const struct org *o, struct arena *a, struct err *err) MUST_CHECK;

/*
 * The levels of one account; the arrays are `a`'s or shared. n is 0 where
 * policies of that kind have no part: the type is not enabled in the
 * organization, or the account is the management account, which "SCPs don't
 * affect" (and neither do RCPs). false: its unit is not known.
 */
bool org_levels_of(const struct org_levels *l, const struct org_account *acct,
		   enum org_levels_kind kind, struct arena *a, struct org_account_levels *out,
		   struct err *err) MUST_CHECK;

/* Whose parsed form that is; NULL: not one of these (FullAWSAccess of files has none). */
const struct org_policy *org_levels_policy(const struct org_levels *l, const struct policy *parsed);
/* "the organization's root (r-abcd)", "unit Workloads/Production (ou-…)", "account pos (2100…)". */
struct str org_level_text(const struct org_level *level, const struct org_account *acct,
			  struct arena *a);

#endif
