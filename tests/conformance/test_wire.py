"""The wire against the SDK's own: botocore writes what rootout reads, and reads what it writes.

Every operation of every service, with random values. tests/tools/wire-probe.c
is rootout's side. Fixed seeds: a case that fails, fails again.
"""

import base64
import calendar
import datetime
import json
import os
import pathlib
import random
import re
import subprocess
import unicodedata
import urllib.parse

import botocore.awsrequest
import botocore.loaders
import botocore.model
import botocore.parsers
import botocore.serialize
import pytest

ROUNDS = 6
DEEPEST = 6
REQUEST_ID = "11111111-2222-3333-4444-555555555555"


class Probe:
    def __init__(self):
        build = pathlib.Path(os.environ["ROOTOUT"]).parent
        while not (build / "build.ninja").exists() and build != build.parent:
            build = build.parent
        self.process = subprocess.Popen(
            [build / "tests" / "tools" / "wire-probe"], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True, encoding="utf-8")

    def ask(self, **question):
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        assert "error" not in answer, (question, answer)
        return answer

    def close(self):
        self.process.stdin.close()
        assert self.process.wait(20) == 0


@pytest.fixture(scope="module")
def probe():
    p = Probe()
    yield p
    p.close()


def load(service):
    loader = botocore.loaders.Loader()
    return botocore.model.ServiceModel(loader.load_service_model(service, "service-2"), service)


def services():
    here = pathlib.Path(__file__).resolve().parents[2] / "src" / "aws" / "api"
    return sorted(p.stem for p in here.glob("*.api"))


MODELS = {s: load(s) for s in services()}


# ---- random values, as botocore's callers hold them ----

class Generator:
    def __init__(self, seed, empty, xml):
        self.r = random.Random(seed)
        self.empty = empty  # empty maps and structures travel
        self.xml = xml

    def text(self, least=0):
        odd = ["&", "<", ">", '"', "'", "%", "%41", "é", "名", "💥", "\\", "#", "?", " ", ",", "\t", "+"]
        if not self.xml:
            odd += ["\x01", "\r\n", "\x7f"]
        n = self.r.randint(least, 10)
        return "".join(self.r.choice("aZ09-_./:=@" if self.r.random() < 0.6 else odd)
                       for _ in range(n))

    def value(self, shape, depth):
        return getattr(self, "gen_" + shape.type_name)(shape, depth)

    def gen_string(self, shape, depth):
        return self.text(1 if getattr(self, "must", False) else 0)

    gen_character = gen_string

    def gen_integer(self, shape, depth):
        return self.r.choice([0, 1, -1, 900, 2**31 - 1, -(2**31), self.r.randint(0, 10**6)])

    def gen_long(self, shape, depth):
        return self.r.choice([0, -1, 2**63 - 1, -(2**63), self.r.randint(0, 10**12)])

    def gen_float(self, shape, depth):
        return self.r.choice([0.0, 1.5, -2.25e10])

    gen_double = gen_float

    def gen_boolean(self, shape, depth):
        return self.r.random() < 0.5

    def gen_blob(self, shape, depth):
        return self.r.randbytes(self.r.randint(1, 20))

    def gen_timestamp(self, shape, depth):
        t = datetime.datetime.fromtimestamp(self.r.randint(0, 4 * 10**9), datetime.timezone.utc)
        return t

    def gen_list(self, shape, depth):
        n = 0 if depth > DEEPEST else self.r.randint(0, 3)
        return [self.value(shape.member, depth + 1) for _ in range(n)]

    def gen_map(self, shape, depth):
        n = 0 if depth > DEEPEST else self.r.randint(0 if self.empty else 1, 3)
        return {f"{i}{self.text()}": self.value(shape.value, depth + 1) for i in range(n)}

    def gen_structure(self, shape, depth):
        out = {}
        names = list(shape.members)
        sure = self.r.choice(names) if names and not self.empty else None
        for name, member in shape.members.items():
            compound = member.type_name in ("structure", "list", "map")
            if name != sure and (self.r.random() < 0.4 or (compound and depth > DEEPEST)):
                continue
            out[name] = self.value(member, depth + 1)
        return out


