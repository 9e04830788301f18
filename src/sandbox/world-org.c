#include "sandbox/world-private.h"

struct world_unit *world_unit(const struct world_org *o, struct str id)
{
	for (struct world_unit *u = o->units; u; u = u->next)
		if (!u->deleted && str_eq(u->id, id))
			return u;
	return NULL;
}

struct world_policy *world_policy(const struct world_org *o, struct str id)
{
	for (struct world_policy *p = o->policies; p; p = p->next)
		if (!p->deleted && str_eq(p->id, id))
			return p;
	return NULL;
}

bool world_trusts(const struct world_org *o, const char *service)
{
	for (struct world_trust *t = o->trusted; t; t = t->next)
		if (str_eqz(t->service, service))
			return true;
	return false;
}

struct world_delegate *world_delegate(const struct world_org *o, const struct world_account *acct,
				      const char *service)
{
	for (struct world_delegate *d = o->delegates; d; d = d->next)
		if (d->account == acct && (!service || str_eqz(d->service, service)))
			return d;
	return NULL;
}

bool world_policy_type_enabled(const struct world_org *o, const char *type)
{
	return map_get(&o->units->policy_types, str_of(type)) != NULL;
}

bool world_lags(int64_t off_ms, int64_t now_ms)
{
	return off_ms != 0 && now_ms - off_ms < WORLD_LAG_MS;
}

bool world_attach(struct world *w, struct world_attachment **list, struct world_policy *p)
{
	for (struct world_attachment *at = *list; at; at = at->next)
		if (at->policy == p)
			return false;
	struct world_attachment *at = arena_new_of(w->arena, struct world_attachment);
	at->policy = p;
	WORLD_PUSH(*list, at);
	return true;
}

bool world_detach(struct world_attachment **list, const struct world_policy *p)
{
	for (; *list; list = &(*list)->next)
		if ((*list)->policy == p) {
			*list = (*list)->next;
			return true;
		}
	return false;
}

/* Every new target gets the policies that allow everything, of each type that is enabled. */
static void attach_defaults(struct world *w, struct world_attachment **list)
{
	for (struct world_policy *p = w->org->policies; p; p = p->next)
		if (p->aws_managed && map_get(&w->org->units->policy_types, p->type))
			world_attach(w, list, p);
}

/*
 * "When you enable a policy type, … the default policy is automatically attached
 * to every root, OU and account."
 */
void world_enable_policy_type(struct world *w, const char *type)
{
	struct world_org *o = w->org;
	struct map_entry *e;

	map_put(&o->units->policy_types, world_str(w, str_of(type)), o);
	for (struct world_unit *u = o->units; u; u = u->next)
		if (!u->deleted)
			attach_defaults(w, &u->attached);
	for (size_t i = 0; (e = map_next(&w->accounts, &i));) {
		struct world_account *acct = e->value;
		if (acct->joined)
			attach_defaults(w, &acct->attached);
	}
}

static void add_aws_policy(struct world *w, const char *id, const char *type, const char *kind,
			   enum policy_kind parse_as, const char *content)
{
	struct world_policy *p = arena_new_of(w->arena, struct world_policy);
	struct err err = {0};

	p->id = str_of(id);
	p->name = str_of(id + 2); /* without "p-" */
	p->arn = world_printf(w, "arn:aws:organizations::aws:policy/%s/%s", kind, id);
	p->description = STR("Allows access to every operation");
	p->type = str_of(type);
	p->content = str_of(content);
	p->aws_managed = true;
	p->parsed = policy_parse(p->content, parse_as, p->name, w->arena, &err);
	if (!p->parsed)
		BUG("policy %s: %s", id, err.message);
	WORLD_PUSH(w->org->policies, p);
}

/* "r-" and 4 to 32, "ou-", that, and 8 to 32 lower-case letters or digits. */
struct world_org *world_make_org(struct world *w, struct world_account *acct, bool all_features,
				 struct str id, struct str root_id, struct rng *rng, int64_t now_ms)
{
	struct world_org *o = arena_new_of(w->arena, struct world_org);
	struct world_unit *root = arena_new_of(w->arena, struct world_unit);

	w->org = o;
	o->id = str_is_null(id) ? world_id(w, rng, "o-", ALPHABET_ID, 10) : world_str(w, id);
	o->arn = world_printf(w, "arn:aws:organizations::%.*s:organization/%.*s", STR_ARG(acct->id),
			      STR_ARG(o->id));
	o->all_features = all_features;
	o->management = acct;

	root->id = str_is_null(root_id) ? world_id(w, rng, "r-", ALPHABET_ID, 4)
					: world_str(w, root_id);
	root->name = STR("Root");
	root->arn = world_printf(w, "arn:aws:organizations::%.*s:root/%.*s/%.*s", STR_ARG(acct->id),
				 STR_ARG(o->id), STR_ARG(root->id));
	map_init(&root->policy_types);
	o->units = root;

	add_aws_policy(w, "p-FullAWSAccess", "SERVICE_CONTROL_POLICY", "service_control_policy",
		       POLICY_SCP, FULL_ACCESS_DOCUMENT);
	add_aws_policy(w, "p-RCPFullAWSAccess", "RESOURCE_CONTROL_POLICY",
		       "resource_control_policy", POLICY_RCP,
		       "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\","
		       "\"Principal\":\"*\",\"Action\":\"*\",\"Resource\":\"*\"}]}");
	world_join(w, acct, root, true, now_ms);
	return o;
}

void world_join(struct world *w, struct world_account *acct, struct world_unit *unit, bool invited,
		int64_t now_ms)
{
	acct->joined = true;
	acct->invited = invited;
	acct->joined_ms = now_ms;
	acct->parent = unit;
	acct->attached = NULL;
	attach_defaults(w, &acct->attached);
}

void world_leave(struct world *w, struct world_account *acct)
{
	struct world_delegate **at = &w->org->delegates;

	acct->joined = false;
	acct->parent = NULL;
	acct->attached = NULL;
	while (*at)
		if ((*at)->account == acct)
			*at = (*at)->next;
		else
			at = &(*at)->next;
}

struct world_unit *world_add_unit(struct world *w, struct world_unit *parent, struct str name,
				  struct str id, struct rng *rng)
{
	struct world_unit *u = arena_new_of(w->arena, struct world_unit);
	struct world_org *o = w->org;

	u->parent = parent;
	u->name = world_str(w, name);
	if (str_is_null(id)) {
		struct str tail = world_id(w, rng, "-", ALPHABET_ID, 8);
		u->id = world_printf(w, "ou-%.*s%.*s", STR_ARG(str_from(o->units->id, 2)),
				     STR_ARG(tail));
	} else {
		u->id = world_str(w, id);
	}
	u->arn = world_printf(w, "arn:aws:organizations::%.*s:ou/%.*s/%.*s",
			      STR_ARG(o->management->id), STR_ARG(o->id), STR_ARG(u->id));
	map_init(&u->policy_types);
	attach_defaults(w, &u->attached);
	WORLD_PUSH(o->units, u);
	return u;
}

struct str world_org_path(const struct world_org *o, const struct world_unit *unit, struct arena *a)
{
	struct str path = STR("");

	for (; unit; unit = unit->parent)
		path = arena_printf(a, "%.*s/%.*s", STR_ARG(unit->id), STR_ARG(path));
	return arena_printf(a, "%.*s/%.*s", STR_ARG(o->id), STR_ARG(path));
}
