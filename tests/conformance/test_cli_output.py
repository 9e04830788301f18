"""Results on standard output, all else on standard error; what can't be written is an error."""

import csv
import io
import re
import subprocess

import pytest

COMMANDS = [["--version"], ["help"], ["root", "inventory", "--help"], ["completion", "bash"],
            ["root", "enable", "--dry-run"], ["root", "inventory"],
            ["root", "inventory", "--output", "json"], ["root", "preflight"],
            ["root", "ledger"], ["root", "ledger", "--verify"], ["report"],
            ["report", "--html", "-"], ["sandbox", "events"], ["sandbox", "export"],
            ["sandbox", "clock"], ["sandbox", "tail"],
            ["sandbox", "--empty", "--listen", "127.0.0.1:0"]]


@pytest.fixture
def known(sandbox, organization, rootout):
    """A sandbox whose root users one inventory has read."""
    sb = sandbox(organization(3))
    assert rootout("root", "inventory", sandbox=sb).returncode == 1
    return sb


def test_full_output_is_an_error(known, rootout):
    """stdio drops what a failed flush held: the second flush then succeeds."""
    for command in COMMANDS:
        with open("/dev/full", "wb") as full:
            process = rootout(*command, sandbox=known, background=True, stdout=full,
                              stderr=subprocess.PIPE)
            errors = process.communicate(timeout=30)[1]
        assert process.returncode == 2, (command, errors)
        assert errors.count("No space left on device") == 1, (command, errors)


def test_closed_output_is_an_error_and_no_file(known, program, tmp_path):
    """The store must not be opened as file descriptor 1 and be written into."""
    env = known.env(HOME=str(tmp_path), ROOTOUT_STORE=str(tmp_path / "store.db"))
    for command in COMMANDS:
        done = subprocess.run(["sh", "-c", '"$0" "$@" >&- <&-', str(program), *command], env=env,
                              cwd=tmp_path, stderr=subprocess.PIPE, text=True, timeout=60)
        assert done.returncode == 2, (command, done.stderr)
        assert done.stderr.count("Bad file descriptor") == 1, (command, done.stderr)
    verified = subprocess.run([str(program), "root", "ledger", "--verify"], env=env,
                              stdout=subprocess.PIPE, text=True, timeout=60)
    assert verified.returncode == 0 and "chain intact" in verified.stdout


def test_a_reader_that_has_seen_enough_is_no_complaint(known, program, tmp_path):
    env = known.env(HOME=str(tmp_path), ROOTOUT_STORE=str(tmp_path / "store.db"))
    done = subprocess.run(["sh", "-c", '"$0" sandbox export | head -c 1', str(program)], env=env,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60)
    assert done.stdout == "{" and done.stderr == ""


def test_every_row_of_csv_stands_alone(rootout, sandbox, stores):
    """A row without its account's id is lost when somebody sorts the sheet."""
    sb = sandbox(stores)
    rootout("root", "enable", "--yes", sandbox=sb)
    for command in (["root", "inventory"], ["root", "preflight"], ["root", "retire", "--all", "--dry-run"],
                    ["report"]):
        done = rootout(*command, "--output", "csv", sandbox=sb, cwd=stores)
        rows = list(csv.DictReader(io.StringIO(done.stdout)))
        assert len(rows) >= 15, done
        assert all(re.fullmatch(r"\d{12}|organization", row["id"]) for row in rows), done
        assert all(None not in row for row in rows), done
