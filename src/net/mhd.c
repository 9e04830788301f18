#include <pthread.h>
#include <stddef.h>

#include "net/library.h"
#include "net/mhd-private.h"

struct mhd_table mhd;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct err load_error;

static void on_panic(void *cls, const char *file, unsigned line, const char *reason)
{
	(void)cls;
	bug_at(file, (int)line, "libmicrohttpd: %s", reason ? reason : "panic");
}

static void load(void)
{
#define SYMBOL(name) {"MHD_" #name, offsetof(struct mhd_table, name)},
	static const struct library_symbol symbols[] = {MHD_FUNCTIONS(SYMBOL)};
#undef SYMBOL

	if (library_load("libmicrohttpd.so.12", "libmicrohttpd12", symbols, ARRAY_SIZE(symbols),
			 &mhd, &load_error))
		mhd.set_panic_func(on_panic, NULL);
}

bool mhd_load(struct err *err)
{
	pthread_once(&once, load);
	if (!err_is_set(&load_error))
		return true;
	*err = load_error;
	return false;
}
