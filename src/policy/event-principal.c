/*
 * Who called: userIdentity as the principal that policies name.
 *
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn
 */

#include "policy/event-private.h"

static struct str global_arn(const struct event_reading *r, const char *service, struct str account,
			     const char *type, struct str name)
{
	return arena_join(r->arena, STR("arn:"), r->partition, STR(":"), str_of(service), STR("::"),
			  account, STR(":"), str_of(type), name);
}

/* "arn:aws:iam::111122223333:user/x" has the part; a text that is no ARN has none. */
static bool arn_resource(struct str s, struct str *resource)
{
	struct arn parts;

	if (!arn_split(s, &parts) || !EVENT_IS(parts.part[0], "arn"))
		return false;
	*resource = parts.part[5];
	return true;
}

/*
 * A request without a signature.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable
 */
static bool read_anonymous(struct event_reading *r)
{
	r->facts.principal = STR("*");
	r->facts.userid = STR("anonymous");
	return true;
}

/*
 * A principal of another account is recorded by its unique id alone: "AIDA…",
 * "AROA…:session"; the root user by its account's id; a federated user as
 * "account:name". What the first four letters say:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
 */
static bool read_account(struct event_reading *r)
{
	struct str id = r->identity.id, account = val_str(r->identity.account);
	struct str arn = val_str(r->identity.arn), rest, first, second;

	if (str_eq_nocase(account, STR("anonymous")) || EVENT_IS(account, "ANONYMOUS_PRINCIPAL") ||
	    EVENT_IS(id, "ANONYMOUS_PRINCIPAL"))
		return read_anonymous(r);
	if (arn_resource(arn, &rest)) {
		r->facts.principal = arn;
		r->facts.userid = id;
		return true;
	}
	if (!str_all_digits(account) || !id.n)
		return event_unreadable(r, "the caller of another account has no id");
	r->facts.userid = id;
	if (str_eq(id, account)) {
		r->facts.principal = global_arn(r, "iam", account, "root", STR(""));
		return true;
	}
	if (str_cut(id, ':', &first, &second)) {
		if (str_eq(first, account)) {
			r->facts.principal =
				global_arn(r, "sts", account, "federated-user/", second);
			return true;
		}
		r->out->nameless = true;
		r->facts.principal =
			arena_join(r->arena, STR("arn:"), r->partition, STR(":sts::"), account,
				   STR(":assumed-role/"), first, STR("/"), second);
		return true;
	}
	r->out->nameless = true;
	r->facts.principal =
		global_arn(r, "iam", account, str_startsz(id, "AROA") ? "role/" : "user/", id);
	return true;
}

static bool read_service(struct event_reading *r)
{
	struct str from = val_str(r->event.address);

	r->facts.principal = val_str(r->identity.via);
	if (EVENT_IS(r->facts.principal, "AWS Internal"))
		r->facts.principal = STR_NULL;
	if (!r->facts.principal.n && event_is_service(from))
		r->facts.principal = from;
	return r->facts.principal.n || event_unreadable(r, "the service that called is not named");
}

/*
 * aws:PrincipalIsAWSService is "present … for all signed API requests that use AWS
 * credentials", which these are not: a key without a value keeps it absent.
 */
static void put_unsigned(struct event_reading *r)
{
	event_key_absent(r, STR("aws:PrincipalIsAWSService"));
	event_key_absent(r, STR("aws:PrincipalServiceName"));
}

/*
 * Who comes with a token of an identity provider has no identity in AWS yet: the
 * principal is the provider.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html#STS-API-SAML-WIF
 */
static bool read_saml(struct event_reading *r)
{
	r->facts.principal = event_param(r, "principalArn");
	if (!r->facts.principal.n)
		r->facts.principal = event_param(r, "principalARN");
	if (!r->facts.principal.n)
		r->facts.principal = val_str(r->identity.provider);
	r->facts.userid = r->identity.id;
	put_unsigned(r);
	event_key(r, STR("saml:sub"), r->identity.name);
	event_key(r, STR("saml:namequalifier"), val_str(r->identity.provider));
	return r->facts.principal.n || event_unreadable(r, "the identity provider is not named");
}

static bool read_web(struct event_reading *r)
{
	struct str provider = val_str(r->identity.provider), name = r->identity.name;
	struct str id = r->identity.id, host = provider, rest;

	r->facts.principal = provider;
	r->facts.userid = id;
	put_unsigned(r);
	if (!provider.n)
		return event_unreadable(r, "the identity provider is not named");
	if (arn_resource(provider, &rest) && str_startsz(rest, "oidc-provider/"))
		host = str_from(rest, sizeof("oidc-provider/") - 1);
	else if (!EVENT_IS(provider, "cognito-identity.amazonaws.com"))
		return true; /* Google's, Facebook's and Amazon's keys are named otherwise */
	if (name.n)
		event_key(r, arena_join(r->arena, host, STR(":sub")), name);
	/* "provider:audience:subject"; the subject may have colons, so it is cut off whole. */
	if (name.n && str_starts(id, provider) && str_ends(id, name) &&
	    id.n > provider.n + name.n + 2)
		event_key(r, arena_join(r->arena, host, STR(":aud")),
			  str_sub(id, provider.n + 1, id.n - provider.n - name.n - 2));
	return true;
}

