"""Detection in the running server, from the outside: events over HTTP become alerts of correlations."""
import json
import time

import pytest

from lib import session

RULES = """title: Failed sign-in
name: failed
id: 11111111-2222-4333-8444-555555555555
logsource: {product: windows}
level: low
detection: {s: {EventID: 4625}, condition: s}
---
title: Sign-in
name: good
id: 11111111-2222-4333-8444-555555555556
logsource: {product: windows}
level: low
detection: {s: {EventID: 4624}, condition: s}
---
title: Many failed sign-ins
name: many
id: 21111111-2222-4333-8444-555555555555
correlation: {type: event_count, rules: [failed], group-by: [IpAddress], timespan: 2m, condition: {gte: 5}}
---
title: Guessed a password
id: 31111111-2222-4333-8444-555555555555
level: critical
correlation: {type: temporal_ordered, rules: [many, good], group-by: [IpAddress], timespan: 5m}
"""


@pytest.fixture
def guesses(tmp_path):
    """A server with the rules of this test, and somebody who has signed in."""
    from lib import program
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "guess.yml").write_text(RULES)
    server = program.Server(tmp_path / "server", settings={"detect.rules": str(rules), "detect.starter_rules": "false",
                                                           "detect.lateness": 8})
    server.start()
    yield server, session.set_up(server)
    server.kill()


def stamp(at):
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at)) + f".{int(at * 1000) % 1000:03d}Z"


def sign_in(event_id, at, address, user):
    return json.dumps({"product": "windows", "EventID": event_id, "@timestamp": stamp(at), "Computer": "DC-1",
                       "IpAddress": address, "TargetUserName": user}) + "\n"


def send(who, token, body):
    reply = who.request("POST", "/api/v1/events", body.encode(),
                        {"Authorization": f"Bearer {token}", "Content-Type": "application/x-ndjson"})
    assert reply.status // 100 == 2, reply


def alerts(who, count, seconds=20):
    deadline = time.monotonic() + seconds
    while True:
        found = who.get("/api/v1/alerts", Accept="application/json").json()["alerts"]
        if len(found) >= count or time.monotonic() > deadline:
            return found
        time.sleep(0.2)


def test_guessing_becomes_one_alert_that_says_why(guesses):
    server, who = guesses
    token, now = session.make_token(who, "event.write"), time.time() - 10
    # The last failure arrives first, and half of them before a restart.
    for i in (4, 0, 1):
        send(who, token, sign_in(4625, now + i, "203.0.113.7", f"user{i}"))
    server.kill()
    server.start()
    for i in (3, 2):
        send(who, token, sign_in(4625, now + i, "203.0.113.7", f"user{i}"))
    send(who, token, sign_in(4624, now + 6, "203.0.113.7", "user4"))
    send(who, token, sign_in(4624, now + 6, "203.0.113.8", "somebody"))
    found = alerts(who, 1)
    assert [(a["rule"]["title"], a["count"], a["asset"], a["account"]) for a in found] == \
        [("Guessed a password", 2, "DC-1", "user4")]
    context = who.get(f"/api/v1/alerts/{found[0]['id']}/context", Accept="application/json").json()["correlation"]
    assert context["condition"] == "temporal_ordered(many → good) >= 2" and context["span_seconds"] == 300
    assert context["matches"][0]["group"] == [["IpAddress", "203.0.113.7"]] and context["matches"][0]["measured"] == 2
    page = who.page(f"/alerts/{found[0]['id']}").text
    assert "temporal_ordered(many → good) &gt;= 2" in page and "203.0.113.7" in page
    assert "Sign-in" in page and "Failed sign-in" in page and page.count('href="/events/') >= 2
    numbers = who.get("/metrics").text
    assert "noroshi_correlate_late_total 0" in numbers and "noroshi_correlate_evicted_total 0" in numbers


