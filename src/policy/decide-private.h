#ifndef ROOTOUT_POLICY_DECIDE_PRIVATE_H
#define ROOTOUT_POLICY_DECIDE_PRIVATE_H

/*
 * Between decide.c (the order of the decision) and compile.c (finding the
 * statements that can matter without looking at the others).
 */

#include "policy/policy-private.h"

struct found {
	const struct policy *policy; /* NULL: nothing */
	size_t statement;
	enum who_match who;
};

struct layer_result {
	struct found deny;
	struct found allow;
};

struct layer_index; /* compile.c */

/* One kind of policy, for SCPs and RCPs on one level. */
struct layer {
	enum policy_kind kind;
	size_t level;
	struct policy_list list;
	bool no_deny;                    /* its Deny statements do not count for this request */
	const struct layer_index *index; /* NULL: look at every statement */
};

struct decider {
	const struct policy_set *set;
	struct policy_ctx *ctx;
	const struct policy_engine *engine; /* NULL: not compiled */
};

/* One look at a statement; true when it denies. */
bool layer_statement(const struct layer *l, const struct policy *p, size_t i,
		     struct policy_ctx *ctx, struct layer_result *r);
void policy_decide_with(const struct decider *d, struct policy_decision *out);

#endif
