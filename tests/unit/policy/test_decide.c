/* The decision's words, the context, odd requests, and many threads on one engine. */

#include "policy-test.h"

#include <pthread.h>

#include "policy/context.h"
#include "policy/policy-private.h"

static void assert_text(const struct policy_decision *d, const char *want)
{
	struct str s = policy_decision_text(d, A);
	if (!str_eqz(s, want))
		fail_msg("'%.*s' is not '%s'", STR_ARG(s), want);
}

static struct policy *named(const char *text, enum policy_kind kind, const char *name)
{
	struct err err = {0};
	struct policy *p = policy_parse(str_of(text), kind, str_of(name), A, &err);
	if (!p)
		fail_msg("%s", err.message);
	return p;
}

static const char full[] =
	"{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}}";
static const char deny_root[] =
	"{\n \"Version\": \"2012-10-17\",\n \"Statement\": [\n  {\n   \"Sid\": \"DenyRoot\",\n"
	"   \"Effect\": \"Deny\", \"Action\": \"*\", \"Resource\": \"*\",\n   \"Condition\": "
	"{\"ArnLike\": {\"aws:PrincipalArn\": \"arn:aws:iam::*:root\"}}\n  }\n ]\n}\n";

static void test_words(void **state)
{
	const struct policy *scps[] = {named(full, POLICY_SCP, "FullAWSAccess"),
				       named(deny_root, POLICY_SCP, "deny-root")};
	const struct policy *id[] = {named(full, POLICY_IDENTITY, "admin")};
	const struct policy_list levels[] = {{scps, 1}, {scps, 2}, {scps, 0}};
	struct policy_set set = {.scp = levels, .nscp = 2};
	struct policy_request req = {.principal = STR("arn:aws:iam::111122223333:root"),
				     .action = STR("iam:ListUsers"),
				     .resource = STR("*")};
	struct policy_decision d;
	(void)state;
	policy_decide(&set, &req, &d);
	assert_text(&d, "denied by statement DenyRoot (line 4) of service control policy "
			"'deny-root' on level 2");
	set.nscp = 1;
	policy_decide(&set, &req, &d);
	assert_text(&d, "allowed: nothing that takes part denies it");
	set.nscp = 3;
	req.principal = STR("arn:aws:iam::111122223333:user/ann");
	policy_decide(&set, &req, &d);
	assert_text(&d, "denied: no service control policy on level 3 allows it");
	set.nscp = 0;
	set.has_identity = true;
	policy_decide(&set, &req, &d);
	assert_text(&d, "denied: no identity-based policy allows it");
	set.identity = (struct policy_list){id, 1};
	policy_decide(&set, &req, &d);
	assert_text(&d, "allowed by statement 1 (line 1) of identity-based policy 'admin'");
}

/* What AWS could not have issued is denied and does no harm. */
static void test_odd_requests(void **state)
{
	const struct policy *id[] = {named(full, POLICY_IDENTITY, "admin")};
	struct policy_set set = {.has_identity = true, .identity = {id, 1}};
	char *long_text = arena_alloc(A, 100000);
	struct policy_decision d;
	(void)state;
	memset(long_text, 'a', 99999);
	struct str endless = {long_text, 99999};
	struct str endless_arn = arena_printf(A, "arn:aws:iam::1:user/%s", long_text);
	struct str odd_action = arena_printf(A, "s3:%s", long_text);
	const struct policy_request reqs[] = {
		{.principal = endless, .action = STR("s3:X"), .resource = STR("*")},
		{.principal = endless_arn, .action = STR("s3:X"), .resource = STR("*")},
		{.principal = STR("arn:aws:iam::1:user/a"),
		 .action = endless,
		 .resource = STR("*")},
		{.principal = STR("arn:aws:iam::1:user/a"),
		 .action = odd_action,
		 .resource = STR("*")},
		{.principal = STR("arn:aws:iam::1:user/a"),
		 .action = STR("nocolon"),
		 .resource = STR("*")},
		{.principal = STR("arn:aws:iam::1:user/a"),
		 .action = STR(""),
		 .resource = STR("*")},
	};
	struct policy_engine *e = policy_compile(&set, A);
	for (size_t i = 0; i < ARRAY_SIZE(reqs); i++) {
		policy_decide(&set, &reqs[i], &d);
		assert_false(d.allow);
		policy_engine_decide(e, &reqs[i], &d);
		assert_false(d.allow);
	}
	/* Absent texts are no crash either. */
	const struct policy_request nothing = {0};
	policy_decide(&set, &nothing, &d);
	assert_false(d.allow);
	policy_engine_decide(e, &nothing, &d);
	assert_false(d.allow);
}

