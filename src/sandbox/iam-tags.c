#include "sandbox/iam-private.h"

struct val *iam_show_tags(struct sandbox_request *r, const struct world_tags *t)
{
	struct val *list = val_list(r->arena);

	for (size_t i = 0; i < t->n; i++) {
		struct val *o = val_append(list, val_object(r->arena));
		val_set_str(r->arena, o, "Key", t->v[i].key);
		val_set_str(r->arena, o, "Value", t->v[i].value);
	}
	return list;
}

void iam_put_tags(struct sandbox_request *r, struct val *o, const struct world_tags *t)
{
	if (t->n)
		val_setz(o, "Tags", iam_show_tags(r, t));
}
