#ifndef ROOTOUT_BASE_ERR_H
#define ROOTOUT_BASE_ERR_H

/*
 * Errors are values. A function that can fail returns bool (MUST_CHECK) and
 * fills a `struct err` that its caller owns; on success it leaves it alone.
 *
 *	struct err err = {0};
 *	if (!file_read(path, max, &b, &err))
 *		return false;			// pass it on, or
 *		return err_wrap(&err, "cannot load the organization");
 *
 * The kind decides what the program does (exit status, retry); the message is
 * for people: lowercase, cause first, no full stop, and what to do about it.
 * Nothing secret is ever put into a message. A message longer than the array
 * is cut at a character boundary and ends in "…".
 *
 * `where` is for input files: path and position, kept apart so that the same
 * error can be printed as "accounts.yaml:12:9: unknown key 'emial'" or as JSON.
 */

#include "base/str.h"

enum err_kind {
	ERR_NONE = 0,
	ERR_INPUT,       /* a file, an option or a document is wrong */
	ERR_IO,          /* the operating system refused */
	ERR_NET,         /* no connection, reset, time-out, TLS */
	ERR_PROTOCOL,    /* an answer that is not what the protocol says */
	ERR_AWS,         /* AWS answered with an error: aws_code, http_status */
	ERR_CREDENTIALS, /* none found, or they cannot be used */
	ERR_LIMIT,       /* one of our ceilings (base/limits.h) */
	ERR_REFUSED,     /* a person or a safeguard said no: exit status 3 */
	ERR_STORE,       /* the store */
	ERR_CANCELLED,   /* interrupted */
};

struct err {
	enum err_kind kind;
	bool retryable;    /* trying the same again may help */
	bool maybe_done;   /* the request may have reached the other side: look before repeating */
	int http_status;   /* 0: no answer came */
	char aws_code[96]; /* "AccessDenied"; empty unless ERR_AWS */
	char request_id[72]; /* empty when not known */
	char path[256];      /* of the input file; empty when none */
	uint32_t line;       /* 1-based; 0: not known */
	uint32_t col;        /* 1-based, in characters; 0: not known */
	char message[1024];
};

/* All of these return false, so that `return err_set(...)` reads well. */
bool err_set(struct err *e, enum err_kind kind, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* ERR_IO with ": strerror(errnum)" appended. */
bool err_errno(struct err *e, int errnum, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* ERR_INPUT at a position of a file. */
bool err_at(struct err *e, const char *path, uint32_t line, uint32_t col, const char *fmt, ...)
	PRINTF_LIKE(5, 6);
/* Put "context: " before the message that is there. */
bool err_wrap(struct err *e, const char *fmt, ...) PRINTF_LIKE(2, 3);

void err_clear(struct err *e);
static inline bool err_is_set(const struct err *e)
{
	return e->kind != ERR_NONE;
}
bool err_is_aws(const struct err *e, const char *code); /* ERR_AWS with this code */

/*
 * The whole as people read it: "path:line:col: message", or
 * "message (request id)" for AWS. Writes at most n bytes, always NUL-ended.
 */
const char *err_text(const struct err *e, char *out, size_t n);

const char *err_kind_name(enum err_kind kind); /* "input", "aws", … for JSON */

#endif
