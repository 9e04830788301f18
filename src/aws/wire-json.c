#include <inttypes.h>
#include <string.h>

#include "aws/wire-private.h"
#include "base/digest.h"
#include "base/limits.h"
#include "text/json.h"

/* ---- writing ---- */

static bool put_value(struct wire_put *w, const struct api_shape *s, const struct val *v,
		      const struct wire_path *path);

static bool put_members(struct wire_put *w, const struct api_shape *s, const struct val *v,
			bool body_only, const struct wire_path *path)
{
	bool first = true;

	if (v->kind != VAL_OBJECT)
		return wire_put_kind(w, s, v, path);
	(void)buf_addc(w->b, '{');
	VAL_EACH(child, v)
	{
		const struct api_member *m = wire_put_member(w, s, child, path);
		if (!m)
			return false;
		if (body_only && m->location != API_BODY)
			continue;
		if (!first)
			(void)buf_addc(w->b, ',');
		first = false;
		(void)json_write_string(m->wire_name, w->b);
		(void)buf_addc(w->b, ':');
		struct wire_path here = wire_path_name(path, m->name);
		if (!put_value(w, m->shape, child, &here))
			return false;
	}
	return buf_addc(w->b, '}') || true;
}

static bool put_list(struct wire_put *w, const struct api_shape *s, const struct val *v,
		     const struct wire_path *path)
{
	size_t i = 0;

	if (v->kind != VAL_LIST)
		return wire_put_kind(w, s, v, path);
	(void)buf_addc(w->b, '[');
	VAL_EACH(child, v)
	{
		struct wire_path here = wire_path_index(path, ++i);
		if (i > 1)
			(void)buf_addc(w->b, ',');
		if (!put_value(w, s->members[0].shape, child, &here))
			return false;
	}
	return buf_addc(w->b, ']') || true;
}

static bool put_map(struct wire_put *w, const struct api_shape *s, const struct val *v,
		    const struct wire_path *path)
{
	bool first = true;

	if (v->kind != VAL_OBJECT)
		return wire_put_kind(w, s, v, path);
	(void)buf_addc(w->b, '{');
	VAL_EACH(child, v)
	{
		struct wire_path here = wire_path_name(path, child->name);
		if (!first)
			(void)buf_addc(w->b, ',');
		first = false;
		(void)json_write_string(child->name, w->b);
		(void)buf_addc(w->b, ':');
		if (!put_value(w, s->members[1].shape, child, &here))
			return false;
	}
	return buf_addc(w->b, '}') || true;
}

static bool put_scalar(struct wire_put *w, const struct api_shape *s, const struct val *v,
		       const struct wire_path *path)
{
	struct str text;

	if (!wire_text_put(w, s, v, API_TIME_UNIX, path, &text))
		return false;
	switch (s->type) {
	case API_INTEGER:
	case API_LONG:
	case API_BOOLEAN:
		return buf_adds(w->b, text) || true;
	case API_FLOAT: {
		/* NaN and the infinities have no number in JSON. */
		bool word = text.n && (text.p[text.n - 1] == 'y' || text.p[text.n - 1] == 'N');
		return (word ? json_write_string(text, w->b) : buf_adds(w->b, text)) || true;
	}
	case API_TIMESTAMP:
		if (s->time_format == API_TIME_DEFAULT || s->time_format == API_TIME_UNIX)
			return buf_adds(w->b, text) || true;
		return json_write_string(text, w->b) || true;
	default:
		return json_write_string(text, w->b) || true;
	}
}

static bool put_value(struct wire_put *w, const struct api_shape *s, const struct val *v,
		      const struct wire_path *path)
{
	if (path->depth > LIMIT_DEPTH)
		return wire_put_wrong(w, path, "is nested too deeply");
	if (v->kind == VAL_NULL)
		return buf_addz(w->b, "null") || true;
	if (s->document)
		return json_write(v, JSON_COMPACT, w->b) || true;
	switch (s->type) {
	case API_STRUCTURE:
		return put_members(w, s, v, false, path);
	case API_LIST:
		return put_list(w, s, v, path);
	case API_MAP:
		return put_map(w, s, v, path);
	default:
		return put_scalar(w, s, v, path);
	}
}

bool wire_json_put(struct wire_put *w, const struct api_shape *s, const struct val *v,
		   bool body_only, const struct wire_path *path)
{
	if (s->type == API_STRUCTURE && !s->document)
		return put_members(w, s, v, body_only, path);
	return put_value(w, s, v, path);
}

/* ---- reading ---- */

/* What Coral's reader calls a token. */
static const char *token_of(const struct val *v)
{
	switch (v->kind) {
	case VAL_STRING:
		return "STRING_VALUE";
	case VAL_INT:
		return "NUMBER_VALUE";
	case VAL_NUMBER:
		return "DECIMAL_VALUE";
	case VAL_BOOL:
		return v->u.b ? "TRUE_VALUE" : "FALSE_VALUE";
	default:
		return "NULL_VALUE";
	}
}

static const char *java_type(const struct api_shape *s)
{
	switch (s->type) {
	case API_INTEGER:
		return "an Integer";
	case API_LONG:
		return "a Long";
	case API_FLOAT:
		return "a Double";
	case API_BOOLEAN:
		return "a Boolean";
	case API_BLOB:
		return "a Blob";
	case API_TIMESTAMP:
		return "a Timestamp";
	default:
		return "a String";
	}
}

