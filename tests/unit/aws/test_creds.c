/* Where credentials come from, and what is said where they do not. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "aws/creds-private.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/limits.h"

static char folder[64], config_path[128], credentials_path[128];

static const char *const variables[] = {
	"AWS_PROFILE",
	"AWS_DEFAULT_PROFILE",
	"AWS_ACCESS_KEY_ID",
	"AWS_SECRET_ACCESS_KEY",
	"AWS_SESSION_TOKEN",
	"AWS_SECURITY_TOKEN",
	"AWS_CREDENTIAL_EXPIRATION",
	"AWS_WEB_IDENTITY_TOKEN_FILE",
	"AWS_CONTAINER_CREDENTIALS_FULL_URI",
	"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
};

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
	snprintf(config_path, sizeof(config_path), "%s/config", folder);
	snprintf(credentials_path, sizeof(credentials_path), "%s/credentials", folder);
	return 0;
}

static int remove_folder(void **state)
{
	(void)state;
	unlink(config_path);
	unlink(credentials_path);
	return rmdir(folder);
}

static int clean_environment(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(variables); i++)
		unsetenv(variables[i]);
	setenv("AWS_CONFIG_FILE", config_path, 1);
	setenv("AWS_SHARED_CREDENTIALS_FILE", credentials_path, 1);
	write_file(config_path, "");
	write_file(credentials_path, "");
	creds_process_timeout_ms = 20000;
	return 0;
}

/* Every role that was assumed, in order: "key>arn session external seconds; ". */
static char assumed[2048];
static bool refuse_roles;

static bool assume(void *ctx, const struct aws_creds *source, struct str role_arn,
		   struct str session_name, struct str external_id, int64_t duration_s,
		   struct aws_creds *out, struct err *err)
{
	size_t n = strlen(assumed);

	assert_string_equal(ctx, "ctx");
	if (refuse_roles)
		return err_set(err, ERR_AWS, "sts:AssumeRole: AccessDenied: no");
	snprintf(assumed + n, sizeof(assumed) - n, "%s>%.*s %.*s %.*s %lld; ",
		 source->access_key_id, STR_ARG(role_arn), STR_ARG(session_name),
		 STR_ARG(external_id), (long long)duration_s);
	return creds_set_keys(out, STR("ASIAROLE"), STR("role-secret"), STR("role-token"), "role",
			      err);
}

static struct aws_creds creds;
static struct err err;

static bool find(const char *profile)
{
	struct aws_config *c;
	bool ok;
	char ctx[] = "ctx";

	creds_release(&creds);
	err = (struct err){0};
	assumed[0] = '\0';
	c = aws_config_load(profile, &err);
	if (!c)
		fail_msg("%s", err.message);
	ok = creds_find(c, assume, ctx, &creds, &err);
	aws_config_free(&c);
	if (!ok)
		assert_int_equal(err.kind, refuse_roles ? ERR_AWS : ERR_CREDENTIALS);
	return ok;
}

static void assert_found(const char *id, const char *secret, const char *token, const char *source)
{
	if (err_is_set(&err))
		fail_msg("%s", err.message);
	assert_string_equal(creds.access_key_id, id);
	assert_true(secret_eq(&creds.secret_key, str_of(secret)));
	assert_int_equal(secret_is_set(&creds.session_token), token != NULL);
	if (token)
		assert_true(secret_eq(&creds.session_token, str_of(token)));
	if (!strstr(creds.source, source))
		fail_msg("source '%s', want '%s'", creds.source, source);
}

static void assert_says(const char *what)
{
	if (!strstr(err.message, what))
		fail_msg("got  %s\nwant %s", err.message, what);
}

static void test_environment(void **state)
{
	(void)state;
	setenv("AWS_ACCESS_KEY_ID", " AKIA1 ", 1);
	setenv("AWS_SECRET_ACCESS_KEY", "s1", 1);
	assert_true(find(NULL));
	assert_found("AKIA1", "s1", NULL, "environment");
	assert_int_equal(creds.expires_ms, 0);
	setenv("AWS_SESSION_TOKEN", "t1", 1);
	setenv("AWS_CREDENTIAL_EXPIRATION", "2026-11-23T16:00:00+00:00", 1);
	assert_true(find(NULL));
	assert_found("AKIA1", "s1", "t1", "environment");
	assert_int_equal(creds.expires_ms, 1795449600000);
	setenv("AWS_CREDENTIAL_EXPIRATION", "soon", 1);
	assert_false(find(NULL));
	assert_says("AWS_CREDENTIAL_EXPIRATION is not a time: 'soon'");
	unsetenv("AWS_CREDENTIAL_EXPIRATION");
	unsetenv("AWS_SECRET_ACCESS_KEY");
	assert_false(find(NULL));
	assert_says("environment: the access key id is there but the secret access key is not");
	creds_release(&creds);
}

