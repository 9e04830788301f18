#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "iam-calls.h"

/* Aliases, tags, providers, server certificates, SSH and service-specific credentials. */

#define CERTIFICATE                                                       \
	"-----BEGIN CERTIFICATE-----\\n"                                  \
	"MIIBejCCAR+gAwIBAgIULmCvBeJPzPI7JLM+w9YwwX+c0wIwCgYIKoZIzj0E\\n" \
	"AwIwEjEQMA4GA1UEAwwHZXhhbXBsZTAeFw0yNjExMjMxNzAyMDRaFw0zNjEx\\n" \
	"MjAxNzAyMDRaMBIxEDAOBgNVBAMMB2V4YW1wbGUwWTATBgcqhkjOPQIBBggq\\n" \
	"hkjOPQMBBwNCAARaoP3DALa2GIknbkEsuZ8jZ1jKKnAx2aesxUoPzSvl4gzN\\n" \
	"QleNehF6cQr/ZTuTTNTcs2A12Sp9+fDpKswkkcNZo1MwUTAdBgNVHQ4EFgQU\\n" \
	"FHQicZMKv9ghPnqSIFcjUQxqZ/swHwYDVR0jBBgwFoAUFHQicZMKv9ghPnqS\\n" \
	"IFcjUQxqZ/swDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNJADBGAiEA\\n" \
	"r6aS8IbU8p8YmXhiLYySLoCSmQFpTQ1mpF8Nr1/Pho8CIQCXetZg2wHmKJt7\\n" \
	"VWkWQuUVsrlthffXBDI24MHhcS9TjA==\\n-----END CERTIFICATE-----"
#define NO_KEY "-----BEGIN PRIVATE KEY-----\\nMAMCAQA=\\n-----END PRIVATE KEY-----"

/* ---- aliases ---- */

static void test_an_alias_is_one_accounts_alone(void **state)
{
	(void)state;
	ok("CreateAccountAlias", "{\"AccountAlias\":\"first\"}");
	refused_as(f.production, "CreateAccountAlias", "{\"AccountAlias\":\"first\"}", 409,
		   "EntityAlreadyExists", "The account alias first already exists.");
	/* The new one takes the old one's place, which is free then. */
	ok("CreateAccountAlias", "{\"AccountAlias\":\"second\"}");
	ok("ListAccountAliases", "{}");
	assert_int_equal(val_count(at("AccountAliases")), 1);
	assert_true(is(val_at(at("AccountAliases"), 0), "second"));
	ok_as(f.production, "CreateAccountAlias", "{\"AccountAlias\":\"first\"}");
	refused("DeleteAccountAlias", "{\"AccountAlias\":\"first\"}", 404, "NoSuchEntity",
		"The account alias with name first cannot be found.");
	ok("DeleteAccountAlias", "{\"AccountAlias\":\"second\"}");
	ok("ListAccountAliases", "{}");
	assert_int_equal(val_count(at("AccountAliases")), 0);
	refused("CreateAccountAlias", "{\"AccountAlias\":\"Capitals\"}", 400, "ValidationError",
		NULL);
}

/* ---- tags ---- */

