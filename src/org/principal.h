#ifndef ROOTOUT_ORG_PRINCIPAL_H
#define ROOTOUT_ORG_PRINCIPAL_H

/*
 * One IAM user or role as AWS has it: what was granted to it, and its limits.
 *
 *	struct org_principal p;
 *	if (!org_read_principal(w, identity, STR("arn:aws:iam::…:role/app"), arena, &p, &err)) …
 *	set.identity = p.identity; set.has_identity = true;
 *	set.boundary = p.boundary; set.has_boundary = p.boundary != NULL;
 *
 * The identity must be of the principal's account, and may read IAM there. A
 * role takes four calls and more for each policy: iam:GetRole,
 * ListAttachedRolePolicies, GetPolicy and GetPolicyVersion of each,
 * ListRolePolicies, GetRolePolicy of each; a user the same, and its groups' too.
 * What cannot be read is an error of the whole: a decision without it would be
 * a guess.
 */

#include "aws/call.h"
#include "policy/context.h"

struct org_principal {
	struct str arn;    /* with its path */
	struct str userid; /* of a user; STR_NULL for a role: a session's has the session's name */
	struct policy_list identity;
	const struct policy *boundary; /* NULL: none */
	struct policy_tags tags;
};

/* Is it one that has policies of its own: a user, a role, or a role's session? */
bool org_principal_is_readable(struct str arn);

/* `arn` is a user's, a role's or a role session's. All of *out lives in the arena. */
bool org_read_principal(struct aws_worker *w, struct aws_identity *id, struct str arn,
			struct arena *a, struct org_principal *out, struct err *err) MUST_CHECK;

#endif
