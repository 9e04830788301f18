#include "policy/context.h"

#include <string.h>

#include "base/clock.h"
#include "policy/policy-private.h"

static void append(struct policy_request *req, struct arena *a, struct policy_key key)
{
	/* Requests have a few dozen keys: a copy each time costs less than a capacity would. */
	struct policy_key *keys = arena_calloc(a, req->nkeys + 1, sizeof(*keys));
	if (req->nkeys)
		memcpy(keys, req->keys, req->nkeys * sizeof(*keys));
	keys[req->nkeys++] = key;
	req->keys = keys;
}

static struct policy_key single(struct arena *a, struct str name, struct str value)
{
	struct str *v = arena_new_of(a, struct str);
	*v = value;
	return (struct policy_key){name, {v, 1, false}};
}

void policy_context_add(struct policy_request *req, struct arena *a, struct str name,
			struct str value)
{
	append(req, a, single(a, name, value));
}

void policy_context_set(struct policy_request *req, struct arena *a, struct str name,
			const struct str *values, size_t n)
{
	struct str *copy = arena_calloc(a, n, sizeof(*copy));
	if (n)
		memcpy(copy, values, n * sizeof(*copy));
	append(req, a, (struct policy_key){name, {copy, n, true}});
}

/* The keys as they are gathered; moved into the request at the end. */
struct gather {
	struct arena *arena;
	struct policy_key *keys;
	struct str *values; /* of the first nvalues keys, allocated at once */
	size_t n, cap, nvalues;
};

/* Room for what most requests have beside tags and the caller's own; more grows. */
#define OWN_KEYS 20

static void put_key(struct gather *g, struct policy_key key)
{
	g->keys = arena_grow(g->arena, g->keys, g->n, &g->cap, sizeof(*g->keys));
	g->keys[g->n++] = key;
}

static void put_one(struct gather *g, struct str name, struct str value)
{
	struct str *v = g->n < g->nvalues ? &g->values[g->n] : arena_new_of(g->arena, struct str);
	*v = value;
	put_key(g, (struct policy_key){name, {v, 1, false}});
}

static void put(struct gather *g, const char *name, struct str value)
{
	if (!str_is_null(value))
		put_one(g, str_of(name), value);
}

static void put_set(struct gather *g, const char *name, const struct str *values, size_t n)
{
	struct str *copy = arena_calloc(g->arena, n, sizeof(*copy));
	memcpy(copy, values, n * sizeof(*copy));
	put_key(g, (struct policy_key){str_of(name), {copy, n, true}});
}

static void put_flag(struct gather *g, const char *name, enum policy_flag flag)
{
	if (flag != POLICY_FLAG_ABSENT)
		put(g, name, flag == POLICY_FLAG_TRUE ? STR("true") : STR("false"));
}

static void put_time(struct gather *g, const char *name, int64_t ms)
{
	char text[TIME_ISO_SIZE];
	put(g, name, arena_strz(g->arena, time_iso(ms, false, text)));
}

static void put_tags(struct gather *g, const char *prefix, const struct policy_tags *tags)
{
	for (size_t i = 0; i < tags->n; i++) {
		const struct policy_tag *t = &tags->tags[i];
		struct str name = arena_printf(g->arena, "%s%.*s", prefix, STR_ARG(t->key));
		struct str value = str_is_null(t->value) ? STR("") : t->value;
		put_one(g, name, value);
	}
}

static void principal_keys(struct gather *g, const struct policy_facts *f)
{
	put(g, "aws:PrincipalArn", f->role_arn);
	put(g, "aws:userid", f->userid);
	put(g, "aws:PrincipalOrgID", f->org_id);
	if (!str_is_null(f->org_path))
		put_set(g, "aws:PrincipalOrgPaths", &f->org_path, 1);
	put_tags(g, "aws:PrincipalTag/", &f->principal_tags);
	if (f->assumed_root)
		put(g, "aws:AssumedRoot", STR("true"));
	put(g, "aws:SourceIdentity", f->source_identity);
	put_flag(g, "aws:MultiFactorAuthPresent", f->mfa);
	if (f->mfa == POLICY_FLAG_TRUE && f->mfa_age_s > 0)
		put(g, "aws:MultiFactorAuthAge",
		    arena_printf(g->arena, "%lld", (long long)f->mfa_age_s));
	if (f->token_issue_ms)
		put_time(g, "aws:TokenIssueTime", f->token_issue_ms);
}

static void call_keys(struct gather *g, const struct policy_facts *f)
{
	put(g, "aws:SourceIp", f->source_ip);
	put(g, "aws:SourceVpc", f->source_vpc);
	put(g, "aws:SourceVpce", f->source_vpce);
	put_flag(g, "aws:SecureTransport", f->secure_transport);
	put(g, "aws:RequestedRegion", f->region);
	put(g, "aws:UserAgent", f->user_agent);
	if (f->now_ms)
		put_time(g, "aws:CurrentTime", f->now_ms);
	if (f->ncalled_via)
		put_set(g, "aws:CalledVia", f->called_via, f->ncalled_via);
	put_flag(g, "aws:ViaAWSService", f->via_service);
}

static void resource_keys(struct gather *g, const struct policy_facts *f)
{
	put(g, "aws:ResourceOrgID", f->resource_org_id);
	if (!str_is_null(f->resource_org_path))
		put_set(g, "aws:ResourceOrgPaths", &f->resource_org_path, 1);
	put_tags(g, "aws:ResourceTag/", &f->resource_tags);
	put_tags(g, "aws:RequestTag/", &f->request_tags);
	put(g, "aws:SourceAccount", f->source_account);
	put(g, "aws:SourceArn", f->source_arn);
	put(g, "aws:SourceOrgID", f->source_org_id);
}

void policy_context(const struct policy_facts *f, struct arena *a, struct policy_request *req)
{
	struct gather g = {.arena = a};
	g.cap = req->nkeys + OWN_KEYS + f->principal_tags.n + f->resource_tags.n +
		f->request_tags.n;
	g.keys = arena_calloc(a, g.cap, sizeof(*g.keys));
	g.nvalues = g.cap;
	g.values = arena_calloc(a, g.nvalues, sizeof(*g.values));
	if (req->nkeys)
		memcpy(g.keys, req->keys, req->nkeys * sizeof(*g.keys));
	g.n = req->nkeys;
	principal_keys(&g, f);
	call_keys(&g, f);
	resource_keys(&g, f);
	req->keys = g.keys;
	req->nkeys = g.n;
}
