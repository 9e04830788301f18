#include "sandbox/iam-private.h"

/*
 * Inline policies of users, groups and roles.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutUserPolicy.html
 */

/* "The total aggregate policy size (the sum size of all inline policies) per entity cannot exceed":
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
static const size_t size_max[] = {[IAM_USER] = 2048, [IAM_GROUP] = 5120, [IAM_ROLE] = 10240};

static struct iam_inline *find(const struct iam_entity *e, struct str name)
{
	for (struct iam_inline *in = *e->inlines; in; in = in->next)
		if (str_eq(in->name, name))
			return in;
	return NULL;
}

static struct iam_inline *need(struct sandbox_request *r, const struct iam_entity *e)
{
	struct str name = val_get_str(r->in, "PolicyName");
	struct iam_inline *in = find(e, name);

	if (!in)
		sandbox_fault(r, 404, "NoSuchEntity",
			      "The %s policy with name %.*s cannot be found.",
			      iam_kind_name(e->kind), STR_ARG(name));
	return in;
}

bool iam_put_inline(struct sandbox_request *r)
{
	struct str name = val_get_str(r->in, "PolicyName");
	struct str text = val_get_str(r->in, "PolicyDocument");
	const struct policy *parsed;
	struct iam_inline *old;
	struct iam_entity e;
	size_t size = iam_document_size(text);

	if (!iam_need_own_entity(r, &e) ||
	    !iam_check_document(r, text, POLICY_IDENTITY, name, &parsed))
		return false;
	old = find(&e, name);
	for (const struct iam_inline *in = *e.inlines; in; in = in->next)
		if (in != old)
			size += iam_document_size(in->document);
	if (size > size_max[e.kind])
		return sandbox_fault(r, 409, "LimitExceeded",
				     "Maximum policy size of %zu bytes exceeded for %s %.*s",
				     size_max[e.kind], iam_kind_name(e.kind), STR_ARG(e.name));
	struct iam_inline *in = world_make_inline(r->world, name, text);
	if (!old) {
		WORLD_PUSH(*e.inlines, in);
		return true;
	}
	old->document = in->document;
	old->parsed = in->parsed;
	return true;
}

bool iam_get_inline(struct sandbox_request *r)
{
	static const char *const members[] = {
		[IAM_USER] = "UserName", [IAM_GROUP] = "GroupName", [IAM_ROLE] = "RoleName"};
	struct iam_inline *in;
	struct iam_entity e;

	if (!iam_need_entity(r, &e) || !(in = need(r, &e)))
		return false;
	val_set_str(r->arena, r->out, members[e.kind], e.name);
	val_set_str(r->arena, r->out, "PolicyName", in->name);
	iam_put_document(r, r->out, "PolicyDocument", in->document);
	return true;
}

bool iam_delete_inline(struct sandbox_request *r)
{
	struct iam_inline *in;
	struct iam_entity e;

	if (!iam_need_own_entity(r, &e) || !(in = need(r, &e)))
		return false;
	WORLD_REMOVE(*e.inlines, in);
	return true;
}

bool iam_list_inlines(struct sandbox_request *r)
{
	struct iam_rows rows = {0};
	struct iam_entity e;

	if (!iam_need_entity(r, &e))
		return false;
	for (const struct iam_inline *in = *e.inlines; in; in = in->next)
		iam_add_row(r, &rows, in->name, &in->name);
	iam_sort_rows(&rows);
	return iam_put_rows(r, &rows, "PolicyNames", iam_show_name);
}
