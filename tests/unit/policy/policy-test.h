#ifndef ROOTOUT_TESTS_POLICY_TEST_H
#define ROOTOUT_TESTS_POLICY_TEST_H

/* What the tests of policy/ share: cmocka, one arena for each test, files of tests/. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/err.h"
#include "policy/policy.h"

static struct arena *A;

static __attribute__((unused)) int setup(void **state)
{
	(void)state;
	A = arena_new();
	return 0;
}

static __attribute__((unused)) int teardown(void **state)
{
	(void)state;
	arena_free(&A);
	return 0;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

static __attribute__((unused)) struct policy *parse_ok(const char *text, enum policy_kind kind)
{
	struct err err = {0};
	struct policy *p = policy_parse(str_of(text), kind, STR("test"), A, &err);
	if (!p)
		fail_msg("%s: %u:%u: %s", text, err.line, err.col, err.message);
	return p;
}

static __attribute__((unused)) struct err parse_refused(const char *text, enum policy_kind kind)
{
	struct err err = {0};
	if (policy_parse(str_of(text), kind, STR("test"), A, &err))
		fail_msg("accepted: %s", text);
	return err;
}

#endif
