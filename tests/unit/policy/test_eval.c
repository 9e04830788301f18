/*
 * The road agrees with the decision, on every case of tests/data/policy, and
 * says what a person needs to mend a denial.
 */

#include "policy-test.h"

#include "base/file.h"
#include "base/limits.h"
#include "policy/cases.h"
#include "policy/eval.h"

#define ANN "arn:aws:iam::111122223333:user/ann"
#define ALL "{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}"

static const struct policy_step *first_saying(const struct policy_road *r, enum policy_say say)
{
	for (size_t i = 0; i < r->nsteps; i++) {
		if (r->steps[i].say == say)
			return &r->steps[i];
	}
	return NULL;
}

static bool same_statement(const struct policy_step *st, const struct policy_decision *d)
{
	return st && st->kind == d->level && st->index == d->level_index &&
	       st->policy == d->policy && st->statement == d->statement && st->line == d->line;
}

/* What eval.h promises about steps and decision. */
static const char *disagreement(const struct policy_road *r)
{
	const struct policy_decision *d = &r->decision;
	const struct policy_step *deny = first_saying(r, POLICY_SAYS_DENY);
	const struct policy_step *at = r->decided < r->nsteps ? &r->steps[r->decided] : NULL;

	if (!r->nnotes)
		return "no note";
	if (d->reason == POLICY_EXPLICIT_DENY)
		return same_statement(deny, d) && at == deny ? NULL : "another statement denies";
	if (deny)
		return "a step denies, and the decision does not";
	if (d->allow && d->policy)
		return at && at->say == POLICY_SAYS_ALLOW && same_statement(at, d)
			       ? NULL
			       : "another statement allows";
	if (d->allow)
		return at && at->say != POLICY_SAYS_ALLOW ? "allowed by a silent step" : NULL;
	if (!r->nsteps)
		return NULL; /* a request that AWS could not have issued */
	return at && at->say == POLICY_SAYS_NOTHING ? NULL : "the step that decides is not silent";
}

/* Every SCP level allows where the decision does; the nearest statement really does not fit. */
static const char *inconsistency(const struct policy_road *r, const struct policy_request *req,
				 struct arena *a)
{
	for (size_t i = 0; i < r->nsteps; i++) {
		const struct policy_step *st = &r->steps[i];

		if (r->decision.allow && st->kind == POLICY_SCP && st->say != POLICY_SAYS_ALLOW)
			return "allowed past an SCP level that does not allow";
		if (!st->policy)
			continue;
		bool fits = str_is_null(policy_mismatch(st->policy, st->statement, req, a));

		if (fits != (st->say != POLICY_SAYS_NOTHING))
			return "a statement's mismatch contradicts its step";
	}
	return NULL;
}

static size_t explain_file(const char *path)
{
	struct err err = {0};
	struct str text, line;
	uint32_t number = 0;
	size_t n = 0;

	if (!file_read(path, MIB(64), A, &text, &err))
		fail_msg("%s", err.message);
	while (policy_case_next(&text, &line, &number)) {
		struct arena *a = arena_new();
		struct policy_case c;
		struct policy_road road;
		const char *wrong;

		if (!policy_case_read(line, a, &c, &err))
			fail_msg("%s:%u: %s", path, number, err.message);
		if (!c.is_document) {
			policy_explain(&c.set, &c.request, a, &road);
			policy_explain_words(&c.set, &c.request, a, &road);
			wrong = disagreement(&road);
			if (!wrong)
				wrong = inconsistency(&road, &c.request, a);
			if (wrong)
				fail_msg("%s:%u: %s", path, number, wrong);
			n++;
		}
		arena_free(&a);
	}
	return n;
}

static void test_agrees_with_the_decision(void **state)
{
	const char *dir = getenv("ROOTOUT_TESTS");
	struct err err = {0};
	struct str *names, folder;
	size_t n, total = 0;

	(void)state;
	assert_non_null(dir);
	folder = arena_printf(A, "%s/data/policy", dir);
	if (!file_list(folder.p, A, &names, &n, &err))
		fail_msg("%s", err.message);
	for (size_t i = 0; i < n; i++) {
		if (str_endsz(names[i], ".jsonl"))
			total += explain_file(path_join(A, folder, names[i]).p);
	}
	print_message("%zu decisions explained\n", total);
	assert_true(total > 100);
}

