#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/server-private.h"

#define BACKLOG 1024

/* "ADDR:PORT" or "[ADDR]:PORT" into its two parts. */
static bool cut_address(const char *listen, char host[256], char port[6], struct err *err)
{
	struct str s = str_of(listen), h, p;
	ptrdiff_t colon = str_rchr(s, ':');
	uint64_t n;

	if (colon <= 0)
		goto bad;
	h = str_sub(s, 0, (size_t)colon);
	p = str_from(s, (size_t)colon + 1);
	if (h.p[0] == '[') {
		if (h.n < 3 || h.p[h.n - 1] != ']')
			goto bad;
		h = str_sub(h, 1, h.n - 2);
	} else if (str_chr(h, ':') >= 0) {
		goto bad;
	}
	if (h.n >= 256 || p.n > 5 || !str_to_u64(p, &n) || n > 65535)
		goto bad;
	memcpy(host, h.p, h.n);
	host[h.n] = '\0';
	memcpy(port, p.p, p.n);
	port[p.n] = '\0';
	return true;
bad:
	return err_set(err, ERR_INPUT,
		       "'%s' is not an address to listen on: write ADDR:PORT, such as "
		       "127.0.0.1:8080 or [::1]:8080",
		       listen);
}

static bool is_loopback(const struct sockaddr *sa)
{
	if (sa->sa_family == AF_INET)
		return ntohl(((const struct sockaddr_in *)sa)->sin_addr.s_addr) >> 24 == 127;
	if (sa->sa_family == AF_INET6)
		return IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)sa)->sin6_addr);
	return false;
}

/* What the system really gave us: the port, when 0 was asked for. */
static void note_address(struct server *s)
{
	struct sockaddr_storage ss = {0};
	socklen_t n = sizeof(ss);
	char host[INET6_ADDRSTRLEN] = "?";
	unsigned port = 0;

	if (getsockname(s->listen_fd, (struct sockaddr *)&ss, &n) != 0)
		BUG("getsockname: %s", strerror(errno));
	if (ss.ss_family == AF_INET6) {
		const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&ss;

		inet_ntop(AF_INET6, &in6->sin6_addr, host, sizeof(host));
		port = ntohs(in6->sin6_port);
	} else {
		const struct sockaddr_in *in = (const struct sockaddr_in *)&ss;

		inet_ntop(AF_INET, &in->sin_addr, host, sizeof(host));
		port = ntohs(in->sin_port);
	}
	snprintf(s->address, sizeof(s->address), ss.ss_family == AF_INET6 ? "[%s]:%u" : "%s:%u",
		 host, port);
	s->loopback = is_loopback((struct sockaddr *)&ss);
}

static int open_socket(const struct addrinfo *ai)
{
	int one = 1;
	int fd = socket(ai->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (ai->ai_family == AF_INET6) /* [::] is for IPv6 alone, as it says */
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one));
	if (bind(fd, ai->ai_addr, ai->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	int saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

bool server_listen(struct server *s, const char *listen, struct err *err)
{
	struct addrinfo hints = {
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
	};
	struct addrinfo *ai = NULL;
	char host[256], port[6];

	if (!cut_address(listen, host, port, err))
		return false;
	int rc = getaddrinfo(host, port, &hints, &ai);
	if (rc == EAI_NONAME) { /* not a number: a name, which takes longer */
		hints.ai_flags = AI_NUMERICSERV;
		rc = getaddrinfo(host, port, &hints, &ai);
	}
	if (rc != 0)
		return err_set(err, ERR_INPUT, "cannot listen on '%s': %s", listen,
			       gai_strerror(rc));
	s->listen_fd = open_socket(ai);
	int saved = errno;
	freeaddrinfo(ai);
	if (s->listen_fd < 0)
		return err_errno(err, saved, "cannot listen on '%s'", listen);
	note_address(s);
	return true;
}
