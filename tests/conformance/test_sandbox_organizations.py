"""AWS Organizations of the sandbox: what AWS answered (tests/data/aws/org_inputs.jsonl), row by
row, and what SDK and CLI need of it."""

import json
import pathlib
import shutil
import subprocess
import sys
import urllib.error
import urllib.request

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import botocore.exceptions
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
CASES = ROOT / "tests" / "data" / "aws" / "org_inputs.jsonl"
ALLOW_ALL = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "*", "Resource": "*"}]}, separators=(",", ":"))


def expand(v):
    """{"$repeat": [c, n]} is the string c, n times."""
    if isinstance(v, dict):
        if list(v) == ["$repeat"]:
            return v["$repeat"][0] * v["$repeat"][1]
        return {k: expand(w) for k, w in v.items()}
    return [expand(w) for w in v] if isinstance(v, list) else v


def raw(sb, op, body, profile="management"):
    """(status, answer), with nulls and all, as no SDK would send it."""
    section = sb.profiles[profile]
    request = botocore.awsrequest.AWSRequest(
        method="POST", url=sb.url + "/", data=json.dumps(body).encode(),
        headers={"Content-Type": "application/x-amz-json-1.1",
                 "X-Amz-Target": f"AWSOrganizationsV20161128.{op}"})
    botocore.auth.SigV4Auth(
        botocore.credentials.Credentials(section["aws_access_key_id"],
                                         section["aws_secret_access_key"]),
        "organizations", "us-east-1").add_auth(request)
    prepared = request.prepare()
    sent = urllib.request.Request(prepared.url, data=prepared.body, method="POST",
                                  headers=dict(prepared.headers.items()))
    try:
        with urllib.request.urlopen(sent, timeout=60) as answer:
            return answer.status, json.loads(answer.read() or b"{}")
    except urllib.error.HTTPError as e:
        return e.code, json.loads(e.read())


@pytest.fixture
def empty(sandbox):
    """One account that has just made its organization."""
    sb = sandbox(None, "--empty", "--account", "123456789012")
    org = sb.client("organizations")
    org.create_organization(FeatureSet="ALL")
    return sb, org


class Owned:
    """The unit and the policy that the cases change."""

    def __init__(self, sb, org):
        self.sb, self.org = sb, org
        self.root = org.list_roots()["Roots"][0]["Id"]
        self.unit = org.create_organizational_unit(
            ParentId=self.root, Name="OWNED_NAME")["OrganizationalUnit"]
        self.policy = org.create_policy(
            Name="OWNED_NAME", Description="initial", Content=ALLOW_ALL,
            Type="SERVICE_CONTROL_POLICY")["Policy"]["PolicySummary"]

    def selector(self, op):
        return {"UpdateOrganizationalUnit": {"OrganizationalUnitId": self.unit["Id"]},
                "UpdatePolicy": {"PolicyId": self.policy["Id"]},
                "TagResource": {"ResourceId": self.policy["Id"]},
                "UntagResource": {"ResourceId": self.policy["Id"]},
                "ListOrganizationalUnitsForParent": {"ParentId": self.unit["Id"]}}[op]

    def after(self, op):
        if op == "UpdateOrganizationalUnit":
            unit = self.org.describe_organizational_unit(OrganizationalUnitId=self.unit["Id"])
            return {"name": unit["OrganizationalUnit"]["Name"]}
        if op == "UpdatePolicy":
            summary = self.org.describe_policy(PolicyId=self.policy["Id"])["Policy"][
                "PolicySummary"]
            return {"name": summary["Name"], "description": summary["Description"]}
        if op in ("TagResource", "UntagResource"):
            return {"tags": self.org.list_tags_for_resource(
                ResourceId=self.policy["Id"])["Tags"]}
        units = self.org.list_organizational_units_for_parent(ParentId=self.unit["Id"])
        return {"unit_count": len(units["OrganizationalUnits"])}


def case_rows():
    return [expand(json.loads(line)) for line in CASES.read_text().splitlines()]


