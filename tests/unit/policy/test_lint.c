/*
 * The linter: each rule has a file in tests/data/policy/lint with documents in
 * which it must be found and documents in which it must not; a rule without a
 * file fails here, and so does one that docs/policy-lint.md does not tell.
 */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "policy-test.h"
#include "policy/lint.h"
#include "text/json.h"

/* Found above the policy floor: tests/conformance/test_policy_lint.py has them. */
static const char *const of_organization[] = {"too-many-policies", "locks-root-sessions",
					      "locks-administrators", "permission-set-beyond-scp"};

static struct str tests_path(struct arena *a, const char *name)
{
	const char *dir = getenv("ROOTOUT_TESTS");
	assert_non_null(dir);
	return arena_printf(a, "%s/%s", dir, name);
}

static bool has(const struct lint_findings *f, const char *rule)
{
	for (size_t i = 0; i < f->n; i++) {
		if (!strcmp(f->v[i].rule->name, rule))
			return true;
	}
	return false;
}

static struct lint_findings lint_from(struct arena *a, struct str text, enum policy_kind kind,
				      enum lint_severity least)
{
	struct lint_findings f = {0};
	/* sensitive-access.json is about these. */
	struct lint_sensitive sensitive[] = {
		{STR_NULL, STR("arn:aws:s3:::payroll/2026/*")},
		{STR("s3:GetObject"), STR("arn:aws:s3:::tax/*")},
	};
	struct lint_input in = {.text = text,
				.kind = kind,
				.name = STR("t"),
				.least = least,
				.sensitive = sensitive,
				.nsensitive = ARRAY_SIZE(sensitive),
				.catalogue = catalogue_open(a)};
	policy_lint(&in, a, &f);
	return f;
}

static struct lint_findings lint_as(struct arena *a, struct str text, enum policy_kind kind)
{
	return lint_from(a, text, kind, LINT_NOTE);
}

static enum policy_kind kind_of(struct str word)
{
	return str_eqz(word, "resource") ? POLICY_RESOURCE
	       : str_eqz(word, "rcp")    ? POLICY_RCP
	       : str_eqz(word, "scp")    ? POLICY_SCP
					 : POLICY_IDENTITY;
}

static size_t check_documents(struct arena *a, const struct val *file, const char *rule,
			      const char *member, bool expected)
{
	size_t n = 0;
	VAL_EACH(doc, val_get(file, member))
	{
		struct str text = val_is(doc, VAL_STRING) ? val_str(doc) : json_text(a, doc);
		struct lint_findings f = lint_as(a, text, kind_of(val_get_str(file, "kind")));
		if (has(&f, rule) != expected)
			fail_msg("%s, %s: %.*s", rule, member, STR_ARG(text));
		n++;
	}
	return n;
}

static void test_every_rule(void **state)
{
	size_t n;
	const struct lint_rule *const *rules = lint_rules(&n);
	(void)state;
	for (size_t i = 0; i < n; i++) {
		struct arena *a = arena_new();
		struct err err = {0};
		struct val *file;
		bool above = false;
		for (size_t k = 0; k < ARRAY_SIZE(of_organization); k++)
			above |= !strcmp(rules[i]->name, of_organization[k]);
		struct str path = tests_path(
			a, arena_printf(a, "data/policy/lint/%s.json", rules[i]->name).p);
		if (!above) {
			if (!json_read_file(path.p, MIB(1), 0, a, &file, &err))
				fail_msg("%s", err.message);
			assert_true(check_documents(a, file, rules[i]->name, "finds", true) > 0);
			assert_true(check_documents(a, file, rules[i]->name, "passes", false) > 0);
			/* The same as another kind of policy. */
			check_documents(a, val_get(file, "also"), rules[i]->name, "finds", true);
			check_documents(a, val_get(file, "also"), rules[i]->name, "passes", false);
		}
		arena_free(&a);
	}
}

static void test_every_rule_is_documented(void **state)
{
	struct arena *a = arena_new();
	struct err err = {0};
	struct str page;
	size_t n;
	const struct lint_rule *const *rules = lint_rules(&n);
	(void)state;
	assert_true(file_read(tests_path(a, "../docs/policy-lint.md").p, MIB(1), a, &page, &err));
	for (size_t i = 0; i < n; i++) {
		struct str row = arena_printf(a, "| `%s` |", rules[i]->name);
		if (str_find(page, row) < 0)
			fail_msg("docs/policy-lint.md does not have %s", row.p);
	}
	arena_free(&a);
}

static void test_places(void **state)
{
	struct arena *a = arena_new();
	struct str text =
		STR("{\"Version\": \"2012-10-17\",\n \"Statement\": {\"Effect\": \"Allow\",\n"
		    "  \"Action\": [\"s3:GetObject\", \"s3:GetObjekt\"],\n"
		    "  \"Resource\": \"arn:aws:s3:::b/*\"}}\n");
	struct lint_findings f = lint_from(a, text, POLICY_IDENTITY, LINT_WARNING);
	(void)state;
	assert_int_equal(f.n, 1);
	assert_string_equal(f.v[0].rule->name, "unknown-action");
	assert_int_equal(f.v[0].line, 3);
	assert_int_equal(f.v[0].col, 30);
	assert_true(str_find(f.v[0].message, STR("did you mean 's3:GetObject'?")) >= 0);
	arena_free(&a);
}

