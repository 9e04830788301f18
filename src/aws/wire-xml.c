#include <string.h>

#include "aws/wire-private.h"
#include "base/limits.h"

/* ---- writing ---- */

static void open_element(struct wire_put *w, struct str name, const struct api_member *m,
			 const struct val *v)
{
	if (str_is_null(m->xml_namespace) && m->shape->type != API_STRUCTURE) {
		(void)xml_open(name, w->b);
		return;
	}
	(void)buf_addf(w->b, "<%.*s", STR_ARG(name));
	if (!str_is_null(m->xml_namespace)) {
		const char *colon = str_is_null(m->xml_prefix) ? "" : ":";
		(void)buf_addf(w->b, " xmlns%s%.*s=\"", colon, STR_ARG(m->xml_prefix));
		(void)xml_write_text(m->xml_namespace, w->b);
		(void)buf_addc(w->b, '"');
	}
	if (m->shape->type == API_STRUCTURE) {
		VAL_EACH(child, v)
		{
			const struct api_member *attr = api_member(m->shape, child->name);
			if (!attr || !attr->attribute || child->kind != VAL_STRING)
				continue;
			(void)buf_addf(w->b, " %.*s=\"", STR_ARG(attr->wire_name));
			(void)xml_write_text(child->u.s, w->b);
			(void)buf_addc(w->b, '"');
		}
	}
	(void)buf_addc(w->b, '>');
}

static bool put_list(struct wire_put *w, const struct api_member *m, struct str name,
		     const struct val *v, const struct wire_path *path)
{
	const struct api_member *element = &m->shape->members[0];
	size_t i = 0;

	if (v->kind != VAL_LIST)
		return wire_put_kind(w, m->shape, v, path);
	if (!m->flattened)
		open_element(w, name, m, v);
	VAL_EACH(child, v)
	{
		struct wire_path here = wire_path_index(path, ++i);
		if (child->kind != VAL_NULL &&
		    !wire_xml_put_member(w, element, m->flattened ? name : element->wire_name,
					 child, &here))
			return false;
	}
	if (!m->flattened)
		(void)xml_close(name, w->b);
	return true;
}

static bool put_map(struct wire_put *w, const struct api_member *m, struct str name,
		    const struct val *v, const struct wire_path *path)
{
	const struct api_member *key = &m->shape->members[0], *value = &m->shape->members[1];
	struct str entry = m->flattened ? name : STR("entry");

	if (v->kind != VAL_OBJECT)
		return wire_put_kind(w, m->shape, v, path);
	if (!m->flattened)
		open_element(w, name, m, v);
	VAL_EACH(child, v)
	{
		struct wire_path here = wire_path_name(path, child->name);
		if (child->kind == VAL_NULL)
			continue;
		(void)xml_open(entry, w->b);
		(void)xml_open(key->wire_name, w->b);
		(void)xml_write_text(child->name, w->b);
		(void)xml_close(key->wire_name, w->b);
		if (!wire_xml_put_member(w, value, value->wire_name, child, &here))
			return false;
		(void)xml_close(entry, w->b);
	}
	if (!m->flattened)
		(void)xml_close(name, w->b);
	return true;
}

bool wire_xml_put_member(struct wire_put *w, const struct api_member *m, struct str name,
			 const struct val *v, const struct wire_path *path)
{
	struct str text;

	if (path->depth > LIMIT_DEPTH)
		return wire_put_wrong(w, path, "is nested too deeply");
	switch (m->shape->type) {
	case API_STRUCTURE:
		open_element(w, name, m, v);
		if (!wire_xml_put(w, m->shape, v, false, path))
			return false;
		break;
	case API_LIST:
		return put_list(w, m, name, v, path);
	case API_MAP:
		return put_map(w, m, name, v, path);
	default:
		if (!wire_text_put(w, m->shape, v, API_TIME_ISO8601, path, &text))
			return false;
		open_element(w, name, m, v);
		(void)xml_write_text(text, w->b);
	}
	(void)xml_close(name, w->b);
	return true;
}

bool wire_xml_put(struct wire_put *w, const struct api_shape *s, const struct val *v,
		  bool body_only, const struct wire_path *path)
{
	if (v->kind != VAL_OBJECT)
		return wire_put_kind(w, s, v, path);
	VAL_EACH(child, v)
	{
		const struct api_member *m = wire_put_member(w, s, child, path);
		if (!m)
			return false;
		if (child->kind == VAL_NULL || m->attribute ||
		    (body_only && m->location != API_BODY))
			continue;
		struct wire_path here = wire_path_name(path, m->name);
		if (!wire_xml_put_member(w, m, wire_member_name(m), child, &here))
			return false;
	}
	return true;
}

/* ---- reading ---- */

