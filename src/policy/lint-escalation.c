/*
 * Ways from a few permissions to all of them. Each line is a set that together
 * suffices, as first collected by Spencer Gietzen (2018) and extended since.
 * https://rhinosecuritylabs.com/aws/aws-privilege-escalation-methods-mitigation/
 */

#include "policy/lint-private.h"

#define MOST 4

struct path {
	const char *how;
	const char *actions[MOST]; /* the first is where the finding stands */
};

static const struct path paths[] = {
	{"makes a version of a policy that it has", {"iam:CreatePolicyVersion"}},
	{"goes back to a wider version of a policy", {"iam:SetDefaultPolicyVersion"}},
	{"makes an access key of an administrator", {"iam:CreateAccessKey"}},
	{"gives an administrator a password", {"iam:CreateLoginProfile"}},
	{"changes an administrator's password", {"iam:UpdateLoginProfile"}},
	{"attaches AdministratorAccess to a user", {"iam:AttachUserPolicy"}},
	{"attaches AdministratorAccess to a group", {"iam:AttachGroupPolicy"}},
	{"attaches AdministratorAccess to a role", {"iam:AttachRolePolicy"}},
	{"writes a policy into a user", {"iam:PutUserPolicy"}},
	{"writes a policy into a group", {"iam:PutGroupPolicy"}},
	{"writes a policy into a role", {"iam:PutRolePolicy"}},
	{"joins the administrators' group", {"iam:AddUserToGroup"}},
	{"lets itself into any role", {"iam:UpdateAssumeRolePolicy", "sts:AssumeRole"}},
	{"takes its permissions boundary off", {"iam:DeleteUserPermissionsBoundary"}},
	{"takes a role's permissions boundary off", {"iam:DeleteRolePermissionsBoundary"}},
	{"starts an instance with any role", {"iam:PassRole", "ec2:RunInstances"}},
	{"gives an instance any role", {"iam:PassRole", "ec2:AssociateIamInstanceProfile"}},
	{"runs a function with any role",
	 {"iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"}},
	{"has events run a function with any role",
	 {"iam:PassRole", "lambda:CreateFunction", "lambda:CreateEventSourceMapping"}},
	{"lets others run a function with any role",
	 {"iam:PassRole", "lambda:CreateFunction", "lambda:AddPermission"}},
	{"changes a function that has a wider role", {"lambda:UpdateFunctionCode"}},
	{"puts code into a function that has a wider role", {"lambda:UpdateFunctionConfiguration"}},
	{"makes a Glue endpoint with any role", {"iam:PassRole", "glue:CreateDevEndpoint"}},
	{"gets into a Glue endpoint that has a wider role", {"glue:UpdateDevEndpoint"}},
	{"runs a Glue job with any role", {"iam:PassRole", "glue:CreateJob", "glue:StartJobRun"}},
	{"changes a Glue job to any role", {"iam:PassRole", "glue:UpdateJob", "glue:StartJobRun"}},
	{"has CloudFormation act with any role", {"iam:PassRole", "cloudformation:CreateStack"}},
	{"has a pipeline act with any role",
	 {"iam:PassRole", "datapipeline:CreatePipeline", "datapipeline:PutPipelineDefinition",
	  "datapipeline:ActivatePipeline"}},
	{"has CodeBuild act with any role",
	 {"iam:PassRole", "codebuild:CreateProject", "codebuild:StartBuild"}},
	{"changes a build to any role",
	 {"iam:PassRole", "codebuild:UpdateProject", "codebuild:StartBuild"}},
	{"opens a notebook with any role",
	 {"iam:PassRole", "sagemaker:CreateNotebookInstance",
	  "sagemaker:CreatePresignedNotebookInstanceUrl"}},
	{"trains with any role", {"iam:PassRole", "sagemaker:CreateTrainingJob"}},
	{"processes data with any role", {"iam:PassRole", "sagemaker:CreateProcessingJob"}},
	{"runs a container with any role",
	 {"iam:PassRole", "ecs:RegisterTaskDefinition", "ecs:RunTask"}},
	{"runs a state machine with any role",
	 {"iam:PassRole", "states:CreateStateMachine", "states:StartExecution"}},
	{"gives an App Runner service any role", {"iam:PassRole", "apprunner:CreateService"}},
	{"runs a code interpreter with any role",
	 {"iam:PassRole", "bedrock-agentcore:CreateCodeInterpreter",
	  "bedrock-agentcore:InvokeCodeInterpreter"}},
	{"runs commands on an instance that has a wider role", {"ssm:SendCommand"}},
	{"gets a shell on an instance that has a wider role", {"ssm:StartSession"}},
	{"assigns itself a permission set", {"sso:CreateAccountAssignment"}},
	{"widens its permission set", {"sso:PutInlinePolicyToPermissionSet"}},
	{"attaches AdministratorAccess to its permission set",
	 {"sso:AttachManagedPolicyToPermissionSet"}},
	{"joins the administrators' group of Identity Center",
	 {"identitystore:CreateGroupMembership"}},
	{"becomes the root user of a member account", {"sts:AssumeRoot"}},
};

