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
#include "sandbox/world-private.h"

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
/* The root user as GetUser has it: no UserName, no Path. */
struct val *iam_show_root(struct sandbox_request *r);

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
/* The kind that the operation's input names: GroupName, UserName or RoleName. */
enum iam_kind iam_kind_of_op(const struct api_op *op);

struct iam_user *iam_need_user(struct sandbox_request *r, struct str name);
struct iam_group *iam_need_group(struct sandbox_request *r, struct str name);
struct iam_role *iam_need_role(struct sandbox_request *r, struct str name);
/* Whom the operation's input names; without a fault where there is none. */
bool iam_find_entity(const struct sandbox_request *r, struct iam_entity *e);
bool iam_need_entity(struct sandbox_request *r, struct iam_entity *e);
/* And it may be changed: UnmodifiableEntity for a service-linked role. */
bool iam_need_own_entity(struct sandbox_request *r, struct iam_entity *e);
bool iam_is_own_role(struct sandbox_request *r, const struct iam_role *role);
void iam_of_user(struct iam_user *u, struct iam_entity *e);
void iam_of_group(struct iam_group *g, struct iam_entity *e);
void iam_of_role(struct iam_role *role, struct iam_entity *e);

/* "arn:aws:iam::ID:KIND" followed by path and name. In the request's arena. */
struct str iam_make_arn(struct sandbox_request *r, const char *kind, struct str path,
			struct str name);
/* Path of the input, or "/". */
struct str iam_path(const struct sandbox_request *r);
bool iam_starts_with_path(const struct sandbox_request *r, struct str path); /* PathPrefix */

/* "Cannot exceed quota for WHAT: MAX"; true: there is room for one more. */
bool iam_has_room(struct sandbox_request *r, size_t n, size_t max, const char *what);
/* The length of a singly linked list. */
#define IAM_COUNT(list)                                                         \
	({                                                                      \
		size_t count_ = 0;                                              \
		for (__typeof__((list) + 0) at_ = (list); at_; at_ = at_->next) \
			count_++;                                               \
		count_;                                                         \
	})

/* ---- listings (iam-list.c) ---- */

struct iam_row {
	struct str name;
	const void *item;
};
struct iam_rows {
	struct iam_row *v;
	size_t n, cap;
};

void iam_add_row(struct sandbox_request *r, struct iam_rows *rows, struct str name,
		 const void *item);
/* By name, where AWS lists by name. */
void iam_sort_rows(struct iam_rows *rows);
/*
 * Puts the rows of this page into `member` as `show` makes each, with
 * IsTruncated and Marker where the operation is paginated.
 */
bool iam_put_rows(struct sandbox_request *r, const struct iam_rows *rows, const char *member,
		  struct val *(*show)(struct sandbox_request *r, const void *item));
/* show for rows that are names alone */
struct val *iam_show_name(struct sandbox_request *r, const void *item); /* struct str */
/* page_begin with IAM's default of 100 and its fault; for answers of several lists. */
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
struct val *iam_show_attached(struct sandbox_request *r, const void *item); /* iam_managed */
/* How often the account uses a policy: attached to something, and as a boundary. */
void iam_count_uses(const struct iam_account *iam, const struct iam_managed *p, int64_t *attached,
		    int64_t *boundary);

/* ---- documents (iam-document.c) ---- */

/* MalformedPolicyDocument in AWS's words. *out lives in the request's arena. */
bool iam_check_document(struct sandbox_request *r, struct str text, enum policy_kind kind,
			struct str name, const struct policy **out) MUST_CHECK;
/* One that was checked, kept in the world: `text` must be there already. */
const struct policy *iam_keep_document(struct sandbox_request *r, struct str text,
				       enum policy_kind kind, struct str name);
/* "IAM does not count white space when calculating the size of a policy." */
size_t iam_document_size(struct str text);
/*
 * Trust policies that name a user or role follow it to its new ARN; where it is
 * gone, to its id, which nobody will have again.
 */
void iam_rename_principal(struct sandbox_request *r, struct str from, struct str to);
/* A trust policy: checked as a document, for its size, and for principals that are not there. */
bool iam_check_trust(struct sandbox_request *r, struct str text) MUST_CHECK;

