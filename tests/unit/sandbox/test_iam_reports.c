#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"

#include "iam-calls.h"

/* Summary, credential report, account details, access reports, features. */

static void test_the_summary_counts(void **state)
{
	(void)state;
	ok("GetAccountSummary", "{}");
	int64_t users = val_i64(at("SummaryMap", "Users"), -1);
	ok("CreateUser", "{\"UserName\":\"u\"}");
	ok("CreateGroup", "{\"GroupName\":\"g\"}");
	ok("CreatePolicy",
	   "{\"PolicyName\":\"p\",\"PolicyDocument\":\"" DOCUMENT("Allow", "s3:*") "\"}");
	ok("CreateVirtualMFADevice", "{\"VirtualMFADeviceName\":\"m\"}");
	ok("CreateInstanceProfile", "{\"InstanceProfileName\":\"i\"}");
	ok("CreateOpenIDConnectProvider", "{\"Url\":\"https://example.com\"}");
	ok("SetSecurityTokenServicePreferences", "{\"GlobalEndpointTokenVersion\":\"v2Token\"}");
	ok("GetAccountSummary", "{}");
	assert_int_equal(val_i64(at("SummaryMap", "Users"), -1), users + 1);
	assert_int_equal(val_i64(at("SummaryMap", "Groups"), -1), 1);
	assert_int_equal(val_i64(at("SummaryMap", "Policies"), -1), 1);
	assert_int_equal(val_i64(at("SummaryMap", "MFADevices"), -1), 1);
	assert_int_equal(val_i64(at("SummaryMap", "MFADevicesInUse"), -1), 0);
	assert_int_equal(val_i64(at("SummaryMap", "InstanceProfiles"), -1), 1);
	assert_int_equal(val_i64(at("SummaryMap", "Providers"), -1), 1);
	assert_int_equal(val_i64(at("SummaryMap", "GlobalEndpointTokenVersion"), -1), 2);
	assert_int_equal(val_i64(at("SummaryMap", "UsersQuota"), -1), 5000);
}

/* ---- the credential report ---- */

/* A cell of the row of `user`. */
static struct str cell(const char *user, const char *column)
{
	struct str rest = val_str(at("Content")), line, names, field, name;

	assert_true(str_next(&rest, '\n', &names));
	while (str_next(&rest, '\n', &line)) {
		struct str head = names;
		if (!str_startsz(line, user))
			continue;
		while (str_next(&head, ',', &name)) {
			assert_true(str_next(&line, ',', &field));
			if (str_eqz(name, column))
				return field;
		}
		fail_msg("no column %s", column);
	}
	fail_msg("no row %s", user);
	return STR_NULL;
}

static void test_the_credential_report(void **state)
{
	(void)state;
	refused_as(f.production, "GetCredentialReport", "{}", 410, "ReportNotPresent", NULL);
	ok_as(f.production, "CreateUser", "{\"UserName\":\"u\"}");
	ok_as(f.production, "CreateLoginProfile",
	      "{\"UserName\":\"u\",\"Password\":\"Long-Enough-1\"}");
	ok_as(f.production, "GenerateCredentialReport", "{}");
	assert_true(is(at("State"), "STARTED"));
	ok_as(f.production, "GenerateCredentialReport", "{}");
	assert_true(is(at("State"), "COMPLETE"));
	ok_as(f.production, "GetCredentialReport", "{}");
	assert_true(str_eqz(cell("<root_account>", "arn"), "arn:aws:iam::333333333333:root"));
	assert_true(str_eqz(cell("<root_account>", "password_enabled"), "not_supported"));
	assert_true(str_eqz(cell("<root_account>", "mfa_active"), "true"));
	assert_true(str_eqz(cell("<root_account>", "access_key_1_active"), "true"));
	assert_true(str_eqz(cell("<root_account>", "access_key_1_last_used_service"), "s3"));
	assert_true(str_eqz(cell("<root_account>", "access_key_2_active"), "false"));
	int64_t ms;
	assert_true(time_parse_iso(cell("<root_account>", "password_last_used"), &ms));
	assert_true(str_eqz(cell("u,", "password_enabled"), "true"));
	assert_true(str_eqz(cell("u,", "password_last_used"), "no_information"));
	assert_true(time_parse_iso(cell("u,", "password_last_changed"), &ms));
	assert_true(str_eqz(cell("u,", "password_next_rotation"), "N/A"));
	assert_true(str_eqz(cell("administrator,", "password_enabled"), "false"));
}

