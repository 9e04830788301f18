"""`rootout policy eval`, `who-can` and `diff`: what a person sees, on files and on a folder."""

import csv
import gzip
import io
import json
import pathlib
import shutil

import pytest

STORES = pathlib.Path(__file__).resolve().parents[2] / "examples" / "stores"
CASES = pathlib.Path(__file__).resolve().parents[1] / "data" / "policy" / "evaluation.jsonl"
ANN = "arn:aws:iam::111122223333:user/ann"
APP = "arn:aws:iam::210000000011:role/app"


@pytest.fixture
def policy(tmp_path):
    def write(name, *statements):
        path = tmp_path / name
        path.write_text(json.dumps({"Version": "2012-10-17", "Statement": list(statements)},
                                   indent=1))
        return path
    return write


@pytest.fixture
def stores(tmp_path):
    return shutil.copytree(STORES, tmp_path / "stores")


def allow(**more):
    return {"Effect": "Allow", "Action": "*", "Resource": "*", **more}


def deny(**more):
    return dict(allow(**more), Effect="Deny")


def evaluate(rootout, *args, action="s3:GetObject", resource="arn:aws:s3:::b/k", who=ANN):
    return rootout("policy", "eval", "--as", who, "--action", action, "--resource", resource,
                   *args)


# ---- eval ----

def test_allowed(rootout, policy):
    done = evaluate(rootout, "--identity", policy("ann.json", allow()))
    assert done.returncode == 0, done
    assert done.stdout.startswith("ALLOW: s3:GetObject on arn:aws:s3:::b/k as " + ANN)
    assert "ann.json:4" in done.stdout


def test_condition_that_made_the_difference(rootout, policy):
    path = policy("ann.json", allow(
        Condition={"StringEquals": {"aws:RequestedRegion": ["eu-west-1", "eu-west-2"]}}))
    done = evaluate(rootout, "--identity", path, "--context", "aws:RequestedRegion=us-east-1")
    assert done.returncode == 1, done
    assert "StringEquals aws:RequestedRegion" in done.stdout
    assert "'eu-west-1', 'eu-west-2': the request's is 'us-east-1'" in done.stdout
    done = evaluate(rootout, "--identity", path, "--context", "aws:RequestedRegion=eu-west-2")
    assert done.returncode == 0, done


