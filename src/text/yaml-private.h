#ifndef ROOTOUT_TEXT_YAML_PRIVATE_H
#define ROOTOUT_TEXT_YAML_PRIVATE_H

/* What yaml-read.c, yaml-scalar.c and yaml-write.c share. */

#include "base/arena.h"
#include "text/val.h"

#define YAML_CORE_TAG "tag:yaml.org,2002:"

/* val.flags: how a null, true or false was spelled, and the value of a plain `<<`. */
#define YAML_SPELLED 0x0e
#define YAML_SPELLED_SHIFT 1
#define YAML_MERGES 64

/*
 * The value that a scalar's text stands for. `tag` is "" or "str", "int",
 * "bool", "null"; NULL when the text is no value of that tag.
 */
struct val *yaml_scalar(struct arena *a, struct str text, bool plain, struct str tag);

/* Would some YAML reader, of 1.1 or 1.2, take this plain word for anything but a string? */
bool yaml_is_special(struct str text);

#endif
