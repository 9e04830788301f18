"""tools/deps: what is missing is named, with the line to type; what is there is left alone."""

import os
import pathlib
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]


@pytest.fixture
def place(tmp_path):
    """A project of its own, and a PATH with few programs; a function that runs tools/deps."""
    (tmp_path / "tools").mkdir()
    (tmp_path / "tests").mkdir()
    shutil.copy(ROOT / "tools/deps", tmp_path / "tools/deps")
    (tmp_path / "packages.txt").write_text(
        "[build]\nhere-dev cmd:here # why\nlost-dev cmd:lost\n[test]\nmore pc:more\n[good]\nhere-dev cmd:here\n")
    (tmp_path / "tests/requirements.txt").write_text("pytest==1.0\n")
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("bash", "cat", "sed", "dirname", "mktemp", "rm", "sha256sum", "cut", "env", "flock", "python3"):
        (programs / name).symlink_to(shutil.which(name))

    def script(name, text):
        (programs / name).unlink(missing_ok=True)  # never write through a link, to the real one
        (programs / name).write_text("#!/bin/bash\n" + text)
        (programs / name).chmod(0o755)

    script("here", "true")
    script("id", "echo 0")
    script("pkg-config", "exit 1")

    def run(*args, env=None):
        done = subprocess.run([str(tmp_path / "tools/deps"), *args], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL,
                              env={"PATH": str(programs), "HOME": str(tmp_path), "TMPDIR": str(tmp_path),
                                   **(env or {})})
        return done.returncode, done.stdout + done.stderr

    run.script, run.root = script, tmp_path
    return run


def test_nothing_missing_says_nothing(place):
    assert place("good") == (0, "")
    assert place("--check", "good") == (0, "")


def test_check_names_what_is_missing_and_the_line(place):
    place.script("apt-get", "exit 9")
    code, out = place("--check", "build", "test")
    assert code == 1
    assert "missing packages: lost-dev more\n" in out
    assert "type: apt-get update && apt-get install -y --no-install-recommends lost-dev more\n" in out
    assert "here-dev" not in out


def test_line_for_somebody_who_is_not_root(place):
    place.script("apt-get", "exit 9")
    place.script("id", "echo 1000")
    code, out = place("build")
    assert code == 1 and "type: su -c 'apt-get update && apt-get install" in out
    place.script("sudo", "exit 1")  # asks for a password, and nobody is there to type it
    code, out = place("build")
    assert code == 1 and "type: sudo sh -c 'apt-get update && apt-get install" in out
    assert "installing" not in out


def test_not_debian(place):
    code, out = place("build")
    assert code == 1 and "this is not Debian" in out and "lost-dev" in out


def test_installs_with_sudo(place):
    place.script("id", "echo 1000")
    place.script("sudo", f'echo "$@" >>{place.root}/calls; [ "$1" != -n ] || shift; "$@"')
    place.script("apt-get", "exit 0")
    assert place("build")[0] == 0
    calls = (place.root / "calls").read_text()
    assert "install --no-install-recommends lost-dev" in calls


def test_old_package_lists_are_read_anew(place):
    calls = place.root / "calls"
    place.script("apt-get", f'echo "$@" >>{calls}; case " $* " in *" update "*) >{place.root}/new ;; *) [ -e {place.root}/new ] ;; esac')
    assert place("build")[0] == 0
    assert [("update" in c) for c in calls.read_text().splitlines()] == [False, True, False]


def test_apt_that_fails_is_shown(place):
    place.script("apt-get", "echo E: no such package; exit 100")
    code, out = place("build")
    assert code == 1
    assert "E: no such package" in out and "type: apt-get" in out


def test_unknown_group_and_probe(place):
    assert place("none")[0] == 2
    (place.root / "packages.txt").write_text("[build]\nx what:x\n")
    code, out = place("build")
    assert code != 0 and "unknown probe 'what:x'" in out


def test_venv_is_made_once_and_again_when_the_pins_change(place):
    # A python3 that makes a venv of scripts, and counts.
    for name in ("mkdir", "cp"):
        (place.root / "bin" / name).symlink_to(shutil.which(name))
    place.script("python3", f'''
case "$*" in
"-m venv .venv") mkdir -p .venv/bin; cp "$0" .venv/bin/python; echo made >>{place.root}/made ;;
"-m pip "*) [ ! -e {place.root}/offline ] ;;
*) echo 3.11 ;;
esac''')
    made = place.root / "made"
    assert place("--check", "python")[0] == 1
    assert place("python")[0] == 0
    assert place("python") == (0, "")
    assert place("--check", "python") == (0, "")
    assert made.read_text() == "made\n"

    (place.root / "tests/requirements.txt").write_text("pytest==2.0\n")
    (place.root / "offline").touch()
    code, out = place("python")
    assert code == 1 and "pip could not install" in out
    assert place("--check", "python")[0] == 1  # half made is not made
    os.unlink(place.root / "offline")
    assert place("python")[0] == 0
    assert place("--check", "python")[0] == 0


def test_judge_is_installed_once_and_need_not_be(place):
    """With the npm of .venv; without a registry the rest goes on, and says what is skipped."""
    for name in ("cmp", "cp", "mkdir"):
        (place.root / "bin" / name).symlink_to(shutil.which(name))
    place.script("python3", f"""
case "$*" in
-c*) echo 3.11 ;;
"-m venv .venv")
	mkdir -p .venv/bin
	cp "$0" .venv/bin/python
	printf '#!/bin/bash\\n[ -z "$NO_REGISTRY" ] || exit 1\\nmkdir -p node_modules\\necho "$PWD $*" >>{place.root}/npm\\n' >.venv/bin/npm
	"$(command -v bash)" -c 'chmod 755 .venv/bin/npm' ;;
esac
""")
    (place.root / "bin" / "chmod").symlink_to(shutil.which("chmod"))
    judge = place.root / "tests" / "judge"
    judge.mkdir()
    (judge / "package-lock.json").write_text("{}\n")
    code, out = place("python", env={"NO_REGISTRY": "1"})
    assert code == 0 and "npm could not install it" in out and "skipped" in out
    assert not (place.root / "npm").exists()
    code, out = place("python")
    assert (code, out) == (0, "installing the judge of policy decisions into tests/judge\n")
    assert place("python") == (0, "")
    calls = (place.root / "npm").read_text().splitlines()
    assert len(calls) == 1 and calls[0].startswith(f"{judge} ci --ignore-scripts")
    (judge / "package-lock.json").write_text('{"changed": true}\n')
    assert place("python")[0] == 0
    assert len((place.root / "npm").read_text().splitlines()) == 2


def test_list_of_this_project_is_sound():
    """Every line of the real packages.txt has a probe that tools/deps knows."""
    done = subprocess.run([str(ROOT / "tools/deps"), "--check", "build", "test", "lint", "bench", "fuzz", "fresh"],
                          capture_output=True, text=True)
    assert done.returncode in (0, 1)
    assert "unknown probe" not in done.stderr
