#ifndef ROOTOUT_TESTS_WIRE_TEST_H
#define ROOTOUT_TESTS_WIRE_TEST_H

/* What the tests of the wire share. One arena a test: with_arena as its setup. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "aws/wire.h"
#include "base/limits.h"
#include "text/json.h"

/* The services of tests/data/api, compiled into the tests that use them. */
extern const struct api_service *const test_tables[];
extern const size_t test_tables_count;

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

#define assert_str(s, z)                                                     \
	do {                                                                 \
		struct str str_ = (s);                                       \
		const char *z_ = (z);                                        \
		if (!str_eqz(str_, z_))                                      \
			fail_msg("'%.*s'\nis not\n'%s'", STR_ARG(str_), z_); \
	} while (0)

static inline struct val *json(const char *text)
{
	struct err err = {0};
	struct val *v = NULL;

	if (!json_read(str_of(text), 0, A, &v, &err))
		fail_msg("%s: %s", text, err.message);
	return v;
}

/* What was put, as the HTTP client would have received it. */
static inline struct http_response as_answer(const struct wire_response *r)
{
	struct http_response resp = {.status = r->status, .body = r->body};

	resp.nheaders = r->nheaders;
	resp.headers = arena_calloc(A, r->nheaders + 1, sizeof(*resp.headers));
	for (size_t i = 0; i < r->nheaders; i++) {
		char *name = arena_dupz(A, r->headers[i].name);
		for (char *c = name; *c; c++)
			if (*c >= 'A' && *c <= 'Z')
				*c = (char)(*c - 'A' + 'a');
		resp.headers[i] = (struct http_header){str_of(name), r->headers[i].value};
	}
	return resp;
}

static inline struct http_response answer(int status, const char *body)
{
	return (struct http_response){.status = status, .body = str_of(body)};
}

static inline struct str header_of(const struct http_header *h, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq_nocase(h[i].name, str_of(name)))
			return h[i].value;
	return STR_NULL;
}

#endif
