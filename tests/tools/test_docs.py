"""Holds the papers to the program: commands, options, and the members of JSON.

Links are tools/lint's. What a page shows as typed must be a command that exists, with options
that it has; docs/json.md must name every member that the commands print, and no other.
"""

import json
import os
import pathlib
import re
import shlex
import shutil
import sqlite3
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md",
                *(ROOT / "docs").rglob("*.md")])
LIMIT_S = 120


def program():
    for name in ("ROOTOUT", "ROOTOUT_BIN"):
        if os.environ.get(name):
            return pathlib.Path(os.environ[name]).resolve()
    for path in (ROOT / "build-debug" / "rootout", ROOT / "build" / "rootout"):
        if path.exists():
            return path
    pytest.fail("no rootout was built: make, or ROOTOUT=path/to/rootout")


def environment(home):
    """Nothing of the machine's steers it."""
    unwanted = re.compile(r"AWS_|ROOTOUT_STORE|NO_COLOR|XDG_|.*_proxy$", re.I)
    env = {k: v for k, v in os.environ.items() if not unwanted.match(k)}
    return dict(env, HOME=str(home))


def ask(*words):
    done = subprocess.run([program(), *words], text=True, capture_output=True, timeout=LIMIT_S)
    assert done.returncode == 0, f"rootout {' '.join(words)}: {done.stderr}"
    return done.stdout


# ---- commands and options ----

OPTION = re.compile(r"^  (?:-(?P<letter>\w)(?:, |(?= )))?(?:--(?P<name>[\w-]+))?"
                    r"(?: (?P<value>\S+(?: \S+)*))?(?:  |$)")


@pytest.fixture(scope="module")
def commands():
    """name -> ({option: takes a value}, takes operands)"""
    known = {}
    for name in ask("help", "--list").split("\n"):
        if not name:
            continue
        text = ask("help", *name.split())
        options = {"--help": False, "-h": False}
        section = text[text.index("\nOptions\n"):text.index("\nExit status\n")]
        for line in section.split("\n"):
            found = OPTION.match(line)
            if not found:
                continue
            takes = found["value"] is not None
            if found["name"]:
                options["--" + found["name"]] = takes
            if found["letter"]:
                options["-" + found["letter"]] = takes
        usage = re.search(r"^usage: rootout (.*)$", text, re.M)[1]
        known[name] = (options, usage.split("[options]", 1)[-1].strip() != "")
    assert len(known) > 10
    return known


def typed(page):
    """(line number, words after rootout) of every rootout command in the page's code blocks."""
    language = None
    for number, line in enumerate(page.read_text(encoding="utf-8").split("\n"), 1):
        fence = re.match(r"\s*```\s*(\w*)", line)
        if fence:
            language = None if language is not None else fence[1]
            continue
        if language in ("sh", "bash", "ini"):
            text = re.sub(r"^\s*(ExecStart=\S*/)?", "", line)
        elif language in ("console", "") and line.lstrip().startswith("$ "):
            text = line.lstrip()[2:]
        else:
            continue
        text = re.sub(r"^([A-Z_]+=\S+ |sudo |build/)*", "", text)
        if not re.match(r"rootout\s", text):
            continue
        words = shlex.split(text, comments=True)
        yield number, words[1:words.index("|") if "|" in words else None]


