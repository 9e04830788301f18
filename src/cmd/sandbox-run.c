#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "cmd/commands.h"
#include "cmd/sandbox-common.h"

/* As shells have it. */
#define EXIT_NOT_RUNNABLE 126
#define EXIT_NOT_FOUND 127
#define EXIT_SIGNAL 128

extern char **environ;

/* What would lead the command's calls elsewhere, or sign them as somebody else. */
static const char *const unwanted[] = {
	"AWS_ACCESS_KEY_ID",
	"AWS_SECRET_ACCESS_KEY",
	"AWS_SESSION_TOKEN",
	"AWS_SECURITY_TOKEN",
	"AWS_DEFAULT_PROFILE",
	"AWS_ROLE_ARN",
	"AWS_WEB_IDENTITY_TOKEN_FILE",
	"AWS_CONTAINER_CREDENTIALS_FULL_URI",
	"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
	"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
	"AWS_USE_FIPS_ENDPOINT",
	"AWS_USE_DUALSTACK_ENDPOINT",
	"AWS_STS_REGIONAL_ENDPOINTS",
};

static bool set(struct cmd *c, const char *name, const char *value, bool always)
{
	if (setenv(name, value, always) == 0)
		return true;
	return err_errno(&c->err, errno, "cannot set %s", name);
}

/* AWS_ENDPOINT_URL_STS and its kind would win over AWS_ENDPOINT_URL. */
static void unset_service_endpoints(struct arena *a)
{
	const struct str prefix = STR("AWS_ENDPOINT_URL_");
	struct str names[64];
	size_t n = 0;

	for (char **e = environ; *e && n < ARRAY_SIZE(names); e++) {
		struct str name, rest;
		str_cut(str_of(*e), '=', &name, &rest);
		if (str_starts(name, prefix))
			names[n++] = arena_str(a, name);
	}
	for (size_t i = 0; i < n; i++)
		unsetenv(names[i].p);
}

static bool set_environment(struct sandbox_cmd *rc)
{
	struct cmd *c = rc->c;
	struct str config = path_join(c->arena, rc->temp_dir, STR("config"));
	const char *no_proxy = getenv("NO_PROXY");
	struct str direct = arena_printf(c->arena, "%s%s127.0.0.1", no_proxy ? no_proxy : "",
					 no_proxy && *no_proxy ? "," : "");

	for (size_t i = 0; i < ARRAY_SIZE(unwanted); i++)
		unsetenv(unwanted[i]);
	unset_service_endpoints(c->arena);
	/* A config file of our own: the person's may name endpoints and roles. */
	if (!str_is_null(rc->temp_dir) &&
	    (!file_replace(config.p, STR("[default]\nregion = us-east-1\n"), 0600, &c->err) ||
	     !set(c, "AWS_CONFIG_FILE", config.p, true)))
		return false;
	return set(c, "AWS_ENDPOINT_URL", rc->url.p, true) &&
	       set(c, "AWS_SHARED_CREDENTIALS_FILE", rc->credentials.p, true) &&
	       set(c, "AWS_PROFILE", "management", true) &&
	       set(c, "AWS_REGION", "us-east-1", false) &&
	       set(c, "AWS_DEFAULT_REGION", "us-east-1", false) &&
	       set(c, "AWS_EC2_METADATA_DISABLED", "true", true) &&
	       set(c, "NO_PROXY", direct.p, true) && set(c, "no_proxy", direct.p, true);
}

/* The child begins with the dispositions that a shell would give it. */
static int spawn(char **argv, pid_t *pid)
{
	posix_spawnattr_t attr;
	sigset_t defaults, mask;
	int rc;

	sigemptyset(&mask);
	sigemptyset(&defaults);
	sigaddset(&defaults, SIGPIPE);
	sigaddset(&defaults, SIGINT);
	sigaddset(&defaults, SIGTERM);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setsigdefault(&attr, &defaults);
	posix_spawnattr_setsigmask(&attr, &mask);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
	rc = posix_spawnp(pid, argv[0], NULL, &attr, argv, environ);
	posix_spawnattr_destroy(&attr);
	return rc;
}

/* Ctrl-C reaches the child by itself; a signal to us alone is passed on. */
static int wait_for(pid_t pid)
{
	bool told = false;
	int status;

	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return EXIT_ERROR;
		if (cmd_interrupted() && !told) {
			kill(pid, SIGTERM);
			told = true;
		}
	}
	return WIFSIGNALED(status) ? EXIT_SIGNAL + WTERMSIG(status) : WEXITSTATUS(status);
}

static int run_command(struct sandbox_cmd *rc)
{
	struct cmd *c = rc->c;
	pid_t pid;
	int error;

	if (!set_environment(rc))
		return cmd_fail(c, &c->err);
	error = spawn(c->operands, &pid);
	if (error == 0)
		return wait_for(pid);
	err_errno(&c->err, error, "cannot run '%s'", c->operands[0]);
	cmd_fail(c, &c->err);
	return error == ENOENT ? EXIT_NOT_FOUND : EXIT_NOT_RUNNABLE;
}

static int run(struct cmd *c)
{
	struct sandbox_cmd rc;
	int status;

	if (c->noperands == 0) {
		err_set(&c->err, ERR_INPUT,
			"which command? rootout sandbox run --org DIR -- COMMAND");
		return cmd_fail(c, &c->err);
	}
	if (sandbox_cmd_start(&rc, c, "127.0.0.1:0", cmd_flag(c, "open")))
		status = run_command(&rc);
	else
		status = cmd_fail(c, &c->err);
	sandbox_cmd_stop(&rc);
	return status;
}

static const struct option options[] = {SANDBOX_OPTIONS, {0}};

const struct command command_sandbox_run = {
	.name = "sandbox run",
	.summary = "run a command against a sandbox that lives as long as it does",
	.operands = "-- COMMAND…",
	.details =
		"Starts a sandbox on a free port of 127.0.0.1, runs COMMAND with AWS_ENDPOINT_URL, "
		"AWS_SHARED_CREDENTIALS_FILE and AWS_PROFILE=management, ends the sandbox, and "
		"exits as COMMAND did (128 + n when signal n killed it). Other accounts are "
		"profiles named after them.",
	.examples =
		"  rootout sandbox run --org examples/stores -- aws organizations list-accounts\n"
		"      the AWS CLI against it\n",
	.options = options,
	.option_sets = OPTIONS_REST,
	.run = run,
};
