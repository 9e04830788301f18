/*
 * Violations in the words of AWS's common validator. Known from answers:
 * "1 validation error detected: Value '901' at 'durationSeconds' failed to
 * satisfy constraint: Member must have value less than or equal to 900", with
 * "; " between several. A structure in a list is named "tags.1.member.key";
 * what is wrong with a plain element is told at its list, together with all
 * that an element must be.
 */

#include <inttypes.h>
#include <string.h>

#include "aws/wire-private.h"
#include "base/buf.h"
#include "base/limits.h"

/* "SAMLOptions" is "sAMLOptions": only the first letter. */
static void add_lower_first(struct buf *b, struct str name)
{
	char c = name.n ? name.p[0] : '\0';

	if (c >= 'A' && c <= 'Z')
		c = (char)(c - 'A' + 'a');
	if (name.n)
		(void)buf_addc(b, c);
	(void)buf_adds(b, str_from(name, 1));
}

static bool is_index(struct str part)
{
	return str_all_digits(part);
}

/* "Tags.2.Key" to "tags.2.member.key"; *element: the path ends in an index. */
static void add_path(struct buf *b, struct str path, bool *element)
{
	struct str part, rest = path;
	bool first = true;

	*element = false;
	while (str_next(&rest, '.', &part)) {
		bool last = str_is_null(rest);
		if (is_index(part) && !first) {
			if (last) {
				*element = true;
				return;
			}
			(void)buf_addf(b, ".%.*s.member", STR_ARG(part));
			continue;
		}
		if (!first)
			(void)buf_addc(b, '.');
		first = false;
		add_lower_first(b, part);
	}
}

static void add_values(struct buf *b, const struct api_shape *s)
{
	for (size_t i = 0; i < s->nvalues; i++)
		(void)buf_addf(b, "%s%.*s", i ? ", " : "", STR_ARG(s->values[i]));
}

static void add_limit(struct buf *b, const char *what, const char *side, int64_t n)
{
	(void)buf_addf(b, "Member must have %s %s than or equal to %" PRId64, what, side, n);
}

static void add_constraint(struct buf *b, enum violation_kind kind, const struct api_shape *s)
{
	switch (kind) {
	case VIOLATION_REQUIRED:
		(void)buf_addz(b, "Member must not be null");
		break;
	case VIOLATION_MIN_LENGTH:
		add_limit(b, "length", "greater", s->min);
		break;
	case VIOLATION_MAX_LENGTH:
		add_limit(b, "length", "less", s->max);
		break;
	case VIOLATION_MIN_VALUE:
		add_limit(b, "value", "greater", s->min);
		break;
	case VIOLATION_MAX_VALUE:
		add_limit(b, "value", "less", s->max);
		break;
	case VIOLATION_PATTERN:
		(void)buf_addf(b, "Member must satisfy regular expression pattern: %s", s->pattern);
		break;
	case VIOLATION_ENUM:
		(void)buf_addz(b, "Member must satisfy enum value set: [");
		add_values(b, s);
		(void)buf_addc(b, ']');
		break;
	}
}

/* Everything that an element of this shape must be. */
static void add_all_constraints(struct buf *b, const struct api_shape *s)
{
	bool number = s->type == API_INTEGER || s->type == API_LONG;
	const char *between = "";

	(void)buf_addz(b, "Member must satisfy constraint: [");
	const struct {
		bool there;
		enum violation_kind kind;
	} all[] = {
		{s->has_max, number ? VIOLATION_MAX_VALUE : VIOLATION_MAX_LENGTH},
		{s->has_min, number ? VIOLATION_MIN_VALUE : VIOLATION_MIN_LENGTH},
		{s->pattern != NULL, VIOLATION_PATTERN},
		{s->values != NULL, VIOLATION_ENUM},
	};
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		if (!all[i].there)
			continue;
		(void)buf_addz(b, between);
		add_constraint(b, all[i].kind, s);
		between = ", ";
	}
	(void)buf_addc(b, ']');
}

static void add_value(struct buf *b, const struct val *v)
{
	const char *between = "";

	switch (v->kind) {
	case VAL_STRING:
	case VAL_NUMBER:
		(void)buf_adds(b, v->u.s);
		break;
	case VAL_INT:
		(void)buf_addf(b, "%" PRId64, v->u.i);
		break;
	case VAL_BOOL:
		(void)buf_addz(b, v->u.b ? "true" : "false");
		break;
	case VAL_LIST:
		(void)buf_addc(b, '[');
		VAL_EACH(child, v)
		{
			(void)buf_addz(b, between);
			add_value(b, child);
			between = ", ";
		}
		(void)buf_addc(b, ']');
		break;
	case VAL_NULL:
		(void)buf_addz(b, "null");
		break;
	default:
		(void)buf_addz(b, "{}");
	}
}

static void add_violation(struct buf *b, const struct violation *v)
{
	struct buf path = BUF_INIT(LIMIT_MESSAGE);
	const struct val *value = v->list ? v->list : v->value;
	bool element;

	add_path(&path, v->path, &element);
	if (!value) {
		(void)buf_addz(b, "Value null at '");
	} else if (v->shape->sensitive || value->kind == VAL_BLOB) {
		(void)buf_addz(b, "Value at '");
	} else {
		(void)buf_addz(b, "Value '");
		add_value(b, value);
		(void)buf_addz(b, "' at '");
	}
	(void)buf_adds(b, buf_str(&path));
	(void)buf_addz(b, "' failed to satisfy constraint: ");
	if (v->list)
		add_all_constraints(b, v->shape);
	else
		add_constraint(b, v->kind, v->shape);
	buf_release(&path);
}

/* Was this list told of already? Its elements' violations follow each other. */
static bool told(const struct violation *v, size_t i)
{
	return i > 0 && v[i].list && v[i - 1].list == v[i].list;
}

struct str api_violations_text(const struct violation *v, size_t n, struct arena *a)
{
	/* AWS repeats a value whole, however long, and so do we, up to this. */
	struct buf b = BUF_INIT(MIB(4));
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += !told(v, i);
	(void)buf_addf(&b, "%zu validation error%s detected: ", count, count == 1 ? "" : "s");
	for (size_t i = 0; i < n; i++) {
		if (told(v, i))
			continue;
		if (i)
			(void)buf_addz(&b, "; ");
		add_violation(&b, &v[i]);
	}
	struct str text = arena_str(a, buf_str(&b));
	buf_release(&b);
	return text;
}
