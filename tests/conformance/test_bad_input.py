"""Bad input from the network, the credentials and the disk: exit status 2 and a clear error.

Each says what is wrong, where (service and operation, or path, line and column), and what to do
where that is not plain. Nothing is half done; no sanitizer has anything to say.
"""

import datetime
import email.utils
import os
import resource
import shutil
import signal
import socket
import sqlite3
import struct
import subprocess
import time

import pytest

JSON = {"Content-Type": "application/x-amz-json-1.1"}
XML = {"Content-Type": "text/xml"}
HTML = {"Content-Type": "text/html"}


def wrong(done, *messages):
    assert done.returncode == 2 and done.stdout == "", done
    assert done.stderr.startswith("rootout: ") and done.stderr.count("rootout: ") == 1, done
    for message in messages:
        assert message in done.stderr, done


# ---- what answers ----

def reset(handler):
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.close_connection = True
    handler.connection.close()


def half(body, headers):
    def answer(handler):
        handler.send_response(200)
        for name, value in {**headers, "Content-Length": str(len(body) + 100)}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)
        handler.wfile.flush()
        handler.close_connection = True
    return answer


LIST = "organizations:ListAccounts: "
CALLER = "sts:GetCallerIdentity: "
ANSWERS = {
    "resets connections": ({"GetCallerIdentity": reset},
                           [CALLER, "after 2 attempts", "Connection reset by peer"]),
    "resets the second call": ({"ListAccounts": reset}, [LIST, "Connection reset by peer"]),
    "answers HTML": ({"GetCallerIdentity": (200, HTML, "<html><body>Welcome to HotelWiFi</body>")},
                     [CALLER, "HTML instead of XML", "is a proxy in between?", "HotelWiFi"]),
    "answers HTML for JSON": ({"ListAccounts": (200, HTML, "<html>login</html>")},
                              [LIST, "HTML instead of JSON", "is a proxy in between?"]),
    "a proxy forbids": ({"GetCallerIdentity": (403, HTML, "<html>Forbidden</html>")},
                        [CALLER, "HTTP 403", "is a proxy in between?"]),
    "a gateway fails": ({"GetCallerIdentity": (502, HTML, "<html>Bad gateway</html>")},
                        [CALLER, "after 2 attempts", "502"]),
    "half an answer": ({"ListAccounts": half(b'{"Accounts":[{"Id":"1', JSON)},
                       [LIST, "answer cut off"]),
    "half of the JSON": ({"ListAccounts": (200, JSON, '{"Accounts":[{"Id":"1')},
                         [LIST, "ends too early", "line 1, column 22"]),
    "half of the XML": ({"GetCallerIdentity": (200, XML, "<GetCallerIdentityResponse><Get")},
                        [CALLER, "XML that cannot be used"]),
    "nothing": ({"GetCallerIdentity": (200, XML, "")}, [CALLER, "nothing instead of XML"]),
    "nothing for JSON": ({"ListAccounts": (200, JSON, "")}, [LIST, "nothing instead of JSON"]),
    "10 MB of JSON": ({"ListAccounts": (200, JSON, '{"Accounts":[' + ",".join(
        ['{"Id":"1"}'] * 900_000) + "]}")}, [LIST, "id '1', it must have 12 digits"]),
    "more than any answer has": ({"ListAccounts": (200, JSON, '{"P":"' + "x" * 40_000_000 + '"}')},
                                 [LIST, "larger than 33554432 bytes"]),
    "100,000-deep JSON": ({"ListAccounts": (200, JSON, '{"Accounts":' + "[" * 100_000
                                            + "]" * 100_000 + "}")},
                          [LIST, "nested too deeply", "line 1, column"]),
    "100,000-deep XML": ({"GetCallerIdentity": (200, XML, "<a>" * 100_000 + "</a>" * 100_000)},
                         [CALLER, "nested too deeply"]),
    "a laughing XML": ({"GetCallerIdentity": (200, XML, (
        '<!DOCTYPE l [<!ENTITY a "lol"><!ENTITY b "' + "&a;" * 1000 + '"><!ENTITY c "' + "&b;" * 1000
        + '">]><GetCallerIdentityResponse><GetCallerIdentityResult><Arn>&c;</Arn>'
        "</GetCallerIdentityResult></GetCallerIdentityResponse>"))},
        [CALLER, "a document type declaration (DTD, entities) is refused"]),
    "XML that reads files": ({"GetCallerIdentity": (200, XML, (
        '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><GetCallerIdentityResponse>'
        "<GetCallerIdentityResult><Arn>&e;</Arn></GetCallerIdentityResult>"
        "</GetCallerIdentityResponse>"))}, [CALLER, "DTD, entities"]),
    "no UTF-8": ({"ListAccounts": (200, JSON, b'{"Accounts":[{"Id":"\xff"}]}')},
                 [LIST, "invalid UTF-8"]),
    "a list": ({"ListAccounts": (200, JSON, "[]")}, [LIST, "must be a structure, not a list"]),
    "another type": ({"ListAccounts": {"Accounts": "none"}},
                     [LIST, "'Accounts' must be a list, not a string"]),
    "another type within": ({"ListAccounts": {"Accounts": [7]}}, [LIST, "must be a structure"]),
    "no id": ({"ListAccounts": {"Accounts": [{"Name": "x"}]}}, [LIST, "it must have 12 digits"]),
    "an id of 11 digits": ({"ListAccounts": {"Accounts": [{"Id": "12345678901", "Name": "x"}]}},
                           [LIST, "id '12345678901', it must have 12 digits"]),
    "no account": ({"ListAccounts": {"Accounts": []}}, [LIST, "no account came"]),
    "a listing in a circle": ({"ListAccounts": {"Accounts": [], "NextToken": "again"}},
                              [LIST, "goes in a circle"]),
    "a redirection": ({"GetCallerIdentity": (301, {"Location": "http://127.0.0.1:1/"}, "")},
                      [CALLER, "HTTP 301"]),
    "a refusal": ({"ListAccounts": (400, JSON, '{"__type":"AccessDeniedException","Message":"You '
                                    'don\'t have permissions to access this resource."}')},
                  [LIST, "AccessDeniedException: You don't have permissions"]),
}


