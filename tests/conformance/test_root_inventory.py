"""`root inventory`: what is read, with how few calls, and what is never taken for absent."""

import csv
import io
import json
import signal
import sqlite3

import pytest

MEMBERS = {
    "all": {"root": {"password": {"used": "-3d"}, "mfa": ["virtual", "hardware"],
                     "keys": [{"created": "-900d", "used": "-10d", "service": "s3",
                               "region": "ap-northeast-1"}, {"created": "-90d", "active": False}],
                     "certificates": [{"uploaded": "-2200d"}]}},
    "password": {"root": {"password": True}},
    "nothing": {"root": {}},
    "予約": {"root": {"mfa": ["virtual"]}},
    "suspended": {"state": "SUSPENDED", "root": {"password": True}},
    "closing": {"state": "PENDING_CLOSURE", "root": {"password": True}},
}


def independent(sb, account_id):
    """The four facts, by boto3 through the role that every member has."""
    summary = sb.in_account(account_id, "iam").get_account_summary()["SummaryMap"]
    return {"password": bool(summary["AccountPasswordPresent"]),
            "accessKeysPresent": bool(summary["AccountAccessKeysPresent"]),
            "signingCertificatesPresent": bool(summary["AccountSigningCertificatesPresent"]),
            "mfa": bool(summary["AccountMFAEnabled"])}


def root_events(sb):
    return [e for e in sb.events if e["userIdentity"]["type"] == "Root"]


def test_every_kind_of_account(sandbox, organization, rootout):
    sb = sandbox(organization(MEMBERS))
    done = rootout("root", "inventory", "--output", "json", sandbox=sb)
    assert done.returncode == 1, done
    assert done.states == {
        "main": "management", "all": "credentials", "password": "credentials",
        "nothing": "rootless", "予約": "credentials", "suspended": "suspended",
        "closing": "suspended"}
    for row in done.json["accounts"]:
        assert {"id", "name", "state"} <= row.keys()
        if row["session"] == "ok":
            assert {k: row[k] for k in independent(sb, row["id"])} == independent(sb, row["id"])
        else:
            # not asked: nothing is known, and null says so
            assert row["password"] is row["accessKeys"] is row["mfa"] is row["readAt"] is None
            assert row["reason"]
    row = done.rows["all"]
    has = sb.root_users["all"]
    assert [k["id"] for k in row["accessKeys"]] == has["keys"]
    assert sorted(row["mfaDevices"]) == sorted(has["mfa"])
    assert row["signingCertificates"] == has["certificates"]
    used, unused = row["accessKeys"]
    assert used["used"] and used["lastUsedService"] == "s3" and used["active"]
    assert used["lastUsedRegion"] == "ap-northeast-1"
    assert unused["used"] is False and unused["lastUsed"] is None and not unused["active"]
    assert "lastUsedService" not in unused
    assert done.rows["nothing"]["accessKeys"] == [] and done.rows["password"]["mfaDevices"] == []
    assert done.rows["suspended"]["accountState"] == "SUSPENDED"
    assert done.rows["closing"]["reason"] == "the account is PENDING_CLOSURE"
    assert done.json["rootCredentialsManagement"] is True and done.json["excluded"] == 0
    assert "6 accounts" not in done.stderr and "7 accounts: 3 with root credentials, 1 without" \
        in done.stderr


def test_as_few_calls_as_possible(sandbox, organization, rootout):
    sb = sandbox(organization(45))
    done = rootout("root", "inventory", "--summary", "--output", "json", sandbox=sb)
    assert done.returncode == 1, done
    n, pages = 45, 3  # 46 accounts, 20 a page
    assert sum(sum(codes.values()) for codes in sb.calls.values()) == 2 * n + pages + 2
    assert sb.calls["sts:AssumeRoot"] == {"OK": n}
    assert sb.calls["iam:GetAccountSummary"] == {"OK": n}
    assert len(root_events(sb)) == n  # one root event for each account
    assert all(row["accessKeys"] in (None, []) for row in done.json["accounts"])
    # the lists are read only where the summary says that something is there
    sb.ask("calls/reset", {})
    assert rootout("root", "inventory", sandbox=sb).returncode == 1
    assert sb.calls["iam:ListAccessKeys"] == {"OK": 15}
    assert sb.calls["iam:ListMFADevices"] == {"OK": 22}
    assert sb.calls["iam:ListSigningCertificates"] == {"OK": 4}
    assert "iam:GetLoginProfile" not in sb.calls


