#!/bin/bash
# Policy decisions a CPU second, against how many policies, with explanations,
# on two threads, and the time and memory to compile 10,000 policies.
#
#   bench/policy.sh [SECONDS A SLICE]
set -euo pipefail
cd "$(dirname "$0")/.."

ninja -C build bench/bench_policy >/dev/null
printf '%s\n' "$(sed -n 's/^model name[^:]*: //p;T;q' /proc/cpuinfo)"
build/bench/bench_policy "${1:-0.2}"
