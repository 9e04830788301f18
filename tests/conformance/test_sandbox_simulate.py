"""The sandbox's policy simulator, as boto3 and the AWS CLI use it."""

import json
import pathlib
import random
import shutil
import subprocess
import sys

import botocore.exceptions
import pytest

ACCOUNT = "111122223333"
OTHER = "444455556666"
ANN = f"arn:aws:iam::{ACCOUNT}:user/ann"
ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def statement(effect="Allow", action="s3:*", resource="*", **more):
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


def document(*statements, **style):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, **style)


@pytest.fixture
def alone(sandbox):
    """One standalone account."""
    return sandbox(None, "--empty", "--account", ACCOUNT)


@pytest.fixture
def iam(alone):
    return alone.client("iam")


def refused(call, code="InvalidInput", status=400):
    with pytest.raises(botocore.exceptions.ClientError) as raised:
        call()
    answer = raised.value.response
    assert answer["Error"]["Code"] == code, answer
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == status
    return answer["Error"]["Message"]


def custom(iam, *policies, actions=("s3:GetObject",), **more):
    answer = iam.simulate_custom_policy(PolicyInputList=list(policies), ActionNames=list(actions),
                                        **more)
    assert answer["IsTruncated"] is False
    results = answer["EvaluationResults"]
    assert [r["EvalActionName"] for r in results] == list(actions)
    return results[0] if len(results) == 1 else results


# ---- places in the text ----

def part(text, statement):
    """What stands between the two positions: lines and columns from 1, the end exclusive."""
    lines = text.split("\n")

    def offset(position):
        return sum(len(line) + 1 for line in lines[:position["Line"] - 1]) + position["Column"] - 1

    return text[offset(statement["StartPosition"]):offset(statement["EndPosition"])]


STYLES = [{}, {"separators": (",", ":")}, {"indent": 4}, {"indent": 1, "separators": (" ,", " :")}]


@pytest.mark.parametrize("style", STYLES)
def test_matched_statements_stand_where_they_say(iam, style):
    statements = [statement(Sid="One", action="sqs:*"),
                  statement(Sid="Two", action=["s3:Get*", "s3:List*"]),
                  statement(Sid="Three", resource="arn:aws:s3:::b/{}[]\"\\é*"),
                  statement(Sid="Four", action="s3:GetObject",
                            Condition={"StringLike": {"aws:username": "}${*}{"}}),
                  statement(Sid="Five", action="s3:G*")]
    text = document(*statements, ensure_ascii=False, **style)
    found = custom(iam, text)["MatchedStatements"]
    assert [json.loads(part(text, s).lstrip(", \n"))["Sid"] for s in found] == ["Two", "Five"]
    assert {s["SourcePolicyId"] for s in found} == {"PolicyInputList.1"}
    assert {s["SourcePolicyType"] for s in found} == {"IAM Policy"}

    one = json.dumps({"Version": "2012-10-17", "Statement": statements[1]}, **style)
    found, = custom(iam, document(statements[0]), one)["MatchedStatements"]
    assert found["SourcePolicyId"] == "PolicyInputList.2"
    assert json.loads("{" + part(one, found)) == statements[1]


# ---- a member of an organization ----

@pytest.fixture
def member(sandbox, organization):
    """member-001 with an SCP that denies, and a user ann who may something."""
    sb = sandbox(organization(2, policies={
        "no-queues": {"Version": "2012-10-17", "Statement": [
            statement("Deny", "sqs:*"),
            statement("Deny", "iam:GetRole", Condition={"StringEquals": {"aws:x": "y"}})]}},
        attach=["no-queues"]))
    iam = sb.client("iam", "member-001")
    arn = iam.create_user(UserName="ann")["User"]["Arn"]
    iam.put_user_policy(UserName="ann", PolicyName="own", PolicyDocument=document(
        statement(action=["s3:*", "sqs:*", "iam:*"]), statement("Deny", "s3:Delete*")))
    iam.create_group(GroupName="readers")
    iam.put_group_policy(GroupName="readers", PolicyName="read", PolicyDocument=document(
        statement(action="dynamodb:GetItem")))
    iam.add_user_to_group(GroupName="readers", UserName="ann")
    return sb, iam, arn


