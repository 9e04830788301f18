#ifndef ROOTOUT_ORG_ORG_PRIVATE_H
#define ROOTOUT_ORG_ORG_PRIVATE_H

/*
 * Building an organization: for its two readers, files*.c and live*.c.
 *
 * Each org_build_x adds one empty thing at the end of its list and returns it;
 * once its names are filled in, org_build_index_x makes look-ups find it. What
 * has no index yet (a hand-made organization of a test) is found by searching.
 */

#include "org/org.h"

struct org_build {
	struct org *o;
	struct arena *a;
	size_t units_cap, accounts_cap, policies_cap, groups_cap, sets_cap, assignments_cap;
};

/* A new organization with nothing in it but its root (name "Root", path ""). */
void org_build_init(struct org_build *b, struct arena *a);

/* Below `parent`: path and name are set, and it is indexed by both. */
struct org_unit *org_build_unit(struct org_build *b, struct org_unit *parent, struct str name);
struct org_account *org_build_account(struct org_build *b);
struct org_policy *org_build_policy(struct org_build *b);
struct org_group *org_build_group(struct org_build *b);
struct org_permission_set *org_build_permission_set(struct org_build *b);
struct org_assignment *org_build_assignment(struct org_build *b);

/* Of equal keys the first stays. An absent id, name or email is not indexed. */
void org_build_index_unit_id(struct org_build *b, struct org_unit *u);
void org_build_index_account(struct org_build *b, struct org_account *acct);
void org_build_index_policy(struct org_build *b, struct org_policy *p);
void org_build_index_group(struct org_build *b, struct org_group *g);
void org_build_index_permission_set(struct org_build *b, struct org_permission_set *s);

/* A view of n strings added to an array that grows in the arena. */
void org_add_str(struct arena *a, struct str **v, size_t *n, size_t *cap, struct str s);

/* Names and ids as selectors have them: `*` is any run of characters; the case counts. */
bool org_pattern_fits(struct str pattern, struct str text);
bool org_is_pattern(struct str name);
bool org_account_fits(const struct org_account *acct, struct str name_id_or_pattern);
/* The unit, or one above it, is called that (id, name, path). */
bool org_unit_fits(const struct org_unit *u, struct str id_name_or_path);

/*
 * Is there such an account (name, id, pattern) or unit? Else ERR_INPUT at `pos`
 * (NULL: nowhere) with the nearest that there is.
 */
bool org_check_account_name(const struct org *o, struct str name, const struct org_pos *pos,
			    struct err *err) MUST_CHECK;
bool org_check_unit_name(const struct org *o, struct str name, const struct org_pos *pos,
			 struct err *err) MUST_CHECK;

#endif
