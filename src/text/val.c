#include "text/val.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static struct val *make(struct arena *a, enum val_kind kind)
{
	struct val *v = arena_new_of(a, struct val);

	v->kind = (uint8_t)kind;
	return v;
}

static struct val *make_text(struct arena *a, enum val_kind kind, struct str s)
{
	struct val *v = make(a, kind);

	/* A value that is there is never the absent string. */
	v->u.s = str_is_null(s) ? STR("") : s;
	return v;
}

struct val *val_null(struct arena *a)
{
	return make(a, VAL_NULL);
}

struct val *val_bool(struct arena *a, bool b)
{
	struct val *v = make(a, VAL_BOOL);

	v->u.b = b;
	return v;
}

struct val *val_int(struct arena *a, int64_t i)
{
	struct val *v = make(a, VAL_INT);

	v->u.i = i;
	return v;
}

struct val *val_number(struct arena *a, struct str text)
{
	return make_text(a, VAL_NUMBER, text);
}

struct val *val_string(struct arena *a, struct str s)
{
	return make_text(a, VAL_STRING, s);
}

struct val *val_blob(struct arena *a, struct str bytes)
{
	return make_text(a, VAL_BLOB, bytes);
}

struct val *val_time(struct arena *a, int64_t ms)
{
	struct val *v = make(a, VAL_TIME);

	v->u.i = ms;
	return v;
}

struct val *val_list(struct arena *a)
{
	return make(a, VAL_LIST);
}

struct val *val_object(struct arena *a)
{
	return make(a, VAL_OBJECT);
}

static bool has_kids(const struct val *v)
{
	return v && (v->kind == VAL_LIST || v->kind == VAL_OBJECT);
}

static struct val *adopt(struct val *parent, struct val *child)
{
	if (child->flags & VAL_OWNED)
		BUG("a value was added to a second parent");
	child->flags |= VAL_OWNED;
	child->next = NULL;
	if (parent->u.kids.last)
		parent->u.kids.last->next = child;
	else
		parent->u.kids.first = child;
	parent->u.kids.last = child;
	parent->count++;
	return child;
}

struct val *val_append(struct val *list, struct val *item)
{
	if (!val_is(list, VAL_LIST))
		BUG("val_append to something that is not a list");
	item->name = STR_NULL;
	return adopt(list, item);
}

struct val *val_set(struct val *object, struct str name, struct val *v)
{
	if (!val_is(object, VAL_OBJECT))
		BUG("val_set on something that is not an object");
	adopt(object, v);
	v->name = str_is_null(name) ? STR("") : name;
	return v;
}

struct val *val_setz(struct val *object, const char *name, struct val *v)
{
	return val_set(object, str_of(name), v);
}

static void disown(struct val *v)
{
	v->flags &= (uint8_t)~VAL_OWNED;
	v->next = NULL;
}

struct val *val_replace(struct val *object, struct str name, struct val *v)
{
	struct val *prev = NULL;

	if (!val_is(object, VAL_OBJECT))
		BUG("val_replace on something that is not an object");
	for (struct val *old = object->u.kids.first; old; prev = old, old = old->next) {
		if (!str_eq(old->name, name))
			continue;
		if (old == v)
			return v;
		if (v->flags & VAL_OWNED)
			BUG("a value was added to a second parent");
		v->flags |= VAL_OWNED;
		v->name = old->name;
		v->next = old->next;
		if (prev)
			prev->next = v;
		else
			object->u.kids.first = v;
		if (object->u.kids.last == old)
			object->u.kids.last = v;
		disown(old);
		return v;
	}
	return val_set(object, name, v);
}

bool val_remove(struct val *object, struct str name)
{
	struct val *prev = NULL;

	if (!val_is(object, VAL_OBJECT))
		return false;
	for (struct val *v = object->u.kids.first; v; prev = v, v = v->next) {
		if (!str_eq(v->name, name))
			continue;
		if (prev)
			prev->next = v->next;
		else
			object->u.kids.first = v->next;
		if (object->u.kids.last == v)
			object->u.kids.last = prev;
		object->count--;
		disown(v);
		return true;
	}
	return false;
}

struct val *val_set_str(struct arena *a, struct val *object, const char *name, struct str s)
{
	if (str_is_null(s))
		return NULL;
	return val_setz(object, name, val_string(a, s));
}

struct val *val_set_z(struct arena *a, struct val *object, const char *name, const char *z)
{
	return val_set_str(a, object, name, str_of(z));
}

struct val *val_set_int(struct arena *a, struct val *object, const char *name, int64_t i)
{
	return val_setz(object, name, val_int(a, i));
}

struct val *val_set_bool(struct arena *a, struct val *object, const char *name, bool b)
{
	return val_setz(object, name, val_bool(a, b));
}

struct val *val_set_time(struct arena *a, struct val *object, const char *name, int64_t ms)
{
	return val_setz(object, name, val_time(a, ms));
}

struct val *val_first(const struct val *v)
{
	return has_kids(v) ? v->u.kids.first : NULL;
}

struct val *val_gets(const struct val *object, struct str name)
{
	if (!val_is(object, VAL_OBJECT))
		return NULL;
	VAL_EACH(v, object)
	{
		if (v->name.n == name.n && (!name.n || memcmp(v->name.p, name.p, name.n) == 0))
			return v;
	}
	return NULL;
}

struct val *val_get(const struct val *object, const char *name)
{
	return val_gets(object, str_of(name));
}

