#include "sandbox/log.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/limits.h"
#include "text/json.h"

#define SUM_DIGITS 16
#define SUM_OPEN ",\"sum\":\""
#define SUM_CLOSE "\"}"
#define SUM_TAIL (sizeof(SUM_OPEN) - 1 + SUM_DIGITS + sizeof(SUM_CLOSE) - 1)
/* An entry holds one request, of at most LIMIT_REQUEST_BYTES, and JSON may escape each byte. */
#define LINE_MAX_BYTES (8 * LIMIT_REQUEST_BYTES)
/* What may wait for one fsync: many requests at their largest. */
#define PENDING_MAX_BYTES MIB(256)

struct state_log {
	char *path;
	int fd;
	int lock_fd;

	/* Reading: the whole file, mapped. */
	char *map;
	size_t map_size;
	size_t at; /* of the next line */
	size_t torn;
	bool reading;

	pthread_mutex_t mutex;
	pthread_cond_t synced;
	char sum[SUM_DIGITS + 1]; /* of the last line */
	uint64_t last;            /* number of the last line */
	struct buf pending;       /* lines that are not yet written */
	struct buf writing;       /* lines that are being written, by whoever holds `busy` */
	bool busy;
	_Atomic uint64_t durable; /* all up to here are on disk */
	bool failed;
	struct err why;
};

static void chain(const char *before, struct str text, char out[SUM_DIGITS + 1])
{
	const struct str pieces[] = {str_of(before), text};
	unsigned char raw[SHA256_SIZE];

	sha256_pieces(pieces, ARRAY_SIZE(pieces), raw);
	hex_put(raw, SUM_DIGITS / 2, out);
}

/* ---- opening ---- */

