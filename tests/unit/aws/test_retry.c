/* Classes, back-off, tokens, and the queue of threads before a bucket. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>

#include "aws/retry-private.h"

static struct err aws_error(const char *code, int status)
{
	struct err e = {.kind = ERR_AWS, .http_status = status};

	snprintf(e.aws_code, sizeof(e.aws_code), "%s", code);
	return e;
}

static void test_classes(void **state)
{
	static const struct {
		const char *code;
		int status;
		enum retry_class class;
	} cases[] = {
		{"Throttling", 400, RETRY_THROTTLED},
		{"ThrottlingException", 400, RETRY_THROTTLED},
		{"TooManyRequestsException", 400, RETRY_THROTTLED},
		{"RequestLimitExceeded", 503, RETRY_THROTTLED},
		{"SlowDown", 503, RETRY_THROTTLED},
		{"HTTP429", 429, RETRY_THROTTLED},
		{"InternalFailure", 500, RETRY_TRANSIENT},
		{"ServiceUnavailable", 503, RETRY_TRANSIENT},
		{"RequestTimeout", 400, RETRY_TRANSIENT},
		{"HTTP502", 502, RETRY_TRANSIENT},
		{"HTTP504", 504, RETRY_TRANSIENT},
		{"AccessDenied", 403, RETRY_REFUSED},
		{"LimitExceeded", 409, RETRY_REFUSED},
		{"ConcurrentModificationException", 400, RETRY_REFUSED},
		{"NotImplemented", 501, RETRY_REFUSED},
		{"ExpiredToken", 403, RETRY_REFUSED},
		{"throttling", 400, RETRY_REFUSED},
		{"", 200, RETRY_REFUSED},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct err e = aws_error(cases[i].code, cases[i].status);

		if (retry_classify(&e) != cases[i].class)
			fail_msg("%s %d", cases[i].code, cases[i].status);
	}

	struct err net = {.kind = ERR_NET, .retryable = true};

	assert_int_equal(retry_classify(&net), RETRY_TRANSIENT);
	net.retryable = false; /* a certificate that is not trusted */
	assert_int_equal(retry_classify(&net), RETRY_REFUSED);

	struct err protocol = {.kind = ERR_PROTOCOL, .http_status = 200};

	assert_int_equal(retry_classify(&protocol), RETRY_REFUSED);

	struct err limit = {.kind = ERR_LIMIT, .http_status = 503};

	assert_int_equal(retry_classify(&limit), RETRY_REFUSED);
}

static void test_backoff(void **state)
{
	static const int64_t transient[] = {100,  200,  400,   800,   1600,
					    3200, 6400, 12800, 20000, 20000};
	static const int64_t throttled[] = {1000, 2000, 4000, 8000, 16000, 20000, 20000};
	struct rng rng;

	(void)state;
	rng_seed(&rng, 7);
	for (unsigned i = 0; i < ARRAY_SIZE(transient); i++) {
		int64_t most = 0, sum = 0;

		for (int k = 0; k < 1000; k++) {
			int64_t ms = retry_backoff_ms(i + 2, RETRY_TRANSIENT, &rng);

			assert_true(ms >= 0 && ms <= transient[i]);
			most = ms > most ? ms : most;
			sum += ms;
		}
		/* Full jitter: all of the range, evenly. */
		assert_true(most > transient[i] * 9 / 10);
		assert_true(sum / 1000 > transient[i] * 4 / 10 &&
			    sum / 1000 < transient[i] * 6 / 10);
	}
	for (unsigned i = 0; i < ARRAY_SIZE(throttled); i++)
		for (int k = 0; k < 100; k++)
			assert_true(retry_backoff_ms(i + 2, RETRY_THROTTLED, &rng) <= throttled[i]);
	assert_true(retry_backoff_ms(4000000000U, RETRY_THROTTLED, &rng) <= 20000);
}

