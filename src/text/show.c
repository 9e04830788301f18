#include "text/show.h"

#include <string.h>

#include "base/limits.h"
#include "base/utf8.h"

#define SHORT_COLUMNS 60
/* The longest escape of one byte is \x1b, of three \u202e: four times is enough for all. */
#define ESCAPE_GROWTH 4

/* Marks of direction can make "pos-dev" read as something else (Trojan Source, CVE-2021-42574). */
static bool is_unseen(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || cp == 0x61c || cp == 0x200e ||
	       cp == 0x200f || (cp >= 0x2028 && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069) ||
	       cp == 0xfeff;
}

static bool is_bad_byte(uint32_t cp, size_t n)
{
	return cp == 0xfffd && n == 1;
}

static bool add_escape(uint32_t cp, struct buf *out)
{
	if (cp == '\n')
		return buf_addz(out, "\\n");
	if (cp == '\r')
		return buf_addz(out, "\\r");
	if (cp == '\t')
		return buf_addz(out, "\\t");
	return buf_addf(out, cp < 0x80 ? "\\x%02x" : "\\u%04x", (unsigned)cp);
}

#define EVERY(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Eight bytes at once: the top bit of each that is below 0x20 or above 0x7e (carries may set more). */
static uint64_t unprintable(uint64_t eight)
{
	uint64_t low = (eight - EVERY(0x20)) & ~eight, high = (eight + EVERY(0x01)) | eight;

	return (low | high) & EVERY(0x80);
}

/* Most texts are printable ASCII and nothing else. */
static size_t ascii_prefix(struct str s)
{
	size_t n = 0;
	uint64_t eight;

	for (; n + sizeof(eight) <= s.n; n += sizeof(eight)) {
		memcpy(&eight, s.p + n, sizeof(eight));
		if (unprintable(eight))
			break;
	}
	while (n < s.n && s.p[n] >= 0x20 && s.p[n] < 0x7f)
		n++;
	return n;
}

/* Length of the part at the beginning that needs no escape. */
static size_t clean_prefix(struct str s)
{
	size_t at = ascii_prefix(s);

	while (at < s.n) {
		size_t from = at;
		uint32_t cp = utf8_next(s, &at);

		if (is_unseen(cp) || is_bad_byte(cp, at - from))
			return from;
	}
	return s.n;
}

bool show_add(struct str s, struct buf *out)
{
	for (;;) {
		size_t at, clean = clean_prefix(s);
		uint32_t cp;

		(void)buf_add(out, s.p ? s.p : "", clean);
		if (clean == s.n)
			return !buf_overflowed(out);
		at = clean;
		cp = utf8_next(s, &at);
		if (is_bad_byte(cp, at - clean))
			(void)buf_addf(out, "\\x%02x", (unsigned char)s.p[clean]);
		else
			(void)add_escape(cp, out);
		s = str_from(s, at);
	}
}

struct str show(struct arena *a, struct str s)
{
	struct buf b;

	if (clean_prefix(s) == s.n)
		return s;
	buf_init(&b, ESCAPE_GROWTH * s.n);
	(void)show_add(s, &b);
	s = arena_str(a, buf_str(&b));
	buf_release(&b);
	return s;
}

struct str show_cut(struct arena *a, struct str s, size_t width)
{
	size_t at = 0, used = 0, fits = 0;

	if (!width)
		return STR("");
	if (s.n <= width && ascii_prefix(s) == s.n)
		return str_is_null(s) ? STR("") : s;
	while (at < s.n) {
		int w = utf8_cp_width(utf8_next(s, &at));

		used += w > 0 ? (size_t)w : 0;
		if (used > width)
			return arena_printf(a, "%.*s…", (int)fits, s.p);
		/* one column must be left for the "…" */
		if (used < width)
			fits = at;
	}
	return str_is_null(s) ? STR("") : s;
}

struct str show_short(struct arena *a, struct str s)
{
	/* Escaping a megabyte to show 60 columns of it would be waste. */
	size_t most = ESCAPE_GROWTH * (SHORT_COLUMNS + 1);

	if (s.n && s.n <= SHORT_COLUMNS && ascii_prefix(s) == s.n)
		return s;
	return show_cut(a, show(a, str_sub(s, 0, s.n > most ? most : s.n)), SHORT_COLUMNS);
}
