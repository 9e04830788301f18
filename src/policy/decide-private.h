#ifndef ROOTOUT_POLICY_DECIDE_PRIVATE_H
#define ROOTOUT_POLICY_DECIDE_PRIVATE_H

/*
 * Between decide.c (the order of the decision) and compile.c (finding the
 * statements that can matter without looking at the others).
 *
 *	decider_init(&d, set, &ctx, out);
 *	for each statement, kinds in the order RCP, SCP, resource, identity,
 *	boundary, session, levels and statements in their order:
 *		if (decider_wants(&d, kind, level, deny) &&
 *		    decider_look(&d, kind, level, policy, i, …))
 *			return;		// denied, *out says by what
 *	decider_finish(&d);
 */

#include "policy/policy-private.h"

struct found {
	const struct policy *policy; /* NULL: nothing */
	size_t statement;
	enum who_match who;
};

#define POLICY_KINDS (POLICY_RCP + 1)

struct decider {
	const struct policy_set *set;
	struct policy_ctx *ctx;
	struct policy_decision *out;
	bool on[POLICY_KINDS];            /* this kind has a say in this request */
	bool mends;                       /* Deny statements of the resource do not count */
	bool unconditional;               /* no policy has a say, an explicit Deny neither */
	bool barred;                      /* a root user, whom nothing allows it */
	struct found allow[POLICY_KINDS]; /* not SCP */
	size_t scp_allowed;               /* levels from the root on that allow */
};

/* Is it one of the calls that no policy allows a root user? */
bool decider_bars(const struct policy_ctx *ctx);

void decider_init(struct decider *d, const struct policy_set *set, struct policy_ctx *ctx,
		  struct policy_decision *out);
/* Can a statement with this effect still change the decision? */
bool decider_wants(const struct decider *d, enum policy_kind kind, size_t level, bool deny);
/* True: it denies. action_known: its Action was found to match already. */
bool decider_look(struct decider *d, enum policy_kind kind, size_t level, const struct policy *p,
		  size_t i, bool action_known);
void decider_finish(const struct decider *d);
/* All of it, for a request that is prepared; d->on is set unless the request is impossible. */
void decider_decide(struct decider *d, const struct policy_set *set, struct policy_ctx *ctx,
		    struct policy_decision *out);

#endif