static bool take_lock(struct state_log *log, const char *dir, struct arena *a, struct err *err)
{
	struct str path = path_join(a, str_of(dir), STR("lock"));

	log->lock_fd = open(path.p, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (log->lock_fd < 0)
		return err_errno(err, errno, "cannot open '%s'", path.p);
	if (flock(log->lock_fd, LOCK_EX | LOCK_NB) < 0) {
		if (errno == EWOULDBLOCK)
			return err_set(err, ERR_REFUSED,
				       "state folder '%s' is in use by another sandbox", dir);
		return err_errno(err, errno, "cannot lock '%s'", path.p);
	}
	return true;
}

static bool map_file(struct state_log *log, struct err *err)
{
	struct stat st;

	if (fstat(log->fd, &st) < 0)
		return err_errno(err, errno, "cannot read '%s'", log->path);
	log->map_size = (size_t)st.st_size;
	if (log->map_size == 0)
		return true;
	void *p = mmap(NULL, log->map_size, PROT_READ, MAP_PRIVATE, log->fd, 0);
	if (p == MAP_FAILED)
		return err_errno(err, errno, "cannot read '%s'", log->path);
	log->map = p;
	return true;
}

static bool open_files(struct state_log *log, const char *dir, struct err *err)
{
	struct arena *a = arena_new();
	bool ok = false;

	if (!file_mkdirs(dir, 0700, err) || !take_lock(log, dir, a, err))
		goto out;
	log->path = xstrdup(path_join(a, str_of(dir), STR("log.jsonl")).p);
	log->fd = open(log->path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (log->fd < 0) {
		err_errno(err, errno, "cannot open '%s'", log->path);
		goto out;
	}
	/* The folder's entry must be as lasting as what will be written into the file. */
	int dirfd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dirfd < 0 || fsync(dirfd) < 0) {
		err_errno(err, errno, "cannot write folder '%s'", dir);
	} else {
		ok = map_file(log, err);
	}
	if (dirfd >= 0)
		close(dirfd);
out:
	arena_free(&a);
	return ok;
}

struct state_log *state_log_open(const char *dir, struct err *err)
{
	struct state_log *log = xcalloc(1, sizeof(*log));

	log->fd = log->lock_fd = -1;
	log->reading = true;
	pthread_mutex_init(&log->mutex, NULL);
	pthread_cond_init(&log->synced, NULL);
	buf_init(&log->pending, PENDING_MAX_BYTES);
	buf_init(&log->writing, PENDING_MAX_BYTES);
	if (!open_files(log, dir, err))
		state_log_close(&log);
	return log;
}

static void unmap(struct state_log *log)
{
	if (log->map)
		munmap(log->map, log->map_size);
	log->map = NULL;
}

void state_log_close(struct state_log **logp)
{
	struct state_log *log = *logp;
	struct err ignored = {0};

	if (!log)
		return;
	if (!log->reading && !state_log_wait(log, log->last, &ignored))
		ignored.kind = ERR_IO; /* who waited for it has been told */
	unmap(log);
	if (log->fd >= 0)
		close(log->fd);
	if (log->lock_fd >= 0)
		close(log->lock_fd);
	buf_release(&log->pending);
	buf_release(&log->writing);
	pthread_cond_destroy(&log->synced);
	pthread_mutex_destroy(&log->mutex);
	free(log->path);
	free(log);
	*logp = NULL;
}

/* ---- reading ---- */

static bool damaged(struct state_log *log, struct err *err, const char *what)
{
	return err_at(
		err, log->path, (uint32_t)(log->last + 1), 0,
		"the line is damaged: %s; to go on from before it, delete it and all after it",
		what);
}

/* Cut off what a kill left of the last line, so that the next append starts a line. */
static bool end_reading(struct state_log *log, struct err *err)
{
	log->torn = log->map_size - log->at;
	if (log->torn && ftruncate(log->fd, (off_t)log->at) < 0)
		return err_errno(err, errno, "cannot cut the torn end off '%s'", log->path);
	unmap(log);
	log->reading = false;
	log->durable = log->last;
	return true;
}

static bool read_line(struct state_log *log, struct str line, struct arena *a, struct val **entry,
		      struct err *err)
{
	char sum[SUM_DIGITS + 1];

	if (line.n <= SUM_TAIL || !str_endsz(line, SUM_CLOSE))
		return damaged(log, err, "it has no checksum");
	struct str text = str_sub(line, 0, line.n - SUM_TAIL);
	struct str tail = str_from(line, text.n);
	struct str told = str_sub(tail, sizeof(SUM_OPEN) - 1, SUM_DIGITS);
	chain(log->sum, text, sum);
	if (!str_startsz(tail, SUM_OPEN) || !str_eqz(told, sum))
		return damaged(log, err,
			       "its checksum does not fit (changed, or a line is missing)");
	if (!json_read(line, 0, a, entry, err))
		return damaged(log, err, err->message);
	if (val_i64(val_get(*entry, "n"), -1) != (int64_t)log->last + 1)
		return damaged(log, err, "its number is not the next");
	memcpy(log->sum, sum, sizeof(sum));
	return true;
}

bool state_log_next(struct state_log *log, struct arena *a, struct val **entry, struct err *err)
{
	*entry = NULL;
	if (!log->reading)
		BUG("state_log_next after the end");
	const char *from = log->map ? log->map + log->at : NULL;
	const char *end = from ? memchr(from, '\n', log->map_size - log->at) : NULL;
	if (!end)
		return end_reading(log, err);
	if (!read_line(log, str_ofn(from, (size_t)(end - from)), a, entry, err))
		return false;
	log->at = (size_t)(end + 1 - log->map);
	log->last++;
	return true;
}

size_t state_log_torn(const struct state_log *log)
{
	return log->torn;
}

/* ---- writing ---- */

uint64_t state_log_append(struct state_log *log, const struct val *entry)
{
	struct buf line;
	struct buf json;

	if (log->reading)
		BUG("state_log_append before the log was read");
	buf_init(&line, LINE_MAX_BYTES);
	buf_init(&json, LINE_MAX_BYTES);
	pthread_mutex_lock(&log->mutex);
	buf_addf(&line, "{\"n\":%llu", (unsigned long long)log->last + 1);
	json_write(entry, JSON_COMPACT, &json);
	if (json.n > 2) { /* more than {} */
		buf_addc(&line, ',');
		buf_add(&line, json.p + 1, json.n - 2);
	}
	chain(log->sum, buf_str(&line), log->sum);
	buf_addf(&line, SUM_OPEN "%s" SUM_CLOSE "\n", log->sum);
	if (buf_overflowed(&line) || buf_overflowed(&json) ||
	    !buf_adds(&log->pending, buf_str(&line))) {
		log->failed = true;
		err_set(&log->why, ERR_LIMIT, "an entry of '%s' would be too large", log->path);
	}
	uint64_t n = ++log->last;
	pthread_mutex_unlock(&log->mutex);
	buf_release(&line);
	buf_release(&json);
	return n;
}

uint64_t state_log_last(struct state_log *log)
{
	pthread_mutex_lock(&log->mutex);
	uint64_t n = log->last;
	pthread_mutex_unlock(&log->mutex);
	return n;
}

static bool write_out(struct state_log *log, struct str s, struct err *err)
{
	while (s.n > 0) {
		ssize_t n = write(log->fd, s.p, s.n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(err, errno, "cannot write '%s'", log->path);
		s = str_from(s, (size_t)n);
	}
	if (fdatasync(log->fd) < 0)
		return err_errno(err, errno, "cannot sync '%s'", log->path);
	return true;
}

/* Called with the mutex held, which is let go while the disk works. */
static void write_pending(struct state_log *log)
{
	struct buf batch = log->pending;
	uint64_t upto = log->last;
	struct err err = {0};

	log->pending = log->writing;
	log->writing = batch;
	log->busy = true;
	pthread_mutex_unlock(&log->mutex);
	bool ok = write_out(log, buf_str(&log->writing), &err);
	buf_reset(&log->writing);
	pthread_mutex_lock(&log->mutex);
	log->busy = false;
	if (ok) {
		log->durable = upto;
	} else {
		log->failed = true;
		log->why = err;
	}
	pthread_cond_broadcast(&log->synced);
}

bool state_log_wait(struct state_log *log, uint64_t n, struct err *err)
{
	if (log->durable >= n)
		return true;
	pthread_mutex_lock(&log->mutex);
	while (!log->failed && log->durable < n)
		if (log->busy)
			pthread_cond_wait(&log->synced, &log->mutex);
		else
			write_pending(log);
	bool ok = !log->failed;
	if (!ok)
		*err = log->why;
	pthread_mutex_unlock(&log->mutex);
	return ok;
}

void state_log_write_to(struct state_log *log, int fd)
{
	close(log->fd);
	log->fd = fd;
}
