/*
 * The folder of files. tests/data/org/NAME/expected has every message that a
 * bad folder must give, and no other; `good` and the example must be read.
 */

#include "org-test.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/limits.h"
#include "org/files.h"
#include "org/reality.h"

#define NOW 1800000000000

/* ---- bad folders ---- */

static struct str messages(const char *dir)
{
	struct org_problems p = {0};
	struct org_reality *real;
	struct err err = {0};
	struct org *o = NULL;
	struct buf b = BUF_INIT(MIB(1));
	char text[1500];
	bool ok = org_read_files(dir, A, &o, &p, &err) &&
		  org_read_reality(dir, o, NOW, A, &real, &p, &err);
	size_t skip = strlen(dir) + 1;

	/* What was not read is not given out, and the first problem is the error. */
	assert_true(ok == (p.n == 0));
	if (!ok) {
		assert_memory_equal(&err, &p.v[0], sizeof(err));
		/* The anchor bomb meets a ceiling, all else is wrong. */
		assert_true(err.kind == ERR_INPUT || err.kind == ERR_LIMIT);
	}
	for (size_t i = 0; i < p.n; i++) {
		err_text(&p.v[i], text, sizeof(text));
		/* Paths begin with the folder as it was given, also inside a message. */
		assert_memory_equal(text, dir, skip - 1);
		char *inside = strstr(text + skip, dir);

		if (inside)
			memmove(inside, inside + skip, strlen(inside + skip) + 1);
		buf_addf(&b, "%s\n", text + skip);
	}
	struct str all = arena_str(A, buf_str(&b));

	buf_release(&b);
	org_problems_release(&p);
	return all;
}

static void check_folder(const char *dir)
{
	struct str expected, got;
	struct err err = {0};

	if (!file_read(arena_printf(A, "%s/expected", dir).p, MIB(1), A, &expected, &err))
		fail_msg("%s", err.message);
	got = messages(dir);
	if (!str_eq(got, expected))
		fail_msg("%s gives\n%.*s\nand not\n%.*s", dir, STR_ARG(got), STR_ARG(expected));
}

static void test_bad_folders(void **state)
{
	const char *data = test_path("data/org");
	struct err err = {0};
	struct str *names;
	size_t n, bad = 0;

	(void)state;
	assert_true(file_list(data, A, &names, &n, &err));
	for (size_t i = 0; i < n; i++) {
		if (str_eqz(names[i], "good") || str_eqz(names[i], "reality"))
			continue;
		check_folder(path_join(A, str_of(data), names[i]).p);
		bad++;
	}
	assert_true(bad >= 16);
}

static void test_no_folder(void **state)
{
	struct org_problems p = {0};
	struct err err = {0};
	struct org *o = (struct org *)&err;
	const char *dir = test_path("data/org/nowhere");

	(void)state;
	assert_false(org_read_files(dir, A, &o, &p, &err));
	assert_null(o);
	assert_int_equal(p.n, 0);
	assert_err(&err, arena_printf(A, "cannot read '%s': there is no such folder", dir).p);
	dir = test_path("data/org/good/root.yaml");
	assert_false(org_read_files(dir, A, &o, &p, &err));
	assert_non_null(strstr(err.message, "it is no folder"));
	/* Any folder without rootout.yaml: what to do is said. */
	assert_false(org_read_files(test_path("data/org"), A, &o, &p, &err));
	assert_non_null(strstr(err.message, "there is no rootout.yaml"));
	assert_non_null(strstr(err.message, "docs/files.md"));
	assert_int_equal(p.n, 0);
}

/* ---- many problems ---- */

static const char *temporary_folder(void)
{
	char *dir = arena_dupz(A, STR("/tmp/rootout-org-XXXXXX"));

	assert_non_null(mkdtemp(dir));
	return dir;
}

static const char *write_file(const char *dir, const char *name, struct str text)
{
	struct err err = {0};
	const char *path = arena_printf(A, "%s/%s", dir, name).p;

	assert_true(file_replace(path, text, 0600, &err));
	return path;
}

