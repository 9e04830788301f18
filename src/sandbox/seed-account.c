#include "base/digest.h"
#include "sandbox/seed-private.h"

/* One account as sandbox.yaml says it is, being made. */
struct making {
	struct seeding *s;
	struct world *w;
	struct world_account *acct;
	struct rng rng;
};

static bool wrong(struct making *m, const struct org_pos *at, const char *what, struct str name)
{
	return err_at(m->s->err, at->path, at->line, at->col, "%s '%.*s'", what, STR_ARG(name));
}

static int64_t or_joined(const struct making *m, int64_t ms)
{
	return ms ? ms : m->acct->joined_ms;
}

/* ---- what one signs in and calls with ---- */

static struct iam_login *make_login(struct making *m, const struct reality_login *from,
				    const struct iam_user *user)
{
	char hex[SHA256_HEX_SIZE];

	if (!from->password)
		return NULL;
	struct iam_login *login = arena_new_of(m->w->arena, struct iam_login);
	login->created_ms = or_joined(m, from->password_created_ms);
	login->used_ms = from->password_used_ms;
	if (user) { /* one that nobody knows */
		sha256_hex(world_id(m->w, &m->rng, "", ALPHABET_SECRET, 20), hex);
		login->password_hash = world_str(m->w, str_of(hex));
	}
	return login;
}

static void make_keys(struct making *m, const struct reality_login *from, struct iam_user *user)
{
	for (size_t i = 0; i < from->nkeys; i++) {
		const struct reality_key *k = &from->keys[i];
		struct iam_key *key =
			world_make_key(m->w, m->acct, user, &m->rng, or_joined(m, k->created_ms));
		key->active = k->active;
		if (k->used_ms == 0)
			continue;
		key->used_ms = k->used_ms - k->used_ms % 60000;
		key->used_service =
			str_is_null(k->service) ? STR("s3") : world_str(m->w, k->service);
		key->used_region =
			str_is_null(k->region) ? STR("us-east-1") : world_str(m->w, k->region);
	}
}

/* A root user's first virtual device is always called root-account-mfa-device. */
static struct str mfa_serial(struct making *m, bool virtual_, const struct iam_user *user,
			     size_t which)
{
	struct str name = user ? user->name : STR("root-account-mfa-device");

	if (!virtual_)
		return world_id(m->w, &m->rng, "GAHT", ALPHABET_DIGITS, 8);
	struct str arn = world_printf(m->w, "arn:aws:iam::%.*s:mfa/%.*s", STR_ARG(m->acct->id),
				      STR_ARG(name));
	return which == 0 ? arn : world_printf(m->w, "%.*s-%zu", STR_ARG(arn), which + 1);
}

static void make_mfa(struct making *m, const struct reality_login *from, struct iam_user *user)
{
	for (size_t i = 0; i < from->nmfa; i++) {
		struct iam_mfa *mfa = arena_new_of(m->w->arena, struct iam_mfa);
		mfa->virtual_ = from->mfa[i] == REALITY_MFA_VIRTUAL;
		mfa->serial = mfa_serial(m, mfa->virtual_, user, i);
		mfa->assigned = true;
		mfa->user = user;
		mfa->enabled_ms = m->acct->joined_ms;
		WORLD_PUSH(m->acct->iam.mfa, mfa);
	}
}

static void make_certs(struct making *m, const struct reality_login *from, struct iam_cert **list)
{
	for (size_t i = 0; i < from->ncerts; i++) {
		struct iam_cert *cert = arena_new_of(m->w->arena, struct iam_cert);
		struct str body = world_id(m->w, &m->rng, "", ALPHABET_SECRET, 64);
		cert->active = from->certs[i].active;
		cert->uploaded_ms = or_joined(m, from->certs[i].uploaded_ms);
		cert->id = world_id(m->w, &m->rng, "", ALPHABET_IAM, 32);
		cert->body = world_printf(m->w,
					  "-----BEGIN CERTIFICATE-----\n%.*s\n"
					  "-----END CERTIFICATE-----",
					  STR_ARG(body));
		WORLD_PUSH(*list, cert);
	}
}

static void make_root(struct making *m, const struct reality_login *from)
{
	struct iam_root *root = &m->acct->iam.root;

	root->login = make_login(m, from, NULL);
	make_keys(m, from, NULL);
	make_mfa(m, from, NULL);
	make_certs(m, from, &root->certs);
}

/* ---- policies ---- */

/* The account's own by name, AWS's by name, or either by ARN. */
static struct iam_managed *find_policy(struct making *m, struct str name)
{
	for (struct iam_managed *p = m->acct->iam.policies; p; p = p->next)
		if (str_eq(p->name, name))
			return p;
	if (str_startsz(name, "arn:"))
		return world_managed_policy(m->w, m->acct, name);
	return world_aws_policy(
		m->w, arena_printf(m->s->a, "arn:aws:iam::aws:policy/%.*s", STR_ARG(name)));
}

