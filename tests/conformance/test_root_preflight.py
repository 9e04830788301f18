"""`root preflight`: what stands in the way, with evidence; what the campaign will set off; --mend."""

import csv
import io
import json
import os
import pty

import pytest

DENY_ROOT = """{
  "Version": "2012-10-17",
  "Statement": [
    {"Sid": "予約", "Effect": "Deny", "Action": "*", "Resource": "*",
     "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}}}
  ]
}
"""
DELETIONS = ("DeleteLoginProfile", "DeleteAccessKey", "DeleteSigningCertificate",
             "DeactivateMFADevice")


def root_events(sb):
    return [e["eventName"] for e in sb.events if e["userIdentity"]["type"] == "Root"]


def rules(done, name=None):
    found = done.json["findings"] if name is None else done.rows[name]["findings"]
    return {f["rule"]: f for f in found}


def preflight(rootout, sb, *args, **more):
    return rootout("root", "preflight", "--output", "json", *args, sandbox=sb, **more)


def test_ready(sandbox, organization, rootout):
    sb = sandbox(organization(3))
    assert rootout("root", "inventory", "--via", "role=OrganizationAccountAccessRole",
                   sandbox=sb).returncode == 1
    done = preflight(rootout, sb)
    assert done.returncode == 0, done
    assert done.states == {"main": "out-of-reach", "member-001": "ready", "member-002": "ready",
                           "member-003": "ready"}
    assert root_events(sb) == []  # asking wakes nobody


def test_what_is_not_known_is_said(sandbox, organization, rootout):
    sb = sandbox(organization(3))
    done = preflight(rootout, sb)
    assert done.returncode == 1, done
    assert set(done.states.values()) == {"out-of-reach", "unknown"}
    assert "key-use-unknown" in rules(done, "member-001")
    # only the summary was read: there are keys, their use is not known
    rootout("root", "inventory", "--summary", sandbox=sb)
    done = preflight(rootout, sb)
    assert done.states["member-003"] == "unknown" and done.states["member-001"] == "ready"
    assert "when they were last used was not read" in rules(done, "member-003")["key-use-unknown"]["text"]
    # and an inventory grows old
    rootout("root", "inventory", sandbox=sb)
    assert preflight(rootout, sb).states["member-003"] == "ready"
    sb.advance("8 days")
    assert "8 days old" in rules(preflight(rootout, sb), "member-001")["key-use-unknown"]["text"]


def test_everything_in_the_way(sandbox, organization, rootout):
    members = {
        "blocked": {"root": {"password": True}},
        "used": {"root": {"keys": [{"created": "-9d", "used": "-2d", "service": "s3",
                                    "region": "us-east-1"}]}},
        "old": {"root": {"keys": [{"created": "-99d", "used": "-40d"}]}},
        "working": {"root": {"password": True}},
        "kept": {"root": {"password": True}},
        "closed": {"state": "SUSPENDED", "root": {"password": True}},
    }
    org = organization(
        members, policies={"deny-root": DENY_ROOT},
        account={"blocked": {"policies": ["deny-root"]}},
        reality={"handshakes": [{"email": "partner@example.com", "requested": "-2d"}]},
        files={"root.yaml": "keep: [{account: kept, reason: MFA delete, until: 2099-01-01}]\n"
                            "work: [{account: working, task: change the alias}]\n"})
    sb = sandbox(org)
    rootout("root", "inventory", "--via", "role=OrganizationAccountAccessRole", sandbox=sb)
    done = preflight(rootout, sb, cwd=org)
    assert done.returncode == 1, done
    assert done.states == {"main": "out-of-reach", "blocked": "blocked", "used": "blocked",
                           "old": "ready", "working": "blocked", "kept": "ready",
                           "closed": "out-of-reach"}
    blocked = rules(done, "blocked")["scp-blocks-root-session"]
    assert "'deny-root' (p-" in blocked["text"] and "on account blocked (100000000001)" in blocked["text"]
    assert "statement '予約' (line 4)" in blocked["text"] and blocked["targetId"] == "100000000001"
    assert "was used 2 days ago (s3, us-east-1)" in rules(done, "used")["key-in-use"]["text"]
    assert "root.yaml:2" in rules(done, "working")["root-work-open"]["text"]
    assert rules(done, "kept")["kept"]["level"] == "info"
    assert "SUSPENDED" in rules(done, "closed")["not-active"]["text"]
    assert "INVITE" in rules(done)["handshake-pending"]["text"]
    assert "quota" in rules(done) and root_events(sb) == []
    # another window for keys
    assert preflight(rootout, sb, "--used-within", "1 day", cwd=org).states["used"] == "ready"
    assert preflight(rootout, sb, "--used-within", "50 days", cwd=org).states["old"] == "blocked"
    # a restore that has not run out
    rootout("root", "restore", "old", "--reason", "tax", "--yes", sandbox=sb)
    assert "restored" in rules(preflight(rootout, sb, cwd=org), "old")
    # for people and for spreadsheets
    done = rootout("root", "preflight", sandbox=sb, cwd=org)
    assert done.returncode == 1 and "3 blocked" in done.stderr, done
    assert "change the alias" in done.stdout and "used" in done.stdout
    assert "ShortTermRootCredentialUsage" in done.stdout
    done = rootout("root", "preflight", "--output", "csv", sandbox=sb, cwd=org)
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert {"key-in-use", "root-work-open", "kept"} <= {row["rule"] for row in rows}