static bool says(const struct policy_road *r, const char *words)
{
	for (size_t i = 0; i < r->nnotes; i++) {
		if (str_find(r->notes[i], str_of(words)) >= 0)
			return true;
	}
	for (size_t i = 0; i < r->nnotes; i++)
		print_error("note: %.*s\n", STR_ARG(r->notes[i]));
	return false;
}

static void explain_identity(const char *statements, const char *region, struct policy_road *r)
{
	static struct str value;
	static struct policy_key key;
	const struct policy **list = arena_calloc(A, 1, sizeof(const struct policy *));
	struct policy_set *set = arena_new_of(A, struct policy_set);
	struct policy_request *req = arena_new_of(A, struct policy_request);

	list[0] = parse_ok(
		arena_printf(A, "{\"Version\":\"2012-10-17\",\n\"Statement\":[\n%s]}", statements)
			.p,
		POLICY_IDENTITY);
	value = str_of(region);
	key = (struct policy_key){STR("aws:RequestedRegion"), {&value, 1, false}};
	*set = (struct policy_set){.has_identity = true, .identity = {list, 1}};
	*req = (struct policy_request){.principal = STR(ANN),
				       .action = STR("s3:GetObject"),
				       .resource = STR("arn:aws:s3:::b/k"),
				       .keys = &key,
				       .nkeys = region ? 1 : 0};
	policy_explain(set, req, A, r);
	policy_explain_words(set, req, A, r);
}

static void test_condition_that_failed(void **state)
{
	struct policy_road r;

	(void)state;
	explain_identity("{\"Effect\":\"Allow\",\"Action\":\"ec2:*\",\"Resource\":\"*\"},\n"
			 "{\"Sid\":\"Near\",\"Effect\":\"Allow\",\"Action\":\"s3:Get*\","
			 "\"Resource\":\"*\",\n\"Condition\":{\"StringEquals\":"
			 "{\"aws:RequestedRegion\":[\"eu-west-1\",\"eu-west-2\"]}}}",
			 "us-east-1", &r);
	assert_false(r.decision.allow);
	assert_true(says(&r, "no identity-based policy allows s3:GetObject on arn:aws:s3:::b/k"));
	assert_true(says(&r, "nearest is statement Near (line 4) of 'test': condition StringEquals "
			     "aws:RequestedRegion (line 5) 'eu-west-1', 'eu-west-2': the request's "
			     "is 'us-east-1'"));
	explain_identity("{\"Effect\":\"Allow\",\"Action\":\"s3:Get*\",\"Resource\":\"*\","
			 "\"Condition\":{\"StringEquals\":{\"aws:RequestedRegion\":\"x\"}}}",
			 NULL, &r);
	assert_true(says(&r, "the request has no such key"));
}

static void test_element_that_failed(void **state)
{
	struct policy_road r;

	(void)state;
	explain_identity("{\"Effect\":\"Allow\",\"Action\":[\"s3:Put*\",\"s3:List?\"],"
			 "\"Resource\":\"*\"}",
			 NULL, &r);
	assert_true(says(&r, "its Action is 's3:put*', 's3:list?'"));
	explain_identity("{\"Effect\":\"Allow\",\"Action\":\"s3:*\","
			 "\"Resource\":\"arn:aws:s3:::${aws:username}/*\"}",
			 NULL, &r);
	assert_true(says(&r, "its Resource is 'arn:aws:s3:::${aws:username}/*'"));
}

static void test_deny_says_its_conditions(void **state)
{
	struct policy_road r;

	(void)state;
	explain_identity(ALL ",{\"Sid\":\"D\",\"Effect\":\"Deny\",\"Action\":\"*\","
			     "\"Resource\":\"*\",\"Condition\":{\"StringNotEquals\":"
			     "{\"aws:RequestedRegion\":\"eu-west-1\"}}}",
			 "us-east-1", &r);
	assert_int_equal(r.decision.reason, POLICY_EXPLICIT_DENY);
	assert_true(says(&r, "it would not deny if this did not hold: condition StringNotEquals "
			     "aws:RequestedRegion (line 3) 'eu-west-1': the request's is "
			     "'us-east-1'"));
	explain_identity(ALL ",{\"Effect\":\"Deny\",\"Action\":\"s3:*\",\"Resource\":\"*\"},"
			     "{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"}",
			 NULL, &r);
	assert_true(says(&r, "it has no condition"));
	assert_true(says(&r, "1 more statement on this level denies it too"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_agrees_with_the_decision),
		TEST(test_condition_that_failed),
		TEST(test_element_that_failed),
		TEST(test_deny_says_its_conditions),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
