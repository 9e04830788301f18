/*
 * Generated policies and requests: what must hold whatever they are. A failure
 * prints the seed and the documents; ROOTOUT_POLICY_SEED runs one seed again.
 */

#include "policy-test.h"

#include "base/buf.h"
#include "base/rng.h"
#include "naive.h"
#include "policy/inspect.h"
#include "text/json.h"

#define ROUNDS 700
/* Some rules take that many to be met in every combination. */
#define NAIVE_ROUNDS (ROUNDS * 6)
#define MOST 3 /* documents of a list, statements of a document, levels */

struct gdoc {
	struct str st[MOST + 1];
	size_t n;
};

struct glist {
	struct gdoc doc[MOST];
	size_t n;
};

struct gset {
	bool has[POLICY_RCP + 1];
	struct glist list[POLICY_RCP + 1]; /* not SCP and RCP */
	struct glist scp[MOST], rcp[MOST];
	size_t nscp, nrcp;
};

static struct rng R;

static const char *pick(const char *const *of, size_t n)
{
	return of[rng_below(&R, n)];
}
#define PICK(array) pick((array), ARRAY_SIZE(array))

static bool chance(unsigned percent)
{
	return rng_below(&R, 100) < percent;
}

static const char *const users[] = {"arn:aws:iam::111122223333:user/ann",
				    "arn:aws:iam::444455556666:user/bob",
				    "arn:aws:sts::111122223333:assumed-role/app/s1",
				    "arn:aws:iam::111122223333:root",
				    "arn:aws:iam::444455556666:root",
				    "lambda.amazonaws.com",
				    "*"};
static const char *const actions[] = {"s3:GetObject", "s3:PutObject", "iam:GetUser",
				      "sqs:SendMessage"};
static const char *const action_patterns[] = {
	"*",          "s3:*",        "s3:Get*",   "S3:getobject", "s3:*Object", "s3:?utObject",
	"iam:*",      "iam:GetUser", "sqs:Send*", "s3:PutObject", "*:*",        "sqs:SendMessage",
	"s3:G*t*b*e*"};
static const char *const resources[] = {"arn:aws:s3:::b/k", "arn:aws:s3:::b/ann/k",
					"arn:aws:sqs:us-east-1:111122223333:q", "*"};
static const char *const resource_patterns[] = {"*",
						"arn:aws:s3:::b/*",
						"arn:aws:s3:::b/k",
						"arn:aws:s3:::*/k",
						"arn:aws:s3:::b/?",
						"arn:aws:s3:::b/${aws:username}/*",
						"arn:aws:sqs:*:*:q",
						"arn:aws:s3:::b/${x:a, 'ann'}/k"};
static const char *const whos[] = {
	"\"*\"",
	"{\"AWS\":\"*\"}",
	"{\"AWS\":\"111122223333\"}",
	"{\"AWS\":\"arn:aws:iam::444455556666:root\"}",
	"{\"AWS\":\"arn:aws:iam::111122223333:user/ann\"}",
	"{\"AWS\":\"arn:aws:iam::111122223333:role/app\"}",
	"{\"AWS\":[\"444455556666\",\"arn:aws:sts::111122223333:assumed-role/app/s1\"]}",
	"{\"AWS\":\"arn:aws:iam::444455556666:user/bob\"}",
	"{\"Service\":\"lambda.amazonaws.com\"}"};

struct kind_of_value {
	const char *const *ops;
	const char *const *values; /* of policy and request */
	size_t nops, nvalues;
};

