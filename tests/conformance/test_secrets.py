"""No credential in any log, error, journal, ledger, report, trail or core dump.

Everything is run at the highest log level with failures injected, through a relay that writes down
every secret access key and session token that the sandbox issues. Then all that was left behind is
searched for them, and for what the credentials file holds.
"""

import base64
import gzip
import http.client
import os
import re
import resource
import signal
import socket
import struct
import subprocess
import urllib.parse

import pytest

LOUD = ["--verbose", "--log-format", "json"]
ISSUED = re.compile(rb"<(SecretAccessKey|SessionToken)>([^<]+)<")


class Relay:
    """Between rootout and a sandbox: passes all on as it stands, keeps the secrets."""

    def __init__(self, sb, aws_server):
        self.target = urllib.parse.urlsplit(sb.url)
        self.secrets, self.tokens = set(), set()
        self.server = aws_server({"GetCallerIdentity": self.pass_on, "*": self.pass_on})
        self.url = self.server.url

    def pass_on(self, handler):
        there = http.client.HTTPConnection(self.target.hostname, self.target.port)
        try:
            there.putrequest(handler.command, handler.path, skip_host=True,
                             skip_accept_encoding=True)
            for name, value in handler.headers.items():  # Host too: it is signed
                there.putheader(name, value)
            there.endheaders(handler.body)
            answer = there.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException):  # a fault, passed on as one
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                          struct.pack("ii", 1, 0))
            handler.close_connection = True
            handler.connection.close()
            return None
        finally:
            there.close()
        for kind, value in ISSUED.findall(body):
            (self.secrets if kind == b"SecretAccessKey" else self.tokens).add(value)
        keep = {k: v for k, v in answer.headers.items()
                if k.lower() in ("content-type", "date", "x-amzn-requestid")}
        return answer.status, keep, body


def forms(secret):
    """As it stands, in a URL, in JSON and base64."""
    yield secret
    yield urllib.parse.quote(secret, safe="").encode()
    yield secret.replace(b"/", b"\\/")
    yield base64.b64encode(secret)[: len(secret)]


def found(secrets, texts):
    return [(where, secret[:6]) for where, text in texts for secret in secrets
            if any(form in text for form in forms(secret))]


def files_below(folder, but=()):
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path not in but:
            data = path.read_bytes()
            yield str(path), gzip.decompress(data) if path.suffix == ".gz" else data


def test_nowhere(sandbox, organization, rootout, aws_server, tmp_path):
    org = organization(12, files={"root.yaml": "waves: [{name: all, in: {all: true}}]\n"})
    state = tmp_path / "state"
    sb = sandbox(org, "--state", state, "--seed", "4", "--fault", "throttle=5%", "--fault",
                 "reset=3%", "--fault", "reset-after=3%", "--fault", "truncate=2%", "--fault",
                 "html=2%", "--fault", "deny=100000000003")
    relay = Relay(sb, aws_server)
    said = []

    def run(*args, **more):
        env = {"AWS_ENDPOINT_URL": relay.url, **more.pop("env", {})}
        done = rootout(*args, *LOUD, sandbox=sb, env=env, cwd=org, **more)
        said.append((f"{args} standard output", done.stdout.encode()))
        said.append((f"{args} standard error", done.stderr.encode()))
        return done

    # a role of a profile, too: its session is one more secret
    config = tmp_path / "config"
    config.write_text("[profile through]\nsource_profile = management\nregion = us-east-1\n"
                      "role_arn = arn:aws:iam::100000000001:role/OrganizationAccountAccessRole\n")
    run("root", "enable", "--yes")
    run("root", "inventory")
    run("root", "inventory", "--via", "role=OrganizationAccountAccessRole", "--output", "json")
    run("root", "inventory", env={"AWS_CONFIG_FILE": str(config), "AWS_PROFILE": "through"})
    run("root", "preflight")
    for _ in range(3):
        run("root", "retire", "--all", "--yes", "--output", "json")
    run("root", "restore", "member-001", "--reason", "tax", "--yes")
    run("root", "retire", "--account", "member-001", "--early", "--yes")
    run("root", "ledger", "--output", "json")
    run("root", "ledger", "--verify")
    run("report", "--html", tmp_path / "report.html")
    run("check")
    keys = sb.profiles["management"]
    run("root", "inventory", env={"AWS_PROFILE": "", "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
                                  "AWS_ACCESS_KEY_ID": keys["aws_access_key_id"],
                                  "AWS_SECRET_ACCESS_KEY": "Hunter2/Hunter2+Hunter2"})
    assert len(relay.secrets) > 30 and len(relay.tokens) > 30
    assert any(b'"op":"sts:AssumeRoot"' in text for _, text in said)  # it was loud
    in_file = {sb.profiles[name]["aws_secret_access_key"].encode() for name in sb.profiles.sections()}
    assert len(in_file) == 13
    secrets = relay.secrets | in_file | {b"Hunter2/Hunter2+Hunter2"}
    sb.stop()

    # the search finds what is there
    assert found({b"Hunter2/Hunter2+Hunter2"}, [("x", b'{"a":"Hunter2\\/Hunter2+Hunter2"}')])
    assert found(in_file, [("credentials", sb.credentials.read_bytes())])
    left = list(files_below(tmp_path, but={sb.credentials}))
    names = {os.path.basename(name) for name, _ in left}
    assert {"store.db", "report.html", "log.jsonl", "sandbox.log"} <= names
    assert any(name.endswith(".json.gz") for name in names)  # CloudTrail's files
    assert found(secrets, said + left) == []
    # CloudTrail itself has session tokens in responseElements, in AWS as here; nothing else has
    ours = [(name, text) for name, text in left if not name.startswith(str(state))]
    assert found(relay.tokens, said + ours) == []


