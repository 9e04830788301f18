#include "base/clock.h"
#include "base/digest.h"
#include "sandbox/sandbox-private.h"

/*
 * JSON keeps neither blobs nor timestamps apart from strings; the tables say
 * which a member is. The log's own lines only, so the depth is that of the shapes.
 */

static bool typed_scalar(struct arena *a, const struct api_shape *shape, struct val *v)
{
	struct str bytes;
	int64_t ms;

	if (v->kind != VAL_STRING)
		return true;
	if (shape->type == API_BLOB) {
		if (!base64_get(a, v->u.s, &bytes))
			return false;
		v->kind = VAL_BLOB;
		v->u.s = bytes;
	} else if (shape->type == API_TIMESTAMP) {
		if (!time_parse_iso(v->u.s, &ms))
			return false;
		v->kind = VAL_TIME;
		v->u.i = ms;
	}
	return true;
}

bool typed_from_json(struct arena *a, const struct api_shape *shape, struct val *v)
{
	if (!shape)
		return true;
	switch (shape->type) {
	case API_STRUCTURE:
		VAL_EACH(m, v)
		{
			const struct api_member *member = api_member(shape, m->name);
			if (member && !typed_from_json(a, member->shape, m))
				return false;
		}
		return true;
	case API_LIST:
		VAL_EACH(item, v)
		if (!typed_from_json(a, shape->members[0].shape, item))
			return false;
		return true;
	case API_MAP:
		VAL_EACH(value, v)
		if (!typed_from_json(a, shape->members[1].shape, value))
			return false;
		return true;
	default:
		return typed_scalar(a, shape, v);
	}
}
