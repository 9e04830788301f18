#include <pthread.h>
#include <stddef.h>
#include <string.h>

#include "base/secret.h"
#include "net/curl-private.h"
#include "net/library.h"

struct curl_table curl;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct err load_error;

static void load(void)
{
#define SYMBOL(name) {"curl_" #name, offsetof(struct curl_table, name)},
	static const struct library_symbol symbols[] = {CURL_FUNCTIONS(SYMBOL)};
#undef SYMBOL

	if (!library_load("libcurl.so.4", "libcurl4", symbols, ARRAY_SIZE(symbols), &curl,
			  &load_error))
		return;
	const curl_version_info_data *v = curl.version_info(CURLVERSION_NOW);
	/* 7.85: CURLOPT_PROTOCOLS_STR. */
	if (v->version_num < 0x075500)
		err_set(&load_error, ERR_IO, "libcurl %s is too old: 7.85 is needed", v->version);
	/* The certificate store of http-trust.c is OpenSSL's. */
	else if (!v->ssl_version || !strstr(v->ssl_version, "OpenSSL/"))
		err_set(&load_error, ERR_IO, "libcurl with OpenSSL is needed, this one has %s",
			v->ssl_version ? v->ssl_version : "no TLS");
	/* Headers and answers with keys in them pass through its buffers. */
	else if (curl.global_init_mem(CURL_GLOBAL_DEFAULT, wiping_malloc, wiping_free,
				      wiping_realloc, wiping_strdup, wiping_calloc) != CURLE_OK)
		err_set(&load_error, ERR_IO, "libcurl does not start");
}

bool curl_load(struct err *err)
{
	pthread_once(&once, load);
	if (!err_is_set(&load_error))
		return true;
	*err = load_error;
	return false;
}