static void test_everything_has_tags(void **state)
{
	static const struct {
		const char *kind, *name, *make;
	} things[] = {
		{"User", "\"UserName\":\"u\"", "CreateUser"},
		{"InstanceProfile", "\"InstanceProfileName\":\"i\"", "CreateInstanceProfile"},
		{"MFADevice", "\"SerialNumber\":\"arn:aws:iam::111111111111:mfa/m\"", NULL},
		{"OpenIDConnectProvider",
		 "\"OpenIDConnectProviderArn\":\"arn:aws:iam::111111111111:oidc-provider/"
		 "example.com\"",
		 NULL},
	};

	(void)state;
	ok("CreateVirtualMFADevice", "{\"VirtualMFADeviceName\":\"m\"}");
	ok("CreateOpenIDConnectProvider", "{\"Url\":\"https://example.com\"}");
	for (size_t i = 0; i < ARRAY_SIZE(things); i++) {
		const char *name = things[i].name, *kind = things[i].kind;
		if (things[i].make)
			ok(things[i].make, J("{%s}", name));
		ok(J("Tag%s", kind), J("{%s,\"Tags\":[{\"Key\":\"b\",\"Value\":\"1\"},{\"Key\":"
				       "\"a\",\"Value\":\"\"}]}",
				       name));
		/* The same key, however it is written, has the new value. */
		ok(J("Tag%s", kind), J("{%s,\"Tags\":[{\"Key\":\"B\",\"Value\":\"2\"}]}", name));
		ok(J("List%sTags", kind), J("{%s}", name));
		assert_int_equal(val_count(at("Tags")), 2);
		assert_true(is(val_get(row("Tags", "Key", "B"), "Value"), "2"));
		assert_true(row("Tags", "Key", "a") != NULL);
		ok(J("Untag%s", kind), J("{%s,\"TagKeys\":[\"A\",\"never\"]}", name));
		ok(J("List%sTags", kind), J("{%s}", name));
		assert_int_equal(val_count(at("Tags")), 1);
	}
	refused("TagInstanceProfile",
		"{\"InstanceProfileName\":\"none\",\"Tags\":[{\"Key\":\"a\",\"Value\":\"\"}]}", 404,
		"NoSuchEntity", "Instance Profile none cannot be found.");
}

static void test_fifty_tags(void **state)
{
	(void)state;
	ok("CreateUser", "{\"UserName\":\"u\"}");
	for (int i = 0; i < 50; i++)
		ok("TagUser",
		   J("{\"UserName\":\"u\",\"Tags\":[{\"Key\":\"k%d\",\"Value\":\"v\"}]}", i));
	refused("TagUser", "{\"UserName\":\"u\",\"Tags\":[{\"Key\":\"one\",\"Value\":\"v\"}]}", 409,
		"LimitExceeded", "The number of tags has reached the maximum limit.");
	ok("TagUser", "{\"UserName\":\"u\",\"Tags\":[{\"Key\":\"K7\",\"Value\":\"w\"}]}");
	/* All of them are condition keys, twice. */
	ok("GetUser", "{\"UserName\":\"u\"}");
	assert_int_equal(val_count(at("User", "Tags")), 50);
	ok("ListUserTags", "{\"UserName\":\"u\",\"MaxItems\":20}");
	assert_int_equal(val_count(at("Tags")), 20);
	assert_true(val_true(at("IsTruncated")));
}

static void test_tags_that_are_refused(void **state)
{
	(void)state;
	refused("CreateUser",
		"{\"UserName\":\"u\",\"Tags\":[{\"Key\":\"a\",\"Value\":\"\"},{\"Key\":\"A\","
		"\"Value\":\"\"}]}",
		400, "InvalidInput",
		"Duplicate tag keys found. Please note that Tag keys are case insensitive.");
	refused("CreateUser", "{\"UserName\":\"u\",\"Tags\":[{\"Key\":\"AWS:x\",\"Value\":\"\"}]}",
		400, "InvalidInput", NULL);
	refused("CreateUser", "{\"UserName\":\"u\",\"Tags\":[{\"Key\":\"a\"}]}", 400,
		"ValidationError", NULL);
	refused("GetUser", "{\"UserName\":\"u\"}", 404, "NoSuchEntity", NULL);
}

/* ---- providers ---- */