static const char *const string_ops[] = {
	"StringEquals",  "StringNotEquals",        "StringLike",
	"StringNotLike", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"};
static const char *const strings[] = {"a", "A", "ab", "*b", "${x:a}", "${aws:username, 'a'}",
				      "",  "a?"};
static const char *const plain_strings[] = {"a", "A", "ab", "b", "", "ann"};
static const char *const number_ops[] = {"NumericEquals",      "NumericNotEquals",
					 "NumericLessThan",    "NumericLessThanEquals",
					 "NumericGreaterThan", "NumericGreaterThanEquals"};
static const char *const numbers[] = {"1", "2", "-1", "1.5", "10", "0"};
static const char *const date_ops[] = {"DateEquals",      "DateNotEquals",
				       "DateLessThan",    "DateLessThanEquals",
				       "DateGreaterThan", "DateGreaterThanEquals"};
static const char *const dates[] = {"2026-11-23T00:00:00Z", "2026-11-23T00:00:01Z", "1795392000",
				    "2030-01-01T00:00:00Z"};
static const char *const bool_ops[] = {"Bool"};
static const char *const bools[] = {"true", "false", "TRUE"};
static const char *const ip_ops[] = {"IpAddress", "NotIpAddress"};
static const char *const nets[] = {"192.0.2.0/24", "192.0.2.1", "198.51.100.7/32", "0.0.0.0/0"};
static const char *const ips[] = {"192.0.2.1", "192.0.2.77", "198.51.100.7", "203.0.113.1"};
static const char *const arn_ops[] = {"ArnLike", "ArnNotLike", "ArnEquals", "ArnNotEquals"};
static const char *const arn_patterns[] = {"arn:aws:iam::*:user/*", "arn:aws:iam::*:root",
					   "arn:aws:iam::111122223333:role/app", "arn:*:s?:::b*",
					   "arn:aws:iam::*:user/${aws:username}"};
static const char *const arns[] = {"arn:aws:iam::111122223333:user/ann", "arn:aws:s3:::bucket",
				   "arn:aws:iam::111122223333:role/app"};

static const char *const regions[] = {"us-east-1", "eu-west-1", "*-1"};
static const char *const tags[] = {"a", "b", "${aws:RequestedRegion}"};

#define KIND(ops, values)                                        \
	{                                                        \
		ops, values, ARRAY_SIZE(ops), ARRAY_SIZE(values) \
	}
static const struct {
	const char *key;
	struct kind_of_value in_policy;
	const char *const *have;
	size_t nhave;
} keys[] = {
	{"x:a", KIND(string_ops, strings), plain_strings, ARRAY_SIZE(plain_strings)},
	{"x:set", KIND(string_ops, strings), plain_strings, ARRAY_SIZE(plain_strings)},
	{"x:n", KIND(number_ops, numbers), numbers, ARRAY_SIZE(numbers)},
	{"x:date", KIND(date_ops, dates), dates, ARRAY_SIZE(dates)},
	{"x:bool", KIND(bool_ops, bools), bools, ARRAY_SIZE(bools)},
	{"x:ip", KIND(ip_ops, nets), ips, ARRAY_SIZE(ips)},
	{"x:arn", KIND(arn_ops, arn_patterns), arns, ARRAY_SIZE(arns)},
	{"aws:PrincipalArn", KIND(arn_ops, arn_patterns), NULL, 0},
	{"aws:PrincipalAccount", KIND(string_ops, plain_strings), NULL, 0},
	/* These are derived where they are not given. */
	{"aws:RequestedRegion", KIND(string_ops, regions), regions, 2},
	{"aws:RequestTag/a", KIND(string_ops, tags), plain_strings, ARRAY_SIZE(plain_strings)},
	{"aws:TagKeys", KIND(string_ops, tags), NULL, 0},
};

/* ---- generating ---- */

static void add_list(struct buf *b, const char *const *of, size_t n)
{
	size_t count = 1 + rng_below(&R, 3);
	if (count == 1) {
		buf_addf(b, "\"%s\"", pick(of, n));
		return;
	}
	for (size_t i = 0; i < count; i++)
		buf_addf(b, "%s\"%s\"", i ? "," : "[", pick(of, n));
	buf_addc(b, ']');
}

static void add_condition(struct buf *b)
{
	static const char *const upper[] = {"x:a", "X:A"};
	size_t k = rng_below(&R, ARRAY_SIZE(keys));
	const struct kind_of_value *v = &keys[k].in_policy;
	const char *key = k == 0 ? PICK(upper) : keys[k].key;
	if (chance(15)) {
		buf_addf(b, "\"Null\":{\"%s\":\"%s\"}", key, PICK(bools));
		return;
	}
	bool many = k == 1 || !strcmp(key, "aws:TagKeys");
	const char *set = !chance(many ? 80 : 10) ? ""
			  : chance(50)            ? "ForAllValues:"
						  : "ForAnyValue:";
	buf_addf(b, "\"%s%s%s\":{\"%s\":", set, pick(v->ops, v->nops), chance(20) ? "IfExists" : "",
		 key);
	add_list(b, v->values, v->nvalues);
	buf_addc(b, '}');
}

static struct str statement(enum policy_kind kind, bool deny)
{
	struct buf b = BUF_INIT(65536);
	bool rcp = kind == POLICY_RCP;
	buf_addf(&b, "{\"Effect\":\"%s\",\"%s\":", deny ? "Deny" : "Allow",
		 !rcp && chance(15) ? "NotAction" : "Action");
	if (rcp)
		buf_addf(&b, "\"%s\"", chance(50) ? "s3:*" : "sqs:Send*");
	else
		add_list(&b, action_patterns, ARRAY_SIZE(action_patterns));
	buf_addf(&b, ",\"%s\":", chance(15) ? "NotResource" : "Resource");
	add_list(&b, resource_patterns, ARRAY_SIZE(resource_patterns));
	if (kind == POLICY_RESOURCE)
		buf_addf(&b, ",\"Principal\":%s", PICK(whos));
	if (rcp)
		buf_addz(&b, ",\"Principal\":\"*\"");
	if (chance(40)) {
		buf_addz(&b, ",\"Condition\":{");
		add_condition(&b);
		buf_addc(&b, '}');
	}
	buf_addc(&b, '}');
	struct str s = arena_str(A, buf_str(&b));
	buf_release(&b);
	return s;
}

static void fill_list(struct glist *l, enum policy_kind kind, size_t least)
{
	l->n = least + rng_below(&R, MOST + 1 - least);
	for (size_t d = 0; d < l->n; d++) {
		l->doc[d].n = 1 + rng_below(&R, MOST);
		for (size_t i = 0; i < l->doc[d].n; i++)
			l->doc[d].st[i] = statement(kind, kind == POLICY_RCP || chance(25));
	}
}

static void generate(struct gset *g)
{
	static const unsigned percent[] = {
		[POLICY_IDENTITY] = 85, [POLICY_BOUNDARY] = 25, [POLICY_SESSION] = 25,
		[POLICY_RESOURCE] = 60, [POLICY_SCP] = 40,      [POLICY_RCP] = 25};
	memset(g, 0, sizeof(*g));
	for (int k = 0; k <= POLICY_RCP; k++)
		g->has[k] = chance(percent[k]);
	for (int k = POLICY_IDENTITY; k <= POLICY_RESOURCE; k++)
		fill_list(&g->list[k], (enum policy_kind)k, k == POLICY_BOUNDARY);
	g->nscp = g->has[POLICY_SCP] ? 1 + rng_below(&R, MOST) : 0;
	g->nrcp = g->has[POLICY_RCP] ? 1 + rng_below(&R, MOST) : 0;
	for (size_t i = 0; i < g->nscp; i++) {
		fill_list(&g->scp[i], POLICY_SCP, 1);
		/* Mostly as people have it: everything allowed, something denied. */
		if (chance(70))
			g->scp[i].doc[0].st[0] =
				STR("{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}");
	}
	for (size_t i = 0; i < g->nrcp; i++)
		fill_list(&g->rcp[i], POLICY_RCP, 1);
}

static void request(struct policy_request *req)
{
	struct policy_key *k = arena_calloc(A, ARRAY_SIZE(keys), sizeof(*k));
	size_t n = 0;
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		if (!keys[i].have || chance(35))
			continue;
		bool multi = i == 1;
		size_t count = multi ? rng_below(&R, 4) : 1;
		struct str *v = arena_calloc(A, count, sizeof(*v));
		for (size_t c = 0; c < count; c++)
			v[c] = str_of(pick(keys[i].have, keys[i].nhave));
		k[n++] = (struct policy_key){str_of(keys[i].key), {v, count, multi}};
	}
	*req = (struct policy_request){
		.principal = str_of(PICK(users)),
		.action = str_of(PICK(actions)),
		.resource = str_of(PICK(resources)),
		.resource_account = STR("111122223333"),
		.management = chance(10),
		.resource_in_management = chance(10),
		.keys = k,
		.nkeys = n,
	};
}

