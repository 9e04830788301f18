/*
 * Identities: sessions, roles, credentials that end; and that nothing secret
 * is in the log at its highest level or in an error.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "aws/call-private.h"
#include "base/log.h"
#include "call-test.h"

#define SESSION_KEY "ASIASESSIONEXAMPLE"
#define SESSION_SECRET "sEsSiOnSeCrEt/+0123456789abcdefghijklmnop"
#define SESSION_TOKEN "IQoJb3JpZ2luX2VjEXAMPLETOKEN//////////wEaCXVzLWVhc3QtMSJHMEUCIQ=="
#define SESSION(result, expires)                                                               \
	"<AssumeRoleResponse><" result "><Credentials><AccessKeyId>" SESSION_KEY               \
	"</AccessKeyId><SecretAccessKey>" SESSION_SECRET                                       \
	"</SecretAccessKey><SessionToken>" SESSION_TOKEN "</SessionToken><Expiration>" expires \
	"</Expiration></Credentials></" result "></AssumeRoleResponse>"

static const struct aws_settings plain = {.max_attempts = 3};

static char folder[64], config[128], credentials[128];

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
	assert_int_equal(fclose(f), 0);
}

static int make_folder(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/rootout-test-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(config, sizeof(config), "%s/config", folder);
	snprintf(credentials, sizeof(credentials), "%s/credentials", folder);
	return 0;
}

static int remove_folder(void **state)
{
	(void)state;
	unlink(config);
	unlink(credentials);
	return rmdir(folder);
}

static void use_files(const char *config_text, const char *credentials_text)
{
	unsetenv("AWS_ACCESS_KEY_ID");
	unsetenv("AWS_SECRET_ACCESS_KEY");
	write_file(config, config_text);
	write_file(credentials, credentials_text);
	setenv("AWS_CONFIG_FILE", config, 1);
	setenv("AWS_SHARED_CREDENTIALS_FILE", credentials, 1);
}

static struct val *assume_root_input(struct fake *f)
{
	struct val *in = val_object(f->a), *policy = val_object(f->a);

	val_set_z(f->a, in, "TargetPrincipal", "111122223333");
	val_set_z(f->a, policy, "arn",
		  "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials");
	val_setz(in, "TaskPolicyArn", policy);
	return in;
}

static void test_session(void **state)
{
	static const struct step steps[] = {
		{.body = SESSION("AssumeRootResult", "2026-11-23T16:00:00Z")},
		{.body = IDENTITY_BODY},
	};
	struct aws_identity *root = NULL;
	struct val *out;
	struct fake f;

	(void)state;
	fake_start(&f, steps, 2);
	fake_connect(&f, plain);
	assert_true(aws_call_session(f.worker, f.me, api_op_of("sts", "AssumeRoot"),
				     assume_root_input(&f), STR("111122223333"), &root, &f.info,
				     &f.err));
	assert_true(str_eqz(aws_identity_access_key_id(root), SESSION_KEY));
	assert_int_equal(aws_identity_expires_ms(root), 1795449600000);
	assert_int_equal(f.info.attempts, 1);
	assert_true(aws_call(f.worker, root, "sts", "GetCallerIdentity", NULL, f.a, &out, &f.err));
	assert_string_equal(f.seen[0].token, "");
	assert_string_equal(f.seen[1].token, SESSION_TOKEN);
	assert_non_null(strstr(f.seen[1].authorization, "Credential=" SESSION_KEY "/"));
	assert_non_null(strstr(f.seen[1].authorization, "x-amz-date;x-amz-security-token"));
	aws_identity_free(&root);
	assert_null(root);
	fake_stop(&f);
}

static void test_session_without_credentials(void **state)
{
	static const struct step steps[] = {
		{.body = "<AssumeRootResponse><AssumeRootResult/></AssumeRootResponse>"},
		{.body = "<AssumeRootResponse><AssumeRootResult><Credentials><AccessKeyId>AKIA"
			 "</AccessKeyId></Credentials></AssumeRootResult></AssumeRootResponse>"},
		{.status = 403, .body = ERROR_BODY("AccessDenied", "no")},
	};
	struct fake f;

	(void)state;
	fake_start(&f, steps, ARRAY_SIZE(steps));
	fake_connect(&f, plain);
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		struct aws_identity *root = NULL;

		f.err = (struct err){0};
		assert_false(aws_call_session(f.worker, f.me, api_op_of("sts", "AssumeRoot"),
					      assume_root_input(&f), STR("111122223333"), &root,
					      NULL, &f.err));
		assert_null(root);
		assert_true(err_is_set(&f.err));
	}
	fake_stop(&f);
}

static void test_role_chain(void **state)
{
	static const struct step steps[] = {
		{.body = SESSION("AssumeRoleResult", "2036-11-23T16:00:00Z")},
		{.body = IDENTITY_BODY},
	};
	struct fake f;

	(void)state;
	fake_start(&f, steps, 2);
	use_files("[profile admin]\nrole_arn = arn:aws:iam::111122223333:role/Admin\n"
		  "source_profile = base\nexternal_id = e/1\nduration_seconds = 1800\n"
		  "role_session_name = hanako\n",
		  "[base]\naws_access_key_id = " FAKE_KEY "\naws_secret_access_key = " FAKE_SECRET
		  "\n");

	struct aws_settings s = plain;

	s.profile = "admin";
	fake_connect(&f, s);
	assert_true(fake_call(&f, "sts", "GetCallerIdentity", NULL));
	assert_int_equal(f.count, 2);
	assert_non_null(strstr(f.seen[0].body, "Action=AssumeRole&"));
	assert_non_null(
		strstr(f.seen[0].body, "RoleArn=arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2FAdmin"));
	assert_non_null(strstr(f.seen[0].body, "RoleSessionName=hanako"));
	assert_non_null(strstr(f.seen[0].body, "ExternalId=e%2F1"));
	assert_non_null(strstr(f.seen[0].body, "DurationSeconds=1800"));
	assert_non_null(strstr(f.seen[0].authorization, "Credential=" FAKE_KEY "/"));
	assert_string_equal(f.seen[1].token, SESSION_TOKEN);
	/* Once for all calls. */
	assert_true(fake_call(&f, "sts", "GetCallerIdentity", NULL));
	assert_int_equal(f.count, 3);
	fake_stop(&f);
}

