#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sandbox/iam-private.h"

#include "iam-calls.h"

/* Keys, passwords, devices and certificates, of users and of root. */

static const char certificate[] =
	"-----BEGIN CERTIFICATE-----\\n"
	"MIIBejCCAR+gAwIBAgIULmCvBeJPzPI7JLM+w9YwwX+c0wIwCgYIKoZIzj0EAwIw\\n"
	"EjEQMA4GA1UEAwwHZXhhbXBsZTAeFw0yNjExMjMxNzAyMDRaFw0zNjExMjAxNzAy\\n"
	"MDRaMBIxEDAOBgNVBAMMB2V4YW1wbGUwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC\\n"
	"AARaoP3DALa2GIknbkEsuZ8jZ1jKKnAx2aesxUoPzSvl4gzNQleNehF6cQr/ZTuT\\n"
	"TNTcs2A12Sp9+fDpKswkkcNZo1MwUTAdBgNVHQ4EFgQUFHQicZMKv9ghPnqSIFcj\\n"
	"UQxqZ/swHwYDVR0jBBgwFoAUFHQicZMKv9ghPnqSIFcjUQxqZ/swDwYDVR0TAQH/\\n"
	"BAUwAwEB/zAKBggqhkjOPQQDAgNJADBGAiEAr6aS8IbU8p8YmXhiLYySLoCSmQFp\\n"
	"TQ1mpF8Nr1/Pho8CIQCXetZg2wHmKJt7VWkWQuUVsrlthffXBDI24MHhcS9TjA==\\n"
	"-----END CERTIFICATE-----";
#define NOT_AFTER_MS INT64_C(2110813324000) /* 2036-11-20T17:02:04Z */

/* Ends in 2081, so its time is a GeneralizedTime. */
static const char far_certificate[] =
	"-----BEGIN CERTIFICATE-----\n"
	"MIIBczCCARmgAwIBAgIUKgkX8bOY8JHN/lqxN4WCpiTQCB4wCgYIKoZIzj0EAwIw\n"
	"DjEMMAoGA1UEAwwDZmFyMCAXDTI2MTEyMzE3MDIwNVoYDzIwODEwODI2MTcwMjA1\n"
	"WjAOMQwwCgYDVQQDDANmYXIwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASOvOqM\n"
	"hnYPxoii7KlxxvezAotZQ3Jl/ls0DVOokar4pia1ueMwAp5xPOBF0n9k5bOIIuJS\n"
	"gZtByuhnYSb6tVdjo1MwUTAdBgNVHQ4EFgQUhc8q4fV8TpckBcV9EpmPZQU4eKow\n"
	"HwYDVR0jBBgwFoAUhc8q4fV8TpckBcV9EpmPZQU4eKowDwYDVR0TAQH/BAUwAwEB\n"
	"/zAKBggqhkjOPQQDAgNIADBFAiAoGOS8aZZbuBiEgx84s1Kyb+noXbksfMKsaGal\n"
	"7L1aRgIhALaY/oSjF2msz3a/vvClNAb/Lre2VwDZXKTTbmwJlTkg\n"
	"-----END CERTIFICATE-----\n";
#define FAR_MS INT64_C(3523453325000) /* 2081-08-26T17:02:05Z */

static struct fx_creds root_of(const char *account, const char *task)
{
	assert_true(fx_assume_root(&f, f.admin, account, task));
	return fx_session(&f);
}

/* ---- keys ---- */

static void test_two_keys_each(void **state)
{
	(void)state;
	ok("CreateUser", "{\"UserName\":\"u\"}");
	ok("CreateAccessKey", "{\"UserName\":\"u\"}");
	assert_int_equal(val_str(at("AccessKey", "AccessKeyId")).n, 20);
	assert_int_equal(val_str(at("AccessKey", "SecretAccessKey")).n, 40);
	assert_true(is(at("AccessKey", "Status"), "Active"));
	ok("CreateAccessKey", "{\"UserName\":\"u\"}");
	refused("CreateAccessKey", "{\"UserName\":\"u\"}", 409, "LimitExceeded",
		"Cannot exceed quota for AccessKeysPerUser: 2");
	ok("ListAccessKeys", "{\"UserName\":\"u\"}");
	assert_int_equal(val_count(at("AccessKeyMetadata")), 2);
	assert_true(is(val_get(val_at(at("AccessKeyMetadata"), 0), "UserName"), "u"));
	struct str first = val_get_str(val_at(at("AccessKeyMetadata"), 0), "AccessKeyId");
	ok("ListAccessKeys", "{\"UserName\":\"u\",\"MaxItems\":1}");
	assert_int_equal(val_count(at("AccessKeyMetadata")), 1);
	ok("ListAccessKeys", J("{\"UserName\":\"u\",\"MaxItems\":1,\"Marker\":\"%.*s\"}",
			       STR_ARG(val_str(at("Marker")))));
	assert_false(str_eq(val_get_str(val_at(at("AccessKeyMetadata"), 0), "AccessKeyId"), first));
}

