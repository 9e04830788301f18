#!/usr/bin/env python3
"""Turn *.api files into C tables (struct api_service, src/aws/api.h).

    tools/api-tables.py --out tables.c [--symbol NAME] [--overrides FILE] FILE.api...

The build runs it. src/aws/api/README.md explains what it reads. A mistake in a
file is told as file:line and ends the build.
"""

import argparse
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import api_patterns  # noqa: E402

PROTOCOLS = {"query": "API_QUERY", "json": "API_JSON",
             "rest-json": "API_REST_JSON", "rest-xml": "API_REST_XML"}
TYPES = {"structure": "API_STRUCTURE", "list": "API_LIST", "map": "API_MAP",
         "string": "API_STRING", "integer": "API_INTEGER", "long": "API_LONG",
         "float": "API_FLOAT", "boolean": "API_BOOLEAN", "blob": "API_BLOB",
         "timestamp": "API_TIMESTAMP"}
TIMES = {"iso8601": "API_TIME_ISO8601", "unix": "API_TIME_UNIX", "rfc822": "API_TIME_RFC822"}
LOCATIONS = {"uri": "API_URI", "query": "API_QUERYSTRING", "header": "API_HEADER",
             "headers": "API_HEADERS", "status": "API_STATUS"}
SERVICE_WORDS = {"sdk-id", "endpoint-prefix", "signing-name", "protocol", "api-version",
                 "json-version", "target-prefix", "xml-namespace", "event-source", "global"}
# Repeating one of these is harmless: they only read, or only compute.
READ_ONLY = ("Get", "List", "Describe", "Simulate", "Generate", "Decode", "Search", "BatchGet",
             "Head")
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")


class BadFile(Exception):
    pass


class Where:
    def __init__(self, path, line):
        self.path, self.line = path, line

    def fail(self, why):
        raise BadFile(f"{self.path}:{self.line}: {why}")


class Shape:
    def __init__(self, kind, name, where):
        self.kind, self.name, self.where = kind, name, where
        self.members, self.values, self.words = [], [], {}
        self.index = 0


class Member:
    def __init__(self, name, shape, words, where):
        self.name, self.shape, self.words, self.where = name, shape, words, where


class Operation:
    def __init__(self, name, where):
        self.name, self.where = name, where
        self.method, self.uri, self.status = "POST", "/", 0
        self.input = self.output = self.wrapper = self.pages = None
        self.root, self.xmlns = "", ""
        self.errors = []


class Service:
    def __init__(self, id_, where):
        self.id, self.where = id_, where
        self.facts, self.operations, self.shapes = {}, {}, {}


def words_of(text, where, allowed):
    """'a b=c' to {a: True, b: 'c'}; only allowed names."""
    out = {}
    for word in text.split():
        key, eq, value = word.partition("=")
        if key not in allowed:
            where.fail(f"unknown word '{key}'")
        if key in out:
            where.fail(f"'{key}' stands twice")
        out[key] = value if eq else True
    return out


