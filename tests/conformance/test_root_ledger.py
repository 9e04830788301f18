"""`root ledger` and `report`: what happened, provable; read without a call to AWS."""

import html.parser
import re
import sqlite3

import pytest


@pytest.fixture
def campaign(sandbox, organization, rootout):
    sb = sandbox(organization(3))
    assert rootout("root", "inventory", sandbox=sb).returncode == 1
    assert rootout("root", "retire", "--all", "--yes", "--reason", "campaign", sandbox=sb).returncode == 0
    assert rootout("root", "restore", "member-001", "--reason", "tax", "--yes", sandbox=sb).returncode == 0
    return sb


def entries(rootout, *args):
    return rootout("root", "ledger", "--output", "json", *args).json["entries"]


def test_without_a_call(campaign, rootout):
    """No sandbox is named: nothing can be asked."""
    done = rootout("root", "ledger")
    assert done.returncode == 0, done
    assert done.stdout.splitlines()[0].split() == ["N", "TIME", "KIND", "ACCOUNT", "WHAT", "WHO", "WHY"]
    assert "password deleted" in done.stdout and "password recovery allowed until" in done.stdout
    assert rootout("root", "ledger", "--verify").returncode == 0
    assert rootout("report").returncode in (0, 1)


def test_filters(campaign, rootout):
    everything = entries(rootout)
    assert [e["n"] for e in everything] == list(range(1, len(everything) + 1))
    kinds = {e["kind"] for e in everything}
    assert kinds == {"session", "deletion", "retired", "restored"}
    assert {e["accountName"] for e in entries(rootout, "--account", "member-002")} == {"member-002"}
    assert entries(rootout, "--account", "100000000002") == entries(rootout, "--account", "member-002")
    run = next(e["run"] for e in everything if e["kind"] == "retired")
    assert {e["run"] for e in entries(rootout, "--run", run)} == {run}
    assert len(entries(rootout, "--kind", "retired")) == 3
    assert entries(rootout, "--since", "1h") == everything
    assert entries(rootout, "--since", "2099-01-01") == []
    done = rootout("root", "ledger", "--since", "soon")
    assert done.returncode == 2 and "--since takes a date" in done.stderr, done
    done = rootout("root", "ledger", "--account", "nobody")
    assert done.returncode == 0 and "no entries" in done.stderr


def test_verify(campaign, rootout, tmp_path):
    done = rootout("root", "ledger", "--verify", "--output", "json")
    assert done.returncode == 0 and done.json["intact"] is True and done.json["faults"] == []
    digest = done.json["digest"]
    assert digest == entries(rootout)[-1]["hash"]
    assert rootout("root", "ledger", "--verify", "--expect", digest).returncode == 0
    with sqlite3.connect(tmp_path / "store.db") as db:
        last = db.execute("SELECT MAX(n) FROM ledger").fetchone()[0]
        db.execute("DELETE FROM ledger WHERE n = ?", (last,))
    assert rootout("root", "ledger", "--verify").returncode == 0
    done = rootout("root", "ledger", "--verify", "--expect", digest)
    assert done.returncode == 1 and "were removed or added" in done.stdout, done
    with sqlite3.connect(tmp_path / "store.db") as db:
        db.execute("UPDATE ledger SET content = replace(content, 'campaign', 'campaigm') WHERE n = 5")
    done = rootout("root", "ledger", "--verify")
    assert done.returncode == 1, done
    assert "entry 5 was changed" in done.stdout and "NOT intact" in done.stdout
    assert rootout("report").returncode == 1
    assert "the ledger is not intact: entry 5 was changed" in rootout("report").stderr


def test_a_store_for_each_endpoint(campaign, rootout, tmp_path):
    """A rehearsal's journal is never taken for the real one's: a sandbox has a store of its own."""
    def run(**env):
        return rootout("root", "inventory", sandbox=campaign, env={"ROOTOUT_STORE": "", **env})

    assert run(HOME=str(tmp_path / "home")).returncode == 1
    state = tmp_path / "home" / ".local" / "state" / "rootout"
    assert [p.name for p in state.glob("*.db")] == ["sandbox.db"]
    assert state.stat().st_mode & 0o777 == 0o700
    assert (state / "sandbox.db").stat().st_mode & 0o777 == 0o600
    assert run(XDG_STATE_HOME=str(tmp_path / "xdg")).returncode == 1
    assert (tmp_path / "xdg" / "rootout" / "sandbox.db").exists()
    done = run(HOME="")
    assert done.returncode == 2 and "say with --store" in done.stderr, done


