"""`rootout policy lint` beside the real parliament and npkt, which run here.

For each rule that a peer has, tests/data/policy/lint/peers.jsonl has a document on which the peer
reports it, and the rules that rootout reports there; or, where the peer is wrong about AWS, why
rootout says nothing, with AWS's page. Which rules a peer has is read from the peer as installed: a
new version with a new rule fails here until it has a document.
"""

import collections
import json
import logging
import pathlib
import re
import warnings

import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
CASES = [json.loads(line) for line in
         (ROOT / "tests/data/policy/lint/peers.jsonl").read_text("utf-8").splitlines()]
PAGE = ROOT / "docs/policy-lint.md"
CATALOGUE = ROOT / "src/policy/catalogue/aws.txt"
ROLE = "arn:aws:iam::210000000002:role/till"


def fill(characters, kind):
    """A compact policy of that length."""
    def text(n):
        statement = {"Sid": "Fill", "Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": [
            f"arn:aws:s3:::tokyo-receipts-{i:04}" for i in range(n)]}
        if kind == "rcp":
            statement["Principal"] = "*"
        return json.dumps({"Version": "2012-10-17", "Statement": [statement]},
                          separators=(",", ":"))
    n = 1
    while len(text(n)) < characters:
        n += 1
    return text(n)


def many(statements):
    return json.dumps({"Version": "2012-10-17", "Statement": [
        {"Sid": f"S{i}", "Effect": "Deny", "Action": "s3:DeleteBucket",
         "Resource": f"arn:aws:s3:::tokyo-{i}"} for i in range(statements)]})


def text_of(case):
    if "characters" in case:
        return fill(case["characters"], case["kind"])
    if "statements" in case:
        return many(case["statements"])
    return case["text"] if "text" in case else json.dumps(case["document"])


@pytest.fixture(scope="module")
def parliament():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of pkg_resources
        import parliament as module
    return module


@pytest.fixture(scope="module")
def npkt():
    import npkt as module
    return module


def folder(module):
    return pathlib.Path(module.__file__).parent


def findings_of_parliament(module, text, sensitive=None):
    config = {"SENSITIVE_ACCESS": sensitive or {"resources": []}}
    logging.getLogger("parliament").setLevel(logging.ERROR)
    return module.analyze_policy_string(text, include_community_auditors=True,
                                        ignore_private_auditors=True, config=config).findings


def rules_of_peer(case, path, parliament, npkt):
    if case["peer"] == "npkt":
        return {result.code for result in npkt.SCPLinter().lint_file(path).results}
    return {f.issue for f in findings_of_parliament(parliament, path.read_text("utf-8"),
                                                    case.get("config"))}


def known_rules(parliament, npkt):
    home = folder(parliament)
    known = set()
    for name in ("config.yaml", "community_auditors/config_override.yaml"):
        known |= {("parliament", rule) for rule in yaml.safe_load((home / name).read_text("utf-8"))}
    for path in (folder(npkt) / "linter").rglob("*.py"):
        known |= {("npkt", code) for code in
                  re.findall(r"code\s*=\s*[\"']([A-Z]\d{3})[\"']", path.read_text("utf-8"))}
    return known


def lint(rootout, *args, severity="note"):
    done = rootout("policy", "lint", "--output", "json", "--severity", severity, *args)
    assert done.returncode in (0, 1), done
    return json.loads(done.stdout)["findings"]


def test_every_rule_of_the_peers_has_a_document(parliament, npkt):
    known = known_rules(parliament, npkt)
    counts = collections.Counter(peer for peer, _ in known)
    assert counts["parliament"] >= 30 and counts["npkt"] >= 43, counts
    found = {(case["peer"], case["rule"]) for case in CASES if "silent" not in case}
    assert found == known


def test_every_rule_of_the_peers_is_in_the_page(parliament, npkt):
    page = PAGE.read_text("utf-8").split("## Beside parliament and npkt")[1]
    rows = [line for line in page.splitlines() if line.startswith("| ")]
    names = {name for row in rows for name in re.findall(r"\w+", row.split("|")[1])}
    assert {rule for _, rule in known_rules(parliament, npkt)} <= names
    # And what the table says of a rule is what is shown here.
    for case in CASES:
        row = next(r for r in rows if re.search(rf"\b{case['rule']}\b", r.split("|")[1]))
        for rule in case["finds"]:
            assert f"`{rule}`" in row, (case["rule"], rule)


@pytest.mark.parametrize("case", CASES, ids=[
    f"{c['peer']}-{c['rule']}{'-silent' if 'silent' in c else ''}" for c in CASES])
def test_beside_a_peer(rootout, tmp_path, parliament, npkt, case):
    path = tmp_path / "policy.json"
    unread = case.get("unread")
    if unread != "absent":
        path.write_bytes(b'{"Version": "\xff"}' if unread else text_of(case).encode())
    assert case["rule"] in rules_of_peer(case, path, parliament, npkt)
    args = ["--kind", case["kind"], *case.get("options", []), path]
    if unread == "absent":
        done = rootout("policy", "lint", *args)
        assert done.returncode == 2 and "policy.json" in done.stderr, done
    elif "silent" in case:
        assert case["silent"] and case["page"].startswith("https://docs.aws.amazon.com/")
        assert lint(rootout, *args, severity="warning") == []
    else:
        assert set(case["finds"]) <= {f["rule"] for f in lint(rootout, *args)}


