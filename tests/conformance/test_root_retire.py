"""`root retire` and `root restore`: what is deleted, what is left alone, and what is proved."""

import csv
import fcntl
import io
import os
import pty
import signal
import threading

import pytest

MEMBERS = {
    "all": {"root": {"password": True, "mfa": ["virtual", "hardware"],
                     "keys": [{"created": "-900d", "used": "-100d"}, {"created": "-90d"}],
                     "certificates": [{"uploaded": "-2200d"}]}},
    "password": {"root": {"password": True}},
    "nothing": {"root": {}},
    "予約": {"root": {"mfa": ["virtual"]}},
    "suspended": {"state": "SUSPENDED", "root": {"password": True}},
}
DELETIONS = ("DeleteLoginProfile", "DeleteAccessKey", "DeleteSigningCertificate",
             "DeactivateMFADevice")


def root_events(sb):
    return [e["eventName"] for e in sb.events if e["userIdentity"]["type"] == "Root"]


def deleted(sb):
    return [name for name in root_events(sb) if name in DELETIONS]


def ledger(rootout, *args, **more):
    return rootout("root", "ledger", "--output", "json", *args, **more).json["entries"]


# ---- the whole of it ----

def test_retired_and_proved(sandbox, organization, rootout):
    sb = sandbox(organization(MEMBERS))
    before = sb.root_users
    done = rootout("root", "retire", "--all", "--yes", "--reason", "campaign", "--output", "json",
                   sandbox=sb)
    assert done.returncode == 0, done
    assert done.states == {"main": "management", "all": "retired", "password": "retired",
                           "nothing": "rootless", "予約": "retired", "suspended": "suspended"}
    after = sb.root_users
    assert {n for n, has in after.items() if has} == {"suspended"}
    row = done.rows["all"]
    assert {(d["credential"], d.get("target")) for d in row["deletions"]} == {
        ("password", None), *(("access key", k) for k in before["all"]["keys"]),
        *(("signing certificate", c) for c in before["all"]["certificates"]),
        *(("MFA device", m) for m in before["all"]["mfa"])}
    assert {d["state"] for d in row["deletions"]} == {"deleted"}
    assert row["provedAt"] and "provedAt" not in done.rows["nothing"]
    # the password first, MFA devices last
    order = [e["eventName"] for e in sb.events if e["eventName"] in DELETIONS
             and e["recipientAccountId"] == done.rows["all"]["id"]]
    assert order == ["DeleteLoginProfile", "DeleteAccessKey", "DeleteAccessKey",
                     "DeleteSigningCertificate", "DeactivateMFADevice", "DeactivateMFADevice"]
    # proved by boto3 as well
    for name in ("all", "password", "予約"):
        summary = sb.in_account(done.rows[name]["id"], "iam").get_account_summary()["SummaryMap"]
        assert not (summary["AccountPasswordPresent"] or summary["AccountAccessKeysPresent"] or
                    summary["AccountSigningCertificatesPresent"] or summary["AccountMFAEnabled"])
    # the proof was read after the last deletion
    for account in ("100000000001", "100000000002", "100000000004"):
        names = [e["eventName"] for e in sb.events if e["recipientAccountId"] == account
                 and e["userIdentity"]["type"] == "Root"]
        assert names[-1] == "GetAccountSummary" and names.count("GetAccountSummary") == 2
    # the ledger tells who, why, which account, which calls and answers
    entries = ledger(rootout)
    assert {e["reason"] for e in entries} == {"campaign"}
    assert [e["accountName"] for e in entries if e["kind"] == "retired"].count("all") == 1
    session = next(e for e in entries if e["kind"] == "session" and e["accountName"] == "all"
                   and e["detail"]["task"] == "IAMDeleteRootUserCredentials")
    calls = [(c["op"], c["answer"]) for c in session["detail"]["calls"]]
    assert calls[0] == ("ListAccessKeys", "OK") and ("DeleteLoginProfile", "OK") in calls
    assert session["detail"]["accessKeyId"].startswith("ASIA")
    used = {e["userIdentity"]["accessKeyId"] for e in sb.events
            if e["userIdentity"]["type"] == "Root"}
    assert used == {e["detail"]["accessKeyId"] for e in entries if e["kind"] == "session"}
    # run again: nothing to do
    again = rootout("root", "retire", "--all", "--yes", "--output", "json", sandbox=sb)
    assert again.returncode == 0 and again.json["planned"] is True, again
    assert len(ledger(rootout, "--kind", "retired")) == 3