static void test_saml_providers(void **state)
{
	char *spaces = arena_alloc(f.a, 1001);
	const char *arn = "arn:aws:iam::111111111111:saml-provider/idp";

	(void)state;
	memset(spaces, ' ', 1000);
	const char *create = J("{\"Name\":\"idp\",\"SAMLMetadataDocument\":"
			       "\"<EntityDescriptor/>%s\"}",
			       spaces);
	ok("CreateSAMLProvider", create);
	assert_true(is(at("SAMLProviderArn"), arn));
	refused("CreateSAMLProvider", create, 409, "EntityAlreadyExists", NULL);
	refused("CreateSAMLProvider",
		J("{\"Name\":\"x\",\"SAMLMetadataDocument\":\"no metadata %s\"}", spaces), 400,
		"InvalidInput", "Could not parse metadata");
	refused("CreateSAMLProvider", "{\"Name\":\"x\",\"SAMLMetadataDocument\":\"short\"}", 400,
		"ValidationError", NULL);
	refused("CreateSAMLProvider",
		J("{\"Name\":\"x\",\"AssertionEncryptionMode\":\"Required\","
		  "\"SAMLMetadataDocument\":\"<EntityDescriptor/>%s\"}",
		  spaces),
		501, "NotImplemented", NULL);
	ok("ListSAMLProviders", "{}");
	assert_true(row("SAMLProviderList", "Arn", arn) != NULL);
	ok("GetSAMLProvider", J("{\"SAMLProviderArn\":\"%s\"}", arn));
	assert_true(str_startsz(val_str(at("SAMLMetadataDocument")), "<EntityDescriptor/>"));
	ok("DeleteSAMLProvider", J("{\"SAMLProviderArn\":\"%s\"}", arn));
	refused("GetSAMLProvider", J("{\"SAMLProviderArn\":\"%s\"}", arn), 404, "NoSuchEntity",
		NULL);
}

static void test_oidc_providers(void **state)
{
	const char *arn = "arn:aws:iam::111111111111:oidc-provider/example.com/a";
	const char *one = J("{\"OpenIDConnectProviderArn\":\"%s\"}", arn);
	const char *client = J("{\"OpenIDConnectProviderArn\":\"%s\",\"ClientID\":\"two\"}", arn);

	(void)state;
	ok("CreateOpenIDConnectProvider",
	   "{\"Url\":\"https://example.com/a/\",\"ClientIDList\":[\"one\"]}");
	assert_true(is(at("OpenIDConnectProviderArn"), arn));
	refused("CreateOpenIDConnectProvider", "{\"Url\":\"https://example.com/a\"}", 409,
		"EntityAlreadyExists", "Provider with url https://example.com/a already exists.");
	refused("CreateOpenIDConnectProvider", "{\"Url\":\"http://example.com\"}", 400,
		"ValidationError", "Invalid Open ID Connect Provider URL");
	ok("AddClientIDToOpenIDConnectProvider", client);
	ok("AddClientIDToOpenIDConnectProvider", client);
	ok("GetOpenIDConnectProvider", one);
	assert_true(is(at("Url"), "example.com/a"));
	assert_int_equal(val_count(at("ClientIDList")), 2);
	ok("RemoveClientIDFromOpenIDConnectProvider", client);
	ok("RemoveClientIDFromOpenIDConnectProvider", client);
	ok("UpdateOpenIDConnectProviderThumbprint",
	   J("{\"OpenIDConnectProviderArn\":\"%s\",\"ThumbprintList\":"
	     "[\"0123456789012345678901234567890123456789\"]}",
	     arn));
	ok("GetOpenIDConnectProvider", one);
	assert_int_equal(val_count(at("ClientIDList")), 1);
	assert_int_equal(val_count(at("ThumbprintList")), 1);
	ok("DeleteOpenIDConnectProvider", one);
	refused("GetOpenIDConnectProvider", one, 404, "NoSuchEntity",
		J("OpenIDConnect Provider not found for arn %s", arn));
}

/* ---- server certificates ---- */