static void test_role_refused(void **state)
{
	static const struct step steps[] = {
		{.status = 403, .body = ERROR_BODY("AccessDenied", "not authorized to assume")}};
	struct fake f;

	(void)state;
	fake_start(&f, steps, 1);
	use_files("[profile admin]\nrole_arn = arn:aws:iam::111122223333:role/Admin\n"
		  "credential_source = Environment\n",
		  "");
	setenv("AWS_ACCESS_KEY_ID", FAKE_KEY, 1);
	setenv("AWS_SECRET_ACCESS_KEY", FAKE_SECRET, 1);

	struct aws_settings s = plain;

	s.profile = "admin";
	fake_connect(&f, s);
	assert_false(fake_call(&f, "sts", "GetCallerIdentity", NULL));
	assert_string_equal(f.err.message,
			    "sts:GetCallerIdentity: profile 'admin': sts:AssumeRole: AccessDenied: "
			    "not authorized to assume");
	fake_stop(&f);
}

/* Five minutes before a role's session ends it is assumed anew; while that fails, the old works. */
static void test_refresh(void **state)
{
	static const struct step steps[] = {
		{.body = SESSION("AssumeRoleResult", "2026-11-23T16:00:00Z")},
		{.body = IDENTITY_BODY},
		{.body = IDENTITY_BODY},
		/* 15:56: refresh fails */
		{.status = 403, .body = ERROR_BODY("AccessDenied", "not now")},
		{.body = IDENTITY_BODY},
		/* at once again: not tried */
		{.body = IDENTITY_BODY},
		/* 30 s later */
		{.body = SESSION("AssumeRoleResult", "2026-11-23T17:00:00Z")},
		{.body = IDENTITY_BODY},
		/* 17:30: over, and no new ones */
		{.status = 403, .body = ERROR_BODY("AccessDenied", "never again")},
	};
	struct clock clock = {0};
	struct aws_settings s = plain;
	struct fake f;
	int64_t end_ms = 1795449600000; /* 16:00 */

	(void)state;
	log_init(LOG_ERROR, LOG_TEXT);
	fake_start(&f, steps, ARRAY_SIZE(steps));
	use_files("[profile admin]\nrole_arn = arn:aws:iam::111122223333:role/Admin\n"
		  "source_profile = base\n",
		  "[base]\naws_access_key_id = " FAKE_KEY "\naws_secret_access_key = " FAKE_SECRET
		  "\n");
	clock_set_ms(&clock, end_ms - 3600000);
	s.clock = &clock;
	s.profile = "admin";
	fake_connect(&f, s);
	assert_true(fake_call(&f, "sts", "GetCallerIdentity", NULL));
	assert_int_equal(f.count, 2);
	clock_set_ms(&clock, end_ms - 5 * 60000 - 1);
	assert_true(fake_call(&f, "sts", "GetCallerIdentity", NULL));
	assert_int_equal(f.count, 3);
	clock_set_ms(&clock, end_ms - 4 * 60000);
	assert_true(fake_call(&f, "sts", "GetCallerIdentity", NULL));
	assert_int_equal(f.count, 5);
	assert_true(fake_call(&f, "sts", "GetCallerIdentity", NULL));
	assert_int_equal(f.count, 6);
	clock_advance_ms(&clock, 30000);
	assert_true(fake_call(&f, "sts", "GetCallerIdentity", NULL));
	assert_int_equal(f.count, 8);
	assert_int_equal(aws_identity_expires_ms(f.me), end_ms + 3600000);
	clock_set_ms(&clock, end_ms + 5400000);
	assert_false(fake_call(&f, "sts", "GetCallerIdentity", NULL));
	assert_int_equal(f.count, 9);
	assert_non_null(strstr(f.err.message, "never again"));
	fake_stop(&f);
	log_init(LOG_WARN, LOG_TEXT);
}