CLEAN = {
    "identity": {"Sid": "ReadReceipts", "Effect": "Allow", "Action": "s3:GetObject",
                 "Resource": "arn:aws:s3:::tokyo-receipts/*"},
    "scp": {"Sid": "KeepReceipts", "Effect": "Deny", "Action": "s3:DeleteBucket",
            "Resource": "arn:aws:s3:::tokyo-receipts"},
}


@pytest.mark.parametrize("kind", CLEAN)
def test_nobody_says_anything_of_a_clean_document(rootout, tmp_path, parliament, npkt, kind):
    path = tmp_path / "policy.json"
    path.write_text(json.dumps({"Version": "2012-10-17", "Statement": [CLEAN[kind]]}))
    assert lint(rootout, "--kind", kind, path) == []
    peer = "npkt" if kind == "scp" else "parliament"
    assert rules_of_peer({"peer": peer}, path, parliament, npkt) == set()


# ---- lists of actions, one by one ----

def everything(parliament):
    """What parliament says of an administrator: each of its lists in full."""
    document = {"Version": "2012-10-17", "Statement": [
        {"Sid": "All", "Effect": "Allow", "Action": "*", "Resource": "*"}]}
    found = collections.defaultdict(list)
    for finding in findings_of_parliament(parliament, json.dumps(document)):
        found[finding.issue].append(finding.location)
    return found


def told(rootout, path, statements):
    """Of each statement of a document, the rules by the number of the statement."""
    path.write_text('{"Version": "2012-10-17", "Statement": [\n' +
                    ",\n".join(json.dumps(s) for s in statements) + "\n]}\n")
    rules = collections.defaultdict(set)
    for finding in lint(rootout, "--kind", "identity", path):
        rules[finding["line"] - 2].add(finding["rule"])
    return [rules[i] for i in range(len(statements))]


def levels():
    service, known = "", {}
    for line in CATALOGUE.read_text("utf-8").splitlines():
        words = line.split(" ")
        if words[0] == "s":
            service = words[1]
        elif words[0] == "a":
            known[f"{service}:{words[1]}".lower()] = words[2]
    return known


def test_every_action_that_gives_credentials(rootout, tmp_path, parliament):
    (location,) = everything(parliament)["CREDENTIALS_EXPOSURE"]
    known = levels()
    actions = sorted(a for a in location["actions"] if a in known)
    assert len(actions) >= 20 and "sts:assumerole" in actions
    rules = told(rootout, tmp_path / "p.json", [
        {"Sid": f"S{i}", "Effect": "Allow", "Action": action, "Resource": "*"}
        for i, action in enumerate(actions)])
    wanted = {"credentials", "credentials-on-any", "privilege-escalation"}
    assert [a for a, r in zip(actions, rules) if not r & wanted] == []


def test_every_action_that_manages_permissions(rootout, tmp_path, parliament):
    """Of those that AWS's reference counts so today; parliament's list is of 2020."""
    (location,) = everything(parliament)["PERMISSIONS_MANAGEMENT_ACTIONS"]
    known = levels()
    actions = sorted(a for a in location["actions"] if known.get(a) == "p"
                     or (known.get(a) == "w" and a.startswith(("iam:", "ram:", "sso"))))
    actions = [a for a in actions if not re.match(r"\w+:(get|list|describe|test)", a)]
    assert len(actions) >= 200 and "iam:addusertogroup" in actions
    rules = told(rootout, tmp_path / "p.json", [
        {"Sid": f"S{i}", "Effect": "Allow", "Action": action, "Resource": "*",
         "Condition": {"StringEquals": {"aws:PrincipalTag/shop": "tokyo"}}}
        for i, action in enumerate(actions)])
    assert [a for a, r in zip(actions, rules) if "permissions-management" not in r] == []


def test_every_way_to_escalate(rootout, tmp_path, parliament):
    ways = everything(parliament)["PRIVILEGE_ESCALATION"]
    assert len(ways) >= 20
    path = tmp_path / "p.json"
    for way in ways:
        wide = {"Sid": "Way", "Effect": "Allow", "Action": way["actions"], "Resource": "*"}
        # What a data pipeline does it does when it is activated.
        if way["type"] == "PassExistingRoleToNewDataPipeline":
            wide["Action"] = [*way["actions"], "datapipeline:PutPipelineDefinition",
                              "datapipeline:ActivatePipeline"]
        rules, = told(rootout, path, [wide])
        assert "privilege-escalation" in rules, way
        limited = {"StringEquals": {"aws:PrincipalTag/shop": "tokyo"}}
        rules, = told(rootout, path, [dict(wide, Condition=limited)])
        assert "escalation-limited" in rules, way
