#include "naive.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

bool naive_match(const char *p, const char *t)
{
	if (*p == '*')
		return naive_match(p + 1, t) || (*t && naive_match(p, t + 1));
	if (!*p || !*t)
		return *p == *t;
	return (*p == '?' || *p == *t) && naive_match(p + 1, t + 1);
}

static bool match_nocase(const char *p, const char *t)
{
	if (*p == '*')
		return match_nocase(p + 1, t) || (*t && match_nocase(p, t + 1));
	if (!*p || !*t)
		return *p == *t;
	return (*p == '?' || strncasecmp(p, t, 1) == 0) && match_nocase(p + 1, t + 1);
}

/* Texts of the tests are short: a copy with an end is easier to read than a view. */
struct text {
	char z[512];
};

static struct text text_of(struct str s)
{
	struct text t;
	snprintf(t.z, sizeof(t.z), "%.*s", STR_ARG(s));
	return t;
}

/* ---- who asks ---- */

struct asker {
	struct text arn, account, name, role_arn;
	bool user, session, root, service, anonymous;
};

static struct asker asker_of(const struct policy_request *req)
{
	struct asker a = {.arn = text_of(req->principal)};
	char account[32] = "", rest[256] = "";
	if (!strcmp(a.arn.z, "*")) {
		a.anonymous = true;
	} else if (sscanf(a.arn.z, "arn:aws:iam::%31[0-9]:user/%255s", account, rest) == 2) {
		a.user = true;
	} else if (sscanf(a.arn.z, "arn:aws:sts::%31[0-9]:assumed-role/%255[^/]", account, rest) ==
		   2) {
		a.session = true;
		snprintf(a.role_arn.z, sizeof(a.role_arn.z), "arn:aws:iam::%s:role/%s", account,
			 rest);
	} else if (sscanf(a.arn.z, "arn:aws:iam::%31[0-9]:root", account) == 1) {
		a.root = true;
	} else {
		a.service = true;
	}
	memcpy(a.account.z, account, sizeof(account));
	memcpy(a.name.z, rest, sizeof(rest));
	return a;
}

/* ---- the context ---- */

struct have {
	bool there, multi;
	size_t n;
	struct text values[8];
};

static struct have one(const char *z)
{
	struct have h = {.there = true, .n = 1};
	snprintf(h.values[0].z, sizeof(h.values[0].z), "%s", z);
	return h;
}

/* ARNs of the tests have no wildcard for a region; their principals are of partition aws. */
static struct have region_of(const struct policy_request *req)
{
	char region[64] = "", service[32] = "";
	struct have none = {0};
	if (sscanf(text_of(req->resource).z, "arn:aws:%*[^:]:%63[^:]:", region) == 1)
		return one(region);
	sscanf(text_of(req->action).z, "%31[^:]", service);
	return !strcasecmp(service, "iam") ? one("us-east-1") : none;
}

static struct have tags_of(const struct policy_request *req)
{
	struct have h = {.multi = true};
	for (size_t i = 0; i < req->nkeys; i++) {
		struct text key = text_of(req->keys[i].name);
		if (!strncasecmp(key.z, "aws:RequestTag/", 15))
			h.values[h.n++] = text_of(str_of(key.z + 15));
	}
	h.there = h.n > 0;
	return h;
}

static struct have key_of(const struct policy_request *req, const char *name)
{
	struct have h = {0};
	struct asker a = asker_of(req);
	for (size_t i = 0; i < req->nkeys; i++) {
		const struct policy_key *k = &req->keys[i];
		if (strcasecmp(text_of(k->name).z, name) != 0)
			continue;
		h.there = k->value.n > 0;
		h.multi = k->value.multi;
		h.n = k->value.n;
		for (size_t v = 0; v < k->value.n; v++)
			h.values[v] = text_of(k->value.values[v]);
		return h;
	}
	if (!strcasecmp(name, "aws:PrincipalArn") && !a.service && !a.anonymous)
		return one(a.session ? a.role_arn.z : a.arn.z);
	if (!strcasecmp(name, "aws:PrincipalAccount") && !a.service)
		return one(a.anonymous ? "anonymous" : a.account.z);
	if (!strcasecmp(name, "aws:username") && a.user)
		return one(a.name.z);
	if (!strcasecmp(name, "aws:RequestedRegion"))
		return region_of(req);
	if (!strcasecmp(name, "aws:TagKeys"))
		return tags_of(req);
	return h;
}

