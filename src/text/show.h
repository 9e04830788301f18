#ifndef ROOTOUT_TEXT_SHOW_H
#define ROOTOUT_TEXT_SHOW_H

/*
 * Text from elsewhere (a file, AWS, a person) made fit to be seen: in a table,
 * in a message, in a log line for people.
 *
 * Control characters, line and paragraph separators, and the invisible ones
 * that turn the direction of writing are shown escaped (\n, \x1b, \u202e);
 * invalid UTF-8 is shown byte by byte (\xff). All else stays as it is, so the
 * result is not meant to be turned back.
 */

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

/* Escaped. False: the buffer's ceiling was hit. */
bool show_add(struct str s, struct buf *out);
/* Escaped, in the arena; the same view when nothing needed it. */
struct str show(struct arena *a, struct str s);

/* At most `width` terminal columns of `s`, the last one "…" when it was cut. */
struct str show_cut(struct arena *a, struct str s, size_t width);

/* For messages: escaped and cut to 60 columns. Never STR_NULL. */
struct str show_short(struct arena *a, struct str s);

#endif
