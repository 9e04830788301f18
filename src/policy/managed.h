#ifndef ROOTOUT_POLICY_MANAGED_H
#define ROOTOUT_POLICY_MANAGED_H

/*
 * AWS's own managed policies, the common ones: for the sandbox, and for telling
 * what a permission set that names them allows.
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
 *
 * Two are cut to a few services. What a cut policy says of other services is
 * not known here, and must not be taken for no.
 */

#include "base/str.h"

struct policy_managed {
	const char *name, *path, *id, *created, *description;
	const char *services; /* NULL: whole. Else: all it says of these, and of no others */
	const char *document;
};

const struct policy_managed *policy_managed_all(size_t *n);
/* By name ("ReadOnlyAccess") or ARN; NULL: not one of these. */
const struct policy_managed *policy_managed_find(struct str name_or_arn);

#endif