/* AWS_PROFILE does not set the environment's keys aside, --profile does: as in the CLI. */
static void test_order(void **state)
{
	(void)state;
	setenv("AWS_ACCESS_KEY_ID", "AKIAENV", 1);
	setenv("AWS_SECRET_ACCESS_KEY", "s", 1);
	setenv("AWS_PROFILE", "p", 1);
	write_file(config_path, "[profile p]\naws_access_key_id = AKIACONFIG\n"
				"aws_secret_access_key = c\n");
	assert_true(find(NULL));
	assert_found("AKIAENV", "s", NULL, "environment");
	assert_true(find("p"));
	assert_found("AKIACONFIG", "c", NULL, "profile 'p' in ");
	write_file(credentials_path, "[p]\naws_access_key_id = AKIACREDS\n"
				     "aws_secret_access_key = d/+=\naws_session_token = t==\n");
	assert_true(find("p"));
	assert_found("AKIACREDS", "d/+=", "t==", credentials_path);
	/* A process stands between the two files. */
	write_file(credentials_path, "");
	write_file(config_path,
		   "[profile p]\naws_access_key_id = AKIACONFIG\naws_secret_access_key = c\n"
		   "credential_process = echo '{\"Version\": 1, \"AccessKeyId\": \"AKIAPROC\", "
		   "\"SecretAccessKey\": \"x\"}'\n");
	assert_true(find("p"));
	assert_found("AKIAPROC", "x", NULL, "credential_process of profile 'p'");
	creds_release(&creds);
}

static void test_bad_keys(void **state)
{
	(void)state;
	write_file(credentials_path, "[default]\naws_access_key_id = AKIA1\n");
	assert_false(find(NULL));
	assert_says("the secret access key is not");
	write_file(credentials_path,
		   "[default]\naws_access_key_id = AK IA\naws_secret_access_key = s\n");
	assert_false(find(NULL));
	assert_says("the access key id has a character that none can have");
	write_file(credentials_path, "[default]\naws_access_key_id = AKIA1\n"
				     "aws_secret_access_key = s\naws_session_token = a\n  b\n");
	assert_false(find(NULL));
	assert_says("the session token has a character that none can have");
	creds_release(&creds);
}

static void test_nothing(void **state)
{
	(void)state;
	assert_false(find(NULL));
	assert_says(
		"no credentials: AWS_ACCESS_KEY_ID is not set, and profile 'default' is not in ");
	assert_says(credentials_path);
	assert_says(config_path);
	write_file(config_path, "[default]\nregion = x\n");
	assert_false(find(NULL));
	assert_says("profile 'default' has none in ");
	assert_false(find("default"));
	assert_says("--profile sets the environment's keys aside");
	setenv("AWS_WEB_IDENTITY_TOKEN_FILE", "/x", 1);
	assert_false(find(NULL));
	assert_says("AWS_WEB_IDENTITY_TOKEN_FILE is set, but credentials of a web identity are not "
		    "supported yet");
	assert_says("aws configure export-credentials");
	unsetenv("AWS_WEB_IDENTITY_TOKEN_FILE");
	setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://x", 1);
	assert_false(find(NULL));
	assert_says("a container's role");
	creds_release(&creds);
}

