/* What kind of failure, how long to wait, and whether the SDKs' retry quota allows it. */

#include "aws/retry.h"

static bool is_one_of(const char *code, const char *const *codes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eqz(str_of(code), codes[i]))
			return true;
	return false;
}

/* The codes that AWS's SDKs take for throttling. */
static const char *const throttling[] = {
	"Throttling",
	"ThrottlingException",
	"ThrottledException",
	"RequestThrottledException",
	"TooManyRequestsException",
	"ProvisionedThroughputExceededException",
	"TransactionInProgressException",
	"RequestLimitExceeded",
	"BandwidthLimitExceeded",
	"RequestThrottled",
	"SlowDown",
	"PriorRequestNotComplete",
	"EC2ThrottledException",
};

static const char *const transient[] = {
	"RequestTimeout",        "RequestTimeoutException", "InternalError",
	"InternalFailure",       "InternalServerError",     "InternalServerException",
	"InternalServiceError",  "ServiceFailure",          "ServiceException",
	"ServiceUnavailable",    "ServiceFailureException", "ServiceUnavailableException",
	"IDPCommunicationError",
};

enum retry_class retry_classify(const struct err *err)
{
	switch (err->kind) {
	case ERR_NET:
		return err->retryable ? RETRY_TRANSIENT : RETRY_REFUSED;
	case ERR_AWS:
		if (is_one_of(err->aws_code, throttling, ARRAY_SIZE(throttling)) ||
		    err->http_status == 429)
			return RETRY_THROTTLED;
		if (is_one_of(err->aws_code, transient, ARRAY_SIZE(transient)))
			return RETRY_TRANSIENT;
		break;
	case ERR_PROTOCOL:
		break;
	default:
		return RETRY_REFUSED;
	}
	if (err->http_status == 500 || err->http_status == 502 || err->http_status == 503 ||
	    err->http_status == 504)
		return RETRY_TRANSIENT;
	return RETRY_REFUSED;
}

#define BACKOFF_MAX_MS 20000
#define BACKOFF_THROTTLED_MS 1000
/* Faults pass faster than limits do. */
#define BACKOFF_TRANSIENT_MS 100

int64_t retry_backoff_ms(unsigned attempt, enum retry_class class, struct rng *rng)
{
	int64_t base = class == RETRY_THROTTLED ? BACKOFF_THROTTLED_MS : BACKOFF_TRANSIENT_MS;
	unsigned doublings = attempt > 2 ? attempt - 2 : 0;
	int64_t ceiling = doublings < 12 ? base << doublings : BACKOFF_MAX_MS;

	if (ceiling > BACKOFF_MAX_MS)
		ceiling = BACKOFF_MAX_MS;
	return (int64_t)(rng_unit(rng) * (double)ceiling);
}

void retry_tokens_init(struct retry_tokens *t)
{
	atomic_init(&t->left, RETRY_TOKENS);
}

bool retry_tokens_take(struct retry_tokens *t, int cost)
{
	int left = atomic_load(&t->left);

	do {
		if (left < cost)
			return false;
	} while (!atomic_compare_exchange_weak(&t->left, &left, left - cost));
	return true;
}

void retry_tokens_give(struct retry_tokens *t, int cost)
{
	int left = atomic_load(&t->left);
	int next;

	do {
		next = left + cost < RETRY_TOKENS ? left + cost : RETRY_TOKENS;
		if (next == left)
			return;
	} while (!atomic_compare_exchange_weak(&t->left, &left, next));
}
