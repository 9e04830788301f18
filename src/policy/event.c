/*
 * An event of CloudTrail as the request that AWS decided on.
 *
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */

#include "policy/event-private.h"

bool event_no_policy(struct event_reading *r, const char *why)
{
	r->out->kind = POLICY_EVENT_NO_POLICY;
	r->out->why = why;
	return false;
}

bool event_unreadable(struct event_reading *r, const char *why)
{
	r->out->kind = POLICY_EVENT_UNREADABLE;
	r->out->why = why;
	return false;
}

bool event_is_true(const struct val *v)
{
	return val_true(v) || str_eq_nocase(val_str(v), STR("true"));
}

bool event_is_service(struct str s)
{
	return str_endsz(s, ".amazonaws.com") || str_endsz(s, ".amazonaws.com.cn");
}

struct str event_text(const struct val *v)
{
	struct str s = v && v->kind == VAL_STRING ? v->u.s : STR_NULL;

	/* What CloudTrail writes where a secret stood. */
	return EVENT_IS(s, "HIDDEN_DUE_TO_SECURITY_REASONS") ? STR_NULL : s;
}

struct str event_param(const struct event_reading *r, const char *name)
{
	return event_text(val_get(r->params, name));
}

/* ---- what no policy decides ---- */

/*
 * eventType: AwsApiCall is a call. Console sign-in, and what CloudTrail and the
 * services say by themselves, no policy was asked about.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-network-events-with-cloudtrail.html
 */
static bool is_api_call(struct event_reading *r)
{
	struct str type = val_str(r->event.type);

	if (EVENT_IS(type, "AwsApiCall") || str_is_empty(type))
		return true;
	if (EVENT_IS(type, "AwsServiceEvent"))
		return event_no_policy(r, "an event of the service itself, not a call");
	if (EVENT_IS(type, "AwsConsoleSignIn"))
		return event_no_policy(r, "a sign-in: passwords decide it, not policies");
	if (EVENT_IS(type, "AwsConsoleAction"))
		return event_no_policy(r, "an action of the console that is no call of an API: it "
					  "does not say which permission it needs");
	if (EVENT_IS(type, "AwsVpceEvent"))
		return event_no_policy(
			r,
			str_is_empty(val_str(r->event.code))
				? "seen at a VPC endpoint: the call has an event of its own"
				: "the policy of a VPC endpoint denied it before the service did");
	if (EVENT_IS(type, "AwsCloudTrailInsight"))
		return event_no_policy(r, "an insight, not a call");
	return event_unreadable(r, "the type of the event is not known");
}

/*
 * GetCallerIdentity: "No permissions are required to perform this operation. If an
 * administrator attaches a policy to your identity that explicitly denies access …,
 * you can still perform this operation." GetSessionToken: "You cannot use policies to
 * control authentication operations."
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_getsessiontoken.html
 */
static bool is_asked(struct event_reading *r, enum event_rule rule, struct str source)
{
	switch (rule) {
	case EVENT_FREE:
		return event_no_policy(r, "it needs no permission, and none can be refused");
	case EVENT_UNSIGNED:
		return event_no_policy(r, "called without credentials of IAM");
	case EVENT_SEVERAL:
		r->out->action_unknown = true;
		return true;
	case EVENT_ASKS:
		break;
	}
	/* signin.amazonaws.com: the operations that are actions stand in event-names.c. */
	if (str_startsz(source, "signin.amazonaws.com")) {
		const struct event_source *s = event_source_find(STR("signin"));

		if (!event_name_find(s, val_str(r->event.name)))
			return event_no_policy(r, "a sign-in: passwords decide it, not policies");
	}
	return true;
}

/* ---- what became of it ---- */

/*
 * The codes of a denial: the common ones, EC2's, SNS's, and NotAuthorized of "Common
 * Error Types". A part before a dot names the side or the service ("Client.").
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
 * https://docs.aws.amazon.com/sns/latest/api/CommonErrors.html
 *
 * Not AuthFailure, ExpiredToken and their like: who called was not established.
 * Not AccessDeniedForDependencyException: another action was denied.
 */
static bool is_denial(struct str code)
{
	static const char *const codes[] = {"AccessDenied",         "AccessDeniedException",
					    "AuthorizationError",   "AuthorizationErrorException",
					    "NotAuthorized",        "UnauthorizedAccess",
					    "UnauthorizedOperation"};
	ptrdiff_t dot = str_rchr(code, '.');

	if (dot >= 0)
		code = str_from(code, (size_t)dot + 1);
	for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
		if (str_eqz(code, codes[i]))
			return true;
	}
	return false;
}

static struct str partition_of(const struct event_reading *r)
{
	struct str region = r->facts.region, arn = val_str(r->identity.arn);
	struct arn parts;

