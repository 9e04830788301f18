#ifndef ROOTOUT_BASE_ARENA_H
#define ROOTOUT_BASE_ARENA_H

/*
 * struct arena: memory that is given back all at once.
 *
 * What lives as long as a command, a request or a plan is allocated from its
 * arena and never freed singly. One arena belongs to one thread at a time.
 * Memory is zeroed and aligned for any type. What the system does not give
 * ends the program (base/mem.h). Blocks start small (4 KiB) and double to
 * 256 KiB, so that 64 small arenas do not cost megabytes.
 */

#include <stdarg.h>

#include "base/str.h"

struct arena;

struct arena *arena_new(void);
/* Where there are thousands of them with little in each: blocks start at 512 bytes. */
struct arena *arena_new_small(void);
void arena_free(struct arena **a);
/* Forget everything, keep the first block: for reuse between requests. */
void arena_reset(struct arena *a);
/* The same, and nothing of what was in it stays in memory: where keys or passwords were. */
void arena_wipe(struct arena *a);

void *arena_alloc(struct arena *a, size_t size) __attribute__((returns_nonnull));
void *arena_calloc(struct arena *a, size_t count, size_t size) __attribute__((returns_nonnull));
#define arena_new_of(a, type) ((type *)arena_alloc((a), sizeof(type)))

/* Copies end in NUL (not counted), so .p may be given to C functions. */
struct str arena_str(struct arena *a, struct str s); /* STR_NULL stays STR_NULL */
struct str arena_strz(struct arena *a, const char *z);
char *arena_dupz(struct arena *a, struct str s);
struct str arena_printf(struct arena *a, const char *fmt, ...) PRINTF_LIKE(2, 3);
struct str arena_vprintf(struct arena *a, const char *fmt, va_list ap) PRINTF_LIKE(2, 0);

/*
 * Texts one behind the other, several times cheaper than arena_printf:
 *	arena_join(a, STR("no "), name, STR(" here"))
 * Never STR_NULL.
 */
#define arena_join(a, ...)                                   \
	arena_join_n((a), (const struct str[]){__VA_ARGS__}, \
		     sizeof((const struct str[]){__VA_ARGS__}) / sizeof(struct str))
struct str arena_join_n(struct arena *a, const struct str *parts, size_t count);

struct str arena_u64(struct arena *a, uint64_t v); /* in decimal digits */

/*
 * Growing array in an arena: makes room for one more element and returns the
 * new base. Old storage stays until the arena goes. Usage:
 *	v = arena_grow(a, v, n, &cap, sizeof(*v)); v[n++] = x;
 */
void *arena_grow(struct arena *a, void *base, size_t n, size_t *cap, size_t size);

size_t arena_bytes(const struct arena *a);

#endif
