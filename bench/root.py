#!/usr/bin/env python3
"""Root access at the size of a company, against the sandbox.

usage: bench/root.py [audit] [delete] [truth] [rate]     (default: all)

audit   500 members behind 50 ms: calls, wall, CPU, memory, connections
delete  the same with a mix of credentials: delete with proof
truth   5 % throttling, 1 % resets, one account denied, three seeds
rate    sts:AssumeRoot limited to 20 a second

Every row that rootout prints is held against the sandbox's own state.
The peer's figures (aws-root-manager, Go, one goroutine per account,
unthrottled; 2 cores, 500 members, 50 ms) are those of the project's issue:
audit 2,528 calls, 2.4 s, 0.5 s CPU, 88 MB, 990 connections; delete 4,080
calls, 3.3 s, without any proof.
"""
import contextlib
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
ROOTOUT = os.environ.get("ROOTOUT_BIN", str(HERE.parent / "build" / "rootout"))
N = int(os.environ.get("N", "500"))
DENIED = "200000000007"


@contextlib.contextmanager
def sandbox(org, *options):
    with tempfile.TemporaryDirectory() as work:
        credentials = os.path.join(work, "credentials")
        read, write = os.pipe()
        process = subprocess.Popen(
            [ROOTOUT, "sandbox", "--quiet", "--org", org, "--listen", "127.0.0.1:0",
             "--credentials", credentials, "--ready-fd", str(write), *options],
            pass_fds=[write], stdout=subprocess.DEVNULL)
        os.close(write)
        try:
            line = os.fdopen(read).readline().strip()
            url = line if line.startswith("http") else "http://" + line
            if not line:
                raise SystemExit("the sandbox did not start")
            env = dict(os.environ, AWS_ENDPOINT_URL=url, AWS_SHARED_CREDENTIALS_FILE=credentials,
                       AWS_CONFIG_FILE=os.devnull, AWS_PROFILE="management",
                       AWS_REGION="us-east-1", ROOTOUT_STORE=os.path.join(work, "store.db"))
            yield url, env
        finally:
            process.terminate()
            process.wait()


def get(url, path):
    with urllib.request.urlopen(url + path) as answer:
        return json.load(answer)


def calls(url):
    """What the sandbox was asked, by service, operation and answer."""
    return get(url, "/_sandbox/calls")


def run(env, *words):
    """rootout with these words: (status, JSON, wall s, CPU s, peak MB).

    GNU time stands between, because a process that Python forks inherits
    Python's peak memory.
    """
    with tempfile.NamedTemporaryFile("r") as figures:
        began = time.monotonic()
        process = subprocess.run(
            ["/usr/bin/time", "-q", "-f", "%U %S %M", "-o", figures.name, ROOTOUT, *words,
             "--output", "json", "--quiet"], env=env, stdout=subprocess.PIPE)
        wall = time.monotonic() - began
        user, system, kilobytes = figures.read().split()
    if not process.stdout:
        raise SystemExit(f"rootout {' '.join(words)} ended with {process.returncode} and no answer")
    return (process.returncode, json.loads(process.stdout), wall, float(user) + float(system),
            int(kilobytes) / 1024)


def total(counted, code=None, op=None):
    return sum(row["count"] for row in counted["calls"]
               if (code is None or row["code"] in code) and (op is None or row["operation"] == op))


THROTTLED = ("Throttling", "TooManyRequestsException", "ThrottlingException")


def truth_of(url):
    """account id -> has root credentials, as the sandbox has it."""
    state = get(url, "/_sandbox/state")
    real = {}
    for account in state["accounts"]:
        root = account["root"]
        mfa = any(m["assigned"] and m["user"] == "(root)" for m in account["iam"].get("mfa", []))
        real[account["id"]] = bool(root.get("password") or root["keys"] or root["certificates"] or mfa)
    return real


def hold_against_truth(rows, url):
    real = truth_of(url)
    wrong = 0
    for row in rows:
        has = real[row["id"]]
        if row["state"] in ("retired", "rootless") and has:
            wrong += 1
        if row["state"] == "credentials" and not has:
            wrong += 1
    return wrong


def table(title, rows):
    print(f"\n{title}")
    width = max(len(name) for name, _, _ in rows)
    for name, value, note in rows:
        print(f"  {name:<{width}}  {value:>12}  {note}")


