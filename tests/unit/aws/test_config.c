/* The shared files, as people have them. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "aws/config-private.h"
#include "base/buf.h"
#include "base/limits.h"

static char folder[64], config[128], credentials[128];

static const char *const variables[] = {
	"AWS_PROFILE",
	"AWS_DEFAULT_PROFILE",
	"AWS_REGION",
	"AWS_DEFAULT_REGION",
	"AWS_ENDPOINT_URL",
	"AWS_ENDPOINT_URL_STS",
	"AWS_ENDPOINT_URL_SSO_ADMIN",
	"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
};

static void write_file(const char *path, const char *text, size_t n)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, n, f), n);
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

static void files(const char *config_text, const char *credentials_text)
{
	for (size_t i = 0; i < ARRAY_SIZE(variables); i++)
		unsetenv(variables[i]);
	setenv("AWS_CONFIG_FILE", config, 1);
	setenv("AWS_SHARED_CREDENTIALS_FILE", credentials, 1);
	write_file(config, config_text, strlen(config_text));
	write_file(credentials, credentials_text, strlen(credentials_text));
}

static struct aws_config *load(const char *profile)
{
	struct err err = {0};
	struct aws_config *c = aws_config_load(profile, &err);

	if (!c)
		fail_msg("%s:%u: %s", err.path, err.line, err.message);
	return c;
}

static void assert_key(const struct aws_config *c, const char *profile, const char *key,
		       const char *want)
{
	struct str got = aws_config_get(c, str_of(profile), key);

	if (want ? !str_eqz(got, want) : !str_is_null(got))
		fail_msg("%s of %s: got '%.*s', want '%s'", key, profile, STR_ARG(got),
			 want ? want : "(none)");
}

static void test_forms(void **state)
{
	struct aws_config *c;

	(void)state;
	files("\xef\xbb\xbf# a comment\r\n"
	      "[default]\r\n"
	      "region=us-west-2\r\n"
	      "  ; another\n"
	      "Output = json   \n"
	      "empty =\n"
	      "comment = value # not this\n"
	      "hash=a#b;c\n"
	      "colon: x=y\n"
	      "\n"
	      "[profile  spaced  ] # why not\n"
	      "region =\teu-west-1\n"
	      "[profile \"with blank\"]\n"
	      "region = eu-west-2\n"
	      "[profile 'single']\n"
	      "region = eu-west-3\n"
	      "[profile]\n"
	      "region = nobodys\n"
	      "[preview]\n"
	      "cloudfront = true\n"
	      "[profile long]\n"
	      "credential_process = tool \\\n"
	      "    --first # kept\n"
	      "\n"
	      "    --second\n"
	      "region = ap-northeast-1\n"
	      "[profile nested]\n"
	      "s3 =\n"
	      "  addressing_style = path\n"
	      "  max_concurrent_requests = 20\n"
	      "region = ap-northeast-3\n"
	      "[profile indented]\n"
	      "   region = sa-east-1\n"
	      "   output = text\n",
	      "");
	c = load(NULL);
	assert_key(c, "default", "region", "us-west-2");
	assert_key(c, "default", "output", "json");
	assert_key(c, "default", "empty", NULL);
	assert_key(c, "default", "comment", "value");
	assert_key(c, "default", "hash", "a#b;c");
	assert_key(c, "default", "colon", "x=y");
	assert_key(c, "default", "absent", NULL);
	assert_key(c, "spaced", "region", "eu-west-1");
	assert_key(c, "with blank", "region", "eu-west-2");
	assert_key(c, "single", "region", "eu-west-3");
	assert_key(c, "long", "credential_process", "tool \\\n--first # kept\n--second");
	assert_key(c, "long", "region", "ap-northeast-1");
	assert_key(c, "nested", "region", "ap-northeast-3");
	assert_key(c, "nested", "s3", NULL);
	assert_key(c, "nested", "addressing_style", NULL);
	assert_key(c, "indented", "region", "sa-east-1");
	assert_key(c, "indented", "output", "text");
	assert_false(aws_config_has_profile(c, STR("preview")));
	assert_false(aws_config_has_profile(c, STR("")));
	assert_true(aws_config_has_profile(c, STR("nested")));
	assert_false(aws_config_profile_named(c));
	aws_config_free(&c);
	assert_null(c);
}

static void test_duplicates(void **state)
{
	struct aws_config *c;

	(void)state;
	files("[profile a]\nregion = one\nregion = two\noutput = json\n"
	      "[profile b]\nregion = other\n"
	      "[profile a]\nregion = three\n"
	      "[default]\nregion = plain\n[profile default]\nregion = prefixed\n[default]\nregion "
	      "= "
	      "plain2\noutput = text\n",
	      "[default]\naws_access_key_id = A\n[a]\naws_access_key_id = B\nregion = creds\n");
	c = load(NULL);
	assert_key(c, "a", "output", "json");
	assert_true(str_eqz(aws_config_get_from(c, false, STR("a"), "region"), "three"));
	/* The credentials file wins. */
	assert_key(c, "a", "region", "creds");
	assert_key(c, "b", "region", "other");
	assert_key(c, "default", "region", "prefixed");
	assert_key(c, "default", "output", "text");
	assert_key(c, "default", "aws_access_key_id", "A");
	assert_true(str_is_null(aws_config_get_from(c, false, STR("a"), "aws_access_key_id")));
	aws_config_free(&c);
}

