#ifndef ROOTOUT_SANDBOX_IAM_ACCESS_H
#define ROOTOUT_SANDBOX_IAM_ACCESS_H

/*
 * Which services policies speak of, and who used them when: what the access
 * reports are made of (iam-advisor.c, iam-org-report.c), and what else reads documents
 * without deciding (iam-context.c, iam-granting.c).
 *
 * A service counts as allowed when a statement allows anything of it, wherever
 * and under whatever condition, and none denies all of it everywhere. AWS has
 * some 400 services in such a report; here they are those of iam_known_services.
 */

#include "sandbox/iam-private.h"

struct iam_service {
	const char *namespace, *name; /* "iam", "AWS Identity and Access Management" */
};
extern const struct iam_service iam_known_services[];
extern const size_t iam_known_services_count;

struct iam_documents {
	struct val **v; /* parsed */
	size_t n, cap;
};

void iam_add_document(struct sandbox_request *r, struct iam_documents *d, struct str text);
/* The condition keys that they ask for, each once (iam-context.c). */
struct val *iam_asked_keys(struct sandbox_request *r, const struct iam_documents *d);
bool iam_allows_service(const struct iam_documents *d, const char *namespace);
bool iam_denies_service(const struct iam_documents *d, const char *namespace);

/*
 * Whose policies count for a user, group or role: its own and, for a user, those
 * of its groups. NoSuchEntity where the ARN is of none.
 */
struct iam_owners {
	struct iam_entity *v; /* the one that was asked about first */
	size_t n, cap;
};
bool iam_policy_owners(struct sandbox_request *r, struct str arn,
		       struct iam_owners *out) MUST_CHECK;
void iam_add_documents_of(struct sandbox_request *r, struct iam_documents *d,
			  const struct iam_entity *e);
bool iam_is_member(const struct iam_group *g, const struct iam_user *u);

/* The last use of a service; NULL: none. */
const struct iam_use *iam_use_of(const struct iam_use *uses, const char *namespace);

/*
 * A job is done a little after it was asked for. Its result is made then and
 * kept under "Result", with what it was asked for beside it.
 */
#define IAM_JOB_MS 3000
struct str iam_job_id(struct sandbox_request *r);
bool iam_job_done(const struct sandbox_request *r, const struct val *job);
/* JobStatus, JobCreationDate, JobCompletionDate. */
void iam_put_job(struct sandbox_request *r, const struct val *job);

#endif
