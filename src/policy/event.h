#ifndef ROOTOUT_POLICY_EVENT_H
#define ROOTOUT_POLICY_EVENT_H

/*
 * From an event that CloudTrail recorded to the request that AWS decided on, so
 * that another set of policies can be asked what it would have said.
 *
 *	struct policy_event e;
 *	policy_event_read(event, arena, &e);
 *	if (e.kind == POLICY_EVENT_REQUEST)
 *		policy_decide(&set, &e.request, &d);
 *
 * What an event tells, and how, is at
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
 *
 * Not in any event, and so the caller's to add from the organization:
 * aws:PrincipalOrgID and the other keys of the organization, tags of principal
 * and resource, aws:SourceVpc, request.management and resource_in_management.
 * Their absence is no knowledge: a condition that asks for one may have been
 * decided otherwise.
 *
 * One event, one action. Where AWS asked for several permissions, it is the one
 * on what the event's own parameters name: CopyObject and UploadPartCopy are
 * s3:PutObject on the target (reading the source is recorded nowhere else),
 * kms:ReEncrypt is kms:ReEncryptFrom, a launch of instances is ec2:RunInstances on
 * the instances (not on subnet, image, volumes …), DeleteObjects is s3:DeleteObject
 * without an object (each deletion has an event of its own). iam:PassRole, and
 * tagging while creating, have no event and are not asked. Of several resources in one
 * list it is the first.
 *
 * One call, up to two events: what an account does to another's resource is
 * recorded in both, with one shared_id. Replay the one whose caller has a name
 * (not nameless), which the caller's account has, and pass over the other.
 */

#include "policy/policy.h"
#include "text/val.h"

enum policy_event_kind {
	POLICY_EVENT_REQUEST,
	POLICY_EVENT_NO_POLICY, /* no policy decided: a sign-in, an event of AWS's own (why says) */
	POLICY_EVENT_UNREADABLE, /* what identifies the call or the caller is missing (why says) */
};

struct policy_event {
	enum policy_event_kind kind;
	const char *why; /* unless REQUEST */

	struct policy_request request;
	struct str account;   /* that recorded the event (recipientAccountId) */
	struct str shared_id; /* sharedEventID; STR_NULL: no other account has this call */
	bool denied;          /* AWS denied it: errorCode AccessDenied and the like */
	bool failed;          /* any errorCode */
	/*
	 * A session of sts:AssumeRoot, where the event says so. Some do not: access_key is
	 * then what responseElements.credentials.accessKeyId of an AssumeRoot event was.
	 */
	bool assumed_root;
	struct str access_key; /* userIdentity.accessKeyId; STR_NULL: none */
	bool foreign;  /* the principal is of another account than the one that recorded it */
	bool nameless; /* it has no name in the event: its unique id stands in its ARN */
	/* The path of the session's role is not in the event, aws:PrincipalArn is without. */
	bool role_path_unknown;
	/* The permission depends on what was asked for (PartiQL …): the action is the operation. */
	bool action_unknown;
	bool resource_known; /* else request.resource is "*" */
	/* IAM's requests name users, roles, groups and profiles without their path: so does the ARN. */
	bool resource_path_unknown;
};

/* Never fails; hostile events are UNREADABLE or yield what they say. All lives in arena and event. */
void policy_event_read(const struct val *event, struct arena *a, struct policy_event *out);

/*
 * "s3.amazonaws.com", "ListBuckets": "s3:ListAllMyBuckets". versioned: the request named a
 * version of an object. STR_NULL: no event source. Not every operation asks for a permission,
 * and for some it is not known which: then the operation's own name stands for it.
 */
struct str policy_event_action(struct str source, struct str name, bool versioned, struct arena *a);

#endif
