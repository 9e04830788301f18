#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

#include "base/clock.h"

static void test_system_clock(void **state)
{
	struct clock c = CLOCK_SYSTEM;
	int64_t before = (int64_t)time(NULL) * 1000, now = clock_now_ms(NULL);
	int64_t same = clock_now_ms(&c), after = ((int64_t)time(NULL) + 1) * 1000;

	(void)state;
	assert_true(before <= now && now <= same && same <= after);
	clock_advance_ms(&c, 86400000);
	assert_true(clock_now_ms(&c) - clock_now_ms(NULL) >= 86400000 - 1000);
	clock_advance_ms(&c, -86400000);
	assert_true(clock_now_ms(&c) - clock_now_ms(NULL) <= 1000);
}

static void test_set_clock(void **state)
{
	struct clock c = CLOCK_SYSTEM;
	int64_t real;

	(void)state;
	clock_set_ms(&c, 1000);
	assert_int_equal(clock_now_ms(&c), 1000);
	clock_advance_ms(&c, 500);
	assert_int_equal(clock_now_ms(&c), 1500);
	/* A sleep of a year takes no time and moves the clock. */
	real = clock_mono_ms();
	clock_sleep_ms(&c, 365 * 86400000LL);
	assert_int_equal(clock_now_ms(&c), 1500 + 365 * 86400000LL);
	assert_true(clock_mono_ms() - real < 60000);
	clock_sleep_ms(&c, -5);
	assert_int_equal(clock_now_ms(&c), 1500 + 365 * 86400000LL);
}

static volatile sig_atomic_t signals;

static void on_signal(int signal)
{
	(void)signal;
	signals = signals + 1;
}

/* Not shorter for the signals that come meanwhile; how much longer is the machine's business. */
static void test_sleep_survives_signals(void **state)
{
	struct sigaction act = {.sa_handler = on_signal};
	struct itimerval every = {{0, 5000}, {0, 5000}}, never = {{0}, {0}};
	int64_t start;

	(void)state;
	assert_int_equal(sigaction(SIGALRM, &act, NULL), 0);
	setitimer(ITIMER_REAL, &every, NULL);
	start = clock_mono_us();
	clock_sleep_ms(NULL, 60);
	assert_true(clock_mono_us() - start >= 60000);
	setitimer(ITIMER_REAL, &never, NULL);
	assert_true(signals > 0);
	clock_sleep_ms(NULL, 0);
	clock_sleep_ms(NULL, -1);
}

