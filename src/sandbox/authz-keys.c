#include "policy/context.h"
#include "sandbox/authz.h"

/*
 * The facts of a call that its condition keys are made from (policy/context.h).
 * A session's tags win over the tags of its role or user.
 */
static struct policy_tags principal_tags(const struct sandbox_request *r)
{
	const struct caller *who = r->who;
	const struct world_tags none = {0};
	const struct world_tags *own = who->role   ? &who->role->tags
				       : who->user ? &who->user->tags
						   : &none;
	const struct world_tags *session = who->session ? &who->session->tags : &none;
	struct policy_tag *v = arena_calloc(r->arena, own->n + session->n + 1, sizeof(*v));
	size_t n = 0;

	for (size_t i = 0; i < session->n; i++)
		v[n++] = (struct policy_tag){session->v[i].key, session->v[i].value};
	for (size_t i = 0; i < own->n; i++)
		if (str_is_null(world_tag(session, own->v[i].key)))
			v[n++] = (struct policy_tag){own->v[i].key, own->v[i].value};
	return (struct policy_tags){v, n};
}

static void session_facts(const struct sandbox_request *r, const struct world_session *s,
			  struct policy_facts *f)
{
	f->token_issue_ms = s->issued_ms;
	f->mfa = s->mfa ? POLICY_FLAG_TRUE : POLICY_FLAG_FALSE;
	if (s->mfa)
		f->mfa_age_s = (r->now_ms - s->issued_ms) / 1000;
	f->source_identity = s->source_identity;
	f->assumed_root = s->kind == SESSION_ROOT;
}

void authz_keys(struct sandbox_request *r, const struct authz_question *q,
		struct policy_request *req)
{
	const struct caller *who = r->who;
	const struct world_org *o = r->world->org;
	const struct world_account *owner =
		q->resource_account ? q->resource_account : who->account;
	struct policy_facts f = {
		.principal = who->arn,
		.userid = who->user_id,
		.principal_tags = principal_tags(r),
		.source_ip = r->source_ip,
		.secure_transport = POLICY_FLAG_FALSE,
		/* "Requests to global services are made to us-east-1." */
		.region = r->op->service->global ? STR("us-east-1") : r->region,
		.user_agent = str_is_empty(r->user_agent) ? STR_NULL : r->user_agent,
		.now_ms = r->now_ms,
	};

	if (who->role)
		f.role_arn = who->role->arn;
	if (o && who->account->joined) {
		f.org_id = o->id;
		f.org_path = world_org_path(o, who->account->parent, r->arena);
	}
	if (o && owner->joined) {
		f.resource_org_id = o->id;
		f.resource_org_path = world_org_path(o, owner->parent, r->arena);
	}
	if (who->session)
		session_facts(r, who->session, &f);
	req->keys = q->extra;
	req->nkeys = q->nextra;
	policy_context(&f, r->arena, req);
}

struct policy_key sandbox_key(struct sandbox_request *r, const char *name, struct str value)
{
	struct str *one = arena_new_of(r->arena, struct str);

	*one = value;
	return (struct policy_key){.name = str_of(name), .value = {.values = one, .n = 1}};
}