def test_table_and_csv(sandbox, organization, rootout):
    sb = sandbox(organization(MEMBERS), "--fault", "deny=100000000002")
    done = rootout("root", "inventory", sandbox=sb)
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["ID", "NAME", "STATE", "PASSWORD", "KEYS", "MFA", "CERTS", "NOTE"]
    assert len(lines) == 8
    row = next(line for line in lines if " all " in line)
    assert "2, used 10 days ago" in row and "credentials" in row
    done = rootout("root", "inventory", "--output", "csv", sandbox=sb)
    rows = {row["name"]: row for row in csv.DictReader(io.StringIO(done.stdout))}
    assert rows["予約"]["mfa"] == "1" and rows["予約"]["password"] == "no"
    # what was not read is not an empty cell
    for name in ("password", "suspended", "main"):
        assert rows[name]["password"] == rows[name]["keys"] == rows[name]["certs"] == "unknown"
    assert "AccessDenied" in rows["password"]["note"] or "no service control" in rows["password"]["note"]


def test_without_any_root_event(sandbox, organization, rootout):
    sb = sandbox(organization(MEMBERS))
    done = rootout("root", "inventory", "--via", "role", "OrganizationAccountAccessRole",
                   "--output", "json", sandbox=sb)
    assert done.returncode == 1, done
    assert root_events(sb) == []
    assert "AssumeRoot" not in {e["eventName"] for e in sb.events}
    assert "root session" not in done.stderr
    assert done.states["all"] == "credentials" and done.states["nothing"] == "rootless"
    assert done.states["main"] == "management" and done.states["suspended"] == "suspended"
    row = done.rows["all"]
    assert row["passwordLastUsed"] and row["session"] == "untried"
    assert [k["used"] for k in row["accessKeys"]] == [True, False]
    assert [k["id"] for k in row["accessKeys"]] == [None, None]  # the report names no key
    assert row["mfaDevices"] is None and row["mfa"] is True
    assert done.rows["main"]["password"] is False
    for name in ("all", "password", "nothing", "予約"):
        facts = independent(sb, done.rows[name]["id"])
        assert {k: done.rows[name][k] for k in facts} == facts
    # the same, spelled as one word
    again = rootout("root", "inventory", "--via", "role=OrganizationAccountAccessRole", sandbox=sb)
    assert again.returncode == 1 and root_events(sb) == []


def test_a_role_that_is_not_there(sandbox, organization, rootout):
    sb = sandbox(organization(MEMBERS))
    done = rootout("root", "inventory", "--via", "role", "Auditor", "--output", "json", sandbox=sb)
    assert done.returncode == 1, done
    assert root_events(sb) == []
    for name in ("all", "password", "nothing", "予約"):
        assert done.states[name] == "unread"
        assert "sts:AssumeRole" in done.rows[name]["reason"]
        assert done.rows[name]["password"] is None
    for bad in (["--via", "user"], ["--via", "role"], ["--via", "role", "A", "B"]):
        done = rootout("root", "inventory", *bad, sandbox=sb)
        assert done.returncode == 2 and "--via takes 'role NAME'" in done.stderr, done
    assert rootout("root", "inventory", "x", sandbox=sb).returncode == 2


# ---- unread is never "rootless" ----

