#ifndef ROOTOUT_SANDBOX_IAM_OPS_H
#define ROOTOUT_SANDBOX_IAM_OPS_H

/* What iam.c's table of operations names, by the file that has it. */

#include "sandbox/dispatch.h"

/* ---- sandbox_op.resource: the ARN that an operation is about ---- */

struct str iam_target_arn(struct sandbox_request *r); /* iam-target.c: UserName's, or root's */
/* iam-find.c: of GroupName, UserName, RoleName; made with Path where it is not there yet */
struct str iam_entity_arn(struct sandbox_request *r);
struct str iam_policy_arn(struct sandbox_request *r); /* PolicyArn, or PolicyName and Path */
struct str iam_users_arn(struct sandbox_request *r);  /* listings, with PathPrefix */
struct str iam_groups_arn(struct sandbox_request *r);
struct str iam_roles_arn(struct sandbox_request *r);
struct str iam_profiles_arn(struct sandbox_request *r);
struct str iam_server_certificates_arn(struct sandbox_request *r);
struct str iam_devices_arn(struct sandbox_request *r);
struct str iam_key_owner_arn(struct sandbox_request *r);          /* iam-keys.c: AccessKeyId's */
struct str iam_mfa_arn(struct sandbox_request *r);                /* iam-mfa.c */
struct str iam_profile_arn(struct sandbox_request *r);            /* iam-profiles.c */
struct str iam_linked_role_arn(struct sandbox_request *r);        /* iam-linked.c */
struct str iam_saml_arn(struct sandbox_request *r);               /* iam-saml.c */
struct str iam_oidc_arn(struct sandbox_request *r);               /* iam-oidc.c */
struct str iam_server_certificate_arn(struct sandbox_request *r); /* iam-server-certs.c */
struct str iam_access_report_arn(struct sandbox_request *r);      /* iam-org-report.c */
struct str iam_source_arn(struct sandbox_request *r);  /* iam-context.c: PolicySourceArn */
struct str iam_advisor_arn(struct sandbox_request *r); /* iam-advisor.c */

/* ---- sandbox_op.shown: how a denial names it (iam-find.c) ---- */

struct str iam_entity_shown(struct sandbox_request *r); /* "user hanako" */
struct str iam_policy_shown(struct sandbox_request *r); /* "policy ARN" */
struct str iam_policies_shown(struct sandbox_request *r);
struct str iam_profile_shown(struct sandbox_request *r);

/* ---- sandbox_op.keys (iam-keys-of-call.c) ---- */

void iam_entity_keys(struct sandbox_request *r, struct policy_key *keys, size_t *n);
void iam_policy_keys(struct sandbox_request *r, struct policy_key *keys, size_t *n);
void iam_tag_keys(struct sandbox_request *r, struct policy_key *keys, size_t *n);
void iam_linked_keys(struct sandbox_request *r, struct policy_key *keys, size_t *n);
void iam_access_report_keys(struct sandbox_request *r, struct policy_key *keys, size_t *n);

/* ---- operations ---- */

/* iam-account.c */
sandbox_handler iam_get_account_summary;
sandbox_handler iam_get_account_properties;
sandbox_handler iam_set_security_token_service_preferences;

/* iam-advisor.c */
sandbox_handler iam_generate_service_last_accessed_details;
sandbox_handler iam_get_service_last_accessed_details;
sandbox_handler iam_get_service_last_accessed_details_with_entities;

/* iam-aliases.c */
sandbox_handler iam_create_account_alias;
sandbox_handler iam_delete_account_alias;
sandbox_handler iam_list_account_aliases;

/* iam-attach.c */
sandbox_handler iam_attach_policy;
sandbox_handler iam_detach_policy;
sandbox_handler iam_list_attached;
sandbox_handler iam_put_boundary_of;
sandbox_handler iam_delete_boundary_of;

/* iam-certs.c */
sandbox_handler iam_list_signing_certificates;
sandbox_handler iam_upload_signing_certificate;
sandbox_handler iam_update_signing_certificate;
sandbox_handler iam_delete_signing_certificate;

/* iam-context.c */
sandbox_handler iam_get_context_keys_for_custom_policy;
sandbox_handler iam_get_context_keys_for_principal_policy;

/* iam-granting.c */
sandbox_handler iam_list_policies_granting_service_access;

/* iam-details.c */
sandbox_handler iam_get_account_authorization_details;

/* iam-features.c */
sandbox_handler iam_list_organizations_features;
sandbox_handler iam_enable_root_credentials_management;
sandbox_handler iam_disable_root_credentials_management;
sandbox_handler iam_enable_root_sessions;
sandbox_handler iam_disable_root_sessions;

/* iam-groups.c */
sandbox_handler iam_create_group;
sandbox_handler iam_get_group;
sandbox_handler iam_list_groups;
sandbox_handler iam_list_groups_for_user;
sandbox_handler iam_update_group;
sandbox_handler iam_delete_group;
sandbox_handler iam_add_user_to_group;
sandbox_handler iam_remove_user_from_group;

