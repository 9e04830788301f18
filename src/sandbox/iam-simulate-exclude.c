#include "sandbox/iam-simulate.h"

/*
 * "Syntactically invalid identifiers, such as malformed ARNs or wildcards in
 * disallowed positions, cause the request to fail with an InvalidInput error.
 * Syntactically valid identifiers that don't match any attached policy are
 * ignored." The messages are ours.
 */

static size_t count_of(struct str s, char c)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == c;
	return n;
}

/* "arn:aws:iam::ID:policy/NAME", wildcards in NAME (or its path) only, one star at most. */
static bool is_policy_arn(struct str arn)
{
	struct str rest = arn, part;

	for (int i = 0; i < 5; i++)
		if (!str_cut(rest, ':', &part, &rest) || str_chr(part, '*') >= 0 ||
		    str_chr(part, '?') >= 0 || (i == 0 && !str_eqz(part, "arn")) ||
		    (i == 2 && !str_eqz(part, "iam")))
			return false;
	return str_startsz(rest, "policy/") && rest.n > sizeof("policy/") - 1 &&
	       count_of(rest, '*') <= 1;
}

static bool check_one(struct simulation *s, const struct val *id)
{
	struct str arn = val_get_str(id, "PolicyArn");
	struct str name = val_get_str(val_get(id, "InlinePolicyIdentifier"), "AttachmentName");

	if (!!val_get(id, "PolicyType") + !!val_get(id, "PolicyArn") +
		    !!val_get(id, "InlinePolicyIdentifier") !=
	    1)
		return sim_invalid(s, "A policy identifier must have exactly one of PolicyType, "
				      "PolicyArn and InlinePolicyIdentifier.");
	if (!str_is_null(arn) && !is_policy_arn(arn))
		return sim_invalid(s, "Invalid policy identifier: %.*s", STR_ARG(arn));
	if (count_of(name, '*') > 1)
		return sim_invalid(s, "Invalid policy identifier: %.*s", STR_ARG(name));
	return true;
}

bool sim_check_exclusions(struct simulation *s)
{
	VAL_EACH(id, val_get(s->r->in, "PolicyExclusionList"))
	if (!check_one(s, id))
		return false;
	return true;
}

static bool type_is(struct str type, enum sim_origin origin, const struct iam_managed *managed)
{
	switch (origin) {
	case SIM_INLINE:
		return str_eqz(type, "inline");
	case SIM_MANAGED:
		return str_eqz(type, managed->aws ? "aws-managed" : "user-managed");
	case SIM_BOUNDARY:
		return str_eqz(type, "permission-boundary");
	case SIM_SCPS:
		return str_eqz(type, "scp");
	}
	BUG("origin of a policy %d", (int)origin);
}

static bool is_inline(const struct val *id, const struct iam_entity *e, struct str name)
{
	return id && str_eqz(val_get_str(id, "AttachmentType"), iam_kind_name(e->kind)) &&
	       str_eq(val_get_str(id, "PolicyName"), name) &&
	       policy_match(val_get_str(id, "AttachmentName"), e->name, true);
}

bool sim_excluded(const struct simulation *s, enum sim_origin origin, const struct iam_entity *e,
		  struct str name, const struct iam_managed *managed)
{
	VAL_EACH(id, val_get(s->r->in, "PolicyExclusionList"))
	{
		struct str arn = val_get_str(id, "PolicyArn");
		if (type_is(val_get_str(id, "PolicyType"), origin, managed))
			return true;
		/* "The ARN of a managed policy … that is attached": a boundary is not. */
		if (origin == SIM_MANAGED && !str_is_null(arn) &&
		    policy_match(arn, managed->arn, false))
			return true;
		if (origin == SIM_INLINE &&
		    is_inline(val_get(id, "InlinePolicyIdentifier"), e, name))
			return true;
	}
	return false;
}