static int status_of(struct str key, const char *code)
{
	const struct fx_http call = {.creds = fx_creds_of(&f, key),
				     .service = "sts",
				     .op = "GetCallerIdentity",
				     .json = "{}"};
	struct server_response resp = fx_send(&f, &call);

	if (code)
		assert_true(str_eqz(fx_error_code(&resp), code));
	return resp.status;
}

static void test_a_key_works_while_it_is_active(void **state)
{
	struct str key;

	(void)state;
	key = new_user("u", DOCUMENT("Allow", "s3:*"));
	struct fx_creds creds = fx_creds_of(&f, key);
	const char *json =
		J("{\"UserName\":\"u\",\"AccessKeyId\":\"%.*s\",\"Status\":", STR_ARG(key));
	assert_int_equal(status_of(key, NULL), 200);
	ok("UpdateAccessKey", J("%s\"Inactive\"}", json));
	assert_int_equal(status_of(key, "InvalidClientTokenId"), 403);
	ok("UpdateAccessKey", J("%s\"Active\"}", json));
	assert_int_equal(status_of(key, NULL), 200);
	ok("DeleteAccessKey", J("{\"UserName\":\"u\",\"AccessKeyId\":\"%.*s\"}", STR_ARG(key)));
	const struct fx_http call = {
		.creds = creds, .service = "sts", .op = "GetCallerIdentity", .json = "{}"};
	struct server_response resp = fx_send(&f, &call);
	assert_int_equal(resp.status, 403);
	refused("DeleteAccessKey", J("{\"UserName\":\"u\",\"AccessKeyId\":\"%.*s\"}", STR_ARG(key)),
		404, "NoSuchEntity",
		J("The Access Key with id %.*s cannot be found.", STR_ARG(key)));
}

static void test_a_key_tells_its_last_use(void **state)
{
	struct str key;

	(void)state;
	key = new_user("u", DOCUMENT("Allow", "iam:*"));
	const char *ask = J("{\"AccessKeyId\":\"%.*s\"}", STR_ARG(key));
	ok("GetAccessKeyLastUsed", ask);
	assert_true(is(at("UserName"), "u"));
	assert_true(is(at("AccessKeyLastUsed", "ServiceName"), "N/A"));
	assert_null(at("AccessKeyLastUsed", "LastUsedDate"));
	ok_as(key, "ListUsers", "{}");
	ok("GetAccessKeyLastUsed", ask);
	assert_true(is(at("AccessKeyLastUsed", "ServiceName"), "iam"));
	assert_true(is(at("AccessKeyLastUsed", "Region"), "us-east-1"));
	/* Another service in the same minute is news too. */
	assert_true(fx_call(&f, key, "sts", "GetCallerIdentity", "{}"));
	ok("GetAccessKeyLastUsed", ask);
	assert_true(is(at("AccessKeyLastUsed", "ServiceName"), "sts"));
	/* A key of another account is not told from one that never was. */
	refused_as(f.production, "GetAccessKeyLastUsed", ask, 404, "NoSuchEntity", NULL);
}

/* ---- root's, by its sessions ---- */

