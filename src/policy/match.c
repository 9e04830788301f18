/*
 * Does a statement apply to a request?
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
 */

#include "policy/policy-private.h"

#include <string.h>

static bool same(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool action_matches(const struct action *a, const struct policy_ctx *ctx)
{
	if (a->kind == ACTION_ALL)
		return true;
	if (a->kind == ACTION_GLOB)
		return glob_match(a->whole, ctx->whole);
	if (!same(action_service(a), ctx->service))
		return false;
	struct str name = action_name(a);
	switch (a->kind) {
	case ACTION_SERVICE:
		return true;
	case ACTION_EXACT:
		return same(name, ctx->name);
	case ACTION_PREFIX:
		return ctx->name.n >= name.n && memcmp(name.p, ctx->name.p, name.n) == 0;
	default:
		return glob_match(name, ctx->name);
	}
}

static bool actions_match(const struct statement *s, const struct policy_ctx *ctx)
{
	for (size_t i = 0; i < s->nactions; i++) {
		if (action_matches(&s->actions[i], ctx))
			return !s->not_action;
	}
	return s->not_action;
}

static bool resource_matches(const struct pattern *p, struct policy_ctx *ctx)
{
	struct str resource = ctx->req->resource;
	if (p->kind != PATTERN_VARIABLE)
		return pattern_match(p, resource);
	struct expansion e;
	bool yes = expansion_init(&e, p, ctx) && glob_match(e.text, resource);
	expansion_release(&e);
	return yes;
}

static bool resources_match(const struct statement *s, struct policy_ctx *ctx)
{
	if (!s->has_resource)
		return true;
	for (size_t i = 0; i < s->nresources; i++) {
		if (resource_matches(&s->resources[i], ctx))
			return !s->not_resource;
	}
	return s->not_resource;
}

enum verdict statement_applies(const struct statement *s, struct policy_ctx *ctx, bool action_known)
{
	if ((!action_known && !actions_match(s, ctx)) || !resources_match(s, ctx))
		return VERDICT_NO;
	enum verdict all = VERDICT_YES;
	for (size_t i = 0; i < s->nconditions; i++) {
		enum verdict v = condition_holds(&s->conditions[i], ctx);
		if (v == VERDICT_NO)
			return v;
		if (v == VERDICT_ERROR)
			all = v;
	}
	return all;
}

/* ---- principals ---- */

static bool is_session(const struct policy_ctx *ctx)
{
	return ctx->type == PRINCIPAL_ASSUMED_ROLE || ctx->type == PRINCIPAL_ROLE;
}

static enum who_match who_matches(const struct who *w, const struct policy_ctx *ctx)
{
	bool mine = !str_is_null(ctx->account) && same(w->account, ctx->account);
	switch (w->kind) {
	case WHO_ANYONE:
		return WHO_DIRECT;
	case WHO_ACCOUNT:
		if (!mine)
			return WHO_NONE;
		return ctx->type == PRINCIPAL_ROOT ? WHO_DIRECT : WHO_BY_ACCOUNT;
	case WHO_ROLE:
		/* Role names are unique in an account whatever their path. */
		return mine && is_session(ctx) && same(w->name, ctx->who_name) ? WHO_BY_ROLE
									       : WHO_NONE;
	case WHO_USER:
	case WHO_SESSION:
	case WHO_FEDERATED:
	case WHO_TEXT:
		break;
	}
	return same(w->text, ctx->req->principal) ? WHO_DIRECT : WHO_NONE;
}

static enum who_match best_who(const struct statement *s, const struct policy_ctx *ctx)
{
	enum who_match best = WHO_NONE;
	for (size_t i = 0; i < s->nwho && best != WHO_DIRECT; i++) {
		enum who_match m = who_matches(&s->who[i], ctx);
		if (m > best)
			best = m;
	}
	return best;
}

/*
 * "If you use NotPrincipal with Deny, you must also name the account (and for a
 * session the role): otherwise the statement denies it." So a Deny spares only
 * who is named in all of these, and an Allow skips who is named in any. And it
 * "will always deny any IAM principal that has a permissions boundary policy
 * attached, regardless of the values specified in the NotPrincipal element".
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
 */
static bool spared(const struct statement *s, const struct policy_ctx *ctx)
{
	unsigned have = 0, need = 1u << WHO_DIRECT;
	if (s->deny && ctx->bounded)
		return false;
	if (ctx->type == PRINCIPAL_ASSUMED_ROLE)
		need |= 1u << WHO_BY_ROLE | 1u << WHO_BY_ACCOUNT;
	else if (ctx->type == PRINCIPAL_ROLE)
		need = 1u << WHO_BY_ROLE | 1u << WHO_BY_ACCOUNT;
	else if (ctx->type == PRINCIPAL_USER || ctx->type == PRINCIPAL_FEDERATED_USER)
		need |= 1u << WHO_BY_ACCOUNT;
	for (size_t i = 0; i < s->nwho; i++) {
		if (s->who[i].kind == WHO_ANYONE)
			return true;
		have |= 1u << who_matches(&s->who[i], ctx);
	}
	have &= ~(1u << WHO_NONE);
	return s->deny ? (have & need) == need : have != 0;
}

enum who_match statement_who(const struct statement *s, const struct policy_ctx *ctx)
{
	if (!s->has_principal)
		return WHO_DIRECT;
	if (s->not_principal)
		return spared(s, ctx) ? WHO_NONE : WHO_DIRECT;
	return best_who(s, ctx);
}