@pytest.mark.parametrize("reality, rule", [
    ({"trusted-access": [], "root-features": []}, "trusted-access-off"),
    ({"root-features": ["RootSessions"]}, "feature-off"),
])
def test_not_enabled(sandbox, organization, rootout, reality, rule):
    sb = sandbox(organization(1, reality=reality))
    done = preflight(rootout, sb)
    assert done.returncode == 1 and rules(done)[rule]["level"] == "blocker", done
    assert rules(done)[rule]["mend"] == "rootout root enable"


@pytest.mark.parametrize("fault, where, rule", [
    ("organizations:ListPolicies", "member-001", "policies-unknown"),
    ("organizations:DescribePolicy", "member-001", "policies-unknown"),
    ("organizations:ListRoots", "member-001", "policies-unknown"),
    ("organizations:ListHandshakesForOrganization", None, "handshakes-unknown"),
    ("iam:ListOrganizationsFeatures", None, "features-unknown"),
])
def test_what_could_not_be_read_is_no_all_clear(sandbox, organization, rootout, fault, where, rule):
    harmless = {"Statement": [{"Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*"}]}
    sb = sandbox(organization(1, policies={"harmless": harmless}, attach=["harmless"]),
                 "--fault", f"error=AccessDeniedException:100%:{fault}")
    rootout("root", "inventory", "--via", "role=OrganizationAccountAccessRole", sandbox=sb)
    done = preflight(rootout, sb)
    assert rules(done, where)[rule]["level"] == "unknown", done
    assert "AccessDenied" in rules(done, where)[rule]["text"]
    if where:
        assert done.returncode == 1 and done.states[where] == "unknown"


def test_the_forecast_comes_true(sandbox, organization, rootout):
    """After an inventory every root event of the campaign is told beforehand, to the last one."""
    sb = sandbox(organization(20))
    assert rootout("root", "inventory", sandbox=sb).returncode == 1
    told = preflight(rootout, sb).json["forecast"]
    assert told["atLeast"] is False and told["accounts"] == 20
    before = len(sb.events)
    assert rootout("root", "retire", "--all", "--yes", sandbox=sb).returncode == 0
    events = sb.events[before:]
    root = [e["eventName"] for e in events if e["userIdentity"]["type"] == "Root"]
    assert told["assumeRoot"] == sum(e["eventName"] == "AssumeRoot" for e in events)
    assert told["getAccountSummary"] == root.count("GetAccountSummary")
    assert told["deletions"] == sum(name in DELETIONS for name in root)
    assert told["lists"] == sum(name.startswith("List") for name in root)
    assert told["rootEvents"] == len(root)
    # where nothing is left: one session, one summary
    told = preflight(rootout, sb).json["forecast"]
    assert (told["assumeRoot"], told["rootEvents"]) == (20, 20)


# ---- --mend ----