/* A variable that makes a pattern longer than the stack part. */
static void test_long_variable(void **state)
{
	const char *text =
		"{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\","
		"\"Resource\":\"arn:aws:s3:::b/${x:a}/*\"}}";
	const struct policy *id[] = {named(text, POLICY_IDENTITY, "p")};
	struct policy_set set = {.has_identity = true, .identity = {id, 1}};
	char *value = arena_alloc(A, 5001);
	struct policy_decision d;
	(void)state;
	memset(value, 'v', 5000);
	struct policy_request req = {.principal = STR("arn:aws:iam::1:user/a"),
				     .action = STR("s3:X")};
	policy_context_add(&req, A, STR("x:a"), str_of(value));
	req.resource = arena_printf(A, "arn:aws:s3:::b/%s/k", value);
	policy_decide(&set, &req, &d);
	assert_true(d.allow);
	req.resource = arena_printf(A, "arn:aws:s3:::b/%.*s/k", 4999, value);
	policy_decide(&set, &req, &d);
	assert_false(d.allow);
}

/* As a condition sees it. */
static const char *value_of(const struct policy_request *req, const char *name)
{
	static struct policy_ctx ctx;
	struct str key = str_of(name);
	policy_ctx_init(&ctx, req);
	const struct policy_value *v =
		policy_ctx_key(&ctx, key, key_hash_of(key), derived_key_of(key));
	return v ? arena_dupz(A, v->values[0]) : NULL;
}

static void assert_value(const struct policy_request *req, const char *name, const char *want)
{
	const char *have = value_of(req, name);
	if (!want ? have != NULL : !have || strcmp(have, want) != 0)
		fail_msg("%s is '%s', not '%s'", name, have ? have : "(absent)",
			 want ? want : "(absent)");
}

static void test_context(void **state)
{
	static const struct policy_tag tags[] = {{{"team", 4}, {"red", 3}}, {{"x", 1}, {"", 0}}};
	const struct str via[] = {STR("cloudformation.amazonaws.com"),
				  STR("dynamodb.amazonaws.com")};
	struct policy_facts f = {
		.principal = STR("arn:aws:iam::111122223333:root"),
		.assumed_root = true,
		.org_id = STR("o-a"),
		.org_path = STR("o-a/r-b/ou-c/"),
		.principal_tags = {tags, 1},
		.request_tags = {tags, 2},
		.mfa = POLICY_FLAG_FALSE,
		.mfa_age_s = 5,
		.source_ip = STR("192.0.2.1"),
		.secure_transport = POLICY_FLAG_TRUE,
		.region = STR("us-east-1"),
		.now_ms = INT64_C(1795446992500),
		.called_via = via,
		.ncalled_via = 2,
	};
	struct policy_request req = {.principal = f.principal};
	(void)state;
	policy_context_add(&req, A, STR("aws:RequestedRegion"), STR("first-wins"));
	policy_context(&f, A, &req);
	assert_value(&req, "aws:AssumedRoot", "true");
	assert_value(&req, "aws:userid", "111122223333");
	assert_value(&req, "AWS:principalorgid", "o-a");
	assert_value(&req, "aws:PrincipalTag/team", "red");
	assert_value(&req, "aws:RequestTag/x", "");
	assert_value(&req, "aws:TagKeys", "team");
	assert_value(&req, "aws:MultiFactorAuthPresent", "false");
	assert_value(&req, "aws:MultiFactorAuthAge", NULL);
	assert_value(&req, "aws:SecureTransport", "true");
	assert_value(&req, "aws:RequestedRegion", "first-wins");
	assert_value(&req, "aws:CurrentTime", "2026-11-23T15:16:32Z");
	assert_value(&req, "aws:EpochTime", "1795446992");
	assert_value(&req, "aws:CalledViaLast", "dynamodb.amazonaws.com");
	assert_value(&req, "aws:ResourceOrgID", NULL);
	assert_value(&req, "aws:SourceIdentity", NULL);
	for (size_t i = 0; i < req.nkeys; i++) {
		const struct policy_key *k = &req.keys[i];
		bool set = str_eqz(k->name, "aws:CalledVia") ||
			   str_eqz(k->name, "aws:PrincipalOrgPaths");
		assert_int_equal(k->value.multi, set);
	}
	/* Nothing known, nothing there. */
	struct policy_facts none = {0};
	struct policy_request bare = {0};
	policy_context(&none, A, &bare);
	assert_int_equal(bare.nkeys, 0);
}

