#ifndef ROOTOUT_BASE_POOL_H
#define ROOTOUT_BASE_POOL_H

/*
 * Straight-line code on many threads.
 *
 * pool_map runs one function per item: ordinary blocking code, results by
 * index. pool_submit does the same for items that are found while others are
 * already being worked on (accounts of page 1 while page 2 is being listed).
 *
 *	struct pool *p = pool_new(64, worker_init, worker_done, ctx);
 *	pool_submit(p, fn, item);	// any thread, also from inside fn
 *	pool_wait(p);			// until nothing is queued or running
 *	pool_free(&p);
 *
 * Threads are started only when there is work for them (a pool of 64 with 12
 * jobs starts 12), have 256 KiB stacks, and block all signals, so that the main
 * thread gets them. Each has a slot of its own for what a worker keeps between
 * jobs (an HTTP handle with its connections): made by worker_init, given to
 * each job, ended by worker_done. Jobs start in the order of submission.
 *
 * pool_map may be called inside a job: the worker does items of it itself, with
 * its own slot, so the slot must not be in the middle of something. pool_wait
 * and pool_free may not. A pool whose every thread is refused by the system
 * ends the program; with fewer than asked for it goes on.
 *
 * After pool_cancel queued jobs still run, so that each item gets its result;
 * a job asks pool_cancelled at its safe points and returns early.
 */

#include <stdbool.h>
#include <stddef.h>

struct pool;

typedef void pool_fn(void *item, void *worker);

struct pool *pool_new(unsigned max_threads, void *(*worker_init)(void *ctx),
		      void (*worker_done)(void *worker, void *ctx), void *ctx);
void pool_free(struct pool **p); /* waits first */

void pool_submit(struct pool *p, pool_fn *fn, void *item);
void pool_wait(struct pool *p);

void pool_cancel(struct pool *p);
bool pool_cancelled(const struct pool *p);

/* fn(items + i * size, worker) for each i; returns when all are done. */
void pool_map(struct pool *p, pool_fn *fn, void *items, size_t count, size_t size);

#endif
