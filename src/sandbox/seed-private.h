#ifndef ROOTOUT_SANDBOX_SEED_PRIVATE_H
#define ROOTOUT_SANDBOX_SEED_PRIVATE_H

/*
 * What the files of the seed share:
 *
 *	seed.c		 reading and copying the folder; the administrators
 *	seed-org.c	 units, policies, accounts, trusted access, delegates
 *	seed-account.c	 one account of sandbox.yaml: state, root user, IAM
 */

#include "sandbox/seed.h"
#include "sandbox/world-private.h"
#include "text/check.h"

struct seed {
	struct arena *arena;
	struct str path; /* of sandbox.yaml, for messages */
	struct org *org;
	struct val *doc; /* sandbox.yaml; NULL: none */
};

struct seeding {
	const struct seed *seed;
	struct world *w;
	struct check c; /* its arena is the seeding's, gone afterwards */
	int64_t now_ms; /* the start */
};

#define ACCESS_ROLE "OrganizationAccountAccessRole"
/* When sandbox.yaml does not say since when: a year. */
#define SEED_AGE_MS (365 * 86400 * INT64_C(1000))

/* seed.c: the IAM user /sandbox/administrator with a key. */
void seed_admin(struct world *w, struct world_account *acct, int64_t now_ms);

/* seed-account.c: `v` is the account's entry in sandbox.yaml. */
bool seed_account(struct seeding *s, struct world_account *acct, const struct val *v) MUST_CHECK;
/* ISO 8601, "-3d" or "3 days ago"; *ms is left alone when the member is absent. */
bool seed_time(struct seeding *s, const struct val *object, const char *name,
	       int64_t *ms) MUST_CHECK;

#endif
