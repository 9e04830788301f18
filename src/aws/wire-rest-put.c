#include "aws/wire-rest-private.h"

#include <string.h>

#include "base/limits.h"

/* Does this value hold one of them? */
static bool has_body(const struct api_shape *s, const struct val *v)
{
	VAL_EACH(child, v)
	{
		const struct api_member *m = api_member(s, child->name);
		if (m && m->location == API_BODY && child->kind != VAL_NULL)
			return true;
	}
	return false;
}

static enum api_time time_of(const struct api_member *m)
{
	/* Headers carry HTTP's dates, everything else of a URL ISO 8601. */
	return m->location == API_HEADER ? API_TIME_RFC822 : API_TIME_ISO8601;
}

static bool put_text(struct wire_put *w, const struct api_member *m, const struct api_shape *s,
		     const struct val *v, const struct wire_path *path, struct str *text)
{
	return wire_text_put(w, s, v, time_of(m), path, text);
}

static bool put_path(const struct api_op *op, const struct val *in, struct wire_put *w,
		     struct str template, struct buf *b)
{
	struct wire_path root = wire_path_name(NULL, STR(""));

	for (size_t i = 0; i < template.n;) {
		const struct api_member *m;
		bool greedy;
		size_t len;
		struct str text;
		if (!rest_label_at(op->input, str_from(template, i), &m, &greedy, &len)) {
			(void)buf_addc(b, template.p[i++]);
			continue;
		}
		struct wire_path here = wire_path_name(&root, m->name);
		const struct val *v = val_gets(in, m->name);
		if (!v || v->kind == VAL_NULL)
			return wire_put_wrong(w, &here, "is missing: it is part of the URL");
		if (!put_text(w, m, m->shape, v, &here, &text))
			return false;
		/* An empty one would make another URL, and so another operation, of it. */
		if (text.n == 0)
			return wire_put_wrong(w, &here, "is empty: it is part of the URL");
		wire_percent_put(b, text, greedy);
		i += len;
	}
	return true;
}

static void query_name(struct buf *b, struct str name, struct str value)
{
	if (b->n)
		(void)buf_addc(b, '&');
	wire_percent_put(b, name, false);
	(void)buf_addc(b, '=');
	wire_percent_put(b, value, false);
}

static bool put_query_member(struct wire_put *w, const struct api_member *m, const struct val *v,
			     const struct wire_path *path, struct buf *b)
{
	const struct api_shape *s = m->shape;
	struct str text;
	size_t i = 0;

	if (s->type == API_LIST) {
		if (v->kind != VAL_LIST)
			return wire_put_kind(w, s, v, path);
		VAL_EACH(child, v)
		{
			struct wire_path here = wire_path_index(path, ++i);
			if (!put_text(w, m, s->members[0].shape, child, &here, &text))
				return false;
			query_name(b, m->wire_name, text);
		}
		return true;
	}
	if (s->type == API_MAP) {
		const struct api_shape *of = s->members[1].shape;
		if (v->kind != VAL_OBJECT)
			return wire_put_kind(w, s, v, path);
		VAL_EACH(child, v)
		{
			struct wire_path here = wire_path_name(path, child->name);
			const struct val *each = of->type == API_LIST ? val_first(child) : child;
			for (; each; each = of->type == API_LIST ? each->next : NULL) {
				if (!put_text(w, m,
					      of->type == API_LIST ? of->members[0].shape : of,
					      each, &here, &text))
					return false;
				query_name(b, child->name, text);
			}
		}
		return true;
	}
	if (!put_text(w, m, s, v, path, &text))
		return false;
	query_name(b, m->wire_name, text);
	return true;
}

/* Headers of a request or an answer. */
struct header_put {
	struct http_header *headers;
	size_t *n;
	size_t max;
};

/* RFC 9110: what a header's name is made of. */
static bool is_token(struct str name)
{
	static const char marks[] = "!#$%&'*+-.^_`|~";

	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];
		bool alnum =
			(c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
		if (!alnum && (c == '\0' || !strchr(marks, c)))
			return false;
	}
	return name.n > 0;
}