def test_new_rules_keep_the_windows_that_are_open(guesses):
    import os
    import signal
    server, who = guesses
    token, now = session.make_token(who, "event.write"), time.time() - 10
    for i in range(3):
        send(who, token, sign_in(4625, now + i, "203.0.113.9", f"user{i}"))
    time.sleep(1)
    path = os.path.join(server.folder, "..", "rules", "more.yml")
    with open(path, "w", encoding="utf-8") as f:
        f.write("title: Other\nlogsource: {product: linux}\ndetection: {s: {a: b}, condition: s}\n")
    server.process.send_signal(signal.SIGHUP)
    for i in range(3, 5):
        send(who, token, sign_in(4625, now + i, "203.0.113.9", f"user{i}"))
    send(who, token, sign_in(4624, now + 6, "203.0.113.9", "user4"))
    found = alerts(who, 1)
    assert [a["rule"]["title"] for a in found] == ["Guessed a password"], server.output()


def test_an_indicator_becomes_an_alert_with_what_its_list_says(server):
    import os
    import signal
    who = session.set_up(server)
    folder = os.path.join(server.data, "indicators")
    os.mkdir(folder)
    with open(os.path.join(folder, "feed.csv"), "w", encoding="utf-8") as f:
        f.write("# License: CC0-1.0\n# Source: https://feed.partner.test/\nvalue,description\n"
                "evil.partner.test,Phishing of November\nthis is none,x\n10.0.0.7,private\n")
    server.process.send_signal(signal.SIGHUP)
    deadline = time.monotonic() + 10
    while "Phishing of November" not in who.page("/indicators?value=www.evil.partner.test").text:
        assert time.monotonic() < deadline, server.output()
        time.sleep(0.1)
    token = session.make_token(who, "event.write")
    event = {"Channel": "Microsoft-Windows-Sysmon/Operational", "EventID": 22, "Computer": "PC-7", "User": "A\\sato",
             "QueryName": "www.evil.partner.test", "TimeCreated": stamp(time.time())}
    harmless = dict(event, QueryName="good.partner.test")
    send(who, token, json.dumps(event) + "\n" + json.dumps(harmless) + "\n")
    found = alerts(who, 1)
    assert [a["rule"]["id"] for a in found] == ["indicator:domain:evil.partner.test"], server.output()
    said = who.get(f"/api/v1/alerts/{found[0]['id']}/context", Accept="application/json").json()["indicator"]
    assert said["description"] == "Phishing of November" and said["field"] == "QueryName" and said["line"] == 4
    assert said["license"] == "CC0-1.0" and said["source"] == "https://feed.partner.test/" and said["type"] == "domain"
    page = who.page(f"/alerts/{found[0]['id']}").text
    assert "Phishing of November" in page and "CC0-1.0" in page and "<mark>" in page
    page = who.page("/indicators").text
    assert "feed.csv" in page and "this is none" in page and "CC0-1.0" in page
    assert "noroshi_indicator_hits_total 1" in who.get("/metrics").text
    # The button reads lists anew; what cannot be used at all is named and the rest goes on.
    with open(os.path.join(folder, "broken.csv.gz"), "wb") as f:
        f.write(b"\x1f\x8b\x08\x00 this is no gzip")
    assert who.form("/indicators/reload", {}).status == 303
    page = who.page("/indicators").text
    assert "broken.csv.gz" in page and "badge err" in page


