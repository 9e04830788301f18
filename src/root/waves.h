#ifndef ROOTOUT_ROOT_WAVES_H
#define ROOTOUT_ROOT_WAVES_H

/*
 * The campaign: the waves of root.yaml in their order, and which are done.
 *
 * A wave is done when a run of it ended with no account left that should have
 * been retired. `after` and `wait` are kept by wave_may_begin; a wave that asks
 * for notice or approval wants to be told that both were given (rootout does
 * not send notices or collect approvals yet): what is told goes into the ledger.
 */

#include "root/root.h"

struct wave_state {
	const struct org_wave *wave;
	int64_t done_ms; /* 0: not done */
};

/* In the order of the files, pilot first. */
bool waves_read(struct root_run *run, const struct org *files, struct arena *a,
		struct wave_state **out, size_t *n, struct err *err) MUST_CHECK;

struct wave_words {
	bool skip_wait;
	struct str approved_by; /* STR_NULL: nobody */
	int64_t noticed_ms;     /* 0: owners were not told */
};

/* ERR_REFUSED with what is missing and what to do. */
bool wave_may_begin(const struct wave_state *waves, size_t n, const struct org_wave *wave,
		    const struct wave_words *words, int64_t now_ms, struct err *err) MUST_CHECK;
/* Ids (names where the files have no id) of the wave's accounts. */
struct str *wave_accounts(const struct org *files, const struct org_wave *wave, struct arena *a,
			  size_t *n);
bool wave_done(struct root_run *run, const struct org_wave *wave, size_t accounts,
	       struct str approved_by, struct err *err) MUST_CHECK;

#endif
