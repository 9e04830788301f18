#!/bin/bash
# The net floor by itself.
#
#   bench/net.sh [SECONDS]
#
# The server: a fixed answer of 300 bytes, and in the same run, with the same
# client, what nginx makes of one. The client: 2,500 calls to a server that
# takes 50 ms for each, by 64 workers (1.95 s is the least that can take).
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-5}

ninja -C build bench/bench_net >/dev/null
work=$(mktemp -d)
pids=()
cleanup() {
	for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
	wait
	rm -rf "$work"
}
trap cleanup EXIT

printf '%s, %s processors\n' "$(sed -n 's/^model name[^:]*: //p;T;q' /proc/cpuinfo)" "$(nproc)"

# serve NAME THREADS DELAY_MS: sets $address and $pid
serve() {
	mkfifo "$work/$1.in"
	build/bench/bench_net serve 127.0.0.1:0 "$2" "$3" <"$work/$1.in" >"$work/$1.out" &
	pid=$!
	pids+=("$pid")
	exec {hold}>"$work/$1.in" # its input stays open as long as we live
	until [ -s "$work/$1.out" ]; do sleep 0.01; done
	address=$(cat "$work/$1.out")
}

ticks() { # of all processes named: user and system
	local sum=0 p
	for p in "$@"; do
		sum=$((sum + $(awk '{print $14 + $15}' "/proc/$p/stat")))
	done
	echo "$sum"
}

# measure NAME URL SCRIPT CONNECTIONS PID...
measure() {
	local name=$1 url=$2 script=$3 conns=$4 before after line requests rss=0 p
	shift 4
	before=$(ticks "$@")
	line=$(wrk -t1 -c"$conns" -d"$seconds" -s "$script" "$url")
	after=$(ticks "$@")
	requests=$(awk '/requests in/ {print $1}' <<<"$line")
	for p in "$@"; do rss=$((rss + $(awk '/VmRSS/ {print $2}' "/proc/$p/status"))); done
	awk -v n="$name" -v c="$conns" -v r="$requests" -v s="$seconds" -v t=$((after - before)) \
		-v hz="$(getconf CLK_TCK)" -v rss="$rss" 'BEGIN {
		printf "%-26s c%-3d %7d requests/s  %5.1f us of CPU each  %3d MB\n",
			n, c, r / s, t / hz * 1e6 / r, rss / 1024 }'
	if grep -q "Non-2xx" <<<"$line"; then
		grep "Non-2xx" <<<"$line"
		exit 1
	fi
}

echo 'wrk.method = "GET"' >"$work/get.lua"
cat >"$work/post.lua" <<'LUA'
wrk.method = "POST"
wrk.body = string.rep("a", 200)
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
LUA

serve idle 2 0
for conns in 8 64; do
	measure "rootout, POST 200 bytes" "http://$address/" "$work/post.lua" "$conns" "$pid"
	measure "rootout, GET" "http://$address/" "$work/get.lua" "$conns" "$pid"
done

if command -v nginx >/dev/null; then
	port=$((20000 + RANDOM % 20000))
	head -c 300 /dev/zero | tr '\0' x >"$work/page"
	cat >"$work/nginx.conf" <<CONF
daemon off;
worker_processes 2;
pid $work/nginx.pid;
error_log stderr crit;
events { worker_connections 1024; }
http {
	access_log off;
	keepalive_requests 100000000;
	client_body_temp_path $work;
	proxy_temp_path $work;
	fastcgi_temp_path $work;
	uwsgi_temp_path $work;
	scgi_temp_path $work;
	server {
		listen 127.0.0.1:$port;
		location / { return 200 $(cat "$work/page"); }
	}
}
CONF
	nginx -p "$work" -c "$work/nginx.conf" &
	master=$!
	pids+=("$master")
	until [ "$(pgrep -c -P "$master")" = 2 ]; do sleep 0.05; done
	# shellcheck disable=SC2046 # process ids are words
	for conns in 8 64; do
		measure "nginx, POST 200 bytes" "http://127.0.0.1:$port/" "$work/post.lua" "$conns" \
			$(pgrep -P "$master")
		measure "nginx, GET" "http://127.0.0.1:$port/" "$work/get.lua" "$conns" \
			$(pgrep -P "$master")
	done
else
	echo "nginx is not installed"
fi

serve slow 2 50
build/bench/bench_net ask "http://$address/" 2500 64
