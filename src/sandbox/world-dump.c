#include "sandbox/world-private.h"
#include "text/json.h"

/*
 * The state as one document, for tests, `sandbox export` and the eye. Members
 * stand in a fixed order and lists in theirs, so equal states give equal bytes.
 */

struct dumping {
	struct arena *a;
	bool secrets;
};

static void put_time(struct dumping *d, struct val *v, const char *name, int64_t ms)
{
	if (ms)
		val_set_time(d->a, v, name, ms);
}

static void put_tags(struct dumping *d, struct val *v, const struct world_tags *t)
{
	if (t->n == 0)
		return;
	struct val *tags = val_setz(v, "tags", val_object(d->a));
	for (size_t i = 0; i < t->n; i++)
		val_set(tags, t->v[i].key, val_string(d->a, t->v[i].value));
}

static void put_keys(struct dumping *d, struct val *v, const struct iam_key *key)
{
	struct val *list = val_setz(v, "keys", val_list(d->a));

	for (; key; key = key->next) {
		struct val *k = val_append(list, val_object(d->a));
		val_set_str(d->a, k, "id", key->id);
		if (d->secrets)
			val_set_str(d->a, k, "secret", key->secret);
		val_set_bool(d->a, k, "active", key->active);
		put_time(d, k, "created", key->created_ms);
		put_time(d, k, "used", key->used_ms);
		val_set_str(d->a, k, "used_service", key->used_service);
		val_set_str(d->a, k, "used_region", key->used_region);
	}
}

static void put_uses(struct dumping *d, struct val *v, const struct iam_use *use)
{
	if (!use)
		return;
	struct val *list = val_setz(v, "uses", val_list(d->a));
	for (; use; use = use->next) {
		struct val *o = val_append(list, val_object(d->a));
		val_set_str(d->a, o, "service", use->service);
		val_set_str(d->a, o, "region", use->region);
		put_time(d, o, "time", use->ms);
	}
}

static void put_certs(struct dumping *d, struct val *v, const struct iam_cert *cert)
{
	struct val *list = val_setz(v, "certificates", val_list(d->a));

	for (; cert; cert = cert->next) {
		struct val *c = val_append(list, val_object(d->a));
		val_set_str(d->a, c, "id", cert->id);
		val_set_bool(d->a, c, "active", cert->active);
		put_time(d, c, "uploaded", cert->uploaded_ms);
		val_set_str(d->a, c, "body", cert->body);
	}
}

static void put_login(struct dumping *d, struct val *v, const struct iam_login *login)
{
	if (!login)
		return;
	struct val *l = val_setz(v, "password", val_object(d->a));
	put_time(d, l, "created", login->created_ms);
	put_time(d, l, "changed", login->changed_ms);
	put_time(d, l, "used", login->used_ms);
	val_set_bool(d->a, l, "reset_required", login->reset_required);
	if (d->secrets)
		val_set_str(d->a, l, "hash", login->password_hash);
}

static void put_policies(struct dumping *d, struct val *v, const struct iam_inline *in,
			 const struct iam_attached *at, const struct iam_managed *boundary)
{
	struct val *inlines = val_setz(v, "inline", val_object(d->a));
	struct val *attached = val_setz(v, "attached", val_list(d->a));

	for (; in; in = in->next)
		val_set(inlines, in->name, val_string(d->a, in->document));
	for (; at; at = at->next)
		val_append(attached, val_string(d->a, at->policy->arn));
	if (boundary)
		val_set_str(d->a, v, "boundary", boundary->arn);
}

static struct val *put_named(struct dumping *d, struct val *list, struct str arn, struct str id,
			     int64_t created_ms)
{
	struct val *v = val_append(list, val_object(d->a));

	val_set_str(d->a, v, "arn", arn);
	val_set_str(d->a, v, "id", id);
	put_time(d, v, "created", created_ms);
	return v;
}

static void put_users(struct dumping *d, struct val *out, const struct iam_account *iam)
{
	struct val *list = val_setz(out, "users", val_list(d->a));

	for (const struct iam_user *u = iam->users; u; u = u->next) {
		struct val *v = put_named(d, list, u->arn, u->id, u->created_ms);
		put_login(d, v, u->login);
		put_keys(d, v, u->keys);
		put_certs(d, v, u->certs);
		put_policies(d, v, u->inlines, u->attached, u->boundary);
		put_tags(d, v, &u->tags);
		put_uses(d, v, u->uses);
	}
}

