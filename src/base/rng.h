#ifndef ROOTOUT_BASE_RNG_H
#define ROOTOUT_BASE_RNG_H

/*
 * Random numbers. rng_bytes is the system's and good enough for keys; struct
 * rng is a seeded generator (splitmix64/xoshiro) for jitter, for fault
 * injection and for a sandbox that must behave the same at every run. It is
 * not for secrets and not for several threads at once.
 */

#include <stddef.h>
#include <stdint.h>

struct rng {
	uint64_t s[4];
};

void rng_bytes(void *out, size_t n);
void rng_seed(struct rng *r, uint64_t seed);
uint64_t rng_u64(struct rng *r);
uint64_t rng_below(struct rng *r, uint64_t n); /* 0 … n-1, unbiased; n > 0 */
double rng_unit(struct rng *r);                /* [0, 1) */

/* n characters of `alphabet` and a NUL. */
void rng_text(struct rng *r, const char *alphabet, char *out, size_t n);

#endif
