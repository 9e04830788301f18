#include "sandbox/iam-private.h"

/* https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html: 2 for each user */
#define KEYS_MAX 2

static struct iam_key *find(const struct iam_target *t, struct str id)
{
	for (struct iam_key *k = *t->keys; k; k = k->next)
		if (str_eq(k->id, id))
			return k;
	return NULL;
}

static bool no_key(struct sandbox_request *r, struct str id)
{
	return sandbox_fault(r, 404, "NoSuchEntity", "The Access Key with id %.*s cannot be found.",
			     STR_ARG(id));
}

static void put_key(struct sandbox_request *r, const struct iam_target *t, const struct iam_key *k,
		    struct val *o)
{
	iam_put_user_name(r, t, o);
	val_set_str(r->arena, o, "AccessKeyId", k->id);
	val_set_z(r->arena, o, "Status", k->active ? "Active" : "Inactive");
	iam_put_time(r, o, "CreateDate", k->created_ms);
}

static struct val *show_row(struct sandbox_request *r, const void *item)
{
	struct val *o = val_object(r->arena);
	struct iam_target t;

	if (iam_target(r, &t))
		put_key(r, &t, item, o);
	return o;
}

bool iam_list_access_keys(struct sandbox_request *r)
{
	struct iam_rows rows = {0};
	struct iam_target t;

	if (!iam_target(r, &t))
		return false;
	for (const struct iam_key *k = *t.keys; k; k = k->next)
		iam_add_row(r, &rows, k->id, k);
	return iam_put_rows(r, &rows, "AccessKeyMetadata", show_row);
}

bool iam_create_access_key(struct sandbox_request *r)
{
	struct iam_target t;
	struct iam_key *k;
	size_t n = 0;

	if (!iam_target(r, &t))
		return false;
	for (k = *t.keys; k; k = k->next)
		n++;
	if (n >= KEYS_MAX)
		return sandbox_fault(r, 409, "LimitExceeded",
				     "Cannot exceed quota for AccessKeysPerUser: %d", KEYS_MAX);
	k = arena_new_of(r->world->arena, struct iam_key);
	k->id = world_access_key_id(r->world, &r->rng, "AKIA", r->who->account->id);
	k->secret = world_id(r->world, &r->rng, "", ALPHABET_SECRET, 40);
	k->active = true;
	k->created_ms = r->now_ms;
	WORLD_PUSH(*t.keys, k);
	world_add_credential(r->world, r->who->account, t.user, k, NULL);
	struct val *o = val_setz(r->out, "AccessKey", val_object(r->arena));

	put_key(r, &t, k, o);
	val_set_str(r->arena, o, "SecretAccessKey", k->secret);
	return true;
}

bool iam_update_access_key(struct sandbox_request *r)
{
	struct str id = val_get_str(r->in, "AccessKeyId");
	struct iam_target t;
	struct iam_key *k;

	if (!iam_target(r, &t))
		return false;
	k = find(&t, id);
	if (!k)
		return no_key(r, id);
	k->active = str_eqz(val_get_str(r->in, "Status"), "Active");
	return true;
}

bool iam_delete_access_key(struct sandbox_request *r)
{
	struct str id = val_get_str(r->in, "AccessKeyId");
	struct iam_target t;
	struct iam_key *k;

	if (!iam_target(r, &t))
		return false;
	k = find(&t, id);
	if (!k)
		return no_key(r, id);
	WORLD_REMOVE(*t.keys, k);
	world_remove_credential(r->world, k->id);
	return true;
}

bool iam_get_access_key_last_used(struct sandbox_request *r)
{
	struct str id = val_get_str(r->in, "AccessKeyId");
	struct world_credential *c = map_get(&r->world->credentials, id);
	struct val *used;

	/* A key of another account is not told from one that never was. */
	if (!c || !c->key || c->account != r->who->account)
		return no_key(r, id);
	if (c->user)
		val_set_str(r->arena, r->out, "UserName", c->user->name);
	used = val_setz(r->out, "AccessKeyLastUsed", val_object(r->arena));
	if (c->key->used_ms)
		iam_put_time(r, used, "LastUsedDate", c->key->used_ms);
	val_set_str(r->arena, used, "ServiceName",
		    c->key->used_ms && c->key->used_service.n ? c->key->used_service : STR("N/A"));
	val_set_str(r->arena, used, "Region",
		    c->key->used_ms && c->key->used_region.n ? c->key->used_region : STR("N/A"));
	return true;
}

/* Whose the key is: its user's ARN, or root's. A key of nobody here is about nothing. */
struct str iam_key_owner_arn(struct sandbox_request *r)
{
	const struct world_credential *c =
		map_get(&r->world->credentials, val_get_str(r->in, "AccessKeyId"));

	if (!c || !c->key || c->account != r->who->account)
		return iam_target_arn(r);
	return c->user ? c->user->arn : iam_root_arn(r, c->account);
}
