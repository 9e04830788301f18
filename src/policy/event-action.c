/*
 * From an event's names to an action's: CloudTrail records the operation of the
 * API, policies name the permission. Where they differ: event-names.c.
 */

#include "policy/event-private.h"

/* With the id of a version these ask for a permission of their own.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html */
static const struct {
	const char *action, *versioned;
} versions[] = {
	{"s3:DeleteObject", "s3:DeleteObjectVersion"},
	{"s3:DeleteObjectTagging", "s3:DeleteObjectVersionTagging"},
	{"s3:GetObject", "s3:GetObjectVersion"},
	{"s3:GetObjectAcl", "s3:GetObjectVersionAcl"},
	{"s3:GetObjectAttributes", "s3:GetObjectVersionAttributes"},
	{"s3:GetObjectTagging", "s3:GetObjectVersionTagging"},
	{"s3:GetObjectTorrent", "s3:GetObjectVersionTorrent"},
	{"s3:PutObjectAcl", "s3:PutObjectVersionAcl"},
	{"s3:PutObjectTagging", "s3:PutObjectVersionTagging"},
};

/*
 * API Gateway's permissions are the methods of HTTP, as the event's name begins;
 * those that begin otherwise stand in event-names.c.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigatewaymanagement.html
 */
static const struct {
	const char *begin, *action;
} methods[] = {
	{"Create", "apigateway:POST"},  {"Delete", "apigateway:DELETE"},
	{"Get", "apigateway:GET"},      {"Put", "apigateway:PUT"},
	{"Untag", "apigateway:DELETE"}, {"Update", "apigateway:PATCH"},
};

/* Both scalers record autoscaling.amazonaws.com; these operations they have both.
 * https://docs.aws.amazon.com/autoscaling/application/userguide/logging-using-cloudtrail.html */
static const char *const scalers[] = {
	"DeleteScheduledAction",
	"DescribeScalingActivities",
	"DescribeScheduledActions",
	"PutScalingPolicy",
};

static bool digits(struct str s, size_t from, size_t n)
{
	return from + n <= s.n && str_all_digits(str_sub(s, from, n));
}

/*
 * Lambda's and CloudFront's names carry the version of the API:
 * ListFunctions20150331, GetFunction20150331v2, CreateDistribution2020_05_31.
 */
static struct str without_date(struct str s)
{
	struct str bare = s;

	if (s.n > 2 && s.p[s.n - 2] == 'v' && digits(s, s.n - 1, 1))
		bare.n -= 2;
	if (bare.n > 8 && digits(bare, bare.n - 8, 8))
		return str_sub(bare, 0, bare.n - 8);
	if (s.n > 10 && digits(s, s.n - 10, 4) && s.p[s.n - 6] == '_' && digits(s, s.n - 5, 2) &&
	    s.p[s.n - 3] == '_' && digits(s, s.n - 2, 2))
		return str_sub(s, 0, s.n - 10);
	return s;
}

static struct str without_domain(struct str source)
{
	if (str_endsz(source, ".cn"))
		source.n -= 3;
	if (str_endsz(source, ".amazonaws.com"))
		source.n -= sizeof(".amazonaws.com") - 1;
	return source;
}

static const char *method_of(struct str name)
{
	for (size_t i = 0; i < ARRAY_SIZE(methods); i++) {
		if (str_startsz(name, methods[i].begin))
			return methods[i].action;
	}
	return NULL;
}

static bool by_both_scalers(struct str name)
{
	for (size_t i = 0; i < ARRAY_SIZE(scalers); i++) {
		if (str_eqz(name, scalers[i]))
			return true;
	}
	return false;
}

static struct str of_version(struct str action)
{
	for (size_t i = 0; i < ARRAY_SIZE(versions); i++) {
		if (str_eqz(action, versions[i].action))
			return str_of(versions[i].versioned);
	}
	return action;
}

struct event_action event_action(struct str source, struct str name, const struct val *params,
				 struct arena *a)
{
	struct event_action found = {.rule = EVENT_ASKS};
	const struct event_source *s;
	const struct event_name *n = NULL;
	struct str prefix = without_domain(source);
	const char *other = NULL;

	if (!prefix.n || !name.n || str_chr(prefix, ':') >= 0)
		return found;
	s = event_source_find(prefix);
	if (s) {
		prefix = str_of(s->prefix);
		if (EVENT_IS(prefix, "lambda") || EVENT_IS(prefix, "cloudfront"))
			name = without_date(name);
		n = event_name_find(s, name);
		if (n) {
			other = n->action;
			found.rule = n->rule;
		} else if (EVENT_IS(prefix, "apigateway")) {
			other = method_of(name);
		} else if (EVENT_IS(prefix, "autoscaling") && by_both_scalers(name) &&
			   val_get(params, "serviceNamespace")) {
			prefix = STR("application-autoscaling");
		}
	}
	found.whole = other ? str_of(other) : arena_join(a, prefix, STR(":"), name);
	if (EVENT_IS(prefix, "s3") && event_text(val_get(params, "versionId")).n)
		found.whole = of_version(found.whole);
	return found;
}

struct str policy_event_action(struct str source, struct str name, bool versioned, struct arena *a)
{
	struct str whole = event_action(source, name, NULL, a).whole;

	return versioned ? of_version(whole) : whole;
}
