#include <string.h>

#include "base/utf8.h"
#include "text/json-private.h"
#include "text/json.h"

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* The four digits at p, which are known to be there. */
static bool hex4(const char *p, uint32_t *out)
{
	uint32_t cp = 0;

	for (int i = 0; i < 4; i++) {
		int digit = hex_digit(p[i]);

		if (digit < 0)
			return false;
		cp = cp << 4 | (uint32_t)digit;
	}
	*out = cp;
	return true;
}

/*
 * *p stands on the 'u' of an escape, `end` behind the string; *p moves behind
 * the escape, or the pair of them. Returns what is wrong, or NULL.
 */
static const char *unescape_u(const char **p, const char *end, unsigned flags, char **out)
{
	uint32_t cp, low;

	if (end - *p < 5 || !hex4(*p + 1, &cp))
		return "\\u needs four hexadecimal digits";
	*p += 5;
	if (cp >= 0xd800 && cp <= 0xdbff && end - *p >= 6 && (*p)[0] == '\\' && (*p)[1] == 'u' &&
	    hex4(*p + 2, &low) && low >= 0xdc00 && low <= 0xdfff) {
		cp = 0x10000 + ((cp - 0xd800) << 10) + (low - 0xdc00);
		*p += 6;
	} else if (cp >= 0xd800 && cp <= 0xdfff) {
		if (!(flags & JSON_LONE_SURROGATES))
			return "a \\u escape is half of a surrogate pair";
		cp = 0xfffd;
	}
	*out += utf8_put(*out, cp);
	return NULL;
}

static char short_escape(char c)
{
	switch (c) {
	case '"':
	case '\\':
	case '/':
		return c;
	case 'b':
		return '\b';
	case 'f':
		return '\f';
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	default:
		return 0;
	}
}

const char *json_unescape(struct arena *a, unsigned flags, struct str *s, const char **at)
{
	/* No escape is shorter than what it stands for. */
	char *start = arena_alloc(a, s->n + 1);
	char *o = start;

	for (const char *p = s->p, *end = s->p + s->n; p < end;) {
		const char *slash = memchr(p, '\\', (size_t)(end - p));
		size_t run = (size_t)((slash ? slash : end) - p);
		const char *why = NULL;

		memcpy(o, p, run);
		o += run;
		p += run;
		if (!slash)
			break;
		p++;
		if (*p == 'u') {
			why = unescape_u(&p, end, flags, &o);
		} else {
			*o = short_escape(*p++);
			if (!*o++)
				why = "an unknown escape";
		}
		if (why) {
			*at = slash;
			return why;
		}
	}
	*s = (struct str){start, (size_t)(o - start)};
	return NULL;
}