def plain(value):
    """As wire-probe's JSON has it."""
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [plain(v) for v in value]
    if isinstance(value, datetime.datetime):
        ms = calendar.timegm(value.utctimetuple()) * 1000 + value.microsecond // 1000
        return {"$time": ms}
    if isinstance(value, (bytes, bytearray)):
        return {"$blob": base64.b64encode(value).decode()}
    return value


def cases():
    return [pytest.param(service, name, id=f"{service}-{name}")
            for service, model in MODELS.items() for name in model.operation_names]


def protocol_of(model):
    return model.metadata["protocol"]


def botocore_request(model, op, params):
    serializer = botocore.serialize.create_serializer(protocol_of(model), False)
    r = serializer.serialize_to_request(params, op)
    request = botocore.awsrequest.AWSRequest(
        method=r["method"], url="https://example.com" + r["url_path"],
        headers=r["headers"], data=r["body"], params=r["query_string"])
    prepared = request.prepare()
    body = prepared.body or b""
    url = urllib.parse.urlsplit(prepared.url)
    headers = {k: v.decode() if isinstance(v, bytes) else v for k, v in prepared.headers.items()}
    return {"method": prepared.method, "path": url.path or "/", "query": url.query,
            "headers": headers, "body": body.encode() if isinstance(body, str) else body}


def meaning(protocol, body):
    """What a body says, without the freedoms that the protocol leaves."""
    if protocol == "query":
        return sorted(urllib.parse.parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True))
    return json.loads(body)


@pytest.mark.parametrize("service, name", cases())
def test_requests(probe, service, name):
    model = MODELS[service]
    op, protocol = model.operation_model(name), protocol_of(MODELS[service])
    gen = Generator(f"{service}.{name}.request", empty=protocol != "query", xml=False)
    for _ in range(ROUNDS):
        params = gen.value(op.input_shape, 0) if op.input_shape else {}
        theirs = botocore_request(model, op, params)
        ours = probe.ask(do="put_request", service=service, op=name, input=plain(params))
        assert ours["ok"], ours
        body = base64.b64decode(ours["body"])
        assert meaning(protocol, body) == meaning(protocol, theirs["body"])
        assert (ours["method"], ours["path"], ours["query"]) == (
            theirs["method"], theirs["path"], theirs["query"])
        # Headers that say how to read the body.
        for header in ("Content-Type", "X-Amz-Target"):
            assert ours["headers"].get(header) == theirs["headers"].get(header)
        # And the other end reads what botocore sends.
        read = probe.ask(do="get_request", service=service, method=theirs["method"],
                         path=theirs["path"], query=theirs["query"], headers=theirs["headers"],
                         body=base64.b64encode(theirs["body"]).decode())
        assert read["ok"], read
        assert read["op"] == name
        assert read["input"] == plain(params)


@pytest.mark.parametrize("service, name", cases())
def test_answers(probe, service, name):
    model = MODELS[service]
    op, protocol = model.operation_model(name), protocol_of(MODELS[service])
    gen = Generator(f"{service}.{name}.answer", empty=True, xml=True)
    parser = botocore.parsers.create_parser(protocol)
    for _ in range(ROUNDS):
        out = gen.value(op.output_shape, 0) if op.output_shape else {}
        answer = probe.ask(do="put_response", service=service, op=name, output=plain(out))
        parsed = parser.parse(
            {"status_code": answer["status"],
             "headers": botocore.awsrequest.HeadersDict(answer["headers"]),
             "body": base64.b64decode(answer["body"])}, op.output_shape)
        assert parsed.pop("ResponseMetadata")["RequestId"] == REQUEST_ID
        assert plain(parsed) == plain(out)


def errors():
    for service, model in MODELS.items():
        for name in model.operation_names:
            for shape in model.operation_model(name).error_shapes:
                yield service, name, shape


