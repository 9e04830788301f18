#include "base/arena.h"

#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/secret.h"

#define BLOCK_FIRST KIB(4)
#define BLOCK_SMALL 512
#define BLOCK_MAX KIB(256)
/* Far below where sums with a block's record overflow. */
#define SIZE_LIMIT ((size_t)PTRDIFF_MAX / 2)

/*
 * Under AddressSanitizer what has not been handed out is poisoned, with a gap
 * behind each piece: an overflow into the next piece, and a use after
 * arena_reset, are found as they are with malloc.
 */
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#define POISON(p, n) ASAN_POISON_MEMORY_REGION(p, n)
#define UNPOISON(p, n) ASAN_UNPOISON_MEMORY_REGION(p, n)
#define ALIGN_LEAST 8
#define GAP 16
#else
#define POISON(p, n) ((void)(p), (void)(n))
#define UNPOISON(p, n) ((void)(p), (void)(n))
#define ALIGN_LEAST 1
#define GAP 0
#endif

struct block {
	struct block *next; /* the one before it in time */
	size_t size;        /* of data */
	size_t used;
	alignas(max_align_t) char data[];
};

struct arena {
	struct block *top;   /* where small pieces come from */
	struct block *first; /* what a reset keeps */
	size_t next_size;
	size_t bytes; /* of all blocks, headers included */
};

static struct block *block_new(struct arena *a, size_t data)
{
	/* Zeroed by the system where it can be: fresh big blocks cost no memset. */
	struct block *b = xcalloc(1, sizeof(*b) + data);

	POISON(b->data, data);
	b->size = data;
	a->bytes += sizeof(*b) + data;
	return b;
}

struct arena *arena_new(void)
{
	struct arena *a = xcalloc(1, sizeof(*a));

	a->next_size = BLOCK_FIRST;
	return a;
}

struct arena *arena_new_small(void)
{
	struct arena *a = arena_new();

	a->next_size = BLOCK_SMALL;
	return a;
}

void arena_free(struct arena **a)
{
	struct block *b, *next;

	if (!*a)
		return;
	for (b = (*a)->top; b; b = next) {
		next = b->next;
		free(b);
	}
	free(*a);
	*a = NULL;
}

void arena_reset(struct arena *a)
{
	struct block *b, *next;

	for (b = a->top; b; b = next) {
		next = b->next;
		if (b == a->first)
			continue;
		a->bytes -= sizeof(*b) + b->size;
		free(b);
	}
	if (a->first) {
		UNPOISON(a->first->data, a->first->used);
		memset(a->first->data, 0, a->first->used);
		POISON(a->first->data, a->first->used);
		a->first->used = 0;
		a->first->next = NULL;
		/* The next block is as large as the second one was. */
		a->next_size = a->first->size * 2;
	}
	a->top = a->first;
}

void arena_wipe(struct arena *a)
{
	for (struct block *b = a->top; b; b = b->next) {
		UNPOISON(b->data, b->used);
		mem_wipe(b->data, b->used);
	}
	arena_reset(a);
}

/* The piece at `at`, which the caller knows to fit. */
static void *take(struct block *b, size_t at, size_t size)
{
	b->used = at + size + GAP;
	UNPOISON(b->data + at, size);
	return b->data + at;
}

/* A block for one large piece goes below the top, which keeps serving the small ones. */
static void *alloc_large(struct arena *a, size_t size)
{
	struct block *b = block_new(a, size + GAP);

	if (a->top) {
		b->next = a->top->next;
		a->top->next = b;
	} else {
		a->top = b;
	}
	return take(b, 0, size);
}

static void *alloc_bytes(struct arena *a, size_t size, size_t align)
{
	struct block *b = a->top;
	size_t at;

	if (size > SIZE_LIMIT)
		BUG("an arena was asked for %zu bytes", size);
	if (align < ALIGN_LEAST)
		align = ALIGN_LEAST;
	if (b) {
		at = (b->used + align - 1) & ~(align - 1);
		if (at <= b->size && size + GAP <= b->size - at)
			return take(b, at, size);
	}
	if (size > BLOCK_MAX / 4)
		return alloc_large(a, size);
	while (a->next_size < size + GAP)
		a->next_size *= 2;
	b = block_new(a, a->next_size);
	if (a->next_size < BLOCK_MAX)
		a->next_size *= 2;
	b->next = a->top;
	a->top = b;
	if (!a->first)
		a->first = b;
	return take(b, 0, size);
}

void *arena_alloc(struct arena *a, size_t size)
{
	return alloc_bytes(a, size, alignof(max_align_t));
}

void *arena_calloc(struct arena *a, size_t count, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes))
		BUG("arena_calloc of %zu x %zu bytes", count, size);
	return arena_alloc(a, bytes);
}

char *arena_dupz(struct arena *a, struct str s)
{
	char *p;

	if (s.n >= SIZE_LIMIT)
		BUG("an arena was asked to copy %zu bytes", s.n);
	p = alloc_bytes(a, s.n + 1, 1);
	if (s.n)
		memcpy(p, s.p, s.n);
	return p; /* arena memory is zeroed: the NUL is there */
}

struct str arena_str(struct arena *a, struct str s)
{
	return str_is_null(s) ? s : (struct str){arena_dupz(a, s), s.n};
}

struct str arena_strz(struct arena *a, const char *z)
{
	return arena_str(a, str_of(z));
}

struct str arena_printf(struct arena *a, const char *fmt, ...)
{
	struct str s;
	va_list ap;

	va_start(ap, fmt);
	s = arena_vprintf(a, fmt, ap);
	va_end(ap);
	return s;
}

/* Most texts are short: formatted once, on the stack, and copied. */
#define SHORT_TEXT 256

struct str arena_vprintf(struct arena *a, const char *fmt, va_list ap)
{
	char brief[SHORT_TEXT];
	va_list again;
	char *p;
	int n;

	va_copy(again, ap);
	n = vsnprintf(brief, sizeof(brief), fmt, again);
	va_end(again);
	if (n < 0)
		BUG("bad format '%s'", fmt);
	if ((size_t)n < sizeof(brief))
		return arena_str(a, (struct str){brief, (size_t)n});
	p = alloc_bytes(a, (size_t)n + 1, 1);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	return (struct str){p, (size_t)n};
}

struct str arena_join_n(struct arena *a, const struct str *parts, size_t count)
{
	size_t n = 0, at = 0;
	char *p;

	for (size_t i = 0; i < count; i++)
		n += parts[i].n;
	p = alloc_bytes(a, n + 1, 1);
	for (size_t i = 0; i < count; i++) {
		if (parts[i].n)
			memcpy(p + at, parts[i].p, parts[i].n);
		at += parts[i].n;
	}
	return (struct str){p, n};
}

struct str arena_u64(struct arena *a, uint64_t v)
{
	char digits[20]; /* of UINT64_MAX */
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + v % 10);
		v /= 10;
	} while (v);
	return arena_str(a, (struct str){digits + at, sizeof(digits) - at});
}

void *arena_grow(struct arena *a, void *base, size_t n, size_t *cap, size_t size)
{
	void *bigger;
	size_t more;

	if (n < *cap)
		return base;
	more = *cap ? *cap * 2 : 8;
	bigger = arena_calloc(a, more, size);
	if (n)
		memcpy(bigger, base, n * size);
	*cap = more;
	return bigger;
}

size_t arena_bytes(const struct arena *a)
{
	return a->bytes;
}
