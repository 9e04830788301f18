/*
 * One certificate store for all connections.
 *
 * libcurl 7.88 with OpenSSL 3 parses the whole bundle for every new
 * connection: 25 ms of CPU and 1 MB each. Here it is parsed once, and not
 * before the first TLS connection: a program that never speaks TLS must not
 * pay for it at its start.
 */

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "net/http-private.h"

struct trust {
	pthread_mutex_t lock;
	char *ca_bundle;
	X509_STORE *store; /* NULL: not read yet, or unreadable */
	struct err err;    /* why it is unreadable: said to every connection */
};

struct trust *trust_new(const char *ca_bundle)
{
	struct trust *t = xcalloc(1, sizeof(*t));

	pthread_mutex_init(&t->lock, NULL);
	if (ca_bundle)
		t->ca_bundle = xstrdup(ca_bundle);
	return t;
}

void trust_free(struct trust **tp)
{
	struct trust *t = *tp;

	if (!t)
		return;
	X509_STORE_free(t->store);
	free(t->ca_bundle);
	pthread_mutex_destroy(&t->lock);
	free(t);
	*tp = NULL;
}

bool trust_is_read(struct trust *t)
{
	pthread_mutex_lock(&t->lock);
	bool read = t->store != NULL;
	pthread_mutex_unlock(&t->lock);
	return read;
}

/* AWS_CA_BUNDLE, then OpenSSL's own variable, then what this libcurl was built with. */
static const char *bundle_path(const struct trust *t)
{
	if (t->ca_bundle)
		return t->ca_bundle;
	const char *env = getenv("SSL_CERT_FILE");
	if (env && *env)
		return env;
	const curl_version_info_data *v = curl.version_info(CURLVERSION_NOW);
	if (v->cainfo && access(v->cainfo, R_OK) == 0)
		return v->cainfo;
	return v->capath; /* may be NULL */
}

static bool read_store(struct trust *t)
{
	const char *path = bundle_path(t);
	struct stat st;

	if (!path)
		return err_set(&t->err, ERR_NET,
			       "no certificate bundle found on this system: install "
			       "ca-certificates or set AWS_CA_BUNDLE");
	if (stat(path, &st) != 0) {
		err_errno(&t->err, errno, "cannot read certificate bundle '%s'", path);
		t->err.kind = ERR_NET;
		return false;
	}
	X509_STORE *store = X509_STORE_new();
	if (!store)
		return err_set(&t->err, ERR_NET, "OpenSSL gives no certificate store");
	ERR_clear_error();
	int ok = S_ISDIR(st.st_mode) ? X509_STORE_load_path(store, path)
				     : X509_STORE_load_file(store, path);
	if (!ok) {
		X509_STORE_free(store);
		ERR_clear_error();
		return err_set(&t->err, ERR_NET, "no certificate could be read from '%s'", path);
	}
	/* As curl does: a trusted intermediate ends a chain, it need not be a root. */
	X509_STORE_set_flags(store, X509_V_FLAG_TRUSTED_FIRST | X509_V_FLAG_PARTIAL_CHAIN);
	t->store = store;
	return true;
}

CURLcode trust_on_tls(CURL *handle, void *ssl_ctx, void *ctx)
{
	struct http_conn *conn = ctx;
	struct trust *t = conn->client->trust;

	(void)handle;
	if (!conn->client->verify_tls)
		return CURLE_OK;
	pthread_mutex_lock(&t->lock);
	if (!t->store && !err_is_set(&t->err))
		(void)read_store(t);
	bool have = t->store != NULL;
	if (have)
		SSL_CTX_set1_cert_store(ssl_ctx, t->store);
	else
		conn->fault = t->err;
	pthread_mutex_unlock(&t->lock);
	return have ? CURLE_OK : CURLE_SSL_CACERT_BADFILE;
}
