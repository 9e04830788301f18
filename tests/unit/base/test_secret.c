#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/rng.h"
#include "base/secret.h"
#include "death.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED
#endif

static void test_absent_empty_set(void **state)
{
	struct secret s = {0};

	(void)state;
	assert_false(secret_is_set(&s));
	assert_true(str_is_null(secret_reveal(&s)));
	assert_false(secret_eq(&s, STR("")));
	secret_release(&s);
	secret_set(&s, STR(""));
	assert_true(secret_is_set(&s));
	assert_false(str_is_null(secret_reveal(&s)));
	assert_true(secret_eq(&s, STR("")));
	secret_set(&s, STR("wJalrXUtnFEMI"));
	assert_true(str_eqz(secret_reveal(&s), "wJalrXUtnFEMI"));
	assert_int_equal(secret_reveal(&s).p[13], '\0');
	assert_true(secret_eq(&s, STR("wJalrXUtnFEMI")));
	assert_false(secret_eq(&s, STR("wJalrXUtnFEMJ")));
	assert_false(secret_eq(&s, STR("wJalrXUtnFEM")));
	assert_false(secret_eq(&s, STR_NULL));
	secret_set(&s, STR_NULL);
	assert_false(secret_is_set(&s));
	secret_release(&s);
	secret_release(&s);
}

static void test_copies(void **state)
{
	struct secret a = {0}, b = {0};

	(void)state;
	secret_set(&a, STR("one"));
	secret_copy(&b, &a);
	secret_set(&a, STR("two"));
	assert_true(secret_eq(&b, STR("one")));
	assert_true(secret_reveal(&a).p != secret_reveal(&b).p);
	/* From itself, and from a part of itself. */
	secret_copy(&a, &a);
	assert_true(secret_eq(&a, STR("two")));
	secret_set(&a, str_from(secret_reveal(&a), 1));
	assert_true(secret_eq(&a, STR("wo")));
	secret_release(&a);
	secret_copy(&b, &a);
	assert_false(secret_is_set(&b));
}

/* All size classes, their edges, and mappings of their own. */
static void test_every_size(void **state)
{
	static char bytes[9000];
	struct secret s = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i % 251);
	for (size_t n = 0; n < sizeof(bytes); n += n < 2100 ? 1 : 97) {
		secret_set(&s, str_ofn(bytes, n));
		assert_true(secret_eq(&s, str_ofn(bytes, n)));
		assert_int_equal(secret_reveal(&s).p[n], '\0');
	}
	secret_release(&s);
}

/* Many at once, replaced and released in any order: none touches another. */
static void test_random_operations(void **state)
{
	enum { SECRETS = 600 };
	static struct secret secrets[SECRETS];
	static size_t length[SECRETS]; /* 0: absent */
	static char bytes[SECRETS][3000];
	struct rng r;

	(void)state;
	rng_seed(&r, 1);
	for (int step = 0; step < 20000; step++) {
		size_t i = rng_below(&r, SECRETS);

		if (length[i])
			assert_true(secret_eq(&secrets[i], str_ofn(bytes[i], length[i])));
		else
			assert_false(secret_is_set(&secrets[i]));
		if (rng_below(&r, 3) == 0) {
			secret_release(&secrets[i]);
			length[i] = 0;
			continue;
		}
		length[i] = 1 + rng_below(&r, rng_below(&r, 10) ? 200 : 2999);
		memset(bytes[i], (int)rng_below(&r, 256), length[i]);
		secret_set(&secrets[i], str_ofn(bytes[i], length[i]));
	}
	for (size_t i = 0; i < SECRETS; i++) {
		if (length[i])
			assert_true(secret_eq(&secrets[i], str_ofn(bytes[i], length[i])));
		secret_release(&secrets[i]);
	}
}

/* What /proc/self/smaps says of the mapping that p is in. */
static bool flag_of(const void *p, const char *flag)
{
	FILE *f = fopen("/proc/self/smaps", "re");
	bool here = false, found = false;
	char line[512];

	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		unsigned long from, to;

		if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
			here = (uintptr_t)p >= from && (uintptr_t)p < to;
		else if (here && strncmp(line, "VmFlags:", 8) == 0)
			found = strstr(line, flag) != NULL;
	}
	fclose(f);
	return found;
}

static void test_pages(void **state)
{
	static char large[10000] = "large";
	struct secret s = {0}, t = {0};
#ifndef SANITIZED
	struct rlimit lock;
#endif

	(void)state;
	secret_set(&s, STR("small"));
	secret_set(&t, str_ofn(large, sizeof(large)));
	assert_true(flag_of(secret_reveal(&s).p, " dd")); /* do not dump */
	assert_true(flag_of(secret_reveal(&t).p, " dd"));
#ifndef SANITIZED /* sanitizers turn mlock into nothing */
	getrlimit(RLIMIT_MEMLOCK, &lock);
	if (lock.rlim_cur >= 1 << 16) {
		assert_true(flag_of(secret_reveal(&s).p, " lo")); /* locked */
		assert_true(flag_of(secret_reveal(&t).p, " lo"));
	}
#endif
	secret_release(&s);
	secret_release(&t);
}

/* Where a released secret was: a neighbour keeps the page. */
static void test_wiped_when_released(void **state)
{
	struct secret s = {0}, neighbour = {0};
	const char *where;

	(void)state;
	secret_set(&neighbour, STR("neighbour"));
	secret_set(&s, STR("to be forgotten"));
	where = secret_reveal(&s).p;
	secret_release(&s);
	for (size_t i = 0; i < 16; i++)
		assert_int_equal(where[i], 0);
	assert_true(secret_eq(&neighbour, STR("neighbour")));
	/* Replacing wipes, too. */
	secret_set(&s, STR("first value"));
	where = secret_reveal(&s).p;
	secret_set(&s, STR("2"));
	assert_true(secret_reveal(&s).p != where);
	for (size_t i = 0; i < 16; i++)
		assert_int_equal(where[i], 0);
	secret_release(&s);
	secret_release(&neighbour);
}

