/*
 * The live organization, from a server that answers as AWS does and as it
 * might: empty pages, accounts without Paths, states nobody has heard of.
 */

#include "org-test.h"

#include <pthread.h>
#include <stdio.h>

#include "../aws/call-test.h"
#include "base/pool.h"
#include "org/live.h"
#include "text/json.h"

/* The first that fits answers; `has` must stand in the request's body. */
struct answer {
	const char *op, *has;
	const char *body;
	int status; /* 0: 200 */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char asked[8192]; /* "ListAccounts ListAccounts …" */
static size_t calls;
static const struct answer *answers[3];

static const struct answer *answer_to(struct str op, struct str body)
{
	for (size_t i = 0; i < ARRAY_SIZE(answers); i++) {
		for (const struct answer *a = answers[i]; a && a->op; a++) {
			if (str_eqz(op, a->op) && (!a->has || str_find(body, str_of(a->has)) >= 0))
				return a;
		}
	}
	return NULL;
}

static void serve(const struct server_request *req, struct server_response *resp, void *ctx)
{
	struct str target = server_header(req, "x-amz-target"), service, op;
	const struct answer *a;

	(void)ctx;
	if (!str_cut(target, '.', &service, &op))
		op = STR("?");
	a = answer_to(op, req->body);
	pthread_mutex_lock(&lock);
	calls++;
	snprintf(asked + strlen(asked), sizeof(asked) - strlen(asked), "%.*s ", STR_ARG(op));
	pthread_mutex_unlock(&lock);
	resp->status = !a ? 400 : a->status ? a->status : 200;
	resp->body = str_of(a ? a->body : "{\"__type\":\"UnknownOperationException\"}");
	server_add_header(resp, "Content-Type", STR("application/x-amz-json-1.1"));
}

static const struct step step = {.handle = serve};

static size_t times(const char *op)
{
	size_t n = 0;

	for (const char *p = asked; (p = strstr(p, op)); p += strlen(op))
		n += p[strlen(op)] == ' ';
	return n;
}

/* ---- an organization ---- */

#define ARN(id) "\"Arn\":\"arn:aws:organizations::210000000001:account/o-exampleorgid/" id "\""
#define PATHS(path) "\"Paths\":[\"o-exampleorgid/r-abcd/" path "/\"]"
#define ACCOUNT(id, name, more)                                                  \
	"{\"Id\":\"" id "\"," ARN(id) ",\"Name\":\"" name "\",\"Email\":\"" name \
				      "@example.jp\"," more "}"
#define PROD "ou-abcd-11111111"
#define DEEP "ou-abcd-22222222"
#define NONE "{}"

static const struct answer units[] = {
	{"ListRoots", NULL,
	 "{\"Roots\":[{\"Id\":\"r-abcd\",\"Name\":\"Root\",\"PolicyTypes\":[{\"Type\":"
	 "\"SERVICE_CONTROL_POLICY\",\"Status\":\"ENABLED\"},{\"Type\":\"MOON_POLICY\",\"Status\":"
	 "\"ENABLED\"}]}]}",
	 0},
	{"ListOrganizationalUnitsForParent", "\"r-abcd\"",
	 "{\"OrganizationalUnits\":[{\"Id\":\"" PROD "\",\"Name\":\"Prod\"}]}", 0},
	{"ListOrganizationalUnitsForParent", PROD,
	 "{\"OrganizationalUnits\":[{\"Id\":\"" DEEP "\",\"Name\":\"Deep / er\"}]}", 0},
	{"ListOrganizationalUnitsForParent", DEEP, NONE, 0},
	{0},
};

static const struct answer accounts[] = {
	{"ListAccounts", "\"t1\"", "{\"Accounts\":[],\"NextToken\":\"t2\"}", 0},
	{"ListAccounts", "\"t2\"",
	 "{\"Accounts\":[" ACCOUNT(
		 "210000000012", "web",
		 PATHS("ou-abcd-11111111/ou-abcd-22222222/210000000012") ",\"Status\":\"ACTIVE\","
									 "\"State\":\"PENDING_"
									 "CLOSURE\","
									 "\"JoinedMethod\":"
									 "\"TELEPORTED\","
									 "\"JoinedTimestamp\":"
									 "1.5E9") "," ACCOUNT("2100"
											      "0000"
											      "001"
											      "1",
											      "twic"
											      "e",
											      "\"St"
											      "ate"
											      "\":"
											      "\"AC"
											      "TIVE"
											      "\"") "," ACCOUNT("210000000013",
														"odd",
														PATHS("ou-abcd-99999999/210000000013") ",\"State\":"
																		       "\"FROZEN\",\"Status\":\"ACTIVE\"") "]}",
	 0},
	{"ListAccounts", NULL,
	 "{\"Accounts\":[" ACCOUNT(
		 "210000000001", "management",
		 PATHS("210000000001") ",\"Status\":\"ACTIVE\"") "," ACCOUNT("210000000011", "pos",
									     PATHS("ou-abcd-"
										   "11111111/"
										   "21000000001"
										   "1") ",\"Sta"
											"te\":"
											"\"ACTI"
											"VE\","
											"\"Join"
											"edMeth"
											"od\":"
											"\"CREA"
											"TED\"") "]"
												 ","
												 "\"NextToken\":\"t1\"}",
	 0},
	{"ListAccountsForParent", NULL, NONE, 0},
	{0},
};

static const struct answer policies[] = {
	{"ListPolicies", "SERVICE_CONTROL_POLICY",
	 "{\"Policies\":[{\"Id\":\"p-FullAWSAccess\",\"Name\":\"FullAWSAccess\",\"Type\":"
	 "\"SERVICE_CONTROL_POLICY\",\"AwsManaged\":true},{\"Id\":\"p-11111111\",\"Name\":\"deny\","
	 "\"Type\":\"SERVICE_CONTROL_POLICY\",\"AwsManaged\":false}]}",
	 0},
	{"DescribePolicy", "p-11111111",
	 "{\"Policy\":{\"PolicySummary\":{\"Id\":\"p-11111111\"},\"Content\":\"{\\\"Version\\\":1}"
	 "\"}}",
	 0},
	{"ListTargetsForPolicy", "p-FullAWSAccess",
	 "{\"Targets\":[{\"TargetId\":\"r-abcd\",\"Type\":\"ROOT\"},{\"TargetId\":\"" PROD
	 "\",\"Type\":\"ORGANIZATIONAL_UNIT\"},{\"TargetId\":\"210000000011\",\"Type\":\"ACCOUNT\"}"
	 "]}",
	 0},
	{"ListTargetsForPolicy", "\"more\"",
	 "{\"Targets\":[{\"TargetId\":\"" PROD "\"},{\"TargetId\":\"210000000011\"},"
	 "{\"TargetId\":\"ou-abcd-99999999\"}]}",
	 0},
	{"ListTargetsForPolicy", "p-11111111", "{\"Targets\":[],\"NextToken\":\"more\"}", 0},
	{0},
};

static const struct answer tags[] = {
	{"ListTagsForResource", "210000000011",
	 "{\"Tags\":[{\"Key\":\"env\",\"Value\":\"prod\"},{\"Key\":\"empty\",\"Value\":\"\"}]}", 0},
	{"ListTagsForResource", "210000000012",
	 "{\"__type\":\"AccessDeniedException\",\"Message\":\"no\"}", 400},
	{"ListTagsForResource", NULL, "{\"Tags\":[]}", 0},
	{0},
};

static struct fake F;
static struct err E;

static struct org *read_parts(struct org_live_options opt)
{
	struct org *o = (struct org *)&E;

