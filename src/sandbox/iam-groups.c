#include "sandbox/iam-private.h"

/* https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateGroup.html */
#define GROUPS_MAX 300
#define GROUPS_OF_USER_MAX 10

static struct val *show_user(struct sandbox_request *r, const void *item)
{
	return iam_show_user(r, item, false);
}

bool iam_get_group(struct sandbox_request *r)
{
	struct iam_group *g = iam_need_group(r, val_get_str(r->in, "GroupName"));
	struct iam_rows rows = {0};

	if (!g)
		return false;
	for (const struct iam_member *m = g->members; m; m = m->next)
		iam_add_row(r, &rows, m->user->name, m->user);
	val_setz(r->out, "Group", iam_show_group(r, g));
	return iam_put_rows(r, &rows, "Users", show_user);
}

static struct val *show_row(struct sandbox_request *r, const void *item)
{
	return iam_show_group(r, item);
}

bool iam_list_groups(struct sandbox_request *r)
{
	struct iam_rows rows = {0};

	for (struct iam_group *g = r->who->account->iam.groups; g; g = g->next)
		if (iam_starts_with_path(r, g->path))
			iam_add_row(r, &rows, g->name, g);
	iam_sort_rows(&rows);
	return iam_put_rows(r, &rows, "Groups", show_row);
}

static struct iam_member *find_member(const struct iam_group *g, const struct iam_user *u)
{
	for (struct iam_member *m = g->members; m; m = m->next)
		if (m->user == u)
			return m;
	return NULL;
}

bool iam_list_groups_for_user(struct sandbox_request *r)
{
	struct iam_user *u = iam_need_user(r, val_get_str(r->in, "UserName"));
	struct iam_rows rows = {0};

	if (!u)
		return false;
	for (struct iam_group *g = r->who->account->iam.groups; g; g = g->next)
		if (find_member(g, u))
			iam_add_row(r, &rows, g->name, g);
	iam_sort_rows(&rows);
	return iam_put_rows(r, &rows, "Groups", show_row);
}

static bool name_is_free(struct sandbox_request *r, struct str name, const struct iam_group *except)
{
	const struct iam_group *g = iam_group(&r->who->account->iam, name);

	if (!g || g == except)
		return true;
	return sandbox_fault(r, 409, "EntityAlreadyExists", "Group with name %.*s already exists.",
			     STR_ARG(name));
}

bool iam_create_group(struct sandbox_request *r)
{
	struct str name = val_get_str(r->in, "GroupName"), path = iam_path(r);
	struct iam_account *iam = &r->who->account->iam;
	struct world *w = r->world;

	if (!name_is_free(r, name, NULL) ||
	    !iam_has_room(r, IAM_COUNT(iam->groups), GROUPS_MAX, "GroupsPerAccount"))
		return false;
	struct iam_group *g = arena_new_of(w->arena, struct iam_group);
	g->name = world_str(w, name);
	g->path = world_str(w, path);
	g->arn = world_str(w, iam_make_arn(r, "group", path, name));
	g->id = world_id(w, &r->rng, "AGPA", ALPHABET_IAM, 17);
	g->created_ms = r->now_ms;
	WORLD_PUSH(iam->groups, g);
	val_setz(r->out, "Group", iam_show_group(r, g));
	return true;
}

bool iam_update_group(struct sandbox_request *r)
{
	struct iam_group *g = iam_need_group(r, val_get_str(r->in, "GroupName"));
	struct str name = val_get_str(r->in, "NewGroupName");
	struct str path = val_get_str(r->in, "NewPath");

	if (!g)
		return false;
	if (str_is_null(name))
		name = g->name;
	if (str_is_null(path))
		path = g->path;
	struct str arn = iam_make_arn(r, "group", path, name);
	if (!name_is_free(r, name, g) || !sandbox_authorize(r, "iam:UpdateGroup", arn, NULL, 0))
		return false;
	g->name = world_str(r->world, name);
	g->path = world_str(r->world, path);
	g->arn = world_str(r->world, arn);
	return true;
}

bool iam_delete_group(struct sandbox_request *r)
{
	struct iam_group *g = iam_need_group(r, val_get_str(r->in, "GroupName"));
	const char *why = NULL;

	if (!g)
		return false;
	if (g->members)
		why = "must remove users from group first";
	else if (g->attached)
		why = "must detach all policies first";
	else if (g->inlines)
		why = "must delete policies first";
	if (why)
		return sandbox_fault(r, 409, "DeleteConflict", "Cannot delete entity, %s.", why);
	WORLD_REMOVE(r->who->account->iam.groups, g);
	g->deleted = true;
	return true;
}

/* ---- members ---- */

static bool need_both(struct sandbox_request *r, struct iam_group **g, struct iam_user **u)
{
	*g = iam_need_group(r, val_get_str(r->in, "GroupName"));
	*u = *g ? iam_need_user(r, val_get_str(r->in, "UserName")) : NULL;
	return *g && *u;
}

/* Adding who is in it already succeeds. */
bool iam_add_user_to_group(struct sandbox_request *r)
{
	struct iam_group *g;
	struct iam_user *u;
	size_t n = 0;

	if (!need_both(r, &g, &u))
		return false;
	if (find_member(g, u))
		return true;
	for (const struct iam_group *other = r->who->account->iam.groups; other;
	     other = other->next)
		n += find_member(other, u) != NULL;
	if (!iam_has_room(r, n, GROUPS_OF_USER_MAX, "GroupsPerUser"))
		return false;
	struct iam_member *m = arena_new_of(r->world->arena, struct iam_member);
	m->user = u;
	WORLD_PUSH(g->members, m);
	return true;
}

bool iam_remove_user_from_group(struct sandbox_request *r)
{
	struct iam_group *g;
	struct iam_user *u;
	struct iam_member *m;

	if (!need_both(r, &g, &u))
		return false;
	m = find_member(g, u);
	if (!m)
		return sandbox_fault(r, 404, "NoSuchEntity",
				     "The user with name %.*s is not in the group %.*s.",
				     STR_ARG(u->name), STR_ARG(g->name));
	WORLD_REMOVE(g->members, m);
	return true;
}
