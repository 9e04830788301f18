#!/usr/bin/env python3
"""Writes vectors.json and presigned.json: requests, and each stage of their signature.

    python3 tests/data/sigv4/generate.py

The requests are of the kinds that AWS's own Signature Version 4 test suite has,
and more; key, date, region and service are that suite's. What is expected comes
from botocore (tests/requirements.txt), which shares no line with rootout.
"""

import datetime
import json
import pathlib
from unittest import mock

from botocore import auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

HERE = pathlib.Path(__file__).parent
KEY_ID = "AKIDEXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
TOKEN = "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA=="
NOW = datetime.datetime(2015, 8, 30, 12, 36, 0, tzinfo=datetime.timezone.utc)
HOST = "example.amazonaws.com"
FORM = "application/x-www-form-urlencoded; charset=utf-8"
JSON11 = "application/x-amz-json-1.1"
UNRESERVED = "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def case(name, method="GET", path="/", query="", headers=(), body="", **more):
    return {
        "name": name, "method": method, "path": path, "query": query,
        "headers": [["Host", more.pop("host", HOST)], *map(list, headers)], "body": body,
        "region": more.pop("region", "us-east-1"), "service": more.pop("service", "service"),
        "token": more.pop("token", ""), "secret": more.pop("secret", SECRET),
    }


