#ifndef ROOTOUT_AWS_CREDS_H
#define ROOTOUT_AWS_CREDS_H

/*
 * Where credentials come from, in the AWS CLI's order:
 * 1. AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN (not when --profile is given)
 * 2. the profile in the shared credentials and config files: keys, role_arn with
 *    source_profile or credential_source (chains; a cycle is an error), credential_process
 * Web identity, container and instance metadata are not there yet: the error says so.
 * https://docs.aws.amazon.com/cli/latest/userguide/cli-chap-authentication.html
 *
 * One source per file (creds-env.c, creds-profile.c, creds-process.c).
 */

#include "aws/config.h"
#include "base/err.h"
#include "base/secret.h"

struct aws_creds {
	char access_key_id[129];
	struct secret secret_key;
	struct secret session_token; /* absent: long-lived key */
	int64_t expires_ms;          /* 0: never */
	char source[256]; /* "environment", "profile 'x' in ~/.aws/credentials": for messages */
};

void creds_release(struct aws_creds *c);
void creds_copy(struct aws_creds *to, const struct aws_creds *from);

/* How creds-profile assumes a role without knowing aws/call.h. */
typedef bool creds_assume_fn(void *ctx, const struct aws_creds *source, struct str role_arn,
			     struct str session_name, struct str external_id, int64_t duration_s,
			     struct aws_creds *out, struct err *err);

/* ERR_CREDENTIALS with what was looked at and what to do. */
bool creds_find(const struct aws_config *config, creds_assume_fn *assume, void *ctx,
		struct aws_creds *out, struct err *err) MUST_CHECK;

#endif
