/*
 * How many decisions a CPU second: bench_policy [SECONDS [FILE OF DOCUMENTS]].
 *
 * An identity policy of ten statements under three levels of five SCPs each,
 * with conditions; a mix of requests with the keys that a real call carries.
 * Then the same against 1 to 1,000 SCPs more, with explanations, on two
 * threads, and the time to compile 10,000 policies of managed size.
 */

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/file.h"
#include "base/limits.h"
#include "policy/context.h"
#include "policy/eval.h"
#include "policy/policy-private.h"

/* What is compared takes turns for so many rounds; the median of a rate's slices counts. */
#define ROUNDS 7
static int64_t slice_us = 200000;

/* Of this thread's own time on a core, so that other work on the machine counts little. */
static int64_t cpu_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return t.tv_sec * INT64_C(1000000) + t.tv_nsec / 1000;
}

static const char identity[] =
	"{\"Version\":\"2012-10-17\",\"Statement\":["
	"{\"Sid\":\"Own\",\"Effect\":\"Allow\",\"Action\":[\"iam:ChangePassword\",\"iam:GetUser\","
	"\"iam:ListAccessKeys\"],\"Resource\":\"arn:aws:iam::*:user/${aws:username}\"},"
	"{\"Effect\":\"Allow\",\"Action\":[\"s3:GetObject\",\"s3:PutObject\",\"s3:DeleteObject\"],"
	"\"Resource\":\"arn:aws:s3:::app-*/*\"},"
	"{\"Effect\":\"Allow\",\"Action\":\"s3:ListBucket\",\"Resource\":\"arn:aws:s3:::app-*\","
	"\"Condition\":{\"StringLike\":{\"s3:prefix\":[\"\",\"home/\",\"home/${aws:username}/"
	"*\"]}}},"
	"{\"Effect\":\"Allow\",\"Action\":\"ec2:Describe*\",\"Resource\":\"*\"},"
	"{\"Effect\":\"Allow\",\"Action\":[\"ec2:StartInstances\",\"ec2:StopInstances\"],"
	"\"Resource\":\"arn:aws:ec2:*:111122223333:instance/*\",\"Condition\":{\"StringEquals\":"
	"{\"aws:ResourceTag/team\":\"${aws:PrincipalTag/team}\"}}},"
	"{\"Effect\":\"Allow\",\"Action\":\"dynamodb:*\",\"Resource\":"
	"\"arn:aws:dynamodb:ap-northeast-1:111122223333:table/app-*\"},"
	"{\"Effect\":\"Allow\",\"Action\":[\"sqs:SendMessage\",\"sqs:ReceiveMessage\"],"
	"\"Resource\":"
	"\"arn:aws:sqs:*:111122223333:app-*\",\"Condition\":{\"Bool\":"
	"{\"aws:SecureTransport\":\"true\"}}},"
	"{\"Effect\":\"Allow\",\"Action\":\"logs:*\",\"Resource\":\"*\",\"Condition\":{"
	"\"IpAddress\":"
	"{\"aws:SourceIp\":[\"203.0.113.0/24\",\"2001:db8::/32\"]}}},"
	"{\"Effect\":\"Deny\",\"Action\":\"s3:*\",\"Resource\":\"arn:aws:s3:::app-secret/*\","
	"\"Condition\":{\"BoolIfExists\":{\"aws:MultiFactorAuthPresent\":\"false\"}}},"
	"{\"Effect\":\"Deny\",\"NotAction\":[\"iam:*\",\"sts:*\",\"s3:*\",\"ec2:*\",\"dynamodb:*\","
	"\"sqs:*\",\"logs:*\",\"kms:*\"],\"Resource\":\"*\"}]}";

