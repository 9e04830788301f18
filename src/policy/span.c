#include "base/utf8.h"
#include "policy/inspect.h"
#include "text/json.h"

/*
 * The JSON reader says where a statement's first character is. A walk over the
 * text goes there and on to the brace that closes it, counting lines and
 * columns in both ways: the reader's, to find the place, and AWS's, to tell it.
 */
struct walk {
	struct str text;
	size_t at;
	uint32_t line, col;       /* the reader's: columns in characters */
	struct policy_position p; /* AWS's: columns in UTF-16 units */
};

static void step(struct walk *w)
{
	size_t from = w->at;
	uint32_t c = utf8_next(w->text, &w->at);

	w->col++;
	w->p.column += c > 0xFFFF ? 2 : 1;
	if (c == '\n' || (c == '\r' && !(w->at < w->text.n && w->text.p[w->at] == '\n'))) {
		w->p.line++;
		w->p.column = 1;
	}
	if (w->text.p[from] == '\n') {
		w->line++;
		w->col = 1;
	}
}

static bool go_to(struct walk *w, uint32_t line, uint32_t col)
{
	while (w->at < w->text.n && (w->line < line || (w->line == line && w->col < col)))
		step(w);
	return w->at < w->text.n && w->line == line && w->col == col;
}

/* Behind the brace that closes the object that begins here. */
static void go_behind(struct walk *w)
{
	size_t depth = 0;
	bool quoted = false;

	do {
		char c = w->text.p[w->at];
		if (quoted && c == '\\')
			step(w);
		else if (c == '"')
			quoted = !quoted;
		else if (!quoted && (c == '{' || c == '['))
			depth++;
		else if (!quoted && (c == '}' || c == ']'))
			depth--;
		step(w);
	} while (depth && w->at < w->text.n);
}

struct policy_span *policy_spans(struct str text, struct arena *a, size_t *n)
{
	struct walk w = {.text = text, .line = 1, .col = 1, .p = {1, 1}};
	struct err err = {0};
	struct val *doc;

	*n = 0;
	if (!json_read(text, JSON_UNIQUE | JSON_POSITIONS | JSON_LONE_SURROGATES, a, &doc, &err))
		return NULL;
	const struct val *st = val_get(doc, "Statement");
	bool one = val_is(st, VAL_OBJECT);
	if ((!one && !val_is(st, VAL_LIST)) || !go_to(&w, st->line, st->col))
		return NULL;
	struct policy_span *out = arena_calloc(a, one ? 1 : val_count(st) + 1, sizeof(*out));
	struct walk before = w;
	step(&before);
	for (const struct val *s = one ? st : val_first(st); s; s = one ? NULL : s->next) {
		out[*n].start = before.p;
		if (!go_to(&w, s->line, s->col))
			return out;
		go_behind(&w);
		out[(*n)++].end = w.p;
		before = w;
	}
	return out;
}
