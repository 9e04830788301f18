"""Finding commands: names, groups, mistakes, help, completion."""

import shutil
import subprocess

import pytest


@pytest.fixture
def names(rootout):
    return rootout("help", "--list").stdout.splitlines()


def test_every_command_has_help_and_a_man_page(rootout, names):
    assert len(names) > 15
    for name in names:
        done = rootout(*name.split(), "--help")
        assert done.returncode == 0 and done.stderr == "", done
        assert done.stdout.startswith(f"rootout {name}: ") and "Exit status" in done.stdout
        assert rootout("help", *name.split()).stdout == done.stdout
        assert max(map(len, done.stdout.split("Examples")[0].splitlines())) <= 100, name
        man = rootout("help", "--man", *name.split())
        assert man.stdout.startswith(".TH ") and "\n\n" not in man.stdout, man
        assert man.stdout.count("\n.nf\n") == man.stdout.count("\n.fi\n"), man


@pytest.mark.parametrize("words, said", [
    ("rooot", "unknown command 'rooot', did you mean 'root'?"),
    ("zzzzz", "unknown command 'zzzzz'; 'rootout help' lists them"),
    ("root invntory", "unknown command 'root invntory', did you mean 'root inventory'?"),
    ("root zzzzz", "unknown command 'root zzzzz'; 'rootout help root' lists them"),
    ("sandbox tial", "unknown command 'sandbox tial', did you mean 'sandbox tail'?"),
    ("help rooot", "unknown command 'rooot', did you mean 'root'?"),
    ("help root invntory", "unknown command 'root invntory', did you mean 'root inventory'?"),
    ("--yes root retire", "'--yes' stands before the command"),
    ("-C", "-C needs a value (DIR)"),
    ("-C nowhere check", "cannot change to folder 'nowhere': No such file or directory"),
    ("check --ouput json", "unknown option '--ouput', did you mean '--output'?"),
    ("check -C", "-C needs a value (DIR)"),
    ("check --output xml", "--output 'xml': must be one of table, json, csv"),
    ("completion tcsh", "name the shell: bash, zsh or fish"),
])
def test_mistakes_say_what_is_right(rootout, words, said):
    done = rootout(*words.split())
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.splitlines()[0].startswith(f"rootout: {said}"), done


def test_the_folder_may_stand_first(rootout, organization, tmp_path):
    folder = organization(1)
    for words in (["-C", folder, "check"], [f"-C{folder}", "check"], ["check", "-C", folder],
                  ["-C", folder.parent, "-C", folder.name, "check"]):
        assert rootout(*words).returncode == 0


def test_groups(rootout):
    overview = rootout("root")
    assert overview.returncode == 2 and overview.stdout == "" and "root retire" in overview.stderr
    for words in (["help", "root"], ["root", "--help"]):
        done = rootout(*words)
        assert done.returncode == 0
        assert "root retire" in done.stdout and "sandbox" not in done.stdout
    assert "sandbox tail" in rootout("help", "sandbox").stdout


def test_an_account_whose_name_another_has_too(sandbox, organization, rootout):
    """AWS allows it. What is done to one account alone must not guess which."""
    sb = sandbox(organization(1))
    client = sb.client("organizations")
    for i in (1, 2):
        client.create_account(AccountName="same", Email=f"same-{i}@example.com")
    sb.advance("1m")
    ids = sorted(a["Id"] for a in client.list_accounts()["Accounts"] if a["Name"] == "same")
    assert len(ids) == 2
    done = rootout("root", "restore", "same", "--reason", "test", "--yes", sandbox=sb)
    assert done.returncode == 2 and done.stderr.startswith("rootout: 2 accounts are named 'same'")
    assert all(i in done.stderr for i in ids)
    done = rootout("root", "restore", ids[0], "--reason", "test", "--dry-run", sandbox=sb)
    assert done.returncode == 1 and ids[0] in done.stdout
    planned = rootout("root", "restore", ids[0], "--reason", "test", "--dry-run", "--output", "json",
                      sandbox=sb).json["accounts"]
    assert [(row["id"], row["state"]) for row in planned] == [(ids[0], "planned")]


def test_ledger_options(rootout):
    empty = rootout("root", "ledger")
    assert empty.returncode == 0 and empty.stdout == "" and "no entries in" in empty.stderr
    assert "no entries like that" in rootout("root", "ledger", "--kind", "mend").stderr
    assert rootout("root", "ledger", "--kind", "nonsense").returncode == 2
    done = rootout("root", "ledger", "--expect", "abc")
    assert done.returncode == 2 and "--expect goes with --verify" in done.stderr


@pytest.mark.skipif(not shutil.which("bash"), reason="completion of bash needs bash")
@pytest.mark.parametrize("words, offered", [
    (["rootout", "ro"], {"root"}),
    (["rootout", "root", "re"], {"retire", "restore"}),
    (["rootout", "sandbox", "cl"], {"clock"}),
    (["rootout", "root", "retire", "--wa"], {"--wave"}),
    (["rootout", "sandbox", "--em"], {"--empty"}),
    (["rootout", "root", "inventory", "--output", ""], {"table", "json", "csv"}),
    (["rootout", "check", "--ver"], {"--verbose"}),
    (["rootout", "completion", "z"], {"zsh"}),
])
def test_completion(rootout, tmp_path, words, offered):
    (tmp_path / "completion").write_text(rootout("completion", "bash").stdout)
    quoted = " ".join(f"'{w}'" for w in words)
    script = (f"source ./completion\nCOMP_WORDS=({quoted}) COMP_CWORD={len(words) - 1}\n"
              '_rootout "${COMP_WORDS[0]}" "${COMP_WORDS[COMP_CWORD]}" '
              '"${COMP_WORDS[COMP_CWORD-1]}"\nprintf "%s\\n" "${COMPREPLY[@]}"')
    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=60)
    assert done.stderr == ""
    assert set(done.stdout.split()) == offered, done.stdout
