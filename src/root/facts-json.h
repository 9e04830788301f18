#ifndef ROOTOUT_ROOT_FACTS_JSON_H
#define ROOTOUT_ROOT_FACTS_JSON_H

/*
 * One account's root user as JSON: what commands print and the store keeps.
 * null is "unknown": a list that was not read is null, an empty one is [], also
 * where only the summary told that there is nothing to list. A key that is known
 * from the credential report has no id: null.
 * docs/json.md is the manual of the members.
 */

#include "root/root.h"

struct val *root_facts_val(struct arena *a, const struct root_facts *f);
/* Back from the store, in memory of its own; `account` is made anew from id, name and email. */
struct root_facts *root_facts_from_val(const struct val *v);

#endif
