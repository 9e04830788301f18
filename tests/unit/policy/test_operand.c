/* Numbers, dates, addresses, ARNs and small letters, by themselves. */

#include "policy-test.h"

#include "base/rng.h"
#include "policy/policy-private.h"

static int compare_numbers(const char *x, const char *y)
{
	struct decimal a, b;
	assert_true(decimal_parse(str_of(x), &a));
	assert_true(decimal_parse(str_of(y), &b));
	int order = decimal_cmp(&a, &b);
	assert_int_equal(decimal_cmp(&b, &a), -order);
	return order;
}

static void test_decimal_order(void **state)
{
	/* Each is less than the next. */
	static const char *const rising[] = {"-1e400",
					     "-100",
					     "-10.5",
					     "-10.05",
					     "-1",
					     "-.5",
					     "-0.001",
					     "0",
					     "1e-400",
					     "0.001",
					     "0.0011",
					     ".5",
					     "0.51",
					     "1",
					     "1.0000000000000000000000001",
					     "9.99",
					     "10",
					     "10.05",
					     "10.5",
					     "100",
					     "123456789012345678901234567890",
					     "123456789012345678901234567891",
					     "1e30",
					     "1e400"};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rising); i++) {
		for (size_t k = 0; k < ARRAY_SIZE(rising); k++)
			assert_int_equal(compare_numbers(rising[i], rising[k]), (i > k) - (i < k));
	}
}

static void test_decimal_equal(void **state)
{
	static const char *const same[][6] = {
		{"1", "01", "+1", "1.", "1e0", "10e-1"},
		{"0", "-0", "+0.0", "0e5", ".0", "00.00e-3"},
		{"-12.5", "-12.50", "-0012.5", "-125e-1", "-1.25E+1", "-.125e2"},
		{"1000", "1e3", "1E+3", "0.001e6", "1000.000", "01000."},
	};
	(void)state;
	for (size_t s = 0; s < ARRAY_SIZE(same); s++) {
		for (size_t i = 0; i < 6; i++)
			assert_int_equal(compare_numbers(same[s][0], same[s][i]), 0);
	}
}

static void test_decimal_refused(void **state)
{
	static const char *const bad[] = {"",
					  "+",
					  "-",
					  ".",
					  "e1",
					  "1e",
					  "1e+",
					  "1e1.0",
					  "1..0",
					  "--1",
					  "+-1",
					  " 1",
					  "1 ",
					  "0x1",
					  "1f",
					  "NaN",
					  "Infinity",
					  "1_000",
					  "1,0",
					  "1e99999999999",
					  "1e-99999999999"};
	struct decimal d;
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		if (decimal_parse(str_of(bad[i]), &d))
			fail_msg("'%s' is a number", bad[i]);
	}
}

/* Random numbers of few digits, compared as integers after scaling. */
static void test_decimal_random(void **state)
{
	struct rng r;
	(void)state;
	rng_seed(&r, 7);
	for (int i = 0; i < 20000; i++) {
		long long v[2];
		char z[2][64];
		for (int k = 0; k < 2; k++) {
			long long whole = (long long)rng_below(&r, 30);
			long long part = (long long)rng_below(&r, 100);
			bool minus = rng_below(&r, 2);
			v[k] = (whole * 100 + part) * (minus ? -1 : 1);
			snprintf(z[k], sizeof(z[k]), "%s%.*lld.%02lld", minus ? "-" : "",
				 (int)rng_below(&r, 4) + 1, whole, part);
		}
		assert_int_equal(compare_numbers(z[0], z[1]), (v[0] > v[1]) - (v[0] < v[1]));
	}
}

