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
	struct world_tags asked;
	struct str *asked_transitive;
	size_t nasked_transitive;
	struct world_tags tags; /* asked for, and carried on from the caller's session */
	struct str *transitive; /* … */
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

/* What was taken once, a replay takes again. */
static bool bad_tags(struct sandbox_request *r, const char *message)
{
	return r->replay || sandbox_fault(r, 400, "InvalidParameterValue", "%s", message);
}

/* What is asked for: tags, and which of them are transitive. */
static bool read_asked(struct assuming *m)
{
	struct sandbox_request *r = m->r;
	const struct val *keys = val_get(r->in, "TransitiveTagKeys");

	if (!sts_read_tags(r, &m->asked))
		return false;
	m->asked_transitive =
		arena_calloc(r->arena, val_count(keys) + 1, sizeof(*m->asked_transitive));
	VAL_EACH(v, keys)
	{
		if (!sts_find_tag(&m->asked, val_str(v)) &&
		    !bad_tags(r, "The specified transitive tag key must be included in "
				 "the requested tags."))
			return false;
		m->asked_transitive[m->nasked_transitive++] = val_str(v);
	}
	return true;
}

/*
 * Transitive tags of the caller's session go on to this one, and cannot be set anew.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_role-chaining
 */
static bool read_tags(struct assuming *m)
{
	struct sandbox_request *r = m->r;
	const struct world_session *from = r->who->session;
	size_t carried = from ? from->ntransitive_keys : 0;

	if (!read_asked(m))
		return false;
	m->tags.v = arena_calloc(r->arena, m->asked.n + carried + 1, sizeof(*m->tags.v));
	m->transitive =
		arena_calloc(r->arena, m->nasked_transitive + carried + 1, sizeof(*m->transitive));
	for (size_t i = 0; i < m->asked.n; i++)
		m->tags.v[m->tags.n++] = m->asked.v[i];
	for (size_t i = 0; i < carried; i++) {
		struct str key = from->transitive_keys[i];
		const struct world_tag *tag = sts_find_tag(&from->tags, key);
		if (sts_find_tag(&m->asked, key) &&
		    !bad_tags(r, "One of the specified transitive tag keys can't be set because it "
				 "conflicts with a transitive tag key from the calling session."))
			return false;
		if (tag)
			m->tags.v[m->tags.n++] = *tag;
		m->transitive[m->ntransitive++] = key;
	}
	for (size_t i = 0; i < m->nasked_transitive; i++)
		m->transitive[m->ntransitive++] = m->asked_transitive[i];
	return true;
}

/*
 * "The source identity value can't be changed after it is set": another one is
 * refused, the same goes on as the one that is carried.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html
 */
static bool read_source_identity(struct assuming *m)
{
	const struct world_session *from = m->r->who->session;
	struct str asked = val_get_str(m->r->in, "SourceIdentity");
	struct str carried = from ? from->source_identity : STR_NULL;

	m->source_identity = str_is_null(carried) ? asked : carried;
	return str_is_null(asked) || str_eq(asked, m->source_identity) || m->r->replay ||
	       authz_deny(m->r, "sts:SetSourceIdentity", m->arn, NULL, DENIAL_PLAIN);
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
	const struct {
		const char *key;
		struct str value;
	} simple[] = {
		{"sts:RoleSessionName", val_get_str(r->in, "RoleSessionName")},
		{"sts:ExternalId", val_get_str(r->in, "ExternalId")},
		{"sts:SourceIdentity", m->source_identity},
	};
	const struct policy_key *tags = sts_tag_keys(r, &m->asked);
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(simple); i++)
		if (!str_is_null(simple[i].value))
			keys[n++] = sandbox_key(r, simple[i].key, simple[i].value);
	if (m->mfa) {
		keys[n++] = sandbox_key(r, "aws:MultiFactorAuthPresent", STR("true"));
		keys[n++] = sandbox_key(r, "aws:MultiFactorAuthAge", STR("0"));
	}
	for (size_t i = 0; i < sts_tag_keys_count(&m->asked); i++)
		keys[n++] = tags[i];
	if (m->ntransitive)
		keys[n++] = (struct policy_key){STR("sts:TransitiveTagKeys"),
						{m->transitive, m->ntransitive, true}};
	return n;
}

/* Who is no colleague is not told about policies: same account or same organization. */
static bool is_told(const struct assuming *m)
{
	const struct world_account *from = m->r->who->account;

	return m->acct == from || (m->acct && m->acct->joined && from->joined);
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

	return authz_deny(m->r, action, m->arn, d,
			  guardrail && is_told(m) ? DENIAL_REASON : DENIAL_PLAIN);
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
	/* "When you assume a role with another role", a source identity must be allowed again. */
	return may(m, "sts:AssumeRole", keys, n) &&
	       (str_is_null(m->source_identity) || may(m, "sts:SetSourceIdentity", keys, n)) &&
	       (m->asked.n == 0 || may(m, "sts:TagSession", keys, n));
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
	if (!read_source_identity(&m) || !read_tags(&m) || !sts_read_mfa(r, &m.mfa) ||
	    !authorized(&m) || !read_duration(&m) || !sts_read_policies(r, m.acct, &m.policies))
		return false;
	answer(&m);
	return true;
}