/* As --fix does: until nothing certain is left. */
static struct str fixed(struct arena *a, struct str text)
{
	for (int i = 0; i < 10; i++) {
		size_t n;
		struct lint_findings f = lint_as(a, text, POLICY_IDENTITY);
		text = lint_fixed(text, &f, &n, a);
		if (!n)
			break;
	}
	return text;
}

static void test_fixes(void **state)
{
	struct arena *a = arena_new();
	struct str before =
		STR("{\n  \"Version\": \"2012-10-17\", \"Statement\": {\"Effect\": \"Allow\",\n"
		    "    \"Action\": [\n      \"s3:GetObject\",\n      \"s3:getobject\",\n"
		    "      \"S3:putobject\",\n      \"s3:Get*\"],\n"
		    "    \"Resource\": \"arn:aws:s3:::\xE6\x9C\xAC/*\"}}\n");
	struct str after =
		STR("{\n  \"Version\": \"2012-10-17\", \"Statement\": {\"Effect\": \"Allow\",\n"
		    "    \"Action\": [\n      \"s3:PutObject\",\n      \"s3:Get*\"],\n"
		    "    \"Resource\": \"arn:aws:s3:::\xE6\x9C\xAC/*\"}}\n");
	struct str got = fixed(a, before);
	(void)state;
	assert_string_equal(got.p, after.p);
	arena_free(&a);
}

static void test_patterns(void **state)
{
	(void)state;
	assert_true(lint_covers(STR("s3:*"), STR("s3:Get*"), true));
	assert_true(lint_covers(STR("s3:*Object"), STR("S3:Get*Object"), true));
	assert_false(lint_covers(STR("s3:Get*"), STR("s3:*"), true));
	assert_false(lint_covers(STR("s3:?"), STR("s3:*"), true));
	assert_false(lint_covers(STR("b/${aws:username}*"), STR("b/x"), false));
	assert_true(lint_meet(STR("a*c"), STR("*bc"), false));
	assert_true(lint_meet(STR("arn:*:s3:::*/*"), STR("arn:aws:s3:::b*"), false));
	assert_false(lint_meet(STR("arn:*:s3:::*/*"), STR("arn:aws:s3:::b"), false));
	assert_true(lint_meet(STR("a?"), STR("*b"), false));
	assert_false(lint_meet(STR("a?"), STR("b*"), false));
	assert_true(lint_meet(STR("u/${aws:username}"), STR("u/ann"), false));
	assert_true(lint_meet(STR("A*"), STR("ab"), true));
	assert_false(lint_meet(STR(""), STR("a"), false));
	assert_true(lint_meet(STR(""), STR("*"), false));
	assert_true(lint_meet_form(STR("arn:*:ec2:*:*:volume/*"), STR("arn:aws:ec2:*")));
	assert_true(lint_meet_form(STR("arn:*:ec2:*::image/*"), STR("arn:*:*/*")));
	/* A form's region has no colon; the name at its end may. */
	assert_false(
		lint_meet_form(STR("arn:*:ec2:*::image/*"), STR("arn:aws:ec2:r:1:instance/*")));
	assert_true(lint_meet_form(STR("arn:*:s3:::*/*"), STR("arn:aws:s3:::b/a:b")));
	/* A bucket's name has no slash. */
	assert_true(lint_meet_form(STR("arn:*:s3:::*"), STR("arn:aws:s3:::b*")));
	assert_true(lint_meet_form(STR("arn:*:s3:::*"), STR("arn:aws:*")));
	assert_false(lint_meet_form(STR("arn:*:s3:::*"), STR("arn:aws:s3:::b/*")));
}

static void test_bounds(void **state)
{
	struct arena *a = arena_new();
	struct buf b = BUF_INIT(MIB(8));
	(void)state;
	buf_addz(&b, "{\"Version\":\"2012-10-17\",\"Statement\":[");
	for (int i = 0; i < 4000; i++)
		buf_addf(&b,
			 "%s{\"Effect\":\"Allow\",\"Action\":[\"s3:Gex%d*\",\"ec2:*\"],"
			 "\"Resource\":\"arn:aws:s3:::b%d*\"}",
			 i ? "," : "", i, i);
	buf_addz(&b, "]}");
	struct lint_findings f = lint_as(a, buf_str(&b), POLICY_IDENTITY);
	assert_int_equal(f.n, LINT_MAX);
	assert_true(f.more > 0);
	assert_true(f.cut);
	buf_release(&b);
	arena_free(&a);
}

