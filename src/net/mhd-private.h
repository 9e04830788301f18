#ifndef ROOTOUT_NET_MHD_PRIVATE_H
#define ROOTOUT_NET_MHD_PRIVATE_H

/*
 * libmicrohttpd, loaded by the first server_start. Its functions are called
 * through the table `mhd`: mhd.stop_daemon(daemon).
 */

#include <microhttpd.h>

#include "base/err.h"

#define MHD_FUNCTIONS(X)                 \
	X(add_response_header)           \
	X(create_response_from_buffer)   \
	X(create_response_from_callback) \
	X(destroy_response)              \
	X(get_connection_info)           \
	X(get_connection_values_n)       \
	X(queue_response)                \
	X(quiesce_daemon)                \
	X(resume_connection)             \
	X(set_panic_func)                \
	X(start_daemon)                  \
	X(stop_daemon)                   \
	X(suspend_connection)

struct mhd_table {
#define MHD_MEMBER(name) __typeof__(MHD_##name) *name;
	MHD_FUNCTIONS(MHD_MEMBER)
#undef MHD_MEMBER
};

extern struct mhd_table mhd;

/* From any thread, as often as you like; before the first use of `mhd`. */
bool mhd_load(struct err *err) MUST_CHECK;

#endif
