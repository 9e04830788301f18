"""tools/lint: every rule is broken once, and must be caught; a sound tree passes."""

import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
LINT = ROOT / "tools/lint"

# A small tree that keeps every rule. Each test adds what breaks one.
SOUND = {
    ".clang-format": (ROOT / ".clang-format").read_text(),
    "src/base/str.h": "#include <stddef.h>\n\nint str_len(const char *text);\n",
    "src/base/str.c": '#include "base/str.h"\n\nint str_len(const char *text)\n{\n\treturn text ? 1 : 0;\n}\n',
    "src/base/str-private.h": "int str_inside(void);\n",
    "src/base/meson.build": "base_src = files(\n  'str.c',\n)\n",
    "src/text/json.h": '#include "base/str.h"\n',
    "src/org/meson.build": "org_src = files(\n  'x.c',\n)\n",
    "tests/unit/base/test_str.c": '#include "base/str-private.h"\n',
    "tests/unit/base/meson.build": "foreach name : [\n  'test_str',\n]\nendforeach\n",
    "tests/requirements.txt": "# tools\npytest==9.2.0\n",
    "tools/help.py": "#!/usr/bin/env python3\nprint(1)\n",
    "README.md": "# Title here\n\n[docs](docs/a.md#the-second-part) and [top](#title-here)\n",
    "docs/a.md": "# A\n\n## The second part\n\n[back](../README.md), [out](https://example.com/x)\n",
    "tools/lint.d/sizes.allow": "# none\n",
    "tools/lint.d/banned.allow": "# none\n",
}


