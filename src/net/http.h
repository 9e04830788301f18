#ifndef ROOTOUT_NET_HTTP_H
#define ROOTOUT_NET_HTTP_H

/*
 * HTTP client, on libcurl.
 *
 * One `struct http_client` for the program: trust (one certificate store,
 * parsed once, at the first TLS connection), proxies (curl's own environment
 * rules: https_proxy, NO_PROXY …; never for this machine itself), time-outs.
 * One `struct http_conn` for each worker thread: a curl handle and its kept
 * connections.
 *
 *	struct http_client *c = http_client_new(&opt, &err);
 *	struct http_conn *conn = http_conn_new(c);	// in the worker
 *	http_send(conn, &req, arena, &resp, &err);
 *	http_conn_free(&conn); http_client_free(&c);
 *
 * A client may be used by all threads, a connection by one at a time.
 * http_client_new loads libcurl (net/library.h), so do not make one for a
 * command that will not speak to anybody.
 *
 * What is sent is what the request says: the method, the path and the headers
 * as given, Host, Content-Length where there may be a body, and the user
 * agent; nothing of curl's own. HTTP/1.1, http and https only.
 *
 * Nothing is retried here, redirects are not followed (AWS's APIs have none
 * that may be followed with the same signature). An HTTP status of any kind is
 * a success of http_send. A request reaches the server at most once: curl's
 * habit of sending again when a kept connection ends without an answer is
 * switched off.
 *
 * Failures name the host and never show a header, a path or a query.
 *
 *	ERR_NET		no connection, no trust, time-out, an answer cut off
 *	ERR_PROTOCOL	the answer is not HTTP
 *	ERR_LIMIT	body past max_body, head past LIMIT_HEADERS or 256 KiB,
 *			more than 64 KiB of headers to send
 *	ERR_INPUT	a header or method that would break out of its line
 *
 * err.maybe_done is true from the moment when the request was begun to be sent
 * (the connection stands, TLS is agreed), until then false. err.retryable is
 * true for connection faults, time-outs and answers cut off, false for TLS
 * trust failures, a URL that cannot be used, and all the other kinds.
 *
 * Our copies of headers and bodies are wiped after each request, for they hold
 * session tokens and keys; resp->body in the caller's arena is the caller's.
 */

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct http_client;
struct http_conn;

struct http_options {
	const char *ca_bundle;      /* AWS_CA_BUNDLE / ca_bundle; NULL: the system's */
	int64_t connect_timeout_ms; /* with TLS; 0: 10 s */
	int64_t timeout_ms;         /* whole request; 0: 60 s */
	const char *user_agent;     /* NULL: none is sent */
	bool no_verify_tls;         /* --no-verify-ssl, as the AWS CLI has it */
};

struct http_header {
	struct str name; /* any case when sent; lower case when received */
	struct str value;
};

struct http_request {
	struct str method; /* "POST" */
	struct str url;    /* absolute, encoded as it shall be sent */
	const struct http_header *headers;
	size_t nheaders;
	struct str body;
	size_t max_body;    /* of the answer; 0: LIMIT_RESPONSE_BYTES */
	int64_t timeout_ms; /* 0: the client's */
};

struct http_response {
	int status;
	struct http_header *headers; /* in the arena, in the order they came */
	size_t nheaders;
	struct str body; /* in the arena, never STR_NULL */
};

/* Options are copied. ERR_INPUT: a negative time-out; ERR_IO: libcurl is not there. */
struct http_client *http_client_new(const struct http_options *opt, struct err *err) MUST_CHECK;
void http_client_free(struct http_client **c); /* after all its conns */

struct http_conn *http_conn_new(struct http_client *c);
void http_conn_free(struct http_conn **conn);

/* *resp is zeroed when it fails; what was read before the failure may stay in the arena. */
bool http_send(struct http_conn *conn, const struct http_request *req, struct arena *a,
	       struct http_response *resp, struct err *err) MUST_CHECK;
/* STR_NULL when there is none; `name` in lower case. */
struct str http_response_header(const struct http_response *resp, const char *name);

/* Connections opened since the client was made (for bench and --verbose). */
size_t http_client_connections(const struct http_client *c);

#endif
