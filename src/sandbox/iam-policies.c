#include "sandbox/iam-private.h"

/* https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html */
#define POLICIES_MAX 1500

/* ---- look-ups ---- */

/* Whether the ARN is of a policy of the caller's account or of AWS's. */
static bool is_within_reach(const struct sandbox_request *r, struct str arn)
{
	struct str account;

	if (!str_startsz(arn, "arn:aws:iam::"))
		return true;
	str_cut(str_from(arn, sizeof("arn:aws:iam::") - 1), ':', &account, &arn);
	return str_eqz(account, "aws") || str_eq(account, r->who->account->id);
}

static struct iam_managed *find_policy(struct sandbox_request *r, struct str arn)
{
	if (is_within_reach(r, arn))
		return world_managed_policy(r->world, r->who->account, arn);
	sandbox_fault(r, 403, "AccessDenied", "Policy is outside your own account.");
	return NULL;
}

struct iam_managed *iam_need_policy(struct sandbox_request *r)
{
	struct str arn = val_get_str(r->in, "PolicyArn");
	struct iam_managed *p = find_policy(r, arn);

	if (!p && is_within_reach(r, arn))
		sandbox_fault(r, 404, "NoSuchEntity", "Policy %.*s was not found.", STR_ARG(arn));
	return p;
}

struct iam_managed *iam_need_own_policy(struct sandbox_request *r)
{
	struct iam_managed *p = iam_need_policy(r);

	if (!p || !p->aws)
		return p;
	sandbox_fault(r, 403, "AccessDenied", "Policy is outside your own account.");
	return NULL;
}

struct iam_managed *iam_need_attachable(struct sandbox_request *r, struct str arn,
					const char *called)
{
	struct iam_managed *p = world_managed_policy(r->world, r->who->account, arn);

	if (!p && !str_startsz(arn, "arn:"))
		sandbox_fault(r, 400, "ValidationError", "ARN %.*s is not valid.", STR_ARG(arn));
	else if (!p)
		sandbox_fault(r, 404, "NoSuchEntity",
			      "%s %.*s does not exist or is not attachable.", called, STR_ARG(arn));
	return p;
}

bool iam_read_boundary(struct sandbox_request *r, struct iam_managed **out)
{
	struct str arn = val_get_str(r->in, "PermissionsBoundary");

	*out = NULL;
	if (str_is_null(arn))
		return true;
	*out = iam_need_attachable(r, arn, "Scope ARN:");
	return *out != NULL;
}

/* ---- reading ---- */

bool iam_get_policy(struct sandbox_request *r)
{
	struct iam_managed *p = iam_need_policy(r);

	if (!p)
		return false;
	struct val *o = val_setz(r->out, "Policy", iam_show_policy(r, p, true));
	/* Here the tags stand also when there are none. */
	val_setz(o, "Tags", iam_show_tags(r, &p->tags));
	return true;
}

static struct val *show_row(struct sandbox_request *r, const void *item)
{
	return iam_show_policy(r, item, false);
}

/* Which uses count: PolicyUsageFilter; both where it is not given. */
static bool is_used(const struct sandbox_request *r, const struct iam_managed *p)
{
	struct str filter = val_get_str(r->in, "PolicyUsageFilter");
	int64_t attached, boundary;

	iam_count_uses(&r->who->account->iam, p, &attached, &boundary);
	if (str_eqz(filter, "PermissionsPolicy"))
		return attached > 0;
	if (str_eqz(filter, "PermissionsBoundary"))
		return boundary > 0;
	return attached + boundary > 0;
}

static void add_policies(struct sandbox_request *r, const struct iam_managed *list,
			 struct iam_rows *rows)
{
	bool only_used = val_true(val_get(r->in, "OnlyAttached")) ||
			 val_get(r->in, "PolicyUsageFilter") != NULL;

	for (const struct iam_managed *p = list; p; p = p->next)
		if (iam_starts_with_path(r, p->path) && (!only_used || is_used(r, p)))
			iam_add_row(r, rows, p->name, p);
}

bool iam_list_policies(struct sandbox_request *r)
{
	struct str scope = val_get_str(r->in, "Scope");
	struct iam_rows rows = {0};

	if (!str_eqz(scope, "AWS"))
		add_policies(r, r->who->account->iam.policies, &rows);
	if (!str_eqz(scope, "Local"))
		add_policies(r, r->world->aws_policies, &rows);
	return iam_put_rows(r, &rows, "Policies", show_row);
}

/* ---- making and deleting ---- */

static bool name_is_free(struct sandbox_request *r, struct str name)
{
	for (const struct iam_managed *p = r->who->account->iam.policies; p; p = p->next)
		if (str_eq_nocase(p->name, name))
			return sandbox_fault(r, 409, "EntityAlreadyExists",
					     "A policy called %.*s already exists. Duplicate names "
					     "are not allowed.",
					     STR_ARG(name));
	return true;
}

