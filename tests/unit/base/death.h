#ifndef TESTS_UNIT_BASE_DEATH_H
#define TESTS_UNIT_BASE_DEATH_H

/*
 * Run something that must end the program: dies(fn, arg, "text") forks, runs
 * fn(arg) in the child and is true when the child aborted with `text` on its
 * standard error. Include cmocka.h first.
 */

#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static inline bool dies(void (*fn)(void *), void *arg, const char *text)
{
	static const struct rlimit no_core = {0, 0};
	char output[4096];
	size_t n = 0;
	ssize_t got;
	int fds[2], status;
	pid_t child;

	assert_int_equal(pipe(fds), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		setrlimit(RLIMIT_CORE, &no_core);
		signal(SIGABRT, SIG_DFL);
		dup2(fds[1], STDERR_FILENO);
		close(fds[0]);
		close(fds[1]);
		fn(arg);
		_exit(0);
	}
	close(fds[1]);
	while (n < sizeof(output) - 1 &&
	       (got = read(fds[0], output + n, sizeof(output) - 1 - n)) > 0)
		n += (size_t)got;
	output[n] = '\0';
	close(fds[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT && strstr(output, text) != NULL;
}

#endif
