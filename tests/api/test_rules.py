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
    assert silent["reach"] == "no_source" and silent["pack"]["licence"] == "DRL-1.1"


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


# ---- tuning filters ----

FILTER = """title: Patch robot
id: {id}
logsource: {{product: windows, category: process_creation}}
filter:
    rules: [{rule}]
    selection: {{User: svc-patch}}
    condition: selection
"""


def in_days(days):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + days * 86400))


def new_filter(who, **more):
    body = {"rule": NOISY_ID, "title": "Patch robot", "reason": "Runs each night", "expires_at": in_days(30),
            "yaml": FILTER.format(id="22222222-2222-4333-8444-555555555501", rule=NOISY_ID), **more}
    return who.json("POST", "/api/v1/tuning-filters", body)


def raised(who, host):
    return [a for a in alerts(who) if a["asset"] == host]


def judged(who, events):
    """Sends and waits until all of them are counted."""
    before = hits(who)
    send(who, events)
    return wait_for(lambda: hits(who) if hits(who)[0] == before[0] + len(events) else None)


def test_a_filter_takes_away_exactly_what_it_says_until_it_is_removed_and_comes_back(desk):
    _, admin = desk
    reply = new_filter(admin)
    assert reply.status == 201 and reply.json()["state"] == "live", reply
    one = reply.json()
    before = hits(admin)
    after = judged(admin, [event("whoami", "PC-ROBOT", "svc-patch"), event("whoami", "PC-PERSON", "bob")])
    assert after[1] == before[1] + 1
    assert raised(admin, "PC-PERSON") and not raised(admin, "PC-ROBOT")
    assert rule(admin)["filters"] == 1 and "Patch robot" in admin.page(f"/rules/{NOISY_ID}").text
    removed = admin.json("PATCH", f"/api/v1/tuning-filters/{one['id']}", {"removed": True})
    assert removed.json()["state"] == "removed" and removed.json()["removed_by"] == "Administrator"
    judged(admin, [event("whoami", "PC-ROBOT", "svc-patch")])
    assert raised(admin, "PC-ROBOT")
    assert admin.json("PATCH", f"/api/v1/tuning-filters/{one['id']}", {"removed": False}).json()["state"] == "live"
    judged(admin, [event("whoami", "PC-ROBOT-2", "svc-patch")])
    assert not raised(admin, "PC-ROBOT-2")
    for action in ("rule.filter.add", "rule.filter.remove", "rule.filter.restore"):
        assert audit(admin, action), action
    admin.json("PATCH", f"/api/v1/tuning-filters/{one['id']}", {"removed": True})


def test_a_filter_that_ran_out_takes_nothing_away(desk):
    _, admin = desk
    soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 2))
    one = new_filter(admin, expires_at=soon).json()
    wait_for(lambda: admin.json("GET", f"/api/v1/tuning-filters/{one['id']}").json()["state"] == "expired")
    judged(admin, [event("whoami", "PC-LATE", "svc-patch")])
    assert raised(admin, "PC-LATE")


def test_a_wrong_filter_is_refused_with_its_reason(desk):
    _, admin = desk
    cases = [({"expires_at": in_days(400)}, "expires"), ({"expires_at": in_days(-1)}, "expires"), ({"reason": " "}, "reason"),
             ({"title": ""}, "title"), ({"yaml": "title: x"}, "filter"), ({"yaml": NOISY}, "filter"),
             ({"yaml": FILTER.format(id="x", rule="other")}, NOISY_ID), ({"yaml": FILTER.format(id="x", rule=NOISY_ID).replace("condition: selection", "condition: missing")}, "missing")]
    for change, word in cases:
        reply = new_filter(admin, **change)
        assert 400 <= reply.status < 500 and word in reply.text, (change, reply)
    assert new_filter(admin, rule="none").status == 404
    assert admin.json("GET", "/api/v1/tuning-filters").json()["filters"] == []


def test_a_filter_made_on_the_page_takes_values_for_what_they_are(desk):
    """The alert's value holds wildcards and a backslash; the filter must mean these characters."""
    _, admin = desk
    command = 'C:\\tools\\whoami.exe "*?" /all'
    judged(admin, [event(command, "PC-WILD")])
    (alert,) = raised(admin, "PC-WILD")
    page = admin.page(f"/rules/{NOISY_ID}/tune?alert={alert['id']}&field=CommandLine").text
    assert "&quot;*?&quot;" in page
    fields = {"title": "Inventory tool", "reason": "Known tool", "expires": in_days(10)[:10], "field": ["CommandLine", ""], "modifier": ["", ""],
              "value": [command, ""], "action": "save"}
    reply = admin.form(f"/rules/{NOISY_ID}/filters", fields)
    assert reply.status == 303, reply
    (one,) = [f for f in admin.json("GET", f"/api/v1/tuning-filters?rule={NOISY_ID}").json()["filters"]]
    judged(admin, [event(command, "PC-WILD-2"), event('C:\\tools\\whoami.exe "xx" /all', "PC-OTHER")])
    assert raised(admin, "PC-OTHER") and not raised(admin, "PC-WILD-2")
    assert admin.form(f"/tuning/{one['id']}/remove", {"version": one["version"]}).status == 303
    assert admin.form(f"/tuning/{one['id']}/remove", {"version": one["version"]}).status == 409


