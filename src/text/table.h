#ifndef ROOTOUT_TEXT_TABLE_H
#define ROOTOUT_TEXT_TABLE_H

/*
 * What a person sees in a terminal: tables, colour, progress.
 *
 * Columns are aligned by terminal width (Japanese account names take two
 * columns a character). Colour only where `struct term` says so: the stream is
 * a terminal, TERM is not "dumb", NO_COLOR is not set (no-color.org),
 * --color=always/never overrides. Control characters in cells are shown
 * escaped, so that a name from AWS can't drive somebody's terminal.
 */

#include <stdio.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

enum colour {
	COLOUR_NONE,
	COLOUR_RED,
	COLOUR_GREEN,
	COLOUR_YELLOW,
	COLOUR_BLUE,
	COLOUR_DIM,
	COLOUR_BOLD
};

struct term {
	bool colour;
	bool tty;
	int width; /* columns; 0: not a terminal, never cut */
};

/* mode: "auto" (or NULL), "always", "never". */
struct term term_of(FILE *stream, const char *mode);
const char *term_on(const struct term *t, enum colour c); /* escape sequence or "" */
const char *term_off(const struct term *t);

struct table;

enum align { ALIGN_LEFT, ALIGN_RIGHT };

/* All memory is the arena's. */
struct table *table_new(struct arena *a);
/* Where the terminal is too narrow, cells of `flexible` columns take several lines, and at
 * last stand below their row behind the column's title; nothing is ever cut. Words and ids
 * belong in columns that are not flexible. All columns come before the first row. */
void table_column(struct table *t, const char *title, enum align align, bool flexible);
/* Cells are added from left to right; missing ones at a row's end are blank. */
void table_row(struct table *t);
void table_cell(struct table *t, struct str text, enum colour c);
void table_cellz(struct table *t, const char *text, enum colour c);
void table_cellf(struct table *t, enum colour c, const char *fmt, ...) PRINTF_LIKE(3, 4);
size_t table_rows(const struct table *t);

/* Title line in bold, rows, two blanks between columns, no trailing blanks. */
bool table_write(const struct table *t, const struct term *term, struct buf *out);
/* RFC 4180 with \n, titles in lower case with '_' as the first line; cells that a spreadsheet
 * would run as a formula (= + - @) get a leading apostrophe, numbers aside. Control characters
 * other than line feeds are escaped here too: CSV ends up in terminals. */
bool table_write_csv(const struct table *t, struct buf *out);

/*
 * Progress on standard error, only when it is a terminal: one line that is
 * rewritten at most 10 times a second and erased at the end. Thread-safe.
 * A NULL progress does nothing.
 */
struct progress;
struct progress *progress_new(FILE *stream, const struct term *t, const char *what);
void progress_total(struct progress *p, size_t total); /* may grow while listing */
void progress_step(struct progress *p, size_t by);
void progress_free(struct progress **p);

#endif
