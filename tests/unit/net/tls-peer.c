#include "tls-peer.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "base/mem.h"

static void extend(X509 *cert, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;

	X509V3_set_ctx_nodb(&ctx);
	X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
	X509_EXTENSION *ext = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	if (!ext)
		BUG("tls-peer: extension '%s'", value);
	X509_add_ext(cert, ext, -1);
	X509_EXTENSION_free(ext);
}

void tls_identity_make(struct tls_identity *id, const char *name, const struct tls_identity *issuer,
		       const char *alt_names)
{
	static long serial = 1;

	id->key = EVP_EC_gen("P-256");
	id->cert = X509_new();
	if (!id->key || !id->cert)
		BUG("tls-peer: OpenSSL gives no key");
	X509_set_version(id->cert, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(id->cert), serial++);
	X509_gmtime_adj(X509_getm_notBefore(id->cert), -3600);
	X509_gmtime_adj(X509_getm_notAfter(id->cert), 3600);
	X509_set_pubkey(id->cert, id->key);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(id->cert), "CN", MBSTRING_UTF8,
				   (const unsigned char *)name, -1, -1, 0);
	X509 *by = issuer ? issuer->cert : id->cert;
	X509_set_issuer_name(id->cert, X509_get_subject_name(by));
	extend(id->cert, by, NID_basic_constraints, issuer ? "CA:FALSE" : "critical,CA:TRUE");
	if (alt_names)
		extend(id->cert, by, NID_subject_alt_name, alt_names);
	if (!X509_sign(id->cert, issuer ? issuer->key : id->key, EVP_sha256()))
		BUG("tls-peer: cannot sign");
}

void tls_identity_release(struct tls_identity *id)
{
	EVP_PKEY_free(id->key);
	X509_free(id->cert);
	id->key = NULL;
	id->cert = NULL;
}

void tls_identity_write(const struct tls_identity *id, const char *path)
{
	FILE *f = fopen(path, "w");

	if (!f || !PEM_write_X509(f, id->cert) || fclose(f) != 0)
		BUG("tls-peer: cannot write %s", path);
}

/* Requests here have no body: their end is an empty line. */
static bool read_head(SSL *ssl)
{
	char buf[4096];
	int n = 0, got;

	while (n < (int)sizeof(buf) - 1 &&
	       (got = SSL_read(ssl, buf + n, (int)sizeof(buf) - 1 - n)) > 0) {
		n += got;
		buf[n] = '\0';
		if (strstr(buf, "\r\n\r\n"))
			return true;
	}
	return false;
}

static void serve_tls(struct raw_server *s, int fd, unsigned nth)
{
	static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecure";
	struct tls_peer *p = s->ctx;
	SSL *ssl = SSL_new(p->ctx);
	sigset_t pipe;

	(void)nth;
	/* OpenSSL writes with write(2). Only here: the client must not need it. */
	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &pipe, NULL);
	SSL_set_fd(ssl, fd);
	if (SSL_accept(ssl) == 1) {
		while (read_head(ssl)) {
			atomic_fetch_add(&s->requests, 1);
			SSL_write(ssl, answer, sizeof(answer) - 1);
		}
	}
	SSL_free(ssl);
	ERR_clear_error();
}

void tls_peer_start(struct tls_peer *p, const struct tls_identity *id)
{
	p->ctx = SSL_CTX_new(TLS_server_method());
	if (!p->ctx || SSL_CTX_use_certificate(p->ctx, id->cert) != 1 ||
	    SSL_CTX_use_PrivateKey(p->ctx, id->key) != 1)
		BUG("tls-peer: OpenSSL gives no context");
	raw_server_start(&p->raw, serve_tls, p);
	snprintf(p->url, sizeof(p->url), "https://127.0.0.1:%u", p->raw.port);
}

void tls_peer_stop(struct tls_peer *p)
{
	raw_server_stop(&p->raw);
	SSL_CTX_free(p->ctx);
}