@pytest.mark.parametrize("what", ANSWERS)
def test_an_endpoint_that(aws_server, rootout, what):
    answers, messages = ANSWERS[what]
    server = aws_server({"ListOrganizationsFeatures": [], **answers})
    done = rootout("root", "inventory", "--max-attempts", "2", env=server.env)
    wrong(done, *messages)


def test_a_request_id_is_told(sandbox, organization, rootout):
    sb = sandbox(organization(1))
    done = rootout("root", "inventory", sandbox=sb, profile="member-001")
    wrong(done, LIST + "AccessDeniedException")
    request_id = done.stderr.splitlines()[0].rpartition("(")[2].rstrip(")")
    refused = next(e for e in sb.events if e["eventName"] == "ListAccounts")
    assert request_id == refused["requestID"]


def test_a_session_without_credentials(aws_server, rootout):
    one = {"Id": "100000000001", "Name": "one", "State": "ACTIVE", "Email": "one@example.com",
           "Arn": "arn:aws:organizations::100000000000:account/o-abcdefghij/100000000001"}
    server = aws_server({
        "ListAccounts": {"Accounts": [one]}, "ListOrganizationsFeatures": [],
        "AssumeRoot": (200, XML, "<AssumeRootResponse><AssumeRootResult/></AssumeRootResponse>")})
    done = rootout("root", "inventory", "--output", "json", env=server.env)
    assert done.returncode == 1 and done.states == {"one": "unread"}, done
    assert "without Credentials.AccessKeyId" in done.rows["one"]["reason"]


def amz(seconds):
    at = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return at.strftime("%Y%m%dT%H%M%SZ")


def test_a_clock_that_is_wrong(aws_server, rootout):
    """Two hours off: signed again with AWS's time, and said in the log."""
    asked = []

    def answer(handler):
        asked.append(handler.headers["X-Amz-Date"])
        if abs(ahead(asked[-1]) - 7200) < 60:
            return True
        return 403, XML, (
            "<ErrorResponse><Error><Type>Sender</Type><Code>SignatureDoesNotMatch</Code><Message>"
            f"Signature expired: {asked[-1]} is now earlier than {amz(6300)} ({amz(7200)} - 15 "
            "min.)</Message></Error><RequestId>r-7</RequestId></ErrorResponse>")

    server = aws_server({"GetCallerIdentity": answer, "*": (400, JSON, '{"__type":"Stop"}')})
    done = rootout("root", "inventory", env=server.env)
    wrong_lines = [line for line in done.stderr.splitlines() if "clock differs" in line]
    assert len(asked) == 2 and done.returncode == 2 and LIST in done.stderr, done
    assert wrong_lines, done


