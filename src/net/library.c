#include "net/library.h"

#include <dlfcn.h>
#include <string.h>

bool library_load(const char *soname, const char *package, const struct library_symbol *symbols,
		  size_t count, void *table, struct err *err)
{
	void *lib = dlopen(soname, RTLD_NOW | RTLD_LOCAL);

	if (!lib)
		return err_set(err, ERR_IO, "cannot load a library: %s; install %s", dlerror(),
			       package);
	for (size_t i = 0; i < count; i++) {
		void *fn = dlsym(lib, symbols[i].name);

		if (!fn)
			return err_set(err, ERR_IO, "%s is too old, it has no %s; install %s",
				       soname, symbols[i].name, package);
		memcpy((char *)table + symbols[i].offset, &fn, sizeof(fn));
	}
	return true;
}
