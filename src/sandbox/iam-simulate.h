#ifndef ROOTOUT_SANDBOX_IAM_SIMULATE_H
#define ROOTOUT_SANDBOX_IAM_SIMULATE_H

/*
 * The policy simulator: SimulateCustomPolicy and SimulatePrincipalPolicy.
 *
 *	iam-simulate.c		the operations: what takes part, page by page
 *	iam-simulate-input.c	documents, context entries, names, ARNs, options
 *	iam-simulate-exclude.c	PolicyExclusionList
 *	iam-simulate-answer.c	one action: the decision on each resource, and how it is told
 *
 * Every decision is policy/'s, by the rules of real decisions; what AWS's
 * simulator does otherwise, and which messages are AWS's and which ours, is listed
 * in docs/sandbox.md. The contract is that of
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_testing-policies.html
 */

#include "policy/inspect.h"
#include "sandbox/iam-access.h"

/* A policy whose statements are told as matched: the identity's, or the resource's. */
struct sim_source {
	const struct policy *policy;
	struct str id; /* "PolicyInputList.1", "user_hanako_p", "AdministratorAccess" */
	struct str text;
	bool resource;
	/* Of use while answering. */
	struct policy_span *spans; /* NULL: not looked for yet */
	size_t *found;             /* of the resource at hand, nfound of them */
	size_t nfound;
	bool *told; /* by statement: to be told for the action */
};

struct simulation {
	struct sandbox_request *r;
	struct sim_source *sources;
	size_t n, cap;
	struct iam_documents documents; /* of the sources, for the keys that they ask for */
	struct policy_set set;
	struct policy_request base; /* principal and keys; action and resource differ */
	struct str account;         /* the simulated caller's */
	struct str owner;           /* ResourceOwner's account; STR_NULL: the caller's */
	const struct val *resources;
	struct val *missing; /* MissingContextValues */
	size_t rows;         /* in the answer so far */
};

/*
 * So many results and matched statements end a page, at some 500 bytes each:
 * "Note that IAM might return fewer than the MaxItems number of results even when
 * there are more results available." One action that has more is refused.
 */
#define SIM_ROWS 10000
#define SIM_KEYS_OF_ROW 8 /* missing keys that weigh as much */

bool sim_invalid(struct simulation *s, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* ---- iam-simulate-input.c: each refuses what it cannot take ---- */

void sim_add_source(struct simulation *s, const struct policy *p, struct str id, struct str text,
		    bool resource);
bool sim_read_policies(struct simulation *s) MUST_CHECK; /* PolicyInputList */
bool sim_read_boundary(struct simulation *s) MUST_CHECK; /* its list, when there is one */
bool sim_read_levels(struct simulation *s) MUST_CHECK;   /* OrderedOrganizationPolicyInputList */
/* ResourcePolicy and ResourceOwner; `caller`: STR_NULL when nobody is named. */
bool sim_read_resource_policy(struct simulation *s, struct str caller) MUST_CHECK;
bool sim_read_actions(struct simulation *s) MUST_CHECK;
bool sim_read_resources(struct simulation *s) MUST_CHECK; /* ResourceHandlingOption too */
/* The caller and all condition keys; fills s->base. */
bool sim_read_request(struct simulation *s, struct str caller) MUST_CHECK;

/* "arn:aws:iam::ID:user/a/b": kind, account and name; false: no user, group or role. */
bool sim_entity_of(struct str arn, enum iam_kind *kind, struct str *account, struct str *name);
bool sim_bad_entity(struct simulation *s, struct str arn); /* refuses it in AWS's words */

/* ---- iam-simulate-exclude.c ---- */

enum sim_origin { SIM_INLINE, SIM_MANAGED, SIM_BOUNDARY, SIM_SCPS };
bool sim_check_exclusions(struct simulation *s) MUST_CHECK;
/* e and name: of an inline policy; managed: of one. What is not asked for is NULL. */
bool sim_excluded(const struct simulation *s, enum sim_origin origin, const struct iam_entity *e,
		  struct str name, const struct iam_managed *managed);

/* ---- iam-simulate-answer.c ---- */

struct sim_work {
	struct arena *scratch;       /* emptied after each decision */
	struct catalogue *catalogue; /* forms of ARNs, by action */
};
/* Adds the action's EvaluationResult to `list`; false: too large for any answer. */
bool sim_answer(struct simulation *s, const struct sim_work *w, struct str action,
		struct val *list) MUST_CHECK;

#endif
