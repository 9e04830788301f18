"""The sandbox as a program: real clients, restarts, kills, faults, its own options."""

import gzip
import json
import os
import pathlib
import random
import shutil
import signal
import stat
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

import botocore.exceptions
import botocore.parsers
import pytest

AUDIT = {"arn": "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials"}
MEMBER = "100000000001"
REGION = {"AWS_DEFAULT_REGION": "us-east-1"}  # what version 1 of the CLI reads


def error(e):
    return e.value.response["Error"]["Code"]


# ---- the AWS CLI ----


@pytest.fixture(scope="session")
def aws_cli():
    beside = pathlib.Path(sys.executable).parent / "aws"  # of .venv, whatever PATH says
    found = str(beside) if beside.exists() else shutil.which("aws")
    assert found, "the AWS CLI is one of the tests' tools: make deps"
    return found


def test_aws_cli(sandbox, organization, aws_cli):
    sb = sandbox(organization(25))

    def aws(*args, profile="management", status=0):
        done = subprocess.run([aws_cli, *args, "--output", "json"], env=sb.env(profile, **REGION),
                              capture_output=True, text=True, timeout=120)
        assert (done.returncode != 0) == (status != 0), done.stderr
        return json.loads(done.stdout) if status == 0 and done.stdout else done.stderr

    assert aws("sts", "get-caller-identity")["Account"] == "100000000000"
    assert aws("sts", "get-caller-identity", profile="member-003")["Account"] == "100000000003"
    assert aws("sts", "get-caller-identity", profile="100000000004")["Account"] == "100000000004"
    accounts = aws("organizations", "list-accounts")["Accounts"]  # two pages
    assert len(accounts) == 26 and len({a["Id"] for a in accounts}) == 26
    session = aws("sts", "assume-root", "--target-principal", MEMBER, "--task-policy-arn",
                  f"arn={AUDIT['arn']}")["Credentials"]
    env = sb.env(**REGION)
    del env["AWS_PROFILE"]
    env.update(AWS_ACCESS_KEY_ID=session["AccessKeyId"],
               AWS_SECRET_ACCESS_KEY=session["SecretAccessKey"],
               AWS_SESSION_TOKEN=session["SessionToken"])
    done = subprocess.run([aws_cli, "iam", "get-account-summary", "--output", "json"], env=env,
                          capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["SummaryMap"]["AccountPasswordPresent"] == 1
    said = aws("sts", "assume-root", "--target-principal", "100000000000", "--task-policy-arn",
               f"arn={AUDIT['arn']}", status=1)
    assert "(AccessDenied)" in said
    said = aws("s3", "ls", status=1)
    assert "(NotImplemented)" in said and "does not serve 's3'" in said


# ---- credentials ----


def test_profiles(sandbox, organization):
    sb = sandbox(organization(3))
    assert stat.S_IMODE(sb.credentials.stat().st_mode) == 0o600
    assert sb.profiles.sections()[0] == "management"
    for name in ("main", "100000000000", "member-001", "100000000001", "member-003"):
        assert name in sb.profiles.sections()
        arn = sb.client("sts", name).get_caller_identity()["Arn"]
        assert arn.endswith(":user/sandbox/administrator")


def test_open(sandbox):
    sb = sandbox(None, "--empty", "--account", "210987654321", "--open")
    assert "--open" in sb.log.read_text()
    answer = sb.client("sts", keys=("testing", "testing", "testing")).get_caller_identity()
    assert answer["Account"] == "210987654321"


def test_wrong_credentials(sandbox, organization):
    sb = sandbox(organization(1))
    key, secret = (sb.profiles["management"][n] for n in ("aws_access_key_id",
                                                          "aws_secret_access_key"))
    cases = [("sts", ("AKIAQAAAAAAAAAAAAAAA", secret, None), "InvalidClientTokenId", 403),
             ("sts", (key, "wrong", None), "SignatureDoesNotMatch", 403),
             ("sts", (key, secret, "token"), "InvalidClientTokenId", 403),
             ("organizations", ("AKIAQAAAAAAAAAAAAAAA", secret, None),
              "UnrecognizedClientException", 400),
             ("organizations", (key, "wrong", None), "InvalidSignatureException", 400)]
    for service, keys, code, status in cases:
        client = sb.client(service, keys=keys)
        with pytest.raises(botocore.exceptions.ClientError) as e:
            client.get_caller_identity() if service == "sts" else client.list_roots()
        assert error(e) == code
        assert e.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
        assert e.value.response["ResponseMetadata"]["RequestId"]


def test_presigned(sandbox):
    """What an EKS token is: a signed URL that somebody else fetches."""
    sb = sandbox(None, "--empty")
    url = sb.client("sts").generate_presigned_url("get_caller_identity", ExpiresIn=60,
                                                  HttpMethod="GET")
    with urllib.request.urlopen(url, timeout=30) as answer:
        assert b"<Account>123456789012</Account>" in answer.read()
    for changed in (url.replace("X-Amz-Signature=", "X-Amz-Signature=0"),
                    url.replace("X-Amz-Expires=60", "X-Amz-Expires=61")):
        with pytest.raises(urllib.error.HTTPError) as e:
            urllib.request.urlopen(changed, timeout=30)
        assert e.value.code in (400, 403)


def test_sessions_end(sandbox, organization):
    sb = sandbox(organization(1))
    creds = sb.client("sts").assume_root(TargetPrincipal=MEMBER,
                                         TaskPolicyArn=AUDIT)["Credentials"]
    keys = (creds["AccessKeyId"], creds["SecretAccessKey"], creds["SessionToken"])
    sb.client("iam", keys=keys).get_account_summary()
    sb.advance("16m")
    with pytest.raises(botocore.exceptions.ClientError) as e:
        sb.client("iam", keys=keys).get_account_summary()
    assert error(e) == "ExpiredToken"
    sb.client("sts").get_caller_identity()  # signed with the machine's own time


# ---- state ----


def test_state_outlives_restarts(sandbox, organization, tmp_path):
    state, org = tmp_path / "state", organization(3)
    sb = sandbox(org, "--state", state)
    creds = sb.client("sts").assume_root(
        TargetPrincipal=MEMBER,
        TaskPolicyArn={"arn": AUDIT["arn"].replace("Audit", "Delete")})["Credentials"]
    keys = (creds["AccessKeyId"], creds["SecretAccessKey"], creds["SessionToken"])
    sb.client("iam", keys=keys).delete_login_profile()
    before, profiles = sb.state, sb.credentials.read_text()
    sb.stop()
    again = sandbox(org, "--state", state)
    assert again.credentials.read_text() == profiles
    assert again.state == before
    with pytest.raises(botocore.exceptions.ClientError) as e:
        again.client("iam", keys=keys).get_login_profile()
    assert error(e) == "NoSuchEntity"
    for path in [state, *state.rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_one_sandbox_for_a_state(program, sandbox, organization, tmp_path):
    state, org = tmp_path / "state", organization(1)
    sandbox(org, "--state", state)
    done = subprocess.run([program, "sandbox", "--org", org, "--state", state, "--listen",
                           "127.0.0.1:0"], capture_output=True, text=True, timeout=60,
                          stdin=subprocess.DEVNULL)
    assert done.returncode == 3
    assert "in use by another sandbox" in done.stderr


def test_kill_nine(sandbox, organization, tmp_path):
    """Whatever was answered is there afterwards, at whatever moment the kill comes."""
    state, org = tmp_path / "state", organization(2)
    chance = random.Random(5)
    done = {}  # alias -> account, as answered
    for round_ in range(8):
        sb = sandbox(org, "--state", state)
        assert aliases(sb) == done, f"after kill {round_}"
        stop = threading.Event()
        unknown = []

        def work(account):
            iam = sb.client("iam", account, retries={"mode": "standard", "total_max_attempts": 1},
                            read_timeout=5)
            i = 0
            while not stop.is_set():
                alias = f"r{round_}-{account}-{i}"
                i += 1
                try:
                    iam.create_account_alias(AccountAlias=alias)
                    done[account] = alias
                except botocore.exceptions.ClientError:
                    raise
                except botocore.exceptions.BotoCoreError:
                    unknown.append((account, alias))  # may or may not have happened
                    return

        threads = [threading.Thread(target=work, args=(f"member-00{n}",)) for n in (1, 2)]
        for t in threads:
            t.start()
        time.sleep(chance.uniform(0.05, 0.4))
        sb.kill()
        stop.set()
        for t in threads:
            t.join()
        # A change whose answer was lost is there or is not: what the log has is asked next time.
        if unknown:
            look = sandbox(org, "--state", state)
            now = aliases(look)
            for account, alias in unknown:
                assert now[account] in (done.get(account), alias)
                done[account] = now[account]
            look.kill()
    assert done


def aliases(sb):
    return {a["name"]: a["alias"] for a in sb.state["accounts"] if a.get("alias")}


def test_events_outlive_kills(sandbox, organization, tmp_path):
    """Every change has its CloudTrail event in the files, once, also those of the last seconds."""
    state, org = tmp_path / "state", organization(2)
    sb = sandbox(org, "--state", state)
    iam = sb.client("iam", "member-001")
    for i in range(5):
        iam.create_account_alias(AccountAlias=f"alias-{i}")
    sb.kill()
    sandbox(org, "--state", state).stop()
    sandbox(org, "--state", state).stop()
    seen = {}
    for path in (state / "trail").rglob("*.json.gz"):
        for record in json.loads(gzip.decompress(path.read_bytes()))["Records"]:
            if record["eventName"] == "CreateAccountAlias":
                seen[record["requestParameters"]["accountAlias"]] = record["eventID"]
    assert sorted(seen) == [f"alias-{i}" for i in range(5)]
    assert len(set(seen.values())) == 5


def test_a_damaged_state(program, sandbox, organization, tmp_path):
    state, org = tmp_path / "state", organization(1)
    sb = sandbox(org, "--state", state)
    for i in range(3):
        sb.client("iam", "member-001").create_account_alias(AccountAlias=f"alias-{i}")
    sb.stop()
    log = state / "log.jsonl"
    lines = log.read_bytes().split(b"\n")
    log.write_bytes(b"\n".join([*lines[:2], lines[2].replace(b"alias", b"alibi"), *lines[3:]]))
    done = subprocess.run([program, "sandbox", "--org", org, "--state", state, "--listen",
                           "127.0.0.1:0"], capture_output=True, text=True, timeout=60,
                          stdin=subprocess.DEVNULL)
    assert done.returncode == 2
    assert f"{log}:3: the line is damaged" in done.stderr


def test_reset(sandbox, organization):
    sb = sandbox(organization(2))
    before = sb.state
    sb.client("iam", "member-001").create_account_alias(AccountAlias="another")
    assert sb.state != before
    sb.reset()
    assert sb.state == before
    sb.client("sts").get_caller_identity()


# ---- faults on the wire ----


def test_resets_and_half_answers(sandbox, organization):
    once = {"retries": {"mode": "standard", "total_max_attempts": 1}}
    sb = sandbox(organization(1), "--fault", "reset=100%:sts", "--fault", "truncate=100%:iam",
                 "--fault", "html=100%:organizations")
    with pytest.raises(botocore.exceptions.ConnectionClosedError):
        sb.client("sts", **once).get_caller_identity()
    # Half an answer ends the connection early, or is half a document.
    with pytest.raises((botocore.exceptions.BotoCoreError, botocore.parsers.ResponseParserError)):
        sb.client("iam", **once).get_account_summary()
    with pytest.raises(botocore.exceptions.ClientError) as e:
        sb.client("organizations", **once).list_roots()
    assert e.value.response["ResponseMetadata"]["HTTPStatusCode"] == 502


def test_throttling_is_survived(sandbox, organization):
    sb = sandbox(organization(1), "--fault", "throttle=30%", "--seed", "3")
    iam = sb.client("iam", "member-001")
    for _ in range(30):
        iam.get_account_summary()
    assert sb.calls["iam:GetAccountSummary"]["Throttling"] > 3
    assert sb.calls["iam:GetAccountSummary"]["OK"] == 30


def test_latency_holds_nobody_else_up(sandbox, organization):
    sb = sandbox(organization(1), "--fault", "latency=400ms:sts")
    clients = [sb.client("sts") for _ in range(20)]
    start = time.monotonic()
    threads = [threading.Thread(target=c.get_caller_identity) for c in clients]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert time.monotonic() - start < 20 * 0.4  # not one after the other


# ---- options ----


@pytest.mark.parametrize("options, says", [
    ((), "--org DIR or --empty"),
    (("--empty", "--account", "12345678901"), "12 digits"),
    (("--empty", "--fault", "throtle=5%"), "did you mean 'throttle'"),
    (("--org", "nowhere"), "nowhere"),
    (("--empty", "--listen", "nonsense"), "nonsense"),
])
def test_mistakes(rootout, options, says):
    done = rootout("sandbox", *options)
    assert done.returncode == 2, done
    assert says in done.stderr, done


def test_says_where_it_listens(sandbox):
    sb = sandbox(None, "--empty")
    said = sb.log.read_text()
    assert "listening on loopback only" in said
    assert f"export AWS_ENDPOINT_URL={sb.url}" in said
    assert sb.profiles["management"]["aws_secret_access_key"] not in said


# ---- sandbox run ----


def test_run(rootout, organization):
    org = organization(2)
    done = rootout("sandbox", "run", "--org", org, "--", "sh", "-c",
                   "echo $AWS_ENDPOINT_URL; echo $AWS_PROFILE; test -r "
                   "$AWS_SHARED_CREDENTIALS_FILE; exit 7",
                   env={"AWS_ACCESS_KEY_ID": "AKIAREAL", "AWS_ENDPOINT_URL_STS": "http://real"})
    assert done.returncode == 7, done
    assert done.stdout.splitlines()[0].startswith("http://127.0.0.1:")
    assert done.stdout.splitlines()[1] == "management"
    done = rootout("sandbox", "run", "--org", org, "--", "sh", "-c",
                   "env | grep -c -e AKIAREAL -e http://real",
                   env={"AWS_ACCESS_KEY_ID": "AKIAREAL", "AWS_ENDPOINT_URL_STS": "http://real"})
    assert done.stdout.strip() == "0"
    done = rootout("sandbox", "run", "--org", org, "--", "sh", "-c", "kill -TERM $$")
    assert done.returncode == 128 + signal.SIGTERM
    assert rootout("sandbox", "run", "--org", org, "--", "no-such-program").returncode == 127
    assert rootout("sandbox", "run", "--org", org, "--", "/dev/null").returncode == 126
    assert rootout("sandbox", "run", "--org", org).returncode == 2


def test_run_leaves_nothing(rootout, organization, tmp_path):
    temp = tmp_path / "temp"
    temp.mkdir()
    done = rootout("sandbox", "run", "--org", organization(1), "--", "sh", "-c",
                   "ls $TMPDIR; ls $TMPDIR/*", env={"TMPDIR": str(temp)})
    assert "credentials" in done.stdout
    assert list(temp.iterdir()) == []


def test_run_with_the_cli(rootout, organization, aws_cli):
    done = rootout("sandbox", "run", "--org", organization(2), "--", aws_cli, "organizations",
                   "list-accounts", "--output", "json")
    assert done.returncode == 0, done
    assert len(done.json["Accounts"]) == 3


# ---- acting on a running one ----


def test_commands_on_a_running_one(rootout, sandbox, organization, tmp_path):
    state = tmp_path / "state"
    sb = sandbox(organization(1), "--state", state)
    sb.client("sts").get_caller_identity()
    for which in (("--endpoint-url", sb.url), ("--state", state)):
        done = rootout("sandbox", "events", *which)
        assert json.loads(done.stdout.splitlines()[0])["eventName"] == "GetCallerIdentity", done
    assert rootout("sandbox", "events", "--since", "1", "--state", state).stdout == ""
    done = rootout("sandbox", "clock", "--advance", "2h", "--state", state, "--output", "json")
    assert done.json["ahead_ms"] == 7200000, done
    done = rootout("sandbox", "clock", "--advance", "soon", "--state", state)
    assert done.returncode == 2
    done = rootout("sandbox", "export", "--state", state)
    assert {a["id"] for a in done.json["accounts"]} == {"100000000000", MEMBER}
    assert sb.profiles["management"]["aws_secret_access_key"] not in done.stdout
    assert rootout("sandbox", "reset", "--state", state).returncode == 0
    sb.stop()
    done = rootout("sandbox", "events", "--state", state)
    assert done.returncode == 2 and "no sandbox is running" in done.stderr
    done = rootout("sandbox", "events", "--endpoint-url", sb.url)
    assert done.returncode == 2


def test_tail(rootout, sandbox, until):
    sb = sandbox(None, "--empty")
    tail = rootout("sandbox", "tail", "--output", "json", "--endpoint-url", sb.url, background=True,
                   stdout=subprocess.PIPE)
    lines = []
    reader = threading.Thread(target=lambda: lines.extend(iter(tail.stdout.readline, "")))
    reader.start()
    sb.client("sts").get_caller_identity()
    until(lambda: len(lines) == 1)
    sb.client("sts").get_session_token()
    until(lambda: len(lines) == 2)
    tail.send_signal(signal.SIGINT)
    assert tail.wait(30) == 0
    reader.join()
    assert [json.loads(line)["eventName"] for line in lines] == ["GetCallerIdentity",
                                                                 "GetSessionToken"]


# ---- many at once ----


def test_many_at_once(sandbox, organization):
    """Readers and writers together: every answer is of its own caller."""
    sb = sandbox(organization(4))
    wrong = []

    def work(n):
        name = f"member-00{n}"
        sts, iam = sb.client("sts", name), sb.client("iam", name)
        for i in range(25):
            if sts.get_caller_identity()["Account"] != f"10000000000{n}":
                wrong.append(name)
            alias = f"{name}-{i}"
            iam.create_account_alias(AccountAlias=alias)
            if iam.list_account_aliases()["AccountAliases"] != [alias]:
                wrong.append(alias)

    threads = [threading.Thread(target=work, args=(n,)) for n in (1, 2, 3, 4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not wrong
    assert {e["recipientAccountId"] for e in sb.events} == {f"10000000000{n}" for n in (1, 2, 3, 4)}


def test_nothing_is_left_running(program, organization, tmp_path):
    """Ended by SIGTERM it says goodbye: its endpoint file goes, its files stay whole."""
    state = tmp_path / "state"
    ready, tell = os.pipe()
    process = subprocess.Popen([program, "sandbox", "--org", organization(1), "--listen",
                                "127.0.0.1:0", "--state", state, "--ready-fd", str(tell)],
                               pass_fds=[tell], stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    os.close(tell)
    with os.fdopen(ready) as f:
        url = f.readline().strip()
        assert f.read() == ""  # closed when ready
    assert (state / "endpoint").read_text().strip() == url
    process.terminate()
    assert process.wait(30) == 0
    assert not (state / "endpoint").exists()
    assert not pathlib.Path("credentials").exists()
