"""schema/*.schema.json against the reader: what an editor marks, `rootout check` refuses too.

The reader knows more (names that must stand in another file, duplicates, policies),
so it may refuse what a schema takes. Never the other way round: a schema that marks
what rootout accepts sends people looking for a mistake that is not there.
"""

import json
import os
import pathlib
import random
import re
import shutil
import subprocess

import jsonschema
import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDERS = [ROOT / "examples" / "stores", ROOT / "tests/data/org/good", ROOT / "tests/data/org/reality"]
NAMES = ["access", "accounts", "groups", "permission-sets", "root", "rootout", "sandbox"]


class Core(yaml.SafeLoader):
    """YAML 1.2 core as rootout reads it (text/yaml.h): no dates, no octal, no yes and no."""


Core.yaml_implicit_resolvers = {}
Core.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(~|null|Null|NULL|)$"), list("~nN") + [""])
Core.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(true|True|TRUE|false|False|FALSE)$"), list("tTfF"))
Core.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^(0|-?[1-9][0-9]*)$"), list("-0123456789"))


def schema_of(name):
    return json.loads((ROOT / "schema" / f"{name}.schema.json").read_text(encoding="utf-8"))


VALIDATORS = {name: jsonschema.Draft202012Validator(schema_of(name)) for name in NAMES}


def schema_for(path):
    """The schema of a file in a folder."""
    return path.parent.name if path.parent.name in ("access", "accounts") else path.stem


def files_of(folder):
    return sorted(folder.glob("*.yaml")) + sorted(folder.glob("access/*.yaml")) + sorted(
        folder.glob("accounts/*.yaml"))


def read(folder):
    """The problems that rootout finds."""
    build = pathlib.Path(os.environ["ROOTOUT"]).parent
    while not (build / "build.ninja").exists() and build != build.parent:
        build = build.parent
    run = subprocess.run([build / "tests" / "tools" / "org-probe", "files", folder], capture_output=True,
                         text=True, encoding="utf-8", timeout=60)
    assert run.returncode in (0, 1), run.stderr
    out = json.loads(run.stdout)
    assert run.returncode == (1 if out["problems"] or "error" in out else 0)
    return out["problems"]


def test_there_is_one_for_each_file():
    assert sorted(p.name.split(".")[0] for p in (ROOT / "schema").glob("*.json")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_schema(name):
    schema = schema_of(name)
    jsonschema.Draft202012Validator.check_schema(schema)

    def walk(node, where):
        """Every key of a person's file is explained, and no other is taken."""
        if isinstance(node, list):
            for i, child in enumerate(node):
                walk(child, f"{where}[{i}]")
        if not isinstance(node, dict):
            return
        for key, child in node.get("properties", {}).items():
            target = schema["$defs"][child["$ref"].split("/")[-1]] if "$ref" in child else child
            assert child.get("description") or target.get("description"), f"{where}.{key}"
        if "properties" in node:
            assert node["additionalProperties"] is False, where
        for key, child in node.items():
            walk(child, f"{where}.{key}")

    walk(schema, name)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda f: f.name)
def test_good(folder):
    assert not read(folder)
    for path in files_of(folder):
        tree = yaml.load(path.read_text(encoding="utf-8"), Core)
        errors = [f"{list(e.absolute_path)}: {e.message}" for e in VALIDATORS[schema_for(path)].iter_errors(tree)]
        assert not errors, path


