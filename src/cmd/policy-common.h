#ifndef ROOTOUT_CMD_POLICY_COMMON_H
#define ROOTOUT_CMD_POLICY_COMMON_H

/* What the commands about policies share. */

#include "cmd/cmd.h"
#include "org/org.h"
#include "policy/policy.h"

/* --context KEY=VALUE, KEY[]=VALUE: the option is a LIST. Error in c->err. */
bool policy_cmd_keys(struct cmd *c, struct policy_key **out, size_t *n) MUST_CHECK;
#define POLICY_CMD_CONTEXT                                                                     \
	{                                                                                      \
		"context", 0, OPTION_LIST, "KEY=VALUE",                                        \
			"a condition key; KEY[]=VALUE, again for each value, is multi-valued", \
			NULL                                                                   \
	}
/*
 * What is asked for, as a person writes it: one action, one resource. A pattern of actions and a
 * resource that is no ARN are errors; an action that AWS does not have is told (a note): no
 * policy knows better, and its answer would look like any other. Error in c->err.
 */
bool policy_cmd_action(struct cmd *c, struct str action) MUST_CHECK;
bool policy_cmd_resource(struct cmd *c, struct str resource) MUST_CHECK;
/* An organization's folder; every problem of its files is an error. Error in c->err. */
bool policy_cmd_folder(struct cmd *c, const char *dir, struct org **out) MUST_CHECK;

/* Accounts of which the same is said: rows of a table for people. */
struct policy_cmd_accounts {
	const struct org_account **v;
	size_t n, cap;
};
void policy_cmd_add_account(struct policy_cmd_accounts *l, const struct org_account *acct,
			    struct arena *a);
/* "pos-production", "a, b, c and 9997 more" */
struct str policy_cmd_accounts_text(const struct policy_cmd_accounts *l, struct arena *a);

#endif
