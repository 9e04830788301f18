#ifndef ROOTOUT_ROOT_REPORT_H
#define ROOTOUT_ROOT_REPORT_H

/*
 * The state of every root user, the campaign, what remains, and the ledger's
 * digest, from the store and the files alone: no call is made, nobody is woken.
 *
 * What is known of an account is the newest that any inventory or retirement
 * read, with the time at which it was read; what was never read is unread.
 */

#include "base/buf.h"
#include "root/guard.h"
#include "root/ledger.h"
#include "root/waves.h"

struct report_account {
	const struct root_facts *facts;
	struct str unit, owners;            /* from the files; may be STR_NULL */
	const struct ledger_entry *retired; /* the newest; NULL: none */
	const struct restore *restore;      /* open; NULL: none */
	enum guard_kind guard;
	struct str guard_reason;
	bool remains; /* has a root user, or nobody knows */
};

struct report {
	struct str org_id, org_name;
	int64_t now_ms, taken_ms;
	struct report_account *accounts;
	size_t naccounts;
	size_t rootless, with, unread, out_of_reach, kept;
	struct wave_state *waves;
	size_t *wave_total, *wave_rootless; /* of each wave's accounts */
	size_t nwaves;
	struct restore *restores;
	size_t nrestores;
	struct ledger_entry *ledger;
	size_t nledger;
	struct ledger_fault *faults;
	size_t nfaults;
	struct str digest;
	struct inventory *inventory; /* owns the facts */
};

/* org_id STR_NULL: the organization of the newest inventory. files may be NULL. */
bool report_make(struct store *st, struct str org_id, const struct org *files, int64_t now_ms,
		 struct arena *a, struct report **out, struct err *err) MUST_CHECK;
void report_free(struct report **r);

/* One self-contained page: no script, nothing loaded from elsewhere. */
bool report_html(const struct report *r, struct buf *out);

#endif