def test_as_few_calls_as_possible(sandbox, organization, rootout):
    """4 for each account, one for each list, one for each deletion; pages and the caller's."""
    sb = sandbox(organization(20))
    done = rootout("root", "retire", "--all", "--yes", "--allow-used-keys", "--output", "json",
                   sandbox=sb)
    assert done.returncode == 0, done
    deletions = sum(len(row["deletions"]) for row in done.json["accounts"])
    lists = 6 + 10 + 2  # with keys, with MFA, with certificates
    counted = sum(sum(codes.values()) for codes in sb.calls.values())
    assert counted == 4 * 20 + lists + deletions + 2 + 1 + 1  # pages, caller, organization's id
    assert len(root_events(sb)) == 2 * 20 + lists + deletions


def test_output(sandbox, organization, rootout):
    sb = sandbox(organization(MEMBERS))
    done = rootout("root", "retire", "--account", "all,nothing", "--yes", sandbox=sb)
    assert done.returncode == 0, done
    lines = done.stdout.splitlines()
    assert lines[0].split()[:5] == ["ID", "NAME", "STATE", "WILL", "BE"]
    assert any("password, access keys, signing certificates, MFA devices" in l for l in lines)
    assert any("retired" in l and "GetAccountSummary 2" in l and "AKIA" in l for l in lines)
    assert "1 retired and proved, 1 had nothing, 0 left" in done.stderr
    done = rootout("root", "retire", "--account", "password", "--yes", "--output", "csv", sandbox=sb)
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [(r["name"], r["state"], r["deleted"]) for r in rows] == [
        ("password", "retired", "password")]
    done = rootout("root", "retire", "--account", "予約", "--yes", "--quiet", sandbox=sb)
    assert done.returncode == 0 and done.stderr == "", done


# ---- nothing happens unless somebody says so ----

def test_a_dry_run_changes_nothing(sandbox, organization, rootout, tmp_path):
    sb = sandbox(organization(MEMBERS))
    before = sb.root_users
    done = rootout("root", "retire", "--all", "--dry-run", "--output", "json", sandbox=sb)
    assert done.returncode == 1, done
    assert done.json["planned"] is True
    assert done.states["all"] == "credentials"
    assert {d["state"] for d in done.rows["all"]["deletions"]} == {"planned"}
    assert sb.root_users == before and deleted(sb) == []
    assert not [e for e in ledger(rootout) if e["kind"] != "session"]
    # a dry run of what is done is "nothing to do"
    done = rootout("root", "retire", "--account", "nothing", "--dry-run", sandbox=sb)
    assert done.returncode == 0, done


def test_nobody_can_be_asked(sandbox, organization, rootout):
    sb = sandbox(organization(MEMBERS))
    before = sb.root_users
    done = rootout("root", "retire", "--all", sandbox=sb)
    assert done.returncode == 3, done
    assert "give --yes to go on, or --dry-run" in done.stderr
    assert sb.root_users == before and deleted(sb) == []


@pytest.mark.parametrize("answer, status", [("yes\n", 0), ("no\n", 3), ("y\n", 3), ("\x04", 3),
                                            ("yes please\n", 3)])
def test_a_person_is_asked(sandbox, organization, program, rootout, tmp_path, answer, status):
    sb = sandbox(organization({"one": {"root": {"password": True}}}))
    leader, follower = pty.openpty()
    process = rootout("root", "retire", "--all", sandbox=sb, background=True, stdin=follower,
                      stdout=follower, stderr=follower, start_new_session=True)
    os.close(follower)
    shown = b""
    while b"Type 'yes' to go on" not in shown:
        shown += os.read(leader, 4096)
    assert b"deletes the root credentials of 1 account " in shown
    os.write(leader, answer.encode())
    drain = threading.Thread(target=lambda: _drain(leader))
    drain.start()
    assert process.wait(60) == status
    drain.join()
    os.close(leader)
    assert bool(sb.root_users["one"]) == (status != 0)


def _drain(fd):
    try:
        while os.read(fd, 4096):
            pass
    except OSError:
        pass


def test_not_known_whether_it_is_chosen(sandbox, stores, rootout):
    """Tags of some accounts cannot be read: neither in nor out, so nothing is begun."""
    sb = sandbox(stores, "--seed", "2", "--fault",
                 "error=AccessDeniedException:40%:organizations:ListTagsForResource")
    done = rootout("root", "inventory", "--tag", "product=pos", "--output", "json", sandbox=sb)
    assert done.returncode == 1, done
    lost = [r for r in done.json["accounts"] if "not known whether it is chosen" in r.get("reason", "")]
    assert lost and all(r["state"] == "unread" for r in lost)
    done = rootout("root", "preflight", "--tag", "product=pos", "--output", "json", sandbox=sb)
    assert "choice-unknown" in {f["rule"] for r in done.json["accounts"] for f in r["findings"]}
    done = rootout("root", "retire", "--tag", "product=pos", "--yes", sandbox=sb)
    assert done.returncode == 3 and "cannot tell whether account" in done.stderr, done
    assert deleted(sb) == []


