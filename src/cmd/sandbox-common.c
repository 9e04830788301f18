#include "cmd/sandbox-common.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"

/* A change waits for the disk, and holds its thread's other connections up meanwhile; with many
 * threads many changes share one fsync. */
#define THREADS_WITH_STATE 16

/* A folder that a sandbox has used before tells itself what it was started from. */
static bool has_state(struct cmd *c, const char *dir)
{
	return dir && file_exists(path_join(c->arena, str_of(dir), STR("log.jsonl")).p);
}

static bool read_options(struct sandbox_cmd *rc, struct sandbox_options *opt)
{
	struct cmd *c = rc->c;
	size_t n;
	struct str *faults = cmd_list(c, "fault", &n);
	const char **specs = arena_calloc(c->arena, n + 1, sizeof(char *));

	opt->org_dir = cmd_text(c, "org");
	opt->account = cmd_text(c, "account");
	opt->state_dir = cmd_text(c, "state");
	if (cmd_flag(c, "empty") && opt->org_dir)
		return err_set(&c->err, ERR_INPUT, "--empty and --org contradict each other");
	if (!cmd_flag(c, "empty") && !opt->org_dir && !has_state(c, opt->state_dir))
		return err_set(&c->err, ERR_INPUT,
			       "say what to start from: --org DIR or --empty [--account ID]");
	if (opt->account && opt->org_dir)
		return err_set(&c->err, ERR_INPUT, "--account goes with --empty");
	for (size_t i = 0; i < n; i++)
		specs[i] = arena_dupz(c->arena, faults[i]);
	opt->faults = specs;
	opt->nfaults = n;
	opt->seeded = cmd_text(c, "seed") != NULL;
	opt->seed = (uint64_t)cmd_int(c, "seed", 0);
	return true;
}

/* What we print is pasted into shells that stand elsewhere. */
static bool make_absolute(struct cmd *c, struct str *path)
{
	char *whole = realpath(path->p, NULL);

	if (!whole)
		return err_errno(&c->err, errno, "cannot find '%.*s'", STR_ARG(*path));
	*path = arena_strz(c->arena, whole);
	free(whole);
	return true;
}

/* Without --credentials: a folder of our own, which goes when we do. */
static bool write_credentials(struct sandbox_cmd *rc)
{
	struct cmd *c = rc->c;
	const char *named = cmd_text(c, "credentials"), *tmp = getenv("TMPDIR");

	if (named) {
		rc->credentials = str_of(named);
	} else {
		char *dir = arena_dupz(c->arena, arena_printf(c->arena, "%s/rootout-sandbox-XXXXXX",
							      tmp && *tmp ? tmp : "/tmp"));
		if (!mkdtemp(dir))
			return err_errno(&c->err, errno, "cannot make a folder '%s'", dir);
		rc->temp_dir = str_of(dir);
		rc->credentials = path_join(c->arena, rc->temp_dir, STR("credentials"));
	}
	if (!sandbox_write_credentials(rc->sandbox, rc->credentials.p, &c->err))
		return false;
	return make_absolute(c, &rc->credentials);
}

/* Where `sandbox events --state DIR` finds a running one. */
static bool write_endpoint(struct sandbox_cmd *rc)
{
	struct cmd *c = rc->c;
	const char *state = cmd_text(c, "state");

	if (!state)
		return true;
	struct str path = path_join(c->arena, str_of(state), STR("endpoint"));
	struct str line = arena_printf(c->arena, "%.*s\n", STR_ARG(rc->url));
	return file_replace(path.p, line, 0600, &c->err);
}

bool sandbox_cmd_start(struct sandbox_cmd *rc, struct cmd *c, const char *listen, bool open)
{
	struct sandbox_options opt = {.open = open};
	struct server_options serve = {.listen = listen, .handle = sandbox_handle};

	*rc = (struct sandbox_cmd){.c = c};
	if (!read_options(rc, &opt))
		return false;
	rc->sandbox = sandbox_open(&opt, &c->err);
	if (!rc->sandbox)
		return false;
	serve.ctx = rc->sandbox;
	serve.threads = opt.state_dir ? THREADS_WITH_STATE : 0;
	rc->server = server_start(&serve, &c->err);
	if (!rc->server)
		return false;
	sandbox_set_server(rc->sandbox, rc->server);
	rc->url = arena_printf(c->arena, "http://%s", server_address(rc->server));
	return write_credentials(rc) && write_endpoint(rc);
}

void sandbox_cmd_stop(struct sandbox_cmd *rc)
{
	const char *state = rc->sandbox ? cmd_text(rc->c, "state") : NULL;

	if (rc->sandbox)
		sandbox_set_server(rc->sandbox, NULL);
	server_stop(&rc->server);
	if (state)
		unlink(path_join(rc->c->arena, str_of(state), STR("endpoint")).p);
	sandbox_close(&rc->sandbox);
	if (!str_is_null(rc->temp_dir)) {
		unlink(rc->credentials.p);
		unlink(path_join(rc->c->arena, rc->temp_dir, STR("config")).p);
		rmdir(rc->temp_dir.p);
	}
}
