#ifndef ROOTOUT_ROOT_JOURNAL_H
#define ROOTOUT_ROOT_JOURNAL_H

/*
 * The journal of changes to root users: what was about to be done, and what
 * came of it. Both writes are on disk before they return.
 *
 *	journal_begin(run, acct, "DeleteAccessKey", id, &row, &err)	// before the call
 *	… the call …
 *	journal_end(run, row, JOURNAL_DONE, …, &ledger_entry, &err)	// after the answer
 *
 * A row without an outcome is of a run that was killed (or is under way): its
 * call may or may not have been made. One row with op "retire" spans all that
 * is done in an account, so that an account that was left half done is known.
 */

#include "root/ledger.h"

enum journal_outcome {
	JOURNAL_DONE,
	JOURNAL_DONE_LOST, /* gone, though the answer was lost */
	JOURNAL_FAILED,    /* refused, or a fault */
	JOURNAL_NOT_DONE,  /* found untouched by the run that resumed */
};

bool journal_begin(struct root_run *run, struct str account_id, const char *op, struct str target,
		   int64_t *row, struct err *err) MUST_CHECK;
/* entry (may be NULL) is appended to the ledger in the same transaction. */
bool journal_end(struct root_run *run, int64_t row, enum journal_outcome outcome, struct str code,
		 struct str request_id, const struct ledger_entry *entry,
		 struct err *err) MUST_CHECK;

struct journal_row {
	int64_t id;
	struct str run, account_id, op, target;
	int64_t time_ms;
};
/* Rows without an outcome of this organization, oldest first. */
bool journal_open_rows(struct root_run *run, struct arena *a, struct journal_row **out, size_t *n,
		       struct err *err) MUST_CHECK;

#endif
