"""What the conformance tests share: the program, sandboxes, organizations, SDK clients.

    def test_something(sandbox, organization, rootout):
        sb = sandbox(organization(4), "--fault", "throttle=5%")
        done = rootout("root", "inventory", "--output", "json", sandbox=sb)
        assert done.returncode == 1, done
        assert done.json["accounts"]
        sb.client("iam", "member-001").get_account_summary()

The program is the one that ROOTOUT (or ROOTOUT_BIN) names, else build-debug/rootout or
build/rootout. Everything listens on 127.0.0.1, port 0, and is ended by its own process id.
"""

import configparser
import http.server
import json
import os
import pathlib
import re
import select
import shutil
import signal
import subprocess
import threading
import time
import urllib.parse
import urllib.request
from xml.sax.saxutils import escape

import botocore.config
import botocore.session
import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
START_LIMIT_S = 60  # under a sanitizer, on a machine that does other things
RUN_LIMIT_S = 120

# A shell that starts a suite in the background has it ignore these, and what is ignored is
# ignored by whatever is started from here too: the program would see no Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGQUIT, signal.SIG_DFL)


def clean_environment():
    """Nothing of the machine's steers rootout or the SDKs."""
    unwanted = re.compile(r"(?i)AWS_|ROOTOUT|BOTO|.*_proxy$|NO_COLOR|XDG_")
    env = {k: v for k, v in os.environ.items()
           if not unwanted.match(k) or k == "ROOTOUT_TEST_RUN"}
    env["AWS_EC2_METADATA_DISABLED"] = "true"
    return env


@pytest.fixture(scope="session")
def program():
    for name in ("ROOTOUT", "ROOTOUT_BIN"):
        if os.environ.get(name):
            return pathlib.Path(os.environ[name]).resolve()
    for path in (ROOT / "build-debug" / "rootout", ROOT / "build" / "rootout"):
        if path.exists():
            return path
    pytest.fail("no rootout was built: make, or ROOTOUT=path/to/rootout")


class Done:
    """What a run of rootout left."""

    def __init__(self, args, process):
        self.args, self.returncode = args, process.returncode
        self.stdout, self.stderr = process.stdout, process.stderr

    @property
    def json(self):
        return json.loads(self.stdout)

    @property
    def rows(self):
        """accounts[] by name."""
        return {row["name"]: row for row in self.json["accounts"]}

    @property
    def states(self):
        return {name: row["state"] for name, row in self.rows.items()}

    def __repr__(self):
        return (f"rootout {' '.join(map(str, self.args))}: {self.returncode}\n"
                f"{self.stdout}---- stderr\n{self.stderr}")


class Sandbox:
    """One `rootout sandbox`, ready to answer."""

    def __init__(self, program, folder, options):
        self.folder = folder
        self.credentials = folder / "credentials"
        self.log = folder / "sandbox.log"
        ready, tell = os.pipe()
        command = [program, "sandbox", "--listen", "127.0.0.1:0", "--credentials",
                   self.credentials, "--ready-fd", str(tell), *options]
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                list(map(str, command)), pass_fds=[tell], env=clean_environment(),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        os.close(tell)
        self.url = self._wait(ready)
        self.profiles = configparser.RawConfigParser()
        self.profiles.read(self.credentials, encoding="utf-8")

    def _wait(self, ready):
        try:
            if not select.select([ready], [], [], START_LIMIT_S)[0]:
                self.kill()
                pytest.fail(f"the sandbox was not ready in {START_LIMIT_S} s")
            line = os.read(ready, 256).decode().strip()
        finally:
            os.close(ready)
        if not line:
            self.process.wait(20)
            pytest.fail(f"the sandbox did not start: {self.log.read_text()}")
        return line

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
        try:
            status = self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()
            pytest.fail("the sandbox did not end within 30 s")
        assert status == 0, f"the sandbox ended with {status}: {self.log.read_text()}"

    def kill(self):
        self.process.kill()
        self.process.wait()

    # ---- its control paths ----

    def ask(self, path, body=None):
        request = urllib.request.Request(
            f"{self.url}/_sandbox/{path}", method="GET" if body is None else "POST",
            data=None if body is None else json.dumps(body).encode())
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read()

    @property
    def state(self):
        return json.loads(self.ask("state"))

    @property
    def root_users(self):
        """What each account's root user has, as the sandbox itself knows it: {name: {kind: [ids]}};
        kinds without anything are left out, so that {} is an account without a root user."""
        users = {}
        for account in self.state["accounts"]:
            has = {"password": [True] if account["root"].get("password") else [],
                   "keys": [k["id"] for k in account["root"]["keys"]],
                   "certificates": [c["id"] for c in account["root"]["certificates"]],
                   "mfa": [m["serial"] for m in account["iam"]["mfa"]
                           if m.get("assigned") and m.get("user") == "(root)"]}
            users[account["name"]] = {kind: ids for kind, ids in has.items() if ids}
        return users

    @property
    def events(self):
        return [json.loads(line) for line in self.ask("events").splitlines()]

    @property
    def calls(self):
        """{"sts:AssumeRoot": {"OK": 3, "Throttling": 1}}"""
        counted = {}
        for row in json.loads(self.ask("calls"))["calls"]:
            codes = counted.setdefault(f"{row['service']}:{row['operation']}", {})
            code = row["code"] if row["code"] not in (None, "", "Success") else "OK"
            codes[code] = codes.get(code, 0) + row["count"]
        return counted

    def advance(self, duration):
        self.ask("clock", {"advance": duration})

    def reset(self):
        self.ask("reset", {})

    # ---- callers ----

    def env(self, profile="management", **more):
        env = clean_environment()
        env.update(AWS_ENDPOINT_URL=self.url, AWS_SHARED_CREDENTIALS_FILE=str(self.credentials),
                   AWS_CONFIG_FILE=os.devnull, AWS_REGION="us-east-1", AWS_PROFILE=profile, **more)
        return env

    def client(self, service, profile="management", keys=None, **settings):
        """A boto client: as a profile of the credentials file, or with keys = (id, secret, token)."""
        if keys is None:
            section = self.profiles[profile]
            keys = (section["aws_access_key_id"], section["aws_secret_access_key"], None)
        settings.setdefault("retries", {"mode": "standard", "total_max_attempts": 10})
        with _making_clients:
            return boto_session().create_client(
                service, region_name="us-east-1", endpoint_url=self.url, aws_access_key_id=keys[0],
                aws_secret_access_key=keys[1], aws_session_token=keys[2],
                config=botocore.config.Config(**settings))

    def in_account(self, account_id, service, role="OrganizationAccountAccessRole", sts=None):
        """The same, through a role that the management account assumes."""
        answer = (sts or self.client("sts")).assume_role(
            RoleArn=f"arn:aws:iam::{account_id}:role/{role}", RoleSessionName="test")
        creds = answer["Credentials"]
        return self.client(service, keys=(creds["AccessKeyId"], creds["SecretAccessKey"],
                                          creds["SessionToken"]))


