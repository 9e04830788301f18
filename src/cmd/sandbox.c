#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/limits.h"
#include "cmd/commands.h"
#include "cmd/sandbox-common.h"

/* For whoever started us and waits: the address, then the end of the file. */
static bool tell_ready(struct sandbox_cmd *rc)
{
	struct cmd *c = rc->c;
	int64_t fd = cmd_int(c, "ready-fd", -1);
	struct str line = arena_printf(c->arena, "%.*s\n", STR_ARG(rc->url));

	if (fd < 0)
		return true;
	if (write((int)fd, line.p, line.n) != (ssize_t)line.n)
		return err_errno(&c->err, errno, "cannot write to --ready-fd %lld", (long long)fd);
	close((int)fd);
	return true;
}

static void warn_dangers(struct sandbox_cmd *rc)
{
	if (!server_is_loopback(rc->server))
		cmd_warn(rc->c,
			 "other machines can reach %.*s; whoever has a key of the "
			 "credentials file can do everything here",
			 STR_ARG(rc->url));
	if (cmd_flag(rc->c, "open"))
		cmd_warn(rc->c, "--open: any access key is an administrator, no signature is "
				"checked");
}

/* As a shell takes it for one word. */
static struct str quoted(struct arena *a, struct str s)
{
	struct buf b = BUF_INIT(KIB(64));
	struct str out;

	buf_addc(&b, '\'');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\'')
			buf_addz(&b, "'\\'");
		buf_addc(&b, s.p[i]);
	}
	buf_addc(&b, '\'');
	out = arena_str(a, buf_str(&b));
	buf_release(&b);
	return out;
}

static bool print_usage(struct sandbox_cmd *rc)
{
	struct cmd *c = rc->c;
	size_t n = sandbox_accounts(rc->sandbox);
	const char *state = cmd_text(c, "state");

	warn_dangers(rc);
	if (c->quiet)
		return true;
	if (sandbox_continued(rc->sandbox))
		cmd_note(c,
			 "Continuing the state in %s; files given with --org were not read "
			 "again.",
			 state);
	return cmd_printf(c,
			  "Serving %zu account%s at %.*s, %s, %s%s.\n\n"
			  "  export AWS_ENDPOINT_URL=%.*s\n"
			  "  export AWS_SHARED_CREDENTIALS_FILE=%.*s\n"
			  "  export AWS_PROFILE=management\n"
			  "  export AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1\n"
			  "  aws sts get-caller-identity\n\n"
			  "Ctrl-C ends it.\n",
			  n, n == 1 ? "" : "s", STR_ARG(rc->url),
			  server_is_loopback(rc->server) ? "listening on loopback only"
							 : "listening for other machines too",
			  state ? "keeping its state in " : "in memory", state ? state : "",
			  STR_ARG(rc->url), STR_ARG(quoted(c->arena, rc->credentials))) &&
	       !cmd_write_error();
}

/* Between asking and sleeping no signal may slip through, so they are blocked but in ppoll. */
static void wait_for_end(void)
{
	sigset_t ends, before;

	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &ends, &before);
	while (!cmd_interrupted())
		ppoll(NULL, 0, NULL, &before);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static int run(struct cmd *c)
{
	struct sandbox_cmd rc;
	const char *listen = cmd_text(c, "listen");
	int status = EXIT_DONE;

	if (!sandbox_cmd_start(&rc, c, listen ? listen : SANDBOX_LISTEN, cmd_flag(c, "open")) ||
	    !print_usage(&rc) || !tell_ready(&rc))
		status = err_is_set(&c->err) ? cmd_fail(c, &c->err) : EXIT_ERROR;
	else
		wait_for_end();
	sandbox_cmd_stop(&rc);
	return status;
}

static const struct option options[] = {
	SANDBOX_OPTIONS,
	{"listen", 'l', OPTION_TEXT, "ADDR:PORT",
	 "default " SANDBOX_LISTEN "; port 0: any free one", NULL},
	{"ready-fd", 0, OPTION_INT, "N", "write the address to this file descriptor when ready",
	 NULL},
	{0},
};

const struct command command_sandbox = {
	.name = "sandbox",
	.summary = "a local AWS organization that the AWS CLI and SDKs can talk to",
	.details =
		"Serves AWS Organizations, IAM and STS on one port: real signatures, real policy "
		"evaluation, real consequences, and nothing of it is AWS. The organization comes "
		"from a folder of YAML (--org); sandbox.yaml in it says how things really are.\n\n"
		"It listens on 127.0.0.1 unless told otherwise.\n\n"
		"Faults are said as KIND=VALUE[:SERVICE[:OPERATION]]: latency=50ms, throttle=5%, "
		"rate=20/s, error=ServiceUnavailable:1%, reset=1%, reset-after=1%, truncate=1%, "
		"html=1%, deny=ACCOUNT.",
	.examples =
		"  rootout sandbox --org examples/stores\n      serve it on 127.0.0.1:4577\n"
		"  rootout sandbox --empty --state world\n      one account, kept across restarts\n"
		"  rootout sandbox --org . --fault latency=50ms --fault rate=20/s:sts:AssumeRoot\n"
		"      as slow and as strict as AWS\n",
	.options = options,
	.run = run,
};