def ahead(text):
    at = datetime.datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc)
    return (at - datetime.datetime.now(datetime.timezone.utc)).total_seconds()


def test_a_clock_that_no_answer_mends(aws_server, rootout):
    server = aws_server({"GetCallerIdentity": (403, {
        **XML, "Date": email.utils.formatdate(usegmt=True)},
        "<ErrorResponse><Error><Code>RequestTimeTooSkewed</Code><Message>The difference between the "
        "request time and the current time is too large.</Message></Error><RequestId>r-7"
        "</RequestId></ErrorResponse>")})
    done = rootout("root", "inventory", env=server.env)
    wrong(done, CALLER + "RequestTimeTooSkewed", "set this machine's clock", "(r-7)")
    assert len(server.seen) <= 2


# ---- credentials ----

@pytest.fixture
def somebody(sandbox, organization, rootout, tmp_path):
    """somebody(env, options…) asks who they are: neither keys nor files but what env says."""
    sb = sandbox(organization(1))
    base = {"AWS_ENDPOINT_URL": sb.url, "AWS_REGION": "us-east-1",
            "AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}

    def run(env, *args):
        return rootout("root", "inventory", *args, env={**base, **env})

    run.sandbox = sb
    return run


def test_no_credentials(somebody):
    wrong(somebody({}), "no credentials", "AWS_ACCESS_KEY_ID is not set",
          "set AWS_PROFILE or --profile")
    wrong(somebody({"AWS_CONFIG_FILE": "/nonexistent/config",
                    "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent/credentials"}),
          "/nonexistent/credentials", "/nonexistent/config")
    wrong(somebody({"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE"}),
          "the access key id is there but the secret access key is not")


def test_wrong_credentials(somebody):
    keys = somebody.sandbox.profiles["management"]
    own = {"AWS_ACCESS_KEY_ID": keys["aws_access_key_id"],
           "AWS_SECRET_ACCESS_KEY": keys["aws_secret_access_key"]}
    for env, messages in (
            ({**own, "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE"},
             ["InvalidClientTokenId", "is the key deleted, inactive"]),
            ({**own, "AWS_SECRET_ACCESS_KEY": "hunter2hunter2"},
             ["SignatureDoesNotMatch", "does the secret access key belong to this key id?"]),
            ({**own, "AWS_SESSION_TOKEN": "tokentoken"}, ["InvalidClientTokenId"])):
        done = somebody(env)
        wrong(done, CALLER, "credentials: environment", *messages)
        assert "hunter2" not in done.stderr and keys["aws_secret_access_key"] not in done.stderr
    # an expired session
    session = somebody.sandbox.client("sts").get_session_token(DurationSeconds=900)["Credentials"]
    somebody.sandbox.advance("1h")
    wrong(somebody({"AWS_ACCESS_KEY_ID": session["AccessKeyId"],
                    "AWS_SECRET_ACCESS_KEY": session["SecretAccessKey"],
                    "AWS_SESSION_TOKEN": session["SessionToken"]}), CALLER + "ExpiredToken",
          "sign in again, or get new credentials")


def test_profiles(somebody, tmp_path):
    env = {"AWS_SHARED_CREDENTIALS_FILE": str(somebody.sandbox.credentials)}
    wrong(somebody(env, "--profile", "managment"), "no profile 'managment' in",
          str(somebody.sandbox.credentials), "did you mean 'management'?")
    wrong(somebody({**env, "AWS_PROFILE": "nope"}), "no profile 'nope' in")
    config = tmp_path / "config"
    for text, messages in (
            ("[profile a]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\nrubbish\n",
             [f"{config}:3:1: expected 'key = value'"]),
            ("[profile a]\nrole_arn = arn:aws:iam::100000000001:role/x\nsource_profile = b\n"
             "[profile b]\nrole_arn = arn:aws:iam::100000000001:role/y\nsource_profile = a\n",
             ["source_profile goes in a circle at 'a'"]),
            ("[profile a]\nrole_arn = arn:aws:iam::100000000001:role/x\nsource_profile = gone\n",
             ["gone"]),
            ("[profile a]\ncredential_process = echo hello\n",
             ["profile 'a': credential_process did not print a JSON object"]),
            ("[profile a]\ncredential_process = /nonexistent/x\n",
             ["profile 'a': cannot run credential_process '/nonexistent/x'"]),
            ("[profile a]\ncredential_process = false\n",
             ["profile 'a': credential_process ended with status 1"])):
        config.write_text(text)
        wrong(somebody({"AWS_CONFIG_FILE": str(config)}, "--profile", "a"), *messages)


@pytest.mark.parametrize("url, message", [
    ("ftp://x", "'ftp://x' is not an endpoint URL (as https://HOST or http://HOST:PORT)"),
    ("http://", "is not an endpoint URL"),
    ("nonsense", "is not an endpoint URL"),
    ("http://127.0.0.1:99999", "is not an endpoint URL"),
    ("http://taro:pw@127.0.0.1:1", "is not an endpoint URL"),
    ("http://127.0.0.1:1/path?query", "is not an endpoint URL"),
    ("http://127.0.0.1:1", "cannot connect to 127.0.0.1:1: Connection refused"),
    ("http://nonexistent.invalid", "cannot resolve host name of nonexistent.invalid"),
])
def test_endpoint_urls(somebody, url, message):
    env = {"AWS_SHARED_CREDENTIALS_FILE": str(somebody.sandbox.credentials)}
    args = ["--profile", "management", "--max-attempts", "1"]
    wrong(somebody({**env, "AWS_ENDPOINT_URL": ""}, "--endpoint-url", url, *args), message)
    wrong(somebody({**env, "AWS_ENDPOINT_URL": url}, *args), message)


@pytest.mark.parametrize("args, message", [
    (["--region", "mars north"], "'mars north' is not a region's name"),
    (["--max-attempts", "0"], "--max-attempts must be 1 or more"),
    (["--connections", "65"], "--connections must be 1 to 64"),
])
def test_settings(somebody, args, message):
    wrong(somebody({"AWS_SHARED_CREDENTIALS_FILE": str(somebody.sandbox.credentials)},
                   "--profile", "management", *args), message)


# ---- the store ----

@pytest.fixture
def stored(sandbox, organization, rootout, tmp_path):
    """stored(path) runs an inventory with this store; stored.good is a file of one that went well."""
    sb = sandbox(organization(2))

    def run(path, *args, **more):
        args = args or ("root", "inventory")
        # by environment, so that somebody without rights can run it too
        keys = sb.profiles["management"]
        env = {"AWS_ENDPOINT_URL": sb.url, "AWS_REGION": "us-east-1",
               "AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
               "AWS_ACCESS_KEY_ID": keys["aws_access_key_id"],
               "AWS_SECRET_ACCESS_KEY": keys["aws_secret_access_key"]}
        return rootout(*args, "--store", path, env=env, **more)

    assert run(tmp_path / "good.db").returncode == 1
    run.good, run.sandbox = tmp_path / "good.db", sb
    return run


def test_a_damaged_store(stored, tmp_path):
    path = tmp_path / "bad.db"
    good = stored.good.read_bytes()
    for content in (b"this is no database, and long enough for one header" * 100,
                    good[:6000], b"SQLite format 3\0" + b"\xff" * 9000, good[:100] + b"\0" * 4096):
        path.write_bytes(content)
        wrong(stored(path), f"the store '{path}' is damaged or no SQLite file",
              "restore it from a copy, or name another with --store")
        assert path.read_bytes() == content  # and is left as it is


def test_a_store_that_is_damaged_within(stored, tmp_path):
    """What the damage hits is an error, not an empty ledger."""
    assert stored(stored.good, "root", "retire", "--all", "--yes").returncode == 0
    path = tmp_path / "bad.db"
    good, pages = stored.good.read_bytes(), 0
    for offset in range(4096, len(good), 4096):
        path.write_bytes(good[:offset] + b"\xff" * 4096 + good[offset + 4096:])
        done = stored(path, "root", "ledger", "--verify")
        assert done.returncode in (0, 1, 2), done
        if done.returncode == 2:
            assert "is damaged" in done.stderr, done
            pages += 1
        elif done.returncode == 1:
            assert "NOT intact" in done.stdout, done
    assert pages > 0


def test_a_newer_store(stored, tmp_path):
    with sqlite3.connect(tmp_path / "newer.db") as db:
        db.execute("PRAGMA user_version=99")
    wrong(stored(tmp_path / "newer.db"), "was written by a newer rootout (schema 99")


def test_a_store_that_cannot_be_opened(stored, tmp_path):
    wrong(stored(tmp_path), "Is a directory")
    wrong(stored(tmp_path / "no" / "such" / "store.db"), "No such file or directory")
    folder = tmp_path / "read-only"
    folder.mkdir()
    path = folder / "store.db"
    shutil.copy(stored.good, path)
    path.chmod(0o444)
    folder.chmod(0o555)
    ordinary = {"user": 65534, "cwd": "/"} if os.geteuid() == 0 else {}
    for parent in [tmp_path, *tmp_path.parents]:  # the way there is open, the file is not
        if parent.stat().st_uid == os.geteuid() and parent != parent.parent:
            parent.chmod(parent.stat().st_mode | 0o055)
    try:
        wrong(stored(path, **ordinary), f"cannot open the store '{path}': Permission denied")
        wrong(stored(folder / "new.db", **ordinary), "Permission denied")
    finally:
        folder.chmod(0o755)


def full_by_limit(folder):
    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, 150_000))
    return {"preexec_fn": limit}


