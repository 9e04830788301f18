"""What rootout says of itself: help, man pages, completion."""

import re
import shutil
import subprocess

import pytest


@pytest.fixture(scope="module")
def commands(program):
    return subprocess.run([program, "help", "--list"], capture_output=True, text=True,
                          check=True).stdout.split("\n")[:-1]


def shell(program, *command, text):
    return subprocess.run(command, input=text, capture_output=True, text=True, timeout=60,
                          env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "MANWIDTH": "100",
                               "ROOTOUT": str(program), "TERM": "dumb", "HOME": "/nonexistent"})


def test_every_command_says_what_it_does(rootout, commands):
    overview = rootout("help").stdout
    assert len(commands) > 10
    for name in commands:
        assert f"  {name} " in overview
        done = rootout(*name.split(), "--help")
        assert done.returncode == 0 and done.stderr == "", done
        assert done.stdout.startswith(f"rootout {name}: ")
        assert "\nExit status\n" in done.stdout
        assert max(len(line) for line in done.stdout.splitlines()) <= 100, name
        assert rootout("help", *name.split()).stdout == done.stdout


def test_examples_name_options_that_exist(rootout, commands):
    """Each example is parsed by the program itself: --help behind it is answered."""
    for name in commands:
        text = rootout(*name.split(), "--help").stdout
        examples = text.partition("\nExamples\n")[2].replace("\\\n", " ")
        for line in re.findall(r"^ *(?:\$ )?rootout (.*)$", examples, re.M):
            words = [w.strip("'\"") for w in re.split(r"\s[|>]\s| > ", line)[0].split()]
            words = words[: words.index("--")] if "--" in words else words
            done = rootout(*words, "--help")
            assert done.returncode == 0, (line, done)


def test_mistakes_are_answered(rootout):
    for args, message in (
            (["rot"], "did you mean 'root'?"), (["root", "retier"], "did you mean 'root retire'?"),
            (["root", "inventory", "--sumary"], "did you mean '--summary'?"),
            (["sandbox", "clokc"], "clock"), (["root", "retire", "--output", "xml"], "one of table")):
        done = rootout(*args)
        assert done.returncode == 2 and message in done.stderr and done.stdout == "", done
    for args in ([], ["root"]):
        done = rootout(*args)
        assert done.returncode == 2 and done.stdout == "" and "usage:" in done.stderr, done
    assert rootout("root", "--help").returncode == 0
    assert rootout("--help").returncode == 0
    assert re.fullmatch(r"rootout \d+\.\d+\.\d+\S*\n", rootout("--version").stdout)


def test_a_folder_to_work_in(rootout, tmp_path):
    done = rootout("-C", tmp_path / "nothing", "check")
    assert done.returncode == 2 and "cannot change to folder" in done.stderr
    done = rootout("check", "-C", tmp_path / "nothing")
    assert done.returncode == 2 and "cannot change to folder" in done.stderr


# ---- man pages ----

def test_man_pages_are_roff(rootout, program, commands):
    groff = shutil.which("groff")
    for name in commands:
        page = rootout("help", "--man", *name.split()).stdout
        title = name.upper().replace(" ", "-")
        assert page.startswith(f'.TH "ROOTOUT-{title}" 1 ')
        for section in ("NAME", "SYNOPSIS", "OPTIONS", "EXIT STATUS"):
            assert f"\n.SH {section}\n" in page, name
        # every other line that begins with a dot or a quote is a request that is meant
        requests = set(re.findall(r"^[.'](\w*)", page, re.M))
        assert requests <= {"TH", "SH", "B", "TP", "nf", "fi", "RS", "RE", "PP", "br", "I", "EX", "EE"}
        if groff:  # Debian has it wherever man is
            done = shell(program, groff, "-man", "-Tutf8", "-K", "utf8", "-ww", "-z", text=page)
            assert done.returncode == 0 and done.stderr == "", (name, done.stderr)
            shown = shell(program, groff, "-man", "-Tascii", "-K", "utf8", "-P-cbou", text=page).stdout
            assert "--output" in shown and f"rootout {name}" in shown


# ---- completion ----

COMPLETE = """
. /dev/stdin <<'SCRIPT'
%s
SCRIPT
complete_words() {
	COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
	_rootout rootout "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
	printf '%%s\\n' "${COMPREPLY[@]}"
}
complete -p rootout >/dev/null || exit 9
complete_words %s
"""


@pytest.mark.parametrize("words, has, has_not", [
    (["rootout", ""], {"root", "sandbox", "check", "report"}, {"inventory"}),
    (["rootout", "ro"], {"root"}, {"report"}),
    (["rootout", "root", ""], {"inventory", "retire", "restore", "ledger"}, {"root", "run"}),
    (["rootout", "sandbox", "r"], {"run", "reset"}, {"tail"}),
    (["rootout", "root", "retire", "--"], {"--due", "--yes", "--output", "--profile"}, {"--for"}),
    (["rootout", "root", "restore", "--f"], {"--for"}, {"--from", "--due"}),
    (["rootout", "root", "retire", "--output", ""], {"table", "json", "csv"}, {"--yes"}),
    (["rootout", "check", "--o"], {"--output"}, {"--ou"}),
])
def test_bash_completes(rootout, program, words, has, has_not):
    script = rootout("completion", "bash").stdout
    quoted = " ".join("'%s'" % w for w in words)
    done = shell(program, "bash", "-s", text=COMPLETE % (script, quoted))
    assert done.returncode == 0 and done.stderr == "", done
    offered = set(done.stdout.split())
    assert has <= offered and not has_not & offered, offered


@pytest.mark.parametrize("name, check", [("bash", ["-n"]), ("zsh", ["-n"]), ("fish", ["-n"])])
def test_completion_is_a_script(rootout, program, name, check):
    done = rootout("completion", name)
    assert done.returncode == 0 and done.stderr == "", done
    # where a shell is not installed, bash reads what zsh would (it is the same function)
    reader = shutil.which(name) or (shutil.which("bash") if name == "zsh" else None)
    if reader:
        read = shell(program, reader, *check, text=done.stdout)
        assert read.returncode == 0 and read.stderr == "", read
    else:  # fish: one statement a line, quotes in pairs
        for line in done.stdout.splitlines():
            assert line.startswith(("#", "complete -c rootout ")), line
            assert len(re.findall(r"(?<!\\)'", line)) % 2 == 0, line


def test_completion_of_an_unknown_shell(rootout):
    for args in (["tcsh"], [], ["bash", "zsh"]):
        done = rootout("completion", *args)
        assert done.returncode == 2 and "name the shell: bash, zsh or fish" in done.stderr, done
