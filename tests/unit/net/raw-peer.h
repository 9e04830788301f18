#ifndef TESTS_NET_RAW_PEER_H
#define TESTS_NET_RAW_PEER_H

/*
 * The other side of a connection, byte by byte: a server that says whatever a
 * test wants (also what no HTTP server would), and a client that does.
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pthread.h>

#include "base/str.h"

#define RAW_MAX ((size_t)1 << 16)

struct raw_server;

/* One connection; `nth` counts from 0. The socket is closed after it returns. */
typedef void raw_script(struct raw_server *s, int fd, unsigned nth);

struct raw_server {
	int listen_fd;
	unsigned port;
	raw_script *script;
	void *ctx;
	pthread_t thread;
	atomic_bool ending;
	atomic_uint connections;
	atomic_uint requests; /* counted by raw_read_request */
	char url[64];         /* "http://127.0.0.1:PORT" */
	pthread_mutex_t lock;
	size_t last_n;      /* the last whole request: read it after raw_server_stop, or by */
	char last[RAW_MAX]; /* raw_last; NUL-ended */
};

void raw_server_start(struct raw_server *s, raw_script *script, void *ctx);
void raw_server_stop(struct raw_server *s);

/* One whole request (head and Content-Length body); false: the client went away. */
bool raw_read_request(struct raw_server *s, int fd);
/* A copy of the last request, while the server runs. */
size_t raw_last(struct raw_server *s, char out[RAW_MAX]);
void raw_write(int fd, const char *text);
void raw_write_n(int fd, const void *p, size_t n);
/* Close with a TCP reset. The script must not use fd any more; it is closed twice harmlessly. */
void raw_reset(int fd);

/* A port of 127.0.0.1 on which nobody listens (any more). */
unsigned raw_closed_port(void);

/* The client's half: connected to 127.0.0.1. */
int raw_connect(unsigned port);
/* Until the other side ends or `max` bytes came; *was_reset may be NULL. Returns the bytes, NUL-ended. */
size_t raw_read_all(int fd, char *out, size_t max, bool *was_reset);
/*
 * One answer: its head and as many body bytes as its Content-Length says (none
 * for an answer to HEAD). Returns the status; 0: the connection ended before.
 * `out` is NUL-ended and holds head and body.
 */
int raw_read_answer(int fd, bool head_only, char *out, size_t max);
/* Has anything come within wait_ms? */
bool raw_readable(int fd, int wait_ms);

#endif
