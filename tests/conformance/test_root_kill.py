"""`root retire` killed with SIGKILL: run again it ends as if nothing had happened.

A build with sanitizers ends itself at the n-th journal point (ROOTOUT_KILL_AT, src/root/journal.c):
before and after each of the two writes around every call that changes something. Then the state,
the ledger's effects and CloudTrail are held against those of a run that nobody disturbed.
"""

import collections
import json
import random
import sqlite3
import time

MEMBERS = {
    "everything": {"root": {"password": True, "mfa": ["virtual", "hardware"],
                            "keys": [{"created": "-900d"}, {"created": "-90d", "active": False}],
                            "certificates": [{"uploaded": "-2200d"}]}},
    "keys": {"root": {"keys": [{"created": "-900d"}, {"created": "-90d"}]}},
    "password": {"root": {"password": True}},
    "nothing": {"root": {}},
}
NO_FAULTS = "it was not killed at every point: is this build-debug (ROOTOUT_FAULTS)?"
DELETIONS = {"DeleteLoginProfile", "DeleteAccessKey", "DeleteSigningCertificate",
             "DeactivateMFADevice"}


def effects(store):
    """The ledger without its sessions, read without rootout."""
    with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as db:
        entries = [json.loads(row[0]) for row in db.execute("SELECT content FROM ledger ORDER BY n")]
    return collections.Counter(
        (e["kind"], e["accountId"], e["detail"].get("credential"), e["detail"].get("target"))
        for e in entries if e["kind"] != "session")


def delete_sessions(store):
    with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as db:
        entries = [json.loads(row[0]) for row in db.execute("SELECT content FROM ledger")]
    return sum(e["kind"] == "session" and e["detail"]["task"] == "IAMDeleteRootUserCredentials"
               for e in entries)


def open_rows(store):
    with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as db:
        return (db.execute("SELECT COUNT(*) FROM journal WHERE outcome IS NULL").fetchone()[0]
                + db.execute("SELECT COUNT(*) FROM session WHERE end_ms IS NULL").fetchone()[0])


def deletions(sb):
    """What CloudTrail has of root users' deletions, also of those that were refused."""
    return collections.Counter(
        (e["recipientAccountId"], e["eventName"], json.dumps(e["requestParameters"], sort_keys=True))
        for e in sb.events if e["eventName"] in DELETIONS)


def left(sb):
    """Root users with anything, as the sandbox itself has it."""
    return {name: has for name, has in sb.root_users.items() if has and name != "main"}


def same_end(sb, store, wanted, trail, note, kills=0):
    assert left(sb) == {}, note
    # every session that could change something is entered, once; its opening is noted before it
    opened = sum(e["eventName"] == "AssumeRoot" and "IAMDeleteRoot" in json.dumps(e)
                 for e in sb.events)
    entered = delete_sessions(store)
    # (a kill finds at most one begun in each account that was not opened yet)
    assert opened <= entered <= opened + kills * len(MEMBERS), note
    assert effects(store) == wanted, note
    assert deletions(sb) == trail, note
    assert open_rows(store) == 0, note


def test_every_journal_point(sandbox, organization, rootout, tmp_path):
    sb = sandbox(organization(MEMBERS), "--seed", "7")

    def retire(n, **env):
        return rootout("root", "retire", "--all", "--yes", sandbox=sb, store=f"{n}.db", env=env)

    done = retire("undisturbed")
    assert done.returncode == 0, done
    wanted, trail = effects(tmp_path / "undisturbed.db"), deletions(sb)
    assert sum(trail.values()) == 9 and max(trail.values()) == 1
    assert sum(wanted.values()) == 9 + 3  # nine deletions, three accounts retired

    killed = 0
    for n in range(1, 200):
        sb.reset()
        assert left(sb).keys() == {"everything", "keys", "password"}
        done = retire(n, ROOTOUT_KILL_AT=str(n))
        if done.returncode != -9:
            break
        killed += 1
        done = retire(n)
        assert done.returncode == 0, (n, done)
        same_end(sb, tmp_path / f"{n}.db", wanted, trail, f"killed at point {n}", 1)
        done = rootout("root", "ledger", "--verify", store=f"{n}.db")
        assert done.returncode == 0, (n, done)
    assert done.returncode == 0, done
    same_end(sb, tmp_path / f"{n}.db", wanted, trail, "not killed any more")
    # before and after both writes of twelve rows
    assert killed == 4 * 12, NO_FAULTS
    # and nothing is left to be done
    done = retire(n)
    assert done.returncode == 0, done
    same_end(sb, tmp_path / f"{n}.db", wanted, trail, "run once more")


