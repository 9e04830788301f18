#ifndef ROOTOUT_CMD_ROOT_COMMON_H
#define ROOTOUT_CMD_ROOT_COMMON_H

/*
 * What the commands of root users share: opening the run (credentials, store),
 * the choice of accounts, rows as table, JSON or CSV, progress.
 */

#include "cmd/cmd.h"
#include "org/files.h"
#include "org/select.h"
#include "root/root.h"

struct root_cmd {
	struct cmd *c;
	struct aws *aws;
	struct store *store;
	struct root_run run;
	bool running; /* run is begun */
	struct org_choice choice;
	bool chosen; /* --all, --account, --ou, --tag or --from was given */
	struct progress *progress;
};

/* Everything before the first call that changes something; reason may be NULL. */
bool root_cmd_open(struct root_cmd *rc, struct cmd *c, const char *reason) MUST_CHECK;
/* Only the store: for commands that make no call. */
bool root_cmd_open_store(struct root_cmd *rc, struct cmd *c) MUST_CHECK;
/* Flushes the store; a write that failed turns the status into EXIT_ERROR. Returns the status. */
int root_cmd_close(struct root_cmd *rc, int status);
/* The choice from OPTIONS_SELECT. */
bool root_cmd_choice(struct root_cmd *rc) MUST_CHECK;

/* For the `step` of options: progress on a terminal. */
void root_cmd_progress(struct root_cmd *rc, const char *what);
void root_cmd_step(size_t done, size_t known, void *ctx);
void root_cmd_progress_end(struct root_cmd *rc);

/*
 * The one account that a person named, by id or name, for what is done to one alone; o is the
 * live organization. NULL: there is none (with the nearest name), or several bear the name.
 */
struct org_account *root_cmd_account(struct root_cmd *rc, const struct org *o, struct str who);

/* The organization's files in the working folder; NULL (and true) when there are none. */
bool root_cmd_files(struct root_cmd *rc, struct org **out) MUST_CHECK;

/* {"accounts": […]}: the object that every command's JSON begins with. */
struct val *root_cmd_json(struct root_cmd *rc, struct val **accounts);

/* "yes", "no", "unknown" */
const char *tri_text(enum tri t);
enum colour state_colour(enum root_state s);
/* "2 (used 3 days ago)", "1 (never used)", "unknown" */
struct str keys_text(struct arena *a, const struct root_facts *f, int64_t now_ms);
/* "yesterday"-like: "1 day ago", "never" */
struct str ago_text(struct arena *a, int64_t then_ms, int64_t now_ms);

#endif
