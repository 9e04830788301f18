#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/pool.h"
#include "death.h"

static _Atomic int inits, dones;

static void *slot_init(void *ctx)
{
	_Atomic int *slot = xcalloc(1, sizeof(*slot));

	(void)ctx;
	atomic_fetch_add(&inits, 1);
	return slot;
}

static void slot_done(void *slot, void *ctx)
{
	(void)ctx;
	atomic_fetch_add(&dones, 1);
	free(slot);
}

static int reset(void **state)
{
	(void)state;
	atomic_store(&inits, 0);
	atomic_store(&dones, 0);
	return 0;
}

struct item {
	int in;
	int out;
	void *slot;
};

static void square(void *arg, void *slot)
{
	struct item *item = arg;
	_Atomic int *busy = slot;

	/* No slot serves two jobs at once. */
	if (busy && atomic_exchange(busy, 1) != 0)
		BUG("slot is busy");
	item->out += item->in * item->in;
	item->slot = slot;
	if (busy)
		atomic_store(busy, 0);
}

static void test_map(void **state)
{
	enum { ITEMS = 10000 };
	struct pool *p = pool_new(64, slot_init, slot_done, NULL);
	struct item *items = xcalloc(ITEMS, sizeof(*items));

	(void)state;
	for (int round = 1; round <= 3; round++) {
		for (int i = 0; i < ITEMS; i++)
			items[i].in = i % 1000;
		pool_map(p, square, items, ITEMS, sizeof(*items));
		for (int i = 0; i < ITEMS; i++) {
			assert_int_equal(items[i].out, round * (i % 1000) * (i % 1000));
			assert_non_null(items[i].slot);
		}
	}
	pool_map(p, square, items, 0, sizeof(*items));
	assert_in_range(atomic_load(&inits), 1, 64);
	pool_free(&p);
	assert_null(p);
	pool_free(&p);
	assert_int_equal(atomic_load(&inits), atomic_load(&dones));
	free(items);
}

static void test_without_slots(void **state)
{
	struct pool *p = pool_new(4, NULL, NULL, NULL);
	struct item item = {.in = 7};

	(void)state;
	pool_submit(p, square, &item);
	pool_wait(p);
	assert_int_equal(item.out, 49);
	assert_null(item.slot);
	pool_free(&p);
	/* Nothing was ever submitted. */
	p = pool_new(4, slot_init, slot_done, NULL);
	pool_wait(p);
	pool_free(&p);
	assert_int_equal(atomic_load(&inits), 0);
}

/* A tree: each job submits two more, 16,383 in all. An item points into the list 0, 1, 2 … */
static struct pool *tree_pool;
static _Atomic int tree_jobs;

static void grow_tree(void *item, void *slot)
{
	int depth = *(int *)item;

	(void)slot;
	atomic_fetch_add(&tree_jobs, 1);
	if (depth == 0)
		return;
	pool_submit(tree_pool, grow_tree, (int *)item - 1);
	pool_submit(tree_pool, grow_tree, (int *)item - 1);
}

static void test_submit_from_inside(void **state)
{
	static const unsigned threads[] = {1, 3, 64};
	int depths[14];

	(void)state;
	for (int i = 0; i < 14; i++)
		depths[i] = i;
	for (size_t t = 0; t < ARRAY_SIZE(threads); t++) {
		tree_pool = pool_new(threads[t], slot_init, slot_done, NULL);
		atomic_store(&tree_jobs, 0);
		pool_submit(tree_pool, grow_tree, &depths[13]);
		pool_wait(tree_pool);
		assert_int_equal(atomic_load(&tree_jobs), (1 << 14) - 1);
		pool_free(&tree_pool);
	}
	assert_int_equal(atomic_load(&inits), atomic_load(&dones));
}

/* Each item of the outer map maps over items of its own, on the same pool. */
struct outer {
	struct pool *pool;
	struct item inner[20];
};

static void map_inside(void *arg, void *slot)
{
	struct outer *o = arg;

	(void)slot;
	pool_map(o->pool, square, o->inner, ARRAY_SIZE(o->inner), sizeof(o->inner[0]));
	/* All of its own are done when it comes back. */
	for (int i = 0; i < 20; i++)
		if (o->inner[i].out != i * i)
			BUG("inner item %d is not done", i);
}

static void test_map_from_inside(void **state)
{
	static const unsigned threads[] = {1, 2, 64};
	enum { OUTER = 200 };

	(void)state;
	for (size_t t = 0; t < ARRAY_SIZE(threads); t++) {
		struct pool *p = pool_new(threads[t], NULL, NULL, NULL);
		struct outer *outer = xcalloc(OUTER, sizeof(*outer));

		for (int i = 0; i < OUTER; i++) {
			outer[i].pool = p;
			for (int j = 0; j < 20; j++)
				outer[i].inner[j].in = j;
		}
		pool_map(p, map_inside, outer, OUTER, sizeof(*outer));
		for (int i = 0; i < OUTER; i++)
			assert_int_equal(outer[i].inner[19].out, 361);
		free(outer);
		pool_free(&p);
	}
}

