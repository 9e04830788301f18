#include "base/mem.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Calls until the injected failure; 0: off. */
static _Atomic unsigned long fail_in;

void mem_fail_nth(unsigned long n)
{
	atomic_store(&fail_in, n);
}

/* True for exactly one caller, also when many threads allocate. */
static bool fails_now(void)
{
	unsigned long left = atomic_load_explicit(&fail_in, memory_order_relaxed);

	while (left != 0)
		if (atomic_compare_exchange_weak(&fail_in, &left, left - 1))
			return left == 1;
	return false;
}

static void __attribute__((noreturn)) out_of_memory(size_t count, size_t size)
{
	char line[128];
	int n;

	/* No stdio stream: those may want to allocate a buffer. */
	n = snprintf(line, sizeof(line), "rootout: out of memory (%zu x %zu bytes)\n", count, size);
	if (n > 0 && write(STDERR_FILENO, line, (size_t)n) < 0)
		abort();
	abort();
}

void *xcalloc(size_t count, size_t size)
{
	size_t bytes;
	void *p;

	if (fails_now() || __builtin_mul_overflow(count, size, &bytes))
		out_of_memory(count, size);
	p = calloc(count ? count : 1, size ? size : 1);
	if (!p)
		out_of_memory(count, size);
	return p;
}

void *xmalloc(size_t size)
{
	void *p;

	if (fails_now())
		out_of_memory(1, size);
	p = malloc(size ? size : 1);
	if (!p)
		out_of_memory(1, size);
	return p;
}

void *xreallocarray(void *p, size_t count, size_t size)
{
	size_t bytes;

	if (fails_now() || __builtin_mul_overflow(count, size, &bytes))
		out_of_memory(count, size);
	/* realloc(p, 0) frees; what this returns is always the caller's to free. */
	p = realloc(p, bytes ? bytes : 1);
	if (!p)
		out_of_memory(count, size);
	return p;
}

static char *copy_of(const char *s, size_t len)
{
	char *copy = xmalloc(len + 1);

	memcpy(copy, s, len);
	copy[len] = '\0';
	return copy;
}

char *xstrdup(const char *s)
{
	return copy_of(s, strlen(s));
}

char *xstrndup(const char *s, size_t n)
{
	return copy_of(s, strnlen(s, n));
}

void bug_at(const char *file, int line, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	fprintf(stderr, "rootout: BUG at %s:%d: %s\n", file, line, text);
	fflush(stderr);
	abort();
}
