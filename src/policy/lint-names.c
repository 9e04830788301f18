/* Principal and NotPrincipal: names that nobody has. */

#include "policy/lint-private.h"

/*
 * "AIDA", "AROA" and their like, then letters and digits: AWS writes the id of a
 * user or role into a resource's policy when it was deleted.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
 */
static bool is_unique_id(struct str s)
{
	if (s.n < 16 || s.n > 128 || s.p[0] != 'A')
		return false;
	for (size_t i = 0; i < s.n; i++) {
		bool digit = s.p[i] >= '0' && s.p[i] <= '9';
		if (!digit && !(s.p[i] >= 'A' && s.p[i] <= 'Z'))
			return false;
	}
	return true;
}

/*
 * "You cannot use a wildcard to match part of a principal name or ARN."
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
static const char *why_not_aws(struct str s)
{
	struct arn arn;
	if (str_eqz(s, "*") || (s.n == 12 && str_all_digits(s)) || str_find(s, STR("${")) >= 0)
		return NULL;
	if (is_unique_id(s))
		return "the id of a user or role that was deleted";
	if (!str_startsz(s, "arn:") || !arn_split(s, &arn))
		return "neither an account nor an ARN";
	if (!str_eqz(arn.part[2], "iam") && !str_eqz(arn.part[2], "sts"))
		return "an ARN of nobody who could ask";
	if (lint_is_wild(s))
		return "a wildcard, which is not read in a principal";
	bool account = arn.part[4].n == 12 && str_all_digits(arn.part[4]);
	return account || str_eqz(arn.part[4], "cloudfront") ? NULL : "an ARN without an account";
}

/* https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html */
static const char *why_not_federated(struct str s)
{
	static const char *const known[] = {"accounts.google.com", "cognito-identity.amazonaws.com",
					    "graph.facebook.com", "www.amazon.com"};
	struct arn arn;
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (str_eqz(s, known[i]))
			return NULL;
	}
	if (str_eqz(s, "*") || str_find(s, STR("${")) >= 0)
		return NULL;
	if (arn_split(s, &arn) && str_eqz(arn.part[2], "iam") &&
	    (str_startsz(arn.part[5], "saml-provider/") ||
	     str_startsz(arn.part[5], "oidc-provider/")))
		return NULL;
	return "no identity provider of AWS's, nor the ARN of one of yours";
}

static const char *why_not_service(struct str s)
{
	return str_chr(s, '.') >= 0 || str_eqz(s, "*") || str_find(s, STR("${")) >= 0
		       ? NULL
		       : "no service's name, such as ec2.amazonaws.com";
}

static void each(struct lint *l, const struct val *who, const char *kind,
		 const char *(*why_not)(struct str s))
{
	LINT_EACH(item, val_get(who, kind))
	{
		const char *why = why_not(val_str(item));
		if (why)
			lint_at(l, "unknown-principal", item, "'%.*s' is %s",
				STR_ARG(val_str(item)), why);
	}
}

void lint_rules_of_names(struct lint *l, const struct lint_statement *s)
{
	if (l->in->kind != POLICY_RESOURCE || !val_is(s->who, VAL_OBJECT))
		return;
	each(l, s->who, "AWS", why_not_aws);
	each(l, s->who, "Federated", why_not_federated);
	each(l, s->who, "Service", why_not_service);
}
