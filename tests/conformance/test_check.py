"""`rootout check`, as a person and as a pipeline use it."""

import csv
import io
import json
import os
import pathlib
import re
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def check(*args, cwd=ROOT):
    return subprocess.run([os.environ["ROOTOUT"], "check", *map(str, args)], cwd=cwd, capture_output=True,
                          text=True, encoding="utf-8", timeout=60)


@pytest.fixture
def broken(tmp_path):
    return shutil.copytree(ROOT / "tests/data/org/access", tmp_path / "org")


def test_good():
    run = check("examples/stores")
    assert (run.returncode, run.stdout) == (0, "")
    assert run.stderr == (
        "examples/stores: no problem: 15 accounts in 6 units, 3 policies, 9 groups, "
        "3 permission sets, 10 assignments, 3 waves\n")
    assert check("examples/stores", "--quiet").stderr == ""


def test_here_and_elsewhere(broken):
    expected = (broken / "expected").read_text(encoding="utf-8")
    run = check(cwd=broken)
    assert (run.returncode, run.stdout) == (1, expected)
    assert run.stderr == f".: {len(expected.splitlines())} problems\n"
    # Another folder: paths begin with it as it was given.
    run = check("org", cwd=broken.parent)
    assert run.stdout == "".join(f"org/{line}\n" for line in expected.splitlines())
    # As git: -C
    run = subprocess.run([os.environ["ROOTOUT"], "-C", broken, "check"], capture_output=True, text=True,
                         encoding="utf-8", timeout=60)
    assert (run.returncode, run.stdout) == (1, expected)


def test_json(broken):
    run = check("--output", "json", cwd=broken)
    out = json.loads(run.stdout)
    assert run.returncode == 1
    assert (out["folder"], out["ok"], out["more"]) == (".", False, 0)
    lines = [f"{p['path']}:{p['line']}:{p['column']}: {p['message']}" if "line" in p
             else f"{p['path']}: {p['message']}" for p in out["problems"]]
    assert lines == (broken / "expected").read_text(encoding="utf-8").splitlines()
    assert {p["kind"] for p in out["problems"]} == {"input"}
    good = json.loads(check("examples/stores", "--output", "json").stdout)
    assert good["ok"] and good["problems"] == []
    assert good["organization"] == {"name": "stores", "accounts": 15, "units": 6, "policies": 3, "groups": 9,
                                    "permission_sets": 3, "assignments": 10, "waves": 3}


def test_csv(broken):
    rows = list(csv.DictReader(io.StringIO(check("--output", "csv", cwd=broken).stdout)))
    expected = (broken / "expected").read_text(encoding="utf-8").splitlines()
    assert len(rows) == len(expected)
    assert set(rows[0]) == {"path", "line", "column", "message"}
    assert rows[2]["message"] in expected[2]


def test_sandbox_yaml_is_checked(tmp_path):
    org = shutil.copytree(ROOT / "tests/data/org/sandbox", tmp_path / "org")
    run = check(cwd=org)
    assert (run.returncode, run.stdout) == (1, (org / "expected").read_text(encoding="utf-8"))


def test_no_folder(tmp_path):
    run = check(cwd=tmp_path)
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.startswith("rootout: no organization in '.': there is no rootout.yaml; ")
    run = check("nowhere", cwd=tmp_path)
    assert (run.returncode, run.stderr) == (2, "rootout: cannot read 'nowhere': there is no such folder\n")
    run = check("a", "b", cwd=tmp_path)
    assert (run.returncode, run.stderr) == (2, "rootout: check takes one folder, not 2\n")


def test_no_escape_reaches_the_terminal(tmp_path):
    org = shutil.copytree(ROOT / "tests/data/org/good", tmp_path / "org")
    (org / "root.yaml").write_text('waves: [{name: "a\\e[31m", in: "b\\e[2J", after: "c\\r"}]\n"\\u202ex": 1\n',
                                   encoding="utf-8")
    run = check(cwd=org)
    assert run.returncode == 1
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202e]", run.stdout)
    assert "\\x1b[2J" in run.stdout


def test_docs_name_every_key():
    """docs/files.md is the manual: what the schemas know stands in it."""
    text = (ROOT / "docs/files.md").read_text(encoding="utf-8")
    known = set()

    def walk(node):
        if isinstance(node, dict):
            known.update(node.get("properties", {}))
            node = list(node.values())
        if isinstance(node, list):
            for child in node:
                walk(child)

    for path in (ROOT / "schema").glob("*.schema.json"):
        walk(json.loads(path.read_text(encoding="utf-8")))
    assert len(known) > 60
    assert not {k for k in known if not re.search(rf"(?<![\w-]){re.escape(k)}(?![\w-])", text)}


def test_examples_in_the_docs_are_read(tmp_path):
    """Each YAML example of docs/files.md is taken as the file of the heading above it."""
    text = (ROOT / "docs/files.md").read_text(encoding="utf-8")
    folder = shutil.copytree(ROOT / "examples/stores", tmp_path / "org")
    tried = 0
    for section in re.split(r"^## ", text, flags=re.M)[1:]:
        name = section.splitlines()[0].strip().rstrip("/")
        file = {"access": "access/docs.yaml"}.get(name, name)
        block = re.search(r"^```yaml\n(.*?)^```", section, flags=re.M | re.S)
        if not file.endswith(".yaml") or not block:
            continue
        before = (folder / file).read_bytes() if (folder / file).exists() else None
        (folder / file).write_text(block[1], encoding="utf-8")
        out = check(folder, "--output", "json").stdout
        problems = [p for p in json.loads(out)["problems"] if p["path"] == str(folder / file)]
        # Accounts and groups of other organizations aside: every key is right.
        assert not [p for p in problems if "unknown key" in p["message"] or "unknown" not in p["message"]], problems
        tried += 1
        if before is None:
            (folder / file).unlink()
        else:
            (folder / file).write_bytes(before)
    assert tried == 7