/* Conditions are compared with those of every other statement: that costs by their size. */
static void test_bounds_of_conditions(void **state)
{
	struct arena *a = arena_new();
	struct buf b = BUF_INIT(MIB(8));
	(void)state;
	buf_addz(&b, "{\"Version\":\"2012-10-17\",\"Statement\":[");
	for (int i = 0; i < 600; i++) {
		buf_addf(&b,
			 "%s{\"Effect\":\"Deny\",\"Action\":\"s3:GetObject%d\",\"Resource\":\"*\","
			 "\"Condition\":{\"StringEquals\":{\"aws:PrincipalTag/x\":[",
			 i ? "," : "", i);
		for (int k = 0; k < 100; k++)
			buf_addf(&b, "%s\"%d\"", k ? "," : "", k);
		buf_addz(&b, "]}}}");
	}
	buf_addz(&b, "]}");
	struct lint_findings f = lint_from(a, buf_str(&b), POLICY_SCP, LINT_ERROR);
	assert_true(f.cut);
	buf_release(&b);
	arena_free(&a);
}

/* Rules that are not asked for leave room, and are not counted. */
static void test_least(void **state)
{
	struct arena *a = arena_new();
	struct buf b = BUF_INIT(MIB(8));
	(void)state;
	buf_addz(&b, "{\"Version\":\"2012-10-17\",\"Statement\":[");
	for (int i = 0; i < 2 * LINT_MAX; i++)
		buf_addf(&b, "%s{\"Effect\":\"Deny\",\"Action\":\"s3:x%d\",\"Resource\":\"*\"}",
			 i ? "," : "", i);
	buf_addz(&b, "]}");
	struct lint_findings f = lint_from(a, buf_str(&b), POLICY_SCP, LINT_ERROR);
	assert_int_equal(f.n, 1);
	assert_string_equal(f.v[0].rule->name, "too-large");
	assert_int_equal(f.more, 0);
	f = lint_from(a, buf_str(&b), POLICY_SCP, LINT_NOTE);
	assert_int_equal(f.n, LINT_MAX);
	assert_true(f.more >= (size_t)LINT_MAX);
	buf_release(&b);
	arena_free(&a);
}

static void test_catalogue(void **state)
{
	struct arena *a = arena_new();
	struct catalogue *c = catalogue_open(a);
	struct catalogue_service *s3 = catalogue_service(c, STR("S3"));
	(void)state;
	assert_true(catalogue_nservices(c) > 400);
	assert_true(catalogue_nactions(c) > 20000);
	assert_int_equal(catalogue_date(c).n, 10);
	assert_non_null(s3);
	const struct catalogue_action *get = catalogue_action(s3, STR("getobject"));
	assert_non_null(get);
	assert_true(str_eqz(get->name, "GetObject"));
	assert_int_equal(get->level, ACCESS_READ);
	assert_int_equal(catalogue_action(s3, STR("ListAllMyBuckets"))->nresources, 0);
	const struct catalogue_action *delete = catalogue_action(s3, STR("DeleteBucket"));
	assert_int_equal(delete->nresources, 1);
	assert_true(delete->required[0]);
	assert_false(get->required[0]);
	const struct catalogue_key *tag = catalogue_key(s3, STR("s3:ExistingObjectTag/team"));
	assert_non_null(tag);
	assert_true(catalogue_has_key(s3, get, tag));
	assert_null(catalogue_key(s3, STR("s3:nothing")));
	assert_null(catalogue_service(c, STR("s33")));
	assert_int_equal(catalogue_global_key(c, STR("aws:tagkeys"))->type, KEY_STRINGS);
	assert_true(catalogue_is_federated(c, STR("token.actions.githubusercontent.com:sub")));
	assert_true(catalogue_rcp_binds(c, STR("sqs")));
	assert_false(catalogue_rcp_binds(c, STR("ec2")));
	arena_free(&a);
}

static void test_hostile_catalogue_lines(void **state)
{
	struct arena *a = arena_new();
	struct catalogue *c = catalogue_of(
		STR("a Lost w - -\ns x\nk\nr\na\na Foo w 99,zz,0! 7,-\nr t arn:${Open\nx\ns"), a);
	struct catalogue_service *x = catalogue_service(c, STR("x"));
	(void)state;
	assert_non_null(x);
	const struct catalogue_action *foo = catalogue_action(x, STR("Foo"));
	assert_non_null(foo);
	assert_int_equal(foo->nkeys, 0);
	arena_free(&a);
}

static void test_guess(void **state)
{
	(void)state;
	assert_int_equal(lint_guess_kind(STR("{\"Statement\":{\"Principal\":\"*\"}}")),
			 POLICY_RESOURCE);
	assert_int_equal(lint_guess_kind(STR("{\"Statement\":[{}]}")), POLICY_IDENTITY);
	assert_int_equal(lint_guess_kind(STR("]")), POLICY_IDENTITY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_rule),
		cmocka_unit_test(test_every_rule_is_documented),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_fixes),
		cmocka_unit_test(test_patterns),
		cmocka_unit_test(test_least),
		cmocka_unit_test(test_bounds_of_conditions),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_catalogue),
		cmocka_unit_test(test_hostile_catalogue_lines),
		cmocka_unit_test(test_guess),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
