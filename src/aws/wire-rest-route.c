#include "aws/wire-rest-private.h"

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
		bool is_label = rest_label_at(op->input, want, &m, &greedy, &len) && len == want.n;
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
	    !rest_get_headers(&g, (*op)->input, headers, nheaders, *in) ||
	    !rest_get_body(&g, *op, (*op)->input, body, *in))
		return not_understood(s, g.why, fault);
	return true;
}