static void test_server_certificates(void **state)
{
	const char *upload = "{\"ServerCertificateName\":\"web\",\"CertificateBody\":\"" CERTIFICATE
			     "\",\"PrivateKey\":\"" NO_KEY "\",\"Path\":\"/cloudfront/\"}";

	(void)state;
	refused("UploadServerCertificate",
		"{\"ServerCertificateName\":\"web\",\"CertificateBody\":\"x\",\"PrivateKey\":"
		"\"" NO_KEY "\"}",
		400, "MalformedCertificate", NULL);
	refused("UploadServerCertificate",
		"{\"ServerCertificateName\":\"web\",\"CertificateBody\":\"" CERTIFICATE
		"\",\"PrivateKey\":\"x\"}",
		400, "MalformedCertificate", NULL);
	ok("UploadServerCertificate", upload);
	assert_true(is(at("ServerCertificateMetadata", "Arn"),
		       "arn:aws:iam::111111111111:server-certificate/cloudfront/web"));
	assert_int_equal(val_i64(at("ServerCertificateMetadata", "Expiration"), 0),
			 INT64_C(2110813324000));
	assert_true(str_startsz(val_str(at("ServerCertificateMetadata", "ServerCertificateId")),
				"ASCA"));
	refused("UploadServerCertificate", upload, 409, "EntityAlreadyExists",
		"The Server Certificate with name web already exists.");
	ok("TagServerCertificate",
	   "{\"ServerCertificateName\":\"web\",\"Tags\":[{\"Key\":\"k\",\"Value\":\"v\"}]}");
	ok("UpdateServerCertificate",
	   "{\"ServerCertificateName\":\"web\",\"NewServerCertificateName\":\"site\"}");
	refused("GetServerCertificate", "{\"ServerCertificateName\":\"web\"}", 404, "NoSuchEntity",
		"The Server Certificate with name web cannot be found.");
	ok("GetServerCertificate", "{\"ServerCertificateName\":\"site\"}");
	assert_true(is(at("ServerCertificate", "ServerCertificateMetadata", "Arn"),
		       "arn:aws:iam::111111111111:server-certificate/cloudfront/site"));
	assert_int_equal(val_count(at("ServerCertificate", "Tags")), 1);
	/* The key is looked at and forgotten. */
	assert_true(str_find(fx_dump(&f), STR("MAMCAQA")) < 0);
	ok("DeleteServerCertificate", "{\"ServerCertificateName\":\"site\"}");
	ok("ListServerCertificates", "{}");
	assert_int_equal(val_count(at("ServerCertificateMetadataList")), 0);
}

/* ---- SSH and service-specific credentials ---- */

#define SSH_KEY                                                                              \
	"ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQC/2ezzFM9QSqgewOdnM2Sd0Yujlihngh/eTaLCduCQGh" \
	"KjdMzTooJPljny21vaqZUzfXTdpdjhR1ErtDoqouRHUjjOtTnA1o131Kul9mOk1M6qynTBfNyHhddF3yS7" \
	"z45AY9VjuzhNm064cFmjXxJWp8ADHmlcSd27DFzkUlL8vw== a comment"

static void test_ssh_keys(void **state)
{
	(void)state;
	ok("CreateUser", "{\"UserName\":\"u\"}");
	refused("UploadSSHPublicKey", "{\"UserName\":\"u\",\"SSHPublicKeyBody\":\"ssh-rsa *\"}",
		400, "InvalidPublicKey", NULL);
	ok("UploadSSHPublicKey", "{\"UserName\":\"u\",\"SSHPublicKeyBody\":\"" SSH_KEY "\"}");
	struct str id = val_str(at("SSHPublicKey", "SSHPublicKeyId"));
	assert_true(str_startsz(id, "APKA"));
	/* As `ssh-keygen -l -E md5` says. */
	assert_true(is(at("SSHPublicKey", "Fingerprint"),
		       "07:bc:ad:13:f5:04:35:63:74:69:f5:24:d8:ad:8b:84"));
	refused("UploadSSHPublicKey", "{\"UserName\":\"u\",\"SSHPublicKeyBody\":\"" SSH_KEY "\"}",
		400, "DuplicateSSHPublicKey", NULL);
	const char *one = J("\"UserName\":\"u\",\"SSHPublicKeyId\":\"%.*s\"", STR_ARG(id));
	ok("UpdateSSHPublicKey", J("{%s,\"Status\":\"Inactive\"}", one));
	ok("ListSSHPublicKeys", "{\"UserName\":\"u\"}");
	assert_true(is(val_get(val_at(at("SSHPublicKeys"), 0), "Status"), "Inactive"));
	ok("GetSSHPublicKey", J("{%s,\"Encoding\":\"SSH\"}", one));
	refused("GetSSHPublicKey", J("{%s,\"Encoding\":\"PEM\"}", one), 501, "NotImplemented",
		NULL);
	/* The key follows its user to another name. */
	ok("UpdateUser", "{\"UserName\":\"u\",\"NewUserName\":\"v\"}");
	ok("ListSSHPublicKeys", "{\"UserName\":\"v\"}");
	assert_true(is(val_get(val_at(at("SSHPublicKeys"), 0), "UserName"), "v"));
	refused("DeleteUser", "{\"UserName\":\"v\"}", 409, "DeleteConflict", NULL);
	ok("DeleteSSHPublicKey",
	   J("{\"UserName\":\"v\",\"SSHPublicKeyId\":\"%.*s\"}", STR_ARG(id)));
	ok("DeleteUser", "{\"UserName\":\"v\"}");
}

