#include "sandbox/iam-private.h"

/* https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicyVersion.html */

static struct iam_version *need_version(struct sandbox_request *r, struct iam_managed *p)
{
	struct str id = val_get_str(r->in, "VersionId");

	for (struct iam_version *v = p->versions; v; v = v->next)
		if (str_eq(v->id, id))
			return v;
	sandbox_fault(r, 404, "NoSuchEntity",
		      "Policy %.*s version %.*s does not exist or is not attachable.",
		      STR_ARG(p->arn), STR_ARG(id));
	return NULL;
}

bool iam_get_policy_version(struct sandbox_request *r)
{
	struct iam_managed *p = iam_need_policy(r);
	struct iam_version *v = p ? need_version(r, p) : NULL;

	if (!v)
		return false;
	val_setz(r->out, "PolicyVersion", iam_show_version(r, p, v, true));
	return true;
}

struct versions {
	const struct iam_managed *policy;
	const struct iam_version *version;
};

static struct val *show_row(struct sandbox_request *r, const void *item)
{
	const struct versions *v = item;

	return iam_show_version(r, v->policy, v->version, false);
}

/* The newest first. */
bool iam_list_policy_versions(struct sandbox_request *r)
{
	struct iam_managed *p = iam_need_policy(r);
	struct iam_rows rows = {0};
	size_t n = 0;

	if (!p)
		return false;
	for (struct iam_version *v = p->versions; v; v = v->next)
		n++;
	struct versions *all = arena_calloc(r->arena, n + 1, sizeof(*all));
	for (struct iam_version *v = p->versions; v; v = v->next)
		all[--n] = (struct versions){p, v};
	for (size_t i = 0; all[i].version; i++)
		iam_add_row(r, &rows, all[i].version->id, &all[i]);
	return iam_put_rows(r, &rows, "Versions", show_row);
}