@pytest.mark.parametrize("how", ["limit", "disk"])
def test_a_full_disk(stored, rootout, tmp_path, how):
    """The first write that does not fit ends it; nothing is deleted that is not written down."""
    folder = tmp_path / "full"
    folder.mkdir()
    more, mounted = {}, False
    if how == "disk":  # a real one where we may make it
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", folder],
                                 stderr=subprocess.DEVNULL).returncode == 0
    if not mounted:
        more = full_by_limit(folder)
    try:
        path = folder / "store.db"
        for attempt in range(200):
            done = stored(path, **more)
            if done.returncode != 1:
                break
        assert done.returncode == 2 and "store" in done.stderr, done
        assert "its disk is full: free some space" in done.stderr or not mounted, done
        if not mounted:
            assert "may the file grow" in done.stderr, done
        done = stored(path, "root", "retire", "--all", "--yes", **more)
        assert done.returncode == 2, done
        left = [n for n, has in stored.sandbox.root_users.items() if has]
        gone = {"member-001", "member-002"} - set(left)
        copy = tmp_path / "copy"
        copy.mkdir()
        for file in folder.iterdir():
            shutil.copy(file, copy)
    finally:
        if mounted:
            subprocess.run(["umount", folder], check=True)
    # with space again it goes on where it stopped
    done = stored(copy / "store.db", "root", "retire", "--all", "--yes")
    assert done.returncode == 0, (gone, done)
    assert not any(has for name, has in stored.sandbox.root_users.items())
    done = stored(copy / "store.db", "root", "ledger", "--verify")
    assert done.returncode == 0, done
    entries = rootout("root", "ledger", "--kind", "retired", "--output", "json", "--store",
                      copy / "store.db").json["entries"]
    assert {e["accountName"] for e in entries} == {"member-001", "member-002"}


