#ifndef ROOTOUT_AWS_WIRE_H
#define ROOTOUT_AWS_WIRE_H

/*
 * The wire, written once and read from both ends.
 *
 * The client uses wire_put_request and wire_get_response; the sandbox uses
 * wire_get_request, wire_put_response and wire_put_fault. All of them follow the
 * tables of aws/api.h for query, json 1.0/1.1, rest-json and rest-xml.
 *
 * Values: members by the model's names. Timestamps are VAL_TIME, blobs VAL_BLOB,
 * numbers VAL_INT (VAL_NUMBER for floats). A member that is absent is not sent;
 * an explicit VAL_NULL is sent as null by json and left out elsewhere. Members that the tables
 * do not know are dropped when reading an answer (AWS adds members at any time)
 * and kept out when reading a request, as AWS does. A member of the wrong type
 * in a request is a fault (SerializationException for json, MalformedInput for
 * query), in an answer ERR_PROTOCOL.
 */

#include "aws/api.h"
#include "base/arena.h"
#include "base/err.h"
#include "net/http.h"
#include "text/val.h"

/* A request without host and signature. All of it lives in the arena. */
struct wire_request {
	struct str method;
	struct str path;  /* encoded, begins with '/' */
	struct str query; /* encoded, without '?'; empty when there is none */
	struct http_header headers[16];
	size_t nheaders;
	struct str body;
};

struct wire_response {
	int status;
	struct http_header headers[16];
	size_t nheaders;
	struct str body;
};

/*
 * What a service says when it says no. `members` (may be NULL) are further
 * members of the error's body, e.g. {"Reason": "MIN_LENGTH_EXCEEDED"}.
 */
struct api_fault {
	int status;
	struct str code;
	struct str message; /* STR_NULL: none */
	struct val *members;
};

/* ---- client ---- */

/*
 * IAM answers policy documents "URL-encoded compliant with RFC 3986", as a string that
 * the tables know nothing of. False: a broken escape.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html
 */
bool wire_iam_document(struct arena *a, struct str answered, struct str *out) MUST_CHECK;

/* ERR_INPUT naming the member when `in` cannot be put on the wire (type, required URI part). */
bool wire_put_request(const struct api_op *op, const struct val *in, struct arena *a,
		      struct wire_request *out, struct err *err) MUST_CHECK;

/*
 * 2xx: *out is an object (empty where the operation has no output). Anything
 * else: ERR_AWS with code, message, status and request id; an answer that is
 * not the protocol's (HTML of a proxy, half a document) is ERR_PROTOCOL, or
 * ERR_AWS with code "HTTP503" style when the status alone is meaningful (5xx, 429).
 * retryable is left to aws/retry.h; maybe_done is true with ERR_PROTOCOL, for the
 * operation may well have been carried out. The message is "Code: message" as AWS
 * has it; aws/call.h puts service and operation before it. A JSON or XML answer
 * is never quoted in a message: it may hold a secret.
 */
bool wire_get_response(const struct api_op *op, const struct http_response *resp, struct arena *a,
		       struct val **out, struct err *err) MUST_CHECK;

/* ---- server ---- */

/*
 * Which operation a request is for, and its input. `service` is what the
 * signature's scope (or the request itself) named. false: fault filled, and *op
 * is set where the operation was known (its input was wrong), else NULL.
 * A null member of a JSON request is absent; a null element of a list stays
 * VAL_NULL, api_validate names it; so does a gap in the indexes of a query's
 * list (where the elements are structures, it is an empty one). Codes: query InvalidAction, MissingAction,
 * MalformedInput, MalformedQueryString; json UnknownOperationException,
 * SerializationException.
 */
bool wire_get_request(const struct api_service *service, struct str method, struct str path,
		      struct str query, const struct http_header *headers, size_t nheaders,
		      struct str body, struct arena *a, const struct api_op **op, struct val **in,
		      struct api_fault *fault) MUST_CHECK;

/*
 * Values of the wrong type or unknown members in `out` are a BUG. An explicit
 * VAL_NULL and absent members are left out (json writes null); an empty list is
 * written as an empty element.
 */
void wire_put_response(const struct api_op *op, const struct val *out, struct str request_id,
		       struct arena *a, struct wire_response *resp);
/*
 * op may be NULL (the operation is not known); service must not. fault->code may
 * be the error shape's name or its code on the wire; the code is what is sent.
 * status 0: the one the model gives that error, or 400.
 */
void wire_put_fault(const struct api_service *service, const struct api_op *op,
		    const struct api_fault *fault, struct str request_id, struct arena *a,
		    struct wire_response *resp);

/* ---- validation ---- */

enum violation_kind {
	VIOLATION_REQUIRED,
	VIOLATION_MIN_LENGTH, /* characters, elements */
	VIOLATION_MAX_LENGTH,
	VIOLATION_MIN_VALUE,
	VIOLATION_MAX_VALUE,
	VIOLATION_PATTERN,
	VIOLATION_ENUM,
};

struct violation {
	enum violation_kind kind;
	struct str path; /* model names: "Tags.2.Key", "DurationSeconds" (list indexes 1-based) */
	const struct api_shape *shape;
	const struct val *value; /* NULL: absent */
	const struct val *list;  /* the list whose plain element `value` is; else NULL */
};

/*
 * All violations of the operation's constraints, in the order of the model's
 * members, at most `max`. Returns how many were found.
 */
size_t api_validate(const struct api_op *op, const struct val *in, struct arena *a,
		    struct violation *out, size_t max);

/*
 * The way most services say it: "1 validation error detected: Value '901' at
 * 'durationSeconds' failed to satisfy constraint: Member must have value less
 * than or equal to 900". Sensitive values are not shown. What is wrong with the
 * plain elements of one list is one error there, however many elements it is.
 */
struct str api_violations_text(const struct violation *v, size_t n, struct arena *a);

#endif