static void put_groups(struct dumping *d, struct val *out, const struct iam_account *iam)
{
	struct val *list = val_setz(out, "groups", val_list(d->a));

	for (const struct iam_group *g = iam->groups; g; g = g->next) {
		struct val *v = put_named(d, list, g->arn, g->id, g->created_ms);
		put_policies(d, v, g->inlines, g->attached, NULL);
		struct val *members = val_setz(v, "members", val_list(d->a));
		for (const struct iam_member *m = g->members; m; m = m->next)
			val_append(members, val_string(d->a, m->user->name));
	}
}

static void put_roles(struct dumping *d, struct val *out, const struct iam_account *iam)
{
	struct val *list = val_setz(out, "roles", val_list(d->a));

	for (const struct iam_role *r = iam->roles; r; r = r->next) {
		struct val *v = put_named(d, list, r->arn, r->id, r->created_ms);
		val_set_str(d->a, v, "description", r->description);
		val_set_str(d->a, v, "trust", r->trust_text);
		val_set_int(d->a, v, "max_session_s", r->max_session_s);
		if (r->service_linked)
			val_set_bool(d->a, v, "service_linked", true);
		put_time(d, v, "used", r->used_ms);
		val_set_str(d->a, v, "used_region", r->used_region);
		put_policies(d, v, r->inlines, r->attached, r->boundary);
		put_tags(d, v, &r->tags);
		put_uses(d, v, r->uses);
	}
}

static void put_managed(struct dumping *d, struct val *out, const struct iam_account *iam)
{
	struct val *list = val_setz(out, "policies", val_list(d->a));

	for (const struct iam_managed *p = iam->policies; p; p = p->next) {
		struct val *v = put_named(d, list, p->arn, p->id, p->created_ms);
		put_time(d, v, "updated", p->updated_ms);
		val_set_str(d->a, v, "description", p->description);
		val_set_str(d->a, v, "default", p->default_version->id);
		val_set_int(d->a, v, "next_version", p->next_version);
		struct val *versions = val_setz(v, "versions", val_list(d->a));
		for (const struct iam_version *ver = p->versions; ver; ver = ver->next) {
			struct val *w = val_append(versions, val_object(d->a));
			val_set_str(d->a, w, "id", ver->id);
			put_time(d, w, "created", ver->created_ms);
			val_set_str(d->a, w, "document", ver->document);
		}
		put_tags(d, v, &p->tags);
	}
}

static void put_mfa(struct dumping *d, struct val *out, const struct iam_account *iam)
{
	struct val *list = val_setz(out, "mfa", val_list(d->a));

	for (const struct iam_mfa *m = iam->mfa; m; m = m->next) {
		struct val *v = val_append(list, val_object(d->a));
		val_set_str(d->a, v, "serial", m->serial);
		val_set_bool(d->a, v, "virtual", m->virtual_);
		val_set_bool(d->a, v, "assigned", m->assigned);
		if (m->assigned)
			val_set_str(d->a, v, "user", m->user ? m->user->name : STR("(root)"));
		put_time(d, v, "enabled", m->enabled_ms);
		put_tags(d, v, &m->tags);
	}
}

static void put_others(struct dumping *d, struct val *out, const struct iam_account *iam)
{
	struct map_entry *e;

	for (size_t i = 0; (e = map_next(&iam->others, &i));)
		val_set(out, e->key, val_copy(d->a, e->value));
	if (iam->password_policy)
		val_setz(out, "password_policy", val_copy(d->a, iam->password_policy));
	if (iam->locked)
		val_setz(out, "locked", val_copy(d->a, iam->locked));
}

static void put_attached(struct dumping *d, struct val *v, const struct world_attachment *at)
{
	struct val *list = val_setz(v, "policies", val_list(d->a));

	for (; at; at = at->next)
		val_append(list, val_string(d->a, at->policy->id));
}