def test_say_which(sandbox, organization, rootout):
    sb = sandbox(organization(MEMBERS))
    done = rootout("root", "retire", "--yes", sandbox=sb)
    assert done.returncode == 2 and "say which accounts" in done.stderr, done
    done = rootout("root", "retire", "--yes", "--due", "--all", sandbox=sb)
    assert done.returncode == 2 and "--due chooses its accounts itself" in done.stderr, done
    done = rootout("root", "retire", "--yes", "--account", "passwort", sandbox=sb)
    assert done.returncode == 2 and "did you mean 'password'?" in done.stderr, done
    assert deleted(sb) == []


# ---- left alone ----

FILES = {"root.yaml": """
keep:
  - {account: kept, reason: S3 MFA delete, until: 2099-03-31}
  - {account: over, reason: was needed, until: 2020-01-01}
work:
  - {account: working, task: change the alias}
  - {account: worked, task: change the alias, done: true}
"""}


def test_what_the_files_keep(sandbox, organization, rootout):
    members = {name: {"root": {"password": True}} for name in ("kept", "over", "working", "worked")}
    org = organization(members, files=FILES)
    sb = sandbox(org)
    done = rootout("root", "retire", "--all", "--yes", "--output", "json", sandbox=sb, cwd=org)
    assert done.returncode == 1, done  # open work is work that remains
    assert done.states == {"main": "management", "kept": "skipped", "over": "retired",
                           "working": "skipped", "worked": "retired"}
    assert done.rows["kept"]["reason"].startswith("kept until 2099-03-31: S3 MFA delete (")
    assert "root.yaml:6" in done.rows["working"]["reason"]
    # not even read
    assert not [e for e in sb.events if e["recipientAccountId"] in
                (done.rows["kept"]["id"], done.rows["working"]["id"])]
    done = rootout("root", "retire", "--account", "kept", "--yes", sandbox=sb, cwd=org)
    assert done.returncode == 0 and sb.root_users["kept"], done  # kept on purpose: nothing remains


def test_keys_in_use(sandbox, organization, rootout):
    members = {
        "used": {"root": {"keys": [{"created": "-900d", "used": "-2d", "service": "ses",
                                    "region": "us-east-1"}, {"created": "-3d"}]}},
        "inactive": {"root": {"keys": [{"created": "-900d", "used": "-2d", "active": False}]}},
        "old": {"root": {"password": True, "keys": [{"created": "-900d", "used": "-31d"}]}},
        "never": {"root": {"keys": [{"created": "-900d"}]}},
    }
    sb = sandbox(organization(members))
    # without any inventory: it looks before it deletes what cannot come back
    done = rootout("root", "retire", "--all", "--yes", "--output", "json", sandbox=sb)
    assert done.returncode == 1, done
    assert done.states == {"main": "management", "used": "skipped", "inactive": "retired",
                           "old": "retired", "never": "retired"}
    assert "was used 2 days ago (ses, us-east-1)" in done.rows["used"]["reason"]
    assert len(sb.root_users["used"]["keys"]) == 2
    # an inventory of today knows it: no call more
    assert rootout("root", "inventory", sandbox=sb).returncode == 1
    sb.ask("calls/reset", {})
    done = rootout("root", "retire", "--account", "used", "--yes", "--output", "json", sandbox=sb)
    assert done.returncode == 1 and done.states == {"used": "skipped"}, done
    assert "sts:AssumeRoot" not in sb.calls
    # --allow-used-keys: somebody decided
    done = rootout("root", "retire", "--account", "used", "--yes", "--allow-used-keys", "--output",
                   "json", sandbox=sb)
    assert done.returncode == 0 and done.states == {"used": "retired"}, done
    assert "iam:GetAccessKeyLastUsed" not in sb.calls


def test_an_inventory_that_is_too_old(sandbox, organization, rootout):
    """A key that an old inventory saw unused may be in use today."""
    sb = sandbox(organization({"one": {"root": {"keys": [{"created": "-900d"}]}}}))
    assert rootout("root", "inventory", sandbox=sb).returncode == 1
    sb.advance("2 days")
    sb.ask("calls/reset", {})
    assert rootout("root", "retire", "--all", "--yes", sandbox=sb).returncode == 0
    assert sb.calls["iam:GetAccessKeyLastUsed"] == {"OK": 1}


def test_the_last_use_cannot_be_read(sandbox, organization, rootout):
    sb = sandbox(organization({"one": {"root": {"password": True, "keys": [{}]}}}),
                 "--fault", "error=AccessDenied:100%:iam:GetAccessKeyLastUsed")
    done = rootout("root", "retire", "--all", "--yes", "--output", "json", sandbox=sb)
    assert done.returncode == 1 and done.states["one"] == "unread", done
    assert "GetAccessKeyLastUsed" in done.rows["one"]["reason"]
    assert sb.root_users["one"]["password"] and deleted(sb) == []


