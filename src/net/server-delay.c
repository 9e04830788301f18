/*
 * Answers that wait: one thread and a heap of connections by the time when
 * they are due. A sleeping connection costs no thread.
 */

#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "net/server-private.h"

struct sleeper {
	int64_t due_us;
	struct MHD_Connection *connection;
};

struct delays {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	pthread_t thread;
	bool running;
	bool flushed; /* nobody waits any more */
	bool ending;
	struct sleeper *heap;
	size_t n, cap;
};

struct delays *delays_new(void)
{
	struct delays *d = xcalloc(1, sizeof(*d));
	pthread_condattr_t attr;

	pthread_mutex_init(&d->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&d->changed, &attr);
	pthread_condattr_destroy(&attr);
	return d;
}

static void swap(struct sleeper *a, struct sleeper *b)
{
	struct sleeper t = *a;

	*a = *b;
	*b = t;
}

static void heap_push(struct delays *d, struct sleeper s)
{
	size_t i = d->n++;

	if (d->n > d->cap) {
		d->cap = d->cap ? d->cap * 2 : 64;
		d->heap = xreallocarray(d->heap, d->cap, sizeof(*d->heap));
	}
	d->heap[i] = s;
	while (i > 0 && d->heap[(i - 1) / 2].due_us > d->heap[i].due_us) {
		swap(&d->heap[(i - 1) / 2], &d->heap[i]);
		i = (i - 1) / 2;
	}
}

static struct sleeper heap_pop(struct delays *d)
{
	struct sleeper first = d->heap[0];
	size_t i = 0;

	d->heap[0] = d->heap[--d->n];
	for (;;) {
		size_t least = i, l = 2 * i + 1, r = 2 * i + 2;

		if (l < d->n && d->heap[l].due_us < d->heap[least].due_us)
			least = l;
		if (r < d->n && d->heap[r].due_us < d->heap[least].due_us)
			least = r;
		if (least == i)
			return first;
		swap(&d->heap[i], &d->heap[least]);
		i = least;
	}
}

static void wait_until(struct delays *d, int64_t due_us)
{
	struct timespec ts = {
		.tv_sec = due_us / 1000000,
		.tv_nsec = due_us % 1000000 * 1000,
	};
	pthread_cond_timedwait(&d->changed, &d->lock, &ts);
}

static void *run(void *arg)
{
	struct delays *d = arg;

	pthread_mutex_lock(&d->lock);
	while (!d->ending) {
		if (d->n == 0)
			pthread_cond_wait(&d->changed, &d->lock);
		else if (d->flushed || d->heap[0].due_us <= clock_mono_us())
			mhd.resume_connection(heap_pop(d).connection);
		else
			wait_until(d, d->heap[0].due_us);
	}
	pthread_mutex_unlock(&d->lock);
	return NULL;
}

void delays_add(struct delays *d, struct MHD_Connection *connection, int64_t delay_ms)
{
	pthread_mutex_lock(&d->lock);
	if (!d->running) {
		if (pthread_create(&d->thread, NULL, run, d) != 0)
			BUG("cannot start the thread for delayed answers");
		d->running = true;
	}
	heap_push(d, (struct sleeper){
			     .due_us = clock_mono_us() + delay_ms * 1000,
			     .connection = connection,
		     });
	if (d->heap[0].connection == connection)
		pthread_cond_signal(&d->changed);
	pthread_mutex_unlock(&d->lock);
}

void delays_flush(struct delays *d)
{
	pthread_mutex_lock(&d->lock);
	d->flushed = true;
	pthread_cond_signal(&d->changed);
	pthread_mutex_unlock(&d->lock);
}

void delays_free(struct delays **dp)
{
	struct delays *d = *dp;

	if (!d)
		return;
	pthread_mutex_lock(&d->lock);
	if (d->n > 0)
		BUG("delayed answers are still waiting");
	d->ending = true;
	pthread_cond_signal(&d->changed);
	bool running = d->running;
	pthread_mutex_unlock(&d->lock);
	if (running)
		pthread_join(d->thread, NULL);
	pthread_cond_destroy(&d->changed);
	pthread_mutex_destroy(&d->lock);
	free(d->heap);
	free(d);
	*dp = NULL;
}