	if (str_startsz(arn, "arn:aws:"))
		return STR("aws");
	if (arn_split(arn, &parts) && parts.part[1].n)
		return parts.part[1];
	if (str_startsz(region, "cn-"))
		return STR("aws-cn");
	return str_startsz(region, "us-gov-") ? STR("aws-us-gov") : STR("aws");
}

/* Of the caller: recorded, or in its ARN. */
static struct str owner_of(const struct event_reading *r)
{
	struct str account = val_str(r->identity.account);
	struct arn parts;

	if (!account.n && arn_split(val_str(r->identity.arn), &parts))
		account = parts.part[4];
	return account;
}

static bool read_call(struct event_reading *r)
{
	struct policy_event *e = r->out;
	struct str code = val_str(r->event.code), source = val_str(r->event.source);
	struct event_action found;

	e->account = val_str(r->event.recipient);
	if (!e->account.n)
		e->account = owner_of(r);
	e->shared_id = val_str(r->event.shared);
	e->access_key = val_str(r->identity.key);
	e->failed = code.n > 0;
	e->denied = e->failed && is_denial(code);
	r->facts.region = val_str(r->event.region);
	r->partition = partition_of(r);
	found = event_action(source, val_str(r->event.name), r->params, r->arena);
	if (str_is_null(found.whole))
		return event_unreadable(r, "eventSource or eventName is missing");
	e->request.action = found.whole;
	str_cut(found.whole, ':', &r->service, &r->action);
	return is_asked(r, found.rule, source);
}

/* ---- one pass over the members ---- */

/* The first of a name counts. The caller has compared the lengths. */
#define MEMBER(lit, field)                                              \
	if (!(field) && memcmp(v->name.p, (lit), sizeof(lit) - 1) == 0) \
	(field) = v

static void find_members(struct event_members *m, const struct val *event)
{
	VAL_EACH(v, event)
	{
		switch (v->name.n) {
		case 9:
			MEMBER("eventName", m->name);
			MEMBER("awsRegion", m->region);
			MEMBER("eventTime", m->time);
			MEMBER("eventType", m->type);
			MEMBER("userAgent", m->agent);
			MEMBER("errorCode", m->code);
			MEMBER("resources", m->resources);
			break;
		case 10:
			MEMBER("tlsDetails", m->tls);
			break;
		case 11:
			MEMBER("eventSource", m->source);
			break;
		case 12:
			MEMBER("userIdentity", m->identity);
			break;
		case 13:
			MEMBER("sharedEventID", m->shared);
			MEMBER("vpcEndpointId", m->vpce);
			break;
		case 15:
			MEMBER("sourceIPAddress", m->address);
			break;
		case 16:
			MEMBER("responseElements", m->response);
			break;
		case 17:
			MEMBER("requestParameters", m->params);
			break;
		case 18:
			MEMBER("recipientAccountId", m->recipient);
			break;
		case 19:
			MEMBER("additionalEventData", m->additional);
			break;
		case 20:
			MEMBER("vpcEndpointAccountId", m->vpce_account);
			break;
		default:
			break;
		}
	}
}

static void find_identity(struct event_identity *m, const struct val *identity)
{
	const struct val *type = NULL, *id = NULL, *name = NULL;

	VAL_EACH(v, identity)
	{
		switch (v->name.n) {
		case 3:
			MEMBER("arn", m->arn);
			break;
		case 4:
			MEMBER("type", type);
			break;
		case 8:
			MEMBER("userName", name);
			break;
		case 9:
			MEMBER("accountId", m->account);
			MEMBER("invokedBy", m->via);
			MEMBER("inScopeOf", m->scope);
			break;
		case 10:
			MEMBER("onBehalfOf", m->behalf);
			break;
		case 11:
			MEMBER("principalId", id);
			MEMBER("accessKeyId", m->key);
			break;
		case 14:
			MEMBER("sessionContext", m->session);
			break;
		case 16:
			MEMBER("identityProvider", m->provider);
			break;
		default:
			break;
		}
	}
	m->type = val_str(type);
	m->id = val_str(id);
	m->name = event_text(name);
}

static void read_request(struct event_reading *r)
{
	struct str owner;

	if (!is_api_call(r) || !read_call(r) || !event_read_principal(r))
		return;
	event_read_resource(r);
	event_read_context(r);
	owner = owner_of(r);
	r->out->foreign = owner.n && r->out->account.n && !str_eq(owner, r->out->account) &&
			  str_all_digits(owner);
}

void policy_event_read(const struct val *event, struct arena *a, struct policy_event *out)
{
	struct event_reading r;

	/* Not the keys: they are large, and written before they are read. */
	memset(&r, 0, offsetof(struct event_reading, keys));
	r.values = NULL;
	r.nkeys = 0;
	r.arena = a;
	r.out = out;
	*out = (struct policy_event){0};
	find_members(&r.event, event);
	find_identity(&r.identity, r.event.identity);
	r.issuer = val_get(r.identity.session, "sessionIssuer");
	r.params = r.event.params;
	read_request(&r);
}
