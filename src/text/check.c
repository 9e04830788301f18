#include "text/check.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "base/clock.h"
#include "text/show.h"
#include "text/yaml.h"

/* ---- errors ---- */

bool check_fail(struct check *c, const struct val *at, const char *fmt, ...)
{
	struct str why;
	va_list ap;

	va_start(ap, fmt);
	why = arena_vprintf(c->a, fmt, ap);
	va_end(ap);
	return err_at(c->err, c->path, at ? at->line : 0, at ? at->col : 0, "%.*s", STR_ARG(why));
}

bool check_fail_name(struct check *c, const struct val *at, const char *fmt, ...)
{
	struct str why;
	va_list ap;

	va_start(ap, fmt);
	why = arena_vprintf(c->a, fmt, ap);
	va_end(ap);
	return err_at(c->err, c->path, at ? at->name_line : 0, at ? at->name_col : 0, "%.*s",
		      STR_ARG(why));
}

/* "a list", "'abc'", "12": the value as a message shows it. */
static const char *shown(struct check *c, const struct val *v)
{
	struct str text;

	switch ((enum val_kind)v->kind) {
	case VAL_BOOL:
	case VAL_INT:
	case VAL_NUMBER:
		text = yaml_text(c->a, v);
		return arena_dupz(c->a, text);
	case VAL_STRING:
		text = show_short(c->a, v->u.s);
		return arena_printf(c->a, "'%.*s'", STR_ARG(text)).p;
	default:
		return val_kind_name((enum val_kind)v->kind);
	}
}

/* ", did you mean 'x'?" or "". */
static const char *did_you_mean(struct check *c, struct str word, const char *const *known,
				size_t n)
{
	struct str *names = arena_calloc(c->a, n + 1, sizeof(*names));
	struct str nearest;

	for (size_t i = 0; i < n; i++)
		names[i] = str_of(known[i]);
	nearest = str_nearest(word, names, n);
	if (str_is_null(nearest))
		return "";
	return arena_printf(c->a, ", did you mean '%.*s'?", STR_ARG(nearest)).p;
}

/* "a, b or c" */
static const char *alternatives(struct check *c, const char *const *values, size_t n)
{
	struct str text = STR("");

	for (size_t i = 0; i < n; i++) {
		const char *between = i == 0 ? "" : i + 1 == n ? " or " : ", ";

		text = arena_printf(c->a, "%.*s%s%s", STR_ARG(text), between, values[i]);
	}
	return text.p;
}

static const char *quoted(struct check *c, const char *name)
{
	return arena_printf(c->a, "'%s'", name).p;
}

/* ---- shapes ---- */

static bool is_known(struct str name, const char *const *known, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (str_eqz(name, known[i]))
			return true;
	}
	return false;
}

bool check_object(struct check *c, const struct val *v, const char *what, const char *const *known,
		  size_t n)
{
	if (!val_is(v, VAL_OBJECT))
		return check_fail(c, v, "%s must be a mapping of keys and values, not %s", what,
				  v ? shown(c, v) : "nothing");
	VAL_EACH(member, v)
	{
		struct str name;

		if (is_known(member->name, known, n))
			continue;
		name = show_short(c->a, member->name);
		return check_fail_name(c, member, "unknown key '%.*s'%s", STR_ARG(name),
				       did_you_mean(c, member->name, known, n));
	}
	return true;
}

bool check_is_list(struct check *c, const struct val *v, const char *what)
{
	if (val_is(v, VAL_LIST))
		return true;
	return check_fail(c, v, "%s must be a list, not %s", what, v ? shown(c, v) : "nothing");
}

bool check_member(struct check *c, const struct val *object, const char *name, enum check_need need,
		  const struct val **out)
{
	const struct val *v = val_get(object, name);

	if (!v && need == CHECK_REQUIRED)
		return check_fail(c, object, "the key '%s' is missing", name);
	if (val_is(v, VAL_NULL))
		return check_fail_name(c, v, "'%s' has no value: give one or remove the key", name);
	if (v)
		*out = v;
	return true;
}

/* *v becomes NULL when the member is absent and may be. */
static bool member(struct check *c, const struct val *object, const char *name,
		   enum check_need need, const struct val **v)
{
	*v = NULL;
	return check_member(c, object, name, need, v);
}

bool check_list(struct check *c, const struct val *object, const char *name, enum check_need need,
		const struct val **out)
{
	const struct val *v;

	if (!member(c, object, name, need, &v))
		return false;
	if (v && !check_is_list(c, v, quoted(c, name)))
		return false;
	if (v)
		*out = v;
	return true;
}

