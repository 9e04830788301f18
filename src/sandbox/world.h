#ifndef ROOTOUT_SANDBOX_WORLD_H
#define ROOTOUT_SANDBOX_WORLD_H

/*
 * The state of the sandbox: accounts, one organization at most, sessions.
 *
 * State is what replaying the log gives (sandbox/log.h). Handlers of the
 * services change it, and only they, the seed and world_settle do; everything
 * random that they make (ids, keys) comes from the request's seeded generator
 * and every time from the request, so that a replay gives the same state byte
 * for byte. What must not be used in a handler: the clock, rng_bytes, str_hash
 * (seeded per process), the order of pointers.
 *
 * Locking is the dispatcher's (sandbox/dispatch.h): a handler of a read-only
 * operation runs under the read lock with others, every other one alone.
 *
 * Memory: everything lives in world->arena, strings included (world_str copies
 * into it). What is replaced or deleted stays there until reset; a sandbox is
 * not a database server. The request's arena ends with the request: nothing of
 * it may be kept in the world, and policies that are kept are parsed into
 * world->arena. The maps' keys are views too: of strings of the world.
 *
 * Lists are singly linked in order of creation, as AWS lists most things;
 * where AWS sorts by name the handler sorts. WORLD_PUSH adds at the end.
 */

#include "base/arena.h"
#include "base/buf.h"
#include "base/map.h"
#include "base/rng.h"
#include "policy/policy.h"
#include "sandbox/iam-state.h"
#include "text/val.h"

struct world_org;
struct world_unit;

enum account_state {
	ACCOUNT_PENDING_ACTIVATION, /* being created: not yet listed */
	ACCOUNT_ACTIVE,
	ACCOUNT_SUSPENDED,
	ACCOUNT_PENDING_CLOSURE,
	ACCOUNT_CLOSED,
};

struct world_account {
	struct str id; /* 12 digits */
	struct str name;
	struct str email;
	enum account_state state;
	bool joined;  /* in the organization */
	bool invited; /* joined by invitation, not created */
	int64_t joined_ms;
	int64_t closed_ms;                 /* when CloseAccount was called; 0: not closed */
	struct world_unit *parent;         /* NULL when not in the organization */
	struct world_tags tags;            /* Organizations tags of the account */
	struct world_attachment *attached; /* policies attached to the account */
	struct iam_account iam;
};

/* A root (kind 'r') or an organizational unit. */
struct world_unit {
	struct world_unit *next;   /* in world_org.units, order of creation; the root is first */
	struct world_unit *parent; /* NULL: the root, or deleted */
	struct str id;             /* "r-examp", "ou-examp-12345678" */
	struct str name;           /* "Root" for the root */
	struct str arn;
	struct world_tags tags;
	struct world_attachment *attached;
	struct map policy_types; /* root only: enabled policy types -> any pointer */
	bool deleted;            /* stays in the list; look-ups pass over it */
};

struct world_policy {
	struct world_policy *next;
	struct str id, arn, name, description;
	struct str type; /* "SERVICE_CONTROL_POLICY" … */
	struct str content;
	const struct policy *parsed; /* SCP and RCP; NULL for other types */
	int64_t updated_ms; /* last change of it or of where it is attached; 0: since the start */
	bool aws_managed;
	struct world_tags tags;
	bool deleted; /* stays in the list; look-ups pass over it */
};

struct world_attachment {
	struct world_attachment *next;
	struct world_policy *policy;
};

struct world_handshake {
	struct world_handshake *next;
	struct str id, arn, action, state;
	int64_t requested_ms, expires_ms;
	struct val *resources; /* as answered */
	struct val *parties;
	struct str account_id; /* the account invited or asked; STR_NULL */
	struct str notes;
	struct world_tags tags; /* INVITE: the account's when it joins */
};

struct world_create {
	struct world_create *next;
	struct str id; /* "car-…" */
	struct str account_name, email, role_name;
	struct str state;   /* "IN_PROGRESS", "SUCCEEDED", "FAILED" */
	struct str failure; /* the reason; set by the handler when it is bound to fail */
	bool gov_cloud;
	struct world_account *account; /* being made; its id is known only when done */
	int64_t requested_ms, done_ms; /* done_ms: when it becomes due */
	struct world_tags tags;
};

struct world_delegate {
	struct world_delegate *next;
	struct world_account *account;
	struct str service; /* "iam.amazonaws.com" */
	int64_t enabled_ms;
	int64_t removed_ms; /* in world_org.former: when it was deregistered */
};

struct world_trust {
	struct world_trust *next;
	struct str service;
	int64_t enabled_ms;
};