def test_multi_valued_key(rootout, policy):
    path = policy("ann.json", allow(
        Condition={"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}}))
    given = [x for k in "ab" for x in ("--context", f"aws:TagKeys[]={k}")]
    assert evaluate(rootout, "--identity", path, *given).returncode == 0
    assert evaluate(rootout, "--identity", path, *given, "--context",
                    "aws:TagKeys[]=c").returncode == 1
    done = evaluate(rootout, "--identity", path, "--context", "aws:TagKeys=a", "--context",
                    "aws:TagKeys=b")
    assert done.returncode == 2 and "given twice" in done.stderr


def test_value_with_a_comma(rootout, policy):
    path = policy("ann.json", allow(Condition={"StringEquals": {"aws:UserAgent": "a,b"}}))
    assert evaluate(rootout, "--identity", path, "--context",
                    "aws:UserAgent=a,b").returncode == 0


def test_levels_of_scps(rootout, policy):
    no = policy("no.json", deny(Action="s3:*", Sid="NoS3"))
    mine = policy("ann.json", allow())
    done = evaluate(rootout, "--identity", mine, "--scp", "FullAWSAccess", "--scp",
                    f"FullAWSAccess+{no}", "--output", "json")
    assert done.returncode == 1, done
    assert (done.json["decision"], done.json["reason"]) == ("deny", "explicit")
    assert done.json["sid"] == "NoS3" and done.json["file"] == str(no)
    assert [s["says"] for s in done.json["road"]] == ["allow", "deny", "allow"]
    assert [s["decided"] for s in done.json["road"]] == [False, True, False]
    done = evaluate(rootout, "--identity", mine, "--scp", no)
    assert done.returncode == 1, done


@pytest.mark.parametrize("args, said", [
    ([], "which policies?"),
    (["--identity", "missing.json"], "missing.json"),
    (["--org", ".", "--live"], "contradict"),
    (["--context", "x"], "must be KEY=VALUE"),
    (["--scp", ""], "--scp is given and names nothing"),
    (["--scp", "FullAWSAccess+"], "nothing stands beside a '+'"),
])
def test_wrong_use(rootout, args, said):
    done = evaluate(rootout, *args)
    assert done.returncode == 2, done
    assert said in done.stderr


def test_the_rcp_that_aws_attaches(rootout, policy):
    no = policy("no.json", deny(Principal="*", Action="s3:*"))
    mine = policy("ann.json", allow())
    done = evaluate(rootout, "--identity", mine, "--rcp", "RCPFullAWSAccess", "--output", "json")
    assert done.returncode == 0, done
    assert [(s["kind"], s["says"]) for s in done.json["road"]][0] == (
        "resource control policy", "allow")
    done = evaluate(rootout, "--identity", mine, "--rcp", f"RCPFullAWSAccess+{no}")
    assert done.returncode == 1, done


def test_policy_that_aws_would_refuse(rootout, policy):
    path = policy("bad.json", {"Effect": "Maybe", "Action": "*", "Resource": "*"})
    done = evaluate(rootout, "--identity", path)
    assert done.returncode == 2, done
    assert f"{path}:5:14:" in done.stderr


def test_folder(rootout):
    done = evaluate(rootout, "--org", STORES, "--context", "aws:RequestedRegion=us-east-1",
                    who=APP, action="ec2:RunInstances", resource="*")
    assert done.returncode == 1, done
    assert "policies/regions-japan.json:4 (OnlyJapan)" in done.stdout
    assert "unit Workloads" in done.stdout
    done = evaluate(rootout, "--org", STORES, "--context", "aws:RequestedRegion=ap-northeast-1",
                    who=APP, action="ec2:RunInstances", resource="*")
    assert done.returncode == 0, done


def test_management_account_has_no_scps(rootout):
    done = evaluate(rootout, "--org", STORES, "--output", "json", action="iam:ListUsers",
                    who="arn:aws:iam::210000000001:root", resource="*")
    assert done.returncode == 0, done
    assert not [s for s in done.json["road"] if s["kind"] == "service control policy"]


def test_live(rootout, sandbox):
    sb = sandbox(STORES)
    done = rootout("policy", "eval", "--live", "--as", "arn:aws:iam::210000000011:root",
                   "--action", "iam:ListUsers", "--output", "json", sandbox=sb)
    assert done.returncode == 1, done
    assert done.json["sid"] == "DenyRoot" and done.json["policy"] == "deny-root"
    assert any(s["level"].startswith("service control policy, unit Workloads/Production (ou-")
               for s in done.json["road"])


MEMBER = "210000000011"
THROUGH = ["--via", "role", "OrganizationAccountAccessRole"]


@pytest.fixture
def member(sandbox):
    """A sandbox, and IAM of a member account."""
    sb = sandbox(STORES)
    return sb, sb.in_account(MEMBER, "iam")


def own_policies(iam):
    limit = iam.create_policy(PolicyName="limit", PolicyDocument=json.dumps(
        {"Version": "2012-10-17", "Statement": allow(Action=["s3:*", "ec2:*"])}))["Policy"]["Arn"]
    trust = json.dumps({"Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"},
        "Action": "sts:AssumeRole"}})
    iam.create_role(RoleName="app", Path="/team/", PermissionsBoundary=limit,
                    Tags=[{"Key": "team", "Value": "pos"}], AssumeRolePolicyDocument=trust)
    iam.put_role_policy(RoleName="app", PolicyName="own", PolicyDocument=json.dumps(
        {"Version": "2012-10-17", "Statement": allow(Action=["s3:*", "sqs:*"], Condition={
            "StringEquals": {"aws:PrincipalTag/team": "pos"},
            "ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{MEMBER}:role/team/app"}})}))
    iam.create_user(UserName="ann", Path="/staff/")
    iam.create_group(GroupName="readers")
    iam.add_user_to_group(UserName="ann", GroupName="readers")
    iam.put_group_policy(GroupName="readers", PolicyName="read", PolicyDocument=json.dumps(
        {"Version": "2012-10-17", "Statement": allow(Action="s3:Get*")}))
    iam.attach_user_policy(UserName="ann", PolicyArn=limit)


@pytest.mark.parametrize("who, action, status, by", [
    ("role/team/app", "s3:CreateBucket", 0, "own"),
    ("role/team/app", "sqs:ListQueues", 1, "permissions boundary"),
    ("role/team/app", "iam:ListUsers", 1, "identity-based policy"),
    ("user/staff/ann", "s3:GetObject", 0, "limit"),
    ("user/staff/ann", "sqs:ListQueues", 1, "identity-based policy"),
])
def test_live_with_the_principals_own_policies(rootout, member, who, action, status, by):
    sb, iam = member
    own_policies(iam)
    done = rootout("policy", "eval", "--live", *THROUGH, "--as", f"arn:aws:iam::{MEMBER}:{who}",
                   "--action", action, "--context", "aws:RequestedRegion=ap-northeast-1",
                   "--output", "json", sandbox=sb)
    assert done.returncode == status, done
    assert by in (done.json.get("policy"), done.json["kind"])
    assert done.json["unknown"] == []