/* For four hours it tells what was, whatever has become of it. */
static void test_the_credential_report_is_old(void **state)
{
	(void)state;
	ok("GenerateCredentialReport", "{}");
	ok("CreateUser", "{\"UserName\":\"late\"}");
	ok("GenerateCredentialReport", "{}");
	ok("GetCredentialReport", "{}");
	assert_true(str_find(val_str(at("Content")), STR("\nlate,")) < 0);
	sandbox_advance(f.s, INT64_C(4) * 3600 * 1000);
	refused("GetCredentialReport", "{}", 410, "ReportExpired", NULL);
	ok("GenerateCredentialReport", "{}");
	assert_true(is(at("State"), "STARTED"));
	ok("GetCredentialReport", "{}");
	assert_true(str_find(val_str(at("Content")), STR("\nlate,")) > 0);
}

/* ---- account details ---- */

static void test_account_details(void **state)
{
	size_t users = 0, roles = 0, policies = 0, pages = 0;
	struct str marker = STR_NULL;

	(void)state;
	ok("CreatePolicy",
	   "{\"PolicyName\":\"p\",\"PolicyDocument\":\"" DOCUMENT("Allow", "s3:*") "\"}");
	ok("GetAccountAuthorizationDetails", "{\"Filter\":[\"LocalManagedPolicy\"]}");
	assert_int_equal(val_count(at("Policies")), 1);
	assert_int_equal(val_count(at("UserDetailList")), 0);
	const struct val *versions = val_get(val_at(at("Policies"), 0), "PolicyVersionList");
	assert_true(val_get_str(val_at(versions, 0), "Document").n > 0);
	ok("GetAccountAuthorizationDetails", "{\"Filter\":[\"User\",\"AWSManagedPolicy\"]}");
	assert_true(row("Policies", "PolicyName", "AdministratorAccess") != NULL);
	assert_null(row("Policies", "PolicyName", "SecurityAudit")); /* used by nobody */
	const struct val *reader = row("UserDetailList", "UserName", "reader");
	assert_true(
		is(val_get(val_at(val_get(reader, "UserPolicyList"), 0), "PolicyName"), "Read"));
	do {
		ok("GetAccountAuthorizationDetails",
		   str_is_null(marker)
			   ? "{\"MaxItems\":3}"
			   : J("{\"MaxItems\":3,\"Marker\":\"%.*s\"}", STR_ARG(marker)));
		users += val_count(at("UserDetailList"));
		roles += val_count(at("RoleDetailList"));
		policies += val_count(at("Policies"));
		pages++;
		marker = val_str(at("Marker"));
	} while (val_true(at("IsTruncated")));
	assert_true(pages > 2);
	assert_int_equal(users, 5);
	assert_int_equal(roles, 1);
	assert_int_equal(policies, 3); /* p, AdministratorAccess, IAMReadOnlyAccess */
}

/* ---- access reports ---- */

static const char *org_path(const char *unit)
{
	const struct world_org *o = sandbox_world(f.s)->org;

	for (const struct world_unit *u = o->units; u; u = u->next)
		if (str_eqz(u->name, unit)) {
			struct str path = world_org_path(o, u, f.a);
			return arena_dupz(f.a, str_sub(path, 0, path.n - 1));
		}
	fail_msg("no unit %s", unit);
	return NULL;
}

static struct str generate(const char *path)
{
	ok("GenerateOrganizationsAccessReport", J("{\"EntityPath\":\"%s\"}", path));
	return val_str(at("JobId"));
}

static const struct val *report(struct str job)
{
	sandbox_advance(f.s, 60000);
	ok("GetOrganizationsAccessReport", J("{\"JobId\":\"%.*s\"}", STR_ARG(job)));
	return f.out;
}

