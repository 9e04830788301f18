#include "sandbox/iam-private.h"

static bool no_entity(struct sandbox_request *r, enum iam_kind kind, struct str name)
{
	return sandbox_fault(r, 404, "NoSuchEntity", "The %s with name %.*s cannot be found.",
			     iam_kind_name(kind), STR_ARG(name));
}

struct iam_user *iam_need_user(struct sandbox_request *r, struct str name)
{
	struct iam_user *u = iam_user(&r->who->account->iam, name);

	if (!u)
		no_entity(r, IAM_USER, name);
	return u;
}

struct iam_group *iam_need_group(struct sandbox_request *r, struct str name)
{
	struct iam_group *g = iam_group(&r->who->account->iam, name);

	if (!g)
		no_entity(r, IAM_GROUP, name);
	return g;
}

struct iam_role *iam_need_role(struct sandbox_request *r, struct str name)
{
	struct iam_role *role = iam_role(&r->who->account->iam, name);

	if (!role)
		no_entity(r, IAM_ROLE, name);
	return role;
}

/* ---- alike ---- */

const char *iam_kind_name(enum iam_kind kind)
{
	switch (kind) {
	case IAM_USER:
		return "user";
	case IAM_GROUP:
		return "group";
	case IAM_ROLE:
		return "role";
	}
	BUG("kind of entity %d", (int)kind);
}

static const struct {
	const char *member;
	enum iam_kind kind;
} named_by[] = {
	{"GroupName", IAM_GROUP}, /* of AddUserToGroup too */
	{"UserName", IAM_USER},
	{"RoleName", IAM_ROLE},
};

static const char *naming_member(const struct api_op *op, enum iam_kind *kind)
{
	for (size_t i = 0; i < ARRAY_SIZE(named_by); i++) {
		*kind = named_by[i].kind;
		if (api_member(op->input, str_of(named_by[i].member)))
			return named_by[i].member;
	}
	BUG("%.*s names no user, group or role", STR_ARG(op->name));
}

enum iam_kind iam_kind_of_op(const struct api_op *op)
{
	enum iam_kind kind;

	naming_member(op, &kind);
	return kind;
}

void iam_of_user(struct iam_user *u, struct iam_entity *e)
{
	*e = (struct iam_entity){
		.kind = IAM_USER,
		.name = u->name,
		.path = u->path,
		.arn = u->arn,
		.inlines = &u->inlines,
		.attached = &u->attached,
		.boundary = &u->boundary,
		.tags = &u->tags,
		.user = u,
	};
}

void iam_of_group(struct iam_group *g, struct iam_entity *e)
{
	*e = (struct iam_entity){
		.kind = IAM_GROUP,
		.name = g->name,
		.path = g->path,
		.arn = g->arn,
		.inlines = &g->inlines,
		.attached = &g->attached,
		.group = g,
	};
}

void iam_of_role(struct iam_role *role, struct iam_entity *e)
{
	*e = (struct iam_entity){
		.kind = IAM_ROLE,
		.name = role->name,
		.path = role->path,
		.arn = role->arn,
		.inlines = &role->inlines,
		.attached = &role->attached,
		.boundary = &role->boundary,
		.tags = &role->tags,
		.role = role,
	};
}

bool iam_find_entity(const struct sandbox_request *r, struct iam_entity *e)
{
	const struct iam_account *iam = &r->who->account->iam;
	enum iam_kind kind;
	struct str name = val_get_str(r->in, naming_member(r->op, &kind));
	struct iam_user *u = kind == IAM_USER ? iam_user(iam, name) : NULL;
	struct iam_group *g = kind == IAM_GROUP ? iam_group(iam, name) : NULL;
	struct iam_role *role = kind == IAM_ROLE ? iam_role(iam, name) : NULL;

	*e = (struct iam_entity){.kind = kind, .name = name};
	if (u)
		iam_of_user(u, e);
	else if (g)
		iam_of_group(g, e);
	else if (role)
		iam_of_role(role, e);
	return u || g || role;
}

bool iam_need_entity(struct sandbox_request *r, struct iam_entity *e)
{
	return iam_find_entity(r, e) || no_entity(r, e->kind, e->name);
}

