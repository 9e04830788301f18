#ifndef ROOTOUT_SANDBOX_DISPATCH_H
#define ROOTOUT_SANDBOX_DISPATCH_H

/*
 * From an HTTP request to a service's handler and back: what a service file
 * (sts.c, organizations*.c, iam-*.c) needs to know.
 *
 * The road of one call: net/server -> which service (signature's scope,
 * X-Amz-Target) -> faults (latency, throttling, resets, errors) -> who
 * (sandbox/authn.h: key, signature, session) -> what (wire_get_request) ->
 * validation by the tables -> may they (sandbox/authz.h) -> handler -> log
 * (changes only, fsync'd before the answer leaves when state is kept) -> event
 * -> answer.
 *
 * A service is one constant table of handlers, one for each operation that it
 * serves; an operation of the API tables without a handler is answered with
 * code "NotImplemented" (501) and a message that says that the sandbox does not
 * serve it, and never with a made-up success. services.c lists the services.
 *
 * Tests call a handler without HTTP through sandbox_call (sandbox/sandbox.h).
 */

#include "aws/wire.h"
#include "base/rng.h"
#include "sandbox/world.h"

/* Who calls. Made by authn. */
struct caller {
	struct world_account *account;
	enum principal_type type;
	struct str arn;     /* as GetCallerIdentity gives it */
	struct str user_id; /* "AIDA…", "AROA…:session", account id for root */
	struct str access_key_id;
	struct iam_user
		*user; /* user, GetSessionToken of one; federated: whose permissions bound it */
	struct iam_role *role;         /* assumed role */
	struct world_session *session; /* NULL: a long-lived key is used … */
	struct iam_key *key;           /* … this one */
	bool management;               /* its account is the management account */
};

struct sandbox_request {
	struct world *world;
	const struct api_op *op;
	const struct sandbox_op *serving; /* the operation's row in its service's table */
	struct val *in;                   /* never NULL */
	const struct caller *who;         /* never NULL; a copy of what authn found */
	struct arena *arena;              /* of the request: answers are built here */
	struct rng rng; /* seeded from the log entry: everything random comes from here */
	int64_t now_ms;
	struct str region;     /* of the signature's scope */
	struct str host;       /* "sts.amazonaws.com" or "127.0.0.1:4567": the Host header */
	struct str source_ip;  /* "127.0.0.1" */
	struct str user_agent; /* may be empty */
	struct str request_id;
	bool replay; /* from the log: no authorization, no event */

	/* Filled by the handler. */
	struct val *out; /* made before the handler is called: an empty object */
	struct api_fault fault;
	/*
	 * With a fault: the state changed all the same, so the call is logged and replayed
	 * (AcceptHandshake by an account that is in an organization already).
	 */
	bool changed;
	/* For the CloudTrail event where it differs from in/out; NULL: from in/out. */
	struct val *event_request, *event_response;
	struct str event_error; /* its errorMessage; STR_NULL: the fault's */
	/* Another account that records this event too (AssumeRole: the role's); STR_NULL: none. */
	struct str event_also;
};

/*
 * true: r->out is the answer. false: r->fault is (set by sandbox_fault), and
 * the handler must not have changed anything: check first, change last. The
 * rare call that AWS refuses and yet remembers sets r->changed.
 */
typedef bool sandbox_handler(struct sandbox_request *r);

/* return sandbox_fault(r, 404, "NoSuchEntity", "Login Profile for User %.*s cannot be found.", …) */
bool sandbox_fault(struct sandbox_request *r, int status, const char *code, const char *fmt, ...)
	PRINTF_LIKE(4, 5);

/* How a denial of this operation reads; all begin "User: … is not authorized to perform: …". */
enum denial_text {
	DENIAL_REASON,  /* "… because no identity-based policy allows the iam:X action" */
	DENIAL_PLAIN,   /* nothing follows (sts:AssumeRoot, sts:AssumeRole) */
	DENIAL_DETAILS, /* and "Go to https://…/authorization-details/…" (some of IAM) */
};

struct sandbox_op {
	const char *name;
	sandbox_handler *fn;
	/*
	 * The ARN that the policy decision is about; NULL: "*". May allocate in r->arena.
	 * Returning STR_NULL also means "*". A root caller's calls without UserName are about
	 * its own root: "arn:aws:iam::ID:root", which is what the task policies let pass.
	 */
	struct str (*resource)(struct sandbox_request *r);
	/*
	 * Further condition keys of the service for this call (sts:TaskPolicyArn …), appended
	 * to keys[*n] (room for SANDBOX_KEYS in all). NULL: none.
	 */
	void (*keys)(struct sandbox_request *r, struct policy_key *keys, size_t *n);
	/* How a denial names the resource where that is not its ARN ("user hanako"); NULL: the ARN. */
	struct str (*shown)(struct sandbox_request *r);
	bool open;              /* no permission needed (GetCallerIdentity) */
	bool own_authorization; /* the handler decides itself, by sandbox_authorize (AssumeRoot) */
	bool write; /* changes state although its name sounds like reading (GetSessionToken), and
		     * the reverse is never so */
	bool validates; /* the handler reports violations of the tables itself (Organizations' way) */
	enum denial_text denial;
};
#define SANDBOX_KEYS 256 /* 50 tags of the request, 50 of the resource in two names, and more */

struct sandbox_service {
	const char *id;               /* "organizations" */
	const struct sandbox_op *ops; /* sorted by name */
	size_t nops;
	/*
	 * How the service says that the input violates the tables: fills r->fault, returns false;
	 * true: it lets the call pass. NULL: ValidationError, AWS's usual text.
	 */
	bool (*refuse_input)(struct sandbox_request *r, const struct violation *v, size_t n);
};

extern const struct sandbox_service sandbox_sts;
extern const struct sandbox_service sandbox_organizations;
extern const struct sandbox_service sandbox_iam;

/*
 * May the caller do `action` on `resource`? On a denial fills r->fault with
 * AWS's own words ("User: … is not authorized to perform: … because no
 * identity-based policy allows …") in the service's way and returns false.
 * extra keys may be NULL.
 */
bool sandbox_authorize(struct sandbox_request *r, const char *action, struct str resource,
		       const struct policy_key *extra, size_t nextra);

/* A key with one value, for sandbox_authorize and sandbox_op.keys. `value` must outlive the call. */
struct policy_key sandbox_key(struct sandbox_request *r, const char *name, struct str value);

/*
 * What the organization's resource policy says of this call by a member's
 * principal. The organizations service asks it after sandbox_authorize, for
 * callers outside the management account.
 */
enum org_says { ORG_SAYS_NOTHING, ORG_SAYS_ALLOW, ORG_SAYS_DENY };
enum org_says sandbox_org_policy(struct sandbox_request *r, const char *action, struct str resource,
				 const struct policy_key *extra, size_t nextra);

/* Pagination that every service shares: opaque tokens bound to the operation and its input. */
struct page {
	size_t from; /* index of the first row of this page */
	size_t size;
};
/* Reads the token and the limit; false: not a token that we gave (the caller says so in its way). */
bool page_begin(struct sandbox_request *r, size_t default_size, struct page *p);
/* Puts the next token (and IsTruncated where the operation has it) when rows remain. */
void page_end(struct sandbox_request *r, const struct page *p, size_t total);
static inline bool page_has(const struct page *p, size_t i)
{
	return i >= p->from && i - p->from < p->size;
}

#endif