bool iam_create_policy(struct sandbox_request *r)
{
	struct str name = val_get_str(r->in, "PolicyName"), path = iam_path(r);
	struct str description = val_get_str(r->in, "Description");
	struct iam_account *iam = &r->who->account->iam;
	struct world *w = r->world;

	if (!name_is_free(r, name) || !iam_check_version(r, name) ||
	    !iam_has_room(r, IAM_COUNT(iam->policies), POLICIES_MAX, "PoliciesPerAccount") ||
	    !iam_check_tags(r))
		return false;
	struct iam_managed *p = arena_new_of(w->arena, struct iam_managed);
	p->name = world_str(w, name);
	p->path = world_str(w, path);
	p->arn = world_str(w, iam_make_arn(r, "policy", path, name));
	p->id = world_id(w, &r->rng, "ANPA", ALPHABET_IAM, 17);
	p->description = str_is_null(description) ? STR("") : world_str(w, description);
	p->created_ms = p->updated_ms = r->now_ms;
	p->next_version = 1;
	p->default_version = iam_add_version(r, p);
	iam_keep_tags(r, &p->tags);
	WORLD_PUSH(iam->policies, p);
	struct val *o = val_setz(r->out, "Policy", iam_show_policy(r, p, false));
	iam_put_tags(r, o, &p->tags);
	return true;
}

bool iam_delete_policy(struct sandbox_request *r)
{
	struct iam_managed *p = iam_need_own_policy(r);
	int64_t attached, boundary;

	if (!p)
		return false;
	iam_count_uses(&r->who->account->iam, p, &attached, &boundary);
	if (attached + boundary > 0)
		return sandbox_fault(r, 409, "DeleteConflict",
				     "Cannot delete a policy attached to entities.");
	if (p->versions->next)
		return sandbox_fault(r, 409, "DeleteConflict",
				     "This policy has more than one version. Before you delete a "
				     "policy, you must delete the policy's versions. The default "
				     "version is deleted with the policy.");
	WORLD_REMOVE(r->who->account->iam.policies, p);
	return true;
}

/* ---- who uses it ---- */

struct users_of {
	struct sandbox_request *r;
	const struct iam_managed *policy;
	struct iam_rows rows; /* name: the list that the row goes to */
	bool attached, boundary;
};

static void add_if_used(struct users_of *u, struct iam_entity *e, const char *list)
{
	bool uses = u->boundary && e->boundary && *e->boundary == u->policy;

	for (const struct iam_attached *at = *e->attached; at && u->attached; at = at->next)
		uses |= at->policy == u->policy;
	if (!uses || !iam_starts_with_path(u->r, e->path))
		return;
	struct iam_entity *copy = arena_new_of(u->r->arena, struct iam_entity);
	*copy = *e;
	iam_add_row(u->r, &u->rows, str_of(list), copy);
}

static void add_users_of(struct users_of *u, struct str filter)
{
	const struct iam_account *iam = &u->r->who->account->iam;
	bool all = str_is_null(filter);
	struct iam_entity e;

	for (struct iam_group *g = iam->groups; g && (all || str_eqz(filter, "Group"));
	     g = g->next) {
		iam_of_group(g, &e);
		add_if_used(u, &e, "PolicyGroups");
	}
	for (struct iam_user *user = iam->users; user && (all || str_eqz(filter, "User"));
	     user = user->next) {
		iam_of_user(user, &e);
		add_if_used(u, &e, "PolicyUsers");
	}
	for (struct iam_role *role = iam->roles; role && (all || str_eqz(filter, "Role"));
	     role = role->next) {
		iam_of_role(role, &e);
		add_if_used(u, &e, "PolicyRoles");
	}
}

static struct val *show_use(struct sandbox_request *r, const struct iam_entity *e)
{
	static const char *const names[] = {
		[IAM_USER] = "UserName", [IAM_GROUP] = "GroupName", [IAM_ROLE] = "RoleName"};
	static const char *const ids[] = {
		[IAM_USER] = "UserId", [IAM_GROUP] = "GroupId", [IAM_ROLE] = "RoleId"};
	struct val *o = val_object(r->arena);

	val_set_str(r->arena, o, names[e->kind], e->name);
	val_set_str(r->arena, o, ids[e->kind],
		    e->user    ? e->user->id
		    : e->group ? e->group->id
			       : e->role->id);
	return o;
}

/* Three lists that are one listing: a page goes on where the one before ended. */
bool iam_list_entities_for_policy(struct sandbox_request *r)
{
	struct str usage = val_get_str(r->in, "PolicyUsageFilter");
	struct users_of u = {.r = r, .policy = iam_need_policy(r)};
	struct page page;

	if (!u.policy || !iam_page(r, &page))
		return false;
	u.attached = !str_eqz(usage, "PermissionsBoundary");
	u.boundary = !str_eqz(usage, "PermissionsPolicy");
	add_users_of(&u, val_get_str(r->in, "EntityFilter"));
	val_setz(r->out, "PolicyGroups", val_list(r->arena));
	val_setz(r->out, "PolicyUsers", val_list(r->arena));
	val_setz(r->out, "PolicyRoles", val_list(r->arena));
	for (size_t i = 0; i < u.rows.n; i++)
		if (page_has(&page, i))
			val_append(val_gets(r->out, u.rows.v[i].name),
				   show_use(r, u.rows.v[i].item));
	page_end(r, &page, u.rows.n);
	return true;
}