# Both must refuse: file, what is in it, and what rootout says.
BAD = [
    ("rootout.yaml", 'organization: x\nmanagement: "21000000001"\n', "11 digits"),
    ("rootout.yaml", 'management: "000000000001"\n', "'organization' is missing"),
    ("rootout.yaml", 'organization: x\nmanagement: "000000000001"\nregon: x\n', "unknown key 'regon'"),
    ("rootout.yaml", 'organization: x\nmanagement: "000000000001"\nregion: Tokyo\n', "region's code"),
    ("rootout.yaml", 'organization: x\nmanagement: "000000000001"\nlimits: {deletions: 10}\n', "like 10%"),
    ("rootout.yaml", 'organization: x\nmanagement: "000000000001"\nscope: {policies: [tags]}\n', "resource-control"),
    ("rootout.yaml", 'organization: x\nid: o-x\nmanagement: "000000000001"\n', "o-exampleorgid"),
    ("rootout.yaml", "- organization: x\n", "must be a mapping"),
    ("accounts.yaml", "units: []\n", "must be a list"),
    ("accounts.yaml", "- account: {name: a}\n", "'email' is missing"),
    ("accounts.yaml", "- account: {name: a, emial: a@example.jp, email: b@example.jp}\n", "did you mean 'email'"),
    ("accounts.yaml", "- account: {name: a, email: nobody}\n", "must be an address"),
    ("accounts.yaml", "- account: {name: a, email: a@example.jp, id: 21000000001}\n", "11 digits"),
    ("accounts.yaml", "- account: {name: '123456789012', email: a@example.jp}\n", "like an account id"),
    ("accounts.yaml", "- account: {name: 'a*', email: a@example.jp}\n", "a '*'"),
    ("accounts.yaml", "- account: pos\n", "must be a mapping"),
    ("accounts.yaml", "- account: {name: a, email: a@example.jp, tags: {'aws:x': y}}\n", "AWS's own"),
    ("accounts.yaml", "- account:\n    name: a\n    email: a@example.jp\n    owners:\n", "has no value"),
    ("accounts.yaml", "- {name: a, email: a@example.jp}\n", "unknown key 'name'"),
    ("accounts.yaml", "- unit: [a]\n", "must be a string"),
    ("accounts.yaml", "- unit: a\n  accounts: [{account: {name: a, email: a@example.jp}}]\n", "unknown key 'account'"),
    ("accounts.yaml", "- root: {units: []}\n", "unknown key 'units'"),
    ("groups.yaml", "- {name: a}\n", "'group' is missing"),
    ("groups.yaml", "- {group: ''}\n", "is empty"),
    ("permission-sets.yaml", "- {permission-set: a b}\n", "1 to 32 letters"),
    ("permission-sets.yaml", "- {permission-set: a, session: 8}\n", "needs a unit"),
    ("permission-sets.yaml", "- {permission-set: a, session: 8 moons}\n", "unknown unit 'moons'"),
    ("permission-sets.yaml", "- {permission-set: a, inline: [x]}\n", "a mapping or JSON text"),
    ("access/x.yaml", "- {gets: Reader, in: management}\n", "nobody gets this"),
    ("access/x.yaml", "- {group: a, user: b, gets: Reader, in: management}\n", "two entries"),
    ("access/x.yaml", "- {user: b, in: management}\n", "'gets' is missing"),
    ("access/x.yaml", "- {user: b, gets: Reader}\n", "'in' is missing"),
    ("access/x.yaml", "- {user: b, gets: Reader, in: []}\n", "chooses no account"),
    ("access/x.yaml", "- {user: b, gets: Reader, in: {}}\n", "chooses no account"),
    ("access/x.yaml", "- {user: b, gets: Reader, in: {except: management}}\n", "chooses no account"),
    ("access/x.yaml", "- {user: b, gets: Reader, in: {all: true, name: management}}\n", "another choice"),
    ("access/x.yaml", "- {user: b, gets: Reader, in: {units: x}}\n", "did you mean 'unit'"),
    ("access/x.yaml", "- {user: b, gets: Reader, in: management, until: tomorrow}\n", "must be a day"),
    ("root.yaml", "- waves\n", "must be a mapping"),
    ("root.yaml", "centralised: {}\n", "did you mean 'centralized'"),
    ("root.yaml", "centralized: {credentials: maybe}\n", "true or false"),
    ("root.yaml", "waves: [{name: a, in: management, wait: 3 days}]\n", "without 'after'"),
    ("root.yaml", "waves: [{name: a, in: management, notice: soon}]\n", "is not a duration"),
    ("root.yaml", "waves: [{in: management}]\n", "'name' is missing"),
    ("root.yaml", "keep: [{account: management, reason: x}]\n", "'until' is missing"),
    ("root.yaml", "keep: [{account: '*', reason: x, until: 2027-01-01}]\n", "name or id of one account"),
    ("root.yaml", "work: [{account: management}]\n", "'task' is missing"),
    ("root.yaml", "work: [{account: management, task: x, done: 1}]\n", "true or false"),
    ("sandbox.yaml", "accounts: {management: {state: GONE}}\n", "must be ACTIVE"),
    ("sandbox.yaml", "accounts: {management: {root: true}}\n", "must be a mapping"),
    ("sandbox.yaml", "accounts: {management: {root: {mfa: [yubikey]}}}\n", "virtual or hardware"),
    ("sandbox.yaml", "accounts: {management: {root: {keys: [{used: yesterday}]}}}\n", "a time like"),
    ("sandbox.yaml", "accounts: {management: {root: {keys: [{service: s3}]}}}\n", "without 'used'"),
    ("sandbox.yaml", "accounts: {management: {root: {keys: [{}, {}, {}]}}}\n", "at most 2"),
    ("sandbox.yaml", "accounts: {management: {alias: A_B}}\n", "lower-case letters"),
    ("sandbox.yaml", "accounts: {management: {users: [{path: /}]}}\n", "'name' is missing"),
    ("sandbox.yaml", "accounts: {management: {users: [{name: a, path: ci}]}}\n", "begins and ends with '/'"),
    ("sandbox.yaml", "accounts: {management: {roles: [{name: a}]}}\n", "'trust' is missing"),
    ("sandbox.yaml", "accounts: {management: {roles: [{name: a, trust: '21000000001'}]}}\n", "11 digits"),
    ("sandbox.yaml", "accounts: {management: {locked: {s3: {name: a, policy: b}}}}\n", "unknown key 's3'"),
    ("sandbox.yaml", "handshakes: [{requested: -1d}]\n", "goes to one"),
    ("sandbox.yaml", "policy-types: [SCP]\n", "must be SERVICE_CONTROL_POLICY"),
    ("sandbox.yaml", "root-features: [RootSession]\n", "did you mean 'RootSessions'"),
    ("sandbox.yaml", "organization: stores\n", "o-exampleorgid"),
]


