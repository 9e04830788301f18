#ifndef ROOTOUT_ROOT_INVENTORY_PRIVATE_H
#define ROOTOUT_ROOT_INVENTORY_PRIVATE_H

/* Shared by the files of the inventory: see root/inventory.h. */

#include "root/inventory.h"

/* Through an ordinary role: no root event. Fills f, also on failure. */
void inventory_read_by_role(struct root_run *run, struct aws_worker *w, struct root_facts *f,
			    struct str role);
/* Fills row->changes by comparing with what was known before. */
void inventory_compare(struct inventory *now, const struct inventory *before);
/* Queued; failures come out of store_flush. */
void inventory_save(struct root_run *run, const struct inventory *inv);
struct inventory *inventory_new(int64_t now_ms);
void inventory_add(struct inventory *inv, struct root_facts *f);

#endif
