/*
 * Reading a user or role with all that is attached to it.
 *
 * Names are what AWS asks for; the path in a user's or role's ARN is not part of
 * them: "The names of users, groups, roles … must be unique within an account.
 * Names are not distinguished by case", whatever their path.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
 */

#include "org/principal.h"

#include "aws/wire.h"

enum kind { USER, ROLE, GROUP };

/* How the operations of each kind are called. */
static const struct {
	const char *name; /* the input's member */
	const char *get, *list_attached, *list_inline, *get_inline;
} ops[] = {
	{"UserName", "GetUser", "ListAttachedUserPolicies", "ListUserPolicies", "GetUserPolicy"},
	{"RoleName", "GetRole", "ListAttachedRolePolicies", "ListRolePolicies", "GetRolePolicy"},
	{"GroupName", "GetGroup", "ListAttachedGroupPolicies", "ListGroupPolicies",
	 "GetGroupPolicy"},
};

struct names {
	struct arena *a;
	const char *member; /* NULL: rows are strings */
	struct str *v;
	size_t n, cap;
};

struct reading {
	struct aws_worker *w;
	struct aws_identity *id;
	struct arena *a;
	struct err *err;
	const struct policy **policies;
	size_t n, cap;
};

/* ---- which one ---- */

/* "…:assumed-role/NAME/SESSION" is the role NAME. */
static bool read_arn(struct str arn, enum kind *kind, struct str *name)
{
	struct str rest = arn, field, type, session;

	for (int i = 0; i < 5; i++) {
		if (!str_next(&rest, ':', &field))
			return false;
	}
	if (!str_cut(rest, '/', &type, name))
		return false;
	*kind = str_eqz(type, "user") ? USER : ROLE;
	if (str_eqz(type, "assumed-role"))
		return str_cut(*name, '/', name, &session) && name->n > 0;
	if (!str_eqz(type, "user") && !str_eqz(type, "role"))
		return false;
	if (str_rchr(*name, '/') >= 0)
		*name = str_from(*name, (size_t)str_rchr(*name, '/') + 1);
	return name->n > 0;
}

bool org_principal_is_readable(struct str arn)
{
	enum kind kind;
	struct str name;

	return read_arn(arn, &kind, &name);
}

/* ---- policies ---- */

static bool keep(struct reading *r, struct str document, enum policy_kind kind, struct str name,
		 const struct policy **out)
{
	struct str text;

	if (!wire_iam_document(r->a, document, &text) || !text.n)
		return err_set(r->err, ERR_PROTOCOL, "iam: the document of policy '%.*s' is broken",
			       STR_ARG(name));
	*out = policy_parse_kept(text, kind, name, r->a, r->err);
	return *out != NULL;
}

static void push(struct reading *r, const struct policy *p)
{
	r->policies = arena_grow(r->a, r->policies, r->n, &r->cap, sizeof(*r->policies));
	r->policies[r->n++] = p;
}

/* The default version of a managed policy. */
static bool read_managed(struct reading *r, struct str arn, enum policy_kind kind,
			 const struct policy **out)
{
	struct val *in = val_object(r->a), *answer;
	struct str name, version;

	val_set_str(r->a, in, "PolicyArn", arn);
	if (!aws_call(r->w, r->id, "iam", "GetPolicy", in, r->a, &answer, r->err))
		return false;
	name = val_get_str(val_get(answer, "Policy"), "PolicyName");
	version = val_get_str(val_get(answer, "Policy"), "DefaultVersionId");
	val_set_str(r->a, in, "VersionId", version);
	return aws_call(r->w, r->id, "iam", "GetPolicyVersion", in, r->a, &answer, r->err) &&
	       keep(r, val_get_str(val_get(answer, "PolicyVersion"), "Document"), kind,
		    arena_str(r->a, name.n ? name : arn), out);
}

static bool on_name(const struct val *row, void *ctx)
{
	struct names *n = ctx;
	struct str s = n->member ? val_get_str(row, n->member) : val_str(row);

	n->v = arena_grow(n->a, n->v, n->n, &n->cap, sizeof(*n->v));
	n->v[n->n++] = arena_str(n->a, s);
	return true;
}

