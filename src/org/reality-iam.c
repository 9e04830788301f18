/* users, groups, roles and policies of an account in sandbox.yaml. */

#include "org/reality-private.h"

#include "text/show.h"

/* Names of IAM: "[\w+=,.@-]+", up to `most` (IAM API reference). */
static void read_name(struct reality_reader *rr, const struct val *v, size_t most, struct str *out)
{
	struct files_reader *r = &rr->r;
	bool ok;

	if (!files_ok(r, check_str(&r->c, v, "name", CHECK_REQUIRED, out)))
		return;
	ok = out->n <= most;
	for (size_t i = 0; i < out->n; i++) {
		char c = out->p[i];

		ok &= (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      str_chr(STR("_+=,.@-"), c) >= 0;
	}
	if (!ok)
		files_problem(r, val_get(v, "name"),
			      "'name' has 1 to %zu letters, digits and _+=,.@-", most);
}

/* "(\u002F)|(\u002F[\u0021-\u007E]+\u002F)" (IAM API reference, pathType). */
static void read_path(struct reality_reader *rr, const struct val *v, struct str *out)
{
	struct files_reader *r = &rr->r;
	bool ok;

	*out = STR("/");
	if (!files_ok(r, check_str(&r->c, v, "path", CHECK_OPTIONAL, out)))
		return;
	ok = out->n <= 512 && out->p[0] == '/' && out->p[out->n - 1] == '/';
	for (size_t i = 0; i < out->n; i++)
		ok &= out->p[i] > ' ' && out->p[i] < 0x7f;
	if (!ok)
		files_problem(r, val_get(v, "path"),
			      "'path' begins and ends with '/', like /ci/ or /");
}

/* inline: {NAME: {…document…}} */
static void read_inlines(struct reality_reader *rr, const struct val *v,
			 struct reality_document **out, size_t *n)
{
	struct files_reader *r = &rr->r;
	const struct val *map = NULL;

	if (!files_ok(r, check_map(&r->c, v, "inline", CHECK_OPTIONAL, &map)) || !map)
		return;
	*out = arena_calloc(r->a, val_count(map) + 1, sizeof(**out));
	VAL_EACH(item, map)
	{
		struct reality_document *d = &(*out)[*n];

		if (!files_document(r, item, "an inline policy", POLICY_IDENTITY, &d->text))
			continue;
		d->name = item->name;
		d->pos = files_pos(r, item);
		(*n)++;
	}
}

static void read_policies(struct reality_reader *rr, const struct val *v, struct str **out,
			  size_t *n)
{
	files_ok(&rr->r, check_list_of_str(&rr->r.c, v, "policies", CHECK_OPTIONAL, out, n));
}

static bool same_name(struct str a, struct str b)
{
	/* "Names are not distinguished by case" (IAM User Guide, quotas). */
	return !str_is_null(a) && str_eq_nocase(a, b);
}

#define DUPLICATE(rr, list, count, what, v)                                                        \
	do {                                                                                       \
		for (size_t i_ = 0; i_ + 1 < (count); i_++) {                                      \
			if (!same_name((list)[(count)-1].name, (list)[i_].name))                   \
				continue;                                                          \
			files_problem(&(rr)->r, val_get(v, "name"), "duplicate %s '%.*s'%s", what, \
				      STR_ARG(show_short((rr)->r.a, (list)[i_].name)),             \
				      files_also(&(rr)->r, (list)[i_].pos));                       \
			break;                                                                     \
		}                                                                                  \
	} while (0)

/* An IAM quota each, and what keeps the search for duplicates short. */
static const struct val *few(struct reality_reader *rr, const struct val *v, const char *key,
			     size_t most)
{
	const struct val *list = files_items(&rr->r, v, key);

	if (val_count(list) <= most)
		return list;
	files_problem_name(&rr->r, list, "more than %zu %s in one account", most, key);
	return NULL;
}

/* ---- policies, groups ---- */

static void read_managed(struct reality_reader *rr, const struct val *v, struct reality_account *ra)
{
	static const char *const known[] = {"name", "path", "description", "document"};
	struct files_reader *r = &rr->r;
	const struct val *list = few(rr, v, "policies", 1500);

	ra->policies = arena_calloc(r->a, val_count(list) + 1, sizeof(*ra->policies));
	VAL_EACH(item, list)
	{
		struct reality_policy *p = &ra->policies[ra->npolicies];
		const struct val *doc = NULL;

		if (!files_keys(r, item, "a policy", known, ARRAY_SIZE(known)))
			continue;
		ra->npolicies++;
		p->pos = files_pos(r, item);
		read_name(rr, item, 128, &p->name);
		DUPLICATE(rr, ra->policies, ra->npolicies, "policy", item);
		read_path(rr, item, &p->path);
		files_ok(r,
			 check_text(&r->c, item, "description", CHECK_OPTIONAL, &p->description));
		if (files_ok(r, check_member(&r->c, item, "document", CHECK_REQUIRED, &doc)))
			files_document(r, doc, "'document'", POLICY_IDENTITY, &p->document);
	}
}

static void read_groups(struct reality_reader *rr, const struct val *v, struct reality_account *ra)
{
	static const char *const known[] = {"name", "path", "policies", "inline"};
	struct files_reader *r = &rr->r;
	const struct val *list = few(rr, v, "groups", 300);

	ra->groups = arena_calloc(r->a, val_count(list) + 1, sizeof(*ra->groups));
	VAL_EACH(item, list)
	{
		struct reality_group *g = &ra->groups[ra->ngroups];

		if (!files_keys(r, item, "a group", known, ARRAY_SIZE(known)))
			continue;
		ra->ngroups++;
		g->pos = files_pos(r, item);
		read_name(rr, item, 128, &g->name);
		DUPLICATE(rr, ra->groups, ra->ngroups, "group", item);
		read_path(rr, item, &g->path);
		read_policies(rr, item, &g->policies, &g->npolicies);
		read_inlines(rr, item, &g->inlines, &g->ninlines);
	}
}

/* ---- users, roles ---- */

static void check_groups(struct reality_reader *rr, const struct val *v,
			 const struct reality_account *ra, const struct reality_user *u)
{
	const struct val *list = val_get(v, "groups");
	const struct val *at = val_is(list, VAL_LIST) ? val_first(list) : list;

	for (size_t i = 0; i < u->ngroups && at; i++, at = at->next) {
		bool there = false;

		for (size_t g = 0; g < ra->ngroups; g++)
			there |= same_name(ra->groups[g].name, u->groups[i]);
		if (!there)
			files_problem(&rr->r, at, "unknown group '%.*s' in this account",
				      STR_ARG(show_short(rr->r.a, u->groups[i])));
	}
}

static void read_user(struct reality_reader *rr, const struct val *item, struct reality_account *ra)
{
	static const char *const known[] = {"name",     "path",   "created",  "policies",
					    "inline",   "groups", "boundary", "tags",
					    "password", "mfa",    "keys",     "certificates"};
	struct files_reader *r = &rr->r;
	struct reality_user *u = &ra->users[ra->nusers];

	if (!files_keys(r, item, "a user", known, ARRAY_SIZE(known)))
		return;
	ra->nusers++;
	u->pos = files_pos(r, item);
	read_name(rr, item, 64, &u->name);
	DUPLICATE(rr, ra->users, ra->nusers, "user", item);
	read_path(rr, item, &u->path);
	reality_moment(rr, item, "created", &u->created_ms);
	read_policies(rr, item, &u->policies, &u->npolicies);
	read_inlines(rr, item, &u->inlines, &u->ninlines);
	if (files_ok(r, check_list_of_str(&r->c, item, "groups", CHECK_OPTIONAL, &u->groups,
					  &u->ngroups)))
		check_groups(rr, item, ra, u);
	files_ok(r, check_str(&r->c, item, "boundary", CHECK_OPTIONAL, &u->boundary));
	files_tags(r, item, "tags", &u->tags, &u->ntags);
	reality_login_of(rr, item, &u->login);
}

/* trust: an account id, an ARN, a service, or a document. */
static void read_trust(struct reality_reader *rr, const struct val *item, struct reality_role *role)
{
	struct files_reader *r = &rr->r;
	const struct val *trust = NULL;

	if (!files_ok(r, check_member(&r->c, item, "trust", CHECK_REQUIRED, &trust)))
		return;
	if (trust->kind == VAL_OBJECT) {
		files_document(r, trust, "'trust'", POLICY_RESOURCE, &role->document);
		return;
	}
	if (!files_ok(r, check_str(&r->c, item, "trust", CHECK_REQUIRED, &role->trust)))
		return;
	if (str_startsz(role->trust, "{")) {
		if (files_document(r, trust, "'trust'", POLICY_RESOURCE, &role->document))
			role->trust = STR_NULL;
	} else if (str_all_digits(role->trust)) {
		files_ok(r, check_account_id(&r->c, item, "trust", CHECK_REQUIRED, &role->trust));
	}
}

static void read_role(struct reality_reader *rr, const struct val *item, struct reality_account *ra)
{
	static const char *const known[] = {"name",     "path",        "created",
					    "trust",    "policies",    "inline",
					    "boundary", "max-session", "tags"};
	struct files_reader *r = &rr->r;
	struct reality_role *role = &ra->roles[ra->nroles];

	if (!files_keys(r, item, "a role", known, ARRAY_SIZE(known)))
		return;
	ra->nroles++;
	role->pos = files_pos(r, item);
	read_name(rr, item, 64, &role->name);
	DUPLICATE(rr, ra->roles, ra->nroles, "role", item);
	read_path(rr, item, &role->path);
	reality_moment(rr, item, "created", &role->created_ms);
	read_trust(rr, item, role);
	read_policies(rr, item, &role->policies, &role->npolicies);
	read_inlines(rr, item, &role->inlines, &role->ninlines);
	/* "MaxSessionDuration … 1 hour to 12 hours" (IAM API reference, CreateRole). */
	if (files_ok(r, check_duration(&r->c, item, "max-session", CHECK_OPTIONAL,
				       &role->max_session_ms)) &&
	    role->max_session_ms &&
	    (role->max_session_ms < 3600000 || role->max_session_ms > 12 * 3600000))
		files_problem(r, val_get(item, "max-session"),
			      "'max-session' must be 1 hour to 12 hours");
	files_ok(r, check_str(&r->c, item, "boundary", CHECK_OPTIONAL, &role->boundary));
	files_tags(r, item, "tags", &role->tags, &role->ntags);
}

void reality_iam(struct reality_reader *rr, const struct val *v, struct reality_account *ra)
{
	const struct val *users, *roles;

	read_managed(rr, v, ra);
	read_groups(rr, v, ra);
	users = few(rr, v, "users", 5000);
	ra->users = arena_calloc(rr->r.a, val_count(users) + 1, sizeof(*ra->users));
	VAL_EACH(user, users)
	read_user(rr, user, ra);
	roles = few(rr, v, "roles", 5000);
	ra->roles = arena_calloc(rr->r.a, val_count(roles) + 1, sizeof(*ra->roles));
	VAL_EACH(role, roles)
	read_role(rr, role, ra);
}
