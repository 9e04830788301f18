#ifndef ROOTOUT_SANDBOX_SEED_PRIVATE_H
#define ROOTOUT_SANDBOX_SEED_PRIVATE_H

/*
 * What the files of the seed share:
 *
 *	seed.c		 reading and copying the folder; the administrators
 *	seed-org.c	 units, policies, accounts, trusted access, delegates
 *	seed-account.c	 what sandbox.yaml says of one account: state, root user, IAM
 */

#include "org/reality.h"
#include "sandbox/seed.h"
#include "sandbox/world-private.h"

struct seed {
	struct arena *arena;
	struct org *org;
	struct org_reality *real; /* sandbox.yaml */
};

struct seeding {
	const struct seed *seed;
	struct world *w;
	struct arena *a; /* gone afterwards */
	struct err *err;
	int64_t now_ms; /* the start */
};

#define ACCESS_ROLE "OrganizationAccountAccessRole"
/* When sandbox.yaml does not say since when: a year. */
#define SEED_AGE_MS (365 * 86400 * INT64_C(1000))

/* seed.c: the IAM user /sandbox/administrator with a key. */
void seed_admin(struct world *w, struct world_account *acct, int64_t now_ms);

/* seed-account.c */
bool seed_account(struct seeding *s, struct world_account *acct,
		  const struct reality_account *from) MUST_CHECK;

#endif
