/*
 * What is decided without knowing everything holds whatever the unknown is: for
 * each case of tests/data/policy, each choice of its keys is forgotten in turn.
 */

#include "policy-test.h"

#include "base/file.h"
#include "base/limits.h"
#include "policy/assume.h"
#include "policy/cases.h"
#include "policy/managed.h"
#include "policy/policy-private.h"

struct tally {
	size_t decisions, no, yes, between;
};

static struct policy_list bound_list(struct policy_list list, const struct policy_key *known,
				     size_t n, bool most, struct arena *a)
{
	const struct policy **v = arena_calloc(a, list.n + 1, sizeof(*v));

	for (size_t i = 0; i < list.n; i++) {
		struct policy_bounds b;

		policy_bounds(list.policies[i], known, n, a, &b);
		v[i] = most ? b.most : b.least;
	}
	return (struct policy_list){v, list.n};
}

static const struct policy_list *bound_levels(const struct policy_list *levels, size_t nlevels,
					      const struct policy_key *known, size_t n, bool most,
					      struct arena *a)
{
	struct policy_list *v = arena_calloc(a, nlevels + 1, sizeof(*v));

	for (size_t i = 0; i < nlevels; i++)
		v[i] = bound_list(levels[i], known, n, most, a);
	return v;
}

static bool decide(const struct policy_case *c, const struct policy_key *known, size_t n, bool most,
		   struct arena *a)
{
	struct policy_set s = c->set;
	struct policy_request req = c->request;
	struct policy_decision d;
	struct policy_list boundary = {&s.boundary, s.boundary ? 1 : 0};

	s.identity = bound_list(s.identity, known, n, most, a);
	s.session = bound_list(s.session, known, n, most, a);
	s.resource = bound_list(s.resource, known, n, most, a);
	boundary = bound_list(boundary, known, n, most, a);
	s.boundary = boundary.n ? boundary.policies[0] : NULL;
	s.scp = bound_levels(s.scp, s.nscp, known, n, most, a);
	s.rcp = bound_levels(s.rcp, s.nrcp, known, n, most, a);
	req.keys = known;
	req.nkeys = n;
	policy_decide(&s, &req, &d);
	return d.allow;
}

/* Keys that would be derived otherwise are always known: forgetting them changes the request. */
static size_t choose_keys(const struct policy_request *req, unsigned mask, struct policy_key *out)
{
	size_t n = 0;

	for (size_t i = 0; i < req->nkeys; i++) {
		if (derived_key_of(req->keys[i].name) != DERIVED_NONE || (mask >> (i % 2)) & 1)
			out[n++] = req->keys[i];
	}
	return n;
}

static void check_case(const char *path, uint32_t number, const struct policy_case *c,
		       struct arena *a, struct tally *t)
{
	struct policy_key *known = arena_calloc(a, c->request.nkeys + 1, sizeof(*known));
	struct policy_decision d;

	policy_decide(&c->set, &c->request, &d);
	for (unsigned mask = 0; mask < 3; mask++) {
		size_t n = choose_keys(&c->request, mask, known);
		bool most = decide(c, known, n, true, a), least = decide(c, known, n, false, a);

		if (least && !most)
			fail_msg("%s:%u: least allows what most does not", path, number);
		if (d.allow ? !most : least)
			fail_msg("%s:%u: keys %u: decided %d, most %d, least %d", path, number,
				 mask, d.allow, most, least);
		t->decisions++;
		t->no += !most;
		t->yes += least;
		t->between += most && !least;
	}
}

static void check_file(const char *path, struct tally *t)
{
	struct err err = {0};
	struct str text, line;
	uint32_t number = 0;

	if (!file_read(path, MIB(64), A, &text, &err))
		fail_msg("%s", err.message);
	while (policy_case_next(&text, &line, &number)) {
		struct arena *a = arena_new();
		struct policy_case c;

		if (!policy_case_read(line, a, &c, &err))
			fail_msg("%s:%u: %s", path, number, err.message);
		if (!c.is_document)
			check_case(path, number, &c, a, t);
		arena_free(&a);
	}
}

