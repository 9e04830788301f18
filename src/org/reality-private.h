#ifndef ROOTOUT_ORG_REALITY_PRIVATE_H
#define ROOTOUT_ORG_REALITY_PRIVATE_H

/* reality.c reads the organization and its accounts, reality-iam.c what is in an account's IAM. */

#include "org/files-private.h"
#include "org/reality.h"

struct reality_reader {
	struct files_reader r;
	const struct org *org;
	int64_t now_ms;
	struct org_reality *out;
};

/* A time that is not after now; *out is left alone when the member is absent. */
void reality_moment(struct reality_reader *rr, const struct val *object, const char *key,
		    int64_t *out);
/* password, mfa, keys, certificates of a root user or an IAM user. */
void reality_login_of(struct reality_reader *rr, const struct val *v, struct reality_login *login);
/* users, groups, roles, policies of an account. */
void reality_iam(struct reality_reader *rr, const struct val *v, struct reality_account *ra);

#endif
