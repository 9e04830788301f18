#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/limits.h"
#include "net/http-private.h"

/* curl's own buffers, one of each per handle: answers of AWS are a few KiB. */
#define CURL_BUFFER_BYTES 16384L
/* Hosts that one worker keeps a connection to. */
#define CONNECTIONS_KEPT 16L
/* Idle connections older than this are not used again: a server that is about to close one would
 * leave us not knowing whether the request was carried out. AWS's endpoints wait a minute. */
#define CONNECTION_IDLE_S 45L
/* Memory that a connection keeps between requests. */
#define BODY_KEPT KIB(32)
#define HEAD_MAX KIB(64)

struct http_client *http_client_new(const struct http_options *opt, struct err *err)
{
	if (opt->connect_timeout_ms < 0 || opt->timeout_ms < 0) {
		err_set(err, ERR_INPUT, "a time-out must not be negative");
		return NULL;
	}
	if (!curl_load(err))
		return NULL;
	struct http_client *c = xcalloc(1, sizeof(*c));
	c->user_agent = opt->user_agent ? xstrdup(opt->user_agent) : NULL;
	c->connect_timeout_ms = opt->connect_timeout_ms ? opt->connect_timeout_ms : 10000;
	c->timeout_ms = opt->timeout_ms ? opt->timeout_ms : 60000;
	c->verify_tls = !opt->no_verify_tls;
	c->trust = trust_new(opt->ca_bundle);
	return c;
}

void http_client_free(struct http_client **cp)
{
	struct http_client *c = *cp;

	if (!c)
		return;
	if (atomic_load(&c->conns) != 0)
		BUG("http client freed before its connections");
	trust_free(&c->trust);
	free(c->user_agent);
	free(c);
	*cp = NULL;
}

size_t http_client_connections(const struct http_client *c)
{
	return atomic_load(&c->connections);
}

/*
 * Called when the connection stands and the request is about to be sent.
 *
 * When a kept connection ends before any byte of an answer, curl opens another
 * one and sends the request again: up to five times, POST or not. The server
 * may have carried out what it read (a deletion, an AssumeRoot), so a second
 * sending is refused here, and the caller gets maybe_done and decides.
 * Only when nothing of the first was sent is curl allowed to go on.
 */
static int on_send(void *ctx, char *remote, char *local, int remote_port, int local_port)
{
	struct http_conn *conn = ctx;
	long sent = 0;

	(void)remote;
	(void)local;
	(void)remote_port;
	(void)local_port;
	curl.easy_getinfo(conn->curl, CURLINFO_REQUEST_SIZE, &sent);
	if (conn->sends > 0 && sent > 0) {
		conn->resend_refused = true;
		return CURL_PREREQFUNC_ABORT;
	}
	conn->sends++;
	return CURL_PREREQFUNC_OK;
}

/* A child (credential_process, an editor) must not hold our connections open. */
static curl_socket_t open_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *addr)
{
	(void)ctx;
	(void)purpose;
	return socket(addr->family, addr->socktype | SOCK_CLOEXEC, addr->protocol);
}

#define SET(option, value)                                                                       \
	do {                                                                                     \
		CURLcode set_code_ = curl.easy_setopt(conn->curl, option, value);                \
		if (set_code_ != CURLE_OK)                                                       \
			BUG("curl_easy_setopt(" #option "): %s", curl.easy_strerror(set_code_)); \
	} while (0)

/* What stays the same for all requests of a handle. */
static void set_fixed(struct http_conn *conn)
{
	struct http_client *c = conn->client;

	SET(CURLOPT_PROTOCOLS_STR, "http,https");
	SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_PATH_AS_IS, 1L);
	SET(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_NOPROGRESS, 1L);
	SET(CURLOPT_TCP_NODELAY, 1L);
	SET(CURLOPT_TCP_KEEPALIVE, 1L);
	SET(CURLOPT_TCP_KEEPIDLE, 30L);
	SET(CURLOPT_TCP_KEEPINTVL, 10L);
	SET(CURLOPT_MAXCONNECTS, CONNECTIONS_KEPT);
	SET(CURLOPT_MAXAGE_CONN, CONNECTION_IDLE_S);
	SET(CURLOPT_BUFFERSIZE, CURL_BUFFER_BYTES);
	SET(CURLOPT_UPLOAD_BUFFERSIZE, CURL_BUFFER_BYTES);
	SET(CURLOPT_CONNECTTIMEOUT_MS, (long)c->connect_timeout_ms);
	SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	SET(CURLOPT_CAINFO, NULL);
	SET(CURLOPT_CAPATH, NULL);
	SET(CURLOPT_PROXY_CAINFO, NULL);
	SET(CURLOPT_PROXY_CAPATH, NULL);
	SET(CURLOPT_SSL_CTX_FUNCTION, trust_on_tls);
	SET(CURLOPT_SSL_CTX_DATA, conn);
	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(CURLOPT_SSL_VERIFYPEER, c->verify_tls ? 1L : 0L);
	SET(CURLOPT_SSL_VERIFYHOST, c->verify_tls ? 2L : 0L);
	SET(CURLOPT_OPENSOCKETFUNCTION, open_socket);
	SET(CURLOPT_PREREQFUNCTION, on_send);
	SET(CURLOPT_PREREQDATA, conn);
	SET(CURLOPT_HEADERFUNCTION, http_on_header);
	SET(CURLOPT_WRITEFUNCTION, http_on_body);
	SET(CURLOPT_ERRORBUFFER, conn->curl_error);
	SET(CURLOPT_USERAGENT, c->user_agent);
}