/* In the credentials file, names are bare: "profile x" is another name there. */
static void test_credentials_names(void **state)
{
	struct aws_config *c;

	(void)state;
	files("[bare]\nregion = x\n", "[bare]\naws_access_key_id = A\n[profile x]\nkey = v\n");
	c = load(NULL);
	assert_true(aws_config_has_profile(c, STR("bare")));
	assert_key(c, "bare", "region", NULL);
	assert_false(aws_config_has_profile(c, STR("x")));
	assert_true(aws_config_has_profile(c, STR("profile x")));
	aws_config_free(&c);
}

static void test_errors(void **state)
{
	static const struct {
		const char *text;
		size_t n;
		uint32_t line;
		const char *message;
	} cases[] = {
		{"key = value\n", 0, 1, "a line before the first section"},
		{"[default]\n\nnonsense\n", 0, 3,
		 "expected 'key = value', a [section] or a comment"},
		{"[default\nregion = x\n", 0, 1, "a section's name must end in ']'"},
		{"[default] region = x\n", 0, 1, "text behind a section's name"},
		{"# c\n[ ]\n", 0, 2, "a section without a name"},
		{"[default]\n= x\n", 0, 2, "expected 'key = value', a [section] or a comment"},
		{"[default]\ns3 =\n  what\n", 0, 3, "expected 'key = value' in a nested setting"},
		{"[default]\nregion = \xff\n", 0, 2, "not UTF-8 text"},
		{"[default]\nregion = a\0b\n", 23, 2, "not UTF-8 text"},
		{"[\0]", 3, 1, "not UTF-8 text"},
	};

	(void)state;
	files("", "");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct err err = {0};

		write_file(config, cases[i].text, cases[i].n ? cases[i].n : strlen(cases[i].text));
		assert_null(aws_config_load(NULL, &err));
		assert_int_equal(err.kind, ERR_INPUT);
		assert_string_equal(err.path, config);
		assert_int_equal(err.line, cases[i].line);
		assert_string_equal(err.message, cases[i].message);
	}
}

