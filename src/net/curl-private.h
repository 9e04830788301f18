#ifndef ROOTOUT_NET_CURL_PRIVATE_H
#define ROOTOUT_NET_CURL_PRIVATE_H

/*
 * libcurl, loaded by the first http_client_new. Its functions are called
 * through the table `curl`: curl.easy_perform(handle).
 */

#include <curl/curl.h>

#include "base/err.h"

#define CURL_FUNCTIONS(X)  \
	X(easy_cleanup)    \
	X(easy_getinfo)    \
	X(easy_init)       \
	X(easy_perform)    \
	X(easy_setopt)     \
	X(easy_strerror)   \
	X(global_init_mem) \
	X(version_info)

struct curl_table {
#define CURL_MEMBER(name) __typeof__(curl_##name) *name;
	CURL_FUNCTIONS(CURL_MEMBER)
#undef CURL_MEMBER
};

extern struct curl_table curl;

/* From any thread, as often as you like; before the first use of `curl`. */
bool curl_load(struct err *err) MUST_CHECK;

#endif
