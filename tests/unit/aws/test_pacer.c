/*
 * The pacer against simulated servers, in simulated time: 64 workers with 500
 * calls hit a limit at once. What is asserted: once the rate is learned under
 * 5 % of calls are throttled, and the whole takes at most 1.1 x N / rate.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "aws/retry-private.h"

#define WORKERS 64
#define CALLS 500
#define US 1000000.0

struct server {
	double rate, burst, tokens;
	int64_t at_us;
	bool windows; /* counts whole seconds instead of a token bucket */
	int64_t window;
	double used;
	double noise; /* share of calls that are throttled by chance */
};

static bool server_accepts(struct server *s, int64_t now_us, struct rng *rng)
{
	if (s->noise > 0 && rng_unit(rng) < s->noise)
		return false;
	if (s->rate <= 0)
		return true;
	if (s->windows) {
		if (now_us / 1000000 != s->window) {
			s->window = now_us / 1000000;
			s->used = 0;
		}
		if (s->used >= s->rate)
			return false;
		s->used++;
		return true;
	}
	s->tokens += (double)(now_us - s->at_us) * s->rate / US;
	s->at_us = now_us;
	if (s->tokens > s->burst)
		s->tokens = s->burst;
	if (s->tokens < 1)
		return false;
	s->tokens--;
	return true;
}

enum what { QUEUE, IN_FLIGHT, BUSY, OUT };

struct worker {
	enum what what;
	int64_t at_us;  /* when it joins the queue, is answered, is free */
	int64_t ticket; /* place in the queue */
	struct turn turn;
	bool accepted;
	unsigned attempt;
};

struct result {
	double seconds;
	unsigned attempts, throttled;
	unsigned learned_attempts, learned_throttled;
	unsigned worst; /* attempts that one call took */
	double rate;
};

struct sim {
	struct pacer pacer;
	struct server server;
	struct worker w[WORKERS];
	struct rng rng;
	int64_t now_us, latency_us, busy_us, ticket;
	unsigned left, done;
	struct result r;
};

static void send(struct sim *s, struct worker *w)
{
	pacer_sent(&s->pacer, s->now_us, &w->turn);
	w->accepted = server_accepts(&s->server, s->now_us + s->latency_us / 2, &s->rng);
	w->at_us = s->now_us + s->latency_us + (int64_t)rng_below(&s->rng, 2000);
	w->what = IN_FLIGHT;
	w->attempt++;
	s->r.attempts++;
	/* The rate is learned when the limit was met from below. */
	if (s->pacer.mode == PACER_PACED && s->pacer.touched) {
		s->r.learned_attempts++;
		s->r.learned_throttled += !w->accepted;
	}
}

static void join(struct sim *s, struct worker *w, int64_t at_us)
{
	w->what = QUEUE;
	w->at_us = at_us;
	w->ticket = s->ticket++;
}

static void answer(struct sim *s, struct worker *w)
{
	if (w->accepted) {
		pacer_success(&s->pacer, &w->turn, s->now_us);
		if (w->attempt > s->r.worst)
			s->r.worst = w->attempt;
		s->done++;
		w->what = BUSY;
		w->at_us = s->now_us + s->busy_us;
		w->attempt = 0;
		return;
	}
	s->r.throttled++;
	pacer_throttled(&s->pacer, &w->turn, s->now_us);
	if (s->pacer.mode == PACER_FREE)
		join(s, w, s->now_us + (int64_t)(rng_unit(&s->rng) * US));
	else
		join(s, w, s->now_us);
}

/* The queue's first, if it may go now; else when it may. */
static struct worker *first_in_queue(struct sim *s)
{
	struct worker *first = NULL;

	for (int i = 0; i < WORKERS; i++)
		if (s->w[i].what == QUEUE && s->w[i].at_us <= s->now_us &&
		    (!first || s->w[i].ticket < first->ticket))
			first = &s->w[i];
	return first;
}

static bool step(struct sim *s)
{
	struct worker *first = first_in_queue(s);
	int64_t next = INT64_MAX;

	if (first && pacer_next_us(&s->pacer, s->now_us) <= s->now_us) {
		send(s, first);
		return true;
	}
	if (first)
		next = pacer_next_us(&s->pacer, s->now_us);
	for (int i = 0; i < WORKERS; i++) {
		struct worker *w = &s->w[i];

		if (w->what == IN_FLIGHT && w->at_us <= s->now_us) {
			answer(s, w);
			return true;
		}
		if (w->what == BUSY && w->at_us <= s->now_us) {
			if (s->left > 0) {
				s->left--;
				join(s, w, s->now_us);
			} else {
				w->what = OUT;
			}
			return true;
		}
		if (w->what != OUT && w->at_us > s->now_us && w->at_us < next)
			next = w->at_us;
	}
	if (next == INT64_MAX)
		return false;
	s->now_us = next;
	return true;
}

