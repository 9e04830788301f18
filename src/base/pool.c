#include "base/pool.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/*
 * The queue holds batches, not jobs: pool_map puts one on its own stack for all
 * its items, pool_submit a heap one for its single item. Workers take items
 * from the batch at the head; it leaves the queue with its last item.
 */
struct batch {
	struct batch *next;
	pool_fn *fn;
	char *items;
	size_t size;
	size_t count;
	size_t taken;
	size_t finished;
	bool heap; /* of pool_submit: nobody waits for it, who took its item frees it */
};

struct worker {
	struct pool *pool;
	pthread_t thread;
	void *slot; /* what worker_init made */
};

struct pool {
	pthread_mutex_t lock;
	pthread_cond_t work; /* something was queued, or the end has come */
	pthread_cond_t done; /* a batch is finished, or nothing is queued or running */
	struct batch *head, **tail;
	size_t queued;     /* items not yet taken */
	size_t running;    /* items taken and not finished */
	unsigned idle;     /* workers waiting for work */
	unsigned starting; /* threads that have not yet looked for work */
	unsigned started, max;
	bool stop;
	_Atomic bool cancelled;
	void *(*worker_init)(void *ctx);
	void (*worker_done)(void *worker, void *ctx);
	void *ctx;
	struct worker *workers;
};

/* Which worker this thread is: a job that calls pool_map does items of its own batch meanwhile. */
static _Thread_local struct worker *self;

/*
 * 256 KiB are enough for TLS handshakes and JSON of the deepest nesting that
 * is read (base/limits.h); sanitizers pad every variable and need more.
 */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define STACK_SIZE ((size_t)1024 * 1024)
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
	__has_feature(memory_sanitizer)
#define STACK_SIZE ((size_t)1024 * 1024)
#endif
#endif
#ifndef STACK_SIZE
#define STACK_SIZE ((size_t)256 * 1024)
#endif

struct pool *pool_new(unsigned max_threads, void *(*worker_init)(void *ctx),
		      void (*worker_done)(void *worker, void *ctx), void *ctx)
{
	struct pool *p = xcalloc(1, sizeof(*p));

	if (max_threads == 0)
		BUG("pool of 0 threads");
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->work, NULL);
	pthread_cond_init(&p->done, NULL);
	p->tail = &p->head;
	p->max = max_threads;
	p->worker_init = worker_init;
	p->worker_done = worker_done;
	p->ctx = ctx;
	p->workers = xcalloc(max_threads, sizeof(*p->workers));
	return p;
}

static void unlink_batch(struct pool *p, struct batch *b)
{
	struct batch **at = &p->head;

	while (*at != b)
		at = &(*at)->next;
	*at = b->next;
	if (p->tail == &b->next)
		p->tail = at;
}

/* Take one item of b and run it. Called and left with the lock held. */
static void run_one(struct pool *p, struct batch *b, void *slot)
{
	pool_fn *fn = b->fn;
	void *item = b->items + b->taken++ * b->size;
	bool heap = b->heap;

	if (b->taken == b->count)
		unlink_batch(p, b);
	p->queued--;
	p->running++;
	pthread_mutex_unlock(&p->lock);
	if (heap)
		free(b);
	fn(item, slot);
	pthread_mutex_lock(&p->lock);
	p->running--;
	/* After its last item the batch of a pool_map is gone as soon as the lock is. */
	if ((!heap && ++b->finished == b->count) || (p->queued == 0 && p->running == 0))
		pthread_cond_broadcast(&p->done);
}

static void *worker_main(void *arg)
{
	struct worker *w = arg;
	struct pool *p = w->pool;

	self = w;
	if (p->worker_init)
		w->slot = p->worker_init(p->ctx);
	pthread_mutex_lock(&p->lock);
	p->starting--;
	while (p->head || !p->stop) {
		if (p->head) {
			run_one(p, p->head, w->slot);
			continue;
		}
		p->idle++;
		pthread_cond_wait(&p->work, &p->lock);
		p->idle--;
	}
	pthread_mutex_unlock(&p->lock);
	if (p->worker_done)
		p->worker_done(w->slot, p->ctx);
	return NULL;
}

