#ifndef ROOTOUT_SANDBOX_ORGANIZATIONS_PRIVATE_H
#define ROOTOUT_SANDBOX_ORGANIZATIONS_PRIVATE_H

/*
 * What the files of AWS Organizations share:
 *
 *	organizations.c		  the table of operations
 *	organizations-input.c	  what is wrong with a request, in Organizations' words
 *	organizations-reach.c	  who may call what, and faults
 *	organizations-keys.c	  condition keys
 *	organizations-show.c	  accounts, units, policies as they are answered
 *	organizations-org.c	  the organization itself, roots, policy types
 *	organizations-accounts.c  accounts: read, move, remove, close
 *	organizations-create.c	  accounts: create
 *	organizations-units.c	  organizational units, parents and children
 *	organizations-policies.c  policies and what they are attached to
 *	organizations-effective.c effective policies; -merge.c their @@ operators
 *	organizations-delegates.c trusted access and delegated administrators
 *	organizations-services.c  service principals
 *	organizations-resource-policy.c the organization's delegation policy
 *	organizations-tags.c	  tags
 *	organizations-handshakes.c invitations; -features.c consent to all features
 *	organizations-transfers.c responsibility transfers, of which there are none
 *
 * Every handler begins with orgs_enter, which says whom the operation is for;
 * what is looked up afterwards is there or the fault is filled.
 */

#include "sandbox/authz.h"
#include "sandbox/world-private.h"

#define ORGS_PAGE 20 /* "MaxResults: at most 20", and as many where it is not given */

/* ---- who may call (organizations-reach.c) ---- */

enum orgs_reach {
	ORGS_MANAGEMENT, /* the management account */
	ORGS_DELEGATE,   /* it, and delegated administrators of any service */
	ORGS_MEMBER,     /* every account of the organization */
};
/*
 * AWSOrganizationsNotInUseException for an account outside; AccessDeniedException
 * for one that the operation is not for, unless the organization's resource
 * policy lets it in. A replay passes.
 */
bool orgs_enter(struct sandbox_request *r, enum orgs_reach reach) MUST_CHECK;
/* The operation's permission for a resource besides the one that orgs_resource names. */
bool orgs_authorize(struct sandbox_request *r, struct str resource) MUST_CHECK;
bool orgs_no_permission(struct sandbox_request *r);
bool orgs_not_in_use(struct sandbox_request *r);
bool orgs_in_organization(const struct sandbox_request *r); /* the caller's account is */

/* Every error of Organizations has status 400. The message is AWS's sentence. */
bool orgs_fault(struct sandbox_request *r, const char *code, const char *message);
/* One with the member Reason. */
bool orgs_reason(struct sandbox_request *r, const char *code, const char *reason,
		 const char *message);
bool orgs_constraint(struct sandbox_request *r, const char *reason, const char *message);

/* The id that a call is about, from the input; STR_NULL: none. */
struct str orgs_subject(const struct sandbox_request *r);
/* Its ARN; STR_NULL: "*". sandbox_op.resource */
struct str orgs_resource(struct sandbox_request *r);
/* sandbox_op.keys */
void orgs_keys(struct sandbox_request *r, struct policy_key *keys, size_t *n);
/* ARN of an account, unit, root, policy … by its id; STR_NULL: no such thing. */
struct str orgs_arn_of(struct sandbox_request *r, struct str id);

/* ---- input (organizations-input.c) ---- */

/* sandbox_service.refuse_input */
bool orgs_refuse_input(struct sandbox_request *r, const struct violation *v, size_t n);
/* reason: "INVALID_PATTERN:TARGET_ID"; the sentence goes with what is before the colon. */
bool orgs_invalid(struct sandbox_request *r, const char *reason);
/* page_begin, or INVALID_NEXT_TOKEN. */
bool orgs_page(struct sandbox_request *r, struct page *p) MUST_CHECK;
/* A service principal that works with Organizations (organizations-services.c). */
bool orgs_knows_service(struct str principal);
/* No character but white space: such a new name of a unit is ignored. */
bool orgs_is_blank(struct str s);

/* ---- look-ups that fill the fault (organizations-show.c) ---- */

struct world_account *orgs_account(const struct sandbox_request *r, struct str id); /* a member */
struct world_account *orgs_need_account(struct sandbox_request *r, const char *member);
/* code and message when it does not exist */
struct world_unit *orgs_need_unit(struct sandbox_request *r, struct str id, const char *code,
				  const char *message);
struct world_unit *orgs_need_parent(struct sandbox_request *r); /* by the member ParentId */
struct world_policy *orgs_need_policy(struct sandbox_request *r);