def principal(iam, arn, *actions, **more):
    results = iam.simulate_principal_policy(PolicySourceArn=arn, ActionNames=list(actions),
                                            **more)["EvaluationResults"]
    return {r["EvalActionName"]: r for r in results}


def test_what_binds_a_member(member):
    _, iam, arn = member
    found = principal(iam, arn, "s3:GetObject", "s3:DeleteObject", "sqs:SendMessage",
                      "dynamodb:GetItem", "ec2:RunInstances")
    assert {a: r["EvalDecision"] for a, r in found.items()} == {
        "s3:GetObject": "allowed", "s3:DeleteObject": "explicitDeny",
        "sqs:SendMessage": "explicitDeny", "dynamodb:GetItem": "allowed",
        "ec2:RunInstances": "implicitDeny"}
    assert {a: r["OrganizationsDecisionDetail"]["AllowedByOrganizations"]
            for a, r in found.items()} == {
        "s3:GetObject": True, "s3:DeleteObject": True, "sqs:SendMessage": False,
        "dynamodb:GetItem": True, "ec2:RunInstances": True}
    assert {a: [s["SourcePolicyId"] for s in r["MatchedStatements"]]
            for a, r in found.items()} == {
        "s3:GetObject": ["user_ann_own"], "s3:DeleteObject": ["user_ann_own"],
        "sqs:SendMessage": [], "dynamodb:GetItem": ["group_readers_read"],
        "ec2:RunInstances": []}

    policy = iam.create_policy(PolicyName="b", PolicyDocument=document(statement()))
    iam.put_user_permissions_boundary(UserName="ann",
                                      PermissionsBoundary=policy["Policy"]["Arn"])
    found = principal(iam, arn, "s3:GetObject", "dynamodb:GetItem",
                      ResourceArns=["arn:aws:s3:::b/k"])
    assert found["s3:GetObject"]["EvalDecision"] == "allowed"
    assert found["dynamodb:GetItem"]["EvalDecision"] == "implicitDeny"
    for action, allowed in (("s3:GetObject", True), ("dynamodb:GetItem", False)):
        for where in (found[action], found[action]["ResourceSpecificResults"][0]):
            assert where["PermissionsBoundaryDecisionDetail"] == {
                "AllowedByPermissionsBoundary": allowed}
    found = principal(iam, arn, "sqs:SendMessage", "dynamodb:GetItem", PolicyExclusionList=[
        {"PolicyType": "permission-boundary"}, {"PolicyType": "scp"}])
    assert {r["EvalDecision"] for r in found.values()} == {"allowed"}


def test_the_simulation_is_what_happens(member):
    """Live calls of the user end as the simulator says, SCPs and all."""
    sb, iam, arn = member
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=document(
        {"Effect": "Allow", "Principal": {"AWS": arn}, "Action": "sts:AssumeRole"}))
    key = iam.create_access_key(UserName="ann")["AccessKey"]
    ann = sb.client("iam", keys=(key["AccessKeyId"], key["SecretAccessKey"], None))
    iam.put_user_policy(UserName="ann", PolicyName="own", PolicyDocument=document(
        statement(action="iam:Get*"), statement("Deny", "iam:GetUser", arn),
        statement(action="iam:ListUsers", Condition={"StringEquals": {"aws:username": "ann"}}),
        statement(action="iam:ListRoles", Condition={"StringEquals": {"aws:username": "bob"}})))
    role = arn.replace(":user/ann", ":role/r")
    calls = [("iam:GetRole", role, lambda: ann.get_role(RoleName="r")),
             ("iam:GetUser", arn, lambda: ann.get_user(UserName="ann")),
             ("iam:ListUsers", arn.replace("ann", ""), ann.list_users),
             ("iam:ListRoles", arn.replace("user/ann", "role/"), ann.list_roles),
             ("iam:GetAccountSummary", "*", ann.get_account_summary),
             ("iam:DeleteUser", arn, lambda: ann.delete_user(UserName="ann"))]
    decisions = []
    for action, resource, call in calls:
        simulated = principal(iam, arn, action, ResourceArns=[resource])[action]["EvalDecision"]
        try:
            call()
            lived = "allowed"
        except botocore.exceptions.ClientError as e:
            assert e.response["Error"]["Code"] == "AccessDenied", (action, e)
            message = e.response["Error"]["Message"]
            lived = "explicitDeny" if "with an explicit deny" in message else "implicitDeny"
        assert simulated == lived, action
        decisions.append(simulated)
    assert decisions == ["allowed", "explicitDeny", "allowed", "implicitDeny", "allowed",
                         "implicitDeny"]