/* "job reuse within 60 s; second concurrent job 409" */
static void test_access_report_jobs(void **state)
{
	struct str first;

	(void)state;
	first = generate(org_path("Root"));
	assert_int_equal(first.n, 36);
	assert_true(str_eq(generate(org_path("Root")), first));
	ok("GetOrganizationsAccessReport", J("{\"JobId\":\"%.*s\"}", STR_ARG(first)));
	assert_true(is(at("JobStatus"), "IN_PROGRESS"));
	assert_null(at("JobCompletionDate"));
	refused("GenerateOrganizationsAccessReport",
		J("{\"EntityPath\":\"%s\"}", org_path("Production")), 409,
		"ReportGenerationLimitExceeded",
		"The request failed because the maximum number of concurrent requests for this "
		"account are already running.");
	sandbox_advance(f.s, 10000);
	assert_true(str_eq(generate(org_path("Root")), first));
	assert_false(str_eq(generate(org_path("Production")), first));
	sandbox_advance(f.s, 60000);
	assert_false(str_eq(generate(org_path("Root")), first));
	refused("GetOrganizationsAccessReport",
		"{\"JobId\":\"12345678-1234-4123-a123-123456789012\"}", 404, "NoSuchEntity", NULL);
	refused_as(f.production, "GenerateOrganizationsAccessReport",
		   J("{\"EntityPath\":\"%s\"}", org_path("Root")), 403, "AccessDenied", NULL);
}

static void test_an_access_report_knows_policies_and_uses(void **state)
{
	const char *production;

	(void)state;
	production = J("%s/333333333333", org_path("Production"));
	ok_as(f.production, "ListUsers", "{}");
	report(generate(production));
	assert_true(is(at("JobStatus"), "COMPLETED"));
	const struct val *iam = row("AccessDetails", "ServiceNamespace", "iam");
	assert_true(is(val_get(iam, "EntityPath"), production));
	assert_int_equal(val_i64(val_get(iam, "TotalAuthenticatedEntities"), -1), 1);
	assert_null(
		val_get(row("AccessDetails", "ServiceNamespace", "sqs"), "LastAuthenticatedTime"));
	int64_t accessible = val_i64(at("NumberOfServicesAccessible"), 0);
	/* A policy that denies a service takes it out of the report. */
	assert_true(fx_call(
		&f, f.admin, "organizations", "CreatePolicy",
		"{\"Name\":\"no-sqs\",\"Description\":\"d\",\"Type\":"
		"\"SERVICE_CONTROL_POLICY\",\"Content\":\"" DOCUMENT("Deny", "sqs:*") "\"}"));
	struct str id = val_str(at("Policy", "PolicySummary", "Id"));
	assert_true(
		fx_call(&f, f.admin, "organizations", "AttachPolicy",
			J("{\"PolicyId\":\"%.*s\",\"TargetId\":\"333333333333\"}", STR_ARG(id))));
	report(generate(production));
	assert_null(row("AccessDetails", "ServiceNamespace", "sqs"));
	assert_int_equal(val_i64(at("NumberOfServicesAccessible"), 0), accessible - 1);
	struct str job = generate(production);
	report(job);
	assert_true(is(val_get(val_at(at("AccessDetails"), 0), "ServiceNamespace"), "ec2"));
	ok("GetOrganizationsAccessReport",
	   J("{\"JobId\":\"%.*s\",\"SortKey\":\"SERVICE_NAMESPACE_DESCENDING\"}", STR_ARG(job)));
	assert_true(is(val_get(val_at(at("AccessDetails"), 0), "ServiceNamespace"), "sts"));
	ok("GetOrganizationsAccessReport",
	   J("{\"JobId\":\"%.*s\",\"SortKey\":\"LAST_AUTHENTICATED_TIME_DESCENDING\"}",
	     STR_ARG(job)));
	assert_true(is(val_get(val_at(at("AccessDetails"), 0), "ServiceNamespace"), "iam"));
	report(generate(J("%s/999999999999", org_path("Production"))));
	assert_true(is(at("JobStatus"), "FAILED"));
	assert_true(at("ErrorDetails", "Message") != NULL);
}