/* From Python's datetime. */
static const struct {
	int64_t ms;
	const char *iso, *http;
} TIMES[] = {
	/* clang-format off */
	{-62135596800000, "0001-01-01T00:00:00.000Z", "Mon, 01 Jan 0001 00:00:00 GMT"},
	{253402300799999, "9999-12-31T23:59:59.999Z", "Fri, 31 Dec 9999 23:59:59 GMT"},
	{0, "1970-01-01T00:00:00.000Z", "Thu, 01 Jan 1970 00:00:00 GMT"},
	{-1, "1969-12-31T23:59:59.999Z", "Wed, 31 Dec 1969 23:59:59 GMT"},
	{951825600000, "2000-02-29T12:00:00.000Z", "Tue, 29 Feb 2000 12:00:00 GMT"},
	{-2203891201000, "1900-02-28T23:59:59.000Z", "Wed, 28 Feb 1900 23:59:59 GMT"},
	{-2203891200000, "1900-03-01T00:00:00.000Z", "Thu, 01 Mar 1900 00:00:00 GMT"},
	{1795447012000, "2026-11-23T15:16:52.000Z", "Mon, 23 Nov 2026 15:16:52 GMT"},
	{2147483648000, "2038-01-19T03:14:08.000Z", "Tue, 19 Jan 2038 03:14:08 GMT"},
	{4133894400000, "2100-12-31T00:00:00.000Z", "Fri, 31 Dec 2100 00:00:00 GMT"},
	{-62035891200000, "0004-02-29T00:00:00.000Z", "Sun, 29 Feb 0004 00:00:00 GMT"},
	{-12219724800000, "1582-10-10T00:00:00.000Z", "Sun, 10 Oct 1582 00:00:00 GMT"},
	{85496653808141, "4679-04-13T14:30:08.141Z", "Sun, 13 Apr 4679 14:30:08 GMT"},
	{-59229434785654, "0093-02-03T03:13:34.346Z", "Tue, 03 Feb 0093 03:13:34 GMT"},
	{193426906246919, "8099-06-15T08:10:46.919Z", "Mon, 15 Jun 8099 08:10:46 GMT"},
	{-16588762162658, "1444-04-28T10:30:37.342Z", "Sun, 28 Apr 1444 10:30:37 GMT"},
	{29686593219720, "2910-09-24T19:53:39.720Z", "Wed, 24 Sep 2910 19:53:39 GMT"},
	{186741503428974, "7887-08-08T23:50:28.974Z", "Mon, 08 Aug 7887 23:50:28 GMT"},
	{172906769237160, "7449-03-13T18:07:17.160Z", "Tue, 13 Mar 7449 18:07:17 GMT"},
	{67436814725052, "4106-12-27T16:32:05.052Z", "Mon, 27 Dec 4106 16:32:05 GMT"},
	{7060395945518, "2193-09-25T13:05:45.518Z", "Wed, 25 Sep 2193 13:05:45 GMT"},
	{151274631169808, "6763-09-14T18:52:49.808Z", "Sat, 14 Sep 6763 18:52:49 GMT"},
	{50784153235690, "3579-04-15T13:13:55.690Z", "Sun, 15 Apr 3579 13:13:55 GMT"},
	{168903560279910, "7322-05-05T07:37:59.910Z", "Tue, 05 May 7322 07:37:59 GMT"},
	{153514239249287, "6834-09-03T04:14:09.287Z", "Sun, 03 Sep 6834 04:14:09 GMT"},
	{45424105510725, "3409-06-07T23:05:10.725Z", "Wed, 07 Jun 3409 23:05:10 GMT"},
	{-58328538935100, "0121-08-23T04:04:24.900Z", "Sat, 23 Aug 0121 04:04:24 GMT"},
	{-30304788026083, "1009-09-06T03:19:33.917Z", "Wed, 06 Sep 1009 03:19:33 GMT"},
	{12990733064024, "2381-08-29T16:57:44.024Z", "Sat, 29 Aug 2381 16:57:44 GMT"},
	{170809399029753, "7382-09-25T15:17:09.753Z", "Wed, 25 Sep 7382 15:17:09 GMT"},
	{-59572164284876, "0082-03-26T08:35:15.124Z", "Thu, 26 Mar 0082 08:35:15 GMT"},
	{48898741214338, "3519-07-17T15:40:14.338Z", "Thu, 17 Jul 3519 15:40:14 GMT"},
	{11237492473552, "2326-02-07T13:41:13.552Z", "Sun, 07 Feb 2326 13:41:13 GMT"},
	{-49604353380488, "0398-02-06T12:56:59.512Z", "Fri, 06 Feb 0398 12:56:59 GMT"},
	{251761386079508, "9948-01-01T22:21:19.508Z", "Thu, 01 Jan 9948 22:21:19 GMT"},
	{166348826980070, "7241-05-20T15:29:40.070Z", "Mon, 20 May 7241 15:29:40 GMT"},
	/* clang-format on */
};

static void test_times_of_all_centuries(void **state)
{
	char out[TIME_ISO_SIZE], want[TIME_ISO_SIZE];
	int64_t ms, whole;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(TIMES); i++) {
		const char *iso = TIMES[i].iso;

		assert_string_equal(time_iso(TIMES[i].ms, true, out), iso);
		assert_true(time_parse_iso(str_of(out), &ms));
		assert_int_equal(ms, TIMES[i].ms);
		assert_string_equal(time_http(TIMES[i].ms, out), TIMES[i].http);
		assert_true(time_parse_http(str_of(out), &whole));
		assert_true(whole <= ms && ms - whole < 1000);

		snprintf(want, sizeof(want), "%.19sZ", iso);
		assert_string_equal(time_iso(TIMES[i].ms, false, out), want);
		assert_true(time_parse_iso(str_of(out), &ms));
		assert_int_equal(ms, whole);

		snprintf(want, sizeof(want), "%.4s%.2s%.2sT%.2s%.2s%.2sZ", iso, iso + 5, iso + 8,
			 iso + 11, iso + 14, iso + 17);
		assert_string_equal(time_amz(TIMES[i].ms, out), want);
		assert_true(time_parse_amz(str_of(out), &ms));
		assert_int_equal(ms, whole);
	}
}