static bool attach(struct making *m, const struct str *names, size_t n, const struct org_pos *at,
		   struct iam_attached **out)
{
	for (size_t i = 0; i < n; i++) {
		struct iam_managed *p = find_policy(m, names[i]);
		if (!p)
			return wrong(m, at, "the sandbox knows no policy", names[i]);
		world_make_attached(m->w, out, p);
	}
	return true;
}

/* A document as AWS would check it, kept in the world. */
static const struct policy *parse(struct making *m, struct str name, struct str *text,
				  enum policy_kind kind, const struct org_pos *at)
{
	struct err err = {0};
	const struct policy *p;

	*text = world_str(m->w, *text);
	p = policy_parse(*text, kind, name, m->w->arena, &err);
	if (!p)
		err_at(m->s->err, at->path, at->line, at->col, "%s", err.message);
	return p;
}

static bool make_inlines(struct making *m, const struct reality_document *from, size_t n,
			 struct iam_inline **out)
{
	for (size_t i = 0; i < n; i++) {
		struct iam_inline *in = arena_new_of(m->w->arena, struct iam_inline);
		in->name = world_str(m->w, from[i].name);
		in->document = from[i].text;
		in->parsed = parse(m, in->name, &in->document, POLICY_IDENTITY, &from[i].pos);
		if (!in->parsed)
			return false;
		WORLD_PUSH(*out, in);
	}
	return true;
}

static bool bound(struct making *m, struct str name, const struct org_pos *at,
		  struct iam_managed **out)
{
	if (str_is_null(name))
		return true;
	*out = find_policy(m, name);
	return *out || wrong(m, at, "the sandbox knows no policy", name);
}

static void tag(struct making *m, const struct org_tag *from, size_t n, struct world_tags *t)
{
	for (size_t i = 0; i < n; i++) {
		t->v = arena_grow(m->w->arena, t->v, t->n, &t->cap, sizeof(*t->v));
		t->v[t->n].key = world_str(m->w, from[i].key);
		t->v[t->n++].value = world_str(m->w, from[i].value);
	}
}

static bool make_managed(struct making *m, const struct reality_policy *from)
{
	struct iam_managed *p = arena_new_of(m->w->arena, struct iam_managed);
	struct iam_version *v = arena_new_of(m->w->arena, struct iam_version);

	p->name = world_str(m->w, from->name);
	p->path = world_str(m->w, from->path);
	p->arn = world_printf(m->w, "arn:aws:iam::%.*s:policy%.*s%.*s", STR_ARG(m->acct->id),
			      STR_ARG(p->path), STR_ARG(p->name));
	p->id = world_id(m->w, &m->rng, "ANPA", ALPHABET_IAM, 17);
	p->description =
		str_is_null(from->description) ? STR("") : world_str(m->w, from->description);
	p->created_ms = p->updated_ms = v->created_ms = m->acct->joined_ms;
	p->next_version = 2;
	v->id = STR("v1");
	v->document = from->document;
	v->parsed = parse(m, p->name, &v->document, POLICY_IDENTITY, &from->pos);
	p->versions = p->default_version = v;
	WORLD_PUSH(m->acct->iam.policies, p);
	return v->parsed != NULL;
}

/* ---- users, groups, roles ---- */

static bool join_groups(struct making *m, const struct reality_user *from, struct iam_user *user)
{
	for (size_t i = 0; i < from->ngroups; i++) {
		struct iam_group *g = iam_group(&m->acct->iam, from->groups[i]);
		if (!g)
			return wrong(m, &from->pos, "no group", from->groups[i]);
		struct iam_member *member = arena_new_of(m->w->arena, struct iam_member);
		member->user = user;
		WORLD_PUSH(g->members, member);
	}
	return true;
}

static bool make_user(struct making *m, const struct reality_user *from)
{
	if (iam_user(&m->acct->iam, from->name))
		return wrong(m, &from->pos, "there is already a user", from->name);
	struct iam_user *user = world_make_user(m->w, m->acct, from->path, from->name, &m->rng,
						or_joined(m, from->created_ms));
	user->login = make_login(m, &from->login, user);
	make_keys(m, &from->login, user);
	make_mfa(m, &from->login, user);
	make_certs(m, &from->login, &user->certs);
	tag(m, from->tags, from->ntags, &user->tags);
	return attach(m, from->policies, from->npolicies, &from->pos, &user->attached) &&
	       make_inlines(m, from->inlines, from->ninlines, &user->inlines) &&
	       bound(m, from->boundary, &from->pos, &user->boundary) && join_groups(m, from, user);
}

