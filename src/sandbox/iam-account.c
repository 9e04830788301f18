#include "sandbox/iam-private.h"

#define COUNT(list, type)                                  \
	({                                                 \
		int64_t n_ = 0;                            \
		for (type *x_ = (list); x_; x_ = x_->next) \
			n_++;                              \
		n_;                                        \
	})

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
		versions += COUNT(p->versions, struct iam_version);
	val_set_int(r->arena, map, "Users", COUNT(iam->users, struct iam_user));
	val_set_int(r->arena, map, "Groups", COUNT(iam->groups, struct iam_group));
	val_set_int(r->arena, map, "Roles", COUNT(iam->roles, struct iam_role));
	val_set_int(r->arena, map, "Policies", COUNT(iam->policies, struct iam_managed));
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
		{"GlobalEndpointTokenVersion", 1},
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
	return true;
}

bool iam_get_account_properties(struct sandbox_request *r)
{
	struct val *map = val_setz(r->out, "Properties", val_object(r->arena));

	val_set_z(r->arena, map, "RoleManager/Enabled", "false");
	return true;
}