static void test_files_that_are_not_there(void **state)
{
	struct err err = {0};
	struct aws_config *c;
	struct buf b = BUF_INIT(LIMIT_CONFIG_BYTES + KIB(8));

	(void)state;
	files("", "");
	setenv("AWS_CONFIG_FILE", "/nonexistent/a", 1);
	setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null/b", 1);
	c = load(NULL);
	assert_key(c, "default", "region", NULL);
	assert_string_equal(aws_config_path(c, false), "/nonexistent/a");
	aws_config_free(&c);

	/* A folder is there, but cannot be read: that is not "absent". */
	setenv("AWS_CONFIG_FILE", folder, 1);
	assert_null(aws_config_load(NULL, &err));
	assert_int_equal(err.kind, ERR_IO);

	/* A path that is cut would be one that is not there. */
	char path[600];

	snprintf(path, sizeof(path), "/%0512d", 0);
	setenv("AWS_CONFIG_FILE", path, 1);
	err = (struct err){0};
	assert_null(aws_config_load(NULL, &err));
	assert_string_equal(err.message, "the path of AWS_CONFIG_FILE is longer than 255 bytes");

	err = (struct err){0};
	buf_addn(&b, '#', LIMIT_CONFIG_BYTES + KIB(4));
	write_file(config, b.p, b.n);
	setenv("AWS_CONFIG_FILE", config, 1);
	assert_null(aws_config_load(NULL, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	buf_release(&b);
}

static void test_home(void **state)
{
	struct aws_config *c;
	char want[128];

	(void)state;
	files("", "");
	unsetenv("AWS_CONFIG_FILE");
	setenv("AWS_SHARED_CREDENTIALS_FILE", "~/credentials", 1);
	setenv("HOME", folder, 1);
	write_file(credentials, "[default]\nregion = home\n", 24);
	c = load(NULL);
	snprintf(want, sizeof(want), "%s/.aws/config", folder);
	assert_string_equal(aws_config_path(c, false), want);
	assert_key(c, "default", "region", "home");
	aws_config_free(&c);
}

static void test_which_profile(void **state)
{
	struct aws_config *c;
	struct err err = {0};

	(void)state;
	files("[profile one]\nregion = r1\n[profile two]\nregion = r2\n", "[three]\nregion = r3\n");
	setenv("AWS_DEFAULT_PROFILE", "two", 1);
	c = load(NULL);
	assert_true(str_eqz(aws_config_profile(c), "two"));
	assert_true(aws_config_profile_named(c));
	assert_false(aws_config_profile_by_option(c));
	aws_config_free(&c);
	setenv("AWS_PROFILE", "three", 1);
	c = load(NULL);
	assert_true(str_eqz(aws_config_profile(c), "three"));
	assert_true(str_eqz(aws_config_region(c), "r3"));
	aws_config_free(&c);
	c = load("one");
	assert_true(str_eqz(aws_config_profile(c), "one"));
	assert_true(aws_config_profile_by_option(c));
	aws_config_free(&c);

	assert_null(aws_config_load("thre", &err));
	assert_int_equal(err.kind, ERR_INPUT);
	assert_non_null(strstr(err.message, "no profile 'thre' in "));
	assert_non_null(strstr(err.message, ", did you mean 'three'?"));
	err = (struct err){0};
	assert_null(aws_config_load("default", &err));
	assert_null(strstr(err.message, "did you mean"));
}

static void test_region(void **state)
{
	struct aws_config *c;

	(void)state;
	files("[default]\nregion = file\n", "");
	c = load(NULL);
	assert_true(str_eqz(aws_config_region(c), "file"));
	setenv("AWS_DEFAULT_REGION", "second", 1);
	assert_true(str_eqz(aws_config_region(c), "second"));
	setenv("AWS_REGION", "first", 1);
	assert_true(str_eqz(aws_config_region(c), "first"));
	setenv("AWS_REGION", "", 1);
	assert_true(str_eqz(aws_config_region(c), "second"));
	aws_config_free(&c);
}

static void test_endpoint_urls(void **state)
{
	struct aws_config *c;

	(void)state;
	files("[default]\nendpoint_url = http://profile\nservices = mine\n"
	      "[services mine]\nsts =\n  endpoint_url = http://section-sts\n"
	      "sso_admin =\n  endpoint_url = http://section-sso\n"
	      "[services other]\nsts =\n  endpoint_url = http://wrong\n",
	      "");
	c = load(NULL);
	assert_true(str_eqz(aws_config_endpoint_url(c, STR("IAM")), "http://profile"));
	assert_true(str_eqz(aws_config_endpoint_url(c, STR("STS")), "http://section-sts"));
	assert_true(str_eqz(aws_config_endpoint_url(c, STR("SSO Admin")), "http://section-sso"));
	assert_true(
		str_eqz(aws_config_service(c, STR("sts"), "endpoint_url"), "http://section-sts"));
	setenv("AWS_ENDPOINT_URL", "http://env", 1);
	assert_true(str_eqz(aws_config_endpoint_url(c, STR("IAM")), "http://env"));
	assert_true(str_eqz(aws_config_endpoint_url(c, STR("STS")), "http://env"));
	setenv("AWS_ENDPOINT_URL_STS", "http://env-sts", 1);
	setenv("AWS_ENDPOINT_URL_SSO_ADMIN", "http://env-sso", 1);
	assert_true(str_eqz(aws_config_endpoint_url(c, STR("STS")), "http://env-sts"));
	assert_true(str_eqz(aws_config_endpoint_url(c, STR("SSO Admin")), "http://env-sso"));
	setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "True", 1);
	assert_true(str_is_null(aws_config_endpoint_url(c, STR("STS"))));
	assert_true(str_is_null(aws_config_endpoint_url(c, STR("IAM"))));
	aws_config_free(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_duplicates),
		cmocka_unit_test(test_credentials_names),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_files_that_are_not_there),
		cmocka_unit_test(test_home),
		cmocka_unit_test(test_which_profile),
		cmocka_unit_test(test_region),
		cmocka_unit_test(test_endpoint_urls),
	};

	return cmocka_run_group_tests_name("config", tests, make_folder, remove_folder);
}
