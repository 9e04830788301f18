#include "base/digest.h"
#include "sandbox/world-private.h"

void world_rng(const struct world *w, const char *what, struct str which, struct rng *out)
{
	unsigned char sum[SHA256_SIZE];
	struct str pieces[] = {str_of(what), STR("\n"), which};
	uint64_t seed = 0;

	sha256_pieces(pieces, ARRAY_SIZE(pieces), sum);
	for (int i = 0; i < 8; i++)
		seed = seed << 8 | sum[i];
	rng_seed(out, w ? seed ^ w->seed : seed);
}

struct iam_user *iam_user(const struct iam_account *iam, struct str name)
{
	for (struct iam_user *u = iam->users; u; u = u->next)
		if (str_eq_nocase(u->name, name))
			return u;
	return NULL;
}

struct iam_group *iam_group(const struct iam_account *iam, struct str name)
{
	for (struct iam_group *g = iam->groups; g; g = g->next)
		if (str_eq_nocase(g->name, name))
			return g;
	return NULL;
}

struct iam_role *iam_role(const struct iam_account *iam, struct str name)
{
	for (struct iam_role *r = iam->roles; r; r = r->next)
		if (str_eq_nocase(r->name, name))
			return r;
	return NULL;
}

struct str world_tag(const struct world_tags *t, struct str key)
{
	for (size_t i = 0; i < t->n; i++)
		if (str_eq(t->v[i].key, key))
			return t->v[i].value;
	return STR_NULL;
}

static const struct policy *must_parse(struct world *w, struct str text, enum policy_kind kind,
				       struct str name)
{
	struct err err = {0};
	struct policy *p = policy_parse(text, kind, name, w->arena, &err);

	if (!p)
		BUG("policy '%.*s': %s", STR_ARG(name), err.message);
	return p;
}

struct iam_role *world_make_role(struct world *w, struct world_account *acct, struct str path,
				 struct str name, struct str trust, struct rng *rng, int64_t now_ms)
{
	struct iam_role *role = arena_new_of(w->arena, struct iam_role);

	role->name = world_str(w, name);
	role->path = world_str(w, path);
	role->arn = world_printf(w, "arn:aws:iam::%.*s:role%.*s%.*s", STR_ARG(acct->id),
				 STR_ARG(path), STR_ARG(name));
	role->id = world_id(w, rng, "AROA", ALPHABET_IAM, 17);
	role->description = STR("");
	role->created_ms = now_ms;
	role->trust_text = world_str(w, trust);
	role->trust = must_parse(w, role->trust_text, POLICY_RESOURCE, role->name);
	role->max_session_s = 3600;
	WORLD_PUSH(acct->iam.roles, role);
	return role;
}

struct iam_user *world_make_user(struct world *w, struct world_account *acct, struct str path,
				 struct str name, struct rng *rng, int64_t now_ms)
{
	struct iam_user *user = arena_new_of(w->arena, struct iam_user);

	user->name = world_str(w, name);
	user->path = world_str(w, path);
	user->arn = world_printf(w, "arn:aws:iam::%.*s:user%.*s%.*s", STR_ARG(acct->id),
				 STR_ARG(path), STR_ARG(name));
	user->id = world_id(w, rng, "AIDA", ALPHABET_IAM, 17);
	user->created_ms = now_ms;
	WORLD_PUSH(acct->iam.users, user);
	return user;
}

struct iam_key *world_make_key(struct world *w, struct world_account *acct, struct iam_user *user,
			       struct rng *rng, int64_t now_ms)
{
	struct iam_key *key = arena_new_of(w->arena, struct iam_key);

	key->id = world_access_key_id(w, rng, "AKIA", acct->id);
	key->secret = world_id(w, rng, "", ALPHABET_SECRET, 40);
	key->active = true;
	key->created_ms = now_ms;
	if (user)
		WORLD_PUSH(user->keys, key);
	else
		WORLD_PUSH(acct->iam.root.keys, key);
	world_add_credential(w, acct, user, key, NULL);
	return key;
}

struct iam_inline *world_make_inline(struct world *w, struct str name, struct str document)
{
	struct iam_inline *in = arena_new_of(w->arena, struct iam_inline);

	in->name = world_str(w, name);
	in->document = world_str(w, document);
	in->parsed = must_parse(w, in->document, POLICY_IDENTITY, in->name);
	return in;
}

void world_make_attached(struct world *w, struct iam_attached **list, struct iam_managed *p)
{
	struct iam_attached *at = arena_new_of(w->arena, struct iam_attached);

	at->policy = p;
	WORLD_PUSH(*list, at);
}

/*
 * "AWS Organizations automatically creates an IAM role in the member account …
 * named OrganizationAccountAccessRole … has full administrative permissions in
 * the member account … trusts the management account."
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_access.html
 */
struct iam_role *world_add_access_role(struct world *w, struct world_account *acct,
				       struct str role_name, struct rng *rng, int64_t now_ms)
{
	struct str management = w->org ? w->org->management->id : w->first->id;
	struct str trust = world_printf(
		w,
		"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":"
		"{\"AWS\":\"arn:aws:iam::%.*s:root\"},\"Action\":\"sts:AssumeRole\"}]}",
		STR_ARG(management));
	struct iam_role *role = world_make_role(w, acct, STR("/"), role_name, trust, rng, now_ms);
	struct iam_inline *in =
		world_make_inline(w, STR("AdministratorAccess"), STR(FULL_ACCESS_DOCUMENT));

	WORLD_PUSH(role->inlines, in);
	return role;
}