struct gate {
	pthread_barrier_t barrier;
	_Atomic int open;
};

static void meet(void *arg, void *slot)
{
	struct gate *g = arg;

	(void)slot;
	pthread_barrier_wait(&g->barrier);
}

/* Twelve jobs that need each other at the same time: twelve threads, not one more. */
static void test_starts_as_many_as_there_are_jobs(void **state)
{
	struct pool *p = pool_new(64, slot_init, slot_done, NULL);
	struct gate g;

	(void)state;
	pthread_barrier_init(&g.barrier, NULL, 12);
	for (int round = 0; round < 50; round++) {
		for (int i = 0; i < 12; i++)
			pool_submit(p, meet, &g);
		pool_wait(p);
		/* Idle threads serve the later rounds. */
		assert_int_equal(atomic_load(&inits), 12);
	}
	pool_map(p, meet, &g, 12, 0);
	assert_int_equal(atomic_load(&inits), 12);
	pool_free(&p);
	pthread_barrier_destroy(&g.barrier);
}

static void test_one_after_the_other_needs_one_thread(void **state)
{
	struct pool *p = pool_new(64, slot_init, slot_done, NULL);
	struct item item = {.in = 1};

	(void)state;
	for (int i = 0; i < 1000; i++) {
		pool_submit(p, square, &item);
		pool_wait(p);
	}
	assert_int_equal(item.out, 1000);
	assert_int_equal(atomic_load(&inits), 1);
	pool_free(&p);
}

static void wait_for_gate(void *arg, void *slot)
{
	struct gate *g = arg;

	(void)slot;
	while (!atomic_load(&g->open))
		sched_yield();
}

/* pool_map comes back although another's job is still running. */
static void test_map_waits_for_its_own_only(void **state)
{
	struct pool *p = pool_new(2, NULL, NULL, NULL);
	struct item items[10] = {{.in = 3}};
	struct gate g = {.open = 0};

	(void)state;
	pool_submit(p, wait_for_gate, &g);
	pool_map(p, square, items, 10, sizeof(items[0]));
	assert_int_equal(items[0].out, 9);
	atomic_store(&g.open, 1);
	pool_wait(p);
	pool_free(&p);
}

static int order[2000];
static int ordered;

static void note_order(void *item, void *slot)
{
	(void)slot;
	order[ordered++] = *(int *)item; /* one thread only: no lock */
}

static void test_order_of_submission(void **state)
{
	struct pool *p = pool_new(1, NULL, NULL, NULL);
	static int numbers[2000];

	(void)state;
	for (int i = 0; i < 2000; i++)
		numbers[i] = i;
	for (int i = 0; i < 1000; i++)
		pool_submit(p, note_order, &numbers[i]);
	pool_map(p, note_order, numbers + 1000, 1000, sizeof(numbers[0]));
	assert_int_equal(ordered, 2000);
	for (int i = 0; i < 2000; i++)
		assert_int_equal(order[i], i);
	pool_free(&p);
}

struct cancel_item {
	struct pool *pool;
	int ran, early;
};

static void cancel_at_third(void *arg, void *slot)
{
	struct cancel_item *c = arg;

	(void)slot;
	c->ran = 1;
	if (pool_cancelled(c->pool)) {
		c->early = 1;
		return;
	}
	if (c[0].early == -1)
		pool_cancel(c->pool);
}

static void test_cancel(void **state)
{
	struct pool *p = pool_new(1, NULL, NULL, NULL);
	struct cancel_item items[10] = {{0}};

	(void)state;
	for (int i = 0; i < 10; i++)
		items[i].pool = p;
	items[3].early = -1; /* this one cancels */
	assert_false(pool_cancelled(p));
	pool_map(p, cancel_at_third, items, 10, sizeof(items[0]));
	assert_true(pool_cancelled(p));
	for (int i = 0; i < 10; i++) {
		assert_int_equal(items[i].ran, 1); /* each gets its result */
		assert_int_equal(items[i].early, i < 3 ? 0 : i == 3 ? -1 : 1);
	}
	pool_free(&p);
}

struct thread_facts {
	sigset_t blocked;
	size_t stack;
};

static void look_around(void *arg, void *slot)
{
	struct thread_facts *f = arg;
	pthread_attr_t attr;
	void *base;

	(void)slot;
	pthread_sigmask(SIG_SETMASK, NULL, &f->blocked);
	pthread_getattr_np(pthread_self(), &attr);
	pthread_attr_getstack(&attr, &base, &f->stack);
	pthread_attr_destroy(&attr);
}

