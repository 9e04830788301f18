/*
 * A profile's credentials: its keys, a role assumed from another profile, or
 * what a process says.
 * https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-role.html
 */

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "aws/creds-private.h"

struct walk {
	const struct aws_config *config;
	creds_assume_fn *assume;
	void *ctx;
	struct str seen[CREDS_CHAIN_MAX];
	size_t n;
	struct err *err;
};

static enum creds_found resolve(struct walk *w, struct str profile, bool as_source,
				struct aws_creds *out);

static struct str get(struct walk *w, struct str profile, const char *key)
{
	return aws_config_get(w->config, profile, key);
}

static enum creds_found PRINTF_LIKE(2, 3) no_creds(struct walk *w, const char *fmt, ...)
{
	char text[900];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	err_set(w->err, ERR_CREDENTIALS, "%s", text);
	return CREDS_ERROR;
}

static bool has_keys(struct walk *w, struct str profile)
{
	return !str_is_null(get(w, profile, "aws_access_key_id"));
}

/* Keys of one file: the credentials file's, or the config file's. */
static enum creds_found keys_from(struct walk *w, bool credentials, struct str profile,
				  struct aws_creds *out)
{
	struct str id = aws_config_get_from(w->config, credentials, profile, "aws_access_key_id");
	struct str secret =
		aws_config_get_from(w->config, credentials, profile, "aws_secret_access_key");
	struct str token =
		aws_config_get_from(w->config, credentials, profile, "aws_session_token");
	char where[256];

	if (str_is_null(id))
		return CREDS_NONE;
	if (str_is_null(token))
		token = aws_config_get_from(w->config, credentials, profile, "aws_security_token");
	snprintf(where, sizeof(where), "profile '%.*s' in %s", STR_ARG(str_sub(profile, 0, 100)),
		 aws_config_path(w->config, credentials));
	out->expires_ms = 0;
	return creds_set_keys(out, id, secret, token, where, w->err) ? CREDS_FOUND : CREDS_ERROR;
}

