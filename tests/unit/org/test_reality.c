/* sandbox.yaml: how things really are. */

#include "org-test.h"

#include "org/reality.h"

#define NOW 1800000000000 /* 2027-01-15T08:00:00Z */
#define DAY 86400000LL

static struct org_reality *read_real(const char *dir, struct org **o)
{
	struct org_problems p = {0};
	struct org_reality *real = NULL;
	struct err err = {0};
	char text[1500];

	if (!org_read_files(dir, A, o, &p, &err) ||
	    !org_read_reality(dir, *o, NOW, A, &real, &p, &err))
		fail_msg("%s", err_text(&err, text, sizeof(text)));
	return real;
}

static void test_times(void **state)
{
	int64_t ms = 7;

	(void)state;
	assert_true(reality_time(STR("-1d"), NOW, &ms));
	assert_int_equal(ms, NOW - DAY);
	assert_true(reality_time(STR("-2h30m"), NOW, &ms));
	assert_int_equal(ms, NOW - 9000000);
	assert_true(reality_time(STR("3 days ago"), NOW, &ms));
	assert_int_equal(ms, NOW - 3 * DAY);
	assert_true(reality_time(STR("now"), NOW, &ms));
	assert_int_equal(ms, NOW);
	assert_true(reality_time(STR("2026-12-24"), NOW, &ms));
	assert_int_equal(ms, 1798070400000);
	assert_true(reality_time(STR("2026-12-24T18:00:00+09:00"), NOW, &ms));
	assert_int_equal(ms, 1798102800000);
	ms = 7;
	assert_false(reality_time(STR("3 days"), NOW, &ms));
	assert_false(reality_time(STR("-"), NOW, &ms));
	assert_false(reality_time(STR("--1d"), NOW, &ms));
	assert_false(reality_time(STR(" ago"), NOW, &ms));
	assert_false(reality_time(STR(""), NOW, &ms));
	assert_int_equal(ms, 7);
}

static void test_none(void **state)
{
	struct org *o;
	struct org_reality *real = read_real(test_path("data/org/good"), &o);

	(void)state;
	assert_false(real->present);
	assert_int_equal(real->naccounts, 0);
	assert_null(org_reality_of(real, o->accounts[0]));
}

static void test_example(void **state)
{
	struct org *o;
	struct org_reality *real = read_real(test_path("../examples/stores"), &o);
	struct reality_account *ra;

	(void)state;
	assert_true(real->present);
	assert_int_equal(real->ntrusted, 0);
	assert_false(real->have_policy_types);
	assert_int_equal(real->naccounts, 15);
	ra = org_reality_of(real, org_account(o, STR("online-production")));
	assert_true(ra->have_root);
	assert_true(ra->root.password);
	assert_int_equal(ra->root.password_used_ms, NOW - 90 * DAY);
	assert_int_equal(ra->root.nmfa, 2);
	assert_int_equal(ra->root.mfa[1], REALITY_MFA_HARDWARE);
	assert_int_equal(ra->root.nkeys, 1);
	assert_true(ra->root.keys[0].active);
	assert_int_equal(ra->root.keys[0].created_ms, NOW - 1500 * DAY);
	assert_str(ra->root.keys[0].service, "s3");
	ra = org_reality_of(real, org_account(o, STR("online-development")));
	assert_int_equal(ra->root.keys[0].used_ms, 0);
	ra = org_reality_of(real, org_account(o, STR("予約-staging")));
	assert_int_equal(ra->root.ncerts, 1);
	/* `root: {}`: it is said that there is nothing. */
	ra = org_reality_of(real, org_account(o, STR("予約-development")));
	assert_true(ra->have_root);
	assert_false(ra->root.password);
	ra = org_reality_of(real, org_account(o, STR("campaign-2023")));
	assert_true(ra->have_state);
	assert_int_equal(ra->state, ORG_STATE_SUSPENDED);
	ra = org_reality_of(real, org_account(o, STR("settlement-production")));
	assert_int_equal(ra->nlocked, 1);
	assert_str(ra->locked[0].kind, "s3-bucket");
	assert_str(ra->locked[0].name, "stores-settlement-archive");
	assert_str(ra->locked[0].policy, "denies everybody");
	assert_non_null(val_get(ra->locked_tree, "s3-bucket"));
	assert_str(org_reality_of(real, org_account(o, STR("pos-production")))->alias,
		   "stores-pos");
}

static void test_full(void **state)
{
	struct org *o;
	struct org_reality *real = read_real(test_path("data/org/reality"), &o);
	struct reality_account *ra;
	struct reality_user *u;
	struct reality_role *role;

	(void)state;
	assert_str(real->organization_id, "o-stores12345");
	assert_int_equal(real->ntrusted, 2);
	assert_true(real->root_credentials);
	assert_false(real->root_sessions);
	assert_int_equal(real->ndelegates, 2);
	assert_str(real->delegates[1].service, "sso.amazonaws.com");
	assert_ptr_equal(real->delegates[1].account, org_account(o, STR("pos")));
	assert_true(real->have_policy_types);
	assert_int_equal(real->npolicy_types, 1);
	assert_int_equal(real->nhandshakes, 2);
	assert_str(real->handshakes[0].email, "partner@example.com");
	assert_int_equal(real->handshakes[0].requested_ms, NOW - 2 * DAY);
	assert_str(real->handshakes[1].account_id, "333333333333");
	assert_int_equal(real->handshakes[1].requested_ms, NOW);

	ra = org_reality_of(real, org_account(o, STR("pos")));
	assert_true(ra->invited);
	assert_int_equal(ra->joined_ms, NOW - 400 * DAY);
	assert_false(ra->have_root);
	assert_false(ra->have_state);
	assert_int_equal(ra->nusers, 2);
	u = &ra->users[0];
	assert_str(u->name, "deploy");
	assert_str(u->path, "/ci/");
	assert_int_equal(u->created_ms, NOW - 90 * DAY);
	assert_str(u->policies[0], "AdministratorAccess");
	assert_str(u->inlines[0].name, "write");
	assert_str(u->inlines[0].text,
		   "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\","
		   "\"Action\":\"s3:*\",\"Resource\":\"*\"}]}");
	assert_str(u->groups[0], "admins");
	assert_str(u->boundary, "Team");
	assert_str(u->tags[0].value, "pos");
	assert_true(u->login.password);
	assert_false(u->login.keys[0].active);
	assert_str(ra->users[1].path, "/");
	assert_int_equal(ra->ngroups, 1);
	assert_int_equal(ra->nroles, 3);
	role = ra->roles;
	assert_str(role[0].trust, "210000000001");
	assert_int_equal(role[0].max_session_ms, 2 * 3600000);
	assert_str(role[1].trust, "ec2.amazonaws.com");
	assert_true(str_is_null(role[2].trust));
	assert_true(str_startsz(role[2].document, "{\"Version\""));
	assert_str(ra->policies[0].name, "Team");
	assert_true(str_startsz(ra->policies[0].document, "{\"Version\""));
	assert_true(str_startsz(ra->locked[0].policy, "{\"Version\""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_times),
		TEST(test_none),
		TEST(test_example),
		TEST(test_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
