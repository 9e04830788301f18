#include "text/json.h"

#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "text/scan-private.h"

/* Trees that were read end at LIMIT_DEPTH; what wraps them adds a few levels. */
#define WRITE_DEPTH (4 * LIMIT_DEPTH)

static bool write_escape(unsigned char c, struct buf *out)
{
	switch (c) {
	case '"':
		return buf_add(out, "\\\"", 2);
	case '\\':
		return buf_add(out, "\\\\", 2);
	case '\b':
		return buf_add(out, "\\b", 2);
	case '\f':
		return buf_add(out, "\\f", 2);
	case '\n':
		return buf_add(out, "\\n", 2);
	case '\r':
		return buf_add(out, "\\r", 2);
	case '\t':
		return buf_add(out, "\\t", 2);
	default:
		return buf_addf(out, "\\u%04x", c);
	}
}

/* No character of `run` needs an escape, but it may be invalid UTF-8. */
static bool write_run(struct str run, struct buf *out)
{
	ptrdiff_t bad;

	while ((bad = scan_utf8(run)) >= 0) {
		(void)buf_add(out, run.p, (size_t)bad);
		(void)buf_addz(out, "\xef\xbf\xbd");
		run = str_from(run, (size_t)bad + 1);
	}
	return buf_adds(out, run);
}

/* Nothing to escape and nothing to doubt: most strings, in one piece. */
static bool write_plain(struct str s, struct buf *out)
{
	char *p = buf_room(out, s.n + 2);

	if (!p)
		return false;
	p[0] = '"';
	memcpy(p + 1, s.p, s.n);
	p[s.n + 1] = '"';
	buf_grew(out, s.n + 2);
	return true;
}

bool json_write_string(struct str s, struct buf *out)
{
	if (s.n && scan_string(s.p, s.n) == s.n && scan_ascii(s.p, s.n) == s.n)
		return write_plain(s, out);
	(void)buf_addc(out, '"');
	while (s.n) {
		size_t run = scan_string(s.p, s.n);

		(void)write_run(str_sub(s, 0, run), out);
		if (run == s.n)
			break;
		(void)write_escape((unsigned char)s.p[run], out);
		s = str_from(s, run + 1);
	}
	return buf_addc(out, '"');
}

static size_t digits(struct str s, size_t i)
{
	size_t from = i;

	while (i < s.n && s.p[i] >= '0' && s.p[i] <= '9')
		i++;
	return i - from;
}

static bool is_json_number(struct str s)
{
	size_t i = s.n && s.p[0] == '-';
	size_t whole = digits(s, i), n;

	if (!whole || (whole > 1 && s.p[i] == '0'))
		return false;
	i += whole;
	if (i < s.n && s.p[i] == '.') {
		n = digits(s, ++i);
		if (!n)
			return false;
		i += n;
	}
	if (i < s.n && (s.p[i] == 'e' || s.p[i] == 'E')) {
		i++;
		i += i < s.n && (s.p[i] == '+' || s.p[i] == '-');
		n = digits(s, i);
		if (!n)
			return false;
		i += n;
	}
	return i == s.n;
}

static bool write_blob(struct str bytes, struct buf *out)
{
	struct arena *a = arena_new();
	struct str text = base64_put(a, bytes);

	(void)buf_addc(out, '"');
	(void)buf_adds(out, text);
	arena_free(&a);
	return buf_addc(out, '"');
}

static bool write_time(int64_t ms, struct buf *out)
{
	char iso[TIME_ISO_SIZE];

	return buf_addf(out, "\"%s\"", time_iso(ms, ms % 1000 != 0, iso));
}

static void new_line(enum json_style style, size_t depth, struct buf *out)
{
	if (style == JSON_PRETTY) {
		(void)buf_addc(out, '\n');
		(void)buf_addn(out, ' ', 2 * depth);
	}
}

static bool write_value(const struct val *v, enum json_style style, size_t depth, struct buf *out);

static bool write_kids(const struct val *v, enum json_style style, size_t depth, struct buf *out)
{
	bool object = v->kind == VAL_OBJECT;

	if (depth == WRITE_DEPTH)
		BUG("a tree of values is nested more than %d deep", WRITE_DEPTH);
	(void)buf_addc(out, object ? '{' : '[');
	VAL_EACH(kid, v)
	{
		if (kid != v->u.kids.first)
			(void)buf_addc(out, ',');
		new_line(style, depth + 1, out);
		if (object) {
			(void)json_write_string(kid->name, out);
			(void)buf_add(out, ": ", style == JSON_PRETTY ? 2 : 1);
		}
		if (!write_value(kid, style, depth + 1, out))
			return false;
	}
	if (v->count)
		new_line(style, depth, out);
	return buf_addc(out, object ? '}' : ']');
}

static bool write_value(const struct val *v, enum json_style style, size_t depth, struct buf *out)
{
	switch ((enum val_kind)v->kind) {
	case VAL_NULL:
		return buf_addz(out, "null");
	case VAL_BOOL:
		return buf_addz(out, v->u.b ? "true" : "false");
	case VAL_INT:
		return buf_addf(out, "%lld", (long long)v->u.i);
	case VAL_NUMBER:
		/* Numbers of other formats may look like nothing JSON knows. */
		return is_json_number(v->u.s) ? buf_adds(out, v->u.s)
					      : json_write_string(v->u.s, out);
	case VAL_STRING:
		return json_write_string(v->u.s, out);
	case VAL_BLOB:
		return write_blob(v->u.s, out);
	case VAL_TIME:
		return write_time(v->u.i, out);
	case VAL_LIST:
	case VAL_OBJECT:
		return write_kids(v, style, depth, out);
	}
	BUG("a value of unknown kind %d", v->kind);
}

bool json_write(const struct val *v, enum json_style style, struct buf *out)
{
	if (!v)
		return buf_addz(out, "null");
	return write_value(v, style, 0, out);
}

struct str json_text(struct arena *a, const struct val *v)
{
	struct buf b = BUF_INIT(LIMIT_OUTPUT);
	struct str text = STR_NULL;

	if (json_write(v, JSON_COMPACT, &b))
		text = arena_str(a, buf_str(&b));
	buf_release(&b);
	return text;
}