static void test_tokens(void **state)
{
	struct retry_tokens t;

	(void)state;
	retry_tokens_init(&t);
	for (int i = 0; i < RETRY_TOKENS / RETRY_COST; i++)
		assert_true(retry_tokens_take(&t, RETRY_COST));
	assert_false(retry_tokens_take(&t, 1));
	retry_tokens_give(&t, RETRY_COST - 1);
	assert_false(retry_tokens_take(&t, RETRY_COST));
	retry_tokens_give(&t, 1);
	assert_true(retry_tokens_take(&t, RETRY_COST));
	retry_tokens_give(&t, RETRY_TOKENS * 3);
	assert_int_equal(t.left, RETRY_TOKENS);
}

static void test_which_bucket(void **state)
{
	struct buckets *b = buckets_new(true);
	struct bucket *one = buckets_get(b, STR("111122223333"), STR("iam"), STR("GetUser"));

	(void)state;
	assert_ptr_equal(one, buckets_get(b, STR("111122223333"), STR("iam"), STR("GetUser")));
	assert_ptr_equal(one, buckets_get(b, STR("111122223333"), STR("iam"), STR("ListUsers")));
	assert_ptr_not_equal(one, buckets_get(b, STR("111122223334"), STR("iam"), STR("GetUser")));
	assert_ptr_not_equal(one, buckets_get(b, STR("111122223333"), STR("sts"), STR("GetUser")));
	/* Limited apart from its service's other calls. */
	assert_ptr_not_equal(buckets_get(b, STR(""), STR("sts"), STR("AssumeRoot")),
			     buckets_get(b, STR(""), STR("sts"), STR("GetCallerIdentity")));
	/* 20 a second for all together. */
	assert_ptr_equal(buckets_get(b, STR(""), STR("sso-admin"), STR("ListInstances")),
			 buckets_get(b, STR(""), STR("sso-admin"), STR("ListPermissionSets")));
	assert_true(bucket_is_pacing(buckets_get(b, STR(""), STR("sso-admin"), STR("X"))));
	assert_false(bucket_is_pacing(one));
	buckets_free(&b);
	assert_null(b);
}

/* In standard mode nothing is learned. */
static void test_standard(void **state)
{
	struct buckets *b = buckets_new(false);
	struct bucket *one = buckets_get(b, STR("1"), STR("iam"), STR("GetUser"));
	struct turn turn;

	(void)state;
	for (int i = 0; i < 100; i++) {
		(void)bucket_take(one, &turn);
		bucket_throttled(one, &turn);
	}
	assert_false(bucket_is_pacing(one));
	buckets_free(&b);
}

#define THREADS 16
#define TURNS 20

struct crowd {
	struct bucket *bucket;
	pthread_mutex_t lock;
	int served;
};

static void *take_turns(void *ctx)
{
	struct crowd *c = ctx;

	for (int i = 0; i < TURNS; i++) {
		struct turn turn;

		(void)bucket_take(c->bucket, &turn);
		pthread_mutex_lock(&c->lock);
		c->served++;
		pthread_mutex_unlock(&c->lock);
		bucket_success(c->bucket, &turn);
	}
	return NULL;
}

/* Many threads at a bucket that paces: everybody is served, none before its time. */
static void test_crowd(void **state)
{
	struct buckets *b = buckets_new(true);
	struct crowd c = {.bucket = buckets_get(b, STR("1"), STR("iam"), STR("GetUser"))};
	pthread_t threads[THREADS];
	struct turn turn;
	int64_t start_us;

	(void)state;
	pthread_mutex_init(&c.lock, NULL);
	for (int i = 0; i < 12; i++) {
		(void)bucket_take(c.bucket, &turn);
		bucket_throttled(c.bucket, &turn);
	}
	assert_true(bucket_is_learning(c.bucket));
	start_us = clock_mono_us();
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, take_turns, &c), 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(c.served, THREADS * TURNS);
	/* Answers that all succeed double the rate from 64 on: the first 8 took 100 ms. */
	assert_true(clock_mono_us() - start_us > 100000);
	buckets_free(&b);
	pthread_mutex_destroy(&c.lock);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_classes),  cmocka_unit_test(test_backoff),
		cmocka_unit_test(test_tokens),   cmocka_unit_test(test_which_bucket),
		cmocka_unit_test(test_standard), cmocka_unit_test(test_crowd),
	};

	return cmocka_run_group_tests_name("retry", tests, NULL, NULL);
}