# ---- surprises ----

def test_a_refused_deletion_stops_the_run(sandbox, organization, rootout):
    sb = sandbox(organization(12), "--fault", "deny=100000000001:iam:DeleteLoginProfile")
    done = rootout("root", "retire", "--all", "--yes", "--connections", "1", "--output", "json",
                   sandbox=sb)
    assert done.returncode == 1, done
    row = done.rows["member-001"]
    assert row["state"] == "failed" and "iam:DeleteLoginProfile: AccessDenied" in row["reason"]
    assert row["deletions"][0] == {"credential": "password", "state": "failed",
                                   "code": "AccessDenied"}
    states = set(done.states.values())
    assert states == {"management", "failed", "skipped"}, done
    assert all("not begun: the run stopped at its first surprise" in row["reason"]
               for row in done.json["accounts"] if row["state"] == "skipped")
    assert deleted(sb).count("DeleteLoginProfile") == 1
    assert "member-001: iam:DeleteLoginProfile: AccessDenied" in done.stderr
    assert "run the same command again" in done.stderr


def test_unread_accounts_are_no_surprise(sandbox, organization, rootout):
    """What was known before the start does not stop the others, and is not forgotten at the end."""
    sb = sandbox(organization(4), "--fault", "deny=100000000002")
    done = rootout("root", "retire", "--all", "--yes", "--output", "json", sandbox=sb)
    assert done.returncode == 1, done
    assert done.states == {"main": "management", "member-001": "retired", "member-002": "unread",
                           "member-003": "retired", "member-004": "retired"}
    assert sb.root_users["member-002"] and "1 left" in done.stderr


def summary(password, keys=0):
    return {"AccountPasswordPresent": password, "AccountAccessKeysPresent": keys,
            "AccountSigningCertificatesPresent": 0, "AccountMFAEnabled": 0}


def one_account(aws_server, **answers):
    def empty(op):
        return 200, {"Content-Type": "text/xml"}, f"<{op}Response/>"

    return aws_server({
        "DescribeOrganization": {"Organization": {"Id": "o-abcdefghij",
                                                  "MasterAccountId": "100000000000"}},
        "ListAccounts": {"Accounts": [{
            "Id": "100000000001", "Name": "one", "State": "ACTIVE", "Email": "one@example.com",
            "Arn": "arn:aws:organizations::100000000000:account/o-abcdefghij/100000000001"}]},
        "AssumeRoot": "credentials",
        "DeleteLoginProfile": lambda h: empty("DeleteLoginProfile"),
        **answers})


def test_a_proof_that_comes_late(rootout, aws_server):
    """IAM is eventually consistent: what was just deleted may be shown for some seconds."""
    answers = iter([summary(1), summary(1), summary(0)])
    server = one_account(aws_server, GetAccountSummary=lambda h: _as_xml(h, next(answers)))
    done = rootout("root", "retire", "--all", "--yes", "--output", "json", env=server.env)
    assert done.returncode == 0 and done.states == {"one": "retired"}, done
    assert server.seen.count("GetAccountSummary") == 3
    assert server.seen.count("DeleteLoginProfile") == 1


def _as_xml(handler, value):
    entries = "".join(f"<entry><key>{k}</key><value>{v}</value></entry>" for k, v in value.items())
    return 200, {"Content-Type": "text/xml"}, (
        f"<GetAccountSummaryResponse><GetAccountSummaryResult><SummaryMap>{entries}</SummaryMap>"
        "</GetAccountSummaryResult></GetAccountSummaryResponse>")


def test_a_credential_appears_meanwhile(rootout, aws_server):
    answers = iter([summary(1), summary(0, keys=1)])
    server = one_account(aws_server, GetAccountSummary=lambda h: _as_xml(h, next(answers)))
    done = rootout("root", "retire", "--all", "--yes", "--output", "json", env=server.env)
    assert done.returncode == 1 and done.states == {"one": "failed"}, done
    assert "an access key appeared while the account was being retired" in done.stderr


@pytest.mark.parametrize("appeared, what", [
    ({"AccountPasswordPresent": 1}, "a password"),
    ({"AccountSigningCertificatesPresent": 1}, "a signing certificate"),
    ({"AccountMFAEnabled": 1}, "an MFA device")])
def test_anything_that_appears_is_a_surprise(rootout, aws_server, appeared, what):
    answers = iter([summary(0, keys=1), {**summary(0), **appeared}])
    server = one_account(
        aws_server, GetAccountSummary=lambda h: _as_xml(h, next(answers)),
        ListAccessKeys=lambda h: _keys("AKIAONE"),
        DeleteAccessKey=lambda h: (200, {"Content-Type": "text/xml"}, "<DeleteAccessKeyResponse/>"))
    done = rootout("root", "retire", "--all", "--yes", "--allow-used-keys", "--output", "json",
                   env=server.env)
    assert done.returncode == 1 and done.states == {"one": "failed"}, done
    assert f"{what} appeared while the account was being retired" in done.stderr


