#ifndef ROOTOUT_ROOT_LEDGER_PRIVATE_H
#define ROOTOUT_ROOT_LEDGER_PRIVATE_H

/*
 * For the journal: an entry that is appended in the same transaction as the
 * row it belongs to, so that there is one if and only if there is the other.
 */

#include "root/ledger.h"

struct ledger_pending;

struct ledger_pending *ledger_prepare(struct root_run *run, const struct ledger_entry *e);
bool ledger_append(struct store_tx *tx, void *pending, struct err *err); /* a store_fn */
void ledger_pending_free(void *pending);

#endif
