/*
 * How fast JSON is read and written: bench_json FILE [SECONDS].
 *
 * FILE is read whole, then parsed again and again for SECONDS for each way of
 * reading; the best pass counts, as every other one was disturbed.
 */

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "text/json.h"

struct way {
	const char *name;
	unsigned flags;
	bool keep; /* memory once taken is not given back between passes */
};

static void keep_memory(void)
{
	mallopt(M_MMAP_THRESHOLD, 32 << 20);
	mallopt(M_TRIM_THRESHOLD, 1 << 30);
}

static void print_rate(const char *name, size_t bytes, int64_t us)
{
	printf("%-34s %7.0f MB/s\n", name, (double)bytes / (double)(us ? us : 1));
}

static int64_t parse_once(struct str text, unsigned flags, struct arena *a)
{
	struct err err = {0};
	struct val *v;
	int64_t start;

	arena_reset(a);
	start = clock_mono_us();
	if (!json_read(text, flags, a, &v, &err)) {
		fprintf(stderr, "%u:%u: %s\n", err.line, err.col, err.message);
		exit(2);
	}
	return clock_mono_us() - start;
}

static void bench_read(struct str text, const struct way *way, int64_t for_us)
{
	struct arena *a = arena_new();
	int64_t best = INT64_MAX, until = clock_mono_us() + for_us;

	do {
		int64_t us = parse_once(text, way->flags, a);

		if (us < best)
			best = us;
	} while (clock_mono_us() < until);
	arena_free(&a);
	print_rate(way->name, text.n, best);
}

static void bench_write(struct str text, int64_t for_us)
{
	struct arena *a = arena_new();
	struct buf b = BUF_INIT(LIMIT_OUTPUT);
	int64_t best = INT64_MAX, until = clock_mono_us() + for_us;
	struct err err = {0};
	struct val *v;

	if (!json_read(text, 0, a, &v, &err))
		exit(2);
	do {
		int64_t start = clock_mono_us();

		buf_reset(&b);
		(void)json_write(v, JSON_COMPACT, &b);
		start = clock_mono_us() - start;
		if (start < best)
			best = start;
	} while (clock_mono_us() < until);
	print_rate("rootout, write", b.n, best);
	buf_release(&b);
	arena_free(&a);
}

int main(int argc, char **argv)
{
	static const struct way ways[] = {
		{"rootout, fresh memory each time", 0, false},
		{"rootout, memory kept", 0, true},
		{"rootout, kept, unique names", JSON_UNIQUE, true},
		{"rootout, kept, positions", JSON_POSITIONS, true},
	};
	int64_t for_us = argc > 2 ? strtol(argv[2], NULL, 10) * 1000000 : 2000000;
	struct arena *a = arena_new();
	struct err err = {0};
	struct str text;

	if (argc < 2 || !file_read(argv[1], MIB(256), a, &text, &err)) {
		fprintf(stderr, "usage: bench_json FILE [SECONDS]\n%s\n", err.message);
		return 2;
	}
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		/* Page faults of a new tree cost as much as reading it; tell them apart. */
		if (ways[i].keep)
			keep_memory();
		bench_read(text, &ways[i], for_us);
	}
	bench_write(text, for_us);
	arena_free(&a);
	return 0;
}