struct val *val_at(const struct val *list, size_t i)
{
	if (!val_is(list, VAL_LIST))
		return NULL;
	VAL_EACH(v, list)
	{
		if (i-- == 0)
			return v;
	}
	return NULL;
}

struct val *val_path(const struct val *v, ...)
{
	/* The first step needs a const root, the others walk what val_get gives. */
	const struct val *at = v;
	const char *name;
	va_list ap;

	va_start(ap, v);
	while (at && (name = va_arg(ap, const char *)) != NULL)
		at = val_get(at, name);
	va_end(ap);
	return (struct val *)(uintptr_t)at;
}

struct str val_str(const struct val *v)
{
	if (v && (v->kind == VAL_STRING || v->kind == VAL_BLOB || v->kind == VAL_NUMBER))
		return v->u.s;
	return STR_NULL;
}

struct str val_get_str(const struct val *object, const char *name)
{
	return val_str(val_get(object, name));
}

int64_t val_i64(const struct val *v, int64_t otherwise)
{
	if (v && (v->kind == VAL_INT || v->kind == VAL_TIME))
		return v->u.i;
	return otherwise;
}

bool val_is(const struct val *v, enum val_kind kind)
{
	return v && v->kind == kind;
}

bool val_true(const struct val *v)
{
	return val_is(v, VAL_BOOL) && v->u.b;
}

size_t val_count(const struct val *v)
{
	return has_kids(v) ? v->count : 0;
}

const char *val_kind_name(enum val_kind kind)
{
	static const char *const names[] = {
		[VAL_NULL] = "null",       [VAL_BOOL] = "true or false", [VAL_INT] = "a number",
		[VAL_NUMBER] = "a number", [VAL_STRING] = "a string",    [VAL_BLOB] = "bytes",
		[VAL_TIME] = "a time",     [VAL_LIST] = "a list",        [VAL_OBJECT] = "an object",
	};

	return (size_t)kind < ARRAY_SIZE(names) ? names[kind] : "an unknown value";
}

/* Recursion is as deep as the tree, and every reader stops at LIMIT_DEPTH. */
static struct val *copy(struct arena *a, const struct val *v)
{
	struct val *c = arena_new_of(a, struct val);

	*c = *v;
	c->next = NULL;
	c->flags &= (uint8_t)~VAL_OWNED;
	c->name = arena_str(a, v->name);
	if (v->kind == VAL_NUMBER || v->kind == VAL_STRING || v->kind == VAL_BLOB) {
		c->u.s = arena_str(a, v->u.s);
	} else if (has_kids(v)) {
		c->u.kids.first = c->u.kids.last = NULL;
		c->count = 0;
		VAL_EACH(child, v)
		adopt(c, copy(a, child));
	}
	return c;
}

struct val *val_copy(struct arena *a, const struct val *v)
{
	struct val *c;

	if (!v)
		return NULL;
	c = copy(a, v);
	c->name = STR_NULL; /* it is nobody's member any more */
	return c;
}

struct member {
	const struct val *v;
	uint32_t at; /* keeps members of the same name in their order */
};

static int by_name(const void *x, const void *y)
{
	const struct member *a = x, *b = y;
	size_t n = a->v->name.n < b->v->name.n ? a->v->name.n : b->v->name.n;
	int order = n ? memcmp(a->v->name.p, b->v->name.p, n) : 0;

	if (order)
		return order;
	if (a->v->name.n != b->v->name.n)
		return a->v->name.n < b->v->name.n ? -1 : 1;
	return a->at < b->at ? -1 : a->at > b->at;
}

static struct member *sorted_members(const struct val *object)
{
	struct member *members = xcalloc(object->count, sizeof(*members));
	uint32_t n = 0;

	VAL_EACH(v, object)
	{
		members[n] = (struct member){v, n};
		n++;
	}
	qsort(members, n, sizeof(*members), by_name);
	return members;
}

/* Members in another order; sorting keeps hostile objects from costing n². */
static bool members_eq(const struct val *a, const struct val *b)
{
	struct member *x = sorted_members(a);
	struct member *y = sorted_members(b);
	bool eq = true;

	for (size_t i = 0; eq && i < a->count; i++)
		eq = str_eq(x[i].v->name, y[i].v->name) && val_eq(x[i].v, y[i].v);
	free(x);
	free(y);
	return eq;
}

static bool same_names(const struct val *a, const struct val *b)
{
	const struct val *x = val_first(a), *y = val_first(b);

	for (; x && y; x = x->next, y = y->next) {
		if (!str_eq(x->name, y->name))
			return false;
	}
	return !x && !y;
}

static bool kids_eq(const struct val *a, const struct val *b)
{
	if (a->count != b->count)
		return false;
	if (a->kind == VAL_OBJECT && !same_names(a, b))
		return members_eq(a, b);
	for (const struct val *x = val_first(a), *y = val_first(b); x; x = x->next, y = y->next) {
		if (!val_eq(x, y))
			return false;
	}
	return true;
}

bool val_eq(const struct val *a, const struct val *b)
{
	if (!a || !b)
		return a == b;
	if (a->kind != b->kind)
		return false;
	switch ((enum val_kind)a->kind) {
	case VAL_NULL:
		return true;
	case VAL_BOOL:
		return a->u.b == b->u.b;
	case VAL_INT:
	case VAL_TIME:
		return a->u.i == b->u.i;
	case VAL_NUMBER:
	case VAL_STRING:
	case VAL_BLOB:
		return str_eq(a->u.s, b->u.s);
	case VAL_LIST:
	case VAL_OBJECT:
		return kids_eq(a, b);
	}
	return false;
}
