#include "sandbox/iam-private.h"

/* https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListPolicies.html */

struct iam_managed *iam_need_policy(struct sandbox_request *r)
{
	struct str arn = val_get_str(r->in, "PolicyArn");
	struct iam_managed *p = world_managed_policy(r->world, r->who->account, arn);

	if (!p)
		sandbox_fault(r, 404, "NoSuchEntity", "Policy %.*s was not found.", STR_ARG(arn));
	return p;
}

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

/* Which uses count: PolicyUsageFilter; "all" where it is not given. */
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
