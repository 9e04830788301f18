/*
 * The condition keys that an event knows for every service.
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */

#include "policy/event-private.h"

#include "base/clock.h"

#define VALUES 16 /* allocated at a time */

void event_key(struct event_reading *r, struct str name, struct str value)
{
	struct str *v;

	if (str_is_null(value) || r->nkeys == EVENT_MAX_KEYS)
		return;
	if (!r->values || r->nkeys % VALUES == 0)
		r->values = arena_calloc(r->arena, VALUES, sizeof(*r->values));
	v = &r->values[r->nkeys % VALUES];
	*v = value;
	r->keys[r->nkeys++] = (struct policy_key){name, {v, 1, false}};
}

void event_key_set(struct event_reading *r, struct str name, const struct str *values, size_t n)
{
	if (!n || r->nkeys == EVENT_MAX_KEYS)
		return;
	if (r->nkeys % VALUES == 0)
		r->values = NULL;
	r->keys[r->nkeys++] = (struct policy_key){name, {values, n, true}};
}

void event_key_absent(struct event_reading *r, struct str name)
{
	if (r->nkeys == EVENT_MAX_KEYS)
		return;
	if (r->nkeys % VALUES == 0)
		r->values = NULL;
	r->keys[r->nkeys++] = (struct policy_key){name, {NULL, 0, true}};
}

/* A time as conditions have it: the event's own text, where it has that form. */
static bool read_time(struct str text, int64_t *ms, struct str *same)
{
	if (!time_parse_iso(text, ms))
		return false;
	*same = text.n == sizeof("2026-10-01T12:34:56Z") - 1 && text.p[text.n - 1] == 'Z'
			? text
			: STR_NULL;
	return true;
}

/* ---- the session ---- */

/*
 * Beside the attributes: who set the source identity, which provider a role was
 * assumed with, for whom a person's application calls, in which function it runs.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-federatedprovider
 * https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
 */
static void read_session(struct event_reading *r)
{
	const struct val *session = r->identity.session;
	const struct val *attributes = val_get(session, "attributes");
	const struct val *mfa = val_get(attributes, "mfaAuthenticated");
	struct str same;
	int64_t ms;

	/* Only temporary credentials have the key (condition-keys-multifactorauthpresent). */
	if (mfa)
		r->facts.mfa = event_is_true(mfa) ? POLICY_FLAG_TRUE : POLICY_FLAG_FALSE;
	if (read_time(val_get_str(attributes, "creationDate"), &ms, &same)) {
		if (same.n)
			event_key(r, STR("aws:TokenIssueTime"), same);
		else
			r->facts.token_issue_ms = ms;
	}
	if (session) {
		r->facts.source_identity = val_get_str(session, "sourceIdentity");
		event_key(
			r, STR("aws:FederatedProvider"),
			val_get_str(val_get(session, "webIdFederationData"), "federatedProvider"));
		event_key(r, STR("ec2:RoleDelivery"), val_get_str(session, "ec2RoleDelivery"));
	}
	event_key(r, STR("identitystore:UserId"), val_get_str(r->identity.behalf, "userId"));
	if (str_eqz(val_get_str(r->identity.scope, "issuerType"), "AWS::Lambda::Function"))
		event_key(r, STR("lambda:SourceFunctionArn"),
			  val_get_str(r->identity.scope, "credentialsIssuedTo"));
}

/* ---- the network and the call ---- */

/* Who supports aws:VpceAccount, sorted (condition-keys-vpceaccount). */
static const char *const vpce_account[] = {
	"acm-pca",
	"applicationinsights",
	"apprunner",
	"athena",
	"cloudformation",
	"comprehendmedical",
	"compute-optimizer",
	"datasync",
	"discovery",
	"dynamodb",
	"ebs",
	"ecr",
	"ecs",
	"firehose",
	"gamelift",
	"healthlake",
	"iam",
	"iotfleetwise",
	"iotwireless",
	"kinesisanalytics",
	"kms",
	"lambda",
	"medical-imaging",
	"omics",
	"payment-cryptography",
	"polly",
	"rbin",
	"rekognition",
	"route53",
	"s3",
	"scheduler",
	"servicediscovery",
	"servicequotas",
	"shield",
	"ssm-contacts",
	"storagegateway",
	"textract",
	"transcribe",
	"transfer",
};

static bool supports_vpce_account(struct str service)
{
	for (size_t i = 0; i < ARRAY_SIZE(vpce_account); i++) {
		if (str_eqz(service, vpce_account[i]))
			return true;
	}
	return false;
}

/*
 * A real address is aws:SourceIp, through a VPC endpoint aws:VpcSourceIp. Where a
 * service called, its name stands in place of the address, and of the endpoint.
 */
static void read_network(struct event_reading *r, struct str from)
{
	struct str vpce = val_str(r->event.vpce), owner;
	bool through = str_startsz(vpce, "vpce-");
	struct ip ip;

	if (through)
		r->facts.source_vpce = vpce;
	if (ip_parse(from, &ip)) {
		if (through)
			event_key(r, STR("aws:VpcSourceIp"), from);
		else
			r->facts.source_ip = from;
	}
	owner = through ? val_str(r->event.vpce_account) : STR_NULL;
	if (str_all_digits(owner) && supports_vpce_account(r->service))
		event_key(r, STR("aws:VpceAccount"), owner);
	if (val_get_str(r->event.tls, "tlsVersion").n)
		r->facts.secure_transport = POLICY_FLAG_TRUE;
}

