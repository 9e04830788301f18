#include "base/clock.h"
#include "base/digest.h"
#include "sandbox/seed-private.h"
#include "text/json.h"

/* One account of sandbox.yaml being made. */
struct making {
	struct seeding *s;
	struct world *w;
	struct check *c;
	struct world_account *acct;
	struct rng rng;
};

/* ---- times ---- */

/* "-3d", "3 days ago" */
static bool relative(struct str text, int64_t now_ms, int64_t *ms)
{
	struct err err = {0};
	int64_t ago;

	if (str_startsz(text, "-"))
		text = str_from(text, 1);
	else if (str_endsz(text, " ago"))
		text = str_sub(text, 0, text.n - 4);
	else
		return false;
	if (!duration_parse(text, &ago, &err))
		return false;
	*ms = now_ms - ago;
	return true;
}

bool seed_time(struct seeding *s, const struct val *object, const char *name, int64_t *ms)
{
	const struct val *v = val_get(object, name);
	struct str text = val_str(v);

	if (!v)
		return true;
	if (!relative(text, s->now_ms, ms) && !time_parse_iso(text, ms))
		return check_fail(&s->c, v, "%s is a time, as in -3d, '3 days ago' or 2026-11-23",
				  name);
	if (*ms > s->now_ms)
		return check_fail(&s->c, v, "%s is in the future", name);
	return true;
}

/* ---- credentials ---- */

/* true, or {created, used}; false is none. */
static bool read_login(struct making *m, const struct val *object, bool root,
		       struct iam_login **out)
{
	static const char *const known[] = {"created", "used"};
	const struct val *v = val_get(object, "password");
	bool has = true;

	if (!v)
		return true;
	if (v->kind != VAL_OBJECT && !check_bool(m->c, object, "password", CHECK_REQUIRED, &has))
		return false;
	if (v->kind == VAL_OBJECT && !check_object(m->c, v, "a password", known, ARRAY_SIZE(known)))
		return false;
	if (!has)
		return true;
	struct iam_login *login = arena_new_of(m->w->arena, struct iam_login);
	login->created_ms = m->acct->joined_ms;
	if (!seed_time(m->s, v, "created", &login->created_ms) ||
	    !seed_time(m->s, v, "used", &login->used_ms))
		return false;
	if (!root) { /* one that nobody knows */
		char hex[SHA256_HEX_SIZE];
		sha256_hex(world_id(m->w, &m->rng, "", ALPHABET_SECRET, 20), hex);
		login->password_hash = world_str(m->w, str_of(hex));
	}
	*out = login;
	return true;
}

static bool read_key(struct making *m, const struct val *v, struct iam_user *user)
{
	static const char *const known[] = {"created", "used", "service", "region", "active"};
	int64_t created = m->acct->joined_ms, used = 0;
	struct str service = STR("s3"), region = STR("us-east-1");
	bool active = true;

	if (!check_object(m->c, v, "an access key", known, ARRAY_SIZE(known)) ||
	    !seed_time(m->s, v, "created", &created) || !seed_time(m->s, v, "used", &used) ||
	    !check_str(m->c, v, "service", CHECK_OPTIONAL, &service) ||
	    !check_str(m->c, v, "region", CHECK_OPTIONAL, &region) ||
	    !check_bool(m->c, v, "active", CHECK_OPTIONAL, &active))
		return false;
	struct iam_key *key = world_make_key(m->w, m->acct, user, &m->rng, created);
	key->active = active;
	if (used) {
		key->used_ms = used - used % 60000;
		key->used_service = world_str(m->w, service);
		key->used_region = world_str(m->w, region);
	}
	return true;
}

