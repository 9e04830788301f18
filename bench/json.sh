#!/bin/bash
# JSON: how many MB a second of a CloudTrail file are read into a tree, by us
# and, in the same run on the same file, by Python's json and by whatever
# yardstick is installed (libsimdjson-dev, libcjson-dev).
#
#   bench/json.sh [SECONDS]
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-2}

ninja -C build bench/bench_json >/dev/null
file=$(mktemp)
work=$(mktemp -d)
trap 'rm -rf "$file" "$work"' EXIT
bench/trail-like.py 7 >"$file"

printf '%s, %d bytes of events like CloudTrail writes them\n' \
	"$(sed -n 's/^model name[^:]*: //p;T;q' /proc/cpuinfo)" "$(stat -c %s "$file")"
build/bench/bench_json "$file" "$seconds"

python3 - "$file" "$seconds" <<'PY'
import json, sys, time
data = open(sys.argv[1], "rb").read()
best, until = 1e9, time.perf_counter() + float(sys.argv[2])
while time.perf_counter() < until:
    start = time.perf_counter()
    json.loads(data)
    best = min(best, time.perf_counter() - start)
print(f"{'Python json':34s} {len(data) / best / 1e6:7.0f} MB/s")
PY

yardstick() { # NAME PKG-CONFIG COMPILER SOURCE
	if pkg-config --exists "$2"; then
		# shellcheck disable=SC2046 # flags are words
		$3 -O2 -o "$work/$2" "$4" $(pkg-config --cflags --libs "$2")
		"$work/$2" "$file" "$seconds"
	else
		printf '%-34s not installed\n' "$1"
	fi
}

cat >"$work/simdjson.cc" <<'CC'
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <simdjson.h>
int main(int, char **argv)
{
	auto text = simdjson::padded_string::load(argv[1]);
	simdjson::dom::parser parser;
	double best = 1e9, spent = 0;
	while (spent < atof(argv[2])) {
		auto start = std::chrono::steady_clock::now();
		if (parser.parse(text.value()).error())
			return 1;
		std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
		best = took.count() < best ? took.count() : best;
		spent += took.count();
	}
	printf("%-34s %7.0f MB/s\n", "simdjson, DOM", text.value().size() / best / 1e6);
}
CC
cat >"$work/cjson.c" <<'C'
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}
int main(int argc, char **argv)
{
	static char text[64 << 20];
	FILE *f = fopen(argv[argc - 2], "rb");
	size_t n = fread(text, 1, sizeof(text) - 1, f);
	double best = 1e9, until = now() + atof(argv[argc - 1]);
	while (now() < until) {
		double start = now();
		cJSON_Delete(cJSON_Parse(text));
		best = now() - start < best ? now() - start : best;
	}
	printf("%-34s %7.0f MB/s\n", "cJSON, tree", n / best / 1e6);
	return 0;
}
C
yardstick "simdjson, DOM" simdjson "${CXX:-c++}" "$work/simdjson.cc"
yardstick "cJSON, tree" libcjson "${CC:-cc}" "$work/cjson.c"