static bool make_group(struct making *m, const struct reality_group *from)
{
	struct iam_group *g = arena_new_of(m->w->arena, struct iam_group);

	g->name = world_str(m->w, from->name);
	g->path = world_str(m->w, from->path);
	g->arn = world_printf(m->w, "arn:aws:iam::%.*s:group%.*s%.*s", STR_ARG(m->acct->id),
			      STR_ARG(g->path), STR_ARG(g->name));
	g->id = world_id(m->w, &m->rng, "AGPA", ALPHABET_IAM, 17);
	g->created_ms = m->acct->joined_ms;
	WORLD_PUSH(m->acct->iam.groups, g);
	return attach(m, from->policies, from->npolicies, &from->pos, &g->attached) &&
	       make_inlines(m, from->inlines, from->ninlines, &g->inlines);
}

/* An account's number or name stands for its root principal, a service for itself. */
static struct str trust_document(struct making *m, const struct reality_role *from)
{
	struct str who = from->trust;
	const char *key = "AWS";
	struct map_entry *e;

	if (!str_is_null(from->document))
		return from->document;
	for (size_t i = 0; (e = map_next(&m->w->accounts, &i));) {
		const struct world_account *acct = e->value;
		if (str_eq(acct->name, who))
			who = acct->id;
	}
	if (str_endsz(who, ".amazonaws.com"))
		key = "Service";
	else if (who.n == 12 && str_all_digits(who))
		who = arena_printf(m->s->a, "arn:aws:iam::%.*s:root", STR_ARG(who));
	return arena_printf(m->s->a,
			    "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\","
			    "\"Principal\":{\"%s\":\"%.*s\"},\"Action\":\"sts:AssumeRole\"}]}",
			    key, STR_ARG(who));
}

static bool make_role(struct making *m, const struct reality_role *from)
{
	struct str trust = trust_document(m, from);

	if (iam_role(&m->acct->iam, from->name))
		return wrong(m, &from->pos, "there is already a role", from->name);
	if (!parse(m, from->name, &trust, POLICY_RESOURCE, &from->pos))
		return false;
	struct iam_role *role = world_make_role(m->w, m->acct, from->path, from->name, trust,
						&m->rng, or_joined(m, from->created_ms));
	if (from->max_session_ms)
		role->max_session_s = from->max_session_ms / 1000;
	tag(m, from->tags, from->ntags, &role->tags);
	return attach(m, from->policies, from->npolicies, &from->pos, &role->attached) &&
	       make_inlines(m, from->inlines, from->ninlines, &role->inlines) &&
	       bound(m, from->boundary, &from->pos, &role->boundary);
}

static bool make_iam(struct making *m, const struct reality_account *from)
{
	for (size_t i = 0; i < from->npolicies; i++)
		if (!make_managed(m, &from->policies[i]))
			return false;
	for (size_t i = 0; i < from->ngroups; i++)
		if (!make_group(m, &from->groups[i]))
			return false;
	for (size_t i = 0; i < from->nusers; i++)
		if (!make_user(m, &from->users[i]))
			return false;
	for (size_t i = 0; i < from->nroles; i++)
		if (!make_role(m, &from->roles[i]))
			return false;
	return true;
}

/* ---- the account ---- */

static void set_state(struct making *m, const struct reality_account *from)
{
	struct world_account *acct = m->acct;

	if (!from->have_state)
		return;
	switch (from->state) {
	case ORG_STATE_SUSPENDED:
		acct->state = ACCOUNT_SUSPENDED;
		break;
	case ORG_STATE_PENDING_CLOSURE:
		acct->state = ACCOUNT_PENDING_CLOSURE;
		break;
	case ORG_STATE_CLOSED:
		acct->state = ACCOUNT_CLOSED;
		break;
	default:
		acct->state = ACCOUNT_ACTIVE;
	}
	if (acct->state == ACCOUNT_PENDING_CLOSURE || acct->state == ACCOUNT_CLOSED) {
		acct->closed_ms = m->s->now_ms;
		world_schedule(m->w, m->s->now_ms);
	}
}

static bool set_alias(struct making *m, const struct reality_account *from)
{
	if (str_is_null(from->alias))
		return true;
	m->acct->iam.alias = world_str(m->w, from->alias);
	if (map_put(&m->w->aliases, m->acct->iam.alias, m->acct))
		return wrong(m, &from->pos, "two accounts have the alias", from->alias);
	return true;
}

bool seed_account(struct seeding *s, struct world_account *acct, const struct reality_account *from)
{
	struct making m = {.s = s, .w = s->w, .acct = acct};

	world_rng(s->w, "seed", acct->id, &m.rng);
	if (from->joined_ms)
		acct->joined_ms = from->joined_ms;
	acct->invited |= from->invited;
	if (from->have_root)
		make_root(&m, &from->root);
	if (from->locked_tree)
		acct->iam.locked = val_copy(s->w->arena, from->locked_tree);
	set_state(&m, from);
	return set_alias(&m, from) && make_iam(&m, from);
}