class Reader:
    SHAPE_WORDS = {"sensitive", "flattened", "document", "error", "status", "time", "length",
                   "value"}
    MEMBER_WORDS = {"required", "payload", "in", "name", "flattened", "attribute", "token",
                    "prefix", "xmlns", "time"}

    def __init__(self, path):
        self.path = path
        self.service = None
        self.current = None

    def read(self):
        for number, line in enumerate(self.path.read_text(encoding="utf-8").split("\n"), 1):
            where = Where(self.path, number)
            if not line.strip() or line.startswith("#"):
                continue
            if line.startswith("  ") and line[2] != " ":
                self.detail(line[2:], where)
            elif line[0] != " ":
                self.head(line, where)
            else:
                where.fail("a line begins at its start or with two blanks")
        if not self.service:
            Where(self.path, 1).fail("no 'service' line")
        return self.service

    def head(self, line, where):
        kind, _, rest = line.partition(" ")
        if kind == "service":
            if self.service:
                where.fail("a file holds one service")
            self.service = self.current = Service(rest.strip(), where)
            return
        if not self.service:
            where.fail("the first line is 'service NAME'")
        name, _, rest = rest.partition(" ")
        if not NAME.match(name):
            where.fail(f"'{name}' is not a name")
        if kind == "operation":
            if rest.strip():
                where.fail("an operation's facts stand on the lines below it")
            if name in self.service.operations:
                where.fail(f"operation '{name}' stands twice")
            self.current = self.service.operations[name] = Operation(name, where)
        elif kind in TYPES:
            if name in self.service.shapes:
                where.fail(f"shape '{name}' stands twice")
            self.current = self.service.shapes[name] = Shape(kind, name, where)
            rest, sep, pattern = f" {rest}".partition(" pattern=")
            self.current.words = words_of(rest, where, self.SHAPE_WORDS)
            if sep:
                self.current.words["pattern"] = pattern
            self.check_shape(self.current)
        else:
            where.fail(f"unknown kind of fact '{kind}'")

    def check_shape(self, s):
        scalar = s.kind not in ("structure", "list", "map")
        allowed = {"sensitive"}
        if s.kind == "structure":
            allowed |= {"document", "error", "status"}
        if s.kind in ("list", "map"):
            allowed |= {"flattened"}
        allowed.add("value" if s.kind in ("integer", "long", "float") else "length")
        if scalar:
            allowed.add("pattern")
        if s.kind == "timestamp":
            allowed.add("time")
        for w in s.words:
            if w not in allowed:
                s.where.fail(f"'{w}' is not a fact of a {s.kind}")
        if "time" in s.words and s.words["time"] not in TIMES:
            s.where.fail(f"unknown time format '{s.words['time']}'")
        for w in ("length", "value"):
            if w in s.words and not re.match(r"(-?\d*)\.\.(-?\d*)\Z", str(s.words[w])):
                s.where.fail(f"'{w}' is MIN..MAX")

    def detail(self, text, where):
        if self.current is None:
            where.fail("nothing to add this line to")
        key, _, rest = text.partition(" ")
        if isinstance(self.current, Service):
            if key not in SERVICE_WORDS:
                where.fail(f"unknown fact of a service '{key}'")
            self.current.facts[key] = rest.strip()
        elif isinstance(self.current, Operation):
            self.operation_line(self.current, key, rest.strip(), where)
        else:
            self.shape_line(self.current, key, rest, where)

    def operation_line(self, op, key, rest, where):
        if key == "http":
            parts = rest.split()
            if len(parts) != 2 or not parts[1].startswith("/"):
                where.fail("http METHOD /URI")
            op.method, op.uri = parts
        elif key == "status":
            if not re.match(r"[1-5]\d\d\Z", rest):
                where.fail(f"'{rest}' is not an HTTP status")
            op.status = int(rest)
        elif key == "input":
            name, _, more = rest.partition(" ")
            words = words_of(more, where, {"root", "xmlns"})
            op.input = (name, where)
            op.root, op.xmlns = words.get("root", ""), words.get("xmlns", "")
        elif key == "output":
            op.output = (rest, where)
        elif key == "result-wrapper":
            op.wrapper = rest
        elif key == "error":
            op.errors.append((rest, where))
        elif key == "pages":
            op.pages = words_of(rest, where, {"input", "output", "limit", "result", "more"})
            if "input" not in op.pages or "output" not in op.pages:
                where.fail("pages needs input= and output=")
        else:
            where.fail(f"unknown fact of an operation '{key}'")

    def shape_line(self, s, key, rest, where):
        if key == "value":
            if s.kind != "string":
                where.fail(f"only a string has values, not a {s.kind}")
            s.values.append(rest)
            return
        expect = {"structure": ["member"], "list": ["element"], "map": ["key", "of"]}
        if s.kind == "structure" and key == "member":
            name, _, rest = rest.partition(" ")
            if not NAME.match(name):
                where.fail(f"'{name}' is not a name")
            if any(m.name == name for m in s.members):
                where.fail(f"member '{name}' stands twice")
        elif (s.kind, key, len(s.members)) in (("list", "element", 0), ("map", "key", 0),
                                               ("map", "of", 1)):
            name = {"element": "member", "key": "key", "of": "value"}[key]
        else:
            where.fail(f"'{key}' does not belong here (a {s.kind} wants "
                       f"{' and '.join(expect.get(s.kind, ['value']))})")
        shape, _, more = rest.partition(" ")
        words = words_of(more, where, self.MEMBER_WORDS)
        if "in" in words and words["in"] not in LOCATIONS:
            where.fail(f"unknown place '{words['in']}'")
        if "time" in words and words["time"] not in TIMES:
            where.fail(f"unknown time format '{words['time']}'")
        s.members.append(Member(name, shape, words, where))


