"""tools/api-tables.py: a wrong .api file ends the build, and says where it is wrong."""

import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
HEAD = """\
service demo
  sdk-id Demo
  endpoint-prefix demo
  signing-name demo
  protocol query
  api-version 2020-01-01
"""


def tables(tmp_path, text, overrides=None):
    api = tmp_path / "demo.api"
    api.write_text(text, encoding="utf-8")
    command = [sys.executable, ROOT / "tools" / "api-tables.py", "--out", tmp_path / "out.c", api]
    if overrides is not None:
        (tmp_path / "overrides").write_text(overrides, encoding="utf-8")
        command[4:4] = ["--overrides", tmp_path / "overrides"]
    return subprocess.run(command, capture_output=True, text=True)


def test_a_good_file(tmp_path):
    done = tables(tmp_path, HEAD + "\noperation Do\n  input In\n\nstructure In\n  member A Text\n\n"
                  "string Text length=1..5 pattern=[a-z ]+\n")
    assert done.returncode == 0, done.stderr
    assert '"[a-z ]+"' in (tmp_path / "out.c").read_text()


@pytest.mark.parametrize("text, message", [
    ("", "demo.api:1: no 'service' line"),
    ("operation Do\n", "demo.api:1: the first line is 'service NAME'"),
    (HEAD + "service other\n", "demo.api:7: a file holds one service"),
    (HEAD + "  colour red\n", "demo.api:7: unknown fact of a service 'colour'"),
    (HEAD.replace("query", "smoke"), "demo.api:1: unknown protocol 'smoke'"),
    (HEAD.replace("  sdk-id Demo\n", ""), "demo.api:1: service 'demo' has no 'sdk-id'"),
    (HEAD + "thing X\n", "demo.api:7: unknown kind of fact 'thing'"),
    (HEAD + " operation Do\n", "demo.api:7: a line begins at its start or with two blanks"),
    (HEAD + "operation 9\n", "demo.api:7: '9' is not a name"),
    (HEAD + "operation Do\noperation Do\n", "demo.api:8: operation 'Do' stands twice"),
    (HEAD + "operation Do\n  input In\n", "demo.api:8: no shape 'In'"),
    (HEAD + "operation Do\n  input In\nstring In\n", "demo.api:8: 'In' is not a structure"),
    (HEAD + "operation Do\n  error E\nstructure E\n", "demo.api:8: 'E' is not an error"),
    (HEAD + "operation Do\n  status 99\n", "demo.api:8: '99' is not an HTTP status"),
    (HEAD + "operation Do\n  http POST\n", "demo.api:8: http METHOD /URI"),
    (HEAD + "operation Do\n  pages input=A\n", "demo.api:8: pages needs input= and output="),
    (HEAD + "operation Do\n  pages in=A\n", "demo.api:8: unknown word 'in'"),
    (HEAD + "operation Do\n  speed 9\n", "demo.api:8: unknown fact of an operation 'speed'"),
    (HEAD + "string A\nstring A\n", "demo.api:8: shape 'A' stands twice"),
    (HEAD + "string A value=1..2\n", "demo.api:7: 'value' is not a fact of a string"),
    (HEAD + "integer A value=1\n", "demo.api:7: 'value' is MIN..MAX"),
    (HEAD + "string A sensitive sensitive\n", "demo.api:7: 'sensitive' stands twice"),
    (HEAD + "timestamp A time=noon\n", "demo.api:7: unknown time format 'noon'"),
    (HEAD + "integer A\n  value X\n", "demo.api:8: only a string has values"),
    (HEAD + "structure A\n  member B C\n", "demo.api:8: no shape 'C'"),
    (HEAD + "structure A\n  member B C\n  member B C\n", "demo.api:9: member 'B' stands twice"),
    (HEAD + "structure A\n  member B C in=pocket\n", "demo.api:8: unknown place 'pocket'"),
    (HEAD + "structure A\n  element B\n", "demo.api:8: 'element' does not belong here"),
    (HEAD + "list A\n", "demo.api:7: a list needs 1 line(s) below it"),
    (HEAD + "map A\n  key B\n", "demo.api:7: a map needs 2 line(s) below it"),
    (HEAD + "string A pattern=(?<x>a)\n", "demo.api:7: unsupported group at character"),
    (HEAD + "string A pattern=[a\n", "demo.api:7: missing ']'"),
    (HEAD + "string A pattern=(a\n", "demo.api:7: missing ')'"),
    (HEAD + "string A pattern=a++\n", "demo.api:7: possessive repetition"),
    (HEAD + "string A pattern=\\q\n", "demo.api:7: unsupported \\q"),
    (HEAD + "string A pattern=[z-a]\n", "demo.api:7: wrong range"),
    (HEAD + "string A pattern=[a-z&&[^b]]\n", "demo.api:7: nested classes are not supported"),
    (HEAD + "string A pattern=((a{1,99}){1,99})\n", "demo.api:7: pattern needs more than"),
])
def test_a_wrong_file(tmp_path, text, message):
    done = tables(tmp_path, text)
    assert done.returncode == 1
    assert message in done.stderr, done.stderr
    assert not (tmp_path / "out.c").exists()
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("override, message", [
    ("demo Text drop pattern: AWS takes any\n", None),
    ("demo Text drop max: AWS takes any\n", None),
    ("demo Text drop min: AWS takes any\n", "overrides:1: there is no min to drop"),
    ("demo Text drop pattern:\n", "overrides:1: an override is"),
    ("demo Text drop colour: x\n", "overrides:1: an override is"),
    ("demo Nothing drop pattern: x\n", "overrides:1: no shape 'Nothing' in service 'demo'"),
    ("other Text drop pattern: x\n", "overrides:1: no shape 'Text' in service 'other'"),
    ("demo Text drop pattern: x\ndemo Text drop pattern: x\n",
     "overrides:2: there is no pattern to drop"),
])
def test_overrides(tmp_path, override, message):
    done = tables(tmp_path, HEAD + "string Text length=..5 pattern=[a-z]+\n", override)
    if message is None:
        assert done.returncode == 0, done.stderr
        c = (tmp_path / "out.c").read_text()
        assert ("[a-z]+" in c) == ("pattern" not in override)
        assert ("has_max" in c) == ("max" not in override)
    else:
        assert done.returncode == 1
        assert message in done.stderr


def test_the_same_every_time(tmp_path):
    texts = set()
    for seed in ("1", "2"):
        out = tmp_path / seed
        files = sorted((ROOT / "src" / "aws" / "api").glob("*.api"))
        subprocess.run([sys.executable, ROOT / "tools" / "api-tables.py", "--out", out, *files],
                       check=True, env={"PYTHONHASHSEED": seed})
        texts.add(out.read_text())
    assert len(texts) == 1
