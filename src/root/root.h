#ifndef ROOTOUT_ROOT_ROOT_H
#define ROOTOUT_ROOT_ROOT_H

/*
 * What the verbs of root/ share: the run they belong to, and what is known of
 * one account's root user.
 *
 * Unknown is never empty: each fact is KNOWN with a value, or UNKNOWN with the
 * reason of the account's row. Nothing here turns an unknown into "absent".
 */

#include "aws/call.h"
#include "base/pool.h"
#include "org/live.h"
#include "org/org.h"
#include "store/store.h"

/* One run of one command. Everything is borrowed from the command but what is said otherwise. */
struct root_run {
	struct aws *aws;
	struct aws_worker *worker;   /* of the main thread */
	struct aws_identity *caller; /* aws_default_identity */
	struct store *store;
	struct pool *pool;        /* workers are struct aws_worker */
	struct str id;            /* of this run, in journal and ledger: "20261123T151652Z-k3f9" */
	struct str who;           /* the caller's ARN (GetCallerIdentity) */
	struct str who_account;   /* its account */
	struct str reason;        /* --reason; STR_NULL: none */
	struct str org_id;        /* "o-…", once an account was seen */
	struct str management_id; /* the same */
	struct str endpoint;      /* of sts: part of the evidence */
};

/*
 * Begin a run: asks who the caller is (GetCallerIdentity), makes the run's id
 * and the pool. `aws` and `store` are borrowed and must outlive it.
 */
bool root_run_begin(struct root_run *run, struct aws *aws, struct store *store, struct str reason,
		    struct arena *a, struct err *err) MUST_CHECK;
void root_run_end(struct root_run *run);

/* An organization without any account is an answer that says nothing, not an empty organization. */
bool root_check_accounts(const struct org *o, struct err *err) MUST_CHECK;

enum tri { TRI_UNKNOWN, TRI_NO, TRI_YES };

enum root_session_state {
	ROOT_SESSION_UNTRIED, /* not asked for (suspended, excluded, --via role) */
	ROOT_SESSION_OK,
	ROOT_SESSION_REFUSED, /* AssumeRoot was refused */
	ROOT_SESSION_BLOCKED, /* a session was given, a policy denies its calls (SCP) */
	ROOT_SESSION_FAILED,  /* a fault: network, throttling to the end */
};

struct root_key {
	struct str id;
	bool active;
	int64_t created_ms;
	enum tri used; /* TRI_NO: never; TRI_UNKNOWN: not read */
	int64_t used_ms;
	struct str used_service, used_region;
};

/* The state of an account's row, the word people and scripts read. */
enum root_state {
	ROOT_STATE_UNREAD,      /* could not be read; row.reason says why */
	ROOT_STATE_ROOTLESS,    /* read: no password, no key, no certificate, no MFA device */
	ROOT_STATE_CREDENTIALS, /* read: something is there */
	ROOT_STATE_SUSPENDED,   /* not ACTIVE in Organizations: no session is possible */
	ROOT_STATE_MANAGEMENT,  /* the management account: AssumeRoot can't reach it */
	ROOT_STATE_RETIRED,     /* retire: deleted and proved in this run */
	ROOT_STATE_RESTORED,    /* restore: password recovery allowed */
	ROOT_STATE_SKIPPED,     /* excluded, kept by the files, or not begun: reason says */
	ROOT_STATE_FAILED,      /* retire: a deletion did not succeed or was not proved */
};
const char *root_state_name(enum root_state s); /* "unread", "rootless", "credentials", … */

struct root_facts {
	struct org_account *account;
	enum root_state state;
	enum root_session_state session;
	enum tri password, mfa, keys_present, certs_present;
	int keys_count; /* as GetAccountSummary says; -1: unknown */
	/* The lists: have_* false = not read (the summary alone was asked, or they failed). */
	bool have_keys, have_mfa, have_certs;
	struct root_key *keys;
	size_t nkeys;
	struct str *mfa_serials;
	size_t nmfa;
	struct str *cert_ids;
	size_t ncerts;
	/* From the credential report (--via role). */
	enum tri password_used;
	int64_t password_used_ms;
	int64_t read_ms;       /* when the facts were read; 0: not */
	struct str reason;     /* why unread, refused, skipped, failed; STR_NULL: none */
	struct str code;       /* AWS's error code behind it */
	struct str blocked_by; /* the SCP and where it is attached, once looked up */
	struct str changes;    /* since the last inventory: "password removed, key AKIA… added" */
	struct arena *arena;   /* its own memory: filled by one worker at a time */
};

/* The four credential kinds, in the order in which retire deletes them. */
enum root_credential { ROOT_PASSWORD, ROOT_KEY, ROOT_CERT, ROOT_MFA };

/* Has it something to delete? TRI_UNKNOWN where that could not be read. */
enum tri root_has_credentials(const struct root_facts *f);

#endif
