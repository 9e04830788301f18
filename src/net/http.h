#ifndef ROOTOUT_NET_HTTP_H
#define ROOTOUT_NET_HTTP_H

/*
 * HTTP client, on libcurl.
 *
 * One `struct http_client` for the program: trust (one certificate store,
 * parsed once, see facts/building-blocks.md section 4), proxies (curl's own
 * environment rules: HTTPS_PROXY, NO_PROXY …), time-outs. One `struct
 * http_conn` for each worker thread: a curl handle and its kept connections.
 *
 *	struct http_client *c = http_client_new(&opt, &err);
 *	struct http_conn *conn = http_conn_new(c);	// in the worker
 *	http_send(conn, &req, arena, &resp, &err);
 *	http_conn_free(&conn); http_client_free(&c);
 *
 * Nothing is retried here, redirects are not followed (AWS's APIs have none
 * that may be followed with the same signature), and only http and https are
 * spoken. An HTTP status of any kind is a success of http_send.
 * On failure: ERR_NET; err.maybe_done says whether the request may have
 * reached the server (anything after it was begun to be sent);
 * err.retryable is true for connection faults and time-outs, false for TLS
 * trust failures and a URL that cannot be used. A body past max_body is ERR_LIMIT.
 */

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct http_client;
struct http_conn;

struct http_options {
	const char *ca_bundle;      /* AWS_CA_BUNDLE / ca_bundle; NULL: the system's */
	int64_t connect_timeout_ms; /* 0: 10 s */
	int64_t timeout_ms;         /* whole request; 0: 60 s */
	const char *user_agent;
	bool no_verify_tls; /* --no-verify-ssl, as the AWS CLI has it */
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
	struct http_header *headers; /* in the arena */
	size_t nheaders;
	struct str body; /* in the arena */
};

struct http_client *http_client_new(const struct http_options *opt, struct err *err) MUST_CHECK;
void http_client_free(struct http_client **c); /* after all its conns */

struct http_conn *http_conn_new(struct http_client *c);
void http_conn_free(struct http_conn **conn);

bool http_send(struct http_conn *conn, const struct http_request *req, struct arena *a,
	       struct http_response *resp, struct err *err) MUST_CHECK;
/* STR_NULL when there is none; `name` in lower case. */
struct str http_response_header(const struct http_response *resp, const char *name);

/* Connections opened since the client was made (for bench and --verbose). */
size_t http_client_connections(const struct http_client *c);

#endif
