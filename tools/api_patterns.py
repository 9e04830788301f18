"""Compile the patterns of the models (Java's dialect) for src/aws/pattern.c.

AWS holds a value against the whole of a pattern, as Java's Pattern.matches does.
What the models use is understood: classes, ranges, \\w \\d \\s \\p{L} \\p{Zs} and
their opposites, \\uXXXX, \\xXX, groups, alternatives, * + ? {n,m}, ^ $ and a negative look at the
next character. Anything else raises PatternError, so that no pattern is ever
taken for one that always matches.

The result is a program for a machine that follows all alternatives at once:
its time is the length of the value times the size of the program, whatever the
value is.
"""

import re
import sys
import unicodedata

MAX_CODE = 2048  # instructions; src/aws/pattern.c holds two sets of that size
LAST = 0x10FFFF

CHAR, SPLIT, JUMP, NOT_NEXT, BEGIN, END, MATCH = range(7)
NAMES = ["CHAR", "SPLIT", "JUMP", "NOT_NEXT", "BEGIN", "END", "MATCH"]


class PatternError(Exception):
    pass


def merge(ranges):
    out = []
    for low, high in sorted(ranges):
        if out and low <= out[-1][1] + 1:
            out[-1] = (out[-1][0], max(out[-1][1], high))
        else:
            out.append((low, high))
    return tuple(out)


def invert(ranges):
    out, at = [], 0
    for low, high in merge(ranges):
        if low > at:
            out.append((at, low - 1))
        at = high + 1
    if at <= LAST:
        out.append((at, LAST))
    return tuple(out)


_categories = {}


def category(name):
    """All characters of a general category ("L", "Zs"), by the Unicode version of this Python."""
    if not _categories:
        for cp in range(sys.maxunicode + 1):
            _categories.setdefault(unicodedata.category(chr(cp)), []).append((cp, cp))
    ranges = [r for key in _categories if key.startswith(name) for r in _categories[key]]
    return merge(ranges)


# Java without UNICODE_CHARACTER_CLASS: these are ASCII.
ESCAPES = {
    "w": ((0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)),
    "d": ((0x30, 0x39),),
    "s": ((0x09, 0x0D), (0x20, 0x20)),
}
CONTROLS = {"t": 0x09, "n": 0x0A, "r": 0x0D, "f": 0x0C}


