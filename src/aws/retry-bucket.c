/*
 * Buckets: a pacer and the queue of threads before it.
 *
 * The queue is a list of waiting threads, each with a condition of its own: who
 * came first goes first, and only the first one looks at the clock.
 */

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "aws/retry-private.h"
#include "base/arena.h"
#include "base/map.h"

struct waiter {
	pthread_cond_t cond;
	struct waiter *next;
};

struct bucket {
	pthread_mutex_t lock;
	struct pacer pacer;
	struct waiter *first, *last;
	bool adaptive;
};

struct buckets {
	pthread_mutex_t lock;
	struct arena *arena;
	struct map map;
	bool adaptive;
};

struct buckets *buckets_new(bool adaptive)
{
	struct buckets *b = xcalloc(1, sizeof(*b));

	pthread_mutex_init(&b->lock, NULL);
	b->arena = arena_new();
	b->adaptive = adaptive;
	map_init(&b->map);
	return b;
}

void buckets_free(struct buckets **b)
{
	struct map_entry *e;

	if (!*b)
		return;
	for (size_t i = 0; (e = map_next(&(*b)->map, &i));) {
		struct bucket *bucket = e->value;

		if (bucket->first)
			BUG("a bucket is freed while a call waits in it");
		pthread_mutex_destroy(&bucket->lock);
	}
	map_release(&(*b)->map);
	arena_free(&(*b)->arena);
	pthread_mutex_destroy(&(*b)->lock);
	free(*b);
	*b = NULL;
}

struct bucket *buckets_get(struct buckets *b, struct str account_id, struct str service,
			   struct str op)
{
	const struct retry_quota *quota = retry_quota(service, op);
	bool own = quota && !str_is_null(quota->op);
	char key[256];
	size_t n = 0;
	struct str parts[] = {account_id, service, own ? op : STR("")};

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		size_t take = parts[i].n < 80 ? parts[i].n : 80;

		if (take > 0)
			memcpy(key + n, parts[i].p, take);
		n += take;
		key[n++] = '\n';
	}
	pthread_mutex_lock(&b->lock);

	struct bucket *bucket = map_get(&b->map, str_ofn(key, n));

	if (!bucket) {
		bucket = arena_new_of(b->arena, struct bucket);
		pthread_mutex_init(&bucket->lock, NULL);
		bucket->adaptive = b->adaptive;
		pacer_init(&bucket->pacer, quota ? quota->a_second : 0);
		map_put(&b->map, arena_str(b->arena, str_ofn(key, n)), bucket);
	}
	pthread_mutex_unlock(&b->lock);
	return bucket;
}

static void wait_until(struct waiter *w, struct bucket *b, int64_t at_us)
{
	struct timespec ts = {
		.tv_sec = at_us / 1000000,
		.tv_nsec = at_us % 1000000 * 1000,
	};

	pthread_cond_timedwait(&w->cond, &b->lock, &ts);
}

/* Called with the lock, which is given up while waiting. */
static void queue(struct bucket *b)
{
	struct waiter w = {.next = NULL};
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&w.cond, &attr);
	pthread_condattr_destroy(&attr);
	if (b->last)
		b->last->next = &w;
	else
		b->first = &w;
	b->last = &w;
	for (;;) {
		int64_t now_us = clock_mono_us();
		int64_t at_us = pacer_next_us(&b->pacer, now_us);

		if (b->first != &w)
			pthread_cond_wait(&w.cond, &b->lock);
		else if (at_us > now_us)
			wait_until(&w, b, at_us);
		else
			break;
	}
	b->first = w.next;
	if (!b->first)
		b->last = NULL;
	pthread_cond_destroy(&w.cond);
}

int64_t bucket_take(struct bucket *b, struct turn *turn)
{
	int64_t start_us = clock_mono_us();
	int64_t now_us = start_us;

	pthread_mutex_lock(&b->lock);
	if (b->first || pacer_next_us(&b->pacer, now_us) > now_us) {
		queue(b);
		now_us = clock_mono_us();
	}
	pacer_sent(&b->pacer, now_us, turn);
	if (b->first)
		pthread_cond_signal(&b->first->cond);
	pthread_mutex_unlock(&b->lock);
	return (now_us - start_us) / 1000;
}

static void told(struct bucket *b, const struct turn *turn, bool throttled)
{
	pthread_mutex_lock(&b->lock);
	/* In standard mode only what is published limits: see retry.h. */
	if (b->adaptive && throttled)
		pacer_throttled(&b->pacer, turn, clock_mono_us());
	else if (b->adaptive)
		pacer_success(&b->pacer, turn, clock_mono_us());
	if (b->first)
		pthread_cond_signal(&b->first->cond);
	pthread_mutex_unlock(&b->lock);
}

void bucket_success(struct bucket *b, const struct turn *turn)
{
	told(b, turn, false);
}

void bucket_throttled(struct bucket *b, const struct turn *turn)
{
	told(b, turn, true);
}

static enum pacer_mode mode_of(struct bucket *b)
{
	enum pacer_mode mode;

	pthread_mutex_lock(&b->lock);
	mode = b->pacer.mode;
	pthread_mutex_unlock(&b->lock);
	return mode;
}

bool bucket_is_pacing(struct bucket *b)
{
	return mode_of(b) != PACER_FREE;
}

bool bucket_is_learning(struct bucket *b)
{
	return mode_of(b) == PACER_LEARNING;
}