/* ---- building both forms ---- */

static struct str doc_text(const struct gdoc *d)
{
	struct buf b = BUF_INIT(1 << 20);
	buf_addz(&b, "{\"Version\":\"2012-10-17\",\"Statement\":[");
	for (size_t i = 0; i < d->n; i++) {
		buf_addz(&b, i ? "," : "");
		buf_adds(&b, d->st[i]);
	}
	buf_addz(&b, "]}");
	struct str s = arena_str(A, buf_str(&b));
	buf_release(&b);
	return s;
}

static const struct policy *parse_doc(const struct gdoc *d, enum policy_kind kind)
{
	return parse_ok(doc_text(d).p, kind);
}

static struct policy_list parse_list(const struct glist *l, enum policy_kind kind)
{
	const struct policy **p = arena_calloc(A, l->n, sizeof(struct policy *));
	for (size_t i = 0; i < l->n; i++)
		p[i] = parse_doc(&l->doc[i], kind);
	return (struct policy_list){p, l->n};
}

static struct val *list_val(const struct glist *l)
{
	struct val *list = val_list(A);
	for (size_t i = 0; i < l->n; i++) {
		struct err err = {0};
		struct val *v = NULL;
		if (!json_read(doc_text(&l->doc[i]), 0, A, &v, &err))
			fail_msg("%s", err.message);
		val_append(list, v);
	}
	return list;
}

