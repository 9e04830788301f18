#include "aws/wire.h"

#include <string.h>

#include "aws/wire-private.h"
#include "base/limits.h"
#include "text/json.h"

struct str wire_taken(struct wire_put *w)
{
	struct str s = arena_str(w->a, buf_str(w->b));

	buf_release(w->b);
	return s;
}

bool wire_add_header(struct http_header *headers, size_t *n, size_t max, struct str name,
		     struct str value)
{
	if (*n == max)
		return false;
	headers[(*n)++] = (struct http_header){.name = name, .value = value};
	return true;
}

struct str wire_header(const struct http_header *headers, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq_nocase(headers[i].name, str_of(name)))
			return headers[i].value;
	return STR_NULL;
}

bool wire_fault(struct api_fault *fault, int status, const char *code, struct str message)
{
	*fault = (struct api_fault){.status = status, .code = str_of(code), .message = message};
	return false;
}

bool wire_get_wrong(struct wire_get *g, const struct api_shape *s, const struct wire_path *path,
		    const char *came)
{
	struct str where = wire_path_text(path, g->a);

	g->why = arena_printf(g->a, "'%.*s' must be %s, not %s", STR_ARG(where), wire_type_name(s),
			      came);
	return false;
}

/* ---- client ---- */

static void header(struct wire_request *out, struct str name, struct str value)
{
	if (!wire_add_header(out->headers, &out->nheaders, ARRAY_SIZE(out->headers), name, value))
		BUG("too many headers");
}

static bool put_json_request(const struct api_op *op, const struct val *in, struct wire_put *w,
			     struct wire_request *out)
{
	const struct api_service *s = op->service;
	struct wire_path root = wire_path_name(NULL, STR(""));

	header(out, STR("Content-Type"),
	       arena_printf(w->a, "application/x-amz-json-%.*s", STR_ARG(s->json_version)));
	header(out, STR("X-Amz-Target"),
	       arena_printf(w->a, "%.*s.%.*s", STR_ARG(s->target_prefix), STR_ARG(op->name)));
	if (!in || !op->input) {
		if (val_count(in))
			return wire_put_wrong(w, &root, "cannot be sent: the operation takes none");
		return buf_addz(w->b, "{}") || true;
	}
	return wire_json_put(w, op->input, in, false, &root);
}

bool wire_put_request(const struct api_op *op, const struct val *in, struct arena *a,
		      struct wire_request *out, struct err *err)
{
	struct buf b = BUF_INIT(LIMIT_OUTPUT);
	struct wire_put w = {.b = &b, .a = a, .err = err, .what = op->name};
	bool ok;

	*out = (struct wire_request){.method = STR("POST"), .path = STR("/"), .query = STR("")};
	switch (op->service->protocol) {
	case API_QUERY:
		header(out, STR("Content-Type"),
		       STR("application/x-www-form-urlencoded; charset=utf-8"));
		ok = wire_query_put(op, in, &w);
		break;
	case API_JSON:
		ok = put_json_request(op, in, &w, out);
		break;
	default:
		ok = wire_rest_put(op, in, &w, out);
	}
	if (ok && buf_overflowed(&b))
		ok = err_set(err, ERR_LIMIT, "the request is larger than %zu bytes", LIMIT_OUTPUT);
	if (ok)
		out->body = wire_taken(&w);
	buf_release(&b);
	return ok;
}

static bool get_query_answer(const struct api_op *op, const struct http_response *resp,
			     struct wire_get *g, struct val **out)
{
	struct wire_path root = wire_path_name(NULL, STR(""));
	struct err err = {0};
	struct xml *x;

	if (!xml_read(resp->body, g->a, &x, &err)) {
		g->why = arena_strz(g->a, err.message);
		return false;
	}
	/* Servers other than AWS's name the root as they like; its end must be right. */
	if (!str_endsz(x->name, "Response") || str_eqz(x->name, "ErrorResponse")) {
		g->why = arena_printf(g->a, "the document is a <%.*s>",
				      STR_ARG(str_sub(x->name, 0, 64)));
		return false;
	}
	if (!op->output)
		return true;
	const struct xml *result = x;
	if (!str_is_null(op->result_wrapper)) {
		result = xml_childs(x, op->result_wrapper);
		if (!result) {
			g->why = arena_printf(g->a, "<%.*s> is missing",
					      STR_ARG(op->result_wrapper));
			return false;
		}
	}
	return wire_xml_get(g, op->output, result, out, &root);
}

static bool get_json_answer(const struct api_op *op, const struct http_response *resp,
			    struct wire_get *g, struct val **out)
{
	struct wire_path root = wire_path_name(NULL, STR(""));
	struct err err = {0};
	struct val *v;

	if (!op->output && resp->body.n == 0)
		return true;
	if (!json_read(resp->body, JSON_LONE_SURROGATES, g->a, &v, &err)) {
		g->why = arena_printf(g->a, "%s (line %u, column %u)", err.message, err.line,
				      err.col);
		return false;
	}
	if (!op->output)
		return true;
	*out = v;
	return wire_json_get(g, op->output, v, &root);
}

bool wire_get_response(const struct api_op *op, const struct http_response *resp, struct arena *a,
		       struct val **out, struct err *err)
{
	struct wire_get g = {.a = a};
	bool ok;

