#ifndef ROOTOUT_BASE_UTF8_H
#define ROOTOUT_BASE_UTF8_H

/*
 * UTF-8, strictly: no overlong forms, no surrogates, nothing past U+10FFFF.
 */

#include "base/str.h"

/* Byte offset of the first invalid sequence, or -1 when all is valid. */
ptrdiff_t utf8_invalid_at(struct str s);
bool utf8_valid(struct str s);

/*
 * Decode one code point at s.p[*at] and move *at behind it. An invalid
 * sequence gives U+FFFD and moves one byte. *at must be < s.n.
 */
uint32_t utf8_next(struct str s, size_t *at);

/* Write cp (valid scalar value) to out[4]; returns the bytes used, 0 if cp is not one. */
size_t utf8_put(char out[4], uint32_t cp);

/* What counts below takes each byte of an invalid sequence for a U+FFFD. */

/* Code points in s; AWS's limits count characters, not bytes. */
size_t utf8_length(struct str s);
/* UTF-16 code units in s: what IAM's '?' matches (facts/aws-answers, Policy conditions 18). */
size_t utf16_length(struct str s);

/* Terminal columns: 2 for East Asian wide and most emoji, 0 for combining and control. */
int utf8_cp_width(uint32_t cp);
size_t utf8_width(struct str s);

#endif