CASES = [
    case("get-vanilla"),
    case("get-vanilla-query", query="Param1=value1"),
    case("get-vanilla-query-order-key", query="Param1=value2&Param1=Value1"),
    case("get-vanilla-query-order-value", query="Param1=value2&Param1=value1"),
    case("get-vanilla-query-order-case", query="Param2=value2&Param1=value1&aram=x&ARAM=y"),
    case("get-vanilla-query-prefix-names", query="ab=1&a=2&a-b=3&a.b=4&a~b=5&a_b=6&a1=7"),
    case("get-vanilla-query-value-order", query="a=10&a=1&a=2&a="),
    case("get-vanilla-query-without-value", query="flag=&other=x"),
    case("get-vanilla-query-encoded", query="a%20b=c%2Fd&x=%26%3D%2B&y=%25"),
    case("get-vanilla-query-unreserved", query=f"{UNRESERVED}={UNRESERVED}"),
    case("get-vanilla-utf8-query", query="%E1%88%B4=bar"),
    case("get-utf8-query-value", query="name=%E5%B1%B1%E7%94%B0"),
    case("get-unreserved", path=f"/{UNRESERVED}"),
    case("get-utf8", path="/%E1%88%B4"),
    case("get-space", path="/example%20space/"),
    case("get-percent", path="/a%252Fb%25"),
    case("get-reserved", path="/a%3Ab%2Cc@d$e"),
    case("get-relative", path="/example/.."),
    case("get-relative-relative", path="/example1/example2/../.."),
    case("get-relative-middle", path="/a/b/../c/./d"),
    case("get-slash", path="//"),
    case("get-slashes", path="//example//"),
    case("get-slash-dot-slash", path="/./"),
    case("get-slash-pointless-dot", path="/./example"),
    case("get-dots-in-names", path="/..a/b../.c./..."),
    case("get-trailing-slash", path="/a/b/"),
    case("get-header-key-duplicate", headers=[("My-Header1", "value2"), ("My-Header1", "value2"),
                                              ("My-Header1", "value1")]),
    case("get-header-value-order", headers=[("My-Header1", "value4"), ("My-Header1", "value1"),
                                            ("My-Header1", "value3"), ("My-Header1", "value2")]),
    case("get-header-value-trim", headers=[("My-Header1", "  value1"),
                                           ("My-Header2", ' "a   b   c"  ')]),
    case("get-header-value-tabs", headers=[("My-Header1", "\ta\t \tb  c\t")]),
    case("get-header-empty", headers=[("My-Header1", ""), ("My-Header2", "   ")]),
    case("get-header-order", headers=[("Zoo", "z"), ("aardvark", "a"), ("Middle-Name", "m"),
                                      ("Middle", "n"), ("middle2", "o")]),
    case("get-header-colon", headers=[("My-Header1", "a:b:c")]),
    case("post-vanilla", "POST"),
    case("post-header-key-case", "POST", headers=[("My-HEADER1", "VALUE1")]),
    case("post-header-key-sort", "POST", headers=[("My-Header1", "value1")]),
    case("post-sts-header-before", "POST", token=TOKEN),
    case("post-vanilla-query", "POST", query="Param1=value1"),
    case("post-x-www-form-urlencoded", "POST",
         headers=[("Content-Type", "application/x-www-form-urlencoded")], body="Param1=value1"),
    case("post-form-parameters", "POST", headers=[("Content-Type", FORM)],
         body="Action=AssumeRoot&Version=2011-06-15&TargetPrincipal=111122223333"
              "&TaskPolicyArn.arn=arn%3Aaws%3Aiam%3A%3Aaws%3Apolicy%2Froot-task"
              "%2FIAMAuditRootUserCredentials", service="sts"),
    case("post-json", "POST", headers=[("Content-Type", JSON11),
                                       ("X-Amz-Target", "AWSOrganizationsV20161128.ListAccounts")],
         body='{"MaxResults":20}', service="organizations"),
    case("post-utf8-body", "POST", headers=[("Content-Type", JSON11)], body='{"Name":"店舗本番"}',
         service="organizations"),
    case("post-token-and-body", "POST", headers=[("Content-Type", FORM)], token=TOKEN,
         body="Action=GetCallerIdentity&Version=2011-06-15", service="sts"),
    case("delete-path", "DELETE", path="/account/111122223333"),
    case("host-with-port", host="127.0.0.1:4566"),
    case("other-region", region="ap-northeast-1", service="iam"),
    case("china", region="cn-north-1", service="sts", host="sts.cn-north-1.amazonaws.com.cn"),
    case("content-hash-declared", "POST",
         headers=[("X-Amz-Content-SHA256",
                   "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]),
    case("secret-with-slash-and-plus", secret="/+/+AAAAbbbbCCCCddddEEEEffffGGGGhhhh1234"),
]

# What AWS publishes for the first of them.
KNOWN = {"get-vanilla": "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"}


def request_of(c):
    url = f"https://{dict(map(tuple, c['headers'][:1]))['Host']}{c['path']}"
    request = AWSRequest(c["method"], url + (f"?{c['query']}" if c["query"] else ""),
                         data=c["body"].encode())
    for name, value in c["headers"]:
        request.headers.add_header(name, value)
    return request


def signed(c):
    signer = auth.SigV4Auth(Credentials(KEY_ID, c["secret"], c["token"] or None),
                            c["service"], c["region"])
    request = request_of(c)
    with mock.patch.object(auth, "get_current_datetime", lambda: NOW):
        signer.add_auth(request)
    # The stages once more, over what was signed.
    authorization = request.headers["Authorization"]
    del request.headers["Authorization"]
    canonical = signer.canonical_request(request)
    to_sign = signer.string_to_sign(request, canonical)
    signature = signer.signature(to_sign, request)
    assert authorization.endswith(signature), c["name"]
    assert KNOWN.get(c["name"], signature) == signature, c["name"]
    return {**c, "canonical_request": canonical, "string_to_sign": to_sign,
            "signature": signature, "authorization": authorization}


def presigned(c, expires):
    signer = auth.SigV4QueryAuth(Credentials(KEY_ID, c["secret"], c["token"] or None),
                                 c["service"], c["region"], expires=expires)
    request = request_of(c)
    with mock.patch.object(auth, "get_current_datetime", lambda: NOW):
        signer.add_auth(request)
    query = request.url.split("?", 1)[1]
    return {**c, "query": query, "expires": expires}


def write(name, cases):
    text = json.dumps(cases, indent=1, ensure_ascii=False)
    (HERE / name).write_text(text + "\n", encoding="utf-8")


def main():
    write("vectors.json", [signed(c) for c in CASES])
    write("presigned.json", [
        presigned(case("plain", query="Action=GetCallerIdentity&Version=2011-06-15",
                       service="sts"), 60),
        presigned(case("with-token", query="Action=GetCallerIdentity&Version=2011-06-15",
                       service="sts", token=TOKEN), 900),
        presigned(case("path-and-query", path="/a%20b/c", query="x=%2F&y=", service="iam"), 3600),
    ])


if __name__ == "__main__":
    main()