/* Counted on the fingers: every day that there is, one after the other. */
static void test_every_day(void **state)
{
	static const int length[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int64_t day = -719162, ms;
	char want[40], out[TIME_ISO_SIZE];

	(void)state;
	for (int y = 1; y <= 9999; y++)
		for (int m = 1; m <= 12; m++) {
			bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
			int days = length[m - 1] + (m == 2 && leap);

			for (int d = 1; d <= days; d++, day++) {
				/* All days of some years, the first and last of each month of all. */
				if (y % 50 != 0 && d != 1 && d != days)
					continue;
				snprintf(want, sizeof(want), "%04d-%02d-%02dT00:00:00Z", y, m, d);
				assert_string_equal(time_iso(day * 86400000, false, out), want);
				assert_true(time_parse_iso(str_ofn(want, 10), &ms));
				assert_int_equal(ms, day * 86400000);
			}
		}
	assert_int_equal(day, 2932897);
}

static void test_outside_of_the_years(void **state)
{
	char out[TIME_ISO_SIZE];

	(void)state;
	assert_string_equal(time_iso(INT64_MIN, true, out), "0001-01-01T00:00:00.000Z");
	assert_string_equal(time_iso(INT64_MAX, true, out), "9999-12-31T23:59:59.999Z");
	assert_string_equal(time_amz(INT64_MAX, out), "99991231T235959Z");
	assert_string_equal(time_http(INT64_MIN, out), "Mon, 01 Jan 0001 00:00:00 GMT");
}

static void test_parse_iso(void **state)
{
	static const struct {
		const char *text;
		int64_t ms;
	} good[] = {
		{"1970-01-02", 86400000},
		{"1970-01-01T00:00Z", 0},
		{"1970-01-01T00:00:01.5Z", 1500},
		{"1970-01-01T00:00:01,25Z", 1250},
		{"1970-01-01T00:00:00.0019999Z", 1},
		{"1970-01-01T00:00:00.123456789123456789Z", 123},
		{"1970-01-01T09:00:00+09:00", 0},
		{"1970-01-01T09:00:00+0900", 0},
		{"1970-01-01T09:00:00+09", 0},
		{"1969-12-31T19:30:00-04:30", 0},
		{"1970-01-01T00:00:00-00:00", 0},
		{"1970-01-01T23:59:00+23:59", 0},
		{"2024-02-29", 1709164800000},
		{"2000-02-29", 951782400000},
		{"0001-01-01T01:00:00+01:00", -62135596800000},
	};
	static const char *const bad[] = {
		"",
		"2026",
		"2026-02",
		"2026-2-03",
		"26-02-03",
		"2026-02-30",
		"2026-02-29",
		"1900-02-29",
		"2026-04-31",
		"2026-00-10",
		"2026-13-01",
		"2026-01-00",
		"2026-01-32",
		"0000-01-01",
		"2026-01-01T",
		"2026-01-01Z",
		"2026-01-01T00:00:00",
		"2026-01-01T24:00:00Z",
		"2026-01-01T00:60:00Z",
		"2026-01-01T23:59:60Z",
		"2026-01-01T00:00:00.Z",
		"2026-01-01T00:00:00+",
		"2026-01-01T00:00:00+9",
		"2026-01-01T00:00:00+24:00",
		"2026-01-01T00:00:00+09:60",
		"2026-01-01T00:00:00+09:",
		"2026-01-01T00:00:00+09:0",
		"2026-01-01T00:00:00Zx",
		"2026-01-01T00:00:00ZZ",
		"2026-01-01T00:00:00Z ",
		" 2026-01-01T00:00:00Z",
		"2026-01-01 00:00:00Z",
		"2026-01-01t00:00:00Z",
		"2026-01-01T00:00:00z",
		"2026-01-01T0:00:00Z",
		"2026-01-01T00:00:0Z",
		"2026/01/01",
		"+2026-01-01",
		"-2026-01-01",
		"12026-01-01",
		"2026-01-01T00Z",
		"2026-01-01T00.5Z",
		"0001-01-01T00:00:00+00:01",
		"9999-12-31T23:59:59-00:01",
		"20260101T000000Z",
	};
	int64_t ms;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		if (!time_parse_iso(str_of(good[i].text), &ms) || ms != good[i].ms)
			fail_msg("'%s'", good[i].text);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		ms = 77;
		if (time_parse_iso(str_of(bad[i]), &ms) || ms != 77)
			fail_msg("'%s' was accepted", bad[i]);
	}
	assert_false(time_parse_iso(STR_NULL, &ms));
	/* A NUL inside is not an end. */
	assert_false(time_parse_iso(STR("2026-01-01\0"), &ms));
}