def _keys(*ids):
    members = "".join(f"<member><AccessKeyId>{i}</AccessKeyId><Status>Active</Status><CreateDate>"
                      "2020-01-01T00:00:00Z</CreateDate></member>" for i in ids)
    return 200, {"Content-Type": "text/xml"}, (
        f"<ListAccessKeysResponse><ListAccessKeysResult><AccessKeyMetadata>{members}"
        "</AccessKeyMetadata><IsTruncated>false</IsTruncated></ListAccessKeysResult>"
        "</ListAccessKeysResponse>")


def test_a_list_that_still_shows_what_a_killed_run_deleted(rootout, aws_server):
    """Eventually consistent: its NoSuchEntity is our own doing, not somebody else's."""
    gone = []

    def delete(handler):
        if gone:
            return 404, {"Content-Type": "text/xml"}, (
                "<ErrorResponse><Error><Type>Sender</Type><Code>NoSuchEntity</Code><Message>no"
                "</Message></Error><RequestId>r-9</RequestId></ErrorResponse>")
        gone.append(1)
        return 200, {"Content-Type": "text/xml"}, "<DeleteAccessKeyResponse/>"

    shown = iter([summary(0, keys=1), summary(0, keys=1), summary(0)])
    server = one_account(aws_server, GetAccountSummary=lambda h: _as_xml(h, next(shown)),
                         ListAccessKeys=lambda h: _keys("AKIAONE"), DeleteAccessKey=delete)
    args = ["root", "retire", "--all", "--yes", "--allow-used-keys", "--output", "json"]
    # behind the call, before its outcome is written
    killed = rootout(*args, env={**server.env, "ROOTOUT_KILL_AT": "5"})
    assert killed.returncode == -signal.SIGKILL and gone, (killed, "is this build-debug?")
    done = rootout(*args, env=server.env)
    assert done.returncode == 0 and done.states == {"one": "retired"}, done
    entries = ledger(rootout, "--kind", "deletion")
    assert [e["detail"]["target"] for e in entries] == ["AKIAONE"]


@pytest.mark.parametrize("second", [
    {"AccountPasswordPresent": 0},  # the rest is not told
    {}])
def test_a_proof_that_does_not_tell_all_is_none(rootout, aws_server, second):
    """Unknown is not zero: no 'retired' of it."""
    answers = iter([summary(1), second])
    server = one_account(aws_server, GetAccountSummary=lambda h: _as_xml(h, next(answers)))
    done = rootout("root", "retire", "--all", "--yes", "--output", "json", env=server.env)
    assert done.returncode == 1 and done.states == {"one": "failed"}, done
    assert "no proof: GetAccountSummary did not tell all" in done.stderr
    assert rootout("root", "ledger", "--kind", "retired", "--output", "json").json["entries"] == []


def test_a_proof_that_never_comes(rootout, aws_server, until):
    """It asks again for up to 30 s; an interrupt does not wait for them."""
    server = one_account(aws_server, GetAccountSummary=summary(1))
    process = rootout("root", "retire", "--all", "--yes", "--output", "json", env=server.env,
                      background=True, stdout=-1, stderr=-1)
    until(lambda: server.seen.count("GetAccountSummary") >= 3)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode in (1, 2), err
    assert '"state": "failed"' in out and "no proof: GetAccountSummary still shows" in err
    assert "retired" not in out


def test_somebody_else_deleted_it(rootout, aws_server):
    """NoSuchEntity without a lost answer: somebody else is at work; that is a surprise."""
    server = one_account(aws_server, GetAccountSummary=summary(1), DeleteLoginProfile=(
        404, {"Content-Type": "text/xml"},
        "<ErrorResponse><Error><Type>Sender</Type><Code>NoSuchEntity</Code><Message>no</Message>"
        "</Error><RequestId>r-9</RequestId></ErrorResponse>"))
    done = rootout("root", "retire", "--all", "--yes", "--output", "json", env=server.env)
    assert done.returncode == 1 and done.states == {"one": "failed"}, done
    assert "iam:DeleteLoginProfile: NoSuchEntity" in done.stderr and "r-9" in done.stderr


