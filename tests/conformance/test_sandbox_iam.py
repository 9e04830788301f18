"""IAM of the sandbox, as SDK and CLI use it: pages, waiters, errors, consequences, restarts."""

import concurrent.futures
import csv
import io
import json
import pathlib
import random
import shutil
import subprocess
import sys
import threading

import botocore.exceptions
import botocore.waiter
import pytest

ACCOUNT = "123456789012"


def document(effect="Allow", action="s3:*", resource="*"):
    return json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": effect, "Action": action, "Resource": resource}]})


def trust(**principal):
    principal = principal or {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    return json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}]})


@pytest.fixture
def alone(sandbox):
    """One standalone account."""
    return sandbox(None, "--empty", "--account", ACCOUNT)


@pytest.fixture
def iam(alone):
    return alone.client("iam")


def code_of(error):
    return error.value.response["Error"]["Code"]


def key_of(answer):
    key = answer["AccessKey"]
    return key["AccessKeyId"], key["SecretAccessKey"], None


# ---- pages ----

def all_pages(client, operation, member, size=None, **parameters):
    pages = list(client.get_paginator(operation).paginate(
        PaginationConfig={} if size is None else {"PageSize": size}, **parameters))
    return len(pages), [row for page in pages for row in page[member]]


def test_paginators_see_everything_once(iam):
    names = [f"user-{i:03}" for i in range(120)]
    for name in random.Random(1).sample(names, len(names)):
        iam.create_user(UserName=name, Path="/a/" if name.endswith("7") else "/")
    for size, expected in ((None, 2), (1000, 1), (50, 3), (17, 8)):
        count, users = all_pages(iam, "list_users", "Users", size)
        assert [u["UserName"] for u in users] == ["administrator", *names], size
        assert count == expected, size
    _, users = all_pages(iam, "list_users", "Users", 5, PathPrefix="/a/")
    assert [u["UserName"] for u in users] == [n for n in names if n.endswith("7")]

    iam.create_group(GroupName="g")
    for name in names[:30]:
        iam.add_user_to_group(GroupName="g", UserName=name)
    _, users = all_pages(iam, "get_group", "Users", 7, GroupName="g")
    assert {u["UserName"] for u in users} == set(names[:30])

    for i in range(12):
        iam.create_policy(PolicyName=f"p{i}", PolicyDocument=document())
    count, policies = all_pages(iam, "list_policies", "Policies", 5, Scope="Local")
    assert count == 3 and len({p["Arn"] for p in policies}) == 12
    _, details = all_pages(iam, "get_account_authorization_details", "UserDetailList", 40)
    assert len(details) == 121


def test_a_listing_goes_on_while_the_account_changes(iam):
    """What was there from the first page to the last is told at least once."""
    for i in range(30):
        iam.create_user(UserName=f"u{i:02}")
    first = iam.list_users(MaxItems=10)
    iam.create_user(UserName="u29-and-more")
    seen = [u["UserName"] for u in first["Users"]]
    while first["IsTruncated"]:
        first = iam.list_users(MaxItems=10, Marker=first["Marker"])
        seen += [u["UserName"] for u in first["Users"]]
    assert {f"u{i:02}" for i in range(30)} <= set(seen)


# ---- waiters ----

def test_waiters(iam):
    now = {"Delay": 1, "MaxAttempts": 1}
    with pytest.raises(botocore.exceptions.WaiterError):
        iam.get_waiter("user_exists").wait(UserName="u", WaiterConfig=now)
    iam.create_user(UserName="u")
    iam.get_waiter("user_exists").wait(UserName="u", WaiterConfig=now)
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=trust())
    iam.get_waiter("role_exists").wait(RoleName="r", WaiterConfig=now)
    arn = iam.create_policy(PolicyName="p", PolicyDocument=document())["Policy"]["Arn"]
    iam.get_waiter("policy_exists").wait(PolicyArn=arn, WaiterConfig=now)
    iam.create_instance_profile(InstanceProfileName="i")
    iam.get_waiter("instance_profile_exists").wait(InstanceProfileName="i", WaiterConfig=now)


# ---- errors ----

