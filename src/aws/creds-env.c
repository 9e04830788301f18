/* AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN. */

#include <stdlib.h>

#include "aws/creds-private.h"
#include "base/clock.h"

enum creds_found creds_from_env(struct aws_creds *out, struct err *err)
{
	struct str id = str_trim(str_of(getenv("AWS_ACCESS_KEY_ID")));
	struct str secret = str_trim(str_of(getenv("AWS_SECRET_ACCESS_KEY")));
	struct str token = str_trim(str_of(getenv("AWS_SESSION_TOKEN")));
	struct str expires = str_of(getenv("AWS_CREDENTIAL_EXPIRATION"));

	/* A secret key alone says nothing about whose it is: the CLI looks further, too. */
	if (str_is_empty(id))
		return CREDS_NONE;
	if (str_is_empty(token))
		token = str_trim(str_of(getenv("AWS_SECURITY_TOKEN"))); /* its name of old */
	if (!creds_set_keys(out, id, secret, token, "environment", err))
		return CREDS_ERROR;
	out->expires_ms = 0;
	if (!str_is_empty(expires) && !time_parse_iso(expires, &out->expires_ms)) {
		err_set(err, ERR_CREDENTIALS, "AWS_CREDENTIAL_EXPIRATION is not a time: '%.*s'",
			STR_ARG(expires));
		return CREDS_ERROR;
	}
	return CREDS_FOUND;
}
