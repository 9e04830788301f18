/* The server, spoken to byte by byte. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/limits.h"
#include "net/server.h"
#include "raw-peer.h"

static unsigned port_of(const struct server *s)
{
	return (unsigned)strtoul(strrchr(server_address(s), ':') + 1, NULL, 10);
}

/* Says what it was asked: everything that a handler can see, one thing a line. */
static void echo(const struct server_request *req, struct server_response *resp, void *ctx)
{
	struct buf b = BUF_INIT(MIB(1));

	(void)ctx;
	buf_addf(&b, "%.*s|%.*s|", STR_ARG(req->method), STR_ARG(req->path));
	if (str_is_null(req->query))
		buf_addz(&b, "(none)");
	buf_adds(&b, req->query);
	buf_addf(&b, "|%.*s\n", STR_ARG(req->peer));
	for (size_t i = 0; i < req->nheaders; i++)
		buf_addf(&b, "%.*s=%.*s\n", STR_ARG(req->headers[i].name),
			 STR_ARG(req->headers[i].value));
	buf_addf(&b, "body %zu %.*s", req->body.n, (int)(req->body.n < 64 ? req->body.n : 64),
		 req->body.p);
	resp->status = 200;
	resp->body = arena_str(req->arena, buf_str(&b));
	buf_release(&b);
}

struct fixture {
	struct server *server;
	int fd;
	char answer[1 << 16];
};

static void start_with(struct fixture *f, struct server_options opt)
{
	struct err err = {0};

	opt.listen = opt.listen ? opt.listen : "127.0.0.1:0";
	opt.threads = opt.threads ? opt.threads : 2;
	opt.handle = opt.handle ? opt.handle : echo;
	f->server = server_start(&opt, &err);
	if (!f->server)
		fail_msg("%s", err.message);
	f->fd = raw_connect(port_of(f->server));
}

static void start(struct fixture *f)
{
	start_with(f, (struct server_options){0});
}

static void stop(struct fixture *f)
{
	close(f->fd);
	server_stop(&f->server);
	assert_null(f->server);
}

static const char *body_of(const struct fixture *f)
{
	return strstr(f->answer, "\r\n\r\n") + 4;
}

static int read_answer(struct fixture *f)
{
	return raw_read_answer(f->fd, false, f->answer, sizeof(f->answer));
}

static void expect_body(struct fixture *f, const char *want)
{
	int status = read_answer(f);

	if (status != 200)
		fail_msg("status %d: %s", status, f->answer);
	assert_string_equal(body_of(f), want);
}

static void whole_request(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	raw_write(f.fd, "POST /x HTTP/1.1\r\nHost: h\r\nX-Two: 1 \r\nX-TWO:2\r\nX-Empty:\r\n"
			"Content-Length: 3\r\n\r\nabc");
	expect_body(&f, "POST|/x|(none)|127.0.0.1\nhost=h\nx-two=1\nx-two=2\nx-empty=\n"
			"content-length=3\nbody 3 abc");
	stop(&f);
}

/* Signatures are made over the path as it was written. */
static void raw_target(void **state)
{
	static const struct {
		const char *target;
		const char *seen;
	} cases[] = {
		{"/a%2Fb%20c/../d//e/.", "/a%2Fb%20c/../d//e/.|(none)"},
		{"/?", "/|"},
		{"/?x=1&x=%31&x&=y", "/|x=1&x=%31&x&=y"},
		{"/p?q=?&r=/+%2B", "/p|q=?&r=/+%2B"},
		{"/%00%ff%zz%", "/%00%ff%zz%|(none)"},
		{"/\xe6\x97\xa5", "/\xe6\x97\xa5|(none)"},
		{"*", "*|(none)"},
		{"http://h/abs?q", "http://h/abs|q"},
	};
	struct fixture f;

	(void)state;
	start(&f);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char text[256];

		snprintf(text, sizeof(text), "GET %s HTTP/1.1\r\nHost: h\r\n\r\n", cases[i].target);
		raw_write(f.fd, text);
		snprintf(text, sizeof(text), "GET|%s|127.0.0.1\nhost=h\nbody 0 ", cases[i].seen);
		expect_body(&f, text);
	}
	stop(&f);
}

static void byte_by_byte(void **state)
{
	static const char text[] =
		"POST /slow?q HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello";
	struct fixture f;

	(void)state;
	start(&f);
	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < sizeof(text) - 1; i++) {
			raw_write_n(f.fd, text + i, 1);
			if (i % 16 == 0)
				assert_false(raw_readable(f.fd, 1));
		}
		expect_body(&f, "POST|/slow|q|127.0.0.1\nhost=h\ncontent-length=5\nbody 5 hello");
	}
	stop(&f);
}