/* A root, unit or account: what policies are attached to. */
struct orgs_target {
	struct world_unit *unit;       /* one of the two is set */
	struct world_account *account; /* … */
	struct str id, arn, name;
	const char *type; /* "ROOT", "ORGANIZATIONAL_UNIT", "ACCOUNT" */
	struct world_attachment **attached;
};
/* false: no such target, nothing filled. */
bool orgs_target(struct sandbox_request *r, struct str id, struct orgs_target *t);
bool orgs_need_target(struct sandbox_request *r, struct orgs_target *t) MUST_CHECK;

/* ---- answers (organizations-show.c) ---- */

struct val *orgs_show_account(struct sandbox_request *r, const struct world_account *acct);
struct val *orgs_show_unit(struct sandbox_request *r, const struct world_unit *u);
struct val *orgs_show_root(struct sandbox_request *r);
struct val *orgs_show_organization(struct sandbox_request *r);
struct val *orgs_show_summary(struct sandbox_request *r, const struct world_policy *p);
struct str orgs_account_arn(struct sandbox_request *r, const struct world_account *acct);
const char *orgs_state_name(enum account_state s);
const char *orgs_status_name(enum account_state s); /* the retiring member Status */

/* ---- tags (organizations-tags.c) ---- */

/* The parameter Tags: duplicates, reserved keys. */
bool orgs_check_tags(struct sandbox_request *r) MUST_CHECK;
/* Adds or replaces them, as views of the world. */
void orgs_put_tags(struct sandbox_request *r, struct world_tags *t);

/* ---- handshakes (organizations-handshakes.c) ---- */

struct val *orgs_show_handshake(struct sandbox_request *r, const struct world_handshake *h);
/* A new one, open for seconds; its last parties and resources are the caller's to add. */
struct world_handshake *orgs_new_handshake(struct sandbox_request *r, const char *action,
					   int64_t seconds);
void orgs_add_party(struct sandbox_request *r, struct world_handshake *h, struct str id,
		    const char *type);
void orgs_add_resource(struct sandbox_request *r, struct world_handshake *h, struct str value,
		       const char *type);
struct str orgs_handshake_resource(const struct world_handshake *h, const char *type);
/* What an accepted approval of all features brings about (organizations-features.c). */
void orgs_features_accepted(struct sandbox_request *r, struct world_handshake *h);
bool orgs_features_pending(const struct world_org *o);

/* ---- effective policies (organizations-merge.c) ---- */

/*
 * Documents with @@ operators, from the root down, merged to one. The policies
 * of one target make a level: what they forbid to child policies binds the
 * levels below.
 */
struct orgs_merge;
struct orgs_merge *orgs_merge_new(struct arena *a);
void orgs_merge_add(struct orgs_merge *m, const struct val *document);
void orgs_merge_next_level(struct orgs_merge *m);
struct val *orgs_merge_result(struct orgs_merge *m);
/* Whether operators and their values are such as a management policy may have. */
bool orgs_merge_valid(const struct val *document);

/* ---- handlers ---- */

sandbox_handler orgs_create_organization, orgs_delete_organization, orgs_describe_organization,
	orgs_list_roots, orgs_enable_policy_type, orgs_disable_policy_type;
sandbox_handler orgs_list_accounts, orgs_describe_account, orgs_list_accounts_for_parent,
	orgs_move_account, orgs_remove_account, orgs_leave, orgs_close_account;
sandbox_handler orgs_create_account, orgs_create_gov_cloud_account, orgs_describe_create,
	orgs_list_creates;
sandbox_handler orgs_list_units, orgs_describe_unit, orgs_list_parents, orgs_list_children,
	orgs_create_unit, orgs_update_unit, orgs_delete_unit;
sandbox_handler orgs_list_policies, orgs_describe_policy, orgs_list_policies_for_target,
	orgs_list_targets, orgs_create_policy, orgs_update_policy, orgs_delete_policy,
	orgs_attach_policy, orgs_detach_policy;
sandbox_handler orgs_describe_effective, orgs_list_invalid_accounts, orgs_list_validation_errors;
sandbox_handler orgs_enable_access, orgs_disable_access, orgs_list_access, orgs_register,
	orgs_deregister, orgs_list_delegates, orgs_list_delegated_services;
sandbox_handler orgs_put_resource_policy, orgs_describe_resource_policy,
	orgs_delete_resource_policy;
sandbox_handler orgs_list_tags, orgs_tag, orgs_untag;
sandbox_handler orgs_invite, orgs_accept, orgs_decline, orgs_cancel, orgs_describe_handshake,
	orgs_list_handshakes_of_account, orgs_list_handshakes_of_organization,
	orgs_enable_all_features;
sandbox_handler orgs_list_transfers, orgs_describe_transfer, orgs_change_transfer;

#endif
