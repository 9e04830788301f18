#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "aws/wire-private.h"
#include "base/clock.h"
#include "base/digest.h"

/* The years 1 to 9999: what the text forms can say. */
#define FIRST_MS INT64_C(-62135596800000)
#define LAST_MS INT64_C(253402300799999)

static const char *const type_names[] = {
	[API_STRUCTURE] = "a structure", [API_LIST] = "a list",        [API_MAP] = "a map",
	[API_STRING] = "a string",       [API_INTEGER] = "an integer", [API_LONG] = "an integer",
	[API_FLOAT] = "a number",        [API_BOOLEAN] = "a boolean",  [API_BLOB] = "bytes",
	[API_TIMESTAMP] = "a time",
};

const char *wire_type_name(const struct api_shape *s)
{
	return type_names[s->type];
}

struct str wire_path_text(const struct wire_path *path, struct arena *a)
{
	if (!path || !path->up)
		return STR("");
	struct str up = wire_path_text(path->up, a);
	const char *dot = up.n ? "." : "";
	if (str_is_null(path->name))
		return arena_printf(a, "%.*s%s%zu", STR_ARG(up), dot, path->index);
	return arena_printf(a, "%.*s%s%.*s", STR_ARG(up), dot, STR_ARG(path->name));
}

bool wire_put_wrong(struct wire_put *w, const struct wire_path *path, const char *fmt, ...)
{
	struct str where = wire_path_text(path, w->a);
	va_list ap;

	va_start(ap, fmt);
	struct str why = arena_vprintf(w->a, fmt, ap);
	va_end(ap);
	if (!w->err)
		BUG("%.*s: member '%.*s' %.*s", STR_ARG(w->what), STR_ARG(where), STR_ARG(why));
	return err_set(w->err, ERR_INPUT, "member '%.*s' %.*s", STR_ARG(where), STR_ARG(why));
}

bool wire_put_kind(struct wire_put *w, const struct api_shape *s, const struct val *v,
		   const struct wire_path *path)
{
	return wire_put_wrong(w, path, "must be %s, not %s", wire_type_name(s),
			      val_kind_name(v->kind));
}

const struct api_member *wire_put_member(struct wire_put *w, const struct api_shape *s,
					 const struct val *v, const struct wire_path *path)
{
	const struct api_member *m = api_member(s, v->name);

	if (!m) {
		struct wire_path here = wire_path_name(path, v->name);
		(void)wire_put_wrong(w, &here, "is not a member of %.*s", STR_ARG(s->name));
	}
	return m;
}

bool wire_int_fits(const struct api_shape *s, int64_t i)
{
	return s->type != API_INTEGER || (i >= INT32_MIN && i <= INT32_MAX);
}

struct str wire_seconds_put(struct arena *a, int64_t ms)
{
	int64_t seconds = ms / 1000, rest = ms % 1000;
	const char *sign = ms < 0 ? "-" : "";

	if (rest == 0)
		return arena_printf(a, "%" PRId64, seconds);
	return arena_printf(a, "%s%" PRId64 ".%03d", sign, seconds < 0 ? -seconds : seconds,
			    (int)(rest < 0 ? -rest : rest));
}

/* The time format that holds for this shape here. */
static enum api_time format_of(const struct api_shape *s, enum api_time otherwise)
{
	return s->time_format != API_TIME_DEFAULT ? (enum api_time)s->time_format : otherwise;
}

static struct str time_text(struct arena *a, int64_t ms, enum api_time format)
{
	char text[TIME_ISO_SIZE];

	if (format == API_TIME_UNIX)
		return wire_seconds_put(a, ms);
	if (format == API_TIME_RFC822)
		return arena_strz(a, time_http(ms, text));
	return arena_strz(a, time_iso(ms, ms % 1000 != 0, text));
}

bool wire_text_put(struct wire_put *w, const struct api_shape *s, const struct val *v,
		   enum api_time otherwise, const struct wire_path *path, struct str *text)
{
	switch (s->type) {
	case API_STRING:
		if (v->kind != VAL_STRING)
			break;
		*text = v->u.s;
		return true;
	case API_INTEGER:
	case API_LONG:
		if (v->kind != VAL_INT)
			break;
		if (!wire_int_fits(s, v->u.i))
			return wire_put_wrong(w, path, "does not fit into 32 bits");
		*text = arena_printf(w->a, "%" PRId64, v->u.i);
		return true;
	case API_FLOAT:
		if (v->kind == VAL_INT)
			*text = arena_printf(w->a, "%" PRId64, v->u.i);
		else if (v->kind == VAL_NUMBER)
			*text = v->u.s;
		else
			break;
		return true;
	case API_BOOLEAN:
		if (v->kind != VAL_BOOL)
			break;
		*text = v->u.b ? STR("true") : STR("false");
		return true;
	case API_BLOB:
		if (v->kind != VAL_BLOB)
			break;
		*text = base64_put(w->a, v->u.s);
		return true;
	case API_TIMESTAMP:
		if (v->kind != VAL_TIME)
			break;
		if (v->u.i > LAST_MS || v->u.i < FIRST_MS)
			return wire_put_wrong(w, path, "is not a time that AWS can read");
		*text = time_text(w->a, v->u.i, format_of(s, otherwise));
		return true;
	default:
		return wire_put_wrong(w, path, "cannot stand here");
	}
	return wire_put_kind(w, s, v, path);
}

