#ifndef ROOTOUT_ORG_REALITY_H
#define ROOTOUT_ORG_REALITY_H

/*
 * sandbox.yaml: how things really are when the sandbox starts, nobody's wish.
 * sandbox/seed.h lists the keys; docs/files.md is the manual. Every key is
 * optional, and so is the file: `present` is false then and all else is empty.
 *
 *	struct org_reality *real;
 *	struct org_problems problems = {0};
 *	if (!org_read_reality("examples/stores", o, now_ms, arena, &real, &problems, &err)) …
 *	struct reality_account *ra = org_reality_of(real, acct); // NULL: nothing is said of it
 *
 * Accounts are named by name or id and must stand in the organization's own
 * files: `o` comes from org_read_files. Times are ISO 8601 or relative to
 * now_ms ("-1d", "-2h", "3 days ago") and come out in milliseconds since the
 * epoch; 0: not said (which also stands for "never").
 *
 * Documents (inline policies, trust) are given out as JSON text, whether they
 * were written as YAML mappings or as a JSON string.
 */

#include "base/err.h"
#include "org/files.h"
#include "org/org.h"
#include "text/val.h"

enum reality_mfa { REALITY_MFA_VIRTUAL, REALITY_MFA_HARDWARE };

struct reality_key {
	int64_t created_ms;
	int64_t used_ms;            /* 0: never */
	struct str service, region; /* of the last use; STR_NULL: not said */
	bool active;                /* said or not: true unless `active: false` */
	struct org_pos pos;
};

struct reality_cert {
	int64_t uploaded_ms;
	bool active;
	struct org_pos pos;
};

/* What a root user or an IAM user signs in and calls with. */
struct reality_login {
	bool password;
	int64_t password_created_ms;
	int64_t password_used_ms; /* 0: never */
	enum reality_mfa *mfa;
	size_t nmfa;
	struct reality_key *keys;
	size_t nkeys;
	struct reality_cert *certs;
	size_t ncerts;
};

struct reality_document {
	struct str name;
	struct str text; /* JSON */
	struct org_pos pos;
};

struct reality_user {
	struct str name;
	struct str path; /* "/" unless said */
	int64_t created_ms;
	struct str *policies; /* managed: ARNs, names of AWS's, names of the account's own */
	size_t npolicies;
	struct reality_document *inlines;
	size_t ninlines;
	struct str *groups; /* names of groups of the same account */
	size_t ngroups;
	struct str boundary; /* as `policies`; STR_NULL: none */
	struct org_tag *tags;
	size_t ntags;
	struct reality_login login;
	struct org_pos pos;
};

struct reality_group {
	struct str name;
	struct str path;
	struct str *policies;
	size_t npolicies;
	struct reality_document *inlines;
	size_t ninlines;
	struct org_pos pos;
};

struct reality_role {
	struct str name;
	struct str path;
	int64_t created_ms;
	struct str trust;    /* an account id, an ARN or a service ("ec2.amazonaws.com") … */
	struct str document; /* … or a trust policy as JSON; one of them is STR_NULL */
	struct str *policies;
	size_t npolicies;
	struct reality_document *inlines;
	size_t ninlines;
	int64_t max_session_ms; /* 0: not said */
	struct str boundary;
	struct org_tag *tags;
	size_t ntags;
	struct org_pos pos;
};

struct reality_policy { /* a customer managed policy */
	struct str name;
	struct str path;
	struct str description; /* STR_NULL: none */
	struct str document;    /* JSON */
	struct org_pos pos;
};

/* A resource that nobody but root can reach any more, because of its own policy. */
struct reality_locked {
	struct str kind;   /* "s3-bucket", "sqs-queue" */
	struct str name;   /* of the bucket or queue */
	struct str policy; /* as written ("denies everybody"), or JSON */
	struct org_pos pos;
};

struct reality_account {
	struct org_account *account;
	bool have_state;
	enum org_state state;
	int64_t joined_ms; /* 0: not said */
	bool invited;
	struct str alias;           /* STR_NULL: none */
	bool have_root;             /* `root:` is there; else nothing is said of its root user */
	struct reality_login root;  /* have_root with nothing in it: no credentials at all */
	struct reality_user *users; /* IAM */
	size_t nusers;
	struct reality_group *groups;
	size_t ngroups;
	struct reality_role *roles;
	size_t nroles;
	struct reality_policy *policies;
	size_t npolicies;
	struct reality_locked *locked;
	size_t nlocked;
	const struct val *locked_tree; /* `locked:` as it stands; NULL: none */
	struct org_pos pos;
};

struct reality_delegate {
	struct str service; /* "iam.amazonaws.com" */
	struct org_account *account;
	struct org_pos pos;
};

struct reality_handshake { /* an invitation that nobody has answered */
	struct str email;  /* one of them */
	struct str account_id;
	int64_t requested_ms;
	struct org_pos pos;
};

struct org_reality {
	bool present;               /* there is a sandbox.yaml */
	struct str organization_id; /* "o-…"; STR_NULL: not said */
	struct str *trusted;        /* services with trusted access */
	size_t ntrusted;
	bool root_credentials, root_sessions; /* the features that are on */
	struct reality_delegate *delegates;
	size_t ndelegates;
	bool have_policy_types;   /* false: the sandbox's own default */
	struct str *policy_types; /* "SERVICE_CONTROL_POLICY" … */
	size_t npolicy_types;
	struct reality_handshake *handshakes;
	size_t nhandshakes;
	struct reality_account **accounts; /* those of which something is said */
	size_t naccounts;
};

/* Everything in the arena. problems and err: as org_read_files. */
bool org_read_reality(const char *dir, const struct org *o, int64_t now_ms, struct arena *a,
		      struct org_reality **out, struct org_problems *problems,
		      struct err *err) MUST_CHECK;
struct reality_account *org_reality_of(const struct org_reality *r, const struct org_account *acct);

/* "-3d", "-2h30m", "3 days ago", "now", ISO 8601, or a day; false: none of them. */
bool reality_time(struct str s, int64_t now_ms, int64_t *out) MUST_CHECK;

#endif
