"""Every operation of AWS's APIs, by its event, against the catalogue of actions and resources.

The operations come from botocore's models, which know nothing of policies: what CloudTrail
would record of each (its source and name) is asked of the program, and the action that comes
back must exist. UNKNOWN has the operations for which none is known, exactly: one that is
mapped later, or renamed by a newer botocore or catalogue, fails here as well.
"""

import collections
import gzip
import json
import os
import pathlib
import re
import subprocess

import botocore
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
UNKNOWN = ROOT / "tests" / "data" / "policy" / "events" / "unknown-actions.txt"
CATALOGUE = ROOT / "src" / "policy" / "catalogue" / "aws.txt"

# The event's source where it is not the endpoint's prefix, as the services document it.
SOURCES = {
    "appstream": "appstream",
    "bedrock-agent": "bedrock",
    "bedrock-agent-runtime": "bedrock",
    "bedrock-runtime": "bedrock",
    "chime-sdk-identity": "chime",
    "chime-sdk-media-pipelines": "chime",
    "chime-sdk-meetings": "chime",
    "chime-sdk-messaging": "chime",
    "chime-sdk-voice": "chime",
    "dynamodbstreams": "dynamodb",
    "ecr": "ecr",
    "ecr-public": "ecr-public",
    "lexv2-models": "lexv2",
    "mq": "amazonmq",
    "pricing": "pricing",
    "rds-data": "rdsdata",
    "s3control": "s3",
    "sagemaker": "sagemaker",
    "ses": "ses",
    "sesv2": "ses",
    "sso": "sso",
    "sso-oidc": "sso",
}
# The date behind the names of some services' events: one of theirs.
DATED = {"lambda": "20150331v2", "cloudfront": "2020_05_31"}
# S3 Control's events have names of their own, or are those of S3 on Outposts.
S3CONTROL = {
    "DeletePublicAccessBlock": ("s3", "DeleteAccountPublicAccessBlock"),
    "GetPublicAccessBlock": ("s3", "GetAccountPublicAccessBlock"),
    "PutPublicAccessBlock": ("s3", "PutAccountPublicAccessBlock"),
    **{name: ("s3-outposts", name) for name in (
        "CreateBucket", "DeleteBucket", "DeleteBucketLifecycleConfiguration", "DeleteBucketPolicy",
        "DeleteBucketReplication", "DeleteBucketTagging", "GetBucket",
        "GetBucketLifecycleConfiguration", "GetBucketPolicy", "GetBucketReplication",
        "GetBucketTagging", "GetBucketVersioning", "ListRegionalBuckets",
        "PutBucketLifecycleConfiguration", "PutBucketPolicy", "PutBucketReplication",
        "PutBucketTagging", "PutBucketVersioning")},
}
# Called without credentials, and yet decided by a policy: the role's trust policy.
TRUST = {("sts", "AssumeRoleWithSAML"), ("sts", "AssumeRoleWithWebIdentity"),
         # aws login: the catalogue has the action, and SCPs can deny it
         ("signin", "CreateOAuth2Token"), ("signin", "CreateOAuth2TokenWithTokenExchange")}


def read_models():
    data = pathlib.Path(botocore.__file__).parent / "data"
    for folder in sorted(data.iterdir()):
        files = sorted(folder.glob("*/service-2.json*")) if folder.is_dir() else []
        if not files:
            continue
        raw = files[-1].read_bytes()
        yield folder.name, json.loads(gzip.decompress(raw) if files[-1].suffix == ".gz" else raw)


def read_catalogue():
    """{prefix: {action: [pattern of its resources]}}, in small letters."""
    actions = collections.defaultdict(dict)
    for line in CATALOGUE.read_text(encoding="utf-8").splitlines():
        words = line.split()
        if line.startswith("s "):
            known, resources = actions[words[1].lower()], []
        elif line.startswith("r ") and actions:
            pattern = re.sub(r"\\\$\\\{.*?\\\}|<.*?>", ".*", re.escape(words[2]))
            resources.append(re.compile(pattern))
        elif line.startswith("a ") and actions:
            numbers = [] if len(words) < 4 or words[3] == "-" else words[3].split(",")
            known[words[1].lower()] = [resources[int(n.rstrip("+!"))] for n in numbers]
    return actions


def event_of(service, model, operation):
    if service == "s3control" and operation in S3CONTROL:
        source, name = S3CONTROL[operation]
    else:
        source = SOURCES.get(service, model["metadata"]["endpointPrefix"])
        name = operation + DATED.get(service, "")
    return f"{source}.amazonaws.com", name


def probe(lines):
    program = pathlib.Path(os.environ["ROOTOUT"]).parent / "tests" / "tools" / "event-probe"
    done = subprocess.run([program], input="".join(line + "\n" for line in lines),
                          capture_output=True, text=True, check=True)
    got = done.stdout.splitlines()
    assert len(got) == len(lines)
    return got


@pytest.fixture(scope="module")
def operations():
    found = [(service, operation, facts, event_of(service, model, operation), model)
             for service, model in read_models()
             for operation, facts in model["operations"].items()]
    assert len(found) > 15000
    return found


