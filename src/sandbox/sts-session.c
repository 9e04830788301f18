#include "sandbox/sts-private.h"

/* Real tokens begin so, and are some hundred characters long. */
#define TOKEN_PREFIX "IQoJb3JpZ2luX2Vj"
#define TOKEN_CHARACTERS 300
/* "PackedPolicySize: a percentage of the allotted space"; the plain text may have 2,048. */
#define POLICY_CHARACTERS 2048

struct world_session *sts_session(struct sandbox_request *r, enum session_kind kind,
				  struct world_account *acct, int64_t duration_s)
{
	struct world *w = r->world;
	struct world_session *s = arena_new_of(w->arena, struct world_session);

	s->kind = kind;
	s->account = acct;
	s->access_key_id = world_access_key_id(w, &r->rng, "ASIA", acct->id);
	s->secret = world_id(w, &r->rng, "", ALPHABET_SECRET, 40);
	s->token = world_id(w, &r->rng, TOKEN_PREFIX, ALPHABET_SECRET, TOKEN_CHARACTERS);
	s->issued_ms = r->now_ms;
	/* Whole seconds, as the Expiration that is answered. */
	s->expires_ms = r->now_ms - r->now_ms % 1000 + duration_s * 1000;
	s->issuer_arn = world_str(w, r->who->arn);
	s->name = STR("");
	world_add_credential(w, acct, NULL, NULL, s);
	return s;
}

void sts_put_credentials(struct sandbox_request *r, const struct world_session *s)
{
	struct val *c = val_setz(r->out, "Credentials", val_object(r->arena));

	val_set_str(r->arena, c, "AccessKeyId", s->access_key_id);
	val_set_str(r->arena, c, "SecretAccessKey", s->secret);
	val_set_str(r->arena, c, "SessionToken", s->token);
	val_set_time(r->arena, c, "Expiration", s->expires_ms);
}

/* ---- session policies ---- */

static bool read_inline(struct sandbox_request *r, struct sts_policies *p)
{
	struct err err = {0};

	p->text = val_get_str(r->in, "Policy");
	if (str_is_null(p->text))
		return true;
	p->parsed = policy_parse(p->text, POLICY_SESSION, STR("session policy"), r->arena, &err);
	if (!p->parsed)
		return sandbox_fault(r, 400, "MalformedPolicyDocument", "%s",
				     policy_aws_message(&err));
	return true;
}

bool sts_read_policies(struct sandbox_request *r, const struct world_account *acct,
		       struct sts_policies *p)
{
	const struct val *list = val_get(r->in, "PolicyArns");
	size_t size;

	*p = (struct sts_policies){0};
	if (!read_inline(r, p))
		return false;
	size = p->text.n;
	p->arns = arena_calloc(r->arena, val_count(list) + 1, sizeof(*p->arns));
	VAL_EACH(v, list)
	{
		struct str arn = val_get_str(v, "arn");
		/* "The managed policies must exist in the same account as the role." */
		if (!world_managed_policy(r->world, acct, arn))
			return sandbox_fault(r, 400, "ValidationError",
					     "Policy %.*s does not exist or is not attachable.",
					     STR_ARG(arn));
		p->arns[p->narns++] = arn;
		size += arn.n;
	}
	p->packed_percent = (int64_t)((size * 100 + POLICY_CHARACTERS - 1) / POLICY_CHARACTERS);
	if (p->packed_percent > 100)
		return sandbox_fault(r, 400, "PackedPolicyTooLarge",
				     "Packed size of session tags and policies is %lld%% of the "
				     "allowed size",
				     (long long)p->packed_percent);
	return true;
}

void sts_keep_policies(struct sandbox_request *r, const struct sts_policies *p,
		       struct world_session *s)
{
	struct world *w = r->world;
	struct err err = {0};

	if (p->parsed) {
		s->policy_text = world_str(w, p->text);
		s->policy = policy_parse(s->policy_text, POLICY_SESSION, STR("session policy"),
					 w->arena, &err);
	}
	s->policy_arns = arena_calloc(w->arena, p->narns + 1, sizeof(*s->policy_arns));
	for (size_t i = 0; i < p->narns; i++)
		s->policy_arns[i] = world_str(w, p->arns[i]);
	s->npolicy_arns = p->narns;
	if (p->packed_percent)
		val_set_int(r->arena, r->out, "PackedPolicySize", p->packed_percent);
}

/* ---- MFA ---- */

static bool owns_device(const struct caller *who, struct str serial)
{
	for (const struct iam_mfa *m = who->account->iam.mfa; m; m = m->next)
		if (m->assigned && m->user == who->user && str_eq(m->serial, serial))
			return true;
	return false;
}

/* The sandbox has no clockwork in its devices: six digits are always the right ones. */
bool sts_read_mfa(struct sandbox_request *r, bool *mfa)
{
	struct str serial = val_get_str(r->in, "SerialNumber");
	struct str code = val_get_str(r->in, "TokenCode");

	*mfa = false;
	if (str_is_null(serial) && str_is_null(code))
		return true;
	if (str_is_null(serial) || str_is_null(code))
		return sandbox_fault(r, 403, "AccessDenied",
				     "MultiFactorAuthentication failed, must provide both MFA "
				     "serial number and one time pass code.");
	if (r->who->session || !owns_device(r->who, serial))
		return sandbox_fault(r, 403, "AccessDenied",
				     "MultiFactorAuthentication failed, unable to validate MFA "
				     "code.  Please verify your MFA serial number is valid and "
				     "associated with this user.");
	*mfa = true;
	return true;
}
