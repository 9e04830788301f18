#!/usr/bin/env python3
"""Write src/aws/api/*.api from the service models that botocore publishes.

    tools/api-from-models.py             writes the committed services
    tools/api-from-models.py --check     says whether the committed files are what
                                         the installed botocore gives; writes nothing
    tools/api-from-models.py --out DIR s3 lambda
                                         other services, to look at

Needs the Python package botocore, and nothing else of it than its data folder.
No sentence of documentation is taken over: only facts. The format is explained
in src/aws/api/README.md; tools/api-tables.py reads it at build time.
"""

import argparse
import difflib
import gzip
import json
import pathlib
import sys

SERVICES = ["iam", "organizations", "sts"]
API_DIR = pathlib.Path(__file__).resolve().parent.parent / "src" / "aws" / "api"
PROTOCOLS = {"query", "json", "rest-json", "rest-xml"}
SCALARS = {
    "string": "string",
    "character": "string",
    "integer": "integer",
    "long": "long",
    "float": "float",
    "double": "float",
    "boolean": "boolean",
    "blob": "blob",
    "timestamp": "timestamp",
}
TIMES = {"iso8601": "iso8601", "unixTimestamp": "unix", "rfc822": "rfc822"}
NUMBERS = {"integer", "long", "float"}


class Unsupported(Exception):
    """The model says something that the format has no word for."""


def load(path):
    """The JSON of path or of path.gz."""
    gz = path.with_name(path.name + ".gz")
    if gz.exists():
        with gzip.open(gz, "rt", encoding="utf-8") as f:
            return json.load(f)
    return json.loads(path.read_text(encoding="utf-8"))


