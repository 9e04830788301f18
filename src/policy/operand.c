/*
 * Numbers, dates and ARNs as AWS's conditions read them
 * (facts/aws-answers, Policy conditions 7, 8, 13, 14).
 */

#include "policy/policy-private.h"

#include <string.h>

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/*
 * A sign, digits with at most one point, and an exponent: "01", "+1", "1." and
 * "1e0" all equal 1, exactly and at any length.
 */
bool decimal_parse(struct str s, struct decimal *d)
{
	size_t i = 0;
	int sign = 1;
	if (i < s.n && (s.p[i] == '+' || s.p[i] == '-'))
		sign = s.p[i++] == '-' ? -1 : 1;
	size_t start = i, point = SIZE_MAX, ndigits = 0;
	for (; i < s.n && (is_digit(s.p[i]) || s.p[i] == '.'); i++) {
		if (s.p[i] != '.') {
			ndigits++;
			continue;
		}
		if (point != SIZE_MAX)
			return false;
		point = i;
	}
	if (ndigits == 0)
		return false;
	size_t end = i;
	int64_t exponent = 0;
	if (i < s.n) {
		if (s.p[i] != 'e' && s.p[i] != 'E')
			return false;
		struct str e = str_from(s, i + 1);
		bool plus = e.n > 1 && e.p[0] == '+' && is_digit(e.p[1]);
		if (!str_to_i64(plus ? str_from(e, 1) : e, &exponent) || exponent > INT32_MAX ||
		    exponent < INT32_MIN)
			return false;
	}
	int64_t whole = (int64_t)((point == SIZE_MAX ? end : point) - start);
	while (start < end && (s.p[start] == '0' || s.p[start] == '.')) {
		if (s.p[start++] == '0')
			whole--;
		else
			whole = 0; /* digits behind the point: each further zero counts below */
	}
	while (end > start && (s.p[end - 1] == '0' || s.p[end - 1] == '.'))
		end--;
	*d = (struct decimal){str_sub(s, start, end - start), 0, 0};
	if (start == end)
		return true;
	d->sign = sign;
	d->exponent = exponent + whole;
	return true;
}

/* The next digit of a run that may hold a point; -1 at its end. */
static int next_digit(struct str s, size_t *at)
{
	if (*at < s.n && s.p[*at] == '.')
		++*at;
	return *at < s.n ? s.p[(*at)++] - '0' : -1;
}

int decimal_cmp(const struct decimal *a, const struct decimal *b)
{
	if (a->sign != b->sign)
		return a->sign < b->sign ? -1 : 1;
	if (a->sign == 0)
		return 0;
	if (a->exponent != b->exponent)
		return (a->exponent < b->exponent ? -1 : 1) * a->sign;
	size_t i = 0, k = 0;
	for (;;) {
		int x = next_digit(a->digits, &i), y = next_digit(b->digits, &k);
		if (x != y)
			return (x < y ? -1 : 1) * a->sign;
		if (x < 0)
			return 0;
	}
}

/* ---- dates ---- */

struct cursor {
	struct str s;
	size_t at;
};

static bool number(struct cursor *c, size_t digits, int *out)
{
	int v = 0;
	if (c->s.n - c->at < digits)
		return false;
	for (size_t i = 0; i < digits; i++) {
		char ch = c->s.p[c->at + i];
		if (!is_digit(ch))
			return false;
		v = v * 10 + (ch - '0');
	}
	c->at += digits;
	*out = v;
	return true;
}

static bool take(struct cursor *c, char want)
{
	if (c->at >= c->s.n || c->s.p[c->at] != want)
		return false;
	c->at++;
	return true;
}

/* Days from 1970-01-01 in the proleptic Gregorian calendar. */
static int64_t days_from_civil(int y, int m, int d)
{
	y -= m <= 2;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t yoe = y - era * 400;
	int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
	return era * 146097 + doe - 719468;
}

static bool day_exists(int y, int m, int d)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	if (m < 1 || m > 12 || d < 1)
		return false;
	bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
	return d <= days[m - 1] + (m == 2 && leap);
}

/* ".5" and longer; what is past the millisecond is cut off. */
static bool fraction(struct cursor *c, int *ms)
{
	*ms = 0;
	if (!take(c, '.'))
		return true;
	int scale = 100;
	size_t start = c->at;
	for (; c->at < c->s.n && is_digit(c->s.p[c->at]); c->at++) {
		*ms += (c->s.p[c->at] - '0') * scale;
		scale /= 10;
	}
	return c->at > start;
}

/* "Z", "+09:00", "+0900", "+09", or nothing (UTC). */
static bool zone(struct cursor *c, int *minutes)
{
	*minutes = 0;
	if (c->at == c->s.n || take(c, 'Z'))
		return true;
	int sign = take(c, '+') ? 1 : take(c, '-') ? -1 : 0;
	int h = 0, m = 0;
	if (sign == 0 || !number(c, 2, &h))
		return false;
	bool colon = take(c, ':');
	if ((colon || c->at < c->s.n) && !number(c, 2, &m))
		return false;
	*minutes = sign * (h * 60 + m);
	return h <= 23 && m <= 59;
}

static bool time_of_day(struct cursor *c, int64_t *ms)
{
	int h, m, sec = 0, milli = 0;
	if (!number(c, 2, &h) || !take(c, ':') || !number(c, 2, &m))
		return false;
	if (take(c, ':') && (!number(c, 2, &sec) || !fraction(c, &milli)))
		return false;
	bool midnight = h == 24 && m == 0 && sec == 0 && milli == 0;
	if ((h > 23 && !midnight) || m > 59 || sec > 59)
		return false;
	*ms = ((h * 60 + m) * 60 + sec) * INT64_C(1000) + milli;
	return true;
}

/*
 * Seconds since 1970 (with a sign if need be), or the W3C's forms of ISO 8601:
 * a month, a day, or a time to the minute or finer.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
bool date_parse(struct str s, int64_t *ms)
{
	int64_t epoch;
	bool plus = s.n > 1 && s.p[0] == '+' && is_digit(s.p[1]);
	if (str_to_i64(plus ? str_from(s, 1) : s, &epoch)) {
		if (epoch > INT64_MAX / 1000 || epoch < INT64_MIN / 1000)
			return false;
		*ms = epoch * 1000;
		return true;
	}
	struct cursor c = {s, 0};
	int y, m = 1, d = 1, minutes = 0;
	int64_t day_ms = 0;
	if (!number(&c, 4, &y) || !take(&c, '-') || !number(&c, 2, &m))
		return false;
	if (take(&c, '-')) {
		if (!number(&c, 2, &d))
			return false;
		if (take(&c, 'T') && (!time_of_day(&c, &day_ms) || !zone(&c, &minutes)))
			return false;
	}
	if (c.at != s.n || !day_exists(y, m, d))
		return false;
	*ms = days_from_civil(y, m, d) * INT64_C(86400000) + day_ms - minutes * INT64_C(60000);
	return true;
}

/* ---- ARNs ---- */

/* arn:partition:service:region:account:resource; the last part keeps its colons. */
bool arn_split(struct str s, struct arn *out)
{
	struct str rest = s;
	for (int i = 0; i < ARN_PARTS - 1; i++) {
		const char *colon = rest.n > 0 ? memchr(rest.p, ':', rest.n) : NULL;
		if (!colon)
			return false;
		size_t n = (size_t)(colon - rest.p);
		out->part[i] = (struct str){rest.p, n};
		rest = (struct str){colon + 1, rest.n - n - 1};
	}
	out->part[ARN_PARTS - 1] = rest;
	return true;
}