def test_inputs_in_order(empty):
    owned = Owned(*empty)
    wrong, driven = [], 0
    for row in case_rows():
        if not row["case"][0].isdigit():
            continue
        status, answer = raw(owned.sb, row["op"], {**owned.selector(row["op"]), **row["input"]})
        got = (status, answer.get("__type", "Success"), answer.get("Reason"))
        after = owned.after(row["op"])
        driven += 1
        if got != (row["http"], row["code"], row.get("reason")):
            wrong.append((row["case"], row["input"], row["code"], row.get("reason"), got))
        elif {k: after.get(k) for k in row["after"]} != row["after"]:
            wrong.append((row["case"], row["after"], after))
        elif status != 200:
            assert answer["Message"] and set(answer) == {"__type", "Message", "Reason"}, answer
    assert not wrong, "\n".join(map(str, wrong))
    assert driven == 39


def test_answers_of_updates(empty):
    sb, org = empty
    driven = 0
    for row in case_rows():
        if not row["case"].startswith("response_followup"):
            continue
        owned = Owned(sb, org)
        what = owned.unit if "Unit" in row["op"] else owned.policy
        status, answer = raw(sb, row["op"], {**owned.selector(row["op"]), **row["input"]})
        assert status == 200
        text = json.dumps(answer)
        for name, member in (("RESOURCE_ARN", "Arn"), ("RESOURCE_ID", "Id"),
                             ("RESOURCE_PATH", "Path")):
            if member in what:
                text = text.replace(json.dumps(what[member]), json.dumps(name))
        assert json.loads(text) == row["output"], row["case"]
        driven += 1
        org.delete_organizational_unit(OrganizationalUnitId=owned.unit["Id"])
        org.delete_policy(PolicyId=owned.policy["Id"])
    assert driven == 6


def test_paths(empty):
    sb, org = empty
    me = org.describe_organization()["Organization"]
    root = org.list_roots()["Roots"][0]["Id"]
    parent = org.create_organizational_unit(ParentId=root, Name="p")["OrganizationalUnit"]
    child = org.create_organizational_unit(
        ParentId=parent["Id"], Name="c")["OrganizationalUnit"]
    names = {"ORGANIZATION_ID": me["Id"], "ROOT_ID": root, "PARENT_ID": parent["Id"],
             "CHILD_ID": child["Id"], "ACCOUNT_ID": me["MasterAccountId"]}
    account = me["MasterAccountId"]
    answers = {
        "parent_create": parent,
        "child_create": child,
        "child_describe": org.describe_organizational_unit(
            OrganizationalUnitId=child["Id"])["OrganizationalUnit"],
        "child_list": org.list_organizational_units_for_parent(
            ParentId=parent["Id"])["OrganizationalUnits"][0],
        "account_describe": org.describe_account(AccountId=account)["Account"],
        "account_list": org.list_accounts()["Accounts"][0],
        "account_list_for_parent": org.list_accounts_for_parent(ParentId=root)["Accounts"][0],
    }
    driven = 0
    for row in case_rows():
        if not row["case"].startswith("hierarchy_paths."):
            continue
        text = json.dumps(row["output"])
        for name, value in names.items():
            text = text.replace(name, value)
        got = answers[row["case"].split(".")[1]]
        assert {k: got[k] for k in row["output"]} == json.loads(text), row["case"]
        driven += 1
    assert driven == 7


# ---- what SDK and CLI need ----

def test_pages_of_accounts(sandbox, organization):
    sb = sandbox(organization(64))
    org = sb.client("organizations")
    pages = list(org.get_paginator("list_accounts").paginate())
    assert [len(p["Accounts"]) for p in pages] == [20, 20, 20, 5]
    ids = [a["Id"] for p in pages for a in p["Accounts"]]
    assert len(set(ids)) == 65
    unit = org.list_organizational_units_for_parent(
        ParentId=org.list_roots()["Roots"][0]["Id"])["OrganizationalUnits"][0]
    below = org.get_paginator("list_accounts_for_parent").paginate(
        ParentId=unit["Id"], PaginationConfig={"PageSize": 7}).build_full_result()
    assert {a["Id"] for a in below["Accounts"]} == set(ids) - {"100000000000"}
    assert all(a["State"] == a["Status"] == "ACTIVE" and a["Paths"][0].endswith(f"/{a['Id']}/")
               for a in below["Accounts"])
    targets = org.get_paginator("list_targets_for_policy").paginate(
        PolicyId="p-FullAWSAccess").build_full_result()["Targets"]
    assert len(targets) == 67