	*out = NULL;
	if (resp->status < 200 || resp->status > 299)
		return wire_error_get(op, resp, a, err);
	switch (op->service->protocol) {
	case API_QUERY:
		ok = get_query_answer(op, resp, &g, out);
		break;
	case API_JSON:
		ok = get_json_answer(op, resp, &g, out);
		break;
	default:
		ok = wire_rest_get_answer(op, resp, &g, out);
	}
	if (!ok) {
		*out = NULL;
		return wire_garbage(op, resp, arena_dupz(a, g.why), err);
	}
	if (!*out)
		*out = val_object(a);
	return true;
}

/* ---- server ---- */

static bool get_json_request(const struct api_service *s, const struct http_header *headers,
			     size_t nheaders, struct str body, struct arena *a,
			     const struct api_op **op, struct val **in, struct api_fault *fault)
{
	struct wire_get g = {.a = a, .server = true};
	struct wire_path root = wire_path_name(NULL, STR(""));
	struct str target = wire_header(headers, nheaders, "x-amz-target");
	struct err err = {0};
	struct val *v;

	ptrdiff_t dot = str_rchr(target, '.');
	*op = dot > 0 && str_eq(str_sub(target, 0, (size_t)dot), s->target_prefix)
		      ? api_op(s, str_from(target, (size_t)dot + 1))
		      : NULL;
	if (!*op)
		return wire_fault(fault, 400, "UnknownOperationException", STR_NULL);
	if (str_trim(body).n == 0)
		return true;
	if (!json_read(body, JSON_LONE_SURROGATES, a, &v, &err))
		return wire_fault(fault, 400, "SerializationException", STR_NULL);
	if (!val_is(v, VAL_OBJECT))
		return wire_fault(fault, 400, "SerializationException",
				  STR("Start of structure or map expected"));
	if (!(*op)->input)
		return true;
	if (!wire_json_get(&g, (*op)->input, v, &root))
		return wire_fault(fault, 400, "SerializationException", g.why);
	*in = v;
	return true;
}

bool wire_get_request(const struct api_service *service, struct str method, struct str path,
		      struct str query, const struct http_header *headers, size_t nheaders,
		      struct str body, struct arena *a, const struct api_op **op, struct val **in,
		      struct api_fault *fault)
{
	bool ok;

	*op = NULL;
	*in = NULL;
	*fault = (struct api_fault){0};
	switch (service->protocol) {
	case API_QUERY:
		ok = wire_query_get(service, query, body, a, op, in, fault);
		break;
	case API_JSON:
		ok = get_json_request(service, headers, nheaders, body, a, op, in, fault);
		break;
	default:
		ok = wire_rest_get(service, method, path, query, headers, nheaders, body, a, op, in,
				   fault);
	}
	if (ok && !*in)
		*in = val_object(a);
	return ok;
}

static void put_query_answer(const struct api_op *op, const struct val *out, struct str request_id,
			     struct wire_put *w)
{
	struct wire_path root = wire_path_name(NULL, STR(""));
	struct buf *b = w->b;

	(void)buf_addf(b, "<%.*sResponse xmlns=\"%.*s\">", STR_ARG(op->name),
		       STR_ARG(op->service->xml_namespace));
	if (!str_is_null(op->result_wrapper))
		(void)xml_open(op->result_wrapper, b);
	if (op->output && out && !wire_xml_put(w, op->output, out, false, &root))
		BUG("an answer of %.*s", STR_ARG(op->name));
	if (!str_is_null(op->result_wrapper))
		(void)xml_close(op->result_wrapper, b);
	(void)buf_addz(b, "<ResponseMetadata><RequestId>");
	(void)xml_write_text(request_id, b);
	(void)buf_addf(b, "</RequestId></ResponseMetadata></%.*sResponse>", STR_ARG(op->name));
}

static void answer_header(struct wire_response *resp, struct str name, struct str value)
{
	if (!wire_add_header(resp->headers, &resp->nheaders, ARRAY_SIZE(resp->headers), name,
			     value))
		BUG("too many headers");
}

void wire_put_response(const struct api_op *op, const struct val *out, struct str request_id,
		       struct arena *a, struct wire_response *resp)
{
	struct buf b = BUF_INIT(LIMIT_OUTPUT);
	struct wire_put w = {.b = &b, .a = a, .what = op->name};
	struct wire_path root = wire_path_name(NULL, STR(""));
	struct str version = op->service->json_version;

	*resp = (struct wire_response){.status = op->status ? op->status : 200};
	answer_header(resp, STR("x-amzn-RequestId"), request_id);
	switch (op->service->protocol) {
	case API_QUERY:
		answer_header(resp, STR("Content-Type"), STR("text/xml"));
		put_query_answer(op, out, request_id, &w);
		break;
	case API_JSON:
		answer_header(resp, STR("Content-Type"),
			      str_eqz(version, "1.1") ? STR("application/x-amz-json-1.1")
						      : STR("application/x-amz-json-1.0"));
		/* An operation without output answers with nothing at all. */
		if (op->output && out && !wire_json_put(&w, op->output, out, false, &root))
			BUG("an answer of %.*s", STR_ARG(op->name));
		if (op->output && !out)
			(void)buf_addz(&b, "{}");
		break;
	default:
		if (!wire_rest_put_answer(op, out, &w, resp))
			BUG("an answer of %.*s", STR_ARG(op->name));
	}
	if (buf_overflowed(&b))
		BUG("an answer of %.*s past %zu bytes", STR_ARG(op->name), LIMIT_OUTPUT);
	resp->body = wire_taken(&w);
}