	err_clear(&E);
	asked[0] = '\0';
	calls = 0;
	if (!org_read_live(F.worker, F.me, &opt, A, &o, &E)) {
		assert_null(o);
		assert_true(err_is_set(&E));
	} else {
		assert_false(err_is_set(&E));
	}
	return o;
}

static void begin(const struct answer *a, const struct answer *b, const struct answer *c)
{
	answers[0] = a;
	answers[1] = b;
	answers[2] = c;
	fake_start(&F, &step, 1);
	fake_connect(&F, (struct aws_settings){.max_attempts = 1});
}

/* ---- tests ---- */

struct seen_accounts {
	char text[256];
	bool complete;
};

static void on_account(const struct org *o, struct org_account *acct, void *ctx)
{
	struct seen_accounts *s = ctx;

	assert_str(o->id, "o-exampleorgid");
	assert_str(o->management_id, "210000000001");
	assert_ptr_equal(org_account(o, acct->id), acct);
	snprintf(s->text + strlen(s->text), sizeof(s->text) - strlen(s->text), "%.*s%s%s ",
		 STR_ARG(acct->name), acct->management ? "!" : "", acct->unit ? "/" : "");
}

static void test_accounts(void **state)
{
	struct seen_accounts s = {0};
	struct org *o;

	(void)state;
	begin(accounts, NULL, NULL);
	o = read_parts((struct org_live_options){ORG_ACCOUNTS, on_account, &s, NULL});
	assert_non_null(o);
	/* Three pages, nothing else, and one account that comes twice. */
	assert_string_equal(asked, "ListAccounts ListAccounts ListAccounts ");
	assert_string_equal(s.text, "management! pos web odd ");
	assert_int_equal(o->naccounts, 4);
	assert_false(o->have_units || o->have_policies || o->from_files);
	assert_str(o->accounts[1]->name, "pos");
	assert_str(o->accounts[1]->email, "pos@example.jp");
	assert_str(o->accounts[1]->joined_method, "CREATED");
	assert_int_equal(o->accounts[0]->state, ORG_STATE_ACTIVE);
	assert_int_equal(o->accounts[2]->state, ORG_STATE_PENDING_CLOSURE);
	assert_str(o->accounts[2]->joined_method, "TELEPORTED");
	assert_int_equal(o->accounts[2]->joined_ms, 1500000000000);
	assert_int_equal(o->accounts[3]->state, ORG_STATE_UNKNOWN);
	assert_false(o->accounts[1]->have_tags);
	assert_null(o->accounts[1]->unit);
	fake_stop(&F);
}

static void check_units(struct org *o)
{
	assert_non_null(o);
	assert_true(o->have_units && o->scp_enabled && !o->rcp_enabled);
	assert_int_equal(o->nunits, 3);
	assert_str(o->units[2]->path, "Prod/Deep / er");
	assert_ptr_equal(o->accounts[0]->unit, o->units[0]);
	assert_ptr_equal(o->accounts[1]->unit, o->units[1]);
	assert_ptr_equal(o->accounts[2]->unit, o->units[2]);
	assert_null(o->accounts[3]->unit); /* in a unit that was not found */
}

static void test_units(void **state)
{
	struct seen_accounts s = {0};
	struct org *o;

	(void)state;
	begin(accounts, units, NULL);
	o = read_parts((struct org_live_options){ORG_ACCOUNTS | ORG_UNITS, on_account, &s, NULL});
	check_units(o);
	/* Placed before they are shown. */
	assert_string_equal(s.text, "management!/ pos/ web/ odd ");
	assert_int_equal(times("ListRoots"), 1);
	assert_int_equal(times("ListOrganizationalUnitsForParent"), 3);
	assert_int_equal(times("ListAccountsForParent"), 3);
	fake_stop(&F);
}

/* Paths everywhere and every unit known: nobody asks ListAccountsForParent. */
static void test_paths(void **state)
{
	static const struct answer two[] = {
		{"ListAccounts", NULL,
		 "{\"Accounts\":[" ACCOUNT(
			 "210000000001", "management",
			 PATHS("210000000001")) "," ACCOUNT("210000000011", "pos",
							    PATHS("ou-abcd-11111111/"
								  "210000000011")) "]}",
		 0},
		{0},
	};
	struct org *o;

	(void)state;
	begin(two, units, NULL);
	o = read_parts((struct org_live_options){ORG_ACCOUNTS | ORG_UNITS, NULL, NULL, NULL});
	assert_non_null(o);
	assert_ptr_equal(o->accounts[1]->unit, o->units[1]);
	assert_int_equal(times("ListAccountsForParent"), 0);
	assert_int_equal(calls, 5);
	fake_stop(&F);
}

/* No Paths, no ARN: as older servers answer. */
static void test_without_paths(void **state)
{
	static const struct answer old[] = {
		{"ListAccounts", NULL,
		 "{\"Accounts\":[{\"Id\":\"210000000001\",\"Name\":\"a\",\"Status\":\"ACTIVE\"},"
		 "{\"Id\":\"210000000011\",\"Name\":\"b\",\"Status\":\"SUSPENDED\"}]}",
		 0},
		{"ListAccountsForParent", "\"r-abcd\"",
		 "{\"Accounts\":[{\"Id\":\"210000000001\"}]}", 0},
		{"ListAccountsForParent", DEEP, "{\"Accounts\":[{\"Id\":\"210000000011\"}]}", 0},
		{"ListAccountsForParent", NULL, NONE, 0},
		{"DescribeOrganization", NULL,
		 "{\"Organization\":{\"Id\":\"o-exampleorgid\",\"MasterAccountId\":"
		 "\"210000000001\"}}",
		 0},
		{0},
	};
	struct org *o;

	(void)state;
	begin(old, units, NULL);
	o = read_parts((struct org_live_options){ORG_ACCOUNTS | ORG_UNITS | ORG_DESCRIBE, NULL,
						 NULL, NULL});
	assert_non_null(o);
	assert_ptr_equal(o->accounts[0]->unit, o->units[0]);
	assert_ptr_equal(o->accounts[1]->unit, o->units[2]);
	assert_true(o->accounts[0]->management);
	assert_false(o->accounts[1]->management);
	assert_int_equal(o->accounts[1]->state, ORG_STATE_SUSPENDED);
	assert_str(o->id, "o-exampleorgid");
	fake_stop(&F);
}

static void check_policies(struct org *o)
{
	struct org_account *pos;

	assert_non_null(o);
	pos = org_account(o, STR("pos"));
	assert_true(o->have_policies);
	assert_int_equal(o->npolicies, 2);
	assert_true(o->policies[0]->aws_managed);
	assert_true(str_startsz(o->policies[0]->content, "{\"Version\":\"2012-10-17\""));
	assert_str(o->policies[1]->content, "{\"Version\":1}");
	assert_str(o->policies[1]->type, "SERVICE_CONTROL_POLICY");
	assert_int_equal(o->units[0]->npolicies, 1);
	assert_int_equal(o->units[1]->npolicies, 2);
	assert_str(o->units[1]->policies[0], "p-FullAWSAccess");
	assert_str(o->units[1]->policies[1], "p-11111111");
	assert_int_equal(pos->npolicies, 2);
	assert_int_equal(o->units[2]->npolicies, 0);
}

static void test_policies(void **state)
{
	struct org *o;

	(void)state;
	begin(accounts, units, policies);
	o = read_parts((struct org_live_options){ORG_ACCOUNTS | ORG_POLICIES, NULL, NULL, NULL});
	check_policies(o);
	/* Only the type that the root has; what AWS wrote is not asked for. */
	assert_int_equal(times("ListPolicies"), 1);
	assert_int_equal(times("DescribePolicy"), 1);
	assert_int_equal(times("ListTargetsForPolicy"), 3);
	fake_stop(&F);
}

static void test_tags(void **state)
{
	struct org *o;

	(void)state;
	begin(accounts, tags, NULL);
	o = read_parts((struct org_live_options){ORG_ACCOUNTS | ORG_TAGS, NULL, NULL, NULL});
	assert_non_null(o);
	assert_int_equal(times("ListTagsForResource"), 4);
	assert_true(o->accounts[0]->have_tags);
	assert_int_equal(o->accounts[0]->ntags, 0);
	assert_int_equal(o->accounts[1]->ntags, 2);
	assert_str(o->accounts[1]->tags[0].value, "prod");
	assert_false(str_is_null(o->accounts[1]->tags[1].value));
	/* Denied for one: not known there, and known to be not known. */
	assert_false(o->accounts[2]->have_tags);
	assert_true(o->accounts[3]->have_tags);
	fake_stop(&F);
}

/* With a pool: the same organization. */
static void test_pool(void **state)
{
	struct pool *pool;
	struct org *o;

	(void)state;
	begin(accounts, units, policies);
	pool = pool_new(4, aws_pool_worker_init, aws_pool_worker_done, F.aws);
	o = read_parts((struct org_live_options){ORG_ACCOUNTS | ORG_POLICIES, NULL, NULL, pool});
	check_units(o);
	check_policies(o);
	answers[1] = tags;
	o = read_parts((struct org_live_options){ORG_ACCOUNTS | ORG_TAGS, NULL, NULL, pool});
	assert_non_null(o);
	assert_int_equal(o->accounts[1]->ntags, 2);
	assert_false(o->accounts[2]->have_tags);
	pool_cancel(pool);
	assert_null(
		read_parts((struct org_live_options){ORG_ACCOUNTS | ORG_TAGS, NULL, NULL, pool}));
	assert_int_equal(E.kind, ERR_CANCELLED);
	pool_free(&pool);
	fake_stop(&F);
}

#define DENIED "{\"__type\":\"AccessDeniedException\",\"Message\":\"You don't have permissions\"}"

static void refuses(unsigned parts, const struct answer *first, enum err_kind kind, const char *has)
{
	begin(first, accounts, units);
	assert_null(read_parts((struct org_live_options){parts, NULL, NULL, NULL}));
	assert_int_equal(E.kind, kind);
	if (!strstr(E.message, has))
		fail_msg("'%s' has no '%s'", E.message, has);
	fake_stop(&F);
}

/* Nothing is given out of what was read in part. */
static void test_refused(void **state)
{
	static const struct answer no_list[] = {{"ListAccounts", "\"t2\"", DENIED, 400}, {0}};
	static const struct answer no_root[] = {{"ListRoots", NULL, DENIED, 400}, {0}};
	static const struct answer empty_root[] = {{"ListRoots", NULL, "{\"Roots\":[]}", 0}, {0}};
	static const struct answer no_deep[] = {
		{"ListOrganizationalUnitsForParent", PROD, DENIED, 400}, {0}};
	static const struct answer nameless[] = {
		{"ListOrganizationalUnitsForParent", PROD,
		 "{\"OrganizationalUnits\":[{\"Id\":\"ou-abcd-33333333\"}]}", 0},
		{0}};
	static const struct answer bad_id[] = {
		{"ListAccounts", NULL, "{\"Accounts\":[{\"Id\":\"21000000\\u001b0011\"}]}", 0},
		{0}};
	static const struct answer no_parent[] = {{"ListAccountsForParent", DEEP, DENIED, 400},
						  {0}};
	static const struct answer no_policy[] = {
		{"ListPolicies", NULL, "{\"Policies\":[{\"Id\":\"p-12345678\"}]}", 0},
		{"DescribePolicy", NULL, DENIED, 400},
		{0}};
	static const struct answer no_content[] = {
		{"ListPolicies", NULL, "{\"Policies\":[{\"Id\":\"p-12345678\"}]}", 0},
		{"DescribePolicy", NULL, "{\"Policy\":{}}", 0},
		{0}};
	static const struct answer no_tags[] = {{"ListTagsForResource", NULL, DENIED, 400}, {0}};
	static const struct answer no_org[] = {{"DescribeOrganization", NULL,
						"{\"__type\":\"AWSOrganizationsNotInUseException\","
						"\"Message\":\"Your account is not "
						"a member of an organization.\"}",
						400},
					       {0}};

	(void)state;
	refuses(ORG_ACCOUNTS, no_list, ERR_AWS, "ListAccounts: AccessDeniedException");
	refuses(ORG_UNITS, no_root, ERR_AWS, "ListRoots");
	refuses(ORG_UNITS, empty_root, ERR_PROTOCOL, "an answer without a root");
	refuses(ORG_UNITS, no_deep, ERR_AWS, "ListOrganizationalUnitsForParent");
	refuses(ORG_UNITS, nameless, ERR_PROTOCOL, "a unit without id or name");
	refuses(ORG_ACCOUNTS, bad_id, ERR_PROTOCOL, "an account with the id '21000000\\x1b0011'");
	refuses(ORG_ACCOUNTS | ORG_UNITS, no_parent, ERR_AWS, "ListAccountsForParent");
	refuses(ORG_ACCOUNTS | ORG_POLICIES, no_policy, ERR_AWS, "DescribePolicy");
	refuses(ORG_POLICIES, no_content, ERR_PROTOCOL, "policy p-12345678 without its content");
	refuses(ORG_ACCOUNTS | ORG_TAGS, no_tags, ERR_AWS, "ListTagsForResource");
	refuses(ORG_DESCRIBE, no_org, ERR_AWS, "AWSOrganizationsNotInUseException");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_accounts), TEST(test_units), TEST(test_paths), TEST(test_without_paths),
		TEST(test_policies), TEST(test_tags),  TEST(test_pool),  TEST(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