def test_errors_are_the_sdks_own(iam):
    e = iam.exceptions
    with pytest.raises(e.NoSuchEntityException) as raised:
        iam.get_user(UserName="nobody")
    assert raised.value.response["Error"] == {
        "Type": "Sender", "Code": "NoSuchEntity",
        "Message": "The user with name nobody cannot be found."}
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404
    iam.create_user(UserName="u")
    with pytest.raises(e.EntityAlreadyExistsException):
        iam.create_user(UserName="U")
    with pytest.raises(e.MalformedPolicyDocumentException):
        iam.create_policy(PolicyName="p", PolicyDocument="{}")
    iam.attach_user_policy(UserName="u", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    with pytest.raises(e.DeleteConflictException):
        iam.delete_user(UserName="u")
    iam.create_access_key(UserName="u")
    iam.create_access_key(UserName="u")
    with pytest.raises(e.LimitExceededException):
        iam.create_access_key(UserName="u")
    with pytest.raises(e.CredentialReportNotPresentException):
        iam.get_credential_report()
    with pytest.raises(e.PasswordPolicyViolationException):
        iam.create_login_profile(UserName="u", Password="x")


def test_several_violations_are_told_at_once(alone):
    iam = alone.client("iam", parameter_validation=False)
    with pytest.raises(botocore.exceptions.ClientError) as raised:
        iam.create_role(RoleName="a b", AssumeRolePolicyDocument="{}", MaxSessionDuration=1)
    assert code_of(raised) == "ValidationError"
    message = raised.value.response["Error"]["Message"]
    assert message.startswith("2 validation errors detected: ")
    assert "Value 'a b' at 'roleName' failed to satisfy constraint" in message
    assert ("Value '1' at 'maxSessionDuration' failed to satisfy constraint: Member must have "
            "value greater than or equal to 3600") in message


def test_what_is_not_served_is_no_success(iam):
    for call in (iam.list_delegation_requests, iam.enable_outbound_web_identity_federation):
        with pytest.raises(botocore.exceptions.ClientError) as raised:
            call()
        assert code_of(raised) == "NotImplemented"
        assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501


# ---- what the SDK makes of answers ----

def test_documents_come_back_as_they_were(iam):
    odd = {"Version": "2012-10-17", "Statement": [
        {"Sid": "A1", "Effect": "Allow", "Action": ["s3:Get*"], "Resource": "arn:aws:s3:::b/é+ %/*",
         "Condition": {"StringLike": {"aws:PrincipalTag/x": ["<&>\"'", "a b"]}}}]}
    iam.create_user(UserName="u")
    text = json.dumps(odd, ensure_ascii=False)
    iam.put_user_policy(UserName="u", PolicyName="p", PolicyDocument=text)
    assert iam.get_user_policy(UserName="u", PolicyName="p")["PolicyDocument"] == odd
    arn = iam.create_policy(PolicyName="p", PolicyDocument=text)["Policy"]["Arn"]
    version = iam.get_policy_version(PolicyArn=arn, VersionId="v1")["PolicyVersion"]
    assert version["Document"] == odd and version["IsDefaultVersion"]
    role = iam.create_role(RoleName="r", AssumeRolePolicyDocument=trust(Service="ec2.amazonaws.com"),
                           Description="Rôle & <co>")["Role"]
    assert role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] == {
        "Service": "ec2.amazonaws.com"}
    assert iam.get_role(RoleName="r")["Role"]["Description"] == "Rôle & <co>"
    details = iam.get_account_authorization_details(Filter=["User", "Role", "LocalManagedPolicy"])
    user = next(u for u in details["UserDetailList"] if u["UserName"] == "u")
    assert user["UserPolicyList"] == [{"PolicyName": "p", "PolicyDocument": odd}]
    assert details["Policies"][0]["PolicyVersionList"][0]["Document"] == odd


def test_empty_answers(iam):
    assert iam.list_groups()["Groups"] == []
    assert iam.list_account_aliases()["AccountAliases"] == []
    assert iam.list_saml_providers()["SAMLProviderList"] == []
    assert iam.list_open_id_connect_providers()["OpenIDConnectProviderList"] == []
    assert iam.list_server_certificates()["ServerCertificateMetadataList"] == []
    assert iam.list_virtual_mfa_devices()["VirtualMFADevices"] == []
    assert iam.list_mfa_devices()["MFADevices"] == []
    assert iam.list_user_tags(UserName="administrator")["Tags"] == []


