#ifndef ROOTOUT_TESTS_ORG_TEST_H
#define ROOTOUT_TESTS_ORG_TEST_H

/* What the tests of org/ share. One arena a test: with_arena as its setup. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "org/org-private.h"

static struct arena *A;

static inline int with_arena(void **state)
{
	(void)state;
	A = arena_new();
	return 0;
}

static inline int without_arena(void **state)
{
	(void)state;
	arena_free(&A);
	return 0;
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, with_arena, without_arena)

/* A path below tests/. */
static inline const char *test_path(const char *below)
{
	const char *tests = getenv("ROOTOUT_TESTS");

	if (!tests)
		fail_msg("ROOTOUT_TESTS must name the folder tests/ (meson test sets it)");
	return arena_printf(A, "%s/%s", tests, below).p;
}

#define assert_str(s, z)                                                   \
	do {                                                               \
		struct str str_ = (s);                                     \
		const char *z_ = (z);                                      \
		if (!str_eqz(str_, z_))                                    \
			fail_msg("'%.*s' is not '%s'", STR_ARG(str_), z_); \
	} while (0)

/* The whole message as a person reads it. */
#define assert_err(e, text)                                                     \
	do {                                                                    \
		char said_[1500];                                               \
		assert_string_equal(err_text((e), said_, sizeof(said_)), text); \
	} while (0)

#endif
