"""A round of evaluation from its beginning to the signature, through the API; the snapshot stays what it was."""
import pytest

from lib import session

ROUNDS = "/api/v1/evaluation/rounds"
SNAPSHOTS = "/api/v1/evaluation/snapshots"


@pytest.fixture
def ciso(demo):
    return session.demo_session(demo, "ciso")


def begin(ciso, name):
    reply = ciso.json("POST", ROUNDS, {"name": name, "start": "2026-11-01T00:00:00Z", "deadline": "2026-12-01T00:00:00Z"})
    assert reply.status == 201, reply
    return reply.json()


def move(ciso, found, to):
    return ciso.json("POST", f"{ROUNDS}/{found['id']}/move", {"to": to}, {"If-Match": f'"v{found["version"]}"'})


def review_all(ciso, found):
    for subject in ("catalogue", "profile", "portfolio"):
        reply = ciso.json("PUT", f"{ROUNDS}/{found['id']}/reviews/{subject}", {"outcome": "kept", "remark": "seen"})
        assert reply.status == 200, reply
    return reply.json()


def signed(ciso, name):
    found = move(ciso, begin(ciso, name), "review").json()
    reply = move(ciso, review_all(ciso, found), "signed")
    assert reply.status == 200, reply
    return reply.json()


def test_a_round_is_signed_only_when_reviewed(ciso):
    found = begin(ciso, "only when reviewed")
    assert found["state"] == "open" and found["snapshot"] is None
    assert ciso.json("POST", f"{ROUNDS}/{found['id']}/move", {"to": "review"}).status == 428, "a move names the version it read"
    assert move(ciso, found, "signed").status == 409, "the table has no such move"
    stale = found
    found = move(ciso, found, "review").json()
    assert move(ciso, stale, "open").status == 412
    assert move(ciso, found, "signed").status == 409, "no review is done"
    found = review_all(ciso, found)
    assert [r["outcome"] for r in found["reviews"]] == ["kept"] * 3
    found = move(ciso, found, "signed").json()
    assert found["state"] == "signed" and found["signed_by"] and found["snapshot"]
    assert move(ciso, found, "open").status == 409, "a signed round never moves"
    assert found["name"] in ciso.page("/evaluate").text and found["name"] in ciso.page(f"/evaluate/{found['id']}").text


def test_a_snapshot_stays_while_the_present_moves_on(ciso):
    path = f"{SNAPSHOTS}/{signed(ciso, 'stays')['snapshot']}"
    before = ciso.get(path).json()
    assert len(before["services"]) == 64 and len(before["categories"]) == 9 and before["is_signed"]
    compare = f"/api/v1/evaluation/compare?a={before['id']}&b=now"
    assert ciso.get(compare).json()["services"] == []
    present = ciso.get("/api/v1/portfolio/H-2").json()
    fields = ciso.get("/api/v1/openapi.json").json()["components"]["schemas"]["PortfolioServiceInput"]["properties"]
    changed = {**{f: present[f] for f in fields}, "in_now": 5, "out_now": None}
    reply = ciso.json("PUT", "/api/v1/portfolio/H-2", changed, {"If-Match": f'"v{present["version"]}"'})
    assert reply.status == 200, reply
    seen = ciso.get(compare).json()["services"]
    assert [s["id"] for s in seen] == ["H-2"] and "now" in seen[0]["differs"]
    assert ciso.get(path).json() == before


def test_an_action_is_worked(ciso):
    reply = ciso.json("POST", "/api/v1/actions", {"title": "Train a second person", "service": "B-1", "owner": "SOC"})
    assert reply.status == 201, reply
    found = reply.json()
    here = f"/api/v1/actions/{found['id']}"
    done = ciso.json("PUT", here, {"title": found["title"], "state": "done"}, {"If-Match": '"v1"'})
    assert done.status == 200 and done.json()["done_at"]
    again = ciso.json("PUT", here, {"title": found["title"], "state": "dropped"}, {"If-Match": '"v2"'})
    assert again.status == 409, "what is done is not dropped"
    records = ciso.get("/api/v1/work?service=A-11").json()["records"]
    assert any(r["object"] == f"action:{found['id']}" for r in records), "finishing an action is work of A-11"