/* "${key}" and "${key, 'default'}"; false: it has no value. The tests' values hold no wildcard. */
static bool expand(const struct policy_request *req, const char *in, struct text *out)
{
	const char *open = strstr(in, "${");
	if (!open) {
		snprintf(out->z, sizeof(out->z), "%s", in);
		return true;
	}
	char key[128] = "", otherwise[128] = "";
	const char *close = strchr(open, '}');
	int parts = sscanf(open, "${%127[^,}], '%127[^']'", key, otherwise);
	struct have h = key_of(req, key);
	struct text tail;
	if (h.there && h.multi)
		return false;
	if (!h.there && parts < 2)
		return false;
	if (!expand(req, close + 1, &tail))
		return false;
	snprintf(out->z, sizeof(out->z), "%.*s%.150s%.150s", (int)(open - in), in,
		 h.there ? h.values[0].z : otherwise, tail.z);
	return true;
}

/* ---- conditions ---- */

static double seconds(const char *z)
{
	struct tm tm = {0};
	return strptime(z, "%Y-%m-%dT%H:%M:%SZ", &tm) ? (double)timegm(&tm) : strtod(z, NULL);
}

static bool in_net(const char *net, const char *ip)
{
	char address[64];
	int bits = 32;
	uint32_t a, b;
	sscanf(net, "%63[^/]/%d", address, &bits);
	if (inet_pton(AF_INET, address, &a) != 1 || inet_pton(AF_INET, ip, &b) != 1)
		abort();
	uint32_t mask = bits ? htonl(~UINT32_C(0) << (32 - bits)) : 0;
	return (a & mask) == (b & mask);
}

static bool arn_like(const char *want, const char *have)
{
	for (int part = 0; part < 5; part++) {
		char w[256] = "", h[256] = "";
		size_t wn = strcspn(want, ":"), hn = strcspn(have, ":");
		memcpy(w, want, wn);
		memcpy(h, have, hn);
		if (!naive_match(w, h))
			return false;
		want += wn + 1;
		have += hn + 1;
	}
	return naive_match(want, have);
}

/* The operator without its prefix, suffix and "Not". */
static bool holds_for(const char *op, const char *want, const char *have)
{
	if (!strcmp(op, "StringEquals") || !strcmp(op, "BinaryEquals"))
		return !strcmp(want, have);
	if (!strcmp(op, "StringEqualsIgnoreCase"))
		return !strcasecmp(want, have);
	if (!strcmp(op, "StringLike"))
		return naive_match(want, have);
	if (!strcmp(op, "Bool"))
		return !strcasecmp(want, "true") == !strcasecmp(have, "true");
	if (!strcmp(op, "IpAddress"))
		return in_net(want, have);
	if (!strncmp(op, "Arn", 3))
		return arn_like(want, have);
	bool numeric = !strncmp(op, "Numeric", 7);
	double w = numeric ? strtod(want, NULL) : seconds(want),
	       h = numeric ? strtod(have, NULL) : seconds(have);
	const char *rest = op + (numeric ? 7 : 4);
	if (!strcmp(rest, "Equals"))
		return h == w;
	if (!strcmp(rest, "LessThan"))
		return h < w;
	if (!strcmp(rest, "LessThanEquals"))
		return h <= w;
	return !strcmp(rest, "GreaterThan") ? h > w : h >= w;
}

static struct text value_text(const struct val *v)
{
	struct text t;
	if (val_is(v, VAL_BOOL))
		snprintf(t.z, sizeof(t.z), "%s", val_true(v) ? "true" : "false");
	else if (val_is(v, VAL_INT))
		snprintf(t.z, sizeof(t.z), "%lld", (long long)val_i64(v, 0));
	else
		t = text_of(val_str(v));
	return t;
}