# ---- report ----

class Page(html.parser.HTMLParser):
    VOID = {"meta", "link", "br", "img", "hr", "input"}

    def __init__(self, text):
        super().__init__()
        self.open, self.words, self.loads = [], [], []
        self.feed(text)
        assert self.open == [], f"never closed: {self.open}"

    def handle_starttag(self, tag, attrs):
        if tag not in self.VOID:
            self.open.append(tag)
        assert tag != "script"
        self.loads += [v for k, v in attrs if k in ("src", "href") and v and not v.startswith("#")]

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


def test_report(sandbox, organization, rootout, tmp_path):
    hostile = '<script>alert("1")</script>&amp;'
    sb = sandbox(organization({"one": {"root": {"password": True}}, "予約-two": {"root": {}},
                               hostile: {"root": {"mfa": ["virtual"]}}}))
    path = tmp_path / "report.html"
    done = rootout("report", "--html", path)
    assert done.returncode == 2 and "remembers no inventory yet" in done.stderr, done
    assert rootout("root", "inventory", sandbox=sb).returncode == 1
    done = rootout("report", "--html", path)
    assert done.returncode == 1, done
    page = Page(path.read_text(encoding="utf-8"))
    words = " ".join(page.words)
    assert "予約-two" in words and hostile in words and page.loads == []
    assert path.stat().st_mode & 0o777 == 0o644
    assert rootout("root", "retire", "--all", "--yes", "--reason", f"why {hostile}",
                   sandbox=sb).returncode == 0
    done = rootout("report", "--html", path)
    assert done.returncode == 0 and "3 of 3 member accounts have no root user" in done.stderr, done
    page = Page(path.read_text(encoding="utf-8"))
    digest = rootout("root", "ledger", "--verify", "--output", "json").json["digest"]
    assert digest in " ".join(page.words)
    done = rootout("report", "--html", "-")
    assert re.sub(r"\d\d:\d\d", "", done.stdout) == re.sub(r"\d\d:\d\d", "", path.read_text())
    done = rootout("report", "--output", "json")
    assert done.states["one"] == "retired" and done.json["ledgerDigest"] == digest
    done = rootout("report", "--html", tmp_path / "no" / "such" / "folder.html")
    assert done.returncode == 2 and "No such file" in done.stderr, done
    done = rootout("report", "--organization", "o-other")
    assert done.returncode == 2 and "no inventory of organization o-other" in done.stderr, done


def test_report_of_a_campaign(sandbox, stores, rootout):
    """Waves, owners, what is kept, what is open, keys and their use, a restore."""
    root = stores / "root.yaml"
    root.write_text(root.read_text() + "keep:\n  - {account: pos-staging, reason: S3 MFA delete, "
                                       "until: 2099-03-31}\n")
    sb = sandbox(stores)
    for args in (["root", "enable", "--yes"], ["root", "inventory"],
                 ["root", "retire", "--wave", "pilot", "--yes"],
                 ["root", "restore", "予約-development", "--reason", "tax invoices", "--yes"],
                 ["root", "inventory", "--account", "予約-development"]):
        assert rootout(*args, sandbox=sb, cwd=stores).returncode in (0, 1)
    done = rootout("report", "--html", "-", cwd=stores)
    assert done.returncode == 1, done
    words = " ".join(" ".join(Page(done.stdout).words).split())
    for said in ("pos-development", "kept until 2099-03-31: S3 MFA delete", "tax invoices",
                 "change the account alias", "settlement-leads", "never used", "non-production",
                 "deny-root", "campaign-2023"):
        assert said in words, said


def test_unread_is_never_rootless_in_the_report(sandbox, organization, rootout):
    sb = sandbox(organization(2), "--fault", "deny=100000000001")
    assert rootout("root", "retire", "--all", "--yes", sandbox=sb).returncode == 1
    assert rootout("root", "inventory", sandbox=sb).returncode == 1
    done = rootout("report", "--output", "json")
    assert done.returncode == 1, done
    assert done.states["member-001"] == "unread" and done.states["member-002"] == "rootless"
    assert "1 of 2 member accounts" in rootout("report", "--html", "-").stderr
