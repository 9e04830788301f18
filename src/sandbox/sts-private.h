#ifndef ROOTOUT_SANDBOX_STS_PRIVATE_H
#define ROOTOUT_SANDBOX_STS_PRIVATE_H

/*
 * What the files of the Security Token Service share:
 *
 *	sts.c		the table, GetCallerIdentity, GetSessionToken, GetFederationToken, key info
 *	sts-role.c	AssumeRole
 *	sts-root.c	AssumeRoot
 *	sts-session.c	new sessions, session policies, MFA
 *	sts-tags.c	session tags
 */

#include "sandbox/authz.h"
#include "sandbox/world-private.h"

sandbox_handler sts_assume_role;
sandbox_handler sts_assume_root;
/* An AssumeRoot at an endpoint that does not have it: true, and r->fault says so. */
bool sts_root_is_unknown(struct sandbox_request *r);

/* A new session with its credentials; the rest is the caller's to fill. */
struct world_session *sts_session(struct sandbox_request *r, enum session_kind kind,
				  struct world_account *acct, int64_t duration_s);
/* The member Credentials of an answer. */
void sts_put_credentials(struct sandbox_request *r, const struct world_session *s);

/* The parameters Policy and PolicyArns, checked; kept by sts_keep_policies. */
struct sts_policies {
	struct str text;
	const struct policy *parsed; /* in the request's arena: kept, it is parsed anew */
	struct str *arns;
	size_t narns;
	int64_t packed_percent;
};
bool sts_read_policies(struct sandbox_request *r, const struct world_account *acct,
		       struct sts_policies *p) MUST_CHECK;
void sts_keep_policies(struct sandbox_request *r, const struct sts_policies *p,
		       struct world_session *s);

/* SerialNumber and TokenCode: *mfa when they are there and fit the caller's device. */
bool sts_read_mfa(struct sandbox_request *r, bool *mfa) MUST_CHECK;

/* The parameter Tags, no key twice; views of the request until kept. */
bool sts_read_tags(struct sandbox_request *r, struct world_tags *out) MUST_CHECK;
void sts_keep_tags(struct sandbox_request *r, const struct world_tags *from, struct world_tags *to);
/* The tag of that name, "regardless of case"; NULL: none. */
const struct world_tag *sts_find_tag(const struct world_tags *t, struct str key);
/* Their condition keys: aws:RequestTag/… of each, and aws:TagKeys. */
struct policy_key *sts_tag_keys(struct sandbox_request *r, const struct world_tags *t);
size_t sts_tag_keys_count(const struct world_tags *t);

#endif
