"""The commands on a running sandbox, as people read them."""

import json
import re
import signal
import subprocess
import threading

import pytest


def test_instructions_can_be_pasted(program, tmp_path, sandbox, organization):
    """The printed lines alone, in a shell elsewhere, lead boto3 to the sandbox."""
    started = subprocess.Popen(
        [str(program), "sandbox", "--org", str(organization(1)), "--listen", "127.0.0.1:0",
         "--credentials", "it's mine"], cwd=tmp_path, stdout=subprocess.PIPE, text=True,
        env={"PATH": "/usr/bin:/bin"})
    try:
        lines = []
        for line in started.stdout:
            lines.append(line)
            if line.startswith("Ctrl-C"):
                break
        exports = "".join(line for line in lines if line.startswith("  export "))
        (tmp_path / "elsewhere").mkdir()
        done = subprocess.run(
            ["sh", "-euc", exports + 'exec env'], cwd=tmp_path / "elsewhere",
            env={"PATH": "/usr/bin:/bin"}, stdout=subprocess.PIPE, text=True, check=True)
    finally:
        started.send_signal(signal.SIGINT)
        assert started.wait(30) == 0
    env = dict(line.split("=", 1) for line in done.stdout.splitlines())
    # boto3 and version 1 of the AWS CLI read AWS_DEFAULT_REGION only
    assert env["AWS_REGION"] == env["AWS_DEFAULT_REGION"] == "us-east-1"
    assert env["AWS_PROFILE"] == "management"
    assert env["AWS_SHARED_CREDENTIALS_FILE"] == str(tmp_path / "it's mine")
    assert env["AWS_ENDPOINT_URL"].startswith("http://127.0.0.1:")


def test_clock(rootout, sandbox):
    sb = sandbox(None, "--empty")
    say = r"the sandbox's clock: \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ, "
    assert re.fullmatch(say + "the machine's own time\n",
                        rootout("sandbox", "clock", sandbox=sb).stdout)
    done = rootout("sandbox", "clock", "--advance", "90m", sandbox=sb)
    assert re.fullmatch(say + "1 h 30 min ahead of this machine\n", done.stdout)
    assert rootout("sandbox", "clock", "--output", "json",
                   sandbox=sb).json["ahead_ms"] == 90 * 60 * 1000
    both = rootout("sandbox", "clock", "--advance", "1h", "--to", "2099-01-01", sandbox=sb)
    assert both.returncode == 2 and "contradict" in both.stderr
    done = rootout("sandbox", "reset", sandbox=sb)
    assert done.returncode == 0 and done.stdout == "" and "back to its start" in done.stderr


def test_tail_for_people(rootout, sandbox, organization, until):
    sb = sandbox(organization({"one": {"root": {"password": True}}}))
    rootout("root", "inventory", sandbox=sb)
    with pytest.raises(Exception):
        sb.client("organizations", "one").list_accounts()
    tail = rootout("sandbox", "tail", sandbox=sb, background=True, stdout=subprocess.PIPE)
    lines = []
    reader = threading.Thread(target=lambda: lines.extend(iter(tail.stdout.readline, "")))
    reader.start()
    until(lambda: any("ListAccounts" in line and "AccessDenied" in line for line in lines))
    tail.send_signal(signal.SIGINT)
    assert tail.wait(30) == 0
    reader.join()
    text = "".join(lines)
    assert re.search(r"Z  100000000001  iam:GetAccountSummary +root session$", text, re.M), text
    assert re.search(r"Z  100000000000  sts:AssumeRoot +user/sandbox/administrator$", text, re.M)
    assert len(lines) <= 10
    with pytest.raises(json.JSONDecodeError):
        json.loads(lines[0])


def test_no_sandbox_there(rootout):
    done = rootout("sandbox", "events", "--endpoint-url", "http://127.0.0.1:1")
    assert done.returncode == 2 and "start one with 'rootout sandbox'" in done.stderr
