/* The client when all goes well: what is sent, what is read, connections kept. */

#include <arpa/inet.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "base/limits.h"
#include "net/http-private.h"
#include "raw-peer.h"

struct fixture {
	struct raw_server server;
	struct http_client *client;
	struct http_conn *conn;
	struct arena *arena;
	struct http_response resp;
	struct err err;
};

static void start(struct fixture *f, raw_script *script, const void *ctx)
{
	struct http_options opt = {.user_agent = "rootout/test"};

	memset(f, 0, sizeof(*f));
	raw_server_start(&f->server, script, (void *)(uintptr_t)ctx);
	f->client = http_client_new(&opt, &f->err);
	assert_non_null(f->client);
	f->conn = http_conn_new(f->client);
	f->arena = arena_new();
}

static void stop(struct fixture *f)
{
	http_conn_free(&f->conn);
	http_client_free(&f->client);
	raw_server_stop(&f->server);
	arena_free(&f->arena);
}

static bool send_to(struct fixture *f, const char *method, const char *path, struct str body)
{
	struct http_request req = {
		.method = str_of(method),
		.url = arena_printf(f->arena, "%s%s", f->server.url, path),
		.body = body,
	};

	err_clear(&f->err);
	return http_send(f->conn, &req, f->arena, &f->resp, &f->err);
}

static void assert_str(struct str s, const char *want)
{
	if (!str_eqz(s, want))
		fail_msg("got '%.*s', want '%s'", STR_ARG(s), want);
}

/* Answers every request with ctx. */
static void say(struct raw_server *s, int fd, unsigned nth)
{
	(void)nth;
	while (raw_read_request(s, fd))
		raw_write(fd, s->ctx);
}

