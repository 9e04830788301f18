#include "text/table.h"

#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/utf8.h"
#include "text/show.h"
#include "text/wrap.h"

#define GAP 2          /* blanks between columns */
#define FEW_LINES 2    /* of a cell, about, before columns move together */
#define MOST_LINES 3   /* with more it stands below its row */
#define INDENT 4       /* of what stands there */
#define MAX_COLUMNS 64 /* of a table; more is a mistake of ours */

struct column {
	struct str title;
	enum align align;
	bool flexible;
};

struct cell {
	struct str text;  /* as given */
	struct str shown; /* escaped */
	enum colour colour;
};

struct row {
	struct row *next;
	struct cell *cells; /* one for each column */
	size_t n;
};

struct table {
	struct arena *a;
	struct column columns[MAX_COLUMNS];
	size_t ncolumns;
	struct row *first, *last;
	size_t nrows;
};

struct table *table_new(struct arena *a)
{
	struct table *t = arena_new_of(a, struct table);

	t->a = a;
	return t;
}

void table_column(struct table *t, const char *title, enum align align, bool flexible)
{
	if (t->nrows || t->ncolumns == MAX_COLUMNS)
		BUG("column '%s' comes after the first row or is one too many", title);
	t->columns[t->ncolumns++] = (struct column){
		.title = arena_strz(t->a, title),
		.align = align,
		.flexible = flexible,
	};
}

void table_row(struct table *t)
{
	struct row *row = arena_new_of(t->a, struct row);

	row->cells = arena_calloc(t->a, t->ncolumns, sizeof(*row->cells));
	if (t->last)
		t->last->next = row;
	else
		t->first = row;
	t->last = row;
	t->nrows++;
}

void table_cell(struct table *t, struct str text, enum colour c)
{
	struct cell *cell;

	if (!t->last || t->last->n == t->ncolumns)
		BUG("a cell without a row or a column");
	cell = &t->last->cells[t->last->n++];
	cell->text = arena_str(t->a, str_is_null(text) ? STR("") : text);
	cell->shown = show(t->a, cell->text);
	cell->colour = c;
}

void table_cellz(struct table *t, const char *text, enum colour c)
{
	table_cell(t, str_of(text), c);
}

void table_cellf(struct table *t, enum colour c, const char *fmt, ...)
{
	va_list ap;
	struct str text;

	va_start(ap, fmt);
	text = arena_vprintf(t->a, fmt, ap);
	va_end(ap);
	table_cell(t, text, c);
}

