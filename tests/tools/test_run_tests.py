"""tools/run-tests: what goes wrong is counted, whatever it is, and the last line says so."""

import importlib.machinery
import importlib.util
import os
import pathlib
import re
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
loader = importlib.machinery.SourceFileLoader("run_tests", str(ROOT / "tools/run-tests"))
run_tests = importlib.util.module_from_spec(importlib.util.spec_from_loader("run_tests", loader))
loader.exec_module(run_tests)


def counts(count):
    return count.passed, count.failed, count.skipped


@pytest.mark.parametrize("tap,expected", [
    ("1..2\nok 1 - a\nok 2 - b\n", (2, 0, 0)),
    ("1..2\nok 1 - a\nnot ok 2 - b\n# why\n# not ok - group\n", (1, 1, 0)),
    ("1..2\nok 1 - a\nnot ok 2 # SKIP b\n", (1, 0, 1)),
    ("1..1\nok 1 - a\n1..2\nok 1 - b\nok 2 - c\n", (3, 0, 0)),
    ("1..3\nok 1 - a\n", (1, 2, 0)),  # ended before its time
    ("1..4\nnot ok 0 - one [  FAILED  ] GROUP SETUP\n# ok - one\n", (0, 5, 0)),
    ("", (0, 1, 0)),
    ("1..0\n", (0, 1, 0)),
    ("hello\nok, fine\n", (1, 1, 0)),  # no plan: something is wrong
])
def test_tap(tap, expected):
    assert counts(run_tests.read_tap(tap, "x")) == expected


def program(tmp_path, script, timeout=20):
    path = tmp_path / "prog"
    path.write_text("#!/bin/sh\n" + script)
    path.chmod(0o755)
    test = {"name": "test_x", "suite": ["rootout:base"], "cmd": [str(path)], "env": {},
            "workdir": None, "timeout": timeout}
    return run_tests.run_program(test, run_tests.environment(tmp_path))


def test_program_that_passes(tmp_path):
    assert counts(program(tmp_path, "echo 1..1; echo ok 1 - a")) == (1, 0, 0)


@pytest.mark.parametrize("script,says", [
    ("echo 1..1; echo not ok 1 - a; echo '# the reason'; exit 1", "the reason"),
    ("echo 1..1; echo ok 1 - a; exit 3", "exit status 3, though no case failed"),
    ("echo 1..1; echo ok 1 - a; kill -SEGV $$", "died of SIGSEGV"),
    ("echo 1..2; echo ok 1 - a", "1 of 2 cases never ran"),
    ("true", "ran no case at all"),
])
def test_program_that_fails(tmp_path, script, says):
    count = program(tmp_path, script)
    assert count.failed >= 1
    (name, text), = count.failures
    assert name == "base/test_x"
    assert says in text


def test_program_that_hangs(tmp_path):
    count = program(tmp_path, "echo 1..1; sleep 100", timeout=1)
    assert count.failed >= 1
    assert "was killed" in count.failures[0][1]


def test_program_that_is_not_there(tmp_path):
    test = {"name": "x", "suite": ["base"], "cmd": [str(tmp_path / "none")], "env": {},
            "workdir": None, "timeout": 9}
    with pytest.raises(OSError):  # main() turns it into a failure, see below
        run_tests.run_program(test, run_tests.environment(tmp_path))


def test_environment_does_not_leak_in(tmp_path, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("https_proxy", "x")
    monkeypatch.setenv("ROOTOUT_LOG", "x")
    env = run_tests.environment(tmp_path)
    assert not {"AWS_ACCESS_KEY_ID", "https_proxy", "ROOTOUT_LOG"} & set(env)
    assert env["HOME"].startswith(str(tmp_path))


def pytest_run(tmp_path, name, text, jobs=1, command=None):
    """Runs pytest, or a command in its place, over one test file."""
    folder = tmp_path / "tests"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text)
    scratch = tmp_path / "scratch"
    scratch.mkdir(exist_ok=True)
    env = run_tests.environment(scratch)
    count = run_tests.run_pytest(command or sys.executable, tmp_path, tmp_path, env, ["tests"], jobs, scratch)
    count.add(run_tests.left_running(env))
    return count


def test_pytest_is_counted(tmp_path):
    text = """
import pytest
def test_a(): pass
def test_b(): assert 1 == 2
@pytest.mark.skip(reason="for this test")
def test_c(): pass
@pytest.fixture
def broken(): raise OSError("no")
def test_d(broken): pass
@pytest.fixture
def ends_badly():
    yield
    raise OSError("late")
def test_e(ends_badly): pass
"""
    assert counts(pytest_run(tmp_path, "test_x.py", text)) == (1, 3, 1)


@pytest.mark.parametrize("name,text", [
    ("test_x.py", "def test_a(:\n"),
    ("test_x.py", "import no_such_module\n"),
    ("test_x.py", "import os\nos._exit(0)\n"),
    ("test_x.py", "import os\ndef test_a(): os._exit(0)\n"),
    ("nothing.py", ""),
    ("conftest.py", "1 / 0\n"),
])
def test_pytest_that_breaks_fails(tmp_path, name, text):
    count = pytest_run(tmp_path, name, text)
    assert count.failed >= 1


