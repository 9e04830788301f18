#ifndef TESTS_NET_TLS_PEER_H
#define TESTS_NET_TLS_PEER_H

/* Certificates made on the spot, and a raw_script that speaks TLS with one. */

#include <openssl/ssl.h>

#include "raw-peer.h"

struct tls_identity {
	EVP_PKEY *key;
	X509 *cert;
};

/*
 * issuer NULL: a certificate authority that signs itself. Otherwise a server's
 * certificate with `alt_names` ("IP:127.0.0.1,DNS:localhost").
 */
void tls_identity_make(struct tls_identity *id, const char *name, const struct tls_identity *issuer,
		       const char *alt_names);
void tls_identity_release(struct tls_identity *id);
void tls_identity_write(const struct tls_identity *id,
			const char *path); /* PEM, certificate only */

struct tls_peer {
	struct raw_server raw;
	SSL_CTX *ctx;
	char url[64]; /* https */
};

/* Answers each request with 200 and "secure". */
void tls_peer_start(struct tls_peer *p, const struct tls_identity *id);
void tls_peer_stop(struct tls_peer *p);

#endif
