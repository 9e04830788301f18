#include "sandbox/authn.h"

#include "base/secret.h"

/*
 * One refusal in both dialects. The query services answer 403 (400 for what
 * cannot be read), the json services 400 always.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
 * https://docs.aws.amazon.com/organizations/latest/APIReference/CommonErrors.html
 */
static const struct dialect {
	const char *query;
	const char *json;
} dialects[] = {
	{"MissingAuthenticationToken", "MissingAuthenticationTokenException"},
	{"IncompleteSignature", "IncompleteSignatureException"},
	{"InvalidClientTokenId", "UnrecognizedClientException"},
	{"SignatureDoesNotMatch", "InvalidSignatureException"},
	{"ExpiredToken", "ExpiredTokenException"},
};

static bool is_json(const struct api_service *s)
{
	return s->protocol == API_JSON || s->protocol == API_REST_JSON;
}

static bool refuse(const struct api_service *s, struct api_fault *fault, int status,
		   const char *code, struct str message)
{
	*fault = (struct api_fault){
		.status = is_json(s) ? 400 : status, .code = str_of(code), .message = message};
	for (size_t i = 0; is_json(s) && i < ARRAY_SIZE(dialects); i++)
		if (str_eqz(fault->code, dialects[i].query))
			fault->code = str_of(dialects[i].json);
	return false;
}

bool authn_unknown_key(const struct api_service *service, struct api_fault *fault)
{
	return refuse(service, fault, 403, "InvalidClientTokenId",
		      STR("The security token included in the request is invalid."));
}

static bool expired(const struct api_service *service, struct api_fault *fault)
{
	return refuse(service, fault, 403, "ExpiredToken",
		      STR("The security token included in the request is expired"));
}

/* ---- who ---- */

static void caller_of_user(struct caller *who, struct iam_user *user)
{
	who->type = PRINCIPAL_USER;
	who->user = user;
	who->arn = user->arn;
	who->user_id = user->id;
}

static void caller_is_root(struct caller *who, struct arena *a)
{
	who->type = PRINCIPAL_ROOT;
	who->arn = arena_printf(a, "arn:aws:iam::%.*s:root", STR_ARG(who->account->id));
	who->user_id = who->account->id;
}

static void caller_of_session(struct caller *who, struct world_session *s, struct arena *a)
{
	struct str account = who->account->id;

	who->session = s;
	switch (s->kind) {
	case SESSION_ROOT:
		caller_is_root(who, a);
		break;
	case SESSION_ROLE:
		who->type = PRINCIPAL_ASSUMED_ROLE;
		who->role = s->role;
		who->arn = arena_printf(a, "arn:aws:sts::%.*s:assumed-role/%.*s/%.*s",
					STR_ARG(account), STR_ARG(s->role->name), STR_ARG(s->name));
		who->user_id = arena_printf(a, "%.*s:%.*s", STR_ARG(s->role->id), STR_ARG(s->name));
		break;
	case SESSION_USER:
		if (s->user)
			caller_of_user(who, s->user);
		else
			caller_is_root(who, a);
		break;
	case SESSION_FEDERATED:
		who->type = PRINCIPAL_FEDERATED_USER;
		who->user = s->user;
		who->arn = arena_printf(a, "arn:aws:sts::%.*s:federated-user/%.*s",
					STR_ARG(account), STR_ARG(s->name));
		who->user_id = arena_printf(a, "%.*s:%.*s", STR_ARG(account), STR_ARG(s->name));
		break;
	}
}

static void fill_caller(const struct world *w, const struct world_credential *c, struct arena *a,
			struct caller *who)
{
	*who = (struct caller){.account = c->account};
	who->management = w->org && w->org->management == c->account;
	if (c->session) {
		who->access_key_id = c->session->access_key_id;
		caller_of_session(who, c->session, a);
	} else {
		who->access_key_id = c->key->id;
		who->key = c->key;
		if (c->user)
			caller_of_user(who, c->user);
		else
			caller_is_root(who, a);
	}
}

bool caller_of(const struct world *w, struct str access_key_id, struct arena *a, struct caller *who)
{
	const struct world_credential *c = map_get(&w->credentials, access_key_id);

	if (!c)
		return false;
	fill_caller(w, c, a, who);
	return true;
}

/* ---- may the key be used ---- */

/* What a key needs besides a signature: an account that is open, a principal that is there. */
static bool usable(const struct world_credential *c)
{
	const struct world_session *s = c->session;

	if (c->account->state != ACCOUNT_ACTIVE)
		return false;
	if (!s)
		return c->key->active && !(c->user && c->user->deleted);
	return !(s->role && s->role->deleted) && !(s->user && s->user->deleted);
}

static bool token_fits(const struct world_session *s, struct str token)
{
	if (!s)
		return str_is_null(token);
	return !str_is_null(token) && mem_eq_secret(s->token, token);
}

/*
 * Clients sign with the time they have, or with the Date of the last answer,
 * which is the sandbox's where its clock was moved: the nearer one is meant.
 */
static int64_t time_meant(const struct authn_request *r)
{
	int64_t at_ms = r->claim->time_ms;
	int64_t from_real = at_ms > r->real_ms ? at_ms - r->real_ms : r->real_ms - at_ms;
	int64_t from_ours = at_ms > r->now_ms ? at_ms - r->now_ms : r->now_ms - at_ms;

	return from_ours < from_real ? r->now_ms : r->real_ms;
}

bool authn(const struct world *w, const struct authn_request *r, struct caller *who,
	   struct api_fault *fault)
{
	const struct world_credential *c = NULL;
	const struct server_request *http = r->http;
	struct sign_refusal no = {0};

	if (!r->claim && !r->open)
		return refuse(r->service, fault, r->no_claim->status, r->no_claim->code,
			      r->no_claim->message);
	if (r->claim)
		c = map_get(&w->credentials, r->claim->access_key_id);
	if (!c && r->open)
		c = map_get(&w->credentials, w->first_admin_key->id);
	if (!c || !usable(c))
		return authn_unknown_key(r->service, fault);
	if (!r->open) {
		struct str secret = c->session ? c->session->secret : c->key->secret;
		if (!token_fits(c->session, r->claim->session_token))
			return authn_unknown_key(r->service, fault);
		if (!sign_verify(r->claim, secret, http->method, http->path, http->query,
				 http->headers, http->nheaders, http->body, time_meant(r),
				 http->arena, &no))
			return refuse(r->service, fault, no.status, no.code, no.message);
	}
	if (c->session && r->now_ms >= c->session->expires_ms)
		return expired(r->service, fault);
	fill_caller(w, c, http->arena, who);
	return true;
}

/*
 * "You cannot call any IAM API operations unless MFA authentication information
 * is included in the request. You cannot call any AWS STS API operations except
 * AssumeRole or GetCallerIdentity." (GetSessionToken; federated users reach
 * GetCallerIdentity alone and no IAM at all.)
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html
 */
bool authn_session_reaches(const struct caller *who, const struct api_service *service,
			   struct str op)
{
	const struct world_session *s = who->session;

	if (!s || (s->kind != SESSION_USER && s->kind != SESSION_FEDERATED))
		return true;
	if (str_eqz(service->id, "iam"))
		return s->kind == SESSION_USER && s->mfa;
	if (str_eqz(service->id, "sts"))
		return str_eqz(op, "GetCallerIdentity") ||
		       (s->kind == SESSION_USER && str_eqz(op, "AssumeRole")) ||
		       /* these say themselves why not */
		       str_eqz(op, "GetSessionToken") || str_eqz(op, "GetFederationToken");
	return true;
}
