"""What the files say is what rootout reads back from a sandbox that started from them.

Two readers, the sandbox's seed and the wire in between: whatever one of them
drops, this finds.
"""

import json
import os
import pathlib
import subprocess
import sys

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


def what_binds(o, account_id):
    """Names of the policies on each level, from the root to the account."""
    names = {p["id"]: (p["name"], p["content"]) for p in o["policies"]}
    account = next(a for a in o["accounts"] if a["id"] == account_id)
    parts = account["unit"].split("/") if account["unit"] else []
    paths = ["/".join(parts[:n]) for n in range(len(parts) + 1)]
    units = {u["path"]: u for u in o["units"]}
    levels = [units[path] for path in paths] + [account]
    return [(level["name"], sorted(names[p] for p in level["policies"])) for level in levels]


@pytest.mark.parametrize("ids", [["210000000011"], ["210000000011", "210000000043"],
                                 ["210000000001"], ["210000000002", "210000000002"]])
def test_above(ids):
    """What binds a few accounts is what the whole organization says of them."""
    whole = live("examples/stores", "accounts", "policies", "describe")
    some = live("examples/stores", "above", *ids)
    assert (some["id"][:2], some["management_id"]) == ("o-", whole["management_id"])
    assert some["have_units"] and some["have_policies"]
    assert sorted(a["id"] for a in some["accounts"]) == sorted(set(ids))
    for i in ids:
        assert what_binds(some, i) == what_binds(whole, i)


def test_above_costs_the_same_however_large(tmp_path):
    """ListRoots, the account and its parents, policies of each level, no list of everybody."""
    folder = tmp_path / "large"
    subprocess.run([sys.executable, ROOT / "bench" / "organization.py", "600", folder,
                    "--passwords-only"], check=True)
    small, large = live("examples/stores", "above", "210000000011"), live(folder, "above",
                                                                            "200000000007")
    # describe, roots, account, 3 parents, 2 units, 4 levels, 3 policies beside FullAWSAccess
    assert small["calls"] == 15 and large["calls"] < 12
    assert len(large["units"]) == 2


def test_above_without_the_account():
    o = live("examples/stores", "above", "999999999999", "210000000011")
    assert [a["id"] for a in o["accounts"]] == ["210000000011"]