# ---- inputs ----

BUCKET_POLICY = document(statement(action="s3:GetObject", resource="arn:aws:s3:::b/*",
                                   Principal={"AWS": ANN}))


def test_resource_policies(iam):
    common = {"ResourceArns": ["arn:aws:s3:::b/k"], "ResourcePolicy": BUCKET_POLICY}
    result = custom(iam, document(statement(action="iam:*")), CallerArn=ANN, **common)
    assert result["EvalDecision"] == "allowed"
    found, = result["MatchedStatements"]
    assert (found["SourcePolicyId"], found["SourcePolicyType"]) == (
        "ResourcePolicy", "Resource Policy")
    assert result["EvalDecisionDetails"] == {}

    result = custom(iam, document(statement(action="iam:*")), CallerArn=ANN,
                    ResourceOwner=f"arn:aws:iam::{OTHER}:root", **common)
    assert result["EvalDecision"] == "implicitDeny"
    assert result["EvalDecisionDetails"] == {"IAM Policy": "implicitDeny",
                                             "Resource Policy": "allowed"}
    assert result["ResourceSpecificResults"][0]["EvalDecisionDetails"] == \
        result["EvalDecisionDetails"]

    assert "must be an IAM user" in refused(lambda: custom(
        iam, document(ALL), CallerArn=f"arn:aws:iam::{ACCOUNT}:role/r", **common))
    refused(lambda: custom(iam, document(ALL), **common))


KEYS = [
    ("string", ["a"], {"StringEquals": {"x:key": "a"}}),
    ("stringList", ["a", "b"], {"ForAnyValue:StringEquals": {"x:key": "b"}}),
    ("numeric", ["4.5"], {"NumericLessThan": {"x:key": "5"}}),
    ("numericList", ["1", "2"], {"ForAllValues:NumericLessThan": {"x:key": "5"}}),
    ("boolean", ["true"], {"Bool": {"x:key": "true"}}),
    ("booleanList", ["true", "true"], {"ForAllValues:Bool": {"x:key": "true"}}),
    ("ip", ["192.0.2.7"], {"IpAddress": {"x:key": "192.0.2.0/24"}}),
    ("ipList", ["192.0.2.7"], {"ForAnyValue:IpAddress": {"x:key": "192.0.2.0/24"}}),
    ("binary", ["aGk="], {"BinaryEquals": {"x:key": "aGk="}}),
    ("binaryList", ["aGk="], {"ForAnyValue:BinaryEquals": {"x:key": "aGk="}}),
    ("date", ["2025-01-01T00:00:00Z"], {"DateLessThan": {"x:key": "2026-01-01T00:00:00Z"}}),
    ("dateList", ["2025-01-01T00:00:00Z"],
     {"ForAnyValue:DateLessThan": {"x:key": "2026-01-01T00:00:00Z"}}),
]


@pytest.mark.parametrize("kind, values, condition", KEYS, ids=[k[0] for k in KEYS])
def test_context_entries(iam, kind, values, condition):
    text = document(statement(Condition=condition))
    entry = {"ContextKeyName": "X:Key", "ContextKeyType": kind, "ContextKeyValues": values}
    result = custom(iam, text, ContextEntries=[entry])
    assert result["EvalDecision"] == "allowed"
    assert result["MissingContextValues"] == []
    bare = custom(iam, text)
    assert bare["MissingContextValues"] == ["x:key"]
    assert iam.get_context_keys_for_custom_policy(
        PolicyInputList=[text])["ContextKeyNames"] == ["x:key"]


