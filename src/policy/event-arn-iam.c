/*
 * The ARN of what IAM's parameters name. They have names, and the ARN has a path:
 * only what was just made, and the caller itself, has its path in the event.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
 */

#include "policy/event-private.h"

static bool is_one_of(struct str s, const char *const *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (str_eqz(s, v[i]))
			return true;
	}
	return false;
}

/* Without userName these are about the caller: "IAM determines the user name implicitly".
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccessKey.html */
static const char *const own[] = {
	"ChangePassword",
	"CreateAccessKey",
	"CreateLoginProfile",
	"CreateServiceSpecificCredential",
	"DeactivateMFADevice",
	"DeleteAccessKey",
	"DeleteLoginProfile",
	"DeleteServiceSpecificCredential",
	"DeleteSigningCertificate",
	"GetLoginProfile",
	"GetUser",
	"ListAccessKeys",
	"ListMFADevices",
	"ListSSHPublicKeys",
	"ListServiceSpecificCredentials",
	"ListSigningCertificates",
	"ResetServiceSpecificCredential",
	"UpdateAccessKey",
	"UpdateServiceSpecificCredential",
	"UpdateSigningCertificate",
	"UploadSigningCertificate",
};

/* The caller itself, whose path userIdentity has: "…:user/ops/ann" for "ann". */
static bool is_own(struct str arn, const char *type, struct str name)
{
	struct arn parts;

	return arn_split(arn, &parts) && str_startsz(parts.part[5], type) &&
	       str_eq(str_from(arn, (size_t)str_rchr(arn, '/') + 1), name);
}

/* What is created has the path of the request ("/" without one); the rest may have any. */
static struct str iam_named(struct event_reading *r, const char *type, struct str name)
{
	static const char *const makers[] = {"CreateGroup", "CreateInstanceProfile", "CreatePolicy",
					     "CreateRole", "CreateUser"};
	struct str path = event_param(r, "path");

	if (is_own(r->facts.principal, type, name) && EVENT_IS(r->identity.type, "IAMUser"))
		return r->facts.principal;
	if (!r->out->role_path_unknown && is_own(r->facts.role_arn, type, name))
		return r->facts.role_arn;
	if (is_one_of(r->action, makers, ARRAY_SIZE(makers))) {
		path = str_startsz(path, "/") ? str_from(path, 1) : STR("");
		return event_arn_extended(r, event_arn(r, STR("iam"), PLACE_ACCOUNT, type, path),
					  name, STR(""));
	}
	r->out->resource_path_unknown = true;
	return event_arn(r, STR("iam"), PLACE_ACCOUNT, type, name);
}

/* responseElements.role.arn and the like: what was made, with its path. */
static struct str iam_made(const struct event_reading *r)
{
	VAL_EACH(made, r->event.response)
	{
		struct str arn = val_get_str(made, "arn");

		if (event_arn_fits(r, arn))
			return arn;
	}
	return STR_NULL;
}

struct str event_iam_resource(struct event_reading *r)
{
	static const struct {
		const char *param, *type;
	} kinds[] = {
		{"instanceProfileName", "instance-profile/"},
		{"groupName", "group/"},
		{"roleName", "role/"},
		{"userName", "user/"},
		{"policyName", "policy/"},
		{"serverCertificateName", "server-certificate/"},
	};
	static const char *const arns[] = {"policyArn", "sAMLProviderArn", "samlProviderArn",
					   "openIDConnectProviderArn", "policySourceArn"};
	struct str found = STR_NULL;

	if (str_startsz(r->action, "Create"))
		found = iam_made(r);
	for (size_t i = 0; !found.n && i < ARRAY_SIZE(kinds); i++) {
		struct str name = event_param(r, kinds[i].param);

		/* policyName is an inline policy's name everywhere else */
		if (name.n && (i != 4 || EVENT_IS(r->action, "CreatePolicy")))
			found = iam_named(r, kinds[i].type, name);
	}
	for (size_t i = 0; !found.n && i < ARRAY_SIZE(arns); i++) {
		struct str arn = event_param(r, arns[i]);

		found = event_arn_fits(r, arn) ? arn : STR_NULL;
	}
	if (!found.n && event_acts_on(r, "VirtualMFADevice") &&
	    event_arn_fits(r, event_param(r, "serialNumber")))
		found = event_param(r, "serialNumber");
	if (!found.n && EVENT_IS(r->identity.type, "IAMUser") &&
	    is_one_of(r->action, own, ARRAY_SIZE(own)))
		found = r->facts.principal;
	return found;
}