static struct val *levels_val(const struct glist *l, size_t n)
{
	struct val *list = val_list(A);
	for (size_t i = 0; i < n; i++)
		val_append(list, list_val(&l[i]));
	return list;
}

static void build(const struct gset *g, struct policy_set *set)
{
	struct policy_list *scp = arena_calloc(A, MOST, sizeof(*scp));
	struct policy_list *rcp = arena_calloc(A, MOST, sizeof(*rcp));
	for (size_t i = 0; i < g->nscp; i++)
		scp[i] = parse_list(&g->scp[i], POLICY_SCP);
	for (size_t i = 0; i < g->nrcp; i++)
		rcp[i] = parse_list(&g->rcp[i], POLICY_RCP);
	*set = (struct policy_set){
		.has_identity = g->has[POLICY_IDENTITY],
		.has_boundary = g->has[POLICY_BOUNDARY],
		.has_session = g->has[POLICY_SESSION],
		.has_resource = g->has[POLICY_RESOURCE],
		.identity = parse_list(&g->list[POLICY_IDENTITY], POLICY_IDENTITY),
		.session = parse_list(&g->list[POLICY_SESSION], POLICY_SESSION),
		.resource = parse_list(&g->list[POLICY_RESOURCE], POLICY_RESOURCE),
		.boundary = parse_doc(&g->list[POLICY_BOUNDARY].doc[0], POLICY_BOUNDARY),
		.scp = scp,
		.nscp = g->nscp,
		.rcp = rcp,
		.nrcp = g->nrcp,
	};
}

static void build_naive(const struct gset *g, struct naive_set *set)
{
	struct val *boundary = list_val(&g->list[POLICY_BOUNDARY]);
	memset(set, 0, sizeof(*set));
	if (g->has[POLICY_IDENTITY])
		set->identity = list_val(&g->list[POLICY_IDENTITY]);
	if (g->has[POLICY_SESSION])
		set->session = list_val(&g->list[POLICY_SESSION]);
	if (g->has[POLICY_RESOURCE])
		set->resource = list_val(&g->list[POLICY_RESOURCE]);
	if (g->has[POLICY_BOUNDARY])
		set->boundary = val_first(boundary);
	if (g->has[POLICY_SCP])
		set->scp = levels_val(g->scp, g->nscp);
	if (g->has[POLICY_RCP])
		set->rcp = levels_val(g->rcp, g->nrcp);
}

static void decide(const struct gset *g, const struct policy_request *req,
		   struct policy_decision *out)
{
	struct policy_set set;
	build(g, &set);
	policy_decide(&set, req, out);
}

/* ---- the properties ---- */

static uint64_t seed;

static void show(const struct gset *g, const struct policy_request *req)
{
	print_error("seed %llu: %.*s %.*s %.*s\n", (unsigned long long)seed,
		    STR_ARG(req->principal), STR_ARG(req->action), STR_ARG(req->resource));
	for (size_t i = 0; i < req->nkeys; i++) {
		print_error("  %.*s =", STR_ARG(req->keys[i].name));
		for (size_t v = 0; v < req->keys[i].value.n; v++)
			print_error(" '%.*s'", STR_ARG(req->keys[i].value.values[v]));
		print_error("\n");
	}
	for (int k = POLICY_IDENTITY; k <= POLICY_RESOURCE; k++) {
		for (size_t i = 0; g->has[k] && i < (k == POLICY_BOUNDARY ? 1 : g->list[k].n); i++)
			print_error("  %s: %s\n", policy_kind_text((enum policy_kind)k),
				    doc_text(&g->list[k].doc[i]).p);
	}
	for (size_t l = 0; l < g->nscp; l++) {
		for (size_t i = 0; i < g->scp[l].n; i++)
			print_error("  scp %zu: %s\n", l, doc_text(&g->scp[l].doc[i]).p);
	}
	for (size_t l = 0; l < g->nrcp; l++) {
		for (size_t i = 0; i < g->rcp[l].n; i++)
			print_error("  rcp %zu: %s\n", l, doc_text(&g->rcp[l].doc[i]).p);
	}
}

