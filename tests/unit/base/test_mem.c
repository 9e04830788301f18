#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "death.h"

static void test_calloc_is_zeroed(void **state)
{
	unsigned char *p = xcalloc(100, 7);

	(void)state;
	for (size_t i = 0; i < 700; i++)
		assert_int_equal(p[i], 0);
	free(p);
}

static void test_nothing_is_a_pointer(void **state)
{
	void *p = xmalloc(0), *q = xcalloc(0, 8), *r = xreallocarray(NULL, 0, 8);

	(void)state;
	assert_non_null(p);
	assert_non_null(q);
	assert_non_null(r);
	r = xreallocarray(r, 0, 0);
	assert_non_null(r);
	free(p);
	free(q);
	free(r);
}

static void test_realloc_keeps_content(void **state)
{
	int *p = NULL;

	(void)state;
	for (int n = 1; n <= 1000; n++) {
		p = xreallocarray(p, (size_t)n, sizeof(*p));
		p[n - 1] = n;
	}
	for (int i = 0; i < 1000; i++)
		assert_int_equal(p[i], i + 1);
	free(p);
}

static void test_strings(void **state)
{
	const char no_end[3] = {'a', 'b', 'c'};
	char *a = xstrdup("hello"), *b = xstrndup("hello", 2), *c = xstrndup("hi", 100);
	char *d = xstrndup(no_end, 3);

	(void)state;
	assert_string_equal(a, "hello");
	assert_string_equal(b, "he");
	assert_string_equal(c, "hi");
	assert_string_equal(d, "abc");
	free(a);
	free(b);
	free(c);
	free(d);
}

/* volatile: the compiler must not warn of what these tests are about. */
static volatile size_t half = SIZE_MAX / 2 + 1;

static void calloc_overflow(void *arg)
{
	(void)arg;
	free(xcalloc(half, 2));
}

static void realloc_overflow(void *arg)
{
	(void)arg;
	free(xreallocarray(NULL, half, 2));
}

static void test_overflow_aborts(void **state)
{
	(void)state;
	assert_true(dies(calloc_overflow, NULL, "out of memory"));
	assert_true(dies(realloc_overflow, NULL, "out of memory"));
}

struct nth {
	unsigned long fail;
	unsigned calls;
};

/* One call of each function; the last three allocate once each. */
static void allocate(void *arg)
{
	struct nth *n = arg;
	void *p[5] = {0};

	mem_fail_nth(n->fail);
	for (unsigned i = 0; i < n->calls; i++)
		p[i] = i == 0   ? xmalloc(10)
		       : i == 1 ? xcalloc(2, 5)
		       : i == 2 ? xreallocarray(NULL, 2, 5)
		       : i == 3 ? (void *)xstrdup("five")
				: (void *)xstrndup("five", 3);
	for (unsigned i = 0; i < n->calls; i++)
		free(p[i]);
}

static void test_fail_nth(void **state)
{
	(void)state;
	for (unsigned n = 1; n <= 5; n++) {
		/* Calls before the n-th succeed, the n-th itself does not. */
		assert_false(dies(allocate, &(struct nth){n, n - 1}, "out of memory"));
		assert_true(dies(allocate, &(struct nth){n, n}, "out of memory"));
	}
	assert_false(dies(allocate, &(struct nth){0, 5}, "out of memory"));
	/* Off again: nothing is left of an injected failure that was not reached. */
	mem_fail_nth(1);
	mem_fail_nth(0);
	free(xmalloc(1));
}

static void make_bug(void *arg)
{
	BUG("%s is %d", (const char *)arg, 42);
}

static void test_bug(void **state)
{
	char what[] = "the answer";

	(void)state;
	assert_true(dies(make_bug, what, "BUG at "));
	assert_true(dies(make_bug, what, "test_mem.c:"));
	assert_true(dies(make_bug, what, "the answer is 42\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_calloc_is_zeroed),
		cmocka_unit_test(test_nothing_is_a_pointer),
		cmocka_unit_test(test_realloc_keeps_content),
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_overflow_aborts),
		cmocka_unit_test(test_fail_nth),
		cmocka_unit_test(test_bug),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