static void request_bytes(void **state)
{
	static const struct http_header headers[] = {
		{STR("X-Amz-Target"), STR("AWSOrganizations.ListAccounts")},
		{STR("Content-Type"), STR("application/x-amz-json-1.1")},
		{STR("X-Empty"), STR("")},
		{STR("authorization"), STR("AWS4-HMAC-SHA256 Credential=a")},
	};
	struct fixture f;

	(void)state;
	start(&f, say, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	struct http_request req = {
		.method = STR("POST"),
		.url = arena_printf(f.arena, "%s/a%%2Fb/../c//d/.?x=%%7E&x=1&y", f.server.url),
		.headers = headers,
		.nheaders = ARRAY_SIZE(headers),
		.body = STR("{\"a\":1}"),
	};
	assert_true(http_send(f.conn, &req, f.arena, &f.resp, &f.err));
	unsigned port = f.server.port;
	stop(&f);
	char want[512];
	snprintf(want, sizeof(want),
		 "POST /a%%2Fb/../c//d/.?x=%%7E&x=1&y HTTP/1.1\r\n"
		 "Host: 127.0.0.1:%u\r\n"
		 "User-Agent: rootout/test\r\n"
		 "X-Amz-Target: AWSOrganizations.ListAccounts\r\n"
		 "Content-Type: application/x-amz-json-1.1\r\n"
		 "X-Empty:\r\n"
		 "authorization: AWS4-HMAC-SHA256 Credential=a\r\n"
		 "Content-Length: 7\r\n\r\n{\"a\":1}",
		 port);
	assert_string_equal(f.server.last, want);
}

/* What curl would like to add of its own is not there. */
static void bare_request_bytes(void **state)
{
	static const char *const methods[] = {"GET", "DELETE", "POST", "PUT", "HEAD", "GET"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(methods); i++) {
		struct fixture f;
		char want[256];
		bool length = methods[i][0] == 'P';

		start(&f, say, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
		assert_true(send_to(&f, methods[i], "/", STR_NULL));
		stop(&f);
		snprintf(want, sizeof(want),
			 "%s / HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n"
			 "User-Agent: rootout/test\r\n%s\r\n",
			 methods[i], f.server.port, length ? "Content-Length: 0\r\n" : "");
		assert_string_equal(f.server.last, want);
	}
}

/* Methods one after another on one handle: nothing of the earlier request stays. */
static void methods_in_turn(void **state)
{
	static const struct {
		const char *method;
		const char *body;
	} turns[] = {{"POST", "abc"}, {"HEAD", ""}, {"GET", ""},     {"PUT", "xy"},
		     {"DELETE", ""},  {"GET", ""},  {"POST", ""},    {"PATCH", "q"},
		     {"DELETE", "z"}, {"HEAD", ""}, {"POST", "last"}};
	static char last[RAW_MAX];
	struct fixture f;

	(void)state;
	start(&f, say, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	for (size_t i = 0; i < ARRAY_SIZE(turns); i++) {
		char line[32];

		assert_true(send_to(&f, turns[i].method, "/", str_of(turns[i].body)));
		snprintf(line, sizeof(line), "%s / HTTP/1.1\r\n", turns[i].method);
		raw_last(&f.server, last);
		assert_memory_equal(last, line, strlen(line));
		assert_string_equal(strstr(last, "\r\n\r\n") + 4, turns[i].body);
	}
	assert_int_equal(http_client_connections(f.client), 1);
	stop(&f);
	assert_int_equal(f.server.connections, 1);
	assert_int_equal(f.server.requests, ARRAY_SIZE(turns));
}

/* 48 KB: more than curl's buffers. */
static void large_request_body(void **state)
{
	static char body[48 << 10];
	struct fixture f;

	(void)state;
	for (size_t i = 0; i < sizeof(body); i++)
		body[i] = (char)('a' + i % 26);
	start(&f, say, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	assert_true(send_to(&f, "POST", "/", str_ofn(body, sizeof(body))));
	stop(&f);
	const char *came = strstr(f.server.last, "\r\n\r\n") + 4;
	assert_int_equal(f.server.last_n - (size_t)(came - f.server.last), sizeof(body));
	assert_memory_equal(came, body, sizeof(body));
}

static void response_parts(void **state)
{
	struct fixture f;

	(void)state;
	start(&f, say,
	      "HTTP/1.1 404 Not Found\r\nX-Amzn-RequestId:  id-1 \r\nSet-Cookie: a\r\n"
	      "SET-COOKIE: b\r\nx-empty:\r\nContent-Length: 5\r\n\r\nhello");
	assert_true(send_to(&f, "GET", "/", STR_NULL));
	assert_int_equal(f.resp.status, 404);
	assert_int_equal(f.resp.nheaders, 5);
	assert_str(f.resp.headers[0].name, "x-amzn-requestid");
	assert_str(f.resp.headers[0].value, "id-1");
	assert_str(f.resp.headers[1].value, "a");
	assert_str(f.resp.headers[2].name, "set-cookie");
	assert_str(f.resp.headers[2].value, "b");
	assert_str(f.resp.body, "hello");
	assert_str(http_response_header(&f.resp, "set-cookie"), "a");
	assert_false(str_is_null(http_response_header(&f.resp, "x-empty")));
	assert_true(str_is_null(http_response_header(&f.resp, "x-none")));
	stop(&f);
}

static void response_forms(void **state)
{
	static const struct {
		const char *bytes;
		int status;
		const char *body;
	} forms[] = {
		{"HTTP/1.1 200 OK\r\nTransfer-Encoding: "
		 "chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
		 200, "abcde"},
		{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-T: "
		 "1\r\n\r\n",
		 200, "abc"},
		{"HTTP/1.1 204 No Content\r\n\r\n", 204, ""},
		{"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", 200,
		 "x"},
		{"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
		 302, ""},
		{"HTTP/1.1 500 \r\nContent-Length: 2\r\n\r\nno", 500, "no"},
		{"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nraw", 200,
		 "raw"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		struct fixture f;

		start(&f, say, forms[i].bytes);
		if (!send_to(&f, "POST", "/", STR("q")))
			fail_msg("form %zu: %s", i, f.err.message);
		assert_int_equal(f.resp.status, forms[i].status);
		assert_str(f.resp.body, forms[i].body);
		assert_false(str_is_null(f.resp.body));
		stop(&f);
	}
}

/* The interim answer's headers are not the answer's. */
static void interim_headers_are_forgotten(void **state)
{
	struct fixture f;

	(void)state;
	start(&f, say,
	      "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
	      "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	assert_true(send_to(&f, "GET", "/", STR_NULL));
	assert_int_equal(f.resp.status, 200);
	assert_int_equal(f.resp.nheaders, 1);
	stop(&f);
}

static void head_has_no_body(void **state)
{
	struct fixture f;

	(void)state;
	start(&f, say, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
	assert_true(send_to(&f, "HEAD", "/", STR_NULL));
	assert_str(http_response_header(&f.resp, "content-length"), "1000");
	assert_int_equal(f.resp.body.n, 0);
	stop(&f);
}

static void say_ten_mebibytes(struct raw_server *s, int fd, unsigned nth)
{
	static char piece[1 << 16];

	(void)nth;
	memset(piece, 'j', sizeof(piece));
	if (!raw_read_request(s, fd))
		return;
	raw_write(fd, "HTTP/1.1 200 OK\r\nContent-Length: 10485760\r\n\r\n");
	for (int i = 0; i < 160; i++)
		raw_write_n(fd, piece, sizeof(piece));
}

static void large_response_body(void **state)
{
	struct fixture f;

	(void)state;
	start(&f, say_ten_mebibytes, NULL);
	assert_true(send_to(&f, "GET", "/", STR_NULL));
	assert_int_equal(f.resp.body.n, 10 << 20);
	assert_int_equal(f.resp.body.p[0], 'j');
	assert_int_equal(f.resp.body.p[(10 << 20) - 1], 'j');
	/* a connection keeps little of it */
	assert_true(f.conn->body.cap <= KIB(32));
	stop(&f);
}

/* Session tokens stand in headers and bodies: nothing of them stays in our buffers. */
static void buffers_are_wiped(void **state)
{
	static const struct http_header token = {STR("X-Amz-Security-Token"), STR("TOPSECRET")};
	struct fixture f;

	(void)state;
	start(&f, say, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nTOPSECRET");
	struct http_request req = {
		.method = STR("GET"),
		.url = str_of(f.server.url),
		.headers = &token,
		.nheaders = 1,
	};
	assert_true(http_send(f.conn, &req, f.arena, &f.resp, &f.err));
	assert_str(f.resp.body, "TOPSECRET");
	assert_true(f.conn->head.cap > 0 && f.conn->body.cap > 0);
	assert_null(memmem(f.conn->head.p, f.conn->head.cap, "SECRET", 6));
	assert_null(memmem(f.conn->body.p, f.conn->body.cap, "SECRET", 6));
	stop(&f);
	assert_non_null(strstr(f.server.last, "TOPSECRET"));
}

/* What a child would inherit: none of the connections. */
static void connections_are_not_inherited(void **state)
{
	struct sockaddr_in peer;
	struct fixture f;
	int found = 0;

	(void)state;
	start(&f, say, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	assert_true(send_to(&f, "GET", "/", STR_NULL));
	for (int fd = 3; fd < 256; fd++) {
		socklen_t n = sizeof(peer);

		if (getpeername(fd, (struct sockaddr *)&peer, &n) != 0 ||
		    peer.sin_family != AF_INET || ntohs(peer.sin_port) != f.server.port)
			continue;
		assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
		found++;
	}
	assert_int_equal(found, 1);
	stop(&f);
}

/* The environment's proxy gets requests for the world, and none for this machine. */
static void proxies(void **state)
{
	static const char *const local[] = {"127.0.0.1", "localhost"};
	static const char *const remote[] = {"nowhere.invalid", "127.nowhere.invalid"};
	struct raw_server proxy;
	struct fixture f;
	char url[64], line[128];

	(void)state;
	raw_server_start(&proxy, say,
			 (void *)(uintptr_t) "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	setenv("http_proxy", proxy.url, 1);
	start(&f, say, "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n");
	for (size_t i = 0; i < ARRAY_SIZE(local); i++) {
		struct http_request req = {.method = STR("GET"), .url = {url, 0}};

		req.url.n = (size_t)snprintf(url, sizeof(url), "http://%s:%u/", local[i],
					     f.server.port);
		assert_true(http_send(f.conn, &req, f.arena, &f.resp, &f.err));
		assert_int_equal(f.resp.status, 201);
		/* this one serves one connection at a time */
		http_conn_free(&f.conn);
		f.conn = http_conn_new(f.client);
	}
	for (size_t i = 0; i < ARRAY_SIZE(remote); i++) {
		static char last[RAW_MAX];
		struct http_request req = {.method = STR("GET"), .url = {url, 0}};

		req.url.n = (size_t)snprintf(url, sizeof(url), "http://%s/", remote[i]);
		assert_true(http_send(f.conn, &req, f.arena, &f.resp, &f.err));
		assert_int_equal(f.resp.status, 200);
		snprintf(line, sizeof(line), "GET http://%s/ HTTP/1.1\r\n", remote[i]);
		raw_last(&proxy, last);
		assert_memory_equal(last, line, strlen(line));
	}
	unsetenv("http_proxy");
	stop(&f);
	raw_server_stop(&proxy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(request_bytes),
		cmocka_unit_test(bare_request_bytes),
		cmocka_unit_test(methods_in_turn),
		cmocka_unit_test(large_request_body),
		cmocka_unit_test(response_parts),
		cmocka_unit_test(response_forms),
		cmocka_unit_test(interim_headers_are_forgotten),
		cmocka_unit_test(head_has_no_body),
		cmocka_unit_test(large_response_body),
		cmocka_unit_test(buffers_are_wiped),
		cmocka_unit_test(connections_are_not_inherited),
		cmocka_unit_test(proxies),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