def test_lost_answers(sandbox, organization, rootout):
    """The call is carried out, its answer lost: NoSuchEntity at the next attempt is done."""
    sb = sandbox(organization(30), "--seed", "5", "--fault", "reset-after=10%:iam:De*")
    done = rootout("root", "retire", "--all", "--yes", "--output", "json", sandbox=sb)
    assert done.returncode == 0, done
    assert set(done.states.values()) == {"management", "retired"}
    lost = [d for row in done.json["accounts"] for d in row["deletions"] if d.get("answerLost")]
    assert lost and all(d["state"] == "deleted" for d in lost)
    assert not {n for n, has in sb.root_users.items() if has and n != "main"}
    entries = ledger(rootout, "--kind", "deletion")
    assert sum("lost" in e["detail"]["answer"] for e in entries) == len(lost)


def test_an_answer_that_is_lost_for_good(sandbox, organization, rootout):
    """Every attempt of the call is carried out and none is answered: looked up by the next run."""
    sb = sandbox(organization({"one": {"root": {"password": True, "keys": [{"created": "-9d"}]}}}),
                 "--seed", "5", "--fault", "reset-after=100%:iam:DeleteAccessKey")
    done = rootout("root", "retire", "--all", "--yes", "--max-attempts", "1", "--output", "json",
                   sandbox=sb)
    assert done.returncode == 1 and done.states["one"] == "failed", done
    assert sb.root_users["one"] == {}
    done = rootout("root", "retire", "--all", "--yes", "--output", "json", sandbox=sb)
    assert done.returncode == 0 and done.states["one"] == "retired", done
    assert deleted(sb).count("DeleteAccessKey") == 1
    entries = ledger(rootout, "--kind", "deletion")
    assert sorted(e["detail"]["credential"] for e in entries) == ["access key", "password"]
    assert rootout("root", "ledger", "--verify").returncode == 0


def test_sessions_that_run_out(sandbox, organization, program, rootout):
    """Between the plan and a person's yes an hour may pass: sessions are opened anew."""
    sb = sandbox(organization({"one": {"root": {"password": True}}}))
    leader, follower = pty.openpty()
    process = rootout("root", "retire", "--all", sandbox=sb, background=True, stdin=follower,
                      stdout=follower, stderr=follower, start_new_session=True)
    os.close(follower)
    shown = b""
    while b"Type 'yes' to go on" not in shown:
        shown += os.read(leader, 4096)
    sb.advance("1h")
    os.write(leader, b"yes\n")
    drain = threading.Thread(target=lambda: _drain(leader))
    drain.start()
    assert process.wait(60) == 0
    drain.join()
    os.close(leader)
    assert sb.root_users["one"] == {}


# ---- one at a time ----

def test_one_program_at_a_time(sandbox, organization, rootout, tmp_path):
    sb = sandbox(organization(2))
    assert rootout("root", "inventory", sandbox=sb).returncode == 1  # makes the store
    with open(tmp_path / "store.db.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for args in (["root", "retire", "--all", "--yes"],
                     ["root", "restore", "member-001", "--reason", "x", "--yes"]):
            done = rootout(*args, sandbox=sb)
            assert done.returncode == 3 and "another rootout is changing root users" in done.stderr
        # looking is free
        assert rootout("root", "retire", "--all", "--dry-run", sandbox=sb).returncode == 1
        assert rootout("root", "inventory", sandbox=sb).returncode == 1
    assert rootout("root", "retire", "--all", "--yes", sandbox=sb).returncode == 0


# ---- interrupted ----

@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted(sandbox, organization, rootout, until, tmp_path, number):
    """What is under way is ended properly, the rest is not begun; run again, it goes on."""
    sb = sandbox(organization(40), "--fault", "latency=20ms")
    process = rootout("root", "retire", "--all", "--yes", "--connections", "4", "--output", "json",
                      sandbox=sb, background=True, stdout=open(tmp_path / "out", "w"),
                      stderr=open(tmp_path / "err", "w"))
    until(lambda: deleted(sb))
    process.send_signal(number)
    assert process.wait(60) == 2
    assert "interrupted" in (tmp_path / "err").read_text()
    remaining = {n for n, has in sb.root_users.items() if has and n != "main"}
    assert 0 < len(remaining) < 40
    done = rootout("root", "retire", "--all", "--yes", "--output", "json", sandbox=sb)
    assert done.returncode == 0, done
    assert not {n for n, has in sb.root_users.items() if has and n != "main"}
    assert len(ledger(rootout, "--kind", "retired")) == 40
    assert rootout("root", "ledger", "--verify").returncode == 0


def test_interrupted_before_anything_changed(sandbox, organization, rootout, until, tmp_path):
    sb = sandbox(organization(40), "--fault", "latency=30ms")
    process = rootout("root", "retire", "--all", "--yes", "--connections", "2", sandbox=sb,
                      background=True, stdout=-1, stderr=-1)
    until(lambda: "iam:GetAccountSummary" in sb.calls)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 2 and "interrupted, nothing was changed" in err, err
    assert deleted(sb) == []


# ---- waves ----

