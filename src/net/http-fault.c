/*
 * What curl says went wrong, in our words.
 *
 * Two questions matter to the floors above: may the same be tried again, and
 * may the other side have done what we asked although no answer came. For the
 * second, curl tells when the connection stands and the request is about to be
 * sent (CURLOPT_PREREQFUNCTION); before that moment nothing was sent, after it
 * anything may have happened.
 */

#include <string.h>

#include "net/http-private.h"

static struct str whole_authority(struct str url)
{
	ptrdiff_t at = str_find(url, STR("://"));
	struct str rest = at < 0 ? url : str_from(url, (size_t)at + 3);
	size_t n = 0;

	while (n < rest.n && !strchr("/?#", rest.p[n]))
		n++;
	return str_sub(rest, 0, n);
}

bool http_url_has_userinfo(struct str url)
{
	return str_chr(whole_authority(url), '@') >= 0;
}

struct str http_url_authority(struct str url)
{
	struct str all = whole_authority(url);

	return str_from(all, (size_t)(str_rchr(all, '@') + 1));
}

static bool is_trust_fault(CURLcode code)
{
	switch (code) {
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_ISSUER_ERROR:
	case CURLE_SSL_CRL_BADFILE:
	case CURLE_SSL_INVALIDCERTSTATUS:
	case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
		return true;
	default:
		return false;
	}
}

static void say_timeout(const struct http_conn *conn, const struct http_request *req,
			struct str host, struct err *err)
{
	int64_t total = req->timeout_ms ? req->timeout_ms : conn->client->timeout_ms;

	if (conn->sends == 0)
		err_set(err, ERR_NET, "cannot connect to %.*s: timed out", STR_ARG(host));
	else
		err_set(err, ERR_NET, "%.*s: no whole answer within %lld ms", STR_ARG(host),
			(long long)total);
}

static void say_connect(struct http_conn *conn, struct str host, struct err *err)
{
	long errnum = 0;

	curl.easy_getinfo(conn->curl, CURLINFO_OS_ERRNO, &errnum);
	if (errnum > 0) {
		err_errno(err, (int)errnum, "cannot connect to %.*s", STR_ARG(host));
		err->kind = ERR_NET;
	} else {
		err_set(err, ERR_NET, "cannot connect to %.*s", STR_ARG(host));
	}
}

/* The part of the message that differs by code. */
static void say(struct http_conn *conn, CURLcode code, const struct http_request *req,
		struct str host, struct err *err)
{
	const char *detail = *conn->curl_error ? conn->curl_error : curl.easy_strerror(code);

	switch (code) {
	case CURLE_COULDNT_RESOLVE_HOST:
		err_set(err, ERR_NET, "cannot resolve host name of %.*s", STR_ARG(host));
		break;
	case CURLE_COULDNT_RESOLVE_PROXY:
		err_set(err, ERR_NET, "cannot reach %.*s: %s", STR_ARG(host), detail);
		break;
	case CURLE_COULDNT_CONNECT:
		say_connect(conn, host, err);
		break;
	case CURLE_OPERATION_TIMEDOUT:
		say_timeout(conn, req, host, err);
		break;
	case CURLE_GOT_NOTHING:
	case CURLE_ABORTED_BY_CALLBACK: /* ours: see on_send in http.c */
		err_set(err, ERR_NET, "%.*s: connection closed without an answer", STR_ARG(host));
		break;
	case CURLE_PARTIAL_FILE:
		err_set(err, ERR_NET, "%.*s: answer cut off%s%s", STR_ARG(host),
			*conn->curl_error ? ": " : "", conn->curl_error);
		break;
	case CURLE_UNSUPPORTED_PROTOCOL: /* what curl calls HTTP/0.9 */
	case CURLE_WEIRD_SERVER_REPLY:
	case CURLE_BAD_CONTENT_ENCODING:
		err_set(err, ERR_PROTOCOL, "%.*s: the answer is not HTTP/1.1: %s", STR_ARG(host),
			detail);
		break;
	case CURLE_URL_MALFORMAT:
		err_set(err, ERR_NET, "URL for %.*s cannot be used: %s", STR_ARG(host), detail);
		break;
	default:
		if (is_trust_fault(code))
			err_set(err, ERR_NET,
				"%.*s: TLS certificate not trusted: %s (AWS_CA_BUNDLE names other "
				"certificates to trust)",
				STR_ARG(host), detail);
		else
			err_set(err, ERR_NET, "%.*s: %s", STR_ARG(host), detail);
		break;
	}
}

bool http_fault(struct http_conn *conn, CURLcode code, const struct http_request *req,
		struct err *err)
{
	struct str host = http_url_authority(req->url);

	if (code == CURLE_OUT_OF_MEMORY)
		BUG("libcurl is out of memory");
	if (err_is_set(&conn->fault)) {
		*err = conn->fault;
		err_wrap(err, "%.*s", STR_ARG(host));
	} else {
		say(conn, code, req, host, err);
	}
	err->maybe_done = conn->sends > 0;
	err->retryable =
		err->kind == ERR_NET && !is_trust_fault(code) && code != CURLE_URL_MALFORMAT;
	return false;
}
