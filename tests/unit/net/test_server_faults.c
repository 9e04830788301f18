/* The faults that the server makes on purpose, answers that wait, and its end. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/log.h"
#include "net/server.h"
#include "raw-peer.h"

static char whole[100000];
static atomic_uint handled;

/* The path says what shall happen: /reset, /trunc/N, /delay/MS, /header, /fast, /big. */
static void misbehave(const struct server_request *req, struct server_response *resp, void *ctx)
{
	uint64_t n = 0;

	(void)ctx;
	atomic_fetch_add(&handled, 1);
	ptrdiff_t slash = str_rchr(req->path, '/');
	if (slash > 0 && !str_to_u64(str_from(req->path, (size_t)slash + 1), &n))
		BUG("test: bad path");
	resp->status = 200;
	resp->body = STR("fine");
	server_add_header(resp, "X-Path", req->path);
	if (str_startsz(req->path, "/reset"))
		resp->reset = true;
	if (str_startsz(req->path, "/delay") || str_startsz(req->path, "/reset/"))
		resp->delay_ms = (int64_t)n;
	if (str_startsz(req->path, "/trunc"))
		resp->truncate_at = (size_t)n;
	if (str_startsz(req->path, "/trunc") || str_startsz(req->path, "/big"))
		resp->body = str_ofn(whole, sizeof(whole));
	if (str_startsz(req->path, "/header"))
		server_add_header(resp, "X-Bad", STR("a\r\nX-Injected: b"));
	if (str_startsz(req->path, "/date"))
		server_add_header(resp, "Date", STR("Mon, 23 Nov 2026 15:16:52 GMT"));
	if (str_startsz(req->path, "/close"))
		server_add_header(resp, "Connection", STR("close"));
	if (str_startsz(req->path, "/status"))
		resp->status = (int)n;
}

struct fixture {
	struct server *server;
	unsigned port;
	int fd;
	char answer[sizeof(whole) + 4096];
};

static void start(struct fixture *f, unsigned threads)
{
	struct server_options opt = {
		.listen = "127.0.0.1:0",
		.threads = threads,
		.handle = misbehave,
	};
	struct err err = {0};

	for (size_t i = 0; i < sizeof(whole); i++)
		whole[i] = (char)('a' + i % 26);
	f->server = server_start(&opt, &err);
	if (!f->server)
		fail_msg("%s", err.message);
	f->port = (unsigned)strtoul(strrchr(server_address(f->server), ':') + 1, NULL, 10);
	f->fd = raw_connect(f->port);
}

static void stop(struct fixture *f)
{
	close(f->fd);
	server_stop(&f->server);
}

static void get(int fd, const char *path)
{
	char text[256];

	snprintf(text, sizeof(text), "GET %s HTTP/1.1\r\nHost: h\r\n\r\n", path);
	raw_write(fd, text);
}

static int read_answer(struct fixture *f, int fd)
{
	return raw_read_answer(fd, false, f->answer, sizeof(f->answer));
}

static void reset_is_a_reset(void **state)
{
	static const char *const paths[] = {"/reset", "/reset/5"};
	struct fixture f;

	(void)state;
	start(&f, 2);
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		int fd = raw_connect(f.port);
		bool was_reset = false;

		get(fd, "/fast");
		assert_int_equal(read_answer(&f, fd), 200);
		get(fd, paths[i]);
		assert_int_equal(raw_read_all(fd, f.answer, sizeof(f.answer), &was_reset), 0);
		assert_true(was_reset);
		close(fd);
	}
	get(f.fd, "/fast");
	assert_int_equal(read_answer(&f, f.fd), 200);
	stop(&f);
}

