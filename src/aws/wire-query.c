#include <stdlib.h>
#include <string.h>

#include "aws/wire-private.h"
#include "base/limits.h"

struct str wire_member_name(const struct api_member *m)
{
	if (m->flattened && m->shape->type == API_LIST &&
	    !str_eqz(m->shape->members[0].wire_name, "member"))
		return m->shape->members[0].wire_name;
	return m->wire_name;
}

/* ---- writing ---- */

/* The dotted name so far, in one buffer that is cut back on the way up. */
struct query_put {
	struct wire_put *w;
	struct buf name;
};

static bool put_value(struct query_put *q, const struct api_shape *s, bool flattened,
		      const struct val *v, const struct wire_path *path);

static void put_pair(struct query_put *q, struct str value)
{
	struct buf *b = q->w->b;

	(void)buf_addc(b, '&');
	wire_percent_put(b, buf_str(&q->name), false);
	(void)buf_addc(b, '=');
	wire_percent_put(b, value, false);
}

static bool put_struct(struct query_put *q, const struct api_shape *s, const struct val *v,
		       const struct wire_path *path)
{
	if (v->kind != VAL_OBJECT)
		return wire_put_kind(q->w, s, v, path);
	VAL_EACH(child, v)
	{
		const struct api_member *m = wire_put_member(q->w, s, child, path);
		if (!m)
			return false;
		if (child->kind == VAL_NULL)
			continue;
		size_t before = q->name.n;
		struct wire_path here = wire_path_name(path, m->name);
		if (before)
			(void)buf_addc(&q->name, '.');
		(void)buf_adds(&q->name, wire_member_name(m));
		if (!put_value(q, m->shape, m->flattened, child, &here))
			return false;
		buf_truncate(&q->name, before);
	}
	return true;
}

static bool put_list(struct query_put *q, const struct api_shape *s, bool flattened,
		     const struct val *v, const struct wire_path *path)
{
	size_t i = 0;

	if (v->kind != VAL_LIST)
		return wire_put_kind(q->w, s, v, path);
	if (v->count == 0) { /* SDKs send an empty list as "Name=" */
		put_pair(q, STR(""));
		return true;
	}
	VAL_EACH(child, v)
	{
		size_t before = q->name.n;
		struct wire_path here = wire_path_index(path, ++i);
		if (child->kind == VAL_NULL) /* a gap in the indexes */
			continue;
		if (!flattened)
			(void)buf_addf(&q->name, ".%.*s", STR_ARG(s->members[0].wire_name));
		(void)buf_addf(&q->name, ".%zu", i);
		if (!put_value(q, s->members[0].shape, s->members[0].flattened, child, &here))
			return false;
		buf_truncate(&q->name, before);
	}
	return true;
}

static bool put_map(struct query_put *q, const struct api_shape *s, bool flattened,
		    const struct val *v, const struct wire_path *path)
{
	size_t i = 0;

	if (v->kind != VAL_OBJECT)
		return wire_put_kind(q->w, s, v, path);
	VAL_EACH(child, v)
	{
		if (child->kind == VAL_NULL)
			continue;
		size_t before = q->name.n;
		struct wire_path here = wire_path_name(path, child->name);
		(void)buf_addf(&q->name, "%s.%zu", flattened ? "" : ".entry", ++i);
		size_t entry = q->name.n;
		(void)buf_addf(&q->name, ".%.*s", STR_ARG(s->members[0].wire_name));
		put_pair(q, child->name);
		buf_truncate(&q->name, entry);
		(void)buf_addf(&q->name, ".%.*s", STR_ARG(s->members[1].wire_name));
		if (!put_value(q, s->members[1].shape, s->members[1].flattened, child, &here))
			return false;
		buf_truncate(&q->name, before);
	}
	return true;
}