@pytest.mark.parametrize("service", sorted(MODELS))
def test_errors(probe, service):
    model = MODELS[service]
    parser = botocore.parsers.create_parser(protocol_of(model))
    seen = 0
    for _, name, shape in (e for e in errors() if e[0] == service):
        members = {"Reason": "MIN_LENGTH_EXCEEDED"} if "Reason" in shape.members else {}
        answer = probe.ask(do="put_fault", service=service, op=name, code=shape.name,
                           message="it's <not> \"right\" & 名", members=members)
        # botocore reads an error twice: what every error has, and what this one adds.
        http = {"status_code": answer["status"],
                "headers": botocore.awsrequest.HeadersDict(answer["headers"]),
                "body": base64.b64decode(answer["body"])}
        parsed = parser.parse(http, model.operation_model(name).output_shape)
        assert parsed["Error"]["Code"] == shape.metadata.get("error", {}).get("code", shape.name)
        assert parsed["Error"]["Message"] == "it's <not> \"right\" & 名"
        assert parsed["ResponseMetadata"]["RequestId"] == REQUEST_ID
        assert answer["status"] == shape.metadata.get("error", {}).get("httpStatusCode", 400)
        if members:
            assert parser.parse(http, shape)["Reason"] == "MIN_LENGTH_EXCEEDED"
        seen += 1
    assert seen > 10


# ---- patterns ----

def java_to_python(pattern):
    """Python's re has no \\p{L}: the class is written out by unicodedata."""
    def expand(m):
        chars = [c for c in range(0x110000) if unicodedata.category(chr(c))[0] == m.group(1)]
        out, start = [], None
        for c, after in zip(chars, chars[1:] + [-1]):
            start = c if start is None else start
            if after != c + 1:
                out.append(f"\\U{start:08x}-\\U{c:08x}")
                start = None
        return "".join(out)

    pattern = re.sub(r"\\p\{([A-Z])\}", expand, pattern)
    # Java's dot leaves out all of its line ends, Python's only one.
    pattern = re.sub(r"(?<!\\)\.(?=[+*])", lambda m: r"[^\n\r\x85\u2028\u2029]", pattern)
    # In Java, $ matches before a final line break too, yet all must be matched: no difference.
    return re.compile(pattern, re.ASCII)


def patterns():
    out = set()
    for model in MODELS.values():
        for name in model.shape_names:
            shape = model.shape_for(name)
            if "pattern" in shape.metadata:
                out.add(shape.metadata["pattern"])
    return sorted(out)


SEEDS = ["", "a", "A9_", "o-a1b2c3d4e5", "ou-ab12-cd345678", "r-ab12", "123456789012", "p-12345678ab",
         "h-0123456789", "arn:aws:organizations::123456789012:account/o-a1b2c3d4e5/123456789012",
         *("arn:aws:organizations::123456789012:" + rest for rest in (
             "handshake/o-a1b2c3d4e5/invite/h-0123456789", "organization/o-a1b2c3d4e5",
             "ou/o-a1b2c3d4e5/ou-ab12-cd345678", "root/o-a1b2c3d4e5/r-ab12",
             "policy/o-a1b2c3d4e5/service_control_policy/p-0123456789",
             "resourcepolicy/o-a1b2c3d4e5/rp-abcd", "transfer/o-a1b2c3d4e5/billing/inbound/rt-12345678")),
         "x@example.com", "/", "/a/b/", "v1", "v12.x-y", "http://example.com/a?b=c#d", "a-b-c", "a--b",
         "名前", "é", "💥", "\t\n\r", "\x00", "rt-12345678", "rp-abcd", "car-12345678", "é" * 40,
         "o-a1b2c3d4e5/r-ab12/ou-ab12-cd345678/", "a" * 64, "a" * 65, " ", "\xa0", "[", "\\", "^", "$"]


@pytest.mark.parametrize("pattern", patterns())
def test_patterns(probe, pattern):
    theirs = java_to_python(pattern)
    rng = random.Random(pattern)
    alphabet = "ab01Z-_./:@=+, ou{}é名\t\n\xff\x85\u2028\ufffd" + pattern
    matched = 0
    texts = list(SEEDS)
    for _ in range(150):
        base = rng.choice(SEEDS)
        at = rng.randint(0, len(base))
        texts.append(base[:at] + rng.choice(alphabet) + base[at + rng.randint(0, 1):])
    for text in texts:
        if "\ud800" <= max(text, default="") <= "\udfff":
            continue
        want = theirs.fullmatch(text) is not None
        got = probe.ask(do="pattern", pattern=pattern, text=text)["match"]
        assert got == want, (pattern, text)
        matched += want
    assert matched > 0, "no text matches: the test says nothing"


def test_the_committed_files_are_what_botocore_says():
    root = pathlib.Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [os.sys.executable, root / "tools" / "api-from-models.py", "--check"],
        capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
