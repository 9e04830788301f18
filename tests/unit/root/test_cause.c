/* Which policy blocks a root session, attached where, by which statement. */

#include "root-test.h"

#include "org/org-private.h"
#include "root/cause.h"

#define DENY(sid, action)                                                                    \
	"{\"Version\":\"2012-10-17\",\n\"Statement\":[\n{\"Sid\":\"" sid                     \
	"\",\"Effect\":\"Deny\",\"Action\":\"" action "\",\"Resource\":\"*\",\"Condition\":" \
	"{\"ArnLike\":{\"aws:PrincipalArn\":\"arn:aws:iam::*:root\"}}}]}"
#define ALLOW(action)                                                               \
	"{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":" action ",\"Resource\":" \
	"\"*\"}]}"

static struct org_build B;
static struct org *O;
static struct org_unit *PRODUCTION;
static struct org_account *POS, *LOST;

static void policy(const char *id, const char *name, const char *content)
{
	struct org_policy *p = org_build_policy(&B);

	p->id = str_of(id);
	p->name = str_of(name);
	p->type = STR("SERVICE_CONTROL_POLICY");
	p->content = str_of(content);
	org_build_index_policy(&B, p);
}

static void attach(struct str **list, size_t *n, const char *id)
{
	size_t cap = *n;

	*list = arena_grow(A, *list, *n, &cap, sizeof(**list));
	(*list)[(*n)++] = str_of(id);
}

static void to_unit(struct org_unit *u, const char *id)
{
	attach(&u->policies, &u->npolicies, id);
}

static void world(void)
{
	struct org_unit *workloads;

	org_build_init(&B, A);
	O = B.o;
	O->id = STR("o-test");
	O->have_units = O->have_policies = O->scp_enabled = true;
	policy("p-FullAWSAccess", "FullAWSAccess", ALLOW("\"*\""));
	policy("p-11111111", "deny-root", DENY("DenyRoot", "*"));
	policy("p-22222222", "deny-delete", DENY("NoDelete", "iam:DeactivateMFADevice"));
	policy("p-33333333", "deny-create", DENY("NoCreate", "iam:CreateLoginProfile"));
	policy("p-44444444", "only-s3", ALLOW("\"s3:*\""));
	policy("p-55555555", "deny-leaving",
	       "{\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"organizations:"
	       "LeaveOrganization\","
	       "\"Resource\":\"*\"}]}");
	O->units[0]->id = STR("r-abcd");
	workloads = org_build_unit(&B, O->units[0], STR("Workloads"));
	workloads->id = STR("ou-abcd-11111111");
	PRODUCTION = org_build_unit(&B, workloads, STR("Production"));
	PRODUCTION->id = STR("ou-abcd-22222222");
	POS = org_build_account(&B);
	POS->id = STR("100000000001");
	POS->name = STR("pos");
	POS->unit = PRODUCTION;
	LOST = org_build_account(&B);
	LOST->id = STR("100000000002");
	LOST->name = STR("lost");
	to_unit(O->units[0], "p-FullAWSAccess");
	to_unit(workloads, "p-FullAWSAccess");
	to_unit(workloads, "p-55555555");
	to_unit(PRODUCTION, "p-FullAWSAccess");
	attach(&POS->policies, &POS->npolicies, "p-FullAWSAccess");
}

static size_t causes(enum root_task task, struct cause **v)
{
	struct err why = {0};
	struct causes *c = causes_new(O, A, &why);
	size_t n;

	if (!c || !causes_of_block(c, POS, task, A, v, &n, &why))
		fail_msg("%s", why.message);
	return n;
}

static void nothing_blocks(void **state)
{
	struct cause *v;

	(void)state;
	world();
	assert_int_equal(causes(ROOT_TASK_AUDIT, &v), 0);
	assert_int_equal(causes(ROOT_TASK_DELETE, &v), 0);
	assert_int_equal(causes(ROOT_TASK_CREATE, &v), 0);
}

