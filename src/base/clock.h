#ifndef ROOTOUT_BASE_CLOCK_H
#define ROOTOUT_BASE_CLOCK_H

/*
 * The one place that knows what time it is.
 *
 * struct clock is either the system's or one that a test (or the sandbox's
 * `clock` command) sets and moves. Wall time is in milliseconds since
 * 1970-01-01T00:00:00Z; monotonic time is for measuring and waiting, never
 * for showing. clock_sleep_ms on a set clock moves the clock instead of waiting.
 */

#include <stdatomic.h>

#include "base/err.h"
#include "base/str.h"

struct clock {
	_Atomic bool fixed;
	_Atomic int64_t fixed_ms;  /* when fixed: the time it is */
	_Atomic int64_t offset_ms; /* when not fixed: added to the system's time */
};

#define CLOCK_SYSTEM ((struct clock){0})

int64_t clock_now_ms(const struct clock *c); /* NULL: the system's */
void clock_set_ms(struct clock *c, int64_t now_ms);
void clock_advance_ms(struct clock *c, int64_t by_ms);

int64_t clock_mono_ms(void);
int64_t clock_mono_us(void);
void clock_sleep_ms(struct clock *c, int64_t ms); /* restarts after signals; NULL: real */

/*
 * Forms of AWS's and ours. Sizes include the NUL. All are of years 0001 to
 * 9999, in UTC; a time outside is shown as the first or last moment of them.
 */
#define TIME_ISO_SIZE 32
/* "2026-11-23T15:16:52Z"; milliseconds only when with_ms. */
const char *time_iso(int64_t ms, bool with_ms, char out[TIME_ISO_SIZE]);
/* "20261123T151652Z": X-Amz-Date, and the first 8 the credential scope. */
const char *time_amz(int64_t ms, char out[TIME_ISO_SIZE]);
/* "Mon, 23 Nov 2026 15:16:52 GMT" */
const char *time_http(int64_t ms, char out[TIME_ISO_SIZE]);

/*
 * Strict: a day or an hour that does not exist is refused, and so are leap
 * seconds and white space. On failure *ms is left alone.
 */
/*
 * ISO 8601 with Z or an offset (+09:00, +0900, +09), with or without seconds
 * and fraction (what is finer than ms is dropped); a bare day is its midnight UTC.
 */
bool time_parse_iso(struct str s, int64_t *ms) MUST_CHECK;
bool time_parse_amz(struct str s, int64_t *ms) MUST_CHECK;
bool time_parse_http(struct str s, int64_t *ms) MUST_CHECK;

/*
 * "2h", "90m", "3 days", "1d12h", "45s", "2w", "500ms" to milliseconds: whole
 * numbers, each unit at most once and the largest first, at most 100 years.
 */
bool duration_parse(struct str s, int64_t *ms, struct err *err) MUST_CHECK;
/* "2 h", "3 days 4 h": the largest unit and the next one, rounded down. */
const char *duration_text(int64_t ms, char out[TIME_ISO_SIZE]);

#endif
