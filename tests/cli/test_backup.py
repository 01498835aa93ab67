"""Backup while the server runs, restore into another folder, and the proof that both hold the same."""
import json
import os

import pytest

from lib import program, session


@pytest.fixture(autouse=True)
def needs_verbs():
    for verb in ("serve", "backup", "restore", "audit verify"):
        if not program.has_verb(verb):
            pytest.skip(f"this build has no `{verb}`")


def test_backup_of_a_running_server_is_restored(server, tmp_path):
    who = session.set_up(server)
    token = session.make_token(who, "event.write")
    body = b"".join(json.dumps({"message": f"kept-{i}"}).encode() + b"\n" for i in range(500))
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/x-ndjson"}
    assert server.post("/api/v1/events", body, headers=headers).status // 100 == 2
    copy, restored = tmp_path / "copy", tmp_path / "restored"
    done = program.run("backup", "--data", server.data, copy)
    assert done.status == 0, done
    assert server.is_ready()
    done = program.run("restore", "--data", restored, copy)
    assert done.status == 0, done
    assert program.run("audit", "verify", "--data", restored).status == 0
    other = program.Server(tmp_path / "other")
    other.data = str(restored)
    try:
        other.start()
        old = session.Session(other)
        old.cookies = dict(who.cookies)
        assert old.get("/settings").status == 401, "a restore signs everybody out"
        again = session.sign_in(other, "admin", who.totp_secret)
        text = again.get("/api/v1/events?limit=1000", Accept="application/json").text
        assert "kept-0" in text and "kept-499" in text
    finally:
        other.kill()


def test_restore_never_overwrites(server, tmp_path):
    copy = tmp_path / "copy"
    assert program.run("backup", "--data", server.data, copy).status == 0
    done = program.run("restore", "--data", server.data, copy)
    assert done.status not in (0, 1) and server.data in done.err, done
    server.stop()
    done = program.run("restore", "--data", server.data, copy)
    assert done.status not in (0, 1) and server.data in done.err, done


def test_a_damaged_backup_is_refused(server, tmp_path):
    copy = tmp_path / "copy"
    session.set_up(server)
    assert program.run("backup", "--data", server.data, copy).status == 0
    largest = max((os.path.join(folder, n) for folder, _, names in os.walk(copy) for n in names), key=os.path.getsize) \
        if copy.is_dir() else str(copy)
    data = bytearray(open(largest, "rb").read())
    data[len(data) // 2] ^= 0xFF
    data[len(data) // 3] ^= 0xFF
    open(largest, "wb").write(data)
    done = program.run("restore", "--data", tmp_path / "restored", copy)
    assert done.status not in (0, 1), done
    assert not os.path.exists(tmp_path / "restored") or not os.listdir(tmp_path / "restored"), "half a restore was left behind"


def test_changed_trail_is_found(server):
    """One changed byte in one old record breaks the chain, and verify tells where."""
    import sqlite3
    session.set_up(server)
    server.stop()
    assert program.run("audit", "verify", "--data", server.data).status == 0
    from fault.test_folder import databases
    with sqlite3.connect(databases(server)) as db:
        columns = [row[1] for row in db.execute("PRAGMA table_info(audit)")]
        text = next(c for c in columns if c in ("action", "object", "detail"))
        for (trigger,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'").fetchall():
            db.execute(f"DROP TRIGGER {trigger}")
        db.execute(f"UPDATE audit SET {text} = {text} || 'x' WHERE seq = 1")
    db.close()
    done = program.run("audit", "verify", "--data", server.data)
    assert done.status not in (0, 1) and done.err, done
