#include "sandbox/sts-private.h"

/*
 * Session tags. Their keys are the same "regardless of case": no two of a
 * session differ in case alone. (In a log of before there may be.)
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html
 */

const struct world_tag *sts_find_tag(const struct world_tags *t, struct str key)
{
	for (size_t i = 0; i < t->n; i++)
		if (str_eq_nocase(t->v[i].key, key))
			return &t->v[i];
	return NULL;
}

bool sts_read_tags(struct sandbox_request *r, struct world_tags *out)
{
	const struct val *list = val_get(r->in, "Tags");

	*out = (struct world_tags){
		.v = arena_calloc(r->arena, val_count(list) + 1, sizeof(*out->v))};
	VAL_EACH(v, list)
	{
		struct str key = val_get_str(v, "Key");
		if (sts_find_tag(out, key) && !r->replay)
			return sandbox_fault(r, 400, "InvalidParameterValue",
					     "Duplicate tag keys found. Please note that Tag keys "
					     "are case insensitive.");
		out->v[out->n++] = (struct world_tag){key, val_get_str(v, "Value")};
	}
	return true;
}

void sts_keep_tags(struct sandbox_request *r, const struct world_tags *from, struct world_tags *to)
{
	struct world *w = r->world;

	for (size_t i = 0; i < from->n; i++) {
		to->v = arena_grow(w->arena, to->v, to->n, &to->cap, sizeof(*to->v));
		to->v[to->n].key = world_str(w, from->v[i].key);
		to->v[to->n++].value = world_str(w, from->v[i].value);
	}
}

size_t sts_tag_keys_count(const struct world_tags *t)
{
	return t->n ? t->n + 1 : 0;
}

struct policy_key *sts_tag_keys(struct sandbox_request *r, const struct world_tags *t)
{
	struct policy_key *keys = arena_calloc(r->arena, t->n + 1, sizeof(*keys));
	struct str *names = arena_calloc(r->arena, t->n + 1, sizeof(*names));

	for (size_t i = 0; i < t->n; i++) {
		struct str name =
			arena_printf(r->arena, "aws:RequestTag/%.*s", STR_ARG(t->v[i].key));
		names[i] = t->v[i].key;
		keys[i] = sandbox_key(r, name.p, t->v[i].value);
	}
	keys[t->n] = (struct policy_key){STR("aws:TagKeys"), {names, t->n, true}};
	return keys;
}
