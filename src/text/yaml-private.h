#ifndef ROOTOUT_TEXT_YAML_PRIVATE_H
#define ROOTOUT_TEXT_YAML_PRIVATE_H

/* What the yaml-*.c share. */

#include "base/arena.h"
#include "base/err.h"
#include "text/val.h"

#define YAML_CORE_TAG "tag:yaml.org,2002:"

/* val.flags: how a null, true or false was spelled, and the value of a plain `<<`. */
#define YAML_SPELLED 0x0e
#define YAML_SPELLED_SHIFT 1
#define YAML_MERGES 64

/*
 * What must be known of a text before libyaml may see it: its size, that it is
 * UTF-8 without NUL, and that it has nothing libyaml is slow on. A byte order
 * mark is cut off.
 */
bool yaml_guard(struct str *text, const char *path, struct err *err) MUST_CHECK;
/* What libyaml says, or what a person should look for instead. */
const char *yaml_hint(const char *problem);
/* Column (0-based) of a tab in the indentation of line `line` (0-based); -1: there is none. */
ptrdiff_t yaml_tab_indents(struct str text, size_t line);

/*
 * The value that a scalar's text stands for. `tag` is "" or "str", "int",
 * "bool", "null"; NULL when the text is no value of that tag.
 */
struct val *yaml_scalar(struct arena *a, struct str text, bool plain, struct str tag);

/* Would some YAML reader, of 1.1 or 1.2, take this plain word for anything but a string? */
bool yaml_is_special(struct str text);

#endif
