/*
 * The client when the other side fails: what kind of error, may the same be
 * tried again, and may the request have been carried out.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/limits.h"
#include "net/http-private.h"
#include "raw-peer.h"

#define OK_EMPTY "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

struct fixture {
	struct raw_server server;
	struct http_client *client;
	struct http_conn *conn;
	struct arena *arena;
	struct http_response resp;
	struct err err;
	char host[32]; /* "127.0.0.1:PORT" */
};

static void start(struct fixture *f, raw_script *script, const void *ctx)
{
	struct http_options opt = {0};

	memset(f, 0, sizeof(*f));
	raw_server_start(&f->server, script, (void *)(uintptr_t)ctx);
	snprintf(f->host, sizeof(f->host), "127.0.0.1:%u", f->server.port);
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

static bool post(struct fixture *f, struct http_request req)
{
	if (!req.url.p)
		req.url = str_of(f->server.url);
	if (!req.method.p)
		req.method = STR("POST");
	req.body = STR("Action=DeleteAccessKey");
	err_clear(&f->err);
	return http_send(f->conn, &req, f->arena, &f->resp, &f->err);
}

static void expect_err(const struct fixture *f, enum err_kind kind, bool retryable, bool maybe_done)
{
	if (f->err.kind != kind || f->err.retryable != retryable || f->err.maybe_done != maybe_done)
		fail_msg("kind %d retryable %d maybe_done %d: %s", f->err.kind, f->err.retryable,
			 f->err.maybe_done, f->err.message);
	if (!strstr(f->err.message, f->host))
		fail_msg("'%s' does not name %s", f->err.message, f->host);
	assert_int_equal(f->err.http_status, 0);
	assert_int_equal(f->resp.status, 0);
	assert_null(f->resp.headers);
}

/* Reads the request, then says ctx and closes. */
static void say_and_close(struct raw_server *s, int fd, unsigned nth)
{
	(void)nth;
	if (raw_read_request(s, fd))
		raw_write(fd, s->ctx);
}

static void read_and_reset(struct raw_server *s, int fd, unsigned nth)
{
	(void)nth;
	if (raw_read_request(s, fd))
		raw_reset(fd);
}

static void say_and_reset(struct raw_server *s, int fd, unsigned nth)
{
	char ignored[64];

	(void)nth;
	if (!raw_read_request(s, fd))
		return;
	raw_write(fd, s->ctx);
	/* give the client the time to read what came before the reset */
	while (raw_readable(fd, 50) && read(fd, ignored, sizeof(ignored)) > 0)
		continue;
	raw_reset(fd);
}

/* What a plain HTTP server says to a TLS handshake. */
static void say_at_once(struct raw_server *s, int fd, unsigned nth)
{
	char ignored[2048];

	(void)nth;
	if (read(fd, ignored, sizeof(ignored)) > 0)
		raw_write(fd, s->ctx);
}

static void read_for_ever(struct raw_server *s, int fd, unsigned nth)
{
	(void)nth;
	while (raw_read_request(s, fd))
		continue;
}

static void reset_before_answer(void **state)
{
	struct fixture f;

	(void)state;
	start(&f, read_and_reset, NULL);
	assert_false(post(&f, (struct http_request){0}));
	expect_err(&f, ERR_NET, true, true);
	stop(&f);
	assert_int_equal(f.server.requests, 1);
}

static void closed_before_answer(void **state)
{
	struct fixture f;

	(void)state;
	start(&f, say_and_close, "");
	assert_false(post(&f, (struct http_request){0}));
	expect_err(&f, ERR_NET, true, true);
	assert_non_null(strstr(f.err.message, "without an answer"));
	stop(&f);
	assert_int_equal(f.server.requests, 1);
}

static void cut_answers(void **state)
{
	static const char *const answers[] = {
		"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<half>",
		"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n<half>",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n<half>\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n<half>\r\nzz\r\n",
		"HTTP/1.1 100 Continue\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Len",
		"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n",
		"HTTP/1.1 200 OK\r\n",
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(answers); i++) {
		for (int with_reset = 0; with_reset < 2; with_reset++) {
			struct fixture f;

			start(&f, with_reset ? say_and_reset : say_and_close, answers[i]);
			if (post(&f, (struct http_request){0}))
				fail_msg("cut answer %zu was taken for whole", i);
			expect_err(&f, ERR_NET, true, true);
			stop(&f);
		}
	}
}

static void not_http(void **state)
{
	static const char *const answers[] = {
		"<html><body>Welcome to the hotel's network</body></html>",
		"SSH-2.0-OpenSSH_9.2p1\r\n",
		"\x15\x03\x01\x00\x02\x02\x46", /* a TLS alert */
		"HTTP/1.1 abc OK\r\n\r\n",
		"HTTP/1.1 099 Low\r\n\r\n",
		"HTTP/1.1 200 OK\r\nno colon here\r\n\r\n",
		"HTTP/1.1 200 OK\r\n: no name\r\n\r\n",
		"HTTP/1.1 200 OK\r\nX: a\r\n folded\r\n\r\n",
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(answers); i++) {
		struct fixture f;

		start(&f, say_and_close, answers[i]);
		if (post(&f, (struct http_request){0}))
			fail_msg("not HTTP, but taken (%zu)", i);
		if (f.err.kind != ERR_PROTOCOL)
			fail_msg("%zu: kind %d: %s", i, f.err.kind, f.err.message);
		expect_err(&f, ERR_PROTOCOL, false, true);
		stop(&f);
	}
}

static void say_nul(struct raw_server *s, int fd, unsigned nth)
{
	static const char head[] = "HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 0\r\n\r\n";

	(void)nth;
	if (raw_read_request(s, fd))
		raw_write_n(fd, head, sizeof(head) - 1);
}

static void nul_in_header(void **state)
{
	struct fixture f;

	(void)state;
	start(&f, say_nul, NULL);
	assert_false(post(&f, (struct http_request){0}));
	assert_true(f.err.maybe_done);
	stop(&f);
}

static void no_answer(void **state)
{
	struct fixture f;

	(void)state;
	start(&f, read_for_ever, NULL);
	assert_false(post(&f, (struct http_request){.timeout_ms = 60}));
	expect_err(&f, ERR_NET, true, true);
	assert_non_null(strstr(f.err.message, "60 ms"));
	stop(&f);
	assert_int_equal(f.server.requests, 1);
}

/* The TCP connection stands, the TLS handshake never ends: nothing was asked. */
static void no_handshake(void **state)
{
	struct fixture f;

	(void)state;
	start(&f, read_for_ever, NULL);
	struct str url = arena_printf(f.arena, "https://%s/", f.host);
	assert_false(post(&f, (struct http_request){.url = url, .timeout_ms = 60}));
	expect_err(&f, ERR_NET, true, false);
	stop(&f);
}

static void plain_answer_to_handshake(void **state)
{
	struct fixture f;

	(void)state;
	start(&f, say_at_once, "HTTP/1.1 400 Bad Request\r\n\r\n");
	struct str url = arena_printf(f.arena, "https://%s/", f.host);
	assert_false(post(&f, (struct http_request){.url = url}));
	expect_err(&f, ERR_NET, true, false);
	stop(&f);
}

static void refused(void **state)
{
	struct fixture f;

	(void)state;
	start(&f, read_for_ever, NULL);
	snprintf(f.host, sizeof(f.host), "127.0.0.1:%u", raw_closed_port());
	struct str url = arena_printf(f.arena, "http://%s/path?secret=1", f.host);
	assert_false(post(&f, (struct http_request){.url = url}));
	expect_err(&f, ERR_NET, true, false);
	assert_non_null(strstr(f.err.message, "Connection refused"));
	assert_null(strstr(f.err.message, "secret"));
	assert_int_equal(http_client_connections(f.client), 0);
	stop(&f);
}

/* A proxy that wants to know who we are: nothing reached AWS. */
static void proxy_refuses(void **state)
{
	struct http_request req = {.url = STR("https://nowhere.invalid/")};
	struct fixture f;

	(void)state;
	start(&f, say_and_close,
	      "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
	setenv("https_proxy", f.server.url, 1);
	assert_false(post(&f, req));
	unsetenv("https_proxy");
	snprintf(f.host, sizeof(f.host), "nowhere.invalid");
	expect_err(&f, ERR_NET, true, false);
	assert_non_null(strstr(f.err.message, "407"));
	stop(&f);
	assert_memory_equal(f.server.last, "CONNECT nowhere.invalid:443", 27);
}

static void unknown_host(void **state)
{
	struct fixture f;

	(void)state;
	start(&f, read_for_ever, NULL);
	snprintf(f.host, sizeof(f.host), "nowhere.invalid");
	struct http_request req = {.url = STR("http://nowhere.invalid/")};
	assert_false(post(&f, req));
	expect_err(&f, ERR_NET, true, false);
	assert_non_null(strstr(f.err.message, "resolve"));
	stop(&f);
}

/* Answers the first request of the first connection, reads the second and ends without a word. */
static void forget_second(struct raw_server *s, int fd, unsigned nth)
{
	if (!raw_read_request(s, fd))
		return;
	raw_write(fd, OK_EMPTY);
	if (nth == 0) {
		raw_read_request(s, fd);
		if (s->ctx)
			raw_reset(fd);
		return;
	}
	while (raw_read_request(s, fd))
		raw_write(fd, OK_EMPTY);
}

/*
 * curl by itself would open another connection and send the POST again: a
 * deletion, twice, and nobody would know. Counted at the server.
 */
static void kept_connection_dies_after_request(void **state)
{
	static const char *const methods[] = {"POST", "GET", "DELETE"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(methods); i++) {
		for (int with_reset = 0; with_reset < 2; with_reset++) {
			struct http_request req = {.method = str_of(methods[i])};
			struct fixture f;

			start(&f, forget_second, with_reset ? "reset" : NULL);
			assert_true(post(&f, req));
			assert_false(post(&f, req));
			expect_err(&f, ERR_NET, true, true);
			assert_int_equal(f.server.requests, 2);
			/* and the handle is as good as new */
			assert_true(post(&f, req));
			assert_true(post(&f, req));
			stop(&f);
			assert_int_equal(f.server.requests, 4);
			/* one of them was opened by curl for the sending that we refused */
			assert_int_equal(f.server.connections, 3);
		}
	}
}

/* One answer a connection, closed without saying so. */
static void answer_and_close(struct raw_server *s, int fd, unsigned nth)
{
	(void)nth;
	if (raw_read_request(s, fd))
		raw_write(fd, OK_EMPTY);
}

/* Closed while idle: seen before anything is sent, so another one is opened and nothing is lost. */
static void kept_connection_was_closed(void **state)
{
	struct fixture f;

	(void)state;
	start(&f, answer_and_close, NULL);
	for (int i = 0; i < 20; i++) {
		assert_true(post(&f, (struct http_request){0}));
		/* the next accept happens after the close: wait for nothing but that */
		usleep(2000);
	}
	assert_int_equal(http_client_connections(f.client), 20);
	stop(&f);
	assert_int_equal(f.server.requests, 20);
}

static void body_past_ceiling(void **state)
{
	static const struct {
		const char *answer;
		bool ok;
	} cases[] = {
		{"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n12345678", true},
		{"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n123456789", false},
		{"HTTP/1.1 200 OK\r\nTransfer-Encoding: "
		 "chunked\r\n\r\n4\r\n1234\r\n5\r\n12345\r\n0\r\n\r\n",
		 false},
		{"HTTP/1.1 200 OK\r\n\r\n1234567890", false},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fixture f;
		struct http_request req = {.max_body = 8};

		start(&f, say_and_close, cases[i].answer);
		assert_int_equal(post(&f, req), cases[i].ok);
		if (!cases[i].ok)
			expect_err(&f, ERR_LIMIT, false, true);
		stop(&f);
	}
}

/* A thousand header lines; a thousand interim answers. */
static void say_many(struct raw_server *s, int fd, unsigned nth)
{
	bool interim = s->ctx != NULL;

	(void)nth;
	if (!raw_read_request(s, fd))
		return;
	if (!interim)
		raw_write(fd, "HTTP/1.1 200 OK\r\n");
	for (int i = 0; i < 1000; i++)
		raw_write(fd, interim ? "HTTP/1.1 100 Continue\r\n\r\n" : "X-Many: 1\r\n");
	raw_write(fd, interim ? OK_EMPTY : "\r\n");
}

static void heads_past_ceiling(void **state)
{
	(void)state;
	for (int interim = 0; interim < 2; interim++) {
		struct fixture f;

		start(&f, say_many, interim ? "interim" : NULL);
		assert_false(post(&f, (struct http_request){0}));
		expect_err(&f, ERR_LIMIT, false, true);
		stop(&f);
	}
}

static void hundred_headers_are_fine(void **state)
{
	char answer[4096] = "HTTP/1.1 200 OK\r\n";
	struct fixture f;

	(void)state;
	for (int i = 0; i < LIMIT_HEADERS - 1; i++)
		snprintf(answer + strlen(answer), sizeof(answer) - strlen(answer), "X-%d: v\r\n",
			 i);
	snprintf(answer + strlen(answer), sizeof(answer) - strlen(answer),
		 "Content-Length: 0\r\n\r\n");
	start(&f, say_and_close, answer);
	assert_true(post(&f, (struct http_request){0}));
	assert_int_equal(f.resp.nheaders, LIMIT_HEADERS);
	stop(&f);
}

/* What would be a second header or a second request is not sent, and the value is not shown. */
static void header_injection(void **state)
{
	static const struct http_header bad[] = {
		{STR("X-Amz-Security-Token"), STR("HUSH\r\nX-Admin: 1")},
		{STR("X-Amz-Security-Token"), STR("HUSH\nX-Admin: 1")},
		{STR("X-Amz-Security-Token"), STR("HUSH\rX")},
		{STR("X-Amz-Security-Token"), STR("HUSH\0X")},
		{STR("X-Amz-Security-Token"), STR("HUSH\x7f")},
		{STR("X-A\r\nX-B"), STR("1")},
		{STR("X A"), STR("1")},
		{STR("X:A"), STR("1")},
		{STR(""), STR("1")},
		{STR("X-\xc3\xa9"), STR("1")},
	};
	struct fixture f;

	(void)state;
	start(&f, read_for_ever, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct http_request req = {.headers = &bad[i], .nheaders = 1};

		assert_false(post(&f, req));
		expect_err(&f, ERR_INPUT, false, false);
		assert_null(strstr(f.err.message, "HUSH"));
	}
	struct http_request req = {.method = STR("POST / HTTP/1.1\r\nX:")};
	assert_false(post(&f, req));
	expect_err(&f, ERR_INPUT, false, false);
	stop(&f);
	assert_int_equal(f.server.connections, 0);
}

static void headers_past_ceiling(void **state)
{
	static char token[80 << 10];
	struct http_header h = {STR("X-Amz-Security-Token"), {token, sizeof(token)}};
	struct http_request req = {.headers = &h, .nheaders = 1};
	struct fixture f;

	(void)state;
	memset(token, 't', sizeof(token));
	start(&f, answer_and_close, NULL);
	assert_false(post(&f, req));
	expect_err(&f, ERR_LIMIT, false, false);
	/* the buffer's flag does not stick */
	assert_true(post(&f, (struct http_request){0}));
	stop(&f);
}

static void bad_urls(void **state)
{
	static const char *const urls[] = {
		"",
		"iam.amazonaws.com",
		"ftp://127.0.0.1/",
		"file:///etc/hosts",
		"http://",
		"http:///path",
		"http://127.0.0.1/a b",
		"http://127.0.0.1/\r\nX: 1",
		"http://127.0.0.1/\xe6\x97",
		"http://127.0.0.1/#frag",
		"http://user:HUSH@127.0.0.1/",
		"http://127.0.0.1:99999/",
		"http://[::1/",
		"HTTP://127.0.0.1",
	};
	struct fixture f;

	(void)state;
	start(&f, read_for_ever, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(urls); i++) {
		struct http_request req = {.url = str_of(urls[i])};

		if (post(&f, req))
			fail_msg("'%s' was used", urls[i]);
		if (f.err.kind != ERR_NET || f.err.retryable || f.err.maybe_done)
			fail_msg("'%s': kind %d retryable %d: %s", urls[i], f.err.kind,
				 f.err.retryable, f.err.message);
		assert_null(strstr(f.err.message, "HUSH"));
	}
	stop(&f);
	assert_int_equal(f.server.connections, 0);
}

static void authority_of_url(void **state)
{
	static const struct {
		struct str url;
		const char *want;
	} cases[] = {
		{STR("https://iam.amazonaws.com/?a=b"), "iam.amazonaws.com"},
		{STR("http://127.0.0.1:80?x"), "127.0.0.1:80"},
		{STR("http://[::1]:80/x"), "[::1]:80"},
		{STR("http://h#f"), "h"},
		{STR("https://user:pw@h/"), "h"},
		{STR("https://"), ""},
		{STR("h/x"), "h"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct str got = http_url_authority(cases[i].url);

		if (!str_eqz(got, cases[i].want))
			fail_msg("'%.*s' instead of '%s'", STR_ARG(got), cases[i].want);
	}
}

static void negative_timeouts(void **state)
{
	struct http_options opt = {.timeout_ms = -1};
	struct err err = {0};

	(void)state;
	assert_null(http_client_new(&opt, &err));
	assert_int_equal(err.kind, ERR_INPUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reset_before_answer),
		cmocka_unit_test(closed_before_answer),
		cmocka_unit_test(cut_answers),
		cmocka_unit_test(not_http),
		cmocka_unit_test(nul_in_header),
		cmocka_unit_test(no_answer),
		cmocka_unit_test(no_handshake),
		cmocka_unit_test(plain_answer_to_handshake),
		cmocka_unit_test(refused),
		cmocka_unit_test(proxy_refuses),
		cmocka_unit_test(unknown_host),
		cmocka_unit_test(kept_connection_dies_after_request),
		cmocka_unit_test(kept_connection_was_closed),
		cmocka_unit_test(body_past_ceiling),
		cmocka_unit_test(heads_past_ceiling),
		cmocka_unit_test(hundred_headers_are_fine),
		cmocka_unit_test(header_injection),
		cmocka_unit_test(headers_past_ceiling),
		cmocka_unit_test(bad_urls),
		cmocka_unit_test(authority_of_url),
		cmocka_unit_test(negative_timeouts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