static bool add(struct wire_put *w, struct header_put *h, const struct wire_path *path,
		struct str name, struct str value)
{
	if (!is_token(name))
		return wire_put_wrong(w, path, "cannot be the name of a header");
	for (size_t i = 0; i < value.n; i++)
		if (value.p[i] == '\r' || value.p[i] == '\n' || value.p[i] == '\0')
			return wire_put_wrong(w, path, "has a line break: it travels as a header");
	if (!wire_add_header(h->headers, h->n, h->max, name, value))
		return wire_put_wrong(w, path, "is one header too many (the most is %zu)", h->max);
	return true;
}

static bool put_header_member(struct wire_put *w, struct header_put *h, const struct api_member *m,
			      const struct val *v, const struct wire_path *path)
{
	const struct api_shape *s = m->shape;
	struct str text;

	if (m->location == API_HEADERS) {
		if (v->kind != VAL_OBJECT)
			return wire_put_kind(w, s, v, path);
		VAL_EACH(child, v)
		{
			struct wire_path here = wire_path_name(path, child->name);
			if (!put_text(w, m, s->members[1].shape, child, &here, &text) ||
			    !add(w, h, &here,
				 arena_printf(w->a, "%.*s%.*s", STR_ARG(m->wire_name),
					      STR_ARG(child->name)),
				 text))
				return false;
		}
		return true;
	}
	if (s->type == API_LIST) {
		struct str all = STR("");
		size_t i = 0;
		if (v->kind != VAL_LIST)
			return wire_put_kind(w, s, v, path);
		VAL_EACH(child, v)
		{
			struct wire_path here = wire_path_index(path, ++i);
			if (!put_text(w, m, s->members[0].shape, child, &here, &text))
				return false;
			all = arena_printf(w->a, "%.*s%s%.*s", STR_ARG(all), i > 1 ? "," : "",
					   STR_ARG(text));
		}
		return add(w, h, path, m->wire_name, all);
	}
	return put_text(w, m, s, v, path, &text) && add(w, h, path, m->wire_name, text);
}

static bool has_header(const struct header_put *h, const char *name)
{
	return !str_is_null(wire_header(h->headers, *h->n, name));
}

static bool put_payload(const struct api_op *op, const struct api_member *m, const struct val *v,
			struct wire_put *w, struct header_put *h)
{
	struct wire_path root = wire_path_name(NULL, STR(""));
	struct wire_path here = wire_path_name(&root, m->name);
	const char *type = rest_is_json(op) ? "application/json" : "application/xml";
	struct str text;
	bool ok;

	if (m->shape->type == API_BLOB || m->shape->type == API_STRING) {
		if (v->kind != (m->shape->type == API_BLOB ? VAL_BLOB : VAL_STRING))
			return wire_put_kind(w, m->shape, v, &here);
		text = v->u.s;
		type = m->shape->type == API_BLOB ? "application/octet-stream" : "text/plain";
		ok = buf_adds(w->b, text) || true;
	} else if (rest_is_json(op)) {
		ok = wire_json_put(w, m->shape, v, false, &here);
	} else {
		ok = wire_xml_put_member(w, m, wire_member_name(m), v, &here);
	}
	return ok && (has_header(h, "content-type") ||
		      add(w, h, &here, STR("Content-Type"), str_of(type)));
}

static bool put_body(const struct api_op *op, const struct api_shape *s, const struct val *v,
		     struct str root_name, struct str root_xmlns, struct wire_put *w,
		     struct header_put *h)
{
	struct wire_path root = wire_path_name(NULL, STR(""));
	const struct api_member *payload = rest_payload(s);

