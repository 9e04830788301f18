#include "cmd/root-common.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "text/show.h"

/* A rehearsal's journal must never be taken for the real one's. */
static bool is_local(struct str endpoint)
{
	return str_startsz(endpoint, "http://127.") || str_startsz(endpoint, "http://localhost") ||
	       str_startsz(endpoint, "http://[::1]");
}

static bool store_path_of(struct cmd *c, bool local, struct str *out, struct err *err)
{
	const char *given = cmd_text(c, "store"), *dir;

	if (!given)
		given = getenv("ROOTOUT_STORE");
	if (given && given[0]) {
		*out = str_of(given);
		return true;
	}
	dir = getenv("XDG_STATE_HOME");
	if (dir && dir[0] == '/') {
		*out = arena_printf(c->arena, "%s/rootout", dir);
	} else {
		dir = getenv("HOME");
		if (!dir || !dir[0])
			return err_set(err, ERR_INPUT,
				       "HOME is not set: say with --store where journal and ledger "
				       "are kept");
		*out = arena_printf(c->arena, "%s/.local/state/rootout", dir);
	}
	if (!file_mkdirs(out->p, 0700, err))
		return false;
	*out = arena_printf(c->arena, "%.*s/%s", STR_ARG(*out), local ? "sandbox.db" : "store.db");
	return true;
}

static bool open_store(struct root_cmd *rc, bool local)
{
	struct str path = STR_NULL;

	return store_path_of(rc->c, local, &path, &rc->c->err) &&
	       store_open(path.p, &rc->store, &rc->c->err);
}

bool root_cmd_open_store(struct root_cmd *rc, struct cmd *c)
{
	const char *endpoint = getenv("AWS_ENDPOINT_URL");

	*rc = (struct root_cmd){.c = c};
	return open_store(rc, endpoint && is_local(str_of(endpoint)));
}

bool root_cmd_open(struct root_cmd *rc, struct cmd *c, const char *reason)
{
	*rc = (struct root_cmd){.c = c};
	if (!cmd_aws(c, &rc->aws, &c->err))
		return false;
	if (!open_store(rc, is_local(aws_endpoint(rc->aws, STR("sts")))))
		return false;
	/* An endpoint that does not answer is tried for seconds. */
	root_cmd_progress(rc, "asking sts:GetCallerIdentity who we are");
	rc->running =
		root_run_begin(&rc->run, rc->aws, rc->store, str_of(reason), c->arena, &c->err);
	root_cmd_progress_end(rc);
	if (rc->running)
		cmd_interrupt_pool(rc->run.pool);
	return rc->running;
}

int root_cmd_close(struct root_cmd *rc, int status)
{
	struct err err = {0};

	root_cmd_progress_end(rc);
	cmd_interrupt_pool(NULL);
	if (rc->running)
		root_run_end(&rc->run);
	if (rc->store && !store_flush(rc->store, &err)) {
		/* It may be what the command failed with already. */
		if (rc->c->err.kind != ERR_STORE)
			cmd_fail(rc->c, &err);
		status = EXIT_ERROR;
	}
	store_close(&rc->store);
	if (rc->aws && rc->c->verbose) {
		struct aws_totals t = aws_totals(rc->aws);

		cmd_note(rc->c, "%llu calls, %llu requests, %llu throttled, %llu connections",
			 (unsigned long long)t.calls, (unsigned long long)t.attempts,
			 (unsigned long long)t.throttled, (unsigned long long)t.connections);
	}
	/* Whose right it is, for who took the wrong profile. */
	if (status == EXIT_ERROR && rc->run.who.n && rc->c->err.kind == ERR_AWS &&
	    str_startsz(str_of(rc->c->err.aws_code), "AccessDenied"))
		cmd_note(rc->c,
			 "these are credentials of %.*s; root users are managed from the "
			 "management account or from IAM's delegated administrator (--profile)",
			 STR_ARG(rc->run.who));
	aws_free(&rc->aws);
	return status;
}

/* --tag key=value or key */
static void choose_tags(struct root_cmd *rc)
{
	struct cmd *c = rc->c;
	size_t n;
	struct str *given = cmd_list(c, "tag", &n);

	rc->choice.sel.tags = arena_calloc(c->arena, n + 1, sizeof(*rc->choice.sel.tags));
	rc->choice.tag_keys = arena_calloc(c->arena, n + 1, sizeof(*rc->choice.tag_keys));
	for (size_t i = 0; i < n; i++) {
		struct str key, value;

		if (str_cut(given[i], '=', &key, &value))
			rc->choice.sel.tags[rc->choice.sel.ntags++] = (struct org_tag){key, value};
		else
			rc->choice.tag_keys[rc->choice.ntag_keys++] = given[i];
	}
	rc->chosen |= n > 0;
}

bool root_cmd_choice(struct root_cmd *rc)
{
	struct cmd *c = rc->c;
	struct org_choice *ch = &rc->choice;

	ch->all = cmd_flag(c, "all");
	ch->sel.names = cmd_list(c, "account", &ch->sel.nnames);
	ch->sel.units = cmd_list(c, "ou", &ch->sel.nunits);
	ch->sel.except = cmd_list(c, "exclude", &ch->sel.nexcept);
	rc->chosen = ch->all || ch->sel.nnames || ch->sel.nunits || cmd_text(c, "from");
	choose_tags(rc);
	if (cmd_text(c, "from") &&
	    !org_choice_from_file(ch, cmd_text(c, "from"), c->arena, &c->err))
		return false;
	if (ch->all && (ch->sel.nnames || ch->sel.nunits || ch->sel.ntags || ch->ntag_keys))
		return err_set(
			&c->err, ERR_INPUT,
			"--all and a narrower choice contradict each other: give one of them");
	return true;
}