bool check_map(struct check *c, const struct val *object, const char *name, enum check_need need,
	       const struct val **out)
{
	const struct val *v;

	if (!member(c, object, name, need, &v))
		return false;
	if (v && v->kind != VAL_OBJECT)
		return check_fail(c, v, "'%s' must be a mapping of keys and values, not %s", name,
				  shown(c, v));
	if (v)
		*out = v;
	return true;
}

/* ---- strings ---- */

static bool val_text(struct check *c, const struct val *v, const char *what, struct str *out)
{
	if (val_is(v, VAL_STRING) || val_is(v, VAL_INT) || val_is(v, VAL_NUMBER)) {
		*out = yaml_text(c->a, v);
		return true;
	}
	if (val_is(v, VAL_BOOL))
		return check_fail(c, v, "%s must be a string: put '%s' in quotes if it is one",
				  what, shown(c, v));
	return check_fail(c, v, "%s must be a string, not %s", what, v ? shown(c, v) : "nothing");
}

bool check_val_str(struct check *c, const struct val *v, const char *what, struct str *out)
{
	struct str text;

	if (!val_text(c, v, what, &text))
		return false;
	if (!text.n)
		return check_fail(c, v, "%s is empty", what);
	*out = text;
	return true;
}

bool check_str(struct check *c, const struct val *object, const char *name, enum check_need need,
	       struct str *out)
{
	const struct val *v;

	return member(c, object, name, need, &v) &&
	       (!v || check_val_str(c, v, quoted(c, name), out));
}

bool check_text(struct check *c, const struct val *object, const char *name, enum check_need need,
		struct str *out)
{
	const struct val *v;

	return member(c, object, name, need, &v) && (!v || val_text(c, v, quoted(c, name), out));
}

bool check_list_of_str(struct check *c, const struct val *object, const char *name,
		       enum check_need need, struct str **out, size_t *n)
{
	const struct val *v;
	const char *what = arena_printf(c->a, "each item of '%s'", name).p;
	struct str *items;
	size_t i = 0;

	if (!member(c, object, name, need, &v))
		return false;
	if (!v)
		return true;
	if (v->kind == VAL_OBJECT)
		return check_fail(c, v, "'%s' must be a list of strings, not an object", name);
	items = arena_calloc(c->a, val_count(v) + 1, sizeof(*items));
	if (v->kind != VAL_LIST && !check_val_str(c, v, quoted(c, name), &items[i++]))
		return false;
	VAL_EACH(item, v)
	{
		if (!check_val_str(c, item, what, &items[i++]))
			return false;
	}
	*out = items;
	*n = i;
	return true;
}

/* ---- words and numbers ---- */

bool check_bool(struct check *c, const struct val *object, const char *name, enum check_need need,
		bool *out)
{
	const struct val *v;
	bool plain;

	if (!member(c, object, name, need, &v))
		return false;
	if (!v)
		return true;
	plain = v->kind == VAL_STRING && v->flags & VAL_PLAIN;
	if (v->kind == VAL_BOOL)
		*out = v->u.b;
	else if (plain && (str_eq_nocase(v->u.s, STR("yes")) || str_eq_nocase(v->u.s, STR("on"))))
		*out = true;
	else if (plain && (str_eq_nocase(v->u.s, STR("no")) || str_eq_nocase(v->u.s, STR("off"))))
		*out = false;
	else
		return check_fail(c, v, "'%s' must be true or false, not %s", name, shown(c, v));
	return true;
}

bool check_int(struct check *c, const struct val *object, const char *name, enum check_need need,
	       int64_t min, int64_t max, int64_t *out)
{
	const struct val *v;

	if (!member(c, object, name, need, &v))
		return false;
	if (!v)
		return true;
	if (v->kind != VAL_INT || v->u.i < min || v->u.i > max)
		return check_fail(
			c, v, "'%s' must be a whole number from %" PRId64 " to %" PRId64 ", not %s",
			name, min, max, shown(c, v));
	*out = v->u.i;
	return true;
}

bool check_percent(struct check *c, const struct val *object, const char *name,
		   enum check_need need, int *out)
{
	const struct val *v;
	struct str s;
	int64_t i;

