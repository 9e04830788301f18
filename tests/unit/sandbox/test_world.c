#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "fixture.h"
#include "sandbox/aws-policies.h"

#define DAY_MS (86400 * INT64_C(1000))

static struct world *w;

static int setup(void **state)
{
	struct rng rng;

	(void)state;
	w = world_new(1, FX_NOW_MS);
	rng_seed(&rng, 1);
	struct world_account *acct = world_add_account(w, STR("111111111111"), STR("main"),
						       STR("main@example.com"), FX_NOW_MS);
	world_make_org(w, acct, true, STR_NULL, STR_NULL, &rng, FX_NOW_MS);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	world_free(&w);
	return 0;
}

static struct world_create *create(const char *id, int64_t done_ms, const char *failure)
{
	struct world_create *c = arena_new_of(w->arena, struct world_create);
	struct rng rng;

	world_rng(w, "test", str_of(id), &rng);
	c->id = str_of(id);
	c->state = STR("IN_PROGRESS");
	c->failure = str_of(failure);
	c->done_ms = done_ms;
	if (!failure) {
		struct str account = world_new_account_id(w, &rng);
		struct str email = world_printf(w, "%s@example.com", id);
		c->account = world_add_account(w, account, str_of(id), email, FX_NOW_MS);
		c->account->state = ACCOUNT_PENDING_ACTIVATION;
	}
	WORLD_PUSH(w->org->creates, c);
	world_schedule(w, done_ms);
	return c;
}

/* AWS's own rule, read off a key id of AWS's documentation of the rule. */
static void test_key_ids_tell_their_account(void **state)
{
	static const char *const accounts[] = {"000000000001", "123456789012", "999999999999",
					       "210000000011"};
	struct rng rng;
	char out[13];

	(void)state;
	rng_seed(&rng, 5);
	for (size_t i = 0; i < ARRAY_SIZE(accounts); i++)
		for (int n = 0; n < 100; n++) {
			struct str id = world_access_key_id(w, &rng, "ASIA", str_of(accounts[i]));
			assert_int_equal(id.n, 20);
			assert_true(world_key_account(id, out));
			assert_string_equal(out, accounts[i]);
		}
	assert_true(world_key_account(STR("ASIAQNZGKIQY56JQ7WML"), out));
	assert_string_equal(out, "029608264753");
	assert_false(world_key_account(STR("AKIA"), out));
	assert_false(world_key_account(STR("AKIA0189018901890189"), out));
}

static void test_accounts_are_born_later(void **state)
{
	struct world_create *c = create("car-1", FX_NOW_MS + 5000, NULL);
	struct world_create *bad = create("car-2", FX_NOW_MS + 6000, "EMAIL_ALREADY_EXISTS");

	(void)state;
	assert_false(world_due(w, FX_NOW_MS + 4999));
	assert_true(world_due(w, FX_NOW_MS + 5000));
	world_settle(w, FX_NOW_MS + 5500);
	assert_true(str_eqz(c->state, "SUCCEEDED"));
	assert_int_equal(c->account->state, ACCOUNT_ACTIVE);
	assert_true(c->account->joined);
	assert_int_equal(c->account->joined_ms, FX_NOW_MS + 5000);
	assert_ptr_equal(c->account->parent, w->org->units);
	assert_null(c->account->iam.root.login); /* born without a root password */
	struct iam_role *role = iam_role(&c->account->iam, STR("OrganizationAccountAccessRole"));
	assert_non_null(role);
	assert_true(str_find(role->trust_text, STR("arn:aws:iam::111111111111:root")) >= 0);
	assert_true(str_eqz(bad->state, "IN_PROGRESS"));
	assert_true(world_due(w, FX_NOW_MS + 6000));
	world_settle(w, FX_NOW_MS + 60000);
	assert_true(str_eqz(bad->state, "FAILED"));
	assert_false(world_due(w, INT64_MAX - 1));
}

/* It does not matter when anybody looks, nor how often. */
static void test_settling_is_the_same_at_any_time(void **state)
{
	struct buf once = BUF_INIT(1 << 20), often = BUF_INIT(1 << 20);

	(void)state;
	for (int round = 0; round < 2; round++) {
		teardown(NULL);
		setup(NULL);
		create("car-1", FX_NOW_MS + 5000, NULL);
		create("car-2", FX_NOW_MS + 5000, NULL);
		create("car-3", FX_NOW_MS + 1000, NULL);
		for (int64_t ms = 0; round == 1 && ms < 9000; ms += 500)
			world_settle(w, FX_NOW_MS + ms);
		world_settle(w, FX_NOW_MS + 10000);
		world_dump(w, true, round ? &often : &once);
	}
	assert_true(str_eq(buf_str(&once), buf_str(&often)));
	buf_release(&once);
	buf_release(&often);
}

