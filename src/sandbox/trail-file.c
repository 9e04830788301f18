#include <errno.h>
#include <fcntl.h>
#include <libdeflate.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "sandbox/trail-private.h"

/* What zlib's default is; level 6 of libdeflate is about as small and twice as fast. */
#define GZIP_LEVEL 6
#define ALPHABET_FILE "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

static struct str folder_of(struct arena *a, const char *dir, const struct trail_record *rec,
			    struct str account)
{
	struct str org = trail_record_text(rec, TEXT_ORG_ID);
	time_t t = (time_t)(rec->time_ms / 1000);
	struct tm tm;

	gmtime_r(&t, &tm);
	return arena_printf(a, "%s/AWSLogs/%.*s%s%.*s/CloudTrail/%.*s/%04d/%02d/%02d", dir,
			    STR_ARG(org), str_is_null(org) ? "" : "/", STR_ARG(account),
			    STR_ARG(trail_record_text(rec, TEXT_REGION)), tm.tm_year + 1900,
			    tm.tm_mon + 1, tm.tm_mday);
}

/* ACCOUNT_CloudTrail_REGION_yyyymmddThhmmZ_RANDOM.json.gz */
static struct str name_of(struct arena *a, const struct trail_record *rec, struct str account)
{
	time_t t = (time_t)(rec->time_ms / 1000);
	struct tm tm;
	struct rng rng;
	uint64_t seed;
	char random[17];

	rng_bytes(&seed, sizeof(seed));
	rng_seed(&rng, seed);
	rng_text(&rng, ALPHABET_FILE, random, 16);
	gmtime_r(&t, &tm);
	return arena_printf(a, "%.*s_CloudTrail_%.*s_%04d%02d%02dT%02d%02dZ_%s.json.gz",
			    STR_ARG(account), STR_ARG(trail_record_text(rec, TEXT_REGION)),
			    tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
			    random);
}

static bool gzip(struct str text, char **out, size_t *n, struct err *err)
{
	struct libdeflate_compressor *c = libdeflate_alloc_compressor(GZIP_LEVEL);

	if (!c)
		return err_set(err, ERR_IO, "cannot compress events: out of memory");
	size_t room = libdeflate_gzip_compress_bound(c, text.n);
	*out = xmalloc(room);
	*n = libdeflate_gzip_compress(c, text.p, text.n, *out, room);
	libdeflate_free_compressor(c);
	if (*n == 0)
		return err_set(err, ERR_IO, "cannot compress events");
	return true;
}

/*
 * Under another name until it is whole: who reads the folder never sees half a
 * file. No fsync: after a kill the file is there, and after a power cut these
 * are the one thing of a sandbox that may miss.
 */
static bool put_file(const char *path, const char *tmp, struct str content, struct err *err)
{
	int fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0)
		return err_errno(err, errno, "cannot write '%s'", tmp);
	while (content.n > 0) {
		ssize_t n = write(fd, content.p, content.n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			err_errno(err, errno, "cannot write '%s'", tmp);
			close(fd);
			unlink(tmp);
			return false;
		}
		content = str_from(content, (size_t)n);
	}
	close(fd);
	if (rename(tmp, path) < 0)
		return err_errno(err, errno, "cannot name '%s'", path);
	return true;
}

bool trail_write_file(const char *dir, struct trail_record *const *v, const enum trail_text *who,
		      size_t n, uint64_t file_number, struct err *err)
{
	struct arena *a = arena_new();
	struct buf json = BUF_INIT(LIMIT_OUTPUT);
	struct str account = trail_record_text(v[0], who[0]);
	struct str folder = folder_of(a, dir, v[0], account);
	struct str path = path_join(a, folder, name_of(a, v[0], account));
	struct str tmp =
		arena_printf(a, "%.*s/.new-%llu", STR_ARG(folder), (unsigned long long)file_number);
	char *packed = NULL;
	size_t packed_n = 0;

	buf_addz(&json, "{\"Records\":[");
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_addc(&json, ',');
		trail_record_json(v[i], who[i], &json);
	}
	buf_addz(&json, "]}");
	bool ok = buf_overflowed(&json)
			  ? err_set(err, ERR_LIMIT, "a CloudTrail file would be too large")
			  : file_mkdirs(folder.p, 0700, err) &&
				    gzip(buf_str(&json), &packed, &packed_n, err) &&
				    put_file(path.p, tmp.p, str_ofn(packed, packed_n), err);
	free(packed);
	buf_release(&json);
	arena_free(&a);
	return ok;
}
