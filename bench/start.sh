#!/bin/bash
# How long the program takes to start, and which libraries it needs.
#
#   bench/start.sh [RUNS]
#
# `rootout --version` beside /bin/true, in turn: the difference is ours.
set -euo pipefail
cd "$(dirname "$0")/.."
runs=${1:-200}
bin=${ROOTOUT_BIN:-build/rootout}

python3 - "$bin" "$runs" <<'END'
import os, statistics, sys, time

def once(argv):
    began = time.perf_counter()
    pid = os.posix_spawn(argv[0], argv, os.environ,
                         file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)])
    _, status = os.waitpid(pid, 0)
    assert status == 0, argv
    return (time.perf_counter() - began) * 1000

rootout, runs = os.path.abspath(sys.argv[1]), int(sys.argv[2])
ours, nothing = [], []
for _ in range(runs):
    ours.append(once([rootout, "--version"]))
    nothing.append(once(["/bin/true"]))
print(f"rootout --version  {statistics.median(ours):.2f} ms (median of {runs}; target 5)")
print(f"/bin/true          {statistics.median(nothing):.2f} ms")
END

printf '\nlibraries it is linked with, and the Debian package of each:\n'
ldd "$bin" | awk '$3 ~ /^\// {print $3}' | while read -r lib; do
	package=$(dpkg -S "$(readlink -f "$lib")" 2>/dev/null || dpkg -S "*/$(basename "$(readlink -f "$lib")")" 2>/dev/null || true)
	printf '  %-28s %s\n' "$(basename "$lib")" "${package%%:*}"
	[ -n "$package" ] || { echo "$lib is of no package"; exit 1; }
done
printf 'loaded late, when they are needed: libcurl.so.4 libmicrohttpd.so.12\n'
