#ifndef ROOTOUT_AWS_WIRE_PRIVATE_H
#define ROOTOUT_AWS_WIRE_PRIVATE_H

/*
 * What the files of the wire share.
 *
 *	wire.c        which protocol; answers of the client's side, faults of the server's
 *	wire-value.c  one scalar as text and back
 *	wire-form.c   percent-encoding, and the pairs of a form
 *	wire-query.c  requests of the query protocol
 *	wire-json.c   values as JSON and back
 *	wire-xml.c    values as XML and back
 *	wire-rest*.c  paths, query strings and headers of the rest protocols
 *	wire-error.c  errors of every protocol, both directions
 *
 * "put" writes, "get" reads. A put of the client tells a wrong value as
 * ERR_INPUT; a put of the server is given values of our own making, so a wrong
 * one is a BUG. A get says why it failed in `why`, in the words of the side
 * that will read it: AWS's for a request, ours for an answer.
 */

#include "aws/wire.h"
#include "base/buf.h"
#include "text/xml.h"

/* Where in the value we are, for messages; the links live on the stack. */
struct wire_path {
	const struct wire_path *up;
	struct str name; /* STR_NULL: element number `index` of a list */
	size_t index;    /* 1-based */
	unsigned depth;
};

static inline struct wire_path wire_path_name(const struct wire_path *up, struct str name)
{
	return (struct wire_path){.up = up, .name = name, .depth = up ? up->depth + 1 : 0};
}
static inline struct wire_path wire_path_index(const struct wire_path *up, size_t index)
{
	return (struct wire_path){.up = up, .index = index, .depth = up ? up->depth + 1 : 0};
}
/* "Tags.1.Key"; empty for the root. */
struct str wire_path_text(const struct wire_path *path, struct arena *a);

struct wire_put {
	struct buf *b;
	struct arena *a;
	struct err *err; /* NULL: the server's side, a wrong value is a BUG */
	struct str what; /* the operation, for BUG */
};
/* Always false. */
bool wire_put_wrong(struct wire_put *w, const struct wire_path *path, const char *fmt, ...)
	PRINTF_LIKE(3, 4);
/* "must be a string, not a list" */
bool wire_put_kind(struct wire_put *w, const struct api_shape *s, const struct val *v,
		   const struct wire_path *path);
/* The table's member of the child `v` of a structure; NULL after wire_put_wrong. */
const struct api_member *wire_put_member(struct wire_put *w, const struct api_shape *s,
					 const struct val *v, const struct wire_path *path);

struct wire_get {
	struct arena *a;
	bool server;    /* reading a request */
	struct str why; /* filled on failure */
};
/* Always false. `came`: what stood there, for people. */
bool wire_get_wrong(struct wire_get *g, const struct api_shape *s, const struct wire_path *path,
		    const char *came);

/* ---- wire-value.c ---- */

const char *wire_type_name(const struct api_shape *s); /* "a string" */
/* The text of a scalar; `otherwise` is the time format where the shape has none. */
bool wire_text_put(struct wire_put *w, const struct api_shape *s, const struct val *v,
		   enum api_time otherwise, const struct wire_path *path, struct str *text);
/* NULL when the text is not of that type. */
struct val *wire_text_get(struct arena *a, const struct api_shape *s, struct str text);
/* "1700000000.123", "1.7e9" to milliseconds; also for numbers of JSON. */
bool wire_seconds_get(struct str text, int64_t *ms) MUST_CHECK;
struct str wire_seconds_put(struct arena *a, int64_t ms);
bool wire_int_fits(const struct api_shape *s, int64_t i);

/* ---- wire-form.c ---- */

/* RFC 3986: all but unreserved characters, and '/' where keep_slash. */
void wire_percent_put(struct buf *b, struct str s, bool keep_slash);
/* plus: '+' is a blank. Bytes that are not UTF-8 become U+FFFD. false: a broken escape. */
bool wire_percent_get(struct arena *a, struct str s, bool plus, struct str *out) MUST_CHECK;

struct wire_pair {
	struct str name, value;
	uint32_t key, seq; /* the reader's */
	bool bare;         /* no '=' */
};
/* Past this a form is refused: AWS's own inputs stay under a few thousand. */
#define WIRE_MAX_PAIRS 10000
/* Appends the pairs of text to *pairs. false: a broken escape, or too many. */
bool wire_form_get(struct arena *a, struct str text, struct wire_pair **pairs, size_t *n,
		   size_t *cap) MUST_CHECK;

/* ---- wire-query.c ---- */

/* The name of a member in a query and in XML: a flattened list may be named by its element. */
struct str wire_member_name(const struct api_member *m);
bool wire_query_put(const struct api_op *op, const struct val *in, struct wire_put *w) MUST_CHECK;
bool wire_query_get(const struct api_service *s, struct str query, struct str body, struct arena *a,
		    const struct api_op **op, struct val **in, struct api_fault *fault) MUST_CHECK;

/* ---- wire-json.c ---- */

/* body_only: leave out members that travel elsewhere (rest). */
bool wire_json_put(struct wire_put *w, const struct api_shape *s, const struct val *v,
		   bool body_only, const struct wire_path *path) MUST_CHECK;
/* Turns a tree as json_read made it into one of the table's types, in place. */
bool wire_json_get(struct wire_get *g, const struct api_shape *s, struct val *v,
		   const struct wire_path *path) MUST_CHECK;

/* ---- wire-xml.c ---- */

/* The children of a structure, without an element around them. */
bool wire_xml_put(struct wire_put *w, const struct api_shape *s, const struct val *v,
		  bool body_only, const struct wire_path *path) MUST_CHECK;
/* One member with its element. */
bool wire_xml_put_member(struct wire_put *w, const struct api_member *m, struct str name,
			 const struct val *v, const struct wire_path *path) MUST_CHECK;
bool wire_xml_get(struct wire_get *g, const struct api_shape *s, const struct xml *x,
		  struct val **out, const struct wire_path *path) MUST_CHECK;

/* ---- wire-rest.c ---- */

bool wire_rest_put(const struct api_op *op, const struct val *in, struct wire_put *w,
		   struct wire_request *out) MUST_CHECK;
bool wire_rest_get(const struct api_service *s, struct str method, struct str path,
		   struct str query, const struct http_header *headers, size_t nheaders,
		   struct str body, struct arena *a, const struct api_op **op, struct val **in,
		   struct api_fault *fault) MUST_CHECK;
bool wire_rest_put_answer(const struct api_op *op, const struct val *out, struct wire_put *w,
			  struct wire_response *resp) MUST_CHECK;
bool wire_rest_get_answer(const struct api_op *op, const struct http_response *resp,
			  struct wire_get *g, struct val **out) MUST_CHECK;

/* ---- wire-error.c ---- */

/* Fills err from an answer that is not 2xx. Always false. */
bool wire_error_get(const struct api_op *op, const struct http_response *resp, struct arena *a,
		    struct err *err);
/* ERR_PROTOCOL: what came instead of the protocol's answer. Always false. */
bool wire_garbage(const struct api_op *op, const struct http_response *resp, const char *why,
		  struct err *err);
struct str wire_request_id(const struct http_response *resp);

/* ---- wire.c ---- */

/* What was put, in the arena. */
struct str wire_taken(struct wire_put *w);
bool wire_add_header(struct http_header *headers, size_t *n, size_t max, struct str name,
		     struct str value) MUST_CHECK;
struct str wire_header(const struct http_header *headers, size_t n, const char *name);
bool wire_fault(struct api_fault *fault, int status, const char *code, struct str message);

#endif
