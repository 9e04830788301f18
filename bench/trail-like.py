#!/usr/bin/env python3
"""Print about N MB of events shaped like CloudTrail's: trail-like.py N."""

import json
import random
import sys

rng = random.Random(20261123)
NAMES = ["AssumeRole", "GetObject", "PutObject", "DescribeInstances", "ConsoleLogin", "AssumeRoot",
         "DeleteLoginProfile", "GetAccountSummary", "ListAccounts", "CreateAccount"]


def hexes(n):
    return "".join(rng.choice("0123456789abcdef") for _ in range(n))


def event():
    account = f"{rng.randrange(10**12):012d}"
    name = rng.choice(NAMES)
    return {
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "AssumedRole",
            "principalId": f"AROA{hexes(16).upper()}:session",
            "arn": f"arn:aws:sts::{account}:assumed-role/Deployer/session",
            "accountId": account,
            "accessKeyId": f"ASIA{hexes(16).upper()}",
            "sessionContext": {
                "sessionIssuer": {
                    "type": "Role",
                    "principalId": f"AROA{hexes(16).upper()}",
                    "arn": f"arn:aws:iam::{account}:role/Deployer",
                    "accountId": account,
                    "userName": "Deployer",
                },
                "attributes": {"creationDate": "2026-11-23T15:16:52Z", "mfaAuthenticated": "false"},
            },
        },
        "eventTime": f"2026-11-23T15:{rng.randrange(60):02d}:{rng.randrange(60):02d}Z",
        "eventSource": "iam.amazonaws.com",
        "eventName": name,
        "awsRegion": "ap-northeast-1",
        "sourceIPAddress": ".".join(str(rng.randrange(256)) for _ in range(4)),
        "userAgent": 'aws-cli/2.15.0 md/awscrt#0.19.19 ua/2.0 os/linux#6.1 "x86_64" lang/python#3.11',
        "requestParameters": {"userName": f"user-{hexes(6)}", "maxItems": rng.randrange(1000),
                              "tags": ["a", "b"], "note": "店舗の\n一覧" if rng.random() < 0.1 else None},
        "responseElements": None,
        "requestID": f"{hexes(8)}-{hexes(4)}-{hexes(4)}-{hexes(4)}-{hexes(12)}",
        "eventID": f"{hexes(8)}-{hexes(4)}-{hexes(4)}-{hexes(4)}-{hexes(12)}",
        "readOnly": rng.random() < 0.5,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": account,
        "eventCategory": "Management",
        "tlsDetails": {"tlsVersion": "TLSv1.3", "cipherSuite": "TLS_AES_128_GCM_SHA256",
                       "clientProvidedHostHeader": "iam.amazonaws.com"},
    }


def main():
    size, records = 0, []
    while size < float(sys.argv[1]) * 1e6:
        records.append(json.dumps(event(), separators=(",", ":"), ensure_ascii=False))
        size += len(records[-1])
    print('{"Records":[' + ",".join(records) + "]}", end="")


if __name__ == "__main__":
    main()