def audit(folder):
    runs = []
    for _ in range(5):
        with sandbox(folder, "--fault", "latency=50ms") as (url, env):
            status, out, wall, cpu, mb = run(env, "root", "inventory", "--summary", "--no-save")
            counted = calls(url)
            connections = get(url, "/_sandbox/connections")["accepted"]
            assert status == 1 and len(out["accounts"]) == N + 1
            assert hold_against_truth(out["accounts"], url) == 0
            runs.append((total(counted), wall, cpu, mb, connections))
    middle = [statistics.median(column) for column in zip(*runs)]
    table(f"audit of {N} members, 50 ms (median of {len(runs)})", [
        ("calls", f"{middle[0]:.0f}", "target 2N + pages + 2 = "
         f"{2 * N + (N + 20) // 20 + 2}; peer 2,528"),
        ("wall", f"{middle[1]:.2f} s", "target 1.6; peer 2.4"),
        ("CPU", f"{middle[2]:.2f} s", "target 0.25; peer 0.5"),
        ("memory", f"{middle[3]:.0f} MB", "target 24; peer 88"),
        ("connections", f"{middle[4]:.0f}", "target 64; peer 990 (one more asked for this figure)"),
    ])


def delete(folder):
    with sandbox(folder, "--fault", "latency=50ms") as (url, env):
        status, out, wall, cpu, mb = run(env, "root", "retire", "--all", "--yes",
                                             "--allow-used-keys")
        counted = calls(url)
        retired = sum(row["state"] == "retired" for row in out["accounts"])
        table(f"delete with proof, {N} members, 50 ms (one run)", [
            ("calls", str(total(counted)), "target 3,546 for N = 500; peer 4,080 without proof"),
            ("wall", f"{wall:.2f} s", "peer 3.3 without proof"),
            ("CPU", f"{cpu:.2f} s", ""),
            ("memory", f"{mb:.0f} MB", ""),
            ("retired", str(retired), f"of {N}, exit status {status}"),
            ("rows that lie", str(hold_against_truth(out["accounts"], url)), "target 0"),
        ])


def truth(folder):
    for seed in (1, 2, 3):
        with sandbox(folder, "--seed", str(seed), "--fault", "throttle=5%", "--fault", "reset=1%",
                     "--fault", f"deny={DENIED}") as (url, env):
            status, out, wall, cpu, mb = run(env, "root", "retire", "--all", "--yes",
                                             "--allow-used-keys")
            rows = {row["id"]: row for row in out["accounts"]}
            retired = sum(row["state"] == "retired" for row in rows.values())
            false = hold_against_truth(rows.values(), url)
            table(f"truth, {N} members, 5 % throttled, 1 % reset, one denied, seed {seed}", [
                ("retired", str(retired), f"of {N - 1} that can be"),
                ("denied account", rows[DENIED]["state"], "must not be retired"),
                ("rows that lie", str(false), "target 0"),
                ("rows missing", str(N + 1 - len(rows)), "target 0"),
                ("exit status", str(status), "1: work remains"),
                ("wall", f"{wall:.2f} s", ""),
            ])


LEARNED_AFTER_S = 3


def rate(folder):
    per_second = 20
    with sandbox(folder, "--fault", f"rate={per_second}/s:sts:AssumeRoot") as (url, env):
        early = {}
        timer = threading.Timer(LEARNED_AFTER_S, lambda: early.update(calls(url)))
        timer.start()
        status, out, wall, cpu, mb = run(env, "root", "inventory", "--summary")
        timer.join()
        counted = calls(url)
        throttled = total(counted, THROTTLED) - total(early, THROTTLED)
        asked = total(counted, op="AssumeRoot") - total(early, op="AssumeRoot")
        unread = sum(row["state"] == "unread" for row in out["accounts"])
        ideal = N / per_second
        table(f"sts:AssumeRoot limited to {per_second} a second, audit of {N}", [
            ("unread", str(unread), "target 0; the peer lost 31 and told 400 falsely"),
            ("rows that lie", str(hold_against_truth(out["accounts"], url)), "target 0"),
            ("throttled", f"{100 * throttled / asked:.1f} %",
             f"of AssumeRoot calls after the first {LEARNED_AFTER_S} s; target 5"),
            ("in the first", str(total(early, THROTTLED)), f"{LEARNED_AFTER_S} s"),
            ("wall", f"{wall:.1f} s", f"target 1.1 x N / rate = {1.1 * ideal:.1f}"),
            ("ratio", f"{wall / ideal:.2f}", "of N / rate"),
        ])


def main():
    wanted = sys.argv[1:] or ["audit", "delete", "truth", "rate"]
    with open("/proc/cpuinfo") as f:
        model = next((line.split(":")[1].strip() for line in f if line.startswith("model name")),
                     platform.machine())
    print(f"{model}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, "
          f"{subprocess.run([ROOTOUT, '--version'], capture_output=True, text=True).stdout.strip()}")
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, str(HERE / "organization.py"), str(N), folder], check=True)
        for name in wanted:
            {"audit": audit, "delete": delete, "truth": truth, "rate": rate}[name](folder)


if __name__ == "__main__":
    main()