static bool put_value(struct query_put *q, const struct api_shape *s, bool flattened,
		      const struct val *v, const struct wire_path *path)
{
	struct str text;

	if (path->depth > LIMIT_DEPTH)
		return wire_put_wrong(q->w, path, "is nested too deeply");
	switch (s->type) {
	case API_STRUCTURE:
		return put_struct(q, s, v, path);
	case API_LIST:
		return put_list(q, s, flattened, v, path);
	case API_MAP:
		return put_map(q, s, flattened, v, path);
	default:
		if (!wire_text_put(q->w, s, v, API_TIME_ISO8601, path, &text))
			return false;
		put_pair(q, text);
		return true;
	}
}

bool wire_query_put(const struct api_op *op, const struct val *in, struct wire_put *w)
{
	struct query_put q = {.w = w, .name = BUF_INIT(LIMIT_MESSAGE)};
	struct wire_path root = wire_path_name(NULL, STR(""));
	bool ok = true;

	(void)buf_addz(w->b, "Action=");
	wire_percent_put(w->b, op->name, false);
	(void)buf_addz(w->b, "&Version=");
	wire_percent_put(w->b, op->service->api_version, false);
	if (in && op->input)
		ok = put_struct(&q, op->input, in, &root);
	else if (val_count(in))
		ok = wire_put_wrong(w, &root, "cannot be sent: the operation takes none");
	if (ok && buf_overflowed(&q.name))
		ok = wire_put_wrong(w, &root, "has a name that is too long");
	buf_release(&q.name);
	return ok;
}

/* ---- reading ---- */

/*
 * The pairs of one value are a slice of the array: their names hold what is
 * left of the path ("member.1.Key"). A structure or a list numbers its pairs
 * by member or index, sorts the slice by that number (what came first stays
 * first) and hands each group down. What belongs to no member is dropped.
 */
struct query_get {
	struct wire_get g;
	size_t gaps; /* elements made up so far, of all lists together */
};

static bool get_value(struct query_get *q, const struct api_shape *s, bool flattened,
		      struct wire_pair *p, size_t n, struct val **out,
		      const struct wire_path *path);

static int by_key(const void *a, const void *b)
{
	const struct wire_pair *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return (x->seq > y->seq) - (x->seq < y->seq);
}

/* "3.Key" to 3 and "Key". What is no number of ASCII digits belongs to nothing. */
static bool cut_index(struct str *name, uint32_t *index)
{
	struct str head, rest;
	uint64_t i;

	(void)str_cut(*name, '.', &head, &rest);
	if (!str_all_digits(head))
		return false;
	*index = str_to_u64(head, &i) && i <= UINT32_MAX ? (uint32_t)i : UINT32_MAX;
	*name = rest;
	return true;
}

static bool cut_word(struct str *name, struct str word)
{
	struct str head, rest;

	(void)str_cut(*name, '.', &head, &rest);
	if (!str_eq(head, word))
		return false;
	*name = rest;
	return true;
}

static size_t group_end(const struct wire_pair *p, size_t n, size_t i)
{
	uint32_t key = p[i].key;

	while (i < n && p[i].key == key)
		i++;
	return i;
}

static bool find_member(const struct api_shape *s, struct str *name, uint32_t *key)
{
	struct str head, rest;

	(void)str_cut(*name, '.', &head, &rest);
	for (size_t i = 0; i < s->nmembers; i++) {
		if (str_eq(wire_member_name(&s->members[i]), head)) {
			*key = (uint32_t)i;
			*name = rest;
			return true;
		}
	}
	return false;
}