/* The next allocation would end the program: there is none. */
static void test_no_allocation(void **state)
{
	const char *text =
		"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[\"s3:"
		"G*t*\",\"iam:*\"],"
		"\"Resource\":\"arn:aws:s3:::${aws:username}/"
		"*\",\"Condition\":{\"StringLike\":{\"x:a\":[\"?\",\"v*${x:b, 'd'}\"]},"
		"\"NumericLessThan\":{\"x:n\":\"1e9\"},\"DateLessThan\":{\"x:d\":\"2030-01-01\"},"
		"\"IpAddress\":{\"x:i\":\"2001:db8::/32\"},"
		"\"ArnLike\":{\"aws:PrincipalArn\":\"arn:aws:iam::*:user/${aws:username}\"},"
		"\"StringEqualsIgnoreCase\":{\"x:s\":\"\\u039f\\u03a3\"},\"Bool\":{\"aws:"
		"ViaAWSService\":\"false\"}}}]}";
	const struct policy *id[] = {named(text, POLICY_IDENTITY, "p")};
	struct policy_set set = {.has_identity = true, .identity = {id, 1}};
	struct policy_request req = {.principal = STR("arn:aws:iam::1:user/ann"),
				     .action = STR("s3:GetObject"),
				     .resource = STR("arn:aws:s3:::ann/k")};
	static const struct {
		struct str name, value;
	} keys[] = {{{"x:a", 3}, {"v1d", 3}},
		    {{"x:n", 3}, {"5", 1}},
		    {{"x:d", 3}, {"2026-11-23T00:00:00Z", 20}},
		    {{"x:i", 3}, {"2001:db8::1", 11}},
		    {{"x:s", 3}, {"\xCE\xBF\xCF\x82", 4}}};
	struct policy_decision plain, compiled;
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		policy_context_add(&req, A, keys[i].name, keys[i].value);
	struct policy_engine *e = policy_compile(&set, A);
	mem_fail_nth(1);
	policy_decide(&set, &req, &plain);
	policy_engine_decide(e, &req, &compiled);
	mem_fail_nth(0);
	assert_true(plain.allow && compiled.allow);
}

struct worker {
	const struct policy_engine *engine;
	const struct policy_request *reqs;
	const bool *want;
	size_t n, wrong;
};

static void *work(void *arg)
{
	struct worker *w = arg;
	for (size_t i = 0; i < 20000; i++) {
		struct policy_decision d;
		policy_engine_decide(w->engine, &w->reqs[i % w->n], &d);
		w->wrong += d.allow != w->want[i % w->n];
	}
	return NULL;
}

static void test_threads(void **state)
{
	const char *text =
		"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:*"
		"\","
		"\"Resource\":\"arn:aws:s3:::${aws:username}/"
		"*\"},{\"Effect\":\"Deny\",\"Action\":\"*\","
		"\"Resource\":\"*\",\"Condition\":{\"StringEquals\":{\"x:a\":\"no\"}}}]}";
	const struct policy *id[] = {named(text, POLICY_IDENTITY, "p")};
	struct policy_set set = {.has_identity = true, .identity = {id, 1}};
	struct policy_request reqs[3];
	static const bool want[] = {true, false, false};
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		reqs[i] = (struct policy_request){
			.principal = STR("arn:aws:iam::1:user/ann"),
			.action = STR("s3:GetObject"),
			.resource = i == 1 ? STR("arn:aws:s3:::bob/k") : STR("arn:aws:s3:::ann/k"),
		};
		policy_context_add(&reqs[i], A, STR("x:a"), i == 2 ? STR("no") : STR("yes"));
	}
	struct worker w[4];
	pthread_t t[4];
	struct policy_engine *e = policy_compile(&set, A);
	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		w[i] = (struct worker){e, reqs, want, 3, 0};
		assert_int_equal(pthread_create(&t[i], NULL, work, &w[i]), 0);
	}
	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		pthread_join(t[i], NULL);
		assert_int_equal(w[i].wrong, 0);
	}
}

