#ifndef ROOTOUT_CMD_POLICY_EVAL_H
#define ROOTOUT_CMD_POLICY_EVAL_H

/*
 * Between the files of `rootout policy eval`:
 *	policy-eval.c		options, policies from files, the order of it all
 *	policy-eval-request.c	who asks for what: from options, or from a recorded event
 *	policy-eval-org.c	policies of a folder or of the live organization
 *	policy-eval-unknown.c	which kinds of policy have a say and are not known
 *	policy-eval-print.c	the answer
 * Each returns false with c->err filled.
 */

#include "cmd/cmd.h"
#include "org/levels.h"
#include "policy/eval.h"
#include "policy/event.h"

struct eval {
	struct cmd *c;
	struct arena *arena;

	struct policy_request req;
	struct policy_set set;

	/* --event */
	const struct val *recorded; /* NULL: none */
	struct policy_event event;

	/* --org, --live */
	struct org *org; /* NULL: only files */
	struct org_levels *levels;
	const struct org_account *principal_account, *resource_account;
	struct org_account_levels scp, rcp;

	enum policy_kind unknown[POLICY_RCP + 1]; /* have a say, and took no part */
	size_t nunknown;

	struct policy_road road;
};

/* --as, --action, --resource, --context …, or --event. */
bool eval_read_request(struct eval *e) MUST_CHECK;
/*
 * --org, --live: SCPs and RCPs, and what was granted to the principal as far as it is
 * known there and --identity does not say otherwise.
 */
bool eval_read_organization(struct eval *e) MUST_CHECK;
/* A key of the request, unless it has one of that name. value STR_NULL: nothing. */
void eval_add_key(struct eval *e, const char *name, struct str value);

/* Of the role, or the role's session, of a permission set: the set's name; else STR_NULL. */
struct str eval_permission_set(struct str arn);
/* The account that owns the resource: as told, as its ARN has it, else the principal's. */
struct str eval_owner(const struct eval *e);
/* Fills e->unknown, with a note for each. After the decision. */
void eval_find_unknown(struct eval *e);

bool eval_print(struct eval *e) MUST_CHECK;
/* For an event that no policy decides. */
bool eval_print_no_policy(struct eval *e) MUST_CHECK;

#endif
