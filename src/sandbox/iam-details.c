#include "sandbox/iam-private.h"

/* https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html */

static struct val *show_inlines(struct sandbox_request *r, const struct iam_inline *in)
{
	struct val *list = val_list(r->arena);

	for (; in; in = in->next) {
		struct val *o = val_append(list, val_object(r->arena));
		val_set_str(r->arena, o, "PolicyName", in->name);
		iam_put_document(r, o, "PolicyDocument", in->document);
	}
	return list;
}

static struct val *show_attachments(struct sandbox_request *r, const struct iam_attached *at)
{
	struct val *list = val_list(r->arena);

	for (; at; at = at->next)
		val_append(list, iam_show_attached(r, at->policy));
	return list;
}

static struct val *show_user(struct sandbox_request *r, const void *item)
{
	const struct iam_user *u = item;
	struct val *o = iam_show_user(r, u, true), *groups = val_list(r->arena);

	val_remove(o, STR("PasswordLastUsed"));
	if (u->inlines)
		val_setz(o, "UserPolicyList", show_inlines(r, u->inlines));
	for (const struct iam_group *g = r->who->account->iam.groups; g; g = g->next)
		for (const struct iam_member *m = g->members; m; m = m->next)
			if (m->user == u)
				val_append(groups, val_string(r->arena, g->name));
	val_setz(o, "GroupList", groups);
	val_setz(o, "AttachedManagedPolicies", show_attachments(r, u->attached));
	return o;
}

static struct val *show_group(struct sandbox_request *r, const void *item)
{
	const struct iam_group *g = item;
	struct val *o = iam_show_group(r, g);

	val_setz(o, "GroupPolicyList", show_inlines(r, g->inlines));
	val_setz(o, "AttachedManagedPolicies", show_attachments(r, g->attached));
	return o;
}

static struct val *show_role(struct sandbox_request *r, const void *item)
{
	const struct iam_role *role = item;
	struct val *o = iam_show_role(r, role, true);

	val_remove(o, STR("Description"));
	val_remove(o, STR("MaxSessionDuration"));
	val_setz(o, "InstanceProfileList", iam_show_profiles_of_role(r, role));
	val_setz(o, "RolePolicyList", show_inlines(r, role->inlines));
	val_setz(o, "AttachedManagedPolicies", show_attachments(r, role->attached));
	return o;
}

static struct val *show_policy(struct sandbox_request *r, const void *item)
{
	const struct iam_managed *p = item;
	struct val *o = iam_show_policy(r, p, true);
	struct val *versions = val_setz(o, "PolicyVersionList", val_list(r->arena));

	for (const struct iam_version *v = p->versions; v; v = v->next)
		val_append(versions, iam_show_version(r, p, v, true));
	return o;
}

/* ---- one listing of four kinds ---- */

struct listed {
	const char *member;
	const char *filter; /* the value of Filter that asks for it */
	struct val *(*show)(struct sandbox_request *r, const void *item);
	struct iam_rows rows;
};

enum { USERS, GROUPS, ROLES, LOCAL, AWS, KINDS };

static void add_policies(struct sandbox_request *r, struct iam_rows *rows,
			 const struct iam_managed *p, bool only_used)
{
	for (; p; p = p->next) {
		int64_t attached = 0, boundary = 0;
		if (only_used)
			iam_count_uses(&r->who->account->iam, p, &attached, &boundary);
		if (!only_used || attached + boundary > 0)
			iam_add_row(r, rows, p->name, p);
	}
}

/* Of AWS's own policies, those that the account uses. */
static void add_all(struct sandbox_request *r, struct listed *l)
{
	const struct iam_account *iam = &r->who->account->iam;

	for (const struct iam_user *u = iam->users; u; u = u->next)
		iam_add_row(r, &l[USERS].rows, u->name, u);
	for (const struct iam_group *g = iam->groups; g; g = g->next)
		iam_add_row(r, &l[GROUPS].rows, g->name, g);
	for (const struct iam_role *role = iam->roles; role; role = role->next)
		iam_add_row(r, &l[ROLES].rows, role->name, role);
	add_policies(r, &l[LOCAL].rows, iam->policies, false);
	add_policies(r, &l[AWS].rows, r->world->aws_policies, true);
}

static bool asked_for(const struct sandbox_request *r, const char *filter)
{
	const struct val *list = val_get(r->in, "Filter");

	VAL_EACH(v, list)
	if (str_eqz(val_str(v), filter))
		return true;
	return val_count(list) == 0;
}

bool iam_get_account_authorization_details(struct sandbox_request *r)
{
	struct listed l[KINDS] = {
		[USERS] = {"UserDetailList", "User", show_user, {0}},
		[GROUPS] = {"GroupDetailList", "Group", show_group, {0}},
		[ROLES] = {"RoleDetailList", "Role", show_role, {0}},
		[LOCAL] = {"Policies", "LocalManagedPolicy", show_policy, {0}},
		[AWS] = {"Policies", "AWSManagedPolicy", show_policy, {0}},
	};
	struct page page;
	size_t at = 0;

	if (!iam_page(r, &page))
		return false;
	add_all(r, l);
	for (size_t i = 0; i < KINDS; i++) {
		struct val *list = val_get(r->out, l[i].member);
		if (!list)
			list = val_setz(r->out, l[i].member, val_list(r->arena));
		if (!asked_for(r, l[i].filter))
			continue;
		iam_sort_rows(&l[i].rows);
		for (size_t j = 0; j < l[i].rows.n; j++, at++)
			if (page_has(&page, at))
				val_append(list, l[i].show(r, l[i].rows.v[j].item));
	}
	page_end(r, &page, at);
	return true;
}