static void test_last_accessed_details(void **state)
{
	struct str key, job;

	(void)state;
	key = new_user("u", DOCUMENT("Allow", "iam:*"));
	ok_as(key, "ListUsers", "{}");
	refused("GenerateServiceLastAccessedDetails",
		"{\"Arn\":\"arn:aws:iam::111111111111:user/none\"}", 404, "NoSuchEntity", NULL);
	ok("GenerateServiceLastAccessedDetails", "{\"Arn\":\"arn:aws:iam::111111111111:user/u\"}");
	job = val_str(at("JobId"));
	const char *ask = J("{\"JobId\":\"%.*s\"}", STR_ARG(job));
	ok("GetServiceLastAccessedDetails", ask);
	assert_true(is(at("JobStatus"), "IN_PROGRESS"));
	sandbox_advance(f.s, 10000);
	ok("GetServiceLastAccessedDetails", ask);
	assert_true(is(at("JobStatus"), "COMPLETED"));
	assert_int_equal(val_count(at("ServicesLastAccessed")), 1); /* it may nothing else */
	const struct val *iam = row("ServicesLastAccessed", "ServiceNamespace", "iam");
	assert_true(
		is(val_get(iam, "LastAuthenticatedEntity"), "arn:aws:iam::111111111111:user/u"));
	ok("GetServiceLastAccessedDetailsWithEntities",
	   J("{\"JobId\":\"%.*s\",\"ServiceNamespace\":\"iam\"}", STR_ARG(job)));
	const struct val *who = val_get(val_at(at("EntityDetailsList"), 0), "EntityInfo");
	assert_true(is(val_get(who, "Type"), "USER"));
	refused("GenerateServiceLastAccessedDetails",
		"{\"Arn\":\"arn:aws:iam::111111111111:user/u\",\"Granularity\":\"ACTION_LEVEL\"}",
		501, "NotImplemented", NULL);
}

/* ---- features ---- */

static const char *features(void)
{
	struct buf b = BUF_INIT(256);

	VAL_EACH(v, at("EnabledFeatures"))
	buf_addf(&b, "%.*s ", STR_ARG(val_str(v)));
	const char *s = arena_dupz(f.a, buf_str(&b));
	buf_release(&b);
	return s;
}

static void test_features(void **state)
{
	(void)state;
	refused("ListOrganizationsFeatures", "{}", 400, "ServiceAccessNotEnabledException",
		"Trusted Access for IAM not enabled by organization of input account "
		"111111111111.");
	refused_as(f.production, "ListOrganizationsFeatures", "{}", 400,
		   "AccountNotManagementOrDelegatedAdministratorException", NULL);
	assert_true(fx_call(&f, f.admin, "organizations", "EnableAWSServiceAccess",
			    "{\"ServicePrincipal\":\"iam.amazonaws.com\"}"));
	ok("ListOrganizationsFeatures", "{}");
	assert_string_equal(features(), "");
	ok("EnableOrganizationsRootCredentialsManagement", "{}");
	ok("EnableOrganizationsRootSessions", "{}");
	assert_string_equal(features(), "RootSessions RootCredentialsManagement ");
	ok("DisableOrganizationsRootSessions", "{}");
	ok("DisableOrganizationsRootSessions", "{}"); /* again is no error */
	assert_string_equal(features(), "RootCredentialsManagement ");
	/* A delegate may look and disable, not enable. */
	assert_true(fx_call(&f, f.admin, "organizations", "RegisterDelegatedAdministrator",
			    "{\"AccountId\":\"222222222222\",\"ServicePrincipal\":"
			    "\"iam.amazonaws.com\"}"));
	refused_as(f.security, "EnableOrganizationsRootSessions", "{}", 400,
		   "CallerIsNotManagementAccountException", NULL);
	ok_as(f.security, "ListOrganizationsFeatures", "{}");
	ok_as(f.security, "DisableOrganizationsRootCredentialsManagement", "{}");
	assert_string_equal(features(), "");
	assert_true(str_startsz(val_str(at("OrganizationId")), "o-"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SMALL(test_the_summary_counts),
		WITH_SMALL(test_the_credential_report),
		WITH_SMALL(test_the_credential_report_is_old),
		WITH_SMALL(test_account_details),
		WITH_SMALL(test_access_report_jobs),
		WITH_SMALL(test_an_access_report_knows_policies_and_uses),
		WITH_SMALL(test_last_accessed_details),
		WITH_SMALL(test_features),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
