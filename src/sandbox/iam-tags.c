#include "sandbox/iam-private.h"

/*
 * Tags of everything that has some.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html
 */
#define TAGS_MAX 50

struct val *iam_show_tags(struct sandbox_request *r, const struct world_tags *t)
{
	struct val *list = val_list(r->arena);

	for (size_t i = 0; i < t->n; i++) {
		struct val *o = val_append(list, val_object(r->arena));
		val_set_str(r->arena, o, "Key", t->v[i].key);
		val_set_str(r->arena, o, "Value", t->v[i].value);
	}
	return list;
}

void iam_put_tags(struct sandbox_request *r, struct val *o, const struct world_tags *t)
{
	if (t->n)
		val_setz(o, "Tags", iam_show_tags(r, t));
}

/* ---- the input's ---- */

/* "Tag keys are not case sensitive": Dept and dept are the same tag. */
bool iam_check_tags(struct sandbox_request *r)
{
	const struct val *list = val_get(r->in, "Tags");

	VAL_EACH(v, list)
	{
		struct str key = val_get_str(v, "Key");
		if (key.n >= 4 && str_eq_nocase(str_sub(key, 0, 4), STR("aws:")))
			return sandbox_fault(r, 400, "InvalidInput",
					     "Tag keys that begin with aws: are reserved for AWS "
					     "use.");
		for (const struct val *w = v->next; w; w = w->next)
			if (str_eq_nocase(val_get_str(w, "Key"), key))
				return sandbox_fault(r, 400, "InvalidInput",
						     "Duplicate tag keys found. Please note that "
						     "Tag keys are case insensitive.");
	}
	return true;
}

static void set_tag(struct world_tags *t, struct arena *a, struct str key, struct str value)
{
	for (size_t i = 0; i < t->n; i++)
		if (str_eq_nocase(t->v[i].key, key)) {
			t->v[i] = (struct world_tag){key, value};
			return;
		}
	t->v = arena_grow(a, t->v, t->n, &t->cap, sizeof(*t->v));
	t->v[t->n++] = (struct world_tag){key, value};
}

static void add_input(struct sandbox_request *r, struct world_tags *t)
{
	VAL_EACH(v, val_get(r->in, "Tags"))
	set_tag(t, r->arena, val_get_str(v, "Key"), val_get_str(v, "Value"));
}

static void keep(struct sandbox_request *r, const struct world_tags *from, struct world_tags *to)
{
	struct world *w = r->world;

	*to = (struct world_tags){0};
	for (size_t i = 0; i < from->n; i++)
		set_tag(to, w->arena, world_str(w, from->v[i].key), world_str(w, from->v[i].value));
}

void iam_keep_tags(struct sandbox_request *r, struct world_tags *out)
{
	struct world_tags t = {0};

	add_input(r, &t);
	keep(r, &t, out);
}

/* ---- what is tagged ---- */

/* The tags of a user, role or policy stand in the thing itself; of the rest in its value. */
struct tagged {
	struct world_tags *tags;
	struct val *other;
};

static bool no_such(struct sandbox_request *r, const char *what, struct str name)
{
	return sandbox_fault(r, 404, "NoSuchEntity", "%s %.*s cannot be found.", what,
			     STR_ARG(name));
}

static const struct {
	const char *member, *kind, *called;
} others[] = {
	{"InstanceProfileName", "InstanceProfile", "Instance Profile"},
	{"SAMLProviderArn", "SAMLProvider", "SAML Provider"},
	{"OpenIDConnectProviderArn", "OpenIDConnectProvider", "OpenIDConnect Provider"},
	{"ServerCertificateName", "ServerCertificate", "The Server Certificate with name"},
};

static bool find_other(struct sandbox_request *r, struct tagged *t)
{
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		struct str key = val_get_str(r->in, others[i].member);
		if (str_is_null(key))
			continue;
		t->other = iam_other(&r->who->account->iam, others[i].kind, key);
		return t->other || no_such(r, others[i].called, key);
	}
	BUG("%.*s tags nothing", STR_ARG(r->op->name));
}

