#ifndef ROOTOUT_ROOT_LEDGER_H
#define ROOTOUT_ROOT_LEDGER_H

/*
 * The ledger: who did what to which root user, when, why, with which calls and
 * answers. Entries are never changed; each carries the SHA-256 of its content
 * and of the entry before it, so that a changed, missing or reordered entry is
 * found. The digest of the newest entry, kept elsewhere (a report, a ticket),
 * also shows a ledger that was cut at its end.
 *
 * Kinds: "enable", "session" (one for each root session: its calls and
 * answers), "deletion", "retired" (with its proof), "restored".
 * The effects (all but "session") of a run that was killed and resumed are the same
 * as those of one that was not.
 */

#include "root/root.h"
#include "text/val.h"

struct ledger_entry {
	int64_t n; /* 1, 2, 3 … */
	int64_t time_ms;
	struct str run;
	struct str kind;
	struct str who;
	struct str reason;
	struct str account_id, account_name;
	struct val *detail; /* object: task, target, calls [{op, about, code, request_id}] … */
	struct str hash;    /* 64 hex digits */
	struct str previous;
};

/* Appended in the order of these calls; n, time, hash and previous are filled by the writer.
 * wait: return only when it is on disk. Takes a copy. */
bool ledger_add(struct root_run *run, const struct ledger_entry *e, bool wait,
		struct err *err) MUST_CHECK;

struct ledger_filter {
	struct str account_id;      /* id or name; STR_NULL: any */
	struct str kind, run;       /* STR_NULL: any */
	int64_t since_ms, until_ms; /* 0: any */
};
bool ledger_read(struct store *st, const struct ledger_filter *f, struct arena *a,
		 struct ledger_entry **out, size_t *n, struct err *err) MUST_CHECK;

struct ledger_fault {
	int64_t n;
	struct str
		what; /* "entry 14 was changed", "entry 15 is missing", "entry 17 stands before 16" */
};
/* head: digest of the newest entry ("" when empty); expect: a digest kept elsewhere or STR_NULL. */
bool ledger_verify(struct store *st, struct str expect, struct arena *a,
		   struct ledger_fault **faults, size_t *nfaults, size_t *entries, struct str *head,
		   struct err *err) MUST_CHECK;

#endif
