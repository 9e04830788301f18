#ifndef ROOTOUT_ORG_LIVE_H
#define ROOTOUT_ORG_LIVE_H

/*
 * The organization as AWS has it. Each part is read when asked for, with as few
 * calls as AWS's API allows; each call is made as the given identity (the
 * management account's or a delegated administrator's).
 */

#include "aws/call.h"
#include "org/org.h"

enum org_parts {
	ORG_ACCOUNTS = 1,  /* ListAccounts: one call for each 20 */
	ORG_UNITS = 2,     /* ListRoots, ListOrganizationalUnitsForParent of each; places accounts
			     * by Account.Paths, ListAccountsForParent only where Paths is absent */
	ORG_POLICIES = 4,  /* ListPolicies, DescribePolicy, ListTargetsForPolicy (SCPs and RCPs) */
	ORG_TAGS = 8,      /* ListTagsForResource of each account */
	ORG_DESCRIBE = 16, /* DescribeOrganization: id and management account */
};

/* `account` (may be NULL) is called for each account while the list still arrives,
 * on the calling thread; the account is complete but for what comes from other parts, and
 * o->id and o->management_id are known (an account's ARN names both). */
struct org_live_options {
	unsigned parts;
	void (*account)(const struct org *o, struct org_account *acct, void *ctx);
	void *ctx;
};

bool org_read_live(struct aws_worker *w, struct aws_identity *id,
		   const struct org_live_options *opt, struct arena *a, struct org **out,
		   struct err *err) MUST_CHECK;

#endif
