#ifndef ROOTOUT_NET_HTTP_PRIVATE_H
#define ROOTOUT_NET_HTTP_PRIVATE_H

/*
 * What the files of the HTTP client share.
 *
 *	http.c		clients, connections, the request given to curl
 *	http-answer.c	what comes back: header lines and body
 *	http-fault.c	what curl says went wrong, as a struct err
 *	http-trust.c	the one certificate store
 */

#include <stdatomic.h>

#include "base/buf.h"
#include "net/curl-private.h"
#include "net/http.h"

struct trust;

struct http_client {
	char *user_agent; /* NULL: none is sent */
	int64_t connect_timeout_ms;
	int64_t timeout_ms;
	bool verify_tls;
	struct trust *trust;
	atomic_size_t connections;
	atomic_size_t conns; /* struct http_conn that are alive */
};

/* One answer while it comes in. */
struct http_answer {
	struct arena *arena;
	struct http_response *resp;
	size_t cap;        /* of resp->headers */
	size_t lines;      /* header lines, those of 1xx answers included */
	size_t line_bytes; /* their bytes */
	size_t max_body;
	bool head_done; /* the empty line after a final answer's head came */
	bool in_body;
	struct buf *body;
	struct err *fault; /* why a callback stopped the transfer; ERR_NONE: it did not */
};

struct http_conn {
	struct http_client *client;
	CURL *curl;
	struct buf head;         /* our header lines: holds session tokens, so it is wiped */
	struct curl_slist *list; /* nodes that point into head */
	size_t list_cap;
	struct buf body; /* the answer's, until it moves to the arena */
	unsigned sends;  /* times that curl was about to send this request */
	bool resend_refused;
	struct err fault;
	char curl_error[CURL_ERROR_SIZE];
};

/* Largest head of an answer, all lines together. AWS's stay under 4 KiB. */
#define HTTP_HEAD_MAX KIB(256)

size_t http_on_header(char *line, size_t size, size_t count, void *ctx);
size_t http_on_body(char *bytes, size_t size, size_t count, void *ctx);

/* "host:port" of a URL, for messages: never a password, the path or the query. */
struct str http_url_authority(struct str url);
bool http_url_has_userinfo(struct str url);

/* Fill err from what curl_easy_perform returned; always returns false. */
bool http_fault(struct http_conn *conn, CURLcode code, const struct http_request *req,
		struct err *err);

/*
 * The certificates that we trust: read at the first TLS connection and shared
 * by all. `ca_bundle` is a file or a folder of hashed names; NULL: the system's.
 */
struct trust *trust_new(const char *ca_bundle);
void trust_free(struct trust **t);
/* CURLOPT_SSL_CTX_FUNCTION; `ctx` is the struct http_conn. */
CURLcode trust_on_tls(CURL *handle, void *ssl_ctx, void *ctx);
/* For tests: has the store been read? */
bool trust_is_read(struct trust *t);

#endif
