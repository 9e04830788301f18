#ifndef ROOTOUT_POLICY_EVAL_PRIVATE_H
#define ROOTOUT_POLICY_EVAL_PRIVATE_H

/* Between eval.c (the road) and eval-text.c (its words). */

#include "base/buf.h"
#include "policy/eval.h"
#include "policy/policy-private.h"

/* The condition, what it wants, what the request has. */
struct str condition_text(const struct condition *c, struct policy_ctx *ctx, struct arena *a);
/* "its Action is 's3:get*', 's3:list*'" */
struct str actions_text(const struct statement *s, struct arena *a);
struct str resources_text(const struct statement *s, struct arena *a);
struct str who_text(const struct statement *s, struct arena *a);

#endif