static void the_statement_and_the_place_are_named(void **state)
{
	struct cause *v;

	(void)state;
	world();
	to_unit(PRODUCTION, "p-11111111");
	assert_int_equal(causes(ROOT_TASK_AUDIT, &v), 1);
	assert_true(str_eqz(v[0].policy->name, "deny-root"));
	assert_true(str_eqz(v[0].target_id, "ou-abcd-22222222"));
	assert_true(str_eqz(v[0].sid, "DenyRoot"));
	assert_int_equal(v[0].line, 3);
	assert_true(str_eqz(v[0].action, "iam:GetAccountSummary"));
	assert_string_equal(
		v[0].text.p,
		"service control policy 'deny-root' (p-11111111) on unit Workloads/Production "
		"(ou-abcd-22222222) denies iam:GetAccountSummary to root sessions: statement "
		"'DenyRoot' (line 3)");
}

static void each_place_is_a_cause_of_its_own(void **state)
{
	struct cause *v;

	(void)state;
	world();
	to_unit(O->units[0], "p-11111111");
	to_unit(PRODUCTION, "p-11111111");
	attach(&POS->policies, &POS->npolicies, "p-11111111");
	assert_int_equal(causes(ROOT_TASK_DELETE, &v), 3);
	assert_non_null(strstr(v[0].text.p, "on the organization's root (r-abcd) denies "
					    "iam:DeleteLoginProfile"));
	assert_non_null(strstr(v[1].text.p, "on unit Workloads/Production"));
	assert_non_null(strstr(v[2].text.p, "on account pos"));
	assert_true(str_eqz(v[2].target_id, "100000000001"));
}

/* A policy may stop the deletion and let the reading pass, or only the restoring. */
static void each_task_has_its_calls(void **state)
{
	struct cause *v;

	(void)state;
	world();
	to_unit(PRODUCTION, "p-22222222");
	assert_int_equal(causes(ROOT_TASK_AUDIT, &v), 0);
	assert_int_equal(causes(ROOT_TASK_DELETE, &v), 1);
	assert_true(str_eqz(v[0].action, "iam:DeactivateMFADevice"));
	to_unit(PRODUCTION, "p-33333333");
	assert_int_equal(causes(ROOT_TASK_DELETE, &v), 1);
	assert_int_equal(causes(ROOT_TASK_CREATE, &v), 1);
	assert_true(str_eqz(v[0].sid, "NoCreate"));
}

static void a_level_where_nothing_allows(void **state)
{
	struct cause *v;

	(void)state;
	world();
	PRODUCTION->npolicies = 0;
	to_unit(PRODUCTION, "p-44444444");
	assert_int_equal(causes(ROOT_TASK_AUDIT, &v), 1);
	assert_null(v[0].policy);
	assert_true(str_eqz(v[0].target_id, "ou-abcd-22222222"));
	assert_string_equal(v[0].text.p, "no service control policy on unit Workloads/Production "
					 "(ou-abcd-22222222) allows iam:GetAccountSummary");
	assert_int_equal(causes(ROOT_TASK_S3, &v), 0);
	/* nothing attached at all */
	PRODUCTION->npolicies = 0;
	assert_int_equal(causes(ROOT_TASK_S3, &v), 1);
}

static void what_is_not_known_is_not_free(void **state)
{
	struct err why = {0};
	struct causes *c;
	struct cause *v;
	size_t n;

	(void)state;
	world();
	c = causes_new(O, A, &why);
	assert_non_null(c);
	assert_false(causes_of_block(c, LOST, ROOT_TASK_AUDIT, A, &v, &n, &why));
	assert_true(err_is_set(&why));
	O->have_policies = false;
	err_clear(&why);
	assert_null(causes_new(O, A, &why));
	assert_true(err_is_set(&why));
	O->have_policies = true;
	policy("p-66666666", "broken", "{");
	err_clear(&why);
	assert_null(causes_new(O, A, &why));
	assert_non_null(strstr(why.message, "broken"));
}

static void policies_that_are_off_block_nothing(void **state)
{
	struct cause *v;

	(void)state;
	world();
	O->scp_enabled = false;
	to_unit(PRODUCTION, "p-11111111");
	assert_int_equal(causes(ROOT_TASK_AUDIT, &v), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_blocks),
		TEST(the_statement_and_the_place_are_named),
		TEST(each_place_is_a_cause_of_its_own),
		TEST(each_task_has_its_calls),
		TEST(a_level_where_nothing_allows),
		TEST(what_is_not_known_is_not_free),
		TEST(policies_that_are_off_block_nothing),
	};

	return cmocka_run_group_tests_name("cause", tests, NULL, NULL);
}
