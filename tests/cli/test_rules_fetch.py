"""`noroshi rules fetch`: packs of rules from a server of our own; what is hostile is refused, what came can be undone."""
import functools
import hashlib
import http.server
import io
import json
import os
import tarfile
import threading
import zipfile

import pytest

from lib import program, session

RULE = """title: Rule {n}
id: 55555555-2222-4333-8444-{n:012d}
logsource: {{product: windows, category: process_creation}}
detection:
    selection: {{CommandLine|contains: "{word}"}}
    condition: selection
"""


def tar(files, mode="w:gz"):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as t:
        for name, body in files.items():
            if isinstance(body, tarfile.TarInfo):
                t.addfile(body)
                continue
            info = tarfile.TarInfo(name)
            info.size = len(body)
            t.addfile(info, io.BytesIO(body))
    return out.getvalue()


def zipped(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, body in files.items():
            z.writestr(name, body)
    return out.getvalue()


def rules(*pairs):
    files = {f"pack/rules/r{n}.yml": RULE.format(n=n, word=w).encode() for n, w in pairs}
    return {**files, "pack/LICENSE": b"Detection Rule License (DRL) 1.1\n", "pack/tool.sh": b"#!/bin/sh\n"}


@pytest.fixture
def web(tmp_path):
    """A folder served on loopback: (folder, address)."""
    folder = tmp_path / "web"
    folder.mkdir()
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    handler.log_message = lambda *a: None
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield folder, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def data(tmp_path):
    """A data folder with records, and nobody at work in it."""
    server = program.Server(tmp_path / "house", "serve")
    server.start()
    session.set_up(server)
    server.stop()
    return server


def fetch(data, what, *more):
    return program.run("rules", "fetch", what, "--data", data, "--json", *more)


def kept(data):
    found = []
    for folder, _, names in os.walk(os.path.join(data, "rulepacks")):
        found += [os.path.relpath(os.path.join(folder, n), os.path.join(data, "rulepacks")) for n in names]
    return found


@pytest.mark.parametrize("pack", [tar, zipped], ids=["tar.gz", "zip"])
def test_a_pack_comes_off_and_is_compared_and_undone(web, data, pack):
    folder, url = web
    (folder / "my-pack.bin").write_bytes(pack(rules((1, "a"), (2, "b"))))
    first = fetch(data.data, f"{url}/my-pack.bin")
    assert first.status == 0, first
    first = json.loads(first.out)
    assert first["name"] == "my-pack" and first["rules"] == 2 and first["added"] == 2 and not first["is_enabled"]
    assert first["sha256"] == hashlib.sha256((folder / "my-pack.bin").read_bytes()).hexdigest()
    assert not [n for n in kept(data.data) if n.endswith(".sh")] and [n for n in kept(data.data) if n.endswith("LICENSE")]
    assert json.loads(fetch(data.data, f"{url}/my-pack.bin").out)["is_same"]
    (folder / "my-pack.bin").write_bytes(pack(rules((1, "changed"), (3, "c"))))
    second = json.loads(fetch(data.data, f"{url}/my-pack.bin").out)
    assert (second["added"], second["removed"], second["changed"]) == (1, 1, 1)
    undone = program.run("rules", "undo", "my-pack", "--data", data.data, "--json")
    assert json.loads(undone.out)["sha256"] == first["sha256"]


def test_rules_are_at_work_only_when_enabled(web, data):
    folder, url = web
    (folder / "extra.tgz").write_bytes(tar(rules((1, "a"), (2, "b"))))
    assert fetch(data.data, f"{url}/extra.tgz").status == 0
    data.start()
    try:
        token = program.run("token", "create", "t", "--permissions", "rule.read", "--data", data.data).out.strip()

        def total():
            reply = program.request(data.url + "/api/v1/rules?text=55555555", headers={"Authorization": f"Bearer {token}", "Accept": "application/json"})
            return reply.json()

        assert total()["total"] == 0
        done = program.run("rules", "enable", "extra", "--data", data.data)
        assert done.status == 0 and "extra" in done.out, done
        assert total()["total"] == 2
        pack = total()["items"][0]["pack"]
        assert pack["kind"] == "fetched" and pack["name"] == "extra" and pack["licence"] == "DRL-1.1", pack
        assert program.run("rules", "disable", "extra", "--data", data.data).status == 0
        assert total()["total"] == 0
    finally:
        data.kill()


def link(name, to):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = tarfile.SYMTYPE, to
    return info


HOSTILE = {
    "up": (tar({"../../evil.yml": RULE.format(n=1, word="x").encode()}), "evil"),
    "middle": (tar({"a/../../evil.yml": b"x"}), "evil"),
    "absolute": (tar({"/tmp/evil.yml": b"x"}), "evil"),
    "zip-up": (zipped({"../evil.yml": b"x"}), "evil"),
    "link": (tar({"a.yml": link("a.yml", "/etc/passwd")}), "a.yml"),
    "bomb": (tar({f"b{i}.yml": b" " * 1_000_000 for i in range(40)}), "b"),
    "large": (tar({"c.yml": b" " * 2_000_000}), "c.yml"),
    "noise": (b"this is no archive at all" * 50, ""),
    "empty": (tar({"readme.txt": b"x"}), ""),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_is_hostile_is_refused_and_leaves_nothing(web, data, kind):
    folder, url = web
    body, word = HOSTILE[kind]
    (folder / "bad.tgz").write_bytes(body)
    done = fetch(data.data, f"{url}/bad.tgz")
    assert done.status == 4 and word in done.err, done
    assert not kept(data.data), kept(data.data)
    assert json.loads(program.run("rules", "packs", "--data", data.data, "--json").out)["packs"] == []


def test_a_pinned_digest_must_fit(web, data):
    folder, url = web
    (folder / "p.zip").write_bytes(zipped(rules((1, "a"))))
    done = fetch(data.data, f"{url}/p.zip", "--sha256", "0" * 64)
    assert done.status == 4 and "0" * 64 in done.err and not kept(data.data), done


@pytest.mark.parametrize("what", ["http://example.org/x.zip", "ftp://127.0.0.1/x", "file:///etc/passwd", "https://", "http://127.0.0.1@example.org/x", "no-such-pack"])
def test_other_addresses_are_refused(data, what):
    done = fetch(data.data, what)
    assert done.status == 4 and what in done.err, done


def test_what_is_not_there_is_told_with_its_status(web, data):
    _, url = web
    done = fetch(data.data, f"{url}/nothing.zip")
    assert done.status == 4 and "404" in done.err, done


def test_known_packs_are_listed_with_licence(data):
    done = program.run("rules", "packs", "--data", data.data)
    assert done.status == 0 and "sigma-core" in done.out and "DRL-1.1" in done.out, done