static void put_account(struct dumping *d, struct val *list, const struct world_account *acct)
{
	static const char *const states[] = {
		[ACCOUNT_PENDING_ACTIVATION] = "PENDING_ACTIVATION",
		[ACCOUNT_ACTIVE] = "ACTIVE",
		[ACCOUNT_SUSPENDED] = "SUSPENDED",
		[ACCOUNT_PENDING_CLOSURE] = "PENDING_CLOSURE",
		[ACCOUNT_CLOSED] = "CLOSED",
	};
	struct val *v = val_append(list, val_object(d->a));
	struct val *iam = val_object(d->a), *root = val_object(d->a);

	val_set_str(d->a, v, "id", acct->id);
	val_set_str(d->a, v, "name", acct->name);
	val_set_str(d->a, v, "email", acct->email);
	val_set_z(d->a, v, "state", states[acct->state]);
	val_set_bool(d->a, v, "joined", acct->joined);
	val_set_bool(d->a, v, "invited", acct->invited);
	put_time(d, v, "joined_at", acct->joined_ms);
	put_time(d, v, "closed_at", acct->closed_ms);
	if (acct->parent)
		val_set_str(d->a, v, "parent", acct->parent->id);
	put_tags(d, v, &acct->tags);
	put_attached(d, v, acct->attached);
	val_set_str(d->a, v, "alias", acct->iam.alias);
	val_setz(v, "root", root);
	put_login(d, root, acct->iam.root.login);
	put_keys(d, root, acct->iam.root.keys);
	put_certs(d, root, acct->iam.root.certs);
	put_uses(d, root, acct->iam.root.uses);
	val_setz(v, "iam", iam);
	put_mfa(d, iam, &acct->iam);
	put_users(d, iam, &acct->iam);
	put_groups(d, iam, &acct->iam);
	put_roles(d, iam, &acct->iam);
	put_managed(d, iam, &acct->iam);
	put_time(d, iam, "report", acct->iam.report_ms);
	val_set_str(d->a, iam, "report_text", acct->iam.report);
	put_others(d, iam, &acct->iam);
}

/* ---- the organization ---- */

static void put_units(struct dumping *d, struct val *out, const struct world_org *o)
{
	struct val *list = val_setz(out, "units", val_list(d->a));
	struct map_entry *e;

	for (const struct world_unit *u = o->units; u; u = u->next) {
		if (u->deleted)
			continue;
		struct val *v = put_named(d, list, u->arn, u->id, 0);
		val_set_str(d->a, v, "name", u->name);
		if (u->parent)
			val_set_str(d->a, v, "parent", u->parent->id);
		put_tags(d, v, &u->tags);
		put_attached(d, v, u->attached);
		if (u != o->units)
			continue;
		struct val *types = val_setz(v, "policy_types", val_list(d->a));
		for (size_t i = 0; (e = map_next(&u->policy_types, &i));)
			val_append(types, val_string(d->a, e->key));
	}
}

static void put_org_policies(struct dumping *d, struct val *out, const struct world_org *o)
{
	struct val *list = val_setz(out, "policies", val_list(d->a));

	for (const struct world_policy *p = o->policies; p; p = p->next) {
		if (p->deleted)
			continue;
		struct val *v = put_named(d, list, p->arn, p->id, 0);
		val_set_str(d->a, v, "name", p->name);
		val_set_str(d->a, v, "type", p->type);
		val_set_str(d->a, v, "description", p->description);
		val_set_str(d->a, v, "content", p->content);
		put_time(d, v, "updated", p->updated_ms);
		put_tags(d, v, &p->tags);
	}
}

static void put_handshakes(struct dumping *d, struct val *out, const struct world_org *o)
{
	struct val *list = val_setz(out, "handshakes", val_list(d->a));
	struct val *creates = val_setz(out, "creates", val_list(d->a));

	for (const struct world_handshake *h = o->handshakes; h; h = h->next) {
		struct val *v = put_named(d, list, h->arn, h->id, h->requested_ms);
		val_set_str(d->a, v, "action", h->action);
		val_set_str(d->a, v, "state", h->state);
		put_time(d, v, "expires", h->expires_ms);
		val_set_str(d->a, v, "account", h->account_id);
		val_set_str(d->a, v, "notes", h->notes);
		put_tags(d, v, &h->tags);
		if (h->parties)
			val_setz(v, "parties", val_copy(d->a, h->parties));
		if (h->resources)
			val_setz(v, "resources", val_copy(d->a, h->resources));
	}
	for (const struct world_create *c = o->creates; c; c = c->next) {
		struct val *v = val_append(creates, val_object(d->a));
		val_set_str(d->a, v, "id", c->id);
		val_set_str(d->a, v, "name", c->account_name);
		val_set_str(d->a, v, "email", c->email);
		val_set_str(d->a, v, "role", c->role_name);
		val_set_str(d->a, v, "state", c->state);
		val_set_str(d->a, v, "failure", c->failure);
		if (c->account)
			val_set_str(d->a, v, "account", c->account->id);
		put_time(d, v, "requested", c->requested_ms);
		put_time(d, v, "done", c->done_ms);
		put_tags(d, v, &c->tags);
	}
}

