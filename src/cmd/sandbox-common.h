#ifndef ROOTOUT_CMD_SANDBOX_COMMON_H
#define ROOTOUT_CMD_SANDBOX_COMMON_H

/*
 * What `sandbox` and `sandbox run` share: a sandbox made from the options, its
 * server, and the credentials file.
 */

#include "cmd/cmd.h"
#include "sandbox/sandbox.h"

#define SANDBOX_LISTEN "127.0.0.1:4577"

struct sandbox_cmd {
	struct cmd *c;
	struct sandbox *sandbox;
	struct server *server;
	struct str url;         /* "http://127.0.0.1:4577" */
	struct str temp_dir;    /* of the credentials file; STR_NULL: the person named one */
	struct str credentials; /* its path */
};

/* Options of both commands; spelled out in each table. */
#define SANDBOX_OPTIONS                                                                              \
	{"org", 0, OPTION_TEXT, "DIR", "start from this folder of YAML", NULL},                      \
		{"empty", 0, OPTION_FLAG, NULL, "start with one account and no organization", NULL}, \
		{"account", 0, OPTION_TEXT, "ID", "with --empty: the account's id", NULL},           \
		{"state",                                                                            \
		 0,                                                                                  \
		 OPTION_TEXT,                                                                        \
		 "DIR",                                                                              \
		 "keep the state and CloudTrail's files here, across restarts",                      \
		 NULL},                                                                              \
		{"credentials",                                                                      \
		 0,                                                                                  \
		 OPTION_TEXT,                                                                        \
		 "FILE",                                                                             \
		 "write a shared-credentials file: one profile for each account",                    \
		 NULL},                                                                              \
		{"fault",                                                                            \
		 0,                                                                                  \
		 OPTION_LIST,                                                                        \
		 "FAULT",                                                                            \
		 "inject faults: latency=50ms, throttle=5%:sts, rate=20/s:sts:AssumeRoot",           \
		 NULL},                                                                              \
		{"seed", 0, OPTION_INT, "N", "the same ids, keys and faults at every start", NULL},  \
	{                                                                                            \
		"open", 0, OPTION_FLAG, NULL,                                                        \
			"accept any access key as an administrator, check no signature", NULL        \
	}

/* From the options; errors are in rc->c->err. Release in any case. */
bool sandbox_cmd_start(struct sandbox_cmd *rc, struct cmd *c, const char *listen,
		       bool open) MUST_CHECK;
void sandbox_cmd_stop(struct sandbox_cmd *rc);

#endif
