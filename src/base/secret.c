#include "base/secret.h"

#include <malloc.h>
#include <openssl/crypto.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

/*
 * A mapping for each secret would cost a page each, and the default limit of
 * locked memory is small: so small secrets of one size class share pages
 * ("slabs"). A slab begins with its own record, found from a slot's address by
 * cutting it down to the page. What is larger than a slab's largest slot gets
 * a mapping of its own.
 */

#define SLAB_SIZE 4096U /* also when the system's pages are larger: mappings are aligned to it */
#define SLAB_HEAD 64U
#define SLOT_SMALLEST 64U
#define SLOT_CLASSES 5 /* 64, 128, 256, 512, 1024 bytes */

struct slab {
	struct slab *next, *prev; /* slabs of this class with a free slot */
	uint64_t free;            /* one bit for each free slot */
	unsigned slots, used;
};

_Static_assert(sizeof(struct slab) <= SLAB_HEAD, "the slab's record must fit before its slots");

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct slab *open_slabs[SLOT_CLASSES];

/* Pages that never reach a core dump and, where the limits allow it, never a swap device. */
static void *map_pages(size_t n)
{
	void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		BUG("out of memory for a secret of %zu bytes", n);
	madvise(p, n, MADV_DONTDUMP);
	/*
	 * Best effort: a container often has a limit of 0 to 64 KiB, and a program that
	 * does not start there protects nobody.
	 */
	mlock(p, n);
	return p;
}

static void unmap_pages(void *p, size_t n)
{
	mem_wipe(p, n);
	munmap(p, n);
}

static size_t page_round(size_t n)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	return (n + page - 1) / page * page;
}

/* SLOT_CLASSES: too large for a slab. */
static unsigned class_of(size_t n)
{
	unsigned c = 0;

	while (c < SLOT_CLASSES && n > (size_t)SLOT_SMALLEST << c)
		c++;
	return c;
}

static void slab_link(struct slab *s, unsigned c)
{
	s->prev = NULL;
	s->next = open_slabs[c];
	if (s->next)
		s->next->prev = s;
	open_slabs[c] = s;
}

static void slab_unlink(struct slab *s, unsigned c)
{
	if (s->prev)
		s->prev->next = s->next;
	else
		open_slabs[c] = s->next;
	if (s->next)
		s->next->prev = s->prev;
}

static void *slot_take(unsigned c)
{
	struct slab *s = open_slabs[c];
	unsigned i;

	if (!s) {
		s = map_pages(page_round(SLAB_SIZE));
		s->slots = (SLAB_SIZE - SLAB_HEAD) / (SLOT_SMALLEST << c);
		s->free = (UINT64_C(1) << s->slots) - 1; /* at most 63 slots */
		slab_link(s, c);
	}
	i = (unsigned)__builtin_ctzll(s->free);
	s->free &= ~(UINT64_C(1) << i);
	if (++s->used == s->slots)
		slab_unlink(s, c);
	return (char *)s + SLAB_HEAD + (size_t)i * (SLOT_SMALLEST << c);
}

static void slot_give(void *p, unsigned c)
{
	struct slab *s = (struct slab *)((uintptr_t)p & ~(uintptr_t)(SLAB_SIZE - 1));
	size_t i = (size_t)((char *)p - (char *)s - SLAB_HEAD) / (SLOT_SMALLEST << c);

	mem_wipe(p, (size_t)SLOT_SMALLEST << c);
	if (s->used == s->slots)
		slab_link(s, c);
	s->free |= UINT64_C(1) << i;
	/* One empty slab stays: a program with one short-lived secret at a time maps once. */
	if (--s->used == 0 && (s->next || s->prev)) {
		slab_unlink(s, c);
		unmap_pages(s, page_round(SLAB_SIZE));
	}
}

static char *bytes_new(size_t n)
{
	unsigned c = class_of(n);
	char *p;

	if (c == SLOT_CLASSES)
		return map_pages(page_round(n));
	pthread_mutex_lock(&lock);
	p = slot_take(c);
	pthread_mutex_unlock(&lock);
	return p;
}

static void bytes_free(char *p, size_t n)
{
	unsigned c = class_of(n);

	if (c == SLOT_CLASSES) {
		unmap_pages(p, page_round(n));
		return;
	}
	pthread_mutex_lock(&lock);
	slot_give(p, c);
	pthread_mutex_unlock(&lock);
}

void secret_set(struct secret *s, struct str bytes)
{
	struct secret new = {0};

	/* First the copy, then the wipe: bytes may be a view of this very secret. */
	if (!str_is_null(bytes)) {
		new.bytes_ = bytes_new(bytes.n + 1);
		new.n_ = bytes.n;
		if (bytes.n)
			memcpy(new.bytes_, bytes.p, bytes.n);
		new.bytes_[bytes.n] = '\0';
	}
	secret_release(s);
	*s = new;
}

void secret_copy(struct secret *to, const struct secret *from)
{
	secret_set(to, secret_reveal(from));
}

void secret_release(struct secret *s)
{
	if (s->bytes_)
		bytes_free(s->bytes_, s->n_ + 1);
	*s = (struct secret){0};
}

bool secret_is_set(const struct secret *s)
{
	return s->bytes_ != NULL;
}

struct str secret_reveal(const struct secret *s)
{
	return (struct str){s->bytes_, s->n_};
}

bool secret_eq(const struct secret *s, struct str bytes)
{
	/* An absent secret equals nothing, not even the empty string. */
	return secret_is_set(s) && mem_eq_secret(secret_reveal(s), bytes);
}

bool mem_eq_secret(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || CRYPTO_memcmp(a.p, b.p, a.n) == 0);
}

void mem_wipe(void *p, size_t n)
{
	if (n)
		explicit_bzero(p, n);
}

void *wiping_malloc(size_t n)
{
	return xmalloc(n);
}

void *wiping_calloc(size_t count, size_t size)
{
	return xcalloc(count, size);
}

char *wiping_strdup(const char *z)
{
	return xstrdup(z);
}

void wiping_free(void *p)
{
	if (p)
		mem_wipe(p, malloc_usable_size(p));
	free(p);
}

void *wiping_realloc(void *p, size_t n)
{
	size_t had = p ? malloc_usable_size(p) : 0;
	void *fresh = xmalloc(n);

	if (p)
		memcpy(fresh, p, had < n ? had : n);
	wiping_free(p);
	return fresh;
}

void secret_harden_process(void)
{
	static const struct rlimit none = {0, 0};

	/* Neither can fail for want of rights; where a kernel lacks one the other is left. */
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	setrlimit(RLIMIT_CORE, &none);
}
