/* Endpoints by rule; tests/conformance compares the same rule with botocore's tables. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "aws/endpoint.h"

static void test_partitions(void **state)
{
	static const char *const cases[][2] = {
		{"us-east-1", "aws"},
		{"ap-northeast-1", "aws"},
		{"mx-central-1", "aws"},
		{"cn-north-1", "aws-cn"},
		{"cn-northwest-1", "aws-cn"},
		{"us-gov-west-1", "aws-us-gov"},
		{"us-iso-east-1", "aws-iso"},
		{"us-isob-east-1", "aws-iso-b"},
		{"eu-isoe-west-1", "aws-iso-e"},
		{"us-isof-south-1", "aws-iso-f"},
		{"eusc-de-east-1", "aws-eusc"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_true(str_eqz(partition_of_region(str_of(cases[i][0])), cases[i][1]));
}

static void test_resolve(void **state)
{
	static const char *const cases[][4] = {
		{"sts", "eu-west-1", "https://sts.eu-west-1.amazonaws.com", "eu-west-1"},
		{"sts", "us-east-1", "https://sts.us-east-1.amazonaws.com", "us-east-1"},
		{"sts", "cn-north-1", "https://sts.cn-north-1.amazonaws.com.cn", "cn-north-1"},
		{"sts", "us-gov-east-1", "https://sts.us-gov-east-1.amazonaws.com",
		 "us-gov-east-1"},
		{"iam", "eu-west-1", "https://iam.amazonaws.com", "us-east-1"},
		{"iam", "cn-northwest-1", "https://iam.cn-north-1.amazonaws.com.cn", "cn-north-1"},
		{"iam", "us-gov-east-1", "https://iam.us-gov.amazonaws.com", "us-gov-west-1"},
		{"organizations", "ap-northeast-1", "https://organizations.us-east-1.amazonaws.com",
		 "us-east-1"},
		{"organizations", "cn-north-1",
		 "https://organizations.cn-northwest-1.amazonaws.com.cn", "cn-northwest-1"},
		{"organizations", "us-gov-east-1",
		 "https://organizations.us-gov-west-1.amazonaws.com", "us-gov-west-1"},
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct endpoint e;
		struct err err = {0};

		assert_true(endpoint_resolve(api_service(str_of(cases[i][0])), str_of(cases[i][1]),
					     STR_NULL, a, &e, &err));
		assert_string_equal(e.url.p, cases[i][2]);
		assert_string_equal(e.host.p, cases[i][2] + 8);
		assert_true(str_eqz(e.signing_region, cases[i][3]));
		assert_true(str_is_empty(e.path));
	}
	arena_free(&a);
}

static void test_given(void **state)
{
	static const char *const cases[][4] = {
		/* given, url, host, path */
		{"http://127.0.0.1:4566", "http://127.0.0.1:4566", "127.0.0.1:4566", ""},
		{"http://localhost:80/", "http://localhost", "localhost", ""},
		{"https://localhost:443", "https://localhost", "localhost", ""},
		{"https://localhost:80", "https://localhost:80", "localhost:80", ""},
		{"http://[::1]:8080/x/", "http://[::1]:8080/x", "[::1]:8080", "/x"},
		{"http://[::1]", "http://[::1]", "[::1]", ""},
		{"https://VPCE-1.sts.eu-west-1.vpce.amazonaws.com",
		 "https://vpce-1.sts.eu-west-1.vpce.amazonaws.com",
		 "vpce-1.sts.eu-west-1.vpce.amazonaws.com", ""},
		{" https://gateway/a/b%20c// ", "https://gateway/a/b%20c", "gateway", "/a/b%20c"},
		{"http://aws_mock:5000", "http://aws_mock:5000", "aws_mock:5000", ""},
	};
	static const char *const bad[] = {
		"",
		"localhost:4566",
		"ftp://x",
		"http://",
		"http://:80",
		"http://x:0",
		"http://x:65536",
		"http://x:port",
		"http://user@x",
		"http://x/?a=b",
		"http://x/#f",
		"http://x y",
		"http://x/a b",
		"http://x\r\nHost: y",
		"HTTP://x",
		"http://x/\xc3\xa4",
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct endpoint e;
		struct err err = {0};

		if (!endpoint_resolve(api_service(STR("iam")), STR("eu-west-1"),
				      str_of(cases[i][0]), a, &e, &err))
			fail_msg("%s: %s", cases[i][0], err.message);
		assert_string_equal(e.url.p, cases[i][1]);
		assert_string_equal(e.host.p, cases[i][2]);
		assert_string_equal(e.path.p, cases[i][3]);
		assert_true(str_eqz(e.signing_region, "us-east-1"));
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct endpoint e;
		struct err err = {0};

		if (endpoint_resolve(api_service(STR("iam")), STR("eu-west-1"), str_of(bad[i]), a,
				     &e, &err))
			fail_msg("'%s' was taken as %s", bad[i], e.url.p);
		assert_int_equal(err.kind, ERR_INPUT);
	}
	arena_free(&a);
}

static void test_regions(void **state)
{
	static const char *const bad[] = {"",
					  "us east",
					  "US-EAST-1",
					  "us-east-1.evil.example/",
					  "us-east-1\nregion",
					  "-x",
					  "x-",
					  "a-region-name-of-more-than-32-letters"};
	struct arena *a = arena_new();
	struct endpoint e;
	struct err err = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		err = (struct err){0};
		assert_false(endpoint_resolve(api_service(STR("sts")), str_of(bad[i]), STR_NULL, a,
					      &e, &err));
		assert_int_equal(err.kind, ERR_INPUT);
	}
	/* A partition that is not known has no endpoints by rule, but may have given ones. */
	err = (struct err){0};
	assert_false(endpoint_resolve(api_service(STR("sts")), STR("us-iso-east-1"), STR_NULL, a,
				      &e, &err));
	assert_string_equal(err.message, "region us-iso-east-1 is in partition aws-iso, which is "
					 "not supported yet");
	assert_true(endpoint_resolve(api_service(STR("sts")), STR("us-iso-east-1"),
				     STR("https://sts.example"), a, &e, &err));
	assert_true(str_eqz(e.signing_region, "us-iso-east-1"));
	arena_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_partitions),
		cmocka_unit_test(test_resolve),
		cmocka_unit_test(test_given),
		cmocka_unit_test(test_regions),
	};

	return cmocka_run_group_tests_name("endpoint", tests, NULL, NULL);
}