static bool read_keys(struct making *m, const struct val *object, struct iam_user *user)
{
	const struct val *list = NULL;

	if (!check_list(m->c, object, "keys", CHECK_OPTIONAL, &list))
		return false;
	VAL_EACH(v, list)
	if (!read_key(m, v, user))
		return false;
	return true;
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

static bool read_mfa(struct making *m, const struct val *object, struct iam_user *user)
{
	static const char *const types[] = {"hardware", "virtual"};
	const struct val *list = NULL;
	size_t i = 0;
	int type;

	if (!check_list(m->c, object, "mfa", CHECK_OPTIONAL, &list))
		return false;
	VAL_EACH(v, list)
	{
		if (!check_val_enum(m->c, v, "an MFA device", types, ARRAY_SIZE(types), &type))
			return false;
		struct iam_mfa *mfa = arena_new_of(m->w->arena, struct iam_mfa);
		mfa->virtual_ = type == 1;
		mfa->serial = mfa_serial(m, mfa->virtual_, user, i++);
		mfa->assigned = true;
		mfa->user = user;
		mfa->enabled_ms = m->acct->joined_ms;
		WORLD_PUSH(m->acct->iam.mfa, mfa);
	}
	return true;
}

static bool read_certs(struct making *m, const struct val *object, struct iam_cert **list_head)
{
	static const char *const known[] = {"uploaded", "active"};
	const struct val *list = NULL;

	if (!check_list(m->c, object, "certificates", CHECK_OPTIONAL, &list))
		return false;
	VAL_EACH(v, list)
	{
		struct iam_cert *cert = arena_new_of(m->w->arena, struct iam_cert);
		cert->active = true;
		cert->uploaded_ms = m->acct->joined_ms;
		if (!check_object(m->c, v, "a certificate", known, ARRAY_SIZE(known)) ||
		    !seed_time(m->s, v, "uploaded", &cert->uploaded_ms) ||
		    !check_bool(m->c, v, "active", CHECK_OPTIONAL, &cert->active))
			return false;
		struct str body = world_id(m->w, &m->rng, "", ALPHABET_SECRET, 64);
		cert->id = world_id(m->w, &m->rng, "", ALPHABET_IAM, 32);
		cert->body = world_printf(m->w,
					  "-----BEGIN CERTIFICATE-----\n%.*s\n"
					  "-----END CERTIFICATE-----",
					  STR_ARG(body));
		WORLD_PUSH(*list_head, cert);
	}
	return true;
}

static bool read_root(struct making *m, const struct val *account)
{
	static const char *const known[] = {"password", "mfa", "keys", "certificates"};
	const struct val *root = NULL;
	struct iam_root *out = &m->acct->iam.root;

	if (!check_map(m->c, account, "root", CHECK_OPTIONAL, &root))
		return false;
	return !root || (check_object(m->c, root, "a root user", known, ARRAY_SIZE(known)) &&
			 read_login(m, root, true, &out->login) && read_keys(m, root, NULL) &&
			 read_mfa(m, root, NULL) && read_certs(m, root, &out->certs));
}

/* ---- policies ---- */

/* AWS's by name, the account's own by name, or either by ARN. */
static struct iam_managed *find_policy(struct making *m, struct str name)
{
	for (struct iam_managed *p = m->acct->iam.policies; p; p = p->next)
		if (str_eq(p->name, name))
			return p;
	if (str_startsz(name, "arn:"))
		return world_managed_policy(m->w, m->acct, name);
	return world_aws_policy(
		m->w, arena_printf(m->c->a, "arn:aws:iam::aws:policy/%.*s", STR_ARG(name)));
}

static bool read_attached(struct making *m, const struct val *object, struct iam_attached **out)
{
	const struct val *list = NULL;
	struct str name;

	if (!check_list(m->c, object, "policies", CHECK_OPTIONAL, &list))
		return false;
	VAL_EACH(v, list)
	{
		if (!check_val_str(m->c, v, "a policy", &name))
			return false;
		struct iam_managed *p = find_policy(m, name);
		if (!p)
			return check_fail(m->c, v, "the sandbox knows no policy '%.*s'",
					  STR_ARG(name));
		world_make_attached(m->w, out, p);
	}
	return true;
}

/* A document written as YAML, checked as AWS would. */
static bool read_document(struct making *m, const struct val *v, enum policy_kind kind,
			  struct str name, struct str *text, const struct policy **parsed)
{
	struct err err = {0};

	if (!val_is(v, VAL_OBJECT))
		return check_fail(m->c, v, "a policy document is missing here");
	*text = world_str(m->w, json_text(m->c->a, v));
	*parsed = policy_parse(*text, kind, name, m->w->arena, &err);
	return *parsed || check_fail(m->c, v, "%s", err.message);
}

static bool read_inlines(struct making *m, const struct val *object, struct iam_inline **out)
{
	const struct val *map = NULL;

	if (!check_map(m->c, object, "inline", CHECK_OPTIONAL, &map))
		return false;
	VAL_EACH(v, map)
	{
		struct iam_inline *in = arena_new_of(m->w->arena, struct iam_inline);
		in->name = world_str(m->w, v->name);
		if (!read_document(m, v, POLICY_IDENTITY, in->name, &in->document, &in->parsed))
			return false;
		WORLD_PUSH(*out, in);
	}
	return true;
}

static bool read_boundary(struct making *m, const struct val *object, struct iam_managed **out)
{
	struct str name = STR_NULL;

	if (!check_str(m->c, object, "boundary", CHECK_OPTIONAL, &name))
		return false;
	if (str_is_null(name))
		return true;
	*out = find_policy(m, name);
	return *out || check_fail(m->c, val_get(object, "boundary"),
				  "the sandbox knows no policy '%.*s'", STR_ARG(name));
}

static bool read_tags(struct making *m, const struct val *object, struct world_tags *t)
{
	const struct val *map = NULL;
	struct str value;

	if (!check_map(m->c, object, "tags", CHECK_OPTIONAL, &map))
		return false;
	VAL_EACH(v, map)
	{
		if (!check_val_str(m->c, v, "a tag's value", &value))
			return false;
		t->v = arena_grow(m->w->arena, t->v, t->n, &t->cap, sizeof(*t->v));
		t->v[t->n].key = world_str(m->w, v->name);
		t->v[t->n++].value = world_str(m->w, value);
	}
	return true;
}

static bool read_managed(struct making *m, const struct val *account)
{
	static const char *const known[] = {"name", "document"};
	const struct val *list = NULL;
	struct str name;

	if (!check_list(m->c, account, "policies", CHECK_OPTIONAL, &list))
		return false;
	VAL_EACH(v, list)
	{
		struct iam_managed *p = arena_new_of(m->w->arena, struct iam_managed);
		struct iam_version *ver = arena_new_of(m->w->arena, struct iam_version);
		if (!check_object(m->c, v, "a policy", known, ARRAY_SIZE(known)) ||
		    !check_str(m->c, v, "name", CHECK_REQUIRED, &name))
			return false;
		p->name = world_str(m->w, name);
		p->path = STR("/");
		p->arn = world_printf(m->w, "arn:aws:iam::%.*s:policy/%.*s", STR_ARG(m->acct->id),
				      STR_ARG(name));
		p->id = world_id(m->w, &m->rng, "ANPA", ALPHABET_IAM, 17);
		p->description = STR("");
		p->created_ms = p->updated_ms = ver->created_ms = m->acct->joined_ms;
		p->next_version = 2;
		ver->id = STR("v1");
		if (!read_document(m, val_get(v, "document"), POLICY_IDENTITY, p->name,
				   &ver->document, &ver->parsed))
			return false;
		p->versions = p->default_version = ver;
		WORLD_PUSH(m->acct->iam.policies, p);
	}
	return true;
}

/* ---- users, groups, roles ---- */

static bool read_groups_of(struct making *m, const struct val *v, struct iam_user *user)
{
	struct str *names = NULL;
	size_t n = 0;

	if (!check_list_of_str(m->c, v, "groups", CHECK_OPTIONAL, &names, &n))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct iam_group *g = iam_group(&m->acct->iam, names[i]);
		if (!g)
			return check_fail(m->c, val_get(v, "groups"), "no group '%.*s'",
					  STR_ARG(names[i]));
		struct iam_member *member = arena_new_of(m->w->arena, struct iam_member);
		member->user = user;
		WORLD_PUSH(g->members, member);
	}
	return true;
}

