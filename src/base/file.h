#ifndef ROOTOUT_BASE_FILE_H
#define ROOTOUT_BASE_FILE_H

/*
 * Files, whole: read with a ceiling, replaced atomically (temporary file in the
 * same folder, fsync, rename, fsync of the folder), so that a kill at any
 * moment leaves the old content or the new one.
 */

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

/* The content, in the arena. Past `max` bytes: ERR_LIMIT. "-" is standard input. */
bool file_read(const char *path, size_t max, struct arena *a, struct str *out,
	       struct err *err) MUST_CHECK;
/*
 * A file that is there keeps its owner, group and permissions, but gets none
 * that `mode` lacks (0600 for what holds keys); a new one gets `mode` less the
 * umask. A symbolic link stays: what it points to is replaced. Only regular
 * files are.
 *
 * Fails with the old content in place and the temporary file gone; only when
 * the last step fails, the fsync of the folder, the new content is there (the
 * message says so).
 */
bool file_replace(const char *path, struct str content, unsigned mode, struct err *err) MUST_CHECK;
bool file_exists(const char *path);
bool file_is_dir(const char *path);
/* mkdir -p; each new folder gets `mode`. */
bool file_mkdirs(const char *path, unsigned mode, struct err *err) MUST_CHECK;
/* Names in a folder (no . and ..), sorted by bytes. */
bool file_list(const char *dir, struct arena *a, struct str **names, size_t *n,
	       struct err *err) MUST_CHECK;
struct str path_join(struct arena *a, struct str dir, struct str name);
struct str path_base(struct str path);

/* For fault tests: the n-th write, fsync or rename from now fails with ENOSPC/EIO; 0: off. */
void file_fail_nth(unsigned long n);

#endif
