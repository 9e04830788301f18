#include "sandbox/trail.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/limits.h"
#include "base/log.h"
#include "sandbox/trail-private.h"

/* CloudTrail delivers after minutes; somebody who watches a sandbox will not wait that long. */
#define WRITE_EVERY_S 5
/* Written at once when this many have come. */
#define WRITE_MANY 5000
/* Events rendered while nobody can record one: about a millisecond. */
#define READ_AT_ONCE 200

struct trail {
	pthread_mutex_t mutex;
	pthread_cond_t wake; /* the writer: there is much to write, or it shall end */
	pthread_cond_t room; /* who records: something was written */
	struct trail_record **ring;
	size_t cap, first, count; /* cap is a power of two */
	size_t bytes, unwritten;
	uint64_t last_number;
	uint64_t forgotten; /* thrown away unread: only without a folder */

	char *dir;
	void (*written)(uint64_t upto, void *ctx);
	void *ctx;
	pthread_mutex_t writing; /* one writer at a time */
	uint64_t files;
	pthread_t thread;
	bool started, stop;
};

struct trail *trail_new(const struct trail_options *opt)
{
	struct trail *t = xcalloc(1, sizeof(*t));

	pthread_mutex_init(&t->mutex, NULL);
	pthread_mutex_init(&t->writing, NULL);
	pthread_cond_init(&t->wake, NULL);
	pthread_cond_init(&t->room, NULL);
	t->dir = opt->dir ? xstrdup(opt->dir) : NULL;
	t->written = opt->written;
	t->ctx = opt->ctx;
	return t;
}

static struct trail_record **slot(struct trail *t, size_t i)
{
	return &t->ring[(t->first + i) & (t->cap - 1)];
}

static void grow(struct trail *t)
{
	size_t cap = t->cap ? t->cap * 2 : 64;
	struct trail_record **ring = xcalloc(cap, sizeof(struct trail_record *));

	for (size_t i = 0; i < t->count; i++)
		ring[i] = *slot(t, i);
	free(t->ring);
	t->ring = ring;
	t->cap = cap;
	t->first = 0;
}

static void drop_first(struct trail *t)
{
	struct trail_record *rec = *slot(t, 0);

	t->bytes -= rec->bytes;
	t->first = (t->first + 1) & (t->cap - 1);
	t->count--;
	free(rec);
}

static bool full(const struct trail *t)
{
	return t->count > 0 && (t->count >= TRAIL_KEPT || t->bytes >= TRAIL_KEPT_BYTES);
}

/* With a folder nothing goes that is not in a file: who records waits for the writer. */
static void make_room(struct trail *t)
{
	while (full(t)) {
		bool lost = !(*slot(t, 0))->written;
		if (lost && t->dir) {
			if (!t->started)
				return; /* a replay: trail_forget will tell what is written */
			pthread_cond_signal(&t->wake);
			pthread_cond_wait(&t->room, &t->mutex);
			continue;
		}
		t->forgotten += lost;
		drop_first(t);
	}
}

void trail_add(struct trail *t, const struct sandbox_request *r, bool ok, uint64_t log_n)
{
	struct trail_record *rec = trail_record_new(r, ok);

	rec->log_n = log_n;
	pthread_mutex_lock(&t->mutex);
	make_room(t);
	if (t->count == t->cap)
		grow(t);
	rec->number = ++t->last_number;
	*slot(t, t->count++) = rec;
	t->bytes += rec->bytes;
	if (t->dir && ++t->unwritten == WRITE_MANY)
		pthread_cond_signal(&t->wake);
	pthread_mutex_unlock(&t->mutex);
}

void trail_forget(struct trail *t, uint64_t upto)
{
	pthread_mutex_lock(&t->mutex);
	for (size_t i = 0; i < t->count; i++) {
		struct trail_record *rec = *slot(t, i);
		if (!rec->written && rec->log_n <= upto) {
			rec->written = true;
			t->unwritten--;
		}
	}
	make_room(t);
	pthread_mutex_unlock(&t->mutex);
}

void trail_clear(struct trail *t)
{
	struct err err = {0};

	if (t->dir && !trail_flush(t, &err))
		log_warn("events could not be written", LOG_S("error", err.message));
	pthread_mutex_lock(&t->mutex);
	while (t->count && ((*slot(t, 0))->written || !t->dir))
		drop_first(t);
	pthread_mutex_unlock(&t->mutex);
}

static void read_one(const struct trail_record *rec, struct buf *out)
{
	trail_record_json(rec, TEXT_RECIPIENT, out);
	buf_addc(out, '\n');
	if (!str_is_null(trail_record_text(rec, TEXT_ALSO))) {
		trail_record_json(rec, TEXT_ALSO, out);
		buf_addc(out, '\n');
	}
}

/* Numbers have no gaps, so the place of the next one is known; false: there is none yet. */
static bool read_some(struct trail *t, uint64_t *since, struct buf *out)
{
	size_t at = 0;

	if (t->count == 0)
		return false;
	uint64_t first = (*slot(t, 0))->number;
	if (*since + 1 > first)
		at = (size_t)(*since + 1 - first);
	for (size_t n = 0; n < READ_AT_ONCE && at < t->count; n++, at++) {
		const struct trail_record *rec = *slot(t, at);
		read_one(rec, out);
		*since = rec->number;
	}
	return at < t->count;
}

/* A few at a time: whoever has something to record waits for the lock. */
void trail_read(struct trail *t, uint64_t since, struct buf *out, uint64_t *last)
{
	bool more = true;

	while (more && !buf_overflowed(out)) {
		pthread_mutex_lock(&t->mutex);
		more = read_some(t, &since, out);
		*last = since > t->last_number ? t->last_number : since;
		pthread_mutex_unlock(&t->mutex);
	}
}

