#ifndef ROOTOUT_SANDBOX_SEED_H
#define ROOTOUT_SANDBOX_SEED_H

/*
 * The state at the start, from a folder of YAML: what the organization should
 * be (org/files.h) and, in sandbox.yaml, how things really are. Every key of
 * sandbox.yaml is optional; accounts are named as in accounts.yaml, or by id.
 *
 *	organization: o-stores12345	# its id; else one that follows from its name
 *	trusted-access: [iam.amazonaws.com, sso.amazonaws.com]
 *	root-features: [RootCredentialsManagement, RootSessions]	# needs trusted access
 *	delegates: {iam.amazonaws.com: [security]}
 *	policy-types: [SERVICE_CONTROL_POLICY, RESOURCE_CONTROL_POLICY]	# else SCPs, and RCPs
 *				# where the files have some
 *	handshakes:		# invitations that nobody has answered
 *	  - {email: partner@example.com, requested: -2d}
 *	  - {account: "333333333333", requested: -1d}
 *	accounts:
 *	  pos-production:
 *	    state: SUSPENDED	# ACTIVE, PENDING_CLOSURE, CLOSED
 *	    joined: -400d
 *	    invited: true
 *	    alias: stores-pos
 *	    root:
 *	      password: true	# or {created: -400d, used: -3d}
 *	      mfa: [virtual, hardware]
 *	      keys: [{created: -700d, used: -1d, service: s3, region: us-east-1, active: true}]
 *	      certificates: [{uploaded: -2200d}]
 *	    users:
 *	      - {name: deploy, path: /ci/, created: -90d, policies: [AdministratorAccess],
 *	         inline: {NAME: {…document…}}, groups: [admins], boundary: ARN, tags: {k: v},
 *	         password: …, mfa: …, keys: …}
 *	    groups: [{name: admins, policies: […], inline: {…}}]
 *	    roles:
 *	      - {name: Deploy, trust: "210000000001", policies: […], inline: {…}, max-session: 1h,
 *	         boundary: ARN, tags: {k: v}}	# trust: an account, a service, or a document
 *	    policies: [{name: Team, document: {…}}]	# customer managed, for the above by name
 *	    locked: {…}		# kept as it stands
 *
 * Times are ISO 8601, or relative to the start: "-3d", "-2h", "3 days ago".
 *
 * Every account gets an administrator, so that it can be worked with at once:
 * the IAM user /sandbox/administrator with an access key; members get the role
 * OrganizationAccountAccessRole as well. An account without an id gets one that
 * follows from the organization's and its own name.
 */

#include "base/err.h"
#include "org/files.h"
#include "sandbox/world.h"

struct seed; /* what was read: kept for resets */

/* now_ms: the start, which relative times count from. */
struct seed *seed_read(const char *dir, int64_t now_ms, struct err *err) MUST_CHECK;
void seed_free(struct seed **s);
/* The files of `dir` (YAML, JSON) into the folder `to`. */
bool seed_copy(const char *dir, const char *to, struct err *err) MUST_CHECK;

/* Into a new world. What does not fit together is ERR_INPUT with file and line. */
bool seed_apply(const struct seed *s, struct world *w, struct err *err) MUST_CHECK;
/* One account alone, without an organization. */
void seed_one_account(struct world *w, struct str id);

/* The administrator's key of an account; NULL: it has none. */
struct iam_key *seed_admin_key(const struct world_account *acct);
/* A shared-credentials file: `management`, then each account by name and by id. */
void seed_credentials(const struct world *w, struct buf *out);

#endif
