#include <string.h>

#include "aws/wire-private.h"
#include "base/utf8.h"

static bool unreserved(unsigned char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '_' || c == '.' || c == '~';
}

void wire_percent_put(struct buf *b, struct str s, bool keep_slash)
{
	static const char hex[] = "0123456789ABCDEF";
	size_t from = 0;

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (unreserved(c) || (keep_slash && c == '/'))
			continue;
		(void)buf_add(b, s.p + from, i - from);
		(void)buf_add(b, (char[]){'%', hex[c >> 4], hex[c & 15]}, 3);
		from = i + 1;
	}
	if (from < s.n)
		(void)buf_add(b, s.p + from, s.n - from);
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* As Java decodes: what is not UTF-8 becomes U+FFFD. */
static struct str repaired(struct arena *a, struct str s)
{
	/* One bad byte becomes three. */
	char *p = arena_alloc(a, s.n * 3 + 1);
	size_t n = 0, at = 0;

	while (at < s.n)
		n += utf8_put((char *)(p + n), utf8_next(s, &at));
	return str_ofn(p, n);
}

bool wire_percent_get(struct arena *a, struct str s, bool plus, struct str *out)
{
	if (!memchr(s.p ? s.p : "", '%', s.n) && (!plus || !memchr(s.p ? s.p : "", '+', s.n))) {
		*out = s.p ? s : STR("");
	} else {
		char *p = arena_alloc(a, s.n + 1);
		size_t n = 0;
		for (size_t i = 0; i < s.n; i++) {
			if (s.p[i] == '%') {
				int high = s.n - i > 2 ? hex_value(s.p[i + 1]) : -1;
				int low = s.n - i > 2 ? hex_value(s.p[i + 2]) : -1;
				if (high < 0 || low < 0)
					return false;
				p[n++] = (char)(high << 4 | low);
				i += 2;
			} else {
				p[n++] = plus && s.p[i] == '+' ? ' ' : s.p[i];
			}
		}
		*out = str_ofn(p, n);
	}
	if (!utf8_valid(*out))
		*out = repaired(a, *out);
	return true;
}

bool wire_iam_document(struct arena *a, struct str answered, struct str *out)
{
	return wire_percent_get(a, answered, false, out);
}

bool wire_form_get(struct arena *a, struct str text, struct wire_pair **pairs, size_t *n,
		   size_t *cap)
{
	struct str rest = text, field, name, value;

	while (str_next(&rest, '&', &field)) {
		if (field.n == 0)
			continue;
		if (*n == WIRE_MAX_PAIRS)
			return false;
		bool bare = !str_cut(field, '=', &name, &value);
		*pairs = arena_grow(a, *pairs, *n, cap, sizeof(**pairs));
		struct wire_pair *p = &(*pairs)[*n];
		*p = (struct wire_pair){.bare = bare, .seq = (uint32_t)*n};
		if (!wire_percent_get(a, name, true, &p->name) ||
		    !wire_percent_get(a, value, true, &p->value))
			return false;
		(*n)++;
	}
	return true;
}