static void test_small_ones_share_pages(void **state)
{
	struct secret s[63] = {{0}};
	uintptr_t pages[63];
	size_t count = 0;

	(void)state;
	for (size_t i = 0; i < 63; i++) {
		uintptr_t page;
		size_t j = 0;

		secret_set(&s[i], STR("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"));
		page = (uintptr_t)secret_reveal(&s[i]).p / 4096;
		while (j < count && pages[j] != page)
			j++;
		pages[j] = page;
		count += j == count;
	}
	assert_in_range(count, 1, 2);
	for (size_t i = 0; i < 63; i++)
		secret_release(&s[i]);
}

/* How much there is of pages that are not dumped. */
static size_t undumped_kb(void)
{
	FILE *f = fopen("/proc/self/smaps", "re");
	size_t size = 0, sum = 0;
	char line[512];

	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "Size: %zu kB", &size) != 1 && strncmp(line, "VmFlags:", 8) == 0 &&
		    strstr(line, " dd"))
			sum += size;
	}
	fclose(f);
	return sum;
}

static void test_pages_are_used_again(void **state)
{
	static const size_t length[] = {40, 100, 200, 500, 1000, 5000};
	static struct secret s[ARRAY_SIZE(length) * 100];
	static char bytes[5000];
	size_t before = undumped_kb();

	(void)state;
	for (int round = 0; round < 20; round++) {
		for (size_t i = 0; i < ARRAY_SIZE(s); i++)
			secret_set(&s[i], str_ofn(bytes, length[i / 100]));
		assert_true(undumped_kb() > before + 500);
		for (size_t i = 0; i < ARRAY_SIZE(s); i++) /* in another order */
			secret_release(&s[i * 7 % ARRAY_SIZE(s)]);
	}
	/* A page of each class may stay. */
	assert_in_range(undumped_kb(), before, before + 5 * 4);
}

static void without_locked_memory(void *arg)
{
	static const struct rlimit none = {0, 0};
	struct secret s[200] = {{0}};

	(void)arg;
	/* Root may lock all the same: go on as somebody else. */
	if (setrlimit(RLIMIT_MEMLOCK, &none) != 0 || (geteuid() == 0 && setuid(65534) != 0))
		return;
	for (size_t i = 0; i < 200; i++)
		secret_set(&s[i], STR("secret"));
	for (size_t i = 0; i < 200; i++)
		if (!secret_eq(&s[i], STR("secret")))
			return;
	BUG("it works all the same");
}

static void test_no_locked_memory(void **state)
{
	(void)state;
	assert_true(dies(without_locked_memory, NULL, "it works all the same"));
}

static void *churn(void *arg)
{
	struct secret s[20] = {{0}};
	char text[64];
	struct rng r;

	rng_seed(&r, (uintptr_t)arg);
	for (int step = 0; step < 5000; step++) {
		size_t i = rng_below(&r, 20);
		size_t n = rng_below(&r, sizeof(text));

		memset(text, (int)(uintptr_t)arg, sizeof(text));
		if (secret_is_set(&s[i]))
			for (size_t j = 0; j < s[i].n_; j++)
				if (secret_reveal(&s[i]).p[j] != text[0])
					BUG("another thread's bytes");
		secret_set(&s[i], str_ofn(text, n));
	}
	for (size_t i = 0; i < 20; i++)
		secret_release(&s[i]);
	return NULL;
}

static void test_threads(void **state)
{
	pthread_t threads[8];

	(void)state;
	for (uintptr_t i = 0; i < 8; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, churn, (void *)(i + 1)), 0);
	for (int i = 0; i < 8; i++)
		pthread_join(threads[i], NULL);
}

static void test_compare_and_wipe(void **state)
{
	char bytes[32];

	(void)state;
	assert_true(mem_eq_secret(STR("abc"), STR("abc")));
	assert_false(mem_eq_secret(STR("abc"), STR("abd")));
	assert_false(mem_eq_secret(STR("abc"), STR("xbc")));
	assert_false(mem_eq_secret(STR("abc"), STR("ab")));
	assert_true(mem_eq_secret(STR_NULL, STR("")));
	memset(bytes, 'x', sizeof(bytes));
	mem_wipe(bytes + 1, 30);
	assert_int_equal(bytes[0], 'x');
	assert_int_equal(bytes[31], 'x');
	for (int i = 1; i < 31; i++)
		assert_int_equal(bytes[i], 0);
	mem_wipe(NULL, 0);
}

static void harden(void *arg)
{
	struct rlimit core;

	(void)arg;
	secret_harden_process();
	if (getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_cur == 0 && core.rlim_max == 0 &&
	    prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0)
		BUG("hardened");
}

static void test_harden(void **state)
{
	(void)state;
	assert_true(dies(harden, NULL, "hardened"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_absent_empty_set),
		cmocka_unit_test(test_copies),
		cmocka_unit_test(test_every_size),
		cmocka_unit_test(test_random_operations),
		cmocka_unit_test(test_pages),
		cmocka_unit_test(test_wiped_when_released),
		cmocka_unit_test(test_small_ones_share_pages),
		cmocka_unit_test(test_pages_are_used_again),
		cmocka_unit_test(test_no_locked_memory),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_compare_and_wipe),
		cmocka_unit_test(test_harden),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
