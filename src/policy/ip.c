/*
 * Addresses and networks as AWS's IpAddress reads them, which is not as
 * inet_pton does (facts/aws-answers, Policy conditions 8, 11, 19 to 21, and the
 * answers under tests/data/policy):
 *
 * - IPv4 is four decimal numbers; leading zeros do not matter, and short forms
 *   ("192.0.513") are no addresses.
 * - IPv6 is cut at "::" (at most once), and each side at ":". Empty pieces at
 *   the end of a cut are dropped and an empty group is 0, so "2001:db8::1:"
 *   and "2001:db8:::1" are both 2001:db8::1, ":::" is ::, and ":2001:db8::1"
 *   is 0:2001:db8::1.
 * - A dotted ending is read in IPv4-mapped addresses only.
 * - In a request an IPv4-mapped address is IPv4; in a policy it stays IPv6 and
 *   so never matches.
 * - A network of IPv4 ignores its host bits; one of IPv6 that has any is
 *   malformed. The length may have a '+' and leading zeros.
 */

#include "policy/policy-private.h"

#include <string.h>

/* A decimal number of digits only, at most `max`. */
static bool small_number(struct str s, unsigned max, unsigned *out)
{
	unsigned v = 0;
	if (!str_all_digits(s))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		v = v * 10 + (unsigned)(s.p[i] - '0');
		if (v > max)
			return false;
	}
	*out = v;
	return true;
}

static bool ipv4_parse(struct str s, uint8_t out[4])
{
	struct str rest = s, field;
	int n = 0;
	while (str_next(&rest, '.', &field)) {
		unsigned v;
		if (n == 4 || !small_number(field, 255, &v))
			return false;
		out[n++] = (uint8_t)v;
	}
	return n == 4;
}

static bool hex_group(struct str s, uint16_t *out)
{
	unsigned v = 0;
	if (s.n > 4)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		unsigned digit;
		if (c >= '0' && c <= '9')
			digit = (unsigned)(c - '0');
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			digit = (unsigned)((c | 0x20) - 'a' + 10);
		else
			return false;
		v = v << 4 | digit;
	}
	*out = (uint16_t)v;
	return true;
}

struct groups {
	uint16_t g[8];
	size_t n;
	bool dotted;
};

/* One side of the "::": groups between colons, empty ones at the end dropped. */
static bool side_parse(struct str s, struct groups *out)
{
	struct str rest = s, field;
	while (rest.n > 1 && rest.p[rest.n - 1] == ':')
		rest.n--;
	if (rest.n == 1 && rest.p[0] == ':')
		return true;
	while (str_next(&rest, ':', &field)) {
		uint8_t v4[4];
		if (out->dotted)
			return false; /* a dotted group that is not the last */
		if (str_chr(field, '.') >= 0) {
			if (out->n > 6 || !ipv4_parse(field, v4))
				return false;
			out->g[out->n++] = (uint16_t)(v4[0] << 8 | v4[1]);
			out->g[out->n++] = (uint16_t)(v4[2] << 8 | v4[3]);
			out->dotted = true;
		} else if (out->n > 7 || !hex_group(field, &out->g[out->n++])) {
			return false;
		}
	}
	return true;
}

static bool is_mapped(const uint8_t b[16])
{
	static const uint8_t prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
	return memcmp(b, prefix, sizeof(prefix)) == 0;
}

static bool ipv6_parse(struct str s, uint8_t out[16])
{
	struct groups left = {0}, right = {0};
	ptrdiff_t gap = str_find(s, STR("::"));
	if (gap < 0) {
		if (!side_parse(s, &left) || left.n != 8)
			return false;
	} else {
		struct str tail = str_from(s, (size_t)gap + 2);
		/* A second "::" ends the address, unless nothing at all follows it. */
		while (str_ends(tail, STR("::")) &&
		       str_find(tail, STR("::")) == (ptrdiff_t)tail.n - 2)
			tail.n -= 2;
		if (str_find(tail, STR("::")) >= 0)
			return false;
		/* Nothing before the "::" is a group too, of value 0. */
		if (!side_parse(str_sub(s, 0, (size_t)gap), &left))
			return false;
		if (tail.n > 0 && !side_parse(tail, &right))
			return false;
		if (left.dotted || left.n + right.n > 8)
			return false;
	}
	uint16_t g[8] = {0};
	memcpy(g, left.g, left.n * sizeof(g[0]));
	memcpy(g + 8 - right.n, right.g, right.n * sizeof(g[0]));
	for (int i = 0; i < 8; i++) {
		out[2 * i] = (uint8_t)(g[i] >> 8);
		out[2 * i + 1] = (uint8_t)g[i];
	}
	return !(left.dotted || right.dotted) || is_mapped(out);
}

bool ip_parse(struct str s, struct ip *out)
{
	memset(out, 0, sizeof(*out));
	if (str_chr(s, ':') >= 0) {
		out->bits = 128;
		return ipv6_parse(s, out->bytes);
	}
	out->bits = 32;
	return ipv4_parse(s, out->bytes);
}

bool ip_parse_request(struct str s, struct ip *out)
{
	if (!ip_parse(s, out))
		return false;
	if (out->bits == 128 && is_mapped(out->bytes)) {
		memmove(out->bytes, out->bytes + 12, 4);
		memset(out->bytes + 4, 0, 12);
		out->bits = 32;
	}
	return true;
}

/* The mask's byte i for a prefix. */
static uint8_t mask_byte(unsigned prefix, unsigned i)
{
	if (prefix >= 8 * (i + 1))
		return 0xFF;
	if (prefix <= 8 * i)
		return 0;
	return (uint8_t)(0xFF << (8 - prefix % 8));
}

bool ip_net_parse(struct str s, struct ip_net *out)
{
	struct str address, length;
	unsigned prefix;
	bool has_length = str_cut(s, '/', &address, &length);
	if (!ip_parse(address, &out->ip))
		return false;
	out->prefix = out->ip.bits;
	if (has_length) {
		if (length.n > 1 && length.p[0] == '+')
			length = str_from(length, 1);
		if (!small_number(length, out->ip.bits, &prefix))
			return false;
		out->prefix = (uint8_t)prefix;
	}
	for (unsigned i = 0; i < out->ip.bits / 8u; i++) {
		uint8_t mask = mask_byte(out->prefix, i);
		if (out->ip.bits == 128 && (out->ip.bytes[i] & ~mask))
			return false;
		out->ip.bytes[i] &= mask;
	}
	return true;
}

bool ip_net_has(const struct ip_net *net, const struct ip *ip)
{
	if (net->ip.bits != ip->bits)
		return false;
	for (unsigned i = 0; i < ip->bits / 8u; i++) {
		if ((ip->bytes[i] & mask_byte(net->prefix, i)) != net->ip.bytes[i])
			return false;
	}
	return true;
}
