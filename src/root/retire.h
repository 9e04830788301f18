#ifndef ROOTOUT_ROOT_RETIRE_H
#define ROOTOUT_ROOT_RETIRE_H

/*
 * Deleting the credentials of root users, with proof.
 *
 *	retire_plan	reads (an audit session for each account, kept open) and says
 *			what would be deleted where; nothing is changed
 *	retire_run	deletes, account by account, proves, stops at the first surprise
 *
 * Per account: audit session, GetAccountSummary; delete session; the lists
 * that the summary calls for; the login profile, then keys, certificates, MFA
 * devices; GetAccountSummary again through the audit session (the delete policy
 * does not allow it). "retired" is said only of an account whose proof was
 * read after its last deletion. IAM is eventually consistent: a proof that
 * still shows what was just deleted is read again for up to 30 s before it is a surprise.
 * Calls: 4 for each account + one for each list + one for each deletion.
 *
 * Journal (table journal): one row before each call that changes something
 * (intent) and one after (outcome). Who resumes reads the account again; an
 * intent without an outcome whose target is gone is "done, answer lost", one whose target is
 * still there is carried out. An answer lost on the way that is followed by NoSuchEntity
 * counts as done.
 *
 * A surprise is: a refusal, a fault that retries did not mend, a credential
 * that appears, a proof that does not come. Then no further account is begun;
 * those under way are ended properly (the one that surprised stays as it is).
 * What is known before the start is no surprise: an account that could not be
 * read is shown in the plan, stays "unread", and the result says so.
 */

#include "org/select.h"
#include "root/inventory.h"
#include "root/journal.h"
#include "root/session.h"

/* GetAccessKeyLastUsed itself is up to four hours late. */
#define RETIRE_TRUST_MS (INT64_C(24) * 3600000)

struct retire_options {
	const struct org_choice *choice;
	/* Asked for each chosen account before anything is read as its root: a reason to leave it
	 * alone (kept by the files, open root-only work, a key in use), or STR_NULL. May be NULL. */
	struct str (*skip)(const struct org_account *acct, struct arena *a, void *ctx);
	void *skip_ctx;
	/* An account with an active key that was used within this time is left alone; 0: do not
	 * look. Looking costs one list and one call for each key, where `last` (may be NULL) did
	 * not read it within RETIRE_TRUST_MS. */
	int64_t used_within_ms;
	const struct inventory *last;
	/* For progress; any thread. May be NULL. */
	void (*step)(size_t done, size_t known, void *ctx);
	void *ctx;
};

enum deletion_state {
	DELETION_PLANNED,
	DELETION_DONE,
	DELETION_DONE_LOST, /* its answer was lost, it is gone */
	DELETION_FAILED,
};

struct deletion {
	enum root_credential kind;
	struct str target; /* key id, certificate id, MFA serial; empty for the password */
	enum deletion_state state;
	struct str code, message; /* of a failure */
};

struct retire_account {
	struct root_facts *facts;
	/* Before the run: one for each kind that the summary shows, without targets. After: all. */
	struct deletion *deletions;
	size_t ndeletions, deletions_cap;
	bool unfinished;            /* an earlier, killed run left it under way */
	int64_t proved_ms;          /* 0: not proved */
	struct root_session *audit; /* open from the plan to the proof */
	int64_t journal_row;
};

struct retire_plan {
	struct org *org;
	struct retire_account **accounts;
	size_t naccounts, accounts_cap;
	size_t excluded;          /* accounts that the choice left out */
	struct journal_row *open; /* of killed runs */
	size_t nopen;
	size_t to_delete; /* accounts with something to delete */
	size_t rootless;  /* nothing to do */
	size_t blocked;   /* unread */
	size_t skipped;
	size_t unfinished; /* accounts that an earlier, killed run left under way */
	struct arena *arena;
};

bool retire_plan(struct root_run *run, const struct retire_options *opt, struct retire_plan **out,
		 struct err *err) MUST_CHECK;
/*
 * Enter what killed runs left open and the plan's reading settles: sessions, and restores. Part of
 * retire_run; for a plan without anything to delete it is all there is to do.
 */
bool retire_settle(struct root_run *run, struct retire_plan *plan, struct err *err) MUST_CHECK;
/*
 * true: every account of the plan is retired or had nothing to delete. false
 * with err: the first surprise; rows say the rest.
 */
bool retire_run(struct root_run *run, struct retire_plan *plan, const struct retire_options *opt,
		struct err *err) MUST_CHECK;
void retire_plan_free(struct retire_plan **plan);

#endif