# ---- backtests ----

def backtest(who, **body):
    reply = who.json("POST", "/api/v1/backtests", body)
    assert reply.status == 201, reply
    path = f"/api/v1/backtests/{reply.json()['id']}"
    return wait_for(lambda: (lambda b: b if b["state"] not in ("waiting", "running") else None)(who.json("GET", path).json()), 30)


def test_a_new_rule_is_tried_on_what_was_kept(desk):
    _, admin = desk
    text = NOISY.replace(NOISY_ID, "33333333-2222-4333-8444-555555555501").replace("whoami", "notepad")
    judged(admin, [event("whoami notepad", "PC-TRY")])
    done = backtest(admin, yaml=text, days=2)
    assert done["state"] == "done" and done["progress"] == 1 and done["matches"] == 2, done
    assert sum(d["matches"] for d in done["days"]) == 2 and len(done["examples"]) == 2
    for example in done["examples"]:
        kept = admin.json("GET", f"/api/v1/events/{example['event']}").json()
        assert "notepad" in kept["raw"]
    assert "notepad" in admin.page(f"/backtests/{done['id']}").text
    assert "33333333" not in admin.json("GET", "/api/v1/rules").text, "a trial switches nothing on"


def test_a_trial_shows_what_filters_take_away(desk):
    _, admin = desk
    total = backtest(admin, rule=NOISY_ID)
    one = new_filter(admin).json()
    with_filters = backtest(admin, rule=NOISY_ID, with_filters=True)
    assert with_filters["matches"] == total["matches"] and total["filtered"] == 0
    assert 0 < with_filters["filtered"] < with_filters["matches"]
    assert any(e["filtered"] for e in with_filters["examples"])
    admin.json("PATCH", f"/api/v1/tuning-filters/{one['id']}", {"removed": True})


def test_a_preview_becomes_a_filter(desk):
    _, admin = desk
    fields = {"title": "Of Bob", "reason": "He is allowed to", "expires": in_days(10)[:10], "field": "User", "modifier": "", "value": "bob", "action": "preview"}
    reply = admin.form(f"/rules/{NOISY_ID}/filters", fields)
    assert reply.status == 303 and reply.headers["Location"].startswith("/backtests/"), reply
    number = reply.headers["Location"].rsplit("/", 1)[1]
    done = wait_for(lambda: (lambda b: b if b["state"] == "done" else None)(admin.json("GET", f"/api/v1/backtests/{number}").json()))
    assert done["filtered"] == 1, done
    assert not admin.json("GET", "/api/v1/tuning-filters").json()["filters"], "a preview takes nothing away yet"
    page = admin.page(f"/backtests/{number}").text
    assert "Of Bob" in page and "He is allowed to" in page


def test_a_correlation_is_tried_in_event_time(desk):
    _, admin = desk
    text = NOISY.replace(NOISY_ID, "44444444-2222-4333-8444-555555555501").replace("whoami", "burst").replace("status: test", "status: test\nname: burst") + """---
title: Many
id: 44444444-2222-4333-8444-555555555502
correlation:
    type: event_count
    rules: [burst]
    group-by: [Computer]
    timespan: 10m
    condition: {gte: 3}
level: high
"""
    send(admin, [event(f"burst {i}", "PC-BURST") for i in range(3)] + [event("burst", "PC-ONE")])
    done = wait_for(lambda: (lambda b: b if b["matches"] else None)(backtest(admin, yaml=text, days=1)))
    assert done["matches"] == 1 and done["title"] == "Many", done


def test_a_wrong_trial_is_refused_and_an_ended_one_cannot_be_cancelled(desk):
    _, admin = desk
    for body, word in (({"yaml": "title: x\n", "days": 1}, "detection"), ({"rule": NOISY_ID, "days": 0}, "366"), ({"rule": NOISY_ID, "days": 400}, "366"), ({}, "rule"),
                       ({"yaml": FILTER.format(id="x", rule="y"), "days": 1}, "")):
        reply = admin.json("POST", "/api/v1/backtests", body)
        assert 400 <= reply.status < 500 and word in reply.text, (body, reply)
    assert admin.json("POST", "/api/v1/backtests", {"rule": "none"}).status == 404
    done = backtest(admin, rule=NOISY_ID)
    assert admin.json("POST", f"/api/v1/backtests/{done['id']}/cancel").status == 409


def test_coverage_of_attack_counts_rules_that_can_see(desk):
    """The discovery rule is fed; a layer for the Navigator says the same."""
    _, admin = desk
    page = admin.page("/attack").text
    assert "T1087" in page and "Account Discovery" in page and "T1485" not in page
    assert "T1485" in admin.page("/attack?all=1").text
    reply = admin.get("/attack/layer.json")
    assert "attachment" in reply.headers["Content-Disposition"]
    layer = json.loads(reply.text)
    assert layer["domain"] == "enterprise-attack" and layer["versions"]["layer"] == "4.5"
    (one,) = layer["techniques"]
    assert one["techniqueID"] == "T1087" and one["score"] == 1
