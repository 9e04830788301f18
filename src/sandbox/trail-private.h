#ifndef ROOTOUT_SANDBOX_TRAIL_PRIVATE_H
#define ROOTOUT_SANDBOX_TRAIL_PRIVATE_H

/*
 * One event as it waits to be read: numbers, and its strings one after the
 * other in the same piece of memory (trail-record.c makes it and writes its JSON).
 */

#include "sandbox/trail.h"

enum trail_text {
	TEXT_SERVICE, /* eventSource */
	TEXT_OP,
	TEXT_REGION,
	TEXT_IP,
	TEXT_AGENT,
	TEXT_REQUEST_ID,
	TEXT_CODE, /* errorCode; absent: it went well */
	TEXT_MESSAGE,
	TEXT_REQUEST,   /* requestParameters, as JSON; absent: null */
	TEXT_RESPONSE,  /* responseElements */
	TEXT_RECIPIENT, /* the account that records it */
	TEXT_ALSO,      /* another one that does; absent: none */
	TEXT_ORG_ID,    /* of the recipient; absent: not in an organization */
	TEXT_PRINCIPAL_ID,
	TEXT_ARN,
	TEXT_ACCOUNT,
	TEXT_KEY,
	TEXT_USER,      /* userName: IAM user, or the session issuer's */
	TEXT_ISSUER_ID, /* sessionIssuer; absent: none */
	TEXT_ISSUER_ARN,
	TEXT_SOURCE_IDENTITY,
	TEXT_COUNT,
};

struct trail_record {
	uint64_t number; /* 1, 2, … */
	uint64_t log_n;
	int64_t time_ms;
	int64_t session_ms; /* when the session was issued; 0: long-lived key */
	uint8_t type;       /* enum principal_type */
	uint8_t session;    /* enum session_kind + 1; 0: none */
	bool mfa;
	bool read_only;
	bool written; /* to a file */
	size_t bytes; /* of all of it */
	struct {
		uint32_t at, n;
	} text[TEXT_COUNT]; /* n UINT32_MAX: absent */
	char bytes_[];
};

struct trail_record *trail_record_new(const struct sandbox_request *r, bool ok);
struct str trail_record_text(const struct trail_record *rec, enum trail_text which);
/* One event, compact, without a newline. `recipient`: TEXT_RECIPIENT or TEXT_ALSO. */
void trail_record_json(const struct trail_record *rec, enum trail_text recipient, struct buf *out);

/* An operation's input or output as CloudTrail has it: camelCase, times as text, secrets hidden. */
void trail_parameters(const struct api_shape *shape, const struct val *v, struct buf *out);

/* Records v[0…n) of one file: all of one account and region, in order. trail-file.c */
bool trail_write_file(const char *dir, struct trail_record *const *v, const enum trail_text *who,
		      size_t n, uint64_t file_number, struct err *err) MUST_CHECK;

#endif
