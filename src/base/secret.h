#ifndef ROOTOUT_BASE_SECRET_H
#define ROOTOUT_BASE_SECRET_H

/*
 * struct secret: bytes that must never be seen.
 *
 * The bytes live on pages of their own that are locked in memory, left out of
 * core dumps (MADV_DONTDUMP) and wiped before they are given back. There is no
 * function that prints one, no log field, no JSON form. secret_reveal hands
 * out a view for the one place that needs the bytes (signing, sending); the
 * view must not be stored, and a copy of it is the caller's to wipe.
 *
 * Small secrets share pages; a limit on locked memory (RLIMIT_MEMLOCK) that is
 * reached is not an error. A NUL follows the bytes and is not counted, for C
 * functions that want one.
 *
 * A zeroed struct is the absent secret. Secrets are copied only by secret_copy.
 */

#include "base/str.h"

struct secret {
	char *bytes_; /* not to be touched */
	size_t n_;
};

void secret_set(struct secret *s, struct str bytes); /* replaces and wipes what was there */
void secret_copy(struct secret *to, const struct secret *from);
void secret_release(struct secret *s); /* wipes; idempotent */
bool secret_is_set(const struct secret *s);
struct str secret_reveal(const struct secret *s);
bool secret_eq(const struct secret *s, struct str bytes); /* constant time */

/* Constant-time comparison of two byte strings of equal length (false otherwise). */
bool mem_eq_secret(struct str a, struct str b);
/* Not optimised away. */
void mem_wipe(void *p, size_t n);
/*
 * An allocator that wipes what is given back: for libraries that copy documents
 * and headers with keys in them (expat, curl) and let one name the functions.
 */
void *wiping_malloc(size_t n);
void *wiping_calloc(size_t count, size_t size);
void *wiping_realloc(void *p, size_t n);
char *wiping_strdup(const char *z);
void wiping_free(void *p);
/* No core dumps, no ptrace of this process (prctl, setrlimit): called by main. */
void secret_harden_process(void);

#endif
