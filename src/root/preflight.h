#ifndef ROOTOUT_ROOT_PREFLIGHT_H
#define ROOTOUT_ROOT_PREFLIGHT_H

/*
 * What stands in the way of retiring root users, and what the campaign itself
 * will set off. No root session is opened: nobody on call is woken by asking.
 *
 * Evidence comes from Organizations (features, policies, units, handshakes),
 * from the files (kept, open work), and from the last inventory in the store
 * (keys in use). What is not known is a finding, too.
 */

#include "root/cause.h"
#include "root/guard.h"

enum finding_level {
	FINDING_INFO,    /* good to know */
	FINDING_UNKNOWN, /* could not be told: look before you go on */
	FINDING_BLOCKER, /* the account cannot or must not be retired yet */
};

struct finding {
	enum finding_level level;
	const char *rule; /* "scp-blocks-root-session", "key-in-use", … */
	struct str text;
	struct str mend; /* what to do; STR_NULL: nothing */
	/* For scp-blocks-root-session. */
	const struct org_policy *policy;
	struct str target_id;
};

/* Root events that a campaign makes, by the service's own event names. */
struct forecast {
	size_t accounts;
	size_t assume_root;      /* in the caller's account */
	size_t summaries;        /* GetAccountSummary as root, in the member */
	size_t lists, deletions; /* as root, in the member */
	bool at_least;           /* some lists are not known: the true number may be higher */
};

struct preflight_account {
	struct org_account *account;
	struct finding *findings;
	size_t nfindings, cap;
	struct forecast forecast;
	enum finding_level worst; /* FINDING_INFO when there are none */
	bool out_of_reach;        /* management, or not active */
};

struct preflight {
	struct org *org;
	struct finding *findings; /* of the organization */
	size_t nfindings, cap;
	struct preflight_account *accounts;
	size_t naccounts;
	struct forecast forecast; /* of all */
	struct str caller_region;
	struct arena *arena;
};

bool preflight_take(struct root_run *run, const struct org_choice *choice, const struct org *files,
		    int64_t used_within_ms, struct arena *a, struct preflight **out,
		    struct err *err) MUST_CHECK;

#endif