/* ---- tags (iam-tags.c) ---- */

struct val *iam_show_tags(struct sandbox_request *r, const struct world_tags *t);
/* "Tags" unless there are none. */
void iam_put_tags(struct sandbox_request *r, struct val *o, const struct world_tags *t);
/* The input's Tags for something new: checked, in the world's memory only by iam_keep_tags. */
bool iam_check_tags(struct sandbox_request *r) MUST_CHECK;
void iam_keep_tags(struct sandbox_request *r, struct world_tags *out);

/* ---- managed policies (iam-policies.c) ---- */

/* AWS's or the account's, by PolicyArn; "Policy ARN was not found." */
struct iam_managed *iam_need_policy(struct sandbox_request *r);
/* The account's own, which may be changed. */
struct iam_managed *iam_need_own_policy(struct sandbox_request *r);
/* PolicyDocument of the input can be a version; then it becomes p's newest. */
bool iam_check_version(struct sandbox_request *r, struct str name) MUST_CHECK;
struct iam_version *iam_add_version(struct sandbox_request *r, struct iam_managed *p);
/* To be attached or used as a boundary. */
struct iam_managed *iam_need_attachable(struct sandbox_request *r, struct str arn,
					const char *called);
/* PermissionsBoundary of the input, if any. */
bool iam_read_boundary(struct sandbox_request *r, struct iam_managed **out) MUST_CHECK;

/* ---- roles (iam-roles.c, iam-profiles.c) ---- */

/* Out of the account, whatever is still attached: its sessions end. */
void iam_remove_role(struct sandbox_request *r, struct iam_role *role);
/* The instance profile that holds the role; NULL: none. */
struct val *iam_profile_of_role(const struct iam_account *iam, const struct iam_role *role);
/* As InstanceProfileList has them. */
struct val *iam_show_profiles_of_role(struct sandbox_request *r, const struct iam_role *role);

/* ---- things that are kept as values (iam-others.c) ---- */

/*
 * iam_account.others holds, for each kind, an object of objects by name or id:
 * their members are what answers need, and ours beside them where a name can
 * change ("UserId" for who owns it). All in the world's arena.
 */
struct val *iam_others(const struct iam_account *iam, const char *kind); /* NULL: none yet */
/* By its key; names ignore case. */
struct val *iam_other(const struct iam_account *iam, const char *kind, struct str key);
/* A new empty object under `key`, a string of the world. `kind` must be a literal. */
struct val *iam_new_other(struct sandbox_request *r, const char *kind, struct str key);
void iam_remove_other(struct sandbox_request *r, const char *kind, struct str key);
/* Set members of one in the world's memory; what was there before goes. */
void iam_set_str(struct sandbox_request *r, struct val *other, const char *name, struct str s);
void iam_set_val(struct sandbox_request *r, struct val *other, const char *name,
		 const struct val *v); /* copied */
void iam_set_time(struct sandbox_request *r, struct val *other, const char *name, int64_t ms);
/* Copies members to an answer: names end with NULL; those that are absent are left out. */
void iam_copy_members(struct sandbox_request *r, struct val *to, const struct val *other,
		      const char *const *names);
/* Does the user own one of this kind? */
bool iam_has_others_of(const struct iam_account *iam, const char *kind, const struct iam_user *u);
bool iam_is_others_owner(const struct val *other, const struct iam_user *u);
struct iam_user *iam_others_owner(const struct iam_account *iam, const struct val *other);

/* ---- PEM (iam-pem.c) ---- */

/* One X.509 certificate in PEM; *not_after_ms may be NULL. */
bool iam_pem_certificate(struct arena *a, struct str text, int64_t *not_after_ms) MUST_CHECK;
/* Several, one after the other. */
bool iam_pem_chain(struct arena *a, struct str text) MUST_CHECK;
/* A private key that is not encrypted. */
bool iam_pem_private_key(struct arena *a, struct str text) MUST_CHECK;

/* ---- passwords (iam-password.c) ---- */

/* PasswordPolicyViolation when the account's password policy does not allow it. */
bool iam_check_password(struct sandbox_request *r, struct str password) MUST_CHECK;
struct str iam_password_hash(struct sandbox_request *r, struct str password); /* in the world */

#endif