static const char *const scps[5] = {
	"{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\","
	"\"Resource\":\"*\"}}",
	"{\"Version\":\"2012-10-17\",\"Statement\":{\"Sid\":\"Regions\",\"Effect\":\"Deny\","
	"\"NotAction\":[\"iam:*\",\"organizations:*\",\"route53:*\",\"cloudfront:*\",\"support:*\","
	"\"sts:*\"],\"Resource\":\"*\",\"Condition\":{\"StringNotEquals\":{\"aws:RequestedRegion\":"
	"[\"ap-northeast-1\",\"ap-northeast-3\",\"us-east-1\"]},\"ArnNotLike\":{\"aws:"
	"PrincipalArn\":"
	"[\"arn:aws:iam::*:role/platform/*\",\"arn:aws:iam::*:role/aws-reserved/*\"]}}}}",
	"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Sid\":\"Leave\",\"Effect\":\"Deny\","
	"\"Action\":\"organizations:LeaveOrganization\",\"Resource\":\"*\"},{\"Sid\":\"Root\","
	"\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{\"ArnLike\":"
	"{\"aws:PrincipalArn\":\"arn:aws:iam::*:root\"},\"Null\":{\"aws:AssumedRoot\":\"true\"}}}]"
	"}",
	"{\"Version\":\"2012-10-17\",\"Statement\":{\"Sid\":\"Trail\",\"Effect\":\"Deny\","
	"\"Action\":[\"cloudtrail:StopLogging\",\"cloudtrail:DeleteTrail\",\"config:Delete*\","
	"\"guardduty:Delete*\",\"guardduty:Disassociate*\"],\"Resource\":\"*\",\"Condition\":"
	"{\"ArnNotLike\":{\"aws:PrincipalArn\":\"arn:aws:iam::*:role/platform/*\"}}}}",
	"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Sid\":\"Encrypt\",\"Effect\":\"Deny\","
	"\"Action\":\"s3:PutObject\",\"Resource\":\"*\",\"Condition\":{\"Null\":"
	"{\"s3:x-amz-server-side-encryption\":\"true\"}}},{\"Sid\":\"Tls\",\"Effect\":\"Deny\","
	"\"Action\":\"s3:*\",\"Resource\":\"*\",\"Condition\":{\"Bool\":{\"aws:SecureTransport\":"
	"\"false\"}}}]}",
};

static const struct {
	const char *action, *resource;
} calls[] = {
	{"s3:GetObject", "arn:aws:s3:::app-data/2026/11/23/part-0001.json"},
	{"s3:PutObject", "arn:aws:s3:::app-data/2026/11/23/part-0002.json"},
	{"ec2:DescribeInstances", "*"},
	{"ec2:StartInstances",
	 "arn:aws:ec2:ap-northeast-1:111122223333:instance/i-0123456789abcdef0"},
	{"dynamodb:GetItem", "arn:aws:dynamodb:ap-northeast-1:111122223333:table/app-orders"},
	{"sqs:SendMessage", "arn:aws:sqs:ap-northeast-1:111122223333:app-jobs"},
	{"logs:PutLogEvents",
	 "arn:aws:logs:ap-northeast-1:111122223333:log-group:app:log-stream:1"},
	{"iam:ListAccessKeys", "arn:aws:iam::111122223333:user/ann"},
	{"cloudtrail:StopLogging", "arn:aws:cloudtrail:ap-northeast-1:111122223333:trail/all"},
	{"s3:ListBucket", "arn:aws:s3:::app-data"},
};
#define NCALLS ARRAY_SIZE(calls)

static const struct policy *parse(const char *text, enum policy_kind kind, struct arena *a)
{
	struct err err = {0};
	struct policy *p = policy_parse(str_of(text), kind, STR("bench"), a, &err);
	if (!p)
		BUG("%u:%u: %s", err.line, err.col, err.message);
	return p;
}

