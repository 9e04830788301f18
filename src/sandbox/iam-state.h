#ifndef ROOTOUT_SANDBOX_IAM_STATE_H
#define ROOTOUT_SANDBOX_IAM_STATE_H

/*
 * IAM of one account, as state. Memory and locking: see sandbox/world.h.
 *
 * Lists are singly linked in order of creation. What is deleted is taken out
 * of its list (its memory stays in the world's arena); users, groups and roles
 * are marked `deleted` as well, because sessions and memberships may still
 * point at them.
 */

#include "base/map.h"
#include "base/str.h"
#include "policy/policy.h"
#include "text/val.h"

struct world_tag {
	struct str key, value;
};
struct world_tags {
	struct world_tag *v;
	size_t n, cap;
};

struct iam_key {
	struct iam_key *next;
	struct str id; /* AKIA… */
	struct str secret;
	bool active;
	int64_t created_ms;
	int64_t used_ms; /* whole minutes, as AWS tells it; 0: never. Set by the dispatcher */
	struct str used_service, used_region;
};

struct iam_mfa {
	struct iam_mfa *next;
	struct str serial; /* ARN of a virtual device, or a hardware serial number */
	int64_t enabled_ms;
	struct iam_user *user; /* NULL with assigned: root's */
	bool assigned;
	bool virtual_;
	struct world_tags tags;
};

struct iam_cert { /* signing certificate */
	struct iam_cert *next;
	struct str id, body;
	bool active;
	int64_t uploaded_ms;
};

struct iam_login {
	int64_t created_ms;
	int64_t changed_ms; /* 0: never since it was created */
	int64_t used_ms;    /* 0: never */
	struct str
		password_hash; /* hex of SHA-256; STR_NULL: root's, which only the mailbox holder sets */
	bool reset_required;
};

struct iam_inline {
	struct iam_inline *next;
	struct str name, document;
	const struct policy
		*parsed; /* POLICY_IDENTITY; never NULL: what does not parse is refused */
};

struct iam_version {
	struct iam_version *next;
	struct str id; /* "v1" */
	struct str document;
	const struct policy *parsed; /* POLICY_IDENTITY */
	int64_t created_ms;
};

struct iam_managed {
	struct iam_managed *next;
	struct str name, path, arn, id, description;
	int64_t created_ms, updated_ms;
	struct iam_version *versions;
	struct iam_version *default_version;
	unsigned next_version; /* the number that the next version gets */
	bool aws; /* AWS's own (world.aws_policies): the same for all accounts, never changed */
	struct world_tags tags;
};

struct iam_attached {
	struct iam_attached *next;
	struct iam_managed *policy;
};

/* The last use of one service by one principal. Set by the dispatcher. */
struct iam_use {
	struct iam_use *next;
	struct str service; /* "iam" */
	struct str region;
	int64_t ms; /* whole minutes */
};

struct iam_user {
	struct iam_user *next;
	struct str name, path, arn, id;
	int64_t created_ms;
	struct iam_login *login; /* NULL: none */
	struct iam_key *keys;
	struct iam_cert *certs;
	struct iam_inline *inlines;
	struct iam_attached *attached;
	struct iam_managed *boundary;
	struct world_tags tags;
	struct iam_use *uses; /* with its own keys; what sessions of it do is not remembered */
	bool deleted;
};

struct iam_member {
	struct iam_member *next;
	struct iam_user *user;
};

struct iam_group {
	struct iam_group *next;
	struct str name, path, arn, id;
	int64_t created_ms;
	struct iam_member *members;
	struct iam_inline *inlines;
	struct iam_attached *attached;
	bool deleted;
};

struct iam_role {
	struct iam_role *next;
	struct str name, path, arn, id, description;
	int64_t created_ms;
	int64_t used_ms; /* whole minutes; 0: never. Set by the dispatcher */
	struct str used_region;
	struct str trust_text;
	const struct policy *trust; /* POLICY_RESOURCE */
	int64_t max_session_s;
	struct iam_inline *inlines;
	struct iam_attached *attached;
	struct iam_managed *boundary;
	struct world_tags tags;
	struct iam_use *uses;
	bool service_linked;
	bool deleted;
};

/* The root user's credentials: what rootout is about. */
struct iam_root {
	struct iam_login *login; /* NULL: no password */
	struct iam_key *keys;
	struct iam_cert *certs;
	/* MFA devices: those of iam_account.mfa with assigned and no user. */
	struct iam_use *uses; /* with its own keys, not by sts:AssumeRoot */
};

struct iam_account {
	struct iam_root root;
	struct iam_user *users;
	struct iam_group *groups;
	struct iam_role *roles;
	struct iam_managed *policies; /* customer managed */
	struct iam_mfa *mfa; /* virtual devices, assigned or not, and hardware ones in use */
	struct str alias;    /* STR_NULL: none. Keep world.aliases in step */
	int64_t report_ms;   /* when the credential report was made; 0: never */
	struct str report;   /* as it was then */
	struct val *password_policy; /* NULL: none */
	/*
	 * Kinds that need no meaning elsewhere are kept as values: kind -> an object of objects
	 * by name or id ("InstanceProfile", "SAMLProvider", "OpenIDConnectProvider",
	 * "ServerCertificate" …).
	 */
	struct map others;
	/*
	 * Resources that their own policy has locked, as the seed names them:
	 * {"buckets": […], "queues": […]}. NULL: none.
	 */
	struct val *locked;
};

/* Look-ups; NULL when there is none. Names of users, groups and roles ignore case, as AWS's do. */
struct iam_user *iam_user(const struct iam_account *iam, struct str name);
struct iam_group *iam_group(const struct iam_account *iam, struct str name);
struct iam_role *iam_role(const struct iam_account *iam, struct str name);

struct str world_tag(const struct world_tags *t, struct str key); /* STR_NULL: no such tag */

#endif