static bool read_user(struct making *m, const struct val *v)
{
	static const char *const known[] = {"name",   "path",   "created",  "password",
					    "keys",   "mfa",    "tags",     "policies",
					    "inline", "groups", "boundary", "certificates"};
	struct str name, path = STR("/");
	int64_t created = m->acct->joined_ms;

	if (!check_object(m->c, v, "a user", known, ARRAY_SIZE(known)) ||
	    !check_str(m->c, v, "name", CHECK_REQUIRED, &name) ||
	    !check_str(m->c, v, "path", CHECK_OPTIONAL, &path) ||
	    !seed_time(m->s, v, "created", &created))
		return false;
	if (iam_user(&m->acct->iam, name))
		return check_fail(m->c, v, "user '%.*s' is there already", STR_ARG(name));
	struct iam_user *user = world_make_user(m->w, m->acct, path, name, &m->rng, created);
	return read_login(m, v, false, &user->login) && read_keys(m, v, user) &&
	       read_mfa(m, v, user) && read_certs(m, v, &user->certs) &&
	       read_attached(m, v, &user->attached) && read_inlines(m, v, &user->inlines) &&
	       read_boundary(m, v, &user->boundary) && read_tags(m, v, &user->tags) &&
	       read_groups_of(m, v, user);
}

