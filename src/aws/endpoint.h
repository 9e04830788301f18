#ifndef ROOTOUT_AWS_ENDPOINT_H
#define ROOTOUT_AWS_ENDPOINT_H

/*
 * Where a service is reached, and what region its signature names.
 * Partitions: aws, aws-cn, aws-us-gov (https://docs.aws.amazon.com/general/latest/gr/rande.html).
 * Global services (iam, organizations) have one endpoint a partition, signed
 * for us-east-1, cn-northwest-1 (organizations) / cn-north-1 (iam) or us-gov-west-1. STS is always regional here:
 * AssumeRoot does not exist on the global endpoint (facts/aws-answers 1).
 */

#include "aws/api.h"
#include "base/arena.h"
#include "base/err.h"

struct endpoint {
	struct str url;  /* "https://sts.eu-west-1.amazonaws.com", no slash at the end */
	struct str host; /* with the port where it is not the scheme's */
	struct str path; /* prefix of a given endpoint URL, "" mostly */
	struct str signing_region;
};

struct str partition_of_region(struct str region);
/* override: an endpoint URL that was given, or STR_NULL. ERR_INPUT for a URL that is none. */
bool endpoint_resolve(const struct api_service *s, struct str region, struct str override,
		      struct arena *a, struct endpoint *out, struct err *err) MUST_CHECK;

#endif
