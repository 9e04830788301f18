#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/limits.h"
#include "sandbox/trail-private.h"
#include "text/json.h"

#define EVENT_VERSION "1.11"
/* One event's parameters; CloudTrail itself cuts them off at 100 KiB. */
#define PARAMETERS_MAX KIB(100)

/* ---- parameters ---- */

/* "Oct 25, 2024, 9:07:11 PM": how CloudTrail writes the times that answers hold. */
static void put_time(int64_t ms, struct buf *out)
{
	static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
					     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	time_t t = (time_t)(ms / 1000);
	struct tm tm;

	gmtime_r(&t, &tm);
	buf_addf(out, "\"%s %d, %d, %d:%02d:%02d %s\"", months[tm.tm_mon], tm.tm_mday,
		 tm.tm_year + 1900, tm.tm_hour % 12 ? tm.tm_hour % 12 : 12, tm.tm_min, tm.tm_sec,
		 tm.tm_hour < 12 ? "AM" : "PM");
}

/* UserName is userName; a service that begins small (taskPolicyArn's arn) stays as it is. */
static void put_name(struct str name, struct buf *out)
{
	buf_addc(out, '"');
	if (name.n) {
		char c = name.p[0];
		buf_addc(out, c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c);
		buf_adds(out, str_from(name, 1));
	}
	buf_addz(out, "\":");
}

static const struct api_shape *child_shape(const struct api_shape *shape, struct str name)
{
	const struct api_member *m;

	switch (shape->type) {
	case API_STRUCTURE:
		m = api_member(shape, name);
		return m ? m->shape : NULL;
	case API_LIST:
		return shape->members[0].shape;
	case API_MAP:
		return shape->members[1].shape;
	default:
		return NULL;
	}
}

/*
 * Passwords and e-mail addresses are hidden; a new key's secret is left out
 * altogether, as AWS does, while session tokens do stand in real events.
 */
static bool left_out(struct str name)
{
	return str_eqz(name, "SecretAccessKey");
}

static bool hidden(const struct api_shape *shape, struct str name)
{
	return shape->sensitive && !str_eqz(name, "SessionToken");
}

static void put_value(const struct api_shape *shape, struct str name, const struct val *v,
		      struct buf *out);

static void put_children(const struct api_shape *shape, const struct val *v, struct buf *out)
{
	bool object = v->kind == VAL_OBJECT, first = true;

	buf_addc(out, object ? '{' : '[');
	VAL_EACH(m, v)
	{
		const struct api_shape *s = child_shape(shape, m->name);
		if (!s || (object && left_out(m->name)))
			continue;
		if (!first)
			buf_addc(out, ',');
		first = false;
		if (object && shape->type == API_MAP) {
			json_write_string(m->name, out);
			buf_addc(out, ':');
		} else if (object) {
			put_name(m->name, out);
		}
		put_value(s, m->name, m, out);
	}
	buf_addc(out, object ? '}' : ']');
}

static void put_value(const struct api_shape *shape, struct str name, const struct val *v,
		      struct buf *out)
{
	if (hidden(shape, name))
		buf_addz(out, "\"HIDDEN_DUE_TO_SECURITY_REASONS\"");
	else if (v->kind == VAL_TIME)
		put_time(v->u.i, out);
	else if (v->kind == VAL_OBJECT || v->kind == VAL_LIST)
		put_children(shape, v, out);
	else
		json_write(v, JSON_COMPACT, out);
}

void trail_parameters(const struct api_shape *shape, const struct val *v, struct buf *out)
{
	if (shape && val_count(v))
		put_children(shape, v, out);
}

/* ---- making a record ---- */

struct making {
	struct str text[TEXT_COUNT];
	struct buf request, response;
};

static void take_identity(const struct caller *who, struct making *m, struct trail_record *rec)
{
	const struct world_session *s = who->session;

	rec->type = (uint8_t)who->type;
	m->text[TEXT_PRINCIPAL_ID] = who->user_id;
	m->text[TEXT_ARN] = who->arn;
	m->text[TEXT_ACCOUNT] = who->account->id;
	m->text[TEXT_KEY] = who->access_key_id;
	if (who->type == PRINCIPAL_USER)
		m->text[TEXT_USER] = who->user->name;
	if (!s)
		return;
	rec->session = (uint8_t)(s->kind + 1);
	rec->session_ms = s->issued_ms;
	rec->mfa = s->mfa;
	m->text[TEXT_SOURCE_IDENTITY] = s->source_identity;
	if (who->role) {
		m->text[TEXT_USER] = who->role->name;
		m->text[TEXT_ISSUER_ID] = who->role->id;
		m->text[TEXT_ISSUER_ARN] = who->role->arn;
	} else if (who->type == PRINCIPAL_FEDERATED_USER && who->user) {
		m->text[TEXT_USER] = who->user->name;
		m->text[TEXT_ISSUER_ID] = who->user->id;
		m->text[TEXT_ISSUER_ARN] = who->user->arn;
	}
}