def test_a_suppression_holds_back_counts_and_ends(guesses):
    server, who = guesses
    token, now = session.make_token(who, "event.write"), time.time()
    rule = "title: Notepad\nid: 41111111-2222-4333-8444-555555555555\nlogsource: {product: windows}\ndetection: {s: {Tool: notepad}, condition: s}\n"
    import os
    with open(os.path.join(server.folder, "..", "rules", "notepad.yml"), "w", encoding="utf-8") as f:
        f.write(rule)
    assert who.form("/indicators/reload", {}).status == 303

    def notepad(host, minute):
        send(who, token, json.dumps({"product": "windows", "Tool": "notepad", "Computer": host, "User": "sato",
                                     "@timestamp": stamp(now + minute * 60)}) + "\n")

    notepad("PC-1", 0)
    first = alerts(who, 1)[0]
    page = who.page(f"/alerts/{first['id']}").text
    assert f"/alerts/{first['id']}/suppress" in page
    page = who.page(f"/alerts/{first['id']}/suppress").text
    assert "held back 1 alerts (1 events)" in page
    page = who.page(f"/alerts/{first['id']}/suppress?asset=PC-9&account=&field=&value=&days=3").text
    assert "held back 0 alerts (0 events)" in page
    page = who.page(f"/alerts/{first['id']}/suppress?asset=&account=&field=Tool&value=NOTEPAD&days=3").text
    assert "held back 1 alerts (1 events)" in page
    conditions = {"asset": "PC-1", "account": "", "field": "", "value": "", "days": "3"}
    refused = who.form(f"/alerts/{first['id']}/suppress", {**conditions, "reason": ""})
    assert refused.status == 422 and "needs a reason" in refused.text
    assert who.form(f"/alerts/{first['id']}/suppress", {**conditions, "reason": "Known test"}).status == 303
    notepad("PC-1", 90)
    notepad("PC-2", 90)
    found = alerts(who, 2)
    assert sorted(a["asset"] for a in found) == ["PC-1", "PC-2"] and all(a["count"] == 1 for a in found)
    page = who.page("/suppressions").text
    assert "Known test" in page and "2 d 23 h" in page and page.count('href="/events/') == 1
    number = page.split('action="/suppressions/')[1].split("/")[0]
    assert who.form(f"/suppressions/{number}/end", {}).status == 303
    assert f"/suppressions/{number}/end" not in who.page("/suppressions").text
    assert who.form(f"/suppressions/{number}/end", {}).status == 409
    notepad("PC-1", 180)
    assert sorted(a["asset"] for a in alerts(who, 3)) == ["PC-1", "PC-1", "PC-2"]


def test_a_list_that_comes_later_is_compared_with_kept_events(server):
    """The event first, then the list: one alert with its mark, by itself; the button finds nothing new."""
    import os
    import re
    who = session.set_up(server)
    token = session.make_token(who, "event.write")
    event = {"product": "windows", "category": "dns_query", "Computer": "PC-7", "User": "sato",
             "QueryName": "www.later.partner.test", "@timestamp": stamp(time.time() - 3600)}
    send(who, token, json.dumps(event) + "\n")
    time.sleep(1)
    assert who.get("/api/v1/alerts", Accept="application/json").json()["alerts"] == []
    folder = os.path.join(server.data, "indicators")
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "later.csv"), "w", encoding="utf-8") as f:
        f.write("value,description\nlater.partner.test,Known since today\n")
    assert who.form("/indicators/reload", {}).status == 303
    found = alerts(who, 1)
    assert [a["rule"]["id"] for a in found] == ["indicator:domain:later.partner.test"], server.output()
    said = who.get(f"/api/v1/alerts/{found[0]['id']}/context", Accept="application/json").json()["indicator"]
    assert said["is_retrospective"] is True and said["description"] == "Known since today"
    assert "Found in kept events" in who.page(f"/alerts/{found[0]['id']}").text
    assert "later.csv" in who.page("/indicators").text
    assert who.form("/indicators/retro", {"days": "0"}).status == 422
    assert who.form("/indicators/retro", {"days": "30"}).status == 303
    deadline = time.monotonic() + 15
    while len(re.findall(r"badge good", who.page("/indicators").text)) < 2:
        assert time.monotonic() < deadline, server.output()
        time.sleep(0.2)
    assert len(alerts(who, 1)) == 1 and alerts(who, 1)[0]["count"] == 1
