#ifndef ROOTOUT_POLICY_POLICY_H
#define ROOTOUT_POLICY_POLICY_H

/*
 * IAM policies: parse once, decide many times.
 *
 *	struct policy *p = policy_parse(text, POLICY_SCP, "deny-root", arena, &err);
 *	struct policy_set set = {0};
 *	set.scp = levels; set.nscp = 3; …
 *	struct policy_decision d;
 *	policy_decide(&set, &request, &d);
 *
 * A policy is immutable once parsed and may be shared by threads; deciding does
 * not allocate (unless an expanded variable makes a pattern longer than 1 KiB).
 * Parsing accepts what AWS accepts for that kind and refuses the rest with AWS's
 * kind of error (MalformedPolicyDocument) and line and column.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum policy_kind {
	POLICY_IDENTITY,
	POLICY_BOUNDARY,
	POLICY_SESSION,
	POLICY_RESOURCE, /* trust policies too */
	POLICY_SCP,
	POLICY_RCP,
};

struct policy;

/*
 * `name` is for explanations (copied): a policy's name or file. NULL on error:
 * ERR_INPUT with err.path = name, line, column and aws_code
 * MalformedPolicyDocument (SCP, RCP: MalformedPolicyDocumentException), or
 * ERR_LIMIT. The message is our reason, POLICY_AWS_SAYS, and AWS's own sentence;
 * policy_aws_message is that sentence alone, for an answer in AWS's name.
 *
 * An RCP that allows is refused unless its name ends in RCPFullAWSAccess, as
 * AWS's own does. Session policies may hold malformed dates, numbers, addresses
 * and ARNs in conditions, because STS accepts them; the other kinds may not.
 * Whether a managed policy must have Version 2012-10-17 is CreatePolicy's to say
 * (policy_version): inline policies of 2008-10-17 exist.
 */
struct policy *policy_parse(struct str text, enum policy_kind kind, struct str name,
			    struct arena *a, struct err *err) MUST_CHECK;
/*
 * The same for a document that AWS has already (read from it, or taken before): what
 * changes with AWS's services is not held against it, which is the service of an
 * RCP's actions, the form of IAM's and S3's ARNs, a wildcard in a service's name.
 */
struct policy *policy_parse_kept(struct str text, enum policy_kind kind, struct str name,
				 struct arena *a, struct err *err) MUST_CHECK;
#define POLICY_AWS_SAYS "; AWS: "
const char *policy_aws_message(const struct err *err); /* the whole message if AWS's is missing */
const char *policy_version(const struct policy *p);    /* "2008-10-17" when it says none */
struct str policy_name(const struct policy *p);
enum policy_kind policy_kind_of(const struct policy *p);

/* ---- the request ---- */

struct policy_value {
	const struct str *values; /* one for a single-valued key */
	size_t n;
	bool multi; /* a multi-valued key, also with one element or none */
};

/*
 * Of the keys that are not given these follow from the rest of the request:
 *	from the principal	aws:PrincipalArn (a session's: its role's), PrincipalAccount,
 *				PrincipalType, PrincipalIsAWSService, PrincipalServiceName,
 *				username, userid (root, federated users, nobody)
 *	from the resource	aws:ResourceAccount, RequestedRegion (its ARN's; us-east-1
 *				for IAM and the other global services of partition aws)
 *	from other keys		aws:TagKeys (of aws:RequestTag/…, the first 256),
 *				CalledViaFirst, CalledViaLast and ViaAWSService (of CalledVia),
 *				CurrentTime and EpochTime (of each other)
 * All else is absent, which is an answer to a condition, too. policy/context.h
 * makes the keys from facts.
 */
struct policy_key {
	struct str name; /* "aws:PrincipalArn"; compared without case */
	struct policy_value value;
};

enum principal_type {
	PRINCIPAL_USER,
	PRINCIPAL_ROLE,
	PRINCIPAL_ASSUMED_ROLE,
	PRINCIPAL_ROOT,
	PRINCIPAL_FEDERATED_USER,
	PRINCIPAL_SERVICE,
	PRINCIPAL_ANONYMOUS,
};

struct policy_request {
	struct str principal;        /* ARN as in cases/README.md, service name, or "*" */
	struct str action;           /* "iam:ListUsers" */
	struct str resource;         /* ARN or "*" */
	struct str resource_account; /* STR_NULL: from the ARN, else the principal's */
	bool management;             /* the principal's account is the management account */
	bool resource_in_management; /* the resource's account is */
	bool service_linked_role;
	bool bounded; /* a permissions boundary is set on the principal; a set with one says so too */
	const struct policy_key *keys; /* context; absent = not in the list */
	size_t nkeys;
};

