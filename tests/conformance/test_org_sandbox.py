"""What the files say is what rootout reads back from a sandbox that started from them.

Two readers, the sandbox's seed and the wire in between: whatever one of them
drops, this finds.
"""

import json
import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDERS = ["examples/stores", "tests/data/org/good", "tests/data/org/reality"]


def probe_path():
    build = pathlib.Path(os.environ["ROOTOUT"]).parent
    while not (build / "build.ninja").exists() and build != build.parent:
        build = build.parent
    return build / "tests" / "tools" / "org-probe"


def files(folder):
    run = subprocess.run([probe_path(), "files", ROOT / folder], capture_output=True, text=True,
                         encoding="utf-8", timeout=60, check=True)
    return json.loads(run.stdout)


def live(folder, *parts):
    run = subprocess.run([os.environ["ROOTOUT"], "sandbox", "run", "--org", ROOT / folder, "--quiet", "--",
                          probe_path(), "live", *parts], capture_output=True, text=True, encoding="utf-8",
                         timeout=120)
    assert run.returncode == 0, run.stderr + run.stdout
    return json.loads(run.stdout)


def attached(o, names):
    """Names, without what AWS attaches by itself."""
    return sorted(names.get(p, p) for p in o["policies"] if not p.endswith("FullAWSAccess"))


@pytest.mark.parametrize("pool", [[], ["pool"]], ids=["alone", "pool"])
@pytest.mark.parametrize("folder", FOLDERS)
def test_same(folder, pool):
    said, real = files(folder), live(folder, "accounts", "units", "policies", "tags", *pool)
    names = {p["id"]: p["name"] for p in real["policies"]}
    assert real["management_id"] == said["management_id"]
    assert {u["path"]: attached(u, {}) for u in said["units"]} == {
        u["path"]: attached(u, names) for u in real["units"]}

    def account(a, names):
        return {"email": a["email"], "unit": a["unit"], "tags": a["tags"], "management": a["management"],
                "policies": attached(a, names)}

    assert {a["name"]: account(a, {}) for a in said["accounts"]} == {
        a["name"]: account(a, names) for a in real["accounts"]}
    ids = {a["name"]: a["id"] for a in real["accounts"]}
    assert all(ids[a["name"]] == a["id"] for a in said["accounts"] if "id" in a)
    own = [p for p in real["policies"] if not p["aws_managed"]]
    assert {(p["name"], p["type"], p["content"]) for p in said["policies"]} == {
        (p["name"], p["type"], p["content"]) for p in own}


def test_states():
    real = live("examples/stores", "accounts")
    states = {a["name"]: a["state"] for a in real["accounts"]}
    assert states.pop("campaign-2023") == "SUSPENDED"
    assert set(states.values()) == {"ACTIVE"}


def test_calls():
    """One call each where one is enough; accounts are placed by Paths, with no call at all."""
    assert live("examples/stores", "accounts")["calls"] == 1
    # ListRoots, one for each of 7 units, ListAccounts
    assert live("examples/stores", "accounts", "units")["calls"] == 9
    # and ListPolicies, then two for each of 3, and 22 targets of FullAWSAccess are two pages
    assert live("examples/stores", "accounts", "policies")["calls"] == 18
