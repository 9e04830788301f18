#ifndef ROOTOUT_ORG_LIVE_H
#define ROOTOUT_ORG_LIVE_H

/*
 * The organization as AWS has it. Each part is read when asked for, with as few
 * calls as AWS's API allows; each call is made as the given identity (the
 * management account's or a delegated administrator's).
 */

#include "aws/call.h"
#include "org/org.h"

struct pool;

enum org_parts {
	ORG_ACCOUNTS = 1,  /* ListAccounts: one call for each 20 */
	ORG_UNITS = 2,     /* ListRoots, ListOrganizationalUnitsForParent of each; places accounts
			     * by Account.Paths, ListAccountsForParent only where Paths is absent */
	ORG_POLICIES = 4,  /* ListPolicies, DescribePolicy, ListTargetsForPolicy (SCPs and RCPs).
			     * Reads units too; what is attached to accounts needs ORG_ACCOUNTS. */
	ORG_TAGS = 8,      /* ListTagsForResource of each account (needs ORG_ACCOUNTS) */
	ORG_DESCRIBE = 16, /* DescribeOrganization: id and management account */
};

/*
 * `account` (may be NULL) is called for each account while the list still arrives,
 * on the calling thread. Then o->id and o->management_id are known (an account's ARN names
 * both), acct->management too, and acct->unit if units were asked for and Paths is there; tags
 * and policies come later.
 *
 * `pool` (may be NULL) spreads calls that do not wait for each other over its workers, which
 * are struct aws_worker (aws_pool_worker_init): units of one level, policies, tags. Without it
 * all is done one after another on the calling thread.
 */
struct org_live_options {
	unsigned parts;
	void (*account)(const struct org *o, struct org_account *acct, void *ctx);
	void *ctx;
	struct pool *pool;
};

/*
 * What could not be read is never left out silently:
 *   - accounts, units, policies: an error of the whole reading;
 *   - tags of some accounts: have_tags is false there; an error where none could be read;
 *   - an account in a unit that was not found (the organization changes while it is read) has
 *     no unit;
 *   - a State or Status that is not known is ORG_STATE_UNKNOWN.
 * Attached policies are given as ids, in the order of ListPolicies. SCPs and RCPs are read
 * where the root has their type: o->scp_enabled, o->rcp_enabled.
 */
bool org_read_live(struct aws_worker *w, struct aws_identity *id,
		   const struct org_live_options *opt, struct arena *a, struct org **out,
		   struct err *err) MUST_CHECK;

/*
 * Only what binds a few accounts: these, the units above them, and the SCPs and RCPs that are
 * attached to any of those. However large the organization is, some ten calls an account:
 * DescribeOrganization, ListRoots; DescribeAccount and ListParents up to the root;
 * DescribeOrganizationalUnit; ListPoliciesForTarget of each level and type; DescribePolicy.
 * An account that is not in the organization is left out of *out.
 */
bool org_read_live_above(struct aws_worker *w, struct aws_identity *id, const struct str *accounts,
			 size_t naccounts, struct arena *a, struct org **out,
			 struct err *err) MUST_CHECK;

#endif
