#include "sandbox/iam-private.h"

struct val *iam_others(const struct iam_account *iam, const char *kind)
{
	return map_get(&iam->others, str_of(kind));
}

struct val *iam_other(const struct iam_account *iam, const char *kind, struct str key)
{
	VAL_EACH(v, iam_others(iam, kind))
	if (str_eq_nocase(v->name, key))
		return v;
	return NULL;
}

struct val *iam_new_other(struct sandbox_request *r, const char *kind, struct str key)
{
	struct iam_account *iam = &r->who->account->iam;
	struct val *all = iam_others(iam, kind);

	if (!all) {
		all = val_object(r->world->arena);
		map_put(&iam->others, str_of(kind), all);
	}
	return val_set(all, key, val_object(r->world->arena));
}

void iam_remove_other(struct sandbox_request *r, const char *kind, struct str key)
{
	struct val *v = iam_other(&r->who->account->iam, kind, key);

	if (v)
		val_remove(iam_others(&r->who->account->iam, kind), v->name);
}

/* ---- members ---- */

void iam_set_str(struct sandbox_request *r, struct val *other, const char *name, struct str s)
{
	if (str_is_null(s))
		val_remove(other, str_of(name));
	else
		val_replace(other, str_of(name),
			    val_string(r->world->arena, world_str(r->world, s)));
}

void iam_set_val(struct sandbox_request *r, struct val *other, const char *name,
		 const struct val *v)
{
	if (v)
		val_replace(other, str_of(name), val_copy(r->world->arena, v));
	else
		val_remove(other, str_of(name));
}

void iam_set_time(struct sandbox_request *r, struct val *other, const char *name, int64_t ms)
{
	val_replace(other, str_of(name), val_time(r->world->arena, ms - ms % 1000));
}

void iam_copy_members(struct sandbox_request *r, struct val *to, const struct val *other,
		      const char *const *names)
{
	for (; *names; names++) {
		const struct val *v = val_get(other, *names);
		if (v)
			val_setz(to, *names, val_copy(r->arena, v));
	}
}

/* ---- owners ---- */

bool iam_is_others_owner(const struct val *other, const struct iam_user *u)
{
	return str_eq(val_get_str(other, "UserId"), u->id);
}

bool iam_has_others_of(const struct iam_account *iam, const char *kind, const struct iam_user *u)
{
	VAL_EACH(v, iam_others(iam, kind))
	if (iam_is_others_owner(v, u))
		return true;
	return false;
}

struct iam_user *iam_others_owner(const struct iam_account *iam, const struct val *other)
{
	for (struct iam_user *u = iam->users; u; u = u->next)
		if (iam_is_others_owner(other, u))
			return u;
	return NULL;
}
