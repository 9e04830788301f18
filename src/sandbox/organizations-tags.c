#include "sandbox/organizations-private.h"

/* "You can attach up to 50 tags to each resource"; those of AWS itself do not count. */
#define MAX_TAGS 50
#define TAGS_PAGE 50

/* Keys that begin so are AWS's own, in any case of letters. */
static bool reserved(struct str key)
{
	return key.n >= 4 && str_eq_nocase(str_sub(key, 0, 4), STR("aws:"));
}

static bool too_many(struct sandbox_request *r)
{
	return orgs_constraint(r, "MAX_TAG_LIMIT_EXCEEDED",
			       "You have exceeded the number of tags allowed on this resource.");
}

bool orgs_check_tags(struct sandbox_request *r)
{
	const struct val *tags = val_get(r->in, "Tags");

	VAL_EACH(tag, tags)
	{
		struct str key = val_get_str(tag, "Key");
		if (reserved(key))
			return orgs_invalid(r, "INVALID_SYSTEM_TAGS_PARAMETER");
		for (const struct val *later = tag->next; later; later = later->next)
			if (str_eq(key, val_get_str(later, "Key")))
				return orgs_invalid(r, "DUPLICATE_TAG_KEY");
	}
	return val_count(tags) <= MAX_TAGS || too_many(r);
}

static struct world_tag *find_tag(const struct world_tags *t, struct str key)
{
	for (size_t i = 0; i < t->n; i++)
		if (str_eq(t->v[i].key, key))
			return &t->v[i];
	return NULL;
}

void orgs_put_tags(struct sandbox_request *r, struct world_tags *t)
{
	struct world *w = r->world;

	VAL_EACH(tag, val_get(r->in, "Tags"))
	{
		struct str key = val_get_str(tag, "Key");
		struct world_tag *at = find_tag(t, key);
		if (!at) {
			t->v = arena_grow(w->arena, t->v, t->n, &t->cap, sizeof(*t->v));
			at = &t->v[t->n++];
			at->key = world_str(w, key);
		}
		at->value = world_str(w, val_get_str(tag, "Value"));
	}
}

/* Roots, units, accounts, policies of the organization's own, its resource policy. */
static struct world_tags *tagged(struct sandbox_request *r)
{
	struct str id = val_get_str(r->in, "ResourceId");
	struct world_org *o = r->world->org;
	struct orgs_target t;

	if (orgs_target(r, id, &t))
		return t.unit ? &t.unit->tags : &t.account->tags;
	struct world_policy *p = world_policy(o, id);
	if (p && !p->aws_managed)
		return &p->tags;
	if (!str_is_null(o->resource_policy) && str_eq(o->resource_policy_id, id))
		return &o->resource_policy_tags;
	orgs_fault(r, "TargetNotFoundException", "You specified a target that doesn't exist.");
	return NULL;
}

bool orgs_list_tags(struct sandbox_request *r)
{
	const struct world_tags *t;
	struct page page;

	if (!orgs_enter(r, ORGS_DELEGATE) || !(t = tagged(r)))
		return false;
	if (!page_begin(r, TAGS_PAGE, &page))
		return orgs_invalid(r, "INVALID_NEXT_TOKEN");
	struct val *list = val_setz(r->out, "Tags", val_list(r->arena));
	for (size_t i = 0; i < t->n; i++) {
		if (!page_has(&page, i))
			continue;
		struct val *v = val_append(list, val_object(r->arena));
		val_set_str(r->arena, v, "Key", t->v[i].key);
		val_set_str(r->arena, v, "Value", t->v[i].value);
	}
	page_end(r, &page, t->n);
	return true;
}

bool orgs_tag(struct sandbox_request *r)
{
	struct world_tags *t;

	if (!orgs_enter(r, ORGS_MANAGEMENT) || !(t = tagged(r)) || !orgs_check_tags(r))
		return false;
	size_t n = t->n;
	VAL_EACH(tag, val_get(r->in, "Tags"))
	if (!find_tag(t, val_get_str(tag, "Key")))
		n++;
	if (n > MAX_TAGS)
		return too_many(r);
	orgs_put_tags(r, t);
	return true;
}

/* A key that is not there is no error. */
bool orgs_untag(struct sandbox_request *r)
{
	struct world_tags *t;

	if (!orgs_enter(r, ORGS_MANAGEMENT) || !(t = tagged(r)))
		return false;
	VAL_EACH(key, val_get(r->in, "TagKeys"))
	if (reserved(val_str(key)))
		return orgs_invalid(r, "INVALID_SYSTEM_TAGS_PARAMETER");
	VAL_EACH(key, val_get(r->in, "TagKeys"))
	{
		struct world_tag *at = find_tag(t, val_str(key));
		if (!at)
			continue;
		for (t->n--; at < t->v + t->n; at++)
			at[0] = at[1];
	}
	return true;
}