struct world_org {
	struct str id; /* "o-exampleorgid" */
	struct str arn;
	bool all_features;
	struct world_account *management;
	struct world_unit *units;      /* the root first */
	struct world_policy *policies; /* p-FullAWSAccess first */
	struct world_handshake *handshakes;
	struct world_create *creates;
	struct world_delegate *delegates; /* registered now */
	struct world_delegate
		*former;             /* deregistered: AssumeRoot goes on for a while (world_lags) */
	struct world_trust *trusted; /* services with trusted access */
	struct str resource_policy;  /* STR_NULL: none */
	struct str resource_policy_id;
	const struct policy *resource_policy_parsed; /* POLICY_RESOURCE; NULL: none */
	struct world_tags resource_policy_tags;
	/* Centralized root access (iam features), and when each was last switched off (0: never). */
	bool root_credentials_management;
	bool root_sessions;
	int64_t root_credentials_off_ms;
	int64_t root_sessions_off_ms;
	int64_t iam_trust_off_ms; /* trusted access of iam.amazonaws.com */
};

enum session_kind {
	SESSION_ROOT,      /* sts:AssumeRoot */
	SESSION_ROLE,      /* sts:AssumeRole… */
	SESSION_USER,      /* sts:GetSessionToken */
	SESSION_FEDERATED, /* sts:GetFederationToken */
};

struct world_session {
	enum session_kind kind;
	struct world_account *account; /* whose principal it is */
	struct iam_role *role;         /* SESSION_ROLE */
	struct iam_user *user;         /* SESSION_USER and FEDERATED; NULL: root */
	struct str name;               /* role session name, federated user name */
	struct str access_key_id, secret, token;
	int64_t issued_ms, expires_ms;
	struct str source_identity; /* STR_NULL: none */
	struct str issuer_arn;      /* who asked for it */
	struct str task_policy_arn; /* SESSION_ROOT */
	struct str policy_text;     /* inline session policy; STR_NULL: none */
	const struct policy *policy;
	struct str *policy_arns; /* managed session policies, read live */
	size_t npolicy_arns;
	struct world_tags tags;      /* session tags: principal tags beside the role's own */
	struct str *transitive_keys; /* tag keys that a chained role gets too */
	size_t ntransitive_keys;
	bool mfa;
	bool chained; /* asked for with the credentials of a role */
};

/* Whose an access key is: found by id. One of key and session is set. */
struct world_credential {
	struct world_account *account;
	struct iam_user *user; /* NULL: root's own key, or a session */
	struct iam_key *key;
	struct world_session *session;
};

struct world {
	struct arena *arena;
	uint64_t seed;
	int64_t start_ms;                 /* when it was made */
	int64_t clock_ms;                 /* how far the sandbox's clock is ahead of the system's */
	int64_t next_due_ms;              /* world_due; INT64_MAX: nothing is */
	struct map accounts;              /* id -> struct world_account */
	struct map emails;                /* lower-case email -> struct world_account */
	struct map credentials;           /* access key id -> struct world_credential */
	struct map aliases;               /* account alias -> struct world_account */
	struct iam_managed *aws_policies; /* AWS's own managed policies (sandbox/aws-policies.c) */
	struct map aws_policies_by_arn;
	struct world_org *org;           /* NULL: none */
	struct world_account *first;     /* management, or the only account */
	struct iam_key *first_admin_key; /* its administrator's: --open */
	uint64_t changes;                /* log entries so far */
};

struct world *world_new(uint64_t seed, int64_t now_ms);
void world_free(struct world **w);

struct str world_str(struct world *w, struct str s); /* copy into the world */
struct str world_printf(struct world *w, const char *fmt, ...) PRINTF_LIKE(2, 3);

struct world_account *world_account(const struct world *w, struct str id);
/* New, active, not in an organization, IAM empty. */
struct world_account *world_add_account(struct world *w, struct str id, struct str name,
					struct str email, int64_t now_ms);
struct str world_new_account_id(struct world *w, struct rng *rng); /* not yet taken */
struct world_account *world_account_by_email(const struct world *w, struct str email);

/* A role as Organizations makes it: trusts the management account, AdministratorAccess. */
struct iam_role *world_add_access_role(struct world *w, struct world_account *acct,
				       struct str role_name, struct rng *rng, int64_t now_ms);

/* Every key and session is found through here: keep it in step with the lists. */
void world_add_credential(struct world *w, struct world_account *acct, struct iam_user *user,
			  struct iam_key *key, struct world_session *session);