/* What a profile may say that nobody here can follow. */
static bool is_supported(struct walk *w, struct str profile)
{
	static const char *const keys[][2] = {
		{"sso_session", "IAM Identity Center (sso_session)"},
		{"sso_start_url", "IAM Identity Center (sso_start_url)"},
		{"login_session", "console sign-in (login_session)"},
		{"web_identity_token_file", "a web identity (web_identity_token_file)"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (!str_is_null(get(w, profile, keys[i][0])))
			return err_set(w->err, ERR_CREDENTIALS,
				       "profile '%.*s' gets its credentials from %s, which is not "
				       "supported yet; %s",
				       STR_ARG(profile), keys[i][1], CREDS_WORKAROUND);
	return true;
}

/* Keys, process: what a profile has without a role. */
static enum creds_found own(struct walk *w, struct str profile, struct aws_creds *out)
{
	enum creds_found found;
	struct str command;

	if (!is_supported(w, profile))
		return CREDS_ERROR;
	found = keys_from(w, true, profile, out);
	if (found != CREDS_NONE)
		return found;
	command = get(w, profile, "credential_process");
	if (!str_is_null(command))
		return creds_from_process(command, profile, out, w->err) ? CREDS_FOUND
									 : CREDS_ERROR;
	return keys_from(w, false, profile, out);
}

static bool seen(const struct walk *w, struct str profile)
{
	for (size_t i = 0; i < w->n; i++)
		if (str_eq(w->seen[i], profile))
			return true;
	return false;
}

static enum creds_found source_of_role(struct walk *w, struct str profile, struct aws_creds *out)
{
	struct str source = get(w, profile, "source_profile");
	struct str kind = get(w, profile, "credential_source");

	if (!str_is_null(source) && !str_is_null(kind))
		return no_creds(w,
				"profile '%.*s' has both source_profile and credential_source: "
				"only one of them can say who assumes the role",
				STR_ARG(profile));
	if (str_eqz(kind, "Environment")) {
		enum creds_found found = creds_from_env(out, w->err);

		if (found == CREDS_NONE)
			return no_creds(w,
					"profile '%.*s' has credential_source = Environment, but "
					"AWS_ACCESS_KEY_ID is not set",
					STR_ARG(profile));
		return found;
	}
	if (!str_is_null(kind))
		return no_creds(
			w, "profile '%.*s' has credential_source = %.*s, which is not %s; %s",
			STR_ARG(profile), STR_ARG(kind),
			str_eqz(kind, "Ec2InstanceMetadata") || str_eqz(kind, "EcsContainer")
				? "supported yet"
				: "known",
			CREDS_WORKAROUND);
	if (str_is_null(source))
		return no_creds(w,
				"profile '%.*s' has role_arn, but neither source_profile nor "
				"credential_source",
				STR_ARG(profile));
	if (!aws_config_has_profile(w->config, source))
		return no_creds(w,
				"profile '%.*s' has source_profile = %.*s, which is neither in %s "
				"nor in %s",
				STR_ARG(profile), STR_ARG(source), aws_config_path(w->config, true),
				aws_config_path(w->config, false));
	/* A profile that names itself assumes the role with its own keys. */
	if (str_eq(source, profile) && has_keys(w, profile))
		return own(w, profile, out);
	if (seen(w, source))
		return no_creds(w, "profile '%.*s': source_profile goes in a circle at '%.*s'",
				STR_ARG(w->seen[0]), STR_ARG(source));
	return resolve(w, source, true, out);
}

static bool duration_of(struct walk *w, struct str profile, int64_t *seconds)
{
	struct str text = get(w, profile, "duration_seconds");

	*seconds = 0;
	if (str_is_null(text))
		return true;
	/* https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html: 900 to 43,200 */
	if (str_to_i64(text, seconds) && *seconds >= 900 && *seconds <= 43200)
		return true;
	return err_set(w->err, ERR_CREDENTIALS,
		       "profile '%.*s': duration_seconds is '%.*s', but a role's session lasts 900 "
		       "to 43200 seconds",
		       STR_ARG(profile), STR_ARG(text));
}

static enum creds_found assume(struct walk *w, struct str profile, struct aws_creds *out)
{
	struct str role = get(w, profile, "role_arn");
	struct str name = get(w, profile, "role_session_name");
	struct str mfa = get(w, profile, "mfa_serial");
	struct aws_creds source = {0};
	enum creds_found found;
	int64_t seconds;

	if (!str_is_null(mfa))
		return no_creds(w,
				"profile '%.*s' needs an MFA code (mfa_serial), which is not "
				"supported yet; %s, after 'aws sts get-caller-identity --profile "
				"%.*s' has asked for the code",
				STR_ARG(profile), CREDS_WORKAROUND, STR_ARG(profile));
	if (!duration_of(w, profile, &seconds))
		return CREDS_ERROR;
	found = source_of_role(w, profile, &source);
	if (found == CREDS_NONE)
		no_creds(w, "profile '%.*s' of the chain to %.*s has no credentials",
			 STR_ARG(get(w, profile, "source_profile")), STR_ARG(role));
	if (found == CREDS_FOUND) {
		struct str external = get(w, profile, "external_id");
		bool ok =
			w->assume(w->ctx, &source, role, str_is_null(name) ? STR("rootout") : name,
				  external, seconds, out, w->err);

		if (ok)
			snprintf(out->source, sizeof(out->source), "profile '%.*s', role %.*s",
				 STR_ARG(str_sub(profile, 0, 60)), STR_ARG(str_sub(role, 0, 150)));
		else
			err_wrap(w->err, "profile '%.*s'", STR_ARG(profile));
		found = ok ? CREDS_FOUND : CREDS_ERROR;
	}
	creds_release(&source);
	return found == CREDS_FOUND ? CREDS_FOUND : CREDS_ERROR;
}

/* As a source, a profile's own keys come before its role (as in the CLI). */
static enum creds_found resolve(struct walk *w, struct str profile, bool as_source,
				struct aws_creds *out)
{
	bool role = !str_is_null(get(w, profile, "role_arn")) &&
		    str_is_null(get(w, profile, "web_identity_token_file"));

	if (w->n == CREDS_CHAIN_MAX)
		return no_creds(w, "profile '%.*s': a chain of more than %d roles",
				STR_ARG(w->seen[0]), CREDS_CHAIN_MAX);
	w->seen[w->n++] = profile;
	if (role && !(as_source && has_keys(w, profile)))
		return assume(w, profile, out);
	return own(w, profile, out);
}

enum creds_found creds_from_profile(const struct aws_config *config, creds_assume_fn *assume_role,
				    void *ctx, struct aws_creds *out, struct err *err)
{
	struct walk w = {.config = config, .assume = assume_role, .ctx = ctx, .err = err};

	return resolve(&w, aws_config_profile(config), false, out);
}