static struct result simulate(struct server server, double quota, int64_t latency_ms,
			      int64_t busy_ms, uint64_t seed)
{
	struct sim s = {.server = server, .left = CALLS, .now_us = 1000000};

	s.server.tokens = s.server.burst;
	s.server.at_us = s.now_us;
	s.latency_us = latency_ms * 1000;
	s.busy_us = busy_ms * 1000;
	rng_seed(&s.rng, seed);
	pacer_init(&s.pacer, quota);
	for (int i = 0; i < WORKERS; i++) {
		s.w[i].what = BUSY;
		s.w[i].at_us = s.now_us;
	}
	while (s.done < CALLS && step(&s))
		;
	assert_int_equal(s.done, CALLS);
	s.r.seconds = (double)(s.now_us - 1000000) / US;
	s.r.rate = s.pacer.rate;
	return s.r;
}

static void check(const char *name, const struct server *s, int64_t latency_ms, int64_t busy_ms,
		  struct result r, double share_max, double stretch_max)
{
	double share = r.learned_attempts ? (double)r.learned_throttled / r.learned_attempts : 0;
	double stretch = r.seconds * s->rate / CALLS;

	if (share <= share_max && stretch <= stretch_max)
		return;
	fail_msg("%s: rate %.0f, burst %.0f, latency %lld ms, other work %lld ms: %.2f s = %.3f x "
		 "N/rate (at most %.2f); %u of %u throttled once learned = %.1f %% (at most %.0f), "
		 "%u in all, one call %u times, rate at the end %.1f",
		 name, s->rate, s->burst, (long long)latency_ms, (long long)busy_ms, r.seconds,
		 stretch, stretch_max, r.learned_throttled, r.learned_attempts, share * 100,
		 share_max * 100, r.throttled, r.worst, r.rate);
}

/* The figures of the goal: under 5 % once learned, within 1.1 x N / rate. */
static void test_limits(void **state)
{
	static const double rates[] = {5, 20, 100};
	static const int64_t latencies[] = {5, 50, 200};
	unsigned seed = 1;

	(void)state;
	for (int round = 0; round < 5; round++) {
		for (size_t i = 0; i < ARRAY_SIZE(rates) * 3 * ARRAY_SIZE(latencies) * 2; i++) {
			double rate = rates[i % 3];
			double bursts[] = {1, rate < 8 ? 2 : rate / 4, rate};
			int64_t latency_ms = latencies[i / 9 % 3], busy_ms = i / 27 ? 300 : 0;
			struct server server = {.rate = rate, .burst = bursts[i / 3 % 3]};
			struct result r = simulate(server, 0, latency_ms, busy_ms, seed++);
			bool hard = rate > 50;

			/* 500 calls at 100 a second are 5 s: learning is a good part of that. */
			check("limit", &server, latency_ms, busy_ms, r, hard ? 0.25 : 0.05,
			      hard ? 1.25 : 1.1);
			assert_true(r.worst <= 8);
			assert_true(r.throttled <= 64 + CALLS / 4);
		}
	}
}

/* A limit that counts whole seconds instead of filling a bucket. */
static void test_windows(void **state)
{
	static const double rates[] = {5, 20};

	(void)state;
	for (unsigned seed = 0; seed < 10; seed++) {
		for (size_t i = 0; i < ARRAY_SIZE(rates); i++) {
			struct server server = {.rate = rates[i], .windows = true};
			struct result r = simulate(server, 0, 50, 0, seed);

			check("windows", &server, 50, 0, r, 0.5, 1.25);
		}
	}
}

/* A limit, and chance besides: chance must not slow us down for good. */
static void test_limit_and_noise(void **state)
{
	static const double rates[] = {5, 20, 100};

	(void)state;
	for (unsigned seed = 0; seed < 20; seed++) {
		for (size_t i = 0; i < ARRAY_SIZE(rates); i++) {
			struct server server = {.rate = rates[i], .burst = rates[i], .noise = 0.05};
			struct result r = simulate(server, 0, 50, 0, seed);

			check("limit and noise", &server, 50, 0, r, 0.25, 1.15);
		}
	}
}

