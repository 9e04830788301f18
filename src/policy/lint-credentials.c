/* Actions whose answer is a key, a token or a password, and what reaches the sensitive. */

#include "policy/lint-private.h"

/*
 * Of AWS's Service Authorization Reference and each action's own page. On any
 * resource they are a danger where each resource is somebody else's way in; not
 * where AWS itself limits what comes back (s3:GetDataAccess: to access grants),
 * nor where privilege-escalation tells it (iam:CreateAccessKey).
 */
struct credential {
	const char *action;
	bool danger;
};

static const struct credential credentials[] = {
	{"bedrock-agentcore:GetResourceApiKey", true},
	{"bedrock-agentcore:GetResourceOauth2Token", true},
	{"codeartifact:GetAuthorizationToken", false},
	{"codepipeline:PollForJobs", false},
	{"cognito-identity:GetCredentialsForIdentity", false},
	{"cognito-identity:GetOpenIdToken", false},
	{"cognito-identity:GetOpenIdTokenForDeveloperIdentity", false},
	{"cognito-idp:AssociateSoftwareToken", false},
	{"cognito-idp:DescribeUserPoolClient", false},
	{"connect:GetFederationToken", false},
	{"datazone:GetEnvironmentCredentials", false},
	{"dsql:DbConnect", true},
	{"dsql:DbConnectAdmin", true},
	{"ecr:GetAuthorizationToken", false},
	{"elasticmapreduce:GetClusterSessionCredentials", true},
	{"gamelift:GetInstanceAccess", false},
	{"gamelift:RequestUploadCredentials", false},
	{"iam:CreateAccessKey", false},
	{"iam:CreateLoginProfile", false},
	{"iam:CreateServiceSpecificCredential", true},
	{"iam:ResetServiceSpecificCredential", true},
	{"iam:UpdateAccessKey", false},
	{"lakeformation:GetTemporaryGlueTableCredentials", false},
	{"lightsail:GetInstanceAccessDetails", true},
	{"lightsail:GetRelationalDatabaseMasterUserPassword", true},
	{"mediapackage:RotateIngestEndpointCredentials", true},
	{"rds-db:connect", true},
	{"redshift:GetClusterCredentials", true},
	{"redshift:GetClusterCredentialsWithIAM", true},
	{"redshift-serverless:GetCredentials", true},
	{"s3:GetDataAccess", false},
	{"secretsmanager:BatchGetSecretValue", false},
	{"secretsmanager:GetSecretValue", true},
	{"sts:AssumeRole", true},
	{"sts:AssumeRoleWithSAML", false},
	{"sts:AssumeRoleWithWebIdentity", false},
	{"sts:AssumeRoot", false},
	{"sts:GetFederationToken", false},
	{"sts:GetSessionToken", false},
};

/* Could the statement have named resources instead? */
static bool has_resources(struct lint *l, struct str action)
{
	struct str service, name;
	struct catalogue_service *s;
	const struct catalogue_action *a;
	return l->in->catalogue && str_cut(action, ':', &service, &name) &&
	       (s = catalogue_service(l->in->catalogue, service)) &&
	       (a = catalogue_action(s, name)) && a->nresources;
}

static void item_gives(struct lint *l, const struct lint_statement *s, const struct val *item)
{
	struct str text = val_str(item);
	bool any = !s->conditions && lint_any_resource(s);
	const char *first = NULL;
	size_t n = 0;
	/* Other rules tell of all actions, or all of a service. */
	if (any && (lint_is_all(text) || lint_is_service_star(text)))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(credentials); i++) {
		struct str action = str_of(credentials[i].action);
		if (!lint_may(l, 1 + text.n / 16))
			return;
		if (!policy_match(text, action, true))
			continue;
		if (any && credentials[i].danger && has_resources(l, action) &&
		    !lint_denied(l, action)) {
			lint_at(l, "credentials-on-any", item, "%s of every resource is allowed",
				credentials[i].action);
			return;
		}
		first = first ? first : credentials[i].action;
		n++;
	}
	if (first)
		lint_at(l, "credentials", item, "%s%s answers with credentials", first,
			n > 1 ? ", among others," : "");
}

void lint_rules_of_credentials(struct lint *l, const struct lint_statement *s)
{
	if (!s->allow || s->not_action || l->in->kind != POLICY_IDENTITY)
		return;
	LINT_EACH(item, s->actions)
	{
		if (lint_tired(l))
			return;
		item_gives(l, s, item);
	}
}

/* ---- what the user of the linter has named as sensitive ---- */

static bool reaches(struct lint *l, const struct lint_statement *s, struct str resource)
{
	bool any = false;
	LINT_EACH(item, s->resources)
	{
		struct str r = val_str(item);
		if (!lint_may(l, 4 + r.n * resource.n / 32))
			return true;
		if (s->not_resource && lint_covers(r, resource, false))
			return false;
		any |= !s->not_resource && lint_meet(r, resource, false);
	}
	return any || s->not_resource || !s->resources;
}

static bool is_denied(struct lint *l, struct str action, struct str resource)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct lint_statement *s = &l->st[i];
		if (s->deny && !s->conditions && !s->who && s->resources &&
		    lint_may(l, 8 * (lint_count(s->actions) + lint_count(s->resources))) &&
		    lint_names_action(s, action) && lint_names_resource(s, resource))
			return true;
	}
	return false;
}

/* Of the item's actions, one that is about such a resource. */
static bool is_about(struct lint *l, struct str item, struct str resource)
{
	struct lint_actions set = {0};
	lint_expand(l, item, &set);
	for (size_t i = 0; i < set.n; i++) {
		if (lint_about(l, &set.v[i], resource))
			return true;
	}
	return set.all;
}

static void sensitive(struct lint *l, const struct lint_statement *s,
		      const struct lint_sensitive *x)
{
	bool named = !str_is_null(x->action);
	if (!reaches(l, s, x->resource))
		return;
	if (s->not_action) {
		if (!named ||
		    (lint_names_action(s, x->action) && !is_denied(l, x->action, x->resource)))
			lint_at_name(l, "sensitive-access", s->actions, "'%.*s' is within reach",
				     STR_ARG(x->resource));
		return;
	}
	LINT_EACH(item, s->actions)
	{
		struct str text = val_str(item);
		if (!lint_may(l, 8 + text.n))
			return;
		if (named ? !lint_meet(text, x->action, true) : !is_about(l, text, x->resource))
			continue;
		if (is_denied(l, named ? x->action : text, x->resource))
			continue;
		lint_at(l, "sensitive-access", item, "%.*s of '%.*s' is allowed", STR_ARG(text),
			STR_ARG(x->resource));
		return;
	}
}

void lint_rules_of_sensitive(struct lint *l, const struct lint_statement *s)
{
	if (!s->allow || (l->in->kind != POLICY_IDENTITY && l->in->kind != POLICY_RESOURCE))
		return;
	for (size_t i = 0; i < l->in->nsensitive && !lint_tired(l); i++)
		sensitive(l, s, &l->in->sensitive[i]);
}
