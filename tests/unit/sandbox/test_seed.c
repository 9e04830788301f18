#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/limits.h"
#include "fixture.h"
#include "sandbox/seed.h"

#define DAY_MS (86400 * INT64_C(1000))

static struct fx f;

static int setup(void **state)
{
	(void)state;
	fx_open(&f, NULL);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fx_close(&f);
	return 0;
}

static struct world_account *account(const char *id)
{
	struct world_account *acct = world_account(sandbox_world(f.s), str_of(id));

	assert_non_null(acct);
	return acct;
}

static void test_the_organization(void **state)
{
	struct world *w = sandbox_world(f.s);

	(void)state;
	assert_int_equal(map_count(&w->accounts), 4);
	assert_ptr_equal(w->first, account("111111111111"));
	assert_ptr_equal(w->org->management, w->first);
	assert_true(w->org->all_features);
	struct world_unit *production = account("333333333333")->parent;
	assert_true(str_eqz(production->name, "Production"));
	assert_true(str_eqz(production->parent->name, "Workloads"));
	assert_ptr_equal(production->parent->parent, w->org->units);
	assert_true(str_eqz(world_tag(&account("333333333333")->tags, STR("env")), "production"));
	assert_int_equal(account("444444444444")->state, ACCOUNT_SUSPENDED);
	assert_true(world_policy_type_enabled(w->org, "SERVICE_CONTROL_POLICY"));
	assert_false(world_policy_type_enabled(w->org, "RESOURCE_CONTROL_POLICY"));
}

static void test_a_root_user(void **state)
{
	const struct world_account *acct = account("333333333333");
	const struct iam_root *root = &acct->iam.root;
	size_t mfa = 0;

	(void)state;
	assert_non_null(root->login);
	assert_int_equal(root->login->used_ms, FX_NOW_MS - 3 * DAY_MS);
	assert_true(str_is_null(root->login->password_hash));
	assert_true(root->keys->active);
	assert_int_equal(root->keys->created_ms, FX_NOW_MS - 700 * DAY_MS);
	assert_in_range(root->keys->used_ms, FX_NOW_MS - DAY_MS - 60000, FX_NOW_MS - DAY_MS);
	assert_false(root->keys->next->active);
	assert_int_equal(root->keys->next->used_ms, 0);
	assert_non_null(root->certs);
	for (const struct iam_mfa *m = acct->iam.mfa; m; m = m->next)
		mfa += m->assigned && !m->user;
	assert_int_equal(mfa, 2);
	assert_true(str_eqz(acct->iam.mfa->serial,
			    "arn:aws:iam::333333333333:mfa/root-account-mfa-device"));
	assert_true(str_eqz(acct->iam.alias, "small-production"));
	assert_ptr_equal(map_get(&sandbox_world(f.s)->aliases, STR("small-production")), acct);
	assert_null(account("222222222222")->iam.root.login);
}

static void test_administrators(void **state)
{
	struct world *w = sandbox_world(f.s);
	struct map_entry *e;

	(void)state;
	for (size_t i = 0; (e = map_next(&w->accounts, &i));) {
		const struct world_account *acct = e->value;
		assert_non_null(seed_admin_key(acct));
		assert_true((iam_role(&acct->iam, STR("OrganizationAccountAccessRole")) != NULL) ==
			    (acct != w->first));
	}
}

static void test_the_credentials_file(void **state)
{
	char *dir = fx_tempdir();
	struct err err = {0};
	struct str path = path_join(f.a, str_of(dir), STR("credentials")), text;
	struct stat st;

	(void)state;
	assert_true(sandbox_write_credentials(f.s, path.p, &err));
	assert_int_equal(stat(path.p, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_true(file_read(path.p, MIB(1), f.a, &text, &err));
	static const char *const profiles[] = {
		"[management]\n", "[main]\n",         "[111111111111]\n", "[security]\n",
		"[production]\n", "[333333333333]\n", "[closed]\n",
	};
	for (size_t i = 0; i < ARRAY_SIZE(profiles); i++)
		assert_true(str_find(text, str_of(profiles[i])) >= 0);
	assert_true(str_find(text, f.admin) >= 0);
	fx_rmdir(dir);
}

static void test_one_account_alone(void **state)
{
	const struct sandbox_options opt = {.account = "123456789012", .now_ms = FX_NOW_MS};
	struct err err = {0};
	struct sandbox *s = sandbox_open(&opt, &err);

	(void)state;
	assert_non_null(s);
	assert_int_equal(sandbox_accounts(s), 1);
	assert_null(sandbox_world(s)->org);
	assert_false(str_is_null(sandbox_admin_key(s, STR("123456789012"))));
	sandbox_close(&s);
	const struct sandbox_options bad = {.account = "12345678901"};
	assert_null(sandbox_open(&bad, &err));
	assert_non_null(strstr(err.message, "12 digits"));
}

/* What is wrong in the folder is said with file and line, before anything is served. */
static void test_mistakes_in_the_folder(void **state)
{
	static const struct {
		const char *text;
		uint32_t line;
		const char *says;
	} cases[] = {
		{"accounts:\n  nobody:\n    root: {password: true}\n", 2, "nobody"},
		{"accounts:\n  main:\n    root: {pasword: true}\n", 3, "did you mean 'password'"},
		{"accounts:\n  main:\n    state: SUSPENDED\n", 3, "ACTIVE"},
		{"accounts:\n  main:\n    users: [{name: a, policies: [Nonsense]}]\n", 3,
		 "Nonsense"},
		{"accounts:\n  main:\n    users:\n      - {name: a}\n      - {name: a}\n", 5, "a"},
	};
	char *dir = fx_tempdir();
	struct err err = {0};
	struct str path = path_join(f.a, str_of(dir), STR("sandbox.yaml"));

	(void)state;
	assert_true(seed_copy(fx_org_dir(), dir, &err));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct sandbox_options opt = {.org_dir = dir};
		struct err why = {0};
		assert_true(file_replace(path.p, str_of(cases[i].text), 0600, &err));
		if (sandbox_open(&opt, &why))
			fail_msg("case %zu was taken", i);
		if (why.line != cases[i].line || !strstr(why.message, cases[i].says))
			fail_msg("case %zu: %s:%u: %s", i, why.path, why.line, why.message);
		assert_true(str_endsz(str_of(why.path), "sandbox.yaml"));
	}
	fx_rmdir(dir);
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_the_organization),  T(test_a_root_user),
		T(test_administrators),    T(test_the_credentials_file),
		T(test_one_account_alone), T(test_mistakes_in_the_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