/* A published quota is kept from the first call on. */
static void test_quota(void **state)
{
	struct server server = {.rate = 20, .burst = 20};

	(void)state;
	for (unsigned seed = 0; seed < 10; seed++) {
		struct result r = simulate(server, 20, 50, 0, seed);

		assert_int_equal(r.throttled, 0);
		check("quota", &server, 50, 0, r, 0, 1.02);
	}
}

/* No limit, but one call in twenty throttled by chance: slowing down would not help. */
static void test_noise(void **state)
{
	unsigned slowed = 0;

	(void)state;
	for (unsigned seed = 0; seed < 50; seed++) {
		struct server server = {.noise = 0.05};
		struct result r = simulate(server, 0, 50, 0, seed);

		/* 500 calls, 64 at a time, 50 ms: 0.4 s, and back-off of up to a second. */
		slowed += r.seconds > 3;
		assert_true(r.seconds < 12);
	}
	assert_true(slowed <= 1);
}

/* Nobody is throttled: the pacer is not there. */
static void test_unlimited(void **state)
{
	struct server server = {0};
	struct result r = simulate(server, 0, 50, 0, 1);

	(void)state;
	assert_int_equal(r.throttled, 0);
	assert_true(r.seconds < 0.5);
}

static void drive(struct pacer *p, struct server *server, int64_t *now_us, int calls,
		  unsigned *throttled, struct rng *rng)
{
	*throttled = 0;
	for (int i = 0; i < calls; i++) {
		struct turn turn;

		*now_us = pacer_next_us(p, *now_us);
		pacer_sent(p, *now_us, &turn);
		*now_us += 1000;
		if (server_accepts(server, *now_us, rng)) {
			pacer_success(p, &turn, *now_us);
		} else {
			(*throttled)++;
			pacer_throttled(p, &turn, *now_us);
		}
	}
}

/* The limit moves while we go: both ways are followed. */
static void test_limit_moves(void **state)
{
	struct server server = {.rate = 40, .burst = 10};
	struct pacer p;
	struct rng rng;
	int64_t now_us = 1000000, start_us;
	unsigned throttled;

	(void)state;
	rng_seed(&rng, 3);
	pacer_init(&p, 0);
	server.at_us = now_us;
	drive(&p, &server, &now_us, 600, &throttled, &rng);
	assert_int_equal(p.mode, PACER_PACED);
	assert_true(p.rate > 36 && p.rate < 44);
	/* Somebody else takes three quarters of it. */
	server.rate = 10;
	drive(&p, &server, &now_us, 100, &throttled, &rng);
	drive(&p, &server, &now_us, 400, &throttled, &rng);
	assert_true(p.rate > 8 && p.rate < 12);
	assert_true(throttled < 20);
	/* And leaves. */
	server.rate = 40;
	drive(&p, &server, &now_us, 800, &throttled, &rng);
	start_us = now_us;
	drive(&p, &server, &now_us, 400, &throttled, &rng);
	assert_true(now_us - start_us < 400 * US / 40 * 1.15);
	assert_true(throttled < 20);
}

/* A serial caller that is slower than the limit is not held back. */
static void test_slow_caller(void **state)
{
	struct pacer p;
	struct turn turn;
	int64_t now_us = 1000000;

	(void)state;
	pacer_init(&p, 20);
	for (int i = 0; i < 1000; i++) {
		assert_int_equal(pacer_next_us(&p, now_us), now_us);
		pacer_sent(&p, now_us, &turn);
		now_us += 100000;
		pacer_success(&p, &turn, now_us);
	}
	/* Nor is a rate saved up for a storm. */
	for (int i = 0; i < 3; i++)
		pacer_sent(&p, now_us, &turn);
	assert_true(pacer_next_us(&p, now_us) > now_us + 50000);
	assert_true(p.rate <= 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_limits),          cmocka_unit_test(test_windows),
		cmocka_unit_test(test_limit_and_noise), cmocka_unit_test(test_quota),
		cmocka_unit_test(test_noise),           cmocka_unit_test(test_unlimited),
		cmocka_unit_test(test_limit_moves),     cmocka_unit_test(test_slow_caller),
	};

	return cmocka_run_group_tests_name("pacer", tests, NULL, NULL);
}
