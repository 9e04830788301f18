#ifndef ROOTOUT_TEXT_XML_H
#define ROOTOUT_TEXT_XML_H

/*
 * XML as AWS speaks it, read through expat into a tree of elements.
 *
 * No DTD: a document type declaration, and so every entity but the five
 * predefined ones, is refused. Depth and element ceilings as for JSON.
 * Namespaces are cut off ("{uri}Name" and "ns:Name" are "Name"); attributes
 * are kept (rest-xml needs xsi:type). Mixed content keeps the text only of
 * elements that have no child elements, white space included.
 */

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

struct xml_attr {
	struct xml_attr *next;
	struct str name, value;
};

struct xml {
	struct xml *next; /* sibling */
	struct xml *first, *last;
	struct xml_attr *attrs;
	struct str name;
	struct str text; /* of a leaf; empty, never null */
};

bool xml_read(struct str text, struct arena *a, struct xml **out, struct err *err) MUST_CHECK;
struct xml *xml_child(const struct xml *x, const char *name); /* the first; NULL-safe */
struct xml *xml_childs(const struct xml *x, struct str name);
struct str xml_child_text(const struct xml *x, const char *name); /* STR_NULL: no such child */

/* Escaped text; characters that XML 1.0 cannot carry become U+FFFD. */
bool xml_write_text(struct str s, struct buf *out);
bool xml_open(struct str name, struct buf *out);  /* <name> */
bool xml_close(struct str name, struct buf *out); /* </name> */

#endif