struct http_conn *http_conn_new(struct http_client *c)
{
	struct http_conn *conn = xcalloc(1, sizeof(*conn));

	conn->client = c;
	conn->curl = curl.easy_init();
	if (!conn->curl)
		BUG("curl_easy_init failed");
	buf_init_secret(&conn->head, HEAD_MAX);
	buf_init_secret(&conn->body, LIMIT_RESPONSE_BYTES);
	set_fixed(conn);
	atomic_fetch_add(&c->conns, 1);
	return conn;
}

void http_conn_free(struct http_conn **cp)
{
	struct http_conn *conn = *cp;

	if (!conn)
		return;
	curl.easy_cleanup(conn->curl);
	buf_release(&conn->head);
	buf_release(&conn->body);
	free(conn->list);
	atomic_fetch_sub(&conn->client->conns, 1);
	free(conn);
	*cp = NULL;
}

static bool is_token(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c <= ' ' || c >= 0x7f || strchr("\"(),/:;<=>?@[\\]{}", c))
			return false;
	}
	return s.n > 0;
}

/* A line break in a value would be a second header, or a second request. */
static bool is_field_value(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if ((c < ' ' && c != '\t') || c == 0x7f)
			return false;
	}
	return true;
}

/* Without a message that shows a value: it may be a session token. */
static bool check_request(const struct http_request *req, struct err *err)
{
	struct str host = http_url_authority(req->url);

	if (!str_startsz(req->url, "http://") && !str_startsz(req->url, "https://"))
		return err_set(err, ERR_NET, "URL '%.*s' does not begin with http:// or https://",
			       STR_ARG(host));
	if (host.n == 0)
		return err_set(err, ERR_NET, "URL without a host name");
	if (http_url_has_userinfo(req->url))
		return err_set(err, ERR_NET, "URL for %.*s holds a user name", STR_ARG(host));
	for (size_t i = 0; i < req->url.n; i++) {
		unsigned char c = (unsigned char)req->url.p[i];

		if (c <= ' ' || c >= 0x7f || c == '#')
			return err_set(err, ERR_NET,
				       "URL for %.*s holds a character that is not encoded",
				       STR_ARG(host));
	}
	if (!is_token(req->method))
		return err_set(err, ERR_INPUT, "%.*s: bad HTTP method", STR_ARG(host));
	for (size_t i = 0; i < req->nheaders; i++) {
		if (!is_token(req->headers[i].name))
			return err_set(err, ERR_INPUT, "%.*s: bad header name", STR_ARG(host));
		if (!is_field_value(req->headers[i].value))
			return err_set(err, ERR_INPUT,
				       "%.*s: the value of header '%.*s' holds a line break or "
				       "another control character",
				       STR_ARG(host), STR_ARG(req->headers[i].name));
	}
	return true;
}

static bool has_header(const struct http_request *req, const char *name)
{
	for (size_t i = 0; i < req->nheaders; i++)
		if (str_eq_nocase(req->headers[i].name, str_of(name)))
			return true;
	return false;
}

/*
 * curl's form: "Name: value", "Name;" for an empty value, and "Name:" for one
 * of its own that shall not be sent. The nodes are ours, so that nothing that
 * we cannot wipe holds a copy.
 */
static bool set_headers(struct http_conn *conn, const struct http_request *req, struct err *err)
{
	static const char *const curls_own[] = {"Accept", "Expect", "Content-Type"};
	struct buf *b = &conn->head;
	size_t n = 0;

	if (conn->list_cap < req->nheaders + ARRAY_SIZE(curls_own)) {
		conn->list_cap = req->nheaders + ARRAY_SIZE(curls_own);
		conn->list = xreallocarray(conn->list, conn->list_cap, sizeof(*conn->list));
	}
	for (size_t i = 0; i < ARRAY_SIZE(curls_own); i++) {
		if (has_header(req, curls_own[i]))
			continue;
		buf_addf(b, "%s:", curls_own[i]);
		buf_addc(b, '\0');
		n++;
	}
	for (size_t i = 0; i < req->nheaders; i++) {
		buf_adds(b, req->headers[i].name);
		buf_addz(b, req->headers[i].value.n ? ": " : ";");
		buf_adds(b, req->headers[i].value);
		buf_addc(b, '\0');
		n++;
	}
	if (buf_overflowed(b))
		return err_set(err, ERR_LIMIT, "%.*s: headers of the request exceed %zu bytes",
			       STR_ARG(http_url_authority(req->url)), HEAD_MAX);
	char *p = b->p;
	for (size_t i = 0; i < n; i++) {
		conn->list[i].data = p;
		conn->list[i].next = i + 1 < n ? &conn->list[i + 1] : NULL;
		p += strlen(p) + 1;
	}
	SET(CURLOPT_HTTPHEADER, conn->list);
	return true;
}

