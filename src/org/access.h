#ifndef ROOTOUT_ORG_ACCESS_H
#define ROOTOUT_ORG_ACCESS_H

/*
 * Who can do what in an organization: groups and users, through the permission
 * sets assigned to them, within service and resource control policies.
 *
 *	struct org_access *acc = org_access_new(o, arena, &err);
 *	for each i < acc->ngrants:
 *		org_access_can(acc, &acc->grants[i], &ask, arena, &answer);
 *
 * What is not known is never no: condition keys that the question does not give
 * (a Region, an address, a tag), and policies that only their name is known of.
 * Resource-based policies are not part of an organization; one may let somebody
 * in whom no permission set does. Where nothing is allowed without one (another
 * account's resource, a role, a KMS key) what a permission set allows is UNKNOWN.
 */

#include "org/levels.h"
#include "org/org.h"
#include "policy/assume.h"

/* One group or user in one account through one permission set. */
struct org_grant {
	const struct org_assignment *assignment;
	const struct org_account *account;
	const struct org_permission_set *set; /* NULL: not among the organization's */
	struct str who;
	bool is_user;
	const struct org_grant_policies *policies; /* access.c's */
};

enum org_can { ORG_CAN_NO, ORG_CAN_YES, ORG_CAN_DEPENDS, ORG_CAN_UNKNOWN };

struct org_ask {
	struct str action, resource;   /* "*" where STR_NULL */
	const struct policy_key *keys; /* known condition keys */
	size_t nkeys;
};

struct org_answer {
	enum org_can can;
	struct str why;
	/* DEPENDS and UNKNOWN: on what, without the places where it is said; for comparing. */
	struct str on;
};

struct org_access {
	const struct org *o;
	struct org_grant *grants; /* by account, who, permission set */
	size_t ngrants;
	int64_t now_ms; /* the caller's to set: assignments whose `until` is past are NO; 0: none is */
	struct org_access_cache *cache;
};

/*
 * Policies are prepared for the keys of `keys`: every question must then give
 * just these. An assignment whose accounts cannot be told is an error.
 */
struct org_access *org_access_new(const struct org *o, const struct policy_key *keys, size_t nkeys,
				  struct arena *a, struct err *err) MUST_CHECK;
bool org_access_can(struct org_access *acc, const struct org_grant *g, const struct org_ask *ask,
		    struct arena *a, struct org_answer *out, struct err *err) MUST_CHECK;
const char *org_can_text(enum org_can can); /* "yes", "no", "depends", "unknown" */

/* Every Action with its Resource that a policy of the organization names. */
void org_access_pairs(const struct org_access *acc, struct arena *a, struct policy_pair **out,
		      size_t *n, size_t *cap);

#endif
