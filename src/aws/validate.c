#include "aws/api-private.h"
#include "aws/wire-private.h"
#include "base/limits.h"
#include "base/utf8.h"

struct check {
	struct arena *a;
	struct violation *out;
	size_t n, max;
	const struct val *list; /* whose plain elements are being checked */
};

static void found(struct check *c, enum violation_kind kind, const struct api_shape *s,
		  const struct val *v, const struct wire_path *path)
{
	if (c->n < c->max)
		c->out[c->n] = (struct violation){
			.kind = kind,
			.path = wire_path_text(path, c->a),
			.shape = s,
			.value = v,
			.list = c->list,
		};
	c->n++;
}

static void check_length(struct check *c, const struct api_shape *s, const struct val *v, size_t n,
			 const struct wire_path *path)
{
	if (s->has_max && (int64_t)n > s->max)
		found(c, VIOLATION_MAX_LENGTH, s, v, path);
	if (s->has_min && (int64_t)n < s->min)
		found(c, VIOLATION_MIN_LENGTH, s, v, path);
}

static bool in_values(const struct api_shape *s, struct str text)
{
	for (size_t i = 0; i < s->nvalues; i++)
		if (str_eq(s->values[i], text))
			return true;
	return false;
}

static void check_string(struct check *c, const struct api_shape *s, const struct val *v,
			 const struct wire_path *path)
{
	if (v->kind != VAL_STRING)
		return;
	/* AWS's answers mostly tell the pattern before the length. */
	if (s->program && !api_pattern_match(s->program, v->u.s))
		found(c, VIOLATION_PATTERN, s, v, path);
	/* Limits count characters, not bytes: 128 times "é" is a name of an OU. */
	if (s->has_min || s->has_max)
		check_length(c, s, v, utf8_length(v->u.s), path);
	if (s->values && !in_values(s, v->u.s))
		found(c, VIOLATION_ENUM, s, v, path);
}

static void check_number(struct check *c, const struct api_shape *s, const struct val *v,
			 const struct wire_path *path)
{
	if (v->kind != VAL_INT)
		return;
	if (s->has_max && v->u.i > s->max)
		found(c, VIOLATION_MAX_VALUE, s, v, path);
	if (s->has_min && v->u.i < s->min)
		found(c, VIOLATION_MIN_VALUE, s, v, path);
}

static void check_value(struct check *c, const struct api_shape *s, const struct val *v,
			const struct wire_path *path);

static void check_struct(struct check *c, const struct api_shape *s, const struct val *v,
			 const struct wire_path *path)
{
	for (size_t i = 0; i < s->nmembers; i++) {
		const struct api_member *m = &s->members[i];
		struct wire_path here = wire_path_name(path, m->name);
		const struct val *child = val_gets(v, m->name);
		if (child && child->kind != VAL_NULL)
			check_value(c, m->shape, child, &here);
		else if (m->required)
			found(c, VIOLATION_REQUIRED, m->shape, NULL, &here);
	}
}

static bool is_plain(const struct api_shape *s)
{
	return s->type != API_STRUCTURE && s->type != API_LIST && s->type != API_MAP;
}

static void check_list(struct check *c, const struct api_shape *s, const struct val *v,
		       const struct wire_path *path)
{
	const struct api_shape *of = s->members[0].shape;
	size_t i = 0;

	check_length(c, s, v, v->count, path);
	c->list = is_plain(of) ? v : NULL;
	VAL_EACH(child, v)
	{
		struct wire_path here = wire_path_index(path, ++i);
		if (child->kind == VAL_NULL)
			found(c, VIOLATION_REQUIRED, of, NULL, &here);
		else
			check_value(c, of, child, &here);
	}
	c->list = NULL;
}

static void check_map(struct check *c, const struct api_shape *s, const struct val *v,
		      const struct wire_path *path)
{
	check_length(c, s, v, v->count, path);
	VAL_EACH(child, v)
	{
		struct wire_path here = wire_path_name(path, child->name);
		check_string(c, s->members[0].shape, val_string(c->a, child->name), &here);
		if (child->kind != VAL_NULL)
			check_value(c, s->members[1].shape, child, &here);
	}
}

static void check_value(struct check *c, const struct api_shape *s, const struct val *v,
			const struct wire_path *path)
{
	if (path->depth > LIMIT_DEPTH || s->document)
		return;
	switch (s->type) {
	case API_STRUCTURE:
		check_struct(c, s, v, path);
		break;
	case API_LIST:
		check_list(c, s, v, path);
		break;
	case API_MAP:
		check_map(c, s, v, path);
		break;
	case API_STRING:
		check_string(c, s, v, path);
		break;
	case API_BLOB:
		if (v->kind == VAL_BLOB && (s->has_min || s->has_max))
			check_length(c, s, v, v->u.s.n, path);
		break;
	case API_INTEGER:
	case API_LONG:
		check_number(c, s, v, path);
		break;
	default:
		break;
	}
}

size_t api_validate(const struct api_op *op, const struct val *in, struct arena *a,
		    struct violation *out, size_t max)
{
	struct check c = {.a = a, .out = out, .max = max};
	struct wire_path root = wire_path_name(NULL, STR(""));

	if (op->input)
		check_struct(&c, op->input, in, &root);
	return c.n < max ? c.n : max;
}
