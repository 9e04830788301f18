#ifndef ROOTOUT_ROOT_GUARD_H
#define ROOTOUT_ROOT_GUARD_H

/*
 * Reasons to leave a root user alone, known without asking it anything: what
 * the files say (root.yaml: keep, work), what the last inventory saw (a key in
 * use), a restore that has not run out. Preflight reports them, retire obeys.
 */

#include "root/inventory.h"
#include "root/restore.h"

enum guard_kind {
	GUARD_NONE,
	GUARD_KEPT,     /* root.yaml keeps it: nothing is wrong */
	GUARD_WORK,     /* root-only work is open */
	GUARD_KEY_USED, /* a key was used not long ago */
	GUARD_RESTORED, /* given back until a deadline that has not passed */
};

struct guard {
	const struct org *files;      /* NULL: none */
	const struct inventory *last; /* NULL: none */
	const struct restore *restores;
	size_t nrestores;
	int64_t now_ms;
	int64_t used_within_ms; /* 0: keys in use do not matter */
};

/* Is one of its active keys in use? For who has read them just now. */
bool guard_key_used(const struct root_facts *f, int64_t used_within_ms, int64_t now_ms,
		    struct arena *a, struct str *reason);
/* *reason is in the arena. */
enum guard_kind guard_check(const struct guard *g, const struct org_account *acct, struct arena *a,
			    struct str *reason);

#endif
