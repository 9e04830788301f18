#ifndef ROOTOUT_SANDBOX_IAM_PRIVATE_H
#define ROOTOUT_SANDBOX_IAM_PRIVATE_H

/*
 * What the files of the IAM service share. One file for each kind of thing
 * (iam-login.c, iam-keys.c, iam-mfa.c, …); iam.c has the table of operations.
 */

#include "sandbox/dispatch.h"

#define IAM_PRINCIPAL "iam.amazonaws.com"

/*
 * Whom an operation on credentials is about: the user of UserName, or without
 * one the caller itself ("If you do not specify a user name, IAM determines the
 * user name implicitly based on the AWS access key ID signing the request").
 */
struct iam_target {
	struct iam_user *user; /* NULL: the root user */
	struct iam_login **login;
	struct iam_key **keys;
	struct iam_cert **certs;
	struct str shown; /* the user's name, "null" for root: as AWS's messages have it */
};

bool iam_target(struct sandbox_request *r, struct iam_target *t);
/* UserName, where the target has a name. */
void iam_put_user_name(struct sandbox_request *r, const struct iam_target *t, struct val *o);

/* sandbox_op.resource of these operations: the user's ARN, or root's. */
struct str iam_target_arn(struct sandbox_request *r);
struct str iam_root_arn(struct sandbox_request *r, const struct world_account *acct);

/* Operations, by file. */
bool iam_get_login_profile(struct sandbox_request *r); /* iam-login.c */
bool iam_create_login_profile(struct sandbox_request *r);
bool iam_update_login_profile(struct sandbox_request *r);
bool iam_delete_login_profile(struct sandbox_request *r);
bool iam_list_access_keys(struct sandbox_request *r); /* iam-keys.c */
bool iam_create_access_key(struct sandbox_request *r);
bool iam_update_access_key(struct sandbox_request *r);
bool iam_delete_access_key(struct sandbox_request *r);
bool iam_get_access_key_last_used(struct sandbox_request *r);
bool iam_list_signing_certificates(struct sandbox_request *r); /* iam-certs.c */
bool iam_delete_signing_certificate(struct sandbox_request *r);
bool iam_list_mfa_devices(struct sandbox_request *r); /* iam-mfa.c */
bool iam_deactivate_mfa_device(struct sandbox_request *r);
bool iam_get_account_summary(struct sandbox_request *r); /* iam-account.c */
bool iam_get_account_properties(struct sandbox_request *r);
bool iam_generate_credential_report(struct sandbox_request *r); /* iam-report.c */
bool iam_get_credential_report(struct sandbox_request *r);
bool iam_list_organizations_features(struct sandbox_request *r); /* iam-features.c */
bool iam_enable_root_credentials_management(struct sandbox_request *r);
bool iam_disable_root_credentials_management(struct sandbox_request *r);
bool iam_enable_root_sessions(struct sandbox_request *r);
bool iam_disable_root_sessions(struct sandbox_request *r);

#endif