static void set_method(struct http_conn *conn, const struct http_request *req, struct arena *a)
{
	bool with_body = req->body.n > 0 || str_eqz(req->method, "POST") ||
			 str_eqz(req->method, "PUT") || str_eqz(req->method, "PATCH");

	SET(CURLOPT_CUSTOMREQUEST, NULL);
	if (with_body) {
		SET(CURLOPT_POST, 1L);
		SET(CURLOPT_POSTFIELDS, req->body.p ? req->body.p : "");
		SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)req->body.n);
	} else if (str_eqz(req->method, "HEAD")) {
		SET(CURLOPT_NOBODY, 1L);
		return;
	} else {
		SET(CURLOPT_HTTPGET, 1L);
	}
	if (!str_eqz(req->method, with_body ? "POST" : "GET"))
		SET(CURLOPT_CUSTOMREQUEST, arena_dupz(a, req->method));
}

/*
 * A proxy of the environment is for the world outside: our own sandbox on this
 * machine is reached without it, whether or not NO_PROXY thinks of it.
 */
static bool is_local(struct str url)
{
	struct str host = http_url_authority(url);
	ptrdiff_t colon = str_rchr(host, ':');

	if (str_startsz(host, "[::1]"))
		return true;
	if (colon >= 0)
		host = str_sub(host, 0, (size_t)colon);
	if (str_eq_nocase(host, STR("localhost")))
		return true;
	for (size_t i = 0; i < host.n; i++) /* 127.example.com is somebody else */
		if (host.p[i] != '.' && (host.p[i] < '0' || host.p[i] > '9'))
			return false;
	return str_startsz(host, "127.");
}

/* Nothing of a request stays behind in the handle. */
static void forget(struct http_conn *conn)
{
	SET(CURLOPT_HTTPHEADER, NULL);
	SET(CURLOPT_POSTFIELDS, NULL);
	SET(CURLOPT_CUSTOMREQUEST, NULL);
	buf_reset(&conn->head); /* wipes: both were made by buf_init_secret */
	buf_reset(&conn->body);
	if (conn->body.cap > BODY_KEPT) {
		buf_release(&conn->body);
		buf_init_secret(&conn->body, LIMIT_RESPONSE_BYTES);
	}
}

bool http_send(struct http_conn *conn, const struct http_request *req, struct arena *a,
	       struct http_response *resp, struct err *err)
{
	struct http_client *c = conn->client;
	struct http_answer ans = {
		.arena = a,
		.resp = resp,
		.max_body = req->max_body ? req->max_body : LIMIT_RESPONSE_BYTES,
		.body = &conn->body,
		.fault = &conn->fault,
	};
	long opened = 0;
	bool ok = false;

	*resp = (struct http_response){0};
	err_clear(&conn->fault);
	conn->sends = 0;
	conn->resend_refused = false;
	conn->curl_error[0] = '\0';
	if (!check_request(req, err) || !set_headers(conn, req, err))
		goto done;
	conn->body.max = ans.max_body;
	set_method(conn, req, a);
	SET(CURLOPT_PROXY, is_local(req->url) ? "" : NULL);
	SET(CURLOPT_URL, arena_dupz(a, req->url));
	SET(CURLOPT_TIMEOUT_MS, (long)(req->timeout_ms ? req->timeout_ms : c->timeout_ms));
	SET(CURLOPT_HEADERDATA, &ans);
	SET(CURLOPT_WRITEDATA, &ans);

	CURLcode code = curl.easy_perform(conn->curl);
	curl.easy_getinfo(conn->curl, CURLINFO_NUM_CONNECTS, &opened);
	atomic_fetch_add(&c->connections, (size_t)opened);
	/* curl is content with a head that was cut off after its first line; we are not */
	if (code == CURLE_OK && !ans.head_done)
		code = CURLE_PARTIAL_FILE;
	if (code != CURLE_OK) {
		http_fault(conn, code, req, err);
		goto done;
	}
	resp->body = conn->body.n ? arena_str(a, buf_str(&conn->body)) : STR("");
	ok = true;
done:
	forget(conn);
	if (!ok)
		*resp = (struct http_response){0};
	return ok;
}

struct str http_response_header(const struct http_response *resp, const char *name)
{
	for (size_t i = 0; i < resp->nheaders; i++)
		if (str_eqz(resp->headers[i].name, name))
			return resp->headers[i].value;
	return STR_NULL;
}