def test_waves(sandbox, stores, rootout):
    sb = sandbox(stores)

    def retire(*args):
        return rootout("root", "retire", "--yes", "--output", "json", *args, sandbox=sb, cwd=stores)

    assert rootout("root", "enable", "--yes", sandbox=sb, cwd=stores).returncode == 0
    done = retire("--wave", "non-production")
    assert done.returncode == 3 and "comes after 'pilot', which is not done" in done.stderr, done
    done = retire("--wave", "pilto")
    assert done.returncode == 2 and "did you mean 'pilot'?" in done.stderr, done
    done = retire("--wave", "pilot", "--all")
    assert done.returncode == 2 and "contradict" in done.stderr, done
    # the first that is not done
    done = rootout("root", "retire", "--dry-run", "--output", "json", sandbox=sb, cwd=stores)
    assert done.returncode == 1 and done.json["wave"] == "pilot", done
    done = retire()
    assert done.returncode == 0 and done.states == {"pos-development": "retired"}, done
    assert "wave 'pilot' is done" in done.stderr
    done = retire()
    assert done.returncode == 3 and "waits 3 days after 'pilot'" in done.stderr, done
    assert [e["reason"] for e in ledger(rootout, "--kind", "retired")] == ["wave pilot"]
    sb.advance("3 days")
    # an excluded account keeps the wave from being done
    done = retire("--exclude", "online-staging", "--allow-used-keys")
    assert done.returncode == 1, done  # the alias is still open
    assert done.states["settlement-staging"] == "skipped" and "online-staging" not in done.states
    text = (stores / "root.yaml").read_text()
    (stores / "root.yaml").write_text(text.replace("alias}", "alias, done: true}"))
    done = retire("--exclude", "online-staging")
    assert done.returncode == 0 and done.states["settlement-staging"] == "retired", done
    assert "wave 'non-production' is not done: 1 of its accounts were excluded" in done.stderr
    done = retire("--allow-used-keys", "--reason", "campaign")
    assert done.returncode == 0 and done.json["wave"] == "non-production", done
    assert "wave 'non-production' is done" in done.stderr
    assert ledger(rootout, "--kind", "retired")[-1]["reason"] == "campaign; wave non-production"
    # production wants notice and approval, and a policy stands in the way
    for args, message in (([], "waits 7 days"), (["--skip-wait"], "needs the approval of platform"),
                          (["--skip-wait", "--approved-by", "hanako"], "needs 14 days of notice"),
                          (["--skip-wait", "--approved-by", "hanako", "--noticed", "yesterday"],
                           "is no date")):
        done = retire(*args)
        assert done.returncode == (2 if "date" in message else 3) and message in done.stderr, done
    done = retire("--skip-wait", "--approved-by", "hanako", "--noticed", "2020-01-01")
    assert done.returncode == 1, done
    assert done.states["pos-production"] == "unread" and done.states["security"] == "retired"
    assert "is done" not in done.stderr
    done = rootout("root", "preflight", "--ou", "Production", "--mend", "--yes", sandbox=sb,
                   cwd=stores)
    assert done.returncode == 0, done
    done = retire("--skip-wait", "--approved-by", "hanako", "--noticed", "2020-01-01")
    assert done.returncode == 0 and "wave 'production' is done" in done.stderr, done
    assert {n for n, has in sb.root_users.items() if has} == {"stores-management", "campaign-2023"}
    done = retire()
    assert done.returncode == 0, done  # all waves are done
    assert "approved by hanako" in ledger(rootout, "--kind", "retired")[-1]["reason"]


# ---- restore ----

def test_restored_and_taken_back(sandbox, organization, rootout):
    sb = sandbox(organization({"one": {"root": {}}, "two": {"root": {}}, "three": {"root": {}}}))

    def restore(*args):
        return rootout("root", "restore", *args, "--yes", "--output", "json", sandbox=sb)

    def due(*args):
        return rootout("root", "retire", "--due", "--yes", "--output", "json", *args, sandbox=sb)

    assert due().returncode == 0 and sb.root_users["one"] == {}
    for output in ("table", "json"):
        done = rootout("root", "restore", "one", "--for", "2h", "--reason", "alias", "--dry-run",
                       "--output", output, sandbox=sb)
        assert done.returncode == 1 and sb.root_users["one"] == {}, done
    assert done.states == {"one": "planned"}
    assert rootout("root", "restore", "one", "--reason", "alias", sandbox=sb).returncode == 3
    done = restore("one", "--for", "2h", "--reason", "alias")
    assert done.returncode == 0 and done.states == {"one": "restored"}, done
    assert done.rows["one"]["already"] is False and done.rows["one"]["email"] == "one@example.com"
    assert sb.root_users["one"] == {"password": [True]}
    assert restore("two", "--for", "4h", "--reason", "tax").returncode == 0
    # one root event each: CreateLoginProfile
    assert root_events(sb) == ["CreateLoginProfile", "CreateLoginProfile"]
    # not before its time
    assert due().json["accounts"] == []
    done = rootout("root", "retire", "--all", "--yes", "--output", "json", sandbox=sb)
    assert done.returncode == 1 and done.states["one"] == "skipped", done
    assert done.rows["one"]["reason"].startswith("restored until 2")
    done = rootout("root", "retire", "--account", "one", "--early", "--yes", "--output", "json",
                   sandbox=sb)
    assert done.returncode == 0 and done.states == {"one": "retired"}, done
    sb.advance("5h")
    done = due()
    assert done.returncode == 0 and done.states == {"two": "retired"}, done
    assert due().json["accounts"] == []
    assert not sb.root_users["one"] and not sb.root_users["two"]
    entry = ledger(rootout, "--kind", "restored")[1]
    assert entry["reason"] == "tax" and entry["detail"]["op"] == "CreateLoginProfile"