def test_missing_context_values(iam):
    text = document(statement(Condition={"StringEquals": {"aws:PrincipalTag/team": "a"}}),
                    statement(action="sqs:*", resource="arn:aws:sqs:*:*:${aws:username}"))
    scp = document(statement(action="*", Condition={"Bool": {"aws:hidden": "true"}}))
    result = custom(iam, text, OrderedOrganizationPolicyInputList=[
        {"ServiceControlPolicyInputList": [scp]}])
    assert result["MissingContextValues"] == ["aws:PrincipalTag/team", "aws:username"]
    assert result["OrganizationsDecisionDetail"] == {"AllowedByOrganizations": False}
    result = custom(iam, text, CallerArn=ANN, ResourceArns=["arn:aws:s3:::b/k"], ContextEntries=[
        {"ContextKeyName": "aws:principaltag/TEAM", "ContextKeyValues": ["a"],
         "ContextKeyType": "string"}])
    assert result["EvalDecision"] == "allowed"
    assert result["MissingContextValues"] == []
    assert result["ResourceSpecificResults"][0]["MissingContextValues"] == []


def test_what_cannot_be_simulated(alone, iam):
    text = document(ALL)
    refused(lambda: custom(iam, text, actions=["s3:*"]))
    refused(lambda: custom(iam, text, actions=["GetObject"]))
    refused(lambda: custom(iam, text, PermissionsBoundaryPolicyInputList=[text, text]))
    refused(lambda: custom(iam, text, ResourceHandlingOption="EC2-VPC-EBS"))
    assert refused(lambda: custom(iam, '{"Version":"2012-10-17"}'))
    assert refused(lambda: custom(iam, text, ResourceArns=["b"])) == \
        "ResourceNames are not in a valid ARN format: b."
    session = f"arn:aws:sts::{ACCOUNT}:assumed-role/r/s"
    assert refused(lambda: principal(iam, session, "s3:GetObject")) == \
        f"Invalid Entity Arn: {session} does not clearly define entity type and name."
    assert refused(lambda: principal(iam, f"arn:aws:iam::{OTHER}:user/ann", "s3:GetObject")) == \
        (f"Invalid Policy Source Arn: caller's account {ACCOUNT} does not have access to policies "
         f"in account {OTHER}")
    assert refused(lambda: principal(iam, ANN, "s3:GetObject"), "NoSuchEntity", 404) == \
        "The user with name ann cannot be found."
    unchecked = alone.client("iam", parameter_validation=False)
    assert "at 'actionNames' failed to satisfy constraint" in refused(
        lambda: custom(unchecked, text, actions=["s"]), "ValidationError")


# ---- pages, permissions, events ----

def test_pages(iam):
    actions = [f"s3:Action{i}" for i in range(230)]
    iam.create_user(UserName="ann")
    for operation, source in (("simulate_custom_policy", {"PolicyInputList": [document(ALL)]}),
                              ("simulate_principal_policy", {"PolicySourceArn": ANN})):
        for size, expected in ((None, 3), (1000, 1), (23, 10)):
            config = {} if size is None else {"PageSize": size}
            pages = list(iam.get_paginator(operation).paginate(
                ActionNames=actions, PaginationConfig=config, **source))
            assert len(pages) == expected
            assert [r["EvalActionName"] for p in pages for r in p["EvaluationResults"]] == actions
    first = iam.simulate_custom_policy(PolicyInputList=[document(ALL)], ActionNames=actions,
                                       MaxItems=5)
    assert first["IsTruncated"] and len(first["EvaluationResults"]) == 5
    refused(lambda: iam.simulate_custom_policy(
        PolicyInputList=[document(statement())], ActionNames=actions, Marker=first["Marker"]),
        "ValidationError")