/* From a Region that the SCPs do not have, all but the calls of IAM are denied. */
static void make_requests(struct arena *a, struct str region, struct policy_request req[NCALLS])
{
	static const struct policy_tag principal[] = {{{"team", 4}, {"orders", 6}}};
	static const struct policy_tag resource[] = {{{"team", 4}, {"orders", 6}},
						     {{"env", 3}, {"production", 10}}};
	struct policy_facts f = {
		.principal = STR("arn:aws:iam::111122223333:user/ann"),
		.userid = STR("AIDAEXAMPLEEXAMPLE123"),
		.org_id = STR("o-exampleorgid"),
		.org_path = STR("o-exampleorgid/r-ab12/ou-ab12-11111111/ou-ab12-22222222/"),
		.principal_tags = {principal, 1},
		.mfa = POLICY_FLAG_TRUE,
		.mfa_age_s = 600,
		.token_issue_ms = 1795447000000,
		.source_ip = STR("203.0.113.25"),
		.secure_transport = POLICY_FLAG_TRUE,
		.region = region,
		.user_agent = STR("aws-cli/2.15"),
		.now_ms = 1795447012000,
		.resource_org_id = STR("o-exampleorgid"),
		.resource_tags = {resource, 2},
	};
	for (size_t i = 0; i < NCALLS; i++) {
		req[i] = (struct policy_request){
			.principal = f.principal,
			.action = str_of(calls[i].action),
			.resource = str_of(calls[i].resource),
			.resource_account = STR("111122223333"),
		};
		policy_context(&f, a, &req[i]);
		policy_context_add(&req[i], a, STR("s3:prefix"), STR("home/ann/2026"));
		policy_context_add(&req[i], a, STR("s3:x-amz-server-side-encryption"),
				   STR("aws:kms"));
	}
}

/* Three levels of five SCPs; `more` further ones on the last, each for a service of its own. */
static void make_set(struct policy_set *set, size_t more, struct arena *a)
{
	struct policy_list *levels = arena_calloc(a, 3, sizeof(*levels));
	for (size_t l = 0; l < 3; l++) {
		size_t n = 5 + (l == 2 ? more : 0);
		const struct policy **p = arena_calloc(a, n, sizeof(struct policy *));
		for (size_t i = 0; i < n; i++) {
			const char *text =
				i < 5 ? scps[i]
				      : arena_printf(a,
						     "{\"Statement\":{\"Effect\":\"Deny\","
						     "\"Action\":[\"svc%zu:Delete*\","
						     "\"svc%zu:Put\",\"s3:Odd%zu\"],"
						     "\"Resource\":\"*\"}}",
						     i, i, i)
						.p;
			p[i] = parse(text, POLICY_SCP, a);
		}
		levels[l] = (struct policy_list){p, n};
	}
	const struct policy **id = arena_calloc(a, 1, sizeof(struct policy *));
	id[0] = parse(identity, POLICY_IDENTITY, a);
	*set = (struct policy_set){
		.has_identity = true, .identity = {id, 1}, .scp = levels, .nscp = 3};
}

#define ANY SIZE_MAX

struct run {
	const struct policy_set *set; /* plain when there is no engine */
	const struct policy_engine *engine;
	const struct policy_request *req;
	bool explain;
	bool road;      /* policy_explain: every level; with explain in words */
	size_t allowed; /* of NCALLS, as it has to be; ANY: whatever */
	bool two;       /* threads at once */
	double rates[ROUNDS];
	double rate; /* of the last slice; after measure() the median */
};

static void *run_for_a_while(void *arg)
{
	struct run *r = arg;
	struct arena *a = arena_new();
	struct policy_decision d;
	struct policy_road road;
	int64_t start = cpu_us(), now = start;
	size_t n = 0, allowed = 0;
	while (now - start < slice_us) {
		for (size_t i = 0; i < 100 * NCALLS; i++) {
			const struct policy_request *req = &r->req[i % NCALLS];
			if (r->road) {
				arena_reset(a);
				policy_explain(r->set, req, a, &road);
				if (r->explain)
					policy_explain_words(r->set, req, a, &road);
				allowed += road.decision.allow;
				continue;
			}
			if (r->engine)
				policy_engine_decide(r->engine, req, &d);
			else
				policy_decide(r->set, req, &d);
			allowed += d.allow;
			if (r->explain) {
				arena_reset(a);
				policy_decision_text(&d, a);
			}
		}
		n += 100 * NCALLS;
		now = cpu_us();
	}
	if (r->allowed != ANY && allowed * NCALLS != n * r->allowed)
		BUG("%zu of %zu allowed: the cases are wrong", allowed, n);
	r->rate = (double)n * 1e6 / (double)(now - start);
	arena_free(&a);
	return NULL;
}

