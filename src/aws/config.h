#ifndef ROOTOUT_AWS_CONFIG_H
#define ROOTOUT_AWS_CONFIG_H

/*
 * The shared config and credentials files of AWS's tools (~/.aws/config,
 * ~/.aws/credentials; AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE), and the
 * settings that come from environment or file.
 * https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
 *
 * Sections: [profile x] and [default] in config, [x] in credentials,
 * [services x] with nested keys (endpoint_url for each service), [sso-session x].
 * A setting's order: command line, environment, profile, default.
 */

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct aws_config;

/* profile NULL: AWS_PROFILE, AWS_DEFAULT_PROFILE, "default". A profile that was named and is in
 * neither file is ERR_INPUT with the nearest name there is. */
struct aws_config *aws_config_load(const char *profile, struct err *err) MUST_CHECK;
void aws_config_free(struct aws_config **c);

struct str aws_config_profile(const struct aws_config *c);
bool aws_config_profile_named(const struct aws_config *c); /* by option or environment */
bool aws_config_profile_by_option(const struct aws_config *c);
/* A key of the profile (config file and credentials file; credentials win for keys). STR_NULL: none. */
struct str aws_config_get(const struct aws_config *c, struct str profile, const char *key);
/* From one of the two files only. */
struct str aws_config_get_from(const struct aws_config *c, bool credentials, struct str profile,
			       const char *key);
/* Where the file is looked for, whether it is there or not. */
const char *aws_config_path(const struct aws_config *c, bool credentials);
/* A nested key: services section -> "organizations" -> "endpoint_url". */
struct str aws_config_service(const struct aws_config *c, struct str service_key, const char *key);
bool aws_config_has_profile(const struct aws_config *c, struct str profile);

/* AWS_REGION, AWS_DEFAULT_REGION, profile's region; STR_NULL: none. */
struct str aws_config_region(const struct aws_config *c);
/* AWS_ENDPOINT_URL_X, AWS_ENDPOINT_URL, services section, profile's endpoint_url (the CLI's order);
 * STR_NULL: none (and with AWS_IGNORE_CONFIGURED_ENDPOINT_URLS / ignore_configured_endpoint_urls). */
struct str aws_config_endpoint_url(const struct aws_config *c, struct str sdk_id);

#endif