static void chunked_body(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	raw_write(f.fd, "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
			"3\r\nabc\r\n2;ext=1\r\nde\r\n0\r\nX-Trailer: 1\r\n\r\n");
	expect_body(&f, "POST|/|(none)|127.0.0.1\nhost=h\ntransfer-encoding=chunked\nbody 5 abcde");
	stop(&f);
}

static void pipelined(void **state)
{
	struct fixture f;
	char text[4096] = "", want[128];

	(void)state;
	start(&f);
	for (int i = 0; i < 20; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
			 "POST /%d HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n%02d", i, i);
	raw_write(f.fd, text);
	for (int i = 0; i < 20; i++) {
		snprintf(want, sizeof(want),
			 "POST|/%d|(none)|127.0.0.1\nhost=h\ncontent-length=2\nbody 2 %02d", i, i);
		expect_body(&f, want);
	}
	stop(&f);
}

static void head_and_other_methods(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	raw_write(f.fd, "HEAD /h HTTP/1.1\r\nHost: h\r\n\r\n");
	assert_int_equal(raw_read_answer(f.fd, true, f.answer, sizeof(f.answer)), 200);
	assert_null(strstr(f.answer, "body"));
	assert_non_null(strstr(f.answer, "Content-Length: 39\r\n"));
	raw_write(f.fd, "DELETE /d HTTP/1.1\r\nHost: h\r\n\r\n");
	expect_body(&f, "DELETE|/d|(none)|127.0.0.1\nhost=h\nbody 0 ");
	raw_write(f.fd, "PUT /d HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx");
	expect_body(&f, "PUT|/d|(none)|127.0.0.1\nhost=h\ncontent-length=1\nbody 1 x");
	raw_write(f.fd, "PURGE /d HTTP/1.1\r\nHost: h\r\n\r\n");
	expect_body(&f, "PURGE|/d|(none)|127.0.0.1\nhost=h\nbody 0 ");
	stop(&f);
}

static void connection_ends_when_asked(void **state)
{
	static const char *const requests[] = {
		"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
		"GET / HTTP/1.0\r\n\r\n",
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(requests); i++) {
		struct fixture f;
		bool was_reset;

		start(&f);
		raw_write(f.fd, requests[i]);
		raw_read_all(f.fd, f.answer, sizeof(f.answer), &was_reset);
		assert_false(was_reset);
		assert_non_null(strstr(f.answer, " 200 OK\r\n"));
		assert_non_null(strstr(f.answer, "body 0 "));
		stop(&f);
	}
}

static void send_headers(int fd, int count)
{
	char line[32];

	raw_write(fd, "GET / HTTP/1.1\r\nHost: h\r\n");
	for (int i = 1; i < count; i++) {
		snprintf(line, sizeof(line), "X-%d: v\r\n", i);
		raw_write(fd, line);
	}
	raw_write(fd, "\r\n");
}

static void many_headers(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	send_headers(f.fd, LIMIT_HEADERS);
	assert_int_equal(read_answer(&f), 200);
	assert_non_null(strstr(f.answer, "\nx-99=v\n"));
	send_headers(f.fd, LIMIT_HEADERS + 1);
	assert_int_equal(read_answer(&f), 431);
	assert_non_null(strstr(f.answer, "text/plain"));
	send_headers(f.fd, 2);
	assert_int_equal(read_answer(&f), 200);
	stop(&f);
}