static bool get_struct(struct query_get *q, const struct api_shape *s, struct wire_pair *p,
		       size_t n, struct val **out, const struct wire_path *path)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (!str_is_null(p[i].name) && find_member(s, &p[i].name, &p[i].key))
			p[kept++] = p[i];
	qsort(p, kept, sizeof(*p), by_key);
	for (size_t i = 0, end; i < kept; i = end) {
		const struct api_member *m = &s->members[p[i].key];
		struct wire_path here = wire_path_name(path, m->name);
		struct val *v = NULL;
		end = group_end(p, kept, i);
		if (!get_value(q, m->shape, m->flattened, p + i, end - i, &v, &here))
			return false;
		if (!v)
			continue;
		if (!*out)
			*out = val_object(q->g.a);
		(void)val_set(*out, m->name, v);
	}
	return true;
}

/* Numbers the pairs of a list or a map; `word` ("member", "entry") stands first where not null. */
static size_t number_pairs(struct wire_pair *p, size_t n, struct str word)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		if (str_is_null(p[i].name) ||
		    (!str_is_null(word) && (!cut_word(&p[i].name, word) || str_is_null(p[i].name))))
			continue;
		if (cut_index(&p[i].name, &p[i].key))
			p[kept++] = p[i];
	}
	qsort(p, kept, sizeof(*p), by_key);
	return kept;
}

/*
 * AWS pads the gap before an element that has too high an index: with an empty
 * structure, so that its required members are missed, else with null. How far
 * it goes is not known; we stop where a form may not be longer either.
 */
static bool fill_gap(struct query_get *q, const struct api_shape *s, uint32_t index,
		     struct val *list)
{
	if (index == 0) {
		q->g.why = STR("0 is not a valid index");
		return false;
	}
	while (list->count + 1 < index) {
		if (++q->gaps > WIRE_MAX_PAIRS) {
			q->g.why = arena_printf(q->g.a, "%u is not a valid index", index);
			return false;
		}
		(void)val_append(list,
				 s->type == API_STRUCTURE ? val_object(q->g.a) : val_null(q->g.a));
	}
	return true;
}

static bool get_list(struct query_get *q, const struct api_shape *s, bool flattened,
		     struct wire_pair *p, size_t n, struct val **out, const struct wire_path *path)
{
	const struct api_member *element = &s->members[0];

	/* "Name=" says that the list is there and empty. */
	for (size_t i = 0; i < n; i++)
		if (str_is_null(p[i].name) && p[i].value.n == 0)
			*out = val_list(q->g.a);
	n = number_pairs(p, n, flattened ? STR_NULL : element->wire_name);
	for (size_t i = 0, end; i < n; i = end) {
		struct wire_path here = wire_path_index(path, p[i].key);
		uint32_t index = p[i].key;
		struct val *v = NULL;
		end = group_end(p, n, i);
		if (!get_value(q, element->shape, element->flattened, p + i, end - i, &v, &here))
			return false;
		if (!v)
			continue;
		if (!*out)
			*out = val_list(q->g.a);
		if (!fill_gap(q, element->shape, index, *out))
			return false;
		(void)val_append(*out, v);
	}
	return true;
}

/* One entry: the pairs "key" and "value…". */
static bool get_entry(struct query_get *q, const struct api_shape *s, struct wire_pair *p, size_t n,
		      struct val *map, const struct wire_path *path)
{
	const struct api_member *key = &s->members[0], *value = &s->members[1];
	struct str name = STR_NULL;
	struct val *v = NULL;
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		if (str_is_null(name) && str_eq(p[i].name, key->wire_name))
			name = p[i].value;
		else if (!str_is_null(p[i].name) && cut_word(&p[i].name, value->wire_name))
			p[kept++] = p[i];
	}
	if (str_is_null(name) || kept == 0)
		return true;
	struct wire_path here = wire_path_name(path, name);
	if (!get_value(q, value->shape, value->flattened, p, kept, &v, &here))
		return false;
	if (v)
		(void)val_set(map, name, v);
	return true;
}

