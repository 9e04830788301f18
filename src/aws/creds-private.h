#ifndef ROOTOUT_AWS_CREDS_PRIVATE_H
#define ROOTOUT_AWS_CREDS_PRIVATE_H

/* The sources, one file each, for creds.c and tests. */

#include "aws/creds.h"

/* CREDS_NONE: this source has nothing to say, ask the next. */
enum creds_found { CREDS_NONE, CREDS_FOUND, CREDS_ERROR };

enum creds_found creds_from_env(struct aws_creds *out, struct err *err);
enum creds_found creds_from_profile(const struct aws_config *config, creds_assume_fn *assume,
				    void *ctx, struct aws_creds *out, struct err *err);
/* what: "profile 'x'", for messages. */
bool creds_from_process(struct str command, struct str profile, struct aws_creds *out,
			struct err *err) MUST_CHECK;
/* How long a process may take; tests make it short. */
extern int64_t creds_process_timeout_ms;

/* Longest chain of roles that is followed. */
#define CREDS_CHAIN_MAX 16

/*
 * A command line as the AWS CLI splits it (Python's shlex, POSIX rules, no
 * shell): white space separates, '…' is literal, in "…" a backslash escapes " and
 * \, elsewhere it escapes anything. The array ends in NULL. false: a quote that
 * is not closed, a trailing backslash, or no word at all.
 */
bool creds_split_command(struct str command, struct arena *a, char ***argv) MUST_CHECK;

/* Key id and secret into out; ERR_CREDENTIALS when one of them is missing or cannot be a key. */
bool creds_set_keys(struct aws_creds *out, struct str id, struct str secret, struct str token,
		    const char *where, struct err *err) MUST_CHECK;

/* What to do where a source is not supported. */
#define CREDS_WORKAROUND                                                                       \
	"use a profile with 'credential_process = aws configure export-credentials --profile " \
	"NAME --format process', which lets the AWS CLI fetch them"

#endif