/* More than the connection's memory: MHD answers by itself. */
static void endless_head(void **state)
{
	static const char *const starts[] = {"GET /", "GET / HTTP/1.1\r\nHost: h\r\nX: "};
	char piece[1024];

	(void)state;
	memset(piece, 'h', sizeof(piece));
	for (size_t i = 0; i < ARRAY_SIZE(starts); i++) {
		struct fixture f;

		start(&f);
		raw_write(f.fd, starts[i]);
		for (int n = 0; n < 256; n++)
			raw_write_n(f.fd, piece, sizeof(piece));
		raw_read_all(f.fd, f.answer, sizeof(f.answer), NULL);
		/* the reset for what was not read may overtake the answer */
		if (f.answer[0])
			assert_non_null(strstr(f.answer, "HTTP/1.1 4"));
		close(f.fd);
		f.fd = raw_connect(port_of(f.server)); /* and it lives */
		raw_write(f.fd, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
		assert_int_equal(read_answer(&f), 200);
		stop(&f);
	}
}

static void send_body(int fd, size_t n)
{
	char head[128], piece[4096];

	snprintf(head, sizeof(head), "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: %zu\r\n\r\n",
		 n);
	raw_write(fd, head);
	memset(piece, 'b', sizeof(piece));
	for (size_t left = n; left > 0;) {
		size_t take = left < sizeof(piece) ? left : sizeof(piece);

		raw_write_n(fd, piece, take);
		left -= take;
	}
}

static void body_ceiling(void **state)
{
	struct fixture f;

	(void)state;
	start_with(&f, (struct server_options){.max_body = 100000});
	send_body(f.fd, 100000);
	assert_int_equal(read_answer(&f), 200);
	assert_non_null(strstr(f.answer, "body 100000 bbb"));
	/* read to its end, so the connection serves on */
	send_body(f.fd, 100001);
	assert_int_equal(read_answer(&f), 413);
	assert_non_null(strstr(f.answer, "text/plain"));
	send_body(f.fd, 10);
	assert_int_equal(read_answer(&f), 200);
	/* a chunked one tells its size too late */
	raw_write(f.fd, "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
	for (int i = 0; i < 101; i++) {
		char chunk[1008];

		memset(chunk, 'c', sizeof(chunk));
		memcpy(chunk, "3e8\r\n", 5);
		memcpy(chunk + 1005, "\r\n", 2);
		raw_write_n(f.fd, chunk, 1007);
	}
	raw_write(f.fd, "0\r\n\r\n");
	assert_int_equal(read_answer(&f), 413);
	stop(&f);
}

/* A body that nobody would read to its end, and one whose sender waits to be asked for it. */
static void body_refused_at_once(void **state)
{
	static const char *const requests[] = {
		"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2000000\r\nExpect: "
		"100-continue\r\n\r\n",
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(requests); i++) {
		struct fixture f;

		start(&f);
		raw_write(f.fd, requests[i]);
		assert_int_equal(read_answer(&f), 413);
		assert_int_equal(raw_read_all(f.fd, f.answer, sizeof(f.answer), NULL), 0);
		stop(&f);
	}
}

static void expect_continue(void **state)
{
	struct fixture f;

	(void)state;
	start(&f);
	raw_write(f.fd, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n"
			"Expect: 100-continue\r\n\r\n");
	assert_int_equal(read_answer(&f), 100);
	raw_write(f.fd, "abc");
	assert_int_equal(read_answer(&f), 200);
	assert_non_null(strstr(f.answer, "body 3 abc"));
	stop(&f);
}

/* Bodies of many requests together have a ceiling: eight of 8 MiB fit, the ninth does not. */
static void bodies_together(void **state)
{
	enum { N = 9 };
	int fds[N], refused = 0;
	struct fixture f;

	(void)state;
	start_with(&f, (struct server_options){.max_body = MIB(8)});
	for (int i = 0; i < N; i++) {
		fds[i] = raw_connect(port_of(f.server));
		raw_write(fds[i], "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 8388608\r\n\r\n");
	}
	char *most = xcalloc(1, MIB(8) - 1);
	for (int i = 0; i < N; i++)
		raw_write_n(fds[i], most, MIB(8) - 1);
	free(most);
	for (int i = 0; i < N; i++) {
		raw_write_n(fds[i], "z", 1);
		int status = raw_read_answer(fds[i], false, f.answer, sizeof(f.answer));
		assert_true(status == 200 || status == 503);
		refused += status == 503;
		close(fds[i]);
	}
	assert_true(refused >= 1 && refused <= 2); /* two threads may meet at the ceiling */
	/* what they held is free again */
	send_body(f.fd, MIB(8));
	assert_int_equal(read_answer(&f), 200);
	stop(&f);
}

static void clients_that_leave(void **state)
{
	static const char *const starts[] = {
		"",
		"GE",
		"GET / HTTP/1.1\r\nHost",
		"GET / HTTP/1.1\r\nHost: h\r\n\r",
		"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nhalf",
		"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
		"GET / HTTP/1.1\r\nHost: h\r\n\r\n",
	};
	struct fixture f;

	(void)state;
	start(&f);
	for (size_t i = 0; i < ARRAY_SIZE(starts); i++) {
		for (int with_reset = 0; with_reset < 2; with_reset++) {
			int fd = raw_connect(port_of(f.server));

			raw_write(fd, starts[i]);
			if (with_reset)
				raw_reset(fd);
			close(fd);
		}
	}
	raw_write(f.fd, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
	assert_int_equal(read_answer(&f), 200);
	stop(&f);
}

/* Nothing here may crash, hang or be taken for a request that reaches the handler twice. */
static void nonsense(void **state)
{
	static const struct str lines[] = {
		STR("\r\n\r\n\r\n"),
		STR("\0\0\0\0\r\n\r\n"),
		STR("GET\r\n\r\n"),
		STR("GET / HTTP/9.9\r\nHost: h\r\n\r\n"),
		STR("GET / HTTP/1.1\r\n\r\n"),
		STR("GET / HTTP/1.1\r\nHost: h\r\nno colon\r\n\r\n"),
		STR("GET / HTTP/1.1\r\nHost: h\r\n: x\r\n\r\n"),
		STR("GET / HTTP/1.1\r\nHost: h\r\nA: b\0c\r\n\r\n"),
		STR("GET /a\0b HTTP/1.1\r\nHost: h\r\n\r\n"),
		STR("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n"),
		STR("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 18446744073709551616\r\n\r\n"),
		STR("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3x\r\n\r\nabc"),
		STR("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
		STR("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
		    "ffffffffffffffffff\r\n"),
		STR("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"), /* a TLS hello */
		STR("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
	};
	struct fixture f;

	(void)state;
	start(&f);
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		int fd = raw_connect(port_of(f.server));

		raw_write_n(fd, lines[i].p, lines[i].n);
		while (raw_readable(fd, 20) && recv(fd, f.answer, sizeof(f.answer), 0) > 0)
			continue;
		close(fd);
	}
	raw_write(f.fd, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
	assert_int_equal(read_answer(&f), 200);
	stop(&f);
}

static void bad_addresses(void **state)
{
	static const char *const addresses[] = {
		"",
		"127.0.0.1",
		"127.0.0.1:",
		":8080",
		"127.0.0.1:65536",
		"127.0.0.1:x",
		"::1:80",
		"[::1]",
		"[]:80",
		"[::1:80",
		"127.0.0.1:-1",
		"127.0.0.1:080000",
		"no.such.host.invalid:80",
		"256.1.1.1:80",
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(addresses); i++) {
		struct server_options opt = {.listen = addresses[i], .handle = echo};
		struct err err = {0};

		if (server_start(&opt, &err))
			fail_msg("'%s' was listened on", addresses[i]);
		assert_int_equal(err.kind, ERR_INPUT);
		assert_non_null(strstr(err.message, addresses[i]));
	}
}

static void port_in_use(void **state)
{
	struct fixture f;
	struct err err = {0};

	(void)state;
	start(&f);
	struct server_options opt = {.listen = server_address(f.server), .handle = echo};
	assert_null(server_start(&opt, &err));
	assert_int_equal(err.kind, ERR_IO);
	assert_non_null(strstr(err.message, "in use"));
	stop(&f);
}

static void addresses(void **state)
{
	static const struct {
		const char *listen;
		const char *starts;
		bool loopback;
	} cases[] = {
		{"127.0.0.1:0", "127.0.0.1:", true}, {"localhost:0", "127.0.0.1:", true},
		{"127.0.0.9:0", "127.0.0.9:", true}, {"[::1]:0", "[::1]:", true},
		{"0.0.0.0:0", "0.0.0.0:", false},    {"[::]:0", "[::]:", false},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct server_options opt = {.listen = cases[i].listen, .handle = echo};
		struct err err = {0};
		struct server *s = server_start(&opt, &err);

		if (!s && strchr(cases[i].listen, '[')) /* a machine without IPv6 */
			continue;
		if (!s)
			fail_msg("%s: %s", cases[i].listen, err.message);
		if (!str_startsz(str_of(server_address(s)), cases[i].starts) &&
		    !str_startsz(str_of(server_address(s)), "[::1]:"))
			fail_msg("%s gives %s", cases[i].listen, server_address(s));
		assert_int_equal(server_is_loopback(s), cases[i].loopback);
		server_stop(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_request),
		cmocka_unit_test(raw_target),
		cmocka_unit_test(byte_by_byte),
		cmocka_unit_test(chunked_body),
		cmocka_unit_test(pipelined),
		cmocka_unit_test(head_and_other_methods),
		cmocka_unit_test(connection_ends_when_asked),
		cmocka_unit_test(many_headers),
		cmocka_unit_test(endless_head),
		cmocka_unit_test(body_ceiling),
		cmocka_unit_test(body_refused_at_once),
		cmocka_unit_test(expect_continue),
		cmocka_unit_test(bodies_together),
		cmocka_unit_test(clients_that_leave),
		cmocka_unit_test(nonsense),
		cmocka_unit_test(bad_addresses),
		cmocka_unit_test(port_in_use),
		cmocka_unit_test(addresses),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
