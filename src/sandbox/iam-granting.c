#include "sandbox/iam-access.h"

/*
 * Which policies of a user, group or role let it use a service.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListPoliciesGrantingServiceAccess.html
 * "The list … contains only the policies that could grant access": what other
 * policies deny or bound does not matter here.
 */

static bool grants(struct sandbox_request *r, struct str document, const char *namespace)
{
	struct iam_documents d = {0};

	iam_add_document(r, &d, document);
	return iam_allows_service(&d, namespace);
}

static void put_inline(struct sandbox_request *r, struct val *list, const struct iam_entity *e,
		       struct str name)
{
	static const char *const types[] = {
		[IAM_USER] = "USER", [IAM_GROUP] = "GROUP", [IAM_ROLE] = "ROLE"};
	struct val *o = val_append(list, val_object(r->arena));

	val_set_str(r->arena, o, "PolicyName", name);
	val_set_z(r->arena, o, "PolicyType", "INLINE");
	val_set_z(r->arena, o, "EntityType", types[e->kind]);
	val_set_str(r->arena, o, "EntityName", e->name);
}

static void put_managed(struct sandbox_request *r, struct val *list, const struct iam_managed *p)
{
	struct val *o = val_append(list, val_object(r->arena));

	val_set_str(r->arena, o, "PolicyName", p->name);
	val_set_z(r->arena, o, "PolicyType", "MANAGED");
	val_set_str(r->arena, o, "PolicyArn", p->arn);
}

static void put_policies(struct sandbox_request *r, struct val *list, const struct iam_entity *e,
			 const char *namespace)
{
	for (const struct iam_inline *in = *e->inlines; in; in = in->next)
		if (grants(r, in->document, namespace))
			put_inline(r, list, e, in->name);
	for (const struct iam_attached *at = *e->attached; at; at = at->next)
		if (grants(r, at->policy->default_version->document, namespace))
			put_managed(r, list, at->policy);
}

bool iam_list_policies_granting_service_access(struct sandbox_request *r)
{
	struct iam_owners owners = {0};
	struct val *all;

	if (!iam_policy_owners(r, val_get_str(r->in, "Arn"), &owners))
		return false;
	all = val_setz(r->out, "PoliciesGrantingServiceAccess", val_list(r->arena));
	VAL_EACH(v, val_get(r->in, "ServiceNamespaces"))
	{
		struct val *o = val_append(all, val_object(r->arena));
		struct val *list = val_list(r->arena);
		const char *namespace = arena_dupz(r->arena, val_str(v));
		val_set_str(r->arena, o, "ServiceNamespace", val_str(v));
		val_setz(o, "Policies", list);
		for (size_t i = 0; i < owners.n; i++)
			put_policies(r, list, &owners.v[i], namespace);
	}
	val_set_bool(r->arena, r->out, "IsTruncated", false);
	return true;
}