static void test_dates(void **state)
{
	static const struct {
		const char *text;
		int64_t ms;
	} good[] = {
		{"1970-01-01T00:00:00Z", 0},
		{"1970-01-01", 0},
		{"0", 0},
		{"-1", -1000},
		{"+5", 5000},
		{"2000-02-29T12:34:56.789Z", INT64_C(951827696789)},
		{"2000-02-29T12:34:56,789Z", INT64_C(951827696789)},
		{"2000-060T12:34:56.789z", INT64_C(951827696789)},
		{"2000-2-29t12:34:56.7899Z", INT64_C(951827696789)},
		{"2000-02-29T14:34:56.789+02:00", INT64_C(951827696789)},
		{"2000-02-29T14:34:56.789+0200", INT64_C(951827696789)},
		{"2000-02-29T10:04:56.789-02:30", INT64_C(951827696789)},
		{"1969-12-31T23:59:59.999Z", -1},
		{"1970-01", 0},
		{"1970-01-01T", 0},
		{"1970-01-01T06", INT64_C(21600000)},
		{"1970-01-01T06.5", INT64_C(23400000)},
		{"1970-01-01T06:30.5Z", INT64_C(23430000)},
		{"1900-03-01", INT64_C(-2203891200000)},
		{"-0001-01-01", INT64_C(-62198755200000)},
		{"9223372036854775807", INT64_MAX},
	};
	static const char *const bad[] = {"",
					  "x",
					  "2000-00-01",
					  "2000-01-00",
					  "2001-02-29",
					  "2000-13-01",
					  "2000-01-32",
					  "2000-366x",
					  "2001-366",
					  "2000-000",
					  "2000-01-01T24:00",
					  "2000-01-01T00:60",
					  "2000-01-01T00:00:60",
					  "2000-01-01T00:00:00.",
					  "2000-01-01T00:00:00.1234567890Z",
					  "2000-01-01T00:00+1",
					  "2000-01-01T00:00+24",
					  "2000-01-01T00:00+00:60",
					  "2000-01-01 00:00",
					  "2000-01-01Z",
					  "2000-01-01T00:00ZZ",
					  "99999999999999999999",
					  "2000-01-01-01",
					  "--2000-01-01",
					  "400000000-01-01"};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		int64_t ms = 1;
		if (!date_parse(str_of(good[i].text), &ms) || ms != good[i].ms)
			fail_msg("'%s' is %lld", good[i].text, (long long)ms);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		int64_t ms;
		if (date_parse(str_of(bad[i]), &ms))
			fail_msg("'%s' is a date", bad[i]);
	}
}

static void test_addresses(void **state)
{
	static const char *const same[][2] = {
		{"192.0.2.1", "192.000.002.01"},
		{"192.0.2.1", "::ffff:192.0.2.1"},
		{"192.0.2.1", "0:0:0:0:0:FFFF:c000:201"},
		{"2001:db8::1", "2001:0db8:0:0:0:0:0:1"},
		{"2001:db8::1", "2001:db8::1:"},
		{"2001:db8::1", "2001:db8:::1"},
		{"2001:db8::1", "2001:db8::1::"},
		{"::", ":::"},
		{"::", "0:0:0:0:0:0:0:0"},
		{"0:2001:db8::1", ":2001:db8::1"},
		{"1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8:"},
		{"::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"},
	};
	static const char *const bad[] = {"",
					  "1",
					  "1.2.3",
					  "1.2.3.4.5",
					  "1.2.3.256",
					  "1.2.3.",
					  ".1.2.3",
					  "1..2.3",
					  "1.2.3.4 ",
					  "+1.2.3.4",
					  "a.b.c.d",
					  "0x1.2.3.4",
					  ":",
					  "1",
					  "g::",
					  "12345::",
					  "1:2:3:4:5:6:7",
					  "1:2:3:4:5:6:7:8:9",
					  "1::2::3",
					  "1::::2",
					  "::1.2.3.4",
					  "1::1.2.3.4",
					  "::ffff:1.2.3",
					  "::ffff:1.2.3.4:1",
					  "::ffff:1.2.3.4.5",
					  "::1:2:3:4:5:6:7:8",
					  "1:2:3:4:5:6:7:8::9",
					  "1.2.3.4::",
					  "::1%eth0",
					  "[::1]"};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(same); i++) {
		struct ip a, b;
		assert_true(ip_parse_request(str_of(same[i][0]), &a));
		if (!ip_parse_request(str_of(same[i][1]), &b) || a.bits != b.bits ||
		    memcmp(a.bytes, b.bytes, 16) != 0)
			fail_msg("'%s' is not '%s'", same[i][1], same[i][0]);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct ip a;
		if (ip_parse_request(str_of(bad[i]), &a))
			fail_msg("'%s' is an address", bad[i]);
	}
}

