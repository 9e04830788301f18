#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/log.h"
#include "net/server-private.h"

/* A client that sends or takes nothing for so long is let go. */
#define IDLE_TIMEOUT_S 60u
/* For one connection: its header lines must fit in (AWS's own ceiling is 16 KiB or less). */
#define CONNECTION_BYTES KIB(32)
/* How long server_stop waits for answers to be taken. */
#define STOP_WAIT_S 5
#define THREADS_MAX 8u

static void on_log(void *cls, const char *fmt, va_list ap) PRINTF_LIKE(2, 0);
static void on_log(void *cls, const char *fmt, va_list ap)
{
	char line[512];

	(void)cls;
	if (!log_enabled(LOG_DEBUG))
		return;
	vsnprintf(line, sizeof(line), fmt, ap);
	line[strcspn(line, "\n")] = '\0';
	log_debug("http server", LOG_S("says", line));
}

/* Paths stay as they came: signatures are made over them. */
static size_t no_unescape(void *cls, struct MHD_Connection *connection, char *s)
{
	(void)cls;
	(void)connection;
	return strlen(s);
}

static void on_connection(void *cls, struct MHD_Connection *connection, void **context,
			  enum MHD_ConnectionNotificationCode what)
{
	struct server *s = cls;

	(void)connection;
	(void)context;
	if (what == MHD_CONNECTION_NOTIFY_STARTED)
		atomic_fetch_add(&s->connections, 1);
}

static unsigned default_threads(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : n > (long)THREADS_MAX ? THREADS_MAX : (unsigned)n;
}

/* Each connection is a file; the usual soft limit of 1,024 is less than we serve. */
static void raise_file_limit(unsigned connections)
{
	struct rlimit r;
	rlim_t want = (rlim_t)connections + 256;

	if (getrlimit(RLIMIT_NOFILE, &r) != 0 || r.rlim_cur >= want)
		return;
	r.rlim_cur = want < r.rlim_max ? want : r.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &r) != 0)
		log_debug("file limit stays", LOG_S("why", strerror(errno)));
}

static bool start_daemon(struct server *s, struct err *err)
{
	unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME |
			 MHD_USE_ERROR_LOG |
			 MHD_USE_SUPPRESS_DATE_NO_CLOCK; /* server-request.c puts it */
	struct MHD_OptionItem items[] = {
		{MHD_OPTION_EXTERNAL_LOGGER, (intptr_t)on_log, NULL},
		{MHD_OPTION_LISTEN_SOCKET, s->listen_fd, NULL},
		{MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)exchange_on_uri, s},
		{MHD_OPTION_UNESCAPE_CALLBACK, (intptr_t)no_unescape, NULL},
		{MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)exchange_on_completed, s},
		{MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)on_connection, s},
		{MHD_OPTION_CONNECTION_TIMEOUT, IDLE_TIMEOUT_S, NULL},
		{MHD_OPTION_CONNECTION_LIMIT, s->opt.max_connections, NULL},
		{MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_BYTES, NULL},
		/* a request without Host, a line folded: 400 */
		{MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL},
		/* one thread is said by saying nothing */
		{s->opt.threads > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END, s->opt.threads,
		 NULL},
		{MHD_OPTION_END, 0, NULL},
	};
	sigset_t all, before;

	/* Signals are the main thread's; the server's threads inherit this mask. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	s->daemon = mhd.start_daemon(flags, 0, NULL, NULL, exchange_on_access, s, MHD_OPTION_ARRAY,
				     items, MHD_OPTION_END);
	int saved = errno;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (!s->daemon)
		return err_errno(err, saved, "cannot start the server on %s", s->address);
	return true;
}

static void release(struct server *s)
{
	delays_free(&s->delays);
	exchange_free_all(s);
	if (s->listen_fd >= 0)
		close(s->listen_fd);
	pthread_cond_destroy(&s->idle);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

struct server *server_start(const struct server_options *opt, struct err *err)
{
	if (!opt->handle)
		BUG("a server needs a handler");
	if (!mhd_load(err))
		return NULL;
	struct server *s = xcalloc(1, sizeof(*s));
	pthread_condattr_t attr;

	s->opt = *opt;
	s->listen_fd = -1;
	if (s->opt.threads == 0)
		s->opt.threads = default_threads();
	if (s->opt.max_body == 0)
		s->opt.max_body = LIMIT_REQUEST_BYTES;
	if (s->opt.max_connections == 0)
		s->opt.max_connections = 4096;
	if (s->opt.max_connections < s->opt.threads)
		s->opt.max_connections = s->opt.threads;
	pthread_mutex_init(&s->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&s->idle, &attr);
	pthread_condattr_destroy(&attr);
	s->delays = delays_new();
	raise_file_limit(s->opt.max_connections);
	if (server_listen(s, opt->listen, err) && start_daemon(s, err))
		return s;
	release(s);
	return NULL;
}

/* Until every request that was read whole has its answer, or STOP_WAIT_S. */
static void wait_idle(struct server *s)
{
	struct timespec end;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += STOP_WAIT_S;
	pthread_mutex_lock(&s->lock);
	while (s->under_way > 0)
		if (pthread_cond_timedwait(&s->idle, &s->lock, &end) != 0)
			break;
	if (s->under_way > 0)
		log_warn("server stops before all answers were sent",
			 LOG_I("requests", s->under_way));
	pthread_mutex_unlock(&s->lock);
}

void server_stop(struct server **sp)
{
	struct server *s = *sp;

	if (!s)
		return;
	atomic_store(&s->stopping, true);
	mhd.quiesce_daemon(s->daemon); /* no new connections */
	delays_flush(s->delays);
	wait_idle(s);
	mhd.stop_daemon(s->daemon);
	release(s);
	*sp = NULL;
}

const char *server_address(const struct server *s)
{
	return s->address;
}

bool server_is_loopback(const struct server *s)
{
	return s->loopback;
}

size_t server_connections(const struct server *s)
{
	return atomic_load(&s->connections);
}
