#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/limits.h"
#include "base/rng.h"

/* Writing calls until the injected failure; 0: off. */
static _Atomic unsigned long fail_in;

void file_fail_nth(unsigned long n)
{
	atomic_store(&fail_in, n);
}

static bool fails_now(int errnum)
{
	unsigned long left = atomic_load(&fail_in);

	while (left != 0)
		if (atomic_compare_exchange_weak(&fail_in, &left, left - 1)) {
			errno = errnum;
			return left == 1;
		}
	return false;
}

/* Reading */

static bool too_large(const char *path, size_t max, struct err *err)
{
	return err_set(err, ERR_LIMIT, "'%s' is larger than the limit of %zu bytes", path, max);
}

static bool read_all(int fd, const char *path, size_t max, struct buf *b, struct err *err)
{
	struct stat st;
	size_t room = KIB(16);

	if (fstat(fd, &st) != 0)
		return err_errno(err, errno, "cannot read '%s'", path);
	if (S_ISREG(st.st_mode) && st.st_size > 0) {
		if ((uint64_t)st.st_size > max)
			return too_large(path, max, err);
		/* One byte more: the read that finds the end needs room, too. */
		room = (size_t)st.st_size + 1;
	}
	for (;;) {
		/* At the ceiling there is room for one more byte, to see whether one comes. */
		size_t n = room < b->max - b->n ? room : b->max - b->n;
		char *p = buf_room(b, n);
		ssize_t got;

		if (n == 0)
			return too_large(path, max, err);
		got = read(fd, p, n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_errno(err, errno, "cannot read '%s'", path);
		if (got == 0)
			return true;
		buf_grew(b, (size_t)got);
		room = KIB(64);
	}
}

bool file_read(const char *path, size_t max, struct arena *a, struct str *out, struct err *err)
{
	bool standard = strcmp(path, "-") == 0;
	const char *name = standard ? "standard input" : path;
	struct buf b;
	bool ok;
	int fd;

	fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return err_errno(err, errno, "cannot read '%s'", name);
	/* It may hold keys: wiped when it goes. */
	buf_init_secret(&b, max < SIZE_MAX ? max + 1 : max);
	ok = read_all(fd, name, max, &b, err);
	if (ok)
		*out = arena_str(a, buf_str(&b));
	buf_release(&b);
	if (!standard)
		close(fd);
	return ok;
}

/* Replacing */

/* What a chain of symbolic links ends at, which need not exist. */
static bool resolve(const char *path, struct arena *a, const char **target, struct err *err)
{
	/* As many as the kernel follows. */
	for (int links = 0; links <= 40; links++) {
		char to[PATH_MAX];
		struct stat st;
		struct str dir;
		ssize_t n = readlink(path, to, sizeof(to));

		if (n < 0) { /* not a link, or not there yet */
			*target = path;
			if (lstat(path, &st) != 0 || S_ISREG(st.st_mode))
				return true;
			/* A device or a folder: putting a file in its place would destroy it. */
			return err_set(err, ERR_IO, "cannot write '%s': not a regular file", path);
		}
		dir = str_sub(str_of(path), 0, (size_t)(str_rchr(str_of(path), '/') + 1));
		path = path_join(a, dir, str_ofn(to, (size_t)n)).p;
	}
	return err_errno(err, ELOOP, "cannot write '%s'", path);
}

static bool write_all(int fd, struct str content)
{
	while (content.n > 0) {
		ssize_t n = fails_now(ENOSPC) ? -1 : write(fd, content.p, content.n);

		if (n < 0 && errno != EINTR)
			return false;
		if (n > 0)
			content = str_from(content, (size_t)n);
	}
	return true;
}

static int create_temporary(struct str dir, struct arena *a, const char **name)
{
	unsigned char random[8];
	char hex[17];
	int fd;

	do {
		rng_bytes(random, sizeof(random));
		hex_put(random, sizeof(random), hex);
		*name = arena_printf(a, "%.*s.rootout-%s.tmp", STR_ARG(dir), hex).p;
		fd = open(*name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	} while (fd < 0 && errno == EEXIST);
	return fd;
}

/* Who may read the new file: what the old one allowed, and never more than `mode`. */
static bool set_mode(int fd, const char *target, unsigned mode)
{
	struct stat old;

	if (stat(target, &old) == 0) {
		/* Only root can give files away; for all others the new owner is themselves. */
		if (fchown(fd, old.st_uid, old.st_gid) != 0 && errno != EPERM)
			return false;
		mode &= old.st_mode;
	} else {
		mode_t mask = umask(077);

		umask(mask);
		mode &= ~mask;
	}
	return fchmod(fd, mode & 0777) == 0;
}

static bool sync_dir(struct str dir, struct arena *a)
{
	const char *path = dir.n ? arena_dupz(a, dir) : ".";
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok;

	if (fd < 0)
		return false;
	/* Some file systems cannot sync a folder and say EINVAL: then there is nothing to do. */
	ok = !fails_now(EIO) && (fsync(fd) == 0 || errno == EINVAL);
	close(fd);
	return ok;
}

static bool replace(const char *target, struct str content, unsigned mode, struct arena *a,
		    struct err *err)
{
	struct str dir = str_sub(str_of(target), 0, (size_t)(str_rchr(str_of(target), '/') + 1));
	const char *temporary;
	int fd = create_temporary(dir, a, &temporary);
	bool ok;
	int why;

	if (fd < 0)
		return err_errno(err, errno, "cannot write '%s'", target);
	ok = write_all(fd, content) && set_mode(fd, target, mode) && !fails_now(EIO) &&
	     fsync(fd) == 0;
	why = errno;
	/* The answer of close counts: network file systems report lost writes here. */
	if (close(fd) != 0 && ok) {
		ok = false;
		why = errno;
	}
	if (ok && (fails_now(EIO) || rename(temporary, target) != 0)) {
		ok = false;
		why = errno;
	}
	if (!ok) {
		unlink(temporary);
		return err_errno(err, why, "cannot write '%s'", target);
	}
	if (!sync_dir(dir, a))
		return err_errno(err, errno, "'%s' is written, but perhaps not yet on disk",
				 target);
	return true;
}

bool file_replace(const char *path, struct str content, unsigned mode, struct err *err)
{
	struct arena *a = arena_new();
	const char *target;
	bool ok;

	ok = resolve(path, a, &target, err) && replace(target, content, mode, a, err);
	arena_free(&a);
	return ok;
}

/* Folders */

bool file_exists(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0;
}

bool file_is_dir(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool file_mkdirs(const char *path, unsigned mode, struct err *err)
{
	char *part = xstrdup(path);
	size_t n = strlen(part);
	bool ok = n > 0 || err_errno(err, ENOENT, "cannot make the folder ''");

	for (size_t i = 1; i <= n && ok; i++) {
		char c = part[i];

		if ((c != '/' && c != '\0') || part[i - 1] == '/')
			continue;
		part[i] = '\0';
		if (mkdir(part, mode) != 0 && !file_is_dir(part))
			ok = err_errno(err, errno == EEXIST ? ENOTDIR : errno,
				       "cannot make the folder '%s'", part);
		part[i] = c;
	}
	free(part);
	return ok;
}

static int by_bytes(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

bool file_list(const char *dir, struct arena *a, struct str **names, size_t *n, struct err *err)
{
	DIR *d = opendir(dir);
	struct str *found = NULL;
	size_t count = 0, cap = 0;
	struct dirent *e;
	int why;

	if (!d)
		return err_errno(err, errno, "cannot list the folder '%s'", dir);
	while (errno = 0, (e = readdir(d))) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		found = arena_grow(a, found, count, &cap, sizeof(*found));
		found[count++] = arena_strz(a, e->d_name);
	}
	why = errno;
	closedir(d);
	if (why != 0)
		return err_errno(err, why, "cannot list the folder '%s'", dir);
	if (count > 0)
		qsort(found, count, sizeof(*found), by_bytes);
	*names = found;
	*n = count;
	return true;
}

struct str path_join(struct arena *a, struct str dir, struct str name)
{
	if (dir.n == 0 || str_startsz(name, "/"))
		return arena_str(a, name);
	return arena_printf(a, "%.*s%s%.*s", STR_ARG(dir), str_endsz(dir, "/") ? "" : "/",
			    STR_ARG(name));
}

struct str path_base(struct str path)
{
	while (path.n > 1 && path.p[path.n - 1] == '/')
		path.n--;
	return path.n > 1 ? str_from(path, (size_t)(str_rchr(path, '/') + 1)) : path;
}