def test_identity_beside_live_leaves_the_boundary_unknown(rootout, member, policy):
    sb, iam = member
    own_policies(iam)
    ask = ["policy", "eval", "--live", "--as", f"arn:aws:iam::{MEMBER}:role/team/app", "--action",
           "sqs:ListQueues", "--context", "aws:RequestedRegion=ap-northeast-1", "--output",
           "json", "--identity", policy("all.json", allow())]
    done = rootout(*ask, sandbox=sb)
    assert done.json["decision"] == "allow"
    assert done.json["unknown"] == ["permissions boundary"] and "--boundary" in done.stderr
    done = rootout(*ask, "--boundary", policy("bound.json", allow(Action="s3:*")), sandbox=sb)
    assert done.returncode == 1 and done.json["unknown"] == []


def test_live_group_policy_and_session(rootout, member):
    sb, iam = member
    own_policies(iam)
    iam.detach_user_policy(UserName="ann", PolicyArn=f"arn:aws:iam::{MEMBER}:policy/limit")
    done = rootout("policy", "eval", "--live", *THROUGH, "--as",
                   f"arn:aws:iam::{MEMBER}:user/staff/ann", "--action", "s3:GetObject",
                   "--output", "json", "--context", "aws:RequestedRegion=ap-northeast-1",
                   sandbox=sb)
    assert (done.returncode, done.json["policy"]) == (0, "read"), done
    done = rootout("policy", "eval", "--live", *THROUGH, "--as",
                   f"arn:aws:sts::{MEMBER}:assumed-role/app/session", "--action",
                   "s3:CreateBucket", "--output", "json", "--context",
                   "aws:RequestedRegion=ap-northeast-1", sandbox=sb)
    assert (done.returncode, done.json["policy"]) == (0, "own"), done
    assert done.json["unknown"] == ["session policy"] and "--session FILE" in done.stderr


def test_live_that_cannot_read_says_so(rootout, member):
    sb, iam = member
    own_policies(iam)
    ask = ["policy", "eval", "--live", "--action", "s3:GetObject", "--as"]
    app = f"arn:aws:iam::{MEMBER}:role/team/app"
    done = rootout(*ask, app, "--output", "json", sandbox=sb)
    assert "--via role NAME reads them there" in done.stderr
    assert done.json["unknown"] == ["identity-based policy"]
    done = rootout(*ask, f"arn:aws:iam::{MEMBER}:role/nobody", *THROUGH, sandbox=sb)
    assert done.returncode == 2 and "NoSuchEntity" in done.stderr, done
    done = rootout(*ask, app, "--via", "role", "Nope", sandbox=sb)
    assert done.returncode == 2 and "sts:AssumeRole: AccessDenied" in done.stderr, done
    done = rootout(*ask, app, "--via", "Nope", sandbox=sb)
    assert done.returncode == 2 and "--via takes 'role NAME'" in done.stderr, done


def test_permission_set_of_a_folder(rootout, stores):
    role = "arn:aws:sts::210000000011:assumed-role/AWSReservedSSO_Developer_0123456789abcdef/ann"
    ask = ["--org", stores, "--context", "aws:RequestedRegion=ap-northeast-1", "--output", "json"]
    done = evaluate(rootout, *ask, who=role, action="ec2:RunInstances", resource="*")
    assert (done.returncode, done.json["policy"]) == (0, "PowerUserAccess"), done
    assert done.json["unknown"] == []
    done = evaluate(rootout, *ask, who=role, action="iam:CreateUser", resource="*")
    assert (done.returncode, done.json["kind"]) == (1, "identity-based policy"), done
    done = evaluate(rootout, *ask, who=role.replace("Developer", "ReadOnly"))
    assert done.returncode == 2 and "only a part is known here" in done.stderr, done
    done = evaluate(rootout, *ask, who=role.replace("Developer", "Nobody"))
    assert done.returncode == 0 and done.json["unknown"] == ["identity-based policy"], done


@pytest.mark.parametrize("who", [
    "sts::210000000011:assumed-role/app/AWSReservedSSO_Developer_0123456789abcdef",
    "iam::210000000011:role/AWSReservedSSO_Developer_0123456789abcdef/app",
    "iam::210000000011:user/AWSReservedSSO_Developer_0123456789abcdef"])
def test_the_name_of_a_session_or_path_grants_nothing(rootout, stores, who):
    """Whoever may assume app names the session; the permission set is not theirs."""
    done = evaluate(rootout, "--org", stores, "--context", "aws:RequestedRegion=ap-northeast-1",
                    "--output", "json", who="arn:aws:" + who, action="ec2:RunInstances",
                    resource="*")
    session = ["session policy"] if who.startswith("sts") else []
    assert done.json["unknown"] == ["identity-based policy"] + session, done
    assert "permission set" not in done.stderr


# ---- eval of a recorded event ----