static void test_root_loses_its_credentials(void **state)
{
	(void)state;
	fx_enable(&f);
	struct fx_creds audit = root_of("333333333333", "IAMAuditRootUserCredentials");
	struct fx_creds delete = root_of("333333333333", "IAMDeleteRootUserCredentials");
	ok_as(audit.key, "GetAccountSummary", "{}");
	assert_int_equal(val_i64(at("SummaryMap", "AccountPasswordPresent"), -1), 1);
	ok_as(audit.key, "GetLoginProfile", "{}");
	assert_null(at("LoginProfile", "UserName"));
	refused_as(audit.key, "DeleteLoginProfile", "{}", 403, "AccessDenied", NULL);
	ok_as(delete.key, "DeleteLoginProfile", "{}");
	refused_as(delete.key, "DeleteLoginProfile", "{}", 404, "NoSuchEntity",
		   "Login Profile for User null cannot be found.");
	ok_as(audit.key, "GetAccountSummary", "{}");
	assert_int_equal(val_i64(at("SummaryMap", "AccountPasswordPresent"), -1), 0);
	/* Only reading what is root's, only root's. */
	refused_as(delete.key, "GetAccountSummary", "{}", 403, "AccessDenied", NULL);
	refused_as(delete.key, "DeleteLoginProfile", "{\"UserName\":\"administrator\"}", 403,
		   "AccessDenied", NULL);
	struct fx_creds create = root_of("333333333333", "IAMCreateRootUserPassword");
	ok_as(create.key, "CreateLoginProfile", "{}");
	refused_as(create.key, "CreateLoginProfile", "{}", 409, "EntityAlreadyExists",
		   "Login Profile for user null already exists.");
	ok_as(audit.key, "GetAccountSummary", "{}");
	assert_int_equal(val_i64(at("SummaryMap", "AccountPasswordPresent"), -1), 1);
}

/* Deletes all that `list` tells, one by one. */
static void delete_all(struct str key, const char *list, const char *member, const char *id,
		       const char *op)
{
	struct str ids[4];
	size_t n = 0;

	ok_as(key, list, "{}");
	VAL_EACH(v, val_get(f.out, member))
	ids[n++] = val_get_str(v, id);
	assert_true(n > 0);
	for (size_t i = 0; i < n; i++)
		ok_as(key, op, J("{\"%s\":\"%.*s\"}", id, STR_ARG(ids[i])));
	ok_as(key, list, "{}");
	assert_int_equal(val_count(val_get(f.out, member)), 0);
}

static void test_root_deletes_what_it_lists(void **state)
{
	struct world *w = sandbox_world(f.s);
	struct iam_account *iam = &world_account(w, STR("333333333333"))->iam;
	struct iam_cert *cert = arena_new_of(w->arena, struct iam_cert);

	(void)state;
	fx_enable(&f);
	*cert = (struct iam_cert){.id = STR("ABCDEFGHIJKLMNOPQRSTUVWX"), .body = STR("x")};
	if (!iam->root.certs)
		WORLD_PUSH(iam->root.certs, cert);
	struct str key = root_of("333333333333", "IAMDeleteRootUserCredentials").key;
	ok_as(key, "ListAccessKeys", "{}");
	const struct val *first = val_at(at("AccessKeyMetadata"), 0);
	assert_null(val_get(first, "UserName"));
	struct str old = val_get_str(first, "AccessKeyId");
	ok_as(key, "GetAccessKeyLastUsed", J("{\"AccessKeyId\":\"%.*s\"}", STR_ARG(old)));
	delete_all(key, "ListAccessKeys", "AccessKeyMetadata", "AccessKeyId", "DeleteAccessKey");
	assert_null(map_get(&w->credentials, old));
	delete_all(key, "ListSigningCertificates", "Certificates", "CertificateId",
		   "DeleteSigningCertificate");
	delete_all(key, "ListMFADevices", "MFADevices", "SerialNumber", "DeactivateMFADevice");
	ok_as(root_of("333333333333", "IAMAuditRootUserCredentials").key, "GetAccountSummary",
	      "{}");
	assert_int_equal(val_i64(at("SummaryMap", "AccountAccessKeysPresent"), -1), 0);
	assert_int_equal(val_i64(at("SummaryMap", "AccountSigningCertificatesPresent"), -1), 0);
	assert_int_equal(val_i64(at("SummaryMap", "AccountMFAEnabled"), -1), 0);
	/* What is about a device and not about root is out of its task's reach. */
	refused_as(key, "DeleteVirtualMFADevice",
		   "{\"SerialNumber\":\"arn:aws:iam::333333333333:mfa/root-account-mfa-device\"}",
		   403, "AccessDenied", NULL);
}

/* ---- passwords ---- */

