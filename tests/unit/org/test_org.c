/* Looking things up, and what an account's state is. */

#include "org-test.h"

#include <stdio.h>

static struct val *account(const char *state, const char *status)
{
	struct val *v = val_object(A);

	val_set_z(A, v, "Id", "210000000011");
	if (state)
		val_set_z(A, v, "State", state);
	if (status)
		val_set_z(A, v, "Status", status);
	return v;
}

static void test_states(void **state)
{
	(void)state;
	assert_int_equal(org_state_of(account("ACTIVE", NULL)), ORG_STATE_ACTIVE);
	assert_int_equal(org_state_of(account(NULL, "ACTIVE")), ORG_STATE_ACTIVE);
	assert_int_equal(org_state_of(account(NULL, "SUSPENDED")), ORG_STATE_SUSPENDED);
	/* State speaks, Status is asked only where there is none. */
	assert_int_equal(org_state_of(account("PENDING_CLOSURE", "ACTIVE")),
			 ORG_STATE_PENDING_CLOSURE);
	assert_int_equal(org_state_of(account("CLOSED", "SUSPENDED")), ORG_STATE_CLOSED);
	assert_int_equal(org_state_of(account("PENDING_ACTIVATION", NULL)),
			 ORG_STATE_PENDING_ACTIVATION);
	assert_int_equal(org_state_of(account("FROZEN", "ACTIVE")), ORG_STATE_UNKNOWN);
	assert_int_equal(org_state_of(account("UNKNOWN", "ACTIVE")), ORG_STATE_UNKNOWN);
	assert_int_equal(org_state_of(account(NULL, NULL)), ORG_STATE_UNKNOWN);
	assert_int_equal(org_state_of(account("active", NULL)), ORG_STATE_UNKNOWN);
	assert_int_equal(org_state_of(NULL), ORG_STATE_UNKNOWN);
	assert_str(org_state_name(ORG_STATE_PENDING_CLOSURE), "PENDING_CLOSURE");
	assert_str(org_state_name(ORG_STATE_UNKNOWN), "UNKNOWN");
}

static void test_index(void **state)
{
	struct org_build b;
	struct org_unit *prod, *again;

	(void)state;
	org_build_init(&b, A);
	for (int i = 0; i < 1000; i++) {
		struct org_account *acct = org_build_account(&b);

		acct->id = arena_printf(A, "%012d", i);
		acct->name = arena_printf(A, "account-%d", i % 999);
		acct->email = arena_printf(A, "A+%d@Example.jp", i);
		org_build_index_account(&b, acct);
	}
	assert_ptr_equal(org_account(b.o, STR("000000000777")), b.o->accounts[777]);
	assert_ptr_equal(org_account(b.o, STR("account-777")), b.o->accounts[777]);
	/* Two are called that: the first. */
	assert_ptr_equal(org_account(b.o, STR("account-0")), b.o->accounts[0]);
	assert_ptr_equal(org_account_by_email(b.o, STR("a+999@example.JP")), b.o->accounts[999]);
	assert_null(org_account(b.o, STR("account-1000")));
	assert_null(org_account(b.o, STR_NULL));
	assert_null(org_account(b.o, STR("")));
	assert_null(org_account_by_email(b.o, STR("b@example.jp")));

	prod = org_build_unit(&b, b.o->units[0], STR("Prod"));
	again = org_build_unit(&b, prod, STR("Prod"));
	again->id = STR("ou-abcd-12345678");
	org_build_index_unit_id(&b, again);
	assert_ptr_equal(org_unit(b.o, STR("Prod")), prod);
	assert_ptr_equal(org_unit(b.o, STR("Prod/Prod")), again);
	assert_ptr_equal(org_unit(b.o, STR("ou-abcd-12345678")), again);
	assert_ptr_equal(org_unit(b.o, STR("Root")), b.o->units[0]);
	assert_null(org_unit(b.o, STR("Prod/Dev")));
	assert_true(org_unit_is_below(again, b.o->units[0]));
	assert_true(org_unit_is_below(prod, prod));
	assert_false(org_unit_is_below(prod, again));
	assert_false(org_unit_is_below(NULL, prod));
}

/* One that a test made by hand has no index, and is searched. */
static void test_by_hand(void **state)
{
	struct org_unit root = {.id = STR("r-abcd"), .name = STR("Root"), .path = STR("")};
	struct org_account pos = {.id = STR("210000000011"),
				  .name = STR("pos"),
				  .email = STR("A@b.jp"),
				  .unit = &root};
	struct org_policy deny = {.id = STR("p-12345678"), .name = STR("deny")};
	struct org_group group = {.name = STR("leads")};
	struct org_permission_set set = {.name = STR("Developer")};
	struct org_unit *units[] = {&root};
	struct org_account *accounts[] = {&pos};
	struct org_policy *policies[] = {&deny};
	struct org_group *groups[] = {&group};
	struct org_permission_set *sets[] = {&set};
	struct org o = {
		.units = units,
		.nunits = 1,
		.accounts = accounts,
		.naccounts = 1,
		.policies = policies,
		.npolicies = 1,
		.groups = groups,
		.ngroups = 1,
		.permission_sets = sets,
		.npermission_sets = 1,
	};

	(void)state;
	assert_ptr_equal(org_account(&o, STR("pos")), &pos);
	assert_ptr_equal(org_account(&o, STR("210000000011")), &pos);
	assert_ptr_equal(org_account_by_email(&o, STR("a@B.jp")), &pos);
	assert_ptr_equal(org_unit(&o, STR("r-abcd")), &root);
	assert_ptr_equal(org_policy(&o, STR("deny")), &deny);
	assert_ptr_equal(org_policy(&o, STR("p-12345678")), &deny);
	assert_ptr_equal(org_group(&o, STR("leads")), &group);
	assert_ptr_equal(org_permission_set(&o, STR("Developer")), &set);
	assert_null(org_account(&o, STR("x")));
	assert_null(org_account(&o, STR_NULL));
	assert_null(org_group(&o, STR("x")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_states),
		TEST(test_index),
		TEST(test_by_hand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
