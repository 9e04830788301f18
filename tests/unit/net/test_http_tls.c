/*
 * Trust: a certificate of an authority that was named is accepted, any other
 * is refused, and the store is read once and not before it is needed.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "net/http-private.h"
#include "tls-peer.h"

struct world {
	char dir[64];
	char ca_path[96];
	char other_path[96];
	struct tls_identity ca, other_ca, server, misnamed;
};

static int make_world(void **state)
{
	struct world *w = xcalloc(1, sizeof(*w));

	snprintf(w->dir, sizeof(w->dir), "/tmp/rootout-tls-XXXXXX");
	assert_non_null(mkdtemp(w->dir));
	snprintf(w->ca_path, sizeof(w->ca_path), "%s/ca.pem", w->dir);
	snprintf(w->other_path, sizeof(w->other_path), "%s/other.pem", w->dir);
	tls_identity_make(&w->ca, "test CA", NULL, NULL);
	tls_identity_make(&w->other_ca, "another CA", NULL, NULL);
	tls_identity_make(&w->server, "server", &w->ca, "IP:127.0.0.1,DNS:localhost");
	tls_identity_make(&w->misnamed, "server", &w->ca, "DNS:iam.amazonaws.com");
	tls_identity_write(&w->ca, w->ca_path);
	tls_identity_write(&w->other_ca, w->other_path);
	*state = w;
	return 0;
}

static int end_world(void **state)
{
	struct world *w = *state;

	tls_identity_release(&w->ca);
	tls_identity_release(&w->other_ca);
	tls_identity_release(&w->server);
	tls_identity_release(&w->misnamed);
	unlink(w->ca_path);
	unlink(w->other_path);
	rmdir(w->dir);
	free(w);
	return 0;
}

/* One request to a server with this certificate; err is filled when it fails. */
static bool ask(const struct tls_identity *id, struct http_options opt, struct err *err)
{
	struct tls_peer peer;
	struct http_response resp;

	tls_peer_start(&peer, id);
	struct http_client *c = http_client_new(&opt, err);
	assert_non_null(c);
	struct http_conn *conn = http_conn_new(c);
	struct arena *a = arena_new();
	struct http_request req = {.method = STR("GET"), .url = str_of(peer.url)};
	bool ok = http_send(conn, &req, a, &resp, err);
	if (ok)
		assert_true(str_eqz(resp.body, "secure"));
	else
		assert_int_equal(peer.raw.requests, 0);
	http_conn_free(&conn);
	http_client_free(&c);
	tls_peer_stop(&peer);
	arena_free(&a);
	return ok;
}

static void named_authority_is_trusted(void **state)
{
	struct world *w = *state;
	struct err err = {0};

	if (!ask(&w->server, (struct http_options){.ca_bundle = w->ca_path}, &err))
		fail_msg("%s", err.message);
}

static void expect_distrust(const struct err *err)
{
	assert_int_equal(err->kind, ERR_NET);
	assert_false(err->retryable);
	assert_false(err->maybe_done);
	assert_non_null(strstr(err->message, "127.0.0.1:"));
}

static void foreign_authority_is_refused(void **state)
{
	struct world *w = *state;
	struct err err = {0};

	assert_false(ask(&w->server, (struct http_options){.ca_bundle = w->other_path}, &err));
	expect_distrust(&err);
	assert_non_null(strstr(err.message, "AWS_CA_BUNDLE"));
}

/* The system's authorities did not sign it either. */
static void system_store_refuses(void **state)
{
	struct world *w = *state;
	struct err err = {0};

	assert_false(ask(&w->server, (struct http_options){0}, &err));
	expect_distrust(&err);
}

static void other_name_is_refused(void **state)
{
	struct world *w = *state;
	struct err err = {0};

	assert_false(ask(&w->misnamed, (struct http_options){.ca_bundle = w->ca_path}, &err));
	expect_distrust(&err);
}

