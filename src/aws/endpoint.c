/*
 * Endpoints by rule, not by table: AWS's own tables are the same few patterns
 * (tests/conformance compares with botocore's).
 */

#include "aws/endpoint.h"

#include <string.h>

struct partition {
	const char *prefix; /* of its regions */
	struct str name;
	const char *suffix; /* of its host names; NULL: not supported */
	const char *iam_region, *organizations_region;
};

/* The first that fits; the last fits all. https://docs.aws.amazon.com/general/latest/gr/rande.html */
static const struct partition partitions[] = {
	{"cn-", {"aws-cn", 6}, "amazonaws.com.cn", "cn-north-1", "cn-northwest-1"},
	{"us-gov-", {"aws-us-gov", 10}, "amazonaws.com", "us-gov-west-1", "us-gov-west-1"},
	{"us-iso-", {"aws-iso", 7}, NULL, NULL, NULL},
	{"us-isob-", {"aws-iso-b", 9}, NULL, NULL, NULL},
	{"eu-isoe-", {"aws-iso-e", 9}, NULL, NULL, NULL},
	{"us-isof-", {"aws-iso-f", 9}, NULL, NULL, NULL},
	{"eusc-", {"aws-eusc", 8}, NULL, NULL, NULL},
	{"", {"aws", 3}, "amazonaws.com", "us-east-1", "us-east-1"},
};

static const struct partition *find(struct str region)
{
	const struct partition *p = partitions;

	while (!str_startsz(region, p->prefix))
		p++;
	return p;
}

struct str partition_of_region(struct str region)
{
	return find(region)->name;
}

static bool is_region(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9') ||
		      (s.p[i] == '-' && i > 0 && i + 1 < s.n)))
			return false;
	return s.n > 0 && s.n <= 32;
}

static struct str lower(struct arena *a, struct str s)
{
	char *p = arena_dupz(a, s);

	for (size_t i = 0; i < s.n; i++)
		if (p[i] >= 'A' && p[i] <= 'Z')
			p[i] = (char)(p[i] - 'A' + 'a');
	return str_ofn(p, s.n);
}

static bool is_host(struct str host)
{
	bool six = host.n > 2 && host.p[0] == '[' && host.p[host.n - 1] == ']';

	for (size_t i = six ? 1 : 0; i < host.n - (six ? 1 : 0); i++) {
		char c = host.p[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.';

		if (!plain && !(six ? c == ':' : c == '-' || c == '_'))
			return false;
	}
	return host.n > 0;
}

static bool split_port(struct str authority, struct str *host, int64_t *port)
{
	ptrdiff_t colon = str_rchr(authority, ':');
	ptrdiff_t bracket = str_rchr(authority, ']');

	*host = authority;
	if (colon < 0 || colon < bracket)
		return true;
	*host = str_sub(authority, 0, (size_t)colon);
	return str_to_i64(str_from(authority, (size_t)colon + 1), port) && *port > 0 &&
	       *port < 65536;
}

/* "http://127.0.0.1:4566/prefix/" */
static bool parse_url(struct str url, struct arena *a, struct endpoint *out)
{
	bool tls = str_startsz(url, "https://");
	int64_t port = tls ? 443 : 80;
	struct str rest, authority, path, host;

	if (!tls && !str_startsz(url, "http://"))
		return false;
	rest = str_from(url, tls ? 8 : 7);

	ptrdiff_t slash = str_chr(rest, '/');

	authority = slash < 0 ? rest : str_sub(rest, 0, (size_t)slash);
	path = slash < 0 ? STR("") : str_from(rest, (size_t)slash);
	while (path.n > 0 && path.p[path.n - 1] == '/')
		path.n--;
	for (size_t i = 0; i < path.n; i++)
		if (path.p[i] <= ' ' || path.p[i] > '~' || strchr("?#\"<>\\^`{|}", path.p[i]))
			return false;
	if (!split_port(lower(a, authority), &host, &port) || !is_host(host))
		return false;
	if (port == (tls ? 443 : 80))
		out->host = arena_str(a, host);
	else
		out->host = arena_printf(a, "%.*s:%lld", STR_ARG(host), (long long)port);
	out->path = arena_str(a, path);
	out->url = arena_printf(a, "%s://%.*s%.*s", tls ? "https" : "http", STR_ARG(out->host),
				STR_ARG(path));
	return true;
}

static void regional(const struct api_service *s, const struct partition *p, struct str region,
		     struct arena *a, struct endpoint *out)
{
	out->host = arena_printf(a, "%.*s.%.*s.%s", STR_ARG(s->endpoint_prefix), STR_ARG(region),
				 p->suffix);
}

/*
 * https://docs.aws.amazon.com/general/latest/gr/iam-service.html
 * https://docs.aws.amazon.com/general/latest/gr/ao.html
 */
static void global(const struct api_service *s, const struct partition *p, struct arena *a,
		   struct endpoint *out)
{
	bool iam = str_eqz(s->id, "iam");

	out->signing_region = str_of(iam ? p->iam_region : p->organizations_region);
	if (!iam)
		regional(s, p, out->signing_region, a, out);
	else if (str_eqz(p->name, "aws"))
		out->host = STR("iam.amazonaws.com");
	else if (str_eqz(p->name, "aws-us-gov"))
		out->host = STR("iam.us-gov.amazonaws.com");
	else
		regional(s, p, out->signing_region, a, out);
}

bool endpoint_resolve(const struct api_service *s, struct str region, struct str override,
		      struct arena *a, struct endpoint *out, struct err *err)
{
	const struct partition *p = find(region);

	*out = (struct endpoint){0};
	if (!is_region(region))
		return err_set(err, ERR_INPUT, "'%.*s' is not a region's name (as us-east-1 is)",
			       STR_ARG(str_sub(region, 0, 64)));
	if (!p->suffix && str_is_null(override))
		return err_set(err, ERR_INPUT,
			       "region %.*s is in partition %.*s, which is not supported yet",
			       STR_ARG(region), STR_ARG(p->name));
	out->path = STR("");
	out->signing_region = arena_str(a, region);
	if (p->suffix && s->global)
		global(s, p, a, out);
	else if (p->suffix)
		regional(s, p, region, a, out);
	if (str_is_null(override)) {
		out->url = arena_printf(a, "https://%.*s", STR_ARG(out->host));
		return true;
	}
	if (parse_url(str_trim(override), a, out))
		return true;
	return err_set(err, ERR_INPUT,
		       "'%.*s' is not an endpoint URL (as https://HOST or http://HOST:PORT)",
		       STR_ARG(str_sub(override, 0, 200)));
}