def test_a_restore_is_prolonged(sandbox, organization, rootout):
    sb = sandbox(organization({"one": {"root": {}}}))

    def restore(time):
        return rootout("root", "restore", "one", "--for", time, "--reason", "alias", "--yes",
                       "--output", "json", sandbox=sb)

    def due():
        done = rootout("root", "retire", "--due", "--yes", "--output", "json", sandbox=sb)
        return done.returncode, done.states

    assert restore("1h").rows["one"]["already"] is False
    assert restore("3h").rows["one"]["already"] is True
    sb.advance("2h")
    assert due() == (0, {})
    sb.advance("2h")
    assert due() == (0, {"one": "retired"})


def test_a_prolonging_that_fails_keeps_the_old_deadline(sandbox, organization, rootout):
    sb = sandbox(organization({"one": {"root": {}}}))
    args = ["root", "restore", "one", "--reason", "alias", "--yes"]
    assert rootout(*args, "--for", "1h", sandbox=sb).returncode == 0
    sb.client("iam").disable_organizations_root_credentials_management()
    sb.advance("10m")  # the change has reached every corner
    done = rootout(*args, "--for", "9h", sandbox=sb)
    assert done.returncode == 2 and "one: sts:AssumeRoot" in done.stderr, done
    sb.client("iam").enable_organizations_root_credentials_management()
    sb.advance("2h")
    done = rootout("root", "retire", "--due", "--yes", "--output", "json", sandbox=sb)
    assert done.returncode == 0 and done.states == {"one": "retired"}, done


def test_due_and_gone_already(sandbox, organization, rootout):
    """Somebody else took it back, or the account left: the others are taken back all the same."""
    sb = sandbox(organization({"one": {"root": {}}, "two": {"root": {}}, "three": {"root": {}}}))
    for name in ("one", "two", "three"):
        done = rootout("root", "restore", name, "--for", "1h", "--reason", "x", "--yes", sandbox=sb)
        assert done.returncode == 0, done
    rootout("root", "retire", "--account", "one", "--early", "--yes", store="other.db", sandbox=sb)
    assert sb.root_users["one"] == {}
    sb.client("organizations").remove_account_from_organization(AccountId="100000000002")
    sb.advance("2h")
    done = rootout("root", "retire", "--due", "--yes", "--output", "json", sandbox=sb)
    assert done.returncode == 1, done
    assert done.states == {"one": "rootless", "three": "retired"}
    assert "two (100000000002) is overdue and no longer in the organization" in done.stderr
    done = rootout("root", "retire", "--due", "--yes", "--output", "json", sandbox=sb)
    assert done.returncode == 1 and done.json["accounts"] == [], done


@pytest.mark.parametrize("args, status, message", [
    (["one"], 2, "say why with --reason"),
    (["one", "--reason", "  "], 2, "say why with --reason"),
    (["one", "two", "--reason", "x"], 2, "name one account"),
    (["--reason", "x"], 2, "name one account"),
    (["one", "--reason", "x", "--for", "0s"], 2, "--for must be more than nothing"),
    (["one", "--reason", "x", "--for", "31 days"], 2, "at most 30 days"),
    (["one", "--reason", "x", "--for", "soon"], 2, "--for: "),
    (["ome", "--reason", "x"], 2, "did you mean 'one'?"),
    (["main", "--reason", "x"], 3, "is the management account"),
    (["closed", "--reason", "x"], 3, "closed is SUSPENDED: no root session is possible"),
])
def test_restores_that_are_mistakes(sandbox, organization, rootout, args, status, message):
    sb = sandbox(organization({"one": {"root": {}},
                               "closed": {"state": "SUSPENDED", "root": {}}}))
    done = rootout("root", "restore", *args, "--yes", sandbox=sb)
    assert done.returncode == status and message in done.stderr, done
    assert root_events(sb) == []
