/*
 * Dates as AWS's conditions read them: seconds since 1970, or ISO 8601 as
 * loosely as Joda-Time's dateOptionalTimeParser reads it: single digits, a
 * missing time or zone (UTC), 't' and 'z', ',' for '.', a day of the year.
 * What is past the millisecond is cut off (facts/aws-answers, Policy conditions
 * 14; what IAM refuses is in tests/data/policy/documents.jsonl). ISO weeks are
 * not read.
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */

#include "policy/policy-private.h"

#define MS_PER_DAY INT64_C(86400000)
#define MS_PER_HOUR INT64_C(3600000)
#define MS_PER_MINUTE INT64_C(60000)
/* Years that a signed 64-bit count of milliseconds can hold. */
#define YEAR_MIN (-292275054)
#define YEAR_MAX 292278993

struct cursor {
	struct str s;
	size_t at;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static char peek(const struct cursor *c)
{
	return c->at < c->s.n ? c->s.p[c->at] : '\0';
}

static bool take(struct cursor *c, char want)
{
	if (peek(c) != want || c->at >= c->s.n)
		return false;
	c->at++;
	return true;
}

/* From one to `most` digits; how many there were, 0 for none. */
static size_t number(struct cursor *c, size_t most, int *out)
{
	size_t n = 0;
	int v = 0;
	while (n < most && is_digit(peek(c))) {
		v = v * 10 + (c->s.p[c->at++] - '0');
		n++;
	}
	*out = v;
	return n;
}

/* Days from 1970-01-01 in the proleptic Gregorian calendar. */
static int64_t days_from_civil(int64_t y, int m, int d)
{
	y -= m <= 2;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t yoe = y - era * 400;
	int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
	return era * 146097 + doe - 719468;
}

static bool is_leap(int y)
{
	return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
}

static bool day_exists(int y, int m, int d)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	if (m < 1 || m > 12 || d < 1)
		return false;
	return d <= days[m - 1] + (m == 2 && is_leap(y));
}

/* "2030", "2030-01", "2030-01-31", "2030-031" */
static bool date(struct cursor *c, int64_t *days)
{
	int y, m = 1, d = 1;
	bool minus = take(c, '-');
	if (!minus)
		take(c, '+');
	if (!number(c, 9, &y))
		return false;
	if (minus)
		y = -y;
	if (y < YEAR_MIN || y > YEAR_MAX)
		return false;
	if (take(c, '-')) {
		size_t n = number(c, 3, &m);
		if (n == 0)
			return false;
		if (n == 3) {
			*days = days_from_civil(y, 1, 1) + m - 1;
			return m >= 1 && m <= 365 + is_leap(y);
		}
		if (take(c, '-') && !number(c, 2, &d))
			return false;
	}
	*days = days_from_civil(y, m, d);
	return day_exists(y, m, d);
}

/* ".5" of a unit of so many milliseconds; no fraction is zero. */
static bool fraction(struct cursor *c, int64_t unit_ms, int64_t *ms)
{
	static const int64_t scale[] = {1,      10,      100,      1000,      10000,
					100000, 1000000, 10000000, 100000000, 1000000000};
	int v;
	*ms = 0;
	if (!take(c, '.') && !take(c, ','))
		return true;
	size_t n = number(c, 9, &v);
	*ms = n ? v * unit_ms / scale[n] : 0;
	return n > 0;
}

static bool time_of_day(struct cursor *c, int64_t *ms)
{
	int h, m = 0, s = 0;
	int64_t unit = MS_PER_HOUR, part;
	if (!number(c, 2, &h))
		return true; /* "2030-01-01T" */
	if (take(c, ':')) {
		unit = MS_PER_MINUTE;
		if (!number(c, 2, &m))
			return false;
		if (take(c, ':')) {
			unit = 1000;
			if (!number(c, 2, &s))
				return false;
		}
	}
	if (h > 23 || m > 59 || s > 59 || !fraction(c, unit, &part))
		return false;
	*ms = h * MS_PER_HOUR + m * MS_PER_MINUTE + s * INT64_C(1000) + part;
	return true;
}

/* "Z", "+09:00", "+0900", "+09", or nothing (UTC). */
static bool zone(struct cursor *c, int64_t *ms)
{
	int h, m = 0;
	if (c->at == c->s.n || take(c, 'Z') || take(c, 'z'))
		return true;
	int sign = take(c, '+') ? 1 : take(c, '-') ? -1 : 0;
	if (sign == 0 || number(c, 2, &h) != 2 || h > 23)
		return false;
	bool colon = take(c, ':');
	if ((colon || c->at < c->s.n) && (number(c, 2, &m) != 2 || m > 59))
		return false;
	*ms = sign * (h * MS_PER_HOUR + m * MS_PER_MINUTE);
	return true;
}

static bool epoch(struct str s, int64_t *ms)
{
	bool plus = s.n > 1 && s.p[0] == '+' && is_digit(s.p[1]);
	int64_t v;
	if (!str_to_i64(plus ? str_from(s, 1) : s, &v))
		return false;
	if (__builtin_mul_overflow(v, INT64_C(1000), ms))
		*ms = v < 0 ? INT64_MIN : INT64_MAX;
	return true;
}

bool date_parse(struct str s, int64_t *ms)
{
	if (epoch(s, ms))
		return true;
	struct cursor c = {s, 0};
	int64_t days, day_ms = 0, zone_ms = 0;
	if (!date(&c, &days))
		return false;
	if ((take(&c, 'T') || take(&c, 't')) && (!time_of_day(&c, &day_ms) || !zone(&c, &zone_ms)))
		return false;
	return c.at == s.n && !__builtin_mul_overflow(days, MS_PER_DAY, ms) &&
	       !__builtin_add_overflow(*ms, day_ms - zone_ms, ms);
}
