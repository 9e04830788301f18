"""The live organization, read from moto's server, which knows nothing of rootout.

What boto3 has built there is what rootout must read. tests/tools/org-probe.c is
rootout's side. moto answers every call of org/live.c; it gives no Account.Paths,
no State and no resource control policies, so units are found here by
ListAccountsForParent and states by the retired Status. tests/unit/org/test_live.c
has the newer members.
"""

import json
import os
import pathlib
import socket
import subprocess
import sys
import time
import urllib.request

import boto3
import botocore.config
import pytest

ALLOW_ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
DENY_LEAVING = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Deny", "Action": "organizations:LeaveOrganization", "Resource": "*"}]}
MEMBERS = 45  # three pages of ListAccounts


def probe_path():
    build = pathlib.Path(os.environ["ROOTOUT"]).parent
    while not (build / "build.ninja").exists() and build != build.parent:
        build = build.parent
    return build / "tests" / "tools" / "org-probe"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Moto:
    def __init__(self, log):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)],
            stdout=log, stderr=log)
        deadline = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(self.url + "/moto-api/", timeout=5).close()
                return
            except OSError:
                assert self.process.poll() is None, "moto ended"
                assert time.monotonic() < deadline, "moto does not answer"
                time.sleep(0.05)

    def client(self, service):
        return boto3.client(
            service, endpoint_url=self.url, region_name="us-east-1", aws_access_key_id="testing",
            aws_secret_access_key="testing", config=botocore.config.Config(retries={"max_attempts": 2}))

    def stop(self):
        self.process.terminate()
        self.process.wait(20)

    def probe(self, *parts, status=0):
        env = dict(os.environ, AWS_ENDPOINT_URL=self.url, AWS_ACCESS_KEY_ID="testing",
                   AWS_SECRET_ACCESS_KEY="testing", AWS_REGION="us-east-1")
        run = subprocess.run([probe_path(), "live", *parts], env=env, capture_output=True, text=True,
                             encoding="utf-8", timeout=120)
        assert run.returncode == status, run.stderr + run.stdout
        return json.loads(run.stdout)


@pytest.fixture(scope="module")
def moto(tmp_path_factory):
    with open(tmp_path_factory.mktemp("moto") / "log", "wb") as log:
        m = Moto(log)
        try:
            yield m
        finally:
            m.stop()


class Built:
    """The organization as boto3 has built it."""


@pytest.fixture(scope="module")
def built(moto):
    api = moto.client("organizations")
    b = Built()
    b.organization = api.create_organization(FeatureSet="ALL")["Organization"]
    root = api.list_roots()["Roots"][0]["Id"]
    api.enable_policy_type(RootId=root, PolicyType="SERVICE_CONTROL_POLICY")
    b.units = {"": root}
    for path in ["Workloads", "Workloads/Production", "Workloads/Production/東京", "Suspended"]:
        parent, _, name = path.rpartition("/")
        unit = api.create_organizational_unit(ParentId=b.units[parent], Name=name)
        b.units[path] = unit["OrganizationalUnit"]["Id"]
    b.accounts = {}
    paths = list(b.units)
    for i in range(MEMBERS):
        name = f"member-{i:02d}"
        status = api.create_account(AccountName=name, Email=f"aws+{name}@example.jp",
                                    Tags=[{"Key": "env", "Value": f"e{i % 3}"}, {"Key": "empty", "Value": ""}])
        account = status["CreateAccountStatus"]["AccountId"]
        path = paths[i % len(paths)]
        if path:
            api.move_account(AccountId=account, SourceParentId=root, DestinationParentId=b.units[path])
        b.accounts[account] = (name, path)
    b.policies = {}
    for name, targets in [("deny-leaving", ["Workloads", "Workloads/Production/東京"]), ("deny-one", [])]:
        policy = api.create_policy(Name=name, Description="of a test", Type="SERVICE_CONTROL_POLICY",
                                   Content=json.dumps(DENY_LEAVING))["Policy"]["PolicySummary"]["Id"]
        b.policies[name] = policy
        for path in targets:
            api.attach_policy(PolicyId=policy, TargetId=b.units[path])
    b.pinned = next(iter(b.accounts))
    api.attach_policy(PolicyId=b.policies["deny-one"], TargetId=b.pinned)
    return b


