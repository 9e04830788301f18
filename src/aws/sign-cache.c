/*
 * Signing keys that a server has derived already.
 *
 * Deriving one is four HMACs, a third of a verification. A slot holds the key
 * of one (secret, day, region, service); its place is their hash, so the memory
 * is bounded and a newer key takes an older one's place. Each slot has a flag
 * instead of a lock: who finds it taken derives the key itself and waits for
 * nobody.
 *
 * Only servers use it: a client's session keys shall not outlive the session.
 * The memory is a struct secret (locked, not in core dumps), wiped at the end.
 */

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>

#include "aws/sign-private.h"

#define SLOTS 512 /* 96 KiB; two days of 200 accounts' keys fit */

struct slot {
	uint8_t secret_n, region_n, service_n;
	char secret[64];
	char date[8];
	char region[32];
	char service[32];
	unsigned char key[SHA256_SIZE];
};

static struct secret memory;
static atomic_flag busy[SLOTS];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void make(void)
{
	static const char zeros[sizeof(struct slot) * SLOTS];

	secret_set(&memory, str_ofn(zeros, sizeof(zeros)));
	for (size_t i = 0; i < SLOTS; i++)
		atomic_flag_clear(&busy[i]);
}

/* struct secret shows its bytes read-only; these are ours to write. */
static struct slot *slot_at(size_t i)
{
	return (struct slot *)(void *)(uintptr_t)(secret_reveal(&memory).p +
						  i * sizeof(struct slot));
}

static bool same(const struct slot *s, struct str secret_key, struct str date, struct str region,
		 struct str service)
{
	return s->secret_n > 0 && str_eq(str_ofn(s->date, sizeof(s->date)), date) &&
	       str_eq(str_ofn(s->region, s->region_n), region) &&
	       str_eq(str_ofn(s->service, s->service_n), service) &&
	       mem_eq_secret(str_ofn(s->secret, s->secret_n), secret_key);
}

static void fill(struct slot *s, struct str secret_key, struct str date, struct str region,
		 struct str service, const unsigned char key[SHA256_SIZE])
{
	s->secret_n = (uint8_t)secret_key.n;
	s->region_n = (uint8_t)region.n;
	s->service_n = (uint8_t)service.n;
	memcpy(s->secret, secret_key.p, secret_key.n);
	memcpy(s->date, date.p, sizeof(s->date));
	memcpy(s->region, region.p, region.n);
	memcpy(s->service, service.p, service.n);
	memcpy(s->key, key, SHA256_SIZE);
}

void sign_key_cached(struct str secret_key, struct str date, struct str region, struct str service,
		     unsigned char key[SHA256_SIZE])
{
	const struct slot *shape = NULL;
	bool fits = secret_key.n > 0 && secret_key.n <= sizeof(shape->secret) &&
		    date.n == sizeof(shape->date) && region.n > 0 &&
		    region.n <= sizeof(shape->region) && service.n > 0 &&
		    service.n <= sizeof(shape->service);

	if (!fits) {
		sign_key(secret_key, date, region, service, key);
		return;
	}
	pthread_once(&once, make);

	size_t i = (str_hash(secret_key) ^ str_hash(date) * 3 ^ str_hash(region) * 5 ^
		    str_hash(service) * 7) %
		   SLOTS;
	bool mine = !atomic_flag_test_and_set_explicit(&busy[i], memory_order_acquire);

	if (mine && same(slot_at(i), secret_key, date, region, service)) {
		memcpy(key, slot_at(i)->key, SHA256_SIZE);
	} else {
		sign_key(secret_key, date, region, service, key);
		if (mine)
			fill(slot_at(i), secret_key, date, region, service, key);
	}
	if (mine)
		atomic_flag_clear_explicit(&busy[i], memory_order_release);
}

void sign_cache_wipe(void)
{
	pthread_once(&once, make);
	for (size_t i = 0; i < SLOTS; i++) {
		while (atomic_flag_test_and_set_explicit(&busy[i], memory_order_acquire))
			sched_yield();
		mem_wipe(slot_at(i), sizeof(struct slot));
		atomic_flag_clear_explicit(&busy[i], memory_order_release);
	}
}