def check(service):
    """References, and what every service must say."""
    for fact in ("protocol", "sdk-id", "endpoint-prefix", "signing-name", "api-version"):
        if fact not in service.facts:
            service.where.fail(f"service '{service.id}' has no '{fact}'")
    if service.facts["protocol"] not in PROTOCOLS:
        service.where.fail(f"unknown protocol '{service.facts['protocol']}'")
    for op in service.operations.values():
        for name, where in [op.input or (None, None), op.output or (None, None), *op.errors]:
            if name and name not in service.shapes:
                where.fail(f"no shape '{name}'")
            if name and service.shapes[name].kind != "structure":
                where.fail(f"'{name}' is not a structure")
        for name, where in op.errors:
            if "error" not in service.shapes[name].words:
                where.fail(f"'{name}' is not an error")
    for s in list(service.shapes.values()):
        want = {"list": 1, "map": 2}.get(s.kind)
        if want and len(s.members) != want:
            s.where.fail(f"a {s.kind} needs {want} line(s) below it")
        for m in s.members:
            if m.shape not in service.shapes:
                m.where.fail(f"no shape '{m.shape}'")
            if "time" in m.words:
                m.shape = timed(service, m)


def timed(service, m):
    """A member with a time format of its own gets a shape of its own."""
    base = service.shapes[m.shape]
    if base.kind != "timestamp":
        m.where.fail("'time' is a fact of a timestamp")
    name = f"{m.shape}:{m.words['time']}"
    if name not in service.shapes:
        s = Shape("timestamp", m.shape, base.where)
        s.words = {**base.words, "time": m.words["time"]}
        service.shapes[name] = s
    return name


def apply_overrides(path, services):
    """Lines 'SERVICE SHAPE drop pattern|min|max: REASON'."""
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        where = Where(path, number)
        if not line.strip() or line.startswith("#"):
            continue
        m = re.match(r"(\S+) (\S+) drop (pattern|min|max): (\S.*)\Z", line)
        if not m:
            where.fail("an override is 'SERVICE SHAPE drop pattern|min|max: REASON'")
        service = next((s for s in services if s.id == m.group(1)), None)
        shape = service and service.shapes.get(m.group(2))
        if not shape:
            where.fail(f"no shape '{m.group(2)}' in service '{m.group(1)}'")
        if m.group(3) == "pattern":
            if "pattern" not in shape.words:
                where.fail("there is no pattern to drop")
            del shape.words["pattern"]
            continue
        word = "length" if "length" in shape.words else "value"
        low, high = str(shape.words.get(word, "..")).split("..")
        if not (low if m.group(3) == "min" else high):
            where.fail(f"there is no {m.group(3)} to drop")
        shape.words[word] = f"..{high}" if m.group(3) == "min" else f"{low}.."


def cstring(text):
    out = []
    for b in text.encode("utf-8"):
        c = chr(b)
        if c in '"\\?':
            out.append("\\" + c)
        elif 32 <= b < 127:
            out.append(c)
        else:
            out.append(f"\\{b:03o}")
    return '"' + "".join(out) + '"'


def cstr(text):
    if text is None or text == "":
        return "{0, 0}"
    return f"{{{cstring(text)}, {len(text.encode('utf-8'))}}}"