/* "responseElements: … null for actions that do not change state" (new credentials do count). */
static void take_parameters(const struct sandbox_request *r, bool ok, struct making *m)
{
	const struct api_op *op = r->op;

	if (r->event_request)
		json_write(r->event_request, JSON_COMPACT, &m->request);
	else
		trail_parameters(op->input, r->in, &m->request);
	if (ok && r->event_response)
		json_write(r->event_response, JSON_COMPACT, &m->response);
	else if (ok && (!op->read_only || (r->serving && r->serving->write)))
		trail_parameters(op->output, r->out, &m->response);
	if (m->request.n)
		m->text[TEXT_REQUEST] = buf_str(&m->request);
	if (m->response.n)
		m->text[TEXT_RESPONSE] = buf_str(&m->response);
	if (buf_overflowed(&m->request))
		m->text[TEXT_REQUEST] = STR("{\"requestParameters\":\"too large\"}");
	if (buf_overflowed(&m->response))
		m->text[TEXT_RESPONSE] = STR("{\"responseElements\":\"too large\"}");
}

static struct trail_record *pack(const struct trail_record *head, const struct making *m)
{
	size_t n = 0;

	for (size_t i = 0; i < TEXT_COUNT; i++)
		n += m->text[i].n;
	struct trail_record *rec = xmalloc(sizeof(*rec) + n);
	*rec = *head;
	rec->bytes = sizeof(*rec) + n;
	n = 0;
	for (size_t i = 0; i < TEXT_COUNT; i++) {
		struct str s = m->text[i];
		rec->text[i].at = (uint32_t)n;
		rec->text[i].n = str_is_null(s) ? UINT32_MAX : (uint32_t)s.n;
		if (s.n)
			memcpy(rec->bytes_ + n, s.p, s.n);
		n += s.n;
	}
	return rec;
}

/* An event of a json service, too, has the errorCode "AccessDenied" (events of Organizations). */
static struct str event_code(struct str code)
{
	return str_eqz(code, "AccessDeniedException") ? STR("AccessDenied") : code;
}

struct trail_record *trail_record_new(const struct sandbox_request *r, bool ok)
{
	struct trail_record head = {.time_ms = r->now_ms};
	struct making m = {0};
	const struct caller *who = r->who;

	buf_init(&m.request, PARAMETERS_MAX);
	buf_init(&m.response, PARAMETERS_MAX);
	/* CloudTrail calls all of STS read-only, credentials or not. */
	head.read_only = r->op->read_only || str_eqz(r->op->service->id, "sts");
	m.text[TEXT_SERVICE] = r->op->service->event_source;
	m.text[TEXT_OP] = r->op->name;
	m.text[TEXT_REGION] = r->op->service->global ? STR("us-east-1") : r->region;
	m.text[TEXT_IP] = r->source_ip;
	m.text[TEXT_AGENT] = r->user_agent;
	m.text[TEXT_REQUEST_ID] = r->request_id;
	m.text[TEXT_RECIPIENT] = who->account->id;
	if (ok && !str_eq(r->event_also, who->account->id))
		m.text[TEXT_ALSO] = r->event_also;
	if (r->world->org && who->account->joined)
		m.text[TEXT_ORG_ID] = r->world->org->id;
	if (!ok) {
		m.text[TEXT_CODE] = event_code(r->fault.code);
		m.text[TEXT_MESSAGE] =
			str_is_null(r->event_error) ? r->fault.message : r->event_error;
	}
	take_identity(who, &m, &head);
	take_parameters(r, ok, &m);
	struct trail_record *rec = pack(&head, &m);
	buf_release(&m.request);
	buf_release(&m.response);
	return rec;
}

struct str trail_record_text(const struct trail_record *rec, enum trail_text which)
{
	if (rec->text[which].n == UINT32_MAX)
		return STR_NULL;
	return str_ofn(rec->bytes_ + rec->text[which].at, rec->text[which].n);
}

/* ---- its JSON ---- */

static void put(const struct trail_record *rec, enum trail_text which, const char *name,
		struct buf *out)
{
	struct str s = trail_record_text(rec, which);

	if (str_is_null(s))
		return;
	buf_addf(out, "\"%s\":", name);
	json_write_string(s, out);
	buf_addc(out, ',');
}

static void drop_comma(struct buf *out)
{
	if (out->n && out->p[out->n - 1] == ',')
		buf_truncate(out, out->n - 1);
}

/*
 * A root session's context has assumedRoot beside the attributes ("assumedRoot":
 * "true" is seen on the member's events).
 */