@pytest.mark.parametrize("name,text,says", BAD, ids=[f"{b[0]}-{b[2]}" for b in BAD])
def test_both_refuse(tmp_path, name, text, says):
    folder = shutil.copytree(ROOT / "tests/data/org/good", tmp_path / "org")
    (folder / name).write_text(text, encoding="utf-8")
    problems = [p for p in read(folder) if p.startswith(str(folder / name) + ":")]
    assert any(says in p for p in problems), problems
    assert list(VALIDATORS[schema_for(folder / name)].iter_errors(yaml.load(text, Core)))


# ---- what nobody thought of: small changes to good files ----

WORDS = ["", "x", "true", "on", 0, 7, 210000000011, "210000000011", True, False, None, [], {}, ["x"], {"x": "y"},
         "3 days", "-3d", "2026-12-24", "10%", "*", "o-exampleorgid", [[]], [None], -1, "10000-01-01", " ", "ü" * 60]


def places(tree):
    """(container, key) of everything in it."""
    found = []
    items = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else []
    for key, child in list(items):
        found.append((tree, key))
        found += places(child)
    return found


def mutate(tree, rng):
    container, key = rng.choice(places(tree))
    how = rng.randrange(5)
    if how == 0:
        del container[key]
    elif how == 1 and isinstance(container, dict):
        other = rng.choice([str(key) + "x", str(key)[:-1], str(key).upper(), "name", "unit", "account"])
        container[other] = container.pop(key)
    elif how == 2 and isinstance(container, dict):
        container[rng.choice(["extra", "name", "in", "policies", "until", "tags"])] = rng.choice(WORDS)
    else:
        container[key] = rng.choice(WORDS)


@pytest.mark.parametrize("seed", range(4))
def test_schema_refuses_nothing_that_is_accepted(tmp_path, seed):
    rng = random.Random(seed)
    refused = accepted = 0
    for folder in FOLDERS:
        copy = shutil.copytree(folder, tmp_path / folder.name)
        for _ in range(25):
            path = rng.choice(files_of(copy))
            before = path.read_text(encoding="utf-8")
            tree = yaml.load(before, Core)
            for _ in range(rng.choice([1, 1, 2])):
                if places(tree):
                    mutate(tree, rng)
            path.write_text(yaml.safe_dump(tree, allow_unicode=True), encoding="utf-8")
            again = yaml.load(path.read_text(encoding="utf-8"), Core)
            errors = [e.message for e in VALIDATORS[schema_for(path)].iter_errors(again)]
            problems = read(copy)
            assert problems or not errors, (path.read_text(encoding="utf-8"), errors)
            refused += bool(errors)
            accepted += not problems
            path.write_text(before, encoding="utf-8")
    assert refused > 10 and accepted > 2