static void test_unsupported(void **state)
{
	static const struct {
		const char *profile, *says;
	} cases[] = {
		{"sso_session = s\nsso_account_id = 1\n",
		 "gets its credentials from IAM Identity Center (sso_session), which is not "
		 "supported yet; use a profile with 'credential_process = aws configure "
		 "export-credentials"},
		{"sso_start_url = https://x\n", "IAM Identity Center (sso_start_url)"},
		{"login_session = arn\n", "console sign-in (login_session)"},
		{"role_arn = r\nweb_identity_token_file = /x\n", "a web identity"},
		{"role_arn = r\nsource_profile = b\nmfa_serial = m\n",
		 "needs an MFA code (mfa_serial), which is not supported yet"},
		{"role_arn = r\ncredential_source = Ec2InstanceMetadata\n",
		 "credential_source = Ec2InstanceMetadata, which is not supported yet"},
		{"role_arn = r\ncredential_source = EcsContainer\n", "not supported yet"},
		{"role_arn = r\ncredential_source = Mars\n",
		 "credential_source = Mars, which is not known"},
		{"role_arn = r\n", "neither source_profile nor credential_source"},
		{"role_arn = r\nsource_profile = b\ncredential_source = Environment\n",
		 "has both source_profile and credential_source"},
		{"role_arn = r\nsource_profile = nobody\n",
		 "has source_profile = nobody, which is neither in "},
		{"role_arn = r\nsource_profile = b\nduration_seconds = 899\n",
		 "duration_seconds is '899', but a role's session lasts 900 to 43200 seconds"},
		{"role_arn = r\nsource_profile = b\nduration_seconds = 1h\n",
		 "duration_seconds is '1h'"},
		{"role_arn = r\nsource_profile = none\n", "profile 'none' of the chain to r has no "
							  "credentials"},
		{"role_arn = r\ncredential_source = Environment\n",
		 "has credential_source = Environment, but AWS_ACCESS_KEY_ID is not set"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char text[1024];

		snprintf(text, sizeof(text),
			 "[profile p]\n%s[profile b]\naws_access_key_id = AKIAB\n"
			 "aws_secret_access_key = s\n[profile none]\nregion = x\n",
			 cases[i].profile);
		write_file(config_path, text);
		assert_false(find("p"));
		assert_says(cases[i].says);
		assert_string_equal(assumed, "");
	}
	creds_release(&creds);
}

static void test_roles(void **state)
{
	(void)state;
	write_file(config_path, "[profile c]\nrole_arn = R3\nsource_profile = b\nexternal_id = x\n"
				"role_session_name = n\nduration_seconds = 900\n"
				"[profile b]\nrole_arn = R2\nsource_profile = a\n"
				"[profile a]\nrole_arn = R1\ncredential_source = Environment\n"
				"[profile self]\nrole_arn = RS\nsource_profile = self\n"
				"aws_access_key_id = AKIASELF\naws_secret_access_key = s\n"
				"[profile over]\nrole_arn = RO\nsource_profile = self\n");
	setenv("AWS_ACCESS_KEY_ID", "AKIAENV", 1);
	setenv("AWS_SECRET_ACCESS_KEY", "s", 1);
	assert_true(find("c"));
	assert_string_equal(assumed, "AKIAENV>R1 rootout  0; ASIAROLE>R2 rootout  0; "
				     "ASIAROLE>R3 n x 900; ");
	assert_found("ASIAROLE", "role-secret", "role-token", "profile 'c', role R3");
	/* A profile that names itself assumes the role with its own keys. */
	assert_true(find("self"));
	assert_string_equal(assumed, "AKIASELF>RS rootout  0; ");
	/* As a source, its keys come before its role. */
	assert_true(find("over"));
	assert_string_equal(assumed, "AKIASELF>RO rootout  0; ");
	refuse_roles = true;
	assert_false(find("over"));
	assert_string_equal(err.message, "profile 'over': sts:AssumeRole: AccessDenied: no");
	refuse_roles = false;
	creds_release(&creds);
}

static void test_cycles(void **state)
{
	struct buf b = BUF_INIT(KIB(64));

	(void)state;
	write_file(config_path, "[profile a]\nrole_arn = RA\nsource_profile = b\n"
				"[profile b]\nrole_arn = RB\nsource_profile = c\n"
				"[profile c]\nrole_arn = RC\nsource_profile = b\n"
				"[profile alone]\nrole_arn = R\nsource_profile = alone\n");
	assert_false(find("a"));
	assert_says("profile 'a': source_profile goes in a circle at 'b'");
	assert_false(find("alone"));
	assert_says("goes in a circle at 'alone'");
	assert_string_equal(assumed, "");

	for (int i = 0; i < 40; i++)
		buf_addf(&b, "[profile p%d]\nrole_arn = R%d\nsource_profile = p%d\n", i, i, i + 1);
	buf_addz(&b, "[profile p40]\naws_access_key_id = A\naws_secret_access_key = s\n");
	write_file(config_path, buf_z(&b));
	assert_false(find("p0"));
	assert_says("profile 'p0': a chain of more than 16 roles");
	assert_true(find("p30"));
	buf_release(&b);
	creds_release(&creds);
}

static bool process(const char *command)
{
	creds_release(&creds);
	err = (struct err){0};
	return creds_from_process(str_of(command), STR("p"), &creds, &err);
}

#define JSON "{\"Version\":1,\"AccessKeyId\":\"AKIA1\",\"SecretAccessKey\":\"a\\/b\""

static void test_process(void **state)
{
	(void)state;
	assert_true(process("printf %s '" JSON ",\"SessionToken\":\"t\",\"Expiration\":"
			    "\"2026-11-23T16:00:00Z\"}'"));
	assert_found("AKIA1", "a/b", "t", "credential_process of profile 'p'");
	assert_int_equal(creds.expires_ms, 1795449600000);
	assert_true(process("printf %s '" JSON "}'"));
	assert_found("AKIA1", "a/b", NULL, "credential_process");
	assert_int_equal(creds.expires_ms, 0);
	/* No shell: what would be one's words are arguments. */
	assert_false(process("printf %s;true"));
	assert_false(process("echo `true` $HOME"));
	creds_release(&creds);
}

static void test_process_errors(void **state)
{
	static const struct {
		const char *command, *says;
	} cases[] = {
		{"", "credential_process is no command line"},
		{"echo 'open",
		 "credential_process is no command line (a quote that is not closed?)"},
		{"/nonexistent/tool --x",
		 "cannot run credential_process '/nonexistent/tool': No such "
		 "file or directory"},
		{"false", "credential_process ended with status 1"},
		{"sh -c 'kill -9 $$'", "credential_process was ended by signal 9"},
		{"echo not JSON", "did not print a JSON object"},
		{"echo [1]", "did not print a JSON object"},
		{"true", "did not print a JSON object"},
		{"echo '{\"Version\":2}'", "its answer's Version is not 1"},
		{"echo '{\"Version\":1}'", "its answer has no AccessKeyId"},
		{"echo '{\"Version\":1,\"AccessKeyId\":\"A\"}'", "the secret access key is not"},
		{"echo '" JSON ",\"Expiration\":\"x\"}'", "its Expiration 'x' is not a time"},
		{"head -c 70000 /dev/zero", "credential_process printed more than 64 KiB"},
		{"cat /dev/zero", "credential_process printed more than 64 KiB"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_false(process(cases[i].command));
		assert_int_equal(err.kind, ERR_CREDENTIALS);
		assert_says(cases[i].says);
	}
	/* What it printed may be a key. */
	assert_false(process("echo SECRETSECRET"));
	assert_null(strstr(err.message, "SECRETSECRET"));
	creds_release(&creds);
}

static void test_process_takes_too_long(void **state)
{
	int64_t start_ms = clock_mono_ms();

	(void)state;
	creds_process_timeout_ms = 100;
	assert_false(process("sleep 60"));
	assert_says("did not end within 0 s and was ended");
	/* Its output is closed, but it stays. */
	assert_false(process("sh -c 'exec >&-; exec sleep 60'"));
	assert_says("was ended");
	assert_true(clock_mono_ms() - start_ms < 30000);
	creds_release(&creds);
}

static void test_split(void **state)
{
	/* Words are joined by '|'. Python's shlex.split is the rule. */
	static const char *const cases[][2] = {
		{"a b  c", "a|b|c"},
		{" \ta\nb ", "a|b"},
		{"a 'b c' d", "a|b c|d"},
		{"a \"b c\" d", "a|b c|d"},
		{"a'b c'd\"e f\"", "ab cde f"},
		{"'' a", "|a"},
		{"a\\ b", "a b"},
		{"\"a\\\"b\\\\c\\d\"", "a\"b\\c\\d"},
		{"'a\\'", "a\\"},
		{"a\\\\b", "a\\b"},
		{"/opt/tool --name \"Hanako Yamada\" # not a comment",
		 "/opt/tool|--name|Hanako Yamada|#|not|a|comment"},
		{"a\\\nb", "a\nb"},
	};
	static const char *const bad[] = {"", "   ", "'a", "\"a", "a\\", "\"a\\"};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct buf b = BUF_INIT(KIB(4));
		char **argv;

		assert_true(creds_split_command(str_of(cases[i][0]), a, &argv));
		for (size_t k = 0; argv[k]; k++)
			buf_addf(&b, "%s%s", k ? "|" : "", argv[k]);
		assert_string_equal(buf_z(&b), cases[i][1]);
		buf_release(&b);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		char **argv;

		assert_false(creds_split_command(str_of(bad[i]), a, &argv));
	}
	arena_free(&a);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, clean_environment)
	const struct CMUnitTest tests[] = {
		TEST(test_environment),    TEST(test_order),
		TEST(test_bad_keys),       TEST(test_nothing),
		TEST(test_unsupported),    TEST(test_roles),
		TEST(test_cycles),         TEST(test_process),
		TEST(test_process_errors), TEST(test_process_takes_too_long),
		TEST(test_split),
	};

	return cmocka_run_group_tests_name("creds", tests, make_folder, remove_folder);
}
