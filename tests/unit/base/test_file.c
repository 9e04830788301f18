#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"

static char root[4096];
static struct arena *a;
static struct err err;

static int setup(void **state)
{
	const char *tmp = getenv("TMPDIR");

	(void)state;
	snprintf(root, sizeof(root), "%s/rootout-test-file-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	if (!mkdtemp(root) || chdir(root) != 0)
		return -1;
	umask(022);
	a = arena_new();
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st;
	(void)type;
	(void)where;
	return remove(path);
}

static int teardown(void **state)
{
	(void)state;
	arena_free(&a);
	return chdir("/") != 0 || nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS) != 0;
}

static int clear(void **state)
{
	(void)state;
	err_clear(&err);
	file_fail_nth(0);
	return 0;
}

static void put(const char *path, struct str content)
{
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	assert_int_equal(fwrite(content.p, 1, content.n, f), content.n);
	assert_int_equal(fclose(f), 0);
}

static bool holds(const char *path, const char *content)
{
	struct str s;

	return file_read(path, MIB(1), a, &s, &err) && str_eqz(s, content);
}

static unsigned mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_mode & 07777;
}

/* How many names there are in a folder: no temporary file may stay. */
static size_t names_in(const char *dir)
{
	struct str *names;
	size_t n;

	assert_true(file_list(dir, a, &names, &n, &err));
	return n;
}

static void test_read(void **state)
{
	struct str s;

	(void)state;
	put("read", STR("a\0b\n"));
	assert_true(file_read("read", 100, a, &s, &err));
	assert_true(str_eq(s, STR("a\0b\n")));
	assert_int_equal(s.p[s.n], '\0');
	put("empty", STR(""));
	assert_true(file_read("empty", 0, a, &s, &err));
	assert_int_equal(s.n, 0);
	assert_false(str_is_null(s));
	assert_false(err_is_set(&err));
}

static void test_read_errors(void **state)
{
	struct str s = STR("untouched");

	(void)state;
	assert_false(file_read("missing", 100, a, &s, &err));
	assert_int_equal(err.kind, ERR_IO);
	assert_string_equal(err.message, "cannot read 'missing': No such file or directory");
	assert_false(file_read(".", 100, a, &s, &err));
	assert_string_equal(err.message, "cannot read '.': Is a directory");
	assert_true(str_eqz(s, "untouched"));
}

