"""What a person sees: in terminals of 80, 120 and 200 columns, in colour and without."""

import fcntl
import json
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
import unicodedata

import pytest

LIMIT_S = 60


class Terminal:
    """A program in a terminal of so many columns."""

    def __init__(self, command, env, cwd, columns):
        self.ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
        self.process = subprocess.Popen(list(map(str, command)), env=env, cwd=cwd, stdin=theirs,
                                        stdout=theirs, stderr=theirs, start_new_session=True,
                                        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        os.close(theirs)
        self.raw = b""

    def read(self, until=None):
        """What it wrote to its end, or up to the text `until`."""
        end = time.monotonic() + LIMIT_S
        while until is None or until.encode() not in self.raw:
            ready = select.select([self.ours], [], [], max(0, end - time.monotonic()))[0]
            assert ready, f"nothing more came after {self.raw!r}"
            try:
                more = os.read(self.ours, 65536)
            except OSError:  # Linux says EIO when the last writer has gone
                more = b""
            if not more:
                assert until is None, f"it ended after {self.raw!r}"
                break
            self.raw += more
        return self.raw.decode().replace("\r\n", "\n")

    def type(self, text):
        os.write(self.ours, text.encode())

    def status(self):
        self.read()
        return self.process.wait(LIMIT_S)

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.ours)


@pytest.fixture
def terminal(program, tmp_path):
    """terminal(80, "root", "inventory", sandbox=sb)"""
    started = []

    def start(columns, *args, sandbox=None, cwd=None, **env):
        environment = sandbox.env() if sandbox else {"PATH": os.environ["PATH"]}
        environment.update({"TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "HOME": str(tmp_path),
                            "ROOTOUT_STORE": str(tmp_path / "store.db"), **env})
        started.append(Terminal([program, *args], environment, cwd or tmp_path, columns))
        return started[-1]

    yield start
    for one in started:
        one.close()


def width(line):
    line = re.sub(r"\x1b\[[0-9;]*m", "", line)
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def last_of(line):
    """What stands on the screen after progress was drawn over."""
    return line.rsplit("\r", 1)[-1]


@pytest.mark.parametrize("columns", [80, 120, 200])
def test_nothing_is_wider_than_the_terminal(columns, sandbox, stores, terminal):
    """Words are whole, and nothing is cut: no '…' stands where a reason was. An ARN that is wider
    than the terminal has its line for itself (a denial names the SCP by 93 characters)."""
    sb = sandbox(stores)
    for command, why in [
        (["root", "enable", "--yes"], "feature RootSessions"),
        (["root", "inventory"], "statement"),
        (["root", "preflight"], "ShortTermRootCredentialUsage"),
        (["root", "retire", "--all", "--dry-run"], "AKIA"),
        (["root", "ledger"], "IAMAuditRootUserCredentials"),
        (["report"], "settlement-development"),
        (["help"], "sandbox export"), (["root", "retire", "--help"], "XDG_STATE_HOME"),
        (["sandbox", "--help"], "reset-after"), (["check", "--help"], "folder"),
    ]:
        one = terminal(columns, *command, sandbox=sb, cwd=stores)
        one.status()
        text = one.read()
        lines = [last_of(line) for line in text.split("\n")]
        wide = [line.strip() for line in lines if width(line) > columns]
        assert [line for line in wide if " " in line or not line.startswith("arn:")] == [], command
        assert why in text, (command, text)
        shown = re.sub("(List|Delete|COMMAND|Assume\\w+)…| …", "", "\n".join(lines))
        assert "…" not in shown, (command, text)