def test_accounts(moto, built):
    o = moto.probe("accounts")
    assert o["id"] == built.organization["Id"]
    assert o["management_id"] == built.organization["MasterAccountId"]
    assert not o["have_units"] and not o["have_policies"]
    managers = [a for a in o["accounts"] if a["management"]]
    assert [a["id"] for a in managers] == [built.organization["MasterAccountId"]]
    members = {a["id"]: a["name"] for a in o["accounts"] if not a["management"]}
    assert members == {k: v[0] for k, v in built.accounts.items()}
    assert {a["state"] for a in o["accounts"]} == {"ACTIVE"}
    assert all(a["joined_ms"] > 1_700_000_000_000 for a in o["accounts"])
    assert all("tags" not in a and "unit" not in a for a in o["accounts"])


def test_above(moto, built):
    """An independent server; the road of one account, with what is attached on it."""
    o = moto.probe("above", built.pinned)
    name, path = built.accounts[built.pinned]
    account, = o["accounts"]
    assert (account["id"], account["name"], account["unit"]) == (built.pinned, name, path)
    assert built.policies["deny-one"] in account["policies"]
    above = {path[:i] for i, c in enumerate(path + "/") if c == "/"} | {""}
    assert {u["path"]: u["id"] for u in o["units"]} == {p: built.units[p] for p in above}
    deep = next(a for a, (_, at) in built.accounts.items() if at == "Workloads/Production/東京")
    o = moto.probe("above", deep)
    units = {u["path"]: u["policies"] for u in o["units"]}
    assert list(units) == ["", "Workloads", "Workloads/Production", "Workloads/Production/東京"]
    assert built.policies["deny-leaving"] in units["Workloads"]
    assert built.policies["deny-leaving"] in units["Workloads/Production/東京"]
    assert built.policies["deny-leaving"] not in units["Workloads/Production"]


def test_describe(moto, built):
    o = moto.probe("describe")
    assert o["id"] == built.organization["Id"]
    assert o["management_id"] == built.organization["MasterAccountId"]
    assert o["calls"] == 1


@pytest.mark.parametrize("pool", [[], ["pool"]])
def test_units(moto, built, pool):
    o = moto.probe("accounts", "units", *pool)
    assert {u["path"]: u["id"] for u in o["units"]} == built.units
    assert {a["id"]: a["unit"] for a in o["accounts"] if not a["management"]} == {
        k: v[1] for k, v in built.accounts.items()}
    # parents before children
    seen = set()
    for u in o["units"]:
        assert not u["path"] or u["path"].rpartition("/")[0] in seen
        seen.add(u["path"])


@pytest.mark.parametrize("pool", [[], ["pool"]])
def test_policies(moto, built, pool):
    o = moto.probe("accounts", "policies", *pool)
    assert o["scp_enabled"] and not o["rcp_enabled"]
    by_name = {p["name"]: p for p in o["policies"]}
    assert set(by_name) == {"FullAWSAccess", "deny-leaving", "deny-one"}
    assert json.loads(by_name["FullAWSAccess"]["content"]) == ALLOW_ALL
    assert by_name["FullAWSAccess"]["aws_managed"]
    assert json.loads(by_name["deny-leaving"]["content"]) == DENY_LEAVING
    assert by_name["deny-leaving"]["id"] == built.policies["deny-leaving"]
    assert by_name["deny-leaving"]["description"] == "of a test"
    for u in o["units"]:
        has = set(u["policies"]) - {"p-FullAWSAccess"}
        wants = u["path"] in ("Workloads", "Workloads/Production/東京")
        assert has == ({built.policies["deny-leaving"]} if wants else set()), u
    for a in o["accounts"]:
        wants = {built.policies["deny-one"]} if a["id"] == built.pinned else set()
        assert set(a["policies"]) - {"p-FullAWSAccess"} == wants
    assert "p-FullAWSAccess" in o["units"][0]["policies"]


@pytest.mark.parametrize("pool", [[], ["pool"]])
def test_tags(moto, built, pool):
    o = moto.probe("accounts", "tags", *pool)
    for i, account in enumerate(built.accounts):
        found = next(a for a in o["accounts"] if a["id"] == account)
        assert found["tags"] == {"env": f"e{i % 3}", "empty": ""}
    management = next(a for a in o["accounts"] if a["management"])
    assert management["tags"] == {}


def test_closed(moto, built):
    account = list(built.accounts)[-1]
    moto.client("organizations").close_account(AccountId=account)
    o = moto.probe("accounts")
    state = {a["id"]: a["state"] for a in o["accounts"]}[account]
    assert state in ("SUSPENDED", "PENDING_CLOSURE")


def test_no_organization(tmp_path):
    with open(tmp_path / "log", "wb") as log:
        m = Moto(log)
        try:
            o = m.probe("describe", status=1)
        finally:
            m.stop()
    assert o["code"] == "AWSOrganizationsNotInUseException"
    assert o["error"].startswith("organizations:DescribeOrganization: AWSOrganizationsNotInUseException: ")