def test_pytest_worker_that_dies_fails(tmp_path):
    text = "import os\ndef test_a(): os._exit(0)\ndef test_b(): pass\n"
    assert pytest_run(tmp_path, "test_x.py", text, jobs=2).failed >= 1


def test_pytest_that_lies_fails(tmp_path):
    liar = tmp_path / "liar"
    liar.write_text("#!/bin/sh\nexit 0\n")
    liar.chmod(0o755)
    assert pytest_run(tmp_path, "test_x.py", "", command=str(liar)).failed == 1


def test_process_left_running_fails_and_is_ended(tmp_path):
    text = """
import subprocess
def test_a():
    subprocess.Popen(["sleep", "77.125"], start_new_session=True)
"""
    count = pytest_run(tmp_path, "test_x.py", text)
    assert counts(count) == (1, 1, 0)
    assert count.failures[0][0] == "left running"
    assert "sleep 77.125" in count.failures[0][1]


MESON = """project('small', 'c')
cmocka = dependency('cmocka')
test('test_a', executable('base_test_a', 'tests/unit/base/test_a.c', dependencies: cmocka),
  suite: 'base', timeout: 20)
"""
CASE = """#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
static void good(void **state) { (void)state; }
static void other(void **state) { (void)state; BODY; }
int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(good), cmocka_unit_test(other)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A project of one unit test; a function that runs it with a body for the second case."""
    root = tmp_path_factory.mktemp("small")
    folder = root / "tests/unit/base"
    folder.mkdir(parents=True)
    (root / "meson_options.txt").write_text("option('tests', type: 'feature')\n")
    (root / "meson.build").write_text(MESON)

    def run(body, *args):
        source, text = folder / "test_a.c", CASE.replace("BODY", body)
        if not source.exists() or source.read_text() != text:
            source.write_text(text)
        done = subprocess.run([sys.executable, str(ROOT / "tools/run-tests"), "--root", str(root), *args],
                              capture_output=True, text=True, env={**os.environ, "WERROR": "false"})
        out = done.stdout + done.stderr
        assert re.fullmatch(r"\d+ passed, \d+ failed, \d+ skipped", out.splitlines()[-1]), out
        return done.returncode, out, out.splitlines()[-1]

    run.root = root
    return run


@pytest.mark.parametrize("body,last,says", [
    ("", "2 passed, 0 failed, 0 skipped", ""),
    ("skip()", "1 passed, 0 failed, 1 skipped", ""),
    ("assert_int_equal(1, 2)", "1 passed, 1 failed, 0 skipped", "0x1 != 0x2"),
    ("volatile char *p = malloc(3); free((void *)p); p[0] = 1", None, "heap-use-after-free"),
    ("*(volatile int *)8 = 1", None, "SEGV on unknown address"),
    ("volatile int i = 0x7fffffff; i++", None, "signed integer overflow"),
    ("char *volatile p = malloc(3); p = NULL", None, "LeakSanitizer"),
    ("exit(0)", "0 passed, 2 failed, 0 skipped", "cases never ran"),
    ("abort()", None, "SIGABRT"),
    ("syntax error", "0 passed, 1 failed, 0 skipped", "error:"),
])
def test_whole_run(small, body, last, says):
    code, out, line = small(body)
    assert says in out
    assert code == (0 if " 0 failed" in line else 1)
    if last is None:
        assert code == 1, out
    elif body != "exit(0)":  # how much of what it printed arrives is the C library's affair
        assert line == last


def test_unit_test_that_no_build_lists_fails(small):
    lost = small.root / "tests/unit/base/test_lost.c"
    lost.write_text("int x;\n")
    try:
        code, out, line = small("")
    finally:
        lost.unlink()
    assert (code, line) == (1, "2 passed, 1 failed, 0 skipped")
    assert "test_lost.c" in out


def test_paths_pick(small):
    assert small("", "tests/unit/base/test_a.c")[2] == "2 passed, 0 failed, 0 skipped"
    assert small("", "tests/unit/base")[2] == "2 passed, 0 failed, 0 skipped"
    assert small("", "tests/unit/none.c")[::2] == (1, "0 passed, 1 failed, 0 skipped")


def test_program_that_cannot_start_fails(small):
    small("")
    built = small.root / "build-debug/base_test_a"
    built.chmod(0o644)
    try:
        code, out, line = small("")
    finally:
        built.chmod(0o755)
    assert (code, line) == (1, "0 passed, 1 failed, 0 skipped")
    assert "PermissionError" in out


def test_broken_build_folder_fails(small):
    listing = small.root / "meson.build"
    listing.write_text(MESON + "error('no')\n")
    try:
        code, out, line = small("")
    finally:
        listing.write_text(MESON)
    assert (code, line) == (1, "0 passed, 1 failed, 0 skipped")
