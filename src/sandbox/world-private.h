#ifndef ROOTOUT_SANDBOX_WORLD_PRIVATE_H
#define ROOTOUT_SANDBOX_WORLD_PRIVATE_H

/*
 * What the world-*.c files, the seed, sts and tests share beyond world.h.
 */

#include "sandbox/world.h"

/* The account that an access key id tells; false: not a key id. */
bool world_key_account(struct str access_key_id, char out[13]);

/*
 * IAM things as the seed and Organizations make them; the service's own
 * handlers validate first and then do the same. Policies must be valid: a BUG otherwise.
 */
struct iam_role *world_make_role(struct world *w, struct world_account *acct, struct str path,
				 struct str name, struct str trust, struct rng *rng,
				 int64_t now_ms);
struct iam_user *world_make_user(struct world *w, struct world_account *acct, struct str path,
				 struct str name, struct rng *rng, int64_t now_ms);
/* For the user's, or with user NULL root's. */
struct iam_key *world_make_key(struct world *w, struct world_account *acct, struct iam_user *user,
			       struct rng *rng, int64_t now_ms);
struct iam_inline *world_make_inline(struct world *w, struct str name, struct str document);
void world_make_attached(struct world *w, struct iam_attached **list, struct iam_managed *p);

/* A generator whose numbers hang only on the world's seed (w NULL: none) and these bytes. */
void world_rng(const struct world *w, const char *what, struct str which, struct rng *out);

#define ADMINISTRATOR_ACCESS_ARN "arn:aws:iam::aws:policy/AdministratorAccess"
#define FULL_ACCESS_DOCUMENT                                                                 \
	"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\"," \
	"\"Resource\":\"*\"}]}"

#endif
