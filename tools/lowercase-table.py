#!/usr/bin/env python3
"""Write src/policy/lowercase-data.h: how AWS lower-cases, as tables.

usage: tools/lowercase-table.py > src/policy/lowercase-data.h

The tables come from Python's own Unicode data. Only characters of the basic
plane are mapped, because AWS maps no others; which characters are cased or
ignorable around a sigma is known for all planes.
"""

import sys
import unicodedata

FINAL = "\u03c2"


def lower_ranges():
    ranges = []  # first, last, delta, step
    for cp in range(0x80, 0x10000):
        if 0xD800 <= cp <= 0xDFFF:
            continue
        low = chr(cp).lower()
        if len(low) != 1 or ord(low) == cp:
            continue
        delta = ord(low) - cp
        if ranges:
            r = ranges[-1]
            gap = cp - r[1]
            if r[2] == delta and (r[0] == r[1] and gap in (1, 2) or gap == r[3]):
                r[1], r[3] = cp, gap
                continue
        ranges.append([cp, cp, delta, 1])
    return ranges


def spans(test):
    out = []
    for cp in range(0x110000):
        if 0xD800 <= cp <= 0xDFFF or not test(chr(cp)):
            continue
        if out and out[-1][1] == cp - 1:
            out[-1][1] = cp
        else:
            out.append([cp, cp])
    return out


def cased(c):
    return (c + "\u03a3").lower()[-1] == FINAL


def ignorable(c):
    return not cased(c) and ("A" + c + "\u03a3").lower()[-1] == FINAL


def rows(items, form):
    line = "\t"
    for item in items:
        text = form(item)
        if len(line) + len(text) > 88:
            print(line.rstrip())
            line = "\t"
        line += text + " "
    print(line.rstrip())


def main():
    print("/*")
    print(" * Written by tools/lowercase-table.py from Unicode %s; do not edit." % unicodedata.unidata_version)
    print(" */")
    print("\n/* first, last, distance to the small letter, step */")
    print("static const struct lower_range lower_ranges[] = {")
    rows(lower_ranges(), lambda r: "{0x%04X, 0x%04X, %d, %d}," % tuple(r))
    print("};")
    for name, test in (("cased", cased), ("ignorable", ignorable)):
        print("\nstatic const struct span %s_spans[] = {" % name)
        rows(spans(test), lambda s: "{0x%04X, 0x%04X}," % tuple(s))
        print("};")


sys.exit(main())
