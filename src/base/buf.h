#ifndef ROOTOUT_BASE_BUF_H
#define ROOTOUT_BASE_BUF_H

/*
 * struct buf: bytes that grow, up to a ceiling that the owner must name.
 *
 *	struct buf b;
 *	buf_init(&b, LIMIT_MESSAGE);
 *	buf_addz(&b, "hello ");
 *	buf_addf(&b, "%d", 42);
 *	if (buf_overflowed(&b)) ...
 *	buf_release(&b);
 *
 * Adding past the ceiling adds nothing at all of that piece and sets a sticky
 * flag, so a caller may build a whole message and ask once at the end.
 * The bytes are always followed by a NUL that is not counted (buf_z).
 * buf_release may be called twice and on a zeroed struct. BUF_INIT(max) is the
 * static form.
 */

#include <stdarg.h>

#include "base/str.h"

struct buf {
	char *p;
	size_t n;
	size_t cap;
	size_t max; /* bytes, compulsory */
	bool overflowed;
	bool wipe; /* wipe the memory before it is given back or moved */
};

#define BUF_INIT(max_bytes) ((struct buf){.max = (max_bytes)})

void buf_init(struct buf *b, size_t max);
/* A buffer for secret bytes: wiped when it grows and when it is released. */
void buf_init_secret(struct buf *b, size_t max);
void buf_release(struct buf *b);
/* Forget the content (and the overflow flag), keep the memory. */
void buf_reset(struct buf *b);
void buf_truncate(struct buf *b, size_t n);

/* Each returns false when the ceiling was hit (now or earlier). */
bool buf_add(struct buf *b, const void *p, size_t n);
bool buf_adds(struct buf *b, struct str s);
bool buf_addz(struct buf *b, const char *z);
bool buf_addc(struct buf *b, char c);
bool buf_addn(struct buf *b, char c, size_t count);
bool buf_addf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
bool buf_vaddf(struct buf *b, const char *fmt, va_list ap) PRINTF_LIKE(2, 0);

/* Room for n more bytes at the end, to be filled and then taken by buf_grew. NULL past the ceiling. */
char *buf_room(struct buf *b, size_t n);
void buf_grew(struct buf *b, size_t n);

static inline bool buf_overflowed(const struct buf *b)
{
	return b->overflowed;
}
/* A view of the content; valid until the buffer is changed. Never STR_NULL. */
struct str buf_str(const struct buf *b);
const char *buf_z(const struct buf *b);

#endif