static bool wrong(struct wire_get *g, const struct api_shape *s, const struct val *v,
		  const struct wire_path *path)
{
	if (!g->server)
		return wire_get_wrong(g, s, path, val_kind_name(v->kind));
	if (s->type == API_LIST)
		g->why = STR("Expected list or null");
	else if (v->kind == VAL_LIST)
		g->why = STR("Start of list found where not expected");
	else if (v->kind == VAL_OBJECT)
		g->why = STR("Start of structure or map found where not expected.");
	else if (s->type != API_STRUCTURE && s->type != API_MAP)
		g->why = arena_printf(g->a, "%s can not be converted to %s", token_of(v),
				      java_type(s));
	return false;
}

static void become(struct val *v, const struct val *like)
{
	v->kind = like->kind;
	v->u = like->u;
}

static bool get_members(struct wire_get *g, const struct api_shape *s, struct val *v,
			const struct wire_path *path)
{
	struct val *first = NULL, *last = NULL, *next;
	struct val **seen = arena_calloc(g->a, s->nmembers, sizeof(*seen));
	uint32_t count = 0;

	for (struct val *child = v->u.kids.first; child; child = next) {
		const struct api_member *m = NULL;
		next = child->next;
		for (size_t i = 0; i < s->nmembers && !m; i++)
			if (str_eq(s->members[i].wire_name, child->name))
				m = &s->members[i];
		/* A null member is an absent one, to AWS and to its SDKs. */
		if (!m || m->location != API_BODY || child->kind == VAL_NULL)
			continue;
		struct wire_path here = wire_path_name(path, m->name);
		if (!wire_json_get(g, m->shape, child, &here))
			return false;
		child->name = m->name;
		child->next = NULL;
		struct val **twin = &seen[m - s->members];
		if (*twin) { /* a name that stands twice: the last one counts */
			become(*twin, child);
			(*twin)->count = child->count;
			continue;
		}
		*twin = child;
		if (last)
			last->next = child;
		else
			first = child;
		last = child;
		count++;
	}
	v->u.kids.first = first;
	v->u.kids.last = last;
	v->count = count;
	return true;
}

static bool get_elements(struct wire_get *g, const struct api_shape *s, struct val *v,
			 const struct wire_path *path)
{
	size_t i = 0;

	VAL_EACH(child, v)
	{
		struct wire_path here = wire_path_index(path, ++i);
		if (child->kind != VAL_NULL && !wire_json_get(g, s->members[0].shape, child, &here))
			return false;
	}
	return true;
}

static bool get_entries(struct wire_get *g, const struct api_shape *s, struct val *v,
			const struct wire_path *path)
{
	VAL_EACH(child, v)
	{
		struct wire_path here = wire_path_name(path, child->name);
		if (child->kind != VAL_NULL && !wire_json_get(g, s->members[1].shape, child, &here))
			return false;
	}
	return true;
}

static bool get_number(struct wire_get *g, const struct api_shape *s, struct val *v)
{
	int64_t ms;

	switch (s->type) {
	case API_INTEGER:
	case API_LONG:
		return v->kind == VAL_INT && wire_int_fits(s, v->u.i);
	case API_FLOAT:
		if (v->kind == VAL_INT)
			become(v, val_number(g->a, arena_printf(g->a, "%" PRId64, v->u.i)));
		return v->kind == VAL_NUMBER;
	case API_TIMESTAMP:
		if (v->kind == VAL_INT)
			become(v, val_number(g->a, arena_printf(g->a, "%" PRId64, v->u.i)));
		if (v->kind != VAL_NUMBER || !wire_seconds_get(v->u.s, &ms))
			return false;
		become(v, val_time(g->a, ms));
		return true;
	default:
		return false;
	}
}

static bool get_scalar(struct wire_get *g, const struct api_shape *s, struct val *v,
		       const struct wire_path *path)
{
	if (v->kind == VAL_STRING) {
		struct val *made = NULL;
		if (s->type == API_STRING)
			return true;
		/* AWS was seen to take any quoted text for true, "no" and "false" included. */
		if (s->type == API_BOOLEAN && g->server)
			made = val_bool(g->a, true);
		/* "2024-11-06T22:27:58Z", base64, "NaN"; integers are never quoted. */
		if (s->type == API_TIMESTAMP || s->type == API_BLOB || s->type == API_FLOAT)
			made = wire_text_get(g->a, s, v->u.s);
		if (!made)
			return wrong(g, s, v, path);
		become(v, made);
		return true;
	}
	if (v->kind == VAL_BOOL && s->type == API_BOOLEAN)
		return true;
	return get_number(g, s, v) || wrong(g, s, v, path);
}

bool wire_json_get(struct wire_get *g, const struct api_shape *s, struct val *v,
		   const struct wire_path *path)
{
	if (s->document)
		return true;
	switch (s->type) {
	case API_STRUCTURE:
		return v->kind == VAL_OBJECT ? get_members(g, s, v, path) : wrong(g, s, v, path);
	case API_LIST:
		return v->kind == VAL_LIST ? get_elements(g, s, v, path) : wrong(g, s, v, path);
	case API_MAP:
		return v->kind == VAL_OBJECT ? get_entries(g, s, v, path) : wrong(g, s, v, path);
	default:
		return get_scalar(g, s, v, path);
	}
}
