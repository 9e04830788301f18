#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/rng.h"
#include "base/str.h"
#include "death.h"

/* From a second implementation of splitmix64 and xoshiro256**, in Python. */
static void test_sequence(void **state)
{
	static const struct {
		uint64_t seed, first, second, thousandth;
	} cases[] = {
		{0, 0x99ec5f36cb75f2b4, 0xbf6e1f784956452a, 0x7aac8c483a2edd2f},
		{1, 0xb3f2af6d0fc710c5, 0x853b559647364cea, 0xb8517c33c344d153},
		{42, 0x15780b2e0c2ec716, 0x6104d9866d113a7e, 0x8de5848c61ab8968},
		{UINT64_MAX, 0x8f5520d52a7ead08, 0xc476a018caa1802d, 0xc3c93ea5cde434cc},
	};
	struct rng r;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		rng_seed(&r, cases[i].seed);
		assert_true(rng_u64(&r) == cases[i].first);
		assert_true(rng_u64(&r) == cases[i].second);
		for (int n = 3; n < 1000; n++)
			rng_u64(&r);
		assert_true(rng_u64(&r) == cases[i].thousandth);
	}
}

static void test_below(void **state)
{
	unsigned count[6] = {0};
	struct rng r;

	(void)state;
	rng_seed(&r, 3);
	for (int i = 0; i < 60000; i++)
		count[rng_below(&r, 6)]++;
	/* The seed is fixed, so this cannot fail by chance; the deviation is 91. */
	for (int i = 0; i < 6; i++)
		assert_in_range(count[i], 9600, 10400);
	for (int i = 0; i < 100; i++)
		assert_true(rng_below(&r, 1) == 0);
	/* Where a plain remainder would be off by half: 0 … 2^63 must be as likely as above. */
	count[0] = 0;
	for (int i = 0; i < 3000; i++)
		count[0] += rng_below(&r, UINT64_C(3) << 62) < UINT64_C(1) << 62;
	assert_in_range(count[0], 850, 1150);
}

static void test_unit(void **state)
{
	double sum = 0, least = 1, most = 0;
	struct rng r = {{0}};

	(void)state;
	rng_seed(&r, 4);
	for (int i = 0; i < 100000; i++) {
		double x = rng_unit(&r);

		assert_true(x >= 0 && x < 1);
		sum += x;
		least = x < least ? x : least;
		most = x > most ? x : most;
	}
	assert_true(sum > 49000 && sum < 51000);
	assert_true(least < 0.001 && most > 0.999);
}

static void test_text(void **state)
{
	char out[101];
	struct rng r;

	(void)state;
	rng_seed(&r, 5);
	memset(out, '#', sizeof(out));
	rng_text(&r, "ab", out, 99);
	assert_int_equal(strlen(out), 99);
	assert_int_equal(strspn(out, "ab"), 99);
	assert_non_null(strchr(out, 'a'));
	assert_non_null(strchr(out, 'b'));
	assert_int_equal(out[100], '#');
	rng_text(&r, "ab", out, 0);
	assert_string_equal(out, "");
}

static void test_bytes(void **state)
{
	static unsigned char a[100000], b[100000];
	unsigned count[256] = {0};

	(void)state;
	rng_bytes(a, sizeof(a));
	rng_bytes(b, sizeof(b));
	assert_true(memcmp(a, b, sizeof(a)) != 0);
	for (size_t i = 0; i < sizeof(a); i++)
		count[a[i]]++;
	/* 390 expected, deviation 20: ten of those away is not chance. */
	for (int i = 0; i < 256; i++)
		assert_in_range(count[i], 190, 590);
	rng_bytes(a, 0);
}

static void below_zero(void *arg)
{
	rng_below(arg, 0);
}

static void test_below_zero_is_a_mistake(void **state)
{
	struct rng r;

	(void)state;
	rng_seed(&r, 6);
	assert_true(dies(below_zero, &r, "BUG"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sequence), cmocka_unit_test(test_below),
		cmocka_unit_test(test_unit),     cmocka_unit_test(test_text),
		cmocka_unit_test(test_bytes),    cmocka_unit_test(test_below_zero_is_a_mistake),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