static void test_read_ceiling(void **state)
{
	static char bytes[200000];
	struct str s;

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i * 7);
	for (size_t n = 1; n < sizeof(bytes); n = n * 3 + 1) {
		put("big", str_ofn(bytes, n));
		assert_true(file_read("big", n, a, &s, &err));
		assert_true(str_eq(s, str_ofn(bytes, n)));
		assert_true(file_read("big", SIZE_MAX, a, &s, &err));
		assert_true(str_eq(s, str_ofn(bytes, n)));
		assert_false(file_read("big", n - 1, a, &s, &err));
		assert_int_equal(err.kind, ERR_LIMIT);
		assert_non_null(strstr(err.message, "'big' is larger than the limit of "));
	}
	/* What has no size beforehand: the ceiling holds all the same. */
	assert_true(file_read("/proc/self/status", KIB(64), a, &s, &err));
	assert_true(str_find(s, STR("VmPeak")) > 0);
	assert_false(file_read("/proc/self/status", 10, a, &s, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	assert_false(file_read("/dev/zero", KIB(300), a, &s, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
}

static void test_read_standard_input(void **state)
{
	int before = dup(STDIN_FILENO), fds[2];
	struct str s;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(write(fds[1], "piped", 5), 5);
	close(fds[1]);
	dup2(fds[0], STDIN_FILENO);
	close(fds[0]);
	assert_true(file_read("-", 5, a, &s, &err));
	assert_true(str_eqz(s, "piped"));
	/* It stays open: whose it is closes it. */
	assert_true(fcntl(STDIN_FILENO, F_GETFD) >= 0);
	assert_true(file_read("-", 5, a, &s, &err));
	assert_int_equal(s.n, 0);
	dup2(before, STDIN_FILENO);
	close(before);
}

static void test_replace(void **state)
{
	size_t before = names_in(".");

	(void)state;
	assert_true(file_replace("new", STR("one"), 0644, &err));
	assert_true(holds("new", "one"));
	assert_true(file_replace("new", STR(""), 0644, &err));
	assert_true(holds("new", ""));
	assert_true(file_replace("./new", STR("three"), 0644, &err));
	assert_true(holds("new", "three"));
	assert_int_equal(names_in("."), before + 1);
	assert_false(file_replace("nowhere/new", STR("x"), 0644, &err));
	assert_string_equal(err.message, "cannot write 'nowhere/new': No such file or directory");
}

static void test_replace_modes(void **state)
{
	(void)state;
	assert_true(file_replace("m1", STR("x"), 0600, &err));
	assert_int_equal(mode_of("m1"), 0600);
	assert_true(file_replace("m2", STR("x"), 0666, &err));
	assert_int_equal(mode_of("m2"), 0644); /* umask 022 */
	/* What people set stays, but never more than was asked for. */
	assert_int_equal(chmod("m2", 0664), 0);
	assert_true(file_replace("m2", STR("y"), 0666, &err));
	assert_int_equal(mode_of("m2"), 0664);
	assert_int_equal(chmod("m2", 0600), 0);
	assert_true(file_replace("m2", STR("y"), 0644, &err));
	assert_int_equal(mode_of("m2"), 0600);
	assert_int_equal(chmod("m2", 0644), 0);
	assert_true(file_replace("m2", STR("key"), 0600, &err));
	assert_int_equal(mode_of("m2"), 0600);
}

static void test_replace_through_links(void **state)
{
	struct stat st;

	(void)state;
	assert_true(file_mkdirs("dir/sub", 0755, &err));
	put("dir/target", STR("old"));
	assert_int_equal(symlink("../target", "dir/sub/link"), 0);
	assert_int_equal(symlink("dir/sub/link", "outer"), 0);
	assert_true(file_replace("outer", STR("new"), 0644, &err));
	assert_true(holds("dir/target", "new"));
	assert_int_equal(lstat("outer", &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(lstat("dir/sub/link", &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	/* One that points to nothing yet. */
	assert_int_equal(symlink("dir/later", "dangling"), 0);
	assert_true(file_replace("dangling", STR("now"), 0644, &err));
	assert_true(holds("dir/later", "now"));
	assert_int_equal(symlink("loop2", "loop1"), 0);
	assert_int_equal(symlink("loop1", "loop2"), 0);
	assert_false(file_replace("loop1", STR("x"), 0644, &err));
	assert_non_null(strstr(err.message, "symbolic links"));
}

static void test_replace_spares_what_is_no_file(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(mkfifo("fifo", 0600), 0);
	assert_false(file_replace("fifo", STR("x"), 0644, &err));
	assert_string_equal(err.message, "cannot write 'fifo': not a regular file");
	assert_int_equal(stat("fifo", &st), 0);
	assert_true(S_ISFIFO(st.st_mode));
	assert_false(file_replace("/dev/null", STR("x"), 0644, &err));
	assert_int_equal(stat("/dev/null", &st), 0);
	assert_true(S_ISCHR(st.st_mode));
	assert_true(file_mkdirs("folder", 0755, &err));
	assert_false(file_replace("folder", STR("x"), 0644, &err));
	assert_true(file_is_dir("folder"));
}

/* Each step fails once: write, fsync, rename leave the old; the folder's fsync comes after. */
static void test_replace_failing(void **state)
{
	static const char *const why[] = {"No space left on device", "Input/output error",
					  "Input/output error", "Input/output error"};

	(void)state;
	assert_true(file_mkdirs("fail", 0755, &err));
	for (unsigned long n = 1; n <= 4; n++) {
		put("fail/f", STR("old"));
		file_fail_nth(n);
		assert_false(file_replace("fail/f", STR("new content"), 0644, &err));
		assert_int_equal(err.kind, ERR_IO);
		assert_non_null(strstr(err.message, "'fail/f'"));
		assert_non_null(strstr(err.message, why[n - 1]));
		assert_true(holds("fail/f", n < 4 ? "old" : "new content"));
		assert_int_equal(names_in("fail"), 1);
	}
	assert_non_null(strstr(err.message, "is written, but"));
	/* There are four such steps, and a failure happens once. */
	file_fail_nth(5);
	assert_true(file_replace("fail/f", STR("last"), 0644, &err));
	file_fail_nth(1);
	assert_false(file_replace("fail/f", STR("x"), 0644, &err));
	assert_true(file_replace("fail/f", STR("good"), 0644, &err));
	assert_true(holds("fail/f", "good"));
	/* Nothing is there afterwards where nothing was before. */
	for (unsigned long n = 1; n <= 3; n++) {
		file_fail_nth(n);
		assert_false(file_replace("fail/g", STR("x"), 0644, &err));
		assert_false(file_exists("fail/g"));
	}
	assert_int_equal(names_in("fail"), 1);
}

static void test_exists(void **state)
{
	(void)state;
	put("there", STR(""));
	assert_true(file_exists("there"));
	assert_false(file_is_dir("there"));
	assert_true(file_exists("."));
	assert_true(file_is_dir("."));
	assert_false(file_exists("not there"));
	assert_false(file_is_dir("not there"));
	assert_int_equal(symlink("not there", "to nothing"), 0);
	assert_false(file_exists("to nothing"));
}

static void test_mkdirs(void **state)
{
	(void)state;
	assert_true(file_mkdirs("p/q/r", 0700, &err));
	assert_true(file_is_dir("p/q/r"));
	assert_int_equal(mode_of("p"), 0700);
	assert_int_equal(mode_of("p/q/r"), 0700);
	assert_true(file_mkdirs("p/q/r", 0700, &err));
	assert_true(file_mkdirs("p//q///s/", 0700, &err));
	assert_true(file_is_dir("p/q/s"));
	assert_true(file_mkdirs("/", 0700, &err));
	assert_true(file_mkdirs(".", 0700, &err));
	put("p/file", STR(""));
	assert_false(file_mkdirs("p/file/x", 0700, &err));
	assert_string_equal(err.message, "cannot make the folder 'p/file': Not a directory");
	assert_false(file_mkdirs("p/file", 0700, &err));
	assert_false(file_mkdirs("", 0700, &err));
}

static void test_list(void **state)
{
	static const char *const want[] = {".hidden", "B", "a", "a.yaml", "b", "\xff"};
	struct str *names;
	size_t n;

	(void)state;
	assert_true(file_mkdirs("list/a", 0755, &err));
	for (size_t i = 0; i < ARRAY_SIZE(want); i++)
		if (strcmp(want[i], "a") != 0)
			put(path_join(a, STR("list"), str_of(want[i])).p, STR(""));
	assert_true(file_list("list", a, &names, &n, &err));
	assert_int_equal(n, ARRAY_SIZE(want));
	for (size_t i = 0; i < n; i++)
		assert_string_equal(names[i].p, want[i]);
	assert_true(file_list("list/a", a, &names, &n, &err));
	assert_int_equal(n, 0);
	assert_false(file_list("list/b", a, &names, &n, &err));
	assert_string_equal(err.message, "cannot list the folder 'list/b': Not a directory");
}

static void test_paths(void **state)
{
	(void)state;
	assert_string_equal(path_join(a, STR("a"), STR("b")).p, "a/b");
	assert_string_equal(path_join(a, STR("a/"), STR("b")).p, "a/b");
	assert_string_equal(path_join(a, STR("/"), STR("b")).p, "/b");
	assert_string_equal(path_join(a, STR(""), STR("b")).p, "b");
	assert_string_equal(path_join(a, STR_NULL, STR("b")).p, "b");
	assert_string_equal(path_join(a, STR("a"), STR("/b")).p, "/b");
	assert_true(str_eqz(path_base(STR("a/b/c.yaml")), "c.yaml"));
	assert_true(str_eqz(path_base(STR("c.yaml")), "c.yaml"));
	assert_true(str_eqz(path_base(STR("a/b//")), "b"));
	assert_true(str_eqz(path_base(STR("/")), "/"));
	assert_true(str_eqz(path_base(STR("//")), "/"));
	assert_true(str_eqz(path_base(STR("/a")), "a"));
	assert_true(str_eqz(path_base(STR("")), ""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_read, clear),
		cmocka_unit_test_setup(test_read_errors, clear),
		cmocka_unit_test_setup(test_read_ceiling, clear),
		cmocka_unit_test_setup(test_read_standard_input, clear),
		cmocka_unit_test_setup(test_replace, clear),
		cmocka_unit_test_setup(test_replace_modes, clear),
		cmocka_unit_test_setup(test_replace_through_links, clear),
		cmocka_unit_test_setup(test_replace_spares_what_is_no_file, clear),
		cmocka_unit_test_setup(test_replace_failing, clear),
		cmocka_unit_test_setup(test_exists, clear),
		cmocka_unit_test_setup(test_mkdirs, clear),
		cmocka_unit_test_setup(test_list, clear),
		cmocka_unit_test_setup(test_paths, clear),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
