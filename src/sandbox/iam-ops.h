#ifndef ROOTOUT_SANDBOX_IAM_OPS_H
#define ROOTOUT_SANDBOX_IAM_OPS_H

/* IAM's operations by the file that carries them out: what iam.c's table names. */

#include "sandbox/dispatch.h"

/* ---- sandbox_op.resource ---- */

struct str iam_target_arn(struct sandbox_request *r); /* iam-target.c: UserName's, or root's */
/* iam-find.c: of UserName, GroupName, RoleName, made with Path where it is not there yet */
struct str iam_entity_arn(struct sandbox_request *r);
struct str iam_policy_arn(struct sandbox_request *r); /* PolicyArn, or PolicyName and Path */

/* ---- operations ---- */

sandbox_handler iam_get_user; /* iam-users.c */
sandbox_handler iam_list_users;

sandbox_handler iam_get_role; /* iam-roles.c */
sandbox_handler iam_list_roles;

sandbox_handler iam_get_policy; /* iam-policies.c */
sandbox_handler iam_list_policies;
sandbox_handler iam_get_policy_version; /* iam-versions.c */
sandbox_handler iam_list_policy_versions;

sandbox_handler iam_create_account_alias; /* iam-aliases.c */
sandbox_handler iam_delete_account_alias;
sandbox_handler iam_list_account_aliases;

sandbox_handler iam_get_login_profile; /* iam-login.c */
sandbox_handler iam_create_login_profile;
sandbox_handler iam_update_login_profile;
sandbox_handler iam_delete_login_profile;

sandbox_handler iam_list_access_keys; /* iam-keys.c */
sandbox_handler iam_create_access_key;
sandbox_handler iam_update_access_key;
sandbox_handler iam_delete_access_key;
sandbox_handler iam_get_access_key_last_used;

sandbox_handler iam_list_signing_certificates; /* iam-certs.c */
sandbox_handler iam_delete_signing_certificate;

sandbox_handler iam_list_mfa_devices; /* iam-mfa.c */
sandbox_handler iam_deactivate_mfa_device;

sandbox_handler iam_get_account_summary; /* iam-account.c */
sandbox_handler iam_get_account_properties;

sandbox_handler iam_generate_credential_report; /* iam-report.c */
sandbox_handler iam_get_credential_report;

sandbox_handler iam_list_organizations_features; /* iam-features.c */
sandbox_handler iam_enable_root_credentials_management;
sandbox_handler iam_disable_root_credentials_management;
sandbox_handler iam_enable_root_sessions;
sandbox_handler iam_disable_root_sessions;

#endif
