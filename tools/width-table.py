#!/usr/bin/env python3
"""Write src/base/utf8-width.c: how many terminal columns a character takes.

    python3 tools/width-table.py > src/base/utf8-width.c

The facts are those of Python's unicodedata (its Unicode version stands in the
output), by these rules, in this order:

- control characters (Cc), line and paragraph separators (Zl, Zp) and format
  characters (Cf, except U+00AD SOFT HYPHEN and the Arabic and other number
  signs that are drawn) take no column;
- combining marks that do not advance (Mn, Me) and the vowels and finals of
  conjoining Hangul (U+1160..11FF, U+D7B0..D7FF) take none;
- East Asian Wide and Fullwidth take two: every character with default emoji
  presentation is Wide since Unicode 9, but for the regional indicators, of
  which a pair makes a flag of two columns;
- what is not yet assigned takes one (unicodedata calls it Fullwidth), but two
  in the ideographic blocks and planes (EastAsianWidth.txt says so of them) and
  where newer emoji are put;
- everything else takes one and is not in the table.
"""

import sys
import unicodedata

DRAWN_FORMAT = {0x00AD, *range(0x0600, 0x0606), 0x06DD, 0x070F, 0x0890, 0x0891, 0x08E2, 0x110BD, 0x110CD}
WIDE_UNASSIGNED = [
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x1F6D8, 0x1F6DF),
    (0x1FA70, 0x1FAFF),
    (0x20000, 0x2FFFD),
    (0x30000, 0x3FFFD),
]


def width(cp):
    char = chr(cp)
    category = unicodedata.category(char)
    if category in ("Cc", "Zl", "Zp", "Mn", "Me"):
        return 0
    if category == "Cf":
        return 1 if cp in DRAWN_FORMAT else 0
    if 0x1160 <= cp <= 0x11FF or 0xD7B0 <= cp <= 0xD7FF:
        return 0
    if category == "Cn":
        return 2 if any(first <= cp <= last for first, last in WIDE_UNASSIGNED) else 1
    if unicodedata.east_asian_width(char) in ("W", "F"):
        return 2
    return 1


def ranges():
    first, current = 0, width(0)
    for cp in range(1, 0x110001):
        w = width(cp) if cp < 0x110000 else None
        if w != current:
            if current != 1:
                yield first, cp - 1, current
            first, current = cp, w


def main():
    print(f"/* Written by tools/width-table.py from Unicode {unicodedata.unidata_version}; not by hand. */")
    print()
    print('#include "base/utf8-width.h"')
    print()
    print("/* clang-format off */")
    print("const struct utf8_width_range utf8_width_ranges[] = {")
    row = ""
    for first, last, w in ranges():
        item = f"{{0x{first:04x}, 0x{last:04x}, {w}}},"
        if len(row) + len(item) + 1 > 84:
            print("\t" + row)
            row = ""
        row += (" " if row else "") + item
    print("\t" + row)
    print("};")
    print("/* clang-format on */")
    print()
    print("const size_t utf8_width_count = sizeof(utf8_width_ranges) / sizeof(utf8_width_ranges[0]);")
    return 0


if __name__ == "__main__":
    sys.exit(main())
