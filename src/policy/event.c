/*
 * An event of CloudTrail as the request that AWS decided on.
 *
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
 */

#include "policy/event.h"

#include "base/clock.h"
#include "policy/context.h"
#include "policy/policy-private.h"

struct reading {
	const struct val *event, *identity, *session, *issuer, *params;
	struct arena *arena;
	struct policy_event *out;
	struct policy_facts facts;
	struct str partition;
};

static bool no_policy(struct reading *r, const char *why)
{
	r->out->kind = POLICY_EVENT_NO_POLICY;
	r->out->why = why;
	return false;
}

static bool unreadable(struct reading *r, const char *why)
{
	r->out->kind = POLICY_EVENT_UNREADABLE;
	r->out->why = why;
	return false;
}

/* "true" as a text, as in sessionContext, or as a boolean. */
static bool is_true(const struct val *v)
{
	return val_true(v) || str_eq_nocase(val_str(v), STR("true"));
}

/* ---- what no policy decides ---- */

static bool is_api_call(struct reading *r)
{
	struct str type = val_get_str(r->event, "eventType");
	struct str source = val_get_str(r->event, "eventSource");

	if (str_eqz(type, "AwsServiceEvent"))
		return no_policy(r, "an event of the service itself, not a call");
	if (str_eqz(type, "AwsConsoleSignIn") || str_eqz(source, "signin.amazonaws.com"))
		return no_policy(r, "a sign-in: passwords decide it, not policies");
	if (str_eqz(type, "AwsConsoleAction"))
		return no_policy(r, "an action of the console that is no call of an API");
	if (str_eqz(type, "AwsVpceEvent"))
		return no_policy(r,
				 "the policy of a VPC endpoint denied it before the service did");
	if (str_eqz(type, "AwsCloudTrailInsight"))
		return no_policy(r, "an insight, not a call");
	return true;
}

/*
 * "No permissions are required to perform this operation": GetCallerIdentity
 * even says that an explicit Deny does not keep anybody from it.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
static bool is_decided(struct reading *r)
{
	if (str_eqz(r->out->request.action, "sts:GetCallerIdentity"))
		return no_policy(r, "sts:GetCallerIdentity needs no permission");
	return true;
}

/* ---- the principal ---- */

static struct str account_of(const struct reading *r)
{
	return val_get_str(r->identity, "accountId");
}

/*
 * A principal of another account is recorded by its unique id alone: "AIDA…",
 * "AROA…:session".
 */
static bool read_foreign(struct reading *r)
{
	struct str id = val_get_str(r->identity, "principalId"), account = account_of(r), role,
		   name;

	if (str_eqz(account, "anonymous") || str_eqz(account, "ANONYMOUS_PRINCIPAL") ||
	    str_eqz(id, "ANONYMOUS_PRINCIPAL")) {
		r->facts.principal = STR("*");
		return true;
	}
	if (!str_all_digits(account) || !id.n)
		return unreadable(r, "the caller of another account has no id");
	r->out->nameless = true;
	r->facts.userid = id;
	if (str_cut(id, ':', &role, &name))
		r->facts.principal = arena_printf(
			r->arena, "arn:%.*s:sts::%.*s:assumed-role/%.*s/%.*s",
			STR_ARG(r->partition), STR_ARG(account), STR_ARG(role), STR_ARG(name));
	else
		r->facts.principal = arena_printf(
			r->arena, "arn:%.*s:iam::%.*s:%s/%.*s", STR_ARG(r->partition),
			STR_ARG(account), str_startsz(id, "AROA") ? "role" : "user", STR_ARG(id));
	return true;
}

static bool read_service(struct reading *r)
{
	struct str from = val_get_str(r->event, "sourceIPAddress");

	r->facts.principal = val_get_str(r->identity, "invokedBy");
	if (!r->facts.principal.n && str_endsz(from, ".amazonaws.com"))
		r->facts.principal = from;
	return r->facts.principal.n || unreadable(r, "the service that called is not named");
}

/* Who comes with a token of an identity provider has no identity in AWS yet. */
static bool read_federated(struct reading *r)
{
	r->facts.principal = val_get_str(r->params, "principalArn");
	if (!r->facts.principal.n)
		r->facts.principal = val_get_str(r->identity, "identityProvider");
	r->facts.userid = val_get_str(r->identity, "principalId");
	return r->facts.principal.n || unreadable(r, "the identity provider is not named");
}

static bool read_root(struct reading *r)
{
	struct str arn = val_get_str(r->identity, "arn");

	r->out->assumed_root = r->facts.assumed_root = is_true(val_get(r->session, "assumedRoot"));
	if (!arn.n && !account_of(r).n)
		return unreadable(r, "the root user's account is missing");
	/* A session's ARN is an assumed-root one in some events; policies see the root user. */
	if (!str_endsz(arn, ":root"))
		arn = arena_printf(r->arena, "arn:%.*s:iam::%.*s:root", STR_ARG(r->partition),
				   STR_ARG(account_of(r)));
	r->facts.principal = arn;
	return true;
}

