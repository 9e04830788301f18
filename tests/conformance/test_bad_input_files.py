"""Bad files: `check` names file, line and column; nothing is done on the strength of them."""

import pytest

BOMB = "a: &a [" + ",".join(["x"] * 10) + "]\n" + "".join(
    f"{b}: &{b} [" + ",".join([f"*{a}"] * 10) + "]\n" for a, b in zip("abcdefg", "bcdefgh")) + \
    "waves: [*h]\n"

# file, the whole new text or (old, new), where, what
CASES = {
    "a duplicate key": ("root.yaml", "waves:\n  - {name: a, in: {all: true}}\nwaves: []\n",
                        "root.yaml:3:1: ", "duplicate key 'waves' (first on line 1)"),
    "a tab": ("root.yaml", "waves:\n\t- {name: a}\n", "root.yaml:2:1: ", "a tab indents this line"),
    "an anchor bomb": ("root.yaml", BOMB, "root.yaml:", "aliases in this file expand to too much"),
    "an unknown key": ("accounts.yaml", ("tags: {product: platform,", "tgas: {product: platform,"),
                       "accounts.yaml:", "unknown key 'tgas', did you mean 'tags'?"),
    "an unknown wave key": ("root.yaml", ("approval: platform", "aproval: platform"),
                            "root.yaml:8:23: ", "did you mean 'approval'?"),
    "an account number of 11 digits": ("accounts.yaml", ('"210000000002"', '"21000000002"'),
                                       "accounts.yaml:12:11: ",
                                       "account id '21000000002' has 11 digits, it must have 12"),
    "one id twice": ("accounts.yaml", ('"210000000013"', '"210000000012"'), "accounts.yaml:",
                     "210000000012"),
    "a wave of nobody": ("root.yaml", ("in: pos-development", "in: pos-developmnet"),
                         "root.yaml:5:", "did you mean 'pos-development'?"),
    "a wave after nobody": ("root.yaml", ("after: pilot", "after: pilto"), "root.yaml:6:", "pilto"),
    "work of nobody": ("root.yaml", ("account: settlement-staging", "account: settlement-stagin"),
                       "root.yaml:12:", "did you mean 'settlement-staging'?"),
    "no YAML": ("rootout.yaml", "organization: [\n", "rootout.yaml:", ""),
    "a binary": ("root.yaml", "\0\1\2", "root.yaml:", ""),
    "a policy that is no JSON": ("policies/deny-root.json", "{\"Version\": }",
                                 "policies/deny-root.json:1:13: ", ""),
}


@pytest.mark.parametrize("what", CASES)
def test_files_with(stores, sandbox, rootout, what):
    name, change, where, message = CASES[what]
    path = stores / name
    path.write_text(change if isinstance(change, str) else
                    path.read_text().replace(*change, 1))
    done = rootout("check", cwd=stores)
    assert done.returncode == 1, done
    line = next(l for l in done.stdout.splitlines() if l.startswith(where))
    assert message in line, done
    done = rootout("check", "--output", "json", cwd=stores)
    problem = done.json["problems"][0]
    assert done.returncode == 1 and problem["path"] == name and problem["line"] >= 1, done
    # a sandbox does not start from them
    done = rootout("sandbox", "--org", stores, "--listen", "127.0.0.1:0", timeout=60)
    assert done.returncode == 2 and f"/{where}" in done.stderr, done


@pytest.mark.parametrize("what", ["a duplicate key", "an unknown wave key",
                                  "an account number of 11 digits"])
def test_nothing_is_done_on_the_strength_of_files_with(stores, sandbox, rootout, what):
    name, change, where, message = CASES[what]
    sb = sandbox(stores)
    assert rootout("root", "enable", "--yes", sandbox=sb).returncode == 0
    path = stores / name
    path.write_text(change if isinstance(change, str) else path.read_text().replace(*change, 1))
    before = len([e for e in sb.events if not e["readOnly"]])
    for args in (["root", "retire", "--all", "--yes"], ["root", "retire", "--yes"],
                 ["root", "preflight"], ["root", "enable", "--yes"]):
        done = rootout(*args, sandbox=sb, cwd=stores)
        assert done.returncode == 2 and where in done.stderr and message in done.stderr, done
    assert len([e for e in sb.events if not e["readOnly"]]) == before
    assert not [e for e in sb.events if e["userIdentity"]["type"] == "Root"]


@pytest.mark.parametrize("args, message", [
    (["root", "inventory", "--account", "21000000002"], "'21000000002'"),
    (["root", "restore", "21000000002", "--reason", "x", "--yes"], "no account '21000000002'"),
    (["root", "enable", "--delegate", "21000000002", "--yes"], "'21000000002'"),
])
def test_eleven_digits_on_the_command_line(stores, sandbox, rootout, args, message):
    sb = sandbox(stores)
    done = rootout(*args, sandbox=sb)
    assert done.returncode == 2 and message in done.stderr, done


def test_eleven_digits_for_a_sandbox(rootout):
    done = rootout("sandbox", "--empty", "--account", "12345678901", timeout=60)
    assert done.returncode == 2 and "12" in done.stderr, done
