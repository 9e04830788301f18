#ifndef ROOTOUT_NET_SERVER_H
#define ROOTOUT_NET_SERVER_H

/*
 * HTTP server, on libmicrohttpd: the sandbox's endpoint, later the daemon's page.
 *
 *	struct server_options opt = {.listen = "127.0.0.1:0", .threads = 2, .handle = fn, .ctx = x};
 *	struct server *s = server_start(&opt, &err);
 *	server_address(s)	-> "127.0.0.1:43121"
 *	server_stop(&s);	// waits for requests under way
 *
 * `handle` is called once for each whole request, on one of the server's
 * threads, with an arena that lives until the answer is sent. The path is the
 * raw one as it came (signatures are made over it). Requests with a body past
 * max_body get 413, more than LIMIT_HEADERS headers 431, without the handler;
 * 503 when the bodies of all requests under way exceed 64 MiB together; what
 * is not HTTP gets 400. These answers are short plain text or HTML.
 * Threads are few: a handler that blocks holds up every connection of its
 * thread. One that must wait (injected latency) sets resp.delay_ms instead,
 * and the server answers later (connection suspended).
 * resp.reset closes the connection with a TCP reset and without an answer
 * (fault injection; after delay_ms, when both are set); resp.truncate_at > 0
 * sends the headers of the whole but only that many bytes, then closes.
 *
 * Content-Length is the server's to write, Date too unless the handler adds
 * one. A header value with a line break makes the answer 500. HEAD goes to the
 * handler; its body is counted and not sent.
 *
 * A connection that is silent for 60 s is closed. server_start raises the
 * process's soft limit of open files to what max_connections needs; its
 * threads block all signals. server_stop refuses new connections, answers
 * delayed requests at once, and waits up to 5 s for answers to be taken.
 */

#include "net/http.h"

struct server;

struct server_request {
	struct str method;
	struct str path;             /* raw, without the query */
	struct str query;            /* raw, without '?'; STR_NULL when there is none */
	struct http_header *headers; /* names in lower case, in the order they came */
	size_t nheaders;
	struct str body;
	struct str peer; /* "127.0.0.1" */
	struct arena *arena;
};

struct server_response {
	int status; /* 0 is a BUG */
	struct http_header headers[16];
	size_t nheaders;
	struct str body; /* in the request's arena, or static */
	int64_t delay_ms;
	bool reset;
	size_t truncate_at;
};

struct server_options {
	const char *listen;       /* "ADDR:PORT"; IPv6 as "[::1]:8080"; port 0: any */
	unsigned threads;         /* 0: number of CPUs, at most 8 */
	size_t max_body;          /* bytes; 0: LIMIT_REQUEST_BYTES */
	unsigned max_connections; /* 0: 4096 */
	void (*handle)(const struct server_request *req, struct server_response *resp, void *ctx);
	void *ctx;
};

/* ERR_INPUT: an address that is none; ERR_IO: it is taken, or libmicrohttpd is not there. */
struct server *server_start(const struct server_options *opt, struct err *err) MUST_CHECK;
void server_stop(struct server **s);
const char *server_address(const struct server *s);
bool server_is_loopback(const struct server *s);   /* reachable from this machine only */
size_t server_connections(const struct server *s); /* accepted since the start */

struct str server_header(const struct server_request *req, const char *name); /* lower case */
/* Not copied: `name` and `value` live as long as the request's arena. More than 16 are a BUG. */
void server_add_header(struct server_response *resp, const char *name, struct str value);

#endif