/* ExpiredToken before its time: other credentials are fetched once. */
static void test_renew(void **state)
{
	static const struct step steps[] = {
		{.status = 400, .body = ERROR_BODY("ExpiredToken", "expired")},
		{.body = IDENTITY_BODY},
	};
	static const struct step never[] = {
		{.status = 400, .body = ERROR_BODY("ExpiredToken", "expired")}};
	char command[512];
	struct aws_settings s = plain;
	struct fake f;

	(void)state;
	s.profile = "p";
	fake_start(&f, steps, 2);
	use_files("", "");
	/* Another key each time it is run. */
	snprintf(command, sizeof(command),
		 "[profile p]\ncredential_process = sh -c 'n=$(cat %s/n 2>/dev/null || echo 1); "
		 "echo $((n + 1)) > %s/n; echo "
		 "\"{\\\"Version\\\":1,\\\"AccessKeyId\\\":\\\"AKIA$n\\\","
		 "\\\"SecretAccessKey\\\":\\\"s\\\"}\"'\n",
		 folder, folder);
	write_file(config, command);
	fake_connect(&f, s);
	assert_true(fake_call(&f, "sts", "GetCallerIdentity", NULL));
	assert_int_equal(f.count, 2);
	assert_non_null(strstr(f.seen[0].authorization, "Credential=AKIA1/"));
	assert_non_null(strstr(f.seen[1].authorization, "Credential=AKIA2/"));
	fake_stop(&f);

	fake_start(&f, never, 1);
	setenv("AWS_CONFIG_FILE", config, 1);
	unsetenv("AWS_ACCESS_KEY_ID");
	fake_connect(&f, s);
	assert_false(fake_call(&f, "sts", "GetCallerIdentity", NULL));
	assert_int_equal(f.count, 2);
	fake_stop(&f);

	char n[128];

	snprintf(n, sizeof(n), "%s/n", folder);
	unlink(n);
}

