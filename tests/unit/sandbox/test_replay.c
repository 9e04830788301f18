#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/limits.h"
#include "fixture.h"

static char *dir;
static struct fx f;

static struct sandbox_options options(void)
{
	return (struct sandbox_options){
		.state_dir = dir, .seeded = true, .seed = 7, .now_ms = FX_NOW_MS};
}

static void open_again(void)
{
	struct sandbox_options opt = options();

	fx_open(&f, &opt);
}

static int setup(void **state)
{
	(void)state;
	dir = fx_tempdir();
	open_again();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	if (f.s)
		fx_close(&f);
	fx_rmdir(dir);
	return 0;
}

/* A bit of everything that changes the state, among it what happens by itself. */
static void live_a_while(void)
{
	fx_enable(&f);
	assert_true(fx_call(&f, f.admin, "organizations", "CreateAccount",
			    "{\"AccountName\":\"born\",\"Email\":\"born@example.com\"}"));
	assert_true(fx_assume_root(&f, f.admin, "333333333333", "IAMDeleteRootUserCredentials"));
	struct fx_creds root = fx_session(&f);
	assert_true(fx_call(&f, root.key, "iam", "DeleteLoginProfile", "{}"));
	sandbox_advance(f.s, 120 * 1000);
	assert_true(fx_call(&f, f.admin, "organizations", "ListAccounts", "{}"));
	assert_int_equal(val_count(val_get(f.out, "Accounts")), 5);
	assert_true(fx_call(&f, f.admin, "organizations", "RegisterDelegatedAdministrator",
			    "{\"AccountId\":\"222222222222\",\"ServicePrincipal\":"
			    "\"iam.amazonaws.com\"}"));
	assert_true(fx_call(&f, f.security, "sts", "GetSessionToken", "{}"));
	assert_false(fx_call(&f, f.security, "sts", "AssumeRoot", "{}"));
	assert_true(fx_call(&f, f.admin, "iam", "DisableOrganizationsRootSessions", "{}"));
}

static void expect_same(struct str before)
{
	struct str after = fx_dump(&f);
	size_t i = 0;

	if (str_eq(before, after))
		return;
	while (i < before.n && i < after.n && before.p[i] == after.p[i])
		i++;
	size_t from = i > 80 ? i - 80 : 0;
	fail_msg("before: %.*s\nafter:  %.*s", STR_ARG(str_sub(before, from, 200)),
		 STR_ARG(str_sub(after, from, 200)));
}

static void test_the_state_after_a_restart_is_the_state_before(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	live_a_while();
	struct str before = arena_str(a, fx_dump(&f));
	fx_close(&f);
	open_again();
	assert_true(sandbox_continued(f.s));
	expect_same(before);
	/* And life goes on. */
	assert_true(fx_assume_root(&f, f.admin, "333333333333", "IAMAuditRootUserCredentials"));
	before = arena_str(a, fx_dump(&f));
	fx_close(&f);
	open_again();
	expect_same(before);
	arena_free(&a);
}

/* A session that was handed out before works after the restart. */
static void test_sessions_outlive_a_restart(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	fx_enable(&f);
	assert_true(fx_assume_root(&f, f.admin, "333333333333", "IAMAuditRootUserCredentials"));
	struct fx_creds root = fx_session(&f);
	root.key = arena_str(a, root.key);
	fx_close(&f);
	open_again();
	assert_true(fx_call(&f, root.key, "iam", "GetAccountSummary", "{}"));
	arena_free(&a);
}

static void test_reset_is_the_start_again(void **state)
{
	struct arena *a = arena_new();
	struct str start = arena_str(a, fx_dump(&f));
	struct server_request req = {.method = STR("POST"),
				     .path = STR("/_sandbox/reset"),
				     .peer = STR("127.0.0.1"),
				     .arena = a};
	struct server_response resp = {0};

	(void)state;
	live_a_while();
	sandbox_handle(&req, &resp, f.s);
	assert_int_equal(resp.status, 200);
	expect_same(start);
	/* Also for who comes after a restart, and the same changes give the same ids. */
	fx_enable(&f);
	struct str before = arena_str(a, fx_dump(&f));
	fx_close(&f);
	open_again();
	expect_same(before);
	arena_free(&a);
}

/* The folder that it was started from may change: the state keeps its own copy. */
static void test_the_start_is_kept(void **state)
{
	(void)state;
	struct str path = path_join(f.a, str_of(dir), STR("start/policies/deny-root.json"));
	assert_true(file_exists(path.p));
	struct stat st;
	assert_int_equal(stat(dir, &st), 0);
	assert_int_equal(st.st_mode & 077, 0);
	assert_int_equal(stat(path.p, &st), 0);
	assert_int_equal(st.st_mode & 077, 0);
}

/* The same seed, the same changes: the same bytes. Another seed: other keys. */
static void test_seeds(void **state)
{
	struct sandbox_options opt = {.seeded = true, .seed = 7, .now_ms = FX_NOW_MS};
	struct fx other;

	(void)state;
	fx_open(&other, &opt);
	assert_true(str_eq(other.admin, f.admin));
	fx_close(&other);
	opt.seed = 8;
	fx_open(&other, &opt);
	assert_false(str_eq(other.admin, f.admin));
	/* Ids of the organization follow from its files alone. */
	assert_true(str_eq(sandbox_world(other.s)->org->id, sandbox_world(f.s)->org->id));
	fx_close(&other);
}

static void test_a_changed_log_is_refused(void **state)
{
	struct sandbox_options opt = options();
	struct err err = {0};
	struct arena *a = arena_new();
	struct str path = path_join(a, str_of(dir), STR("log.jsonl")), text;

	(void)state;
	opt.org_dir = fx_org_dir();
	fx_enable(&f);
	fx_close(&f);
	assert_true(file_read(path.p, MIB(1), a, &text, &err));
	char *copy = arena_dupz(a, text);
	char *at = strstr(copy, "EnableAWSServiceAccess");
	assert_non_null(at);
	*at = 'D';
	assert_true(file_replace(path.p, str_ofn(copy, text.n), 0600, &err));
	assert_null(sandbox_open(&opt, &err));
	assert_int_equal(err.kind, ERR_INPUT);
	assert_int_equal(err.line, 3); /* after the start and the first use of the key */
	arena_free(&a);
}

static void test_keys_are_used_by_the_minute(void **state)
{
	struct world_credential *c = map_get(&sandbox_world(f.s)->credentials, f.admin);

	(void)state;
	assert_int_equal(c->key->used_ms, 0);
	assert_true(fx_call(&f, f.admin, "sts", "GetCallerIdentity", "{}"));
	int64_t first = c->key->used_ms;
	assert_int_equal(first % 60000, 0);
	assert_true(first > FX_NOW_MS - 60000);
	assert_true(str_eqz(c->key->used_service, "sts"));
	sandbox_advance(f.s, 5 * 60000);
	assert_true(fx_call(&f, f.admin, "organizations", "ListRoots", "{}"));
	assert_int_equal(c->key->used_ms, first + 5 * 60000);
	assert_true(str_eqz(c->key->used_service, "organizations"));
	struct arena *a = arena_new();
	struct str before = arena_str(a, fx_dump(&f));
	fx_close(&f);
	open_again();
	expect_same(before);
	arena_free(&a);
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_the_state_after_a_restart_is_the_state_before),
		T(test_sessions_outlive_a_restart),
		T(test_reset_is_the_start_again),
		T(test_the_start_is_kept),
		T(test_seeds),
		T(test_a_changed_log_is_refused),
		T(test_keys_are_used_by_the_minute),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