_session = None
_making_clients = threading.Lock()


def boto_session():
    """One for the process: reading the service models takes longer than most tests."""
    global _session
    if _session is None:
        _session = botocore.session.Session()
    return _session


@pytest.fixture
def sandbox(program, tmp_path):
    """sandbox(DIR, options…) starts one on this folder of files; sandbox(None, "--empty")."""
    running = []

    def start(org, *options):
        folder = tmp_path / f"sandbox-{len(running)}"
        folder.mkdir()
        if org is not None:
            options = ("--org", org, *options)
        running.append(Sandbox(program, folder, options))
        return running[-1]

    yield start
    wrong = []
    for one in running:
        try:
            if one.process.returncode is None:
                one.stop()
        except BaseException as e:  # the others are ended all the same
            wrong.append(e)
    if wrong:
        raise wrong[0]


@pytest.fixture
def rootout(program, tmp_path):
    """rootout("root", "inventory", …, sandbox=sb) runs it to its end; store and home are the
    test's own. background=True gives the subprocess.Popen."""
    started = []

    def run(*args, sandbox=None, profile="management", env=None, cwd=None, input=None,
            store="store.db", timeout=RUN_LIMIT_S, background=False, **popen):
        environment = sandbox.env(profile) if sandbox else clean_environment()
        environment.update(HOME=str(tmp_path), ROOTOUT_STORE=str(tmp_path / store))
        environment.update(env or {})
        empty = tmp_path / "nowhere"
        empty.mkdir(exist_ok=True)
        popen.setdefault("cwd", cwd or empty)
        command = [str(program), *map(str, args)]
        if input is None:
            popen.setdefault("stdin", subprocess.DEVNULL)
        if background:
            process = subprocess.Popen(command, env=environment, text=True, **popen)
            started.append(process)
            return process
        done = subprocess.run(command, env=environment, input=input, timeout=timeout, text=True,
                              encoding="utf-8", errors="replace", stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, **popen)
        return Done(args, done)

    yield run
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()


# ---- organizations ----

ENABLED = {"trusted-access": ["iam.amazonaws.com"],
           "root-features": ["RootCredentialsManagement", "RootSessions"]}


def typical_root(i):
    """All have a password, a third keys, half MFA, a tenth a certificate."""
    root = {"password": True}
    if i % 3 == 0:
        root["keys"] = [{"created": "-900d", "used": "-100d", "service": "s3",
                         "region": "us-east-1"}, {"created": "-80d"}][: 1 + i % 2]
    if i % 2 == 0:
        root["mfa"] = ["virtual"]
    if i % 10 == 0:
        root["certificates"] = [{"uploaded": "-2200d"}]
    return root