size_t table_rows(const struct table *t)
{
	return t->nrows;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* ---- for the terminal ---- */

struct layout {
	size_t widths[MAX_COLUMNS];
	bool below[MAX_COLUMNS]; /* shown under its row, not in it */
	size_t gap;
};

static bool is_blank(const struct table *t, size_t column)
{
	for (const struct row *row = t->first; row; row = row->next)
		if (column < row->n && row->cells[column].shown.n)
			return false;
	return true;
}

static void natural_widths(const struct table *t, size_t *widths)
{
	for (size_t i = 0; i < t->ncolumns; i++)
		widths[i] = utf8_width(t->columns[i].title);
	for (const struct row *row = t->first; row; row = row->next) {
		for (size_t i = 0; i < row->n; i++) {
			size_t width = utf8_width(row->cells[i].shown);

			if (width > widths[i])
				widths[i] = width;
		}
	}
}

static size_t total_width(const struct table *t, const struct layout *l)
{
	size_t total = 0, n = 0;

	for (size_t i = 0; i < t->ncolumns; i++) {
		if (l->below[i])
			continue;
		total += l->widths[i];
		n++;
	}
	return total + (n ? l->gap * (n - 1) : 0);
}

static size_t longest_word(struct str s, size_t longest)
{
	struct str word;

	while (str_next(&s, ' ', &word)) {
		size_t width = utf8_width(word);

		longest = width > longest ? width : longest;
	}
	return longest;
}

/* Not so narrow that a title or a word does not fit, or that a cell takes many lines. */
static void narrowest_widths(const struct table *t, const size_t *natural, size_t lines,
			     size_t *least)
{
	for (size_t i = 0; i < t->ncolumns; i++) {
		least[i] = natural[i];
		if (!t->columns[i].flexible)
			continue;
		least[i] = (natural[i] + lines - 1) / lines;
		if (least[i] < utf8_width(t->columns[i].title))
			least[i] = utf8_width(t->columns[i].title);
		for (const struct row *row = t->first; row; row = row->next)
			if (i < row->n)
				least[i] = longest_word(row->cells[i].shown, least[i]);
	}
}

/* Takes what is too much from the widest flexible columns. */
static bool shrink(const struct table *t, const size_t *least, struct layout *l, size_t width)
{
	size_t total = total_width(t, l);

	while (total > width) {
		size_t widest = SIZE_MAX;

		for (size_t i = 0; i < t->ncolumns; i++) {
			if (!l->below[i] && l->widths[i] > least[i] &&
			    (widest == SIZE_MAX || l->widths[i] > l->widths[widest]))
				widest = i;
		}
		if (widest == SIZE_MAX)
			return false;
		l->widths[widest]--;
		total--;
	}
	return true;
}

static bool put_widest_below(const struct table *t, const size_t *natural, struct layout *l)
{
	size_t widest = SIZE_MAX;

	for (size_t i = 0; i < t->ncolumns; i++) {
		if (!l->below[i] && t->columns[i].flexible &&
		    (widest == SIZE_MAX || natural[i] > natural[widest]))
			widest = i;
	}
	if (widest == SIZE_MAX)
		return false;
	l->below[widest] = true;
	return true;
}

/*
 * The first of these that fits: as it is; flexible columns on two lines; the
 * same with one blank between columns; both with three lines; then the widest flexible column below its
 * row, and so on. Nothing is ever cut: half an account id is worse than a wrapped
 * line, and a reason without its end is none.
 */
static void lay_out(const struct table *t, size_t width, struct layout *l)
{
	size_t natural[MAX_COLUMNS], least[MAX_COLUMNS];

	*l = (struct layout){.gap = GAP};
	natural_widths(t, natural);
	memcpy(l->widths, natural, sizeof(l->widths));
	if (!width || total_width(t, l) <= width)
		return;
	for (size_t i = 0; i < t->ncolumns; i++)
		l->below[i] = t->columns[i].flexible && is_blank(t, i);
	do {
		for (size_t lines = FEW_LINES; lines <= MOST_LINES; lines++) {
			narrowest_widths(t, natural, lines, least);
			for (l->gap = GAP; l->gap > 0; l->gap--) {
				memcpy(l->widths, natural, sizeof(l->widths));
				if (shrink(t, least, l, width))
					return;
			}
			l->gap = 1;
		}
	} while (put_widest_below(t, natural, l));
}

static void add_colour(struct buf *out, const struct term *term, enum colour c, struct str text)
{
	if (c == COLOUR_NONE || !text.n) {
		(void)buf_adds(out, text);
		return;
	}
	(void)buf_addz(out, term_on(term, c));
	(void)buf_adds(out, text);
	(void)buf_addz(out, term_off(term));
}

/* One line of a row, whose cells may take several: what is left of them stands in rest[].
 * Blanks that are owed are written only when something follows them. */
static void write_line(const struct table *t, const struct layout *l, const struct cell *cells,
		       size_t n, struct str *rest, const struct term *term, struct buf *out)
{
	size_t owed = 0;

	for (size_t i = 0; i < n; i++) {
		struct str text = STR("");
		size_t width, pad;

		if (l->below[i])
			continue;
		(void)wrap_next(&rest[i], l->widths[i], &text);
		width = utf8_width(text);
		pad = l->widths[i] > width ? l->widths[i] - width : 0;
		if (t->columns[i].align == ALIGN_RIGHT)
			owed += pad;
		if (text.n) {
			(void)buf_addn(out, ' ', owed);
			owed = 0;
			add_colour(out, term, cells[i].colour, text);
		} else if (t->columns[i].align == ALIGN_RIGHT) {
			pad = 0;
		}
		owed += l->gap + (t->columns[i].align == ALIGN_LEFT ? pad : 0);
	}
	(void)buf_addc(out, '\n');
}

static bool anything_left(const struct layout *l, const struct str *rest, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!l->below[i] && rest[i].n)
			return true;
	return false;
}