/* Is everything allowed, so that a way there is no news? */
static bool is_administrator(const struct lint *l)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct lint_statement *s = &l->st[i];
		LINT_EACH(item, s->allow && !s->not_action ? s->actions : NULL)
		{
			if (str_eqz(val_str(item), "*") || str_eqz(val_str(item), "*:*"))
				return lint_any_resource(s) && !s->conditions;
		}
	}
	return false;
}

bool lint_denied(struct lint *l, struct str action)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct lint_statement *s = &l->st[i];
		if (s->deny && !s->conditions && lint_any_resource(s) &&
		    lint_may(l, 8 * lint_count(s->actions)) && lint_names_action(s, action))
			return true;
	}
	return false;
}

/*
 * Where the action is allowed: without a condition and on more than named resources, or
 * anyhow. "*" with a condition is left to its reader.
 */
static const struct val *allowed(struct lint *l, struct str action, bool anyhow)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct lint_statement *s = &l->st[i];
		if (!s->allow || (!anyhow && (s->conditions || !lint_wide_resource(s))))
			continue;
		if (s->not_action) {
			if (lint_names_action(s, action))
				return s->actions;
			continue;
		}
		LINT_EACH(item, s->actions)
		{
			struct str text = val_str(item);
			if (anyhow && lint_is_all(text))
				continue;
			if (lint_may(l, 2 + text.n / 8) && policy_match(text, action, true))
				return item;
		}
	}
	return NULL;
}

/* The item where the way begins; NULL: it is none. */
static const struct val *follow(struct lint *l, const struct path *p, bool anyhow,
				struct str *names)
{
	const struct val *at = NULL;
	*names = STR("");
	for (size_t i = 0; i < MOST && p->actions[i]; i++) {
		struct str action = str_of(p->actions[i]);
		const struct val *found = allowed(l, action, anyhow);
		if (!found || lint_denied(l, action))
			return NULL;
		at = at ? at : found;
		*names = arena_printf(l->a, "%.*s%s%s", STR_ARG(*names), i ? " + " : "",
				      p->actions[i]);
	}
	return at;
}

void lint_rules_of_escalation(struct lint *l)
{
	const struct val *told[ARRAY_SIZE(paths)] = {NULL};
	if (l->in->kind != POLICY_IDENTITY || is_administrator(l))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		struct str names;
		if (!lint_may(l, 1000))
			return;
		const struct val *at = follow(l, &paths[i], false, &names);
		if (at) {
			lint_at(l, "privilege-escalation", at, "%.*s: who has it %s",
				STR_ARG(names), paths[i].how);
			continue;
		}
		if (!lint_asks(l, LINT_NOTE) || !(at = follow(l, &paths[i], true, &names)))
			continue;
		/* Once for each action of the document. */
		size_t k = 0;
		while (told[k] && told[k] != at)
			k++;
		if (!told[k])
			lint_at(l, "escalation-limited", at, "%.*s: who has it %s, within limits",
				STR_ARG(names), paths[i].how);
		told[k] = at;
	}
}
