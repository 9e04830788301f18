#include "base/rng.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "base/mem.h"

void rng_bytes(void *out, size_t n)
{
	unsigned char *p = out;

	while (n > 0) {
		ssize_t got = getrandom(p, n, 0);

		if (got < 0 && errno == EINTR)
			continue;
		/* No fallback: a key made from anything weaker is worse than none. */
		if (got <= 0)
			BUG("getrandom failed with errno %d", errno);
		p += got;
		n -= (size_t)got;
	}
}

/* splitmix64: turns any seed, also 0 and 1, into four words that look unrelated. */
static uint64_t splitmix(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15U;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
	return z ^ (z >> 31);
}

void rng_seed(struct rng *r, uint64_t seed)
{
	for (size_t i = 0; i < ARRAY_SIZE(r->s); i++)
		r->s[i] = splitmix(&seed);
}

static uint64_t rotl(uint64_t x, int k)
{
	return (x << k) | (x >> (64 - k));
}

/* xoshiro256** 1.0 (Blackman and Vigna) */
uint64_t rng_u64(struct rng *r)
{
	uint64_t *s = r->s;
	uint64_t result = rotl(s[1] * 5, 7) * 9;
	uint64_t t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotl(s[3], 45);
	return result;
}

uint64_t rng_below(struct rng *r, uint64_t n)
{
	uint64_t reject, x;

	if (n == 0)
		BUG("rng_below(0)");
	/* 2^64 mod n values too many at the bottom would make the small results likelier. */
	reject = -n % n;
	do
		x = rng_u64(r);
	while (x < reject);
	return x % n;
}

double rng_unit(struct rng *r)
{
	/* 53 bits: each result is exact, and 1.0 cannot come out by rounding. */
	return (double)(rng_u64(r) >> 11) * 0x1p-53;
}

void rng_text(struct rng *r, const char *alphabet, char *out, size_t n)
{
	size_t count = strlen(alphabet);

	for (size_t i = 0; i < n; i++)
		out[i] = alphabet[rng_below(r, count)];
	out[n] = '\0';
}