static void test_passwords_follow_the_policy(void **state)
{
	static const char *const weak[] = {"Ab1!", "lowercaseonly", "lower1234", "12345678"};

	(void)state;
	ok("CreateUser", "{\"UserName\":\"u\"}");
	for (size_t i = 0; i < ARRAY_SIZE(weak); i++)
		refused("CreateLoginProfile",
			J("{\"UserName\":\"u\",\"Password\":\"%s\"}", weak[i]), 400,
			"PasswordPolicyViolation",
			"Password does not conform to the account password policy.");
	refused("CreateLoginProfile", "{\"UserName\":\"u\"}", 400, "ValidationError",
		"1 validation error detected: Value null at 'password' failed to satisfy "
		"constraint: Member must not be null");
	refused("GetAccountPasswordPolicy", "{}", 404, "NoSuchEntity",
		"The Password Policy with domain name 111111111111 cannot be found.");
	ok("UpdateAccountPasswordPolicy",
	   "{\"MinimumPasswordLength\":14,\"RequireSymbols\":true,\"MaxPasswordAge\":90}");
	ok("GetAccountPasswordPolicy", "{}");
	assert_int_equal(val_i64(at("PasswordPolicy", "MinimumPasswordLength"), 0), 14);
	assert_true(val_true(at("PasswordPolicy", "ExpirePasswords")));
	assert_false(val_true(at("PasswordPolicy", "RequireNumbers")));
	refused("CreateLoginProfile", "{\"UserName\":\"u\",\"Password\":\"Abcdefghij1234\"}", 400,
		"PasswordPolicyViolation", NULL);
	ok("CreateLoginProfile", "{\"UserName\":\"u\",\"Password\":\"abcdefghijklm!\"}");
	refused("CreateLoginProfile", "{\"UserName\":\"u\",\"Password\":\"abcdefghijklm!\"}", 409,
		"EntityAlreadyExists", "Login Profile for user u already exists.");
	/* There are no partial updates. */
	ok("UpdateAccountPasswordPolicy", "{}");
	ok("GetAccountPasswordPolicy", "{}");
	assert_int_equal(val_i64(at("PasswordPolicy", "MinimumPasswordLength"), 0), 6);
	assert_null(at("PasswordPolicy", "MaxPasswordAge"));
	ok("DeleteAccountPasswordPolicy", "{}");
	refused("DeleteAccountPasswordPolicy", "{}", 404, "NoSuchEntity", NULL);
}

static void test_users_change_their_password(void **state)
{
	const char *change = "{\"OldPassword\":\"Old-Password-1\",\"NewPassword\":"
			     "\"New-Password-1\"}";
	struct str key;

	(void)state;
	key = new_user("u", DOCUMENT("Allow", "s3:*"));
	refused_as(key, "ChangePassword", change, 403, "AccessDenied",
		   "User: arn:aws:iam::111111111111:user/u is not authorized to perform: "
		   "iam:ChangePassword on resource: arn:aws:iam::111111111111:user/u because no "
		   "identity-based policy allows the iam:ChangePassword action");
	/* The account may allow it to all of its users. */
	ok("UpdateAccountPasswordPolicy", "{\"AllowUsersToChangePassword\":true}");
	refused_as(key, "ChangePassword", change, 404, "NoSuchEntity", NULL);
	ok("CreateLoginProfile", "{\"UserName\":\"u\",\"Password\":\"Old-Password-1\","
				 "\"PasswordResetRequired\":true}");
	refused_as(key, "ChangePassword",
		   "{\"OldPassword\":\"x\",\"NewPassword\":\"New-Password-1\"}", 403,
		   "AccessDenied", "The old password was incorrect.");
	refused_as(key, "ChangePassword",
		   "{\"OldPassword\":\"Old-Password-1\",\"NewPassword\":\"a\"}", 400,
		   "PasswordPolicyViolation", NULL);
	ok_as(key, "ChangePassword", change);
	ok("GetLoginProfile", "{\"UserName\":\"u\"}");
	assert_false(val_true(at("LoginProfile", "PasswordResetRequired")));
	refused_as(key, "ChangePassword", change, 403, "AccessDenied", NULL);
	/* And a policy of theirs may still deny it. */
	ok("PutUserPolicy",
	   "{\"UserName\":\"u\",\"PolicyName\":\"p\",\"PolicyDocument\":\"" DOCUMENT(
		   "Deny", "iam:*") "\"}");
	refused_as(key, "ChangePassword",
		   "{\"OldPassword\":\"New-Password-1\",\"NewPassword\":\"New-Password-2\"}", 403,
		   "AccessDenied", NULL);
}

