#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/utf8.h"
#include "death.h"

static void test_set_and_clear(void **state)
{
	struct err e = {0};

	(void)state;
	assert_false(err_is_set(&e));
	e.retryable = true;
	e.http_status = 503;
	memcpy(e.aws_code, "Old", 4);
	assert_false(err_set(&e, ERR_REFUSED, "%d accounts are %s", 3, "kept"));
	assert_true(err_is_set(&e));
	assert_int_equal(e.kind, ERR_REFUSED);
	assert_string_equal(e.message, "3 accounts are kept");
	/* Nothing of an earlier error is left. */
	assert_false(e.retryable);
	assert_int_equal(e.http_status, 0);
	assert_string_equal(e.aws_code, "");
	err_clear(&e);
	assert_false(err_is_set(&e));
	assert_string_equal(e.message, "");
}

static void test_errno(void **state)
{
	struct err e = {0};

	(void)state;
	assert_false(err_errno(&e, ENOENT, "cannot read '%s'", "x"));
	assert_int_equal(e.kind, ERR_IO);
	assert_string_equal(e.message, "cannot read 'x': No such file or directory");
	err_errno(&e, 99999, "x");
	assert_non_null(strstr(e.message, "99999"));
}

static void test_positions(void **state)
{
	struct err e = {0};
	char text[200];

	(void)state;
	assert_false(err_at(&e, "accounts.yaml", 12, 9, "unknown key '%s'", "emial"));
	assert_int_equal(e.kind, ERR_INPUT);
	assert_string_equal(e.message, "unknown key 'emial'");
	assert_string_equal(err_text(&e, text, sizeof(text)),
			    "accounts.yaml:12:9: unknown key 'emial'");
	err_at(&e, "a.yaml", 12, 0, "x");
	assert_string_equal(err_text(&e, text, sizeof(text)), "a.yaml:12: x");
	err_at(&e, "a.yaml", 0, 0, "x");
	assert_string_equal(err_text(&e, text, sizeof(text)), "a.yaml: x");
	err_at(&e, NULL, 3, 4, "x");
	assert_string_equal(err_text(&e, text, sizeof(text)), "x");
}

static void test_wrap(void **state)
{
	struct err e = {0};
	char text[200];

	(void)state;
	err_at(&e, "a.yaml", 1, 2, "bad");
	e.retryable = true;
	assert_false(err_wrap(&e, "cannot load %s", "it"));
	assert_string_equal(e.message, "cannot load it: bad");
	assert_int_equal(e.kind, ERR_INPUT);
	assert_true(e.retryable);
	assert_string_equal(err_text(&e, text, sizeof(text)), "a.yaml:1:2: cannot load it: bad");
	/* Its own message may be an argument. */
	err_wrap(&e, "%s", e.message);
	assert_string_equal(e.message, "cannot load it: bad: cannot load it: bad");
	err_set(&e, ERR_NET, "again: %s", e.message);
	assert_string_equal(e.message, "again: cannot load it: bad: cannot load it: bad");
	err_at(&e, "p.yaml", 1, 1, "x");
	err_at(&e, e.path, 2, 2, "%s%s", e.message, e.message);
	assert_string_equal(e.path, "p.yaml");
	assert_string_equal(e.message, "xx");
}

static void test_aws(void **state)
{
	struct err e = {0};
	char text[200];

	(void)state;
	err_set(&e, ERR_AWS, "sts:AssumeRoot: AccessDenied: no");
	memcpy(e.aws_code, "AccessDenied", 13);
	assert_true(err_is_aws(&e, "AccessDenied"));
	assert_false(err_is_aws(&e, "AccessDeniedException"));
	assert_string_equal(err_text(&e, text, sizeof(text)), e.message);
	memcpy(e.request_id, "1-2-3", 6);
	assert_string_equal(err_text(&e, text, sizeof(text)),
			    "sts:AssumeRoot: AccessDenied: no (1-2-3)");
	e.kind = ERR_NET;
	assert_false(err_is_aws(&e, "AccessDenied"));
}

/* Every offset of a three-byte character against the end of the array. */
static void test_long_messages_are_cut(void **state)
{
	struct err e = {0};
	char text[4000];

	(void)state;
	for (int pad = 0; pad < 6; pad++) {
		int n = snprintf(text, sizeof(text), "%.*s", pad, "aaaaaa");

		while (n < 2000)
			n += snprintf(text + n, sizeof(text) - (size_t)n, "東");
		err_set(&e, ERR_INPUT, "%s", text);
		assert_true(utf8_valid(str_of(e.message)));
		assert_true(str_endsz(str_of(e.message), "東…"));
		assert_in_range(strlen(e.message), sizeof(e.message) - 4, sizeof(e.message) - 1);
		/* Wrapping what was cut is cut again, once, and keeps the context. */
		err_wrap(&e, "context");
		assert_true(str_startsz(str_of(e.message), "context: a") || pad == 0);
		assert_true(str_endsz(str_of(e.message), "東…"));
		assert_true(utf8_valid(str_of(e.message)));
		err_wrap(&e, "%s", text);
		assert_true(str_endsz(str_of(e.message), "東…"));
		err_errno(&e, ENOENT, "%s", text);
		assert_true(str_endsz(str_of(e.message), "…"));
		err_at(&e, text, 1, 1, "x");
		assert_true(str_endsz(str_of(e.path), "…"));
		assert_true(utf8_valid(str_of(e.path)));
	}
	/* Exactly full is not cut. */
	memset(text, 'x', sizeof(e.message) - 1);
	text[sizeof(e.message) - 1] = '\0';
	err_set(&e, ERR_INPUT, "%s", text);
	assert_string_equal(e.message, text);
	text[sizeof(e.message) - 1] = 'x';
	text[sizeof(e.message)] = '\0';
	err_set(&e, ERR_INPUT, "%s", text);
	assert_int_equal(strlen(e.message), sizeof(e.message) - 1);
	assert_true(str_endsz(str_of(e.message), "xxx…"));
}

static void text_into_nothing(void *arg)
{
	err_text(arg, NULL, 0);
}

static void test_text_fits_anywhere(void **state)
{
	struct err e = {0};
	char text[64];

	(void)state;
	err_at(&e, "accounts.yaml", 12, 9, "東京東京東京");
	for (size_t n = 1; n < sizeof(text); n++) {
		memset(text, '#', sizeof(text));
		err_text(&e, text, n);
		assert_true(strlen(text) < n);
		assert_int_equal(text[n], '#');
		if (n >= 4)
			assert_true(utf8_valid(str_of(text)));
	}
	assert_true(dies(text_into_nothing, &e, "BUG"));
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(err_kind_name(ERR_NONE), "none");
	assert_string_equal(err_kind_name(ERR_AWS), "aws");
	for (int a = ERR_NONE; a <= ERR_CANCELLED; a++)
		for (int b = ERR_NONE; b < a; b++)
			assert_string_not_equal(err_kind_name((enum err_kind)a),
						err_kind_name((enum err_kind)b));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_set_and_clear),
		cmocka_unit_test(test_errno),
		cmocka_unit_test(test_positions),
		cmocka_unit_test(test_wrap),
		cmocka_unit_test(test_aws),
		cmocka_unit_test(test_long_messages_are_cut),
		cmocka_unit_test(test_text_fits_anywhere),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
