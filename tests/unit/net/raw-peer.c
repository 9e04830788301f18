#include "raw-peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"

static int listen_any(unsigned *port)
{
	struct sockaddr_in in = {.sin_family = AF_INET};
	socklen_t n = sizeof(in);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (struct sockaddr *)&in, sizeof(in)) != 0 || listen(fd, 128) != 0 ||
	    getsockname(fd, (struct sockaddr *)&in, &n) != 0)
		BUG("raw-peer: cannot listen: %s", strerror(errno));
	*port = ntohs(in.sin_port);
	return fd;
}

static void *serve(void *arg)
{
	struct raw_server *s = arg;

	while (!atomic_load(&s->ending)) {
		int fd = accept(s->listen_fd, NULL, NULL);

		if (fd < 0)
			break;
		if (!atomic_load(&s->ending))
			s->script(s, fd, atomic_fetch_add(&s->connections, 1));
		close(fd);
	}
	return NULL;
}

void raw_server_start(struct raw_server *s, raw_script *script, void *ctx)
{
	memset(s, 0, sizeof(*s));
	pthread_mutex_init(&s->lock, NULL);
	s->script = script;
	s->ctx = ctx;
	s->listen_fd = listen_any(&s->port);
	snprintf(s->url, sizeof(s->url), "http://127.0.0.1:%u", s->port);
	if (pthread_create(&s->thread, NULL, serve, s) != 0)
		BUG("raw-peer: no thread");
}

void raw_server_stop(struct raw_server *s)
{
	atomic_store(&s->ending, true);
	shutdown(s->listen_fd, SHUT_RDWR); /* wakes accept */
	pthread_join(s->thread, NULL);
	close(s->listen_fd);
}

static size_t content_length(const char *head)
{
	const char *p = strcasestr(head, "\r\ncontent-length:");

	return p ? strtoul(p + 17, NULL, 10) : 0;
}

bool raw_read_request(struct raw_server *s, int fd)
{
	char *in = xmalloc(RAW_MAX);
	bool whole = false;
	size_t n = 0;

	for (;;) {
		in[n] = '\0';
		const char *end = strstr(in, "\r\n\r\n");
		whole = end && n >= (size_t)(end + 4 - in) + content_length(in);
		if (whole)
			break;
		ssize_t got = recv(fd, in + n, RAW_MAX - 1 - n, 0);
		if (got <= 0)
			break;
		n += (size_t)got;
	}
	if (whole) {
		pthread_mutex_lock(&s->lock);
		memcpy(s->last, in, n + 1);
		s->last_n = n;
		pthread_mutex_unlock(&s->lock);
		atomic_fetch_add(&s->requests, 1);
	}
	free(in);
	return whole;
}

size_t raw_last(struct raw_server *s, char out[RAW_MAX])
{
	pthread_mutex_lock(&s->lock);
	size_t n = s->last_n;
	memcpy(out, s->last, n + 1);
	pthread_mutex_unlock(&s->lock);
	return n;
}

void raw_write_n(int fd, const void *p, size_t n)
{
	const char *c = p;

	while (n > 0) {
		ssize_t sent = send(fd, c, n, MSG_NOSIGNAL);

		if (sent <= 0)
			return;
		c += sent;
		n -= (size_t)sent;
	}
}

void raw_write(int fd, const char *text)
{
	raw_write_n(fd, text, strlen(text));
}

void raw_reset(int fd)
{
	struct sockaddr none = {.sa_family = AF_UNSPEC};

	(void)connect(fd, &none, sizeof(none)); /* disconnects: RST */
}

unsigned raw_closed_port(void)
{
	unsigned port;

	close(listen_any(&port));
	return port;
}

int raw_connect(unsigned port)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || connect(fd, (struct sockaddr *)&in, sizeof(in)) != 0)
		BUG("raw-peer: cannot connect: %s", strerror(errno));
	return fd;
}

size_t raw_read_all(int fd, char *out, size_t max, bool *was_reset)
{
	size_t n = 0;
	ssize_t got = 0;

	while (n < max - 1 && (got = recv(fd, out + n, max - 1 - n, 0)) > 0)
		n += (size_t)got;
	out[n] = '\0';
	if (was_reset)
		*was_reset = got < 0 && errno == ECONNRESET;
	return n;
}

/* Byte by byte, so that what is pipelined behind stays in the socket. */
static size_t read_answer_head(int fd, char *out, size_t max)
{
	size_t n = 0;

	while (n < max - 1 && recv(fd, out + n, 1, 0) == 1) {
		n++;
		if (n >= 4 && memcmp(out + n - 4, "\r\n\r\n", 4) == 0) {
			out[n] = '\0';
			return n;
		}
	}
	out[n] = '\0';
	return 0;
}

int raw_read_answer(int fd, bool head_only, char *out, size_t max)
{
	size_t n = read_answer_head(fd, out, max);

	if (n == 0)
		return 0;
	for (size_t left = head_only ? 0 : content_length(out); left > 0;) {
		ssize_t got = n + left < max ? recv(fd, out + n, left, 0) : -1;

		if (got <= 0)
			return 0;
		n += (size_t)got;
		left -= (size_t)got;
		out[n] = '\0';
	}
	return (int)strtol(out + strlen("HTTP/1.1 "), NULL, 10);
}

bool raw_readable(int fd, int wait_ms)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	return poll(&p, 1, wait_ms) > 0;
}