/* ---- MFA ---- */

static const char *enable(const char *user, const char *serial, const char *second)
{
	return J("{\"UserName\":\"%s\",\"SerialNumber\":\"%s\",\"AuthenticationCode1\":\"123456\","
		 "\"AuthenticationCode2\":\"%s\"}",
		 user, serial, second);
}

static void test_devices(void **state)
{
	const char *arn = "arn:aws:iam::111111111111:mfa/phones/m";

	(void)state;
	ok("CreateUser", "{\"UserName\":\"u\"}");
	ok("CreateVirtualMFADevice", "{\"VirtualMFADeviceName\":\"m\",\"Path\":\"/phones/\"}");
	assert_true(is(at("VirtualMFADevice", "SerialNumber"), arn));
	assert_int_equal(at("VirtualMFADevice", "Base32StringSeed")->kind, VAL_BLOB);
	refused("CreateVirtualMFADevice", "{\"VirtualMFADeviceName\":\"m\",\"Path\":\"/phones/\"}",
		409, "EntityAlreadyExists",
		"MFADevice entity at the same path and name already exists.");
	refused("EnableMFADevice", enable("u", "arn:aws:iam::111111111111:mfa/x", "234567"), 404,
		"NoSuchEntity",
		"MFA Device with serial number arn:aws:iam::111111111111:mfa/x does not exist.");
	refused("EnableMFADevice", enable("u", arn, "123456"), 403, "InvalidAuthenticationCode",
		NULL);
	ok("EnableMFADevice", enable("u", arn, "234567"));
	refused("EnableMFADevice", enable("u", arn, "234567"), 409, "EntityAlreadyExists", NULL);
	ok("ListVirtualMFADevices", "{\"AssignmentStatus\":\"Assigned\"}");
	const struct val *v = row("VirtualMFADevices", "SerialNumber", arn);
	assert_true(is(val_path(v, "User", "UserName", NULL), "u"));
	ok("GetMFADevice", J("{\"SerialNumber\":\"%s\"}", arn));
	assert_true(is(at("UserName"), "u"));
	ok("ResyncMFADevice", enable("u", arn, "345678"));
	refused("DeleteVirtualMFADevice", J("{\"SerialNumber\":\"%s\"}", arn), 409,
		"DeleteConflict", "MFA VirtualDevice in use. Must deactivate first.");
	ok("DeactivateMFADevice", J("{\"UserName\":\"u\",\"SerialNumber\":\"%s\"}", arn));
	ok("ListVirtualMFADevices", "{\"AssignmentStatus\":\"Unassigned\"}");
	assert_true(row("VirtualMFADevices", "SerialNumber", arn) != NULL);
	ok("DeleteVirtualMFADevice", J("{\"SerialNumber\":\"%s\"}", arn));
	refused("DeleteVirtualMFADevice", J("{\"SerialNumber\":\"%s\"}", arn), 404, "NoSuchEntity",
		NULL);
	/* A hardware device is gone with its user's use of it. */
	ok("EnableMFADevice", enable("u", "GAHT12345678", "234567"));
	ok("ListMFADevices", "{\"UserName\":\"u\"}");
	assert_int_equal(val_count(at("MFADevices")), 1);
	ok("DeactivateMFADevice", "{\"UserName\":\"u\",\"SerialNumber\":\"GAHT12345678\"}");
	refused("GetMFADevice", "{\"SerialNumber\":\"GAHT12345678\"}", 404, "NoSuchEntity", NULL);
}

static void test_eight_devices_each(void **state)
{
	(void)state;
	ok("CreateUser", "{\"UserName\":\"u\"}");
	for (int i = 0; i < 8; i++)
		ok("EnableMFADevice", enable("u", J("GAHT0000000%d", i), "234567"));
	refused("EnableMFADevice", enable("u", "GAHT00000009", "234567"), 409, "LimitExceeded",
		"Cannot exceed quota for MFADevicesPerUser: 8");
}

/* ---- certificates ---- */