static void put_session_context(const struct trail_record *rec, struct buf *out)
{
	char iso[TIME_ISO_SIZE];

	buf_addz(out, "\"sessionContext\":{");
	if (!str_is_null(trail_record_text(rec, TEXT_ISSUER_ID))) {
		buf_addf(out, "\"sessionIssuer\":{\"type\":\"%s\",",
			 rec->type == PRINCIPAL_ASSUMED_ROLE ? "Role" : "IAMUser");
		put(rec, TEXT_ISSUER_ID, "principalId", out);
		put(rec, TEXT_ISSUER_ARN, "arn", out);
		put(rec, TEXT_ACCOUNT, "accountId", out);
		put(rec, TEXT_USER, "userName", out);
		drop_comma(out);
		buf_addz(out, "},");
	}
	put(rec, TEXT_SOURCE_IDENTITY, "sourceIdentity", out);
	buf_addf(out, "\"attributes\":{\"creationDate\":\"%s\",\"mfaAuthenticated\":\"%s\"}",
		 time_iso(rec->session_ms, false, iso), rec->mfa ? "true" : "false");
	if (rec->session == SESSION_ROOT + 1)
		buf_addz(out, ",\"assumedRoot\":\"true\"");
	buf_addc(out, '}');
}

static const char *type_name(const struct trail_record *rec)
{
	switch ((enum principal_type)rec->type) {
	case PRINCIPAL_ROOT:
		return "Root";
	case PRINCIPAL_ASSUMED_ROLE:
		return "AssumedRole";
	case PRINCIPAL_FEDERATED_USER:
		return "FederatedUser";
	default:
		return "IAMUser";
	}
}

static void put_identity(const struct trail_record *rec, struct buf *out)
{
	buf_addf(out, "\"userIdentity\":{\"type\":\"%s\",", type_name(rec));
	put(rec, TEXT_PRINCIPAL_ID, "principalId", out);
	put(rec, TEXT_ARN, "arn", out);
	put(rec, TEXT_ACCOUNT, "accountId", out);
	put(rec, TEXT_KEY, "accessKeyId", out);
	if (rec->type == PRINCIPAL_USER)
		put(rec, TEXT_USER, "userName", out);
	if (rec->session)
		put_session_context(rec, out);
	drop_comma(out);
	buf_addz(out, "},");
}

/* The same event has the same id whenever it is written. */
static void put_event_id(const struct trail_record *rec, const char *name, const char *salt,
			 struct buf *out)
{
	const struct str pieces[] = {str_of(salt), trail_record_text(rec, TEXT_REQUEST_ID)};
	unsigned char raw[SHA256_SIZE];
	char hex[33];

	sha256_pieces(pieces, ARRAY_SIZE(pieces), raw);
	raw[6] = (unsigned char)((raw[6] & 0x0F) | 0x40);
	raw[8] = (unsigned char)((raw[8] & 0x3F) | 0x80);
	hex_put(raw, 16, hex);
	buf_addf(out, "\"%s\":\"%.8s-%.4s-%.4s-%.4s-%.12s\",", name, hex, hex + 8, hex + 12,
		 hex + 16, hex + 20);
}

static void put_json_or_null(const struct trail_record *rec, enum trail_text which,
			     const char *name, struct buf *out)
{
	struct str s = trail_record_text(rec, which);

	buf_addf(out, "\"%s\":", name);
	buf_adds(out, str_is_null(s) ? STR("null") : s);
	buf_addc(out, ',');
}

void trail_record_json(const struct trail_record *rec, enum trail_text recipient, struct buf *out)
{
	char iso[TIME_ISO_SIZE];
	bool shared = !str_is_null(trail_record_text(rec, TEXT_ALSO));

	buf_addz(out, "{\"eventVersion\":\"" EVENT_VERSION "\",");
	put_identity(rec, out);
	buf_addf(out, "\"eventTime\":\"%s\",", time_iso(rec->time_ms, false, iso));
	put(rec, TEXT_SERVICE, "eventSource", out);
	put(rec, TEXT_OP, "eventName", out);
	put(rec, TEXT_REGION, "awsRegion", out);
	put(rec, TEXT_IP, "sourceIPAddress", out);
	put(rec, TEXT_AGENT, "userAgent", out);
	put(rec, TEXT_CODE, "errorCode", out);
	put(rec, TEXT_MESSAGE, "errorMessage", out);
	put_json_or_null(rec, TEXT_REQUEST, "requestParameters", out);
	put_json_or_null(rec, TEXT_RESPONSE, "responseElements", out);
	put(rec, TEXT_REQUEST_ID, "requestID", out);
	put_event_id(rec, "eventID", recipient == TEXT_ALSO ? "also" : "event", out);
	buf_addf(out, "\"readOnly\":%s,", rec->read_only ? "true" : "false");
	buf_addz(out, "\"eventType\":\"AwsApiCall\",\"managementEvent\":true,");
	put(rec, recipient, "recipientAccountId", out);
	if (shared)
		put_event_id(rec, "sharedEventID", "shared", out);
	buf_addz(out, "\"eventCategory\":\"Management\"}");
}