EVENT = {
    "eventVersion": "1.11", "eventType": "AwsApiCall", "eventID": "e-1",
    "eventTime": "2026-11-20T10:00:05Z", "eventSource": "ec2.amazonaws.com",
    "eventName": "RunInstances", "awsRegion": "us-east-1", "sourceIPAddress": "203.0.113.7",
    "userAgent": "aws-cli/2", "recipientAccountId": MEMBER, "requestParameters": {},
    "userIdentity": {
        "type": "AssumedRole", "principalId": "AROAEXAMPLE:ann", "accountId": MEMBER,
        "arn": f"arn:aws:sts::{MEMBER}:assumed-role/app/ann",
        "sessionContext": {
            "sessionIssuer": {"type": "Role", "arn": f"arn:aws:iam::{MEMBER}:role/team/app",
                              "accountId": MEMBER, "userName": "app"},
            "attributes": {"mfaAuthenticated": "false",
                           "creationDate": "2026-11-20T10:00:00Z"}}}}


@pytest.fixture
def event(tmp_path):
    def write(content):
        path = tmp_path / "event.json"
        path.write_text(json.dumps(content))
        return path
    return write


def of_event(rootout, path, *args):
    return rootout("policy", "eval", "--org", STORES, "--event", path, *args)


@pytest.mark.parametrize("wrap", [
    lambda e: e,
    lambda e: {"Records": [e]},
    lambda e: {"Records": [dict(e, eventID="e-0"), e]},
    lambda e: {"Events": [{"EventId": "e-1", "CloudTrailEvent": json.dumps(e)}]},
], ids=["alone", "records", "chosen", "lookup-events"])
def test_event(rootout, event, wrap):
    done = of_event(rootout, event(wrap(EVENT)), "--event-id", "e-1", "--output", "json")
    assert done.returncode == 1, done
    assert (done.json["decision"], done.json["sid"]) == ("deny", "OnlyJapan")
    assert done.json["event"] == {"id": "e-1", "time": EVENT["eventTime"], "recorded": "allowed"}
    context = done.json["request"]["context"]
    assert context["aws:PrincipalArn"] == f"arn:aws:iam::{MEMBER}:role/team/app"
    assert context["aws:RequestedRegion"] == "us-east-1"
    assert done.json["request"]["action"] == "ec2:RunInstances"


def test_events_line_by_line(rootout, tmp_path):
    path = tmp_path / "events.jsonl"
    path.write_text("".join(json.dumps(dict(EVENT, eventID=f"e-{i}")) + "\n\n" for i in range(3)))
    done = of_event(rootout, path, "--event-id", "e-1", "--output", "json")
    assert done.returncode == 1 and done.json["event"]["id"] == "e-1", done
    path.write_text(path.read_text() + "{\n")
    done = of_event(rootout, path, "--event-id", "e-1")
    assert done.returncode == 2 and f"{path}:7:" in done.stderr, done


def test_events_as_cloudtrail_stores_them_are_to_be_unpacked(rootout, tmp_path):
    path = tmp_path / "events.json.gz"
    path.write_bytes(gzip.compress(json.dumps({"Records": [EVENT]}).encode()))
    done = of_event(rootout, path)
    assert done.returncode == 2 and "gunzip -c" in done.stderr and str(path) in done.stderr, done


@pytest.mark.parametrize("text, line", [("{", 1), ('{"a": }\n{}', 1), ('{\n"a": 1,\n}', 3)])
def test_event_that_is_no_json(rootout, tmp_path, text, line):
    path = tmp_path / "event.json"
    path.write_text(text)
    done = of_event(rootout, path)
    assert done.returncode == 2 and f"{path}:{line}:" in done.stderr, done


def test_event_of_a_nameless_caller(rootout, event, sandbox):
    path = event(dict(EVENT, sharedEventID="shared-1", recipientAccountId="210000000012",
                      userIdentity={"type": "AWSAccount", "principalId": "AROAEXAMPLE:s",
                                    "accountId": MEMBER}))
    done = rootout("policy", "eval", "--live", *THROUGH, "--event", path, "--output", "json",
                   "--context", "aws:RequestedRegion=ap-northeast-1", sandbox=sandbox(STORES))
    assert "sharedEventID shared-1" in done.stderr, done
    assert done.returncode == 0 and "identity-based policy" in done.json["unknown"], done


def test_event_with_another_key(rootout, event):
    path = event(EVENT)
    done = of_event(rootout, path, "--context", "aws:RequestedRegion=ap-northeast-1")
    assert done.returncode == 0 and "recorded: allowed, 2026-11-20T10:00:05Z" in done.stdout, done
    done = of_event(rootout, event(dict(EVENT, eventName="StopInstances")))
    assert "it is taken as '*'" in done.stderr
    # which is about no resource
    done = of_event(rootout, event(dict(EVENT, eventName="DescribeInstances")))
    assert done.returncode == 1 and "it is taken as '*'" not in done.stderr
    done = of_event(rootout, event(dict(EVENT, errorCode="Client.UnauthorizedOperation")))
    assert "recorded: denied," in done.stdout
    done = of_event(rootout, event(dict(EVENT, errorCode="Client.InvalidAMIID.NotFound")))
    assert "recorded: failed for another reason than a policy," in done.stdout