static void test_parse_others(void **state)
{
	static const char *const bad_amz[] = {
		"",
		"20261123",
		"20261123T151652",
		"20261123T151652z",
		"20261123T151652Z ",
		"20261131T151652Z",
		"20261123T241652Z",
		"20261123T156052Z",
		"20261123T151660Z",
		"2026-11-23T15:16:52Z",
		"00001123T151652Z",
		"2026112T1151652Z",
	};
	static const char *const bad_http[] = {
		"",
		"Mon, 23 Nov 2026 15:16:52",
		"Tue, 23 Nov 2026 15:16:52 GMT",
		"Mon, 23 nov 2026 15:16:52 GMT",
		"Mon, 31 Nov 2026 15:16:52 GMT",
		"Monday, 23-Nov-26 15:16:52 GMT",
		"Mon Nov 23 15:16:52 2026",
		"Mon, 23 Nov 2026 15:16:52 JST",
		"Mon, 23 Nov 2026 15:16:52 GMT ",
		"Mon, 3 Nov 2026 15:16:52 GMT",
		"Mon, 23 Nov 2026 24:16:52 GMT",
	};
	int64_t ms = 77;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad_amz); i++)
		if (time_parse_amz(str_of(bad_amz[i]), &ms) || ms != 77)
			fail_msg("'%s' was accepted", bad_amz[i]);
	for (size_t i = 0; i < ARRAY_SIZE(bad_http); i++)
		if (time_parse_http(str_of(bad_http[i]), &ms) || ms != 77)
			fail_msg("'%s' was accepted", bad_http[i]);
}

static void test_durations(void **state)
{
	static const struct {
		const char *text;
		int64_t ms;
	} good[] = {
		{"2h", 7200000},
		{"90m", 5400000},
		{"3 days", 259200000},
		{"1d12h", 129600000},
		{"45s", 45000},
		{"2w", 1209600000},
		{"1 day", 86400000},
		{" 1 h 30 min ", 5400000},
		{"500ms", 500},
		{"1w 1d 1h 1m 1s 1ms", 694861001},
		{"0s", 0},
		{"2 weeks", 1209600000},
		{"1 hour 1 minute 1 second", 3661000},
		{"36525d", 3155760000000},
	};
	static const struct {
		const char *text, *says;
	} bad[] = {
		{"", "empty"},
		{"  ", "empty"},
		{"3", "without a unit"},
		{"1d 3", "without a unit"},
		{"h", "not a duration"},
		{"days 3", "not a duration"},
		{"-2h", "not a duration"},
		{"+2h", "not a duration"},
		{"2 fortnights", "unknown unit 'fortnights'"},
		{"2H", "unknown unit 'H'"},
		{"1.5h", "unknown unit '.'"},
		{"12h1d", "largest first"},
		{"1h1h", "largest first"},
		{"1h 60 hours", "largest first"},
		{"36525d1ms", "100 years"},
		{"99999999999999999999d", "100 years"},
		{"9223372036854775807w", "100 years"},
		{"1000000000000000000000000000000000000000000000000000000000000000000000h",
		 "bytes"},
	};
	struct err err = {0};
	int64_t ms;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		if (!duration_parse(str_of(good[i].text), &ms, &err) || ms != good[i].ms)
			fail_msg("'%s': %s", good[i].text, err.message);
	}
	assert_false(err_is_set(&err));
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		err_clear(&err);
		ms = 77;
		if (duration_parse(str_of(bad[i].text), &ms, &err) || ms != 77 ||
		    err.kind != ERR_INPUT || !strstr(err.message, bad[i].says))
			fail_msg("'%s': %s", bad[i].text, err.message);
	}
}

static void test_duration_text(void **state)
{
	static const struct {
		int64_t ms;
		const char *text;
	} cases[] = {
		{0, "0 s"},
		{1, "1 ms"},
		{999, "999 ms"},
		{1000, "1 s"},
		{1500, "1 s 500 ms"},
		{60000, "1 min"},
		{61000, "1 min 1 s"},
		{7200000, "2 h"},
		{7260000, "2 h 1 min"},
		{7201000, "2 h"}, /* seconds are not next to hours */
		{86400000, "1 day"},
		{273600000, "3 days 4 h"},
		{-273600000, "-3 days 4 h"},
		{-1, "-1 ms"},
		{INT64_MAX, "106751991167 days 7 h"},
		{INT64_MIN, "-106751991167 days 7 h"},
	};
	char out[TIME_ISO_SIZE];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_string_equal(duration_text(cases[i].ms, out), cases[i].text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_system_clock),
		cmocka_unit_test(test_set_clock),
		cmocka_unit_test(test_sleep_survives_signals),
		cmocka_unit_test(test_times_of_all_centuries),
		cmocka_unit_test(test_every_day),
		cmocka_unit_test(test_outside_of_the_years),
		cmocka_unit_test(test_parse_iso),
		cmocka_unit_test(test_parse_others),
		cmocka_unit_test(test_durations),
		cmocka_unit_test(test_duration_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