static bool any_operand(const struct policy_request *req, const char *op, const struct val *wants,
			const char *have)
{
	const struct val *v = val_is(wants, VAL_LIST) ? val_first(wants) : wants;
	for (; v; v = val_is(wants, VAL_LIST) ? v->next : NULL) {
		struct text want = value_text(v), put;
		bool texts =
			!strncmp(op, "String", 6) || !strncmp(op, "Arn", 3) || !strcmp(op, "Bool");
		if (texts ? expand(req, want.z, &put) : (put = want, true)) {
			if (holds_for(op, put.z, have))
				return true;
		}
	}
	return false;
}

/* Takes "Not" out: StringNotEquals, NotIpAddress, ArnNotLike. */
static bool take_not(char *op)
{
	char *not = strstr(op, "Not");
	if (!not )
		return false;
	memmove(not, not +3, strlen(not +3) + 1);
	return true;
}

static bool condition(const struct policy_request *req, const char *name, const char *key,
		      const struct val *wants)
{
	char op[64];
	bool all = !strncmp(name, "ForAllValues:", 13), any = !strncmp(name, "ForAnyValue:", 12);
	snprintf(op, sizeof(op), "%s", name + (all ? 13 : any ? 12 : 0));
	char *suffix = strstr(op, "IfExists");
	bool if_exists = suffix != NULL;
	if (suffix)
		*suffix = '\0';
	struct have h = key_of(req, key);
	if (!strcmp(op, "Null")) {
		struct text t = value_text(val_is(wants, VAL_LIST) ? val_first(wants) : wants);
		return !strcasecmp(t.z, "true") ? !h.there : h.there;
	}
	bool negated = take_not(op);
	if (!h.there)
		return if_exists || all || (negated && !any);
	if (!all && !any)
		return !h.multi && any_operand(req, op, wants, h.values[0].z) != negated;
	for (size_t i = 0; i < h.n; i++) {
		bool yes = any_operand(req, op, wants, h.values[i].z) != negated;
		if (yes == any)
			return any;
	}
	return all;
}

/* ---- statements ---- */

typedef bool string_test(const struct policy_request *req, const char *want);

static bool some(const struct policy_request *req, const struct val *v, string_test *f)
{
	if (!val_is(v, VAL_LIST))
		return f(req, text_of(val_str(v)).z);
	VAL_EACH(item, v)
	{
		if (f(req, text_of(val_str(item)).z))
			return true;
	}
	return false;
}

static bool is_action(const struct policy_request *req, const char *want)
{
	return match_nocase(want, text_of(req->action).z);
}

static bool is_resource(const struct policy_request *req, const char *want)
{
	struct text put;
	return expand(req, want, &put) && naive_match(put.z, text_of(req->resource).z);
}

static bool applies(const struct policy_request *req, const struct val *st)
{
	const struct val *v;
	if ((v = val_get(st, "Action")) && !some(req, v, is_action))
		return false;
	if ((v = val_get(st, "NotAction")) && some(req, v, is_action))
		return false;
	if ((v = val_get(st, "Resource")) && !some(req, v, is_resource))
		return false;
	if ((v = val_get(st, "NotResource")) && some(req, v, is_resource))
		return false;
	VAL_EACH(block, val_get(st, "Condition"))
	{
		VAL_EACH(key, block)
		{
			if (!condition(req, text_of(block->name).z, text_of(key->name).z, key))
				return false;
		}
	}
	return true;
}

static bool is_deny(const struct val *st)
{
	return str_eqz(val_get_str(st, "Effect"), "Deny");
}

/* 0: not named; 1: its account; 2: its role; 3: itself. */
static int named(const struct policy_request *req, const char *kind, const char *who)
{
	struct asker a = asker_of(req);
	char root[64];
	snprintf(root, sizeof(root), "arn:aws:iam::%.12s:root", a.account.z);
	if (!strcmp(who, "*") && !strcmp(kind, "AWS"))
		return 3;
	if (!strcmp(who, a.arn.z))
		return 3;
	if (a.service || a.anonymous || strcmp(kind, "AWS") != 0)
		return 0;
	if (!strcmp(who, a.account.z) || !strcmp(who, root))
		return a.root ? 3 : 1;
	return a.session && !strcmp(who, a.role_arn.z) ? 2 : 0;
}