def test_event_that_no_policy_decides(rootout, event):
    path = event(dict(EVENT, eventType="AwsConsoleSignIn", eventName="ConsoleLogin",
                      eventSource="signin.amazonaws.com"))
    done = of_event(rootout, path)
    assert done.returncode == 0 and done.stdout.startswith("NO POLICY decides"), done
    done = of_event(rootout, path, "--output", "json")
    assert done.json["decision"] == "none" and len(done.json["why"]) == 1


@pytest.mark.parametrize("content, args, said", [
    ({"Records": [EVENT, dict(EVENT, eventID="e-2")]}, [], "holds 2 events: say which"),
    ({"Records": [EVENT]}, ["--event-id", "e-9"], "no event with id 'e-9'"),
    ({"Records": []}, [], "holds no event"),
    ([], [], "holds no event"),
    ({"Events": [{"CloudTrailEvent": "{"}]}, [], "a CloudTrailEvent"),
    ({"eventName": "X"}, [], "cannot be asked about"),
    (EVENT, ["--as", ANN], "the event says that already"),
    (EVENT, ["--action", "s3:GetObject"], "the event says that already"),
])
def test_event_used_wrong(rootout, event, content, args, said):
    done = of_event(rootout, event(content), *args)
    assert done.returncode == 2 and said in done.stderr, done


def test_event_id_alone(rootout):
    done = evaluate(rootout, "--event-id", "e-1")
    assert done.returncode == 2 and "--event-id chooses" in done.stderr, done


def test_time_and_tls_are_those_of_any_call(rootout, policy):
    path = policy("ann.json", allow(Condition={
        "DateGreaterThan": {"aws:CurrentTime": "2026-01-01"}, "Bool": {"aws:SecureTransport": True},
        "NumericGreaterThan": {"aws:EpochTime": "1700000000"}}))
    assert evaluate(rootout, "--identity", path).returncode == 0
    done = evaluate(rootout, "--identity", path, "--context", "aws:SecureTransport=false")
    assert done.returncode == 1, done


def test_exit_status_is_the_cases_decision(rootout, policy, tmp_path):
    """A few of the project's cases, one by one through the command."""
    tried = 0
    for line in CASES.read_text().splitlines():
        c = json.loads(line)
        if set(c.get("policies", {})) != {"identity"} or not c["policies"]["identity"]:
            continue
        files = []
        for i, doc in enumerate(c["policies"]["identity"]):
            path = tmp_path / f"{c['id']}-{i}.json"
            path.write_text(json.dumps(doc))
            files += ["--identity", path]
        keys = [x for k, v in c["context"].items() if isinstance(v, str)
                for x in ("--context", f"{k}={v}")]
        if c.get("resource_account"):
            keys += ["--resource-account", c["resource_account"]]
        done = evaluate(rootout, *files, *keys, who=c["principal"], action=c["action"],
                        resource=c["resource"])
        assert done.returncode == (0 if c["expect"] == "allow" else 1), (c, done)
        tried += 1
        if tried == 12:
            break
    assert tried >= 3


# ---- what is not known is said ----

OTHER = "arn:aws:sqs:ap-northeast-1:999999999999:q"


@pytest.mark.parametrize("who, resource, unknown", [
    (APP, "arn:aws:sqs:ap-northeast-1:210000000011:q", ["identity-based policy"]),
    (APP, "arn:aws:sqs:ap-northeast-1:210000000012:q",
     ["identity-based policy", "resource-based policy"]),
    (APP, OTHER, ["identity-based policy", "resource control policy", "resource-based policy"]),
    (ANN, "arn:aws:sqs:ap-northeast-1:210000000012:q",
     ["identity-based policy", "service control policy", "resource-based policy"]),
    ("*", "arn:aws:sqs:ap-northeast-1:210000000012:q", ["resource-based policy"]),
    ("sns.amazonaws.com", "arn:aws:sqs:ap-northeast-1:210000000012:q",
     ["resource-based policy"]),
])
def test_kinds_that_are_not_known(rootout, who, resource, unknown):
    ask = ["--org", STORES]
    done = evaluate(rootout, *ask, action="sqs:SendMessage", resource=resource, who=who)
    assert done.returncode == 0, done
    assert done.stdout.endswith("without a say: " + ", ".join(unknown) + "\n")
    done = evaluate(rootout, *ask, "-o", "json", action="sqs:SendMessage", resource=resource,
                    who=who)
    assert done.json["unknown"] == unknown


def test_a_denial_hangs_on_nothing_unknown(rootout):
    done = evaluate(rootout, "--org", STORES, action="sqs:SendMessage", who=APP,
                    resource="arn:aws:sqs:us-east-1:999999999999:q")
    assert done.returncode == 1 and "not known" not in done.stdout + done.stderr


