#include "base/str.h"

#include <pthread.h>
#include <string.h>

#include "base/rng.h"

struct str str_of(const char *z)
{
	return z ? (struct str){z, strlen(z)} : STR_NULL;
}

struct str str_ofn(const char *p, size_t n)
{
	return (struct str){p, n};
}

bool str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool str_eqz(struct str a, const char *z)
{
	return str_eq(a, str_of(z));
}

static unsigned char lower(unsigned char c)
{
	return c >= 'A' && c <= 'Z' ? (unsigned char)(c | 0x20) : c;
}

bool str_eq_nocase(struct str a, struct str b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (lower((unsigned char)a.p[i]) != lower((unsigned char)b.p[i]))
			return false;
	return true;
}

int str_cmp(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n ? memcmp(a.p, b.p, n) : 0;

	if (c != 0)
		return c < 0 ? -1 : 1;
	return (a.n > b.n) - (a.n < b.n);
}

bool str_starts(struct str s, struct str prefix)
{
	return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

bool str_ends(struct str s, struct str suffix)
{
	return s.n >= suffix.n &&
	       (suffix.n == 0 || memcmp(s.p + (s.n - suffix.n), suffix.p, suffix.n) == 0);
}

bool str_startsz(struct str s, const char *prefix)
{
	return str_starts(s, str_of(prefix));
}

bool str_endsz(struct str s, const char *suffix)
{
	return str_ends(s, str_of(suffix));
}

ptrdiff_t str_chr(struct str s, char c)
{
	const char *at = s.n ? memchr(s.p, c, s.n) : NULL;

	return at ? at - s.p : -1;
}

ptrdiff_t str_rchr(struct str s, char c)
{
	const char *at = s.n ? memrchr(s.p, c, s.n) : NULL;

	return at ? at - s.p : -1;
}

ptrdiff_t str_find(struct str s, struct str needle)
{
	const char *at;

	if (needle.n == 0)
		return 0;
	if (needle.n > s.n)
		return -1;
	at = memmem(s.p, s.n, needle.p, needle.n);
	return at ? at - s.p : -1;
}

struct str str_sub(struct str s, size_t from, size_t n)
{
	if (str_is_null(s))
		return s;
	if (from > s.n)
		from = s.n;
	if (n > s.n - from)
		n = s.n - from;
	return (struct str){s.p + from, n};
}

struct str str_from(struct str s, size_t from)
{
	return str_sub(s, from, SIZE_MAX);
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct str str_trim(struct str s)
{
	while (s.n > 0 && is_space(s.p[s.n - 1]))
		s.n--;
	while (s.n > 0 && is_space(s.p[0])) {
		s.p++;
		s.n--;
	}
	return s;
}

bool str_cut(struct str s, char sep, struct str *head, struct str *rest)
{
	ptrdiff_t at = str_chr(s, sep);

	if (at < 0) {
		*head = s;
		*rest = STR_NULL;
		return false;
	}
	*head = str_sub(s, 0, (size_t)at);
	*rest = str_from(s, (size_t)at + 1);
	return true;
}

bool str_next(struct str *rest, char sep, struct str *field)
{
	if (str_is_null(*rest))
		return false;
	str_cut(*rest, sep, field, rest);
	return true;
}

bool str_to_u64(struct str s, uint64_t *out)
{
	uint64_t v = 0;

	if (!str_all_digits(s))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (__builtin_mul_overflow(v, 10, &v) ||
		    __builtin_add_overflow(v, (uint64_t)(s.p[i] - '0'), &v))
			return false;
	*out = v;
	return true;
}

bool str_to_i64(struct str s, int64_t *out)
{
	bool negative = s.n > 0 && s.p[0] == '-';
	uint64_t v;

	if (!str_to_u64(negative ? str_from(s, 1) : s, &v))
		return false;
	if (v > (uint64_t)INT64_MAX + (negative ? 1 : 0))
		return false;
	/* Through uint64_t: the negative of 2^63 has no positive int64_t. */
	*out = (int64_t)(negative ? -v : v);
	return true;
}

bool str_all_digits(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n > 0;
}

static uint64_t hash_seed;
static pthread_once_t hash_once = PTHREAD_ONCE_INIT;

static void seed_hash(void)
{
	rng_bytes(&hash_seed, sizeof(hash_seed));
}

uint64_t str_hash(struct str s)
{
	uint64_t h;

	pthread_once(&hash_once, seed_hash);
	h = 0xcbf29ce484222325U ^ hash_seed;
	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * 0x100000001b3U;
	/* FNV's low bits know little of the high ones, and maps index by the low bits. */
	h ^= h >> 32;
	h *= 0xd6e8feb86659fd93U;
	return h ^ (h >> 32);
}

/* Longest word that suggestions are made for: the rows below stand on the stack. */
#define NEAREST_MAX 64

static size_t min3(size_t a, size_t b, size_t c)
{
	size_t ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* Optimal string alignment: insert, remove, replace, swap two neighbours. ASCII case is ignored. */
static size_t distance(struct str a, struct str b)
{
	size_t rows[3][NEAREST_MAX + 1];
	size_t *before = rows[0], *above = rows[1], *row = rows[2];

	for (size_t j = 0; j <= b.n; j++)
		above[j] = j;
	for (size_t i = 1; i <= a.n; i++) {
		unsigned char ca = lower((unsigned char)a.p[i - 1]);
		size_t *free_row = before;

		row[0] = i;
		for (size_t j = 1; j <= b.n; j++) {
			unsigned char cb = lower((unsigned char)b.p[j - 1]);

			row[j] = min3(above[j] + 1, row[j - 1] + 1, above[j - 1] + (ca != cb));
			if (i > 1 && j > 1 && ca == lower((unsigned char)b.p[j - 2]) &&
			    lower((unsigned char)a.p[i - 2]) == cb && before[j - 2] + 1 < row[j])
				row[j] = before[j - 2] + 1;
		}
		before = above;
		above = row;
		row = free_row;
	}
	return above[b.n];
}

struct str str_nearest(struct str word, const struct str *candidates, size_t count)
{
	struct str best = STR_NULL;
	size_t best_distance = word.n / 3 + 1; /* at most a third: must be below this */

	if (word.n == 0 || word.n > NEAREST_MAX)
		return STR_NULL;
	for (size_t i = 0; i < count; i++) {
		struct str c = candidates[i];
		size_t gap = c.n > word.n ? c.n - word.n : word.n - c.n;
		size_t d;

		if (c.n == 0 || c.n > NEAREST_MAX || gap >= best_distance)
			continue;
		d = distance(word, c);
		if (d < best_distance) {
			best = c;
			best_distance = d;
		}
	}
	return best;
}
