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
 * and resource, request.management and resource_in_management. Their absence is
 * no knowledge: a condition that asks for one may have been decided otherwise.
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
	struct str account;  /* that recorded the event (recipientAccountId) */
	bool denied;         /* AWS denied it: errorCode AccessDenied and the like */
	bool failed;         /* any errorCode */
	bool assumed_root;   /* a session of sts:AssumeRoot */
	bool foreign;        /* the principal is of another account than the one that recorded it */
	bool nameless;       /* it has no name in the event: its unique id stands in its ARN */
	bool resource_known; /* else request.resource is "*" */
};

/* Never fails; hostile events are UNREADABLE or yield what they say. All lives in arena and event. */
void policy_event_read(const struct val *event, struct arena *a, struct policy_event *out);

/*
 * "s3.amazonaws.com", "ListBuckets": "s3:ListAllMyBuckets". versioned: the request named a
 * version of an object. STR_NULL: no event source.
 */
struct str policy_event_action(struct str source, struct str name, bool versioned, struct arena *a);

#endif