@pytest.mark.parametrize("action, unknown", [("kms:Decrypt", True), ("kms:ListKeys", False)])
def test_a_key_has_its_own_policy(rootout, policy, action, unknown):
    resource = "arn:aws:kms:us-east-1:111122223333:key/k" if unknown else "*"
    done = evaluate(rootout, "--identity", policy("ann.json", allow()), action=action,
                    resource=resource)
    assert ("--resource-policy" in done.stderr) == unknown


@pytest.mark.parametrize("args, said", [
    (dict(action="s3:Get*"), "pattern of actions"),
    (dict(action="s3:"), "SERVICE:NAME"),
    (dict(resource="bucket"), "a resource is an ARN"),
    (dict(resource="arn:aws:s3:::"), "a resource is an ARN"),
    (dict(who="ann"), "no principal"),
    (dict(who="111122223333"), "no principal"),
    (dict(who="arn:aws:iam::111122223333:group/admins"), "no principal"),
    (dict(who="arn:aws:iam::1111:user/ann"), "no principal"),
])
def test_what_nobody_can_ask(rootout, policy, args, said):
    done = evaluate(rootout, "--identity", policy("ann.json", allow()), **args)
    assert done.returncode == 2 and said in done.stderr, done


def test_owner_of_too_few_digits(rootout):
    done = evaluate(rootout, "--org", STORES, "--resource-account", "2100000000", who=APP)
    assert done.returncode == 2 and "12 digits" in done.stderr, done


@pytest.mark.parametrize("args, said", [
    (dict(action="s3:GetObjects"), "no action 's3:GetObjects' by the catalogue of"),
    (dict(action="s4:GetObject"), "no action 's4:GetObject' by the catalogue of"),
    (dict(resource="arn:aws:s3:::b/*"), "star and all"),
])
def test_what_is_asked_by_mistake(rootout, policy, args, said):
    path = policy("ann.json", allow())
    done = evaluate(rootout, "--identity", path, **args)
    assert done.returncode == 0 and said in done.stderr, done
    assert "warning" not in evaluate(rootout, "--identity", path).stderr


def test_no_such_permission_set(rootout):
    def ask(name):
        return evaluate(rootout, "--org", STORES, "--context",
                        "aws:RequestedRegion=ap-northeast-1", who=(
                            "arn:aws:iam::210000000011:role/aws-reserved/sso.amazonaws.com/"
                            f"AWSReservedSSO_{name}_0123456789abcdef")).stderr
    assert "no permission set 'Nobodys'" in ask("Nobodys")
    assert "nobody is assigned permission set 'Developer'" in ask("Developer")
    assert "nobody" not in ask("Administrator")


# ---- who-can ----

def who_can(rootout, folder, *args):
    done = rootout("policy", "who-can", *args, "--org", folder, "--output", "json")
    assert done.returncode == 0, done
    return {(g["account"], g.get("group") or g.get("user"), g["permissionSet"]): g
            for g in done.json["grants"]}


def test_who_can(rootout):
    grants = who_can(rootout, STORES, "s3:DeleteBucket")
    assert grants["stores-management", "platform", "Administrator"]["can"] == "yes"
    developer = grants["pos-staging", "pos-developers", "Developer"]
    assert developer["can"] == "depends" and "aws:RequestedRegion" in developer["why"]
    assert grants["pos-production", "pos-developers", "ReadOnly"]["can"] == "no"


@pytest.mark.parametrize("asked, said", [
    (["s3:Get*"], "pattern of actions"), (["*"], "SERVICE:NAME"),
    (["s3:GetObject", "bucket"], "a resource is an ARN"),
])
def test_who_can_what(rootout, asked, said):
    done = rootout("policy", "who-can", *asked, "--org", STORES)
    assert done.returncode == 2 and said in done.stderr, done


def test_who_can_what_does_not_exist(rootout):
    done = rootout("policy", "who-can", "s3:GetObjekt", "--org", STORES)
    assert "did you mean 's3:GetObject'?" in done.stderr
    assert "warning" not in rootout("policy", "who-can", "s3:GetObject", "--org", STORES).stderr


def test_across_accounts_a_permission_set_is_half_of_the_answer(rootout):
    queue = "arn:aws:sqs:ap-northeast-1:210000000012:q"
    japan = ["--context", "aws:RequestedRegion=ap-northeast-1"]
    grants = who_can(rootout, STORES, "sqs:SendMessage", queue, *japan)
    assert grants["pos-staging", "pos-developers", "Developer"]["can"] == "yes"
    other = grants["pos-development", "pos-developers", "Developer"]
    assert other["can"] == "unknown" and "the resource's own policy" in other["why"]
    assert grants["pos-production", "pos-developers", "ReadOnly"]["can"] == "no"
    other = who_can(rootout, STORES, "sqs:SendMessage", queue)
    other = other["pos-development", "pos-developers", "Developer"]
    assert other["can"] == "unknown" and "aws:RequestedRegion" in other["why"]
    grants = who_can(rootout, STORES, "sqs:SendMessage", OTHER)
    assert {g["can"] for g in grants.values()} == {"unknown", "no"}


