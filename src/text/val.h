#ifndef ROOTOUT_TEXT_VAL_H
#define ROOTOUT_TEXT_VAL_H

/*
 * struct val: one tree of values for everything that is structured: a JSON
 * document, a YAML file, a request to AWS or its answer, what a command prints.
 *
 * A tree lives in one arena and goes with it. Children are a linked list in
 * the order they were read or added; a member of an object is a child that has
 * a name. Reading never fails: asking a NULL value, or one of another kind,
 * gives the empty answer (NULL, STR_NULL, 0), so that
 *	val_str(val_get(val_get(v, "Account"), "Id"))
 * needs no checks on the way. Where absent and empty must be told apart, ask
 * val_get for NULL ("unknown is never empty").
 *
 * Positions: a value that was read from a file knows line and column (1-based,
 * columns in characters) of its first character, and its name's line and column.
 */

#include "base/arena.h"
#include "base/str.h"

enum val_kind {
	VAL_NULL,
	VAL_BOOL,
	VAL_INT,    /* fits int64_t */
	VAL_NUMBER, /* any other number: its text, exactly as written */
	VAL_STRING,
	VAL_BLOB, /* bytes (AWS blob); base64 in JSON and XML */
	VAL_TIME, /* milliseconds since the epoch (AWS timestamp) */
	VAL_LIST,
	VAL_OBJECT,
};

struct val {
	struct val *next; /* the next child of the same parent */
	struct str name;  /* in an object; else STR_NULL */
	union {
		bool b;
		int64_t i;    /* INT, TIME */
		struct str s; /* NUMBER, STRING, BLOB */
		struct {
			struct val *first;
			struct val *last;
		} kids; /* LIST, OBJECT */
	} u;
	uint32_t count;               /* of children */
	uint32_t line, col;           /* of the value; 0: not from a file */
	uint32_t name_line, name_col; /* of its name */
	uint8_t kind;                 /* enum val_kind */
	uint8_t flags;                /* for the reader that made it (e.g. YAML: quoted) */
};

#define VAL_PLAIN 1   /* YAML: an unquoted scalar (yes, no, 010, ~ …: see yaml.h) */
#define VAL_OWNED 128 /* val.c's and the readers': it is somebody's child */

/* Making. Strings are not copied: they must live as long as the tree. */
struct val *val_null(struct arena *a);
struct val *val_bool(struct arena *a, bool b);
struct val *val_int(struct arena *a, int64_t i);
struct val *val_number(struct arena *a, struct str text);
struct val *val_string(struct arena *a, struct str s);
struct val *val_blob(struct arena *a, struct str bytes);
struct val *val_time(struct arena *a, int64_t ms);
struct val *val_list(struct arena *a);
struct val *val_object(struct arena *a);

/*
 * Add at the end; returns the child. A value has one parent: adding one that
 * has a parent is a BUG. val_set does not look for an earlier member of that
 * name (val_replace does).
 */
struct val *val_append(struct val *list, struct val *item);
struct val *val_set(struct val *object, struct str name, struct val *v);
struct val *val_setz(struct val *object, const char *name, struct val *v);
struct val *val_replace(struct val *object, struct str name, struct val *v);
bool val_remove(struct val *object, struct str name);
/* Short forms of the commonest. STR_NULL sets nothing and returns NULL. */
struct val *val_set_str(struct arena *a, struct val *object, const char *name, struct str s);
struct val *val_set_z(struct arena *a, struct val *object, const char *name, const char *z);
struct val *val_set_int(struct arena *a, struct val *object, const char *name, int64_t i);
struct val *val_set_bool(struct arena *a, struct val *object, const char *name, bool b);
struct val *val_set_time(struct arena *a, struct val *object, const char *name, int64_t ms);

/* Reading. */
struct val *val_get(const struct val *object, const char *name); /* the first of that name */
struct val *val_gets(const struct val *object, struct str name);
struct val *val_at(const struct val *list, size_t i);
/* val_path(v, "a", "b", NULL) */
struct val *val_path(const struct val *v, ...) __attribute__((sentinel));
struct str val_str(const struct val *v); /* STRING, BLOB, NUMBER; else STR_NULL */
struct str val_get_str(const struct val *object, const char *name);
int64_t val_i64(const struct val *v, int64_t otherwise); /* INT and TIME */
bool val_is(const struct val *v, enum val_kind kind);    /* false for NULL */
bool val_true(const struct val *v);                      /* BOOL and true */
size_t val_count(const struct val *v);
const char *val_kind_name(enum val_kind kind); /* "a string", "an object", … for messages */

#define VAL_EACH(child, parent) \
	for (struct val *child = val_first(parent); child; child = child->next)
struct val *val_first(const struct val *v); /* NULL for NULL and scalars */

/* Deep copy into another arena, strings included. */
struct val *val_copy(struct arena *a, const struct val *v);
/* Same kind, same content; members in any order; positions do not matter. */
bool val_eq(const struct val *a, const struct val *b);

#endif
