/* groups.yaml, permission-sets.yaml and access/NAME.yaml: IAM Identity Center. */

#include "org/files-private.h"

#include "base/utf8.h"
#include "text/show.h"

#define HOUR_MS 3600000

/* ---- groups ---- */

static void read_group(struct files_reader *r, const struct val *v)
{
	static const char *const known[] = {"group", "description", "members"};
	struct org_group *g, *other;

	if (!files_keys(r, v, "a group", known, ARRAY_SIZE(known)))
		return;
	g = org_build_group(&r->b);
	g->pos = files_pos(r, v);
	files_ok(r, check_text(&r->c, v, "description", CHECK_OPTIONAL, &g->description));
	files_ok(r,
		 check_list_of_str(&r->c, v, "members", CHECK_OPTIONAL, &g->members, &g->nmembers));
	if (!files_ok(r, check_str(&r->c, v, "group", CHECK_REQUIRED, &g->name)))
		return;
	other = org_group(r->o, g->name);
	if (other)
		files_problem(r, val_get(v, "group"), "duplicate group '%.*s'%s",
			      STR_ARG(show_short(r->a, g->name)), files_also(r, other->pos));
	org_build_index_group(&r->b, g);
}

void files_groups(struct files_reader *r)
{
	const struct val *v = files_load(r, "groups.yaml", FILES_GROUPS);

	r->have_groups = v != NULL;
	if (!v)
		return;
	if (!files_list(r, v, "groups.yaml")) {
		r->lost |= FILES_GROUPS;
		return;
	}
	VAL_EACH(group, v)
	read_group(r, group);
}

/* ---- permission sets ---- */

/* "[\w+=,.@-]+", 1 to 32 (IAM Identity Center API reference, PermissionSet.Name). */
static bool is_set_name(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool word =
			(c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');

		if (!word && str_chr(STR("_+=,.@-"), c) < 0)
			return false;
	}
	return s.n > 0 && s.n <= 32;
}

static void read_inline(struct files_reader *r, const struct val *v, struct org_permission_set *s)
{
	const struct val *doc = NULL;

	if (files_ok(r, check_member(&r->c, v, "inline", CHECK_OPTIONAL, &doc)) && doc)
		files_document(r, doc, "'inline'", POLICY_IDENTITY, &s->inline_policy);
}

static void read_session(struct files_reader *r, const struct val *v, struct org_permission_set *s)
{
	const struct val *at = val_get(v, "session");

	s->session_ms = HOUR_MS;
	if (!at ||
	    !files_ok(r, check_duration(&r->c, v, "session", CHECK_OPTIONAL, &s->session_ms)))
		return;
	/* "Session duration … minimum of 1 hour … maximum of 12 hours" (User Guide). */
	if (s->session_ms < HOUR_MS || s->session_ms > 12 * HOUR_MS)
		files_problem(r, at, "'session' must be 1 hour to 12 hours");
}

static void read_set(struct files_reader *r, const struct val *v)
{
	static const char *const known[] = {"permission-set", "description", "session", "policies",
					    "inline"};
	struct org_permission_set *s, *other;

	if (!files_keys(r, v, "a permission set", known, ARRAY_SIZE(known)))
		return;
	s = org_build_permission_set(&r->b);
	s->pos = files_pos(r, v);
	if (files_ok(r, check_text(&r->c, v, "description", CHECK_OPTIONAL, &s->description)) &&
	    utf8_length(s->description) > 700)
		files_problem(r, val_get(v, "description"),
			      "a permission set's description has at most 700 characters");
	read_session(r, v, s);
	if (files_ok(r, check_list_of_str(&r->c, v, "policies", CHECK_OPTIONAL,
					  &s->managed_policies, &s->nmanaged)) &&
	    s->nmanaged > 20)
		files_problem(r, val_get(v, "policies"),
			      "%zu policies, AWS takes at most 20 in a permission set",
			      s->nmanaged);
	read_inline(r, v, s);
	if (!files_ok(r, check_str(&r->c, v, "permission-set", CHECK_REQUIRED, &s->name)))
		return;
	other = org_permission_set(r->o, s->name);
	if (!is_set_name(s->name))
		files_problem(r, val_get(v, "permission-set"),
			      "a permission set's name has 1 to 32 letters, digits and _+=,.@-");
	else if (other)
		files_problem(r, val_get(v, "permission-set"), "duplicate permission set '%.*s'%s",
			      STR_ARG(show_short(r->a, s->name)), files_also(r, other->pos));
	org_build_index_permission_set(&r->b, s);
}

void files_permission_sets(struct files_reader *r)
{
	const struct val *v = files_load(r, "permission-sets.yaml", FILES_SETS);

	if (!v)
		return;
	if (!files_list(r, v, "permission-sets.yaml")) {
		r->lost |= FILES_SETS;
		return;
	}
	VAL_EACH(set, v)
	read_set(r, set);
}

/* ---- access ---- */

static void read_assignment(struct files_reader *r, const struct val *v)
{
	static const char *const known[] = {"group", "user", "gets", "in", "until", "reason"};
	struct org_assignment *as;

	if (!files_keys(r, v, "each entry", known, ARRAY_SIZE(known)))
		return;
	as = org_build_assignment(&r->b);
	as->pos = files_pos(r, v);
	files_ok(r, check_str(&r->c, v, "user", CHECK_OPTIONAL, &as->user));
	if (files_ok(r, check_str(&r->c, v, "group", CHECK_OPTIONAL, &as->group)) &&
	    !str_is_null(as->group))
		files_known_group(r, val_get(v, "group"), as->group);
	if (!val_get(v, "user") && !val_get(v, "group"))
		files_problem(r, v, "nobody gets this: give 'group' or 'user'");
	else if (val_get(v, "user") && val_get(v, "group"))
		files_problem_name(r, val_get(v, "user"),
				   "'user' together with 'group': make two entries of it");
	if (files_ok(r, check_str(&r->c, v, "gets", CHECK_REQUIRED, &as->permission_set)))
		files_known_set(r, val_get(v, "gets"), as->permission_set);
	files_selector(r, v, "in", &as->in);
	files_ok(r, check_until(&r->c, v, "until", CHECK_OPTIONAL, &as->until_ms));
	files_ok(r, check_str(&r->c, v, "reason", CHECK_OPTIONAL, &as->reason));
}

static void read_access(struct files_reader *r, const struct val *v)
{
	if (!files_list(r, v, "a file of access"))
		return;
	VAL_EACH(entry, v)
	read_assignment(r, entry);
}

void files_access(struct files_reader *r)
{
	files_load_all(r, "access", 0, read_access);
}
