#include "aws/wire-rest-private.h"

#include "text/json.h"

bool rest_is_json(const struct api_op *op)
{
	return op->service->protocol == API_REST_JSON;
}

const struct api_member *rest_payload(const struct api_shape *s)
{
	for (size_t i = 0; s && i < s->nmembers; i++)
		if (s->members[i].payload)
			return &s->members[i];
	return NULL;
}

bool rest_has_body(const struct api_shape *s)
{
	for (size_t i = 0; s && i < s->nmembers; i++)
		if (s->members[i].location == API_BODY)
			return true;
	return false;
}

/* "{Key+}" at the start of t: the member, and whether slashes stay. */
bool rest_label_at(const struct api_shape *s, struct str t, const struct api_member **m,
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

bool rest_get_headers(struct wire_get *g, const struct api_shape *s,
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

bool rest_get_body(struct wire_get *g, const struct api_op *op, const struct api_shape *s,
		   struct str body, struct val *out)
{
	struct wire_path root = wire_path_name(NULL, STR(""));
	const struct api_member *payload = rest_payload(s);
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
	if (body.n == 0 || (!payload && !rest_has_body(s)))
		return true;
	if (!(rest_is_json(op) ? parsed_json(g, of, body, &v, payload ? &here : &root)
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
	return rest_get_headers(g, op->output, resp->headers, resp->nheaders, *out) &&
	       rest_get_body(g, op, op->output, resp->body, *out);
}