static bool has(const char *text, size_t n, const char *what)
{
	return memmem(text, n, what, strlen(what)) != NULL;
}

/* Everything that fails, with the log at its highest level: no secret in it, nor in an error. */
static void test_no_secret_is_said(void **state)
{
	static const struct step steps[] = {
		{.body = SESSION("AssumeRootResult", "2026-11-23T16:00:00Z")},
		{.status = 503, .body = "<html>" SESSION_SECRET "</html>", .type = "text/html"},
		{.reset = true},
		{.status = 403,
		 .body = ERROR_BODY("SignatureDoesNotMatch",
				    "The request signature we calculated does not match")},
		/* A session whose answer is cut: its pieces must not be shown. */
		{.body = "<AssumeRootResponse><AssumeRootResult><Credentials><"
			 "SecretAccessKey>" SESSION_SECRET "</SecretAccessKey>"},
		{.body = "{\"Credentials\": \"" SESSION_SECRET "\""},
	};
	static const enum log_format formats[] = {LOG_TEXT, LOG_JSON};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		struct aws_identity *root = NULL, *none = NULL;
		char *text = NULL;
		size_t n = 0;
		FILE *out = open_memstream(&text, &n);
		struct val *answer;
		struct fake f;
		struct err errs[3] = {0};

		log_init(LOG_DEBUG, formats[i]);
		log_to(out);
		fake_start(&f, steps, ARRAY_SIZE(steps));
		fake_connect(&f, plain);
		assert_true(aws_call_session(f.worker, f.me, api_op_of("sts", "AssumeRoot"),
					     assume_root_input(&f), STR("111122223333"), &root,
					     NULL, &f.err));
		assert_false(aws_call(f.worker, root, "sts", "GetCallerIdentity", NULL, f.a,
				      &answer, &errs[0]));
		for (int k = 1; k < 3; k++)
			assert_false(aws_call_session(
				f.worker, root, api_op_of("sts", "AssumeRoot"),
				assume_root_input(&f), STR("111122223333"), &none, NULL, &errs[k]));
		aws_identity_free(&root);
		fake_stop(&f);
		fclose(out);
		log_to(NULL);
		log_init(LOG_WARN, LOG_TEXT);

		/* It says something. */
		assert_true(has(text, n, "sts:AssumeRoot"));
		assert_true(has(text, n, "111122223333"));
		assert_true(has(text, n, "503"));
		assert_false(has(text, n, FAKE_SECRET));
		assert_false(has(text, n, SESSION_SECRET));
		assert_false(has(text, n, SESSION_TOKEN));
		assert_false(has(text, n, "AWS4-HMAC-SHA256"));
		for (int k = 0; k < 3; k++) {
			assert_true(err_is_set(&errs[k]));
			assert_false(has((char *)&errs[k], sizeof(errs[k]), SESSION_SECRET));
			assert_false(has((char *)&errs[k], sizeof(errs[k]), SESSION_TOKEN));
		}
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_session),
		cmocka_unit_test(test_session_without_credentials),
		cmocka_unit_test(test_role_chain),
		cmocka_unit_test(test_role_refused),
		cmocka_unit_test(test_refresh),
		cmocka_unit_test(test_renew),
		cmocka_unit_test(test_no_secret_is_said),
	};

	return cmocka_run_group_tests_name("call_identity", tests, make_folder, remove_folder);
}
