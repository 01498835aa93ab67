"""What can be wrong with the data folder and the machine when a server starts, or while it runs."""
import glob
import json
import os
import signal
import socket
import sqlite3
import threading
import time

import pytest

from lib import program, session

FAULTIO = os.path.join(program.ROOT, "build", "tests", "fault", "libfaultio.so")


@pytest.fixture(autouse=True)
def needs_serve():
    if not program.has_verb("serve"):
        pytest.skip("this build has no `serve`")


def ends_with_error(server, *words):
    """The server does not start, and says why."""
    server.spawn()
    status = server.process.wait(30)
    server.reader.join(5)
    assert status not in (0, 1) and status > 0, f"status {status}: {server.output()}"
    for word in words:
        assert word in server.output(), f"{word!r} is not in: {server.output()}"
    assert "\x1b" not in server.output()


def databases(server):
    found = [p for p in glob.glob(os.path.join(server.data, "**", "*"), recursive=True) if os.path.isfile(p)]
    found = [p for p in found if open(p, "rb").read(16) == b"SQLite format 3\0"]
    assert len(found) == 1, found
    return found[0]


def test_a_port_in_use_is_named(tmp_path):
    server = program.Server(tmp_path / "server")
    with socket.socket() as s:
        s.bind(("127.0.0.1", server.http))
        s.listen()
        ends_with_error(server, str(server.http))


def test_a_second_server_on_the_folder_names_the_first(server, tmp_path):
    second = program.Server(tmp_path / "second")
    second.data = server.data
    ends_with_error(second, server.data, str(server.process.pid))
    assert server.is_ready()


def test_a_crashed_servers_lock_does_not_stay(server):
    server.kill()
    server.start()


def test_a_file_where_the_folder_should_be(tmp_path):
    server = program.Server(tmp_path / "server")
    os.makedirs(server.folder)
    with open(server.data, "w", encoding="ascii"):
        pass
    ends_with_error(server, server.data)


def test_a_folder_that_cannot_be_written(tmp_path):
    server = program.Server(tmp_path / "server")
    server.data = "/proc/noroshi-cannot-be"
    ends_with_error(server, "/proc/noroshi-cannot-be")


def test_a_newer_database_is_refused_untouched(server):
    session.set_up(server)
    server.stop()
    path = databases(server)
    with sqlite3.connect(path) as db:
        db.execute("INSERT INTO schema_migration (version, name) VALUES (900, 'of a later year')")
    db.close()
    before = open(path, "rb").read()
    ends_with_error(server, "900")
    assert open(path, "rb").read() == before, "a newer program's database was changed"


