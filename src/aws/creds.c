/* The order of the sources, and what is said where none has credentials. */

#include "aws/creds.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/creds-private.h"
#include "base/limits.h"

void creds_release(struct aws_creds *c)
{
	secret_release(&c->secret_key);
	secret_release(&c->session_token);
	*c = (struct aws_creds){0};
}

void creds_copy(struct aws_creds *to, const struct aws_creds *from)
{
	if (to == from)
		return;
	memcpy(to->access_key_id, from->access_key_id, sizeof(to->access_key_id));
	memcpy(to->source, from->source, sizeof(to->source));
	to->expires_ms = from->expires_ms;
	secret_copy(&to->secret_key, &from->secret_key);
	secret_copy(&to->session_token, &from->session_token);
}

bool creds_set_keys(struct aws_creds *out, struct str id, struct str secret, struct str token,
		    const char *where, struct err *err)
{
	if (str_is_empty(id) != str_is_empty(secret))
		return err_set(err, ERR_CREDENTIALS, "%s: %s is there but %s is not", where,
			       str_is_empty(id) ? "the secret access key" : "the access key id",
			       str_is_empty(id) ? "the access key id" : "the secret access key");
	if (id.n >= sizeof(out->access_key_id) || secret.n > 256 || token.n > KIB(16))
		return err_set(err, ERR_CREDENTIALS, "%s: too long to be an access key", where);
	for (size_t i = 0; i < id.n; i++)
		if (id.p[i] <= ' ' || id.p[i] > '~' || id.p[i] == '/' || id.p[i] == ',')
			return err_set(err, ERR_CREDENTIALS,
				       "%s: the access key id has a character that none can have",
				       where);
	for (size_t i = 0; i < token.n; i++)
		if (token.p[i] <= ' ' || token.p[i] > '~')
			return err_set(err, ERR_CREDENTIALS,
				       "%s: the session token has a character that none can have",
				       where);
	memcpy(out->access_key_id, id.p, id.n);
	out->access_key_id[id.n] = '\0';
	secret_set(&out->secret_key, secret);
	if (str_is_empty(token))
		secret_release(&out->session_token);
	else
		secret_set(&out->session_token, token);
	snprintf(out->source, sizeof(out->source), "%s", where);
	return true;
}

static bool is_set(const char *name)
{
	const char *v = getenv(name);

	return v && *v;
}

/* What a machine's own role would be, were it read. */
static bool refuse_ambient(struct err *err)
{
	static const char *const names[][2] = {
		{"AWS_WEB_IDENTITY_TOKEN_FILE", "a web identity"},
		{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "a container's role"},
		{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "a container's role"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (is_set(names[i][0]))
			return err_set(err, ERR_CREDENTIALS,
				       "%s is set, but credentials of %s are not supported yet; %s",
				       names[i][0], names[i][1], CREDS_WORKAROUND);
	return true;
}

bool creds_find(const struct aws_config *config, creds_assume_fn *assume, void *ctx,
		struct aws_creds *out, struct err *err)
{
	bool by_option = aws_config_profile_by_option(config);
	enum creds_found found = by_option ? CREDS_NONE : creds_from_env(out, err);

	if (found == CREDS_NONE)
		found = creds_from_profile(config, assume, ctx, out, err);
	if (found != CREDS_NONE)
		return found == CREDS_FOUND;
	if (!refuse_ambient(err))
		return false;

	struct str profile = aws_config_profile(config);

	return err_set(err, ERR_CREDENTIALS,
		       "no credentials: %s, and profile '%.*s' %s in %s and %s; set AWS_PROFILE or "
		       "--profile to a profile with credentials, or AWS_ACCESS_KEY_ID and "
		       "AWS_SECRET_ACCESS_KEY (instance metadata is not read)",
		       by_option ? "--profile sets the environment's keys aside"
				 : "AWS_ACCESS_KEY_ID is not set",
		       STR_ARG(profile),
		       aws_config_has_profile(config, profile) ? "has none" : "is not",
		       aws_config_path(config, true), aws_config_path(config, false));
}