#define HOLDS(cond)                            \
	do {                                   \
		if (!(cond)) {                 \
			show(g, req);          \
			fail_msg("%s", #cond); \
		}                              \
	} while (0)

static size_t allowed, explicitly, implicitly;

static void equals_naive(const struct gset *g, const struct policy_request *req)
{
	struct naive_set naive;
	struct policy_decision d;
	build_naive(g, &naive);
	decide(g, req, &d);
	enum naive_answer want = naive_decide(&naive, req);
	HOLDS(d.allow == (want == NAIVE_ALLOW));
	HOLDS((d.reason == POLICY_EXPLICIT_DENY) == (want == NAIVE_EXPLICIT));
	allowed += d.allow;
	explicitly += want == NAIVE_EXPLICIT;
	implicitly += want == NAIVE_IMPLICIT;
}

static void equals_compiled(const struct gset *g, const struct policy_request *req)
{
	struct policy_set set;
	struct policy_decision a, b;
	build(g, &set);
	policy_decide(&set, req, &a);
	policy_engine_decide(policy_compile(&set, A), req, &b);
	HOLDS(a.allow == b.allow && a.reason == b.reason && a.level == b.level);
	HOLDS(a.level_index == b.level_index && a.policy == b.policy && a.line == b.line);
	HOLDS(a.statement == b.statement && str_eq(a.sid, b.sid));
}

/* Some document of a kind that takes part; NULL: there is none. */
static struct gdoc *some_doc(struct gset *g, enum policy_kind *kind)
{
	for (int tries = 0; tries < 20; tries++) {
		*kind = (enum policy_kind)rng_below(&R, POLICY_RCP + 1);
		if (!g->has[*kind])
			continue;
		struct glist *l = *kind == POLICY_SCP   ? &g->scp[rng_below(&R, g->nscp)]
				  : *kind == POLICY_RCP ? &g->rcp[rng_below(&R, g->nrcp)]
							: &g->list[*kind];
		size_t n = *kind == POLICY_BOUNDARY ? 1 : l->n;
		if (n)
			return &l->doc[rng_below(&R, n)];
	}
	return NULL;
}

static void adding_only_tightens_or_loosens(const struct gset *g, const struct policy_request *req)
{
	struct gset more = *g;
	struct policy_decision before, after;
	enum policy_kind kind;
	struct gdoc *d = some_doc(&more, &kind);
	bool deny = kind == POLICY_RCP || chance(60);
	if (!d)
		return;
	d->st[d->n++] = statement(kind, deny);
	decide(g, req, &before);
	decide(&more, req, &after);
	HOLDS(deny ? before.allow || !after.allow : !before.allow || after.allow);
}

static void shuffle_docs(struct glist *l)
{
	for (size_t i = l->n; i > 1; i--) {
		size_t k = rng_below(&R, i);
		struct gdoc t = l->doc[i - 1];
		l->doc[i - 1] = l->doc[k];
		l->doc[k] = t;
	}
	for (size_t d = 0; d < l->n; d++) {
		for (size_t i = l->doc[d].n; i > 1; i--) {
			size_t k = rng_below(&R, i);
			struct str t = l->doc[d].st[i - 1];
			l->doc[d].st[i - 1] = l->doc[d].st[k];
			l->doc[d].st[k] = t;
		}
	}
}

static void order_changes_nothing(const struct gset *g, const struct policy_request *req)
{
	struct gset other = *g;
	struct policy_decision a, b;
	for (int k = POLICY_IDENTITY; k <= POLICY_RESOURCE; k++) {
		if (k != POLICY_BOUNDARY) /* its first document is the boundary */
			shuffle_docs(&other.list[k]);
	}
	for (size_t i = 0; i < g->nscp; i++)
		shuffle_docs(&other.scp[i]);
	for (size_t i = 0; i < g->nrcp; i++)
		shuffle_docs(&other.rcp[i]);
	decide(g, req, &a);
	decide(&other, req, &b);
	HOLDS(a.allow == b.allow && a.reason == b.reason && a.level == b.level);
	HOLDS(a.level_index == b.level_index);
}

/* What the decision names is what made it: a set of only that statement decides the same. */
static void explains_itself(const struct gset *g, const struct policy_request *req)
{
	struct policy_set set, alone = {0};
	struct policy_decision d, again;
	build(g, &set);
	policy_decide(&set, req, &d);
	struct str text = policy_decision_text(&d, A);
	HOLDS(str_startsz(text, d.allow ? "allowed" : "denied"));
	HOLDS(d.allow == (d.reason == POLICY_ALLOWED));
	HOLDS((d.reason == POLICY_IMPLICIT_DENY) <= (d.policy == NULL));
	if (d.reason != POLICY_EXPLICIT_DENY)
		return;
	const struct policy *only[] = {d.policy};
	const struct policy_list list = {only, 1};
	HOLDS(policy_kind_of(d.policy) == d.level);
	alone.has_identity = d.level == POLICY_IDENTITY;
	alone.has_session = d.level == POLICY_SESSION;
	alone.has_resource = d.level == POLICY_RESOURCE;
	alone.has_boundary = d.level == POLICY_BOUNDARY;
	alone.identity = alone.session = alone.resource = list;
	alone.boundary = d.policy;
	alone.scp = alone.rcp = &list;
	alone.nscp = d.level == POLICY_SCP;
	alone.nrcp = d.level == POLICY_RCP;
	policy_decide(&alone, req, &again);
	HOLDS(again.reason == POLICY_EXPLICIT_DENY && again.statement == d.statement);
	HOLDS(again.policy == d.policy && again.line == d.line);
}

/* The statement that the decision names is one of those that are found to apply. */
static void matching_has_it(const struct gset *g, const struct policy_request *req)
{
	struct policy_set set;
	struct policy_decision d;
	build(g, &set);
	policy_decide(&set, req, &d);
	if (!d.policy)
		return;
	size_t *found = arena_calloc(A, policy_statements(d.policy), sizeof(*found));
	size_t n = policy_matching(d.policy, !d.allow, req, found), i = 0;
	while (i < n && found[i] != d.statement)
		i++;
	HOLDS(i < n);
	/* Of the Deny statements it is the first. */
	HOLDS(d.allow || i == 0);
}

/* Who is not denied by a kind's statements, is not when all of them are asked. */
static void nothing_denies_unseen(const struct gset *g, const struct policy_request *req)
{
	struct policy_set set;
	struct policy_decision d;
	build(g, &set);
	policy_decide(&set, req, &d);
	for (size_t i = 0; i < set.identity.n && set.has_identity; i++) {
		const struct policy *p = set.identity.policies[i];
		size_t *found = arena_calloc(A, policy_statements(p), sizeof(*found));
		HOLDS(d.reason == POLICY_EXPLICIT_DENY || !policy_matching(p, true, req, found));
	}
}

typedef void property(const struct gset *g, const struct policy_request *req);

static void for_all(property *p, uint64_t rounds)
{
	const char *only = getenv("ROOTOUT_POLICY_SEED");
	uint64_t first = only ? strtoull(only, NULL, 10) : 1, last = only ? first : rounds;
	for (seed = first; seed <= last; seed++) {
		struct gset g;
		rng_seed(&R, seed);
		generate(&g);
		for (int i = 0; i < 3; i++) {
			struct policy_request req;
			request(&req);
			p(&g, &req);
		}
		arena_free(&A);
		A = arena_new();
	}
}

static void test_naive(void **state)
{
	(void)state;
	allowed = explicitly = implicitly = 0;
	for_all(equals_naive, NAIVE_ROUNDS);
	print_message("%zu allowed, %zu denied by a statement, %zu by none\n", allowed, explicitly,
		      implicitly);
	/* The generator must ask interesting questions. */
	assert_true(allowed > NAIVE_ROUNDS / 4 && explicitly > NAIVE_ROUNDS / 4 &&
		    implicitly > NAIVE_ROUNDS / 4);
}

static void test_compiled(void **state)
{
	(void)state;
	for_all(equals_compiled, ROUNDS);
}

static void test_adding(void **state)
{
	(void)state;
	for_all(adding_only_tightens_or_loosens, ROUNDS);
}

static void test_order(void **state)
{
	(void)state;
	for_all(order_changes_nothing, ROUNDS);
}

static void test_explanation(void **state)
{
	(void)state;
	for_all(explains_itself, ROUNDS);
}

static void test_matching(void **state)
{
	(void)state;
	for_all(matching_has_it, ROUNDS);
	for_all(nothing_denies_unseen, ROUNDS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(test_naive),       TEST(test_compiled),
					   TEST(test_adding),      TEST(test_order),
					   TEST(test_explanation), TEST(test_matching)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