def test_an_assignment_that_has_ended(rootout, stores):
    def hanako(pos):
        (stores / "access" / "pos.yaml").write_text(pos)
        return who_can(rootout, stores, "iam:CreateUser")[
            "pos-production", "hanako@stores.example.jp", "Administrator"]
    line = "- {user: hanako@stores.example.jp, gets: Administrator, in: pos-production, until: %s}\n"
    ended, lasting = line % "2020-01-01", line % "2999-01-01"
    assert hanako(lasting)["can"] == "yes"
    got = hanako(ended)
    assert got["can"] == "no" and "ended at 2020-01-02T00:00:00Z" in got["why"]
    # that which lasts longest counts
    for both in (ended + lasting, lasting + ended):
        assert hanako(both)["can"] == "yes"


def test_known_keys_decide(rootout):
    def ask(region):
        return who_can(rootout, STORES, "s3:DeleteBucket", "--context",
                       f"aws:RequestedRegion={region}")["pos-staging", "pos-developers",
                                                        "Developer"]["can"]
    assert (ask("ap-northeast-1"), ask("us-east-1")) == ("yes", "no")


def test_unknown_is_never_no(rootout, stores):
    sets = stores / "permission-sets.yaml"
    sets.write_text(sets.read_text().replace("[ReadOnlyAccess]", "[AmazonEC2FullAccess]"))
    key = ("pos-production", "pos-developers", "ReadOnly")
    for action in ("ec2:RunInstances", "s3:GetObject"):
        got = who_can(rootout, stores, action, "--context", "aws:RequestedRegion=ap-northeast-1")
        assert got[key]["can"] == "unknown" and "AmazonEC2FullAccess" in got[key]["why"]
    # but what an SCP denies, no permission set allows
    got = who_can(rootout, stores, "ec2:RunInstances", "--context", "aws:RequestedRegion=us-east-1")
    assert got[key]["can"] == "no"


def test_a_policy_known_in_part_is_unknown_beyond(rootout):
    key = ("pos-production", "pos-developers", "ReadOnly")
    ask = ["--context", "aws:RequestedRegion=ap-northeast-1"]
    assert who_can(rootout, STORES, "s3:GetObject", *ask)[key]["can"] == "yes"
    assert who_can(rootout, STORES, "s3:PutObject", *ask)[key]["can"] == "no"
    assert who_can(rootout, STORES, "ec2:DescribeInstances", *ask)[key]["can"] == "unknown"


# ---- diff ----

def diff(rootout, before, after, *args, status=1):
    done = rootout("policy", "diff", before, after, *args)
    assert done.returncode == status, done
    return done


def test_nothing_changed(rootout, stores):
    (stores / "policies" / "regions-japan.json").write_text(json.dumps(json.loads(
        (STORES / "policies" / "regions-japan.json").read_text())))  # the layout alone
    assert diff(rootout, STORES, stores, "--output", "json", status=0).json == {"changes": []}
    assert "Nobody" in diff(rootout, STORES, stores, "--markdown", status=0).stdout


def test_an_assignment_changed(rootout, stores):
    pos = stores / "access" / "pos.yaml"
    pos.write_text(pos.read_text().replace("gets: ReadOnly, in: pos-production",
                                           "gets: Developer, in: pos-production"))
    changes = diff(rootout, STORES, stores, "--output", "json").json["changes"]
    assert {(c["account"], c["group"]) for c in changes} == {("pos-production", "pos-developers")}
    assert {(c["permissionSet"], c["change"]) for c in changes} == {
        ("ReadOnly", "loses"), ("Developer", "gains")}
    back = diff(rootout, stores, STORES, "--output", "json").json["changes"]
    assert {(c["permissionSet"], c["change"]) for c in back} == {
        ("ReadOnly", "gains"), ("Developer", "loses")}


def test_an_scp_changed(rootout, stores):
    path = stores / "policies" / "deny-leaving.json"
    document = json.loads(path.read_text())
    document["Statement"].append({"Sid": "NoQueues", "Effect": "Deny", "Action": "sqs:DeleteQueue",
                                  "Resource": "*"})
    path.write_text(json.dumps(document))
    changes = diff(rootout, STORES, stores, "--output", "json").json["changes"]
    assert {c["change"] for c in changes} == {"loses"}
    assert {a for c in changes for a in c["actions"]} == {"sqs:deletequeue"}
    accounts = {c["account"] for c in changes}
    assert "security" in accounts and "stores-management" not in accounts