class Parser:
    def __init__(self, text):
        self.s = text
        self.i = 0
        self.dot_all = self.take("(?s)")

    def fail(self, why):
        raise PatternError(f"{why} at character {self.i + 1} of pattern {self.s}")

    def peek(self):
        return self.s[self.i] if self.i < len(self.s) else ""

    def take(self, text):
        if self.s.startswith(text, self.i):
            self.i += len(text)
            return True
        return False

    def parse(self):
        node = self.alternatives()
        if self.i < len(self.s):
            self.fail(f"unexpected '{self.peek()}'")
        return node

    def alternatives(self):
        options = [self.sequence()]
        while self.take("|"):
            options.append(self.sequence())
        return ("alt", options) if len(options) > 1 else options[0]

    def sequence(self):
        items = []
        while self.peek() not in ("", "|", ")"):
            items.append(self.repeated())
        return ("seq", items)

    def repeated(self):
        node = self.atom()
        while True:
            m = re.compile(r"\{(\d+)(,(\d*))?\}").match(self.s, self.i)
            if self.take("*"):
                node = ("rep", node, 0, None)
            elif self.take("+"):
                node = ("rep", node, 1, None)
            elif self.take("?"):
                node = ("rep", node, 0, 1)
            elif m:
                self.i = m.end()
                low = int(m.group(1))
                high = low if m.group(2) is None else int(m.group(3)) if m.group(3) else None
                node = ("rep", node, low, high)
            else:
                return node
            if self.peek() in ("?", "+") and node[0] == "rep":
                # Lazy makes no difference to a whole match; possessive would.
                if not self.take("?"):
                    self.fail("possessive repetition is not supported")

    def atom(self):
        c = self.peek()
        if self.take("^"):
            return ("begin",)
        if self.take("$"):
            return ("end",)
        if self.take("(?!"):
            node = self.alternatives()
            if not self.take(")"):
                self.fail("missing ')'")
            if node[0] != "seq" or len(node[1]) != 1 or node[1][0][0] != "set":
                self.fail("only one character can be looked at ahead")
            return ("notnext", node[1][0][1])
        if self.take("(?:") or self.take("("):
            if self.peek() == "?":
                self.fail("unsupported group")
            node = self.alternatives()
            if not self.take(")"):
                self.fail("missing ')'")
            return node
        if c == "[":
            return ("set", self.char_class())
        if self.take("."):
            if self.dot_all:
                return ("set", ((0, LAST),))
            # Java's line ends, without DOTALL.
            return ("set", invert([(0x0A, 0x0A), (0x0D, 0x0D), (0x85, 0x85), (0x2028, 0x2029)]))
        if c == "\\":
            return ("set", self.escape())
        if c in "*+?{":
            self.fail(f"'{c}' repeats nothing")
        self.i += 1
        return ("set", ((ord(c), ord(c)),))

    def escape(self):
        self.i += 1
        c = self.peek()
        if not c:
            self.fail("pattern ends in a backslash")
        self.i += 1
        if c in ESCAPES:
            return ESCAPES[c]
        if c.lower() in ESCAPES:
            return invert(ESCAPES[c.lower()])
        if c in "pP":
            m = re.compile(r"\{([LMNPSZC][a-z]?)\}").match(self.s, self.i)
            if not m:
                self.fail(f"unsupported \\{c}")
            self.i = m.end()
            ranges = category(m.group(1))
            return invert(ranges) if c == "P" else ranges
        if c == "u":
            m = re.compile(r"[0-9A-Fa-f]{4}").match(self.s, self.i)
            if not m:
                self.fail("\\u needs four hex digits")
            self.i = m.end()
            cp = int(m.group(), 16)
            # Java takes two halves written side by side for one character.
            low = re.compile(r"\\u([Dd][C-Fc-f][0-9A-Fa-f]{2})").match(self.s, self.i)
            if 0xD800 <= cp <= 0xDBFF and low:
                self.i = low.end()
                cp = 0x10000 + ((cp - 0xD800) << 10) + int(low.group(1), 16) - 0xDC00
            return ((cp, cp),)
        if c == "x":
            m = re.compile(r"[0-9A-Fa-f]{2}").match(self.s, self.i)
            if not m:
                self.fail("\\x needs two hex digits")
            self.i = m.end()
            return ((int(m.group(), 16),) * 2,)
        if c in CONTROLS:
            return ((CONTROLS[c],) * 2,)
        if c.isalnum():
            self.fail(f"unsupported \\{c}")
        return ((ord(c),) * 2,)

    def char_class(self):
        self.i += 1
        negated = self.take("^")
        ranges, first = [], True
        while True:
            c = self.peek()
            if not c:
                self.fail("missing ']'")
            if c == "]" and not first:
                self.i += 1
                break
            if c == "[" or self.s.startswith("&&", self.i):
                self.fail("nested classes are not supported")
            first = False
            low = self.class_char()
            single = len(low) == 1 and low[0][0] == low[0][1]
            if single and self.peek() == "-" and self.s[self.i + 1 : self.i + 2] not in ("]", ""):
                self.i += 1
                high = self.class_char()
                if len(high) != 1 or high[0][0] != high[0][1] or high[0][0] < low[0][0]:
                    self.fail("wrong range")
                ranges.append((low[0][0], high[0][0]))
            else:
                ranges += low
        return invert(ranges) if negated else merge(ranges)

    def class_char(self):
        c = self.peek()
        if c == "\\":
            return self.escape()
        if not c:
            self.fail("missing ']'")
        self.i += 1
        return ((ord(c),) * 2,)


class Compiler:
    """`classes` is shared by all patterns of one table: ranges -> index."""

    def __init__(self, classes):
        self.classes = classes
        self.code = []

    def class_index(self, ranges):
        return self.classes.setdefault(merge(ranges), len(self.classes))

    def emit(self, op, a=0, b=0):
        self.code.append([op, a, b])
        if len(self.code) > MAX_CODE:
            raise PatternError(f"pattern needs more than {MAX_CODE} steps")
        return len(self.code) - 1

    def node(self, n):
        kind = n[0]
        if kind == "set":
            self.emit(CHAR, self.class_index(n[1]))
        elif kind == "notnext":
            self.emit(NOT_NEXT, self.class_index(n[1]))
        elif kind == "begin":
            self.emit(BEGIN)
        elif kind == "end":
            self.emit(END)
        elif kind == "seq":
            for item in n[1]:
                self.node(item)
        elif kind == "alt":
            ends = []
            for item in n[1][:-1]:
                split = self.emit(SPLIT)
                self.code[split][1] = len(self.code)
                self.node(item)
                ends.append(self.emit(JUMP))
                self.code[split][2] = len(self.code)
            self.node(n[1][-1])
            for e in ends:
                self.code[e][1] = len(self.code)
        else:
            self.repeat(*n[1:])

    def repeat(self, node, low, high):
        for _ in range(low):
            self.node(node)
        if high is None:
            split = self.emit(SPLIT)
            self.code[split][1] = len(self.code)
            self.node(node)
            self.emit(JUMP, split)
            self.code[split][2] = len(self.code)
            return
        splits = []
        for _ in range(high - low):
            split = self.emit(SPLIT)
            self.code[split][1] = len(self.code)
            self.node(node)
            splits.append(split)
        for split in splits:
            self.code[split][2] = len(self.code)


def compile_pattern(text, classes):
    """A list of (op, a, b)."""
    c = Compiler(classes)
    c.node(Parser(text).parse())
    c.emit(MATCH)
    return [tuple(i) for i in c.code]