/*
 * invokedBy is the service that called last, with the principal's credentials: a
 * forward access session. Not of a service-linked role: "This key is not present if
 * the service uses a service role or service-linked role". Whether another role is a
 * service role is not in the event: it is taken for a caller's.
 */
static void read_via(struct event_reading *r, struct str from)
{
	struct str via = val_str(r->identity.via);

	if (!event_is_service(via))
		via = event_is_service(from) ? from : STR_NULL;
	if (!via.n || r->out->request.service_linked_role || str_eq(via, r->facts.principal) ||
	    EVENT_IS(r->identity.type, "AWSService") || !r->identity.type.n)
		return;
	r->via = via;
	r->facts.via_service = POLICY_FLAG_TRUE;
	r->facts.called_via = &r->via;
	r->facts.ncalled_via = 1;
}

/*
 * "userAgent" is the header's text, but for what CloudTrail writes itself: the name of
 * the service that called, or brackets around it (S3).
 */
static struct str user_agent(const struct event_reading *r)
{
	struct str agent = val_str(r->event.agent);

	if (event_is_service(agent) || EVENT_IS(agent, "AWS Internal"))
		return STR_NULL;
	if (agent.n > 2 && agent.p[0] == '[' && agent.p[agent.n - 1] == ']')
		return str_sub(agent, 1, agent.n - 2);
	return agent;
}

/* ---- tags ---- */

#define MAX_TAGS 50 /* AWS takes no more */

struct tags {
	struct policy_tag tag[MAX_TAGS];
	struct str key[MAX_TAGS]; /* of those whose values the request has not, or hides */
	size_t n, nkeys;
};

static struct str either(const struct val *v, const char *one, const char *other)
{
	const struct val *member = val_get(v, one);

	return event_text(member ? member : val_get(v, other));
}

static void add_tag(struct tags *t, struct str key, struct str value)
{
	if (!key.n || t->n + t->nkeys == MAX_TAGS)
		return;
	if (str_is_null(value))
		t->key[t->nkeys++] = key;
	else
		t->tag[t->n++] = (struct policy_tag){key, value};
}

/* [{key, value}], {"items": [...]}, or {key: value, ...}, as the service has it. */
static void add_tags(struct tags *t, const struct val *v)
{
	const struct val *items = val_get(v, "items");

	if (val_is(items, VAL_LIST))
		v = items;
	VAL_EACH(item, v)
	{
		if (val_is(v, VAL_OBJECT))
			add_tag(t, item->name, event_text(item));
		else if (val_is(item, VAL_STRING))
			add_tag(t, event_text(item), STR_NULL); /* tagKeys */
		else
			add_tag(t, either(item, "key", "Key"), either(item, "value", "Value"));
	}
}

/* RunInstances tags each kind of what it makes; the request is about the instances. */
static void add_specifications(struct event_reading *r, struct tags *t)
{
	bool launch = EVENT_IS(r->action, "RunInstances");

	VAL_EACH(s, val_path(r->params, "tagSpecificationSet", "items", NULL))
	{
		if (!launch || str_eqz(val_get_str(s, "resourceType"), "instance"))
			add_tags(t, val_get(s, "tags"));
	}
}

/*
 * The tags that the request carries. S3's bucket tagging has no such keys:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
 */
static void read_tags(struct event_reading *r)
{
	struct tags *t = NULL;
	bool specified = false;

	if (EVENT_IS(r->service, "s3"))
		return;
	VAL_EACH(v, r->params)
	{
		struct str n = v->name;
		bool specifies = EVENT_IS(n, "tagSpecificationSet");

		if (!specifies && !EVENT_IS(n, "tags") && !EVENT_IS(n, "Tags") &&
		    !EVENT_IS(n, "tagSet") && !EVENT_IS(n, "tagList") && !EVENT_IS(n, "tagKeys") &&
		    !EVENT_IS(n, "TagKeys"))
			continue;
		if (!t)
			t = arena_new_of(r->arena, struct tags);
		if (!specifies)
			add_tags(t, v);
		else if (!specified)
			add_specifications(r, t);
		specified |= specifies;
	}
	if (!t)
		return;
	r->facts.request_tags = (struct policy_tags){t->tag, t->n};
	if (!t->nkeys)
		return;
	/* All keys in one set, which is given and so not derived. */
	for (size_t i = 0; i < t->n; i++)
		t->key[t->nkeys++] = t->tag[i].key;
	event_key_set(r, STR("aws:TagKeys"), t->key, t->nkeys);
}

void event_read_context(struct event_reading *r)
{
	struct policy_request *req = &r->out->request;
	struct str from = val_str(r->event.address);
	struct str same;
	int64_t ms;

	read_session(r);
	read_network(r, from);
	read_via(r, from);
	read_tags(r);
	event_read_service_keys(r);
	r->facts.user_agent = user_agent(r);
	if (read_time(val_str(r->event.time), &ms, &same)) {
		if (same.n)
			event_key(r, STR("aws:CurrentTime"), same);
		else
			r->facts.now_ms = ms;
	}
	req->principal = r->facts.principal;
	req->keys = r->keys;
	req->nkeys = r->nkeys;
	policy_context(&r->facts, r->arena, req);
}
