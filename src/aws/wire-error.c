#include <string.h>

#include "aws/wire-private.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "text/json.h"

/* ---- reading, for the client ---- */

struct said {
	struct str code, message, request_id;
};

/* "com.amazon.coral.service#NoSuchEntity:http://…" to "NoSuchEntity". */
static struct str bare_code(struct str code)
{
	ptrdiff_t colon = str_chr(code, ':');
	if (colon >= 0)
		code = str_sub(code, 0, (size_t)colon);
	ptrdiff_t hash = str_rchr(code, '#');
	return str_from(code, (size_t)(hash + 1));
}

static struct str first_of(const struct val *v, const char *const *names)
{
	for (; *names; names++) {
		struct val *found = val_get(v, *names);
		if (val_is(found, VAL_STRING))
			return found->u.s;
	}
	return STR_NULL;
}

static bool json_said(const struct http_response *resp, struct arena *a, struct said *s)
{
	struct str header = http_response_header(resp, "x-amzn-errortype");
	struct val *v = NULL;
	struct err ignored = {0};

	if (resp->body.n && !json_read(resp->body, JSON_LONE_SURROGATES, a, &v, &ignored))
		v = NULL;
	if (!val_is(v, VAL_OBJECT) && str_is_null(header))
		return false;
	s->code = bare_code(first_of(v, (const char *const[]){"__type", "code", "Code", NULL}));
	if (!str_is_empty(header))
		s->code = bare_code(header);
	s->message = first_of(v, (const char *const[]){"message", "Message", "errorMessage", NULL});
	return !str_is_empty(s->code);
}

static bool xml_said(const struct http_response *resp, struct arena *a, struct said *s)
{
	struct xml *root;
	struct err ignored = {0};

	if (!xml_read(resp->body, a, &root, &ignored))
		return false;
	/* <ErrorResponse><Error>, <Response><Errors><Error> (EC2), or <Error> itself (S3). */
	const struct xml *error = str_eqz(root->name, "Error") ? root : xml_child(root, "Error");
	if (!error)
		error = xml_child(xml_child(root, "Errors"), "Error");
	s->code = xml_child_text(error, "Code");
	s->message = xml_child_text(error, "Message");
	static const char *const ids[] = {"RequestId", "RequestID", "requestId"};
	for (size_t i = 0; i < ARRAY_SIZE(ids) && str_is_null(s->request_id); i++) {
		s->request_id = xml_child_text(root, ids[i]);
		if (str_is_null(s->request_id))
			s->request_id = xml_child_text(error, ids[i]);
	}
	return !str_is_empty(s->code);
}

struct str wire_request_id(const struct http_response *resp)
{
	static const char *const names[] = {"x-amzn-requestid", "x-amz-request-id", "x-amz-id-2"};
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct str id = http_response_header(resp, names[i]);
		if (!str_is_empty(id))
			return id;
	}
	return STR_NULL;
}

