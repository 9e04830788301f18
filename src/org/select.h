#ifndef ROOTOUT_ORG_SELECT_H
#define ROOTOUT_ORG_SELECT_H

/*
 * Which accounts a command is about: --all, --account, --ou, --tag, --exclude,
 * --from FILE. The same rules as selectors in files (org/org.h).
 *
 * --account takes ids, names and patterns; --ou unit ids, names or paths, with everything
 * below; --tag key=value or key; several of one kind mean "or", several kinds "and" (like AWS's
 * filters); --exclude takes what --account takes, and wins. --from reads ids or
 * names, one a line ('#' begins a comment; the first field of a CSV line, or the
 * column that the first line calls id or account).
 *
 * --all with another kind chooses what the other chooses. No choice at all
 * (everything empty) chooses nothing: what it should mean is the caller's to say.
 */

#include "base/err.h"
#include "org/org.h"

struct org_choice {
	bool all;
	struct org_selector sel; /* names, units, tags (each kind: any of them), except */
	struct str *tag_keys;    /* tags asked for without a value */
	size_t ntag_keys;
	struct org_pos *name_pos; /* of sel.names, as far as known: where --from has them */
	size_t nname_pos;
};

/* Which parts of the organization must be read to decide: ORG_UNITS, ORG_TAGS bits. */
unsigned org_choice_needs(const struct org_choice *c);
/* --from: adds to sel.names. Errors carry file and line. */
bool org_choice_from_file(struct org_choice *c, const char *path, struct arena *a,
			  struct err *err) MUST_CHECK;
bool org_chosen(const struct org *o, const struct org_choice *c, const struct org_account *acct,
		bool *unknown);
/*
 * Names, ids and units that chose nothing are mistakes, in --exclude too: the first is the
 * error, with the nearest name there is. So is a tag whose key no account has, or whose
 * value looks like a mistyped one; a tag that simply fits nobody is not.
 */
bool org_choice_check(const struct org *o, const struct org_choice *c, struct err *err) MUST_CHECK;

#endif