@pytest.fixture(scope="module")
def answers(operations):
    got = probe([f"{source} {name}" for _, _, _, (source, name), _ in operations])
    return [(service, operation, facts, *answer.split(" "))
            for (service, operation, facts, _, _), answer in zip(operations, got)]


# What stands in a parameter of that name, where not any text will do.
VALUES = {
    "allocationId": "eipalloc-1", "groupId": "sg-1", "imageId": "ami-1", "instanceId": "i-1",
    "internetGatewayId": "igw-1", "launchTemplateId": "lt-1", "natGatewayId": "nat-1",
    "networkAclId": "acl-1", "networkInterfaceId": "eni-1", "routeTableId": "rtb-1",
    "snapshotId": "snap-1", "subnetId": "subnet-1", "volumeId": "vol-1", "vpcId": "vpc-1",
    "vpcEndpointId": "vpce-1", "vpcPeeringConnectionId": "pcx-1",
    "policyArn": "arn:aws:iam::111122223333:policy/p", "targetPrincipal": "444455556666",
    "queueUrl": "https://sqs.us-east-1.amazonaws.com/111122223333/q",
    "roleArn": "arn:aws:iam::111122223333:role/r", "registryId": "111122223333",
    "secretId": "arn:aws:secretsmanager:us-east-1:111122223333:secret:s-AbCdEf",
    "stateMachineArn": "arn:aws:states:us-east-1:111122223333:stateMachine:m",
    "topicArn": "arn:aws:sns:us-east-1:111122223333:t",
}
S3_NAMES = {"bucket": "bucketName"}


def parameters(service, model, facts):
    """The texts of the operation's input: those that are required, and all."""
    shape = model["shapes"].get(facts.get("input", {}).get("shape"), {})
    required, found = {}, {}
    for member, ref in shape.get("members", {}).items():
        if model["shapes"][ref["shape"]]["type"] != "string":
            continue
        name = member[0].lower() + member[1:]
        if service == "s3":
            name = S3_NAMES.get(name, name)
        if name == "versionId":
            continue
        found[name] = VALUES.get(name, "x")
        if member in shape.get("required", []):
            required[name] = found[name]
    return required, found


def test_resources_are_possible(operations):
    """With every text of its input, and with each beside the required: an ARN that it can have."""
    catalogue = read_catalogue()
    asked = []
    for service, operation, facts, (source, name), model in operations:
        required, given = parameters(service, model, facts)
        for some in [given] + [{**required, key: value} for key, value in given.items()]:
            asked.append((service, operation, some, json.dumps({
                "eventType": "AwsApiCall", "eventSource": source, "eventName": name,
                "awsRegion": "us-east-1", "recipientAccountId": "111122223333",
                "userIdentity": {"type": "Root", "accountId": "111122223333"},
                "requestParameters": some})))
    wrong, known = set(), set()
    for (service, operation, some, _), answer in zip(asked, probe([a[-1] for a in asked])):
        action, _, resource = answer.partition(" ")
        prefix, _, name = action.lower().partition(":")
        patterns = catalogue[prefix].get(name)
        if resource in ("", "*") or patterns is None:
            continue
        known.add(action)
        if not any(pattern.fullmatch(resource) for pattern in patterns):
            wrong.add(f"{service} {operation} {' '.join(some)[:40]}: {resource}")
    assert not wrong, "\n".join(sorted(wrong))
    assert len(known) >= 800, len(known)


def test_actions_exist(answers):
    catalogue = read_catalogue()
    allowed = set(UNKNOWN.read_text(encoding="utf-8").split("\n")) - {""}
    unknown = set()
    for service, operation, _, action, rule in answers:
        prefix, name = action.split(":")
        if rule in ("asks", "several") and name.lower() not in catalogue[prefix.lower()]:
            unknown.add(f"{service} {operation}")
    comments = {line for line in allowed if line.startswith("#")}
    allowed -= comments
    assert unknown - allowed == set(), "no such action, and not listed as unknown"
    assert allowed - unknown == set(), "listed as unknown, but an action is known"


def test_unsigned_operations_are_those_of_the_models(answers):
    wrong = []
    for service, operation, facts, _, rule in answers:
        unsigned = facts.get("authtype") == "none" or "smithy.api#noAuth" in facts.get("auth", [])
        if (service, operation) not in TRUST and unsigned != (rule == "unsigned"):
            wrong.append((service, operation, rule))
    # The model calls GetClientToken signed; its page says that IAM has no say.
    assert wrong == [("cognito-idp", "GetClientToken", "unsigned")]


def test_methods_of_api_gateway_are_those_of_the_models(answers):
    wrong = []
    for service, operation, facts, action, rule in answers:
        if service not in ("apigateway", "apigatewayv2") or rule != "asks":
            continue
        if action != f"apigateway:{operation}" and action != f"apigateway:{facts['http']['method']}":
            wrong.append((service, operation, action))
    assert wrong == []


def test_every_rule_is_met(answers):
    seen = collections.Counter(rule for *_, rule in answers)
    assert seen["free"] == 2  # sts: GetCallerIdentity, GetSessionToken
    assert seen["several"] >= 10
    assert seen["unsigned"] >= 30