static bool find_mfa(struct sandbox_request *r, struct tagged *t)
{
	struct str serial = val_get_str(r->in, "SerialNumber");

	for (struct iam_mfa *m = r->who->account->iam.mfa; m; m = m->next)
		if (m->virtual_ && str_eq(m->serial, serial)) {
			t->tags = &m->tags;
			return true;
		}
	return no_such(r, "MFA Device with serial number", serial);
}

static bool find_tagged(struct sandbox_request *r, struct tagged *t, bool change)
{
	struct iam_managed *p;
	struct iam_entity e;

	*t = (struct tagged){0};
	if (val_get(r->in, "UserName") || val_get(r->in, "RoleName")) {
		if (!iam_need_entity(r, &e))
			return false;
		t->tags = e.tags;
		return true;
	}
	if (val_get(r->in, "PolicyArn")) {
		p = change ? iam_need_own_policy(r) : iam_need_policy(r);
		t->tags = p ? &p->tags : NULL;
		return p != NULL;
	}
	return val_get(r->in, "SerialNumber") ? find_mfa(r, t) : find_other(r, t);
}

/* Into the request's memory. */
static struct world_tags read_tags(struct sandbox_request *r, const struct tagged *t)
{
	struct world_tags out = {0};

	for (size_t i = 0; t->tags && i < t->tags->n; i++)
		set_tag(&out, r->arena, t->tags->v[i].key, t->tags->v[i].value);
	VAL_EACH(v, val_get(t->other, "Tags"))
	set_tag(&out, r->arena, val_get_str(v, "Key"), val_get_str(v, "Value"));
	return out;
}

static void write_tags(struct sandbox_request *r, const struct tagged *t,
		       const struct world_tags *tags)
{
	if (t->tags)
		keep(r, tags, t->tags);
	else
		iam_set_val(r, t->other, "Tags", tags->n ? iam_show_tags(r, tags) : NULL);
}

/* ---- operations ---- */

bool iam_tag(struct sandbox_request *r)
{
	struct tagged t;

	if (!find_tagged(r, &t, true) || !iam_check_tags(r))
		return false;
	struct world_tags tags = read_tags(r, &t);
	add_input(r, &tags);
	if (tags.n > TAGS_MAX)
		return sandbox_fault(r, 409, "LimitExceeded",
				     "The number of tags has reached the maximum limit.");
	write_tags(r, &t, &tags);
	return true;
}

/* A key that is not there is removed already. */
bool iam_untag(struct sandbox_request *r)
{
	struct tagged t;
	size_t n = 0;

	if (!find_tagged(r, &t, true))
		return false;
	struct world_tags tags = read_tags(r, &t);
	for (size_t i = 0; i < tags.n; i++) {
		bool goes = false;
		VAL_EACH(v, val_get(r->in, "TagKeys"))
		goes |= str_eq_nocase(val_str(v), tags.v[i].key);
		if (!goes)
			tags.v[n++] = tags.v[i];
	}
	tags.n = n;
	write_tags(r, &t, &tags);
	return true;
}

static struct val *show_row(struct sandbox_request *r, const void *item)
{
	const struct world_tag *tag = item;
	struct val *o = val_object(r->arena);

	val_set_str(r->arena, o, "Key", tag->key);
	val_set_str(r->arena, o, "Value", tag->value);
	return o;
}

/* "sorted by tag key" */
bool iam_list_tags(struct sandbox_request *r)
{
	struct iam_rows rows = {0};
	struct tagged t;

	if (!find_tagged(r, &t, false))
		return false;
	struct world_tags tags = read_tags(r, &t);
	for (size_t i = 0; i < tags.n; i++)
		iam_add_row(r, &rows, tags.v[i].key, &tags.v[i]);
	iam_sort_rows(&rows);
	return iam_put_rows(r, &rows, "Tags", show_row);
}
