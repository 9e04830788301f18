/* Libraries loaded late: what is missing is said with the package that has it. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "net/library.h"

struct table {
	size_t (*length)(const char *);
	int (*compare)(const char *, const char *);
};

static void functions_are_found(void **state)
{
	static const struct library_symbol symbols[] = {
		{"strlen", offsetof(struct table, length)},
		{"strcmp", offsetof(struct table, compare)},
	};
	struct table t = {0};
	struct err err = {0};

	(void)state;
	assert_true(library_load("libc.so.6", "libc6", symbols, 2, &t, &err));
	assert_int_equal(t.length("four"), 4);
	assert_int_equal(t.compare("a", "a"), 0);
}

static void missing_library(void **state)
{
	struct err err = {0};

	(void)state;
	assert_false(library_load("librootout-none.so.9", "package-of-it", NULL, 0, NULL, &err));
	assert_int_equal(err.kind, ERR_IO);
	assert_non_null(strstr(err.message, "librootout-none.so.9"));
	assert_non_null(strstr(err.message, "install package-of-it"));
}

static void missing_function(void **state)
{
	static const struct library_symbol symbols[] = {{"no_such_function_in_libc", 0}};
	struct table t = {0};
	struct err err = {0};

	(void)state;
	assert_false(library_load("libc.so.6", "libc6", symbols, 1, &t, &err));
	assert_int_equal(err.kind, ERR_IO);
	assert_non_null(strstr(err.message, "no_such_function_in_libc"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(functions_are_found),
		cmocka_unit_test(missing_library),
		cmocka_unit_test(missing_function),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
