#ifndef ROOTOUT_CMD_COMMANDS_H
#define ROOTOUT_CMD_COMMANDS_H

/* The table of commands: one line each, in the order in which `rootout help` shows them. */

#include "cmd/cmd.h"

extern const struct command command_root_enable;
extern const struct command command_root_inventory;
extern const struct command command_root_preflight;
extern const struct command command_root_retire;
extern const struct command command_root_restore;
extern const struct command command_root_ledger;
extern const struct command command_report;
extern const struct command command_check;
extern const struct command command_policy_eval;
extern const struct command command_policy_who_can;
extern const struct command command_policy_diff;
extern const struct command command_policy_lint;
extern const struct command command_policy_test;
extern const struct command command_sandbox;
extern const struct command command_sandbox_run;
extern const struct command command_sandbox_events;
extern const struct command command_sandbox_tail;
extern const struct command command_sandbox_clock;
extern const struct command command_sandbox_reset;
extern const struct command command_sandbox_export;
extern const struct command command_completion;
extern const struct command command_help;

/* "unknown command …, did you mean …?" on standard error; returns the exit status. */
int commands_unknown(int argc, char **argv);

#endif
