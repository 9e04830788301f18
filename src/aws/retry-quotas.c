/*
 * What is known of AWS's rates. A rate that is not published is not guessed:
 * the pacer learns it. An operation stands here without a rate when it is
 * known to be limited by itself, so that its being throttled does not slow
 * its service's other calls down.
 */

#include "aws/retry-private.h"

static const struct retry_quota quotas[] = {
	/* Limited apart from other STS calls; the root-user campaigns' bottleneck. */
	{{"sts", 3}, {"AssumeRoot", 10}, 0, "a quota of its own, not published"},
	{{"organizations", 13}, {"CreateAccount", 13}, 0, "5 at once, not a rate"},
	{{"organizations", 13},
	 {"CloseAccount", 12},
	 0,
	 "3 at once and a monthly quota, not a rate"},
	/* https://docs.aws.amazon.com/singlesignon/latest/userguide/limits.html */
	{{"sso-admin", 9}, {NULL, 0}, 20, "20 a second for all of its APIs together"},
};

const struct retry_quota *retry_quota(struct str service, struct str op)
{
	for (size_t i = 0; i < ARRAY_SIZE(quotas); i++)
		if (str_eq(quotas[i].service, service) &&
		    (str_is_null(quotas[i].op) || str_eq(quotas[i].op, op)))
			return &quotas[i];
	return NULL;
}