/* As Java's parseInt: a sign, leading zeros, decimal digits, nothing else. */
static struct val *integer_get(struct arena *a, const struct api_shape *s, struct str text)
{
	bool negative = text.n && text.p[0] == '-';
	uint64_t n = 0, top = (uint64_t)INT64_MAX + negative;

	if (text.n && (text.p[0] == '-' || text.p[0] == '+'))
		text = str_from(text, 1);
	if (!str_all_digits(text))
		return NULL;
	for (size_t i = 0; i < text.n; i++) {
		uint64_t digit = (uint64_t)(text.p[i] - '0');
		if (n > (top - digit) / 10)
			return NULL;
		n = n * 10 + digit;
	}
	int64_t value = negative ? (int64_t)(0 - n) : (int64_t)n;
	return wire_int_fits(s, value) ? val_int(a, value) : NULL;
}

/* A decimal number, taken apart. Digits past the 18th only move the exponent. */
struct decimal {
	bool negative;
	uint64_t digits;
	int64_t exponent;
};

static bool exponent_get(struct str text, int64_t *exponent)
{
	bool negative = text.n && text.p[0] == '-';

	if (text.n && (text.p[0] == '-' || text.p[0] == '+'))
		text = str_from(text, 1);
	if (!str_all_digits(text))
		return false;
	int64_t e = 0;
	for (size_t i = 0; i < text.n && e < 100000; i++)
		e = e * 10 + (text.p[i] - '0');
	*exponent += negative ? -e : e;
	return true;
}

static bool decimal_get(struct str text, struct decimal *d)
{
	bool point = false, any = false;
	size_t i = 0;

	*d = (struct decimal){0};
	if (i < text.n && (text.p[i] == '-' || text.p[i] == '+'))
		d->negative = text.p[i++] == '-';
	for (; i < text.n; i++) {
		char c = text.p[i];
		if (c == '.' && !point) {
			point = true;
		} else if (c >= '0' && c <= '9') {
			any = true;
			if (d->digits < UINT64_C(100000000000000000)) {
				d->digits = d->digits * 10 + (uint64_t)(c - '0');
				d->exponent -= point;
			} else {
				d->exponent += !point;
			}
		} else {
			break;
		}
	}
	if (!any)
		return false;
	if (i == text.n)
		return true;
	return (text.p[i] == 'e' || text.p[i] == 'E') &&
	       exponent_get(str_from(text, i + 1), &d->exponent);
}

bool wire_seconds_get(struct str text, int64_t *ms)
{
	struct decimal d;

	if (!decimal_get(text, &d))
		return false;
	d.exponent += 3;
	for (; d.exponent > 0 && d.digits != 0; d.exponent--) {
		if (d.digits > (uint64_t)LAST_MS)
			return false;
		d.digits *= 10;
	}
	/* The clock's finer digits are cut, as AWS's own answers cut them to milliseconds. */
	for (; d.exponent < 0 && d.digits != 0; d.exponent++)
		d.digits /= 10;
	if (d.digits > (uint64_t)LAST_MS)
		return false;
	*ms = d.negative ? -(int64_t)d.digits : (int64_t)d.digits;
	return *ms >= FIRST_MS;
}

static struct val *time_get(struct arena *a, struct str text)
{
	int64_t ms;

	/* Which form came is told by its look: answers do not always keep the model's. */
	if (!wire_seconds_get(text, &ms) && !time_parse_iso(text, &ms) &&
	    !time_parse_http(text, &ms))
		return NULL;
	return ms >= FIRST_MS && ms <= LAST_MS ? val_time(a, ms) : NULL;
}

static struct val *float_get(struct arena *a, struct str text)
{
	struct decimal d;

	if (decimal_get(text, &d) || str_eqz(text, "NaN") || str_eqz(text, "Infinity") ||
	    str_eqz(text, "-Infinity"))
		return val_number(a, text);
	return NULL;
}

struct val *wire_text_get(struct arena *a, const struct api_shape *s, struct str text)
{
	struct str bytes;

	switch (s->type) {
	case API_STRING:
		return val_string(a, text.p ? text : STR(""));
	case API_INTEGER:
	case API_LONG:
		return integer_get(a, s, text);
	case API_FLOAT:
		return float_get(a, text);
	case API_BOOLEAN:
		if (str_eq_nocase(text, STR("true")))
			return val_bool(a, true);
		return str_eq_nocase(text, STR("false")) ? val_bool(a, false) : NULL;
	case API_BLOB:
		return base64_get(a, text, &bytes) ? val_blob(a, bytes) : NULL;
	case API_TIMESTAMP:
		return time_get(a, text);
	default:
		return NULL;
	}
}
