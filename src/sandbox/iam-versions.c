#include "sandbox/iam-private.h"

/* https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicyVersion.html */
#define VERSIONS_MAX 5
/* https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html: "Managed policies" */
#define SIZE_MAX_OF_POLICY 6144

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

struct row {
	const struct iam_managed *policy;
	const struct iam_version *version;
};

static struct val *show_row(struct sandbox_request *r, const void *item)
{
	const struct row *row = item;

	return iam_show_version(r, row->policy, row->version, false);
}

/* The newest first. */
bool iam_list_policy_versions(struct sandbox_request *r)
{
	struct iam_managed *p = iam_need_policy(r);
	struct iam_rows rows = {0};

	if (!p)
		return false;
	size_t n = IAM_COUNT(p->versions);
	struct row *all = arena_calloc(r->arena, n, sizeof(*all));
	size_t at = n;
	for (struct iam_version *v = p->versions; v; v = v->next)
		all[--at] = (struct row){p, v};
	for (size_t i = 0; i < n; i++)
		iam_add_row(r, &rows, all[i].version->id, &all[i]);
	return iam_put_rows(r, &rows, "Versions", show_row);
}

/* ---- making and deleting ---- */

bool iam_check_version(struct sandbox_request *r, struct str name)
{
	struct str text = val_get_str(r->in, "PolicyDocument");
	const struct policy *parsed;

	if (!iam_check_document(r, text, POLICY_IDENTITY, name, &parsed))
		return false;
	if (!str_eqz(str_of(policy_version(parsed)), "2012-10-17"))
		return sandbox_fault(r, 400, "MalformedPolicyDocument",
				     "Policy document must be version 2012-10-17 or greater.");
	return iam_document_size(text) <= SIZE_MAX_OF_POLICY ||
	       sandbox_fault(r, 409, "LimitExceeded", "Cannot exceed quota for PolicySize: %d",
			     SIZE_MAX_OF_POLICY);
}

struct iam_version *iam_add_version(struct sandbox_request *r, struct iam_managed *p)
{
	struct world *w = r->world;
	struct iam_version *v = arena_new_of(w->arena, struct iam_version);

	v->id = world_printf(w, "v%u", p->next_version++);
	v->document = world_str(w, val_get_str(r->in, "PolicyDocument"));
	v->parsed = iam_keep_document(r, v->document, POLICY_IDENTITY, p->name);
	v->created_ms = r->now_ms;
	WORLD_PUSH(p->versions, v);
	return v;
}

/* "When a policy has more than one version, [UpdateDate] contains the date and time when the most
 * recent policy version was created." */
bool iam_create_policy_version(struct sandbox_request *r)
{
	struct iam_managed *p = iam_need_own_policy(r);

	if (!p || !iam_check_version(r, p->name))
		return false;
	if (IAM_COUNT(p->versions) >= VERSIONS_MAX)
		return sandbox_fault(r, 409, "LimitExceeded",
				     "A managed policy can have up to %d versions. Before you "
				     "create a new version, you must delete an existing version.",
				     VERSIONS_MAX);
	struct iam_version *v = iam_add_version(r, p);
	p->updated_ms = r->now_ms;
	if (val_true(val_get(r->in, "SetAsDefault")))
		p->default_version = v;
	val_setz(r->out, "PolicyVersion", iam_show_version(r, p, v, false));
	return true;
}

bool iam_set_default_policy_version(struct sandbox_request *r)
{
	struct iam_managed *p = iam_need_own_policy(r);
	struct iam_version *v = p ? need_version(r, p) : NULL;

	if (!v)
		return false;
	p->default_version = v;
	return true;
}

bool iam_delete_policy_version(struct sandbox_request *r)
{
	struct iam_managed *p = iam_need_own_policy(r);
	struct iam_version *v = p ? need_version(r, p) : NULL;

	if (!v)
		return false;
	if (v == p->default_version)
		return sandbox_fault(r, 409, "DeleteConflict",
				     "Cannot delete the default version of a policy.");
	WORLD_REMOVE(p->versions, v);
	return true;
}
