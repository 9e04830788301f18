#include <inttypes.h>

#include "text/yaml-private.h"
#include "text/yaml.h"

/* Spellings of YAML 1.2's core schema; the index is kept in val.flags. */
static const char *const nulls[] = {"null", "Null", "NULL", "~", ""};
static const char *const trues[] = {"true", "True", "TRUE"};
static const char *const falses[] = {"false", "False", "FALSE"};

static int spelling(struct str text, const char *const *known, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (str_eqz(text, known[i]))
			return (int)i;
	}
	return -1;
}

static struct val *spelled(struct val *v, int spelling_index)
{
	v->flags |= (uint8_t)(spelling_index << YAML_SPELLED_SHIFT);
	return v;
}

/* Only what prints back the same: no +1, 007, -0, 0x1f; those stay strings. */
static bool is_integer(struct str text, int64_t *out)
{
	size_t sign = text.n && text.p[0] == '-';
	struct str digits = str_from(text, sign);

	if (!str_all_digits(digits) || (digits.p[0] == '0' && (digits.n > 1 || sign)))
		return false;
	return str_to_i64(text, out);
}

static struct val *plain_scalar(struct arena *a, struct str text)
{
	int64_t i;
	int form = spelling(text, nulls, ARRAY_SIZE(nulls));

	if (form >= 0)
		return spelled(val_null(a), form);
	form = spelling(text, trues, ARRAY_SIZE(trues));
	if (form >= 0)
		return spelled(val_bool(a, true), form);
	form = spelling(text, falses, ARRAY_SIZE(falses));
	if (form >= 0)
		return spelled(val_bool(a, false), form);
	if (is_integer(text, &i))
		return val_int(a, i);
	return NULL;
}

struct val *yaml_scalar(struct arena *a, struct str text, bool plain, struct str tag)
{
	static const struct {
		const char *tag;
		enum val_kind kind;
	} tags[] = {{"int", VAL_INT}, {"bool", VAL_BOOL}, {"null", VAL_NULL}};
	struct val *v = NULL;

	if (tag.n ? !str_eqz(tag, "str") : plain)
		v = plain_scalar(a, text);
	for (size_t i = 0; i < ARRAY_SIZE(tags); i++) {
		if (str_eqz(tag, tags[i].tag))
			return val_is(v, tags[i].kind) ? v : NULL;
	}
	if (!v)
		v = val_string(a, text.n ? arena_str(a, text) : STR(""));
	if (plain && !tag.n)
		v->flags |= VAL_PLAIN;
	return v;
}

struct str yaml_text(struct arena *a, const struct val *v)
{
	int form = v ? (v->flags & YAML_SPELLED) >> YAML_SPELLED_SHIFT : 0;

	if (val_is(v, VAL_INT))
		return arena_printf(a, "%" PRId64, v->u.i);
	if (val_is(v, VAL_NULL))
		return str_of(nulls[(size_t)form < ARRAY_SIZE(nulls) ? form : 0]);
	if (val_is(v, VAL_BOOL))
		return str_of((v->u.b ? trues : falses)[form < 3 ? form : 0]);
	return val_str(v);
}

/* Digits and what numbers, times of day and base-60 numbers of YAML 1.1 are made of. */
static bool looks_numeric(struct str s)
{
	size_t digits = 0;

	if (!s.n || !((s.p[0] >= '0' && s.p[0] <= '9') || str_chr(STR("+-."), s.p[0]) >= 0))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] >= '0' && s.p[i] <= '9')
			digits++;
		else if (str_chr(STR("+-._:,abcdefABCDEFxXoO"), s.p[i]) < 0)
			return false;
	}
	return digits > 0;
}

/* 2026-12-24: YAML 1.1 had a type for it, but no person would want to quote it. */
static bool is_day(struct str s)
{
	return s.n == 10 && s.p[4] == '-' && s.p[7] == '-' && str_all_digits(str_sub(s, 0, 4)) &&
	       str_all_digits(str_sub(s, 5, 2)) && str_all_digits(str_sub(s, 8, 2));
}

bool yaml_is_special(struct str text)
{
	static const char *const words[] = {"",    "~",  "null", "true", "false",
					    "yes", "no", "on",   "off",  "y",
					    "n",   "<<", "=",    ".nan", ".inf"};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (str_eq_nocase(text, str_of(words[i])))
			return true;
	}
	return looks_numeric(text) && !is_day(text);
}