DENY_ROOT = {"Version": "2012-10-17", "Statement": [
    {"Sid": "DenyRoot", "Effect": "Deny", "Action": "*", "Resource": "*",
     "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}}}]}


def test_denied_by_a_policy(sandbox, organization, rootout):
    sb = sandbox(organization({"one": {"root": {}}, "two": {"root": {"password": True}}},
                              policies={"deny-root": DENY_ROOT}, attach=["deny-root"]))
    done = rootout("root", "inventory", "--output", "json", sandbox=sb)
    assert done.returncode == 1, done
    assert done.states == {"main": "management", "one": "unread", "two": "unread"}
    row = done.rows["one"]
    assert row["session"] == "blocked" and row["code"] == "AccessDenied"
    assert row["password"] is row["mfa"] is row["accessKeys"] is None
    assert "'deny-root' (p-" in row["blockedBy"] and "on unit Members (ou-" in row["blockedBy"]
    assert "statement 'DenyRoot'" in row["blockedBy"]
    done = rootout("root", "retire", "--all", "--yes", "--output", "json", sandbox=sb)
    assert done.returncode == 1, done
    assert done.states == {"main": "management", "one": "unread", "two": "unread"}
    assert sb.root_users["two"]


def test_nothing_allows(sandbox, organization, rootout):
    """No policy denies; the account's own level simply does not allow."""
    sb = sandbox(organization(2))
    client = sb.client("organizations")
    policy = client.create_policy(
        Name="only-s3", Type="SERVICE_CONTROL_POLICY", Description="", Content=json.dumps(
            {"Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}))
    client.attach_policy(PolicyId=policy["Policy"]["PolicySummary"]["Id"], TargetId="100000000001")
    client.detach_policy(PolicyId="p-FullAWSAccess", TargetId="100000000001")
    done = rootout("root", "inventory", "--output", "json", sandbox=sb)
    assert done.states == {"main": "management", "member-001": "unread",
                           "member-002": "credentials"}, done
    assert done.rows["member-001"]["blockedBy"] == (
        "no service control policy on account member-001 (100000000001) allows "
        "iam:GetAccountSummary")


def test_one_account_refuses(sandbox, organization, rootout):
    sb = sandbox(organization(3), "--fault", "deny=100000000002")
    done = rootout("root", "inventory", "--output", "json", sandbox=sb)
    assert done.returncode == 1, done
    assert done.states == {"main": "management", "member-001": "credentials",
                           "member-002": "unread", "member-003": "credentials"}
    row = done.rows["member-002"]
    assert row["session"] == "refused" and row["code"] == "AccessDenied"
    assert "sts:AssumeRoot" in row["reason"]
    assert row["blockedBy"].startswith("no service control policy: see whether")


def test_features_off(sandbox, organization, rootout):
    sb = sandbox(organization(2, reality={"root-features": []}))
    done = rootout("root", "inventory", "--output", "json", sandbox=sb)
    assert done.returncode == 1, done
    assert set(done.states.values()) == {"management", "unread"}
    assert done.json["rootCredentialsManagement"] is False
    assert "run 'rootout root enable'" in done.rows["member-001"]["blockedBy"]
    assert "RootCredentialsManagement is off" in done.stderr


@pytest.mark.parametrize("fault, state", [
    ("error=ServiceFailure:100%:iam:GetAccountSummary", "unread"),
    ("html=100%:iam:GetAccountSummary", "unread"),
    ("truncate=100%:iam:GetAccountSummary", "unread"),
    ("reset=100%:iam:GetAccountSummary", "unread"),
    ("throttle=100%:iam:GetAccountSummary", "unread"),
    ("error=AccessDenied:100%:iam:ListAccessKeys", "credentials"),
])
def test_answers_that_do_not_come(sandbox, organization, rootout, fault, state):
    sb = sandbox(organization({"one": {"root": {"keys": [{}]}}, "two": {"root": {}}}),
                 "--fault", fault)
    done = rootout("root", "inventory", "--output", "json", "--max-attempts", "2", sandbox=sb)
    assert done.returncode == 1, done
    assert done.states["one"] == state
    assert done.states["two"] == ("unread" if state == "unread" else "rootless")
    row = done.rows["one"]
    if state == "unread":
        assert row["session"] == "failed" and row["reason"] and row["password"] is None
        assert "blockedBy" not in row  # a fault is no policy's doing
    else:
        assert row["accessKeysPresent"] is True and row["accessKeys"] is None
        assert "iam:ListAccessKeys: AccessDenied" in row["reason"]


def test_the_listing_of_accounts_fails(sandbox, organization, rootout):
    sb = sandbox(organization(2), "--fault", "error=AccessDeniedException:100%:organizations:ListAccounts")
    done = rootout("root", "inventory", "--output", "json", sandbox=sb)
    assert done.returncode == 2 and done.stdout == "", done
    assert "organizations:ListAccounts: AccessDeniedException" in done.stderr


# ---- which accounts ----

@pytest.mark.parametrize("args, names", [
    (["--account", "pos-*"], {"pos-production", "pos-staging", "pos-development"}),
    (["--account", "210000000011,pos-staging"], {"pos-production", "pos-staging"}),
    (["--account", "予約-*", "--exclude", "予約-staging"], {"予約-production", "予約-development"}),
    (["--ou", "Workloads/Staging"], {"pos-staging", "online-staging", "settlement-staging",
                                     "予約-staging"}),
    (["--ou", "Security", "--ou", "Suspended"], {"security", "campaign-2023"}),
    (["--ou", "Workloads", "--tag", "product=pos"], {"pos-production", "pos-staging",
                                                     "pos-development"}),
    (["--tag", "product=pos", "--tag", "product=online", "--exclude", "*-production"],
     {"pos-staging", "pos-development", "online-staging", "online-development"}),
    (["--all", "--exclude", "*-production", "--exclude", "*-staging", "--exclude",
      "*-development"], {"stores-management", "security", "campaign-2023"}),
])
def test_choices(sandbox, stores, rootout, args, names):
    sb = sandbox(stores)
    done = rootout("root", "inventory", *args, "--via", "role", "OrganizationAccountAccessRole",
                   "--output", "json", sandbox=sb)
    assert done.returncode in (0, 1), done
    assert set(done.rows) == names
    assert done.json["excluded"] == 15 - len(names)


def test_choice_from_a_file(sandbox, stores, rootout, tmp_path):
    sb = sandbox(stores)
    chosen = tmp_path / "accounts.txt"
    chosen.write_text("# the pilot\n\npos-development\n  210000000012 \n")
    args = ["root", "inventory", "--output", "json", "--via", "role=OrganizationAccountAccessRole"]
    done = rootout(*args, "--from", chosen, sandbox=sb)
    assert set(done.rows) == {"pos-development", "pos-staging"}, done
    done = rootout(*args, "--from", "-", sandbox=sb, input="name,id\nx,210000000013\n")
    assert set(done.rows) == {"pos-development"}, done
    chosen.write_text("pos-development\npos-develpment\n")
    done = rootout(*args, "--from", chosen, sandbox=sb)
    assert done.returncode == 2
    assert f"{chosen}:2" in done.stderr and "did you mean 'pos-development'?" in done.stderr, done
    done = rootout(*args, "--from", tmp_path / "nothing", sandbox=sb)
    assert done.returncode == 2 and "No such file" in done.stderr, done


@pytest.mark.parametrize("args, message", [
    (["--account", "pos-productoin"], "unknown account 'pos-productoin', did you mean 'pos-production'?"),
    (["--ou", "Workload"], "did you mean 'Workloads'?"),
    (["--exclude", "pos-prod"], "'pos-prod'"),
    (["--tag", "prodct=pos"], "did you mean 'product'?"),
    (["--account", "21000000001"], "'21000000001'"),
    (["--all", "--account", "security"], "--all and a narrower choice contradict each other"),
])
def test_choices_that_are_mistakes(sandbox, stores, rootout, args, message):
    sb = sandbox(stores)
    done = rootout("root", "inventory", *args, sandbox=sb)
    assert done.returncode == 2 and done.stdout == "", done
    assert message in done.stderr, done


def test_tags_without_a_value(sandbox, organization, rootout):
    sb = sandbox(organization({"one": {"root": {}}, "two": {"root": {}}, "three": {"root": {}}},
                              account={"one": {"tags": {"team": "a"}}, "two": {"tags": {"team": "b"}}}))
    done = rootout("root", "inventory", "--tag", "team", "--output", "json", sandbox=sb)
    assert set(done.rows) == {"one", "two"}, done


def test_interrupted(sandbox, organization, rootout, until, tmp_path):
    sb = sandbox(organization(40), "--fault", "latency=30ms")
    process = rootout("root", "inventory", "--connections", "2", "--output", "json", sandbox=sb,
                      background=True, stdout=open(tmp_path / "out", "w"), stderr=-1)
    until(lambda: "iam:GetAccountSummary" in sb.calls)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode in (1, 2), err
    text = (tmp_path / "out").read_text()
    if text:  # rows that were not read say so
        rows = json.loads(text)["accounts"]
        assert any("interrupted" in r.get("reason", "") for r in rows)
        assert all(r["state"] == "unread" for r in rows if "interrupted" in r.get("reason", ""))
    # half an inventory is not remembered as the last one
    with sqlite3.connect(tmp_path / "store.db") as db:
        assert db.execute("SELECT COUNT(*) FROM inventory").fetchone() == (0,)


def test_two_accounts_of_one_name(rootout, aws_server):
    accounts = [{"Id": f"10000000000{i}", "Name": "twin", "State": "ACTIVE", "Email": f"{i}@example.com",
                 "Arn": f"arn:aws:organizations::100000000000:account/o-abcdefghij/10000000000{i}"}
                for i in (1, 2)]
    server = aws_server({"ListAccounts": {"Accounts": accounts}})
    done = rootout("root", "restore", "twin", "--reason", "x", "--yes", env=server.env)
    assert done.returncode == 2, done
    assert "2 accounts are named 'twin': give the id" in done.stderr
    assert "100000000001" in done.stderr and "AssumeRoot" not in server.seen


def test_what_changed_since(sandbox, organization, rootout):
    sb = sandbox(organization({"one": {"root": {"password": True, "keys": [{}]}},
                               "two": {"root": {}}}))
    first = rootout("root", "inventory", "--output", "json", sandbox=sb)
    assert "comparedWith" not in first.json
    assert not any("changes" in row for row in first.json["accounts"])
    key = sb.root_users["one"]["keys"][0]
    assert rootout("root", "retire", "--account", "one", "--yes", sandbox=sb).returncode == 0
    assert rootout("root", "restore", "two", "--reason", "alias", "--yes", sandbox=sb).returncode == 0
    second = rootout("root", "inventory", "--output", "json", "--no-save", sandbox=sb)
    assert second.json["comparedWith"]
    # retire remembered what its proof read: only what came after is news
    assert second.rows["two"]["changes"] == "password added"
    assert "changes" not in second.rows["one"], (key, second)
    # --no-save: the news is still news
    third = rootout("root", "inventory", "--output", "json", sandbox=sb)
    assert third.rows["two"]["changes"] == "password added"
    fourth = rootout("root", "inventory", "--output", "json", sandbox=sb)
    assert "changes" not in fourth.rows["two"]


def test_account_state_is_believed_before_status(program, rootout, tmp_path, aws_server):
    """State wins where it is present; the retired Status speaks only where State is absent."""
    accounts = [
        {"Id": "100000000001", "Name": "both-agree", "State": "ACTIVE", "Status": "ACTIVE"},
        {"Id": "100000000002", "Name": "state-says-closed", "State": "CLOSED", "Status": "ACTIVE"},
        {"Id": "100000000003", "Name": "only-status", "Status": "SUSPENDED"},
        {"Id": "100000000004", "Name": "only-status-active", "Status": "ACTIVE"},
        {"Id": "100000000005", "Name": "new-state", "State": "HIBERNATING", "Status": "SUSPENDED"},
        {"Id": "100000000006", "Name": "neither"},
    ]
    for account in accounts:
        account["Arn"] = f"arn:aws:organizations::100000000000:account/o-abcdefghij/{account['Id']}"
        account["Email"] = f"{account['Id']}@example.com"
    server = aws_server({
        "ListAccounts": {"Accounts": accounts},
        "AssumeRoot": "credentials",
        "GetAccountSummary": {"AccountPasswordPresent": 0, "AccountAccessKeysPresent": 0,
                              "AccountSigningCertificatesPresent": 0, "AccountMFAEnabled": 0},
        "ListOrganizationsFeatures": ["RootCredentialsManagement"],
    })
    done = rootout("root", "inventory", "--output", "json", env=server.env)
    assert done.returncode == 0, done
    assert done.states == {
        "both-agree": "rootless", "state-says-closed": "suspended", "only-status": "suspended",
        "only-status-active": "rootless",
        # a state that nobody knows is tried: AWS decides
        "new-state": "rootless", "neither": "rootless"}
    assert done.rows["new-state"]["accountState"] == "UNKNOWN"


@pytest.mark.parametrize("missing", [
    "AccountPasswordPresent", "AccountAccessKeysPresent", "AccountSigningCertificatesPresent",
    "AccountMFAEnabled"])
def test_a_summary_that_does_not_tell_all(rootout, aws_server, missing):
    summary = {"AccountPasswordPresent": 0, "AccountAccessKeysPresent": 0,
               "AccountSigningCertificatesPresent": 0, "AccountMFAEnabled": 0, "Users": 3}
    del summary[missing]
    server = aws_server({
        "ListAccounts": {"Accounts": [{
            "Id": "100000000001", "Name": "one", "State": "ACTIVE", "Email": "one@example.com",
            "Arn": "arn:aws:organizations::100000000000:account/o-abcdefghij/100000000001"}]},
        "AssumeRoot": "credentials",
        "GetAccountSummary": summary,
        "ListOrganizationsFeatures": ["RootCredentialsManagement"],
        "DescribeOrganization": {"Organization": {"Id": "o-abcdefghij",
                                                  "MasterAccountId": "100000000000"}},
    })
    done = rootout("root", "inventory", "--output", "json", env=server.env)
    assert done.returncode == 1, done
    assert done.states == {"one": "unread"}
    assert "GetAccountSummary did not tell all of" in done.rows["one"]["reason"]
    done = rootout("root", "retire", "--all", "--yes", "--output", "json", env=server.env)
    assert done.returncode == 1 and done.states == {"one": "unread"}, done
    assert not [op for op in server.seen if op.startswith("Delete")]
