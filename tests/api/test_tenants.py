"""Two organisations in one installation: what belongs to one does not exist for the other, on any route. The first is the demo, full
of alerts, incidents, events and rounds; the second is set up beside it through the demo's own button, and its person may do
everything there."""
import json
import re

import pytest

from lib import session

CANDIDATES = [str(n) for n in range(1, 6)]


@pytest.fixture(scope="module")
def two(demo):
    ours = session.demo_session(demo, "ciso")
    handler_makes_an_incident(demo)
    reply = ours.form("/demo/own", {})
    assert reply.status == 303, reply
    theirs = session.Session(demo)
    page = theirs.page(reply.headers["Location"].replace(demo.url, "")).text
    secret = re.search(r'class="secret">([^<]+)<', page).group(1)
    done = theirs.form("/setup", {**session.hidden_fields(page), "organisation": "Neighbour", "name": "Neighbour", "login": "neighbour",
                                  "password": session.PASSWORD, "password_again": session.PASSWORD, "code": session.totp(secret), "lang": "en"})
    assert done.status == 200, done
    theirs.page("/settings")
    me = theirs.json("GET", "/api/v1/me").json()
    assert me["role"] == "admin" and "alert.work" in me["permissions"], me
    session.demo_session(demo, "ciso")
    return demo, ours, theirs


def handler_makes_an_incident(demo):
    handler = session.demo_session(demo, "handler")
    alerts = handler.json("GET", "/api/v1/alerts").json()
    first = next(iter(alerts.get("items") or alerts.get("alerts")))
    reply = handler.json("POST", "/api/v1/incidents", {"title": "Ours alone", "severity": 3, "alerts": [first["id"]]})
    assert reply.status in (200, 201), reply
    session.demo_session(demo, "ciso")


def paths(demo, methods):
    for path, operations in demo.get("/api/v1/openapi.json").json()["paths"].items():
        for method in operations:
            if method.upper() in methods and "{" in path:
                yield method.upper(), path


def filled(path, events):
    """Every way to fill the one parameter with what may exist."""
    if path.count("{") != 1:
        return []
    values = events if "event" in path else CANDIDATES
    return [re.sub(r"\{[^}]*\}", value, path) for value in values]


def event_ids(who):
    events = who.json("GET", "/api/v1/events").json()
    rows = events.get("items") or events.get("events")
    return [row["id"] for row in rows[:3]]


def visible(demo, ours):
    """What the first organisation has: [(path pattern, address, reply)]."""
    events = event_ids(ours)
    found = []
    for _, path in paths(demo, {"GET"}):
        for address in filled(path, events):
            reply = ours.json("GET", address)
            if reply.status == 200:
                found.append((path, address, reply))
    return found


def test_nothing_of_one_exists_for_the_other(two):
    demo, ours, theirs = two
    found = visible(demo, ours)
    assert {p for p, _, _ in found} >= {"/api/v1/alerts/{id}", "/api/v1/incidents/{id}"}, [a for _, a, _ in found]
    assert len({p for p, _, _ in found}) >= 5, sorted({p for p, _, _ in found})
    for _, address, _ in found:
        reply = theirs.json("GET", address)
        assert reply.status == 404, f"GET {address}: {reply}"


def test_nobody_changes_what_is_not_his(two):
    demo, ours, theirs = two
    events = event_ids(ours)
    before = {address: reply.text for _, address, reply in visible(demo, ours)}
    tried = 0
    for method, path in paths(demo, {"POST", "PUT", "PATCH", "DELETE"}):
        for address in filled(path, events):
            reply = theirs.json(method, address, {"state": "closed", "verdict": "benign", "reason": "x", "remark": "x"}, {"If-Match": '"1"'})
            assert 400 <= reply.status < 500, f"{method} {address}: {reply}"
            tried += 1
    assert tried >= 10
    for address, text in before.items():
        assert strip_clock(ours.json("GET", address).text) == strip_clock(text), address


def strip_clock(text):
    """Ages and counts that live events move are not a change by somebody."""
    value = json.loads(text)
    for key in ("last_at", "last_time", "count", "events", "version", "related", "updated_at"):
        value.pop(key, None) if isinstance(value, dict) else None
    return value


def test_lists_hold_only_ones_own(two):
    _, _, theirs = two
    for address in ("/api/v1/alerts", "/api/v1/incidents", "/api/v1/events", "/api/v1/work"):
        reply = theirs.json("GET", address)
        assert reply.status == 200, f"{address}: {reply}"
        assert "Ours alone" not in reply.text and "demo-works" not in reply.text, address


def test_pages_too(two):
    _, ours, theirs = two
    events = event_ids(ours)
    for address in ("/alerts/1", "/incidents/1", f"/events/{events[0]}", "/evaluate/1"):
        assert ours.get(address).status == 200, address
        assert theirs.get(address).status == 404, address