	if (payload) {
		const struct val *p = val_gets(v, payload->name);
		return !p || p->kind == VAL_NULL || put_payload(op, payload, p, w, h);
	}
	/* SDKs send {} where JSON could stand, but no empty XML document. */
	if (!rest_has_body(s) || (!rest_is_json(op) && !has_body(s, v)))
		return true;
	if (!has_header(h, "content-type") &&
	    !add(w, h, &root, STR("Content-Type"),
		 rest_is_json(op) ? STR("application/json") : STR("application/xml")))
		return false;
	if (rest_is_json(op))
		return v ? wire_json_put(w, s, v, true, &root) : buf_addz(w->b, "{}");
	(void)buf_addf(w->b, "<%.*s", STR_ARG(root_name));
	if (!str_is_empty(root_xmlns))
		(void)buf_addf(w->b, " xmlns=\"%.*s\"", STR_ARG(root_xmlns));
	(void)buf_addc(w->b, '>');
	if (v && !wire_xml_put(w, s, v, true, &root))
		return false;
	(void)xml_close(root_name, w->b);
	return true;
}

static bool put_url_and_headers(const struct api_op *op, const struct val *in, struct wire_put *w,
				struct buf *query, struct header_put *h)
{
	struct wire_path root = wire_path_name(NULL, STR(""));

	VAL_EACH(child, in)
	{
		const struct api_member *m =
			op->input ? wire_put_member(w, op->input, child, &root) : NULL;
		struct wire_path here = wire_path_name(&root, child->name);
		if (!m)
			return op->input
				       ? false
				       : wire_put_wrong(w, &here,
							"cannot be sent: the operation takes none");
		if (child->kind == VAL_NULL)
			continue;
		if (m->location == API_QUERYSTRING && !put_query_member(w, m, child, &here, query))
			return false;
		if ((m->location == API_HEADER || m->location == API_HEADERS) &&
		    !put_header_member(w, h, m, child, &here))
			return false;
	}
	return true;
}

bool wire_rest_put(const struct api_op *op, const struct val *in, struct wire_put *w,
		   struct wire_request *out)
{
	struct buf path = BUF_INIT(LIMIT_MESSAGE), query = BUF_INIT(MIB(1));
	struct header_put h = {out->headers, &out->nheaders, ARRAY_SIZE(out->headers)};
	struct wire_path root = wire_path_name(NULL, STR(""));
	struct str path_part, query_part;
	struct str root_name =
		str_is_null(op->input_root) && op->input ? op->input->name : op->input_root;
	bool ok;

	(void)str_cut(op->uri, '?', &path_part, &query_part);
	if (!str_is_null(query_part))
		(void)buf_adds(&query, query_part);
	out->method = op->method;
	ok = put_path(op, in, w, path_part, &path) && put_url_and_headers(op, in, w, &query, &h) &&
	     put_body(op, op->input, in, root_name, op->input_namespace, w, &h);
	if (ok && (buf_overflowed(&path) || buf_overflowed(&query)))
		ok = wire_put_wrong(w, &root, "makes a URL that is too long");
	if (ok) {
		out->path = arena_str(w->a, buf_str(&path));
		out->query = arena_str(w->a, buf_str(&query));
	}
	buf_release(&path);
	buf_release(&query);
	return ok;
}

bool wire_rest_put_answer(const struct api_op *op, const struct val *out, struct wire_put *w,
			  struct wire_response *resp)
{
	struct header_put h = {resp->headers, &resp->nheaders, ARRAY_SIZE(resp->headers)};
	struct wire_path root = wire_path_name(NULL, STR(""));

	if (!op->output)
		return true;
	VAL_EACH(child, out)
	{
		const struct api_member *m = wire_put_member(w, op->output, child, &root);
		struct wire_path here = wire_path_name(&root, child->name);
		if (!m)
			return false;
		if (m->location == API_STATUS && child->kind == VAL_INT)
			resp->status = (int)child->u.i;
		if ((m->location == API_HEADER || m->location == API_HEADERS) &&
		    child->kind != VAL_NULL && !put_header_member(w, &h, m, child, &here))
			return false;
	}
	return put_body(op, op->output, out, op->output->name, op->service->xml_namespace, w, &h);
}
