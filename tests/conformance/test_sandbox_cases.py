"""The sandbox answers what AWS answered: tests/data/aws, call by call."""

import json
import pathlib
import re
import urllib.error
import urllib.parse
import urllib.request

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import botocore.exceptions
import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
ACCOUNT = "123456789012"
DATA = ROOT / "tests" / "data" / "aws"


def rows(name):
    return [json.loads(line) for line in (DATA / name).read_text().splitlines()]


@pytest.fixture
def small(tmp_path):
    """An organization whose management account is the one of the cases; IAM is not trusted."""
    folder = tmp_path / "cases"
    folder.mkdir()
    files = {
        "rootout.yaml": {"organization": "cases", "management": ACCOUNT},
        "accounts.yaml": [
            {"account": {"name": "main", "id": ACCOUNT, "email": "main@example.com"}},
            {"account": {"name": "member", "id": "111122223333", "email": "m@example.com"}}],
        "sandbox.yaml": {"trusted-access": []},
    }
    for name, content in files.items():
        (folder / name).write_text(yaml.safe_dump(content))
    return folder


def without_nulls(v):
    return {k: w for k, w in v.items() if w is not None} if isinstance(v, dict) else v


class Callers:
    """original is the administrator; others are users that the cases make."""

    def __init__(self, sb):
        self.sb = sb
        self.keys = {}
        self.arn = sb.client("sts").get_caller_identity()["Arn"]

    def client(self, who, service, **settings):
        return self.sb.client(service, keys=self.keys.get(who), **settings)

    def prepare(self, who, calls):
        """Users, their policies and keys, as the case says."""
        for name, parameters in calls:
            service, operation = name.split(":")
            client = self.sb.client(service)
            answer = getattr(client, snake(operation))(**parameters)
            if operation == "CreateAccessKey":
                key = answer["AccessKey"]
                self.keys[who] = (key["AccessKeyId"], key["SecretAccessKey"], None)


def snake(name):
    return re.sub(r"(?<=[a-z])([A-Z])|(?<!^)([A-Z])(?=[a-z])", r"_\1\2", name).lower().replace(
        "_m_f_a_", "_mfa_")


def call(callers, row):
    """(code, status, message, output), whatever botocore thinks of the input."""
    client = callers.client(row["as"], row["service"], parameter_validation=False,
                            retries={"mode": "standard", "total_max_attempts": 1})
    if row.get("endpoint"):
        host = urllib.parse.urlsplit(row["endpoint"]).netloc
        client.meta.events.register("before-sign.*.*", lambda request, **_:
                                    request.headers.__setitem__("Host", host))
    try:
        output = getattr(client, snake(row["op"]))(**row["input"])
    except botocore.exceptions.ClientError as e:
        return (e.response["Error"]["Code"], e.response["ResponseMetadata"]["HTTPStatusCode"],
                e.response["Error"].get("Message"), None)
    status = output.pop("ResponseMetadata")["HTTPStatusCode"]
    return "Success", status, None, json.loads(json.dumps(output, default=lambda t: t.isoformat()))


def fits(expected, got, arn):
    """Equal, where <original-caller-arn> is the caller and another <…> is anything."""
    expected = expected.replace("<original-caller-arn>", arn)
    pattern = re.sub(r"<[a-z-]+>", "[0-9a-zA-Z-]+", re.escape(expected).replace(r"\-", "-"))
    return re.fullmatch(pattern, got) is not None


def test_root_access(sandbox, small):
    sb = sandbox(small)
    callers = Callers(sb)
    wrong, driven, unknown = [], 0, []
    for row in rows("root_access.jsonl"):
        callers.prepare(row["as"], row["state"])
        try:
            code, status, message, output = call(callers, row)
        except AttributeError:  # the SDK has no such operation
            unknown.append(row["op"])
            continue
        driven += 1
        same = (code, status) == (row["code"], row["http"])
        if row["message"] is not None:
            same = same and message is not None and fits(row["message"], message, callers.arn)
        if row["output"] is not None:
            same = same and output == row["output"]
        if not same:
            wrong.append(f"{row['case']}: {row['code']} {row['http']} {row['message']} "
                         f"{row['output']}\n    but: {code} {status} {message} {output}")
    assert not wrong, "\n".join(wrong)
    # An older botocore does not know GetAccountProperties; the pinned one does.
    assert set(unknown) <= {"GetAccountProperties"}, unknown
    assert driven + len(unknown) == 32


def raw_query(sb, form):
    """A query as it stands, signed: what an SDK would not send."""
    section = sb.profiles["management"]
    request = botocore.awsrequest.AWSRequest(
        method="POST", url=sb.url + "/", data=form.encode(),
        headers={"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"})
    botocore.auth.SigV4Auth(
        botocore.credentials.Credentials(section["aws_access_key_id"],
                                         section["aws_secret_access_key"]),
        "sts", "us-east-1").add_auth(request)
    prepared = request.prepare()
    sent = urllib.request.Request(prepared.url, data=prepared.body, method="POST",
                                  headers=dict(prepared.headers.items()))
    try:
        with urllib.request.urlopen(sent, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as e:
        return e.code, e.read().decode()


def test_numbers_of_a_query(sandbox, small):
    sb = sandbox(small)
    cases = [r for r in rows("sts.jsonl") if r["src"] == "sts/query_inputs"]
    for row in cases:
        form = urllib.parse.urlencode({"Action": row["op"], "Version": "2011-06-15",
                                       **row["input"]})
        status, body = raw_query(sb, form)
        code = re.search("<Code>(.*?)</Code>", body)
        assert (status, code.group(1) if code else "Success") == (row["http"], row["code"]), row
    assert len(cases) == 9


def test_managed_session_policies_are_read_live(sandbox, small):
    """sts.jsonl, sts/managed_session_policy."""
    sb = sandbox(small)
    iam = sb.client("iam")

    def document(effect):
        return json.dumps({"Version": "2012-10-17", "Statement": [
            {"Effect": effect, "Action": "iam:ListUsers", "Resource": "*"}]})

    policy = iam.create_policy(PolicyName="live", PolicyDocument=document("Allow"))["Policy"]
    trust = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
         "Action": "sts:AssumeRole"}]}
    role = iam.create_role(RoleName="live", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
    iam.put_role_policy(RoleName="live", PolicyName="p", PolicyDocument=document("Allow"))
    creds = sb.client("sts").assume_role(
        RoleArn=role["Arn"], RoleSessionName="abc", DurationSeconds=900,
        PolicyArns=[{"arn": policy["Arn"]}])["Credentials"]
    session = sb.client("iam", keys=(creds["AccessKeyId"], creds["SecretAccessKey"],
                                     creds["SessionToken"]))
    session.list_users()
    iam.create_policy_version(PolicyArn=policy["Arn"], PolicyDocument=document("Deny"),
                              SetAsDefault=True)
    with pytest.raises(botocore.exceptions.ClientError) as e:
        session.list_users()
    assert e.value.response["Error"]["Code"] == "AccessDenied"