def test_errors_that_repeat_the_request(rootout, aws_server, tmp_path):
    """AWS puts the canonical request into some errors, session token and all."""
    token = "IQoJb3JpZ2luX2VjEXAMPLETOKEN/that+must=notBeSeen"
    secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"

    def echo(handler):
        headers = "\n".join(f"{k.lower()}:{v}" for k, v in handler.headers.items())
        assert token in headers
        return 403, {"Content-Type": "text/xml"}, (
            "<ErrorResponse><Error><Type>Sender</Type><Code>SignatureDoesNotMatch</Code><Message>The "
            "request signature we calculated does not match the signature you provided.\n\nThe "
            f"Canonical String for this request should have been\n'POST\n/\n\n{headers}\n'"
            "</Message></Error><RequestId>r-1</RequestId></ErrorResponse>")

    server = aws_server({
        "DescribeOrganization": {"Organization": {"Id": "o-abcdefghij",
                                                  "MasterAccountId": "100000000000"}},
        "ListOrganizationsFeatures": ["RootCredentialsManagement"],
        "ListAccounts": {"Accounts": [{
            "Id": "100000000001", "Name": "one", "State": "ACTIVE", "Email": "one@example.com",
            "Arn": "arn:aws:organizations::100000000000:account/o-abcdefghij/100000000001"}]},
        "AssumeRoot": (200, {"Content-Type": "text/xml"}, (
            "<AssumeRootResponse><AssumeRootResult><Credentials><AccessKeyId>ASIAEXAMPLE"
            f"</AccessKeyId><SecretAccessKey>{secret}</SecretAccessKey><SessionToken>{token}"
            "</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>"
            "</AssumeRootResult></AssumeRootResponse>")),
        "GetAccountSummary": echo,
        "*": (400, {"Content-Type": "application/x-amz-json-1.1"}, '{"__type":"AccessDenied"}'),
    })
    texts = []
    for args in (["root", "inventory"], ["root", "inventory", "--output", "json"],
                 ["root", "retire", "--all", "--yes"], ["root", "ledger", "--output", "json"]):
        done = rootout(*args, *LOUD, env=server.env)
        texts += [("stdout", done.stdout.encode()), ("stderr", done.stderr.encode())]
    assert any(b"SignatureDoesNotMatch" in text for _, text in texts)
    texts += files_below(tmp_path)
    assert found({token.encode(), secret.encode()}, texts) == []


@pytest.mark.parametrize("number", [signal.SIGQUIT, signal.SIGABRT])
def test_no_core_dump(program, aws_server, tmp_path, until, number):
    """In the middle of a root session, core dumps allowed: there is none."""
    waiting = []

    def wait(handler):
        waiting.append(1)
        handler.connection.recv(1)  # until the other side is gone
        return None

    server = aws_server({
        "ListAccounts": {"Accounts": [{
            "Id": "100000000001", "Name": "one", "State": "ACTIVE", "Email": "one@example.com",
            "Arn": "arn:aws:organizations::100000000000:account/o-abcdefghij/100000000001"}]},
        "ListOrganizationsFeatures": [], "AssumeRoot": "credentials", "GetAccountSummary": wait})

    def allow():
        hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
        resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))

    process = subprocess.Popen(
        [program, "root", "inventory", "--store", tmp_path / "store.db"], cwd=tmp_path,
        env={**os.environ, **server.env}, preexec_fn=allow, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until(lambda: waiting)
    os.kill(process.pid, number)
    _, status = os.waitpid(process.pid, 0)
    process.returncode = -os.WTERMSIG(status)
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == number
    assert not os.WCOREDUMP(status)
    assert not list(tmp_path.glob("core*"))


def test_files_are_private(sandbox, organization, rootout, tmp_path):
    sb = sandbox(organization(1))
    assert rootout("root", "inventory", sandbox=sb).returncode == 1
    assert sb.credentials.stat().st_mode & 0o777 == 0o600
    for path in tmp_path.glob("store.db*"):
        assert path.stat().st_mode & 0o077 == 0, path
