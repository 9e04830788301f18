#ifndef ROOTOUT_ROOT_ENABLE_H
#define ROOTOUT_ROOT_ENABLE_H

/*
 * Centralized root access: trusted access for IAM, the two features, the
 * delegated administrator. enable_plan reads and says what is missing;
 * enable_run changes it step by step and reads back.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-enable-root-access.html
 */

#include "root/root.h"

enum enable_step_kind {
	ENABLE_TRUST,       /* organizations:EnableAWSServiceAccess iam.amazonaws.com */
	ENABLE_CREDENTIALS, /* iam:EnableOrganizationsRootCredentialsManagement */
	ENABLE_SESSIONS,    /* iam:EnableOrganizationsRootSessions */
	ENABLE_DELEGATE,    /* organizations:RegisterDelegatedAdministrator */
};

struct enable_step {
	enum enable_step_kind kind;
	bool needed;     /* false: is so already */
	bool done;       /* by enable_run, read back */
	struct str text; /* "turn on trusted access for iam.amazonaws.com" */
};

struct enable_wish {
	bool credentials, sessions;
	struct str delegate_id;   /* account id; STR_NULL: leave as it is */
	struct str delegate_name; /* for people; may be STR_NULL */
};

struct enable_plan {
	struct enable_step steps[4];
	size_t nsteps;
	size_t needed;
	struct str management_id;
	struct str other_delegates; /* accounts registered that the wish does not name; STR_NULL */
};

/* Refuses with ERR_REFUSED what cannot work: not the management account, not all features. */
bool enable_plan(struct root_run *run, const struct enable_wish *wish, struct arena *a,
		 struct enable_plan *out, struct err *err) MUST_CHECK;
/* Stops at the first failure. Every step done is in the ledger. */
bool enable_run(struct root_run *run, const struct enable_wish *wish, struct enable_plan *plan,
		struct arena *a, struct err *err) MUST_CHECK;

#endif