static bool read_root(struct event_reading *r)
{
	struct str arn = val_str(r->identity.arn), account = val_str(r->identity.account);

	r->out->assumed_root = r->facts.assumed_root =
		event_is_true(val_get(r->identity.session, "assumedRoot"));
	if (!account.n)
		account = r->identity.id;
	/* A session's ARN is an assumed-root one in some events; policies see the root user. */
	if (!str_endsz(arn, ":root") && !str_all_digits(account))
		return event_unreadable(r, "the root user's account is missing");
	if (!str_endsz(arn, ":root"))
		arn = global_arn(r, "iam", account, "root", STR(""));
	r->facts.principal = arn;
	return true;
}

static bool read_user(struct event_reading *r)
{
	struct str account = val_str(r->identity.account), name = r->identity.name, rest;

	r->facts.principal = val_str(r->identity.arn);
	r->facts.userid = r->identity.id;
	if (!r->facts.principal.n && str_all_digits(account) && name.n)
		r->facts.principal = global_arn(r, "iam", account, "user/", name);
	return arn_resource(r->facts.principal, &rest) ||
	       event_unreadable(r, "the caller's ARN is missing");
}

static bool read_federated(struct event_reading *r)
{
	struct str id = r->identity.id, account, name, rest;

	r->facts.principal = val_str(r->identity.arn);
	r->facts.userid = id;
	if (!r->facts.principal.n && str_cut(id, ':', &account, &name) && str_all_digits(account))
		r->facts.principal = global_arn(r, "sts", account, "federated-user/", name);
	return arn_resource(r->facts.principal, &rest) ||
	       event_unreadable(r, "the caller's ARN is missing");
}

/*
 * Service-linked roles are those of the path /aws-service-role/, which nobody else
 * can make roles in; the name alone proves nothing where the path is known. Where it
 * is not, the name that AWS gives them has to do.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-friendly-names
 */
static bool is_service_linked(struct str role)
{
	return str_startsz(role, "role/aws-service-role/");
}

/*
 * aws:PrincipalArn is the role's ARN, and sessionIssuer has it with its path. Without
 * it the session's own ARN has to do, which has lost the path.
 */
static bool read_role(struct event_reading *r)
{
	struct str arn = val_str(r->identity.arn), issuer = val_get_str(r->issuer, "arn");
	struct str account = val_str(r->identity.account), resource = STR_NULL, name = STR_NULL;
	struct str id = r->identity.id, session, role;

	r->facts.userid = id;
	if (arn_resource(issuer, &role) && str_startsz(role, "role/")) {
		r->facts.role_arn = issuer;
		r->out->request.service_linked_role = is_service_linked(role);
		name = str_from(role, (size_t)str_rchr(role, '/') + 1);
	}
	if (!arn.n && name.n && str_all_digits(account) && str_cut(id, ':', &role, &session))
		arn = arena_join(r->arena, STR("arn:"), r->partition, STR(":sts::"), account,
				 STR(":assumed-role/"), name, STR("/"), session);
	r->facts.principal = arn;
	if (!arn_resource(arn, &resource))
		return event_unreadable(r, "the caller's ARN is missing");
	if (r->facts.role_arn.n)
		return true;
	if (str_startsz(resource, "role/")) {
		r->facts.role_arn = arn;
		r->out->request.service_linked_role = is_service_linked(resource);
	} else if (str_startsz(resource, "assumed-role/")) {
		struct arn parts;

		(void)arn_split(arn, &parts);
		str_cut(str_from(resource, sizeof("assumed-role/") - 1), '/', &name, &session);
		r->facts.role_arn = global_arn(r, "iam", parts.part[4], "role/", name);
		r->out->role_path_unknown = true;
		r->out->request.service_linked_role = str_startsz(name, "AWSServiceRoleFor");
	}
	return true;
}

static bool read_person(struct event_reading *r)
{
	return event_no_policy(r, "a person of a directory: no policy of IAM has a say");
}

/* "Unknown": anonymous callers of some services, and people in IAM Identity Center's portal. */
static bool read_unknown(struct event_reading *r)
{
	if (str_eq_nocase(r->identity.id, STR("anonymous")))
		return read_anonymous(r);
	if (EVENT_IS(r->service, "sso") || EVENT_IS(r->service, "sso-oauth") ||
	    EVENT_IS(r->service, "sso-directory"))
		return read_person(r);
	return event_unreadable(r, "the type of the caller is not known");
}

bool event_read_principal(struct event_reading *r)
{
	static const struct {
		struct str type;
		bool (*read)(struct event_reading *r);
	} types[] = {
		{EVENT_STR("AssumedRole"), read_role},
		{EVENT_STR("IAMUser"), read_user},
		{EVENT_STR("AWSService"), read_service},
		{EVENT_STR("Root"), read_root},
		{EVENT_STR("AWSAccount"), read_account},
		{EVENT_STR("Role"), read_role},
		{EVENT_STR("FederatedUser"), read_federated},
		{EVENT_STR("SAMLUser"), read_saml},
		{EVENT_STR("WebIdentityUser"), read_web},
		{EVENT_STR("IdentityCenterUser"), read_person},
		{EVENT_STR("Directory"), read_person},
		{EVENT_STR("Unknown"), read_unknown},
	};

	struct str type = r->identity.type;
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		if (str_eq(type, types[i].type))
			return types[i].read(r);
	}
	/* Without a type: a service on its own behalf. */
	if (!type.n && val_str(r->identity.via).n)
		return read_service(r);
	return event_unreadable(r, "the type of the caller is not known");
}
