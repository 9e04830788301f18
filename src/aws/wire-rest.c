#include <string.h>

#include "aws/wire-private.h"
#include "base/limits.h"
#include "text/json.h"

static bool is_json(const struct api_op *op)
{
	return op->service->protocol == API_REST_JSON;
}

static const struct api_member *payload_of(const struct api_shape *s)
{
	for (size_t i = 0; s && i < s->nmembers; i++)
		if (s->members[i].payload)
			return &s->members[i];
	return NULL;
}

static bool has_body_members(const struct api_shape *s)
{
	for (size_t i = 0; s && i < s->nmembers; i++)
		if (s->members[i].location == API_BODY)
			return true;
	return false;
}

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

/* ---- writing ---- */

static bool put_text(struct wire_put *w, const struct api_member *m, const struct api_shape *s,
		     const struct val *v, const struct wire_path *path, struct str *text)
{
	return wire_text_put(w, s, v, time_of(m), path, text);
}

/* "{Key+}" at the start of t: the member, and whether slashes stay. */
static bool label_at(const struct api_shape *s, struct str t, const struct api_member **m,
		     bool *greedy, size_t *len)
{
	ptrdiff_t end = str_chr(t, '}');

	if (t.n == 0 || t.p[0] != '{' || end < 0)
		return false;
	struct str name = str_sub(t, 1, (size_t)end - 1);
	*greedy = str_endsz(name, "+");
	if (*greedy)
		name = str_sub(name, 0, name.n - 1);
	*len = (size_t)end + 1;
	*m = NULL;
	for (size_t i = 0; s && i < s->nmembers; i++)
		if (s->members[i].location == API_URI && str_eq(s->members[i].wire_name, name))
			*m = &s->members[i];
	return *m != NULL;
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
		if (!label_at(op->input, str_from(template, i), &m, &greedy, &len)) {
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

static bool add(struct wire_put *w, struct header_put *h, const struct wire_path *path,
		struct str name, struct str value)
{
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
	const char *type = is_json(op) ? "application/json" : "application/xml";
	struct str text;
	bool ok;

	if (m->shape->type == API_BLOB || m->shape->type == API_STRING) {
		if (v->kind != (m->shape->type == API_BLOB ? VAL_BLOB : VAL_STRING))
			return wire_put_kind(w, m->shape, v, &here);
		text = v->u.s;
		type = m->shape->type == API_BLOB ? "application/octet-stream" : "text/plain";
		ok = buf_adds(w->b, text) || true;
	} else if (is_json(op)) {
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
	const struct api_member *payload = payload_of(s);

	if (payload) {
		const struct val *p = val_gets(v, payload->name);
		return !p || p->kind == VAL_NULL || put_payload(op, payload, p, w, h);
	}
	/* SDKs send {} where JSON could stand, but no empty XML document. */
	if (!has_body_members(s) || (!is_json(op) && !has_body(s, v)))
		return true;
	if (!has_header(h, "content-type") &&
	    !add(w, h, &root, STR("Content-Type"),
		 is_json(op) ? STR("application/json") : STR("application/xml")))
		return false;
	if (is_json(op))
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

/* ---- reading ---- */

static bool same_prefix(struct str name, struct str prefix)
{
	return name.n >= prefix.n && str_eq_nocase(str_sub(name, 0, prefix.n), prefix);
}

static bool get_list_text(struct wire_get *g, const struct api_member *m, struct str text,
			  struct val *list, const struct wire_path *path)
{
	struct str field;

	/* HTTP's dates hold a comma: such a list cannot be taken apart, and no model has one. */
	while (str_next(&text, ',', &field)) {
		struct val *v = wire_text_get(g->a, m->shape->members[0].shape, str_trim(field));
		if (!v)
			return wire_get_wrong(g, m->shape->members[0].shape, path,
					      "something else");
		(void)val_append(list, v);
	}
	return true;
}

static bool get_header_member(struct wire_get *g, const struct api_member *m,
			      const struct http_header *headers, size_t n, struct val *out,
			      const struct wire_path *path)
{
	const struct api_shape *s = m->shape;

	if (m->location == API_HEADERS) {
		struct val *map = val_object(g->a);
		for (size_t i = 0; i < n; i++)
			if (same_prefix(headers[i].name, m->wire_name))
				(void)val_set(map, str_from(headers[i].name, m->wire_name.n),
					      val_string(g->a, headers[i].value));
		if (map->count)
			(void)val_set(out, m->name, map);
		return true;
	}
	for (size_t i = 0; i < n; i++) {
		struct val *v;
		if (!str_eq_nocase(headers[i].name, m->wire_name))
			continue;
		if (s->type == API_LIST) {
			v = val_list(g->a);
			if (!get_list_text(g, m, headers[i].value, v, path))
				return false;
		} else {
			v = wire_text_get(g->a, s, headers[i].value);
			if (!v)
				return wire_get_wrong(g, s, path, "something else");
		}
		(void)val_set(out, m->name, v);
		return true;
	}
	return true;
}

static bool get_headers(struct wire_get *g, const struct api_shape *s,
			const struct http_header *headers, size_t n, struct val *out)
{
	struct wire_path root = wire_path_name(NULL, STR(""));

	for (size_t i = 0; i < s->nmembers; i++) {
		const struct api_member *m = &s->members[i];
		struct wire_path here = wire_path_name(&root, m->name);
		if ((m->location == API_HEADER || m->location == API_HEADERS) &&
		    !get_header_member(g, m, headers, n, out, &here))
			return false;
	}
	return true;
}

static bool parsed_json(struct wire_get *g, const struct api_shape *s, struct str body,
			struct val **out, const struct wire_path *path)
{
	struct err err = {0};

	if (!json_read(body, JSON_LONE_SURROGATES, g->a, out, &err)) {
		g->why = arena_strz(g->a, err.message);
		return false;
	}
	return wire_json_get(g, s, *out, path);
}

static bool parsed_xml(struct wire_get *g, const struct api_shape *s, struct str body,
		       struct val **out, const struct wire_path *path)
{
	struct err err = {0};
	struct xml *x;

	if (!xml_read(body, g->a, &x, &err)) {
		g->why = arena_strz(g->a, err.message);
		return false;
	}
	return wire_xml_get(g, s, x, out, path);
}

static bool get_body(struct wire_get *g, const struct api_op *op, const struct api_shape *s,
		     struct str body, struct val *out)
{
	struct wire_path root = wire_path_name(NULL, STR(""));
	const struct api_member *payload = payload_of(s);
	const struct api_shape *of = payload ? payload->shape : s;
	struct wire_path here = wire_path_name(&root, payload ? payload->name : STR(""));
	struct val *v = NULL;

	if (payload && (of->type == API_BLOB || of->type == API_STRING)) {
		struct str kept = body.n ? arena_str(g->a, body) : STR("");
		if (body.n)
			(void)val_set(out, payload->name,
				      of->type == API_BLOB ? val_blob(g->a, kept)
							   : val_string(g->a, kept));
		return true;
	}
	if (body.n == 0 || (!payload && !has_body_members(s)))
		return true;
	if (!(is_json(op) ? parsed_json(g, of, body, &v, payload ? &here : &root)
			  : parsed_xml(g, of, body, &v, payload ? &here : &root)))
		return false;
	if (payload) {
		(void)val_set(out, payload->name, v);
		return true;
	}
	struct val *next;
	for (struct val *child = val_first(v); child; child = next) {
		next = child->next;
		(void)val_set(out, child->name, val_copy(g->a, child));
	}
	return true;
}

bool wire_rest_get_answer(const struct api_op *op, const struct http_response *resp,
			  struct wire_get *g, struct val **out)
{
	*out = val_object(g->a);
	if (!op->output)
		return true;
	for (size_t i = 0; i < op->output->nmembers; i++) {
		const struct api_member *m = &op->output->members[i];
		if (m->location == API_STATUS)
			(void)val_set(*out, m->name, val_int(g->a, resp->status));
	}
	return get_headers(g, op->output, resp->headers, resp->nheaders, *out) &&
	       get_body(g, op, op->output, resp->body, *out);
}

/* ---- which operation ---- */

struct matched {
	size_t literal; /* characters of the template that are no labels */
	size_t fixed;   /* of its fixed query parameters */
	size_t missing; /* required query parameters that are not there */
	size_t present; /* and that are */
};

/* One segment, or with a greedy label the rest of the path. */
static bool match_path(const struct api_op *op, struct str template, struct str path,
		       struct arena *a, struct val *out, struct matched *how)
{
	struct str want, have;

	while (str_next(&template, '/', &want)) {
		const struct api_member *m;
		bool greedy;
		size_t len;
		if (str_is_null(path))
			return false;
		bool is_label = label_at(op->input, want, &m, &greedy, &len) && len == want.n;
		if (is_label && greedy) {
			have = path;
			path = STR_NULL;
		} else {
			(void)str_next(&path, '/', &have);
		}
		if (!is_label) {
			if (!str_eq(want, have))
				return false;
			how->literal += want.n + 1;
			continue;
		}
		struct str text;
		if (have.n == 0 || !wire_percent_get(a, have, false, &text))
			return false;
		struct val *v = wire_text_get(a, m->shape, text);
		if (!v)
			return false;
		if (out)
			(void)val_set(out, m->name, v);
	}
	return str_is_null(path) || path.n == 0;
}

static const struct wire_pair *find_pair(const struct wire_pair *p, size_t n, struct str name)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(p[i].name, name))
			return &p[i];
	return NULL;
}

/*
 * Every fixed parameter of the template ("policy", "list-type=2") must be there.
 * Required members only break ties: S3's DeleteObject and AbortMultipartUpload
 * differ in nothing but uploadId, but who leaves out a required one wants to be
 * told so, not that the operation is unknown.
 */
static bool match_query(const struct api_op *op, struct str fixed, const struct wire_pair *p,
			size_t n, struct matched *how)
{
	struct str field, name, value;

	while (str_next(&fixed, '&', &field)) {
		bool has_value = str_cut(field, '=', &name, &value);
		const struct wire_pair *found = find_pair(p, n, name);
		if (!found || (has_value && !str_eq(found->value, value)))
			return false;
		how->fixed++;
	}
	for (size_t i = 0; op->input && i < op->input->nmembers; i++) {
		const struct api_member *m = &op->input->members[i];
		if (m->location != API_QUERYSTRING || !m->required)
			continue;
		if (find_pair(p, n, m->wire_name))
			how->present++;
		else
			how->missing++;
	}
	return true;
}

static bool is_better(const struct matched *a, const struct matched *b)
{
	if (a->literal != b->literal)
		return a->literal > b->literal;
	if (a->fixed != b->fixed)
		return a->fixed > b->fixed;
	if (a->missing != b->missing)
		return a->missing < b->missing;
	return a->present > b->present;
}

static const struct api_op *find_op(const struct api_service *s, struct str method, struct str path,
				    const struct wire_pair *p, size_t n, struct arena *a)
{
	const struct api_op *best = NULL;
	struct matched best_how = {0};

	for (size_t i = 0; i < s->nops; i++) {
		const struct api_op *op = &s->ops[i];
		struct matched how = {0};
		struct str template, fixed;
		if (!str_eq(op->method, method))
			continue;
		(void)str_cut(op->uri, '?', &template, &fixed);
		if (!match_path(op, template, path, a, NULL, &how) ||
		    !match_query(op, fixed, p, n, &how))
			continue;
		if (!best || is_better(&how, &best_how)) {
			best = op;
			best_how = how;
		}
	}
	return best;
}

/* Is this parameter another member's, or part of the operation's own URI? */
static bool is_named(const struct api_op *op, const struct api_member *but, struct str name)
{
	struct str path, fixed, field, fixed_name, value;

	for (size_t k = 0; k < op->input->nmembers; k++) {
		const struct api_member *m = &op->input->members[k];
		if (m != but && m->location == API_QUERYSTRING && str_eq(m->wire_name, name))
			return true;
	}
	(void)str_cut(op->uri, '?', &path, &fixed);
	while (str_next(&fixed, '&', &field)) {
		(void)str_cut(field, '=', &fixed_name, &value);
		if (str_eq(fixed_name, name))
			return true;
	}
	return false;
}

static bool get_query_map(struct wire_get *g, const struct api_op *op, const struct api_member *m,
			  const struct wire_pair *p, size_t n, struct val *out)
{
	const struct api_shape *of = m->shape->members[1].shape;
	struct val *map = val_object(g->a);

	/* A map takes every parameter that no other member names. */
	for (size_t i = 0; i < n; i++) {
		if (is_named(op, m, p[i].name))
			continue;
		struct val *text = val_string(g->a, p[i].value);
		if (of->type != API_LIST) {
			if (!val_gets(map, p[i].name))
				(void)val_set(map, p[i].name, text);
			continue;
		}
		struct val *list = val_gets(map, p[i].name);
		if (!list)
			list = val_set(map, p[i].name, val_list(g->a));
		(void)val_append(list, text);
	}
	if (map->count)
		(void)val_set(out, m->name, map);
	return true;
}

static bool get_query_member(struct wire_get *g, const struct api_member *m,
			     const struct wire_pair *p, size_t n, struct val *out)
{
	struct wire_path root = wire_path_name(NULL, STR(""));
	struct wire_path here = wire_path_name(&root, m->name);
	bool list = m->shape->type == API_LIST;
	const struct api_shape *of = list ? m->shape->members[0].shape : m->shape;
	struct val *all = NULL;

	for (size_t i = 0; i < n; i++) {
		if (!str_eq(p[i].name, m->wire_name))
			continue;
		struct val *v = wire_text_get(g->a, of, p[i].value);
		if (!v)
			return wire_get_wrong(g, of, &here, "something else");
		if (!list) {
			(void)val_set(out, m->name, v);
			return true;
		}
		if (!all)
			all = val_set(out, m->name, val_list(g->a));
		(void)val_append(all, v);
	}
	return true;
}

static bool get_query(struct wire_get *g, const struct api_op *op, const struct wire_pair *p,
		      size_t n, struct val *out)
{
	for (size_t i = 0; i < op->input->nmembers; i++) {
		const struct api_member *m = &op->input->members[i];
		if (m->location != API_QUERYSTRING)
			continue;
		if (!(m->shape->type == API_MAP ? get_query_map(g, op, m, p, n, out)
						: get_query_member(g, m, p, n, out)))
			return false;
	}
	return true;
}

static bool not_understood(const struct api_service *s, struct str why, struct api_fault *fault)
{
	return wire_fault(fault, 400,
			  s->protocol == API_REST_JSON ? "SerializationException" : "MalformedXML",
			  why);
}

bool wire_rest_get(const struct api_service *s, struct str method, struct str path,
		   struct str query, const struct http_header *headers, size_t nheaders,
		   struct str body, struct arena *a, const struct api_op **op, struct val **in,
		   struct api_fault *fault)
{
	struct wire_get g = {.a = a, .server = true};
	struct wire_pair *pairs = NULL;
	size_t n = 0, cap = 0;
	struct str template, fixed;
	struct matched how = {0};

	if (!wire_form_get(a, query, &pairs, &n, &cap))
		return not_understood(s, STR("The query string contains a syntax error."), fault);
	*op = find_op(s, method, path, pairs, n, a);
	if (!*op)
		return wire_fault(fault, 404, "UnknownOperationException", STR_NULL);
	if (!(*op)->input)
		return true;
	*in = val_object(a);
	(void)str_cut((*op)->uri, '?', &template, &fixed);
	if (!match_path(*op, template, path, a, *in, &how) || !get_query(&g, *op, pairs, n, *in) ||
	    !get_headers(&g, (*op)->input, headers, nheaders, *in) ||
	    !get_body(&g, *op, (*op)->input, body, *in))
		return not_understood(s, g.why, fault);
	return true;
}
