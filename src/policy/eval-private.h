#ifndef ROOTOUT_POLICY_EVAL_PRIVATE_H
#define ROOTOUT_POLICY_EVAL_PRIVATE_H

/* Between eval.c (the road) and eval-text.c (its words). */

#include "policy/eval.h"
#include "policy/policy-private.h"

/* Behind `before`: the condition, what it wants, what the request has. */
struct str condition_text(struct str before, const struct condition *c, struct policy_ctx *ctx,
			  struct arena *a);
/* The same without the request: "StringEquals aws:RequestedRegion 'eu-west-1'". */
struct str condition_wants(const struct condition *c, struct arena *a);
/* A pattern as it was written. */
struct str pattern_text(const struct pattern *p, struct arena *a);
struct str pattern_text_plain(struct str parsed, struct arena *a);
/* "its Action is 's3:get*', 's3:list*'" */
struct str actions_text(const struct statement *s, struct arena *a);
struct str resources_text(const struct statement *s, struct arena *a);
struct str who_text(const struct statement *s, struct arena *a);

#endif
