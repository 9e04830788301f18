#!/bin/bash
# Policy decisions a CPU second, against how many policies, with explanations,
# on two threads, and the time and memory to compile 10,000 policies: AWS's own
# managed ones as far as moto is installed (make deps), else one of their size;
# then events of CloudTrail that become requests.
#
#   bench/policy.sh [SECONDS A SLICE]
set -euo pipefail
cd "$(dirname "$0")/.."
documents=$(mktemp)
trap 'rm -f "$documents"' EXIT

managed() {
	.venv/bin/python - <<'PY'
import json
from moto.iam import aws_managed_policies as m
for p in json.loads(m.aws_managed_policies_data).values():
    print(json.dumps(p["Document"], separators=(",", ":")))
PY
}

ninja -C build bench/bench_policy bench/bench_event >/dev/null
printf '%s\n' "$(sed -n 's/^model name[^:]*: //p;T;q' /proc/cpuinfo)"
if managed >"$documents" 2>/dev/null; then
	build/bench/bench_policy "${1:-0.2}" "$documents"
else
	echo 'no moto here: 10,000 times one policy of our own'
	build/bench/bench_policy "${1:-0.2}"
fi
build/bench/bench_event tests/data/policy/events/*.jsonl "${1:-0.2}"