class Writer:
    def __init__(self, symbol):
        self.symbol = symbol
        self.out = []
        self.classes, self.patterns = {}, {}

    def add(self, text):
        self.out.append(text)

    def pattern(self, shape):
        text = shape.words.get("pattern")
        if text is None:
            return None
        if text not in self.patterns:
            try:
                code = api_patterns.compile_pattern(text, self.classes)
            except api_patterns.PatternError as e:
                shape.where.fail(str(e))
            self.patterns[text] = (len(self.patterns), code)
        return self.patterns[text][0]

    def write_patterns(self):
        if not self.patterns:
            return
        for i, ranges in enumerate(self.classes):
            high = [r for r in ranges if r[1] > 127]
            if high:
                body = ", ".join(f"{{{max(a, 128)}, {b}}}" for a, b in high)
                self.add(f"static const struct pattern_range ranges_{i}[] = {{{body}}};")
        self.add("static const struct pattern_class classes[] = {")
        for i, ranges in enumerate(self.classes):
            bits = [0, 0, 0, 0]
            for low, top in ranges:
                for cp in range(low, min(top, 127) + 1):
                    bits[cp // 32] |= 1 << (cp % 32)
            high = sum(1 for r in ranges if r[1] > 127)
            self.add(f"\t{{{{{', '.join(f'{b}u' for b in bits)}}}, "
                     f"{f'ranges_{i}' if high else 0}, {high}}},")
        self.add("};")
        for number, code in self.patterns.values():
            body = ", ".join(f"{{PATTERN_{api_patterns.NAMES[o]}, {a}, {b}}}" for o, a, b in code)
            self.add(f"static const struct pattern_inst code_{number}[] = {{{body}}};")
        self.add("static const struct api_pattern patterns[] = {")
        for number, code in self.patterns.values():
            self.add(f"\t{{code_{number}, {len(code)}, classes}},")
        self.add("};")

    def service(self, n, s):
        for i, shape in enumerate(s.shapes.values()):
            shape.index = i
        self.add(f"\n/* {s.id} */")
        self.add(f"static const struct api_shape s{n}_shapes[{len(s.shapes) or 1}];")
        self.add(f"static const struct api_service s{n};")
        for shape in s.shapes.values():
            self.members(n, s, shape)
        self.add(f"static const struct api_shape s{n}_shapes[{len(s.shapes) or 1}] = {{")
        for shape in s.shapes.values():
            self.shape(n, shape)
        self.add("};")
        ops = [s.operations[k] for k in sorted(s.operations)]
        for op in ops:
            self.op_parts(n, s, op)
        self.add(f"static const struct api_op s{n}_ops[] = {{")
        for op in ops:
            self.op(n, s, op)
        self.add("};")
        f = s.facts
        self.add(f"static const struct api_service s{n} = {{")
        self.add(f"\t.id = {cstr(s.id)}, .sdk_id = {cstr(f['sdk-id'])},")
        self.add(f"\t.endpoint_prefix = {cstr(f['endpoint-prefix'])},")
        self.add(f"\t.signing_name = {cstr(f['signing-name'])},")
        self.add(f"\t.protocol = {PROTOCOLS[f['protocol']]},")
        self.add(f"\t.json_version = {cstr(f.get('json-version'))},")
        self.add(f"\t.target_prefix = {cstr(f.get('target-prefix'))},")
        self.add(f"\t.api_version = {cstr(f['api-version'])},")
        self.add(f"\t.xml_namespace = {cstr(f.get('xml-namespace'))},")
        self.add(f"\t.event_source = {cstr(f.get('event-source'))},")
        self.add(f"\t.global = {'true' if 'global' in f else 'false'},")
        self.add(f"\t.ops = s{n}_ops, .nops = {len(ops)},\n}};")

    def members(self, n, s, shape):
        if shape.members:
            self.add(f"static const struct api_member s{n}_m{shape.index}[] = {{")
            for m in shape.members:
                w = m.words
                part = [f".name = {cstr(m.name)}", f".wire_name = {cstr(w.get('name', m.name))}",
                        f".shape = &s{n}_shapes[{s.shapes[m.shape].index}]"]
                if "in" in w:
                    part.append(f".location = {LOCATIONS[w['in']]}")
                for word, field in (("required", "required"), ("payload", "payload"),
                                    ("attribute", "attribute"), ("token", "idempotency_token")):
                    if word in w:
                        part.append(f".{field} = true")
                if "flattened" in w or "flattened" in s.shapes[m.shape].words:
                    part.append(".flattened = true")
                for word, field in (("prefix", "xml_prefix"), ("xmlns", "xml_namespace")):
                    if word in w:
                        part.append(f".{field} = {cstr(w[word])}")
                self.add("\t{" + ", ".join(part) + "},")
            self.add("};")
        if shape.values:
            body = ", ".join(cstr(v) if v else '{"", 0}' for v in shape.values)
            self.add(f"static const struct str s{n}_v{shape.index}[] = {{{body}}};")

    def shape(self, n, s):
        w = s.words
        part = [f".name = {cstr(s.name)}", f".type = {TYPES[s.kind]}"]
        if "time" in w:
            part.append(f".time_format = {TIMES[w['time']]}")
        for word in ("sensitive", "flattened", "document"):
            if word in w:
                part.append(f".{word} = true")
        if s.members:
            part.append(f".members = s{n}_m{s.index}, .nmembers = {len(s.members)}")
        if "length" in w or "value" in w:
            low, high = str(w.get("length", w.get("value"))).split("..")
            if low:
                part.append(f".has_min = true, .min = INT64_C({low})")
            if high:
                part.append(f".has_max = true, .max = INT64_C({high})")
        number = self.pattern(s)
        if number is not None:
            part.append(f".pattern = {cstring(w['pattern'])}, .program = &patterns[{number}]")
        if s.values:
            part.append(f".values = s{n}_v{s.index}, .nvalues = {len(s.values)}")
        if "error" in w:
            part.append(f".error_code = {cstr(s.name if w['error'] is True else w['error'])}")
            if "status" in w:
                part.append(f".error_status = {int(w['status'])}")
        self.add("\t{" + ", ".join(part) + "},")

    def op_parts(self, n, s, op):
        if op.errors:
            body = ", ".join(f"&s{n}_shapes[{s.shapes[e].index}]" for e, _ in op.errors)
            self.add(f"static const struct api_shape *const s{n}_e_{op.name}[] = {{{body}}};")
        if op.pages:
            p = op.pages
            body = ", ".join(f".{field} = {cstr(p.get(word))}" for word, field in (
                ("input", "input_token"), ("output", "output_token"), ("limit", "limit"),
                ("result", "result"), ("more", "more")))
            self.add(f"static const struct api_pages s{n}_p_{op.name} = {{{body}}};")

    def op(self, n, s, op):
        part = [f".name = {cstr(op.name)}", f".method = {cstr(op.method)}", f".uri = {cstr(op.uri)}"]
        if op.status:
            part.append(f".status = {op.status}")
        for field, ref in (("input", op.input), ("output", op.output)):
            if ref:
                part.append(f".{field} = &s{n}_shapes[{s.shapes[ref[0]].index}]")
        if op.root:
            part.append(f".input_root = {cstr(op.root)}")
        if op.xmlns:
            part.append(f".input_namespace = {cstr(op.xmlns)}")
        if op.wrapper:
            part.append(f".result_wrapper = {cstr(op.wrapper)}")
        if op.errors:
            part.append(f".errors = s{n}_e_{op.name}, .nerrors = {len(op.errors)}")
        if op.pages:
            part.append(f".pages = &s{n}_p_{op.name}")
        if op.name.startswith(READ_ONLY):
            part.append(".read_only = true")
        part.append(f".service = &s{n}")
        self.add("\t{" + ", ".join(part) + "},")

    def text(self, services):
        services = sorted(services, key=lambda s: s.id)
        for n, s in enumerate(services):
            self.service(n, s)
        body, self.out = self.out, []
        self.add("/* Written by tools/api-tables.py at build time from *.api. */")
        self.add('#include "aws/api-private.h"\n')
        self.write_patterns()
        self.out += body
        refs = ", ".join(f"&s{n}" for n in range(len(services)))
        self.add(f"\nconst struct api_service *const {self.symbol}[] = {{{refs}}};")
        self.add(f"const size_t {self.symbol}_count = {len(services)};")
        return "\n".join(self.out) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+", type=pathlib.Path)
    parser.add_argument("--out", required=True, type=pathlib.Path)
    parser.add_argument("--symbol", default="api_tables", help="name of the array of services")
    parser.add_argument("--overrides", type=pathlib.Path)
    args = parser.parse_args()
    try:
        services = []
        for path in args.files:
            services.append(Reader(path).read())
        if args.overrides:
            apply_overrides(args.overrides, services)
        for s in services:
            check(s)
        text = Writer(args.symbol).text(services)
    except BadFile as e:
        sys.exit(f"{e}")
    except (OSError, UnicodeDecodeError) as e:
        sys.exit(f"api-tables: {e}")
    args.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
