#ifndef ROOTOUT_POLICY_EVENT_PRIVATE_H
#define ROOTOUT_POLICY_EVENT_PRIVATE_H

/*
 * What the files of event.h share: one event while it is read.
 *
 *	event.c			the order: is it a call, whose, about what, with which keys
 *	event-action.c		from eventSource and eventName to the action
 *	event-names.c		the names that differ, as data
 *	event-principal.c	userIdentity
 *	event-resource.c	the resource: where it stands in the event
 *	event-arn.c		the ARN of what a service's parameters name;
 *				event-arn-ec2.c, event-arn-iam.c: of these two
 *	event-context.c		the condition keys of every request
 *	event-keys.c		the condition keys of one service, as data
 *
 * This road is taken for every event of years of trails: pieces are put together
 * without printf, tables are searched by halves, and no key is copied twice.
 */

#include <string.h>

#include "policy/context.h"
#include "policy/event.h"
#include "policy/policy-private.h"

/* A view of a literal where C wants a constant. */
#define EVENT_STR(lit)                 \
	{                              \
		(lit), sizeof(lit) - 1 \
	}

/* A comparison with a literal, without a call to learn its length. */
#define EVENT_IS(s, lit) ((s).n == sizeof(lit) - 1 && memcmp((s).p, (lit), sizeof(lit) - 1) == 0)

/* Keys that context.h has no fact for: those of services, a few of the event's own. */
#define EVENT_MAX_KEYS 48

/* The members of an event that are read, found in one pass. */
struct event_members {
	const struct val *additional, *code, *name, *params, *region, *recipient, *resources,
		*response, *shared, *source, *address, *agent, *time, *tls, *type, *identity, *vpce,
		*vpce_account;
};

/* Those of userIdentity. */
struct event_identity {
	const struct val *account, *arn, *behalf, *key, *provider, *scope, *session, *via;
	struct str id, name, type;
};

struct event_reading {
	struct event_members event;
	struct event_identity identity;
	const struct val *issuer, *params;
	struct arena *arena;
	struct policy_event *out;
	struct policy_facts facts;
	struct str partition;
	struct str service, action; /* of the action: "s3", "GetObject" */
	struct str via;             /* the service that called for the principal */
	struct policy_key keys[EVENT_MAX_KEYS];
	struct str *values; /* of the last few, in the arena */
	size_t nkeys;
};

/* Both give false. */
bool event_no_policy(struct event_reading *r, const char *why);
bool event_unreadable(struct event_reading *r, const char *why);

bool event_read_principal(struct event_reading *r);
void event_read_resource(struct event_reading *r);
void event_read_context(struct event_reading *r);
void event_read_service_keys(struct event_reading *r);

/* Room for one key more; not when EVENT_MAX_KEYS are there. STR_NULL adds nothing. */
void event_key(struct event_reading *r, struct str name, struct str value);
void event_key_set(struct event_reading *r, struct str name, const struct str *values, size_t n);

/* Not in the request, though policy_decide would derive it. */
void event_key_absent(struct event_reading *r, struct str name);

/* A text of requestParameters; STR_NULL also for one that CloudTrail hides. */
struct str event_param(const struct event_reading *r, const char *name);
struct str event_text(const struct val *v);
/* "true" as a text, as in sessionContext, or as a boolean. */
bool event_is_true(const struct val *v);
/* "s3.amazonaws.com": a service where an address or a client would stand. */
bool event_is_service(struct str s);

/* ---- event-arn.c ---- */

/* Which of its account and region an ARN has. */
enum event_place { PLACE_FULL, PLACE_ACCOUNT, PLACE_REGION, PLACE_NONE };

struct str event_arn(const struct event_reading *r, struct str service, enum event_place place,
		     const char *type, struct str name);
/* An ARN of the action's service (of IAM, for STS). */
bool event_arn_fits(const struct event_reading *r, struct str arn);
/* Put together; an unknown ARN stays unknown, whatever is put behind it. */
struct str event_arn_extended(const struct event_reading *r, struct str arn, struct str mark,
			      struct str rest);
bool event_acts_on(const struct event_reading *r, const char *word); /* the action's name has it */
/* STR_NULL: the parameters do not say it for certain. */
struct str event_named_resource(struct event_reading *r);
struct str event_ec2_resource(struct event_reading *r);
struct str event_iam_resource(struct event_reading *r);

/* ---- event-names.c ---- */

enum event_rule {
	EVENT_ASKS,     /* for this one permission */
	EVENT_FREE,     /* AWS documents that no permission is needed and none can be refused */
	EVENT_UNSIGNED, /* called without credentials of IAM */
	EVENT_SEVERAL,  /* for permissions that depend on what the request holds */
};

struct event_name {
	const char *event;
	const char *action; /* whole: "s3:PutObject"; NULL: the event's own name */
	enum event_rule rule;
};

struct event_source {
	const char *source;             /* without ".amazonaws.com" */
	const char *prefix;             /* of its actions */
	const struct event_name *names; /* sorted */
	size_t nnames;
};

extern const struct event_source event_sources[]; /* sorted */
extern const size_t event_nsources;

/* NULL: the prefix is the source's own name, and so are the actions. */
const struct event_source *event_source_find(struct str source);
const struct event_name *event_name_find(const struct event_source *s, struct str name);

/* ---- event-keys.c ---- */

struct event_param_key {
	struct str param, inner; /* inner: a member of the parameter, or empty */
	const char *word;        /* in the action's name; "": any action */
	struct str key;
	bool set; /* multi-valued */
};

struct event_keys {
	struct str service;
	const struct event_param_key *rows;
	size_t n;
};

extern const struct event_keys event_keys[]; /* sorted */
extern const size_t event_nkeys;

/* ---- event-action.c ---- */

struct event_action {
	struct str whole; /* STR_NULL: the event names no source or no operation */
	enum event_rule rule;
};

/* params: requestParameters; a version of an object and a kind of scaling are told by them. */
struct event_action event_action(struct str source, struct str name, const struct val *params,
				 struct arena *a);

#endif
