#include "base/clock.h"
#include "base/digest.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "text/yaml-private.h"
#include "text/yaml.h"

/* As for JSON: what wraps a tree that was read adds a few levels. */
#define WRITE_DEPTH (4 * LIMIT_DEPTH)
/* YAML gives up looking for the ':' of a key after 1,024 characters. */
#define LONG_KEY 1000

/* ---- strings ---- */

/* libyaml's idea of a character that may stand in a file, line breaks of all kinds aside. */
static bool is_printable(uint32_t cp)
{
	if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0))
		return false;
	return cp != 0x2028 && cp != 0x2029 && cp != 0xfeff && cp != 0xfffe && cp != 0xffff;
}

static bool all_printable(struct str s, bool lines)
{
	for (size_t at = 0; at < s.n;) {
		uint32_t cp = utf8_next(s, &at);

		if (!is_printable(cp) && !(lines && cp == '\n'))
			return false;
	}
	return utf8_valid(s);
}

static bool is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* May it stand without quotes, as a value or a key? When in doubt, no. */
static bool is_plain(struct str s)
{
	if (!s.n || yaml_is_special(s) || !all_printable(s, false) || s.p[s.n - 1] == ' ' ||
	    str_startsz(s, "..."))
		return false;
	if (!is_alnum(s.p[0]) && !((unsigned char)s.p[0] & 0x80) &&
	    str_chr(STR("_/.+$(^;"), s.p[0]) < 0)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == ':' && (i + 1 == s.n || s.p[i + 1] == ' '))
			return false;
		if (s.p[i] == '#' && i > 0 && s.p[i - 1] == ' ')
			return false;
		if (str_chr(STR("\"'\\[]{}`"), s.p[i]) >= 0)
			return false;
	}
	return true;
}

static bool write_single(struct str s, struct buf *out)
{
	(void)buf_addc(out, '\'');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\'')
			(void)buf_addc(out, '\'');
		(void)buf_addc(out, s.p[i]);
	}
	return buf_addc(out, '\'');
}

static bool write_double(struct str s, struct buf *out)
{
	(void)buf_addc(out, '"');
	for (size_t at = 0; at < s.n;) {
		char utf8[4];
		uint32_t cp = utf8_next(s, &at);

		if (cp == '"' || cp == '\\')
			(void)buf_addf(out, "\\%c", (char)cp);
		else if (cp == '\n')
			(void)buf_addz(out, "\\n");
		else if (cp == '\t')
			(void)buf_addz(out, "\\t");
		else if (is_printable(cp))
			(void)buf_add(out, utf8, utf8_put(utf8, cp));
		else
			(void)buf_addf(out, cp < 0x100 ? "\\x%02x" : "\\u%04x", (unsigned)cp);
	}
	return buf_addc(out, '"');
}

static bool write_string(struct str s, struct buf *out)
{
	bool awkward = str_chr(s, '"') >= 0 || str_chr(s, '\\') >= 0;

	if (is_plain(s))
		return buf_adds(out, s);
	if (awkward && all_printable(s, false))
		return write_single(s, out);
	return write_double(s, out);
}

/* Several lines that a literal block keeps exactly: '|' with one line end, '|-' without. */
static bool is_literal(struct str s)
{
	return str_chr(s, '\n') > 0 && s.p[0] != ' ' && !str_endsz(s, "\n\n") &&
	       all_printable(s, true);
}

static bool write_literal(struct str s, size_t indent, struct buf *out)
{
	struct str line;

	(void)buf_addz(out, str_endsz(s, "\n") ? "|\n" : "|-\n");
	if (str_endsz(s, "\n"))
		s = str_sub(s, 0, s.n - 1);
	while (str_next(&s, '\n', &line)) {
		if (line.n)
			(void)buf_addn(out, ' ', indent);
		(void)buf_adds(out, line);
		(void)buf_addc(out, '\n');
	}
	return !buf_overflowed(out);
}

/* ---- trees ---- */

static bool is_block(const struct val *v)
{
	return val_count(v) > 0;
}