static bool read_group(struct making *m, const struct val *v)
{
	static const char *const known[] = {"name", "policies", "inline"};
	struct iam_group *g = arena_new_of(m->w->arena, struct iam_group);
	struct str name;

	if (!check_object(m->c, v, "a group", known, ARRAY_SIZE(known)) ||
	    !check_str(m->c, v, "name", CHECK_REQUIRED, &name))
		return false;
	g->name = world_str(m->w, name);
	g->path = STR("/");
	g->arn = world_printf(m->w, "arn:aws:iam::%.*s:group/%.*s", STR_ARG(m->acct->id),
			      STR_ARG(name));
	g->id = world_id(m->w, &m->rng, "AGPA", ALPHABET_IAM, 17);
	g->created_ms = m->acct->joined_ms;
	WORLD_PUSH(m->acct->iam.groups, g);
	return read_attached(m, v, &g->attached) && read_inlines(m, v, &g->inlines);
}

/* An account's number or name stands for its root principal, a service for itself. */
static bool read_trust(struct making *m, const struct val *v, struct str *out)
{
	const struct val *trust = val_get(v, "trust");
	const struct policy *parsed;
	struct str who = val_str(trust), key = STR("AWS");
	struct map_entry *e;

	if (val_is(trust, VAL_OBJECT))
		return read_document(m, trust, POLICY_RESOURCE, STR("trust"), out, &parsed);
	if (!check_str(m->c, v, "trust", CHECK_REQUIRED, &who))
		return false;
	for (size_t i = 0; (e = map_next(&m->w->accounts, &i));) {
		const struct world_account *acct = e->value;
		if (str_eq(acct->name, who))
			who = acct->id;
	}
	if (str_endsz(who, ".amazonaws.com"))
		key = STR("Service");
	else if (who.n == 12 && str_all_digits(who))
		who = arena_printf(m->c->a, "arn:aws:iam::%.*s:root", STR_ARG(who));
	else if (!str_startsz(who, "arn:"))
		return check_fail(m->c, trust,
				  "trust names an account, a service, an ARN, or is "
				  "a document");
	*out = world_printf(m->w,
			    "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\","
			    "\"Principal\":{\"%.*s\":\"%.*s\"},\"Action\":\"sts:AssumeRole\"}]}",
			    STR_ARG(key), STR_ARG(who));
	return true;
}

