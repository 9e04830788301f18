#ifndef ROOTOUT_SANDBOX_TRAIL_H
#define ROOTOUT_SANDBOX_TRAIL_H

/*
 * CloudTrail: one event for each call, also for those that were denied.
 *
 * Recording is cheap (a copy of a few strings); the event's JSON is made only
 * when somebody reads it or a file is written. Without a folder the last events
 * are kept in memory (TRAIL_KEPT); older ones are forgotten, and counted.
 *
 * With a folder every event is written too, in CloudTrail's layout,
 *	DIR/AWSLogs/[o-ID/]ACCOUNT/CloudTrail/REGION/yyyy/mm/dd/
 *	    ACCOUNT_CloudTrail_REGION_yyyymmddThhmmZ_RANDOM.json.gz
 * every few seconds, when much has come, and at the end. A kill loses the
 * events of the last seconds, but not those of changes: these come again from
 * the log (trail_again), with the same event id.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */

#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"
#include "sandbox/dispatch.h"

#define TRAIL_KEPT 50000
#define TRAIL_KEPT_BYTES MIB(32)

struct trail;

struct trail_options {
	const char *dir; /* NULL: in memory only */
	/* Called after files were written: all events of log entries up to `upto` are in them. */
	void (*written)(uint64_t upto, void *ctx);
	void *ctx;
};

struct trail *trail_new(const struct trail_options *opt);
/* Starts writing files by itself; before that nothing is written (a replay is under way). */
void trail_start(struct trail *t);
void trail_free(struct trail **t); /* writes what is left */

/* Under the world's lock. log_n: the entry of this change, 0 for what changed nothing. */
void trail_add(struct trail *t, const struct sandbox_request *r, bool ok, uint64_t log_n);
/* Replay: events of entries up to `upto` were written before. */
void trail_forget(struct trail *t, uint64_t upto);
void trail_clear(struct trail *t); /* reset: the events in memory go */

/* Events after number `since` (numbers begin at 1), as JSON lines; *last is the newest's number. */
void trail_read(struct trail *t, uint64_t since, struct buf *out, uint64_t *last);
/* Write now what has not been written. */
bool trail_flush(struct trail *t, struct err *err) MUST_CHECK;

#endif
