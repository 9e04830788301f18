#ifndef ROOTOUT_POLICY_CATALOGUE_H
#define ROOTOUT_POLICY_CATALOGUE_H

/*
 * The catalogue: which services, actions, resource types and condition keys AWS
 * has, as of a day. It is text (catalogue/aws.txt, made by
 * tools/policy-catalogue.py), deflated inside the program: who does not open it
 * pays nothing. A service is read when it is first asked for.
 *
 *	struct catalogue *c = catalogue_open(arena);
 *	struct catalogue_service *s = catalogue_service(c, STR("iam"));
 *	struct catalogue_action *act = catalogue_action(s, STR("PassRole"));
 *
 * All lives in the arena. Names are looked up without case, as AWS does. One
 * catalogue belongs to one thread at a time.
 *
 * It is never complete: AWS adds actions daily. What it does not have may exist;
 * how old it is is catalogue_date's to say, beside every such finding.
 */

#include "base/arena.h"
#include "base/str.h"

struct catalogue;

enum catalogue_type {
	KEY_STRING = 's',
	KEY_STRINGS = 'S',
	KEY_ARN = 'r',
	KEY_ARNS = 'R',
	KEY_BOOL = 'b',
	KEY_BOOLS = 'B',
	KEY_NUMBER = 'n',
	KEY_DATE = 'd',
	KEY_IP = 'i',
};

struct catalogue_key {
	struct str name;    /* "aws:RequestTag/${TagKey}" */
	struct str pattern; /* "aws:RequestTag/" and a star */
	char type;          /* enum catalogue_type */
};

struct catalogue_resource {
	struct str name; /* "bucket" */
	struct str arn;  /* "arn:${Partition}:s3:::${BucketName}" */
	struct str pattern;
	uint16_t *keys; /* into the service's keys */
	size_t nkeys;
};

enum catalogue_level {
	ACCESS_WRITE = 'w',
	ACCESS_READ = 'r',
	ACCESS_LIST = 'l',
	ACCESS_TAGGING = 't',
	ACCESS_PERMISSIONS = 'p',
};

struct catalogue_action {
	struct str name;
	char level;          /* enum catalogue_level */
	uint16_t *resources; /* into the service's resources; n 0: only Resource "*" */
	bool *required;      /* of each of them: every call is about one */
	size_t nresources;
	uint16_t *keys;
	size_t nkeys;
};

struct catalogue_service {
	struct str prefix; /* "iam" */
	struct str name;   /* "AWS Identity and Access Management (IAM)" */
	struct str body;   /* its lines */
	bool read;
	struct catalogue_key *keys;
	size_t nkeys;
	struct catalogue_resource *resources;
	size_t nresources;
	struct catalogue_action *actions;
	size_t nactions;
};

struct catalogue *catalogue_open(struct arena *a);
/* The same from a text of that form; for tests. */
struct catalogue *catalogue_of(struct str text, struct arena *a);

struct str catalogue_source(const struct catalogue *c);
struct str catalogue_date(const struct catalogue *c); /* "2026-10-27" */
size_t catalogue_nservices(const struct catalogue *c);
size_t catalogue_nactions(struct catalogue *c); /* reads all of it */
struct str catalogue_prefix(const struct catalogue *c, size_t i);

/* NULL: not in it. */
struct catalogue_service *catalogue_service(struct catalogue *c, struct str prefix);
const struct catalogue_action *catalogue_action(const struct catalogue_service *s, struct str name);
const struct catalogue_key *catalogue_key(const struct catalogue_service *s, struct str name);
const struct catalogue_key *catalogue_global_key(const struct catalogue *c, struct str name);
/* Of an identity provider ("saml:aud", "token.actions.githubusercontent.com:sub")? */
bool catalogue_is_federated(const struct catalogue *c, struct str key);
/* Do resource control policies bind this service's resources? */
bool catalogue_rcp_binds(const struct catalogue *c, struct str prefix);
/* Has a call of the action, on some resource type of its, this key? */
bool catalogue_has_key(const struct catalogue_service *s, const struct catalogue_action *action,
		       const struct catalogue_key *key);

/* Words near to one that does not exist; STR_NULL: none. */
struct str catalogue_near_service(const struct catalogue *c, struct str word, struct arena *a);
struct str catalogue_near_action(const struct catalogue_service *s, struct str word,
				 struct arena *a);
struct str catalogue_near_key(const struct catalogue *c, const struct catalogue_service *s,
			      struct str word, struct arena *a);

#endif