void world_remove_credential(struct world *w, struct str access_key_id);

/* AWS's own managed policy by ARN; NULL: there is none, or the sandbox does not have it. */
struct iam_managed *world_aws_policy(const struct world *w, struct str arn);
/* AWS's or the account's. */
struct iam_managed *world_managed_policy(const struct world *w, const struct world_account *acct,
					 struct str arn);

/*
 * Things that happen later: accounts being created, handshakes that expire,
 * closures. Who makes such a thing tells when it is due (world_schedule); the
 * dispatcher settles before the next call after that.
 */
void world_schedule(struct world *w, int64_t due_ms);
bool world_due(const struct world *w, int64_t now_ms); /* under the read lock */
void world_settle(struct world *w, int64_t now_ms);    /* under the write lock */

/* Organization look-ups; NULL when there is none. Deleted ones are passed over. */
struct world_unit *world_unit(const struct world_org *o, struct str id);
struct world_policy *world_policy(const struct world_org *o, struct str id);
bool world_trusts(const struct world_org *o, const char *service);
struct world_delegate *world_delegate(const struct world_org *o, const struct world_account *acct,
				      const char *service); /* service NULL: any */

/*
 * A new organization with acct as its management account: root, AWS's own
 * policies (p-FullAWSAccess, p-RCPFullAWSAccess), no policy type enabled.
 * id and root_id: STR_NULL for new ones.
 */
struct world_org *world_make_org(struct world *w, struct world_account *acct, bool all_features,
				 struct str id, struct str root_id, struct rng *rng,
				 int64_t now_ms);
/* Account into the organization, below `unit`, with the policies AWS attaches to every target. */
void world_join(struct world *w, struct world_account *acct, struct world_unit *unit, bool invited,
		int64_t now_ms);
void world_leave(struct world *w, struct world_account *acct);
struct world_unit *world_add_unit(struct world *w, struct world_unit *parent, struct str name,
				  struct str id, struct rng *rng); /* id STR_NULL: a new one */
/* Adds unless it is attached already (false). */
bool world_attach(struct world *w, struct world_attachment **list, struct world_policy *p);
bool world_detach(struct world_attachment **list, const struct world_policy *p);
/* Enables it, and attaches its default policy to all that is there. */
void world_enable_policy_type(struct world *w, const char *type);
bool world_policy_type_enabled(const struct world_org *o, const char *type);
/* "o-abc/r-abcd/ou-abcd-…/": aws:PrincipalOrgPaths, and Account.Paths but for the account's id. */
struct str world_org_path(const struct world_org *o, const struct world_unit *unit,
			  struct arena *a);

/*
 * Centralized root access is eventually consistent: what was switched off at
 * off_ms still holds for a while ("new ones still issued for 15-60 s; denied
 * by 180 s"). off_ms 0: was never on.
 */
#define WORLD_LAG_MS 90000
bool world_lags(int64_t off_ms, int64_t now_ms);

/* Ids as AWS makes them: prefix and n characters of its alphabet. */
struct str world_id(struct world *w, struct rng *rng, const char *prefix, const char *alphabet,
		    size_t n);
/* "AKIA…", "ASIA…": AWS's keys tell their account (sts:GetAccessKeyInfo reads it off). */
struct str world_access_key_id(struct world *w, struct rng *rng, const char *prefix,
			       struct str account_id);
#define ALPHABET_ID "abcdefghijklmnopqrstuvwxyz0123456789"
#define ALPHABET_IAM "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
#define ALPHABET_SECRET "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/+"
#define ALPHABET_DIGITS "0123456789"

/*
 * The whole state as one JSON document, members in a fixed order: equal states
 * give equal bytes. Secrets (keys, tokens) only when asked for; never to a client.
 */
void world_dump(const struct world *w, bool secrets, struct buf *out);

/*
 * Add at the end of / take out of a singly linked list by its `next`.
 * head is an lvalue; item one too for WORLD_REMOVE (true when it was there).
 */
#define WORLD_PUSH(head, item)                          \
	do {                                            \
		__typeof__(&(head)) push_at_ = &(head); \
		while (*push_at_)                       \
			push_at_ = &(*push_at_)->next;  \
		*push_at_ = (item);                     \
	} while (0)
#define WORLD_REMOVE(head, item)                      \
	do {                                          \
		__typeof__(&(head)) rm_at_ = &(head); \
		while (*rm_at_ && *rm_at_ != (item))  \
			rm_at_ = &(*rm_at_)->next;    \
		if (*rm_at_)                          \
			*rm_at_ = (*rm_at_)->next;    \
	} while (0)

#endif