static void test_signing_certificates(void **state)
{
	(void)state;
	ok("CreateUser", "{\"UserName\":\"u\"}");
	refused("UploadSigningCertificate", "{\"UserName\":\"u\",\"CertificateBody\":\"x\"}", 400,
		"MalformedCertificate", NULL);
	ok("UploadSigningCertificate",
	   J("{\"UserName\":\"u\",\"CertificateBody\":\"%s\"}", certificate));
	struct str id = val_str(at("Certificate", "CertificateId"));
	refused("UploadSigningCertificate",
		J("{\"UserName\":\"u\",\"CertificateBody\":\"%s\"}", certificate), 409,
		"DuplicateCertificate", NULL);
	ok("UpdateSigningCertificate",
	   J("{\"UserName\":\"u\",\"CertificateId\":\"%.*s\",\"Status\":\"Inactive\"}",
	     STR_ARG(id)));
	ok("ListSigningCertificates", "{\"UserName\":\"u\"}");
	assert_true(is(val_get(val_at(at("Certificates"), 0), "Status"), "Inactive"));
	refused("DeleteUser", "{\"UserName\":\"u\"}", 409, "DeleteConflict",
		"Cannot delete entity, must delete signing certificates first.");
	ok("DeleteSigningCertificate",
	   J("{\"UserName\":\"u\",\"CertificateId\":\"%.*s\"}", STR_ARG(id)));
	refused("DeleteSigningCertificate",
		J("{\"UserName\":\"u\",\"CertificateId\":\"%.*s\"}", STR_ARG(id)), 404,
		"NoSuchEntity", J("The Certificate with id %.*s cannot be found.", STR_ARG(id)));
}

/* ---- certificates as text ---- */

/* What stands in JSON strings, as it is. */
static struct str plain(const char *json)
{
	struct err err = {0};
	struct val *v;

	assert_true(json_read(str_of(J("\"%s\"", json)), 0, f.a, &v, &err));
	return val_str(v);
}

static void test_certificates_tell_their_end(void **state)
{
	int64_t ms = 0;

	(void)state;
	assert_true(iam_pem_certificate(f.a, plain(certificate), &ms));
	assert_int_equal(ms, NOT_AFTER_MS);
	assert_true(iam_pem_certificate(f.a, str_of(far_certificate), &ms));
	assert_int_equal(ms, FAR_MS);
	assert_true(iam_pem_chain(f.a, str_of(J("%s\n%s", far_certificate, far_certificate))));
	assert_false(iam_pem_certificate(f.a, str_of(J("%s\n%s", far_certificate, far_certificate)),
					 &ms));
	assert_false(iam_pem_private_key(f.a, str_of(far_certificate)));
	assert_false(iam_pem_private_key(f.a, STR("-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAMCAQA="
						  "\n-----END ENCRYPTED PRIVATE KEY-----")));
	assert_true(iam_pem_private_key(f.a, STR("-----BEGIN PRIVATE KEY-----\nMAMCAQA=\n-----END "
						 "PRIVATE KEY-----\n")));
}

/* Cut off anywhere, or one byte changed: never more than a refusal. */
static void test_certificates_may_be_hostile(void **state)
{
	struct str whole = plain(certificate);
	struct rng rng;
	size_t taken = 0;

	(void)state;
	rng_seed(&rng, 5);
	for (size_t n = 0; n < whole.n - 1; n++)
		assert_false(iam_pem_certificate(f.a, str_sub(whole, 0, n), NULL));
	for (int i = 0; i < 5000; i++) {
		struct arena *a = arena_new();
		/* A block of its own, so that a sanitizer sees a step too far. */
		char *copy = xmalloc(whole.n);
		memcpy(copy, whole.p, whole.n);
		copy[rng_below(&rng, whole.n)] = "AQgw/+=\n-"[rng_below(&rng, 9)];
		taken += iam_pem_certificate(a, str_ofn(copy, whole.n), NULL);
		free(copy);
		arena_free(&a);
	}
	assert_true(taken > 0 && taken < 5000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SMALL(test_two_keys_each),
		WITH_SMALL(test_a_key_works_while_it_is_active),
		WITH_SMALL(test_a_key_tells_its_last_use),
		WITH_SMALL(test_root_loses_its_credentials),
		WITH_SMALL(test_root_deletes_what_it_lists),
		WITH_SMALL(test_passwords_follow_the_policy),
		WITH_SMALL(test_users_change_their_password),
		WITH_SMALL(test_devices),
		WITH_SMALL(test_eight_devices_each),
		WITH_SMALL(test_signing_certificates),
		WITH_SMALL(test_certificates_tell_their_end),
		WITH_SMALL(test_certificates_may_be_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
