#ifndef ROOTOUT_POLICY_CONTEXT_H
#define ROOTOUT_POLICY_CONTEXT_H

/*
 * The condition keys of a request, from what is known about it.
 *
 *	struct policy_facts f = {
 *		.principal = STR("arn:aws:iam::111122223333:root"),
 *		.assumed_root = true,
 *		.org_id = STR("o-exampleorgid"),
 *		.region = STR("us-east-1"),
 *		.now_ms = clock_now_ms(clock),
 *	};
 *	struct policy_request req = {.principal = f.principal, .action = …, .resource = …};
 *	policy_context(&f, arena, &req);
 *	policy_decide(&set, &req, &decision);
 *
 * A fact that is not given makes no key: absent is not empty, and conditions
 * tell them apart. Zero-initialise the facts and fill what is known. Text is not
 * copied (numbers, dates and names with a tag in them are made in the arena);
 * req->keys lives in the arena. Keys that the caller put into req before are kept
 * and come first, so they win.
 *
 * What policy_decide derives from the request itself (policy/policy.h) has no fact
 * here, unless the caller may know better.
 *
 * Each key is described, with when it is present, at
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-NAME
 * where NAME is the key's name without "aws:", in small letters; NAME stands
 * beside each below.
 */

#include "policy/policy.h"

struct policy_tag {
	struct str key;
	struct str value; /* may be empty: the key is present then */
};

struct policy_tags {
	const struct policy_tag *tags;
	size_t n;
};

/* A yes or no that may also be unknown, or not part of the request. */
enum policy_flag { POLICY_FLAG_ABSENT, POLICY_FLAG_FALSE, POLICY_FLAG_TRUE };

struct policy_facts {
	/* ---- the principal ---- */
	struct str principal; /* as in policy_request */
	/*
	 * principalarn: the role's ARN with its path, which a session's ARN has lost.
	 * STR_NULL: policy_decide puts the ARN together without a path.
	 */
	struct str role_arn;
	/*
	 * userid: a user's unique id, ROLEID:session for a session. STR_NULL: derived
	 * where it can be (for the root user, also in a session of sts:AssumeRoot, it is
	 * the account id).
	 */
	struct str userid;
	struct str org_id; /* principalorgid: "o-…"; STR_NULL: no organization */
	/* principalorgpaths (multi-valued): "o-…/r-…/ou-…/", with the slash at the end */
	struct str org_path;
	struct policy_tags principal_tags; /* principaltag: aws:PrincipalTag/KEY */
	/* assumedroot: "true" in a session of sts:AssumeRoot; absent, not "false", otherwise */
	bool assumed_root;
	struct str source_identity; /* sourceidentity: set when the role was assumed */
	/*
	 * multifactorauthpresent: only with temporary credentials; a long-term access
	 * key has no such key at all, which BoolIfExists is for.
	 */
	enum policy_flag mfa;
	int64_t mfa_age_s;      /* multifactorauthage, in seconds; only with mfa TRUE, 0: absent */
	int64_t token_issue_ms; /* tokenissuetime: of temporary credentials; 0: absent */

	/* ---- the network and the call ---- */
	struct str source_ip; /* sourceip: the public address; absent through a VPC endpoint */
	struct str source_vpc, source_vpce; /* sourcevpc, sourcevpce */
	enum policy_flag secure_transport;  /* securetransport: TLS */
	struct str region;     /* requestedregion: of the endpoint; us-east-1 for global services */
	struct str user_agent; /* useragent */
	int64_t now_ms;        /* currenttime (ISO 8601) and epochtime (seconds); 0: absent */
	/* calledvia (multi-valued, in order; the first and last have keys of their own) */
	const struct str *called_via;
	size_t ncalled_via;
	enum policy_flag via_service; /* viaawsservice; absent: "false" */

	/* ---- the resource ---- */
	struct str resource_org_id;       /* resourceorgid */
	struct str resource_org_path;     /* resourceorgpaths (multi-valued) */
	struct policy_tags resource_tags; /* resourcetag: aws:ResourceTag/KEY */
	/* requesttag: aws:RequestTag/KEY; aws:TagKeys is derived from these */
	struct policy_tags request_tags;
	/* A service that calls with somebody else's resource: sourceaccount, sourcearn */
	struct str source_account, source_arn;
	struct str source_org_id; /* sourceorgid */
};

/* Fills req->keys and req->nkeys; principal, action, resource and the rest stay. */
void policy_context(const struct policy_facts *f, struct arena *a, struct policy_request *req);

/*
 * One more key, for those of a service ("sts:TaskPolicyArn", "iam:PolicyARN"):
 * appended in the arena. policy_context_set is for multi-valued keys.
 */
void policy_context_add(struct policy_request *req, struct arena *a, struct str name,
			struct str value);
void policy_context_set(struct policy_request *req, struct arena *a, struct str name,
			const struct str *values, size_t n);

#endif