def test_the_credential_report_is_a_table(iam):
    iam.create_user(UserName="hanako", Path="/pos/")
    assert iam.generate_credential_report()["State"] == "STARTED"
    assert iam.generate_credential_report()["State"] == "COMPLETE"
    report = iam.get_credential_report()
    assert report["ReportFormat"] == "text/csv"
    rows = {r["user"]: r for r in csv.DictReader(io.StringIO(report["Content"].decode()))}
    assert set(rows) == {"<root_account>", "administrator", "hanako"}
    assert rows["hanako"]["arn"] == f"arn:aws:iam::{ACCOUNT}:user/pos/hanako"
    assert all(None not in r and None not in r.values() for r in rows.values())
    assert len(rows["hanako"]) == 22


# ---- consequences ----

def test_credentials_end_with_what_they_belong_to(alone, iam):
    iam.create_user(UserName="u")
    key = key_of(iam.create_access_key(UserName="u"))
    sts = alone.client("sts", keys=key)
    assert sts.get_caller_identity()["Arn"].endswith(":user/u")
    iam.update_access_key(UserName="u", AccessKeyId=key[0], Status="Inactive")
    with pytest.raises(botocore.exceptions.ClientError) as raised:
        sts.get_caller_identity()
    assert code_of(raised) == "InvalidClientTokenId"
    iam.update_access_key(UserName="u", AccessKeyId=key[0], Status="Active")
    session = sts.get_session_token()["Credentials"]
    as_session = alone.client("sts", keys=(session["AccessKeyId"], session["SecretAccessKey"],
                                           session["SessionToken"]))
    assert as_session.get_caller_identity()["Arn"].endswith(":user/u")
    iam.delete_access_key(UserName="u", AccessKeyId=key[0])
    iam.delete_user(UserName="u")
    for client in (sts, as_session):
        with pytest.raises(botocore.exceptions.ClientError) as raised:
            client.get_caller_identity()
        assert code_of(raised) == "InvalidClientTokenId"


def test_a_role_is_worked_through(alone, iam):
    iam.create_role(RoleName="ci", AssumeRolePolicyDocument=trust(), MaxSessionDuration=7200)
    iam.put_role_policy(RoleName="ci", PolicyName="p", PolicyDocument=document(action="iam:List*"))
    sts = alone.client("sts")
    answer = sts.assume_role(RoleArn=f"arn:aws:iam::{ACCOUNT}:role/ci", RoleSessionName="build",
                             DurationSeconds=7200)
    creds = answer["Credentials"]
    through = alone.client("iam", keys=(creds["AccessKeyId"], creds["SecretAccessKey"],
                                        creds["SessionToken"]))
    assert through.list_users()["Users"]
    with pytest.raises(botocore.exceptions.ClientError) as raised:
        through.create_user(UserName="x")
    assert raised.value.response["Error"]["Message"] == (
        f"User: arn:aws:sts::{ACCOUNT}:assumed-role/ci/build is not authorized to perform: "
        f"iam:CreateUser on resource: arn:aws:iam::{ACCOUNT}:user/x because no identity-based "
        "policy allows the iam:CreateUser action")
    assert iam.get_role(RoleName="ci")["Role"]["RoleLastUsed"]["Region"] == "us-east-1"
    iam.delete_role_policy(RoleName="ci", PolicyName="p")
    iam.delete_role(RoleName="ci")
    with pytest.raises(botocore.exceptions.ClientError) as raised:
        through.list_users()
    assert code_of(raised) == "InvalidClientTokenId"


def test_every_change_leaves_an_event_without_secrets(alone, iam):
    iam.create_user(UserName="u")
    secret = iam.create_access_key(UserName="u")["AccessKey"]["SecretAccessKey"]
    password = "Never-Shown-123"
    iam.create_login_profile(UserName="u", Password=password)
    seed = iam.create_virtual_mfa_device(VirtualMFADeviceName="m")["VirtualMFADevice"]
    credential = iam.create_service_specific_credential(
        UserName="u", ServiceName="codecommit.amazonaws.com")["ServiceSpecificCredential"]
    events = alone.events
    names = [e["eventName"] for e in events if e["eventSource"] == "iam.amazonaws.com"]
    assert names == ["CreateUser", "CreateAccessKey", "CreateLoginProfile",
                     "CreateVirtualMFADevice", "CreateServiceSpecificCredential"]
    text = json.dumps(events) + alone.ask("state").decode() + alone.log.read_text()
    for hidden in (secret, password, seed["Base32StringSeed"].decode(),
                   credential["ServicePassword"]):
        assert hidden not in text
    assert '"userName": "u"' in text