/* The mix that is mostly allowed. */
#define ALLOWED (NCALLS - 1)
#define ALLOWED_ELSEWHERE 1

static void run_two(struct run *r)
{
	struct run each[2] = {*r, *r};
	pthread_t t[2];
	for (int i = 0; i < 2; i++) {
		if (pthread_create(&t[i], NULL, run_for_a_while, &each[i]) != 0)
			BUG("no thread");
	}
	for (int i = 0; i < 2; i++)
		pthread_join(t[i], NULL);
	r->rate = each[0].rate + each[1].rate;
}

static int by_rate(const void *x, const void *y)
{
	double a = *(const double *)x, b = *(const double *)y;
	return (a > b) - (a < b);
}

static void measure(struct run *runs, size_t n)
{
	for (int round = 0; round < ROUNDS; round++) {
		for (size_t i = 0; i < n; i++) {
			if (runs[i].two)
				run_two(&runs[i]);
			else
				run_for_a_while(&runs[i]);
			runs[i].rates[round] = runs[i].rate;
		}
	}
	for (size_t i = 0; i < n; i++) {
		qsort(runs[i].rates, ROUNDS, sizeof(double), by_rate);
		runs[i].rate = runs[i].rates[ROUNDS / 2];
	}
}

static double rate_of(struct run r)
{
	measure(&r, 1);
	return r.rate;
}

/*
 * The bare decision compiled and not, with its one sentence, the road of policy_explain,
 * and the road in words: of the same requests.
 */
static void bench_requests(const char *what, const struct policy_set *set,
			   const struct policy_engine *e, const struct policy_request *req,
			   size_t allowed)
{
	enum { COMPILED_ONE, PLAIN, SENTENCE, ROAD, WORDS, TWO, N };
	struct run r[N];
	for (int i = 0; i < N; i++)
		r[i] = (struct run){.set = set, .req = req, .allowed = allowed};
	r[COMPILED_ONE].engine = r[SENTENCE].engine = r[TWO].engine = e;
	r[SENTENCE].explain = r[WORDS].explain = true;
	r[ROAD].road = r[WORDS].road = true;
	r[TWO].two = true;
	measure(r, N);
	double bare = r[COMPILED_ONE].rate;
	printf("%-8s compiled, one core  %10.0f decisions/s\n", what, bare);
	printf("         two cores           %10.0f  (%.2f x)\n", r[TWO].rate, r[TWO].rate / bare);
	printf("         not compiled        %10.0f  (%.1f x the cost)\n", r[PLAIN].rate,
	       bare / r[PLAIN].rate);
	printf("         with a sentence     %10.0f  (%.1f x)\n", r[SENTENCE].rate,
	       bare / r[SENTENCE].rate);
	printf("         the whole road      %10.0f  (%.1f x, %.1f x that not compiled)\n",
	       r[ROAD].rate, bare / r[ROAD].rate, r[PLAIN].rate / r[ROAD].rate);
	printf("         and its words       %10.0f  (%.1f x)\n", r[WORDS].rate,
	       bare / r[WORDS].rate);
}

/*
 * 10,000 documents, parsed and compiled: those of a file, one a line, again and again
 * (AWS's managed policies, which bench/policy.sh takes out of moto), or the one above.
 */
#define COMPILED 10000

