"""The build: release is hardened, debug is sanitized, as SECURITY.md says."""

import json
import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def configure(folder, *options):
    """Configures this project; the arguments of every compilation, and of every link."""
    done = subprocess.run(["meson", "setup", str(folder), str(ROOT), *options], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    compiled = [c["command"].split() for c in json.loads((folder / "compile_commands.json").read_text())]
    ninja = (folder / "build.ninja").read_text()
    linked = re.findall(r"^build [^\n]*: c_LINKER [^\n]*\n(?: [^\n]*\n)*? LINK_ARGS = ([^\n]*)", ninja, re.M)
    assert compiled
    return compiled, linked


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    # As the Makefile sets build/ up, with the tests, so that there is a program to link.
    return configure(tmp_path_factory.mktemp("release"), "-Dtests=enabled")


@pytest.fixture(scope="module")
def debug(tmp_path_factory):
    return configure(tmp_path_factory.mktemp("debug"), "-Ddebug=true", "-Doptimization=1",
                     "-Db_sanitize=address,undefined", "-Dtests=enabled", "-Dwerror=true")


def test_release_compiles_hardened(release):
    wanted = {"-O2", "-fPIE", "-D_FORTIFY_SOURCE=2", "-fstack-protector-strong", "-fstack-clash-protection",
              "-std=gnu17", "-Wall", "-Wextra", "-Wshadow", "-Wvla"}
    for command in release[0]:
        assert wanted <= set(command), wanted - set(command)
        assert "-fPIC" not in command


def test_release_links_hardened(release):
    assert release[1]
    for arguments in release[1]:
        for wanted in ("-pie", "-Wl,-z,relro", "-Wl,-z,now", "-Wl,-z,noexecstack", "-Wl,--as-needed"):
            assert wanted in arguments.split(), arguments


def test_debug_is_sanitized(debug):
    for command in debug[0]:
        assert "-fsanitize=address,undefined" in command
        assert "-fno-sanitize-recover=all" in command
        assert "-Werror" in command
        assert not any("FORTIFY" in argument for argument in command)


def test_no_source_is_searched_beside_the_system_headers(release):
    """base/ has a limits.h and an err.h; -Isrc/base would put them before the system's."""
    for command in release[0]:
        for argument in command:
            assert not re.fullmatch(r"-I.*src/\w+/?", argument), argument


def test_make_help_names_every_target():
    text = (ROOT / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: (.*)$", text, re.M)[1].split()
    done = subprocess.run(["make", "-s", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    for target in set(phony) - {"all", "FORCE"}:
        assert re.search(rf"^make {target}\b", done.stdout, re.M), target