def test_an_account_is_born(empty, until):
    sb, org = empty
    status = org.create_account(AccountName="pos", Email="pos@example.com")["CreateAccountStatus"]
    assert status["State"] == "IN_PROGRESS" and "AccountId" not in status

    def state():
        return org.describe_create_account_status(
            CreateAccountRequestId=status["Id"])["CreateAccountStatus"]

    until(lambda: state()["State"] != "IN_PROGRESS")
    account = state()["AccountId"]
    iam = sb.in_account(account, "iam")
    summary = iam.get_account_summary()["SummaryMap"]
    assert (summary["AccountPasswordPresent"], summary["AccountAccessKeysPresent"]) == (0, 0)
    assert sb.in_account(account, "sts").get_caller_identity()["Account"] == account


def test_errors_have_their_names(empty):
    _, org = empty
    with pytest.raises(org.exceptions.AccountNotFoundException) as e:
        org.describe_account(AccountId="999999999999")
    assert e.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    with pytest.raises(org.exceptions.InvalidInputException) as e:
        org.describe_account(AccountId="nonsense-id!")
    assert e.value.response["Reason"] == "INVALID_PATTERN:ACCOUNT_ID"
    with pytest.raises(org.exceptions.AlreadyInOrganizationException):
        org.create_organization(FeatureSet="ALL")
    with pytest.raises(botocore.exceptions.ClientError) as e:
        org.invite_organization_to_transfer_responsibility(
            Type="BILLING", Target={"Id": "123456789012", "Type": "ACCOUNT"},
            StartTimestamp=0, SourceName="s")
    assert e.value.response["Error"]["Code"] == "NotImplemented"
    assert e.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501


def test_members_are_kept_out(sandbox, organization):
    sb = sandbox(organization(2))
    member = sb.client("organizations", "member-001")
    assert member.describe_organization()["Organization"]["MasterAccountId"] == "100000000000"
    with pytest.raises(member.exceptions.AccessDeniedException) as e:
        member.list_accounts()
    assert e.value.response["Error"]["Message"] == (
        "You don't have permissions to access this resource.")
    sb.client("organizations").register_delegated_administrator(
        AccountId="100000000001", ServicePrincipal="iam.amazonaws.com")
    assert len(member.list_accounts()["Accounts"]) == 3


def test_an_invitation_across_accounts(sandbox, organization):
    sb = sandbox(organization(2))
    org, member = sb.client("organizations"), sb.client("organizations", "member-002")
    member.leave_organization()
    with pytest.raises(member.exceptions.AWSOrganizationsNotInUseException):
        member.describe_organization()
    handshake = org.invite_account_to_organization(
        Target={"Id": "100000000002", "Type": "ACCOUNT"}, Notes="come back")["Handshake"]
    assert (handshake["ExpirationTimestamp"] - handshake["RequestedTimestamp"]
            ).total_seconds() == 1296000
    mine = member.list_handshakes_for_account()["Handshakes"]
    assert [h["Id"] for h in mine] == [handshake["Id"]]
    member.accept_handshake(HandshakeId=handshake["Id"])
    assert org.describe_account(AccountId="100000000002")["Account"]["JoinedMethod"] == "INVITED"
    assert len(org.list_accounts()["Accounts"]) == 3


def aws_cli():
    beside = pathlib.Path(sys.executable).with_name("aws")
    return str(beside) if beside.exists() else shutil.which("aws")


def test_the_aws_cli(sandbox, organization):
    sb = sandbox(organization(30))
    aws = aws_cli()
    assert aws, "the AWS CLI is one of tests/requirements.txt"

    def run(*args):
        done = subprocess.run([aws, *args, "--region", "us-east-1", "--output", "json"],
                              env=sb.env(), timeout=120, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True)
        return done.returncode, done.stdout, done.stderr

    status, out, err = run("organizations", "list-accounts")
    assert status == 0, err
    assert len(json.loads(out)["Accounts"]) == 31
    status, out, err = run("organizations", "describe-account", "--account-id", "999999999999")
    assert status != 0
    assert "(AccountNotFoundException)" in err and "You specified an account" in err