static void test_threads(void **state)
{
	static const int blocked[] = {SIGINT,  SIGTERM, SIGHUP,  SIGCHLD,
				      SIGALRM, SIGUSR1, SIGPIPE, SIGWINCH};
	struct pool *p = pool_new(1, NULL, NULL, NULL);
	struct thread_facts f;
	sigset_t mine;

	(void)state;
	pool_submit(p, look_around, &f);
	pool_wait(p);
	for (size_t i = 0; i < ARRAY_SIZE(blocked); i++)
		assert_int_equal(sigismember(&f.blocked, blocked[i]), 1);
	assert_int_equal(sigismember(&f.blocked, SIGSEGV), 0);
	assert_true(f.stack >= 256 * 1024 - 8192); /* less what the library keeps */
	assert_true(f.stack <= 2 * 1024 * 1024);
	/* The mask of who submitted is as it was. */
	pthread_sigmask(SIG_SETMASK, NULL, &mine);
	assert_int_equal(sigismember(&mine, SIGTERM), 0);
	pool_free(&p);
}

static _Atomic long total;

static void add_one(void *item, void *slot)
{
	(void)item;
	(void)slot;
	atomic_fetch_add(&total, 1);
}

static void *submit_many(void *pool)
{
	for (int i = 0; i < 1000; i++)
		pool_submit(pool, add_one, NULL);
	return NULL;
}

static void *map_many(void *pool)
{
	char items[100];

	for (int i = 0; i < 10; i++)
		pool_map(pool, add_one, items, 100, 1);
	return NULL;
}

static void test_many_submitters(void **state)
{
	struct pool *p = pool_new(64, slot_init, slot_done, NULL);
	pthread_t threads[10];

	(void)state;
	for (int i = 0; i < 10; i++)
		assert_int_equal(
			pthread_create(&threads[i], NULL, i % 2 ? submit_many : map_many, p), 0);
	for (int i = 0; i < 10; i++)
		pthread_join(threads[i], NULL);
	pool_free(&p); /* waits first */
	assert_int_equal(atomic_load(&total), 10000);
	assert_int_equal(atomic_load(&inits), atomic_load(&dones));
}

static void wait_inside(void *pool, void *slot)
{
	(void)slot;
	pool_wait(pool);
}

static void deadlock(void *arg)
{
	struct pool *p = pool_new(2, NULL, NULL, NULL);

	(void)arg;
	pool_submit(p, wait_inside, p);
	pool_wait(p);
}

static void no_threads_at_all(void *arg)
{
	struct pool *p = pool_new(0, NULL, NULL, NULL);

	(void)arg;
	pool_free(&p);
}

static void test_mistakes(void **state)
{
	(void)state;
	assert_true(dies(deadlock, NULL, "BUG"));
	assert_true(dies(no_threads_at_all, NULL, "BUG"));
}

/* Threads are counted for users without rights only. */
static bool no_more_threads(void)
{
	static const struct rlimit none = {0, 0};

	return (geteuid() != 0 || setuid(65534) == 0) && setrlimit(RLIMIT_NPROC, &none) == 0;
}

static void refuse_the_first(void *arg)
{
	struct pool *p = pool_new(8, NULL, NULL, NULL);
	struct item item = {.in = 2};

	(void)arg;
	if (!no_more_threads())
		return;
	pool_submit(p, square, &item);
	pool_wait(p);
}

static void refuse_the_second(void *arg)
{
	struct pool *p = pool_new(8, slot_init, slot_done, NULL);
	struct item items[100] = {{.in = 2}};

	(void)arg;
	pool_submit(p, square, &items[0]);
	pool_wait(p);
	if (!no_more_threads())
		return;
	pool_map(p, square, items, 100, sizeof(items[0]));
	if (items[0].out == 8 && atomic_load(&inits) == 1)
		BUG("one thread did it all");
}

static void test_threads_refused(void **state)
{
	(void)state;
	assert_true(dies(refuse_the_first, NULL, "cannot start a thread"));
	assert_true(dies(refuse_the_second, NULL, "one thread did it all"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_map, reset),
		cmocka_unit_test_setup(test_without_slots, reset),
		cmocka_unit_test_setup(test_submit_from_inside, reset),
		cmocka_unit_test_setup(test_map_from_inside, reset),
		cmocka_unit_test_setup(test_starts_as_many_as_there_are_jobs, reset),
		cmocka_unit_test_setup(test_one_after_the_other_needs_one_thread, reset),
		cmocka_unit_test_setup(test_map_waits_for_its_own_only, reset),
		cmocka_unit_test_setup(test_order_of_submission, reset),
		cmocka_unit_test_setup(test_cancel, reset),
		cmocka_unit_test_setup(test_threads, reset),
		cmocka_unit_test_setup(test_many_submitters, reset),
		cmocka_unit_test_setup(test_mistakes, reset),
		cmocka_unit_test_setup(test_threads_refused, reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