static void test_service_specific_credentials(void **state)
{
	const char *create = "{\"UserName\":\"u\",\"ServiceName\":\"codecommit.amazonaws.com\"}";

	(void)state;
	ok("CreateUser", "{\"UserName\":\"u\"}");
	refused("CreateServiceSpecificCredential",
		"{\"UserName\":\"u\",\"ServiceName\":\"s3.amazonaws.com\"}", 404,
		"NotSupportedService",
		"No such service s3.amazonaws.com is supported for Service Specific Credentials");
	ok("CreateServiceSpecificCredential", create);
	struct str id = val_str(at("ServiceSpecificCredential", "ServiceSpecificCredentialId"));
	struct str password = val_str(at("ServiceSpecificCredential", "ServicePassword"));
	assert_true(is(at("ServiceSpecificCredential", "ServiceUserName"), "u-at-111111111111"));
	assert_true(password.n > 20);
	assert_true(str_find(fx_dump(&f), password) < 0);
	ok("CreateServiceSpecificCredential", create);
	assert_true(is(at("ServiceSpecificCredential", "ServiceUserName"), "u+1-at-111111111111"));
	refused("CreateServiceSpecificCredential", create, 409, "LimitExceeded", NULL);
	const char *one =
		J("\"UserName\":\"u\",\"ServiceSpecificCredentialId\":\"%.*s\"", STR_ARG(id));
	ok("ResetServiceSpecificCredential", J("{%s}", one));
	assert_false(str_eq(val_str(at("ServiceSpecificCredential", "ServicePassword")), password));
	ok("UpdateServiceSpecificCredential", J("{%s,\"Status\":\"Inactive\"}", one));
	ok("ListServiceSpecificCredentials", "{\"UserName\":\"u\"}");
	assert_int_equal(val_count(at("ServiceSpecificCredentials")), 2);
	ok("DeleteServiceSpecificCredential", J("{%s}", one));
	ok("ListServiceSpecificCredentials", "{\"AllUsers\":true}");
	assert_int_equal(val_count(at("ServiceSpecificCredentials")), 1);
	/* The name that is free again is given again, the other not twice. */
	ok("CreateServiceSpecificCredential", create);
	assert_true(is(at("ServiceSpecificCredential", "ServiceUserName"), "u-at-111111111111"));
	ok("CreateServiceSpecificCredential",
	   "{\"UserName\":\"u\",\"ServiceName\":\"bedrock.amazonaws.com\",\"CredentialAgeDays\":"
	   "30}");
	assert_null(at("ServiceSpecificCredential", "ServicePassword"));
	assert_true(val_str(at("ServiceSpecificCredential", "ServiceCredentialSecret")).n > 20);
	assert_int_equal(val_i64(at("ServiceSpecificCredential", "ExpirationDate"), 0) -
				 val_i64(at("ServiceSpecificCredential", "CreateDate"), 0),
			 INT64_C(30) * 86400 * 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SMALL(test_an_alias_is_one_accounts_alone),
		WITH_SMALL(test_everything_has_tags),
		WITH_SMALL(test_fifty_tags),
		WITH_SMALL(test_tags_that_are_refused),
		WITH_SMALL(test_saml_providers),
		WITH_SMALL(test_oidc_providers),
		WITH_SMALL(test_server_certificates),
		WITH_SMALL(test_ssh_keys),
		WITH_SMALL(test_service_specific_credentials),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