static bool read_role(struct making *m, const struct val *v)
{
	static const char *const known[] = {"name",        "path",          "created",  "trust",
					    "policies",    "inline",        "boundary", "tags",
					    "max-session", "service-linked"};
	struct str name, path = STR("/"), trust;
	int64_t created = m->acct->joined_ms, max_ms = 3600000;
	bool linked = false;

	if (!check_object(m->c, v, "a role", known, ARRAY_SIZE(known)) ||
	    !check_str(m->c, v, "name", CHECK_REQUIRED, &name) ||
	    !check_str(m->c, v, "path", CHECK_OPTIONAL, &path) ||
	    !check_bool(m->c, v, "service-linked", CHECK_OPTIONAL, &linked) ||
	    !check_duration(m->c, v, "max-session", CHECK_OPTIONAL, &max_ms) ||
	    !seed_time(m->s, v, "created", &created) || !read_trust(m, v, &trust))
		return false;
	if (iam_role(&m->acct->iam, name))
		return check_fail(m->c, v, "role '%.*s' is there already", STR_ARG(name));
	struct iam_role *role = world_make_role(m->w, m->acct, path, name, trust, &m->rng, created);
	role->max_session_s = max_ms / 1000;
	role->service_linked = linked;
	return read_attached(m, v, &role->attached) && read_inlines(m, v, &role->inlines) &&
	       read_boundary(m, v, &role->boundary) && read_tags(m, v, &role->tags);
}

static bool read_each(struct making *m, const struct val *account, const char *name,
		      bool (*fn)(struct making *m, const struct val *v))
{
	const struct val *list = NULL;

	if (!check_list(m->c, account, name, CHECK_OPTIONAL, &list))
		return false;
	VAL_EACH(v, list)
	if (!fn(m, v))
		return false;
	return true;
}

/* ---- the account ---- */

static bool read_state(struct making *m, const struct val *v)
{
	static const char *const states[] = {"ACTIVE", "SUSPENDED", "PENDING_CLOSURE", "CLOSED"};
	static const enum account_state as[] = {ACCOUNT_ACTIVE, ACCOUNT_SUSPENDED,
						ACCOUNT_PENDING_CLOSURE, ACCOUNT_CLOSED};
	int which = 0;

	if (!check_enum(m->c, v, "state", CHECK_OPTIONAL, states, ARRAY_SIZE(states), &which))
		return false;
	if (!val_get(v, "state"))
		return true;
	if (m->acct == m->w->first && which != 0)
		return check_fail(m->c, val_get(v, "state"),
				  "the management account can only be ACTIVE");
	m->acct->state = as[which];
	if (as[which] == ACCOUNT_PENDING_CLOSURE || as[which] == ACCOUNT_CLOSED) {
		m->acct->closed_ms = m->s->now_ms;
		world_schedule(m->w, m->s->now_ms);
	}
	return true;
}

static bool read_alias(struct making *m, const struct val *v)
{
	struct str alias = STR_NULL;

	if (!check_str(m->c, v, "alias", CHECK_OPTIONAL, &alias))
		return false;
	if (str_is_null(alias))
		return true;
	m->acct->iam.alias = world_str(m->w, alias);
	if (map_put(&m->w->aliases, m->acct->iam.alias, m->acct))
		return check_fail(m->c, val_get(v, "alias"), "alias '%.*s' is taken already",
				  STR_ARG(alias));
	return true;
}

bool seed_account(struct seeding *s, struct world_account *acct, const struct val *v)
{
	static const char *const known[] = {"state", "joined", "invited", "alias",    "root",
					    "users", "groups", "roles",   "policies", "locked"};
	struct making m = {.s = s, .w = s->w, .c = &s->c, .acct = acct};
	const struct val *locked = NULL;

	world_rng(s->w, "seed", acct->id, &m.rng);
	if (!check_object(m.c, v, "an account", known, ARRAY_SIZE(known)) ||
	    !seed_time(s, v, "joined", &acct->joined_ms) ||
	    !check_bool(m.c, v, "invited", CHECK_OPTIONAL, &acct->invited) || !read_state(&m, v) ||
	    !read_alias(&m, v) || !read_root(&m, v) || !read_managed(&m, v) ||
	    !read_each(&m, v, "groups", read_group) || !read_each(&m, v, "users", read_user) ||
	    !read_each(&m, v, "roles", read_role) ||
	    !check_map(m.c, v, "locked", CHECK_OPTIONAL, &locked))
		return false;
	if (locked)
		acct->iam.locked = val_copy(s->w->arena, locked);
	return true;
}