static void test_many_problems(void **state)
{
	const char *dir = temporary_folder();
	struct org_problems p = {0};
	struct err err = {0};
	struct org *o;
	struct buf b = BUF_INIT(MIB(1));
	const char *settings, *accounts;

	(void)state;
	settings = write_file(dir, "rootout.yaml",
			      STR("organization: many\nmanagement: \"210000000001\"\n"));
	for (int i = 0; i < 250; i++)
		buf_addf(&b, "- account: {name: a%d, mail: x}\n", i);
	accounts = write_file(dir, "accounts.yaml", buf_str(&b));
	assert_false(org_read_files(dir, A, &o, &p, &err));
	assert_int_equal(p.n, 100);
	/* an unknown key and a missing one each, and no management account */
	assert_int_equal(p.more, 401);
	assert_int_equal(p.v[0].line, 1);
	/* A second reading into the same list goes on counting and still has an error of its own. */
	err_clear(&err);
	assert_false(org_read_files(dir, A, &o, &p, &err));
	assert_int_equal(p.n, 100);
	assert_int_equal(p.more, 401 + 501);
	assert_true(err_is_set(&err));
	org_problems_release(&p);
	assert_int_equal(p.more, 0);
	buf_release(&b);
	unlink(settings);
	unlink(accounts);
	rmdir(dir);
}

/* A pipe that nobody writes to, a dead link, a folder: told, not waited for or passed over. */
static void test_odd_files(void **state)
{
	const char *dir = temporary_folder();
	const char *settings = write_file(dir, "rootout.yaml",
					  STR("organization: x\nmanagement: \"210000000001\"\n"));
	const char *pipe = arena_printf(A, "%s/accounts.yaml", dir).p;
	const char *link = arena_printf(A, "%s/groups.yaml", dir).p;
	const char *folder = arena_printf(A, "%s/root.yaml", dir).p;
	const char *file = write_file(dir, "policies", STR("x"));
	struct org_problems p = {0};
	struct err err = {0};
	struct org *o;

	(void)state;
	assert_int_equal(mkfifo(pipe, 0600), 0);
	assert_int_equal(symlink("nowhere", link), 0);
	assert_int_equal(mkdir(folder, 0700), 0);
	assert_false(org_read_files(dir, A, &o, &p, &err));
	assert_int_equal(p.n, 4);
	assert_err(&p.v[0], arena_printf(A, "%s: this must be a file", pipe).p);
	assert_err(&p.v[1],
		   arena_printf(A, "%s: cannot read it: No such file or directory", link).p);
	assert_err(&p.v[2], arena_printf(A, "%s: this must be a folder", file).p);
	assert_err(&p.v[3], arena_printf(A, "%s: this must be a file", folder).p);
	org_problems_release(&p);
	unlink(settings);
	unlink(pipe);
	unlink(link);
	unlink(file);
	rmdir(folder);
	rmdir(dir);
}

/* ---- what is read ---- */

static struct org *read_good(const char *dir)
{
	struct org_problems p = {0};
	struct err err = {0};
	struct org *o = NULL;
	char text[1500];

	if (!org_read_files(dir, A, &o, &p, &err))
		fail_msg("%s", err_text(&err, text, sizeof(text)));
	assert_int_equal(p.n, 0);
	assert_null(p.v);
	return o;
}

static void test_good_accounts(void **state)
{
	struct org *o = read_good(test_path("data/org/good"));
	struct org_account *acct;

	(void)state;
	assert_true(o->from_files && o->have_units && o->have_policies);
	assert_str(o->name, "stores");
	assert_str(o->id, "o-exampleorgid");
	assert_str(o->management_id, "000000000001"); /* neither octal nor a number */
	assert_str(o->region, "ap-northeast-1");
	assert_false(o->owns_scps);
	assert_true(o->owns_rcps);
	assert_int_equal(o->deletions_percent, 0);

	assert_int_equal(o->nunits, 3);
	assert_str(o->units[0]->name, "Root");
	assert_str(o->units[0]->path, "");
	assert_int_equal(o->units[0]->npolicies, 1);
	assert_str(o->units[2]->path, "Workloads/Production");
	assert_ptr_equal(o->units[2]->parent, o->units[1]);
	assert_int_equal(o->units[2]->npolicies, 2);
	assert_str(o->units[2]->policies[1], "only-us");

	assert_int_equal(o->naccounts, 3);
	acct = org_account(o, STR("000000000001"));
	assert_true(acct->management);
	assert_ptr_equal(acct->unit, o->units[0]);
	acct = org_account(o, STR("pos-production"));
	assert_false(acct->management);
	assert_ptr_equal(acct->unit, o->units[2]);
	assert_true(str_is_null(acct->id));
	assert_true(acct->have_tags);
	assert_int_equal(acct->ntags, 3);
	assert_str(acct->tags[1].key, "empty");
	assert_str(acct->tags[1].value, "");
	assert_str(acct->tags[2].value, "2026");
	assert_int_equal(acct->nowners, 1);
	assert_int_equal(acct->npolicies, 1);
	assert_non_null(strstr(acct->pos.path, "good/accounts/pos.yaml"));
	assert_int_equal(acct->pos.line, 3);
	assert_int_equal(acct->pos.col, 7);
	assert_ptr_equal(org_account_by_email(o, STR("AWS+POS@Example.jp")), acct);
	assert_ptr_equal(org_account(o, STR("予約"))->unit, o->units[1]);
}

