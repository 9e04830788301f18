#ifndef ROOTOUT_SANDBOX_IAM_PRIVATE_H
#define ROOTOUT_SANDBOX_IAM_PRIVATE_H

/*
 * What the files of the IAM service share. One file for each kind of thing
 * (iam-login.c, iam-keys.c, iam-mfa.c, …); iam.c has the table of operations,
 * iam-ops.h declares what the table names.
 *
 * Look-ups return NULL (or false) with the fault filled. A handler looks
 * everything up, then changes: what has returned false has changed nothing.
 */

#include "sandbox/dispatch.h"
#include "sandbox/iam-ops.h"

#define IAM_PRINCIPAL "iam.amazonaws.com"

/* ---- whose credentials (iam-target.c) ---- */

/*
 * Whom an operation on credentials is about: the user of UserName, or without
 * one the caller itself ("If you do not specify a user name, IAM determines the
 * user name implicitly based on the AWS access key ID signing the request").
 */
struct iam_target {
	struct iam_user *user; /* NULL: the root user */
	struct iam_login **login;
	struct iam_key **keys;
	struct iam_cert **certs;
	struct str shown; /* the user's name, "null" for root: as AWS's messages have it */
};

bool iam_target(struct sandbox_request *r, struct iam_target *t);
/* UserName, where the target has a name. */
void iam_put_user_name(struct sandbox_request *r, const struct iam_target *t, struct val *o);

struct str iam_root_arn(struct sandbox_request *r, const struct world_account *acct);

/* ---- users, groups and roles alike (iam-find.c) ---- */

enum iam_kind { IAM_USER, IAM_GROUP, IAM_ROLE };

/* What has a name, policies and (but for groups) a boundary and tags. */
struct iam_entity {
	enum iam_kind kind;
	struct str name, path, arn;
	struct iam_inline **inlines;
	struct iam_attached **attached;
	struct iam_managed **boundary; /* NULL: a group */
	struct world_tags *tags;       /* NULL: a group */
	struct iam_user *user;         /* the one of its kind */
	struct iam_group *group;
	struct iam_role *role;
};

/* "user", "group", "role": as ARNs and messages have it. */
const char *iam_kind_name(enum iam_kind kind);
/* The kind that the operation's input names: UserName, GroupName or RoleName. */
enum iam_kind iam_kind_of_op(const struct api_op *op);

struct iam_user *iam_need_user(struct sandbox_request *r, struct str name);
struct iam_group *iam_need_group(struct sandbox_request *r, struct str name);
struct iam_role *iam_need_role(struct sandbox_request *r, struct str name);
/* Whom the operation's input names. */
bool iam_need_entity(struct sandbox_request *r, struct iam_entity *e);
void iam_of_user(struct iam_user *u, struct iam_entity *e);
void iam_of_group(struct iam_group *g, struct iam_entity *e);
void iam_of_role(struct iam_role *role, struct iam_entity *e);

/* "arn:aws:iam::ID:KIND" followed by path and name. In the request's arena. */
struct str iam_make_arn(struct sandbox_request *r, const char *kind, struct str path,
			struct str name);
struct str iam_path(const struct sandbox_request *r); /* Path of the input, or "/" */
bool iam_starts_with_path(const struct sandbox_request *r, struct str path); /* PathPrefix */

/* ---- listings (iam-list.c) ---- */

struct iam_row {
	struct str name;
	const void *item;
};
struct iam_rows {
	struct iam_row *v;
	size_t n, cap;
};

/* Makes the value of one row. */
typedef struct val *iam_show(struct sandbox_request *r, const void *item);

void iam_add_row(struct sandbox_request *r, struct iam_rows *rows, struct str name,
		 const void *item);
/* By name, where AWS lists by name. */
void iam_sort_rows(struct iam_rows *rows);
/*
 * Puts the rows of this page into `member`, with IsTruncated and Marker where
 * the operation is paginated. An operation whose result is two lists calls
 * iam_page itself.
 */
bool iam_put_rows(struct sandbox_request *r, const struct iam_rows *rows, const char *member,
		  iam_show *show);
/* page_begin with IAM's default of 100 and its fault. */
bool iam_page(struct sandbox_request *r, struct page *p) MUST_CHECK;

/* ---- as answered (iam-show.c) ---- */

/* IAM tells times to the second. */
void iam_put_time(struct sandbox_request *r, struct val *o, const char *name, int64_t ms);

/* Listings tell less than Get…: no boundary, tags, last use or description. */
struct val *iam_show_user(struct sandbox_request *r, const struct iam_user *u, bool whole);
struct val *iam_show_group(struct sandbox_request *r, const struct iam_group *g);
struct val *iam_show_role(struct sandbox_request *r, const struct iam_role *role, bool whole);
struct val *iam_show_policy(struct sandbox_request *r, const struct iam_managed *p, bool whole);
struct val *iam_show_version(struct sandbox_request *r, const struct iam_managed *p,
			     const struct iam_version *v, bool document);
/* "URL-encoded compliant with RFC 3986": how IAM answers every policy document. */
void iam_put_document(struct sandbox_request *r, struct val *o, const char *name, struct str text);
void iam_put_boundary(struct sandbox_request *r, struct val *o, const struct iam_managed *boundary);
void iam_put_role_used(struct sandbox_request *r, struct val *o, const struct iam_role *role);
/* How often the account uses a policy: attached to something, and as a boundary. */
void iam_count_uses(const struct iam_account *iam, const struct iam_managed *p, int64_t *attached,
		    int64_t *boundary);

/* ---- tags (iam-tags.c) ---- */

struct val *iam_show_tags(struct sandbox_request *r, const struct world_tags *t);
/* "Tags" unless there are none. */
void iam_put_tags(struct sandbox_request *r, struct val *o, const struct world_tags *t);

/* ---- managed policies (iam-policies.c) ---- */

/* AWS's or the account's, by PolicyArn; "Policy ARN was not found." */
struct iam_managed *iam_need_policy(struct sandbox_request *r);

#endif