def test_mended(sandbox, organization, rootout):
    sb = sandbox(organization(2, policies={"deny-root": DENY_ROOT}, attach=["deny-root"]))
    orgs = sb.client("organizations")

    def content():
        listed = orgs.list_policies(Filter="SERVICE_CONTROL_POLICY")["Policies"]
        policy = next(p["Id"] for p in listed if p["Name"] == "deny-root")
        return orgs.describe_policy(PolicyId=policy)["Policy"]["Content"]

    before = content()
    rootout("root", "inventory", "--via", "role=OrganizationAccountAccessRole", sandbox=sb)
    assert set(preflight(rootout, sb).states.values()) == {"out-of-reach", "blocked"}
    done = rootout("root", "preflight", "--mend", "--dry-run", sandbox=sb)
    assert done.returncode == 1 and '"Null": {"aws:AssumedRoot": "true"}' in done.stdout, done
    assert content() == before
    assert rootout("root", "preflight", "--mend", sandbox=sb).returncode == 3
    assert content() == before
    done = rootout("root", "preflight", "--mend", "--yes", "--reason", "root-less", sandbox=sb)
    assert done.returncode == 0 and "mended, and read back" in done.stderr, done
    # only the exception was added: old and new differ in nothing else
    assert content().replace('"Null": {"aws:AssumedRoot": "true"},', "") == before
    assert set(preflight(rootout, sb).states.values()) == {"out-of-reach", "ready"}
    assert rootout("root", "retire", "--all", "--yes", sandbox=sb).returncode == 0
    entry = rootout("root", "ledger", "--kind", "mend", "--output", "json").json["entries"][0]
    assert entry["detail"]["before"] == before and entry["detail"]["after"] == content()
    assert entry["reason"] == "root-less" and entry["detail"]["requestId"]
    done = rootout("root", "preflight", "--mend", "--yes", sandbox=sb)
    assert done.returncode == 0 and "no policy to mend" in done.stderr, done


def test_what_is_not_mended(sandbox, organization, rootout):
    everybody = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}]}
    sb = sandbox(organization(1, policies={"no-iam": everybody, "deny-root": DENY_ROOT},
                              attach=["no-iam", "deny-root"]))
    done = rootout("root", "preflight", "--mend", "--yes", sandbox=sb)
    assert done.returncode == 1, done
    assert "no-iam is not mended: statement 1 denies more than root users" in done.stderr
    assert "'deny-root' mended, and read back" in done.stderr
    listed = {p["Name"]: p["Id"] for p in sb.client("organizations").list_policies(
        Filter="SERVICE_CONTROL_POLICY")["Policies"]}
    text = sb.client("organizations").describe_policy(PolicyId=listed["no-iam"])["Policy"]["Content"]
    assert json.loads(text) == everybody


def test_a_policy_that_somebody_else_changed(sandbox, organization, rootout):
    """Between the question and the answer: theirs is not overwritten."""
    sb = sandbox(organization(1, policies={"deny-root": DENY_ROOT}, attach=["deny-root"]))
    orgs = sb.client("organizations")
    policy = next(p["Id"] for p in orgs.list_policies(Filter="SERVICE_CONTROL_POLICY")["Policies"]
                  if p["Name"] == "deny-root")
    leader, follower = pty.openpty()
    process = rootout("root", "preflight", "--mend", sandbox=sb, background=True, stdin=follower,
                      stdout=follower, stderr=follower, start_new_session=True)
    os.close(follower)
    shown = b""
    while b"Type 'yes' to go on" not in shown:
        shown += os.read(leader, 4096)
    theirs = DENY_ROOT.replace("*:root", "*:root*")
    orgs.update_policy(PolicyId=policy, Content=theirs)
    os.write(leader, b"yes\n")
    assert process.wait(60) == 3
    shown = os.read(leader, 65536)
    os.close(leader)
    assert b"was changed by somebody else since it was read" in shown.replace(b"\r\n", b" ")
    assert orgs.describe_policy(PolicyId=policy)["Policy"]["Content"] == theirs


def test_no_root_event_is_made_by_mending(sandbox, organization, rootout):
    sb = sandbox(organization(1, policies={"deny-root": DENY_ROOT}, attach=["deny-root"]))
    rootout("root", "preflight", "--mend", "--yes", sandbox=sb)
    assert root_events(sb) == []
