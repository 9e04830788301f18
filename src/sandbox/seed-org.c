#include "sandbox/seed-private.h"

/* How long an invitation holds: "invitations last 1,296,000 s". */
#define HANDSHAKE_MS (1296000 * INT64_C(1000))

/*
 * Ids that files do not give follow from names, so that the same folder gives
 * the same organization wherever it is started; keys do not, they are random.
 */
static void stable(const struct seeding *s, const char *what, struct str which, struct rng *rng)
{
	struct str name =
		arena_printf(s->a, "%.*s\n%.*s", STR_ARG(s->seed->org->name), STR_ARG(which));

	world_rng(NULL, what, name, rng);
}

static struct str stable_id(struct seeding *s, const char *what, struct str which,
			    const char *prefix, size_t n)
{
	struct rng rng;

	stable(s, what, which, &rng);
	return world_id(s->w, &rng, prefix, ALPHABET_ID, n);
}

/* ---- accounts ---- */

static struct str account_id(struct seeding *s, const struct org_account *from)
{
	struct rng rng;

	if (!str_is_null(from->id))
		return from->id;
	stable(s, "account", from->name, &rng);
	return world_new_account_id(s->w, &rng);
}

static bool add_account(struct seeding *s, const struct org_account *from)
{
	struct str id = account_id(s, from);
	struct str email = from->email;

	if (world_account(s->w, id))
		return err_at(s->err, from->pos.path, from->pos.line, from->pos.col,
			      "account %.*s is there twice", STR_ARG(id));
	if (str_is_null(email))
		email = arena_printf(s->a, "aws+%.*s@example.com", STR_ARG(id));
	struct world_account *acct =
		world_add_account(s->w, id, from->name, email, s->now_ms - SEED_AGE_MS);
	if (from->state == ORG_STATE_SUSPENDED)
		acct->state = ACCOUNT_SUSPENDED;
	return true;
}

static const struct org_account *management_of(const struct org *o)
{
	for (size_t i = 0; i < o->naccounts; i++)
		if (o->accounts[i]->management)
			return o->accounts[i];
	return str_is_null(o->management_id) ? NULL : org_account(o, o->management_id);
}

/* The management account is the first of all, whether or not the files name it. */
static bool add_accounts(struct seeding *s)
{
	const struct org *o = s->seed->org;
	const struct org_account *management = management_of(o);
	const struct org_account unnamed = {
		.id = o->management_id, .name = STR("management"), .email = STR_NULL};

	if (!add_account(s, management ? management : &unnamed))
		return false;
	for (size_t i = 0; i < o->naccounts; i++)
		if (o->accounts[i] != management && !add_account(s, o->accounts[i]))
			return false;
	return true;
}

/* By name or id, as sandbox.yaml says it. */
static struct world_account *find_account(const struct seeding *s, struct str name)
{
	struct map_entry *e;

	if (world_account(s->w, name))
		return world_account(s->w, name);
	for (size_t i = 0; (e = map_next(&s->w->accounts, &i));) {
		struct world_account *acct = e->value;
		if (str_eq(acct->name, name))
			return acct;
	}
	return NULL;
}

/* ---- units and policies ---- */

static bool add_policy(struct seeding *s, const struct org_policy *from)
{
	struct world *w = s->w;
	struct world_policy *p = arena_new_of(w->arena, struct world_policy);
	bool rcp = str_eqz(from->type, "RESOURCE_CONTROL_POLICY");
	struct str which =
		arena_printf(s->a, "%.*s %.*s", STR_ARG(from->type), STR_ARG(from->name));

	if (from->aws_managed)
		return true;
	p->id = stable_id(s, "policy", which, "p-", 8);
	p->name = world_str(w, from->name);
	p->type = world_str(w, from->type);
	p->description = world_str(w, str_is_null(from->description) ? STR("") : from->description);
	p->content = world_str(w, from->content);
	p->arn = world_printf(w, "arn:aws:organizations::%.*s:policy/%.*s/%s/%.*s",
			      STR_ARG(w->org->management->id), STR_ARG(w->org->id),
			      rcp ? "resource_control_policy" : "service_control_policy",
			      STR_ARG(p->id));
	p->parsed =
		policy_parse(p->content, rcp ? POLICY_RCP : POLICY_SCP, p->name, w->arena, s->err);
	if (!p->parsed)
		return err_wrap(s->err, "policy '%.*s'", STR_ARG(p->name));
	WORLD_PUSH(w->org->policies, p);
	return true;
}