static bool read_named(struct reading *r)
{
	r->facts.principal = val_get_str(r->identity, "arn");
	r->facts.userid = val_get_str(r->identity, "principalId");
	/* "ARN of the role", with its path, which the session's own has lost. */
	if (str_eqz(val_get_str(r->identity, "type"), "AssumedRole"))
		r->facts.role_arn = val_get_str(r->issuer, "arn");
	return r->facts.principal.n || unreadable(r, "the caller's ARN is missing");
}

static bool read_principal(struct reading *r)
{
	static const struct {
		const char *type;
		bool (*read)(struct reading *r);
	} types[] = {
		{"Root", read_root},
		{"IAMUser", read_named},
		{"AssumedRole", read_named},
		{"Role", read_named},
		{"FederatedUser", read_named},
		{"AWSAccount", read_foreign},
		{"AWSService", read_service},
		{"SAMLUser", read_federated},
		{"WebIdentityUser", read_federated},
	};
	struct str type = val_get_str(r->identity, "type");

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		if (str_eqz(type, types[i].type))
			return types[i].read(r);
	}
	if (str_eqz(type, "IdentityCenterUser") || str_eqz(type, "Directory"))
		return no_policy(r, "a person of a directory: no policy of IAM has a say");
	/* Without a type: a service on its own behalf. */
	if (!type.n && val_get_str(r->identity, "invokedBy").n)
		return read_service(r);
	return unreadable(r, "the type of the caller is not known");
}

/* ---- the resource ---- */

/* An ARN that the action could be about: of its service, or a role that STS hands out. */
static bool arn_fits(const struct reading *r, struct str arn)
{
	struct str service, name;
	struct arn parts;

	str_cut(r->out->request.action, ':', &service, &name);
	if (!arn_split(arn, &parts) || !str_eqz(parts.part[0], "arn"))
		return false;
	return str_eq(parts.part[2], service) ||
	       (str_eqz(service, "sts") && str_eqz(parts.part[2], "iam"));
}

static struct str s3_resource(const struct reading *r)
{
	struct str bucket = val_get_str(r->params, "bucketName"),
		   key = val_get_str(r->params, "key");

	if (!bucket.n || str_startsz(bucket, "arn:"))
		return bucket.n ? bucket : STR_NULL;
	return arena_printf(r->arena, "arn:%.*s:s3:::%.*s%s%.*s", STR_ARG(r->partition),
			    STR_ARG(bucket), key.n ? "/" : "", STR_ARG(key));
}

/* Names that make an ARN of their own: the service, the parameter, the ARN's last part. */
static struct str named_resource(const struct reading *r)
{
	static const struct {
		const char *service, *param, *type;
		bool regional;
	} names[] = {
		{"iam", "userName", "user/", false},
		{"iam", "roleName", "role/", false},
		{"iam", "groupName", "group/", false},
		{"iam", "instanceProfileName", "instance-profile/", false},
		{"lambda", "functionName", "function:", true},
		{"dynamodb", "tableName", "table/", true},
		{"logs", "logGroupName", "log-group:", true},
		{"secretsmanager", "secretId", "secret:", true},
		{"ssm", "name", "parameter/", true},
		{"cloudformation", "stackName", "stack/", true},
	};
	struct str service, rest;

	str_cut(r->out->request.action, ':', &service, &rest);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct str name = val_get_str(r->params, names[i].param);

		if (!name.n || !str_eqz(service, names[i].service))
			continue;
		if (str_startsz(name, "arn:"))
			return name;
		if (str_startsz(name, "/")) /* ssm: the ARN has one slash */
			name = str_from(name, 1);
		return arena_printf(r->arena, "arn:%.*s:%.*s:%.*s:%.*s:%s%.*s",
				    STR_ARG(r->partition), STR_ARG(service),
				    STR_ARG(names[i].regional ? r->facts.region : STR("")),
				    STR_ARG(r->out->account), names[i].type, STR_ARG(name));
	}
	return STR_NULL;
}

static struct str listed_resource(struct reading *r)
{
	VAL_EACH(item, val_get(r->event, "resources"))
	{
		struct str arn = val_get_str(item, "ARN");

		if (!arn_fits(r, arn))
			continue;
		r->out->request.resource_account = val_get_str(item, "accountId");
		return arn;
	}
	VAL_EACH(param, r->params)
	{
		if (val_is(param, VAL_STRING) && arn_fits(r, val_str(param)))
			return val_str(param);
	}
	return STR_NULL;
}

