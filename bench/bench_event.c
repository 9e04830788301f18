/*
 * How many events of CloudTrail become requests in a CPU second:
 * bench_event FILE... [SECONDS A SLICE], FILE of cases (tests/data/policy/events).
 *
 * The events are parsed beforehand: reading JSON has its own figures (bench/json.sh).
 */

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/err.h"
#include "base/file.h"
#include "base/limits.h"
#include "policy/event.h"
#include "text/json.h"

/* The median of so many slices counts. */
#define SLICES 7
#define MAX_EVENTS 4096

static int64_t cpu_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return t.tv_sec * INT64_C(1000000) + t.tv_nsec / 1000;
}

static size_t read_events(const char *path, struct arena *a, const struct val **events, size_t n)
{
	struct err err = {0};
	struct str text, line;
	if (!file_read(path, MIB(16), a, &text, &err))
		BUG("%s", err.message);
	while (n < MAX_EVENTS && str_next(&text, '\n', &line)) {
		struct val *row;
		if (line.n && !json_read(line, 0, a, &row, &err))
			BUG("%s: %s", path, err.message);
		if (line.n)
			events[n++] = val_get(row, "event");
	}
	return n;
}

static double rate(const struct val **events, size_t n, int64_t slice_us, double *bytes)
{
	struct arena *a = arena_new();
	int64_t start = cpu_us(), now = start;
	size_t done = 0, requests = 0, used = 0;
	while (now - start < slice_us) {
		for (size_t i = 0; i < n; i++) {
			struct policy_event e;
			policy_event_read(events[i], a, &e);
			requests += e.kind == POLICY_EVENT_REQUEST;
			used += arena_bytes(a);
			arena_reset(a);
		}
		done += n;
		now = cpu_us();
	}
	if (requests * 2 < done)
		BUG("%zu of %zu are requests: the events are wrong", requests, done);
	*bytes = (double)used / (double)done;
	arena_free(&a);
	return (double)done * 1e6 / (double)(now - start);
}

static int by_rate(const void *x, const void *y)
{
	double a = *(const double *)x, b = *(const double *)y;
	return (a > b) - (a < b);
}

int main(int argc, char **argv)
{
	struct arena *a = arena_new();
	const struct val **events = arena_calloc(a, MAX_EVENTS, sizeof(struct val *));
	int64_t slice_us = 200000;
	size_t n = 0;
	double rates[SLICES], bytes = 0;
	for (int i = 1; i < argc; i++) {
		double seconds = strtod(argv[i], NULL);
		if (seconds > 0)
			slice_us = (int64_t)(seconds * 1e6);
		else
			n = read_events(argv[i], a, events, n);
	}
	if (!n)
		BUG("usage: bench_event FILE... [SECONDS]");
	for (int i = 0; i < SLICES; i++)
		rates[i] = rate(events, n, slice_us, &bytes);
	qsort(rates, SLICES, sizeof(double), by_rate);
	printf("events to requests      %10.0f events/s (%zu events, arena %.0f bytes)\n",
	       rates[SLICES / 2], n, bytes);
	arena_free(&a);
	return 0;
}
