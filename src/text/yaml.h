#ifndef ROOTOUT_TEXT_YAML_H
#define ROOTOUT_TEXT_YAML_H

/*
 * YAML files that people write, read through libyaml's events with guards of
 * our own (facts/building-blocks.md, section 2): strict UTF-8 (a BOM is
 * dropped; NUL and UTF-16 are refused), size, depth and node ceilings, one
 * document, duplicate keys refused with both lines, aliases expanded under a
 * counter (LIMIT_YAML_ALIAS_NODES) and never in cycles, `<<` merged explicitly,
 * tags refused other than !!str, !!int, !!bool, !!null, !!map, !!seq.
 *
 * Scalars: YAML 1.2 core for null (~, null, empty), true/false and integers;
 * everything else, including yes/no/on/off and 010-like account numbers, stays
 * a string with VAL_PLAIN set, so that `account: 012345678901` is never octal.
 * Integers are decimal ones that print back the same (-7, 0, 12, not +7, 007
 * or 0x7) and fit int64_t; fractions stay strings. yaml_text gives the text of
 * any scalar as it was written.
 *
 * `<<` (unquoted) takes a mapping or a list of them: their members follow the
 * mapping's own, which win; of a list the first wins.
 *
 * All values have positions (line and column, 1-based); what an alias stands
 * for keeps the positions of its anchor, but its first value has the alias's.
 * Everything is copied into the arena. An empty file is VAL_NULL.
 *
 * Errors are ERR_INPUT with path, line and column, ERR_LIMIT for the ceilings.
 */

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "text/val.h"

/* `path` is only for messages. */
bool yaml_read(struct str text, const char *path, struct arena *a, struct val **out,
	       struct err *err) MUST_CHECK;
bool yaml_read_file(const char *path, struct arena *a, struct val **out,
		    struct err *err) MUST_CHECK;

/* The text of a scalar as it was written (for VAL_INT, VAL_BOOL and VAL_NULL too). */
struct str yaml_text(struct arena *a, const struct val *v);

/*
 * Write a tree as block-style YAML that reads back as the same tree. Strings
 * are quoted wherever a reader of YAML 1.1 or 1.2 might take them for anything
 * else (dates aside: 2026-12-24). What YAML has no kind for is read back as a
 * string: VAL_NUMBER, VAL_TIME as ISO 8601, VAL_BLOB as base64. Invalid UTF-8
 * becomes U+FFFD. False: the buffer's ceiling was hit.
 */
bool yaml_write(const struct val *v, struct buf *out);

#endif
