#include "sandbox/iam-private.h"

/*
 * Condition keys of a call beside the global ones.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
 */

static void add(struct policy_key *keys, size_t *n, struct policy_key key)
{
	if (*n >= SANDBOX_KEYS)
		BUG("a call with more than %d condition keys", SANDBOX_KEYS);
	keys[(*n)++] = key;
}

static void add_str(struct sandbox_request *r, struct policy_key *keys, size_t *n, const char *name,
		    struct str value)
{
	if (!str_is_null(value))
		add(keys, n, sandbox_key(r, name, value));
}

/* aws:RequestTag/…, and aws:TagKeys of what is set or taken away. */
static void add_request_tags(struct sandbox_request *r, struct policy_key *keys, size_t *n)
{
	const struct val *tags = val_get(r->in, "Tags"), *names = val_get(r->in, "TagKeys");
	size_t count = val_count(tags) + val_count(names), i = 0;

	if (!count)
		return;
	struct str *all = arena_calloc(r->arena, count, sizeof(*all));
	VAL_EACH(v, tags)
	{
		struct str key = val_get_str(v, "Key");
		all[i++] = key;
		add_str(r, keys, n, arena_printf(r->arena, "aws:RequestTag/%.*s", STR_ARG(key)).p,
			val_get_str(v, "Value"));
	}
	VAL_EACH(v, names)
	all[i++] = val_str(v);
	add(keys, n,
	    (struct policy_key){.name = STR("aws:TagKeys"),
				.value = {.values = all, .n = count, .multi = true}});
}

static void add_resource_tags(struct sandbox_request *r, const struct world_tags *t,
			      struct policy_key *keys, size_t *n)
{
	for (size_t i = 0; t && i < t->n; i++) {
		struct str key = t->v[i].key, value = t->v[i].value;
		add_str(r, keys, n, arena_printf(r->arena, "aws:ResourceTag/%.*s", STR_ARG(key)).p,
			value);
		add_str(r, keys, n, arena_printf(r->arena, "iam:ResourceTag/%.*s", STR_ARG(key)).p,
			value);
	}
}

/*
 * iam:PermissionsBoundary is the boundary that the call sets or, where it sets
 * none, the one that the user or role has.
 */
static void add_entity(struct sandbox_request *r, struct policy_key *keys, size_t *n)
{
	struct str boundary = val_get_str(r->in, "PermissionsBoundary");
	struct iam_entity e;

	if (iam_find_entity(r, &e)) {
		add_resource_tags(r, e.tags, keys, n);
		if (str_is_null(boundary) && e.boundary && *e.boundary)
			boundary = (*e.boundary)->arn;
	}
	add_str(r, keys, n, "iam:PermissionsBoundary", boundary);
}

void iam_entity_keys(struct sandbox_request *r, struct policy_key *keys, size_t *n)
{
	add_request_tags(r, keys, n);
	add_entity(r, keys, n);
	add_str(r, keys, n, "iam:PolicyARN", val_get_str(r->in, "PolicyArn"));
}

void iam_policy_keys(struct sandbox_request *r, struct policy_key *keys, size_t *n)
{
	const struct iam_managed *p =
		world_managed_policy(r->world, r->who->account, val_get_str(r->in, "PolicyArn"));

	add_request_tags(r, keys, n);
	add_resource_tags(r, p ? &p->tags : NULL, keys, n);
}

void iam_tag_keys(struct sandbox_request *r, struct policy_key *keys, size_t *n)
{
	add_request_tags(r, keys, n);
}

void iam_linked_keys(struct sandbox_request *r, struct policy_key *keys, size_t *n)
{
	add_str(r, keys, n, "iam:AWSServiceName", val_get_str(r->in, "AWSServiceName"));
}

void iam_access_report_keys(struct sandbox_request *r, struct policy_key *keys, size_t *n)
{
	add_str(r, keys, n, "iam:OrganizationsPolicyId",
		val_get_str(r->in, "OrganizationsPolicyId"));
}
