/* The policies that bind an account, level by level. */

#include "org-test.h"

#include "org/files.h"
#include "org/levels.h"

#define ALLOW                                                                                \
	"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\"," \
	"\"Resource\":\"*\"}]}"
#define DENY(action)                                                                     \
	"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Sid\":\"S\",\"Effect\":\"Deny\"," \
	"\"Action\":\"" action "\",\"Resource\":\"*\"}]}"
#define RCP                                                                                    \
	"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Principal\":\"*\"," \
	"\"Action\":\"s3:*\",\"Resource\":\"*\"}]}"

static struct org_build B;

static void policy(const char *id, const char *name, const char *type, const char *content)
{
	struct org_policy *p = org_build_policy(&B);

	p->id = str_of(id);
	p->name = str_of(name);
	p->type = str_of(type);
	p->content = str_of(content);
	org_build_index_policy(&B, p);
}

static struct str *strs(size_t n, ...)
{
	struct str *v = arena_calloc(A, n, sizeof(*v));
	va_list ap;

	va_start(ap, n);
	for (size_t i = 0; i < n; i++)
		v[i] = str_of(va_arg(ap, const char *));
	va_end(ap);
	return v;
}

static struct org *live(void)
{
	struct org *o;
	struct org_unit *u;
	struct org_account *acct;

	org_build_init(&B, A);
	o = B.o;
	o->have_units = o->have_policies = o->scp_enabled = o->rcp_enabled = true;
	policy("p-FullAWSAccess", "FullAWSAccess", "SERVICE_CONTROL_POLICY", ALLOW);
	policy("p-11111111", "deny-sqs", "SERVICE_CONTROL_POLICY", DENY("sqs:*"));
	policy("p-22222222", "deny-iam", "SERVICE_CONTROL_POLICY", DENY("iam:*"));
	policy("p-33333333", "only-us", "RESOURCE_CONTROL_POLICY", RCP);
	policy("p-44444444", "tags", "TAG_POLICY", "{}");
	o->units[0]->id = STR("r-abcd");
	o->units[0]->policies = strs(2, "p-FullAWSAccess", "p-33333333");
	o->units[0]->npolicies = 2;
	u = org_build_unit(&B, o->units[0], STR("Prod"));
	u->id = STR("ou-abcd-12345678");
	u->policies = strs(3, "p-FullAWSAccess", "p-22222222", "p-44444444");
	u->npolicies = 3;
	acct = org_build_account(&B);
	acct->id = STR("210000000011");
	acct->name = STR("pos");
	acct->unit = u;
	acct->policies = strs(1, "p-11111111");
	acct->npolicies = 1;
	org_build_index_account(&B, acct);
	acct = org_build_account(&B);
	acct->id = STR("210000000001");
	acct->name = STR("management");
	acct->unit = o->units[0];
	acct->management = true;
	org_build_index_account(&B, acct);
	return o;
}

static struct org_account_levels levels_of(struct org_levels *l, const char *name,
					   enum org_levels_kind kind)
{
	struct org_account_levels at;
	struct err err = {0};

	assert_true(org_levels_of(l, org_account(B.o, str_of(name)), kind, A, &at, &err));
	return at;
}

static void test_live(void **state)
{
	struct org *o = live();
	struct err err = {0};
	struct org_levels *l = org_levels_new(o, A, &err);
	struct org_account_levels at;
	const struct org_account *pos = org_account(o, STR("pos"));

	(void)state;
	assert_non_null(l);
	at = levels_of(l, "pos", ORG_LEVELS_SCP);
	assert_int_equal(at.n, 3);
	assert_int_equal(at.policies[0].n, 1);
	assert_int_equal(at.policies[1].n, 2); /* the tag policy has no part */
	assert_int_equal(at.policies[2].n, 1);
	assert_str(policy_name(at.policies[1].policies[1]), "deny-iam");
	assert_str(org_levels_policy(l, at.policies[1].policies[1])->id, "p-22222222");
	/* Parsed once: what is attached twice is one policy. */
	assert_ptr_equal(at.policies[0].policies[0], at.policies[1].policies[0]);
	assert_str(org_level_text(&at.level[0], pos, A), "the organization's root (r-abcd)");
	assert_str(org_level_text(&at.level[1], pos, A), "unit Prod (ou-abcd-12345678)");
	assert_str(org_level_text(&at.level[2], pos, A), "account pos (210000000011)");
	at = levels_of(l, "pos", ORG_LEVELS_RCP);
	assert_int_equal(at.n, 3);
	assert_int_equal(at.policies[0].n, 1);
	assert_int_equal(at.policies[1].n, 0);
	/* Policies do not bind the management account. */
	assert_int_equal(levels_of(l, "management", ORG_LEVELS_SCP).n, 0);
	assert_int_equal(levels_of(l, "management", ORG_LEVELS_RCP).n, 0);
	o->scp_enabled = false;
	assert_int_equal(levels_of(l, "pos", ORG_LEVELS_SCP).n, 0);
}