static const struct api_member *find_member(const struct api_shape *s, struct str element)
{
	for (size_t i = 0; i < s->nmembers; i++)
		if (str_eq(wire_member_name(&s->members[i]), element) && !s->members[i].attribute &&
		    s->members[i].location == API_BODY)
			return &s->members[i];
	return NULL;
}

static bool get_entry(struct wire_get *g, const struct api_shape *s, const struct xml *x,
		      struct val *map, const struct wire_path *path)
{
	const struct xml *key = xml_childs(x, s->members[0].wire_name);
	const struct xml *value = xml_childs(x, s->members[1].wire_name);
	struct val *v = NULL;

	if (!key || !value)
		return wire_get_wrong(g, s, path, "an entry without key or value");
	struct wire_path here = wire_path_name(path, key->text);
	if (!wire_xml_get(g, s->members[1].shape, value, &v, &here))
		return false;
	(void)val_set(map, key->text, v);
	return true;
}

static bool get_map(struct wire_get *g, const struct api_shape *s, const struct xml *x,
		    struct val *map, const struct wire_path *path)
{
	for (const struct xml *c = x->first; c; c = c->next)
		if (str_eqz(c->name, "entry") && !get_entry(g, s, c, map, path))
			return false;
	return true;
}

static bool get_list(struct wire_get *g, const struct api_shape *s, const struct xml *x,
		     struct val *list, const struct wire_path *path)
{
	for (const struct xml *c = x->first; c; c = c->next) {
		struct wire_path here = wire_path_index(path, list->count + 1);
		struct val *v = NULL;
		if (!str_eq(c->name, s->members[0].wire_name))
			continue;
		if (!wire_xml_get(g, s->members[0].shape, c, &v, &here))
			return false;
		(void)val_append(list, v);
	}
	return true;
}

/* One more element of a flattened list or map. */
static bool get_flat(struct wire_get *g, const struct api_shape *s, const struct xml *x,
		     struct val *all, const struct wire_path *path)
{
	struct wire_path here = wire_path_index(path, all->count + 1);
	struct val *v = NULL;

	if (s->type == API_MAP)
		return get_entry(g, s, x, all, path);
	if (!wire_xml_get(g, s->members[0].shape, x, &v, &here))
		return false;
	(void)val_append(all, v);
	return true;
}

static bool get_attributes(struct wire_get *g, const struct api_shape *s, const struct xml *x,
			   struct val *out)
{
	for (size_t i = 0; i < s->nmembers; i++) {
		const struct api_member *m = &s->members[i];
		/* text/xml cuts prefixes off: "xsi:type" is "type". */
		ptrdiff_t colon = str_rchr(m->wire_name, ':');
		struct str name = str_from(m->wire_name, (size_t)(colon + 1));
		if (!m->attribute)
			continue;
		for (const struct xml_attr *at = x->attrs; at; at = at->next) {
			struct val *v;
			if (!str_eq(at->name, name) && !str_eq(at->name, m->wire_name))
				continue;
			v = wire_text_get(g->a, m->shape, at->value);
			if (v)
				(void)val_set(out, m->name, v);
			break;
		}
	}
	return true;
}

static bool get_struct(struct wire_get *g, const struct api_shape *s, const struct xml *x,
		       struct val *out, const struct wire_path *path)
{
	struct val **seen = arena_calloc(g->a, s->nmembers, sizeof(*seen));
	const struct api_member *m = NULL;

	for (const struct xml *c = x->first; c; c = c->next) {
		struct val *v = NULL;
		/* The elements of a flattened list follow each other. */
		if (!m || !str_eq(wire_member_name(m), c->name))
			m = find_member(s, c->name);
		if (!m)
			continue;
		struct wire_path here = wire_path_name(path, m->name);
		struct val **slot = &seen[m - s->members];
		if (m->flattened) {
			if (!*slot)
				*slot = val_set(out, m->name,
						m->shape->type == API_MAP ? val_object(g->a)
									  : val_list(g->a));
			if (!get_flat(g, m->shape, c, *slot, &here))
				return false;
			continue;
		}
		if (*slot) /* an element that stands twice: the first one counts */
			continue;
		if (!wire_xml_get(g, m->shape, c, &v, &here))
			return false;
		*slot = val_set(out, m->name, v);
	}
	return x->attrs ? get_attributes(g, s, x, out) : true;
}

bool wire_xml_get(struct wire_get *g, const struct api_shape *s, const struct xml *x,
		  struct val **out, const struct wire_path *path)
{
	switch (s->type) {
	case API_STRUCTURE:
		*out = val_object(g->a);
		return get_struct(g, s, x, *out, path);
	case API_LIST:
		*out = val_list(g->a);
		return get_list(g, s, x, *out, path);
	case API_MAP:
		*out = val_object(g->a);
		return get_map(g, s, x, *out, path);
	default:
		*out = x->first ? NULL : wire_text_get(g->a, s, x->text);
		return *out || wire_get_wrong(g, s, path, x->first ? "elements" : "something else");
	}
}
