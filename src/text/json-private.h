#ifndef ROOTOUT_TEXT_JSON_PRIVATE_H
#define ROOTOUT_TEXT_JSON_PRIVATE_H

/* What json-read.c and json-string.c share. */

#include "base/arena.h"
#include "base/str.h"

/*
 * *s is what stands between the quotes, with a backslash before no end of it;
 * it becomes the string that it stands for, in the arena. Returns NULL, or what
 * is wrong with the escape at *at. Of `flags` only JSON_LONE_SURROGATES counts.
 */
const char *json_unescape(struct arena *a, unsigned flags, struct str *s, const char **at);

#endif
