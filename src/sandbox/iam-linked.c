#include "base/digest.h"
#include "sandbox/iam-private.h"

/*
 * Service-linked roles.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/using-service-linked-roles.html
 * Each service says how its role is called; the sandbox knows the commonest.
 */
#define KIND "ServiceLinkedRoleDeletion"

static const struct service {
	const char *principal, *role;
	bool suffix; /* takes a CustomSuffix */
} services[] = {
	{"access-analyzer.amazonaws.com", "AWSServiceRoleForAccessAnalyzer", false},
	{"autoscaling.amazonaws.com", "AWSServiceRoleForAutoScaling", true},
	{"backup.amazonaws.com", "AWSServiceRoleForBackup", false},
	{"cloudtrail.amazonaws.com", "AWSServiceRoleForCloudTrail", false},
	{"cloudwatch-crossaccount.amazonaws.com", "AWSServiceRoleForCloudWatchCrossAccount", false},
	{"config.amazonaws.com", "AWSServiceRoleForConfig", false},
	{"controltower.amazonaws.com", "AWSServiceRoleForAWSControlTower", false},
	{"ecs.amazonaws.com", "AWSServiceRoleForECS", false},
	{"eks.amazonaws.com", "AWSServiceRoleForAmazonEKS", false},
	{"elasticache.amazonaws.com", "AWSServiceRoleForElastiCache", false},
	{"elasticloadbalancing.amazonaws.com", "AWSServiceRoleForElasticLoadBalancing", false},
	{"guardduty.amazonaws.com", "AWSServiceRoleForAmazonGuardDuty", false},
	{"inspector2.amazonaws.com", "AWSServiceRoleForAmazonInspector2", false},
	{"lex.amazonaws.com", "AWSServiceRoleForLexBots", true},
	{"macie.amazonaws.com", "AWSServiceRoleForAmazonMacie", false},
	{"organizations.amazonaws.com", "AWSServiceRoleForOrganizations", false},
	{"rds.amazonaws.com", "AWSServiceRoleForRDS", false},
	{"securityhub.amazonaws.com", "AWSServiceRoleForSecurityHub", false},
	{"spot.amazonaws.com", "AWSServiceRoleForEC2Spot", false},
	{"ssm.amazonaws.com", "AWSServiceRoleForAmazonSSM", false},
	{"sso.amazonaws.com", "AWSServiceRoleForSSO", false},
	{"support.amazonaws.com", "AWSServiceRoleForSupport", false},
	{"trustedadvisor.amazonaws.com", "AWSServiceRoleForTrustedAdvisor", false},
};

static const struct service *find_service(struct str principal)
{
	for (size_t i = 0; i < ARRAY_SIZE(services); i++)
		if (str_eqz(principal, services[i].principal))
			return &services[i];
	return NULL;
}

static struct str path_of(struct sandbox_request *r, struct str principal)
{
	return arena_printf(r->arena, "/aws-service-role/%.*s/", STR_ARG(principal));
}

static struct str name_of(struct sandbox_request *r, const struct service *s, struct str suffix)
{
	return str_is_null(suffix) ? str_of(s->role)
				   : arena_printf(r->arena, "%s_%.*s", s->role, STR_ARG(suffix));
}

struct str iam_linked_role_arn(struct sandbox_request *r)
{
	struct str principal = val_get_str(r->in, "AWSServiceName");
	struct str role_name = val_get_str(r->in, "RoleName");
	const struct service *s = find_service(principal);
	const struct iam_role *role;

	if (str_is_null(principal)) {
		role = iam_role(&r->who->account->iam, role_name);
		return role ? role->arn : iam_make_arn(r, "role", STR("/"), role_name);
	}
	return iam_make_arn(r, "role", path_of(r, principal),
			    s ? name_of(r, s, val_get_str(r->in, "CustomSuffix")) : STR("*"));
}

bool iam_create_service_linked_role(struct sandbox_request *r)
{
	struct str principal = val_get_str(r->in, "AWSServiceName");
	struct str suffix = val_get_str(r->in, "CustomSuffix");
	struct str description = val_get_str(r->in, "Description");
	const struct service *s = find_service(principal);
	struct world_account *acct = r->who->account;

	if (!s)
		return sandbox_fault(r, 400, "InvalidInput",
				     "The sandbox knows no service-linked role of %.*s.",
				     STR_ARG(principal));
	if (!str_is_null(suffix) && !s->suffix)
		return sandbox_fault(r, 400, "InvalidInput",
				     "Custom suffix is not allowed for %.*s", STR_ARG(principal));
	struct str name = name_of(r, s, suffix);
	if (iam_role(&acct->iam, name))
		return sandbox_fault(r, 400, "InvalidInput",
				     "Service role name %.*s has been taken in this account, "
				     "please try a different suffix.",
				     STR_ARG(name));
	struct str trust = arena_printf(r->arena,
					"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Action\":"
					"[\"sts:AssumeRole\"],\"Effect\":\"Allow\",\"Principal\":"
					"{\"Service\":[\"%.*s\"]}}]}",
					STR_ARG(principal));
	struct iam_role *role = world_make_role(r->world, acct, path_of(r, principal), name, trust,
						&r->rng, r->now_ms);
	role->service_linked = true;
	if (description.n)
		role->description = world_str(r->world, description);
	struct val *o = val_setz(r->out, "Role", iam_show_role(r, role, false));
	val_remove(o, STR("MaxSessionDuration"));
	return true;
}

/* ---- deleting ---- */

/* "task/aws-service-role/<service-principal-name>/<role-name>/<task-uuid>" */
static struct str new_task(struct sandbox_request *r, const struct iam_role *role)
{
	char id[33];

	rng_text(&r->rng, "0123456789abcdef", id, 32);
	return world_printf(r->world, "task%.*s%.*s/%.8s-%.4s-4%.3s-a%.3s-%.12s",
			    STR_ARG(role->path), STR_ARG(role->name), id, id + 8, id + 12, id + 16,
			    id + 20);
}

/* Nothing here uses such a role, so its deletion has succeeded when anybody asks. */
bool iam_delete_service_linked_role(struct sandbox_request *r)
{
	struct iam_role *role = iam_need_role(r, val_get_str(r->in, "RoleName"));

	if (!role)
		return false;
	if (!role->service_linked)
		return sandbox_fault(r, 404, "NoSuchEntity",
				     "The role with name %.*s is not a service-linked role.",
				     STR_ARG(role->name));
	struct str task = new_task(r, role);
	struct val *deletion = iam_new_other(r, KIND, task);
	iam_set_str(r, deletion, "RoleName", role->name);
	iam_set_time(r, deletion, "CreateDate", r->now_ms);
	iam_remove_role(r, role);
	val_set_str(r->arena, r->out, "DeletionTaskId", task);
	return true;
}

bool iam_get_service_linked_role_deletion_status(struct sandbox_request *r)
{
	struct str task = val_get_str(r->in, "DeletionTaskId");

	if (!iam_other(&r->who->account->iam, KIND, task))
		return sandbox_fault(r, 404, "NoSuchEntity",
				     "The deletion task id %.*s cannot be found.", STR_ARG(task));
	val_set_z(r->arena, r->out, "Status", "SUCCEEDED");
	return true;
}
