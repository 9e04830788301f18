#ifndef ROOTOUT_BASE_MEM_H
#define ROOTOUT_BASE_MEM_H

/*
 * Memory that either comes or ends the program.
 *
 * Nothing above base/ calls malloc itself: what lives as long as a command, a
 * request or a plan lives in an arena (base/arena.h); the rest comes from here.
 * When the system has no memory left the program prints one line and aborts:
 * an answer that was cut short by a failed allocation is worse than none.
 *
 * Input never decides alone how much is asked for: readers have ceilings
 * (base/limits.h), so aborting here is not something that hostile input can
 * bring about.
 */

#include <stddef.h>

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Zeroed memory for `count` elements of `size` bytes; overflow aborts. */
void *xcalloc(size_t count, size_t size) __attribute__((malloc, returns_nonnull));

/* Uninitialised memory. xmalloc(0) is a valid pointer. */
void *xmalloc(size_t size) __attribute__((malloc, returns_nonnull));

/* Grow or shrink `p` (may be NULL) to `count` elements of `size` bytes. */
void *xreallocarray(void *p, size_t count, size_t size) __attribute__((returns_nonnull));

char *xstrdup(const char *s) __attribute__((malloc, returns_nonnull));
char *xstrndup(const char *s, size_t n) __attribute__((malloc, returns_nonnull));

/*
 * Fault injection for torture tests: the n-th call from now (1 = next) of an
 * xmalloc function behaves as if the system had no memory. 0 switches it off.
 */
void mem_fail_nth(unsigned long n);

/* Our own mistake, not the user's: print file, line and message, and abort. */
#define BUG(...) bug_at(__FILE__, __LINE__, __VA_ARGS__)
void bug_at(const char *file, int line, const char *fmt, ...) __attribute__((noreturn))
PRINTF_LIKE(3, 4);

#endif