/*
 * ---- what applies ----
 *
 * A kind that takes no part is not asked, it does not refuse: with SCPs alone
 * the decision says whether they let the request through. Who decides for real
 * sets has_identity for every user and role, also without a policy, and
 * has_resource for every resource that can have a policy, also where it has
 * none: across accounts nothing is allowed without one.
 *
 * In this order (each may end it):
 *   sts:GetCallerIdentity		allowed to every signed caller, whatever denies it
 *   an explicit Deny of any kind		denied; NotPrincipal spares nobody who has
 *					a permissions boundary
 *   each SCP level must allow		not: the management account, service-linked
 *					roles, services, anonymous requests
 *   same account				the resource's policy naming the user, the
 *					session or everybody is enough; naming the
 *					role it is limited by boundary and session
 *					policy; naming the account it is not enough.
 *					Else identity, boundary and session policy
 *					must all allow. Roles (sts:AssumeRole…) and KMS
 *					keys must be allowed by their own policy too
 *   across accounts			the resource's policy and the identity's side
 *   root					never assumes a role or another root user;
 *					needs no identity policy and has no boundary;
 *					the task policy of a root session (a session
 *					policy) only denies; the owner's root mends its
 *					bucket's or queue's policy though that denies
 *					everybody
 * RCPs only deny: RCPFullAWSAccess, which cannot be detached, allows the rest.
 */

struct policy_list {
	const struct policy *const *policies;
	size_t n;
};

struct policy_set {
	/* has_x: that kind takes part (a boundary that is there, a session with a policy …). */
	bool has_identity, has_boundary, has_session, has_resource;
	struct policy_list identity, session, resource;
	const struct policy *boundary;
	const struct policy_list *scp; /* levels: root, each OU, account; n 0: no part */
	size_t nscp;
	const struct policy_list *rcp;
	size_t nrcp;
};

/* ---- the decision ---- */

enum policy_reason {
	POLICY_ALLOWED,
	POLICY_EXPLICIT_DENY, /* a statement denies */
	POLICY_IMPLICIT_DENY, /* nothing allows, on the level `level` */
};

struct policy_decision {
	bool allow;
	enum policy_reason reason;
	enum policy_kind level;      /* which kind decided */
	size_t level_index;          /* SCP, RCP: 0 = root, … n-1 = account */
	const struct policy *policy; /* that decided; NULL for an implicit deny */
	size_t statement;            /* index in it */
	struct str sid;              /* STR_NULL: none */
	uint32_t line;               /* of the statement in its document */
};

void policy_decide(const struct policy_set *set, const struct policy_request *req,
		   struct policy_decision *out);

/*
 * Is nothing allowed here without the resource's own policy? So it is across accounts, for who
 * has no account of its own (a service, anybody), and of one role or KMS key. Who has not that
 * policy does not know the answer, whatever the others allow.
 */
bool policy_resource_decides(const struct policy_request *req);

/* "arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE", of which only the last must be there. */
bool policy_is_arn(struct str s);
/* The account in an ARN, 12 digits; STR_NULL: none is there. */
struct str policy_arn_account(struct str arn);

/*
 * The same decisions from a compiled set, for many requests against the same
 * policies: statements are found by their actions, so the cost grows with those
 * that can matter and not with all there are. The engine lives in the arena and
 * is immutable: any number of threads may decide with it. The policies must live
 * as long; the set and its lists are copied.
 */
struct policy_engine;
struct policy_engine *policy_compile(const struct policy_set *set, struct arena *a);
void policy_engine_decide(const struct policy_engine *e, const struct policy_request *req,
			  struct policy_decision *out);

/* One sentence: "denied by statement DenyRoot (line 4) of service control policy 'deny-root'". */
struct str policy_decision_text(const struct policy_decision *d, struct arena *a);
const char *policy_kind_text(enum policy_kind k); /* as AWS's denials: "service control policy" */

/*
 * AWS's wildcards: * any run, ? one UTF-16 unit. Linear time, but for a run between
 * stars that holds '?': k units of it in a text of n take n*k/64 steps at most.
 */
bool policy_match(struct str pattern, struct str text, bool ignore_case);

#endif
