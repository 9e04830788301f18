#ifndef ROOTOUT_SANDBOX_LOG_H
#define ROOTOUT_SANDBOX_LOG_H

/*
 * The log: every accepted change, one JSON line each, in DIR/log.jsonl.
 *
 *	struct state_log *log = state_log_open(dir, &err);
 *	while (state_log_next(log, arena, &entry, &err) && entry)
 *		replay(entry);
 *	n = state_log_append(log, entry);	// in order, under the world's lock
 *	state_log_wait(log, n, &err);		// before the answer leaves
 *
 * A line is {"n":N,…,"sum":"…"}: its number, what the caller says, and the first
 * 16 hex digits of SHA-256 over the sum of the line before and this line up to
 * `,"sum"`. So a line that was changed, taken out or moved is found, and named.
 * A last line that a kill or a full disk cut off is dropped (state_log_torn).
 *
 * state_log_wait makes one write and one fsync for all entries that came until
 * then, whoever waits. When one fails the log stays failed: what is in memory
 * is not on disk, and nothing may be answered any more.
 *
 * DIR is made with mode 0700, files 0600; DIR/lock keeps a second process out.
 */

#include "base/arena.h"
#include "base/err.h"
#include "text/val.h"

struct state_log;

/* ERR_REFUSED: another process has it. ERR_IO. */
struct state_log *state_log_open(const char *dir, struct err *err) MUST_CHECK;
void state_log_close(struct state_log **log); /* waits for what was appended */

/*
 * The next entry, NULL after the last. The entry's strings live until
 * state_log_next says that there is none left. ERR_INPUT with path and line
 * for a damaged one.
 */
bool state_log_next(struct state_log *log, struct arena *a, struct val **entry,
		    struct err *err) MUST_CHECK;
/* Bytes of an incomplete last line that were dropped; 0: none. */
size_t state_log_torn(const struct state_log *log);

/* The entry's number. Only after state_log_next has said NULL. */
uint64_t state_log_append(struct state_log *log, const struct val *entry);
uint64_t state_log_last(struct state_log *log);
/* Until entry n and all before it are on disk. */
bool state_log_wait(struct state_log *log, uint64_t n, struct err *err) MUST_CHECK;

/* For tests: write to this descriptor (which becomes the log's) from now on. */
void state_log_write_to(struct state_log *log, int fd);

#endif
