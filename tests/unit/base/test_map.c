#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/map.h"
#include "base/rng.h"
#include "death.h"

static char names[5000][16];
static int values[5000];

static struct str name(size_t i)
{
	if (!names[i][0])
		snprintf(names[i], sizeof(names[i]), "key-%zu", i);
	return str_of(names[i]);
}

static void test_zeroed_is_valid(void **state)
{
	struct map m = {0};
	size_t i = 0;

	(void)state;
	assert_null(map_get(&m, STR("x")));
	assert_null(map_remove(&m, STR("x")));
	assert_null(map_next(&m, &i));
	assert_int_equal(map_count(&m), 0);
	map_clear(&m);
	map_release(&m);
	map_release(&m);
	map_init(&m);
	assert_null(map_put(&m, STR("x"), &values[1]));
	assert_ptr_equal(map_get(&m, STR("x")), &values[1]);
	map_release(&m);
	assert_null(map_get(&m, STR("x")));
}

static void test_put_get_replace(void **state)
{
	struct map m = {0};

	(void)state;
	for (size_t i = 0; i < 5000; i++)
		assert_null(map_put(&m, name(i), &values[i]));
	assert_int_equal(map_count(&m), 5000);
	for (size_t i = 0; i < 5000; i++)
		assert_ptr_equal(map_get(&m, name(i)), &values[i]);
	assert_null(map_get(&m, STR("key-5000")));
	assert_null(map_get(&m, STR("key-")));
	assert_null(map_get(&m, STR("")));
	assert_ptr_equal(map_put(&m, name(7), &values[8]), &values[7]);
	assert_int_equal(map_count(&m), 5000);
	assert_ptr_equal(map_get(&m, name(7)), &values[8]);
	assert_null(map_put(&m, STR(""), &values[0]));
	assert_ptr_equal(map_get(&m, STR_NULL), &values[0]); /* both are the empty string */
	assert_null(map_put(&m, STR("a\0b"), &values[1]));
	assert_null(map_get(&m, STR("a\0c")));
	map_release(&m);
}

static void test_order_is_of_insertion(void **state)
{
	struct map m = {0};
	struct map_entry *e;
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < 1000; i++)
		map_put(&m, name(999 - i), &values[999 - i]);
	map_put(&m, name(500), &values[1]); /* replacing keeps the place */
	map_remove(&m, name(999));
	map_put(&m, name(999), &values[999]); /* put again is put last */
	for (size_t i = 0; (e = map_next(&m, &i)); n++)
		assert_true(str_eq(e->key, name(n < 999 ? 998 - n : 999)));
	assert_int_equal(n, 1000);
	map_release(&m);
}

static void test_removing_while_iterating(void **state)
{
	struct map m = {0};
	struct map_entry *e;
	size_t seen = 0;

	(void)state;
	for (size_t i = 0; i < 100; i++)
		map_put(&m, name(i), &values[i]);
	for (size_t i = 0; (e = map_next(&m, &i)); seen++)
		map_remove(&m, e->key);
	assert_int_equal(seen, 100);
	assert_int_equal(map_count(&m), 0);
	map_release(&m);
}

static void test_the_empty_key(void **state)
{
	struct map m = {0};

	(void)state;
	assert_null(map_put(&m, STR_NULL, &values[1]));
	assert_ptr_equal(map_remove(&m, STR("")), &values[1]);
	assert_null(map_get(&m, STR("")));
	assert_null(map_put(&m, STR(""), &values[2]));
	assert_int_equal(map_count(&m), 1);
	assert_ptr_equal(map_get(&m, STR_NULL), &values[2]);
	map_release(&m);
}

/* Against an array that says what must be there. */
static void test_random_operations(void **state)
{
	enum { KEYS = 700 };
	void *want[KEYS] = {0};
	size_t there = 0, n;
	struct map m = {0};
	struct map_entry *e;
	struct rng r;

	(void)state;
	rng_seed(&r, 7);
	for (int step = 0; step < 100000; step++) {
		size_t k = rng_below(&r, KEYS);
		void *v = &values[rng_below(&r, 5000)];

		switch (rng_below(&r, step / 20000 % 2 ? 4 : 3)) {
		case 0:
			assert_ptr_equal(map_get(&m, name(k)), want[k]);
			break;
		case 1:
			assert_ptr_equal(map_put(&m, name(k), v), want[k]);
			there += !want[k];
			want[k] = v;
			break;
		default:
			assert_ptr_equal(map_remove(&m, name(k)), want[k]);
			there -= want[k] != NULL;
			want[k] = NULL;
		}
		assert_int_equal(map_count(&m), there);
		if (step % 9973 == 0) {
			n = 0;
			for (size_t i = 0; (e = map_next(&m, &i)); n++)
				assert_ptr_equal(e->value, map_get(&m, e->key));
			assert_int_equal(n, there);
		}
		if (step % 30011 == 30010) {
			map_clear(&m);
			memset(want, 0, sizeof(want));
			there = 0;
		}
	}
	map_release(&m);
}

static void test_removed_keys_cost_nothing(void **state)
{
	struct map m = {0};

	(void)state;
	for (size_t i = 0; i < 5000; i++) {
		assert_null(map_put(&m, name(i), &values[i]));
		if (i >= 3)
			assert_ptr_equal(map_remove(&m, name(i - 3)), &values[i - 3]);
	}
	assert_int_equal(map_count(&m), 3);
	assert_true(m.cap <= 16);
	map_release(&m);
}

static void put_null(void *arg)
{
	map_put(arg, STR("x"), NULL);
}

static void test_null_is_a_mistake(void **state)
{
	struct map m = {0};

	(void)state;
	assert_true(dies(put_null, &m, "map_put of NULL for 'x'"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_zeroed_is_valid),
		cmocka_unit_test(test_put_get_replace),
		cmocka_unit_test(test_order_is_of_insertion),
		cmocka_unit_test(test_removing_while_iterating),
		cmocka_unit_test(test_the_empty_key),
		cmocka_unit_test(test_random_operations),
		cmocka_unit_test(test_removed_keys_cost_nothing),
		cmocka_unit_test(test_null_is_a_mistake),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
