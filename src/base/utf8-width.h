#ifndef ROOTOUT_BASE_UTF8_WIDTH_H
#define ROOTOUT_BASE_UTF8_WIDTH_H

/*
 * Code points that do not take one terminal column, in ascending order; for
 * base/utf8.c. The table is written by tools/width-table.py.
 */

#include <stddef.h>
#include <stdint.h>

struct utf8_width_range {
	uint32_t first, last;
	uint8_t width; /* 0 or 2 */
};

extern const struct utf8_width_range utf8_width_ranges[];
extern const size_t utf8_width_count;

#endif