static void read_resource(struct reading *r)
{
	struct policy_request *req = &r->out->request;
	struct str found = STR_NULL;

	if (str_startsz(req->action, "s3:"))
		found = s3_resource(r);
	if (!found.n)
		found = listed_resource(r);
	if (!found.n)
		found = named_resource(r);
	r->out->resource_known = found.n > 0;
	req->resource = found.n ? found : STR("*");
	if (!req->resource_account.n)
		req->resource_account = r->out->account;
}

/* ---- the context ---- */

static void read_session(struct reading *r)
{
	const struct val *attributes = val_get(r->session, "attributes");
	const struct val *mfa = val_get(attributes, "mfaAuthenticated");
	int64_t ms;

	/* Only temporary credentials have the key (condition-keys-multifactorauthpresent). */
	if (mfa)
		r->facts.mfa = is_true(mfa) ? POLICY_FLAG_TRUE : POLICY_FLAG_FALSE;
	if (time_parse_iso(val_get_str(attributes, "creationDate"), &ms))
		r->facts.token_issue_ms = ms;
	r->facts.source_identity = val_get_str(r->session, "sourceIdentity");
}

/*
 * A service that calls for the principal is named in invokedBy, and often in
 * place of the address too; only a real address is aws:SourceIp.
 */
static void read_network(struct reading *r, struct str *via)
{
	struct str from = val_get_str(r->event, "sourceIPAddress"), vpce;
	struct ip ip;

	*via = val_get_str(r->identity, "invokedBy");
	if (str_eqz(*via, "AWS Internal"))
		*via = STR_NULL;
	else if (!via->n && str_endsz(from, ".amazonaws.com"))
		*via = from;
	vpce = val_get_str(r->event, "vpcEndpointId");
	if (vpce.n)
		r->facts.source_vpce = vpce;
	else if (ip_parse(from, &ip))
		r->facts.source_ip = from;
	if (via->n && !str_eq(*via, r->facts.principal)) {
		r->facts.via_service = POLICY_FLAG_TRUE;
		r->facts.called_via = via;
		r->facts.ncalled_via = 1;
	}
	if (val_get(r->event, "tlsDetails"))
		r->facts.secure_transport = POLICY_FLAG_TRUE;
}

static void read_context(struct reading *r)
{
	struct policy_request *req = &r->out->request;
	struct str *via = arena_new_of(r->arena, struct str);
	int64_t ms;

	read_session(r);
	read_network(r, via);
	r->facts.user_agent = val_get_str(r->event, "userAgent");
	if (time_parse_iso(val_get_str(r->event, "eventTime"), &ms))
		r->facts.now_ms = ms;
	req->principal = r->facts.principal;
	req->service_linked_role =
		str_find(r->facts.role_arn, STR(":role/aws-service-role/")) >= 0 ||
		str_find(r->facts.principal, STR(":role/aws-service-role/")) >= 0;
	policy_context(&r->facts, r->arena, req);
}

static bool is_denial(struct str code)
{
	static const char *const codes[] = {"AccessDenied",          "AccessDeniedException",
					    "UnauthorizedOperation", "Client.UnauthorizedOperation",
					    "AuthorizationError",    "AuthorizationErrorException"};

	for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
		if (str_eqz(code, codes[i]))
			return true;
	}
	return false;
}

static bool read_call(struct reading *r)
{
	const struct val *version = val_get(r->params, "versionId");
	struct policy_event *e = r->out;
	struct str code = val_get_str(r->event, "errorCode"), arn;
	struct arn parts;

	e->account = val_get_str(r->event, "recipientAccountId");
	if (!e->account.n)
		e->account = account_of(r);
	e->failed = code.n > 0;
	e->denied = is_denial(code);
	arn = val_get_str(r->identity, "arn");
	r->partition = arn_split(arn, &parts) ? parts.part[1] : STR("aws");
	r->facts.region = val_get_str(r->event, "awsRegion");
	e->request.action = policy_event_action(val_get_str(r->event, "eventSource"),
						val_get_str(r->event, "eventName"),
						val_str(version).n > 0, r->arena);
	if (str_is_null(e->request.action))
		return unreadable(r, "eventSource or eventName is missing");
	return is_decided(r);
}

void policy_event_read(const struct val *event, struct arena *a, struct policy_event *out)
{
	struct reading r = {.event = event, .arena = a, .out = out};
	struct str owner;

	*out = (struct policy_event){0};
	r.identity = val_get(event, "userIdentity");
	r.session = val_get(r.identity, "sessionContext");
	r.issuer = val_get(r.session, "sessionIssuer");
	r.params = val_get(event, "requestParameters");
	if (!is_api_call(&r) || !read_call(&r) || !read_principal(&r))
		return;
	read_resource(&r);
	read_context(&r);
	owner = account_of(&r);
	out->foreign =
		owner.n && out->account.n && !str_eq(owner, out->account) && str_all_digits(owner);
}
