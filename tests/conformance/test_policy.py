"""`rootout policy test`: what a person sees of cases that pass, fail, or are none."""

import json
import pathlib
import xml.etree.ElementTree

import pytest

DATA = pathlib.Path(__file__).resolve().parents[1] / "data" / "policy"
ALLOW = {"Version": "2012-10-17",
         "Statement": {"Sid": "All", "Effect": "Allow", "Action": "*", "Resource": "*"}}
ONE = {"id": "one", "principal": "arn:aws:iam::111122223333:user/ann", "action": "s3:GetObject",
       "resource": "arn:aws:s3:::b/k", "context": {}, "policies": {"identity": [ALLOW]}}


@pytest.fixture
def cases(tmp_path):
    def write(*rows, name="cases.jsonl"):
        path = tmp_path / name
        path.write_text("".join((r if isinstance(r, str) else json.dumps(r)) + "\n" for r in rows))
        return path
    return write


def test_the_projects_own_cases_pass(rootout):
    files = sorted(DATA.glob("*.jsonl"))
    assert files
    done = rootout("policy", "test", *files)
    assert done.returncode == 0, done
    assert ", 0 failed" in done.stdout


def test_a_failing_case_is_explained(rootout, cases):
    path = cases(dict(ONE, expect="deny"), "", dict(ONE, id="two", expect="allow"))
    done = rootout("policy", "test", path)
    assert done.returncode == 1, done
    assert "one" in done.stdout and f"{path}:1" in done.stdout
    assert "allowed by statement All (line 1) of identity-based policy 'identity[0]'" in done.stdout
    assert "2 cases, 1 passed, 1 failed" in done.stdout


def test_a_denial_tells_what_would_have_had_to_differ(rootout, cases):
    limited = dict(ALLOW, Statement=dict(ALLOW["Statement"], Condition={
        "StringEquals": {"aws:RequestedRegion": "eu-west-1"}}))
    done = rootout("policy", "test", "--output", "json", cases(
        dict(ONE, expect="allow", context={"aws:RequestedRegion": "us-east-1"},
             policies={"identity": [limited]})))
    assert done.returncode == 1, done
    why = done.json["failures"][0]["why"]
    assert why.startswith("expected allow, got deny: denied: no identity-based policy allows it; ")
    assert "nearest is statement All (line 1) of 'identity[0]': condition StringEquals " in why
    assert why.endswith("'eu-west-1': the request's is 'us-east-1'")


def test_json(rootout, cases):
    done = rootout("policy", "test", "--output", "json", cases(dict(ONE, expect="deny")))
    assert done.returncode == 1, done
    result = json.loads(done.stdout)
    assert (result["cases"], result["failed"], result["unreadable"]) == (1, 1, 0)
    assert result["failures"][0]["expected"] == "deny"


def test_junit(rootout, cases, tmp_path):
    report = tmp_path / "report.xml"
    path = cases(dict(ONE, id='a<"&', expect="deny"), dict(ONE, id="b", expect="allow"), "{}")
    done = rootout("policy", "test", "--junit", report, path)
    assert done.returncode == 2, done
    suite = xml.etree.ElementTree.parse(report).getroot().find("testsuite")
    assert suite.attrib["tests"] == "3"
    names = [c.attrib["name"] for c in suite.findall("testcase")]
    assert names == ['a<"&', "b", "line 3"]
    assert [len(c) for c in suite.findall("testcase")] == [1, 0, 1]


@pytest.mark.parametrize("row, said", [
    ('{"id": x}', "column 8"),
    ({"id": "x", "principle": "*"}, "did you mean 'principal'"),
    (dict(ONE, expect="maybe"), "'expect' must be allow or deny"),
    (dict(ONE, expect="allow", policies={"identity": [{"Statement": {"Effect": "Allow"}}]}),
     "identity[0]:1:"),
    (dict(ONE, expect="allow", policies={"group": []}), "unknown kind of policy 'group'"),
    (dict(ONE, expect="allow", policies=[]), "'policies' must be an object"),
])
def test_what_is_no_case_is_an_error(rootout, cases, row, said):
    done = rootout("policy", "test", cases(row))
    assert done.returncode == 2, done
    assert said in done.stdout


def test_a_file_without_cases_does_not_pass(rootout, cases):
    done = rootout("policy", "test", cases(""))
    assert done.returncode == 2, done
    assert "holds no case" in done.stderr