def test_colour(sandbox, organization, terminal, rootout):
    """On a terminal; not with NO_COLOR, TERM=dumb or in a pipe, unless somebody insists."""
    sb = sandbox(organization(1))
    run = ("root", "inventory", "--no-save")

    def coloured(*more, **env):
        one = terminal(100, *run, *more, sandbox=sb, **env)
        assert one.status() == 1
        return "\x1b[" in one.read()

    assert coloured() and coloured(NO_COLOR="")
    assert not coloured(NO_COLOR="1") and not coloured(TERM="dumb")
    assert not coloured("--color", "never") and coloured("--color", "always", NO_COLOR="1")
    assert "\x1b[" not in rootout(*run, sandbox=sb).stdout
    assert "\x1b[1m" in rootout(*run, "--color", "always", sandbox=sb).stdout


@pytest.mark.parametrize("answer, status", [("yes\n", 0), ("no\n", 3), ("y\n", 3), ("\n", 3),
                                            ("yes please\n", 3), ("\x04", 3), ("\x03", 3)])
def test_only_yes_is_yes(answer, status, sandbox, organization, terminal):
    sb = sandbox(organization({"one": {"root": {"password": True}}}))
    one = terminal(80, "root", "retire", "--account", "one", sandbox=sb)
    one.read(until="Type 'yes' to go on: ")
    one.type(answer)
    assert one.status() == status
    deleted = [e for e in sb.events if e["eventName"] == "DeleteLoginProfile"]
    assert len(deleted) == (status == 0)
    if status:
        assert "nothing was changed" in one.read()


def test_an_interrupt_says_what_happens_now(sandbox, organization, terminal):
    sb = sandbox(organization(70), "--fault", "latency=200ms")
    one = terminal(80, "root", "retire", "--all", "--yes", sandbox=sb, NO_COLOR="1")
    one.read(until="retiring root users")
    one.type("\x03")
    assert one.status() == 2
    text = one.read()
    assert "rootout: stopping at the next safe point" in text
    assert "run the same command again" in text
    # all that was begun is told as it is
    told = len(set(re.findall(r"^(\d{12}) +member-\d+ +retired", text, re.M)))
    assert told == len([a for a in sb.state["accounts"]
                        if a["name"].startswith("member") and not a["root"].get("password")])


def test_names_cannot_drive_the_terminal(organization, terminal):
    """Neither through the files nor through what is said of them."""
    names = ["red \x1b[31m", "turned \u202e", "tab\there", "bell\x07"]
    folder = organization({name: {} for name in names})
    one = terminal(80, "check", folder)
    assert one.status() == 1
    text = re.sub(r"\x1b\[[0-9;]*m", "", one.read())
    assert text.count("must not have control characters") == len(names)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\u202e]", text.replace("\r", "")), text


def test_answers_cannot_drive_the_terminal(aws_server, rootout):
    """Messages, names and addresses of others are shown with what would act escaped."""
    evil = "\x1b[31m\x9b2J\u202e\nrootout: all is well"
    refused = (400, {"Content-Type": "application/x-amz-json-1.1"},
               json.dumps({"__type": "AccessDeniedException", "Message": evil}))
    account = {"Id": "100000000001", "Name": evil, "Email": evil, "Status": "ACTIVE",
               "State": "ACTIVE", "Arn": "arn:aws:organizations::1:account/o-1/1"}
    organization = {"Organization": {"Id": "o-abcdefghij", "MasterAccountId": "100000000000",
                                     "FeatureSet": "ALL"}}
    servers = [aws_server({"*": refused}),
               aws_server({"DescribeOrganization": organization,
                           "ListAccounts": {"Accounts": [account]}, "*": refused})]
    for server in servers:
        for words in (["root", "inventory"], ["root", "enable", "--yes"],
                      ["root", "restore", "100000000001", "--reason", evil, "--dry-run"],
                      ["root", "restore", evil, "--reason", "x", "--dry-run"],
                      ["root", "retire", "--all", "--dry-run"], ["root", "preflight"]):
            done = rootout(*words, env=server.env)
            assert done.returncode in (1, 2), done
            text = done.stdout + done.stderr
            assert not re.search("[\x00-\x09\x0b-\x1f\x80-\x9f\u202e]|^rootout: all", text, re.M), done