static void test_closing(void **state)
{
	struct world_account *acct = world_add_account(w, STR("222222222222"), STR("old"),
						       STR("old@example.com"), FX_NOW_MS);

	(void)state;
	world_join(w, acct, w->org->units, false, FX_NOW_MS);
	acct->state = ACCOUNT_PENDING_CLOSURE;
	acct->closed_ms = FX_NOW_MS;
	world_schedule(w, FX_NOW_MS);
	world_settle(w, FX_NOW_MS + 1000);
	assert_int_equal(acct->state, ACCOUNT_PENDING_CLOSURE);
	world_settle(w, FX_NOW_MS + 120000);
	assert_int_equal(acct->state, ACCOUNT_CLOSED);
	assert_true(acct->joined);
	world_settle(w, FX_NOW_MS + 89 * DAY_MS);
	assert_true(acct->joined);
	world_settle(w, FX_NOW_MS + 91 * DAY_MS);
	assert_false(acct->joined);
	assert_null(acct->parent);
}

static size_t attached(const struct world_attachment *at)
{
	size_t n = 0;

	for (; at; at = at->next)
		n++;
	return n;
}

static void test_default_policies_follow_the_types(void **state)
{
	struct world_org *o = w->org;
	struct rng rng;

	(void)state;
	rng_seed(&rng, 9);
	assert_int_equal(attached(o->units->attached), 0);
	world_enable_policy_type(w, "SERVICE_CONTROL_POLICY");
	assert_int_equal(attached(o->units->attached), 1);
	assert_int_equal(attached(o->management->attached), 1);
	struct world_unit *u = world_add_unit(w, o->units, STR("Unit"), STR_NULL, &rng);
	assert_int_equal(attached(u->attached), 1);
	assert_true(str_startsz(u->id, "ou-"));
	assert_true(str_eq(str_sub(u->id, 3, 4), str_from(o->units->id, 2)));
	world_enable_policy_type(w, "RESOURCE_CONTROL_POLICY");
	assert_int_equal(attached(u->attached), 2);
	struct arena *a = arena_new();
	struct str path = world_org_path(o, u, a);
	struct str want = arena_printf(a, "%.*s/%.*s/%.*s/", STR_ARG(o->id), STR_ARG(o->units->id),
				       STR_ARG(u->id));
	assert_true(str_eq(path, want));
	arena_free(&a);
}

static void test_leaving_ends_delegation(void **state)
{
	struct world_account *acct = world_add_account(w, STR("222222222222"), STR("s"),
						       STR("s@example.com"), FX_NOW_MS);
	struct world_delegate *d = arena_new_of(w->arena, struct world_delegate);

	(void)state;
	world_join(w, acct, w->org->units, true, FX_NOW_MS);
	d->account = acct;
	d->service = STR("iam.amazonaws.com");
	WORLD_PUSH(w->org->delegates, d);
	assert_non_null(world_delegate(w->org, acct, NULL));
	world_leave(w, acct);
	assert_null(world_delegate(w->org, acct, NULL));
}

static void test_task_policies(void **state)
{
	(void)state;
	assert_int_equal(task_policies_count, 5);
	for (size_t i = 0; i < task_policies_count; i++) {
		struct str arn = world_printf(w, "arn:aws:iam::aws:policy/root-task/%s",
					      task_policies[i].name);
		struct iam_managed *p = world_aws_policy(w, arn);
		assert_non_null(p);
		assert_true(str_eqz(p->path, "/root-task/"));
		assert_int_equal(task_policy_kind(arn), task_policies[i].name[0] == 'I'
								? ROOT_TASK_IAM
								: ROOT_TASK_RESOURCE);
	}
	assert_int_equal(task_policy_kind(STR("arn:aws:iam::aws:policy/AdministratorAccess")),
			 ROOT_TASK_NONE);
	assert_int_equal(task_policy_kind(STR("arn:aws:iam::aws:policy/root-task/")),
			 ROOT_TASK_NONE);
}

static void test_lag(void **state)
{
	(void)state;
	assert_false(world_lags(0, FX_NOW_MS));
	assert_true(world_lags(FX_NOW_MS, FX_NOW_MS + 60000));
	assert_false(world_lags(FX_NOW_MS, FX_NOW_MS + 180000));
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_key_ids_tell_their_account),
		T(test_accounts_are_born_later),
		T(test_settling_is_the_same_at_any_time),
		T(test_closing),
		T(test_default_policies_follow_the_types),
		T(test_leaving_ends_delegation),
		T(test_task_policies),
		T(test_lag),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