/*
 * All signals but those that a thread's own fault raises: blocked, those would
 * end the program without a word.
 */
static void block_signals(sigset_t *before)
{
	static const int own[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS};
	sigset_t all;

	sigfillset(&all);
	for (size_t i = 0; i < ARRAY_SIZE(own); i++)
		sigdelset(&all, own[i]);
	pthread_sigmask(SIG_SETMASK, &all, before);
}

/* With the lock held. False: the system gives no more threads. */
static bool start_worker(struct pool *p)
{
	struct worker *w = &p->workers[p->started];
	pthread_attr_t attr;
	sigset_t before;
	int failed;

	w->pool = p;
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_SIZE);
	/* Blocked here, so that the thread never lives without. */
	block_signals(&before);
	failed = pthread_create(&w->thread, &attr, worker_main, w);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attr);
	if (failed && p->started == 0) {
		/* Like memory: without a single thread nothing of what was asked can be done. */
		fprintf(stderr, "rootout: cannot start a thread: %s\n", strerrordesc_np(failed));
		abort();
	}
	if (failed)
		return false; /* fewer than wished do the same work */
	p->started++;
	p->starting++;
	return true;
}

/* With the lock held. */
static void enqueue(struct pool *p, struct batch *b)
{
	*p->tail = b;
	p->tail = &b->next;
	p->queued += b->count;
	while (p->queued > (size_t)p->idle + p->starting && p->started < p->max)
		if (!start_worker(p))
			break;
	if (b->count == 1)
		pthread_cond_signal(&p->work);
	else
		pthread_cond_broadcast(&p->work);
}

void pool_submit(struct pool *p, pool_fn *fn, void *item)
{
	struct batch *b = xcalloc(1, sizeof(*b));

	b->fn = fn;
	b->items = item;
	b->count = 1;
	b->heap = true;
	pthread_mutex_lock(&p->lock);
	enqueue(p, b);
	pthread_mutex_unlock(&p->lock);
}

void pool_map(struct pool *p, pool_fn *fn, void *items, size_t count, size_t size)
{
	struct batch b = {.fn = fn, .items = items, .size = size, .count = count};

	if (count == 0)
		return;
	pthread_mutex_lock(&p->lock);
	enqueue(p, &b);
	/* A worker that only waited could wait for ever: all of them may be here. */
	while (self && self->pool == p && b.taken < b.count)
		run_one(p, &b, self->slot);
	while (b.finished < b.count)
		pthread_cond_wait(&p->done, &p->lock);
	pthread_mutex_unlock(&p->lock);
}

void pool_wait(struct pool *p)
{
	if (self && self->pool == p)
		BUG("pool_wait from inside a job of the same pool");
	pthread_mutex_lock(&p->lock);
	while (p->queued > 0 || p->running > 0)
		pthread_cond_wait(&p->done, &p->lock);
	pthread_mutex_unlock(&p->lock);
}

void pool_free(struct pool **pool)
{
	struct pool *p = *pool;

	if (!p)
		return;
	pool_wait(p);
	pthread_mutex_lock(&p->lock);
	p->stop = true;
	pthread_cond_broadcast(&p->work);
	pthread_mutex_unlock(&p->lock);
	for (unsigned i = 0; i < p->started; i++)
		pthread_join(p->workers[i].thread, NULL);
	pthread_cond_destroy(&p->done);
	pthread_cond_destroy(&p->work);
	pthread_mutex_destroy(&p->lock);
	free(p->workers);
	free(p);
	*pool = NULL;
}

void pool_cancel(struct pool *p)
{
	atomic_store(&p->cancelled, true);
}

bool pool_cancelled(const struct pool *p)
{
	return atomic_load(&p->cancelled);
}
