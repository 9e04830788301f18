#include "sandbox/iam-private.h"

static int64_t others(const struct iam_account *iam, const char *kind)
{
	return (int64_t)val_count(map_get(&iam->others, str_of(kind)));
}

static void put_counts(struct sandbox_request *r, const struct iam_account *iam, struct val *map)
{
	int64_t mfa = 0, in_use = 0, versions = 0;

	for (struct iam_mfa *m = iam->mfa; m; m = m->next) {
		mfa++;
		in_use += m->assigned;
	}
	for (struct iam_managed *p = iam->policies; p; p = p->next)
		versions += (int64_t)IAM_COUNT(p->versions);
	val_set_int(r->arena, map, "Users", (int64_t)IAM_COUNT(iam->users));
	val_set_int(r->arena, map, "Groups", (int64_t)IAM_COUNT(iam->groups));
	val_set_int(r->arena, map, "Roles", (int64_t)IAM_COUNT(iam->roles));
	val_set_int(r->arena, map, "Policies", (int64_t)IAM_COUNT(iam->policies));
	val_set_int(r->arena, map, "PolicyVersionsInUse", versions);
	val_set_int(r->arena, map, "MFADevices", mfa);
	val_set_int(r->arena, map, "MFADevicesInUse", in_use);
	val_set_int(r->arena, map, "ServerCertificates", others(iam, "ServerCertificate"));
	val_set_int(r->arena, map, "InstanceProfiles", others(iam, "InstanceProfile"));
	val_set_int(r->arena, map, "Providers",
		    others(iam, "SAMLProvider") + others(iam, "OpenIDConnectProvider"));
}

/* https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
static void put_quotas(struct sandbox_request *r, struct val *map)
{
	static const struct {
		const char *name;
		int64_t n;
	} quotas[] = {
		{"AccessKeysPerUserQuota", 2},
		{"AssumeRolePolicySizeQuota", 2048},
		{"AttachedPoliciesPerGroupQuota", 10},
		{"AttachedPoliciesPerRoleQuota", 10},
		{"AttachedPoliciesPerUserQuota", 10},
		{"GroupPolicySizeQuota", 5120},
		{"GroupsPerUserQuota", 10},
		{"GroupsQuota", 300},
		{"InstanceProfilesQuota", 1000},
		{"PoliciesQuota", 1500},
		{"PolicySizeQuota", 6144},
		{"PolicyVersionsInUseQuota", 10000},
		{"RolePolicySizeQuota", 10240},
		{"RolesQuota", 1000},
		{"ServerCertificatesQuota", 20},
		{"SigningCertificatesPerUserQuota", 2},
		{"UserPolicySizeQuota", 2048},
		{"UsersQuota", 5000},
		{"VersionsPerPolicyQuota", 5},
	};

	for (size_t i = 0; i < ARRAY_SIZE(quotas); i++)
		val_set_int(r->arena, map, quotas[i].name, quotas[i].n);
}

/* "v1Token" is valid in the regions that are on by default, "v2Token" in all. */
static int64_t token_version(const struct iam_account *iam)
{
	const struct val *kept = iam_other(iam, "Preferences", STR("sts"));

	return str_eqz(val_get_str(kept, "GlobalEndpointTokenVersion"), "v2Token") ? 2 : 1;
}

/* The four Account… members tell of the root user. */
bool iam_get_account_summary(struct sandbox_request *r)
{
	const struct iam_account *iam = &r->who->account->iam;
	struct val *map = val_setz(r->out, "SummaryMap", val_object(r->arena));
	bool mfa = false;

	for (struct iam_mfa *m = iam->mfa; m; m = m->next)
		mfa |= m->assigned && !m->user;
	val_set_int(r->arena, map, "AccountPasswordPresent", iam->root.login != NULL);
	val_set_int(r->arena, map, "AccountAccessKeysPresent", iam->root.keys != NULL);
	val_set_int(r->arena, map, "AccountSigningCertificatesPresent", iam->root.certs != NULL);
	val_set_int(r->arena, map, "AccountMFAEnabled", mfa);
	put_counts(r, iam, map);
	put_quotas(r, map);
	val_set_int(r->arena, map, "GlobalEndpointTokenVersion", token_version(iam));
	return true;
}

/* https://docs.aws.amazon.com/IAM/latest/APIReference/API_SetSecurityTokenServicePreferences.html */
bool iam_set_security_token_service_preferences(struct sandbox_request *r)
{
	struct str version = val_get_str(r->in, "GlobalEndpointTokenVersion");
	struct val *kept = iam_other(&r->who->account->iam, "Preferences", STR("sts"));

	if (!kept)
		kept = iam_new_other(r, "Preferences", STR("sts"));
	iam_set_str(r, kept, "GlobalEndpointTokenVersion", version);
	return true;
}

bool iam_get_account_properties(struct sandbox_request *r)
{
	struct val *map = val_setz(r->out, "Properties", val_object(r->arena));

	val_set_z(r->arena, map, "RoleManager/Enabled", "false");
	return true;
}
