#include "text/table.h"

#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/utf8.h"
#include "text/show.h"

#define GAP 2          /* blanks between columns */
#define NARROWEST 8    /* a flexible column is not cut to less */
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

/* ---- for the terminal ---- */

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

/*
 * Take what is too much from the widest flexible columns, evenly. The others
 * hold numbers and states: half an account id is worse than a wrapped line.
 */
static void fit_widths(const struct table *t, size_t *widths, size_t width)
{
	size_t total = t->ncolumns ? GAP * (t->ncolumns - 1) : 0;

	for (size_t i = 0; i < t->ncolumns; i++)
		total += widths[i];
	while (total > width) {
		size_t widest = SIZE_MAX, second = NARROWEST, take;

		for (size_t i = 0; i < t->ncolumns; i++) {
			if (t->columns[i].flexible && widths[i] > NARROWEST &&
			    (widest == SIZE_MAX || widths[i] > widths[widest]))
				widest = i;
		}
		if (widest == SIZE_MAX)
			return;
		for (size_t i = 0; i < t->ncolumns; i++) {
			if (t->columns[i].flexible && i != widest && widths[i] > second)
				second = widths[i];
		}
		take = widths[widest] > second ? widths[widest] - second : 1;
		if (take > total - width)
			take = total - width;
		widths[widest] -= take;
		total -= take;
	}
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

/* Blanks that are owed are written only when something follows them. */
static void write_line(const struct table *t, const struct cell *cells, size_t n,
		       const size_t *widths, const struct term *term, struct buf *out)
{
	struct arena *scratch = arena_new();
	size_t owed = 0;

	for (size_t i = 0; i < n; i++) {
		struct str text = show_cut(scratch, cells[i].shown, widths[i]);
		size_t width = utf8_width(text);
		size_t pad = widths[i] > width ? widths[i] - width : 0;

		if (t->columns[i].align == ALIGN_RIGHT)
			owed += pad;
		if (text.n) {
			(void)buf_addn(out, ' ', owed);
			owed = 0;
			add_colour(out, term, cells[i].colour, text);
		} else if (t->columns[i].align == ALIGN_RIGHT) {
			pad = 0;
		}
		owed += GAP + (t->columns[i].align == ALIGN_LEFT ? pad : 0);
	}
	(void)buf_addc(out, '\n');
	arena_free(&scratch);
}

bool table_write(const struct table *t, const struct term *term, struct buf *out)
{
	size_t widths[MAX_COLUMNS];
	struct cell titles[MAX_COLUMNS];

	natural_widths(t, widths);
	if (term->width > 0)
		fit_widths(t, widths, (size_t)term->width);
	for (size_t i = 0; i < t->ncolumns; i++) {
		titles[i] = (struct cell){
			.shown = t->columns[i].title,
			.colour = COLOUR_BOLD,
		};
	}
	write_line(t, titles, t->ncolumns, widths, term, out);
	for (const struct row *row = t->first; row; row = row->next)
		write_line(t, row->cells, row->n, widths, term, out);
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
		char c = title.p[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
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
