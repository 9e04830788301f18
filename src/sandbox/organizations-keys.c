#include "sandbox/organizations-private.h"

/*
 * Condition keys of Organizations' own calls.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsorganizations.html
 */

static void push(struct sandbox_request *r, struct policy_key *keys, size_t *n, const char *name,
		 struct str value)
{
	if (*n < SANDBOX_KEYS && !str_is_null(value))
		keys[(*n)++] = sandbox_key(r, name, value);
}

static struct str policy_type(const struct sandbox_request *r)
{
	static const char *const members[] = {"PolicyType", "Type", "Filter"};
	const struct world_policy *p;

	for (size_t i = 0; i < ARRAY_SIZE(members); i++) {
		struct str type = val_get_str(r->in, members[i]);
		if (!str_is_null(type))
			return type;
	}
	p = r->world->org ? world_policy(r->world->org, val_get_str(r->in, "PolicyId")) : NULL;
	return p ? p->type : STR_NULL;
}

static void push_tags(struct sandbox_request *r, struct policy_key *keys, size_t *n)
{
	const struct val *tags = val_get(r->in, "Tags");
	const struct val *tag_keys = val_get(r->in, "TagKeys");
	size_t count = val_count(tags) + val_count(tag_keys), i = 0;
	struct str *names = arena_calloc(r->arena, count + 1, sizeof(*names));

	VAL_EACH(tag, tags)
	{
		struct str key = val_get_str(tag, "Key");
		names[i++] = key;
		push(r, keys, n, arena_printf(r->arena, "aws:RequestTag/%.*s", STR_ARG(key)).p,
		     val_get_str(tag, "Value"));
	}
	VAL_EACH(key, tag_keys)
	names[i++] = val_str(key);
	if (count && *n < SANDBOX_KEYS)
		keys[(*n)++] = (struct policy_key){
			.name = STR("aws:TagKeys"),
			.value = {.values = names, .n = count, .multi = true},
		};
}

static const struct world_tags *tags_of(struct sandbox_request *r, struct str id)
{
	const struct world_org *o = r->world->org;
	const struct world_account *acct = orgs_account(r, id);
	const struct world_unit *u = world_unit(o, id);
	const struct world_policy *p = world_policy(o, id);

	return acct ? &acct->tags : u ? &u->tags : p ? &p->tags : NULL;
}

void orgs_keys(struct sandbox_request *r, struct policy_key *keys, size_t *n)
{
	const struct world_tags *t;

	push(r, keys, n, "organizations:PolicyType", policy_type(r));
	push(r, keys, n, "organizations:ServicePrincipal", val_get_str(r->in, "ServicePrincipal"));
	push_tags(r, keys, n);
	if (!r->world->org || !(t = tags_of(r, orgs_subject(r))))
		return;
	for (size_t i = 0; i < t->n; i++)
		push(r, keys, n,
		     arena_printf(r->arena, "aws:ResourceTag/%.*s", STR_ARG(t->v[i].key)).p,
		     t->v[i].value);
}
