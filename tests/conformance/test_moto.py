"""rootout against moto's server, which knows nothing of rootout.

What moto answers must be read right: the organization, its units, tags, policies and closed
accounts, roles and the account summary. What it does not answer is named here, by call, and must
come out as "unread" or as an error, never as "rootless" or as done.
"""

import json
import logging

import boto3
import pytest

KEYS = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "example"}
# Answered with HTTP 500 by moto 5.2.5.
NOT_THERE = {"sts": ["assume_root"],
             "iam": ["list_organizations_features", "enable_organizations_root_sessions",
                     "enable_organizations_root_credentials_management"],
             "organizations": ["list_handshakes_for_organization"]}
DENY_ROOT = {"Version": "2012-10-17", "Statement": [
    {"Sid": "DenyRoot", "Effect": "Deny", "Action": "*", "Resource": "*",
     "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}}}]}


class Moto:
    def __init__(self):
        from moto.server import ThreadedMotoServer

        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self.server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        self.server.start()
        host, port = self.server.get_host_and_port()
        self.url = f"http://{host}:{port}"
        self.env = {"AWS_ENDPOINT_URL": self.url, "AWS_REGION": "us-east-1",
                    "AWS_ACCESS_KEY_ID": KEYS["aws_access_key_id"],
                    "AWS_SECRET_ACCESS_KEY": KEYS["aws_secret_access_key"]}

    def client(self, service, **more):
        return boto3.client(service, region_name="us-east-1", endpoint_url=self.url,
                            **{**KEYS, **more})


@pytest.fixture(scope="module")
def moto():
    """An organization of 45 accounts, three pages, in two units; one closed; a policy on one unit."""
    m = Moto()
    orgs = m.client("organizations")
    orgs.create_organization(FeatureSet="ALL")
    root = orgs.list_roots()["Roots"][0]["Id"]
    m.units = {name: orgs.create_organizational_unit(ParentId=root, Name=name)[
        "OrganizationalUnit"]["Id"] for name in ("Production", "Development")}
    m.units["Deep"] = orgs.create_organizational_unit(
        ParentId=m.units["Production"], Name="Deep")["OrganizationalUnit"]["Id"]
    m.accounts = {}
    for i in range(45):
        name = f"account-{i:02}" if i else "予約"
        status = orgs.create_account(Email=f"a{i}@example.com", AccountName=name,
                                     Tags=[{"Key": "team", "Value": "pos" if i < 4 else "other"}])
        m.accounts[name] = status["CreateAccountStatus"]["AccountId"]
        if i < 6:
            unit = m.units["Deep" if i < 2 else "Production" if i < 4 else "Development"]
            orgs.move_account(AccountId=m.accounts[name], SourceParentId=root,
                              DestinationParentId=unit)
    orgs.close_account(AccountId=m.accounts["account-44"])
    policy = orgs.create_policy(Name="deny-root", Description="", Type="SERVICE_CONTROL_POLICY",
                                Content=json.dumps(DENY_ROOT))["Policy"]["PolicySummary"]["Id"]
    orgs.enable_policy_type(RootId=root, PolicyType="SERVICE_CONTROL_POLICY")
    orgs.attach_policy(PolicyId=policy, TargetId=m.units["Production"])
    m.policy = policy
    yield m
    m.server.stop()


@pytest.fixture
def run(rootout, moto):
    def go(*args, **more):
        return rootout(*args, "--max-attempts", "1", env=moto.env, **more)

    return go


def test_what_moto_does_not_answer(moto):
    """So that the day it does, this file is written anew."""
    for service, operations in NOT_THERE.items():
        client = moto.client(service, config=boto3.session.Config(retries={"total_max_attempts": 1}))
        for operation in operations:
            arguments = {"TargetPrincipal": moto.accounts["予約"], "TaskPolicyArn": {
                "arn": "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials"}} \
                if operation == "assume_root" else {}
            with pytest.raises(Exception) as failure:
                getattr(client, operation)(**arguments)
            assert "500" in str(failure.value), operation


def test_the_organization_is_read(run, moto):
    done = run("root", "inventory", "--output", "json")
    assert done.returncode == 1, done
    assert len(done.json["accounts"]) == 46
    orgs = moto.client("organizations")
    accounts = [a for page in orgs.get_paginator("list_accounts").paginate() for a in page["Accounts"]]
    assert {(r["id"], r["name"], r["email"]) for r in done.json["accounts"]} == {
        (a["Id"], a["Name"], a["Email"]) for a in accounts}
    assert {r["id"]: r["accountState"] for r in done.json["accounts"]} == {
        a["Id"]: a["State"] for a in accounts}
    assert done.json["organization"] == orgs.describe_organization()["Organization"]["Id"]


def test_sts_assume_root_is_not_answered(run):
    done = run("root", "inventory", "--output", "json")
    states = done.states
    assert states.pop("account-44") == "suspended"
    assert states.pop(next(n for n, s in states.items() if s == "management"))
    assert set(states.values()) == {"unread"} and len(states) == 44
    row = done.rows["予約"]
    assert row["reason"].startswith("sts:AssumeRoot: HTTP status 500") and row["session"] == "failed"
    assert row["password"] is row["mfa"] is row["accessKeys"] is None
    assert done.json["rootCredentialsManagement"] is None  # iam:ListOrganizationsFeatures neither
    assert "0 without, 44 unread" in done.stderr
    done = run("root", "retire", "--all", "--yes", "--output", "json")
    assert done.returncode == 1, done
    assert set(done.states.values()) == {"unread", "suspended", "management"}
    done = run("root", "restore", "account-10", "--reason", "x", "--yes")
    assert done.returncode == 2 and "account-10: sts:AssumeRoot: HTTP status 500" in done.stderr


@pytest.mark.parametrize("args, names", [
    (["--ou", "Production"], {"予約", "account-01", "account-02", "account-03"}),
    (["--ou", "Production/Deep"], {"予約", "account-01"}),
    (["--tag", "team=pos", "--exclude", "予約"], {"account-01", "account-02", "account-03"}),
    (["--account", "account-1*"], {f"account-{i}" for i in range(10, 20)}),
])
def test_choices(run, args, names):
    done = run("root", "inventory", *args, "--output", "json")
    assert set(done.rows) == names, done


def test_through_a_role(run, moto):
    """AssumeRole and GetAccountSummary are answered, but without AccountPasswordPresent: unread."""
    done = run("root", "inventory", "--via", "role=OrganizationAccountAccessRole", "--output", "json")
    assert done.returncode == 1, done
    row = done.rows["account-10"]
    assert row["state"] == "unread" and row["password"] is None
    assert row["accessKeysPresent"] is False and row["mfa"] is False
    assert "GetAccountSummary did not tell all of AccountPasswordPresent" in row["reason"]
    assert "rootless" not in done.states.values()
    summary = moto.client("iam").get_account_summary()["SummaryMap"]
    assert "AccountPasswordPresent" not in summary and "AccountMFAEnabled" in summary


def test_policies_are_read(run, moto):
    done = run("root", "preflight", "--output", "json")
    assert done.returncode == 1, done
    blocked = {name for name, state in done.states.items() if state == "blocked"}
    assert blocked == {"予約", "account-01", "account-02", "account-03"}
    for name in blocked:
        found = next(f for f in done.rows[name]["findings"]
                     if f["rule"] == "scp-blocks-root-session")
        assert found["policyId"] == moto.policy and found["targetId"] == moto.units["Production"]
        assert "'deny-root'" in found["text"] and "'DenyRoot'" in found["text"]
    rules = {f["rule"]: f for f in done.json["findings"]}
    assert "iam:ListOrganizationsFeatures" in rules["features-unknown"]["text"]
    assert "organizations:ListHandshakesForOrganization" in rules["handshakes-unknown"]["text"]


def test_a_policy_is_mended(run, moto):
    orgs = moto.client("organizations")
    done = run("root", "preflight", "--mend", "--yes")
    assert "'deny-root' mended, and read back" in done.stderr, done
    content = json.loads(orgs.describe_policy(PolicyId=moto.policy)["Policy"]["Content"])
    condition = content["Statement"][0]["Condition"]
    assert condition.pop("Null") == {"aws:AssumedRoot": "true"}
    assert content == DENY_ROOT
    orgs.update_policy(PolicyId=moto.policy, Content=json.dumps(DENY_ROOT))


def test_enabling_is_not_answered(run):
    """moto does not know the service principal iam.amazonaws.com; nothing is said to be on."""
    done = run("root", "enable", "--yes")
    assert done.returncode == 2 and "turned on" not in done.stdout, done
    assert "organizations:ListDelegatedAdministrators: InvalidInputException" in done.stderr