static void truncated(void **state)
{
	static const size_t cuts[] = {1, 10, 4096, 16384, 16385, 50000, sizeof(whole) - 1};
	struct fixture f;
	char path[32];

	(void)state;
	start(&f, 2);
	for (size_t i = 0; i < ARRAY_SIZE(cuts); i++) {
		int fd = raw_connect(f.port);

		snprintf(path, sizeof(path), "/trunc/%zu", cuts[i]);
		get(fd, path);
		size_t n = raw_read_all(fd, f.answer, sizeof(f.answer), NULL);
		const char *body = strstr(f.answer, "\r\n\r\n");
		assert_non_null(body);
		body += 4;
		assert_non_null(strstr(f.answer, "Content-Length: 100000\r\n"));
		assert_int_equal(n - (size_t)(body - f.answer), cuts[i]);
		assert_memory_equal(body, whole, cuts[i]);
		close(fd);
	}
	/* nothing to cut off */
	get(f.fd, "/trunc/100000");
	assert_int_equal(read_answer(&f, f.fd), 200);
	get(f.fd, "/fast");
	assert_int_equal(read_answer(&f, f.fd), 200);
	stop(&f);
}

/* One thread, and an answer that waits for an hour: others are answered. */
static void a_delay_holds_nobody_up(void **state)
{
	enum { N = 32 };
	struct fixture f;
	int fds[N];

	(void)state;
	start(&f, 1);
	get(f.fd, "/delay/3600000");
	for (int i = 0; i < N; i++) {
		char path[32];

		fds[i] = raw_connect(f.port);
		/* due in the opposite order of being asked */
		snprintf(path, sizeof(path), "/delay/%d", N - i);
		get(fds[i], path);
	}
	for (int i = 0; i < N; i++) {
		assert_int_equal(read_answer(&f, fds[i]), 200);
		get(fds[i], "/fast");
		assert_int_equal(read_answer(&f, fds[i]), 200);
		close(fds[i]);
	}
	assert_false(raw_readable(f.fd, 0));
	/* it is answered when the server ends, not dropped and not waited for */
	server_stop(&f.server);
	assert_int_equal(read_answer(&f, f.fd), 200);
	close(f.fd);
}

static void delays_end_in_their_order(void **state)
{
	static const char *const asked[] = {"/delay/90", "/delay/30", "/delay/60"};
	int fds[3], order[3], n = 0;
	struct fixture f;

	(void)state;
	start(&f, 1);
	for (int i = 0; i < 3; i++) {
		fds[i] = raw_connect(f.port);
		get(fds[i], asked[i]);
	}
	while (n < 3) {
		for (int i = 0; i < 3; i++) {
			if (fds[i] < 0 || !raw_readable(fds[i], 1))
				continue;
			assert_int_equal(read_answer(&f, fds[i]), 200);
			assert_non_null(strstr(f.answer, asked[i]));
			order[n++] = i;
			close(fds[i]);
			fds[i] = -1;
		}
	}
	assert_int_equal(order[2], 0); /* 90 came last */
	stop(&f);
}

/* Those who wait may leave; the server must not touch what is gone. */
static void waiting_clients_leave(void **state)
{
	struct fixture f;

	(void)state;
	start(&f, 2);
	for (int i = 0; i < 50; i++) {
		int fd = raw_connect(f.port);

		get(fd, i % 2 ? "/delay/5" : "/delay/3600000");
		if (i % 3 == 0)
			raw_reset(fd);
		close(fd);
	}
	get(f.fd, "/delay/20");
	assert_int_equal(read_answer(&f, f.fd), 200);
	stop(&f);
}

static void pipelined_behind_a_delay(void **state)
{
	struct fixture f;

	(void)state;
	start(&f, 1);
	raw_write(f.fd,
		  "GET /delay/20 HTTP/1.1\r\nHost: h\r\n\r\nGET /fast HTTP/1.1\r\nHost: h\r\n\r\n");
	assert_int_equal(read_answer(&f, f.fd), 200);
	assert_non_null(strstr(f.answer, "X-Path: /delay/20\r\n"));
	assert_int_equal(read_answer(&f, f.fd), 200);
	assert_non_null(strstr(f.answer, "X-Path: /fast\r\n"));
	stop(&f);
}

/* A value with a line break would be a header of somebody else's making. */
static void bad_header_of_handler(void **state)
{
	struct fixture f;
	FILE *sink = fopen("/dev/null", "w");

	(void)state;
	assert_non_null(sink);
	log_to(sink);
	start(&f, 1);
	get(f.fd, "/header");
	assert_int_equal(read_answer(&f, f.fd), 500);
	assert_null(strstr(f.answer, "Injected"));
	stop(&f);
	log_to(NULL);
	fclose(sink);
}

