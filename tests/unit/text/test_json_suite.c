/* The cases of tests/data/json: y_ must be read, n_ refused, i_ as chosen in i.expected. */

#include "text-test.h"

#include "text/json.h"

static struct str load(const char *name)
{
	struct err err = {0};
	struct str text;
	char *exact;

	if (!file_read(test_path(arena_printf(A, "data/json/%s", name).p), MIB(4), A, &text, &err))
		fail_msg("%s", err.message);
	exact = exact_copy(text);
	return (struct str){exact, text.n};
}

static void unload(struct str text)
{
	free((char *)(uintptr_t)text.p);
}

static size_t listed(const char *prefix, struct str **names)
{
	struct err err = {0};
	struct str *all;
	size_t n, kept = 0;

	if (!file_list(test_path("data/json"), A, &all, &n, &err))
		fail_msg("%s", err.message);
	for (size_t i = 0; i < n; i++) {
		if (str_startsz(all[i], prefix) && str_endsz(all[i], ".json"))
			all[kept++] = all[i];
	}
	*names = all;
	return kept;
}

static bool refused(struct str text, unsigned flags, struct err *err)
{
	struct val *v = NULL;
	bool ok;

	err_clear(err);
	ok = json_read(text, flags, A, &v, err);
	assert_true(ok == (v != NULL));
	assert_true(ok == !err_is_set(err));
	if (!ok && (!err->line || !err->col || !err->message[0]))
		fail_msg("an error without a place: '%s'", err->message);
	return !ok;
}

/* Written and read again it is the same tree, in both styles. */
static void round_trip(const char *name, const struct val *v)
{
	for (int style = JSON_COMPACT; style <= JSON_PRETTY; style++) {
		struct buf b = BUF_INIT(MIB(8));
		struct err err = {0};
		struct val *again = NULL;

		assert_true(json_write(v, (enum json_style)style, &b));
		if (!json_read(buf_str(&b), 0, A, &again, &err))
			fail_msg("%s: %s", name, err.message);
		if (!val_eq(v, again))
			fail_msg("%s: reads back as something else", name);
		buf_release(&b);
	}
}

static void test_y(void **state)
{
	struct str rest = load("y.expected"), whole = rest, line;
	struct str *names;
	size_t n = 0;

	(void)state;
	while (str_next(&rest, '\n', &line) && line.n) {
		struct err err = {0};
		struct val *v = NULL;
		struct str name, expected, text;

		assert_true(str_cut(line, '\t', &name, &expected));
		text = load(arena_printf(A, "%.*s.json", STR_ARG(name)).p);
		if (!json_read(text, 0, A, &v, &err))
			fail_msg("%.*s: %u:%u: %s", STR_ARG(name), err.line, err.col, err.message);
		if (!str_eq(json_text(A, v), expected))
			fail_msg("%.*s: '%.*s' is not Python's '%.*s'", STR_ARG(name),
				 STR_ARG(json_text(A, v)), STR_ARG(expected));
		round_trip(arena_dupz(A, name), v);
		unload(text);
		n++;
	}
	unload(whole);
	assert_true(n >= 90);
	assert_int_equal(n, listed("y_", &names));
}

static void test_n(void **state)
{
	struct str *names;
	size_t n = listed("n_", &names);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		struct str text = load(arena_dupz(A, names[i]));
		struct err err;

		for (unsigned flags = 0; flags < 8; flags++) {
			if (!refused(text, flags, &err))
				fail_msg("%.*s is read", STR_ARG(names[i]));
		}
		unload(text);
	}
	assert_true(n >= 180);
}

static void check_choice(struct str name, struct str choice)
{
	struct str text = load(arena_printf(A, "%.*s.json", STR_ARG(name)).p);
	struct err err;
	bool strict = refused(text, 0, &err);
	enum err_kind kind = err.kind;
	bool lenient = refused(text, JSON_LONE_SURROGATES, &err);

	if (str_eqz(choice, "accept")) {
		assert_false(strict || lenient);
	} else if (str_eqz(choice, "lenient")) {
		assert_true(strict);
		assert_int_equal(kind, ERR_INPUT);
		assert_false(lenient);
	} else if (str_eqz(choice, "refuse") || str_eqz(choice, "limit")) {
		assert_true(strict && lenient);
		assert_int_equal(kind, str_eqz(choice, "limit") ? ERR_LIMIT : ERR_INPUT);
	} else {
		fail_msg("%.*s: an unknown choice '%.*s'", STR_ARG(name), STR_ARG(choice));
	}
	unload(text);
}

static void test_i(void **state)
{
	struct str rest = load("i.expected"), whole = rest, line;
	struct str *names;
	size_t n = 0;

	(void)state;
	while (str_next(&rest, '\n', &line) && line.n) {
		struct str name, choice;

		assert_true(str_cut(line, '\t', &name, &choice));
		(void)str_cut(choice, ' ', &choice, &line);
		check_choice(name, choice);
		n++;
	}
	unload(whole);
	assert_true(n >= 30);
	assert_int_equal(n, listed("i_", &names));
}

/* Every y_ file cut anywhere: never a crash, and mostly an error. */
static void test_truncated(void **state)
{
	struct str *names;
	size_t n = listed("y_", &names), cuts = 0, read = 0;

	(void)state;
	for (size_t i = 0; i < n; i++) {
		struct str text = load(arena_dupz(A, names[i]));
		struct arena *a = arena_new();

		for (size_t cut = 0; cut < text.n; cut++) {
			struct str part = {exact_copy(str_sub(text, 0, cut)), cut};
			struct err err = {0};
			struct val *v;

			read += json_read(part, JSON_UNIQUE | JSON_POSITIONS, a, &v, &err);
			cuts++;
			unload(part);
			arena_reset(a);
		}
		arena_free(&a);
		unload(text);
	}
	assert_true(cuts > 1000);
	/* "[1] " without its blank is whole, "[1" is not */
	assert_true(read < cuts / 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_y),
		TEST(test_n),
		TEST(test_i),
		TEST(test_truncated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