static void test_networks(void **state)
{
	static const char *const bad[] = {"1.2.3.4/",    "1.2.3.4/33", "1.2.3.4/-1",  "1.2.3.4/x",
					  "1.2.3.4/8/8", "/8",         "1.2.3.4/++8", "1.2.3.4/ 8",
					  "::/129",      "1::/15",     "::1/127"};
	struct ip_net net;
	struct ip ip;
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		if (ip_net_parse(str_of(bad[i]), &net))
			fail_msg("'%s' is a network", bad[i]);
	}
	/* Every length, at its edges. */
	for (int bits = 0; bits <= 32; bits++) {
		char z[64];
		uint32_t base = 0xC6336407, mask = bits ? ~UINT32_C(0) << (32 - bits) : 0;
		snprintf(z, sizeof(z), "198.51.100.7/%d", bits);
		assert_true(ip_net_parse(str_of(z), &net));
		const uint32_t at[] = {base & mask, base | ~mask, (base & mask) - 1,
				       (base | ~mask) + 1};
		for (size_t i = 0; i < ARRAY_SIZE(at); i++) {
			snprintf(z, sizeof(z), "%u.%u.%u.%u", at[i] >> 24, at[i] >> 16 & 255,
				 at[i] >> 8 & 255, at[i] & 255);
			assert_true(ip_parse_request(str_of(z), &ip));
			assert_int_equal(ip_net_has(&net, &ip), (at[i] & mask) == (base & mask));
		}
	}
}

static void test_arns(void **state)
{
	struct arn a;
	(void)state;
	assert_true(arn_split(STR("arn:aws:s3:::b/k:v::w"), &a));
	assert_true(str_eqz(a.part[2], "s3") && str_eqz(a.part[3], "") && str_eqz(a.part[4], ""));
	assert_true(str_eqz(a.part[5], "b/k:v::w"));
	assert_true(arn_split(STR(":::::"), &a));
	assert_false(arn_split(STR("arn:aws:s3::"), &a));
	assert_false(arn_split(STR(""), &a));
	assert_false(arn_split(STR_NULL, &a));
}

static void test_small_letters(void **state)
{
	static const struct {
		const char *a, *b;
		bool same;
	} pairs[] = {
		{"", "", true},
		{"a", "", false},
		{"Ab", "aB", true},
		{"@[`{", "@[`{", true},
		{"@", "`", false},
		{"\xE2\x84\xAA", "k", true},        /* Kelvin */
		{"\xC5\xBF", "s", false},           /* long s */
		{"\xE1\xBA\x9E", "\xC3\x9F", true}, /* capital sharp s */
		{"\xC4\xB0", "i\xCC\x87", true},    /* capital i with dot */
		{"\xC4\xB0", "i", false},
		{"i\xCC\x87x", "\xC4\xB0y", false},
		{"\xCE\xA3", "\xCF\x83", true},     /* sigma alone */
		{"x\xCE\xA3", "x\xCF\x82", true},   /* at the end of a word */
		{"x'\xCE\xA3", "x'\xCF\x82", true}, /* an apostrophe is looked through */
		{"x \xCE\xA3", "x \xCF\x83", true}, /* a space is not */
		{"x\xCE\xA3'", "x\xCF\x82'", true},
		{"x\xCE\xA3'x", "x\xCF\x83'x", true},
		{"x\xCE\xA3 x", "x\xCF\x82 x", true},
		{"\xF0\x90\x90\x80", "\xF0\x90\x90\xA8", false}, /* past the basic plane */
		{"\xFF", "\xFF", true},
		{"\xFF", "\xFE", false},
		{"\xFF", "\xEF\xBF\xBD", false},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		struct str a = str_of(pairs[i].a), b = str_of(pairs[i].b);
		if (policy_eq_nocase(a, b) != pairs[i].same ||
		    policy_eq_nocase(b, a) != pairs[i].same)
			fail_msg("'%s' and '%s'", pairs[i].a, pairs[i].b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_decimal_order),  TEST(test_decimal_equal), TEST(test_decimal_refused),
		TEST(test_decimal_random), TEST(test_dates),         TEST(test_addresses),
		TEST(test_networks),       TEST(test_arns),          TEST(test_small_letters),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