static bool attach_named(struct seeding *s, struct world_attachment **list, const struct str *names,
			 size_t n, const struct org_pos *pos)
{
	for (size_t i = 0; i < n; i++) {
		struct world_policy *p = s->w->org->policies;
		while (p && !str_eq(p->name, names[i]))
			p = p->next;
		if (!p)
			return err_at(s->err, pos->path, pos->line, pos->col,
				      "no policy '%.*s' in policies/", STR_ARG(names[i]));
		world_attach(s->w, list, p);
	}
	return true;
}

static bool add_units(struct seeding *s, struct world_unit **made)
{
	const struct org *o = s->seed->org;

	for (size_t i = 0; i < o->nunits; i++) {
		const struct org_unit *from = o->units[i];
		struct world_unit *parent = NULL;
		for (size_t j = 0; j < i; j++)
			if (o->units[j] == from->parent)
				parent = made[j];
		if (!parent) {
			made[i] = s->w->org->units;
		} else {
			struct str root = str_from(s->w->org->units->id, 2);
			struct str prefix = arena_printf(s->a, "ou-%.*s-", STR_ARG(root));
			struct str id = stable_id(s, "unit", from->path, prefix.p, 8);
			made[i] = world_add_unit(s->w, parent, from->name, id, NULL);
		}
		if (!attach_named(s, &made[i]->attached, from->policies, from->npolicies,
				  &from->pos))
			return false;
	}
	return true;
}

static bool place_accounts(struct seeding *s, struct world_unit *const *made)
{
	const struct org *o = s->seed->org;

	for (size_t i = 0; i < o->naccounts; i++) {
		const struct org_account *from = o->accounts[i];
		struct world_account *acct = find_account(s, from->name);
		struct world_unit *unit = s->w->org->units;
		for (size_t j = 0; j < o->nunits; j++)
			if (o->units[j] == from->unit)
				unit = made[j];
		if (acct == s->w->first)
			acct->parent = unit;
		else
			world_join(s->w, acct, unit, false, s->now_ms - SEED_AGE_MS);
		for (size_t j = 0; j < from->ntags; j++) {
			struct world_tags *t = &acct->tags;
			t->v = arena_grow(s->w->arena, t->v, t->n, &t->cap, sizeof(*t->v));
			t->v[t->n].key = world_str(s->w, from->tags[j].key);
			t->v[t->n++].value = world_str(s->w, from->tags[j].value);
		}
		if (!attach_named(s, &acct->attached, from->policies, from->npolicies, &from->pos))
			return false;
	}
	return true;
}

static void enable_types(struct seeding *s)
{
	const struct org *o = s->seed->org;
	const struct org_reality *real = s->seed->real;

	for (size_t i = 0; i < real->npolicy_types; i++)
		world_enable_policy_type(s->w, arena_dupz(s->a, real->policy_types[i]));
	if (real->have_policy_types)
		return;
	world_enable_policy_type(s->w, "SERVICE_CONTROL_POLICY");
	for (size_t i = 0; i < o->npolicies; i++)
		if (str_eqz(o->policies[i]->type, "RESOURCE_CONTROL_POLICY")) {
			world_enable_policy_type(s->w, "RESOURCE_CONTROL_POLICY");
			break;
		}
}

static bool make_organization(struct seeding *s)
{
	const struct org *o = s->seed->org;
	struct world_unit **made = arena_calloc(s->a, o->nunits + 1, sizeof(struct world_unit *));
	struct str id = o->id;

	if (!str_is_null(s->seed->real->organization_id))
		id = s->seed->real->organization_id;
	if (str_is_null(id))
		id = stable_id(s, "organization", STR(""), "o-", 10);
	world_make_org(s->w, s->w->first, true, id, stable_id(s, "root", STR(""), "r-", 4), NULL,
		       s->now_ms - SEED_AGE_MS);
	enable_types(s);
	for (size_t i = 0; i < o->npolicies; i++)
		if (!add_policy(s, o->policies[i]))
			return false;
	return add_units(s, made) && place_accounts(s, made);
}

/* ---- what sandbox.yaml says of the organization ---- */