static void test_good_rest(void **state)
{
	struct org *o = read_good(test_path("data/org/good"));
	struct org_assignment **as = o->assignments;
	struct org_root_plan *r = &o->root;

	(void)state;
	assert_int_equal(o->npolicies, 2);
	assert_str(org_policy(o, STR("deny-leaving"))->type, "SERVICE_CONTROL_POLICY");
	assert_str(org_policy(o, STR("only-us"))->type, "RESOURCE_CONTROL_POLICY");
	assert_true(str_startsz(org_policy(o, STR("only-us"))->content, "{\n"));
	assert_int_equal(org_permission_set(o, STR("Developer"))->session_ms, 5400000);
	assert_int_equal(org_permission_set(o, STR("Reader"))->session_ms, 3600000);
	assert_str(org_permission_set(o, STR("Developer"))->inline_policy,
		   "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\","
		   "\"Action\":\"s3:*\",\"Resource\":\"*\"}]}");

	assert_int_equal(o->nassignments, 3);
	assert_str(as[0]->group, "from-elsewhere");
	assert_int_equal(as[0]->in.nunits, 1);
	assert_int_equal(as[0]->in.ntags, 1);
	assert_str(as[0]->in.except[0], "予約");
	assert_str(as[1]->user, "a@example.jp");
	assert_int_equal(as[1]->until_ms, 1798102800000); /* 18:00 in Tokyo */
	assert_str(as[1]->reason, "night work");
	assert_int_equal(as[2]->until_ms, 1798070400000 + 86400000); /* that day included */

	assert_true(r->present && r->credentials && !r->sessions);
	assert_true(str_is_null(r->delegate));
	assert_int_equal(r->nwaves, 2);
	assert_true(r->waves[0].in.all);
	assert_int_equal(r->waves[0].wait_ms, 36 * 3600000);
	assert_int_equal(r->waves[0].notice_ms, 14 * 86400000);
	assert_str(r->waves[0].approval, "leads"); /* groups come from elsewhere: no groups.yaml */
	assert_int_equal(r->nkeep, 1);
	assert_int_equal(r->keep[0].until_ms, 1806451200000 + 86400000);
	assert_true(r->work[0].done);
}

static void test_example(void **state)
{
	struct org *o = read_good(test_path("../examples/stores"));
	struct org_account *acct = org_account(o, STR("予約-staging"));

	(void)state;
	assert_int_equal(o->naccounts, 15);
	assert_int_equal(o->nunits, 7);
	assert_int_equal(o->ngroups, 9);
	assert_int_equal(o->nassignments, 10);
	assert_int_equal(o->deletions_percent, 10);
	assert_true(o->owns_scps && o->owns_rcps);
	assert_str(acct->id, "210000000042");
	assert_str(acct->unit->path, "Workloads/Staging");
	assert_true(org_unit_is_below(acct->unit, org_unit(o, STR("Workloads"))));
	assert_false(org_unit_is_below(org_unit(o, STR("Workloads")), acct->unit));
	assert_int_equal(o->root.nwaves, 3);
	assert_str(o->root.waves[2].after, "non-production");
	assert_int_equal(o->root.nwork, 1);
	assert_str(o->root.delegate, "security");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_bad_folders), TEST(test_no_folder),     TEST(test_many_problems),
		TEST(test_odd_files),   TEST(test_good_accounts), TEST(test_good_rest),
		TEST(test_example),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