static int best_named(const struct policy_request *req, const struct val *p)
{
	int best = 0;
	if (val_is(p, VAL_STRING))
		return 3;
	VAL_EACH(kind, p)
	{
		const struct val *v = val_is(kind, VAL_LIST) ? val_first(kind) : kind;
		for (; v; v = val_is(kind, VAL_LIST) ? v->next : NULL) {
			int n = named(req, text_of(kind->name).z, text_of(val_str(v)).z);
			best = n > best ? n : best;
		}
	}
	return best;
}

static const struct val *first_statement(const struct val *doc)
{
	const struct val *st = val_get(doc, "Statement");
	return val_is(st, VAL_LIST) ? val_first(st) : st;
}

static const struct val *next_statement(const struct val *doc, const struct val *st)
{
	return val_is(val_get(doc, "Statement"), VAL_LIST) ? st->next : NULL;
}

/* The strongest way in which statements of one effect meet the request; 0: none does. */
static int meets(const struct policy_request *req, const struct val *doc, bool deny)
{
	int best = 0;
	for (const struct val *st = first_statement(doc); st; st = next_statement(doc, st)) {
		const struct val *p = val_get(st, "Principal");
		int who = p ? best_named(req, p) : 3;
		if (is_deny(st) == deny && who > best && applies(req, st))
			best = who;
	}
	return best;
}

static int meets_any(const struct policy_request *req, const struct val *docs, bool deny)
{
	int best = 0;
	VAL_EACH(doc, docs)
	{
		int n = meets(req, doc, deny);
		best = n > best ? n : best;
	}
	return best;
}

/* ---- the decision ---- */

static bool denied(const struct naive_set *set, const struct policy_request *req, bool scp)
{
	VAL_EACH(level, scp ? set->scp : NULL)
	{
		if (meets_any(req, level, true))
			return true;
	}
	VAL_EACH(level,
		 !req->resource_in_management && text_of(req->action).z[0] == 's' ? set->rcp : NULL)
	{
		if (meets_any(req, level, true))
			return true;
	}
	return meets_any(req, set->identity, true) || meets_any(req, set->session, true) ||
	       meets_any(req, set->resource, true) ||
	       (set->boundary && meets(req, set->boundary, true));
}

static bool limits_allow(const struct naive_set *set, const struct policy_request *req, bool root)
{
	if (root)
		return true;
	if (set->boundary && !meets(req, set->boundary, false))
		return false;
	return !set->session || meets_any(req, set->session, false);
}

enum naive_answer naive_decide(const struct naive_set *set, const struct policy_request *req)
{
	struct asker a = asker_of(req);
	bool has_account = !a.service && !a.anonymous;
	bool scp = set->scp && has_account && !req->management;
	if (denied(set, req, scp))
		return NAIVE_EXPLICIT;
	VAL_EACH(level, scp ? set->scp : NULL)
	{
		if (!meets_any(req, level, false))
			return NAIVE_IMPLICIT;
	}
	int resource = meets_any(req, set->resource, false);
	if (!has_account)
		return !set->resource || resource ? NAIVE_ALLOW : NAIVE_IMPLICIT;
	bool identity = a.root || !set->identity || meets_any(req, set->identity, false);
	bool limits = limits_allow(set, req, a.root);
	bool own = str_eqz(req->resource_account, a.account.z);
	if (!own)
		return (!set->resource || resource) && identity && limits ? NAIVE_ALLOW
									  : NAIVE_IMPLICIT;
	if (resource == 3)
		return NAIVE_ALLOW;
	if (resource == 2)
		return limits ? NAIVE_ALLOW : NAIVE_IMPLICIT;
	if (resource == 0 && set->resource && !set->identity && !a.root)
		return NAIVE_IMPLICIT;
	return identity && limits ? NAIVE_ALLOW : NAIVE_IMPLICIT;
}
