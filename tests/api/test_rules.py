"""The rule desk from outside: what is at work, switches, filters, trials. The rules are the test's own; events come in by the API."""
import json
import os
import time

import pytest

from lib import program, session

NOISY = """title: Tool of the administrators
id: 11111111-2222-4333-8444-555555555501
status: test
level: medium
author: The author
license: DRL-1.1
tags: [attack.discovery, attack.t1087.001]
logsource: {product: windows, category: process_creation}
detection:
    selection:
        CommandLine|contains: whoami
    condition: selection
"""
SILENT = """title: Asks for what nobody gives
id: 11111111-2222-4333-8444-555555555502
level: low
logsource: {product: plan9, service: nothing}
detection:
    selection: {Field: x}
    condition: selection
"""
BROKEN = """title: Broken
id: 11111111-2222-4333-8444-555555555503
logsource: {product: windows}
detection:
    selection: {Field: x}
    condition: selection and nothing
"""
NOISY_ID = "11111111-2222-4333-8444-555555555501"


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rules")
    rules = folder / "sigma"
    rules.mkdir()
    for name, text in (("noisy.yml", NOISY), ("silent.yml", SILENT), ("broken.yml", BROKEN)):
        (rules / name).write_text(text)
    (folder / "LICENSE").write_text("Detection Rule License (DRL) 1.1\n\nPermission is hereby granted …\n")
    server = program.Server(folder / "server", "serve", settings={"detect.rules": [str(rules)], "detect.starter_rules": False})
    server.start()
    try:
        yield server, session.set_up(server)
    finally:
        server.kill()


def event(command, host="PC-1", user="alice"):
    return {"product": "windows", "category": "process_creation", "@timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "Computer": host, "User": user, "CommandLine": command}


def send(who, events):
    body = "".join(json.dumps(e) + "\n" for e in events).encode()
    reply = who.request("POST", "/api/v1/events", body, {"Content-Type": "application/x-ndjson"})
    assert reply.status in (200, 202), reply


def rule(who, rule_id=NOISY_ID):
    reply = who.json("GET", f"/api/v1/rules/{rule_id}")
    assert reply.status == 200, reply
    return reply.json()


def wait_for(fn, seconds=15):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        got = fn()
        if got:
            return got
        time.sleep(0.1)
    raise AssertionError("did not happen in time")


def hits(who):
    """Matches, and of these what was taken away."""
    r = rule(who)
    return r["matches_day"], r["filtered_month"]


def alerts(who):
    return who.json("GET", f"/api/v1/alerts?rule={NOISY_ID}&state=open&state=acknowledged").json()["alerts"]


def audit(who, action):
    return who.json("GET", f"/api/v1/audit?action={action}").json()["rows"]


def test_rules_come_with_pack_licence_author_and_reach(desk):
    _, admin = desk
    all_rules = admin.json("GET", "/api/v1/rules").json()
    assert all_rules["rules"] == 2 and all_rules["total"] == 2
    noisy = rule(admin)
    assert noisy["pack"]["kind"] == "folder" and noisy["pack"]["licence"] == "DRL-1.1" and noisy["pack"]["author"] == "The author"
    assert noisy["reach"] == "can_match" and noisy["yaml"] == NOISY
    silent = rule(admin, NOISY_ID[:-1] + "2")
    assert silent["reach"] == "no_source" and silent["pack"]["licence"] == "Detection Rule License (DRL) 1.1"


def test_what_could_not_be_loaded_stands_on_top(desk):
    _, admin = desk
    (problem,) = admin.json("GET", "/api/v1/rules").json()["problems"]
    assert problem["path"].endswith("broken.yml") and problem["line"] == 6 and "nothing" in problem["detail"]
    page = admin.page("/rules").text
    assert "broken.yml:6:" in page


def test_lists_are_narrowed_and_sorted(desk):
    _, admin = desk

    def ids(query):
        reply = admin.json("GET", "/api/v1/rules?" + query)
        assert reply.status == 200, reply
        return [r["id"][-1] for r in reply.json()["items"]]

    assert ids("text=whoami") == [] and ids("text=administrators") == ["1"]
    assert ids("level=2") == ["2"] and ids("level=2&level=3&sort=title") == ["2", "1"]
    assert ids("tag=attack.t1087") == ["1"] and ids("tag=attack.t108") == []
    assert ids("state=unreachable") == ["2"] and ids("category=process_creation") == ["1"]
    assert ids("sort=level&limit=1") == ["1"]
    first = admin.json("GET", "/api/v1/rules?sort=level&limit=1").json()
    assert ids("sort=level&limit=1&cursor=" + first["next"]) == ["2"]
    for wrong in ("level=9", "state=asleep", "sort=colour", "limit=0"):
        reply = admin.json("GET", "/api/v1/rules?" + wrong)
        assert 400 <= reply.status < 500 and wrong.split("=")[0] in reply.text, reply


def test_matches_are_counted_once_with_source_and_cost(desk):
    _, admin = desk
    send(admin, [event("whoami /all"), event("whoami /groups"), event("notepad")])
    wait_for(lambda: hits(admin) == (2, 0))
    noisy = rule(admin)
    assert noisy["last_at"] and noisy["is_fed"] and noisy["looked_at"] >= 2 and noisy["looked_at_of"] >= 3
    assert len(alerts(admin)) == 1


def test_a_rule_switched_off_raises_nothing_and_is_shown_with_who_and_why(desk):
    _, admin = desk
    path = f"/api/v1/rules/{NOISY_ID}/switch"
    assert admin.json("PUT", path, {"is_on": False}).status == 422, "a reason is required"
    reply = admin.json("PUT", path, {"is_on": False, "reason": "Asset scan of today"})
    assert reply.status == 200 and not reply.json()["is_on"], reply
    assert admin.json("PUT", path, {"is_on": False, "reason": "again"}).status == 409
    before = hits(admin)
    send(admin, [event("whoami", host="PC-OFF")])
    wait_for(lambda: hits(admin) == (before[0] + 1, before[1] + 1))
    assert not [a for a in alerts(admin) if a["asset"] == "PC-OFF"]
    shown = rule(admin)
    assert shown["reason"] == "Asset scan of today" and shown["decided_by"] == "Administrator"
    assert "Asset scan of today" in admin.page(f"/rules/{NOISY_ID}").text
    assert audit(admin, "rule.off")
    assert admin.json("PUT", path, {"is_on": True}).json()["is_on"]
    send(admin, [event("whoami", host="PC-ON")])
    wait_for(lambda: [a for a in alerts(admin) if a["asset"] == "PC-ON"])
    assert audit(admin, "rule.on")


def test_what_is_not_there_is_not_found(desk):
    _, admin = desk
    for method, path in (("GET", "/api/v1/rules/none"), ("PUT", "/api/v1/rules/none/switch")):
        reply = admin.json(method, path, None if method == "GET" else {"is_on": False, "reason": "x"})
        assert reply.status == 404 and "none" in reply.text, reply
    assert admin.get("/rules/none").status == 404


def test_all_of_sigmahq_answers_in_time(tmp_path, shared):
    """3,700 rules: the list is made of memory and two short queries."""
    folders = [os.path.join(shared, "data", "sigma", f) for f in ("rules", "rules-emerging-threats", "rules-threat-hunting")]
    server = program.Server(tmp_path, "serve", settings={"detect.rules": folders})
    server.start()
    try:
        admin = session.set_up(server)
        assert admin.json("GET", "/api/v1/rules?limit=1").json()["total"] > 3700
        page = admin.page("/rules?q=mimikatz").text
        assert "mimikatz" in page.lower()
    finally:
        server.kill()