static void trusted_access(struct seeding *s)
{
	const struct org_reality *real = s->seed->real;
	struct world_org *o = s->w->org;

	for (size_t i = 0; i < real->ntrusted; i++) {
		struct world_trust *t = arena_new_of(s->w->arena, struct world_trust);
		t->service = world_str(s->w, real->trusted[i]);
		t->enabled_ms = s->now_ms - SEED_AGE_MS;
		WORLD_PUSH(o->trusted, t);
	}
	o->root_credentials_management = real->root_credentials;
	o->root_sessions = real->root_sessions;
	for (size_t i = 0; i < real->ndelegates; i++) {
		struct world_delegate *d = arena_new_of(s->w->arena, struct world_delegate);
		d->account = find_account(s, real->delegates[i].account->name);
		d->service = world_str(s->w, real->delegates[i].service);
		d->enabled_ms = s->now_ms - SEED_AGE_MS;
		WORLD_PUSH(o->delegates, d);
	}
}

static struct val *party(struct world *w, struct str id, const char *type)
{
	struct val *v = val_object(w->arena);

	val_set_str(w->arena, v, "Id", id);
	val_set_z(w->arena, v, "Type", type);
	return v;
}

static struct val *resource(struct world *w, const char *type, struct str value)
{
	struct val *v = val_object(w->arena);

	val_set_str(w->arena, v, "Value", value);
	val_set_z(w->arena, v, "Type", type);
	return v;
}

/* An invitation as InviteAccountToOrganization leaves it. "Organization party Id lacks 'o-'." */
static void add_handshake(struct seeding *s, struct str account, struct str email, int64_t at_ms)
{
	struct world *w = s->w;
	struct world_handshake *h = arena_new_of(w->arena, struct world_handshake);
	struct str target = world_str(w, str_is_null(account) ? email : account);
	const char *type = str_is_null(account) ? "EMAIL" : "ACCOUNT";

	h->id = stable_id(s, "handshake", target, "h-", 10);
	h->arn = world_printf(w, "arn:aws:organizations::%.*s:handshake/%.*s/invite/%.*s",
			      STR_ARG(w->org->management->id), STR_ARG(w->org->id), STR_ARG(h->id));
	h->action = STR("INVITE");
	h->state = STR("OPEN");
	h->requested_ms = at_ms;
	h->expires_ms = at_ms + HANDSHAKE_MS;
	h->account_id = str_is_null(account) ? STR_NULL : target;
	h->parties = val_list(w->arena);
	val_append(h->parties, party(w, str_from(w->org->id, 2), "ORGANIZATION"));
	val_append(h->parties, party(w, target, type));
	h->resources = val_list(w->arena);
	struct val *org = val_append(h->resources, resource(w, "ORGANIZATION", w->org->id));
	struct val *inner = val_setz(org, "Resources", val_list(w->arena));
	val_append(inner, resource(w, "MASTER_EMAIL", w->org->management->email));
	val_append(inner, resource(w, "MASTER_NAME", w->org->management->name));
	val_append(inner, resource(w, "ORGANIZATION_FEATURE_SET", STR("ALL")));
	val_append(h->resources, resource(w, type, target));
	WORLD_PUSH(w->org->handshakes, h);
	world_schedule(w, h->expires_ms);
}

static void handshakes(struct seeding *s)
{
	const struct org_reality *real = s->seed->real;

	for (size_t i = 0; i < real->nhandshakes; i++) {
		const struct reality_handshake *h = &real->handshakes[i];
		add_handshake(s, h->account_id, h->email,
			      h->requested_ms ? h->requested_ms : s->now_ms);
	}
}

static bool accounts(struct seeding *s)
{
	const struct org_reality *real = s->seed->real;
	struct map_entry *e;

	for (size_t i = 0; (e = map_next(&s->w->accounts, &i));) {
		struct world_account *acct = e->value;
		struct rng rng;
		seed_admin(s->w, acct, s->now_ms);
		world_rng(s->w, "access role", acct->id, &rng);
		if (acct != s->w->first)
			world_add_access_role(s->w, acct, STR(ACCESS_ROLE), &rng, acct->joined_ms);
	}
	for (size_t i = 0; i < real->naccounts; i++)
		if (!seed_account(s, find_account(s, real->accounts[i]->account->name),
				  real->accounts[i]))
			return false;
	return true;
}

bool seed_apply(const struct seed *seed, struct world *w, struct err *err)
{
	struct seeding s = {
		.seed = seed, .w = w, .a = arena_new(), .err = err, .now_ms = w->start_ms};
	bool ok = add_accounts(&s) && make_organization(&s) && accounts(&s);

	if (ok) {
		trusted_access(&s);
		handshakes(&s);
	}
	arena_free(&s.a);
	return ok;
}