void root_cmd_progress(struct root_cmd *rc, const char *what)
{
	root_cmd_progress_end(rc);
	if (!rc->c->quiet)
		rc->progress = progress_new(stderr, &rc->c->errs, what);
	/* seen at once, before the first account is done */
	if (rc->progress)
		progress_total(rc->progress, 0);
}

void root_cmd_step(size_t done, size_t known, void *ctx)
{
	struct root_cmd *rc = ctx;

	(void)done;
	if (rc->progress) {
		progress_total(rc->progress, known);
		progress_step(rc->progress, 1);
	}
}

void root_cmd_progress_end(struct root_cmd *rc)
{
	if (rc->progress)
		progress_free(&rc->progress);
}

static void no_account(struct root_cmd *rc, const struct org *o, struct str who)
{
	struct cmd *c = rc->c;
	struct str *names = arena_calloc(c->arena, o->naccounts + 1, sizeof(*names)), near;

	for (size_t i = 0; i < o->naccounts; i++)
		names[i] = o->accounts[i]->name;
	near = str_nearest(who, names, o->naccounts);
	err_set(&c->err, ERR_INPUT, "no account '%.*s' in organization %.*s%s%.*s%s",
		STR_ARG(show_short(c->arena, who)), STR_ARG(o->id),
		near.n ? ", did you mean '" : "", STR_ARG(show_short(c->arena, near)),
		near.n ? "'?" : "");
}

struct org_account *root_cmd_account(struct root_cmd *rc, const struct org *o, struct str who)
{
	struct cmd *c = rc->c;
	struct org_account *acct = org_account(o, who);
	struct buf ids = BUF_INIT(KIB(1));
	size_t same = 0;

	if (!acct) {
		no_account(rc, o, who);
		return NULL;
	}
	if (str_eq(acct->id, who))
		return acct;
	/* AWS does not mind two accounts of one name; we would guess. */
	for (size_t i = 0; i < o->naccounts; i++)
		if (str_eq(o->accounts[i]->name, who))
			buf_addf(&ids, "%s%.*s", same++ ? ", " : "", STR_ARG(o->accounts[i]->id));
	if (same > 1) {
		err_set(&c->err, ERR_INPUT, "%zu accounts are named '%.*s': give the id (%.*s)",
			same, STR_ARG(show_short(c->arena, who)), STR_ARG(buf_str(&ids)));
		acct = NULL;
	}
	buf_release(&ids);
	return acct;
}

bool root_cmd_files(struct root_cmd *rc, struct org **out)
{
	struct org_problems problems = {0};
	struct cmd *c = rc->c;
	bool ok;

	*out = NULL;
	if (!file_exists("rootout.yaml"))
		return true;
	ok = org_read_files(".", c->arena, out, &problems, &c->err);
	if (!ok && problems.n > 1)
		cmd_warn(c, "%zu problems in the files; 'rootout check' lists them",
			 problems.n + problems.more);
	org_problems_release(&problems);
	return ok;
}

struct val *root_cmd_json(struct root_cmd *rc, struct val **accounts)
{
	struct arena *a = rc->c->arena;
	struct val *o = val_object(a);

	*accounts = val_setz(o, "accounts", val_list(a));
	return o;
}

const char *tri_text(enum tri t)
{
	return t == TRI_YES ? "yes" : t == TRI_NO ? "no" : "unknown";
}

enum colour state_colour(enum root_state s)
{
	switch (s) {
	case ROOT_STATE_ROOTLESS:
	case ROOT_STATE_RETIRED:
		return COLOUR_GREEN;
	case ROOT_STATE_CREDENTIALS:
	case ROOT_STATE_RESTORED:
		return COLOUR_YELLOW;
	case ROOT_STATE_UNREAD:
	case ROOT_STATE_FAILED:
		return COLOUR_RED;
	default:
		return COLOUR_DIM;
	}
}

struct str ago_text(struct arena *a, int64_t then_ms, int64_t now_ms)
{
	char text[TIME_ISO_SIZE];
	int64_t ago_ms = now_ms - then_ms;

	if (!then_ms)
		return STR("never");
	if (ago_ms < 60000)
		return STR("just now");
	if (ago_ms >= 86400000) /* hours no longer matter */
		ago_ms -= ago_ms % 86400000;
	return arena_printf(a, "%s ago", duration_text(ago_ms, text));
}

struct str keys_text(struct arena *a, const struct root_facts *f, int64_t now_ms)
{
	int64_t newest = 0;
	bool unknown = false;

	if (f->keys_present == TRI_UNKNOWN)
		return STR("unknown");
	if (f->keys_present == TRI_NO)
		return STR("no");
	if (!f->have_keys)
		return STR("yes");
	for (size_t i = 0; i < f->nkeys; i++) {
		if (f->keys[i].used_ms > newest)
			newest = f->keys[i].used_ms;
		unknown |= f->keys[i].used == TRI_UNKNOWN;
	}
	if (newest)
		return arena_printf(a, "%zu, used %.*s", f->nkeys,
				    STR_ARG(ago_text(a, newest, now_ms)));
	return arena_printf(a, "%zu, %s", f->nkeys, unknown ? "last use unknown" : "never used");
}
