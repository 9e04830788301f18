#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/rng.h"
#include "death.h"

static bool is_zero(const void *p, size_t n)
{
	const unsigned char *c = p;

	for (size_t i = 0; i < n; i++)
		if (c[i] != 0)
			return false;
	return true;
}

static void test_zeroed_aligned_apart(void **state)
{
	enum { PIECES = 3000 };
	static unsigned char *piece[PIECES];
	static size_t size[PIECES];
	struct arena *a = arena_new();
	struct rng r;

	(void)state;
	rng_seed(&r, 1);
	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < PIECES; i++) {
			/* Mostly small ones, some past every block size. */
			size[i] = rng_below(&r, i % 100 == 0 ? KIB(400) : 200);
			piece[i] = arena_alloc(a, size[i]);
			assert_int_equal((uintptr_t)piece[i] % alignof(max_align_t), 0);
			assert_true(is_zero(piece[i], size[i]));
			memset(piece[i], (int)(i % 255 + 1), size[i]);
		}
		for (size_t i = 0; i < PIECES; i++)
			for (size_t j = 0; j < size[i]; j++)
				assert_int_equal(piece[i][j], i % 255 + 1);
		/* After a reset everything is zeroed again. */
		arena_reset(a);
	}
	arena_free(&a);
	assert_null(a);
	arena_free(&a);
}

static void test_small_arenas_are_small(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	assert_int_equal(arena_bytes(a), 0);
	arena_alloc(a, 100);
	assert_in_range(arena_bytes(a), KIB(4), KIB(5));
	for (int i = 0; i < 1000; i++)
		arena_alloc(a, 1000);
	/* About a megabyte was asked for; doubling stops at 256 KiB. */
	assert_in_range(arena_bytes(a), 1000 * 1000, 1000 * 1000 + KIB(400));
	arena_reset(a);
	assert_in_range(arena_bytes(a), KIB(4), KIB(5));
	arena_reset(a);
	assert_in_range(arena_bytes(a), KIB(4), KIB(5));
	arena_free(&a);
}

static void test_reset_with_large_pieces(void **state)
{
	struct arena *a = arena_new();
	char *p;

	(void)state;
	arena_reset(a);
	p = arena_alloc(a, MIB(3)); /* large first: there is no small block to keep */
	memset(p, 1, MIB(3));
	arena_reset(a);
	assert_int_equal(arena_bytes(a), 0);
	memset(arena_alloc(a, 10), 1, 10);
	memset(arena_alloc(a, MIB(3)), 1, MIB(3));
	assert_true(is_zero(arena_alloc(a, 100), 100));
	arena_reset(a);
	assert_in_range(arena_bytes(a), KIB(4), KIB(5));
	arena_free(&a);
}

static void test_strings(void **state)
{
	struct arena *a = arena_new();
	struct str s = arena_str(a, str_ofn("hello world", 5));

	(void)state;
	assert_true(str_eqz(s, "hello"));
	assert_int_equal(s.p[5], '\0');
	assert_true(str_is_null(arena_str(a, STR_NULL)));
	assert_false(str_is_null(arena_str(a, STR(""))));
	assert_string_equal(arena_str(a, STR("")).p, "");
	assert_true(str_is_null(arena_strz(a, NULL)));
	assert_true(str_eqz(arena_strz(a, "abc"), "abc"));
	assert_string_equal(arena_dupz(a, STR_NULL), "");
	assert_string_equal(arena_dupz(a, STR("abc")), "abc");
	s = arena_printf(a, "%s=%0*d", "key", 500, 7);
	assert_int_equal(s.n, 504);
	assert_int_equal(s.p[504], '\0');
	assert_true(str_startsz(s, "key=000"));
	assert_true(str_endsz(s, "0007"));
	for (int n = 254; n < 258; n++) { /* around what is formatted on the stack */
		s = arena_printf(a, "%0*d", n, 7);
		assert_int_equal(s.n, n);
		assert_int_equal(strlen(s.p), n);
	}
	assert_true(str_eq(arena_str(a, STR("a\0b")), STR("a\0b")));
	arena_free(&a);
}

static void test_join(void **state)
{
	struct arena *a = arena_new();
	struct str s = arena_join(a, STR("no "), STR_NULL, STR(""), STR("name"), STR(" here"));

	(void)state;
	assert_string_equal(s.p, "no name here");
	assert_int_equal(s.n, 12);
	assert_false(str_is_null(arena_join(a, STR_NULL)));
	assert_string_equal(arena_join_n(a, NULL, 0).p, "");
	assert_string_equal(arena_u64(a, 0).p, "0");
	assert_string_equal(arena_u64(a, 1204).p, "1204");
	assert_string_equal(arena_u64(a, UINT64_MAX).p, "18446744073709551615");
	arena_free(&a);
}

static void test_grow(void **state)
{
	struct arena *a = arena_new();
	unsigned *v = NULL;
	size_t cap = 0;

	(void)state;
	for (unsigned n = 0; n < 10000; n++) {
		v = arena_grow(a, v, n, &cap, sizeof(*v));
		assert_true(cap > n);
		v[n] = n * 7;
	}
	for (unsigned i = 0; i < 10000; i++)
		assert_int_equal(v[i], i * 7);
	assert_true(cap < 20000);
	arena_free(&a);
}

static volatile size_t half = SIZE_MAX / 2 + 1;

static void calloc_overflow(void *arg)
{
	struct arena *a = arena_new();

	(void)arg;
	arena_calloc(a, half, 2);
}

static void alloc_huge(void *arg)
{
	struct arena *a = arena_new();

	arena_alloc(a, SIZE_MAX - *(size_t *)arg);
}

static void fail_second_block(void *arg)
{
	struct arena *a = arena_new();

	(void)arg;
	arena_alloc(a, 10);
	mem_fail_nth(1);
	for (int i = 0; i < 100; i++)
		arena_alloc(a, 100);
}

static void test_impossible_requests_abort(void **state)
{
	(void)state;
	assert_true(dies(calloc_overflow, NULL, "BUG"));
	for (size_t i = 0; i < 100; i++)
		assert_true(dies(alloc_huge, &i, "BUG"));
	assert_true(dies(fail_second_block, NULL, "out of memory"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_zeroed_aligned_apart),
		cmocka_unit_test(test_small_arenas_are_small),
		cmocka_unit_test(test_reset_with_large_pieces),
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_join),
		cmocka_unit_test(test_grow),
		cmocka_unit_test(test_impossible_requests_abort),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
