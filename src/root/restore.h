#ifndef ROOTOUT_ROOT_RESTORE_H
#define ROOTOUT_ROOT_RESTORE_H

/*
 * Giving one account its root user back for a while.
 *
 * restore_run allows password recovery (CreateLoginProfile through a session
 * with IAMCreateRootUserPassword), and remembers until when. Then the holder
 * of the account's mailbox goes to the sign-in page and chooses "Forgot
 * password". Nothing restores keys, certificates or MFA devices.
 * restores_due lists those past their deadline: `root retire --due` takes them back.
 */

#include "root/journal.h"

#define RESTORE_OP "CreateLoginProfile" /* in the journal */

struct restore {
	struct str account_id, account_name, email;
	struct str reason, who;
	int64_t since_ms, until_ms;
	int64_t ended_ms; /* 0: still open */
};

struct restore_result {
	bool already; /* a password recovery was already allowed (EntityAlreadyExists) */
	struct restore r;
};

bool restore_run(struct root_run *run, struct org_account *acct, int64_t for_ms, struct str reason,
		 struct arena *a, struct restore_result *out, struct err *err) MUST_CHECK;
/* Open ones; due_only: those past their deadline at now_ms. */
bool restores_open(struct root_run *run, struct str org_id, bool due_only, int64_t now_ms,
		   struct arena *a, struct restore **out, size_t *n, struct err *err) MUST_CHECK;
/*
 * The open row of a restore that was killed: done (the password is there) or not. Its
 * deadline stands in any case until the root user is taken back.
 */
bool restore_settle(struct root_run *run, const struct journal_row *row,
		    const struct org_account *acct, bool done, struct err *err) MUST_CHECK;
/* Called by retire when an account's root user is gone again. */
bool restore_end(struct root_run *run, struct str account_id, int64_t now_ms,
		 struct err *err) MUST_CHECK;

#endif
