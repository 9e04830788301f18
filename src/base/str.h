#ifndef ROOTOUT_BASE_STR_H
#define ROOTOUT_BASE_STR_H

/*
 * struct str: a view of bytes. Pointer and length, passed by value.
 *
 * A view owns nothing and need not end in NUL; who made it says how long the
 * bytes live. {NULL, 0} is the absent string (str_is_null); a present empty
 * string has a non-NULL pointer. Comparing treats both as equal: where the
 * difference matters, ask for it.
 *
 * Print one with "%.*s", STR_ARG(s).
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"

struct str {
	const char *p;
	size_t n;
};

#define STR(lit) ((struct str){(lit), sizeof(lit) - 1})
#define STR_NULL ((struct str){NULL, 0})
#define STR_ARG(s) (int)(s).n, ((s).p ? (s).p : "")

/* View of a NUL-terminated string; NULL gives the absent string. */
struct str str_of(const char *z);
struct str str_ofn(const char *p, size_t n);

static inline bool str_is_null(struct str s)
{
	return s.p == NULL;
}
static inline bool str_is_empty(struct str s)
{
	return s.n == 0;
}

bool str_eq(struct str a, struct str b);
bool str_eqz(struct str a, const char *z);
bool str_eq_nocase(struct str a, struct str b); /* ASCII letters only */
int str_cmp(struct str a, struct str b);        /* bytes, shorter first */

bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
bool str_startsz(struct str s, const char *prefix);
bool str_endsz(struct str s, const char *suffix);

/* Index of the first `c`, or of `needle`; -1 when there is none. */
ptrdiff_t str_chr(struct str s, char c);
ptrdiff_t str_rchr(struct str s, char c);
ptrdiff_t str_find(struct str s, struct str needle);

/* The part from `from` (clamped), at most `n` bytes. */
struct str str_sub(struct str s, size_t from, size_t n);
struct str str_from(struct str s, size_t from);

/* Without ASCII white space at both ends. */
struct str str_trim(struct str s);

/*
 * Cut at the first `sep`: `*head` gets what is before it, `*rest` what is
 * after. Without a `sep`: head = all, rest = STR_NULL, and false is returned.
 * head or rest may point to the same object as s's origin.
 */
bool str_cut(struct str s, char sep, struct str *head, struct str *rest);

/*
 * Iterate over fields: while (str_next(&rest, ',', &field)). An empty string
 * gives one empty field; STR_NULL gives none.
 */
bool str_next(struct str *rest, char sep, struct str *field);

/* Whole string as a decimal number; false on anything else or overflow. */
bool str_to_i64(struct str s, int64_t *out) MUST_CHECK;
bool str_to_u64(struct str s, uint64_t *out) MUST_CHECK;

bool str_all_digits(struct str s); /* false for the empty string */

/* FNV-1a with a per-process random seed (hash flooding). */
uint64_t str_hash(struct str s);

/*
 * The candidate that a person most likely meant (Damerau-Levenshtein distance,
 * ASCII case ignored, at most a third of the word's length), or STR_NULL; the
 * first of equals. Words past 64 bytes have none. For "did you mean".
 */
struct str str_nearest(struct str word, const struct str *candidates, size_t count);

#endif
