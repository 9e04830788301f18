/*
 * The cases of tests/data/policy, and of the shared folder where it is there:
 * each says what AWS answers, and where that is stated.
 */

#include "policy-test.h"

#include "base/file.h"
#include "base/limits.h"
#include "policy/cases.h"

static size_t run_text(const char *path, struct str text, size_t *failed)
{
	struct str rest = text, line;
	uint32_t number = 0;
	size_t n = 0;
	while (policy_case_next(&rest, &line, &number)) {
		struct arena *a = arena_new();
		struct policy_case_result r;
		struct err err = {0};
		n++;
		if (!policy_case_run(line, a, &r, &err)) {
			print_error("%s:%u: %s\n", path, number, err.message);
			++*failed;
		} else if (!r.passed) {
			print_error("%s:%u: %.*s: expected %.*s, got %.*s: %.*s\n", path, number,
				    STR_ARG(r.id), STR_ARG(r.expected), STR_ARG(r.got),
				    STR_ARG(r.why));
			++*failed;
		}
		arena_free(&a);
	}
	return n;
}

static size_t run_file(const char *path)
{
	struct err err = {0};
	struct str text;
	size_t failed = 0;
	if (!file_read(path, MIB(64), A, &text, &err))
		fail_msg("%s", err.message);
	size_t n = run_text(path, text, &failed);
	print_message("%s: %zu cases, %zu wrong\n", path, n, failed);
	assert_int_equal(failed, 0);
	return n;
}

static void test_own(void **state)
{
	const char *dir = getenv("ROOTOUT_TESTS");
	struct err err = {0};
	struct str *names;
	size_t n, total = 0;
	(void)state;
	assert_non_null(dir);
	struct str folder = arena_printf(A, "%s/data/policy", dir);
	if (!file_list(folder.p, A, &names, &n, &err))
		fail_msg("%s", err.message);
	for (size_t i = 0; i < n; i++) {
		if (str_endsz(names[i], ".jsonl"))
			total += run_file(path_join(A, folder, names[i]).p);
	}
	assert_true(total > 100);
}

static void test_shared(void **state)
{
	const char *dir = getenv("ROOTOUT_SHARED");
	(void)state;
	struct str path = arena_printf(A, "%s/cases/policy.jsonl", dir ? dir : ".");
	if (!file_exists(path.p)) {
		print_message("%s is not there\n", path.p);
		skip();
	}
	assert_true(run_file(path.p) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(test_own), TEST(test_shared)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
