#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "death.h"

static void test_building(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	assert_string_equal(buf_z(&b), "");
	assert_false(str_is_null(buf_str(&b)));
	assert_true(buf_addz(&b, "hello "));
	assert_true(buf_addf(&b, "%d-%s", 42, "x"));
	assert_true(buf_addc(&b, '!'));
	assert_true(buf_addn(&b, '.', 3));
	assert_true(buf_adds(&b, STR("\0end")));
	assert_true(buf_adds(&b, STR_NULL));
	assert_true(buf_addn(&b, 'x', 0));
	assert_true(str_eq(buf_str(&b), STR("hello 42-x!...\0end")));
	assert_int_equal(b.p[b.n], '\0');
	buf_truncate(&b, 5);
	assert_string_equal(buf_z(&b), "hello");
	buf_reset(&b);
	assert_string_equal(buf_z(&b), "");
	assert_int_equal(b.n, 0);
	buf_release(&b);
}

static void test_ceiling(void **state)
{
	struct buf b = BUF_INIT(10);

	(void)state;
	assert_true(buf_addz(&b, "12345"));
	assert_true(buf_addz(&b, "67890")); /* exactly full */
	assert_false(buf_overflowed(&b));
	assert_false(buf_addc(&b, 'x'));
	assert_true(buf_overflowed(&b));
	assert_string_equal(buf_z(&b), "1234567890");
	/* Sticky: also what would fit, and nothing at all, is refused from now on. */
	buf_truncate(&b, 0);
	assert_false(buf_addc(&b, 'x'));
	assert_false(buf_addz(&b, ""));
	assert_int_equal(b.n, 0);
	buf_reset(&b);
	assert_false(buf_overflowed(&b));
	assert_true(buf_addz(&b, "again"));
	/* A piece is added as a whole or not at all. */
	assert_false(buf_addf(&b, "%s", "123456"));
	assert_string_equal(buf_z(&b), "again");
	buf_release(&b);
	assert_int_equal(b.max, 10);
	assert_false(buf_overflowed(&b));
	buf_release(&b);
}

static void test_every_ceiling(void **state)
{
	(void)state;
	for (size_t max = 0; max < 300; max++) {
		struct buf b = BUF_INIT(max);
		size_t n = 0;

		while (buf_addc(&b, (char)('a' + n % 26)))
			n++;
		assert_int_equal(n, max);
		assert_int_equal(b.n, max);
		assert_int_equal(buf_z(&b)[max], '\0');
		for (size_t i = 0; i < n; i++)
			assert_int_equal(b.p[i], 'a' + i % 26);
		assert_true(b.cap <= max + 1);
		buf_release(&b);
	}
}

static void test_no_ceiling(void **state)
{
	struct buf b = BUF_INIT(SIZE_MAX);

	(void)state;
	assert_true(buf_addz(&b, "x"));
	assert_null(buf_room(&b, SIZE_MAX - 1)); /* not wrapped around to a few bytes */
	buf_release(&b);
}

static void test_room(void **state)
{
	struct buf b = BUF_INIT(100);
	char *room;

	(void)state;
	room = buf_room(&b, 100);
	assert_non_null(room);
	memcpy(room, "abc", 3);
	assert_int_equal(b.n, 0); /* not there until it is taken */
	buf_grew(&b, 3);
	assert_string_equal(buf_z(&b), "abc");
	assert_null(buf_room(&b, 98));
	assert_true(buf_overflowed(&b));
	buf_release(&b);
}

static void grew_too_much(void *arg)
{
	struct buf b = BUF_INIT(10);

	(void)arg;
	(void)buf_room(&b, 10);
	buf_grew(&b, 11);
}

static void truncate_up(void *arg)
{
	struct buf b = BUF_INIT(10);

	(void)arg;
	buf_addz(&b, "abc");
	buf_truncate(&b, 4);
}

static void test_mistakes(void **state)
{
	(void)state;
	assert_true(dies(grew_too_much, NULL, "BUG"));
	assert_true(dies(truncate_up, NULL, "BUG"));
}

static void test_release_is_idempotent(void **state)
{
	struct buf zero = {0};

	(void)state;
	assert_string_equal(buf_z(&zero), "");
	buf_reset(&zero);
	buf_release(&zero);
	buf_release(&zero);
	assert_false(buf_addc(&zero, 'x')); /* no ceiling was named: nothing fits */
}

/* What a secret buffer leaves behind: looked at before the memory goes back. */
static void test_secret_reset_wipes(void **state)
{
	struct buf b;
	char *p;

	(void)state;
	buf_init_secret(&b, 1000);
	buf_addz(&b, "AKIAIOSFODNN7EXAMPLE");
	p = b.p;
	buf_reset(&b);
	for (size_t i = 0; i < 20; i++)
		assert_int_equal(p[i], 0);
	assert_true(b.wipe);
	buf_addz(&b, "secret");
	for (int i = 0; i < 100; i++)
		assert_true(buf_addz(&b, "12345"));
	assert_true(str_startsz(buf_str(&b), "secret12345"));
	assert_int_equal(b.n, 506);
	buf_release(&b);
	assert_true(b.wipe);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_building),
		cmocka_unit_test(test_ceiling),
		cmocka_unit_test(test_every_ceiling),
		cmocka_unit_test(test_no_ceiling),
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_release_is_idempotent),
		cmocka_unit_test(test_secret_reset_wipes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