@pytest.fixture
def organization(tmp_path):
    """organization(4) writes the files of a management account (100000000000) and members
    member-001 (100000000001) … in one unit, Members, centralized root access on.

    members: a number, or {name: what sandbox.yaml says of it}. reality: more of sandbox.yaml.
    policies: {name: document}; attach: names of policies on the unit. files: {path: text}."""
    made = []

    def make(members=4, reality=None, policies=None, attach=(), files=None, account=None):
        folder = tmp_path / f"org-{len(made)}"
        made.append(folder)
        (folder / "policies").mkdir(parents=True)
        if isinstance(members, int):
            members = {f"member-{i:03}": {"root": typical_root(i)} for i in range(1, members + 1)}
        accounts = []
        for i, name in enumerate(members, 1):
            one = {"name": name, "id": f"{100000000000 + i}", "email": f"{name}@example.com"}
            accounts.append({**one, **(account or {}).get(name, {})})
        unit = {"unit": "Members", "accounts": accounts}
        if attach:
            unit["policies"] = list(attach)
        write = {
            "rootout.yaml": {"organization": "test", "management": "100000000000"},
            "accounts.yaml": [{"account": {"name": "main", "id": "100000000000",
                                           "email": "main@example.com"}}, unit],
            "sandbox.yaml": {**ENABLED, **(reality or {}), "accounts": members},
        }
        for name, content in write.items():
            (folder / name).write_text(yaml.safe_dump(content, allow_unicode=True))
        for name, document in (policies or {}).items():
            text = document if isinstance(document, str) else json.dumps(document)
            (folder / "policies" / f"{name}.json").write_text(text)
        for name, text in (files or {}).items():
            (folder / name).write_text(text)
        return folder

    return make


@pytest.fixture
def stores(tmp_path):
    """A copy of examples/stores."""
    return shutil.copytree(ROOT / "examples" / "stores", tmp_path / "stores")


@pytest.fixture
def until():
    """until(condition) waits for it to become true, at most 30 s."""

    def wait(condition, limit_s=30):
        end = time.monotonic() + limit_s
        while not condition():
            assert time.monotonic() < end, "it did not come to pass"
            time.sleep(0.01)

    return wait


# ---- a server that says what a test wants ----

def query_answer(op, result):
    """An answer of the query services, as AWS frames it."""
    return (200, {"Content-Type": "text/xml"},
            f"<{op}Response><{op}Result>{result}</{op}Result><ResponseMetadata>"
            f"<RequestId>r-{op}</RequestId></ResponseMetadata></{op}Response>")


def _entries(map_of):
    return "".join(f"<entry><key>{escape(k)}</key><value>{v}</value></entry>"
                   for k, v in map_of.items())


QUERY = {
    "GetCallerIdentity": lambda _: "<Arn>arn:aws:iam::100000000000:user/taro</Arn>"
                                   "<UserId>AIDA</UserId><Account>100000000000</Account>",
    "AssumeRoot": lambda _: "<Credentials><AccessKeyId>ASIAEXAMPLE</AccessKeyId>"
                            "<SecretAccessKey>secret</SecretAccessKey><SessionToken>token"
                            "</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>"
                            "</Credentials>",
    "GetAccountSummary": lambda m: f"<SummaryMap>{_entries(m)}</SummaryMap>",
    "ListOrganizationsFeatures": lambda l: "<OrganizationId>o-abcdefghij</OrganizationId>"
                                           "<EnabledFeatures>" + "".join(
                                               f"<member>{f}</member>" for f in l)
                                           + "</EnabledFeatures>",
}


class AwsServer:
    """Answers by operation: {"ListAccounts": {…}} as JSON; what QUERY knows as XML; a triple
    (status, headers, body) as it stands; a function gets the http handler and may return any of
    these, or None when it dealt with the connection itself. "*" is for all that is not named."""

    def __init__(self, answers):
        self.seen, self.answers = [], {"GetCallerIdentity": True, **answers}
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                target = self.headers.get("X-Amz-Target")
                op = target.rpartition(".")[2] if target else \
                    urllib.parse.parse_qs(body.decode()).get("Action", ["?"])[0]
                outer.seen.append(op)
                self.op, self.body = op, body
                outer.reply(self, outer.answers.get(op, outer.answers.get("*")))

            do_GET = do_POST

            def log_message(self, *args):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))
        self.thread.start()
        self.env = {"AWS_ENDPOINT_URL": self.url, "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
                    "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "us-east-1",
                    "AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}

    def reply(self, handler, answer):
        if callable(answer):
            answer = answer(handler)
            if answer is None:
                return
        if answer is None:
            raise AssertionError(f"nobody said what {handler.op} answers")
        if isinstance(answer, tuple):
            status, headers, body = answer
        elif handler.op in QUERY:
            status, headers, body = query_answer(handler.op, QUERY[handler.op](answer))
        else:
            status, headers, body = 200, {"Content-Type": "application/x-amz-json-1.1"}, \
                json.dumps(answer)
        body = body.encode() if isinstance(body, str) else body
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        try:
            handler.wfile.write(body)
        except OSError:
            pass  # it had read enough

    def stop(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def aws_server():
    started = []

    def start(answers):
        started.append(AwsServer(answers))
        return started[-1]

    yield start
    for server in started:
        server.stop()