	if (!member(c, object, name, need, &v))
		return false;
	if (!v)
		return true;
	s = val_str(v);
	if (!str_endsz(s, "%") || !str_to_i64(str_trim(str_sub(s, 0, s.n - 1)), &i) || i < 0 ||
	    i > 100)
		return check_fail(c, v, "'%s' must be a share like 10%%, not %s", name,
				  shown(c, v));
	*out = (int)i;
	return true;
}

bool check_val_enum(struct check *c, const struct val *v, const char *what,
		    const char *const *values, size_t n, int *out)
{
	struct str text;

	if (!val_is(v, VAL_STRING))
		return check_fail(c, v, "%s must be %s, not %s", what, alternatives(c, values, n),
				  v ? shown(c, v) : "nothing");
	text = v->u.s;
	for (size_t i = 0; i < n; i++) {
		if (str_eqz(text, values[i])) {
			*out = (int)i;
			return true;
		}
	}
	return check_fail(c, v, "%s must be %s, not %s%s", what, alternatives(c, values, n),
			  shown(c, v), did_you_mean(c, text, values, n));
}

bool check_enum(struct check *c, const struct val *object, const char *name, enum check_need need,
		const char *const *values, size_t n, int *out)
{
	const struct val *v;

	return member(c, object, name, need, &v) &&
	       (!v || check_val_enum(c, v, quoted(c, name), values, n, out));
}

/* ---- times ---- */

bool check_duration(struct check *c, const struct val *object, const char *name,
		    enum check_need need, int64_t *ms)
{
	const struct val *v;
	struct err why = {0};

	if (!member(c, object, name, need, &v))
		return false;
	if (!v)
		return true;
	if (v->kind == VAL_INT)
		return check_fail(c, v, "'%s' needs a unit: '%s days', '%sh' or '%sm'", name,
				  shown(c, v), shown(c, v), shown(c, v));
	if (v->kind != VAL_STRING)
		return check_fail(c, v, "'%s' must be a duration like '3 days', not %s", name,
				  shown(c, v));
	if (!duration_parse(v->u.s, ms, &why))
		return check_fail(c, v, "'%s': %s", name, why.message);
	return true;
}

static bool is_day(struct str s)
{
	return s.n == 10 && s.p[4] == '-' && s.p[7] == '-';
}

static bool check_moment(struct check *c, const struct val *object, const char *name,
			 enum check_need need, bool day_only, int64_t *ms)
{
	const struct val *v;
	struct str s;

	if (!member(c, object, name, need, &v))
		return false;
	if (!v)
		return true;
	s = v->kind == VAL_STRING ? v->u.s : STR_NULL;
	if ((day_only && !is_day(s)) || !time_parse_iso(s, ms))
		return check_fail(c, v, "'%s' must be a %s, not %s", name,
				  day_only ? "day like 2026-12-24"
					   : "day like 2026-12-24 or a time like "
					     "2026-12-24T18:00:00+09:00",
				  shown(c, v));
	return true;
}

bool check_until(struct check *c, const struct val *object, const char *name, enum check_need need,
		 int64_t *ms)
{
	struct str text = val_get_str(object, name);
	bool day = text.n == strlen("2026-12-24");

	if (!check_time(c, object, name, need, ms))
		return false;
	if (day)
		*ms += 86400000;
	return true;
}

bool check_date(struct check *c, const struct val *object, const char *name, enum check_need need,
		int64_t *ms)
{
	return check_moment(c, object, name, need, true, ms);
}

bool check_time(struct check *c, const struct val *object, const char *name, enum check_need need,
		int64_t *ms)
{
	return check_moment(c, object, name, need, false, ms);
}

/* ---- accounts ---- */

/* "An AWS account ID is a 12-digit number" (Organizations API, Account: ^\d{12}$). */
bool check_val_account_id(struct check *c, const struct val *v, const char *what, struct str *out)
{
	struct str id, short_id;

	if (!check_val_str(c, v, what, &id))
		return false;
	short_id = show_short(c->a, id);
	if (!str_all_digits(id))
		return check_fail(c, v, "%s must be an account id of 12 digits, not '%.*s'", what,
				  STR_ARG(short_id));
	if (id.n != 12)
		return check_fail(c, v, "account id '%.*s' has %zu digits, it must have 12",
				  STR_ARG(short_id), id.n);
	*out = id;
	return true;
}

bool check_account_id(struct check *c, const struct val *object, const char *name,
		      enum check_need need, struct str *out)
{
	const struct val *v;

	return member(c, object, name, need, &v) &&
	       (!v || check_val_account_id(c, v, quoted(c, name), out));
}