static void test_bounds_hold(void **state)
{
	const char *dir = getenv("ROOTOUT_TESTS");
	struct err err = {0};
	struct tally t = {0};
	struct str *names, folder;
	size_t n;

	(void)state;
	assert_non_null(dir);
	folder = arena_printf(A, "%s/data/policy", dir);
	if (!file_list(folder.p, A, &names, &n, &err))
		fail_msg("%s", err.message);
	for (size_t i = 0; i < n; i++) {
		if (str_endsz(names[i], ".jsonl"))
			check_file(path_join(A, folder, names[i]).p, &t);
	}
	print_message("%zu decisions: %zu no, %zu yes, %zu between\n", t.decisions, t.no, t.yes,
		      t.between);
	assert_true(t.no > 100 && t.yes > 100 && t.between > 100);
}

static void test_open_conditions(void **state)
{
	const struct policy *p = parse_ok(
		"{\"Version\":\"2012-10-17\",\"Statement\":[\n"
		"{\"Effect\":\"Deny\",\"NotAction\":\"iam:*\",\"Resource\":\"*\",\"Condition\":"
		"{\"StringNotEquals\":{\"aws:RequestedRegion\":[\"a\",\"b\",\"c\",\"d\",\"e\","
		"\"f\"]}"
		"}},\n{\"Effect\":\"Allow\",\"Action\":\"ec2:*\",\"Resource\":\"*\"}]}",
		POLICY_IDENTITY);
	struct policy_request req = {.principal = STR("arn:aws:iam::111122223333:user/ann"),
				     .action = STR("s3:GetObject"),
				     .resource = STR("*")};
	struct policy_open *v = NULL;
	size_t n = 0, cap = 0;

	(void)state;
	policy_open_conditions(p, &req, A, &v, &n, &cap);
	assert_int_equal(n, 1);
	assert_int_equal(v[0].line, 2);
	assert_true(str_eqz(v[0].text, "denies if StringNotEquals aws:RequestedRegion 'a', 'b', "
				       "'c', 'd', 'e', 'f'"));
	req.action = STR("iam:ListUsers");
	policy_open_conditions(p, &req, A, &v, &n, &cap);
	assert_int_equal(n, 1);
}

static void test_pairs(void **state)
{
	const struct policy *p = parse_ok(
		"{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":"
		"[\"s3:Get*\",\"*\"],\"Resource\":\"arn:aws:s3:::${aws:username}/?\"}}",
		POLICY_IDENTITY);
	struct policy_pair *v = NULL;
	size_t n = 0, cap = 0;

	(void)state;
	policy_pairs(p, A, &v, &n, &cap);
	assert_int_equal(n, 4);
	assert_true(str_eqz(v[0].action, "s3:get*") && str_eqz(v[0].resource, "*"));
	assert_true(str_eqz(v[1].resource, "arn:aws:s3:::${aws:username}/?"));
	assert_true(str_eqz(v[2].action, "*"));
}

static void test_managed(void **state)
{
	size_t n;
	const struct policy_managed *all = policy_managed_all(&n);

	(void)state;
	for (size_t i = 0; i < n; i++)
		parse_ok(all[i].document, POLICY_IDENTITY);
	assert_null(policy_managed_find(STR("AdministratorAccess"))->services);
	assert_non_null(policy_managed_find(STR("ReadOnlyAccess"))->services);
	assert_ptr_equal(policy_managed_find(STR("arn:aws:iam::aws:policy/ReadOnlyAccess")),
			 policy_managed_find(STR("ReadOnlyAccess")));
	assert_null(policy_managed_find(STR("arn:aws:iam::111122223333:policy/ReadOnlyAccess")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_bounds_hold),
		TEST(test_open_conditions),
		TEST(test_pairs),
		TEST(test_managed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
