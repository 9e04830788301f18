/*
 * Numbers and ARNs as AWS's conditions read them
 * (facts/aws-answers, Policy conditions 7, 8, 13).
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

bool policy_is_arn(struct str s)
{
	struct arn arn;

	return arn_split(s, &arn) && str_eqz(arn.part[0], "arn") && arn.part[ARN_PARTS - 1].n > 0;
}

struct str policy_arn_account(struct str s)
{
	struct arn arn;

	if (!arn_split(s, &arn) || !str_eqz(arn.part[0], "arn"))
		return STR_NULL;
	return arn.part[4].n == 12 && str_all_digits(arn.part[4]) ? arn.part[4] : STR_NULL;
}