static struct str *read_documents(const char *path, size_t *n, struct arena *a)
{
	struct err err = {0};
	struct str text, line, *v = NULL;
	size_t cap = 0;
	if (!file_read(path, MIB(64), a, &text, &err))
		BUG("%s", err.message);
	for (*n = 0; str_next(&text, '\n', &line);) {
		if (line.n == 0)
			continue;
		v = arena_grow(a, v, *n, &cap, sizeof(*v));
		v[(*n)++] = line;
	}
	if (!*n)
		BUG("no document in '%s'", path);
	return v;
}

static void bench_compile(const char *path)
{
	struct arena *texts = arena_new(), *a = arena_new();
	struct str own = str_of(identity), *docs = &own;
	const struct policy **all = arena_calloc(a, COMPILED, sizeof(struct policy *));
	size_t ndocs = 1, bytes = 0;
	if (path)
		docs = read_documents(path, &ndocs, texts);
	int64_t start = cpu_us();
	for (size_t i = 0; i < COMPILED; i++) {
		struct str text = docs[i % ndocs];
		struct err err = {0};
		all[i] = policy_parse(text, POLICY_IDENTITY, STR("bench"), a, &err);
		if (!all[i])
			BUG("document %zu: %u:%u: %s", i % ndocs, err.line, err.col, err.message);
		bytes += text.n;
	}
	int64_t parsed = cpu_us();
	size_t parsed_bytes = arena_bytes(a);
	struct policy_set set = {.has_identity = true, .identity = {all, COMPILED}};
	policy_compile(&set, a);
	int64_t end = cpu_us();
	printf("%d policies of %zu bytes (%zu different): parsed in %.2f s, compiled in %.2f s, "
	       "%.0f + %.0f MB\n",
	       COMPILED, bytes / COMPILED, ndocs, (double)(parsed - start) / 1e6,
	       (double)(end - parsed) / 1e6, (double)parsed_bytes / 1e6,
	       (double)(arena_bytes(a) - parsed_bytes) / 1e6);
	arena_free(&a);
	arena_free(&texts);
}

/* Under 1 to 1,000 of AWS's managed policies, which speak of the same services. */
static void bench_managed(const char *path, const struct policy_request *req)
{
	struct arena *a = arena_new();
	size_t ndocs;
	struct str *docs = read_documents(path, &ndocs, a);
	for (size_t n = 1; n <= 1000; n *= 10) {
		const struct policy **list = arena_calloc(a, n, sizeof(struct policy *));
		struct policy_set set = {.has_identity = true, .identity = {list, n}};
		size_t statements = 0;
		for (size_t i = 0; i < n; i++) {
			list[i] = parse(arena_dupz(a, docs[i * 7 % ndocs]), POLICY_IDENTITY, a);
			statements += list[i]->n;
		}
		printf("%4zu of AWS's policies %5zu statements %10.0f decisions/s\n", n, statements,
		       rate_of((struct run){
			       .engine = policy_compile(&set, a), .req = req, .allowed = ANY}));
	}
	arena_free(&a);
}

int main(int argc, char **argv)
{
	struct arena *a = arena_new();
	struct policy_request req[NCALLS], elsewhere[NCALLS];
	struct policy_set set;
	if (argc > 1)
		slice_us = (int64_t)(strtod(argv[1], NULL) * 1e6);
	make_requests(a, STR("ap-northeast-1"), req);
	make_requests(a, STR("eu-west-1"), elsewhere);
	make_set(&set, 0, a);
	struct policy_engine *e = policy_compile(&set, a);
	bench_requests("allowed", &set, e, req, ALLOWED);
	bench_requests("denied", &set, e, elsewhere, ALLOWED_ELSEWHERE);
	for (size_t more = 1; more <= 10000; more *= 10) {
		struct policy_set wide;
		make_set(&wide, more, a);
		printf("and %5zu policies more  %10.0f\n", more,
		       rate_of((struct run){.engine = policy_compile(&wide, a),
					    .req = req,
					    .allowed = ALLOWED}));
	}
	if (argc > 2)
		bench_managed(argv[2], req);
	bench_compile(argc > 2 ? argv[2] : NULL);
	arena_free(&a);
	return 0;
}