static void statuses(void **state)
{
	static const int all[] = {200, 201, 204, 302, 400, 403, 404, 409, 429, 500, 503, 599};
	struct fixture f;

	(void)state;
	start(&f, 1);
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		char path[32];

		snprintf(path, sizeof(path), "/status/%d", all[i]);
		get(f.fd, path);
		assert_int_equal(read_answer(&f, f.fd), all[i]);
	}
	stop(&f);
}

/* A sandbox's clock can be moved: its Date is the only one. */
static void headers_of_the_handlers_own(void **state)
{
	struct fixture f;

	(void)state;
	start(&f, 1);
	get(f.fd, "/date");
	assert_int_equal(read_answer(&f, f.fd), 200);
	const char *date = strstr(f.answer, "Date: ");
	assert_non_null(date);
	assert_memory_equal(date, "Date: Mon, 23 Nov 2026 15:16:52 GMT\r\n", 37);
	assert_null(strstr(date + 1, "Date: "));
	get(f.fd, "/close");
	assert_int_equal(read_answer(&f, f.fd), 200);
	assert_int_equal(raw_read_all(f.fd, f.answer, sizeof(f.answer), NULL), 0);
	stop(&f);
}

/* A client that takes a large answer slowly gets all of it, also when the server is told to stop. */
static void stop_lets_answers_out(void **state)
{
	struct fixture f;

	(void)state;
	for (int round = 0; round < 5; round++) {
		atomic_store(&handled, 0);
		start(&f, 2);
		get(f.fd, "/big");
		while (atomic_load(&handled) == 0)
			usleep(100);
		server_stop(&f.server);
		assert_int_equal(read_answer(&f, f.fd), 200);
		const char *body = strstr(f.answer, "\r\n\r\n") + 4;
		assert_memory_equal(body, whole, sizeof(whole));
		close(f.fd);
	}
}

/* Stopping while requests come in: each gets its answer or a closed connection, nothing else. */
struct hammer {
	unsigned port;
	pthread_t thread;
	unsigned answered;
};

static void *hammer(void *arg)
{
	struct hammer *h = arg;
	char answer[4096];

	int fd = raw_connect(h->port);
	for (;;) {
		get(fd, h->answered % 7 ? "/fast" : "/delay/1");
		if (raw_read_answer(fd, false, answer, sizeof(answer)) != 200)
			break;
		h->answered++;
	}
	close(fd);
	return NULL;
}

static void stop_under_load(void **state)
{
	enum { N = 8 };

	(void)state;
	for (int round = 0; round < 5; round++) {
		struct hammer hs[N] = {0};
		struct fixture f;

		start(&f, 2);
		for (int i = 0; i < N; i++) {
			hs[i].port = f.port;
			assert_int_equal(pthread_create(&hs[i].thread, NULL, hammer, &hs[i]), 0);
		}
		get(f.fd, "/delay/20");
		assert_int_equal(read_answer(&f, f.fd), 200);
		server_stop(&f.server);
		for (int i = 0; i < N; i++)
			pthread_join(hs[i].thread, NULL);
		close(f.fd);
	}
}

static void start_and_stop(void **state)
{
	(void)state;
	for (int i = 0; i < 20; i++) {
		struct fixture f;

		start(&f, (unsigned)(i % 4) + 1);
		stop(&f);
	}
	struct server *none = NULL;
	server_stop(&none);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reset_is_a_reset),
		cmocka_unit_test(truncated),
		cmocka_unit_test(a_delay_holds_nobody_up),
		cmocka_unit_test(delays_end_in_their_order),
		cmocka_unit_test(waiting_clients_leave),
		cmocka_unit_test(pipelined_behind_a_delay),
		cmocka_unit_test(bad_header_of_handler),
		cmocka_unit_test(statuses),
		cmocka_unit_test(headers_of_the_handlers_own),
		cmocka_unit_test(stop_lets_answers_out),
		cmocka_unit_test(stop_under_load),
		cmocka_unit_test(start_and_stop),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
