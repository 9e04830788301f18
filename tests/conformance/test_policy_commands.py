"""`rootout policy eval`, `who-can` and `diff`: what a person sees, on files and on a folder."""

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
])
def test_wrong_use(rootout, args, said):
    done = evaluate(rootout, *args)
    assert done.returncode == 2, done
    assert said in done.stderr


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
    assert text.startswith("| account | who |") and "**changes**" in text


def test_diff_needs_two_folders(rootout, tmp_path):
    done = rootout("policy", "diff", STORES)
    assert done.returncode == 2 and "which two?" in done.stderr
    done = rootout("policy", "diff", STORES, tmp_path)
    assert done.returncode == 2 and "rootout.yaml" in done.stderr