/* "    note: …" under the row. */
static void write_below(const struct table *t, size_t column, const struct cell *cell,
			const struct term *term, struct buf *out)
{
	struct str title = t->columns[column].title;

	(void)buf_addn(out, ' ', INDENT);
	(void)buf_addz(out, term_on(term, COLOUR_DIM));
	for (size_t i = 0; i < title.n; i++)
		(void)buf_addc(out, lower(title.p[i]));
	(void)buf_addf(out, ":%s ", term_off(term));
	(void)buf_addz(out, cell->colour == COLOUR_NONE ? "" : term_on(term, cell->colour));
	(void)wrap_add(cell->shown, INDENT + utf8_width(title) + 2, INDENT + 2, (size_t)term->width,
		       out);
	(void)buf_addz(out, cell->colour == COLOUR_NONE ? "" : term_off(term));
	(void)buf_addc(out, '\n');
}

static void write_row(const struct table *t, const struct layout *l, const struct cell *cells,
		      size_t n, const struct term *term, struct buf *out)
{
	struct str rest[MAX_COLUMNS];

	for (size_t i = 0; i < n; i++)
		rest[i] = cells[i].shown;
	do
		write_line(t, l, cells, n, rest, term, out);
	while (anything_left(l, rest, n));
}

bool table_write(const struct table *t, const struct term *term, struct buf *out)
{
	struct cell titles[MAX_COLUMNS];
	struct layout l;

	lay_out(t, (size_t)term->width, &l);
	for (size_t i = 0; i < t->ncolumns; i++) {
		titles[i] = (struct cell){
			.shown = t->columns[i].title,
			.colour = COLOUR_BOLD,
		};
	}
	write_row(t, &l, titles, t->ncolumns, term, out);
	for (const struct row *row = t->first; row; row = row->next) {
		write_row(t, &l, row->cells, row->n, term, out);
		for (size_t i = 0; i < row->n; i++)
			if (l.below[i] && row->cells[i].shown.n)
				write_below(t, i, &row->cells[i], term, out);
	}
	return !buf_overflowed(out);
}

/* ---- CSV ---- */

/* -5 and +1.5 are numbers, and "-" alone is nothing. */
static bool is_harmless(struct str s)
{
	for (size_t i = 1; i < s.n; i++) {
		if (!(s.p[i] >= '0' && s.p[i] <= '9') && s.p[i] != '.')
			return false;
	}
	return s.p[0] == '-' || s.p[0] == '+';
}

static void csv_cell(struct arena *a, struct str text, struct buf *out)
{
	bool formula, quoted;

	if (!text.n)
		return;
	formula = str_chr(STR("=+-@\t\r"), text.p[0]) >= 0 && !is_harmless(text);
	quoted = str_chr(text, '"') >= 0 || str_chr(text, ',') >= 0 || str_chr(text, '\n') >= 0 ||
		 str_chr(text, '\r') >= 0;
	if (quoted)
		(void)buf_addc(out, '"');
	if (formula)
		(void)buf_addc(out, '\'');
	for (struct str line; str_next(&text, '\n', &line);) {
		struct str shown = show(a, line);

		for (size_t i = 0; i < shown.n; i++) {
			if (shown.p[i] == '"')
				(void)buf_addc(out, '"');
			(void)buf_addc(out, shown.p[i]);
		}
		if (!str_is_null(text))
			(void)buf_addc(out, '\n');
	}
	if (quoted)
		(void)buf_addc(out, '"');
}

static void csv_title(struct str title, struct buf *out)
{
	for (size_t i = 0; i < title.n; i++) {
		char c = lower(title.p[i]);

		(void)buf_addc(out, c == ' ' || c == '-' ? '_' : c);
	}
}

bool table_write_csv(const struct table *t, struct buf *out)
{
	struct arena *scratch = arena_new();

	for (size_t i = 0; i < t->ncolumns; i++) {
		if (i)
			(void)buf_addc(out, ',');
		csv_title(t->columns[i].title, out);
	}
	(void)buf_addc(out, '\n');
	for (const struct row *row = t->first; row; row = row->next) {
		for (size_t i = 0; i < t->ncolumns; i++) {
			if (i)
				(void)buf_addc(out, ',');
			csv_cell(scratch, i < row->n ? row->cells[i].text : STR(""), out);
		}
		(void)buf_addc(out, '\n');
		arena_reset(scratch);
	}
	arena_free(&scratch);
	return !buf_overflowed(out);
}