def complaints(words, commands):
    """What is wrong with `rootout words…`; what stands after a shell's redirection is not ours."""
    while words[:1] == ["-C"]:
        words = words[2:]
    if not words or words[0] in ("--version", "--help"):
        return
    name = next((n for n in (" ".join(words[:2]), words[0]) if n in commands), None)
    if not name:
        if words[1:] != ["--help"] or not any(n.startswith(words[0] + " ") for n in commands):
            yield f"there is no command '{' '.join(words[:2])}'"
        return
    options, operands = commands[name]
    rest = words[len(name.split()):]
    while rest:
        word = rest.pop(0)
        if word in (">", ">>", "2>", "<", "&"):
            return
        if word == "--":
            if name == "sandbox run" and rest[:1] == ["rootout"]:
                yield from complaints(rest[1:], commands)
            return
        if word.startswith("-") and word != "-":
            option, _, value = word.partition("=")
            if option not in options:
                yield f"'rootout {name}' has no option {option}"
                return
            if options[option] and not value:
                if not rest:
                    yield f"'rootout {name}' {option} needs a value"
                    return
                rest.pop(0)
                if option == "--via":  # --via role NAME
                    rest.pop(0)
        elif not operands:
            yield f"'rootout {name}' takes no '{word}'"
            return


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_commands_that_pages_show_exist(page, commands):
    wrong = [f"{page.name}:{number}: {what}" for number, words in typed(page)
             for what in complaints(words, commands)]
    assert not wrong, "\n".join(wrong)


def test_enough_commands_are_seen():
    assert sum(len(list(typed(page))) for page in PAGES) > 40


@pytest.mark.parametrize("line, what", [
    ("root inventry", "no command"), ("root retire --wavy pilot", "no option"),
    ("root retire --wave", "needs a value"), ("root inventory --via role x --bogus", "no option"),
    ("root ledger x", "takes no"), ("sandbox run --org x -- rootout root nix", "no command")])
def test_wrong_commands_are_found(line, what, commands):
    assert any(what in found for found in complaints(line.split(), commands))


def test_every_command_is_on_the_command_page(commands):
    page = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    missing = [name for name in commands if not all(word in page for word in name.split())]
    assert not missing


def test_every_environment_variable_of_ours_is_documented():
    page = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    for name in ("ROOTOUT_STORE", "XDG_STATE_HOME", "NO_COLOR", "AWS_ENDPOINT_URL"):
        assert f"`{name}`" in page


# ---- JSON ----

def documented():
    """section -> names of members"""
    sections, section = {}, None
    for line in (ROOT / "docs" / "json.md").read_text(encoding="utf-8").split("\n"):
        heading = re.match(r"## `(.*)`$", line)
        if heading:
            section = sections.setdefault(heading[1], set())
        elif section is not None and line.startswith("| `"):
            for token in re.findall(r"`([^`]+)`", line.split("|")[1]):
                section.update(part.removesuffix("[]") for part in token.split(".") if part)
    sections["report"] |= {m for m in sections["root inventory"] if m not in
                           ("changes", "comparedWith", "rootCredentialsManagement", "rootSessions", "excluded")}
    return sections


def members(value, found):
    if isinstance(value, dict):
        for key, inner in value.items():
            found.add(key)
            if key not in ("detail", "context"):  # the kind's own, names of condition keys
                members(inner, found)
    elif isinstance(value, list):
        for inner in value:
            members(inner, found)
    return found


