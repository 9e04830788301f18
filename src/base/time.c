/* The text forms of times and durations: the second half of base/clock.h. */

#include <stdio.h>
#include <string.h>

#include "base/clock.h"

#define MS_SECOND 1000LL
#define MS_MINUTE (60 * MS_SECOND)
#define MS_HOUR (60 * MS_MINUTE)
#define MS_DAY (24 * MS_HOUR)
#define MS_WEEK (7 * MS_DAY)

/* 0001-01-01T00:00:00.000Z and 9999-12-31T23:59:59.999Z */
#define TIME_FIRST_MS (-719162 * MS_DAY)
#define TIME_LAST_MS (2932897 * MS_DAY - 1)

struct civil {
	int year, month, day; /* month and day from 1 */
	int hour, minute, second, ms;
	int weekday; /* 0: Sunday */
};

static const char *const DAYS[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
static const char *const MONTHS[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
				     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

static bool is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int days_in_month(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return days[month - 1] + (month == 2 && is_leap(year));
}

/* Days before 1 January of a year >= 1, counted from 1970-01-01. */
static int64_t days_before_year(int year)
{
	int64_t y = year - 1;

	return y * 365 + y / 4 - y / 100 + y / 400 - 719162;
}

static int64_t days_of(int year, int month, int day)
{
	int64_t days = days_before_year(year) + day - 1;

	for (int m = 1; m < month; m++)
		days += days_in_month(year, m);
	return days;
}

static struct civil civil_of(int64_t ms)
{
	struct civil c = {.month = 1};
	int64_t days, rest;

	if (ms < TIME_FIRST_MS)
		ms = TIME_FIRST_MS;
	if (ms > TIME_LAST_MS)
		ms = TIME_LAST_MS;
	/* From here all is positive: / and % round the same way. */
	days = (ms - TIME_FIRST_MS) / MS_DAY;
	rest = (ms - TIME_FIRST_MS) % MS_DAY;
	c.weekday = (int)((days + 1) % 7); /* 0001-01-01 was a Monday */
	days -= 719162;
	/* 146,097 days are 400 years exactly; the guess is at most one too high or low. */
	c.year = (int)((days + 719162) * 400 / 146097) + 1;
	while (days < days_before_year(c.year))
		c.year--;
	while (days >= days_before_year(c.year + 1))
		c.year++;
	days -= days_before_year(c.year);
	while (days >= days_in_month(c.year, c.month))
		days -= days_in_month(c.year, c.month++);
	c.day = (int)days + 1;
	c.hour = (int)(rest / MS_HOUR);
	c.minute = (int)(rest / MS_MINUTE % 60);
	c.second = (int)(rest / MS_SECOND % 60);
	c.ms = (int)(rest % MS_SECOND);
	return c;
}

static bool ms_of(const struct civil *c, int64_t *ms)
{
	/* No leap second: AWS has none, and no clock of ours shows one. */
	if (c->year < 1 || c->year > 9999 || c->month < 1 || c->month > 12 || c->day < 1 ||
	    c->day > days_in_month(c->year, c->month) || c->hour > 23 || c->minute > 59 ||
	    c->second > 59)
		return false;
	*ms = days_of(c->year, c->month, c->day) * MS_DAY + c->hour * MS_HOUR +
	      c->minute * MS_MINUTE + c->second * MS_SECOND + c->ms;
	return true;
}

/* n decimal digits, most significant first. */
static char *put_digits(char *p, int value, int n)
{
	for (int i = n - 1; i >= 0; i--) {
		p[i] = (char)('0' + value % 10);
		value /= 10;
	}
	return p + n;
}

static char *put_char(char *p, char c)
{
	*p = c;
	return p + 1;
}

static char *put_word(char *p, const char *word)
{
	size_t n = strlen(word);

	memcpy(p, word, n);
	return p + n;
}

const char *time_iso(int64_t ms, bool with_ms, char out[TIME_ISO_SIZE])
{
	struct civil c = civil_of(ms);
	char *p = out;

	p = put_char(put_digits(p, c.year, 4), '-');
	p = put_char(put_digits(p, c.month, 2), '-');
	p = put_char(put_digits(p, c.day, 2), 'T');
	p = put_char(put_digits(p, c.hour, 2), ':');
	p = put_char(put_digits(p, c.minute, 2), ':');
	p = put_digits(p, c.second, 2);
	if (with_ms)
		p = put_digits(put_char(p, '.'), c.ms, 3);
	put_char(put_char(p, 'Z'), '\0');
	return out;
}

const char *time_amz(int64_t ms, char out[TIME_ISO_SIZE])
{
	struct civil c = civil_of(ms);
	char *p = out;

	p = put_digits(p, c.year, 4);
	p = put_digits(p, c.month, 2);
	p = put_char(put_digits(p, c.day, 2), 'T');
	p = put_digits(p, c.hour, 2);
	p = put_digits(p, c.minute, 2);
	p = put_digits(p, c.second, 2);
	put_char(put_char(p, 'Z'), '\0');
	return out;
}

const char *time_http(int64_t ms, char out[TIME_ISO_SIZE])
{
	struct civil c = civil_of(ms);
	char *p = out;

	p = put_word(put_word(p, DAYS[c.weekday]), ", ");
	p = put_char(put_digits(p, c.day, 2), ' ');
	p = put_char(put_word(p, MONTHS[c.month - 1]), ' ');
	p = put_char(put_digits(p, c.year, 4), ' ');
	p = put_char(put_digits(p, c.hour, 2), ':');
	p = put_char(put_digits(p, c.minute, 2), ':');
	p = put_digits(p, c.second, 2);
	put_char(put_word(p, " GMT"), '\0');
	return out;
}

/* The readers below take from the front of *s and say whether it was there. */

static bool take_digits(struct str *s, size_t n, int *value)
{
	*value = 0;
	if (s->n < n || !str_all_digits(str_sub(*s, 0, n)))
		return false;
	for (size_t i = 0; i < n; i++)
		*value = *value * 10 + (s->p[i] - '0');
	*s = str_from(*s, n);
	return true;
}

static bool take(struct str *s, const char *what)
{
	if (!str_startsz(*s, what))
		return false;
	*s = str_from(*s, strlen(what));
	return true;
}

/* One of n three-letter words. */
static bool take_word(struct str *s, const char *const *words, int n, int *index)
{
	for (*index = 0; *index < n; (*index)++)
		if (take(s, words[*index]))
			return true;
	return false;
}

/* "Z", "+09:00", "+0900" or "+09" */
static bool take_zone(struct str *s, int64_t *offset_ms)
{
	int hours, minutes = 0;
	bool west;

	*offset_ms = 0;
	if (take(s, "Z"))
		return true;
	west = str_startsz(*s, "-");
	if (!take(s, west ? "-" : "+") || !take_digits(s, 2, &hours))
		return false;
	if (s->n > 0) {
		take(s, ":");
		if (!take_digits(s, 2, &minutes))
			return false;
	}
	if (hours > 23 || minutes > 59)
		return false;
	*offset_ms = (hours * MS_HOUR + minutes * MS_MINUTE) * (west ? -1 : 1);
	return true;
}

/* Digits after the point, as many as there are; what is finer than ms is dropped. */
static bool take_fraction(struct str *s, int *ms)
{
	int scale = 100;

	*ms = 0;
	if (s->n == 0 || s->p[0] < '0' || s->p[0] > '9')
		return false;
	for (; s->n > 0 && s->p[0] >= '0' && s->p[0] <= '9'; *s = str_from(*s, 1), scale /= 10)
		*ms += (s->p[0] - '0') * scale;
	return true;
}

bool time_parse_iso(struct str s, int64_t *ms)
{
	struct civil c = {0};
	int64_t utc, offset;

	if (!take_digits(&s, 4, &c.year) || !take(&s, "-") || !take_digits(&s, 2, &c.month) ||
	    !take(&s, "-") || !take_digits(&s, 2, &c.day))
		return false;
	if (s.n == 0)
		return ms_of(&c, ms);
	if (!take(&s, "T") || !take_digits(&s, 2, &c.hour) || !take(&s, ":") ||
	    !take_digits(&s, 2, &c.minute))
		return false;
	if (take(&s, ":")) {
		if (!take_digits(&s, 2, &c.second))
			return false;
		if ((take(&s, ".") || take(&s, ",")) && !take_fraction(&s, &c.ms))
			return false;
	}
	if (!take_zone(&s, &offset) || s.n != 0 || !ms_of(&c, &utc))
		return false;
	utc -= offset;
	if (utc < TIME_FIRST_MS || utc > TIME_LAST_MS)
		return false;
	*ms = utc;
	return true;
}

bool time_parse_amz(struct str s, int64_t *ms)
{
	struct civil c = {0};

	return take_digits(&s, 4, &c.year) && take_digits(&s, 2, &c.month) &&
	       take_digits(&s, 2, &c.day) && take(&s, "T") && take_digits(&s, 2, &c.hour) &&
	       take_digits(&s, 2, &c.minute) && take_digits(&s, 2, &c.second) && take(&s, "Z") &&
	       s.n == 0 && ms_of(&c, ms);
}

bool time_parse_http(struct str s, int64_t *ms)
{
	struct civil c = {0};
	int64_t utc;

	if (!take_word(&s, DAYS, 7, &c.weekday) || !take(&s, ", ") || !take_digits(&s, 2, &c.day) ||
	    !take(&s, " ") || !take_word(&s, MONTHS, 12, &c.month) || !take(&s, " ") ||
	    !take_digits(&s, 4, &c.year) || !take(&s, " ") || !take_digits(&s, 2, &c.hour) ||
	    !take(&s, ":") || !take_digits(&s, 2, &c.minute) || !take(&s, ":") ||
	    !take_digits(&s, 2, &c.second) || !take(&s, " GMT") || s.n != 0)
		return false;
	c.month++;
	if (!ms_of(&c, &utc) || civil_of(utc).weekday != c.weekday)
		return false;
	*ms = utc;
	return true;
}

/* Units from large to small; a duration names each at most once, in this order. */
static const struct unit {
	int64_t ms;
	const char *names[6];
} UNITS[] = {
	{MS_WEEK, {"w", "week", "weeks"}},
	{MS_DAY, {"d", "day", "days"}},
	{MS_HOUR, {"h", "hr", "hrs", "hour", "hours"}},
	{MS_MINUTE, {"m", "min", "mins", "minute", "minutes"}},
	{MS_SECOND, {"s", "sec", "secs", "second", "seconds"}},
	{1, {"ms", "millisecond", "milliseconds"}},
};

/* Longer than anything a person plans, and far from where sums of times overflow. */
#define DURATION_MAX_MS (36525 * MS_DAY)

static size_t unit_index(struct str name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(UNITS); i++)
		for (size_t j = 0; j < ARRAY_SIZE(UNITS[i].names) && UNITS[i].names[j]; j++)
			if (str_eqz(name, UNITS[i].names[j]))
				return i;
	return i;
}

/* The bytes at the front that are (not) digits, spaces around them cut. */
static struct str take_run(struct str *s, bool digits)
{
	struct str run;
	size_t n = 0;

	while (n < s->n && (s->p[n] >= '0' && s->p[n] <= '9') == digits)
		n++;
	run = str_trim(str_sub(*s, 0, n));
	*s = str_trim(str_from(*s, n));
	return run;
}

#define DURATION_HELP "write for example '2h', '3 days' or '1d12h'"

bool duration_parse(struct str s, int64_t *ms, struct err *err)
{
	struct str rest = str_trim(s), number, name;
	int64_t total = 0, part, value;
	size_t unit, next = 0;

	if (s.n > 64)
		return err_set(err, ERR_INPUT, "a duration of %zu bytes: " DURATION_HELP, s.n);
	if (rest.n == 0)
		return err_set(err, ERR_INPUT, "an empty duration: " DURATION_HELP);
	while (rest.n > 0) {
		number = take_run(&rest, true);
		if (number.n == 0)
			return err_set(err, ERR_INPUT, "'%.*s' is not a duration: " DURATION_HELP,
				       STR_ARG(s));
		name = take_run(&rest, false);
		if (name.n == 0)
			return err_set(
				err, ERR_INPUT,
				"duration '%.*s' has a number without a unit: " DURATION_HELP,
				STR_ARG(s));
		unit = unit_index(name);
		if (unit == ARRAY_SIZE(UNITS))
			return err_set(err, ERR_INPUT,
				       "unknown unit '%.*s' in duration '%.*s': " DURATION_HELP,
				       STR_ARG(name), STR_ARG(s));
		if (unit < next)
			return err_set(
				err, ERR_INPUT,
				"duration '%.*s' must name each unit once, the largest first",
				STR_ARG(s));
		next = unit + 1;
		if (!str_to_i64(number, &value) ||
		    __builtin_mul_overflow(value, UNITS[unit].ms, &part) ||
		    __builtin_add_overflow(total, part, &total) || total > DURATION_MAX_MS)
			return err_set(err, ERR_INPUT, "duration '%.*s' is longer than 100 years",
				       STR_ARG(s));
	}
	*ms = total;
	return true;
}

const char *duration_text(int64_t ms, char out[TIME_ISO_SIZE])
{
	static const struct {
		int64_t ms;
		const char *one, *many;
	} shown[] = {{MS_DAY, "day", "days"},
		     {MS_HOUR, "h", "h"},
		     {MS_MINUTE, "min", "min"},
		     {MS_SECOND, "s", "s"},
		     {1, "ms", "ms"}};
	uint64_t rest = ms < 0 ? -(uint64_t)ms : (uint64_t)ms;
	uint64_t large, small;
	size_t i = 0;
	int n;

	if (rest == 0) {
		memcpy(out, "0 s", 4);
		return out;
	}
	while (rest < (uint64_t)shown[i].ms)
		i++;
	large = rest / (uint64_t)shown[i].ms;
	rest %= (uint64_t)shown[i].ms;
	n = snprintf(out, TIME_ISO_SIZE, "%s%llu %s", ms < 0 ? "-" : "", (unsigned long long)large,
		     large == 1 ? shown[i].one : shown[i].many);
	if (++i == ARRAY_SIZE(shown))
		return out;
	small = rest / (uint64_t)shown[i].ms;
	if (small > 0)
		snprintf(out + n, TIME_ISO_SIZE - (size_t)n, " %llu %s", (unsigned long long)small,
			 small == 1 ? shown[i].one : shown[i].many);
	return out;
}