def test_an_old_database_is_brought_up(server):
    """A database from before all migrations gets every one of them, in order."""
    server.stop()
    path = databases(server)
    with sqlite3.connect(path) as db:
        versions = [row[0] for row in db.execute("SELECT version FROM schema_migration ORDER BY version")]
        tables = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    db.close()
    assert len(versions) > 1
    for suffix in ("", "-wal", "-shm"):
        if os.path.exists(path + suffix):
            os.unlink(path + suffix)
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE schema_migration (version INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, "
                   "applied_at INTEGER NOT NULL DEFAULT 0) STRICT")
    db.close()
    server.start()
    server.stop()
    with sqlite3.connect(path) as db:
        assert [row[0] for row in db.execute("SELECT version FROM schema_migration ORDER BY version")] == versions
        assert [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")] == tables
    db.close()


@pytest.mark.parametrize("damage", ["truncated", "zeroed", "text"])
def test_a_damaged_database_is_named(server, damage):
    session.set_up(server)
    server.stop()
    path = databases(server)
    data = bytearray(open(path, "rb").read())
    if damage == "truncated":
        data = data[: len(data) // 2]
    elif damage == "zeroed":
        data[4096:] = bytes(len(data) - 4096)
    else:
        data[:] = b"this is not a database\n" * 500
    for suffix in ("-wal", "-shm"):
        if os.path.exists(path + suffix):
            os.unlink(path + suffix)
    with open(path, "wb") as f:
        f.write(data)
    ends_with_error(server, os.path.basename(path))


def test_term_stops_cleanly_and_int_too(tmp_path):
    for sig in (signal.SIGTERM, signal.SIGINT):
        server = program.Server(tmp_path / str(int(sig))).start()
        assert server.end(sig) == 0, server.output()


def post(server, token, text):
    body = json.dumps({"@timestamp": "2026-11-21T09:00:00Z", "message": text}).encode() + b"\n"
    return server.post("/api/v1/events", body, headers={"Authorization": f"Bearer {token}", "Content-Type": "application/x-ndjson"})


def test_a_full_disk_stops_intake_and_loses_nothing(tmp_path):
    """Writes fail with ENOSPC while a file exists (faultio.c): refused with 507 or 503, told in readyz; afterwards all goes on."""
    assert os.path.exists(FAULTIO), "build/tests/fault is missing: ninja -C build"
    full = tmp_path / "full"
    server = program.Server(tmp_path / "server", env={"LD_PRELOAD": FAULTIO, "FAULTIO_FULL": str(full)}).start()
    try:
        who = session.set_up(server)
        token = session.make_token(who, "event.write")
        assert post(server, token, "before").status // 100 == 2
        full.touch()
        refused = [post(server, token, f"during {i}") for i in range(3)]
        assert all(r.status in (503, 507) for r in refused), refused
        assert all(r.headers["Content-Type"].startswith("application/problem+json") for r in refused)
        ready = server.get("/readyz")
        assert ready.status == 503 and "archive_full" in ready.text
        assert server.get("/healthz").status == 200, "a full disk must not end the server"
        full.unlink()
        until = time.monotonic() + 15
        while post(server, token, "after").status // 100 != 2:
            assert time.monotonic() < until, f"intake does not come back: {server.output()[-2000:]}"
            time.sleep(0.2)
        assert server.get("/readyz").status == 200
        text = who.get("/api/v1/events?limit=1000", Accept="application/json").text
        assert "before" in text and "after" in text
    finally:
        server.kill()
    server.start()
    assert server.stop() == 0


def test_slow_and_rude_clients_do_not_stop_others(server):
    """Half-open heads, drips and resets beside a client that must be served at once."""
    rude = []
    try:
        for i in range(50):
            s = socket.create_connection(("127.0.0.1", server.http))
            s.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "[: 5 + i % 30])
            rude.append(s)
        times = []
        for _ in range(20):
            began = time.monotonic()
            assert server.get("/healthz").status == 200
            times.append(time.monotonic() - began)
        assert max(times) < 2
    finally:
        for s in rude:
            s.close()


SMUGGLING = {
    "two lengths": b"POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "length and chunked": b"POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "bare LF": b"GET /healthz HTTP/1.1\nHost: x\n\n",
    "folded line": b"GET /healthz HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n",
    "space before colon": b"GET /healthz HTTP/1.1\r\nHost : x\r\n\r\n",
    "no host": b"GET /healthz HTTP/1.1\r\n\r\n",
    "two hosts": b"GET /healthz HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
    "signed length": b"POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: +4\r\n\r\nabcd",
    "NUL in a header": b"GET /healthz HTTP/1.1\r\nHost: x\r\nA: \0\r\n\r\n",
    "NUL in the path": b"GET /healthz%00 HTTP/1.1\r\nHost: x\r\n\r\n",
}


@pytest.mark.parametrize("name", SMUGGLING)
def test_what_two_parsers_could_read_differently_is_refused(demo, name):
    with socket.create_connection(("127.0.0.1", demo.http), timeout=10) as s:
        s.sendall(SMUGGLING[name])
        reply = b""
        while True:
            more = s.recv(4096)
            if not more:
                break
            reply += more
    assert reply.startswith(b"HTTP/1.1 400 "), reply[:200]


def test_an_endless_head_gets_431(demo):
    with socket.create_connection(("127.0.0.1", demo.http), timeout=10) as s:
        try:
            s.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nA: " + b"a" * (1 << 20))
        except OSError:
            pass
        assert s.recv(64).startswith(b"HTTP/1.1 431 ")


def test_a_head_that_drips_is_cut_by_its_deadline(demo):
    """One byte a second keeps an idle timer alive for ever; an absolute deadline does not care."""
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", demo.http), timeout=30) as s:
        stop = threading.Event()

        def drip():
            for byte in b"GET / HTTP/1.1\r\nHost: x\r\nX-Drip: " + b"a" * 60:
                if stop.wait(1):
                    return
                try:
                    s.sendall(bytes([byte]))
                except OSError:
                    return
        threading.Thread(target=drip, daemon=True).start()
        reply = s.recv(4096)
        stop.set()
    assert time.monotonic() - began < 25
    assert reply == b"" or reply.startswith(b"HTTP/1.1 408 ")