# ---- what reads our output ----

@pytest.mark.parametrize("args", [["help"], ["root", "retire", "--help"], ["--version"],
                                  ["completion", "bash"], ["root", "ledger", "--output", "json"]])
def test_standard_output_that_is_full(rootout, args):
    with open("/dev/full", "w") as full:
        process = rootout(*args, background=True, stdout=full, stderr=subprocess.PIPE)
        assert process.wait(30) == 2
    assert "cannot write to standard output: No space left" in process.stderr.read()


def test_a_reader_that_goes_away(rootout):
    reader, writer = os.pipe()
    os.close(reader)
    process = rootout("help", background=True, stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    assert process.wait(30) == 2  # and not a word: it has seen enough
    assert process.stderr.read() == ""


# ---- interrupted ----

@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_command_that_only_looks_ends_at_once(aws_server, rootout, until, number):
    server = aws_server({"DescribeOrganization": lambda handler: handler.connection.recv(1) and None})
    process = rootout("policy", "eval", "--live", "--as", "arn:aws:iam::111122223333:user/ann",
                      "--action", "s3:GetObject", env=server.env, background=True,
                      stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    until(lambda: server.seen)
    process.send_signal(number)
    assert process.wait(60) == -number


def test_interrupted_while_nothing_answers(aws_server, rootout, until):
    """The second Ctrl-C waits for nobody."""
    server = aws_server({"GetCallerIdentity": lambda handler: handler.connection.recv(1) and None})
    process = rootout("root", "inventory", env=server.env, background=True,
                      stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    until(lambda: server.seen)
    process.send_signal(signal.SIGINT)
    time.sleep(0.2)  # two at once would be one
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == -signal.SIGINT
