/*
 * The cases of tests/data/policy, and of the shared folder where it is there:
 * each says what AWS answers, and where that is stated.
 */

#include "policy-test.h"

#include "base/file.h"
#include "base/limits.h"
#include "policy/cases.h"

static bool same(const struct policy_decision *a, const struct policy_decision *b)
{
	return a->allow == b->allow && a->reason == b->reason && a->level == b->level &&
	       a->level_index == b->level_index && a->policy == b->policy &&
	       a->statement == b->statement && a->line == b->line;
}

/* The compiled set must say the same, down to the statement. */
static bool compiled_agrees(const struct policy_case *c, struct arena *a)
{
	struct policy_decision plain, compiled;
	if (c->is_document)
		return true;
	policy_decide(&c->set, &c->request, &plain);
	policy_engine_decide(policy_compile(&c->set, a), &c->request, &compiled);
	return same(&plain, &compiled);
}

static bool run_line(const char *path, uint32_t number, struct str line, struct arena *a)
{
	struct policy_case c;
	struct policy_case_result r;
	struct err err = {0};
	if (!policy_case_read(line, a, &c, &err)) {
		print_error("%s:%u: %s\n", path, number, err.message);
		return false;
	}
	policy_case_run(&c, a, &r);
	if (!r.passed) {
		print_error("%s:%u: %.*s: expected %.*s, got %.*s: %.*s\n", path, number,
			    STR_ARG(c.id), STR_ARG(r.expected), STR_ARG(r.got), STR_ARG(r.why));
		return false;
	}
	if (!compiled_agrees(&c, a)) {
		print_error("%s:%u: %.*s: compiled, the decision is another\n", path, number,
			    STR_ARG(c.id));
		return false;
	}
	return true;
}

static size_t run_text(const char *path, struct str text, size_t *failed)
{
	struct str rest = text, line;
	uint32_t number = 0;
	size_t n = 0;
	for (; policy_case_next(&rest, &line, &number); n++) {
		struct arena *a = arena_new();
		*failed += !run_line(path, number, line, a);
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
