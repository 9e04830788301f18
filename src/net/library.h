#ifndef ROOTOUT_NET_LIBRARY_H
#define ROOTOUT_NET_LIBRARY_H

/*
 * Shared libraries that are loaded when they are first needed.
 *
 * Linked in the ordinary way, libcurl and libmicrohttpd bring some thirty
 * libraries with them (LDAP, Kerberos, SSH, GnuTLS, …), and every start of the
 * program, `rootout --version` and `rootout fmt` too, spends most of its time
 * on mapping and relocating them. Their headers are used as ever; only the
 * addresses of the functions come from here.
 *
 * A library is named by its soname and stays loaded until the end.
 */

#include "base/err.h"

struct library_symbol {
	const char *name;
	size_t offset; /* of the function's pointer in the table */
};

/*
 * Fill the function pointers of `table`. ERR_IO when the library or one of the
 * functions is not there; the message names the Debian package that has it.
 */
bool library_load(const char *soname, const char *package, const struct library_symbol *symbols,
		  size_t count, void *table, struct err *err) MUST_CHECK;

#endif
