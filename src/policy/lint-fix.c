/* Certain mends, as splices of the text: layout and order stay. */

#include <stdlib.h>

#include "base/buf.h"
#include "base/limits.h"
#include "policy/lint-private.h"
#include "text/json.h"

/* Each fix looks for its place from the start; AWS takes no document of a tenth of this. */
#define LARGEST KIB(256)

/* Columns count characters: a byte 10xxxxxx continues one. */
size_t lint_offset(struct str text, uint32_t line, uint32_t col)
{
	size_t i = 0;
	while (line > 1 && i < text.n)
		line -= text.p[i++] == '\n';
	while (col > 1 && i < text.n) {
		i++;
		while (i < text.n && ((unsigned char)text.p[i] & 0xC0) == 0x80)
			i++;
		col--;
	}
	return i;
}

size_t lint_string_end(struct str text, size_t from)
{
	size_t i = from + 1;
	while (i < text.n && text.p[i] != '"')
		i += text.p[i] == '\\' ? 2 : 1;
	return i < text.n ? i + 1 : text.n;
}

void lint_fix_remove(struct lint *l, struct lint_finding *f, const struct val *list,
		     const struct val *item)
{
	struct str text = l->in->text;
	const struct val *before = NULL;
	if (!f || text.n > LARGEST || !val_is(list, VAL_LIST) || val_count(list) < 2)
		return;
	VAL_EACH(v, list)
	{
		if (!val_is(v, VAL_STRING))
			return;
		if (v->next == item)
			before = v;
	}
	size_t start = lint_offset(text, item->line, item->col);
	f->fix = (struct lint_fix){.certain = true, .with = STR("")};
	if (before) {
		f->fix.from = lint_string_end(text, lint_offset(text, before->line, before->col));
		f->fix.to = lint_string_end(text, start);
	} else {
		f->fix.from = start;
		f->fix.to = lint_offset(text, item->next->line, item->next->col);
	}
}

void lint_fix_string(struct lint *l, struct lint_finding *f, const struct val *item,
		     struct str with)
{
	struct str text = l->in->text;
	struct buf b = BUF_INIT(MIB(1));
	if (!f || text.n > LARGEST)
		return;
	size_t from = lint_offset(text, item->line, item->col);
	if (json_write_string(with, &b))
		f->fix = (struct lint_fix){.certain = true,
					   .from = from,
					   .to = lint_string_end(text, from),
					   .with = arena_str(l->a, buf_str(&b))};
	buf_release(&b);
}

static int by_start(const void *x, const void *y)
{
	const struct lint_fix *a = x, *b = y;
	return (a->from > b->from) - (a->from < b->from);
}

struct str lint_fixed(struct str text, const struct lint_findings *f, size_t *n, struct arena *a)
{
	struct lint_fix *fixes = arena_calloc(a, f->n, sizeof(*fixes));
	struct buf b = BUF_INIT(LIMIT_OUTPUT);
	size_t nfixes = 0, at = 0;
	*n = 0;
	for (size_t i = 0; i < f->n; i++) {
		if (f->v[i].fix.certain)
			fixes[nfixes++] = f->v[i].fix;
	}
	if (nfixes)
		qsort(fixes, nfixes, sizeof(*fixes), by_start);
	for (size_t i = 0; i < nfixes; i++) {
		if (fixes[i].from < at)
			continue;
		buf_adds(&b, str_sub(text, at, fixes[i].from - at));
		buf_adds(&b, fixes[i].with);
		at = fixes[i].to;
		(*n)++;
	}
	buf_adds(&b, str_from(text, at));
	struct str out = arena_str(a, buf_str(&b));
	buf_release(&b);
	return str_is_null(out) ? text : out;
}
