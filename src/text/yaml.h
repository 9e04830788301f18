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
 * An integer keeps its text too: yaml_text gives it back.
 *
 * All values have positions (line and column, 1-based). Everything is copied
 * into the arena. An empty file is VAL_NULL.
 */

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "text/val.h"

/* `path` is only for messages. */
bool yaml_read(struct str text, const char *path, struct arena *a, struct val **out,
	       struct err *err) MUST_CHECK;
bool yaml_read_file(const char *path, struct arena *a, struct val **out, struct err *err)
	MUST_CHECK;

/* The text of a scalar as it was written (for VAL_INT, VAL_BOOL and VAL_NULL too). */
struct str yaml_text(struct arena *a, const struct val *v);

/* Write a tree as block-style YAML that reads back as the same tree. */
bool yaml_write(const struct val *v, struct buf *out);

#endif
