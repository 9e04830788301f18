#include "sandbox/iam-private.h"

/*
 * Managed policies attached to users, groups and roles, and as their boundary.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachUserPolicy.html
 */

/* https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html: "Default quota" */
#define ATTACHED_MAX 10

static struct iam_attached *find(const struct iam_entity *e, const struct iam_managed *p)
{
	for (struct iam_attached *at = *e->attached; at; at = at->next)
		if (at->policy == p)
			return at;
	return NULL;
}

/* Attaching what is attached already succeeds. */
bool iam_attach_policy(struct sandbox_request *r)
{
	static const char *const quotas[] = {[IAM_USER] = "PoliciesPerUser",
					     [IAM_GROUP] = "PoliciesPerGroup",
					     [IAM_ROLE] = "PoliciesPerRole"};
	struct iam_managed *p;
	struct iam_entity e;

	if (!iam_need_own_entity(r, &e) ||
	    !(p = iam_need_attachable(r, val_get_str(r->in, "PolicyArn"), "Policy")))
		return false;
	if (find(&e, p))
		return true;
	if (!iam_has_room(r, IAM_COUNT(*e.attached), ATTACHED_MAX, quotas[e.kind]))
		return false;
	world_make_attached(r->world, e.attached, p);
	return true;
}

bool iam_detach_policy(struct sandbox_request *r)
{
	struct str arn = val_get_str(r->in, "PolicyArn");
	struct iam_managed *p = world_managed_policy(r->world, r->who->account, arn);
	struct iam_attached *at;
	struct iam_entity e;

	if (!iam_need_own_entity(r, &e))
		return false;
	at = p ? find(&e, p) : NULL;
	if (!at)
		return sandbox_fault(r, 404, "NoSuchEntity", "Policy %.*s was not found.",
				     STR_ARG(arn));
	WORLD_REMOVE(*e.attached, at);
	return true;
}

bool iam_list_attached(struct sandbox_request *r)
{
	struct iam_rows rows = {0};
	struct iam_entity e;

	if (!iam_need_entity(r, &e))
		return false;
	for (const struct iam_attached *at = *e.attached; at; at = at->next)
		if (iam_starts_with_path(r, at->policy->path))
			iam_add_row(r, &rows, at->policy->name, at->policy);
	return iam_put_rows(r, &rows, "AttachedPolicies", iam_show_attached);
}

bool iam_put_boundary_of(struct sandbox_request *r)
{
	struct iam_managed *p;
	struct iam_entity e;

	if (!iam_need_own_entity(r, &e) || !iam_read_boundary(r, &p))
		return false;
	*e.boundary = p;
	return true;
}

bool iam_delete_boundary_of(struct sandbox_request *r)
{
	struct iam_entity e;

	if (!iam_need_own_entity(r, &e))
		return false;
	*e.boundary = NULL;
	return true;
}