static void no_verify_accepts_all(void **state)
{
	struct world *w = *state;
	struct http_options opt = {.ca_bundle = w->other_path, .no_verify_tls = true};
	struct err err = {0};

	assert_true(ask(&w->server, opt, &err));
	assert_true(ask(&w->misnamed, opt, &err));
}

static void bundle_faults(void **state)
{
	struct world *w = *state;
	char empty[96], missing[96];
	struct err err = {0};

	snprintf(empty, sizeof(empty), "%s/empty.pem", w->dir);
	snprintf(missing, sizeof(missing), "%s/missing.pem", w->dir);
	FILE *f = fopen(empty, "w");
	assert_non_null(f);
	fputs("no certificate here\n", f);
	fclose(f);
	assert_false(ask(&w->server, (struct http_options){.ca_bundle = empty}, &err));
	expect_distrust(&err);
	assert_non_null(strstr(err.message, empty));
	err_clear(&err);
	assert_false(ask(&w->server, (struct http_options){.ca_bundle = missing}, &err));
	expect_distrust(&err);
	assert_non_null(strstr(err.message, missing));
	assert_non_null(strstr(err.message, "No such file"));
	unlink(empty);
}

/* A folder, as openssl rehash makes it. */
static void folder_of_authorities(void **state)
{
	struct world *w = *state;
	char dir[96], link[192];
	struct err err = {0};

	snprintf(dir, sizeof(dir), "%s/certs-XXXXXX", w->dir);
	assert_non_null(mkdtemp(dir));
	snprintf(link, sizeof(link), "%s/%08lx.0", dir, X509_subject_name_hash(w->ca.cert));
	tls_identity_write(&w->ca, link);
	if (!ask(&w->server, (struct http_options){.ca_bundle = dir}, &err))
		fail_msg("%s", err.message);
	unlink(link);
	rmdir(dir);
}

/* Many connections, one store; none at all for plain HTTP. */
static void store_is_read_once_and_late(void **state)
{
	struct world *w = *state;
	struct http_options opt = {.ca_bundle = w->ca_path};
	struct http_response resp;
	struct tls_peer peer;
	struct err err = {0};

	tls_peer_start(&peer, &w->server);
	struct http_client *c = http_client_new(&opt, &err);
	struct arena *a = arena_new();
	assert_non_null(c);
	struct http_conn *conn = http_conn_new(c);
	struct http_request req = {
		.method = STR("GET"),
		.url = arena_printf(a, "http://127.0.0.1:%u/", raw_closed_port()),
	};
	assert_false(http_send(conn, &req, a, &resp, &err));
	assert_false(trust_is_read(c->trust));
	req.url = str_of(peer.url);
	assert_true(http_send(conn, &req, a, &resp, &err));
	assert_true(trust_is_read(c->trust));
	http_conn_free(&conn);
	/* the file is gone, the store is not */
	char away[128];
	snprintf(away, sizeof(away), "%s.away", w->ca_path);
	assert_int_equal(rename(w->ca_path, away), 0);
	for (int i = 0; i < 5; i++) {
		conn = http_conn_new(c);
		for (int j = 0; j < 3; j++)
			assert_true(http_send(conn, &req, a, &resp, &err));
		http_conn_free(&conn);
	}
	assert_int_equal(rename(away, w->ca_path), 0);
	assert_int_equal(http_client_connections(c), 6);
	http_client_free(&c);
	tls_peer_stop(&peer);
	assert_int_equal(peer.raw.requests, 16);
	arena_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(named_authority_is_trusted),
		cmocka_unit_test(foreign_authority_is_refused),
		cmocka_unit_test(system_store_refuses),
		cmocka_unit_test(other_name_is_refused),
		cmocka_unit_test(no_verify_accepts_all),
		cmocka_unit_test(bundle_faults),
		cmocka_unit_test(folder_of_authorities),
		cmocka_unit_test(store_is_read_once_and_late),
	};
	return cmocka_run_group_tests(tests, make_world, end_world);
}
