#ifndef ROOTOUT_TEXT_CHECK_H
#define ROOTOUT_TEXT_CHECK_H

/*
 * Typed members out of a tree that a person wrote (YAML, JSON), with errors
 * that say where and what: "accounts.yaml:12:9: unknown key 'emial', did you
 * mean 'email'?".
 *
 *	struct check c = {.path = "accounts.yaml", .a = arena, .err = err};
 *	static const char *const known[] = {"name", "email", "owners"};
 *
 *	if (!check_object(&c, v, "an account", known, ARRAY_SIZE(known)) ||
 *	    !check_str(&c, v, "name", CHECK_REQUIRED, &name) ||
 *	    !check_list_of_str(&c, v, "owners", CHECK_OPTIONAL, &owners, &nowners))
 *		return false;
 *
 * The tree needs positions: yaml_read has them, json_read with JSON_POSITIONS.
 * A function returns false with *err filled (ERR_INPUT), and the first error
 * ends the reading. An optional member that is absent leaves *out alone: set
 * your default before. A member that is there without a value ("owners:" and
 * nothing behind it) is an error always: it may mean none or a forgotten one.
 *
 * Views point into the tree or the arena. Each kind of value has two forms:
 * check_x for a member by name, check_val_x for a value that was found
 * already (an item of a list); `what` is then how messages call it.
 */

#include "base/arena.h"
#include "base/err.h"
#include "text/val.h"

struct check {
	const char *path; /* for messages */
	struct arena *a;
	struct err *err;
};

enum check_need { CHECK_OPTIONAL, CHECK_REQUIRED };

/* An error at the position of `at` (NULL: of the file). Always false. */
bool check_fail(struct check *c, const struct val *at, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* The same at the position of the value's name. */
bool check_fail_name(struct check *c, const struct val *at, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* ---- shapes ---- */

/* An object that has no other members than these; `what` as in "an account". */
bool check_object(struct check *c, const struct val *v, const char *what, const char *const *known,
		  size_t n) MUST_CHECK;
/* A list; an absent value (NULL) is an error. */
bool check_is_list(struct check *c, const struct val *v, const char *what) MUST_CHECK;
/* The member whatever it is; *out is left alone when it is absent. */
bool check_member(struct check *c, const struct val *object, const char *name, enum check_need need,
		  const struct val **out) MUST_CHECK;
/* A member that is a list, or an object (of any members). */
bool check_list(struct check *c, const struct val *object, const char *name, enum check_need need,
		const struct val **out) MUST_CHECK;
bool check_map(struct check *c, const struct val *object, const char *name, enum check_need need,
	       const struct val **out) MUST_CHECK;

/* ---- members ---- */

/* Not empty. A bare number is taken as its text: `name: 2024` is "2024". */
bool check_str(struct check *c, const struct val *object, const char *name, enum check_need need,
	       struct str *out) MUST_CHECK;
/* May be empty (""). */
bool check_text(struct check *c, const struct val *object, const char *name, enum check_need need,
		struct str *out) MUST_CHECK;
/* A list of strings; one string may stand for a list of one. [] is a list of none. */
bool check_list_of_str(struct check *c, const struct val *object, const char *name,
		       enum check_need need, struct str **out, size_t *n) MUST_CHECK;
/* true, false; in YAML, unquoted, also yes, no, on and off. */
bool check_bool(struct check *c, const struct val *object, const char *name, enum check_need need,
		bool *out) MUST_CHECK;
bool check_int(struct check *c, const struct val *object, const char *name, enum check_need need,
	       int64_t min, int64_t max, int64_t *out) MUST_CHECK;
/* "10%": 0 to 100, whole. */
bool check_percent(struct check *c, const struct val *object, const char *name,
		   enum check_need need, int *out) MUST_CHECK;
/* One of `values`; *out is its index. */
bool check_enum(struct check *c, const struct val *object, const char *name, enum check_need need,
		const char *const *values, size_t n, int *out) MUST_CHECK;
/* "3 days", "90m" (base/clock.h), in milliseconds. */
bool check_duration(struct check *c, const struct val *object, const char *name,
		    enum check_need need, int64_t *ms) MUST_CHECK;
/* "2026-12-24": its midnight UTC. */
bool check_date(struct check *c, const struct val *object, const char *name, enum check_need need,
		int64_t *ms) MUST_CHECK;
/* ISO 8601 with a zone, or a day as above. */
bool check_time(struct check *c, const struct val *object, const char *name, enum check_need need,
		int64_t *ms) MUST_CHECK;
/* A time as above; a bare day is meant with all of itself: the midnight UTC that ends it. */
bool check_until(struct check *c, const struct val *object, const char *name, enum check_need need,
		 int64_t *ms) MUST_CHECK;
/* 12 digits, quoted or not, leading zeros kept. */
bool check_account_id(struct check *c, const struct val *object, const char *name,
		      enum check_need need, struct str *out) MUST_CHECK;

/* ---- values ---- */

bool check_val_str(struct check *c, const struct val *v, const char *what,
		   struct str *out) MUST_CHECK;
bool check_val_account_id(struct check *c, const struct val *v, const char *what,
			  struct str *out) MUST_CHECK;
bool check_val_enum(struct check *c, const struct val *v, const char *what,
		    const char *const *values, size_t n, int *out) MUST_CHECK;

#endif
