#ifndef ROOTOUT_NET_SERVER_PRIVATE_H
#define ROOTOUT_NET_SERVER_PRIVATE_H

/*
 * What the files of the HTTP server share.
 *
 *	server.c	 start and stop
 *	server-listen.c	 addresses and the listening socket
 *	server-request.c one request: read, handled, answered
 *	server-delay.c	 answers that wait
 */

#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>

#include "base/buf.h"
#include "base/limits.h"
#include "net/mhd-private.h"
#include "net/server.h"

struct delays;

#define SERVER_ADDRESS_SIZE (INET6_ADDRSTRLEN + 10)

/*
 * One request under way. Taken from the server's list of free ones when the
 * request line was read, given back when the answer is sent or the connection
 * is gone.
 */
struct exchange {
	struct server *server;
	struct exchange *next; /* in the list of free ones */
	struct MHD_Connection *connection;
	struct arena *arena;
	struct buf body;
	size_t body_charged; /* of server.body_bytes */
	size_t body_seen;    /* bytes that came, kept or not */
	enum { EXCHANGE_NEW, EXCHANGE_READING, EXCHANGE_WAITING } state;
	unsigned refused; /* status to answer without the handler; 0: none */
	bool counted;     /* in server.under_way */
	struct server_request req;
	struct server_response resp;
	struct http_header headers[LIMIT_HEADERS]; /* req.headers */
	char peer[INET6_ADDRSTRLEN];
};

struct server {
	struct MHD_Daemon *daemon;
	struct server_options opt;
	int listen_fd;
	bool loopback;
	char address[SERVER_ADDRESS_SIZE];
	struct delays *delays;
	atomic_size_t body_bytes;  /* in all bodies together */
	atomic_size_t connections; /* accepted since the start */
	atomic_bool stopping;

	pthread_mutex_t lock; /* for the rest */
	pthread_cond_t idle;
	size_t under_way; /* requests that were read whole and are not answered yet */
	struct exchange *free;
	size_t nfree;
};

/* MHD's callbacks; `cls` is the struct server. */
void *exchange_on_uri(void *cls, const char *uri, struct MHD_Connection *connection);
enum MHD_Result exchange_on_access(void *cls, struct MHD_Connection *connection, const char *url,
				   const char *method, const char *version, const char *upload_data,
				   size_t *upload_data_size, void **req_cls);
void exchange_on_completed(void *cls, struct MHD_Connection *connection, void **req_cls,
			   enum MHD_RequestTerminationCode why);
void exchange_free_all(struct server *s);

/* Bind and listen on "ADDR:PORT"; fills fd, address, loopback. */
bool server_listen(struct server *s, const char *listen, struct err *err) MUST_CHECK;

/*
 * Connections that sleep. delays_add takes a connection that MHD has suspended
 * and resumes it after delay_ms; its thread starts with the first one.
 * delays_flush resumes all at once, and from then on every new one at once.
 */
struct delays *delays_new(void);
void delays_free(struct delays **d); /* nothing may be waiting */
void delays_add(struct delays *d, struct MHD_Connection *connection, int64_t delay_ms);
void delays_flush(struct delays *d);

#endif