static bool allowed(const struct org_account_levels *at, const char *action,
		    struct policy_decision *d)
{
	struct policy_set set = {.scp = at->policies, .nscp = at->n};
	struct policy_request req = {
		.principal = STR("arn:aws:iam::210000000011:root"),
		.action = str_of(action),
		.resource = STR("*"),
	};

	policy_decide(&set, &req, d);
	return d->allow;
}

static void test_decide(void **state)
{
	struct org *o = live();
	struct err err = {0};
	struct org_levels *l = org_levels_new(o, A, &err);
	struct org_account_levels at = levels_of(l, "pos", ORG_LEVELS_SCP);
	struct policy_decision d;

	(void)state;
	assert_false(allowed(&at, "iam:GetAccountSummary", &d));
	assert_int_equal(d.reason, POLICY_EXPLICIT_DENY);
	assert_int_equal(d.level_index, 1);
	assert_str(org_levels_policy(l, d.policy)->name, "deny-iam");
	/* The account's own level has no Allow: FullAWSAccess was taken off it. */
	assert_false(allowed(&at, "s3:GetObject", &d));
	assert_int_equal(d.reason, POLICY_IMPLICIT_DENY);
	assert_int_equal(d.level_index, 2);
}

static void test_files(void **state)
{
	struct org_problems p = {0};
	struct err err = {0};
	struct org_levels *l;
	struct org_account_levels at;
	const struct org_account *acct;

	(void)state;
	assert_true(org_read_files(test_path("../examples/stores"), A, &B.o, &p, &err));
	l = org_levels_new(B.o, A, &err);
	assert_non_null(l);
	at = levels_of(l, "pos-production", ORG_LEVELS_SCP);
	acct = org_account(B.o, STR("pos-production"));
	assert_int_equal(at.n, 4);
	/* FullAWSAccess is everywhere though the files do not speak of it. */
	assert_int_equal(at.policies[0].n, 1);
	assert_int_equal(at.policies[1].n, 3);
	assert_int_equal(at.policies[2].n, 2);
	assert_int_equal(at.policies[3].n, 1);
	assert_null(org_levels_policy(l, at.policies[0].policies[0]));
	assert_str(org_levels_policy(l, at.policies[2].policies[1])->name, "deny-root");
	assert_str(org_level_text(&at.level[0], acct, A), "the organization's root");
	assert_str(org_level_text(&at.level[2], acct, A), "unit Workloads/Production");
}

static void test_refused(void **state)
{
	struct org *o = live();
	struct err err = {0};
	struct org_levels *l;
	struct org_account_levels at;

	(void)state;
	o->have_policies = false;
	assert_null(org_levels_new(o, A, &err));
	assert_non_null(strstr(err.message, "were not read"));
	o->have_policies = true;
	o->policies[1]->content = STR_NULL;
	assert_null(org_levels_new(o, A, &err));
	assert_string_equal(err.message, "policy deny-sqs (p-11111111): its content was not read");
	o->policies[1]->content = STR("{\"Version\":");
	assert_null(org_levels_new(o, A, &err));
	assert_non_null(strstr(err.message, "policy deny-sqs (p-11111111): "));
	o->policies[1]->content = STR(DENY("sqs:*"));
	o->units[1]->policies[1] = STR("p-99999999");
	assert_null(org_levels_new(o, A, &err));
	assert_non_null(strstr(err.message, "'p-99999999' is attached, but"));
	o->units[1]->policies[1] = STR("p-22222222");
	l = org_levels_new(o, A, &err);
	o->accounts[0]->policies[0] = STR("p-99999999");
	assert_false(org_levels_of(l, o->accounts[0], ORG_LEVELS_SCP, A, &at, &err));
	o->accounts[0]->unit = NULL;
	assert_false(org_levels_of(l, o->accounts[0], ORG_LEVELS_SCP, A, &at, &err));
	assert_non_null(strstr(err.message, "it is not known which unit account 'pos' is in"));
	assert_int_equal(at.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_live),
		TEST(test_decide),
		TEST(test_files),
		TEST(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