def test_who_may_ask_and_what_is_recorded(alone, iam):
    iam.create_user(UserName="ann")
    key = iam.create_access_key(UserName="ann")["AccessKey"]
    ann = alone.client("iam", keys=(key["AccessKeyId"], key["SecretAccessKey"], None))
    for call, resource in ((lambda: custom(ann, document(ALL)), "*"),
                           (lambda: principal(ann, ANN, "s3:GetObject"), ANN)):
        assert f"on resource: {resource} because no identity-based policy allows the iam:Simulate" \
            in refused(call, "AccessDenied", 403)
    iam.put_user_policy(UserName="ann", PolicyName="p", PolicyDocument=document(
        statement(action="iam:SimulatePrincipalPolicy", resource=ANN)))
    assert principal(ann, ANN, "s3:GetObject")
    refused(lambda: custom(ann, document(ALL)), "AccessDenied", 403)
    before = alone.state
    principal(iam, ANN, "s3:GetObject")
    custom(iam, document(ALL))
    after = alone.state
    assert before == after
    events = [e for e in alone.events if e["eventName"].startswith("Simulate")]
    assert [(e["eventName"], e.get("errorCode"), e["readOnly"]) for e in events] == [
        ("SimulateCustomPolicy", "AccessDenied", True),
        ("SimulatePrincipalPolicy", "AccessDenied", True),
        ("SimulatePrincipalPolicy", None, True), ("SimulateCustomPolicy", "AccessDenied", True),
        ("SimulatePrincipalPolicy", None, True), ("SimulateCustomPolicy", None, True)]
    assert events[2]["requestParameters"]["policySourceArn"] == ANN


def test_the_aws_cli(alone, iam):
    beside = pathlib.Path(sys.executable).with_name("aws")
    aws = str(beside) if beside.exists() else shutil.which("aws")
    assert aws, "the AWS CLI is one of the test tools"
    iam.create_user(UserName="ann")
    text = document(statement(action="dynamodb:*", Condition={
        "DateGreaterThan": {"aws:CurrentTime": "2018-08-16T12:00:00Z"}}), indent=2)
    iam.put_user_policy(UserName="ann", PolicyName="p", PolicyDocument=text)

    def run(*args, fails=False):
        done = subprocess.run([aws, "iam", *args, "--output", "json"], text=True, timeout=120,
                              env=alone.env(AWS_DEFAULT_REGION="us-east-1"),
                              stdin=subprocess.DEVNULL, capture_output=True)
        assert (done.returncode != 0) == fails, done
        return done.stderr if fails else json.loads(done.stdout)["EvaluationResults"]

    for year, expected in (("2019", "allowed"), ("2014", "implicitDeny")):
        key = (f"ContextKeyName=aws:CurrentTime,ContextKeyValues={year}-04-25T11:00:00Z,"
               "ContextKeyType=date")
        mine, = run("simulate-principal-policy", "--policy-source-arn", ANN, "--action-names",
                    "dynamodb:CreateBackup", "--context-entries", key)
        given, = run("simulate-custom-policy", "--policy-input-list", text, "--action-names",
                     "dynamodb:CreateBackup", "--context-entries", key)
        assert mine["EvalDecision"] == given["EvalDecision"] == expected
        assert len(mine["MatchedStatements"]) == (expected == "allowed")
        assert mine["MissingContextValues"] == []
    assert "InvalidInput" in run("simulate-principal-policy", "--policy-source-arn", ANN,
                                 "--action-names", "dynamodb:*", fails=True)


# ---- the property: the simulator's decision is that of `rootout policy test` ----

ACTIONS = ["s3:GetObject", "s3:PutObject", "sqs:SendMessage", "iam:GetUser", "kms:Decrypt",
           "sts:AssumeRole"]
PATTERNS = ["*", "s3:*", "s3:Get*", "S3:getobject", "s3:?utObject", "sqs:*", "iam:GetUser",
            "kms:*", "sts:Assume*"]
