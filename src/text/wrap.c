#include "text/wrap.h"

#include "base/utf8.h"

#define NARROWEST 20 /* less is not worth breaking for */

static struct str without_blanks(struct str s)
{
	while (s.n && s.p[s.n - 1] == ' ')
		s.n--;
	return s;
}

static void skip_blanks(struct str *s)
{
	while (s->n && s->p[0] == ' ')
		*s = str_from(*s, 1);
}

bool wrap_next(struct str *rest, size_t width, struct str *line)
{
	size_t at = 0, used = 0, blank = 0;
	bool blanks_only = true; /* so far: what a line is indented by is no place to break */

	if (!rest->n)
		return false;
	while (at < rest->n) {
		size_t from = at;
		uint32_t cp = utf8_next(*rest, &at);
		int w = utf8_cp_width(cp);

		if (cp == '\n') {
			*line = without_blanks(str_sub(*rest, 0, from));
			*rest = str_from(*rest, at);
			return true;
		}
		if (cp == ' ' && !blanks_only)
			blank = from;
		blanks_only &= cp == ' ';
		used += w > 0 ? (size_t)w : 0;
		if (used > width && blank)
			break;
	}
	at = used > width && blank ? blank : rest->n;
	*line = without_blanks(str_sub(*rest, 0, at));
	*rest = str_from(*rest, at);
	skip_blanks(rest);
	return true;
}

bool wrap_add(struct str text, size_t used, size_t hang, size_t width, struct buf *out)
{
	struct str line;
	bool first = true;

	if (!width)
		return buf_adds(out, text);
	for (;;) {
		size_t before = first ? used : hang;
		size_t left = width > before + NARROWEST ? width - before : NARROWEST;

		if (!wrap_next(&text, left, &line))
			return !buf_overflowed(out);
		if (!first) {
			(void)buf_addc(out, '\n');
			(void)buf_addn(out, ' ', line.n ? hang : 0);
		}
		(void)buf_adds(out, line);
		first = false;
	}
}