/* ---- writing files ---- */

/* One line of a file to be: a record, and for whom. */
struct row {
	struct trail_record *rec;
	enum trail_text who;
};

static int row_cmp(const void *pa, const void *pb)
{
	const struct row *a = pa, *b = pb;
	int c = str_cmp(trail_record_text(a->rec, a->who), trail_record_text(b->rec, b->who));

	if (c == 0)
		c = str_cmp(trail_record_text(a->rec, TEXT_REGION),
			    trail_record_text(b->rec, TEXT_REGION));
	if (c == 0)
		c = (a->rec->number > b->rec->number) - (a->rec->number < b->rec->number);
	return c;
}

static bool same_file(const struct row *a, const struct row *b)
{
	return str_eq(trail_record_text(a->rec, a->who), trail_record_text(b->rec, b->who)) &&
	       str_eq(trail_record_text(a->rec, TEXT_REGION),
		      trail_record_text(b->rec, TEXT_REGION)) &&
	       a->rec->time_ms / 60000 == b->rec->time_ms / 60000;
}

/* What is not written yet; such a record is not thrown away, so its pointer holds. */
static struct row *unwritten_rows(struct trail *t, size_t *n)
{
	struct row *rows;
	size_t at = 0;

	pthread_mutex_lock(&t->mutex);
	rows = xcalloc(2 * t->count + 1, sizeof(*rows));
	for (size_t i = 0; i < t->count; i++) {
		struct trail_record *rec = *slot(t, i);
		if (rec->written)
			continue;
		rows[at++] = (struct row){rec, TEXT_RECIPIENT};
		if (!str_is_null(trail_record_text(rec, TEXT_ALSO)))
			rows[at++] = (struct row){rec, TEXT_ALSO};
	}
	pthread_mutex_unlock(&t->mutex);
	qsort(rows, at, sizeof(*rows), row_cmp);
	*n = at;
	return rows;
}

static uint64_t mark_written(struct trail *t, struct row *rows, size_t n)
{
	uint64_t upto = 0;

	pthread_mutex_lock(&t->mutex);
	for (size_t i = 0; i < n; i++) {
		struct trail_record *rec = rows[i].rec;
		if (rec->log_n > upto)
			upto = rec->log_n;
		if (!rec->written)
			t->unwritten--;
		rec->written = true;
	}
	pthread_cond_broadcast(&t->room);
	pthread_mutex_unlock(&t->mutex);
	return upto;
}

static bool write_rows(struct trail *t, const struct row *rows, size_t n, struct err *err)
{
	struct trail_record **v = xcalloc(n + 1, sizeof(struct trail_record *));
	enum trail_text *who = xcalloc(n + 1, sizeof(*who));
	bool ok = true;

	for (size_t i = 0, end; ok && i < n; i = end) {
		for (end = i; end < n && same_file(&rows[i], &rows[end]); end++) {
			v[end - i] = rows[end].rec;
			who[end - i] = rows[end].who;
		}
		ok = trail_write_file(t->dir, v, who, end - i, t->files++, err);
	}
	free(v);
	free(who);
	return ok;
}

bool trail_flush(struct trail *t, struct err *err)
{
	size_t n;
	bool ok = true;

	if (!t->dir)
		return true;
	pthread_mutex_lock(&t->writing);
	struct row *rows = unwritten_rows(t, &n);
	if (n > 0 && (ok = write_rows(t, rows, n, err))) {
		uint64_t upto = mark_written(t, rows, n);
		if (upto && t->written)
			t->written(upto, t->ctx);
	}
	free(rows);
	pthread_mutex_unlock(&t->writing);
	return ok;
}

static void *writer(void *arg)
{
	struct trail *t = arg;
	struct timespec until;

	pthread_mutex_lock(&t->mutex);
	while (!t->stop) {
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_sec += WRITE_EVERY_S;
		int rc = 0;
		while (!t->stop && rc != ETIMEDOUT && t->unwritten < WRITE_MANY && !full(t))
			rc = pthread_cond_timedwait(&t->wake, &t->mutex, &until);
		pthread_mutex_unlock(&t->mutex);
		struct err err = {0};
		bool ok = trail_flush(t, &err);
		if (!ok) {
			log_error("cannot write CloudTrail files", LOG_S("error", err.message));
			nanosleep(&(struct timespec){.tv_sec = 1}, NULL);
		}
		pthread_mutex_lock(&t->mutex);
	}
	pthread_mutex_unlock(&t->mutex);
	return NULL;
}

void trail_start(struct trail *t)
{
	if (!t->dir || t->started)
		return;
	t->started = true;
	if (pthread_create(&t->thread, NULL, writer, t) != 0)
		BUG("cannot start a thread");
}

void trail_free(struct trail **tp)
{
	struct trail *t = *tp;
	struct err err = {0};

	if (!t)
		return;
	if (t->started) {
		pthread_mutex_lock(&t->mutex);
		t->stop = true;
		pthread_cond_signal(&t->wake);
		pthread_mutex_unlock(&t->mutex);
		pthread_join(t->thread, NULL);
		if (!trail_flush(t, &err))
			log_error("events are lost: they could not be written",
				  LOG_S("error", err.message), LOG_I("events", t->unwritten));
	}
	while (t->count)
		drop_first(t);
	free(t->ring);
	free(t->dir);
	pthread_cond_destroy(&t->wake);
	pthread_cond_destroy(&t->room);
	pthread_mutex_destroy(&t->writing);
	pthread_mutex_destroy(&t->mutex);
	free(t);
	*tp = NULL;
}
