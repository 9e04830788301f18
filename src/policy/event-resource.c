/*
 * What a request was about. Only what is certain: a wrong ARN lets the wrong
 * statement match, so what the event does not say stays "*".
 *
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */

#include "policy/event-private.h"

/* The entry of "resources" that the action could be about. */
static struct str listed(const struct event_reading *r)
{
	VAL_EACH(item, r->event.resources)
	{
		struct str arn = val_get_str(item, "ARN");

		if (!arn.n)
			arn = val_get_str(item, "arn");
		if (event_arn_fits(r, arn))
			return arn;
	}
	return STR_NULL;
}

/* The account that "resources" gives the resource: an object's stands beside its bucket. */
static struct str listed_account(const struct event_reading *r, struct str arn)
{
	VAL_EACH(item, r->event.resources)
	{
		struct str other = val_get_str(item, "ARN"), id = val_get_str(item, "accountId");

		if (id.n && event_arn_fits(r, other) && (!arn.n || str_starts(arn, other)))
			return id;
	}
	return STR_NULL;
}

/* ---- S3 ---- */

/* s3:GetObject, s3:ListMultipartUploadParts: of an object; s3:ListBucket: of the bucket. */
static bool is_of_object(struct str action)
{
	return str_find(action, STR("Bucket")) < 0 &&
	       (str_find(action, STR("Object")) >= 0 || str_find(action, STR("Multipart")) >= 0);
}

/*
 * A bucket, or the ARN of an access point with "/object/" before the key.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html
 */
static struct str s3_resource(const struct event_reading *r)
{
	struct str bucket = event_param(r, "bucketName"), key = event_param(r, "key");
	bool point = str_startsz(bucket, "arn:"), object = is_of_object(r->action);

	if (!bucket.n || (object && !key.n) || str_find(r->action, STR("AccessPoint")) >= 0 ||
	    str_find(r->action, STR("AccessGrant")) >= 0)
		return STR_NULL;
	if (!point)
		return arena_join(r->arena, STR("arn:"), r->partition, STR(":s3:::"), bucket,
				  object ? STR("/") : STR(""), object ? key : STR(""));
	return object ? arena_join(r->arena, bucket, STR("/object/"), key) : bucket;
}

static struct str express_resource(const struct event_reading *r)
{
	struct str bucket = event_param(r, "bucketName");

	return bucket.n ? event_arn(r, STR("s3express"), PLACE_FULL, "bucket/", bucket) : STR_NULL;
}

/* ---- any service ---- */

static bool contains_nocase(struct str s, struct str part)
{
	for (size_t i = 0; i + part.n <= s.n; i++) {
		if (str_eq_nocase(str_sub(s, i, part.n), part))
			return true;
	}
	return false;
}

/*
 * A parameter that is an ARN of the service and has the name of what the action is
 * about: loadBalancerArn of DeleteLoadBalancer, resourceArn of TagResource. Not just
 * any ARN: ecs:StopTask has its cluster's, which is not the task.
 */
static bool is_about(const struct event_reading *r, struct str param)
{
	struct str noun = param;

	if (str_eq_nocase(param, STR("arn")) || str_eq_nocase(param, STR("resourceArn")) ||
	    str_eq_nocase(param, STR("resource")))
		return true;
	if (noun.n > 3 && str_eq_nocase(str_from(noun, noun.n - 3), STR("arn")))
		noun.n -= 3;
	return noun.n > 2 && contains_nocase(r->action, noun);
}

static struct str parameter(const struct event_reading *r)
{
	VAL_EACH(param, r->params)
	{
		struct str text = event_text(param);

		if (str_startsz(text, "arn:") && event_arn_fits(r, text) &&
		    is_about(r, param->name))
			return text;
	}
	return STR_NULL;
}

static struct str find(struct event_reading *r)
{
	struct str found = STR_NULL;

	if (EVENT_IS(r->service, "s3"))
		return s3_resource(r);
	if (EVENT_IS(r->service, "s3express"))
		return express_resource(r);
	/* A version of a function, an index of a table: the parameters say more than the list. */
	if (EVENT_IS(r->service, "iam") || EVENT_IS(r->service, "lambda") ||
	    EVENT_IS(r->service, "dynamodb"))
		found = event_named_resource(r);
	if (!found.n)
		found = listed(r);
	if (!found.n)
		found = event_named_resource(r);
	return found.n ? found : parameter(r);
}

static struct str account_in(struct str arn)
{
	struct arn parts;

	return arn_split(arn, &parts) && str_all_digits(parts.part[4]) ? parts.part[4] : STR_NULL;
}

void event_read_resource(struct event_reading *r)
{
	struct policy_request *req = &r->out->request;
	struct str found = find(r);

	r->out->resource_known = found.n > 0;
	req->resource = found.n ? found : STR("*");
	req->resource_account = account_in(found);
	if (!req->resource_account.n)
		req->resource_account = listed_account(r, found);
	if (!req->resource_account.n)
		req->resource_account = r->out->account;
}
