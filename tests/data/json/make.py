#!/usr/bin/env python3
"""Write the JSON cases of this folder anew: python3 tests/data/json/make.py

One file a case, named as public JSON parsing suites name theirs:
  y_*.json  must be read; y.expected holds what Python's json makes of each,
            written compactly with numbers as they stood
  n_*.json  must be refused, with a position
  i_*.json  RFC 8259 leaves it open; i.expected holds our choice and the reason:
              accept  read as it is
              lenient read only with JSON_LONE_SURROGATES, as U+FFFD
              refuse  an error of input
              limit   an error that names a ceiling of base/limits.h
"""

import json
import pathlib

HERE = pathlib.Path(__file__).parent


class Raw(str):
    """A number whose text is kept."""


class Pairs(list):
    """An object with its members in order, duplicates included."""


def canonical(value):
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, Pairs):
        return "{" + ",".join(canonical(k) + ":" + canonical(v) for k, v in value) + "}"
    if isinstance(value, list):
        return "[" + ",".join(canonical(v) for v in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def python_reads(data):
    return json.loads(
        data.decode("utf-8"),
        parse_float=Raw,
        object_pairs_hook=Pairs,
        parse_constant=lambda name: (_ for _ in ()).throw(ValueError(name)),
    )


Y = {}
N = {}
I_BYTES = {}
I = {}  # name to our choice and its reason


def add(table, name, text):
    if name in table:
        raise SystemExit(f"two cases are called {name}")
    table[name] = text.encode("utf-8") if isinstance(text, str) else text


def family(table, prefix, cases, before="[", after="]"):
    for name, text in cases.items():
        if isinstance(text, str):
            text = text.encode("utf-8")
        add(table, f"{prefix}_{name}", before.encode() + text + after.encode())


# ---- must be read ----

family(Y, "array", {
    "empty": "",
    "blank_inside": " ",
    "of_empty_string": '""',
    "of_null": "null",
    "of_mixed": 'null, 1, "1", {}, [], true, false',
    "several_nulls": "1,null,null,null,2",
    "newline_between": "1\n,\r\n2\n",
    "tabs": "\t1\t,\t2\t",
    "nested": "[],[[]],[[[]]]",
    "of_objects": '{"a":1},{"a":2}',
})
add(Y, "array_blank_before", " []")
add(Y, "array_blank_behind", "[] ")
add(Y, "array_newline_behind", "[2]\n")
add(Y, "array_depth_64", "[" * 64 + "]" * 64)
add(Y, "array_1000_items", "[" + ",".join(str(i) for i in range(1000)) + "]")

family(Y, "number", {
    "zero": "0",
    "minus_zero": "-0",
    "one": "1",
    "minus": "-123",
    "minus_one": "-1",
    "digits": "123456789",
    "int64_max": "9223372036854775807",
    "int64_min": "-9223372036854775808",
    "int64_max_and_one": "9223372036854775808",
    "int64_min_less_one": "-9223372036854775809",
    "uint64_max": "18446744073709551615",
    "twenty_digits": "12345678901234567890",
    "forty_digits": "1234567890123456789012345678901234567890",
    "fraction": "123.456789",
    "fraction_zero": "0.0",
    "fraction_small": "0.000000000000000000000000000000000001",
    "fraction_minus": "-0.5",
    "exponent": "1e5",
    "exponent_capital": "1E5",
    "exponent_plus": "1e+5",
    "exponent_minus": "1e-5",
    "exponent_capital_plus": "1E+22",
    "exponent_capital_minus": "1E-2",
    "exponent_leading_zeros": "1e007",
    "exponent_zero": "0e0",
    "exponent_zero_plus": "0e+1",
    "fraction_exponent": "123.456e78",
    "fraction_exponent_minus": "-1.5E-10",
    "blank_before": " 4",
    "blank_behind": "4 ",
    "account_id": "123456789012",
})

family(Y, "object", {
    "empty": "{}",
    "blank_inside": "{ }",
    "one": '{"a":1}',
    "two": '{"a":1,"b":"c"}',
    "blanks": '{ "a" : 1 , "b" : [ ] }',
    "newlines": '{\n"a":\n1\n}',
    "empty_name": '{"":0}',
    "escaped_name": '{"a\\u0000\\n\\"b":1}',
    "escaped_letter_name": '{"\\u0061":1}',
    "wide_name": '{"組織":"店舗"}',
    "same_name_twice": '{"a":1,"a":2}',
    "same_name_same_value": '{"a":1,"a":1}',
    "name_order": '{"z":1,"a":2,"m":3}',
    "nested": '{"a":{"b":{"c":{}}}}',
    "long_name": '{"' + "n" * 300 + '":1}',
    "extreme_numbers": '{"min":-1.0e+28,"max":1.0e+28}',
    "a_trail_event": '{"eventName":"AssumeRoot","userIdentity":{"type":"Root","arn":'
                     '"arn:aws:iam::123456789012:root"},"readOnly":false,"resources":[]}',
}, "", "")
add(Y, "object_40_names", "{" + ",".join(f'"n{i}":{i}' for i in range(40)) + "}")

family(Y, "string", {
    "empty": '""',
    "ascii": '"asd"',
    "blank_inside": '"a b"',
    "quote": '"\\""',
    "backslash": '"\\\\"',
    "slash": '"/"',
    "slash_escaped": '"\\/"',
    "short_escapes": '"\\"\\\\\\/\\b\\f\\n\\r\\t"',
    "backslash_then_n": '"\\\\n"',
    "backslash_u": '"\\\\u0061"',
    "double_escape": '"\\\\\\""',
    "u_ascii": '"\\u0041\\u007a"',
    "u_null": '"\\u0000"',
    "u_control": '"\\u0012\\u001f"',
    "u_quote": '"\\u0022"',
    "u_backslash": '"\\u005C"',
    "u_mixed_case": '"\\uaBcD"',
    "u_two_bytes": '"\\u00e9"',
    "u_three_bytes": '"\\u65e5\\u672c"',
    "u_pair": '"\\ud83d\\ude00"',
    "u_pair_capital": '"\\uD801\\uDC37"',
    "u_two_pairs": '"\\ud83d\\ude39\\ud83d\\udc8d"',
    "u_last_before_surrogates": '"\\ud7ff"',
    "u_first_after_surrogates": '"\\ue000"',
    "u_last_pair": '"\\udbff\\udfff"',
    "u_noncharacter": '"\\uffff\\ufdd0"',
    "u_bom": '"\\ufeff"',
    "u_line_separator": '"\\u2028\\u2029"',
    "utf8_two_bytes": '"é"',
    "utf8_three_bytes": '"日本語"',
    "utf8_four_bytes": '"😀𝄞"',
    "utf8_noncharacter": '"\uffff"',
    "utf8_last": '"\U0010ffff"',
    "utf8_line_separator": '"\u2028"',
    "utf8_bom_inside": '"a\ufeffb"',
    "delete": '"\x7f"',
    "c1": '"\x80\x9f"',
    "15_characters": '"' + "x" * 15 + '"',
    "16_characters": '"' + "x" * 16 + '"',
    "17_characters": '"' + "x" * 17 + '"',
    "escape_at_16": '"' + "x" * 15 + '\\n"',
    "escape_at_32": '"' + "x" * 31 + '\\t' + "y" * 40 + '"',
    "quote_at_64": '"' + "x" * 63 + '\\"' + "y" * 64 + '"',
    "long": '"' + "abcdefghij" * 500 + '"',
    "looks_like_comment": '"/* not */ // a comment"',
    "looks_like_json": '"{\\"a\\":[1]}"',
})

family(Y, "structure", {
    "lonely_true": "true",
    "lonely_false": "false",
    "lonely_null": "null",
    "lonely_int": "42",
    "lonely_minus_int": "-1",
    "lonely_string": '"asd"',
    "blanks_around": " \t\r\n true \t\r\n ",
    "many_blanks": " " * 100 + "[" + "\n" * 100 + "1" + "\t" * 100 + "]" + " " * 100,
    "indented": '{\n    "a": [\n        1,\n        2\n    ],\n    "b": {\n        "c": null\n    }\n}\n',
}, "", "")

# ---- must be refused ----

family(N, "array", {
    "comma_only": ",",
    "comma_behind": "1,",
    "comma_before": ",1",
    "comma_twice": "1,,2",
    "commas_behind": "1,,",
    "no_comma": "1 2",
    "no_comma_strings": '"a" "b"',
    "colon": "1:2",
    "name": '"a":1',
    "closed_by_brace_inside": "1}",
    "dots": "1...",
    "star": "*",
    "inner_open": "[1",
    "inner_unclosed": "[",
    "word": "a",
    "minus": "-",
    "comment": "1 /* one */",
    "line_comment": "1 // one\n",
    "semicolon": "1;2",
    "newline_in_word": "tr\nue",
    "vertical_tab": "\x0b1",
    "form_feed": "1\f",
    "no_break_space": "\u00a01",
    "byte_order_mark_inside": "\ufeff1",
    "zero_byte": "\x001",
    "invalid_utf8": b"\xff",
    "escaped_newline": "\\n",
})
family(N, "array", {
    "unclosed": '["x"',
    "unclosed_empty": "[",
    "unclosed_comma": "[1,",
    "unclosed_newlines": "[1,\n1\n,1",
    "unclosed_blank": "[ ",
    "unclosed_object": "[{}",
    "closed_twice": "[1]]",
    "closed_only": "]",
    "closed_by_brace": "[}",
    "opened_by_brace": "{]",
    "two": "[][]",
    "text_behind": "[1]x",
    "comma_outside": "[1],",
}, "", "")

family(N, "number", {
    "plus": "+1",
    "plus_twice": "++1",
    "plus_inf": "+Inf",
    "minus_only": "-",
    "minus_twice": "--1",
    "minus_blank": "- 1",
    "minus_letter": "-a",
    "minus_dot": "-.5",
    "minus_dot_only": "-.",
    "minus_leading_zero": "-01",
    "minus_inf": "-Infinity",
    "minus_nan": "-NaN",
    "leading_zero": "012",
    "leading_zeros": "00",
    "leading_zero_fraction": "00.1",
    "dot_before": ".5",
    "dot_only": ".",
    "dot_behind": "1.",
    "dot_behind_zero": "0.",
    "dot_behind_minus": "-2.",
    "dot_exponent": "1.e3",
    "dot_twice": "0.1.2",
    "dot_minus": "1.-2",
    "dot_letter": "1.a",
    "exponent_nothing": "1e",
    "exponent_nothing_capital": "1E",
    "exponent_plus_nothing": "1e+",
    "exponent_minus_nothing": "1E-",
    "exponent_twice": "1eE2",
    "exponent_signs": "1e+-2",
    "exponent_fraction": "1e2.5",
    "exponent_letter": "1ea",
    "exponent_only": "e5",
    "exponent_zero_nothing": "0e",
    "exponent_zero_plus_nothing": "0E+",
    "fraction_exponent_nothing": "1.5e",
    "hexadecimal": "0x1F",
    "hexadecimal_letters": "0xfg",
    "octal": "0o17",
    "binary": "0b1",
    "underscore": "1_000",
    "blank_inside": "1 000",
    "comma_inside_open": "1,000,",
    "letter_behind": "1a",
    "letter_behind_fraction": "1.5f",
    "suffix_long": "1L",
    "nan": "NaN",
    "nan_lower": "nan",
    "infinity": "Infinity",
    "inf": "inf",
    "full_width": "１",
    "arabic_digit": "\u0661",
    "minus_full_width": "-１",
    "expression": "1+1",
    "expression_minus": "1-1",
    "percent": "10%",
    "dollar": "$1",
    "slash": "1/2",
    "utf8_behind": b"1\xe5",
    "utf8_in_exponent": b"1e1\xe5",
    "currency": "1€",
    "two_minus_behind": "5--",
})

family(N, "object", {
    "no_colon": '{"a" 1}',
    "no_value": '{"a":}',
    "no_name": "{:1}",
    "no_name_at_all": "{1}",
    "comma_only": "{,}",
    "comma_behind": '{"a":1,}',
    "commas_behind": '{"a":1,,}',
    "comma_before": '{,"a":1}',
    "comma_twice": '{"a":1,,"b":2}',
    "no_comma": '{"a":1 "b":2}',
    "comma_for_colon": '{"a",1}',
    "colon_twice": '{"a"::1}',
    "colon_chain": '{"a":1:2}',
    "equals": '{"a"=1}',
    "semicolon": '{"a":1;"b":2}',
    "name_bare": "{a:1}",
    "name_single_quotes": "{'a':1}",
    "name_number": "{1:1}",
    "name_number_float": "{1.5:1}",
    "name_null": "{null:1}",
    "name_true": "{true:1}",
    "name_list": "{[]:1}",
    "name_object": "{{}:1}",
    "name_control": '{"a\n":1}',
    "name_bad_escape": '{"\\x":1}',
    "name_bad_utf8": b'{"\xb9":1}',
    "name_two": '{"a" "b":1}',
    "name_concatenated": '{"a"+"b":1}',
    "value_missing_at_end": '{"a":',
    "value_bare": '{"a":b}',
    "value_single_quotes": "{\"a\":'b'}",
    "value_undefined": '{"a":undefined}',
    "unclosed": '{"a":1',
    "unclosed_name": '{"a',
    "unclosed_behind_name": '{"a"',
    "unclosed_colon": '{"a":',
    "unclosed_comma": '{"a":1,',
    "unclosed_empty": "{",
    "unclosed_list": '{"a":[}',
    "closed_by_bracket": '{"a":1]',
    "closed_twice": '{"a":1}}',
    "closed_only": "}",
    "two": "{}{}",
    "text_behind": '{"a":1}#',
    "comment_behind": '{"a":1}/**/',
    "line_comment_behind": '{"a":1}//',
    "comment_inside": '{"a":/*1*/2}',
    "hash_comment": '{"a":1}\n# end',
    "brackets_around": '[{"a":1]}',
    "spread": '{...{"a":1}}',
}, "", "")

family(N, "string", {f"control_{i:02x}": b'"a' + bytes([i]) + b'b"' for i in range(32)})
family(N, "string", {
    "escape_x": '"\\x41"',
    "escape_a": '"\\a"',
    "escape_v": '"\\v"',
    "escape_e": '"\\e"',
    "escape_zero": '"\\0"',
    "escape_octal": '"\\101"',
    "escape_single_quote": "\"\\'\"",
    "escape_blank": '"\\ "',
    "escape_newline": '"\\\n"',
    "escape_tab": '"\\\t"',
    "escape_zero_byte": '"\\\x00"',
    "escape_capital_u": '"\\U0041"',
    "escape_wide": '"\\日"',
    "escape_emoji": '"\\😀"',
    "u_nothing": '"\\u"',
    "u_1_digit": '"\\u1"',
    "u_2_digits": '"\\u12"',
    "u_3_digits": '"\\u123"',
    "u_letter": '"\\u123g"',
    "u_plus": '"\\u+123"',
    "u_blank": '"\\u 123"',
    "u_minus": '"\\u-123"',
    "u_braces": '"\\u{41}"',
    "u_quote_inside": '"\\u00"41"',
    "u_pair_cut": '"\\ud83d\\u"',
    "u_pair_cut_digits": '"\\ud83d\\u12"',
    "u_pair_letter": '"\\ud83d\\udexx"',
    "single_quotes": "'a'",
    "backticks": "`a`",
    "typographic_quotes": "“a”",
    "bare": "abc",
    "concatenated": '"a" + "b"',
    "behind_another": '"a""b"',
    "escape_outside": '\\u0061',
    "quote_only_inside": '"',
})
family(N, "string", {
    "unclosed": '"abc',
    "unclosed_empty": '"',
    "unclosed_escape": '"\\',
    "unclosed_escaped_quote": '"\\"',
    "unclosed_u": '"\\u00',
    "unclosed_long": '"' + "x" * 200,
    "unclosed_16": '"' + "x" * 16,
    "text_behind": '""x',
    "bare_alone": "abc",
    "backslash_outside": '\\"a\\"',
}, "", "")

family(N, "structure", {
    "empty_file": "",
    "only_blanks": " \n\t ",
    "only_comma": ",",
    "only_colon": ":",
    "only_star": "*",
    "only_minus": "-",
    "only_zero_byte": "\x00",
    "zero_byte_behind": "[]\x00",
    "zero_byte_inside_true": "tr\x00ue",
    "byte_order_mark_only": "\ufeff",
    "byte_order_mark_cut": b"\xef\xbb{}",
    "invalid_utf8_behind": b"[]\xff",
    "invalid_utf8_only": b"\x80",
    "utf8_cut_at_end": b"[] \xe6\x97",
    "html": "<html><body>502 Bad Gateway</body></html>",
    "xml": "<?xml version='1.0'?><a/>",
    "yaml": "a: 1\nb: 2\n",
    "word_true_cut": "tru",
    "word_false_cut": "fals",
    "word_null_cut": "nul",
    "word_true_capital": "True",
    "word_false_capital": "FALSE",
    "word_null_capital": "Null",
    "word_true_behind": "truex",
    "word_null_twice": "nullnull",
    "word_undefined": "undefined",
    "word_none": "None",
    "word_yes": "yes",
    "two_values": "1 2",
    "two_values_newline": "{}\n{}",
    "comment_only": "// nothing",
    "comment_before": "/* a */ []",
    "hash_comment": "# a\n[]",
    "word_joiner": "[\u2060]",
    "no_break_space_around": "\u00a0[]",
    "vertical_tab_around": "\x0b[]",
    "form_feed_behind": "[]\x0c",
    "line_separator_around": "\u2028[]",
    "depth_100000_unclosed": "[" * 100000,
    "depth_objects_unclosed": '{"":' * 1000,
    "open_all": '[{"a":[{"b":',
    "brace_cross": "[{]}",
    "half_an_answer": '{"Records":[{"eventVersion":"1.08","userIdent',
    "callback": "f({})",
    "assignment": "a = {}",
    "percent_encoded": "%7B%7D",
    "length_prefix": "2\r\n{}\r\n0\r\n",
}, "", "")

# ---- left open ----

SURROGATE = "lenient half of a surrogate pair is no character"
UTF8 = "refuse RFC 8259 section 8.1: text between systems must be UTF-8"
KEEP = "accept a number's text is kept as it stands, whatever its size"
BOM = "refuse RFC 8259 section 8.1: must not be added; AWS never sends one"




def left_open(cases, why, before="[", after="]"):
    for name, text in cases.items():
        data = text.encode("utf-8") if isinstance(text, str) else text
        add(I_BYTES, name, before.encode() + data + after.encode())
        I[name] = why


left_open({
    "number_huge_exponent": "1e9999",
    "number_huge_minus_exponent": "1e-9999",
    "number_minus_huge": "-1e400",
    "number_exponent_of_20_digits": "1e12345678901234567890",
    "number_300_digits": "9" * 300,
    "number_300_digits_minus": "-" + "9" * 300,
    "number_fraction_of_300_digits": "0." + "3" * 300,
    "number_exact_in_no_double": "9007199254740993",
    "number_denormal": "4.9e-324",
}, KEEP)
left_open({
    "surrogate_high": '"\\ud800"',
    "surrogate_high_last": '"\\udbff"',
    "surrogate_low": '"\\udc00"',
    "surrogate_low_last": '"\\udfff"',
    "surrogate_high_then_text": '"\\ud800abc"',
    "surrogate_high_then_escape": '"\\ud800\\n"',
    "surrogate_high_then_u": '"\\ud800\\u0041"',
    "surrogate_high_twice": '"\\ud800\\ud800"',
    "surrogate_high_twice_then_low": '"\\ud800\\ud800\\udc00"',
    "surrogate_pair_turned": '"\\udc00\\ud800"',
    "surrogate_in_the_middle": '"a\\udfaab"',
}, SURROGATE)
left_open({"surrogate_in_a_name": '{"\\ud800":1}'}, SURROGATE, "", "")
left_open({
    "utf8_lone_continuation": b'"\x80"',
    "utf8_overlong_two": b'"\xc0\xaf"',
    "utf8_overlong_three": b'"\xe0\x80\xaf"',
    "utf8_overlong_four": b'"\xf0\x80\x80\xaf"',
    "utf8_overlong_null": b'"\xc0\x80"',
    "utf8_surrogate": b'"\xed\xa0\x80"',
    "utf8_surrogate_pair": b'"\xed\xa0\xbd\xed\xb8\x80"',
    "utf8_past_the_last": b'"\xf4\x90\x80\x80"',
    "utf8_five_bytes": b'"\xf8\x88\x80\x80\x80"',
    "utf8_six_bytes": b'"\xfc\x84\x80\x80\x80\x80"',
    "utf8_cut": b'"\xe6\x97"',
    "utf8_cut_by_quote": b'"\xe6"',
    "utf8_fe": b'"\xfe"',
    "utf8_ff": b'"\xff"',
    "utf8_latin1": b'"caf\xe9"',
    "utf8_shift_jis": b'"\x93\xfa\x96{"',
}, UTF8)
left_open({
    "utf16_le_with_mark": b"\xff\xfe[\x00]\x00",
    "utf16_be_with_mark": b"\xfe\xff\x00[\x00]",
    "utf16_le": b"[\x00\"\x00\xe9\x00\"\x00]\x00",
    "utf16_be": b"\x00[\x00\"\x00\xe9\x00\"\x00]",
    "utf32_le": b"[\x00\x00\x00]\x00\x00\x00",
}, UTF8, "", "")
left_open({
    "mark_before_list": b"\xef\xbb\xbf[]",
    "mark_before_object": b"\xef\xbb\xbf{}",
    "mark_before_blank": b"\xef\xbb\xbf \n1",
}, BOM, "", "")
left_open({
    "depth_65_lists": "[" * 65 + "]" * 65,
    "depth_65_objects": '{"a":' * 65 + "1" + "}" * 65,
    "depth_500_lists": "[" * 500 + "]" * 500,
    "depth_100000_lists": "[" * 100000 + "]" * 100000,
}, "limit LIMIT_DEPTH", "", "")


def main():
    for old in HERE.glob("[yni]_*.json"):
        old.unlink()
    for table, letter in ((Y, "y"), (N, "n"), (I_BYTES, "i")):
        for name, data in table.items():
            (HERE / f"{letter}_{name}.json").write_bytes(data)
    expected = [f"y_{name}\t{canonical(python_reads(data))}\n" for name, data in sorted(Y.items())]
    (HERE / "y.expected").write_text("".join(expected), encoding="utf-8")
    choices = [f"i_{name}\t{I[name]}\n" for name in sorted(I_BYTES)]
    (HERE / "i.expected").write_text("".join(choices), encoding="utf-8")
    for name, data in N.items():
        try:
            python_reads(data)
        except (ValueError, RecursionError):
            continue
        raise SystemExit(f"n_{name}: Python reads it")
    print(f"{len(Y)} y_, {len(N)} n_, {len(I)} i_")


if __name__ == "__main__":
    main()
