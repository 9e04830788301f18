#ifndef ROOTOUT_TESTS_ROOT_TEST_H
#define ROOTOUT_TESTS_ROOT_TEST_H

/*
 * What the tests of root/ share: a run with a store of its own in a temporary
 * folder, a clock that stands still, and a scripted AWS (tests/unit/aws/call-test.h).
 *
 *	cmocka_unit_test_setup_teardown(a_test, with_run, without_run)
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../aws/call-test.h"
#include "root/root.h"

#define NOW_MS INT64_C(1795446000000) /* 2026-11-23T15:00:00Z */
#define DAY_MS INT64_C(86400000)

extern struct fake F;
extern struct root_run RUN;
extern struct arena *A; /* of the test */
extern struct clock CLOCK;
extern char STORE_PATH[64];

int with_run(void **state);
int without_run(void **state);

/* As if the program had ended and was started again: the store is read anew. */
void reopen(void);
/* SQL behind the store's back. */
void tamper(const char *sql);
/* The one number that it selects. */
int64_t number(const char *sql);

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, with_run, without_run)

#define OK(call)                                      \
	do {                                          \
		struct err err_ = {0}, *err = &err_;  \
		if (!(call))                          \
			fail_msg("%s", err->message); \
	} while (0)

#endif