static bool write_blob(struct str bytes, struct buf *out)
{
	struct arena *a = arena_new();
	bool ok = write_string(base64_put(a, bytes), out);

	arena_free(&a);
	return ok;
}

static bool is_bare_number(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (str_chr(STR("0123456789+-.eE"), s.p[i]) < 0)
			return false;
	}
	return s.n && s.p[s.n - 1] >= '0' && s.p[s.n - 1] <= '9';
}

/* On the line that is there; without its end. */
static bool write_scalar(const struct val *v, struct buf *out)
{
	char iso[TIME_ISO_SIZE];

	switch ((enum val_kind)v->kind) {
	case VAL_NULL:
		return buf_addz(out, "null");
	case VAL_BOOL:
		return buf_addz(out, v->u.b ? "true" : "false");
	case VAL_INT:
		return buf_addf(out, "%lld", (long long)v->u.i);
	case VAL_NUMBER:
		return is_bare_number(v->u.s) ? buf_adds(out, v->u.s) : write_string(v->u.s, out);
	case VAL_STRING:
		return write_string(v->u.s, out);
	case VAL_BLOB:
		return write_blob(v->u.s, out);
	case VAL_TIME:
		return buf_addz(out, time_iso(v->u.i, v->u.i % 1000 != 0, iso));
	case VAL_LIST:
		return buf_addz(out, "[]");
	case VAL_OBJECT:
		return buf_addz(out, "{}");
	}
	BUG("a value of unknown kind %d", v->kind);
}

/* Returns whether it was long and so had to be introduced by '?'. */
static bool write_key(struct str key, struct buf *out)
{
	struct buf text = BUF_INIT(LIMIT_OUTPUT);
	bool explicit_key;

	(void)write_string(key, &text);
	explicit_key = text.n > LONG_KEY;
	if (explicit_key)
		(void)buf_addz(out, "? ");
	(void)buf_adds(out, buf_str(&text));
	if (buf_overflowed(&text))
		out->overflowed = true;
	buf_release(&text);
	return explicit_key;
}

static bool write_kids(const struct val *v, size_t indent, size_t depth, struct buf *out);

/* What follows "key:" or "-", to the end of the line or of the block. */
static bool write_value(const struct val *v, size_t indent, size_t depth, bool inline_block,
			struct buf *out)
{
	if (is_block(v)) {
		(void)buf_addc(out, inline_block ? ' ' : '\n');
		if (!inline_block)
			(void)buf_addn(out, ' ', indent);
		return write_kids(v, indent, depth + 1, out);
	}
	(void)buf_addc(out, ' ');
	if (v->kind == VAL_STRING && is_literal(v->u.s))
		return write_literal(v->u.s, indent, out);
	(void)write_scalar(v, out);
	return buf_addc(out, '\n');
}

/* The first line's indentation is there already: it may stand behind "- ". */
static bool write_kids(const struct val *v, size_t indent, size_t depth, struct buf *out)
{
	if (depth == WRITE_DEPTH)
		BUG("a tree of values is nested more than %d deep", WRITE_DEPTH);
	VAL_EACH(kid, v)
	{
		bool ok;

		if (kid != v->u.kids.first)
			(void)buf_addn(out, ' ', indent);
		if (v->kind == VAL_LIST) {
			(void)buf_addc(out, '-');
			ok = write_value(kid, indent + 2, depth, true, out);
		} else {
			if (write_key(kid->name, out)) {
				(void)buf_addc(out, '\n');
				(void)buf_addn(out, ' ', indent);
			}
			(void)buf_addc(out, ':');
			ok = write_value(kid, indent + 2, depth, false, out);
		}
		if (!ok)
			return false;
	}
	return !buf_overflowed(out);
}

bool yaml_write(const struct val *v, struct buf *out)
{
	if (!v)
		return buf_addz(out, "null\n");
	if (is_block(v))
		return write_kids(v, 0, 0, out);
	(void)write_scalar(v, out);
	return buf_addc(out, '\n');
}