RESOURCES = ["arn:aws:s3:::b/k", "arn:aws:s3:::b/ann/k", "*",
             f"arn:aws:sqs:us-east-1:{ACCOUNT}:q", f"arn:aws:sqs:us-east-1:{OTHER}:q"]
RESOURCE_PATTERNS = ["*", "arn:aws:s3:::b/*", "arn:aws:s3:::b/${aws:username}/*",
                     "arn:aws:sqs:*:*:q"]
CALLERS = [ANN, f"arn:aws:iam::{OTHER}:user/a/bob", f"arn:aws:iam::{ACCOUNT}:role/a/app"]
WHO = ["*", {"AWS": ANN}, {"AWS": ACCOUNT}, {"AWS": f"arn:aws:iam::{OTHER}:root"},
       {"AWS": [f"arn:aws:iam::{OTHER}:user/a/bob"]}]
CONDITIONS = [{"StringEquals": {"x:text": "a"}}, {"StringNotLike": {"x:text": "a*"}},
              {"NumericLessThanIfExists": {"x:number": "2"}},
              {"ForAllValues:StringEquals": {"x:list": ["a", "b"]}},
              {"ForAnyValue:StringLike": {"x:list": "?"}}, {"Null": {"x:text": "true"}},
              {"IpAddress": {"x:address": "192.0.2.0/24"}}, {"Bool": {"x:yes": "true"}},
              {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/*"}},
              {"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}}]
CONTEXT = [("x:text", "string", ["a", "ab", "b"]), ("x:number", "numeric", ["1", "3"]),
           ("x:list", "stringList", ["a", "b", "cc"]), ("x:yes", "boolean", ["true", "false"]),
           ("x:address", "ip", ["192.0.2.1", "203.0.113.1"])]


def some_document(rng, kind):
    statements = []
    for _ in range(rng.randint(1, 3)):
        s = statement(rng.choice(["Allow", "Allow", "Allow", "Deny"]),
                      rng.sample(PATTERNS, rng.randint(1, 2)),
                      rng.sample(RESOURCE_PATTERNS, rng.randint(1, 2)))
        if rng.random() < 0.2:
            s["NotAction"] = s.pop("Action")
        if kind == "resource":
            s["Principal"] = rng.choice(WHO)
        if rng.random() < 0.4:
            s["Condition"] = rng.choice(CONDITIONS)
        statements.append(s)
    return {"Version": "2012-10-17", "Statement": statements}


def some_case(rng):
    """One simulation's input and, in the form of `policy test`, what takes part in it."""
    caller = rng.choice(CALLERS)
    policies = {"identity": [some_document(rng, "identity") for _ in range(rng.randint(0, 2))]}
    if rng.random() < 0.3:
        policies["boundary"] = some_document(rng, "boundary")
    if rng.random() < 0.4:
        policies["scp"] = [[{"Version": "2012-10-17", "Statement": [ALL]}] * rng.randint(0, 1)
                           + [some_document(rng, "scp")] for _ in range(rng.randint(1, 2))]
    if ":user/" in caller and rng.random() < 0.5:
        policies["resource"] = [some_document(rng, "resource")]
    context, entries = {}, []
    for name, kind, values in CONTEXT:
        if rng.random() < 0.4:
            continue
        given = rng.sample(values, rng.randint(1, 3)) if kind == "stringList" else \
            [rng.choice(values)]
        context[name] = given if kind == "stringList" else given[0]
        entries.append({"ContextKeyName": name, "ContextKeyType": kind, "ContextKeyValues": given})
    owner = rng.choice([None, ACCOUNT, OTHER])
    call = {"CallerArn": caller, "ContextEntries": entries,
            "ActionNames": rng.sample(ACTIONS, 2), "ResourceArns": rng.sample(RESOURCES, 3),
            "PolicyInputList": [json.dumps(p) for p in policies["identity"]]}
    if not call["PolicyInputList"]:  # one at least is required: one that is about nothing here
        nothing = {"Version": "2012-10-17", "Statement": [statement(action="zz:None")]}
        policies["identity"] = [nothing]
        call["PolicyInputList"] = [json.dumps(nothing)]
    if "boundary" in policies:
        call["PermissionsBoundaryPolicyInputList"] = [json.dumps(policies["boundary"])]
    if "scp" in policies:
        call["OrderedOrganizationPolicyInputList"] = [
            {"ServiceControlPolicyInputList": [json.dumps(p) for p in level]}
            for level in policies["scp"]]
    if "resource" in policies:
        call["ResourcePolicy"] = json.dumps(policies["resource"][0])
    if owner:
        call["ResourceOwner"] = f"arn:aws:iam::{owner}:root"
    return call, policies, context, owner


def cases_of(number, call, policies, context, owner, results):
    """What the simulator said of each action and resource, as what `policy test` has to say."""
    own = call["CallerArn"].split(":")[4]
    for result in results:
        each = result["ResourceSpecificResults"]
        assert [r["EvalResourceName"] for r in each] == call["ResourceArns"]
        decisions = [r["EvalResourceDecision"] for r in each]
        assert result["EvalDecision"] == next(
            d for d in ("explicitDeny", "implicitDeny", "allowed") if d in decisions)
        for resource, decision in zip(call["ResourceArns"], decisions):
            account = (resource.split(":") + [""] * 5)[4] or owner or own
            taking_part = dict(policies)
            if account != own:
                taking_part.setdefault("resource", [])
            case = {"id": f"{number} {result['EvalActionName']} {resource}",
                    "principal": call["CallerArn"], "action": result["EvalActionName"],
                    "resource": resource, "resource_account": account, "context": context,
                    "policies": taking_part, "expect": "allow"}
            if decision != "allowed":
                case["expect"] = "deny"
                case["expect_reason"] = "explicit" if decision == "explicitDeny" else "implicit"
            yield decision, case


def test_decisions_are_those_of_policy_test(iam, rootout, tmp_path):
    rng = random.Random(20261130)
    rows, counted = [], {}
    for number in range(150):
        call, *rest = some_case(rng)
        results = iam.simulate_custom_policy(**call)["EvaluationResults"]
        for decision, case in cases_of(number, call, *rest, results):
            counted[decision] = counted.get(decision, 0) + 1
            rows.append(case)
    assert min(counted.get(d, 0) for d in ("allowed", "explicitDeny", "implicitDeny")) > 50, counted
    path = tmp_path / "cases.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    done = rootout("policy", "test", path)
    assert done.returncode == 0, done
    assert f"{len(rows)} cases, {len(rows)} passed" in done.stdout


def test_attached_policies_decide_as_given_ones(iam):
    """The same policies, attached to a user or a role: the same results but for their names."""
    rng = random.Random(7)
    iam.create_user(UserName="ann")
    iam.create_role(RoleName="app", Path="/a/", AssumeRolePolicyDocument=document(
        {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"},
         "Action": "sts:AssumeRole"}))
    for number in range(25):
        call, policies, *_ = some_case(rng)
        call.pop("OrderedOrganizationPolicyInputList", None)
        arn = call["CallerArn"] = rng.choice([ANN, CALLERS[2]])
        if arn != ANN:
            call.pop("ResourcePolicy", None)
        kind, name = ("user", "ann") if arn == ANN else ("role", "app")
        who = {"UserName" if arn == ANN else "RoleName": name}
        put = getattr(iam, f"put_{kind}_policy")
        for i, policy in enumerate(policies["identity"], 1):
            put(PolicyName=f"p{i}", PolicyDocument=json.dumps(policy), **who)
        given = iam.simulate_custom_policy(**call)["EvaluationResults"]
        del call["PolicyInputList"]
        own = iam.simulate_principal_policy(PolicySourceArn=arn, **call)["EvaluationResults"]
        text = json.dumps(given).replace("PolicyInputList.", f"{kind}_{name}_p")
        assert own == json.loads(text), number
        for i in range(1, len(policies["identity"]) + 1):
            getattr(iam, f"delete_{kind}_policy")(PolicyName=f"p{i}", **who)
