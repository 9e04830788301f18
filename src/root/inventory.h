#ifndef ROOTOUT_ROOT_INVENTORY_H
#define ROOTOUT_ROOT_INVENTORY_H

/*
 * Who has a root user? The quietest way first.
 *
 * For each account one AssumeRoot and one GetAccountSummary: that tells all
 * four facts in one root event. The lists (key ids and last use, MFA serials,
 * certificates) are read only where the summary says that something is there,
 * and not at all with INVENTORY_SUMMARY. With via_role no root event happens:
 * an ordinary role in each member gives the account summary and the root row
 * of the credential report.
 *
 * Reading starts while ListAccounts still arrives. An account that fails is a
 * row with a reason. Only where a session was refused or its calls denied is
 * the cause looked up (features, SCPs: org policies are read once, then).
 * Calls for N accounts in summary mode: 2N + pages of ListAccounts + 2.
 */

#include "org/select.h"
#include "root/root.h"

enum inventory_mode { INVENTORY_AUTO, INVENTORY_SUMMARY };

struct inventory_options {
	const struct org_choice *choice; /* which accounts (org/select.h) */
	enum inventory_mode mode;
	struct str via_role; /* STR_NULL: root sessions */
	bool no_save;        /* do not remember it in the store */
	/* For progress; any thread. May be NULL. */
	void (*step)(size_t done, size_t known, void *ctx);
	void *ctx;
};

struct inventory {
	struct org *org;
	struct root_facts **rows; /* chosen accounts in the order of ListAccounts */
	size_t nrows, rows_cap;
	size_t excluded; /* accounts that the choice left out */
	int64_t taken_ms;
	int64_t previous_ms; /* of the inventory compared with; 0: none */
	enum tri credentials_feature, sessions_feature;
	struct arena *arena;
};

bool inventory_take(struct root_run *run, const struct inventory_options *opt,
		    struct inventory **out, struct err *err) MUST_CHECK;
void inventory_free(struct inventory **inv);
/*
 * The newest that the store knows of each account of this organization, whichever inventory it
 * came with; taken_ms is that of the newest. *out NULL when there was none.
 */
bool inventory_last(struct root_run *run, struct str org_id, struct inventory **out,
		    struct err *err) MUST_CHECK;

/* The same, but of each account the newest that was really read: for what a failed attempt must not
 * hide (keys in use). Accounts that never were are not in it. */
bool inventory_last_read(struct root_run *run, struct str org_id, struct inventory **out,
			 struct err *err) MUST_CHECK;

/* Fill one account's facts through sessions: what inventory_take and retire both call. */
void inventory_read_account(struct root_run *run, struct aws_worker *w, struct root_facts *f,
			    enum inventory_mode mode);

#endif