bool iam_is_own_role(struct sandbox_request *r, const struct iam_role *role)
{
	if (!role->service_linked)
		return true;
	return sandbox_fault(r, 400, "UnmodifiableEntity",
			     "Cannot perform the operation on the protected role '%.*s' - this "
			     "role is only modifiable by AWS",
			     STR_ARG(role->name));
}

bool iam_need_own_entity(struct sandbox_request *r, struct iam_entity *e)
{
	return iam_need_entity(r, e) && (!e->role || iam_is_own_role(r, e->role));
}

bool iam_has_room(struct sandbox_request *r, size_t n, size_t max, const char *what)
{
	return n < max ||
	       sandbox_fault(r, 409, "LimitExceeded", "Cannot exceed quota for %s: %zu", what, max);
}

/* ---- ARNs ---- */

struct str iam_make_arn(struct sandbox_request *r, const char *kind, struct str path,
			struct str name)
{
	return arena_printf(r->arena, "arn:aws:iam::%.*s:%s%.*s%.*s", STR_ARG(r->who->account->id),
			    kind, STR_ARG(path), STR_ARG(name));
}

struct str iam_path(const struct sandbox_request *r)
{
	struct str path = val_get_str(r->in, "Path");

	return str_is_null(path) ? STR("/") : path;
}

bool iam_starts_with_path(const struct sandbox_request *r, struct str path)
{
	struct str prefix = val_get_str(r->in, "PathPrefix");

	return str_is_null(prefix) || str_starts(path, prefix);
}

/* One that is not there is asked about by path and name as they are given. */
struct str iam_entity_arn(struct sandbox_request *r)
{
	struct iam_entity e;

	if (iam_find_entity(r, &e))
		return e.arn;
	return iam_make_arn(r, iam_kind_name(e.kind), iam_path(r), e.name);
}

/* Listings are about a path: "arn:aws:iam::123456789012:user/". */
static struct str path_arn(struct sandbox_request *r, const char *kind)
{
	struct str prefix = val_get_str(r->in, "PathPrefix");

	return iam_make_arn(r, kind, str_is_null(prefix) ? STR("/") : prefix, STR(""));
}

struct str iam_users_arn(struct sandbox_request *r)
{
	return path_arn(r, "user");
}

struct str iam_groups_arn(struct sandbox_request *r)
{
	return path_arn(r, "group");
}

struct str iam_roles_arn(struct sandbox_request *r)
{
	return path_arn(r, "role");
}

struct str iam_profiles_arn(struct sandbox_request *r)
{
	return path_arn(r, "instance-profile");
}

struct str iam_server_certificates_arn(struct sandbox_request *r)
{
	return path_arn(r, "server-certificate");
}

struct str iam_devices_arn(struct sandbox_request *r)
{
	return path_arn(r, "mfa");
}

/* ---- how denials name what was asked about ---- */

/* "on resource: user hanako", and the ARN where the call names nobody. */
struct str iam_entity_shown(struct sandbox_request *r)
{
	enum iam_kind kind;
	struct str name = val_get_str(r->in, naming_member(r->op, &kind));

	if (str_is_null(name))
		return iam_target_arn(r);
	return arena_printf(r->arena, "%s %.*s", iam_kind_name(kind), STR_ARG(name));
}

struct str iam_policy_shown(struct sandbox_request *r)
{
	struct str arn = val_get_str(r->in, "PolicyArn");

	return arena_printf(r->arena, "policy %.*s",
			    STR_ARG(str_is_null(arn) ? val_get_str(r->in, "PolicyName") : arn));
}

struct str iam_policies_shown(struct sandbox_request *r)
{
	struct str prefix = val_get_str(r->in, "PathPrefix");

	return arena_printf(r->arena, "policy path %.*s",
			    STR_ARG(str_is_null(prefix) ? STR("/") : prefix));
}

struct str iam_profile_shown(struct sandbox_request *r)
{
	return arena_printf(r->arena, "instance profile %.*s",
			    STR_ARG(val_get_str(r->in, "InstanceProfileName")));
}

struct str iam_policy_arn(struct sandbox_request *r)
{
	struct str arn = val_get_str(r->in, "PolicyArn");

	if (!str_is_null(arn))
		return arn;
	return iam_make_arn(r, "policy", iam_path(r), val_get_str(r->in, "PolicyName"));
}