/* Cut at a character, control characters blanked: what came may be anybody's. */
static void clean(struct str s, char *out, size_t size)
{
	size_t n = s.n < size - 1 ? s.n : size - 1;

	while (n < s.n && n > 0 && ((unsigned char)s.p[n] & 0xC0) == 0x80)
		n--;
	for (size_t i = 0; i < n; i++)
		out[i] = (unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7F ? ' ' : s.p[i];
	out[n] = '\0';
}

static const char *looks_like(const struct http_response *resp)
{
	struct str body = str_trim(resp->body);
	struct str type = http_response_header(resp, "content-type");

	if (body.n == 0)
		return "nothing";
	if (str_eq_nocase(str_sub(body, 0, 14), STR("<!doctype html")) ||
	    str_eq_nocase(str_sub(body, 0, 5), STR("<html")) || str_startsz(type, "text/html"))
		return "HTML";
	if (body.p[0] == '<')
		return "XML";
	if (body.p[0] == '{' || body.p[0] == '[')
		return "JSON";
	return utf8_valid(body) ? "text" : "binary data";
}

static const char *wanted(const struct api_op *op)
{
	switch (op->service->protocol) {
	case API_QUERY:
	case API_REST_XML:
		return "XML";
	default:
		return "JSON";
	}
}

bool wire_garbage(const struct api_op *op, const struct http_response *resp, const char *why,
		  struct err *err)
{
	const char *came = looks_like(resp), *want = wanted(op);
	bool page = strcmp(came, "HTML") == 0;
	char begin[96], detail[256];

	clean(str_of(why ? why : ""), detail, sizeof(detail));
	/* The beginning tells a person whose page this is. It is never shown of XML and JSON:
	 * a broken answer of AssumeRoot holds a secret key. */
	clean(page || strcmp(came, "text") == 0 ? str_trim(resp->body) : STR(""), begin,
	      sizeof(begin));
	if (strcmp(came, want) == 0)
		err_set(err, ERR_PROTOCOL, "%.*s answered HTTP %d with %s that cannot be used%s%s",
			STR_ARG(op->service->id), resp->status, came, detail[0] ? ": " : "",
			detail);
	else
		err_set(err, ERR_PROTOCOL, "%.*s answered HTTP %d with %s instead of %s%s%s%s%s",
			STR_ARG(op->service->id), resp->status, came, want,
			page ? ", is a proxy in between?" : "", begin[0] ? " (" : "", begin,
			begin[0] ? ")" : "");
	err->http_status = resp->status;
	err->maybe_done = true;
	clean(wire_request_id(resp), err->request_id, sizeof(err->request_id));
	return false;
}

static bool json_protocol(const struct api_op *op)
{
	return op->service->protocol == API_JSON || op->service->protocol == API_REST_JSON;
}

bool wire_error_get(const struct api_op *op, const struct http_response *resp, struct arena *a,
		    struct err *err)
{
	struct said s = {0};
	bool understood = json_protocol(op) ? json_said(resp, a, &s) || xml_said(resp, a, &s)
					    : xml_said(resp, a, &s);
	char code[sizeof(err->aws_code)];

	if (!understood && resp->status < 500 && resp->status != 429)
		return wire_garbage(op, resp, NULL, err);
	if (understood) {
		/* The wire's code, also where an answer gives the shape's name. */
		const struct api_shape *known = api_error(op, s.code);
		clean(known ? known->error_code : s.code, code, sizeof(code));
		char *message = arena_alloc(a, s.message.n + 1);
		clean(s.message, message, s.message.n + 1);
		err_set(err, ERR_AWS, "%s%s%s", code, message[0] ? ": " : "", message);
	} else {
		const char *came = looks_like(resp);
		err_set(err, ERR_AWS, "HTTP status %d, with %s", resp->status, came);
		clean(arena_printf(a, "HTTP%d", resp->status), code, sizeof(code));
	}
	memcpy(err->aws_code, code, sizeof(code));
	err->http_status = resp->status;
	struct str id = wire_request_id(resp);
	clean(str_is_null(id) ? s.request_id : id, err->request_id, sizeof(err->request_id));
	return false;
}

/* ---- writing, for the server ---- */

static struct str fault_code(const struct api_op *op, const struct api_fault *fault, int *status)
{
	const struct api_shape *known = op ? api_error(op, fault->code) : NULL;

	*status = fault->status;
	if (*status == 0)
		*status = known && known->error_status ? known->error_status : 400;
	return known ? known->error_code : fault->code;
}

static void put_json_fault(const struct api_fault *fault, struct str code, bool rest,
			   struct wire_put *w)
{
	struct val *body = val_object(w->a);

	if (!rest)
		(void)val_setz(body, "__type", val_string(w->a, code));
	if (!str_is_null(fault->message))
		(void)val_setz(body, rest ? "message" : "Message",
			       val_string(w->a, fault->message));
	VAL_EACH(m, fault->members)
	(void)val_set(body, m->name, val_copy(w->a, m));
	(void)json_write(body, JSON_COMPACT, w->b);
}

static void put_element(struct wire_put *w, struct str name, struct str text)
{
	(void)xml_open(name, w->b);
	(void)xml_write_text(text, w->b);
	(void)xml_close(name, w->b);
}

static void put_xml_fault(const struct api_service *s, const struct api_fault *fault,
			  struct str code, int status, struct str request_id, struct wire_put *w)
{
	/* S3 alone sends a bare <Error>, with the id inside. */
	bool bare = str_eqz(s->id, "s3");

	if (bare) {
		(void)buf_addz(w->b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error>");
	} else {
		(void)buf_addz(w->b, "<ErrorResponse");
		if (s->xml_namespace.n)
			(void)buf_addf(w->b, " xmlns=\"%.*s\"", STR_ARG(s->xml_namespace));
		(void)buf_addz(w->b, "><Error>");
		put_element(w, STR("Type"), status < 500 ? STR("Sender") : STR("Receiver"));
	}
	put_element(w, STR("Code"), code);
	if (!str_is_null(fault->message))
		put_element(w, STR("Message"), fault->message);
	VAL_EACH(m, fault->members)
	if (m->kind == VAL_STRING)
		put_element(w, m->name, m->u.s);
	if (!bare)
		(void)buf_addz(w->b, "</Error>");
	put_element(w, STR("RequestId"), request_id);
	(void)buf_addz(w->b, bare ? "</Error>" : "</ErrorResponse>");
}

static void add_header(struct wire_response *resp, struct str name, struct str value)
{
	if (!wire_add_header(resp->headers, &resp->nheaders, ARRAY_SIZE(resp->headers), name,
			     value))
		BUG("too many headers in a fault");
}

void wire_put_fault(const struct api_service *service, const struct api_op *op,
		    const struct api_fault *fault, struct str request_id, struct arena *a,
		    struct wire_response *resp)
{
	struct buf b = BUF_INIT(LIMIT_OUTPUT);
	struct wire_put w = {.b = &b, .a = a, .what = op ? op->name : service->id};
	int status;
	struct str code = fault_code(op, fault, &status);

	*resp = (struct wire_response){.status = status};
	add_header(resp, STR("x-amzn-RequestId"), request_id);
	switch (service->protocol) {
	case API_JSON:
		add_header(resp, STR("Content-Type"),
			   arena_printf(a, "application/x-amz-json-%.*s",
					STR_ARG(service->json_version)));
		put_json_fault(fault, code, false, &w);
		break;
	case API_REST_JSON:
		add_header(resp, STR("Content-Type"), STR("application/json"));
		add_header(resp, STR("x-amzn-ErrorType"), code);
		put_json_fault(fault, code, true, &w);
		break;
	default:
		add_header(resp, STR("Content-Type"),
			   service->protocol == API_QUERY ? STR("text/xml")
							  : STR("application/xml"));
		put_xml_fault(service, fault, code, status, request_id, &w);
	}
	resp->body = wire_taken(&w);
}