# ---- at once ----

def test_one_of_many_wins(alone):
    clients = [alone.client("iam") for _ in range(8)]
    barrier = threading.Barrier(len(clients))

    def create(client):
        barrier.wait()
        won = 0
        for i in range(20):
            try:
                client.create_user(UserName=f"u{i}")
                won += 1
            except client.exceptions.EntityAlreadyExistsException:
                pass
        return won

    with concurrent.futures.ThreadPoolExecutor(len(clients)) as pool:
        assert sum(pool.map(create, clients)) == 20
    assert len(clients[0].list_users()["Users"]) == 21


# ---- restarts ----

def test_a_killed_sandbox_goes_on(sandbox, tmp_path):
    """kill -9 between any two answers: what was answered is there, nothing else is."""
    state = tmp_path / "state"
    options = ("--empty", "--account", ACCOUNT, "--state", state)
    sb = sandbox(None, *options)
    rng = random.Random(4)
    expected = {"administrator"}
    for _ in range(3):
        iam = sb.client("iam")
        for _ in range(25):
            name = f"u{rng.randrange(40)}"
            if name in expected:
                iam.delete_user(UserName=name)
                expected.remove(name)
            else:
                iam.create_user(UserName=name, Tags=[{"Key": "k", "Value": name}])
                expected.add(name)
        before = sb.state
        sb.kill()
        sb = sandbox(None, *options)
        assert sb.state == before
        users = sb.client("iam").list_users()["Users"]
        assert {u["UserName"] for u in users} == expected


# ---- the AWS CLI ----

def aws_cli():
    beside = pathlib.Path(sys.executable).with_name("aws")
    return str(beside) if beside.exists() else shutil.which("aws")


def test_the_aws_cli(alone, tmp_path):
    aws = aws_cli()
    assert aws, "the AWS CLI is one of the test tools"

    def run(*args, fails=False):
        done = subprocess.run([aws, "iam", *map(str, args), "--output", "json"], text=True,
                              env=alone.env(AWS_DEFAULT_REGION="us-east-1"), timeout=120,
                              stdin=subprocess.DEVNULL, capture_output=True)
        assert (done.returncode != 0) == fails, done
        return done.stderr if fails else json.loads(done.stdout) if done.stdout.strip() else None

    (tmp_path / "trust.json").write_text(trust(Service="ec2.amazonaws.com"))
    user = run("create-user", "--user-name", "hanako", "--path", "/pos/", "--tags",
               "Key=team,Value=pos")["User"]
    assert user["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/pos/hanako"
    run("wait", "user-exists", "--user-name", "hanako")
    role = run("create-role", "--role-name", "web", "--assume-role-policy-document",
               f"file://{tmp_path}/trust.json")["Role"]
    assert role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]["Service"]
    run("attach-role-policy", "--role-name", "web", "--policy-arn",
        "arn:aws:iam::aws:policy/ReadOnlyAccess")
    assert run("list-attached-role-policies", "--role-name", "web", "--query",
               "AttachedPolicies[].PolicyName") == ["ReadOnlyAccess"]
    assert run("list-policies", "--scope", "AWS", "--path-prefix", "/root-task/", "--page-size",
               "2", "--query", "length(Policies)") == 5
    seed = tmp_path / "seed"
    device = run("create-virtual-mfa-device", "--virtual-mfa-device-name", "phone", "--outfile",
                 seed, "--bootstrap-method", "Base32StringSeed")["VirtualMFADevice"]
    assert len(seed.read_bytes()) == 64
    run("enable-mfa-device", "--user-name", "hanako", "--serial-number", device["SerialNumber"],
        "--authentication-code1", "123456", "--authentication-code2", "234567")
    assert run("list-mfa-devices", "--user-name", "hanako")["MFADevices"]
    error = run("delete-user", "--user-name", "hanako", fails=True)
    assert "(DeleteConflict)" in error and "must delete MFA device first" in error
    assert run("get-account-summary")["SummaryMap"]["Users"] == 2
