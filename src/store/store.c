#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/limits.h"
#include "store/driver.h"

/* One write that waits for its turn. */
struct job {
	struct job *next;
	store_fn *fn;
	void *ctx;
	void (*done)(void *ctx);
	bool waited; /* somebody waits: they own the job and read `ok` */
	bool finished, ok;
	struct err err;
};

struct store {
	char *path;
	int lock_fd;           /* -1: not locked */
	struct driver *writer; /* the writer thread's own connection */
	struct driver *reader;
	pthread_mutex_t read_lock;
	pthread_mutex_t lock; /* of everything below */
	pthread_cond_t work, idle;
	pthread_t thread;
	struct job *first, *last;
	bool busy, stop, started;
	bool broken; /* a transaction failed: nothing more is written */
	struct err why;
};

struct store_tx {
	struct driver *driver;
};

static void refuse(struct store *st, struct err *err)
{
	*err = st->why;
	err_wrap(err, "the store '%s' takes no more writes after a failure", st->path);
}

/*
 * Runs the jobs of one batch in one transaction. A job that fails by its own
 * fault spoils the batch for all: rows that were promised together must not
 * appear in part.
 */
static bool run_batch(struct store *st, struct job *batch, struct err *err)
{
	struct store_tx tx = {.driver = st->writer};

	if (!driver_begin(st->writer, err))
		return false;
	for (struct job *j = batch; j; j = j->next) {
		if (!j->fn(&tx, j->ctx, err)) {
			driver_rollback(st->writer);
			return false;
		}
	}
	if (!driver_commit(st->writer, err)) {
		driver_rollback(st->writer);
		return false;
	}
	return true;
}

static void finish_batch(struct job *batch, bool ok, const struct err *err)
{
	for (struct job *j = batch, *next; j; j = next) {
		next = j->next;
		if (j->waited) {
			j->ok = ok;
			if (!ok)
				j->err = *err;
			j->finished = true;
			continue;
		}
		if (j->done)
			j->done(j->ctx);
		free(j);
	}
}

static void *writer_main(void *arg)
{
	struct store *st = arg;

	pthread_mutex_lock(&st->lock);
	for (;;) {
		struct err err = {0};
		struct job *batch;
		bool ok;

		while (!st->first && !st->stop)
			pthread_cond_wait(&st->work, &st->lock);
		if (!st->first)
			break;
		batch = st->first;
		st->first = st->last = NULL;
		st->busy = true;
		if (st->broken) {
			refuse(st, &err);
			ok = false;
		} else {
			pthread_mutex_unlock(&st->lock);
			ok = run_batch(st, batch, &err);
			pthread_mutex_lock(&st->lock);
			if (!ok) {
				st->broken = true;
				st->why = err;
			}
		}
		finish_batch(batch, ok, &err);
		st->busy = false;
		pthread_cond_broadcast(&st->idle);
	}
	pthread_mutex_unlock(&st->lock);
	return NULL;
}

static void queue(struct store *st, struct job *j)
{
	if (st->last)
		st->last->next = j;
	else
		st->first = j;
	st->last = j;
	pthread_cond_signal(&st->work);
}

bool store_write(struct store *st, store_fn *fn, void *ctx, struct err *err)
{
	struct job j = {.fn = fn, .ctx = ctx, .waited = true};

	pthread_mutex_lock(&st->lock);
	queue(st, &j);
	while (!j.finished)
		pthread_cond_wait(&st->idle, &st->lock);
	pthread_mutex_unlock(&st->lock);
	if (!j.ok)
		*err = j.err;
	return j.ok;
}

void store_write_later(struct store *st, store_fn *fn, void *ctx, void (*done)(void *ctx))
{
	struct job *j = xcalloc(1, sizeof(*j));

	j->fn = fn;
	j->ctx = ctx;
	j->done = done;
	pthread_mutex_lock(&st->lock);
	queue(st, j);
	pthread_mutex_unlock(&st->lock);
}

bool store_flush(struct store *st, struct err *err)
{
	bool ok;

	pthread_mutex_lock(&st->lock);
	while (st->first || st->busy)
		pthread_cond_wait(&st->idle, &st->lock);
	ok = !st->broken;
	if (!ok)
		refuse(st, err);
	pthread_mutex_unlock(&st->lock);
	return ok;
}

/* The file is made here and not by the driver, so that it is never readable by others. */
static bool make_private(const char *path, struct err *err)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		return err_errno(err, errno, "cannot open the store '%s'", path);
	close(fd);
	return true;
}

bool store_open(const char *path, struct store **out, struct err *err)
{
	struct store *st = xcalloc(1, sizeof(*st));

	*out = NULL;
	st->path = xstrdup(path);
	st->lock_fd = -1;
	pthread_mutex_init(&st->lock, NULL);
	pthread_mutex_init(&st->read_lock, NULL);
	pthread_cond_init(&st->work, NULL);
	pthread_cond_init(&st->idle, NULL);
	if (!make_private(path, err) || !driver_open(path, &st->writer, err) ||
	    !driver_migrate(st->writer, err) || !driver_open(path, &st->reader, err))
		goto fail;
	if (pthread_create(&st->thread, NULL, writer_main, st) != 0) {
		err_set(err, ERR_IO, "cannot start the store's writer thread");
		goto fail;
	}
	st->started = true;
	*out = st;
	return true;
fail:
	store_close(&st);
	return false;
}

void store_close(struct store **stp)
{
	struct store *st = *stp;

	if (!st)
		return;
	if (st->started) {
		pthread_mutex_lock(&st->lock);
		st->stop = true;
		pthread_cond_signal(&st->work);
		pthread_mutex_unlock(&st->lock);
		pthread_join(st->thread, NULL);
	}
	if (st->lock_fd >= 0)
		close(st->lock_fd);
	driver_close(&st->reader);
	driver_close(&st->writer);
	pthread_cond_destroy(&st->work);
	pthread_cond_destroy(&st->idle);
	pthread_mutex_destroy(&st->lock);
	pthread_mutex_destroy(&st->read_lock);
	free(st->path);
	free(st);
	*stp = NULL;
}

bool store_lock(struct store *st, struct err *err)
{
	struct buf name = BUF_INIT(KIB(8));
	bool ok = true;

	buf_addf(&name, "%s.lock", st->path);
	st->lock_fd = open(buf_z(&name), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (st->lock_fd < 0)
		ok = err_errno(err, errno, "cannot open '%s'", buf_z(&name));
	else if (flock(st->lock_fd, LOCK_EX | LOCK_NB) != 0)
		ok = err_set(
			err, ERR_REFUSED,
			"another rootout is changing root users with the store '%s': wait until it "
			"has ended",
			st->path);
	buf_release(&name);
	return ok;
}

const char *store_path(const struct store *st)
{
	return st->path;
}

bool store_tx_exec(struct store_tx *tx, const char *sql, const struct store_value *v, size_t n,
		   struct err *err)
{
	return driver_query(tx->driver, sql, v, n, NULL, NULL, err);
}

bool store_tx_query(struct store_tx *tx, const char *sql, const struct store_value *v, size_t n,
		    store_row_fn *fn, void *ctx, struct err *err)
{
	return driver_query(tx->driver, sql, v, n, fn, ctx, err);
}

bool store_query(struct store *st, const char *sql, const struct store_value *v, size_t n,
		 store_row_fn *fn, void *ctx, struct err *err)
{
	bool ok;

	pthread_mutex_lock(&st->read_lock);
	ok = driver_query(st->reader, sql, v, n, fn, ctx, err);
	pthread_mutex_unlock(&st->read_lock);
	return ok;
}