def test_a_condition_changed(rootout, stores):
    path = stores / "policies" / "regions-japan.json"
    path.write_text(path.read_text().replace(', "ap-northeast-3"', ""))
    changes = diff(rootout, STORES, stores, "--output", "json").json["changes"]
    assert {c["change"] for c in changes} == {"changes"}
    text = diff(rootout, STORES, stores, "--markdown").stdout
    assert text.startswith("| accounts | who |") and "**changes**" in text


def test_what_changed_alike_is_one_row(rootout, stores):
    path = stores / "policies" / "deny-leaving.json"
    document = json.loads(path.read_text())
    document["Statement"].append({"Effect": "Deny", "Action": "sqs:DeleteQueue", "Resource": "*"})
    path.write_text(json.dumps(document))
    each = diff(rootout, STORES, stores, "--output", "json").json["changes"]
    alike = {}
    for c in each:
        alike.setdefault((c.get("group"), c.get("user"), c["permissionSet"], c["before"]["can"]),
                         []).append(c["account"])
    rows = diff(rootout, STORES, stores, "--markdown").stdout.splitlines()[2:]
    assert len(rows) == len(alike) < len(each)
    csv = diff(rootout, STORES, stores, "--output", "csv").stdout.splitlines()
    assert len(csv) == 1 + len(each)
    accounts = alike["platform", None, "Administrator", "depends"]
    assert len(accounts) > 3
    assert any(r.startswith(f"| {', '.join(accounts[:3])} and {len(accounts) - 3} more | group "
                            "platform | Administrator |") for r in rows), rows


def test_csv_has_each_account_by_itself(rootout):
    args = ["policy", "who-can", "s3:GetObject", "--org", STORES]
    lines = rootout(*args, "--output", "csv").stdout.splitlines()
    grants = [g for g in rootout(*args, "--output", "json").json["grants"] if g["can"] != "no"]
    assert lines[0].startswith("account,") and len(lines) == 1 + len(grants)
    shown = rootout(*args).stdout
    assert shown.startswith("ACCOUNTS ") and " and 9 more" in shown
    assert len(shown.splitlines()) < len(lines)


def test_an_account_is_the_same_by_its_id(rootout, stores):
    for path in [*stores.glob("*.yaml"), *stores.glob("access/*.yaml")]:
        path.write_text(path.read_text().replace("pos-staging", "pos-qa"))
    assert diff(rootout, STORES, stores, "--output", "json", status=0).json == {"changes": []}
    accounts = stores / "accounts.yaml"  # and another account of that name is another account
    accounts.write_text(accounts.read_text().replace("210000000012", "210000000077"))
    changes = diff(rootout, STORES, stores, "--output", "json").json["changes"]
    assert {(c["accountId"], c["change"]) for c in changes} == {
        ("210000000012", "loses"), ("210000000077", "gains")}


def test_an_end_is_a_difference_only_once_it_is_past(rootout, stores):
    pos = stores / "access" / "pos.yaml"
    text = pos.read_text()
    assert "until: 2026-12-24" in text
    pos.write_text(text.replace("2026-12-24", "2020-01-01"))
    later = stores.parent / "later"
    shutil.copytree(STORES, later)
    (later / "access" / "pos.yaml").write_text(text.replace("2026-12-24", "2999-01-01"))
    changes = diff(rootout, later, stores, "--output", "json").json["changes"]
    assert {(c["user"], c["change"]) for c in changes} == {("hanako@stores.example.jp", "loses")}
    pos.write_text(text.replace("2026-12-24", "2998-01-01"))
    assert diff(rootout, later, stores, "-o", "json", status=0).json == {"changes": []}


def test_csv_of_a_diff(rootout, stores):
    policy = stores / "permission-sets.yaml"
    policy.write_text(policy.read_text().replace("PowerUserAccess", "AdministratorAccess"))
    rows = list(csv.DictReader(io.StringIO(diff(rootout, STORES, stores, "-o", "csv").stdout)))
    assert rows and {(r["from"], r["to"], r["on"]) for r in rows} == {("no", "yes", "")}
    assert "210000000012" in {r["account_id"] for r in rows}
    rows = csv.DictReader(io.StringIO(rootout("policy", "who-can", "iam:CreateUser", "--org",
                                              STORES, "-o", "csv").stdout))
    assert "210000000012" in {r["account_id"] for r in rows}


def test_folders_of_two_organizations(rootout, stores):
    for name in ("rootout.yaml", "accounts.yaml"):
        path = stores / name
        path.write_text(path.read_text().replace("2100000000", "3100000000"))
    assert "two organizations" in diff(rootout, STORES, stores).stderr
    assert "two organizations" not in diff(rootout, STORES, STORES, status=0).stderr


def test_diff_needs_two_folders(rootout, tmp_path):
    done = rootout("policy", "diff", STORES)
    assert done.returncode == 2 and "which two?" in done.stderr
    done = rootout("policy", "diff", STORES, tmp_path)
    assert done.returncode == 2 and "rootout.yaml" in done.stderr