/* Where the resource decides, nobody gets in by an identity policy of everything. */
static void test_where_the_resource_decides(void **state)
{
	static const struct {
		const char *who, *action, *resource;
		bool decides;
	} cases[] = {
		{"arn:aws:iam::111122223333:user/ann", "sqs:SendMessage",
		 "arn:aws:sqs:us-east-1:111122223333:q", false},
		{"arn:aws:iam::111122223333:user/ann", "sqs:SendMessage",
		 "arn:aws:sqs:us-east-1:444455556666:q", true},
		{"arn:aws:iam::111122223333:user/ann", "s3:GetObject", "arn:aws:s3:::b/k", false},
		{"arn:aws:iam::111122223333:root", "sqs:SendMessage",
		 "arn:aws:sqs:us-east-1:444455556666:q", true},
		{"*", "s3:GetObject", "arn:aws:s3:::b/k", true},
		{"sns.amazonaws.com", "sqs:SendMessage", "arn:aws:sqs:us-east-1:111122223333:q",
		 true},
		{"arn:aws:iam::111122223333:user/ann", "kms:Decrypt",
		 "arn:aws:kms:us-east-1:111122223333:key/k", true},
		{"arn:aws:iam::111122223333:user/ann", "sts:AssumeRole",
		 "arn:aws:iam::111122223333:role/r", true},
		{"arn:aws:iam::111122223333:user/ann", "sts:GetCallerIdentity", "*", false},
	};
	const struct policy *id[] = {named(full, POLICY_IDENTITY, "admin")};
	struct policy_set set = {.has_identity = true, .identity = {id, 1}, .has_resource = true};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct policy_request req = {.principal = str_of(cases[i].who),
					     .action = str_of(cases[i].action),
					     .resource = str_of(cases[i].resource)};
		struct policy_decision d;

		assert_int_equal(policy_resource_decides(&req), cases[i].decides);
		policy_decide(&set, &req, &d);
		assert_int_equal(d.allow, !cases[i].decides);
	}
	assert_false(policy_resource_decides(
		&(struct policy_request){.principal = STR("arn:aws:iam::111122223333:user/ann"),
					 .action = STR("sts:AssumeRoot"),
					 .resource = STR("arn:aws:iam::444455556666:root")}));
	/* "*" is no key: kms:ListKeys is the identity's side alone. */
	assert_false(policy_resource_decides(
		&(struct policy_request){.principal = STR("arn:aws:iam::111122223333:user/ann"),
					 .action = STR("kms:ListKeys"),
					 .resource = STR("*")}));
}

static void test_account_of_an_arn(void **state)
{
	(void)state;
	assert_true(str_eqz(policy_arn_account(STR("arn:aws:sqs:us-east-1:111122223333:q")),
			    "111122223333"));
	assert_true(str_is_null(policy_arn_account(STR("arn:aws:s3:::b:111122223333"))));
	assert_true(str_is_null(policy_arn_account(STR("x:aws:sqs:us-east-1:111122223333:q"))));
	assert_true(str_is_null(policy_arn_account(STR("arn:aws:sqs:us-east-1:1111222233:q"))));
	assert_true(str_is_null(policy_arn_account(STR("111122223333"))));
}

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(test_where_the_resource_decides),
					   TEST(test_account_of_an_arn),
					   TEST(test_words),
					   TEST(test_odd_requests),
					   TEST(test_long_variable),
					   TEST(test_context),
					   TEST(test_no_allocation),
					   TEST(test_threads)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
