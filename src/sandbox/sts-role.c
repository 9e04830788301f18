#include "sandbox/sts-private.h"

/*
 * AssumeRole: the caller's own policies and the role's trust policy decide
 * together; across accounts both must allow.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */

#define DEFAULT_DURATION_S 3600
/* "Role chaining limits your AWS CLI or AWS API role session to a maximum of one hour." */
#define CHAINED_DURATION_S 3600
#define ROLE_KEYS 128

struct assuming {
	struct sandbox_request *r;
	struct world_account *acct; /* the role's; NULL: there is no such account or role */
	struct iam_role *role;
	struct str arn;
	bool mfa;
	struct str source_identity;
	struct world_tags tags; /* asked for, and carried on from the caller's session */
	size_t nasked;
	struct str *transitive;
	size_t ntransitive;
	struct sts_policies policies;
	int64_t duration_s;
};

/* "arn:aws:iam::ID:role/path/NAME" */
static bool find_role(struct assuming *m)
{
	struct sandbox_request *r = m->r;
	struct str rest = val_get_str(r->in, "RoleArn"), part[6];
	size_t n = 0;

	m->arn = rest;
	while (n < 5 && str_next(&rest, ':', &part[n]))
		n++;
	if (n < 5 || str_is_null(rest) || !str_eqz(part[0], "arn") || !str_eqz(part[2], "iam"))
		return sandbox_fault(r, 400, "ValidationError", "%.*s is invalid", STR_ARG(m->arn));
	m->acct = world_account(r->world, part[4]);
	if (m->acct && m->acct->state == ACCOUNT_ACTIVE)
		for (struct iam_role *role = m->acct->iam.roles; role; role = role->next)
			if (str_eq(role->arn, m->arn))
				m->role = role;
	return true;
}

/* ---- what the session gets ---- */

/*
 * Transitive tags of the caller's session go on to this one, and cannot be set anew.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_role-chaining
 */
static bool read_tags(struct assuming *m)
{
	struct sandbox_request *r = m->r;
	const struct world_session *from = r->who->session;
	const struct val *keys = val_get(r->in, "TransitiveTagKeys");
	size_t carried = from ? from->ntransitive_keys : 0;
	struct world_tags asked;

	sts_read_tags(r, &asked);
	m->nasked = asked.n;
	m->tags.v = arena_calloc(r->arena, asked.n + carried + 1, sizeof(*m->tags.v));
	m->transitive =
		arena_calloc(r->arena, val_count(keys) + carried + 1, sizeof(*m->transitive));
	for (size_t i = 0; i < asked.n; i++)
		m->tags.v[m->tags.n++] = asked.v[i];
	for (size_t i = 0; i < carried; i++) {
		struct str key = from->transitive_keys[i];
		if (!str_is_null(world_tag(&asked, key)))
			return sandbox_fault(
				r, 400, "InvalidParameterValue",
				"One of the specified transitive tag keys can't be set "
				"because it conflicts with a transitive tag key from "
				"the calling session.");
		m->tags.v[m->tags.n++] = (struct world_tag){key, world_tag(&from->tags, key)};
		m->transitive[m->ntransitive++] = key;
	}
	VAL_EACH(v, keys)
	m->transitive[m->ntransitive++] = val_str(v);
	return true;
}

static void read_source_identity(struct assuming *m)
{
	const struct world_session *from = m->r->who->session;

	m->source_identity = val_get_str(m->r->in, "SourceIdentity");
	if (from && !str_is_null(from->source_identity)) /* "it cannot be changed" */
		m->source_identity = from->source_identity;
}

static bool read_duration(struct assuming *m)
{
	struct sandbox_request *r = m->r;
	const struct val *asked = val_get(r->in, "DurationSeconds");

	m->duration_s = val_i64(asked, DEFAULT_DURATION_S);
	if (m->duration_s > m->role->max_session_s)
		return sandbox_fault(r, 400, "ValidationError",
				     "The requested DurationSeconds exceeds the MaxSessionDuration "
				     "set for this role.");
	if (r->who->role && m->duration_s > CHAINED_DURATION_S)
		return sandbox_fault(r, 400, "ValidationError",
				     "The requested DurationSeconds exceeds the 1 hour session "
				     "limit for roles assumed by role chaining.");
	return true;
}

/* ---- may they ---- */