static bool get_map(struct query_get *q, const struct api_shape *s, bool flattened,
		    struct wire_pair *p, size_t n, struct val **out, const struct wire_path *path)
{
	n = number_pairs(p, n, flattened ? STR_NULL : STR("entry"));
	for (size_t i = 0, end; i < n; i = end) {
		end = group_end(p, n, i);
		if (!*out)
			*out = val_object(q->g.a);
		if (!get_entry(q, s, p + i, end - i, *out, path))
			return false;
	}
	return true;
}

/*
 * What AWS was seen to take: integers as Java's parseInt does, booleans as
 * XML Schema 1.1 has them ("true", "1", "false", "0"; not "TRUE").
 */
static bool get_scalar(struct query_get *q, const struct api_shape *s, struct str text,
		       struct val **out)
{
	bool number = s->type == API_INTEGER || s->type == API_LONG || s->type == API_FLOAT;

	if (s->type == API_BOOLEAN) {
		bool yes = str_eqz(text, "true") || str_eqz(text, "1");
		if (!yes && !str_eqz(text, "false") && !str_eqz(text, "0")) {
			q->g.why = text.n ? STR("boolean must follow xsd1.1 definition")
					  : STR("missing value for boolean type");
			return false;
		}
		*out = val_bool(q->g.a, yes);
		return true;
	}
	*out = wire_text_get(q->g.a, s, text);
	/* A number that is none is refused without a word. */
	if (!*out && number && text.n == 0)
		q->g.why = STR("missing value for decimal type");
	return *out != NULL;
}

static bool get_value(struct query_get *q, const struct api_shape *s, bool flattened,
		      struct wire_pair *p, size_t n, struct val **out, const struct wire_path *path)
{
	if (path->depth > LIMIT_DEPTH)
		return true; /* no input of AWS's is that deep: unknown, so dropped */
	switch (s->type) {
	case API_STRUCTURE:
		return get_struct(q, s, p, n, out, path);
	case API_LIST:
		return get_list(q, s, flattened, p, n, out, path);
	case API_MAP:
		return get_map(q, s, flattened, p, n, out, path);
	default:
		/* Of two pairs of one name the first counts. */
		for (size_t i = 0; i < n; i++)
			if (str_is_null(p[i].name))
				return get_scalar(q, s, p[i].value, out);
		return true;
	}
}

static struct str pair_value(const struct wire_pair *p, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (str_eqz(p[i].name, name))
			return p[i].value;
	return STR_NULL;
}

bool wire_query_get(const struct api_service *s, struct str query, struct str body, struct arena *a,
		    const struct api_op **op, struct val **in, struct api_fault *fault)
{
	struct query_get q = {.g = {.a = a, .server = true}};
	struct wire_pair *pairs = NULL;
	struct wire_path root = wire_path_name(NULL, STR(""));
	size_t n = 0, cap = 0;

	*op = NULL;
	*in = NULL;
	if (!wire_form_get(a, query, &pairs, &n, &cap) || !wire_form_get(a, body, &pairs, &n, &cap))
		/* IAM's Common Errors page gives this code and status. */
		return wire_fault(fault, 404, "MalformedQueryString",
				  STR("The query string contains a syntax error."));
	struct str action = pair_value(pairs, n, "Action");
	struct str version = pair_value(pairs, n, "Version");
	if (str_is_empty(action))
		return wire_fault(fault, 400, "MissingAction", STR("Missing Action"));
	if (str_is_null(version))
		version = STR("NO_VERSION_SPECIFIED");
	*op = api_op(s, action);
	if (!*op || !str_eq(version, s->api_version)) {
		*op = NULL;
		return wire_fault(fault, 400, "InvalidAction",
				  arena_printf(a, "Could not find operation %.*s for version %.*s",
					       STR_ARG(str_sub(action, 0, 256)),
					       STR_ARG(str_sub(version, 0, 64))));
	}
	if ((*op)->input && !get_struct(&q, (*op)->input, pairs, n, in, &root))
		return wire_fault(fault, 400, "MalformedInput", q.g.why);
	if (!*in)
		*in = val_object(a);
	return true;
}
