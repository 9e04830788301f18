#include "sandbox/iam-private.h"

void iam_put_time(struct sandbox_request *r, struct val *o, const char *name, int64_t ms)
{
	val_set_time(r->arena, o, name, ms - ms % 1000);
}

static bool unreserved(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '_' || c == '.' || c == '~';
}

void iam_put_document(struct sandbox_request *r, struct val *o, const char *name, struct str text)
{
	static const char digits[] = "0123456789ABCDEF";
	char *out = arena_alloc(r->arena, text.n * 3 + 1);
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];
		if (unreserved((char)c)) {
			out[n++] = (char)c;
			continue;
		}
		out[n++] = '%';
		out[n++] = digits[c >> 4];
		out[n++] = digits[c & 15];
	}
	val_set_str(r->arena, o, name, str_ofn(out, n));
}

void iam_put_boundary(struct sandbox_request *r, struct val *o, const struct iam_managed *boundary)
{
	if (!boundary)
		return;
	struct val *b = val_setz(o, "PermissionsBoundary", val_object(r->arena));
	/* "The only valid value is PermissionsBoundaryPolicy", while real answers say "Policy". */
	val_set_z(r->arena, b, "PermissionsBoundaryType", "Policy");
	val_set_str(r->arena, b, "PermissionsBoundaryArn", boundary->arn);
}

struct val *iam_show_user(struct sandbox_request *r, const struct iam_user *u, bool whole)
{
	struct val *o = val_object(r->arena);

	val_set_str(r->arena, o, "Path", u->path);
	val_set_str(r->arena, o, "UserName", u->name);
	val_set_str(r->arena, o, "UserId", u->id);
	val_set_str(r->arena, o, "Arn", u->arn);
	iam_put_time(r, o, "CreateDate", u->created_ms);
	if (u->login && u->login->used_ms)
		iam_put_time(r, o, "PasswordLastUsed", u->login->used_ms);
	if (!whole)
		return o;
	iam_put_boundary(r, o, u->boundary);
	iam_put_tags(r, o, &u->tags);
	return o;
}

struct val *iam_show_group(struct sandbox_request *r, const struct iam_group *g)
{
	struct val *o = val_object(r->arena);

	val_set_str(r->arena, o, "Path", g->path);
	val_set_str(r->arena, o, "GroupName", g->name);
	val_set_str(r->arena, o, "GroupId", g->id);
	val_set_str(r->arena, o, "Arn", g->arn);
	iam_put_time(r, o, "CreateDate", g->created_ms);
	return o;
}

void iam_put_role_used(struct sandbox_request *r, struct val *o, const struct iam_role *role)
{
	struct val *used = val_setz(o, "RoleLastUsed", val_object(r->arena));

	if (!role->used_ms)
		return;
	iam_put_time(r, used, "LastUsedDate", role->used_ms);
	val_set_str(r->arena, used, "Region", role->used_region);
}

struct val *iam_show_role(struct sandbox_request *r, const struct iam_role *role, bool whole)
{
	struct val *o = val_object(r->arena);

	val_set_str(r->arena, o, "Path", role->path);
	val_set_str(r->arena, o, "RoleName", role->name);
	val_set_str(r->arena, o, "RoleId", role->id);
	val_set_str(r->arena, o, "Arn", role->arn);
	iam_put_time(r, o, "CreateDate", role->created_ms);
	iam_put_document(r, o, "AssumeRolePolicyDocument", role->trust_text);
	if (role->description.n)
		val_set_str(r->arena, o, "Description", role->description);
	val_set_int(r->arena, o, "MaxSessionDuration", role->max_session_s);
	if (!whole)
		return o;
	iam_put_boundary(r, o, role->boundary);
	iam_put_tags(r, o, &role->tags);
	iam_put_role_used(r, o, role);
	return o;
}

/* ---- managed policies ---- */

static int64_t count_attached(const struct iam_attached *at, const struct iam_managed *p)
{
	for (; at; at = at->next)
		if (at->policy == p)
			return 1;
	return 0;
}

void iam_count_uses(const struct iam_account *iam, const struct iam_managed *p, int64_t *attached,
		    int64_t *boundary)
{
	*attached = *boundary = 0;
	for (const struct iam_user *u = iam->users; u; u = u->next) {
		*attached += count_attached(u->attached, p);
		*boundary += u->boundary == p;
	}
	for (const struct iam_group *g = iam->groups; g; g = g->next)
		*attached += count_attached(g->attached, p);
	for (const struct iam_role *role = iam->roles; role; role = role->next) {
		*attached += count_attached(role->attached, p);
		*boundary += role->boundary == p;
	}
}

/* "Description … is included in the response to the GetPolicy operation. It is not included in …
 * ListPolicies." Its tags neither. */
struct val *iam_show_policy(struct sandbox_request *r, const struct iam_managed *p, bool whole)
{
	struct val *o = val_object(r->arena);
	int64_t attached, boundary;

	iam_count_uses(&r->who->account->iam, p, &attached, &boundary);
	val_set_str(r->arena, o, "PolicyName", p->name);
	val_set_str(r->arena, o, "PolicyId", p->id);
	val_set_str(r->arena, o, "Arn", p->arn);
	val_set_str(r->arena, o, "Path", p->path);
	val_set_str(r->arena, o, "DefaultVersionId", p->default_version->id);
	val_set_int(r->arena, o, "AttachmentCount", attached);
	val_set_int(r->arena, o, "PermissionsBoundaryUsageCount", boundary);
	val_set_bool(r->arena, o, "IsAttachable", true);
	if (whole && p->description.n)
		val_set_str(r->arena, o, "Description", p->description);
	iam_put_time(r, o, "CreateDate", p->created_ms);
	iam_put_time(r, o, "UpdateDate", p->updated_ms);
	return o;
}

struct val *iam_show_version(struct sandbox_request *r, const struct iam_managed *p,
			     const struct iam_version *v, bool document)
{
	struct val *o = val_object(r->arena);

	if (document)
		iam_put_document(r, o, "Document", v->document);
	val_set_str(r->arena, o, "VersionId", v->id);
	val_set_bool(r->arena, o, "IsDefaultVersion", v == p->default_version);
	iam_put_time(r, o, "CreateDate", v->created_ms);
	return o;
}

struct val *iam_show_attached(struct sandbox_request *r, const void *item)
{
	const struct iam_managed *p = item;
	struct val *o = val_object(r->arena);

	val_set_str(r->arena, o, "PolicyName", p->name);
	val_set_str(r->arena, o, "PolicyArn", p->arn);
	return o;
}