class Model:
    def __init__(self, data, service):
        if not (data / service).is_dir():
            raise Unsupported("botocore has no such service")
        versions = sorted(p.name for p in (data / service).iterdir() if p.is_dir())
        versions = [v for v in versions if any((data / service / v).glob("service-2.json*"))]
        if not versions:
            raise Unsupported(f"no model of '{service}' in {data}")
        folder = data / service / versions[-1]
        self.id = service
        self.model = load(folder / "service-2.json")
        self.shapes = self.model["shapes"]
        self.pages = {}
        if any(folder.glob("paginators-1.json*")):
            self.pages = load(folder / "paginators-1.json")["pagination"]
        endpoints = load(data / "endpoints.json")
        prefix = self.model["metadata"]["endpointPrefix"]
        aws = next(p for p in endpoints["partitions"] if p["partition"] == "aws")
        self.is_global = aws["services"].get(prefix, {}).get("isRegionalized") is False
        self.out = []

    def line(self, *words):
        self.out.append(" ".join(w for w in words if w))

    def text(self, botocore_version):
        meta = self.model["metadata"]
        protocol = meta["protocol"]
        if protocol not in PROTOCOLS:
            # "smithy-rpc-v2-cbor" first in the list of some services; an older one may follow.
            protocol = next((p for p in meta.get("protocols", []) if p in PROTOCOLS), None)
            if not protocol:
                raise Unsupported(f"protocol '{meta['protocol']}'")
        self.out = []
        self.line(f"# {meta.get('serviceFullName', self.id)}: facts of its API. Not edited by hand.")
        self.line(
            f"# Written by tools/api-from-models.py from botocore {botocore_version},"
            f" model {self.id} {meta['apiVersion']}."
        )
        self.line("# README.md beside it explains the format.")
        self.line()
        signing = meta.get("signingName", meta["endpointPrefix"])
        self.line("service", self.id)
        self.line("  sdk-id", meta["serviceId"])
        self.line("  endpoint-prefix", meta["endpointPrefix"])
        self.line("  signing-name", signing)
        self.line("  protocol", protocol)
        self.line("  api-version", meta["apiVersion"])
        if protocol == "json":
            self.line("  json-version", meta["jsonVersion"])
            self.line("  target-prefix", meta["targetPrefix"])
        if protocol in ("query", "rest-xml") and "xmlNamespace" in meta:
            self.line("  xml-namespace", meta["xmlNamespace"])
        self.line("  event-source", f"{signing}.amazonaws.com")
        if self.is_global:
            self.line("  global")
        reached = set()
        for name in sorted(self.model["operations"]):
            op, shapes = self.model["operations"][name], set()
            for ref in [op[k] for k in ("input", "output") if k in op] + op.get("errors", []):
                self.reach(ref["shape"], shapes)
            if any(self.shapes[n].get("eventstream") for n in shapes):
                self.line()
                self.line(f"# operation {name} is left out: it is an event stream")
                continue
            reached |= shapes
            self.operation(name, op)
        for name in sorted(reached):
            self.line()
            self.shape(name, self.shapes[name])
        return "\n".join(self.out) + "\n"

    def operation(self, name, op):
        self.line()
        self.line("operation", name)
        method, uri = op["http"]["method"], op["http"]["requestUri"]
        if (method, uri) != ("POST", "/"):
            self.line("  http", method, uri)
        if "responseCode" in op["http"] and op["http"]["responseCode"] != 200:
            self.line("  status", str(op["http"]["responseCode"]))
        if "input" in op:
            ref = op["input"]
            root = "root=" + ref["locationName"] if "locationName" in ref else ""
            xmlns = "xmlns=" + ref["xmlNamespace"]["uri"] if "xmlNamespace" in ref else ""
            self.line("  input", ref["shape"], root, xmlns)
        if "output" in op:
            self.line("  output", op["output"]["shape"])
            if "resultWrapper" in op["output"]:
                self.line("  result-wrapper", op["output"]["resultWrapper"])
        for error in op.get("errors", []):
            self.line("  error", error["shape"])
        if name in self.pages:
            self.paging(self.pages[name])

    def paging(self, p):
        def plain(key):
            v = p.get(key)
            if isinstance(v, list):
                v = v[0]
            # Some are JMESPath expressions; the first plain name is all that a listing needs.
            return v if isinstance(v, str) and v.replace(".", "").isalnum() else None

        words = [
            f"{ours}={plain(theirs)}"
            for ours, theirs in (
                ("input", "input_token"),
                ("output", "output_token"),
                ("limit", "limit_key"),
                ("result", "result_key"),
                ("more", "more_results"),
            )
            if plain(theirs)
        ]
        if plain("input_token") and plain("output_token"):
            self.line("  pages", *words)

    def reach(self, name, reached):
        todo = [name]
        while todo:
            n = todo.pop()
            if n in reached:
                continue
            reached.add(n)
            s = self.shapes[n]
            todo += [m["shape"] for m in s.get("members", {}).values()]
            todo += [s[k]["shape"] for k in ("member", "key", "value") if k in s]

    def range_word(self, s, word):
        low, high = s.get("min"), s.get("max")
        if low is None and high is None:
            return ""
        text = "..".join("" if v is None else str(int(v)) for v in (low, high))
        return f"{word}={text}"

    def shape(self, name, s):
        kind = s["type"]
        common = ["sensitive" if s.get("sensitive") else ""]
        if kind == "structure":
            error = ""
            if s.get("exception") or "error" in s:
                e = s.get("error", {})
                code, status = e.get("code"), e.get("httpStatusCode")
                error = "error" + (f"={code}" if code and code != name else "")
                common.append(f"status={status}" if status else "")
            document = "document" if s.get("document") else ""
            self.line("structure", name, error, *common, document)
            for member, ref in s.get("members", {}).items():
                self.member(name, s, member, ref)
            return
        if kind == "list":
            self.line(
                "list", name, "flattened" if s.get("flattened") else "",
                self.range_word(s, "length"), *common,
            )
            self.reference("element", s["member"], ["name=" + s["member"]["locationName"]]
                           if "locationName" in s["member"] else [])
            return
        if kind == "map":
            self.line(
                "map", name, "flattened" if s.get("flattened") else "",
                self.range_word(s, "length"), *common,
            )
            for part, word in (("key", "key"), ("value", "of")):
                ref = s[part]
                self.reference(word, ref, ["name=" + ref["locationName"]]
                               if "locationName" in ref else [])
            return
        ours = SCALARS[kind]
        if s.get("jsonvalue"):
            raise Unsupported(f"shape {name}: jsonvalue")
        time = "time=" + TIMES[s["timestampFormat"]] if "timestampFormat" in s else ""
        limits = self.range_word(s, "value" if ours in NUMBERS else "length")
        # The pattern is last: it may hold blanks and goes to the end of the line.
        pattern = "pattern=" + s["pattern"] if "pattern" in s else ""
        if "\n" in pattern:
            raise Unsupported(f"shape {name}: pattern with a line break")
        self.line(ours, name, time, limits, *common, pattern)
        for value in s.get("enum", []):
            self.line("  value", value)

    def member(self, owner, s, name, ref):
        words = []
        if name in s.get("required", []):
            words.append("required")
        if s.get("payload") == name:
            words.append("payload")
        location = ref.get("location")
        if location:
            word = {"uri": "uri", "querystring": "query", "header": "header",
                    "headers": "headers", "statusCode": "status"}.get(location)
            if not word:
                raise Unsupported(f"{owner}.{name}: location '{location}'")
            words.append("in=" + word)
        wire = ref.get("locationName")
        if wire is not None and wire != name:
            words.append("name=" + wire)
        if ref.get("jsonvalue"):
            raise Unsupported(f"{owner}.{name}: jsonvalue")
        if ref.get("flattened"):
            words.append("flattened")
        if ref.get("xmlAttribute"):
            words.append("attribute")
        if ref.get("idempotencyToken"):
            words.append("token")
        namespace = ref.get("xmlNamespace") or self.shapes[ref["shape"]].get("xmlNamespace")
        if namespace and self.model["metadata"]["protocol"] == "rest-xml":
            if isinstance(namespace, str):
                namespace = {"uri": namespace}
            if "prefix" in namespace:
                words.append("prefix=" + namespace["prefix"])
            words.append("xmlns=" + namespace["uri"])
        if "timestampFormat" in ref:
            words.append("time=" + TIMES[ref["timestampFormat"]])
        self.reference("member " + name, ref, words)

    def reference(self, head, ref, words):
        self.line("  " + head, ref["shape"], *words)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("services", nargs="*", help="botocore's names; without any: the committed")
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    parser.add_argument("--out", type=pathlib.Path, default=API_DIR, help="folder to write to")
    args = parser.parse_args()
    try:
        import botocore
    except ImportError:
        sys.exit("api-from-models: the Python package botocore is not installed")
    data = pathlib.Path(botocore.__file__).parent / "data"
    differ = False
    for service in args.services or SERVICES:
        path = args.out / f"{service}.api"
        try:
            text = Model(data, service).text(botocore.__version__)
        except Unsupported as e:
            sys.exit(f"api-from-models: {service}: {e}")
        if not args.check:
            path.write_text(text, encoding="utf-8")
            print(f"{path}: {text.count(chr(10))} lines")
            continue
        have = path.read_text(encoding="utf-8") if path.exists() else ""
        # The version in the header may differ where the facts do not.
        facts = [[ln for ln in t.splitlines() if not ln.startswith("#")] for t in (have, text)]
        if facts[0] != facts[1]:
            differ = True
            sys.stdout.writelines(
                ln + "\n" for ln in difflib.unified_diff(
                    facts[0], facts[1], str(path), f"botocore {botocore.__version__}", lineterm="")
            )
    sys.exit(1 if differ else 0)


if __name__ == "__main__":
    main()