static bool list(struct reading *r, const char *op, const char *by, struct str name,
		 struct names *out)
{
	struct val *in = val_object(r->a);

	val_set_str(r->a, in, by, name);
	out->a = r->a;
	return aws_pages(r->w, r->id, "iam", op, in, on_name, out, r->err);
}

/* Attached and inline, of one user, role or group. */
static bool read_policies(struct reading *r, enum kind kind, struct str name)
{
	struct names attached = {.member = "PolicyArn"}, inlined = {0};

	if (!list(r, ops[kind].list_attached, ops[kind].name, name, &attached) ||
	    !list(r, ops[kind].list_inline, ops[kind].name, name, &inlined))
		return false;
	for (size_t i = 0; i < attached.n; i++) {
		const struct policy *p;

		if (!read_managed(r, attached.v[i], POLICY_IDENTITY, &p))
			return false;
		push(r, p);
	}
	for (size_t i = 0; i < inlined.n; i++) {
		struct val *in = val_object(r->a), *answer;
		const struct policy *p;

		val_set_str(r->a, in, ops[kind].name, name);
		val_set_str(r->a, in, "PolicyName", inlined.v[i]);
		if (!aws_call(r->w, r->id, "iam", ops[kind].get_inline, in, r->a, &answer,
			      r->err) ||
		    !keep(r, val_get_str(answer, "PolicyDocument"), POLICY_IDENTITY, inlined.v[i],
			  &p))
			return false;
		push(r, p);
	}
	return true;
}

static bool read_groups(struct reading *r, struct str user)
{
	struct names groups = {.member = "GroupName"};

	if (!list(r, "ListGroupsForUser", "UserName", user, &groups))
		return false;
	for (size_t i = 0; i < groups.n; i++) {
		if (!read_policies(r, GROUP, groups.v[i]))
			return false;
	}
	return true;
}

/* ---- itself ---- */

static void read_tags(struct reading *r, const struct val *tags, struct policy_tags *out)
{
	struct policy_tag *v = NULL;
	size_t cap = 0;

	VAL_EACH(tag, tags)
	{
		v = arena_grow(r->a, v, out->n, &cap, sizeof(*v));
		v[out->n++] =
			(struct policy_tag){val_get_str(tag, "Key"), val_get_str(tag, "Value")};
	}
	out->tags = v;
}

static bool read_itself(struct reading *r, enum kind kind, struct str name,
			struct org_principal *out)
{
	struct val *in = val_object(r->a), *answer;
	const struct val *it;
	struct str boundary;

	val_set_str(r->a, in, ops[kind].name, name);
	if (!aws_call(r->w, r->id, "iam", ops[kind].get, in, r->a, &answer, r->err))
		return false;
	it = val_get(answer, kind == USER ? "User" : "Role");
	out->arn = val_get_str(it, "Arn");
	if (!out->arn.n)
		return err_set(r->err, ERR_PROTOCOL, "iam:%s: an answer without Arn",
			       ops[kind].get);
	out->userid = kind == USER ? val_get_str(it, "UserId") : STR_NULL;
	read_tags(r, val_get(it, "Tags"), &out->tags);
	boundary = val_get_str(val_get(it, "PermissionsBoundary"), "PermissionsBoundaryArn");
	return !boundary.n || read_managed(r, boundary, POLICY_BOUNDARY, &out->boundary);
}

bool org_read_principal(struct aws_worker *w, struct aws_identity *id, struct str arn,
			struct arena *a, struct org_principal *out, struct err *err)
{
	struct reading r = {.w = w, .id = id, .a = a, .err = err};
	enum kind kind;
	struct str name;

	*out = (struct org_principal){0};
	if (!read_arn(arn, &kind, &name))
		return err_set(err, ERR_INPUT, "'%.*s' is no user, role or session of a role",
			       STR_ARG(arn));
	if (!read_itself(&r, kind, name, out) || !read_policies(&r, kind, name) ||
	    (kind == USER && !read_groups(&r, name)))
		return false;
	out->identity = (struct policy_list){r.policies, r.n};
	return true;
}
