#ifndef ROOTOUT_TEXT_SCAN_PRIVATE_H
#define ROOTOUT_TEXT_SCAN_PRIVATE_H

/*
 * Finding bytes fast, for the readers of this folder and the tests.
 *
 * scan_string: index of the first byte that ends a run of plain string
 * characters in JSON: '"', '\\' or below 0x20; n when there is none.
 * scan_ascii: index of the first byte of 0x80 or more; n when there is none.
 *
 * The best form for this processor is chosen at the first call; the others
 * stay reachable so that tests can hold each against each.
 */

#include "base/str.h"

typedef size_t scan_fn(const char *p, size_t n);

struct scan_form {
	const char *name;
	scan_fn *string;
	scan_fn *ascii;
};

/* Every form that this processor can run, the plainest first; returns how many. */
size_t scan_forms(const struct scan_form **forms);

size_t scan_string(const char *p, size_t n);
size_t scan_ascii(const char *p, size_t n);

/* Byte offset of the first invalid UTF-8 sequence or -1: utf8_invalid_at with ASCII skipped. */
ptrdiff_t scan_utf8(struct str s);

/*
 * Line and column (1-based, columns in characters) of byte `off`. For one
 * position use scan_position; a cursor walks a text once for many rising ones.
 */
struct scan_cursor {
	struct str text;
	size_t off;
	uint32_t line, col;
};
void scan_cursor_init(struct scan_cursor *c, struct str text);
void scan_cursor_to(struct scan_cursor *c, size_t off);
void scan_position(struct str text, size_t off, uint32_t *line, uint32_t *col);

#endif
