#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"

#define BUF_FIRST 64

void buf_init(struct buf *b, size_t max)
{
	*b = BUF_INIT(max);
}

void buf_init_secret(struct buf *b, size_t max)
{
	*b = (struct buf){.max = max, .wipe = true};
}

static void give_back(struct buf *b)
{
	if (b->p && b->wipe)
		mem_wipe(b->p, b->cap);
	free(b->p);
}

void buf_release(struct buf *b)
{
	give_back(b);
	*b = (struct buf){.max = b->max, .wipe = b->wipe};
}

void buf_reset(struct buf *b)
{
	if (b->p && b->wipe)
		mem_wipe(b->p, b->n);
	buf_truncate(b, 0);
	b->overflowed = false;
}

void buf_truncate(struct buf *b, size_t n)
{
	if (n > b->n)
		BUG("buf_truncate to %zu of %zu bytes", n, b->n);
	b->n = n;
	if (b->p)
		b->p[n] = '\0';
}

/* Capacity for `need` bytes, the NUL included. */
static void grow(struct buf *b, size_t need)
{
	size_t cap = b->cap ? b->cap : BUF_FIRST;
	char *p;

	while (cap < need)
		if (__builtin_mul_overflow(cap, 2, &cap))
			cap = need;
	if (cap - 1 > b->max) /* need <= max + 1, so this never goes below need */
		cap = b->max + 1;
	if (!b->wipe) {
		b->p = xreallocarray(b->p, cap, 1);
	} else {
		/* realloc may leave a copy behind. */
		p = xmalloc(cap);
		if (b->n)
			memcpy(p, b->p, b->n);
		give_back(b);
		b->p = p;
	}
	b->cap = cap;
}

char *buf_room(struct buf *b, size_t n)
{
	/* The second test is for owners without a ceiling (SIZE_MAX): the NUL needs room, too. */
	if (b->overflowed || n > b->max - b->n || n >= SIZE_MAX - b->n) {
		b->overflowed = true;
		return NULL;
	}
	if (b->n + n + 1 > b->cap)
		grow(b, b->n + n + 1);
	b->p[b->n] = '\0';
	return b->p + b->n;
}

void buf_grew(struct buf *b, size_t n)
{
	if (n >= b->cap - b->n)
		BUG("buf_grew by %zu, room was %zu", n, b->cap - b->n);
	b->n += n;
	b->p[b->n] = '\0';
}

bool buf_add(struct buf *b, const void *p, size_t n)
{
	char *room = buf_room(b, n);

	if (!room)
		return false;
	if (n) {
		memcpy(room, p, n);
		buf_grew(b, n);
	}
	return true;
}

bool buf_adds(struct buf *b, struct str s)
{
	return buf_add(b, s.p, s.n);
}

bool buf_addz(struct buf *b, const char *z)
{
	return buf_add(b, z, strlen(z));
}

bool buf_addc(struct buf *b, char c)
{
	return buf_add(b, &c, 1);
}

bool buf_addn(struct buf *b, char c, size_t count)
{
	char *room = buf_room(b, count);

	if (!room)
		return false;
	memset(room, c, count);
	buf_grew(b, count);
	return true;
}

bool buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	bool ok;

	va_start(ap, fmt);
	ok = buf_vaddf(b, fmt, ap);
	va_end(ap);
	return ok;
}

bool buf_vaddf(struct buf *b, const char *fmt, va_list ap)
{
	va_list again;
	char *room;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (n < 0)
		BUG("bad format '%s'", fmt);
	room = buf_room(b, (size_t)n);
	if (!room)
		return false;
	vsnprintf(room, (size_t)n + 1, fmt, ap);
	buf_grew(b, (size_t)n);
	return true;
}

struct str buf_str(const struct buf *b)
{
	return (struct str){buf_z(b), b->n};
}

const char *buf_z(const struct buf *b)
{
	return b->p ? b->p : "";
}
