"""Settings, endpoints and signatures as botocore and Python's standard library have them.

tests/tools/aws-probe.c is rootout's side. Fixed seeds: a case that fails, fails again.
"""

import datetime
import json
import os
import pathlib
import random
import shlex
import subprocess
import urllib.parse
from unittest import mock

import botocore.auth
import botocore.awsrequest
import botocore.configloader
import botocore.credentials
import botocore.session
import pytest


class Probe:
    def __init__(self):
        build = pathlib.Path(os.environ["ROOTOUT"]).parent
        while not (build / "build.ninja").exists() and build != build.parent:
            build = build.parent
        self.process = subprocess.Popen(
            [build / "tests" / "tools" / "aws-probe"], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True, encoding="utf-8")

    def ask(self, **question):
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        assert self.process.wait(20) == 0


@pytest.fixture(scope="module")
def probe():
    p = Probe()
    yield p
    p.close()


# ---- endpoints ----

PARTITIONS = ["aws", "aws-cn", "aws-us-gov"]
OPERATIONS = {"sts": "GetCallerIdentity", "iam": "ListUsers", "organizations": "ListRoots"}


def regions():
    session = botocore.session.Session()
    return [(p, r) for p in PARTITIONS
            for r in session.get_available_regions("ec2", partition_name=p)]


@pytest.mark.parametrize("service", OPERATIONS)
def test_endpoints(probe, service):
    """Every region of the three partitions, by botocore's own rules."""
    session = botocore.session.Session()
    assert len(regions()) > 25
    for partition, region in regions():
        client = session.create_client(service, region_name=region, aws_access_key_id="a",
                                       aws_secret_access_key="b")
        operation = client.meta.service_model.operation_model(OPERATIONS[service])
        context = {"signing": {}}
        url, _, properties = client._resolve_endpoint_ruleset(operation, {}, context)
        signing = properties.get("authSchemes", [{}])[0].get("signingRegion", region)
        assert probe.ask(do="endpoint", service=service, region=region) == {
            "url": url, "signing_region": signing, "partition": partition}, region


# ---- the command line of credential_process ----

def test_split(probe):
    rng = random.Random(1)
    pieces = ["a", "b c", "'", '"', "\\", " ", "\t", "\n", "#", "$x", "''", '""', "é", "--x=y", "\\\\",
              "'a b'", '"a\\"b"', "\\ ", "%"]
    refused = 0
    for _ in range(3000):
        command = "".join(rng.choice(pieces) for _ in range(rng.randrange(1, 12)))
        try:
            want = {"words": shlex.split(command)}
        except ValueError:
            want = None
        got = probe.ask(do="split", command=command)
        if not want or not want["words"]:
            assert "error" in got, command
            refused += 1
        else:
            assert got == want, command
    assert 100 < refused < 2900


# ---- shared files ----

def random_config(rng):
    """What both read: the CLI refuses a section or a key that comes twice, and takes " #" as text."""
    lines = []
    names = rng.sample(["a", "b-1", "c d", "e.f", "日本", "default"], rng.randrange(1, 5))
    for name in names:
        if rng.random() < 0.3:
            lines.append(rng.choice(["# comment", "; comment", "", "   ", "  # indented comment"]))
        if name == "default":
            lines.append("[default]")
        elif " " in name or rng.random() < 0.3:
            lines.append(f'[profile "{name}"]')
        else:
            lines.append(f"[profile {name}]")
        indent = rng.choice(["", "", "", "  ", "\t"])
        for key in rng.sample(["region", "Output", "role_arn", "x-y", "s3"], rng.randrange(0, 5)):
            if key == "s3":
                lines += [indent + "s3 =", indent + "  addressing_style = path",
                          indent + "  y=z"]
                continue
            value = rng.choice(["us-east-1", "a b  c", "a=b", "a:b", '"q"', "arn:aws:iam::1:role/x",
                                "tab\tinside", "値", "x#y;z"])
            lines.append(indent + key + rng.choice([" = ", "=", " =", ":  ", "\t=\t"]) + value
                         + rng.choice(["", "  ", "\t"]))
            if rng.random() < 0.2:
                lines.append(indent + "   " + rng.choice(["more", "and more = x", "[no section]"]))
    return rng.choice(["\n", "\r\n"]).join(lines) + rng.choice(["", "\n"]), names


def test_config(probe, tmp_path):
    rng = random.Random(2)
    keys = ["region", "output", "role_arn", "x-y"]
    path = tmp_path / "config"
    seen = 0
    for _ in range(400):
        text, names = random_config(rng)
        path.write_bytes(text.encode())
        profiles = botocore.configloader.load_config(str(path))["profiles"]
        for name in names + ["nobody"]:
            got = probe.ask(do="config", path=str(path), profile=name, keys=keys)
            assert "error" not in got, (got, text)
            assert got["there"] == (name in profiles), (name, text)
            want = {k: profiles.get(name, {}).get(k) for k in keys}
            assert got["values"] == want, (name, text)
            seen += sum(v is not None for v in want.values())
    assert seen > 1000


# ---- signatures ----

SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"


def random_request(rng):
    letters = "abcXYZ019-._~ /+=&%:,;@!*'()$日ü"

    def text(most):
        return "".join(rng.choice(letters) for _ in range(rng.randrange(0, most)))

    segments = [urllib.parse.quote(text(6), safe="-_.~") for _ in range(rng.randrange(0, 5))]
    # Not "." or ".." at the end: there RFC 3986 has a slash, and botocore has none.
    path = "/" + "/".join(rng.choice([s, s, s, ".", "..", ""]) for s in segments)
    path += "/end" if path.endswith("/.") or path.endswith("/..") else ""
    query = "&".join(urllib.parse.quote(text(5), safe="-_.~") + "=" +
                     urllib.parse.quote(text(8), safe="-_.~")
                     for _ in range(rng.randrange(0, 5)))
    headers = [["Host", rng.choice(["sts.amazonaws.com", "127.0.0.1:4566", "[::1]:80"])]]
    for _ in range(rng.randrange(0, 4)):
        name = rng.choice(["X-Amz-Target", "Content-Type", "x-one", "X-Two", "My-Header"])
        headers.append([name, rng.choice(["a", "  b  c ", "", "\ttab\t\there ", "x,y", '"q  r"'])])
    return {
        "method": rng.choice(["GET", "POST", "DELETE", "PUT"]), "path": path, "query": query,
        "headers": headers, "body": text(40), "region": rng.choice(["us-east-1", "cn-north-1"]),
        "service": rng.choice(["sts", "iam", "organizations"]), "key_id": "AKIDEXAMPLE",
        "secret": rng.choice([SECRET, "/+" * 20]), "token": rng.choice(["", "", "FwoG+/=="]),
    }


def test_signatures(probe):
    rng = random.Random(3)
    now = datetime.datetime(2026, 11, 23, 15, 16, 52, tzinfo=datetime.timezone.utc)
    for _ in range(1500):
        q = random_request(rng)
        url = "https://x" + q["path"] + ("?" + q["query"] if q["query"] else "")
        request = botocore.awsrequest.AWSRequest(q["method"], url, data=q["body"].encode())
        for name, value in q["headers"]:
            request.headers.add_header(name, value)
        credentials = botocore.credentials.Credentials(q["key_id"], q["secret"], q["token"] or None)
        with mock.patch.object(botocore.auth, "get_current_datetime", lambda: now):
            botocore.auth.SigV4Auth(credentials, q["service"], q["region"]).add_auth(request)
        got = probe.ask(do="sign", now_ms=int(now.timestamp() * 1000), **q)
        assert got["authorization"] == request.headers["Authorization"], q
