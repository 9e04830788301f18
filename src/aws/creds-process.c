/*
 * credential_process: a program that prints credentials.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
 *
 * No shell is involved, as in the AWS CLI. What the program prints on standard
 * error passes through to the person; its standard output is read into memory
 * that is wiped.
 */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "aws/creds-private.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/limits.h"
#include "text/json.h"

extern char **environ;

/* Time enough for a person who has to touch a key or answer a browser. */
int64_t creds_process_timeout_ms = 120 * 1000;

bool creds_split_command(struct str command, struct arena *a, char ***argv)
{
	char **words = NULL;
	size_t n = 0, cap = 0;
	size_t i = 0;

	for (;;) {
		while (i < command.n && strchr(" \t\r\n", command.p[i]))
			i++;
		if (i >= command.n)
			break;

		char *word = arena_alloc(a, command.n - i + 1);
		size_t len = 0;
		char quote = '\0';

		for (; i < command.n; i++) {
			char c = command.p[i];

			if (!quote && strchr(" \t\r\n", c))
				break;
			if (quote == '\0' && (c == '\'' || c == '"')) {
				quote = c;
			} else if (quote && c == quote) {
				quote = '\0';
			} else if (c == '\\' && quote != '\'') {
				if (++i >= command.n)
					return false;
				if (quote == '"' && command.p[i] != '"' && command.p[i] != '\\')
					word[len++] = '\\';
				word[len++] = command.p[i];
			} else {
				word[len++] = c;
			}
		}
		if (quote)
			return false;
		words = arena_grow(a, words, n, &cap, sizeof(*words));
		words[n++] = word;
	}
	words = arena_grow(a, words, n, &cap, sizeof(*words));
	words[n] = NULL;
	*argv = words;
	return n > 0;
}

/* The child gets the pipe as standard output and signals as they are by default. */
static int start(char **argv, int out_fd, pid_t *pid)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t none, all;
	int rc;

	sigemptyset(&none);
	sigfillset(&all);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, out_fd, STDOUT_FILENO);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &all);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	rc = posix_spawnp(pid, argv[0], &files, &attr, argv, environ);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&files);
	return rc;
}

enum outcome { DONE, TOO_LONG, TOO_LATE, BROKEN };

static enum outcome read_output(int fd, int64_t until_ms, struct buf *out)
{
	for (;;) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		int64_t left = until_ms - clock_mono_ms();
		int ready = left > 0 ? poll(&p, 1, (int)left) : 0;

		if (ready < 0 && errno == EINTR)
			continue;
		if (ready < 0)
			return BROKEN;
		if (ready == 0)
			return TOO_LATE;

		char *room = buf_room(out, KIB(4));
		ssize_t got = room ? read(fd, room, KIB(4)) : 0;

		if (!room)
			return TOO_LONG;
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return BROKEN;
		if (got == 0)
			return DONE;
		buf_grew(out, (size_t)got);
	}
}

/* The status when it ended by itself in time; otherwise it is ended. */
static bool wait_for(pid_t pid, int64_t until_ms, bool patient, int *status)
{
	for (;;) {
		pid_t got = waitpid(pid, status, patient ? WNOHANG : 0);

		if (got == pid)
			return patient;
		if (got < 0 && errno != EINTR)
			return false;
		if (patient && clock_mono_ms() >= until_ms) {
			kill(pid, SIGKILL);
			patient = false;
		} else if (patient) {
			clock_sleep_ms(NULL, 2);
		}
	}
}

