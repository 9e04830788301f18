#include <string.h>

#include "base/limits.h"
#include "text/scan-private.h"
#include "text/yaml-private.h"

static bool fail_offset(struct str text, size_t off, const char *path, struct err *err,
			const char *why)
{
	uint32_t line, col;

	scan_position(text, off, &line, &col);
	return err_at(err, path, line, col, "%s", why);
}

/*
 * libyaml compares each %TAG line with all before it: a file of them would
 * take hours. Nobody needs them, as no tags of one's own are read.
 */
static ptrdiff_t tag_directive(struct str text)
{
	/* libyaml ends lines at U+0085, U+2028 and U+2029 too */
	static const char *const line_ends[] = {"\n", "\r", "\xc2\x85", "\xe2\x80\xa8",
						"\xe2\x80\xa9"};
	size_t at = 0;

	for (;; at++) {
		ptrdiff_t found = str_find(str_from(text, at), STR("%TAG"));

		if (found < 0)
			return -1;
		at += (size_t)found;
		if (at == 0)
			return 0;
		for (size_t i = 0; i < ARRAY_SIZE(line_ends); i++) {
			if (str_endsz(str_sub(text, 0, at), line_ends[i]))
				return (ptrdiff_t)at;
		}
	}
}

bool yaml_guard(struct str *whole, const char *path, struct err *err)
{
	struct str text = *whole;
	ptrdiff_t at;

	if (text.n > LIMIT_YAML_BYTES) {
		(void)err_at(err, path, 0, 0, "a YAML file of more than %zu MiB",
			     LIMIT_YAML_BYTES >> 20);
		err->kind = ERR_LIMIT;
		return false;
	}
	if (str_startsz(text, "\xff\xfe") || str_startsz(text, "\xfe\xff"))
		return fail_offset(text, 0, path, err, "the file is UTF-16; save it as UTF-8");
	at = scan_utf8(text);
	if (at >= 0)
		return fail_offset(text, (size_t)at, path, err, "invalid UTF-8");
	if (str_startsz(text, "\xef\xbb\xbf"))
		text = str_from(text, 3);
	at = str_chr(text, '\0');
	if (at >= 0)
		return fail_offset(text, (size_t)at, path, err, "a NUL byte; is the file UTF-16?");
	at = tag_directive(text);
	if (at >= 0)
		return fail_offset(text, (size_t)at, path, err, "%TAG directives are not read");
	*whole = text;
	return true;
}

/* Line `line` (0-based) without its end. */
static struct str line_of(struct str text, size_t line)
{
	struct str rest = text, one = STR_NULL;

	do {
		if (!str_next(&rest, '\n', &one))
			return STR_NULL;
	} while (line--);
	return one;
}

ptrdiff_t yaml_tab_indents(struct str text, size_t line)
{
	struct str s = line_of(text, line);
	size_t i = 0;

	while (i < s.n && s.p[i] == ' ')
		i++;
	return i < s.n && s.p[i] == '\t' ? (ptrdiff_t)i : -1;
}

const char *yaml_hint(const char *problem)
{
	static const struct {
		const char *problem, *text;
	} hints[] = {
		{"mapping values are not allowed in this context",
		 "a key is not allowed here; check the indentation, and quote text that holds ': "
		 "'"},
		{"did not find expected key",
		 "expected a key; check the indentation and the quotes of the lines before"},
		{"did not find expected '-' indicator",
		 "expected '- '; check the indentation of the list"},
		{"did not find expected ',' or ']'", "expected ',' or ']'"},
		{"did not find expected ',' or '}'", "expected ',' or '}'"},
		{"could not find expected ':'", "expected ':' after the key"},
		{"found unexpected end of stream", "the file ends inside quotes"},
		{"found character that cannot start any token",
		 "this character cannot start a value; put the value in quotes"},
		{"did not find expected <document start>",
		 "a second document starts here; one file holds one"},
		{"block sequence entries are not allowed in this context",
		 "a list is not allowed here; start it on a line of its own"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(hints); i++) {
		if (strcmp(problem, hints[i].problem) == 0)
			return hints[i].text;
	}
	return problem;
}