/* iam-inline.c */
sandbox_handler iam_put_inline;
sandbox_handler iam_get_inline;
sandbox_handler iam_delete_inline;
sandbox_handler iam_list_inlines;

/* iam-keys.c */
sandbox_handler iam_list_access_keys;
sandbox_handler iam_create_access_key;
sandbox_handler iam_update_access_key;
sandbox_handler iam_delete_access_key;
sandbox_handler iam_get_access_key_last_used;

/* iam-linked.c */
sandbox_handler iam_create_service_linked_role;
sandbox_handler iam_delete_service_linked_role;
sandbox_handler iam_get_service_linked_role_deletion_status;

/* iam-login.c */
sandbox_handler iam_get_login_profile;
sandbox_handler iam_create_login_profile;
sandbox_handler iam_update_login_profile;
sandbox_handler iam_delete_login_profile;

/* iam-mfa.c */
sandbox_handler iam_list_mfa_devices;
sandbox_handler iam_get_mfa_device;
sandbox_handler iam_enable_mfa_device;
sandbox_handler iam_deactivate_mfa_device;
sandbox_handler iam_resync_mfa_device;
sandbox_handler iam_create_virtual_mfa_device;
sandbox_handler iam_delete_virtual_mfa_device;
sandbox_handler iam_list_virtual_mfa_devices;

/* iam-oidc.c */
sandbox_handler iam_create_oidc_provider;
sandbox_handler iam_get_oidc_provider;
sandbox_handler iam_delete_oidc_provider;
sandbox_handler iam_list_oidc_providers;
sandbox_handler iam_add_oidc_client;
sandbox_handler iam_remove_oidc_client;
sandbox_handler iam_update_oidc_thumbprints;

/* iam-org-report.c */
sandbox_handler iam_generate_organizations_access_report;
sandbox_handler iam_get_organizations_access_report;

/* iam-password.c */
sandbox_handler iam_get_account_password_policy;
sandbox_handler iam_update_account_password_policy;
sandbox_handler iam_delete_account_password_policy;
sandbox_handler iam_change_password;

/* iam-policies.c */
sandbox_handler iam_create_policy;
sandbox_handler iam_get_policy;
sandbox_handler iam_list_policies;
sandbox_handler iam_delete_policy;
sandbox_handler iam_list_entities_for_policy;

/* iam-profiles.c */
sandbox_handler iam_create_instance_profile;
sandbox_handler iam_get_instance_profile;
sandbox_handler iam_list_instance_profiles;
sandbox_handler iam_list_instance_profiles_for_role;
sandbox_handler iam_delete_instance_profile;
sandbox_handler iam_add_role_to_instance_profile;
sandbox_handler iam_remove_role_from_instance_profile;

/* iam-report.c */
sandbox_handler iam_generate_credential_report;
sandbox_handler iam_get_credential_report;

/* iam-roles.c */
sandbox_handler iam_create_role;
sandbox_handler iam_get_role;
sandbox_handler iam_list_roles;
sandbox_handler iam_update_role;
sandbox_handler iam_update_role_description;
sandbox_handler iam_update_assume_role_policy;
sandbox_handler iam_delete_role;

/* iam-saml.c */
sandbox_handler iam_create_saml_provider;
sandbox_handler iam_get_saml_provider;
sandbox_handler iam_update_saml_provider;
sandbox_handler iam_delete_saml_provider;
sandbox_handler iam_list_saml_providers;

/* iam-server-certs.c */
sandbox_handler iam_upload_server_certificate;
sandbox_handler iam_get_server_certificate;
sandbox_handler iam_update_server_certificate;
sandbox_handler iam_delete_server_certificate;
sandbox_handler iam_list_server_certificates;

/* iam-simulate.c */
sandbox_handler iam_simulate_custom_policy;
sandbox_handler iam_simulate_principal_policy;

/* iam-specific.c */
sandbox_handler iam_create_service_specific_credential;
sandbox_handler iam_update_service_specific_credential;
sandbox_handler iam_reset_service_specific_credential;
sandbox_handler iam_delete_service_specific_credential;
sandbox_handler iam_list_service_specific_credentials;

/* iam-ssh.c */
sandbox_handler iam_upload_ssh_public_key;
sandbox_handler iam_get_ssh_public_key;
sandbox_handler iam_update_ssh_public_key;
sandbox_handler iam_delete_ssh_public_key;
sandbox_handler iam_list_ssh_public_keys;

/* iam-tags.c */
sandbox_handler iam_tag;
sandbox_handler iam_untag;
sandbox_handler iam_list_tags;

/* iam-users.c */
sandbox_handler iam_create_user;
sandbox_handler iam_get_user;
sandbox_handler iam_list_users;
sandbox_handler iam_update_user;
sandbox_handler iam_delete_user;

/* iam-versions.c */
sandbox_handler iam_create_policy_version;
sandbox_handler iam_get_policy_version;
sandbox_handler iam_list_policy_versions;
sandbox_handler iam_set_default_policy_version;
sandbox_handler iam_delete_policy_version;

#endif