def test_killed_again_and_again(sandbox, organization, rootout, tmp_path):
    """Every run is killed at its next point: each makes progress, none repeats anything."""
    sb = sandbox(organization(MEMBERS), "--seed", "7")

    def retire(**more):
        return rootout("root", "retire", "--all", "--yes", sandbox=sb, **more)

    done = retire(store="undisturbed.db")
    wanted, trail = effects(tmp_path / "undisturbed.db"), deletions(sb)
    sb.reset()
    for runs in range(1, 100):
        done = retire(env={"ROOTOUT_KILL_AT": "5"})
        if done.returncode != -9:
            break
    assert done.returncode == 0, done
    assert runs > 5, NO_FAULTS
    same_end(sb, tmp_path / "store.db", wanted, trail, f"killed {runs} times", runs)
    assert rootout("root", "ledger", "--verify").returncode == 0


def test_killed_at_any_time(sandbox, organization, rootout, tmp_path):
    """Fifty accounts, slow answers, kill -9 from outside at times that a seed draws."""
    sb = sandbox(organization(50), "--seed", "3", "--fault", "latency=15ms+10ms")

    def command(**more):
        return rootout("root", "retire", "--all", "--yes", "--connections", "8", sandbox=sb, **more)

    done = command(store="undisturbed.db")
    assert done.returncode == 0, done
    wanted, trail = effects(tmp_path / "undisturbed.db"), deletions(sb)
    assert max(trail.values()) == 1
    for seed in (1, 2):
        sb.reset()
        draw, store, kills = random.Random(seed), f"{seed}.db", 0
        for _ in range(40):
            running = command(store=store, background=True, stdout=open(tmp_path / "out", "w"),
                              stderr=open(tmp_path / "err", "w"))
            if kills < 4:
                time.sleep(draw.uniform(0.15, 0.5))
                running.kill()
            if running.wait(60) != -9:
                break
            kills += 1
        assert running.returncode == 0, (tmp_path / "err").read_text()
        assert kills >= 2, "it was too fast to be killed"
        same_end(sb, tmp_path / store, wanted, trail, f"seed {seed}", kills * 8)
        assert rootout("root", "ledger", "--verify", store=store).returncode == 0


def test_a_killed_restore(sandbox, organization, rootout, tmp_path):
    """At each point: the deadline is known before the door is open, and is not forgotten."""
    sb = sandbox(organization({"one": {"root": {}}}), "--seed", "7")

    def restore(n, **env):
        return rootout("root", "restore", "one", "--for", "2h", "--reason", "alias", "--yes",
                       sandbox=sb, store=f"{n}.db", env=env)

    def due(n):
        return rootout("root", "retire", "--due", "--yes", sandbox=sb, store=f"{n}.db")

    def restored(n):
        return effects(tmp_path / f"{n}.db")["restored", "100000000001", None, None]

    for again in (True, False):
        for n in range(1, 20):
            store = f"{n}-{again}"
            sb.reset()
            done = restore(store, ROOTOUT_KILL_AT=str(n))
            if done.returncode != -9:
                break
            opened = bool(left(sb))
            if again:  # the person repeats the command
                done = restore(store)
                assert done.returncode == 0, (n, done)
                assert left(sb)
                # at the last point all of the first was written: then it is prolonged
                assert restored(store) == (2 if n == 4 else 1)
            sb.advance("3h")
            done = due(store)
            assert done.returncode == 0, (n, done)
            assert left(sb) == {}, n
            assert open_rows(tmp_path / f"{store}.db") == 0, n
            if not again:
                assert restored(store) == (1 if opened else 0)
            done = due(store)
            assert done.returncode == 0, (n, done)
            assert "nothing is due" in done.stderr, (n, done)
        assert done.returncode == 0
        assert n == 5, NO_FAULTS  # four points