static bool run(char **argv, struct str profile, struct buf *out, struct err *err)
{
	int64_t until_ms = clock_mono_ms() + creds_process_timeout_ms;
	enum outcome outcome;
	int fds[2], status = 0, rc;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) != 0)
		return err_errno(err, errno, "cannot make a pipe for credential_process");
	rc = start(argv, fds[1], &pid);
	close(fds[1]);
	if (rc != 0) {
		close(fds[0]);
		return err_set(err, ERR_CREDENTIALS,
			       "profile '%.*s': cannot run credential_process '%s': %s",
			       STR_ARG(profile), argv[0], strerror(rc));
	}
	outcome = read_output(fds[0], until_ms, out);
	close(fds[0]);
	if (outcome != DONE)
		kill(pid, SIGKILL);

	bool ended = wait_for(pid, until_ms, outcome == DONE, &status);

	if (outcome == TOO_LONG)
		return err_set(err, ERR_CREDENTIALS,
			       "profile '%.*s': credential_process printed more than %zu KiB",
			       STR_ARG(profile), LIMIT_PROCESS_OUTPUT / 1024);
	if (outcome != DONE || !ended)
		return err_set(err, ERR_CREDENTIALS,
			       "profile '%.*s': credential_process did not end within %lld s and "
			       "was ended",
			       STR_ARG(profile), (long long)(creds_process_timeout_ms / 1000));
	if (WIFSIGNALED(status))
		return err_set(err, ERR_CREDENTIALS,
			       "profile '%.*s': credential_process was ended by signal %d",
			       STR_ARG(profile), WTERMSIG(status));
	if (WEXITSTATUS(status) != 0)
		return err_set(err, ERR_CREDENTIALS,
			       "profile '%.*s': credential_process ended with status %d; what it "
			       "printed on standard error is above",
			       STR_ARG(profile), WEXITSTATUS(status));
	return true;
}

static bool take(const struct val *v, struct str profile, struct aws_creds *out, struct err *err)
{
	struct str expires = val_get_str(v, "Expiration");
	char where[256];

	snprintf(where, sizeof(where), "credential_process of profile '%.*s'",
		 STR_ARG(str_sub(profile, 0, 100)));
	if (val_i64(val_get(v, "Version"), 0) != 1)
		return err_set(err, ERR_CREDENTIALS, "%s: its answer's Version is not 1", where);
	if (str_is_empty(val_get_str(v, "AccessKeyId")))
		return err_set(err, ERR_CREDENTIALS, "%s: its answer has no AccessKeyId", where);
	if (!creds_set_keys(out, val_get_str(v, "AccessKeyId"), val_get_str(v, "SecretAccessKey"),
			    val_get_str(v, "SessionToken"), where, err))
		return false;
	out->expires_ms = 0;
	if (!str_is_empty(expires) && !time_parse_iso(expires, &out->expires_ms))
		return err_set(err, ERR_CREDENTIALS, "%s: its Expiration '%.*s' is not a time",
			       where, STR_ARG(str_sub(expires, 0, 60)));
	return true;
}

/* Strings with escapes were unescaped into the arena: these, too, must not stay. */
static void wipe_strings(struct val *v)
{
	VAL_EACH(child, v)
	if (val_is(child, VAL_STRING))
		mem_wipe((void *)(uintptr_t)child->u.s.p, child->u.s.n);
}

bool creds_from_process(struct str command, struct str profile, struct aws_creds *out,
			struct err *err)
{
	struct arena *a = arena_new();
	struct buf b;
	struct val *v = NULL;
	char **argv;
	bool ok;

	buf_init_secret(&b, LIMIT_PROCESS_OUTPUT);
	ok = creds_split_command(command, a, &argv) ||
	     err_set(err, ERR_CREDENTIALS,
		     "profile '%.*s': credential_process is no command line (a quote that is not "
		     "closed?)",
		     STR_ARG(profile));
	ok = ok && run(argv, profile, &b, err);
	if (ok) {
		/* What exactly is wrong with it is not said: the text may be a key. */
		struct err ignored = {0};

		ok = json_read(buf_str(&b), 0, a, &v, &ignored) && val_is(v, VAL_OBJECT);
		if (!ok)
			err_set(err, ERR_CREDENTIALS,
				"profile '%.*s': credential_process did not print a JSON object",
				STR_ARG(profile));
	}
	ok = ok && take(v, profile, out, err);
	if (v)
		wipe_strings(v);
	buf_release(&b);
	arena_free(&a);
	return ok;
}
