#include "base/utf8.h"

#include <string.h>

#include "base/utf8-width.h"

/*
 * Table 3-7 of the Unicode Standard (well-formed byte sequences): the first
 * byte decides how many follow and between which values the second one lies;
 * that alone excludes overlong forms, surrogates and what is past U+10FFFF.
 * Returns the length of the sequence at p, 0 if it is not well-formed.
 */
static size_t sequence(const unsigned char *p, size_t left, uint32_t *cp)
{
	unsigned char low = 0x80, high = 0xbf;
	size_t n;

	if (p[0] < 0x80) {
		*cp = p[0];
		return 1;
	}
	if (p[0] < 0xc2 || p[0] > 0xf4)
		return 0;
	n = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	if (p[0] == 0xe0)
		low = 0xa0;
	else if (p[0] == 0xed)
		high = 0x9f;
	else if (p[0] == 0xf0)
		low = 0x90;
	else if (p[0] == 0xf4)
		high = 0x8f;
	if (left < n || p[1] < low || p[1] > high)
		return 0;
	*cp = p[0] & (0x7fU >> n);
	*cp = *cp << 6 | (p[1] & 0x3f);
	for (size_t i = 2; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		*cp = *cp << 6 | (p[i] & 0x3f);
	}
	return n;
}

/* How many bytes of ASCII are at the front, eight at a time while it lasts. */
static size_t ascii_run(const unsigned char *p, size_t n)
{
	size_t i = 0;
	uint64_t word;

	for (; i + sizeof(word) <= n; i += sizeof(word)) {
		memcpy(&word, p + i, sizeof(word));
		if (word & 0x8080808080808080U)
			break;
	}
	while (i < n && p[i] < 0x80)
		i++;
	return i;
}

ptrdiff_t utf8_invalid_at(struct str s)
{
	const unsigned char *p = (const unsigned char *)s.p;
	size_t at = 0;
	uint32_t cp;

	while (at < s.n) {
		size_t n = p[at] < 0x80 ? ascii_run(p + at, s.n - at)
					: sequence(p + at, s.n - at, &cp);

		if (n == 0)
			return (ptrdiff_t)at;
		at += n;
	}
	return -1;
}

bool utf8_valid(struct str s)
{
	return utf8_invalid_at(s) < 0;
}

uint32_t utf8_next(struct str s, size_t *at)
{
	uint32_t cp;
	size_t n;

	if (*at >= s.n)
		BUG("utf8_next at %zu of %zu bytes", *at, s.n);
	n = sequence((const unsigned char *)s.p + *at, s.n - *at, &cp);
	*at += n ? n : 1;
	return n ? cp : 0xfffd;
}

size_t utf8_put(char out[4], uint32_t cp)
{
	if (cp < 0x80) {
		out[0] = (char)cp;
		return 1;
	}
	if (cp < 0x800) {
		out[0] = (char)(0xc0 | cp >> 6);
		out[1] = (char)(0x80 | (cp & 0x3f));
		return 2;
	}
	if (cp < 0x10000) {
		if (cp >= 0xd800 && cp <= 0xdfff)
			return 0;
		out[0] = (char)(0xe0 | cp >> 12);
		out[1] = (char)(0x80 | (cp >> 6 & 0x3f));
		out[2] = (char)(0x80 | (cp & 0x3f));
		return 3;
	}
	if (cp > 0x10ffff)
		return 0;
	out[0] = (char)(0xf0 | cp >> 18);
	out[1] = (char)(0x80 | (cp >> 12 & 0x3f));
	out[2] = (char)(0x80 | (cp >> 6 & 0x3f));
	out[3] = (char)(0x80 | (cp & 0x3f));
	return 4;
}

size_t utf8_length(struct str s)
{
	size_t count = 0;

	for (size_t at = 0; at < s.n; count++)
		utf8_next(s, &at);
	return count;
}

size_t utf16_length(struct str s)
{
	size_t count = 0;

	for (size_t at = 0; at < s.n;)
		count += utf8_next(s, &at) >= 0x10000 ? 2 : 1;
	return count;
}

int utf8_cp_width(uint32_t cp)
{
	size_t low = 0, high = utf8_width_count;

	if (cp < 0x7f)
		return cp >= 0x20;
	while (low < high) {
		size_t middle = (low + high) / 2;

		if (cp > utf8_width_ranges[middle].last)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < utf8_width_count && cp >= utf8_width_ranges[low].first)
		return utf8_width_ranges[low].width;
	return 1;
}

size_t utf8_width(struct str s)
{
	size_t width = 0;

	for (size_t at = 0; at < s.n;)
		width += (size_t)utf8_cp_width(utf8_next(s, &at));
	return width;
}