static void put_delegates(struct dumping *d, struct val *out, const char *name,
			  const struct world_delegate *g)
{
	struct val *list = val_setz(out, name, val_list(d->a));

	for (; g; g = g->next) {
		struct val *v = val_append(list, val_object(d->a));
		val_set_str(d->a, v, "account", g->account->id);
		val_set_str(d->a, v, "service", g->service);
		put_time(d, v, "enabled", g->enabled_ms);
		put_time(d, v, "removed", g->removed_ms);
	}
}

static struct val *dump_org(struct dumping *d, const struct world_org *o)
{
	struct val *v = val_object(d->a);

	val_set_str(d->a, v, "id", o->id);
	val_set_bool(d->a, v, "all_features", o->all_features);
	val_set_str(d->a, v, "management", o->management->id);
	val_set_bool(d->a, v, "root_credentials_management", o->root_credentials_management);
	val_set_bool(d->a, v, "root_sessions", o->root_sessions);
	put_time(d, v, "root_credentials_off", o->root_credentials_off_ms);
	put_time(d, v, "root_sessions_off", o->root_sessions_off_ms);
	put_time(d, v, "iam_trust_off", o->iam_trust_off_ms);
	struct val *trusted = val_setz(v, "trusted", val_list(d->a));
	for (const struct world_trust *t = o->trusted; t; t = t->next) {
		struct val *row = val_append(trusted, val_object(d->a));
		val_set_str(d->a, row, "service", t->service);
		put_time(d, row, "enabled", t->enabled_ms);
	}
	put_delegates(d, v, "delegates", o->delegates);
	put_delegates(d, v, "former_delegates", o->former);
	put_units(d, v, o);
	put_org_policies(d, v, o);
	put_handshakes(d, v, o);
	val_set_str(d->a, v, "resource_policy", o->resource_policy);
	val_set_str(d->a, v, "resource_policy_id", o->resource_policy_id);
	put_tags(d, v, &o->resource_policy_tags);
	return v;
}

static void put_sessions(struct dumping *d, struct val *out, const struct world *w)
{
	struct val *list = val_setz(out, "sessions", val_list(d->a));
	struct map_entry *e;

	for (size_t i = 0; (e = map_next(&w->credentials, &i));) {
		const struct world_credential *c = e->value;
		const struct world_session *s = c->session;
		if (!s)
			continue;
		struct val *v = val_append(list, val_object(d->a));
		val_set_str(d->a, v, "key", s->access_key_id);
		val_set_int(d->a, v, "kind", (int64_t)s->kind);
		val_set_str(d->a, v, "account", s->account->id);
		if (s->role)
			val_set_str(d->a, v, "role", s->role->arn);
		if (s->user)
			val_set_str(d->a, v, "user", s->user->arn);
		val_set_str(d->a, v, "name", s->name);
		put_time(d, v, "issued", s->issued_ms);
		put_time(d, v, "expires", s->expires_ms);
		val_set_str(d->a, v, "issuer", s->issuer_arn);
		val_set_str(d->a, v, "source_identity", s->source_identity);
		val_set_str(d->a, v, "task_policy", s->task_policy_arn);
		val_set_str(d->a, v, "policy", s->policy_text);
		put_tags(d, v, &s->tags);
		if (d->secrets) {
			val_set_str(d->a, v, "secret", s->secret);
			val_set_str(d->a, v, "token", s->token);
		}
	}
}

void world_dump(const struct world *w, bool secrets, struct buf *out)
{
	struct dumping d = {.a = arena_new(), .secrets = secrets};
	struct val *v = val_object(d.a), *accounts = val_list(d.a);
	struct map_entry *e;

	val_set_int(d.a, v, "changes", (int64_t)w->changes);
	val_set_int(d.a, v, "clock_ms", w->clock_ms);
	val_set_str(d.a, v, "first", w->first->id);
	val_setz(v, "organization", w->org ? dump_org(&d, w->org) : val_null(d.a));
	val_setz(v, "accounts", accounts);
	for (size_t i = 0; (e = map_next(&w->accounts, &i));)
		put_account(&d, accounts, e->value);
	put_sessions(&d, v, w);
	json_write(v, JSON_COMPACT, out);
	arena_free(&d.a);
}