class Road:
    """Runs of one organization in one sandbox; the members that each command printed."""

    def __init__(self, folder):
        self.folder, self.printed = folder, {}
        self.org = folder / "stores"
        shutil.copytree(ROOT / "examples" / "stores", self.org)
        self.script = []

    def run(self, section, *words):
        self.script.append((section, words))

    def go(self, *sandbox_options):
        """All at once, in a sandbox that ends with them."""
        shell = ["set -u"]
        for i, (_, words) in enumerate(self.script):
            if words[0] == "!":
                shell.append(words[1])
                continue
            line = shlex.join([str(program()), *words, "--output", "json"])
            shell.append(f"{line} >{shlex.quote(str(self.folder))}/{i}.json || true")
        subprocess.run(
            [program(), "sandbox", "run", "--quiet", "--org", self.org, *sandbox_options, "--",
             "bash", "-c", "\n".join(shell)], cwd=self.org, env=environment(self.folder),
            timeout=LIMIT_S, check=True, stdout=subprocess.DEVNULL)
        for i, (section, words) in enumerate(self.script):
            if words[0] != "!":
                text = (self.folder / f"{i}.json").read_text(encoding="utf-8")
                assert text, f"rootout {' '.join(words)} printed nothing"
                members(json.loads(text), self.printed.setdefault(section, set()))
        self.script = []


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    road = Road(tmp_path_factory.mktemp("docs"))
    store = road.folder / ".local/state/rootout/sandbox.db"
    yes = ["--yes", "--reason", "test"]
    road.run("root enable", "root", "enable", "--yes")
    road.run("root inventory", "root", "inventory", "--reason", "test")
    road.run("root inventory", "root", "inventory", "--via", "role", "OrganizationAccountAccessRole")
    road.run("root preflight", "root", "preflight")
    road.run("root retire", "root", "retire", "--wave", "pilot", *yes)
    road.run("root restore", "root", "restore", "pos-development", *yes)
    road.run("root inventory", "root", "inventory", "--account", "pos-*")
    road.run("root ledger", "root", "ledger")
    road.run("report", "report")
    road.run("sandbox clock", "sandbox", "clock")
    road.run("check", "check", ".")
    road.run("policy test", "policy", "test", str(road.folder / "cases.jsonl"))
    road.run("policy lint", "policy", "lint", ".")
    road.run("policy eval", "policy", "eval", "--org", ".", "--action", "iam:ListUsers", "--as",
             "arn:aws:iam::210000000011:role/app")
    (road.folder / "event.json").write_text(json.dumps({
        "eventID": "e-1", "eventTime": "2026-11-20T10:00:05Z", "eventSource": "iam.amazonaws.com",
        "eventName": "ListUsers", "awsRegion": "us-east-1", "recipientAccountId": "210000000011",
        "userIdentity": {"type": "Root", "accountId": "210000000011",
                         "arn": "arn:aws:iam::210000000011:root"}}), encoding="utf-8")
    road.run("policy eval", "policy", "eval", "--org", ".", "--event",
             str(road.folder / "event.json"))
    road.run("policy who-can", "policy", "who-can", "s3:GetObject")
    road.run("", "!", f"cp -r {road.org} {road.folder}/after; sed -Ei "
             f"'s/gets: (Administrator|ReadOnly)/gets: Developer/' {road.folder}/after/access/pos.yaml")
    road.run("policy diff", "policy", "diff", ".", str(road.folder / "after"))
    road.run("", "!", f"sed -i s/group:/grup:/ {road.org}/groups.yaml")
    road.run("check", "check", ".")
    (road.folder / "cases.jsonl").write_text(json.dumps({
        "id": "wrong on purpose", "principal": "arn:aws:iam::123456789012:user/a",
        "action": "s3:GetObject", "resource": "arn:aws:s3:::b/c",
        "policies": {"identity": []}, "expect": "allow"}) + "\n", encoding="utf-8")
    road.go("--fault", "deny=210000000033")

    # An answer that is lost, a deletion that fails.
    shutil.rmtree(road.org)
    shutil.copytree(ROOT / "examples" / "stores", road.org)
    road.run("root enable", "root", "enable", "--yes")
    road.run("root retire", "root", "retire", "--ou", "Development,Staging", "--allow-used-keys", *yes)
    road.go("--seed", "1", "--fault", "reset-after=60%:iam:DeleteLoginProfile")
    road.run("root enable", "root", "enable", "--yes")
    road.run("root retire", "root", "retire", "--account", "security", "--max-attempts", "2", *yes)
    road.go("--seed", "2", "--fault", "error=AccessDenied:100%:iam:DeactivateMFADevice")

    with sqlite3.connect(store) as db:
        db.execute("UPDATE ledger SET content = content || ' ' WHERE n = 2")
    db.close()
    road.run("root ledger --verify", "root", "ledger", "--verify")
    road.go()
    return road.printed


@pytest.mark.parametrize("section", sorted(documented()))
def test_json_page_names_what_is_printed(section, printed):
    assert section in printed, f"no run prints the JSON of '{section}'"
    names = documented()[section]
    assert sorted(printed[section] - names) == [], "printed, and docs/json.md does not name it"
    assert sorted(names - printed[section]) == [], "docs/json.md names it, and it was not printed"


def test_every_json_section_is_documented(printed):
    assert not set(printed) - set(documented())