static size_t condition_keys(struct assuming *m, struct policy_key *keys)
{
	struct sandbox_request *r = m->r;
	static const struct {
		const char *parameter, *key;
	} simple[] = {
		{"RoleSessionName", "sts:RoleSessionName"},
		{"ExternalId", "sts:ExternalId"},
		{"SourceIdentity", "sts:SourceIdentity"},
	};
	struct str *names = arena_calloc(r->arena, m->nasked + 1, sizeof(*names));
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(simple); i++) {
		struct str v = val_get_str(r->in, simple[i].parameter);
		if (!str_is_null(v))
			keys[n++] = sandbox_key(r, simple[i].key, v);
	}
	if (m->mfa) {
		keys[n++] = sandbox_key(r, "aws:MultiFactorAuthPresent", STR("true"));
		keys[n++] = sandbox_key(r, "aws:MultiFactorAuthAge", STR("0"));
	}
	for (size_t i = 0; i < m->nasked; i++) {
		struct str name =
			arena_printf(r->arena, "aws:RequestTag/%.*s", STR_ARG(m->tags.v[i].key));
		names[i] = m->tags.v[i].key;
		keys[n++] = sandbox_key(r, name.p, m->tags.v[i].value);
	}
	if (m->nasked)
		keys[n++] = (struct policy_key){STR("aws:TagKeys"), {names, m->nasked, true}};
	if (m->ntransitive)
		keys[n++] = (struct policy_key){STR("sts:TransitiveTagKeys"),
						{m->transitive, m->ntransitive, true}};
	return n;
}

/*
 * A denial tells its reason where a statement or a guardrail made it; that the
 * two sides just do not meet is all that is said otherwise, and the same is
 * said of a role that does not exist.
 */
static bool deny(struct assuming *m, const char *action, const struct policy_decision *d)
{
	bool guardrail = d && (d->reason == POLICY_EXPLICIT_DENY ||
			       (d->level != POLICY_IDENTITY && d->level != POLICY_RESOURCE));

	return authz_deny(m->r, action, m->arn, d, guardrail ? DENIAL_REASON : DENIAL_PLAIN);
}

static bool may(struct assuming *m, const char *action, const struct policy_key *keys, size_t nkeys)
{
	const struct authz_question q = {
		.action = action,
		.resource = m->arn,
		.resource_account = m->acct,
		.resource_policy = m->role->trust,
		.extra = keys,
		.nextra = nkeys,
	};
	struct policy_decision d = {0};

	authz_decide(m->r, &q, &d);
	return d.allow || deny(m, action, &d);
}

static bool authorized(struct assuming *m)
{
	struct policy_key keys[ROLE_KEYS];
	size_t n;

	if (m->r->replay)
		return true;
	n = condition_keys(m, keys);
	return may(m, "sts:AssumeRole", keys, n) &&
	       (str_is_null(val_get_str(m->r->in, "SourceIdentity")) ||
		may(m, "sts:SetSourceIdentity", keys, n)) &&
	       (m->nasked == 0 || may(m, "sts:TagSession", keys, n));
}

/* ---- the session ---- */

static void answer(struct assuming *m)
{
	struct sandbox_request *r = m->r;
	struct world_session *s = sts_session(r, SESSION_ROLE, m->acct, m->duration_s);

	s->role = m->role;
	s->name = world_str(r->world, val_get_str(r->in, "RoleSessionName"));
	s->source_identity = world_str(r->world, m->source_identity);
	s->mfa = m->mfa;
	s->chained = r->who->role != NULL;
	sts_keep_tags(r, &m->tags, &s->tags);
	s->transitive_keys =
		arena_calloc(r->world->arena, m->ntransitive + 1, sizeof(*s->transitive_keys));
	for (size_t i = 0; i < m->ntransitive; i++)
		s->transitive_keys[i] = world_str(r->world, m->transitive[i]);
	s->ntransitive_keys = m->ntransitive;

	sts_put_credentials(r, s);
	struct val *user = val_setz(r->out, "AssumedRoleUser", val_object(r->arena));
	val_set_str(r->arena, user, "AssumedRoleId",
		    arena_printf(r->arena, "%.*s:%.*s", STR_ARG(m->role->id), STR_ARG(s->name)));
	val_set_str(r->arena, user, "Arn",
		    arena_printf(r->arena, "arn:aws:sts::%.*s:assumed-role/%.*s/%.*s",
				 STR_ARG(m->acct->id), STR_ARG(m->role->name), STR_ARG(s->name)));
	sts_keep_policies(r, &m->policies, s);
	val_set_str(r->arena, r->out, "SourceIdentity", s->source_identity);
	if (m->acct != r->who->account)
		r->event_also = m->acct->id;
}

bool sts_assume_role(struct sandbox_request *r)
{
	struct assuming m = {.r = r};

	if (!find_role(&m))
		return false;
	if (r->who->type == PRINCIPAL_ROOT)
		return sandbox_fault(r, 403, "AccessDenied",
				     "Roles may not be assumed by root accounts.");
	if (!m.role)
		return deny(&m, "sts:AssumeRole", NULL);
	read_source_identity(&m);
	if (!read_tags(&m) || !sts_read_mfa(r, &m.mfa) || !authorized(&m) || !read_duration(&m) ||
	    !sts_read_policies(r, m.acct, &m.policies))
		return false;
	answer(&m);
	return true;
}
