#ifndef ROOTOUT_TEXT_JSON_H
#define ROOTOUT_TEXT_JSON_H

/*
 * JSON (RFC 8259), our own: one reader for the wire, the files and the trail.
 *
 * Reading is strict: valid UTF-8 only, no comments, no trailing commas, no
 * text after the value (white space aside), no BOM. Escapes of lone surrogates
 * are refused unless JSON_LONE_SURROGATES is given (policies in the wild have
 * them; they become U+FFFD). Duplicate names are refused with JSON_UNIQUE,
 * kept in order otherwise. Nesting past LIMIT_DEPTH and more than LIMIT_NODES
 * values answer ERR_LIMIT; both are found without recursion.
 *
 * Strings without escapes are views into `text`, which must outlive the tree;
 * strings with escapes are unescaped into the arena. Integers that fit become
 * VAL_INT; every other number is VAL_NUMBER with its text.
 * Errors are ERR_INPUT with line and column of the offending character
 * (err.path is the caller's to fill, json_read_file does).
 */

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "text/val.h"

enum json_flags {
	JSON_UNIQUE = 1,          /* a duplicate name is an error */
	JSON_LONE_SURROGATES = 2, /* "\ud800" reads as U+FFFD instead of an error */
	JSON_POSITIONS = 4, /* fill line and col of every value (else only errors have them) */
};

bool json_read(struct str text, unsigned flags, struct arena *a, struct val **out,
	       struct err *err) MUST_CHECK;
bool json_read_file(const char *path, size_t max, unsigned flags, struct arena *a, struct val **out,
		    struct err *err) MUST_CHECK;

/*
 * Writing: valid JSON always (invalid UTF-8 in strings becomes U+FFFD; a lone
 * NUL is \u0000). VAL_TIME is written as ISO 8601 text, VAL_BLOB as base64.
 */
enum json_style {
	JSON_COMPACT, /* {"a":1} */
	JSON_PRETTY,  /* two or more lines, indented by 2; ends without a newline */
};
bool json_write(const struct val *v, enum json_style style, struct buf *out);
/* Just the string, with its quotes. */
bool json_write_string(struct str s, struct buf *out);
/* The compact text in an arena. */
struct str json_text(struct arena *a, const struct val *v);

#endif