class Tree:
    def __init__(self, root):
        self.root = root
        self.git("init", "-q", "-b", "main")
        self.git("config", "user.name", "test")
        self.git("config", "user.email", "test@example.com")
        self.git("config", "commit.gpgsign", "false")
        for path, text in SOUND.items():
            self.write(path, text)

    def git(self, *args):
        subprocess.run(["git", "-C", str(self.root), *args], check=True, capture_output=True)

    def write(self, path, text):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        if text[:2] in ("#!", b"#!"):
            file.chmod(0o755)

    def commit(self):
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "state")

    def lint(self, *checks):
        done = subprocess.run([sys.executable, str(LINT), "--root", str(self.root), *checks],
                              capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr


@pytest.fixture
def tree(tmp_path):
    return Tree(tmp_path)


def function(lines, name="long_one"):
    """A function of so many lines, laid out as .clang-format wants it."""
    return f"int {name}(int a)\n{{\n" + "\ta++;\n" * (lines - 4) + "\treturn a;\n}\n"


def test_sound_tree_passes(tree):
    code, out = tree.lint()
    assert code == 0, out
    assert "all well" in out


BROKEN = [
    # check, path, text, what it must say and where
    ("format", "src/base/x.h", "int  a ( void ) ;\n", "src/base/x.h:1: [format]"),
    ("floors", "src/base/x.h", '#include "text/json.h"\n', "src/base/x.h:1: [floors] base/ includes upwards from text/"),
    ("floors", "src/base/x.h", '\n#  include "cmd/a.h"\n', "src/base/x.h:2: [floors] base/ includes upwards from cmd/"),
    ("floors", "src/root/x.h", '#include "sandbox/world.h"\n', "includes upwards from sandbox/"),
    ("floors", "src/sandbox/x.h", '#include "root/root.h"\n', "sandbox/ must not know root/"),
    ("floors", "src/sandbox/x.h", '#include "store/store.h"\n', "sandbox/ must not know store/"),
    ("floors", "src/text/x.h", '#include "base/str-private.h"\n', "private to base/"),
    ("floors", "src/text/x.h", '#include "json.h"\n', "is not said from src/"),
    ("floors", "src/text/x.h", '#include "../base/str.h"\n', "is not said from src/"),
    ("floors", "src/text/x.h", '#include "attic/str.h"\n', "is on no floor"),
    ("floors", "src/attic/x.h", "int a(void);\n", "'attic' is no floor"),
    ("floors", "src/x.h", "int a(void);\n", "stands on no floor"),
    ("floors", "src/org/x.h", "#include <curl/curl.h>\n", "<curl/curl.h> belongs to net/"),
    ("floors", "src/org/x.h", "#include <sqlite3.h>\n", "<sqlite3.h> belongs to store/"),
    ("floors", "src/org/meson.build", "org_src = files('x.c')\norg_needs = [aws_dep, root_dep]\n",
     "src/org/meson.build:2: [floors] org/ is linked with root/"),
    ("floors", "src/sandbox/meson.build", "sandbox_needs = [root_dep]\n", "sandbox/ is linked with root/"),
    ("sizes", "src/org/x.c", "int a;\n" * 801, "src/org/x.c:800: [sizes] has 801 lines"),
    ("sizes", "src/org/x.c", "int b;\n\n" + function(121), "src/org/x.c:3: [sizes] long_one() has 121 lines"),
    ("sizes", "tools/x.py", "def f():\n" + "    a = 1\n" * 120, "tools/x.py:1: [sizes] f() has 121 lines"),
    ("banned", "src/org/x.c", "int a;\nvoid f(char *s)\n{\n\tstrcpy(s, s);\n}\n", "src/org/x.c:4: [banned] strcpy() is banned"),
    ("banned", "src/org/x.c", "int n = atoi (s);\n", "atoi() is banned"),
    ("banned", "tests/unit/base/test_str.c", "int f(void)\n{\n\treturn system(0);\n}\n", "system() is banned"),
    ("banned", "src/org/x.c", "char *p = malloc(3);\n", "malloc outside base/"),
    ("banned", "src/org/x.c", "void *f = hook(realloc, 1);\n", "realloc outside base/"),
    ("banned", "src/org/x.c", "void f(void)\n{\n\texit(1);\n}\n", "only cmd/ and main.c print or exit"),
    ("banned", "src/org/x.c", "void f(void)\n{\n\tfprintf(stderr, 0);\n}\n", "only cmd/ and main.c print or exit"),
    ("banned", "src/org/x.h", "typedef struct x x;\n", "typedef of a struct"),
    ("banned", "src/org/x.h", "#define X(a) \\\n\tif (a)    \\\n\treturn a\n", "a macro hides a return"),
    ("syntax", "tools/x.py", "def f(:\n", "tools/x.py:1: [syntax] is not Python"),
    ("syntax", "tools/x", "#!/bin/sh\nif true\n", "[syntax] is not shell"),
    ("paths", "docs/b.md", "see /wor" + "k/main for it\n", "docs/b.md:1: [paths] has a path of one machine"),
    ("paths", "tests/unit/x/data/a.json", '{"a": "/roo' + 't/.aws"}\n', "[paths] has a path of one machine"),
    ("paths", "tools/x.py", "x = '/tmp/b" + "-me'\n", "[paths] has a path of one machine"),
    ("paths", "package-lock.json", "https://registry.npmjs" + ".org/x\n", "[paths] has a registry's address"),
    ("paths", "requirements-more.txt", "--extra-index" + "-url x\n", "[paths] has a registry's address"),
    ("text", "src/org/x.h", "int a; \n", "src/org/x.h:1: [text] ends in blanks"),
    ("text", "docs/b.md", "a\nb  \n", "docs/b.md:2: [text] ends in blanks"),
    ("text", "docs/b.md", "a\r\n", "docs/b.md:1: [text] ends in blanks"),
    ("text", "docs/b.md", "a", "the last line has no end"),
    ("text", "src/org/x.h", "/* TO" + "DO: later */\n", "a promise"),
    ("listed", "src/org/y.c", "int a;\n", "src/org/y.c:1: [listed] is not in src/org/meson.build"),
    ("listed", "tests/unit/base/test_b.c", "int a;\n", "[listed] is not in tests/unit/base/meson.build"),
    ("listed", "src/new/y.c", "int a;\n", "[listed] is not in src/new/meson.build"),
    ("pins", "tests/requirements.txt", "pytest>=9\n", "tests/requirements.txt:1: [pins] 'pytest>=9' is not pinned"),
    ("links", "docs/b.md", "\n[a](c.md)\n", "docs/b.md:2: [links] links to c.md, which is not there"),
    ("links", "docs/b.md", "![a](shot.png)\n", "links to shot.png"),
    ("links", "docs/b.md", '<img src="shot.png">\n', "links to shot.png"),
    ("links", "docs/b.md", "[a][x]\n\n[x]: c.md\n", "links to c.md"),
    ("links", "docs/b.md", "[a](a.md#no-part)\n", "docs/a.md has no such heading"),
    ("links", "docs/b.md", "[a](#nowhere)\n", "has no such heading"),
]


@pytest.mark.parametrize("check,path,text,says", BROKEN)
def test_broken_rule_is_caught(tree, check, path, text, says):
    tree.write(path, text)
    code, out = tree.lint(check)
    assert code == 1, out
    assert says in out
    code, out = tree.lint()  # and among all checks as well
    assert code == 1
    assert says in out


def test_every_check_is_broken_here():
    """A check added without a case here would be believed unseen."""
    done = subprocess.run([sys.executable, str(LINT), "--help"], capture_output=True, text=True, check=True)
    named = done.stdout.split("CHECK  ")[1].split("-h, --help")[0] if "CHECK  " in done.stdout else done.stdout
    for check in {b[0] for b in BROKEN}:
        assert check in named
    names = set(named.split("options:")[0].replace(",", " ").split())
    assert names == {b[0] for b in BROKEN}


def test_circle_is_caught(tree):
    tree.write("src/text/a.h", '#include "text/b.h"\n')
    tree.write("src/text/b.h", '#include "text/c.h"\n')
    tree.write("src/text/c.h", '#include "text/a.h"\n')
    code, out = tree.lint("floors")
    assert code == 1
    assert "circle: src/text/a.h -> src/text/b.h -> src/text/c.h -> src/text/a.h" in out


def test_script_that_cannot_run_is_caught(tree):
    tree.write("tools/x", "#!/bin/sh\ntrue\n")
    (tree.root / "tools/x").chmod(0o644)
    code, out = tree.lint("syntax")
    assert code == 1
    assert "chmod +x" in out


@pytest.mark.parametrize("path,text", [
    # What must not be caught.
    ("src/org/x.c", '/* strcpy(a, b) and TO-DO */\nconst char *s = "gets(x) malloc(1)";\n'),
    ("src/org/x.c", "int f(struct x *x)\n{\n\treturn x->system(1) + x->ops.gets(2);\n}\n"),
    ("src/org/x.c", "int f(char *s)\n{\n\treturn snprintf(s, 1, s) + my_strcpy(s);\n}\n"),
    ("src/org/x.c", function(120)),
    ("src/org/x.h", "int a;\n" * 800),
    ("src/sandbox/x.h", '#include "org/org.h"\n#include "policy/policy.h"\n'),
    ("src/org/x.h", '/*\n#include "cmd/a.h"\n*/\n'),
    ("src/base/mem.h", "static inline void *x(void)\n{\n\treturn malloc(1);\n}\n"),
    ("docs/b.md", "see src/root/x.c and tests/unit/root/, `[a](none.md)`\n\n```\n[a](none.md)\n```\n"),
    ("docs/b.md", "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials\n"),
    ("tests/unit/base/data/x.json", "[1, \n2]"),
    ("docs/shot.png", b"\x89PNG\0\0 "),
])
def test_sound_things_pass(tree, path, text):
    tree.write(path, text)
    code, out = tree.lint()
    assert code == 0, out


def test_allow_list_lets_exactly_that_pass(tree):
    tree.write("src/org/x.c", function(130))
    tree.write("tools/lint.d/sizes.allow", "src/org/x.c:long_one 130\n")
    assert tree.lint("sizes")[0] == 0
    tree.write("src/org/x.c", function(131))
    code, out = tree.lint("sizes")
    assert code == 1 and "long_one() has 131 lines" in out
    tree.write("src/org/x.c", function(129))
    code, out = tree.lint("sizes")
    assert code == 1 and "lower it to 129" in out
    tree.write("src/org/x.c", function(100))
    code, out = tree.lint("sizes")
    assert code == 1 and "remove it" in out


def test_allow_list_may_only_shrink(tree):
    tree.write("src/org/x.c", function(130))
    tree.commit()
    tree.write("tools/lint.d/sizes.allow", "src/org/x.c:long_one 130\n")
    code, out = tree.lint("sizes")
    assert code == 1 and "may only shrink" in out
    tree.commit()  # to commit it does not help
    code, out = tree.lint("sizes")
    assert code == 1 and "may only shrink" in out


def test_allow_list_counts_banned_calls(tree):
    tree.write("src/org/x.c", "int a = atoi(s);\nint b = atoi(s);\n")
    tree.write("tools/lint.d/banned.allow", "src/org/x.c:atoi 2\n")
    assert tree.lint("banned")[0] == 0
    tree.write("tools/lint.d/banned.allow", "src/org/x.c:atoi 1\n")
    assert tree.lint("banned")[0] == 1


def test_lint_that_cannot_look_fails(tree, tmp_path_factory):
    empty = tmp_path_factory.mktemp("empty")
    done = subprocess.run([sys.executable, str(LINT), "--root", str(empty)], capture_output=True, text=True)
    assert done.returncode == 2
    code, out = tree.lint("no-such-check")
    assert code == 2 and "no check 'no-such-check'" in out


def test_missing_clang_format_fails(tree):
    path = tree.root / "bin"
    path.mkdir()
    for tool in ("git", "bash"):
        where = subprocess.run(["which", tool], capture_output=True, text=True, check=True).stdout.strip()
        (path / tool).symlink_to(where)
    done = subprocess.run([sys.executable, str(LINT), "--root", str(tree.root), "format"],
                          capture_output=True, text=True, env={"PATH": str(path)})
    assert done.returncode == 2
    assert "clang-format-14 is not installed" in done.stderr


def test_broken_clang_format_configuration_fails(tree):
    tree.write(".clang-format", "NoSuchKey: 1\n")
    code, out = tree.lint("format")
    assert code == 2
