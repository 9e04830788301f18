#ifndef ROOTOUT_SANDBOX_AWS_POLICIES_H
#define ROOTOUT_SANDBOX_AWS_POLICIES_H

/*
 * AWS's own managed policies, as far as the sandbox has them: the five task
 * policies of root sessions word for word (task-policies.c), and the common
 * ones of policy/managed.h.
 */

#include "sandbox/world.h"

struct aws_policy {
	const char *name, *path, *id, *created, *description;
	const char *document;
};

extern const struct aws_policy task_policies[];
extern const size_t task_policies_count;

/* Which of the two features of centralized root access a task belongs to. */
enum root_task { ROOT_TASK_NONE, ROOT_TASK_IAM, ROOT_TASK_RESOURCE };
/* Of "arn:aws:iam::aws:policy/root-task/NAME"; NONE: not a task policy. */
enum root_task task_policy_kind(struct str arn);

void aws_policies_load(struct world *w); /* into w->aws_policies */

#endif
