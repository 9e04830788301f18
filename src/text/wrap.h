#ifndef ROOTOUT_TEXT_WRAP_H
#define ROOTOUT_TEXT_WRAP_H

/*
 * Text broken into lines at blanks, by terminal columns (base/utf8.h).
 *
 * The text is fit to be seen already (text/show.h): an escape sequence would be
 * counted as if it took columns.
 */

#include "base/buf.h"
#include "base/str.h"

/* The next line of *rest, at most `width` columns, without the blanks around the break. A word
 * that is longer stands alone and sticks out: an ARN can still be copied whole. A line feed ends
 * a line. false: nothing is left. */
bool wrap_next(struct str *rest, size_t width, struct str *line);

/* Adds the text, each line after the first behind `hang` blanks. `used` columns of the first
 * line are taken already. width 0: as it is, not broken. False: the buffer's ceiling was hit. */
bool wrap_add(struct str text, size_t used, size_t hang, size_t width, struct buf *out);

#endif
