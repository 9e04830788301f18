#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "cmd/cmd.h"
#include "text/json.h"
#include "text/show.h"
#include "text/wrap.h"

#define HANG 2 /* blanks before each line of a message but the first */

static int status_of(enum err_kind kind)
{
	return kind == ERR_REFUSED ? EXIT_REFUSED : EXIT_ERROR;
}

static int write_errno; /* of the first write that failed; stdio forgets it */

static bool wrote(bool ok)
{
	if (!ok && !write_errno)
		write_errno = errno ? errno : EIO;
	return ok;
}

int cmd_write_error(void)
{
	(void)wrote(fflush(stdout) == 0);
	return write_errno;
}

/* One message: on a terminal broken at blanks, elsewhere one line. */
static void put(struct cmd *c, enum colour colour, const char *label, struct str text)
{
	struct buf b = BUF_INIT(8 * LIMIT_MESSAGE);

	(void)cmd_write_error(); /* what was printed before stands before it */
	/* There are names and messages of others in it. */
	(void)wrap_add(show(c->arena, text), strlen(label), HANG, (size_t)c->errs.width, &b);
	fprintf(stderr, "%s%s%s%s\n", term_on(&c->errs, colour), label, buf_z(&b),
		term_off(&c->errs));
	buf_release(&b);
}

int cmd_fail(struct cmd *c, const struct err *err)
{
	char text[2048];

	put(c, COLOUR_RED, "rootout: ", str_of(err_text(err, text, sizeof(text))));
	return status_of(err->kind);
}

static void say(struct cmd *c, enum colour colour, const char *label, const char *fmt, va_list ap)
{
	struct buf b = BUF_INIT(LIMIT_MESSAGE);

	buf_vaddf(&b, fmt, ap);
	put(c, colour, label, buf_str(&b));
	buf_release(&b);
}

void cmd_note(struct cmd *c, const char *fmt, ...)
{
	va_list ap;

	if (c->quiet)
		return;
	va_start(ap, fmt);
	say(c, COLOUR_NONE, "", fmt, ap);
	va_end(ap);
}

void cmd_warn(struct cmd *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(c, COLOUR_YELLOW, "rootout: warning: ", fmt, ap);
	va_end(ap);
}

bool cmd_print(struct cmd *c, struct str text)
{
	(void)c;
	return wrote(fwrite(text.p ? text.p : "", 1, text.n, stdout) == text.n);
}

bool cmd_printf(struct cmd *c, const char *fmt, ...)
{
	struct buf b = BUF_INIT(LIMIT_OUTPUT);
	va_list ap;
	bool ok;

	va_start(ap, fmt);
	ok = buf_vaddf(&b, fmt, ap) && cmd_print(c, buf_str(&b));
	va_end(ap);
	buf_release(&b);
	return ok;
}

bool cmd_print_json(struct cmd *c, const struct val *v)
{
	struct buf b = BUF_INIT(LIMIT_OUTPUT);
	bool ok = json_write(v, JSON_PRETTY, &b) && buf_addc(&b, '\n') && cmd_print(c, buf_str(&b));

	buf_release(&b);
	return ok;
}

bool cmd_print_table(struct cmd *c, const struct table *t)
{
	struct buf b = BUF_INIT(LIMIT_OUTPUT);
	bool ok = c->output == OUTPUT_CSV ? table_write_csv(t, &b) : table_write(t, &c->out, &b);

	ok = ok && cmd_print(c, buf_str(&b));
	buf_release(&b);
	return ok;
}

/* A Ctrl-C that comes before read(2) has begun would not end it: the signals are let in only
 * while we wait. false: interrupted. */
static bool wait_for_line(void)
{
	struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
	sigset_t ends, before;
	int ready = -1;

	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &ends, &before);
	if (!cmd_interrupted())
		ready = ppoll(&in, 1, NULL, &before);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return ready > 0;
}

bool cmd_confirm(struct cmd *c, const char *fmt, ...)
{
	char line[64];
	va_list ap;

	if (cmd_flag(c, "yes"))
		return true;
	if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
		return err_set(&c->err, ERR_REFUSED,
			       "nobody can be asked here: give --yes to go on, or --dry-run to see "
			       "the plan only");
	va_start(ap, fmt);
	say(c, COLOUR_BOLD, "", fmt, ap);
	va_end(ap);
	fprintf(stderr, "Type 'yes' to go on: ");
	fflush(stderr);
	if (!wait_for_line() || !fgets(line, sizeof(line), stdin) ||
	    !str_eqz(str_trim(str_of(line)), "yes"))
		return err_set(&c->err, ERR_REFUSED, "not confirmed, nothing was changed");
	return true;
}

bool cmd_aws(struct cmd *c, struct aws **out, struct err *err)
{
	struct aws_settings s = {
		.profile = cmd_text(c, "profile"),
		.region = cmd_text(c, "region"),
		.endpoint_url = cmd_text(c, "endpoint-url"),
		.ca_bundle = cmd_text(c, "ca-bundle"),
		.retry_mode = cmd_text(c, "retry-mode"),
		.max_attempts = (int)cmd_int(c, "max-attempts", 0),
		.no_verify_ssl = cmd_flag(c, "no-verify-ssl"),
	};
	int64_t connections = cmd_int(c, "connections", LIMIT_CONNECTIONS);

	if (cmd_int(c, "max-attempts", 1) < 1)
		return err_set(err, ERR_INPUT, "--max-attempts must be 1 or more");
	if (connections < 1 || connections > LIMIT_CONNECTIONS)
		return err_set(err, ERR_INPUT, "--connections must be 1 to %d", LIMIT_CONNECTIONS);
	s.connections = (unsigned)connections;
	*out = aws_new(&s, err);
	return *out != NULL;
}
